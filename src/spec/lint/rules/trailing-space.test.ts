import { describe, expect, test } from 'vitest';
import { copes, crlf, finds, findsAll, mends, passes, proposal } from '../testing.ts';
import { trailingSpace } from './trailing-space.ts';

const MESSAGE = 'spaces stand at the end of the line';

describe('trailing-space', () => {
  test.each([
    ['a space', 'A door opens.⌖ '],
    ['two, which are a line break', 'A door opens.⌖  \nAnd shuts.'],
    ['a tab', 'A door opens.⌖\t'],
    ['both, behind other alphabets', 'Die Tür 🚪 öffnet.⌖ \t '],
    ['on an empty line', 'A door.\n\n⌖   \n\nA wall.'],
    ['in a list', '- a door⌖ \n- a wall'],
    ['in a quotation', '> a door\n>⌖ \n> a wall'],
    ['in a table', '| a | b |⌖ \n|---|---|\n| c | d |'],
    ['in a comment', '<!-- a⌖ \n-->'],
    ['behind the language of a fence', '```text⌖ \na\n```'],
    ['behind the end of a fence', '```text\na\n```⌖  '],
    ['between two fences', '```text\na\n```\n⌖ \n```text\nb\n```'],
    ['behind a fence', '```text\na \n```\n\nA door.⌖ '],
  ])('%s', (_, part) => {
    const text = proposal(part);
    finds(trailingSpace, text, MESSAGE);
    finds(trailingSpace, crlf(text), MESSAGE);
    expect(mends(trailingSpace, text.replace('⌖', ''))).toBe(text.replace(/⌖[ \t]+/, ''));
  });

  test('all of them at once, from the first line to the last', () => {
    const text = `${proposal('A.⌖ \n\nB.⌖\t').replace('---', '---⌖ ').replace('title: Doors', 'title: Doors⌖  ')}⌖   `;
    const [first] = findsAll(trailingSpace, text, [MESSAGE, MESSAGE, MESSAGE, MESSAGE, MESSAGE]);
    expect(first).toMatchObject({ endLine: 1, endColumn: 5 });
    expect(mends(trailingSpace, text.replaceAll('⌖', ''))).toBe(proposal('A.\n\nB.'));
  });

  test('before a single CR, which is a line end as well', () => {
    finds(trailingSpace, 'A door.⌖ \rA wall.', MESSAGE);
  });

  test.each([
    ['a status line without a reason', '```http\nHTTP/1.1 299 \nhost: a\n```'],
    ['code in a list', '- a\n\n  ```text\n  b \n  ```'],
    ['code in a quotation', '> ```text\n> b \n> ```'],
    ['code with an empty line of spaces', '```text\n \n```'],
    ['spaces within the line', 'A  door\topens.'],
    ['a no-break space', 'A door.\u00a0'],
    ['a line break with a backslash', 'A door.\\\nA wall.'],
  ])('near miss: %s', (_, part) => {
    passes(trailingSpace, proposal(part));
    passes(trailingSpace, crlf(proposal(part)));
  });

  test('a text that is too large to be read', () => passes(trailingSpace, ' \n'.repeat(500_001)));

  test('a long run of spaces in the middle takes no time', () => {
    copes(trailingSpace, `a${' '.repeat(900_000)}b\n`);
  });
});
