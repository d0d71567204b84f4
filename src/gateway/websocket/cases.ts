// What a peer can put on the wire of a WebSocket, and what an application that echoes every message makes of it: plain
// data, for the codec and for whole gateways. The octets are raw and masked; nothing here knows how they are carried.

import { closePayload, type Frame, frame, frameHead, OPCODE } from './frames.ts';

/**
 * One thing that the gateway writes. `optional`: it can be missing, where the gateway drops what waits behind an end, or
 * answers the latest of several Pings only (websocket.ping-pong). A Close frame of the gateway has no reason here.
 */
export type Answer =
  | { readonly text: string; readonly optional?: true }
  | { readonly data: Uint8Array; readonly optional?: true }
  | { readonly pong: Uint8Array; readonly optional?: true }
  /** The answer to the peer's Close frame: its code. */
  | { readonly close: number | 'none' }
  /** The code with which the gateway fails the WebSocket. */
  | { readonly failed: 1002 | 1007 | 1009 };

export interface WebSocketCase {
  /** Category, group and number. Numbers are kept: new cases go to the end of a group. */
  readonly id: string;
  readonly name: string;
  readonly requirement: string;
  /** Where the rule stands. */
  readonly source: string;
  /** Octets behind the handshake. Each element is a write of its own; nothing is waited for between two. */
  readonly send: readonly Uint8Array[];
  /**
   * All that is to come, in this order. After a last answer `close` or `failed` the gateway writes nothing and ends the
   * connection, without the peer sending more; writes behind it can fail. After any other, the peer sends `FAREWELL` and
   * gets `{ close: 1000 }`.
   */
  readonly expect: readonly Answer[];
}

/** `limits.message_octets` of a gateway that is driven with these cases. */
export const CASE_MESSAGE_OCTETS = 1_048_576;

/** The mask of the examples in RFC 6455 section 5.7. */
const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** How a peer ends a case that does not end by itself. */
export const FAREWELL: Uint8Array = masked({ opcode: OPCODE.close, payload: closePayload(1000) });

/** What differs between the answers that a case expects and those that came, or undefined if nothing does. */
export function difference(
  expected: readonly Answer[],
  seen: readonly Answer[],
): string | undefined {
  let at = 0;
  for (const answer of seen) {
    while (at < expected.length && !isAnswer(expected[at] as Answer, answer)) {
      const wanted = expected[at] as Answer;
      if (!isOptional(wanted)) return `${shown(answer)} came in the place of ${shown(wanted)}`;
      at += 1;
    }
    if (at === expected.length) return `${shown(answer)} came and was not expected`;
    at += 1;
  }
  const missing = expected.slice(at).find((answer) => !isOptional(answer));
  return missing && `${shown(missing)} did not come`;
}

function isOptional(answer: Answer): boolean {
  return 'optional' in answer && answer.optional === true;
}

function isAnswer(expected: Answer, seen: Answer): boolean {
  if ('text' in expected) return 'text' in seen && seen.text === expected.text;
  if ('data' in expected) return 'data' in seen && areSame(seen.data, expected.data);
  if ('pong' in expected) return 'pong' in seen && areSame(seen.pong, expected.pong);
  if ('close' in expected) return 'close' in seen && seen.close === expected.close;
  // On the wire a failure is a Close frame like any other.
  return ('failed' in seen ? seen.failed : 'close' in seen && seen.close) === expected.failed;
}

function areSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((octet, index) => octet === other[index]);
}

function shown(answer: Answer): string {
  if ('text' in answer) return `a text of ${answer.text.length} code units`;
  if ('data' in answer) return `a binary message of ${answer.data.length} octets`;
  if ('pong' in answer) return `a Pong frame of ${answer.pong.length} octets`;
  return 'close' in answer ? `the end with code ${answer.close}` : `failure with ${answer.failed}`;
}

// How the cases are written.

type Row = readonly [name: string, send: Octets | readonly Octets[], expect: readonly Answer[]];
type Octets = Uint8Array;

const NONE = new Uint8Array(0);
const encoder = new TextEncoder();

function masked(options: Frame): Octets {
  return frame({ mask: MASK, ...options });
}

const octets = (text: string) => encoder.encode(text);
const hex = (text: string) => Uint8Array.from(text.split(' '), (pair) => Number.parseInt(pair, 16));

const text = (payload: string | Octets, options: Partial<Frame> = {}) =>
  masked({
    opcode: OPCODE.text,
    payload: typeof payload === 'string' ? octets(payload) : payload,
    ...options,
  });
const data = (payload: Octets, options: Partial<Frame> = {}) =>
  masked({ opcode: OPCODE.binary, payload, ...options });
const more = (payload: string | Octets, options: Partial<Frame> = {}) =>
  text(payload, { opcode: OPCODE.continuation, ...options });
const ping = (payload: string | Octets = NONE, options: Partial<Frame> = {}) =>
  text(payload, { opcode: OPCODE.ping, ...options });
const pong = (payload: string | Octets = NONE, options: Partial<Frame> = {}) =>
  text(payload, { opcode: OPCODE.pong, ...options });
