// Frames of HTTP/2 by hand (RFC 9113 section 4), for requests that no well-behaved client makes. Fields are coded as
// literals without index and without Huffman code (RFC 7541 section 6.2.2), so that any of them can be wrong.

import type { Fields } from '../../interface/index.ts';
import type { Raw } from '../stream.ts';

/** Types of frames (RFC 9113 section 6). */
export const FRAME = Object.freeze({
  data: 0,
  headers: 1,
  priority: 2,
  rst_stream: 3,
  settings: 4,
  push_promise: 5,
  ping: 6,
  goaway: 7,
  window_update: 8,
  continuation: 9,
});

/** END_STREAM of DATA and HEADERS, and ACK of SETTINGS and PING, are one bit. */
export const FLAG = Object.freeze({ end_stream: 1, ack: 1, end_headers: 4, padded: 8 });

/** Error codes (RFC 9113 section 7). */
export const CODE = Object.freeze({
  no_error: 0,
  protocol_error: 1,
  internal_error: 2,
  flow_control_error: 3,
  stream_closed: 5,
  refused_stream: 7,
  cancel: 8,
  enhance_your_calm: 11,
});

export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** The octets of a frame. */
export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Uint8Array,
): Uint8Array {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return new Uint8Array(Buffer.concat([head, payload]));
}

/** What a client says first: the preface and its settings (RFC 9113 section 3.4). */
export function preface(): Uint8Array {
  const text = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');
  return new Uint8Array(Buffer.concat([text, frame(FRAME.settings, 0, 0, new Uint8Array())]));
}

/** A field section (RFC 7541), names and values as they are, one octet a character. */
export function fieldSection(fields: Fields): Uint8Array {
  return new Uint8Array(
    Buffer.concat(
      fields.flatMap(([name, value]) => [Buffer.from([0]), literal(name), literal(value)]),
    ),
  );
}

/** The pseudo-header fields of a request, and others behind them. */
export function requestFields(
  fields: Fields,
  { method = 'GET', path = '/', authority = 'conformance.example' } = {},
): Fields {
  return [
    [':method', method],
    [':scheme', 'http'],
    [':authority', authority],
    [':path', path],
    ...fields,
  ];
}

/** A HEADERS frame with a whole section. */
export function headersFrame(stream: number, fields: Fields, endStream = true): Uint8Array {
  const flags = FLAG.end_headers | (endStream ? FLAG.end_stream : 0);
  return frame(FRAME.headers, flags, stream, fieldSection(fields));
}

/** A four-octet number: the payload of RST_STREAM and WINDOW_UPDATE. */
export function number(value: number): Uint8Array {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return new Uint8Array(octets);
}

/** The next frame of the gateway; undefined once the connection has ended. */
export async function nextFrame(raw: Raw): Promise<Frame | undefined> {
  const octets = await raw.take((all) => {
    if (all.length < 9) return undefined;
    const size = 9 + Buffer.from(all).readUIntBE(0, 3);
    return all.length < size ? undefined : size;
  });
  if (!octets) return undefined;
  return {
    type: octets[3] as number,
    flags: octets[4] as number,
    stream: Buffer.from(octets).readUInt32BE(5) & 0x7fffffff,
    payload: octets.subarray(9),
  };
}

/**
 * Reads frames up to one of a type, on a stream if that is said.
 * @throws Error with the types that came, if the connection ends before
 */
export async function frameOf(raw: Raw, type: number, stream?: number): Promise<Frame> {
  const types: number[] = [];
  for (;;) {
    const found = await nextFrame(raw);
    if (!found) {
      throw new Error(`the connection ended without a frame of type ${type}: ${types.join(', ')}`);
    }
    if (found.type === type && (stream === undefined || found.stream === stream)) return found;
    types.push(found.type);
  }
}

/** Error code of a RST_STREAM or GOAWAY. */
export function codeOf({ type, payload }: Frame): number {
  return Buffer.from(payload).readUInt32BE(type === FRAME.goaway ? 4 : 0);
}

/** A string literal (RFC 7541 section 5.2) without Huffman code. */
function literal(text: string): Buffer {
  const octets = Buffer.from(text, 'latin1');
  return Buffer.concat([integer(octets.length), octets]);
}

/** An integer with a prefix of seven bits (RFC 7541 section 5.1). */
function integer(value: number): Buffer {
  if (value < 127) return Buffer.from([value]);
  const octets = [127];
  let left = value - 127;
  for (; left >= 128; left = Math.floor(left / 128)) octets.push((left % 128) | 128);
  octets.push(left);
  return Buffer.from(octets);
}
