// The process of the cases as servers/relay.py meets it: one connection is one call, in lines of JSON.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { type Application, Closed, UnsupportedScope } from '../interface/index.ts';
import { DistantRun, listenForCalls, OpenCalls } from './relay.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

type Play = (
  scope: never,
  receive: () => Promise<never>,
  send: (event: unknown) => Promise<void>,
) => Promise<void>;

/** A call of an application, from the other process. */
async function called(play: Play, calls = new OpenCalls()) {
  const path = join(folder(), 'calls.sock');
  const server = await listenForCalls(path, play as unknown as Application, calls);
  const socket = connect(path);
  open.push(() => {
    socket.destroy();
    server.close();
    rmSync(path, { force: true });
  });
  await once(socket, 'connect');
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]();
  return {
    write: (line: object) => socket.write(`${JSON.stringify(line)}\n`),
    read: async () => JSON.parse((await lines.next()).value ?? '') as Record<string, unknown>,
  };
}

const SCOPE = { type: 'http', headers: [['host', 'a.example']] };

test('orders and answers go to and fro; octets keep what they are', async () => {
  const { read, write } = await called(async (_scope, receive, send) => {
    const { data } = (await receive()) as { data: Uint8Array };
    await send({ type: 'http.response.body', data: data.toReversed() });
  });
  write({ scope: SCOPE });
  expect(await read()).toEqual({ op: 'receive', n: 1 });
  write({ n: 1, event: { type: 'http.request.body', data: { $base64: 'AP8=' } } });
  expect(await read()).toEqual({
    op: 'send',
    n: 2,
    event: { type: 'http.response.body', data: { $base64: '/wA=' } },
  });
  write({ n: 2 });
  expect(await read()).toEqual({ op: 'end', outcome: null });
});

test('what no event can have is marked', async () => {
  const { read, write } = await called(async (_scope, _receive, send) => {
    await send({
      type: 'x',
      a: undefined,
      b: Number.NaN,
      c: () => {},
      d: new Date(0),
      e: '\ud800',
    });
  });
  write({ scope: SCOPE });
  expect((await read()).event).toEqual({
    type: 'x',
    a: { $invalid: 'undefined' },
    b: { $invalid: 'number' },
    c: { $invalid: 'function' },
    d: { $invalid: 'object' },
    e: { $invalid: 'string' },
  });
});

test('misuse, the end of a conversation and the signal arrive as they are', async () => {
  const seen: unknown[] = [];
  const { read, write } = await called(async (scope, receive, send) => {
    const { cancel } = (scope as { local: { cancel: AbortSignal } }).local;
    await send({ type: 'a' }).catch(({ name, requirement }) => seen.push(name, requirement));
    await receive().catch(({ name, cause, code }) => seen.push(name, cause, code));
    seen.push(cancel.aborted, cancel.reason instanceof Closed);
    throw new UnsupportedScope('http');
  });
  write({ scope: SCOPE });
  await read();
  write({ n: 1, error: { name: 'Misuse', requirement: 'http.start-once', message: 'no' } });
  await read();
  write({ cancel: { name: 'Closed', cause: 'peer_reset', message: '' } });
  write({ n: 2, error: { name: 'Closed', cause: 'peer_closed', code: 4000, message: '' } });
  expect(await read()).toMatchObject({ op: 'end', outcome: { name: 'UnsupportedScope' } });
  expect(seen).toEqual(['Misuse', 'http.start-once', 'Closed', 'peer_closed', 4000, true, true]);
});

test('where the other process is gone, nothing waits for ever', async () => {
  const ended = Promise.withResolvers<string>();
  const { read, write } = await called(async (_scope, receive) => {
    await receive().catch((error: Error) => ended.resolve(error.message));
  });
  write({ scope: SCOPE });
  await read();
  for (const close of open.splice(0)) close();
  expect(await ended.promise).toBe('the call has ended');
});

test('nothing is pending that the other process has not taken yet', async () => {
  const calls = new OpenCalls();
  const run = new DistantRun(calls);
  const standing: string[] = [];
  const { read, write } = await called(async (_scope, _receive, send) => {
    standing.push(await run.standing(send({ type: 'large' })));
  }, calls);
  write({ scope: SCOPE });
  expect(await read()).toMatchObject({ op: 'send', n: 1 });
  expect(await read()).toEqual({ op: 'taken', n: 2 });
  // As if the event took longer to read than a run waits.
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(standing).toEqual([]);
  write({ n: 1 });
  write({ taken: 2 });
  expect(await read()).toEqual({ op: 'end', outcome: null });
  expect(standing).toEqual(['accepted']);
});

test('a call that is over holds nobody up', async () => {
  const calls = new OpenCalls();
  const { read, write } = await called(async (_scope, receive) => {
    await receive().catch(() => {});
  }, calls);
  write({ scope: SCOPE });
  expect(await read()).toMatchObject({ op: 'receive' });
  const taken = calls.taken();
  expect(await read()).toMatchObject({ op: 'taken' });
  for (const close of open.splice(0)) close();
  await taken;
  await calls.taken();
});
