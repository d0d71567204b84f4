// Sharing as two readers meet it, in a real browser: one passes code on, and the other, with a fresh profile, opens it.
// What came from elsewhere is shown first and runs only after a click.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { unzipSync } from 'fflate';
import { encodeShared, type Shared, sharedFile } from '../src/sandbox/share.ts';
import { normalise } from '../src/trace/index.ts';
import { onlyOwnOrigin } from './own-origin.ts';
import { SandboxPage } from './sandbox-page.ts';

const EXAMPLES = join(import.meta.dirname, '../content/examples');
const slugs = readdirSync(EXAMPLES).sort();
const sourceOf = (slug: string, file = 'app.ts') =>
  readFileSync(join(EXAMPLES, slug, file), 'utf8');

const entryOf = (slug: string) =>
  existsSync(join(EXAMPLES, slug, 'app.py')) ? 'app.py' : 'app.ts';

/** The application of an example, greeting as somebody else. */
const THEIRS = sourceOf('hello').replace('Hello from Portway', 'Hello from a link');
const MINE = sourceOf('hello').replace('Hello from Portway', 'Hello from me');
const HELLO: Shared = { v: 1, example: 'hello', files: { 'app.ts': THEIRS } };

// Each test has a profile of its own.
test.describe.configure({ mode: 'parallel' });

// No page of these tests may ask another host for anything.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** What would be loaded to run or to edit programs. */
function loadedToRun(page: Page): string[] {
  const loaded: string[] = [];
  page.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (/sandbox\/frame|guest-|webcontainer|monaco|editor/.test(pathname)) loaded.push(pathname);
  });
  return loaded;
}

/** Opens a page below the site with an example's sandbox. */
async function visit(page: Page, address: string, slug = 'hello'): Promise<SandboxPage> {
  await SandboxPage.observe(page);
  await page.goto(address);
  return new SandboxPage(page, slug);
}

function notice(sandbox: SandboxPage, name: string) {
  return sandbox.root.getByRole('region', { name });
}

test.describe('a link of each example', () => {
  for (const slug of slugs) {
    test(slug, async ({ page }) => {
      const loaded = loadedToRun(page);
      // A comment behind the code is an edit that changes no event.
      const entry = entryOf(slug);
      const comment = entry.endsWith('.py') ? '# shared' : '// shared';
      const files = { [entry]: `${sourceOf(slug, entry)}${comment}\n` };
      const fragment = await encodeShared({ v: 1, example: slug, files, choice: 'page' });
      const sandbox = await visit(page, `/examples/${slug}/${fragment}`, slug);
      await expect(notice(sandbox, 'Code from a link')).toContainText('It has not run');
      await expect(sandbox.root.getByText(comment)).toBeVisible();
      await expect(sandbox.trace.getByRole('row')).toHaveCount(0);
      expect(loaded).toEqual([]);
      const shared = await sandbox.run();
      expect(loaded).not.toEqual([]);

      await sandbox.button('Keep mine').click();
      await expect(sandbox.root.getByText(comment)).toHaveCount(0);
      const own = await sandbox.run();
      expect(normalise(shared.events)).toEqual(normalise(own.events));
    });
  }
});

test('Share makes a link that opens as what was shared', async ({ page, browser }) => {
  const own = await SandboxPage.open(page, 'hello', { 'app.ts': MINE });
  await own.choose('In the page');
  await own.button('Share').click();
  const link = own.root.getByRole('textbox', { name: 'Link' });
  await expect(link).toHaveValue(/\/examples\/hello\/#s1\.[\w-]+$/);
  const url = await link.inputValue();
  await page.keyboard.press('Escape');
  await expect(own.button('Share')).toBeFocused();

  const fresh = await browser.newContext();
  const shared = await visit(await fresh.newPage(), url);
  await expect(shared.root.getByText('Hello from me')).toBeVisible();
  await expect(shared.root.getByRole('combobox', { name: 'Runtime' })).toHaveValue('page');
  await shared.run();
  await expect(shared.responses).toContainText('Hello from me');
  await fresh.close();
});

test('without edits the link is the address of the example', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.button('Share').click();
  await expect(sandbox.root.getByRole('textbox', { name: 'Link' })).toHaveValue(
    /\/examples\/hello\/$/,
  );
});

