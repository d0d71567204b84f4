// Joins application, conversation and transport: calls the application, keeps its pending `receive` and `send`s,
// carries what the conversation decides to the wire, and tells the tap what happened.

import {
  type Application,
  Closed,
  EVENTS,
  type Fields,
  type HttpClosed,
  type HttpReceiveEvent,
  type HttpScope,
  type HttpSendEvent,
  INTERFACE_VERSION,
  type Limits,
  Misuse,
  type UpgradeOffer,
} from '../interface/index.ts';
import { payloadOf, type SourcePosition, type Tap, type TraceStep } from '../trace/index.ts';
import { HttpConversation, type HttpOutput } from './conversation/http.ts';
import { type Refusal, type RequestHead, readRequestHead } from './conversation/request.ts';
import { DEFAULT_LIMITS } from './limits.ts';

/** What a transport offers for one exchange. None of these throws, and none calls back before it returns. */
export interface HttpWire {
  write(output: HttpOutput): void;
  /** True while more is waiting for the peer than the high-water mark allows. */
  readonly congested: boolean;
  /** Stop and go on reading the request body from the peer. */
  pause(): void;
  resume(): void;
}

/** What a transport tells the gateway of one exchange. */
export interface HttpExchange {
  body(data: Uint8Array): void;
  end(trailers?: Fields): void;
  /** What waited for the peer has fallen below the high-water mark. */
  drained(): void;
  /** The connection or stream is gone. Harmless after the exchange is over. */
  lost(cause: HttpClosed['cause'], code?: number): void;
}

/** A fault of the application, for the log. */
export interface Fault {
  readonly scope: HttpScope;
  /** The requirement that was broken, if it was one. */
  readonly requirement?: string;
  readonly message: string;
  readonly error?: unknown;
}

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
}

export interface Gateway {
  /** What every scope states, and every transport keeps (flow.limits-stated). */
  readonly limits: Limits;
  /** Begins an exchange, or returns how the request is to be refused. The head becomes the gateway's, and is frozen. */
  http(head: RequestHead, wire: HttpWire): HttpExchange | Refusal;
  /** Calls of the application that have not ended. */
  readonly active: number;
  /** Resolves when no call of the application is left. */
  idle(): Promise<void>;
}

export function isRefusal(value: HttpExchange | Refusal): value is Refusal {
  return 'status' in value;
}

export function createGateway(application: Application, options: GatewayOptions = {}): Gateway {
  const marker = Object.freeze({
    interface: INTERFACE_VERSION,
    software: options.software ?? `portway/${INTERFACE_VERSION}`,
    features: Object.freeze({}),
  });
  const limits = Object.freeze({ ...DEFAULT_LIMITS, ...options.limits });
  const run = Math.random().toString(36).slice(2, 8);
  let conversations = 0;
  let active = 0;
  const idlers: (() => void)[] = [];
  const over = () => {
    active--;
    if (active === 0) for (const resolve of idlers.splice(0)) resolve();
  };

  return {
    limits,
    get active() {
      return active;
    },
    idle: () => (active === 0 ? Promise.resolve() : new Promise((done) => idlers.push(done))),
    http(head, wire) {
      const conn = ++conversations;
      const request = readRequestHead(head, limits);
      if ('requirement' in request) {
        options.tap?.({
          conn,
          lane: 'gateway',
          dir: 'in',
          type: 'http.refused-request',
          phase: 'i',
          requirement: request.requirement,
          payload: { preview: `${request.status} ${request.message}`, status: request.status },
        });
        return request;
      }
      active++;
      const local = new LocalHandles();
      Object.freeze(local);
      const scope: HttpScope = Object.freeze({
        type: 'http',
        id: `${run}-${conn}`,
        gateway: marker,
        ...request,
        headers: Object.freeze(request.headers.map((pair) => Object.freeze(pair))),
        peer: Object.freeze(request.peer),
        local_address: Object.freeze(request.local_address),
        limits,
        upgrade: frozenOffer(request.upgrade),
        local,
      });
      const exchange = new Exchange(scope, local, wire, conn, options);
      // After the transport has said what it knows already, such as that there is no body.
      queueMicrotask(() => exchange.run(application, over));
      return exchange;
    },
  };
}

