// The content security policy of each kind of page in a real browser: what the site does, its policy allows.
// That it allows no more is held by scripts/lib/site-policy.mjs.

import { test as base, expect } from '@playwright/test';
import { SandboxPage } from './sandbox-page.ts';

/** What browsers refused, from pages and from frames in them. */
const test = base.extend<{ refused: string[] }>({
  refused: [
    async ({ context }, use) => {
      const refused: string[] = [];
      await context.route(
        (url) => url.hostname !== '127.0.0.1',
        (route) => route.abort('connectionfailed'),
      );
      await context.exposeFunction('tellRefused', (what: string) => refused.push(what));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          const { effectiveDirective, blockedURI, sample } = event;
          const what = `${location.pathname}: ${effectiveDirective} ${blockedURI.slice(0, 80)} ${sample}`;
          (globalThis as unknown as { tellRefused(what: string): void }).tellRefused(what);
        });
      });
      await use(refused);
      expect(refused).toEqual([]);
    },
    { auto: true },
  ],
});

for (const path of [
  '/',
  '/404.html',
  '/proposals/',
  '/proposals/0003/',
  '/proposals/0003/v1/',
  '/requirements/',
  '/r/http.finish/',
  '/examples/hello/',
  '/embed/hello/',
  '/conformance/',
  '/lint/',
])
  test(`nothing that ${path} does on its own is refused`, async ({ page }) => {
    await page.goto(path, { waitUntil: 'networkidle' });
    await expect(page.locator('h1').first()).toBeVisible();
  });

test('search reads its index', async ({ page }) => {
  await page.goto('/');
  await page.keyboard.press('/');
  await page.keyboard.type('half-close');
  await expect(page.getByRole('dialog').getByRole('link').first()).toBeVisible({ timeout: 15_000 });
});

test('a sandbox wakes with its styles, runs, and edits with the icons of the editor', async ({
  page,
}) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.choose('In the page');
  expect((await sandbox.run()).runtime).toBe('page');
  const sheets = await sandbox.root.locator('astro-island').getAttribute('data-styles');
  for (const sheet of sheets?.split(' ') ?? [])
    await expect(page.locator(`link[rel=stylesheet][href="${sheet}"]`)).toHaveCount(1);

  await sandbox.button('Edit').click();
  await sandbox.root.locator('.view-lines').click({ timeout: 30_000 });
  await page.keyboard.press('ControlOrMeta+f');
  await expect(sandbox.root.locator('.find-widget .codicon').first()).toBeVisible();
  await page.evaluate(() => document.fonts.ready);
  expect(await page.evaluate(() => document.fonts.check('16px codicon'))).toBe(true);
});

test('a script that gets into a page does not run', async ({ page, refused }) => {
  await page.goto('/proposals/0003/');
  await page.evaluate(() => {
    const image = document.createElement('div');
    image.innerHTML = '<img src="data:," onerror="document.title = \'taken\'">';
    const script = document.createElement('script');
    script.textContent = "document.title = 'taken'";
    document.body.append(image, script);
  });
  await expect.poll(() => refused.length).toBeGreaterThanOrEqual(2);
  expect(await page.title()).not.toBe('taken');
  expect(refused.splice(0).join('\n')).toMatch(/script-src-(attr|elem)/);
});
