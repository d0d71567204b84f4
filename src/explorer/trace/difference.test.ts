// Two events side by side.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { compareEvents } from './difference.ts';
import { eventOf } from './event.fixture.ts';

const whats = (first: TraceEvent, second: TraceEvent) =>
  compareEvents(first, second).differences.map(({ what }) => what);

test.each<[string, Partial<TraceEvent>, string | undefined, string | undefined]>([
  ['Conversation', { conn: 0 }, '1', 'the lifespan'],
  ['Who', { dir: 'in' }, 'app sends', 'app receives'],
  ['Type', { type: 'http.response.end' }, 'http.response.start', 'http.response.end'],
  ['Phase', { phase: 'B' }, 'at once', 'begins to wait'],
  ['State', { state: 'ended' }, undefined, 'ended'],
  ['Buffered', { buffered: 65536 }, undefined, '65,536 octets'],
  ['Clause', { requirement: 'http.finish' }, undefined, 'http.finish'],
  ['Violation', { violation: { requirement: 'a.b', message: 'm' } }, undefined, 'a.b: m'],
  ['Violation', { violation: { requirement: 'a.b', message: 'a.b: m' } }, undefined, 'a.b: m'],
  ['Injected', { fault: 'reset' }, undefined, 'reset'],
  ['Status', { payload: { preview: '', status: 204 } }, undefined, '204'],
  ['Size', { payload: { preview: '', size: 1 } }, undefined, '1 octet'],
  ['Carried', { payload: { preview: 'x' } }, undefined, 'x'],
  ['Data', { payload: { preview: '', ref: 'ab' } }, undefined, 'ab'],
  ['Source', { src: { file: 'app.ts', line: 1, column: 2 } }, undefined, 'app.ts:1:2'],
])('difference: %s', (what, change, first, second) => {
  expect(compareEvents(eventOf(), eventOf(change)).differences).toEqual([{ what, first, second }]);
});

test('difference: header fields that were added, removed and changed, whatever the case of their names', () => {
  const fields = (...pairs: [string, string][]) =>
    eventOf({ payload: { preview: '', fields: pairs } });
  expect(
    compareEvents(
      fields(['Same', '1'], ['gone', '2'], ['Other', '3'], ['many', 'a'], ['many', 'b']),
      fields(['same', '1'], ['other', '4'], ['new', '5'], ['many', 'a']),
    ).differences,
  ).toEqual([
    { what: 'Field gone', first: '2', second: undefined },
    { what: 'Field other', first: '3', second: '4' },
    { what: 'Field many', first: 'a, b', second: 'a' },
    { what: 'Field new', first: undefined, second: '5' },
  ]);
});

test('difference: the time between is told, and is none of the differences', () => {
  expect(compareEvents(eventOf({ t: 5 }), eventOf({ t: 2.5, seq: 9 }))).toEqual({
    apart: -2.5,
    differences: [],
  });
});

test('difference: an event differs in nothing from itself, and two differ in the same both ways', () => {
  const event = fc
    .record({
      conn: fc.nat(2),
      type: fc.constantFrom('a', 'b'),
      state: fc.constantFrom('open', 'ended'),
      buffered: fc.nat(2),
      payload: fc.record({
        preview: fc.constantFrom('', 'x'),
        fields: fc.array(fc.tuple(fc.constantFrom('a', 'A', 'b'), fc.constantFrom('1', '2'))),
      }),
    })
    .map(eventOf);
  fc.assert(
    fc.property(event, event, (one, other) => {
      expect(whats(one, one)).toEqual([]);
      expect(whats(one, other).sort()).toEqual(whats(other, one).sort());
    }),
  );
});
