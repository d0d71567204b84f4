// What a trace lets a client do again, and what is said of the rest.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceEvent, traceOf } from '../../tests/fixtures/trace-events.ts';
import { previewBytes, type TraceEvent } from '../trace/index.ts';
import type { ScenarioExchange, Step } from './exchange.ts';
import { type RecordedOptions, recordedIn, replayableOf } from './recorded.ts';
import { exchangeText, scenarioTextOf } from './recorded-text.ts';
import { sameExchange } from './same-exchange.ts';
import { parseScenario } from './scenario.ts';

const encoder = new TextEncoder();
const octets = (text: string) => encoder.encode(text);
const payload = (data: string | Uint8Array) => {
  const sent = typeof data === 'string' ? octets(data) : data;
  return { preview: previewBytes(sent), size: sent.length };
};
const exchangeIn = (events: Partial<TraceEvent>[], options?: RecordedOptions) =>
  recordedIn(traceOf(...events), options)[0]?.exchange;

const head = { payload: { preview: 'POST /a?b', fields: [['Content-Length', '3']] as const } };
const body = (data: string | Uint8Array, t?: number): Partial<TraceEvent> => ({
  type: 'client.request.body',
  payload: payload(data),
  ...(t === undefined ? {} : { t }),
});
const end = { type: 'client.request.end' };
const gateway = { lane: 'gateway', dir: 'in' } as const;
const get = { payload: { preview: 'GET /' } };
const arrived = (data: string): Partial<TraceEvent> => ({
  type: 'client.response.body',
  dir: 'in',
  payload: payload(data),
});

