// Proposing as an author and a reviewer do it, in a real browser: from a requirement in the text to a patch that `git am`
// applies in a clone, where the command says of it what the page has said.

import { execFileSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, type TestInfo, test } from '@playwright/test';
import { violations } from '../scripts/lib/axe-rules.mjs';
import { ProposePage } from './propose-page.ts';

const ROOT = join(import.meta.dirname, '..');
const DRAFT = 'proposals/0003-http/draft.md';
const AUTHOR = { name: 'Zoë Ångström', address: 'zoe@example.org' };

// The library is read and every text rendered, in two tabs at once in some of them.
test.describe.configure({ mode: 'parallel', timeout: 120_000 });

// No page of these tests may ask another host for anything.
test.beforeEach(async ({ context }) => {
  await context.route(
    (url) => url.hostname !== '127.0.0.1',
    (route) => route.abort('connectionfailed'),
  );
});

/** A clone of this repository that has its packages, without the settings of whoever runs the tests. */
function cloned(info: TestInfo) {
  const root = info.outputPath('clone');
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_SYSTEM: '/dev/null',
    GIT_COMMITTER_NAME: 'A. Editor',
    GIT_COMMITTER_EMAIL: 'editor@example.org',
  };
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' });
  execFileSync('git', ['clone', '-q', ROOT, root], { env, stdio: 'pipe' });
  symlinkSync(join(ROOT, 'node_modules'), join(root, 'node_modules'));
  const check = (): { readonly code: number; readonly output: string } => {
    try {
      const output = execFileSync('npm', ['run', '-s', 'check:pr', '--', '--base', 'origin/HEAD'], {
        cwd: root,
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      });
      return { code: 0, output };
    } catch (error) {
      const { status, stdout, stderr } = error as {
        status: number;
        stdout: string;
        stderr: string;
      };
      return { code: status, output: stdout + stderr };
    }
  };
  return { root, git, check };
}

