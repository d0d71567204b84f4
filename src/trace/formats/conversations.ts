// The conversations of a trace, and what the first line of their request was. Knows nothing of any format.

import type { TraceEvent } from '../event.ts';

/** What one run recorded of one conversation, in the order of the trace. */
export interface Conversation {
  /** Its number in the run; 0 is the lifespan. */
  readonly conn: number;
  readonly run: string;
  /** “GET /echo”, as far as the trace tells. */
  readonly title: string;
  readonly events: readonly TraceEvent[];
}

/** The head of a request, from its preview. Empty where it is not in the trace. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  /** “HTTP/1.1”, where the gateway told. */
  readonly version: string;
}

const HEADS: ReadonlySet<string> = new Set(['client.request', 'http.request']);
/** Whether it is the head of a request, as its client sent it or as the gateway saw it. */
export function isHead({ type }: { readonly type: string }): boolean {
  return HEADS.has(type);
}

const HEAD = /^(\S+) (\S+)(?: (HTTP\/\S+))?$/;

/** The conversations of a trace, the lifespan among them, in the order in which they began. */
export function conversationsOf(events: readonly TraceEvent[]): Conversation[] {
  const groups = new Map<string, TraceEvent[]>();
  for (const event of events) {
    const key = `${event.conn} ${event.run}`;
    const group = groups.get(key);
    if (group) group.push(event);
    else groups.set(key, [event]);
  }
  return [...groups.values()].map((group) => {
    const [{ conn, run }] = group as [TraceEvent];
    return { conn, run, title: titleOf(conn, requestLineOf(group)), events: group };
  });
}

/** The method, target and version of a conversation's request. */
export function requestLineOf(events: readonly TraceEvent[]): RequestLine {
  let [method, target, version] = ['', '', ''];
  for (const event of events) {
    if (!isHead(event)) continue;
    const found = HEAD.exec(event.payload?.preview ?? '');
    if (!found) continue;
    if (method === '') [, method = '', target = ''] = found;
    version ||= found[3] ?? '';
  }
  return { method, target, version };
}

function titleOf(conn: number, { method, target }: RequestLine): string {
  if (conn === 0) return 'lifespan';
  return method === '' ? 'no request' : `${method} ${target}`;
}
