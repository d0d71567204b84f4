// The waits of a trace: which event ends what another began. Joined by `span`, which is unique in its conversation, in
// one pass that goes on where the trace grows. Knows nothing of drawing.

import type { TraceEvent } from '../../trace/index.ts';

/** One end of a wait, as its event tells it. */
export interface WaitEnd {
  readonly is: 'beginning' | 'end';
  /** Place of the other end; undefined where the trace does not have it. */
  readonly other: number | undefined;
  /** Milliseconds from the beginning to the end; undefined where one of them is missing. */
  readonly ms: number | undefined;
}

export class Waits {
  readonly #ends = new Map<number, number>();
  readonly #begins = new Map<number, number>();
  readonly #open = new Map<string, number>();
  readonly #ended: number[] = [];

  /** Takes the next event. */
  take({ run, conn, phase, span }: TraceEvent, place: number): void {
    if (phase === 'i' || span === undefined) return;
    const key = `${conn} ${span} ${run}`;
    if (phase === 'B') {
      this.#open.set(key, place);
      return;
    }
    const begin = this.#open.get(key);
    if (begin === undefined) return;
    this.#open.delete(key);
    this.#ends.set(begin, place);
    this.#begins.set(place, begin);
    this.#ended.push(begin);
  }

  /** Places of the beginnings of waits that have ended, in the order of their ends. */
  get ended(): readonly number[] {
    return this.#ended;
  }

  /** Place of the end of the wait that begins at a place. */
  endOf(place: number): number | undefined {
    return this.#ends.get(place);
  }

  /** What an event tells of a wait; undefined for one that neither begins nor ends any. */
  at(events: readonly TraceEvent[], place: number): WaitEnd | undefined {
    const event = events[place];
    if (!event || event.phase === 'i') return undefined;
    const is = event.phase === 'B' ? 'beginning' : 'end';
    const other = (is === 'beginning' ? this.#ends : this.#begins).get(place);
    const there = other === undefined ? undefined : events[other];
    return { is, other, ms: there && Math.abs(there.t - event.t) };
  }

  /** Milliseconds of the wait of an event; one whose end is not in the trace is longer than any. */
  length(events: readonly TraceEvent[], place: number): number | undefined {
    const wait = this.at(events, place);
    return wait && (wait.ms ?? (wait.is === 'beginning' ? Number.POSITIVE_INFINITY : undefined));
  }
}
