// From a request's head, as a transport read it, to the fields of the scope; or to the refusal that it deserves.

import { brokenField, isToken, listOf } from '../../interface/fields.ts';
import type {
  Address,
  Fields,
  HttpScope,
  Limits,
  Tls,
  UpgradeOffer,
} from '../../interface/index.ts';
import { sizeOfFields } from './buffers.ts';

/** What a transport knows of a request before its body. Names are in lowercase; everything else is as received. */
export interface RequestHead {
  readonly http_version: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly target: string;
  readonly headers: Fields;
  readonly peer: Address | null;
  readonly local_address: Address | null;
  /** `:authority` of HTTP/2 and HTTP/3, where the request has it. */
  readonly authority?: string;
  /** `:protocol` of an extended CONNECT (RFC 8441). */
  readonly protocol?: string;
  /** What the gateway negotiated for the connection; absent where it ended no TLS. */
  readonly tls?: Tls | null;
}

/** The fields of an HTTP scope that come from the request and the connection that carries it. */
export type RequestFields = Omit<
  HttpScope,
  'type' | 'id' | 'gateway' | 'local' | 'limits' | 'forwarded'
>;

/** A request that is answered without asking the application. */
export interface Refusal {
  readonly status: 400 | 408 | 413 | 414 | 421 | 426 | 431 | 501 | 505;
  readonly requirement: string;
  readonly message: string;
  /** Fields that the answer has besides those of every refusal. */
  readonly headers?: Fields;
}

/**
 * uri-host and port of RFC 9110 section 7.2, without user information (section 4.2.4). Of sub-delims only what cannot
 * pass for a list of hosts. An address in brackets is checked by its characters, not by its groups.
 */
