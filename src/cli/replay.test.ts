// What a trace lets one send again, what is said of the rest, and where another course is seen.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT } from '../../tests/fixtures/portway.ts';
import { previewBytes, type TraceEvent } from '../trace/index.ts';
import { CommandError } from './command.ts';
import { readTrace } from './read-trace.ts';
import { conversationsOf } from './trace-requests.ts';

const event = (more: Partial<TraceEvent>): TraceEvent => ({
  v: 1,
  run: 'r',
  seq: 1,
  t: 0,
  conn: 1,
  lane: 'client',
  dir: 'out',
  type: 'client.request',
  phase: 'i',
  ...more,
});
const lines = (...events: object[]) => events.map((one) => `${JSON.stringify(one)}\n`).join('');
const payload = (data: string | Uint8Array) => {
  const octets = typeof data === 'string' ? new TextEncoder().encode(data) : data;
  return { preview: previewBytes(octets), size: octets.length };
};

describe('reading', () => {
  test.each<[what: string, text: string, message: string]>([
    ['nothing', '', 'a.ndjson: there are no events.'],
    ['a line that is no JSON', `${lines(event({}))}{"v":\n`, 'a.ndjson:2: not a JSON object: '],
    [
      'another version',
      lines({ ...event({}), v: 2 }),
      'a.ndjson:1: a trace of version 2, and version 1 is read here. ',
    ],
    ['no version', '{}', "a.ndjson:1: not a trace event: it must have required property 'v'."],
    [
      'a field of another type',
      lines(event({}), { ...event({ seq: 2 }), conn: 'a' }),
      'a.ndjson:2: not a trace event: /conn must be integer.',
    ],
    [
      'an event out of its order',
      lines(event({ seq: 2 }), event({ seq: 2 })),
      'a.ndjson:2: event 2 stands behind event 2 of the same run.',
    ],
    ['an empty line', `${lines(event({}))}\n${lines(event({ seq: 2 }))}`, 'a.ndjson:2: not a JSON'],
  ])('%s: the file, the line, and what is wrong', (_, text, message) => {
    const read = () => readTrace(text, 'a.ndjson');
    expect(read).toThrow(CommandError);
    expect(read).toThrow(message);
  });

  test('runs that several processes wrote into one file are apart', () => {
    const text = lines(
      event({ run: 'a', payload: { preview: 'GET /a' } }),
      event({ run: 'b', payload: { preview: 'GET /b' } }),
    );
    expect(
      conversationsOf(readTrace(text, 'a')).map(({ run, conn, title }) => [run, conn, title]),
    ).toEqual([
      ['a', 1, 'GET /a'],
      ['b', 1, 'GET /b'],
    ]);
  });
});

