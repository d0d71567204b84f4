// A trace as a sequence diagram: where on the page each event stands, and what is drawn for it. An event is an instant;
// a wait is drawn where the trace has its beginning and its end, and time that passes between events is a labelled gap.

import type { Lane, TraceEvent } from '../../trace/index.ts';

/** Height of one event, in pixels. */
export const STEP = 30;
/** Milliseconds from which time that passes is shown. */
export const GAP_FROM = 5;
const GAP_LEAST = 18;
const GAP_MOST = 54;

export interface Gap {
  /** The event, by its place among those that are shown, before which it lies. */
  readonly before: number;
  readonly y: number;
  readonly height: number;
  readonly ms: number;
}

/** From the `B` of a span to its `E`. */
export interface Wait {
  readonly lane: Lane;
  readonly from: number;
  readonly to: number;
  readonly ms: number;
}

export interface Layout {
  /** Middle of each event, in pixels from the top, in order. */
  readonly y: Float64Array;
  readonly gaps: readonly Gap[];
  readonly waits: readonly Wait[];
  readonly height: number;
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

/** Places the events that are shown; `places` are theirs in the trace, in order. */
export function layOut(events: readonly TraceEvent[], places: readonly number[]): Layout {
  const y = new Float64Array(places.length);
  const gaps: Gap[] = [];
  const waits: Wait[] = [];
  const begun = new Map<string, number[]>();
  let top = 0;
  let before: TraceEvent | undefined;
  for (let i = 0; i < places.length; i++) {
    const event = events[places[i] as number] as TraceEvent;
    const ms = before ? event.t - before.t : 0;
    const height = gapHeight(ms);
    if (height > 0) gaps.push({ before: i, y: top, height, ms });
    top += height;
    y[i] = top + STEP / 2;
    top += STEP;
    before = event;
    if (event.phase === 'i') continue;
    const key = `${event.conn} ${event.lane} ${event.type}`;
    if (event.phase === 'B') {
      const open = begun.get(key) ?? [];
      open.push(i);
      begun.set(key, open);
      continue;
    }
    const start = begun.get(key)?.pop();
    if (start === undefined) continue;
    const first = events[places[start] as number] as TraceEvent;
    waits.push({
      lane: event.lane,
      from: y[start] as number,
      to: y[i] as number,
      ms: event.t - first.t,
    });
  }
  return { y, gaps, waits, height: top };
}

/** What is drawn for an event. The neighbour of client and application is the gateway. */
export function markOf({ lane, dir, type }: TraceEvent): Mark {
  if (dir === 'internal' || type === 'peer.lost' || type === 'receive')
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

/** The events from `top` to `bottom`, as first and after the last. */
export function between(y: Float64Array, top: number, bottom: number): readonly [number, number] {
  return [firstFrom(y, top), firstFrom(y, bottom)];
}

function firstFrom(y: Float64Array, value: number): number {
  let [low, high] = [0, y.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((y[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
