// An application made of a function of the Fetch standard: from a `Request` to a `Response`.

import { hopByHopField } from '../interface/fields.ts';
import {
  type Application,
  Closed,
  type HttpHandler,
  type HttpReceiveEvent,
  type HttpScope,
  type HttpSendEvent,
  type LifespanHandler,
  type Receive,
  type Send,
} from '../interface/index.ts';
import { application } from './application.ts';
import { sendText } from './body.ts';
import { headersOf, originOf, urlAt } from './scope.ts';

/** What a handler gets beside the request: what a `Request` has no place for. */
export interface FetchContext {
  readonly scope: HttpScope;
}

export type FetchHandler = (
  request: Request,
  context: FetchContext,
) => Response | Promise<Response>;

export interface FromFetchOptions {
  /** The handler of the lifespan. Default: `UnsupportedScope` is raised for it. */
  readonly lifespan?: LifespanHandler;
  /** Is told what was left out of a response, once for each field. Default: `console.warn`. */
  readonly report?: (message: string) => void;
}

/** Methods for which no `Request` can be made (Fetch, “forbidden method”). */
const FORBIDDEN_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE', 'TRACK']);

/**
 * An application that calls a Fetch handler for each request and sends its response, both streamed: a piece is received
 * when the handler reads, and read from the response when `send` has resolved.
 *
 * The request: its URL has the scheme and host of `originOf`, and a path that is normalised; that of `OPTIONS *` is
 * `/*`. Its signal is aborted with `local.cancel`, by the same `Closed`. A body that did not arrive whole fails with
 * `Closed`; one that the handler cancels is discarded, one that it leaves unread is left to the gateway. Lost, because
 * Fetch has no place for them: trailers, informational responses, the notice of a drain, the body of `GET` and `HEAD`,
 * the case of a method such as `get`, the order of fields. `context.scope` has what is not an event. Answered without the
 * handler: 400 where the host makes no URL, 501 for the methods CONNECT, TRACE and TRACK.
 *
 * The response: `set-cookie` stays apart; the fields of http.hop-by-hop are left out and reported; `Response.error()`
 * is a broken-off response with status 500. A body that fails aborts the response (http.response.abort). When the peer
 * is lost the body is cancelled. In a browser a `Response` has no `set-cookie`, so none can be sent.
 */
export function fromFetch(handler: FetchHandler, options: FromFetchOptions = {}): Application {
  const report = options.report ?? ((message: string) => console.warn(message));
  const reported = new Set<string>();
  const drop = (name: string) => {
    if (reported.has(name)) return;
    reported.add(name);
    report(
      `the field \`${name}\` belongs to the connection, which is the gateway's: it was left out of a response (http.hop-by-hop)`,
    );
  };
  const http: HttpHandler = async (scope, receive, send) => {
    if (FORBIDDEN_METHODS.has(scope.method.toUpperCase())) {
      return sendText(send, `no handler can be asked for ${scope.method}\n`, { status: 501 });
    }
    const url = requestUrl(scope);
    if (!url) return sendText(send, 'the host of the request makes no URL\n', { status: 400 });
    const request = requestOf(scope, url, receive, send);
    await respond(await handler(request, { scope }), scope, send, drop);
  };
  return application(options.lifespan ? { http, lifespan: options.lifespan } : { http });
}

/** The URL of a request; one that names no host (HTTP/1.0) has that of this end of the connection. */
function requestUrl(scope: HttpScope): URL | null {
  const { scheme, host } = originOf(scope);
  if (!/^https?$/i.test(scheme)) return null;
  return urlAt(scheme, host === '' ? ownHost(scope) : host, scope);
}

