// A text and the trace beside it: a clause leads to the event that shows it, an event's name to its rows, a row to its
// clause.

import { expect, test } from '@playwright/test';
import { SandboxPage } from './sandbox-page.ts';

test('“Show me” beside a clause opens the event of a recorded trace that it governs', async ({
  page,
}) => {
  await page.goto('/proposals/0006/');
  await page.getByRole('link', { name: 'Show me flow.send-waits' }).click();
  await page.waitForURL(/\/examples\/[\w-]+\/#t=flow\.send-waits$/);
  const slug = /examples\/([\w-]+)\//.exec(page.url())?.[1] as string;
  const sandbox = new SandboxPage(page, slug);
  const selected = sandbox.trace.locator('tr[aria-current="true"]');
  await expect(selected).toHaveCount(1);
  await expect(selected).toContainText('flow.send-waits');
  await expect(selected).toBeInViewport();
});

test('an address with an event selects it when it is opened, and when it changes', async ({
  page,
}) => {
  await page.goto('/examples/hello/#t=3');
  const selected = page.locator('figure.try tr[aria-current="true"]');
  await expect(selected).toHaveAttribute('data-seq', '3');
  await page.evaluate(() => {
    location.hash = '#t=4';
  });
  await expect(selected).toHaveAttribute('data-seq', '4');
});

test('pointing at an event’s name in the text lights its rows, and at a row its clause', async ({
  page,
}) => {
  await page.goto('/proposals/0003/');
  // Names are marked once there is a reader.
  await page.locator('h1').first().hover();
  const row = page.locator('figure.try tr[data-type="http.response.start"]').first();
  const background = () => row.evaluate((element) => getComputedStyle(element).backgroundColor);
  const before = await background();
  const name = page
    .locator('code[data-in-trace]:visible', { hasText: /^http\.response\.start$/ })
    .first();
  await name.hover();
  await expect.poll(background).not.toBe(before);
  await page.locator('h1').first().hover();
  await expect.poll(background).toBe(before);

  const id = await row.locator('a[href*="#"]').first().textContent();
  const clause = page.locator(`[id="${id?.trim()}"]`);
  await row.hover();
  await expect(clause).toHaveAttribute('data-lit', '');
  await page.locator('h1').first().hover();
  await expect(clause).not.toHaveAttribute('data-lit', '');
});
