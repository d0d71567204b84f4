// What is said of a trace beside its events.

import { expect, test } from 'vitest';
import { survey } from './conversations.ts';
import { STARTED_TWICE, traceOf } from './event.fixture.ts';
import { breakWords, foldWords, octets, octetsShort, summary, waitWords } from './row-words.ts';

test.each<[string, number, string]>([
  ['nothing', 0, '0 events, 0 violations, 0 conversations'],
  ['lifespan', 1, '1 event, 0 violations, 0 conversations'],
  ['exchange', 7, '7 events, 1 violation, 1 conversation'],
  ['exchange', 2, '2 of 7 events, 1 violation, 1 conversation'],
  ['both', 9, '9 events, 1 violation, 2 conversations'],
  ['injected', 1, '1 event, 0 violations, 1 conversation, 1 injected fault'],
  ['holes', 2, '2 events, 0 violations, 1 conversation, 1,234 not kept'],
])('summary of %s, of which %i are shown', (what, shown, words) => {
  const lifespan = { conn: 0 };
  const events = {
    nothing: [],
    lifespan: traceOf(lifespan),
    exchange: STARTED_TWICE,
    both: traceOf(lifespan, ...STARTED_TWICE.map(({ seq, ...rest }) => rest), { conn: 2 }),
    injected: traceOf({ fault: 'reset' }),
    holes: traceOf({ seq: 1 }, { seq: 1236 }),
  }[what] as ReturnType<typeof traceOf>;
  expect(summary(events.length, shown, survey(events))).toBe(words);
});

test.each([
  [{ conn: 0, title: 'lifespan', events: 4, violations: 0 }, 'lifespan, 4 events'],
  [
    { conn: 2, title: 'GET /', events: 1, violations: 1 },
    'Conversation 2: GET /, 1 event, 1 violation',
  ],
  [
    { conn: 3, title: '', events: 2000, violations: 2 },
    'Conversation 3, 2,000 events, 2 violations',
  ],
])('a folded conversation in words: %o', (conversation, words) => {
  expect(foldWords({ first: 0, ...conversation })).toBe(words);
});

test.each([
  [1, '1 event was not kept'],
  [1234, '1,234 events were not kept'],
  [0, 'Another run begins.'],
])('where %i events are missing: %s', (missing, words) => {
  expect(breakWords(missing)).toBe(words);
});

test.each([
  ['beginning', 812, 'waited 812 ms'],
  ['beginning', undefined, 'waits, without an end'],
  ['end', 812, 'after 812 ms'],
  ['end', undefined, 'after a wait'],
] as const)('the %s of a wait of %s ms: %s', (is, ms, words) => {
  expect(waitWords({ is, other: undefined, ms })).toBe(words);
});

test.each([
  [0, '0 B', '0 octets'],
  [1, '1 B', '1 octet'],
  [999, '999 B', '999 octets'],
  [1000, '1.0 kB', '1,000 octets'],
  [9949, '9.9 kB', '9,949 octets'],
  [9950, '10 kB', '9,950 octets'],
  [65_536, '66 kB', '65,536 octets'],
  [999_499, '999 kB', '999,499 octets'],
  [999_500, '1.0 MB', '999,500 octets'],
  [64e6, '64 MB', '64,000,000 octets'],
])('%i octets, short and long', (size, short, long) => {
  expect(octetsShort(size)).toBe(short);
  expect(octets(size)).toBe(long);
});
