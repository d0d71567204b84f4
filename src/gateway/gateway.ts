// The gateway itself: which conversation a request becomes, what all of them share, the lifespan of the application and
// the drain. Transports bring requests to it; it never touches a socket.

import {
  type Address,
  type Application,
  FEATURES,
  type FeatureDescription,
  type Fields,
  type HttpHandler,
  type HttpScope,
  INTERFACE_VERSION,
  type Limits,
  type TunnelScope,
  type UpgradeOffer,
} from '../interface/index.ts';
import type { SourcePosition, Tap } from '../trace/index.ts';
import type { Time } from '../trace/time.ts';
import { Clock } from './clock.ts';
import type { ConversationOptions } from './conversation/conversation.ts';
import { readForwarded, type TrustEntry } from './conversation/forwarded.ts';
import { HttpConversation } from './conversation/http.ts';
import type { OpenFileBelow } from './conversation/output.ts';
import {
  type Refusal,
  type RequestFields,
  type RequestHead,
  readRequestHead,
} from './conversation/request.ts';
import { TunnelConversation } from './conversation/tunnel.ts';
import { WebsocketConversation } from './conversation/websocket.ts';
import {
  type ConversationScope,
  type Fault,
  LocalHandles,
  RunningExchange,
  type Surroundings,
} from './exchange.ts';
import { type LifespanOutcome, RunningLifespan } from './lifespan.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { acceptFields, checkHandshake, isHandshake } from './websocket/handshake.ts';
import type { Exchange, Wire } from './wire.ts';

export type { Fault } from './exchange.ts';

export interface GatewayOptions {
  readonly tap?: Tap;
  /** Told of every fault of the application. Default: nothing. */
  readonly onFault?: (fault: Fault) => void;
  /** Where they are to differ from `DEFAULT_LIMITS`. */
  readonly limits?: Partial<Limits>;
  /** Name and version for `scope.gateway.software`. */
  readonly software?: string;
  /** Finds the application's line in the stack of an error, where the host can. */
  readonly locate?: (stack: string) => SourcePosition | undefined;
  /** False: the application has no lifespan and is not asked, as if it had raised `UnsupportedScope`. Default true. */
  readonly lifespan?: boolean;
  /** Opens files below the operator's roots. Without it `http.file` is not offered (feature.listed). */
  readonly openFile?: OpenFileBelow;
  /** Peers whose forwarded fields are believed (security.forwarded). Default: none. */
  readonly trust?: readonly TrustEntry[];
  /** Begins the ids of conversations. Default: random. Processes of one run differ in it (scope.id-unique). */
  readonly run?: string;
  /** Where time comes from, for all limits but those of the lifespan. Default: the platform. */
  readonly time?: Time;
}

/** How a gateway's start ended. */
export type StartOutcome =
  | { readonly ready: true }
  /** `message` is for the operator (lifespan.failed). */
  | { readonly ready: false; readonly message: string };

/** What is known of a request that a transport refused before it had read the head. */
export interface UnreadHead {
  readonly method?: string;
  readonly target?: string;
  readonly http_version: string;
  readonly peer: Address | null;
}

export interface Gateway {
  /** What every scope states, and every transport keeps (flow.limits-stated). */
  readonly limits: Limits;
  readonly clock: Clock;
  /**
   * Calls the application for its lifespan, once. Requests are for after (lifespan.first). `spent` is what has gone of
   * `limits.startup_ms`, such as for loading it. Never rejects.
   */
  start(spent?: number): Promise<StartOutcome>;
  /** Begins a conversation, or returns how the request is to be refused. The head becomes the gateway's, and is frozen. */
  request(head: RequestHead, wire: Wire): Exchange | Refusal;
  /** A transport has refused, by itself, a request whose head it could not read. Nothing but traces and logs come of it. */
  refused(refusal: Refusal, head: UnreadHead): void;
  /** Begins a drain: every conversation is told (drain.notice). Harmless a second time. */
  drain(): void;
  readonly draining: boolean;
  /** Whole milliseconds to the deadline of the drain; `limits.drain_ms` before it. */
  readonly remaining: number;
  /** Called when a drain begins, whoever began it: a lifespan that ends early does too. */
  onDrain(listener: () => void): void;
  /** Ends every conversation that is open, as at the deadline of the drain (drain.after-deadline). */
  deadline(): void;
  /** Shuts the lifespan down and waits for its clean-up. @returns whether it went well and there was no early end */
  stop(): Promise<boolean>;
  /** Conversations that are open, the lifespan apart. */
  readonly active: number;
  /** Resolves when no conversation is open. */
  idle(): Promise<void>;
  /** Calls of the application that have not ended, the lifespan apart. */
  readonly calls: number;
  /** Resolves when there is none (drain.last-wait). */
  returned(): Promise<void>;
}

