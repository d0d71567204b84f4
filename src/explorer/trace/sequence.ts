// A trace as a sequence diagram: where on the page each row stands, and what is drawn for it. An event is an instant;
// time that passes between two is a labelled gap, a wait a bar beside its lane, and what is buffered a level. Goes on
// where the rows grow.

import type { Lane, TraceEvent } from '../../trace/index.ts';
import { isEvent, type Row, type RowList, rowFrom } from './rows.ts';
import type { Waits } from './waits.ts';

/** Height of one row, in pixels. */
export const STEP = 30;
/** Milliseconds from which time that passes is shown. */
export const GAP_FROM = 5;
const GAP_LEAST = 18;
const GAP_MOST = 54;
/** Bars beside each other; further waits share the last. */
export const COLUMNS = 5;

export interface Gap {
  /** The row before which it lies. */
  readonly before: number;
  readonly y: number;
  readonly height: number;
  readonly ms: number;
}

/** A wait, or several that share a bar, by places in the trace. */
export interface Bar {
  readonly lane: Lane;
  /** Bars of one lane and column never overlap. */
  readonly column: number;
  readonly from: number;
  /** Infinite where one of its waits does not end. */
  readonly to: number;
  readonly waits: number;
}

/** Octets that wait after an event of its conversation, and where: `out` towards the client, `in` towards the app. */
export interface Level {
  readonly out: number;
  readonly in: number;
}

/** What is drawn for an event: a whole arrow, the end of one whose beginning another event tells, or a point. */
export type Mark =
  | { readonly kind: 'arrow'; readonly from: Lane; readonly to: Lane }
  | { readonly kind: 'arrival'; readonly from: Lane; readonly to: Lane }
  | { readonly kind: 'point'; readonly at: Lane };

/** Height of a gap: longer for more time, but not to scale. */
export function gapHeight(ms: number): number {
  if (ms < GAP_FROM) return 0;
  return Math.min(GAP_LEAST + 6 * Math.log2(ms / GAP_FROM), GAP_MOST);
}

/** What is drawn for an event. The neighbour of client and application is the gateway. */
export function markOf({ lane, dir, type, phase }: TraceEvent): Mark {
  if (
    dir === 'internal' ||
    type === 'peer.lost' ||
    type === 'receive' ||
    (type === 'send' && phase !== 'i')
  )
    return { kind: 'point', at: lane };
  if (lane !== 'gateway')
    return dir === 'out'
      ? { kind: 'arrow', from: lane, to: 'gateway' }
      : { kind: 'arrow', from: 'gateway', to: lane };
  // What arrives at the gateway has left the client in an event of its own.
  return dir === 'in'
    ? { kind: 'arrival', from: 'client', to: 'gateway' }
    : { kind: 'arrow', from: 'gateway', to: 'client' };
}

/** What is written at an event: its name, or that something waits, and behind it the status or the size, if it has one. */
export function labelOf({ type, phase, payload, fault }: TraceEvent): {
  readonly name: string;
  readonly value?: number;
} {
  if (fault) return { name: `${type} · injected: ${fault}` };
  if ((type === 'send' || type === 'receive') && phase !== 'i')
    return { name: phase === 'B' ? `waits to ${type}` : `${type} goes on` };
  const value = payload?.status ?? payload?.size;
  return value === undefined ? { name: type } : { name: type, value };
}

/** A list of numbers that grows without a copy at each. */
class Numbers {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const more = new Float64Array(2 * this.length);
      more.set(this.#values);
      this.#values = more;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index] as number;
  }

