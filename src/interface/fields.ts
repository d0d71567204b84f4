// The rules for header and trailer fields that hold in both directions (RFC 9110 section 5; http.field-syntax).

import type { Fields } from './index.ts';

/** RFC 9110 section 5.6.2, in lowercase: field names are given and taken in lowercase. */
const LOWERCASE_TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** field-value of RFC 9110 section 5.5: visible octets, with inner space and tab. Empty is allowed. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** http.hop-by-hop */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9110 section 6.5.1: framing, routing, request modifiers and conditions, authentication, caching, content. */
const FORBIDDEN_TRAILERS: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'retry-after',
  'set-cookie',
  'trailer',
  'vary',
  'warning',
  'www-authenticate',
]);

/** The first field that breaks http.field-syntax, in words, or undefined. */
export function brokenField(fields: Fields): string | undefined {
  for (const [name, value] of fields) {
    if (!LOWERCASE_TOKEN.test(name)) {
      return TOKEN.test(name)
        ? `the field name ${JSON.stringify(name)} is not in lowercase`
        : `${JSON.stringify(name)} is not a field name`;
    }
    if (!FIELD_VALUE.test(value))
      return `the value of \`${name}\` is not a field value: ${JSON.stringify(value)}`;
  }
  return undefined;
}

/** The first field that belongs to the connection, or undefined. */
export function hopByHopField(fields: Fields): string | undefined {
  return fields.find(([name]) => HOP_BY_HOP.has(name))?.[0];
}

/** The first field that may not be a trailer, or undefined. */
export function forbiddenTrailer(fields: Fields): string | undefined {
  return fields.find(([name]) => FORBIDDEN_TRAILERS.has(name))?.[0];
}

/** Whether the head announces trailer fields (RFC 9110 section 6.6.2). */
export function announcesTrailers(fields: Fields): boolean {
  return fields.some(([name]) => name === 'trailer');
}

/** Whether a text is a token (RFC 9110 section 5.6.2), such as a method. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The declared length of a message: a number, null if none is declared, or undefined if the declaration is broken. */
export function declaredLength(fields: Fields): number | null | undefined {
  let length: number | null = null;
  for (const [name, value] of fields) {
    if (name !== 'content-length') continue;
    if (length !== null || !/^\d{1,15}$/.test(value)) return undefined;
    length = Number(value);
  }
  return length;
}

/**
 * A text without the white space of HTTP around it: spaces and tabs (RFC 9110 section 5.6.3). A loop, because a regular
 * expression that looks for white space before the end takes quadratic time over white space that is elsewhere.
 */
export function trimmed(text: string): string {
  const isSpace = (at: number) => text[at] === ' ' || text[at] === '\t';
  let from = 0;
  let to = text.length;
  while (from < to && isSpace(from)) from += 1;
  while (to > from && isSpace(to - 1)) to -= 1;
  return text.slice(from, to);
}

/** The elements of a list, without empty ones (RFC 9110 section 5.6.1). */
export function elementsOf(value: string): string[] {
  return value
    .split(',')
    .map(trimmed)
    .filter((element) => element !== '');
}

/** The elements of all fields of a name, as one list. */
export function listOf(headers: Fields, name: string): string[] {
  return headers.flatMap(([known, value]) => (known === name ? elementsOf(value) : []));
}
