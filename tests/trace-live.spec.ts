// The trace that `portway dev` shows: events come as they happen, a new start of the application is a new run, and the
// page takes nothing from anywhere but its own server.

import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type axe from 'axe-core';
import { type Running, start } from './fixtures/portway.ts';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const APP = `export default async (scope, receive, send) => {
  if (scope.type === 'lifespan') throw Object.assign(new Error('none'), { name: 'UnsupportedScope' });
  await send({ type: 'http.response.start', status: 200, headers: [['set-cookie', 'id=hidden-value']] });
  if (scope.target === '/twice') await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.body', data: new TextEncoder().encode('hello') });
  await send({ type: 'http.response.end' });
};
`;

// Each starts processes of its own.
test.setTimeout(90_000);

let running: Running;
let cwd: string;
let app: string;
let trace: string;
let refused: string[];

test.beforeEach(async ({ page }, { outputDir }) => {
  cwd = outputDir;
  mkdirSync(cwd, { recursive: true });
  writeFileSync(join(cwd, 'app.mjs'), APP);
  running = start(['dev', 'app.mjs', '--port', '0', '--inspect-port', '0'], { cwd });
  [, app = ''] = await running.printed(/app\.mjs on (http:\S+)/);
  [, trace = ''] = await running.printed(/the trace of it on (http:\S+)/);
  refused = [];
  page.on('console', (message) => {
    if (message.type() === 'error') refused.push(message.text());
  });
  page.on('pageerror', (error) => refused.push(error.message));
});

test.afterEach(async () => {
  running.child.kill('SIGTERM');
  running.child.kill('SIGTERM');
  await running.ended;
});

/** On a connection of its own: one that was kept may end with the process that it led to. */
const ask = (path: string) => fetch(`${app}${path}`, { headers: { connection: 'close' } });

const rows = (page: Page) => page.getByRole('region', { name: 'Trace' }).locator('tr[data-seq]');
const status = (page: Page) => page.getByRole('status').first();

test('rows appear as requests are sent, and a changed file begins a new run', async ({ page }) => {
  await page.goto(trace);
  await expect(status(page)).toHaveText('Following.');
  await expect(page.getByText('No event yet.')).toBeVisible();
  await ask('one');
  await expect(rows(page).filter({ hasText: 'GET /one' })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: 'http.response.end' })).toHaveCount(1);

  appendFileSync(join(cwd, 'app.mjs'), '// changed\n');
  await expect(page.getByText(/^app\.mjs has changed: a new run began at /)).toBeVisible();
  await ask('two');
  await expect(rows(page).filter({ hasText: 'GET /two' })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: 'GET /one' })).toHaveCount(0);
  const choice = page.getByRole('combobox', { name: 'Run' });
  await expect(choice.locator('option')).toHaveCount(2);
  await choice.selectOption({ index: 0 });
  await expect(rows(page).filter({ hasText: 'GET /one' })).toHaveCount(1);
  expect(refused).toEqual([]);
});

test('what happened before anybody looked is there', async ({ page }) => {
  await ask('early');
  await page.goto(trace);
  await expect(rows(page).filter({ hasText: 'GET /early' })).toHaveCount(1);
});

test('security.trace-secrets: secret values are not in the page', async ({ page }) => {
  await page.goto(trace);
  await fetch(`${app}secret`, { headers: { authorization: 'Basic hidden-value' } });
  await expect(rows(page).filter({ hasText: 'set-cookie: [secret]' })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: 'authorization: [secret]' })).toHaveCount(1);
  expect(await page.content()).not.toContain('hidden-value');
});

test('the clause of a row is read on the same server', async ({ page }) => {
  await page.goto(trace);
  await ask('twice')
    .then((response) => response.text())
    .catch(() => {});
  const row = rows(page).and(page.locator('.violation'));
  await row.getByRole('link', { name: 'http.start-once' }).first().click();
  await expect(page).toHaveURL(/\/proposals\/\d{4}\/#http\.start-once$/);
  await expect(page.locator('[id="http.start-once"]')).toBeInViewport();
  expect(refused).toEqual([]);
});

test('a pause holds the page still, and loses nothing', async ({ page }) => {
  await page.goto(trace);
  await ask('one');
  await expect(rows(page).filter({ hasText: 'GET /one' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Pause' }).click();
  await ask('two');
  // Another page has it by now.
  const other = await page.context().newPage();
  await other.goto(trace);
  await expect(rows(other).filter({ hasText: 'GET /two' })).toHaveCount(1);
  await expect(rows(page).filter({ hasText: 'GET /two' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Pause' }).click();
  await expect(rows(page).filter({ hasText: 'GET /two' })).toHaveCount(1);
});

test('a server that is gone is said, and followed again when it is back', async ({ page }) => {
  await page.goto(trace);
  await ask('one');
  await expect(rows(page).filter({ hasText: 'GET /one' })).toHaveCount(1);
  const { port } = new URL(trace);
  running.child.kill('SIGTERM');
  running.child.kill('SIGTERM');
  await running.ended;
  await expect(status(page)).toContainText('is not heard');
  running = start(['dev', 'app.mjs', '--port', '0', '--inspect-port', port], { cwd });
  [, app = ''] = await running.printed(/app\.mjs on (http:\S+)/);
  await expect(status(page)).toHaveText('Following.', { timeout: 15_000 });
  await ask('two');
  await expect(rows(page).filter({ hasText: 'GET /two' })).toHaveCount(1);
});

test('the page has no violation of accessibility, in light and in dark', async ({ page }) => {
  await page.goto(trace);
  await ask('twice').catch(() => {});
  await expect(rows(page).and(page.locator('.violation'))).not.toHaveCount(0);
  await page.getByRole('button', { name: 'Export' }).click();
  // The policy of the page lets no script in but its own; this goes past it.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const { violations } = await page.evaluate(() =>
      (window as unknown as { axe: typeof axe }).axe.run({ resultTypes: ['violations'] }),
    );
    expect
      .soft(violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => target.join(' '))]))
      .toEqual([]);
  }
});

test('at 360 px nothing is wider than the page', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto(trace);
  await ask('one');
  await expect(rows(page).first()).toBeVisible();
  await page.getByRole('button', { name: 'Export' }).click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
});
