import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { fenceClosed } from './fence-closed.ts';

const message = 'the fence is never closed, and takes what follows with it';

describe('fence-closed', () => {
  test('its words', () => keepsItsWord(fenceClosed));

  test.each([
    ['backticks', '⌖```text\nGET / HTTP/1.1', '```'],
    ['tildes', '⌖~~~text\nTür', '~~~'],
    ['nothing behind it', 'Text.\n\n⌖```', '```'],
    ['fewer backticks at the end', '⌖````text\nx\n```', '````'],
    ['other signs at the end', '⌖```text\nx\n~~~', '```'],
    ['words behind the end', '⌖```text\nx\n``` end', '```'],
    ['an end that is indented like code', '⌖```text\nx\n    ```', '```'],
    ['a list', '- ⌖```text\n  x\n\nText.', '```'],
    ['a quotation', '> ⌖```text\n> x\n\nText.', '```'],
    ['a block', '⌖```event\ntype: a.b', '```'],
  ])('%s', (_, text, fence) => {
    const problem = finds(fenceClosed, `# Türen\n\n${text}\n`, message);
    expect(problem.hint).toBe(`Close it with ${fence} on a line of its own.`);
    finds(fenceClosed, crlf(`# Türen\n\n${text}\n`), message);
    finds(fenceClosed, text, message);
  });

  test('the first line of a text, without an end', () => {
    finds(fenceClosed, '⌖```text', message);
  });

  test('each of them', () => {
    findsAll(fenceClosed, '- ⌖```text\n  x\n\nText.\n\n> ⌖~~~text\n\n⌖```', [
      message,
      message,
      message,
    ]);
  });

  test.each([
    ['backticks', '```text\nx\n```'],
    ['nothing between', '```text\n```'],
    ['empty lines only', '```text\n\n\n```'],
    ['tildes', '~~~text\n```\n~~~'],
    ['more signs at the end', '```text\nx\n`````'],
    ['spaces behind the end', '```text\nx\n``` \t'],
    ['an end that is indented a little', '```text\nx\n   ```'],
    ['a fence that is indented', '   ```text\n   x\n  ```'],
    ['a list', '- ```text\n  x\n  ```'],
    ['a list in a list', '- A\n\n  1. ```text\n     x\n     ```'],
    ['a quotation', '> ```text\n> x\n> ```'],
    ['a quotation without spaces', '>```text\n>x\n>```'],
    ['indented code', '    ```text'],
    ['inline code', '```text x```'],
  ])('near miss: %s', (_, text) => {
    passes(fenceClosed, proposal(text));
    passes(fenceClosed, crlf(text));
    passes(fenceClosed, text);
  });
});
