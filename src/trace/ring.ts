// Keeps the last of what is put into it, within a count and a size, so that a stream without end takes bounded memory.
// Counts what it has let go; knows nothing of where things come from or go.

import type { TraceEvent } from './event.ts';

export interface RingLimits {
  /** Most items. */
  readonly count: number;
  /** Most octets, by the ring's own measure. The last item stays even if it alone is larger. */
  readonly octets: number;
}

/** A stretch of what a ring keeps. */
export interface Stretch<T> {
  readonly items: readonly T[];
  /** Position of the first item, counted from 0 over all that was ever put in; what is asked for may be gone. */
  readonly from: number;
  /** Position behind the last item. */
  readonly to: number;
}

/** The last items of a stream, each at a position that never changes. */
export class Ring<T> {
  readonly #limits: RingLimits;
  readonly #sizeOf: (item: T) => number;
  #items: T[] = [];
  /** Place in `#items` of the first that is kept. */
  #head = 0;
  #octets = 0;
  #lost = 0;

  constructor(limits: RingLimits, sizeOf: (item: T) => number) {
    this.#limits = limits;
    this.#sizeOf = sizeOf;
  }

  push(item: T): void {
    this.#items.push(item);
    this.#octets += this.#sizeOf(item);
    while (
      this.length > this.#limits.count ||
      (this.#octets > this.#limits.octets && this.length > 1)
    ) {
      this.#octets -= this.#sizeOf(this.#items[this.#head] as T);
      // Lets go of it at once, though the place is taken back later.
      this.#items[this.#head++] = undefined as T;
      this.#lost++;
    }
    if (this.#head > this.#items.length / 2 && this.#head > 64) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
  }

  /** Items that are kept. */
  get length(): number {
    return this.#items.length - this.#head;
  }

  get octets(): number {
    return this.#octets;
  }

  /** Items that were let go: the position of the first that is kept. */
  get lost(): number {
    return this.#lost;
  }

  /** Position of the next item. */
  get end(): number {
    return this.#lost + this.length;
  }

  /** What is kept from a position on: all, or as much as the limits allow but at least one item where there is one. */
  from(position: number, most?: RingLimits): Stretch<T> {
    const from = Math.min(Math.max(position, this.#lost), this.end);
    const start = this.#head + from - this.#lost;
    if (!most) return { items: this.#items.slice(start), from, to: this.end };
    let stop = start;
    let octets = 0;
    while (stop < this.#items.length && stop - start < most.count) {
      octets += this.#sizeOf(this.#items[stop] as T);
      if (octets > most.octets && stop > start) break;
      stop++;
    }
    return { items: this.#items.slice(start, stop), from, to: from + stop - start };
  }
}

/** What the parts of an event that are always there take as a line. */
const LEAST_OCTETS = 160;

/** About the octets that an event takes: those of its line, without making it. */
export function octetsOf({ payload, violation }: TraceEvent): number {
  let octets = LEAST_OCTETS + (violation?.message.length ?? 0);
  if (payload) {
    octets += payload.preview.length;
    for (const [name, value] of payload.fields ?? []) octets += name.length + value.length + 6;
  }
  return octets;
}
