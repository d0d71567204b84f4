// Measures what a reader waits for in a sandbox of the built site: `npm run bench:site`. Each figure is the median of
// several fresh browser profiles, on this machine, over loopback; targets are those of measures.md.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { ensureChromium } from '../scripts/lib/chromium.mjs';
import { installWebContainerHost } from '../tests/webcontainer-host/host.ts';
import { readOptions } from './lib/options.ts';
import { median } from './lib/statistics.ts';
import { figure, type Line, tableOf, verdictOf } from './lib/table.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const WARM_RUNS = 5;

const usage = `npm run bench:site -- [--profiles N] [--example SLUG]

  --profiles N    fresh browser profiles for each figure (default 5)
  --example SLUG  the sandbox that is used (default hello)`;

const options = readOptions(
  { profiles: { type: 'string', default: '5' }, example: { type: 'string', default: 'hello' } },
  usage,
  ({ profiles }) =>
    /^[1-9]\d*$/.test(profiles) ? undefined : '--profiles is a whole number from 1.',
);

interface Measure {
  readonly name: string;
  /** Milliseconds. */
  readonly target: number;
  /** Milliseconds, one or more of one profile. */
  run(context: BrowserContext): Promise<readonly number[]>;
}

const TYPE_ERROR = [
  "import { application } from 'portway';",
  'export default application({',
  '  async http(scope, receive, send) {',
  "    await send({ type: 'http.response.start', status: 'two hundred' });",
  '  },',
  '});',
  '',
].join('\n');

const measures: readonly Measure[] = [
  {
    name: 'Run to first row, page, cold',
    target: 400,
    async run(context) {
      const page = await open(context);
      return [await runToFirstRow(page)];
    },
  },
  {
    name: 'Run to first row, page, warm',
    target: 100,
    async run(context) {
      const page = await open(context);
      await choose(page, 'In the page');
      await runToFirstRow(page);
      return repeated(() => runToFirstRow(page));
    },
  },
  {
    name: 'Run to first row, container (emulated), warm',
    target: 500,
    async run(context) {
      const host = await installWebContainerHost(context);
      try {
        const page = await open(context);
        await choose(page, 'WebContainer');
        await runToFirstRow(page);
        const used = await page.locator('.sandbox').first().getAttribute('data-runtime');
        if (used !== 'webcontainer') throw new Error(`the run was in ${used}, not the container`);
        return await repeated(() => runToFirstRow(page));
      } finally {
        await host.dispose();
      }
    },
  },
  {
    name: 'Edit to editor in place',
    target: 1500,
    async run(context) {
      const page = await open(context);
      return [await sinceClick(page, 'Edit', '.monaco-editor .view-line')];
    },
  },
  {
    name: 'Edit to first type error shown',
    target: 3000,
    async run(context) {
      const page = await open(context);
      const shown = sinceClick(page, 'Edit', '.monaco-editor .view-line');
      await shown;
      // Typed, as a reader would: kept edits would wake the editor before anybody asks for it.
      await page
        .locator('.monaco-editor textarea, .monaco-editor .native-edit-context')
        .first()
        .focus();
      await page.keyboard.press('ControlOrMeta+A');
      const started = await page.evaluate(() => performance.now());
      await page.keyboard.insertText(TYPE_ERROR);
      await page.locator('.squiggly-error').first().waitFor({ state: 'attached' });
      const seen = (await page.evaluate(() => performance.now())) - started;
      return [(await shown) + seen];
    },
  },
];

await bench();

