// What a client of HTTP/2 can do wrong, and its neighbours that are right, as data: what is on the wire, and what a
// server makes of it, with the clause that says so. Knows nothing of how the octets are brought to a server.

import type { Fields, Limits } from '../../interface/index.ts';
import type { ConnectionOptions } from './connection.ts';
import type { Step } from './read-all.ts';

/** What is to come of it. What is not named is not to happen, but for `requests`, which then do not matter. */
export interface Outcome {
  /** The connection ends with a GOAWAY of this code. */
  readonly goaway?: number;
  /** Streams that are reset, in order, with their codes. */
  readonly resets?: readonly (readonly [id: number, code: number])[];
  /** Requests that reach the gateway, with what is known of them. */
  readonly requests?: readonly {
    readonly id: number;
    readonly headers?: Fields;
    readonly data?: string;
    readonly trailers?: Fields;
    readonly ended?: boolean;
    readonly excess?: boolean;
    readonly reset?: number;
    readonly path?: string;
    readonly authority?: string;
  }[];
}

export interface ConnectionCase {
  readonly name: string;
  /** Section of RFC 9113, where no other text is named; or a requirement. */
  readonly clause: string;
  readonly steps: readonly Step[];
  readonly options?: Partial<ConnectionOptions>;
  readonly expect: Outcome;
}

const NO = 0;
const PROTOCOL = 1;
const FLOW = 3;
const CLOSED = 5;
const SIZE = 6;
const REFUSED = 7;
const CANCEL = 8;
const COMPRESSION = 9;
const CALM = 11;

const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const PADDED = 8;
const PRIORITY = 32;
const WHOLE = END_STREAM | END_HEADERS;

type Octets = readonly number[] | string;

const octetsOf = (octets: Octets): readonly number[] =>
  typeof octets === 'string' ? Array.from(octets, (c) => c.charCodeAt(0)) : octets;

export function frame(
  type: number,
  flags: number,
  id: number,
  payload: Octets = [],
  length?: number,
): Uint8Array {
  const octets = octetsOf(payload);
  const size = length ?? octets.length;
  return Uint8Array.from([...[size >> 16, size >> 8, size, type, flags], ...number(id), ...octets]);
}

const number = (value: number): number[] => [value >>> 24, value >>> 16, value >>> 8, value];

/** Literal fields without indexing and without Huffman coding (RFC 7541 section 6.2.2). */
export const block = (fields: Fields): number[] =>
  fields.flatMap(([name, value]) => [0, ...text(name), ...text(value)]);

function text(value: string): number[] {
  const { length } = value;
  const octets = octetsOf(value);
  if (length < 127) return [length, ...octets];
  const rest: number[] = [];
  let left = length - 127;
  for (; left >= 128; left >>= 7) rest.push((left % 128) + 128);
  return [127, ...rest, left, ...octets];
}

export const GET: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a'],
];
export const POST: Fields = [[':method', 'POST'], ...GET.slice(1)];
const CONNECT: Fields = [
  [':method', 'CONNECT'],
  [':authority', 'a:1'],
];
const EXTENDED: Fields = [[':method', 'CONNECT'], ...GET.slice(1), [':protocol', 'websocket']];

const without = (fields: Fields, name: string) => fields.filter(([other]) => other !== name);
const replaced = (fields: Fields, name: string, value: string): Fields =>
  fields.map((field) => (field[0] === name ? [name, value] : field));

export const PREFACE = Uint8Array.from(octetsOf('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'));
export const SETTINGS = frame(4, 0, 0);
/** What every client begins with. */
export const HELLO: readonly Uint8Array[] = [PREFACE, SETTINGS];

export const headers = (id: number, fields: Fields, flags = WHOLE) =>
  frame(1, flags, id, block(fields));
export const get = (id: number) => headers(id, GET);
export const post = (id: number, ...more: Fields) => headers(id, [...POST, ...more], END_HEADERS);
export const data = (id: number, octets: Octets, flags = 0) => frame(0, flags, id, octets);
export const settings = (...pairs: readonly (readonly [id: number, value: number])[]) =>
  frame(
    4,
    0,
    0,
    pairs.flatMap(([id, value]) => [id >> 8, id, ...number(value)]),
  );
export const give = (id: number, credit: number) => frame(8, 0, id, number(credit));
export const rst = (id: number, code = CANCEL) => frame(3, 0, id, number(code));
const many = (octets: number) => 'x'.repeat(octets);

type Row = readonly [
  name: string,
  steps: readonly Step[],
  options?: Partial<ConnectionOptions> | undefined,
];

function rows(clause: string, expect: Outcome, all: readonly Row[]): ConnectionCase[] {
  return all.map(([name, steps, options]) => ({
    name,
    clause,
    steps: [...HELLO, ...steps],
    ...(options && { options }),
    expect,
  }));
}

/** The connection ends, and nothing behind is read: a request stands there that nobody may see. */
const connectionError = (clause: string, code: number, all: readonly Row[]) =>
  rows(
    clause,
    { goaway: code },
    all.map(([name, steps, options]): Row => [name, [...steps, get(2001)], options]),
  );

/** Stream 1 is reset, and the next request is read. */
const streamError = (clause: string, code: number, all: readonly Row[]) =>
  rows(
    clause,
    { resets: [[1, code]] },
    all.map(([name, steps, options]): Row => [name, [...steps, get(2001)], options]),
  );

