// Pages on narrow screens: nothing is wider than the screen, and dialogs are whole and in the middle.

import { expect, type Locator, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';
import { SandboxPage } from './sandbox-page.ts';

const WIDTHS = [320, 360] as const;
const SLOW = { timeout: 30_000 };

test.describe.configure({ mode: 'parallel' });

test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** Elements that reach beyond the page's edge and make it scroll sideways. */
function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > clientWidth + 0.5)
      .map((element) => `${element.localName}.${element.className}`)
      .slice(0, 10);
  });
}

async function expectNoOverflow(page: Page): Promise<void> {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 740 });
    expect.soft(await overflow(page), `${width} px`).toEqual([]);
    expect
      .soft(await page.evaluate(() => document.documentElement.scrollWidth), `${width} px`)
      .toBeLessThanOrEqual(width);
  }
}

const PAGES = [
  '/',
  '/spec/',
  '/spec/0.1/',
  '/proposals/',
  '/proposals/0003/',
  '/proposals/0003/about/',
  '/proposals/0006/',
  '/proposals/0005/v1..draft/',
  '/proposals/0009/v1..draft/',
  '/requirements/',
  '/r/http.start-once/',
  '/events/',
  '/events/http.response.start/',
  '/machines/',
  '/machines/http.response/',
  '/terms/',
  '/compare/',
  '/examples/',
  '/examples/hello/',
  '/examples/start-once/',
  '/examples/chat/',
  '/playground/',
  '/trace/',
  '/guide/',
  '/guide/from-wsgi/',
  '/embed/hello/',
  '/conformance/',
  '/conformance/servers/',
  '/lint/',
  '/404.html',
];

for (const path of PAGES) {
  test(`${path} does not scroll sideways`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(path);
    await expectNoOverflow(page);
  });
}

test('what stands in the panel is no wider than the panel', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await page.goto('/proposals/0003/');
  await page.getByRole('link', { name: 'About http.start-once' }).click();
  const panel = page.getByRole('dialog', { name: 'http.start-once' });
  await expect(panel.getByRole('heading', { name: 'Used by' })).toBeVisible(SLOW);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 740 });
    expect.soft(await overflow(page), `${width} px`).toEqual([]);
    const inner = await panel.evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(inner).toBeLessThanOrEqual(0);
  }
});

const EDITED = { 'app.ts': "import { application } from 'portway';\nexport default 1;\n" };

interface State {
  readonly what: string;
  readonly slug: string;
  readonly edits?: Record<string, string>;
  readonly reach: (sandbox: SandboxPage) => Promise<void>;
}

const STATES: readonly State[] = [
  {
    what: 'after a run',
    slug: 'start-once',
    reach: async (sandbox) => {
      await sandbox.run();
      await expect(sandbox.responses.getByRole('tab', { name: 'Pretty' })).toBeVisible(SLOW);
      await sandbox.responses.getByRole('tab', { name: 'Hex' }).click();
    },
  },
  {
    what: 'after a WebSocket',
    slug: 'websocket-echo',
    reach: async (sandbox) => {
      await sandbox.run();
      await expect(sandbox.responses.getByRole('tab', { name: 'Messages' })).toBeVisible(SLOW);
    },
  },
  {
    what: 'with the editor open',
    slug: 'hello',
    edits: EDITED,
    reach: async (sandbox) => {
      await sandbox.button('New file').click(SLOW);
      await expect(sandbox.root.getByLabel('Name of the new file')).toBeVisible();
    },
  },
  {
    what: 'with a request as a form',
    slug: 'hello',
    reach: async (sandbox) => {
      await sandbox.responses.getByRole('button', { name: /^Change/ }).click();
      await sandbox.responses.getByRole('form').getByText('How it is sent and read').click();
    },
  },
  {
    what: 'with a WebSocket open by hand',
    slug: 'websocket-echo',
    reach: async (sandbox) => {
      await sandbox.responses.getByRole('button', { name: 'WebSocket console' }).click();
      await sandbox.responses.getByRole('button', { name: 'Connect' }).click();
      await expect(sandbox.responses.getByRole('textbox', { name: 'Message' })).toBeVisible(SLOW);
    },
  },
];

for (const { what, slug, edits, reach } of STATES) {
  test(`an example ${what} does not scroll sideways`, async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 740 });
    await reach(await SandboxPage.open(page, slug, edits));
    await expectNoOverflow(page);
  });
}

const DIALOGS: readonly (readonly [name: string, open: (sandbox: SandboxPage) => Promise<void>])[] =
  [
    ['Share', (sandbox) => sandbox.button('Share').click()],
    ['Reset the files?', (sandbox) => sandbox.button('Reset').click()],
    ['Keys', (sandbox) => sandbox.button('Keys').click()],
  ];

/** Whether the dialog is whole on the screen and as far from its left as from its right, and top as bottom. */
async function expectCentred(page: Page, dialog: Locator): Promise<void> {
  const box = await dialog.boundingBox();
  const size = page.viewportSize();
  if (!box || !size) throw new Error('The dialog is not on the screen.');
  expect(box.x).toBeGreaterThan(0);
  expect(box.y).toBeGreaterThan(0);
  expect(Math.abs(size.width - 2 * box.x - box.width)).toBeLessThanOrEqual(1);
  expect(Math.abs(size.height - 2 * box.y - box.height)).toBeLessThanOrEqual(1);
}

for (const [name, open] of DIALOGS) {
  test(`the dialog “${name}” is whole and in the middle at every width`, async ({ page }) => {
    await page.setViewportSize({ width: 1280, height: 900 });
    const sandbox = await SandboxPage.open(page, 'hello', EDITED);
    await expect(sandbox.button('Keys')).toBeVisible(SLOW);
    await open(sandbox);
    const dialog = page.getByRole('dialog', { name });
    await expect(dialog).toBeVisible();
    await expectCentred(page, dialog);
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 740 });
      await expectCentred(page, dialog);
      expect.soft(await overflow(page), `${width} px`).toEqual([]);
      const inner = await dialog.evaluate((node) => node.scrollWidth - node.clientWidth);
      expect(inner).toBeLessThanOrEqual(0);
    }
  });
}
