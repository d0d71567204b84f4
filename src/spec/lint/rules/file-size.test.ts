import { describe, test } from 'vitest';
import { SIZE_LIMIT } from '../../reading-limits.ts';
import { finds, passes, proposal } from '../testing.ts';
import { fileSize } from './file-size.ts';

describe('file-size', () => {
  test('one character more than the limit', () => {
    finds(
      fileSize,
      `⌖${'x'.repeat(SIZE_LIMIT + 1)}`,
      'the text has 1,000,001 characters, and 1,000,000 are the most',
    );
  });

  test('a proposal that was pasted too often', () => {
    const text = proposal('A door opens.\n'.repeat(100_000));
    const message = `the text has ${text.length.toLocaleString('en')} characters, and 1,000,000 are the most`;
    finds(fileSize, `⌖${text}`, message);
  });

  test('an emoji is two', () => {
    const message = 'the text has 1,000,002 characters, and 1,000,000 are the most';
    finds(fileSize, `⌖${'🚪'.repeat(SIZE_LIMIT / 2 + 1)}`, message);
  });

  test.each([
    ['exactly the limit, of three octets each, behind a mark', `\ufeff${'戸'.repeat(SIZE_LIMIT)}`],
    ['nothing', ''],
  ])('near miss: %s', (_, text) => passes(fileSize, text));
});
