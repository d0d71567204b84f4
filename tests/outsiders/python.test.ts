// Clients of Python: `websockets`, `h11`, `h2` and `httpx`. Their scripts in python/ print what they saw as JSON.

import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../scripts/lib/outsiders.mjs';
import { type Program, run, start, withPrograms } from './machine.ts';
import { type Served, serve } from './serve.ts';

const WAYS = ['http', 'https'] as const;
type Way = (typeof WAYS)[number];

let served: Readonly<Record<Way, Served>>;
beforeAll(async () => {
  const [http, https] = await Promise.all([serve(['--http2']), serve(['--http2'], { tls: true })]);
  served = { http, https };
});

/** What a script takes: its path, and the gateway. `-I` would keep it from its neighbours. */
const argumentsOf = (script: string, { url, authority }: Served): readonly string[] => [
  fileURLToPath(new URL(`python/${script}`, import.meta.url)),
  url,
  authority,
];

/** Runs a script over TCP and over TLS, once; its trials are then tests. */
function trials(script: string): (way: Way, trial: string) => Promise<unknown> {
  const results = new Map<Way, Promise<Record<string, unknown>>>();
  const ask = async (way: Way) => {
    const { code, stdout, stderr } = await run(python, argumentsOf(script, served[way]), QUIET);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  return async (way, trial) => {
    const result = results.get(way) ?? ask(way);
    results.set(way, result);
    return (await result)[trial];
  };
}

/** No bytecode beside the scripts, and text as UTF-8. */
const QUIET = { env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUTF8: '1' } };

/** Rows of a table of trials: the requirement and what is seen, the trial's name, and what it has to return. */
type Row = readonly [name: string, trial: string, expected: unknown];

function table(script: string, rows: readonly Row[]): ReturnType<typeof trials> {
  const result = trials(script);
  describe.each(WAYS)('over %s', (way) => {
    test.each(rows)('%s', async (_name, trial, expected) => {
      expect(await result(way, trial)).toEqual(expected);
    });
  });
  return result;
}

/** Both Close frames, the gateway's first. */
const closedBy = (code: number, reason = '') => ({
  received: [code, reason],
  sent: [code, reason],
  rcvd_then_sent: true,
});

withPrograms(['python3-websockets'], 'websockets', () => {
  table('websockets_client.py', [
    [
      'websocket.message-whole: texts come back',
      'text',
      ['', 'Hello', 'Grüße, 世界 🌍', '\x00\x7f'],
    ],
    [
      'websocket.message-whole: octets of every form of length come back',
      'binary',
      [0, 1, 125, 126, 65535, 65536, 1_000_000],
    ],
    ['websocket.message-whole: fragments are one message', 'fragments', 'one two three'],
    ['websocket.message-whole: 500 messages come back in order', 'order', true],
    ['websocket.ping-pong: a ping is answered with its payload', 'ping', true],
    ['a pong that nobody asked for is no matter', 'unasked_pong', 'still there'],
    [
      'websocket.accept-answer: the subprotocol is the application’s choice',
      'subprotocol',
      'superchat',
    ],
    ['websocket.accept-answer: there need not be one', 'no_subprotocol', null],
    [
      'websocket.extensions: compression is offered and declined',
      'compression_offered',
      { offered: true, answer: null, agreed: [], echoed: true },
    ],
    [
      'websocket.extensions: none is answered where none is offered',
      'compression_not_offered',
      [null, 'plain'],
    ],
    [
      'websocket.close-frame: a Close frame is answered with its code',
      'client_closes',
      { 1000: [1000, ''], 1001: [1001, ''], 3999: [3999, ''], 4000: [4000, ''] },
    ],
    [
      'websocket.close-frame: the application’s code and reason arrive',
      'application_closes',
      {
        1000: closedBy(1000),
        1003: closedBy(1003, 'no'),
        1011: closedBy(1011),
        1013: closedBy(1013, 'later'),
        4999: closedBy(4999, 'ü'.repeat(61)),
      },
    ],
    ['websocket.denial: a denial is a response', 'denied', [403, 'text/plain; charset=utf-8']],
    ['websocket.message-limit: a message that is too long', 'too_long', closedBy(1009)],
    ['websocket.frame-rules: text that is not UTF-8', 'not_utf8', closedBy(1007)],
    ['websocket.frame-rules: an opcode that is reserved', 'reserved_opcode', closedBy(1002)],
    ['fifty at once', 'many', 50],
  ]);

  test.each(WAYS)(
    'websocket.closed.codes: the application has seen the codes, over %s',
    async (way) => {
      // The trials have closed them: see client_closes.
      for (const [code, reason] of [
        [1000, ''],
        [1001, 'leaving'],
        [3999, 'x'.repeat(123)],
        [4000, 'Ende: ü'],
      ] as const)
        expect(await served[way].noted(`py-${way}-${code}`)).toEqual({
          code,
          reason,
          initiator: 'peer',
          clean: true,
          version: '1.1',
        });
    },
  );
});

