// Figures of sequences as readers meet them: without a script, on a narrow screen, from the keyboard, and in print.

import { expect, type Page, test } from '@playwright/test';

const PAGE = '/proposals/0006/';

test.use({ javaScriptEnabled: false });

const figure = (page: Page) => page.locator('.recorded').first();

test('a figure leads to the event, the clause and the example that it shows', async ({ page }) => {
  await page.goto(PAGE);
  const drawing = figure(page).getByRole('group', {
    name: /^Sequence of \d+ events, as a drawing/,
  });
  await expect(drawing.getByRole('link', { name: 'flow.send-waits' })).toHaveAttribute(
    'href',
    /\/proposals\/0006\/#flow\.send-waits$/,
  );
  await expect(drawing.getByRole('link', { name: 'http.response.start' }).first()).toHaveAttribute(
    'href',
    /\/proposals\/0003\/#event-http\.response\.start$/,
  );
  await figure(page)
    .getByRole('link', { name: /^Recorded from the example/ })
    .click();
  await expect(page).toHaveURL(/\/examples\/download\/$/);
});

test('the same is there as a table, with a row for each event', async ({ page }) => {
  await page.goto(PAGE);
  const table = figure(page).getByRole('table');
  await expect(table).toBeHidden();
  await figure(page).getByText('The same as a table').click();
  await expect(table).toBeVisible();
  const labels = await figure(page).locator('svg text:not(.lane, .clause)').allTextContents();
  const cells = await table.locator('tbody td:nth-child(2)').allTextContents();
  expect(cells).toEqual(labels);
});

test('on a narrow screen the drawing scrolls by itself, from the keyboard too', async ({
  page,
}) => {
  await page.setViewportSize({ width: 320, height: 740 });
  await page.goto(PAGE);
  const drawing = figure(page).getByRole('group', { name: /^Sequence of/ });
  const { width = 0 } = (await drawing.boundingBox()) ?? {};
  expect(width).toBeLessThanOrEqual(320);
  await drawing.focus();
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => drawing.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(0);
});

test('what is written in a drawing stays inside of it, and labels off each other', async ({
  page,
}) => {
  for (const proposal of ['0003', '0004', '0005', '0006', '0008']) {
    await page.goto(`/proposals/${proposal}/`);
    const wrong = await page.locator('.recorded svg').evaluateAll((drawings) =>
      drawings.flatMap((svg) => {
        const outer = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll('text')].map((text) => ({
          words: text.textContent,
          box: text.getBoundingClientRect(),
        }));
        return texts
          .filter(
            ({ box }, index) =>
              box.left < outer.left - 0.5 ||
              box.right > outer.right + 0.5 ||
              texts.some(
                (other, at) =>
                  at > index &&
                  Math.abs(other.box.top - box.top) < 8 &&
                  other.box.left < box.right &&
                  box.left < other.box.right,
              ),
          )
          .map(({ words }) => words);
      }),
    );
    expect.soft(wrong, proposal).toEqual([]);
  }
});

test('on paper the drawing is whole, and its table left out', async ({ page }) => {
  await page.emulateMedia({ media: 'print' });
  await page.goto(PAGE);
  await expect(figure(page).locator('table')).toBeHidden();
  const drawing = figure(page).getByRole('group', { name: /^Sequence of/ });
  expect(await drawing.evaluate((box) => getComputedStyle(box).overflowX)).toBe('visible');
});
