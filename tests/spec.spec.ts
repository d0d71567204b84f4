// The specification as editions, in the page: from its front to an edition, in the document, and on paper.

import { expect, type Page, test } from '@playwright/test';
import { onlyOwnOrigin } from './own-origin.ts';

const ID = 'http.start-once';

/** The newest edition, as `/api/editions.json` has it. */
interface Edition {
  readonly name: string;
  readonly url: string;
  readonly chapters: readonly {
    readonly number: number;
    readonly slug: string;
    readonly title: string;
    readonly url: string;
    readonly sha256: string;
  }[];
}

test.describe.configure({ mode: 'parallel' });

// No page of these tests may ask another host for anything.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

async function newest(page: Page): Promise<Edition> {
  const editions = await (await page.request.get('/api/editions.json')).json();
  return editions.at(-1);
}

test('a requirement behind the address of the specification is found in the current edition', async ({
  page,
}) => {
  const { url } = await newest(page);
  await page.goto(`/spec/#${ID}`);
  await expect(page).toHaveURL(`${url}#${ID}`);
  await expect(page.locator(`[id="${ID}"]`)).toBeInViewport();
  // The front page is not left behind: going back leads to where the reader came from.
  await page.goto('/guide/');
  await page.goto(`/spec/#${ID}`);
  await expect(page).toHaveURL(`${url}#${ID}`);
  await page.goBack();
  await expect(page).toHaveURL('/guide/');
});

test('a place that the front page has is not carried on', async ({ page }) => {
  await page.goto('/spec/#editions');
  await expect(page.getByRole('heading', { name: 'All editions' })).toBeInViewport();
  await expect(page).toHaveURL('/spec/#editions');
});

test('the front page leads to each chapter, its sections, and what has changed since', async ({
  page,
}) => {
  const { chapters } = await newest(page);
  await page.goto('/spec/');
  const entries = page.locator('.edition-chapters-list > li');
  await expect(entries).toHaveCount(chapters.length);
  for (const [index, { title, url }] of chapters.entries()) {
    const link = entries.nth(index).getByRole('heading').getByRole('link');
    expect(await link.textContent()).toBe(title);
    expect(await link.getAttribute('href')).toBe(url);
  }
  const http = entries.filter({ has: page.getByRole('link', { name: 'HTTP', exact: true }) });
  await expect(http.getByRole('link', { name: 'what has changed since' })).toHaveAttribute(
    'href',
    '/proposals/0003/v1..draft/',
  );
  await http.getByText('Sections').click();
  await http.getByRole('link', { name: 'Sending the response' }).click();
  await expect(page).toHaveURL('/proposals/0003/v1/#sending-the-response');
});

test('every entry of the contents leads to a heading of that name', async ({ page }) => {
  const { url, chapters } = await newest(page);
  await page.goto(url);
  const contents = page.getByRole('navigation', { name: 'Contents' });
  const found = await contents.getByRole('link').evaluateAll((links) =>
    links.map((link) => {
      const target = document.getElementById(link.getAttribute('href')?.slice(1) ?? '');
      return [link.textContent, target?.textContent?.trim(), target?.tagName];
    }),
  );
  expect(found.length).toBeGreaterThan(chapters.length * 9);
  for (const [name, heading, tag] of found) {
    expect(heading).toBe(name);
    expect(tag).toMatch(/^H[234]$/);
  }
  await contents.getByRole('link', { name: 'Sending the response' }).click();
  await expect(page).toHaveURL(`${url}#0003-sending-the-response`);
  await expect(page.locator('[id="0003-sending-the-response"]')).toBeInViewport();
});

test('a reference to another chapter stays in the document', async ({ page }) => {
  const { url } = await newest(page);
  await page.goto(`${url}#0003-motivation`);
  await page.getByRole('link', { name: 'security.framing-conflict' }).first().click();
  await expect(page).toHaveURL(`${url}#security.framing-conflict`);
  await expect(page.locator('[id="security.framing-conflict"]')).toBeInViewport();
});

