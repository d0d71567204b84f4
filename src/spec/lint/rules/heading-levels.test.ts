import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { headingLevels } from './heading-levels.ts';

describe('heading-levels', () => {
  test('its words', () => keepsItsWord(headingLevels));

  test('a level is skipped', () => {
    const text = proposal('⌖#### Die Tür');
    const message = '“Die Tür” is a heading of level 4 below one of level 2';
    expect(finds(headingLevels, text, message)).toMatchObject({
      endColumn: 13,
      hint: 'Write it with ###.',
    });
    finds(headingLevels, crlf(text), message);
  });

  test('three levels are skipped, at the first line of a text', () => {
    const problem = finds(
      headingLevels,
      '⌖##### Doors',
      '“Doors” is a heading of level 5 below one of level 1',
    );
    expect(problem.hint).toBe('Write it with ##.');
  });

  test('each heading is compared with the one before it', () => {
    findsAll(headingLevels, '# A\n\n⌖### B\n\n### C\n\n⌖##### D\n\n## E\n\n⌖#### F', [
      '“B” is a heading of level 3 below one of level 1',
      '“D” is a heading of level 5 below one of level 3',
      '“F” is a heading of level 4 below one of level 2',
    ]);
  });

  test('headings in quotations and lists count: they are headings of the page', () => {
    findsAll(headingLevels, proposal('> ⌖#### Quoted\n\n## Rationale\n\n- ⌖#### Item'), [
      '“Quoted” is a heading of level 4 below one of level 2',
      '“Item” is a heading of level 4 below one of level 2',
    ]);
  });

  test.each([
    ['back by several levels', '### A\n\n#### B\n\n##### C\n\n## Rationale'],
    ['the same level again', '### A\n\n### B'],
    ['no heading, for want of a space', '####Doors'],
    ['in a fence', '```markdown\n#### Doors\n```'],
    ['seven signs', '####### Doors'],
  ])('near miss: %s', (_, text) => passes(headingLevels, proposal(text)));
});
