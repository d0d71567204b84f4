// Runs the machines of one conversation from the tables that the gateway runs, as far as the application's side tells
// what happens: what it sends, what it is given, and that its signal was given. It reports nothing itself.

import {
  brokenField,
  declaredLength,
  forbiddenTrailer,
  hopByHopField,
  isToken,
} from '../interface/fields.ts';
import {
  type AnyScope,
  type AnySendEvent,
  EVENTS,
  type Fields,
  GATEWAY_DRAIN,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  LIFESPAN_APPLICATION,
  type LifespanStartup,
  type MachineTable,
  Misuse,
  TUNNEL_CONVERSATION,
  TUNNEL_INCOMING,
  WEBSOCKET_CONVERSATION,
  WEBSOCKET_INCOMING,
} from '../interface/index.ts';
import { type Guards, Machine, type Step } from '../interface/machine.ts';
import { checkEvent } from '../interface/shape.ts';
import { isMap, isPrivateName } from './values.ts';

/** In the order of the proposals, and within one of the text (proposal 2, “State machines”). */
const TABLES: readonly MachineTable[] = [
  HTTP_REQUEST,
  HTTP_RESPONSE,
  WEBSOCKET_CONVERSATION,
  WEBSOCKET_INCOMING,
  LIFESPAN_APPLICATION,
  GATEWAY_DRAIN,
  TUNNEL_CONVERSATION,
  TUNNEL_INCOMING,
];

type AnyTable = MachineTable<string, string, string>;
type Event = Readonly<Record<string, unknown>> & { readonly type: string };
type Subject = Event | undefined;
type AnyMachine = Machine<string, string, string, Subject, Referee>;

/** What a sent event leads to. */
export type Verdict =
  | { readonly kind: 'accepted'; readonly event: Event }
  /** `shape`: one of the checks before the machines, which count in every state (event.check-order). */
  | {
      readonly kind: 'misuse';
      readonly requirement: string;
      readonly message: string;
      readonly shape: boolean;
    }
  | { readonly kind: 'closed' }
  /** The gateway knows what a checker does not; `event` is absent for an event of a private feature. */
  | { readonly kind: 'unknown'; readonly event?: Event };

/** The machines' states, to go back to in thought. */
export type States = readonly string[];

const DATAGRAM_OCTETS = 65_535;
const REASON_OCTETS = 123;
const encoder = new TextEncoder();

export class Referee {
  readonly #scope: AnyScope;
  readonly #features: ReadonlySet<string>;
  readonly #machines: readonly AnyMachine[];

  // What the guards ask.
  declined = false;
  status = 0;
  informed = false;
  length: number | null = null;
  sent = 0;
  /** Whether all octets of the response are known: those of a file are not. */
  counted = true;
  /** Whether a tunnel was accepted with datagrams, and whether the application has sent octets in it since. */
  datagrams = false;
  capsules = false;
  peerEnded = false;
  offers: LifespanStartup['offers'] = {};
  /** A guard was asked for what only the gateway knows. */
  unknown = false;

