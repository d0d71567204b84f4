// What joins a conversation to its wire: limits of time, the order of loss and news, what waits, and what is written once.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { turn } from '../../tests/fixtures/puppet.ts';
import type { AnyReceiveEvent, AnySendEvent, Application, Limits } from '../interface/index.ts';
import { inWords, octets, octetsOfFrame } from './conversation/drive.fixture.ts';
import type { Frame } from './conversation/model.fixture.ts';
import type { Output } from './conversation/output.ts';
import { createGateway, isRefusal } from './gateway.ts';
import type { Exchange, Wire } from './wire.ts';

/** A wire that records what it is told, and takes octets when the test says so. */
class TestWire implements Wire {
  readonly outputs: Output[] = [];
  waiting = 0;
  written = 0;
  paused = false;
  ended = false;
  /** Whether the system takes everything at once. */
  free = true;

  get words(): string[] {
    return inWords(this.outputs);
  }

  write(output: Output): void {
    this.outputs.push(output);
    if (output.do === 'abort' || output.do === 'drop') this.waiting = 0;
    if (output.do !== 'body' && output.do !== 'octets') return;
    this.written += output.data.length;
    if (!this.free) this.waiting += output.data.length;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  callEnded(): void {
    this.ended = true;
  }
}

const GET = { http_version: '1.1', scheme: 'http', peer: null, local_address: null } as const;
const host = ['host', 'a'] as const;
const REQUESTS = {
  http: { ...GET, method: 'POST', target: '/', headers: [host] },
  websocket: {
    ...GET,
    method: 'GET',
    target: '/',
    headers: [
      host,
      ['connection', 'upgrade'],
      ['upgrade', 'websocket'],
      ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ['sec-websocket-version', '13'],
    ],
  },
  tunnel: {
    ...GET,
    method: 'GET',
    target: '/',
    headers: [host, ['connection', 'upgrade'], ['upgrade', 'echo']],
  },
} as const;

const IDLE = 1000;

async function begin(type: keyof typeof REQUESTS, limits: Partial<Limits> = {}) {
  let leave: (error?: Error) => void = () => {};
  const calls: {
    receive?: () => Promise<AnyReceiveEvent>;
    send?: (event: AnySendEvent) => Promise<void>;
    cancel?: AbortSignal;
  } = {};
  const application: Application = async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      await receive();
      const accepts = { tunnel: 1, 'tunnel.datagram': 1 };
      await send({ type: 'lifespan.ready', accepts, tunnels: ['echo'] });
      await receive();
      return;
    }
    Object.assign(calls, { receive, send, cancel: scope.local.cancel });
    await new Promise<void>((resolve, reject) => {
      leave = (error) => (error ? reject(error) : resolve());
    });
  };
  const gateway = createGateway(application, {
    limits: {
      send_buffer_octets: 100,
      receive_buffer_octets: 100,
      idle_ms: IDLE,
      body_octets: 50,
      ...limits,
    },
  });
  await gateway.start();
  const wire = new TestWire();
  const { headers, ...head } = REQUESTS[type];
  const outcome = gateway.request(
    { ...head, headers: headers.map((pair) => [...pair] as const) },
    wire,
  );
  if (isRefusal(outcome)) return expect.unreachable(outcome.message);
  await turn();
  const { receive, send, cancel } = calls;
  if (!receive || !send || !cancel) return expect.unreachable('the application was not called');
  return {
    gateway,
    wire,
    exchange: outcome as Exchange,
    receive,
    send,
    cancel,
    leave: async (error?: Error) => {
      leave(error);
      await turn();
    },
  };
}

/** One whose handshake or tunnel was accepted, and of which the acceptance is not in the words of the wire. */
async function opened(type: 'websocket' | 'tunnel', datagrams = false) {
  const all = await begin(type);
  await all.send(
    type === 'websocket' ? { type: 'websocket.accept' } : { type: 'tunnel.accept', datagrams },
  );
  all.wire.outputs.length = 0;
  return all;
}

/** Whether a promise has settled: its outcome, or undefined. */
async function settled(promise: Promise<unknown>): Promise<unknown> {
  let outcome: unknown;
  promise.then(
    (value) => (outcome = { value }),
    (error: unknown) => (outcome = { error }),
  );
  await turn();
  return outcome;
}

const says = (exchange: Exchange, ...frames: readonly Frame[]) => {
  for (const frame of frames) exchange.octets(octetsOfFrame(frame));
};
const text = (text: string): AnySendEvent => ({ type: 'websocket.message', text });
const body = (size: number): AnySendEvent => ({
  type: 'http.response.body',
  data: new Uint8Array(size),
});
const start: AnySendEvent = { type: 'http.response.start', status: 200 };
const CLOSE: Frame = { type: 'close', code: 4002 };
const HELLO: Frame = { type: 'message', text: 'hello' };

