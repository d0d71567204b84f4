// The container runtime with the real client package in a real browser, against the emulated host: what it does when
// all is well, and what the reader is told when it is not. A real WebContainer cannot be reached from tests.

import { test as base, expect } from '@playwright/test';
import { normalise } from '../src/trace/index.ts';
import { SandboxPage } from './sandbox-page.ts';
import { installWebContainerHost, type WebContainerHost } from './webcontainer-host/host.ts';

const test = base.extend<{ host: WebContainerHost }>({
  host: async ({ context }, use) => {
    // Nothing but the site and the emulated host answers.
    await context.route(
      (url) => url.hostname !== '127.0.0.1',
      (route) => route.abort('connectionfailed'),
    );
    const host = await installWebContainerHost(context);
    await use(host);
    await host.dispose();
  },
});

function app(...body: string[]): string {
  return [
    "import { application, utf8 } from 'portway';",
    'export default application({',
    '  async http(scope, receive, send) {',
    ...body.map((line) => `    ${line}`),
    '  },',
    '});',
    '',
  ].join('\n');
}

async function reset(sandbox: SandboxPage): Promise<void> {
  await sandbox.button('Reset').click();
  await sandbox.page.getByRole('dialog').getByRole('button', { name: 'Reset the files' }).click();
}

for (const slug of ['hello', 'echo', 'start-once']) {
  test(`${slug}: the container and the page give the same normalised trace`, async ({
    page,
    host,
  }) => {
    const sandbox = await SandboxPage.open(page, slug);
    await sandbox.choose('WebContainer');
    const inContainer = await sandbox.run();
    expect(inContainer.runtime, host.log).toBe('webcontainer');
    await expect(sandbox.status).toContainText('Ran in the WebContainer: 200');

    await sandbox.choose('In the page');
    const inPage = await sandbox.run();
    expect(inPage.runtime).toBe('page');
    expect(normalise(inContainer.events)).toEqual(normalise(inPage.events));
    expect(normalise(inPage.events).length).toBeGreaterThan(8);
  });
}

test('boot progress is told in words', async ({ page, host }) => {
  host.set({ slow: true });
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.status.evaluate((status: HTMLElement) => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(status.textContent)).observe(status, {
      subtree: true,
      childList: true,
      characterData: true,
    });
  });
  await sandbox.choose('WebContainer');
  await sandbox.run();
  const said = await page.evaluate(() => (window as unknown as { said: string[] }).said.join('\n'));
  for (const step of [
    /Contacting the WebContainer host/,
    /Copying the gateway/,
    /Starting Node/,
    /Loading the application/,
    /Sending hello/,
  ]) {
    expect(said).toMatch(step);
  }
});

test('a terminal at its worst loses nothing', async ({ page, host }) => {
  host.set({ chunks: 'byte', crlf: true, echo: true, ansi: true });
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app(
      "console.log('printed: grüße, 你好');",
      "await send({ type: 'http.response.start', status: 200 });",
      "await send({ type: 'http.response.body', data: utf8('grüße, 你好') });",
      "await send({ type: 'http.response.end' });",
    ),
  });
  await sandbox.choose('WebContainer');
  const { runtime } = await sandbox.run();
  expect(runtime, host.log).toBe('webcontainer');
  await expect(sandbox.responses).toContainText('printed: grüße, 你好');
  await expect(sandbox.responses.locator('li pre')).toHaveText('grüße, 你好');
});

test('Automatic answers from the page at once, and uses the container when it is ready', async ({
  page,
  host,
}) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  expect((await sandbox.run()).runtime).toBe('page');
  await expect(sandbox.note).toContainText('The WebContainer is ready: the next run uses it.');
  expect((await sandbox.run()).runtime, host.log).toBe('webcontainer');
  expect(host.boots).toBe(1);
});

test('two sandboxes of a page share one container', async ({ page, host }) => {
  await page.goto('/proposals/0003/');
  for (const slug of ['echo', 'start-once']) {
    const sandbox = new SandboxPage(page, slug);
    await sandbox.choose('WebContainer');
    await sandbox.button('Run').click();
    await expect(sandbox.status).toContainText('Ran in the WebContainer: 200', { timeout: 15_000 });
  }
  expect(host.boots).toBe(1);
});

const HOSTS = [
  { host: 'absent', says: /did not answer within 20 seconds.*unreachable, blocked/ },
  { host: 'refused', says: /did not answer within 20 seconds/ },
  { host: 'hang', says: /did not answer within 20 seconds/ },
  { host: 'no-init', says: /did not answer within 20 seconds/ },
  { host: 'boot-error', says: /did not give it enough memory.*Out of memory/ },
] as const;

