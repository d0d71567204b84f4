// How a page and a guest speak: one JSON envelope, the same over a MessagePort and over the terminal of a container.
// In a terminal it travels as a frame, `\x1eGW{json}\n`, and survives line ends, echo, colours and noise around it.

// The guest shares a realm with a program that may change whatever is in it: these are kept from before.
const { parse, stringify } = JSON;
const { fromCharCode } = String;
const { charCodeAt, padStart, slice } = String.prototype;
const { toString: digits } = Number.prototype;
const { apply } = Reflect;
const { btoa, atob } = globalThis;

/** What is said. From the page: `call`. From the guest the rest. */
const KINDS = [
  'call',
  'hello',
  'reply',
  'error',
  'trace',
  'log',
  'socket',
  'standing',
  'beat',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Envelope {
  readonly v: 1;
  /** The session that it belongs to. */
  readonly sid: string;
  /** Counted up by the page with every program that is loaded; what comes late from an earlier one is dropped. */
  readonly epoch: number;
  readonly seq: number;
  readonly kind: Kind;
  /** Joins a `reply` or `error` to its `call`. */
  readonly id?: number;
  /** What a `call` asks for. */
  readonly op?: string;
  readonly body: unknown;
}

/**
 * Longest envelope in characters. A longer one is not sent, or is dropped and counted. The largest program has room: it
 * goes to the guest as it is evaluated and as it is written.
 */
export const ENVELOPE_LIMIT = 4 * 1024 * 1024;

/** Longest line of a terminal in characters: an envelope, and what was printed before it. */
const LINE_LIMIT = ENVELOPE_LIMIT + 64 * 1024;

/** No envelope has its first character in it: JSON escapes control characters. */
const FRAME_START = '\x1eGW';

/** Octets in JSON: `{"$octets": "base64"}`. Nothing else that is sent has such a key. */
function replacer(this: Record<string, unknown>, key: string): unknown {
  // Not the value that is passed: a `toJSON`, such as that of Node's Buffer, has made something else of it by then.
  const value = this[key];
  if (!(value instanceof Uint8Array)) return value;
  let binary = '';
  for (let at = 0; at < value.length; at += 0x8000) {
    binary += fromCharCode(...value.subarray(at, at + 0x8000));
  }
  return { $octets: btoa(binary) };
}

function reviver(_key: string, value: unknown): unknown {
  const octets = (value as { $octets?: unknown } | null)?.$octets;
  return typeof octets === 'string' ? Uint8Array.from(atob(octets), (c) => c.charCodeAt(0)) : value;
}

/** An envelope as JSON in ASCII: a terminal that cuts between the octets of a character cannot damage it. */
export function encode(envelope: Envelope): string {
  const text = stringify(envelope, replacer);
  let escaped = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if ((text[at] as string) <= '~') continue;
    const hex = apply(digits, apply(charCodeAt, text, [at]), [16]);
    escaped += `${apply(slice, text, [from, at])}\\u${apply(padStart, hex, [4, '0'])}`;
    from = at + 1;
  }
  return from === 0 ? text : escaped + apply(slice, text, [from]);
}

function isKind(value: unknown): value is Kind {
  for (let i = 0; i < KINDS.length; i++) if (KINDS[i] === value) return true;
  return false;
}

/** Reads an envelope, or gives undefined for what is none. */
export function decode(text: string): Envelope | undefined {
  if (text.length > ENVELOPE_LIMIT) return undefined;
  try {
    const value = parse(text, reviver) as Partial<Envelope> | null;
    const sound =
      typeof value === 'object' &&
      value !== null &&
      value.v === 1 &&
      typeof value.sid === 'string' &&
      typeof value.epoch === 'number' &&
      typeof value.seq === 'number' &&
      isKind(value.kind) &&
      (value.id === undefined || typeof value.id === 'number') &&
      (value.op === undefined || typeof value.op === 'string');
    return sound ? (value as Envelope) : undefined;
  } catch {
    return undefined;
  }
}

/** An envelope as a frame for a terminal. */
export function frame(envelope: Envelope): string {
  return `${FRAME_START}${encode(envelope)}\n`;
}

/** What a terminal gave: envelopes, and lines that are none. */
export interface FromTerminal {
  readonly envelopes: readonly Envelope[];
  readonly noise: readonly string[];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of ECMA-48 begin with a control character
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\x1e]*(?:\x07|\x1b\\)|[ -/]*[0-~])/g;

/** Finds envelopes in a terminal's output, however it was cut into pieces. */
export class FrameReader {
  /** The line that has no end yet. */
  #pieces: string[] = [];
  #length = 0;
  /** Whether some of that line was dropped. */
  #cut = false;
  /** Frames and lines that could not be read. */
  damaged = 0;

  push(chunk: string): FromTerminal {
    const envelopes: Envelope[] = [];
    const noise: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      this.#add(chunk.slice(start, end));
      this.#read(envelopes, noise);
      start = end + 1;
    }
    this.#add(chunk.slice(start));
    return { envelopes, noise };
  }

  #add(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= LINE_LIMIT) return;
    // A line without an end must not grow for ever. What may be the beginning of a frame, late in it, is kept.
    const line = this.#pieces.join('');
    const at = line.lastIndexOf(FRAME_START.charAt(0));
    const kept = at > 0 && line.length - at <= LINE_LIMIT ? line.slice(at) : '';
    this.#pieces = [kept];
    this.#length = kept.length;
    if (!this.#cut) this.damaged++;
    this.#cut = true;
  }

  #read(envelopes: Envelope[], noise: string[]): void {
    const line = this.#pieces.join('').replace(ANSI, '').replace(/\r/g, '');
    const [before = '', ...frames] = line.split(FRAME_START);
    // The rest of what was dropped says nothing.
    if (before.trim() && !this.#cut) noise.push(before);
    for (const text of frames) {
      const envelope = decode(text);
      if (envelope) envelopes.push(envelope);
      else this.damaged++;
    }
    this.#pieces = [];
    this.#length = 0;
    this.#cut = false;
  }
}
