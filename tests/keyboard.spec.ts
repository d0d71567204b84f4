// The whole way through a sandbox by the keyboard alone: no test of this file touches the mouse.

import { expect, type Locator, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';
import { SandboxPage } from './sandbox-page.ts';

const SLOW = { timeout: 30_000 };

test.describe.configure({ mode: 'parallel' });

test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** Stops of Tab until `to` has the focus. @throws where the whole page is gone through without it */
async function tabTo(to: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const page = to.page();
  const passed: string[] = [];
  for (let stops = 0; stops < 150; stops++) {
    await page.keyboard.press(key);
    if (await to.evaluate((element) => element === document.activeElement)) return;
    passed.push(await focused(page));
  }
  throw new Error(`Not reached with ${key}: ${to}. Passed: ${passed.join(' | ')}`);
}

function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    const at = document.activeElement;
    return at
      ? `${at.localName} ${at.getAttribute('aria-label') ?? at.textContent.trim()}`.slice(0, 40)
      : '';
  });
}

/** Opens an example's page; the focus is where a reader's is who has just arrived. */
async function arrive(page: Page, slug: string, edits?: Record<string, string>) {
  return SandboxPage.open(page, slug, edits);
}

/** Reaches a control and presses Enter on it. */
async function press(control: Locator): Promise<void> {
  await tabTo(control);
  await control.page().keyboard.press('Enter');
}

/** Opens the editor from the top of the page. Its text has the focus then. */
async function openEditor(sandbox: SandboxPage): Promise<Locator> {
  await press(sandbox.button('Edit'));
  const text = sandbox.root.locator('.monaco-editor').first();
  await expect(text).toHaveClass(/focused/, SLOW);
  return text;
}

/** Goes through the editor that stands open where a reader has edited before, by the key that its label names. */
async function passEditor(sandbox: SandboxPage): Promise<void> {
  const text = sandbox.root.getByRole('textbox', { name: /Control M lets Tab leave the editor/ });
  await expect(text).toBeAttached(SLOW);
  await tabTo(text);
  await sandbox.page.keyboard.press('Control+m');
}

test('edit, leave the editor by the key of the hint, run, and follow the trace', async ({
  page,
}) => {
  const sandbox = await arrive(page, 'hello');
  const editor = await openEditor(sandbox);
  await page.keyboard.press('ControlOrMeta+Home');
  for (let line = 1; line < 8; line++) await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  for (let digit = 0; digit < 3; digit++) await page.keyboard.press('Backspace');
  await page.keyboard.type('201');
  await expect(sandbox.root.getByRole('tab', { name: 'app.ts (edited)' })).toBeVisible();

  await expect(
    sandbox.root.getByText('Tab indents; Ctrl+M lets it leave the editor.'),
  ).toBeVisible();
  await page.keyboard.press('Control+m');
  await page.keyboard.press('Tab');
  await expect(editor).not.toHaveClass(/focused/);

  await press(sandbox.button('Run'));
  await expect(sandbox.status).toContainText('Ran in the page: 201.', SLOW);
  await expect(sandbox.button('Run')).toBeFocused();

  await tabTo(sandbox.trace.getByRole('group', { name: 'Events of the trace' }));
  const clause = sandbox.rows('http.response.start').getByRole('link');
  const href = await clause.getAttribute('href');
  await press(clause);
  await expect(page).toHaveURL(new RegExp(`${href?.replaceAll('.', '\\.')}$`));
});

