// What a machine can tell of accessibility in each state that a reader brings a sandbox into, in light and in dark. Pages
// as they stand are looked at by scripts/lib/site-browser.mjs, by the same rules.

import { expect, type Page, test } from '@playwright/test';
import { violations } from '../scripts/lib/axe-rules.mjs';
import { SandboxPage } from './sandbox-page.ts';

const SCHEMES = ['light', 'dark'] as const;

const SLOW = { timeout: 30_000 };

test.describe.configure({ mode: 'parallel' });

// No page of these tests may ask another host for anything.
test.beforeEach(async ({ page, context }) => {
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => route.abort('connectionfailed'),
  );
});

/** Checks the page in both colour schemes: the theme follows the system's while it is shown. */
async function check(page: Page): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    expect.soft(await violations(page), colorScheme).toEqual([]);
  }
}

test('the check sees what is wrong', async ({ page }) => {
  await page.goto('/');
  await page.evaluate(() => {
    document.querySelector('main')?.insertAdjacentHTML('beforeend', '<button></button>');
  });
  expect((await violations(page)).map((text) => text.split(':')[0])).toEqual(['button-name']);
});

test('a requirement and a term beside the text have no violation', async ({ page }) => {
  // The longest proposal, four times.
  test.slow();
  await page.goto('/proposals/0003/');
  await page.getByRole('link', { name: 'About http.start-once' }).click();
  const requirement = page.getByRole('dialog', { name: 'http.start-once' });
  await expect(requirement.getByRole('heading', { name: 'Used by' })).toBeVisible(SLOW);
  await check(page);
  await page.locator('a.term').first().click();
  await expect(page.getByRole('dialog', { name: 'conversation' })).toContainText('Defined in');
  await check(page);
});

test('an embedded example has no violation after a run', async ({ page }) => {
  for (const scheme of SCHEMES) {
    await SandboxPage.observe(page);
    await page.goto(`/embed/hello/?theme=${scheme}`);
    const sandbox = new SandboxPage(page, 'hello');
    await sandbox.run();
    expect.soft(await violations(page), scheme).toEqual([]);
  }
});

/** What a reader does on the page of an example, and what is there then. */
interface State {
  readonly what: string;
  readonly slug: string;
  readonly edits?: Record<string, string>;
  readonly reach: (sandbox: SandboxPage) => Promise<void>;
}

const EDITED = { 'app.ts': "import { application } from 'portway';\nexport default 1;\n" };

const STATES: readonly State[] = [
  {
    what: 'after a run',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.run();
      await expect(sandbox.responses.getByRole('tab', { name: 'Pretty' })).toBeVisible(SLOW);
    },
  },
  {
    what: 'with control open and two runs compared',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.run();
      await sandbox.button('Control').click();
      await expect(sandbox.trace.getByLabel('Pause before')).toBeVisible(SLOW);
      await sandbox.button('Export, compare').click();
      await sandbox.button('Compare runs').click();
      await expect(sandbox.trace).toContainText('No differences', SLOW);
    },
  },
  {
    what: 'after a run with a violation',
    slug: 'start-once',
    reach: async (sandbox) => {
      await sandbox.run();
      await expect(sandbox.problems).not.toHaveCount(0);
    },
  },
  {
    what: 'after a WebSocket',
    slug: 'chat',
    reach: async (sandbox) => {
      await sandbox.run();
      await expect(sandbox.responses.getByRole('tab', { name: 'Messages' }).first()).toBeVisible(
        SLOW,
      );
    },
  },
  {
    what: 'with the editor open',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.button('Edit').click();
      await expect(sandbox.root.locator('.view-line').first()).toBeVisible(SLOW);
    },
  },
  {
    what: 'with a file being named',
    slug: 'hello',
    edits: EDITED,
    reach: async (sandbox) => {
      await sandbox.button('New file').click(SLOW);
      await sandbox.root.getByLabel('Name of the new file').fill('../x.ts');
      await sandbox.button('Create').click();
      await expect(sandbox.root.getByRole('alert').first()).toBeVisible();
    },
  },
  {
    what: 'with the keys shown',
    slug: 'hello',
    edits: EDITED,
    reach: async (sandbox) => {
      await sandbox.button('Keys').click(SLOW);
      await expect(sandbox.page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
    },
  },
  {
    what: 'with the question of Reset',
    slug: 'hello',
    edits: EDITED,
    reach: async (sandbox) => {
      await expect(sandbox.root.locator('.view-line').first()).toBeVisible(SLOW);
      await sandbox.button('Reset').click();
      await expect(sandbox.resetDialog.locator('tr.taken').first()).toBeVisible();
    },
  },
  {
    what: 'with Share open',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.button('Share').click();
      const dialog = sandbox.page.getByRole('dialog', { name: 'Share' });
      await expect(dialog.getByRole('textbox', { name: 'Link' })).not.toHaveValue('');
      for (const summary of await dialog.locator('summary').all()) await summary.click();
      await expect(dialog.getByRole('button', { name: 'Send to StackBlitz' })).toHaveAttribute(
        'aria-disabled',
        'false',
        SLOW,
      );
    },
  },
  {
    what: 'with a request as a form',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.responses
        .getByRole('button', { name: /^Change/ })
        .first()
        .click();
      const form = sandbox.responses.getByRole('form');
      await form.getByText('How it is sent and read').click();
      await form.getByRole('button', { name: 'Add field' }).click();
      await expect(form.getByRole('group', { name: 'Trailer fields' })).toBeVisible();
    },
  },
  {
    what: 'with the requests as text, one of them unreadable',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.responses.getByRole('button', { name: 'As text' }).click();
      await sandbox.responses
        .getByRole('textbox', { name: 'Scenario' })
        .fill('GET / HTTP/1.1\nno\n');
      await expect(sandbox.responses).toContainText('cannot be read');
    },
  },
  {
    what: 'with a WebSocket open by hand',
    slug: 'websocket-echo',
    reach: async (sandbox) => {
      const { responses } = sandbox;
      await responses.getByRole('button', { name: 'WebSocket console' }).click();
      await responses.getByRole('button', { name: 'Connect' }).click();
      const message = responses.getByRole('textbox', { name: 'Message' });
      await message.fill('Hello', SLOW);
      await message.press('Enter');
      await expect(responses.getByRole('list', { name: 'Messages' })).toContainText(
        'received',
        SLOW,
      );
    },
  },
];

for (const { what, slug, edits, reach } of STATES) {
  test(`an example ${what} has no violation`, async ({ page }) => {
    await reach(await SandboxPage.open(page, slug, edits));
    await check(page);
  });
}

test('code that came with a link has no violation', async ({ page, context }) => {
  const sharing = await SandboxPage.open(page, 'hello', EDITED);
  await sharing.button('Share').click();
  const link = page.getByRole('dialog', { name: 'Share' }).getByRole('textbox', { name: 'Link' });
  await expect(link).toHaveValue(/#/);
  const other = await context.newPage();
  await other.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await other.goto(await link.inputValue());
  const { root } = new SandboxPage(other, 'hello');
  await expect(root.getByRole('region', { name: 'Code from a link' })).toBeVisible(SLOW);
  await check(other);
});
