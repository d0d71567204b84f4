// The reader and the writers of frames: the octets of RFC 6455, each rule at the octet that shows its breach, and what
// holds for any octets in any pieces.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  closeFrame,
  closePayload,
  dataFrame,
  type FrameEvent,
  FrameReader,
  type FrameReaderOptions,
  frame,
  frameHead,
  isCloseCode,
  OPCODE,
  pingFrame,
  pongFrame,
  textFrame,
} from './frames.ts';

const hex = (text: string) =>
  Uint8Array.from(text.split(' ').filter(Boolean), (pair) => Number.parseInt(pair, 16));
const octets = (text: string) => new TextEncoder().encode(text);
const MASK = hex('37 fa 21 3d');
const masked = (options: Parameters<typeof frame>[0]) => frame({ mask: MASK, ...options });

const SERVER: FrameReaderOptions = { messageOctets: 1000, masked: true };
const CLIENT: FrameReaderOptions = { messageOctets: 1000, masked: false };

function* events(reader: FrameReader): Iterable<FrameEvent> {
  for (let event = reader.next(); event; event = reader.next()) yield event;
}

function read(options: FrameReaderOptions, ...pieces: Uint8Array[]): FrameEvent[] {
  const reader = new FrameReader(options);
  for (const piece of pieces) reader.push(piece);
  return [...events(reader)];
}

const joined = (...parts: readonly Uint8Array[]) =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

describe('RFC 6455 section 5.7', () => {
  const hello = { type: 'message', text: 'Hello', size: 5 };

  test.each<[what: string, options: FrameReaderOptions, octets: string, event: object]>([
    ['a text', CLIENT, '81 05 48 65 6c 6c 6f', hello],
    ['a masked text', SERVER, '81 85 37 fa 21 3d 7f 9f 4d 51 58', hello],
    ['a text in two fragments', CLIENT, '01 03 48 65 6c 80 02 6c 6f', hello],
    ['a Ping', CLIENT, '89 05 48 65 6c 6c 6f', { type: 'ping', data: octets('Hello') }],
    [
      'a masked Pong',
      SERVER,
      '8a 85 37 fa 21 3d 7f 9f 4d 51 58',
      { type: 'pong', data: octets('Hello') },
    ],
  ])('%s is read', (_, options, sent, event) => {
    expect(read(options, hex(sent))).toEqual([event]);
  });

  test.each<[what: string, written: Uint8Array, octets: string]>([
    ['a text', textFrame('Hello'), '81 05 48 65 6c 6c 6f'],
    ['a masked text', textFrame('Hello', { mask: MASK }), '81 85 37 fa 21 3d 7f 9f 4d 51 58'],
    ['a Ping', pingFrame(octets('Hello')), '89 05 48 65 6c 6c 6f'],
    ['a Pong', pongFrame(octets('Hello'), { mask: MASK }), '8a 85 37 fa 21 3d 7f 9f 4d 51 58'],
    ['256 octets', dataFrame(new Uint8Array(256)).subarray(0, 4), '82 7e 01 00'],
    [
      '65,536 octets',
      dataFrame(new Uint8Array(65_536)).subarray(0, 10),
      '82 7f 00 00 00 00 00 01 00 00',
    ],
    ['an empty Close', closeFrame(), '88 00'],
    ['a Close with a reason', closeFrame(1000, 'é'), '88 04 03 e8 c3 a9'],
    ['a head without its payload', frameHead({ opcode: 2, length: 126 }), '82 7e 00 7e'],
    [
      'a frame that breaks rules',
      frame({ fin: false, rsv: 5, opcode: 11, payload: hex('aa'), lengthForm: 16 }),
      '5b 7e 00 01 aa',
    ],
  ])('%s is written', (_, written, expected) => {
    expect(written).toEqual(hex(expected));
  });
});

