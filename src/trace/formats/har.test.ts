// Any trace makes a HAR that is valid by its published schema; what stands in it is what was recorded, and no more.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { harFaults } from '../../../tests/fixtures/har-schema.ts';
import { traceEvent, traceEvents, traceOf } from '../../../tests/fixtures/trace-events.ts';
import { type Payload, previewBytes, type TraceEvent } from '../event.ts';
import { type HarEntry, type HarOptions, toHar, writeHar } from './har.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const data = (of: string | Uint8Array): Payload => {
  const bytes = typeof of === 'string' ? octets(of) : of;
  return { preview: previewBytes(bytes), size: bytes.length };
};
const entryOf = (events: readonly TraceEvent[], options?: HarOptions): HarEntry => {
  const har = toHar(events, options);
  expect(harFaults(har)).toEqual([]);
  expect(har.log.entries).toHaveLength(1);
  return har.log.entries[0] as HarEntry;
};

test('the schema finds what is broken', () => {
  const entry = entryOf(traceOf({ payload: { preview: 'GET /' } }));
  const broken = (change: object) =>
    harFaults({
      log: {
        version: '1.2',
        creator: { name: 'a', version: '1' },
        entries: [{ ...entry, ...change }],
      },
    });
  expect(broken({})).toEqual([]);
  expect(broken({ time: '1' })).toEqual(['/log/entries/0/time must be number']);
  expect(broken({ startedDateTime: 'now' })).not.toEqual([]);
  expect(broken({ request: { ...entry.request, url: 'a b' } })).not.toEqual([]);
});

test('any trace makes a valid HAR with an entry for each conversation, with times that add up', () => {
  fc.assert(
    fc.property(traceEvents, fc.option(fc.integer(), { nil: undefined }), (events, startedAt) => {
      const text = writeHar(events, startedAt === undefined ? {} : { startedAt });
      const har = JSON.parse(text) as ReturnType<typeof toHar>;
      expect(harFaults(har)).toEqual([]);
      const conversations = new Set(
        events.filter(({ conn }) => conn > 0).map(({ run, conn }) => JSON.stringify([run, conn])),
      );
      expect(har.log.entries).toHaveLength(conversations.size);
      for (const { time, timings } of har.log.entries) {
        for (const part of Object.values(timings)) expect(part).toBeGreaterThanOrEqual(0);
        expect(time).toBeCloseTo(timings.send + timings.wait + timings.receive);
      }
    }),
    { numRuns: 500 },
  );
});

const IN = { dir: 'in' } as const;
const REQUEST = traceOf(
  { t: 0 },
  {
    type: 'client.request',
    payload: {
      preview: 'POST /a%20b?q=1&q=%C3%A9',
      fields: [
        ['Host', 'a.example:8000'],
        ['Content-Type', 'text/plain'],
        ['Cookie', 'id=7; theme = dark'],
      ],
    },
  },
  { type: 'client.request.body', payload: data('one ') },
  { type: 'http.request', lane: 'gateway', ...IN, payload: { preview: 'POST /a HTTP/1.1' } },
  { type: 'client.request.body', payload: data('two') },
  { type: 'client.request.end' },
).slice(1);
const ANSWER = traceOf(
  ...Array.from({ length: 6 }, () => ({})),
  { type: 'client.informational', ...IN, payload: { preview: '103', status: 103 } },
  {
    type: 'client.response',
    ...IN,
    payload: {
      preview: '201',
      status: 201,
      fields: [
        ['content-type', 'text/html'],
        ['location', '/made'],
        [
          'set-cookie',
          'id=8; Path=/; Domain=a.example; Expires=Wed, 21 Oct 2099 07:28:00 GMT; HttpOnly; Secure',
        ],
        ['set-cookie', 'plain=1; Expires=never'],
      ],
    },
  },
  { type: 'client.response.body', ...IN, payload: data('<p>é\n') },
  { type: 'client.response.body', ...IN, payload: data('</p>') },
  { type: 'client.response.end', ...IN },
).slice(6);

