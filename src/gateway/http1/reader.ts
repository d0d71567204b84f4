// Reads HTTP/1.1 and HTTP/1.0 requests from the octets of a connection: the syntax of a message and where it ends.
// Does no I/O, reads no clock, and judges no header field: what a head means is `readRequestHead`'s to say.

import { brokenField } from '../../interface/fields.ts';
import type { Fields } from '../../interface/index.ts';
import {
  brokenLineEnd,
  excerpt,
  type Framing,
  fault,
  type Http1Error,
  type Http1Event,
  type Http1ReaderLimits,
  type Http1ReaderState,
  SYNTAX,
} from './events.ts';
import { Input } from './input.ts';
import {
  brokenMethod,
  CHUNK_LINE_OCTETS,
  extensionTooLong,
  METHOD_OCTETS,
  notAVersion,
  type RequestLine,
  readChunkLine,
  readRequestLine,
  targetTooLong,
  VERSION_OCTETS,
} from './lines.ts';
import { lowercaseName } from './names.ts';

/** What the reader is at. `length`: a body of declared length. `chunk-end`: the CR LF behind the data of a chunk. */
type Phase =
  | 'idle'
  | 'request-line'
  | 'header'
  | 'expect'
  | 'length'
  | 'chunk-size'
  | 'chunk-data'
  | 'chunk-end'
  | 'trailer'
  | 'end'
  | 'raw'
  | 'failed';

const STATES: Readonly<Record<Phase, Http1ReaderState>> = {
  idle: 'idle',
  'request-line': 'head',
  header: 'head',
  expect: 'between-head-and-expect',
  length: 'body',
  'chunk-size': 'body',
  'chunk-data': 'body',
  'chunk-end': 'body',
  trailer: 'body',
  end: 'body',
  raw: 'raw',
  failed: 'failed',
};

/** An event; or true if there is none, but the next phase; or undefined while more octets are needed. */
type Step = Http1Event | true | undefined;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const SECTION_END = Buffer.from('\r\n\r\n', 'latin1');

/** White space around a value does not count for the size of a section; without a bound of its own it could be endless. */
const PADDING_OCTETS = 1024;

const NO_REQUEST: RequestLine = { http_version: '1.1', method: '', target: '' };

/**
 * Reads the requests of one connection, one behind the other. The caller pushes octets, pulls events until there is
 * none, and says after each head how its body is framed. But for the cut of the body's pieces, the events do not
 * depend on where the octets were cut; an error is that of the first line that is wrong.
 */
export class Http1RequestReader {
  readonly #limits: Http1ReaderLimits;
  readonly #input = new Input();
  #phase: Phase = 'idle';
  #emptyLineOctets = 0;
  #request = NO_REQUEST;
  /** The header or trailer section under way, and its size by security.limits-head. */
  #fields: [string, string][] = [];
  #size = 0;
  /** Octets of the body, or of the chunk, that are still to come. */
  #left = 0;
  /** Octets in all chunks of the body so far, the one under way included. */
  #declared = 0;

  constructor(limits: Http1ReaderLimits) {
    this.#limits = limits;
  }