describe('a request', () => {
  test('of the client, in its pieces', () => {
    expect(exchangeIn([head, body('ab'), body('c'), end])).toMatchObject({
      kind: 'http',
      method: 'POST',
      target: '/a?b',
      headers: [['Content-Length', '3']],
      body: [octets('ab'), octets('c')],
      chunked: false,
      abortAfter: undefined,
      pause: 0,
    });
  });

  test('as the gateway saw it, where the client was not recorded', () => {
    expect(
      exchangeIn([
        {
          ...gateway,
          type: 'http.request',
          payload: { preview: 'POST /a HTTP/1.1', fields: [['transfer-encoding', 'chunked']] },
        },
        { ...gateway, type: 'http.request.body', payload: payload('ab') },
        {
          ...gateway,
          type: 'http.request.end',
          payload: { preview: '', fields: [['x-sum', '1']] },
        },
        { lane: 'app', dir: 'in', type: 'http.request.body', payload: payload('ab') },
      ]),
    ).toMatchObject({
      method: 'POST',
      target: '/a',
      chunked: true,
      body: [octets('ab')],
      trailers: [['x-sum', '1']],
    });
  });

  test.each([
    'plain',
    'lines\r\n\r\n',
    'all octets: \x00\x1f\x7f\x80\xff',
    'a literal \\n and \\x41, and nothing else',
    '\\',
    '\\\n',
  ])('octets are those that were sent: %j', (text) => {
    const data = Uint8Array.from([...text].map((character) => character.charCodeAt(0)));
    expect(exchangeIn([{ payload: { preview: 'PUT /' } }, body(data), end])).toMatchObject({
      body: [data],
    });
  });

  test('what a preview cuts comes from a store of bodies, if that has it', () => {
    const long = octets('x'.repeat(500));
    const piece = { type: 'client.request.body', payload: { ...payload(long), ref: 'a1' } };
    const put = { payload: { preview: 'PUT /' } };
    expect(exchangeIn([put, piece, end], { bodies: new Map([['a1', long]]) })).toMatchObject({
      body: [long],
    });
    expect(exchangeIn([put, piece, end], { bodies: new Map() })).toBe(
      'of a piece of its body with 500 octets, the trace has the beginning alone',
    );
    // Of another size it is not what was sent.
    expect(exchangeIn([put, piece, end], { bodies: new Map([['a1', octets('x')]]) })).toContain(
      'the beginning alone',
    );
  });

  test('pauses are those of the trace if they are asked for: the usual gap between pieces', () => {
    const events = [head, body('a', 10), body('b', 60), body('c', 111), end];
    expect(exchangeIn(events, { pauses: true })).toMatchObject({ pause: 51 });
    expect(exchangeIn(events)).toMatchObject({ pause: 0 });
    const atOnce = [head, body('a', 10), body('b', 11), body('c', 12), end];
    expect(exchangeIn(atOnce, { pauses: true })).toMatchObject({ pause: 0 });
  });

  test('a field that a client writes by itself is left to it', () => {
    const sent = (...fields: [string, string][]) => ({ payload: { preview: 'POST /', fields } });
    expect(
      exchangeIn([sent(['Host', 'a'], ['Transfer-Encoding', 'chunked']), body('abc'), end]),
    ).toMatchObject({ headers: [['Host', 'a']], chunked: true });
    expect(
      exchangeIn([sent(['Host', 'a'], ['Content-Length', '3']), body('abc'), end]),
    ).toMatchObject({ headers: [['Host', 'a']], chunked: false });
    expect(exchangeIn([sent(['content-length', '3'], ['A', 'b']), body('abc'), end])).toMatchObject(
      {
        headers: [
          ['content-length', '3'],
          ['A', 'b'],
        ],
      },
    );
  });

  test.each<[how: string, events: Partial<TraceEvent>[], wanted: object]>([
    [
      'after so many octets of the response',
      [get, end, arrived('abc'), arrived('de'), { type: 'client.left' }],
      { abortAfter: 5, disconnectAfter: undefined },
    ],
    [
      'in the middle of its body, though the response had begun',
      [
        head,
        body('a'),
        { type: 'client.response', dir: 'in' },
        arrived('b'),
        body('b'),
        { type: 'client.left' },
      ],
      { abortAfter: undefined, disconnectAfter: 2 },
    ],
    [
      'by an injected fault',
      [head, body('ab'), { type: 'client.reset', fault: 'reset' }],
      { disconnectAfter: 2 },
    ],
    ['with its direction alone', [get, end, { type: 'client.half-close' }], { halfClose: true }],
  ])('a client that left %s', (_, events, wanted) => {
    expect(exchangeIn(events)).toMatchObject(wanted);
  });

  test('a request that was refused and sent again', () => {
    expect(exchangeIn([get, { type: 'client.closed', dir: 'in' }, get, end])).toMatchObject({
      retry: 1,
    });
  });

  test.each<[missing: string, events: Partial<TraceEvent>[]]>([
    [
      'of a piece of its body with 121 octets, the trace has the beginning alone',
      [head, body('x'.repeat(121))],
    ],
    [
      'a piece of its body has backslashes of which the trace does not tell',
      [head, body('\\n\n'), end],
    ],
    ['its body is not in the trace to the end', [head, body('a')]],
    [
      'the value of `cookie` is secret, and not in the trace (record it with --trace-secrets)',
      [{ payload: { preview: 'GET /', fields: [['cookie', '[secret]']] } }],
    ],
    [
      'the value of `x-long` is cut in the trace',
      [{ payload: { preview: 'GET /', fields: [['x-long', `${'a'.repeat(120)}…`]] } }],
    ],
    ['the head of its request is not in the trace', [{ ...gateway, type: 'http.refused-request' }]],
    [
      'its peer was lost, and when is not in the trace',
      [
        { ...gateway, type: 'http.request', payload: { preview: 'GET / HTTP/1.1' } },
        { ...gateway, type: 'peer.lost' },
      ],
    ],
    ['it was interrupted', [get, { type: 'client.interrupted' }]],
    [
      'its client left behind its request and before any of the response’s body',
      [get, end, { type: 'client.left', fault: 'disconnect' }],
    ],
    ['a fault was injected, `stall`,', [get, end, { type: 'client.stalls', fault: 'stall' }]],
    [
      'events of its time are missing in the trace, and pieces of its body may be among them',
      [
        { payload: { preview: 'POST /', fields: [['Transfer-Encoding', 'chunked']] } },
        body('a'),
        { ...end, seq: 9 },
      ],
    ],
    [
      'it is a WebSocket, and its client was not recorded',
      [
        { ...gateway, type: 'http.request', payload: { preview: 'GET / HTTP/1.1' } },
        { lane: 'app', type: 'websocket.accept' },
      ],
    ],
    [
      'it is a tunnel, and its client was not recorded',
      [{ ...gateway, type: 'http.request', payload: { preview: 'CONNECT a:1 HTTP/1.1' } }],
    ],
  ])('%s: it is not replayed', (missing, events) => {
    expect(exchangeIn(events)).toContain(missing);
  });
});

