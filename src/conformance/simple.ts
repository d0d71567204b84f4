// Plain events, and applications and requests of a few lines, for cases where nothing in particular is at stake.

import type {
  HttpScope,
  HttpSendEvent,
  LifespanReceiveEvent,
  Receive,
  Send,
  TunnelScope,
  WebsocketScope,
} from '../interface/index.ts';
import type { StageHandlers } from './case.ts';
import type { Peer } from './peer.ts';
import type { Stage } from './stage.ts';
import type { Whole } from './stream.ts';

/** Text in UTF-8. */
export const octets = (text: string): Uint8Array => new TextEncoder().encode(text);

export const start: HttpSendEvent & { type: 'http.response.start' } = {
  type: 'http.response.start',
  status: 200,
};
export const end: HttpSendEvent & { type: 'http.response.end' } = { type: 'http.response.end' };
export const abort: HttpSendEvent & { type: 'http.response.abort' } = {
  type: 'http.response.abort',
};
export const refuse: HttpSendEvent & { type: 'http.refuse' } = { type: 'http.refuse' };
export const discard: HttpSendEvent & { type: 'http.request.discard' } = {
  type: 'http.request.discard',
};
export const hints: HttpSendEvent & { type: 'http.informational' } = {
  type: 'http.informational',
  status: 103,
  headers: [['link', '</style.css>; rel=preload']],
};
export const body = (text: string): HttpSendEvent & { type: 'http.response.body' } => ({
  type: 'http.response.body',
  data: octets(text),
});

/** An application that sends events in order and notes as `sent` what each led to, as `stage.misuse` says it. */
export const sends = (...events: readonly HttpSendEvent[]): StageHandlers => ({
  async http(_scope, _receive, send, stage) {
    for (const event of events) stage.note('sent', await stage.misuse(send(event)));
  },
});

/** What became of so many events of `sends`. */
export async function sent(t: Peer, count: number): Promise<readonly string[]> {
  const outcomes: string[] = [];
  while (outcomes.length < count) outcomes.push(await t.seen<string>('sent'));
  return outcomes;
}

/** The events that answer a request in a conversation of any type. */
type Answer = Exclude<HttpSendEvent, { type: 'http.request.discard' }>;

/** Receives up to the end of the request, or to its loss: without the latter a faulty gateway would never be left. */
export async function receiveAll<E extends { readonly type: string }>(
  receive: Receive<E>,
): Promise<readonly E[]> {
  const events: E[] = [];
  for (;;) {
    const event = await receive();
    events.push(event);
    if (event.type === 'http.request.end' || event.type === 'http.closed') return events;
  }
}

/** The same handler for `http`, `websocket` and `tunnel`. */
export function anyType(
  handler: (
    scope: HttpScope | WebsocketScope | TunnelScope,
    receive: Receive<{ readonly type: string }>,
    send: Send<Answer>,
    stage: Stage,
  ) => Promise<void>,
): StageHandlers {
  return { http: handler, websocket: handler, tunnel: handler };
}

/** How a peer asks for a conversation of each type, when it is to get a response. */
export const ASKED: Readonly<
  Record<'http' | 'websocket' | 'tunnel', (t: Peer, target?: string) => Promise<Whole>>
> = {
  http: (t, target = '/') => t.fetch({ target }),
  websocket: async (t, target = '/') => (await t.websocket({ target })).denied(),
  tunnel: async (t, target = '/') => (await t.tunnel({ target })).whole(),
};

export const TYPES = ['http', 'websocket', 'tunnel'] as const;

type Lifespan = NonNullable<StageHandlers['lifespan']>;

/** A lifespan that accepts what it is given, and nothing else. `first` comes between its first event and `lifespan.ready`. */
export function accepting(
  accepts: Readonly<Record<string, number>> | undefined,
  tunnels?: readonly string[],
  first?: (
    startup: LifespanReceiveEvent,
    ...rest: [Parameters<Lifespan>[0], Parameters<Lifespan>[2], Parameters<Lifespan>[3]]
  ) => Promise<void>,
): Lifespan {
  return async (scope, receive, send, stage) => {
    const startup = await receive();
    await first?.(startup, scope, send, stage);
    await send({
      type: 'lifespan.ready',
      ...(accepts ? { accepts } : {}),
      ...(tunnels ? { tunnels } : {}),
    });
    while ((await receive()).type !== 'lifespan.shutdown');
  };
}

/** Where a value is not plain data (scope.plain-data): the paths, with what is there. */
export function unplain(value: unknown, path = ''): string[] {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return [];
  if (value instanceof Uint8Array) return [];
  if (Array.isArray(value)) return value.flatMap((item, at) => unplain(item, `${path}[${at}]`));
  const plain =
    typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!plain) return [`${path}: ${typeof value} ${String(value)}`];
  return Reflect.ownKeys(value).flatMap((key) => {
    if (typeof key === 'symbol') return [`${path}: a key ${String(key)}`];
    return unplain((value as Record<string, unknown>)[key], `${path}.${key}`);
  });
}

/** Resolves when the signal has been given. */
export function signalled(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
}
