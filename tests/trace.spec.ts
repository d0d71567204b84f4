// The trace of a sandbox as a reader uses it: filtered, walked through from the keyboard, inspected, and drawn.

import { expect, test } from '@playwright/test';
import { SandboxPage } from './sandbox-page.ts';

test('a filter leaves the rows that it names, and says what it does not understand', async ({
  page,
}) => {
  const sandbox = await SandboxPage.open(page, 'echo');
  await sandbox.choose('In the page');
  await sandbox.run();
  const all = await sandbox.trace.locator('tbody tr[data-type]').count();
  const filter = sandbox.trace.getByRole('combobox', { name: 'Filter the trace' });
  await filter.fill('type:http.response.* conn:1');
  await expect(sandbox.rows('client.request')).toHaveCount(0);
  const types = await sandbox.trace
    .locator('tbody tr[data-type]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-type')));
  expect(types.length).toBeGreaterThan(2);
  expect(types.every((type) => type?.startsWith('http.response.'))).toBe(true);

  await filter.fill('type:');
  await expect(filter).toHaveAttribute('aria-invalid', 'true');
  await filter.fill('');
  await expect(sandbox.trace.locator('tbody tr[data-type]')).toHaveCount(all);
});

test('J selects the next event, whose clause the inspector tells in full', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'start-once');
  await sandbox.choose('In the page');
  await sandbox.run();
  await sandbox.trace.getByRole('group', { name: 'Events of the trace' }).focus();
  const violation = sandbox.trace.locator('tr.violation');
  const seq = Number(await violation.getAttribute('data-seq'));
  for (let at = 0; at < seq; at++) await page.keyboard.press('j');
  await expect(violation).toHaveAttribute('aria-current', 'true');
  await expect(sandbox.trace).toContainText('The gateway MUST');
});

test('the same events can be seen as a sequence', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.choose('In the page');
  await sandbox.run();
  await sandbox.trace.getByRole('button', { name: 'Sequence' }).click();
  await expect(sandbox.trace.locator('svg').first()).toBeVisible();
  await sandbox.trace.getByRole('button', { name: 'Table' }).click();
  await expect(sandbox.rows('http.response.start')).toHaveCount(1);
});

test('one request of several is sent alone', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'echo');
  await sandbox.choose('In the page');
  await sandbox.responses.getByRole('button', { name: 'Send counted' }).click();
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
  await expect(sandbox.rows('client.request')).toHaveCount(1);
  await expect(sandbox.rows('client.request')).toContainText('Content-Length: 5');
});
