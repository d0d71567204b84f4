// Rows: what a filter leaves, what a fold hides, what is missing, and stepping from event to event.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { Surveyor, survey } from './conversations.ts';
import { growingTrace, traceOf } from './event.fixture.ts';
import {
  afterBreak,
  foldedConn,
  isBreak,
  isEvent,
  isFold,
  RowReader,
  rowFrom,
  rowsOf,
  type Sieve,
  step,
} from './rows.ts';

const conns = fc.array(fc.nat(4), { maxLength: 40 });
const traceIn = (all: readonly number[]) => traceOf(...all.map((conn) => ({ conn })));
const sieveOf = (test: (event: TraceEvent) => boolean): Sieve => ({ test, waits: false });
const rowsIn = (events: readonly TraceEvent[], folded?: ReadonlySet<number>, sieve?: Sieve) =>
  rowsOf(events, survey(events), folded, sieve);

test('rows: without folds they are the events that the filter leaves, in order', () => {
  fc.assert(
    fc.property(conns, fc.nat(4), (all, wanted) => {
      const events = traceIn(all);
      expect(rowsIn(events).rows).toEqual(events.map((_, place) => place));
      const { rows, events: count } = rowsIn(
        events,
        undefined,
        sieveOf(({ conn }) => conn === wanted),
      );
      expect(rows).toEqual(all.flatMap((conn, place) => (conn === wanted ? [place] : [])));
      expect(count).toBe(rows.length);
    }),
  );
});

test('rows: a folded conversation is one row, in the place of its first event', () => {
  fc.assert(
    fc.property(conns, fc.uniqueArray(fc.nat(4)), (all, folds) => {
      const folded = new Set(folds);
      const { rows, events } = rowsIn(traceIn(all), folded);
      const expected: (number | string)[] = [];
      all.forEach((conn, place) => {
        if (!folded.has(conn)) expected.push(place);
        else if (!expected.includes(`fold ${conn}`)) expected.push(`fold ${conn}`);
      });
      expect(rows.map((row) => (isFold(row) ? `fold ${foldedConn(row)}` : row))).toEqual(expected);
      expect(events).toBe(all.length);
    }),
  );
});

test('rows: where numbers are missing a row says how many, before the first event too', () => {
  const { rows, missing, events } = rowsIn(traceOf({ seq: 3 }, { seq: 4 }, { seq: 10 }));
  expect(rows.map((row) => (isBreak(row) ? `${missing.get(row)} missing` : row))).toEqual([
    '2 missing',
    0,
    1,
    '5 missing',
    2,
  ]);
  expect(events).toBe(3);
  expect(rows.filter(isBreak).map(afterBreak)).toEqual([0, 2]);
});

test('rows: what is missing around events that a filter hides is told once', () => {
  const events = traceOf({ seq: 1 }, { seq: 3, conn: 2 }, { seq: 6, conn: 2 }, { seq: 7 });
  const { rows, missing } = rowsIn(
    events,
    undefined,
    sieveOf(({ conn }) => conn === 1),
  );
  expect(rows.map((row) => missing.get(row) ?? row)).toEqual([0, 3, 3]);
});

test('rows: the beginning of another run has a row, at which nothing is missing', () => {
  const { rows, missing } = rowsIn(traceOf({ run: 'a' }, { run: 'b', seq: 7 }));
  expect(rows).toEqual([0, 0.5, 1]);
  expect(missing.get(0.5)).toBe(0);
});

test('rows: a row is an event, a fold or a break', () => {
  for (const row of [-7, -1, -0.5, 0, 0.5, 1, 1.5, 200])
    expect([isEvent(row), isFold(row), isBreak(row)].filter(Boolean)).toHaveLength(1);
});

test('rows: of a trace that grows they are those of the whole, also where an end tells of an earlier wait', () => {
  const sieves: (Sieve | undefined)[] = [
    undefined,
    sieveOf(({ conn }) => conn === 1),
    { waits: true, test: (_, waited) => waited !== undefined && waited < 10 },
    { waits: true, test: ({ lane }, waited) => lane === 'client' || waited === Infinity },
  ];
  fc.assert(
    fc.property(
      growingTrace,
      fc.constantFrom(...sieves),
      fc.constantFrom(new Set<number>(), new Set([1, 2])),
      ({ events, cuts }, sieve, folded) => {
        const [surveyor, reader] = [new Surveyor(), new RowReader()];
        for (const cut of cuts) {
          const part = events.slice(0, cut);
          reader.read(part, surveyor.read(part), folded, sieve);
        }
        const grown = reader.read(events, surveyor.read(events), folded, sieve);
        const whole = rowsOf(events, survey(events), folded, sieve);
        expect(grown).toEqual(whole);
      },
    ),
    { numRuns: 500 },
  );
});

test('rows: where a trace grows they are the same array, which has grown', () => {
  const events = traceOf({}, {}, {}, {});
  const [surveyor, reader] = [new Surveyor(), new RowReader()];
  const read = (part: readonly TraceEvent[]) => reader.read(part, surveyor.read(part)).rows;
  const before = read(events.slice(0, 2));
  expect(read(events)).toBe(before);
  expect(before).toEqual([0, 1, 2, 3]);
});

test('rows: where one is found, by the place of its event', () => {
  const rows = [-0.5, 0, 3, 3.5, 4];
  expect([0, 1, 3, 4, 5].map((place) => rowFrom(rows, place))).toEqual([1, 2, 2, 4, 5]);
});

test.each<[readonly number[], number, number, number | undefined]>([
  [[0, 1, 2], -1, 1, 0],
  [[0, 1, 2], 0, 1, 1],
  [[0, 1, 2], 2, 1, 2],
  [[0, 1, 2], 0, -1, 0],
  [[0, 1, 2], 3, -1, 2],
  [[0, 1, 2], 1, Number.POSITIVE_INFINITY, 2],
  [[0, 1, 2], 1, Number.NEGATIVE_INFINITY, 0],
  [[0, -2, 2], 0, 1, 2],
  [[0, -2, 2], 2, -1, 0],
  [[0, -2], 0, 1, 0],
  [[-2, 1], 1, Number.NEGATIVE_INFINITY, 1],
  [[-2, -3], -1, 1, undefined],
  [[-0.5, 0, 0.5, 1], 1, 1, 3],
  [[-0.5, 0, 0.5, 1], 3, Number.NEGATIVE_INFINITY, 1],
  [[], -1, 1, undefined],
])('step: among the rows %o, from %i by %d is %s', (rows, from, by, to) => {
  expect(step(rows, from, by)).toBe(to);
});
