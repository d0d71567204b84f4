// Checksums: what they are of, and what leaves them alone.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checksum, normalise, sha256 } from './checksum.ts';

const SENTENCE = 'The gateway MUST give field names in lowercase.';

describe('normalise', () => {
  test.each<[what: string, text: string, normal: string]>([
    ['line ends become spaces', 'a\nb', 'a b'],
    ['of any kind', 'a\r\nb\rc', 'a b c'],
    ['runs of white space are one', 'a \t \n  b', 'a b'],
    ['none stands at either end', '\n a \r\n', 'a'],
    ['characters are composed', 'cafe\u0301', 'caf\u00e9'],
    ['but stay what they are', 'ﬁ ½', 'ﬁ ½'],
    ['a no-break space is a character', 'a\u00a0b', 'a\u00a0b'],
    ['marks stay', '`a`  *b*', '`a` *b*'],
    ['nothing stays nothing', ' \n ', ''],
  ])('%s', (_, text, normal) => {
    expect(normalise(text)).toBe(normal);
  });

  test('what is normal stays', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(normalise(normalise(text))).toBe(normalise(text));
      }),
    );
  });
});

describe('checksum', () => {
  test('is the first 16 digits of SHA-256 of the normal text', () => {
    const known = createHash('sha256').update(SENTENCE, 'utf8').digest('hex').slice(0, 16);
    expect(checksum(SENTENCE)).toBe(known);
    expect(checksum(SENTENCE)).toMatch(/^[0-9a-f]{16}$/);
  });

  test('stays the same when the sentence is wrapped otherwise', () => {
    expect(checksum(`${SENTENCE.replaceAll(' ', '\r\n')}\n`)).toBe(checksum(SENTENCE));
  });

  test.each([
    SENTENCE.replace('MUST', 'SHOULD'),
    SENTENCE.replace('.', ''),
    SENTENCE.replace('lowercase', '`lowercase`'),
    SENTENCE.toLowerCase(),
  ])('changes with a word, a mark and a letter: %s', (text) => {
    expect(checksum(text)).not.toBe(checksum(SENTENCE));
  });
});

describe('sha256', () => {
  test.each<[text: string, digest: string]>([
    ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ])('of %j is the known value (FIPS 180-2, appendix B)', (text, digest) => {
    expect(sha256(text)).toBe(digest);
  });

  test('is that of the octets of the file, as Node computes it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(sha256(text)).toBe(createHash('sha256').update(text, 'utf8').digest('hex'));
      }),
    );
  });

  test('line ends count: a file with others is another file', () => {
    expect(sha256('a\r\n')).not.toBe(sha256('a\n'));
  });
});
