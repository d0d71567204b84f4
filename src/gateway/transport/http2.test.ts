// HTTP/2 frame by frame: what no library would send, and what none shows of the answer. The behaviour that all transports
// share is tested in ../../client/node-http2.test.ts.

import { fstatSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { given, puppet, settled, standing, turn, until } from '../../../tests/fixtures/puppet.ts';
import type { Application, Closed, Fields, Limits, TunnelScope } from '../../interface/index.ts';
import { NodeFile } from '../files.ts';
import { createGateway, type GatewayOptions } from '../gateway.ts';
import { encode, FLAG, FRAME, type Frame, frame, GET, POST, RawHttp2 } from './http2.raw.ts';
import { createHttp2Acceptor, type Http2Options } from './http2.ts';

const NO_ERROR = 0;
const PROTOCOL_ERROR = 1;
const INTERNAL_ERROR = 2;
const FLOW_CONTROL_ERROR = 3;
const REFUSED_STREAM = 7;
const CANCEL = 8;
const CONNECT_ERROR = 10;
const ENHANCE_YOUR_CALM = 11;
/** The highest identifier that there is. */
const ALL = 2 ** 31 - 1;

const octets = (text: string) => new TextEncoder().encode(text);
const start = { type: 'http.response.start', status: 200 } as const;
const end = { type: 'http.response.end' } as const;
const body = (data: string | Uint8Array) =>
  ({
    type: 'http.response.body',
    data: typeof data === 'string' ? octets(data) : data,
  }) as const;
const without = (fields: Fields, name: string) => fields.filter(([other]) => other !== name);

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  for (const close of closers.splice(0).reverse()) await close();
});

interface Setup extends Http2Options {
  readonly limits?: Partial<Limits>;
  readonly gateway?: GatewayOptions;
}

/** A gateway that listens, for connections that speak HTTP/2. */
async function serve(application: Application, { limits, gateway: more, ...options }: Setup = {}) {
  const faults: string[] = [];
  const gateway = createGateway(application, {
    lifespan: false,
    onFault: ({ message }) => faults.push(message),
    ...(limits ? { limits } : {}),
    ...more,
  });
  await gateway.start();
  const acceptor = createHttp2Acceptor(gateway, options);
  const address = { transport: 'tcp', address: '127.0.0.1', port: 1 } as const;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
    acceptor.accept(socket, { peer: address, local_address: address, tls: null }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    acceptor.destroy();
    await closed;
  });
  const { port } = server.address() as AddressInfo;
  return {
    gateway,
    acceptor,
    faults,
    port,
    async connect(settings: Record<number, number> = {}) {
      const client = await RawHttp2.connect(port, { settings });
      closers.push(async () => client.destroy());
      return client;
    },
  };
}

/** The same with an application that does what the test says, and one client. */
async function open(setup: Setup = {}, settings: Record<number, number> = {}) {
  const { application, calls, next } = puppet();
  const served = await serve(application as Application, setup);
  return { ...served, calls, next, client: await served.connect(settings) };
}

