// HPACK: the examples of RFC 7541, its errors, and both tables in step whatever is sent.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HpackDecoder, HpackEncoder, HpackError } from './hpack.ts';
import { OctetSink } from './sink.ts';

type Field = readonly [name: string, value: string];

const octetsOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');

function decoded(decoder: HpackDecoder, block: Uint8Array): [string, string, boolean][] {
  const fields: [string, string, boolean][] = [];
  decoder.decode(block, (...field) => fields.push(field));
  return fields;
}

function encoded(encoder: HpackEncoder, fields: readonly Field[]): Buffer {
  const sink = new OctetSink();
  encoder.encode(fields, sink);
  return sink.take();
}

const named = (fields: readonly Field[], never = false) =>
  fields.map(([name, value]) => [name, value, never]);

const REQUESTS: readonly (readonly Field[])[] = [
  [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
  ],
  [
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
    ['cache-control', 'no-cache'],
  ],
  [
    [':method', 'GET'],
    [':scheme', 'https'],
    [':path', '/index.html'],
    [':authority', 'www.example.com'],
    ['custom-key', 'custom-value'],
  ],
];

const response = (status: string, second: string): readonly Field[] => [
  [':status', status],
  ['cache-control', 'private'],
  ['date', `Mon, 21 Oct 2013 20:13:${second} GMT`],
  ['location', 'https://www.example.com'],
];
const RESPONSES: readonly (readonly Field[])[] = [
  response('302', '21'),
  response('307', '21'),
  [
    ...response('200', '22'),
    ['content-encoding', 'gzip'],
    ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
  ],
];

const HUFFMAN_REQUESTS = [
  '828684418cf1e3c2e5f23a6ba0ab90f4ff',
  '828684be5886a8eb10649cbf',
  '828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf',
];

/** One decoder each, its table size, and its blocks. */
const SEQUENCES: readonly (readonly [
  section: string,
  tableSize: number,
  blocks: readonly string[],
  fields: readonly (readonly Field[])[],
])[] = [
  [
    'C.3',
    4096,
    [
      '828684410f7777772e6578616d706c652e636f6d',
      '828684be58086e6f2d6361636865',
      '828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565',
    ],
    REQUESTS,
  ],
  ['C.4', 4096, HUFFMAN_REQUESTS, REQUESTS],
  [
    'C.5',
    256,
    [
      `4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54
       6e1768747470733a2f2f7777772e6578616d706c652e636f6d`,
      '4803333037c1c0bf',
      `88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f
       3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076
       657273696f6e3d31`,
    ],
    RESPONSES,
  ],
  [
    'C.6',
    256,
    [
      `488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad1718
       63c78f0b97c8e9ae82ae43d3`,
      '4883640effc1c0bf',
      `88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335
       dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007`,
    ],
    RESPONSES,
  ],
];

describe('appendix C, decoded', () => {
  // C.1: an integer shows as the length of a string, or as a size.
  test('C.1.1: 10 in a prefix of five bits', () => {
    const decoder = new HpackDecoder();
    expect(() => decoded(decoder, octetsOf('2a'))).not.toThrow();
    expect(() => decoded(new HpackDecoder(9), octetsOf('2a'))).toThrow(/set to 10,/);
  });
  test('C.1.2: 1337 in a prefix of five bits', () => {
    expect(decoded(new HpackDecoder(1337), octetsOf('3f9a0a'))).toEqual([]);
    expect(() => decoded(new HpackDecoder(1336), octetsOf('3f9a0a'))).toThrow(/set to 1337,/);
  });
  test('C.1.3: 42 in a whole octet', () => {
    const block = Buffer.concat([octetsOf('00 2a'), Buffer.alloc(42, 'n'), octetsOf('01 76')]);
    expect(decoded(new HpackDecoder(), block)).toEqual([['n'.repeat(42), 'v', false]]);
  });

  const single = [
    [
      'C.2.1',
      '400a637573746f6d2d6b65790d637573746f6d2d686561646572',
      'custom-key',
      'custom-header',
      false,
      true,
    ],
    ['C.2.2', '040c2f73616d706c652f70617468', ':path', '/sample/path', false, false],
    ['C.2.3', '100870617373776f726406736563726574', 'password', 'secret', true, false],
    ['C.2.4', '82', ':method', 'GET', false, false],
  ] as const;
  test.each(single)('%s', (_section, block, name, value, never, indexed) => {
    const decoder = new HpackDecoder();
    expect(decoded(decoder, octetsOf(block))).toEqual([[name, value, never]]);
    if (indexed) expect(decoded(decoder, octetsOf('be'))).toEqual([[name, value, false]]);
    else expect(() => decoded(decoder, octetsOf('be'))).toThrow(/Index 62 .* end at 61/);
  });

  test.each(SEQUENCES)('%s', (_section, tableSize, blocks, fields) => {
    const decoder = new HpackDecoder(tableSize);
    expect(blocks.map((block) => decoded(decoder, octetsOf(block)))).toEqual(
      fields.map((section) => named(section)),
    );
  });

  test('C.6.3: what is left in the table, and what was evicted', () => {
    const decoder = new HpackDecoder(256);
    const [, , blocks] = SEQUENCES[3] as (typeof SEQUENCES)[number];
    for (const block of blocks) decoded(decoder, octetsOf(block));
    expect(decoded(decoder, octetsOf('be bf c0'))).toEqual(
      named([
        ['set-cookie', 'foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1'],
        ['content-encoding', 'gzip'],
        ['date', 'Mon, 21 Oct 2013 20:13:22 GMT'],
      ]),
    );
    expect(() => decoded(decoder, octetsOf('c1'))).toThrow(HpackError);
  });
});

