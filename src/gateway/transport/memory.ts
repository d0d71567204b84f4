// A transport without a network: a client in the same process speaks to a gateway through buffers of its own.
// Runs wherever JavaScript does. Behaves as one HTTP/1.1 connection for each request.

import type { Fields, HttpClosed } from '../../interface/index.ts';
import type { HttpOutput } from '../conversation/http.ts';
import { refusalResponse } from '../conversation/request.ts';
import { type Gateway, type HttpExchange, type HttpWire, isRefusal } from '../gateway.ts';

export interface MemoryRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
  readonly http_version?: '1.0' | '1.1';
}

/** What the client's side of a memory exchange sees. `aborted` and `closed` are terminal, as is `end`. */
export type MemoryResponse =
  | { readonly type: 'informational'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'head'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly trailers: Fields }
  | { readonly type: 'aborted' }
  | { readonly type: 'closed' };

/** The client's side of one exchange. */
export interface MemoryExchange extends AsyncIterable<MemoryResponse> {
  /** Sends a piece of the body. Resolves when the gateway reads on. */
  write(data: Uint8Array): Promise<void>;
  end(trailers?: Fields): void;
  /** Leaves: what was not read is lost, and the gateway is told. */
  reset(cause?: HttpClosed['cause']): void;
}

/** Opens an exchange with a gateway. */
export function requestInMemory(gateway: Gateway, request: MemoryRequest): MemoryExchange {
  return new MemoryConnection(gateway, request);
}

class MemoryConnection implements MemoryExchange, HttpWire {
  readonly #highWaterMark: number;
  readonly #exchange: HttpExchange | undefined;
  readonly #responses: MemoryResponse[] = [];
  #buffered = 0;
  #over = false;
  #reader: (() => void) | undefined;
  #paused = false;
  readonly #writers: (() => void)[] = [];

  constructor(gateway: Gateway, request: MemoryRequest) {
    this.#highWaterMark = gateway.limits.send_buffer_octets;
    const { method, target, headers, http_version = '1.1' } = request;
    const outcome = gateway.http(
      {
        http_version,
        method,
        scheme: 'http',
        target,
        headers: lowercase(headers),
        peer: { transport: 'memory', address: 'client', port: null },
        local_address: { transport: 'memory', address: 'gateway', port: null },
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

  // The gateway's side.

  write(output: HttpOutput): void;
  write(data: Uint8Array): Promise<void>;
  write(value: HttpOutput | Uint8Array): Promise<void> | void {
    return value instanceof Uint8Array ? this.#writeBody(value) : this.#output(value);
  }

  get congested(): boolean {
    return this.#buffered >= this.#highWaterMark;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const writer of this.#writers.splice(0)) writer();
  }

  #output(output: HttpOutput): void {
    if (output.do === 'discard') this.resume();
    else this.#push(responseOf(output));
  }

  #push(response: MemoryResponse): void {
    if (this.#over) return;
    this.#responses.push(response);
    if (response.type === 'body') this.#buffered += response.data.length;
    if (response.type === 'end' || response.type === 'aborted' || response.type === 'closed') {
      this.#over = true;
      this.resume();
    }
    this.#reader?.();
  }

  // The client's side.

  #writeBody(data: Uint8Array): Promise<void> {
    this.#exchange?.body(data.slice());
    if (!this.#paused || this.#over) return Promise.resolve();
    return new Promise((resolve) => this.#writers.push(resolve));
  }

  end(trailers: Fields = []): void {
    this.#exchange?.end(lowercase(trailers));
  }

  reset(cause: HttpClosed['cause'] = 'peer_reset'): void {
    const readToTheEnd = this.#over && this.#responses.length === 0;
    if (!readToTheEnd) this.#responses.splice(0, this.#responses.length, { type: 'closed' });
    this.#buffered = 0;
    this.#over = true;
    this.#reader?.();
    this.#exchange?.lost(cause);
    this.resume();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<MemoryResponse> {
    for (;;) {
      const response = this.#responses.shift();
      if (!response) {
        if (this.#over) return;
        await new Promise<void>((resolve) => (this.#reader = resolve));
        this.#reader = undefined;
        continue;
      }
      if (response.type === 'body') {
        const congested = this.congested;
        this.#buffered -= response.data.length;
        if (congested && !this.congested) this.#exchange?.drained();
      }
      yield response;
    }
  }
}

/** Names in lowercase, as every transport gives them (http.headers.lowercase). */
function lowercase(fields: Fields): Fields {
  return fields.map(([name, value]) => [name.toLowerCase(), value] as const);
}

/** http.date, which `node:http` sees to by itself. */
function dated(headers: Fields): Fields {
  if (headers.some(([name]) => name === 'date')) return headers;
  return [...headers, ['date', new Date().toUTCString()]];
}

/** What the client sees of an output. */
function responseOf(output: Exclude<HttpOutput, { do: 'discard' }>): MemoryResponse {
  switch (output.do) {
    case 'continue':
      return { type: 'informational', status: 100, headers: [] };
    case 'informational':
      return { type: 'informational', status: output.status, headers: output.headers };
    case 'head':
      return { type: 'head', status: output.status, headers: dated(output.headers) };
    case 'body':
      return { type: 'body', data: output.data };
    case 'end':
      return { type: 'end', trailers: output.trailers };
    case 'abort':
      return { type: 'aborted' };
    case 'refuse':
      return { type: 'closed' };
  }
}
