import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { imageAlt } from './image-alt.ts';

const message = 'the image has no text that stands for it';

describe('image-alt', () => {
  test('its words', () => keepsItsWord(imageAlt));

  test.each([
    ['nothing', '⌖![](door.svg)'],
    ['spaces', '⌖![  ](door.svg)'],
    ['a title is not read aloud', '⌖![](door.svg "A door")'],
    ['within a sentence', 'Eine Tür, ⌖![](tür.svg), steht offen.'],
    ['in a link', '[⌖![](door.svg)](https://example.com/)'],
    ['in a table', '| a |\n|---|\n| ⌖![](door.svg) |'],
    ['in a list', '- ⌖![](door.svg)'],
    ['in a heading', '### ⌖![](door.svg)'],
    ['by reference', '⌖![][door]\n\n[door]: door.svg'],
  ])('%s', (_, text) => {
    const problem = finds(imageAlt, proposal(text), message);
    expect(problem.hint).toBe('Say between the brackets what it shows.');
    finds(imageAlt, crlf(proposal(text)), message);
  });

  test('each of them, from its beginning to its end', () => {
    const [first] = findsAll(imageAlt, '⌖![](a.svg)\n![A door](b.svg) ⌖![](c.svg)', [
      message,
      message,
    ]);
    expect(first).toMatchObject({ endLine: 1, endColumn: 11 });
  });

  test.each([
    ['a text', '![A door with two leaves.](door.svg)'],
    ['by reference', '![A door][door]\n\n[door]: door.svg'],
    ['code', '`![](door.svg)`'],
    ['a fence', '```markdown\n![](door.svg)\n```'],
    ['a link', '[](door.svg)'],
  ])('near miss: %s', (_, text) => passes(imageAlt, proposal(text)));
});
