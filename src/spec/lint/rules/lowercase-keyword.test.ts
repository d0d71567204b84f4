import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, found, keepsItsWord, mends, passes, proposal } from '../testing.ts';
import { lowercaseKeyword } from './lowercase-keyword.ts';

const message = (word: string) => `“${word}” in lowercase does not bind, and reads as if it did`;

describe('lowercase-keyword', () => {
  test('its words', () => keepsItsWord(lowercaseKeyword));

  test.each([
    ['a paragraph', 'Für Türen: it ⌖must open.', 'must'],
    ['the beginning of a line', 'A door\n⌖should not squeak.', 'should'],
    ['a list', '- It ⌖shall open.', 'shall'],
    ['a quotation', '> It ⌖must, it says.', 'must'],
    ['a table', '| rule |\n|---|\n| ⌖must |', 'must'],
    ['a heading', '### What ⌖should open', 'should'],
    ['a requirement', 'r[door.opens]\nThe gateway MUST open; it ⌖should ring.', 'should'],
    ['a requirement, behind code', 'r[door.opens]\nThe gateway `x` MUST; it ⌖must.', 'must'],
    ['the end of a sentence', 'It opens because it ⌖must.', 'must'],
    ['emphasis', 'It *⌖must* open.', 'must'],
  ])('in %s', (_, text, word) => {
    const problem = finds(lowercaseKeyword, proposal(text), message(word));
    expect(problem.hint).toBe('Make it a requirement, or say “has to”, “is to” or “does”.');
    expect(problem.severity).toBe('warning');
    finds(lowercaseKeyword, crlf(proposal(text)), message(word));
  });

  test('each of them, up to the end of the text, in the order of the text', () => {
    const [first] = findsAll(
      lowercaseKeyword,
      '## Specification\nr[a.b]\nThe gateway MUST; it ⌖must.\n\nIt ⌖should, it ⌖shall',
      [message('must'), message('should'), message('shall')],
    );
    expect(first).toMatchObject({ line: 3, column: 22, endLine: 3, endColumn: 26 });
  });

  test.each([
    ['must', 'The gateway must open.', 'The gateway MUST open.'],
    ['a not', 'The gateway should not open.', 'The gateway SHOULD NOT open.'],
    ['nothing', 'The gateway must nothing.', 'The gateway MUST nothing.'],
    ['shall', 'The gateway `must` and shall.', 'The gateway `must` and MUST.'],
    ['a second line', 'The gateway\nmust\nnot open.', 'The gateway\nMUST\nnot open.'],
  ])('below an id that has no keyword it is the one: %s', (_, sentence, mended) => {
    const text = (words: string) => proposal(`r[door.opens]\n${words}`);
    expect(mends(lowercaseKeyword, text(sentence))).toBe(text(mended));
  });

  test.each([
    ['two of them, of which nobody knows', 'r[door.opens]\nIt must, it should.'],
    ['one beside a keyword', 'r[door.opens]\nIt MUST, it should.'],
    ['prose', 'It must open.'],
  ])('is not mended: %s', (_, text) => {
    const problems = found(lowercaseKeyword, proposal(text));
    expect(problems).not.toEqual([]);
    expect(problems.flatMap(({ fix }) => fix ?? [])).toEqual([]);
  });

  test.each([
    ['capitals', 'r[door.opens]\nThe gateway MUST open.'],
    ['may, which is an ordinary word', 'It may open.'],
    ['longer words', 'Mustard, musty, shoulder and shallow.'],
    ['code', '`must`'],
    ['code in a requirement', 'r[door.opens]\nThe gateway MUST open `must`.'],
    ['code over two lines in a requirement', 'r[door.opens]\nThe gateway MUST open `it\nmust`.'],
    ['a fence', '```text\nIt must open.\n```'],
    ['a comment', '<!-- must it? -->'],
    ['an id', 'By [door.must-open] and [must.open] it opens.'],
    ['an address', 'See https://example.com/must or [there](https://example.com/should).'],
    ['a compound', 'This is a must-have.'],
    ['a name', 'A `must` and must_open.'],
  ])('near miss: %s', (_, text) => {
    passes(lowercaseKeyword, proposal(text));
    passes(lowercaseKeyword, crlf(proposal(text)));
  });

  test.each([
    ['before it', proposal('Text.').replace('Walls', 'Doors must be there. Walls')],
    ['behind it', proposal('Text.').replace('Doors are known', 'Doors should be known')],
  ])('near miss: in a section %s', (_, text) => passes(lowercaseKeyword, text));

  test('without a section Specification there is nothing to look at', () => {
    passes(lowercaseKeyword, 'It must open.');
  });

  test('the template', () => {
    passes(lowercaseKeyword, proposal('It must open.'), {
      file: 'proposals/0000-template/draft.md',
    });
  });
});
