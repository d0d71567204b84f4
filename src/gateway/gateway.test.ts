// What the gateway adds to the conversation: calling the application, waiting calls, scope, faults and the trace.
// The transport here is a plain list of what it was told.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  Closed,
  type Fields,
  type HttpHandler,
  type HttpReceiveEvent,
  type HttpScope,
  type HttpSendEvent,
  INTERFACE_VERSION,
  Misuse,
  type Receive,
  type Send,
  UnsupportedScope,
} from '../interface/index.ts';
import type { TraceStep } from '../trace/index.ts';
import type { Output } from './conversation/output.ts';
import type { RequestHead } from './conversation/request.ts';
import {
  createGateway,
  type Fault,
  type Gateway,
  type GatewayOptions,
  isRefusal,
} from './gateway.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import type { Exchange, Wire } from './wire.ts';

const octets = (text: string) => new TextEncoder().encode(text);
/** One turn of the event loop: everything that waits for nothing else has happened after it. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

class ListedWire implements Wire {
  readonly outputs: Output[] = [];
  readonly flow: string[] = [];
  /** While it is congested the system takes nothing; else everything at once. */
  congested = false;
  written = 0;
  ended = 0;
  #held = 0;
  get waiting(): number {
    if (!this.congested) this.#held = 0;
    return this.#held;
  }
  write(output: Output): void {
    this.outputs.push(output);
    const octets = 'data' in output ? output.data.length : 1;
    this.written += octets;
    if (this.congested) this.#held += octets;
  }
  callEnded(): void {
    this.ended++;
  }
  pause(): void {
    this.flow.push('pause');
  }
  resume(): void {
    this.flow.push('resume');
  }
  get done(): string[] {
    return this.outputs.map((output) => output.do);
  }
}

interface Open {
  readonly gateway: Gateway;
  readonly exchange: Exchange;
  readonly wire: ListedWire;
  readonly faults: Fault[];
  readonly steps: TraceStep[];
}

const HEAD: RequestHead = {
  http_version: '1.1',
  method: 'GET',
  scheme: 'http',
  target: '/a?b',
  headers: [['host', 'example.org']],
  peer: { transport: 'memory', address: 'client', port: null },
  local_address: null,
};

