// What applications read from a scope.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scopeOf } from './conversation.fixture.ts';
import {
  clientOf,
  cookies,
  header,
  headersOf,
  originOf,
  pathSegments,
  queryOf,
  restOf,
  urlOf,
} from './scope.ts';

describe('path', () => {
  test('http.mount.boundary: the rest is what follows the mount', () => {
    expect(restOf({ path: '/api/v1/users', mount: '/api' })).toBe('/v1/users');
    expect(restOf({ path: '/api', mount: '/api' })).toBe('');
  });

  test.each<[path: string, mount: string, segments: readonly string[] | null]>([
    ['/', '', ['']],
    ['/a/b', '', ['a', 'b']],
    ['/a//b/', '', ['a', '', 'b', '']],
    ['/api', '/api', []],
    ['/api/', '/api', ['']],
    ['/a%2Fb/c', '', ['a/b', 'c']],
    ['/caf%C3%A9', '', ['café']],
    ['/caf\xc3\xa9', '', ['café']],
    ['/a%20b+c', '', ['a b+c']],
    ['/%EF%BB%BFa', '', ['\ufeffa']],
    ['/..%2F..', '', ['../..']],
    ['/a%', '', null],
    ['/a%2', '', null],
    ['/%zz', '', null],
    ['/%C3', '', null],
    ['/\xff', '', null],
    ['*', '', null],
    ['', '', []],
  ])('segments: %j mounted at %j', (path, mount, segments) => {
    expect(pathSegments({ path, mount })).toEqual(segments);
  });

  test('segments: what was encoded comes back, whatever it is', () => {
    const text = fc.string({ unit: 'binary' }).filter((given) => given.isWellFormed());
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (segments) => {
        const path = segments.map((segment) => `/${encodeURIComponent(segment)}`).join('');
        expect(pathSegments({ path: `/m${path}`, mount: '/m' })).toEqual(segments);
      }),
    );
  });
});

describe('query', () => {
  test.each<[query: string | null, pairs: readonly (readonly [string, string])[]]>([
    [null, []],
    ['', []],
    [
      'a=1&b=2&a=3',
      [
        ['a', '1'],
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['?a=1', [['?a', '1']]],
    ['q=caf%C3%A9', [['q', 'café']]],
    ['q=caf\xc3\xa9', [['q', 'café']]],
    ['q=%FF', [['q', '\ufffd']]],
    ['q=a+b', [['q', 'a b']]],
  ])('%j', (query, pairs) => {
    expect([...queryOf({ query })]).toEqual(pairs);
  });
});

describe('fields', () => {
  const headers = [
    ['accept', 'text/html'],
    ['accept', 'text/plain'],
    ['cookie', 'a=1; b="two";c'],
    ['cookie', 'a=3; =x; d=e=f'],
  ] as const;

  test('values are in order, by a name of any case', () => {
    expect(headersOf({ headers }, 'Accept')).toEqual(['text/html', 'text/plain']);
    expect(header({ headers }, 'ACCEPT')).toBe('text/html, text/plain');
    expect(header({ headers }, 'host')).toBeNull();
    expect(header({}, 'host')).toBeNull();
  });

  test('cookies are as they were sent, and the first of a name counts', () => {
    expect([...cookies({ headers })]).toEqual([
      ['a', '1'],
      ['b', '"two"'],
      ['d', 'e=f'],
    ]);
  });

  test('cookies: names of objects are names like any other', () => {
    const found = cookies({ headers: [['cookie', '__proto__=1; constructor=2']] });
    expect(found.get('__proto__')).toBe('1');
    expect(found.get('constructor')).toBe('2');
    expect(found.get('toString')).toBeUndefined();
  });
});

describe('who asked, and for what', () => {
  const forwarded = { for: '[2001:db8::1]', proto: 'https', host: 'www.example', trusted_by: 'x' };

  test.each([
    [null, '192.0.2.7'],
    [forwarded, '2001:db8::1'],
    [{ ...forwarded, for: '203.0.113.9' }, '203.0.113.9'],
    [{ ...forwarded, for: '_hidden' }, '_hidden'],
    [{ ...forwarded, for: 'Unknown' }, null],
    [{ ...forwarded, for: null }, null],
  ])('client: forwarded %j', (said, client) => {
    expect(clientOf(scopeOf({ forwarded: said }))).toBe(client);
  });

  test('client: without a peer there is none', () => {
    expect(clientOf(scopeOf({ peer: null }))).toBeNull();
  });

  test('origin: each part is the one that a trusted proxy names, else that of the request', () => {
    expect(originOf(scopeOf())).toEqual({ scheme: 'http', host: 'example.org' });
    expect(originOf(scopeOf({ forwarded }))).toEqual({ scheme: 'https', host: 'www.example' });
    expect(originOf(scopeOf({ forwarded: { ...forwarded, host: null } }))).toEqual({
      scheme: 'https',
      host: 'example.org',
    });
  });

  test.each([
    [{ path: '/a/b', query: 'c=d' }, 'http://example.org/a/b?c=d'],
    [{ path: '/a', query: '' }, 'http://example.org/a?'],
    [{ path: '//evil.example/x' }, 'http://example.org//evil.example/x'],
    [{ path: '/\\evil.example' }, 'http://example.org/%5Cevil.example'],
    [{ path: '/caf\xc3\xa9', query: '\xff' }, 'http://example.org/caf%C3%A9?%FF'],
    [{ path: '/a/../b' }, 'http://example.org/b'],
    [{ path: '*', method: 'OPTIONS' }, 'http://example.org/*'],
    [{ path: '/', authority: '[::1]:8080' }, 'http://[::1]:8080/'],
    [{ path: '/', forwarded }, 'https://www.example/'],
  ])('url: %j', (changes, url) => {
    expect(urlOf(scopeOf(changes))?.href).toBe(url);
  });

  test.each([
    '',
    'a b',
    'user@host',
    'host/path',
    'host?query',
    'host#fragment',
    'host\\path',
    '[::1',
    'host:99999',
    'a%00b',
  ])('url: none for the host %j', (authority) => {
    expect(urlOf(scopeOf({ authority }))).toBeNull();
  });

  test('url: none for a scheme that is not of HTTP', () => {
    expect(urlOf(scopeOf({ forwarded: { ...forwarded, proto: 'javascript' } }))).toBeNull();
  });

  test('url: whatever the request, the host is the one that was named', () => {
    const octets = fc.string({
      unit: fc.integer({ min: 0x21, max: 0xff }).map((c) => String.fromCharCode(c)),
    });
    fc.assert(
      fc.property(octets, fc.option(octets), (rest, query) => {
        const path = `/${rest.replaceAll('?', '').replaceAll('#', '')}`;
        const url = urlOf(scopeOf({ path, query: query && query.replaceAll('#', '') }));
        expect(url?.host).toBe('example.org');
        expect(url?.hash).toBe('');
      }),
    );
  });
});
