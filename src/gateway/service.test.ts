// One process around a gateway: when it listens, drains and shuts down, and the status that it ends with. The gateway is
// the real one, the listeners and the time are not.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Application,
  type HttpScope,
  type LifespanReceiveEvent,
  type LifespanSendEvent,
  type Limits,
  UnsupportedScope,
} from '../interface/index.ts';
import { createGateway, type Fault, type Gateway } from './gateway.ts';
import { runService, type Service, type ServiceListener } from './service.ts';
import { type MemoryExchange, requestInMemory } from './transport/memory.ts';

/** A listener of the test, which closes when it is drained unless it is told to wait. */
class FakeListener implements ServiceListener {
  readonly told: string[] = [];
  readonly #closed = Promise.withResolvers<void>();
  readonly closed = this.#closed.promise;
  /** Connections that are kept open. */
  busy = false;
  drain(): void {
    this.told.push('drain');
    if (!this.busy) this.close();
  }
  close(): void {
    this.#closed.resolve();
  }
  destroy(): void {
    this.told.push('destroy');
    this.close();
  }
}

/** The lifespan of an application, as a test drives it. */
class Lifespan {
  readonly received: string[] = [];
  cancelled: string | undefined;
  send!: (event: LifespanSendEvent) => Promise<void>;
  leave!: (error?: unknown) => void;
  /** Resolves when `lifespan.shutdown` was received. */
  shutdown!: Promise<void>;
}

let gateway: Gateway;
let service: Service;
let listener: FakeListener;
let life: Lifespan | undefined;
let calls: { scope: HttpScope; leave: () => void; received: string[] }[];
let lines: string[];
let faults: Fault[];
let listening: number;
let status: number | undefined;
let ready: boolean | undefined;

const LIMITS: Partial<Limits> = { drain_ms: 30_000, shutdown_ms: 5000 };

/** `lifespan` answers for itself if it is a function; else the test does it through `life`. */
function run({
  limits = {},
  lifespan,
  cannotListen = false,
}: {
  limits?: Partial<Limits>;
  lifespan?: (life: Lifespan) => Promise<void> | void;
  cannotListen?: boolean;
} = {}): void {
  life = undefined;
  calls = [];
  lines = [];
  faults = [];
  listening = 0;
  status = undefined;
  ready = undefined;
  listener = new FakeListener();
  const application = (async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      const own = new Lifespan();
      life = own;
      scope.local.cancel.addEventListener('abort', () => {
        own.cancelled = scope.local.cancel.reason.cause;
      });
      const over = new Promise<void>((resolve, reject) => {
        own.leave = (error) => (error === undefined ? resolve() : reject(error));
      });
      own.send = send as Lifespan['send'];
      own.shutdown = (async () => {
        for (;;) {
          const { type } = (await receive()) as LifespanReceiveEvent;
          own.received.push(type);
          if (type === 'lifespan.shutdown') return;
        }
      })();
      if (lifespan) await lifespan(own);
      await over;
      return;
    }
    if (scope.type !== 'http') throw new UnsupportedScope(scope.type);
    const received: string[] = [];
    await new Promise<void>((resolve) => {
      calls.push({ scope, leave: resolve, received });
      void (async () => {
        for (;;) {
          const { type } = await receive();
          received.push(type);
          if (type === 'http.closed') return;
        }
      })();
    });
    await send({ type: 'http.response.start', status: 200, headers: [['content-length', '0']] });
    await send({ type: 'http.response.end' });
  }) as Application;
  gateway = createGateway(application, {
    limits: { ...LIMITS, ...limits },
    onFault: (fault) => void faults.push(fault),
  });
  service = runService(gateway, {
    listen: () => {
      listening++;
      return [
        cannotListen ? Promise.reject(new Error('port 80 is taken')) : Promise.resolve(listener),
      ];
    },
    report: (_, line) => void lines.push(line),
  });
  service.status.then((value) => (status = value));
  service.ready.then((value) => (ready = value));
}

