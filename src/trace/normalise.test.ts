// What of a trace counts when two runs are compared, and what does not.

import { expect, test } from 'vitest';
import { PREVIEW_LENGTH, type TraceEvent } from './event.ts';
import { normalise } from './normalise.ts';

let seq = 0;
const event = (change: Partial<TraceEvent> = {}): TraceEvent => ({
  v: 1,
  run: 'a',
  seq: ++seq,
  t: 0,
  conn: 1,
  lane: 'app',
  dir: 'out',
  type: 'http.response.body',
  phase: 'i',
  ...change,
});
const piece = (text: string, change: Partial<TraceEvent> = {}) =>
  event({ payload: { preview: text, size: text.length }, ...change });

test.each<[string, Partial<TraceEvent>]>([
  ['the run', { run: 'b' }],
  ['the number', { seq: 99 }],
  ['the time', { t: 12.5 }],
  ['the place in the code', { src: { file: 'app.ts', line: 1, column: 1 } }],
])('%s does not count', (_, change) => {
  expect(normalise([event(change)])).toEqual(normalise([event()]));
});

test.each<[string, Partial<TraceEvent>]>([
  ['the conversation', { conn: 2 }],
  ['the lane', { lane: 'client' }],
  ['the direction', { dir: 'in' }],
  ['the type', { type: 'http.response.end' }],
  ['the state', { state: 'ended' }],
  ['the requirement', { requirement: 'http.duplex' }],
  ['a violation', { violation: { requirement: 'http.start-once', message: 'x' } }],
  ['the status', { payload: { preview: '200', status: 200 } }],
  ['a field', { payload: { preview: '', fields: [['a', 'b']] } }],
  ['the size', { payload: { preview: '', size: 1 } }],
  ['the text', { payload: { preview: 'x' } }],
])('%s counts', (_, change) => {
  expect(normalise([event(change)])).not.toEqual(normalise([event()]));
});

test('fields that a transport writes by itself do not count', () => {
  const own = ['connection', 'date', 'host', 'keep-alive', 'transfer-encoding', 'user-agent'];
  const fields = own.map((name): [string, string] => [name, 'x']);
  expect(normalise([event({ payload: { preview: '', fields } })])).toEqual(
    normalise([event({ payload: { preview: '' } })]),
  );
});

test('pieces that follow each other are joined, however they were cut', () => {
  const whole = normalise([piece('abcdef')]);
  expect(normalise([piece('abc'), piece('def')])).toEqual(whole);
  expect(normalise([piece('a'), piece('b'), piece('cdef')])).toEqual(whole);
  expect(whole).toMatchObject([{ size: 6, text: 'abcdef' }]);
});

test('pieces are joined across what another party does in between', () => {
  const between = event({ lane: 'client', type: 'client.request.end' });
  expect(normalise([piece('abc'), between, piece('def')])).toEqual(
    normalise([piece('abcdef'), between]),
  );
});

test.each<[string, TraceEvent]>([
  ['another event', event({ type: 'http.informational' })],
  [
    'a piece that was rejected',
    piece('x', { violation: { requirement: 'http.length.excess', message: 'x' } }),
  ],
])('pieces are not joined across %s', (_, between) => {
  expect(normalise([piece('abc'), between, piece('def')])).toHaveLength(3);
});

test('pieces of different conversations are not joined', () => {
  expect(normalise([piece('abc'), piece('def', { conn: 2 })])).toHaveLength(2);
});

test('a text that is cut compares as far as it is shown, whatever its pieces', () => {
  const long = 'x'.repeat(PREVIEW_LENGTH);
  const one = piece(`${long}…`, { payload: { preview: `${long}…`, size: 500 } });
  const pieces = [piece('x'.repeat(100)), event({ payload: { preview: `${long}…`, size: 400 } })];
  expect(normalise(pieces)).toEqual(normalise([one]));
});

test('the order within a party and direction counts, between them it does not', () => {
  const [a, b] = [event({ type: 'a' }), event({ type: 'b' })];
  const other = event({ type: 'c', lane: 'gateway', dir: 'in' });
  expect(normalise([a, b])).not.toEqual(normalise([b, a]));
  expect(normalise([a, other, b])).toEqual(normalise([other, a, b]));
});

test('conversations stand in the order of their numbers', () => {
  const numbers = [10, 9, 2].map((conn) => event({ conn }));
  expect(normalise(numbers).map(({ conn }) => conn)).toEqual([2, 9, 10]);
});
