// The sandbox as a reader meets it, in a real browser: running, editing, and what is said when the program is wrong.

import { expect, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';
import { SandboxPage } from './sandbox-page.ts';

/** An application around the body of its handler. Line 5 is the first of the body. */
function app(...body: string[]): string {
  return [
    "import { application, utf8 } from 'portway';",
    '',
    'export default application({',
    '  async http(scope, receive, send) {',
    ...body.map((line) => `    ${line}`),
    '  },',
    '});',
    '',
  ].join('\n');
}

const IMPATIENT = '# @timeout 500ms\nGET / HTTP/1.1\n';

// No page of these tests may ask another host for anything.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

test('a page that is only read shows code and trace without loading the sandbox', async ({
  page,
}) => {
  const scripts: string[] = [];
  page.on('request', (request) => {
    if (request.resourceType() === 'script') scripts.push(new URL(request.url()).pathname);
  });
  await page.goto('/examples/hello/', { waitUntil: 'networkidle' });
  const sandbox = new SandboxPage(page, 'hello');
  await expect(sandbox.root.getByRole('tab', { name: 'app.ts' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(sandbox.root.getByText('Hello from Portway').first()).toBeVisible();
  await expect(sandbox.rows('http.response.start')).toHaveCount(1);
  expect(scripts.filter((path) => /sandbox|monaco|webcontainer|svelte/i.test(path))).toEqual([]);
});

test('pages are cross-origin isolated', async ({ page }) => {
  for (const path of ['/', '/proposals/0003/', '/examples/hello/', '/playground/']) {
    await page.goto(path);
    expect(await page.evaluate(() => crossOriginIsolated), path).toBe(true);
  }
});

test('the frame of the sandbox has an opaque origin even when it is opened by itself', async ({
  page,
}) => {
  const response = await page.goto('/sandbox/frame.html');
  expect(response?.headers()['content-security-policy']).toMatch(
    /^sandbox allow-scripts; default-src 'none'/,
  );
  expect(await page.evaluate(() => origin)).toBe('null');
  await expect(page.locator('body')).toContainText('works only as a sandboxed frame');
});

test('Run shows the events of the exchange, each with its clause', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.run();
  for (const type of [
    'http.request.end',
    'http.response.start',
    'http.response.body',
    'http.response.end',
  ]) {
    await expect(sandbox.rows(type)).toHaveCount(1);
    await expect(sandbox.rows(type).getByRole('link')).toHaveAttribute(
      'href',
      /^\/proposals\/000[23]\/#/,
    );
  }
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
  await expect(sandbox.responses).toContainText('Hello from Portway');
});

test('an edit of the status is in the next trace, and stays after a reload', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.button('Edit').click();
  await sandbox.root
    .locator('.monaco-editor .view-line span', { hasText: /^200$/ })
    .last()
    .dblclick();
  await page.keyboard.type('201');
  await expect(sandbox.root.getByRole('tab', { name: 'app.ts (edited)' })).toBeVisible();
  await sandbox.run();
  await expect(sandbox.rows('http.response.start')).toContainText('201');
  await expect(sandbox.rows('client.response')).toContainText('201');

  await page.reload();
  await expect(sandbox.root.getByRole('tab', { name: 'app.ts (edited)' })).toBeVisible();
  await sandbox.run();
  await expect(sandbox.rows('client.response')).toContainText('201');

  await sandbox.reset();
  await sandbox.run();
  await expect(sandbox.rows('client.response')).toContainText('200');

  await sandbox.button('Undo reset').click();
  await expect(sandbox.button('Undo reset')).toHaveCount(0);
  await sandbox.run();
  await expect(sandbox.rows('client.response')).toContainText('201');
});

test('what Reset takes away can be brought back', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': app('// mine') });
  await sandbox.reset();
  await expect(sandbox.root.getByRole('tab', { name: 'app.ts', exact: true })).toBeVisible();
  await sandbox.button('Undo reset').click();
  await expect(
    sandbox.root.getByRole('tabpanel', { name: 'app.ts (edited)' }).getByText('// mine'),
  ).toBeVisible();
});

test('the editor moves nothing below it when it comes', async ({ page }) => {
  let ready = () => {};
  const held = new Promise<void>((resolve) => {
    ready = resolve;
  });
  await page.route(/\/_astro\/monaco[^/]*\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': app('// mine') });
  await sandbox.button('Run').hover();
  const files = sandbox.root.locator('[data-editor]');
  await expect(files).toHaveAttribute('data-editor', 'loading');
  const before = await sandbox.button('Reset').boundingBox();
  ready();
  await expect(files).toHaveAttribute('data-editor', 'monaco', { timeout: 15_000 });
  expect(await sandbox.button('Reset').boundingBox()).toEqual(before);
});

test('a press counts whose button moves before it is released', async ({ page }) => {
  let ready = () => {};
  const held = new Promise<void>((resolve) => {
    ready = resolve;
  });
  await page.route(/\/_astro\/Sandbox[^/]*\.js$/, async (route) => {
    await held;
    await route.continue();
  });
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': app('// mine') });
  const before = await sandbox.button('Run').boundingBox();
  await sandbox.button('Run').hover();
  await page.mouse.down();
  ready();
  await expect(sandbox.root.getByRole('tab', { name: '(edited)' })).toBeVisible();
  const after = await sandbox.button('Run').boundingBox();
  expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeGreaterThan((after?.height ?? 0) / 2);
  await page.mouse.up();
  await expect(sandbox.status).toContainText('Ran in the page', { timeout: 15_000 });
});

test('the editor knows the types of the interface', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app("await send({ type: 'http.response.start', status: 'two hundred' });"),
  });
  await expect(sandbox.root.locator('.squiggly-error')).toBeVisible({ timeout: 15_000 });
});

