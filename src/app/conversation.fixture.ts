// A gateway for tests: one conversation of type `http`, played by the tables, where the test is the peer.

import { brokenField, declaredLength, hopByHopField } from '../interface/fields.ts';
import {
  type Application,
  Closed,
  type Fields,
  type GatewayMarker,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  type HttpReceiveEvent,
  type HttpResponseGuard,
  type HttpScope,
  type HttpSendEvent,
  type LifespanScope,
  type Limits,
  Misuse,
} from '../interface/index.ts';
import { type Guards, Machine } from '../interface/machine.ts';
import { checkEvent } from '../interface/shape.ts';

export const LIMITS: Limits = Object.freeze({
  send_buffer_octets: 65_536,
  receive_buffer_octets: 65_536,
  target_octets: 8192,
  header_octets: 32_768,
  header_fields: 128,
  body_octets: null,
  message_octets: 1_048_576,
  head_ms: 30_000,
  idle_ms: 30_000,
  keep_alive_ms: 5000,
  startup_ms: null,
  drain_ms: 30_000,
  shutdown_ms: 5000,
});

export const MARKER: GatewayMarker = Object.freeze({
  interface: '0.1',
  software: 'fixture',
  features: Object.freeze({ 'http.file': Object.freeze([1]), tunnel: Object.freeze([1]) }),
});

/** A request for `/` as a gateway would give it, with what the test wants otherwise. */
export function scopeOf(changes: Partial<HttpScope> = {}): HttpScope {
  const path = changes.path ?? '/';
  const query = changes.query ?? null;
  return Object.freeze({
    type: 'http',
    id: 'fixture-1',
    gateway: MARKER,
    http_version: '1.1',
    method: 'GET',
    scheme: 'http',
    authority: 'example.org',
    target: query === null ? path : `${path}?${query}`,
    path,
    mount: '',
    query,
    headers: [],
    content_length: null,
    peer: { transport: 'tcp', address: '192.0.2.7', port: 50_000 },
    local_address: { transport: 'tcp', address: '198.51.100.1', port: 80 },
    forwarded: null,
    tls: null,
    limits: LIMITS,
    upgrade: null,
    local: Object.freeze({ cancel: new AbortController().signal, state: Object.freeze({}) }),
    ...changes,
  } as HttpScope);
}

export function lifespanScope(cancel = new AbortController().signal): LifespanScope {
  return Object.freeze({
    type: 'lifespan',
    id: 'fixture-0',
    gateway: MARKER,
    local: Object.freeze({ cancel, state: Object.freeze({}) }),
  });
}

/** How a call has ended. */
export type Outcome = { readonly returned: true } | { readonly raised: unknown };

