// Whatever an application and a peer do to each other through the reference gateway, in whatever order, the checker
// between them finds nothing that the gateway does wrong, and changes nothing.

import fc from 'fast-check';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createGateway, type Gateway } from '../gateway/gateway.ts';
import { type MemoryRequest, requestInMemory } from '../gateway/transport/memory.ts';
import {
  type AnySendEvent,
  type Application,
  Closed,
  UnsupportedScope,
} from '../interface/index.ts';
import { checked, type Finding } from './index.ts';

/** One turn of the event loop: the memory transport needs no more to settle whatever can be settled. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const KIB = 1024;
/** As many as a test run can afford; more of them have found nothing more. */
const RUNS = 200;

type Step =
  | { readonly do: 'send'; readonly event: AnySendEvent }
  | { readonly do: 'write'; readonly data: Uint8Array }
  | { readonly do: 'raise'; readonly error: Error }
  | {
      readonly do:
        | 'receive'
        | 'return'
        | 'read'
        | 'end'
        | 'reset'
        | 'leave'
        | 'turn'
        | 'drain'
        | 'deadline';
    };

/** Octets that a report of a failure shows by their number. */
const zeros = (size: number): Uint8Array => {
  const data = new Uint8Array(size);
  Object.defineProperty(data, fc.toStringMethod, { value: () => `zeros(${size})` });
  return data;
};

// Around the high-water mark, so that both sides come to wait.
const size = fc.constantFrom(0, 1, 5, 40 * KIB, 64 * KIB);

const answer: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    { type: 'http.response.start', status: 200 },
    { type: 'http.response.start', status: 204 },
    { type: 'http.response.start', status: 403, headers: [['content-length', '5']] },
    { type: 'http.response.start', status: 200, headers: [['Broken', 'x']] },
    { type: 'http.response.start', status: 200, headers: [['te', 'x']] },
    { type: 'http.response.start', status: 204, headers: [['content-length', '5']] },
    {
      type: 'http.response.start',
      status: 404,
      headers: [
        ['content-length', '5'],
        ['content-length', '5'],
      ],
    },
    { type: 'http.response.end', trailers: [['x-a', 'b']] },
    { type: 'http.response.end', trailers: [['date', 'b']] },
    { type: 'http.response.end' },
    { type: 'http.response.abort', code: 2 },
    { type: 'http.informational', status: 103, headers: [['link', '</a>']] },
    { type: 'http.informational', status: 103, headers: [['content-length', '1']] },
    { type: 'http.refuse' },
    { type: 'http.request.discard' },
    { type: 'http.file', path: '/file/5' },
    { type: 'http.file', path: '/file/70000', offset: 1 },
    { type: 'http.file', path: '/outside' },
    { type: 'http.response.begin' },
    { type: 'http.response.start', status: '200' },
    { type: 'http.response.end', '!org.example.urgent': true },
    { type: 'http.response.end', '!trailers': [] },
    null,
  ),
  size.map((size) => ({ type: 'http.response.body', data: zeros(size) })),
);

const websocket: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    { type: 'websocket.accept' },
    { type: 'websocket.accept', subprotocol: 'chat' },
    { type: 'websocket.accept', subprotocol: 'other' },
    { type: 'websocket.accept', headers: [['sec-websocket-accept', 'x']] },
    { type: 'websocket.accept', headers: [['Broken', 'x']] },
    { type: 'websocket.message', text: 'text' },
    { type: 'websocket.message', text: '\ud800' },
    { type: 'websocket.message' },
    { type: 'websocket.close' },
    { type: 'websocket.close', code: 4000, reason: 'enough' },
    { type: 'websocket.close', code: 1005 },
    { type: 'websocket.close', reason: 'ä'.repeat(62) },
  ),
  size.map((size) => ({ type: 'websocket.message', data: zeros(size) })),
);