export function isRefusal(value: Exchange | Refusal): value is Refusal {
  return 'status' in value;
}

/** Makes a gateway for an application. It serves once it was started. */
export function createGateway(application: HttpHandler, options?: GatewayOptions): Gateway;
export function createGateway(application: Application, options?: GatewayOptions): Gateway;
export function createGateway(
  anyApplication: HttpHandler | Application,
  options: GatewayOptions = {},
): Gateway {
  const application = anyApplication as Application;
  const offers = offered(options);
  const marker = Object.freeze({
    interface: INTERFACE_VERSION,
    software: options.software ?? `portway/${INTERFACE_VERSION}`,
    features: offers,
  });
  const limits: Limits = Object.freeze({ ...DEFAULT_LIMITS, ...options.limits });
  const run = options.run ?? Math.random().toString(36).slice(2, 8);
  const prefix = `${run}-`;
  const clock = new Clock(options.time);
  const trust = options.trust ?? [];
  const exchanges = new OpenExchanges();
  const idlers: (() => void)[] = [];
  const callers: (() => void)[] = [];
  const drainListeners: (() => void)[] = [];
  let conversations = 0;
  let unwatch: (() => void) | undefined;
  let deadlineAt: number | undefined;
  let state: Readonly<Record<string, unknown>> = Object.freeze({});
  let features: ReadonlySet<string> = acceptedByDefault(offers);
  let tunnels: readonly string[] = [];
  let started: Promise<StartOutcome> | undefined;
  let ready = options.lifespan === false;
  let lifespan: RunningLifespan | undefined;

  const remaining = () =>
    deadlineAt === undefined ? limits.drain_ms : Math.max(0, Math.floor(deadlineAt - clock.now()));

  const surroundings: Surroundings = {
    limits,
    clock,
    tap: options.tap,
    onFault: options.onFault,
    locate: options.locate,
    returned: () => {
      if (callers.length === 0 || exchanges.running > 0) return;
      for (const resolve of callers.splice(0)) resolve();
    },
    over: (exchange) => {
      exchanges.delete(exchange);
      if (exchanges.size > 0 || idlers.length === 0) return;
      for (const resolve of idlers.splice(0)) resolve();
    },
  };
  const look = () => {
    for (const exchange of exchanges.all) exchange.check();
    // Not when the last one leaves: where one follows the other, a timer for each would cost more than this look.
    if (exchanges.size > 0) return;
    unwatch?.();
    unwatch = undefined;
  };

  function drain(): void {
    if (deadlineAt !== undefined) return;
    deadlineAt = clock.now() + limits.drain_ms;
    lifespan?.drain(remaining);
    for (const exchange of exchanges.all) exchange.drain(remaining);
    for (const listener of drainListeners) listener();
  }

  function noteRefusal(
    conn: number,
    { status, requirement, message }: Refusal,
    { method, target, http_version }: UnreadHead,
  ): void {
    const line = method === undefined ? '' : ` (${method} ${target} HTTP/${http_version})`;
    options.tap?.({
      conn,
      lane: 'gateway',
      dir: 'in',
      type: 'http.refused-request',
      phase: 'i',
      requirement,
      payload: { preview: `${status} ${message}${line}`, status },
    });
  }

  function begin(
    head: RequestHead,
    request: RequestFields,
    wire: Wire,
    conn: number,
  ): Exchange | Refusal {
    const forwarded =
      trust.length === 0 ? null : readForwarded(request.headers, request.peer, trust);
    const local = new LocalHandles(state);
    Object.freeze(local);
    const { method, http_version } = request;
    // One literal for all types: this is made for every request.
    const common = {
      type: 'http' as ConversationScope['type'],
      id: prefix + conn,
      gateway: marker,
      http_version,
      method,
      scheme: request.scheme,
      authority: request.authority,
      target: request.target,
      path: request.path,
      mount: request.mount,
      query: request.query,
      headers: frozenFields(request.headers),
      content_length: request.content_length,
      peer: frozenAddress(request.peer),
      local_address: frozenAddress(request.local_address),
      forwarded: forwarded && Object.freeze(forwarded),
      tls: request.tls,
      limits,
      upgrade: frozenOffer(request.upgrade),
      local,
    };
    const shared: ConversationOptions = {
      method,
      http_version,
      features,
      receiveBufferOctets: limits.receive_buffer_octets,
      openFile: options.openFile,
      expectContinue: expectsContinue(request.headers),
    };
    let scope: ConversationScope;
    let conversation: HttpConversation | WebsocketConversation | TunnelConversation;
    const asksForMore = request.upgrade !== null || request.method === 'CONNECT';
    if (asksForMore && isHandshake(head, tunnels)) {
      const handshake = checkHandshake(head);
      if ('status' in handshake) return handshake;
      const { subprotocols } = handshake;
      scope = {
        ...common,
        type: 'websocket',
        subprotocols: Object.freeze([...subprotocols]),
      };
      conversation = new WebsocketConversation({
        ...shared,
        subprotocols,
        messageOctets: limits.message_octets,
        accept: (subprotocol, headers) => ({
          status: head.http_version === '1.1' ? 101 : 200,
          headers: acceptFields(head, subprotocol, headers),
        }),
      });
    } else {
      const asked = asksForMore
        ? askedTunnel(head, request, features.has('tunnel') ? tunnels : [])
        : undefined;
      if (asked) {
        const datagrams =
          features.has('tunnel.datagram') && asked.by !== 'connect' ? 'capsules' : 'none';
        scope = { ...common, type: 'tunnel', protocol: asked.declared, datagrams } as TunnelScope;
        conversation = new TunnelConversation({ ...shared, asked, datagrams });
      } else if (request.method === 'CONNECT') {
        return {
          status: 501,
          requirement: 'tunnel.undeclared-connect',
          message: 'no application here takes this tunnel',
        };
      } else {
        scope = common as HttpScope;
        conversation = new HttpConversation(shared);
      }
    }
    Object.freeze(scope);
    const exchange = new RunningExchange(scope, local, wire, conn, conversation, surroundings);
    exchanges.add(exchange);
    unwatch ??= clock.watch(look);
    if (deadlineAt !== undefined) exchange.drain(remaining);
    // After the transport has said what it knows already, such as that there is no body.
    NOW.then(() => exchange.run(application));
    return exchange;
  }

  return {
    limits,
    clock,
    get draining() {
      return deadlineAt !== undefined;
    },
    get remaining() {
      return remaining();
    },
    get active() {
      return exchanges.size;
    },
    get calls() {
      return exchanges.running;
    },
    returned: () =>
      exchanges.running === 0 ? Promise.resolve() : new Promise((done) => callers.push(done)),
    idle: () =>
      exchanges.size === 0 ? Promise.resolve() : new Promise((done) => idlers.push(done)),
    onDrain: (listener) => void drainListeners.push(listener),
    drain,
    start(spent = 0) {
      started ??= (async (): Promise<StartOutcome> => {
        if (options.lifespan === false) return { ready: true };
        // drain.during-startup
        if (deadlineAt !== undefined)
          return { ready: false, message: 'a drain began before the application was called' };
        lifespan = new RunningLifespan(application, {
          id: `${run}-0`,
          marker,
          limits,
          offers,
          tap: options.tap,
          onFault: options.onFault,
          drain,
        });
        const outcome: LifespanOutcome = await lifespan.start(spent);
        if (!outcome.ready) return outcome;
        if (outcome.accepted) {
          features = new Set(Object.keys(outcome.accepted.accepts));
          tunnels = outcome.accepted.tunnels;
          state = outcome.accepted.state;
        }
        ready = true;
        return { ready: true };
      })();
      return started;
    },
    request(head, wire) {
      if (!ready)
        throw new Error('gateway fault: a request before `start` was done (lifespan.first)');
      const conn = ++conversations;
      const request = readRequestHead(head, limits);
      const outcome = 'requirement' in request ? request : begin(head, request, wire, conn);
      if (isRefusal(outcome)) noteRefusal(conn, outcome, head);
      return outcome;
    },
    refused(refusal, head) {
      noteRefusal(++conversations, refusal, head);
    },
    deadline() {
      deadlineAt = clock.now();
      lifespan?.deadline();
      for (const exchange of exchanges.all) exchange.deadline();
    },
    async stop() {
      return lifespan ? lifespan.stop() : true;
    },
  };
}

