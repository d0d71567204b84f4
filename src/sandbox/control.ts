// What a reader asks of a conversation that is to be held still, and what is known of one that is. Plain values, for the
// page and for the guest alike; does nothing itself.

import type { InjectedFault, TraceEvent } from '../trace/index.ts';

/** Before which events of the application a conversation stops. What is left out is any. */
export interface Condition {
  /** Type of the event, in which `*` stands for anything. */
  readonly type: string;
  readonly dir?: EventOfApplication['dir'];
  readonly conn?: number;
}

/** How a run under control begins. */
export interface Arming {
  /** Stops before each event that meets it. Without it the run goes on until it is told otherwise. */
  readonly when?: Condition;
  /** Stops before the first event, whatever it is. */
  readonly paused?: boolean;
}

/** What can be asked while it runs. Faults are done at once, whether or not anything stands still. */
export type ControlCommand =
  | { readonly do: 'arm'; readonly when: Condition | null }
  /** Lets one event go, if one is held, and stops before the next. */
  | { readonly do: 'step' }
  | { readonly do: 'resume' }
  | { readonly do: 'inject'; readonly fault: InjectedFault; readonly conn: number }
  /** Lets a client go on that was stalled or slow. */
  | { readonly do: 'relent'; readonly conn: number }
  /** Moves the clock on by so many milliseconds. */
  | { readonly do: 'move'; readonly ms: number };

/** An event of the application: sent, received, or the end of its call. */
export interface EventOfApplication {
  readonly conn: number;
  readonly dir: TraceEvent['dir'];
  readonly type: string;
}

/** How a run under control stands. */
export interface Standing {
  /** What everything stands before. Null: it runs. */
  readonly before: EventOfApplication | null;
  /** Events that are held, that one among them. */
  readonly held: number;
  /** Whether it is to stop before the next event. */
  readonly stepping: boolean;
  /** Conversations whose client is connected, with the fault that lasts. */
  readonly open: readonly {
    readonly conn: number;
    readonly hindrance?: Extract<InjectedFault, 'stall' | 'slow'>;
  }[];
}

/** What stands still with a conversation: all that tells the time, or the gateway and the client alone. */
export type ClockReach = 'all' | 'gateway';

/** A standing in which nothing is known yet. */
export const RUNNING: Standing = { before: null, held: 0, stepping: false, open: [] };

/** Milliseconds by which the clock can be moved at once. */
export const MOVES = [1000, 10_000, 60_000] as const;

/** Whether an event meets a condition. */
export function meets({ type, dir, conn }: Condition, event: EventOfApplication): boolean {
  if (conn !== undefined && conn !== event.conn) return false;
  if (dir !== undefined && dir !== event.dir) return false;
  return fits(type, event.type);
}

/** Whether a text fits a pattern in which `*` stands for anything. Without backtracking over more than one `*`. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() as string;
  if (!text.startsWith(first) || text.length < first.length + last.length) return false;
  if (!text.endsWith(last)) return false;
  const end = text.length - last.length;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** Where everything stands, in words. */
export function standingWords({ conn, dir, type }: EventOfApplication): string {
  if (type === 'application.returns' || type === 'application.raises')
    return `Paused before the application ${type === 'application.returns' ? 'returns' : 'raises'} in conversation ${conn}.`;
  if (dir === 'in')
    return `Paused before \`${type}\` reaches the application of conversation ${conn}.`;
  return `Paused before \`${type}\` of conversation ${conn}.`;
}
