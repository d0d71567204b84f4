// From a request's head to the scope, or to the refusal that it deserves. Each refusal cites the clause that it rests on.

import { describe, expect, test } from 'vitest';
import type { Fields } from '../../interface/index.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { type Refusal, type RequestFields, type RequestHead, readRequestHead } from './request.ts';

const host: Fields[number] = ['host', 'example.org'];

function head(change: Partial<RequestHead> = {}): RequestHead {
  return {
    http_version: '1.1',
    method: 'GET',
    scheme: 'http',
    target: '/',
    headers: [host],
    peer: null,
    local_address: null,
    ...change,
  };
}

function scopeOf(change: Partial<RequestHead>): RequestFields {
  const result = readRequestHead(head(change), DEFAULT_LIMITS);
  if ('requirement' in result) return expect.unreachable(`refused: ${result.message}`);
  return result;
}

function refusalOf(change: Partial<RequestHead>): Refusal {
  const result = readRequestHead(head(change), DEFAULT_LIMITS);
  if ('requirement' in result) return result;
  return expect.unreachable(`accepted: ${JSON.stringify(result)}`);
}

const withFields = (...fields: Fields) => ({ headers: [host, ...fields] });
const withHosts = (...values: string[]) => ({
  headers: values.map((value): Fields[number] => ['host', value]),
});

describe('security.framing-conflict', () => {
  test.each<[clause: string, what: string, change: Partial<RequestHead>, status: number]>([
    [
      '9112 6.3',
      'transfer-encoding and content-length',
      withFields(['transfer-encoding', 'chunked'], ['content-length', '5']),
      400,
    ],
    [
      '9112 6.3',
      'content-length and transfer-encoding, in this order',
      withFields(['content-length', '5'], ['transfer-encoding', 'chunked']),
      400,
    ],
    [
      '9112 6.3',
      'transfer-encoding and a content-length of 0',
      withFields(['transfer-encoding', 'chunked'], ['content-length', '0']),
      400,
    ],
    [
      '9112 6.3',
      'an unknown coding and content-length',
      withFields(['transfer-encoding', 'x'], ['content-length', '5']),
      400,
    ],
    ['9112 6.3', 'two lengths', withFields(['content-length', '5'], ['content-length', '6']), 400],
    [
      '9112 6.3',
      'three lengths, of which two agree',
      withFields(['content-length', '5'], ['content-length', '5'], ['content-length', '0']),
      400,
    ],
    [
      '9110 8.6',
      'two spellings of one length',
      withFields(['content-length', '5'], ['content-length', '05']),
      400,
    ],
    ['9110 8.6', 'a list of equal lengths', withFields(['content-length', '5, 5']), 400],
    ['9110 8.6', 'a list of different lengths', withFields(['content-length', '5,6']), 400],
    ['9110 8.6', 'an empty length', withFields(['content-length', '']), 400],
    ['9110 8.6', 'a negative length', withFields(['content-length', '-1']), 400],
    ['9110 8.6', 'a length with a sign', withFields(['content-length', '+5']), 400],
    ['9110 8.6', 'a length in hexadecimal', withFields(['content-length', '0x5']), 400],
    ['9110 8.6', 'a length with an inner space', withFields(['content-length', '1 0']), 400],
    [
      '9110 8.6',
      'a length with an underscore, which some parsers skip',
      withFields(['content-length', '1_0']),
      400,
    ],
    [
      '9110 8.6',
      'a length beyond what a number holds exactly',
      withFields(['content-length', '18446744073709551621']),
      400,
    ],
    ['9112 6.1', 'a coding that is not known', withFields(['transfer-encoding', 'gzip']), 501],
    [
      '9112 6.1',
      'a coding before chunked',
      withFields(['transfer-encoding', 'gzip, chunked']),
      501,
    ],
    ['9112 6.1', 'a coding after chunked', withFields(['transfer-encoding', 'chunked, gzip']), 501],
    [
      '9112 6.1',
      'chunked twice in one field',
      withFields(['transfer-encoding', 'chunked, chunked']),
      501,
    ],
    [
      '9112 6.1',
      'chunked in two fields',
      withFields(['transfer-encoding', 'chunked'], ['transfer-encoding', 'chunked']),
      501,
    ],
    [
      '9112 6.1',
      'identity, which is no longer a coding',
      withFields(['transfer-encoding', 'identity']),
      501,
    ],
    ['9112 6.1', 'an empty coding', withFields(['transfer-encoding', '']), 501],
    ['9112 7', 'chunked in quotes', withFields(['transfer-encoding', '"chunked"']), 501],
    ['9112 7', 'chunked with a parameter', withFields(['transfer-encoding', 'chunked;q=1']), 501],
    [
      '9112 7',
      'a coding that only looks like chunked',
      withFields(['transfer-encoding', 'xchunked']),
      501,
    ],
    [
      '9112 6.1',
      'chunked in HTTP/1.0',
      { ...withFields(['transfer-encoding', 'chunked']), http_version: '1.0' },
      400,
    ],
  ])('RFC %s: %s', (_, __, change, status) => {
    expect(refusalOf(change)).toMatchObject({ status, requirement: 'security.framing-conflict' });
  });

  test.each<[string, Fields, number | null]>([
    ['no length', [], null],
    ['a length', [['content-length', '5']], 5],
    ['a length of 0', [['content-length', '0']], 0],
    [
      'one length twice (RFC 9110 8.6)',
      [
        ['content-length', '5'],
        ['content-length', '5'],
      ],
      5,
    ],
    ['chunked', [['transfer-encoding', 'chunked']], null],
    ['chunked in capitals (RFC 9112 7)', [['transfer-encoding', 'CHUNKED']], null],
  ])('%s is no conflict', (_, fields, length) => {
    expect(scopeOf(withFields(...fields)).content_length).toBe(length);
  });
});

