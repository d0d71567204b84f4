import { describe, expect, test } from 'vitest';
import type { ExampleRun } from '../rule.ts';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { examplePasses } from './example-passes.ts';

const examples = new Map<string, ExampleRun>([
  ['hello', { violations: [] }],
  ['half-written', { violations: [], error: 'SyntaxError: Unexpected end of input (Zeile 3)' }],
  ['careless', { violations: ['http.start-once', 'http.end-once'] }],
  ['start-once', { violations: ['http.start-once'], breaks: 'http.start-once' }],
  ['worse', { violations: ['http.start-once', 'http.end-once'], breaks: 'http.start-once' }],
  ['harmless', { violations: [], breaks: 'http.start-once' }],
  ['another', { violations: ['http.end-once'], breaks: 'http.start-once' }],
]);
const embed = (slug: string) => `\`\`\`try\ncaption: "Ä: hallo."\nexample: ${slug}\n\`\`\`\n`;
const IDLE = 'Let it do so, or take `breaks` out of its example.md.';

describe('example-passes', () => {
  test('its words', () => keepsItsWord(examplePasses, proposal, { examples }));

  test.each([
    [
      'one that does not run',
      'half-written',
      'the example `half-written` does not run: SyntaxError: Unexpected end of input (Zeile 3)',
      'Mend it: readers run it too.',
    ],
    [
      'one that breaks requirements',
      'careless',
      'the example `careless` breaks `http.start-once`, `http.end-once`',
      'Mend it; or, if it shows that mistake, name it as `breaks` in its example.md.',
    ],
    [
      'one that breaks more than it is to',
      'worse',
      'the example `worse` breaks `http.end-once`',
      'Mend it; or, if it shows that mistake, name it as `breaks` in its example.md.',
    ],
    [
      'one that does not break what it is to',
      'harmless',
      'the example `harmless` is to break `http.start-once`, and does not',
      IDLE,
    ],
  ])('%s', (_, slug, message, hint) => {
    const text = proposal(embed(`⌖${slug}`));
    expect(finds(examplePasses, text, message, { examples }).hint).toBe(hint);
    finds(examplePasses, crlf(text), message, { examples });
  });

  test('one that breaks another than it is to: both are said, at one place', () => {
    findsAll(
      examplePasses,
      proposal(embed('⌖⌖another')),
      [
        'the example `another` breaks `http.end-once`',
        'the example `another` is to break `http.start-once`, and does not',
      ],
      { examples },
    );
  });

  test('one that a figure is drawn from', () => {
    const text = embed('⌖careless').replace('try', 'sequence');
    const message = 'the example `careless` breaks `http.start-once`, `http.end-once`';
    finds(examplePasses, proposal(text), message, { examples });
  });

  test('each time that it is embedded', () => {
    const message = 'the example `careless` breaks `http.start-once`, `http.end-once`';
    findsAll(
      examplePasses,
      `${embed('⌖careless')}\n${embed('hello')}\n${embed('⌖careless')}`,
      [message, message],
      { examples },
    );
  });

  test.each([
    ['one that runs', embed('hello')],
    ['one that breaks what it is to', embed('start-once')],
    ['one that does not exist is another mistake', embed('gone')],
    ['a fence that only shows one', embed('careless').replace('try', 'yaml')],
    ['a block that cannot be read', embed('careless').replace('caption', 'title')],
  ])('near miss: %s', (_, text) => passes(examplePasses, proposal(text), { examples }));

  test('nothing is said where examples were not run, as in the editor', () => {
    passes(examplePasses, proposal(embed('careless')));
  });
});