describe('the head', () => {
  test('websocket.connect-setting: the first settings allow an extended CONNECT', async () => {
    const { client } = await open();
    await client.ping();
    expect(client.settings.get(8)).toBe(1);
  });

  test('http.headers.order, http.headers.no-pseudo, http.headers.cookie-joined: fields as they came, cookies as one', async () => {
    const { client, next } = await open();
    const fields: Fields = [
      ['x-twice', 'one'],
      ['cookie', 'a=1'],
      ['x-other', '\u00e4'],
      ['cookie', 'b=2'],
      ['x-twice', 'two'],
      ['cookie', ''],
    ];
    client.request(1, [...GET, ...fields]);
    const { scope } = await next();
    expect(scope.headers).toEqual([
      ['x-twice', 'one'],
      ['cookie', 'a=1; b=2;'],
      ['x-other', '\u00e4'],
      ['x-twice', 'two'],
    ]);
    expect(scope).toMatchObject({ http_version: '2', authority: 'example.org', scheme: 'http' });
  });

  test('security.forwarded-not-peer: the scheme is that of the connection', async () => {
    const { client, next } = await open();
    client.request(1, [...without(GET, ':scheme'), [':scheme', 'https']]);
    expect((await next()).scope.scheme).toBe('http');
  });

  test('http.target.raw: `host` alone names the authority', async () => {
    const { client, next } = await open();
    client.request(1, [...without(GET, ':authority'), ['host', 'a:81']]);
    expect((await next()).scope).toMatchObject({ authority: 'a:81', headers: [['host', 'a:81']] });
  });

  test('security.stream-malformed: `:authority` and `host` may differ in the case of letters', async () => {
    const { client, next } = await open();
    client.request(1, [...GET, ['host', 'EXAMPLE.org']]);
    expect((await next()).scope.authority).toBe('example.org');
  });

  test.each<[string, Fields]>([
    ['a `host` that differs from `:authority`', [...GET, ['host', 'example.com']]],
    ['two `host` fields', [...without(GET, ':authority'), ['host', 'a'], ['host', 'a']]],
    ['a name with a capital', [...GET, ['X-A', 'b']]],
    ['`connection`', [...GET, ['connection', 'close']]],
    ['`transfer-encoding`', [...GET, ['transfer-encoding', 'chunked']]],
    ['`te` other than trailers', [...GET, ['te', 'gzip']]],
    ['a missing `:path`', without(GET, ':path')],
    ['a missing `:method`', without(GET, ':method')],
    ['an unknown pseudo-header field', [...GET, [':x', 'y']]],
    ['a repeated pseudo-header field', [...GET, [':path', '/']]],
    ['a pseudo-header field behind another field', [['x', 'y'], ...GET]],
    ['CR LF in `:path`', [...without(GET, ':path'), [':path', '/\r\n']]],
    ['a `content-length` and no data', [...GET, ['content-length', '5']]],
    ['a `content-length` that is none', [...GET, ['content-length', 'x']]],
    ['`:protocol` with another method than CONNECT', [...GET, [':protocol', 'websocket']]],
    ['LF in a value', [...GET, ['x-a', 'b\nc']]],
    ['NUL in a value', [...GET, ['x-a', 'b\0c']]],
    ['a name with a space', [...GET, ['x a', 'b']]],
  ])('security.stream-malformed: %s resets the stream and nothing else', async (_, fields) => {
    const { client, calls, next } = await open();
    client.request(1, fields).request(3);
    expect(await client.resetCode(1)).toBe(PROTOCOL_ERROR);
    await next();
    expect(calls).toHaveLength(1);
  });

  const many = (count: number): Fields => Array.from({ length: count }, (_, i) => ['x', `${i}`]);

  test.each<[string, number, Fields]>([
    ['security.limits-head: too many fields', 431, [...GET, ...many(11)]],
    ['security.limits-head: too large a section', 431, [...GET, ['x', 'y'.repeat(1000)]]],
    [
      'security.limits-target: too long a target',
      414,
      [...without(GET, ':path'), [':path', `/${'a'.repeat(100)}`]],
    ],
    [
      'security.target-syntax: a target that is none',
      400,
      [...without(GET, ':path'), [':path', '/#']],
    ],
    [
      'security.host-single: a host that is none',
      400,
      [...without(GET, ':authority'), ['host', 'a,b']],
    ],
    [
      'tunnel.undeclared-connect: a CONNECT that nobody takes',
      501,
      [
        [':method', 'CONNECT'],
        [':authority', 'a:1'],
      ],
    ],
    [
      'tunnel.connect-syntax: a CONNECT without a port',
      400,
      [
        [':method', 'CONNECT'],
        [':authority', 'a'],
      ],
    ],
  ])('%s is refused with %i, and the connection goes on', async (_, status, fields) => {
    const limits = { header_fields: 10, header_octets: 1000, target_octets: 100 };
    const { client, calls, next } = await open({ limits });
    client.request(1, fields).request(3);
    expect(await client.status(1)).toBe(status);
    expect((await client.frame('data', 1)).flags & FLAG.endStream).toBe(FLAG.endStream);
    await next();
    expect(calls).toHaveLength(1);
  });

  test('security.limits-head: a section in many frames, larger than the limit, is answered', async () => {
    const { client, calls } = await open();
    const section = encode([...GET, ...many(9000)]);
    client.send(FRAME.headers, FLAG.endStream, 1, section.subarray(0, 16_000));
    for (let at = 16_000; at < section.length; at += 16_000) {
      const last = at + 16_000 >= section.length;
      client.send(
        FRAME.continuation,
        last ? FLAG.endHeaders : 0,
        1,
        section.subarray(at, at + 16_000),
      );
    }
    expect(await client.status(1)).toBe(431);
    expect(calls).toHaveLength(0);
  });

  test('security.limits-body-declared: 413, and a reset without error behind it', async () => {
    const { client, calls } = await open({ limits: { body_octets: 10 } });
    client.request(1, [...POST, ['content-length', '11']], { end: false });
    expect(await client.status(1)).toBe(413);
    expect(await client.resetCode(1)).toBe(NO_ERROR);
    expect(calls).toHaveLength(0);
  });
});

