// What a page keeps of the runs that it follows: each event once, the newest of them, in bounded memory.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceEvent } from '../../../tests/fixtures/trace-events.ts';
import { LiveRuns } from './live-runs.ts';

const some = (run: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => traceEvent({ run, seq: from + index }));
const shown = (live: LiveRuns) =>
  live.runs.map(({ run, number, changed, events }) => [
    run,
    number,
    changed,
    events.map(({ seq }) => seq),
  ]);

test('runs stand in the order in which they are told of, those without events too', () => {
  const live = new LiveRuns();
  live.tell([{ run: 'a', timeOrigin: 1 }]);
  live.push(some('a', 1, 2));
  live.tell([
    { run: 'a', timeOrigin: 1 },
    { run: 'b', timeOrigin: 2, changed: 'app.ts' },
  ]);
  expect(shown(live)).toEqual([
    ['a', 1, undefined, [1, 2]],
    ['b', 2, 'app.ts', []],
  ]);
});

test('events that come again, as over a connection that was made anew, change nothing', () => {
  const live = new LiveRuns();
  live.push(some('a', 1, 3));
  const [before] = live.runs;
  live.push(some('a', 2, 3));
  expect(live.runs[0]).toBe(before);
  live.push(some('a', 3, 4));
  expect(shown(live)).toEqual([['a', 1, undefined, [1, 2, 3, 4]]]);
});

test('what was cleared does not come back', () => {
  const live = new LiveRuns();
  live.push(some('a', 1, 3));
  live.clear('a');
  live.push(some('a', 1, 4));
  expect(shown(live)).toEqual([['a', 1, undefined, [4]]]);
});

test('never more than a tenth over the limit is kept, and it is the newest of the newest runs', () => {
  const pushes = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 30 })),
  );
  fc.assert(
    fc.property(pushes, (all) => {
      const live = new LiveRuns(50);
      const last = new Map<string, number>();
      for (const [run, count] of all) {
        const from = (last.get(run) ?? 0) + 1;
        last.set(run, from + count - 1);
        live.push(some(run, from, from + count - 1));
        const kept = live.runs.reduce((sum, { events }) => sum + events.length, 0);
        expect(kept).toBeLessThanOrEqual(55);
        for (const one of live.runs) {
          const seqs = one.events.map(({ seq }) => seq);
          const end = last.get(one.run) ?? 0;
          expect(seqs).toEqual(seqs.map((_, index) => end - seqs.length + 1 + index));
        }
      }
    }),
  );
});