test('C.4: encoded, octet for octet', () => {
  const encoder = new HpackEncoder();
  expect(REQUESTS.map((fields) => encoded(encoder, fields).toString('hex'))).toEqual(
    HUFFMAN_REQUESTS,
  );
});

test('C.6.1: encoded, but for the location, which is not indexed', () => {
  const encoder = new HpackEncoder();
  encoder.setMaxTableSize(256);
  expect(encoded(encoder, RESPONSES[0] as readonly Field[]).toString('hex')).toBe(
    '3fe101' +
      '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff' +
      '0f1f919d29ad171863c78f0b97c8e9ae82ae43d3',
  );
});

describe('appendix A: each static entry', () => {
  const entries =
    `1 :authority|2 :method GET|3 :method POST|4 :path /|5 :path /index.html|6 :scheme http|
    7 :scheme https|8 :status 200|9 :status 204|10 :status 206|11 :status 304|12 :status 400|13 :status 404|
    14 :status 500|15 accept-charset|16 accept-encoding gzip, deflate|17 accept-language|18 accept-ranges|
    19 accept|20 access-control-allow-origin|21 age|22 allow|23 authorization|24 cache-control|
    25 content-disposition|26 content-encoding|27 content-language|28 content-length|29 content-location|
    30 content-range|31 content-type|32 cookie|33 date|34 etag|35 expect|36 expires|37 from|38 host|39 if-match|
    40 if-modified-since|41 if-none-match|42 if-range|43 if-unmodified-since|44 last-modified|45 link|46 location|
    47 max-forwards|48 proxy-authenticate|49 proxy-authorization|50 range|51 referer|52 refresh|53 retry-after|
    54 server|55 set-cookie|56 strict-transport-security|57 transfer-encoding|58 user-agent|59 vary|60 via|
    61 www-authenticate`
      .split('|')
      .map((line) => line.trim().match(/^(\d+) (\S+)(?: (.*))?$/) as RegExpMatchArray)
      .map(([, index, name, value]) => [Number(index), name as string, value ?? ''] as const);

  test('there are 61', () => {
    expect(entries.map(([index]) => index)).toEqual(Array.from({ length: 61 }, (_, i) => i + 1));
  });
  test.each(entries)('%i %s %s, both ways in one octet', (index, name, value) => {
    const block = Uint8Array.of(0x80 | index);
    expect(decoded(new HpackDecoder(), block)).toEqual([[name, value, false]]);
    expect(Uint8Array.from(encoded(new HpackEncoder(), [[name, value]]))).toEqual(block);
  });
});

