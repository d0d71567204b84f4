// WebSockets and tunnels against a server that the test plays: what a gateway that keeps the rules does not do.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { turn } from '../../tests/fixtures/puppet.ts';
import { closeFrame, frame, pingFrame, textFrame } from '../gateway/websocket/frames.ts';
import { acceptKey } from '../gateway/websocket/handshake.ts';
import type { TraceStep } from '../trace/index.ts';
import {
  type ClientRequest,
  type ClientResponse,
  type Dial,
  openSocket,
  parseScenario,
  type RunOptions,
  runRequest,
  type ScenarioWebSocket,
  type SocketEvent,
} from './index.ts';
import { ResponseQueue } from './response-queue.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  expect(vi.getTimerCount(), 'a timer was left behind').toBe(0);
  vi.useRealTimers();
});

/** A server that the test plays. */
class Played {
  readonly responses = new ResponseQueue(() => undefined);
  readonly written: Uint8Array[] = [];
  request: ClientRequest | undefined;
  ended = false;
  wasReset = false;

  readonly dial: Dial = (request) => {
    this.request = request;
    return {
      write: async (data) => void this.written.push(data),
      end: () => {
        this.ended = true;
      },
      reset: () => {
        this.wasReset = true;
        this.say({ type: 'closed' });
      },
      [Symbol.asyncIterator]: () => this.responses[Symbol.asyncIterator](),
    };
  };

  say(...responses: readonly ClientResponse[]): void {
    for (const response of responses) this.responses.push(response);
  }

  octets(...pieces: readonly Uint8Array[]): void {
    for (const data of pieces) this.say({ type: 'body', data });
  }

  accept(more: readonly (readonly [string, string])[] = []): void {
    const key = this.request?.headers.find(([name]) => name === 'sec-websocket-key')?.[1] ?? '';
    const headers = [
      ['upgrade', 'websocket'],
      ['connection', 'Upgrade'],
      ['sec-websocket-accept', acceptKey(key)],
      ...more,
    ] as const;
    this.say({ type: 'head', status: 101, headers });
  }

  /** Opcodes of the frames that the client wrote. */
  get opcodes(): number[] {
    return this.written.map((data) => (data[0] as number) & 0x0f);
  }
}

function run(scenario: string, options: Partial<RunOptions> = {}) {
  const server = new Played();
  const steps: TraceStep[] = [];
  const [exchange] = parseScenario(scenario);
  const result = runRequest(exchange as ScenarioWebSocket, {
    dial: server.dial,
    conn: 1,
    tap: (step) => steps.push(step),
    ...options,
  });
  return { server, result, steps };
}

const WAITING = '# @timeout 1s\nWEBSOCKET /\n\n=== wait-for-server 9';

