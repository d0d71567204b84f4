// Reads a trace, and finds in it what the client did: the requests that can be sent again, and why others cannot.

import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ScenarioRequest } from '../client/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import schema from '../trace/schema.json' with { type: 'json' };
import { CommandError } from './command.ts';
import { MARK } from './secrets.ts';

/** The version of the schema that is read here. */
const VERSION = schema.properties.v.const;

/** Reads a trace. `file` is for messages. @throws CommandError with the line of the first fault */
export function readTrace(text: string, file: string): TraceEvent[] {
  const validate = new Ajv2020({ strict: true }).compile<TraceEvent>(schema);
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  if (lines.length === 0) throw new CommandError(`${file} has no events.`);
  const last = new Map<string, number>();
  return lines.map((line, index) => {
    const fail = (what: string) => new CommandError(`${file}:${index + 1}: ${what}.`);
    let event: unknown;
    try {
      event = JSON.parse(line);
    } catch (error) {
      throw fail(`not a JSON object: ${(error as Error).message}`);
    }
    const version = (event as { v?: unknown } | null)?.v;
    if (typeof version === 'number' && version !== VERSION)
      throw fail(`a trace of version ${version}, and this command reads version ${VERSION}`);
    if (!validate(event)) {
      const [fault] = validate.errors ?? [];
      throw fail(`not a trace event: ${fault?.instancePath || 'it'} ${fault?.message}`);
    }
    const before = last.get(event.run) ?? 0;
    if (event.seq <= before)
      throw fail(`event ${event.seq} stands behind event ${before} of the same run`);
    last.set(event.run, event.seq);
    return event;
  });
}

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
  const groups = new Map<string, TraceEvent[]>();
  for (const event of events) {
    if (event.conn === 0) continue;
    const key = `${event.conn} ${event.run}`;
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(event);
  }
  return [...groups.values()].map((group) => {
    const [{ conn, run }] = group as [TraceEvent];
    const preview = group.find(({ type }) => HEADS.has(type))?.payload?.preview ?? '';
    const [, method = '', target = ''] = HEAD.exec(preview) ?? [];
    const title = method === '' ? 'no request' : `${method} ${target}`;
    return { conn, run, title, events: group, request: requestOf(group, method, target) };
  });
}

const HEADS: ReadonlySet<string> = new Set(['client.request', 'http.request']);
const HEAD = /^(\S+) (\S+)(?: HTTP\/\S+)?$/;

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

const ESCAPE = /\\(?:n|r|x[0-9a-f]{2})/g;

/** The octets that a preview shows, if it shows all of them and in one way only; else what is missing. */
function octetsOf(preview: string, size: number): Uint8Array | string {
  if (preview.endsWith('…'))
    return `of a piece of its body with ${size} octets, the trace has the beginning alone`;
  // A backslash may begin an escape or stand for itself. Each escape is shorter than what it looks like, so the size
  // tells where all of them are one or the other.
  const literal = preview.length === size;
  const octets = literal
    ? [...preview].map((character) => character.charCodeAt(0))
    : [...preview.replace(ESCAPE, unescaped)].map((character) => character.charCodeAt(0));
  if (octets.length !== size)
    return 'a piece of its body has backslashes of which the trace does not tell what they stand for';
  return Uint8Array.from(octets);
}

function unescaped(sequence: string): string {
  if (sequence === '\\n') return '\n';
  if (sequence === '\\r') return '\r';
  return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
}