describe('what breaks RFC 7541 is an HpackError', () => {
  // Each in a decoder whose table of 4096 octets has one entry.
  const cases: readonly (readonly [section: string, what: string, block: string])[] = [
    ['2.3.3', 'an index one beyond the dynamic table', 'bf'],
    ['2.3.3', 'an index far beyond it', 'ff ff ff 7f'],
    ['2.3.3', 'the name of an index beyond it, with indexing', '7f 00 01 61'],
    ['2.3.3', 'the name of an index beyond it, without indexing', '0f 30 01 61'],
    ['2.3.3', 'the name of an index beyond it, never indexed', '1f 30 01 61'],
    ['4.2', 'an update behind an indexed field', '82 20'],
    ['4.2', 'an update behind a literal', '00 01 61 01 62 3f e1 01'],
    ['5.1', 'an integer that is cut behind its prefix', 'ff'],
    ['5.1', 'an integer that is cut behind an octet that continues', 'ff 80'],
    ['5.1', 'an integer of five octets behind its prefix', 'ff 80 80 80 80 00'],
    ['5.1', 'an integer beyond 32 bits', '7f ff ff ff ff ff ff ff ff 7f'],
    ['5.1', 'a size beyond 32 bits', '3f ff ff ff ff ff ff ff 7f'],
    ['5.1', 'a length beyond 32 bits', '00 7f ff ff ff ff 7f'],
    ['5.1', 'a name index that is cut', '0f'],
    ['5.1', 'a length that is cut', '00 7f'],
    ['5.2', 'no name', '40'],
    ['5.2', 'no value', '41'],
    ['5.2', 'no value behind a new name', '40 01 61'],
    ['5.2', 'a name that is cut', '00 02 61'],
    ['5.2', 'a value that is cut', '04 02 61'],
    ['5.2', "a value in Huffman's code that is cut", '04 82 1f'],
    ['5.2', 'a length of almost 28 bits', '04 7f ff ff ff 7f'],
    ['5.2', 'EOS in a value', '04 84 ff ff ff ff'],
    ['5.2', 'EOS in a name', '00 84 ff ff ff ff 01 61'],
    ['5.2', 'padding of eight bits', '04 82 1f ff'],
    ['5.2', 'padding that is not all ones', '04 81 18'],
    ['6.1', 'index 0', '80'],
    ['6.1', 'index 0 behind other fields', '82 84 80'],
    ['6.3', 'a size above the maximum', '3f e2 1f'],
    ['6.3', 'a size above the maximum behind one below', '20 3f e2 1f'],
  ];
  test.each(cases)('section %s: %s', (section, _what, block) => {
    const attempt = () => {
      const decoder = new HpackDecoder();
      decoded(decoder, octetsOf('40 01 61 01 62'));
      decoded(decoder, octetsOf(block));
    };
    expect(attempt).toThrow(HpackError);
    expect(attempt).toThrow(`RFC 7541 section ${section}`);
  });
});

describe('what is unusual and allowed', () => {
  test('an empty block', () => {
    expect(decoded(new HpackDecoder(), octetsOf(''))).toEqual([]);
  });
  test('5.1: an integer with zeros above, up to four octets', () => {
    expect(decoded(new HpackDecoder(), octetsOf('0f 8d 80 80 00 01 61'))).toEqual([
      ['content-length', 'a', false],
    ]);
  });
  test('5.2: empty names and values, in either code', () => {
    expect(decoded(new HpackDecoder(), octetsOf('00 00 00  00 80 80'))).toEqual([
      ['', '', false],
      ['', '', false],
    ]);
  });
  test('6.3: the very maximum, and several updates', () => {
    expect(decoded(new HpackDecoder(), octetsOf('20 3f e1 1f 82'))).toEqual([
      [':method', 'GET', false],
    ]);
  });
  test('4.4: a name of an entry that its own field evicts', () => {
    const decoder = new HpackDecoder(40);
    // An entry of 40 octets, then its name with another value.
    decoded(decoder, octetsOf('40 04 6e616d65 04 61616161'));
    expect(decoded(decoder, octetsOf('7e 04 62626262 be'))).toEqual(
      named([
        ['name', 'bbbb'],
        ['name', 'bbbb'],
      ]),
    );
  });
  test('4.4: a field larger than the table empties it', () => {
    const decoder = new HpackDecoder(40);
    decoded(decoder, octetsOf('40 04 6e616d65 04 61616161'));
    expect(decoded(decoder, octetsOf('7e 05 6262626262'))).toEqual([['name', 'bbbbb', false]]);
    expect(() => decoded(decoder, octetsOf('be'))).toThrow(/6[12]/);
  });
  test('a plain Uint8Array within a larger buffer', () => {
    const block = Uint8Array.from(octetsOf('ff 0004 6e616d65 04 61e461ff ff')).subarray(1, -1);
    expect(decoded(new HpackDecoder(), block)).toEqual([['name', 'aäaÿ', false]]);
  });
});

