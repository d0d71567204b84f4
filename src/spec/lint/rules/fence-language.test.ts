import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { fenceLanguage } from './fence-language.ts';

const message = 'the code has no language';
const WRITE = 'Write one behind the fence: `text` if it is none.';
const INDENTED =
  'Put it between two fences instead of indenting it, and write one behind the first.';

describe('fence-language', () => {
  test('its words', () => keepsItsWord(fenceLanguage));

  test.each([
    ['backticks', 'Türen:\n\n⌖```\nGET / HTTP/1.1\n```', WRITE],
    ['spaces only', '⌖```  \nx\n```', WRITE],
    ['tildes', '⌖~~~\nx\n~~~', WRITE],
    ['a list', '- ⌖```\n  x\n  ```', WRITE],
    ['a quotation', '> ⌖```\n> x\n> ```', WRITE],
    ['indented code', 'Türen:\n\n⌖    GET / HTTP/1.1', INDENTED],
    ['indented code in a list', '- A\n\n  ⌖    x', INDENTED],
  ])('%s', (_, text, hint) => {
    expect(finds(fenceLanguage, proposal(text), message).hint).toBe(hint);
    finds(fenceLanguage, crlf(proposal(text)), message);
  });

  test('each of them, on the first line and on the last', () => {
    findsAll(fenceLanguage, '⌖```\n```\n\n```text\n```\n\n⌖```', [message, message]);
  });

  test.each([
    ['a language', '```http\nx\n```'],
    ['a space before it', '``` text\nx\n```'],
    ['more behind it', '```ts title="x"\nx\n```'],
    ['tildes', '~~~text\nx\n~~~'],
    ['inline code', '`x` and ```x```'],
    ['a block', '```event\n```'],
    ['lines that are indented in a paragraph', 'A\n    b'],
  ])('near miss: %s', (_, text) => passes(fenceLanguage, proposal(text)));
});
