// Which rows of a comparison are on the page, and in which order its differences are visited.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ComparedConversation,
  type ComparedStep,
  type Comparison,
  compareTraces,
} from '../../trace/compare.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { departuresOf, foldWords, openAtFirst, rowsOf } from './rows.ts';

/** A conversation of which each letter is a step: `s` for one that is the same. */
const of = (kinds: string) =>
  ({
    left: {},
    right: {},
    differences: kinds.replaceAll('s', '').length,
    steps: [...kinds].map((kind) => ({ kind: kind === 's' ? 'same' : 'changed' }) as ComparedStep),
  }) as unknown as ComparedConversation;
const step = (at: number) => ({ step: at });

describe('rows', () => {
  test.each<[kinds: string, rows: object[]]>([
    ['', []],
    ['ss', [step(0), step(1)]],
    ['sssssss', [{ from: 0, to: 7 }]],
    ['ssssdss', [step(0), step(1), step(2), step(3), step(4), step(5), step(6)]],
    [
      'sssssdsssss',
      [{ from: 0, to: 3 }, step(3), step(4), step(5), step(6), step(7), { from: 8, to: 11 }],
    ],
    ['dssssd', [step(0), step(1), step(2), step(3), step(4), step(5)]],
  ])(
    '%j: stretches without a difference are folded, but for what stands around one',
    (kinds, rows) => {
      expect(rowsOf(of(kinds))).toEqual(rows);
    },
  );

  test('a stretch that was unfolded is whole', () => {
    expect(rowsOf(of('sssssdsssss'), new Set([0]))).toHaveLength(9);
    expect(rowsOf(of('sssssdsssss'), new Set([0, 8]))).toEqual(
      [...'sssssdsssss'].map((_, at) => step(at)),
    );
  });

  test('each step is in one row, in order, and every difference in a row of its own', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('s', 's', 's', 's', 'd') }),
        fc.array(fc.nat(20)),
        (kinds, unfolded) => {
          const rows = rowsOf(of(kinds), new Set(unfolded));
          const covered = rows.flatMap((row) =>
            'step' in row
              ? [row.step]
              : Array.from({ length: row.to - row.from }, (_, at) => row.from + at),
          );
          expect(covered).toEqual([...kinds].map((_, at) => at));
          for (const row of rows)
            if (!('step' in row)) expect(kinds.slice(row.from, row.to)).toMatch(/^sss+$/);
        },
      ),
    );
  });

  test('a fold says how much it hides', () => {
    expect(foldWords({ from: 5, to: 1239 })).toBe('1,234 steps are the same');
  });
});

describe('differences', () => {
  const event = (conn: number, seq: number, more: Partial<TraceEvent> = {}): TraceEvent => ({
    v: 1,
    run: 'r',
    seq,
    t: 0,
    conn,
    lane: 'gateway',
    dir: 'in',
    type: 'http.request',
    phase: 'i',
    payload: { preview: `GET /${conn} HTTP/1.1` },
    ...more,
  });
  const comparison: Comparison = compareTraces(
    [event(1, 1), event(1, 2, { type: 'a' }), event(2, 3), event(3, 4), event(3, 5, { type: 'a' })],
    [event(1, 1), event(1, 2, { type: 'b' }), event(3, 3), event(3, 4, { type: 'a' }), event(4, 5)],
  );

  test('are visited in the order of the page, conversations that one side has alone among them', () => {
    expect(departuresOf(comparison)).toEqual([
      { conversation: 0, step: 1 },
      { conversation: 0, step: 2 },
      { conversation: 1, step: undefined },
      { conversation: 3, step: undefined },
    ]);
    expect(departuresOf(comparison)).toHaveLength(comparison.differences);
  });

  test('open the conversations in which they are, up to a bound', () => {
    expect(openAtFirst(comparison)).toEqual(new Set([0]));
    const many = Array.from({ length: 50 }, () => of('d'));
    expect(openAtFirst({ ...comparison, conversations: many }).size).toBe(20);
  });
});