test('a chapter leads to the one before, the one after, and the whole', async ({ page }) => {
  const { name, url, chapters } = await newest(page);
  const [first, second, third] = chapters;
  if (!first || !second || !third) throw new Error('There are fewer than three chapters.');
  await page.goto(first.url);
  const ways = page.getByRole('navigation', { name: 'Chapters of the edition' });
  await expect(ways.locator('[rel=prev]')).toHaveCount(0);
  await ways.getByRole('link', { name: `${second.number} ${second.title} →` }).click();
  await expect(page).toHaveURL(second.url);
  await expect(ways.locator('[rel=prev]')).toHaveAttribute('href', first.url);
  await expect(ways.locator('[rel=next]')).toHaveAttribute('href', third.url);
  await ways.getByRole('link', { name: `Edition ${name}` }).click();
  await expect(page).toHaveURL(`${url}#${second.slug}`);
});

test('the draft of a proposal is no chapter', async ({ page }) => {
  await page.goto('/proposals/0003/');
  await expect(page.getByRole('navigation', { name: 'Chapters of the edition' })).toHaveCount(0);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });

  test('an edition is read, with its checksums, and found from its front page', async ({
    page,
  }) => {
    const { url, chapters } = await newest(page);
    await page.goto('/spec/');
    await page.getByRole('link', { name: 'Read it as one document' }).click();
    await expect(page).toHaveURL(url);
    await page.getByText('Its texts, with their checksums').click();
    for (const { sha256 } of chapters) await expect(page.getByText(sha256)).toBeVisible();
    await page.goto(`${url}#${ID}`);
    await expect(page.locator(`[id="${ID}"]`)).toBeInViewport();
  });
});

test.describe('on paper', () => {
  test.beforeEach(({ page }) => page.emulateMedia({ media: 'print', colorScheme: 'dark' }));

  test('an edition has a title page, contents and chapters on pages of their own', async ({
    page,
  }) => {
    const { url, chapters } = await newest(page);
    await page.goto(url);
    for (const part of ['.page > .header', '.right-sidebar', '.edition-banner', '.site-footer'])
      await expect(page.locator(part)).toBeHidden();
    // Closed on screen, printed in full.
    await expect(page.getByText(chapters[0]?.sha256 ?? '')).toBeVisible();
    const breaks = await page
      .locator('#contents, .chapter-number')
      .evaluateAll((parts) => parts.map((part) => getComputedStyle(part).breakBefore));
    expect(breaks).toEqual(['page', ...chapters.map(() => 'page')]);
    expect(await page.evaluate(() => getComputedStyle(document.body).color)).toBe(
      'rgb(17, 17, 17)',
    );
  });

  test('a requirement is not cut in two, and what is a tool is not printed', async ({ page }) => {
    await page.goto('/proposals/0003/');
    const requirement = page.locator(`[id="${ID}"]`);
    expect(await requirement.evaluate((one) => getComputedStyle(one).breakInside)).toBe('avoid');
    for (const name of ['Run', 'Edit', 'Share'])
      await expect(page.getByRole('button', { name, exact: true }).first()).toBeHidden();
    await expect(page.locator('.try pre.code').first()).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Revisions' })).toBeHidden();
  });

  test('a table is as wide as the page at most', async ({ page }) => {
    // What A4 leaves between the margins, in CSS pixels.
    await page.setViewportSize({ width: 665, height: 980 });
    await page.goto('/proposals/0003/');
    const wide = await page
      .locator('table:visible, pre.code:visible, svg:visible')
      .evaluateAll((parts) =>
        parts
          .filter((part) => part.getBoundingClientRect().right > innerWidth + 0.5)
          .map((part) => part.outerHTML.slice(0, 80)),
      );
    expect(wide).toEqual([]);
  });
});
