// The HTTP/2 client of the suite and its frames by hand, against Node's own server.

import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { createServer as createTcpServer } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Client, Connection, Raw } from '../stream.ts';
import { http2Client } from './http2.ts';
import {
  CODE,
  codeOf,
  FLAG,
  FRAME,
  fieldSection,
  frame,
  frameOf,
  headersFrame,
  nextFrame,
  number,
  preface,
  requestFields,
} from './http2-frames.ts';

const closers: (() => void)[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function against(
  serve: (stream: ServerHttp2Stream, raw: readonly string[]) => void,
): Promise<Client> {
  const server: Http2Server = createServer({ settings: { enableConnectProtocol: true } });
  server.on('stream', (stream, _headers, _flags, raw) => {
    stream.on('error', () => {});
    serve(stream, raw);
  });
  server.on('sessionError', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = http2Client('127.0.0.1', address.port);
  closers.push(() => {
    void client.close();
    server.close();
  });
  return client;
}

/** A server that answers the first request with the frames given. */
async function speaking(frames: readonly Uint8Array[]): Promise<Client> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    let seen = Buffer.alloc(0);
    socket.write(frame(FRAME.settings, 0, 0, new Uint8Array()));
    socket.on('data', function wait(data) {
      seen = Buffer.concat([seen, data]);
      for (let at = PREFACE_OCTETS; at + 9 <= seen.length; at += 9 + seen.readUIntBE(at, 3)) {
        if (seen[at + 3] !== FRAME.headers) continue;
        socket.off('data', wait);
        socket.write(Buffer.concat(frames));
        return;
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const client = http2Client('127.0.0.1', address.port);
  closers.push(() => {
    void client.close();
    server.close();
  });
  return client;
}

const PREFACE_OCTETS = 24;

async function connection(client: Client): Promise<Connection> {
  return new Connection(await client.connect(), [['conformance-case', 'a.1 run']]);
}

async function raw(client: Client): Promise<Raw> {
  if (!client.raw) throw new Error('no octets');
  return new Raw(await client.raw());
}

test('http2: a response with informational ones before it and trailers behind it', async () => {
  const client = await against((stream) => {
    stream.additionalHeaders({ ':status': 103, link: '</a>' });
    stream.respond({ ':status': 200, a: '1' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-sum': '9' }));
    stream.end('abc');
  });
  const response = await (await connection(client)).fetch();
  expect(response).toMatchObject({ status: 200, text: 'abc', ending: 'end', code: undefined });
  expect(response.informational).toEqual([{ status: 103, headers: [['link', '</a>']] }]);
  expect(response.headers[0]).toEqual(['a', '1']);
  expect(response.trailers).toEqual([['x-sum', '9']]);
});

test('http2: the request has its fields in order, and its body and trailers', async () => {
  let told = (_: readonly string[]) => {};
  const seen = new Promise<readonly string[]>((resolve) => (told = resolve));
  const client = await against((stream, fields) => {
    stream.respond({ ':status': 200 }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.close());
    stream.on('trailers', (_headers, _flags, trailers: string[]) => told([...fields, ...trailers]));
    stream.pipe(stream);
  });
  const stream = await (await connection(client)).request({
    target: '/a',
    open: true,
    headers: [
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ],
  });
  await stream.write('abc');
  expect(await stream.readText(3)).toBe('abc');
  await stream.end([['x-sum', '9']]);
  expect(await seen).toEqual(
    [
      [':method', 'POST'],
      [':authority', 'conformance.example'],
      [':scheme', 'http'],
      [':path', '/a'],
      ['conformance-case', 'a.1 run'],
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
      ['x-sum', '9'],
    ].flat(),
  );
});

test('http2: a reset is seen with its code, also behind a head', async () => {
  const client = await speaking([
    frame(FRAME.headers, FLAG.end_headers, 1, fieldSection([[':status', '200']])),
    frame(FRAME.data, 0, 1, Buffer.from('half')),
    frame(FRAME.rst_stream, 0, 1, number(CODE.internal_error)),
  ]);
  expect(await (await connection(client)).fetch()).toMatchObject({
    status: 200,
    text: 'half',
    ending: 'reset',
    code: CODE.internal_error,
  });
});

test('http2: a whole response followed by a reset without error is whole', async () => {
  const client = await speaking([
    frame(FRAME.headers, FLAG.end_headers | FLAG.end_stream, 1, fieldSection([[':status', '413']])),
    frame(FRAME.rst_stream, 0, 1, number(CODE.no_error)),
  ]);
  const stream = await (await connection(client)).request({ open: true });
  expect(await stream.whole()).toMatchObject({ status: 413, ending: 'end' });
  expect(await stream.closed()).toEqual({ how: 'ended', code: CODE.no_error });
});

test('http2: an extended CONNECT carries octets both ways', async () => {
  const client = await against((stream, fields) => {
    stream.respond({ ':status': 200 });
    stream.write(fields[fields.indexOf(':protocol') + 1]);
    stream.pipe(stream);
  });
  const stream = await (await connection(client)).request({
    method: 'CONNECT',
    protocol: 'chat',
    open: true,
  });
  expect(await stream.readText(4)).toBe('chat');
  await stream.write('echo');
  expect(await stream.readText(4)).toBe('echo');
  await stream.end();
  expect(await stream.whole()).toMatchObject({ ending: 'end' });
});

test('http2: the end of the connection is told with the code of its GOAWAY', async () => {
  const client = await against((stream) => stream.session?.goaway(CODE.enhance_your_calm));
  const gone = await connection(client);
  const stream = await gone.request({ open: true });
  closers.push(() => stream.leave());
  expect(await gone.closed()).toMatchObject({ code: CODE.enhance_your_calm });
});

test('http2: frames by hand are understood', async () => {
  const client = await against((stream) => {
    stream.respond({ ':status': 200 });
    stream.end('abc');
  });
  const octets = await raw(client);
  await octets.write(preface());
  await octets.write(headersFrame(1, requestFields([['x-long', 'x'.repeat(300)]])));
  const data = await frameOf(octets, FRAME.data, 1);
  expect(Buffer.from(data.payload).toString()).toBe('abc');
});

test('http2: a malformed request by hand is reset, with a code to read', async () => {
  const client = await against((stream) => stream.respond({ ':status': 200 }));
  const octets = await raw(client);
  await octets.write(preface());
  await octets.write(headersFrame(1, requestFields([['Upper', '1']])));
  expect(codeOf(await frameOf(octets, FRAME.rst_stream, 1))).toBe(CODE.protocol_error);
});

test('http2: the end of the connection ends the reading of frames', async () => {
  const client = await against(() => {});
  const octets = await raw(client);
  await octets.write('no preface at all, for sure');
  await expect(frameOf(octets, FRAME.ping)).rejects.toThrow(/without a frame of type 6/);
  expect(await nextFrame(octets)).toBeUndefined();
});

test('http2: lengths beyond one octet are coded as RFC 7541 section 5.1 has them', () => {
  const section = fieldSection([['a', 'x'.repeat(1337)]]);
  // 1337 with a prefix of seven bits: 127, then 1210 in groups of seven.
  expect([...section.subarray(0, 6)]).toEqual([0, 1, 97, 127, 0xba, 0x09]);
  expect(section.length).toBe(6 + 1337);
});

test('http2: a stream whose connection is lost is closed, and not reset', async () => {
  const client = await against((stream) => {
    stream.respond({ ':status': 200 });
    stream.write('half', () => stream.session?.socket.destroy());
  });
  expect(await (await connection(client)).fetch()).toMatchObject({ status: 200, ending: 'closed' });
});
