import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR_EVENT, doorMachine } from '../testing-blocks.ts';
import { keywordInExample } from './keyword-in-example.ts';

describe('keyword-in-example', () => {
  test('its words', () => keepsItsWord(keywordInExample));

  test.each([
    ['a comment', '```ts\nawait send(e); // Türen: you ⌖MUST await this.\n```', 'MUST', 'ts'],
    ['another language', '```python\n# ⌖SHOULD NOT fail\n```', 'SHOULD NOT', 'python'],
    ['a list', '- Like this:\n\n  ```http\n  X: ⌖MAY\n  ```', 'MAY', 'http'],
    ['a quotation', '> ```json\n> "⌖SHALL"\n> ```', 'SHALL', 'json'],
    ['tildes', '~~~yaml\na: ⌖MUST\n~~~', 'MUST', 'yaml'],
    ['an event', DOOR_EVENT.replace('Somebody pushes', 'It ⌖MUST open'), 'MUST', 'event'],
    ['a machine', doorMachine({ guards: '{locked: It ⌖MAY be.}' }), 'MAY', 'machine'],
    [
      'a reason',
      '```untested\n- {requirement: door.opens, reason: It ⌖MUST NOT be seen.}\n```',
      'MUST NOT',
      'untested',
    ],
  ])('in %s', (_, text, word, language) => {
    const message = `${word} stands in a block of ${language}`;
    const problem = finds(keywordInExample, proposal(text), message);
    expect(problem.hint).toBe('Name the requirement by its id instead.');
    finds(keywordInExample, crlf(proposal(text)), message);
  });

  test('each of them, on the first line and on the last of an unclosed fence', () => {
    findsAll(keywordInExample, '```ts\n⌖MUST\n```\n\n```ts\n// ⌖MAY or ⌖SHOULD', [
      'MUST stands in a block of ts',
      'MAY stands in a block of ts',
      'SHOULD stands in a block of ts',
    ]);
  });

  test.each([
    ['text', '```text\nThe gateway MUST open.\n```'],
    ['Markdown', '```markdown\nr[door.opens]\nThe gateway MUST open.\n```'],
    ['a diff', '```diff\n-The gateway MUST open.\n+The gateway SHOULD open.\n```'],
    ['no language', '```\nMUST\n```'],
    ['indented code', '    MUST'],
    ['names of constants', '```ts\nconst kind = REQUIRED ?? OPTIONAL ?? MUST_OPEN;\n```'],
    ['lowercase', '```ts\n// must await\n```'],
    ['prose', 'A door MUST open.'],
    ['inline code', '`MUST`'],
  ])('near miss: %s', (_, text) => passes(keywordInExample, proposal(text)));

  test('the template', () => {
    passes(keywordInExample, '```ts\nMUST\n```', { file: 'proposals/0000-template/draft.md' });
  });
});
