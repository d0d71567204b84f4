// A trace as Chrome trace event JSON (JSON Object Format), for Perfetto and chrome://tracing: a process for each
// conversation, a thread for each party. Knows nothing of those programs but the format.

import type { Lane, TraceEvent } from '../event.ts';
import { printable } from '../words.ts';
import { conversationsOf } from './conversations.ts';

interface Common {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
}

/** Names and orders processes and threads. */
export interface ChromeMetadata extends Common {
  readonly ph: 'M';
  readonly args: { readonly name: string } | { readonly sort_index: number };
}

interface Timed extends Common {
  readonly cat: string;
  /** Microseconds. */
  readonly ts: number;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface ChromeInstant extends Timed {
  readonly ph: 'i';
  /** The scope: its thread. */
  readonly s: 't';
  readonly cname?: 'terrible';
}

/** An end of a waiting span. Asynchronous, for a party may wait to send and to receive at once, which does not nest. */
export interface ChromeSpan extends Timed {
  readonly ph: 'b' | 'e';
  readonly id: string;
}

export type ChromeEvent = ChromeMetadata | ChromeInstant | ChromeSpan;

export interface ChromeTrace {
  readonly traceEvents: readonly ChromeEvent[];
  readonly displayTimeUnit: 'ms';
}

const THREADS: Readonly<Record<Lane, number>> = { client: 1, gateway: 2, app: 3 };
const NAMES: Readonly<Record<Lane, string>> = {
  client: 'client',
  gateway: 'gateway',
  app: 'application',
};
const LANES = Object.keys(THREADS) as Lane[];

/** A trace as Chrome trace events, as an object for `JSON.stringify`. */
export function toChromeTrace(events: readonly TraceEvent[]): ChromeTrace {
  const conversations = conversationsOf(events);
  const runs = new Set(conversations.map(({ run }) => run)).size;
  const traceEvents = conversations.flatMap(({ conn, run, title, events: own }, index) => {
    const pid = index + 1;
    const name = conn === 0 ? title : `conversation ${conn}, ${title}`;
    return [
      metadata('process_name', pid, 0, { name: printable(runs > 1 ? `${run}: ${name}` : name) }),
      metadata('process_sort_index', pid, 0, { sort_index: index }),
      ...LANES.filter((lane) => own.some((event) => event.lane === lane)).flatMap((lane) => [
        metadata('thread_name', pid, THREADS[lane], { name: NAMES[lane] }),
        metadata('thread_sort_index', pid, THREADS[lane], { sort_index: THREADS[lane] }),
      ]),
      ...timedEvents(own, pid),
    ];
  });
  return { traceEvents, displayTimeUnit: 'ms' };
}

/** A trace as the text of a Chrome trace file. */
export function writeChromeTrace(events: readonly TraceEvent[]): string {
  return `${JSON.stringify(toChromeTrace(events))}\n`;
}

function metadata(
  name: string,
  pid: number,
  tid: number,
  args: ChromeMetadata['args'],
): ChromeMetadata {
  return { name, ph: 'M', pid, tid, args };
}

function timedEvents(events: readonly TraceEvent[], pid: number): ChromeEvent[] {
  /** Waits that have begun, oldest first, by their span; by who and what where a trace has none. */
  const open = new Map<string, { readonly id: string; readonly name: string }[]>();
  let spans = 0;
  return events.flatMap((event): ChromeEvent[] => {
    const timed = {
      name: printable(event.type),
      cat: event.lane,
      pid,
      tid: THREADS[event.lane],
      ts: timestamp(event.t),
      args: argsOf(event),
    };
    const key = `${event.lane} ${event.span ?? event.type}`;
    const begun = open.get(key) ?? [];
    open.set(key, begun);
    if (event.phase === 'B') {
      const id = `${pid}.${++spans}`;
      begun.push({ id, name: timed.name });
      return [{ ...timed, ph: 'b', id }];
    }
    const wait = event.phase === 'E' ? begun.shift() : undefined;
    const end: ChromeEvent[] = wait ? [{ ...timed, name: wait.name, ph: 'e', id: wait.id }] : [];
    // What a `receive` waited for is an event of its own; an end whose begin is not in the trace is a moment.
    if (wait?.name === timed.name) return end;
    return [
      ...end,
      { ...timed, ph: 'i', s: 't', ...(event.violation ? { cname: 'terrible' as const } : {}) },
    ];
  });
}

/** Milliseconds as microseconds with three digits; what is too large for that, at the edge. */
function timestamp(t: number): number {
  return Math.min(Math.round(t * 1e6) / 1e3, Number.MAX_SAFE_INTEGER);
}

function argsOf(event: TraceEvent): Readonly<Record<string, unknown>> {
  const { seq, dir, cause, state, buffered, payload, requirement, violation, src, fault } = event;
  return {
    seq,
    dir,
    ...(cause === undefined ? {} : { cause }),
    ...(state === undefined ? {} : { state }),
    ...(buffered === undefined ? {} : { buffered }),
    ...(payload === undefined ? {} : { payload }),
    ...(requirement === undefined ? {} : { requirement }),
    ...(violation === undefined ? {} : { violation }),
    ...(src === undefined ? {} : { src }),
    ...(fault === undefined ? {} : { fault }),
  };
}
