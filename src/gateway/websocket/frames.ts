// The frames of WebSocket (RFC 6455 section 5) without I/O: a reader that makes events of octets, and writers. It knows
// nothing of handshakes, of the application, or of who closes first.

import { isCloseCode } from './close-codes.ts';

export { isCloseCode } from './close-codes.ts';

/** Opcodes of RFC 6455 section 5.2. */
export const OPCODE = Object.freeze({
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
});

/** What a peer's frames amount to. Nothing follows `close` and `violation`. `size` is the payload in octets. */
export type FrameEvent =
  | { readonly type: 'message'; readonly text: string; readonly size: number }
  | { readonly type: 'message'; readonly data: Uint8Array; readonly size: number }
  | { readonly type: 'ping'; readonly data: Uint8Array }
  | { readonly type: 'pong'; readonly data: Uint8Array }
  | { readonly type: 'close'; readonly code: number | undefined; readonly reason: string }
  | { readonly type: 'violation'; readonly code: 1002 | 1007 | 1009; readonly message: string };

export interface FrameReaderOptions {
  /** Longest message in octets, `limits.message_octets`; can be `Infinity`. */
  readonly messageOctets: number;
  /** Whether the peer's frames have to be masked: true for a server, false for a client (RFC 6455 section 5.1). */
  readonly masked: boolean;
}

/** Octets that were pushed and not yet read. A list, so that many small pushes cost no more than few large ones. */
interface Piece {
  readonly data: Uint8Array;
  next: Piece | undefined;
}

const CONTROL_OCTETS = 125;
const NO_OCTETS = new Uint8Array(0);
/** Octets behind the second for a length of so many bits. */
const LENGTH_OCTETS = { 7: 0, 16: 2, 64: 8 } as const;
const STREAM = { stream: true } as const;
/** For texts that are short and arrive whole, of all readers: an array for each would cost as much as all the rest. */
const SHORT = new Uint8Array(256);

const encoder = new TextEncoder();
const newDecoder = () => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const decoder = newDecoder();

/**
 * Reads the frames of one side (websocket.frame-rules, websocket.message-limit). No extension is agreed on. Each fault is
 * found at the octet that shows it, however the octets were pushed. Memory that was pushed is kept until it is read and
 * never written to; what events carry is memory of their own.
 */
export class FrameReader {
  readonly #limit: number;
  readonly #masked: boolean;
  #over = false;
  #discarding = false;

  #first: Piece | undefined;
  #last: Piece | undefined;
  /** Octets of the first piece that were read, and octets of all pieces that were not. */
  #at = 0;
  #unread = 0;

  #step: 'first' | 'second' | 'length' | 'mask' | 'payload' = 'first';
  #form: 7 | 16 | 64 = 7;
  /** Octets of the step that are still to come: of the length, then of the mask. */
  #missing = 0;
  #fin = false;
  #opcode = 0;
  /** The length while it is read, then what of the payload is still to come. */
  #left = 0;
  /** Four octets, made with the first frame: many WebSockets are idle. */
  #mask = NO_OCTETS;
  /** Octets of the frame's payload that were read; the mask begins anew with each frame. */
  #read = 0;

  #control = NO_OCTETS;
  /** The opcode of the message under way, or 0. */
  #message = 0;
  #payload = NO_OCTETS;
  #size = 0;
  /** Checks the text of a message that arrives in parts. */
  #check: TextDecoder | undefined;

  constructor({ messageOctets, masked }: FrameReaderOptions) {
    if (!(messageOctets >= 0)) throw new RangeError(`messageOctets is ${messageOctets}`);
    this.#limit = messageOctets;
    this.#masked = masked;
  }

  /** Octets held: pushed and not read, or read of a frame or a message that is not finished. */
  get buffered(): number {
    return this.#unread + this.#size + (this.#inControl ? this.#read : 0);
  }

  /** Of these, the octets that were pushed and not read. */
  get unread(): number {
    return this.#unread;
  }

  /** Whether a message has begun that has not ended. */
  get withinMessage(): boolean {
    return this.#message !== 0;
  }

