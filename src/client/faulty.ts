// A client that is disturbed from outside while it speaks: its connection closes or breaks off, or it reads and sends no
// more, or slowly. Stands between a client and any transport, and knows neither.

import type { InjectedFault, Tap } from '../trace/index.ts';
import { PLATFORM_TIME, type Time } from '../trace/time.ts';
import type {
  ClientConnection,
  ClientRequest,
  ClientResponse,
  Dial,
  Fields,
} from './connection.ts';

/** How slowly a slow client reads: so many octets, each so many milliseconds. */
export const SLOW = { octets: 1024, ms: 100 };

/** What a fault that lasts makes of a client. */
export type Hindrance = Extract<InjectedFault, 'stall' | 'slow'>;

export interface FaultOptions {
  readonly tap?: Tap;
  /** Where time comes from, for slow clients. Default: the platform. */
  readonly time?: Time;
  /** A conversation has begun or ended, or a fault has. */
  readonly onChange?: () => void;
}

/** A conversation whose client is connected. */
export interface Disturbed {
  readonly conn: number;
  readonly hindrance?: Hindrance;
}

/** The faults of all clients of a run. */
export class Faults {
  readonly #options: FaultOptions;
  /** By conversation: its connection, the last where there were several attempts. */
  readonly #connections = new Map<number, FaultyConnection>();

  constructor(options: FaultOptions = {}) {
    this.#options = options;
  }

  /** Dials as `dial` does, with connections that can be disturbed under the number of their conversation. */
  dialFor(conn: number, dial: Dial): Dial {
    const faulty = (request: ClientRequest): ClientConnection => {
      const connection = new FaultyConnection(
        dial(request),
        this.#options.time ?? PLATFORM_TIME,
        () => {
          if (this.#connections.get(conn) !== connection) return;
          this.#connections.delete(conn);
          this.#options.onChange?.();
        },
      );
      this.#connections.set(conn, connection);
      this.#options.onChange?.();
      return connection;
    };
    return dial.version === undefined ? faulty : Object.assign(faulty, { version: dial.version });
  }

  /** Conversations whose clients are connected. */
  get open(): readonly Disturbed[] {
    return [...this.#connections].map(([conn, { hindrance }]) => ({
      conn,
      ...(hindrance ? { hindrance } : {}),
    }));
  }

  /** Whether the client of a conversation is held, so that its silence says nothing. */
  holds(conn: number): boolean {
    return this.#connections.get(conn)?.hindrance !== undefined;
  }

  /** Does it to the client of a conversation. @returns false where that is not connected, or is so disturbed already */
  inject(conn: number, fault: InjectedFault): boolean {
    const connection = this.#connections.get(conn);
    if (!connection || connection.hindrance === fault) return false;
    const pace = fault === 'slow' ? `${SLOW.octets} octets each ${SLOW.ms} ms` : undefined;
    // Told before: what comes of it can come at once.
    this.#options.tap?.({
      conn,
      lane: 'client',
      dir: 'out',
      type: STEPS[fault],
      phase: 'i',
      ...(pace ? { payload: { preview: pace } } : {}),
      fault,
    });
    if (fault === 'disconnect' || fault === 'reset') connection.leave(fault === 'disconnect');
    else connection.hinder(fault);
    this.#options.onChange?.();
    return true;
  }

  /** Lets a client go on that was stalled or slow. @returns false where there is none */
  relent(conn: number): boolean {
    const connection = this.#connections.get(conn);
    if (!connection?.hindrance) return false;
    this.#options.tap?.({
      conn,
      lane: 'client',
      dir: 'out',
      type: 'client.goes-on',
      phase: 'i',
    });
    connection.hinder(undefined);
    this.#options.onChange?.();
    return true;
  }
}

/** How each is called in a trace, as what a client does. */
const STEPS: Readonly<Record<InjectedFault, string>> = {
  disconnect: 'client.left',
  reset: 'client.reset',
  stall: 'client.stalls',
  slow: 'client.slows-down',
};

type Result = IteratorResult<ClientResponse>;
const END: Result = { value: undefined, done: true };