describe('4.2: a table size that changes', () => {
  const entry = octetsOf('40 04 6e616d65 04 61616161');

  test('a peer that acknowledged a lower size must begin its next block with an update', () => {
    const attempt = (block: string, ...sizes: number[]) => {
      const decoder = new HpackDecoder();
      decoded(decoder, entry);
      for (const size of sizes) decoder.setMaxTableSize(size);
      return () => decoded(decoder, octetsOf(block));
    };
    expect(attempt('be', 100)).toThrow(/section 4\.2/);
    expect(attempt('be', 100)).toThrow(HpackError);
    expect(attempt('3f 46 be', 100)).toThrow(/set to 101,/);
    expect(attempt('3f 45 be', 100)()).toEqual([['name', 'aaaa', false]]);
    expect(attempt('20 3f 45 be', 100)).toThrow(/Index 62/);
    // Between the two there was a lower one, which comes first.
    expect(attempt('3f 45 be', 39, 100)).toThrow(/section 4\.2/);
    expect(attempt('3f 08 3f 45 be', 39, 100)).toThrow(/Index 62/);
    expect(attempt('3f 09 3f 45 be', 40, 100)()).toEqual([['name', 'aaaa', false]]);
    // A higher one needs none, and is not in use until there is one.
    expect(attempt('be', 8192)()).toEqual([['name', 'aaaa', false]]);
    expect(attempt('3f e1 3f be', 8192)()).toEqual([['name', 'aaaa', false]]);
  });

  test.each([
    ['no other', [4096], ''],
    ['a higher one, which is not used', [65_536], ''],
    ['a lower one', [256], '3fe101'],
    ['none', [0], '20'],
    ['a lower one, then the first', [256, 4096], '3fe1013fe11f'],
    ['two lower ones', [256, 30], '3e'],
    ['a lower one, then a higher', [30, 256], '3e3fe101'],
    ['the largest that there is', [0, 2 ** 32 - 1], '203fe11f'],
  ])('the encoder is set to %s', (_what, sizes, expected) => {
    const encoder = new HpackEncoder();
    for (const size of sizes) encoder.setMaxTableSize(size);
    expect(encoded(encoder, []).toString('hex')).toBe(expected);
    expect(encoded(encoder, []).toString('hex')).toBe('');
  });
});

describe('what the encoder puts into the table', () => {
  const first = (field: Field) => (encoded(new HpackEncoder(), [field])[0] as number) & 0xf0;
  const again = (field: Field) => {
    const encoder = new HpackEncoder();
    encoded(encoder, [field]);
    return encoded(encoder, [field]).length;
  };

  test.each(['authorization', 'proxy-authorization', 'set-cookie'])(
    '7.1.3: %s is never indexed',
    (name) => {
      const secret: Field = [name, 'a secret, and no short one at that'];
      expect(first(secret)).toBe(0x10);
      expect(decoded(new HpackDecoder(), encoded(new HpackEncoder(), [secret]))).toEqual(
        named([secret], true),
      );
      expect(again(secret)).toBeGreaterThan(1);
    },
  );
  test('7.1.3: a cookie of less than 20 octets is never indexed, a longer one is', () => {
    expect(first(['cookie', 'x'.repeat(19)])).toBe(0x10);
    expect(again(['cookie', 'x'.repeat(20)])).toBe(1);
  });
  test.each(['content-length', 'etag', 'age', ':path', 'location', 'last-modified'])(
    '%s is not indexed: it is another each time',
    (name) => {
      expect(first([name, '6'])).toBe(0x00);
      expect(again([name, '6'])).toBeGreaterThan(1);
    },
  );
  test.each(['content-type', 'date', 'server', 'x-own'])('%s takes one octet again', (name) => {
    expect(again([name, 'the same'])).toBe(1);
  });
  test('a value that changes takes the name from the table', () => {
    const encoder = new HpackEncoder();
    encoded(encoder, [['x-own', '1']]);
    expect(encoded(encoder, [['x-own', '2']])).toEqual(octetsOf('7e 01 32'));
    expect(encoded(encoder, [['x-own', '1']])).toEqual(octetsOf('bf'));
  });
  test('a field of more than three quarters of the table leaves the others in', () => {
    const encoder = new HpackEncoder();
    encoded(encoder, [['x-own', '1']]);
    encoded(encoder, [['x-large', 'x'.repeat(3100)]]);
    expect(encoded(encoder, [['x-own', '1']])).toEqual(octetsOf('be'));
  });
  test('a character above U+00FF is a TypeError, and the tables stay in step', () => {
    const encoder = new HpackEncoder();
    const decoder = new HpackDecoder();
    const good: Field[] = [
      ['x-own', '1'],
      ['x-other', '2'],
    ];
    decoded(decoder, encoded(encoder, good));
    const sink = new OctetSink();
    sink.uint8(1);
    expect(() => encoder.encode([['x-new', '3'], ...good, ['x-bad', '€']], sink)).toThrow(
      TypeError,
    );
    expect(sink.octets()).toEqual(Buffer.of(1));
    for (let i = 0; i < 2; i++)
      expect(decoded(decoder, encoded(encoder, good))).toEqual(named(good));
    expect(encoded(encoder, good)).toEqual(octetsOf('bf be'));
  });
});

