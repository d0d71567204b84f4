// The runner of the suite: what makes a case pass, fail and be skipped, in this process and over a URL.

import { deepEqual, equal } from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createGateway } from '../gateway/index.ts';
import { type Listener, listen } from '../gateway/transport/listen.ts';
import { type Application, UnsupportedScope } from '../interface/index.ts';
import { area, type CaseSides, conforms, type PlacedCase, type StageHandlers } from './case.ts';
import { hostApplication } from './host.ts';
import { runCase, runCases } from './run.ts';
import { decode, encode, Run } from './stage.ts';
import { inProcess, remote, type Target } from './target.ts';

const ID = 'http.start-once';

/** The cases, placed in an area of their own. */
function placed(...sides: readonly CaseSides[]): readonly PlacedCase[] {
  return area(
    'test',
    'Test',
    sides.map((one, index) => conforms(ID, `case ${index + 1}`, one)),
  ).cases;
}

function single(sides: CaseSides): PlacedCase {
  return placed(sides)[0] as PlacedCase;
}

const answering: StageHandlers = {
  async http(_scope, receive, send, stage) {
    const first = await receive();
    stage.note('first', first);
    await stage.reached('go');
    await send({ type: 'http.response.start', status: 204 });
    await send({ type: 'http.response.end' });
  },
};

const passing: CaseSides = {
  app: answering,
  async client(t) {
    const stream = await t.request({ body: 'ä\0' });
    deepEqual(await t.seen('first'), {
      type: 'http.request.body',
      data: new TextEncoder().encode('ä\0'),
    });
    await t.open('go');
    equal((await stream.whole()).status, 204);
  },
};

const listeners: Listener[] = [];

afterEach(() => {
  for (const listener of listeners.splice(0)) listener.destroy();
});

/** A gateway that serves the cases, as one in another process does. */
const elsewhere = (cases: readonly PlacedCase[]) => serving(hostApplication(cases));

async function serving(application: Application): Promise<Target> {
  const gateway = createGateway(application);
  await gateway.start();
  const listener = await listen(gateway);
  listeners.push(listener);
  return remote('127.0.0.1', (listener.address as AddressInfo).port, 'h1');
}

const TARGETS: readonly [string, (cases: readonly PlacedCase[]) => Promise<Target>][] = [
  ['memory', async () => inProcess('memory')],
  ['h1', async () => inProcess('h1')],
  ['a URL', elsewhere],
];

describe.each(TARGETS)('over %s', (_, targetOf) => {
  const run = async (sides: CaseSides) => {
    const one = single(sides);
    return runCase(one, await targetOf([one]));
  };

  test('notes and gates join the two sides, and a case passes', async () => {
    expect(await run(passing)).toMatchObject({ requirement: ID, area: 'test', outcome: 'pass' });
  });

  test('an assertion of the client fails the case, with what became of the application', async () => {
    const { outcome, message } = await run({
      app: {
        async http() {
          throw new Error('on purpose');
        },
      },
      async client(t) {
        equal((await t.fetch()).status, 200, 'no 200');
      },
    });
    expect(outcome).toBe('fail');
    expect(message).toMatch(
      /^no 200.*500 !== 200\nThe application's http call has raised: Error: on purpose$/s,
    );
  });

  test('an assertion of the application fails the case although its client is content', async () => {
    const { outcome, message } = await run({
      app: {
        async http({ method }) {
          equal(method, 'PUT', 'no PUT');
        },
      },
      async client(t) {
        equal((await t.fetch()).status, 500);
      },
    });
    expect(outcome).toBe('fail');
    expect(message).toContain('no PUT');
  });

  test('a case that waits for what does not come fails in time', async () => {
    const { outcome, message } = await run({
      ms: 100,
      client: async (t) => t.seen('nothing') as never,
    });
    expect({ outcome, message }).toEqual({
      outcome: 'fail',
      message: 'nothing more within 100 ms',
    });
  });

  test('runs of one case do not meet', async () => {
    const one = single(passing);
    const target = await targetOf([one]);
    const results = await runCases([one, one, one], target);
    expect(results.map(({ outcome }) => outcome)).toEqual(['pass', 'pass', 'pass']);
  });
});

