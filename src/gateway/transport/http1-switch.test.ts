// What an HTTP/1 connection becomes after a handshake or a request for a tunnel, on raw sockets.

import { describe, expect, test } from 'vitest';
import { type Call, given, settled, standing } from '../../../tests/fixtures/puppet.ts';
import { Closed } from '../../interface/index.ts';
import {
  answer,
  cleanUp,
  clock,
  connected,
  exchange,
  GET,
  get,
  octets,
  type Serving,
  seen,
} from './http1.fixture.ts';

cleanUp();

/** A call of whichever type, as these tests drive it. */
interface AnyCall {
  readonly scope: Call['scope'];
  receive(): Promise<{ readonly type: string; readonly [field: string]: unknown }>;
  send(event: { readonly type: string; readonly [field: string]: unknown }): Promise<void>;
  leave(error?: unknown): void;
}

const upgrade = get('/', 'Connection: upgrade', 'Upgrade: echo');
const connect = ['CONNECT example.org:443 HTTP/1.1', 'Host: example.org:443', ''];
const tunnels = ['echo', 'CONNECT'];

async function tunnel(lines = upgrade, more = '') {
  return request({ tunnels }, lines, more);
}

/** A request with octets behind it, in one piece. */
async function request(options: Serving, lines: readonly string[], more: string) {
  const served = await connected(options);
  served.client.write(lines.map((line) => `${line}\r\n`).join('') + more);
  return { ...served, call: (await served.next()) as unknown as AnyCall };
}

/** An accepted tunnel. */
async function open(lines = upgrade) {
  const opened = await tunnel(lines);
  await opened.call.send({ type: 'tunnel.accept' });
  await opened.client.until('\r\n\r\n');
  return opened;
}