  get state(): Http1ReaderState {
    return STATES[this.#phase];
  }

  /** The first line of the request under way, or of the one that was wrong; undefined while it is not read. */
  get requestLine(): RequestLine | undefined {
    return this.#request === NO_REQUEST ? undefined : this.#request;
  }

  /** Octets that were pushed and not consumed: what waits behind the request under way, or an unfinished line. */
  get buffered(): number {
    return this.#input.size;
  }

  /** Takes octets of the connection, without copying them: the caller writes no more to them. */
  push(data: Buffer): void {
    if (this.#phase !== 'failed') this.#input.push(data);
  }

  /**
   * The next event, or undefined while more octets are needed. After a `head` comes `expect`, or this throws. After an
   * `end` it goes on with the next request; after an `error`, and in raw mode, it gives nothing more.
   */
  next(): Http1Event | undefined {
    let step: Step = true;
    while (step === true) step = this.#step();
    if (step?.type === 'error') this.#fail();
    return step;
  }

  /**
   * Says how the octets behind the head are to be read. A head whose answer decides that, as a handshake's does, waits
   * for it; `buffered` tells whether octets have come behind it (websocket.early-octets, tunnel.early-data).
   */
  expect(framing: Framing): void {
    if (this.#phase !== 'expect') throw new Error('`expect` is called once, after a head');
    switch (framing.kind) {
      case 'none':
        this.#phase = 'end';
        return;
      case 'length':
        this.#left = framing.length;
        this.#phase = framing.length === 0 ? 'end' : 'length';
        return;
      case 'chunked':
        this.#declared = 0;
        this.#phase = 'chunk-size';
        return;
      case 'raw':
        this.#phase = 'raw';
        return;
    }
  }

  /** In raw mode: everything that is buffered, perhaps nothing. Throws in any other. */
  take(): Uint8Array {
    if (this.#phase !== 'raw') throw new Error('octets are taken in raw mode alone');
    const { buffer, byteOffset, byteLength } = this.#input.takeAll();
    return new Uint8Array(buffer, byteOffset, byteLength);
  }

  #step(): Step {
    switch (this.#phase) {
      case 'idle':
        return this.#skipEmptyLines();
      case 'request-line':
      case 'header':
        return this.#readHead();
      case 'expect':
        throw new Error('after a head, `expect` has to say how its body is framed');
      case 'length':
        return this.#readBody();
      case 'chunk-size':
        return this.#readChunkSize();
      case 'chunk-data':
        return this.#readData('chunk-end');
      case 'chunk-end':
        return this.#readChunkEnd();
      case 'trailer':
        return this.#readTrailer();
      case 'end':
        return this.#endMessage([]);
      case 'raw':
      case 'failed':
        return undefined;
    }
  }

  #fail(): void {
    this.#phase = 'failed';
    this.#fields = [];
    this.#input.clear();
  }

  /** RFC 9112 section 2.2. Ends with the first octet that is no part of an empty line. */
  #skipEmptyLines(): Step {
    const input = this.#input;
    const most = this.#limits.header_octets;
    while (input.available() && input.buffer[input.at] === CR) {
      if (input.at + 1 === input.buffer.length && !input.more()) return undefined;
      if (input.buffer[input.at + 1] !== LF) break;
      input.at += 2;
      this.#emptyLineOctets += 2;
      if (this.#emptyLineOctets > most)
        return fault(400, SYNTAX, `more than ${most} octets of empty lines stand before a request`);
    }
    if (!input.available()) {
      input.release();
      return undefined;
    }
    this.#phase = 'request-line';
    this.#emptyLineOctets = 0;
    this.#size = 0;
    this.#request = NO_REQUEST;
    return true;
  }

  #readHead(): Step {
    const end = this.#readSection();
    if (end !== true) return end;
    this.#phase = 'expect';
    const { http_version, method, target } = this.#request;
    const headers = this.#fields;
    this.#fields = [];
    return { type: 'head', head: { http_version, method, target, headers } };
  }

  #readTrailer(): Step {
    const end = this.#readSection();
    if (end !== true) return end;
    const broken = brokenField(this.#fields);
    return broken ? fault(400, SYNTAX, broken) : this.#endMessage(this.#fields);
  }

  #endMessage(trailers: Fields): Http1Event {
    this.#phase = 'idle';
    this.#fields = [];
    // An idle connection keeps no memory.
    this.#input.release();
    return { type: 'end', trailers };
  }

