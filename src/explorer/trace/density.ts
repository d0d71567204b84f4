// How the events of a trace lie in its time: counts in pieces of equal length, which double as the trace grows. Knows
// nothing of how they are drawn.

import type { TraceEvent } from '../../trace/index.ts';
import { isEvent, type Row } from './rows.ts';

/** At most so many pieces are told; half of them at least, once time has passed. */
export const PIECES = 128;
/** Milliseconds of a piece, at the least. */
const LEAST = 2 ** -14;

export interface Pieces {
  readonly events: readonly number[];
  /** Violations and injected faults among them. */
  readonly troubles: readonly number[];
  /** The most events in one piece. */
  readonly most: number;
  /** Milliseconds of a piece. */
  readonly length: number;
}

/** Counts the events of rows that may grow at their end. */
export class Density {
  #rows: readonly Row[] = [];
  #count = 0;
  #length = LEAST;
  #events: number[] = [];
  #troubles: number[] = [];

  read(events: readonly TraceEvent[], rows: readonly Row[]): Pieces {
    if (rows !== this.#rows || rows.length < this.#count) {
      this.#rows = rows;
      this.#count = 0;
      this.#length = LEAST;
      this.#events = [];
      this.#troubles = [];
    }
    for (; this.#count < rows.length; this.#count++) {
      const row = rows[this.#count] as Row;
      if (isEvent(row)) this.#take(events[row] as TraceEvent);
    }
    return {
      events: this.#events,
      troubles: this.#troubles,
      most: this.#events.reduce((most, count) => Math.max(most, count), 0),
      length: this.#length,
    };
  }

  #take({ t, violation, fault }: TraceEvent): void {
    const time = Number.isFinite(t) ? Math.max(t, 0) : 0;
    while (time >= PIECES * this.#length) this.#double();
    const piece = Math.floor(time / this.#length);
    for (let i = this.#events.length; i <= piece; i++) {
      this.#events.push(0);
      this.#troubles.push(0);
    }
    (this.#events[piece] as number)++;
    if (violation || fault) (this.#troubles[piece] as number)++;
  }

  #double(): void {
    this.#length *= 2;
    this.#events = inPairs(this.#events);
    this.#troubles = inPairs(this.#troubles);
  }
}

function inPairs(counts: readonly number[]): number[] {
  return Array.from(
    { length: Math.ceil(counts.length / 2) },
    (_, i) => (counts[2 * i] ?? 0) + (counts[2 * i + 1] ?? 0),
  );
}

/**
 * The row of the event that is nearest to a time, in milliseconds: the first of several, at the end the last; -1 where
 * there is none. Times rise from row to row.
 */
export function rowAt(events: readonly TraceEvent[], rows: readonly Row[], time: number): number {
  const timeOf = (row: number) => events[Math.ceil(rows[row] as Row)]?.t ?? 0;
  const firstFrom = (from: number) => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (timeOf(middle) < from) low = middle + 1;
      else high = middle;
    }
    return eventFrom(rows, low, 1);
  };
  const last = eventFrom(rows, rows.length - 1, -1);
  if (last < 0 || time >= timeOf(last)) return last;
  const after = firstFrom(time);
  const before = eventFrom(rows, after - 1, -1);
  if (before < 0 || timeOf(after) - time <= time - timeOf(before)) return after;
  return firstFrom(timeOf(before));
}

function eventFrom(rows: readonly Row[], row: number, by: 1 | -1): number {
  for (let i = row; i >= 0 && i < rows.length; i += by) if (isEvent(rows[i] as Row)) return i;
  return -1;
}