function open(
  application: HttpHandler,
  { head = {}, ...options }: GatewayOptions & { head?: Partial<RequestHead> } = {},
): Open {
  const faults: Fault[] = [];
  const steps: TraceStep[] = [];
  const gateway = createGateway(application, {
    lifespan: false,
    tap: (step) => steps.push(step),
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  const wire = new ListedWire();
  const exchange = gateway.request({ ...HEAD, headers: [...HEAD.headers], ...head }, wire);
  if (isRefusal(exchange)) return expect.unreachable(exchange.message);
  return { gateway, exchange, wire, faults, steps };
}

/** An application that leaves its call open, and what it was called with. */
function puppet() {
  const calls: {
    scope: HttpScope;
    receive: Receive<HttpReceiveEvent>;
    send: Send<HttpSendEvent>;
  }[] = [];
  let leave: (error?: unknown) => void = () => {};
  const application: HttpHandler = (scope, receive, send) => {
    calls.push({ scope, receive, send });
    return new Promise((resolve, reject) => {
      leave = (error) => (error === undefined ? resolve() : reject(error));
    });
  };
  return {
    application,
    calls,
    get call() {
      return calls[0] ?? expect.unreachable('the application was not called');
    },
    leave: (error?: unknown) => leave(error),
  };
}

/** Opens an exchange whose application does what the test says. */
async function openPuppet(options: Parameters<typeof open>[1] = {}) {
  const { application, calls, leave } = puppet();
  const opened = open(application, options);
  await turn();
  const [call] = calls;
  if (!call) return expect.unreachable('the application was not called');
  return { ...opened, ...call, calls, leave };
}

/** How a promise stands now. */
async function standing(promise: Promise<unknown>): Promise<'pending' | 'resolved' | Error> {
  let state: 'pending' | 'resolved' | Error = 'pending';
  promise.then(
    () => {
      state = 'resolved';
    },
    (error: Error) => {
      state = error;
    },
  );
  await turn();
  return state;
}

const start: HttpSendEvent = { type: 'http.response.start', status: 200 };
const body: HttpSendEvent = { type: 'http.response.body', data: octets('x') };
const end: HttpSendEvent = { type: 'http.response.end' };
const abort: HttpSendEvent = { type: 'http.response.abort' };

const unhandled = vi.fn();
beforeEach(() => {
  unhandled.mockClear();
  process.on('unhandledRejection', unhandled);
});
afterEach(async () => {
  await turn();
  process.off('unhandledRejection', unhandled);
  expect(unhandled, 'a rejection that nobody handles').not.toHaveBeenCalled();
});

describe('the call', () => {
  test('app.once-per-scope: one call for each conversation', async () => {
    const { application, calls } = puppet();
    const gateway = createGateway(application, { lifespan: false });
    for (let i = 0; i < 3; i++) gateway.request(HEAD, new ListedWire());
    expect(calls).toHaveLength(0);
    await turn();
    expect(calls).toHaveLength(3);
    expect(gateway.active).toBe(3);
  });

  test('scope.id-unique: conversations of one gateway, and of two, have different ids', async () => {
    const { application, calls } = puppet();
    for (const gateway of [
      createGateway(application, { lifespan: false }),
      createGateway(application, { lifespan: false }),
    ])
      for (let i = 0; i < 3; i++) gateway.request(HEAD, new ListedWire());
    await turn();
    expect(new Set(calls.map(({ scope }) => scope.id)).size).toBe(6);
  });

  test('cancel.on-peer-loss: a copy of `scope.local` has the same signal', async () => {
    const { application, calls } = puppet();
    const gateway = createGateway(application, { lifespan: false });
    const exchange = gateway.request(HEAD, new ListedWire()) as Exchange;
    await turn();
    const { local } = (calls[0] as (typeof calls)[number]).scope;
    const copy = { ...local };
    expect(Object.keys(copy).sort()).toEqual(['cancel', 'state']);
    expect(Object.isFrozen(local), 'typescript.frozen').toBe(true);
    expect(copy.cancel.aborted).toBe(false);
    exchange.lost('peer_reset');
    expect(copy.cancel.reason).toMatchObject({ name: 'Closed', cause: 'peer_reset' });
    const { reason } = copy.cancel;
    exchange.lost('timeout');
    expect(copy.cancel.reason, 'cancel.once').toBe(reason);
  });

  test('app.once-per-scope: a request that is refused does not reach the application', async () => {
    const { application, calls } = puppet();
    const steps: TraceStep[] = [];
    const gateway = createGateway(application, {
      lifespan: false,
      tap: (step) => steps.push(step),
    });
    const refusal = gateway.request({ ...HEAD, headers: [] }, new ListedWire());
    expect(refusal).toMatchObject({ status: 400, requirement: 'security.host-single' });
    await turn();
    expect(calls).toHaveLength(0);
    expect(gateway.active).toBe(0);
    expect(steps).toMatchObject([
      {
        type: 'http.refused-request',
        requirement: 'security.host-single',
        payload: { status: 400 },
      },
    ]);
  });

  test('`active` falls when the application’s call has ended, not before', async () => {
    const { gateway, send, leave } = await openPuppet();
    await send(start);
    await send(end);
    expect(gateway.active).toBe(1);
    leave();
    await turn();
    expect(gateway.active).toBe(0);
  });

  test('`idle` resolves when the last call has ended', async () => {
    const { gateway, leave } = await openPuppet();
    const idle = gateway.idle();
    expect(await standing(idle)).toBe('pending');
    leave();
    expect(await standing(idle)).toBe('resolved');
    expect(await standing(gateway.idle())).toBe('resolved');
  });
});

describe('the scope', () => {
  test('scope.gateway-marker: interface, software and features', async () => {
    const { scope } = await openPuppet({ software: 'test/1' });
    expect(scope.gateway).toEqual({
      interface: INTERFACE_VERSION,
      software: 'test/1',
      features: { tunnel: [1], 'tunnel.datagram': [1] },
    });
  });

  test('flow.limits-stated: the limits are the gateway’s, those of its options among them', async () => {
    const { scope, gateway } = await openPuppet({ limits: { target_octets: 100 } });
    expect(scope.limits).toBe(gateway.limits);
    expect(scope.limits).toEqual({ ...DEFAULT_LIMITS, target_octets: 100 });
  });

  test('security.limits-target: a target beyond the limit does not reach the application', async () => {
    const { application, calls } = puppet();
    const gateway = createGateway(application, { lifespan: false, limits: { target_octets: 3 } });
    const refusal = gateway.request(HEAD, new ListedWire());
    expect(refusal).toMatchObject({ status: 414, requirement: 'security.limits-target' });
    await turn();
    expect(calls).toHaveLength(0);
  });

  test('scope.plain-data: all but `local` can be copied to another process', async () => {
    const { scope } = await openPuppet();
    const { local, ...rest } = scope;
    expect(structuredClone(rest)).toEqual(rest);
    expect(JSON.parse(JSON.stringify(rest))).toEqual(rest);
    expect(local.cancel).toBeInstanceOf(AbortSignal);
  });

  test('scope.immutable: a write to the scope raises TypeError, at any depth', async () => {
    const { scope } = await openPuppet({
      head: {
        headers: [
          ['host', 'a'],
          ['x-a', 'b'],
          ['connection', 'upgrade'],
          ['upgrade', 'example'],
        ],
      },
    });
    const writes: (() => unknown)[] = [
      () => Object.assign(scope, { path: '/' }),
      () => Object.assign(scope, { added: 1 }),
      () => (scope.headers as unknown[]).push(['x', 'y']),
      () => Object.assign(scope.headers[1] as object, { 1: 'changed' }),
      () => Object.assign(scope.gateway, { interface: '9' }),
      () => Object.assign(scope.gateway.features, { x: [1] }),
      () => Object.assign(scope.limits, { idle_ms: 1 }),
      () => Object.assign(scope.upgrade as object, { via: 'x' }),
      () => (scope.upgrade as unknown as { offers: unknown[] }).offers.push('h2c'),
      () => Object.assign(scope.peer as object, { address: 'elsewhere' }),
      () => Object.assign(scope.local, { state: 1 }),
      () => Object.assign(scope.local.state, { x: 1 }),
    ];
    for (const write of writes) expect(write, String(write)).toThrow(TypeError);
  });

  test('scope.middleware-copies: a copy keeps `local`', async () => {
    const { scope, exchange } = await openPuppet();
    const copy: HttpScope = { ...scope, path: '/changed' };
    exchange.lost('peer_reset');
    expect(copy.local.cancel.aborted).toBe(true);
  });
});

describe('receive', () => {
  test('receive.single: a call beside a pending one is Misuse, and the pending one is served', async () => {
    const { receive, exchange } = await openPuppet();
    const first = receive();
    await expect(receive()).rejects.toMatchObject({
      name: 'Misuse',
      requirement: 'receive.single',
    });
    exchange.end();
    await expect(first).resolves.toMatchObject({ type: 'http.request.end' });
  });

  test('http.closed.repeats: `receive` after the end of the exchange gives `http.closed` again and again', async () => {
    const { receive, exchange } = await openPuppet();
    exchange.lost('timeout', 7);
    const closed = { type: 'http.closed', cause: 'timeout', code: 7 };
    for (let i = 0; i < 3; i++) await expect(receive()).resolves.toEqual(closed);
  });

  test.each<
    [
      string,
      (opened: Open & { send: Send<HttpSendEvent>; leave(error?: unknown): void }) => unknown,
    ]
  >([
    ['the peer is lost', ({ exchange }) => exchange.lost('peer_reset')],
    ['the response is aborted', async ({ send }) => [await send(start), await send(abort)]],
    ['the request is refused', ({ send }) => send({ type: 'http.refuse' })],
    ['the application has returned', ({ leave }) => leave()],
    ['the application has failed', ({ leave }) => leave(new Closed('x'))],
  ])('a pending `receive` is served when %s', async (_, close) => {
    const opened = await openPuppet();
    const pending = opened.receive();
    await close(opened);
    await turn();
    await expect(pending).resolves.toMatchObject({ type: 'http.closed' });
  });

  test('http.continue.on-receive: the first `receive` sends the 100, and it is traced', async () => {
    const { receive, wire, steps, exchange } = await openPuppet({
      head: {
        headers: [
          ['host', 'a'],
          ['expect', '100-Continue'],
        ],
      },
    });
    expect(wire.done).toEqual([]);
    const pending = receive();
    expect(wire.done).toEqual(['continue']);
    expect(steps.find(({ type }) => type === 'http.continue')).toMatchObject({
      lane: 'gateway',
      dir: 'out',
      requirement: 'http.continue.on-receive',
      payload: { status: 100 },
    });
    exchange.end();
    await pending;
    expect(wire.done).toEqual(['continue']);
  });

  test.each([
    [
      'among other expectations (RFC 9110 section 10.1.1)',
      [['expect', 'x-later, 100-continue']],
      ['continue'],
    ],
    [
      'in a second field',
      [
        ['expect', 'x-later'],
        ['expect', '100-continue'],
      ],
      ['continue'],
    ],
    ['not for another expectation', [['expect', 'x-100-continue']], []],
  ] as [string, Fields, string[]][])('http.continue.on-receive: %s', async (_, fields, done) => {
    const { receive, wire, exchange } = await openPuppet({
      head: { headers: [['host', 'a'], ...fields] },
    });
    const pending = receive();
    expect(wire.done).toEqual(done);
    exchange.end();
    await pending;
  });
});

describe('send', () => {
  test('send.ordered: calls that nobody waits for take effect in their order', async () => {
    const { send, wire } = await openPuppet();
    const calls = [send(start), send(body), send({ ...body, data: octets('y') }), send(end)];
    expect(wire.done).toEqual(['head', 'body', 'body', 'end']);
    await Promise.all(calls);
  });

  test('misuse.no-effect: nothing is written, and the conversation goes on', async () => {
    const { send, wire } = await openPuppet();
    await send(start);
    await expect(send(start)).rejects.toMatchObject({ requirement: 'http.start-once' });
    expect(wire.done).toEqual(['head']);
    await send(end);
    expect(wire.done).toEqual(['head', 'end']);
  });

  const hostile: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['text', 'http.refuse'],
    ['an event of the type `__proto__`', { type: '__proto__' }],
    ['an event of the type `constructor`', { type: 'constructor' }],
    ['an event whose type is a map', { type: {} }],
    ['headers with a hole', { ...start, headers: Array(1) }],
    [
      'an event whose type cannot be read',
      Object.defineProperty({}, 'type', { get: () => expect.fail('read') }),
    ],
    [
      'a status that cannot be read',
      Object.defineProperty({ type: start.type }, 'status', {
        get: () => expect.fail('read'),
        enumerable: true,
      }),
    ],
  ];
  test.each(hostile)(
    '%s is a rejection, never an exception, and writes nothing',
    async (_, event) => {
      const { send, wire } = await openPuppet();
      let promise: Promise<void> | undefined;
      expect(() => {
        promise = send(event as HttpSendEvent);
      }).not.toThrow();
      await expect(promise).rejects.toThrow();
      expect(wire.done).toEqual([]);
      await send(start);
    },
  );

  test.each<[string, unknown]>([
    ['a map without a prototype', Object.create(null)],
    ['a symbol', Symbol('s')],
    ['a function', () => {}],
    ['a list of maps without a prototype', [[Object.create(null), Object.create(null)]]],
    ['something whose text cannot be had', { toString: () => expect.fail('asked') }],
    [
      'something that cannot be read',
      Object.defineProperty({}, 'x', { get: () => expect.fail('read'), enumerable: true }),
    ],
  ])(
    'event.unknown-keys-ignored: %s under an unknown key does no harm, traced or not',
    async (_, value) => {
      for (const tap of [() => {}, undefined]) {
        const { send, wire } = await openPuppet(tap ? { tap } : {});
        await send({ ...start, 'org.example.x': value } as HttpSendEvent);
        expect(wire.done).toEqual(['head']);
        await expect(send({ ...start, 'org.example.x': value } as HttpSendEvent)).rejects.toThrow(
          Misuse,
        );
      }
    },
  );
});

/** A mark that the event `body` reaches: one octet, and the 32 of keeping it. */
const SMALL = { limits: { send_buffer_octets: 33 } };

test('closed.not-an-error: a `send` or `receive` that nobody waits for is no error that nobody handled', async () => {
  const { send, receive, wire, exchange } = await openPuppet(SMALL);
  await send(start);
  wire.congested = true;
  const misused = [send(start), send({} as HttpSendEvent)];
  void receive();
  misused.push(receive() as Promise<never>);
  const waiting = send(body);
  exchange.lost('peer_reset');
  const lost = send(body);
  // The check is made after the test, when a turn of the event loop has passed without anybody asking.
  await turn();
  expect(unhandled).not.toHaveBeenCalled();
  for (const promise of [...misused, waiting, lost]) await expect(promise).rejects.toThrow();
});

describe('back-pressure', () => {
  test('flow.send-waits: `send` waits while the wire is congested', async () => {
    const { send, wire, exchange } = await openPuppet(SMALL);
    await send(start);
    wire.congested = true;
    const [first, second] = [send(body), send(body)];
    expect(await standing(first)).toBe('pending');
    wire.congested = false;
    exchange.taken();
    expect(await standing(first)).toBe('resolved');
    expect(await standing(second)).toBe('resolved');
  });

  test('flow.send-settles-on-close: a waiting `send` fails with Closed when the peer is lost', async () => {
    const { send, wire, exchange } = await openPuppet(SMALL);
    await send(start);
    wire.congested = true;
    const waiting = send(body);
    exchange.lost('peer_reset');
    expect(await standing(waiting)).toEqual(new Closed('peer_reset'));
    await expect(send(body)).rejects.toEqual(new Closed('peer_reset'));
  });

  test.each<[string, HttpSendEvent]>([
    ['ended', end],
    ['aborted', abort],
  ])(
    'flow: a waiting `send` resolves when the response is %s, for it has taken effect',
    async (_, last) => {
      const { send, wire, exchange } = await openPuppet(SMALL);
      await send(start);
      wire.congested = true;
      const waiting = send(body);
      const over = send(last);
      expect(await standing(waiting)).toBe('resolved');
      expect(await standing(over)).toBe('resolved');
      exchange.lost('connection_lost');
    },
  );

  test('flow: a waiting `send` resolves when the application has ended', async () => {
    const { send, wire, leave } = await openPuppet(SMALL);
    await send(start);
    wire.congested = true;
    const waiting = send(body);
    leave();
    await turn();
    expect(await standing(waiting)).toBe('resolved');
  });

  test('cancel.on-peer-loss: an application that sends without end does not keep the loss from being seen', async () => {
    const { send, exchange } = await openPuppet();
    await send(start);
    let sent = 0;
    setImmediate(() => exchange.lost('peer_reset'));
    const sending = (async () => {
      // The system takes everything at once, so nothing else here would let the event loop turn.
      for (; sent < 100_000; sent++) await send(body);
    })();
    await expect(sending).rejects.toEqual(new Closed('peer_reset'));
    expect(sent).toBeLessThan(100_000);
  });

  test('flow.input-bounded: the wire is paused at the high-water mark, and resumed at the low one', async () => {
    const { receive, wire, exchange } = await openPuppet({ limits: { receive_buffer_octets: 68 } });
    exchange.octets(octets('abc'));
    expect(wire.flow).toEqual([]);
    exchange.octets(octets('d'));
    expect(wire.flow).toEqual(['pause']);
    exchange.octets(octets('e'));
    expect(wire.flow).toEqual(['pause']);
    await receive();
    expect(wire.flow).toEqual(['pause']);
    await receive();
    expect(wire.flow).toEqual(['pause', 'resume']);
  });

  test('flow.input-bounded: discarding resumes a paused wire', async () => {
    const { send, wire, exchange } = await openPuppet({ limits: { receive_buffer_octets: 1 } });
    exchange.octets(octets('abc'));
    await send({ type: 'http.request.discard' });
    expect(wire.flow).toEqual(['pause', 'resume']);
    exchange.octets(octets('def'));
    expect(wire.flow).toEqual(['pause', 'resume']);
  });

  test('flow.input-bounded: when the application has returned, the rest is read and dropped', async () => {
    const { wire, exchange, send, receive, leave } = await openPuppet({
      limits: { receive_buffer_octets: 1 },
    });
    await send(start);
    await send(end);
    exchange.octets(octets('abc'));
    leave();
    await turn();
    expect(wire.flow).toEqual(['pause', 'resume']);
    exchange.octets(octets('def'));
    expect(wire.flow).toEqual(['pause', 'resume']);
    await expect(receive()).resolves.toMatchObject({ type: 'http.closed' });
  });
});

describe('the loss of the peer', () => {
  test('cancel.on-peer-loss: the signal is given without a `receive`, with the cause as its reason', async () => {
    const { scope, exchange } = await openPuppet();
    const heard = vi.fn();
    scope.local.cancel.addEventListener('abort', heard);
    exchange.lost('peer_reset');
    expect(heard).toHaveBeenCalledOnce();
    expect(scope.local.cancel.reason).toEqual(new Closed('peer_reset'));
  });

  test('cancel.on-peer-loss: a signal that is asked for afterwards has been given', async () => {
    const { scope, exchange } = await openPuppet();
    exchange.lost('timeout');
    expect(scope.local.cancel.aborted).toBe(true);
    expect(scope.local.cancel).toBe(scope.local.cancel);
  });

  test('cancel.on-peer-loss: the end of a connection after the response is no loss', async () => {
    const { scope, exchange, send } = await openPuppet();
    await send(start);
    await send(end);
    exchange.lost('connection_lost');
    expect(scope.local.cancel.aborted).toBe(false);
  });

  test('cancel.on-peer-loss: whoever hears the signal may call `receive` and `send` at once', async () => {
    const { scope, exchange, send, receive } = await openPuppet();
    const results: Promise<unknown>[] = [];
    scope.local.cancel.addEventListener('abort', () =>
      results.push(receive(), send(start).catch(String)),
    );
    exchange.lost('peer_reset');
    expect(await Promise.all(results)).toEqual([
      { type: 'http.closed', cause: 'peer_reset' },
      'Closed: the conversation is closed: peer_reset',
    ]);
  });

  test('cancel.no-kill: the application goes on, and ends when it likes', async () => {
    const { gateway, exchange, leave, faults, wire } = await openPuppet();
    exchange.lost('peer_reset');
    await turn();
    expect(gateway.active).toBe(1);
    leave();
    await turn();
    expect(gateway.active).toBe(0);
    expect({ faults, written: wire.done }).toEqual({ faults: [], written: [] });
  });

  test('cancel.reason: the signal and every send have the cause and the code of the loss', async () => {
    const { scope, exchange, send, receive } = await openPuppet();
    exchange.lost('peer_reset', 8);
    const loss = { cause: 'peer_reset', code: 8 };
    expect(scope.local.cancel.reason).toMatchObject({ name: 'Closed', ...loss });
    await expect(send(start)).rejects.toMatchObject({ name: 'Closed', ...loss });
    expect(await receive()).toEqual({ type: 'http.closed', ...loss });
  });

  test('a second loss is not heard', async () => {
    const { exchange, steps } = await openPuppet();
    exchange.lost('peer_reset');
    exchange.lost('timeout');
    expect(steps.filter(({ type }) => type === 'peer.lost')).toHaveLength(1);
  });
});

describe('the end of the application', () => {
  const named = (name: string) => Object.assign(new Error('of another copy'), { name });
  test.each<[string, unknown, number]>([
    ['closed.not-an-error: Closed', new Closed('peer_reset'), 500],
    ['http.unsupported-scope: UnsupportedScope', new UnsupportedScope('http'), 501],
    ['typescript.errors-by-name: a Closed of another copy', named('Closed'), 500],
    [
      'typescript.errors-by-name: an UnsupportedScope of another copy',
      named('UnsupportedScope'),
      501,
    ],
  ])('%s is no fault, and is answered while open', async (_, error, status) => {
    const { faults, wire, leave } = await openPuppet();
    leave(error);
    await turn();
    expect(faults).toEqual([]);
    expect(wire.outputs[0]).toMatchObject({ do: 'head', status });
  });

  test('security.no-detail-in-500: every error is answered alike', async () => {
    const answers = [];
    for (const error of [
      new Error('secret'),
      new TypeError('another'),
      'text',
      new Closed('limit'),
    ]) {
      const { wire, leave } = await openPuppet();
      leave(error);
      await turn();
      answers.push(wire.outputs);
    }
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  test('closed.not-an-error: the reason of the signal, thrown on, is no fault', async () => {
    const { faults, exchange } = open(async (scope) => {
      await new Promise((resolve) => scope.local.cancel.addEventListener('abort', resolve));
      scope.local.cancel.throwIfAborted();
    });
    await turn();
    exchange.lost('peer_reset');
    await turn();
    expect(faults).toEqual([]);
  });

  test('app.fault-reported, http.500-when-open: an error is a fault, and is answered 500', async () => {
    const { faults, wire, steps, leave } = await openPuppet();
    const error = new RangeError('too far');
    leave(error);
    await turn();
    expect(faults).toMatchObject([
      { message: 'RangeError: too far', error, scope: { target: '/a?b' } },
    ]);
    expect(faults[0]).not.toHaveProperty('requirement');
    expect(wire.done).toEqual(['head', 'body', 'end']);
    const own = steps.filter(({ lane, dir }) => lane === 'gateway' && dir === 'out');
    expect(own).toMatchObject([
      { type: 'http.response.start', requirement: 'http.500-when-open', payload: { status: 500 } },
      { type: 'http.response.body', requirement: 'http.500-when-open' },
      { type: 'http.response.end', requirement: 'http.500-when-open' },
    ]);
  });

  test('http.abort-when-unended: an error after the start aborts', async () => {
    const { faults, wire, send, leave } = await openPuppet();
    await send(start);
    leave(new Error('late'));
    await turn();
    expect(wire.done).toEqual(['head', 'abort']);
    expect(faults).toHaveLength(1);
  });

  test('an error after the end is a fault, and leaves the wire alone', async () => {
    const { faults, wire, send, leave } = await openPuppet();
    await send(start);
    await send(end);
    leave(new Error('after'));
    await turn();
    expect(wire.done).toEqual(['head', 'end']);
    expect(faults).toMatchObject([{ message: 'Error: after' }]);
  });

  test('http.finish: returning while open or committed is a fault that names it', async () => {
    for (const before of [[], [start]]) {
      const { faults, steps, send, leave } = await openPuppet();
      for (const event of before) await send(event);
      leave();
      await turn();
      expect(faults).toMatchObject([{ requirement: 'http.finish' }]);
      expect(steps.find(({ type }) => type === 'application.returns')).toMatchObject({
        violation: { requirement: 'http.finish' },
      });
    }
  });

  test('feature.only-accepted: an event of a feature that is not on offer is Misuse', async () => {
    const { scope, send, wire } = await openPuppet();
    expect(scope.gateway.features).not.toHaveProperty(['http.file']);
    await send(start);
    await expect(send({ type: 'http.file', path: '/srv/a' })).rejects.toMatchObject({
      requirement: 'feature.only-accepted',
    });
    await send(end);
    expect(wire.done, 'misuse.no-effect').toEqual(['head', 'end']);
  });

  test('misuse.names-requirement: a Misuse that is not caught is a fault with its requirement', async () => {
    const { faults } = open(async (_scope, _receive, send) => {
      await send(body);
    });
    await turn();
    expect(faults).toMatchObject([{ requirement: 'http.body-before-start' }]);
  });

  const thrown: [string, unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['text', 'oops'],
    ['a symbol', Symbol('oops')],
    ['a map without a prototype', Object.create(null)],
    ['something whose text cannot be had', { toString: () => expect.fail('asked') }],
    ['an error whose name is a symbol', Object.assign(new Error('x'), { name: Symbol('x') })],
    [
      'an error whose message cannot be read',
      Object.defineProperty(new Error(), 'message', { get: () => expect.fail('read') }),
    ],
    ['an error whose stack is a list', Object.assign(new Error('x'), { stack: [1] })],
    [
      'an error whose stack cannot be read',
      Object.defineProperty(new Error('x'), 'stack', { get: () => expect.fail('read') }),
    ],
  ];
  test.each(thrown)('http.500-when-open: the application may throw %s', async (_, error) => {
    const { gateway, wire, faults } = open(
      async () => {
        throw error;
      },
      { locate: (stack) => ({ file: stack.trim().slice(0, 1), line: 1, column: 1 }) },
    );
    await turn();
    expect(wire.outputs[0]).toMatchObject({ do: 'head', status: 500 });
    expect(faults).toHaveLength(1);
    expect(typeof faults[0]?.message).toBe('string');
    expect(gateway.active).toBe(0);
  });

  test.each<[string, HttpHandler]>([
    ['throws before it is asynchronous', () => expect.fail('at once')],
    ['returns no promise', (() => 'done') as unknown as HttpHandler],
    ['is no function', undefined as unknown as HttpHandler],
  ])('http.500-when-open: an application that %s', async (_, application) => {
    const { wire, faults } = open(application);
    await turn();
    expect(wire.outputs[0]).toMatchObject({ do: 'head', status: 500 });
    expect(faults).toHaveLength(1);
  });
});

describe('the trace', () => {
  test('a Misuse is a step with the violation, what was sent, and where', async () => {
    const stacks: string[] = [];
    const { send, steps } = await openPuppet({
      locate: (stack) => {
        stacks.push(stack);
        return { file: 'app.ts', line: 3, column: 7 };
      },
    });
    await expect(send({ ...body, data: octets('too early') })).rejects.toThrow(Misuse);
    expect(steps.at(-1)).toMatchObject({
      lane: 'app',
      dir: 'out',
      type: 'http.response.body',
      state: 'open',
      requirement: 'http.body-before-start',
      violation: { requirement: 'http.body-before-start' },
      payload: { preview: 'too early', size: 9 },
      src: { file: 'app.ts', line: 3, column: 7 },
    });
    expect(stacks[0]).toContain('gateway.test.ts');
  });

  test('a second `receive` is a step towards the application; an event of the type `receive` is not', async () => {
    const { receive, send, steps } = await openPuppet();
    void receive();
    await expect(receive()).rejects.toThrow(Misuse);
    expect(steps.at(-1)).toMatchObject({ dir: 'in', type: 'receive' });
    await expect(send({ type: 'receive' } as never)).rejects.toThrow(Misuse);
    expect(steps.at(-1)).toMatchObject({ dir: 'out', type: 'receive' });
  });

  test('a lost race is a step without a violation', async () => {
    const { exchange, send, steps } = await openPuppet();
    exchange.lost('peer_reset');
    await expect(send(start)).rejects.toThrow(Closed);
    expect(steps.at(-1)).toMatchObject({
      type: start.type,
      requirement: 'closed.on-send',
      state: 'lost',
    });
    expect(steps.at(-1)).not.toHaveProperty('violation');
  });

  test('what arrives is a step of the gateway, what is received a step of the application', async () => {
    const { exchange, receive, steps } = await openPuppet();
    exchange.octets(octets('ab'));
    exchange.end([['x-a', 'b']]);
    await receive();
    await receive();
    expect(steps.slice(1).map(({ lane, dir, type }) => [lane, dir, type].join(' '))).toEqual([
      'gateway in http.request.body',
      'gateway in http.request.end',
      'app in http.request.body',
      'app in http.request.end',
    ]);
  });

  test('without a tap the conversation goes the same way', async () => {
    const gateway = createGateway(
      async (_scope, receive, send) => {
        await receive();
        await send(start);
        await send(start).catch(() => {});
        await send(end);
      },
      { lifespan: false },
    );
    const wire = new ListedWire();
    const exchange = gateway.request(HEAD, wire);
    if (!isRefusal(exchange)) exchange.end();
    await turn();
    expect(wire.done).toEqual(['head', 'end']);
  });
});
