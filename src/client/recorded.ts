// Finds in a trace what its clients did: for each conversation the exchange that does the same again, or in words what
// of it the trace does not have. Says nothing of how exchanges are run.

import {
  type Conversation,
  conversationsOf,
  requestLineOf,
} from '../trace/formats/conversations.ts';
import type { TraceEvent } from '../trace/index.ts';
import type { ScenarioExchange, ScenarioTunnel, ScenarioWebSocket } from './exchange.ts';
import type { Bodies } from './recorded-data.ts';
import { headOf, missingOf, requestOf, type Sent, sentIn, TIMEOUT } from './recorded-request.ts';
import { stepsOf } from './recorded-steps.ts';

export type { Bodies } from './recorded-data.ts';

export interface RecordedOptions {
  /** Where data is that the trace shows in part. */
  readonly bodies?: Bodies;
  /** Whether clients pause as long as they did, as far as the trace tells. Default: no. */
  readonly pauses?: boolean;
}

/** One conversation of a trace. */
export interface Recorded {
  /** Its number in the trace. */
  readonly conn: number;
  readonly run: string;
  readonly title: string;
  readonly events: readonly TraceEvent[];
  /** What the client did, by itself; or in words, what of it is not in the trace. */
  readonly exchange: ScenarioExchange | string;
}

/** A conversation whose client can do the same again. */
export interface Replayable extends Recorded {
  readonly exchange: ScenarioExchange;
}

/** The conversations of a trace, in the order in which they began. The lifespan is none of the client's. */
export function recordedIn(
  events: readonly TraceEvent[],
  options: RecordedOptions = {},
): Recorded[] {
  const gaps = gapsIn(events);
  return conversationsOf(events)
    .filter(({ conn }) => conn > 0)
    .map((conversation) => ({
      ...conversation,
      exchange: exchangeOf(conversation, options, gaps(conversation)),
    }));
}

/**
 * Those that can be sent again, in their order: what went on at the same time is sent `together`, where the clients were
 * recorded, and the drain begins where it did.
 */
export function replayableOf(
  recorded: readonly Recorded[],
  events: readonly TraceEvent[],
): Replayable[] {
  const replayable = recorded.filter(isReplayable);
  const drains = drainedBy(replayable, events);
  let end = -1;
  let run: string | undefined;
  return replayable.map((one) => {
    const client = clientOf(one);
    const [first, last] = [client[0]?.seq ?? 0, client.at(-1)?.seq ?? -1];
    const together = one.run === run && client.length > 0 && first < end;
    end = together ? Math.max(end, last) : last;
    run = one.run;
    const exchange: ScenarioExchange = { ...one.exchange, together, drain: drains === one };
    return { ...one, exchange };
  });
}

function isReplayable(recorded: Recorded): recorded is Replayable {
  return typeof recorded.exchange !== 'string';
}

function clientOf({ events }: Recorded): readonly TraceEvent[] {
  return events.filter(({ lane }) => lane === 'client');
}

/** The conversation behind whose head the gateway began to drain, if clients were still at work then. */
function drainedBy(
  recorded: readonly Replayable[],
  events: readonly TraceEvent[],
): Replayable | undefined {
  const drain = events.find(({ type }) => /^(?:lifespan|gateway)\.drain$/.test(type));
  if (!drain) return undefined;
  const inRun = recorded.filter(({ run }) => run === drain.run);
  const goesOn = inRun.some((one) => (clientOf(one).at(-1)?.seq ?? 0) > drain.seq);
  if (!goesOn) return undefined;
  const begun = inRun.flatMap((one) => {
    const head = clientOf(one).findLast(
      ({ type, seq }) => seq < drain.seq && /^client\.(?:response|closed)$/.test(type),
    );
    return head ? [{ one, seq: head.seq }] : [];
  });
  return begun.sort((a, b) => b.seq - a.seq)[0]?.one;
}

