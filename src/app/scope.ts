// What applications read from a scope: path, query, fields, and who asked for what under which name.

import type { Fields, Forwarded, RequestScope } from '../interface/index.ts';

/** The parts of a scope that say which path is asked for. */
type Path = Pick<RequestScope, 'path' | 'mount'>;

/** Something with header fields, such as a scope or an `http.response.start`. */
type WithFields = { readonly headers?: Fields };

type Origin = Pick<RequestScope, 'scheme' | 'authority' | 'forwarded'>;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lenient = new TextDecoder('utf-8', { ignoreBOM: true });

/** The path behind `mount`, still percent-encoded: what a route is matched against (http.mount.boundary). */
export function restOf({ path, mount }: Path): string {
  return path.slice(mount.length);
}

/**
 * The segments behind `mount`, each decoded by itself, so that `%2F` stays within its segment. None for the mount itself,
 * one empty one for `/`. Null for `*`, and where a percent-encoding or the UTF-8 in it is broken.
 */
export function pathSegments(scope: Path): readonly string[] | null {
  const rest = restOf(scope);
  if (rest === '') return [];
  if (!rest.startsWith('/')) return null;
  const segments: string[] = [];
  for (const encoded of rest.slice(1).split('/')) {
    const segment = decodeSegment(encoded);
    if (segment === null) return null;
    segments.push(segment);
  }
  return segments;
}

/** Octets with percent-encodings as text; null where an encoding or the UTF-8 is broken (RFC 3986 section 2.1). */
export function decodeSegment(encoded: string): string | null {
  if (/^[\x21-\x24\x26-\x7e]*$/.test(encoded)) return encoded;
  const octets = new Uint8Array(encoded.length);
  let length = 0;
  for (let at = 0; at < encoded.length; at++) {
    if (encoded[at] !== '%') {
      octets[length++] = encoded.charCodeAt(at);
      continue;
    }
    const digits = encoded.slice(at + 1, at + 3);
    if (!/^[0-9A-Fa-f]{2}$/.test(digits)) return null;
    octets[length++] = Number.parseInt(digits, 16);
    at += 2;
  }
  try {
    return strict.decode(octets.subarray(0, length));
  } catch {
    return null;
  }
}

/** The query as name and value pairs; empty where there is none. What is not UTF-8 becomes U+FFFD, as in a browser. */
export function queryOf({ query }: Pick<RequestScope, 'query'>): URLSearchParams {
  if (query === null) return new URLSearchParams();
  // Octets above 0x7F are UTF-8 that was not percent-encoded. The first `?` would be taken off: so there is one.
  const text = /[\x80-\xff]/.test(query) ? lenient.decode(octetsOf(query)) : query;
  return new URLSearchParams(`?${text}`);
}

/** The values of a field, in order. `name` is compared without regard to case. */
export function headersOf({ headers = [] }: WithFields, name: string): readonly string[] {
  const wanted = name.toLowerCase();
  return headers.filter(([known]) => known === wanted).map(([, value]) => value);
}

/** The value of a field, or null. Several are joined with `, ` (RFC 9110 section 5.2), those of `cookie` with `; `. */
export function header(scope: WithFields, name: string): string | null {
  const values = headersOf(scope, name);
  if (values.length === 0) return null;
  return values.join(name.toLowerCase() === 'cookie' ? '; ' : ', ');
}

/**
 * The cookies by name, with their values as they were sent: neither unquoted nor percent-decoded. Of several with one
 * name the first counts, which is that of the longest path (RFC 6265 section 5.4).
 */
export function cookies(scope: WithFields): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const pair of (header(scope, 'cookie') ?? '').split(';')) {
    const sign = pair.indexOf('=');
    if (sign < 0) continue;
    const name = trim(pair.slice(0, sign));
    if (name !== '' && !found.has(name)) found.set(name, trim(pair.slice(sign + 1)));
  }
  return found;
}

/** White space of HTTP is the space and the tab alone. */
function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '');
}

/**
 * The address of who made the request: what a trusted proxy says of it, else the peer. IPv6 without brackets, or a name
 * such as `_hidden`; null where it is not known.
 */
export function clientOf({
  forwarded,
  peer,
}: Pick<RequestScope, 'forwarded' | 'peer'>): string | null {
  if (!forwarded) return peer?.address ?? null;
  const client = forwarded.for;
  if (client === null || client.toLowerCase() === 'unknown') return null;
  return client.replace(/^\[(.*)\]$/, '$1');
}

/** Scheme and host under which the client asked: what a trusted proxy says of them, else those of the request. */
export function originOf({ scheme, authority, forwarded }: Origin): {
  readonly scheme: string;
  readonly host: string;
} {
  const said: Partial<Forwarded> = forwarded ?? {};
  return { scheme: said.proto ?? scheme, host: said.host ?? authority };
}

/**
 * The URL that the client asked for, by `originOf`; that of `OPTIONS *` has the path `/*`. Null where the request names
 * no host, or none that a URL can have. A URL is normalised: dot segments go, and octets are encoded.
 */
export function urlOf(scope: Origin & Pick<RequestScope, 'path' | 'query'>): URL | null {
  const { scheme, host } = originOf(scope);
  return urlAt(scheme, host, scope);
}

/** `urlOf` under a scheme and host of the caller's. */
export function urlAt(
  scheme: string,
  host: string,
  { path, query }: Pick<RequestScope, 'path' | 'query'>,
): URL | null {
  // Nothing in it may begin a user, a path, a query or a fragment.
  if (!/^(?:https?|wss?)$/i.test(scheme) || !/^[^/?#@\\\s]+$/.test(host)) return null;
  const local = encodeOctets(path.startsWith('/') ? path : `/${path}`);
  const search = query === null ? '' : `?${encodeOctets(query)}`;
  try {
    return new URL(`${scheme}://${host}${local}${search}`);
  } catch {
    return null;
  }
}

/** A URL takes text, and would encode an octet as a character. `#` would begin a fragment, and `\` pass for a slash. */
function encodeOctets(octets: string): string {
  return octets.replace(/[#\\\x80-\xff]/g, (octet) => {
    const digits = octet.charCodeAt(0).toString(16).toUpperCase();
    return `%${digits.padStart(2, '0')}`;
  });
}

function octetsOf(text: string): Uint8Array {
  return Uint8Array.from(text, (unit) => unit.charCodeAt(0));
}
