// HTTP/1 connections on raw sockets: several exchanges behind each other, limits of time, and drains.

import { describe, expect, test, vi } from 'vitest';
import { given, settled, standing, turn, until } from '../../../tests/fixtures/puppet.ts';
import { RawClient } from '../../../tests/fixtures/raw-client.ts';
import { Closed } from '../../interface/index.ts';
import type { TraceStep } from '../../trace/index.ts';
import {
  answer,
  body,
  cleanUp,
  clock,
  connected,
  end,
  exchange,
  GET,
  get,
  octets,
  post,
  seen,
  serve,
  start,
} from './http1.fixture.ts';
import { listen } from './listen.ts';

cleanUp();

const targets = ['/1', '/2', '/3'];

/** A client that has sent three requests at once, and the call of the first. */
function pipeline() {
  return exchange(targets.flatMap((target) => get(target)));
}

describe('several exchanges on one connection', () => {
  test('keep-alive: one exchange after the other, each with a scope of its own', async () => {
    const { client, next, calls, faults } = await connected();
    for (const target of targets) {
      client.lines(...get(target));
      await answer(await next(), `answer to ${target}`);
      await client.until(`answer to ${target}`);
    }
    expect(new Set(calls.map(({ scope }) => scope.id)).size).toBe(3);
    expect(new Set(calls.map(({ scope }) => scope.peer?.port)).size).toBe(1);
    expect(faults).toEqual([]);
  });

  test('keep-alive: what the application left unread does not reach the next request', async () => {
    const { call, client, next } = await exchange(post('Content-Length: 100000'));
    await answer(call, 'early');
    await client.until('early');
    client.write('GET /smuggled HTTP/1.1\r\n'.padEnd(100_000, 'x')).lines(...get('/2'));
    const second = await next();
    expect(second.scope.target).toBe('/2');
    await answer(second, 'second');
    await client.until('second');
  });

  test('http.duplex: a request that is still arriving goes on to arrive after its response has ended', async () => {
    const { call, client, next } = await exchange(post('Transfer-Encoding: chunked'));
    await answer({ ...call, leave: () => {} }, 'accepted');
    await client.until('accepted');
    await turn();
    client.lines('4', 'late', '0', '');
    expect(await call.receive()).toEqual({ type: 'http.request.body', data: octets('late') });
    expect(await call.receive()).toEqual({ type: 'http.request.end', trailers: [] });
    expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'complete' });
    call.leave();
    client.lines(...get('/2'));
    await answer(await next(), 'second');
    await client.until('second');
  });

  test('http.duplex: so does one whose connection closes behind the response', async () => {
    const { call, client } = await exchange(
      post('Transfer-Encoding: chunked', 'Connection: close'),
    );
    await answer({ ...call, leave: () => {} }, 'accepted');
    await client.until('accepted');
    client.socket.resume();
    client.lines('4', 'late', '0', '');
    expect(await call.receive()).toEqual({ type: 'http.request.body', data: octets('late') });
    expect(await call.receive()).toEqual({ type: 'http.request.end', trailers: [] });
    expect(await client.closed).toBe('end');
  });

  test('http.duplex: a peer that leaves after the response and within the request closes as `complete`', async () => {
    const { call, client, gateway } = await exchange(post('Transfer-Encoding: chunked'));
    await answer({ ...call, leave: () => {} }, 'accepted');
    await client.until('accepted');
    const waiting = call.receive();
    client.reset();
    expect(await waiting).toEqual({ type: 'http.closed', cause: 'complete' });
    call.leave();
    await gateway.idle();
  });

  test.each<[string, string[]]>([
    ['the request says `connection: close`', get('/1', 'Connection: x, Close')],
    ['the request says so besides `keep-alive`', get('/1', 'Connection: close, keep-alive')],
    ['the request is of HTTP/1.0', ['GET /1 HTTP/1.0', '']],
  ])('security.nothing-after-last: where %s, no other request is read', async (_, first) => {
    const { call, client, calls } = await exchange([...first, ...get('/2')]);
    await answer(call, 'first');
    const whole = await client.whole();
    expect(whole).toMatch(/\r\nconnection: close\r\n[^\0]*first$/);
    expect(calls).toHaveLength(1);
  });

  test('pipelining: a request is given to the application once the answer before it is over', async () => {
    const { call, client, calls, next } = await pipeline();
    await settled(() => calls.length);
    expect(calls).toHaveLength(1);
    await answer(call, 'answer to /1');
    for (const target of targets.slice(1)) {
      const call = await next();
      expect(call.scope.target).toBe(target);
      await answer(call, `answer to ${target}`);
    }
    const whole = await client.until('answer to /3');
    expect(whole.match(/answer to \/\d/g)).toEqual(targets.map((target) => `answer to ${target}`));
  });

  test('pipelining: an abort takes the requests behind it with the connection', async () => {
    const { call, client, calls } = await pipeline();
    await call.send(start);
    await call.send(body('half'));
    await call.send({ type: 'http.response.abort' });
    expect(await client.whole()).toMatch(/\r\n4\r\nhalf\r\n$/);
    expect(calls).toHaveLength(1);
  });

  test('flow.input-bounded: no more than the buffer is read behind the request under way', async () => {
    const { call, client, next, calls } = await exchange();
    const request = `${get('/2', `X-Fill: ${'x'.repeat(4000)}`).join('\r\n')}\r\n`;
    const many = 8000;
    client.write(request.repeat(many));
    await settled(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    await answer(call, 'first');
    for (let i = 0; i < many; i++) await answer(await next(), '.');
    expect(calls).toHaveLength(many + 1);
    await settled(() => client.received.length);
    expect(client.socket.writableLength).toBe(0);
  });

  test('security.concurrency-bounded: no further request is read until a call has ended', async () => {
    const served = await connected({ listen: { calls: 2 } });
    const { client, calls, next } = served;
    client.lines(...targets.flatMap((target) => get(target)));
    const first = await next();
    await answer({ ...first, leave: () => {} }, 'first');
    await answer({ ...(await next()), leave: () => {} }, 'second');
    await client.until('second');
    await settled(() => calls.length);
    expect(calls).toHaveLength(2);
    first.leave();
    await answer(await next(), 'third');
    await client.until('third');
  });

  test('security.concurrency-bounded: 100 where nothing else is configured', async () => {
    const { client, calls, next } = await connected();
    client.lines(...Array.from({ length: 101 }, () => GET).flat());
    for (let i = 0; i < 100; i++) await answer({ ...(await next()), leave: () => {} }, '.');
    await settled(() => calls.length);
    expect(calls).toHaveLength(100);
    calls[0]?.leave();
    await answer(await next(), 'last');
    await client.until('last');
  });

  test('cancel.on-peer-loss: a peer that resets is lost to the exchange', async () => {
    const { call, client, gateway } = await exchange();
    client.reset();
    expect([await call.receive(), await call.receive()]).toEqual([
      { type: 'http.request.end', trailers: [] },
      { type: 'http.closed', cause: 'peer_reset' },
    ]);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('peer_reset'));
    await expect(call.send(start)).rejects.toEqual(new Closed('peer_reset'));
    call.leave();
    await gateway.idle();
  });

  test('flow.send-waits: a response behind one that nobody reads is not begun', async () => {
    const { call, client, calls, next } = await pipeline();
    client.socket.pause();
    await call.send(start);
    let waiting = call.send(body('x'.repeat(64 * 1024)));
    while ((await standing(waiting)) !== 'pending')
      waiting = call.send(body('x'.repeat(64 * 1024)));
    await call.send(end);
    await waiting;
    call.leave();
    await settled(() => calls.length);
    expect(calls).toHaveLength(1);
    client.socket.resume();
    await answer(await next(), 'second');
    await client.until('second');
  });

  test('flow.send-settles-on-close: a `send` that waits fails when the peer is lost', async () => {
    const { call, client } = await exchange();
    client.socket.pause();
    await call.send(start);
    let waiting = call.send(body('x'.repeat(64 * 1024)));
    while ((await standing(waiting)) !== 'pending')
      waiting = call.send(body('x'.repeat(64 * 1024)));
    client.reset();
    await expect(waiting).rejects.toEqual(new Closed('peer_reset'));
  });

  test('a connection that carries many exchanges gathers no listeners', async () => {
    const { client, next } = await connected();
    const many = Array.from({ length: 30 }, (_, i) => `/${i}`);
    client.lines(...many.flatMap((target) => get(target)));
    for (const target of many) await answer(await next(), `answer to ${target}.`);
    await client.until('answer to /29.');
    for (const target of many) {
      client.lines(...get(target));
      await answer(await next(), `again ${target}.`);
      await client.until(`again ${target}.`);
    }
  });
});