for (const { host: behaviour, says } of HOSTS) {
  test(`a host that is ${behaviour}: Run works in the page, which says why`, async ({
    page,
    host,
  }) => {
    host.set({ host: behaviour });
    await page.clock.install();
    const sandbox = await SandboxPage.open(page, 'hello');
    expect((await sandbox.run()).runtime).toBe('page');
    await expect(sandbox.status).toContainText('Ran in the page: 200.');
    if (behaviour !== 'boot-error') {
      await expect(sandbox.note).toContainText('Contacting the WebContainer host (stackblitz.com)');
      await page.clock.fastForward(21_000);
    }
    await expect(sandbox.note).toContainText(says);

    // The next run works too, and asking for the container explicitly tries again.
    expect((await sandbox.run()).runtime).toBe('page');
    await expect(sandbox.note).toContainText(says);
    host.set({});
    await sandbox.choose('WebContainer');
    expect((await sandbox.run()).runtime, host.log).toBe('webcontainer');
  });
}

test('a container chosen by name that cannot start: the run goes on in the page', async ({
  page,
  host,
}) => {
  host.set({ host: 'boot-error' });
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.choose('WebContainer');
  expect((await sandbox.run()).runtime).toBe('page');
  await expect(sandbox.note).toContainText(/not available.*This run is in the page instead/);
});

test('a process that dies in the middle of a run: said in words, edits kept, the next Run works', async ({
  page,
  host,
}) => {
  const waits = app('await new Promise(() => {});');
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': waits });
  await sandbox.choose('WebContainer');
  const running = sandbox.run();
  await expect(sandbox.status).toContainText('Sending hello', { timeout: 15_000 });
  host.killAll();
  await running;
  await expect(sandbox.problems).toContainText(
    /The runtime failed.*ended unexpectedly \(exit code 137\)/s,
  );
  await expect(sandbox.root.getByText('await new Promise')).toBeVisible();

  await reset(sandbox);
  expect((await sandbox.run()).runtime, host.log).toBe('webcontainer');
  await expect(sandbox.status).toContainText('200');
});

test('an application that ends its process is told so', async ({ page, host }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app('(globalThis as any).process.exit(3);'),
  });
  await sandbox.choose('WebContainer');
  await sandbox.run();
  await expect(sandbox.problems, host.log).toContainText('exit code 3');
});

test('a loop without an end, where kill does nothing: the container is replaced, and the next Run works', async ({
  page,
  host,
}) => {
  host.set({ ignoreKill: true });
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': app('for (;;);') });
  await sandbox.choose('WebContainer');
  await sandbox.run();
  await expect(sandbox.problems).toContainText('without giving way');
  await reset(sandbox);
  expect((await sandbox.run()).runtime, host.log).toBe('webcontainer');
  await expect(sandbox.status).toContainText('200');
  expect(host.boots).toBe(2);
});

test('places of mistakes are the same as in the page', async ({ page, host }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app('', "throw new Error('broken here');"),
  });
  await sandbox.choose('WebContainer');
  const inContainer = await sandbox.run();
  expect(inContainer.runtime, host.log).toBe('webcontainer');
  await expect(sandbox.problems.getByRole('button')).toHaveText('app.ts:5:11');
  await sandbox.choose('In the page');
  await sandbox.run();
  await expect(sandbox.problems.getByRole('button')).toHaveText('app.ts:5:11');
});

test('a loop in one sandbox is not blamed on its neighbour, whose next Run works', async ({
  page,
  host,
}) => {
  const edits = JSON.stringify({ v: 1, files: { 'app.ts': app('for (;;);') } });
  await page.addInitScript(
    (value) => localStorage.setItem('portway:edits:start-once', value),
    edits,
  );
  await page.goto('/proposals/0003/');
  const [echo, looping] = [new SandboxPage(page, 'echo'), new SandboxPage(page, 'start-once')];
  for (const sandbox of [echo, looping]) await sandbox.choose('WebContainer');
  await echo.button('Run').click();
  await expect(echo.status).toContainText('Ran in the WebContainer: 200', { timeout: 15_000 });
  await looping.button('Run').click();
  await expect(looping.problems).toContainText('without giving way', { timeout: 20_000 });
  await echo.button('Run').click();
  await expect(echo.status).toContainText('Ran in the WebContainer: 200; 200; 200', {
    timeout: 15_000,
  });
  await expect(echo.problems, host.log).toHaveCount(0);
});