const close = (code: number, reason: string | Octets = '', options: Partial<Frame> = {}) =>
  masked({ opcode: OPCODE.close, payload: closePayload(code, reason), ...options });
const BEGINS = { fin: false };

/** The head of a frame whose payload does not follow. */
const claim = (opcode: number, length: number, fin = true) =>
  frameHead({ fin, opcode, length, mask: MASK });

/** A head whose length is written with 64 bits, for lengths that no number holds exactly. */
function claimOf(opcode: number, length: bigint): Octets {
  const head = frameHead({ opcode, length: 0, lengthForm: 64, mask: MASK });
  new DataView(head.buffer).setBigUint64(2, length);
  return head;
}

function joined(...parts: readonly Octets[]): Octets {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Writes of so many octets each. */
function chopped(size: number, ...parts: readonly Octets[]): Octets[] {
  const whole = joined(...parts);
  const writes: Octets[] = [];
  for (let at = 0; at < whole.length; at += size) writes.push(whole.subarray(at, at + size));
  return writes;
}

/** A message in fragments of so many octets each. */
function fragments(opcode: number, payload: Octets, size: number): Octets[] {
  const parts = chopped(size, payload);
  return parts.map((part, index) =>
    masked({
      opcode: index === 0 ? opcode : OPCODE.continuation,
      fin: index === parts.length - 1,
      payload: part,
    }),
  );
}

const letters = (length: number) =>
  'the quick brown fox jumps over the lazy dog, '.repeat(Math.ceil(length / 45)).slice(0, length);
/** Octets that do not repeat after 256, so that a part in the wrong place is seen. */
const PATTERN = new Uint8Array(CASE_MESSAGE_OCTETS + 1);
for (let at = 0; at < PATTERN.length; at += 1) PATTERN[at] = at * 31 + (at >>> 8) * 7;
const pattern = (length: number) => PATTERN.subarray(0, length);

const echo = (text: string): Answer => ({ text });
const echoData = (data: Octets): Answer => ({ data });
const ponged = (payload: string | Octets = NONE): Answer => ({
  pong: typeof payload === 'string' ? octets(payload) : payload,
});
const perhaps = (answer: Answer): Answer =>
  'close' in answer || 'failed' in answer ? answer : { ...answer, optional: true };
const closed = (code: number | 'none'): Answer => ({ close: code });
const failed = (code: 1002 | 1007 | 1009): Answer => ({ failed: code });

const CODES = 'RFC 6455 section 7.4';

function group(
  id: string,
  requirement: string,
  source: string,
  rows: readonly Row[],
): WebSocketCase[] {
  return rows.map(([name, send, expect], index) => ({
    id: `${id}.${index + 1}`,
    name,
    requirement,
    source,
    send: send instanceof Uint8Array ? [send] : send,
    expect,
  }));
}

// 1: framing.

/** At the borders of the three forms of a length. */
const LENGTHS = [0, 125, 126, 127, 128, 65_535, 65_536];
/** One-octet writes of a long message tell no more than longer ones, and take long over a connection. */
const writeSize = (length: number) => (length <= 128 ? 1 : 997);

const framing = [
  ...group(
    '1.1',
    'websocket.message-whole',
    'RFC 6455 section 5.2',
    LENGTHS.map((length) => [
      `a text of ${length} octets`,
      text(letters(length)),
      [echo(letters(length))],
    ]),
  ),
  ...group(
    '1.2',
    'websocket.message-whole',
    'RFC 6455 section 5.2',
    LENGTHS.map((length) => [
      `${length} octets of data`,
      data(pattern(length)),
      [echoData(pattern(length))],
    ]),
  ),
  ...group(
    '1.3',
    'websocket.message-whole',
    'RFC 6455 section 5.2',
    LENGTHS.map((length) => [
      `${length} octets of data, ${writeSize(length)} at a time`,
      chopped(writeSize(length), data(pattern(length))),
      [echoData(pattern(length))],
    ]),
  ),
  ...group('1.4', 'websocket.message-whole', 'RFC 6455 section 5.3', [
    [
      'the mask 00 00 00 00',
      data(pattern(300), { mask: hex('00 00 00 00') }),
      [echoData(pattern(300))],
    ],
    [
      'the mask ff ff ff ff',
      data(pattern(300), { mask: hex('ff ff ff ff') }),
      [echoData(pattern(300))],
    ],
    [
      'each fragment with a mask of its own, of lengths that are no multiple of four',
      joined(
        data(pattern(301).subarray(0, 3), { mask: hex('01 02 03 04'), fin: false }),
        data(pattern(301).subarray(3, 202), { mask: hex('fe 00 10 80'), fin: false, opcode: 0 }),
        data(pattern(301).subarray(202), { mask: hex('99 88 77 66'), opcode: 0 }),
      ),
      [echoData(pattern(301))],
    ],
  ]),
  ...group('1.5', 'websocket.frame-rules', 'RFC 6455 section 5.2', [
    ['0 octets, their length in 16 bits', text('', { lengthForm: 16 }), [failed(1002)]],
    ['125 octets, their length in 16 bits', text(letters(125), { lengthForm: 16 }), [failed(1002)]],
    ['0 octets, their length in 64 bits', data(NONE, { lengthForm: 64 }), [failed(1002)]],
    ['126 octets, their length in 64 bits', text(letters(126), { lengthForm: 64 }), [failed(1002)]],
    [
      '65,535 octets, their length in 64 bits and no payload behind it',
      claimOf(OPCODE.binary, 65_535n),
      [failed(1002)],
    ],
    ['a Ping frame, its length in 16 bits', ping('a', { lengthForm: 16 }), [failed(1002)]],
    ['a Close frame, its length in 64 bits', close(1000, '', { lengthForm: 64 }), [failed(1002)]],
    [
      'a continuation, its length in 16 bits',
      joined(text('a', BEGINS), more('b', { lengthForm: 16 })),
      [failed(1002)],
    ],
    ['a length whose first bit is set', claimOf(OPCODE.binary, 2n ** 63n), [failed(1002)]],
    ['a length whose bits are all set', claimOf(OPCODE.text, 2n ** 64n - 1n), [failed(1002)]],
    [
      'a length whose first bit is set, and no more of it',
      claimOf(OPCODE.text, 2n ** 63n).subarray(0, 3),
      [failed(1002)],
    ],
  ]),
  ...group('1.6', 'websocket.frame-rules', 'RFC 6455 section 5.1', [
    ['a text without a mask', text('Hello', { mask: undefined }), [failed(1002)]],
    ['an empty text without a mask', text('', { mask: undefined }), [failed(1002)]],
    ['a Ping frame without a mask', ping('a', { mask: undefined }), [failed(1002)]],
    ['a Close frame without a mask', close(1000, '', { mask: undefined }), [failed(1002)]],
    [
      'a continuation without a mask',
      joined(text('a', BEGINS), more('b', { mask: undefined })),
      [failed(1002)],
    ],
    [
      'a text without a mask behind one with a mask',
      joined(text('a'), text('b', { mask: undefined })),
      [perhaps(echo('a')), failed(1002)],
    ],
  ]),
  ...group('1.7', 'websocket.message-whole', 'RFC 6455 section 5.4', [
    ['two messages in one write', joined(text('one'), text('two')), [echo('one'), echo('two')]],
    [
      'a text, data and an empty text in one write',
      joined(text('one'), data(pattern(2)), text('')),
      [echo('one'), echoData(pattern(2)), echo('')],
    ],
    [
      'two messages, the border between two writes within the head of the second',
      [joined(text('one'), text('two').subarray(0, 3)), text('two').subarray(3)],
      [echo('one'), echo('two')],
    ],
  ]),
];

// 2: Pings and Pongs.

const PINGS = Array.from({ length: 10 }, (_, index) => `ping ${index}`);
const latestPonged = PINGS.map((payload, index) =>
  index === PINGS.length - 1 ? ponged(payload) : perhaps(ponged(payload)),
);

const pings = [
  ...group('2.1', 'websocket.ping-pong', 'RFC 6455 section 5.5.2', [
    ['a Ping frame without payload', ping(), [ponged()]],
    ['a Ping frame with a text', ping('are you there?'), [ponged('are you there?')]],
    [
      'a Ping frame with octets that are no text',
      ping(hex('00 ff fe c0')),
      [ponged(hex('00 ff fe c0'))],
    ],
    ['a Ping frame of 125 octets', ping(pattern(125)), [ponged(pattern(125))]],
    [
      'a Ping frame of 125 octets, one at a time',
      chopped(1, ping(pattern(125))),
      [ponged(pattern(125))],
    ],
    [
      'ten Ping frames in one write',
      joined(...PINGS.map((payload) => ping(payload))),
      latestPonged,
    ],
    ['ten Ping frames in ten writes', PINGS.map((payload) => ping(payload)), latestPonged],
    [
      'ten Ping frames, one octet at a time',
      chopped(1, ...PINGS.map((payload) => ping(payload))),
      latestPonged,
    ],
    [
      'a Ping frame before a message',
      joined(ping('first'), text('then')),
      [ponged('first'), echo('then')],
    ],
  ]),
  ...group('2.2', 'websocket.ping-pong', 'RFC 6455 section 5.5.3', [
    ['a Pong frame that answers nothing, then a Ping', joined(pong(), ping('a')), [ponged('a')]],
    [
      'a Pong frame with a payload that nobody asked for, then a message',
      joined(pong('unasked'), text('a')),
      [echo('a')],
    ],
    [
      'a Pong frame, a Ping frame and a Pong frame',
      joined(pong('a'), ping('b'), pong('c')),
      [ponged('b')],
    ],
  ]),
  ...group('2.3', 'websocket.frame-rules', 'RFC 6455 section 5.5', [
    ['a Ping frame of 126 octets', ping(pattern(126)), [failed(1002)]],
    ['a Pong frame of 126 octets', pong(pattern(126)), [failed(1002)]],
    ['a Ping frame of 126 octets, one at a time', chopped(1, ping(pattern(126))), [failed(1002)]],
    ['a Ping frame that claims 65,536 octets', claim(OPCODE.ping, 65_536), [failed(1002)]],
  ]),
];

// 3: reserved bits.

const reservedBits = [
  ...group(
    '3.1',
    'websocket.frame-rules',
    'RFC 6455 section 5.2',
    [1, 2, 3, 4, 5, 6, 7].map((rsv) => [
      `a text with the reserved bits ${rsv.toString(2).padStart(3, '0')}`,
      text('reserved', { rsv }),
      [failed(1002)],
    ]),
  ),
  ...group(
    '3.2',
    'websocket.frame-rules',
    'RFC 6455 section 5.2',
    [4, 2, 1].flatMap((rsv, index): Row[] => [
      [`data with the reserved bit ${index + 1}`, data(pattern(3), { rsv }), [failed(1002)]],
      [`a Ping frame with the reserved bit ${index + 1}`, ping('a', { rsv }), [failed(1002)]],
      [
        `a Close frame with the reserved bit ${index + 1}`,
        close(1000, '', { rsv }),
        [failed(1002)],
      ],
      [
        `a continuation with the reserved bit ${index + 1}`,
        joined(text('a', BEGINS), more('b', { rsv })),
        [failed(1002)],
      ],
    ]),
  ),
  ...group('3.3', 'websocket.frame-rules', 'RFC 6455 section 5.2', [
    [
      'a reserved bit behind a message and before a Ping frame',
      joined(text('a'), text('b', { rsv: 4 }), ping()),
      [perhaps(echo('a')), failed(1002)],
    ],
    [
      'a reserved bit, one octet at a time',
      chopped(1, text('reserved', { rsv: 4 })),
      [failed(1002)],
    ],
    [
      'a reserved bit in a frame whose payload does not follow',
      frameHead({ opcode: OPCODE.text, rsv: 4, length: 100, mask: MASK }),
      [failed(1002)],
    ],
  ]),
];

// 4: opcodes.

const RESERVED_OPCODES = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

const opcodes = [
  ...group(
    '4.1',
    'websocket.frame-rules',
    'RFC 6455 section 5.2',
    RESERVED_OPCODES.map((opcode) => [
      `the opcode ${opcode} without payload`,
      masked({ opcode }),
      [failed(1002)],
    ]),
  ),
  ...group(
    '4.2',
    'websocket.frame-rules',
    'RFC 6455 section 5.2',
    RESERVED_OPCODES.map((opcode) => [
      `the opcode ${opcode} with a payload, behind a message`,
      joined(text('a'), masked({ opcode, payload: octets('reserved') })),
      [perhaps(echo('a')), failed(1002)],
    ]),
  ),
  ...group('4.3', 'websocket.frame-rules', 'RFC 6455 section 5.2', [
    [
      'a reserved opcode within a message',
      joined(text('a', BEGINS), masked({ opcode: 3 }), more('b')),
      [failed(1002)],
    ],
    ['a reserved opcode, one octet at a time', chopped(1, masked({ opcode: 11 })), [failed(1002)]],
  ]),
];

// 5: fragmentation.

const fragmentation = [
  ...group('5.1', 'websocket.message-whole', 'RFC 6455 section 5.4', [
    [
      'a text in two fragments, in one write',
      joined(text('frag', BEGINS), more('ment')),
      [echo('fragment')],
    ],
    [
      'a text in two fragments, in two writes',
      [text('frag', BEGINS), more('ment')],
      [echo('fragment')],
    ],
    [
      'a text in two fragments, one octet at a time',
      chopped(1, text('frag', BEGINS), more('ment')),
      [echo('fragment')],
    ],
    [
      'data in three fragments',
      fragments(OPCODE.binary, pattern(300), 100),
      [echoData(pattern(300))],
    ],
    [
      'a text in a hundred fragments of one octet',
      joined(...fragments(OPCODE.text, octets(letters(100)), 1)),
      [echo(letters(100))],
    ],
    ['the first fragment is empty', joined(text('', BEGINS), more('a')), [echo('a')]],
    ['the last fragment is empty', joined(text('a', BEGINS), more('')), [echo('a')]],
    [
      'a fragment in the middle is empty',
      joined(text('a', BEGINS), more('', BEGINS), more('b')),
      [echo('ab')],
    ],
    ['all fragments are empty', joined(text('', BEGINS), more('', BEGINS), more('')), [echo('')]],
    [
      'a message in fragments between two whole ones',
      joined(text('a'), text('b', BEGINS), more('c'), text('d')),
      [echo('a'), echo('bc'), echo('d')],
    ],
  ]),
  ...group('5.2', 'websocket.ping-pong', 'RFC 6455 section 5.4', [
    [
      'a Ping frame between two fragments, in one write',
      joined(text('frag', BEGINS), ping('between'), more('ment')),
      [ponged('between'), echo('fragment')],
    ],
    [
      'a Ping frame between two fragments, in three writes',
      [text('frag', BEGINS), ping('between'), more('ment')],
      [ponged('between'), echo('fragment')],
    ],
    [
      'a Ping frame between two fragments, one octet at a time',
      chopped(1, text('frag', BEGINS), ping('between'), more('ment')),
      [ponged('between'), echo('fragment')],
    ],
    [
      'Ping frames in both gaps of three fragments',
      joined(data(pattern(2), BEGINS), ping('a'), more(pattern(2), BEGINS), ping('b'), more(NONE)),
      [perhaps(ponged('a')), ponged('b'), echoData(joined(pattern(2), pattern(2)))],
    ],
    [
      'a Pong frame between two fragments',
      joined(text('frag', BEGINS), pong('between'), more('ment')),
      [echo('fragment')],
    ],
  ]),
  ...group('5.3', 'websocket.frame-rules', 'RFC 6455 section 5.5', [
    ['a Ping frame without FIN', ping('a', BEGINS), [failed(1002)]],
    ['a Pong frame without FIN', pong('a', BEGINS), [failed(1002)]],
    ['a Close frame without FIN', close(1000, '', BEGINS), [failed(1002)]],
    [
      'a Ping frame without FIN and a continuation',
      joined(ping('a', BEGINS), more('b')),
      [failed(1002)],
    ],
    [
      'a Ping frame without FIN between two fragments',
      joined(text('a', BEGINS), ping('b', BEGINS), more('c')),
      [failed(1002)],
    ],
  ]),
  ...group('5.4', 'websocket.frame-rules', 'RFC 6455 section 5.4', [
    ['a last continuation of nothing', more('a'), [failed(1002)]],
    ['a first continuation of nothing', more('a', BEGINS), [failed(1002)]],
    ['an empty continuation of nothing', more(''), [failed(1002)]],
    [
      'a continuation behind a whole message',
      joined(text('a'), more('b')),
      [perhaps(echo('a')), failed(1002)],
    ],
    [
      'a continuation behind the last fragment',
      joined(text('a', BEGINS), more('b'), more('c')),
      [perhaps(echo('ab')), failed(1002)],
    ],
    [
      'a continuation of nothing, one octet at a time',
      chopped(1, more('a', BEGINS)),
      [failed(1002)],
    ],
    ['a text within a text', joined(text('a', BEGINS), text('b')), [failed(1002)]],
    ['data within a text', joined(text('a', BEGINS), data(pattern(1))), [failed(1002)]],
    ['a text within data', joined(data(pattern(1), BEGINS), text('b')), [failed(1002)]],
    [
      'a text in fragments within a text in fragments',
      joined(text('a', BEGINS), text('b', BEGINS), more('c')),
      [failed(1002)],
    ],
  ]),
];

// 6: UTF-8.

const VALID: readonly (readonly [name: string, text: string])[] = [
  ['the first code point, U+0000', '\u0000'],
  ['the last of one octet, U+007F', '\u007f'],
  ['the first of two octets, U+0080', '\u0080'],
  ['the last of two octets, U+07FF', '\u07ff'],
  ['the first of three octets, U+0800', '\u0800'],
  ['the last before the surrogates, U+D7FF', '\ud7ff'],
  ['the first behind the surrogates, U+E000', '\ue000'],
  ['the replacement character, U+FFFD', '\ufffd'],
  ['a noncharacter, U+FFFE', '\ufffe'],
  ['the last of three octets, U+FFFF', '\uffff'],
  ['the first of four octets, U+10000', '\u{10000}'],
  ['a noncharacter of a higher plane, U+8FFFF', '\u{8ffff}'],
  ['the last code point, U+10FFFF', '\u{10ffff}'],
  ['a byte order mark at the beginning, which belongs to the text', '\ufeffmark'],
  ['several scripts', 'Zażółć, βίος, שלום, 日本語, 𝄞 and 👩‍🔬'],
  ['an accent that follows its letter, which is not composed', 'e\u0301'],
];

/** What is not UTF-8. The last octet is the first that shows it (RFC 3629 section 4). */
const INVALID: readonly (readonly [name: string, octets: string])[] = [
  ['a continuation octet, 80', '80'],
  ['a continuation octet, bf', 'bf'],
  ['a second continuation octet behind two octets', 'c3 a9 a9'],
  ['an overlong form of U+0000 in two octets', 'c0'],
  ['an overlong form of U+007F in two octets', 'c1'],
  ['an overlong form in three octets', 'e0 80'],
  ['the longest overlong form in three octets', 'e0 9f'],
  ['an overlong form in four octets', 'f0 80'],
  ['the longest overlong form in four octets', 'f0 8f'],
  ['the first surrogate, U+D800', 'ed a0'],
  ['the last surrogate, U+DFFF', 'ed bf'],
  ['the first code point beyond U+10FFFF', 'f4 90'],
  ['a first octet beyond U+10FFFF', 'f5'],
  ['a first octet of five', 'f8'],
  ['a first octet of six', 'fc'],
  ['the octet fe', 'fe'],
  ['the octet ff', 'ff'],
  ['two octets, cut by a letter', 'c3 41'],
  ['three octets, cut by a letter', 'e2 82 41'],
  ['four octets, cut by a letter', 'f0 9f 98 41'],
  ['four octets, cut by the beginning of two', 'f1 80 c3'],
  ['a letter of Latin-1', 'e9 74'],
];

/** The beginning of a character, which is a fault only at the end of the text. */
const TRUNCATED: readonly (readonly [name: string, octets: string])[] = [
  ['the first of two octets', 'c3'],
  ['the first of three octets', 'e2'],
  ['two of three octets', 'e2 82'],
  ['the first of four octets', 'f0'],
  ['two of four octets', 'f0 9f'],
  ['three of four octets', 'f0 9f 98'],
];

const UTF8 = 'RFC 6455 section 8.1, RFC 3629';

const encoding = [
  ...group(
    '6.1',
    'websocket.message-whole',
    UTF8,
    VALID.map(([name, valid]) => [name, text(valid), [echo(valid)]]),
  ),
  ...group(
    '6.2',
    'websocket.message-whole',
    UTF8,
    VALID.map(([name, valid]) => [
      `${name}; fragments of one octet`,
      fragments(OPCODE.text, octets(valid), 1),
      [echo(valid)],
    ]),
  ),
  ...group('6.3', 'websocket.message-whole', UTF8, [
    ...VALID.slice(-3).map(
      ([name, valid]): Row => [
        `${name}; one octet at a time`,
        chopped(1, text(valid)),
        [echo(valid)],
      ],
    ),
    [
      'a Ping frame within a character',
      joined(text(hex('f0 9f'), BEGINS), ping('a'), more(hex('98 80'))),
      [ponged('a'), echo('😀')],
    ],
    [
      'an empty fragment within a character',
      joined(text(hex('e2 82'), BEGINS), more('', BEGINS), more(hex('ac'))),
      [echo('€')],
    ],
    [
      'data that is not UTF-8',
      data(hex('ff fe c0 80 ed a0 80')),
      [echoData(hex('ff fe c0 80 ed a0 80'))],
    ],
    [
      'data in fragments that are not UTF-8',
      joined(data(hex('f4 90'), BEGINS), more(hex('80 ff'))),
      [echoData(hex('f4 90 80 ff'))],
    ],
  ]),
  ...group(
    '6.4',
    'websocket.frame-rules',
    UTF8,
    INVALID.map(([name, invalid]) => [
      `${name}; a whole message with letters before and behind`,
      text(joined(octets('before '), hex(invalid), octets(' behind'))),
      [failed(1007)],
    ]),
  ),
  ...group(
    '6.5',
    'websocket.frame-rules',
    UTF8,
    INVALID.map(([name, invalid]) => [
      `${name}; split into fragments of one octet, and no last fragment`,
      [...hex(invalid)].map((octet, index) =>
        text(Uint8Array.of(octet), { opcode: index === 0 ? OPCODE.text : 0, fin: false }),
      ),
      [failed(1007)],
    ]),
  ),
  ...group(
    '6.6',
    'websocket.frame-rules',
    UTF8,
    INVALID.map(([name, invalid]) => [
      `${name}; found before the rest of the frame is there`,
      text(joined(octets('before '), hex(invalid), octets(letters(100)))).subarray(
        0,
        6 + octets('before ').length + hex(invalid).length,
      ),
      [failed(1007)],
    ]),
  ),
  ...group(
    '6.7',
    'websocket.frame-rules',
    UTF8,
    INVALID.filter(([, invalid]) => invalid.length > 2).map(([name, invalid]) => [
      `${name}; one octet at a time, and the message is not finished`,
      chopped(1, text(hex(invalid), BEGINS)),
      [failed(1007)],
    ]),
  ),
  ...group(
    '6.8',
    'websocket.frame-rules',
    UTF8,
    TRUNCATED.flatMap(([name, truncated]): Row[] => [
      [
        `${name}, at the end of a message`,
        text(joined(octets('cut '), hex(truncated))),
        [failed(1007)],
      ],
      [
        `${name}, at the end of the last fragment`,
        [text('cut ', BEGINS), more(hex(truncated))],
        [failed(1007)],
      ],
      [
        `${name}, and an empty last fragment`,
        joined(text(hex(truncated), BEGINS), more('')),
        [failed(1007)],
      ],
    ]),
  ),
  ...group('6.9', 'websocket.frame-rules', UTF8, [
    [
      'a character that begins in one message and ends in the next',
      joined(text(hex('e2 82')), text(hex('ac'))),
      [failed(1007)],
    ],
    [
      'a valid message before an invalid one',
      joined(text('valid'), text(hex('c0 80'))),
      [perhaps(echo('valid')), failed(1007)],
    ],
    [
      'a surrogate pair, each half encoded by itself',
      text(hex('ed a0 bd ed b8 80')),
      [failed(1007)],
    ],
    [
      'an invalid fragment before a Ping frame',
      joined(text(hex('ff'), BEGINS), ping('not answered')),
      [failed(1007)],
    ],
    [
      'an invalid octet behind 65,536 valid ones, and the message is not finished',
      joined(text(letters(65_536), BEGINS), more(hex('ff'), BEGINS)),
      [failed(1007)],
    ],
  ]),
];

// 7: Close frames.

const VALID_CODES = [
  1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
];
const INVALID_CODES = [
  0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 32_768, 65_535,
];

const closing = [
  ...group('7.1', 'websocket.close-frame', 'RFC 6455 section 5.5.1', [
    ['a Close frame without payload', masked({ opcode: OPCODE.close }), [closed('none')]],
    ['a Close frame with a code', close(1000), [closed(1000)]],
    ['a Close frame with a code and a reason', close(1000, 'done'), [closed(1000)]],
    ['a Close frame, one octet at a time', chopped(1, close(1000, 'done')), [closed(1000)]],
    ['a reason of 123 octets', close(1000, letters(123)), [closed(1000)]],
    [
      'a reason of 41 characters with three octets each',
      close(1000, '日'.repeat(41)),
      [closed(1000)],
    ],
    ['a reason that begins with a byte order mark', close(1000, '\ufeffmark'), [closed(1000)]],
    ['two Close frames', joined(close(1000), close(1001)), [closed(1000)]],
    ['a message behind a Close frame', joined(close(1000), text('late')), [closed(1000)]],
    ['a Ping frame behind a Close frame', joined(close(1000), ping('late')), [closed(1000)]],
    [
      'octets behind a Close frame that are no frame',
      joined(close(1000), hex('ff ff ff ff ff ff ff ff')),
      [closed(1000)],
    ],
    [
      'a message before a Close frame',
      joined(text('early'), close(1000)),
      [perhaps(echo('early')), closed(1000)],
    ],
    [
      'a Ping frame before a Close frame',
      joined(ping('early'), close(1000)),
      [perhaps(ponged('early')), closed(1000)],
    ],
    [
      'a Close frame between two fragments',
      joined(text('half', BEGINS), close(1000), more(' a text')),
      [closed(1000)],
    ],
  ]),
  ...group(
    '7.2',
    'websocket.close-frame',
    CODES,
    VALID_CODES.map((code) => [`the code ${code}`, close(code), [closed(code)]]),
  ),
  ...group(
    '7.3',
    'websocket.frame-rules',
    CODES,
    INVALID_CODES.map((code) => [
      `the code ${code}, which no Close frame has`,
      close(code),
      [failed(1002)],
    ]),
  ),
  ...group('7.4', 'websocket.frame-rules', 'RFC 6455 section 5.5.1', [
    [
      'a Close frame with half a code',
      masked({ opcode: OPCODE.close, payload: hex('03') }),
      [failed(1002)],
    ],
    ['a reason of 124 octets', close(1000, letters(124)), [failed(1002)]],
    ['a Close frame that claims 65,536 octets', claim(OPCODE.close, 65_536), [failed(1002)]],
    ['a reserved code with a reason', close(1005, 'reserved'), [failed(1002)]],
  ]),
  ...group('7.5', 'websocket.frame-rules', UTF8, [
    ...INVALID.slice(0, 13).map(
      ([name, invalid]): Row => [
        `a reason that is not UTF-8: ${name}`,
        close(1000, joined(octets('why '), hex(invalid))),
        [failed(1007)],
      ],
    ),
    ...TRUNCATED.map(
      ([name, truncated]): Row => [
        `a reason that ends within a character: ${name}`,
        close(1000, hex(truncated)),
        [failed(1007)],
      ],
    ),
  ]),
];

// 9: large messages and the limit.

const LIMIT = CASE_MESSAGE_OCTETS;
const FULL_DATA = pattern(LIMIT);
const FULL_TEXT = letters(LIMIT);
/** A third of the code units that the limit has octets. */
const WIDE_TEXT = `${'語'.repeat((LIMIT - 1) / 3)}.`;
const MEBI = 2 ** 20;

const large = [
  ...group('9.1', 'websocket.message-whole', 'RFC 6455 section 5.2', [
    ['a text of 262,144 octets', text(letters(262_144)), [echo(letters(262_144))]],
    [
      'data of 262,144 octets, 997 at a time',
      chopped(997, data(pattern(262_144))),
      [echoData(pattern(262_144))],
    ],
    [
      'data of 262,144 octets in fragments of 65,536',
      fragments(OPCODE.binary, pattern(262_144), 65_536),
      [echoData(pattern(262_144))],
    ],
    [
      'a text of 65,536 octets in fragments of 64',
      joined(...fragments(OPCODE.text, octets(letters(65_536)), 64)),
      [echo(letters(65_536))],
    ],
  ]),
  ...group('9.2', 'websocket.message-limit', 'RFC 6455 section 7.4.1', [
    ['data as long as the limit', data(FULL_DATA), [echoData(FULL_DATA)]],
    ['a text as long as the limit', text(FULL_TEXT), [echo(FULL_TEXT)]],
    [
      'a text as long as the limit in octets, of fewer characters',
      text(WIDE_TEXT),
      [echo(WIDE_TEXT)],
    ],
    [
      'sixteen fragments that are together as long as the limit',
      fragments(OPCODE.binary, FULL_DATA, LIMIT / 16),
      [echoData(FULL_DATA)],
    ],
    [
      'data as long as the limit and an empty last fragment',
      [data(FULL_DATA, BEGINS), more('')],
      [echoData(FULL_DATA)],
    ],
    [
      'two messages that are only together longer than the limit',
      joined(data(FULL_DATA.subarray(1)), text('ab')),
      [echoData(FULL_DATA.subarray(1)), echo('ab')],
    ],
  ]),
  ...group('9.3', 'websocket.message-limit', 'RFC 6455 section 7.4.1', [
    ['a head that claims data one octet too long', claim(OPCODE.binary, LIMIT + 1), [failed(1009)]],
    ['a head that claims a text one octet too long', claim(OPCODE.text, LIMIT + 1), [failed(1009)]],
    [
      'a head that claims a first fragment one octet too long',
      claim(OPCODE.text, LIMIT + 1, false),
      [failed(1009)],
    ],
    [
      'a head that claims too much, one octet at a time',
      chopped(1, claim(OPCODE.binary, LIMIT + 1)),
      [failed(1009)],
    ],
    ['a head that claims 16 times the limit', claim(OPCODE.binary, 16 * MEBI), [failed(1009)]],
    ['a head that claims 2^32 octets', claimOf(OPCODE.binary, 2n ** 32n), [failed(1009)]],
    ['a head that claims 2^53 + 1 octets', claimOf(OPCODE.binary, 2n ** 53n + 1n), [failed(1009)]],
    ['a head that claims 2^63 - 1 octets', claimOf(OPCODE.text, 2n ** 63n - 1n), [failed(1009)]],
    ['data one octet longer than the limit, sent whole', data(pattern(LIMIT + 1)), [failed(1009)]],
    [
      'a message as long as the limit and the head of one more octet',
      [data(FULL_DATA, BEGINS), claim(OPCODE.continuation, 1)],
      [failed(1009)],
    ],
    [
      'sixteen fragments, and the head of one that is a little too long',
      [...fragments(OPCODE.binary, FULL_DATA.subarray(0, (LIMIT / 16) * 15 + 1), LIMIT / 16)]
        .map((part, index, all) => (index === all.length - 1 ? unfinished(part) : part))
        .concat(claim(OPCODE.continuation, LIMIT / 16)),
      [failed(1009)],
    ],
    [
      'a short fragment and the head of one that is as long as the limit',
      joined(text('a', BEGINS), claim(OPCODE.continuation, LIMIT)),
      [failed(1009)],
    ],
    [
      'a message behind which a head claims too much',
      joined(text('a'), claim(OPCODE.text, LIMIT + 1)),
      [perhaps(echo('a')), failed(1009)],
    ],
    [
      'fragments with Ping frames between them, and the head of one too many',
      [data(FULL_DATA.subarray(1), BEGINS), ping('a'), claim(OPCODE.continuation, 2)],
      [perhaps(ponged('a')), failed(1009)],
    ],
  ]),
];

/** The same frame without FIN. */
function unfinished(whole: Octets): Octets {
  const copy = whole.slice();
  copy[0] = (copy[0] as number) & 0x7f;
  return copy;
}

// 10: how peers cut what they send.

const MANY = Array.from({ length: 200 }, (_, index) => `message ${index}`);

const cuts = [
  ...group(
    '10.1',
    'websocket.message-whole',
    'RFC 6455 section 5.4',
    [16, 256, 1300, 4096, 65_535].flatMap((size): Row[] => [
      [
        `a text of 65,536 octets in fragments of ${size}, in one write`,
        joined(...fragments(OPCODE.text, octets(letters(65_536)), size)),
        [echo(letters(65_536))],
      ],
      [
        `data of 65,536 octets in fragments of ${size}, 1460 octets at a time`,
        chopped(1460, ...fragments(OPCODE.binary, pattern(65_536), size)),
        [echoData(pattern(65_536))],
      ],
    ]),
  ),
  ...group('10.2', 'websocket.message-whole', 'RFC 6455 section 5.4', [
    ['200 messages in one write', joined(...MANY.map((each) => text(each))), MANY.map(echo)],
    ['200 messages, a write for each', MANY.map((each) => text(each)), MANY.map(echo)],
    [
      '200 messages, 7 octets at a time',
      chopped(7, ...MANY.map((each) => text(each))),
      MANY.map(echo),
    ],
  ]),
];

/** All cases, by category: framing, Pings, reserved bits, opcodes, fragmentation, UTF-8, closing, limits, cuts. */
export const WEBSOCKET_CASES: readonly WebSocketCase[] = [
  ...framing,
  ...pings,
  ...reservedBits,
  ...opcodes,
  ...fragmentation,
  ...encoding,
  ...closing,
  ...large,
  ...cuts,
];
