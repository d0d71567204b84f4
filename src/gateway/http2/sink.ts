// Where what is to be sent is written, frame after frame, without copies between. It knows octets alone.

const NOTHING = Buffer.alloc(0);
/** The first allocation: from Node's pool, so that a connection that says little costs little. */
const FIRST = 512;

/**
 * A growing buffer of octets. The writers below take care of room; whoever writes to `buffer` itself calls `reserve`
 * first, reads `buffer` after it, and moves `length`. Positions count from 0 and hold until `take`.
 */
export class OctetSink {
  buffer: Buffer = NOTHING;
  /** Octets written. May be set back to an earlier position, which takes back what was written since. */
  length = 0;
  #next = FIRST;

  /** Makes room for `count` octets more, and returns the position at which they will stand. */
  reserve(count: number): number {
    if (this.length + count > this.buffer.length) this.#grow(this.length + count);
    return this.length;
  }

  #grow(needed: number): void {
    const buffer = Buffer.allocUnsafe(Math.max(needed, this.#next, 2 * this.buffer.length));
    this.buffer.copy(buffer, 0, 0, this.length);
    this.buffer = buffer;
  }

  /** One octet, of which only the low 8 bits count. */
  uint8(value: number): void {
    const at = this.reserve(1);
    this.buffer[at] = value;
    this.length = at + 1;
  }

  uint16(value: number): void {
    this.setUint16(this.reserve(2), value);
    this.length += 2;
  }

  uint24(value: number): void {
    this.setUint24(this.reserve(3), value);
    this.length += 3;
  }

  uint32(value: number): void {
    this.setUint32(this.reserve(4), value);
    this.length += 4;
  }

  /** Copies `octets` to the end. */
  append(octets: Uint8Array): void {
    const at = this.reserve(octets.length);
    this.buffer.set(octets, at);
    this.length = at + octets.length;
  }

  /** Each code unit as one octet; only the low 8 bits count. */
  latin1(text: string): void {
    const at = this.reserve(text.length);
    const { buffer } = this;
    // A call into Node costs more than a few octets do.
    if (text.length > 24) buffer.write(text, at, 'latin1');
    else for (let i = 0; i < text.length; i++) buffer[at + i] = text.charCodeAt(i);
    this.length = at + text.length;
  }

  /** Overwrites what was written or reserved at `at`, in network order: a length that is known only afterwards. */
  setUint16(at: number, value: number): void {
    const { buffer } = this;
    buffer[at] = value >>> 8;
    buffer[at + 1] = value;
  }

  setUint24(at: number, value: number): void {
    const { buffer } = this;
    buffer[at] = value >>> 16;
    buffer[at + 1] = value >>> 8;
    buffer[at + 2] = value;
  }

  setUint32(at: number, value: number): void {
    const { buffer } = this;
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
  }

  /** Puts `count` octets of room between what stands before `at` and what stands behind. */
  insert(at: number, count: number): void {
    this.reserve(count);
    this.buffer.copyWithin(at + count, at, this.length);
    this.length += count;
  }

  /** A view of what was written: good until the next writing. */
  octets(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  /** What was written, which is the caller's from now on; the sink is empty, and holds no memory. */
  take(): Buffer {
    const taken = this.octets();
    // As much again is likely to be needed, within reason.
    this.#next = Math.min(Math.max(FIRST, 1 << (32 - Math.clz32(this.length))), 65_536);
    this.buffer = NOTHING;
    this.length = 0;
    return taken;
  }

  /** Forgets what was written, and keeps the memory. Only where nobody holds a view. */
  clear(): void {
    this.length = 0;
  }
}
