// Python in the page, in a real browser: what is loaded and when, what a run shows, what is said when the program is
// wrong, and what it cannot reach.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { formatGolden, GOLDEN } from '../src/cli/golden.ts';
import { onlyOwnOrigin } from './own-origin.ts';
import { SandboxPage } from './sandbox-page.ts';

const EXAMPLES = join(import.meta.dirname, '../content/examples');

// An interpreter takes its time to start, the more so where several browsers do it.
test.describe.configure({ timeout: 120_000 });

// No page of these tests may ask another host for anything.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** A program around the body of its handler. Line 5 is the first of the body. */
function app(...body: string[]): Record<string, string> {
  return {
    'app.py': [
      'import asyncio, time',
      'from portway import application',
      '',
      'async def http(scope, receive, send):',
      ...body.map((line) => `    ${line}`),
      'app = application(http=http)',
      '',
    ].join('\n'),
  };
}

const ANSWER = [
  'await send({"type": "http.response.start", "status": 200})',
  'await send({"type": "http.response.body", "data": b"answer"})',
  'await send({"type": "http.response.end"})',
];

/** What the page has loaded that belongs to Python. */
function loadedOfPython(page: Page): string[] {
  const paths: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/python/.test(pathname) && pathname.includes('/_astro/')) paths.push(pathname);
  });
  return paths;
}

test('Python is loaded by the first Run and not before, from the site itself, and once', async ({
  page,
}) => {
  const loaded = loadedOfPython(page);
  const sandbox = await SandboxPage.open(page, 'python-hello');
  await expect(sandbox.rows('http.response.start')).toHaveCount(1);
  await page.waitForLoadState('networkidle');
  expect(loaded).toEqual([]);
  const { runtime, events } = await sandbox.run();
  expect(runtime).toBe('python');
  await expect(sandbox.status).toHaveText(/^Ran in Python, in the page: 200\. 11 events\.$/);
  await expect(sandbox.responses).toContainText('Hello from Python');
  const kept = readFileSync(join(EXAMPLES, 'python-hello', GOLDEN), 'utf8');
  expect(formatGolden(events)).toBe(kept);
  expect(loaded.map((path) => path.replace(/.*\/|\.[\w-]{8}(?=\.)/g, '')).sort()).toEqual([
    'guest-python.js',
    'portway-python.json',
    'python-library.zip',
    'python.wasm',
  ]);
  expect(formatGolden((await sandbox.run()).events)).toBe(kept);
  expect(loaded).toHaveLength(4);
});

test('there is nothing to choose', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'python-hello');
  await expect(sandbox.root.getByRole('combobox', { name: 'Runtime' })).toHaveText(
    'Python in the page',
  );
});

test('an error is a problem with its line, its traceback is printed, and the editor marks it', async ({
  page,
}) => {
  const sandbox = await SandboxPage.open(
    page,
    'python-hello',
    app('print("before")', ANSWER[0] as string, 'x = {}["nothing"]'),
  );
  await sandbox.run();
  await expect(sandbox.problems).toContainText('KeyError: ');
  await expect(sandbox.root.locator('.logs')).toContainText('before');
  await expect(sandbox.root.locator('.logs')).toContainText('File "/app/app.py", line 7, in http');
  await sandbox.problems.getByRole('button', { name: /app\.py:7:9/ }).click();
  await expect(sandbox.root.locator('.squiggly-error')).toHaveCount(1);
  // Its colours came with the editor.
  const words = sandbox.root.locator('.view-line', { hasText: 'async' }).locator('span span');
  await expect
    .poll(() => words.evaluateAll((all) => new Set(all.map(({ className }) => className)).size))
    .toBeGreaterThan(1);
});

test('a mistake in what is written is told with its place', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'python-hello', { 'app.py': 'x = 1\ndef f(:\n' });
  await sandbox.run();
  await expect(sandbox.status).toHaveText('The application did not load.');
  await expect(sandbox.problems).toContainText('SyntaxError: invalid syntax');
  await expect(sandbox.problems.getByRole('button', { name: /app\.py:2:7/ })).toBeVisible();
});

test('a loop without an end is ended and said so, and the next Run works', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'python-hello', app('while True: pass'));
  await sandbox.run();
  await expect(sandbox.status).toHaveText('The application did not respond, and was ended.');
  await expect(sandbox.problems).toContainText('without giving way');
  await sandbox.reset();
  await sandbox.run();
  await expect(sandbox.status).toHaveText(/^Ran in Python, in the page: 200\./);
});