describe('a WebSocket', () => {
  const asked = (...fields: [string, string][]): Partial<TraceEvent> => ({
    payload: { preview: 'GET /chat', fields: [['Host', 'a'], ...fields] },
  });
  const handshake: [string, string][] = [
    ['upgrade', 'websocket'],
    ['connection', 'upgrade'],
    ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['sec-websocket-version', '13'],
  ];
  const opened: Partial<TraceEvent>[] = [
    asked(...handshake),
    { dir: 'in', type: 'client.response', payload: { preview: '101', status: 101 } },
  ];
  const said = (text: string, t?: number): Partial<TraceEvent> => ({
    type: 'client.websocket.send',
    payload: { preview: `text ${text}` },
    ...(t === undefined ? {} : { t }),
  });
  const heard: Partial<TraceEvent> = { dir: 'in', type: 'client.websocket.receive' };
  const closed = (dir: 'in' | 'out', preview = 'code 1000'): Partial<TraceEvent> => ({
    dir,
    type: 'client.websocket.close',
    ...(preview ? { payload: { preview } } : {}),
  });

  test.each<[what: string, events: Partial<TraceEvent>[], steps: Step[] | string]>([
    [
      'each message behind as many as had come before it',
      [
        said('a'),
        heard,
        heard,
        said('b'),
        said('c'),
        heard,
        closed('out', 'code 3000 · reason a · b'),
      ],
      [
        { do: 'send', data: 'a' },
        { do: 'wait', messages: 2 },
        { do: 'send', data: 'b' },
        { do: 'send', data: 'c' },
        { do: 'wait', messages: 1 },
        { do: 'close', code: 3000, reason: 'a · b' },
      ],
    ],
    [
      'octets, and a text that looks like them',
      [
        { type: 'client.websocket.send', payload: payload('text a') },
        said(''),
        { type: 'client.left' },
      ],
      [{ do: 'send', data: octets('text a') }, { do: 'send', data: '' }, { do: 'reset' }],
    ],
    [
      'a server that closes is waited for: the answer to it is none of the steps',
      [said('a'), heard, closed('in'), closed('out')],
      [
        { do: 'send', data: 'a' },
        { do: 'wait', messages: 2 },
      ],
    ],
    [
      'a connection that is lost is waited for',
      [{ dir: 'in', type: 'client.aborted' }],
      [{ do: 'wait', messages: 1 }],
    ],
    ['a Close frame without a code', [closed('out', '')], [{ do: 'close', reason: '' }]],
    [
      'a client that protests against a frame does so by itself',
      [closed('out', 'code 1002'), { type: 'client.aborted', payload: { preview: 'masked' } }],
      [{ do: 'wait', messages: 1 }],
    ],
    [
      'the beginning of a message is not enough',
      [said(`${'x'.repeat(120)}…`)],
      'of a text message, the trace has the beginning alone',
    ],
    [
      'nor is that of a reason',
      [closed('out', `code 1000 · reason ${'x'.repeat(120)}…`)],
      'the reason with which it was closed is not in the trace as a whole',
    ],
  ])('%s', (_, events, steps) => {
    const exchange = exchangeIn([...opened, ...events]);
    if (typeof steps === 'string') expect(exchange).toBe(steps);
    else
      expect(exchange).toMatchObject({
        kind: 'websocket',
        target: '/chat',
        headers: [['Host', 'a']],
        steps,
      });
  });

  test('a long message comes from a store of bodies', () => {
    const text = 'é'.repeat(200);
    const message = { ...said(`${text.slice(0, 120)}…`) };
    const events = [
      ...opened,
      {
        ...message,
        payload: { ...message.payload, preview: `text ${text.slice(0, 120)}…`, ref: 'b2' },
      },
    ];
    expect(exchangeIn(events, { bodies: new Map([['b2', octets(text)]]) })).toMatchObject({
      steps: [{ do: 'send', data: text }, { do: 'wait' }],
    });
  });

  test('pauses if they are asked for: since the client last did or heard something', () => {
    const events = [
      ...opened,
      said('a', 1),
      { ...heard, t: 20 },
      said('b', 50),
      { type: 'client.left', t: 51 },
    ];
    expect(exchangeIn(events, { pauses: true })).toMatchObject({
      steps: [
        { do: 'send', data: 'a' },
        { do: 'wait', messages: 1 },
        { do: 'pause', ms: 30 },
        { do: 'send', data: 'b' },
        { do: 'reset' },
      ],
    });
  });

  test('one that was denied has nothing to say, and fields of its author stay', () => {
    expect(
      exchangeIn([
        asked(['Sec-WebSocket-Version', '8'], ...handshake.slice(0, 2)),
        { dir: 'in', type: 'client.response', payload: { preview: '426', status: 426 } },
      ]),
    ).toMatchObject({
      kind: 'websocket',
      headers: [
        ['Host', 'a'],
        ['Sec-WebSocket-Version', '8'],
      ],
      steps: [],
    });
  });

  test('over HTTP/2 it is one too, and accepted with 200', () => {
    expect(
      exchangeIn([
        { payload: { preview: 'CONNECT /chat', fields: [['sec-websocket-version', '13']] } },
        { dir: 'in', type: 'client.response', payload: { preview: '200', status: 200 } },
        said('a'),
        closed('out'),
      ]),
    ).toMatchObject({ kind: 'websocket', headers: [], steps: [{ do: 'send' }, { do: 'close' }] });
  });

  test('missing events would be missing messages', () => {
    expect(exchangeIn([...opened, { ...said('a'), seq: 9 }])).toBe(
      'it is a WebSocket, and events of its time are missing in the trace',
    );
  });
});

