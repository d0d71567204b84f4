import { describe, expect, test } from 'vitest';
import { applyFixes } from './fix.ts';

const fix = (start: number, end: number, text: string) => ({ fix: [{ start, end, text }] });

describe('applyFixes', () => {
  test('edits are made at the offsets of the text as it was', () => {
    expect(applyFixes('abcdef', [fix(0, 1, 'AA'), fix(3, 4, ''), fix(6, 6, '!')])).toBe('AAbcef!');
  });

  test('of two that overlap the first is made, and the other left for the next round', () => {
    expect(applyFixes('abcdef', [fix(1, 4, '-'), fix(2, 5, '+')])).toBe('a-ef');
    expect(applyFixes('abcdef', [fix(2, 2, '+'), fix(2, 2, '+')])).toBe('ab+cdef');
  });

  test('two that touch are both made', () => {
    expect(applyFixes('abcd', [fix(0, 2, '1'), fix(2, 4, '2')])).toBe('12');
  });

  test('the edits of one fix are made together or not at all', () => {
    const both = {
      fix: [
        { start: 0, end: 1, text: 'X' },
        { start: 4, end: 5, text: 'X' },
      ],
    };
    expect(applyFixes('abcde', [fix(4, 5, '-'), both])).toBe('abcd-');
  });

  test('problems without a fix change nothing', () => {
    expect(applyFixes('abc', [{}, {}])).toBe('abc');
  });
});
