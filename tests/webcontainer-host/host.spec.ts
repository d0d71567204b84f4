// Shows that the real `@webcontainer/api` client, in a cross-origin-isolated page of a real
// Chromium, cannot tell the emulated host from a slow and rude real one, in every mode it has.

import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { build } from 'esbuild';
import type {} from './client.ts';
import { type HostBehaviour, installWebContainerHost, type WebContainerHost } from './host.ts';

/** Asserted on the client's side: long enough for a boot, which takes a fifth of it here. */
const NO_ANSWER_MS = 1500;

const test = base.extend<{ host: WebContainerHost }, { site: string }>({
  site: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads what a fixture needs from the pattern
    async ({}, use) => {
      const script = await bundledClient();
      const server = createServer((request, response) => {
        response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
        response.setHeader(
          'Cross-Origin-Embedder-Policy',
          request.url === '/credentialless' ? 'credentialless' : 'require-corp',
        );
        response.setHeader('Content-Type', 'text/html');
        response.end(
          `<!doctype html><title>Client</title><body><script type="module">${script}</script>`,
        );
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
    { scope: 'worker' },
  ],
  host: async ({ context }, use, info) => {
    const host = await installWebContainerHost(context);
    await use(host);
    if (info.status !== info.expectedStatus) await info.attach('container log', { body: host.log });
    await host.dispose();
  },
  page: async ({ page, host: _installed, site }, use) => {
    await page.goto(site);
    await use(page);
  },
});

/** Answers each line of stdin with a line of ASCII JSON. */
const ECHO = `
import { createInterface } from 'node:readline';
console.log(JSON.stringify({ ready: true }));
createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'end') process.exit(3);
  const json = JSON.stringify({ line });
  console.log(json.replace(/[^ -~]/g, (c) => '\\\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')));
});`;
const WAIT = `console.log('pid ' + process.pid); setInterval(() => {}, 1000);`;

const boot = (page: Page, files: Record<string, string> = {}) =>
  page.evaluate((tree) => window.client.boot(tree), files);
const bootOutcome = (page: Page, limitMs?: number) =>
  page.evaluate((limit) => window.client.outcome(window.client.boot(), limit), limitMs);
const spawn = (page: Page, command: string, args: string[] = []) =>
  page.evaluate(([name, argv]) => window.client.spawn(name, argv), [command, args] as const);
const write = (page: Page, run: number, text: string) =>
  page.evaluate(([at, line]) => window.client.runs[at]?.write(line), [run, text] as const);
const kill = (page: Page, run: number) =>
  page.evaluate((at) => window.client.runs[at]?.kill(), run);
const output = (page: Page, run: number) =>
  page.evaluate((at) => window.client.runs[at]?.text ?? '', run);
const exit = (page: Page, run: number) => page.evaluate((at) => window.client.runs[at]?.exit, run);

/** The whole output and the code of a process that ends by itself. */
async function finish(
  page: Page,
  run: number,
): Promise<{ text: string; code: number | undefined }> {
  const code = await exit(page, run);
  await expect
    .poll(() => page.evaluate((at) => window.client.runs[at]?.outputEnded, run))
    .toBe(true);
  return { text: await output(page, run), code };
}

/** What a patient reader finds in a terminal stream: the lines of JSON, and nothing else. */
function jsonLines(text: string): unknown[] {
  return [...text.matchAll(/\{"(?:ready|line)":[^\n\r]*\}/g)].map(([json]) => JSON.parse(json));
}

test.describe('boot', () => {
  test('boots in a page isolated with require-corp', async ({ page, host }) => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await boot(page);
    expect(host.boots).toBe(1);
  });

  test('boots in a page isolated with credentialless', async ({ page, host, site }) => {
    await page.goto(`${site}/credentialless`);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await page.evaluate(() =>
      window.client.boot({}, { coep: 'credentialless', workdirName: 'portway' }),
    );
    expect(await page.evaluate(() => window.client.container.workdir)).toMatch(/\/home\/portway$/);
    expect(host.boots).toBe(1);
  });

  test('a second boot beside the first is refused by the client', async ({ page, host }) => {
    await boot(page);
    const second = await bootOutcome(page);
    expect(second).toBe('Error: Only a single WebContainer instance can be booted');
    expect(host.boots).toBe(1);
  });

  test('after teardown a new boot works, with new files and without the old processes', async ({
    page,
    host,
  }) => {
    await boot(page, { 'wait.mjs': WAIT });
    const run = await spawn(page, 'node', ['wait.mjs']);
    await expect.poll(() => output(page, run)).toContain('pid');
    const workdir = await page.evaluate(() => window.client.container.workdir);
    await page.evaluate(() => window.client.container.teardown());
    expect(await finish(page, run), 'its exit and the end of its output arrive').toMatchObject({
      code: 137,
    });
    await boot(page);
    expect(await page.evaluate(() => window.client.container.fs.readdir('/'))).toEqual([]);
    expect(host.boots).toBe(2);
    expect(host.processes).toBe(0);
    expect(existsSync(workdir)).toBe(false);
  });

  test('boot-error: boot rejects, and the next boot of the same page works', async ({
    page,
    host,
  }) => {
    host.set({ host: 'boot-error' });
    const outcome = await bootOutcome(page);
    expect(outcome).toMatch(/^RangeError: .*Out of memory/);
    host.set({});
    await boot(page);
    expect(host.boots).toBe(2);
  });

  test('hang: the page loads, build is asked for and boot never settles', async ({
    page,
    host,
  }) => {
    host.set({ host: 'hang' });
    const outcome = bootOutcome(page, NO_ANSWER_MS);
    await expect.poll(() => host.boots).toBe(1);
    expect(await outcome).toBe('no answer');
    host.set({});
    const again = bootOutcome(page, NO_ANSWER_MS);
    expect(await again, 'a second boot waits for the first one').toBe('no answer');
    expect(host.boots).toBe(1);
  });

  test('no-init: the page loads, build is never asked for and boot never settles', async ({
    page,
    host,
  }) => {
    host.set({ host: 'no-init' });
    const answered = page.waitForResponse('https://stackblitz.com/headless**');
    const outcome = bootOutcome(page, NO_ANSWER_MS);
    expect((await answered).status()).toBe(200);
    expect(await outcome).toBe('no answer');
    expect(host.boots).toBe(0);
  });

  test('absent: the request fails as offline and boot never settles', async ({ page, host }) => {
    host.set({ host: 'absent' });
    const failed = page.waitForEvent('requestfailed');
    const outcome = bootOutcome(page, NO_ANSWER_MS);
    expect((await failed).failure()?.errorText).toBe('net::ERR_INTERNET_DISCONNECTED');
    expect(await outcome).toBe('no answer');
    expect(host.boots).toBe(0);
  });

  test('refused: the frame is blocked and boot never settles', async ({ page, host }) => {
    host.set({ host: 'refused' });
    const failed = page.waitForEvent('requestfailed');
    const outcome = bootOutcome(page, NO_ANSWER_MS);
    expect((await failed).failure()?.errorText).toContain('ERR_BLOCKED_BY_RESPONSE');
    expect(await outcome).toBe('no answer');
    expect(host.boots).toBe(0);
  });
});

test.describe('files', () => {
  test('mounts a tree and reads it back', async ({ page }) => {
    await boot(page);
    const seen = await page.evaluate(async () => {
      const { container } = window.client;
      await container.mount({
        'a.txt': { file: { contents: 'grüße\n' } },
        folder: {
          directory: { 'b.bin': { file: { contents: new Uint8Array([0, 127, 128, 255]) } } },
        },
        link: { file: { symlink: 'a.txt' } },
      });
      const entries = await container.fs.readdir('/', { withFileTypes: true });
      return {
        text: await container.fs.readFile('a.txt', 'utf8'),
        linked: await container.fs.readFile('/link', 'utf8'),
        bytes: [...(await container.fs.readFile('folder/b.bin'))],
        folders: entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name),
      };
    });
    expect(seen).toEqual({
      text: 'grüße\n',
      linked: 'grüße\n',
      bytes: [0, 127, 128, 255],
      folders: ['folder'],
    });
  });

  test('writes, makes, renames and removes', async ({ page }) => {
    await boot(page);
    const seen = await page.evaluate(async () => {
      const { fs } = window.client.container;
      await fs.mkdir('deep/er', { recursive: true });
      await fs.writeFile('deep/er/text', 'ä');
      await fs.writeFile('bytes', new Uint8Array([1, 2, 255]));
      await fs.rename('deep/er/text', 'text');
      await fs.rm('deep', { recursive: true });
      return {
        names: (await fs.readdir('.')).sort(),
        text: [...(await fs.readFile('text'))],
        bytes: [...(await fs.readFile('bytes'))],
      };
    });
    expect(seen).toEqual({ names: ['bytes', 'text'], text: [0xc3, 0xa4], bytes: [1, 2, 255] });
  });

  test('mounts below an existing mount point only', async ({ page }) => {
    await boot(page);
    const outcomes = await page.evaluate(async () => {
      const { container, outcome } = window.client;
      const tree = { 'a.txt': { file: { contents: 'a' } } };
      const before = await outcome(container.mount(tree, { mountPoint: 'below' }));
      await container.fs.mkdir('below');
      return [
        before,
        await outcome(container.mount(tree, { mountPoint: 'below' })),
        ...(await container.fs.readdir('below')),
      ];
    });
    expect(outcomes).toEqual([expect.stringContaining('ENOENT'), 'resolved', 'a.txt']);
  });

  test('errors keep the message and lose the code', async ({ page }) => {
    await boot(page);
    const error = await page.evaluate(() =>
      window.client.container.fs
        .readFile('missing')
        .catch((caught) => ({ message: caught.message, code: caught.code })),
    );
    expect(error).toEqual({
      message: expect.stringMatching(/^ENOENT: no such file or directory, open '.*missing'$/),
      code: undefined,
    });
  });
});

