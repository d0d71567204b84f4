// All that a trace tells of one event: times, the states of its conversation, and, where a rule was broken, why. Knows
// nothing of how it is shown.

import { EVENTS } from '../../interface/catalogue.generated.ts';
import type { TraceEvent, Violation } from '../../trace/index.ts';
import { kindOf, machineOf, type Path, pathsOf, waysOn } from './machine.ts';

/** Why a step was a violation, as far as the trace tells. */
export interface Why extends Violation {
  /** The machine and its state before the event, where the trace tells one. */
  readonly before: { readonly machine: string; readonly state: string } | undefined;
  /** What the application may send in that state without a condition, by type. */
  readonly instead: readonly string[];
  /** The last events of the application's side that were in order, oldest first. */
  readonly last: readonly TraceEvent[];
}

export interface Inspection {
  readonly event: TraceEvent;
  /** Milliseconds since the event before; undefined for the first. */
  readonly sinceBefore: number | undefined;
  /** Milliseconds since the first event of its conversation. */
  readonly sinceBeginning: number;
  readonly paths: readonly Path[];
  readonly why: Why | undefined;
}

const LAST = 3;

/** Inspects the event at a place of the trace; the trace is ordered by `seq`. */
export function inspect(events: readonly TraceEvent[], place: number): Inspection {
  const event = events[place] as TraceEvent;
  const whole = events.filter(({ conn }) => conn === event.conn);
  const soFar = whole.filter(({ seq }) => seq <= event.seq);
  const kind = kindOf(whole);
  const before = events[place - 1];
  return {
    event,
    sinceBefore: before && event.t - before.t,
    sinceBeginning: event.t - (whole[0] as TraceEvent).t,
    paths: pathsOf(soFar, kind),
    why: event.violation && whyOf(event, event.violation, soFar.slice(0, -1), kind),
  };
}

function whyOf(
  event: TraceEvent,
  violation: Violation,
  earlier: readonly TraceEvent[],
  kind: ReturnType<typeof kindOf>,
): Why {
  const paths = pathsOf(earlier, kind);
  const machine = machineOf(event, kind);
  const path = paths.find((one) => one.machine === machine) ?? (machine ? undefined : paths[0]);
  const told =
    path ?? (machine && { machine, visits: [{ state: machine.initial, seq: undefined }] });
  const state = told?.visits.at(-1)?.state;
  return {
    ...violation,
    before: told && state !== undefined ? { machine: told.machine.machine, state } : undefined,
    instead:
      told && state !== undefined && event.dir === 'out'
        ? waysOn(told.machine, state).filter(
            (name) => Object.hasOwn(EVENTS, name) && EVENTS[name]?.direction !== 'receive',
          )
        : [],
    last: earlier.filter(({ lane, violation: broken }) => lane === 'app' && !broken).slice(-LAST),
  };
}
