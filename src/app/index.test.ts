// The kit for application authors: handlers by type of scope, octets from text, and the errors that they catch.

import { expect, test, vi } from 'vitest';
import type { HttpScope } from '../interface/index.ts';
import * as kit from './index.ts';
import { application, Closed, Misuse, UnsupportedScope, utf8 } from './index.ts';

const scope = (type: string) => ({ type }) as unknown as HttpScope;
const receive = () => expect.unreachable();
const send = () => expect.unreachable();

test('application: the handler of the scope’s type is called, with all that the gateway gave', async () => {
  const http = vi.fn(async () => {});
  const given = scope('http');
  await application({ http })(given, receive, send);
  expect(http).toHaveBeenCalledExactlyOnceWith(given, receive, send);
});

test.each(['http', 'websocket', 'tunnel', 'lifespan'] as const)(
  'application: a scope of the type %s goes to its handler, and to no other',
  async (type) => {
    const other = async () => expect.unreachable();
    const handler = vi.fn(async () => {});
    const handlers = { http: other, websocket: other, tunnel: other, lifespan: other };
    await application({ ...handlers, [type]: handler })(scope(type), receive, send);
    expect(handler).toHaveBeenCalledOnce();
  },
);

test('application: it ends when the handler ends, and as it ends', async () => {
  const failure = new Error('on purpose');
  await expect(
    application({ http: () => Promise.reject(failure) })(scope('http'), receive, send),
  ).rejects.toBe(failure);
});

test.each(['websocket', '', 'HTTP', 'toString', 'constructor', '__proto__', 'hasOwnProperty'])(
  'app.unsupported-scope: the type %j is raised as UnsupportedScope',
  async (type) => {
    const app = application({ http: async () => expect.unreachable() });
    await expect(app(scope(type), receive, send)).rejects.toEqual(new UnsupportedScope(type));
  },
);

test('app.unsupported-scope: without a handler nothing is supported', async () => {
  await expect(application({})(scope('http'), receive, send)).rejects.toThrow(UnsupportedScope);
});

test('utf8: text as octets', () => {
  expect([...utf8('aä💥')]).toEqual([0x61, 0xc3, 0xa4, 0xf0, 0x9f, 0x92, 0xa5]);
});

test('the errors say whose fault they are, by name, and what they are about', () => {
  const misuse = new Misuse('http.start-once', 'again');
  expect(misuse).toMatchObject({
    name: 'Misuse',
    requirement: 'http.start-once',
    message: 'http.start-once: again',
  });
  expect(new Closed('peer_reset')).toMatchObject({ name: 'Closed', cause: 'peer_reset' });
  expect(new UnsupportedScope('tunnel')).toMatchObject({
    name: 'UnsupportedScope',
    scopeType: 'tunnel',
  });
  for (const error of [misuse, new Closed('x'), new UnsupportedScope('x')])
    expect(error).toBeInstanceOf(Error);
});

test('`portway` is what application authors import', async () => {
  // By a name that is not seen as an import of this file: the package, as its exports resolve.
  const name = 'portway';
  expect(Object.keys(await import(name)).sort()).toEqual(Object.keys(kit).sort());
});
