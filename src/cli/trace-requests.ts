// Finds in a trace what the client did: the requests that can be sent again, and why others cannot.

import type { ScenarioRequest } from '../client/index.ts';
import {
  conversationsOf as allConversationsOf,
  requestLineOf,
} from '../trace/formats/conversations.ts';
import { recordedOctets } from '../trace/formats/octets.ts';
import type { TraceEvent } from '../trace/index.ts';
import { MARK } from './secrets.ts';

/** One conversation of a trace. */
export interface Recorded {
  /** Its number in the trace. */
  readonly conn: number;
  readonly run: string;
  readonly title: string;
  readonly events: readonly TraceEvent[];
  /** What the client sent; or in words, what of it is not in the trace. */
  readonly request: ScenarioRequest | string;
}

/** The conversations of a trace, in the order in which they began. The lifespan is none of the client's. */
export function conversationsOf(events: readonly TraceEvent[]): Recorded[] {
  return allConversationsOf(events)
    .filter(({ conn }) => conn > 0)
    .map((conversation) => {
      const { method, target } = requestLineOf(conversation.events);
      return { ...conversation, request: requestOf(conversation.events, method, target) };
    });
}

const HEADS: ReadonlySet<string> = new Set(['client.request', 'http.request']);

/** Events of the client's that end its part early, at a moment that a trace tells. */
const LEFT: ReadonlySet<string> = new Set(['client.left', 'client.limit']);

function requestOf(
  events: readonly TraceEvent[],
  method: string,
  target: string,
): ScenarioRequest | string {
  const all = events.filter(({ lane }) => lane === 'client');
  // Sent again for as long as it was refused: the last time counts.
  const heads = all.filter(({ type }) => type === 'client.request');
  const client = all.slice(Math.max(0, all.lastIndexOf(heads.at(-1) as TraceEvent)));
  const fromClient = client.length > 0;
  const sent = fromClient
    ? client.filter(({ dir }) => dir === 'out')
    : events.filter(({ lane, dir }) => lane === 'gateway' && dir === 'in');
  const head = sent.find(({ type }) => HEADS.has(type));
  if (!head || method === '') return 'the head of its request is not in the trace';
  if (events.some(({ type }) => /^(?:websocket|tunnel)\./.test(type)) || method === 'CONNECT')
    return 'it is a WebSocket or a tunnel, whose octets are not in the trace';
  if (sent.some(({ type }) => type === 'client.interrupted')) return 'it was interrupted';
  if (!fromClient && sent.some(({ type }) => type === 'peer.lost'))
    return 'its peer was lost, and when is not in the trace';

  const headers = head.payload?.fields ?? [];
  const ends = sent.find(({ type }) => /^(?:client|http)\.request\.end$/.test(type));
  const trailers = ends?.payload?.fields ?? [];
  for (const [name, value] of [...headers, ...trailers]) {
    if (value === MARK)
      return `the value of \`${name}\` is secret, and not in the trace (record it with --trace-secrets)`;
    if (value.endsWith('…')) return `the value of \`${name}\` is cut in the trace`;
  }
  const body: Uint8Array[] = [];
  for (const { type, payload } of sent) {
    if (!/^(?:client|http)\.request\.body$/.test(type)) continue;
    const size = payload?.size ?? 0;
    const data = octetsOf(payload?.preview ?? '', size);
    if (typeof data === 'string') return data;
    body.push(data);
  }
  const field = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1];
  const chunked = field('transfer-encoding') !== undefined;
  const left = client.some(({ type }) => LEFT.has(type));
  const answered = client.some(({ type }) => type.startsWith('client.response'));
  const size = body.reduce((sum, data) => sum + data.length, 0);
  const whole = chunked ? ends !== undefined : Number(field('content-length') ?? size) === size;
  if (!whole && !left) return 'its body is not in the trace to the end';
  const disconnected = left && !answered && !ends;
  return {
    kind: 'http',
    together: false,
    drain: false,
    disconnectAfter: disconnected ? size : undefined,
    halfClose: sent.some(({ type }) => type === 'client.half-close'),
    retry: Math.max(0, heads.length - 1),
    version: events.some(isHttp10) ? '1.0' : '1.1',
    name: `${method} ${target}`,
    title: '',
    line: head.seq,
    method,
    target,
    headers,
    body,
    chunked,
    trailers,
    pause: 0,
    timeout: TIMEOUT,
    readPause: 0,
    abortAfter:
      left && !disconnected
        ? client
            .filter(({ type }) => type === 'client.response.body')
            .reduce((sum, { payload }) => sum + (payload?.size ?? 0), 0)
        : undefined,
  };
}

function isHttp10({ type, payload }: TraceEvent): boolean {
  return type === 'http.request' && payload?.preview.endsWith(' HTTP/1.0') === true;
}

/** Milliseconds without progress after which the client leaves. */
const TIMEOUT = 5000;

/** The octets that a preview shows, if it shows all of them and in one way only; else what is missing. */
function octetsOf(preview: string, size: number): Uint8Array | string {
  const recorded = recordedOctets(preview, size);
  if (recorded.kind === 'whole') return recorded.octets;
  if (recorded.kind === 'beginning')
    return `of a piece of its body with ${size} octets, the trace has the beginning alone`;
  return 'a piece of its body has backslashes of which the trace does not tell what they stand for';
}