test('a request and its response, as the client had them', () => {
  const entry = entryOf([...REQUEST, ...ANSWER], { startedAt: Date.UTC(2026, 0, 1) });
  expect(entry).toMatchObject({
    startedDateTime: '2026-01-01T00:00:00.001Z',
    request: {
      method: 'POST',
      url: 'http://a.example:8000/a%20b?q=1&q=%C3%A9',
      httpVersion: 'HTTP/1.1',
      cookies: [
        { name: 'id', value: '7' },
        { name: 'theme', value: 'dark' },
      ],
      headers: [
        { name: 'Host', value: 'a.example:8000' },
        { name: 'Content-Type' },
        { name: 'Cookie' },
      ],
      queryString: [
        { name: 'q', value: '1' },
        { name: 'q', value: 'é' },
      ],
      postData: { mimeType: 'text/plain', text: 'one two' },
      bodySize: 7,
    },
    response: {
      status: 201,
      redirectURL: '/made',
      content: { size: 10, mimeType: 'text/html', text: '<p>é\n</p>' },
      cookies: [
        {
          name: 'id',
          value: '8',
          path: '/',
          domain: 'a.example',
          expires: '2099-10-21T07:28:00.000Z',
          httpOnly: true,
          secure: true,
        },
        { name: 'plain', value: '1', httpOnly: false, secure: false },
      ],
    },
    timings: { send: 4, wait: 2, receive: 3 },
    time: 9,
    _conversation: 1,
  });
  expect(entry).not.toHaveProperty('comment');
});

test('a trace of the server alone tells the same from what the gateway took and the application gave', () => {
  const events = traceOf(
    {
      lane: 'gateway',
      ...IN,
      type: 'http.request',
      payload: { preview: 'PUT /x HTTP/2', fields: [['host', 'b']] },
    },
    { lane: 'gateway', ...IN, type: 'http.request.body', payload: data('ab') },
    { lane: 'app', ...IN, type: 'http.request.body', payload: data('ab') },
    { lane: 'app', type: 'http.response.start', payload: { preview: '200', status: 200 } },
    {
      lane: 'app',
      type: 'http.response.start',
      payload: { preview: '500', status: 500 },
      violation: { requirement: 'http.start-once', message: 'a second start' },
    },
    { lane: 'app', type: 'http.response.body', payload: data('c') },
  );
  expect(entryOf(events, { scheme: 'https' })).toMatchObject({
    request: { method: 'PUT', url: 'https://b/x', httpVersion: 'HTTP/2', bodySize: 2 },
    response: { status: 200, content: { size: 1, text: 'c' } },
    comment: 'Breaks http.start-once: a second start',
  });
});

test('what the application sent and the gateway rejected is no response', () => {
  const start = { lane: 'app', type: 'http.response.start' } as const;
  const events = traceOf(
    { lane: 'gateway', ...IN, type: 'http.request', payload: { preview: 'GET / HTTP/1.1' } },
    {
      ...start,
      payload: { preview: '99', status: 99 },
      violation: { requirement: 'http.status', message: 'no status' },
    },
    { ...start, payload: { preview: '200', status: 200 } },
  );
  expect(entryOf(events).response.status).toBe(200);
});

test('http.duplex: what is sent after the response has begun does not count as sending before it', () => {
  const [head, first, , , end] = REQUEST as [
    TraceEvent,
    TraceEvent,
    TraceEvent,
    TraceEvent,
    TraceEvent,
  ];
  const events = [head, first, ...ANSWER, { ...end, t: 99 }];
  expect(entryOf(events).timings).toEqual({ send: 1, wait: 5, receive: 92 });
});

test('without a response the status is 0, and the entry says so', () => {
  expect(entryOf(REQUEST)).toMatchObject({
    response: { status: 0, bodySize: -1 },
    comment: 'The trace has no response.',
  });
});

test('http.refuse: of a request that was sent again, the last time stands', () => {
  const again = traceOf(
    { payload: { preview: 'GET /' } },
    { type: 'client.response', ...IN, payload: { preview: '503', status: 503 } },
    { payload: { preview: 'GET /' } },
    { type: 'client.response', ...IN, payload: { preview: '200', status: 200 } },
  );
  expect(entryOf(again)).toMatchObject({
    response: { status: 200 },
    time: 1,
    comment: 'Sent 2 times; this is the last.',
  });
});

