// One exchange between a `Request` and the `Response` to it, with an application below: the machines of proposals 3, 5
// and 6 over the streams of Fetch. Knows neither clocks nor the lifespan.

import { declaredLength, surveyFields } from '../interface/fields.ts';
import {
  Closed,
  type Fields,
  FLOW_OUTPUT,
  type FlowOutputAction,
  type FlowOutputGuard,
  type FlowOutputState,
  GATEWAY_DRAIN,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  type HttpReceiveEvent,
  type HttpResponseAction,
  type HttpResponseGuard,
  type HttpResponseState,
  type HttpSendEvent,
  type Limits,
  Misuse,
} from '../interface/index.ts';
import { type Guards, Machine, NO_GUARDS } from '../interface/machine.ts';
import {
  explainResponse,
  fieldsOf,
  isBodyless,
  RESPONSE_GUARDS,
  type Responding,
  type Subject,
} from '../interface/response.ts';
import { checkEvent } from '../interface/shape.ts';
import { nameOf, rejected, unforced } from './promises.ts';

/** A cause for which the peer can be lost here. */
type Cause = 'connection_lost' | 'limit' | 'shutdown';

interface Deferred<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
}

/** Octets that keeping one event counts (proposal 6, “What the buffers count”). */
const EVENT_OVERHEAD = 32;

const NO_FIELDS: Fields = [];
const NO_FEATURES: ReadonlySet<string> = new Set();

const OWN_TEXTS = {
  400: 'Bad Request',
  413: 'Content Too Large',
  414: 'URI Too Long',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  503: 'Service Unavailable',
} as const;

/** A response of the gateway's own. It is the same for every error (security.no-detail-in-500). */
export function ownResponse(
  status: keyof typeof OWN_TEXTS,
  method: string,
  headers: Fields = [],
): Response {
  return new Response(method === 'HEAD' ? null : `${OWN_TEXTS[status]}\n`, {
    status,
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ...headers.map(([n, v]) => [n, v]),
    ] as [string, string][],
  });
}

export class FetchExchange implements Responding {
  /** The response. Fails if the request was cancelled before there was one. */
  readonly response: Promise<Response>;

  readonly #method: string;
  readonly #limits: Limits;
  readonly #cancel: AbortController;
  readonly #signal: AbortSignal;

  readonly #request = new Machine(HTTP_REQUEST, NO_GUARDS);
  readonly #answer: Machine<
    HttpResponseState,
    HttpResponseGuard,
    HttpResponseAction,
    Subject,
    Responding
  >;
  readonly #notice = new Machine(GATEWAY_DRAIN, NO_GUARDS);
  readonly #output: Machine<
    FlowOutputState,
    FlowOutputGuard,
    FlowOutputAction,
    undefined,
    FetchExchange
  >;

  // Towards the application.
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #reading = false;
  /** The request has said all that it will. */
  #arrived: boolean;
  #received = 0;
  readonly #incoming: HttpReceiveEvent[] = [];
  #receiver: ((event: HttpReceiveEvent) => void) | undefined;
  #deadline: (() => number) | undefined;
  #closed: (HttpReceiveEvent & { readonly type: 'http.closed' }) | undefined;

  // Towards the peer.
  readonly #promise: Deferred<Response>;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  readonly #queue: Uint8Array[] = [];
  #load = 0;
  /** Resolves the pull of a reader that waits for octets. */
  #pulled: (() => void) | undefined;
  readonly #senders: Deferred<void>[] = [];
  #status = 0;
  #length: number | null = null;
  #sent = 0;

  // The end.
  #loss: Closed | undefined;
  #abandoned = false;
  #declined = false;

