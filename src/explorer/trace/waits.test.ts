// Which event ends what another began.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { survey } from './conversations.ts';
import { growingTrace, traceOf } from './event.fixture.ts';

/** A send that blocks from 0 to 3 ms, a receive that waits from 1 to 2 ms beside it, and one of another conversation. */
const SEVERAL = traceOf(
  { type: 'http.response.body', phase: 'B', span: 1 },
  { type: 'receive', phase: 'B', span: 2 },
  { type: 'http.request.body', dir: 'in', phase: 'E', span: 2 },
  { type: 'send', dir: 'in', phase: 'E', span: 1 },
  { type: 'receive', phase: 'B', span: 1, conn: 2 },
  { type: 'http.response.end' },
);

test('waits: beginning and end are joined by their span, not by their type', () => {
  const { waits } = survey(SEVERAL);
  expect(SEVERAL.map((_, place) => waits.at(SEVERAL, place))).toEqual([
    { is: 'beginning', other: 3, ms: 3 },
    { is: 'beginning', other: 2, ms: 1 },
    { is: 'end', other: 1, ms: 1 },
    { is: 'end', other: 0, ms: 3 },
    { is: 'beginning', other: undefined, ms: undefined },
    undefined,
  ]);
});

test('waits: one whose end is not in the trace is longer than any, one whose beginning is not has no length', () => {
  const events = traceOf(
    { type: 'receive', phase: 'B', span: 1 },
    { type: 'send', dir: 'in', phase: 'E', span: 9 },
    {},
  );
  const { waits } = survey(events);
  expect(events.map((_, place) => waits.length(events, place))).toEqual([
    Number.POSITIVE_INFINITY,
    undefined,
    undefined,
  ]);
});

test('waits: a span is unique in its conversation and its run, and in no other', () => {
  const events = traceOf(
    { phase: 'B', span: 1, conn: 1 },
    { phase: 'E', span: 1, conn: 2 },
    { phase: 'E', span: 1, conn: 1, run: 'another' },
    { phase: 'E', span: 1, conn: 1 },
  );
  const { waits } = survey(events);
  expect(waits.at(events, 0)?.other).toBe(3);
  expect(waits.at(events, 1)?.other).toBeUndefined();
});

test('waits: each end has one beginning before it, of the same conversation and span', () => {
  fc.assert(
    fc.property(growingTrace, ({ events }) => {
      const { waits } = survey(events);
      events.forEach((event, place) => {
        const other = waits.at(events, place)?.other;
        if (other === undefined) return;
        expect(waits.at(events, other)?.other).toBe(place);
        expect(events[other]).toMatchObject({ conn: event.conn, span: event.span });
        expect(other < place).toBe(event.phase === 'E');
      });
    }),
  );
});