function expectsContinue(headers: Fields): boolean {
  for (let i = 0; i < headers.length; i++) {
    const [name, value] = headers[i] as readonly [string, string];
    if (name === 'expect' && EXPECTS_CONTINUE.test(value)) return true;
  }
  return false;
}

/**
 * Those that are open. A `Set` to which this many are added, and taken from, leaves tables behind that keep what was in
 * them from being collected young.
 */
class OpenExchanges {
  readonly #list: RunningExchange[] = [];

  get size(): number {
    return this.#list.length;
  }

  /** A copy: each may leave while all are told something. */
  get all(): readonly RunningExchange[] {
    return this.#list.slice();
  }

  get running(): number {
    return this.#list.filter(({ running }) => running).length;
  }

  add(exchange: RunningExchange): void {
    exchange.place = this.#list.length;
    this.#list.push(exchange);
  }

  delete(exchange: RunningExchange): void {
    const last = this.#list.pop();
    if (last === undefined || last === exchange) return;
    last.place = exchange.place;
    this.#list[exchange.place] = last;
  }
}

/** A microtask by way of a promise, for `queueMicrotask` of Node makes an async resource each time. */
const NOW = Promise.resolve();

const EXPECTS_CONTINUE = /(?:^|,)[ \t]*100-continue[ \t]*(?:,|$)/i;

