// Which requests are handshakes, what each fault is answered with, and what the acceptance says.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Fields } from '../../interface/index.ts';
import {
  acceptFields,
  acceptKey,
  checkHandshake,
  type HandshakeHead,
  isHandshake,
} from './handshake.ts';

/** The key of RFC 6455 section 1.3. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const HTTP1: Fields = [
  ['host', 'example.org'],
  ['upgrade', 'websocket'],
  ['connection', 'Upgrade'],
  ['sec-websocket-key', KEY],
  ['sec-websocket-version', '13'],
];
const HTTP2: Fields = [['sec-websocket-version', '13']];

/** A sound handshake with some fields replaced; an empty list removes one. */
function http1(change: Readonly<Record<string, string | readonly string[]>> = {}): HandshakeHead {
  return { http_version: '1.1', method: 'GET', headers: changed(HTTP1, change) };
}

function http2(
  change: Readonly<Record<string, string | readonly string[]>> = {},
  http_version = '2',
): HandshakeHead {
  return {
    http_version,
    method: 'CONNECT',
    protocol: 'websocket',
    headers: changed(HTTP2, change),
  };
}

function changed(
  fields: Fields,
  change: Readonly<Record<string, string | readonly string[]>>,
): Fields {
  return [
    ...fields.filter(([name]) => !(name in change)),
    ...Object.entries(change).flatMap(([name, values]) =>
      [values].flat().map((value): Fields[number] => [name, value]),
    ),
  ];
}

describe('websocket.scope-type', () => {
  test.each<[what: string, head: HandshakeHead, tunnels?: readonly string[]]>([
    ['HTTP/1.1', http1()],
    ['names in any case', http1({ upgrade: 'WebSocket', connection: 'UPGRADE' })],
    ['upgrade among other options', http1({ connection: 'keep-alive, Upgrade' })],
    ['upgrade in a second field', http1({ connection: ['keep-alive', 'upgrade'] })],
    ['empty elements', http1({ upgrade: ' , ,websocket', connection: ',upgrade,' })],
    ['a tab before an element', http1({ connection: 'close,\tupgrade' })],
    ['behind what nobody declared', http1({ upgrade: 'h2c, websocket' })],
    ['behind what nobody declared, in another field', http1({ upgrade: ['h2c', 'websocket'] })],
    ['before a declared tunnel', http1({ upgrade: 'websocket, ticks' }), ['ticks']],
    ['behind another version of a tunnel', http1({ upgrade: 'ticks, websocket' }), ['ticks/1']],
    [
      'behind `connect`, which names no method',
      http1({ upgrade: 'connect, websocket' }),
      ['CONNECT'],
    ],
    ['a fault that is no matter here', http1({ 'sec-websocket-version': '8' })],
    ['HTTP/2', http2()],
    ['HTTP/3', http2({}, '3')],
    ['HTTP/2 in any case', { ...http2(), protocol: 'WebSocket' }],
  ])('a handshake: %s', (_, head, tunnels = []) => {
    expect(isHandshake(head, tunnels)).toBe(true);
  });

  test.each<[what: string, head: HandshakeHead, tunnels?: readonly string[]]>([
    ['HTTP/1.0', { ...http1(), http_version: '1.0' }],
    ['another method', { ...http1(), method: 'POST' }],
    ['a method in lowercase', { ...http1(), method: 'get' }],
    ['no upgrade', http1({ upgrade: [] })],
    ['an upgrade to something else', http1({ upgrade: 'h2c' })],
    ['an upgrade to a version of websocket', http1({ upgrade: 'websocket/13' })],
    ['no connection field', http1({ connection: [] })],
    ['connection without upgrade', http1({ connection: 'keep-alive' })],
    ['connection with another word', http1({ connection: 'upgraded' })],
    ['behind a declared tunnel', http1({ upgrade: 'ticks, websocket' }), ['ticks']],
    [
      'behind a declared tunnel in another case',
      http1({ upgrade: ['TICKS', 'websocket'] }),
      ['Ticks'],
    ],
    ['behind `connect` as a declared token', http1({ upgrade: 'CONNECT, websocket' }), ['connect']],
    ['HTTP/2 without :protocol', { ...http2(), protocol: undefined }],
    ['HTTP/2 with another :protocol', { ...http2(), protocol: 'connect-udp' }],
    ['HTTP/2 with another method', { ...http2(), method: 'GET' }],
    ['the fields of HTTP/1.1 over HTTP/2', { ...http1(), http_version: '2' }],
    ['CONNECT over HTTP/1.1', { ...http1(), method: 'CONNECT', protocol: 'websocket' }],
  ])('no handshake: %s', (_, head, tunnels = []) => {
    expect(isHandshake(head, tunnels)).toBe(false);
  });
});

