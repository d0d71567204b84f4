// The frames of HTTP/2 (RFC 9113 sections 4 and 6): their numbers, how each is written, and where one ends in what a peer
// sends. Knows no stream and no connection: whether a frame may come now is for others to say.

import type { OctetSink } from './sink.ts';

/** RFC 9113 section 6. */
export const FRAME = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const FLAG = { endStream: 1, ack: 1, endHeaders: 4, padded: 8, priority: 32 } as const;

/** RFC 9113 section 7. */
export const CODE = {
  noError: 0,
  protocol: 1,
  internal: 2,
  flowControl: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSize: 6,
  refusedStream: 7,
  cancel: 8,
  compression: 9,
  connect: 10,
  enhanceYourCalm: 11,
  inadequateSecurity: 12,
  http11Required: 13,
} as const;

/** RFC 9113 section 3.4. */
export const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
/** Octets of a frame's header (section 4.1). */
export const HEAD_OCTETS = 9;
/** The largest payload that everybody takes (section 4.2), and the largest that is taken here. */
export const FRAME_OCTETS = 16_384;
/** The largest window (section 6.9.1), and the largest identifier of a stream. */
export const MOST = 2 ** 31 - 1;

/** Writes the header of a frame, whose payload the caller writes behind it. */
export function frameHead(
  out: OctetSink,
  length: number,
  type: number,
  flags: number,
  stream: number,
): void {
  const at = out.reserve(HEAD_OCTETS);
  const { buffer } = out;
  buffer[at] = length >>> 16;
  buffer[at + 1] = length >>> 8;
  buffer[at + 2] = length;
  buffer[at + 3] = type;
  buffer[at + 4] = flags;
  buffer[at + 5] = stream >>> 24;
  buffer[at + 6] = stream >>> 16;
  buffer[at + 7] = stream >>> 8;
  buffer[at + 8] = stream;
  out.length = at + HEAD_OCTETS;
}

/** RST_STREAM (section 6.4). */
export function resetFrame(out: OctetSink, stream: number, code: number): void {
  frameHead(out, 4, FRAME.reset, 0, stream);
  out.uint32(code);
}

/** SETTINGS (section 6.5), as pairs of identifier and value. */
export function settingsFrame(
  out: OctetSink,
  settings: readonly (readonly [id: number, value: number])[],
): void {
  frameHead(out, 6 * settings.length, FRAME.settings, 0, 0);
  for (const [id, value] of settings) {
    out.uint16(id);
    out.uint32(value);
  }
}

export function settingsAck(out: OctetSink): void {
  frameHead(out, 0, FRAME.settings, FLAG.ack, 0);
}

/** PING (section 6.7), with 8 octets. */
export function pingFrame(out: OctetSink, payload: Uint8Array, ack: boolean): void {
  frameHead(out, 8, FRAME.ping, ack ? FLAG.ack : 0, 0);
  out.append(payload);
}

/** GOAWAY (section 6.8), without debug data. */
export function goawayFrame(out: OctetSink, last: number, code: number): void {
  frameHead(out, 8, FRAME.goaway, 0, 0);
  out.uint32(last);
  out.uint32(code);
}

/** WINDOW_UPDATE (section 6.9). */
export function windowUpdateFrame(out: OctetSink, stream: number, increment: number): void {
  frameHead(out, 4, FRAME.windowUpdate, 0, stream);
  out.uint32(increment);
}

/** Who is told of frames. What returns false ends the reading, for good. */
export interface FrameListener {
  /** The header of a frame has come. */
  onFrame(length: number, type: number, flags: number, stream: number): boolean;
  /** The payload of a frame other than DATA, of which the header came last. The octets are good until it returns. */
  onPayload(payload: Uint8Array): boolean;
  /** A piece of the data of a DATA frame: not empty, a view of what was read. */
  onData(data: Uint8Array): boolean;
  /** So many octets of a DATA frame have come that are no data: padding, with its length. */
  onPadding(octets: number): boolean;
  /** A DATA frame is complete. */
  onDataEnd(): boolean;
  /** The padding of a DATA frame is as long as its payload or longer, or it has no room for the length of any. */
  onBadPadding(tooShort: boolean): boolean;
}

const NOTHING = new Uint8Array();

/**
 * Finds the frames in what a peer sends, however it is cut. DATA is handed on as it comes; of the other frames, one that
 * is not whole yet is kept, up to the length that its header says.
 */
