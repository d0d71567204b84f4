// `portway serve` as a process: what it says when it cannot start, what it serves, what it writes down, and how it stops.

import { readFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:http';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT, type Running, start } from '../../tests/fixtures/portway.ts';
import { RawClient } from '../../tests/fixtures/raw-client.ts';
import { faultsOf } from '../../tests/fixtures/trace-schema.ts';
import type { TraceEvent } from '../trace/index.ts';

const HELLO = join(ROOT, 'content/examples/hello/app.ts');

/** Without a lifespan. */
const DECLINE =
  "if (scope.type === 'lifespan') throw Object.assign(new Error('none'), { name: 'UnsupportedScope' });";
/** An application in plain JavaScript, whose body has `scope`, `receive` and `send`. */
const app = (body: string, before = '', lifespan = DECLINE) =>
  `${before}\nexport default async (scope, receive, send) => { ${lifespan}\n${body}\n};\n`;
const fileOf = (text: string) => join(folder({ 'app.mjs': text }), 'app.mjs');
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
  const running = start(['serve', '--port', '0', '--log-level', 'warning', ...args]);
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
      3,
      /^portway serve: app\.mjs has no application: its default export is undefined\.\n {2}Write `export default application/,
    ],
    [
      'a default export that is no function',
      { 'app.mjs': 'export default { http() {} };' },
      ['app.mjs'],
      3,
      'app.mjs has no application: its default export is object.',
    ],
    [
      'a syntax error',
      { 'app.ts': 'const fine = 1;\nexport default async (scope {\n' },
      ['app.ts'],
      3,
      /^portway serve: app\.ts does not load:\n[\s\S]*app\.ts:2/,
    ],
    [
      'a syntax error in JavaScript',
      { 'app.mjs': 'const fine = 1;\nexport default async (scope {\n' },
      ['app.mjs'],
      3,
      /^portway serve: app\.mjs does not load:\n[\s\S]*app\.mjs:2/,
    ],
    [
      'an import that is not there',
      { 'app.mjs': "import 'nowhere';\nexport default () => {};" },
      ['app.mjs'],
      3,
      /does not load:\n[\s\S]*Cannot find package 'nowhere'/,
    ],
    [
      'an error on loading',
      { 'app.mjs': "const fine = 1;\nthrow new RangeError('on purpose');" },
      ['app.mjs'],
      3,
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
      { 'app.mjs': app('') },
      ['app.mjs', '--host', '203.0.113.7', '--port', '0'],
      1,
      /cannot listen on 203\.0\.113\.7 port 0: /,
    ],
    [
      'lifespan.fatal-start: a start that fails',
      {
        'app.mjs': app(
          '',
          '',
          "await receive(); await send({ type: 'lifespan.failed', message: 'no database' });",
        ),
      },
      ['app.mjs'],
      3,
      /^portway: the application could not start: no database$/m,
    ],
    [
      'a certificate that is none',
      { 'app.mjs': app(''), cert: 'no', key: 'no' },
      ['app.mjs', '--port', '0', '--tls-cert', 'cert', '--tls-key', 'key'],
      1,
      /^portway: the certificate or its key cannot be used: .* See --tls-cert and --tls-key\.$/m,
    ],
    [
      'a limit that is none',
      {},
      ['app.ts', '--limit', 'idle=3'],
      2,
      /there is no limit `idle`\. Known are .*idle_ms/,
    ],
    [
      'no processes',
      {},
      ['app.ts', '--workers', '0'],
      2,
      '`0` is not a number of processes: 1 or more.',
    ],
    [
      'lifespan.fatal-start: drain.exit-status: a start that fails in two processes',
      { 'app.mjs': "throw new RangeError('on purpose');" },
      ['app.mjs', '--workers', '2', '--port', '0'],
      3,
      /does not load:\n[\s\S]*RangeError: on purpose/,
    ],
  ])('%s: one clear message', async (_, files, args, code, message) => {
    const ended = await portway(['serve', ...args], { cwd: folder(files) });
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
    if (typeof message === 'string') expect(ended.stderr).toContain(`portway serve: ${message}`);
    else expect(ended.stderr).toMatch(message);
    expect(ended.stderr, 'a stack of our own').not.toMatch(/src\/cli|node:internal/);
  });

  test('drain.exit-status: a port that is taken: status 1, and the message says what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => {
      taken.close();
    });
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as { port: number };
    expect(await portway(['serve', HELLO, '--port', String(port)])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining(
        `portway: port ${port} on 127.0.0.1 is taken. Choose another with --port, or 0 for a free one.\n`,
      ),
    });
  });
});

const events = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): TraceEvent => JSON.parse(line));

describe('what is served', () => {
  test('security.trace-secrets: an example answers, and neither trace nor access log has what is secret; SIGTERM ends it with 0', async () => {
    const trace = join(folder(), 'trace.ndjson');
    const { url, child, ended } = await serve([HELLO, '--trace', trace, '--access-log', '-']);
    const response = await fetch(url, {
      headers: { Cookie: 'id=1', authorization: 'Basic abc', 'user-agent': 'a "b"' },
    });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('Hello from Portway\n');
    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^127\.0\.0\.1 - - \[\d\d\/\w{3}\/\d{4}(?::\d\d){3} \+0000\] "GET \/ HTTP\/1\.1" 200 19 "-" "a \\"b\\"" \d+ms \w+-1$/m,
    );

    const recorded = events(trace);
    for (const event of recorded) expect(faultsOf(event), JSON.stringify(event)).toEqual([]);
    expect(recorded.filter(({ conn }) => conn > 0).map(({ type }) => type)).toEqual([
      'http.request',
      'http.request.end',
      'http.response.start',
      'http.response.body',
      'http.response.end',
      'application.returns',
    ]);
    const fields = recorded.find(({ type }) => type === 'http.request')?.payload?.fields;
    expect(fields).toContainEqual(['cookie', '[secret]']);
    expect(fields).toContainEqual(['authorization', '[secret]']);
  });

  test('app.fault-reported: security.log-control: a fault is logged with its id and place, and the next request is served', async () => {
    const { port, child, ended } = await serve([
      fileOf(
        app(
          `if (scope.path === '/bad') throw new RangeError('from the peer: ' + scope.headers.find(([name]) => name === 'x-a')[1]);\n${START}${END}`,
        ),
      ),
    ]);
    const raw = await client(port);
    raw.lines('GET /bad HTTP/1.1', 'Host: a', 'X-A: \x9b2J', '', 'GET / HTTP/1.1', 'Host: a', '');
    await raw.until(/ 500 [\s\S]* 200 /);
    child.kill('SIGTERM');
    const { stderr } = await ended;
    expect(stderr).toMatch(
      /^portway: \w+-1 GET \/bad: RangeError: from the peer: \\x9b2J\n {4}at [\s\S]*app\.mjs:3:/,
    );
    expect(stderr.match(/portway: /g)).toHaveLength(1);
  });

  test.each([
    ['nothing', 'undefined', 'undefined'],
    ['a map without a prototype', 'Object.create(null)', 'something was thrown that has no text'],
    [
      'an error whose stack is a list',
      "Object.assign(new Error('oops'), { stack: [1] })",
      'Error: oops',
    ],
  ])('an application that throws %s does not bring the server down', async (_, value, message) => {
    const { url, child, ended } = await serve([fileOf(app(`throw ${value};`))]);
    for (let i = 0; i < 2; i++) expect((await fetch(url)).status).toBe(500);
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr.replace(/\w+-\d+ /g, '')).toBe(`portway: GET /: ${message}\n`.repeat(2));
  });

  test('closed.not-an-error: a peer that leaves is not logged', async () => {
    const { port, child, ended, printed } = await serve([
      fileOf(
        app(`${START}console.log('started');
for (;;) { ${bodyOf("'x'.repeat(65536)")} }`),
      ),
    ]);
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

  test('--path, --root, --limit: a file below a root is sent over a Unix socket, and limits hold', async () => {
    const root = folder({ 'a.txt': 'from a file' });
    const socket = join(folder(), 'app.sock');
    const file = fileOf(
      app(
        `${START}await send({ type: 'http.file', path: ${JSON.stringify(join(root, 'a.txt'))} });${END}`,
      ),
    );
    const running = start([
      'serve',
      file,
      ...['--path', socket, '--root', root, '--limit', 'body_octets=1KiB'],
    ]);
    onTestFinished(() => {
      running.child.kill('SIGKILL');
    });
    await running.printed(/on unix:/);
    const ask = (path: string, headers = {}) => get({ socketPath: socket, path, headers });
    expect(await ask('/')).toEqual({ status: 200, body: 'from a file' });
    expect((await ask('/', { 'content-length': '1025' })).status).toBe(413);
  });
});

/** A request on a connection of its own. */
function get(options: RequestOptions): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    request({ ...options, host: '127.0.0.1', agent: false }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) });
    })
      .on('error', reject)
      .end();
  });
}

/** Waits until nothing listens on a port. */
async function refusing(port: number): Promise<void> {
  await expect
    .poll(() =>
      RawClient.connect(port).then(
        (other) => other.socket.destroy() && 'open',
        () => 'closed',
      ),
    )
    .toBe('closed');
}

describe('stopping', () => {
  const slow = app(
    `${START}console.log('begun');
await new Promise((resolve) => process.once('SIGUSR2', resolve));
${bodyOf("'done'")}${END}`,
  );

  test.each(['SIGTERM', 'SIGINT'] as const)(
    'drain.deadline: %s: what has begun is completed; drain.no-new: and nothing new accepted',
    async (signal) => {
      const { port, child, ended, printed } = await serve([fileOf(slow)]);
      const raw = await client(port);
      raw.lines('GET / HTTP/1.1', 'Host: a', '');
      await printed(/begun/);
      child.kill(signal);
      await refusing(port);
      child.kill('SIGUSR2');
      expect(await raw.whole()).toMatch(/done\r\n0\r\n\r\n$/);
      expect(await ended).toMatchObject({ code: 0, signal: null });
    },
  );

  test('drain.served: drain.connections: connections that were accepted before the signal are served, and then closed', async () => {
    const { port, child, ended, printed } = await serve([
      fileOf(
        app(
          `if (scope.path === '/slow') {
  console.log('begun');
  await new Promise((resolve) => process.once('SIGUSR2', resolve));
}
${START}${bodyOf("'whole'")}${END}`,
        ),
      ),
    ]);
    const waiting = await Promise.all(Array.from({ length: 10 }, () => client(port)));
    // Connections are accepted in order: when this one is served, the others are there.
    const slow = (await client(port)).lines('GET /slow HTTP/1.1', 'Host: a', '');
    await printed(/begun/);
    child.kill('SIGTERM');
    await refusing(port);
    for (const raw of waiting) raw.lines('GET / HTTP/1.1', 'Host: a', '');
    for (const raw of waiting)
      expect(await raw.whole()).toMatch(
        /^HTTP\/1\.1 200 [\s\S]*connection: close\r\n[\s\S]*whole/i,
      );
    child.kill('SIGUSR2');
    expect(await slow.whole()).toMatch(/connection: close\r\n[\s\S]*whole/i);
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  test('drain.second-signal: breaks off what is open; drain.exit-status: a call that never ends makes it 1', async () => {
    const { port, child, ended, printed } = await serve([
      fileOf(slow),
      '--limit',
      'shutdown_ms=100ms',
    ]);
    const raw = await client(port);
    raw.lines('GET / HTTP/1.1', 'Host: a', '');
    await printed(/begun/);
    child.kill('SIGTERM');
    await refusing(port);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({
      code: 1,
      signal: null,
      stderr: expect.stringContaining('the deadline of the drain ends 1 conversation'),
    });
    expect(await raw.whole()).not.toContain('done');
  });

  test('SIGTERM ends an application that has timers of its own', async () => {
    const { url, child, ended } = await serve([
      fileOf(app(START + END, 'setInterval(() => {}, 1000);')),
    ]);
    await fetch(url);
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  test('drain.during-startup: a signal while the application loads ends the process with 0', async () => {
    const running = start([
      'serve',
      fileOf("console.log('loading'); await new Promise(() => {}); export default () => {};"),
    ]);
    await running.printed(/loading/);
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
  });

  test('lifespan.startup-timeout: the time runs from the loading of the application', async () => {
    const file = fileOf('await new Promise(() => {}); export default () => {};');
    expect(await portway(['serve', file, '--limit', 'startup_ms=200ms'])).toMatchObject({
      code: 3,
      stderr: 'portway serve: the application did not load within startup_ms.\n',
    });
  });
});

describe('several processes', () => {
  const several = app(
    `if (scope.path === '/crash') setTimeout(() => { throw new Error('crash'); });
if (scope.path === '/slow') {
  console.log('slow begun');
  while ((await receive()).type !== 'gateway.drain');
}
${START}${bodyOf('`${process.pid} ${scope.id}`')}${END}`,
    '',
    `if (scope.type === 'lifespan') {
  await receive();
  await send({ type: 'lifespan.ready' });
  for (;;) {
    const { type } = await receive();
    console.log(process.pid, type);
    if (type === 'lifespan.shutdown') return;
  }
}`,
  );
  const ask = async (port: number, path = '') => {
    const [pid, id] = (await get({ port, path: `/${path}` })).body.split(' ');
    return { pid: Number(pid), id };
  };
  const lives = (pid: number) => {
    try {
      process.kill(pid, 0);
      return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
    } catch {
      return false;
    }
  };

  test('lifespan.replace, scope.id-unique, drain.signals-below: one that crashes is replaced, ids do not repeat, and signals below do nothing', async () => {
    const { port, child, ended, printed } = await serve([fileOf(several), '--workers', '2']);
    const seen: { pid: number; id: string | undefined }[] = [];
    for (let i = 0; i < 6; i++) seen.push(await ask(port));
    const before = new Set(seen.map(({ pid }) => pid));
    expect(before.size).toBe(2);
    const crashed = await ask(port, 'crash');
    seen.push(crashed);
    await printed(/process \d ended with status 1\n[\s\S]*is replaced in 1 s/);
    await expect
      .poll(
        async () => {
          const answer = await ask(port);
          seen.push(answer);
          return !before.has(answer.pid);
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(seen.length);

    const [steady = 0] = [...before].filter((pid) => pid !== crashed.pid);
    process.kill(steady, 'SIGTERM');
    process.kill(steady, 'SIGINT');
    const slow = Promise.all([ask(port, 'slow'), ask(port, 'slow')]);
    await printed(/slow begun[\s\S]*slow begun/);
    child.kill('SIGTERM');
    expect((await slow).map(({ pid }) => pid)).toContain(steady);
    const { code, stdout } = await ended;
    expect(code, 'drain.exit-status: a process that was replaced does not count').toBe(0);
    expect(stdout.match(/lifespan\.drain/g)).toHaveLength(2);
    expect(stdout.match(/lifespan\.shutdown/g)).toHaveLength(2);
  });

  test('drain.begins: when the first process is gone, the others serve what is open, shut down, and end', async () => {
    const { port, child, printed } = await serve([fileOf(several), '--workers', '2']);
    const pids = new Set<number>();
    while (pids.size < 2) pids.add((await ask(port)).pid);
    const slow = ask(port, 'slow');
    await printed(/slow begun/);
    child.kill('SIGKILL');
    expect(pids).toContain((await slow).pid);
    await expect.poll(() => [...pids].filter(lives), { timeout: 5000 }).toEqual([]);
  });

  test('drain.second-signal: a process that hangs is ended, with status 1', async () => {
    const file = fileOf(app(`if (scope.path === '/hang') for (;;);\n${START}${END}`));
    const { url, child, ended } = await serve([
      file,
      ...['--workers', '1', '--limit', 'shutdown_ms=100ms'],
    ]);
    await fetch(url);
    const hung = fetch(`${url}hang`).catch(() => 'broken off');
    await fetch(url, { signal: AbortSignal.timeout(500) }).catch(() => {});
    child.kill('SIGTERM');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('process 1 does not end, and is ended'),
    });
    expect(await hung).toBe('broken off');
  });
});
