import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { keywordInNotes } from './keyword-in-notes.ts';

describe('keyword-in-notes', () => {
  test('its words', () => keepsItsWord(keywordInNotes));

  test.each([
    ['a paragraph', 'Eine Tür ⌖MUST be shut.', 'MUST'],
    ['two lines', 'A door\n⌖SHOULD\nNOT squeak.', 'SHOULD NOT'],
    ['a list', '- The door ⌖MAY open.', 'MAY'],
    ['a quotation', '> The door ⌖SHALL open.', 'SHALL'],
    ['a table', '| rule |\n|---|\n| ⌖REQUIRED |', 'REQUIRED'],
    ['a heading', '### What a door ⌖MUST do', 'MUST'],
    ['emphasis', 'It is *⌖RECOMMENDED*.', 'RECOMMENDED'],
    ['a link', '[⌖OPTIONAL](https://example.com/)', 'OPTIONAL'],
    ['a footnote', 'A note.[^a]\n\n[^a]: It ⌖MUST open.', 'MUST'],
    [
      'the paragraph behind a requirement',
      'r[door.opens]\nThe gateway MUST open.\n\nIt ⌖MUST NOT shut.',
      'MUST NOT',
    ],
    ['an id on the same line', 'r[door.opens] The gateway ⌖MUST open.', 'MUST'],
    ['a compound', 'This is a ⌖MUST-have.', 'MUST'],
  ])('in %s', (_, text, word) => {
    const problem = finds(
      keywordInNotes,
      proposal(text),
      `${word} stands outside of a requirement`,
    );
    expect(problem.hint).toContain('Give the sentence an id on the line before it');
    finds(keywordInNotes, crlf(proposal(text)), `${word} stands outside of a requirement`);
  });

  test('in any section', () => {
    const text = proposal('Text.').replace('Doors are known.', 'Doors ⌖MUST be known.');
    finds(keywordInNotes, text, 'MUST stands outside of a requirement');
  });

  test('each of them, from the first line to the last', () => {
    const [first] = findsAll(keywordInNotes, '⌖MUST it? It ⌖MAY.\n\n# ⌖SHOULD', [
      'MUST stands outside of a requirement',
      'MAY stands outside of a requirement',
      'SHOULD stands outside of a requirement',
    ]);
    expect(first).toMatchObject({ line: 1, column: 1, endLine: 1, endColumn: 5 });
  });

  test.each([
    ['a requirement', 'r[door.opens]\nThe gateway MUST open *and MAY ring*.'],
    ['a requirement whose id is none', 'r[Door]\nThe gateway MUST open.'],
    ['code', '`MUST` is a keyword.'],
    ['a fence', '```text\nThe gateway MUST open.\n```'],
    ['a comment', '<!-- MUST it? -->'],
    ['lowercase', 'It must open, and Must not shut.'],
    ['longer words', 'MUSTARD, MAYBE, MUST_OPEN and UNREQUIRED.'],
    ['an address', '[door](https://example.com/MUST)'],
    [
      'the sentence that introduces them',
      'The key words “MUST”, “MUST NOT”, “SHOULD”\nand “MAY” are those of BCP 14.',
    ],
  ])('near miss: %s', (_, text) => {
    passes(keywordInNotes, proposal(text));
    passes(keywordInNotes, crlf(proposal(text)));
  });

  test('the template', () => {
    passes(keywordInNotes, 'It MUST open.', { file: 'proposals/0000-template/draft.md' });
  });
});