  /** Takes octets of the peer. The memory must stay as it is until it is read. */
  push(data: Uint8Array): void {
    if (this.#over || data.length === 0) return;
    const piece: Piece = { data, next: undefined };
    if (this.#last) this.#last.next = piece;
    else this.#first = piece;
    this.#last = piece;
    this.#unread += data.length;
  }

  /** The next event, or undefined until more octets are pushed. */
  next(): FrameEvent | undefined {
    while (!this.#over) {
      if (this.#step === 'payload' && this.#left === 0) {
        this.#step = 'first';
        const event = this.#finish();
        if (event) return event;
        continue;
      }
      if (!this.#first) return undefined;
      const violation =
        this.#step === 'payload' ? this.#takePayload(this.#first) : this.#takeHead(this.#first);
      if (violation) return violation;
    }
    return undefined;
  }

  /**
   * From here on messages are not put together, neither their length nor their text is checked, and none is given
   * (websocket.close-discards). Pings and Close frames are given still, and the rules of frames hold.
   */
  discard(): void {
    this.#discarding = true;
    this.#dropMessage();
  }

  /** Reads one octet of a frame's head. */
  #takeHead({ data }: Piece): FrameEvent | undefined {
    const octet = data[this.#at] as number;
    this.#advance(1);
    switch (this.#step) {
      case 'first':
        return this.#takeFirst(octet);
      case 'second':
        return this.#takeSecond(octet);
      case 'length':
        this.#left = this.#left * 256 + octet;
        this.#missing -= 1;
        return this.#judgeLength();
      default:
        if (this.#mask === NO_OCTETS) this.#mask = new Uint8Array(4);
        this.#mask[4 - this.#missing] = octet;
        this.#missing -= 1;
        if (this.#missing === 0) this.#begin();
        return undefined;
    }
  }

  #takeFirst(octet: number): FrameEvent | undefined {
    this.#fin = octet >= 0x80;
    const opcode = octet & 0x0f;
    this.#opcode = opcode;
    if (octet & 0x70) {
      return this.#fail(1002, 'a reserved bit is set without an extension (RFC 6455 section 5.2)');
    }
    if ((opcode > OPCODE.binary && opcode < OPCODE.close) || opcode > OPCODE.pong) {
      return this.#fail(1002, `the opcode ${opcode} is reserved (RFC 6455 section 5.2)`);
    }
    if (opcode >= OPCODE.close && !this.#fin) {
      return this.#fail(1002, 'a control frame is fragmented (RFC 6455 section 5.5)');
    }
    if (opcode === OPCODE.continuation && this.#message === 0) {
      return this.#fail(1002, 'a continuation continues no message (RFC 6455 section 5.4)');
    }
    if ((opcode === OPCODE.text || opcode === OPCODE.binary) && this.#message !== 0) {
      return this.#fail(1002, 'a message begins within another (RFC 6455 section 5.4)');
    }
    this.#step = 'second';
    return undefined;
  }

  #takeSecond(octet: number): FrameEvent | undefined {
    if (octet >= 0x80 !== this.#masked) {
      const fault = this.#masked ? 'of a client is not masked' : 'of a server is masked';
      return this.#fail(1002, `a frame ${fault} (RFC 6455 section 5.1)`);
    }
    const length = octet & 0x7f;
    if (length > CONTROL_OCTETS && this.#opcode >= OPCODE.close) {
      return this.#fail(
        1002,
        'a control frame has more than 125 octets of payload (RFC 6455 section 5.5)',
      );
    }
    this.#form = length === 126 ? 16 : length === 127 ? 64 : 7;
    this.#missing = LENGTH_OCTETS[this.#form];
    this.#left = this.#missing === 0 ? length : 0;
    this.#step = 'length';
    return this.#judgeLength();
  }

  /** Judges as much of the length as was read, so that one that is too long fails at the octet that shows it. */
  #judgeLength(): FrameEvent | undefined {
    if (this.#form === 64 && this.#missing === 7 && this.#left >= 0x80) {
      return this.#fail(1002, 'the first bit of a 64-bit length is set (RFC 6455 section 5.2)');
    }
    const needless =
      (this.#form === 16 && this.#missing === 0 && this.#left <= CONTROL_OCTETS) ||
      (this.#form === 64 && this.#missing === 2 && this.#left === 0);
    if (needless) {
      const message = 'a length is not given in the shortest form (RFC 6455 section 5.2)';
      return this.#fail(1002, message);
    }
    const known = this.#size + this.#left * 256 ** this.#missing;
    if (this.#opcode < OPCODE.close && !this.#discarding && known > this.#limit) {
      const message = `a message is longer than ${this.#limit} octets (websocket.message-limit)`;
      return this.#fail(1009, message);
    }
    if (this.#missing > 0) return undefined;
    if (this.#masked) {
      this.#step = 'mask';
      this.#missing = 4;
    } else this.#begin();
    return undefined;
  }

  /** The head is read. */
  #begin(): void {
    this.#step = 'payload';
    this.#read = 0;
    if (this.#opcode >= OPCODE.close) {
      this.#control = this.#left > 0 ? new Uint8Array(this.#left) : NO_OCTETS;
    } else if (this.#opcode !== OPCODE.continuation) this.#message = this.#opcode;
  }

  /** Reads what there is of the payload in one piece. */
  #takePayload({ data }: Piece): FrameEvent | undefined {
    const part = data.subarray(this.#at, this.#at + this.#left);
    const octets = part.length;
    const isControl = this.#opcode >= OPCODE.close;
    if (isControl) this.#copy(this.#control, this.#read, part);
    else if (!this.#discarding) {
      if (this.#isShortText(octets)) this.#payload = SHORT;
      this.#reserve(octets);
      this.#copy(this.#payload, this.#size, part);
      this.#size += octets;
    }
    this.#read += octets;
    this.#left -= octets;
    this.#advance(octets);
    const isText = !isControl && this.#message === OPCODE.text;
    return isText && !this.#discarding ? this.#checkText(octets) : undefined;
  }

  /** Whether what is read now is a whole text that fits `SHORT`: it becomes a string before anything else is read. */
  #isShortText(octets: number): boolean {
    return (
      this.#message === OPCODE.text &&
      this.#size === 0 &&
      this.#fin &&
      octets === this.#left &&
      octets <= SHORT.length
    );
  }

  /** Checks the last octets that were read of a text, so that a fault is found before the message is whole. */
  #checkText(octets: number): FrameEvent | undefined {
    // The end of the message is checked when the whole is decoded.
    if (this.#fin && this.#left === 0) return undefined;
    this.#check ??= newDecoder();
    try {
      this.#check.decode(this.#payload.subarray(this.#size - octets, this.#size), STREAM);
      return undefined;
    } catch {
      return this.#failText();
    }
  }

  /** The frame is read. */
  #finish(): FrameEvent | undefined {
    switch (this.#opcode) {
      case OPCODE.ping:
        return { type: 'ping', data: this.#takeControl() };
      case OPCODE.pong:
        return { type: 'pong', data: this.#takeControl() };
      case OPCODE.close:
        return this.#finishClose(this.#takeControl());
      default:
        return this.#fin ? this.#finishMessage() : undefined;
    }
  }

  #finishClose(payload: Uint8Array): FrameEvent {
    const [high, low] = payload;
    if (high === undefined) return this.#end({ type: 'close', code: undefined, reason: '' });
    if (low === undefined) {
      const message = 'a Close frame has half a code (RFC 6455 section 5.5.1)';
      return this.#fail(1002, message);
    }
    const code = high * 256 + low;
    if (!isCloseCode(code, 'peer')) {
      const message = `a Close frame has the code ${code} (RFC 6455 section 7.4)`;
      return this.#fail(1002, message);
    }
    try {
      return this.#end({ type: 'close', code, reason: decoder.decode(payload.subarray(2)) });
    } catch {
      const message = 'the reason of a Close frame is not UTF-8 (RFC 6455 section 8.1)';
      return this.#fail(1007, message);
    }
  }

  #finishMessage(): FrameEvent | undefined {
    const size = this.#size;
    const isText = this.#message === OPCODE.text;
    const payload = this.#payload;
    this.#message = 0;
    this.#dropMessage();
    if (this.#discarding) return undefined;
    if (!isText) {
      const data = payload.length === size ? payload : payload.slice(0, size);
      return { type: 'message', data, size };
    }
    try {
      return { type: 'message', text: decoder.decode(payload.subarray(0, size)), size };
    } catch {
      return this.#failText();
    }
  }

  get #inControl(): boolean {
    return this.#step === 'payload' && this.#opcode >= OPCODE.close;
  }

  #takeControl(): Uint8Array {
    const payload = this.#control;
    this.#control = NO_OCTETS;
    return payload;
  }

  /** Makes room for a part of the message. Grows by doubling, so that a claimed length alone takes no memory. */
  #reserve(octets: number): void {
    const needed = this.#size + octets;
    if (needed <= this.#payload.length) return;
    // What the last frame claims is all that can come; before it only the limit is known.
    const most = this.#fin ? this.#size + this.#left : this.#limit;
    const room = Math.max(this.#size + Math.min(this.#left, this.#unread), 2 * this.#size, 256);
    const grown = new Uint8Array(Math.min(room, most));
    grown.set(this.#payload.subarray(0, this.#size));
    this.#payload = grown;
  }

  #copy(target: Uint8Array, at: number, part: Uint8Array): void {
    if (this.#masked) applyMask(target, at, part, this.#mask, this.#read);
    else target.set(part, at);
  }

  #advance(octets: number): void {
    this.#at += octets;
    this.#unread -= octets;
    const first = this.#first as Piece;
    if (this.#at < first.data.length) return;
    this.#at = 0;
    this.#first = first.next;
    if (!this.#first) this.#last = undefined;
  }

  #dropMessage(): void {
    this.#payload = NO_OCTETS;
    this.#size = 0;
    this.#check = undefined;
  }

  #failText(): FrameEvent {
    return this.#fail(1007, 'the text of a message is not UTF-8 (RFC 6455 section 8.1)');
  }

  #fail(code: 1002 | 1007 | 1009, message: string): FrameEvent {
    return this.#end({ type: 'violation', code, message });
  }

  #end(event: FrameEvent): FrameEvent {
    this.#over = true;
    this.#first = undefined;
    this.#last = undefined;
    this.#at = 0;
    this.#unread = 0;
    this.#step = 'first';
    this.#message = 0;
    this.#dropMessage();
    return event;
  }
}

/** Below this many octets a loop by octets is faster than the set-up of one by words. */
const BY_OCTETS = 128;

/** Copies `part` into `target` at `at` and masks the copy (RFC 6455 section 5.3); `phase` octets of the frame came before. */
function applyMask(
  target: Uint8Array,
  at: number,
  part: Uint8Array,
  mask: Uint8Array,
  phase: number,
): void {
  const octets = part.length;
  if (octets < BY_OCTETS) {
    for (let index = 0; index < octets; index += 1) {
      target[at + index] = (part[index] as number) ^ (mask[(phase + index) & 3] as number);
    }
    return;
  }
  target.set(part, at);
  // Octets up to a whole word of memory, then words, then what is left.
  const before = -(target.byteOffset + at) & 3;
  const words = (octets - before) >>> 2;
  const behind = before + words * 4;
  const maskOctet = (index: number) => mask[(phase + index) & 3] as number;
  for (let index = 0; index < before; index += 1) {
    target[at + index] = (target[at + index] as number) ^ maskOctet(index);
  }
  const turned = Uint8Array.of(...[0, 1, 2, 3].map((index) => maskOctet(before + index)));
  const [word = 0] = new Int32Array(turned.buffer);
  const view = new Int32Array(target.buffer, target.byteOffset + at + before, words);
  for (let index = 0; index < words; index += 1) view[index] = (view[index] as number) ^ word;
  for (let index = behind; index < octets; index += 1) {
    target[at + index] = (target[at + index] as number) ^ maskOctet(index);
  }
}

export interface FrameHead {
  /** Default true. */
  readonly fin?: boolean;
  /** The three reserved bits, 0 to 7; default 0. */
  readonly rsv?: number;
  readonly opcode: number;
  /** Four octets, or none for a frame that is not masked. */
  readonly mask?: Uint8Array | undefined;
  /** The length that the head claims, in octets. */
  readonly length: number;
  /** Bits of the length, where it is not the shortest form that fits. */
  readonly lengthForm?: 7 | 16 | 64;
}

export type Frame = Omit<FrameHead, 'length'> & { readonly payload?: Uint8Array };

/** Options of the writers of whole frames. A client has to mask (RFC 6455 section 5.3), a server must not. */
export interface Masking {
  readonly mask?: Uint8Array | undefined;
}

/** The head of a frame, for a payload that is written by itself and, where there is a mask, was masked already. */
export function frameHead(head: FrameHead): Uint8Array {
  return writeHead(head, head.length, 0);
}

/** A frame of any kind, also a wrong one (RFC 6455 section 5.2). */
export function frame(options: Frame): Uint8Array {
  const { payload = NO_OCTETS, mask } = options;
  const octets = writeHead(options, payload.length, payload.length);
  const at = octets.length - payload.length;
  if (mask) applyMask(octets, at, payload, mask, 0);
  else octets.set(payload, at);
  return octets;
}

/** A text message in one frame. Lone surrogates are the caller's to reject (websocket.text-unicode). */
export function textFrame(text: string, { mask }: Masking = {}): Uint8Array {
  return (
    (mask === undefined ? shortTextFrame(text) : undefined) ??
    frame({ opcode: OPCODE.text, mask, payload: encoder.encode(text) })
  );
}

/** A short text of ASCII alone, without the encoder, which takes five times as long for it; undefined for any other. */
function shortTextFrame(text: string): Uint8Array | undefined {
  const { length } = text;
  if (length > CONTROL_OCTETS) return undefined;
  const octets = new Uint8Array(2 + length);
  octets[0] = 0x80 | OPCODE.text;
  octets[1] = length;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 0x80) return undefined;
    octets[2 + index] = code;
  }
  return octets;
}

