// Fields to field blocks (RFC 7541 sections 3 and 6), and which of them are worth an entry of the table. No frames.

import {
  DEFAULT_TABLE_SIZE,
  DynamicTable,
  ENTRY_OCTETS,
  STATIC_LAST,
  STATIC_NAMES,
  STATIC_VALUES,
} from './hpack-table.ts';
import { huffmanLength, writeHuffman } from './huffman.ts';
import type { OctetSink } from './sink.ts';

/** How a field that stands in no table is written: the pattern of its first octet, and what its prefix holds at most. */
interface Representation {
  readonly pattern: number;
  readonly prefix: number;
}
/** 6.2.1 */
const INDEXING: Representation = { pattern: 0x40, prefix: 0x3f };
/** 6.2.2 */
const WITHOUT_INDEXING: Representation = { pattern: 0x00, prefix: 0x0f };
/** 6.2.3 */
const NEVER_INDEXED: Representation = { pattern: 0x10, prefix: 0x0f };

/** Of names in the static table alone: another would have to be written out each time. */
const REPRESENTATIONS: Readonly<Record<string, Representation>> = {
  // Secrets: in a table they could be guessed at by what a guess costs (7.1.3).
  authorization: NEVER_INDEXED,
  'proxy-authorization': NEVER_INDEXED,
  'set-cookie': NEVER_INDEXED,
  // Another each time: an entry would evict what is used again.
  ':path': WITHOUT_INDEXING,
  age: WITHOUT_INDEXING,
  'content-length': WITHOUT_INDEXING,
  'content-range': WITHOUT_INDEXING,
  etag: WITHOUT_INDEXING,
  'if-modified-since': WITHOUT_INDEXING,
  'if-none-match': WITHOUT_INDEXING,
  'last-modified': WITHOUT_INDEXING,
  location: WITHOUT_INDEXING,
  range: WITHOUT_INDEXING,
};
/** A cookie below this many octets is guessed too easily. nghttp2 draws the line here as well. */
const SHORT_COOKIE = 20;

/** What is known of a name in the static table. */
interface StaticName {
  /** Of its first entry. */
  readonly index: number;
  /** The index of each value there is. */
  readonly values: ReadonlyMap<string, number>;
  readonly representation: Representation;
}

const STATIC: ReadonlyMap<string, StaticName> = staticNames();

function staticNames(): Map<string, StaticName> {
  const names = new Map<string, StaticName & { values: Map<string, number> }>();
  for (let index = 1; index <= STATIC_LAST; index++) {
    const name = STATIC_NAMES[index] as string;
    let known = names.get(name);
    if (known === undefined) {
      const representation = REPRESENTATIONS[name] ?? INDEXING;
      known = { index, values: new Map(), representation };
      names.set(name, known);
    }
    known.values.set(STATIC_VALUES[index] as string, index);
  }
  return names;
}

/** A dynamic table that can be searched. */
class SearchedTable extends DynamicTable {
  /** The numbers of the entries of each name, oldest first. */
  readonly #numbers = new Map<string, number[]>();

  /** The index of the field; or the index of its name, negative; or 0. */
  find(name: string, value: string): number {
    const numbers = this.#numbers.get(name);
    if (numbers === undefined) return 0;
    // From the newest: an older `date` is not asked for.
    for (let i = numbers.length - 1; i >= 0; i--) {
      const position = this.added - 1 - (numbers[i] as number);
      if (this.value(position) === value) return STATIC_LAST + 1 + position;
    }
    return -(STATIC_LAST + this.added - (numbers.at(-1) as number));
  }

  override add(name: string, value: string): boolean {
    if (!super.add(name, value)) return false;
    const numbers = this.#numbers.get(name);
    if (numbers === undefined) this.#numbers.set(name, [this.added - 1]);
    else numbers.push(this.added - 1);
    return true;
  }

  /** The oldest of all is the oldest of its name. */
  protected override evicted(name: string): void {
    const numbers = this.#numbers.get(name) as number[];
    if (numbers.length === 1) this.#numbers.delete(name);
    else numbers.shift();
  }
}

/** The fields of one direction of a connection. Each block must be sent, and in order: the peer's table follows. */
export class HpackEncoder {
  readonly #table = new SearchedTable(DEFAULT_TABLE_SIZE);
  /** The smallest maximum that the peer was not told of; Infinity where it knows all. */
  #untold = Number.POSITIVE_INFINITY;

