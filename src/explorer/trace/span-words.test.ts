// Spans of time in words.

import { expect, test } from 'vitest';
import { spanWords } from './span-words.ts';

test.each([
  [0, '0.00 ms'],
  [0.004, '0.00 ms'],
  [1.234, '1.23 ms'],
  [9.994, '9.99 ms'],
  [9.996, '10.0 ms'],
  [99.94, '99.9 ms'],
  [99.96, '100 ms'],
  [999.4, '999 ms'],
  [1000, '1.00 s'],
  [9990, '9.99 s'],
  [9996, '10.0 s'],
  [65_432, '65.4 s'],
])('%d ms is %s', (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});