  /** The first that is not less than a value, in a list that rises. */
  firstFrom(value: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#values[middle] as number) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The layout of the rows that are shown, which must not be folded. */
export class Layout {
  #rows: readonly Row[] = [];
  #waits: Waits | undefined;
  #y = new Numbers();
  #out = new Numbers();
  #in = new Numbers();
  #gaps: Gap[] = [];
  #columns = new Map<Lane, { -readonly [K in keyof Bar]: Bar[K] }[][]>();
  #levels = new Map<string, Level>();
  #before: TraceEvent | undefined;
  #ended = 0;
  #height = 0;

  /** Takes the rows as they are now. Where they are the array of the last call, only what is new in it is looked at. */
  read(events: readonly TraceEvent[], { rows }: RowList, waits: Waits): this {
    if (rows !== this.#rows || rows.length < this.#y.length || waits !== this.#waits) {
      this.#reset();
      this.#rows = rows;
      this.#waits = waits;
    }
    this.#end(waits);
    for (let i = this.#y.length; i < rows.length; i++) this.#take(events, rows[i] as Row, i, waits);
    return this;
  }

  #reset(): void {
    this.#y = new Numbers();
    this.#out = new Numbers();
    this.#in = new Numbers();
    this.#gaps = [];
    this.#columns = new Map();
    this.#levels = new Map();
    this.#before = undefined;
    this.#ended = 0;
    this.#height = 0;
  }

  /** Height of all, in pixels. */
  get height(): number {
    return this.#height;
  }

  /** Middle of a row, in pixels from the top. */
  y(row: number): number {
    return this.#y.at(row);
  }

  /** Top of what is drawn for an event at a place, or of the first that is shown after it. */
  yOf(place: number): number {
    if (place === Number.POSITIVE_INFINITY) return this.#height;
    const row = rowFrom(this.#rows, place);
    return row < this.#y.length ? this.#y.at(row) : this.#height;
  }

  /** The rows from `top` to `bottom`, as first and after the last. */
  between(top: number, bottom: number): readonly [number, number] {
    return [this.#y.firstFrom(top), this.#y.firstFrom(bottom)];
  }

  level(row: number): Level {
    return { out: this.#out.at(row), in: this.#in.at(row) };
  }

  /** The gaps before the rows from `first` to the one before `after`. */
  gaps(first: number, after: number): Gap[] {
    return within(this.#gaps, ({ before }) => before, first, after);
  }

  /** The bars that are seen where the events from one place to another are. */
  bars(from: number, to: number): Bar[] {
    const found: Bar[] = [];
    for (const columns of this.#columns.values())
      for (const bars of columns) {
        // They do not overlap, so that their ends rise as their beginnings do.
        let at = firstWhere(bars, (bar) => bar.to >= from);
        for (; at < bars.length && (bars[at] as Bar).from <= to; at++) found.push(bars[at] as Bar);
      }
    return found;
  }

  #take(events: readonly TraceEvent[], row: Row, index: number, waits: Waits): void {
    const event = isEvent(row) ? (events[row] as TraceEvent) : undefined;
    const ms = event && this.#before?.run === event.run ? event.t - this.#before.t : 0;
    const height = gapHeight(ms);
    if (height > 0) this.#gaps.push({ before: index, y: this.#height, height, ms });
    this.#y.push(this.#height + height + STEP / 2);
    this.#height += height + STEP;
    const level = event ? this.#levelAfter(event) : NO_LEVEL;
    this.#out.push(level.out);
    this.#in.push(level.in);
    if (!event) return;
    this.#before = event;
    if (event.phase === 'B') this.#begin(event.lane, row, waits.endOf(row));
  }

  /** What waits in an event's conversation after it: what it tells, or what an earlier one told. */
  #levelAfter(event: TraceEvent): Level {
    const { run, conn, buffered } = event;
    const key = `${conn} ${run}`;
    const before = this.#levels.get(key) ?? NO_LEVEL;
    if (buffered === undefined) return before;
    const after = isOutput(event) ? { ...before, out: buffered } : { ...before, in: buffered };
    this.#levels.set(key, after);
    return after;
  }

  #begin(lane: Lane, from: number, end: number | undefined): void {
    const to = end ?? Number.POSITIVE_INFINITY;
    const columns = this.#columns.get(lane) ?? [];
    this.#columns.set(lane, columns);
    let column = columns.findIndex((bars) => (bars.at(-1) as Bar).to < from);
    if (column < 0) column = Math.min(columns.length, COLUMNS - 1);
    columns[column] ??= [];
    const bars = columns[column] as { -readonly [K in keyof Bar]: Bar[K] }[];
    const last = bars.at(-1);
    if (last && last.to >= from) {
      last.to = Math.max(last.to, to);
      last.waits++;
    } else bars.push({ lane, column, from, to, waits: 1 });
  }

  /** Waits that were open when they were taken, and have ended since. One of several in a bar leaves it as it is. */
  #end(waits: Waits): void {
    const { ended } = waits;
    for (; this.#ended < ended.length; this.#ended++) {
      const from = ended[this.#ended] as number;
      for (const columns of this.#columns.values())
        for (const bars of columns) {
          const bar = bars[firstWhere(bars, (one) => one.from >= from)];
          if (bar?.from === from && bar.waits === 1)
            bar.to = waits.endOf(from) ?? Number.POSITIVE_INFINITY;
        }
    }
  }
}

const NO_LEVEL: Level = { out: 0, in: 0 };

/** Whether what waits after an event is output; else it is input (proposal 6, “What the buffers count”). */
export function isOutput({ dir, type, phase }: TraceEvent): boolean {
  return dir === 'out' ? type !== 'receive' : type === 'send' && phase === 'E';
}

/** The first place of a list for which something holds, where it then holds for all after it. */
function firstWhere<T>(list: readonly T[], holds: (item: T) => boolean): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle] as T)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function within<T>(list: readonly T[], of: (item: T) => number, from: number, to: number): T[] {
  return list.slice(
    firstWhere(list, (item) => of(item) >= from),
    firstWhere(list, (item) => of(item) >= to),
  );
}
