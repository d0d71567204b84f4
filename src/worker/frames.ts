// The frames between a gateway's front and a worker (proposal 12): their header, the metadata in them, and what is
// malformed. Knows no stream, no conversation and no event.

/** By the name of a kind, its number (table “The kinds of frames”). */
export const KIND = {
  hello: 0x01,
  open: 0x02,
  event: 0x03,
  data: 0x04,
  receive: 0x05,
  settled: 0x06,
  end: 0x07,
  cancel: 0x08,
  credit: 0x09,
  fault: 0x0a,
} as const;

/** From here on a kind that is unknown is passed over (frame.unknown-kind). */
const FIRST_OPTIONAL = 0x80;

export const HEADER_OCTETS = 12;
export const MOST_DATA = 65_536;
export const MOST_METADATA = 1_048_576;
export const LARGEST_CONVERSATION = 0xffffffff;
export const LARGEST_BALANCE = 2 ** 31 - 1;

/** The codes of the table “Malformed frames”. */
export type FrameFault =
  | 'version'
  | 'header'
  | 'kind'
  | 'conversation'
  | 'metadata'
  | 'credit'
  | 'sequence';

/** The other side broke the format (frame.malformed). */
export class MalformedFrame extends Error {
  readonly code: FrameFault;
  constructor(code: FrameFault, message: string) {
    super(message);
    this.name = 'MalformedFrame';
    this.code = code;
  }
}

export type Metadata = Readonly<Record<string, unknown>>;

/** A frame as it was read. `data` is a view of what was fed, or of memory of its own: it is not changed. */
export interface Frame {
  readonly kind: number;
  readonly conversation: number;
  readonly data: Uint8Array;
}

/**
 * Cuts frames out of octets that come in any pieces. Of a `data` frame each piece is given as it comes, as if it were a
 * frame of its own: nothing tells them apart, and none is copied.
 */
export class FrameReader {
  #rest: Uint8Array = NOTHING;
  /** What waits until the frame that it belongs to is whole. */
  #more: Uint8Array[] = [];
  #length = 0;
  #needed = HEADER_OCTETS;
  /** What is still to come of a `data` frame, and of which conversation it is. */
  #left = 0;
  #conversation = 0;

