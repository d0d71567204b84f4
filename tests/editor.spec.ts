// Editing in a real browser: files that come and go, what the editor knows, and what Reset takes away.

import { expect, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';
import { SandboxPage } from './sandbox-page.ts';

const APP = `import { application } from 'portway';

// See http.start-once.
export default application({
  async http(_scope, receive, send) {
    await send({ type: 'http.response.start', status: 204 });
    const event = await receive();
    if (event.type === '') return;
  },
});
`;

test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** An example with its editor open. */
async function edit(page: Page, files: Record<string, string> = {}): Promise<SandboxPage> {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': APP, ...files });
  // Monaco comes with edits that are there.
  await expect(sandbox.root.locator('.view-line').first()).toBeVisible({ timeout: 30_000 });
  return sandbox;
}

/** Puts the cursor at the first place of the open file where `text` is, behind it. */
async function cursorBehind(page: Page, sandbox: SandboxPage, text: string): Promise<void> {
  await sandbox.root.locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+Home');
  await page.keyboard.press('ControlOrMeta+f');
  const find = sandbox.root.getByRole('textbox', { name: 'Find', exact: true });
  await find.fill(text);
  await expect(sandbox.root.locator('.find-widget')).toContainText(/1 of \d/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
}

function tab(sandbox: SandboxPage, name: string | RegExp) {
  return sandbox.root.getByRole('tab', { name });
}

test('a file is made, imported, renamed and deleted, and all of it stays after a reload', async ({
  page,
}) => {
  const sandbox = await edit(page);
  await sandbox.button('New file').click();
  const name = sandbox.root.getByLabel('Name of the new file');
  await name.fill('../words.ts');
  await name.press('Enter');
  await expect(sandbox.root.getByRole('alert').first()).toContainText('inside the example');
  await name.fill('words.ts');
  await name.press('Enter');
  await expect(tab(sandbox, 'words.ts (new)')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.type("export const word: string = 'x';");

  await tab(sandbox, /^app\.ts/).click();
  await sandbox.root.locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText(
    "import { word } from './words.ts';\nexport const n: number = word;\n",
  );
  await expect(sandbox.root.locator('.squiggly-error')).toHaveCount(1, { timeout: 30_000 });

  await tab(sandbox, /^words\.ts/).click();
  await tab(sandbox, /^words\.ts/).press('F2');
  const rename = sandbox.root.getByLabel('New name of words.ts');
  await rename.fill('verbs.ts');
  await rename.press('Enter');
  await expect(tab(sandbox, 'verbs.ts (new)')).toBeVisible();

  await page.reload();
  await expect(tab(sandbox, 'verbs.ts (new)')).toHaveAttribute('aria-selected', 'true');
  await expect(tab(sandbox, 'app.ts (edited)')).toBeVisible();
  // The import no longer leads anywhere.
  await tab(sandbox, /^app\.ts/).click();
  await expect(sandbox.root.locator('.squiggly-error').first()).toBeVisible({ timeout: 30_000 });

  await tab(sandbox, /^verbs\.ts/).click();
  await sandbox.button('Delete').click();
  await expect(tab(sandbox, /^verbs\.ts/)).toHaveCount(0);
  await sandbox.button('Undo delete').click();
  await expect(tab(sandbox, 'verbs.ts (new)')).toBeVisible();
});

test('the application and the requests cannot be renamed or deleted', async ({ page }) => {
  const sandbox = await edit(page);
  for (const path of [/^app\.ts/, /^requests\.http/]) {
    await tab(sandbox, path).click();
    await expect(sandbox.button('Rename')).toHaveAttribute('aria-disabled', 'true');
    await tab(sandbox, path).press('Delete');
    await expect(tab(sandbox, path)).toBeVisible();
    await expect(sandbox.root.getByText(/stays under its name/)).toBeVisible();
  }
});

test('types of events are suggested where one is written', async ({ page }) => {
  const sandbox = await edit(page);
  await cursorBehind(page, sandbox, "event.type === '");
  await page.keyboard.type('http.clo');
  const row = page.locator('.suggest-widget.visible .monaco-list-row');
  await expect(row).toHaveCount(1, { timeout: 30_000 });
  await expect(row).toContainText('http.closed');
  await page.keyboard.press('Enter');
  await expect(sandbox.root.getByText("if (event.type === 'http.closed') return;")).toBeVisible();
});

test('http.start-once: the hover of a requirement has its text and a link to its page', async ({
  page,
}) => {
  const sandbox = await edit(page);
  await cursorBehind(page, sandbox, 'See http');
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.press('ControlOrMeta+i');
  const hover = page.locator('.monaco-hover:visible').first();
  await expect(hover).toContainText('http.start-once (MUST, gateway)');
  await expect(hover.locator('a[data-href$="/r/http.start-once/"]')).toBeVisible();
});

test('a slip in the requests is marked as it is written, and directives are suggested', async ({
  page,
}) => {
  const sandbox = await edit(page, { 'requests.http': 'GET / HTTP/1.1\nno field\n' });
  await tab(sandbox, /^requests\.http/).click();
  await expect(sandbox.root.locator('.squiggly-error')).toBeVisible();
  await sandbox.root.locator('.view-lines').click();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('# @read');
  const row = page.locator('.suggest-widget.visible .monaco-list-row');
  await expect(row.first()).toContainText('read-pause');
  await page.keyboard.press('Enter');
  await expect(sandbox.root.getByText('# @read-pause 50ms')).toBeVisible();
});

test('Tab indents until it is told to leave the editor, and the hint says which', async ({
  page,
}) => {
  const sandbox = await edit(page);
  await sandbox.root.locator('.view-lines').click();
  await expect(sandbox.root.getByText(/Ctrl\+M lets it leave/)).toBeVisible();
  await page.keyboard.press('Control+m');
  await expect(sandbox.root.getByText(/Tab leaves the editor/)).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(sandbox.button('New file')).toBeFocused();
});

test('Format puts the file in order', async ({ page }) => {
  const sandbox = await edit(page, { 'app.ts': 'const  a={b:1}\nexport default a' });
  await sandbox.button('Format').click();
  await expect(sandbox.root.getByText('const a = { b: 1 }')).toBeVisible({ timeout: 30_000 });
});

test('an editor that is there can format, however late that part of it comes', async ({ page }) => {
  await page.route(/_astro\/tsMode\./, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  const sandbox = await edit(page, { 'app.ts': 'const  a={b:1}\nexport default a' });
  await sandbox.button('Format').click();
  await expect(sandbox.root.getByText('app.ts is formatted.')).toBeVisible({ timeout: 30_000 });
});

test('Reset that is pressed twice asks once, and hears the answer', async ({ page }) => {
  const sandbox = await edit(page);
  const dialog = page.getByRole('dialog', { name: 'Reset the files?' });
  await sandbox.button('Reset').evaluate((reset: HTMLButtonElement) => {
    reset.click();
    reset.click();
  });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('button', { name: 'Reset the files' }).click();
  await expect(tab(sandbox, 'app.ts (edited)')).toHaveCount(0);
});

test('Reset does not take the end of the dialog before for an answer', async ({ page }) => {
  const sandbox = await edit(page);
  const dialog = page.getByRole('dialog', { name: 'Reset the files?' });
  await sandbox.button('Reset').click();
  // As the browser tells of it when it has had no time since, and the dialog is open again.
  await dialog.evaluate((open) => open.dispatchEvent(new Event('close')));
  await dialog.getByRole('button', { name: 'Reset the files' }).click();
  await expect(tab(sandbox, 'app.ts (edited)')).toHaveCount(0);
});

test('Reset shows what it takes away, asks, and is undone after a reload', async ({ page }) => {
  const sandbox = await edit(page);
  await sandbox.button('Reset').click();
  const dialog = page.getByRole('dialog', { name: 'Reset the files?' });
  await expect(dialog.locator('tr.taken')).toContainText(['// See http.start-once.']);
  await expect(dialog.locator('tr.back').first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Keep my edits' }).click();
  await expect(tab(sandbox, 'app.ts (edited)')).toBeVisible();

  await sandbox.button('Reset').click();
  await dialog.getByRole('button', { name: 'Reset the files' }).click();
  await expect(tab(sandbox, 'app.ts (edited)')).toHaveCount(0);
  await page.reload();
  await sandbox.button('Undo reset').click();
  await expect(tab(sandbox, 'app.ts (edited)')).toBeVisible();
});

test('without Monaco a plain editor does the same: files, problems and the way to them', async ({
  page,
}) => {
  await page.route(/_astro\/monaco\.[^/]*\.js|assets\/monaco-/, (route) =>
    route.abort('connectionfailed'),
  );
  const sandbox = await SandboxPage.open(page, 'hello', {
    'requests.http': 'GET / HTTP/1.1\nno field\n',
  });
  const area = sandbox.root.getByRole('textbox', { name: 'Editor of hello' });
  await expect(area).toBeVisible({ timeout: 30_000 });
  await expect(sandbox.root.getByText('The full editor could not be loaded')).toBeVisible();
  await sandbox.root.getByRole('button', { name: 'Go to requests.http:2:1' }).click();
  await expect(tab(sandbox, /^requests\.http/)).toHaveAttribute('aria-selected', 'true');
  await expect(area).toBeFocused();
  await sandbox.button('New file').click();
  await sandbox.root.getByLabel('Name of the new file').fill('notes.md');
  await sandbox.button('Create').click();
  await area.fill('# Notes');
  await tab(sandbox, /^requests\.http/).click();
  await tab(sandbox, /^notes\.md/).click();
  await expect(area).toHaveValue('# Notes');
});
