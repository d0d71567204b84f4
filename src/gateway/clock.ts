// One coarse clock for all limits of time: reading it costs nothing, and it looks at everything that has a limit a few
// times a second (timeout.acts grants a second).

/** Milliseconds between two looks. */
const TICK = 250;

export class Clock {
  readonly #watchers = new Set<() => void>();
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Milliseconds that have passed while anybody watched. */
  #time = 0;
  #last = 0;

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
    if (this.#timer === undefined) {
      this.#last = performance.now();
      const timer = setInterval(() => this.#tick(), TICK);
      if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.();
      this.#timer = timer;
    }
    return () => {
      this.#watchers.delete(look);
      if (this.#watchers.size > 0 || this.#timer === undefined) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #tick(): void {
    const now = performance.now();
    // An event loop that was blocked has not let the peer make progress: such time does not count against it.
    this.#time += Math.min(now - this.#last, 2 * TICK);
    this.#last = now;
    for (const look of [...this.#watchers]) look();
  }
}
