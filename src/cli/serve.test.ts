// `portway serve` as a process: what it says when it cannot start, what it serves, what it writes down, and how it stops.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT, type Running, start } from '../../tests/fixtures/portway.ts';
import { RawClient } from '../../tests/fixtures/raw-client.ts';
import { faultsOf } from '../../tests/fixtures/trace-schema.ts';
import type { TraceEvent } from '../trace/index.ts';

const HELLO = join(ROOT, 'content/examples/hello/app.ts');

/** An application in plain JavaScript, whose body has `scope`, `receive` and `send`. */
const app = (body: string, before = '') =>
  `${before}\nexport default async (scope, receive, send) => {\n${body}\n};\n`;
const START = "await send({ type: 'http.response.start', status: 200 });";
const END = "await send({ type: 'http.response.end' });";
const bodyOf = (text: string) =>
  `await send({ type: 'http.response.body', data: new TextEncoder().encode(${text}) });`;

interface Serving extends Running {
  readonly port: number;
  readonly url: string;
}

/** Starts serving on a free port, and waits until it does. */
async function serve(args: readonly string[]): Promise<Serving> {
  const running = start(['serve', '--port', '0', ...args]);
  onTestFinished(() => {
    running.child.kill('SIGKILL');
  });
  const [, url = '', port] = await running.printed(/on (http:\/\/\S+?:(\d+)\/)/);
  return { ...running, url, port: Number(port) };
}

async function client(port: number): Promise<RawClient> {
  const raw = await RawClient.connect(port);
  onTestFinished(() => {
    raw.socket.destroy();
  });
  return raw;
}