beforeEach(() => {
  vi.useFakeTimers({
    toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout', 'performance'],
  });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what waits', () => {
  test('flow.send-waits: a send that fills the buffer waits until the load has fallen', async () => {
    const { send, wire, exchange } = await begin('http');
    wire.free = false;
    await send(start);
    await send(body(10));
    const waits = send(body(40));
    expect(await settled(waits)).toBeUndefined();
    wire.waiting = 41;
    exchange.taken();
    expect(await settled(waits), 'the load is 1 + 32 + 72').toBeUndefined();
    wire.waiting = 40;
    exchange.taken();
    expect(await settled(waits)).toEqual({ value: undefined });
  });

  test('flow.send-settles-on-close: all that wait fail with the cause of the loss', async () => {
    const { send, wire, exchange, cancel } = await begin('http');
    wire.free = false;
    await send(start);
    const waiting = [send(body(100)), send(body(1))];
    exchange.lost('peer_reset', 8);
    for (const promise of waiting)
      expect(await settled(promise)).toMatchObject({ error: { cause: 'peer_reset', code: 8 } });
    expect(cancel.reason).toMatchObject({ cause: 'peer_reset', code: 8 });
  });

  test('flow.end-settles: all that wait resolve at the end', async () => {
    const { send, wire } = await begin('http');
    wire.free = false;
    await send(start);
    const waits = send(body(100));
    expect(await settled(send({ type: 'http.response.end' }))).toBeDefined();
    expect(await settled(waits)).toEqual({ value: undefined });
  });

  test('flow.send-waits: messages of a WebSocket that the gateway keeps count', async () => {
    const { send, wire, exchange } = await opened('websocket');
    wire.free = false;
    await send(text('a'.repeat(30)));
    const waits = send(text('b'.repeat(30)));
    expect(wire.words, 'one frame at a time').toHaveLength(1);
    expect(await settled(waits)).toBeUndefined();
    wire.waiting = 0;
    exchange.taken();
    expect(wire.words).toHaveLength(2);
    expect(await settled(waits)).toEqual({ value: undefined });
  });

  test('flow.send-waits: datagrams that wait for the end of a capsule count, and resolve with it', async () => {
    const { send, wire } = await opened('tunnel', true);
    await send({ type: 'tunnel.data', data: Uint8Array.of(5, 1) });
    await send({ type: 'tunnel.datagram', data: new Uint8Array(10) });
    const waits = send({ type: 'tunnel.datagram', data: new Uint8Array(40) });
    expect(await settled(waits)).toBeUndefined();
    expect(wire.words).toHaveLength(1);
    await send({ type: 'tunnel.data', data: Uint8Array.of(0) });
    expect(wire.words).toHaveLength(4);
    expect(await settled(waits)).toEqual({ value: undefined });
  });

  test('timeout.nothing-owed: a datagram that waits for the application is not owed by the peer', async () => {
    const { send, wire } = await opened('tunnel', true);
    await send({ type: 'tunnel.data', data: Uint8Array.of(5, 1) });
    await send({ type: 'tunnel.datagram', data: Uint8Array.of(1) });
    vi.advanceTimersByTime(5 * IDLE);
    expect(wire.words).toEqual(['octets 5,1']);
  });
});

describe('the acceptance', () => {
  test('closed.on-send: a Close frame behind the handshake ends what was just accepted', async () => {
    const { send, receive, exchange, wire, cancel } = await begin('websocket');
    says(exchange, HELLO, CLOSE);
    expect(await settled(send({ type: 'websocket.accept' }))).toEqual({ value: undefined });
    expect(cancel.reason).toMatchObject({ cause: 'peer_closed' });
    expect(wire.words).toEqual(['switch 101', 'Close 4002 ', 'close']);
    expect(await receive()).toMatchObject({ text: 'hello' });
    expect(await receive()).toMatchObject({ type: 'websocket.closed', clean: true });
  });

  test('tunnel.abort-when-unended: octets that came early end within a capsule', async () => {
    const { send, receive, exchange, wire, cancel } = await begin('tunnel');
    exchange.octets(Uint8Array.of(7, 2));
    exchange.end();
    await send({ type: 'tunnel.accept', datagrams: true });
    expect(wire.words).toEqual(['switch 101', 'drop protocol reset']);
    expect(cancel.reason).toMatchObject({ cause: 'protocol_error' });
    expect(await receive()).toMatchObject({ type: 'tunnel.data' });
    expect(await receive()).toEqual({ type: 'tunnel.closed', cause: 'protocol_error' });
  });

  test('websocket.ping-pong: a Ping that came early is answered behind the acceptance', async () => {
    const { send, exchange, wire } = await begin('websocket');
    says(exchange, { type: 'ping', data: octets('p') });
    await send({ type: 'websocket.accept' });
    expect(wire.words).toEqual(['switch 101', 'pong 112']);
  });
});

