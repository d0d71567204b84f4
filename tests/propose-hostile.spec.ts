// Hostile texts in a real browser: the sanitiser holds without a policy, and the policy holds without the sanitiser.
// That the tests can fail is shown by the same texts with neither.
import { expect, type Page, test } from '@playwright/test';
import { previewOf } from '../src/propose/preview.ts';
import { PREVIEW_PREFIX } from '../src/propose/preview-ids.ts';
import { sanitise } from '../src/propose/sanitise.ts';
import { context as doors } from '../src/render/markdown/fixture.ts';
import { createRenderer } from '../src/render/renderer.ts';
import { withPolicy } from '../src/site/policy.ts';
import { hostile, type Payload } from './fixtures/hostile-markdown.ts';

const FILE = 'proposals/0007-doors/draft.md';
const ORIGIN = 'http://preview.test';
/** A page with an island: its policy is the widest that the site has. */
const SHELL =
  '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Preview</title></head><body><astro-island></astro-island><main></main></body></html>';

/** As the build renders a text: HTML of the author passes through. */
const unsanitised = createRenderer({ ...doors, noteOf: () => ({ type: 'text', value: '' }) });

/** What a page did that it was not to do. */
interface Noticed {
  readonly calls: string[];
  readonly dialogs: string[];
  /** Addresses that were asked for, but the page itself and its sentinel. */
  readonly requests: string[];
  /** Where the page went instead. */
  readonly left: string[];
}

async function watched(page: Page, shell: string): Promise<(html: string) => Promise<Noticed>> {
  let now: Noticed = { calls: [], dialogs: [], requests: [], left: [] };
  await page.exposeBinding('__ran', ({ frame }) => {
    now.calls.push(frame.url());
  });
  page.on('dialog', (dialog) => {
    now.dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  await page.route('**/*', (route) => {
    const request = route.request();
    const url = request.url();
    if (
      url === `${ORIGIN}/` &&
      request.isNavigationRequest() &&
      request.frame() === page.mainFrame()
    )
      return route.fulfill({ contentType: 'text/html; charset=utf-8', body: shell });
    if (url === `${ORIGIN}/sentinel`) return route.fulfill({ status: 404 });
    const isLeaving = request.isNavigationRequest() && request.frame() === page.mainFrame();
    (isLeaving ? now.left : now.requests).push(url);
    // Without content, the page stays where it is.
    return isLeaving ? route.fulfill({ status: 204 }) : route.abort();
  });
  return async (html) => {
    now = { calls: [], dialogs: [], requests: [], left: [] };
    await page.goto(`${ORIGIN}/`);
    await page.evaluate(put, html);
    return now;
  };
}

/** Puts HTML into the page in both ways: one runs its scripts, too. Comes back when what it asked for was answered. */
async function put(html: string): Promise<void> {
  const main = document.querySelector('main') as HTMLElement;
  main.innerHTML = html;
  main.append(document.createRange().createContextualFragment(html));
  const sentinel = new Image();
  await new Promise((resolve) => {
    sentinel.onerror = resolve;
    sentinel.src = '/sentinel';
    main.after(sentinel);
  });
  for (let frames = 0; frames < 3; frames++)
    await new Promise((resolve) => requestAnimationFrame(resolve));
}

const NOTHING: Noticed = { calls: [], dialogs: [], requests: [], left: [] };

// Each text is a page of its own.
test.describe.configure({ timeout: 120_000 });

test('with neither sanitiser nor policy, texts that are said to do something do it', async ({
  page,
}) => {
  const show = await watched(page, SHELL);
  const firing = hostile.filter(({ fires }) => fires);
  const quiet: string[] = [];
  for (const { name, text } of firing) {
    const { calls, requests } = await show((await unsanitised(text, FILE)).html);
    if (calls.length === 0 && !requests.some(isElsewhere)) quiet.push(name);
  }
  expect(quiet).toEqual([]);
  expect(firing.length).toBeGreaterThan(30);
});

test('the sanitiser alone: nothing runs, and nothing is asked for', async ({ page }) => {
  const show = await watched(page, SHELL);
  for (const { name, text } of hostile) {
    const { html } = await previewOf(text, FILE, doors);
    expect(await show(html), name).toEqual(NOTHING);
  }
});

test('the sanitiser alone, given HTML of the author: nothing runs, nothing is asked for, no name is taken', async ({
  page,
}) => {
  const show = await watched(page, SHELL);
  for (const { name, text } of hostile) {
    const noticed = await show(sanitise((await unsanitised(text, FILE)).html));
    expect(noticed, name).toEqual(NOTHING);
    const names = await page.evaluate(() =>
      [...document.querySelectorAll('main [id], main [name]')].map(({ id }) => id),
    );
    expect(
      names.filter((id) => !id.startsWith(PREVIEW_PREFIX)),
      name,
    ).toEqual([]);
  }
});

test('the policy alone: nothing runs, and nothing is asked for elsewhere', async ({ page }) => {
  const show = await watched(page, withPolicy(SHELL));
  for (const { name, text } of hostile) {
    const { calls, dialogs, requests } = await show((await unsanitised(text, FILE)).html);
    // A policy does not keep a page from being left: `meta refresh` is for the sanitiser.
    expect({ calls, dialogs, requests: requests.filter(isElsewhere) }, name).toEqual({
      calls: [],
      dialogs: [],
      requests: [],
    });
  }
});

test('pressing every link of a preview runs nothing', async ({ page, context }) => {
  const show = await watched(page, SHELL);
  const opened: string[] = [];
  context.on('page', (other) => {
    opened.push(other.url());
    void other.close();
  });
  for (const { name, text } of hostile.filter(hasLink)) {
    const noticed = await show((await previewOf(text, FILE, doors)).html);
    await page.evaluate(() => {
      for (const link of document.querySelectorAll<HTMLAnchorElement>('main a')) {
        // A tab of its own would be one for each of a hundred texts.
        link.removeAttribute('target');
        link.addEventListener('click', (event) => {
          if (!/^(?:javascript|data|vbscript|blob)/.test(link.protocol)) event.preventDefault();
        });
        link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
      }
    });
    expect(noticed, name).toEqual(NOTHING);
  }
  expect(opened).toEqual([]);
});

function isElsewhere(url: string): boolean {
  return !url.startsWith(`${ORIGIN}/`);
}

function hasLink({ text }: Payload): boolean {
  return /\]\(|\]:|<a/.test(text);
}
