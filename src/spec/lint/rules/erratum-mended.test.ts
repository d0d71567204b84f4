import { describe, expect, test } from 'vitest';
import { errata, ERRATA_FILE as file } from '../../../../tests/fixtures/errata.ts';
import { FILE, finds, found, passes, proposal } from '../testing.ts';
import { erratumMended } from './erratum-mended.ts';

const rest = (draft: string) => ({ file, beside: [[FILE, proposal(draft)]] as [string, string][] });

describe('erratum-mended', () => {
  test('its words: a draft that says the first quotation, and one that says the second', () => {
    expect(found(erratumMended, errata({ status: 'verified' }), rest('Doors opens.'))).toHaveLength(
      1,
    );
    passes(erratumMended, errata({ status: 'verified' }), rest('Doors open.'));
  });

  test.each([
    ['the words', 'Doors opens.', {}],
    ['the words in other lines', 'Doors\nopens.', {}],
    ['words that are to go', 'Doors opens.', { toSay: '> opens.' }],
    ['words without the one that is missing', 'Doors opens.', { toSay: '> Doors opens. Twice.' }],
  ])('a draft that still says %s', (_, draft, parts) => {
    finds(
      erratumMended,
      errata({ ...parts, status: 'verified', says: '⌖> Doors opens.' }),
      `${FILE} still says this at \`Specification\``,
      rest(draft),
    );
  });

  test.each([
    ['one that is only reported', 'Doors opens.', { status: 'reported' }],
    ['one that is rejected', 'Doors opens.', { status: 'rejected' }],
    ['a word that was added', 'Doors opens. Twice.', { toSay: '> Doors opens. Twice.' }],
    ['a place that is gone', 'Doors opens.', { at: 'Windows' }],
  ])('near miss: %s', (_, draft, parts) =>
    passes(erratumMended, errata({ status: 'verified', ...parts }), rest(draft)),
  );

  test('near miss: errata of a proposal that has no draft', () => {
    passes(erratumMended, errata({ status: 'verified' }), { file });
  });
});
