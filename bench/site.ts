// Measures what a reader waits for in a sandbox of the built site, and with a trace of many events: `npm run bench:site`.
// Each figure is the median of several fresh browser profiles, on this machine, over loopback; targets are those of
// measures.md.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGUMENTS, ensureChromium } from '../scripts/lib/chromium.mjs';
import { installWebContainerHost } from '../tests/webcontainer-host/host.ts';
import { readOptions } from './lib/options.ts';
import { median } from './lib/statistics.ts';
import { figure, type Line, tableOf, verdictOf } from './lib/table.ts';
import {
  heapSize,
  longestScrollFrame,
  longestScrubFrame,
  openTrace,
  slowestFilter,
  type Timed,
  type TraceFile,
  traceFile,
} from './lib/trace-view.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const WARM_RUNS = 5;

const GROUPS = ['sandbox', 'trace'];

const usage = `npm run bench:site -- [--only GROUP] [--profiles N] [--example SLUG] [--events N] [--dist FOLDER]

  --only GROUP    one group of figures: ${GROUPS.join(' or ')} (default both)
  --profiles N    fresh browser profiles for each figure (default 5)
  --example SLUG  the sandbox that is used (default hello)
  --events N      events of the trace (default 100000)
  --dist FOLDER   the built site (default dist)`;

const options = readOptions(
  {
    only: { type: 'string' },
    profiles: { type: 'string', default: '5' },
    example: { type: 'string', default: 'hello' },
    events: { type: 'string', default: '100000' },
    dist: { type: 'string', default: `${root}dist` },
  },
  usage,
  ({ only, profiles, events }) =>
    only !== undefined && !GROUPS.includes(only)
      ? `--only is ${GROUPS.join(' or ')}.`
      : /^[1-9]\d*$/.test(profiles) && /^[1-9]\d*$/.test(events)
        ? undefined
        : '--profiles and --events are whole numbers from 1.',
);

interface Measure {
  readonly group: 'sandbox' | 'trace';
  readonly name: string;
  /** Milliseconds, or megabytes where it says so. */
  readonly target: number;
  readonly unit?: 'MB';
  /** One or more figures of one profile. */
  run(context: BrowserContext): Promise<readonly (number | Timed)[]>;
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
    group: 'sandbox',
    name: 'Run to first row, page, cold',
    target: 400,
    async run(context) {
      const page = await open(context);
      return [await runToFirstRow(page)];
    },
  },
  {
    group: 'sandbox',
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
    group: 'sandbox',
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
    group: 'sandbox',
    name: 'Edit to editor in place',
    target: 1500,
    async run(context) {
      const page = await open(context);
      return [await sinceClick(page, 'Edit', '.monaco-editor .view-line')];
    },
  },
  {
    group: 'sandbox',
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
  ...traceMeasures([
    ['longest frame, table scrolled', 50, (page) => longestScrollFrame(page, 'Table')],
    ['longest frame, sequence scrolled', 50, (page) => longestScrollFrame(page, 'Sequence')],
    ['longest frame, slider drawn', 50, longestScrubFrame],
    ['slowest filter, to rows in view', 100, slowestFilter],
    ['heap', 150, heapSize, 'MB'],
  ]),
];

let file: TraceFile | undefined;

await bench();

/** Figures of the viewer, each with the trace opened in it. */
function traceMeasures(
  all: readonly [string, number, (page: Page) => Promise<number | Timed>, 'MB'?][],
): Measure[] {
  return all.map(([what, target, measure, unit]) => ({
    group: 'trace',
    name: `${Number(options.events).toLocaleString('en')} events: ${what}`,
    target,
    ...(unit ? { unit } : {}),
    async run(context) {
      file ??= await traceFile(Number(options.events));
      return [await measure(await openTrace(context, file))];
    },
  }));
}

async function bench(): Promise<void> {
  if (!existsSync(join(options.dist, 'index.html'))) {
    console.log(
      `skipped: what a reader waits for: ${options.dist} holds no built site; run \`npm run build\` first.`,
    );
    return;
  }
  const server = await preview();
  const browser = await chromium.launch({
    executablePath: await ensureChromium(),
    args: CHROMIUM_ARGUMENTS,
  });
  const lines: Line[] = [];
  try {
    const chosen = measures.filter(
      ({ group }) => options.only === undefined || options.only === group,
    );
    for (const { name, target, unit = 'ms', run } of chosen) {
      const all: (number | Timed)[] = [];
      const passed = () => all.map((one) => (typeof one === 'number' ? one : one.passed));
      try {
        for (let profile = 0; profile < Number(options.profiles); profile++) {
          const context = await browser.newContext({ baseURL: server.origin });
          // Nothing but the site answers, and the emulated container where it is installed.
          await context.route(
            (url) => url.hostname !== '127.0.0.1',
            (route) => route.abort('connectionfailed'),
          );
          try {
            all.push(...(await run(context)));
          } finally {
            await context.close();
          }
        }
        const values = passed();
        const timed = all.filter((one) => typeof one !== 'number');
        lines.push({
          row: name,
          ours: figure(values, unit),
          value: median(values),
          ...(timed.length > 0
            ? {
                byCpu: median(timed.map(({ computed }) => computed)),
                disturbed: timed.some(({ disturbed }) => disturbed),
              }
            : {}),
          target: { atMost: target },
        });
      } catch (error) {
        lines.push({ row: name, failed: String(error).split('\n')[0] ?? '' });
      }
      console.error(
        `${name}: ${passed()
          .map((value) => value.toFixed(0))
          .join(', ')} ${unit}`,
      );
    }
  } finally {
    await browser.close();
    server.stop();
    await file?.remove();
  }
  console.log(tableOf(lines));
  if (lines.some((line) => verdictOf(line) === 'FAILED')) process.exitCode = 1;
}

async function preview(): Promise<{ origin: string; stop(): void }> {
  const child = spawn(
    process.execPath,
    ['scripts/preview.mjs', '--port', '0', '--with-parent', '--dist', options.dist],
    { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] },
  );
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