describe('a drain', () => {
  test('a port that is taken is an error', async () => {
    const { port, gateway } = await serve();
    await expect(listen(gateway, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('drain.no-new, drain.connections: an idle connection is closed, and no other is accepted', async () => {
    const { call, client, listener, port } = await exchange();
    await answer(call, 'done');
    await client.until('done');
    listener.drain();
    await listener.closed;
    expect(await client.closed).toBe('end');
    await expect(RawClient.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('drain.no-new: a drain of the gateway is one of its listener', async () => {
    const { gateway, listener, port } = await serve();
    gateway.drain();
    await listener.closed;
    await expect(RawClient.connect(port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('drain.served: the first request of a connection that was there before is served', async () => {
    const { listener, client: connect, next, port } = await serve();
    const [silent, halting] = [await connect(), await connect()];
    halting.write('GET /halting HTTP/1.1\r\nHo');
    await seen(port);
    listener.drain();
    halting.write('st: a\r\n\r\n');
    await answer(await next(), 'halting');
    silent.lines(...get('/silent'));
    await answer(await next(), 'silent');
    expect(await halting.whole()).toMatch(/\r\nconnection: close\r\n[^\0]*halting$/);
    expect(await silent.whole()).toMatch(/\r\nconnection: close\r\n[^\0]*silent$/);
    await listener.closed;
  });

  test('drain.served: a connection that never sends its first request is kept for `head_ms`', async () => {
    const advance = clock();
    const { client, gateway, listener, port } = await connected({ limits: { drain_ms: 100_000 } });
    await seen(port);
    gateway.drain();
    await advance(29_000);
    await settled(() => client.socket.destroyed);
    expect(client.socket.readyState).toBe('open');
    await advance(2000);
    expect(await client.whole()).toBe('');
    await listener.closed;
  });

  test('drain.served: at the deadline, it is closed', async () => {
    const advance = clock();
    const { client, gateway, listener, port } = await connected({ limits: { drain_ms: 5000 } });
    await seen(port);
    gateway.drain();
    await advance(4000);
    await settled(() => client.socket.destroyed);
    expect(client.socket.readyState).toBe('open');
    await advance(2000);
    expect(await client.whole()).toBe('');
    await listener.closed;
  });

  test('drain.connections: a response that has yet to begin says that it is the last', async () => {
    const { call, client, listener, calls } = await exchange([...GET, ...get('/2')]);
    listener.drain();
    await answer(call, 'done');
    expect(await client.whole()).toMatch(/\r\nconnection: close\r\n[^\0]*done$/);
    await listener.closed;
    expect(calls).toHaveLength(1);
  });

  test('drain.connections: a response that has begun is completed, and then the connection closes', async () => {
    const { call, client, listener } = await exchange();
    await call.send(start);
    await client.until('\r\n\r\n');
    listener.drain();
    await call.send(body('done'));
    await call.send(end);
    expect(await client.whole()).toMatch(/done\r\n0\r\n\r\n$/);
    await listener.closed;
  });

  test('drain.served: what began behind a response that did not say otherwise is served', async () => {
    const { call, client, listener, next, calls } = await pipeline();
    await call.send(start);
    await client.until('\r\n\r\n');
    listener.drain();
    await call.send(end);
    call.leave();
    await answer(await next(), 'second');
    expect(await client.whole()).toMatch(/connection: close\r\n[^\0]*second$/);
    await listener.closed;
    expect(calls).toHaveLength(2);
  });

  test('drain.after-deadline: a response that has not begun is 503, and the connection closes', async () => {
    const { call, client, gateway, listener } = await exchange();
    gateway.drain();
    gateway.deadline();
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 503 [^\0]*\r\nconnection: close\r\n/);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('shutdown'));
    await listener.closed;
  });

  test('drain.after-deadline: a response that has begun is broken off', async () => {
    const { call, client, gateway } = await exchange();
    await call.send(start);
    await client.until('\r\n\r\n');
    gateway.drain();
    gateway.deadline();
    expect(await client.whole()).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test('destroy: connections break off, and applications hear of it', async () => {
    const { call, client, listener } = await exchange();
    listener.destroy();
    await client.closed;
    await given(call.scope.local.cancel);
    await expect(call.send(start)).rejects.toThrow(Closed);
    await listener.closed;
  });
});

const MINUTE = 60_000;

const arrived = (steps: readonly TraceStep[]) =>
  steps.filter(({ lane, type }) => lane === 'gateway' && type === 'http.request.body').length;

describe('a body that stands still', () => {
  test('timeout.acts: is answered 408 when a minute has brought nothing', async () => {
    const advance = clock();
    const { call, client, steps } = await exchange(post('Content-Length: 10'));
    client.write('half');
    await until(() => arrived(steps) === 1);
    await advance(MINUTE - 1);
    expect(call.scope.local.cancel.aborted).toBe(false);
    await advance(1001);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('timeout'));
    expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
    expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'timeout' });
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 408 [^\0]*\r\nconnection: close\r\n/);
  });

  test('timeout.acts: is answered so where the application has discarded it, too', async () => {
    const advance = clock();
    const { call, client } = await exchange(post('Content-Length: 10'));
    await call.send({ type: 'http.request.discard' });
    await advance(MINUTE + 1001);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('timeout'));
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 408 /);
  });

  test('timeout.acts: breaks off a response that has begun', async () => {
    const advance = clock();
    const { call, client } = await exchange(post('Content-Length: 10'));
    await call.send(start);
    await client.until('\r\n\r\n');
    await advance(MINUTE + 1001);
    expect(await client.whole()).not.toMatch(/ 408 |\r\n0\r\n/);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('timeout'));
  });

  test('security.nothing-after-last: closes the connection where the response is over', async () => {
    const advance = clock();
    const { call, client, gateway } = await exchange(post('Content-Length: 10'));
    await answer(call, 'early');
    await client.until('early');
    await gateway.idle();
    await advance(MINUTE + 1001);
    expect(await client.whole()).toMatch(/early$/);
  });

  test('timeout.progress: does not matter while pieces arrive, however long it takes in all', async () => {
    const advance = clock();
    const { call, client, steps } = await exchange(post('Content-Length: 5'));
    for (let i = 1; i <= 5; i++) {
      await advance(MINUTE - 1);
      client.write('x');
      await until(() => arrived(steps) === i);
    }
    await until(() => steps.at(-1)?.type === 'http.request.end');
    await advance(2 * MINUTE);
    expect(call.scope.local.cancel.aborted).toBe(false);
    await answer(call, 'done');
    await client.until('done');
  });

  test('timeout.nothing-owed: does not matter while it is the application that does not read', async () => {
    const advance = clock();
    const { call, client, steps } = await exchange(post('Content-Length: 1000000'));
    client.write('x'.repeat(1_000_000));
    await until(() => arrived(steps) > 0);
    await settled(() => arrived(steps));
    await advance(5 * MINUTE);
    let size = 0;
    for (let event = await call.receive(); event.type !== 'http.request.end'; ) {
      if (event.type !== 'http.request.body') return expect.unreachable(event.type);
      size += event.data.length;
      event = await call.receive();
    }
    expect(size).toBe(1_000_000);
  });

  test('timeout.nothing-owed: does not matter while the peer waits for the 100 that is held back', async () => {
    const advance = clock();
    const { call, client } = await exchange(post('Expect: 100-continue', 'Content-Length: 2'));
    await advance(5 * MINUTE);
    expect(call.scope.local.cancel.aborted).toBe(false);
    const pending = call.receive();
    await client.until(' 100 ');
    client.write('ab');
    expect(await pending).toMatchObject({ type: 'http.request.body' });
    await answer(call, 'done');
    await client.until('done');
  });

  test('timeout.acts: counts from the 100 on', async () => {
    const advance = clock();
    const { call, client } = await exchange(post('Expect: 100-continue', 'Content-Length: 2'));
    await advance(5 * MINUTE);
    const pending = call.receive();
    await client.until(' 100 ');
    await advance(MINUTE - 1);
    expect(await standing(pending)).toBe('pending');
    await advance(1001);
    expect(await pending).toEqual({ type: 'http.closed', cause: 'timeout' });
  });
});

describe('time', () => {
  test('security.head-time-silent: a connection that carried a request closes silently after `keep_alive_ms`', async () => {
    const advance = clock();
    const { call, client } = await exchange();
    await answer(call, 'done');
    await client.until('done');
    await advance(4999);
    await settled(() => client.socket.destroyed);
    expect(client.socket.readyState).toBe('open');
    await advance(1001);
    expect(await client.whole()).toMatch(/done$/);
  });

  test('security.head-time: the head of a later request has the same time, octet by octet', async () => {
    const advance = clock();
    const { call, client, calls, port } = await exchange();
    await answer(call, 'done');
    await client.until('done');
    for (const piece of ['GET / HTTP', '/1.1\r\n', 'Host: a\r\n', 'X: ']) {
      client.write(piece);
      await seen(port);
      await advance(8000);
    }
    expect(await client.whole()).toMatch(/done[^\0]* 408 Request Timeout\r\n/);
    expect(calls).toHaveLength(1);
  });

  test('timeout.nothing-owed: an exchange that takes long owes nothing', async () => {
    const advance = clock();
    const { call, client } = await exchange();
    await advance(10 * MINUTE);
    await answer(call, 'late');
    await client.until('late');
  });

  test('timeout.stalled-reader: a reader that takes nothing for a minute is broken off', async () => {
    const advance = clock();
    const { call, client, gateway } = await exchange();
    client.socket.pause();
    await call.send(start);
    let waiting = call.send(body('x'.repeat(64 * 1024)));
    while ((await standing(waiting)) !== 'pending')
      waiting = call.send(body('x'.repeat(64 * 1024)));
    const failed = expect(waiting).rejects.toEqual(new Closed('timeout'));
    await advance(MINUTE + 1001);
    await failed;
    call.leave();
    await gateway.idle();
  });

  test('timeout.stalled-reader: so is one whose response is over for the application', async () => {
    const advance = clock();
    const { call, client, gateway } = await exchange();
    client.socket.pause();
    await call.send(start);
    for (let i = 0; i < 512; i++) call.send(body('x'.repeat(64 * 1024)));
    await call.send(end);
    call.leave();
    await turn();
    expect(gateway.active).toBe(1);
    await advance(MINUTE + 1001);
    await gateway.idle();
    expect(call.scope.local.cancel.aborted).toBe(false);
    client.socket.resume();
    expect(await client.whole()).not.toMatch(/\r\n0\r\n\r\n$/);
  });

  test('timeout.progress: taking a part of one large piece is progress', async () => {
    const advance = clock();
    const { call, client } = await exchange();
    client.socket.pause();
    await call.send(start);
    const size = 64 * 1024 * 1024;
    const waiting = call.send({ type: 'http.response.body', data: new Uint8Array(size).fill(120) });
    expect(await standing(waiting)).toBe('pending');
    let read = 0;
    client.socket.on('data', (data: string) => (read += data.length));
    for (let minute = 0; minute < 3; minute++) {
      await advance(MINUTE - 1000);
      const before = read;
      client.socket.resume();
      await until(() => read > before + 8_000_000);
      client.socket.pause();
      await settled(() => read);
    }
    expect(read).toBeLessThan(size);
    expect(await standing(waiting)).toBe('pending');
    client.socket.resume();
    await waiting;
  });

  test('leaves no timer behind', async () => {
    const pass = clock();
    const { call, client, gateway } = await exchange(post('Content-Length: 2'));
    client.write('ab');
    await answer(call, 'done');
    await client.until('done');
    client.reset();
    await gateway.idle();
    // The gateway lets go of its timer with the next look.
    await pass(250);
    await until(() => vi.getTimerCount() === 0);
  });
});