const tunnel: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(
    { type: 'tunnel.accept' },
    { type: 'tunnel.accept', datagrams: true },
    { type: 'tunnel.accept', datagrams: true, headers: [['content-type', 'x']] },
    { type: 'tunnel.accept', headers: [['content-length', '0']] },
    { type: 'tunnel.end' },
    { type: 'tunnel.abort' },
    { type: 'tunnel.datagram', data: new Uint8Array(3) },
    { type: 'tunnel.datagram', data: zeros(70_000) },
  ),
  // A capsule of type 1 with 4 octets, whole and broken off.
  fc
    .constantFrom([1, 4, 0, 0, 0, 0], [1, 4, 0], [0])
    .map((octets) => ({ type: 'tunnel.data', data: Uint8Array.from(octets) })),
  size.map((size) => ({ type: 'tunnel.data', data: zeros(size) })),
);

/** Frames of a client, with a mask of zeros: a text, a Ping, Close frames, and one that breaks a rule. */
const frames: fc.Arbitrary<number[]> = fc.constantFrom(
  [0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69],
  [0x82, 0x80, 0, 0, 0, 0],
  [0x89, 0x80, 0, 0, 0, 0],
  [0x88, 0x80, 0, 0, 0, 0],
  [0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe9],
  [0x81, 0x81, 0, 0, 0, 0, 0xff],
  [0x82, 0xff, 0, 0, 0, 0, 0xff, 0, 0, 0, 0, 0, 0, 0],
  [0x01],
);
const capsules: fc.Arbitrary<number[]> = fc.constantFrom(
  [0, 2, 7, 7],
  [1, 2, 7, 7],
  [1, 2, 7],
  [0],
);

interface Kind {
  readonly request: MemoryRequest;
  readonly events: fc.Arbitrary<unknown>;
  readonly octets: fc.Arbitrary<Uint8Array>;
}

const KEY: [string, string] = ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='];
const plain = size.map((size) => zeros(size));
const http = (method: string, ...headers: [string, string][]): Kind => ({
  request: { method, target: '/a%20b?c', headers: [['host', 'example.org'], ...headers] },
  events: answer,
  octets: plain,
});
const upgrading = (
  events: fc.Arbitrary<unknown>,
  octets: fc.Arbitrary<number[]>,
  ...headers: [string, string][]
): Kind => ({
  request: {
    method: 'GET',
    target: '/',
    headers: [['host', 'example.org'], ['connection', 'upgrade'], ...headers],
  },
  events: fc.oneof({ weight: 1, arbitrary: answer }, { weight: 3, arbitrary: events }),
  octets: octets.map((octets) => Uint8Array.from(octets)),
});

const KINDS: Readonly<Record<string, Kind>> = {
  http: http('POST'),
  'http with HEAD': http('HEAD'),
  'http that expects 100': http('PUT', ['expect', '100-continue']),
  'http over HTTP/1.0': {
    ...http('POST'),
    request: { ...http('POST').request, http_version: '1.0' },
  },
  websocket: upgrading(
    websocket,
    frames,
    ['upgrade', 'websocket'],
    ['sec-websocket-version', '13'],
    ['sec-websocket-protocol', 'chat, more'],
    ['origin', 'https://example.org'],
    ['cookie', 'a=b'],
    KEY,
  ),
  tunnel: upgrading(tunnel, capsules, ['upgrade', 'ticks/1']),
  connect: {
    ...upgrading(tunnel, capsules),
    request: { method: 'CONNECT', target: 'example.org:80', headers: [['host', 'example.org']] },
  },
  'extended connect': {
    ...upgrading(tunnel, capsules),
    request: {
      http_version: '2',
      method: 'CONNECT',
      protocol: 'ticks/1',
      target: '/',
      headers: [],
    },
  },
};

function steps({ events, octets }: Kind): fc.Arbitrary<Step[]> {
  const sent = events.map((event) => ({ do: 'send', event }) as Step);
  const step = fc.oneof(
    { weight: 8, arbitrary: sent },
    {
      weight: 8,
      arbitrary: fc.constantFrom<Step>({ do: 'receive' }, { do: 'read' }, { do: 'turn' }),
    },
    { weight: 4, arbitrary: octets.map((data): Step => ({ do: 'write', data })) },
    {
      weight: 2,
      arbitrary: fc.constantFrom<Step>(
        { do: 'return' },
        { do: 'raise', error: new Error('raised') },
        { do: 'raise', error: new Closed('peer_reset') },
        { do: 'raise', error: new UnsupportedScope('http') },
        { do: 'end' },
        { do: 'reset' },
        { do: 'leave' },
        { do: 'drain' },
        { do: 'deadline' },
      ),
    },
  );
  // Accepting comes first often enough.
  const accept = { websocket: 'websocket.accept', tunnel: 'tunnel.accept' };
  const first = events === answer ? [] : Object.values(accept);
  return fc
    .tuple(fc.boolean(), fc.array(step, { maxLength: 30 }))
    .map(([begins, steps]) => [
      ...(begins
        ? first.map((type): Step => ({ do: 'send', event: { type } as AnySendEvent }))
        : []),
      ...steps,
    ]);
}

