// A clock that can be held still, and moved while it stands: what a reader's pauses do not touch. Runs by the platform's
// clock otherwise. Knows nothing of what it is the time of.

import { nextTurn } from '../../gateway/turn.ts';
import type { Time } from '../../trace/time.ts';

/** What it runs by. Kept by the caller from before any program could change it. */
export interface Platform {
  now(): number;
  setTimeout(callback: () => void, delay: number): unknown;
  clearTimeout(timer: unknown): void;
}

/** Calls within one move of the clock that each happen in their time; what is due behind them comes after it. */
export const MOVE_LIMIT = 20_000;
/** Turns of the event loop that what comes of a call has to set the next timer, before time moves on. */
const TURNS = 3;

interface Timer {
  due: number;
  /** Of timers that are due at the same time, the one that was set first comes first. */
  order: number;
  readonly interval: number | undefined;
  readonly callback: () => void;
}

export class HeldTime implements Time {
  readonly #platform: Platform;
  readonly #timers = new Set<Timer>();
  #order = 0;
  /** How many hold it. It stands while there is one. */
  #holds = 0;
  /** Where it stands; while it runs, what is to be added to the platform's clock. */
  #at = 0;
  #ahead = 0;
  #alarm: unknown;
  #moving: Promise<unknown> = Promise.resolve();

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  now(): number {
    return this.#holds > 0 ? this.#at : this.#platform.now() + this.#ahead;
  }

  after(delay: number, callback: () => void): () => void {
    return this.#set(delay, undefined, callback);
  }

  every(interval: number, callback: () => void): () => void {
    const milliseconds = Math.max(interval || 0, 1);
    return this.#set(milliseconds, milliseconds, callback);
  }

  /** Stands still until it was released as often as it was held. */
  hold(): void {
    if (this.#holds === 0) this.#at = this.now();
    this.#holds++;
    this.#setAlarm();
  }

  release(): void {
    if (this.#holds === 0) return;
    if (--this.#holds === 0) this.#ahead = this.#at - this.#platform.now();
    this.#setAlarm();
  }

  /**
   * Moves on by so many milliseconds at once, by way of all timers that come due, each in its order and with what comes
   * of it. Ends early where somebody holds the clock in the meantime. One move after the other.
   */
  move(milliseconds: number): Promise<void> {
    const moved = this.#moving.then(() => this.#move(milliseconds));
    this.#moving = moved;
    return moved;
  }

  /** Forgets all timers. */
  clear(): void {
    this.#timers.clear();
    this.#setAlarm();
  }

  async #move(milliseconds: number): Promise<void> {
    const until = this.now() + milliseconds;
    this.hold();
    const holds = this.#holds;
    try {
      for (let calls = 0; calls < MOVE_LIMIT && this.#holds <= holds; calls++) {
        for (let turn = 0; turn < TURNS; turn++) await nextTurn();
        const next = this.#next();
        if (!next || next.due > until || this.#holds > holds) break;
        this.#at = Math.max(this.#at, next.due);
        this.#call(next);
      }
      if (this.#holds <= holds) this.#at = Math.max(this.#at, until);
    } finally {
      this.release();
    }
  }

  #set(delay: number, interval: number | undefined, callback: () => void): () => void {
    const due = this.now() + Math.max(delay || 0, 0);
    const timer: Timer = { due, order: ++this.#order, interval, callback };
    this.#timers.add(timer);
    this.#setAlarm();
    return () => {
      if (this.#timers.delete(timer)) this.#setAlarm();
    };
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (!next || timer.due < next.due || (timer.due === next.due && timer.order < next.order))
        next = timer;
    }
    return next;
  }

  /** One timer of the platform, for the next one here: what is due together comes each in a turn of its own. */
  #setAlarm(): void {
    this.#platform.clearTimeout(this.#alarm);
    this.#alarm = undefined;
    const next = this.#holds > 0 ? undefined : this.#next();
    if (!next) return;
    this.#alarm = this.#platform.setTimeout(
      () => {
        const due = this.#next();
        if (due && due.due <= this.now()) this.#call(due);
        this.#setAlarm();
      },
      Math.max(next.due - this.now(), 0),
    );
  }

  #call(timer: Timer): void {
    if (timer.interval === undefined) this.#timers.delete(timer);
    else {
      // What was missed while the event loop was blocked is not made up for.
      timer.due = Math.max(timer.due + timer.interval, this.now());
      timer.order = ++this.#order;
    }
    try {
      timer.callback();
    } catch (error) {
      // As the platform does: it is nobody's here, and keeps nothing from going on.
      this.#platform.setTimeout(() => {
        throw error;
      }, 0);
    }
  }
}