describe('security.host-single', () => {
  test.each<[clause: string, what: string, change: Partial<RequestHead>]>([
    ['9112 3.2', 'no host', { headers: [] }],
    ['9112 3.2', 'no host with an absolute target', { headers: [], target: 'http://example.org/' }],
    ['9112 3.2', 'two hosts', withHosts('a', 'b')],
    ['9112 3.2', 'one host twice', withHosts('a', 'a')],
    ['9112 3.2', 'two hosts in HTTP/1.0', { ...withHosts('a', 'b'), http_version: '1.0' }],
    ['9110 4.2.4', 'user information', withHosts('user@example.org')],
    ['9110 7.2', 'a list of hosts', withHosts('a, b')],
    ['9110 7.2', 'a path', withHosts('example.org/admin')],
    ['9110 7.2', 'a query', withHosts('example.org?x')],
    ['9110 7.2', 'a fragment', withHosts('example.org#x')],
    ['9110 7.2', 'a space', withHosts('a b')],
    ['9110 7.2', 'a backslash, which some clients take for a slash', withHosts('a\\b')],
    ['9110 7.2', 'two ports', withHosts('a:1:2')],
    ['9110 7.2', 'a port that is not a number', withHosts('a:http')],
    ['9110 7.2', 'a port of six digits', withHosts('a:800000')],
    ['3986 3.2.2', 'an address without its end', withHosts('[::1')],
    ['3986 3.2.2', 'an address of version 6 without brackets', withHosts('::1')],
    ['3986 3.2.2', 'brackets around nothing', withHosts('[]')],
    ['3986 3.2.2', 'a name in brackets', withHosts('[example.org]')],
    ['3986 2.1', 'a percent sign without digits', withHosts('a%zz')],
    ['3986 3.2.2', 'octets above 0x7F', withHosts('ex\u00e4mple.org')],
    [
      '9112 3.2.2',
      'a broken host beside an absolute target',
      { ...withHosts('a@@b'), target: 'http://example.org/' },
    ],
  ])('RFC %s: %s', (_, __, change) => {
    expect(refusalOf(change)).toMatchObject({ status: 400, requirement: 'security.host-single' });
  });

  test.each([
    ['an empty host (RFC 9112 3.2)', ''],
    ['a name', 'example.org'],
    ['a name and a port', 'example.org:8000'],
    ['an empty port (RFC 3986 3.2.3)', 'example.org:'],
    ['an address of version 4', '127.0.0.1:80'],
    ['an address of version 6', '[::1]:80'],
    ['an address of version 6 with a zone', '[fe80::1%25eth0]'],
    ['an encoded name', 'ex%C3%A4mple.org'],
    ['an underscore', 'my_service'],
  ])('%s is a host', (_, value) => {
    expect(scopeOf(withHosts(value)).authority).toBe(value);
  });

  test.each(['1.0', '2', '3'] as const)('HTTP/%s needs no host field', (http_version) => {
    expect(scopeOf({ headers: [], http_version }).authority).toBe('');
  });

  test('an absolute target replaces the host field (RFC 9112 section 3.2.2)', () => {
    const scope = scopeOf({ ...withHosts('other.example'), target: 'http://example.org:81/a' });
    expect(scope.authority).toBe('example.org:81');
    expect(scope.headers).toEqual([['host', 'other.example']]);
  });
});

