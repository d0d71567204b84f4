// From a request's head, as a transport read it, to the fields of the scope; or to the refusal that it deserves.

import type { Address, Fields, HttpScope, Limits, UpgradeOffer } from '../../interface/index.ts';
import { brokenField, isToken } from './fields.ts';

/** What a transport knows of a request before its body. Names are in lowercase; everything else is as received. */
export interface RequestHead {
  readonly http_version: string;
  readonly method: string;
  readonly scheme: 'http' | 'https';
  readonly target: string;
  readonly headers: Fields;
  readonly peer: Address | null;
  readonly local_address: Address | null;
}

/** The fields of an HTTP scope that come from the request and the connection that carries it. */
export type RequestFields = Omit<HttpScope, 'type' | 'id' | 'gateway' | 'local' | 'limits'>;

/** A request that is answered without asking the application. */
export interface Refusal {
  readonly status: 400 | 414 | 431 | 501 | 505;
  readonly requirement: string;
  readonly message: string;
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

/** White space around the element of a list (RFC 9110 section 5.6.3). */
const OWS = /^[ \t]+|[ \t]+$/g;

/** security.limits-method */
const METHOD_OCTETS = 64;

const encoder = new TextEncoder();

/** How a refusal is put to the peer: a short text, for whoever reads the exchange. The connection is to close after it. */
export function refusalResponse({ requirement, message }: Refusal): {
  readonly headers: Fields;
  readonly data: Uint8Array;
} {
  const data = encoder.encode(`${requirement}: ${message}\n`);
  return {
    headers: [
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', String(data.length)],
    ],
    data,
  };
}

const VERSIONS = ['1.0', '1.1', '2', '3'] as const;

/** Checks a head and derives the scope's fields. */
export function readRequestHead(head: RequestHead, limits: Limits): RequestFields | Refusal {
  const version = VERSIONS.find((known) => known === head.http_version);
  if (!version) {
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

  const lengths = new Set<string>();
  const codings: string[] = [];
  const hosts: string[] = [];
  for (const [name, value] of head.headers) {
    if (name === 'content-length') lengths.add(value);
    else if (name === 'transfer-encoding') codings.push(value.toLowerCase());
    else if (name === 'host') hosts.push(value);
  }

  const framing = framingConflict(head, lengths, codings);
  if (framing) return framing;
  if (head.method === 'CONNECT') {
    return {
      status: 501,
      requirement: 'tunnel.undeclared-connect',
      message: 'this gateway opens no tunnels',
    };
  }

  if (hosts.length > 1 || (hosts.length === 0 && head.http_version === '1.1')) {
    return {
      status: 400,
      requirement: 'security.host-single',
      message:
        hosts.length > 1
          ? `the request has ${hosts.length} host fields`
          : 'the request has no host field',
    };
  }
  const [host = ''] = hosts;
  if (!AUTHORITY.test(host)) {
    return {
      status: 400,
      requirement: 'security.host-single',
      message: `${JSON.stringify(host)} is not a host`,
    };
  }
  const target = readTarget(head, host);
  if (!target) {
    return {
      status: 400,
      requirement: 'security.target-syntax',
      message: `${JSON.stringify(head.target)} is not a target for ${head.method}`,
    };
  }

  const [length] = lengths;
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
    content_length: length === undefined ? null : Number(length),
    peer: head.peer,
    local_address: head.local_address,
    // Nobody is trusted unless declared (security.forwarded), and no transport here ends TLS (security.tls-facts).
    forwarded: null,
    tls: null,
    upgrade: upgradeOffer(head),
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
  const size = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (size <= limits.header_octets) return undefined;
  const message = `the header fields are larger than ${limits.header_octets} octets`;
  return { status: 431, requirement, message };
}

/** http.upgrade.offers: counts only in HTTP/1.1, and only where `connection` names it (RFC 9110 section 7.8). */
function upgradeOffer({ http_version, headers }: RequestHead): UpgradeOffer | null {
  if (http_version !== '1.1') return null;
  const elements = (wanted: string) =>
    headers
      .filter(([name]) => name === wanted)
      .flatMap(([, value]) => value.split(',').map((element) => element.replace(OWS, '')))
      .filter((element) => element !== '');
  const offers = elements('upgrade');
  if (offers.length === 0) return null;
  if (!elements('connection').some((option) => option.toLowerCase() === 'upgrade')) return null;
  return { offers, via: 'upgrade' };
}

function framingConflict(
  head: RequestHead,
  lengths: ReadonlySet<string>,
  codings: readonly string[],
): Refusal | undefined {
  const requirement = 'security.framing-conflict';
  if (codings.length > 0) {
    if (lengths.size > 0) {
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
    if (codings.length > 1 || codings[0] !== 'chunked') {
      return {
        status: 501,
        requirement,
        message: `the transfer coding ${JSON.stringify(codings.join(', '))} is not known`,
      };
    }
  }
  if (lengths.size > 1)
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
  { method, target }: RequestHead,
  host: string,
): { authority: string; path: string; query: string | null } | undefined {
  if (!TARGET.test(target)) return undefined;
  let authority = host;
  let rest = target;
  const absolute = ABSOLUTE_FORM.exec(target);
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