describe('writers', () => {
  test.each<[what: string, write: () => unknown, message: RegExp]>([
    ['a Ping of 126 octets', () => pingFrame(new Uint8Array(126)), /126 octets.*section 5\.5/],
    ['a Pong of 126 octets', () => pongFrame(new Uint8Array(126)), /126 octets.*section 5\.5/],
    ['a reason of 124 octets', () => closeFrame(1000, 'r'.repeat(124)), /126 octets/],
    ['a reason without a code', () => closeFrame(undefined, 'why'), /without a code/],
    ['a code for no Close frame', () => closeFrame(1005), /1005.*websocket\.close-codes/],
    ['a mask of three octets', () => textFrame('', { mask: new Uint8Array(3) }), /three|3 octets/],
    [
      'a length in a form that is too short',
      () => frameHead({ opcode: 1, length: 65_536, lengthForm: 16 }),
      /65536 octets.*16 bits/,
    ],
  ])('reject %s', (_, write, message) => {
    expect(write).toThrow(RangeError);
    expect(write).toThrow(message);
  });

  test('leave the memory of a payload alone', () => {
    const payload = new Uint8Array(300).fill(7);
    dataFrame(payload, { mask: MASK });
    expect(payload).toEqual(new Uint8Array(300).fill(7));
  });
});

describe('websocket.frame-rules', () => {
  const long = 'ff '.repeat(3);
  // The last octet of each row is the first from which the breach is known.
  test.each<[rule: string, options: FrameReaderOptions, code: number, octets: string]>([
    ['5.1: a frame of a client is masked', SERVER, 1002, '81 05'],
    ['5.1: a control frame of a client is masked', SERVER, 1002, '89 00'],
    ['5.1: a continuation of a client is masked', SERVER, 1002, '01 80 00 00 00 00 80 00'],
    ['5.1: a frame of a server is not masked', CLIENT, 1002, '81 85'],
    ['5.2: the first reserved bit', SERVER, 1002, 'c1'],
    ['5.2: the second reserved bit', SERVER, 1002, 'a1'],
    ['5.2: the third reserved bit', SERVER, 1002, '91'],
    ['5.2: a reserved bit of a control frame', SERVER, 1002, 'c9'],
    ['5.2: a reserved bit of a continuation', SERVER, 1002, '01 80 00 00 00 00 c0'],
    ['5.2: the opcode 3', SERVER, 1002, '83'],
    ['5.2: the opcode 7', SERVER, 1002, '87'],
    ['5.2: the opcode 11', SERVER, 1002, '8b'],
    ['5.2: the opcode 15', SERVER, 1002, '8f'],
    ['5.2: 125 octets in 16 bits', SERVER, 1002, '81 fe 00 7d'],
    ['5.2: 65,535 octets in 64 bits', SERVER, 1002, '81 ff 00 00 00 00 00 00'],
    ['5.5: a fragmented Ping', SERVER, 1002, '09'],
    ['5.5: a fragmented Pong', SERVER, 1002, '0a'],
    ['5.5: a fragmented Close', SERVER, 1002, '08'],
    ['5.5: a Ping with a longer form of length', SERVER, 1002, '89 fe'],
    ['5.5: a Close with the longest form of length', SERVER, 1002, '88 ff'],
    ['5.4: a continuation of nothing', SERVER, 1002, '80'],
    ['5.4: a continuation of nothing that goes on', SERVER, 1002, '00'],
    ['5.4: a text within a text', SERVER, 1002, '01 80 00 00 00 00 81'],
    ['5.4: data within a text', SERVER, 1002, '01 80 00 00 00 00 02'],
    ['5.5.1: half a code', CLIENT, 1002, '88 01 03'],
    ['7.4: the code 1006', CLIENT, 1002, '88 02 03 ee'],
    ['7.4: a reserved code with a reason that is no text', CLIENT, 1002, '88 03 03 ed ff'],
    ['8.1: a reason that is no text', CLIENT, 1007, '88 03 03 e8 ff'],
    ['8.1: a reason that is cut', CLIENT, 1007, '88 04 03 e8 e2 82'],
    ['8.1: an octet that is never text', CLIENT, 1007, '81 05 41 ff'],
    ['8.1: an overlong form', CLIENT, 1007, '81 05 e0 9f'],
    ['8.1: a surrogate', CLIENT, 1007, '81 05 ed a0'],
    ['8.1: beyond the last code point', CLIENT, 1007, '81 05 f4 90'],
    ['8.1: a letter within a character', CLIENT, 1007, '81 05 f0 9f 98 41'],
    ['8.1: the fault is in a fragment', CLIENT, 1007, '01 02 e2 82 00 03 ac ff'],
    ['8.1: the fault stands across fragments', CLIENT, 1007, '01 01 ed 00 00 00 02 bf'],
    ['8.1: the last octet is cut', CLIENT, 1007, '81 02 e2 82'],
    ['8.1: the last fragment is cut', CLIENT, 1007, '01 01 41 80 01 c3'],
    ['8.1: an empty last fragment cuts', CLIENT, 1007, '01 01 c3 80 00'],
  ])('%s', (_, options, code, sent) => {
    const reader = new FrameReader(options);
    const all = hex(sent);
    reader.push(all.subarray(0, -1));
    expect([...events(reader)]).toEqual([]);
    reader.push(all.subarray(-1));
    reader.push(hex(long));
    expect([...events(reader)]).toEqual([
      { type: 'violation', code, message: expect.stringMatching(/RFC 6455 section/) },
    ]);
    reader.push(textFrame('late', { mask: options.masked ? MASK : undefined }));
    expect([reader.next(), reader.buffered, reader.withinMessage]).toEqual([undefined, 0, false]);
  });

  test('what follows a Close frame is not read', () => {
    const reader = new FrameReader(CLIENT);
    reader.push(joined(closeFrame(1000, 'done'), hex('ff ff')));
    reader.push(textFrame('late'));
    expect([...events(reader)]).toEqual([{ type: 'close', code: 1000, reason: 'done' }]);
    reader.push(textFrame('later'));
    expect([reader.next(), reader.buffered]).toEqual([undefined, 0]);
  });

  test('a Close frame without payload has no code', () => {
    expect(read(CLIENT, closeFrame())).toEqual([{ type: 'close', code: undefined, reason: '' }]);
  });

  test('a byte order mark belongs to the text, and to the reason', () => {
    expect(read(CLIENT, joined(textFrame('\ufeffa'), closeFrame(1000, '\ufeffb')))).toEqual([
      { type: 'message', text: '\ufeffa', size: 4 },
      { type: 'close', code: 1000, reason: '\ufeffb' },
    ]);
  });
});