describe('security.target-syntax', () => {
  test.each<[clause: string, what: string, change: Partial<RequestHead>]>([
    ['9112 3.2.1', 'an empty target', { target: '' }],
    ['9112 3.2.1', 'a path without a slash', { target: 'admin' }],
    ['9112 3.2.1', 'a path that goes up before it begins', { target: '../admin' }],
    ['9112 3.2.1', 'a query without a path', { target: '?x' }],
    ['9112 3.2.1', 'a fragment', { target: '/a#b' }],
    ['9112 3.2.1', 'a fragment in the query', { target: '/a?b#c' }],
    ['9112 3.2', 'a space', { target: '/a b' }],
    ['9112 3.2', 'a space that carries a version', { target: '/ HTTP/1.1' }],
    ['9112 3.2', 'a line end that carries a field', { target: '/ HTTP/1.1\r\nx: y' }],
    ['9112 3.2', 'a tab', { target: '/a\tb' }],
    ['9112 3.2', 'NUL', { target: '/a\0' }],
    ['9112 3.2', 'DEL', { target: '/a\x7f' }],
    ['9112 3.2', 'a code unit above 0xFF', { target: '/\u0100' }],
    ['9112 3.2.2', 'an absolute form without a host', { target: 'http:///a' }],
    ['9112 3.2.2', 'an absolute form with nothing but a scheme', { target: 'http://' }],
    ['9112 3.2.2', 'a scheme without slashes', { target: 'mailto:a' }],
    [
      '9110 4.2.4',
      'user information in an absolute form',
      { target: 'http://user:secret@example.org/' },
    ],
    ['9112 3.2.2', 'a port alone in an absolute form', { target: 'http://:80/' }],
    ['9112 3.2.2', 'a fragment in an absolute form', { target: 'http://example.org/#a' }],
    ['9112 3.2.3', 'an authority with a method that is not CONNECT', { target: 'example.org:443' }],
    ['9112 3.2.4', 'an asterisk with a method that is not OPTIONS', { target: '*' }],
    ['9112 3.2.4', 'an asterisk and more', { method: 'OPTIONS', target: '*/a' }],
    ['9110 9.1', 'an empty method', { method: '' }],
    ['9110 9.1', 'a space in the method', { method: 'GET /x' }],
    ['9110 9.1', 'a line end in the method', { method: 'GET\n' }],
    ['9110 9.1', 'a colon in the method', { method: 'GET:' }],
  ])('RFC %s: %s', (_, __, change) => {
    expect(refusalOf(change)).toMatchObject({ status: 400, requirement: 'security.target-syntax' });
  });

  test.each<[string, Partial<RequestHead>, string]>([
    ['an asterisk with OPTIONS (RFC 9112 3.2.4)', { method: 'OPTIONS', target: '*' }, '*'],
    ['a method of another protocol', { method: 'PROPFIND' }, '/'],
    ['a method in lowercase, which is another method', { method: 'get' }, '/'],
    ['characters that browsers leave unencoded', { target: '/a"<>[]^`{|}' }, '/a"<>[]^`{|}'],
    ['octets above 0x7F', { target: '/\u00e4' }, '/\u00e4'],
    ['an absolute form of another scheme', { target: 'ftp://example.org/a' }, '/a'],
  ])('%s is accepted', (_, change, path) => {
    expect(scopeOf(change).path).toBe(path);
  });
});