describe('the request', () => {
  test('security.limits-body: 413, and a reset without error behind it', async () => {
    const { client, next } = await open({ limits: { body_octets: 10 } });
    client.request(1, POST, { end: false });
    const call = await next();
    client.data(1, 'x'.repeat(11));
    expect(await client.status(1)).toBe(413);
    expect((await client.frame('data', 1)).flags & FLAG.endStream).toBe(FLAG.endStream);
    expect(await client.resetCode(1)).toBe(NO_ERROR);
    expect((call.scope.local.cancel.reason as Closed).cause).toBe('limit');
  });

  test('security.limits-body: a trailer section that is too large is 431', async () => {
    const { client, next } = await open({ limits: { header_octets: 100 } });
    client.request(1, POST, { end: false });
    await next();
    client.request(1, [['x', 'y'.repeat(100)]]);
    expect(await client.status(1)).toBe(431);
  });

  test('http.request.trailers: trailers come with the end', async () => {
    const { client, next } = await open();
    client.request(1, POST, { end: false });
    const call = await next();
    client.data(1, 'abc').request(1, [
      ['x-sum', '1'],
      ['x-sum', '2'],
    ]);
    expect(await call.receive()).toMatchObject({ type: 'http.request.body' });
    const trailers = [
      ['x-sum', '1'],
      ['x-sum', '2'],
    ];
    expect(await call.receive()).toEqual({ type: 'http.request.end', trailers });
  });

  test.each<[string, (client: RawHttp2) => void]>([
    ['less than the declared length', (client) => client.data(1, 'abc', { end: true })],
    ['more than the declared length', (client) => client.data(1, 'abcdef')],
    [
      'a second section that does not end the stream',
      (client) => client.request(1, [['x', 'y']], { end: false }),
    ],
  ])('security.stream-malformed: %s loses the peer, and no sibling', async (_, breach) => {
    const { client, next } = await open();
    client.request(1, [...POST, ['content-length', '5']], { end: false }).request(3);
    const call = await next();
    const sibling = await next();
    breach(client);
    expect(await client.resetCode(1)).toBe(PROTOCOL_ERROR);
    await given(call.scope.local.cancel);
    expect((call.scope.local.cancel.reason as Closed).cause).toBe('protocol_error');
    await sibling.send(start);
    await sibling.send(end);
    expect(await client.status(3)).toBe(200);
  });

  test('cancel.reason: a reset of the peer tells its code', async () => {
    const { client, next } = await open();
    client.request(1, POST, { end: false });
    const call = await next();
    client.reset(1, 0x1234);
    await given(call.scope.local.cancel);
    expect(call.scope.local.cancel.reason).toMatchObject({ cause: 'peer_reset', code: 0x1234 });
    expect(await call.receive()).toEqual({
      type: 'http.closed',
      cause: 'peer_reset',
      code: 0x1234,
    });
  });

  test('cancel.reason: a reset without error is one too', async () => {
    const { client, next } = await open();
    client.request(1, POST, { end: false });
    const call = await next();
    client.reset(1, NO_ERROR);
    expect(await call.receive()).toEqual({ type: 'http.closed', cause: 'peer_reset', code: 0 });
  });

  test('http.closed.after-data: what the application had no room for comes before the loss', async () => {
    const { client, next } = await open({ limits: { receive_buffer_octets: 100 } });
    // So that the credit of RFC 9113 section 6.9.2 holds.
    client.acknowledges = false;
    client.request(1, POST, { end: false });
    const call = await next();
    client.data(1, 'x'.repeat(90)).data(1, 'y'.repeat(80)).data(1, 'z'.repeat(70));
    await client.ping();
    client.reset(1, CANCEL);
    await given(call.scope.local.cancel);
    let size = 0;
    for (;;) {
      const event = await call.receive();
      if (event.type !== 'http.request.body') break;
      size += event.data.length;
    }
    expect(size).toBe(240);
  });

  test('cancel.reason: an error of the connection is a reset by the peer, with its code', async () => {
    const { client, next } = await open();
    client.request(1, POST, { end: false });
    const call = await next();
    client.send(FRAME.goaway, 0, 0, Buffer.from([0, 0, 0, 0, 0, 0, 0, 2]));
    await given(call.scope.local.cancel);
    expect(call.scope.local.cancel.reason).toMatchObject({ cause: 'peer_reset', code: 2 });
  });

  test('http.half-close: the end of the connection loses the request that is not whole, and no other', async () => {
    const { client, next } = await open();
    client.request(1, POST, { end: false }).request(3);
    const half = await next();
    const whole = await next();
    client.socket.end();
    await given(half.scope.local.cancel);
    expect((half.scope.local.cancel.reason as Closed).cause).toBe('connection_lost');
    expect(whole.scope.local.cancel.aborted).toBe(false);
    await whole.send(start);
    await whole.send(body('late'));
    await whole.send(end);
    expect(await client.status(3)).toBe(200);
    expect((await client.frame('data', 3)).payload.toString()).toBe('late');
    half.leave();
    whole.leave();
    await client.closed;
  });

  test('http.half-close: a response that waits for credit which cannot come any more is lost at once', async () => {
    const { client, next, acceptor } = await open({}, { 4: 10 });
    client.request(1).request(3);
    const stuck = await next();
    const short = await next();
    await stuck.send(start);
    const waiting = stuck.send(body('x'.repeat(100_000)));
    await client.frame('data', 1);
    client.socket.end();
    await given(stuck.scope.local.cancel);
    expect((stuck.scope.local.cancel.reason as Closed).cause).toBe('connection_lost');
    await expect(waiting).rejects.toThrow();
    expect(await client.resetCode(1)).toBe(CANCEL);
    await short.send(start);
    await short.send(body('0123456789'));
    await short.send(end);
    expect((await client.frame('data', 3)).payload.toString()).toBe('0123456789');
    await client.closed;
    await until(() => acceptor.size === 0);
  });

  test('http.request.discard-drains: a request that goes on behind its response is read', async () => {
    const { client, next } = await open();
    client.request(1, POST, { end: false });
    const call = await next();
    await call.send(start);
    await call.send(end);
    call.leave();
    expect(await client.status(1)).toBe(200);
    for (let i = 0; i < 7; i++) client.data(1, 'x'.repeat(8192));
    await client.ping();
    expect(client.credit.get(1)).toBeGreaterThan(0);
    client.data(1, '', { end: true });
    await client.ping();
    expect(client.seen()).not.toContain('reset');
  });
});

describe('the response', () => {
  test('flow.no-hold: what is sent in one turn ends with its data', async () => {
    const { client, next } = await open();
    client.request(1);
    const call = await next();
    call.send({ ...start, headers: [['content-length', '2']] });
    call.send(body('ok'));
    await call.send(end);
    const head = await client.frame('headers', 1);
    expect(head.flags & FLAG.endStream).toBe(0);
    expect((await client.frame('data', 1)).flags & FLAG.endStream).toBe(FLAG.endStream);
  });

  test.each<[string, Fields, number]>([
    ['of HEAD', [[':method', 'HEAD'], ...GET.slice(1)], 200],
    ['with status 204', GET, 204],
    ['with status 304', GET, 304],
    ['without a body', GET, 404],
  ])('http.bodyless: the response %s ends with its head', async (_, fields, status) => {
    const { client, next } = await open();
    client.request(1, fields);
    const call = await next();
    call.send({ type: 'http.response.start', status });
    await call.send(end);
    expect((await client.frame('headers', 1)).flags & FLAG.endStream).toBe(FLAG.endStream);
  });

  test('http.finish: trailers end the stream', async () => {
    const { client, next } = await open();
    client.request(1);
    const call = await next();
    await call.send(start);
    expect(await client.status(1)).toBe(200);
    await call.send(body('x'));
    await call.send({ type: 'http.response.end', trailers: [['server-timing', 'a']] });
    await client.frame('data', 1);
    expect((await client.frame('headers', 1)).flags & FLAG.endStream).toBe(FLAG.endStream);
  });

  test('http.refuse.before-bytes: the stream is refused', async () => {
    const { client, next } = await open();
    client.request(1);
    await (await next()).send({ type: 'http.refuse' });
    expect(await client.resetCode(1)).toBe(REFUSED_STREAM);
  });

  test.each<[string, number | undefined, number]>([
    ['the code that was given', 0x77, 0x77],
    ['an internal error where none was', undefined, INTERNAL_ERROR],
    ['an internal error for a code that cannot be carried', 2 ** 32, INTERNAL_ERROR],
  ])('http.abort.code, http.abort.stream-only: %s', async (_, code, expected) => {
    const { client, next } = await open();
    client.request(1).request(3);
    const call = await next();
    const sibling = await next();
    call.send(start);
    await call.send({ type: 'http.response.abort', ...(code === undefined ? {} : { code }) });
    // http.commit.on-start: the head was due.
    expect(await client.status(1)).toBe(200);
    expect(await client.resetCode(1)).toBe(expected);
    await sibling.send(start);
    await sibling.send(end);
    expect(await client.status(3)).toBe(200);
  });

  test('cancel.after-end: a reset behind the whole response cancels nothing', async () => {
    const { client, next, gateway } = await open();
    client.request(1);
    const call = await next();
    await call.send(start);
    await call.send(end);
    await client.status(1);
    client.reset(1, CANCEL);
    await client.ping();
    expect(call.scope.local.cancel.aborted).toBe(false);
    call.leave();
    await gateway.idle();
  });
});