test('a streamed body is echoed piece by piece', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'echo');
  const { events } = await sandbox.run();
  const streamed = events.filter(({ conn, lane }) => conn === 1 && lane === 'app');
  const last = streamed.findIndex(({ type }) => type === 'http.request.end');
  expect(streamed.slice(0, last).map(({ type }) => type)).toContain('http.response.body');
  await expect(sandbox.status).toContainText('200; 200; 200.');
});

test('http.start-once: a violation is red, names its requirement, and leads to its clause', async ({
  page,
}) => {
  const sandbox = await SandboxPage.open(page, 'start-once');
  await sandbox.run();
  const row = sandbox.trace.locator('tr.violation');
  await expect(row).toContainText('Violation');
  await expect(row.getByRole('link', { name: 'http.start-once' })).toHaveAttribute(
    'href',
    '/proposals/0003/#http.start-once',
  );
  await expect(sandbox.problems).toContainText('http.start-once');
  await expect(sandbox.problems.getByRole('button')).toHaveText(/^app\.ts:9:\d+$/);
  await expect(sandbox.responses).toContainText('200');
});

test('in the text of a proposal, a row leads to the clause on the same page', async ({ page }) => {
  await page.goto('/proposals/0003/');
  const sandbox = new SandboxPage(page, 'start-once');
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Ran in the page');
  await sandbox.trace.locator('tr.violation').getByRole('link').click();
  await expect(page).toHaveURL(/\/proposals\/0003\/#http\.start-once$/);
  await expect(page.locator('[id="http.start-once"]')).toBeInViewport();
});

interface BadProgram {
  readonly what: string;
  readonly edits: Record<string, string>;
  /** What the message says. */
  readonly says: RegExp;
  /** The place that it names. */
  readonly at?: RegExp;
}

const BAD_PROGRAMS: readonly BadProgram[] = [
  {
    what: 'a syntax error',
    edits: { 'app.ts': app('await send({ type: );') },
    says: /Syntax error/,
    at: /^app\.ts:5:\d+$/,
  },
  {
    what: 'a mistake that only a strict parser sees',
    edits: { 'app.ts': app('const a = 1;', 'const a = 2;') },
    says: /Syntax error.*already been declared/s,
    at: /^app\.ts:6:\d+$/,
  },
  {
    what: 'an error while the module loads',
    edits: { 'app.ts': 'const limits: any = undefined;\n\nexport default limits.body;\n' },
    says: /does not load.*TypeError/s,
    at: /^app\.ts:3:\d+$/,
  },
  {
    what: 'no application',
    edits: { 'app.ts': 'export const app = 1;\n' },
    says: /default export is missing/,
  },
  {
    what: 'an error in the handler',
    edits: { 'app.ts': app("throw new Error('the database is gone');") },
    says: /application failed.*the database is gone/s,
    at: /^app\.ts:5:\d+$/,
  },
  {
    what: 'a handler that never ends',
    edits: { 'app.ts': app('await new Promise(() => {});'), 'requests.http': IMPATIENT },
    says: /Nothing happened for 0\.5 seconds/,
    at: /^requests\.http:2:\d+$/,
  },
  {
    what: 'a loop without an end',
    edits: { 'app.ts': app('for (;;);') },
    says: /without giving way/,
  },
  {
    what: 'a flood of body',
    edits: {
      'app.ts': app(
        "await send({ type: 'http.response.start', status: 200 });",
        "for (;;) await send({ type: 'http.response.body', data: utf8('x'.repeat(65536)) });",
      ),
    },
    says: /grew past 16 MiB/,
  },
  {
    what: 'a scenario with a broken line',
    edits: { 'requests.http': 'GET / HTTP/1.1\nHost: localhost\nthis is not a field\n' },
    says: /cannot be read.*is not a header field/s,
    at: /^requests\.http:3:1$/,
  },
];

for (const { what, edits, says, at } of BAD_PROGRAMS) {
  test(`${what}: said in words with its place, edits kept, and the next Run works`, async ({
    page,
  }) => {
    const sandbox = await SandboxPage.open(page, 'hello', edits);
    await sandbox.run();
    await expect(sandbox.problems.first()).toContainText(says);
    if (at) await expect(sandbox.problems.first().getByRole('button')).toHaveText(at);

    await page.reload();
    await expect(sandbox.root.getByRole('tab', { name: '(edited)' }).first()).toBeVisible();
    await sandbox.run();
    await expect(sandbox.problems.first()).toContainText(says);

    await sandbox.reset();
    await sandbox.run();
    await expect(sandbox.status).toContainText('Ran in the page: 200.');
    await expect(sandbox.problems).toHaveCount(0);
  });
}

test('a flood of output is cut, and what was cut is counted', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app(
      "for (let i = 0; i < 20_000; i++) console.log('line', i);",
      "await send({ type: 'http.response.start', status: 204 });",
      "await send({ type: 'http.response.end' });",
    ),
  });
  await sandbox.run();
  await expect(sandbox.status).toContainText('204');
  await expect(sandbox.responses).toContainText('19500 more lines were not kept');
});