/** A head that is malformed: stream 1 never comes to a request. */
const malformed = (clause: string, all: readonly (readonly [string, Fields])[]) =>
  rows(
    clause,
    { resets: [[1, PROTOCOL]], requests: [{ id: 3 }] },
    all.map(([name, fields]) => [name, [headers(1, fields), get(3)]]),
  );

/** What is right: all requests are read, and nothing is reset. */
const fine = (
  clause: string,
  all: readonly (readonly [...Row, requests?: Outcome['requests']])[],
): ConnectionCase[] =>
  all.map(([name, steps, options, requests]) => ({
    name,
    clause,
    steps: [...HELLO, ...steps, get(2001)],
    ...(options && { options }),
    expect: { ...(requests && { requests: [...requests, { id: 2001 }] }) },
  }));

const limits = (changed: Partial<Limits>): Partial<ConnectionOptions> => ({
  limits: { header_octets: 65_536, header_fields: 1000, ...changed },
});

/** Stream 1 in each state of section 5.1. */
const OPEN = [post(1)];
const REMOTE = [get(1)];
const LOCAL: Step[] = [post(1), ['answer', 1]];
const BOTH: Step[] = [get(1), ['answer', 1]];
const BY_PEER = [post(1), rst(1)];
const BY_US: Step[] = [post(1), ['reset', 1, NO]];
const DROPPED_RESET: Outcome = { resets: [[1, NO]], requests: [{ id: 1 }, { id: 3 }] };

const LONG = block([...GET, ['x', many(600)]]);