describe('flow', () => {
  test('flow.send-waits: a `send` waits for the credit of the peer', async () => {
    const { client, next } = await open({ limits: { send_buffer_octets: 1000 } }, { 4: 0 });
    client.request(1);
    const call = await next();
    await call.send(start);
    const waiting = call.send(body('x'.repeat(1000)));
    expect(await standing(waiting)).toBe('pending');
    // What is left, and 32 for the event: to the low-water mark of three quarters.
    client.give(1, 281);
    await client.frame('data', 1);
    expect(await standing(waiting)).toBe('pending');
    client.give(1, 1);
    await waiting;
  });

  test('flow.no-sibling-stall: a stream without credit stands in nobody’s way', async () => {
    const { client, next } = await open({}, { 4: 0 });
    client.request(1).request(3);
    const stalled = await next();
    const other = await next();
    await stalled.send(start);
    stalled.send(body('x'.repeat(200_000)));
    client.give(3, 10);
    await other.send(start);
    await other.send(body('y'));
    await other.send(end);
    expect((await client.frame('data', 3)).payload.toString()).toBe('y');
  });

  test('flow.no-sibling-stall: credit of the connection comes back for what nobody reads', async () => {
    const { client, next } = await open();
    await client.ping();
    const before = client.credit.get(0) ?? 0;
    // More than the connection-wide credit, and no more on a stream than its own.
    for (let stream = 1; stream < 60; stream += 2) {
      client.request(stream, POST, { end: false });
      await next();
      for (let i = 0; i < 4; i++) client.data(stream, Buffer.alloc(16_384));
    }
    await client.ping();
    expect(client.credit.get(0)).toBeGreaterThan(before);
    // flow.input-bounded: that of a stream only until the buffer is full.
    const granted = client.credit.get(1) ?? 0;
    for (let left = granted; left > 0; left -= 16_384)
      client.data(1, Buffer.alloc(Math.min(left, 16_384)));
    await client.ping();
    expect(client.credit.get(1) ?? 0).toBe(granted);
  });

  test('flow.input-bounded: credit and pieces are no larger than the buffer', async () => {
    const { client, next } = await open({ limits: { receive_buffer_octets: 1000 } });
    await client.ping();
    expect(client.settings.get(4)).toBe(1000);
    client.request(1, POST, { end: false });
    const call = await next();
    client.data(1, Buffer.alloc(1000));
    const event = await call.receive();
    expect(event).toMatchObject({ data: { length: 1000 } });
  });

  test('flow.input-bounded, flow.input-resumes: no credit while the buffer is full, and all of it once that is received', async () => {
    const { client, next } = await open({ limits: { receive_buffer_octets: 1000 } });
    await client.ping();
    client.request(1, POST, { end: false }).request(3, POST, { end: false });
    const call = await next();
    await next();
    for (let i = 0; i < 10; i++) client.data(1, 'x'.repeat(100));
    await client.ping();
    // Eight of 100 octets and 32 each fill the buffer; what was there before the eighth has been given back.
    const before = client.credit.get(1) ?? 0;
    expect(before).toBeLessThan(800);
    client.data(1, 'y'.repeat(before));
    await client.ping();
    expect(client.credit.get(1)).toBe(before);
    let size = 0;
    while (size < 1000 + before) {
      const event = await call.receive();
      if (event.type === 'http.request.body') size += event.data.length;
    }
    await client.ping();
    expect(client.credit.get(1)).toBeGreaterThanOrEqual(500 + before);
    // security.stream-malformed: who does not wait for credit breaks the protocol.
    client.data(3, 'z'.repeat(1001));
    expect(await client.resetCode(3)).toBe(FLOW_CONTROL_ERROR);
  });

  test('flow.send-waits: a `send` waits for a system that takes no more, and resolves when it does', async () => {
    const { client, next } = await open({}, { 4: 2 ** 31 - 1 });
    client.give(0, 2 ** 30);
    client.request(1);
    const call = await next();
    await call.send(start);
    await client.status(1);
    client.socket.pause();
    const size = 20_000_000;
    const waiting = call.send(body(new Uint8Array(size)));
    await settled(() => client.socket.bytesRead);
    expect(await standing(waiting)).toBe('pending');
    let got = 0;
    client.socket.on('data', (octets) => {
      got += octets.length;
    });
    client.socket.resume();
    await waiting;
    await call.send(end);
    await until(() => got > size);
  });

  test('flow.input-bounded: a frame that a peer sent before it knew the credit is cut', async () => {
    const { application, next } = puppet();
    const { connect } = await serve(application as Application, {
      limits: { receive_buffer_octets: 1000 },
    });
    const client = await connect();
    client.acknowledges = false;
    client.request(1, POST, { end: false }).data(1, Buffer.alloc(4500, 'x'), { end: true });
    const call = await next();
    const sizes: number[] = [];
    for (;;) {
      const event = await call.receive();
      if (event.type !== 'http.request.body') break;
      sizes.push(event.data.length);
    }
    expect(sizes).toEqual([1000, 1000, 1000, 1000, 500]);
  });
});