  /**
   * The peer's SETTINGS_HEADER_TABLE_SIZE, in octets, of which 4096 are used at most. The next block begins with the
   * update (RFC 7541 section 4.2).
   */
  setMaxTableSize(size: number): void {
    const maxSize = Math.min(size, DEFAULT_TABLE_SIZE);
    if (maxSize === this.#table.maxSize) return;
    this.#table.resize(maxSize);
    this.#untold = Math.min(this.#untold, maxSize);
  }

  /**
   * Appends one field block to `out`. Throws `TypeError` for a character above U+00FF; then `out` is as it was, and the
   * encoder can still be used.
   */
  encode(fields: readonly (readonly [name: string, value: string])[], out: OctetSink): void {
    const start = out.length;
    try {
      if (this.#untold !== Number.POSITIVE_INFINITY) this.#update(out);
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i] as readonly [string, string];
        this.#field(field[0], field[1], out);
      }
    } catch (error) {
      out.length = start;
      // The peer does not see what was added for this block: it is told to begin anew.
      const { maxSize } = this.#table;
      this.#table.resize(0);
      this.#table.maxSize = maxSize;
      this.#untold = 0;
      throw error;
    }
  }

  /** 6.3: the smallest size there was, then the one there is (4.2). */
  #update(out: OctetSink): void {
    const { maxSize } = this.#table;
    let at = out.reserve(2 * INTEGER_OCTETS);
    if (this.#untold < maxSize) at = writeInteger(this.#untold, 0x20, 0x1f, out.buffer, at);
    out.length = writeInteger(maxSize, 0x20, 0x1f, out.buffer, at);
    this.#untold = Number.POSITIVE_INFINITY;
  }

  #field(name: string, value: string, out: OctetSink): void {
    const known = STATIC.get(name);
    let representation = INDEXING;
    /** Of the field, or negative of its name. */
    let index = 0;
    if (known !== undefined) {
      index = known.values.get(value) ?? -known.index;
      representation = known.representation;
      if (name === 'cookie' && value.length < SHORT_COOKIE) representation = NEVER_INDEXED;
    }
    if (index <= 0 && representation === INDEXING) {
      const found = this.#table.find(name, value);
      if (found > 0 || index === 0) index = found;
    }
    // A string is never longer than as it is, and its length before it.
    let at = out.reserve(name.length + value.length + 3 * INTEGER_OCTETS);
    const { buffer } = out;
    if (index > 0) {
      out.length = writeInteger(index, 0x80, 0x7f, buffer, at);
      return;
    }
    const octets = name.length + value.length + ENTRY_OCTETS;
    // One that would evict nearly all of the others.
    if (representation === INDEXING && octets > this.#table.maxSize * 0.75)
      representation = WITHOUT_INDEXING;
    at = writeInteger(-index, representation.pattern, representation.prefix, buffer, at);
    if (index === 0) at = writeString(name, buffer, at);
    out.length = writeString(value, buffer, at);
    if (representation === INDEXING) this.#table.add(name, value);
  }
}

/** What an integer takes at most: 32 bits behind the shortest prefix. */
const INTEGER_OCTETS = 6;

/** 5.1: `pattern` above a prefix that holds `prefix` at most. Returns where it ends. */
function writeInteger(
  value: number,
  pattern: number,
  prefix: number,
  buffer: Uint8Array,
  at: number,
): number {
  if (value < prefix) {
    buffer[at++] = pattern | value;
    return at;
  }
  buffer[at++] = pattern | prefix;
  for (value -= prefix; value >= 0x80; value >>>= 7) buffer[at++] = value | 0x80;
  buffer[at++] = value;
  return at;
}

/** 5.2: in Huffman's code where that is shorter. There must be room for it as it is. Returns where it ends. */
function writeString(text: string, buffer: Buffer, at: number): number {
  const length = huffmanLength(text);
  if (length < text.length) {
    at = writeInteger(length, 0x80, 0x7f, buffer, at);
    return writeHuffman(text, buffer, at);
  }
  at = writeInteger(text.length, 0x00, 0x7f, buffer, at);
  // A call into Node costs more than a few octets do.
  if (text.length > 24) return at + buffer.write(text, at, 'latin1');
  for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
  return at;
}
