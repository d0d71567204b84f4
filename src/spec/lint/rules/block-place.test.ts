import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR } from '../testing-blocks.ts';
import { blockPlace } from './block-place.ts';

const message = (kind: string) =>
  `this ${kind} block stands inside something else, so nothing is read from it`;

describe('block-place', () => {
  test('its words', () => keepsItsWord(blockPlace));

  test.each([
    ['a list', '- Ä\n\n  ⌖```event\n  type: a.b\n  ```', 'event'],
    ['a list, on the line of the item', '- ⌖```try\n  example: x\n  ```', 'try'],
    ['a numbered list in a list', '1. A\n\n   - ⌖```record\n     x\n     ```', 'record'],
    ['a quotation', '> ⌖```machine\n> x\n> ```', 'machine'],
    ['a footnote', 'A.[^a]\n\n[^a]: Ä\n\n    ⌖```feature\n    x\n    ```', 'feature'],
    ['tildes', '> ⌖~~~retired\n> x\n> ~~~', 'retired'],
    ['a quotation that is never closed', '> ⌖```untested', 'untested'],
  ])('in %s', (_, text, kind) => {
    const problem = finds(blockPlace, proposal(text), message(kind));
    expect(problem.hint).toBe('Put it outside of lists and quotations.');
    finds(blockPlace, crlf(proposal(text)), message(kind));
  });

  test('each of them, on the first line and on the last', () => {
    findsAll(blockPlace, '> ⌖```event\n\n- ⌖```try', [message('event'), message('try')]);
  });

  test.each([
    ['at the top', DOOR],
    ['between list and list', '- A\n\n```event\nx\n```\n\n- B'],
    ['indented by less than code', '   ```event\n   x\n   ```'],
    ['another language in a list', '- A\n\n  ```yaml\n  type: a.b\n  ```'],
    ['a language that begins alike in a list', '- A\n\n  ```events\n  x\n  ```'],
    ['a block in a fence in a list', '- A\n\n  ````text\n  ```event\n  ```\n  ````'],
    ['a name of every object', '> ```constructor\n> x\n> ```'],
    ['indented code', '- A\n\n      event'],
  ])('near miss: %s', (_, text) => passes(blockPlace, proposal(text)));
});
