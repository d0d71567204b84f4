// One sending of an exchange, whatever its kind: what the tap is told, how long it takes, and when the client gives up.

import { payloadOf } from '../trace/index.ts';
import { PLATFORM_TIME, type Time } from '../trace/time.ts';
import type { ClientConnection, ClientRequest, ClientResponse, Fields } from './connection.ts';
import type { ScenarioExchange } from './exchange.ts';
import type { ClientResult, Outcome, RunOptions } from './result.ts';

/** Octets of a body that are kept. */
export const KEPT_BODY = 256 * 1024;
/** Informational responses that are kept. */
const KEPT_INFORMATIONAL = 20;

export class Attempt {
  outcome: Outcome = 'closed';
  status: number | undefined;
  headers: Fields = [];
  trailers: Fields = [];
  readonly body = new KeptBody();
  /** Resolves when the attempt is over. */
  readonly gone: Promise<void>;
  readonly connection: ClientConnection;
  readonly #exchange: ScenarioExchange;
  readonly #options: RunOptions;
  readonly #informational: { readonly status: number; readonly headers: Fields }[] = [];
  readonly #finish = new AbortController();
  readonly #time: Time;
  readonly #sent: number;
  #head: number | undefined;
  #stopWatchdog: (() => void) | undefined;
  /** Pauses of the client's own that are under way: what the other side may have nothing to do in. */
  #pauses = 0;
  #patient = false;
  readonly #interrupt = () => this.leave('interrupted');

  constructor(exchange: ScenarioExchange, head: ClientRequest, options: RunOptions) {
    this.#exchange = exchange;
    this.#options = options;
    this.#time = options.time ?? PLATFORM_TIME;
    this.gone = new Promise((resolve) => {
      this.#finish.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    this.trace('out', 'client.request', { headers: head.headers }, `${head.method} ${head.target}`);
    this.#sent = this.#time.now();
    this.connection = options.dial(head);
    options.signal?.addEventListener('abort', this.#interrupt, { once: true });
    if (options.signal?.aborted) this.#interrupt();
    this.progress();
  }

  get over(): boolean {
    return this.#finish.signal.aborted;
  }

  /** Milliseconds since the request was sent. */
  get t(): number {
    return this.#time.now() - this.#sent;
  }

  trace(
    dir: 'in' | 'out',
    type: string,
    values: Readonly<Record<string, unknown>> = {},
    preview = '',
  ): void {
    const fields = payloadOf(values);
    const payload = preview ? { ...fields, preview } : fields;
    const { conn, tap } = this.#options;
    tap?.({ conn, lane: 'client', dir, type, phase: 'i', ...(payload ? { payload } : {}) });
  }

  /** The client gives the exchange up. */
  leave(why: Outcome): void {
    if (this.over) return;
    this.outcome = why;
    this.trace('out', `client.${why}`);
    this.finish();
    this.connection.reset();
  }

  /** The client was made to leave, and that was told. */
  left(): void {
    if (this.over) return;
    this.outcome = 'left';
    this.finish();
  }

  /** The exchange is over. Harmless a second time. */
  finish(): void {
    this.#stopWatchdog?.();
    this.#options.signal?.removeEventListener('abort', this.#interrupt);
    this.#finish.abort();
  }

  /** Something went out or came in; without that for so long, the client leaves. */
  progress(): void {
    this.#stopWatchdog?.();
    if (this.over || this.#pauses > 0 || this.#patient) return;
    this.#stopWatchdog = this.#time.after(this.#exchange.timeout, () => {
      if (this.#options.held?.()) this.progress();
      else this.leave('timeout');
    });
  }

  /** Whether silence is no lack of progress: a person takes their time. */
  set patient(patient: boolean) {
    this.#patient = patient;
    this.progress();
  }

  async pause(milliseconds: number): Promise<void> {
    this.#pauses++;
    this.progress();
    await delay(milliseconds, this.#time, this.#finish.signal);
    this.#pauses--;
    this.progress();
  }

  /** Writes, and returns when it was taken or the attempt is over. */
  async write(data: Uint8Array): Promise<void> {
    await Promise.race([this.connection.write(data), this.gone]);
    this.progress();
  }

  /** Takes what all kinds take alike, up to the head. @returns false for what comes behind it */
  takeHead(response: ClientResponse): boolean {
    if (response.type !== 'informational' && response.type !== 'head') return false;
    const { status, headers } = response;
    if (response.type === 'informational') {
      this.trace('in', 'client.informational', { status, headers });
      if (this.#informational.length < KEPT_INFORMATIONAL)
        this.#informational.push({ status, headers });
      return true;
    }
    this.#head = this.t;
    this.status = status;
    this.headers = headers;
    this.trace('in', 'client.response', { status, headers });
    if (this.#exchange.drain) this.#options.drain?.();
    return true;
  }

  /** Takes octets of a response body. */
  takeBody(data: Uint8Array): void {
    this.body.push(data);
    this.trace('in', 'client.response.body', { data });
  }

  /** Whether the body is larger than the client takes. */
  get tooLarge(): boolean {
    const { bodyLimit } = this.#options;
    return bodyLimit !== undefined && this.body.size > bodyLimit;
  }

  result(): ClientResult {
    const { outcome, status, headers, trailers } = this;
    const times = { ...(this.#head === undefined ? {} : { head: this.#head }), end: this.t };
    return {
      kind: this.#exchange.kind,
      name: this.#exchange.name,
      outcome,
      status,
      headers,
      informational: this.#informational,
      body: this.body.kept(),
      size: this.body.size,
      trailers,
      times,
      attempts: 1,
      messages: [],
      messagesDropped: 0,
    };
  }
}

/** A body of which the beginning is kept. */
class KeptBody {
  size = 0;
  readonly #pieces: Uint8Array[] = [];

  push(data: Uint8Array): void {
    if (this.size < KEPT_BODY) this.#pieces.push(data.subarray(0, KEPT_BODY - this.size));
    this.size += data.length;
  }

  kept(): Uint8Array {
    const whole = new Uint8Array(this.#pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

function delay(milliseconds: number, time: Time, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = time.after(milliseconds, done);
    signal.addEventListener('abort', done);
  });
}
