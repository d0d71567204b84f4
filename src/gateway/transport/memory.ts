// A transport without a network: a client in the same process speaks to a gateway through buffers of its own.
// Runs wherever JavaScript does. Behaves as one HTTP/1.1 connection for each request.

import type { Address, Fields } from '../../interface/index.ts';
import type { OpenFile, Output } from '../conversation/output.ts';
import { refusalResponse } from '../conversation/request.ts';
import { httpDate } from '../date.ts';
import { type Gateway, isRefusal } from '../gateway.ts';
import { lowercaseName } from '../http1/names.ts';
import type { Exchange, LossCause, Wire } from '../wire.ts';

export interface MemoryRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
  readonly http_version?: '1.0' | '1.1' | '2';
  /** `:protocol` of an extended CONNECT, for version 2. */
  readonly protocol?: string;
}

/** What the client's side of a memory exchange sees. `aborted` and `closed` are terminal, as is `end`. */
export type MemoryResponse =
  | { readonly type: 'informational'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'head'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly trailers: Fields }
  | { readonly type: 'aborted' }
  | { readonly type: 'closed' };

/**
 * The client's side of one exchange. After an accepted WebSocket or tunnel, whose `head` has status 101 or 200, pieces
 * of the body are its octets both ways, and `end` ends a direction.
 */
export interface MemoryExchange extends AsyncIterable<MemoryResponse> {
  /** Sends a piece of the body. Resolves when the gateway reads on. */
  write(data: Uint8Array): Promise<void>;
  end(trailers?: Fields): void;
  /** Leaves: what was not read is lost, and the gateway is told. */
  reset(cause?: LossCause): void;
}

/** Opens an exchange with a gateway. */
export function requestInMemory(gateway: Gateway, request: MemoryRequest): MemoryExchange {
  return new MemoryConnection(gateway, request).client;
}

/** A file whose octets are in memory: the only kind that this transport can send. */
export interface MemoryFile extends OpenFile {
  read(): Uint8Array;
}

class MemoryConnection implements Wire {
  readonly client: MemoryExchange = new MemoryClient(this);
  #exchange: Exchange | undefined;
  readonly #responses: MemoryResponse[] = [];
  #waiting = 0;
  #written = 0;
  #over = false;
  /** Those who wait for a response, in order. */
  #readers: ((result: IteratorResult<MemoryResponse>) => void)[] | undefined;
  #paused = false;
  #writers: (() => void)[] | undefined;
  /** What the client wrote while the gateway did not read. */
  #kept: Uint8Array[] | undefined;
  #ended: Fields | undefined;

  constructor(gateway: Gateway, request: MemoryRequest) {
    const { method, target, headers, http_version = '1.1', protocol } = request;
    const head = {
      http_version,
      method,
      scheme: 'http' as const,
      target,
      headers: lowercase(headers),
      peer: CLIENT,
      local_address: GATEWAY,
    };
    const outcome = gateway.request(protocol === undefined ? head : { ...head, protocol }, this);
    if (isRefusal(outcome)) {
      const { headers, data } = refusalResponse(outcome);
      this.#push({ type: 'head', status: outcome.status, headers });
      if (method !== 'HEAD') this.#push({ type: 'body', data });
      this.#push({ type: 'end', trailers: [] });
    } else this.#exchange = outcome;
  }

  // The gateway's side.

  get waiting(): number {
    return this.#waiting;
  }

  get written(): number {
    return this.#written;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    while (!this.#paused) {
      const data = this.#kept?.shift();
      if (!data) break;
      this.#exchange?.octets(data);
    }
    if (this.#paused) return;
    if (this.#ended && !this.#keeps) {
      const trailers = this.#ended;
      this.#ended = undefined;
      this.#exchange?.end(trailers);
    }
    const writers = this.#writers;
    this.#writers = undefined;
    if (writers) for (const writer of writers) writer();
  }

  callEnded(): void {}

  write(output: Output): void {
    switch (output.do) {
      case 'discard':
        this.resume();
        return;
      case 'continue':
        this.#push({ type: 'informational', status: 100, headers: [] });
        return;
      case 'informational':
        this.#push({ type: 'informational', status: output.status, headers: output.headers });
        return;
      case 'head':
        this.#push({ type: 'head', status: output.status, headers: dated(output.headers) });
        return;
      case 'switch':
        this.#push({ type: 'head', status: output.status, headers: output.headers });
        return;
      case 'body':
      case 'octets':
        this.#push({ type: 'body', data: output.data });
        return;
      case 'file': {
        const file = output.file as MemoryFile;
        this.#push({ type: 'body', data: file.read() });
        file.close();
        return;
      }
      case 'end':
        this.#push({ type: 'end', trailers: output.trailers });
        return;
      case 'shut':
      case 'close':
        this.#push({ type: 'end', trailers: NO_FIELDS });
        return;
      case 'abort':
      case 'drop':
        // What waits is dropped only where the gateway asks for it; an abort is seen behind what was written.
        this.#push({ type: 'aborted' });
        return;
      case 'refuse':
        this.#push({ type: 'closed' });
        return;
    }
  }

