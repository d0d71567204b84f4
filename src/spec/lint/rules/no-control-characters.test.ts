import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, mends, passes, proposal } from '../testing.ts';
import { noControlCharacters } from './no-control-characters.ts';

const GOOD = proposal('The door opens.');

describe('no-control-characters', () => {
  test.each([
    ['NUL', '\0', '0000'],
    ['BEL', '\x07', '0007'],
    ['a vertical tab', '\v', '000B'],
    ['a form feed', '\f', '000C'],
    ['ESC', '\x1b', '001B'],
    ['DEL', '\x7f', '007F'],
    ['NEL, of the second set', '\x85', '0085'],
    ['right-to-left override', '\u202e', '202E'],
    ['pop directional isolate', '\u2069', '2069'],
  ])('%s', (_, character, code) => {
    const text = proposal(`Die Tür 🚪 ⌖${character}opens.`);
    const message = `the text has the control character U+${code}`;
    finds(noControlCharacters, text, message);
    expect(mends(noControlCharacters, text.replace('⌖', ''))).toBe(proposal('Die Tür 🚪 opens.'));
  });

  test('wherever they stand: first and last, in front matter, code, lists and quotations', () => {
    const text = proposal('- a ⌖\x01list\n\n> a ⌖\x02quotation\n\n```text\n⌖\x03\n```')
      .replace('---\n', '⌖\0---\n')
      .replace('How doors', 'How⌖\x1f doors');
    const problems = findsAll(
      noControlCharacters,
      `${text}⌖\x1a`,
      ['0000', '001F', '0001', '0002', '0003', '001A'].map(
        (code) => `the text has the control character U+${code}`,
      ),
    );
    expect(problems[0]).toMatchObject({ endLine: 1, endColumn: 2 });
    mends(noControlCharacters, `${text}\x1a`.replaceAll('⌖', ''));
  });

  test('two beside each other are two', () => {
    const text = crlf(proposal('A door⌖\b⌖\b opens.'));
    findsAll(noControlCharacters, text, [
      'the text has the control character U+0008',
      'the text has the control character U+0008',
    ]);
    expect(mends(noControlCharacters, text.replaceAll('⌖', ''))).toBe(
      crlf(proposal('A door opens.')),
    );
  });

  test.each([
    ['tabs', proposal('A\tdoor.')],
    ['line ends of every kind', `${GOOD.replaceAll('\n', '\r')}\r\n`],
    ['a soft hyphen, a no-break space, a joiner', proposal('a\u00adb\u00a0c\u200dd')],
    ['pictures of them', proposal('␀ ␍ ␊ and `\\0` and `\\u202e`')],
    ['a byte order mark', `\ufeff${GOOD}`],
    ['a text that is too large to be read', '\0'.repeat(1_000_001)],
  ])('near miss: %s', (_, text) => passes(noControlCharacters, text));
});