test.describe('processes', () => {
  const modes: Record<string, HostBehaviour> = {
    plain: {},
    'byte chunks': { chunks: 'byte' },
    'random chunks': { chunks: 'random' },
    crlf: { crlf: true },
    echo: { echo: true },
    ansi: { ansi: true },
    slow: { slow: true },
    'all at once': { chunks: 'byte', crlf: true, echo: true, ansi: true, slow: true },
  };
  for (const [name, behaviour] of Object.entries(modes)) {
    test(`stdin lines come back as JSON: ${name}`, async ({ page, host }) => {
      host.set(behaviour);
      await boot(page, { 'script.mjs': ECHO });
      const run = await spawn(page, 'node', ['script.mjs']);
      await expect.poll(async () => jsonLines(await output(page, run))).toHaveLength(1);
      await write(page, run, 'one\ntwo ');
      await write(page, run, '„2“\n');
      await write(page, run, 'end\n');
      const { text, code } = await finish(page, run);
      expect(jsonLines(text)).toEqual([{ ready: true }, { line: 'one' }, { line: 'two „2“' }]);
      expect(code).toBe(3);

      expect(text.includes('\r\n'), 'CRLF').toBe(behaviour.crlf ?? false);
      expect(/^(one|end)\r?$/m.test(text), 'echo').toBe(behaviour.echo ?? false);
      expect(text.includes('\x1b['), 'ANSI').toBe(behaviour.ansi ?? false);
      const chunks = await page.evaluate((at) => window.client.runs[at]?.chunks, run);
      // A byte decoded alone is one character, if only U+FFFD.
      if (behaviour.chunks === 'byte') expect(chunks).toBe(text.length);
    });
  }

  test('random chunks cut anywhere and lose nothing', async ({ page, host }) => {
    host.set({ chunks: 'random' });
    await boot(page, { 'say.mjs': `process.stdout.write('x'.repeat(1000))` });
    const run = await spawn(page, 'node', ['say.mjs']);
    expect(await finish(page, run)).toEqual({ text: 'x'.repeat(1000), code: 0 });
    const chunks = await page.evaluate((at) => window.client.runs[at]?.chunks, run);
    expect(chunks).toBeGreaterThan(1000 / 24);
    expect(chunks).toBeLessThan(1000);
  });

  test('slow: every step takes its time', async ({ page, host }) => {
    host.set({ slow: true });
    await boot(page);
    const took = await page.evaluate(async () => {
      const start = performance.now();
      for (let step = 0; step < 10; step++) await window.client.container.fs.readdir('/');
      return performance.now() - start;
    });
    // Ten steps of 20 ms, less what a timer may be early.
    expect(took).toBeGreaterThan(180);
  });

  test('splitUtf8: a chunk inside a character damages it, and chunks between characters do not', async ({
    page,
    host,
  }) => {
    await boot(page, { 'say.mjs': `process.stdout.write('grüße €\\u{1f6a2}')` });
    host.set({ chunks: 'byte' });
    expect(await finish(page, await spawn(page, 'node', ['say.mjs']))).toEqual({
      text: `gr${'\ufffd'.repeat(2)}${'\ufffd'.repeat(2)}e ${'\ufffd'.repeat(7)}`,
      code: 0,
    });
    host.set({ chunks: 'byte', splitUtf8: false });
    expect(await finish(page, await spawn(page, 'node', ['say.mjs']))).toEqual({
      text: 'grüße €\u{1f6a2}',
      code: 0,
    });
  });

  test('stdout and stderr are one stream in the order of writing', async ({ page }) => {
    await boot(page, {
      'both.mjs': `for (let i = 0; i < 50; i++) { console.log('out ' + i); console.error('err ' + i); }`,
    });
    const { text } = await finish(page, await spawn(page, 'node', ['both.mjs']));
    expect(text).toBe(Array.from({ length: 50 }, (_, i) => `out ${i}\nerr ${i}\n`).join(''));
  });

  test('arguments, environment and working directory arrive; nothing of the outside does', async ({
    page,
  }) => {
    const script = `console.log(JSON.stringify({ args: process.argv.slice(2), execArgv: process.execArgv, folder: process.cwd(), env: process.env }))`;
    await boot(page, { 'show.mjs': script });
    const run = await page.evaluate(async () => {
      await window.client.container.fs.mkdir('sub');
      return window.client.spawn('node', ['../show.mjs', 'a b', '$HOME'], {
        cwd: 'sub',
        env: { COUNT: 3, FLAG: true },
      });
    });
    const seen = JSON.parse((await finish(page, run)).text);
    const { workdir, path } = await page.evaluate(() => ({
      workdir: window.client.container.workdir,
      path: window.client.container.path,
    }));
    expect(seen).toMatchObject({ args: ['a b', '$HOME'], execArgv: [], folder: `${workdir}/sub` });
    expect(
      Object.keys(seen.env)
        .filter((name) => name !== 'PWD')
        .sort(),
    ).toEqual(['COUNT', 'FLAG', 'HOME', 'PATH']);
    expect(seen.env).toMatchObject({ COUNT: '3', FLAG: 'true', PATH: path });
  });

  test('a command other than node is not found and exits 127', async ({ page, host }) => {
    await boot(page);
    expect(await finish(page, await spawn(page, 'npm', ['install']))).toEqual({
      text: 'jsh: command not found: npm\n',
      code: 127,
    });
    expect(host.log).toContain('$ npm install');
  });

  test('output: false gives no output', async ({ page }) => {
    await boot(page, { 'say.mjs': `console.log('said'); process.exitCode = 4` });
    const run = await page.evaluate(() =>
      window.client.spawn('node', ['say.mjs'], { output: false }),
    );
    expect(await exit(page, run)).toBe(4);
    expect(await output(page, run)).toBe('');
  });

  test('kill ends a process', async ({ page, host }) => {
    await boot(page, { 'wait.mjs': WAIT });
    const run = await spawn(page, 'node', ['wait.mjs']);
    await expect.poll(() => output(page, run)).toContain('pid');
    expect(host.processes).toBe(1);
    await kill(page, run);
    expect(await exit(page, run)).toBe(143);
    expect(host.processes).toBe(0);
  });

  test('ignoreKill: kill is accepted, the process goes on and only teardown ends it', async ({
    page,
    host,
  }) => {
    host.set({ ignoreKill: true });
    await boot(page, { 'script.mjs': ECHO });
    const run = await spawn(page, 'node', ['script.mjs']);
    await expect.poll(() => output(page, run)).toContain('ready');
    await kill(page, run);
    // Written after the kill on the same channel: an answer shows that the kill came and went.
    await write(page, run, 'still here\n');
    await expect.poll(() => output(page, run)).toContain('{"line":"still here"}');
    expect(host.processes).toBe(1);
    await page.evaluate(() => window.client.container.teardown());
    await expect.poll(() => host.processes).toBe(0);
  });

  test('killAll in the middle of a run: every exit resolves and every output ends', async ({
    page,
    host,
  }) => {
    await boot(page, {
      'wait.mjs': WAIT,
      'spin.mjs': `console.log('pid ' + process.pid); for (;;);`,
    });
    const runs = [await spawn(page, 'node', ['wait.mjs']), await spawn(page, 'node', ['spin.mjs'])];
    for (const run of runs) await expect.poll(() => output(page, run)).toContain('pid');
    host.killAll();
    for (const run of runs)
      expect(await finish(page, run)).toEqual({
        text: expect.stringMatching(/^pid \d+\n$/),
        code: 137,
      });
    expect(host.processes).toBe(0);
  });

  test('a server on loopback answers another process of the container; the page cannot fetch it', async ({
    page,
  }) => {
    await boot(page, {
      'server.mjs': `
        import { createServer } from 'node:http';
        const server = createServer((request, response) => response.end('served ' + request.url));
        server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
        process.stdin.once('data', () => { server.close(); process.stdin.destroy(); });`,
      'ask.mjs': `console.log(await (await fetch('http://127.0.0.1:' + process.argv[2] + '/path')).text())`,
    });
    const server = await spawn(page, 'node', ['server.mjs']);
    await expect.poll(() => output(page, server)).toMatch(/port \d+\n/);
    const port = Number((await output(page, server)).slice('port '.length));
    expect(await finish(page, await spawn(page, 'node', ['ask.mjs', String(port)]))).toEqual({
      text: 'served /path\n',
      code: 0,
    });

    const url = expect.stringMatching(
      new RegExp(`^https://.*--${port}\\..*webcontainer-api\\.io$`),
    );
    const events = () => page.evaluate(() => window.client.events);
    await expect.poll(events).toEqual([
      ['port', port, 'open', url],
      ['server-ready', port, url],
    ]);
    const fetched = page.evaluate(() =>
      window.client.outcome(fetch(String(window.client.events[1]?.[2]))),
    );
    expect(await fetched).toBe('TypeError: Failed to fetch');

    await write(page, server, '\n');
    expect(await exit(page, server)).toBe(0);
    await expect.poll(events).toContainEqual(['port', port, 'close', url]);
  });
});