/** Whether numbers are missing in a run between the first and the last event of a conversation. */
function gapsIn(events: readonly TraceEvent[]): (conversation: Conversation) => boolean {
  /** By run, the numbers of the events behind which some are missing, in order. */
  const gaps = new Map<string, number[]>();
  const last = new Map<string, number>();
  for (const { run, seq } of events) {
    const before = last.get(run);
    const own = gaps.get(run) ?? [];
    gaps.set(run, own);
    if (before !== undefined && seq > before + 1) own.push(before);
    last.set(run, seq);
  }
  return ({ run, events: own }) => {
    const [first, end] = [own[0]?.seq ?? 0, own.at(-1)?.seq ?? 0];
    return gaps.get(run)?.some((seq) => first <= seq && seq < end) ?? false;
  };
}

function exchangeOf(
  { events }: Conversation,
  options: RecordedOptions,
  gap: boolean,
): ScenarioExchange | string {
  const { method, target } = requestLineOf(events);
  const sent = sentIn(events);
  const { out, client } = sent;
  const head = headOf(sent);
  if (!head || method === '') return 'the head of its request is not in the trace';
  if (out.some(({ type }) => type === 'client.interrupted')) return 'it was interrupted';
  const hindered = client.find(({ fault }) => fault === 'stall' || fault === 'slow');
  if (hindered)
    return `a fault was injected, \`${hindered.fault}\`, which a scenario has no word for`;
  const settings = { bodies: options.bodies, pauses: options.pauses ?? false };
  const kind = kindOf(method, target, head, sent, events);
  if (kind === 'http') return requestOf(events, { method, target }, sent, { ...settings, gap });

  if (client.length === 0) return `it is a ${WORDS[kind]}, and its client was not recorded`;
  if (gap) return `it is a ${WORDS[kind]}, and events of its time are missing in the trace`;
  const missing = missingOf(head.payload?.fields ?? []);
  if (missing !== undefined) return missing;
  const steps = isOpen(client, method) ? stepsOf(client, settings) : [];
  if (typeof steps === 'string') return steps;
  const name = `${kind === 'tunnel' ? 'CONNECT' : 'WEBSOCKET'} ${target}`;
  const exchange: ScenarioWebSocket | ScenarioTunnel = {
    kind,
    name,
    title: name,
    line: head.seq,
    target,
    headers: kind === 'tunnel' ? (head.payload?.fields ?? []) : ownOf(head),
    timeout: TIMEOUT,
    together: false,
    drain: false,
    readPause: 0,
    steps,
  };
  return exchange;
}

const WORDS = { websocket: 'WebSocket', tunnel: 'tunnel' } as const;

function kindOf(
  method: string,
  target: string,
  head: TraceEvent,
  { client }: Sent,
  events: readonly TraceEvent[],
): ScenarioExchange['kind'] {
  if (events.some(({ type }) => /^(?:client\.)?websocket\./.test(type))) return 'websocket';
  if (method === 'CONNECT') return target.startsWith('/') ? 'websocket' : 'tunnel';
  // A request that asks for an upgrade is one of a WebSocket if the client left it at that.
  const asks = head.payload?.fields?.some(
    ([name, value]) => name.toLowerCase() === 'upgrade' && value.toLowerCase() === 'websocket',
  );
  const ended = client.some(({ type }) => type === 'client.request.end');
  return asks && client.length > 0 && !ended ? 'websocket' : 'http';
}

/** Whether the server accepted: RFC 9110 section 9.3.6 for tunnels, RFC 8441 section 4 for WebSockets over HTTP/2. */
function isOpen(client: readonly TraceEvent[], method: string): boolean {
  const status = client.find(({ type }) => type === 'client.response')?.payload?.status ?? 0;
  return method === 'CONNECT' ? status >= 200 && status < 300 : status === 101;
}

/** The fields of a handshake without those at its end that a client writes by itself, in a version's own way. */
function ownOf({ payload }: TraceEvent): readonly (readonly [string, string])[] {
  const fields = [...(payload?.fields ?? [])];
  while (isHandshakes(fields.at(-1))) fields.pop();
  return fields;
}

function isHandshakes([name, value]: readonly [string, string] = ['', '']): boolean {
  if (name === 'sec-websocket-key') return /^[\w+/]{22}==$/.test(value);
  return (
    { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-version': '13' }[name] === value
  );
}