  constructor(request: Request, limits: Limits, cancel: AbortController) {
    this.#method = request.method;
    this.#limits = limits;
    this.#cancel = cancel;
    this.#signal = request.signal;
    this.#answer = new Machine<
      HttpResponseState,
      HttpResponseGuard,
      HttpResponseAction,
      Subject,
      Responding
    >(HTTP_RESPONSE, RESPONSE_GUARDS, this);
    this.#output = new Machine<
      FlowOutputState,
      FlowOutputGuard,
      FlowOutputAction,
      undefined,
      FetchExchange
    >(FLOW_OUTPUT, OUTPUT_GUARDS, this);
    let promise: Deferred<Response> | undefined;
    this.response = unforced(
      new Promise((resolve, reject) => {
        promise = { resolve, reject };
      }),
    );
    this.#promise = promise as unknown as Deferred<Response>;
    this.#body = request.body?.getReader();
    this.#arrived = !this.#body;
    if (this.#arrived) this.#incoming.push({ type: 'http.request.end', trailers: NO_FIELDS });
    if (this.#signal.aborted) this.#aborted();
    else this.#signal.addEventListener('abort', this.#aborted, { once: true });
  }

  // The application's side.

  readonly receive = (): Promise<HttpReceiveEvent> => {
    if (this.#receiver) {
      return rejected(new Misuse('receive.single', 'an earlier `receive` is still pending'));
    }
    return new Promise((resolve) => {
      this.#receiver = resolve;
      this.#deliver();
    });
  };

  readonly send = (sent: HttpSendEvent): Promise<void> => {
    try {
      const event = checkEvent(sent, 'http', NO_FEATURES) as unknown as HttpSendEvent;
      const machine = this.#request.governs(event.type) ? this.#request : this.#answer;
      const step = machine.step(event.type, event as never);
      if (step.kind === 'misuse')
        throw new Misuse(step.requirement, this.#explain(step.requirement, event));
      if (step.kind === 'closed') throw this.#lossAnew();
      if (step.kind === 'to' && step.action !== undefined) this.#act(step.action, event);
      this.#deliver();
      // Only octets wait for room: the head is taken at once, and what ends the output waits for nothing.
      if (step.kind !== 'to' || step.action !== 'body' || this.#output.state !== 'full')
        return Promise.resolve();
    } catch (error) {
      return rejected(error);
    }
    return unforced(new Promise((resolve, reject) => this.#senders.push({ resolve, reject })));
  };

  /** The application's call has ended. @returns whether its response was over by then */
  ended(how: 'application.returns' | 'application.raises', error?: unknown): boolean {
    const over = this.#answer.final;
    this.#declined = nameOf(error) === 'UnsupportedScope';
    const step = this.#answer.step(how, undefined);
    this.#abandoned = true;
    this.#incoming.length = 0;
    if (step.kind === 'to' && step.action !== undefined) this.#act(step.action, undefined);
    this.#dropRequest();
    this.#deliver();
    this.#signal.removeEventListener('abort', this.#aborted);
    return over;
  }

  // The gateway's side.

  /** A drain has begun. `left` tells the milliseconds until its deadline. */
  drain(left: () => number): void {
    this.#deadline = left;
    this.#notice.step('drain.begins', undefined);
    this.#deliver();
  }

  /** The exchange is given up (security.given-up-answer, drain.after-deadline). */
  giveUp(cause: Cause, status: 413 | 503): void {
    if (this.#answer.state === 'open') {
      this.#lose(cause);
      this.#promise.resolve(ownResponse(status, this.#method));
    } else if (!this.#lose(cause)) {
      this.#cancel.abort(new Closed(cause)); // cancel.on-deadline
    }
  }

  // The peer's side.

  readonly #aborted = (): void => {
    this.#lose('connection_lost');
    this.#promise.reject(this.#signal.reason);
  };

  /** The peer is lost. @returns whether that took anything from the application */
  #lose(cause: Cause): boolean {
    const taken = this.#answer.step('peer.lost', undefined).kind === 'to';
    if (taken) {
      this.#loss = new Closed(cause);
      // cancel.on-peer-loss: before it shows in a terminal event or a `Closed`.
      this.#cancel.abort(this.#loss);
      this.#close(cause);
    } else this.#close('complete');
    if (this.#output.step('peer.lost', undefined).kind === 'to') {
      for (const sender of this.#senders.splice(0)) sender.reject(this.#lossAnew());
    }
    this.#queue.length = 0;
    this.#load = 0;
    this.#break(new Error('the exchange was given up', { cause: this.#loss }));
    this.#dropRequest();
    this.#deliver();
    return taken;
  }

  #lossAnew(): Closed {
    return new Closed(this.#loss?.cause ?? 'connection_lost');
  }

  #close(cause: Cause | 'complete'): void {
    // http.closed.repeats: one event for every `receive`, so nobody may change it.
    this.#closed ??= Object.freeze({ type: 'http.closed' as const, cause });
  }

  // What the application receives.

  #deliver(): void {
    if (!this.#receiver) return;
    const event = this.#due();
    if (!event) {
      this.#read();
      return;
    }
    const resolve = this.#receiver;
    this.#receiver = undefined;
    if (event.type === 'gateway.drain') this.#notice.step(event.type, undefined);
    else this.#request.step(event.type, undefined);
    resolve(event);
  }

  #due(): HttpReceiveEvent | undefined {
    const terminal = this.#incoming.length === 0 ? this.#terminal() : undefined;
    if (terminal) {
      this.#notice.step('terminal.due', undefined);
      return terminal;
    }
    if (this.#notice.state === 'owed' && !this.#loss) {
      const deadline_ms = Math.max(0, Math.floor(this.#deadline?.() ?? 0));
      return { type: 'gateway.drain', deadline_ms };
    }
    return this.#incoming.shift();
  }

  /** `http.closed`, once nothing else can come (http.closed.complete). */
  #terminal(): HttpReceiveEvent | undefined {
    const { state } = this.#answer;
    const nothingMore =
      this.#request.state !== 'reading' ||
      this.#abandoned ||
      state === 'aborted' ||
      state === 'refused';
    if (this.#answer.final && nothingMore) this.#close('complete');
    return this.#closed;
  }

  /** Reads one piece, for a `receive` that waits: nothing is read ahead of the application. */
  #read(): void {
    if (this.#reading || !this.#wanted) return;
    this.#reading = true;
    this.#body?.read().then(
      ({ done, value }) => {
        this.#reading = false;
        if (!this.#wanted) return;
        if (done) {
          this.#arrived = true;
          this.#incoming.push({ type: 'http.request.end', trailers: NO_FIELDS });
        } else this.#pieces(value);
        this.#deliver();
      },
      () => {
        this.#reading = false;
        if (!this.#wanted) return;
        // An upload that broke off: nothing is known of the peer but that.
        this.#arrived = true;
        this.#lose('connection_lost');
        this.#promise.reject(new TypeError('the body of the request could not be read to its end'));
      },
    );
  }

  get #wanted(): boolean {
    return !this.#arrived && !this.#abandoned && !this.#closed && this.#request.state === 'reading';
  }

  #pieces(data: Uint8Array): void {
    this.#received += data.length;
    const { body_octets, receive_buffer_octets } = this.#limits;
    if (body_octets !== null && this.#received > body_octets) {
      this.#dropRequest();
      this.#arrived = true;
      // A response that is over keeps what it has.
      if (this.#answer.final) this.#close('complete');
      else this.giveUp('limit', 413); // security.limits-body
      return;
    }
    for (let at = 0; at < data.length; at += receive_buffer_octets) {
      const piece = data.subarray(at, at + receive_buffer_octets);
      this.#incoming.push({ type: 'http.request.body', data: piece });
    }
  }

  /** Nobody wants the rest of the request. */
  #dropRequest(): void {
    const body = this.#body;
    this.#body = undefined;
    if (!this.#arrived) body?.cancel().catch(() => {});
  }

  // What the application sends.

  #act(action: HttpResponseAction | 'discard', event: HttpSendEvent | undefined): void {
    switch (action) {
      case 'discard':
        this.#incoming.length = 0;
        this.#dropRequest();
        break;
      case 'head':
        if (event?.type === 'http.response.start') this.#head(event.status, event.headers ?? []);
        break;
      case 'body':
        if (event?.type === 'http.response.body') this.#write(event.data);
        break;
      case 'end':
        this.#settle();
        this.#pull();
        break;
      case 'abort':
        this.#settle();
        this.#queue.length = 0;
        this.#break(
          new Error('the response was broken off', {
            cause: event?.type === 'http.response.abort' ? event.code : undefined,
          }),
        );
        break;
      case 'refuse':
        this.#settle();
        // What Fetch can say of it; it is not told that nothing was processed.
        this.#promise.resolve(ownResponse(503, this.#method, [['retry-after', '0']]));
        break;
      case 'fail':
      case 'decline':
        this.#settle();
        this.#promise.resolve(ownResponse(action === 'fail' ? 500 : 501, this.#method));
        break;
      case 'informational': // Fetch has no place for it, as HTTP/1.0 has none.
      case 'file': // The feature is not on offer, so no machine is asked.
        break;
    }
  }

  #head(status: number, fields: Fields): void {
    this.#status = status;
    this.#length = declaredLength(fields) ?? null;
    const headers = new Headers();
    for (const [name, value] of fields) if (name !== 'trailer') headers.append(name, value); // http.trailers.dropped
    if (!headers.has('date')) headers.set('date', new Date().toUTCString()); // http.date
    const content = this.#method !== 'HEAD' && !isBodyless(status);
    const body = content
      ? new ReadableStream<Uint8Array>(
          {
            start: (controller) => {
              this.#stream = controller;
            },
            pull: () => this.#asked(),
            cancel: () => {
              this.#stream = undefined;
              this.#lose('connection_lost');
            },
          },
          { highWaterMark: 0 },
        )
      : null;
    this.#promise.resolve(new Response(body, { status, headers }));
  }

  #write(data: Uint8Array): void {
    if (data.length === 0) return;
    this.#sent += data.length;
    this.#queue.push(data);
    this.#load += data.length + EVENT_OVERHEAD;
    this.#output.step('event.accepted', undefined);
    this.#pull();
  }

  /** The reader of the response wants octets. */
  #asked(): Promise<void> {
    return new Promise((resolve) => {
      this.#pulled = resolve;
      this.#pull();
    });
  }

