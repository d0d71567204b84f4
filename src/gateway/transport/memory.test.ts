// What only the memory transport does. What all transports share is in src/client/transport.suite.ts.

import { expect, test } from 'vitest';
import { puppet, standing, turn } from '../../../tests/fixtures/puppet.ts';
import type { HttpSendEvent } from '../../interface/index.ts';
import { createGateway } from '../gateway.ts';
import { type MemoryRequest, type MemoryResponse, requestInMemory } from './memory.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const start: HttpSendEvent = { type: 'http.response.start', status: 200 };
const end: HttpSendEvent = { type: 'http.response.end' };

async function exchange(request: Partial<MemoryRequest> = {}) {
  const { application, next } = puppet();
  const client = requestInMemory(createGateway(application, { lifespan: false }), {
    method: 'GET',
    target: '/',
    headers: [['Host', 'a']],
    ...request,
  });
  return { client, call: await next() };
}

async function all(client: AsyncIterable<MemoryResponse>): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of client) types.push(type);
  return types;
}

test('memory: a client of HTTP/1.0 is sent no informational response', async () => {
  const { client, call } = await exchange({ http_version: '1.0' });
  expect(call.scope.http_version).toBe('1.0');
  await call.send({ type: 'http.informational', status: 103 });
  await call.send(start);
  await call.send(end);
  expect(await all(client)).toEqual(['head', 'end']);
});

test('memory: the client may use its octets again', async () => {
  const { client, call } = await exchange();
  const data = octets('abc');
  await client.write(data);
  data.fill(0);
  expect(await call.receive()).toEqual({ type: 'http.request.body', data: octets('abc') });
});

test('memory: a client that leaves sees `closed`, and nothing of what it had not read', async () => {
  const { client, call } = await exchange();
  await call.send(start);
  await call.send(end);
  client.reset();
  expect(await all(client)).toEqual(['closed']);
});

test('memory: leaving after the end changes nothing', async () => {
  const { client, call } = await exchange();
  await call.send(start);
  await call.send(end);
  expect(await all(client)).toEqual(['head', 'end']);
  client.reset();
  expect(await all(client)).toEqual([]);
  expect(call.scope.local.cancel.aborted).toBe(false);
});

test('memory: a client that waits to write is let go when it leaves', async () => {
  const { client } = await exchange();
  const writing = client.write(new Uint8Array(64 * 1024));
  expect(await standing(writing)).toBe('pending');
  client.reset();
  expect(await standing(writing)).toBe('resolved');
  expect(await standing(client.write(octets('late')))).toBe('resolved');
});

test('memory: a client that has waited to write goes on as before', async () => {
  const { client, call } = await exchange();
  const writing = client.write(new Uint8Array(64 * 1024));
  expect(await standing(writing)).toBe('pending');
  await call.receive();
  expect(await standing(writing)).toBe('resolved');
  expect(await standing(client.write(octets('more')))).toBe('resolved');
});

test('memory: a client that waits to write is let go when the response is over', async () => {
  const { client, call } = await exchange();
  const writing = client.write(new Uint8Array(64 * 1024));
  await call.send(start);
  expect(await standing(writing)).toBe('pending');
  await call.send(end);
  expect(await standing(writing)).toBe('resolved');
});

test('memory: a waiting `send` goes on only when less than the mark waits for the client', async () => {
  const { client, call } = await exchange();
  const body: HttpSendEvent = { type: 'http.response.body', data: new Uint8Array(64 * 1024) };
  await call.send(start);
  const waiting = [call.send(body), call.send(body)];
  const reader = client[Symbol.asyncIterator]();
  await reader.next();
  await reader.next();
  expect(await standing(Promise.race(waiting))).toBe('pending');
  await reader.next();
  expect(await standing(Promise.all(waiting))).toBe('resolved');
});

test('memory: a client that waits to read is woken when it leaves', async () => {
  const { client } = await exchange();
  const reading = all(client);
  await turn();
  client.reset();
  expect(await reading).toEqual(['closed']);
});

test('memory: two exchanges share nothing', async () => {
  const { application, next } = puppet();
  const gateway = createGateway(application, { lifespan: false });
  const request = { method: 'GET', target: '/', headers: [['host', 'a']] } as const;
  const [first, second] = [requestInMemory(gateway, request), requestInMemory(gateway, request)];
  const call = await next();
  first.reset();
  await call.send(start).catch(() => {});
  const other = await next();
  await other.send(start);
  await other.send(end);
  expect(await all(second)).toEqual(['head', 'end']);
});

test.each([
  ['GET', ['head', 'body', 'end']],
  ['HEAD', ['head', 'end']],
])('security.host-single: a refused %s is answered, and takes no body', async (method, types) => {
  const { application, calls } = puppet();
  const client = requestInMemory(createGateway(application, { lifespan: false }), {
    method,
    target: '/',
    headers: [],
  });
  await client.write(octets('ignored'));
  client.end();
  expect(await all(client)).toEqual(types);
  expect(calls).toHaveLength(0);
  client.reset();
});
