// The states that a trace tells of a conversation, by the machines of the proposals. Says what the trace says: a state
// that no event has told is not guessed.

import type { MachineTable } from '../../interface/description.ts';
import {
  HTTP_REQUEST,
  HTTP_RESPONSE,
  LIFESPAN_APPLICATION,
  TUNNEL_CONVERSATION,
  WEBSOCKET_CONVERSATION,
} from '../../interface/machines.generated.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { isWait } from '../../trace/normalise.ts';

export type Kind = 'lifespan' | 'http' | 'websocket' | 'tunnel';

/** The machines whose states events of each kind carry, the one that governs most first. */
const MACHINES: Readonly<Record<Kind, readonly MachineTable[]>> = {
  lifespan: [LIFESPAN_APPLICATION],
  http: [HTTP_RESPONSE, HTTP_REQUEST],
  // A handshake, or a tunnel, that is refused goes on as a response.
  websocket: [WEBSOCKET_CONVERSATION, HTTP_RESPONSE],
  tunnel: [TUNNEL_CONVERSATION, HTTP_RESPONSE],
};

export interface Visit {
  readonly state: string;
  /** Number of the event that led there; undefined for the state at the beginning. */
  readonly seq: number | undefined;
}

/** One machine, as far as the trace tells. */
export interface Path {
  readonly machine: MachineTable;
  /** From the initial state on; the last is the current one. */
  readonly visits: readonly Visit[];
}

/** What a conversation is, by what happens in it. `events` are all of one conversation. */
export function kindOf(events: readonly TraceEvent[]): Kind {
  if (events[0]?.conn === 0) return 'lifespan';
  const types = new Set<string>();
  for (const { type } of events) types.add(type);
  const has = (pattern: RegExp) => [...types].some((type) => pattern.test(type));
  if (has(/^(?:client\.)?tunnel\./)) return 'tunnel';
  if (has(/^(?:client\.)?websocket\./)) return 'websocket';
  // What was refused has no events of its kind: its request tells.
  for (const { type, payload } of events) {
    if (type !== 'client.request' && type !== 'http.request') continue;
    if (payload?.fields?.some(([name]) => name.toLowerCase() === 'sec-websocket-version'))
      return 'websocket';
    if (payload?.preview.startsWith('CONNECT ')) return 'tunnel';
  }
  return 'http';
}

const inputsOf = ({ dir, type }: TraceEvent): readonly string[] => [
  type,
  `${dir === 'in' ? 'receive' : 'send'} ${type}`,
];

/** The machine whose state an event carries; `latest` is that of the event before. */
export function machineOf(
  event: TraceEvent,
  kind: Kind,
  latest?: MachineTable,
): MachineTable | undefined {
  const { state } = event;
  if (state === undefined) return undefined;
  const machines = MACHINES[kind].filter(({ states }) => states.includes(state));
  // A rejected event moves nothing, and carries the state of the conversation.
  if (event.violation) return machines[0];
  const inputs = inputsOf(event);
  const moved = machines.filter(({ transitions }) =>
    transitions.some(({ on, to }) => to === state && on.some((input) => inputs.includes(input))),
  );
  const refused = kind === 'websocket' || kind === 'tunnel' ? latest : undefined;
  return [refused, ...moved, ...machines].find((one) => one && machines.includes(one));
}

/**
 * The paths of a conversation through its machines up to and with the last of `events`, in the order of the kind; that
 * of its first machine where no event has told a state.
 */
export function pathsOf(events: readonly TraceEvent[], kind: Kind): Path[] {
  const paths = new Map<MachineTable, Visit[]>();
  // Long conversations repeat themselves: what is alike is looked up once.
  const known = new Map<string, MachineTable | undefined>();
  const machineAt = (event: TraceEvent) => {
    if (event.violation) return machineOf(event, kind, latest);
    const key = `${event.type} ${event.dir} ${event.state} ${latest?.machine}`;
    let machine = known.get(key);
    if (machine === undefined && !known.has(key)) {
      machine = machineOf(event, kind, latest);
      known.set(key, machine);
    }
    return machine;
  };
  let latest: MachineTable | undefined;
  for (const event of events) {
    // That a wait began or ended moves nothing: what waited is an event of its own.
    if (event.state === undefined || isWait(event)) continue;
    const machine = machineAt(event);
    if (!machine) continue;
    latest = machine;
    const visits = visitsOf(paths, machine);
    if (visits.at(-1)?.state !== event.state)
      visits.push({ state: event.state as string, seq: event.seq });
  }
  if (paths.size === 0) visitsOf(paths, MACHINES[kind][0] as MachineTable);
  // Of a refused handshake or tunnel the response tells, and its own machine no more.
  const refused = kind !== 'http' && latest === HTTP_RESPONSE;
  return MACHINES[kind].flatMap((machine) => {
    const visits = refused && machine !== HTTP_RESPONSE ? undefined : paths.get(machine);
    return visits ? [{ machine, visits }] : [];
  });
}

function visitsOf(paths: Map<MachineTable, Visit[]>, machine: MachineTable): Visit[] {
  let visits = paths.get(machine);
  if (!visits) {
    visits = [{ state: machine.initial, seq: undefined }];
    paths.set(machine, visits);
  }
  return visits;
}

/** A path in words: “http.response: open, committed at event 5. Now committed.” */
export function pathWords({ machine, visits }: Path): string {
  const steps = visits.map(({ state, seq }) => (seq ? `${state} at event ${seq}` : state));
  return `${machine.machine}: ${steps.join(', ')}. Now ${visits.at(-1)?.state}.`;
}

/** What moves a machine on from a state without a condition, by name, in the order of the table. */
export function waysOn({ transitions }: MachineTable, state: string): string[] {
  const names = transitions
    .filter(({ from, to, when }) => to !== undefined && when === undefined && from.includes(state))
    .flatMap(({ on }) => on.map((input) => input.replace(/^send /, '')));
  return [...new Set(names)];
}
