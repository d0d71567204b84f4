// What a response looks like on the wire, part by part.

import { STATUS_CODES } from 'node:http';
import { describe, expect, test } from 'vitest';
import { CHUNK_END, chunk, chunkHead, lastChunk, responseHead, STATUS_TEXT } from './writer.ts';

describe('responseHead', () => {
  test('http.response.headers-order: fields as given, then the own lines, then the empty line', () => {
    const fields = [
      ['x', 'b'],
      ['content-length', '0'],
      ['x', 'a'],
    ] as const;
    expect(responseHead(200, fields, 'date: now\r\n')).toBe(
      'HTTP/1.1 200 OK\r\nx: b\r\ncontent-length: 0\r\nx: a\r\ndate: now\r\n\r\n',
    );
  });

  test('RFC 9112 section 4: an informational head', () => {
    expect(responseHead(103, [['link', '</a>']], '')).toBe(
      'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n',
    );
  });

  test.each([199, 299, 599])(
    'RFC 9112 section 4: %i has no reason phrase, and the space before it',
    (status) => {
      expect(responseHead(status, [], '')).toBe(`HTTP/1.1 ${status} \r\n\r\n`);
    },
  );

  test('octets of values are code units', () => {
    const head = responseHead(200, [['x', '\xe4\xff']], '');
    expect(Buffer.from(head, 'latin1')).toEqual(
      Buffer.from('HTTP/1.1 200 OK\r\nx: \u00e4\u00ff\r\n\r\n', 'latin1'),
    );
  });

  /** Phrases that RFC 9110 gives another form than Node. */
  const RENAMED: Readonly<Record<string, string>> = {
    413: 'Content Too Large',
    422: 'Unprocessable Content',
  };
  /** No status codes of HTTP (RFC 2324, RFC 9110 section 15.5.19), or without a specification. */
  const OMITTED = ['418', '509', '510'];

  test('RFC 9110 section 15: the reason phrases, but for those that it has changed', () => {
    const known = Object.entries(STATUS_CODES).filter(([status]) => !OMITTED.includes(status));
    expect(STATUS_TEXT).toEqual({ ...Object.fromEntries(known), ...RENAMED });
  });
});

describe('RFC 9112 section 7.1: chunks', () => {
  test('the parts of a chunk make the whole', () => {
    const data = new Uint8Array(300).fill(0x61);
    const parts = Buffer.concat([Buffer.from(chunkHead(300)), data, Buffer.from(CHUNK_END)]);
    expect(chunk(data)).toEqual(parts);
    expect(chunkHead(300)).toBe('12c\r\n');
  });

  test('the last chunk', () => {
    expect(lastChunk([])).toBe('0\r\n\r\n');
  });

  test('the last chunk with trailer fields', () => {
    expect(
      lastChunk([
        ['a', 'b'],
        ['c', ''],
      ]),
    ).toBe('0\r\na: b\r\nc: \r\n\r\n');
  });
});