export const CONNECTION_CASES: readonly ConnectionCase[] = [
  // 3.4 The preface
  {
    name: 'another preface',
    clause: '3.4',
    steps: [Uint8Array.from(octetsOf('GET / HTTP/1.1\r\nHost: a\r\n\r\n'))],
    expect: { goaway: PROTOCOL },
  },
  {
    name: 'a preface that differs in its last octet',
    clause: '3.4',
    steps: [Uint8Array.from([...PREFACE.subarray(0, 23), 0]), SETTINGS, get(1)],
    expect: { goaway: PROTOCOL, requests: [] },
  },
  ...(
    [
      ['HEADERS', get(1)],
      ['PING', frame(6, 0, 0, many(8))],
      ['SETTINGS that acknowledge', frame(4, ACK, 0)],
      ['a frame of unknown type', frame(99, 0, 0)],
    ] as const
  ).map(([name, first]) => ({
    name: `${name} for the first frame`,
    clause: '3.4',
    steps: [PREFACE, first, SETTINGS, get(1)],
    expect: { goaway: PROTOCOL, requests: [] },
  })),

  // 4.1, 5.5 Frames that nobody knows
  ...fine('5.5', [
    ['a frame of unknown type on the connection', [frame(99, 255, 0, 'abc')]],
    ['a frame of unknown type on a stream that never was', [frame(77, 0, 9, 'abc')]],
    ['a frame of unknown type on an open stream', [...OPEN, frame(77, 255, 1, many(16_384))]],
    ['an empty frame of unknown type', [frame(200, 0, 0)]],
    ['ORIGIN and ALTSVC from a client', [frame(12, 0, 0, [0, 1, 97]), frame(10, 0, 0, [0, 0])]],
  ]),
  ...fine('4.1', [
    ['flags that PING does not have', [frame(6, 0xfe, 0, many(8))]],
    ['flags that HEADERS does not have', [headers(1, GET, WHOLE | 0x12)], {}, [{ id: 1 }]],
    [
      'the reserved bit of an identifier',
      [frame(1, WHOLE, 0x8000_0001, block(GET))],
      {},
      [{ id: 1, ended: true }],
    ],
  ]),

  // 4.2 Sizes
  ...connectionError('4.2', SIZE, [
    ['DATA of 16,385 octets', [...OPEN, data(1, many(16_385))]],
    ['HEADERS of 16,385 octets', [frame(1, WHOLE, 1, [], 16_385)]],
    ['SETTINGS of 16,386 octets', [frame(4, 0, 0, [], 16_386)]],
    ['a frame of unknown type with 16,385 octets', [frame(99, 0, 0, [], 16_385)]],
    ['the largest length there is', [frame(0, 0, 1, [], 0xff_ffff)]],
  ]),
  ...fine('4.2', [
    [
      'DATA of 16,384 octets',
      [...OPEN, data(1, many(16_384))],
      {},
      [{ id: 1, data: many(16_384) }],
    ],
  ]),

  // 4.3 Field sections
  ...connectionError('4.3', COMPRESSION, [
    ['a field of index 0', [frame(1, WHOLE, 1, [0x80])]],
    ['an index beyond the tables', [frame(1, WHOLE, 1, [0xff, 0xff, 0x7f])]],
    ['a block that ends within a field', [frame(1, WHOLE, 1, block(GET).slice(0, -1))]],
    ['a size update beyond the setting', [frame(1, WHOLE, 1, [0x3f, 0xe2, 0x1f, ...block(GET)])]],
    ['a broken block of trailers', [...OPEN, frame(1, WHOLE, 1, [0x80])]],
    ['a broken block on a stream that was reset', [...BY_US, frame(1, WHOLE, 1, [0x80])]],
  ]).map(({ name, ...rest }) =>
    // The stream was reset before.
    name.endsWith('was reset')
      ? { name, ...rest, expect: { ...rest.expect, resets: [[1, NO]] as const } }
      : { name, ...rest },
  ),
  ...connectionError('4.3', PROTOCOL, [
    ['DATA within a section', [...OPEN, frame(1, 0, 3, block(GET)), data(1, 'x')]],
    ['PING within a section', [frame(1, 0, 1, block(GET)), frame(6, 0, 0, many(8))]],
    ['HEADERS within a section', [frame(1, 0, 1, block(GET)), get(1)]],
    ['HEADERS of another stream within a section', [frame(1, 0, 1, block(GET)), get(3)]],
    ['RST_STREAM within a section', [frame(1, 0, 1, block(GET)), rst(1)]],
    ['a frame of unknown type within a section', [frame(1, 0, 1, block(GET)), frame(99, 0, 1)]],
  ]),
  ...fine('4.3', [
    [
      'a section that was indexed on a stream that is reset',
      // A literal with incremental indexing, and then its index.
      [
        ...OPEN,
        frame(1, WHOLE, 1, [0x40, ...text('x-a'), ...text('b')]),
        frame(1, WHOLE, 3, [...block(GET), 0xbe]),
      ],
      {},
      [
        { id: 1, trailers: [['x-a', 'b']] },
        { id: 3, headers: [['x-a', 'b']] },
      ],
    ],
  ]),
  {
    name: 'fields that are indexed on a stream that was reset',
    clause: '4.3',
    steps: [
      ...HELLO,
      ...BY_US,
      frame(1, WHOLE, 1, [0x40, ...text('x-a'), ...text('b')]),
      frame(1, WHOLE, 3, [...block(GET), 0xbe]),
    ],
    expect: { resets: [[1, NO]], requests: [{ id: 1 }, { id: 3, headers: [['x-a', 'b']] }] },
  },

  // 5.1 States: idle
  ...connectionError('5.1 idle', PROTOCOL, [
    ['DATA', [data(1, 'x')]],
    ['DATA behind other streams', [get(1), data(3, 'x')]],
    ['RST_STREAM', [rst(1)]],
    ['WINDOW_UPDATE', [give(1, 1)]],
    ['DATA on a stream of the server', [data(2, 'x')]],
    ['WINDOW_UPDATE on a stream of the server', [give(2, 1)]],
    ['RST_STREAM on a stream of the server', [rst(2)]],
  ]),
  ...fine('5.1 idle', [['PRIORITY', [frame(2, 0, 1, [0, 0, 0, 0, 0])]]]),
  // Half-closed (remote)
  ...streamError('5.1 half-closed (remote)', CLOSED, [
    ['DATA', [...REMOTE, data(1, 'x')]],
    ['empty DATA', [...REMOTE, data(1, '', END_STREAM)]],
    ['HEADERS', [...REMOTE, headers(1, [['x', 'y']])]],
    ['DATA behind the end by DATA', [...OPEN, data(1, 'x', END_STREAM), data(1, 'y')]],
    ['HEADERS behind trailers', [...OPEN, headers(1, [['x', 'y']]), headers(1, [['x', 'y']])]],
  ]),
  ...fine('5.1 half-closed (remote)', [
    ['WINDOW_UPDATE', [...REMOTE, give(1, 1)]],
    ['PRIORITY', [...REMOTE, frame(2, 0, 1, [0, 0, 0, 0, 0])]],
    ['RST_STREAM', [...REMOTE, rst(1)], {}, [{ id: 1, reset: CANCEL }]],
  ]),
  // Half-closed (local)
  ...fine('5.1 half-closed (local)', [
    ['DATA', [...LOCAL, data(1, 'abc')], {}, [{ id: 1, data: 'abc', ended: false }]],
    ['the end', [...LOCAL, data(1, '', END_STREAM)], {}, [{ id: 1, ended: true }]],
    [
      'trailers',
      [...LOCAL, headers(1, [['x', 'y']])],
      {},
      [{ id: 1, ended: true, trailers: [['x', 'y']] }],
    ],
    ['WINDOW_UPDATE', [...LOCAL, give(1, 1)]],
    ['RST_STREAM', [...LOCAL, rst(1)], {}, [{ id: 1, reset: CANCEL }]],
  ]),
  // Closed
  ...connectionError('5.1 closed', CLOSED, [
    ['DATA when both have ended', [...BOTH, data(1, 'x')]],
    ['HEADERS when both have ended', [...BOTH, get(1)]],
    ['DATA behind RST_STREAM', [...BY_PEER, data(1, 'x')]],
    ['HEADERS behind RST_STREAM', [...BY_PEER, headers(1, [['x', 'y']])]],
  ]),
  ...fine('5.1 closed', [
    ['WINDOW_UPDATE when both have ended', [...BOTH, give(1, 1)]],
    ['WINDOW_UPDATE of 0 when both have ended', [...BOTH, give(1, 0)]],
    ['RST_STREAM when both have ended', [...BOTH, rst(1)]],
    ['PRIORITY when both have ended', [...BOTH, frame(2, 0, 1, [0, 0, 0, 0, 0])]],
    ['a second RST_STREAM', [...BY_PEER, rst(1)]],
    ['PRIORITY behind RST_STREAM', [...BY_PEER, frame(2, 0, 1, [0, 0, 0, 0, 0])]],
  ]),
  ...rows('5.1 closed', DROPPED_RESET, [
    ['DATA on a stream that this end has reset', [...BY_US, data(1, 'x'), data(1, 'y'), get(3)]],
    ['its end', [...BY_US, data(1, 'x', END_STREAM), get(3)]],
    ['trailers on a stream that this end has reset', [...BY_US, headers(1, [['x', 'y']]), get(3)]],
    ['RST_STREAM on a stream that this end has reset', [...BY_US, rst(1), get(3)]],
    ['WINDOW_UPDATE on a stream that this end has reset', [...BY_US, give(1, 1), get(3)]],
  ]),
  ...rows('5.1 closed', { resets: [[1, NO]], goaway: CLOSED }, [
    ['DATA behind the end of a stream that was reset', [...BY_US, data(1, '', 1), data(1, 'x')]],
    ['DATA behind RST_STREAM of both', [...BY_US, rst(1), data(1, 'x')]],
  ]),

  // 5.1.1 Identifiers
  ...connectionError('5.1.1', PROTOCOL, [
    ['HEADERS on stream 0', [frame(1, WHOLE, 0, block(GET))]],
    ['an even identifier', [get(2)]],
    ['an identifier that was left out', [get(5), get(3)]],
    ['the first that was left out', [get(5), get(1)]],
  ]),
  ...fine('5.1.1', [
    ['identifiers that are left out', [get(1), get(101), get(107)], {}, [1, 101, 107].map(idOf)],
  ]),
  {
    name: 'the highest identifier',
    clause: '5.1.1',
    steps: [...HELLO, get(2 ** 31 - 1)],
    expect: { requests: [{ id: 2 ** 31 - 1 }] },
  },

  // 5.1.2 Concurrency
  ...rows('5.1.2', { resets: [[5, REFUSED]], requests: [{ id: 1 }, { id: 3 }, { id: 7 }] }, [
    [
      'a stream beyond those that may be open',
      [get(1), post(3), get(5), ['answer', 1], get(7)],
      { streams: 2 },
    ],
    [
      'a stream beyond those that may be open, and its data',
      [get(1), post(3), post(5), data(5, 'x', END_STREAM), ['answer', 1], get(7)],
      { streams: 2 },
    ],
  ]),

  // 6.1 DATA
  ...connectionError('6.1', PROTOCOL, [
    ['DATA on stream 0', [data(0, 'x')]],
    ['padding as long as the payload', [...OPEN, data(1, [3, 0, 0], PADDED)]],
    ['padding longer than the payload', [...OPEN, data(1, [255, 0, 0], PADDED)]],
    ['padding of 1 and nothing else', [...OPEN, data(1, [1], PADDED)]],
  ]),
  ...connectionError('4.2', SIZE, [
    ['DATA without room for the length of its padding', [...OPEN, data(1, [], PADDED)]],
  ]),
  ...fine('6.1', [
    ['padding of 0', [...OPEN, data(1, [0, 97], PADDED)], {}, [{ id: 1, data: 'a' }]],
    ['nothing but padding', [...OPEN, data(1, [2, 0, 0], PADDED)], {}, [{ id: 1, data: '' }]],
    [
      'padding behind data, at the end',
      [...OPEN, data(1, [2, 97, 98, 0, 0], PADDED | END_STREAM)],
      {},
      [{ id: 1, data: 'ab', ended: true }],
    ],
    ['empty DATA', [...OPEN, data(1, ''), data(1, '')], {}, [{ id: 1, ended: false }]],
  ]),

  // 6.2 HEADERS
  ...connectionError('6.2', PROTOCOL, [
    ['padding longer than the block', [frame(1, WHOLE | PADDED, 1, [9, ...[0, 0]])]],
    [
      'padding that leaves no room for the priority',
      [frame(1, WHOLE | PADDED | PRIORITY, 1, [3, 0, 0, 0, 0, 0, 0])],
    ],
  ]),
  ...connectionError('4.2', SIZE, [
    ['HEADERS without room for the length of its padding', [frame(1, WHOLE | PADDED, 1)]],
    ['HEADERS without room for its priority', [frame(1, WHOLE | PRIORITY, 1, [0, 0, 0, 0])]],
    [
      'HEADERS with the length of its padding and without room for its priority',
      [frame(1, WHOLE | PADDED | PRIORITY, 1, [0, 0, 0, 0, 0])],
    ],
  ]),
  ...fine('6.2', [
    [
      'padding and priority',
      [frame(1, WHOLE | PADDED | PRIORITY, 1, [2, 0, 0, 0, 0, 16, ...block(GET), 0, 0])],
      {},
      [{ id: 1, path: '/', ended: true }],
    ],
    [
      'a stream that depends on itself: priority is not looked at',
      [frame(1, WHOLE | PRIORITY, 1, [0, 0, 0, 1, 16, ...block(GET)])],
      {},
      [{ id: 1 }],
    ],
  ]),

  // 6.3 PRIORITY
  ...connectionError('6.3', PROTOCOL, [['PRIORITY on stream 0', [frame(2, 0, 0, many(5))]]]),
  ...streamError('6.3', SIZE, [
    ['PRIORITY of 4 octets', [...OPEN, frame(2, 0, 1, many(4))]],
    ['PRIORITY of 6 octets', [...REMOTE, frame(2, 0, 1, many(6))]],
    ['an empty PRIORITY', [...REMOTE, frame(2, 0, 1)]],
  ]),
  ...connectionError('6.3, 5.4.1', SIZE, [
    ['PRIORITY of 4 octets on a stream that cannot be reset', [frame(2, 0, 1, many(4))]],
  ]),

  // 6.4 RST_STREAM
  ...connectionError('6.4', PROTOCOL, [['RST_STREAM on stream 0', [frame(3, 0, 0, many(4))]]]),
  ...connectionError('6.4', SIZE, [
    ['RST_STREAM of 3 octets', [...OPEN, frame(3, 0, 1, many(3))]],
    ['RST_STREAM of 5 octets', [...OPEN, frame(3, 0, 1, many(5))]],
  ]),
  ...fine('6.4', [
    ['RST_STREAM', [...OPEN, rst(1, 0x1234)], {}, [{ id: 1, reset: 0x1234, ended: false }]],
    ['a code above 2^31', [...OPEN, rst(1, 0xffff_fffe)], {}, [{ id: 1, reset: 0xffff_fffe }]],
  ]),

  // 6.5 SETTINGS
  ...connectionError('6.5', PROTOCOL, [['SETTINGS on a stream', [frame(4, 0, 1)]]]),
  ...connectionError('6.5', SIZE, [
    ['an acknowledgement with a payload', [frame(4, ACK, 0, many(6))]],
    ['SETTINGS of 5 octets', [frame(4, 0, 0, many(5))]],
    ['SETTINGS of 7 octets', [frame(4, 0, 0, many(7))]],
  ]),
  ...connectionError('6.5.2', PROTOCOL, [
    ['SETTINGS_ENABLE_PUSH of 2', [settings([2, 2])]],
    ['SETTINGS_MAX_FRAME_SIZE of 16,383', [settings([5, 16_383])]],
    ['SETTINGS_MAX_FRAME_SIZE of 2^24', [settings([5, 2 ** 24])]],
    ['a bad setting behind a good one', [settings([3, 5], [2, 2])]],
  ]),
  ...connectionError('6.5.2', FLOW, [
    ['SETTINGS_INITIAL_WINDOW_SIZE of 2^31', [settings([4, 2 ** 31])]],
    ['SETTINGS_INITIAL_WINDOW_SIZE of 2^32 - 1', [settings([4, 2 ** 32 - 1])]],
  ]),
  ...connectionError('RFC 8441 3', PROTOCOL, [
    ['SETTINGS_ENABLE_CONNECT_PROTOCOL of 2', [settings([8, 2])]],
  ]),
  ...connectionError('RFC 9218 2.1', PROTOCOL, [
    ['SETTINGS_NO_RFC7540_PRIORITIES of 2', [settings([9, 2])]],
  ]),
  ...fine('6.5.2', [
    ['an unknown setting', [settings([0xffff, 0xffff_ffff], [0, 1])]],
    ['all settings at their bounds', [settings([1, 0], [2, 0], [3, 0], [4, 0], [5, 2 ** 24 - 1])]],
    ['the largest window', [settings([4, 2 ** 31 - 1])]],
    ['SETTINGS_ENABLE_CONNECT_PROTOCOL of 1', [settings([8, 1])]],
    ['an acknowledgement that nobody waits for', [frame(4, ACK, 0), frame(4, ACK, 0)]],
  ]),

  // 6.6 PUSH_PROMISE
  ...connectionError('6.6, 8.4', PROTOCOL, [
    ['PUSH_PROMISE', [...OPEN, frame(5, END_HEADERS, 1, [0, 0, 0, 2])]],
    ['PUSH_PROMISE on stream 0', [frame(5, END_HEADERS, 0, [0, 0, 0, 2])]],
  ]),

  // 6.7 PING
  ...connectionError('6.7', PROTOCOL, [['PING on a stream', [frame(6, 0, 1, many(8))]]]),
  ...connectionError('6.7', SIZE, [
    ['PING of 7 octets', [frame(6, 0, 0, many(7))]],
    ['PING of 9 octets', [frame(6, 0, 0, many(9))]],
  ]),
  ...fine('6.7', [['an answer that nobody waits for', [frame(6, ACK, 0, many(8))]]]),

  // 6.8 GOAWAY
  ...connectionError('6.8', PROTOCOL, [['GOAWAY on a stream', [frame(7, 0, 1, many(8))]]]),
  ...connectionError('6.8', SIZE, [['GOAWAY of 7 octets', [frame(7, 0, 0, many(7))]]]),
  ...fine('6.8', [
    ['GOAWAY with debug data', [frame(7, 0, 0, [...number(0), ...number(NO), ...octetsOf('why')])]],
  ]),
  ...rows('6.8', { goaway: NO, requests: [{ id: 1, data: 'ab', ended: true }] }, [
    [
      'streams above that of the GOAWAY, with all their frames',
      [
        ...OPEN,
        data(1, 'a'),
        ['goaway', 1],
        post(3),
        data(3, 'x'),
        give(3, 5),
        headers(3, [['x', 'y']]),
        post(5),
        rst(5),
        data(1, 'b', END_STREAM),
      ],
    ],
  ]),

  // 6.9 WINDOW_UPDATE
  ...connectionError('6.9', SIZE, [
    ['WINDOW_UPDATE of 3 octets', [frame(8, 0, 0, many(3))]],
    ['WINDOW_UPDATE of 5 octets', [...OPEN, frame(8, 0, 1, many(5))]],
  ]),
  ...connectionError('6.9', PROTOCOL, [['credit of 0 for the connection', [give(0, 0)]]]),
  ...streamError('6.9', PROTOCOL, [
    ['credit of 0 for a stream', [...OPEN, give(1, 0)]],
    ['credit of 0 but for the reserved bit', [...OPEN, give(1, 2 ** 31)]],
  ]),
  ...connectionError('6.9.1', FLOW, [
    ['a window of the connection above 2^31 - 1', [give(0, 2 ** 31 - 1)]],
    ['the same in two steps', [give(0, 2 ** 31 - 1 - 65_535), give(0, 1)]],
    ['DATA beyond the credit of the connection', overflowing(), { streamWindow: 2 ** 20 }],
  ]),
  ...streamError('6.9.1', FLOW, [
    ['a window of a stream above 2^31 - 1', [...OPEN, give(1, 2 ** 31 - 1)]],
    ['DATA beyond the credit of the stream', [...OPEN, ...beyond(65_535)]],
    [
      'padding beyond the credit of the stream',
      [
        ...OPEN,
        frame(4, ACK, 0),
        data(1, [3, 0, 0, 0], PADDED),
        data(1, [9, ...Array(9).fill(0)], PADDED),
      ],
      { streamWindow: 8 },
    ],
  ]),
  ...fine('6.9.1', [
    ['a window of 2^31 - 1', [...OPEN, give(1, 2 ** 31 - 1 - 65_535), give(0, 2 ** 31 - 65_536)]],
  ]),
  ...connectionError('6.9.2', FLOW, [
    [
      'a setting that makes a window too large',
      [...OPEN, give(1, 2 ** 31 - 1 - 65_535), settings([4, 65_536])],
    ],
  ]),
  ...fine('6.9.2', [
    [
      'data by the initial window, before the setting is acknowledged',
      [...OPEN, data(1, many(1000)), frame(4, ACK, 0)],
      { streamWindow: 10 },
      [{ id: 1, data: many(1000) }],
    ],
  ]),
  ...streamError('6.9.2', FLOW, [
    [
      'data beyond the setting that was acknowledged',
      [...OPEN, frame(4, ACK, 0), data(1, many(11))],
      { streamWindow: 10 },
    ],
    [
      'data on a later stream beyond it',
      [frame(4, ACK, 0), ...OPEN, data(1, many(11))],
      { streamWindow: 10 },
    ],
  ]),

  // 6.10 CONTINUATION
  ...connectionError('6.10', PROTOCOL, [
    ['CONTINUATION on stream 0', [frame(9, END_HEADERS, 0)]],
    ['CONTINUATION without HEADERS', [frame(9, END_HEADERS, 1, block(GET))]],
    ['CONTINUATION behind a whole section', [...OPEN, frame(9, END_HEADERS, 1)]],
    ['CONTINUATION behind another', [frame(1, 0, 1, block(GET)), frame(9, 4, 1), frame(9, 4, 1)]],
    ['CONTINUATION of another stream', [frame(1, 0, 1, block(GET)), frame(9, END_HEADERS, 3)]],
  ]),
  ...fine('6.10', [
    [
      'a section in many frames, some of them empty',
      [
        frame(1, END_STREAM, 1, LONG.slice(0, 10)),
        frame(9, 0, 1),
        frame(9, 0, 1, LONG.slice(10, 300)),
        frame(9, 0, 1, LONG.slice(300)),
        frame(9, END_HEADERS, 1),
      ],
      {},
      [{ id: 1, headers: [['x', many(600)]], ended: true }],
    ],
    [
      'trailers in two frames',
      [...OPEN, frame(1, END_STREAM, 1, [0, 1]), frame(9, END_HEADERS, 1, [120, 1, 121])],
      {},
      [{ id: 1, trailers: [['x', 'y']], ended: true }],
    ],
  ]),

  // security.floods
  ...connectionError('security.floods', CALM, [
    [
      'a section that does not end',
      [frame(1, 0, 1, block(GET)), ...Array(2).fill(frame(9, 0, 1, many(900)))],
      limits({ header_octets: 900 }),
    ],
    [
      'a section of empty frames',
      [frame(1, 0, 1), ...Array(23).fill(frame(9, 0, 1))],
      limits({ header_octets: 100 }),
    ],
    ['one frame of a section that goes on', [frame(1, 0, 1, LONG)], limits({ header_octets: 300 })],
    ['answers that nobody reads', [pings(11)], { answers: 10 }],
    [
      'acknowledgements that nobody reads',
      [joinedFrames(Array(11).fill(SETTINGS))],
      { answers: 10 },
    ],
  ]),
  ...fine('security.limits-head', [
    [
      'a section that ends, however large, is read as far as the limits go',
      [frame(1, WHOLE, 1, LONG)],
      limits({ header_octets: 300 }),
      [{ id: 1, headers: [['x', many(600)]] }],
    ],
    [
      'one field more than the limit is kept',
      [headers(1, [...GET, ...Array(9).fill(['x', 'y'])])],
      limits({ header_fields: 3 }),
      [{ id: 1, headers: Array(4).fill(['x', 'y']) }],
    ],
    [
      'trailers beyond the limit',
      [...OPEN, headers(1, Array(9).fill(['x', 'y']))],
      limits({ header_fields: 3 }),
      [{ id: 1, excess: true }],
    ],
    ['answers that are read', [pings(10), pings(10)], { answers: 10 }],
  ]),

  // 8.1 Messages
  ...streamError('8.1', PROTOCOL, [
    ['trailers that do not end the stream', [...OPEN, headers(1, [['x', 'y']], END_HEADERS)]],
    ['a pseudo-header field among trailers', [...OPEN, headers(1, [[':path', '/']])]],
    ['a capital in trailers', [...OPEN, headers(1, [['X', 'y']])]],
    ['a trailer whose name is no token', [...OPEN, headers(1, [['x(', 'y']])]],
    ['a control character in trailers', [...OPEN, headers(1, [['x', 'a\x01b']])]],
    ['`connection` in trailers', [...OPEN, headers(1, [['connection', 'close']])]],
  ]),
  ...fine('8.1', [
    ['an empty trailer section', [...OPEN, headers(1, [])], {}, [{ id: 1, ended: true }]],
    [
      'trailers behind data',
      [...OPEN, data(1, 'abc'), headers(1, [['x', 'y']])],
      {},
      [{ id: 1, data: 'abc', trailers: [['x', 'y']] }],
    ],
  ]),
  ...streamError('8.1.1', PROTOCOL, [
    ['less data than was declared', [post(1, ['content-length', '5']), data(1, 'abc', 1)]],
    ['more data than was declared', [post(1, ['content-length', '2']), data(1, 'abc')]],
    ['the rest too much', [post(1, ['content-length', '2']), data(1, 'a'), data(1, 'bc', 1)]],
    ['no data, and trailers', [post(1, ['content-length', '2']), headers(1, [['x', 'y']])]],
    ['data where none was declared', [post(1, ['content-length', '0']), data(1, 'a')]],
  ]),
  ...malformed('8.1.1', [
    ['a declared length, and the end', [...POST, ['content-length', '5']]],
    ['a declared length that is none', [...POST, ['content-length', 'x']]],
    ['a declared length with a sign', [...POST, ['content-length', '+0']]],
    ['an empty declared length', [...POST, ['content-length', '']]],
    ['a list of lengths', [...POST, ['content-length', '0, 0']]],
    ['two declared lengths', [...POST, ['content-length', '0'], ['content-length', '1']]],
  ]),
  ...fine('8.1.1', [
    [
      'data as long as declared',
      [post(1, ['content-length', '5']), data(1, 'ab'), data(1, 'cde', END_STREAM)],
      {},
      [{ id: 1, data: 'abcde', ended: true }],
    ],
    [
      'data as long as declared, with padding',
      [post(1, ['content-length', '1']), data(1, [4, 97, 0, 0, 0, 0], PADDED | END_STREAM)],
      {},
      [{ id: 1, data: 'a', ended: true }],
    ],
    ['a length of 0, and the end', [headers(1, [...GET, ['content-length', '0']])], {}, [idOf(1)]],
  ]),

  // 8.2 Fields
  ...malformed('8.2.1', [
    ['a name with a capital', [...GET, ['X-a', 'b']]],
    ['an empty name', [...GET, ['', 'b']]],
    ['a name with a colon', [...GET, ['x:a', 'b']]],
    ['a name with a space', [...GET, ['x a', 'b']]],
    ['a name with NUL', [...GET, ['x\0', 'b']]],
    ['a name with LF', [...GET, ['x\n', 'b']]],
    ['a name with DEL', [...GET, ['x\x7f', 'b']]],
    ['a name with an octet above 0x7f', [...GET, ['x\xe4', 'b']]],
    ['a value with NUL', [...GET, ['x', 'a\0b']]],
    ['a value with CR', [...GET, ['x', 'a\rb']]],
    ['a value with LF', [...GET, ['x', 'a\nb']]],
    ['a value with a space in front', [...GET, ['x', ' b']]],
    ['a value with a tab behind', [...GET, ['x', 'b\t']]],
    ['a value that is a space', [...GET, ['x', ' ']]],
    ['CR LF in `:path`', replaced(GET, ':path', '/\r\n')],
    ['LF in `:method`', replaced(GET, ':method', 'GE\nT')],
    ['NUL in `:authority`', replaced(GET, ':authority', 'a\0')],
  ]),
  ...fine('8.2.1', [
    [
      'values with inner white space and octets above 0x7f, and an empty one',
      [headers(1, [...GET, ['x', 'a \tb'], ['y', '\xe4'], ['z', '']])],
      {},
      [
        {
          id: 1,
          headers: [
            ['x', 'a \tb'],
            ['y', '\xe4'],
            ['z', ''],
          ],
        },
      ],
    ],
    // What RFC 9110 does not allow besides is answered (security.request-field-syntax).
    ['a name that is no token', [headers(1, [...GET, ['x(', 'b']])], {}, [idOf(1)]],
    ['a control character in a value', [headers(1, [...GET, ['x', '\x01']])], {}, [idOf(1)]],
  ]),
  ...malformed('8.2.2', [
    ['`connection`', [...GET, ['connection', 'close']]],
    ['`proxy-connection`', [...GET, ['proxy-connection', 'close']]],
    ['`keep-alive`', [...GET, ['keep-alive', '1']]],
    ['`transfer-encoding`', [...GET, ['transfer-encoding', 'chunked']]],
    ['`upgrade`', [...GET, ['upgrade', 'websocket']]],
    ['`te` other than trailers', [...GET, ['te', 'trailers, deflate']]],
  ]),
  ...fine('8.2.2', [['`te: trailers`', [headers(1, [...GET, ['te', 'trailers']])], {}, [idOf(1)]]]),
  ...fine('8.2.3', [
    [
      'cookies in several fields',
      [headers(1, [...GET, ['cookie', 'a=1'], ['x', 'y'], ['cookie', 'b=2']])],
      {},
      [
        {
          id: 1,
          headers: [
            ['cookie', 'a=1; b=2'],
            ['x', 'y'],
          ],
        },
      ],
    ],
  ]),

  // 8.3 Pseudo-header fields
  ...malformed('8.3', [
    ['one behind another field', [['x', 'y'], ...GET]],
    ['one behind a cookie', [...GET.slice(0, 3), ['cookie', 'a'], [':authority', 'a']]],
    ['one that nobody knows', [...GET, [':x', 'y']]],
    ['one of a response', [...GET, [':status', '200']]],
    ['one without a name', [...GET, [':', 'y']]],
    ['a capital', [...GET.slice(1), [':Method', 'GET']]],
    ['two `:method`', [...GET, [':method', 'GET']]],
    ['two `:scheme`', [...GET, [':scheme', 'http']]],
    ['two `:path`', [...GET, [':path', '/']]],
    ['two `:authority`', [...GET, [':authority', 'a']]],
    ['two empty `:authority`', [...replaced(GET, ':authority', ''), [':authority', '']]],
  ]),
  ...malformed('8.3.1', [
    ['no `:method`', without(GET, ':method')],
    ['no `:scheme`', without(GET, ':scheme')],
    ['no `:path`', without(GET, ':path')],
    ['an empty `:path`', replaced(GET, ':path', '')],
    ['no field at all', []],
    ['`:authority` and `host` that differ', [...GET, ['host', 'b']]],
    ['two `host`', [...without(GET, ':authority'), ['host', 'a'], ['host', 'a']]],
  ]),
  ...fine('8.3.1', [
    ['pseudo-header fields in another order', [headers(1, [...GET].reverse())], {}, [idOf(1)]],
    ['`host` alone', [headers(1, [...GET.slice(0, 3), ['host', 'a']])], {}, [idOf(1)]],
    ['`:authority` and `host` alike', [headers(1, [...GET, ['host', 'A']])], {}, [idOf(1)]],
  ]),

  // 8.5 CONNECT
  ...malformed('8.5', [
    ['a CONNECT with `:path`', [...CONNECT, [':path', '/']]],
    ['a CONNECT with `:scheme`', [...CONNECT, [':scheme', 'http']]],
    ['a CONNECT without `:authority`', without(CONNECT, ':authority')],
  ]),
  ...streamError('8.5', PROTOCOL, [
    ['HEADERS in a tunnel', [headers(1, CONNECT, END_HEADERS), headers(1, [['x', 'y']])]],
  ]),
  ...fine('8.5', [
    [
      'a CONNECT and its data',
      [headers(1, CONNECT, END_HEADERS), data(1, 'abc')],
      {},
      [{ id: 1, data: 'abc', authority: 'a:1' }],
    ],
    [
      'a length in a CONNECT does not count',
      [headers(1, [...CONNECT, ['content-length', '1']], END_HEADERS), data(1, 'abc')],
      {},
      [{ id: 1, data: 'abc' }],
    ],
  ]),
  ...malformed('RFC 8441 4', [
    ['`:protocol` in a GET', [...GET, [':protocol', 'websocket']]],
    ['an extended CONNECT without `:path`', without(EXTENDED, ':path')],
    ['an extended CONNECT without `:scheme`', without(EXTENDED, ':scheme')],
    ['an extended CONNECT without `:authority`', without(EXTENDED, ':authority')],
    ['two `:protocol`', [...EXTENDED, [':protocol', 'websocket']]],
  ]),
  ...fine('RFC 8441 4', [
    [
      'an extended CONNECT and its data',
      [headers(1, EXTENDED, END_HEADERS), data(1, 'abc')],
      {},
      [{ id: 1, data: 'abc' }],
    ],
  ]),
];

function idOf(id: number): { id: number } {
  return { id };
}

/** More than the connection's window on streams whose own windows are large. */
function overflowing(): Step[] {
  const steps: Step[] = [frame(4, ACK, 0), post(1), post(3)];
  // In one piece, so that no credit is given back between.
  const all: Uint8Array[] = [];
  for (let i = 0; i < 65; i++) all.push(data(i % 2 === 0 ? 1 : 3, many(16_384)));
  return [...steps, joinedFrames(all)];
}

/** More than `window` octets on stream 1, in one piece. */
function beyond(window: number): Step[] {
  const all: Uint8Array[] = [];
  for (let left = window + 1; left > 0; left -= 16_384)
    all.push(data(1, many(Math.min(left, 16_384))));
  return [joinedFrames(all)];
}

function pings(count: number): Uint8Array {
  return joinedFrames(Array(count).fill(frame(6, 0, 0, many(8))));
}

export function joinedFrames(frames: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(frames.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const one of frames) {
    whole.set(one, at);
    at += one.length;
  }
  return whole;
}