withPrograms(['python3-h11'], 'h11', () => {
  const cycle = [[200, 'Hello\n', '6'], [200, '', '6'], [200, 30, 'chunked'], true, 404];
  const result = table('h11_client.py', [
    ['25 requests on one connection', 'cycles', Array.from({ length: 5 }, () => cycle).flat()],
    [
      'http.request.trailers: chunks and trailers go up and come back',
      'chunks',
      [70_002, { 'x-digest': 'abc' }],
    ],
    [
      'http.duplex: a piece is back before the next is sent',
      'as_it_comes',
      [200, true, true, true, true, true, 'EndOfMessage'],
    ],
    [
      'http.continue.on-receive: 100, then the body, then another request',
      'expect_continue',
      [100, 200, 200],
    ],
    [
      'security.nothing-after-last: a body that was not asked for is not waited for',
      'expect_declined',
      [[], 403, 'close', true],
    ],
    ['http.informational.before-commit: 103', 'early_hints', [[103], 200, 'hinted\n']],
    ['security.nothing-after-last: connection: close', 'connection_close', ['close', true]],
    [
      'http.abort-when-unended: chunks that are broken off',
      'aborted',
      'peer closed connection without sending complete message body (incomplete chunked read)',
    ],
    [
      'security.framing-conflict: what can be read in two ways is refused',
      'refusals',
      {
        'two lengths': [400, true],
        'length and chunks': [400, true],
        'no host': [400, true],
        'two hosts': [400, true],
        'a folded line': [400, true],
        'an unknown coding': [501, true],
        'another version': [505, true],
        'a long target': [414, true],
      },
    ],
  ]);

  // Over TLS, Python's sockets cannot end their side alone.
  test('http.half-close: the response to a client that has ended its side', async () => {
    expect(await result('http', 'half_close')).toEqual([100_000, true]);
  });
});

