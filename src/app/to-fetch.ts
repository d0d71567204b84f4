// A function of the Fetch standard made of an application: it plays the gateway over a `Request` and a `Response`.

import {
  type Address,
  type Application,
  type Fields,
  type HttpScope,
  INTERFACE_VERSION,
  type LifespanScope,
  type LifespanStartup,
  type Limits,
  type Misuse,
} from '../interface/index.ts';
import { FetchExchange, ownResponse } from './fetch-exchange.ts';
import { LifespanCall } from './lifespan-call.ts';
import { inWords, nameOf } from './promises.ts';

/** A fault of the application, for the operator (app.fault-reported). */
export interface FetchFault {
  /** That of the scope. */
  readonly id: string;
  /** The requirement that was broken, if it was one. */
  readonly requirement?: string;
  readonly message: string;
  readonly error?: unknown;
}

export interface ToFetchOptions {
  /** Where they are to differ from those that `toFetch` names. */
  readonly limits?: Partial<Limits>;
  /** Name and version for `gateway.software`. */
  readonly software?: string;
  /** Who sent a request, where the platform tells. Default: null. */
  readonly peer?: (request: Request) => Address | null;
  /** Is told of every fault of the application. Default: `console.error`. */
  readonly onFault?: (fault: FetchFault) => void;
}

/** What serves a request. */
export interface FetchFunction {
  /** Fails where the start of the application has failed, and where the request was cancelled before its response. */
  (request: Request): Promise<Response>;
  /** Drains, and shuts the application down: resolves when it has cleaned up, or its time is over. Once. */
  close(): Promise<void>;
}

/** What is stated, and kept: but for times of the peer, which the platform measures. */
const LIMITS: Limits = {
  send_buffer_octets: 65_536,
  receive_buffer_octets: 65_536,
  target_octets: 16_384,
  header_octets: 65_536,
  header_fields: 1000,
  body_octets: null,
  message_octets: 1_048_576,
  head_ms: 30_000,
  idle_ms: 60_000,
  keep_alive_ms: 5000,
  startup_ms: null,
  drain_ms: 30_000,
  shutdown_ms: 5000,
};

/** security.limits-method */
const METHOD_OCTETS = 64;

/**
 * A Fetch function that calls an application for each request. Both bodies are streamed: a piece of the request is read
 * when the application receives, and `send` waits while the reader of the response does. The lifespan begins with the
 * first request, which waits for it, and ends with `close()`.
 *
 * Lost, because Fetch has no place for it: the order of fields and all but the joined value of those that occur more
 * than once; the form of the target and the version, which is given as 1.1; addresses, but for `peer`; trailers in both
 * directions; informational responses; the code of an abort. `http.refuse` is a response with status 503 and
 * `retry-after: 0`. There are no WebSockets, tunnels or files. When a response is broken off, its body stream fails; a
 * request that is cancelled, or a response whose body is, has lost its peer, with the cause `connection_lost`. Of the
 * limits, `head_ms`, `idle_ms` and `keep_alive_ms` are the platform's to keep.
 */