const lifespan: Application = async (_scope, receive, send) => {
  await receive();
  await send({
    type: 'lifespan.ready',
    accepts: { 'http.file': 1, tunnel: 1, 'tunnel.datagram': 1 },
    tunnels: ['ticks/1', 'CONNECT'],
    state: { pool: {} },
  });
  while ((await receive()).type !== 'lifespan.shutdown');
};

/** Runs steps through the reference gateway. @returns what the checker has found, and what became of all calls */
async function play(
  kind: Kind,
  steps: readonly Step[],
  wrap: (app: Application) => Application,
): Promise<string[]> {
  let receive: Parameters<Application>[1] = () => expect.unreachable();
  let send: Parameters<Application>[2] = () => expect.unreachable();
  let leave: (error?: Error) => void = () => {};
  const gateway: Gateway = createGateway(
    wrap(async (scope, ...calls) => {
      if (scope.type === 'lifespan') return lifespan(scope, ...calls);
      [receive, send] = calls;
      await new Promise<void>((resolve, reject) => {
        leave = (error) => (error ? reject(error) : resolve());
      });
    }),
    {
      limits: { shutdown_ms: 0 },
      openFile: (path, offset) => {
        const size = Number(path.slice('/file/'.length));
        if (Number.isNaN(size)) return { guard: 'file-outside', message: path };
        const length = size - offset;
        return { offset, length, close: () => {}, read: () => new Uint8Array(length) } as never;
      },
    },
  );
  await gateway.start();
  const client = requestInMemory(gateway, kind.request);
  const reader = client[Symbol.asyncIterator]();
  const settled: string[] = [];
  const follow = (name: string, promise: Promise<unknown>) => {
    promise.then(
      (value) => settled.push(`${name} ${(value as { type?: string } | undefined)?.type ?? ''}`),
      (error) => settled.push(`${name} ${String(error)}`),
    );
  };
  await turn();
  for (const [at, step] of steps.entries()) {
    switch (step.do) {
      case 'send':
        follow(`${at}`, send(step.event));
        break;
      case 'receive':
        follow(`${at}`, receive());
        break;
      case 'return':
        leave();
        break;
      case 'raise':
        leave(step.error);
        break;
      case 'write':
        void client.write(step.data);
        break;
      case 'end':
        client.end();
        break;
      case 'reset':
        client.reset('peer_reset');
        break;
      case 'leave':
        client.reset('connection_lost');
        break;
      case 'read':
        void reader.next();
        break;
      case 'drain':
        gateway.drain();
        break;
      case 'deadline':
        gateway.drain();
        gateway.deadline();
        break;
      case 'turn':
        await turn();
    }
  }
  await turn();
  follow('last', receive());
  leave();
  await turn();
  client.reset();
  await turn();
  await gateway.stop();
  await turn();
  return settled;
}

