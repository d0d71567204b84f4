// A trace as a reader uses it, of a sandbox or of a file: filtered, walked through from the keyboard and by the slider,
// inspected, compared, and drawn.

import { expect, type Locator, type Page, test } from '@playwright/test';
import type { TraceEvent } from '../src/trace/index.ts';
import { SandboxPage } from './sandbox-page.ts';

/** A send that blocks for 813 ms beside a receive that waits longer, while the client stalls; two numbers are missing. */
const STALLED: readonly TraceEvent[] = (
  [
    [1, 0.1, { lane: 'client', type: 'client.request', payload: { preview: 'GET /film' } }],
    [2, 0.4, { lane: 'gateway', dir: 'in', type: 'http.request', state: 'open' }],
    [3, 2.0, { type: 'http.response.start', state: 'committed', payload: { preview: '200' } }],
    [
      4,
      2.3,
      {
        type: 'http.response.body',
        state: 'committed',
        buffered: 65_536,
        payload: { preview: 'x', size: 65_536 },
      },
    ],
    [5, 2.3, { type: 'send', phase: 'B', span: 1, buffered: 65_536, cause: 4 }],
    [6, 2.5, { type: 'receive', phase: 'B', span: 2 }],
    [9, 212, { lane: 'client', type: 'client.stall', fault: 'stall' }],
    [10, 812, { lane: 'gateway', type: 'http.response.body', buffered: 16_000 }],
    [11, 815.3, { dir: 'in', type: 'send', phase: 'E', span: 1, buffered: 16_000, cause: 10 }],
    [12, 901, { lane: 'gateway', dir: 'in', type: 'peer.lost' }],
    [13, 902, { dir: 'in', type: 'http.closed', phase: 'E', span: 2, cause: 12, state: 'lost' }],
  ] as const
).map(([seq, t, step]) => ({
  v: 1,
  run: 'stalled',
  seq,
  t,
  conn: 1,
  lane: 'app',
  dir: 'out',
  phase: 'i',
  ...step,
}));

/** The region of the trace, with the file of a trace opened in it. */
async function openFile(page: Page, events: readonly TraceEvent[]): Promise<Locator> {
  await page.goto('/trace/');
  await page.locator('[data-alive] input[type="file"]').setInputFiles({
    name: 'trace.ndjson',
    mimeType: 'application/x-ndjson',
    buffer: Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join('')),
  });
  const trace = page.getByRole('region', { name: 'Trace' });
  await trace.getByRole('slider', { name: 'Time of the trace' }).waitFor();
  return trace;
}

const rowOf = (trace: Locator, seq: number) => trace.locator(`tr[data-seq="${seq}"]`);

test('a filter leaves the rows that it names, and says what it does not understand', async ({
  page,
}) => {
  const sandbox = await SandboxPage.open(page, 'echo');
  await sandbox.choose('In the page');
  await sandbox.run();
  const all = await sandbox.trace.locator('tbody tr[data-type]').count();
  const filter = sandbox.trace.getByRole('combobox', { name: 'Filter the trace' });
  await filter.fill('type:http.response.* conn:1');
  await expect(sandbox.rows('client.request')).toHaveCount(0);
  const types = await sandbox.trace
    .locator('tbody tr[data-type]')
    .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-type')));
  expect(types.length).toBeGreaterThan(2);
  expect(types.every((type) => type?.startsWith('http.response.'))).toBe(true);

  await filter.fill('type:');
  await expect(filter).toHaveAttribute('aria-invalid', 'true');
  await filter.fill('');
  await expect(sandbox.trace.locator('tbody tr[data-type]')).toHaveCount(all);
});

test('J selects the next event, whose clause the inspector tells in full', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'start-once');
  await sandbox.choose('In the page');
  await sandbox.run();
  await sandbox.trace.getByRole('group', { name: 'Events of the trace' }).focus();
  const violation = sandbox.trace.locator('tr.violation');
  const seq = Number(await violation.getAttribute('data-seq'));
  for (let at = 0; at < seq; at++) await page.keyboard.press('j');
  await expect(violation).toHaveAttribute('aria-current', 'true');
  await expect(sandbox.trace).toContainText('The gateway MUST');
});

test('the same events can be seen as a sequence', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'hello');
  await sandbox.choose('In the page');
  await sandbox.run();
  await sandbox.trace.getByRole('button', { name: 'Sequence' }).click();
  await expect(sandbox.trace.locator('svg').first()).toBeVisible();
  await sandbox.trace.getByRole('button', { name: 'Table' }).click();
  await expect(sandbox.rows('http.response.start')).toHaveCount(1);
});

