// Parts of a HAR that are made of one side's fields and octets: headers, cookies, addresses, bodies. Knows nothing of
// conversations. Field names are those of HAR 1.2.

import type { Payload } from '../event.ts';
import { recordedOctets } from './octets.ts';

export type Fields = readonly (readonly [string, string])[];

export interface NameValue {
  readonly name: string;
  readonly value: string;
}

export interface HarCookie extends NameValue {
  readonly path?: string;
  readonly domain?: string;
  readonly expires?: string;
  readonly httpOnly?: boolean;
  readonly secure?: boolean;
}

/** The value of the first field of a name, in lower case. */
export function fieldOf(fields: Fields, wanted: string): string | undefined {
  return fields.find(([name]) => name.toLowerCase() === wanted)?.[1];
}

export function headersOf(fields: Fields): NameValue[] {
  return fields.map(([name, value]) => ({ name, value }));
}

/** The pairs of a query, decoded. */
export function queryOf(target: string): NameValue[] {
  const from = target.indexOf('?');
  if (from === -1) return [];
  return [...new URLSearchParams(target.slice(from + 1))].map(([name, value]) => ({ name, value }));
}

/** Cookies of a request. A value that is masked has no pairs, and gives none. */
export function cookiesOf(fields: Fields): HarCookie[] {
  return fields
    .filter(([name]) => name.toLowerCase() === 'cookie')
    .flatMap(([, value]) => value.split(';').flatMap((part) => pairOf(part) ?? []));
}

/** Cookies that a response sets. */
export function setCookiesOf(fields: Fields): HarCookie[] {
  return fields.flatMap(([name, value]) => {
    if (name.toLowerCase() !== 'set-cookie') return [];
    const [first = '', ...attributes] = value.split(';');
    const pair = pairOf(first);
    if (!pair) return [];
    const given = new Map(
      attributes.map((text) => {
        const [key = '', ...rest] = text.split('=');
        return [key.trim().toLowerCase(), rest.join('=').trim()] as const;
      }),
    );
    const path = given.get('path');
    const domain = given.get('domain');
    const expires = dateOf(given.get('expires'));
    return {
      ...pair,
      ...(path === undefined ? {} : { path }),
      ...(domain === undefined ? {} : { domain }),
      ...(expires === undefined ? {} : { expires }),
      httpOnly: given.has('httponly'),
      secure: given.has('secure'),
    };
  });
}

function pairOf(text: string): NameValue | undefined {
  const at = text.indexOf('=');
  return at === -1
    ? undefined
    : { name: text.slice(0, at).trim(), value: text.slice(at + 1).trim() };
}

function dateOf(text: string | undefined): string | undefined {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : isoDate(time);
}

/** The last moment of the year 9999: a later year would not have the four digits that RFC 3339 asks for. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since 1970 as a date of RFC 3339. What is out of its reach stands at the edge. */
export function isoDate(time: number): string {
  return new Date(Math.min(Math.max(time, 0), LAST)).toISOString();
}

/** A registered name with a port, or an IPv6 address with one (RFC 3986, section 3.2.2). */
const AUTHORITY = /^(?:[\w.~-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/** What RFC 3986 lets stand in a path and a query; `%` only with its digits. */
const NOT_IN_URL = /%(?![0-9a-f]{2})|[^\w.~:/?@!$&'()*+,;=%-]/giu;

/** The URL of a request: its target at the host that it named. Always a URL, whatever the client sent. */
export function urlOf(
  method: string,
  target: string,
  host: string | undefined,
  scheme: string,
): string {
  if (method === 'CONNECT')
    return AUTHORITY.test(target) ? `${scheme}://${target}/` : `${scheme}://unknown.invalid/`;
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/is.exec(target);
  const authority = absolute?.[1] ?? host ?? '';
  const rest = absolute?.[2] ?? target;
  const path = rest.startsWith('/') ? rest : `/${rest}`;
  return `${scheme}://${AUTHORITY.test(authority) ? authority : 'unknown.invalid'}${path.replace(NOT_IN_URL, percentEncoded)}`;
}

function percentEncoded(character: string): string {
  let text = '';
  for (const octet of new TextEncoder().encode(character))
    text += `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
  return text;
}

/** A body, as far as a trace has it. */
export interface RecordedBody {
  readonly size: number;
  readonly text?: string;
  readonly encoding?: 'base64';
  /** What is missing. */
  readonly comment?: string;
}

/** The body that pieces make together: its beginning, up to the first piece that is not in the trace as a whole. */
export function bodyOf(pieces: readonly (Payload | undefined)[]): RecordedBody {
  let size = 0;
  let whole = true;
  const kept: Uint8Array[] = [];
  for (const piece of pieces) {
    const octets = piece?.size ?? 0;
    size += octets;
    if (!whole || octets === 0) continue;
    const recorded = recordedOctets(piece?.preview ?? '', octets);
    whole = recorded.kind === 'whole';
    if (recorded.kind !== 'ambiguous') kept.push(recorded.octets);
  }
  const beginning = concatenated(kept);
  const comment = whole
    ? {}
    : {
        comment: `The trace has a preview alone: the first ${beginning.length} of ${size} octets are here.`,
      };
  return { size, ...(size === 0 ? {} : textOrBase64(beginning, !whole)), ...comment };
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** Controls that text has no use for. */
const BINARY = /(?![\t\n\v\f\r])\p{Cc}/u;

/** Octets as text where they are text, else as Base64. Text that is cut may end within a character. */
export function textOrBase64(
  octets: Uint8Array,
  cut: boolean,
): { readonly text: string; readonly encoding?: 'base64' } {
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const text = decoder.decode(octets, { stream: cut });
    if (!BINARY.test(text)) return { text };
  } catch {
    // Not UTF-8.
  }
  return { text: base64Of(octets), encoding: 'base64' };
}

export function base64Of(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return btoa(text);
}