test('nothing of the page and no network is in reach', async ({ page }) => {
  const asked: string[] = [];
  const sandbox = await SandboxPage.open(
    page,
    'python-hello',
    app(
      'import pyodide.code',
      'tried = {}',
      'async def attempt(name, code):',
      '    try: tried[name] = str(await pyodide.code.run_js(code))',
      '    except Exception as error: tried[name] = type(error).__name__',
      'await attempt("origin", "Promise.resolve(self.origin)")',
      'await attempt("fetch", "fetch(\'/\')")',
      'await attempt("database", "new Promise((_, no) => { indexedDB.open(\'x\').onerror = no; })")',
      'await attempt("worker", "Promise.resolve(typeof Worker)")',
      'from urllib.request import urlopen',
      'try: urlopen("http://127.0.0.1/")',
      'except Exception as error: tried["urlopen"] = type(error).__name__',
      'print(tried)',
      ...ANSWER,
    ),
  );
  await page.waitForLoadState('networkidle');
  page.on('request', (request) => asked.push(request.url()));
  await sandbox.run();
  const printed = sandbox.root.locator('.logs');
  await expect(printed).toContainText("'origin': 'null'");
  await expect(printed).toContainText("'fetch': 'JsException'");
  await expect(printed).toContainText("'database': 'JsException'");
  await expect(printed).toContainText("'worker': 'undefined'");
  await expect(printed).toContainText("'urlopen': 'URLError'");
  expect(
    asked.filter((url) => !url.startsWith('blob:') && !/\/(?:_astro|sandbox)\//.test(url)),
  ).toEqual([]);
});

test('without WebAssembly the reader is told what is missing', async ({ page }) => {
  await page.addInitScript(() => Reflect.deleteProperty(globalThis, 'WebAssembly'));
  const sandbox = await SandboxPage.open(page, 'python-hello');
  await sandbox.run();
  await expect(sandbox.status).toHaveText('The sandbox did not start.');
  await expect(sandbox.problems).toContainText('has no WebAssembly');
});

test('what does not load is said, and the next Run tries again', async ({ page }) => {
  let refused = 0;
  await page.route('**/_astro/python*.wasm', (route) =>
    refused++ === 0 ? route.abort() : route.continue(),
  );
  const sandbox = await SandboxPage.open(page, 'python-hello');
  await sandbox.run();
  await expect(sandbox.problems).toContainText('Python could not be loaded');
  await sandbox.run();
  await expect(sandbox.status).toHaveText(/^Ran in Python, in the page: 200\./);
});

const THREE = ['python-streaming-wsgi', 'python-streaming-asgi', 'python-streaming'];

test('one application in three interfaces: its traces are there without a script', async ({
  browser,
}) => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  await onlyOwnOrigin(context);
  const page = await context.newPage();
  await page.goto('/compare/run/');
  for (const slug of THREE) {
    const sandbox = new SandboxPage(page, slug);
    await expect(sandbox.rows('client.response.body').last()).toContainText('THIRD');
    await expect(sandbox.rows('http.request.end')).not.toHaveCount(0);
  }
  await expect(page.getByRole('button', { name: 'Run all three' })).toBeHidden();
  await context.close();
});

test('the columns of the three stand where they are before the last has come', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.goto('/compare/run/');
  const second = page.getByRole('region', { name: 'ASGI 3', exact: true });
  const left = () => second.evaluate((one) => one.getBoundingClientRect().left);
  const whole = await left();
  expect(whole).toBeGreaterThan(300);
  await page
    .getByRole('region', { name: 'Portway', exact: true })
    .evaluate((third) => third.remove());
  expect(await left()).toBe(whole);
});

test('“Run all three” runs one after the other, and the response is the same', async ({ page }) => {
  await SandboxPage.observe(page);
  await page.goto('/compare/run/');
  await page.getByRole('button', { name: 'Run all three' }).click();
  await expect(
    page.getByText('All three ran, and the client got the same response from each.'),
  ).toBeVisible({ timeout: 90_000 });
  const runs = await page.evaluate(() =>
    (window as unknown as { portwayRuns: { slug: string }[] }).portwayRuns.map(({ slug }) => slug),
  );
  expect(runs).toEqual(THREE);
  for (const slug of THREE) {
    const sandbox = new SandboxPage(page, slug);
    await expect(sandbox.status).toHaveText(/^Ran in Python, in the page: 200\./);
    await expect(sandbox.rows('client.response.body').last()).toContainText('THIRD');
  }
});