test('a click on Run that came before the code of the link was shown runs nothing', async ({
  page,
}) => {
  const loaded = loadedToRun(page);
  await SandboxPage.observe(page);
  // Nothing of the sandbox comes alive before the click is over.
  let release = () => {};
  const clicked = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route(/_astro\/.*Sandbox.*\.js/, async (route) => {
    await clicked;
    await route.continue();
  });
  await page.goto(`/examples/hello/${await encodeShared(HELLO)}`, { waitUntil: 'commit' });
  const sandbox = new SandboxPage(page, 'hello');
  await sandbox.button('Run').click();
  release();
  await expect(notice(sandbox, 'Code from a link')).toBeVisible();
  expect(loaded).toEqual([]);
  await sandbox.run();
  await expect(sandbox.responses).toContainText('Hello from a link');
});

test("the reader's own edits stay: Keep mine goes back to them", async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': MINE });
  await page.goto(`/examples/hello/${await encodeShared(HELLO)}`);
  await page.reload();
  await expect(sandbox.root.getByText('Hello from a link')).toBeVisible();
  await expect(sandbox.root.getByText('Hello from me')).toHaveCount(0);
  await sandbox.button('Keep mine').click();
  await expect(sandbox.button('Run')).toBeFocused();
  await expect(sandbox.root.getByText('Hello from me')).toBeVisible();
  expect(new URL(page.url()).hash).toBe('');
  await page.reload();
  await expect(sandbox.root.getByText('Hello from me')).toBeVisible();
});

test('Take over theirs makes the code of the link editable, and Undo reset brings mine back', async ({
  page,
}) => {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': MINE });
  await page.goto(`/examples/hello/${await encodeShared(HELLO)}`);
  await page.reload();
  await expect(notice(sandbox, 'Code from a link')).toContainText('Your own edits');
  await expect(sandbox.button('Edit')).toHaveCount(0);
  await sandbox.button('Take over theirs').click();
  await expect(notice(sandbox, 'Code from a link')).toHaveCount(0);
  await sandbox.run();
  await expect(sandbox.responses).toContainText('Hello from a link');
  await page.reload();
  await expect(sandbox.root.getByText('Hello from a link')).toBeVisible();
  await sandbox.button('Undo reset').click();
  await expect(sandbox.root.getByText('Hello from me')).toBeVisible();
});

test('in safe mode nothing runs and nothing is loaded, and there is a way out', async ({
  page,
}) => {
  const loaded = loadedToRun(page);
  const sandbox = await visit(page, `/examples/hello/?safe${await encodeShared(HELLO)}`);
  await expect(notice(sandbox, 'Safe mode')).toBeVisible();
  await expect(sandbox.root.getByText('Hello from a link')).toBeVisible();
  await expect(sandbox.button('Run')).toHaveAttribute('aria-disabled', 'true');
  await sandbox.button('Run').click({ force: true });
  await expect(sandbox.status).toContainText('Press Run');
  expect(loaded).toEqual([]);
  await sandbox.button('Leave safe mode').click();
  expect(new URL(page.url()).search).toBe('');
  await sandbox.run();
  await expect(sandbox.responses).toContainText('Hello from a link');
});

