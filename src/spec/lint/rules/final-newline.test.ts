import { describe, expect, test } from 'vitest';
import { copes, crlf, finds, keepsItsWord, mends, passes, proposal } from '../testing.ts';
import { finalNewline } from './final-newline.ts';

const GOOD = proposal('Die Tür öffnet.');

describe('final-newline', () => {
  test('its words', () => keepsItsWord(finalNewline, (text) => text));

  test.each([
    ['a file', GOOD.trimEnd()],
    ['a file of one word', 'Tür'],
    ['a file from Windows', crlf(GOOD).trimEnd()],
    ['a file that ends with spaces', `${GOOD}  `],
  ])('%s without an end', (_, text) => {
    finds(finalNewline, `${text}⌖`, 'the last line has no end');
    expect(mends(finalNewline, text)).toBe(`${text}\n`);
  });

  test.each([
    ['an empty line', `${GOOD}⌖\n`],
    ['several', `${GOOD}⌖\n\n\n`],
    ['one from Windows', `${GOOD.trimEnd()}\r\n⌖\r\n`],
    ['of two kinds', `${GOOD}⌖\r\n`],
    ['in a file without anything else', '\n⌖\n'],
  ])('%s at the end', (_, text) => {
    finds(finalNewline, text, 'empty lines stand at the end of the file');
    expect(mends(finalNewline, text.replace('⌖', ''))).toBe(`${text.replace('⌖', '').trimEnd()}\n`);
  });

  test.each([
    ['one LF', GOOD],
    ['one CRLF', crlf(GOOD)],
    ['one CR', `${GOOD.trimEnd()}\r`],
    ['empty lines before the last', proposal('A.\n\n\n\nB.')],
    ['a last line of spaces, which is not empty', `${GOOD}  \n`],
    ['an empty file', ''],
  ])('near miss: %s', (_, text) => passes(finalNewline, text));

  test('a great many line ends in the middle take no time', () => {
    copes(finalNewline, `a${'\n'.repeat(900_000)}b\n`);
  });
});