describe('a tunnel', () => {
  test('tunnel.accept-wire: an upgrade is answered 101, without the fields of a response', async () => {
    const { call, client } = await tunnel();
    await call.send({ type: 'tunnel.accept', headers: [['x-greeting', 'hello']] });
    expect(await client.until('\r\n\r\n')).toBe(
      'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\nx-greeting: hello\r\n\r\n',
    );
  });

  test('tunnel.accept-wire: a CONNECT is answered 200, without any', async () => {
    const { call, client } = await tunnel(connect);
    await call.send({ type: 'tunnel.accept' });
    expect(await client.until('\r\n\r\n')).toBe('HTTP/1.1 200 OK\r\n\r\n');
  });

  test.each([
    ['an upgrade', upgrade],
    ['a CONNECT', connect],
  ])('tunnel.data-order: octets pass both ways behind %s', async (_, lines) => {
    const { call, client } = await open(lines);
    client.write('GET / HTTP/1.1\r\n\r\n');
    expect(await call.receive()).toEqual({
      type: 'tunnel.data',
      data: octets('GET / HTTP/1.1\r\n\r\n'),
    });
    for (const text of ['one', '', 'two'])
      await call.send({ type: 'tunnel.data', data: octets(text) });
    await client.until(/\r\n\r\nonetwo$/);
  });

  test.each([
    ['an upgrade', upgrade],
    ['a CONNECT', connect],
  ])(
    'tunnel.no-early-answer: what came early behind %s is given after the acceptance',
    async (_, lines) => {
      const { call, client } = await tunnel(lines, 'GET /early HTTP/1.1\r\n\r\n');
      const pending = call.receive();
      expect(await standing(pending)).toBe('pending');
      expect(client.received).toBe('');
      await call.send({ type: 'tunnel.accept' });
      expect(await pending).toEqual({
        type: 'tunnel.data',
        data: octets('GET /early HTTP/1.1\r\n\r\n'),
      });
    },
  );

  test('tunnel.end-given-once: the end that came early comes behind the octets that did', async () => {
    const { call, client, port } = await tunnel(upgrade, 'early');
    client.halfClose();
    await seen(port);
    await call.send({ type: 'tunnel.accept' });
    expect(await call.receive()).toMatchObject({ type: 'tunnel.data' });
    expect(await call.receive()).toEqual({ type: 'tunnel.end' });
    await call.send({ type: 'tunnel.data', data: octets('still') });
    await client.until(/\r\n\r\nstill$/);
  });

  test('tunnel.end-half-close: each direction has an end of its own', async () => {
    const { call, client, gateway } = await open();
    await call.send({ type: 'tunnel.data', data: octets('last') });
    await call.send({ type: 'tunnel.end' });
    await new Promise((ended) => client.socket.once('end', ended));
    expect(client.received).toMatch(/last$/);
    expect(await standing(call.receive())).toBe('pending');
    client.socket.destroy();
    call.leave();
    await gateway.idle();
  });

  test('tunnel.closed.cause: both ends make it complete', async () => {
    const { call, client, gateway } = await open();
    client.halfClose();
    expect(await call.receive()).toEqual({ type: 'tunnel.end' });
    await call.send({ type: 'tunnel.end' });
    expect(await call.receive()).toEqual({ type: 'tunnel.closed', cause: 'complete' });
    expect(await client.closed).toBe('end');
    call.leave();
    await gateway.idle();
  });

  test('tunnel.abort-wire: an abort resets the connection, and drops what waits', async () => {
    const { call, client } = await open();
    client.socket.pause();
    call.send({ type: 'tunnel.data', data: new Uint8Array(32 * 1024 * 1024) });
    await call.send({ type: 'tunnel.abort' });
    client.socket.resume();
    expect(await client.closed).toBe('reset');
    expect(client.received.length).toBeLessThan(32 * 1024 * 1024);
  });

  test('cancel.on-peer-loss: a reset loses the tunnel', async () => {
    const { call, client } = await open();
    client.reset();
    await given(call.scope.local.cancel);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('peer_reset'));
    expect(await call.receive()).toEqual({ type: 'tunnel.closed', cause: 'peer_reset' });
  });

  test('flow.input-bounded: an application that does not receive makes the peer wait, and gets all', async () => {
    const { call, client } = await open();
    const size = 32 * 1024 * 1024;
    client.write('x'.repeat(size));
    client.halfClose();
    await settled(() => client.socket.writableLength);
    expect(client.socket.writableLength).toBeGreaterThan(0);
    let read = 0;
    for (;;) {
      const event = await call.receive();
      if (event.type === 'tunnel.end') break;
      read += (event.data as Uint8Array).length;
    }
    expect(read).toBe(size);
  });

  test('flow.input-bounded: a piece is no longer than the buffer', async () => {
    const limits = { receive_buffer_octets: 1000 };
    const { call: made, client } = await exchange(upgrade, { tunnels, limits });
    const call = made as unknown as AnyCall;
    await call.send({ type: 'tunnel.accept' });
    await client.until('\r\n\r\n');
    client.write('x'.repeat(10_500));
    for (let read = 0; read < 10_500; ) {
      const { data } = (await call.receive()) as unknown as { data: Uint8Array };
      expect(data.length).toBeLessThanOrEqual(1000);
      read += data.length;
    }
  });

  test('tunnel.refuse: an upgrade that was answered otherwise leaves the connection to HTTP', async () => {
    const { call, client, next } = await tunnel();
    await answer(call as unknown as Call, 'no');
    await client.until('no');
    client.lines(...get('/2'));
    await answer(await next(), 'second');
    await client.until('second');
  });

  test('tunnel.early-data: where octets came before that answer, the connection closes', async () => {
    const { call, client, calls } = await tunnel(upgrade, get('/smuggled').join('\r\n'));
    await answer(call as unknown as Call, 'no');
    expect(await client.whole()).toMatch(/\r\nconnection: close\r\n[^\0]*no$/);
    expect(calls).toHaveLength(1);
  });

  test('tunnel.early-data: so it does where they came after the head of the answer', async () => {
    const { call, client, calls, port } = await tunnel();
    await call.send({ type: 'http.response.start', status: 403 });
    await client.until('\r\n\r\n');
    client.lines(...get('/smuggled'));
    await seen(port);
    await call.send({ type: 'http.response.end' });
    expect(await client.whole()).toMatch(/\r\n0\r\n\r\n$/);
    expect(calls).toHaveLength(1);
  });

  test('tunnel.early-data: behind a CONNECT it closes in any case', async () => {
    const { call, client, calls } = await tunnel(connect);
    await call.send({ type: 'http.response.start', status: 403 });
    await client.until('\r\n\r\n');
    await call.send({ type: 'http.response.end' });
    client.lines(...GET);
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 403 [^\0]*\r\nconnection: close\r\n/);
    expect(calls).toHaveLength(1);
  });

  test('timeout.nothing-owed: a silent tunnel stays', async () => {
    const advance = clock();
    const { call, client } = await open();
    await advance(600_000);
    client.write('x');
    expect(await call.receive()).toMatchObject({ type: 'tunnel.data' });
  });
});

const handshake = get(
  '/',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
);

/** A short frame of the client, masked with zeros. */
const frame = (opcode: number, payload: string) =>
  String.fromCharCode(0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0) + payload;

async function websocket(more = '') {
  return request({}, handshake, more);
}

async function openWebSocket() {
  const opened = await websocket();
  await opened.call.send({ type: 'websocket.accept' });
  await opened.client.until('\r\n\r\n');
  return opened;
}