  #push(response: MemoryResponse): void {
    if (this.#over) {
      // An end that nobody has read yet can still be broken off.
      if (response.type === 'aborted' && this.#responses.at(-1)?.type === 'end')
        this.#responses[this.#responses.length - 1] = response;
      return;
    }
    this.#responses.push(response);
    if (response.type === 'body') {
      this.#waiting += response.data.length;
      this.#written += response.data.length;
    }
    if (response.type === 'end' || response.type === 'aborted' || response.type === 'closed') {
      this.#over = true;
      this.resume();
    }
    this.#wake();
  }

  get #keeps(): boolean {
    return this.#kept !== undefined && this.#kept.length > 0;
  }

  // The client's side.

  take(data: Uint8Array): Promise<void> {
    const copy = data.slice();
    if (this.#paused) {
      this.#kept ??= [];
      this.#kept.push(copy);
    } else this.#exchange?.octets(copy);
    if (!this.#paused || this.#over) return DONE;
    return new Promise((resolve) => {
      this.#writers ??= [];
      this.#writers.push(resolve);
    });
  }

  end(trailers: Fields): void {
    if (this.#keeps) this.#ended = trailers;
    else this.#exchange?.end(trailers);
  }

  reset(cause: LossCause): void {
    const readToTheEnd = this.#over && this.#responses.length === 0;
    if (!readToTheEnd) this.#responses.splice(0, this.#responses.length, { type: 'closed' });
    this.#waiting = 0;
    this.#over = true;
    this.#wake();
    this.#exchange?.lost(cause);
    this.resume();
  }

  next(): Promise<IteratorResult<MemoryResponse>> {
    if (this.#readers === undefined) {
      const result = this.#given();
      if (result) return Promise.resolve(result);
    }
    return new Promise((resolve) => {
      this.#readers ??= [];
      this.#readers.push(resolve);
    });
  }

  /** Serves those who wait, but not from within a call of the gateway's: what they take, it is told. */
  #wake(): void {
    if (this.#readers !== undefined) DONE.then(this.#serve);
  }

  readonly #serve = (): void => {
    while (this.#readers !== undefined) {
      const result = this.#given();
      if (!result) return;
      const reader = this.#readers.shift();
      if (this.#readers.length === 0) this.#readers = undefined;
      reader?.(result);
    }
  };

  /** What a reader gets, or undefined while there is nothing. */
  #given(): IteratorResult<MemoryResponse> | undefined {
    const response = this.#responses.shift();
    if (!response) return this.#over ? END : undefined;
    if (response.type === 'body') {
      this.#waiting -= response.data.length;
      this.#exchange?.taken();
    }
    return { value: response, done: false };
  }
}

/** What the client holds. An iterator written out: a generator takes a third of the time of a small exchange. */
class MemoryClient implements MemoryExchange, AsyncIterator<MemoryResponse> {
  readonly #connection: MemoryConnection;

  constructor(connection: MemoryConnection) {
    this.#connection = connection;
  }

  write(data: Uint8Array): Promise<void> {
    return this.#connection.take(data);
  }

  end(trailers: Fields = NO_FIELDS): void {
    this.#connection.end(trailers.length === 0 ? NO_FIELDS : lowercase(trailers));
  }

  reset(cause: LossCause = 'peer_reset'): void {
    this.#connection.reset(cause);
  }

  [Symbol.asyncIterator](): AsyncIterator<MemoryResponse> {
    return this;
  }

  next(): Promise<IteratorResult<MemoryResponse>> {
    return this.#connection.next();
  }
}

const NO_FIELDS: Fields = [];
const DONE = Promise.resolve();
const END: IteratorResult<MemoryResponse> = Object.freeze({ value: undefined, done: true });
const CLIENT: Address = Object.freeze({ transport: 'memory', address: 'client', port: null });
const GATEWAY: Address = Object.freeze({ transport: 'memory', address: 'gateway', port: null });

/** Names in lowercase, as every transport gives them (http.headers.lowercase). A copy: the gateway freezes its own. */
function lowercase(fields: Fields): Fields {
  return fields.map(([name, value]) => [lowercaseName(name), value] as const);
}

let dateField: readonly [string, string] = ['date', ''];

/** http.date */
function dated(headers: Fields): Fields {
  for (let i = 0; i < headers.length; i++) if (headers[i]?.[0] === 'date') return headers;
  const date = httpDate();
  if (dateField[1] !== date) dateField = ['date', date];
  return [...headers, dateField];
}
