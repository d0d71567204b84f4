import { describe, expect, test } from 'vitest';
import { sha256 } from '../../checksum.ts';
import { found, passes, proposal } from '../testing.ts';
import { publishedKept } from './published-kept.ts';

const TEXT = proposal('Text.');
const V1: [string, string] = ['proposals/0042-doors/v1.md', TEXT];
const register = (since: string | null, changed = since) => {
  const value = { 'door.opens': { since, changed } };
  return {
    file: 'proposals/requirements.json',
    value,
    text: `{\n  "door.opens": ${JSON.stringify(value['door.opens'])}\n}\n`,
  };
};
const hashes = (path: string) => ({
  file: 'proposals/published.json',
  value: { [path]: sha256(TEXT) },
});

describe('published-kept', () => {
  test.each([
    ['the first', register('0042/v2', '0042/v1'), '0042/v2'],
    ['a later one', register('0042/v1', '0042/v2'), '0042/v2'],
    ['one of another proposal', register('0007/v1', '0042/v1'), '0007/v1'],
  ])('%s, gone from the folder and from the list', (_, data, name) => {
    const rest = { beside: [V1], register: data, hashes: hashes('0042-doors/v1.md') };
    expect(found(publishedKept, TEXT, rest)).toMatchObject([
      {
        file: 'proposals/requirements.json',
        line: 2,
        column: 3,
        message: `the register names revision \`${name}\`, which is no longer published`,
      },
    ]);
  });

  test('near miss: one that is there', () =>
    passes(publishedKept, TEXT, { beside: [V1], register: register('0042/v1') }));

  test('near miss: an id that is not published yet', () =>
    passes(publishedKept, TEXT, { beside: [V1], register: register(null) }));

  test('near miss: one that is still listed, of which published-listed speaks', () =>
    passes(publishedKept, TEXT, {
      beside: [],
      register: register('0042/v1'),
      hashes: hashes('0042-doors/v1.md'),
    }));
});
