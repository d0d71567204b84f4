import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { whole } from '../testing-blocks.ts';
import { recordExtendsKnown } from './record-extends-known.ts';

const record = (name: string, base?: string) =>
  `\n\`\`\`record\nrecord: ${name}\n${base ? `extends: ${base} # Ä\n` : ''}summary: x\nfields: {}\n\`\`\`\n`;
const unknown = (name: string, base: string) =>
  `record \`${name}\` extends \`${base}\`, which no proposal defines`;

describe('record-extends-known', () => {
  test('its words', () =>
    keepsItsWord(recordExtendsKnown, (yaml) => record('scope') + whole('record', yaml)));

  test.each([
    ['a misspelt one', 'scop', 'Did you mean `scope`?'],
    ['one that is like no other', 'x', 'Define it in a `record` block.'],
    ['the name of a property of every object', 'constructor', 'Define it in a `record` block.'],
    ['a type that is built in', 'string', 'Define it in a `record` block.'],
  ])('%s', (_, base, hint) => {
    const text = proposal(record('scope') + record('door', `⌖${base}`));
    expect(finds(recordExtendsKnown, text, unknown('door', base)).hint).toBe(hint);
    finds(recordExtendsKnown, crlf(text), unknown('door', base));
  });

  test('itself', () => {
    const problem = finds(
      recordExtendsKnown,
      proposal(record('door', '⌖door')),
      'record `door` extends itself',
    );
    expect(problem.hint).toBe('Take out one of the `extends` that make the circle.');
  });

  test('itself through others: each record of the circle, and none that leads into it', () => {
    findsAll(
      recordExtendsKnown,
      record('a', '⌖b') + record('b', '⌖c') + record('c', '⌖a') + record('door', 'a'),
      ['record `a` extends itself', 'record `b` extends itself', 'record `c` extends itself'],
    );
  });

  test.each([
    ['no other', record('door')],
    ['one that stands behind it', record('door', 'scope') + record('scope')],
    ['several steps', record('a', 'b') + record('b', 'c') + record('c')],
    ['one that two extend', record('a', 'c') + record('b', 'c') + record('c')],
    ['a block that cannot be read', record('Door', 'x')],
  ])('near miss: %s', (_, text) => passes(recordExtendsKnown, proposal(text)));

  test('near miss: the record of another proposal', () => {
    passes(recordExtendsKnown, proposal(record('door', 'scope')), {
      beside: [['proposals/0043-x/draft.md', proposal(record('scope'), { proposal: '43' })]],
    });
  });
});