describe('bodies', () => {
  const content = (...pieces: Payload[]) =>
    entryOf(
      traceOf(
        { payload: { preview: 'GET /' } },
        { type: 'client.response', ...IN, payload: { preview: '200', status: 200 } },
        ...pieces.map((payload) => ({ type: 'client.response.body', ...IN, payload })),
      ),
    ).response.content;
  const begin = (shown: number, size: number) =>
    `The trace has a preview alone: the first ${shown} of ${size} octets are here.`;

  test.each<[string, Payload[], object]>([
    ['none', [], { size: 0 }],
    ['empty pieces', [data(''), data('')], { size: 0 }],
    ['backslashes that stand for themselves', [data('\\n')], { size: 2, text: '\\n' }],
    ['text in pieces', [data('é'.repeat(3)), data('ü')], { size: 8, text: 'éééü' }],
    [
      'a character that was cut in two',
      [data(Uint8Array.of(0xc3)), data(Uint8Array.of(0xa9))],
      { size: 2, text: 'é' },
    ],
    ['octets', [data(Uint8Array.of(0, 255))], { size: 2, text: 'AP8=', encoding: 'base64' }],
    ['UTF-8 with a control', [data('a\x00b')], { size: 3, text: 'YQBi', encoding: 'base64' }],
    [
      'a piece that is cut, and what follows',
      [data('x'.repeat(121)), data('tail')],
      { size: 125, text: 'x'.repeat(120), comment: begin(120, 125) },
    ],
    [
      'text that is cut within a character',
      [data(`x${'é'.repeat(60)}`)],
      { size: 121, text: `x${'é'.repeat(59)}`, comment: begin(120, 121) },
    ],
    [
      'backslashes that could be either',
      [data('ab'), data('\\n\n')],
      { size: 5, text: 'ab', comment: begin(2, 5) },
    ],
  ])('%s', (_, pieces, expected) => {
    expect(content(...pieces)).toEqual({ mimeType: 'x-unknown', ...expected });
  });

  test('a body of octets that is sent is Base64, and says so', () => {
    const events = traceOf(
      { payload: { preview: 'PUT /' } },
      { type: 'client.request.body', payload: data(Uint8Array.of(0)) },
    );
    expect(entryOf(events).request.postData).toEqual({
      mimeType: '',
      text: 'AA==',
      _encoding: 'base64',
    });
  });
});

test.each<[method: string, target: string, host: string | undefined, url: string]>([
  ['GET', '/', 'a.example', 'http://a.example/'],
  ['GET', '/', '[::1]:80', 'http://[::1]:80/'],
  ['GET', '/', undefined, 'http://unknown.invalid/'],
  ['GET', '/', 'a b', 'http://unknown.invalid/'],
  ['GET', '/', 'user@a', 'http://unknown.invalid/'],
  ['OPTIONS', '*', 'a', 'http://a/*'],
  ['GET', 'http://b.example/x?y', 'a', 'http://b.example/x?y'],
  ['GET', '/é"<>%zz%41#x', 'a', 'http://a/%C3%A9%22%3C%3E%25zz%41%23x'],
  ['GET', '//b.example/', 'a', 'http://a//b.example/'],
  ['CONNECT', 'db.internal:5432', 'a', 'http://db.internal:5432/'],
  ['CONNECT', 'a/b', 'a', 'http://unknown.invalid/'],
])('%s %s of %s is %s', (method, target, host, url) => {
  const fields = host === undefined ? {} : { fields: [['Host', host] as const] };
  expect(
    entryOf([traceEvent({ payload: { preview: `${method} ${target}`, ...fields } })]).request.url,
  ).toBe(url);
});