describe('the end of a WebSocket', () => {
  test('websocket.closed.when: a pending `receive` is told once the answer to a Close frame is written', async () => {
    const { send, receive, exchange, wire } = await opened('websocket');
    wire.free = false;
    await send(text('a'));
    const pending = receive();
    says(exchange, CLOSE);
    expect(
      await settled(pending),
      'the answer waits behind the frame being written',
    ).toBeUndefined();
    wire.waiting = 0;
    exchange.taken();
    expect(await settled(pending)).toMatchObject({ value: { initiator: 'peer', clean: true } });
  });

  test('websocket.closed.when: the connection goes before the answer is written', async () => {
    const { send, receive, exchange, wire } = await opened('websocket');
    wire.free = false;
    await send(text('a'));
    const pending = receive();
    says(exchange, CLOSE);
    exchange.lost('connection_lost');
    expect(await settled(pending)).toMatchObject({ value: { code: 4002, clean: false } });
  });

  test('websocket.keep-alive: a Ping after `limits.idle_ms`, and the loss of the peer as long again', async () => {
    const { receive, wire, cancel } = await opened('websocket');
    const pending = receive();
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual([]);
    vi.advanceTimersByTime(1001);
    expect(wire.words).toEqual(['ping ']);
    vi.advanceTimersByTime(IDLE);
    vi.advanceTimersByTime(1000);
    expect(wire.words).toEqual(['ping ', 'drop cancel']);
    expect(cancel.reason).toMatchObject({ cause: 'timeout' });
    expect(await settled(pending)).toMatchObject({ value: { code: 1006, initiator: 'gateway' } });
  });

  test('websocket.keep-alive: whatever arrives shows that the peer is there', async () => {
    const { exchange, wire } = await opened('websocket');
    for (let i = 0; i < 10; i++) {
      vi.advanceTimersByTime(IDLE + 1000);
      says(exchange, { type: 'pong' });
    }
    expect(wire.words).toEqual(Array(10).fill('ping '));
  });

  test('timeout.progress: what begins to wait after a long silence has its whole time', async () => {
    const { exchange, wire } = await opened('websocket');
    wire.free = false;
    vi.advanceTimersByTime(IDLE + 250);
    expect(wire.words).toEqual(['ping ']);
    says(exchange, { type: 'pong' });
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual(['ping ']);
    vi.advanceTimersByTime(1001);
    expect(wire.words, 'timeout.stalled-reader').toEqual(['ping ', 'drop cancel']);
  });

  test('timeout.stalled-reader: octets that are not taken for `limits.idle_ms`', async () => {
    const { send, wire, cancel } = await opened('websocket');
    wire.free = false;
    await send(text('a'));
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual(['text a']);
    vi.advanceTimersByTime(1001);
    expect(wire.words).toEqual(['text a', 'drop cancel']);
    expect(cancel.reason).toMatchObject({ cause: 'timeout' });
  });

  test('websocket.close-timeout: a connection that is still there is dropped, once', async () => {
    const { send, receive, wire, gateway, leave } = await opened('websocket');
    await send({ type: 'websocket.close' });
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual(['Close 1000 ']);
    vi.advanceTimersByTime(10 * IDLE);
    expect(wire.words).toEqual(['Close 1000 ', 'drop cancel']);
    expect(await receive()).toMatchObject({ code: 1006, initiator: 'application', clean: false });
    await leave();
    expect(gateway.active).toBe(0);
  });

  test('drain.after-deadline: a Close frame with 1001, and a second deadline changes nothing', async () => {
    const { receive, wire, gateway, cancel } = await opened('websocket');
    gateway.drain();
    gateway.deadline();
    gateway.deadline();
    expect(wire.words).toEqual(['Close 1001 ', 'close']);
    expect(cancel.reason).toMatchObject({ cause: 'shutdown' });
    expect(await receive()).toMatchObject({ code: 1001, initiator: 'gateway', clean: false });
  });
});

