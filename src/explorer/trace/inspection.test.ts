// What is said of one event, and why a step was a violation.

import { expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { survey } from './conversations.ts';
import { STARTED_TWICE, traceOf } from './event.fixture.ts';
import { inspect as inspectIn } from './inspection.ts';

const inspect = (events: readonly TraceEvent[], place: number) =>
  inspectIn(events, place, survey(events));

test('inspection: times are since the event before, and since the beginning of the conversation', () => {
  const events = traceOf({ conn: 1, t: 2 }, { conn: 2, t: 5 }, { conn: 1, t: 7.5 });
  expect(inspect(events, 0)).toMatchObject({ sinceBefore: undefined, sinceBeginning: 0 });
  expect(inspect(events, 1)).toMatchObject({ sinceBefore: 3, sinceBeginning: 0 });
  expect(inspect(events, 2)).toMatchObject({ sinceBefore: 2.5, sinceBeginning: 5.5 });
});

test('inspection: states are those up to the event, and of its conversation alone', () => {
  const events = traceOf(
    { conn: 1, state: 'committed' },
    { conn: 2, state: 'committed' },
    { conn: 2, type: 'http.response.end', state: 'ended' },
    { conn: 1, type: 'http.response.end', state: 'ended' },
  );
  expect(inspect(events, 1).paths).toMatchObject([
    { visits: [{ state: 'open' }, { state: 'committed', seq: 2 }] },
  ]);
});

test('inspection: an event in order has no why', () => {
  expect(inspect(STARTED_TWICE, 3).why).toBeUndefined();
});

test('http.start-once: why is the state before, what could be sent, and the last steps in order', () => {
  const { why } = inspect(STARTED_TWICE, 4);
  expect(why).toMatchObject({
    requirement: 'http.start-once',
    before: { machine: 'http.response', state: 'committed' },
    last: [{ seq: 3 }, { seq: 4 }],
  });
  expect(why?.instead).toEqual(expect.arrayContaining(['http.response.body', 'http.response.end']));
  expect(why?.instead).not.toContain('http.response.start');
});

test('http.body-before-start: where nothing has been told, the state before is the initial one', () => {
  const events = traceOf({
    type: 'http.response.body',
    state: 'open',
    violation: { requirement: 'http.body-before-start', message: 'm' },
  });
  const { why } = inspect(events, 0);
  expect(why).toMatchObject({ before: { machine: 'http.response', state: 'open' }, last: [] });
  expect(why?.instead).toContain('http.response.start');
});

test('inspection: only what the application sends is offered, and only for what it sent', () => {
  const broken = { violation: { requirement: 'lifespan.send-order', message: 'm' } };
  const sent = traceOf({ conn: 0, type: 'lifespan.ready', state: 'ready', ...broken });
  const received = traceOf({ dir: 'in', type: 'receive', state: 'open', ...broken });
  expect(inspect(sent, 0).why?.instead).not.toContain('lifespan.drain');
  expect(inspect(received, 0).why?.instead).toEqual([]);
});

test('inspection: of the steps in order the last three are told, without those of others', () => {
  const events = traceOf(
    { type: 'http.informational', state: 'open' },
    { type: 'http.response.start', state: 'committed' },
    { type: 'http.response.body', state: 'committed' },
    { lane: 'client', dir: 'in', type: 'client.response' },
    { type: 'http.response.end', state: 'ended' },
    { type: 'http.response.body', state: 'ended', violation: { requirement: 'x', message: 'm' } },
    { type: 'http.response.body', state: 'ended', violation: { requirement: 'x', message: 'm' } },
  );
  expect(inspect(events, 6).why?.last.map(({ seq }) => seq)).toEqual([2, 3, 5]);
});

test('inspection: a wait leads to its other end, and one without an end says so', () => {
  const events = traceOf(
    { type: 'http.response.body', phase: 'B', span: 1 },
    { type: 'receive', phase: 'B', span: 2 },
    { type: 'send', dir: 'in', phase: 'E', span: 1 },
  );
  expect(inspect(events, 0).wait).toEqual({ is: 'beginning', other: events[2], ms: 2 });
  expect(inspect(events, 2).wait).toEqual({ is: 'end', other: events[0], ms: 2 });
  expect(inspect(events, 1).wait).toEqual({ is: 'beginning', other: undefined, ms: undefined });
});

test('inspection: an event leads to what brought it about, and to what it brought about', () => {
  const events = traceOf({}, { cause: 1 }, { cause: 1 }, { cause: 99 });
  expect(inspect(events, 1).cause).toBe(events[0]);
  expect(inspect(events, 0).effects).toEqual([events[1], events[2]]);
  expect(inspect(events, 3)).toMatchObject({ cause: 99, effects: [] });
});

test('inspection: of many that an event brought about the first are told, and how many more there are', () => {
  const events = traceOf({}, ...Array.from({ length: 20 }, () => ({ cause: 1 })));
  const { effects, furtherEffects } = inspect(events, 0);
  expect(effects.length + furtherEffects).toBe(20);
  expect(furtherEffects).toBeGreaterThan(0);
});

test('inspection: that a wait began or ended is no step of the application, and moves no machine', () => {
  const events = traceOf(
    { type: 'http.response.start', state: 'committed' },
    { type: 'receive', phase: 'B', span: 1, state: 'open' },
    { type: 'http.response.body', phase: 'B', span: 2, state: 'committed' },
    { type: 'send', dir: 'in', phase: 'E', span: 2, state: 'open' },
    { state: 'committed', violation: { requirement: 'http.start-once', message: 'm' } },
  );
  const { why, paths } = inspect(events, 4);
  expect(why?.last.map(({ seq }) => seq)).toEqual([1, 3]);
  expect(paths).toMatchObject([{ visits: [{ state: 'open' }, { state: 'committed', seq: 1 }] }]);
});
