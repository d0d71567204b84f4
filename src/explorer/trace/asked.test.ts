// Which event the address of a page asks for.

import { expect, test } from 'vitest';
import { traceOf } from '../../../tests/fixtures/trace-events.ts';
import { askedEvent, asksForEvent } from './asked.ts';

const events = traceOf(
  { requirement: 'http.commit.on-start' },
  { requirement: 'http.duplex' },
  { requirement: 'http.start-once' },
  {
    requirement: 'http.start-once',
    violation: { requirement: 'http.start-once', message: 'again' },
  },
);

test.each([
  ['#t=2', 2],
  ['#s1.abc&t=2', 2],
  ['#t=99', undefined],
  ['#t=http.duplex', 2],
  ['#s1.abc&t=http.duplex', 2],
  // The event that breaks a clause shows it better than one that keeps it.
  ['#t=http.start-once', 4],
  ['#t=http.unknown', undefined],
  ['#http.duplex', undefined],
  ['#t=http.duplex<script>', undefined],
  ['#t=', undefined],
  ['', undefined],
])('%s asks for event %s', (fragment, seq) => {
  expect(askedEvent(fragment, events)).toBe(seq);
});

test('a heading and an empty address ask for no event', () => {
  expect(['#t=2', '#t=http.duplex', '#http.duplex', '#t', ''].map(asksForEvent)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
