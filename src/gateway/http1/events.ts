// What the reader of HTTP/1 gives, and what it is told. Types alone, but for the making of an error.

import type { Fields, Limits } from '../../interface/index.ts';

/** The head of a request: names in lowercase, values without the white space around them, octets as code units. */
export interface Http1Head {
  readonly http_version: '1.0' | '1.1';
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
}

/** A message that cannot be read, and the status that it deserves. Terminal: nothing is read after it. */
export interface Http1Error {
  readonly type: 'error';
  readonly status: 400 | 413 | 414 | 431 | 501 | 505;
  readonly requirement: string;
  readonly message: string;
}

export type Http1Event =
  | { readonly type: 'head'; readonly head: Http1Head }
  /** Never empty, and at most `receive_buffer_octets` long. A view of what was pushed. */
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly trailers: Fields }
  | Http1Error;

/** How the octets behind a head are to be read (RFC 9112 section 6.3). `raw`: they are no HTTP. */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'raw' };

/** `idle`: no octet of a request was looked at. `body` lasts until `end` was given. */
export type Http1ReaderState =
  | 'idle'
  | 'head'
  | 'between-head-and-expect'
  | 'body'
  | 'raw'
  | 'failed';

export type Http1ReaderLimits = Pick<
  Limits,
  'target_octets' | 'header_octets' | 'header_fields' | 'receive_buffer_octets' | 'body_octets'
>;

export const SYNTAX = 'security.message-syntax';

export function fault(
  status: Http1Error['status'],
  requirement: string,
  message: string,
): Http1Error {
  return { type: 'error', status, requirement, message };
}

/** So much of a line that it can be found, however long it is. */
export function excerpt(line: string): string {
  return JSON.stringify(line.length > 40 ? `${line.slice(0, 40)}…` : line);
}

/** RFC 9112 section 2.2: one of CR and LF without the other, at the end of a line or inside. */
export function brokenLineEnd(part: string): Http1Error {
  return fault(400, SYNTAX, `a line of the ${part} has CR or LF without the other`);
}
