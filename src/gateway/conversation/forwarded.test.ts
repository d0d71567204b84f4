// What a trusted proxy says of a request, and what is not believed.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Address, Fields } from '../../interface/index.ts';
import { parseTrust } from '../trust.ts';
import { readForwarded, type TrustEntry } from './forwarded.ts';

const at = (address: string): Address => ({ transport: 'tcp', address, port: 40_000 });
const PROXY = at('10.0.0.1');
const TRUST = [parseTrust('10.0.0.0/8')];
const X_TRUST = [parseTrust('10.0.0.0/8=x-forwarded')];

const forwarded = (...values: readonly string[]): Fields =>
  values.map((value) => ['forwarded', value]);

describe('security.forwarded', () => {
  const said = forwarded('for=192.0.2.9');

  test.each<[string, Address | null, readonly TrustEntry[]]>([
    ['nobody is declared', PROXY, []],
    ['the peer is not declared', at('192.0.2.1'), TRUST],
    ['there is no peer', null, TRUST],
    ['the local host is not declared', at('127.0.0.1'), TRUST],
    ['the local host is not declared', at('::1'), TRUST],
    ['the declaration names the other kind', PROXY, X_TRUST],
    ['a socket is not an address', { transport: 'unix', address: '10.0.0.1', port: null }, TRUST],
  ])('security.forwarded: null where %s', (_, peer, trust) => {
    expect(readForwarded(said, peer, trust)).toBeNull();
  });

  test('security.forwarded: the declared peer is believed, and the entry is named', () => {
    expect(readForwarded(said, PROXY, TRUST)).toEqual({
      for: '192.0.2.9',
      proto: null,
      host: null,
      trusted_by: '10.0.0.0/8',
    });
    expect(readForwarded(said, at('::ffff:10.0.0.1'), TRUST)).not.toBeNull();
    const socket = [parseTrust('unix:/run/proxy.sock')];
    const peer: Address = { transport: 'unix', address: '/run/proxy.sock', port: null };
    expect(readForwarded(said, peer, socket)).toMatchObject({
      for: '192.0.2.9',
      trusted_by: 'unix:/run/proxy.sock',
    });
  });

  test('security.forwarded: the first declaration that names the peer says which kind is read', () => {
    const headers: Fields = [...said, ['x-forwarded-for', '192.0.2.8']];
    const both = [parseTrust('10.0.0.1=x-forwarded'), parseTrust('10.0.0.0/8')];
    expect(readForwarded(headers, PROXY, both)?.for).toBe('192.0.2.8');
    expect(readForwarded(headers, PROXY, [...both].reverse())?.for).toBe('192.0.2.9');
  });

  test.each([
    'for',
    'for=',
    '=a',
    'for=a b',
    'for="192.0.2.9',
    'for=192.0.2.9"',
    'for="a"b',
    'for=192.0.2.9;for=192.0.2.8',
    'for=192.0.2.9;For=192.0.2.8',
    'for=192.0.2.9:80',
    'for=[::1]',
    'for = 192.0.2.9',
    'f(r=1',
    'for=192.0.2.9, "',
    'host="a\x00b"',
  ])('security.forwarded: null for broken syntax: %j', (value) => {
    expect(readForwarded(forwarded(value), PROXY, TRUST)).toBeNull();
    // Wherever it stands, and in a field of its own.
    expect(readForwarded(forwarded(`${value}, for=192.0.2.1`), PROXY, TRUST)).toBeNull();
    expect(readForwarded(forwarded(value, 'for=192.0.2.1'), PROXY, TRUST)).toBeNull();
  });

  test.each([
    'for=example.org',
    'for=300.0.2.9',
    'for=192.0.2',
    'for="192.0.2.9:http"',
    'for="[::1"',
    'for="[192.0.2.9]"',
    'for="::1"',
    'for="[1::2::3]"',
    'for="192.0.2.9:123456"',
    'for=1.2.3.4;proto=1http',
    'for=1.2.3.4;host="a/b"',
    'for=1.2.3.4;host="user@a"',
    'for=1.2.3.4;host=""',
  ])('security.forwarded: null where what a trusted program said is none: %j', (value) => {
    expect(readForwarded(forwarded(value), PROXY, TRUST)).toBeNull();
  });

  test.each([[], [['forwarded', '']], [['forwarded', ' , ,']]] as Fields[])(
    'security.forwarded: null without an element: %j',
    (...headers) => {
      expect(readForwarded(headers.filter(Array.isArray) as Fields, PROXY, TRUST)).toBeNull();
    },
  );

  test.each([
    ['FOR=192.0.2.9;Proto=HTTPS;HOST=a.example', '192.0.2.9', 'https', 'a.example'],
    ['for="192.0.2.9:4711"', '192.0.2.9', null, null],
    ['for="[2001:DB8::1]:4711"', '[2001:DB8::1]', null, null],
    ['for="[::ffff:192.0.2.9]"', '[::ffff:192.0.2.9]', null, null],
    ['for=_hidden;by=_me', '_hidden', null, null],
    ['for="_hidden:_port"', '_hidden', null, null],
    ['for=unknown', 'unknown', null, null],
    ['proto=https', null, 'https', null],
    ['for=192.0.2.9;host="a.example:8080"', '192.0.2.9', null, 'a.example:8080'],
    ['for=192.0.2.9;host="\\a.example"', '192.0.2.9', null, 'a.example'],
    ['for=192.0.2.9;secret="a, b; c\\""', '192.0.2.9', null, null],
    ['for=192.0.2.9 ; proto=http', '192.0.2.9', 'http', null],
    [', for=192.0.2.9,', '192.0.2.9', null, null],
    ['for=192.0.2.9;', '192.0.2.9', null, null],
  ])('security.forwarded: %j', (value, client, proto, host) => {
    expect(readForwarded(forwarded(value), PROXY, TRUST)).toEqual({
      for: client,
      proto,
      host,
      trusted_by: '10.0.0.0/8',
    });
  });
});