test.each(Object.keys(KINDS))('%s: the gateway breaks nothing, whatever happens', async (name) => {
  const kind = KINDS[name] as Kind;
  await fc.assert(
    fc.asyncProperty(steps(kind), async (steps) => {
      const findings: Finding[] = [];
      await play(kind, steps, (app) =>
        checked(app, { report: (finding) => findings.push(finding) }),
      );
      expect(findings.filter(({ side }) => side !== 'application')).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

/** Middleware that only hands on, and takes its time for it. */
const layered =
  (app: Application): Application =>
  async (scope, receive, send) => {
    await app(
      scope,
      async () => await receive(),
      async (event) => {
        await send(event);
      },
    );
  };

test.each(Object.keys(KINDS))('%s: nor does middleware that takes its time', async (name) => {
  const kind = KINDS[name] as Kind;
  await fc.assert(
    fc.asyncProperty(steps(kind), async (steps) => {
      const findings: Finding[] = [];
      await play(kind, steps, (app) =>
        layered(layered(checked(app, { report: (finding) => findings.push(finding) }))),
      );
      expect(findings.filter(({ side }) => side !== 'application')).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

test.each(Object.keys(KINDS))('%s: nothing is different with the checker', async (name) => {
  const kind = KINDS[name] as Kind;
  await fc.assert(
    fc.asyncProperty(steps(kind), async (steps) => {
      const without = await play(kind, steps, (app) => app);
      const within = await play(kind, steps, (app) => checked(app, { report: () => {} }));
      expect(within).toEqual(without);
    }),
    { numRuns: 50 },
  );
});

type LifespanStep =
  | { readonly do: 'send'; readonly event: AnySendEvent }
  | {
      readonly do:
        | 'receive'
        | 'return'
        | 'raise'
        | 'decline'
        | 'drain'
        | 'deadline'
        | 'stop'
        | 'turn';
    };

/** A turn in which timers of no time have gone off. */
const timers = () => vi.advanceTimersByTimeAsync(1);

/** Turns until `promise` is settled. */
async function settled(promise: Promise<unknown>): Promise<void> {
  let over = false;
  void promise.finally(() => (over = true));
  while (!over) await timers();
}

test('lifespan: the gateway breaks nothing, whatever happens', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const event = fc.constantFrom<unknown>(
    { type: 'lifespan.ready' },
    { type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels: ['a'], state: { a: 1 } },
    { type: 'lifespan.ready', accepts: { tunnel: 2 } },
    { type: 'lifespan.ready', tunnels: ['a'] },
    { type: 'lifespan.failed', message: 'no' },
    { type: 'lifespan.stopped' },
    { type: 'http.refuse' },
  );
  const step = fc.oneof(
    { weight: 3, arbitrary: event.map((event) => ({ do: 'send', event }) as LifespanStep) },
    { weight: 5, arbitrary: fc.constantFrom<LifespanStep>({ do: 'receive' }, { do: 'turn' }) },
    {
      weight: 1,
      arbitrary: fc.constantFrom<LifespanStep>(
        { do: 'return' },
        { do: 'raise' },
        { do: 'decline' },
        { do: 'drain' },
        { do: 'deadline' },
        { do: 'stop' },
      ),
    },
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
      const findings: Finding[] = [];
      let calls: Parameters<Application> | undefined;
      let leave: (error?: Error) => void = () => {};
      const gateway = createGateway(
        checked(
          (...all) => {
            calls = all;
            return new Promise((resolve, reject) => {
              leave = (error) => (error ? reject(error) : resolve());
            });
          },
          { report: (finding) => findings.push(finding) },
        ),
        { limits: { shutdown_ms: 0, startup_ms: 1000 } },
      );
      let answered = false;
      const started = gateway.start().then(() => {
        answered = true;
      });
      let stopped: Promise<unknown> | undefined;
      // The process ends with the shutdown (lifespan.stop-timeout): behind it nobody asks for anything.
      let gone = false;
      const stop = () => {
        stopped ??= gateway.stop().finally(() => (gone = true));
        return stopped;
      };
      const [, receive, send] = calls as unknown as Parameters<Application>;
      for (const step of steps) {
        if (gone) break;
        switch (step.do) {
          case 'send':
            void send(step.event);
            break;
          case 'receive':
            void receive().catch(() => {});
            break;
          case 'return':
            leave();
            break;
          case 'raise':
            leave(new Error('raised'));
            break;
          case 'decline':
            leave(new UnsupportedScope('lifespan'));
            break;
          case 'drain':
            gateway.drain();
            break;
          case 'deadline':
            gateway.drain();
            gateway.deadline();
            break;
          case 'stop':
            // The shutdown begins when the application has answered, and once (lifespan.shutdown-last).
            gateway.drain();
            if (answered) stop();
            break;
          case 'turn':
            await timers();
        }
      }
      gateway.drain();
      gateway.deadline();
      await settled(started);
      const stopping = stop();
      if (!gone) void receive().catch(() => {});
      await timers();
      leave();
      await settled(stopping);
      await timers();
      expect(findings.filter(({ side }) => side !== 'application')).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});
