// The lines of the access log, for what transports and gateway make of a request.

import { beforeEach, expect, test } from 'vitest';
import type { RequestHead } from '../gateway/conversation/request.ts';
import { createGateway, type Exchange, isRefusal, type Wire } from '../gateway/index.ts';
import { parseTrust } from '../gateway/trust.ts';
import type { Application, Fields, HttpSendEvent } from '../interface/index.ts';
import { withAccessLog } from './access-log.ts';

let lines: string[];
let now: number;
beforeEach(() => {
  lines = [];
  now = Date.UTC(2026, 1, 3, 4, 5, 6, 789);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
const data = (text: string) => new TextEncoder().encode(text);
const START: HttpSendEvent = { type: 'http.response.start', status: 201 };

/** A wire that takes everything. */
const wire = (): Wire => ({
  write() {},
  waiting: 0,
  written: 0,
  pause() {},
  resume() {},
  callEnded() {},
});

const ENDS = { transport: 'tcp', address: '192.0.2.7', port: 1234 } as const;

function ask(
  application: unknown,
  {
    headers = [],
    trust = [],
    ...head
  }: { headers?: Fields; trust?: string[] } & Partial<Omit<RequestHead, 'headers'>> = {},
): Exchange | undefined {
  const gateway = createGateway(application as Application, { lifespan: false, run: 'run' });
  const logged = withAccessLog(gateway, {
    write: (line) => void lines.push(line),
    now: () => now,
    trust: trust.map(parseTrust),
  });
  const outcome = logged.request(
    {
      http_version: '1.1',
      method: 'GET',
      scheme: 'http',
      target: '/a?b',
      headers: [['host', 'h'], ...headers],
      peer: ENDS,
      local_address: ENDS,
      ...head,
    },
    wire(),
  );
  if (isRefusal(outcome)) return undefined;
  return outcome;
}

const answers = async (_: unknown, __: unknown, send: (event: HttpSendEvent) => Promise<void>) => {
  await send(START);
  await send({ type: 'http.response.body', data: data('12345') });
  now += 42;
  await send({ type: 'http.response.end' });
};

test('a response: combined log format, with duration and id', async () => {
  const exchange = ask(answers, {
    headers: [
      ['referer', 'http://a/'],
      ['user-agent', 'b'],
    ],
  });
  exchange?.end();
  await turn();
  exchange?.lost('peer_reset');
  expect(lines).toEqual([
    '192.0.2.7 - - [03/Feb/2026:04:05:06 +0000] "GET /a?b HTTP/1.1" 201 5 "http://a/" "b" 42ms run-1\n',
  ]);
});

test('security.log-control: what the peer has sent is escaped, and quotes do not end a field', async () => {
  ask(answers, { headers: [['user-agent', 'a"\\\x9b\xe9\tb']], target: '/\xff"' });
  await turn();
  expect(lines[0]).toContain('"GET /\\xff\\" HTTP/1.1" 201 5 "-" "a\\"\\\\\\x9b\\xe9\\x09b" ');
});

test.each<[what: string, application: unknown, status: string]>([
  ['a 500 of the gateway', async () => Promise.reject(new Error('x')), '500 22'],
  [
    'a response that breaks off',
    async (_: unknown, __: unknown, send: (event: HttpSendEvent) => Promise<void>) => {
      await send(START);
      throw new Error('x');
    },
    '201 -',
  ],
  [
    'a request that the application refuses',
    async (_: unknown, __: unknown, send: (event: HttpSendEvent) => Promise<void>) =>
      send({ type: 'http.refuse' }),
    '- -',
  ],
])('%s', async (_, application, status) => {
  ask(application)?.end();
  await turn();
  expect(lines).toEqual([expect.stringContaining(`" ${status} "-" `)]);
});

test('a peer that leaves before an answer', async () => {
  const exchange = ask(() => new Promise(() => {}));
  await turn();
  expect(lines).toEqual([]);
  exchange?.lost('peer_reset');
  expect(lines).toEqual([expect.stringMatching(/" - - "-" "-" 0ms run-1\n$/)]);
});

test('a request that the gateway refuses has no conversation', () => {
  expect(ask(answers, { target: 'no target' })).toBeUndefined();
  expect(lines).toEqual([
    expect.stringMatching(/ "GET no target HTTP\/1\.1" 400 - "-" "-" 0ms -\n$/),
  ]);
});

test('a request that a transport refuses has a line, as far as it was read', () => {
  const gateway = createGateway((async () => {}) as Application, { lifespan: false });
  const logged = withAccessLog(gateway, { write: (line) => void lines.push(line), now: () => now });
  const refusal = {
    status: 431,
    requirement: 'security.limits-head',
    message: 'too large',
  } as const;
  logged.refused(refusal, { http_version: '1.0', method: 'PUT', target: '/"', peer: ENDS });
  logged.refused({ ...refusal, status: 408 }, { http_version: '1.1', peer: null });
  expect(lines).toEqual([
    '192.0.2.7 - - [03/Feb/2026:04:05:06 +0000] "PUT /\\" HTTP/1.0" 431 - "-" "-" 0ms -\n',
    '- - - [03/Feb/2026:04:05:06 +0000] "-" 408 - "-" "-" 0ms -\n',
  ]);
});

test('without an address there is a dash; security.forwarded: a trusted peer says who the client was', async () => {
  ask(answers, { peer: null });
  ask(answers, { headers: [['forwarded', 'for=198.51.100.1']] });
  ask(answers, { headers: [['forwarded', 'for=198.51.100.1']], trust: ['192.0.2.0/24'] });
  await turn();
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['-', '192.0.2.7', '198.51.100.1']);
});

test('a WebSocket: one line with 101, when it is over', async () => {
  const exchange = ask(
    async (
      _: unknown,
      receive: () => Promise<{ type: string }>,
      send: (event: unknown) => Promise<void>,
    ) => {
      await send({ type: 'websocket.accept' });
      await send({ type: 'websocket.message', text: 'abc' });
      while ((await receive()).type !== 'websocket.closed');
    },
    {
      headers: [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
        ['sec-websocket-version', '13'],
        ['sec-websocket-key', 'dGhlIHNhbXBsZSBub25jZQ=='],
      ],
    },
  );
  await turn();
  expect(lines).toEqual([]);
  exchange?.lost('connection_lost');
  await turn();
  expect(lines).toEqual([expect.stringMatching(/" 101 5 "-" "-" /)]);
});
