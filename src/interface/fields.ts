// The rules for header and trailer fields that hold in both directions (RFC 9110 section 5; http.field-syntax).

import type { Fields } from './index.ts';

/** RFC 9110 section 5.6.2, in lowercase: field names are given and taken in lowercase. */
const LOWERCASE_TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** field-value of RFC 9110 section 5.5: visible octets, with inner space and tab. Empty is allowed. */
const FIELD_VALUE = /^(?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

const LENGTH = /^\d{1,15}$/;

type Field = Fields[number];

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

/** What `surveyFields` finds, as bits. */
export const FIELDS_BROKEN = 1;
export const FIELDS_HOP_BY_HOP = 2;
export const FIELDS_FORBID_TRAILER = 4;
export const FIELDS_HAVE_LENGTH = 8;
export const FIELDS_ANNOUNCE_TRAILERS = 16;

/** What the names above amount to. They are well formed. */
const MEANINGS = new Map<string, number>();
for (const name of FORBIDDEN_TRAILERS)
  MEANINGS.set(name, FIELDS_FORBID_TRAILER | (HOP_BY_HOP.has(name) ? FIELDS_HOP_BY_HOP : 0));
MEANINGS.set('content-length', FIELDS_FORBID_TRAILER | FIELDS_HAVE_LENGTH);
MEANINGS.set('trailer', FIELDS_FORBID_TRAILER | FIELDS_ANNOUNCE_TRAILERS);

/** What the rules find in a list of fields, in one pass over it: bits, for the functions below to say it in words. */
export function surveyFields(fields: Fields): number {
  let found = 0;
  for (let i = 0; i < fields.length; i++) {
    const [name, value] = fields[i] as Field;
    const meaning = MEANINGS.get(name);
    if (meaning !== undefined) found |= meaning;
    else if (!LOWERCASE_TOKEN.test(name)) found |= FIELDS_BROKEN;
    if (!FIELD_VALUE.test(value)) found |= FIELDS_BROKEN;
  }
  return found;
}

/** The first field that breaks http.field-syntax, in words, or undefined. */
export function brokenField(fields: Fields): string | undefined {
  for (let i = 0; i < fields.length; i++) {
    const [name, value] = fields[i] as Field;
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
  return firstIn(fields, HOP_BY_HOP);
}

/** The first field that may not be a trailer, or undefined. */
export function forbiddenTrailer(fields: Fields): string | undefined {
  return firstIn(fields, FORBIDDEN_TRAILERS);
}

/** By index, here and elsewhere: this is asked of every response, and callbacks and iterators cost more than the look. */
function firstIn(fields: Fields, names: ReadonlySet<string>): string | undefined {
  for (let i = 0; i < fields.length; i++) {
    const [name] = fields[i] as Field;
    if (names.has(name)) return name;
  }
  return undefined;
}

/** Whether there is a field of that name. */
export function hasField(fields: Fields, wanted: string): boolean {
  for (let i = 0; i < fields.length; i++) if ((fields[i] as Field)[0] === wanted) return true;
  return false;
}

/** Whether a text is a token (RFC 9110 section 5.6.2), such as a method. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The declared length of a message: a number, null if none is declared, or undefined if the declaration is broken. */
export function declaredLength(fields: Fields): number | null | undefined {
  let length: number | null = null;
  for (let i = 0; i < fields.length; i++) {
    const [name, value] = fields[i] as Field;
    if (name !== 'content-length') continue;
    if (length !== null || !LENGTH.test(value)) return undefined;
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
