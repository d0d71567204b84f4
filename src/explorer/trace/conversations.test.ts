// What a trace is as a whole: conversations, what is missing, what was injected, what brought what about.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { missingBefore, placeOf, Surveyor, survey } from './conversations.ts';
import { eventOf, growingTrace, STARTED_TWICE, traceOf } from './event.fixture.ts';

test('survey: conversations have their title, counts and first place', () => {
  const events = traceOf({ conn: 0, type: 'lifespan.startup' }, ...STARTED_TWICE, { conn: 7 });
  const { conversations, violations } = survey(events);
  expect(violations).toBe(1);
  expect([...conversations.values()]).toEqual([
    { conn: 0, first: 0, events: 1, violations: 0, title: 'lifespan' },
    { conn: 1, first: 1, events: 7, violations: 1, title: 'GET /one' },
    { conn: 7, first: 8, events: 1, violations: 0, title: '' },
  ]);
});

test('survey: a conversation without a client has the title of its gateway, without the version', () => {
  const events = traceOf({ type: 'http.request', payload: { preview: 'GET /x HTTP/1.1' } });
  expect(survey(events).conversations.get(1)?.title).toBe('GET /x');
});

test('survey: numbers that are not there are events that were not kept, before the first too', () => {
  const events = traceOf({ seq: 4 }, { seq: 5 }, { seq: 9 });
  expect(survey(events).missing).toBe(6);
  expect([0, 1, 2, 3].map((place) => missingBefore(events, place))).toEqual([3, 0, 3, 0]);
});

test('survey: each run counts for itself, so that nothing is missing where another begins', () => {
  const events = traceOf({ run: 'a', seq: 1 }, { run: 'b', seq: 20 }, { run: 'b', seq: 22 });
  expect(survey(events).missing).toBe(1);
});

test('survey: injected faults are counted, and the most that ever waited is known', () => {
  const events = traceOf({ buffered: 10 }, { buffered: 4096, fault: 'stall' }, { buffered: 0 });
  expect(survey(events)).toMatchObject({ faults: 1, most: 4096 });
});

test('survey: what an event has brought about is known by its number', () => {
  const { effects } = survey(traceOf({}, { cause: 1 }, { cause: 1 }, { cause: 3 }));
  expect([...effects]).toEqual([
    [1, [2, 3]],
    [3, [4]],
  ]);
});

test('survey: of a trace that grows it says what it says of the whole, whatever came at once', () => {
  fc.assert(
    fc.property(growingTrace, ({ events, cuts }) => {
      const surveyor = new Surveyor();
      for (const cut of cuts) surveyor.read(events.slice(0, cut));
      expect(surveyor.read(events)).toEqual(survey(events));
    }),
  );
});

test('survey: another trace is surveyed by itself', () => {
  const surveyor = new Surveyor();
  surveyor.read(STARTED_TWICE);
  const other = [eventOf({ conn: 3, buffered: 5 })];
  expect(surveyor.read(other)).toEqual(survey(other));
});

test('place: an event is found by its number, whatever numbers are missing', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(50)), fc.nat(60), (numbers, sought) => {
      const seqs = numbers.sort((a, b) => a - b);
      const events = traceOf(...seqs.map((seq) => ({ seq })));
      expect(placeOf(events, sought)).toBe(seqs.indexOf(sought));
    }),
  );
});
