// What a trusted proxy says of a request, read from its fields (proposal 10, “Forwarded fields and trusted peers”).

import type { Address, Fields, Forwarded } from '../../interface/index.ts';

/** A declaration of the operator: whose word counts, and in which kind of field it is given. */
export interface TrustEntry {
  /** The declaration as it was written, for `forwarded.trusted_by`. */
  readonly name: string;
  /** Whether it names this end of a connection, or this node: an IP address without port, with `tcp` for its transport. */
  matches(address: Address): boolean;
  /** `forwarded` is that of RFC 7239; `x-forwarded` stands for `x-forwarded-for`, `-proto` and `-host`. */
  readonly fields: 'forwarded' | 'x-forwarded';
}

/** One step of the request on its way, as the proxy that took it has described it. Not yet checked. */
interface Element {
  readonly for: string | undefined;
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

/** A node identifier without its port, and the address in it if it has one. */
interface Node {
  readonly name: string;
  readonly address: string | undefined;
}

const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;
/** A host with an optional port (RFC 7239 section 5.3): nothing in it can begin another part of a URL. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[\w.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})+)(?::\d{0,5})?$/;
const OBFUSCATED = /^_[A-Za-z0-9._-]+$/;
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^(?:${OCTET}\\.){3}${OCTET}$`);

/**
 * One pair of a forwarded-element, if there is one, and what ends it (RFC 7239 section 4). White space around `;` as in
 * RFC 9110 section 5.6.6. No part can begin with the end of the one before it, so matching takes linear time.
 */
const PAIR =
  /[ \t]*(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"((?:[\t \x21\x23-\x5b\x5d-\x7e\x80-\xff]|\\[\t \x21-\x7e\x80-\xff])*)")[ \t]*)?(;|,|$)/y;

/**
 * The record `forwarded` of a scope: by the first entry that names the peer, from the kind of field that it names, with
 * the last element whose `for` is not itself a trusted address (security.forwarded, security.forwarded-nearest).
 * @returns null where the peer is not trusted, has not sent such a field, or has broken its syntax
 */
export function readForwarded(
  headers: Fields,
  peer: Address | null,
  trust: readonly TrustEntry[],
): Forwarded | null {
  const entry = peer && trust.find((candidate) => candidate.matches(peer));
  if (!entry) return null;
  const elements =
    entry.fields === 'forwarded' ? forwardedElements(headers) : xForwardedElements(headers);
  if (!elements) return null;
  for (let at = elements.length - 1; at >= 0; at--) {
    const element = elements[at] as Element;
    const node = element.for === undefined ? undefined : nodeOf(element.for);
    if (node === null) return null;
    if (at > 0 && node?.address !== undefined && isTrusted(node.address, trust)) continue;
    const { proto, host } = element;
    if (proto !== undefined && !SCHEME.test(proto)) return null;
    if (host !== undefined && !HOST.test(host)) return null;
    return {
      for: node?.name ?? null,
      // Schemes have no case (RFC 3986 section 3.1).
      proto: proto?.toLowerCase() ?? null,
      host: host ?? null,
      trusted_by: entry.name,
    };
  }
  return null;
}

function isTrusted(address: string, trust: readonly TrustEntry[]): boolean {
  const node: Address = { transport: 'tcp', address, port: null };
  return trust.some((entry) => entry.matches(node));
}

/** RFC 7239 section 6: an address, `unknown` or a hidden name, with an optional port. Null for anything else. */
function nodeOf(text: string): Node | null {
  const [, name = '', inner] =
    /^(\[([^\]]*)\]|[^:]*)(?::(?:\d{1,5}|_[A-Za-z0-9._-]+))?$/.exec(text) ?? [];
  if (inner !== undefined) return isIPv6(inner) ? { name, address: inner } : null;
  if (IPV4.test(name)) return { name, address: name };
  if (name.toLowerCase() === 'unknown' || OBFUSCATED.test(name))
    return { name, address: undefined };
  return null;
}

function isIPv6(text: string): boolean {
  return /^[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*$/.test(text) && URL.canParse(`http://[${text}]`);
}

/** The elements of all `forwarded` fields, in order; null if the syntax of one is broken. */
function forwardedElements(headers: Fields): readonly Element[] | null {
  const elements: Element[] = [];
  for (const [name, value] of headers) {
    if (name !== 'forwarded') continue;
    let pairs = new Map<string, string>();
    let filled = false;
    PAIR.lastIndex = 0;
    for (;;) {
      const match = PAIR.exec(value);
      if (!match) return null;
      const [, key, token, quoted, end] = match;
      if (key !== undefined) {
        const parameter = key.toLowerCase();
        if (pairs.has(parameter)) return null; // RFC 7239 section 4: once in an element.
        pairs.set(parameter, token ?? (quoted ?? '').replace(/\\(.)/g, '$1'));
      }
      filled ||= key !== undefined || end === ';';
      if (end === ';') continue;
      // Empty elements of a list do not count (RFC 9110 section 5.6.1.2).
      if (filled) {
        elements.push({
          for: pairs.get('for'),
          proto: pairs.get('proto'),
          host: pairs.get('host'),
        });
      }
      if (end === '') break;
      pairs = new Map();
      filled = false;
    }
  }
  return elements;
}

/** The positions of `x-forwarded-for`, counted from its end, with what the other two fields have at the same. */
function xForwardedElements(headers: Fields): readonly Element[] {
  const nodes = listOf(headers, 'x-forwarded-for');
  const protos = listOf(headers, 'x-forwarded-proto');
  const hosts = listOf(headers, 'x-forwarded-host');
  return nodes.map((node, at) => {
    const fromEnd = nodes.length - at;
    const same = (list: readonly string[]) =>
      list.length === 1 ? list[0] : list[list.length - fromEnd];
    // An IPv6 address stands here without brackets.
    return { for: isIPv6(node) ? `[${node}]` : node, proto: same(protos), host: same(hosts) };
  });
}

/** The elements of all fields of one name, as one list (RFC 9110 section 5.6.1). */
function listOf(headers: Fields, name: string): readonly string[] {
  return headers
    .filter(([known]) => known === name)
    .flatMap(([, value]) => value.split(','))
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((element) => element !== '');
}
