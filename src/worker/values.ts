// Scopes and events as metadata, and back (proposal 12, table “Values”). Knows the catalogue of events, and no frames.

import { EVENTS, type FieldDescription } from '../interface/index.ts';
import type { Metadata } from './frames.ts';

/** The payload of an event: the one field that travels as raw octets (frame.payload). */
export interface Payload {
  readonly name: 'data' | 'text';
  readonly octets: Uint8Array;
}

const encoder = new TextEncoder();

/** A scope without `local`, as metadata. */
export function encodeScope(scope: object): Metadata {
  const { local: _, ...rest } = scope as Record<string, unknown>;
  // Only the certificates of a connection are octets that are not text.
  if (rest.tls) rest.tls = encoded(rest.tls);
  return rest;
}

/** An event that the gateway gives, as metadata without its payload. */
export function encodeEvent(event: object): {
  readonly event: Metadata;
  readonly payload?: Payload;
} {
  const { data, ...rest } = event as { readonly data?: unknown; readonly text?: unknown };
  if (data instanceof Uint8Array) return { event: rest, payload: { name: 'data', octets: data } };
  const { text, ...other } = rest;
  if (typeof text === 'string')
    return { event: other, payload: { name: 'text', octets: encoder.encode(text) } };
  return { event: event as Metadata };
}

/**
 * An event of the worker, as an application of this process would send it. What is marked as having no form becomes a
 * value of no type, so that event.shape rejects it where its turn is (worker.unencodable).
 */
export function decodeEvent(metadata: Metadata): Record<string, unknown> {
  const { type } = metadata;
  const fields =
    typeof type === 'string' && Object.hasOwn(EVENTS, type) ? EVENTS[type]?.fields : undefined;
  const event: Record<string, unknown> = {};
  for (const name of Object.keys(metadata)) {
    const value = metadata[name];
    const key = name.startsWith('!') ? name.slice(1) : name;
    const field = fields && Object.hasOwn(fields, key) ? fields[key] : undefined;
    const read = typeof value === 'object' && value !== null ? decoded(value, field) : value;
    // As data: a name such as `__proto__` is a name.
    if (name === '__proto__')
      Object.defineProperty(event, name, { value: read, enumerable: true, configurable: true });
    else event[name] = read;
  }
  return event;
}

/** By the type of a field, whether values of it can have octets, at whatever depth. */
const WITH_OCTETS = new Set(['bytes', 'bytes_list', 'data']);

function decoded(value: object, field: FieldDescription | undefined): unknown {
  // What no block declares is as data is.
  const octets = field === undefined || WITH_OCTETS.has(field.type);
  return walked(value, octets);
}

function walked(value: object, octets: boolean): unknown {
  if (Array.isArray(value)) {
    return value.map((item) =>
      typeof item === 'object' && item !== null ? walked(item, octets) : item,
    );
  }
  const names = Object.keys(value);
  if (names.length === 1) {
    const [name] = names;
    const inner = (value as Record<string, unknown>)[name as string];
    if (name === '$invalid') return invalid(inner);
    if (name === '$base64' && octets) return fromBase64(inner) ?? invalid('base64');
  }
  const map: Record<string, unknown> = {};
  for (const name of names) {
    const inner = (value as Record<string, unknown>)[name];
    const read = typeof inner === 'object' && inner !== null ? walked(inner, octets) : inner;
    Object.defineProperty(map, name, {
      value: read,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return map;
}

/** A value of no type, which is called what the worker calls it. */
function invalid(type: unknown): object {
  const name = typeof type === 'string' ? type : 'value';
  const prototype = { constructor: { name } };
  return Object.create(Object.create(prototype), { toJSON: { value: () => `<${name}>` } });
}

function encoded(value: unknown): unknown {
  if (value instanceof Uint8Array) return { $base64: toBase64(value) };
  if (Array.isArray(value)) return value.map(encoded);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, encoded(inner)]));
}

function toBase64(octets: Uint8Array): string {
  let text = '';
  for (let i = 0; i < octets.length; i += 8192)
    text += String.fromCharCode(...octets.subarray(i, i + 8192));
  return btoa(text);
}

function fromBase64(text: unknown): Uint8Array | undefined {
  if (typeof text !== 'string' || !/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0)
    return undefined;
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}
