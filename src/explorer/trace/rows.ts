// The rows of a trace: which events a filter leaves, with one row in the place of each folded conversation and one
// where events are missing. Goes on where the trace grows. Knows nothing of how a row looks.

import type { TraceEvent } from '../../trace/index.ts';
import { missingBefore, type Survey } from './conversations.ts';
import { Growth } from './growth.ts';
import type { Waits } from './waits.ts';

/**
 * A row: an event by its place in the trace; below 0, `-1 - conn` for a folded conversation; half a place before an
 * event, a row for what is missing there.
 */
export type Row = number;

export const isEvent = (row: Row): boolean => row >= 0 && Number.isInteger(row);
export const isFold = (row: Row): boolean => row <= -1;
/** Whether a row stands for what is missing between events, or for the beginning of another run. */
export const isBreak = (row: Row): boolean => !Number.isInteger(row);
export const foldedConn = (row: Row): number => -1 - row;
const foldOf = (conn: number): Row => -1 - conn;
const breakBefore = (place: number): Row => place - 0.5;
/** The event before which such a row stands. */
export const afterBreak = (row: Row): number => row + 0.5;

/** What a filter asks of an event; `waited` is the length of its wait in milliseconds. */
export interface Sieve {
  readonly test: (event: TraceEvent, waited: number | undefined) => boolean;
  /** Whether it asks for waits, of which a later event may tell. */
  readonly waits: boolean;
}

export interface RowList {
  /** Grows with the trace; another array where what stood there has changed. */
  readonly rows: readonly Row[];
  /** Events that are among the rows, those in folds too. */
  readonly events: number;
  /** Events that are missing at a row for a break, by that row; 0 where another run begins. */
  readonly missing: ReadonlyMap<Row, number>;
}

const NONE: ReadonlySet<number> = new Set();

/** Finds the rows of a trace that may grow at its end, looking at each event once. */
export class RowReader {
  #growth = new Growth<TraceEvent>();
  #folded: ReadonlySet<number> = NONE;
  #sieve: Sieve | undefined;
  #waits: Waits | undefined;
  /** Ends of waits that were known at the last read. */
  #ended = 0;
  #rows: Row[] = [];
  #seen = new Set<number>();
  #missing = new Map<Row, number>();
  #events = 0;

  read(
    events: readonly TraceEvent[],
    { waits }: Survey,
    folded: ReadonlySet<number> = NONE,
    sieve?: Sieve,
  ): RowList {
    let from = this.#growth.from(events);
    const changed = folded !== this.#folded || sieve !== this.#sieve || waits !== this.#waits;
    let retold = from;
    if (sieve?.waits)
      for (let i = changed ? waits.ended.length : this.#ended; i < waits.ended.length; i++)
        retold = Math.min(retold, waits.ended[i] as number);
    // What a fold hides is told by its count alone, from which nothing can be taken back.
    if (changed || from === 0 || (retold < from && folded.size > 0)) {
      from = 0;
      this.#folded = folded;
      this.#sieve = sieve;
      this.#waits = waits;
      this.#rows = [];
      this.#seen = new Set();
      this.#missing = new Map();
      this.#events = 0;
    } else if (retold < from) from = this.#takeBack(retold);
    this.#ended = waits.ended.length;
    for (let place = from; place < events.length; place++) this.#take(events, place, waits);
    return { rows: this.#rows, events: this.#events, missing: this.#missing };
  }

  #take(events: readonly TraceEvent[], place: number, waits: Waits): void {
    const event = events[place] as TraceEvent;
    const missing = missingBefore(events, place);
    const before = events[place - 1];
    if (missing > 0 || (before !== undefined && before.run !== event.run))
      this.#break(breakBefore(place), missing);
    const sieve = this.#sieve;
    if (sieve) {
      const waited = sieve.waits ? waits.length(events, place) : undefined;
      if (!sieve.test(event, waited)) return;
    }
    this.#events++;
    const { conn } = event;
    if (!this.#folded.has(conn)) this.#rows.push(place);
    else if (!this.#seen.has(conn)) {
      this.#seen.add(conn);
      this.#rows.push(foldOf(conn));
    }
  }

  /** Breaks that nothing stands between are one. */
  #break(row: Row, missing: number): void {
    const last = this.#rows.at(-1);
    const at = last !== undefined && isBreak(last) ? last : row;
    if (at === row) this.#rows.push(row);
    this.#missing.set(at, (this.#missing.get(at) ?? 0) + missing);
  }

  /** Forgets the rows from an event on, and tells from which event to read again. */
  #takeBack(place: number): number {
    let [end, from] = [this.#rows.length, place];
    while (end > 0) {
      const row = this.#rows[end - 1] as Row;
      // A break that is the last row may stand for events that come after the place.
      if (row < place && !isBreak(row)) break;
      if (isBreak(row)) {
        this.#missing.delete(row);
        from = Math.min(from, afterBreak(row));
      } else this.#events--;
      end--;
    }
    this.#rows = this.#rows.slice(0, end);
    return from;
  }
}

/** The rows that are left by a filter, with one row in the place of each folded conversation. */
export function rowsOf(
  events: readonly TraceEvent[],
  survey: Survey,
  folded: ReadonlySet<number> = NONE,
  sieve?: Sieve,
): RowList {
  return new RowReader().read(events, survey, folded, sieve);
}

/** The row to select from `row` by so many events; other rows are passed over. Undefined where there is no event. */
export function step(rows: readonly Row[], row: number, by: number): number | undefined {
  const towards = Math.sign(by) || 1;
  const start = Math.min(Math.max(row + by, 0), rows.length - 1);
  for (const direction of [towards, -towards])
    for (let i = start; i >= 0 && i < rows.length; i += direction)
      if (isEvent(rows[i] as Row)) return i;
  return undefined;
}

/** The first row at an event's place or after it, where rows are in order: nothing is folded. */
export function rowFrom(rows: readonly Row[], place: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as Row) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}
