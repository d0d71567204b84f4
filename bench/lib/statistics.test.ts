// The arithmetic behind ratios and verdicts.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatness, median, ratioOf, slope } from './statistics.ts';

const MB = 2 ** 20;
const everySecond = (values: readonly number[]) =>
  values.map((value, second) => [second * 1000, value] as const);

test.each([
  [[3], 3],
  [[3, 1, 2], 2],
  [[4, 1, 3, 2], 2.5],
])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

test('the median of nothing is no number', () => expect(median([])).toBeNaN());

test('a ratio is taken round by round: a round that disturbs both alike moves nothing', () => {
  expect(ratioOf([90, 9, 90], [100, 10, 100])).toEqual({ median: 0.9, least: 0.9, most: 0.9 });
});

test('a slope is found exactly on a line, wherever it lies', () => {
  fc.assert(
    fc.property(fc.integer({ min: -50, max: 50 }), fc.integer(), (rise, start) => {
      const points = Array.from({ length: 20 }, (_, x) => [x, start + rise * x] as const);
      expect(slope(points)).toBe(rise);
    }),
  );
});

test('one outlier does not move a slope', () => {
  const points = Array.from({ length: 21 }, (_, x) => [x, x === 10 ? 1e9 : 5] as const);
  expect(slope(points)).toBe(0);
});

test('growth of the warm-up, and breathing after it, are flat', () => {
  const warming = Array.from({ length: 100 }, (_, second) => second * MB);
  const breathing = Array.from({ length: 200 }, (_, second) => (100 + (second % 7)) * MB);
  expect(flatness(everySecond([...warming, ...breathing]), 8 * MB).flat).toBe(true);
});

test('a leak of a tenth of the memory is not flat, and its slope is told', () => {
  const leaking = Array.from({ length: 300 }, (_, second) => (100 + second / 20) * MB);
  const { flat, perMinute } = flatness(everySecond(leaking), 0);
  expect(flat).toBe(false);
  expect(perMinute / MB).toBeCloseTo(3);
});
