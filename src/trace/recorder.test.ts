// Numbering, timing and limiting what a tap is told.

import { expect, test } from 'vitest';
import type { TraceEvent, TraceStep } from './event.ts';
import { createRecorder } from './recorder.ts';

const step: TraceStep = { conn: 1, lane: 'app', dir: 'out', type: 'http.refuse', phase: 'i' };

function record(limit?: number, times: readonly number[] = []) {
  const events: TraceEvent[] = [];
  let tick = 0;
  const recorder = createRecorder({
    run: 'test',
    now: () => times[tick++] ?? 0,
    emit: (event) => events.push(event),
    ...(limit === undefined ? {} : { limit }),
  });
  return { recorder, events };
}

test('recorder: events are numbered from 1, and carry version, run and the whole step', () => {
  const { recorder, events } = record();
  recorder.tap(step);
  recorder.tap({ ...step, conn: 2 });
  expect(events).toEqual([
    { v: 1, run: 'test', seq: 1, t: 0, ...step },
    { v: 1, run: 'test', seq: 2, t: 0, ...step, conn: 2 },
  ]);
});

test('recorder: time is counted from its making, in milliseconds to the microsecond', () => {
  const { recorder, events } = record(undefined, [1000, 1000.0004, 1012.34567]);
  recorder.tap(step);
  recorder.tap(step);
  expect(events.map(({ t }) => t)).toEqual([0, 12.346]);
});

test('recorder: where there is a date, the first event has it', () => {
  const events: TraceEvent[] = [];
  const { tap } = createRecorder({
    run: 'test',
    now: () => 0,
    timeOrigin: 1_767_225_600_000,
    emit: (event) => events.push(event),
  });
  tap(step);
  tap(step);
  expect(events.map(({ timeOrigin }) => timeOrigin)).toEqual([1_767_225_600_000, undefined]);
});

test.each([
  [0, 5, 0, 5],
  [2, 5, 2, 3],
  [5, 5, 5, 0],
  [6, 5, 5, 0],
])(
  'recorder: with a limit of %i, of %i steps %i are emitted and %i counted as dropped',
  (limit, steps, emitted, dropped) => {
    const { recorder, events } = record(limit);
    for (let i = 0; i < steps; i++) recorder.tap(step);
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: emitted }, (_, i) => i + 1));
    expect({ count: recorder.count, dropped: recorder.dropped }).toEqual({
      count: emitted,
      dropped,
    });
  },
);

test('recorder: without a limit nothing is dropped', () => {
  const { recorder, events } = record();
  for (let i = 0; i < 1000; i++) recorder.tap(step);
  expect({ emitted: events.length, dropped: recorder.dropped }).toEqual({
    emitted: 1000,
    dropped: 0,
  });
});

test('recorder: data that its preview does not tell whole is kept, and named', () => {
  const events: TraceEvent[] = [];
  const kept: number[] = [];
  const recorder = createRecorder({
    run: 'test',
    now: () => 0,
    emit: (event) => events.push(event),
    keep: (data) => `ref-${kept.push(data.length)}`,
  });
  recorder.tap({ ...step, payload: { preview: 'short', size: 5 } }, new Uint8Array(5));
  recorder.tap({ ...step, payload: { preview: 'x…', size: 121 } }, new Uint8Array(121));
  // A backslash of the data, and one that stands for an octet, look alike.
  recorder.tap({ ...step, payload: { preview: '\\x00', size: 4 } }, new Uint8Array(4));
  recorder.tap(step);
  expect(events.map(({ payload }) => payload?.ref)).toEqual([
    undefined,
    'ref-1',
    'ref-2',
    undefined,
  ]);
  expect(kept).toEqual([121, 4]);
});
