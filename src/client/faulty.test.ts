// Clients that are disturbed: over the memory transport with a real gateway, and over a connection that the test plays.

import { describe, expect, test, vi } from 'vitest';
import { puppet, standing, turn, until } from '../../tests/fixtures/puppet.ts';
import { createGateway } from '../gateway/index.ts';
import type { TraceStep } from '../trace/index.ts';
import type { Time } from '../trace/time.ts';
import type { ClientConnection, ClientResponse, Dial } from './connection.ts';
import { exchangeSuite } from './exchange.suite.ts';
import { Faults, SLOW } from './faulty.ts';
import { parseScenario, runRequest, type ScenarioExchange } from './index.ts';
import { dialMemory } from './memory.ts';
import { ResponseQueue } from './response-queue.ts';
import { type OpenBench, transportSuite } from './transport.suite.ts';

const open: OpenBench = async (application, lifespan) => {
  const faults: string[] = [];
  const steps: TraceStep[] = [];
  const gateway = createGateway(application, {
    lifespan,
    tap: (step) => steps.push(step),
    onFault: ({ message }) => faults.push(message),
  });
  await gateway.start();
  return {
    dial: new Faults().dialFor(1, dialMemory(gateway)),
    faults,
    steps,
    drain: gateway.drain,
    idle: gateway.idle,
    close: async () => {},
  };
};

// What nobody disturbs is as it is without.
transportSuite('a client that could be disturbed', open, {
  addresses: 'memory',
  lossCauses: ['peer_reset'],
});
exchangeSuite('a client that could be disturbed', open, {
  addresses: 'memory',
  lossCauses: ['peer_reset'],
});

/** Time that the test moves, by whole alarms. */
function heldTime() {
  const alarms = new Set<() => void>();
  const delays: number[] = [];
  const time: Time = {
    now: () => 0,
    after(delay, callback) {
      delays.push(delay);
      alarms.add(callback);
      return () => void alarms.delete(callback);
    },
    every: () => () => {},
  };
  const ring = () => {
    for (const alarm of [...alarms]) {
      alarms.delete(alarm);
      alarm();
    }
  };
  return { time, alarms, delays, ring };
}

/** A connection that the test plays, and what the client does to it. */
function played() {
  const done: string[] = [];
  const octets: ClientResponse[] = [];
  const queue = new ResponseQueue(() => octets.shift());
  const connection: ClientConnection = {
    write: async (data) => void done.push(`write ${data.length}`),
    end: () => void done.push('end'),
    halfClose: () => void done.push('half-close'),
    close() {
      done.push('close');
      queue.push({ type: 'closed' });
    },
    reset() {
      done.push('reset');
      queue.push({ type: 'closed' });
    },
    [Symbol.asyncIterator]: () => queue[Symbol.asyncIterator](),
  };
  const dial: Dial = () => connection;
  return { dial, done, queue };
}

function disturbed() {
  const steps: TraceStep[] = [];
  const onChange = vi.fn();
  const held = heldTime();
  const faults = new Faults({ tap: (step) => void steps.push(step), time: held.time, onChange });
  const { dial, done, queue } = played();
  const connection = faults.dialFor(3, dial)({ method: 'GET', target: '/', headers: [] });
  const responses = connection[Symbol.asyncIterator]();
  return { steps, onChange, faults, done, queue, connection, responses, ...held };
}

const HEAD: ClientResponse = { type: 'head', status: 200, headers: [] };
const body = (size: number): ClientResponse => ({ type: 'body', data: new Uint8Array(size) });