describe('what cannot be served', () => {
  test.concurrent.each<
    [
      what: string,
      files: Record<string, string>,
      args: string[],
      code: number,
      message: string | RegExp,
    ]
  >([
    ['no application', {}, [], 2, 'name the application: `portway serve app.ts`.'],
    ['two applications', {}, ['a.ts', 'b.ts'], 2, 'one application at a time, not also `b.ts`.'],
    ['a file that is not there', {}, ['app.ts'], 2, 'there is no file app.ts.'],
    [
      'an unknown option',
      {},
      ['app.ts', '--prot', '1'],
      2,
      /Unknown option '--prot'.*See `portway serve --help`\./,
    ],
    [
      'a port in words',
      {},
      ['app.ts', '--port', 'http'],
      2,
      '`http` is not a port: a number from 0 to 65535.',
    ],
    [
      'a port that is too large',
      {},
      ['app.ts', '--port', '65536'],
      2,
      '`65536` is not a port: a number from 0 to 65535.',
    ],
    [
      'a port with a sign',
      {},
      ['app.ts', '--port=-1'],
      2,
      '`-1` is not a port: a number from 0 to 65535.',
    ],
    [
      'an empty port',
      {},
      ['app.ts', '--port', ''],
      2,
      '`` is not a port: a number from 0 to 65535.',
    ],
    [
      'no default export',
      { 'app.mjs': 'export const app = 1;' },
      ['app.mjs'],
      1,
      /^portway serve: app\.mjs has no application: its default export is undefined\.\n {2}Write `export default application/,
    ],
    [
      'a default export that is no function',
      { 'app.mjs': 'export default { http() {} };' },
      ['app.mjs'],
      1,
      'app.mjs has no application: its default export is object.',
    ],
    [
      'a syntax error',
      { 'app.ts': 'const fine = 1;\nexport default async (scope {\n' },
      ['app.ts'],
      1,
      /^portway serve: app\.ts does not load:\n[\s\S]*app\.ts:2/,
    ],
    [
      'a syntax error in JavaScript',
      { 'app.mjs': 'const fine = 1;\nexport default async (scope {\n' },
      ['app.mjs'],
      1,
      /^portway serve: app\.mjs does not load:\n[\s\S]*app\.mjs:2/,
    ],
    [
      'an import that is not there',
      { 'app.mjs': "import 'nowhere';\nexport default () => {};" },
      ['app.mjs'],
      1,
      /does not load:\n[\s\S]*Cannot find package 'nowhere'/,
    ],
    [
      'an error on loading',
      { 'app.mjs': "const fine = 1;\nthrow new RangeError('on purpose');" },
      ['app.mjs'],
      1,
      /does not load:\n[\s\S]*RangeError: on purpose\n[\s\S]*app\.mjs:2:7/,
    ],
    [
      'a trace that cannot be written',
      { 'app.mjs': 'export default () => {};' },
      ['app.mjs', '--trace', 'no/such/folder.ndjson'],
      1,
      /cannot write the trace: ENOENT/,
    ],
    [
      'an address of another machine',
      { 'app.mjs': 'export default () => {};' },
      ['app.mjs', '--host', '203.0.113.7', '--port', '0'],
      1,
      /cannot listen on 203\.0\.113\.7 port 0: /,
    ],
  ])('%s: one clear message', async (_, files, args, code, message) => {
    const ended = await portway(['serve', ...args], { cwd: folder(files) });
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    if (typeof message === 'string') expect(ended.stderr).toContain(`portway serve: ${message}`);
    else expect(ended.stderr).toMatch(message);
    expect(ended.stderr, 'a stack of our own').not.toMatch(/src\/cli|node:internal/);
  });

  test('a port that is taken: the message says what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      taken.close();
    });
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    expect(await portway(['serve', HELLO, '--port', String(port)])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `portway serve: port ${port} on 127.0.0.1 is taken. Choose another with --port, or 0 for a free one.\n`,
    });
  });
});

describe('what is served', () => {
  test('an example answers, the trace is well formed, and SIGTERM ends it with 0', async () => {
    const trace = join(folder(), 'trace.ndjson');
    const { url, child, ended } = await serve([HELLO, '--trace', trace]);
    const response = await fetch(url, { headers: { 'x-a': 'b' } });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('Hello from Portway\n');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' });

    const events = readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line): TraceEvent => JSON.parse(line));
    for (const event of events) expect(faultsOf(event), JSON.stringify(event)).toEqual([]);
    expect(events.map(({ type }) => type)).toEqual([
      'http.request',
      'http.request.end',
      'http.response.start',
      'http.response.body',
      'http.response.end',
      'application.returns',
    ]);
  });

  test('a fault is logged with its place, and the next request is served', async () => {
    const file = join(
      folder({
        'app.mjs': app(
          `if (scope.path === '/bad') throw new RangeError('on purpose');\n${START}${END}`,
        ),
      }),
      'app.mjs',
    );
    const { url, child, ended } = await serve([file]);
    expect((await fetch(`${url}bad`)).status).toBe(500);
    expect((await fetch(url)).status).toBe(200);
    child.kill('SIGTERM');
    const { stderr } = await ended;
    expect(stderr).toMatch(/^portway: GET \/bad: RangeError: on purpose\n[\s\S]*app\.mjs:3:/);
    expect(stderr.match(/portway: /g)).toHaveLength(1);
  });

  test.each([
    ['nothing', 'undefined', 'undefined'],
    ['text', "'oops'", 'oops'],
    ['a map without a prototype', 'Object.create(null)', 'something was thrown that has no text'],
    [
      'an error whose stack is a list',
      "Object.assign(new Error('oops'), { stack: [1] })",
      'Error: oops',
    ],
  ])('an application that throws %s does not bring the server down', async (_, value, message) => {
    const file = join(folder({ 'app.mjs': app(`throw ${value};`) }), 'app.mjs');
    const { url, child, ended } = await serve([file]);
    for (let i = 0; i < 2; i++) expect((await fetch(url)).status).toBe(500);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({
      code: 0,
      stderr: `portway: GET /: ${message}\n`.repeat(2),
    });
  });

  test('closed.not-an-error: a peer that leaves is not logged', async () => {
    const file = join(
      folder({
        'app.mjs': app(`${START}console.log('started');
for (;;) { ${bodyOf("'x'.repeat(65536)")} }`),
      }),
      'app.mjs',
    );
    const { port, child, ended, printed } = await serve([file]);
    const raw = await client(port);
    raw.lines('GET / HTTP/1.1', 'Host: a', '');
    await printed(/started/);
    raw.reset();
    await raw.closed;
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, stderr: '' });
  });

  test.runIf(
    Object.values(networkInterfaces())
      .flat()
      .some((entry) => entry?.address === '::1'),
  )('an address of version 6 is shown in brackets', async () => {
    const { url } = await serve([HELLO, '--host', '::1']);
    expect(url).toMatch(/^http:\/\/\[::1\]:\d+\/$/);
    expect((await fetch(url)).status).toBe(200);
  });
});

describe('stopping', () => {
  const slow = app(
    `${START}console.log('begun');
await new Promise((resolve) => process.once('SIGUSR2', resolve));
${bodyOf("'done'")}${END}`,
  );

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: a response that has begun is completed',
    async (signal) => {
      const { port, child, ended, printed } = await serve([
        join(folder({ 'app.mjs': slow }), 'app.mjs'),
      ]);
      const raw = await client(port);
      raw.lines('GET / HTTP/1.1', 'Host: a', '');
      await printed(/begun/);
      child.kill(signal);
      await expect
        .poll(() =>
          RawClient.connect(port).then(
            (other) => other.socket.destroy() && 'open',
            () => 'closed',
          ),
        )
        .toBe('closed');
      child.kill('SIGUSR2');
      expect(await raw.whole()).toMatch(/done\r\n0\r\n\r\n$/);
      expect(await ended).toMatchObject({ code: 0, signal: null });
    },
  );

  test('a second signal breaks off, and exits with 1', async () => {
    const { port, child, ended, printed } = await serve([
      join(folder({ 'app.mjs': slow }), 'app.mjs'),
    ]);
    const raw = await client(port);
    raw.lines('GET / HTTP/1.1', 'Host: a', '');
    await printed(/begun/);
    child.kill('SIGTERM');
    await expect
      .poll(() =>
        RawClient.connect(port).then(
          (other) => other.socket.destroy() && 'open',
          () => 'closed',
        ),
      )
      .toBe('closed');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 1, signal: null });
    expect(await raw.whole()).not.toContain('done');
  });

  test('SIGTERM ends an application that has timers of its own', async () => {
    const file = join(
      folder({ 'app.mjs': app(START + END, 'setInterval(() => {}, 1000);') }),
      'app.mjs',
    );
    const { url, child, ended } = await serve([file]);
    await fetch(url);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });
});