describe('websocket.close-codes', () => {
  const PEER = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];

  test('the table holds for every number of a Close frame', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => code);
    const peer = all.filter((code) => PEER.includes(code) || (code >= 3000 && code <= 4999));
    expect(all.filter((code) => isCloseCode(code, 'peer'))).toEqual(peer);
    expect(all.filter((code) => isCloseCode(code, 'application'))).toEqual(
      peer.filter((code) => code !== 1010),
    );
  });

  test.each([-1, 1000.5, Number.NaN, Number.POSITIVE_INFINITY])('%s is no code', (code) => {
    expect(isCloseCode(code, 'application')).toBe(false);
  });
});

describe('websocket.message-limit', () => {
  const limit = (messageOctets: number): FrameReaderOptions => ({ messageOctets, masked: false });

  test.each<[what: string, options: FrameReaderOptions, octets: string]>([
    ['a length in 7 bits', limit(10), '82 0b'],
    ['a length in 16 bits', limit(1000), '82 7e 03 e9'],
    ['a length in 16 bits whose first octet is enough', limit(1000), '82 7e 04'],
    ['a length in 64 bits', limit(70_000), '82 7f 00 00 00 00 00 01 11 71'],
    ['a length in 64 bits whose first octet is enough', limit(70_000), '82 7f 01'],
    ['2^53 octets', limit(2 ** 52), '82 7f 00 20'],
    ['a first fragment', limit(10), '02 0b'],
    ['a sum of fragments', limit(10), '02 02 41 41 00 08 41 41 41 41 41 41 41 41 80 01'],
    ['the last of several messages', limit(1), '82 01 41 82 01 41 82 02'],
    ['any octet where none is allowed', limit(0), '81 01'],
  ])('%s fails at the octet that shows it', (_, options, sent) => {
    const reader = new FrameReader(options);
    const all = hex(sent);
    reader.push(all.subarray(0, -1));
    expect([...events(reader)].filter(({ type }) => type === 'violation')).toEqual([]);
    reader.push(all.subarray(-1));
    expect([...events(reader)]).toEqual([
      {
        type: 'violation',
        code: 1009,
        message: expect.stringContaining(`longer than ${options.messageOctets} octets`),
      },
    ]);
  });

  test('a needlessly long form of a length is the fault, whatever it claims', () => {
    expect(read(limit(10), hex('82 7f 00 00 00 00 00 00'))).toMatchObject([{ code: 1002 }]);
  });

  test.each([0, 1, 10, 125, 126, 1000, 65_536])(
    'a message of the limit of %i octets is given',
    (octets) => {
      const data = new Uint8Array(octets).fill(1);
      expect(read(limit(octets), dataFrame(data))).toEqual([
        { type: 'message', data, size: octets },
      ]);
    },
  );

  test('the payload of control frames does not count', () => {
    const sent = joined(
      frame({ fin: false, opcode: 2, payload: hex('01') }),
      pingFrame(hex('02 03')),
    );
    expect(read(limit(1), sent)).toEqual([{ type: 'ping', data: hex('02 03') }]);
  });

  test('a limit that is no number is rejected', () => {
    expect(() => new FrameReader(limit(Number.NaN))).toThrow(RangeError);
  });
});