async function bench(): Promise<void> {
  if (!existsSync(`${root}dist/index.html`)) {
    console.log(
      'skipped: what a reader waits for: dist/ holds no built site; run `npm run build` first.',
    );
    return;
  }
  const server = await preview();
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: [
      '--headless',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-background-networking',
    ],
  });
  const lines: Line[] = [];
  try {
    for (const { name, target, run } of measures) {
      const values: number[] = [];
      try {
        for (let profile = 0; profile < Number(options.profiles); profile++) {
          const context = await browser.newContext({ baseURL: server.origin });
          // Nothing but the site answers, and the emulated container where it is installed.
          await context.route(
            (url) => url.hostname !== '127.0.0.1',
            (route) => route.abort('connectionfailed'),
          );
          try {
            values.push(...(await run(context)));
          } finally {
            await context.close();
          }
        }
        const value = median(values);
        lines.push({ row: name, ours: figure(values, 'ms'), value, target: { atMost: target } });
      } catch (error) {
        lines.push({ row: name, failed: String(error).split('\n')[0] ?? '' });
      }
      console.error(`${name}: ${values.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    }
  } finally {
    await browser.close();
    server.stop();
  }
  console.log(tableOf(lines));
  if (lines.some((line) => verdictOf(line) === 'FAILED')) process.exitCode = 1;
}

async function preview(): Promise<{ origin: string; stop(): void }> {
  const child = spawn(process.execPath, ['scripts/preview.mjs', '--port', '0', '--with-parent'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const chunk of child.stdout) {
    const origin = /http:\/\/[^/\s]+/.exec(String(chunk))?.[0];
    if (origin) return { origin, stop: () => void child.kill() };
  }
  throw new Error('the preview server did not start');
}

async function open(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(watchRuns);
  await page.goto(`/examples/${options.example}/`, { waitUntil: 'networkidle' });
  return page;
}

/** In the page: how long it is from a click on Run to the first row of a new trace. */
function watchRuns(): void {
  const runs: { clicked: number; row?: number }[] = [];
  Object.assign(window, { benchRuns: runs });
  document.addEventListener(
    'click',
    ({ target, isTrusted }) => {
      const button = (target as Element | null)?.closest('button.run');
      if (button && isTrusted) runs.push({ clicked: performance.now() });
    },
    true,
  );
  new MutationObserver(() => {
    const run = runs.at(-1);
    const sandbox = document.querySelector('.sandbox');
    if (!run || run.row !== undefined || !sandbox) return;
    const phase = sandbox.getAttribute('data-phase');
    // Before the run has begun, the rows are those of the recorded trace or of the run before.
    const begun =
      phase === 'running' || (phase === 'ready' && sandbox.hasAttribute('data-runtime'));
    if (begun && sandbox.querySelector('tbody tr[data-type]')) run.row = performance.now();
  }).observe(document, { subtree: true, childList: true, attributes: true });
}

async function runToFirstRow(page: Page): Promise<number> {
  await page.getByRole('button', { name: 'Run', exact: true }).first().click();
  await page.waitForFunction(() => {
    const runs = (window as unknown as { benchRuns: { row?: number }[] }).benchRuns;
    return runs.at(-1)?.row !== undefined;
  });
  // The next run is to begin when this one is over.
  await page.locator('.sandbox[data-phase="ready"]').first().waitFor();
  return page.evaluate(() => {
    const runs = (window as unknown as { benchRuns: { clicked: number; row: number }[] }).benchRuns;
    const last = runs.at(-1);
    return last ? last.row - last.clicked : Number.NaN;
  });
}

async function choose(page: Page, runtime: string): Promise<void> {
  const box = page.getByRole('combobox', { name: 'Runtime' }).first();
  await box.focus();
  await page.locator('.sandbox[data-hydrated]').first().waitFor();
  await box.selectOption({ label: runtime });
}

async function repeated(run: () => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let turn = 0; turn < WARM_RUNS; turn++) values.push(await run());
  return values;
}

/** Milliseconds from a click on a button until something is there. */
async function sinceClick(page: Page, button: string, selector: string): Promise<number> {
  await page.evaluate((wanted) => {
    const state: { clicked?: number; seen?: number } = {};
    Object.assign(window, { benchWait: state });
    document.addEventListener('click', () => (state.clicked ??= performance.now()), true);
    new MutationObserver(() => {
      if (state.clicked !== undefined && document.querySelector(wanted))
        state.seen ??= performance.now();
    }).observe(document, { subtree: true, childList: true });
  }, selector);
  await page.getByRole('button', { name: button, exact: true }).first().click();
  await page.waitForFunction(
    () => (window as unknown as { benchWait: { seen?: number } }).benchWait.seen !== undefined,
  );
  return page.evaluate(() => {
    const { clicked = 0, seen = Number.NaN } = (
      window as unknown as { benchWait: { clicked?: number; seen?: number } }
    ).benchWait;
    return seen - clicked;
  });
}
