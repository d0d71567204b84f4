// The rules for fields, one case a rule and its edges (RFC 9110 section 5; proposal 3, "Fields").

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  brokenField,
  declaredLength,
  FIELDS_ANNOUNCE_TRAILERS,
  FIELDS_BROKEN,
  FIELDS_FORBID_TRAILER,
  FIELDS_HAVE_LENGTH,
  FIELDS_HOP_BY_HOP,
  forbiddenTrailer,
  hasField,
  hopByHopField,
  surveyFields,
} from './fields.ts';
import type { Fields } from './index.ts';

/** Every code unit from `first` to `last`, as strings of one. */
const units = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => String.fromCharCode(first + i));

describe('http.field-syntax: names', () => {
  test('every character of a token is allowed in lowercase (RFC 9110 section 5.6.2)', () => {
    for (const name of [..."!#$%&'*+-.^_`|~", ...units(0x30, 0x39), ...units(0x61, 0x7a)])
      expect(brokenField([[name, 'x']]), name).toBeUndefined();
  });

  test('every other octet breaks a name, wherever it stands', () => {
    const token = new Set([..."!#$%&'*+-.^_`|~", ...units(0x30, 0x39), ...units(0x61, 0x7a)]);
    for (const unit of units(0, 0xff).filter((unit) => !token.has(unit))) {
      for (const name of [unit, `a${unit}`, `${unit}a`, `a${unit}b`])
        expect(brokenField([[name, 'x']]), JSON.stringify(name)).toBeDefined();
    }
  });

  test.each([
    ['an empty name', '', '"" is not a field name'],
    ['a pseudo-header', ':path', '":path" is not a field name'],
    ['a name with a line end', 'a\r\nb', String.raw`"a\r\nb" is not a field name`],
    ['a name with a final line end', 'a\n', String.raw`"a\n" is not a field name`],
    ['a name in capitals', 'Content-Type', 'the field name "Content-Type" is not in lowercase'],
    [
      'a name with a Kelvin sign, which folds to k',
      'coo\u212Aie',
      '"coo\u212Aie" is not a field name',
    ],
  ])('%s is named in the explanation', (_, name, words) => {
    expect(brokenField([[name, 'x']])).toBe(words);
  });
});

describe('http.field-syntax: values', () => {
  test.each([
    ['nothing', ''],
    ['one character', 'x'],
    ['inner space and tab', 'a \t b'],
    ['octets from 0x80 to 0xFF', units(0x80, 0xff).join('')],
    ['every visible character', units(0x21, 0x7e).join('')],
    ['100,000 octets', 'x'.repeat(100_000)],
  ])('%s is a value', (_, value) => {
    expect(brokenField([['a', value]])).toBeUndefined();
  });

  test.each([
    ['CR', 'a\rb'],
    ['LF', 'a\nb'],
    ['CR LF and a second field', 'a\r\nset-cookie: b'],
    ['a final LF, which `$` alone would let pass', 'a\n'],
    ['NUL', 'a\0b'],
    ['another control character', 'a\x01b'],
    ['DEL', 'a\x7fb'],
    ['a code unit above 0xFF', 'a\u0100'],
    ['a code unit that becomes LF when cut to an octet', 'a\u010a'],
    ['half of a surrogate pair', '\ud800'],
    ['a leading space', ' a'],
    ['a final space', 'a '],
    ['a leading tab', '\ta'],
    ['a final tab', 'a\t'],
    ['nothing but a space', ' '],
  ])('%s breaks a value', (_, value) => {
    expect(brokenField([['a', value]])).toBe(
      `the value of \`a\` is not a field value: ${JSON.stringify(value)}`,
    );
  });

  test('a hostile value is judged in linear time', () => {
    const value = `${'a '.repeat(50_000)}\n`;
    expect(brokenField([['a', value]])).toBeDefined();
  });

  test('the first broken field is the one that is named', () => {
    const fields: Fields = [
      ['fine', 'x'],
      ['Not-Fine', 'x'],
      ['bad', '\n'],
    ];
    expect(brokenField(fields)).toContain('Not-Fine');
  });
});

test.each(['connection', 'keep-alive', 'proxy-connection', 'te', 'transfer-encoding', 'upgrade'])(
  'http.hop-by-hop: `%s` belongs to the connection',
  (name) => {
    expect(
      hopByHopField([
        ['a', 'x'],
        [name, 'x'],
      ]),
    ).toBe(name);
  },
);