  /** Hands one piece to the reader that waits for it, or the end. */
  #pull(): void {
    if (!this.#stream) return;
    const next = this.#pulled ? this.#queue.shift() : undefined;
    if (next) {
      this.#load -= next.length + EVENT_OVERHEAD;
      this.#stream.enqueue(next);
      const step = this.#output.step('octets.taken', undefined);
      if (step.kind === 'to' && step.action === 'resolve') this.#release();
    } else if (this.#queue.length === 0 && this.#answer.state === 'ended') {
      this.#stream.close();
      this.#stream = undefined;
    } else return;
    const pulled = this.#pulled;
    this.#pulled = undefined;
    pulled?.();
  }

  /** Breaks the body off, visibly to whoever reads it. */
  #break(error: Error): void {
    this.#stream?.error(error);
    this.#stream = undefined;
    this.#pulled?.();
    this.#pulled = undefined;
  }

  /** flow.end-settles */
  #settle(): void {
    if (this.#output.step('output.ends', undefined).kind === 'to') this.#release();
  }

  #release(): void {
    for (const sender of this.#senders.splice(0)) sender.resolve();
  }

  // What the guards of the response ask.

  get status(): number {
    return this.#status;
  }

  get length(): number | null {
    return this.#length;
  }

  get sent(): number {
    return this.#sent;
  }

  get isHead(): boolean {
    return this.#method === 'HEAD';
  }

  /** No informational response ever reaches the peer. */
  get informed(): boolean {
    return false;
  }

  get wasDeclined(): boolean {
    return this.#declined;
  }

  /** For the guards of the output. */
  get load(): number {
    return this.#load;
  }

  get highWaterMark(): number {
    return this.#limits.send_buffer_octets;
  }

  contentOf(event: Subject): number {
    return event?.type === 'http.response.body' ? event.data.length : 0;
  }

  survey(event: Subject): number {
    return surveyFields(fieldsOf(event));
  }

  fileFault(): never {
    throw new Error('gateway fault: the feature `http.file` is not served');
  }

  #explain(requirement: string, event: HttpSendEvent): string {
    const explained = explainResponse(requirement, event, this);
    if (explained !== undefined) return explained;
    switch (requirement) {
      case 'http.request.discard-open':
        return `the request is already over (\`${event.type}\` in the state ${this.#request.state})`;
      default:
        return `this is not allowed here (\`${event.type}\` in the state ${this.#answer.state})`;
    }
  }
}

const OUTPUT_GUARDS: Guards<FlowOutputGuard, undefined, FetchExchange> = {
  'at-high-water': (_, { load, highWaterMark }) => load >= highWaterMark,
  // The low-water mark is 0.
  'above-low-water': (_, { load }) => load > 0,
};
