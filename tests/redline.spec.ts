// What changed between two revisions, in the page: going through the changes with keys and without script, and keeping
// the place from one text to another.

import { expect, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';

const REDLINE = '/proposals/0004/v1..draft/';

test.describe.configure({ mode: 'parallel' });

// No page of these tests may ask another host for anything.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** How far the top of the element that the address names is from the top of the window, in CSS pixels. */
function targetTop(page: Page): Promise<number | undefined> {
  return page.evaluate(() => document.querySelector(':target')?.getBoundingClientRect().top);
}

test('a redline says what changed, and every entry leads to its change', async ({ page }) => {
  await page.goto(REDLINE);
  const entries = page.locator('.changes > li > a');
  const count = await entries.count();
  expect(count).toBeGreaterThan(3);
  await expect(page.getByRole('heading', { name: `Every change, ${count} in all` })).toBeVisible();
  for (const [index, href] of (
    await entries.evaluateAll((links) => links.map((link) => link.getAttribute('href')))
  ).entries()) {
    expect(href).toBe(`#change-${index + 1}`);
    await expect(page.locator(`[id="change-${index + 1}"]`)).toHaveCount(1);
  }
});

test('what came and what went is said to those who cannot see it', async ({ page }) => {
  await page.goto(REDLINE);
  const row = page.locator('.redline tr', { hasText: 'The length is given in the shortest' });
  await expect(row.locator('ins')).toHaveText('(added: , and the first bit of the longest is 0)');
});

test('n and p go through the changes, say where they are, and stop at the ends', async ({
  page,
}) => {
  await page.goto(REDLINE);
  const count = await page.locator('.changes > li').count();
  const status = page.locator('.redline-status');
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/#change-1$/);
  await expect(status).toContainText(`Change 1 of ${count}: Changed: paragraph`);
  await expect(page.locator('#change-1')).toBeFocused();
  await page.keyboard.press('n');
  await page.keyboard.press('n');
  await expect(page).toHaveURL(/#change-3$/);
  await page.keyboard.press('p');
  await expect(page).toHaveURL(/#change-2$/);
  await page.keyboard.press('p');
  await page.keyboard.press('p');
  await expect(status).toHaveText('This is the first change.');
  for (let number = 1; number < count; number++) await page.keyboard.press('n');
  await expect(page).toHaveURL(new RegExp(`#change-${count}$`));
  await page.keyboard.press('n');
  await expect(status).toHaveText('This is the last change.');
});

test('n begins where the reader is', async ({ page }) => {
  await page.goto(`${REDLINE}#pings`);
  // The changes before this section are behind the reader.
  const next = await page.evaluate(() => {
    const section = document.getElementById('pings');
    return [...document.querySelectorAll('[id^="change-"]')].find(
      (change) =>
        (section?.compareDocumentPosition(change) ?? 0) & Node.DOCUMENT_POSITION_FOLLOWING,
    )?.id;
  });
  expect(next).toMatch(/^change-(?!1$)\d+$/);
  await page.keyboard.press('n');
  await expect(page).toHaveURL(new RegExp(`#${next}$`));
  await expect(page.locator(`#${next}`)).toBeInViewport();
});

test('a key that is typed into a field goes nowhere', async ({ page }) => {
  await page.goto(REDLINE);
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('');
  await page.keyboard.type('n');
  await expect(page.getByRole('searchbox')).toHaveValue('n');
  expect(new URL(page.url()).hash).toBe('');
});

test('the place is kept from the draft to the revision, to the redline and back', async ({
  page,
}) => {
  const id = 'websocket.frame-rules';
  await page.goto(`/proposals/0004/#${id}`);
  const revisions = page.getByRole('navigation', { name: 'Revisions' });
  for (const [name, path] of [
    ['v1', '/proposals/0004/v1/'],
    ['v1 → draft', REDLINE],
    ['Draft', '/proposals/0004/'],
  ] as const) {
    await revisions.getByRole('link', { name, exact: true }).click();
    await expect(page).toHaveURL(`${path}#${id}`);
    await expect(revisions.getByRole('link', { name, exact: true })).toHaveAttribute(
      'aria-current',
      'page',
    );
    await expect.poll(() => targetTop(page)).toBeGreaterThan(0);
    expect(await targetTop(page)).toBeLessThan(300);
  }
});

test('from a change, the place is the clause or the section that it stands in', async ({
  page,
}) => {
  await page.goto(`${REDLINE}#change-3`);
  const revisions = page.getByRole('navigation', { name: 'Revisions' });
  await revisions.getByRole('link', { name: 'Draft', exact: true }).click();
  await expect(page).toHaveURL('/proposals/0004/#websocket.frame-rules');
});

test('a place that a text does not have is said to be missing', async ({ page }) => {
  await page.goto('/proposals/0002/v1/#what-is-not-tested');
  await expect(page.locator('.revisions [role=status]')).toHaveText(
    'There is no “what-is-not-tested” in this text.',
  );
});

test('an old revision says that it is one, and leads to what changed since', async ({ page }) => {
  await page.goto('/proposals/0004/v1/#websocket.frame-rules');
  const banner = page.getByRole('region', { name: 'About this revision' });
  await expect(banner).toContainText('never changes');
  await banner.getByRole('link', { name: 'what has changed since' }).click();
  await expect(page).toHaveURL(`${REDLINE}#websocket.frame-rules`);
});

test('a proposal says what it stands in relation to, who refers to it, and how it is cited', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('/proposals/0003/about/');
  const drawing = page.getByRole('region', { name: 'Relations of proposal 0003' });
  await expect(drawing.getByRole('link', { name: '0002 Application model' })).toBeVisible();
  await expect(drawing.locator('desc')).toContainText('Requires Application model.');
  await expect(page.locator('#references-0010 + dl')).toContainText('http.path.encoded');
  await page.getByRole('button', { name: 'Copy as BibTeX' }).last().click();
  await expect(page.getByText('Copied.')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
    /^@techreport\{portway-0003-v1,\n {2}author = \{\{The Portway editors\}\},\n/,
  );
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('the links of each change lead to the next and to the previous one', async ({ page }) => {
    await page.goto(`${REDLINE}#change-1`);
    await page.getByRole('link', { name: /^Next change, 2 of/ }).click();
    await expect(page).toHaveURL(/#change-2$/);
    await expect(page.locator('#change-2')).toBeInViewport();
    await page.getByRole('link', { name: /^Previous change, 1 of/ }).click();
    await expect(page).toHaveURL(/#change-1$/);
    await expect(page.getByText('The keys')).toBeHidden();
  });

  test('revisions, redlines and citations are there', async ({ page }) => {
    await page.goto('/proposals/0004/');
    await page.getByRole('link', { name: 'v1 → draft', exact: true }).click();
    await expect(page).toHaveURL(REDLINE);
    await expect(page.locator('.redline ins').first()).toBeVisible();
    await page.getByRole('link', { name: 'About', exact: true }).first().click();
    await expect(page.getByText('Portway proposal 0004, revision 1')).toBeVisible();
    await expect(page.getByRole('button', { name: /^Copy/ })).toHaveCount(0);
  });
});

test('on paper, what came and what went are still told apart, and nothing that is a tool is there', async ({
  page,
}) => {
  await page.emulateMedia({ media: 'print' });
  await page.goto(REDLINE);
  const line = (name: string) =>
    page
      .locator(`.redline ${name}`)
      .first()
      .evaluate((element) => getComputedStyle(element).textDecorationLine);
  expect(await line('ins')).toBe('underline');
  await expect(page.locator('.change-links').first()).toBeHidden();
});