describe('a conversation', () => {
  test('is open from its dialling to its end, and can be disturbed for so long', async () => {
    const { faults, queue, responses, onChange } = disturbed();
    expect(faults.open).toEqual([{ conn: 3 }]);
    expect(onChange).toHaveBeenCalledTimes(1);
    queue.push({ type: 'end', trailers: [] });
    await responses.next();
    expect(faults.open).toEqual([]);
    expect(onChange).toHaveBeenCalledTimes(2);
    expect(faults.inject(3, 'reset')).toBe(false);
    expect(faults.relent(3)).toBe(false);
  });

  test('that nobody knows is not disturbed, and nothing is told', () => {
    const { faults, steps } = disturbed();
    expect(faults.inject(4, 'disconnect')).toBe(false);
    expect(steps).toEqual([]);
  });

  test('sent again is disturbed where it is now', () => {
    const faults = new Faults();
    const [one, other] = [played(), played()];
    const request = { method: 'GET', target: '/', headers: [] };
    const first = faults.dialFor(1, one.dial)(request);
    faults.dialFor(1, other.dial)(request);
    first.reset();
    expect(faults.inject(1, 'disconnect')).toBe(true);
    expect(one.done).toEqual(['reset']);
    expect(other.done).toEqual(['close']);
  });
});

describe.each([
  ['disconnect', 'client.left', 'close'],
  ['reset', 'client.reset', 'reset'],
] as const)('%s', (fault, type, how) => {
  test('is told as a step of the client, and then done to its connection', () => {
    const { faults, steps, done } = disturbed();
    expect(faults.inject(3, fault)).toBe(true);
    expect(steps).toEqual([{ conn: 3, lane: 'client', dir: 'out', type, phase: 'i', fault }]);
    expect(done).toEqual([how]);
  });

  test('ends what the client reads, whatever it waits for, and what it sends', async () => {
    const { faults, connection, responses, done, queue } = disturbed();
    queue.push(HEAD);
    await responses.next();
    const waiting = responses.next();
    faults.inject(3, fault);
    expect(await waiting).toEqual({ value: { type: 'left' }, done: false });
    expect(await responses.next()).toEqual({ value: undefined, done: true });
    await connection.write(new Uint8Array(1));
    connection.end();
    connection.halfClose?.();
    connection.reset();
    expect(done, 'nothing more').toEqual([how]);
  });

  test('ends a stall with it', async () => {
    const { faults, connection, responses } = disturbed();
    faults.inject(3, 'stall');
    const waiting = responses.next();
    const written = connection.write(new Uint8Array(1));
    faults.inject(3, fault);
    expect((await waiting).value).toEqual({ type: 'left' });
    await written;
    expect(faults.open).toEqual([]);
  });

  test.each(['GET / HTTP/1.1', 'POST / HTTP/1.1\n\nbody', 'WEBSOCKET /'])(
    'of %s: the exchange ends as left, and its application is told',
    async (scenario) => {
      const steps: TraceStep[] = [];
      const { application, next } = puppet();
      const gateway = createGateway(application, {
        lifespan: false,
        tap: (step) => void steps.push(step),
      });
      const faults = new Faults({ tap: (step) => void steps.push(step) });
      const [exchange] = parseScenario(scenario) as [ScenarioExchange];
      const result = runRequest(exchange, {
        dial: faults.dialFor(1, dialMemory(gateway)),
        conn: 1,
        tap: (step) => void steps.push(step),
      });
      const { scope, leave } = await next();
      faults.inject(1, fault);
      expect(await result).toMatchObject({ outcome: 'left', status: undefined });
      expect(scope.local.cancel.aborted).toBe(true);
      expect(steps.find((step) => step.type === 'peer.lost')?.payload?.preview).toBe(
        fault === 'reset' ? 'peer_reset' : 'connection_lost',
      );
      const client = steps.filter(({ lane, dir }) => lane === 'client' && dir === 'out');
      expect(client.at(-1), 'and nothing else of leaving').toMatchObject({ type, fault });
      leave();
    },
  );
});

