// The table of requirements as a reader uses it: facets, their counts, the address, the role that is remembered; and what
// is there without scripts. And what the page of one requirement leads to.

import { expect, type Locator, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';

test.describe.configure({ mode: 'parallel' });

test.beforeEach(({ context }) => onlyOwnOrigin(context));

interface Row {
  readonly id: string;
  readonly role: string;
  readonly level: string;
  readonly proposal: string;
  readonly text: string;
  readonly examples: readonly string[];
}

/** What the table is about, as the site gives it to programs. */
async function data(page: Page): Promise<readonly Row[]> {
  const response = await page.request.get('/api/requirements.json');
  return (await response.json()) as Row[];
}

const shown = (page: Page): Locator => page.locator('table.requirements tr[data-role]:visible');
const status = (page: Page): Locator =>
  page.getByRole('search', { name: 'Filter the requirements' }).getByRole('status');

async function expectShown(page: Page, wanted: readonly Row[], all: readonly Row[]): Promise<void> {
  await expect(status(page)).toHaveText(
    wanted.length === all.length
      ? `${all.length} requirements`
      : `${wanted.length} of ${all.length} requirements`,
  );
  await expect(shown(page)).toHaveCount(wanted.length);
}

test('facets leave the rows that have them, and the address has them too', async ({ page }) => {
  const all = await data(page);
  await page.goto('/requirements/');
  await expectShown(page, all, all);

  await page.getByLabel('I write').selectOption('application');
  const application = all.filter(({ role }) => role === 'application');
  await expectShown(page, application, all);
  await expect(page).toHaveURL(/\/requirements\/\?role=application$/);

  await page.getByLabel('Level').selectOption('MUST NOT');
  const forbidden = application.filter(({ level }) => level === 'MUST NOT');
  await expectShown(page, forbidden, all);
  await expect(page).toHaveURL(/\?role=application&level=MUST\+NOT$/);
  expect(await shown(page).locator('.reference').allTextContents()).toEqual(
    forbidden.map(({ id }) => expect.stringContaining(id)),
  );

  await page.getByLabel('Text', { exact: true }).fill('return');
  await expectShown(
    page,
    forbidden.filter(({ id, text }) => `${id} ${text}`.toLowerCase().includes('return')),
    all,
  );

  await page.getByRole('button', { name: 'Show all' }).click();
  await expectShown(page, all, all);
  await expect(page).toHaveURL(/\/requirements\/$/);
  await expect(page.getByLabel('Text', { exact: true })).toBeFocused();
});

test('an address is shown as it asks, and going on and back keeps it', async ({ page }) => {
  const all = await data(page);
  const wanted = all.filter(({ role, level }) => role === 'gateway' && level === 'MUST');
  await page.goto('/requirements/?role=gateway&level=MUST');
  await expectShown(page, wanted, all);
  await expect(page.getByLabel('I write')).toHaveValue('gateway');
  await expect(page.getByLabel('Level')).toHaveValue('MUST');

  const first = shown(page).first().getByRole('link').first();
  const id = await first.textContent();
  await first.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(id?.trim() ?? '');
  await page.goBack();
  await expect(page).toHaveURL(/\?role=gateway&level=MUST$/);
  await expectShown(page, wanted, all);
});

test('the number beside a choice is what choosing it leaves', async ({ page }) => {
  await page.goto('/requirements/?role=gateway');
  for (const name of ['Level', 'Tested', 'Shown by an example']) {
    const menu = page.getByLabel(name, { exact: true });
    const option = menu.locator('option:not([value=""])').first();
    const number = Number(/\((\d+)\)$/.exec((await option.textContent()) ?? '')?.[1]);
    await menu.selectOption((await option.getAttribute('value')) ?? '');
    await expect(shown(page)).toHaveCount(number);
    await menu.selectOption('');
  }
});

test('the role is remembered, and an address that asks for something else wins', async ({
  page,
}) => {
  const all = await data(page);
  await page.goto('/requirements/');
  await page.getByLabel('I write').selectOption('middleware');
  await page.goto('/requirements/');
  await expectShown(
    page,
    all.filter(({ role }) => role === 'middleware'),
    all,
  );
  await expect(page).toHaveURL(/\?role=middleware$/);
  await page.goto('/requirements/?level=MAY');
  await expectShown(
    page,
    all.filter(({ level }) => level === 'MAY'),
    all,
  );
  await page.goto('/requirements/');
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.goto('/requirements/');
  await expectShown(page, all, all);
});

test('a filter that fits nothing says so, and Escape empties the text', async ({ page }) => {
  const all = await data(page);
  await page.goto('/requirements/');
  await page.getByLabel('Text', { exact: true }).fill('no such words anywhere');
  await expectShown(page, [], all);
  await expect(page.locator('table.requirements tbody:visible')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expectShown(page, all, all);
});

test('the keyboard alone reaches every facet', async ({ page }) => {
  await page.goto('/requirements/');
  await page.getByLabel('Text', { exact: true }).focus();
  const names: string[] = [];
  for (let stops = 0; stops < 6; stops++) {
    await page.keyboard.press('Tab');
    names.push(
      (await page.evaluate(() => (document.activeElement as HTMLSelectElement).name)) ?? '',
    );
  }
  expect(names).toEqual(['role', 'level', 'proposal', 'tested', 'shown', 'changed']);
  await page.getByLabel('I write').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('I write')).toHaveValue('gateway');
  await expect(page).toHaveURL(/\?role=gateway$/);
});

test.describe('without scripts', () => {
  test.use({ javaScriptEnabled: false });

  test('the table is whole, and has no filter that does nothing', async ({ page }) => {
    const all = await data(page);
    await page.goto('/requirements/?role=gateway');
    await expect(shown(page)).toHaveCount(all.length);
    await expect(page.locator('search.facets')).toBeHidden();
  });

  test('a requirement shows its tests, results, history and uses', async ({ page }) => {
    await page.goto('/r/http.start-once/');
    const main = page.getByRole('main');
    await expect(main.getByRole('row', { name: /^HTTP\/2 \d+ pass$/ })).toBeVisible();
    await expect(main).toContainText('a second start is Misuse and leaves the wire alone');
    await expect(main.locator('.stages')).toContainText('Revision 1 (edition 0.1): Added');
    await expect(
      main.locator('.uses').getByRole('link', { name: 'http.response.start' }),
    ).toHaveAttribute('href', '/events/http.response.start/');
  });
});

test('a requirement’s example runs in its page', async ({ page }) => {
  await page.goto('/r/http.start-once/');
  const frames = () => page.frames().filter((frame) => frame.url().includes('/embed/'));
  // Nothing of it is loaded before it is wanted.
  expect(frames().map((frame) => frame.url())).toEqual([]);
  await page.getByText(/^Run here/).click();
  const inner = page.frameLocator('.run-here iframe');
  await expect(inner.getByRole('region', { name: 'Trace' })).toBeVisible({ timeout: 30_000 });
  await inner.getByRole('button', { name: 'Run', exact: true }).click({ timeout: 30_000 });
  await expect(inner.locator('[role=status]').first()).toContainText('Ran in the page', {
    timeout: 30_000,
  });
});

test('the examples of a requirement are links to its event in their traces', async ({ page }) => {
  await page.goto('/r/http.start-once/');
  await page.locator('.seen').getByRole('link').first().click();
  await expect(page).toHaveURL(/\/examples\/start-once\/#t=http\.start-once$/);
  // The row that breaks it is there before anything runs.
  await expect(page.locator('tr[data-type="http.response.start"]')).not.toHaveCount(0);
});

test('an event leads to its machine, and the machine back to it', async ({ page }) => {
  await page.goto('/events/http.response.start/');
  await page.getByRole('link', { name: 'Row 11 of http.response' }).click();
  await expect(page).toHaveURL(/\/machines\/http\.response\/#row-11$/);
  const row = page.locator('#row-11');
  await expect(row).toBeInViewport();
  await row.getByRole('link', { name: 'http.response.start' }).click();
  await expect(page).toHaveURL(/\/events\/http\.response\.start\/$/);
});

test('the head of the comparison stays in sight', async ({ page }) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await page.goto('/compare/#drain');
  await expect(page.locator('#drain')).toBeInViewport();
  const head = page.getByRole('columnheader', { name: /^Rack/ });
  await expect(head).toBeInViewport();
  // Below the bar, and not below the row.
  const top = await head.evaluate((cell) => cell.getBoundingClientRect().top);
  const bar = await page
    .locator('header.header')
    .evaluate((one) => one.getBoundingClientRect().bottom);
  expect(top).toBeGreaterThanOrEqual(bar - 1);
});