/** Signs and downloads the patch of what is on the desk. */
async function download(propose: ProposePage, info: TestInfo): Promise<string> {
  const panel = await propose.view('Hand in');
  await panel.getByLabel('Your name').fill(AUTHOR.name);
  await panel.getByLabel('Your address of mail').fill(AUTHOR.address);
  const [file] = await Promise.all([
    propose.page.waitForEvent('download', { timeout: 30_000 }),
    panel.getByRole('button', { name: 'Download the patch' }).click(),
  ]);
  const path = info.outputPath(file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

/** Puts SHOULD in the place of MUST in the line below the cursor, which stands at the id of a requirement. */
async function weaken({ page }: ProposePage): Promise<void> {
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Home');
  for (let word = 0; word < 3; word++) await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Control+Backspace');
}

test('a sentence is changed, checked, compared, and taken to a clone as a patch', async ({
  page,
}, info) => {
  const propose = await ProposePage.open(page, '/propose/?edit=0003#http.start-once');
  await expect(propose.lines).toContainText('r[http.start-once]');
  await expect(page.locator('#preview-http\\.start-once')).toBeInViewport();

  // Without a key word it is no requirement: the linter says so, where it is written and in the list.
  await weaken(propose);
  await expect(page.locator('.squiggly-error').first()).toBeAttached({ timeout: 15_000 });
  const problems = await propose.view('Problems');
  await expect(problems.getByRole('link', { name: 'one-keyword' })).toBeVisible();
  await problems
    .getByRole('button', { name: /^\d+:\d+$/ })
    .first()
    .click();
  await expect(propose.lines).toContainText('The gateway reject');

  await page.keyboard.press('Home');
  for (let word = 0; word < 2; word++) await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.type('SHOULD');
  await expect(problems.getByRole('link', { name: 'one-keyword' })).toHaveCount(0);
  await propose.kept();

  const changes = await propose.view('Changes');
  const summary = changes.getByRole('region', { name: 'Requirements that differ' });
  await expect(summary).toContainText('1 weakened', { timeout: 15_000 });
  await expect(summary.getByRole('button', { name: 'http.start-once' })).toBeVisible();
  await expect(changes.locator('.redline del').first()).toContainText('MUST');
  await expect(changes.locator('.redline ins').first()).toContainText('SHOULD');

  const handIn = await propose.view('Hand in');
  await expect(handIn.getByLabel('Title of the pull request')).toHaveValue(
    'Weaken http.start-once (0003 HTTP)',
  );
  await expect(handIn.getByLabel('Its text')).toHaveValue(/\*\*Normative\*\*/);
  const patch = await download(propose, info);

  const { root, git, check } = cloned(info);
  git('am', '-q', patch);
  expect(git('log', '-1', '--format=%an <%ae>%n%s')).toBe(
    `${AUTHOR.name} <${AUTHOR.address}>\nWeaken http.start-once (0003 HTTP)\n`,
  );
  expect(readFileSync(join(root, DRAFT), 'utf8')).toContain(
    'r[http.start-once]\nThe gateway SHOULD reject a second `http.response.start`',
  );
  const { code, output } = check();
  // A warning: what changes belongs into the change log.
  expect(output).toContain('change-told');
  expect(output).toContain('http.start-once');
  expect(output).toMatch(/weakened/i);
  // What is made from the proposals came with the patch.
  expect(output).not.toContain('generated-current');
  expect(code).toBe(0);
});

/** A proposal with one requirement, as short as the rules allow. */
function smallProposal(template: string): string {
  const sections: Record<string, string> = {
    Summary: 'An application can ask for the time at the gateway.',
    Motivation: 'Clocks of workers differ.',
    Rationale: 'One clock is enough.',
    'Rejected alternatives': 'None.',
    Compatibility: 'Nothing that exists changes.',
    'Security considerations': 'A clock tells nobody anything new.',
    'Open issues': 'None.',
  };
  const specification = [
    'r[clock.same-for-all]',
    'The gateway MUST give every application the time of one clock.',
    '',
    '```untested',
    '- {requirement: clock.same-for-all, reason: "There is no such gateway yet."}',
    '```',
  ].join('\n');
  const bare = template.replace(/<!--[\s\S]*?-->\n*/g, '');
  return bare.replace(/^## (.*)\n+(?=## |$(?![\s\S]))/gm, (heading, name: string) => {
    if (name === 'Specification') return `## ${name}\n\n${specification}\n\n`;
    const text = sections[name];
    return text === undefined ? heading : `## ${name}\n\n${text}\n\n`;
  });
}

test('a new proposal passes the linter in a clone, and fits into an address or is withheld with the reason', async ({
  page,
}, info) => {
  await page.goto('/propose/');
  await page.mouse.move(200, 200);
  const form = page.getByRole('region', { name: 'Write a new one' });
  await expect(form.getByRole('button', { name: 'Begin' })).toBeEnabled({ timeout: 60_000 });
  await form.getByLabel('Title').fill('One clock for all');
  await form.getByLabel('Author').fill(AUTHOR.name);
  await form.getByRole('button', { name: 'Begin' }).click();
  const propose = new ProposePage(page);
  await propose.ready();
  await expect(page).toHaveURL(/\/propose\/\?change=/);

  const template = readFileSync(join(ROOT, 'proposals/0000-template/draft.md'), 'utf8');
  const number = /0*(\d+)-one-clock-for-all/;
  const path = await page.getByRole('tab', { name: 'draft.md' }).getAttribute('title');
  const text = smallProposal(template)
    .replace('proposal: 0', `proposal: ${number.exec(path ?? '')?.[1]}`)
    .replace('title: Template', 'title: One clock for all')
    .replace(/^summary: .*/m, 'summary: An application can ask for the time at the gateway.')
    .replace(/^authors: .*/m, `authors: [${AUTHOR.name}]`)
    .replace('# Template', '# One clock for all');
  await propose.paste(text);
  await expect(page.locator('.preview')).toContainText('clock.same-for-all', { timeout: 15_000 });
  const problems = await propose.view('Problems');
  await expect(problems).toContainText('The linter finds nothing.', { timeout: 15_000 });
  await propose.kept();

  const handIn = await propose.view('Hand in');
  await handIn.getByLabel('Address of the repository').fill('https://example.org/owner/name');
  const link = handIn.getByRole('link', { name: /^Create .*one-clock-for-all\/draft\.md/ });
  const address = new URL((await link.getAttribute('href')) ?? '');
  expect(address.pathname).toBe('/owner/name/new/main');
  expect(address.searchParams.get('filename')).toBe(path);
  expect(address.searchParams.get('value')).toBe(text);
  expect(address.href.length).toBeLessThanOrEqual(8191);

  const patch = await download(propose, info);
  const { git, check } = cloned(info);
  git('am', '-q', patch);
  const { code, output } = check();
  expect(output).toContain('clock.same-for-all');
  expect(code).toBe(0);

  // Longer than an address may be.
  await propose.paste(
    text.replace('One clock is enough.', 'One clock is enough. '.repeat(400).trim()),
  );
  await expect(link).toHaveCount(0);
  await expect(handIn).toContainText('and the code host takes 8,191');
  await expect(handIn.getByRole('button', { name: /^Copy the text and open a new/ })).toBeVisible();
});

test('what is written is there again after a reload, and in the list; removed, it can be brought back', async ({
  page,
}) => {
  const propose = await ProposePage.open(page, '/propose/?edit=0006');
  await propose.lines.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('More to say.');
  await propose.kept();
  await page.reload();
  await propose.ready();
  await (await propose.view('Changes')).getByText('More to say.').first().waitFor();
  await page.getByRole('button', { name: 'Close' }).click();
  const list = page.getByRole('region', { name: 'Your changes' });
  await expect(list.getByRole('button', { name: '0006', exact: false }).first()).toBeVisible();
  await list.getByRole('button', { name: /^Remove 0006/ }).click();
  await list.getByText('Removed (1)').click();
  await list.getByRole('button', { name: /^Bring back 0006/ }).click();
  await expect(list.getByRole('button', { name: /^Remove 0006/ })).toBeVisible();
});

test('a fragment of the page leaves the desk as it is; Back leads from a kept change to the list', async ({
  page,
}) => {
  await page.goto('/propose/');
  await page.getByLabel('Proposal', { exact: true }).selectOption('0013');
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  const propose = new ProposePage(page);
  await propose.ready();
  await propose.lines.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('Typed at once.');
  await page.evaluate(() => {
    location.hash = '#_top';
  });
  await propose.kept();
  await expect(propose.lines).toContainText('Typed at once.');
  await expect(page).toHaveURL(/\/propose\/\?change=[0-9a-f]+#_top$/);
  // Where it was begun: what was begun there is gone on with.
  await page.goBack();
  await propose.ready();
  await (await propose.view('Changes')).getByText('Typed at once.').first().waitFor();
  await page.goBack();
  const list = page.getByRole('region', { name: 'Your changes' });
  await expect(list.getByRole('button', { name: /^Remove 0013/ })).toBeVisible();
  await expect(page).toHaveURL(/\/propose\/$/);
  await page.goForward();
  await propose.ready();
  await (await propose.view('Changes')).getByText('Typed at once.').first().waitFor();
});

test('two tabs on one change: nothing is overwritten unseen', async ({ context, page }) => {
  const propose = await ProposePage.open(page, '/propose/?edit=0013');
  await propose.lines.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('First tab.');
  await propose.kept();
  const second = await context.newPage();
  const other = await ProposePage.open(second, page.url());
  await other.lines.click();
  await second.keyboard.press('ControlOrMeta+End');
  await second.keyboard.type('Second tab.');
  await other.kept();
  await page.bringToFront();
  await propose.lines.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('First again.');
  await page.getByRole('button', { name: 'Keep both, mine as a copy' }).click();
  await propose.kept();
  await page.getByRole('button', { name: 'Close' }).click();
  const list = page.getByRole('region', { name: 'Your changes' });
  await expect(list.getByRole('button', { name: /^Remove/ })).toHaveCount(2);
});

test('a patch is reviewed in the page, with what of it is not shown', async ({ page }) => {
  const draft = readFileSync(join(ROOT, DRAFT), 'utf8');
  const line = draft.split('\n').findIndex((text) => text === 'r[http.start-once]') + 2;
  const sentence = draft.split('\n')[line - 1] ?? '';
  const patch = [
    'From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001',
    'From: Ada <ada@example.org>',
    'Date: Mon, 23 Nov 2026 10:00:00 +0000',
    'Subject: [PATCH] Let a second start pass',
    '',
    'It happens.',
    '---',
    `diff --git a/${DRAFT} b/${DRAFT}`,
    `--- a/${DRAFT}`,
    `+++ b/${DRAFT}`,
    `@@ -${line},1 +${line},1 @@`,
    `-${sentence}`,
    `+${sentence.replace('MUST', 'SHOULD')}`,
    'diff --git a/src/gateway/gateway.ts b/src/gateway/gateway.ts',
    '--- a/src/gateway/gateway.ts',
    '+++ b/src/gateway/gateway.ts',
    '@@ -1,1 +1,1 @@',
    '-a',
    '+b',
    '',
  ].join('\n');
  await page.goto('/propose/');
  await page.mouse.move(200, 200);
  const review = page.getByRole('region', { name: 'Review a patch' });
  await expect(review.getByLabel('or its text')).toBeEnabled({ timeout: 60_000 });
  await review.getByLabel('or its text').fill(patch);
  await review.getByRole('button', { name: 'Open' }).click();
  const propose = new ProposePage(page);
  await expect(propose.lines).toBeVisible({ timeout: 30_000 });
  await expect(page.getByText('By Ada: Let a second start pass')).toBeVisible();
  await expect(page.getByText('Not shown here')).toContainText('src/gateway/gateway.ts');
  const changes = await propose.view('Changes');
  await expect(changes.getByRole('region', { name: 'Requirements that differ' })).toContainText(
    '1 weakened',
    { timeout: 15_000 },
  );
});

/** What is given to the page, and what it says. */
const REFUSED: readonly (readonly [name: string, text: string, says: RegExp])[] = [
  ['a text that is no patch', 'Dear editors, I would like', /no patch/],
  [
    'a patch that does not apply',
    `diff --git a/${DRAFT} b/${DRAFT}\n--- a/${DRAFT}\n+++ b/${DRAFT}\n@@ -3,1 +3,1 @@\n-this line is not there\n+neither is this\n`,
    /does not apply|not apply|line 3/i,
  ],
  [
    'a patch of a published revision',
    'diff --git a/proposals/0003-http/v1.md b/proposals/0003-http/v1.md\n--- a/proposals/0003-http/v1.md\n+++ b/proposals/0003-http/v1.md\n@@ -1,1 +1,1 @@\n----\n+--\n',
    /published revision, which never changes/,
  ],
];

test.describe('what cannot be reviewed is refused in words, and the page goes on', () => {
  for (const [name, text, says] of REFUSED)
    test(name, async ({ page }) => {
      await page.goto('/propose/');
      await page.mouse.move(200, 200);
      const review = page.getByRole('region', { name: 'Review a patch' });
      await expect(review.getByLabel('or its text')).toBeEnabled({ timeout: 60_000 });
      await review.getByLabel('or its text').fill(text);
      await review.getByRole('button', { name: 'Open' }).click();
      await expect(page.getByRole('alert').filter({ hasText: says })).toBeVisible();
      await expect(review.getByLabel('or its text')).toHaveValue(text);
    });
});

async function refuseStorage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
  });
}

