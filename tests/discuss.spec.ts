// Selected words of a proposal: the tools that they are offered, the link that leads back to them, the question that
// quotes them, and where an edit or an erratum begins.

import { expect, type Locator, type Page, test } from '@playwright/test';
import { violations } from '../scripts/lib/axe-rules.mjs';
import { onlyOwnOrigin } from './own-origin.ts';

const HTTP = '/proposals/0003/';
const ONCE = 'http.start-once';
/** An edition is one long page. */
const SLOW = { timeout: 30_000 };

test.describe.configure({ mode: 'parallel' });
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** Opens a page and waits for the tools of its text, which come with the first sign of a reader. */
async function arrive(page: Page, path = HTTP): Promise<void> {
  await page.goto(path);
  await page.mouse.move(5, 5);
  await page.mouse.move(9, 9);
  await expect(page.locator('.announced')).toBeAttached();
}

const tools = (page: Page): Locator => page.getByRole('toolbar', { name: 'Selected text' });
const said = (page: Page): Locator => page.locator('.announced');
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());
const sentence = (page: Page, id: string) => page.locator(`[id="${id}"] > p:last-child`);

/** Selects from the first of some words in an element to the last of some in another. */
async function select(page: Page, from: [Locator, string], to = from): Promise<void> {
  const [start, end] = [await from[0].elementHandle(), await to[0].elementHandle()];
  await from[0].scrollIntoViewIfNeeded();
  await page.evaluate(
    ([start, first, end, last]) => {
      const find = (root: Node, words: string) => {
        const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        for (let node = walker.nextNode(); node; node = walker.nextNode()) {
          const at = (node as Text).data.indexOf(words);
          if (at >= 0) return { node, at };
        }
        throw new Error(`not there: ${words}`);
      };
      const [a, b] = [find(start as Node, first), find(end as Node, last)];
      getSelection()?.setBaseAndExtent(a.node, a.at, b.node, b.at + last.length);
    },
    [start, from[1], end, to[1]] as const,
  );
}

async function copyLink(page: Page): Promise<string> {
  await tools(page).getByRole('button', { name: 'Copy link to this text' }).click();
  await expect(said(page)).toContainText('Link to the selected text copied.');
  return clipboard(page);
}

/** Opens a link anew, as somebody does who was sent it, and says where the words are in the window. */
async function open(page: Page, link: string): Promise<Page> {
  const other = await page.context().newPage();
  await other.goto(link);
  return other;
}

test('selected words are offered a link, a question and an edit, beside them and never over them', async ({
  page,
}) => {
  await arrive(page);
  await expect(tools(page)).toHaveCount(0);
  await select(page, [sentence(page, ONCE), 'reject a second']);
  await expect(tools(page)).toBeVisible();
  await expect(tools(page).locator('a, button')).toHaveText([
    'Copy link to this text',
    'Ask about it',
    'Propose an edit',
  ]);
  await expect(tools(page).getByRole('link', { name: 'Propose an edit' })).toHaveAttribute(
    'href',
    /\/propose\/\?edit=0003#http\.start-once$/,
  );
  const [words, bar] = await Promise.all([
    page.evaluate(() => getSelection()?.getRangeAt(0).getBoundingClientRect().toJSON()),
    tools(page).boundingBox(),
  ]);
  expect(bar?.y).toBeGreaterThanOrEqual(words.bottom);
  expect(await violations(page)).toEqual([]);
  await page.evaluate(() => getSelection()?.removeAllRanges());
  await expect(tools(page)).toBeHidden();
});