describe('websocket.close-discards', () => {
  const discarding = (options = CLIENT) => {
    const reader = new FrameReader(options);
    reader.discard();
    return reader;
  };

  test('messages are not given; Pings, Pongs and the Close frame are', () => {
    const reader = discarding();
    const sent = [
      textFrame('a'),
      pingFrame(hex('01')),
      frame({ fin: false, opcode: 2, payload: hex('01') }),
      pongFrame(),
      frame({ opcode: 0, payload: hex('02') }),
      closeFrame(1001, 'bye'),
    ];
    for (const each of sent) reader.push(each);
    expect([...events(reader)]).toEqual([
      { type: 'ping', data: hex('01') },
      { type: 'pong', data: hex('') },
      { type: 'close', code: 1001, reason: 'bye' },
    ]);
  });

  test('neither length nor text is checked, and nothing is kept', () => {
    const reader = discarding({ messageOctets: 1, masked: false });
    reader.push(frameHead({ fin: false, opcode: OPCODE.text, length: 2 ** 40 }));
    for (let count = 0; count < 10; count += 1) {
      reader.push(new Uint8Array(65_536).fill(0xff));
      expect(reader.next()).toBeUndefined();
      expect(reader.buffered).toBe(0);
    }
    expect(reader.withinMessage).toBe(true);
  });

  test('what was held of a message is dropped, and the rest of it passed over', () => {
    const reader = new FrameReader(CLIENT);
    reader.push(joined(frameHead({ opcode: OPCODE.text, length: 6 }), octets('abc')));
    expect([reader.next(), reader.buffered]).toEqual([undefined, 3]);
    reader.discard();
    expect(reader.buffered).toBe(0);
    reader.push(joined(hex('ff ff ff'), pingFrame()));
    expect([...events(reader)]).toEqual([{ type: 'ping', data: hex('') }]);
  });

  test.each<[rule: string, code: number, octets: string]>([
    ['a reserved bit', 1002, 'c1'],
    ['a mask of a server', 1002, '81 85'],
    ['a length in a longer form', 1002, '81 7e 00 7d'],
    ['a continuation of nothing', 1002, '81 01 41 80'],
    ['a message within another', 1002, '01 01 41 81'],
    ['a code for no Close frame', 1002, '88 02 03 ee'],
    ['a reason that is no text', 1007, '88 03 03 e8 ff'],
  ])('the rules of frames hold: %s', (_, code, sent) => {
    const reader = discarding();
    reader.push(hex(sent));
    expect([...events(reader)]).toMatchObject([{ type: 'violation', code }]);
  });
});