describe('security.forwarded-nearest', () => {
  test.each<[readonly string[], string | null]>([
    [['for=192.0.2.1, for=192.0.2.2'], '192.0.2.2'],
    [['for=192.0.2.1, for=192.0.2.2, for=10.0.0.9'], '192.0.2.2'],
    [['for=192.0.2.1', 'for=192.0.2.2', 'for=10.0.0.9, for=10.0.0.8'], '192.0.2.2'],
    [['for=10.0.0.7, for=10.0.0.9'], '10.0.0.7'],
    [['for=192.0.2.1, for=unknown, for=10.0.0.9'], 'unknown'],
    [['for=192.0.2.1, for=_x, for=10.0.0.9'], '_x'],
    [['for=192.0.2.1, proto=http, for=10.0.0.9'], null],
    [['for=192.0.2.1, ;, for=10.0.0.9'], null],
    [['for=192.0.2.1, for="[::ffff:10.0.0.9]"'], '192.0.2.1'],
    // What stands before the one that is taken is hearsay, and may be no node at all.
    [['for=nonsense, for=192.0.2.2'], '192.0.2.2'],
  ])('security.forwarded-nearest: of %j it is %j', (values, client) => {
    expect(readForwarded(forwarded(...values), PROXY, TRUST)?.for).toBe(client);
  });

  test('security.forwarded-nearest: proto and host are of the same element', () => {
    const values = ['for=192.0.2.2;proto=https;host=a, for=10.0.0.9;proto=http;host=b'];
    expect(readForwarded(forwarded(...values), PROXY, TRUST)).toMatchObject({
      for: '192.0.2.2',
      proto: 'https',
      host: 'a',
    });
  });

  test('security.forwarded-nearest: an address that another declaration trusts is trusted too', () => {
    const trust = [...TRUST, parseTrust('203.0.113.0/24=x-forwarded')];
    const values = ['for=192.0.2.2, for=203.0.113.5, for=10.0.0.9'];
    expect(readForwarded(forwarded(...values), PROXY, trust)?.for).toBe('192.0.2.2');
  });

  const xFields = (node?: string, proto?: string, host?: string): Fields =>
    [
      ['x-forwarded-for', node],
      ['x-forwarded-proto', proto],
      ['x-forwarded-host', host],
    ].filter((pair): pair is [string, string] => pair[1] !== undefined);

  test.each<[Fields, unknown]>([
    [xFields('192.0.2.2'), { for: '192.0.2.2', proto: null, host: null }],
    [xFields('192.0.2.1, 192.0.2.2'), { for: '192.0.2.2' }],
    [xFields('192.0.2.2, 10.0.0.9', 'https', 'a'), { for: '192.0.2.2', proto: 'https', host: 'a' }],
    [
      xFields('192.0.2.1, 192.0.2.2, 10.0.0.9', 'https, http', 'x, a, b'),
      { for: '192.0.2.2', proto: 'https', host: 'a' },
    ],
    [
      xFields('192.0.2.1, 10.0.0.8, 10.0.0.9', 'https, http'),
      { for: '192.0.2.1', proto: null, host: null },
    ],
    [xFields('2001:db8::1'), { for: '[2001:db8::1]' }],
    [xFields('[2001:db8::1]:4711'), { for: '[2001:db8::1]' }],
    [xFields('192.0.2.2:4711'), { for: '192.0.2.2' }],
    [xFields('unknown, 10.0.0.9'), { for: 'unknown' }],
    [xFields('10.0.0.7, 10.0.0.9'), { for: '10.0.0.7' }],
    [xFields('nonsense, 192.0.2.2'), { for: '192.0.2.2' }],
    [xFields(', 192.0.2.2'), { for: '192.0.2.2' }],
    [
      [
        ['x-forwarded-for', '192.0.2.2'],
        ['x-forwarded-for', '10.0.0.9'],
      ],
      { for: '192.0.2.2' },
    ],
  ])('security.forwarded-nearest: the x- kind, %j', (headers, expected) => {
    expect(readForwarded(headers, PROXY, X_TRUST)).toMatchObject(expected as object);
  });

  test.each<[Fields]>([
    [xFields(undefined, 'https', 'a')],
    [xFields('')],
    [xFields('nonsense')],
    [xFields('192.0.2.2', 'ht tp')],
    [xFields('192.0.2.2', 'https', 'a/b')],
    [forwarded('for=192.0.2.2')],
  ])('security.forwarded-nearest: the x- kind, null for %j', (headers) => {
    expect(readForwarded(headers, PROXY, X_TRUST)).toBeNull();
  });

  test('security.forwarded-nearest: what an untrusted client puts in front never changes the result', () => {
    const token = fc.stringMatching(/^[a-z0-9]{1,8}$/);
    const element = fc
      .tuple(fc.constantFrom('for', 'proto', 'host', 'by', 'x'), token)
      .map(([name, value]) => `${name}=${value}`);
    fc.assert(
      fc.property(fc.array(element), fc.boolean(), (hostile, apart) => {
        const own = 'for=192.0.2.2;proto=https, for=10.0.0.9';
        const values = apart ? [hostile.join(', '), own] : [[...hostile, own].join(', ')];
        expect(readForwarded(forwarded(...values), PROXY, TRUST)).toEqual(
          readForwarded(forwarded(own), PROXY, TRUST),
        );
      }),
    );
  });
});

