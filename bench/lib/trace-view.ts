// Measures the viewer of traces with many events, opened as a file on the site's page for it: how smoothly it scrolls, how
// fast it filters, how much memory it holds.

import { mkdtemp, open, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Locator, Page } from '@playwright/test';
import { median } from './statistics.ts';
import { busyTrace } from './traces.ts';

/** Filters of each sort: by type, by number, by wait, by text, by what is rare, and none. */
const FILTERS = [
  'type:http.*',
  'violation',
  'conn:100..3000',
  'wait:>20',
  'buffered:>1000 phase:B',
  '"piece 3 of"',
  '-lane:client state:committed OR fault',
  '',
];

const GENTLY = { frames: 150, pixels: 90 };
const FAST = { frames: 100, pixels: 4000 };

export interface TraceFile {
  readonly path: string;
  readonly events: number;
  remove(): Promise<void>;
}

/** Writes a trace of so many events as NDJSON. */
export async function traceFile(events: number): Promise<TraceFile> {
  const folder = await mkdtemp(join(tmpdir(), 'portway-bench-'));
  const path = join(folder, 'trace.ndjson');
  const file = await open(path, 'w');
  try {
    const all = busyTrace(events);
    for (let at = 0; at < all.length; at += 1000) {
      const lines = all.slice(at, at + 1000).map((event) => `${JSON.stringify(event)}\n`);
      await file.write(lines.join(''));
    }
  } finally {
    await file.close();
  }
  return { path, events, remove: () => rm(folder, { recursive: true }) };
}

/** Opens the trace and waits until the viewer has all its parts. */
export async function openTrace(context: BrowserContext, { path }: TraceFile): Promise<Page> {
  const page = await context.newPage();
  await page.goto('/trace/', { waitUntil: 'networkidle' });
  await page.locator('.open[data-alive] input[type="file"]').setInputFiles(path);
  await page.getByRole('slider', { name: 'Time of the trace' }).waitFor({ timeout: 60_000 });
  await page.evaluate(rest);
  return page;
}

/** A figure, with what the page itself had to compute for it: on a machine that does other things, that alone tells. */
export interface Timed {
  /** Milliseconds that passed. */
  readonly passed: number;
  /** Milliseconds of processor time of the page's main thread. */
  readonly computed: number;
  /** Whether frames were late before anything was asked of the page. */
  readonly disturbed: boolean;
}

/** The longest frame while a view is scrolled, gently and then fast. */
export async function longestScrollFrame(page: Page, view: 'Table' | 'Sequence'): Promise<Timed> {
  await page.getByRole('button', { name: view, exact: true }).click();
  const box =
    view === 'Table'
      ? page.getByRole('group', { name: 'Events of the trace' })
      : page.getByRole('group', { name: /^Sequence of the trace/ });
  await box.waitFor();
  const scroll = (element: Element, { at, pixels }: { at: number; pixels: number }) => {
    if (at === 0) element.scrollTop = 0;
    else element.scrollTop += pixels;
  };
  const gently = await longest(page, box, GENTLY.frames, scroll, { pixels: GENTLY.pixels });
  const fast = await longest(page, box, FAST.frames, scroll, { pixels: FAST.pixels });
  return {
    passed: Math.max(gently.passed, fast.passed),
    computed: Math.max(gently.computed, fast.computed),
    disturbed: gently.disturbed || fast.disturbed,
  };
}

/** The longest frame while the slider is drawn over the whole trace, with the inspector open. */
export async function longestScrubFrame(page: Page): Promise<Timed> {
  const slider = page.getByRole('slider', { name: 'Time of the trace' });
  await slider.press('Home');
  await page.getByRole('group', { name: /^Event \d/ }).waitFor();
  const draw = (element: Element, { at, frames }: { at: number; frames: number }) => {
    const input = element as HTMLInputElement;
    if (at === 0) input.dispatchEvent(new PointerEvent('pointerdown'));
    input.value = String((Number(input.max) * at) / frames);
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  return longest(page, slider, 60, draw, { frames: 60 });
}

/** From a filter's last letter to the frame with its rows, of the slowest of several filters. */
export async function slowestFilter(page: Page): Promise<Timed> {
  const field = page.getByRole('combobox', { name: 'Filter the trace' });
  // The grammar is loaded with the first touch of the field.
  await field.fill('lane:app');
  await page.locator('.summary', { hasText: ' of ' }).waitFor();
  const write = (element: Element, { at, texts }: { at: number; texts: readonly string[] }) => {
    (element as HTMLInputElement).value = texts[at] ?? '';
    element.dispatchEvent(new InputEvent('input', { bubbles: true }));
  };
  return longest(page, field, FILTERS.length, write, { texts: FILTERS });
}

/**
 * The longest of so many steps, each until the frame after it is drawn: first one after the other in the page, by the
 * clock, then one by one, by the processor time that the browser tells of the page.
 */
async function longest<T extends object>(
  page: Page,
  target: Locator,
  steps: number,
  step: (element: Element, argument: T & { at: number }) => void,
  argument: T,
): Promise<Timed> {
  const source = step.toString();
  await page.evaluate(rest);
  const { passed, late } = await target.evaluate(
    async (element, { source: text, count, given }) => {
      const act = new Function(`return (${text})`)() as typeof step;
      const frame = () => new Promise(requestAnimationFrame);
      const timed = async (count: number, act: (at: number) => void) => {
        let most = 0;
        let before = performance.now();
        for (let at = 0; at < count; at++) {
          act(at);
          await frame();
          const now = performance.now();
          most = Math.max(most, now - before);
          before = now;
        }
        return most;
      };
      await frame();
      const idle = await timed(30, () => {});
      const most = await timed(count, (at) => act(element, { ...given, at } as never));
      return { passed: most, late: idle > 34 };
    },
    { source, count: steps, given: argument as object },
  );

  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spent = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics');
    return 1000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Number.NaN);
  };
  const costOf = async (text: string, given: object) => {
    const before = await spent();
    await target.evaluate(
      async (element, { text: source, given: argument }) => {
        (new Function(`return (${source})`)() as typeof step)(element, argument as never);
        await new Promise(requestAnimationFrame);
        // After the frame has been drawn.
        await new Promise((resolve) => setTimeout(resolve));
      },
      { text, given },
    );
    return (await spent()) - before;
  };
  // What it costs to ask, and to draw a frame in which nothing has changed.
  const idle: number[] = [];
  for (let at = 0; at < 15; at++) idle.push(await costOf('() => {}', {}));
  let computed = 0;
  for (let at = 0; at < steps; at++)
    computed = Math.max(computed, await costOf(source, { ...argument, at }));
  computed -= median(idle);
  await devtools.detach();
  // Others want the processors too.
  const disturbed = late || (loadavg()[0] as number) > 1.5 * cpus().length;
  return { passed, computed, disturbed };
}

/** Megabytes of the page's heap, without what is garbage. */
export async function heapSize(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('HeapProfiler.collectGarbage');
  const { usedSize } = await devtools.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

/** In the page: until nothing is left to do of what came before. */
async function rest(): Promise<void> {
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5000 }));
  await new Promise(requestAnimationFrame);
}
