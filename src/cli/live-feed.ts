// What a process with an application tells the first process of its trace: nothing while nobody looks, and then batches,
// no faster than they are taken. What comes meanwhile waits in a ring; what that lets go is seen as a gap in the numbers.

import { traceLine } from '../trace/formats/ndjson.ts';
import type { TraceEvent } from '../trace/index.ts';
import { octetsOf, Ring, type RingLimits } from '../trace/ring.ts';

/** A part of the trace of one process, in order. */
export interface TraceBatch {
  readonly run: string;
  /** Milliseconds since 1970 at which the recording began. */
  readonly timeOrigin: number;
  /** Events as NDJSON; empty where it only says that there is such a run. */
  readonly text: string;
}

export interface LiveFeedOptions {
  readonly run: string;
  readonly timeOrigin: number;
  /** Takes out what is secret. */
  readonly mask: (event: TraceEvent) => TraceEvent;
  /** Resolves when the batch is on its way. Must not reject. */
  readonly send: (batch: TraceBatch) => Promise<void>;
  readonly ring?: RingLimits;
}

/** What waits at most, watched or not. */
const RING: RingLimits = { count: 4000, octets: 8 * 2 ** 20 };
/** One batch. With the time between two, this bounds what watching costs the application. */
const BATCH: RingLimits = { count: 500, octets: 256 * 2 ** 10 };
/** Milliseconds in which events become one batch. */
const GATHER = 25;

export class LiveFeed {
  readonly #options: LiveFeedOptions;
  readonly #ring: Ring<TraceEvent>;
  /** Where the next batch begins. The events of a run are numbered from 1, the places in a ring from 0. */
  #next = 0;
  #watched = false;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> | undefined;

  constructor(options: LiveFeedOptions) {
    this.#options = options;
    this.#ring = new Ring(options.ring ?? RING, octetsOf);
  }

  /** Says that there is this run. */
  announce(): void {
    void this.#send([]);
  }

  /** Takes the next event of the run. */
  readonly emit = (event: TraceEvent): void => {
    this.#ring.push(event);
    if (this.#watched) this.#later();
  };

  /** Somebody looks, and knows the events up to this number. */
  watch(after: number): void {
    this.#watched = true;
    this.#next = after;
    this.#later();
  }

  unwatch(): void {
    this.#watched = false;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Hands over what is left, looked at or not: the process ends. */
  async close(): Promise<void> {
    this.unwatch();
    await this.#sending;
    while (this.#next < this.#ring.end) await this.#batch();
  }

  #later(): void {
    if (this.#timer || this.#sending || this.#next >= this.#ring.end) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#batch().then(() => {
        this.#sending = undefined;
        if (this.#watched) this.#later();
      });
    }, GATHER);
    this.#timer.unref();
  }

  #batch(): Promise<void> {
    const { items, to } = this.#ring.from(this.#next, BATCH);
    this.#next = to;
    return this.#send(items);
  }

  #send(events: readonly TraceEvent[]): Promise<void> {
    const { run, timeOrigin, mask, send } = this.#options;
    const text = events.map((event) => traceLine(mask(event))).join('');
    return send({ run, timeOrigin, text });
  }
}
