// One stream of HTTP/2 as its connection sees it (RFC 9113 section 5.1): who can still send, how much, and what waits to.
// Holds state alone; what a frame does to it is in `connection.ts`.

import type { Fields } from '../../interface/index.ts';

/** The states of section 5.1 in which a stream is kept. `idle` is one without a stream, and so is `closed` after a while. */
export type StreamState = 'open' | 'half-closed (local)' | 'half-closed (remote)' | 'closed';

const NO_PARTS: Uint8Array[] = [];

export class Http2Stream<Owner = unknown> {
  readonly id: number;
  /** Whose it is, for the listener of the connection. */
  owner: Owner | undefined = undefined;
  /** The peer has not ended its side. */
  peerOpen = true;
  /** This end has not ended its own. */
  ownOpen = true;

  // What comes in, in octets.
  /** What the peer may still send. Negative while it has yet to learn of a smaller window. */
  receiveWindow: number;
  /** Taken, and not yet given back. */
  credit = 0;
  /** Stands among those whose credit is to be written. */
  creditDue = false;
  /** The declared length; -1 where there is none. */
  readonly declared: number;
  arrived = 0;
  /** What comes behind the head is no HTTP (section 8.5, RFC 8441 section 5). */
  readonly tunnel: boolean;

  // What goes out, in octets.
  sendWindow: number;
  /** Octets that wait, from `partsAt` on. */
  parts: Uint8Array[] = NO_PARTS;
  partsAt = 0;
  /** How much of the first of them is written. */
  partAt = 0;
  queued = 0;
  /** To be ended behind them, with these trailers. */
  ends = false;
  trailers: Fields | undefined = undefined;
  /** Stands among those that have something to write, or wait for the credit of the connection. */
  ready = false;

  constructor(
    id: number,
    receiveWindow: number,
    sendWindow: number,
    declared: number,
    tunnel: boolean,
  ) {
    this.id = id;
    this.receiveWindow = receiveWindow;
    this.sendWindow = sendWindow;
    this.declared = declared;
    this.tunnel = tunnel;
  }

  get state(): StreamState {
    if (this.peerOpen) return this.ownOpen ? 'open' : 'half-closed (local)';
    return this.ownOpen ? 'half-closed (remote)' : 'closed';
  }

  /** Whether it waits for credit of the stream's own. */
  get blocked(): boolean {
    return this.queued > 0 && this.sendWindow <= 0;
  }

  /** Puts octets behind those that wait. They must not change. */
  push(octets: Uint8Array): void {
    if (this.parts === NO_PARTS) this.parts = [octets];
    else this.parts.push(octets);
    this.queued += octets.length;
  }

  /** Copies the next `count` octets that wait to `to`, from `at` on. */
  copy(to: Uint8Array, at: number, count: number): void {
    let left = count;
    let to_ = at;
    this.queued -= count;
    while (left > 0) {
      const part = this.parts[this.partsAt] as Uint8Array;
      const there = part.length - this.partAt;
      if (there > left) {
        to.set(part.subarray(this.partAt, this.partAt + left), to_);
        this.partAt += left;
        return;
      }
      to.set(this.partAt === 0 ? part : part.subarray(this.partAt), to_);
      to_ += there;
      left -= there;
      this.partsAt++;
      this.partAt = 0;
    }
    if (this.queued === 0) this.#forget();
    else if (this.partsAt > 256) {
      this.parts = this.parts.slice(this.partsAt);
      this.partsAt = 0;
    }
  }

  /** Both sides are over, and what waits is dropped. */
  close(): void {
    this.peerOpen = false;
    this.ownOpen = false;
    this.ends = false;
    this.trailers = undefined;
    this.queued = 0;
    this.#forget();
  }

  #forget(): void {
    this.parts = NO_PARTS;
    this.partsAt = 0;
    this.partAt = 0;
  }
}