function frozenOffer(offer: UpgradeOffer | null): UpgradeOffer | null {
  return offer && Object.freeze({ ...offer, offers: Object.freeze(offer.offers) });
}

/** `scope.local`. The signal is made when somebody asks for it: most applications never do. */
class LocalHandles {
  readonly state = Object.freeze({});
  #controller: AbortController | undefined;
  #reason: unknown;

  get cancel(): AbortSignal {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#reason ??= reason;
    this.#controller?.abort(reason);
  }
}

interface Deferred<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

class Exchange implements HttpExchange {
  readonly #scope: HttpScope;
  readonly #local: LocalHandles;
  readonly #wire: HttpWire;
  readonly #conn: number;
  readonly #options: GatewayOptions;
  readonly #conversation: HttpConversation;
  readonly #highWaterMark: number;
  #receiver: Deferred<HttpReceiveEvent> | undefined;
  readonly #senders: Deferred<void>[] = [];
  #paused = false;
  #returned = false;

  constructor(
    scope: HttpScope,
    local: LocalHandles,
    wire: HttpWire,
    conn: number,
    options: GatewayOptions,
  ) {
    this.#scope = scope;
    this.#local = local;
    this.#wire = wire;
    this.#conn = conn;
    this.#options = options;
    this.#highWaterMark = scope.limits.receive_buffer_octets;
    this.#conversation = new HttpConversation({
      method: scope.method,
      http_version: scope.http_version,
      expectContinue: scope.headers.some(
        ([name, value]) =>
          name === 'expect' && /(?:^|,)[ \t]*100-continue[ \t]*(?:,|$)/i.test(value),
      ),
    });
    const { method, target, http_version, headers } = scope;
    this.#trace('gateway', 'in', 'http.request', {
      requirement: 'app.once-per-scope',
      payload: { preview: `${method} ${target} HTTP/${http_version}`, fields: headers },
    });
  }

  /** Calls the application, once. `over` is called when its call has ended. */
  run(application: Application, over: () => void): void {
    const call = async () => application(this.#scope, this.receive, this.send);
    call()
      .then(
        () => this.#ended(),
        (error: unknown) => this.#failed(error),
      )
      .finally(over);
  }

  // The application's side.

  readonly receive = (): Promise<HttpReceiveEvent> => {
    if (this.#receiver) {
      return rejected(
        this.#misused(
          'in',
          'receive',
          new Misuse('receive.single', 'an earlier `receive` is still pending'),
          undefined,
        ),
      );
    }
    this.#apply(this.#conversation.asked(), 'http.continue.on-receive');
    return new Promise((resolve, reject) => {
      this.#receiver = { resolve, reject };
      this.#deliver();
    });
  };

  readonly send = (event: HttpSendEvent): Promise<void> => {
    try {
      const { outputs, state, requirement } = this.#conversation.send(event);
      if (this.#options.tap) {
        const payload = payloadOf(event as unknown as Record<string, unknown>);
        this.#trace('app', 'out', event.type, {
          state,
          ...(requirement ? { requirement } : {}),
          ...(payload ? { payload } : {}),
        });
      }
      this.#apply(outputs);
    } catch (error) {
      if (error instanceof Misuse)
        return rejected(this.#misused('out', typeOf(event), error, event));
      if (error instanceof Closed) {
        this.#trace('app', 'out', typeOf(event), {
          state: this.#conversation.responseState,
          requirement: 'closed.on-send',
          payload: { preview: error.message },
        });
      }
      // Anything else is an event that cannot be read, or a fault of the gateway. It is never thrown at the caller.
      return rejected(error);
    }
    this.#deliver();
    if (this.#conversation.responseOver) this.#release();
    else if (this.#wire.congested)
      return unforced(new Promise((resolve, reject) => this.#senders.push({ resolve, reject })));
    return Promise.resolve();
  };

  // The transport's side.

  body(data: Uint8Array): void {
    if (!this.#conversation.body(data)) return;
    this.#arrived('http.request.body', { data });
    this.#deliver();
    if (!this.#paused && this.#conversation.buffered >= this.#highWaterMark && !this.#returned) {
      this.#paused = true;
      this.#wire.pause();
    }
  }

  end(trailers: Fields = []): void {
    if (!this.#conversation.end(trailers)) return;
    this.#arrived('http.request.end', { trailers });
    this.#deliver();
  }

  drained(): void {
    this.#release();
  }

  lost(cause: HttpClosed['cause'], code?: number): void {
    const taken = this.#conversation.lost(cause, code);
    if (taken) {
      this.#trace('gateway', 'in', 'peer.lost', {
        state: this.#conversation.responseState,
        requirement: 'cancel.on-peer-loss',
        payload: { preview: cause },
      });
      this.#local.abort(new Closed(cause, code));
    }
    for (const sender of this.#senders.splice(0)) sender.reject(new Closed(cause, code));
    this.#deliver();
  }

  // Within.

  /** Lets every waiting `send` go on: there is room, or there is nothing more to wait for. */
  #release(): void {
    for (const sender of this.#senders.splice(0)) sender.resolve();
  }

  /** Hands the next event to a waiting `receive`. */
  #deliver(): void {
    if (!this.#receiver) return;
    const received = this.#conversation.receive();
    if (!received) return;
    const { resolve } = this.#receiver;
    this.#receiver = undefined;
    if (this.#options.tap) {
      const payload = payloadOf(received.event as unknown as Record<string, unknown>);
      this.#trace('app', 'in', received.event.type, {
        state: received.state,
        ...(received.requirement ? { requirement: received.requirement } : {}),
        ...(payload ? { payload } : {}),
      });
    }
    resolve(received.event);
    this.#flow();
  }

  #flow(): void {
    if (this.#paused && this.#conversation.buffered < this.#highWaterMark) {
      this.#paused = false;
      this.#wire.resume();
    }
  }

  /** Carries outputs to the wire. With a requirement they are the gateway's own doing, and traced as such. */
  #apply(outputs: readonly HttpOutput[], requirement?: string): void {
    for (const output of outputs) {
      if (requirement !== undefined) this.#traceOwn(output, requirement);
      this.#wire.write(output);
      if (output.do === 'discard') this.#flow();
    }
  }

  #ended(): void {
    const open = !this.#conversation.responseOver;
    this.#settle('application.returns');
    if (open) {
      this.#fault({
        requirement: 'http.finish',
        message: 'the application returned before its response was over',
      });
    }
  }

  #failed(error: unknown): void {
    const name = nameOf(error);
    this.#settle('application.raises', error);
    if (name === 'Closed' || name === 'UnsupportedScope') return;
    this.#fault({
      ...(name === 'Misuse' ? { requirement: (error as Misuse).requirement } : {}),
      message: inWords(error),
      error,
    });
  }

  #settle(how: 'application.returns' | 'application.raises', error?: unknown): void {
    const open = !this.#conversation.responseOver;
    this.#returned = true;
    const declined = nameOf(error) === 'UnsupportedScope';
    const { outputs, state, requirement } = this.#conversation.applicationEnded(how, declined);
    const src = error instanceof Error ? this.#locate(error) : undefined;
    this.#trace('app', 'internal', how, {
      state,
      ...(requirement === undefined ? {} : { requirement }),
      ...(how === 'application.returns' ? {} : { payload: { preview: inWords(error) } }),
      ...(open && how === 'application.returns'
        ? {
            violation: {
              requirement: 'http.finish',
              message: 'the application returned before its response was over',
            },
          }
        : {}),
      ...(src ? { src } : {}),
    });
    this.#apply(outputs, requirement);
    this.#flow();
    this.#release();
    this.#deliver();
  }

  #misused(dir: TraceStep['dir'], type: string, error: Misuse, event: unknown): Misuse {
    if (this.#options.tap) {
      const src = this.#locate(error);
      const payload =
        typeof event === 'object' && event !== null
          ? payloadOf(event as Record<string, unknown>)
          : undefined;
      this.#trace('app', dir, type, {
        state: this.#conversation.responseState,
        requirement: error.requirement,
        violation: { requirement: error.requirement, message: error.message },
        ...(payload ? { payload } : {}),
        ...(src ? { src } : {}),
      });
    }
    return error;
  }

  #fault(fault: Omit<Fault, 'scope'>): void {
    this.#options.onFault?.({ scope: this.#scope, ...fault });
  }

  #locate(error: Error): SourcePosition | undefined {
    try {
      // What is thrown at us may have a stack of any type, or one that cannot be read.
      const { stack } = error;
      return typeof stack === 'string' ? this.#options.locate?.(stack) : undefined;
    } catch {
      return undefined;
    }
  }

  #arrived(type: string, event: Readonly<Record<string, unknown>>): void {
    if (!this.#options.tap) return;
    const payload = payloadOf(event);
    const requirement = EVENTS[type]?.requirement;
    this.#trace('gateway', 'in', type, {
      ...(requirement ? { requirement } : {}),
      ...(payload ? { payload } : {}),
    });
  }

  /** What the gateway does of itself is traced as the event that an application would have sent for it. */
  #traceOwn(output: HttpOutput, requirement: string): void {
    if (!this.#options.tap) return;
    const payload = payloadOf(ownFields(output));
    this.#trace('gateway', 'out', OWN_TYPES[output.do], {
      requirement,
      ...(payload ? { payload } : {}),
    });
  }

  #trace(
    lane: TraceStep['lane'],
    dir: TraceStep['dir'],
    type: string,
    rest: Partial<Omit<TraceStep, 'lane' | 'dir' | 'type' | 'conn' | 'phase'>>,
  ): void {
    this.#options.tap?.({ conn: this.#conn, lane, dir, type, phase: 'i', ...rest });
  }
}