/** A binary message in one frame. */
export function dataFrame(data: Uint8Array, { mask }: Masking = {}): Uint8Array {
  return frame({ opcode: OPCODE.binary, mask, payload: data });
}

/** A Ping frame; at most 125 octets. */
export function pingFrame(data: Uint8Array = NO_OCTETS, { mask }: Masking = {}): Uint8Array {
  return controlFrame(OPCODE.ping, data, mask);
}

/** A Pong frame; at most 125 octets. */
export function pongFrame(data: Uint8Array = NO_OCTETS, { mask }: Masking = {}): Uint8Array {
  return controlFrame(OPCODE.pong, data, mask);
}

/** A Close frame, without payload if there is no code. The reason has at most 123 octets (websocket.close-limits). */
export function closeFrame(code?: number, reason = '', { mask }: Masking = {}): Uint8Array {
  if (code === undefined) {
    if (reason !== '') throw new RangeError('a Close frame has no reason without a code');
    return controlFrame(OPCODE.close, NO_OCTETS, mask);
  }
  if (!isCloseCode(code, 'peer')) {
    throw new RangeError(`${code} is no code of a Close frame (websocket.close-codes)`);
  }
  return controlFrame(OPCODE.close, closePayload(code, reason), mask);
}

/** The payload of a Close frame with any code, also one that never stands in a Close frame. */
export function closePayload(code: number, reason: string | Uint8Array = ''): Uint8Array {
  const octets = typeof reason === 'string' ? encoder.encode(reason) : reason;
  const payload = new Uint8Array(2 + octets.length);
  new DataView(payload.buffer).setUint16(0, code);
  payload.set(octets, 2);
  return payload;
}

