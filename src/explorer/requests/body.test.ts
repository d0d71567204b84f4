// Bodies for readers: what is shown is what came, and nothing of it is run.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  codingOf,
  decode,
  hexDump,
  hexOf,
  indentJson,
  mediaOf,
  prettyOf,
  rawText,
  readHex,
  unpack,
} from './body.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const pretty = (body: Uint8Array, type: string, whole = true) =>
  prettyOf(body, mediaOf([['Content-Type', type]]), whole);

describe('mediaOf', () => {
  test.each([
    ['text/html', 'text/html', 'utf-8'],
    ['Text/HTML; Charset="ISO-8859-1"', 'text/html', 'iso-8859-1'],
    ['application/json;a=b ; charset=utf-16le', 'application/json', 'utf-16le'],
    ['', '', 'utf-8'],
  ])('%j', (field, type, charset) => {
    expect(mediaOf([['content-TYPE', field]])).toEqual({ type, charset });
  });
});

describe('pretty', () => {
  test('JSON is indented; its numbers, strings and repeated names stay as written', () => {
    expect(
      indentJson('{"a":[1,2.50,{}],"a":12345678901234567890,"b":"x\\u00e9 {,}","c":[]}'),
    ).toBe(`{
  "a": [
    1,
    2.50,
    {}
  ],
  "a": 12345678901234567890,
  "b": "x\\u00e9 {,}",
  "c": []
}`);
  });
  test('any JSON means the same indented', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const indented = indentJson(text) as string;
        expect(JSON.parse(indented)).toEqual(JSON.parse(text));
        expect(indented).toBe(JSON.stringify(JSON.parse(text), null, 2));
      }),
    );
  });
  test('what only says that it is JSON is text', () => {
    expect(pretty(utf8('{"a":'), 'application/json')).toEqual({ as: 'text', text: '{"a":' });
    expect(pretty(utf8('[1]'), 'application/problem+json')).toEqual({
      as: 'json',
      text: '[\n  1\n]',
    });
  });
  test.each(['text/html', 'image/svg+xml', 'application/javascript', ''])(
    '%j is source',
    (type) => {
      const source = '<script>alert(1)</script>';
      expect(pretty(utf8(source), type)).toEqual({ as: 'text', text: source });
    },
  );
  test.each(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif'])(
    '%s is an image',
    (type) => {
      expect(pretty(Uint8Array.of(0, 255, 1), type)).toEqual({
        as: 'image',
        type,
        url: `data:${type};base64,AP8B`,
      });
      expect(pretty(Uint8Array.of(0, 255, 1), type, false)).toEqual({ as: 'octets' });
    },
  );
  test('octets that are no text are said to be none', () => {
    expect(pretty(Uint8Array.of(0xff, 0xfe, 0), 'text/plain')).toEqual({ as: 'octets' });
    expect(pretty(Uint8Array.of(0x61, 0), '')).toEqual({ as: 'octets' });
  });
  test('a charset is followed; an unknown one is UTF-8', () => {
    expect(decode(Uint8Array.of(0xe9), 'iso-8859-1', true)).toBe('é');
    expect(decode(utf8('é'), 'no-such', true)).toBe('é');
  });
  test('a character that was cut in two at the end is left out, in the middle it is none', () => {
    expect(decode(utf8('aé').subarray(0, 2), 'utf-8', false)).toBe('a');
    expect(decode(utf8('aé').subarray(0, 2), 'utf-8', true)).toBeUndefined();
  });
});

describe('hexadecimal', () => {
  test('rows of sixteen, with offset and ASCII', () => {
    expect(hexDump(utf8('0123456789abcdef\n\u00e9'))).toBe(
      `00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef
00000010  0a c3 a9                                          ...`,
    );
    expect(hexDump(utf8('0123456789abcdefX'), 16)).toMatch(/^00000010 {2}58 /);
    expect(hexDump(new Uint8Array(0))).toBe('');
  });
  test('what is written is read', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (octets) => {
        expect(readHex(hexOf(octets))).toEqual(octets);
        const numbers = hexDump(octets).replace(/^.{8}(.{52}).*$/gm, '$1');
        expect(readHex(numbers)).toEqual(octets);
      }),
    );
  });
  test('both ways to write octets, and what is wrong with others', () => {
    expect(readHex('0aFF, 0x01:02')).toEqual(Uint8Array.of(0x0a, 0xff, 1, 2));
    expect(() => readHex('0g')).toThrow('“g” is no hexadecimal digit.');
    expect(() => readHex('0a1')).toThrow('one is missing');
  });
});

describe('content codings', () => {
  const text = 'word '.repeat(1000);
  test('gzip is undone', async () => {
    const found = await unpack(gzipSync(text), 'gzip');
    expect(rawText(found?.body as Uint8Array)).toBe(text);
    expect(found?.whole).toBe(true);
  });
  test('what is larger than a megabyte is cut', async () => {
    const found = await unpack(gzipSync(Buffer.alloc(3_000_000)), 'gzip');
    expect({ length: found?.body.length, whole: found?.whole }).toEqual({
      length: 1024 * 1024,
      whole: false,
    });
  });
  test('what is not gzip stays as it came', async () => {
    expect(await unpack(utf8('plain'), 'gzip')).toBeUndefined();
  });
  test.each([
    ['gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['br', undefined],
    ['gzip, gzip', undefined],
    ['toString', undefined],
  ])('%j', (field, coding) => {
    expect(codingOf([['Content-Encoding', field]])).toBe(coding);
  });
});