describe('memory', () => {
  test('typescript.bytes-kept: what was pushed is not written to, and events have memory of their own', () => {
    const data = new Uint8Array(500).map((_, index) => index);
    const pushed = joined(
      masked({ opcode: 2, payload: data }),
      masked({ opcode: 9, payload: data.subarray(0, 9) }),
    );
    const before = pushed.slice();
    const reader = new FrameReader(SERVER);
    reader.push(pushed);
    const seen = [...events(reader)];
    expect(pushed).toEqual(before);
    pushed.fill(0);
    expect(seen).toEqual([
      { type: 'message', data, size: 500 },
      { type: 'ping', data: data.subarray(0, 9) },
    ]);
  });

  test('flow.input-bounded: it counts what is held of the octets that were pushed', () => {
    const reader = new FrameReader(CLIENT);
    const sent = joined(
      frame({ fin: false, opcode: 2, payload: new Uint8Array(10) }),
      pingFrame(new Uint8Array(4)),
      frame({ opcode: 0, payload: new Uint8Array(5) }),
    );
    reader.push(sent.subarray(0, 12));
    expect([reader.buffered, reader.unread, reader.withinMessage]).toEqual([12, 12, false]);
    expect(reader.next()).toBeUndefined();
    expect([reader.buffered, reader.unread, reader.withinMessage]).toEqual([10, 0, true]);
    reader.push(sent.subarray(12, 16));
    expect(reader.next()).toBeUndefined();
    expect([reader.buffered, reader.unread, reader.withinMessage]).toEqual([12, 0, true]);
    reader.push(sent.subarray(16));
    expect(reader.next()?.type).toBe('ping');
    expect([reader.buffered, reader.unread, reader.withinMessage]).toEqual([17, 7, true]);
    expect(reader.next()?.type).toBe('message');
    expect([reader.buffered, reader.unread, reader.withinMessage]).toEqual([0, 0, false]);
  });

  test('a message is given in no more memory than it needs', () => {
    const parts = [frame({ fin: false, opcode: 2, payload: new Uint8Array(300) })];
    parts.push(frame({ fin: false, opcode: 0, payload: new Uint8Array(1) }));
    parts.push(frame({ opcode: 0, payload: new Uint8Array(1) }));
    const [event] = read(CLIENT, ...parts);
    expect(event && 'data' in event && event.data.buffer.byteLength).toBe(302);
  });

  test.each<[what: string, event: FrameEvent['type'], opcode: number, value: number]>([
    ['a text', 'message', OPCODE.text, 0x61],
    ['data', 'message', OPCODE.binary, 0xff],
  ])(
    '%s of a mebioctet is read octet by octet, before and behind each push',
    (_, type, opcode, value) => {
      const length = 2 ** 20;
      const sent = masked({ opcode, payload: new Uint8Array(length).fill(value) });
      const options = { messageOctets: length, masked: true };
      const eager = new FrameReader(options);
      const lazy = new FrameReader(options);
      let event: FrameEvent | undefined;
      for (let at = 0; at < sent.length; at += 1) {
        const octet = sent.subarray(at, at + 1);
        eager.push(octet);
        event = eager.next();
        lazy.push(octet);
      }
      expect(event).toMatchObject({ type, size: length });
      expect(lazy.next()).toMatchObject({ type, size: length });
    },
  );
});

// Properties.

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.integer({ min: 120, max: 300 }).map((length) => new Uint8Array(length).fill(0x61)),
  fc.string({ unit: 'binary', maxLength: 20 }).map(octets),
);

/** Frames that are mostly sound, each alone. */
const anyFrame = fc
  .record(
    {
      fin: fc.boolean(),
      rsv: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1),
      opcode: fc.constantFrom(0, 0, 0, 0, 1, 1, 1, 2, 2, 8, 9, 9, 10, 3),
      mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
      lengthForm: fc.constantFrom<7 | 16 | 64>(64, 16),
      payload,
    },
    { requiredKeys: ['fin', 'opcode', 'mask', 'payload'] },
  )
  .map(({ lengthForm, ...options }) => {
    const form = lengthForm === 16 && options.payload.length > 125 ? undefined : lengthForm;
    return frame(form === undefined ? options : { ...options, lengthForm: form });
  });

/** Fragments that follow the rules, with control frames between them. */
interface Sent {
  readonly octets: readonly Uint8Array[];
  readonly events: readonly FrameEvent[];
}

const mask = fc.uint8Array({ minLength: 4, maxLength: 4 });
const control = fc
  .record({ mask, opcode: fc.constantFrom(9, 10), payload: fc.uint8Array({ maxLength: 125 }) })
  .map(
    ({ opcode, mask, payload }): Sent => ({
      octets: [frame({ opcode, mask, payload })],
      events: [{ type: opcode === 9 ? 'ping' : 'pong', data: payload }],
    }),
  );

