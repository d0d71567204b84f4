// The page that opens a trace: what a real server has recorded is shown as the command prints it, whatever file it is in,
// and what is no trace is told apart.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import { busyTrace } from '../bench/lib/traces.ts';
import { writeNdjson } from '../src/trace/formats/ndjson.ts';
import type { TraceEvent } from '../src/trace/index.ts';
import { portway, ROOT, start } from './fixtures/portway.ts';
import { onlyOwnOrigin } from './own-origin.ts';

test.describe.configure({ mode: 'parallel', timeout: 90_000 });

// The page says that it sends nothing anywhere.
test.beforeEach(({ context }) => onlyOwnOrigin(context));

/** The page as people and assistive technology see it. */
class TracePage {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }

  static async open(page: Page): Promise<TracePage> {
    await page.goto('/trace/');
    const opened = new TracePage(page);
    await expect(opened.field).toBeEnabled();
    return opened;
  }

  get field() {
    return this.page.getByLabel('Drop the file of a trace on this page, or choose it');
  }

  get trace() {
    return this.page.getByRole('region', { name: 'Trace' });
  }

  get rows() {
    return this.trace.locator('tr[data-seq]');
  }

  /** Chooses a file with this text or these octets. */
  async choose(name: string, content: string | Buffer): Promise<void> {
    const buffer = typeof content === 'string' ? Buffer.from(content) : content;
    await this.field.setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  }

  /** What the cells of each row say, without what only the page has. */
  cells(): Promise<string[][]> {
    return this.rows.evaluateAll((rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('td')].map((cell) =>
          (cell.textContent ?? '').replace(/\s+/g, ' ').trim(),
        ),
      ),
    );
  }
}

function event(seq: number, more: Partial<TraceEvent> = {}): TraceEvent {
  return {
    v: 1,
    run: 'a',
    seq,
    t: seq,
    conn: 1,
    lane: 'app',
    dir: 'out',
    type: 'http.response.body',
    phase: 'i',
    ...more,
  };
}

const lines = (...events: TraceEvent[]) => events.map((one) => `${JSON.stringify(one)}\n`).join('');

test('a trace of `serve --trace` under curl has the rows that `replay --show` prints', async ({
  page,
}, { outputDir }) => {
  mkdirSync(outputDir, { recursive: true });
  const file = join(outputDir, 'trace.ndjson');
  const app = join(ROOT, 'content/examples/echo/app.ts');
  const server = start(['serve', app, '--port', '0', '--trace', file]);
  const [, url = ''] = await server.printed(/on (http:\S+)/);
  execFileSync('curl', ['-sS', '--data-binary', 'hello', url]);
  execFileSync('curl', ['-sS', '-H', 'cookie: id=kept-back', `${url}other?a=b`]);
  server.child.kill('SIGTERM');
  await server.ended;

  const { stdout, code } = await portway(['replay', file, '--show']);
  expect(code).toBe(0);
  const [head = '', ...printed] = stdout.trimEnd().split('\n');
  const columns = ['seq', 'conv', 'who', 'event', 'state', 'requirement', 'what'];
  const starts = columns.map((name) => head.indexOf(name));
  expect(starts.every((at) => at >= 0)).toBe(true);
  expect(printed.length).toBeGreaterThan(10);

  const shown = await TracePage.open(page);
  await shown.field.setInputFiles(file);
  await expect(shown.rows).toHaveCount(printed.length);
  const who = { in: 'receives', out: 'sends', internal: '' } as const;
  const arrows = { '→': who.in, '←': who.out, '·': who.internal } as const;
  const cells = await shown.cells();
  for (const [index, line] of printed.entries()) {
    // Numbers stand at the end of their column, all else at its beginning.
    const [seq = '', , conn = '', arrow = '→', lane = '', type = ''] = line.trim().split(/\s+/);
    const [number, , whoCell, typeCell, what, state, clause] = cells[index] as string[];
    expect(number).toBe(seq);
    expect(whoCell).toContain(lane);
    expect(whoCell).toContain(arrows[arrow as keyof typeof arrows]);
    expect(whoCell).toMatch(new RegExp(`(?:^|\\D)${conn}(?:\\D|$)`));
    expect(typeCell).toContain(type);
    const rest = line.slice(head.indexOf('state'));
    if (state) expect(rest).toContain(state);
    if (clause) expect(rest).toContain(clause);
    const carried = line.slice(head.indexOf('what')).trim();
    for (const part of carried.split(/ {2,}/)) if (part) expect(what).toContain(part);
  }
  expect(await page.content()).not.toContain('kept-back');
});