export function toFetch(app: Application, options: ToFetchOptions = {}): FetchFunction {
  const limits = Object.freeze({ ...LIMITS, ...options.limits });
  const gateway = Object.freeze({
    interface: INTERFACE_VERSION,
    software: options.software ?? `portway-fetch/${INTERFACE_VERSION}`,
    features: Object.freeze({}),
  });
  const fault =
    options.onFault ??
    (({ id, message, error }: FetchFault) => console.error(`${id}: ${message}`, error ?? ''));
  const exchanges = new Set<FetchExchange>();
  let idle: (() => void)[] = [];
  let life: { readonly run: string; readonly call: LifespanCall } | undefined;
  let conversations = 0;
  let deadline: number | undefined;
  let closing: Promise<void> | undefined;

  /** Milliseconds until the deadline of the drain. */
  const left = () => (deadline ?? 0) - performance.now();

  const begin = () => {
    // Late, because some platforms have no random numbers while a module is loaded.
    const [one, other] = crypto.getRandomValues(new Uint32Array(2));
    const run = `${one?.toString(36)}${other?.toString(36)}`;
    const startup: LifespanStartup = Object.freeze({
      type: 'lifespan.startup',
      offers: gateway.features,
      limits,
    });
    const scope: LifespanScope = {
      type: 'lifespan',
      id: `${run}-0`,
      gateway,
      local: { cancel: new AbortController().signal, state: {} },
    };
    const call = new LifespanCall(app, scope, startup);
    call.start();
    if (limits.startup_ms !== null) {
      const timer = setTimeout(() => call.starting && call.giveUp(), limits.startup_ms);
      void call.answered.then(() => clearTimeout(timer));
    }
    void call.ended.then(({ early, raised, error }) => {
      if (early) {
        fault({ id: scope.id, message: 'the lifespan of the application ended early', error });
        void close();
      } else if (raised && nameOf(error) !== 'UnsupportedScope') {
        fault({ id: scope.id, message: inWords(error), error });
      }
    });
    return { run, call };
  };

  const serve = async (request: Request): Promise<Response> => {
    if (deadline !== undefined) return ownResponse(503, request.method);
    life ??= begin();
    const { run, call } = life;
    const answer = await call.answered;
    if (answer.kind === 'failed') {
      const { message, error } = answer;
      throw new Error(`the application did not start: ${message}`, { cause: error });
    }
    if (deadline !== undefined) return ownResponse(503, request.method);
    request.signal.throwIfAborted();
    const headers: Fields = [...request.headers.entries()];
    const target = targetOf(request.url);
    const status = refusal(request.method, target, headers, limits);
    if (status !== undefined) return ownResponse(status, request.method);

    const cancel = new AbortController();
    const state = answer.kind === 'ready' ? answer.state : Object.freeze({});
    const scope = scopeOf(request, target, headers, {
      type: 'http',
      id: `${run}-${++conversations}`,
      gateway,
      limits,
      peer: options.peer?.(request) ?? null,
      local: Object.freeze({ cancel: cancel.signal, state }),
    });
    const exchange = new FetchExchange(request, limits, cancel);
    exchanges.add(exchange);
    void callFor(scope, exchange).finally(() => {
      exchanges.delete(exchange);
      if (exchanges.size > 0) return;
      for (const resolve of idle) resolve();
      idle = [];
    });
    return exchange.response;
  };

  /** Calls the application, once, and settles what it leaves. */
  const callFor = async (scope: HttpScope, exchange: FetchExchange): Promise<void> => {
    try {
      await (app as (...all: unknown[]) => Promise<void>)(scope, exchange.receive, exchange.send);
      if (!exchange.ended('application.returns')) {
        const requirement = 'http.finish';
        const message = 'the application returned before its response was over';
        fault({ id: scope.id, requirement, message });
      }
    } catch (error) {
      exchange.ended('application.raises', error);
      const name = nameOf(error);
      if (name === 'Closed' || name === 'UnsupportedScope') return;
      const requirement = name === 'Misuse' ? (error as Misuse).requirement : undefined;
      fault({
        id: scope.id,
        ...(requirement === undefined ? {} : { requirement }),
        message: inWords(error),
        error,
      });
    }
  };

  const close = (): Promise<void> => {
    closing ??= wind(life?.call);
    return closing;
  };

  const wind = async (call: LifespanCall | undefined): Promise<void> => {
    deadline = performance.now() + limits.drain_ms;
    if (!call) return;
    call.drain(left);
    for (const exchange of exchanges) exchange.drain(left);
    const over = Promise.all([call.answered, whenIdle()]);
    if (!(await within(limits.drain_ms, over))) {
      // drain.after-deadline
      if (call.starting) call.giveUp();
      for (const exchange of exchanges) exchange.giveUp('shutdown', 503);
      await within(limits.shutdown_ms, over);
    }
    call.shutdown();
    if (!(await within(limits.shutdown_ms, call.cleaned))) call.giveUp();
  };

  const whenIdle = (): Promise<void> =>
    exchanges.size === 0 ? Promise.resolve() : new Promise((resolve) => idle.push(resolve));

  return Object.assign(serve, { close });
}

/** Whether something came to its end in time. */
async function within(milliseconds: number, over: Promise<unknown>): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), milliseconds);
  });
  try {
    return await Promise.race([over.then(() => true as const), late]);
  } finally {
    clearTimeout(timer);
  }
}

interface Target {
  readonly scheme: string;
  readonly authority: string;
  readonly path: string;
  readonly query: string | null;
}

/** Takes a URL apart by its text, since `search` does not tell `/a?` from `/a` (http.query.null). */
function targetOf(url: string): Target {
  const { protocol, host } = new URL(url);
  const [before = ''] = url.split('#');
  const begin = before.indexOf('/', before.indexOf('//') + 2);
  const rest = begin < 0 ? '/' : before.slice(begin);
  const mark = rest.indexOf('?');
  return {
    scheme: protocol.slice(0, -1),
    authority: host,
    path: mark < 0 ? rest : rest.slice(0, mark),
    query: mark < 0 ? null : rest.slice(mark + 1),
  };
}

/** The status for a request beyond the limits of proposal 10; undefined within them. */
function refusal(
  method: string,
  { path, query }: Target,
  headers: Fields,
  limits: Limits,
): 413 | 414 | 431 | 501 | undefined {
  if (method.length > METHOD_OCTETS) return 501;
  if (path.length + (query === null ? 0 : 1 + query.length) > limits.target_octets) return 414;
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size > limits.header_octets || headers.length > limits.header_fields) return 431;
  const length = lengthOf(headers);
  if (limits.body_octets !== null && length !== null && length > limits.body_octets) return 413;
  return undefined;
}

/** The declared length. The platform has read the framing: one that is broken declares nothing. */
function lengthOf(headers: Fields): number | null {
  const [, value] = headers.find(([name]) => name === 'content-length') ?? [];
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}

function scopeOf(
  request: Request,
  { scheme, authority, path, query }: Target,
  headers: Fields,
  rest: Pick<HttpScope, 'type' | 'id' | 'gateway' | 'limits' | 'peer' | 'local'>,
): HttpScope {
  return Object.freeze({
    ...rest,
    http_version: '1.1',
    method: request.method,
    scheme,
    authority,
    target: query === null ? path : `${path}?${query}`,
    path,
    mount: '',
    query,
    headers: Object.freeze(headers.map((pair) => Object.freeze(pair))),
    content_length: lengthOf(headers),
    peer: rest.peer && Object.freeze({ ...rest.peer }),
    local_address: null,
    forwarded: null,
    tls: null,
    upgrade: null,
  });
}