  /** `features` are the names of those in force in this conversation. */
  constructor(scope: AnyScope, features: ReadonlySet<string>) {
    this.#scope = scope;
    this.#features = features;
    this.#machines = TABLES.filter((table) => table.scope.includes(scope.type)).map(
      (table) =>
        new Machine<string, string, string, Subject, Referee>(table as AnyTable, GUARDS, this),
    );
  }

  get type(): string {
    return this.#scope.type;
  }

  get isHead(): boolean {
    return 'method' in this.#scope && this.#scope.method === 'HEAD';
  }

  get isConnect(): boolean {
    return 'method' in this.#scope && this.#scope.method === 'CONNECT';
  }

  get subprotocols(): readonly string[] {
    return this.#scope.type === 'websocket' ? this.#scope.subprotocols : [];
  }

  get travel(): string {
    return this.#scope.type === 'tunnel' ? this.#scope.datagrams : 'none';
  }

  /** The state of a machine, or undefined where it does not govern this conversation. */
  stateOf(machine: string): string | undefined {
    return this.#machines.find(({ table }) => table.machine === machine)?.state;
  }

  get states(): States {
    return this.#machines.map(({ state }) => state);
  }

  /** Whether the application has said its last, so that the loss of the peer takes nothing from it (cancel.after-end). */
  get spoken(): boolean {
    switch (this.type) {
      case 'websocket':
        return this.#conversing('websocket.conversation', 'denied', ['closed']);
      case 'tunnel':
        return this.#conversing(
          'tunnel.conversation',
          'refused',
          this.peerEnded ? ['aborted', 'ended'] : ['aborted'],
        );
      default:
        return this.#answered;
    }
  }

  #conversing(machine: string, denied: string, over: readonly string[]): boolean {
    const state = this.stateOf(machine) as string;
    return over.includes(state) || (state === denied && this.#answered);
  }

  get #answered(): boolean {
    return ['ended', 'aborted', 'refused'].includes(this.stateOf('http.response') ?? '');
  }

  /** Whether the peer was lost with something that the application had yet to send. */
  get isLost(): boolean {
    return this.#machines.some(({ state }) => state === 'lost');
  }

  /** Judges an event as the gateway has to: the checks in their order, then the machines. Nothing moves. */
  judge(sent: unknown): Verdict {
    if (this.#isPrivate(sent)) return { kind: 'unknown' };
    let event: Event;
    try {
      event = checkEvent(sent, this.type, this.#features) as Event;
    } catch (error) {
      if (!(error instanceof Misuse)) return { kind: 'unknown' };
      if (error.requirement === 'event.must-understand' && hasPrivateMark(sent as object)) {
        const verdict = this.judge(withoutPrivateMarks(sent as object));
        return verdict.kind === 'accepted'
          ? { kind: 'unknown', event: verdict.event }
          : { kind: 'unknown' };
      }
      const message = error.message.slice(error.requirement.length + 2);
      return { kind: 'misuse', requirement: error.requirement, message, shape: true };
    }
    this.unknown = false;
    const on = sentAs(event.type);
    let misuse: string | undefined;
    let closed = false;
    for (const machine of this.#machines) {
      if (!machine.governs(on)) continue;
      const step = machine.judge(on, event);
      if (step.kind === 'closed') closed = true;
      else if (step.kind === 'misuse') misuse ??= step.requirement;
    }
    if (this.unknown) return { kind: 'unknown', event };
    if (closed) return { kind: 'closed' };
    if (misuse === undefined) return { kind: 'accepted', event };
    const message = `\`${event.type}\` in the state ${this.#shown}`;
    return { kind: 'misuse', requirement: misuse, message, shape: false };
  }

  /** An event was accepted: the machines move. @returns false where a machine does not allow it */
  take(event: Event): boolean {
    const on = sentAs(event.type);
    const steps: [AnyMachine, Step][] = [];
    for (const machine of this.#machines) {
      if (!machine.governs(on)) continue;
      const step = machine.judge(on, event);
      if (step.kind === 'misuse' || step.kind === 'closed') return false;
      steps.push([machine, step]);
    }
    for (const [machine, step] of steps) machine.take(step);
    this.#note(event as unknown as AnySendEvent);
    return true;
  }

  /**
   * An event was given. The machines move, unless a row says that it never comes.
   * @returns the requirement that this breaks
   */
  given(type: string): string | undefined {
    const never = this.neverOf(type, this.states);
    if (never !== undefined) return never;
    if (type === 'gateway.drain' && this.stateOf('gateway.drain') === 'untold')
      this.#trigger('drain.begins');
    const on = givenAs(type);
    for (const machine of this.#machines) if (machine.governs(on)) machine.step(on, undefined);
    if (TERMINALS.has(type) && this.type !== 'lifespan') this.#trigger('terminal.due');
    if (type === 'tunnel.end') this.peerEnded = true;
    return undefined;
  }

  /** The requirement by which an event never comes in some states. */
  neverOf(type: string, states: States): string | undefined {
    const on = givenAs(type);
    for (const [at, { table }] of this.#machines.entries()) {
      const state = states[at] as string;
      // Only the event itself tells that a drain has begun.
      if (state === 'untold') continue;
      const row = table.transitions.find((row) => row.on.includes(on) && row.from.includes(state));
      if (row?.never !== undefined) return row.never;
    }
    return undefined;
  }

  /** The peer is lost, or the deadline of a drain has come. */
  lost(): void {
    this.#trigger('peer.lost');
  }

  /** A limit of time has ended a lifespan. */
  expired(): void {
    this.#trigger('time.expires');
  }

  /** The call has ended; `declined` if with `UnsupportedScope`. */
  ended(how: 'application.returns' | 'application.raises', declined: boolean): void {
    this.declined = declined;
    this.#trigger(how);
  }

  #trigger(on: string): void {
    for (const machine of this.#machines) if (machine.governs(on)) machine.step(on, undefined);
  }

  #note(event: AnySendEvent): void {
    switch (event.type) {
      case 'http.informational':
        this.informed ||= 'http_version' in this.#scope && this.#scope.http_version !== '1.0';
        break;
      case 'http.response.start':
        this.status = event.status;
        this.length = declaredLength(event.headers ?? []) ?? null;
        break;
      case 'http.response.body':
        this.sent += event.data.length;
        break;
      case 'http.file':
        this.counted = false;
        break;
      case 'tunnel.accept':
        this.datagrams = event.datagrams === true;
        break;
      case 'tunnel.data':
        this.capsules ||= this.datagrams && event.data.length > 0;
        break;
    }
  }

  /** The state that a message shows. */
  get #shown(): string {
    const answering = ['connecting', 'offered', 'denied', 'refused'];
    const first =
      this.stateOf('websocket.conversation') ??
      this.stateOf('tunnel.conversation') ??
      this.stateOf('lifespan.application');
    return first === undefined || answering.includes(first)
      ? (this.stateOf('http.response') ?? '')
      : first;
  }

  /** Whether an event belongs to a private feature that the gateway offers. */
  #isPrivate(sent: unknown): boolean {
    if (!isMap(sent) || typeof sent['type'] !== 'string') return false;
    const { type } = sent;
    if (Object.hasOwn(EVENTS, type)) return false;
    return Object.keys(this.#scope.gateway.features).some(
      (feature) => isPrivateName(feature) && type.startsWith(`${feature}.`),
    );
  }
}

