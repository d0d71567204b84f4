// From a head that was found in order to how its body is framed (RFC 9112 section 6.3).

import type { RequestFields } from '../conversation/request.ts';
import type { Framing } from './events.ts';

/** The framing of a request that `readRequestHead` let through: chunked is then the only coding, and alone. */
export function framingOf({
  headers,
  content_length,
}: Pick<RequestFields, 'headers' | 'content_length'>): Framing {
  if (content_length !== null) return { kind: 'length', length: content_length };
  return headers.some(([name]) => name === 'transfer-encoding')
    ? { kind: 'chunked' }
    : { kind: 'none' };
}