describe('a tunnel', () => {
  const opened: Partial<TraceEvent>[] = [
    { payload: { preview: 'CONNECT a.example:7', fields: [['Host', 'a.example:7']] } },
    { dir: 'in', type: 'client.response', payload: { preview: '200', status: 200 } },
  ];
  const piece = (data: string | Uint8Array, dir: 'in' | 'out' = 'out'): Partial<TraceEvent> => ({
    dir,
    type: 'client.tunnel.octets',
    payload: payload(data),
  });

  test('octets that are text are a text', () => {
    expect(
      exchangeIn([
        ...opened,
        piece('a'),
        piece('b', 'in'),
        piece(Uint8Array.of(0xff)),
        { type: 'client.tunnel.end' },
      ]),
    ).toMatchObject({
      kind: 'tunnel',
      target: 'a.example:7',
      steps: [
        { do: 'send', data: 'a' },
        { do: 'wait', messages: 1 },
        { do: 'send', data: Uint8Array.of(0xff) },
        { do: 'end' },
      ],
    });
  });

  test('what was sent behind the end of the server is sent behind it again', () => {
    expect(
      exchangeIn([
        ...opened,
        piece('a', 'in'),
        { dir: 'in', type: 'client.tunnel.end' },
        piece('b'),
        { type: 'client.tunnel.end' },
      ]),
    ).toMatchObject({
      steps: [{ do: 'wait', messages: 2 }, { do: 'send', data: 'b' }, { do: 'end' }],
    });
  });
});