describe('what the client sent', () => {
  const requestOf = (...events: Partial<TraceEvent>[]) =>
    conversationsOf(events.map((more, index) => event({ seq: index + 1, ...more })))[0]?.request;
  const head = { payload: { preview: 'POST /a?b', fields: [['Content-Length', '3']] as const } };
  const body = (data: string | Uint8Array) => ({
    type: 'client.request.body',
    payload: payload(data),
  });
  const end = { type: 'client.request.end' };
  const gateway = { lane: 'gateway', dir: 'in' } as const;

  test('a request of the client, in its pieces', () => {
    expect(requestOf(head, body('ab'), body('c'), end)).toMatchObject({
      method: 'POST',
      target: '/a?b',
      headers: [['Content-Length', '3']],
      body: [new TextEncoder().encode('ab'), new TextEncoder().encode('c')],
      chunked: false,
      abortAfter: undefined,
    });
  });

  test('a request as the gateway saw it, where the client was not recorded', () => {
    expect(
      requestOf(
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
      ),
    ).toMatchObject({
      method: 'POST',
      target: '/a',
      chunked: true,
      body: [new TextEncoder().encode('ab')],
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
    expect(requestOf({ payload: { preview: 'PUT /' } }, body(data), end)).toMatchObject({
      body: [data],
    });
  });

  test('a client that left, after so many octets of the response', () => {
    expect(
      requestOf(
        { payload: { preview: 'GET /' } },
        { type: 'client.response.body', dir: 'in', payload: payload('abc') },
        { type: 'client.response.body', dir: 'in', payload: payload('de') },
        { type: 'client.left' },
      ),
    ).toMatchObject({ abortAfter: 5 });
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
    [
      'it is a WebSocket or a tunnel',
      [
        { ...gateway, type: 'http.request', payload: { preview: 'GET / HTTP/1.1' } },
        { lane: 'app', type: 'websocket.accept' },
      ],
    ],
    [
      'it is a WebSocket or a tunnel',
      [{ ...gateway, type: 'http.request', payload: { preview: 'CONNECT a:1 HTTP/1.1' } }],
    ],
    ['it was interrupted', [{ payload: { preview: 'GET /' } }, { type: 'client.interrupted' }]],
  ])('%s: it is not replayed', (missing, events) => {
    expect(requestOf(...events)).toContain(missing);
  });

  test('the lifespan is none of the client’s', () => {
    expect(conversationsOf([event({ conn: 0, lane: 'app', type: 'lifespan.startup' })])).toEqual(
      [],
    );
  });
});

describe('the command', () => {
  const ECHO = join(ROOT, 'content/examples/echo/app.ts');

  test('what `check` has recorded is replayed over both kinds of transport; another application takes another course', async () => {
    const cwd = folder();
    expect((await portway(['check', ECHO, '--trace', 'a.ndjson'], { cwd })).code).toBe(0);
    for (const transport of ['memory', 'h1']) {
      expect(
        await portway(['replay', 'a.ndjson', '--app', ECHO, '--transport', transport], { cwd }),
      ).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringMatching(
          /^(?:conversation \d+, (?:GET|POST) \/echo: as recorded\n){3,}$/,
        ),
      });
    }
    const hello = join(ROOT, 'content/examples/hello/app.ts');
    const { code, stdout } = await portway(['replay', 'a.ndjson', '--app', hello], { cwd });
    expect(code).toBe(1);
    expect(stdout).toContain('conversation 2, POST /echo: another course (- recorded, + now)\n');
    expect(stdout).toContain('\n  - client in client.response.body  whole  (5 octets)\n');
    expect(stdout).toContain(
      '\n  + client in client.response.body  Hello from Portway\\n  (19 octets)\n',
    );

    const shown = await portway(['replay', 'a.ndjson', '--show'], { cwd });
    expect(shown.code).toBe(0);
    const rows = shown.stdout.trimEnd().split('\n');
    expect(rows).toHaveLength(
      readFileSync(join(cwd, 'a.ndjson'), 'utf8').trimEnd().split('\n').length + 1,
    );
    expect(rows[0]).toMatch(/^ *seq +ms +conv +who +event +state +requirement +what$/);
  });

  test('what cannot be replayed is named, and the rest is replayed', async () => {
    const cwd = folder({
      'a.ndjson': lines(
        event({
          seq: 1,
          payload: { preview: 'GET /\x9b', fields: [['Authorization', '[secret]']] },
        }),
        event({ seq: 2, conn: 2, payload: { preview: 'GET /', fields: [['Host', 'a']] } }),
        event({ seq: 3, conn: 2, type: 'client.request.end' }),
        event({ seq: 4, conn: 2, dir: 'in', type: 'client.closed' }),
      ),
      'app.mjs':
        "export default async (scope, _, send) => { if (scope.type === 'lifespan') throw Object.assign(new Error(), { name: 'UnsupportedScope' }); await send({ type: 'http.refuse' }); };",
    });
    expect(await portway(['replay', 'a.ndjson', '--app', 'app.mjs'], { cwd })).toMatchObject({
      code: 1,
      stdout:
        'conversation 1, GET /\\x9b: not replayed: the value of `Authorization` is secret, and not in the trace (record it with --trace-secrets)\nconversation 2, GET /: as recorded\n',
    });
  });

  test.concurrent.each<[args: string[], code: number, message: string]>([
    [[], 2, 'name the trace: `portway replay trace.ndjson --app app.ts`. --trace writes one.'],
    [['a', 'b', '--show'], 2, 'one trace at a time, not also `b`.'],
    [['a.ndjson'], 2, 'name the application with --app, or print the trace with --show.'],
    [['none.ndjson', '--show'], 2, 'there is no trace none.ndjson.'],
    [['a.ndjson', '--show', '--transport', 'h9'], 2, 'there is no transport `h9`: h1, h2, memory.'],
    [
      ['a.ndjson', '--show'],
      1,
      'a.ndjson: there are no events. Record some with --trace, and send a request.',
    ],
  ])('%j: one line', async (args, code, message) => {
    expect(await portway(['replay', ...args], { cwd: folder({ 'a.ndjson': '' }) })).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: `portway replay: ${message}\n`,
    });
  });
});