function ownHost({ local_address }: HttpScope): string {
  if (!local_address || local_address.port === null) return 'localhost';
  const { address, port } = local_address;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function requestOf(
  scope: HttpScope,
  url: URL,
  receive: Receive<HttpReceiveEvent>,
  send: Send<HttpSendEvent>,
): Request {
  const headers = new Headers();
  for (const [name, value] of scope.headers) headers.append(name, value);
  const init: RequestInit = { method: scope.method, headers, signal: scope.local.cancel };
  const content = hasContent(scope);
  if (/^(?:GET|HEAD)$/i.test(scope.method)) {
    // A Request with one of these methods has no body, so nobody can want it.
    if (content) discard(send);
  } else if (content !== false) {
    init.body = bodyOf(receive, send);
    Object.assign(init, { duplex: 'half' });
  }
  const request = new Request(url, init);
  // A browser keeps fields such as `cookie` to itself. Here the request is one that arrived, not one to be sent.
  for (const name of headers.keys()) {
    if (request.headers.has(name)) continue;
    Object.defineProperty(request, 'headers', { value: headers });
    break;
  }
  return request;
}

/** Whether the request has content; undefined where only its end will tell, as in HTTP/2. */
function hasContent(scope: HttpScope): boolean | undefined {
  if (scope.content_length !== null) return scope.content_length > 0;
  if (headersOf(scope, 'transfer-encoding').length > 0) return true;
  return scope.http_version === '1.0' || scope.http_version === '1.1' ? false : undefined;
}

/** The body as it is received: nothing before somebody reads it (http.continue.on-receive). */
function bodyOf(
  receive: Receive<HttpReceiveEvent>,
  send: Send<HttpSendEvent>,
): ReadableStream<Uint8Array> {
  let cancelled = false;
  // Not a byte stream: that would detach the memory of what it is given (typescript.bytes-kept).
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const event = await receive();
          if (cancelled) return;
          if (event.type === 'http.request.body') return controller.enqueue(event.data);
          if (event.type === 'http.request.end') return controller.close();
          if (event.type === 'http.closed')
            return controller.error(new Closed(event.cause, event.code));
        }
      },
      cancel() {
        cancelled = true;
        discard(send);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Says that nobody wants the rest. That it is too late for that is no fault of the handler. */
function discard(send: Send<HttpSendEvent>): void {
  send({ type: 'http.request.discard' }).catch(() => {});
}

async function respond(
  response: Response,
  { method, local: { cancel } }: HttpScope,
  send: Send<HttpSendEvent>,
  drop: (name: string) => void,
): Promise<void> {
  // By its members: a framework may bring a class of its own.
  if (typeof response?.status !== 'number' || typeof response.headers?.entries !== 'function') {
    throw new TypeError(`a Fetch handler returns a Response, not ${String(response)}`);
  }
  if (response.type === 'error') {
    await send({ type: 'http.response.start', status: 500 });
    await send({ type: 'http.response.abort' });
    return;
  }
  const headers: [string, string][] = [];
  for (const pair of response.headers.entries()) {
    if (hopByHopField([pair])) drop(pair[0]);
    else headers.push(pair);
  }
  // Before the head: a body that somebody else has read is a fault, and a whole 500 can still be sent.
  const reader = response.body?.getReader();
  const giveUp = (reason: unknown) => void reader?.cancel(reason).catch(() => {});
  const lost = () => giveUp(cancel.reason);
  cancel.addEventListener('abort', lost, { once: true });
  try {
    await send({ type: 'http.response.start', status: response.status, headers });
    // http.head-length: nobody would see it.
    if (method === 'HEAD') giveUp(undefined);
    else if (reader) await pipe(reader, cancel, send);
    await send({ type: 'http.response.end' });
  } catch (error) {
    giveUp(error);
    throw error;
  } finally {
    cancel.removeEventListener('abort', lost);
  }
}

/** Sends the pieces of a body, each when the one before it has found room. */
async function pipe(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  cancel: AbortSignal,
  send: Send<HttpSendEvent>,
): Promise<void> {
  for (;;) {
    const { done, value } = await reader.read().catch(async (error: unknown) => {
      // `Closed` if the peer is lost: what that has broken is no fault (closed.not-an-error).
      await send({ type: 'http.response.abort' });
      throw error;
    });
    if (cancel.aborted) throw cancel.reason;
    if (done) return;
    if (value.length !== 0) await send({ type: 'http.response.body', data: value });
  }
}