describe('whatever arrives', () => {
  const octets = fc.string({
    unit: fc.oneof(
      fc.constantFrom(...'for=proto;host,"\\[]:._ \t192.0.2.9'),
      fc.integer({ min: 0, max: 0xff }).map((unit) => String.fromCharCode(unit)),
    ),
    maxLength: 60,
  });
  const names = fc.constantFrom(
    'forwarded',
    'x-forwarded-for',
    'x-forwarded-proto',
    'x-forwarded-host',
  );

  test('security.forwarded: garbage never throws, and what is given is well formed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, octets), { maxLength: 4 }), (headers) => {
        for (const trust of [TRUST, X_TRUST]) {
          const said = readForwarded(headers, PROXY, trust);
          if (!said) continue;
          expect(said.for ?? '').toMatch(/^(?:\[[0-9a-f:.]+\]|[\d.]+|unknown|_[\w.-]+|)$/i);
          expect(said.proto ?? 'http').toMatch(/^[a-z][a-z0-9+.-]*$/);
          expect(said.host ?? 'a').not.toMatch(/[/?#@\s"]/);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('security.forwarded-not-peer: nothing that was given is changed', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(names, octets), { maxLength: 4 }), (headers) => {
        const frozen = Object.freeze(headers.map((pair) => Object.freeze(pair))) as Fields;
        const peer = Object.freeze({ ...PROXY });
        readForwarded(frozen, peer, TRUST);
        expect(peer).toEqual(PROXY);
      }),
    );
  });

  test('security.forwarded: a long field takes linear work', () => {
    // Each of these took a walk for every octet in an expression that can be read in two ways.
    for (const value of [' '.repeat(60_000), 'a'.repeat(60_000), `a="${'\\a'.repeat(30_000)}`]) {
      expect(readForwarded(forwarded(`${value}\x00`), PROXY, TRUST)).toBeNull();
    }
  });
});
