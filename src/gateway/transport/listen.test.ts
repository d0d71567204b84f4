// Listening: addresses, what TLS tells and how it ends, which version of HTTP a connection speaks, and files on their way
// to the socket.

import { mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect as connect2 } from 'node:http2';
import { type AddressInfo, connect as connectPath, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { type Call, given, settled } from '../../../tests/fixtures/puppet.ts';
import { Closed } from '../../interface/index.ts';
import type { OpenFileBelow } from '../conversation/output.ts';
import { NodeFile } from '../files.ts';
import {
  answer,
  body,
  cleanUp,
  clock,
  connected,
  counted,
  end,
  exchange,
  GET,
  get,
  type Serving,
  serve,
  start,
} from './http1.fixture.ts';
import {
  authority,
  clientCert,
  clientKey,
  serverCert,
  serverKey,
  strangerCert,
  strangerKey,
} from './tls.fixture.ts';

cleanUp();

const folder = mkdtempSync(join(tmpdir(), 'portway-listen-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tls = { cert: serverCert, key: serverKey };

/** A client over TLS, with what came back as text. */
async function secure(port: number, options: ConnectionOptions & { allowHalfOpen?: boolean } = {}) {
  const socket = connectTls({
    port,
    host: '127.0.0.1',
    ca: authority,
    servername: 'localhost',
    ALPNProtocols: ['http/1.1'],
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.setEncoding('latin1').on('data', (data) => (received += data));
  const closed = new Promise<'end' | 'broken'>((resolve) => {
    let how: 'end' | 'broken' = 'broken';
    socket.on('end', () => (how = 'end'));
    socket.on('error', () => {});
    socket.on('close', () => resolve(how));
  });
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  return { socket, closed, received: () => received, until: (part: string) => shows(part) };

  async function shows(part: string) {
    while (!received.includes(part)) await new Promise((resolve) => socket.once('data', resolve));
    return received;
  }
}

const ALERT = 21;
const DATA = 23;

/** A way to a port that notes the types of the records which come back (RFC 5246 section 6.2.1). */
async function recording(port: number) {
  let octets = Buffer.alloc(0);
  const proxy = createServer((client) => {
    const server = connectPath({ port, host: '127.0.0.1' });
    client.on('error', () => server.destroy()).pipe(server);
    server.on('data', (data) => (octets = Buffer.concat([octets, data])));
    server.on('error', () => client.destroy()).pipe(client);
  });
  onTestFinished(() => void proxy.close());
  await new Promise<void>((done) => proxy.listen(0, '127.0.0.1', done));
  return {
    port: (proxy.address() as AddressInfo).port,
    seen() {
      const types: number[] = [];
      for (let at = 0; at + 5 <= octets.length; at += 5 + octets.readUInt16BE(at + 3))
        types.push(octets[at] as number);
      return types;
    },
  };
}

/** A call over TLS. */
async function secureExchange(
  serving: Serving,
  options: ConnectionOptions & { allowHalfOpen?: boolean } = {},
) {
  const served = await serve({ ...serving, listen: { tls, ...serving.listen } });
  const client = await secure(served.port, options);
  client.socket.write(GET.map((line) => `${line}\r\n`).join(''));
  return { ...served, client, call: await served.next() };
}

describe('addresses', () => {
  test('the url says where it listens', async () => {
    const { listener, port } = await serve();
    expect(listener.url).toBe(`http://127.0.0.1:${port}`);
    const six = await serve({ listen: { host: '::1' } });
    expect(six.listener.url).toBe(`http://[::1]:${six.port}`);
    const secured = await serve({ listen: { tls } });
    expect(secured.listener.url).toBe(`https://127.0.0.1:${secured.port}`);
  });

  test('a Unix socket: both ends have its path, and no port', async () => {
    const path = join(folder, 'socket');
    const { listener, next } = await serve({ listen: { path } });
    expect(listener.url).toBe(`unix:${path}`);
    const client = connectPath(path);
    client.end('GET / HTTP/1.0\r\n\r\n');
    const call = await next();
    const address = { transport: 'unix', address: path, port: null };
    expect(call.scope).toMatchObject({ peer: address, local_address: address, tls: null });
    await answer(call, 'done');
    let received = '';
    for await (const data of client) received += data;
    expect(received).toMatch(/done$/);
  });

  test('over TCP, the scope has both ends and no TLS', async () => {
    const { call, client, port } = await exchange();
    const { localPort } = client.socket;
    expect(call.scope).toMatchObject({
      peer: { transport: 'tcp', address: '127.0.0.1', port: localPort },
      local_address: { transport: 'tcp', address: '127.0.0.1', port },
      scheme: 'http',
      tls: null,
    });
  });
});

describe('TLS', () => {
  test('security.tls-facts: the scope says what was negotiated', async () => {
    const { call, client } = await secureExchange({});
    expect(call.scope).toMatchObject({
      scheme: 'https',
      peer: { transport: 'tls' },
      tls: {
        version: '1.3',
        cipher: (client.socket.getCipher() as { standardName: string }).standardName,
        alpn: 'http/1.1',
        sni: 'localhost',
        client_chain: [],
        verified: false,
      },
    });
    await answer(call, 'done');
    await client.until('done');
  });

  test('security.tls-facts: what was not negotiated is null', async () => {
    const { call } = await secureExchange(
      {},
      {
        maxVersion: 'TLSv1.2',
        ALPNProtocols: undefined,
        servername: '',
        checkServerIdentity: () => undefined,
      },
    );
    expect(call.scope.tls).toMatchObject({ version: '1.2', alpn: null, sni: null });
  });

  test.each<
    [string, ConnectionOptions, Partial<typeof tls & { ca: string; requestCert: boolean }>, boolean]
  >([
    [
      'verified against the anchors of the operator',
      { cert: clientCert, key: clientKey },
      { ca: authority },
      true,
    ],
    ['of a stranger', { cert: strangerCert, key: strangerKey }, { ca: authority }, false],
    ['that nobody can verify', { cert: clientCert, key: clientKey }, { requestCert: true }, false],
  ])('security.tls-facts: a certificate %s is given', async (_, options, more, verified) => {
    // One that has anchors itself sends them along.
    const bare = { ...options, ca: undefined, rejectUnauthorized: false };
    const { call } = await secureExchange({ listen: { tls: { ...tls, ...more } } }, bare);
    expect(call.scope.tls).toMatchObject({ verified });
    const [own] = call.scope.tls?.client_chain ?? [];
    expect(Buffer.from(own ?? []).toString('base64')).toBe(
      String(options.cert).replace(/-----[^-]*-----|\s/g, ''),
    );
    expect(call.scope.tls?.client_chain).toHaveLength(1);
  });

  test('a peer that speaks no TLS does no harm', async () => {
    const { client, port, next } = await connected({ listen: { tls } });
    client.lines(...GET);
    await client.whole();
    const other = await secure(port);
    other.socket.write('GET / HTTP/1.0\r\n\r\n');
    await answer(await next(), 'alive');
    await other.until('alive');
  });

  test('security.head-time-silent: the time of a handshake is part of that of the first request', async () => {
    const advance = clock();
    const { client } = await connected({ listen: { tls } });
    await settled(() => client.received);
    await advance(31_000);
    expect(await client.whole()).toBe('');
  });

  test('http.half-close: a peer that ends its side after the request gets the response', async () => {
    const { client, call } = await secureExchange({}, { allowHalfOpen: true });
    client.socket.end();
    expect(await call.receive()).toMatchObject({ type: 'http.request.end' });
    await settled(() => client.received());
    await answer(call, 'still here');
    await client.until('still here');
    expect(await client.closed).toBe('end');
  });

  test('tunnel.end-half-close: what ends in order ends behind a closing alert', async () => {
    const served = await serve({ listen: { tls } });
    const records = await recording(served.port);
    const client = await secure(records.port, { maxVersion: 'TLSv1.2' });
    client.socket.write('GET / HTTP/1.0\r\n\r\n');
    await answer(await served.next(), 'done');
    await client.closed;
    expect(client.received()).toMatch(/done$/);
    expect(records.seen().at(-1)).toBe(ALERT);
  });

  test('http.abort-when-unended: what is broken off does not', async () => {
    const served = await serve({ listen: { tls } });
    const records = await recording(served.port);
    const client = await secure(records.port, { maxVersion: 'TLSv1.2' });
    client.socket.write(GET.map((line) => `${line}\r\n`).join(''));
    const call = await served.next();
    await call.send(start);
    await call.send(body('half'));
    await client.until('half');
    await call.send({ type: 'http.response.abort' });
    await client.closed;
    expect(client.received()).not.toMatch(/\r\n0\r\n\r\n$/);
    expect(records.seen().at(-1)).toBe(DATA);
  });

  test('http.abort-when-unended: where the connection ends the body, it is reset', async () => {
    const served = await serve({ listen: { tls } });
    const client = await secure(served.port);
    client.socket.write('GET / HTTP/1.0\r\n\r\n');
    const call = await served.next();
    await call.send(start);
    await call.send(body('half'));
    await client.until('half');
    await call.send({ type: 'http.response.abort' });
    expect(await client.closed).toBe('broken');
  });

  test('cancel.on-peer-loss: a peer that resets is lost', async () => {
    const { client, call } = await secureExchange({});
    (client.socket as TLSSocket & { _parent?: never }).destroy();
    await client.closed;
    await call.send(start).catch(() => {});
    while (!call.scope.local.cancel.aborted) {
      await call.send(body('anybody there?')).catch(() => {});
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((call.scope.local.cancel.reason as Closed).cause).toMatch(/peer_reset|connection_lost/);
  });

  test('flow.send-waits: large bodies pass whole', async () => {
    const { client, call } = await secureExchange({});
    const piece = 'x'.repeat(100_000);
    await call.send(counted(10_000_000));
    for (let i = 0; i < 100; i++) await call.send(body(piece));
    await call.send(end);
    while (client.received().length < 10_000_000)
      await new Promise((resolve) => client.socket.once('data', resolve));
    expect(client.received().slice(-10_000_000)).toBe('x'.repeat(10_000_000));
  });
});

describe('files', () => {
  const opened: string[] = [];

  /** Opens what is asked for, as roots would have it, and notes when it is closed. */
  const openFile: OpenFileBelow = (path, offset, length) => {
    opened.push(path);
    return new (class extends NodeFile {
      override close() {
        super.close();
        opened.splice(opened.indexOf(path), 1);
      }
    })(openSync(path, 'r'), offset, length ?? 0);
  };

  function fileOf(text: string): string {
    const path = join(folder, `file-${Math.abs(text.length)}`);
    writeFileSync(path, text, 'latin1');
    return path;
  }

  const piece = (path: string, offset: number, length: number) =>
    ({ type: 'http.file', path, offset, length }) as never;

  async function sending(call: Call, ...events: unknown[]) {
    for (const event of events) await call.send(event as never);
  }

  const text = Array.from({ length: 300_000 }, (_, i) => String(i % 10)).join('');

  test('http.file.order: pieces of files stand among those of the body, in order, and are closed', async () => {
    const path = fileOf(text);
    const { call, client } = await exchange(GET, { openFile });
    await sending(
      call,
      counted(2 + 250_000 + 3 + 4),
      body('a:'),
      piece(path, 5, 250_000),
      body('\n:b'),
      piece(path, 0, 4),
      end,
    );
    await client.until(/:b0123$/);
    expect(client.received.split('\r\n\r\n')[1]).toBe(`a:${text.slice(5, 250_005)}\n:b0123`);
    expect(opened).toEqual([]);
  });

  test('http.file.as-body: without a length it is a chunk', async () => {
    const path = fileOf(text);
    const { call, client } = await exchange(GET, { openFile });
    await sending(call, start, piece(path, 0, 10), end);
    await client.until('\r\n\r\na\r\n0123456789\r\n0\r\n\r\n');
  });

  test('http.file.lost: a file that ends early breaks the response off, and the operator is told', async () => {
    const path = fileOf(text.slice(0, 200_000));
    const { call, client, faults } = await exchange(GET, { openFile });
    await sending(call, counted(300_000));
    const sent = call.send(piece(path, 0, 300_000));
    await given(call.scope.local.cancel);
    expect(call.scope.local.cancel.reason).toEqual(new Closed('connection_lost'));
    await sent.catch(() => {});
    expect((await client.whole()).length).toBeLessThan(300_000);
    expect(faults).toEqual([expect.stringContaining('100000 octets before it should')]);
    expect(opened).toEqual([]);
  });

  test('http.file.as-body: what waits for a reader is the whole rest of it', async () => {
    const big = join(folder, 'big');
    writeFileSync(big, '');
    truncateSync(big, 64 * 1024 * 1024);
    const { call, client, gateway } = await exchange(GET, { openFile });
    client.socket.pause();
    await sending(call, counted(64 * 1024 * 1024));
    let resolved = false;
    const waiting = call.send(piece(big, 0, 64 * 1024 * 1024)).then(() => (resolved = true));
    await settled(() => client.socket.bytesRead);
    expect(resolved).toBe(false);
    client.socket.removeAllListeners('data').resume();
    await waiting;
    await sending(call, end);
    call.leave();
    await gateway.idle();
    expect(opened).toEqual([]);
  });

  test('a peer that leaves while a file is sent leaves no file open', async () => {
    const big = join(folder, 'left');
    writeFileSync(big, '');
    truncateSync(big, 64 * 1024 * 1024);
    const { call, client } = await exchange(GET, { openFile });
    client.socket.pause();
    await sending(call, counted(64 * 1024 * 1024));
    const waiting = call.send(piece(big, 0, 64 * 1024 * 1024));
    await settled(() => client.socket.bytesRead);
    client.reset();
    await expect(waiting).rejects.toThrow(Closed);
    await expect.poll(() => opened).toEqual([]);
  });
});

describe('versions', () => {
  /** The status and the fields of one request over HTTP/2. */
  async function request2(url: string, options: object = {}) {
    const session = connect2(url, options);
    onTestFinished(() => void session.destroy());
    const stream = session.request({ ':path': '/two' });
    const headers = await new Promise<Record<string, unknown>>((resolve, reject) => {
      stream.on('response', resolve).on('error', reject);
      session.on('error', reject);
    });
    return headers[':status'];
  }

  const both = { http2: true };

  test('without TLS, the preface tells HTTP/2, however it is cut; everything else is HTTP/1', async () => {
    const { listener, client: connect, next } = await serve({ listen: both });
    const two = request2(listener.url);
    const call = await next();
    expect(call.scope).toMatchObject({ http_version: '2', path: '/two', scheme: 'http' });
    await answer(call, 'two');
    expect(await two).toBe(200);
    const one = await connect();
    for (const piece of ['P', 'R', 'OPFIND / HTTP/1.1\r\nHost: a\r\n\r\n']) {
      one.write(piece);
      await settled(() => one.received, 20);
    }
    const second = await next();
    expect(second.scope).toMatchObject({ http_version: '1.1', method: 'PROPFIND' });
    await answer(second, 'one');
    await one.until('one');
    const slow = await connect();
    slow.write('PRI * HTTP/2.0\r\n');
    await settled(() => slow.received, 20);
    slow.write('\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0');
    // A SETTINGS frame (RFC 9113 section 6.5).
    await slow.until('\x04\0\0\0\0\0');
  });

  test('over TLS, the protocol that was agreed on tells', async () => {
    const { listener, port, next } = await serve({ listen: { ...both, tls } });
    const two = request2(listener.url, { ca: authority, servername: 'localhost' });
    const call = await next();
    expect(call.scope).toMatchObject({ http_version: '2', tls: { alpn: 'h2', version: '1.3' } });
    await answer(call, 'two');
    expect(await two).toBe(200);
    const one = await secure(port);
    one.socket.write('GET /one HTTP/1.0\r\n\r\n');
    const second = await next();
    expect(second.scope).toMatchObject({ http_version: '1.0', tls: { alpn: 'http/1.1' } });
    await answer(second, 'one');
    await one.until('one');
  });

  test('security.head-time-silent: a preface that does not come in time is not waited for', async () => {
    const advance = clock();
    const { client } = await connected({ listen: both });
    client.write('PRI * HTT');
    await settled(() => client.received);
    await advance(31_000);
    expect(await client.whole()).toBe('');
  });

  test('http.half-close: a peer that ends its side within the preface is closed', async () => {
    const { client } = await connected({ listen: both });
    client.write('PRI').halfClose();
    expect(await client.whole()).toBe('');
  });

  test('drain.no-new: both versions are drained, and then it is closed', async () => {
    const { listener, client: connect, next } = await serve({ listen: both });
    const two = request2(listener.url);
    const call = await next();
    const one = await connect();
    one.lines(...GET);
    const second = await next();
    listener.drain();
    await answer(call, 'two');
    await answer(second, 'one');
    expect(await two).toBe(200);
    expect(await one.whole()).toMatch(/\r\nconnection: close\r\n[^\0]*one$/);
    await listener.closed;
  });
});

describe('an acceptor that is asked too much', () => {
  test('security.nothing-after-last: what follows a refusal is discarded for a bounded time', async () => {
    const advance = clock();
    const { client, listener } = await connected();
    client.socket.allowHalfOpen = true;
    client.lines('GET / HTTP/9.9', ...get('/2'));
    await client.until(/\n$/);
    listener.drain();
    await advance(1500);
    await listener.closed;
  });

  test('security.nothing-after-last: and up to a bounded size', async () => {
    clock();
    const { client, listener } = await connected();
    client.socket.allowHalfOpen = true;
    client.lines('GET / HTTP/9.9', '');
    await client.until(/\n$/);
    client.write('x'.repeat(10_000_000));
    listener.drain();
    await listener.closed;
  });
});