test.describe('cleaning up', () => {
  test('dispose ends every process, what it started too, and removes the folder', async ({
    page,
    host,
  }) => {
    // Each process holds a connection: its end is seen, while a process id may linger as a zombie.
    let open = 0;
    const server = createTcpServer((socket) => {
      open++;
      socket.on('error', () => {}).once('close', () => open--);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    const hold = `import { connect } from 'node:net'; connect(Number(process.argv[2]), '127.0.0.1');`;
    const parent = `${hold} import { spawn } from 'node:child_process'; spawn('node', ['hold.mjs', process.argv[2]]);`;
    await boot(page, { 'hold.mjs': hold, 'parent.mjs': parent });
    await spawn(page, 'node', ['parent.mjs', port]);
    await expect.poll(() => open).toBe(2);
    const workdir = await page.evaluate(() => window.client.container.workdir);
    await host.dispose();
    await expect.poll(() => open).toBe(0);
    expect(host.processes).toBe(0);
    expect(existsSync(workdir)).toBe(false);
    server.close();
  });

  test('leaving the page ends its processes', async ({ page, host }) => {
    await boot(page, { 'wait.mjs': WAIT });
    const run = await spawn(page, 'node', ['wait.mjs']);
    await expect.poll(() => output(page, run)).toContain('pid');
    await page.goto('about:blank');
    await expect.poll(() => host.processes).toBe(0);
  });
});

async function bundledClient(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./client.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
  });
  return outputFiles[0]?.text ?? '';
}