describe('a WebSocket', () => {
  test.each<[string, ClientResponse, string]>([
    ['ends', { type: 'end', trailers: [] }, 'aborted'],
    ['breaks off', { type: 'aborted' }, 'aborted'],
  ])('whose connection %s without a Close frame is broken off', async (_, how, outcome) => {
    const { server, result } = run(WAITING);
    server.accept();
    server.octets(textFrame('one'));
    server.say(how);
    expect(await result).toMatchObject({
      outcome,
      messages: [{ dir: 'in', data: 'one' }],
      closed: { reason: '', clean: false },
    });
  });

  test('that nobody answers is closed', async () => {
    const { server, result } = run(WAITING);
    server.say({ type: 'closed' });
    const { closed, ...rest } = await result;
    expect(rest).toMatchObject({ outcome: 'closed', status: undefined });
    expect(closed).toBeUndefined();
  });

  test('whose acceptance does not answer the key is given up, and the reason said', async () => {
    const { server, result } = run(WAITING);
    server.say({
      type: 'head',
      status: 101,
      headers: [
        ['upgrade', 'websocket'],
        ['connection', 'upgrade'],
        ['sec-websocket-accept', 'no'],
      ],
    });
    expect(await result).toMatchObject({
      outcome: 'aborted',
      closed: { reason: 'sec-websocket-accept does not answer the key', clean: false },
    });
    expect(server.wasReset).toBe(true);
  });

  test('whose server agrees on what was not offered is given up', async () => {
    const { server, result } = run(WAITING);
    server.accept([['sec-websocket-protocol', 'chat']]);
    expect(await result).toMatchObject({
      outcome: 'aborted',
      closed: { reason: 'the subprotocol "chat" was not offered' },
    });
  });

  test('whose server breaks the rules of frames is closed with 1002', async () => {
    const { server, result } = run(WAITING);
    server.accept();
    server.octets(frame({ opcode: 3 }));
    expect(await result).toMatchObject({
      outcome: 'aborted',
      closed: { code: 1002, reason: expect.stringContaining('reserved'), clean: false },
    });
    expect(server.opcodes).toEqual([8]);
  });

  test('answers a ping, and takes frames however they are cut', async () => {
    const { server, result } = run('WEBSOCKET /\n\n=== wait-for-server\n# @close');
    server.accept();
    const octets = [...pingFrame(Uint8Array.of(7)), ...textFrame('hello')];
    server.octets(...octets.map((octet) => Uint8Array.of(octet)));
    await turn();
    expect(server.opcodes).toEqual([10, 8]);
    server.octets(closeFrame());
    server.say({ type: 'aborted' });
    // How the connection ends behind the Close frames says nothing more.
    expect(await result).toMatchObject({ outcome: 'complete', closed: { clean: true } });
    expect(server.ended).toBe(true);
  });

  test('@timeout: a server that says nothing is left', async () => {
    const { server, result } = run(WAITING);
    server.accept();
    await turn();
    await vi.advanceTimersByTimeAsync(999);
    expect(server.wasReset).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await result).toMatchObject({ outcome: 'timeout', closed: { clean: false } });
  });

  test('@timeout: the client’s own pauses are no lack of progress', async () => {
    const { server, result } = run('# @timeout 10ms\nWEBSOCKET /\n\n# @pause 1s\nhello');
    server.accept();
    await turn();
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.opcodes).toEqual([1, 8]);
    server.octets(closeFrame(1000));
    server.say({ type: 'end', trailers: [] });
    expect((await result).outcome).toBe('complete');
  });

  test('@read-pause: the next message is read only behind it', async () => {
    const { server, result } = run('# @read-pause 20ms\nWEBSOCKET /\n\n=== wait-for-server 2');
    server.accept();
    server.octets(textFrame('one'), textFrame('two'));
    await turn();
    expect(server.opcodes).toEqual([]);
    await vi.advanceTimersByTimeAsync(20);
    expect(server.opcodes).toEqual([8]);
    server.octets(closeFrame(1000));
    await vi.advanceTimersByTimeAsync(20);
    server.say({ type: 'end', trailers: [] });
    expect((await result).outcome).toBe('complete');
  });

  test('messages past the limits are counted and not kept', async () => {
    const { server, result } = run('WEBSOCKET /\n\n=== wait-for-server 1200');
    server.accept();
    for (let i = 0; i < 1200; i++) server.octets(textFrame('x'));
    await turn();
    server.octets(closeFrame(1000));
    server.say({ type: 'end', trailers: [] });
    const { messages, messagesDropped, size } = await result;
    expect([messages.length, messagesDropped, size]).toEqual([1000, 200, 1200]);
  });

  test.each([
    ['in one message', [textFrame('abcde')]],
    ['in several', [textFrame('abc'), textFrame('de')]],
  ])('more octets than the client takes, %s, make it leave', async (_, frames) => {
    const { server, result } = run(WAITING, { bodyLimit: 4 });
    server.accept();
    server.octets(...frames);
    expect((await result).outcome).toBe('limit');
    expect(server.wasReset).toBe(true);
  });

  test('a run that is stopped leaves it', async () => {
    const controller = new AbortController();
    const { server, result } = run(WAITING, { signal: controller.signal });
    server.accept();
    await turn();
    controller.abort();
    expect(await result).toMatchObject({ outcome: 'interrupted' });
    expect(server.wasReset).toBe(true);
  });
});

describe('openSocket', () => {
  function live() {
    const server = new Played();
    const events: SocketEvent[] = [];
    const [request] = parseScenario('# @timeout 1s\nWEBSOCKET /');
    const socket = openSocket(request as ScenarioWebSocket, {
      dial: server.dial,
      conn: 1,
      onEvent: (event) => events.push(event),
    });
    return { server, events, socket };
  }

  test('silence on an open one is no timeout; behind a close it is', async () => {
    const { server, events, socket } = live();
    server.accept();
    await turn();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(events.map(({ type }) => type)).toEqual(['open']);
    socket.close();
    socket.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect((await socket.done).outcome).toBe('timeout');
    expect(server.opcodes).toEqual([8]);
    expect(events.at(-1)).toEqual({ type: 'closed', reason: '', clean: false });
  });

  test('one that is never answered is left, and told to be closed', async () => {
    const { events, socket } = live();
    socket.send('waits');
    await vi.advanceTimersByTimeAsync(1000);
    expect(await socket.done).toMatchObject({ outcome: 'timeout', messages: [] });
    expect(events).toEqual([{ type: 'closed', reason: '', clean: false }]);
  });

  test('reset leaves at once', async () => {
    const { server, events, socket } = live();
    server.accept();
    await turn();
    socket.reset();
    expect((await socket.done).outcome).toBe('left');
    expect(server.wasReset).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'closed', clean: false });
  });
});