const octets = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((some) => Buffer.from(some).toString('latin1'));
const name = fc.oneof(
  fc.constantFrom(':status', ':path', 'date', 'cookie', 'content-type', 'set-cookie', 'etag'),
  fc.constantFrom('x-a', 'x-b', 'x-c'),
  octets(12),
);
const value = fc.oneof(fc.constantFrom('', '200', 'a', 'b', 'GET'), octets(60), octets(400));
const section = fc.array(fc.tuple(name, value), { maxLength: 12 });

test('4.2, 4.3, 4.4: encoder and decoder stay in step over many blocks and sizes', () => {
  const size = fc.oneof(fc.constantFrom(0, 4096, 65_536), fc.nat(400));
  const steps = fc.array(fc.oneof({ arbitrary: section, weight: 4 }, size), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (all) => {
      const encoder = new HpackEncoder();
      const decoder = new HpackDecoder();
      for (const step of all)
        if (typeof step === 'number') {
          // Acknowledged: neither sends a block between.
          encoder.setMaxTableSize(step);
          decoder.setMaxTableSize(step);
        } else {
          const fields = decoded(decoder, encoded(encoder, step));
          expect(fields.map(([name, value]) => [name, value])).toEqual(step);
        }
    }),
    { numRuns: 300 },
  );
});

test('any octets either decode or are an HpackError', () => {
  // Pieces that are in order lead further than any octets do.
  const ordered = fc
    .constantFrom('82', 'bd', '4001610162', '0f0d0136', '1f080161', '40811f811f')
    .map(octetsOf);
  const broken = fc.constantFrom('be', '40', '20', '3fe11f', '0084ffffffff', '7f').map(octetsOf);
  const block = fc
    .array(
      fc.oneof(
        { arbitrary: ordered, weight: 20 },
        { arbitrary: broken, weight: 1 },
        { arbitrary: fc.uint8Array({ maxLength: 8 }), weight: 1 },
      ),
      { maxLength: 8 },
    )
    .map((pieces) => Buffer.concat(pieces));
  let good = 0;
  let bad = 0;
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 6 }), (blocks) => {
      const decoder = new HpackDecoder();
      try {
        for (const one of blocks)
          decoder.decode(one, (name, value, never) => {
            expect([typeof name, typeof value, typeof never]).toEqual([
              'string',
              'string',
              'boolean',
            ]);
          });
        good++;
      } catch (error) {
        expect(error).toBeInstanceOf(HpackError);
        bad++;
      }
    }),
    { numRuns: 2000 },
  );
  expect(good).toBeGreaterThan(50);
  expect(bad).toBeGreaterThan(50);
});

test('a block that is cut anywhere is an error, or the fields before the cut', () => {
  fc.assert(
    fc.property(section, fc.nat(), (fields, where) => {
      const block = encoded(new HpackEncoder(), fields);
      const seen: [string, string][] = [];
      try {
        new HpackDecoder().decode(block.subarray(0, where % (block.length + 1)), (name, value) =>
          seen.push([name, value]),
        );
      } catch (error) {
        expect(error).toBeInstanceOf(HpackError);
      }
      expect(seen).toEqual(fields.slice(0, seen.length));
    }),
    { numRuns: 500 },
  );
});
