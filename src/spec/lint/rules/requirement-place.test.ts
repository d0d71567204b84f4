import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { requirementPlace } from './requirement-place.ts';

const sentence = 'The gateway MUST open the door.';
const message = (id: string) =>
  `\`r[${id}]\` does not begin a paragraph of its own, so nothing is read from it`;

describe('requirement-place', () => {
  test('its words', () => keepsItsWord(requirementPlace));

  test.each([
    ['behind another line', `Über Türen.\n⌖r[door.opens]\n${sentence}`],
    ['behind code', `\`door\`\n⌖r[door.opens]\n${sentence}`],
    ['in a list', `- ⌖r[door.opens]\n  ${sentence}`],
    ['in a list within a list', `- A\n\n  1. ⌖r[door.opens]\n     ${sentence}`],
    ['in a quotation', `> ⌖r[door.opens]\n> ${sentence}`],
    ['in a table', '| id |\n|---|\n| ⌖r[door.opens] |'],
    ['as a heading', '### ⌖r[door.opens]'],
    ['in a footnote', `A note.[^a]\n\n[^a]: ⌖r[door.opens]\n    ${sentence}`],
    ['on the last line', 'Text.\n⌖r[door.opens]'],
  ])('%s', (_, text) => {
    const problem = finds(requirementPlace, proposal(text), message('door.opens'));
    expect(problem.hint).toBe('Put an empty line before it, outside of lists and quotations.');
    finds(requirementPlace, crlf(proposal(text)), message('door.opens'));
  });

  test('a second marker in one paragraph: the first is read', () => {
    finds(
      requirementPlace,
      proposal(`r[door.opens]\n${sentence}\n⌖r[door.shuts]\nIt shuts.`),
      message('door.shuts'),
    );
  });

  test('each of them, whatever their ids are', () => {
    const [first] = findsAll(requirementPlace, 'A\n⌖r[a.b]\nB\n⌖r[C]\n', [
      message('a.b'),
      message('C'),
    ]);
    expect(first).toMatchObject({ line: 2, endLine: 2, endColumn: 7 });
  });

  test.each([
    ['a paragraph of its own', `r[door.opens]\n${sentence}`],
    ['behind a heading', `### Opening\nr[door.opens]\n${sentence}`],
    ['between fences', `\`\`\`text\nx\n\`\`\`\nr[door.opens]\n${sentence}`],
    ['in code', '`r[door.opens]`'],
    ['in a fence', '```text\nr[door.opens]\n```'],
    ['in a comment', '<!--\nr[door.opens]\n-->'],
    ['with text behind it', 'A requirement begins with\nr[door.opens] and a line end.'],
    ['a part of a word', 'A\nor[door.opens]\nB'],
  ])('near miss: %s', (_, text) => passes(requirementPlace, proposal(text)));
});
