// A transport without a network: a client in the same process speaks to a gateway through buffers of its own.
// Runs wherever JavaScript does. Behaves as one HTTP/1.1 connection for each request.

import type { Fields } from '../../interface/index.ts';
import type { OpenFile, Output } from '../conversation/output.ts';
import { refusalResponse } from '../conversation/request.ts';
import { httpDate } from '../date.ts';
import { type Gateway, isRefusal } from '../gateway.ts';
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
  readonly #exchange: Exchange | undefined;
  readonly #responses: MemoryResponse[] = [];
  #waiting = 0;
  #written = 0;
  #over = false;
  #reader: (() => void) | undefined;
  #paused = false;
  readonly #writers: (() => void)[] = [];
  /** What the client wrote while the gateway did not read. */
  #kept: Uint8Array[] = [];
  #ended: Fields | undefined;

  constructor(gateway: Gateway, request: MemoryRequest) {
    const { method, target, headers, http_version = '1.1', protocol } = request;
    const outcome = gateway.request(
      {
        http_version,
        method,
        scheme: 'http',
        target,
        headers: lowercase(headers),
        peer: { transport: 'memory', address: 'client', port: null },
        local_address: { transport: 'memory', address: 'gateway', port: null },
        ...(protocol === undefined ? {} : { protocol }),
      },
      this,
    );
    if (isRefusal(outcome)) {
      const { headers, data } = refusalResponse(outcome);
      this.#push({ type: 'head', status: outcome.status, headers });
      if (method !== 'HEAD') this.#push({ type: 'body', data });
      this.#push({ type: 'end', trailers: [] });
    } else this.#exchange = outcome;
  }

  readonly client: MemoryExchange = {
    write: (data) => this.#send(data),
    end: (trailers = []) => this.#end(lowercase(trailers)),
    reset: (cause = 'peer_reset') => this.#reset(cause),
    [Symbol.asyncIterator]: () => this.#read(),
  };

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
      const data = this.#kept.shift();
      if (!data) break;
      this.#exchange?.octets(data);
    }
    if (this.#paused) return;
    if (this.#ended && this.#kept.length === 0) {
      const trailers = this.#ended;
      this.#ended = undefined;
      this.#exchange?.end(trailers);
    }
    for (const writer of this.#writers.splice(0)) writer();
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
    // An end that nobody has read yet can still be broken off.
    const last = this.#responses.at(-1);
    if (this.#over && response.type === 'aborted' && last?.type === 'end')
      this.#responses[this.#responses.length - 1] = response;
    if (this.#over) return;
    this.#responses.push(response);
    if (response.type === 'body') {
      this.#waiting += response.data.length;
      this.#written += response.data.length;
    }
    if (response.type === 'end' || response.type === 'aborted' || response.type === 'closed') {
      this.#over = true;
      this.resume();
    }
    this.#reader?.();
  }

  // The client's side.

  #send(data: Uint8Array): Promise<void> {
    const copy = data.slice();
    if (this.#paused) this.#kept.push(copy);
    else this.#exchange?.octets(copy);
    if (!this.#paused || this.#over) return Promise.resolve();
    return new Promise((resolve) => this.#writers.push(resolve));
  }

  #end(trailers: Fields): void {
    if (this.#kept.length > 0) this.#ended = trailers;
    else this.#exchange?.end(trailers);
  }

  #reset(cause: LossCause): void {
    const readToTheEnd = this.#over && this.#responses.length === 0;
    if (!readToTheEnd) this.#responses.splice(0, this.#responses.length, { type: 'closed' });
    this.#waiting = 0;
    this.#over = true;
    this.#reader?.();
    this.#exchange?.lost(cause);
    this.resume();
  }

  async *#read(): AsyncGenerator<MemoryResponse> {
    for (;;) {
      const response = this.#responses.shift();
      if (!response) {
        if (this.#over) return;
        await new Promise<void>((resolve) => (this.#reader = resolve));
        this.#reader = undefined;
        continue;
      }
      if (response.type === 'body') {
        this.#waiting -= response.data.length;
        this.#exchange?.taken();
      }
      yield response;
    }
  }
}

const NO_FIELDS: Fields = [];

/** Names in lowercase, as every transport gives them (http.headers.lowercase). */
function lowercase(fields: Fields): Fields {
  return fields.map(([name, value]) => [name.toLowerCase(), value] as const);
}

/** http.date */
function dated(headers: Fields): Fields {
  if (headers.some(([name]) => name === 'date')) return headers;
  return [...headers, ['date', httpDate()]];
}
