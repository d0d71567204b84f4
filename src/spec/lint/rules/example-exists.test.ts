import { describe, expect, test } from 'vitest';
import type { ExampleRun } from '../rule.ts';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { exampleExists } from './example-exists.ts';

const run: ExampleRun = { violations: [] };
const examples = new Map([
  ['hello', run],
  ['start-once', run],
]);
const embed = (slug: string) => `\`\`\`try\nexample: ${slug} # Ä\ncaption: Sagt hallo.\n\`\`\`\n`;
const message = (slug: string) => `there is no example \`${slug}\``;

describe('example-exists', () => {
  test('its words', () => keepsItsWord(exampleExists, proposal, { examples }));

  test.each([
    ['a misspelt one', 'helo', 'Did you mean `hello`?'],
    ['one like no other', 'x', 'There are hello, start-once.'],
    ['the name of a property of every object', 'constructor', 'There are hello, start-once.'],
  ])('%s', (_, slug, hint) => {
    const text = proposal(embed(`⌖${slug}`));
    expect(finds(exampleExists, text, message(slug), { examples }).hint).toBe(hint);
    finds(exampleExists, crlf(text), message(slug), { examples });
  });

  test('the example of a figure, in the order of the text', () => {
    const text = `${embed('⌖a').replace('try', 'sequence')}\n${embed('⌖b')}`;
    findsAll(exampleExists, proposal(text), [message('a'), message('b')], { examples });
  });

  test('there are none at all', () => {
    const problem = finds(exampleExists, proposal(embed('⌖hello')), message('hello'), {
      examples: new Map(),
    });
    expect(problem.hint).toBe('There are none.');
  });

  test('each of them, in any section', () => {
    const text = `${embed('⌖a')}\n${embed('hello')}\n## Rationale\n\n${embed('⌖b')}`;
    findsAll(exampleExists, text, [message('a'), message('b')], { examples });
  });

  test.each([
    ['one that exists', embed('start-once')],
    ['none', 'Text.'],
    ['a block that cannot be read', embed('../x')],
    ['a fence that only shows one', embed('x').replace('try', 'yaml')],
  ])('near miss: %s', (_, text) => passes(exampleExists, proposal(text), { examples }));

  test('nothing is said where examples are not known, as in the editor', () => {
    passes(exampleExists, proposal(embed('x')));
  });

  test('the template', () => {
    passes(exampleExists, embed('x'), { examples, file: 'proposals/0000-template/draft.md' });
  });
});