/** One conversation. The test gives events, takes away room, and loses the peer. */
export class Conversation {
  readonly scope: HttpScope;
  /** What was accepted, in order. */
  readonly sent: HttpSendEvent[] = [];
  /** What was rejected. */
  readonly misuses: Misuse[] = [];
  /** How often the application has asked. */
  receives = 0;
  readonly outcome: Promise<Outcome>;
  readonly #cancel = new AbortController();
  readonly #request = new Machine(HTTP_REQUEST, {});
  readonly #response = new Machine(
    HTTP_RESPONSE,
    guards(() => this),
  );
  readonly #incoming: HttpReceiveEvent[] = [];
  #receiver: ((event: HttpReceiveEvent) => void) | undefined;
  #closed: HttpReceiveEvent | undefined;
  #loss: Closed | undefined;
  #room = true;
  #senders: { resolve(): void; reject(error: unknown): void }[] = [];
  #waiting: { ready: () => boolean; resolve: () => void }[] = [];
  #declined = false;
  status = 0;
  length: number | null = null;
  octets = 0;

  constructor(app: Application, changes: Partial<HttpScope>, events: readonly HttpReceiveEvent[]) {
    this.#incoming.push(...events);
    const state = changes.local?.state ?? Object.freeze({});
    const local = Object.freeze({ cancel: this.#cancel.signal, state });
    this.scope = scopeOf({ ...changes, local });
    const call = async () => {
      await (app as (...all: unknown[]) => Promise<void>)(this.scope, this.#receive, this.#send);
    };
    this.outcome = call().then(
      () => {
        this.#response.step('application.returns', undefined);
        return { returned: true } as const;
      },
      (raised: unknown) => {
        this.#declined = (raised as Error)?.name === 'UnsupportedScope';
        this.#response.step('application.raises', undefined);
        return { raised };
      },
    );
    void this.outcome.then(() => this.#changed());
  }

  /** The state of the response: `open` until its start, `ended` after a 500 or 501 of the gateway's own. */
  get state(): string {
    return this.#response.state;
  }

  get requestState(): string {
    return this.#request.state;
  }

  get declined(): boolean {
    return this.#declined;
  }

  get isHead(): boolean {
    return this.scope.method === 'HEAD';
  }

  /** Types of what was accepted. */
  get types(): readonly string[] {
    return this.sent.map(({ type }) => type);
  }

  /** The head that was sent. */
  get head(): { readonly status: number; readonly headers: Fields } {
    const start = this.sent.find((event) => event.type === 'http.response.start');
    if (start?.type !== 'http.response.start') throw new Error('no response was started');
    return { status: start.status, headers: start.headers ?? [] };
  }

  /** The body that was sent, as text. */
  get text(): string {
    const pieces = this.sent.map((event) =>
      event.type === 'http.response.body' ? [...event.data] : [],
    );
    return new TextDecoder().decode(Uint8Array.from(pieces.flat()));
  }

  /** Events arrive. */
  give(...events: readonly HttpReceiveEvent[]): void {
    this.#incoming.push(...events);
    this.#deliver();
  }

  /** From now on `send` waits. */
  fill(): void {
    this.#room = false;
  }

  /** What waits goes on. */
  drain(): void {
    this.#room = true;
    for (const { resolve } of this.#senders.splice(0)) resolve();
  }

  lose(cause: 'connection_lost' | 'peer_reset' = 'connection_lost'): void {
    const taken = this.#response.step('peer.lost', undefined).kind === 'to';
    this.#closed = Object.freeze({ type: 'http.closed', cause: taken ? cause : 'complete' });
    if (taken) {
      this.#loss = new Closed(cause);
      this.#cancel.abort(this.#loss);
    }
    for (const { reject } of this.#senders.splice(0)) reject(new Closed(cause));
    this.#deliver();
  }

  /** Waits until something is so. Looks again whenever anything has happened; a test that waits in vain times out. */
  until(ready: () => boolean): Promise<void> {
    if (ready()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ ready, resolve }));
  }

  readonly #receive = (): Promise<HttpReceiveEvent> => {
    this.receives++;
    if (this.#receiver) return Promise.reject(this.#misused(new Misuse('receive.single', 'twice')));
    return new Promise((resolve) => {
      this.#receiver = resolve;
      this.#deliver();
      this.#changed();
    });
  };

  readonly #send = (sent: HttpSendEvent): Promise<void> => {
    try {
      const event = checkEvent(sent, 'http', new Set()) as unknown as HttpSendEvent;
      const machine = this.#request.governs(event.type) ? this.#request : this.#response;
      const step = machine.step(event.type, event as never);
      if (step.kind === 'misuse') throw new Misuse(step.requirement, machine.state);
      if (step.kind === 'closed') throw new Closed(String(this.#loss?.cause));
      this.sent.push(event);
      if (event.type === 'http.response.start') {
        this.status = event.status;
        this.length = declaredLength(event.headers ?? []) ?? null;
      } else if (event.type === 'http.response.body') this.octets += event.data.length;
      else if (event.type === 'http.request.discard') this.#incoming.length = 0;
      this.#deliver();
      if (!this.#room && event.type === 'http.response.body')
        return new Promise((resolve, reject) => this.#senders.push({ resolve, reject }));
      return Promise.resolve();
    } catch (error) {
      return Promise.reject(error instanceof Misuse ? this.#misused(error) : error);
    } finally {
      this.#changed();
    }
  };

  #misused(error: Misuse): Misuse {
    this.misuses.push(error);
    return error;
  }

  #deliver(): void {
    if (!this.#receiver) return;
    const over = this.#response.final && this.#request.state !== 'reading';
    const closed = over ? ({ type: 'http.closed', cause: 'complete' } as const) : this.#closed;
    const event = this.#incoming.shift() ?? closed;
    if (!event) return;
    const resolve = this.#receiver;
    this.#receiver = undefined;
    if (this.#request.governs(event.type)) this.#request.step(event.type, undefined);
    resolve(event);
    this.#changed();
  }

  #changed(): void {
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.ready()) waiting.resolve();
      else this.#waiting.push(waiting);
    }
  }
}

function guards(own: () => Conversation): Guards<HttpResponseGuard, HttpSendEvent | undefined> {
  const fields = (event: HttpSendEvent | undefined): Fields =>
    (event && 'headers' in event ? event.headers : undefined) ?? [];
  const size = (event: HttpSendEvent | undefined) =>
    event?.type === 'http.response.body' ? event.data.length : 0;
  const bodyless = () => [204, 205, 304].includes(own().status);
  const never = () => false;
  return {
    'field-syntax': (event) => brokenField(fields(event)) !== undefined,
    'hop-by-hop': (event) => hopByHopField(fields(event)) !== undefined,
    'length-syntax': (event) => declaredLength(fields(event)) === undefined,
    'length-forbidden': (event) =>
      event?.type === 'http.response.start' &&
      event.status === 204 &&
      declaredLength(fields(event)) !== null,
    'forbidden-trailer': never,
    informed: never,
    'file-outside': never,
    'file-missing': never,
    'file-linked': never,
    'file-short': never,
    contentless: (event) => bodyless() && size(event) > 0,
    excess: (event) => {
      const { length, octets } = own();
      return length !== null && octets + size(event) > length;
    },
    'head-request': () => own().isHead,
    shortfall: () => {
      const { length, octets, isHead, status } = own();
      return length !== null && octets < length && !isHead && status !== 304;
    },
    declined: () => own().declined,
  };
}

/** Begins a conversation. Without events the request is complete and has no body. */
export function converse(
  app: Application,
  changes: Partial<HttpScope> = {},
  events: readonly HttpReceiveEvent[] = [{ type: 'http.request.end', trailers: [] }],
): Conversation {
  return new Conversation(app, changes, events);
}

/** The next turn of the event loop: whatever could happen without anything further from outside has happened. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** Pieces of a request body, then its end. */
export function body(...pieces: readonly string[]): HttpReceiveEvent[] {
  const encoder = new TextEncoder();
  return [
    ...pieces.map((piece) => ({ type: 'http.request.body', data: encoder.encode(piece) }) as const),
    { type: 'http.request.end', trailers: [] },
  ];
}
