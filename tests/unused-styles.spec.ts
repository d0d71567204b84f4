// Whether the rules that the build took out of the style sheets match something after all, on a page as it stands or in a
// state that a reader brings it into. Where they do, the page looks otherwise than it was written.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { generate, parse, walk } from 'css-tree';
import { TAKEN_OUT } from '../src/site/unused-styles.ts';
import { SandboxPage } from './sandbox-page.ts';

const SLOW = { timeout: 30_000 };

const selectors = readFileSync(fileURLToPath(new URL(`../${TAKEN_OUT}`, import.meta.url)), 'utf8')
  .split('\n')
  .filter(Boolean)
  .map(inAnyState);

/** The selector without what depends on a state of the element, and without its parts. */
function inAnyState(selector: string): string {
  const list = parse(selector, { context: 'selectorList' });
  walk(list, (node, item, nodes) => {
    const isState = node.type === 'PseudoClassSelector' && !/^(is|where|not|has)$/.test(node.name);
    if ((isState || node.type === 'PseudoElementSelector') && nodes) {
      nodes.replace(item, nodes.createItem({ type: 'TypeSelector', name: '*' }));
    }
  });
  // `a:hover` has become `a*`.
  return generate(list).replace(/(?<=[\w\])-])\*/g, '');
}

async function expectNoMatch(page: Page, when: string): Promise<void> {
  const matched = await page.evaluate(
    (all) => all.filter((one) => document.querySelector(one) !== null),
    selectors,
  );
  expect.soft(matched, when).toEqual([]);
}

test('the check sees what a rule that was taken out would match', async ({ page }) => {
  expect(selectors.length).toBeGreaterThan(20);
  await page.goto('/');
  await page.evaluate(() => {
    document.querySelector('main')?.insertAdjacentHTML('beforeend', '<p class="starlight-aside">');
  });
  const matched = await page.evaluate(
    (all) => all.filter((one) => document.querySelector(one) !== null),
    selectors,
  );
  expect(matched).toEqual(['.starlight-aside', '.starlight-aside']);
});

test('no rule that was taken out matches anything on a page', async ({ page }) => {
  for (const path of [
    '/',
    '/spec/',
    '/spec/0.1/',
    '/proposals/0003/',
    '/proposals/0005/v1..draft/',
    '/requirements/',
    '/events/',
    '/machines/http.response/',
    '/compare/',
    '/examples/',
    '/trace/',
    '/guide/',
    '/conformance/',
    '/404.html',
  ]) {
    await page.goto(path);
    await expectNoMatch(page, path);
  }
});

test('nor while a reader searches, reads on a phone, or runs and edits an example', async ({
  page,
}) => {
  await page.setViewportSize({ width: 360, height: 740 });
  const sandbox = await SandboxPage.open(page, 'hello');
  await page.getByRole('button', { name: 'Menu' }).click();
  await expectNoMatch(page, 'menu');
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.keyboard.press('Escape');
  await sandbox.run();
  await expectNoMatch(page, 'run');
  await sandbox.button('Edit').click();
  await expect(sandbox.root.locator('.view-line').first()).toBeVisible(SLOW);
  await expectNoMatch(page, 'edit');
  await page.goto('/');
  await page.keyboard.press('/');
  await page.getByRole('searchbox').fill('http.response.start');
  await expect(page.locator('site-search li').first()).toBeVisible(SLOW);
  await expectNoMatch(page, 'search');
});