describe('websocket.handshake', () => {
  test('a sound handshake over HTTP/1.1 has a key', () => {
    expect(checkHandshake(http1())).toEqual({ subprotocols: [], key: KEY });
  });

  test('a sound handshake over HTTP/2 has none, and one that is there means nothing', () => {
    expect(checkHandshake(http2())).toEqual({ subprotocols: [] });
    expect(checkHandshake(http2({ 'sec-websocket-key': ['x', 'y'] }, '3'))).toEqual({
      subprotocols: [],
    });
  });

  test.each<[what: string, offered: string | string[], subprotocols: string[]]>([
    ['one', 'chat', ['chat']],
    ['several', 'superchat, chat', ['superchat', 'chat']],
    ['in several fields', ['b,a', 'c'], ['b', 'a', 'c']],
    ['that differ in case', 'Chat, chat', ['Chat', 'chat']],
    ['with empty elements', [', chat ,,', ''], ['chat']],
    ['none', '', []],
    ['any token', "!#$%&'*+-.^_`|~09azAZ", ["!#$%&'*+-.^_`|~09azAZ"]],
  ])('subprotocols: %s', (_, offered, subprotocols) => {
    expect(checkHandshake(http1({ 'sec-websocket-protocol': offered }))).toEqual({
      subprotocols,
      key: KEY,
    });
  });

  test.each([
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits',
    'permessage-deflate; client_max_window_bits; server_max_window_bits=10',
    'permessage-deflate;server_max_window_bits="10", permessage-deflate',
    'x-a ; b\t;\tc = d',
    'x-a; b="\\1\\0"',
    ', x-a,,',
  ])('extensions that have their syntax: %s', (value) => {
    expect(checkHandshake(http2({ 'sec-websocket-extensions': value }))).toEqual({
      subprotocols: [],
    });
  });

  test.each<[what: string, change: Readonly<Record<string, string | readonly string[]>>]>([
    ['none', { 'sec-websocket-version': [] }],
    ['another', { 'sec-websocket-version': '8' }],
    ['two', { 'sec-websocket-version': '13, 8' }],
    ['two fields', { 'sec-websocket-version': ['13', '13'] }],
    ['not in its form', { 'sec-websocket-version': '013' }],
    ['empty', { 'sec-websocket-version': '' }],
  ])('the version: %s', (_, change) => {
    // The first row decides, whatever else is wrong.
    const worse = { ...change, 'sec-websocket-key': 'x', 'content-length': '5' };
    for (const fields of [change, worse]) {
      expect(checkHandshake(http1(fields))).toEqual({
        status: 426,
        headers: [
          ['sec-websocket-version', '13'],
          ['upgrade', 'websocket'],
          ['connection', 'upgrade'],
        ],
        requirement: 'websocket.handshake',
        message: expect.stringContaining('sec-websocket-version'),
      });
      for (const version of ['2', '3']) {
        expect(checkHandshake(http2(fields, version))).toMatchObject({
          status: 400,
          headers: [['sec-websocket-version', '13']],
        });
      }
    }
  });

  const onlyHttp1 = [
    ['no key', { 'sec-websocket-key': [] }, 'sec-websocket-key'],
    ['two keys', { 'sec-websocket-key': [KEY, KEY] }, 'sec-websocket-key'],
    ['a key of 15 octets', { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAA' }, '16 octets'],
    ['a key of 17 octets', { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAAA=' }, '16 octets'],
    ['a key without padding', { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA' }, '16 octets'],
    [
      'a key with bits in its padding',
      { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAB==' },
      'base64',
    ],
    ['a key in base64url', { 'sec-websocket-key': '-_AAAAAAAAAAAAAAAAAAAA==' }, 'base64'],
    ['an empty key', { 'sec-websocket-key': '' }, '16 octets'],
  ] as const;
  const all = [
    ['content', { 'content-length': '5' }, 'no content'],
    ['a length that is not `0`', { 'content-length': '00' }, 'no content'],
    ['two lengths', { 'content-length': ['0', '1'] }, 'no content'],
    ['a transfer coding', { 'transfer-encoding': 'chunked' }, 'no content'],
    ['a subprotocol that is no token', { 'sec-websocket-protocol': 'a b' }, '"a b" is not a token'],
    ['a quoted subprotocol', { 'sec-websocket-protocol': '"a"' }, 'is not a token'],
    ['a subprotocol twice', { 'sec-websocket-protocol': 'a, b, a' }, '"a" is offered twice'],
    [
      'a subprotocol in two fields',
      { 'sec-websocket-protocol': ['b, a', 'a'] },
      '"a" is offered twice',
    ],
    ['an extension that is no token', { 'sec-websocket-extensions': 'a/b' }, 'section 9.1'],
    ['a parameter without a name', { 'sec-websocket-extensions': 'a; =b' }, 'section 9.1'],
    ['no parameter', { 'sec-websocket-extensions': 'a;' }, 'section 9.1'],
    ['a parameter without a value', { 'sec-websocket-extensions': 'a; b=' }, 'section 9.1'],
    [
      'a quoted value that is no token',
      { 'sec-websocket-extensions': 'a; b="c d"' },
      'section 9.1',
    ],
    ['an empty quoted value', { 'sec-websocket-extensions': 'a; b=""' }, 'section 9.1'],
    ['a quoted value with a comma', { 'sec-websocket-extensions': 'a; b="c,d"' }, 'section 9.1'],
    ['a quotation without end', { 'sec-websocket-extensions': 'a; b="c' }, 'section 9.1'],
    ['two extensions without a comma', { 'sec-websocket-extensions': 'a b' }, 'section 9.1'],
    ['a list without elements', { 'sec-websocket-extensions': ', ,' }, 'section 9.1'],
    ['an empty list of extensions', { 'sec-websocket-extensions': '' }, 'section 9.1'],
    ['a second field', { 'sec-websocket-extensions': ['a', 'b;;c'] }, 'section 9.1'],
  ] as const;

  test.each<[what: string, head: HandshakeHead, message: string]>([
    ...[...onlyHttp1, ...all].map(([what, change, message]): [string, HandshakeHead, string] => [
      what,
      http1(change),
      message,
    ]),
    ...all.map(([what, change, message]): [string, HandshakeHead, string] => [
      `${what}, over HTTP/2`,
      http2(change),
      message,
    ]),
  ])('400: %s', (_, head, message) => {
    expect(checkHandshake(head)).toEqual({
      status: 400,
      headers: [],
      requirement: 'websocket.handshake',
      message: expect.stringContaining(message),
    });
  });

  test('a length of `0` is no content', () => {
    expect(checkHandshake(http1({ 'content-length': '0' }))).toEqual({
      subprotocols: [],
      key: KEY,
    });
  });

  test('the base64 form of any 16 octets is a key, that of any other number is not', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 13, maxLength: 19 }), (octets) => {
        const key = btoa(String.fromCharCode(...octets));
        const result = checkHandshake(http1({ 'sec-websocket-key': key }));
        expect('key' in result).toBe(octets.length === 16);
      }),
    );
  });

  // In quadratic time each of these would take longer than a test can.
  test.each<[what: string, value: string]>([
    ['white space within an element', `a${' '.repeat(2e6)}b`],
    ['white space behind a parameter', `a;b${' '.repeat(2e6)}c`],
    ['white space behind a value', `a;b=c${'\t'.repeat(2e6)}/`],
    ['many parameters and a fault', `a${' ; b = c'.repeat(2e5)} /`],
    ['a long token and a fault', `${'a'.repeat(2e6)}/`],
    ['a long quotation without end', `a;b="${'\\a'.repeat(1e6)}`],
    ['many elements and a fault', `${'a;b, '.repeat(2e5)}/`],
  ])('the time that a list takes is linear in its length: %s', (_, value) => {
    expect(checkHandshake(http2({ 'sec-websocket-extensions': value }))).toMatchObject({
      status: 400,
    });
    expect(isHandshake(http1({ connection: value, upgrade: value }), [])).toBe(false);
  });

  test('any values lead to an answer', () => {
    const names = HTTP1.map(([name]) => name).concat(
      'sec-websocket-protocol',
      'sec-websocket-extensions',
    );
    const value = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom('a', ',', ';', '=', '"', '\\', ' ', '\t') }),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...names), value)), (headers) => {
        const result = checkHandshake({ ...http1(), headers: [...headers, ...HTTP1] });
        expect('status' in result || result.key === KEY).toBe(true);
      }),
    );
  });
});

