// The coarse clock: never early, at most a second late, and idle while nobody watches.

import fc from 'fast-check';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runs } from '../../tests/fuzz/runs.ts';
import { Clock } from './clock.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('timeout.acts: once the limit has passed in full, and at the latest one second later', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 1, max: 5000 }),
      (before, limit) => {
        const clock = new Clock();
        let actedAt: number | undefined;
        let stamp: number | undefined;
        const unwatch = clock.watch(() => {
          if (stamp !== undefined && clock.passed(stamp, limit)) actedAt ??= performance.now();
        });
        vi.advanceTimersByTime(before);
        const from = performance.now();
        stamp = clock.stamp;
        vi.advanceTimersByTime(limit + 1001);
        unwatch();
        expect(actedAt).toBeDefined();
        expect((actedAt as number) - from).toBeGreaterThanOrEqual(limit);
        expect((actedAt as number) - from).toBeLessThanOrEqual(limit + 1000);
      },
    ),
    runs(100),
  );
});

test('timeout.acts: a stamp from before anybody watched is not early either', () => {
  const clock = new Clock();
  const stamp = clock.stamp;
  vi.advanceTimersByTime(10_000);
  let looks = 0;
  const unwatch = clock.watch(() => {
    if (!clock.passed(stamp, 1000)) looks++;
  });
  vi.advanceTimersByTime(1000);
  expect(looks, 'time in which nobody watched does not count').toBe(4);
  vi.advanceTimersByTime(250);
  expect(looks).toBe(4);
  unwatch();
});

test('timeout.acts: an event loop that was blocked does not count against the peer', () => {
  const clock = new Clock();
  const unwatch = clock.watch(() => {});
  const stamp = clock.stamp;
  vi.advanceTimersByTime(250);
  // The process stands still for a minute; then the timer fires once.
  vi.setSystemTime(Date.now() + 60_000);
  const now = performance.now();
  vi.spyOn(performance, 'now').mockReturnValue(now + 60_000);
  vi.advanceTimersToNextTimer();
  vi.restoreAllMocks();
  expect(clock.passed(stamp, 1000)).toBe(false);
  unwatch();
});

test('clock: nothing runs while nobody watches', () => {
  const clock = new Clock();
  expect(vi.getTimerCount()).toBe(0);
  const first = clock.watch(() => {});
  const second = clock.watch(() => {});
  expect(vi.getTimerCount()).toBe(1);
  first();
  first();
  expect(vi.getTimerCount()).toBe(1);
  second();
  expect(vi.getTimerCount()).toBe(0);
  clock.watch(() => {})();
  expect(vi.getTimerCount()).toBe(0);
});

test('clock: whoever stops watching while others are told is told no more', () => {
  const clock = new Clock();
  const told: string[] = [];
  const stop = clock.watch(() => {
    told.push('once');
    stop();
  });
  const other = clock.watch(() => told.push('each time'));
  vi.advanceTimersByTime(500);
  other();
  expect(told).toEqual(['once', 'each time', 'each time']);
});
