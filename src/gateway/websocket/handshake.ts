// The handshake of a WebSocket (RFC 6455 section 4, RFC 8441 section 5): which requests are one, what is wrong with it,
// and the fields of the answer that accepts it. It knows nothing of frames and of the application.

import { sha1 } from '@noble/hashes/legacy.js';
import { elementsOf, isToken, listOf } from '../../interface/fields.ts';
import type { Fields } from '../../interface/index.ts';
import type { RequestHead } from '../conversation/request.ts';

/** A head whose transport also knows the `:protocol` of an extended CONNECT (RFC 8441 section 4). */
export type HandshakeHead = Pick<RequestHead, 'http_version' | 'method' | 'headers'> & {
  readonly protocol?: string | undefined;
};

/** A handshake that breaks no rule. `key` is there over HTTP/1.1 only. */
export interface Handshake {
  readonly subprotocols: readonly string[];
  readonly key?: string;
}

/** The answer to a handshake that breaks a rule (websocket.handshake). `headers` are the gateway's, for this answer. */
export interface HandshakeRefusal {
  readonly status: 400 | 426;
  readonly headers: Fields;
  readonly requirement: 'websocket.handshake';
  readonly message: string;
}

const VERSION = '13';
/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/** The base64 form of 16 octets: the last digit before the padding carries two bits, the rest of it is zero. */
const KEY = /^[A-Za-z0-9+/]{21}[AQgw]==$/;

/**
 * extension of RFC 6455 section 9.1: a token with parameters, whose quoted values are tokens once unescaped. White space
 * can stand around the separators, by the grammar of RFC 2616 section 2.1 that it is written in.
 */
const EXTENSION = (() => {
  const char = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
  const value = `(?:${char}+|"(?:\\\\?${char})+")`;
  const parameter = `[ \\t]*;[ \\t]*${char}+(?:[ \\t]*=[ \\t]*${value})?`;
  return new RegExp(`^${char}+(?:${parameter})*$`);
})();

/**
 * Whether a request is a handshake (the table “Which requests are handshakes” of proposal 4). `declaredTunnels` are the
 * protocols that the application declared, spelled as in `lifespan.ready`.
 */
export function isHandshake(head: HandshakeHead, declaredTunnels: readonly string[]): boolean {
  const { http_version, method, headers, protocol } = head;
  if (http_version === '1.1') {
    if (method !== 'GET') return false;
    if (!listOf(headers, 'connection').some((option) => option.toLowerCase() === 'upgrade')) {
      return false;
    }
    // `CONNECT` stands for the method and never for an upgrade token (tunnel.declared-syntax).
    const tunnels = declaredTunnels.filter((declared) => declared !== 'CONNECT');
    const known = new Set(['websocket', ...tunnels.map((declared) => declared.toLowerCase())]);
    const offers = listOf(headers, 'upgrade').map((offer) => offer.toLowerCase());
    return offers.find((offer) => known.has(offer)) === 'websocket';
  }
  if (http_version !== '2' && http_version !== '3') return false;
  return method === 'CONNECT' && protocol?.toLowerCase() === 'websocket';
}

/** Checks a request that `isHandshake` by the table “Rules of a handshake”; the first rule that it breaks decides. */
export function checkHandshake(head: HandshakeHead): Handshake | HandshakeRefusal {
  const { http_version, headers } = head;
  const http1 = http_version === '1.1';
  const versions = valuesOf(headers, 'sec-websocket-version');
  if (versions.length !== 1 || versions[0] !== VERSION) {
    const message = `one sec-websocket-version, ${VERSION}, is understood here, not ${shown(versions)}`;
    return http1
      ? refusal(426, message, [
          ['sec-websocket-version', VERSION],
          ['upgrade', 'websocket'],
          ['connection', 'upgrade'],
        ])
      : refusal(400, message, [['sec-websocket-version', VERSION]]);
  }
  if (
    valuesOf(headers, 'transfer-encoding').length > 0 ||
    valuesOf(headers, 'content-length').some((length) => length !== '0')
  ) {
    return refusal(400, 'a handshake has no content');
  }
  const keys = valuesOf(headers, 'sec-websocket-key');
  const [key = ''] = keys;
  if (http1 && (keys.length !== 1 || !KEY.test(key))) {
    const message = `one sec-websocket-key of 16 octets in base64 is needed, not ${shown(keys)}`;
    return refusal(400, message);
  }
  const subprotocols = listOf(headers, 'sec-websocket-protocol');
  const wrong = subprotocols.find((subprotocol) => !isToken(subprotocol));
  if (wrong !== undefined) {
    return refusal(400, `the subprotocol ${JSON.stringify(wrong)} is not a token`);
  }
  const unique = new Set(subprotocols);
  if (unique.size < subprotocols.length) {
    const twice = subprotocols.find((subprotocol) => !unique.delete(subprotocol));
    return refusal(400, `the subprotocol ${JSON.stringify(twice)} is offered twice`);
  }
  for (const value of valuesOf(headers, 'sec-websocket-extensions')) {
    const extensions = elementsOf(value);
    if (extensions.length > 0 && extensions.every((extension) => EXTENSION.test(extension)))
      continue;
    const message = `${JSON.stringify(value)} is not a list of extensions (RFC 6455 section 9.1)`;
    return refusal(400, message);
  }
  return http1 ? { subprotocols, key } : { subprotocols };
}

/** `sec-websocket-accept` for a `sec-websocket-key` (RFC 6455 section 4.2.2). */
export function acceptKey(key: string): string {
  const digest = sha1(new TextEncoder().encode(key + GUID));
  return btoa(String.fromCharCode(...digest));
}

/**
 * The fields of the answer that accepts a sound handshake (the table “The answer to an accepted handshake” of proposal
 * 4): the gateway's, then the application's. No extension is agreed on. The status is 101 over HTTP/1.1, otherwise 200.
 */
export function acceptFields(
  head: HandshakeHead,
  subprotocol: string | undefined,
  headers: Fields,
): Fields {
  const fields: [name: string, value: string][] = [];
  if (head.http_version === '1.1') {
    const [key] = valuesOf(head.headers, 'sec-websocket-key');
    if (key === undefined) throw new TypeError('the handshake has no sec-websocket-key');
    fields.push(
      ['upgrade', 'websocket'],
      ['connection', 'upgrade'],
      ['sec-websocket-accept', acceptKey(key)],
    );
  }
  if (subprotocol !== undefined) fields.push(['sec-websocket-protocol', subprotocol]);
  return [...fields, ...headers];
}

function refusal(status: 400 | 426, message: string, headers: Fields = []): HandshakeRefusal {
  return { status, headers, requirement: 'websocket.handshake', message };
}

function valuesOf(headers: Fields, wanted: string): readonly string[] {
  return headers.filter(([name]) => name === wanted).map(([, value]) => value);
}

function shown(values: readonly string[]): string {
  return values.length === 0
    ? 'none'
    : values.map((value) => JSON.stringify(value.slice(0, 64))).join(' and ');
}