describe('a WebSocket', () => {
  test('websocket.accept-answer: the answer is 101 with the key of RFC 6455 section 1.3', async () => {
    const { call, client } = await websocket();
    await call.send({ type: 'websocket.accept', headers: [['x-a', 'b']] });
    const answer = await client.until('\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 101 Switching Protocols\r\n/);
    expect(answer).toContain('\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n');
    expect(answer).toMatch(/\r\nx-a: b\r\n\r\n$/);
    expect(answer).not.toMatch(/date|content-length|transfer-encoding/);
  });

  test('websocket.message-whole: messages pass both ways, in order', async () => {
    const { call, client } = await openWebSocket();
    client.write(frame(1, 'one') + frame(2, 'two'));
    expect(await call.receive()).toEqual({ type: 'websocket.message', text: 'one' });
    expect(await call.receive()).toEqual({ type: 'websocket.message', data: octets('two') });
    await Promise.all(
      ['a', 'b', 'c'].map((text) => call.send({ type: 'websocket.message', text })),
    );
    await client.until('\x81\x01a\x81\x01b\x81\x01c');
  });

  test('websocket.early-octets: what came behind the handshake is read as frames', async () => {
    const { call } = await websocket(frame(1, 'early'));
    await call.send({ type: 'websocket.accept' });
    expect(await call.receive()).toEqual({ type: 'websocket.message', text: 'early' });
  });

  test('websocket.early-octets: after a denial, the connection closes if there were any', async () => {
    const { call, client, calls } = await websocket(get('/smuggled').join('\r\n'));
    await call.send({ type: 'http.response.start', status: 403 });
    await call.send({ type: 'http.response.end' });
    expect(await client.whole()).toMatch(/^HTTP\/1\.1 403 /);
    expect(calls).toHaveLength(1);
  });

  test('websocket.denial: otherwise the connection goes on with HTTP', async () => {
    const { call, client, next } = await websocket();
    await call.send({ type: 'http.response.start', status: 403 });
    await call.send({ type: 'http.response.end' });
    client.lines(...get('/2'));
    await answer(await next(), 'second');
    await client.until('second');
  });

  test('websocket.handshake: a wrong version is answered 426, and the connection closes', async () => {
    const lines = handshake.map((line) => line.replace('Version: 13', 'Version: 12'));
    const { client, calls } = await exchange([...GET]).then(async ({ call, client, calls }) => {
      await answer(call, 'first');
      client.lines(...lines, ...GET);
      return { client, calls };
    });
    const whole = await client.whole();
    expect(whole).toMatch(/ 426 Upgrade Required\r\n[^\0]*\r\nsec-websocket-version: 13\r\n/);
    expect(whole).toMatch(/\r\nconnection: close\r\n/);
    expect(calls).toHaveLength(1);
  });

  test('websocket.transport-close: closed by the application, answered by the peer, ended by both', async () => {
    const { call, client, gateway } = await openWebSocket();
    await call.send({ type: 'websocket.close', code: 1000 });
    await client.until('\x88\x02\x03\xe8');
    client.write(frame(8, '\x03\xe8'));
    expect(await call.receive()).toMatchObject({
      type: 'websocket.closed',
      code: 1000,
      clean: true,
    });
    expect(await client.closed).toBe('end');
    call.leave();
    await gateway.idle();
  });

  test('websocket.close-frame: a peer that ends without a Close frame has ended the connection', async () => {
    const { call, client } = await openWebSocket();
    client.halfClose();
    await given(call.scope.local.cancel);
    expect(await call.receive()).toMatchObject({ type: 'websocket.closed', code: 1006 });
    expect(await client.closed).toBe('end');
  });

  test('websocket.close-timeout: a peer that does not end its side is dropped after `idle_ms`', async () => {
    const advance = clock();
    const { call, client, listener } = await openWebSocket();
    // Both Close frames pass, and then the peer keeps the connection.
    client.write(frame(8, ''));
    await client.until('\x88');
    expect(await call.receive()).toMatchObject({ type: 'websocket.closed' });
    call.leave();
    client.socket.allowHalfOpen = true;
    listener.drain();
    const closed = listener.closed;
    await advance(59_000);
    expect(await standing(closed)).toBe('pending');
    await advance(3000);
    await closed;
  });

  test('websocket.keep-alive: a silent peer is asked, and lost if it does not answer', async () => {
    const advance = clock();
    const { call, client } = await openWebSocket();
    await advance(61_000);
    await client.until('\x89\x00');
    client.write(frame(10, ''));
    await settled(() => client.received);
    await advance(61_000);
    await client.until('\x89\x00\x89\x00');
    expect(call.scope.local.cancel.aborted).toBe(false);
    await advance(61_000);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('timeout'));
    await client.closed;
  });

  test('drain.after-deadline: an open one is closed with 1001', async () => {
    const { call, client, gateway } = await openWebSocket();
    gateway.drain();
    gateway.deadline();
    await client.until('\x88\x02\x03\xe9');
    expect(await client.closed).toBe('end');
    expect(await call.receive()).toMatchObject({ initiator: 'gateway', code: 1001 });
  });
});