const message = fc
  .record({
    whole: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.repeat(30)),
      payload,
    ),
    cuts: fc.array(fc.nat(2000), { maxLength: 5 }),
    masks: fc.array(mask, { minLength: 6, maxLength: 6 }),
    between: fc.array(fc.option(control, { nil: undefined }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ whole, cuts, masks, between }): Sent => {
    const all = typeof whole === 'string' ? octets(whole) : whole;
    const borders = [
      0,
      ...cuts.map((cut) => cut % (all.length + 1)).sort((a, b) => a - b),
      all.length,
    ];
    const sent: Uint8Array[] = [];
    const expected: FrameEvent[] = [];
    for (let index = 1; index < borders.length; index += 1) {
      const last = index === borders.length - 1;
      const opcode =
        index > 1 ? OPCODE.continuation : typeof whole === 'string' ? OPCODE.text : OPCODE.binary;
      const part = all.subarray(borders[index - 1], borders[index]);
      sent.push(frame({ fin: last, opcode, mask: masks[index - 1], payload: part }));
      const inserted = last ? undefined : between[index - 1];
      if (inserted) {
        sent.push(...inserted.octets);
        expected.push(...inserted.events);
      }
    }
    const size = all.length;
    expected.push(
      typeof whole === 'string'
        ? { type: 'message', text: whole, size }
        : { type: 'message', data: whole, size },
    );
    return { octets: sent, events: expected };
  });

/** The same octets in pieces. */
function* split(whole: Uint8Array, sizes: readonly number[]): Iterable<Uint8Array> {
  for (let at = 0, turn = 0; at < whole.length; turn += 1) {
    const size = sizes.length > 0 ? (sizes[turn % sizes.length] as number) : whole.length;
    yield whole.subarray(at, at + size);
    at += size;
  }
}

const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 400 })), {
  maxLength: 8,
});
const anyOctets = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(anyFrame, { maxLength: 8 }).map((frames) => joined(...frames)),
  fc
    .tuple(
      fc.array(fc.oneof(message, control), { maxLength: 4 }),
      fc.array(anyFrame, { maxLength: 2 }),
    )
    .map(([sent, frames]) => joined(...sent.flatMap(({ octets }) => octets), ...frames)),
  fc
    .tuple(fc.array(anyFrame, { maxLength: 5 }), fc.uint8Array({ maxLength: 20 }))
    .map(([frames, rest]) => joined(...frames, rest)),
);
const limits = fc.constantFrom(0, 5, 130, 100_000, Number.POSITIVE_INFINITY);

