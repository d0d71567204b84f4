// Control as a reader uses it: a conversation is paused before an event, disturbed, stepped, and its clock moved.

import { expect, test } from '@playwright/test';
import { SandboxPage } from './sandbox-page.ts';

/** Sends until nobody is there, and prints what it sees of that. */
const ENDLESS = `import { application } from 'portway';

export default application({
  async http(scope, receive, send) {
    const { cancel } = scope.local;
    cancel.addEventListener('abort', () => console.log('cancel fires'));
    await send({ type: 'http.response.start', status: 200 });
    try {
      for (;;) await send({ type: 'http.response.body', data: new Uint8Array(1024) });
    } catch (error) {
      console.log((error as Error).name);
      throw error;
    }
  },
});
`;
const GET = 'GET / HTTP/1.1\nHost: localhost\n';

class ControlledPage extends SandboxPage {
  get control() {
    return this.trace.getByRole('group', { name: 'Control', exact: true });
  }
  get held() {
    return this.control.getByRole('status');
  }
  async openControl(): Promise<void> {
    await this.trace.getByRole('button', { name: 'Control', exact: true }).click();
    await expect(this.control).toBeVisible();
  }
}

async function open(
  ...[page, slug, edits]: Parameters<typeof SandboxPage.open>
): Promise<ControlledPage> {
  await SandboxPage.open(page, slug, edits);
  const sandbox = new ControlledPage(page, slug);
  await sandbox.choose('In the page');
  await sandbox.openControl();
  return sandbox;
}

test('paused before a body, disconnected: the application gets Closed, its cancel fires, and no fault is told', async ({
  page,
}) => {
  const sandbox = await open(page, 'hello', { 'app.ts': ENDLESS, 'requests.http': GET });
  await sandbox.control.getByRole('combobox', { name: 'Pause before' }).fill('http.response.body');
  await expect(sandbox.held).toHaveText('Run stops before http.response.body.');
  await sandbox.button('Run').click();
  await expect(sandbox.status).toHaveText('Paused before `http.response.body` of conversation 1.');
  await expect(sandbox.held).toContainText('Held: http.response.body');
  await expect(sandbox.rows('http.response.body')).toHaveCount(0);

  await sandbox.control.getByRole('button', { name: 'Disconnect' }).click();
  await expect(sandbox.rows('client.left')).toHaveCount(1);
  await expect(sandbox.rows('peer.lost')).toHaveCount(1);
  const printed = sandbox.root.locator('.logs');
  await expect(printed).toContainText('cancel fires');
  await expect(printed).not.toContainText('Closed');

  await sandbox.control.getByRole('button', { name: 'Resume' }).click();
  await expect(sandbox.status).toContainText('Ran in the page: 200, the client left.');
  await expect(printed).toContainText('Closed');
  await expect(sandbox.problems).toHaveCount(0);
});

test('a run goes on event by event, from the keyboard too, and Stop ends it while it stands', async ({
  page,
}) => {
  const sandbox = await open(page, 'hello');
  await sandbox.control.getByRole('button', { name: 'Pause' }).click();
  await expect(sandbox.held).toHaveText('Run stops before the first event.');
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('http.response.start');
  await sandbox.control.getByRole('button', { name: 'Step' }).click();
  await expect(sandbox.rows('http.response.start')).toHaveCount(1);
  await expect(sandbox.status).toContainText('http.response.body');
  await page.keyboard.press('s');
  await expect(sandbox.status).toContainText('http.response.end');
  await sandbox.button('Stop').click();
  await expect(sandbox.status).toContainText('Ran in the page');
  await expect(sandbox.root.locator('.sandbox')).toHaveAttribute('data-phase', 'ready');

  // The wish was of that run.
  await sandbox.button('Run').click();
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
});

test('time stands with it, and is the reader’s to move', async ({ page }) => {
  const sandbox = await open(page, 'hello', {
    'app.ts': ENDLESS.replace(
      'try {',
      "setTimeout(() => console.log('a minute has passed'), 60_000);\n    try {",
    ),
    'requests.http': GET,
  });
  await sandbox.control.getByRole('combobox', { name: 'Pause before' }).fill('*.body');
  await sandbox.button('Run').click();
  await expect(sandbox.held).toContainText('The clock stands.');
  await sandbox.control.getByRole('button', { name: '+60 s' }).click();
  await expect(sandbox.root.locator('.logs')).toContainText('a minute has passed');
  await sandbox.button('Stop').click();
  await expect(sandbox.root.locator('.sandbox')).toHaveAttribute('data-phase', 'ready');
});

test('a pattern that nothing is called by is said to be one', async ({ page }) => {
  const sandbox = await open(page, 'hello');
  const pattern = sandbox.control.getByRole('combobox', { name: 'Pause before' });
  await pattern.fill('http.respnse.*');
  await expect(pattern).toHaveAttribute('aria-invalid', 'true');
  await expect(sandbox.control).toContainText('No event is called http.respnse.*');
});
