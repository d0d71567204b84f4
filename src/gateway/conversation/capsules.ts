// Capsules among the octets of a tunnel (RFC 9297 section 3.2): datagrams are taken out of the peer's octets, and put
// between whole capsules of the application's.

/** RFC 9297 section 3.5 */
const DATAGRAM = 0;

/** A variable-length integer (RFC 9000 section 16), read octet by octet. */
class Varint {
  value = 0;
  #left = 0;
  #begun = false;

  /** Takes an octet. @returns whether the integer is complete */
  push(octet: number): boolean {
    if (!this.#begun) {
      this.#begun = true;
      this.#left = (1 << (octet >> 6)) - 1;
      this.value = octet & 0x3f;
    } else {
      // Above 2^53 the value is not exact; nothing that long is ever read to its end.
      this.value = this.value * 256 + octet;
      this.#left--;
    }
    if (this.#left > 0) return false;
    this.#begun = false;
    return true;
  }
}

/** Follows capsules without keeping them. */
export class CapsuleTracker {
  readonly #varint = new Varint();
  #part: 'type' | 'length' | 'value' = 'type';
  #begun = false;
  #left = 0;
  protected capsule = 0;

  /** Whether the octets so far end within a capsule. */
  get within(): boolean {
    return this.#begun;
  }

  push(data: Uint8Array): void {
    for (let at = 0; at < data.length; ) at = this.step(data, at);
  }

  /** Takes what stands at `at`: an octet of a head, or as much of a value as there is. @returns where to go on */
  step(data: Uint8Array, at: number): number {
    if (this.#part === 'value') {
      const size = Math.min(this.#left, data.length - at);
      this.#left -= size;
      if (this.#left === 0) this.#end();
      return at + size;
    }
    this.#begun = true;
    if (this.#varint.push(data[at] as number)) {
      if (this.#part === 'type') {
        this.capsule = this.#varint.value;
        this.#part = 'length';
      } else {
        this.#left = this.#varint.value;
        this.#part = 'value';
        if (this.#left === 0) this.#end();
      }
    }
    return at + 1;
  }

  /** What is read next. */
  get part(): 'type' | 'length' | 'value' {
    return this.#part;
  }

  get left(): number {
    return this.#left;
  }

  get type(): number {
    return this.capsule;
  }

  #end(): void {
    this.#part = 'type';
    this.#begun = false;
  }
}

/** A piece of what the peer sent: a datagram, or octets of other capsules. */
export interface Piece {
  readonly datagram: boolean;
  readonly data: Uint8Array;
}

/** Takes the datagrams out of a peer's octets, as far as there is room for what they give. */
export class CapsuleReader {
  readonly #tracker = new CapsuleTracker();
  readonly #most: number;
  /** Octets that were pushed and are not read to their end, and where the first of them is read on. */
  #pushed: Uint8Array[] = [];
  #at = 0;
  /** What the capsule under way is, once its type is known. */
  #kind: 'datagram' | 'other' | undefined;
  /** Its octets from earlier pushes, while the type is not known. */
  #held: number[] = [];
  #payload: Uint8Array | undefined;
  #filled = 0;

  /** Datagrams with more than `most` octets are dropped (tunnel.datagram.dropped). */
  constructor(most: number) {
    this.#most = most;
  }

  /** The memory must stay as it is until it is read. */
  push(data: Uint8Array): void {
    if (data.length > 0) this.#pushed.push(data);
  }

  /** Drops what was pushed and not read. */
  clear(): void {
    this.#pushed = [];
    this.#at = 0;
  }

  /** The next datagram, or octets of one other capsule; undefined until more is pushed. */
  next(): Piece | undefined {
    for (;;) {
      const [data] = this.#pushed;
      if (data === undefined) return undefined;
      const piece = this.#take(data);
      if (this.#at === data.length) {
        this.#pushed.shift();
        this.#at = 0;
      }
      if (piece) return piece;
    }
  }

  /** Reads to the end of a capsule, or of the octets. */
  #take(data: Uint8Array): Piece | undefined {
    const tracker = this.#tracker;
    const from = this.#at;
    do this.#step(data);
    while (tracker.within && this.#at < data.length);
    const kind = this.#kind;
    if (!tracker.within) this.#kind = undefined;
    if (kind === undefined) {
      this.#held.push(...data.subarray(from, this.#at));
      return undefined;
    }
    const held = this.#held;
    this.#held = [];
    if (kind === 'other') {
      const rest = data.subarray(from, this.#at);
      // A small piece must not keep a large buffer alive.
      return {
        datagram: false,
        data: held.length === 0 && rest.length === data.length ? data : joined(held, rest),
      };
    }
    if (tracker.within || !this.#payload) return undefined;
    const payload = this.#payload;
    this.#payload = undefined;
    return { datagram: true, data: payload };
  }

  #step(data: Uint8Array): void {
    const tracker = this.#tracker;
    const { part } = tracker;
    const at = this.#at;
    this.#at = tracker.step(data, at);
    if (this.#kind === undefined) {
      if (tracker.part !== 'type') this.#kind = tracker.type === DATAGRAM ? 'datagram' : 'other';
    } else if (this.#kind === 'datagram') {
      if (part === 'value') {
        this.#payload?.set(data.subarray(at, this.#at), this.#filled);
        this.#filled += this.#at - at;
      } else if (!tracker.within || tracker.part === 'value') {
        const length = tracker.within ? tracker.left : 0;
        this.#payload = length <= this.#most ? new Uint8Array(length) : undefined;
        this.#filled = 0;
      }
    }
  }
}

function joined(held: readonly number[], rest: Uint8Array): Uint8Array {
  const data = new Uint8Array(held.length + rest.length);
  data.set(held);
  data.set(rest, held.length);
  return data;
}

/** A datagram as a capsule. */
export function datagramCapsule(data: Uint8Array): Uint8Array {
  const { length } = data;
  const head =
    length < 64
      ? [DATAGRAM, length]
      : length < 16_384
        ? [DATAGRAM, 0x40 | (length >> 8), length & 0xff]
        : [DATAGRAM, 0x80, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  const capsule = new Uint8Array(head.length + length);
  capsule.set(head);
  capsule.set(data, head.length);
  return capsule;
}
