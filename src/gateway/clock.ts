// One coarse clock for all limits of time: reading it costs nothing, and it looks at everything that has a limit a few
// times a second (timeout.acts grants a second).

import { PLATFORM_TIME, type Time } from '../trace/time.ts';

/** Milliseconds between two looks. */
const TICK = 250;

export class Clock {
  readonly #source: Time;
  readonly #watchers = new Set<() => void>();
  #stop: (() => void) | undefined;
  /** Milliseconds that have passed while anybody watched. */
  #time = 0;
  #last = 0;

  constructor(source: Time = PLATFORM_TIME) {
    this.#source = source;
  }

  /** Now, from any fixed point. */
  now(): number {
    return this.#source.now();
  }

  /** Now, rounded up to the next look: what is measured from here has never lasted longer than it seems. */
  get stamp(): number {
    return this.#time + TICK;
  }

  /** Whether `limit` milliseconds have passed in full since a stamp. */
  passed(stamp: number, limit: number): boolean {
    return this.#time - stamp >= limit;
  }

  /** Calls back a few times a second, until the function returned is called. Keeps no process alive. */
  watch(look: () => void): () => void {
    this.#watchers.add(look);
    if (this.#stop === undefined) {
      this.#last = this.now();
      this.#stop = this.#source.every(TICK, () => this.#tick());
    }
    return () => {
      this.#watchers.delete(look);
      if (this.#watchers.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #tick(): void {
    const now = this.now();
    // An event loop that was blocked has not let the peer make progress: such time does not count against it.
    this.#time += Math.min(now - this.#last, 2 * TICK);
    this.#last = now;
    for (const look of [...this.#watchers]) look();
  }
}
