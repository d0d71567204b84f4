// The schema of a trace event against the type that the code uses, and against events that are broken in one place.
// The traces of the examples are held to it in src/cli/examples.test.ts.

import { expect, test } from 'vitest';
import { bodyFaultsOf, faultsOf } from '../../tests/fixtures/trace-schema.ts';
import type { TraceEvent } from './event.ts';
import { bodyLine } from './formats/ndjson.ts';
import { bodyFaultOf } from './formats/shape.ts';
import schema from './schema.json' with { type: 'json' };

const least: TraceEvent = {
  v: 1,
  run: 'r',
  seq: 1,
  t: 0,
  conn: 1,
  lane: 'app',
  dir: 'out',
  type: 'http.refuse',
  phase: 'i',
};

/** Every field that an event can have: a field that is added to the type is missed here by the compiler. */
const most: Required<TraceEvent> = {
  ...least,
  timeOrigin: 1_767_225_600_000,
  span: 1,
  cause: 1,
  state: 'committed',
  buffered: 0,
  payload: { preview: 'x', size: 1, status: 200, fields: [['a', 'b']], ref: 'a'.repeat(64) },
  requirement: 'http.start-once',
  violation: { requirement: 'http.start-once', message: 'again' },
  src: { file: 'app.ts', line: 1, column: 1 },
  fault: 'stall',
};

test('schema: the least and the most that an event can be are well formed', () => {
  expect(faultsOf(least)).toEqual([]);
  expect(faultsOf(most)).toEqual([]);
});

test('schema: it declares what the type declares, and no more', () => {
  expect(Object.keys(schema.properties).sort()).toEqual(Object.keys(most).sort());
  for (const part of ['payload', 'violation', 'src'] as const)
    expect(Object.keys(schema.properties[part].properties).sort()).toEqual(
      Object.keys(most[part]).sort(),
    );
});

test.each(schema.required)('schema: an event without `%s` is broken', (name) => {
  const { [name as keyof TraceEvent]: _, ...rest } = most;
  expect(faultsOf(rest)).toEqual([expect.stringContaining('must have required property')]);
});

test.each<[string, object]>([
  ['an unknown field', { colour: 'red' }],
  ['another version', { v: 2 }],
  ['an empty run', { run: '' }],
  ['a number of 0', { seq: 0 }],
  ['a number with a fraction', { seq: 1.5 }],
  ['a time that is text', { t: '1' }],
  ['a time before the beginning', { t: -1 }],
  ['a conversation before the lifespan', { conn: -1 }],
  ['an unknown lane', { lane: 'server' }],
  ['an unknown direction', { dir: 'up' }],
  ['a type that is none', { type: 7 }],
  ['an unknown phase', { phase: 'X' }],
  ['an empty state', { state: '' }],
  ['a payload without a preview', { payload: { size: 1 } }],
  ['an unknown field of a payload', { payload: { preview: '', data: 'x' } }],
  ['a negative size', { payload: { preview: '', size: -1 } }],
  ['no fields', { payload: { preview: '', fields: [] } }],
  ['a pair of one', { payload: { preview: '', fields: [['a']] } }],
  ['a pair of three', { payload: { preview: '', fields: [['a', 'b', 'c']] } }],
  ['a pair of numbers', { payload: { preview: '', fields: [[1, 2]] } }],
  ['an empty requirement', { requirement: '' }],
  ['a requirement that is no id', { requirement: 'Start' }],
  ['a violation without a message', { violation: { requirement: 'http.start-once' } }],
  ['a position without a column', { src: { file: 'a', line: 1 } }],
  ['a line 0', { src: { file: 'a', line: 0, column: 1 } }],
])('schema: %s is broken', (_, change) => {
  expect(faultsOf({ ...most, ...change })).not.toEqual([]);
});

test.each<[string, object, boolean]>([
  ['a line of data', {}, true],
  ['no data', { data: undefined }, false],
  ['data that is no text', { data: 1 }, false],
  ['a name in capitals', { ref: 'A'.repeat(64) }, false],
  ['a name that is that of the prototype', { ref: '__proto__' }, false],
  ['an empty run', { run: '' }, false],
  ['another version', { v: 2 }, false],
  ['a number', { seq: 1 }, false],
])('schema: %s, as --trace-bodies writes it: %j', (_, change, isOne) => {
  const line = JSON.parse(bodyLine('r', 'a'.repeat(64), btoa('x')));
  const changed = JSON.parse(JSON.stringify({ ...line, ...change }));
  expect(bodyFaultsOf(changed).length === 0).toBe(isOne);
  expect(bodyFaultOf(changed) === undefined).toBe(isOne);
  expect(faultsOf(changed)).not.toEqual([]);
});