class FaultyConnection implements ClientConnection, AsyncIterator<ClientResponse> {
  hindrance: Hindrance | undefined;
  readonly #inner: ClientConnection;
  readonly #responses: AsyncIterator<ClientResponse>;
  readonly #time: Time;
  readonly #onOver: () => void;
  /** What waits for the end of a stall. */
  #stalled: { readonly over: Promise<void>; end(): void } | undefined;
  /** What waits for its turn to be read slowly. */
  #hurry: (() => void) | undefined;
  /** What a slow client has not read yet of a piece. */
  #rest: Uint8Array | undefined;
  #left = false;
  #over = false;

  constructor(inner: ClientConnection, time: Time, onOver: () => void) {
    this.#inner = inner;
    this.#responses = inner[Symbol.asyncIterator]();
    this.#time = time;
    this.#onOver = onOver;
  }

  // What is done to it.

  /** Leaves: in order, or breaking off. */
  leave(inOrder: boolean): void {
    this.#left = true;
    this.#rest = undefined;
    if (inOrder && this.#inner.close) this.#inner.close();
    else this.#inner.reset();
    this.hinder(undefined);
    this.#ended();
  }

  hinder(hindrance: Hindrance | undefined): void {
    this.hindrance = hindrance;
    if (hindrance === 'stall') {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#stalled = { over: promise, end: resolve };
    } else {
      this.#stalled?.end();
      this.#stalled = undefined;
    }
    if (hindrance !== 'slow') this.#hurry?.();
  }

  // What the client does.

  write(data: Uint8Array): Promise<void> {
    if (this.#stalled) return this.#unstalled().then(() => this.write(data));
    return this.#left ? DONE : this.#inner.write(data);
  }

  end(trailers?: Fields): void {
    if (this.#stalled) void this.#unstalled().then(() => this.end(trailers));
    else if (!this.#left) this.#inner.end(trailers);
  }

  halfClose(): void {
    if (this.#stalled) void this.#unstalled().then(() => this.halfClose());
    else if (!this.#left) this.#inner.halfClose?.();
  }

  async taken(): Promise<void> {
    if (!this.#left) await this.#inner.taken?.();
  }

  reset(): void {
    if (!this.#left) this.#inner.reset();
    this.hinder(undefined);
    this.#ended();
  }

  [Symbol.asyncIterator](): AsyncIterator<ClientResponse> {
    return this;
  }

  async next(): Promise<Result> {
    await this.#unstalled();
    const rest = this.#rest;
    if (rest) return this.#body(rest);
    if (this.#over) return this.#last();
    const result = await this.#responses.next();
    // What came in the meantime is read when the client reads again.
    await this.#unstalled();
    if (this.#left) return this.#last();
    if (result.done || TERMINAL.has(result.value.type)) this.#ended();
    return !result.done && result.value.type === 'body' ? this.#body(result.value.data) : result;
  }

  async return(): Promise<Result> {
    this.#ended();
    await this.#responses.return?.();
    return END;
  }

  async #body(data: Uint8Array): Promise<Result> {
    this.#rest = data;
    if (this.hindrance === 'slow') await this.#pause();
    await this.#unstalled();
    if (this.#left) return this.#last();
    const most = this.hindrance === 'slow' ? SLOW.octets : data.length;
    this.#rest = data.length > most ? data.subarray(most) : undefined;
    return { value: { type: 'body', data: data.subarray(0, most) }, done: false };
  }

  /** What is read behind the end: that the client has left, once. */
  async #last(): Promise<Result> {
    if (!this.#left || this.#toldLeft) return this.#left ? END : this.#responses.next();
    this.#toldLeft = true;
    return { value: { type: 'left' }, done: false };
  }
  #toldLeft = false;

  async #unstalled(): Promise<void> {
    while (this.#stalled) await this.#stalled.over;
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.#time.after(SLOW.ms, () => this.#hurry?.());
      this.#hurry = () => {
        this.#hurry = undefined;
        stop();
        resolve();
      };
    });
  }

  #ended(): void {
    if (this.#over) return;
    this.#over = true;
    this.#onOver();
  }
}

const DONE = Promise.resolve();
const TERMINAL: ReadonlySet<string> = new Set(['end', 'aborted', 'closed']);