describe('security.request-field-syntax', () => {
  test.each<[clause: string, what: string, field: Fields[number]]>([
    ['9112 5.1', 'a space between name and colon', ['content-length ', '5']],
    ['9112 5.1', 'a space before the name', [' content-length', '5']],
    ['9110 5.1', 'an empty name', ['', 'x']],
    ['9110 5.6.2', 'a name with a separator', ['a(b)', 'x']],
    ['9113 8.3', 'a pseudo-header field', [':authority', 'x']],
    ['9110 5.5', 'a bare CR', ['a', 'x\ry']],
    ['9110 5.5', 'a bare LF', ['a', 'x\ny']],
    ['9112 5.2', 'a folded line', ['a', 'x\r\n y']],
    ['9110 5.5', 'NUL', ['a', 'x\0']],
    ['9110 5.5', 'a name that is not in lowercase', ['Transfer-Encoding', 'chunked']],
  ])('RFC %s: %s', (_, __, field) => {
    expect(refusalOf(withFields(field))).toMatchObject({
      status: 400,
      requirement: 'security.request-field-syntax',
    });
  });
});

test.each(['0.9', '1', '1.2', '2.0', '9.9', '', 'constructor'])(
  'security.version-known: HTTP/%s is answered 505 (RFC 9110 section 15.6.6)',
  (http_version) => {
    expect(refusalOf({ http_version })).toMatchObject({
      status: 505,
      requirement: 'security.version-known',
    });
  },
);

describe('security.limits-method, security.limits-target, security.limits-head', () => {
  const limits = { ...DEFAULT_LIMITS, target_octets: 10, header_octets: 100, header_fields: 3 };
  const fields = (count: number): Fields => Array(count).fill(['a', '']);
  const rest = 100 - 'hostexample.org'.length - 1;

  test.each<[string, Partial<RequestHead>, string | undefined]>([
    ['a method of 64 octets', { method: 'M'.repeat(64) }, undefined],
    ['a method of 65 octets', { method: 'M'.repeat(65) }, '501 security.limits-method'],
    ['a target of 10 octets', { target: '/bcdefghij' }, undefined],
    ['a target of 11 octets', { target: '/bcdefghijk' }, '414 security.limits-target'],
    ['three fields', { headers: [host, ...fields(2)] }, undefined],
    ['four fields', { headers: [host, ...fields(3)] }, '431 security.limits-head'],
    ['fields of 100 octets', withFields(['a', 'x'.repeat(rest)]), undefined],
    ['fields of 101 octets', withFields(['a', 'x'.repeat(rest + 1)]), '431 security.limits-head'],
  ])('%s', (_, change, refusal) => {
    const result = readRequestHead(head(change), limits);
    const outcome = 'requirement' in result ? `${result.status} ${result.requirement}` : undefined;
    expect(outcome).toBe(refusal);
  });
});