describe('floods', () => {
  test('security.floods: 200 resets are served, one more ends the connection', async () => {
    const { client, next } = await open({ calls: 1000 });
    client.request(1, POST, { end: false });
    const bystander = await next();
    const reset = (from: number, count: number) => {
      for (let i = 0; i < count; i++) client.request(from + 2 * i).reset(from + 2 * i, CANCEL);
    };
    reset(3, 200);
    await client.ping();
    expect(bystander.scope.local.cancel.aborted).toBe(false);
    reset(403, 1);
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
    await client.closed;
    expect((bystander.scope.local.cancel.reason as Closed).cause).toBe('limit');
  });

  test('security.floods: malformed requests count', async () => {
    const { client } = await open({ resets: 20 });
    for (let i = 0; i < 20; i++) client.request(1 + 2 * i, [...GET, ['X', 'y']]);
    await client.ping();
    client.request(41, [...GET, ['X', 'y']]);
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
    await client.closed;
  });

  test('security.floods: requests whose host differs count', async () => {
    const { client } = await open({ resets: 20 });
    for (let i = 0; i < 21; i++) client.request(1 + 2 * i, [...GET, ['host', 'b']]);
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
  });

  test('security.floods: a section that never ends', async () => {
    const { client, calls } = await open();
    client.send(FRAME.headers, 0, 1, encode(GET));
    const more = encode([['x', 'y'.repeat(16_000)]]);
    for (let i = 0; i < 20; i++) client.send(FRAME.continuation, 0, 1, more);
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
    await client.closed;
    expect(calls).toHaveLength(0);
  });

  test('security.floods: pings whose answers nobody reads', async () => {
    const { client, acceptor } = await open();
    client.socket.pause();
    const ping = frame(FRAME.ping, 0, 0, Buffer.alloc(8));
    // What the system takes of the answers does not wait.
    for (let i = 0; i < 50; i++) client.socket.write(Buffer.concat(Array(2000).fill(ping)));
    await turn();
    client.socket.resume();
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
    await until(() => acceptor.size === 0);
  });

  test('security.floods: resets count for 10 seconds', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const { client } = await open({ resets: 20 });
    let next = 1;
    const malformed = (count: number) => {
      for (let i = 0; i < count; i++, next += 2) client.request(next, [...GET, ['X', 'y']]);
    };
    malformed(20);
    await client.ping();
    vi.advanceTimersByTime(10_001);
    malformed(20);
    await client.ping();
    malformed(1);
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
  });

  test('security.floods: requests whose answers nobody reads are refused, and then end the connection', async () => {
    let called = 0;
    const large = 'y'.repeat(16_000);
    const { connect, acceptor, gateway } = await serve((async (_scope, _receive, send) => {
      called++;
      await send({ ...start, headers: [['x', large]] });
      await send(end);
    }) as Application);
    const client = await connect();
    await client.ping();
    client.socket.pause();
    // An answer to HEAD is no more than a head, which waits for no credit. Fewer at once than there may be calls.
    let id = 1;
    const head = encode([[':method', 'HEAD'], ...GET.slice(1)]);
    const batches = 200;
    for (let i = 0; i < batches && acceptor.size > 0; i++) {
      for (let k = 0; k < 50; k++, id += 2)
        client.send(FRAME.headers, FLAG.endHeaders | FLAG.endStream, id, head);
      await settled(() => called, 5);
    }
    const served = called;
    client.socket.resume();
    expect((await client.goaway()).code).toBe(ENHANCE_YOUR_CALM);
    expect(client.seen()).toContain('reset');
    expect(served).toBeLessThan(batches * 50 - 1000);
    await until(() => acceptor.size === 0);
    await gateway.idle();
  });

  test('security.concurrency-bounded, security.concurrency-refused: calls count until they end', async () => {
    const { client, calls, next } = await open({ calls: 2 });
    client.request(1).request(3);
    const first = await next();
    await next();
    client.reset(1, CANCEL);
    await given(first.scope.local.cancel);
    client.request(5);
    expect(await client.resetCode(5)).toBe(REFUSED_STREAM);
    first.leave();
    await turn();
    client.request(7);
    await next();
    expect(calls).toHaveLength(3);
  });

  test('security.concurrency-refused: streams beyond 100 calls are refused, and the rest goes on', async () => {
    const { client, calls } = await open();
    await client.ping();
    for (let i = 0; i < 300; i++) client.request(1 + 2 * i);
    for (let i = 100; i < 300; i++) expect(await client.resetCode(1 + 2 * i)).toBe(REFUSED_STREAM);
    expect(calls).toHaveLength(100);
  });

  test('whatever a peer sends, the connection ends and the process does not', async () => {
    const { connect, acceptor } = await serve((async (_scope, _receive, send) => {
      await send(start);
      await send(end);
    }) as Application);
    const payload = fc.uint8Array({ maxLength: 64 });
    const anyFrame = fc.record({
      type: fc.integer({ min: 0, max: 12 }),
      flags: fc.integer({ min: 0, max: 255 }),
      stream: fc.oneof(fc.constantFrom(0, 1, 3), fc.nat(2 ** 31 - 1)),
      payload: fc.oneof(payload, fc.constantFrom(encode(GET), encode(POST), encode([['x', 'y']]))),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(anyFrame, { maxLength: 12 }), payload, async (frames, rest) => {
        const client = await connect();
        for (const { type, flags, stream, payload } of frames)
          client.send(type, flags, stream, payload);
        client.socket.end(rest);
        await settled(() => client.frames.length, 20);
        client.destroy();
        await client.closed;
      }),
      { numRuns: 100 },
    );
    await until(() => acceptor.size === 0);
  });

  test('a peer that does not speak HTTP/2 is closed', async () => {
    const { application } = puppet();
    const { port, acceptor } = await serve(application as Application);
    const client = await RawHttp2.connect(port, { preface: false });
    client.socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.closed;
    await until(() => acceptor.size === 0);
  });
});

