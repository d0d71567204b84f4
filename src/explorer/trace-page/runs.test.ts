// A trace by its runs, and all runs as one: nothing is lost, and what belongs together stays so.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceEvent, traceEvents } from '../../../tests/fixtures/trace-events.ts';
import { joined, runsOf } from './runs.ts';

test('each run has its own events, in order', () => {
  fc.assert(
    fc.property(traceEvents, (events) => {
      const runs = runsOf(events);
      expect(runs.map(({ run }) => run)).toEqual([...new Set(events.map(({ run }) => run))]);
      for (const { run, events: own } of runs)
        expect(own).toEqual(events.filter((event) => event.run === run));
    }),
  );
});

test('joined: every event once, numbers rise, and conversations stay apart by run', () => {
  fc.assert(
    fc.property(traceEvents, (events) => {
      const all = joined(events);
      expect(all.length).toBe(events.length);
      for (const [index, { seq }] of all.entries())
        expect(seq).toBeGreaterThan(all[index - 1]?.seq ?? 0);
      for (const { run, events: own } of runsOf(all)) {
        const before = events.filter((event) => event.run === run);
        expect(own.map(({ type }) => type)).toEqual(before.map(({ type }) => type));
        // One to one: the same conversation before, the same now.
        const pairs = new Set(own.map(({ conn }, i) => `${conn} ${before[i]?.conn}`));
        expect(pairs.size).toBe(new Set(own.map(({ conn }) => conn)).size);
        expect(pairs.size).toBe(new Set(before.map(({ conn }) => conn)).size);
      }
      const owners = new Map(
        all.filter(({ conn }) => conn > 0).map(({ conn, run }) => [conn, run]),
      );
      for (const { conn, run } of all) if (conn > 0) expect(owners.get(conn)).toBe(run);
    }),
  );
});

test('joined: with the dates of all runs, events stand in the order of time', () => {
  const all = joined([
    traceEvent({ run: 'a', seq: 1, t: 50, timeOrigin: 1000 }),
    traceEvent({ run: 'a', seq: 2, t: 90, cause: 1, span: 3, phase: 'B' }),
    traceEvent({ run: 'a', seq: 3, t: 95, span: 3, phase: 'E' }),
    traceEvent({ run: 'b', seq: 1, t: 10, timeOrigin: 1050 }),
    traceEvent({ run: 'b', seq: 2, t: 60, cause: 1, span: 3, phase: 'B' }),
  ]);
  expect(all.map(({ run, seq, t, conn, cause, span }) => [run, seq, t, conn, cause, span])).toEqual(
    [
      ['a', 1, 50, 1, undefined, undefined],
      ['b', 2, 60, 2, undefined, undefined],
      ['a', 3, 90, 1, 1, 1],
      ['a', 4, 95, 1, undefined, 1],
      ['b', 5, 110, 2, 2, 2],
    ],
  );
});

test('joined: without the date of one, events stand as they were written, each with its own time', () => {
  const all = joined([
    traceEvent({ run: 'b', seq: 1, t: 10, timeOrigin: 1050 }),
    traceEvent({ run: 'a', seq: 1, t: 5 }),
  ]);
  expect(all.map(({ run, t }) => [run, t])).toEqual([
    ['b', 10],
    ['a', 5],
  ]);
});

test('joined: what a run has lost is missing in the numbers', () => {
  const all = joined([
    traceEvent({ run: 'a', seq: 1 }),
    traceEvent({ run: 'b', seq: 11 }),
    traceEvent({ run: 'a', seq: 4 }),
  ]);
  expect(all.map(({ seq }) => seq)).toEqual([1, 12, 15]);
});