export class FrameReader {
  /** What there is of a header that is cut, octet for octet. */
  #head: Uint8Array | undefined;
  #headAt = 0;
  /** The payload that is being read: how much of it is to come, -1 between frames. */
  #left = -1;
  #isData = false;
  /** The length of the padding has not come yet. */
  #padLengthDue = false;
  #pad = 0;
  /** A payload that is cut, and how much of it is there. */
  #payload: Uint8Array = NOTHING;
  #payloadAt = 0;
  #stopped = false;

  /** Whether part of a frame has come, and part has not. */
  get within(): boolean {
    return this.#left >= 0 || this.#headAt > 0;
  }

  /** Reads all that is given. Nothing is told of what comes behind an answer of false. */
  read(octets: Uint8Array, to: FrameListener): void {
    let at = 0;
    const end = octets.length;
    while (!this.#stopped) {
      if (this.#left < 0) {
        if (at >= end) return;
        if (this.#headAt === 0 && end - at >= HEAD_OCTETS) {
          this.#begin(octets, at, to);
          at += HEAD_OCTETS;
        } else {
          this.#head ??= new Uint8Array(HEAD_OCTETS);
          this.#head[this.#headAt++] = octets[at++] as number;
          if (this.#headAt < HEAD_OCTETS) continue;
          this.#headAt = 0;
          this.#begin(this.#head, 0, to);
        }
      } else {
        // An empty payload is complete at once.
        if (at >= end && this.#left > 0) return;
        at = this.#isData ? this.#readData(octets, at, to) : this.#readPayload(octets, at, to);
      }
    }
  }

  #begin(head: Uint8Array, at: number, to: FrameListener): void {
    const length =
      ((head[at] as number) << 16) | ((head[at + 1] as number) << 8) | (head[at + 2] as number);
    const type = head[at + 3] as number;
    const flags = head[at + 4] as number;
    const stream =
      (((head[at + 5] as number) & 0x7f) << 24) |
      ((head[at + 6] as number) << 16) |
      ((head[at + 7] as number) << 8) |
      (head[at + 8] as number);
    this.#left = length;
    this.#isData = type === FRAME.data;
    if (!to.onFrame(length, type, flags, stream)) {
      this.#stopped = true;
      return;
    }
    if (!this.#isData) return;
    this.#pad = 0;
    this.#padLengthDue = (flags & FLAG.padded) !== 0;
    if (this.#padLengthDue && length === 0) this.#stopped = !to.onBadPadding(true);
  }

  /** @returns where to go on */
  #readPayload(octets: Uint8Array, at: number, to: FrameListener): number {
    const left = this.#left;
    const there = octets.length - at;
    if (this.#payloadAt === 0 && there >= left) {
      this.#left = -1;
      if (!to.onPayload(octets.subarray(at, at + left))) this.#stopped = true;
      return at + left;
    }
    if (this.#payloadAt === 0) this.#payload = new Uint8Array(left);
    const taken = Math.min(there, left);
    this.#payload.set(octets.subarray(at, at + taken), this.#payloadAt);
    this.#payloadAt += taken;
    this.#left = left - taken;
    if (this.#left === 0) {
      const payload = this.#payload;
      this.#payload = NOTHING;
      this.#payloadAt = 0;
      this.#left = -1;
      if (!to.onPayload(payload)) this.#stopped = true;
    }
    return at + taken;
  }

  /** @returns where to go on */
  #readData(octets: Uint8Array, from: number, to: FrameListener): number {
    let at = from;
    if (this.#padLengthDue) {
      this.#padLengthDue = false;
      this.#pad = octets[at++] as number;
      this.#left--;
      if (this.#pad > this.#left) {
        this.#stopped = !to.onBadPadding(false);
        return at;
      }
      if (!to.onPadding(1)) {
        this.#stopped = true;
        return at;
      }
    }
    const data = Math.min(this.#left - this.#pad, octets.length - at);
    if (data > 0) {
      this.#left -= data;
      at += data;
      if (!to.onData(octets.subarray(at - data, at))) {
        this.#stopped = true;
        return at;
      }
    }
    if (this.#left === this.#pad && this.#pad > 0) {
      const padding = Math.min(this.#pad, octets.length - at);
      if (padding > 0) {
        this.#left -= padding;
        this.#pad -= padding;
        at += padding;
        if (!to.onPadding(padding)) {
          this.#stopped = true;
          return at;
        }
      }
    }
    if (this.#left === 0) {
      this.#left = -1;
      if (!to.onDataEnd()) this.#stopped = true;
    }
    return at;
  }
}