const READY: LifespanSendEvent = { type: 'lifespan.ready' };
const answers = (own: Lifespan) => own.send(READY);
/** Ready, and cleans up as soon as it is told to. */
async function behaves(own: Lifespan): Promise<void> {
  await own.send(READY);
  void own.shutdown.then(() => own.leave());
}

function request(): MemoryExchange {
  const exchange = requestInMemory(gateway, {
    method: 'GET',
    target: '/',
    headers: [['host', 'a']],
  });
  exchange.end();
  return exchange;
}

async function outcome(exchange: MemoryExchange): Promise<string> {
  const seen: string[] = [];
  for await (const response of exchange)
    seen.push(response.type === 'head' ? String(response.status) : response.type);
  return seen.join(' ');
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets so many milliseconds pass, and what they lead to. */
async function turn(milliseconds = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
}

describe('starting', () => {
  test('lifespan.ready-first: nothing listens before the application is ready', async () => {
    run();
    await turn(3_600_000);
    expect({ listening, ready }).toEqual({ listening: 0, ready: undefined });
    await life?.send(READY);
    await turn();
    expect({ listening, ready }).toEqual({ listening: 1, ready: true });
  });

  test('lifespan.unsupported: an application without lifespan serves, and ends with 0', async () => {
    run({
      lifespan: () => {
        throw new UnsupportedScope('lifespan');
      },
    });
    await turn();
    expect(ready).toBe(true);
    service.drain();
    await turn();
    expect({ status, lines, faults }).toEqual({ status: 0, lines: [], faults: [] });
  });

  test.each<[what: string, lifespan: (own: Lifespan) => Promise<void> | void, message: string]>([
    [
      'sends lifespan.failed',
      (own) =>
        own.send({ type: 'lifespan.failed', message: 'no database' }).then(() => own.leave()),
      'no database',
    ],
    [
      'raises',
      () => {
        throw new RangeError('on purpose');
      },
      'RangeError: on purpose',
    ],
    ['returns', (own) => own.leave(), 'returned before it was ready'],
  ])(
    'lifespan.fatal-start: an application that %s ends the process with 3, and lifespan.failed: it is reported',
    async (_, lifespan, message) => {
      run({ lifespan });
      await turn();
      expect({ status, ready, listening }).toEqual({ status: 3, ready: false, listening: 0 });
      expect(lines).toEqual([expect.stringContaining(message)]);
    },
  );

  test('lifespan.startup-timeout: an application that does not answer is given up, and told by its signal', async () => {
    run({ limits: { startup_ms: 2000 } });
    await turn(1999);
    expect(life?.cancelled).toBeUndefined();
    await turn(1);
    expect(life?.cancelled).toBe('timeout');
    expect(await life?.send(READY).catch((error) => error.name)).toBe('Closed');
    expect(life?.received.at(-1)).toBe('lifespan.shutdown');
    await turn(4999);
    expect(status, 'its call may still release what it has taken').toBeUndefined();
    await turn(1);
    expect(status).toBe(3);
  });

  test('lifespan.stop-timeout: after a failed start the call has `shutdown_ms`, and no more than it needs', async () => {
    run({
      lifespan: (own) => own.send({ type: 'lifespan.failed', message: 'no' }),
    });
    await turn(3000);
    expect(status).toBeUndefined();
    life?.leave();
    await turn();
    expect(status).toBe(3);
  });

  test('drain.begins: an address that is not to be had drains, and the status is 1', async () => {
    run({ cannotListen: true, lifespan: behaves });
    await turn(10);
    expect(life?.received).toEqual(['lifespan.startup', 'lifespan.drain', 'lifespan.shutdown']);
    expect({ status, ready, lines }).toEqual({
      status: 1,
      ready: false,
      lines: ['port 80 is taken'],
    });
  });
});

describe('a drain during the start', () => {
  test('drain.during-startup: before the application was called, it is not called', async () => {
    vi.useRealTimers();
    const called: string[] = [];
    const early = createGateway((async (scope) => void called.push(scope.type)) as Application, {
      limits: LIMITS,
    });
    early.drain();
    const ended = await runService(early, { listen: () => [], report: () => {} }).status;
    expect({ ended, called }).toEqual({ ended: 0, called: [] });
  });

  test.each<[what: string, acts: (own: Lifespan) => unknown, received: string[]]>([
    [
      'sends lifespan.ready: it receives the drain and the shutdown',
      (own) => own.send(READY),
      ['lifespan.startup', 'lifespan.drain', 'lifespan.shutdown'],
    ],
    [
      'sends lifespan.failed',
      (own) => own.send({ type: 'lifespan.failed', message: 'interrupted' }),
      ['lifespan.startup', 'lifespan.shutdown'],
    ],
    ['returns', (own) => own.leave(), ['lifespan.startup', 'lifespan.shutdown']],
    [
      'raises',
      (own) => own.leave(new Error('interrupted')),
      ['lifespan.startup', 'lifespan.shutdown'],
    ],
  ])(
    'drain.during-startup: an application that %s has not failed, and nothing was accepted',
    async (_, acts, received) => {
      run();
      await turn();
      service.drain();
      await turn();
      expect(life?.cancelled).toBe('shutdown');
      acts(life as Lifespan);
      await turn(10);
      life?.leave();
      await turn(10);
      expect({ status, listening, received: life?.received }).toEqual({
        status: 0,
        listening: 0,
        received,
      });
    },
  );

  test.each<[what: string, limits: Partial<Limits>, hurry: boolean, at: number]>([
    ['lifespan.startup-timeout: at the deadline', { startup_ms: null }, false, 30_000],
    [
      'lifespan.startup-timeout: by startup_ms, if that is first',
      { startup_ms: 7000 },
      false,
      7000,
    ],
    ['drain.second-signal: at once', { startup_ms: null }, true, 0],
  ])('%s a start that goes on is given up, and has not failed', async (_, limits, hurry, at) => {
    run({ limits });
    await turn();
    service.drain();
    if (hurry) service.hurry();
    await turn(Math.max(0, at - 1));
    if (!hurry) expect(life?.received).toEqual(['lifespan.startup']);
    await turn(1);
    expect(life?.received).toEqual(['lifespan.startup', 'lifespan.shutdown']);
    life?.leave();
    await turn();
    expect(status).toBe(0);
  });
});

describe('draining', () => {
  test('lifespan.shutdown-last: listeners are drained, and the lifespan is shut down when no connection is left', async () => {
    run({ lifespan: behaves });
    await turn(10);
    listener.busy = true;
    service.drain();
    service.drain();
    await turn(1000);
    expect(listener.told).toEqual(['drain']);
    expect(life?.received.at(-1)).toBe('lifespan.drain');
    listener.close();
    await turn(10);
    expect(life?.received.at(-1)).toBe('lifespan.shutdown');
    expect(status).toBe(0);
  });

  test('lifespan.shutdown-last: not while a conversation is open, and drain.deadline: it goes on until then', async () => {
    run({ lifespan: behaves });
    await turn(10);
    const seen = outcome(request());
    await turn();
    service.drain();
    await turn(29_999);
    expect(calls[0]?.received).toEqual(['http.request.end', 'gateway.drain']);
    expect(life?.received.at(-1)).toBe('lifespan.drain');
    calls[0]?.leave();
    await turn(10);
    expect(await seen).toBe('200 end');
    expect({ status, last: life?.received.at(-1) }).toEqual({
      status: 0,
      last: 'lifespan.shutdown',
    });
  });

  test('drain.after-deadline: what is open is ended and reported; drain.last-wait: its call has `shutdown_ms` more', async () => {
    run({ lifespan: behaves });
    await turn(10);
    const seen = outcome(request());
    await turn();
    service.drain();
    await turn(30_000);
    expect(await seen).toMatch(/^503 /);
    expect(lines).toEqual(['the deadline of the drain ends 1 conversation']);
    await turn(4990);
    expect(listener.told).toEqual(['drain']);
    expect(life?.received.at(-1)).toBe('lifespan.drain');
    await turn(20);
    expect(listener.told).toEqual(['drain', 'destroy', 'destroy']);
    expect(life?.received.at(-1)).toBe('lifespan.shutdown');
    expect(status, 'drain.exit-status: a call outlives the wait').toBe(1);
    expect(lines.at(-1)).toBe('1 conversation did not end after the deadline');
  });

  test('drain.last-wait: it ends as soon as the calls do', async () => {
    run({ lifespan: behaves });
    await turn(10);
    void outcome(request());
    await turn();
    service.drain();
    await turn(31_000);
    calls[0]?.leave();
    await turn(10);
    expect({ status, last: life?.received.at(-1) }).toEqual({
      status: 0,
      last: 'lifespan.shutdown',
    });
  });

  test('drain.after-deadline: connections that carry nothing are broken off', async () => {
    run({ lifespan: behaves });
    await turn(10);
    listener.busy = true;
    service.drain();
    await turn(31_010);
    expect({ status, told: listener.told }).toEqual({ status: 0, told: ['drain', 'destroy'] });
  });

  test('drain.second-signal: the deadline is now; a third changes nothing', async () => {
    run({ lifespan: behaves });
    await turn(10);
    const seen = outcome(request());
    await turn();
    service.drain();
    await turn(1000);
    service.hurry();
    service.hurry();
    expect(await seen).toMatch(/^503 /);
    await turn(5010);
    expect(status, 'drain.exit-status: a call outlives the wait').toBe(1);
    expect(lines.filter((line) => line.includes('deadline of'))).toHaveLength(1);
  });

  test('drain.second-signal: after the deadline it changes nothing', async () => {
    run({ lifespan: answers });
    await turn(10);
    void outcome(request());
    await turn();
    service.drain();
    await turn(34_000);
    service.hurry();
    await turn(999);
    expect(life?.received.at(-1)).toBe('lifespan.drain');
    await turn(1);
    expect(life?.received.at(-1)).toBe('lifespan.shutdown');
  });

  test('lifespan.early-end: it drains, conversations go on, and the status is 1', async () => {
    run({ lifespan: answers });
    await turn(10);
    const seen = outcome(request());
    await turn();
    life?.leave();
    await turn();
    expect(listener.told).toEqual(['drain']);
    expect(faults).toMatchObject([{ requirement: 'lifespan.early-end' }]);
    await turn(20_000);
    expect(status).toBeUndefined();
    calls[0]?.leave();
    await turn();
    expect(await seen).toBe('200 end');
    expect(status).toBe(1);
  });

  test('lifespan.early-end: in the same turn as the answer, nothing listens', async () => {
    run({ lifespan: (own) => own.send(READY).then(() => own.leave()) });
    await turn();
    expect(status).toBe(1);
    expect(listening === 0 || listener.told.includes('drain')).toBe(true);
  });
});

describe('shutting down', () => {
  test('lifespan.stop-timeout: `shutdown_ms` at most, and the status is 1', async () => {
    run({ lifespan: answers });
    await turn();
    service.drain();
    await turn(4999);
    expect(status).toBeUndefined();
    await turn(1);
    expect(status).toBe(1);
    expect(faults).toMatchObject([{ requirement: 'lifespan.stop-timeout' }]);
  });

  test.each<[what: string, acts: (own: Lifespan) => unknown, expected: number]>([
    ['sends lifespan.stopped', (own) => own.send({ type: 'lifespan.stopped' }), 0],
    ['returns', (own) => own.leave(), 0],
    ['raises', (own) => own.leave(new Error('on purpose')), 1],
  ])('drain.exit-status: an application that %s when it cleans up', async (_, acts, expected) => {
    run({ lifespan: answers });
    await turn();
    service.drain();
    await turn();
    acts(life as Lifespan);
    await turn();
    expect(status).toBe(expected);
  });
});
