// What can be done with the trace of a sandbox: two runs compared, a file of it, and a recording replayed.

import { mkdir, readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { readNdjson } from '../src/trace/formats/ndjson.ts';
import { portway, ROOT } from './fixtures/portway.ts';
import { SandboxPage } from './sandbox-page.ts';

async function openTools(sandbox: SandboxPage): Promise<void> {
  await sandbox.choose('In the page');
  await sandbox.run();
  await sandbox.button('Export, compare').click();
  await expect(sandbox.button('Compare runs')).toBeVisible();
}

test('a run is compared with the one before it', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await openTools(sandbox);
  await sandbox.button('Compare runs').click();
  await expect(sandbox.trace).toContainText('No differences');
  await sandbox.button('Close the comparison').click();
  await expect(sandbox.button('Compare runs')).toBeFocused();
});

test('what an edit has changed is named', async ({ page }) => {
  const source = await readFile(`${ROOT}content/examples/hello/app.ts`, 'utf8');
  const edited = source.replace('status: 200', 'status: 201');
  expect(edited).not.toBe(source);
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': edited });
  await openTools(sandbox);
  await sandbox.button('Compare runs').click();
  await expect(sandbox.trace).toContainText(/\d+ differences? in 1 conversation/);
  await expect(sandbox.trace).toContainText('Differs');
  await expect(sandbox.trace).toContainText('status 201');
});

test('the trace is saved as NDJSON, without secret values', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await openTools(sandbox);
  await sandbox.root
    .getByRole('group', { name: 'Export' })
    .getByRole('button', { name: 'Export' })
    .click();
  const saving = page.waitForEvent('download');
  await sandbox.root.getByRole('button', { name: 'NDJSON' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toBe('hello.ndjson');
  const { events } = readNdjson(await readFile(await saved.path(), 'utf8'));
  await expect(sandbox.trace.locator('tbody tr[data-seq]')).toHaveCount(events.length);
});

test('a recording is replayed, and where the answers depart from it is shown', async ({
  page,
}, testInfo) => {
  const cwd = testInfo.outputPath();
  await mkdir(cwd, { recursive: true });
  const app = `${ROOT}content/examples/hello/app.ts`;
  expect((await portway(['check', app, '--trace', 'out.ndjson'], { cwd })).code).toBe(0);
  const sandbox = await SandboxPage.open(page, 'echo');
  await openTools(sandbox);
  await sandbox.root.getByLabel('Replay a recording…').setInputFiles(`${cwd}/out.ndjson`);
  await expect(sandbox.trace).toContainText('1 of 1 conversations of out.ndjson are sent again.');
  await expect(sandbox.trace).toContainText(/\d+ differences? in 1 conversation/);
  await expect(sandbox.trace.locator('option:checked').first()).toHaveText('out.ndjson');
});
