// Reading responses of HTTP/1: each framing, however the octets are cut, and what ends early.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClientResponse } from './connection.ts';
import { Http1ResponseReader } from './http1-response.ts';

const octets = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

/** Everything that is read of pieces and then the end of the connection, with pieces of the body joined. */
function readAll(method: string, pieces: readonly string[], inOrder = true): unknown[] {
  const reader = new Http1ResponseReader(method);
  const all: ClientResponse[] = [];
  const take = () => {
    for (let next = reader.next(); next; next = reader.next()) all.push(next);
  };
  for (const piece of pieces) {
    reader.push(octets(piece));
    take();
  }
  const last = all.at(-1)?.type;
  if (last !== 'end' && last !== 'aborted') all.push(reader.ended(inOrder));
  const shown: unknown[] = [];
  for (const response of all) {
    if (response.type !== 'body') shown.push(response);
    else {
      const text = String.fromCharCode(...response.data);
      if (typeof shown.at(-1) === 'string') shown.push(`${shown.pop()}${text}`);
      else shown.push(text);
    }
  }
  return shown;
}

const head = (status: number, ...headers: [string, string][]) => ({
  type: 'head',
  status,
  headers,
});
const end = (...trailers: [string, string][]) => ({ type: 'end', trailers });
const CHUNKED: [string, string] = ['transfer-encoding', 'chunked'];

const CASES: [what: string, method: string, text: string, expected: unknown[]][] = [
  [
    'a declared length',
    'GET',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-É: caf\u0080\r\n\r\nhello',
    [head(200, ['content-length', '5'], ['x-é', 'caf\u0080']), 'hello', end()],
  ],
  ['no length', 'GET', 'HTTP/1.0 200\r\n\r\nhello', [head(200), 'hello', end()]],
  [
    'chunks and trailers',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-T: v\r\n\r\n',
    [head(200, CHUNKED), 'hello', end(['x-t', 'v'])],
  ],
  [
    'informational responses',
    'GET',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
    [
      { type: 'informational', status: 100, headers: [] },
      { type: 'informational', status: 103, headers: [['link', '</a>']] },
      head(204),
      end(),
    ],
  ],
  [
    'a response to HEAD',
    'HEAD',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n',
    [head(200, ['content-length', '5']), end()],
  ],
  ['a switch', 'GET', 'HTTP/1.1 101 S\r\n\r\n\x81\x00', [head(101), '\x81\x00', end()]],
  [
    'an accepted CONNECT, whatever its length says',
    'CONNECT',
    'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nocts',
    [head(200, ['content-length', '0']), 'octs', end()],
  ],
  [
    'a denied CONNECT',
    'CONNECT',
    'HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno',
    [head(403, ['content-length', '2']), 'no', end()],
  ],
  ['nothing', 'GET', '', [{ type: 'closed' }]],
  ['half a head', 'GET', 'HTTP/1.1 200 OK\r\nA: b\r\n', [{ type: 'closed' }]],
  ['what is no response', 'GET', 'SSH-2.0-x\r\n\r\n', [{ type: 'aborted' }]],
  [
    'less than was declared',
    'GET',
    'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello',
    [head(200, ['content-length', '9']), 'hello', { type: 'aborted' }],
  ],
  [
    'a chunk that breaks off',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhello',
    [head(200, CHUNKED), 'hello', { type: 'aborted' }],
  ],
  [
    'a chunk without a size',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n',
    [head(200, CHUNKED), { type: 'aborted' }],
  ],
  [
    'a chunk that is longer than it says',
    'GET',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n',
    [head(200, CHUNKED), 'a', { type: 'aborted' }],
  ],
];

describe('reading a response', () => {
  test.each(CASES)('%s', (_, method, text, expected) => {
    expect(readAll(method, [text])).toEqual(expected);
  });

  test('how octets are cut changes nothing', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...CASES),
        fc.array(fc.nat(120), { maxLength: 8 }),
        ([, method, text, expected], cuts) => {
          const places = [0, ...cuts.filter((cut) => cut < text.length).sort((a, b) => a - b)];
          const pieces = places.map((from, index) => text.slice(from, places[index + 1]));
          expect(readAll(method, pieces)).toEqual(expected);
        },
      ),
    );
  });

  test('a body to the end of the connection that is broken off is not whole', () => {
    expect(readAll('GET', ['HTTP/1.1 200 OK\r\n\r\nhel'], false)).toEqual([
      head(200),
      'hel',
      { type: 'aborted' },
    ]);
  });

  test('a head without end is given up', () => {
    const reader = new Http1ResponseReader('GET');
    reader.push(octets('HTTP/1.1 200 OK\r\n'));
    reader.push(new Uint8Array(1024 * 1024 + 1).fill(0x61));
    expect(reader.next()).toEqual({ type: 'aborted' });
  });
});