test('opened from the keyboard, the file is named with its size and counts; Close goes back', async ({
  page,
}) => {
  const shown = await TracePage.open(page);
  const chooser = page.waitForEvent('filechooser');
  await shown.field.focus();
  await page.keyboard.press('Enter');
  await (await chooser).setFiles({
    name: 'one.ndjson',
    mimeType: '',
    buffer: Buffer.from(lines(event(1), event(2))),
  });
  await expect(page.getByRole('heading', { name: 'one.ndjson' })).toBeFocused();
  await expect(page.getByText(/^\d+ octets, 2 events$/)).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await expect(shown.field).toBeFocused();
});

test('the sequence of an opened file scrolls in a box of its own, as in a sandbox', async ({
  page,
}, testInfo) => {
  const opened = await TracePage.open(page);
  const folder = testInfo.outputPath();
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'hello.ndjson');
  writeFileSync(path, writeNdjson(busyTrace(1000)));
  await opened.field.setInputFiles(path);
  await opened.trace.getByRole('button', { name: 'Sequence', exact: true }).click();
  const box = page.getByRole('group', { name: /^Sequence of the trace/ });
  await expect(box).toBeVisible();
  const [shown, whole] = await box.evaluate((element) => [
    element.clientHeight,
    element.scrollHeight,
  ]);
  expect(shown).toBeLessThan(800);
  expect(whole).toBeGreaterThan(10_000);
});

test('a file that is dropped anywhere opens, also one compressed with gzip', async ({ page }) => {
  const shown = await TracePage.open(page);
  const octets = [...gzipSync(lines(event(1), event(2), event(3)))];
  const transfer = await page.evaluateHandle((data) => {
    const files = new DataTransfer();
    files.items.add(new File([new Uint8Array(data)], 'trace.ndjson.gz'));
    return files;
  }, octets);
  await page.dispatchEvent('h1', 'drop', { dataTransfer: transfer });
  await expect(shown.rows).toHaveCount(3);
});

test('lines that are pasted open', async ({ page }) => {
  const shown = await TracePage.open(page);
  await page.evaluate(
    (text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }));
    },
    lines(event(1), event(2)),
  );
  await expect(shown.rows).toHaveCount(2);
  await expect(page.getByRole('heading', { name: 'pasted lines' })).toBeVisible();
});

test('a last line that is cut short is named, and the rest is shown', async ({ page }) => {
  const shown = await TracePage.open(page);
  await shown.choose('cut.ndjson', `${lines(event(1), event(2))}{"v":1,"ru`);
  await expect(shown.rows).toHaveCount(2);
  await expect(page.getByText('Line 3, the last, is cut short and left out.')).toBeVisible();
});

test('what is no trace is told with its line and what to do; the next file opens', async ({
  page,
}) => {
  const shown = await TracePage.open(page);
  await shown.choose('notes.txt', `${lines(event(1))}hello\n${lines(event(2))}`);
  const alert = page.locator('main').getByRole('alert').filter({ hasText: 'notes.txt' });
  await expect(alert).toHaveText(/^notes\.txt, line 2: not a JSON object.*A trace has one event/);
  await shown.choose('good.ndjson', lines(event(1)));
  await expect(shown.rows).toHaveCount(1);
  await expect(alert).toHaveCount(0);
});

test('a run whose name is as long as a page leaves the page as wide as its window', async ({
  page,
}) => {
  const shown = await TracePage.open(page);
  const runs = ['a', 'b'].map((letter) => event(1, { run: letter.repeat(10_000) }));
  await shown.choose('long.ndjson', writeNdjson(runs));
  await expect(shown.rows).toHaveCount(2);
  const beyond = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(beyond).toBe(0);
});

test('several processes in one file: all their runs, or one', async ({ page }) => {
  const shown = await TracePage.open(page);
  await shown.choose(
    'workers.ndjson',
    lines(
      event(1, { run: 'x.1', timeOrigin: 1000, conn: 1 }),
      event(1, { run: 'x.2', timeOrigin: 900, conn: 1 }),
      event(2, { run: 'x.1', conn: 1 }),
    ),
  );
  await expect(shown.rows).toHaveCount(3);
  await expect(page.getByText('3 events, 2 runs')).toBeVisible();
  const cells = await shown.cells();
  expect(cells.map(([number]) => number)).toEqual(['1', '2', '3']);
  await page.getByRole('combobox', { name: 'Run' }).selectOption('x.1: 2 events');
  await expect(shown.rows).toHaveCount(2);
});

