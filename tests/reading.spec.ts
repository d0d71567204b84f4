// The tools for reading: as whom one reads and requirements only, kept over pages; addresses to copy; keys, and their
// list.

import { expect, type Page, test } from '@playwright/test';
import { violations } from '../scripts/lib/axe-rules.mjs';
import { onlyOwnOrigin } from './own-origin.ts';

const HTTP = '/proposals/0003/';
/** Binds the gateway. */
const GATEWAYS = 'http.headers.lowercase';

test.describe.configure({ mode: 'parallel' });

// No page of these tests may ask another host for anything.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

const role = (page: Page) => page.getByRole('combobox', { name: 'Reading as' });
const only = (page: Page) => page.getByRole('checkbox', { name: 'Requirements only' });
const status = (page: Page) => page.locator('.reading-line output');
const head = (page: Page, id: string) => page.locator(`[id="${id}"] .requirement-head`);
const sentence = (page: Page, id: string) => page.locator(`[id="${id}"] > p:last-child`);
const said = (page: Page) => page.locator('.announced');

/** What is shown and what is not is a matter of layout: what is kept findable has a box, without height. */
const isShown = (page: Page, selector: string) =>
  page
    .locator(selector)
    .first()
    .evaluate((element) => element.getBoundingClientRect().height > 0);

/** A reader who has chosen before. */
async function choose(page: Page, kept: Record<string, string>): Promise<void> {
  await page.addInitScript((values) => {
    if (sessionStorage.getItem('chosen')) return;
    sessionStorage.setItem('chosen', 'yes');
    for (const [key, value] of Object.entries(values)) localStorage.setItem(key, value);
  }, kept);
}

test.describe('a role', () => {
  test('folds what binds others to its head, and says how many are left', async ({ page }) => {
    await page.goto(HTTP);
    await role(page).selectOption('application');
    await expect(status(page)).toHaveText('Reading as application: 1 of 54 requirements');
    await expect(head(page, GATEWAYS)).toBeVisible();
    await expect(head(page, GATEWAYS)).toContainText('MUST gateway');
    await expect(sentence(page, GATEWAYS)).toBeHidden();
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect(sentence(page, GATEWAYS)).toBeVisible();
    await expect(status(page)).toHaveText('');
  });

  test('is kept for other proposals, their revisions, the list of requirements, and after a reload', async ({
    page,
  }) => {
    await page.goto(HTTP);
    await role(page).selectOption('middleware');
    await expect(status(page)).toContainText('2 of 54');
    await page.reload();
    await expect(status(page)).toContainText('2 of 54');
    for (const path of ['/proposals/0002/', '/proposals/0003/v1/']) {
      await page.goto(path);
      await expect(role(page)).toHaveValue('middleware');
      await expect(status(page)).toContainText('Reading as middleware');
    }
    await page.goto('/requirements/');
    const menu = page.getByRole('combobox', { name: 'I write' });
    await expect(menu).toHaveValue('middleware');
    await menu.selectOption('gateway');
    await page.goto(HTTP);
    await expect(status(page)).toHaveText('Reading as gateway: 51 of 54 requirements');
  });

  test('is one for all pages that are open', async ({ page, context }) => {
    await page.goto(HTTP);
    const [text, table] = [await context.newPage(), await context.newPage()];
    await text.goto('/proposals/0002/');
    await table.goto('/requirements/');
    await role(page).selectOption('middleware');
    await expect(role(text)).toHaveValue('middleware');
    await expect(status(text)).toContainText('Reading as middleware');
    const menu = table.getByRole('combobox', { name: 'I write' });
    await expect(menu).toHaveValue('middleware');
    await menu.selectOption('');
    await expect(role(page)).toHaveValue('');
    await expect(sentence(page, GATEWAYS)).toBeVisible();
  });

  test('leaves open what the address names', async ({ page }) => {
    await choose(page, { 'portway:role': 'application' });
    await page.goto(`${HTTP}#${GATEWAYS}`);
    await expect(sentence(page, GATEWAYS)).toBeVisible();
    await expect(sentence(page, 'http.headers.order')).toBeHidden();
    await head(page, 'http.headers.order').getByRole('link').first().click();
    await expect(sentence(page, 'http.headers.order')).toBeVisible();
  });

  test('holds for the page where nothing can be kept', async ({ page }) => {
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('closed', 'SecurityError');
        },
      });
    });
    await page.goto(HTTP);
    await role(page).selectOption('application');
    await expect(sentence(page, GATEWAYS)).toBeHidden();
    await expect(status(page)).toContainText('1 of 54');
  });
});