describe('sockets', () => {
  const head = { payload: { preview: 'GET /chat', fields: [['Host', 'a']] as const } };

  test('messages of a WebSocket stand as Chrome writes them', () => {
    const events = traceOf(
      head,
      { type: 'client.response', ...IN, payload: { preview: '101', status: 101 } },
      { type: 'client.websocket.send', payload: { preview: 'text Hello' } },
      { lane: 'app', type: 'websocket.message', ...IN, payload: { preview: 'text Hello' } },
      { type: 'client.websocket.receive', ...IN, payload: data(Uint8Array.of(0, 255)) },
      { type: 'client.websocket.receive', ...IN, payload: { preview: `text ${'x'.repeat(120)}…` } },
      { type: 'client.websocket.send', payload: data(new Uint8Array(121)) },
    );
    expect(entryOf(events)).toMatchObject({
      request: { url: 'ws://a/chat' },
      response: { status: 101 },
      _resourceType: 'websocket',
      _webSocketMessages: [
        { type: 'send', time: 0.002, opcode: 1, data: 'Hello' },
        { type: 'receive', time: 0.004, opcode: 2, data: 'AP8=' },
        {
          type: 'receive',
          opcode: 1,
          data: 'x'.repeat(120),
          comment: 'The trace has the beginning alone.',
        },
        { type: 'send', opcode: 2, comment: expect.stringContaining('first 120 of 121 octets') },
      ],
    });
  });

  test.each([
    ['HTTP/1.1', 101],
    ['HTTP/2', 200],
  ])('websocket.accept over %s is a %i, where the server alone was recorded', (version, status) => {
    const events = traceOf(
      { lane: 'gateway', ...IN, type: 'http.request', payload: { preview: `GET / ${version}` } },
      { lane: 'app', type: 'websocket.accept' },
      { lane: 'app', ...IN, type: 'websocket.message', payload: { preview: 'text a' } },
      { lane: 'app', type: 'websocket.message', payload: { preview: 'text b' } },
    );
    expect(entryOf(events)).toMatchObject({
      response: { status },
      _webSocketMessages: [
        { type: 'send', data: 'a' },
        { type: 'receive', data: 'b' },
      ],
    });
  });

  test('octets of a tunnel', () => {
    const events = traceOf(
      { payload: { preview: 'CONNECT echo.example:7' } },
      { type: 'client.response', ...IN, payload: { preview: '200', status: 200 } },
      { lane: 'app', type: 'tunnel.accept' },
      { type: 'client.tunnel.octets', payload: data('hi') },
      { type: 'client.tunnel.octets', ...IN, payload: data('ho') },
    );
    const entry = entryOf(events);
    expect(entry).toMatchObject({
      request: { url: 'http://echo.example:7/' },
      _tunnelMessages: [
        { type: 'send', data: 'aGk=' },
        { type: 'receive', data: 'aG8=' },
      ],
    });
    expect(entry).not.toHaveProperty('_webSocketMessages');
  });
});

test('security.trace-secrets: a value that is masked stays masked, and makes no cookie', () => {
  const fields = ['Authorization', 'Cookie'].map((name) => [name, '[secret]'] as const);
  const { request } = entryOf(traceOf({ payload: { preview: 'GET /', fields } }));
  expect(request.headers.map(({ value }) => value)).toEqual(['[secret]', '[secret]']);
  expect(request.cookies).toEqual([]);
});

test('without a start the log says that its dates are none; the lifespan is left out', () => {
  const lifespan = traceOf({ conn: 0, lane: 'app', type: 'lifespan.startup' });
  expect(toHar(lifespan).log).toMatchObject({
    entries: [],
    comment: expect.stringContaining('1970'),
  });
  expect(toHar(lifespan, { startedAt: 1 }).log).not.toHaveProperty('comment');
});

test('the first event of a run dates its conversations, each run by itself', () => {
  const runs = ['a', 'b', 'c'].flatMap((run, index) =>
    traceOf(
      { run, conn: 0, ...(index < 2 ? { timeOrigin: Date.UTC(2026, index, 1) } : {}) },
      { run },
    ),
  );
  const { entries, comment } = toHar(runs).log;
  expect(entries.map(({ startedDateTime }) => startedDateTime)).toEqual([
    '2026-01-01T00:00:00.001Z',
    '2026-02-01T00:00:00.001Z',
    '1970-01-01T00:00:00.001Z',
  ]);
  expect(comment).toContain('1970');
  expect(toHar(runs.slice(0, 4)).log).not.toHaveProperty('comment');
});