test('100,000 events open without a long stop of the page', async ({ page }, { outputDir }) => {
  const shown = await TracePage.open(page);
  const some = Array.from({ length: 100_000 }, (_, index) =>
    JSON.stringify(
      event(index + 1, {
        conn: Math.floor(index / 10) + 1,
        payload: {
          preview: 'x'.repeat(120),
          size: 4096,
          fields: [['content-type', 'application/octet-stream']],
        },
      }),
    ),
  );
  mkdirSync(outputDir, { recursive: true });
  const file = join(outputDir, 'large.ndjson');
  writeFileSync(file, `${some.join('\n')}\n`);
  await page.evaluate(() => {
    const stops: number[] = [];
    Object.assign(window, { stops });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) stops.push(duration);
    }).observe({ type: 'longtask' });
  });
  await shown.field.setInputFiles(file);
  await expect(page.getByText(/100,000 events/).first()).toBeVisible({ timeout: 60_000 });
  await expect(shown.rows.first()).toBeVisible();
  const stops = await page.evaluate(() => (window as unknown as { stops: number[] }).stops);
  // On two busy cores. Read at once, it would be more than a second.
  expect(Math.max(0, ...stops)).toBeLessThan(400);
});

test('a trace is taken along in each form, without its secret values unless they are asked for', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const shown = await TracePage.open(page);
  await shown.choose(
    'own.ndjson',
    lines(
      event(1, {
        lane: 'gateway',
        dir: 'in',
        type: 'http.request',
        timeOrigin: Date.UTC(2026, 0, 1),
        payload: { preview: 'GET / HTTP/1.1', fields: [['cookie', 'id=kept-back']] },
      }),
      event(2, { type: 'http.response.start', payload: { preview: '200', status: 200 } }),
      event(3),
    ),
  );
  await expect(shown.rows).toHaveCount(3);
  await page.getByRole('button', { name: 'Export' }).click();
  const menu = page.getByRole('group', { name: 'Export' });
  const saved = async (name: string): Promise<{ file: string; text: string }> => {
    const download = page.waitForEvent('download');
    await menu.getByRole('button', { name, exact: true }).click();
    const got = await download;
    return { file: got.suggestedFilename(), text: readFileSync(await got.path(), 'utf8') };
  };
  const ndjson = await saved('NDJSON');
  expect(ndjson.file).toBe('own.ndjson');
  expect(ndjson.text.split('\n')).toHaveLength(4);
  await expect(menu.getByText('own.ndjson is saved, with 3 events.')).toBeVisible();
  const har = await saved('HAR');
  expect(har.file).toBe('own.har');
  expect(JSON.parse(har.text).log.entries[0].startedDateTime).toBe('2026-01-01T00:00:00.001Z');
  const chrome = await saved('Chrome trace');
  expect(JSON.parse(chrome.text).traceEvents.length).toBeGreaterThan(3);
  const mermaid = await saved('Mermaid');
  expect(mermaid.file).toBe('own.mmd');
  expect(mermaid.text).toContain('sequenceDiagram');
  await menu.getByRole('button', { name: 'Copy as Markdown' }).click();
  await expect(menu.getByText('Markdown copied.')).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('| --- |');
  for (const text of [ndjson.text, har.text, chrome.text, mermaid.text, copied])
    expect(text).not.toContain('kept-back');

  await menu.getByLabel('With secret values').check();
  expect((await saved('NDJSON')).text).toContain('id=kept-back');

  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Export' })).toBeFocused();
  await page.getByRole('combobox', { name: 'Filter the trace' }).fill('type:http.response.*');
  await expect(shown.rows).toHaveCount(2);
  await page.getByRole('button', { name: 'Export' }).click();
  await menu.getByLabel('Only what the filter shows').check();
  expect((await saved('NDJSON')).text.trimEnd().split('\n')).toHaveLength(2);
});

test.describe('without script', () => {
  test.use({ javaScriptEnabled: false });
  test('the page says so, and how to see a trace', async ({ page }) => {
    await page.goto('/trace/');
    await expect(page.getByText(/scripts are off in this browser/)).toBeVisible();
  });
});