describe('for any octets', () => {
  test('any split into pushes gives the same events', () => {
    fc.assert(
      fc.property(
        anyOctets,
        sizes,
        limits,
        fc.boolean(),
        (whole, sizes, messageOctets, discards) => {
          const options = { messageOctets, masked: true };
          const readers = Array.from({ length: 4 }, () => new FrameReader(options));
          const [atOnce, eager, lazy, single] = readers as [
            FrameReader,
            FrameReader,
            FrameReader,
            FrameReader,
          ];
          if (discards) for (const reader of readers) reader.discard();
          atOnce.push(whole);
          const expected = [...events(atOnce)];
          const seen: FrameEvent[] = [];
          for (const piece of split(whole, sizes)) {
            eager.push(piece);
            seen.push(...events(eager));
            lazy.push(piece);
          }
          expect(seen).toEqual(expected);
          expect([...events(lazy)]).toEqual(expected);
          const bySingle: FrameEvent[] = [];
          for (const piece of split(whole, [1])) {
            single.push(piece);
            bySingle.push(...events(single));
          }
          expect(bySingle).toEqual(expected);
          const states = readers.map(({ buffered, unread, withinMessage }) => ({
            buffered,
            unread,
            withinMessage,
          }));
          expect(states).toEqual(states.map(() => states[0]));
        },
      ),
      { numRuns: 400 },
    );
  });

  test('nothing is thrown, the end is an end, and what is held stays within its bounds', () => {
    fc.assert(
      fc.property(anyOctets, sizes, limits, fc.boolean(), (whole, sizes, messageOctets, masked) => {
        const reader = new FrameReader({ messageOctets, masked });
        let over = false;
        let count = 0;
        for (const piece of split(whole, sizes)) {
          reader.push(piece);
          for (const event of events(reader)) {
            expect(over).toBe(false);
            over = event.type === 'close' || event.type === 'violation';
            count += 1;
            if (event.type === 'message') expect(event.size).toBeLessThanOrEqual(messageOctets);
          }
          expect(reader.unread).toBe(0);
          expect(reader.buffered).toBeLessThanOrEqual(over ? 0 : messageOctets + 125);
        }
        // A frame has two octets at least.
        expect(count).toBeLessThanOrEqual(whole.length / 2 + 1);
      }),
      { numRuns: 400 },
    );
  });

  test('websocket.close-discards: discarding changes nothing but that messages are missing', () => {
    fc.assert(
      fc.property(anyOctets, (whole) => {
        const options = { messageOctets: Number.POSITIVE_INFINITY, masked: true };
        const expected = read(options, whole);
        // A fault of a text is no fault of what is discarded; what comes behind it is read.
        fc.pre(!expected.some((event) => event.type === 'violation' && event.code === 1007));
        const reader = new FrameReader(options);
        reader.discard();
        reader.push(whole);
        expect([...events(reader)]).toEqual(expected.filter(({ type }) => type !== 'message'));
      }),
      { numRuns: 200 },
    );
  });

  test('websocket.message-whole: any message in any fragments, with control frames between, is read as it was', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(message, control), { maxLength: 5 }), sizes, (sent, sizes) => {
        const whole = joined(...sent.flatMap(({ octets }) => octets));
        const reader = new FrameReader({ messageOctets: 100_000, masked: true });
        const seen: FrameEvent[] = [];
        for (const piece of split(whole, sizes)) {
          reader.push(piece);
          seen.push(...events(reader));
        }
        expect(seen).toEqual(sent.flatMap(({ events }) => events));
      }),
      { numRuns: 300 },
    );
  });

  test('websocket.frame-rules: text is taken exactly when a strict decoder takes it', () => {
    // Octets at the borders of the ranges of RFC 3629 section 4.
    const octet = fc.constantFrom(
      ...[0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1],
      ...[0xec, 0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff],
    );
    const some = fc.array(octet, { maxLength: 8 }).map((values) => Uint8Array.from(values));
    fc.assert(
      fc.property(some, fc.nat(8), fc.nat(8), (payload, cut, push) => {
        const border = cut % (payload.length + 1);
        const sent = joined(
          frame({ fin: false, opcode: 1, payload: payload.subarray(0, border) }),
          frame({ opcode: 0, payload: payload.subarray(border) }),
        );
        let expected: object = { type: 'violation', code: 1007 };
        try {
          const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(payload);
          expected = { type: 'message', text, size: payload.length };
        } catch {}
        expect(read(CLIENT, sent.subarray(0, push), sent.subarray(push))).toMatchObject([expected]);
      }),
      { numRuns: 1000 },
    );
  });

  test('a mask turns any payload into one that the reader turns back, at every border of words', () => {
    const whole = new Uint8Array(600).map((_, index) => index * 7);
    for (let length = 110; length < 150; length += 1) {
      for (let at = 0; at < 9; at += 1) {
        const data = whole.subarray(at, at + length);
        const sent = joined(
          frame({ fin: false, opcode: 2, mask: MASK, payload: whole.subarray(0, at) }),
          frame({ opcode: 0, mask: hex('01 80 ff 03'), payload: data }),
        );
        // By the formula of RFC 6455 section 5.3.
        const expected = data.map(
          (octet, index) => octet ^ (hex('01 80 ff 03')[index % 4] as number),
        );
        expect(sent.subarray(-length)).toEqual(expected);
        expect(read(SERVER, sent.subarray(0, 20), sent.subarray(20))).toEqual([
          { type: 'message', data: joined(whole.subarray(0, at), data), size: at + length },
        ]);
      }
    }
  });

  test('closePayload and the reader agree on every code', () => {
    const all = Array.from({ length: 0x10000 }, (_, code) => code);
    const taken = all.filter((code) => {
      const [event] = read(CLIENT, frame({ opcode: 8, payload: closePayload(code) }));
      if (event?.type === 'close') return event.code === code;
      return event?.type !== 'violation' || event.code !== 1002;
    });
    expect(taken).toEqual(all.filter((code) => isCloseCode(code, 'peer')));
  });
});
