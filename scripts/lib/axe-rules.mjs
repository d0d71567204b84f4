// The rules of axe-core that pages of the site are held to, by scripts/lib/site-browser.mjs as they stand and by
// tests/accessibility.spec.ts in the states that a reader brings them into.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** WCAG 2 (A and AA) and good practice. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What is wrong with the page as it stands: the rule, the element, and why.
 * @param {import('@playwright/test').Page} page
 * @returns {Promise<string[]>}
 */
export async function violations(page) {
  // Not as a script of the page, which its policy would stop.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(SOURCE);
  const found = await page.evaluate(
    (values) =>
      window.axe.run({
        runOnly: { type: 'tag', values },
        resultTypes: ['violations'],
        // The frame that runs programs is hidden, has no content, and lets no script of ours in.
        iframes: false,
      }),
    TAGS,
  );
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, any, all, none }) => {
      const why = [...any, ...all, ...none].map(({ message }) => message).join('; ');
      return `${id}: ${target.join(' ')}: ${why}`;
    }),
  );
}
