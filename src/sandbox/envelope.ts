// How a page and a guest speak: one JSON envelope, the same over a MessagePort and over the terminal of a container.
// In a terminal it travels as a frame, `\x1eGW{json}\n`, and survives line ends, echo, colours and noise around it.

/** What is said. From the page: `call`. From the guest the rest. */
export type Kind = 'call' | 'hello' | 'reply' | 'error' | 'trace' | 'log' | 'beat';

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

/** Longest envelope in characters. A longer one is not sent, or is dropped and counted. */
export const ENVELOPE_LIMIT = 2 * 1024 * 1024;

const FRAME_START = '\x1eGW';

/** Octets in JSON: `{"$octets": "base64"}`. */
function replacer(_key: string, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return value;
  let binary = '';
  for (let at = 0; at < value.length; at += 0x8000) {
    binary += String.fromCharCode(...value.subarray(at, at + 0x8000));
  }
  return { $octets: btoa(binary) };
}

function reviver(_key: string, value: unknown): unknown {
  const octets = (value as { $octets?: unknown } | null)?.$octets;
  return typeof octets === 'string' ? Uint8Array.from(atob(octets), (c) => c.charCodeAt(0)) : value;
}

/** An envelope as JSON in ASCII: a terminal that cuts between the octets of a character cannot damage it. */
export function encode(envelope: Envelope): string {
  return JSON.stringify(envelope, replacer).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Reads an envelope, or gives undefined for what is none. */
export function decode(text: string): Envelope | undefined {
  if (text.length > ENVELOPE_LIMIT) return undefined;
  try {
    const value = JSON.parse(text, reviver) as Partial<Envelope> | null;
    const sound =
      typeof value === 'object' &&
      value !== null &&
      value.v === 1 &&
      typeof value.sid === 'string' &&
      typeof value.epoch === 'number' &&
      typeof value.seq === 'number' &&
      typeof value.kind === 'string';
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
const ANSI = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

/** Finds envelopes in a terminal's output, however it was cut into pieces. */
export class FrameReader {
  #buffer = '';
  /** Frames that could not be read. */
  damaged = 0;

  push(chunk: string): FromTerminal {
    this.#buffer += chunk;
    const envelopes: Envelope[] = [];
    const noise: string[] = [];
    for (;;) {
      const end = this.#buffer.indexOf('\n');
      if (end < 0) break;
      const line = this.#buffer.slice(0, end).replace(ANSI, '').replace(/\r/g, '');
      this.#buffer = this.#buffer.slice(end + 1);
      const start = line.indexOf(FRAME_START);
      if (start < 0) {
        if (line.trim()) noise.push(line);
        continue;
      }
      if (line.slice(0, start).trim()) noise.push(line.slice(0, start));
      const envelope = decode(line.slice(start + FRAME_START.length));
      if (envelope) envelopes.push(envelope);
      else this.damaged++;
    }
    // A line without an end must not grow for ever.
    if (this.#buffer.length > ENVELOPE_LIMIT) {
      this.#buffer = '';
      this.damaged++;
    }
    return { envelopes, noise };
  }
}
