// Reads the response to one HTTP/1 request from octets (RFC 9112), without I/O. Takes what it is given as it is: the
// client shows what a server sends, and does not judge it.

import type { ClientResponse, Fields } from './connection.ts';

type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunked'; left: number; begun: boolean }
  /** To the end of the connection; also the octets behind a 101 and an accepted CONNECT. */
  | { readonly kind: 'close' };

const STATUS_LINE = /^HTTP\/1\.\d (\d{3})(?: |$)/;
const FIELD_LINE = /^([^:\s]+):[ \t]*(.*?)[ \t]*$/;
const CHUNK_LINE = /^([0-9A-Fa-f]{1,13})(?:[ \t]*;.*)?[ \t]*$/;
/** Octets of one line, and of the lines of one section. */
const SECTION_LIMIT = 1024 * 1024;
const NOTHING = new Uint8Array();

export class Http1ResponseReader {
  readonly #method: string;
  #rest: Uint8Array = NOTHING;
  #framing: Framing | undefined;
  /** Lines of the section that is being read. */
  #lines: string[] = [];
  #inTrailers = false;
  #section = 0;
  #over = false;

  constructor(method: string) {
    this.#method = method;
  }

  /** Whether the head has come. */
  get answered(): boolean {
    return this.#framing !== undefined;
  }

  push(data: Uint8Array): void {
    if (this.#rest.length === 0) this.#rest = data;
    else {
      const joined = new Uint8Array(this.#rest.length + data.length);
      joined.set(this.#rest);
      joined.set(data, this.#rest.length);
      this.#rest = joined;
    }
  }

  /** What the octets amount to, or undefined until there are more. Nothing follows a terminal one. */
  next(): ClientResponse | undefined {
    if (this.#over) return undefined;
    const response = this.#framing ? this.#body(this.#framing) : this.#head();
    if (response?.type === 'end' || response?.type === 'aborted') this.#over = true;
    return response;
  }

  /** The connection has ended: in order, or broken off. */
  ended(inOrder: boolean): ClientResponse {
    this.#over = true;
    if (!this.#framing) return { type: 'closed' };
    if (inOrder && this.#framing.kind === 'close') return { type: 'end', trailers: [] };
    return { type: 'aborted' };
  }

  #head(): ClientResponse | undefined {
    const lines = this.#sectionLines();
    if (!lines) return lines === undefined ? undefined : { type: 'aborted' };
    const [first = '', ...rest] = lines;
    const status = Number(STATUS_LINE.exec(first)?.[1]);
    if (Number.isNaN(status)) return { type: 'aborted' };
    const headers = fieldsOf(rest);
    if (status < 200 && status !== 101) return { type: 'informational', status, headers };
    this.#framing = framingOf(this.#method, status, headers);
    return { type: 'head', status, headers };
  }

  #body(framing: Framing): ClientResponse | undefined {
    switch (framing.kind) {
      case 'none':
        return { type: 'end', trailers: [] };
      case 'length': {
        if (framing.left === 0) return { type: 'end', trailers: [] };
        const data = this.#take(framing.left);
        framing.left -= data.length;
        return data.length > 0 ? { type: 'body', data } : undefined;
      }
      case 'close': {
        const data = this.#take(this.#rest.length);
        return data.length > 0 ? { type: 'body', data } : undefined;
      }
      case 'chunked':
        return this.#chunked(framing);
    }
  }

  #chunked(framing: Framing & { kind: 'chunked' }): ClientResponse | undefined {
    while (framing.left === 0) {
      if (this.#inTrailers) {
        const lines = this.#sectionLines();
        if (!lines) return lines === undefined ? undefined : { type: 'aborted' };
        return { type: 'end', trailers: fieldsOf(lines) };
      }
      const line = this.#line();
      if (line === undefined) return undefined;
      if (framing.begun) {
        // The line end behind a chunk.
        if (line !== '') return { type: 'aborted' };
        framing.begun = false;
        continue;
      }
      const [, digits] = CHUNK_LINE.exec(line ?? '') ?? [];
      if (digits === undefined) return { type: 'aborted' };
      framing.left = Number.parseInt(digits, 16);
      framing.begun = framing.left > 0;
      this.#inTrailers = framing.left === 0;
    }
    const data = this.#take(framing.left);
    framing.left -= data.length;
    return data.length > 0 ? { type: 'body', data } : undefined;
  }

  /** Lines up to an empty one: undefined until they are there, null if they are too long. */
  #sectionLines(): string[] | undefined | null {
    for (;;) {
      const line = this.#line();
      if (line === undefined) return undefined;
      if (line === null || this.#section + line.length > SECTION_LIMIT) return null;
      if (line === '') {
        const lines = this.#lines;
        this.#lines = [];
        this.#section = 0;
        return lines;
      }
      this.#section += line.length;
      this.#lines.push(line);
    }
  }

  #line(): string | undefined | null {
    const at = this.#rest.indexOf(0x0a);
    if (at < 0) return this.#rest.length > SECTION_LIMIT ? null : undefined;
    const line = latin1(this.#take(at + 1));
    return line.endsWith('\r\n') ? line.slice(0, -2) : line.slice(0, -1);
  }

  #take(most: number): Uint8Array {
    const data = this.#rest.subarray(0, most);
    this.#rest = this.#rest.length > most ? this.#rest.subarray(most) : NOTHING;
    return data;
  }
}

/** Not by a TextDecoder: what that calls latin1 is windows-1252. */
function latin1({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
}

/** RFC 9112 section 6.3. */
function framingOf(method: string, status: number, headers: Fields): Framing {
  if (status === 101 || (method === 'CONNECT' && status < 300)) return { kind: 'close' };
  if (method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
  const last = (wanted: string) => headers.findLast(([name]) => name === wanted)?.[1];
  const coding = last('transfer-encoding');
  if (coding !== undefined) {
    return /(?:^|,)[ \t]*chunked$/i.test(coding)
      ? { kind: 'chunked', left: 0, begun: false }
      : { kind: 'close' };
  }
  const length = last('content-length');
  return length !== undefined && /^\d{1,15}$/.test(length)
    ? { kind: 'length', left: Number(length) }
    : { kind: 'close' };
}

/** Names in lowercase. What is not a field is left out. */
function fieldsOf(lines: readonly string[]): Fields {
  return lines.flatMap((line): Fields => {
    const [, name, value = ''] = FIELD_LINE.exec(line) ?? [];
    return name === undefined ? [] : [[name.toLowerCase(), value]];
  });
}