/** feature.listed: all that this gateway serves, at all revisions that the proposals define. */
function offered({ openFile }: GatewayOptions): Readonly<Record<string, readonly number[]>> {
  const offers: Record<string, readonly number[]> = {};
  for (const [name, { revisions }] of Object.entries(FEATURES)) {
    if (name === 'http.file' && !openFile) continue;
    offers[name] = Object.freeze([...revisions]);
  }
  return Object.freeze(offers);
}

/** feature.default-stated, for an application without lifespan. */
function acceptedByDefault(
  offers: Readonly<Record<string, readonly number[]>>,
): ReadonlySet<string> {
  return new Set(
    Object.keys(offers).filter((name) => (FEATURES[name] as FeatureDescription).default),
  );
}

interface AskedTunnel {
  readonly by: 'upgrade' | 'connect' | 'extended-connect';
  /** As the peer spelled it, and as the application declared it. */
  readonly protocol: string;
  readonly declared: string;
}

/** The table “Which requests become tunnels”. */
function askedTunnel(
  { protocol }: RequestHead,
  request: RequestFields,
  declared: readonly string[],
): AskedTunnel | undefined {
  if (declared.length === 0) return undefined;
  // An element `CONNECT` stands for the method alone.
  const find = (wanted: string) =>
    declared.find((name) => name !== 'CONNECT' && name.toLowerCase() === wanted.toLowerCase());
  if (request.method === 'CONNECT') {
    if (protocol === undefined) {
      return declared.includes('CONNECT')
        ? { by: 'connect', protocol: 'CONNECT', declared: 'CONNECT' }
        : undefined;
    }
    const name = find(protocol);
    return name === undefined ? undefined : { by: 'extended-connect', protocol, declared: name };
  }
  if (!request.upgrade || request.upgrade.via !== 'upgrade' || hasContent(request.headers))
    return undefined;
  for (const offer of request.upgrade.offers) {
    if (offer.toLowerCase() === 'websocket') return undefined;
    const name = find(offer);
    if (name !== undefined) return { by: 'upgrade', protocol: offer, declared: name };
  }
  return undefined;
}

function hasContent(headers: Fields): boolean {
  return headers.some(
    ([name, value]) =>
      name === 'transfer-encoding' || (name === 'content-length' && Number(value) !== 0),
  );
}

function frozenFields(fields: Fields): Fields {
  for (let i = 0; i < fields.length; i++) Object.freeze(fields[i]);
  return Object.freeze(fields);
}

function frozenAddress(address: Address | null): Address | null {
  return address && Object.freeze(address);
}

function frozenOffer(offer: UpgradeOffer | null): UpgradeOffer | null {
  return offer && Object.freeze({ ...offer, offers: Object.freeze(offer.offers) });
}