const OWN_TYPES: Readonly<Record<HttpOutput['do'], string>> = {
  continue: 'http.continue',
  informational: 'http.informational',
  head: 'http.response.start',
  body: 'http.response.body',
  end: 'http.response.end',
  abort: 'http.response.abort',
  refuse: 'http.refuse',
  discard: 'http.request.discard',
};

function ownFields(output: HttpOutput): Readonly<Record<string, unknown>> {
  switch (output.do) {
    case 'continue':
      return { status: 100 };
    case 'head':
      return { status: output.status, headers: output.headers };
    case 'body':
      return { data: output.data };
    default:
      return {};
  }
}

/** Of what was thrown, its name: two copies of this package have two classes of each (typescript.errors-by-name). */
function nameOf(error: unknown): string | undefined {
  try {
    const name = (error as { name?: unknown } | null | undefined)?.name;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** What was thrown, as text: anything can be thrown. */
function inWords(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something was thrown that has no text';
  }
}

/**
 * A promise that nobody has to wait for: an application may let a `send` go (proposal 2, "Receiving and sending"), and
 * a runtime must not take its loss of a race for an error that nobody handled (closed.not-an-error).
 */
function unforced<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function rejected(error: unknown): Promise<never> {
  return unforced(Promise.reject(error));
}

function typeOf(event: unknown): string {
  const type = (event as { type?: unknown } | null | undefined)?.type;
  return typeof type === 'string' ? type : '(no type)';
}
