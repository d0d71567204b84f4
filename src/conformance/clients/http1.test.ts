// The HTTP/1.1 client of the suite, against servers that say exactly what a test gives them.

import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { Connection } from '../stream.ts';
import { http1Client } from './http1.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const server of servers.splice(0)) server.close();
});

/** A server that hands each connection to a function; gives a connection of the client. */
async function against(serve: (socket: Socket) => void): Promise<Connection> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return new Connection(await http1Client('127.0.0.1', address.port).connect(), [
    ['conformance-case', 'a.1 run'],
  ]);
}

/** Answers the first octets with a text and ends, unless it stays open. */
function saying(text: string, { stays = false } = {}): Promise<Connection> {
  return against((socket) => {
    socket.once('data', () => (stays ? socket.write(text, 'latin1') : socket.end(text, 'latin1')));
  });
}

test.each([
  ['a declared length', 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc', 'abc', 'end'],
  [
    'chunks',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n',
    'abc',
    'end',
  ],
  ['the end of the connection', 'HTTP/1.1 200 OK\r\n\r\nabc', 'abc', 'end'],
  ['no content', 'HTTP/1.1 204 No Content\r\n\r\n', '', 'end'],
  [
    'a length that is not reached',
    'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc',
    'abc',
    'closed',
  ],
  [
    'chunks without the last',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n',
    'abc',
    'closed',
  ],
  [
    'a chunk cut short',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nabc',
    'abc',
    'closed',
  ],
  ['a head cut short', 'HTTP/1.1 200 OK\r\ncontent-', '', 'closed'],
  ['nothing', '', '', 'closed'],
])('http1: a response framed by %s', async (_, said, text, ending) => {
  const response = await (await saying(said)).fetch();
  expect({ text: response.text, ending: response.ending }).toEqual({ text, ending });
});

test('http1: informational responses, fields in order and trailers are given', async () => {
  const connection = await saying(
    'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' +
      'HTTP/1.1 200 OK\r\nA: 1\r\nb: 2\r\na: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\nX-Sum: 9\r\n\r\n',
  );
  const response = await connection.fetch();
  expect(response.informational).toEqual([{ status: 103, headers: [['link', '</a>']] }]);
  expect(response.headers.slice(0, 3)).toEqual([
    ['a', '1'],
    ['b', '2'],
    ['a', '3'],
  ]);
  expect(response.trailers).toEqual([['x-sum', '9']]);
});

test.each([
  ['a lone LF', 'HTTP/1.1 200 OK\ncontent-length: 0\r\n\r\n', /LF alone/],
  ['another version', 'HTTP/1.0 200 OK\r\n\r\n', /status line/],
  ['a space before the colon', 'HTTP/1.1 200 OK\r\na : 1\r\n\r\n', /not a field/],
  [
    'two lengths',
    'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ncontent-length: 0\r\n\r\n',
    /two lengths/,
  ],
  [
    'length and chunks',
    'HTTP/1.1 200 OK\r\ncontent-length: 0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    /unclear/,
  ],
  [
    'a chunk size with a sign',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n+1\r\na\r\n',
    /chunk size/,
  ],
])('http1: %s is an error of the server', async (_, said, message) => {
  await expect((await saying(said)).fetch()).rejects.toThrow(message);
});

test('http1: a response to HEAD has no body, whatever it declares', async () => {
  const connection = await saying('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n', { stays: true });
  expect(await connection.fetch({ method: 'HEAD' })).toMatchObject({ text: '', ending: 'end' });
});

test('http1: what is written is a head, chunks and trailers', async () => {
  let told = (_: string) => {};
  const seen = new Promise<string>((resolve) => (told = resolve));
  const connection = await against((socket) => {
    let text = '';
    socket.on('data', (data) => {
      text += data.toString('latin1');
      if (text.endsWith('x-sum: 9\r\n\r\n')) told(text);
    });
  });
  const stream = await connection.request({ target: '/a', open: true, headers: [['A', '1']] });
  await stream.write('ab');
  await stream.end([['x-sum', '9']]);
  expect(await seen).toBe(
    'POST /a HTTP/1.1\r\nhost: conformance.example\r\nconformance-case: a.1 run\r\nA: 1\r\n' +
      'transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\nx-sum: 9\r\n\r\n',
  );
});

test('http1: a whole body is sent with its length', async () => {
  let told = (_: string) => {};
  const seen = new Promise<string>((resolve) => (told = resolve));
  const connection = await against((socket) => {
    socket.on('data', (data) => told(data.toString('latin1')));
  });
  await connection.request({ body: 'abc', authority: null });
  expect(await seen).toBe(
    'POST / HTTP/1.1\r\nconformance-case: a.1 run\r\ncontent-length: 3\r\n\r\nabc',
  );
});

test('http1: responses are given to their requests in order', async () => {
  const connection = await saying(
    'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n1HTTP/1.1 201 Created\r\ncontent-length: 1\r\n\r\n2',
    { stays: true },
  );
  const first = await connection.request();
  const second = await connection.request();
  const [two, one] = await Promise.all([second.whole(), first.whole()]);
  expect([one.text, one.status, two.text, two.status]).toEqual(['1', 200, '2', 201]);
});

test('http1: behind a 101 there are octets both ways', async () => {
  const connection = await against((socket) => {
    socket.once('data', () => {
      socket.write(
        'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhi',
      );
      socket.on('data', (data) => socket.write(data));
      socket.on('end', () => socket.end('bye'));
    });
  });
  const stream = await connection.request({
    method: 'GET',
    open: true,
    headers: [
      ['connection', 'upgrade'],
      ['upgrade', 'x'],
    ],
  });
  expect((await stream.head()).status).toBe(101);
  expect(await stream.readText(2)).toBe('hi');
  await stream.write('echo');
  expect(await stream.readText(4)).toBe('echo');
  await stream.end();
  expect(await stream.whole()).toMatchObject({ text: 'bye', ending: 'end' });
});

test('http1: a connection that was reset is told from one that was ended', async () => {
  const connection = await against((socket) => {
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\na', () => socket.resetAndDestroy());
    });
  });
  expect(await connection.fetch()).toMatchObject({ ending: 'reset' });
});

test('http1: octets behind the last response are an error of the server', async () => {
  const connection = await saying('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nmore');
  await connection.fetch();
  await expect(connection.closed()).rejects.toThrow(/belong to no response: more/);
});