test('a reader can turn to safe mode before running', async ({ page }) => {
  const sandbox = await visit(page, `/examples/hello/${await encodeShared(HELLO)}`);
  await sandbox.button('Safe mode').click();
  await expect(sandbox.button('Run')).toHaveAttribute('aria-disabled', 'true');
  expect(page.url()).toMatch(/\?safe#s1\./);
});

test('a link that is damaged, or of another version, says so and leaves the example as it is', async ({
  page,
}) => {
  const fragment = await encodeShared(HELLO);
  for (const [broken, says] of [
    [fragment.slice(0, -9), 'The link is damaged'],
    ['#s9.abc', 'of version 9'],
  ] as const) {
    const sandbox = await visit(page, `/examples/hello/?${broken.length}${broken}`);
    await expect(sandbox.root.getByRole('alert')).toContainText(says);
    await expect(sandbox.root.getByText('Hello from Portway').first()).toBeVisible();
    await sandbox.button('Dismiss').click();
    await sandbox.run();
    await expect(sandbox.responses).toContainText('Hello from Portway');
  }
});

test('a link that is pasted into the address of an open page is opened', async ({ page }) => {
  const sandbox = await visit(page, '/examples/hello/');
  const fragment = await encodeShared(HELLO);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, fragment);
  await expect(notice(sandbox, 'Code from a link')).toBeVisible();
});

test('what is too long for a link is saved as a file, which opens by the button and by drop', async ({
  page,
}) => {
  // Compression makes nothing of noise.
  const noise = Array.from({ length: 3000 }, (_, at) =>
    ((at * 2654435761) % 4294967296).toString(36),
  );
  const text = `${MINE}// ${noise.join('')}\n`;
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': text });
  await sandbox.button('Share').click();
  await expect(sandbox.root.getByText(/make a link of [\d,]+ characters/)).toBeVisible();
  await expect(sandbox.root.getByRole('textbox', { name: 'Link' })).toHaveCount(0);
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    sandbox.button('Save as file').click(),
  ]);
  expect(saved.suggestedFilename()).toBe('hello.portway.json');
  await sandbox.button('Close').click();

  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    sandbox
      .button('Share')
      .click()
      .then(() => sandbox.button('Open a file…').click()),
  ]);
  await chooser.setFiles(await saved.path());
  await expect(notice(sandbox, 'Code from a file')).toContainText('It has not run');
  await sandbox.button('Keep mine').click();

  const dropped = sharedFile(HELLO);
  const transfer = await page.evaluateHandle((content) => {
    const data = new DataTransfer();
    data.items.add(new File([content], 'hello.portway.json', { type: 'application/json' }));
    return data;
  }, dropped);
  await sandbox.root.locator('.sandbox').dispatchEvent('drop', { dataTransfer: transfer });
  await expect(notice(sandbox, 'Code from a file')).toBeVisible();
  await expect(sandbox.root.getByText('Hello from a link')).toBeVisible();
});

test('Download gives a project with the files as they are now', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': MINE });
  const [zip] = await Promise.all([
    page.waitForEvent('download'),
    sandbox.button('Download').click(),
  ]);
  expect(zip.suggestedFilename()).toBe('portway-hello.zip');
  const files = unzipSync(readFileSync(await zip.path()));
  const textOf = (path: string) => new TextDecoder().decode(files[`portway-hello/${path}`]);
  expect(textOf('app.ts')).toBe(MINE);
  expect(textOf('requests.http')).toBe(sourceOf('hello', 'requests.http'));
  expect(textOf('README.md')).toContain('npx portway dev app.ts');
  expect(JSON.parse(textOf('package.json')).dependencies).toEqual({
    portway: 'file:vendor/portway',
  });
  expect(files).toHaveProperty(['portway-hello/vendor/portway/dist/cli/main.js']);
  await expect(sandbox.root.getByText('Unpack it')).toBeVisible();
});

test('Copy as Markdown has the program, the requests and the trace with its clauses', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const sandbox = await SandboxPage.open(page, 'start-once');
  await sandbox.run();
  await sandbox.button('Share').click();
  await sandbox.button('Copy as Markdown').click();
  await expect(sandbox.root.getByText('Markdown copied.')).toBeVisible();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  expect(text).toContain(`\`\`\`ts\n${sourceOf('start-once')}\`\`\``);
  expect(text).toContain('**requests.http**');
  expect(text).toContain('/proposals/0003/#http.start-once>) |');
  expect(text).toContain('**Violation**');
});