describe('several conversations', () => {
  const one = (conn: number, type: string, seq: number, more: Partial<TraceEvent> = {}) =>
    traceEvent({ conn, type, seq, payload: { preview: `GET /${conn}` }, ...more });

  test('the lifespan is none of the client’s, and runs of several processes are apart', () => {
    const events = [
      traceEvent({ conn: 0, lane: 'app', type: 'lifespan.startup' }),
      traceEvent({ seq: 2, payload: { preview: 'GET /a' } }),
      traceEvent({ run: 's', payload: { preview: 'GET /b' } }),
    ];
    expect(recordedIn(events).map(({ run, conn, title }) => [run, conn, title])).toEqual([
      ['r', 1, 'GET /a'],
      ['s', 1, 'GET /b'],
    ]);
  });

  test('those that overlapped are sent together, though one between them cannot be sent', () => {
    const events = [
      one(1, 'client.request', 1),
      one(1, 'client.request.end', 2),
      one(2, 'client.request', 3),
      one(3, 'client.request', 4, {
        payload: { preview: 'GET /3', fields: [['cookie', '[secret]']] },
      }),
      one(2, 'client.request.end', 5),
      one(4, 'client.request', 6),
      one(3, 'client.request.end', 7),
      one(5, 'client.request', 8),
      one(4, 'client.request.end', 9),
      one(5, 'client.request.end', 10),
    ];
    const replayable = replayableOf(recordedIn(events), events);
    expect(replayable.map(({ conn, exchange }) => [conn, exchange.together])).toEqual([
      [1, false],
      [2, false],
      [4, false],
      [5, true],
    ]);
  });

  test('requests that only a gateway recorded are sent one after the other', () => {
    const seen = (conn: number, seq: number) =>
      traceEvent({
        ...gateway,
        conn,
        seq,
        type: 'http.request',
        payload: { preview: `GET /${conn} HTTP/1.1` },
      });
    const events = [
      seen(1, 1),
      seen(2, 2),
      traceEvent({ ...gateway, seq: 3, type: 'http.request.end' }),
    ];
    expect(
      replayableOf(recordedIn(events), events).map(({ exchange }) => exchange.together),
    ).toEqual([false, false]);
  });

  test('a drain begins where it did, and none where all was over', () => {
    const drain = (seq: number) =>
      traceEvent({ conn: 0, lane: 'app', dir: 'in', type: 'lifespan.drain', seq });
    const asked = [one(1, 'client.request', 1), one(1, 'client.response', 2, { dir: 'in' })];
    const rest = one(1, 'client.response.end', 4, { dir: 'in' });
    const drains = (events: TraceEvent[]) =>
      replayableOf(recordedIn(events), events).map(({ exchange }) => exchange.drain);
    expect(drains([...asked, drain(3), rest])).toEqual([true]);
    expect(drains([...asked, rest, drain(5)])).toEqual([false]);
  });
});

