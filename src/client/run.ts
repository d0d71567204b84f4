// Sends one request of a scenario over any connection, reads the answer, and tells the tap what the client did and saw.

import { payloadOf, type Tap } from '../trace/index.ts';
import type { ScenarioRequest } from './scenario.ts';

type Fields = readonly (readonly [name: string, value: string])[];

/** What a client sees of a response. `end`, `aborted` and `closed` are terminal. */
export type ClientResponse =
  | { readonly type: 'informational'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'head'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly trailers: Fields }
  | { readonly type: 'aborted' }
  | { readonly type: 'closed' };

/** One request under way. Reading slowly makes the other side feel it. */
export interface ClientConnection extends AsyncIterable<ClientResponse> {
  write(data: Uint8Array): Promise<void>;
  end(trailers?: Fields): void;
  reset(): void;
}

/** What goes on the wire before the body. */
export interface ClientRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
}

/** Opens a connection and sends a request's head. */
export type Dial = (request: ClientRequest) => ClientConnection;

/** How a request ended for the client. */
export type Outcome =
  | 'complete'
  /** The response broke off. */
  | 'aborted'
  /** The connection ended without a response. */
  | 'closed'
  /** The client left: nothing happened for too long. */
  | 'timeout'
  /** The client left, as the scenario told it to. */
  | 'left'
  /** The client left: the response was larger than it takes. */
  | 'limit'
  /** The run was stopped. */
  | 'interrupted';

export interface ClientResult {
  readonly name: string;
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly headers: Fields;
  /** The body, cut at `KEPT_BODY`; `size` is the whole. */
  readonly body: Uint8Array;
  readonly size: number;
  readonly trailers: Fields;
}

export interface RunOptions {
  readonly dial: Dial;
  /** Number of the conversation in the trace. */
  readonly conn: number;
  readonly tap?: Tap;
  readonly signal?: AbortSignal;
  /** Octets of a response body after which the client leaves. Default: none. */
  readonly bodyLimit?: number;
}

const KEPT_BODY = 256 * 1024;

/** Sends a request and reads its response to the end. Does not reject for what the server does. */
export async function runRequest(
  request: ScenarioRequest,
  options: RunOptions,
): Promise<ClientResult> {
  const { conn, tap, signal } = options;
  const trace = (
    dir: 'in' | 'out',
    type: string,
    values: Readonly<Record<string, unknown>> = {},
    preview = '',
  ) => {
    const fields = payloadOf(values);
    const payload = preview ? { ...fields, preview } : fields;
    tap?.({ conn, lane: 'client', dir, type, phase: 'i', ...(payload ? { payload } : {}) });
  };

  const head = headOf(request);
  trace('out', 'client.request', { headers: head.headers }, `${head.method} ${head.target}`);
  const connection = options.dial(head);

  let outcome: Outcome = 'closed';
  const leave = (why: Outcome) => {
    if (over.aborted) return;
    outcome = why;
    trace('out', `client.${why}`);
    finish.abort();
    connection.reset();
  };
  const finish = new AbortController();
  const over = finish.signal;
  const gone = new Promise<void>((resolve) => {
    over.addEventListener('abort', () => resolve(), { once: true });
  });
  const interrupt = () => leave('interrupted');
  signal?.addEventListener('abort', interrupt, { once: true });
  if (signal?.aborted) interrupt();

  // Progress is anything that goes out or comes in; without any for so long, the client leaves. Its own pauses, in
  // which the other side may have nothing to do, do not count.
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  let pauses = 0;
  const progress = () => {
    clearTimeout(watchdog);
    if (!over.aborted && pauses === 0)
      watchdog = setTimeout(() => leave('timeout'), request.timeout);
  };
  const pause = async (milliseconds: number) => {
    pauses++;
    progress();
    await delay(milliseconds, over);
    pauses--;
    progress();
  };
  progress();

  // RFC 9110 section 10.1.1: a 100 is leave to send the body, and a final response without one is none.
  let goAhead = (_send: boolean) => {};
  const maySend = head.headers.some(
    ([name, value]) => name.toLowerCase() === 'expect' && value.toLowerCase() === '100-continue',
  )
    ? new Promise<boolean>((resolve) => (goAhead = resolve))
    : true;

  async function write(): Promise<void> {
    if (!(await maySend)) return;
    const last = request.body.length - 1;
    for (const [index, data] of request.body.entries()) {
      if (index > 0 && request.pause > 0) await pause(request.pause);
      if (over.aborted) return;
      trace('out', 'client.request.body', { data });
      const written = connection.write(data);
      if (index < last) await Promise.race([written, gone]);
      progress();
    }
    if (over.aborted) return;
    trace('out', 'client.request.end', { trailers: request.trailers });
    connection.end(request.trailers);
  }

  let status: number | undefined;
  let headers: Fields = [];
  let trailers: Fields = [];
  let size = 0;
  const pieces: Uint8Array[] = [];

  async function read(): Promise<void> {
    for await (const response of connection) {
      if (over.aborted) return;
      progress();
      switch (response.type) {
        case 'informational':
          trace('in', 'client.informational', {
            status: response.status,
            headers: response.headers,
          });
          if (response.status === 100) goAhead(true);
          break;
        case 'head':
          ({ status, headers } = response);
          trace('in', 'client.response', { status, headers });
          break;
        case 'body':
          if (size < KEPT_BODY) pieces.push(response.data.subarray(0, KEPT_BODY - size));
          size += response.data.length;
          trace('in', 'client.response.body', { data: response.data });
          if (request.abortAfter !== undefined && size >= request.abortAfter) return leave('left');
          if (options.bodyLimit !== undefined && size > options.bodyLimit) return leave('limit');
          if (request.readPause > 0) await pause(request.readPause);
          break;
        case 'end':
          trailers = response.trailers;
          outcome = 'complete';
          trace('in', 'client.response.end', { trailers });
          return;
        case 'aborted':
        case 'closed':
          outcome = response.type;
          trace('in', `client.${response.type}`);
          return;
      }
    }
  }

  const writing = write();
  await read();
  // What is left of the request is of no use to anybody once the response is over.
  finish.abort();
  goAhead(false);
  await writing;
  connection.reset();
  clearTimeout(watchdog);
  signal?.removeEventListener('abort', interrupt);
  return { name: request.name, outcome, status, headers, body: join(pieces), size, trailers };
}

/** The head as sent: what the scenario says, and what it leaves to the client. */
function headOf(request: ScenarioRequest): ClientRequest {
  const has = (field: string) => request.headers.some(([name]) => name.toLowerCase() === field);
  const headers = [...request.headers];
  if (!has('host')) headers.unshift(['Host', 'localhost']);
  if (request.body.length > 0 && !has('content-length') && !has('transfer-encoding')) {
    if (request.chunked || request.trailers.length > 0)
      headers.push(['Transfer-Encoding', 'chunked']);
    else
      headers.push([
        'Content-Length',
        String(request.body.reduce((sum, piece) => sum + piece.length, 0)),
      ]);
  }
  return { method: request.method, target: request.target, headers };
}

function delay(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
