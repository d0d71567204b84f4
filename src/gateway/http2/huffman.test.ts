// The Huffman code of HPACK: what RFC 7541 says of it in section 5.2 and appendix B.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackError } from './hpack-error.ts';
import { decodeHuffman, huffmanLength, writeHuffman } from './huffman.ts';

/** The code's octets. */
function coded(text: string): Buffer {
  const buffer = Buffer.alloc(huffmanLength(text));
  expect(writeHuffman(text, buffer, 0)).toBe(buffer.length);
  return buffer;
}

/** Bits, white space between them aside, to octets. */
function octetsOf(bits: string): Uint8Array {
  const digits = bits.replaceAll(' ', '');
  expect(digits.length % 8).toBe(0);
  return Uint8Array.from(digits.match(/.{8}/g) ?? [], (eight) => Number.parseInt(eight, 2));
}

const decoded = (octets: Uint8Array): string => decodeHuffman(octets, 0, octets.length);

const latin1 = fc
  .uint8Array({ maxLength: 300 })
  .map((octets) => Buffer.from(octets).toString('latin1'));

// Of each length of code the first and the last, as appendix B has them.
const CODES: readonly (readonly [octet: number, bits: string])[] = [
  [0x30, '00000'],
  [0x74, '01001'],
  [0x20, '010100'],
  [0x75, '101101'],
  [0x3a, '1011100'],
  [0x7a, '1111011'],
  [0x26, '11111000'],
  [0x5a, '11111101'],
  [0x21, '11111110 00'],
  [0x3f, '11111111 00'],
  [0x27, '11111111 010'],
  [0x7c, '11111111 100'],
  [0x23, '11111111 1010'],
  [0x3e, '11111111 1011'],
  [0x00, '11111111 11000'],
  [0x7e, '11111111 11101'],
  [0x5e, '11111111 111100'],
  [0x7d, '11111111 111101'],
  [0x3c, '11111111 1111100'],
  [0x7b, '11111111 1111110'],
  [0x5c, '11111111 11111110 000'],
  [0xd0, '11111111 11111110 010'],
  [0x80, '11111111 11111110 0110'],
  [0x01, '11111111 11111111 1011000'],
  [0x09, '11111111 11111111 11101010'],
  [0xf9, '11111111 11111111 11111111 1110'],
  [0x0a, '11111111 11111111 11111111 111100'],
  [0x0d, '11111111 11111111 11111111 111101'],
  [0x16, '11111111 11111111 11111111 111110'],
];

describe('appendix B', () => {
  test.each(CODES)('octet %i is %s', (octet, bits) => {
    const digits = bits.replaceAll(' ', '');
    const padded = octetsOf(digits.padEnd(Math.ceil(digits.length / 8) * 8, '1'));
    expect(Uint8Array.from(coded(String.fromCharCode(octet)))).toEqual(padded);
    expect(decoded(padded)).toBe(String.fromCharCode(octet));
  });

  test('each octet alone and behind each other comes back', () => {
    for (let first = 0; first < 256; first++)
      for (let second = 0; second < 256; second++) {
        const text = String.fromCharCode(first, second);
        const octets = coded(text);
        if (decoded(octets) !== text)
          expect.fail(`${first} ${second} became ${octets.toString('hex')}`);
      }
  });
});

describe('section 5.2', () => {
  test.each([
    ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
    ['no-cache', 'a8eb10649cbf'],
    ['custom-key', '25a849e95ba97d7f'],
    ['custom-value', '25a849e95bb8e8b4bf'],
    ['', ''],
  ])('%s of appendix C', (text, hex) => {
    expect(coded(text).toString('hex')).toBe(hex);
    expect(decoded(Buffer.from(hex, 'hex'))).toBe(text);
  });

  test('a string as long as memory of its own needs', () => {
    const text = 'a'.repeat(20_000) + '\xff'.repeat(20_000);
    expect(decoded(coded(text))).toBe(text);
  });

  // `a` is 00011, a space 010100, `z` 1111011, `&` 11111000.
  test.each([
    ['no padding', '11111000', '&'],
    ['one bit of padding', '1111011 1', 'z'],
    ['three bits of padding', '00011 111', 'a'],
    ['seven bits of padding', '00011 010100 010100 1111111', 'a  '],
  ])('%s', (_what, bits, text) => {
    expect(decoded(octetsOf(bits))).toBe(text);
  });

  test.each([
    ['eight bits of padding', '11111000 11111111', /padding/],
    ['nine bits of padding', '1111011 1 11111111', /padding/],
    ['nothing but padding', '11111111', /padding/],
    ['padding of zeros', '00011 000', /padding/],
    ['padding that ends in a zero', '00011 110', /padding/],
    ['padding that begins with a zero', '00011 011', /padding/],
    ['a code that was cut', '11111000 11111110', /padding/],
    ['EOS alone', `${'1'.repeat(30)} 11`, /EOS/],
    ['EOS, and zeros behind it', `${'1'.repeat(30)} 00`, /EOS/],
    ['EOS between codes', `00011 ${'1'.repeat(30)} 00011`, /EOS/],
    ['EOS, and a code that was cut', `${'1'.repeat(30)} 00 11111110`, /EOS/],
  ])('%s is an error', (_what, bits, message) => {
    expect(() => decoded(octetsOf(bits))).toThrow(HpackError);
    expect(() => decoded(octetsOf(bits))).toThrow(message);
  });

  test('a character above U+00FF is no octet', () => {
    expect(() => huffmanLength('a€')).toThrow(TypeError);
  });
});

test('what is coded comes back, and is as long as was said', () => {
  fc.assert(
    fc.property(latin1, (text) => {
      expect(decoded(coded(text))).toBe(text);
    }),
  );
});

test('any octets are the code of one string, which has no other, or an HpackError', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (octets) => {
      let text: string;
      try {
        text = decoded(octets);
      } catch (error) {
        expect(error).toBeInstanceOf(HpackError);
        return;
      }
      expect(Uint8Array.from(coded(text))).toEqual(octets);
    }),
    { numRuns: 2000 },
  );
});