describe('as a scenario’s text', () => {
  const base = {
    name: 'x',
    title: 'x',
    line: 1,
    headers: [],
    timeout: 5000,
    together: false,
    drain: false,
    readPause: 0,
  };
  const post = (more: object): ScenarioExchange =>
    ({
      ...base,
      kind: 'http',
      method: 'POST',
      target: '/',
      body: [],
      chunked: false,
      trailers: [],
      pause: 0,
      abortAfter: undefined,
      disconnectAfter: undefined,
      halfClose: false,
      retry: 0,
      version: '1.1',
      ...more,
    }) as ScenarioExchange;
  const readBack = (exchange: ScenarioExchange) => {
    const text = exchangeText(exchange);
    expect(text).toBeDefined();
    const [, read] = parseScenario(`GET /\n\n${text}`);
    return sameExchange(read, exchange);
  };
  /** Texts with what means something in a scenario. */
  const text = fc
    .array(
      fc.oneof(
        fc.string({ unit: 'grapheme', maxLength: 5 }),
        fc.constantFrom(
          '\n',
          '\r\n',
          '\r',
          '###',
          '# @end',
          '===',
          '{{',
          '}}',
          '{{x}}',
          ' ',
          '\t',
          '//',
          '\u2028',
          '\0',
          '"',
          '\\',
        ),
      ),
      { maxLength: 8 },
    )
    .map((parts) => parts.join(''));

  test('any body that is text comes back as it was', () => {
    fc.assert(
      fc.property(text, (whole) => {
        const body = whole === '' ? [] : [octets(whole)];
        expect(readBack(post({ body }))).toBe(true);
        expect(readBack(post({ body, chunked: body.length > 0 }))).toBe(true);
      }),
    );
  });

  test('any messages come back as they were', () => {
    const step: fc.Arbitrary<Step> = fc.oneof(
      text.map((data): Step => ({ do: 'send', data })),
      fc.uint8Array({ maxLength: 70 }).map((data): Step => ({ do: 'send', data })),
      fc.integer({ min: 1, max: 99 }).map((messages): Step => ({ do: 'wait', messages })),
      fc.integer({ min: 1, max: 999 }).map((ms): Step => ({ do: 'pause', ms })),
    );
    const last = fc.constantFrom<Step[]>(
      [],
      [{ do: 'close', reason: '' }],
      [{ do: 'close', code: 1000, reason: '' }],
      [{ do: 'close', code: 3001, reason: 'see you, {{later}} # @x' }],
      [{ do: 'end' }],
      [{ do: 'end' }, { do: 'wait', messages: 1 }, { do: 'reset' }],
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 6 }), last, (steps, end) => {
        const all = [...steps, ...end];
        expect(readBack({ ...base, kind: 'websocket', target: '/a', steps: all })).toBe(true);
        const tunnel = all.filter((one) => one.do !== 'close');
        expect(readBack({ ...base, kind: 'tunnel', target: 'a:1', steps: tunnel })).toBe(true);
      }),
    );
  });

  test('pieces, pauses, trailers and how the client leaves are directives', () => {
    const lines = [octets('a\n'), octets('b')];
    const all = {
      together: true,
      drain: true,
      body: lines,
      chunked: true,
      pause: 30,
      trailers: [['Sum', '1']],
      abortAfter: 5,
      disconnectAfter: 2,
      halfClose: true,
      retry: 2,
    };
    expect(readBack(post(all))).toBe(true);
    expect(exchangeText(post(all))).toBe(
      '### x\n# @together\n# @drain\n# @chunks lines\n# @pause 30ms\n# @trailer Sum: 1\n# @abort-after 5\n# @disconnect-after 2\n# @half-close\n# @retry 2\nPOST /\n\na\nb\n',
    );
    expect(
      readBack(post({ body: [octets('abc'), octets('def'), octets('g')], chunked: true })),
    ).toBe(true);
    expect(readBack(post({ version: '1.0', headers: [['A', 'b']] }))).toBe(true);
  });

  test('uneven pieces go out in one, and the text says so', () => {
    const written = exchangeText(post({ body: [octets('a'), octets('bcd'), octets('e')] }));
    expect(written).toContain(
      '# The body came in pieces of 1, 3, 1 octets, and goes out in one.\n',
    );
    expect(parseScenario(written ?? '')[0]).toMatchObject({ body: [octets('abcde')] });
  });

  test('what has no form is left out, and named', () => {
    const events = traceOf(
      { payload: { preview: 'PUT /bin', fields: [['Content-Length', '1']] } },
      body(Uint8Array.of(0xff)),
      end,
      { conn: 2, payload: { preview: 'GET /ok', fields: [] } },
      { conn: 3, payload: { preview: 'GET http://elsewhere/', fields: [] } },
    );
    expect(scenarioTextOf(events)).toEqual({
      text: `# Left out: conversation 1, PUT /bin: its body is not text in UTF-8, and a scenario has only text.
# Left out: conversation 3, GET http://elsewhere/: the form of a scenario has no way to write it.

### GET /ok
GET /ok
`,
      conns: [2],
      omitted: [
        expect.objectContaining({ conn: 1, title: 'PUT /bin' }),
        expect.objectContaining({ conn: 3 }),
      ],
    });
    expect(scenarioTextOf(events.slice(0, 3)).text).toBe('');
  });
});