test('a violation leads to its line in the editor, and to its clause', async ({ page }) => {
  const sandbox = await arrive(page, 'start-once');
  await press(sandbox.button('Run'));
  await expect(sandbox.problems).not.toHaveCount(0, SLOW);
  await press(sandbox.problems.getByRole('button'));
  const editor = sandbox.root.locator('.monaco-editor').first();
  await expect(editor).toHaveClass(/focused/, SLOW);
  await page.keyboard.press('Control+m');
  const row = sandbox.trace.locator('tr.violation');
  await press(row.getByRole('button', { name: 'app.ts:9' }));
  await expect(editor).toHaveClass(/focused/);
  await press(row.getByRole('link', { name: 'http.start-once' }));
  await expect(page).toHaveURL(/\/proposals\/0003\/#http\.start-once$/);
});

test('Ctrl+Enter in the editor runs', async ({ page }) => {
  const sandbox = await arrive(page, 'hello');
  await openEditor(sandbox);
  await page.keyboard.press('ControlOrMeta+Enter');
  await expect(sandbox.status).toContainText('Ran in the page: 200.', SLOW);
});

test('Stop ends a run', async ({ page }) => {
  const sandbox = await arrive(page, 'hello', {
    'app.ts':
      "import { application } from 'portway';\nexport default application({ async http() { await new Promise(() => {}); } });\n",
  });
  await passEditor(sandbox);
  await press(sandbox.button('Run'));
  await expect(sandbox.status).toContainText('Sending hello', SLOW);
  await press(sandbox.button('Stop'));
  await expect(sandbox.status).toContainText('stopped');
  await expect(sandbox.button('Stop')).toBeFocused();
});

test('Reset asks, begins with the answer that changes nothing, and is undone', async ({ page }) => {
  const sandbox = await arrive(page, 'hello', { 'app.ts': 'export default 1; // mine\n' });
  const edited = sandbox.root.getByRole('tab', { name: 'app.ts (edited)' });
  await passEditor(sandbox);
  await press(sandbox.button('Reset'));
  const keep = sandbox.resetDialog.getByRole('button', { name: 'Keep my edits' });
  await expect(keep).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(sandbox.resetDialog).toHaveCount(0);
  await expect(sandbox.button('Reset')).toBeFocused();
  await expect(edited).toBeVisible();

  await page.keyboard.press('Enter');
  await expect(keep).toBeFocused();
  await tabTo(
    sandbox.resetDialog.getByRole('region', { name: 'What Reset takes away' }),
    'Shift+Tab',
  );
  await press(sandbox.resetDialog.getByRole('button', { name: 'Reset the files' }));
  await expect(edited).toHaveCount(0);
  await expect(sandbox.button('Reset')).toBeFocused();

  await press(sandbox.button('Undo reset'));
  await expect(edited).toBeVisible();
  await expect(sandbox.button('Reset')).toBeFocused();
});

test('Share takes the focus, keeps it inside, and gives it back', async ({ page }) => {
  const sandbox = await arrive(page, 'hello');
  await press(sandbox.button('Share'));
  const dialog = page.getByRole('dialog', { name: 'Share' });
  const link = dialog.getByRole('textbox', { name: 'Link' });
  await expect(link).toBeFocused();
  await expect(link).not.toHaveValue('');
  for (const summary of ['In a page of yours', 'In an online IDE']) {
    await press(dialog.locator('summary', { hasText: summary }));
  }
  await press(dialog.getByRole('button', { name: 'Copy HTML' }));
  for (let stops = 0; stops < 20; stops++) {
    await page.keyboard.press('Tab');
    const outside = await dialog.evaluate((node) => {
      const at = document.activeElement;
      // Between the last and the first stop is the browser's own bar.
      return at !== document.body && !node.contains(at);
    });
    expect(outside).toBe(false);
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await expect(sandbox.button('Share')).toBeFocused();
});

test('files are made, named anew, deleted and brought back', async ({ page }) => {
  const sandbox = await arrive(page, 'hello');
  const { root } = sandbox;
  await openEditor(sandbox);
  await page.keyboard.press('Control+m');
  await press(sandbox.button('New file'));
  await page.keyboard.type('words.ts');
  await page.keyboard.press('Enter');
  await expect(root.getByRole('tab', { name: 'words.ts (new)' })).toHaveAttribute(
    'aria-selected',
    'true',
  );
  await expect(root.locator('.monaco-editor').first()).toHaveClass(/focused/);
  await tabTo(root.getByRole('tab', { name: 'words.ts (new)' }), 'Shift+Tab');
  await page.keyboard.press('F2');
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('verbs.ts');
  await page.keyboard.press('Enter');
  const verbs = root.getByRole('tab', { name: 'verbs.ts (new)' });
  await tabTo(verbs, 'Shift+Tab');
  await page.keyboard.press('Delete');
  await expect(verbs).toHaveCount(0);
  await press(sandbox.button('Undo delete'));
  await expect(verbs).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(root.getByRole('tab', { name: 'requests.http' })).toBeFocused();
  await page.keyboard.press('Home');
  await expect(root.getByRole('tab', { name: 'app.ts' })).toHaveAttribute('aria-selected', 'true');
});

test('the keys are shown, and Escape gives the focus back', async ({ page }) => {
  const sandbox = await arrive(page, 'hello');
  await openEditor(sandbox);
  await page.keyboard.press('Control+m');
  await press(sandbox.button('Keys'));
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await expect(dialog.getByRole('button', { name: 'Close' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(sandbox.button('Keys')).toBeFocused();
});

test('a request is changed in its form, sent, and its response looked at', async ({ page }) => {
  const sandbox = await arrive(page, 'hello');
  const { responses } = sandbox;
  await press(responses.getByRole('button', { name: 'Change hello' }));
  const form = responses.getByRole('form', { name: 'Edit hello' });
  await expect(form.getByRole('combobox', { name: 'Method' })).toBeFocused(SLOW);
  await tabTo(form.getByRole('textbox', { name: 'Target' }));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('/by-keyboard');
  await press(form.getByRole('button', { name: 'Add field' }));
  await expect(form.getByRole('textbox', { name: 'Name of field 3' })).toBeFocused();
  await page.keyboard.type('X-Sent-By');
  await page.keyboard.press('Tab');
  await page.keyboard.type('keys');
  const summary = form.locator('summary');
  await press(summary);
  await tabTo(form.getByRole('checkbox', { name: 'HTTP/1.0' }));
  await page.keyboard.press('Space');

  await tabTo(sandbox.button('Run'), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(sandbox.rows('client.request')).toContainText('/by-keyboard', SLOW);
  await tabTo(responses.getByRole('tab', { name: 'Pretty' }));
  await page.keyboard.press('End');
  await expect(responses.getByRole('tab', { name: 'Headers' })).toBeFocused();
  await expect(responses.getByRole('tabpanel')).toContainText('content-type');
});

test('exchanges are added, moved, removed and brought back', async ({ page }) => {
  const sandbox = await arrive(page, 'hello');
  const { responses } = sandbox;
  await tabTo(responses.getByRole('combobox', { name: 'Add an exchange' }));
  await page.keyboard.press('w');
  const added = responses.getByRole('form', { name: /^Edit/ });
  await expect(added.getByRole('combobox', { name: 'Method' })).toBeFocused(SLOW);
  await tabTo(responses.getByRole('button', { name: 'Move up' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(responses.getByRole('listitem').first()).toContainText('WEBSOCKET');
  await expect(responses.getByRole('button', { name: 'Move up' })).toBeFocused();
  await press(responses.getByRole('button', { name: 'Remove', exact: true }));
  await expect(responses).not.toContainText('WEBSOCKET');
  await tabTo(responses.getByRole('button', { name: 'Undo remove' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await expect(responses.getByRole('listitem').first()).toContainText('WEBSOCKET');
});

test('a WebSocket is opened, written to and closed by hand', async ({ page }) => {
  const sandbox = await arrive(page, 'websocket-echo');
  const { responses } = sandbox;
  await press(responses.getByRole('button', { name: 'WebSocket console' }));
  await expect(responses.getByRole('textbox', { name: 'Target' })).toBeFocused(SLOW);
  await press(responses.getByRole('button', { name: 'Connect' }));
  const message = responses.getByRole('textbox', { name: 'Message' });
  await expect(message).toBeFocused(SLOW);
  await page.keyboard.type('typed');
  await page.keyboard.press('Enter');
  const messages = responses.getByRole('list', { name: 'Messages' });
  await expect(messages.getByRole('listitem')).toContainText([/sent.*typed/s, /received.*typed/s]);
  await expect(message).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(message).toHaveValue('typed');
  await press(responses.getByRole('button', { name: 'Close', exact: true }));
  await expect(responses.locator('[data-phase="over"]')).toContainText('1000');
  // The button has gone with the connection: the focus is still among what is here.
  expect(await responses.evaluate((node) => node.contains(document.activeElement))).toBe(true);
});

test('every stop of Tab can be seen', async ({ page }) => {
  const sandbox = await arrive(page, 'start-once');
  await press(sandbox.button('Run'));
  await expect(sandbox.status).toContainText('Ran in the page', SLOW);
  await expect(sandbox.responses.getByRole('tab', { name: 'Pretty' })).toBeVisible(SLOW);
  const unseen: string[] = [];
  const last = sandbox.rows('http.response.end').getByRole('link').last();
  for (let stops = 0; stops < 60; stops++) {
    await page.keyboard.press('Tab');
    const seen = await page.evaluate(() => {
      const at = document.activeElement;
      if (!at || at === document.body) return true;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(at);
      const { width, height } = at.getBoundingClientRect();
      const marked =
        (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1) || boxShadow !== 'none';
      return marked && width > 0 && height > 0;
    });
    if (!seen) unseen.push(await focused(page));
    if (await last.evaluate((element) => element === document.activeElement)) break;
  }
  await expect(last).toBeFocused();
  expect(unseen).toEqual([]);
});