describe('CONNECT', () => {
  test.each(['/', '*', '', 'example.org', 'example.org:0', 'example.org:65536', ':443', 'a b:1'])(
    'tunnel.connect-syntax: a CONNECT to %j is answered 400',
    (target) => {
      expect(refusalOf({ method: 'CONNECT', target })).toMatchObject({
        status: 400,
        requirement: 'tunnel.connect-syntax',
      });
    },
  );

  test.each([[['content-length', '5']], [['transfer-encoding', 'chunked']]] as const)(
    'tunnel.connect-syntax: a CONNECT with %j is answered 400',
    (field) => {
      const headers = [['host', 'example.org'], field] as const;
      expect(refusalOf({ method: 'CONNECT', target: 'example.org:443', headers })).toMatchObject({
        status: 400,
        requirement: 'tunnel.connect-syntax',
      });
    },
  );

  test('the target of a CONNECT is its authority, and it has no path', () => {
    expect(scopeOf({ method: 'CONNECT', target: 'example.org:443' })).toMatchObject({
      authority: 'example.org:443',
      path: '',
      query: null,
    });
  });

  test('another case is another method', () => {
    expect(scopeOf({ method: 'connect' }).method).toBe('connect');
  });
});

describe('the scope', () => {
  test.each([
    ['/', '/', null],
    ['/a?', '/a', ''],
    ['/a?b', '/a', 'b'],
    ['/a?b?c', '/a', 'b?c'],
    ['/a%2Fb%3Fc?d%20e', '/a%2Fb%3Fc', 'd%20e'],
    ['/a/../b/./c//d', '/a/../b/./c//d', null],
    ['//example.org/a', '//example.org/a', null],
    ['/%', '/%', null],
    ['http://example.org', '/', null],
    ['http://example.org?b', '/', 'b'],
    ['http://example.org/a?b', '/a', 'b'],
    ['HTTP://example.org//a', '//a', null],
  ])('http.target.raw, http.path.encoded, http.query.null: %s', (target, path, query) => {
    expect(scopeOf({ target })).toMatchObject({ target, path, query });
  });

  test('http.headers.order: fields keep their order and their duplicates', () => {
    const headers: Fields = [
      ['b', '1'],
      host,
      ['a', '2'],
      ['b', '3'],
      ['cookie', 'x'],
      ['cookie', 'y'],
    ];
    expect(scopeOf({ headers }).headers).toEqual(headers);
  });

  test.each<[string, Fields, readonly string[]]>([
    [
      'one',
      [
        ['upgrade', 'websocket'],
        ['connection', 'Upgrade'],
      ],
      ['websocket'],
    ],
    [
      'several, as they were received',
      [
        ['connection', 'keep-alive, upgrade'],
        ['upgrade', 'h2c ,\tWebSocket'],
        ['upgrade', ',TLS/1.0'],
      ],
      ['h2c', 'WebSocket', 'TLS/1.0'],
    ],
  ])('http.upgrade.offers: %s', (_, fields, offers) => {
    expect(scopeOf(withFields(...fields)).upgrade).toEqual({ offers, via: 'upgrade' });
  });

  test.each<[string, Partial<RequestHead>]>([
    ['no `upgrade`', withFields(['connection', 'upgrade'])],
    ['an `upgrade` that `connection` does not name', withFields(['upgrade', 'websocket'])],
    ['an `upgrade` without an element', withFields(['connection', 'upgrade'], ['upgrade', ',,'])],
    [
      'an `upgrade` in HTTP/1.0 (RFC 9110 section 7.8)',
      { http_version: '1.0', ...withFields(['connection', 'upgrade'], ['upgrade', 'websocket']) },
    ],
  ])('http.upgrade.offers: %s offers nothing', (_, change) => {
    expect(scopeOf(change).upgrade).toBeNull();
  });

  test('security.forwarded, security.tls-facts: what nobody has shown is null', () => {
    const claims = withFields(['forwarded', 'for=192.0.2.1;proto=https'], ['x-forwarded-for', 'a']);
    expect(scopeOf(claims)).toMatchObject({ tls: null, scheme: 'http' });
  });

  test('the method keeps its case', () => {
    expect(scopeOf({ method: 'pAtCh' }).method).toBe('pAtCh');
  });

  test('the mount is empty until middleware mounts', () => {
    expect(scopeOf({}).mount).toBe('');
  });

  test('a field named `__proto__` is a field', () => {
    const headers: Fields = [host, ['__proto__', 'x'], ['constructor', 'y']];
    expect(scopeOf({ headers }).headers).toEqual(headers);
  });
});