test('one request of several is sent alone', async ({ page }) => {
  const sandbox = await SandboxPage.open(page, 'echo');
  await sandbox.choose('In the page');
  await sandbox.responses.getByRole('button', { name: 'Send counted' }).click();
  await expect(sandbox.status).toContainText('Ran in the page: 200.');
  await expect(sandbox.rows('client.request')).toHaveCount(1);
  await expect(sandbox.rows('client.request')).toContainText('Content-Length: 5');
});

test('a wait says how long it was, and leads to its other end', async ({ page }) => {
  const trace = await openFile(page, STALLED);
  await expect(rowOf(trace, 5)).toContainText('waited 813 ms');
  await expect(rowOf(trace, 11)).toContainText('after 813 ms');
  await rowOf(trace, 5).click();
  const inspector = trace.getByRole('group', { name: 'Event 5' });
  await expect(inspector).toContainText('It waited 813 ms');
  await inspector.getByRole('button', { name: 'event 11 ' }).click();
  await expect(rowOf(trace, 11)).toHaveAttribute('aria-current', 'true');
  await trace
    .getByRole('group', { name: 'Event 11' })
    .getByRole('button', { name: 'event 10 ' })
    .click();
  await expect(rowOf(trace, 10)).toHaveAttribute('aria-current', 'true');
});

test('what was injected, what waits in a buffer and what was not kept is said where it happened', async ({
  page,
}) => {
  const trace = await openFile(page, STALLED);
  await expect(trace.getByRole('row', { name: '2 events were not kept' })).toBeVisible();
  await expect(rowOf(trace, 9)).toContainText('Injected: stall');
  await expect(rowOf(trace, 4)).toContainText('66 kB wait');
  await expect(trace).toContainText('1 injected fault, 2 not kept');
  await trace.getByRole('combobox', { name: 'Filter the trace' }).fill('wait:>850');
  await expect(trace.locator('tbody tr[data-type]')).toHaveCount(2);
});

test('waits at once are drawn beside each other, as long as they are', async ({ page }) => {
  const trace = await openFile(page, STALLED);
  await trace.getByRole('button', { name: 'Sequence' }).click();
  const bars = trace.locator('rect.wait');
  await expect(bars).toHaveCount(2);
  const [send, receive] = await Promise.all([bars.nth(0).boundingBox(), bars.nth(1).boundingBox()]);
  expect(send && receive).toBeTruthy();
  if (!send || !receive) return;
  expect(receive.x).toBeGreaterThanOrEqual(send.x + send.width);
  expect(receive.y + receive.height).toBeGreaterThan(send.y + send.height);
  await expect(trace.locator('.sequence svg')).toContainText('2 events were not kept');
});

test('the slider goes through the time of the trace, by keys and by hand', async ({ page }) => {
  const trace = await openFile(page, STALLED);
  const slider = trace.getByRole('slider', { name: 'Time of the trace' });
  await slider.press('End');
  await expect(slider).toHaveAttribute('aria-valuetext', 'Event 13 of 13, 902 ms');
  await slider.press('ArrowLeft');
  await expect(rowOf(trace, 12)).toHaveAttribute('aria-current', 'true');
  const box = await slider.boundingBox();
  if (!box) throw new Error('the slider is not in view');
  await page.mouse.move(box.x + box.width - 10, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.24, box.y + box.height / 2, { steps: 5 });
  await page.mouse.up();
  await expect(slider).toHaveAttribute('aria-valuetext', 'Event 9 of 13, 212 ms');
  await expect(rowOf(trace, 9)).toHaveAttribute('aria-current', 'true');
});

test('P pins an event, and another is compared with it', async ({ page }) => {
  const trace = await openFile(page, STALLED);
  await rowOf(trace, 4).click();
  await trace.getByRole('group', { name: 'Events of the trace' }).focus();
  await page.keyboard.press('p');
  await page.keyboard.press('End');
  const compared = trace.getByRole('group', { name: 'Compared with event 4' });
  await expect(compared).toContainText('900 ms later');
  await expect(compared.getByRole('row', { name: /^State committed lost$/ })).toBeVisible();
  await compared.getByRole('button', { name: 'Unpin' }).click();
  await expect(compared).toHaveCount(0);
});

test('the link of an event has its number', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const trace = await openFile(page, STALLED);
  await rowOf(trace, 9).click();
  await trace.getByRole('button', { name: 'Copy link' }).click();
  await expect(trace.getByRole('group', { name: 'Event 9' }).getByRole('status')).toHaveText(
    'Copied.',
  );
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
    new URL('/trace/#t=9', page.url()).href,
  );
});