  /** Reads the lines of a head or a trailer section up to the empty one. True when that was reached. */
  #readSection(): true | Http1Error | undefined {
    const input = this.#input;
    do {
      const end = this.#endOfLines();
      if (end > input.at) {
        const text = input.buffer.toString('latin1', input.at, end);
        for (let from = 0; from < text.length; ) {
          const lf = text.indexOf('\n', from);
          const cr = text.indexOf('\r', from);
          const to = cr >= 0 && cr < lf ? cr : lf;
          const whole = to === lf - 1;
          if (to === from && whole && this.#phase !== 'request-line') {
            input.at += lf + 1;
            return true;
          }
          const failure = this.#readLine(text, from, to, whole);
          if (failure) return failure;
          from = lf + 1;
        }
        input.at = end;
      }
      const failure = this.#checkUnfinished();
      if (failure) return failure;
    } while (input.more());
    return undefined;
  }

  /** Where the lines that are whole and at hand end; `at` if there is none. What is beyond this section does no harm. */
  #endOfLines(): number {
    const { buffer, at, scanned } = this.#input;
    if (buffer[at] === CR && buffer[at + 1] === LF) return at + 2;
    const from = Math.max(at, scanned);
    const end = buffer.indexOf(SECTION_END, from);
    if (end >= 0) return end + SECTION_END.length;
    return buffer.indexOf(LF, from) < 0 ? at : buffer.lastIndexOf(LF) + 1;
  }

  /** Checks a line whose LF has not come: it may be endless, or have a CR that no LF follows. */
  #checkUnfinished(): Http1Error | undefined {
    const input = this.#input;
    const { buffer, at } = input;
    if (at === buffer.length) return undefined;
    const cr = buffer.indexOf(CR, Math.max(at, input.scanned - 1));
    input.scanned = buffer.length;
    const to = cr < 0 ? buffer.length : cr;
    if (cr >= 0 && cr + 1 < buffer.length) {
      const line = buffer.toString('latin1', at, to);
      return this.#readLine(line, 0, line.length, false);
    }
    if (this.#phase === 'request-line') return this.#checkUnfinishedRequestLine(to);
    const most = this.#limits.header_octets - this.#size + 1 + PADDING_OCTETS;
    const excess = this.#fields.length >= this.#limits.header_fields || to - at > most;
    return excess && to > at ? this.#sectionTooLarge() : undefined;
  }

  #checkUnfinishedRequestLine(to: number): Http1Error | undefined {
    const { buffer, at } = this.#input;
    const most = this.#limits.target_octets;
    const start = buffer.toString('latin1', at, Math.min(to, at + METHOD_OCTETS + 1));
    const failure = brokenMethod(start);
    if (failure) return failure;
    const space = start.indexOf(' ');
    const length = to - at - space - 1;
    if (space < 0 || length <= most) return undefined;
    const second = buffer.indexOf(SPACE, at + space + 1);
    if (second < 0 || second > at + space + 1 + most) return targetTooLong(most);
    return length > most + 1 + VERSION_OCTETS ? notAVersion() : undefined;
  }

  /** Reads `text[from, to)`, which ends before the first CR or LF; `whole` says that this is CR LF. */
  #readLine(text: string, from: number, to: number, whole: boolean): Http1Error | undefined {
    if (this.#phase !== 'request-line') return this.#readField(text, from, to, whole);
    const line = readRequestLine(text.slice(from, to), whole, this.#limits.target_octets);
    if ('status' in line) return line;
    this.#request = line;
    this.#phase = 'header';
    return undefined;
  }

  #readField(text: string, from: number, to: number, whole: boolean): Http1Error | undefined {
    const { header_fields, header_octets } = this.#limits;
    const fields = this.#fields;
    if (to > from && fields.length >= header_fields) return this.#sectionTooLarge();
    let colon = text.indexOf(':', from);
    if (colon < 0 || colon > to) colon = to;
    let start = Math.min(colon + 1, to);
    let end = to;
    while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
    while (start < end && isWhiteSpace(text.charCodeAt(end - 1))) end--;
    const size = colon - from + end - start;
    this.#size += size;
    if (this.#size > header_octets || to - from - 1 - size > PADDING_OCTETS)
      return this.#sectionTooLarge();
    if (!whole) return brokenLineEnd(this.#part);
    if (isWhiteSpace(text.charCodeAt(from)))
      return fault(400, SYNTAX, `a line of the ${this.#part} begins with white space`);
    if (colon === to) {
      const requirement = this.#phase === 'trailer' ? SYNTAX : 'security.request-field-syntax';
      const line = excerpt(text.slice(from, to));
      return fault(400, requirement, `the line ${line} of the ${this.#part} has no colon`);
    }
    if (isWhiteSpace(text.charCodeAt(colon - 1))) {
      const name = excerpt(text.slice(from, colon));
      return fault(400, SYNTAX, `there is white space between the name ${name} and its colon`);
    }
    fields.push([lowercaseName(text.slice(from, colon)), text.slice(start, end)]);
    return undefined;
  }

  get #part(): string {
    return this.#phase === 'trailer' ? 'trailer section' : 'head';
  }

  #sectionTooLarge(): Http1Error {
    const { header_fields, header_octets } = this.#limits;
    const trailer = this.#phase === 'trailer';
    const kind = trailer ? 'trailer' : 'header';
    const message =
      this.#fields.length >= header_fields
        ? `the request has more than ${header_fields} ${kind} fields`
        : `the ${kind} fields are larger than ${header_octets} octets`;
    return fault(431, trailer ? 'security.limits-body' : 'security.limits-head', message);
  }

  #readBody(): Step {
    const { body_octets } = this.#limits;
    // Mostly refused with its head (security.limits-body-declared).
    if (body_octets !== null && this.#left > body_octets) return this.#bodyTooLong();
    return this.#readData('end');
  }

  #bodyTooLong(): Http1Error {
    const message = `the body is longer than ${this.#limits.body_octets} octets`;
    return fault(413, 'security.limits-body', message);
  }

  /** Gives a piece of what is left. With the last of it comes the phase `then`. */
  #readData(then: Phase): Step {
    const input = this.#input;
    if (!input.available()) return undefined;
    const { buffer, at } = input;
    const length = Math.min(this.#left, buffer.length - at, this.#limits.receive_buffer_octets);
    input.at += length;
    this.#left -= length;
    if (this.#left === 0) this.#phase = then;
    return { type: 'body', data: new Uint8Array(buffer.buffer, buffer.byteOffset + at, length) };
  }

  /** `#left` is 0 before the CR. */
  #readChunkEnd(): Step {
    const input = this.#input;
    for (; input.available(); input.at++) {
      if (input.buffer[input.at] !== (this.#left === 0 ? CR : LF))
        return fault(400, SYNTAX, 'the data of a chunk is not followed by CR LF');
      if (this.#left === 1) {
        input.at++;
        this.#phase = 'chunk-size';
        return true;
      }
      this.#left = 1;
    }
    return undefined;
  }

  #readChunkSize(): Step {
    const input = this.#input;
    if (!input.available()) return undefined;
    do {
      const { buffer, at, scanned } = input;
      const lf = buffer.indexOf(LF, Math.max(at, scanned));
      const cr = buffer.indexOf(CR, Math.max(at, scanned - 1));
      const last = lf < 0 ? buffer.length : lf;
      const to = cr < 0 || cr > last ? last : cr;
      if (to - at > CHUNK_LINE_OCTETS) return extensionTooLong();
      if (lf >= 0 || to + 1 < last) {
        const size = readChunkLine(buffer.toString('latin1', at, to), to === lf - 1);
        if (typeof size !== 'number') return size;
        input.at = lf + 1;
        return this.#startChunk(size);
      }
      input.scanned = last;
    } while (input.more());
    return undefined;
  }

  #startChunk(size: number): Step {
    if (size === 0) {
      this.#size = 0;
      this.#phase = 'trailer';
      return true;
    }
    this.#declared += size;
    const { body_octets } = this.#limits;
    if (body_octets !== null && this.#declared > body_octets) return this.#bodyTooLong();
    this.#left = size;
    this.#phase = 'chunk-data';
    return true;
  }
}

/** OWS of RFC 9110 section 5.6.3. */
function isWhiteSpace(code: number): boolean {
  return code === SPACE || code === TAB;
}