/** The events behind which only they themselves come (http.closed.repeats and its like). */
export const TERMINALS: ReadonlySet<string> = new Set([
  'http.closed',
  'websocket.closed',
  'tunnel.closed',
  'lifespan.shutdown',
]);

function isPrivateMark(key: string): boolean {
  return key.startsWith('!') && isPrivateName(key.slice(1));
}

function hasPrivateMark(sent: object): boolean {
  return Object.keys(sent).some(isPrivateMark);
}

function withoutPrivateMarks(sent: object): object {
  return Object.fromEntries(Object.entries(sent).filter(([key]) => !isPrivateMark(key)));
}

function sentAs(type: string): string {
  return EVENTS[type]?.direction === 'both' ? `send ${type}` : type;
}

function givenAs(type: string): string {
  return EVENTS[type]?.direction === 'both' ? `receive ${type}` : type;
}

function fieldsOf(event: Subject): Fields {
  const fields = event?.type === 'http.response.end' ? event['trailers'] : event?.['headers'];
  return (fields ?? []) as Fields;
}

function octetsIn(event: Subject): number {
  return (event?.['data'] as Uint8Array | undefined)?.length ?? 0;
}

/** A guard that looks at a file, or at what was counted of one, asks for what a checker cannot know. */
function unknowable(referee: Referee): false {
  referee.unknown = true;
  return false;
}

