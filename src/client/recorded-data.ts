// What a trace has of the data that a client sent: whole, from a preview or a store of bodies, or in words why not.

import { recordedOctets } from '../trace/formats/octets.ts';
import { type Payload, PREVIEW_LENGTH } from '../trace/index.ts';

/** A store of bodies, by `payload.ref`; a `Map` is one. */
export interface Bodies {
  get(ref: string): Uint8Array | undefined;
}

/** The octets that an event carried; or in words what is missing, where `what` is “a piece of its body”. */
export function octetsOf(
  payload: Payload | undefined,
  bodies: Bodies | undefined,
  what: string,
): Uint8Array | string {
  const { preview = '', size = 0, ref } = payload ?? {};
  const kept = keptOf(ref, bodies);
  if (kept && kept.length === size) return kept;
  const recorded = recordedOctets(preview, size);
  if (recorded.kind === 'whole') return recorded.octets;
  if (recorded.kind === 'beginning')
    return `of ${what} with ${size} octets, the trace has the beginning alone`;
  return `${what} has backslashes of which the trace does not tell what they stand for`;
}

/** A message as it was sent: a text message as a string. */
export type Message = { readonly data: string | Uint8Array } | { readonly missing: string };

/** The message of a WebSocket that an event carried: its preview says `text` before a text. */
export function messageOf(payload: Payload | undefined, bodies: Bodies | undefined): Message {
  const text = /^text (.*)$/s.exec(payload?.preview ?? '')?.[1];
  if (payload?.size !== undefined || text === undefined) {
    const octets = octetsOf(payload, bodies, 'a message');
    return typeof octets === 'string' ? { missing: octets } : { data: octets };
  }
  const kept = keptOf(payload?.ref, bodies);
  if (kept) return { data: new TextDecoder().decode(kept) };
  return text.length <= PREVIEW_LENGTH
    ? { data: text }
    : { missing: 'of a text message, the trace has the beginning alone' };
}

/** Octets as a text that encodes to just these; undefined for others. */
export function textOf(octets: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

function keptOf(ref: string | undefined, bodies: Bodies | undefined): Uint8Array | undefined {
  return ref === undefined ? undefined : bodies?.get(ref);
}
