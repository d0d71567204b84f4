import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { metadataRequired } from './metadata-required.ts';

const GOOD = proposal('Text.');
const KEYS = 'proposal title summary authors status type created discussion revision'.split(' ');

describe('metadata-required', () => {
  test('its words', () => keepsItsWord(metadataRequired, (text) => text));

  test.each(KEYS)('without `%s`', (key) => {
    const text = `⌖${GOOD.replace(new RegExp(`^${key}: .*\n`, 'm'), '')}`;
    const message = `the front matter lacks 1 field: \`${key}\``;
    expect(finds(metadataRequired, text, message).hint).toBe(`Add a line such as \`${key}: …\`.`);
    finds(metadataRequired, crlf(text), message);
  });

  test('several are one finding, in the order of the fields', () => {
    finds(
      metadataRequired,
      '⌖---\ntype: process\ntitle: Türen\nrequires: [2]\n---\n',
      'the front matter lacks 7 fields: `proposal`, `summary`, `authors`, `status`, `created`, `discussion`, `revision`',
    );
  });

  test('a field of another case, or inside another, is not the field', () => {
    const text = GOOD.replace('title: Doors', 'Title: Doors\nnote: {title: Doors}');
    finds(metadataRequired, `⌖${text}`, 'the front matter lacks 1 field: `title`');
  });

  test.each([
    ['nothing but these', GOOD],
    [
      'in another order',
      GOOD.replace('proposal: 42\n', '').replace('revision', 'proposal: 42\nrevision'),
    ],
    ['quoted keys', GOOD.replace('title:', '"title":')],
    ['a value of the wrong kind, or none', GOOD.replace('title: Doors', 'title:')],
    ['front matter that cannot be read', GOOD.replace('title: Doors', 'title: Doors: more')],
    ['empty front matter', '---\n---\n'],
    ['no front matter', '# Doors\n'],
  ])('near miss: %s', (_, text) => passes(metadataRequired, text));
});
