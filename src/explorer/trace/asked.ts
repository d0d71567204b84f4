// The event that the address of a page asks for: `#t=12` by its number, `#t=flow.send-waits` by the clause that it shows.

import type { TraceEvent } from '../../trace/index.ts';
import { eventIn } from './link.ts';

const CLAUSE = /(?:^#?|&)t=([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+)(?=&|$)/;

/** Whether a fragment asks for an event at all. */
export function asksForEvent(fragment: string): boolean {
  return eventIn(fragment) !== undefined || CLAUSE.test(fragment);
}

/**
 * Number of the event that a fragment asks for, if the trace has it. Of a clause, that is the event which breaks it, or
 * else the first that it governs.
 */
export function askedEvent(fragment: string, events: readonly TraceEvent[]): number | undefined {
  const seq = eventIn(fragment);
  if (seq !== undefined) return events.some((event) => event.seq === seq) ? seq : undefined;
  const [, clause] = CLAUSE.exec(fragment) ?? [];
  if (clause === undefined) return undefined;
  const found =
    events.find(({ violation }) => violation?.requirement === clause) ??
    events.find(({ requirement }) => requirement === clause);
  return found?.seq;
}