function controlFrame(opcode: number, payload: Uint8Array, mask: Uint8Array | undefined) {
  if (payload.length > CONTROL_OCTETS) {
    const message = `the payload of a control frame has ${payload.length} octets, more than 125`;
    throw new RangeError(`${message} (RFC 6455 section 5.5)`);
  }
  return frame({ opcode, mask, payload });
}

/** A head with `behind` octets of room for the payload. */
function writeHead(head: Omit<FrameHead, 'length'>, length: number, behind: number): Uint8Array {
  const { fin = true, rsv = 0, opcode, mask } = head;
  const shortest = length <= CONTROL_OCTETS ? 7 : length <= 0xffff ? 16 : 64;
  const { lengthForm = shortest } = head;
  if (lengthForm < shortest) {
    throw new RangeError(`a length of ${length} octets has no form with ${lengthForm} bits`);
  }
  if (mask && mask.length !== 4) throw new RangeError(`a mask of ${mask.length} octets, not four`);
  const ofLength = LENGTH_OCTETS[lengthForm];
  const octets = new Uint8Array(2 + ofLength + (mask ? 4 : 0) + behind);
  octets[0] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  octets[1] = (mask ? 0x80 : 0) | (ofLength === 0 ? length : ofLength === 2 ? 126 : 127);
  for (let at = 1 + ofLength, rest = length; at > 1; at -= 1, rest = Math.floor(rest / 256)) {
    octets[at] = rest % 256;
  }
  if (mask) octets.set(mask, 2 + ofLength);
  return octets;
}