  /** Reads on. @throws MalformedFrame by the header alone: no memory is set aside for a length above its limit */
  *feed(fed: Uint8Array): Generator<Frame, void, void> {
    let octets = fed;
    if (this.#left > 0) {
      const data = octets.subarray(0, this.#left);
      this.#left -= data.length;
      octets = octets.subarray(data.length);
      yield { kind: KIND.data, conversation: this.#conversation, data };
    }
    if (octets.length === 0) return;
    this.#length += octets.length;
    if (this.#length < this.#needed) {
      this.#more.push(octets);
      return;
    }
    let buffer = this.#joined(octets);
    for (;;) {
      if (buffer.length < HEADER_OCTETS) {
        this.#needed = HEADER_OCTETS;
        break;
      }
      const view = new DataView(buffer.buffer, buffer.byteOffset, HEADER_OCTETS);
      const length = view.getUint32(0);
      const kind = buffer[8] as number;
      const limit = kind === KIND.data ? MOST_DATA : MOST_METADATA;
      if (length > limit)
        throw new MalformedFrame('header', `a frame of ${length} octets, where ${limit} is most`);
      if (view.getUint8(9) !== 0 || view.getUint16(10) !== 0)
        throw new MalformedFrame('header', 'flags or reserved octets that are not 0');
      if (kind === KIND.data && length === 0)
        throw new MalformedFrame('header', 'a `data` frame without content');
      const whole = HEADER_OCTETS + length;
      if (kind === KIND.data && buffer.length < whole) {
        this.#left = whole - buffer.length;
        this.#conversation = view.getUint32(4);
        const data = buffer.subarray(HEADER_OCTETS);
        buffer = NOTHING;
        this.#needed = HEADER_OCTETS;
        if (data.length > 0) yield { kind, conversation: this.#conversation, data };
        break;
      }
      if (buffer.length < whole) {
        this.#needed = whole;
        break;
      }
      const known = kind >= KIND.hello && kind <= KIND.fault;
      if (!known && kind < FIRST_OPTIONAL)
        throw new MalformedFrame('kind', `there is no kind 0x${kind.toString(16)}`);
      const data = buffer.subarray(HEADER_OCTETS, whole);
      buffer = buffer.subarray(whole);
      if (known) yield { kind, conversation: view.getUint32(4), data };
    }
    this.#rest = buffer;
    this.#length = buffer.length;
  }

  #joined(octets: Uint8Array): Uint8Array {
    if (this.#length === octets.length) return octets;
    const joined = new Uint8Array(this.#length);
    joined.set(this.#rest);
    let at = this.#rest.length;
    for (const piece of this.#more) {
      joined.set(piece, at);
      at += piece.length;
    }
    joined.set(octets, at);
    this.#rest = NOTHING;
    this.#more = [];
    return joined;
  }
}

const NOTHING = new Uint8Array(0);
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** Octets that frames are written into before they go out. */
const SHEET = 32_768;

/** Writes frames, one behind the other, for a stream that takes them together. */
export class FrameWriter {
  readonly #ready: Uint8Array[] = [];
  #sheet: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;

  /** Adds a frame with metadata. @returns false, having written nothing, where it has more than a frame can have */
  metadata(kind: number, conversation: number, content?: Metadata): boolean {
    const text = content === undefined ? '' : JSON.stringify(content);
    // No character of text has more than three octets for each code unit.
    this.#room(HEADER_OCTETS + 3 * text.length);
    const target = this.#sheet.subarray(this.#end + HEADER_OCTETS);
    const length = text === '' ? 0 : encoder.encodeInto(text, target).written;
    if (length > MOST_METADATA) return false;
    this.#header(length, conversation, kind);
    this.#end += length;
    return true;
  }

  /** Adds a `data` frame of at most 65,536 octets, which are copied if they are few. */
  data(conversation: number, octets: Uint8Array): void {
    const copied = octets.length <= SHEET / 4;
    this.#room(HEADER_OCTETS + (copied ? octets.length : 0));
    this.#header(octets.length, conversation, KIND.data);
    if (copied) {
      this.#sheet.set(octets, this.#end);
      this.#end += octets.length;
    } else {
      this.#tear();
      this.#ready.push(octets);
    }
  }

  /** What was written since the last call. */
  take(): readonly Uint8Array[] {
    this.#tear();
    return this.#ready.splice(0);
  }

  #room(octets: number): void {
    if (this.#end + octets <= this.#sheet.length) return;
    this.#tear();
    this.#sheet = new Uint8Array(Math.max(SHEET, octets));
    this.#start = 0;
    this.#end = 0;
  }

  #header(length: number, conversation: number, kind: number): void {
    const view = new DataView(this.#sheet.buffer, this.#sheet.byteOffset + this.#end);
    view.setUint32(0, length);
    view.setUint32(4, conversation);
    view.setUint32(8, kind << 24);
    this.#end += HEADER_OCTETS;
  }

  #tear(): void {
    if (this.#end === this.#start) return;
    this.#ready.push(this.#sheet.subarray(this.#start, this.#end));
    this.#start = this.#end;
  }
}

/**
 * Reads the content of a frame as metadata: a JSON object in UTF-8 without a byte order mark, repeated names or unpaired
 * surrogates.
 * @throws MalformedFrame of the code `metadata`
 */
export function readMetadata(content: Uint8Array): Record<string, unknown> {
  if (content.length === 0) return {};
  let text: string;
  let value: unknown;
  try {
    text = decoder.decode(content);
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedFrame('metadata', `metadata that is no JSON: ${(error as Error).message}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new MalformedFrame('metadata', 'metadata that is no JSON object');
  const repeated = repeatedName(text);
  if (repeated !== undefined)
    throw new MalformedFrame('metadata', `metadata with the name ${repeated} twice`);
  if (SURROGATE.test(text) && !isWellFormed(value))
    throw new MalformedFrame('metadata', 'metadata with half of a surrogate pair');
  return value as Record<string, unknown>;
}

const SURROGATE = /\\u[dD][89a-fA-F]/;

function isWellFormed(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, inner]) => name.isWellFormed() && isWellFormed(inner));
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** The first name that stands twice in one object of sound JSON, as it is written there. */
function repeatedName(text: string): string | undefined {
  const open: string[][] = [];
  let names: string[] = [];
  let last = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === QUOTE) {
      const start = i;
      let escaped = false;
      for (i++; text.charCodeAt(i) !== QUOTE; i++) {
        if (text.charCodeAt(i) !== BACKSLASH) continue;
        escaped = true;
        i++;
      }
      last = text.slice(start, i + 1);
      if (escaped) last = JSON.stringify(JSON.parse(last));
    } else if (unit === COLON) {
      if (names.includes(last)) return last;
      names.push(last);
    } else if (unit === OPENING_BRACE) {
      open.push(names);
      names = [];
    } else if (unit === CLOSING_BRACE) names = open.pop() as string[];
  }
  return undefined;
}
