// Columns of transformed code find their way back to the source.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Columns, moved, readColumns, sourceColumn, through } from './columns.ts';

test('the mappings of a source map are read: lines, steps of columns, negative and long numbers', () => {
  // By the base64 VLQ of ECMA-426: A is 0, C is 1, D is -1, gB is 16, 2H is 123.
  expect(readColumns('AAAA,IAAI,CAAC;;AAAD,2HAAgB')).toEqual([
    [0, 0, 4, 4, 5, 5],
    [],
    [0, 4, 123, 20],
  ]);
  expect(readColumns('')).toEqual([[]]);
});

test('the column of a token is found, and a place within it is its beginning unless it is to be exact', () => {
  const columns: Columns = [[], [0, 0, 4, 10]];
  expect(sourceColumn(columns, 2, 1)).toBe(1);
  expect(sourceColumn(columns, 2, 5)).toBe(11);
  expect(sourceColumn(columns, 2, 8)).toBe(11);
  expect(sourceColumn(columns, 2, 8, true)).toBe(14);
});

test('a line in which nothing moved, or that is not known, keeps its columns', () => {
  expect(sourceColumn([[]], 1, 7)).toBe(7);
  expect(sourceColumn([], 3, 7)).toBe(7);
  expect(moved([[0, 0, 4, 4], [0, 0, 4, 5], []])).toEqual([[], [0, 0, 4, 5], []]);
});

test('columns through two steps are those of one step after the other', () => {
  const line = fc
    .uniqueArray(fc.nat({ max: 40 }), { maxLength: 5 })
    .map((at) => at.sort((a, b) => a - b).flatMap((code, step) => [code, code + step]));
  const columns = fc.array(line, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(columns, columns, fc.nat({ max: 2 }), fc.nat(9), (first, second, index, which) => {
      const tokens = second[index] ?? [];
      fc.pre(tokens.length > 0);
      const code = tokens[(which % (tokens.length / 2)) * 2] as number;
      expect(sourceColumn(through(second, first), index + 1, code + 1)).toBe(
        sourceColumn(first, index + 1, sourceColumn(second, index + 1, code + 1)),
      );
    }),
  );
});
