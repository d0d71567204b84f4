// A trace by its conversations: how many there are, what each is about, and which rows are left when some are folded.
// Knows nothing of machines or of drawing.

import type { TraceEvent } from '../../trace/index.ts';

export interface Conversation {
  readonly conn: number;
  /** Place of its first event in the trace. */
  readonly first: number;
  readonly events: number;
  readonly violations: number;
  /** “GET /one”, or “lifespan”; empty where the trace does not tell. */
  readonly title: string;
}

export interface Survey {
  /** By number, in the order of their first events. The lifespan is one of them here, and not counted in words. */
  readonly conversations: ReadonlyMap<number, Conversation>;
  readonly violations: number;
}

/** A row of the table: an event by its place in the trace, or, below 0, `-1 - conn` for a folded conversation. */
export type Row = number;

export const isFold = (row: Row): boolean => row < 0;
export const foldedConn = (row: Row): number => -1 - row;
const foldOf = (conn: number): Row => -1 - conn;

const HEAD = /^(?:client|http)\.request$/;

/** Counts a trace in one pass. */
export function survey(events: readonly TraceEvent[]): Survey {
  const conversations = new Map<number, { -readonly [K in keyof Conversation]: Conversation[K] }>();
  let violations = 0;
  for (let first = 0; first < events.length; first++) {
    const { conn, violation, type, payload } = events[first] as TraceEvent;
    let one = conversations.get(conn);
    if (!one) {
      const title = conn === 0 ? 'lifespan' : '';
      one = { conn, first, events: 0, violations: 0, title };
      conversations.set(conn, one);
    }
    one.events++;
    if (violation) {
      one.violations++;
      violations++;
    }
    if (one.title === '' && HEAD.test(type))
      one.title = (payload?.preview ?? '').replace(/ HTTP\/[\d.]+$/, '');
  }
  return { conversations, violations };
}

/** The rows that are left by a test, with one row in the place of each folded conversation. */
export function rowsOf(
  events: readonly TraceEvent[],
  folded: ReadonlySet<number>,
  test?: (event: TraceEvent) => boolean,
): Row[] {
  const rows: Row[] = [];
  const seen = new Set<number>();
  for (let i = 0; i < events.length; i++) {
    const event = events[i] as TraceEvent;
    if (test && !test(event)) continue;
    if (!folded.has(event.conn)) rows.push(i);
    else if (!seen.has(event.conn)) {
      seen.add(event.conn);
      rows.push(foldOf(event.conn));
    }
  }
  return rows;
}

/** Place of the event with this number, or -1. Events are ordered by `seq`. */
export function placeOf(events: readonly TraceEvent[], seq: number): number {
  let [low, high] = [0, events.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = (events[middle] as TraceEvent).seq;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** The row to select from `row` by so many events; fold rows are passed over. Undefined where there is no event. */
export function step(rows: readonly Row[], row: number, by: number): number | undefined {
  const towards = Math.sign(by) || 1;
  const start = Math.min(Math.max(row + by, 0), rows.length - 1);
  for (const direction of [towards, -towards])
    for (let i = start; i >= 0 && i < rows.length; i += direction)
      if (!isFold(rows[i] as Row)) return i;
  return undefined;
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? '' : 's'}`;

/** “12 events, 1 violation, 2 conversations”, and of how many where a filter leaves fewer. */
export function summary(total: number, shown: number, { conversations, violations }: Survey) {
  const events =
    shown === total ? counted(total, 'event') : `${shown} of ${counted(total, 'event')}`;
  const asked = conversations.size - (conversations.has(0) ? 1 : 0);
  return `${events}, ${counted(violations, 'violation')}, ${counted(asked, 'conversation')}`;
}

/** A folded conversation in words. */
export function foldWords({ conn, title, events, violations }: Conversation): string {
  const broken = violations > 0 ? `, ${counted(violations, 'violation')}` : '';
  const name = [conn === 0 ? '' : `Conversation ${conn}`, title].filter(Boolean).join(': ');
  return `${name}, ${counted(events, 'event')}${broken}`;
}