describe('websocket.accept-answer', () => {
  test('the key of RFC 6455 section 1.3 has the answer that is given there', () => {
    expect(acceptKey(KEY)).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  test('the answer to any key is the base64 form of its SHA-1 with the GUID', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (octets) => {
        const key = Buffer.from(octets).toString('base64');
        const expected = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
        expect(acceptKey(key)).toBe(expected.digest('base64'));
      }),
    );
  });

  const cookie: Fields[number] = ['set-cookie', 'seen=1; Secure; HttpOnly'];
  const accept: Fields[number] = ['sec-websocket-accept', 's3pPLMBiTxaQ9kYGzzhZRbK+xOo='];
  const switches: Fields = [['upgrade', 'websocket'], ['connection', 'upgrade'], accept];

  test.each<[what: string, fields: Fields, expected: Fields]>([
    [
      'HTTP/1.1, a subprotocol and a field of the application',
      acceptFields(http1(), 'chat', [cookie]),
      [...switches, ['sec-websocket-protocol', 'chat'], cookie],
    ],
    ['HTTP/1.1 alone', acceptFields(http1(), undefined, []), switches],
    [
      'HTTP/2',
      acceptFields(http2(), 'chat', [cookie]),
      [['sec-websocket-protocol', 'chat'], cookie],
    ],
    ['HTTP/3 alone', acceptFields(http2({}, '3'), undefined, []), []],
  ])('%s', (_, fields, expected) => {
    expect(fields).toEqual(expected);
  });

  test('websocket.extensions: none is agreed on, whatever was offered', () => {
    const head = http1({ 'sec-websocket-extensions': 'permessage-deflate' });
    expect(acceptFields(head, undefined, [])).toEqual(switches);
  });

  test('a handshake without a key is not answered', () => {
    const head = http1({ 'sec-websocket-key': [] });
    expect(() => acceptFields(head, undefined, [])).toThrow(/no sec-websocket-key/);
  });
});
