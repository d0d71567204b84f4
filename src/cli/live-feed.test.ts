// What a process tells of its trace: nothing unless somebody looks, then each event once and in order, in batches that wait
// for each other; what a flood pushes out is missing in the numbers.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { traceEvent } from '../../tests/fixtures/trace-events.ts';
import { readNdjson } from '../trace/formats/ndjson.ts';
import type { RingLimits } from '../trace/ring.ts';
import { maskingOf } from '../trace/secrets.ts';
import { LiveFeed, type TraceBatch } from './live-feed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A feed whose batches are written when the test says so. */
function feed(ring?: RingLimits, secrets = false) {
  const batches: TraceBatch[] = [];
  const writing: (() => void)[] = [];
  let seq = 0;
  const live = new LiveFeed({
    run: 'r.1',
    timeOrigin: 1000,
    mask: maskingOf([], !secrets),
    ...(ring ? { ring } : {}),
    send: (batch) => {
      batches.push(batch);
      return new Promise((written) => writing.push(written));
    },
  });
  return {
    live,
    batches,
    emit: (count = 1, more = {}) => {
      for (let i = 0; i < count; i++) live.emit(traceEvent({ run: 'r.1', seq: ++seq, ...more }));
    },
    /** Batches under way. */
    get open() {
      return writing.length;
    },
    async written() {
      for (const done of writing.splice(0)) done();
      await vi.advanceTimersByTimeAsync(1000);
    },
    seqs: () => batches.map(seqsOf),
  };
}

const seqsOf = ({ text }: TraceBatch) =>
  text === '' ? [] : readNdjson(text).events.map(({ seq }) => seq);

test('a run is announced by its name and its date', () => {
  const { live, batches } = feed();
  live.announce();
  expect(batches).toEqual([{ run: 'r.1', timeOrigin: 1000, text: '' }]);
});

test('while nobody looks, nothing is sent; who begins to look gets what happened before', async () => {
  const one = feed();
  one.emit(3);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(one.batches).toEqual([]);
  one.live.watch(0);
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.seqs()).toEqual([[1, 2, 3]]);
});

test('who comes back gets what it does not know', async () => {
  const one = feed();
  one.emit(3);
  one.live.watch(0);
  await vi.advanceTimersByTimeAsync(1000);
  await one.written();
  one.live.unwatch();
  one.emit(2);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(one.seqs()).toEqual([[1, 2, 3]]);
  one.live.watch(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.seqs().at(-1)).toEqual([3, 4, 5]);
});

test('events of a moment are one batch, and the next batch waits until it is written', async () => {
  const one = feed();
  one.live.watch(0);
  one.emit(2);
  one.emit(2);
  await vi.advanceTimersByTimeAsync(1000);
  expect(one.seqs()).toEqual([[1, 2, 3, 4]]);
  one.emit(5);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([one.open, one.batches.length]).toEqual([1, 1]);
  await one.written();
  expect(one.seqs()).toEqual([
    [1, 2, 3, 4],
    [5, 6, 7, 8, 9],
  ]);
});

test('a flood takes the memory of the ring: what it pushes out is missing, and never held back', async () => {
  const one = feed({ count: 100, octets: 1e6 });
  one.live.watch(0);
  one.emit(1);
  await vi.advanceTimersByTimeAsync(1000);
  one.emit(5000);
  await one.written();
  await one.written();
  const seqs = one.seqs().flat();
  expect(seqs).toEqual([1, ...Array.from({ length: 100 }, (_, index) => 4902 + index)]);
});

test('no batch is larger than its limits, however much waits', async () => {
  const one = feed();
  one.emit(4000, { payload: { preview: 'x'.repeat(120), size: 120 } });
  one.live.watch(0);
  await vi.advanceTimersByTimeAsync(1000);
  while (one.open > 0) await one.written();
  expect(one.seqs().flat()).toHaveLength(4000);
  for (const { text } of one.batches) expect(text.length).toBeLessThan(512 * 1024);
  expect(one.batches.length).toBeGreaterThan(4);
});

test('at its end a process hands over what it has, looked at or not', async () => {
  const one = feed();
  one.emit(1200);
  const closed = one.live.close();
  let over = false;
  void closed.then(() => (over = true));
  while (!over) await one.written();
  expect(one.seqs().flat()).toHaveLength(1200);
  expect(one.seqs().flat().at(-1)).toBe(1200);
});

describe('security.trace-secrets', () => {
  const secret = { payload: { preview: 'GET /', fields: [['cookie', 'id=hidden']] } };
  test.each([
    ['left out', false, '[secret]'],
    ['kept where they are asked for', true, 'id=hidden'],
  ])('values of secret fields are %s', async (_, secrets, value) => {
    const one = feed(undefined, secrets);
    one.emit(1, secret);
    one.live.watch(0);
    await vi.advanceTimersByTimeAsync(1000);
    expect(readNdjson(one.batches[0]?.text ?? '').events[0]?.payload?.fields).toEqual([
      ['cookie', value],
    ]);
  });
});

test('however events, viewers and writes interleave, each event comes at most once, in order, and the last comes', async () => {
  const step = fc.oneof(
    fc.nat(30).map((count) => ({ do: 'emit' as const, count })),
    fc.constantFrom(
      { do: 'watch' as const },
      { do: 'unwatch' as const },
      { do: 'written' as const },
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const one = feed({ count: 50, octets: 1e6 });
      let put = 0;
      const known = () => one.seqs().flat().at(-1) ?? 0;
      for (const action of steps) {
        if (action.do === 'emit') {
          one.emit(action.count);
          put += action.count;
        } else if (action.do === 'watch') one.live.watch(known());
        else if (action.do === 'unwatch') one.live.unwatch();
        else await one.written();
      }
      one.live.watch(known());
      for (let i = 0; i < 5; i++) await one.written();
      const seqs = one.seqs().flat();
      expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
      expect(seqs.at(-1) ?? 0).toBe(put);
    }),
    { numRuns: 200 },
  );
});
