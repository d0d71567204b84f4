import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { metadataUnknown } from './metadata-unknown.ts';

const GOOD = proposal('Text.');
const within = (lines: string) => `---\n${lines}\n---\n`;
const extra = (line: string) => GOOD.replace('title: Doors', `title: Doors\n${line}`);

describe('metadata-unknown', () => {
  test('its words', () => keepsItsWord(metadataUnknown, within));

  test.each([
    ['autors', 'Did you mean `authors`?'],
    ['Title', 'Did you mean `title`?'],
    ['STATUS', 'Did you mean `status`?'],
    ['last-call-end', 'Did you mean `last-call-ends`?'],
    ['superceded-by', 'Did you mean `superseded-by`?'],
    ['require', 'Did you mean `requires`?'],
    ['updated', 'It is taken from the history of the repository: delete the line.'],
    ['contributors', 'It is taken from the history of the repository: delete the line.'],
  ])('%s', (key, hint) => {
    const text = extra(`⌖${key}: x`);
    const message = `\`${key}\` is not a field of the front matter`;
    expect(finds(metadataUnknown, text, message)).toMatchObject({
      hint,
      endColumn: key.length + 1,
    });
    finds(metadataUnknown, crlf(text), message);
  });

  test.each(['keywords', 'größe', '__proto__', 'constructor', 'toString'])(
    '%s is like none of them',
    (key) => {
      const problem = finds(
        metadataUnknown,
        extra(`⌖${key}: x`),
        `\`${key}\` is not a field of the front matter`,
      );
      expect(problem.hint).toMatch(/^The fields are proposal, title, .*, implementations\.$/);
    },
  );

  test('several, first and last', () => {
    findsAll(metadataUnknown, within('⌖nummer: 42\ntitle: Doors\n⌖1: x'), [
      '`nummer` is not a field of the front matter',
      '`1` is not a field of the front matter',
    ]);
  });

  test.each([
    [
      'every field there is',
      proposal('', {
        'last-call-ends': 'x',
        resolution: 'x',
        'withdrawn-reason': 'x',
        'superseded-by': '1',
        requires: '[]',
        replaces: '[]',
        implementations: '[]',
      }),
    ],
    ['a key inside a value', extra('resolution: {autors: x}')],
    ['a misspelt line of prose', proposal('autors: x')],
    ['a misspelt line in a comment', extra('# autors: x')],
    ['front matter that cannot be read', within('autors: x: y')],
  ])('near miss: %s', (_, text) => passes(metadataUnknown, text));
});