test('Stop ends an application that waits, and the next Run works', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app('await new Promise(() => {});'),
  });
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Sending hello');
  await sandbox.button('Stop').click();
  await expect(sandbox.status).toContainText('stopped');
  await sandbox.reset();
  await sandbox.run();
  await expect(sandbox.status).toContainText('200');
});

test('Stop ends a loop', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': app('for (;;);') });
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Sending hello');
  await sandbox.button('Stop').click();
  await expect(sandbox.status).toContainText('Stopped.');
  await sandbox.reset();
  await sandbox.run();
  await expect(sandbox.status).toContainText('200');
});

test('code in the page runtime reaches no network, storage, cookie or parent', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app(
      'const tried: string[] = [];',
      'const attempt = async (name: string, act: () => unknown) => {',
      "  try { await act(); tried.push(name + ' worked'); } catch { tried.push(name + ' refused'); }",
      '};',
      'const w = globalThis as any;',
      "await attempt('fetch', () => fetch('/'));",
      "await attempt('import', () => w.importScripts('/x.js'));",
      "await attempt('storage', () => w.localStorage.length);",
      "await attempt('database', () => w.indexedDB.open('x').transaction);",
      "await attempt('cookie', () => w.document.cookie);",
      "await attempt('socket', () => new Promise((yes, no) => { const s = new WebSocket('wss://example.org'); s.onopen = yes; s.onerror = no; }));",
      "await attempt('parent', () => w.parent.location.href);",
      "console.log('origin', w.origin, tried.join(', '));",
      "await send({ type: 'http.response.start', status: 204 });",
      "await send({ type: 'http.response.end' });",
    ),
  });
  await sandbox.run();
  await expect(sandbox.responses).toContainText(
    'origin null fetch refused, import refused, storage refused, database refused, cookie refused, socket refused, parent refused',
  );
});

