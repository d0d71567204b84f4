// Running one request of a scenario: what is sent and when, how it ends, and what the tap is told. In memory, on a clock
// that the tests move.

import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { given, puppet, standing, turn } from '../../tests/fixtures/puppet.ts';
import { createGateway } from '../gateway/index.ts';
import type { HttpSendEvent } from '../interface/index.ts';
import type { TraceStep } from '../trace/index.ts';
import { dialMemory } from './memory.ts';
import { type ClientRequest, type Dial, type RunOptions, runRequest } from './run.ts';
import { parseScenario, type ScenarioRequest } from './scenario.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const start: HttpSendEvent = { type: 'http.response.start', status: 200 };
const end: HttpSendEvent = { type: 'http.response.end' };
const body = (data: string | Uint8Array): HttpSendEvent => ({
  type: 'http.response.body',
  data: typeof data === 'string' ? octets(data) : data,
});

const warned = vi.fn();
beforeEach(() => {
  // Only what the client waits with: the event loop itself goes on.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  process.on('warning', warned);
});
afterEach(() => {
  expect(vi.getTimerCount(), 'a timer was left behind').toBe(0);
  vi.useRealTimers();
  process.off('warning', warned);
  expect(warned, 'a warning of Node').not.toHaveBeenCalled();
});

/** Runs the first request of a scenario against an application that the test drives. */
async function run(scenario: string, options: Partial<RunOptions> = {}) {
  const { application, next, calls } = puppet();
  const dialled: ClientRequest[] = [];
  const memory = dialMemory(createGateway(application, { lifespan: false }));
  const dial: Dial = (request) => {
    dialled.push(request);
    return memory(request);
  };
  const steps: TraceStep[] = [];
  const [request] = parseScenario(scenario);
  const result = runRequest(request as ScenarioRequest, {
    dial,
    conn: 7,
    tap: (step) => steps.push(step),
    ...options,
  });
  await turn();
  const types = () => steps.map(({ type }) => type.replace('client.', ''));
  return { result, steps, types, next, calls, dialled };
}

