// What a figure takes of a trace: nothing that its block does not ask for, and in the order of the trace.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SequenceBlock } from './blocks.ts';
import { clausesOf, isOf, shownSteps, stretch, type TracedStep } from './sequence.ts';

const block = (asked: Partial<SequenceBlock>): SequenceBlock => ({
  example: 'hello',
  caption: 'x',
  ...asked,
});
const steps = (...types: string[]): TracedStep[] => types.map((type) => ({ conn: 1, type }));

describe('the stretch', () => {
  const trace = steps('a', 'b', 'c', 'b', 'a');

  test.each<[Partial<SequenceBlock>, number[]]>([
    [{}, [0, 1, 2, 3, 4]],
    [{ from: 'b' }, [1, 2, 3, 4]],
    [{ to: 'b' }, [0, 1]],
    [{ from: 'c', to: 'b' }, [2, 3]],
    [{ from: 'b', to: 'b' }, [1]],
    [{ from: 'c', to: 'c' }, [2]],
    [{ from: 'x' }, []],
    [{ to: 'x' }, []],
    [{ from: 'c', to: 'x' }, []],
    [{ conn: 2 }, []],
  ])('%j', (asked, places) => {
    expect(stretch(asked, trace)).toEqual(places);
  });

  test('is looked for in the conversation that is asked for', () => {
    const two = [...trace, ...steps('b', 'c', 'd').map((step) => ({ ...step, conn: 2 }))];
    expect(stretch({ conn: 2, from: 'b', to: 'd' }, two)).toEqual([5, 6, 7]);
    expect(stretch({ conn: 1, to: 'd' }, two)).toEqual([]);
    expect(stretch({ to: 'd' }, two)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});

test.each([
  ['http.response.start', 'http.response.start', true],
  ['http.response.start', 'http.response', true],
  ['http.response.start', 'http', true],
  ['http.response', 'http.response.start', false],
  ['http.responses', 'http.response', false],
  ['receive', 'receive', true],
])('%s is of %s: %s', (type, name, is) => {
  expect(isOf(type, name)).toBe(is);
});

test('what a step breaks comes before what governs it, each once', () => {
  expect(clausesOf({ conn: 1, type: 'a' })).toEqual([]);
  expect(clausesOf({ conn: 1, type: 'a', requirement: 'a.b' })).toEqual(['a.b']);
  const violation = { requirement: 'a.c' };
  expect(clausesOf({ conn: 1, type: 'a', requirement: 'a.b', violation })).toEqual(['a.c', 'a.b']);
  expect(clausesOf({ conn: 1, type: 'a', requirement: 'a.c', violation })).toEqual(['a.c']);
});

const name = fc.constantFrom('a', 'a.b', 'a.b.c', 'b', 'b.c');
const anyTrace = fc.array(fc.record({ conn: fc.nat(2), type: name }));
const asked = fc.record(
  { conn: fc.nat(2), from: name, to: name, events: fc.array(name, { minLength: 1 }) },
  { requiredKeys: [] },
);

test('only what is asked for is shown, all of it, in order and between the two ends', () => {
  fc.assert(
    fc.property(anyTrace, asked, (trace, given) => {
      const { conn, from, to, events } = given;
      const shown = shownSteps(block(given), trace);
      const range = stretch(given, trace);
      expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
      expect(shown).toEqual(
        range.filter(
          (place) => !events || events.some((one) => isOf(trace[place]?.type ?? '', one)),
        ),
      );
      if (conn !== undefined) for (const place of range) expect(trace[place]?.conn).toBe(conn);
      if (range.length === 0) return;
      const types = range.map((place) => trace[place]?.type);
      if (from !== undefined) expect(types[0]).toBe(from);
      if (to !== undefined) expect(types.indexOf(to)).toBe(types.length - 1);
    }),
  );
});
