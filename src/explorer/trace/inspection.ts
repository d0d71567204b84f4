// All that a trace tells of one event: times, the states of its conversation, and, where a rule was broken, why. Knows
// nothing of how it is shown.

import { EVENTS } from '../../interface/catalogue.generated.ts';
import type { TraceEvent, Violation } from '../../trace/index.ts';
import { isWait } from '../../trace/normalise.ts';
import { type Conversation, placeOf, type Survey } from './conversations.ts';
import { kindOf, machineOf, type Path, pathsOf, waysOn } from './machine.ts';
import type { WaitEnd } from './waits.ts';

/** Why a step was a violation, as far as the trace tells. */
export interface Why extends Violation {
  /** The machine and its state before the event, where the trace tells one. */
  readonly before: { readonly machine: string; readonly state: string } | undefined;
  /** What the application may send in that state without a condition, by type. */
  readonly instead: readonly string[];
  /** The last events of the application's side that were in order, oldest first. */
  readonly last: readonly TraceEvent[];
}

/** The wait that an event begins or ends, with the event at its other end where the trace has it. */
export interface Waited extends Pick<WaitEnd, 'is' | 'ms'> {
  readonly other: TraceEvent | undefined;
}

export interface Inspection {
  readonly event: TraceEvent;
  /** Milliseconds since the event before; undefined for the first. */
  readonly sinceBefore: number | undefined;
  /** Milliseconds since the first event of its conversation. */
  readonly sinceBeginning: number;
  readonly wait: Waited | undefined;
  /** What brought it about: the event, or its number where the trace does not have it. */
  readonly cause: TraceEvent | number | undefined;
  /** What it brought about, in the order of the trace: the first few, and how many more. */
  readonly effects: readonly TraceEvent[];
  readonly furtherEffects: number;
  readonly paths: readonly Path[];
  readonly why: Why | undefined;
}

const LAST = 3;
const EFFECTS = 12;

/** Inspects the event at a place of the trace; the trace is ordered by `seq`. */
export function inspect(
  events: readonly TraceEvent[],
  place: number,
  { conversations, waits, effects }: Survey,
): Inspection {
  const event = events[place] as TraceEvent;
  const { whole, kind } = conversationOf(events, event, conversations.get(event.conn));
  const soFar = whole.slice(0, placeOf(whole, event.seq) + 1);
  const wait = waits.at(events, place);
  const caused = effects.get(event.seq) ?? [];
  const before = events[place - 1];
  const at = (seq: number) => events[placeOf(events, seq)];
  return {
    event,
    sinceBefore: before && event.t - before.t,
    sinceBeginning: event.t - (whole[0] as TraceEvent).t,
    wait: wait && { ...wait, other: wait.other === undefined ? undefined : events[wait.other] },
    cause: event.cause === undefined ? undefined : (at(event.cause) ?? event.cause),
    effects: caused.slice(0, EFFECTS).flatMap((seq) => at(seq) ?? []),
    furtherEffects: Math.max(caused.length - EFFECTS, 0),
    paths: pathsOf(soFar, kind),
    why: event.violation && whyOf(event, event.violation, soFar.slice(0, -1), kind),
  };
}

interface Whole {
  readonly whole: readonly TraceEvent[];
  readonly kind: ReturnType<typeof kindOf>;
}

/** The conversation that was looked at last: who steps through it looks at it once. */
let last: (Whole & { readonly known: Conversation; readonly events: number }) | undefined;

/** The events of an event's conversation, and what it is. */
function conversationOf(
  events: readonly TraceEvent[],
  event: TraceEvent,
  known: Conversation | undefined,
): Whole {
  if (
    known &&
    last?.known === known &&
    last.events === known.events &&
    last.whole[0]?.run === event.run
  )
    return last;
  const whole = eventsOf(events, event, known);
  const found = { whole, kind: kindOf(whole) };
  if (known) last = { ...found, known, events: known.events };
  return found;
}

/** From its first event to its last: in a long trace, a small part of it. */
function eventsOf(
  events: readonly TraceEvent[],
  { conn, run }: TraceEvent,
  known: Conversation | undefined,
): TraceEvent[] {
  const found: TraceEvent[] = [];
  let left = known?.events ?? 0;
  for (let place = known?.first ?? events.length; left > 0 && place < events.length; place++) {
    const event = events[place] as TraceEvent;
    if (event.conn !== conn) continue;
    left--;
    if (event.run === run) found.push(event);
  }
  return found;
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
    last: earlier
      .filter((step) => step.lane === 'app' && !step.violation && !isWait(step))
      .slice(-LAST),
  };
}
