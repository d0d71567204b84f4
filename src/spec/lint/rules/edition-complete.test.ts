import { describe, expect, test } from 'vitest';
import { draftOf, libraryOf } from '../library.ts';
import { lint } from '../lint.ts';
import type { Editions } from '../rule.ts';
import { FILE, found, passes, proposal } from '../testing.ts';
import { editionComplete } from './edition-complete.ts';

const text = (number: number, revision: number, requires = '[]') =>
  [
    `proposals/00${number}-doors/v${revision}.md`,
    proposal('', { proposal: String(number), revision: String(revision), requires }),
  ] as const;
const beside = [text(42, 1), text(42, 2, '[43]'), text(43, 1), text(44, 1, '[42, 43]')];
const editions = (value: Editions) => ({
  file: 'proposals/editions.json',
  value,
  text: `${JSON.stringify(value, null, 2)}\n`,
});
const all = (value: Editions) =>
  found(editionComplete, proposal(''), { beside, editions: editions(value) }).map(
    ({ file, line, column, message }) => `${file.slice(10)}:${line}:${column} ${message}`,
  );

describe('edition-complete', () => {
  test.each<[what: string, members: Record<string, number>, problem: string]>([
    [
      'a revision that is not published',
      { '0042': 3 },
      '3:5 edition 0.1 names revision 3 of proposal 0042, which is not published',
    ],
    [
      'one of a proposal without any',
      { '0042': 1, '0045': 1 },
      '4:5 edition 0.1 names revision 1 of proposal 0045, which is not published',
    ],
    [
      'the template',
      { '0000': 1 },
      '3:5 edition 0.1 names revision 1 of proposal 0000, which is not published',
    ],
    [
      'what requires another',
      { '0042': 2 },
      '3:5 edition 0.1 has proposal 0042, but not proposal 0043, which it requires',
    ],
    [
      'what requires two, of which one is there',
      { '0042': 1, '0044': 1 },
      '4:5 edition 0.1 has proposal 0044, but not proposal 0043, which it requires',
    ],
  ])('%s', (_, members, problem) => {
    expect(all({ '0.1': members })).toEqual([`editions.json:${problem}`]);
  });

  test('several, each at its line, in the edition that it is of', () => {
    expect(
      all({ '0.1': { '0042': 1, '0043': 1 }, '0.2': { '0042': 2 }, ä: { '0044': 1, '0042': 9 } }),
    ).toEqual([
      'editions.json:7:5 edition 0.2 has proposal 0042, but not proposal 0043, which it requires',
      'editions.json:10:5 edition ä has proposal 0044, but not proposal 0043, which it requires',
      'editions.json:11:5 edition ä names revision 9 of proposal 0042, which is not published',
    ]);
  });

  test('a file on one line has columns', () => {
    const value = { '0.1': { '0043': 1, '0042': 3 } };
    const file = { ...editions(value), text: JSON.stringify(value) };
    const [problem] = found(editionComplete, proposal(''), { beside, editions: file });
    expect(problem).toMatchObject({ line: 1, column: 18 });
    expect(problem?.hint).toBe('Publish it with `portway proposal publish`, or name another.');
  });

  test('its words', () => {
    const published = [text(42, 1, '[2]'), ...beside.slice(2)].map(
      ([, words]) => ['proposals/0003-doors/v1.md', words] as const,
    );
    const two = ['proposals/0002-doors/v1.md', proposal('')] as const;
    const check = (words: string) => {
      const value = JSON.parse(words);
      const file = { file: 'proposals/editions.json', value, text: words };
      const all = { beside: [published[0] as (typeof published)[0], two], editions: file };
      return found(editionComplete, proposal(''), all);
    };
    expect(check(editionComplete.wrong)).toHaveLength(1);
    expect(check(editionComplete.right)).toEqual([]);
  });

  test.each<[what: string, value: Editions]>([
    ['what requires nothing', { '0.1': { '0042': 1 } }],
    ['what is required is there, in any order', { '0.1': { '0044': 1, '0043': 1, '0042': 1 } }],
    [
      'what an earlier revision did not require',
      { '0.1': { '0042': 1, '0043': 1 }, '0.2': { '0042': 1 } },
    ],
    ['an edition without proposals', { '0.1': {} }],
    ['none', {}],
  ])('near miss: %s', (_, value) => expect(all(value)).toEqual([]));

  test('near miss: the draft may require more than the revision does', () => {
    const file = editions({ '0.1': { '0042': 1 } });
    passes(editionComplete, proposal('', { requires: '[43]' }), { beside, editions: file });
  });

  test('without the file, with one that cannot be read, and without published texts: silent', () => {
    passes(editionComplete, proposal(''), { beside });
    const broken = { file: 'proposals/editions.json', text: '{', error: 'it is not JSON' };
    passes(editionComplete, proposal(''), { beside, editions: broken });
    const drafts = [draftOf([FILE, proposal('')])];
    const rest = { editions: editions({ '0.1': { '0042': 1 } }) };
    expect(lint(libraryOf(drafts, rest), [editionComplete])).toEqual([]);
  });
});