test('the link leads to the words, of a page that is opened anew', async ({ page }) => {
  await arrive(page);
  await select(page, [sentence(page, ONCE), 'with no effect on the wire']);
  const link = await copyLink(page);
  expect(link).toContain(`${HTTP}#${ONCE}:~:text=`);
  const other = await open(page, link);
  await expect(sentence(other, ONCE)).toBeInViewport();
  // The words are the target of the page, in the requirement that the anchor names.
  expect(
    await other.evaluate(() => [
      location.hash,
      document.querySelector(':target')?.closest('.requirement')?.id,
    ]),
  ).toEqual([`#${ONCE}`, ONCE]);
  await other.getByRole('link', { name: `About ${ONCE}` }).click();
  await expect(other.getByRole('dialog', { name: ONCE })).toBeVisible();
});

test('words that stand in many places lead to their own, without the anchor too', async ({
  page,
}) => {
  await arrive(page);
  const last = page.locator('.requirement > p:last-child', { hasText: 'The gateway' }).last();
  await select(page, [last, 'The gateway']);
  const link = await copyLink(page);
  expect(decodeURIComponent(link)).toMatch(/text=(?:.+-,)?The gateway,-/);
  const other = await open(page, link.replace(/#.*:~:/, '#:~:'));
  const id = await last.evaluate((one) => one.parentElement?.id ?? '');
  await expect(sentence(other, id)).toBeInViewport();
});

test('a long selection leads to its beginning, names the first requirement, and is quoted in part', async ({
  page,
}) => {
  await arrive(page);
  const all = page.locator('.requirement > p:last-child');
  const [first, last] = [all.nth(2), all.nth(9)];
  const id = await first.evaluate((one) => one.parentElement?.id ?? '');
  await select(page, [first, 'The gateway'], [last, '.']);
  const link = await copyLink(page);
  expect(link).toContain(`#${id}:~:text=`);
  expect(link.length).toBeLessThan(400);
  const other = await open(page, link.replace(/#.*:~:/, '#:~:'));
  await expect(sentence(other, id)).toBeInViewport();

  await page.evaluate(() => getSelection()?.removeAllRanges());
  await expect(tools(page)).toBeHidden();
  await select(page, [first, 'The gateway'], [last, '.']);
  await tools(page).getByRole('button', { name: 'Ask about it' }).click();
  await expect(said(page)).toContainText('Question copied');
  const question = await clipboard(page);
  expect(question).toMatch(
    new RegExp(`^Question on ${id.replaceAll('.', '\\.')}\n\n> The gateway`),
  );
  expect(question).toContain('… (cut)');
  expect(question).toContain(`${id}, proposal 0003, the draft of revision 2: http://`);
  expect(question.length).toBeLessThan(1500);
});

test('by keyboard: E goes to the tools of the requirement that is read, arrows along them, Escape back', async ({
  page,
}) => {
  await arrive(page, `${HTTP}#${ONCE}`);
  const id = page.locator(`[id="${ONCE}"] .requirement-id`);
  await id.focus();
  await page.keyboard.press('e');
  const [copy, ask] = [
    tools(page).getByRole('button', { name: 'Copy link to this text' }),
    tools(page).getByRole('button', { name: 'Ask about it' }),
  ];
  await expect(copy).toBeFocused();
  expect(await page.evaluate(() => getSelection()?.toString())).toContain('MUST reject a second');
  await page.keyboard.press('ArrowRight');
  await expect(ask).toBeFocused();
  await page.keyboard.press('End');
  await expect(tools(page).getByRole('link', { name: 'Propose an edit' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(copy).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(tools(page)).toBeHidden();
  await expect(id).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('row', { name: /^E link to, ask about or edit/ })).toBeVisible();
});

test('in a published revision and in an edition, an erratum takes the place of an edit', async ({
  page,
}) => {
  for (const path of ['/proposals/0003/v1/', '/spec/0.1/']) {
    await arrive(page, path);
    await select(page, [sentence(page, ONCE), 'reject a second']);
    await expect(tools(page).getByRole('link', { name: 'Report an erratum' })).toHaveAttribute(
      'href',
      new RegExp(`/propose/\\?erratum=0003/v1#${ONCE.replace('.', '\\.')}$`),
      SLOW,
    );
    await expect(page.getByRole('link', { name: /^Propose an edit/ })).toHaveCount(0);
  }
  const heading = page.locator('[id^="0003-"]').first();
  await select(page, [heading, (await heading.textContent())?.trim() ?? '']);
  await expect(tools(page).getByRole('link', { name: 'Report an erratum' })).toHaveAttribute(
    'href',
    /\/propose\/\?erratum=0003\/v1#(?!0003)/,
  );
});

test('words outside of a text, and in a sandbox, are offered nothing', async ({ page }) => {
  await arrive(page);
  await select(page, [sentence(page, ONCE), 'reject a second']);
  await expect(tools(page)).toBeVisible();
  await select(page, [page.locator('h1'), 'HTTP']);
  await expect(tools(page)).toBeHidden();
});

test('before a selection, nothing of it is loaded', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await arrive(page);
  await expect(page.locator('a.edit').first()).toBeAttached();
  const late = () => asked.filter((url) => /selection-tools/.test(url)).length;
  expect(late()).toBe(0);
  await select(page, [sentence(page, ONCE), 'reject']);
  await expect.poll(late).toBe(1);
});

test.describe('on a narrow screen with touch', () => {
  test.use({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });

  test('the tools stay in the window, and edits are in sight', async ({ page }) => {
    await page.goto(HTTP);
    await page.touchscreen.tap(5, 5);
    await select(page, [sentence(page, ONCE), 'reject a second']);
    await expect(tools(page)).toBeVisible();
    const bar = await tools(page).boundingBox();
    expect(bar?.x).toBeGreaterThanOrEqual(0);
    expect((bar?.x ?? 0) + (bar?.width ?? 0)).toBeLessThanOrEqual(360);
    const link = page.getByRole('link', {
      name: 'Propose an edit of section Sending the response',
    });
    await link.scrollIntoViewIfNeeded();
    await expect(link).toHaveCSS('opacity', '1');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
      360,
    );
  });
});

test.describe('where an edit begins', () => {
  test('each section and each requirement of a draft has a link of its own', async ({ page }) => {
    await arrive(page);
    await expect(
      page.getByRole('link', { name: `Propose an edit of ${ONCE}`, exact: true }),
    ).toHaveAttribute('href', /\/propose\/\?edit=0003#http\.start-once$/);
    const headings = await page.locator('.sl-markdown-content > :is(h2, h3, h4)[id]').count();
    await expect(page.getByRole('link', { name: /^Propose an edit of section / })).toHaveCount(
      headings,
    );
    // What a heading is called, and what it says, stay as they were.
    await expect(
      page.getByRole('heading', { name: 'Sending the response', exact: true }),
    ).toHaveText('Sending the response');
  });

  test('so has the page of a requirement, and with it the panel', async ({ page }) => {
    await page.goto(`/r/${ONCE}/`);
    await expect(page.getByRole('link', { name: 'Propose an edit' })).toHaveAttribute(
      'href',
      /\/propose\/\?edit=0003#http\.start-once$/,
    );
    await page.goto(HTTP);
    await page.getByRole('link', { name: `About ${ONCE}` }).click();
    await expect(
      page.getByRole('dialog', { name: ONCE }).getByRole('link', { name: 'Propose an edit' }),
    ).toBeVisible();
  });

  test.describe('without scripts', () => {
    test.use({ javaScriptEnabled: false });

    test('a draft has one link to it, a published revision one to report an erratum', async ({
      page,
    }) => {
      await page.goto(HTTP);
      await expect(page.getByRole('link', { name: /^Propose an edit/ })).toHaveCount(1);
      await page.goto('/proposals/0003/v1/');
      await expect(page.getByRole('link', { name: 'Report an erratum' })).toHaveAttribute(
        'href',
        /\/propose\/\?erratum=0003\/v1$/,
      );
    });
  });
});