withPrograms(['python3-h2', 'python3-websockets'], 'h2', () => {
  table('h2_client.py', [
    [
      'http.request.trailers: trailers go up and come back',
      'trailers',
      ['200', 'with trailers', { 'x-digest': 'abc' }],
    ],
    ['http.informational.before-commit: 103', 'interim', [['103'], '200', 'hinted\n']],
    ['flow.input-resumes: an upload of many times the credit', 'large_upload', '200'],
    [
      'flow.send-waits: a response through a window of 7 octets',
      'tiny_window',
      [3000, true, { 'x-octets': '3000' }],
    ],
    [
      'http.commit.on-start: without credit the head comes, and the body when there is some',
      'window_opens',
      [0, 'Hello\n'],
    ],
    [
      'flow.no-sibling-stall: a stream without credit holds up no other',
      'no_sibling_stall',
      ['Hello\n', true],
    ],
    ['http.abort.stream-only: a reset ends its stream alone', 'reset', 'Hello\n'],
    [
      'http.abort.code: INTERNAL_ERROR, and the connection goes on',
      'aborted',
      [2, 'half of it', '200'],
    ],
    ['http.refuse.before-bytes: REFUSED_STREAM', 'refused', 7],
    [
      'http.headers.cookie-joined: the crumbs of a cookie',
      'cookies',
      [
        ['cookie', 'a=1; b=2'],
        ['x-between', 'y'],
      ],
    ],
    [
      'http.request.discard-drains: an answer ahead of the upload',
      'discarded',
      ['403', 'no, thank you\n', '200'],
    ],
    ['pings are answered', 'pings', true],
    [
      'websocket.connect-setting: the settings offer extended CONNECT',
      'settings',
      expect.objectContaining({ ENABLE_CONNECT_PROTOCOL: 1, INITIAL_WINDOW_SIZE: 65_536 }),
    ],
    [
      'websocket.accept-answer: a WebSocket on a stream, to its end',
      'websocket',
      [
        { ':status': '200', 'sec-websocket-protocol': 'chat' },
        [
          ['TEXT', 5],
          ['BINARY', 100_000],
          ['PONG', 13],
          ['CLOSE', 4001],
        ],
        '200',
      ],
    ],
  ]);

  test.each(WAYS)(
    'cancel.reason: the application has learned of the reset, over %s',
    async (way) => {
      expect(await served[way].noted(`reset-${way}`)).toEqual({ cause: 'peer_reset', code: 8 });
    },
  );
});

withPrograms(['python3-httpx', 'python3-h2'], 'httpx', () => {
  const result = trials('httpx_client.py');
  describe.each([
    ['http', 'HTTP/1.1'],
    // Where `h2` is there, it asks for HTTP/2 over TLS.
    ['https', 'HTTP/2'],
  ] as const)('over %s', (way, version) => {
    test.each<Row>([
      [
        'requests of a session',
        'requests',
        [[version, 200, 'Hello\n'], { name: 'Ada Lovelace', born: '1815' }, [200, '6', ''], 404],
      ],
      ['streams both ways', 'streams', [1_000_000, 1_000_000]],
      ['a response that is left in its middle', 'left', ['x', 200]],
      ['fifty at once', 'at_once', 50],
      [
        'flow.no-hold: Server-Sent Events, while the response goes on',
        'events',
        ['id: 1', 'data: event 1', '', 'id: 2', 'data: event 2', '', 'id: 3', 'data: event 3'],
      ],
      ['http.abort-when-unended: a response that was broken off', 'broken', 'broken'],
    ])('%s', async (_name, trial, expected) => {
      expect(await result(way, trial)).toEqual(expected);
    });
  });

  // Over HTTP/2 it gives no more credit, resets nothing, and ends its side: it may be reading on (http.half-close).
  test('cancel.on-peer-loss: the application has learned that it was left', async () => {
    expect(await result('http', 'left')).toEqual(['x', 200]);
    const noted = await served.http.noted('httpx-http');
    expect(noted).toMatchObject({ name: 'Closed', cancelled: true });
  });
});

withPrograms(['python3-h2', 'python3-h11', 'python3-websockets'], 'a drain', () => {
  test.each(WAYS)('drain.connections: as clients see it, over %s', async (way) => {
    const gateway = await serve(['--http2'], { tls: way === 'https' });
    const client: Program = start(python, argumentsOf('drain_client.py', gateway), QUIET);
    await client.printed(/^ready$/m);
    const [{ stdout, stderr, code }] = await Promise.all([client.finished, gateway.stop()]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout.replace('ready\n', ''))).toEqual({
      idle: true,
      'under way': [3, 'EndOfMessage', true],
      // GOAWAY without error, of all streams for a notice and then up to the one that was under way; and the end of that.
      streams: [
        [
          [0, 1],
          [0, 2 ** 31 - 1],
        ],
        [1],
      ],
      websocket: [1001, 1001],
    });
  });
});