describe('what is sent', () => {
  test.each<[string, string, [string, string][]]>([
    ['a host, if the scenario has none', 'GET /', [['Host', 'localhost']]],
    ['no second host', 'GET /\nhOsT: a', [['hOsT', 'a']]],
    [
      'the length of a body',
      'POST /\nHost: a\n\näb',
      [
        ['Host', 'a'],
        ['Content-Length', '3'],
      ],
    ],
    [
      'no second length',
      'POST /\nHost: a\ncontent-length: 9\n\nab',
      [
        ['Host', 'a'],
        ['content-length', '9'],
      ],
    ],
    [
      'chunks, where the body is cut',
      '# @chunks 1\nPOST /\nHost: a\n\nab',
      [
        ['Host', 'a'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'chunks, where there are trailers',
      '# @trailer A: b\nPOST /\nHost: a\n\nab',
      [
        ['Host', 'a'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
    [
      'no second coding',
      'POST /\nHost: a\nTransfer-Encoding: chunked\n\nab',
      [
        ['Host', 'a'],
        ['Transfer-Encoding', 'chunked'],
      ],
    ],
  ])('%s', async (_, scenario, headers) => {
    const { dialled, result, next } = await run(scenario);
    expect(dialled[0]?.headers).toEqual(headers);
    await (await next()).send({ type: 'http.refuse' });
    await result;
  });

  test('pieces in order, then the trailers', async () => {
    const { result, steps, next } = await run(
      '# @chunks lines\n# @trailer X-T: v\nPOST /\n\none\ntwo',
    );
    const call = await next();
    expect(await call.receive()).toEqual({ type: 'http.request.body', data: octets('one\n') });
    expect(await call.receive()).toEqual({ type: 'http.request.body', data: octets('two') });
    expect(await call.receive()).toEqual({ type: 'http.request.end', trailers: [['x-t', 'v']] });
    await call.send(start);
    await call.send(end);
    await result;
    expect(steps.filter(({ dir }) => dir === 'out')).toMatchObject([
      { conn: 7, lane: 'client', type: 'client.request', payload: { preview: 'POST /' } },
      { type: 'client.request.body', payload: { preview: 'one\\n', size: 4 } },
      { type: 'client.request.body', payload: { preview: 'two', size: 3 } },
      { type: 'client.request.end', payload: { fields: [['X-T', 'v']] } },
    ]);
  });

  test('@pause: each piece but the first waits', async () => {
    const { result, types, next } = await run('# @chunks 1\n# @pause 50ms\nPOST /\n\nabc');
    const sent = () => types().filter((type) => type === 'request.body').length;
    expect(sent()).toBe(1);
    for (const pieces of [2, 3]) {
      await vi.advanceTimersByTimeAsync(49);
      expect(sent()).toBe(pieces - 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(sent()).toBe(pieces);
    }
    const call = await next();
    await call.send(start);
    await call.send(end);
    expect((await result).outcome).toBe('complete');
  });

  test('many pieces gather no listeners', async () => {
    const added = vi.spyOn(EventTarget.prototype, 'addEventListener');
    const removed = vi.spyOn(EventTarget.prototype, 'removeEventListener');
    onTestFinished(() => {
      vi.restoreAllMocks();
    });
    const { result, next } = await run(`# @chunks 1\n# @pause 1ms\nPOST /\n\n${'x'.repeat(40)}`);
    await vi.advanceTimersByTimeAsync(40);
    expect(added.mock.calls.length).toBeGreaterThan(30);
    expect(added.mock.calls.length - removed.mock.calls.length).toBeLessThan(5);
    const call = await next();
    for (let event = await call.receive(); event.type !== 'http.request.end'; )
      event = await call.receive();
    await call.send(start);
    for (let i = 0; i < 40; i++) await call.send(body('x'));
    await call.send(end);
    expect(await result).toMatchObject({ outcome: 'complete', size: 40 });
    await turn();
    expect(warned).not.toHaveBeenCalled();
  });
});

describe('what comes back', () => {
  test('the whole response is in the result and in the trace', async () => {
    const { result, steps, next } = await run('# @name named\nGET /');
    const call = await next();
    await call.send({ type: 'http.informational', status: 103, headers: [['link', '</a>']] });
    await call.send({ type: 'http.response.start', status: 201, headers: [['x-a', 'b']] });
    await call.send(body('Hel'));
    await call.send(body('lo'));
    await call.send({ type: 'http.response.end', trailers: [['x-t', 'v']] });
    const headers = [
      ['x-a', 'b'],
      ['date', expect.any(String)],
    ];
    expect(await result).toEqual({
      kind: 'http',
      name: 'named',
      outcome: 'complete',
      status: 201,
      headers,
      body: octets('Hello'),
      size: 5,
      trailers: [['x-t', 'v']],
      times: { head: expect.any(Number), end: expect.any(Number) },
      attempts: 1,
      messages: [],
      informational: [{ status: 103, headers: [['link', '</a>']] }],
      messagesDropped: 0,
    });
    expect(steps.filter(({ dir }) => dir === 'in')).toMatchObject([
      {
        lane: 'client',
        type: 'client.informational',
        payload: { status: 103, fields: [['link', '</a>']] },
      },
      { type: 'client.response', payload: { status: 201, fields: headers } },
      { type: 'client.response.body', payload: { preview: 'Hel', size: 3 } },
      { type: 'client.response.body', payload: { preview: 'lo', size: 2 } },
      { type: 'client.response.end', payload: { fields: [['x-t', 'v']] } },
    ]);
  });

  test('a large body is counted whole and kept in part', async () => {
    const { result, next } = await run('GET /');
    const call = await next();
    await call.send(start);
    for (let i = 0; i < 5; i++) await call.send(body(new Uint8Array(100_000)));
    await call.send(end);
    const { size, body: kept } = await result;
    expect({ size, kept: kept.length }).toEqual({ size: 500_000, kept: 256 * 1024 });
  });

  test.each<[string, HttpSendEvent[], string, number | undefined]>([
    ['aborted', [start, { type: 'http.response.abort' }], 'aborted', 200],
    ['refused', [{ type: 'http.refuse' }], 'closed', undefined],
  ])('a response that was %s', async (_, events, outcome, status) => {
    const { result, types, next } = await run('GET /');
    const call = await next();
    for (const event of events) await call.send(event);
    expect(await result).toMatchObject({ outcome, status });
    expect(types().at(-1)).toBe(outcome);
  });

  test('@read-pause: the client reads slowly, and the gateway feels it', async () => {
    const { result, next, types } = await run('# @read-pause 20ms\nGET /');
    const call = await next();
    await call.send(start);
    const half = new Uint8Array(32 * 1024);
    await call.send(body(half));
    await turn();
    await call.send(body(half));
    const waiting = call.send(body(half));
    expect(await standing(waiting)).toBe('pending');
    const read = () => types().filter((type) => type === 'response.body').length;
    expect(read()).toBe(1);
    await vi.advanceTimersByTimeAsync(20);
    expect(read()).toBe(2);
    expect(await standing(waiting)).toBe('resolved');
    await call.send(end);
    await vi.advanceTimersByTimeAsync(40);
    expect(await result).toMatchObject({ outcome: 'complete', size: 3 * half.length });
  });
});

describe('leaving', () => {
  test('@timeout: without any progress the client leaves, and the application hears of it', async () => {
    const { result, next, types } = await run('# @timeout 100ms\nGET /');
    const call = await next();
    await vi.advanceTimersByTimeAsync(99);
    expect(call.scope.local.cancel.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await given(call.scope.local.cancel);
    expect(await result).toMatchObject({ outcome: 'timeout', status: undefined });
    expect(types()).toEqual(['request', 'request.end', 'timeout']);
  });

  test('@timeout: progress of either side begins the time again', async () => {
    const { result, next } = await run('# @timeout 100ms\nGET /');
    const call = await next();
    await vi.advanceTimersByTimeAsync(99);
    await call.send(start);
    for (let i = 0; i < 3; i++) {
      await turn();
      await vi.advanceTimersByTimeAsync(99);
      await call.send(body('x'));
    }
    await turn();
    await call.send(end);
    expect(await result).toMatchObject({ outcome: 'complete', size: 3 });
  });

  test('@timeout: the client’s own pauses are no lack of progress', async () => {
    const { result, next } = await run(
      '# @timeout 10ms\n# @chunks 1\n# @pause 100ms\n# @read-pause 100ms\nPOST /\n\nab',
    );
    const call = await next();
    await vi.advanceTimersByTimeAsync(100);
    expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
    expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
    expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
    await call.send(start);
    await call.send(body('x'));
    await turn();
    await vi.advanceTimersByTimeAsync(100);
    await call.send(end);
    expect((await result).outcome).toBe('complete');
  });

  test('@abort-after: the client leaves within the body', async () => {
    const { result, next, types } = await run('# @abort-after 4\nGET /');
    const call = await next();
    await call.send(start);
    await call.send(body('abc'));
    await turn();
    expect(call.scope.local.cancel.aborted).toBe(false);
    await call.send(body('def'));
    await given(call.scope.local.cancel);
    expect(await result).toMatchObject({ outcome: 'left', size: 6, body: octets('abcdef') });
    expect(types().at(-1)).toBe('left');
  });

  test('a response larger than the limit makes the client leave', async () => {
    const { result, next } = await run('GET /', { bodyLimit: 4 });
    const call = await next();
    await call.send(start);
    await call.send(body('abcd'));
    await turn();
    await call.send(body('e'));
    await given(call.scope.local.cancel);
    expect(await result).toMatchObject({ outcome: 'limit', size: 5 });
  });

  test.each<[string, string]>([
    ['before the response', 'GET /'],
    ['in a pause of the body', '# @chunks 1\n# @pause 1s\nPOST /\n\nab'],
    ['while it waits for a 100', 'POST /\nExpect: 100-continue\n\nab'],
  ])('a run that is stopped %s', async (_, scenario) => {
    const controller = new AbortController();
    const { result, next, types } = await run(scenario, { signal: controller.signal });
    const call = await next();
    controller.abort();
    await given(call.scope.local.cancel);
    expect(await result).toMatchObject({ outcome: 'interrupted' });
    expect(types().at(-1)).toBe('interrupted');
  });

  test('a run that was stopped before it began', async () => {
    const { result } = await run('GET /', { signal: AbortSignal.abort() });
    expect(await result).toMatchObject({ outcome: 'interrupted', status: undefined });
  });

  test('stopping after the end changes nothing', async () => {
    const controller = new AbortController();
    const { result, next, types } = await run('GET /', { signal: controller.signal });
    const call = await next();
    await call.send(start);
    await call.send(end);
    const removed = vi.spyOn(controller.signal, 'removeEventListener');
    expect(await result).toMatchObject({ outcome: 'complete' });
    expect(removed).toHaveBeenCalledExactlyOnceWith('abort', expect.any(Function));
    controller.abort();
    expect(types().at(-1)).toBe('response.end');
  });

  test('a response that ends early ends the sending of the request', async () => {
    const { result, next, types } = await run('# @chunks 1\n# @pause 1s\nPOST /\n\nab');
    const call = await next();
    await call.send({ type: 'http.response.start', status: 413 });
    await call.send(end);
    expect(await result).toMatchObject({ outcome: 'complete', status: 413 });
    expect(types()).toEqual(['request', 'request.body', 'response', 'response.end']);
  });
});

describe('100-continue', () => {
  const expecting = 'POST /\nExpect: 100-Continue\n\nab';

  test('the body waits for the 100', async () => {
    const { result, next, types } = await run(expecting);
    expect(types()).toEqual(['request']);
    const call = await next();
    expect(await call.receive()).toEqual({ type: 'http.request.body', data: octets('ab') });
    await call.send(start);
    await call.send(end);
    expect((await result).outcome).toBe('complete');
    expect(types()).toEqual([
      'request',
      'informational',
      'request.body',
      'request.end',
      'response',
      'response.end',
    ]);
  });

  test('another informational response is no leave to go on', async () => {
    const { result, next, types } = await run(expecting);
    const call = await next();
    await call.send({ type: 'http.informational', status: 103 });
    await turn();
    expect(types()).toEqual(['request', 'informational']);
    await call.send(start);
    await call.send(end);
    expect((await result).outcome).toBe('complete');
  });

  test('a final response without a 100: the body is not sent (RFC 9110 section 10.1.1)', async () => {
    const { result, next, types } = await run(expecting);
    const call = await next();
    await call.send({ type: 'http.response.start', status: 413 });
    await turn();
    await call.send(end);
    expect(await result).toMatchObject({ outcome: 'complete', status: 413 });
    expect(types()).toEqual(['request', 'response', 'response.end']);
  });
});