test('a driver that a case leaves out is skipped with its reason', async () => {
  const one = single({ drivers: ['h1'], why: 'only HTTP/1 has lines', client: async () => {} });
  expect(await runCase(one, inProcess('memory'))).toMatchObject({
    outcome: 'skip',
    message: 'only HTTP/1 has lines',
  });
  expect(await runCase(one, inProcess('h1'))).toMatchObject({ outcome: 'pass' });
});

test.each<[string, CaseSides, RegExp]>([
  ['the operator', { client: async (t) => void t.operator.faults() }, /operator/],
  ['a gateway of its own', { gateway: {}, client: async () => {} }, /configured/],
  [
    'a lifespan of its own',
    { app: { lifespan: async () => {} }, client: async () => {} },
    /lifespan/,
  ],
])('over a URL a case that needs %s is skipped', async (_, sides, message) => {
  const one = single(sides);
  const result = await runCase(one, await elsewhere([one]));
  expect(result.outcome).toBe('skip');
  expect(result.message).toMatch(message);
});

test('a gateway that does not run the application of the suite is named as such', async () => {
  const other = await serving(async ({ type }) => {
    throw new UnsupportedScope(type);
  });
  const { outcome, message } = await runCase(single(passing), other);
  expect(outcome).toBe('fail');
  expect(message).toMatch(/^the gateway does not run the application of the suite/);
});

test('a gateway that does not start fails the case', async () => {
  const one = single({
    app: {
      async lifespan(_scope, receive, send) {
        await receive();
        await send({ type: 'lifespan.failed', message: 'no disk' });
      },
    },
    client: async () => {},
  });
  const { outcome, message } = await runCase(one, inProcess('memory'));
  expect(outcome).toBe('fail');
  expect(message).toContain('no disk');
});

test('a case can start its gateway itself, drain it and see how it ends', async () => {
  const one = single({
    gateway: { startedByClient: true },
    app: answering,
    async client(t) {
      deepEqual(await t.operator.start(), { ready: true });
      const stream = await t.request();
      await t.seen('first');
      t.operator.drain();
      await t.open('go');
      equal((await stream.whole()).status, 204);
      equal(await t.operator.status(), 0);
    },
  });
  for (const driver of ['memory', 'h1'] as const) {
    expect(await runCase(one, inProcess(driver))).toMatchObject({ outcome: 'pass' });
  }
});

test('a request without the mark of a case belongs to the only one there is, and elsewhere to none', async () => {
  const status = (expected: number): CaseSides => ({
    drivers: ['h1'],
    why: 'octets',
    app: {
      async http(_scope, _receive, send) {
        await send({ type: 'http.response.start', status: 204 });
        await send({ type: 'http.response.end' });
      },
    },
    async client(t) {
      const raw = await t.raw();
      await raw.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      const { text } = await raw.rest();
      equal(text.slice(0, 12), `HTTP/1.1 ${expected}`);
    },
  });
  expect(await runCase(single(status(204)), inProcess('h1'))).toMatchObject({ outcome: 'pass' });
  const other = single(status(404));
  expect(await runCase(other, await elsewhere([other]))).toMatchObject({ outcome: 'pass' });
});

describe('a case', () => {
  test.each<[string, () => unknown, RegExp]>([
    ['of no requirement', () => conforms('http.no-such', 'x', passing), /no proposal has this id/],
    [
      'that leaves drivers out without a reason',
      () => conforms(ID, 'x', { ...passing, drivers: ['h1'] }),
      /both `drivers` and `why`/,
    ],
    [
      'whose name is taken',
      () => area('a', 'A', [conforms(ID, 'x', passing), conforms(ID, 'x', passing)]),
      /two cases `http.start-once: x`/,
    ],
  ])('%s is an error', (_, make, message) => expect(make).toThrow(message));
});

describe('notes', () => {
  test('plain data comes back as it was, octets too', () => {
    const value = { a: [null, true, 1.5, 'ä', { b: Uint8Array.of(0, 255) }], c: {} };
    expect(decode(encode(value))).toEqual(value);
  });

  test.each([
    ['a handle', { cancel: new AbortController().signal }],
    ['a function', { f: () => {} }],
    ['a class', { e: new Error('x') }],
  ])('%s is no plain data', (_, value) => expect(() => encode(value)).toThrow(/plain data/));

  test('what is changed after it was noted was noted as it was', async () => {
    const run = new Run();
    const value = { a: 1 };
    run.note('x', value);
    value.a = 2;
    expect(await run.notes(0)).toEqual([{ name: 'x', value: { a: 1 } }]);
  });
});
