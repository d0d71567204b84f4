// What a preview tells of the octets that it was made from: all of them, the first ones, or nothing for certain.

import { PREVIEW_LENGTH } from '../event.ts';

const ESCAPE = /\\(?:n|r|x[0-9a-f]{2})/g;

/**
 * The octets that a preview shows, if it can be made from these alone; else nothing. A backslash may begin an escape
 * or stand for itself. Each escape is shorter than what it looks like, so the size tells where all of them are one or
 * the other.
 */
function octetsShown(preview: string, size: number): Uint8Array | undefined {
  const text = preview.length === size ? preview : preview.replace(ESCAPE, unescaped);
  if (text.length !== size) return undefined;
  const octets = new Uint8Array(size);
  for (let i = 0; i < size; i++) {
    const code = text.charCodeAt(i);
    if (code > 0xff) return undefined;
    octets[i] = code;
  }
  return octets;
}

function unescaped(sequence: string): string {
  if (sequence === '\\n') return '\n';
  if (sequence === '\\r') return '\r';
  return String.fromCharCode(Number.parseInt(sequence.slice(2), 16));
}

/** Octets from a preview. */
export type Recorded =
  | { readonly kind: 'whole' | 'beginning'; readonly octets: Uint8Array }
  /** Backslashes of which the trace does not tell what they stand for. */
  | { readonly kind: 'ambiguous' };

/** What a trace has of `size` octets of which it shows `preview` (as `previewBytes` makes it). */
export function recordedOctets(preview: string, size: number): Recorded {
  const cut = size > PREVIEW_LENGTH && preview.endsWith('…');
  const octets = cut
    ? octetsShown(preview.slice(0, -1), PREVIEW_LENGTH)
    : octetsShown(preview, size);
  if (octets === undefined) return { kind: 'ambiguous' };
  return { kind: cut ? 'beginning' : 'whole', octets };
}