test('nothing goes to an online IDE before the click that sends it', async ({ page, context }) => {
  const sent: string[] = [];
  await context.route('https://stackblitz.com/**', async (route) => {
    sent.push(route.request().postData() ?? '');
    await route.fulfill({ contentType: 'text/html', body: '<title>Taken</title>' });
  });
  const sandbox = await SandboxPage.open(page, 'hello', { 'app.ts': MINE });
  await sandbox.button('Share').click();
  await sandbox.root.getByText('In an online IDE').click();
  await expect(sandbox.root.getByText('terms of its own')).toContainText(/\d+ files of \d+ kB/);
  expect(sent).toEqual([]);
  const [tab] = await Promise.all([
    context.waitForEvent('page'),
    sandbox.button('Send to StackBlitz').click(),
  ]);
  await expect(tab).toHaveTitle('Taken');
  const fields = new URLSearchParams(sent[0]);
  expect(fields.get('project[template]')).toBe('node');
  expect(fields.get('project[files][app.ts]')?.replaceAll('\r\n', '\n')).toBe(MINE);
  expect(fields.has('project[files][vendor/portway/package.json]')).toBe(true);
});

test.describe('embedded', () => {
  test('in a page of another origin it shows what it is asked for, runs in the page, and tells its height', async ({
    page,
  }) => {
    await SandboxPage.observe(page);
    const fragment = await encodeShared(HELLO);
    const origin = test.info().project.use.baseURL ?? '';
    // A page of another origin that isolates itself asks most of what it frames.
    const server = createServer((_, response) => {
      response.setHeader('content-type', 'text/html');
      response.setHeader('cross-origin-embedder-policy', 'require-corp');
      response.setHeader('cross-origin-opener-policy', 'same-origin');
      response.end(`<!doctype html>
        <script>
          addEventListener('message', ({ data }) => {
            if (data?.type === 'portway:height') document.querySelector('iframe').height = data.height;
          });
        </script>
        <iframe src="${origin}/embed/hello/?theme=light${fragment}" width="700" height="100"></iframe>`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const frame = page.frameLocator('iframe');
    const root = frame.locator('figure[data-example="hello"]');
    await expect(frame.locator('html')).toHaveAttribute('data-theme', 'light');
    await expect(frame.locator('header, nav, footer')).toHaveCount(0);
    await expect(root.getByRole('region', { name: 'Code from a link' })).toBeVisible();
    await expect(frame.getByText('a WebContainer needs a page of its own')).toBeVisible();
    await root.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(root.locator('.said').getByRole('status')).toContainText('Ran in the page: 200.');
    await expect(root.getByRole('region', { name: 'Requests' })).toContainText('Hello from a link');
    await expect
      .poll(() => page.locator('iframe').getAttribute('height').then(Number))
      .toBeGreaterThan(600);
    await expect
      .poll(() =>
        frame
          .locator('html')
          .evaluate((html) => html.scrollHeight - html.clientHeight <= 1 && innerWidth === 700),
      )
      .toBe(true);
    server.close();
  });

  test('by itself it is an isolated page like any other', async ({ page }) => {
    const sandbox = await visit(page, '/embed/hello/');
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    await expect(page.getByText('a WebContainer needs a page of its own')).toBeHidden();
    await sandbox.run();
    await expect(sandbox.status).toContainText('200.');
  });
});

test.describe('the playground', () => {
  test('opens the example that it is asked for, with the code of the link', async ({ page }) => {
    const files = { 'app.ts': `${sourceOf('echo')}// shared\n` };
    const fragment = await encodeShared({ v: 1, example: 'echo', files });
    for (const address of [`/playground/?example=echo${fragment}`, `/playground/${fragment}`]) {
      const sandbox = await visit(page, address, 'echo');
      await page.waitForURL('**/examples/echo/#s1.*');
      await expect(notice(sandbox, 'Code from a link')).toBeVisible();
    }
  });

  test('says that there is no such example', async ({ page }) => {
    await page.goto('/playground/?example=none-of-this');
    await expect(page.getByRole('alert')).toContainText('“none-of-this”');
  });
});
