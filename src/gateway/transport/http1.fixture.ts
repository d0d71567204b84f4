// A gateway behind a listener with an application that the test drives, and raw clients: for the tests of HTTP/1.

import { afterEach, expect, vi } from 'vitest';
import { type Call, puppet } from '../../../tests/fixtures/puppet.ts';
import { RawClient } from '../../../tests/fixtures/raw-client.ts';
import type {
  Application,
  Fields,
  HttpHandler,
  HttpResponseStart,
  HttpSendEvent,
  LifespanReceiveEvent,
  LifespanSendEvent,
  Limits,
  Receive,
  Send,
} from '../../interface/index.ts';
import type { TraceStep } from '../../trace/index.ts';
import { createGateway, type GatewayOptions } from '../gateway.ts';
import { type Listener, type ListenOptions, listen } from './listen.ts';

export const octets = (text: string) => new TextEncoder().encode(text);
export const start: HttpResponseStart = { type: 'http.response.start', status: 200 };
export const end: HttpSendEvent = { type: 'http.response.end' };
export const abort: HttpSendEvent = { type: 'http.response.abort' };
export const body = (text: string): HttpSendEvent => ({
  type: 'http.response.body',
  data: octets(text),
});
export const counted = (length: number): HttpSendEvent => ({
  ...start,
  headers: [['content-length', String(length)]],
});

export const get = (target: string, ...fields: string[]) => [
  `GET ${target} HTTP/1.1`,
  'Host: a',
  ...fields,
  '',
];
export const GET = get('/');
export const post = (...fields: string[]) => ['POST / HTTP/1.1', 'Host: a', ...fields, ''];

const listeners: Listener[] = [];
const clients: RawClient[] = [];

const warned = vi.fn();
process.on('warning', warned);

/** Ends what a test has opened, and fails it if Node had to warn. */
export function cleanUp(): void {
  afterEach(async () => {
    for (const client of clients.splice(0)) client.socket.destroy();
    for (const listener of listeners.splice(0)) {
      listener.destroy();
      await listener.closed;
    }
    vi.useRealTimers();
    expect(warned, 'a warning of Node').not.toHaveBeenCalled();
  });
}

export interface Serving extends Omit<GatewayOptions, 'limits' | 'tap' | 'onFault'> {
  readonly limits?: Partial<Limits>;
  readonly listen?: ListenOptions;
  /** Protocols that the application takes as tunnels. With these it has a lifespan. */
  readonly tunnels?: readonly string[];
}

/** Serves a puppet, on a free port of the loopback unless it is told otherwise. */
export async function serve({ listen: where = {}, tunnels, ...options }: Serving = {}) {
  const { application, calls, next } = puppet();
  const steps: TraceStep[] = [];
  const faults: string[] = [];
  const gateway = createGateway(
    (tunnels ? withTunnels(application, tunnels) : application) as Application,
    {
      lifespan: tunnels !== undefined,
      tap: (step) => steps.push(step),
      onFault: ({ message }) => faults.push(message),
      ...options,
    },
  );
  await gateway.start();
  const listener = await listen(gateway, where);
  listeners.push(listener);
  return {
    listener,
    port: portOf(listener),
    gateway,
    calls,
    next,
    steps,
    faults,
    async client() {
      const client = await RawClient.connect(portOf(listener));
      clients.push(client);
      return client;
    },
  };
}

function withTunnels(application: HttpHandler, tunnels: readonly string[]): Application {
  const all: unknown = async (
    scope: { type: string },
    receive: Receive<LifespanReceiveEvent>,
    send: Send<LifespanSendEvent>,
  ) => {
    if (scope.type !== 'lifespan')
      return (application as (...call: unknown[]) => Promise<void>)(scope, receive, send);
    await receive();
    await send({ type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels });
    while ((await receive()).type !== 'lifespan.shutdown');
  };
  return all as Application;
}

export function portOf({ address }: Listener): number {
  return typeof address === 'string' ? 0 : address.port;
}

/** A server with one client. */
export async function connected(options: Serving = {}) {
  const served = await serve(options);
  return { ...served, client: await served.client() };
}

/** A server with one client, one request and the call that it led to. */
export async function exchange(lines: readonly string[] = GET, options: Serving = {}) {
  const served = await connected(options);
  served.client.lines(...lines);
  return { ...served, call: await served.next() };
}

/** Answers a call with a text of declared length. */
export async function answer(call: Call, text: string, headers: Fields = []): Promise<void> {
  await call.send({ ...start, headers: [...headers, ['content-length', String(text.length)]] });
  await call.send(body(text));
  await call.send(end);
  call.leave();
}

/** Holds the gateway's clock still. Sockets and the event loop go on by themselves. For before anything is served. */
export function clock(): (ms: number) => Promise<unknown> {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  return (ms) => vi.advanceTimersByTimeAsync(ms);
}

/** Returns when the server has read what was sent before: what another connection asks for now is answered. */
export async function seen(port: number): Promise<void> {
  const client = await RawClient.connect(port);
  client.lines('GET / HTTP/9.9', '');
  await client.whole();
}