const AUTHORITY =
  /^(?:\[[0-9A-Fa-f.]*:[0-9A-Fa-f:.]+(?:%25[\w.~-]+)?\]|(?:[\w.~!$&'()*+;=-]|%[0-9A-Fa-f]{2})*)(?::\d{0,5})?$/;

/** absolute-form of RFC 9112 section 3.2.2. */
const ABSOLUTE_FORM = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)(.*)$/;

/** What a target may be made of: no controls, no space, no fragment. Browsers leave more unencoded than RFC 3986 allows. */
const TARGET = /^[\x21\x22\x24-\x7e\x80-\xff]+$/;

/** security.limits-method */
const METHOD_OCTETS = 64;

const encoder = new TextEncoder();

/** How a refusal is put to the peer: a short text, for whoever reads the exchange. The connection is to close after it. */
export function refusalResponse({ requirement, message, headers = [] }: Refusal): {
  readonly headers: Fields;
  readonly data: Uint8Array;
} {
  const data = encoder.encode(`${requirement}: ${message}\n`);
  return {
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', String(data.length)],
      ...headers,
    ],
    data,
  };
}

const VERSIONS = ['1.0', '1.1', '2', '3'] as const;

/** Checks a head and derives the scope's fields. */
export function readRequestHead(head: RequestHead, limits: Limits): RequestFields | Refusal {
  const version = head.http_version as RequestFields['http_version'];
  if (!VERSIONS.includes(version)) {
    return {
      status: 505,
      requirement: 'security.version-known',
      message: `HTTP/${head.http_version} is not spoken here`,
    };
  }
  if (!isToken(head.method)) {
    return {
      status: 400,
      requirement: 'security.target-syntax',
      message: `${JSON.stringify(head.method)} is not a method`,
    };
  }
  const excess = tooLarge(head, limits);
  if (excess) return excess;
  const broken = brokenField(head.headers);
  if (broken) return { status: 400, requirement: 'security.request-field-syntax', message: broken };

  // Most requests have one `host` and nothing else of this: nothing is made for them.
  let hosts = 0;
  let host = '';
  let isFramed = false;
  let offers = head.protocol !== undefined;
  for (let i = 0; i < head.headers.length; i++) {
    const [name, value] = head.headers[i] as readonly [string, string];
    if (name === 'host') {
      hosts++;
      host = value;
    } else if (name === 'content-length' || name === 'transfer-encoding') isFramed = true;
    else if (name === 'upgrade') offers = true;
  }

  const lengths = isFramed ? valuesOf(head.headers, 'content-length') : NONE;
  const codings = isFramed ? valuesOf(head.headers, 'transfer-encoding') : NONE;
  const framing = isFramed ? framingConflict(head, lengths, codings) : undefined;
  if (framing) return framing;
  const length = lengths.length > 0 ? Number(lengths[0]) : null;
  if (limits.body_octets !== null && length !== null && length > limits.body_octets) {
    return {
      status: 413,
      requirement: 'security.limits-body-declared',
      message: `the request declares ${length} octets, and ${limits.body_octets} are allowed`,
    };
  }

  if (hosts > 1 || (hosts === 0 && head.http_version === '1.1')) {
    return {
      status: 400,
      requirement: 'security.host-single',
      message: hosts > 1 ? `the request has ${hosts} host fields` : 'the request has no host field',
    };
  }
  if (!AUTHORITY.test(host)) {
    return {
      status: 400,
      requirement: 'security.host-single',
      message: `${JSON.stringify(host)} is not a host`,
    };
  }
  const target = readTarget(head, host);
  if (!target) {
    if (head.method === 'CONNECT') {
      return {
        status: 400,
        requirement: 'tunnel.connect-syntax',
        message: `${JSON.stringify(head.target)} is not a host and a port`,
      };
    }
    return {
      status: 400,
      requirement: 'security.target-syntax',
      message: `${JSON.stringify(head.target)} is not a target for ${head.method}`,
    };
  }

  // A handshake has rules of its own, of which another can come first (websocket.handshake).
  const isTunnel = head.method === 'CONNECT' && head.protocol?.toLowerCase() !== 'websocket';
  if (isTunnel && (codings.length > 0 || (length ?? 0) !== 0)) {
    return {
      status: 400,
      requirement: 'tunnel.connect-syntax',
      message: 'a CONNECT has no content: what follows its head is the tunnel',
    };
  }
  return {
    http_version: version,
    method: head.method,
    scheme: head.scheme,
    authority: target.authority,
    target: head.target,
    path: target.path,
    mount: '',
    query: target.query,
    headers: head.headers,
    content_length: length,
    peer: head.peer,
    local_address: head.local_address,
    tls: head.tls ?? null,
    upgrade: offers ? upgradeOffer(head) : null,
  };
}

/** What is beyond the limits of proposal 10, “Limits”. */
function tooLarge({ method, target, headers }: RequestHead, limits: Limits): Refusal | undefined {
  if (method.length > METHOD_OCTETS) {
    const message = `the method is longer than ${METHOD_OCTETS} octets`;
    return { status: 501, requirement: 'security.limits-method', message };
  }
  if (target.length > limits.target_octets) {
    const message = `the target is longer than ${limits.target_octets} octets`;
    return { status: 414, requirement: 'security.limits-target', message };
  }
  const requirement = 'security.limits-head';
  if (headers.length > limits.header_fields) {
    const message = `the request has more than ${limits.header_fields} header fields`;
    return { status: 431, requirement, message };
  }
  const size = sizeOfFields(headers);
  if (size <= limits.header_octets) return undefined;
  const message = `the header fields are larger than ${limits.header_octets} octets`;
  return { status: 431, requirement, message };
}

/** http.upgrade.offers: counts only in HTTP/1.1, and only where `connection` names it (RFC 9110 section 7.8). */
function upgradeOffer({ http_version, headers, protocol }: RequestHead): UpgradeOffer | null {
  if (protocol !== undefined) return { offers: [protocol], via: 'extended_connect' };
  if (http_version !== '1.1') return null;
  const offers = listOf(headers, 'upgrade');
  if (offers.length === 0) return null;
  const options = listOf(headers, 'connection');
  if (!options.some((option) => option.toLowerCase() === 'upgrade')) return null;
  return { offers, via: 'upgrade' };
}

const NONE: readonly string[] = [];

function valuesOf(headers: Fields, wanted: string): readonly string[] {
  return headers.filter(([name]) => name === wanted).map(([, value]) => value);
}

function framingConflict(
  head: RequestHead,
  lengths: readonly string[],
  codings: readonly string[],
): Refusal | undefined {
  const requirement = 'security.framing-conflict';
  if (codings.length > 0) {
    if (lengths.length > 0) {
      return {
        status: 400,
        requirement,
        message: 'the request has both transfer-encoding and content-length',
      };
    }
    if (head.http_version === '1.0') {
      return {
        status: 400,
        requirement,
        message: 'an HTTP/1.0 request cannot have a transfer-encoding',
      };
    }
    if (codings.length > 1 || codings[0]?.toLowerCase() !== 'chunked') {
      return {
        status: 501,
        requirement,
        message: `the transfer coding ${JSON.stringify(codings.join(', ').toLowerCase())} is not known`,
      };
    }
  }
  // The same length twice is no conflict.
  if (lengths.some((length) => length !== lengths[0]))
    return { status: 400, requirement, message: 'the request declares two different lengths' };
  for (const length of lengths) {
    if (!/^\d{1,15}$/.test(length)) {
      return { status: 400, requirement, message: `${JSON.stringify(length)} is not a length` };
    }
  }
  return undefined;
}

/** Takes a request target apart without changing an octet of it (RFC 9112 section 3.2); undefined if it is none. */
function readTarget(
  { method, target, http_version, protocol, authority: named }: RequestHead,
  host: string,
): { authority: string; path: string; query: string | null } | undefined {
  if (!TARGET.test(target)) return undefined;
  if (method === 'CONNECT' && protocol === undefined) {
    // authority-form (RFC 9112 section 3.2.3): the scope's `path` is empty.
    const port = Number(/:(\d{1,5})$/.exec(target)?.[1] ?? 0);
    if (!AUTHORITY.test(target) || /^:/.test(target) || port < 1 || port > 65_535) return undefined;
    return { authority: target, path: '', query: null };
  }
  if (named !== undefined && !AUTHORITY.test(named)) return undefined;
  let authority = named ?? host;
  let rest = target;
  const absolute = http_version.startsWith('1.') ? ABSOLUTE_FORM.exec(target) : null;
  if (absolute) {
    // RFC 9112 section 3.2.2: the authority of an absolute form replaces the host field.
    [, authority = '', rest = ''] = absolute;
    if (!AUTHORITY.test(authority) || /^(?::|$)/.test(authority)) return undefined;
    if (!rest.startsWith('/')) rest = `/${rest}`;
  } else if (!target.startsWith('/') && !(target === '*' && method === 'OPTIONS')) return undefined;
  const mark = rest.indexOf('?');
  return mark < 0
    ? { authority, path: rest, query: null }
    : { authority, path: rest.slice(0, mark), query: rest.slice(mark + 1) };
}