test.each(['connect', 'tea', 'trailer', 'date', 'via', 'content-length'])(
  'http.hop-by-hop: `%s` does not',
  (name) => {
    expect(hopByHopField([[name, 'x']])).toBeUndefined();
  },
);

test.each([
  ['framing', ['transfer-encoding', 'content-length', 'trailer']],
  ['the connection', ['connection', 'keep-alive', 'proxy-connection', 'te', 'upgrade']],
  ['routing', ['host']],
  ['request modifiers', ['cache-control', 'expect', 'max-forwards', 'pragma', 'range', 'te']],
  [
    'conditions',
    ['if-match', 'if-modified-since', 'if-none-match', 'if-range', 'if-unmodified-since'],
  ],
  [
    'authentication',
    ['authorization', 'proxy-authenticate', 'proxy-authorization', 'www-authenticate'],
  ],
  ['state', ['cookie', 'set-cookie']],
  ['response control', ['age', 'date', 'expires', 'location', 'retry-after', 'vary', 'warning']],
  ['content', ['content-encoding', 'content-range', 'content-type']],
])('http.trailers.permitted: a trailer cannot control %s (RFC 9110 section 6.5.1)', (_, names) => {
  for (const name of names) expect(forbiddenTrailer([[name, 'x']]), name).toBe(name);
});

test.each(['server-timing', 'x-checksum', 'digest', 'grpc-status', 'etag'])(
  'http.trailers.permitted: `%s` may be a trailer',
  (name) => {
    expect(forbiddenTrailer([[name, 'x']])).toBeUndefined();
  },
);

test('http.trailers.dropped: only a `trailer` field announces trailers', () => {
  expect(surveyFields([['trailer', 'server-timing']]) & FIELDS_ANNOUNCE_TRAILERS).toBeTruthy();
  expect(surveyFields([['x-trailer', 'server-timing']]) & FIELDS_ANNOUNCE_TRAILERS).toBe(0);
});

test('http.field-syntax: one pass over the fields finds what the functions for one rule find', () => {
  const name = fc.oneof(
    fc.constantFrom(
      'te',
      'Te',
      'upgrade',
      'content-length',
      'trailer',
      'host',
      'x-a',
      'constructor',
      '',
    ),
    fc.string({ maxLength: 4 }),
  );
  const value = fc.oneof(fc.constantFrom('', '1', ' a', 'a ', 'a\r\nb', '\u0100'), fc.string());
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 4 }), (fields) => {
      const found = surveyFields(fields);
      expect({
        broken: (found & FIELDS_BROKEN) !== 0,
        hopByHop: (found & FIELDS_HOP_BY_HOP) !== 0,
        forbidsTrailer: (found & FIELDS_FORBID_TRAILER) !== 0,
        length: (found & FIELDS_HAVE_LENGTH) !== 0,
        announces: (found & FIELDS_ANNOUNCE_TRAILERS) !== 0,
      }).toEqual({
        broken: brokenField(fields) !== undefined,
        hopByHop: hopByHopField(fields) !== undefined,
        forbidsTrailer: forbiddenTrailer(fields) !== undefined,
        length: hasField(fields, 'content-length'),
        announces: hasField(fields, 'trailer'),
      });
    }),
  );
});

test.each<[string, Fields, number | null | undefined]>([
  ['no field declares none', [['a', 'x']], null],
  ['zero', [['content-length', '0']], 0],
  ['a number', [['content-length', '1234']], 1234],
  ['leading zeroes', [['content-length', '0012']], 12],
  [
    '15 digits, which a number holds exactly',
    [['content-length', '999999999999999']],
    999_999_999_999_999,
  ],
  ['16 digits break it', [['content-length', '1000000000000000']], undefined],
  [
    'two fields break it',
    [
      ['content-length', '1'],
      ['content-length', '2'],
    ],
    undefined,
  ],
  [
    'two equal fields break it',
    [
      ['content-length', '1'],
      ['content-length', '1'],
    ],
    undefined,
  ],
  ['a list breaks it', [['content-length', '1, 1']], undefined],
  ['a sign breaks it', [['content-length', '+1']], undefined],
  ['a negative number breaks it', [['content-length', '-1']], undefined],
  ['a fraction breaks it', [['content-length', '1.0']], undefined],
  ['hexadecimal breaks it', [['content-length', '0x10']], undefined],
  ['an exponent breaks it', [['content-length', '1e3']], undefined],
  ['an empty value breaks it', [['content-length', '']], undefined],
  ['digits of another script break it', [['content-length', '\u0661']], undefined],
])('http.length.syntax: %s', (_, fields, length) => {
  expect(declaredLength(fields)).toBe(length);
});
