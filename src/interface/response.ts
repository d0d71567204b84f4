// The rules of a response (proposal 3), for whoever runs the machine `http.response`: its guards, what its events carry,
// and what was wrong with one, in words. Knows no transport.

import {
  brokenField,
  declaredLength,
  FIELDS_BROKEN,
  FIELDS_FORBID_TRAILER,
  FIELDS_HAVE_LENGTH,
  FIELDS_HOP_BY_HOP,
  forbiddenTrailer,
  hasField,
  hopByHopField,
} from './fields.ts';
import type { AnySendEvent, Fields, HttpResponseGuard } from './index.ts';
import type { Guards } from './machine.ts';

/** What a guard may be asked about: an event, or nothing for a trigger. */
export type Subject = AnySendEvent | undefined;

/** What the guards ask of who responds. */
export interface Responding {
  /** An informational response was sent to the peer. */
  readonly informed: boolean;
  /** The application has raised `UnsupportedScope`. */
  readonly wasDeclined: boolean;
  readonly isHead: boolean;
  /** Of the response that was started, else 0. */
  readonly status: number;
  /** Octets that it declares, or null. */
  readonly length: number | null;
  /** Octets of its content that were sent. */
  readonly sent: number;
  /** Octets of content that an event carries. */
  contentOf(event: Subject): number;
  /** `surveyFields` of what `fieldsOf` gives. */
  survey(event: Subject): number;
  /** The guard that the file of an `http.file` matches. */
  fileFault(event: Subject): HttpResponseGuard | undefined;
}

export const RESPONSE_GUARDS: Guards<HttpResponseGuard, Subject, Responding> = {
  'field-syntax': (event, response) => (response.survey(event) & FIELDS_BROKEN) !== 0,
  'hop-by-hop': (event, response) => (response.survey(event) & FIELDS_HOP_BY_HOP) !== 0,
  'length-syntax': (event, response) =>
    (response.survey(event) & FIELDS_HAVE_LENGTH) !== 0 &&
    declaredLength(fieldsOf(event)) === undefined,
  'length-forbidden': (event, response) =>
    (response.survey(event) & FIELDS_HAVE_LENGTH) !== 0 && lengthForbidden(event),
  'forbidden-trailer': (event, response) => (response.survey(event) & FIELDS_FORBID_TRAILER) !== 0,
  informed: (_, { informed }) => informed,
  'file-outside': (event, response) => response.fileFault(event) === 'file-outside',
  'file-missing': (event, response) => response.fileFault(event) === 'file-missing',
  'file-linked': (event, response) => response.fileFault(event) === 'file-linked',
  'file-short': (event, response) => response.fileFault(event) === 'file-short',
  contentless: (event, response) => isBodyless(response.status) && response.contentOf(event) > 0,
  excess: (event, response) =>
    response.length !== null && response.sent + response.contentOf(event) > response.length,
  'head-request': (_, { isHead }) => isHead,
  shortfall: (_, { length, sent, isHead, status }) =>
    length !== null && sent < length && !isHead && status !== 304,
  declined: (_, { wasDeclined }) => wasDeclined,
};

/** The header or trailer fields of an event. */
export function fieldsOf(event: Subject): Fields {
  if (event === undefined) return NO_FIELDS;
  if (event.type === 'http.response.end') return event.trailers ?? NO_FIELDS;
  return ('headers' in event ? event.headers : undefined) ?? NO_FIELDS;
}

/** Statuses whose responses have no content (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5). */
export function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** What was wrong with an event, where a requirement about fields or lengths was broken; else undefined. */
export function explainResponse(
  requirement: string,
  event: AnySendEvent,
  response: Responding,
): string | undefined {
  const fields = fieldsOf(event);
  const { length, sent } = response;
  switch (requirement) {
    case 'http.field-syntax':
      return brokenField(fields) ?? 'a field is not well formed';
    case 'http.hop-by-hop':
      return `the field \`${hopByHopField(fields)}\` belongs to the connection, which is the gateway's`;
    case 'http.trailers.permitted':
      return `the field \`${forbiddenTrailer(fields)}\` cannot be a trailer`;
    case 'http.length.excess':
      return `${sent + response.contentOf(event)} octets would be more than the declared ${length}`;
    case 'http.length.shortfall':
      return `${sent} of the declared ${length} octets were sent`;
    default:
      return undefined;
  }
}

/** http.length.forbidden: a length where there can be no content, other than the 0 of a 205. */
function lengthForbidden(event: Subject): boolean {
  if (event === undefined) return false;
  const fields = fieldsOf(event);
  if (event.type === 'tunnel.accept') return hasField(fields, 'content-length');
  if (!('status' in event)) return false;
  const status = event.status as number;
  if (status >= 200 && status !== 204 && status !== 205) return false;
  return fields.some(
    ([name, value]) => name === 'content-length' && !(status === 205 && Number(value) === 0),
  );
}

const NO_FIELDS: Fields = [];
