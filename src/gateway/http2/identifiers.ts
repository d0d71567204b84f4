// Which streams a peer has begun, left out, or may still send on though they are closed (RFC 9113 sections 5.1 and 5.1.1).
// Knows numbers alone.

import { MOST } from './frames.ts';

/** Streams that this end has reset and of which more may come: so many are known. */
const DISCARDED = 4096;
/** Ranges of identifiers that the peer has left out: so many are known. */
const SKIPPED = 32;

export class StreamIdentifiers {
  /** The highest that the peer has used; 0 before the first. */
  last = 0;
  /** The highest that is served, by the latest GOAWAY. */
  lastServed = MOST;
  /** Those that this end has reset before the peer had ended them. */
  #discarded: Set<number> | undefined;
  /** First and last of those that the peer has left out. */
  #skipped: number[] | undefined;

  /** Whether a stream never was. Those of the server are all idle: nothing is promised here. */
  isIdle(id: number): boolean {
    return id > this.last || (id & 1) === 0;
  }

  /** The peer begins a stream, with a higher identifier than any before. */
  begin(id: number): void {
    const next = this.last === 0 ? 1 : this.last + 2;
    this.last = id;
    if (id === next) return;
    this.#skipped ??= [];
    if (this.#skipped.length === 2 * SKIPPED) this.#skipped.splice(0, 2);
    this.#skipped.push(next, id - 2);
  }

  /** Whether the peer has left an identifier out, which closed the stream (section 5.1.1). */
  wasSkipped(id: number): boolean {
    const skipped = this.#skipped;
    if (skipped)
      for (let i = 0; i < skipped.length; i += 2)
        if (id >= (skipped[i] as number) && id <= (skipped[i + 1] as number)) return true;
    return false;
  }

  /** This end has reset a stream that the peer had not ended. */
  discard(id: number): void {
    this.#discarded ??= new Set();
    if (this.#discarded.size >= DISCARDED)
      for (const oldest of this.#discarded) {
        this.#discarded.delete(oldest);
        break;
      }
    this.#discarded.add(id);
  }

  /** The peer has ended such a stream: nothing more may come. */
  ended(id: number): void {
    this.#discarded?.delete(id);
  }

  /** Whether what comes on a closed stream is read over: the peer may not know yet that nobody wants it. */
  isDropped(id: number): boolean {
    return id > this.lastServed || this.#discarded?.has(id) === true;
  }
}
