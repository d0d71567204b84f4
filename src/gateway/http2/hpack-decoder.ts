// Field blocks to fields (RFC 7541 section 3). It does not know which fields HTTP allows, nor how many.

import { HpackError } from './hpack-error.ts';
import {
  DEFAULT_TABLE_SIZE,
  DynamicTable,
  STATIC_LAST,
  STATIC_NAMES,
  STATIC_VALUES,
} from './hpack-table.ts';
import { decodeHuffman } from './huffman.ts';

/** Octets of an integer behind its prefix: 28 bits. Nothing that is allowed here is larger (section 5.1). */
const INTEGER_OCTETS = 4;

const NOTHING = new Uint8Array(0);

/** The fields of one direction of a connection. Of no use after an `HpackError`: the tables are no longer in step. */
export class HpackDecoder {
  readonly #table: DynamicTable;
  /** What the encoder may set at most. */
  #maxSize: number;
  /** The maximum came down to this, below what the encoder uses: it must say so first (section 4.2). */
  #due = Number.POSITIVE_INFINITY;
  #block: Uint8Array = NOTHING;
  #at = 0;

  /**
   * `maxTableSize`: SETTINGS_HEADER_TABLE_SIZE as the encoder knows it from its first block on, in octets. One that was
   * announced is known only with the acknowledgement: `setMaxTableSize`.
   */
  constructor(maxTableSize = DEFAULT_TABLE_SIZE) {
    this.#maxSize = maxTableSize;
    this.#table = new DynamicTable(Math.min(maxTableSize, DEFAULT_TABLE_SIZE));
  }

  /**
   * The peer acknowledged another SETTINGS_HEADER_TABLE_SIZE. If its table may be larger than that, its next block must
   * begin with an update (section 4.2).
   */
  setMaxTableSize(size: number): void {
    this.#maxSize = size;
    if (size < this.#table.maxSize) this.#due = Math.min(this.#due, size);
  }

  /**
   * Calls `field` for each field of one complete block, in order; names and values are latin1. Throws `HpackError`, then
   * perhaps after some fields. A field block of n octets may mean some thousand times as many: count what comes.
   */
  decode(
    block: Uint8Array,
    field: (name: string, value: string, neverIndexed: boolean) => void,
  ): void {
    const table = this.#table;
    const end = block.length;
    this.#block = block;
    this.#at = 0;
    if (
      end > 0 &&
      (((block[0] as number) & 0xe0) === 0x20 || this.#due !== Number.POSITIVE_INFINITY)
    )
      this.#updates();
    while (this.#at < end) {
      const octet = block[this.#at++] as number;
      if (octet & 0x80) {
        // 6.1 Indexed
        let index = octet & 0x7f;
        if (index === 0x7f) index = this.#integer(0x7f);
        if (index <= STATIC_LAST) {
          if (index === 0) throw fault('An indexed field has index 0', '6.1');
          field(STATIC_NAMES[index] as string, STATIC_VALUES[index] as string, false);
        } else {
          const position = this.#position(index);
          field(table.name(position), table.value(position), false);
        }
      } else if (octet & 0x40) {
        // 6.2.1 Literal with incremental indexing. The name is read before its entry may be evicted (section 4.4).
        const name = this.#name(octet, 0x3f);
        const value = this.#string();
        table.add(name, value);
        field(name, value, false);
      } else if (octet & 0x20) {
        throw fault('An update of the table size stands behind a field', '4.2');
      } else {
        // 6.2.2 Literal without indexing, 6.2.3 never indexed
        const name = this.#name(octet, 0x0f);
        field(name, this.#string(), (octet & 0x10) !== 0);
      }
    }
    // Not to keep the octets of the network alive.
    this.#block = NOTHING;
  }

  /** 6.3, at the start of a block */
  #updates(): void {
    while (this.#at < this.#block.length) {
      const octet = this.#block[this.#at] as number;
      if ((octet & 0xe0) !== 0x20) break;
      this.#at++;
      const size = (octet & 0x1f) === 0x1f ? this.#integer(0x1f) : octet & 0x1f;
      if (size > this.#maxSize)
        throw fault(
          `The table size is set to ${size}, above the ${this.#maxSize} announced`,
          '6.3',
        );
      if (size > this.#due) break;
      this.#due = Number.POSITIVE_INFINITY;
      this.#table.resize(size);
    }
    if (this.#due !== Number.POSITIVE_INFINITY)
      throw fault(
        `The table size was lowered to ${this.#due}, and the next block does not begin with that`,
        '4.2',
      );
  }

  #name(octet: number, prefix: number): string {
    let index = octet & prefix;
    if (index === 0) return this.#string();
    if (index === prefix) index = this.#integer(prefix);
    return index <= STATIC_LAST
      ? (STATIC_NAMES[index] as string)
      : this.#table.name(this.#position(index));
  }

  /** 2.3.3 */
  #position(index: number): number {
    const position = index - STATIC_LAST - 1;
    if (position >= this.#table.count)
      throw fault(
        `Index ${index} is beyond the tables, which end at ${STATIC_LAST + this.#table.count}`,
        '2.3.3',
      );
    return position;
  }

  /** 5.1: what follows a prefix of ones, which counts `prefix`. */
  #integer(prefix: number): number {
    let value = prefix;
    for (let shift = 0; shift < 7 * INTEGER_OCTETS; shift += 7) {
      if (this.#at >= this.#block.length) throw fault('The block ends within an integer', '5.1');
      const octet = this.#block[this.#at++] as number;
      value += (octet & 0x7f) << shift;
      if (octet < 0x80) return value;
    }
    throw fault(`An integer has more than ${INTEGER_OCTETS} octets behind its prefix`, '5.1');
  }

  /** 5.2 */
  #string(): string {
    const block = this.#block;
    if (this.#at >= block.length) throw fault('The block ends before a string', '5.2');
    const octet = block[this.#at++] as number;
    const length = (octet & 0x7f) === 0x7f ? this.#integer(0x7f) : octet & 0x7f;
    const start = this.#at;
    const end = start + length;
    if (end > block.length)
      throw fault(`A string of ${length} octets has ${block.length - start} in its block`, '5.2');
    this.#at = end;
    if (octet & 0x80) return decodeHuffman(block, start, end);
    const buffer = Buffer.isBuffer(block)
      ? block
      : Buffer.from(block.buffer, block.byteOffset, block.length);
    return buffer.toString('latin1', start, end);
  }
}

function fault(what: string, section: string): HpackError {
  return new HpackError(`${what} (RFC 7541 section ${section}).`);
}
