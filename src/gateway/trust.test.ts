// What an operator writes about trusted peers.

import { expect, test } from 'vitest';
import type { Address } from '../interface/index.ts';
import { parseTrust } from './trust.ts';

const at = (address: string, transport: Address['transport'] = 'tcp'): Address => ({
  transport,
  address,
  port: transport === 'unix' ? null : 1,
});

test.each<[string, yes: readonly string[], no: readonly string[]]>([
  [
    '192.0.2.1',
    ['192.0.2.1', '::ffff:192.0.2.1'],
    ['192.0.2.2', '::1', '192.0.2.01', 'nonsense', ''],
  ],
  ['10.0.0.0/8', ['10.0.0.0', '10.255.255.255', '::ffff:10.1.2.3'], ['11.0.0.0', '::10.0.0.1']],
  ['0.0.0.0/0', ['192.0.2.1'], ['2001:db8::1']],
  ['::1', ['::1', '0:0:0:0:0:0:0:1'], ['::2', '127.0.0.1']],
  ['2001:db8::/32', ['2001:db8::1', '2001:DB8:ffff::'], ['2001:db9::']],
  ['::ffff:10.0.0.1', ['10.0.0.1', '::ffff:10.0.0.1'], ['10.0.0.2']],
  ['fe80::/10', ['fe80::1%eth0'], ['fec0::']],
])('security.forwarded: %s names its addresses and no others', (text, yes, no) => {
  const entry = parseTrust(text);
  for (const address of yes) expect([address, entry.matches(at(address))]).toEqual([address, true]);
  for (const address of no) expect([address, entry.matches(at(address))]).toEqual([address, false]);
  expect(entry.matches(at('10.0.0.1', 'unix'))).toBe(false);
});

test('security.forwarded: a socket is named by its path', () => {
  const entry = parseTrust('unix:/run/proxy.sock=x-forwarded');
  expect(entry).toMatchObject({ name: 'unix:/run/proxy.sock=x-forwarded', fields: 'x-forwarded' });
  expect(entry.matches(at('/run/proxy.sock', 'unix'))).toBe(true);
  expect(entry.matches(at('/run/other.sock', 'unix'))).toBe(false);
  expect(entry.matches(at('/run/proxy.sock'))).toBe(false);
});

test.each([
  ['10.0.0.0/8', 'forwarded'],
  ['10.0.0.0/8=forwarded', 'forwarded'],
  ['10.0.0.0/8=x-forwarded', 'x-forwarded'],
  ['::1=x-forwarded', 'x-forwarded'],
])('security.forwarded: %s reads %s, and is named as it was written', (text, fields) => {
  expect(parseTrust(text)).toMatchObject({ name: text, fields });
});

test.each([
  ['', "write an address such as '192.0.2.1'"],
  ['proxy.example', "write an address such as '192.0.2.1'"],
  ['*', "write '0.0.0.0/0' and '::/0'"],
  ['all=x-forwarded', "write '0.0.0.0/0' and '::/0'"],
  ['10.1.2.3/8', "write '10.0.0.0/8' for the network, or '10.1.2.3' for the one address"],
  ['2001:db8::1/32', "write '2001:db8::/32' for the network"],
  ['10.0.0.0/33', 'no prefix length from 0 to 32'],
  ['10.0.0.0/', 'no prefix length from 0 to 32'],
  ['10.0.0.0/255.0.0.0', 'no prefix length from 0 to 32'],
  ['::/129', 'no prefix length from 0 to 128'],
  ['::ffff:10.0.0.0/104', "such as '10.0.0.0/8'"],
  ['010.0.0.1', 'does not begin with an IP address'],
  ['10.1', 'does not begin with an IP address'],
  ['0x0a000001', 'does not begin with an IP address'],
  ['10.0.0.1=x-forwarded-for', "write '10.0.0.1=forwarded' or '10.0.0.1=x-forwarded'"],
  ['10.0.0.1=', "write '10.0.0.1=forwarded'"],
  ['unix:', "such as 'unix:/run/proxy.sock'"],
])('%j is no declaration, and the error says what to write', (text, hint) => {
  expect(() => parseTrust(text)).toThrow(hint);
});
