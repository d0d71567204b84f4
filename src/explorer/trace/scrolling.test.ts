// Which rows are drawn, and where a view moves to show one.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawnRows, slotsFor, topToShow } from './scrolling.ts';

const view = fc.record({
  count: fc.integer({ min: 1, max: 200_000 }),
  row: fc.integer({ min: 12, max: 100 }),
  height: fc.integer({ min: 1, max: 2000 }),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
});

test('drawn rows: every row in view is drawn, and never many more', () => {
  fc.assert(
    fc.property(view, ({ count, row, height, at }) => {
      const top = at * Math.max(count * row - height, 0);
      const { start, end } = drawnRows(count, row, top, height);
      expect(start).toBeLessThanOrEqual(Math.floor(top / row));
      expect(end).toBeGreaterThanOrEqual(Math.min(Math.ceil((top + height) / row), count));
      expect(end).toBeLessThanOrEqual(count);
      expect(end - start).toBeLessThanOrEqual(slotsFor(row, height));
    }),
  );
});

test('drawn rows: a movement within a group of rows draws nothing new', () => {
  expect(drawnRows(1000, 30, 16 * 30, 300)).toEqual(drawnRows(1000, 30, 17 * 30 - 1, 300));
});

test.each([
  [0, 30, 0, 300, { start: 0, end: 0 }],
  [5, 30, 0, 300, { start: 0, end: 5 }],
  // Scrolled beyond what a filter has left.
  [5, 30, 90_000, 300, { start: 0, end: 5 }],
])('drawn rows of %i', (count, row, top, height, drawn) => {
  expect(drawnRows(count, row, top, height)).toEqual(drawn);
});

test.each([
  ['in view', 100, 130, 90, 90],
  ['above', 10, 40, 90, 10],
  ['below', 400, 430, 90, 230],
  ['higher than the view', 400, 900, 90, 400],
])('to show what is %s', (_, from, to, top, wanted) => {
  expect(topToShow(from, to, top, 200)).toBe(wanted);
});

test('to show: the view moves as little as it must, and then shows it', () => {
  fc.assert(
    fc.property(fc.nat(9000), fc.nat(200), fc.nat(9000), (from, size, top) => {
      const moved = topToShow(from, from + size, top, 200);
      expect(moved).toBeLessThanOrEqual(from);
      expect(moved + 200).toBeGreaterThanOrEqual(from + size);
      if (top <= from && from + size <= top + 200) expect(moved).toBe(top);
    }),
  );
});
