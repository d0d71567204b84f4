// Counting a trace by its conversations, folding them, and moving from row to row.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  foldedConn,
  foldWords,
  isFold,
  placeOf,
  rowsOf,
  step,
  summary,
  survey,
} from './conversations.ts';
import { STARTED_TWICE, traceOf } from './event.fixture.ts';

const NONE = new Set<number>();

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

test.each<[string, number, string]>([
  ['nothing', 0, '0 events, 0 violations, 0 conversations'],
  ['lifespan', 1, '1 event, 0 violations, 0 conversations'],
  ['exchange', 7, '7 events, 1 violation, 1 conversation'],
  ['exchange', 2, '2 of 7 events, 1 violation, 1 conversation'],
  ['both', 9, '9 events, 1 violation, 2 conversations'],
])('summary of %s, of which %i are shown', (what, shown, words) => {
  const lifespan = { conn: 0 };
  const events = {
    nothing: [],
    lifespan: traceOf(lifespan),
    exchange: STARTED_TWICE,
    both: traceOf(lifespan, ...STARTED_TWICE, { conn: 2 }),
  }[what] as ReturnType<typeof traceOf>;
  expect(summary(events.length, shown, survey(events))).toBe(words);
});

test.each([
  [{ conn: 0, title: 'lifespan', events: 4, violations: 0 }, 'lifespan, 4 events'],
  [
    { conn: 2, title: 'GET /', events: 1, violations: 1 },
    'Conversation 2: GET /, 1 event, 1 violation',
  ],
  [{ conn: 3, title: '', events: 2, violations: 2 }, 'Conversation 3, 2 events, 2 violations'],
])('a folded conversation in words: %o', (conversation, words) => {
  expect(foldWords({ first: 0, ...conversation })).toBe(words);
});

const conns = fc.array(fc.nat(4), { maxLength: 40 });
const traceIn = (all: readonly number[]) => traceOf(...all.map((conn) => ({ conn })));

test('rows: without folds they are the events that the test leaves, in order', () => {
  fc.assert(
    fc.property(conns, fc.nat(4), (all, wanted) => {
      const events = traceIn(all);
      expect(rowsOf(events, NONE)).toEqual(events.map((_, place) => place));
      expect(rowsOf(events, NONE, ({ conn }) => conn === wanted)).toEqual(
        all.flatMap((conn, place) => (conn === wanted ? [place] : [])),
      );
    }),
  );
});

test('rows: a folded conversation is one row, in the place of its first event', () => {
  fc.assert(
    fc.property(conns, fc.uniqueArray(fc.nat(4)), (all, folds) => {
      const folded = new Set(folds);
      const rows = rowsOf(traceIn(all), folded);
      const expected: (number | string)[] = [];
      all.forEach((conn, place) => {
        if (!folded.has(conn)) expected.push(place);
        else if (!expected.includes(`fold ${conn}`)) expected.push(`fold ${conn}`);
      });
      expect(rows.map((row) => (isFold(row) ? `fold ${foldedConn(row)}` : row))).toEqual(expected);
    }),
  );
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
  [[], -1, 1, undefined],
])('step: among the rows %o, from %i by %d is %s', (rows, from, by, to) => {
  expect(step(rows, from, by)).toBe(to);
});