describe('WebSockets and tunnels', () => {
  /** Accepts what it is asked for, and echoes until the peer has ended. */
  const echo: Application = async (scope, receive, send) => {
    if (scope.type === 'lifespan') {
      await receive();
      await send({
        type: 'lifespan.ready',
        accepts: { tunnel: 1 },
        tunnels: ['CONNECT', 'echo'],
      } as never);
      await receive();
      await send({ type: 'lifespan.stopped' } as never);
    } else if (scope.type === 'tunnel') {
      await send({ type: 'tunnel.accept', headers: [] } as never);
      for (;;) {
        const event = (await receive()) as { type: string; data?: Uint8Array };
        if (event.type === 'tunnel.closed') return;
        if (event.type === 'tunnel.data' && event.data?.[0] === 0x21) {
          const [, code] = event.data;
          await send({ type: 'tunnel.abort', ...(code === undefined ? {} : { code }) } as never);
        } else await send(event as never);
      }
    } else if (scope.type === 'websocket') {
      await send({ type: 'websocket.accept' } as never);
      for (;;) {
        const event = (await receive()) as { type: string };
        if (event.type !== 'websocket.message') return;
        await send(event as never);
      }
    }
  };
  const CONNECT: Fields = [
    [':method', 'CONNECT'],
    [':authority', 'example.org:80'],
  ];
  const extended = (protocol: string): Fields => [
    [':method', 'CONNECT'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'example.org'],
    [':protocol', protocol],
  ];

  const serveEcho = async () => (await serve(echo, { gateway: { lifespan: true } })).connect();

  test.each<[string, Fields]>([
    ['CONNECT', CONNECT],
    ['extended CONNECT', extended('echo')],
  ])('tunnel.accept-wire, tunnel.data-order, tunnel.end-half-close: by %s', async (_, fields) => {
    const client = await serveEcho();
    client.request(1, fields, { end: false });
    const head = await client.frame('headers', 1);
    expect(head.flags & FLAG.endStream).toBe(0);
    // Neither a date nor anything else: 200 alone.
    expect(head.payload.at(-1)).toBe(0x88);
    client.data(1, 'one');
    expect((await client.frame('data', 1)).payload.toString()).toBe('one');
    client.data(1, 'two', { end: true });
    const rest: Frame[] = [];
    do rest.push(await client.frame('data', 1));
    while (!((rest.at(-1)?.flags ?? 0) & FLAG.endStream));
    expect(rest.map(({ payload }) => payload.toString()).join('')).toBe('two');
  });

  test.each<[string, Fields, string, number]>([
    ['CONNECT', CONNECT, '!', CONNECT_ERROR],
    ['extended CONNECT', extended('echo'), '!', CANCEL],
    ['an application with a code', CONNECT, '!\x05', 5],
  ])('tunnel.abort-wire: the code of %s', async (_, fields, data, code) => {
    const client = await serveEcho();
    client.request(1, fields, { end: false });
    await client.status(1);
    client.data(1, data);
    expect(await client.resetCode(1)).toBe(code);
  });

  test('tunnel.closed.cause: a reset of the peer', async () => {
    let closed: unknown;
    const application: Application = async (scope, receive, send) => {
      if (scope.type !== 'tunnel') return echo(scope, receive, send);
      await send({ type: 'tunnel.accept' } as never);
      closed = await receive();
    };
    const { connect, gateway } = await serve(application, { gateway: { lifespan: true } });
    const client = await connect();
    client.request(1, CONNECT, { end: false });
    await client.status(1);
    client.reset(1, 99);
    await gateway.idle();
    expect(closed).toEqual({ type: 'tunnel.closed', cause: 'peer_reset', code: 99 });
  });

  test('tunnel.early-data: octets before the answer are given after it', async () => {
    let scope: TunnelScope | undefined;
    const client = await (
      await serve(
        (given, receive, send) => {
          if (given.type === 'tunnel') scope = given;
          return echo(given, receive, send);
        },
        { gateway: { lifespan: true } },
      )
    ).connect();
    client.request(1, extended('ECHO'), { end: false }).data(1, 'early');
    expect(await client.status(1)).toBe(200);
    expect((await client.frame('data', 1)).payload.toString()).toBe('early');
    expect(scope).toMatchObject({
      protocol: 'echo',
      upgrade: { via: 'extended_connect', offers: ['ECHO'] },
    });
  });

  test('websocket.accept-answer, websocket.transport-close: messages, and END_STREAM behind the Close frame', async () => {
    const client = await serveEcho();
    const fields: Fields = [...extended('websocket'), ['sec-websocket-version', '13']];
    client.request(1, fields, { end: false });
    expect(await client.status(1)).toBe(200);
    client.data(1, Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    expect([...(await client.frame('data', 1)).payload]).toEqual([0x81, 2, 0x68, 0x69]);
    client.data(1, Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
    expect([...(await client.frame('data', 1)).payload]).toEqual([0x88, 2, 0x03, 0xe8]);
    await client.next(
      ({ type, stream, flags }) =>
        type === FRAME.data && stream === 1 && (flags & FLAG.endStream) > 0,
    );
  });
});

describe('files', () => {
  async function opened(size: number, promised: number) {
    const folder = await mkdtemp(join(tmpdir(), 'portway-http2-'));
    closers.push(() => rm(folder, { recursive: true }));
    const content = Buffer.alloc(size, '0123456789');
    await writeFile(join(folder, 'file'), content);
    const fds: number[] = [];
    const openFile = (_path: string, offset: number) => {
      const fd = openSync(join(folder, 'file'), 'r');
      fds.push(fd);
      return new NodeFile(fd, offset, promised);
    };
    const setup: Setup = { gateway: { openFile } };
    return { setup, content, fds };
  }
  const file = { type: 'http.file', path: '/file', offset: 3 } as const;

  test('http.file.order: a file among pieces, larger than any buffer, and closed in the end', async () => {
    const { setup, content, fds } = await opened(300_003, 300_000);
    const { client, next } = await open(setup, { 4: 2 ** 31 - 1 });
    client.give(0, 10_000_000);
    client.request(1);
    const call = await next();
    await call.send(start);
    await call.send(body('before'));
    await call.send(file as never);
    await call.send(body('after'));
    await call.send(end);
    const pieces: Buffer[] = [];
    for (;;) {
      const { payload, flags } = await client.frame('data', 1);
      pieces.push(payload);
      if (flags & FLAG.endStream) break;
    }
    const expected = Buffer.concat([
      Buffer.from('before'),
      content.subarray(3),
      Buffer.from('after'),
    ]);
    expect(Buffer.concat(pieces).equals(expected)).toBe(true);
    expect(fds).toHaveLength(1);
    expect(() => fstatSync(fds[0] as number)).toThrow('EBADF');
  });

  test('http.file.lost: a file that ends early breaks the response off', async () => {
    const { setup } = await opened(1000, 2000);
    const { client, next, faults } = await open(setup);
    client.request(1);
    const call = await next();
    await call.send(start);
    await call.send(file as never);
    await given(call.scope.local.cancel);
    expect((call.scope.local.cancel.reason as Closed).cause).toBe('connection_lost');
    expect(await client.resetCode(1)).toBe(INTERNAL_ERROR);
    expect(faults[0]).toContain('the file ended');
  });

  test('http.file: a peer that leaves has the file closed', async () => {
    const { setup, fds } = await opened(300_003, 300_000);
    const { client, next } = await open(setup);
    client.request(1);
    const call = await next();
    await call.send(start);
    const waiting = call.send(file as never);
    await client.frame('data', 1);
    client.reset(1, CANCEL);
    await expect(waiting).rejects.toThrow();
    const isClosed = () => {
      try {
        fstatSync(fds[0] as number);
        return false;
      } catch {
        return true;
      }
    };
    await until(isClosed);
  });
});

describe('time', () => {
  const limits = { head_ms: 2000, keep_alive_ms: 1000, idle_ms: 3000 };

  /** The gateway's clock stands still but for `pass`, which lets a peer do something between any two looks. */
  async function held(settings: Record<number, number> = {}) {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const opened = await open({ limits }, settings);
    await opened.client.ping();
    return {
      ...opened,
      async pass(ms: number, between: () => unknown = () => {}) {
        for (let passed = 0; passed < ms; passed += 250) {
          vi.advanceTimersByTime(250);
          await settled(() => opened.client.frames.length, 10);
          await between();
        }
      },
    };
  }

  test('security.head-time-silent: a connection without a request is closed, with GOAWAY and no answer', async () => {
    const { client, pass, acceptor } = await held();
    await pass(2000);
    expect(client.seen()).toBe('');
    await pass(1000);
    expect(await client.goaway()).toEqual({ last: 0, code: NO_ERROR });
    client.socket.end();
    await client.closed;
    await until(() => acceptor.size === 0);
  });

  test('timeout.acts: a connection on which nothing is under way is closed, even if the peer stays', async () => {
    const { client, next, pass, acceptor } = await held();
    client.request(1);
    const call = await next();
    // timeout.nothing-owed
    await pass(9000);
    await call.send(start);
    await call.send(end);
    await client.status(1);
    await client.ping();
    await pass(750);
    expect(client.seen()).toBe('');
    await pass(1250);
    expect(await client.goaway()).toEqual({ last: 1, code: NO_ERROR });
    await pass(2000);
    await until(() => acceptor.size === 0);
  });

  test('security.head-time: a section that does not end closes the connection', async () => {
    const { client, next, pass } = await held();
    client.request(1, POST, { end: false });
    const call = await next();
    client.send(FRAME.headers, FLAG.endStream, 3, encode(GET));
    await settled(() => client.frames.length);
    client.acknowledges = false;
    await pass(2000);
    expect(call.scope.local.cancel.aborted).toBe(false);
    await pass(1250);
    await client.goaway();
    expect((call.scope.local.cancel.reason as Closed).cause).toBe('timeout');
  });

  test('timeout.nothing-owed: a malformed request does not pass for one that is unfinished', async () => {
    const { client, next, pass } = await held();
    client.request(1);
    const call = await next();
    await call.send(start);
    await client.status(1);
    client.request(3, [...GET, ['X', 'y']]);
    expect(await client.resetCode(3)).toBe(PROTOCOL_ERROR);
    await pass(9000);
    expect(call.scope.local.cancel.aborted).toBe(false);
    expect(client.seen()).toBe('');
  });

  test('timeout.acts: a body that stands still is answered 408, and reset without error behind it', async () => {
    const { client, next, pass } = await held();
    client.request(1, POST, { end: false });
    await next();
    await pass(4000);
    expect(await client.status(1)).toBe(408);
    expect(await client.resetCode(1)).toBe(NO_ERROR);
  });

  test('timeout.acts: a request that stands still behind its response is reset without error', async () => {
    const { client, next, pass } = await held();
    client.request(1, POST, { end: false });
    const call = await next();
    await call.send(start);
    await call.send(end);
    call.leave();
    await client.status(1);
    await pass(5000, () => client.data(1, 'x'));
    expect(client.seen()).not.toContain('reset');
    await pass(4000);
    expect(await client.resetCode(1)).toBe(NO_ERROR);
  });

  test('timeout.progress, timeout.stalled-reader: a reader that takes an octet at a time is not cut off; one that stops is', async () => {
    const { client, next, pass } = await held({ 4: 0 });
    client.request(1);
    const call = await next();
    await call.send(start);
    const waiting = call.send(body(new Uint8Array(100_000)));
    await pass(9000, () => client.give(1, 1));
    expect(call.scope.local.cancel.aborted).toBe(false);
    await pass(4500);
    expect((call.scope.local.cancel.reason as Closed).cause).toBe('timeout');
    expect(await client.resetCode(1)).toBe(CANCEL);
    await expect(waiting).rejects.toThrow();
  });

  test('timeout.stalled-reader: a refusal without credit is cut off too', async () => {
    const { client, calls, pass } = await held({ 4: 0 });
    client.request(1, [...without(GET, ':path'), [':path', '/#']]);
    expect(await client.status(1)).toBe(400);
    await pass(2500);
    expect(client.seen()).toBe('');
    await pass(2000);
    expect(await client.resetCode(1)).toBe(CANCEL);
    expect(calls).toHaveLength(0);
  });

  test('timeout.stalled-reader: a peer that reads nothing of its connection is cut off', async () => {
    const { client, next, pass, acceptor } = await held({ 4: 2 ** 31 - 1 });
    client.give(0, 2 ** 30).request(1);
    const call = await next();
    await call.send(start);
    await client.status(1);
    client.socket.pause();
    const waiting = call.send(body(new Uint8Array(20_000_000)));
    await pass(2500);
    expect(call.scope.local.cancel.aborted).toBe(false);
    await pass(2000);
    expect((call.scope.local.cancel.reason as Closed).cause).toBe('timeout');
    await expect(waiting).rejects.toThrow();
    await pass(3000);
    await until(() => acceptor.size === 0);
  });

  test('timeout.stalled-reader: a stream without credit is cut off beside one that has it', async () => {
    const { client, next, pass } = await held({ 4: 0 });
    client.request(1).request(3);
    const stalled = await next();
    const lively = await next();
    await stalled.send(start);
    await lively.send(start);
    stalled.send(body(new Uint8Array(100_000)));
    lively.send(body(new Uint8Array(1000)));
    await pass(4500, () => client.give(3, 1001));
    expect(await client.resetCode(1)).toBe(CANCEL);
    expect(lively.scope.local.cancel.aborted).toBe(false);
  });
});

describe('drain', () => {
  test('drain.connections: GOAWAY gives notice, a second one names what has arrived, which is served, and then the connection closes', async () => {
    const { client, next, acceptor, calls } = await open();
    let empty = 0;
    acceptor.onEmpty(() => empty++);
    client.request(1).request(3, POST, { end: false });
    const call = await next();
    const other = await next();
    acceptor.drain();
    acceptor.drain();
    client.acknowledges = false;
    expect(await client.goaway()).toEqual({ last: ALL, code: NO_ERROR });
    // drain.served: until the peer shows that it has read the notice.
    client.request(5);
    const late = await next();
    const { payload } = await client.frame('ping');
    client.send(FRAME.ping, FLAG.ack, 0, payload);
    expect(await client.goaway()).toEqual({ last: 5, code: NO_ERROR });
    client.request(7).data(7, 'x');
    await client.ping();
    for (const { send, leave } of [call, other, late]) {
      await send(start);
      await send(body('served'));
      await send(end);
      leave();
    }
    client.data(3, '', { end: true });
    expect((await client.frame('data', 1)).payload.toString()).toBe('served');
    expect((await client.frame('data', 3)).payload.toString()).toBe('served');
    expect(await client.closed).toBe('end');
    expect(calls).toHaveLength(3);
    expect(client.seen()).not.toContain('reset');
    await until(() => acceptor.size === 0);
    expect(empty).toBe(1);
  });

  test('drain.connections: a connection that carries nothing closes once the peer has the notice, and so does one that comes late', async () => {
    const { client, acceptor, connect } = await open();
    await client.ping();
    acceptor.drain();
    expect(await client.goaway()).toEqual({ last: ALL, code: NO_ERROR });
    expect(await client.goaway()).toEqual({ last: 0, code: NO_ERROR });
    await client.closed;
    const late = await connect();
    expect((await late.goaway()).code).toBe(NO_ERROR);
    expect(await late.goaway()).toEqual({ last: 0, code: NO_ERROR });
    await late.closed;
  });

  test('drain.connections: a peer that does not answer has the second GOAWAY a second later', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const { client, acceptor, next } = await open();
    client.request(1);
    const call = await next();
    client.acknowledges = false;
    acceptor.drain();
    expect((await client.goaway()).last).toBe(ALL);
    for (let passed = 0; passed < 750; passed += 250) vi.advanceTimersByTime(250);
    await settled(() => client.frames.length, 10);
    expect(client.seen()).not.toContain('goaway');
    for (let passed = 0; passed < 500; passed += 250) vi.advanceTimersByTime(250);
    expect(await client.goaway()).toEqual({ last: 1, code: NO_ERROR });
    await call.send(start);
    await call.send(end);
    await client.status(1);
    await client.closed;
  });

  test('drain.served: a request that begins behind the deadline calls nobody', async () => {
    const { client, gateway, calls } = await open();
    await client.ping();
    gateway.deadline();
    client.request(1);
    expect(await client.resetCode(1)).toBe(REFUSED_STREAM);
    expect(calls).toHaveLength(0);
  });
});
