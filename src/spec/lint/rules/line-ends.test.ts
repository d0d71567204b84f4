import { describe, expect, test } from 'vitest';
import { crlf, finds, mends, passes, proposal } from '../testing.ts';
import { lineEnds } from './line-ends.ts';

const GOOD = proposal('Die Tür öffnet.\n\n```text\nGET / HTTP/1.1\n```');
const LINES = GOOD.split('\n').length - 1;

describe('line-ends', () => {
  test('a file from Windows: one finding, at the first', () => {
    const text = crlf(GOOD);
    finds(
      lineEnds,
      text.replace('---', '---⌖'),
      `${LINES} lines end with CR or CRLF instead of LF`,
    );
    expect(mends(lineEnds, text)).toBe(GOOD);
  });

  test('one line among others, behind other alphabets', () => {
    const text = GOOD.replace('öffnet.', 'öffnet 🚪.⌖\r');
    finds(lineEnds, text, 'a line ends with CR or CRLF instead of LF');
    expect(mends(lineEnds, text.replace('⌖', ''))).toBe(GOOD.replace('öffnet.', 'öffnet 🚪.'));
  });

  test('a file from long ago: CR alone is a line end', () => {
    expect(mends(lineEnds, GOOD.replaceAll('\n', '\r'))).toBe(GOOD);
  });

  test('in code and at the very end', () => {
    const text = `${GOOD.replace('HTTP/1.1', 'HTTP/1.1⌖\r').trimEnd()}\r`;
    finds(lineEnds, text, '2 lines end with CR or CRLF instead of LF');
    expect(mends(lineEnds, text.replace('⌖', ''))).toBe(GOOD);
  });

  test('CR before CRLF is a line end of its own', () => {
    const text = 'one⌖\r\r\ntwo\n';
    finds(lineEnds, text, '2 lines end with CR or CRLF instead of LF');
    expect(mends(lineEnds, text.replace('⌖', ''))).toBe('one\n\ntwo\n');
  });

  test.each([
    ['LF', GOOD],
    ['CR and LF as words', proposal('A line ends with `\\r\\n`, ␍␊ on the wire.')],
    ['line separators of Unicode', proposal('a\u2028b\u0085c')],
    ['nothing', ''],
    ['a text that is too large to be read', '\r\n'.repeat(500_001)],
  ])('near miss: %s', (_, text) => passes(lineEnds, text));
});