test.describe('requirements only', () => {
  test('leaves requirements, blocks, their tables, and headings that have some', async ({
    page,
  }) => {
    await page.goto(HTTP);
    await only(page).check();
    await expect(status(page)).toHaveText('Requirements only: 54');
    for (const shown of ['#specification', '#the-scope', '.requirement', '.card', '.card.machine'])
      expect(await isShown(page, shown), shown).toBe(true);
    expect(await isShown(page, 'section.table[aria-label^="Where the fields"]')).toBe(true);
    for (const hidden of ['#summary', '#motivation', '#change-log', '.try'])
      expect(await isShown(page, hidden), hidden).toBe(false);
    expect(await isShown(page, 'section.table[aria-label^="Reports"]')).toBe(false);
    const prose = page.locator('.sl-markdown-content > p[data-informative]');
    const heights = await prose.evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect().height),
    );
    expect(heights.length).toBeGreaterThan(20);
    expect(heights.filter((height) => height > 0)).toEqual([]);
    await page.reload();
    await expect(only(page)).toBeChecked();
    expect(await isShown(page, '#motivation')).toBe(false);
  });

  test('opens the section that the address names, says that it is on, and how to leave', async ({
    page,
  }) => {
    await choose(page, { 'portway:only': 'yes' });
    await page.goto(`${HTTP}#motivation`);
    await expect(page.locator('#motivation')).toBeInViewport();
    // The style sheet shows the heading by itself; what stands below is opened by the script.
    await expect.poll(() => isShown(page, '#motivation + p')).toBe(true);
    expect(await isShown(page, 'section.table[aria-label^="Reports"]')).toBe(true);
    expect(await isShown(page, '#summary')).toBe(false);
    await expect(status(page)).toBeInViewport();
    const box = await page.locator('.reading-line').boundingBox();
    const heading = await page.locator('#motivation').boundingBox();
    expect(heading?.y).toBeGreaterThanOrEqual((box?.y ?? 0) + (box?.height ?? 0));
    // A link to another one opens it too.
    await page.getByRole('link', { name: 'Rationale' }).first().click();
    await expect.poll(() => isShown(page, '#rationale + p')).toBe(true);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await isShown(page, '#summary')).toBe(true);
    await expect(role(page)).toBeFocused();
  });

  test('hides nothing from the search of the browser', async ({ page }) => {
    await choose(page, { 'portway:only': 'yes', 'portway:role': 'application' });
    await page.goto(HTTP);
    await expect(page.locator('#motivation')).toHaveAttribute('hidden', 'until-found');
    await expect(sentence(page, GATEWAYS)).toHaveAttribute('hidden', 'until-found');
    // What the browser does where it finds something.
    await page.locator('#motivation + p').evaluate((found) => {
      found.dispatchEvent(new Event('beforematch', { bubbles: true }));
    });
    expect(await isShown(page, '#motivation')).toBe(true);
    expect(await isShown(page, '#summary')).toBe(false);
  });

  test('prints what is shown', async ({ page }) => {
    await choose(page, { 'portway:only': 'yes' });
    await page.goto(HTTP);
    await expect(status(page)).not.toHaveText('');
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.reading')).toBeHidden();
    await expect(status(page)).toBeVisible();
    await expect(page.getByRole('button', { name: 'Show all' })).toBeHidden();
    expect(await isShown(page, '#motivation')).toBe(false);
    expect(await isShown(page, '.requirement')).toBe(true);
  });
});

