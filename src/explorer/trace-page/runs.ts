// A trace by its runs: several processes write to one file, each numbering its own events. Knows nothing of drawing.

import type { TraceEvent } from '../../trace/index.ts';

/** The events of one recording, in order. */
export interface RunTrace {
  readonly run: string;
  readonly events: readonly TraceEvent[];
}

/** The runs of a trace, in the order in which they begin. */
export function runsOf(events: readonly TraceEvent[]): RunTrace[] {
  const runs = new Map<string, TraceEvent[]>();
  for (const event of events) {
    const own = runs.get(event.run);
    if (own) own.push(event);
    else runs.set(event.run, [event]);
  }
  return [...runs].map(([run, own]) => ({ run, events: own }));
}

/**
 * All runs as one trace. Numbers of events, conversations and waits count over all of them; conversation 0 is the lifespans
 * of all. Where each run has a date, times are since the first of them began and decide the order; else both are as they
 * were written.
 */
export function joined(events: readonly TraceEvent[]): TraceEvent[] {
  const origins = new Map<string, number>();
  for (const { run, timeOrigin } of events)
    if (timeOrigin !== undefined && !origins.has(run)) origins.set(run, timeOrigin);
  const dated = events.every(({ run }) => origins.has(run));
  const first = Math.min(...origins.values());
  const since = (run: string) => (dated ? (origins.get(run) ?? first) - first : 0);
  const latest = new Map<string, number>();
  const timed = events.map((event) => {
    const t = event.t + since(event.run);
    // Whatever its times say, a run keeps its own order.
    const at = Math.max(t, latest.get(event.run) ?? 0);
    latest.set(event.run, at);
    return { event, t, at };
  });
  if (dated) timed.sort((a, b) => a.at - b.at);

  const conns = new Map<string, number>();
  const spans = new Map<string, number>();
  const numberOf = (known: Map<string, number>, run: string, number: number): number => {
    const key = `${run} ${number}`;
    const found = known.get(key) ?? known.size + 1;
    known.set(key, found);
    return found;
  };
  const seqs = new Map<string, number>();
  /** Number of the last event of each run, in the run. */
  const lasts = new Map<string, number>();
  let seq = 0;
  for (const { event } of timed) {
    const { run } = event;
    // What a run has lost counts here, too.
    seq += event.seq - (lasts.get(run) ?? 0);
    lasts.set(run, event.seq);
    seqs.set(`${run} ${event.seq}`, seq);
  }
  return timed.map(({ event, t }) => {
    const { run, conn, span, cause, timeOrigin: _, ...rest } = event;
    const causedBy = cause === undefined ? undefined : seqs.get(`${run} ${cause}`);
    return {
      ...rest,
      run,
      seq: seqs.get(`${run} ${event.seq}`) as number,
      t,
      conn: conn === 0 ? 0 : numberOf(conns, run, conn),
      ...(span === undefined ? {} : { span: numberOf(spans, `${run} ${conn}`, span) }),
      ...(causedBy === undefined ? {} : { cause: causedBy }),
    };
  });
}
