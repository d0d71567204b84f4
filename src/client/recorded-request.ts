// What a client sent in one HTTP request, from a trace: the request that sends the same again, or in words why there is
// none. Knows nothing of other conversations.

import type { TraceEvent } from '../trace/index.ts';
import { MARK } from '../trace/secrets.ts';
import type { ScenarioRequest } from './exchange.ts';
import { type Bodies, octetsOf } from './recorded-data.ts';
import { LEAST_PAUSE } from './recorded-steps.ts';

type Fields = readonly (readonly [name: string, value: string])[];

/** The events of a conversation, by who told of what the client did. */
export interface Sent {
  /** What went out, from the last time that the request was sent. */
  readonly out: readonly TraceEvent[];
  /** All that the client did and saw from then on; none where only the gateway was recorded. */
  readonly client: readonly TraceEvent[];
  /** How often the request was sent. */
  readonly attempts: number;
}

const HEADS: ReadonlySet<string> = new Set(['client.request', 'http.request']);

/** Finds in a conversation what its client did. */
export function sentIn(events: readonly TraceEvent[]): Sent {
  const all = events.filter(({ lane }) => lane === 'client');
  // Sent again for as long as it was refused: the last time counts.
  const heads = all.filter(({ type }) => type === 'client.request');
  const client = all.slice(Math.max(0, all.lastIndexOf(heads.at(-1) as TraceEvent)));
  const out =
    client.length > 0
      ? client.filter(({ dir }) => dir === 'out')
      : events.filter(({ lane, dir }) => lane === 'gateway' && dir === 'in');
  return { out, client, attempts: Math.max(1, heads.length) };
}

/** The head of the request; undefined where the trace does not have it. */
export function headOf({ out }: Sent): TraceEvent | undefined {
  return out.find(({ type }) => HEADS.has(type));
}

/** Why fields cannot be sent again; undefined where they can. */
export function missingOf(fields: Fields): string | undefined {
  for (const [name, value] of fields) {
    if (value === MARK)
      return `the value of \`${name}\` is secret, and not in the trace (record it with --trace-secrets)`;
    if (value.endsWith('…')) return `the value of \`${name}\` is cut in the trace`;
  }
  return undefined;
}

export interface RequestOptions {
  readonly bodies?: Bodies | undefined;
  /** Whether pieces of the body come as far apart as they did. */
  readonly pauses: boolean;
  /** Whether events of the time of the conversation are missing, so that pieces of a body may be. */
  readonly gap: boolean;
}

/** The request of a conversation, but for its place among others. @returns in words what is missing, where something is */
export function requestOf(
  events: readonly TraceEvent[],
  { method, target }: { readonly method: string; readonly target: string },
  sent: Sent,
  options: RequestOptions,
): ScenarioRequest | string {
  const { out, client, attempts } = sent;
  const fromClient = client.length > 0;
  const head = headOf(sent) as TraceEvent;
  if (!fromClient && out.some(({ type }) => type === 'peer.lost'))
    return 'its peer was lost, and when is not in the trace';

  const fields = head.payload?.fields ?? [];
  const end = out.find(({ type }) => /^(?:client|http)\.request\.end$/.test(type));
  const trailers = end?.payload?.fields ?? [];
  const missing = missingOf([...fields, ...trailers]);
  if (missing !== undefined) return missing;

  const pieces = out.filter(({ type }) => /^(?:client|http)\.request\.body$/.test(type));
  const body: Uint8Array[] = [];
  for (const { payload } of pieces) {
    const data = octetsOf(payload, options.bodies, 'a piece of its body');
    if (typeof data === 'string') return data;
    if (data.length > 0) body.push(data);
  }
  const size = body.reduce((sum, data) => sum + data.length, 0);
  const length = fieldOf(fields, 'content-length');
  const inChunks = fieldOf(fields, 'transfer-encoding') !== undefined;
  const leaving = leavingOf(client, end !== undefined, size);
  if (typeof leaving === 'string') return leaving;
  const whole = inChunks ? end !== undefined : Number(length ?? size) === size;
  if (!whole && !leaving) return 'its body is not in the trace to the end';
  if (options.gap && size > 0 && Number(length) !== size)
    return 'events of its time are missing in the trace, and pieces of its body may be among them';
  const name = `${method} ${target}`;
  return {
    kind: 'http',
    together: false,
    drain: false,
    halfClose: out.some(({ type }) => type === 'client.half-close'),
    retry: attempts - 1,
    version: events.some(isHttp10) ? '1.0' : '1.1',
    name,
    title: name,
    line: head.seq,
    method,
    target,
    headers: ownOf(fields, body, size),
    body,
    chunked: inChunks && size > 0,
    trailers,
    pause: options.pauses ? pauseBetween(pieces) : 0,
    timeout: TIMEOUT,
    readPause: 0,
    abortAfter: leaving?.abortAfter,
    disconnectAfter: leaving?.disconnectAfter,
  };
}

interface Leaving {
  readonly abortAfter?: number;
  readonly disconnectAfter?: number;
}

/** Events of the client's that end its part early. */
const LEFT: ReadonlySet<string> = new Set(['client.left', 'client.reset', 'client.limit']);

/** How the client left before the end, if it did; in words, where a scenario cannot say so. */
function leavingOf(
  client: readonly TraceEvent[],
  ended: boolean,
  sent: number,
): Leaving | string | undefined {
  const at = client.findIndex(({ type }) => LEFT.has(type));
  if (at < 0) return undefined;
  const bodies = client.filter(({ type }) => type === 'client.response.body');
  const received = bodies.reduce((sum, { payload }) => sum + (payload?.size ?? 0), 0);
  // Of both reasons that a scenario has, what happened last is the likely one.
  if (!ended && client[at - 1]?.type !== 'client.response.body') return { disconnectAfter: sent };
  if (received > 0) return { abortAfter: received };
  return 'its client left behind its request and before any of the response’s body, which a scenario has no word for';
}

/** The fields but for those that the client writes by itself in just this way. */
function ownOf(fields: Fields, body: readonly Uint8Array[], size: number): Fields {
  const [name, value] = fields.at(-1) ?? ['', ''];
  const added =
    (size > 0 && name === 'Transfer-Encoding' && value === 'chunked') ||
    (body.length === 1 && name === 'Content-Length' && value === String(size));
  return added ? fields.slice(0, -1) : fields;
}

function fieldOf(fields: Fields, wanted: string): string | undefined {
  return fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

/** The usual gap between two pieces in milliseconds: the median; 0 where it is none. */
function pauseBetween(pieces: readonly TraceEvent[]): number {
  const gaps = pieces
    .slice(1)
    .map(({ t }, at) => Math.round(t - (pieces[at] as TraceEvent).t))
    .sort((a, b) => a - b);
  const usual = gaps[gaps.length >> 1] ?? 0;
  return usual < LEAST_PAUSE ? 0 : usual;
}

function isHttp10({ type, payload }: TraceEvent): boolean {
  return type === 'http.request' && payload?.preview.endsWith(' HTTP/1.0') === true;
}

/** Milliseconds without progress after which the client leaves: the one of a scenario that says nothing of it. */
export const TIMEOUT = 5000;