test('what was chosen is in force before the text is there, and nothing moves', async ({
  page,
}) => {
  await choose(page, { 'portway:only': 'yes', 'portway:role': 'application' });
  await page.addInitScript(() => {
    const seen: unknown[] = [];
    Object.assign(window, { seen, shifts: 0 });
    new MutationObserver((_records, observer) => {
      if (!document.querySelector('.requirement, [data-informative]')) return;
      const { reading, only } = document.documentElement.dataset;
      seen.push(reading, only, document.querySelector('select')?.value);
      observer.disconnect();
    }).observe(document, { childList: true, subtree: true });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        Object.assign(window, { shifts: (entry as unknown as { value: number }).value });
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(HTTP, { waitUntil: 'networkidle' });
  await expect(status(page)).not.toHaveText('');
  const seen = await page.evaluate(() => (window as unknown as { seen: unknown[] }).seen);
  expect(seen.slice(0, 2)).toEqual(['application', '']);
  expect(await page.evaluate(() => (window as unknown as { shifts: number }).shifts)).toBe(0);
});

test('a panel is in its place before its contents have come', async ({ page }) => {
  await page.goto('trace/');
  const tops = await page.locator('.content-panel').evaluateAll((panels) =>
    panels.map((panel) => {
      const before = panel.getBoundingClientRect().top;
      const contents = panel.innerHTML;
      panel.innerHTML = '';
      const top = panel.getBoundingClientRect().top;
      panel.innerHTML = contents;
      return [before, top];
    }),
  );
  expect(tops.length).toBeGreaterThan(1);
  for (const [before, top] of tops) expect(top).toBe(before);
});

test('what the tools add moves nothing that a pointer may be on its way to', async ({ page }) => {
  await page.goto(HTTP);
  const places = () =>
    page.locator('main :is(a, button):not(.here, .edit)').evaluateAll((elements) =>
      elements.map((element) => {
        const { left, top } = element.getBoundingClientRect();
        return [element.ariaLabel ?? element.textContent, left, top + scrollY];
      }),
    );
  const before = await places();
  await page.locator('h1').first().hover();
  await page.locator('.requirement .edit').first().waitFor({ state: 'attached' });
  expect(await places()).toEqual(before);
});

test.describe('an address', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });
  const copied = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

  test('of a section is copied by the link of its heading', async ({ page }) => {
    await page.goto(HTTP);
    const heading = page.getByRole('heading', { name: 'Motivation', exact: true });
    await heading.hover();
    // Before the tools are there, it is a link and no more.
    await expect(said(page)).toBeAttached();
    const link = page.getByRole('link', { name: 'Link to section Motivation' });
    await link.click();
    await expect(said(page)).toHaveText('Address copied: #motivation');
    expect(await copied(page)).toBe(page.url());
    expect(page.url()).toMatch(/\/proposals\/0003\/#motivation$/);
    // Links of all headings are there, and headings are called as before.
    for (const { id, name } of await page
      .locator('.sl-markdown-content > :is(h2, h3, h4)')
      .evaluateAll((all) => all.map(({ id, ariaLabel }) => ({ id, name: ariaLabel }))))
      await expect(page.locator(`[id="${id}"] > a.here`)).toHaveAccessibleName(
        `Link to section ${name}`,
      );
  });

  test('of a requirement is copied by its id', async ({ page }) => {
    await page.goto(HTTP);
    await head(page, GATEWAYS).hover();
    // Before the tools are there, it is a link and no more.
    await expect(said(page)).toBeAttached();
    await head(page, GATEWAYS).getByRole('link', { name: GATEWAYS, exact: true }).click();
    await expect(said(page)).toHaveText(`Address copied: #${GATEWAYS}`);
    expect(await copied(page)).toBe(page.url());
  });

  test('of a requirement that stays, and its citation, are on its own page', async ({ page }) => {
    await page.goto(`/r/${GATEWAYS}/`);
    const origin = new URL(page.url()).origin;
    for (const [name, text] of [
      ['Copy permanent address', `${origin}/r/${GATEWAYS}/`],
      ['Copy address in the text', `${origin}${HTTP}#${GATEWAYS}`],
    ] as const) {
      await page.getByRole('button', { name }).click();
      await expect(page.getByText('Copied.').first()).toBeVisible();
      expect(await copied(page)).toBe(text);
    }
    await page.getByRole('button', { name: 'Copy citation' }).click();
    await expect
      .poll(() => copied(page))
      .toMatch(
        /^Portway 0003 \(draft( \d{4}-\d\d-\d\d)?\), http\.headers\.lowercase: The gateway MUST give/,
      );
  });
});

