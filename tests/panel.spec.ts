// The panel beside a text: what opens it, what it shows, what closes it, and where the keyboard is then.

import { expect, type Locator, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';

const SLOW = { timeout: 30_000 };

test.describe.configure({ mode: 'parallel' });

test.beforeEach(({ context }) => onlyOwnOrigin(context));

const about = (page: Page): Locator => page.getByRole('link', { name: 'About http.start-once' });
const term = (page: Page): Locator => page.locator('a.term', { hasText: 'conversation' }).first();
const panel = (page: Page, name: string): Locator => page.getByRole('dialog', { name });

/** Opens the panel of a requirement and waits for what it shows. */
async function open(page: Page, path = '/proposals/0003/'): Promise<Locator> {
  await page.goto(path);
  await about(page).click();
  const shown = panel(page, 'http.start-once');
  await expect(shown.getByRole('heading', { name: 'History' })).toBeVisible(SLOW);
  return shown;
}

test('“About” shows the requirement beside the text: whom it binds, its tests with results, examples, history and uses', async ({
  page,
}) => {
  const shown = await open(page);
  await expect(page).toHaveURL(/\/proposals\/0003\/$/);
  await expect(shown).toContainText('The gateway MUST reject a second http.response.start');
  await expect(shown).toContainText('the gateway');
  await expect(shown.getByRole('row', { name: /^HTTP\/2 \d+ pass$/ })).toBeVisible();
  await expect(shown).toContainText('Revision 1 (edition 0.1): Added');
  await expect(shown.getByRole('heading', { name: 'Used by' })).toBeVisible();
  await expect(shown.getByRole('link', { name: /^Run here/ })).toHaveAttribute(
    'href',
    /\/examples\/start-once\/#t=http\.start-once$/,
  );
  await expect(shown.locator('iframe, script')).toHaveCount(0);
});

test('a term shows its definition, and leads to its page and to its place in the text', async ({
  page,
}) => {
  await page.goto('/proposals/0003/');
  await term(page).click();
  const shown = panel(page, 'conversation');
  await expect(shown).toContainText('A conversation is everything that passes between');
  await expect(shown.getByRole('link', { name: 'Terms' })).toHaveAttribute(
    'href',
    /\/proposals\/0002\/#term-conversation$/,
  );
  await shown.getByRole('link', { name: 'Open as a page' }).click();
  await expect(page).toHaveURL(/\/terms\/#conversation$/);
  await expect(page.getByRole('heading', { name: 'conversation', exact: true })).toBeInViewport();
});

test('by keyboard: Enter opens it, the focus is in it, Escape closes it and gives the focus back', async ({
  page,
}) => {
  await page.goto('/proposals/0003/');
  await about(page).focus();
  await page.keyboard.press('Enter');
  const shown = panel(page, 'http.start-once');
  await expect(shown.getByRole('heading', { name: 'http.start-once' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(shown.getByRole('link', { name: 'Open as a page' })).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(shown.getByRole('button', { name: 'Close' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(shown).toBeHidden();
  await expect(about(page)).toBeFocused();
});

test('Close gives the focus back to the link that opened it last', async ({ page }) => {
  await open(page);
  await term(page).click();
  const shown = panel(page, 'conversation');
  await shown.getByRole('button', { name: 'Close' }).click();
  await expect(shown).toBeHidden();
  await expect(term(page)).toBeFocused();
});

test('it does not hold the page: what stands beside it can be used, and Escape of the search leaves it open', async ({
  page,
}) => {
  const shown = await open(page);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('dialog', { name: 'Search' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Search' })).toBeHidden();
  await expect(shown).toBeVisible();
});

test('a link to another part of what it shows stays in it', async ({ page }) => {
  const shown = await open(page);
  await shown.getByRole('link', { name: 'by the conformance suite' }).click();
  await expect(shown.getByRole('heading', { name: 'Tests' })).toBeInViewport();
  await expect(page).toHaveURL(/\/proposals\/0003\/$/);
});

for (const modifier of ['Control', 'Shift'] as const) {
  test(`a press with ${modifier} goes to the page elsewhere`, async ({ page, context }) => {
    await page.goto('/proposals/0003/');
    const opened = context.waitForEvent('page');
    await about(page).click({ modifiers: [modifier] });
    expect((await opened).url()).toMatch(/\/r\/http\.start-once\/$/);
    await expect(page.getByRole('dialog', { name: 'http.start-once' })).toHaveCount(0);
  });
}

test('without a connection it says so, and a second press with one shows it', async ({
  page,
  context,
}) => {
  await page.goto('/proposals/0003/');
  await context.route('**/r/http.start-once/', (route) => route.abort('internetdisconnected'));
  await about(page).click();
  const shown = panel(page, 'http.start-once');
  await expect(shown.getByRole('status')).toContainText('could not be loaded');
  await expect(shown.getByRole('link', { name: 'Open as a page' })).toHaveAttribute(
    'href',
    /\/r\/http\.start-once\/$/,
  );
  await context.unroute('**/r/http.start-once/');
  await about(page).click();
  await expect(shown.getByRole('heading', { name: 'Tests' })).toBeVisible();
  await expect(shown.getByRole('status')).toBeEmpty();
});

test('the page keeps its ids, its styles and its scripts as they were', async ({ page }) => {
  const state = () =>
    page.evaluate(() => ({
      ids: [...document.querySelectorAll('[id]')].map(({ id }) => id),
      links: document.querySelectorAll('link[rel="stylesheet"]').length,
      top: document.querySelector('.requirement')?.getBoundingClientRect().width,
    }));
  await page.goto('/proposals/0003/');
  const before = await state();
  expect(new Set(before.ids).size).toBe(before.ids.length);
  await open(page);
  expect(await state()).toEqual(before);
});

test('it works in a published revision, in a comparison and in an edition', async ({ page }) => {
  await open(page, '/proposals/0003/v1/');
  await open(page, '/proposals/0003/v1..draft/');
  await open(page, '/spec/0.1/');
});

test('on a wide screen it leaves the text free, on a narrow one the link that opened it', async ({
  page,
}) => {
  await page.setViewportSize({ width: 1280, height: 900 });
  const shown = await open(page);
  const text = await page.locator('[id="http.start-once"]').boundingBox();
  const beside = await shown.boundingBox();
  expect((text?.x ?? 0) + (text?.width ?? 0)).toBeLessThanOrEqual(beside?.x ?? 0);
  await page.setViewportSize({ width: 360, height: 740 });
  const sheet = await open(page);
  const below = await sheet.boundingBox();
  expect(below).toMatchObject({ x: 0, width: 360 });
  const link = await about(page).boundingBox();
  expect((link?.y ?? 0) + (link?.height ?? 0)).toBeLessThanOrEqual(below?.y ?? 0);
});

test('before a touch, nothing of it but the listener is loaded', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.goto('/proposals/0003/', { waitUntil: 'networkidle' });
  const late = () => new Set(asked.filter((url) => /panel-view|\/r\//.test(url)));
  expect(late().size).toBe(0);
  await about(page).hover();
  await expect.poll(() => late().size).toBe(2);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the links lead to the page and to the definition', async ({ page }) => {
    await page.goto('/proposals/0003/');
    await term(page).click();
    await expect(page).toHaveURL(/\/proposals\/0002\/#term-conversation$/);
    await expect(page.locator('dfn#term-conversation')).toBeInViewport();
    await page.goto('/proposals/0003/');
    await about(page).click();
    await expect(page).toHaveURL(/\/r\/http\.start-once\/$/);
  });
});
