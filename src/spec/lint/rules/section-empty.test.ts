import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { sectionEmpty } from './section-empty.ts';

const GOOD = proposal('Text.');
const EMPTY = GOOD.replace('## Rationale\n\nDoors are known.', '⌖## Rationale');

describe('section-empty', () => {
  test('its words', () => keepsItsWord(sectionEmpty, (text) => text));

  test('nothing before the next section', () => {
    const problem = finds(sectionEmpty, EMPTY, 'the section “Rationale” is empty');
    expect(problem).toMatchObject({
      endColumn: 13,
      hint: 'If there is nothing to say, say “None.”',
    });
    finds(sectionEmpty, crlf(EMPTY), 'the section “Rationale” is empty');
  });

  test.each([
    ['a heading', '### Why'],
    ['a comment', '<!-- Why? -->'],
    ['a comment, a heading and an empty line', '<!--\nWhy?\n-->\n\n### Ä\n\n'],
  ])('nothing but %s', (_, text) => {
    const empty = GOOD.replace('## Rationale\n\nDoors are known.', `⌖## Rationale\n\n${text}`);
    finds(sectionEmpty, empty, 'the section “Rationale” is empty');
  });

  test('the last section, at the last line of the text', () => {
    const text = GOOD.replace('## Change log\n\n- Revision 1: first text.\n', '⌖## Change log');
    finds(sectionEmpty, text, 'the section “Change log” is empty');
  });

  test('several, and those with unknown names', () => {
    findsAll(sectionEmpty, '⌖## Summary\n⌖## Abstract\n## Motivation\nText.\n⌖## Rationale', [
      'the section “Summary” is empty',
      'the section “Abstract” is empty',
      'the section “Rationale” is empty',
    ]);
  });

  test.each([
    ['text under a heading of the third level', '### Why\n\nDoors.'],
    ['a fence', '```text\n```'],
    ['a list', '- Doors.'],
    ['a rule', '---'],
    ['text behind a comment', '<!-- Why? -->\n\nDoors.'],
  ])('near miss: %s', (_, text) => passes(sectionEmpty, GOOD.replace('Doors are known.', text)));

  test('in the template, sections wait for their text', () => {
    passes(sectionEmpty, EMPTY.replace('⌖', ''), { file: 'proposals/0000-template/draft.md' });
  });
});