describe('what is given up', () => {
  test('security.given-up-answer: a body beyond its limit is answered once, however much more arrives', async () => {
    const { exchange, wire, cancel } = await begin('http');
    wire.free = false;
    for (let i = 0; i < 5; i++) exchange.octets(new Uint8Array(40));
    exchange.giveUp('limit', 413);
    expect(wire.words).toEqual(['head 413', expect.stringMatching(/^body/), 'end']);
    expect(cancel.reason).toMatchObject({ cause: 'limit' });
  });

  test('security.given-up-answer: a response that was over is written on', async () => {
    const { send, exchange, wire, cancel } = await begin('http');
    wire.free = false;
    await send(start);
    await send(body(10));
    await send({ type: 'http.response.end' });
    for (let i = 0; i < 5; i++) exchange.octets(new Uint8Array(40));
    expect(wire.words).toEqual(['head 200', 'body 10', 'end']);
    expect(cancel.aborted).toBe(false);
  });

  test('drain.after-deadline: a response not begun is 503, and a second deadline leaves it alone', async () => {
    const { wire, gateway } = await begin('http');
    wire.free = false;
    gateway.drain();
    gateway.deadline();
    gateway.deadline();
    expect(wire.words).toEqual(['head 503', expect.stringMatching(/^body/), 'end']);
  });

  test('drain.after-deadline: octets that wait of a response that is over are broken off, once', async () => {
    const { send, wire, gateway } = await begin('http');
    wire.free = false;
    await send(start);
    await send(body(10));
    await send({ type: 'http.response.end' });
    gateway.drain();
    gateway.deadline();
    vi.advanceTimersByTime(10 * IDLE);
    expect(wire.words).toEqual(['head 200', 'body 10', 'end', 'abort cancel']);
  });

  test('drain.after-deadline: only the call is left: nothing on the wire, and `local.cancel`', async () => {
    const { send, wire, gateway, cancel } = await opened('tunnel');
    await send({ type: 'tunnel.abort' });
    gateway.drain();
    gateway.deadline();
    expect(wire.words).toEqual(['drop cancel reset']);
    expect(cancel.reason).toMatchObject({ cause: 'shutdown' });
  });

  test('timeout.stalled-reader: a tunnel whose directions have ended is dropped when octets wait', async () => {
    const { send, exchange, wire, cancel, gateway, leave } = await opened('tunnel');
    wire.free = false;
    await send({ type: 'tunnel.data', data: Uint8Array.of(1) });
    await send({ type: 'tunnel.end' });
    exchange.end();
    vi.advanceTimersByTime(IDLE + 1000);
    expect(wire.words).toEqual(['octets 1', 'shut', 'drop cancel reset']);
    expect(cancel.aborted, 'cancel.after-end').toBe(false);
    gateway.drain();
    gateway.deadline();
    expect(wire.words, 'it is broken off once').toHaveLength(3);
    await leave();
    expect(gateway.active).toBe(0);
  });

  test('tunnel.returns-timeout: a peer that does not end its direction', async () => {
    const { wire, gateway, leave } = await opened('tunnel');
    await leave();
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual(['shut']);
    vi.advanceTimersByTime(1001);
    expect(wire.words).toEqual(['shut', 'drop cancel reset']);
    expect(gateway.active).toBe(0);
  });

  test('timeout.nothing-owed: a silent tunnel and a slow application', async () => {
    const { wire, cancel } = await opened('tunnel');
    vi.advanceTimersByTime(100 * IDLE);
    expect(wire.words).toEqual([]);
    expect(cancel.aborted).toBe(false);
  });

  test('timeout.acts: a body that stands still is answered with 408', async () => {
    const { exchange, wire, cancel } = await begin('http');
    exchange.octets(Uint8Array.of(1));
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual([]);
    vi.advanceTimersByTime(1001);
    expect(wire.words[0]).toBe('head 408');
    expect(cancel.reason).toMatchObject({ cause: 'timeout' });
  });

  test('flow.input-bounded: time in which the gateway does not read is not waited', async () => {
    const { exchange, wire, receive } = await begin('http', { body_octets: null });
    exchange.octets(new Uint8Array(100));
    expect(wire.paused).toBe(true);
    vi.advanceTimersByTime(100 * IDLE);
    expect(wire.words).toEqual([]);
    await receive();
    expect(wire.paused, 'flow.input-resumes').toBe(false);
    vi.advanceTimersByTime(IDLE - 1);
    expect(wire.words).toEqual([]);
  });

  test('cancel.once: the reason of the first stays', async () => {
    const { exchange, gateway, cancel, receive } = await begin('http');
    exchange.lost('peer_reset');
    gateway.drain();
    gateway.deadline();
    expect(cancel.reason).toMatchObject({ cause: 'peer_reset' });
    expect(await receive()).toEqual({ type: 'http.closed', cause: 'peer_reset' });
  });
});
