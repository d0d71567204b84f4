// Reads what an operator writes about trusted peers: addresses, networks and sockets, with the kind of field that counts.

import ipaddr from 'ipaddr.js';
import type { TrustEntry } from './conversation/forwarded.ts';

const KINDS = ['forwarded', 'x-forwarded'] as const;

/**
 * A declaration such as `10.0.0.0/8`, `::1`, `unix:/run/proxy.sock` or `10.0.0.0/8=x-forwarded`. Without a kind it is
 * `forwarded` (RFC 7239). An IPv4 address within IPv6 counts as itself.
 * @throws Error with what to write instead
 */
export function parseTrust(text: string): TrustEntry {
  const sign = text.lastIndexOf('=');
  const where = sign < 0 ? text : text.slice(0, sign);
  const kind = sign < 0 ? 'forwarded' : text.slice(sign + 1);
  const fields = KINDS.find((known) => known === kind);
  if (!fields) {
    throw new Error(
      `'${text}' names no kind of field that is known: write '${where}=forwarded' or '${where}=x-forwarded'`,
    );
  }
  if (where.startsWith('unix:')) {
    const path = where.slice('unix:'.length);
    if (path === '')
      throw new Error(`'${text}' names no socket: write its path, such as 'unix:/run/proxy.sock'`);
    return {
      name: text,
      fields,
      matches: ({ transport, address }) => transport === 'unix' && address === path,
    };
  }
  const [network, prefix] = networkOf(where, text);
  return {
    name: text,
    fields,
    matches: ({ transport, address }) => {
      const other = transport === 'unix' ? undefined : addressOf(address);
      return other !== undefined && other.kind() === network.kind() && other.match(network, prefix);
    },
  };
}

type IP = ipaddr.IPv4 | ipaddr.IPv6;

function networkOf(where: string, text: string): [IP, number] {
  const [, host = '', length] = /^([^/]*)(?:\/(.*))?$/s.exec(where) ?? [];
  const address = addressOf(host);
  if (!address) {
    const hint = /^(?:\*|all|any)$/i.test(host)
      ? `for every peer write '0.0.0.0/0' and '::/0'`
      : `write an address such as '192.0.2.1', a network such as '10.0.0.0/8', or 'unix:' and the path of a socket`;
    throw new Error(`'${text}' does not begin with an IP address: ${hint}`);
  }
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  if (length === undefined) return [address, bits];
  if (host.includes(':') && address.kind() === 'ipv4') {
    throw new Error(
      `'${text}' is a network of IPv4 within IPv6: write it as one of IPv4, such as '${address}/${Math.max(0, Number(length) - 96) || 32}'`,
    );
  }
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) {
    throw new Error(`'${text}' has no prefix length from 0 to ${bits}: write '${host}/${bits}'`);
  }
  const prefix = Number(length);
  const first = (address.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(
    `${address.toNormalizedString()}/${prefix}`,
  );
  if (first.toNormalizedString() !== address.toNormalizedString()) {
    throw new Error(
      `'${text}' has bits set behind its prefix: write '${first}/${prefix}' for the network, or '${address}' for the one address`,
    );
  }
  return [address, prefix];
}

/** An address in its usual form: no octal or shortened IPv4, which other programs read as something else. */
function addressOf(text: string): IP | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return undefined;
  const address = ipaddr.IPv6.parse(withoutDots(text));
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/** ipaddr.js takes `::10.0.0.1` for `::ffff:10.0.0.1`, which it is not (RFC 4291 section 2.5.5). URL reads it rightly. */
function withoutDots(text: string): string {
  const url = `http://[${text}]`;
  return text.includes('.') && URL.canParse(url) ? new URL(url).hostname.slice(1, -1) : text;
}