describe('stall', () => {
  test('the client reads nothing until it is let go on, and then all in order', async () => {
    const { faults, responses, queue, steps } = disturbed();
    faults.inject(3, 'stall');
    queue.push(HEAD);
    queue.push(body(2));
    const first = responses.next();
    expect(await standing(first)).toBe('pending');
    expect(faults.open).toEqual([{ conn: 3, hindrance: 'stall' }]);
    expect(faults.holds(3)).toBe(true);
    expect(faults.relent(3)).toBe(true);
    expect((await first).value).toEqual(HEAD);
    expect((await responses.next()).value).toEqual(body(2));
    expect(steps.map(({ type, fault }) => [type, fault])).toEqual([
      ['client.stalls', 'stall'],
      ['client.goes-on', undefined],
    ]);
    expect(faults.holds(3)).toBe(false);
  });

  test('what was being read when it began is read behind it', async () => {
    const { faults, responses, queue } = disturbed();
    const first = responses.next();
    faults.inject(3, 'stall');
    queue.push(HEAD);
    expect(await standing(first)).toBe('pending');
    faults.relent(3);
    expect((await first).value).toEqual(HEAD);
  });

  test('what the client sends goes out behind it, in its order', async () => {
    const { faults, connection, done } = disturbed();
    faults.inject(3, 'stall');
    const written = connection.write(new Uint8Array(1));
    void connection.write(new Uint8Array(2));
    connection.end();
    connection.halfClose?.();
    expect(await standing(written)).toBe('pending');
    expect(done).toEqual([]);
    faults.relent(3);
    await written;
    await turn();
    expect(done).toEqual(['write 1', 'write 2', 'end', 'half-close']);
  });

  test('a second one says nothing', () => {
    const { faults, steps } = disturbed();
    expect(faults.inject(3, 'stall')).toBe(true);
    expect(faults.inject(3, 'stall')).toBe(false);
    expect(steps).toHaveLength(1);
  });

  test('a client that leaves by itself is not kept', async () => {
    const { faults, connection, responses, done } = disturbed();
    faults.inject(3, 'stall');
    const first = responses.next();
    connection.reset();
    expect((await first).value).toEqual({ type: 'closed' });
    expect(done).toEqual(['reset']);
    expect(faults.open).toEqual([]);
  });
});

describe('slow', () => {
  test('the client reads a small piece of a body at a time, and waits before each', async () => {
    const { faults, responses, queue, ring, delays, alarms } = disturbed();
    faults.inject(3, 'slow');
    queue.push(HEAD);
    queue.push(body(2 * SLOW.octets + 1));
    queue.push({ type: 'end', trailers: [] });
    expect((await responses.next()).value).toEqual(HEAD);
    for (const size of [SLOW.octets, SLOW.octets, 1]) {
      const piece = responses.next();
      await until(() => alarms.size > 0);
      expect(await standing(piece)).toBe('pending');
      ring();
      expect((await piece).value).toEqual(body(size));
    }
    expect(delays).toEqual([SLOW.ms, SLOW.ms, SLOW.ms]);
    expect((await responses.next()).value).toEqual({ type: 'end', trailers: [] });
  });

  test('let go on, it reads the rest at once', async () => {
    const { faults, responses, queue, alarms } = disturbed();
    faults.inject(3, 'slow');
    queue.push(body(5000));
    const piece = responses.next();
    await until(() => alarms.size > 0);
    faults.relent(3);
    expect((await piece).value).toEqual(body(5000));
    expect(alarms.size).toBe(0);
  });

  test('may become a stall, and a stall slow', async () => {
    const { faults, responses, queue, ring, alarms } = disturbed();
    faults.inject(3, 'slow');
    queue.push(body(2000));
    const piece = responses.next();
    await until(() => alarms.size > 0);
    faults.inject(3, 'stall');
    expect(await standing(piece)).toBe('pending');
    faults.inject(3, 'slow');
    expect((await piece).value).toEqual(body(SLOW.octets));
    const rest = responses.next();
    await until(() => alarms.size > 0);
    ring();
    expect((await rest).value).toEqual(body(2000 - SLOW.octets));
  });
});
