import { describe, expect, test } from 'vitest';
import { errata, ERRATA_FILE as file } from '../../../../tests/fixtures/errata.ts';
import { FILE, finds, findsAll, found, passes, proposal } from '../testing.ts';
import { erratumPlace } from './erratum-place.ts';

const V1 = 'proposals/0042-doors/v1.md';
const text = proposal(
  'r[door.open-once]\nThe gateway MUST open a door\nonce.\n\nDoors opens.\n\n### The bell\n\nIt rings.',
);
const rest = {
  file,
  beside: [
    [V1, text],
    [FILE, proposal('Doors open.', { revision: '2' })],
  ] as [string, string][],
};

describe('erratum-place', () => {
  test('its words, where revision 1 says so', () => {
    expect(erratumPlace.wrong).toContain('revisions: 7');
    passes(erratumPlace, errata({}), rest);
    expect(found(erratumPlace, errata({ revisions: '7' }), rest)).toHaveLength(1);
  });

  test('a revision that is not published', () => {
    const problem = finds(
      erratumPlace,
      errata({ revisions: '1, 2' }).replace('- revisions', '⌖- revisions'),
      'revision 2 of proposal 0042 is not published',
      rest,
    );
    expect(problem.hint).toContain('proposals/0042-doors/draft.md');
  });

  test.each(['Windows', 'door.shut', 'specification'])('a place that there is not: %s', (at) => {
    finds(
      erratumPlace,
      errata({ at }).replace('- at', '⌖- at'),
      `${V1} has neither a requirement nor a heading \`${at}\``,
      rest,
    );
  });

  test.each([
    ['words that stand nowhere', { says: '⌖> Doors opened.' }, 'Specification'],
    ['words that stand elsewhere', { at: 'The bell', says: '⌖> Doors opens.' }, 'The bell'],
    [
      'words behind a requirement',
      { at: 'door.open-once', says: '⌖> Doors opens.' },
      'door.open-once',
    ],
    ['another case', { says: '⌖> doors opens.' }, 'Specification'],
  ])('a quotation of %s', (_, parts, at) => {
    finds(erratumPlace, errata(parts), `${V1} does not say this at \`${at}\``, rest);
  });

  test('of each revision that it names', () => {
    const beside = [...rest.beside, ['proposals/0042-doors/v2.md', proposal('Doors open.')]] as [
      string,
      string,
    ][];
    findsAll(
      erratumPlace,
      errata({ revisions: '1, 2', says: '⌖> Doors opens.' }),
      ['proposals/0042-doors/v2.md does not say this at `Specification`'],
      { ...rest, beside },
    );
  });

  test.each([
    [
      'a requirement over other lines',
      { at: 'door.open-once', says: '> The gateway MUST\n> open a door once.' },
    ],
    ['a section below the one that is named', { says: '> It rings.' }],
    ['the title, for the whole text', { at: 'Doors', says: '> Doors are known.' }],
    ['one that is no erratum yet', { at: 'Windows', why: '' }],
  ])('near miss: %s', (_, parts) => passes(erratumPlace, errata(parts), rest));

  test('near miss: where nothing is known of what is published', () => {
    passes(erratumPlace, proposal(''), {});
  });
});
