// The shapes of what a guest says. A reader's program shares a place with the guest and may write to where the guest
// writes, so nothing that comes from there is shown before it has passed here.

import * as z from 'zod/mini';
import type { ClientResult } from '../client/index.ts';
import { FAULTS, type TraceEvent } from '../trace/index.ts';
import type { Standing } from './control.ts';
import type { Diagnosis } from './program.ts';
import type {
  EndReport,
  GuestError,
  LogLine,
  RequestReport,
  SocketNews,
  SocketReport,
} from './said.ts';

// Compiled validators need `eval`, which the site's policy does not allow.
z.config({ jitless: true });

/** Characters of a text that is shown in one line; a guest cuts at less. */
const TEXT_LIMIT = 20_000;
/** Octets that are kept of a body or of a message; a client keeps less. */
const OCTETS_LIMIT = 2 ** 20;
const FIELDS_LIMIT = 2000;
const MESSAGES_LIMIT = 10_000;

const text = z.string().check(z.maxLength(TEXT_LIMIT));
const name = z.string().check(z.maxLength(200));
const count = z.number().check(z.nonnegative());
const octets = z.instanceof(Uint8Array).check(z.refine((value) => value.length <= OCTETS_LIMIT));
const fields = z.array(z.tuple([text, text])).check(z.maxLength(FIELDS_LIMIT));
const src = z.object({ file: name, line: count, column: count });

const traceEvent = z.object({
  v: z.literal(1),
  run: name,
  seq: count,
  t: count,
  timeOrigin: z.optional(count),
  conn: count,
  lane: z.enum(['client', 'gateway', 'app']),
  dir: z.enum(['in', 'out', 'internal']),
  type: name,
  phase: z.enum(['B', 'E', 'i']),
  span: z.optional(count),
  cause: z.optional(count),
  state: z.optional(name),
  buffered: z.optional(count),
  payload: z.optional(
    z.object({
      preview: text,
      size: z.optional(count),
      status: z.optional(z.number()),
      fields: z.optional(fields),
      ref: z.optional(name),
    }),
  ),
  requirement: z.optional(name),
  violation: z.optional(z.object({ requirement: name, message: text })),
  src: z.optional(src),
  fault: z.optional(z.enum(FAULTS)),
} satisfies Record<keyof TraceEvent, unknown>);

/** One of the keys of a table, which the compiler keeps whole. */
function oneOf<T extends string>(table: Readonly<Record<T, true>>) {
  return z.enum(Object.keys(table) as [T, ...T[]]);
}

const kind = oneOf<Diagnosis['kind']>({
  syntax: true,
  load: true,
  scenario: true,
  violation: true,
  fault: true,
  limit: true,
  runtime: true,
});

const diagnosis = z.object({
  kind,
  message: text,
  requirement: z.optional(name),
  src: z.optional(src),
});

const close = { code: z.optional(count), reason: text, clean: z.boolean() };
const data = z.union([z.string().check(z.maxLength(OCTETS_LIMIT)), octets]);

const result = z.object({
  kind: oneOf<ClientResult['kind']>({ http: true, websocket: true, tunnel: true }),
  name: text,
  outcome: oneOf<ClientResult['outcome']>({
    complete: true,
    aborted: true,
    closed: true,
    timeout: true,
    left: true,
    limit: true,
    interrupted: true,
  }),
  status: z.optional(z.number()),
  headers: fields,
  informational: z.array(z.object({ status: z.number(), headers: fields })),
  body: octets,
  size: count,
  trailers: fields,
  times: z.object({ head: z.optional(z.number()), end: z.number() }),
  attempts: count,
  messages: z
    .array(z.object({ dir: z.enum(['in', 'out']), data, t: z.number() }))
    .check(z.maxLength(MESSAGES_LIMIT)),
  messagesDropped: count,
  closed: z.optional(z.object(close)),
  subprotocol: z.optional(text),
} satisfies Record<keyof ClientResult, unknown>);

const report = z.object({ result, dropped: count, faults: z.array(diagnosis) });

const log = z.object({
  lines: z.array(z.object({ level: z.enum(['log', 'warn', 'error']), text })),
  dropped: count,
});

const socketEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('open'),
    status: z.number(),
    headers: fields,
    subprotocol: z.optional(text),
  }),
  z.object({ type: z.literal('denied'), status: z.number(), headers: fields, body: octets }),
  z.object({ type: z.literal('message'), data }),
  z.object({ type: z.literal('closed'), ...close }),
]);

const told = z.object({ socket: count, event: socketEvent });
const end = z.object({ dropped: count, faults: z.array(diagnosis), messagesDropped: count });
const over = z.object({ over: z.boolean(), dropped: count, faults: z.array(diagnosis) });
/** Conversations whose clients are connected at once: a scenario has fewer. */
const OPEN_LIMIT = 1000;
const whole = z.int().check(z.nonnegative());
const standing = z.object({
  before: z.nullable(z.object({ conn: whole, dir: z.enum(['in', 'out', 'internal']), type: name })),
  held: whole,
  stepping: z.boolean(),
  open: z
    .array(z.object({ conn: whole, hindrance: z.optional(z.enum(['stall', 'slow'])) }))
    .check(z.maxLength(OPEN_LIMIT)),
} satisfies Record<keyof Standing, unknown>);
const beat = z.object({ progress: count });
const guestError = z.object({ kind, message: text, src: z.optional(src) });

// Each takes a value and gives it back, or undefined where it has not the shape.

function reader<T>(shape: z.ZodMiniType): (value: unknown) => T | undefined {
  return (value) => (shape.safeParse(value).success ? (value as T) : undefined);
}

export const readTraceEvent = reader<TraceEvent>(traceEvent);
export const readReport = reader<RequestReport>(report);
export const readLog = reader<{ lines: readonly LogLine[]; dropped: number }>(log);
export const readSocketNews = reader<SocketNews>(told);
export const readSocketReport = reader<SocketReport>(end);
export const readEndReport = reader<EndReport>(over);
export const readBeat = reader<{ readonly progress: number }>(beat);
export const readGuestError = reader<GuestError>(guestError);
export const readStanding = reader<Standing>(standing);