test.describe('keys', () => {
  test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

  test('n and p go from requirement to requirement, and leave out what is folded', async ({
    page,
  }) => {
    await page.goto(HTTP);
    const ids = await page.locator('.requirement').evaluateAll((all) => all.map(({ id }) => id));
    await page.keyboard.press('n');
    await expect(page).toHaveURL(`${HTTP}#${ids[0]}`);
    await expect(
      head(page, ids[0] as string)
        .getByRole('link')
        .first(),
    ).toBeFocused();
    await expect(said(page)).toContainText('Requirement 1 of 54. The gateway MUST');
    await page.keyboard.press('n');
    await expect(page).toHaveURL(`${HTTP}#${ids[1]}`);
    await page.keyboard.press('p');
    await expect(page).toHaveURL(`${HTTP}#${ids[0]}`);
    await page.keyboard.press('p');
    await expect(said(page)).toHaveText('This is the first requirement.');
    await page.keyboard.press('y');
    await expect(said(page)).toHaveText(`Address copied: #${ids[0]}`);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
    await page.goBack();
    await expect(page).not.toHaveURL(/proposals/);
  });

  test('r goes through the roles, d to requirements only and back', async ({ page }) => {
    await page.goto(HTTP);
    for (const next of ['gateway', 'application', 'middleware', '']) {
      await page.keyboard.press('r');
      await expect(role(page)).toHaveValue(next);
    }
    await page.keyboard.press('d');
    await expect(only(page)).toBeChecked();
    await page.keyboard.press('r');
    await page.keyboard.press('r');
    await expect(status(page)).toHaveText('Requirements only, as application: 1 of 54');
    await page.keyboard.press('n');
    await expect(said(page)).toContainText('Requirement 1 of 1. The application');
    await expect(page.locator('.requirement:target')).toHaveAttribute('data-role', 'application');
    await page.keyboard.press('d');
    await expect(only(page)).not.toBeChecked();
  });

  test('? lists the keys, and gives the focus back', async ({ page }) => {
    await page.goto('/guide/');
    const open = page.getByRole('button', { name: 'Keyboard' });
    await open.focus();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keyboard' });
    await expect(dialog.getByRole('table', { name: 'In a proposal' })).toContainText(
      'the next requirement, the one before',
    );
    await page.keyboard.press('n');
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await expect(open).toBeFocused();
    await open.click();
    await expect(dialog).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expect(dialog).toBeHidden();
  });

  test('of one letter or sign can be switched off, and stay off', async ({ page }) => {
    await page.goto(HTTP);
    await page.keyboard.press('?');
    await page.getByRole('checkbox', { name: 'Keys of one letter or sign' }).uncheck();
    await page.keyboard.press('Escape');
    await page.reload();
    // The tools are there before the keys are pressed.
    await page.locator('h2').first().hover();
    await expect(page.getByRole('link', { name: 'Link to section Motivation' })).toBeAttached();
    for (const key of ['n', 'd', '/', '?']) await page.keyboard.press(key);
    await expect(only(page)).not.toBeChecked();
    expect(new URL(page.url()).hash).toBe('');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog', { name: 'Search' })).toBeVisible();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Keyboard' }).click();
    await page.getByRole('checkbox', { name: 'Keys of one letter or sign' }).check();
    await page.keyboard.press('Escape');
    // From the foot of the page.
    await page.keyboard.press('p');
    await expect(page).toHaveURL(/#http\./);
  });

  test('do nothing in a field, and nothing with a modifier', async ({ page }) => {
    await page.goto(HTTP);
    await page.keyboard.press('/');
    await page.getByRole('searchbox').fill('');
    await page.keyboard.type('nrd?');
    await expect(page.getByRole('searchbox')).toHaveValue('nrd?');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+n');
    await role(page).focus();
    await page.keyboard.press('d');
    await expect(only(page)).not.toBeChecked();
    expect(new URL(page.url()).hash).toBe('');
  });

  test('of a sandbox stay in it', async ({ page }) => {
    await page.goto(HTTP);
    await page.keyboard.press('n');
    await expect(page).toHaveURL(/#http\./);
    const { hash } = new URL(page.url());
    await page.locator('.sandbox button:visible').first().focus();
    await page.keyboard.press('n');
    await page.keyboard.press('d');
    expect(new URL(page.url()).hash).toBe(hash);
    await expect(only(page)).not.toBeChecked();
  });
});

test.describe('has no violation', () => {
  const states: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
    ['read as a role', HTTP, async (page) => void (await role(page).selectOption('application'))],
    ['requirements only', HTTP, (page) => only(page).check()],
    ['behind n', HTTP, (page) => page.keyboard.press('n')],
    ['a heading with its link', HTTP, (page) => page.locator('#motivation').hover()],
    ['the list of keys', '/', (page) => page.keyboard.press('?')],
    ['a requirement with its addresses', `/r/${GATEWAYS}/`, async () => undefined],
  ];
  for (const [what, path, reach] of states) {
    test(what, async ({ page }) => {
      await page.goto(path);
      await reach(page);
      if (path === HTTP) await expect(said(page)).toBeAttached();
      if (path === '/') await expect(page.getByRole('dialog')).toBeVisible();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
        expect.soft(await violations(page), colorScheme).toEqual([]);
      }
    });
  }
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('everything is shown, and there are no tools that do nothing', async ({ page }) => {
    await page.goto(HTTP);
    await expect(role(page)).toBeHidden();
    await expect(only(page)).toBeHidden();
    await expect(page.getByRole('button', { name: 'Keyboard' })).toBeHidden();
    await expect(sentence(page, GATEWAYS)).toBeVisible();
    await expect(page.locator('#motivation')).toBeVisible();
    await page.goto(`/r/${GATEWAYS}/`);
    await expect(page.getByText('Portway 0003 (draft')).toBeVisible();
  });
});