const GUARDS: Guards<string, Subject, Referee> = {
  'field-syntax': (event) => brokenField(fieldsOf(event)) !== undefined,
  'hop-by-hop': (event) => hopByHopField(fieldsOf(event)) !== undefined,
  'length-syntax': (event) => declaredLength(fieldsOf(event)) === undefined,
  'length-forbidden': (event) =>
    lengthForbidden(event?.['status'] as number | undefined, fieldsOf(event)),
  'forbidden-trailer': (event) => forbiddenTrailer(fieldsOf(event)) !== undefined,
  informed: (_, { informed }) => informed,
  'file-outside': (_, referee) => unknowable(referee),
  'file-missing': (_, referee) => unknowable(referee),
  'file-linked': (_, referee) => unknowable(referee),
  'file-short': (_, referee) => unknowable(referee),
  contentless: (event, { status }) => [204, 205, 304].includes(status) && octetsIn(event) > 0,
  excess: (event, referee) => {
    if (referee.length === null) return false;
    if (referee.sent + octetsIn(event) > referee.length) return true;
    return referee.counted ? false : unknowable(referee);
  },
  'head-request': (_, { isHead }) => isHead,
  shortfall: (_, referee) => {
    const { length, sent, isHead, status } = referee;
    if (length === null || sent >= length || isHead || status === 304) return false;
    return referee.counted ? true : unknowable(referee);
  },
  declined: (_, { declined }) => declined,

  'owned-field': (event) =>
    fieldsOf(event).some(
      ([name]) => name === 'content-length' || name.startsWith('sec-websocket-'),
    ),
  'not-offered': (event, { type, subprotocols, offers }) =>
    type === 'lifespan'
      ? hasUnoffered((event?.['accepts'] ?? {}) as Readonly<Record<string, number>>, offers)
      : event?.['subprotocol'] !== undefined &&
        !subprotocols.includes(event['subprotocol'] as string),
  'accepting-status': (event, { type, isConnect }) =>
    (type === 'websocket' || isConnect) && (event?.['status'] as number) < 300,
  'not-unicode': (event) =>
    [event?.['text'], event?.['reason']].some(
      (text) => typeof text === 'string' && !text.isWellFormed(),
    ),
  'code-forbidden': (event) => !closeCodes.sent((event?.['code'] ?? 1000) as number),
  'reason-long': (event) =>
    encoder.encode((event?.['reason'] ?? '') as string).length > REASON_OCTETS,
  answered: (_, referee) => referee.spoken,

  'datagrams-unfit': (event, { travel }) =>
    event?.['datagrams'] === true &&
    (travel === 'none' ||
      fieldsOf(event).some(([name]) => name === 'capsule-protocol' || name === 'content-type')),
  'no-datagrams': (_, { datagrams }) => !datagrams,
  oversize: (event) => octetsIn(event) > DATAGRAM_OCTETS,
  'within-capsule': (_, referee) => (referee.capsules ? unknowable(referee) : false),
  settled: (_, { peerEnded, isLost }) => peerEnded || isLost,

  'protocol-malformed': (event) => isMalformed((event?.['tunnels'] ?? []) as readonly string[]),
  'tunnels-unaccepted': (event) =>
    ((event?.['tunnels'] ?? []) as readonly string[]).length > 0 &&
    !Object.hasOwn((event?.['accepts'] ?? {}) as object, 'tunnel'),
};

/** http.length.forbidden; an event without a status is a `tunnel.accept`. */
function lengthForbidden(status: number | undefined, fields: Fields): boolean {
  if (status !== undefined && status >= 200 && status !== 204 && status !== 205) return false;
  return fields.some(
    ([name, value]) => name === 'content-length' && !(status === 205 && Number(value) === 0),
  );
}

function hasUnoffered(
  accepts: Readonly<Record<string, number>>,
  offers: LifespanStartup['offers'],
): boolean {
  return Object.entries(accepts).some(
    ([feature, revision]) =>
      !Object.hasOwn(offers, feature) || !offers[feature]?.includes(revision),
  );
}

/** tunnel.declared-syntax */
function isMalformed(tunnels: readonly string[]): boolean {
  const folded = tunnels.map((protocol) => protocol.toLowerCase());
  return (
    new Set(folded).size < folded.length ||
    folded.some(
      (protocol) =>
        protocol === 'websocket' ||
        protocol.split('/').length > 2 ||
        !protocol.split('/').every(isToken),
    )
  );
}

/** The table “Close codes” (proposal 4). */
export const closeCodes = {
  sent: (code: number): boolean => code !== 1010 && closeCodes.received(code),
  received: (code: number): boolean =>
    (code >= 1000 && code <= 1003) ||
    (code >= 1007 && code <= 1014) ||
    (code >= 3000 && code <= 4999),
};