test('with storage closed to the page, Run still works', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    }
  });
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.run();
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
});

test('a frame that does not start is given up, with words, and the next Run works', async ({
  page,
}) => {
  await page.clock.install();
  let broken = true;
  await page.route('**/sandbox/frame.html', (route) =>
    broken ? route.fulfill({ status: 404, body: 'not here' }) : route.continue(),
  );
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.choose('In the page');
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Starting the sandbox');
  await page.clock.fastForward(11_000);
  await expect(sandbox.problems).toContainText('did not start within 10 seconds');
  broken = false;
  await sandbox.run();
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
});

const PARTS = [
  ['script', /_astro\/Sandbox\.[^/]*\.js/],
  ['properties', /_astro\/props\//],
] as const;

for (const [what, address] of PARTS) {
  test(`an island whose ${what} cannot be loaded says so, and the next touch tries again`, async ({
    page,
  }) => {
    let broken = true;
    // Astro tries again by itself, once, under another query.
    await page.route(address, (route) =>
      broken ? route.abort('connectionfailed') : route.continue(),
    );
    const sandbox = await SandboxPage.open(page, 'hello');
    await sandbox.button('Run').click();
    await expect(sandbox.root.getByRole('alert')).toContainText('could not be loaded');
    broken = false;
    await page.mouse.move(0, 0);
    await sandbox.run();
    await expect(sandbox.status).toContainText('Ran in the page: 200.');
    await expect(sandbox.root.getByRole('alert')).toHaveCount(0);
  });
}

test('Stop ends a scenario of several requests', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app('await new Promise(() => {});'),
    'requests.http':
      '### one\nGET /1 HTTP/1.1\n\n### two\nGET /2 HTTP/1.1\n\n### three\nGET /3 HTTP/1.1\n',
  });
  await sandbox.choose('In the page');
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Sending one (1 of 3)');
  await sandbox.button('Stop').click();
  await expect(sandbox.status).toContainText('Ran in the page: stopped.');
  await expect(sandbox.rows('client.request')).toHaveCount(1);
});

test('what an earlier program still does is not told as the next one’s', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'app.ts': app(
      "await new Promise((resolve) => scope.local.cancel.addEventListener('abort', resolve));",
      "await send({ type: 'http.response.start', status: 200 });",
    ),
    'requests.http': '# @timeout 300ms\nGET / HTTP/1.1\n',
  });
  await sandbox.choose('In the page');
  await sandbox.run();
  const { events } = await sandbox.run();
  const seqs = events.map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(seqs.length);
  expect(events.filter(({ type }) => type === 'client.request')).toHaveLength(1);
});

test('results stay with the requests that were sent, whatever is written now', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', {
    'requests.http': '### first\nGET /first HTTP/1.1\n',
  });
  await sandbox.choose('In the page');
  await sandbox.run();
  await sandbox.reset();
  await expect(sandbox.responses).toContainText('GET /first');
  await expect(sandbox.responses).toContainText('200');
});
