// How events lie in the time of their trace.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Density, PIECES, rowAt } from './density.ts';
import { traceOf } from './event.fixture.ts';

const placesOf = (events: readonly unknown[]) => events.map((_, place) => place);
const times = fc
  .array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 })
  .map((all) => all.sort((a, b) => a - b));

test('density: every event is in the piece of its time, and there are never too many pieces', () => {
  fc.assert(
    fc.property(times, (all) => {
      const events = traceOf(...all.map((t) => ({ t })));
      const { events: counts, length, most } = new Density().read(events, placesOf(events));
      const expected = counts.map(() => 0);
      for (const t of all) (expected[Math.floor(t / length)] as number)++;
      expect(counts).toEqual(expected);
      expect(most).toBe(Math.max(...counts));
      expect(counts.length).toBeLessThanOrEqual(PIECES);
      if ((all.at(-1) as number) > 1) expect(counts.length).toBeGreaterThan(PIECES / 2);
    }),
  );
});

test('density: of rows that grow it is that of the whole', () => {
  fc.assert(
    fc.property(times, fc.nat(60), (all, cut) => {
      const events = traceOf(...all.map((t) => ({ t })));
      const [density, rows] = [new Density(), placesOf(events)];
      const growing = rows.slice(0, cut);
      density.read(events, growing);
      growing.push(...rows.slice(cut));
      expect(density.read(events, growing)).toEqual(new Density().read(events, rows));
    }),
  );
});

test('density: violations and injected faults are troubles, and only events that are shown count', () => {
  const events = traceOf(
    { t: 0, fault: 'reset' },
    { t: 0, violation: { requirement: 'a', message: 'm' } },
    { t: 0 },
    { t: 0 },
  );
  expect(new Density().read(events, [0, 1, 2])).toMatchObject({ events: [3], troubles: [2] });
  expect(new Density().read(events, [1.5, 2])).toMatchObject({ events: [1], troubles: [0] });
});

test('density: a time that is none is the beginning', () => {
  const events = traceOf({ t: -5 }, { t: Number.NaN });
  expect(new Density().read(events, [0, 1]).events).toEqual([2]);
});

test.each<[number, number]>([
  [-1, 0],
  [0, 0],
  [4, 0],
  [6, 1],
  [10, 1],
  [14, 1],
  [16, 4],
  [20, 5],
  [99, 5],
])('row at %d ms: %i', (time, row) => {
  const events = traceOf({ t: 0 }, { t: 10 }, { t: 10 }, { t: 20 }, { t: 20 });
  expect(rowAt(events, [0, 1, 2, 2.5, 3, 4], time)).toBe(row);
});

test('row at: where there is no event there is none, and breaks are none', () => {
  expect(rowAt([], [], 5)).toBe(-1);
  expect(rowAt(traceOf({ seq: 5, t: 3 }), [-0.5, 0], 0)).toBe(1);
});