test('where the browser keeps nothing, the page says so and everything else works', async ({
  page,
}, info) => {
  await refuseStorage(page);
  const propose = await ProposePage.open(page, '/propose/?edit=0013');
  await propose.lines.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('Still here.');
  await expect(propose.state).toContainText('Not kept');
  const patch = await download(propose, info);
  expect(readFileSync(patch, 'utf8')).toContain('+Still here.');
});

test('an example of the text runs in the preview', async ({ page }) => {
  await ProposePage.open(page, '/propose/?edit=0003#http.start-once');
  const example = page.locator('.preview [data-example="start-once"]');
  await example.getByRole('button', { name: 'Run it here' }).click();
  const frame = page.frameLocator('iframe[title="Example start-once"]');
  await frame.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(frame.getByRole('table').first()).toContainText('http.response.start', {
    timeout: 30_000,
  });
});

test('the desk has no violation of accessibility in any of its views, light and dark', async ({
  page,
}) => {
  const propose = await ProposePage.open(page, '/propose/?edit=0013');
  await propose.lines.click();
  await page.keyboard.press('ControlOrMeta+End');
  await page.keyboard.type('The gateway must not.');
  await propose.kept();
  await page.getByText('Front matter').first().click();
  for (const name of ['Preview', 'Changes', 'Problems', 'Hand in'] as const) {
    await propose.view(name);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
      expect.soft(await violations(page), `${name}, ${colorScheme}`).toEqual([]);
    }
  }
});

test('an erratum is begun with the words of the requirement', async ({ page }) => {
  const propose = await ProposePage.open(page, '/propose/?erratum=0003/v1#http.start-once');
  await expect(propose.lines).toContainText('- at: http.start-once');
  const problems = await propose.view('Problems');
  await expect(problems).toContainText('both quotations say the same', { timeout: 15_000 });
});

test('a text of two megabytes is kept and not read, with a word', async ({ page }) => {
  const propose = await ProposePage.open(page, '/propose/?edit=0013');
  await propose.paste(`# Long\n\n${'All work and no play. '.repeat(95_000)}\n`);
  await expect(page.getByRole('tabpanel', { name: 'Preview' }).getByRole('alert')).toBeVisible({
    timeout: 20_000,
  });
  const problems = await propose.view('Problems');
  await expect(problems.getByRole('link', { name: 'file-size' })).toBeVisible({ timeout: 20_000 });
  await propose.kept();
});
