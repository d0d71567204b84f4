import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedStretch } from './stretch.ts';

test.each<[string, string, number, number, string]>([
  ['one two three', 'one 2 three', 4, 7, '2'],
  ['a\nb\n', 'a\nb\nc\n', 4, 4, 'c\n'],
  ['a\nb\nc\n', 'a\nc\n', 2, 4, ''],
  ['aa', 'aaa', 2, 2, 'a'],
  ['same', 'same', 4, 4, ''],
  ['', 'x', 0, 0, 'x'],
  // U+1F6AA and U+1F6AB begin with the same surrogate, U+1F6AA and U+1F2AA may end with the same.
  ['a🚪b', 'a🚫b', 1, 3, '🚫'],
  ['a\r\nb', 'a\rb', 1, 3, '\r'],
])('%j becomes %j', (before, after, start, end, text) => {
  expect(changedStretch(before, after)).toEqual({ start, end, text });
});

test('put in its place, it makes one text of any other', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '\n', '\r\n', '\r', '🚪', '🚫', '🊪', 'é'),
    maxLength: 12,
  });
  fc.assert(
    fc.property(text, text, (before, after) => {
      const { start, end, text: put } = changedStretch(before, after);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThanOrEqual(start);
      expect(before.slice(0, start) + put + before.slice(end)).toBe(after);
      if (before.isWellFormed()) expect(put.isWellFormed()).toBe(true);
    }),
    { numRuns: 2000 },
  );
});
