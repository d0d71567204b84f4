// Connects the client to a gateway in the same process.

import type { Gateway } from '../gateway/index.ts';
import { requestInMemory } from '../gateway/transport/memory.ts';
import type { Dial } from './connection.ts';

const FRAMING = /^(?:content-length|transfer-encoding)$/i;

/** Dials a gateway through its memory transport. */
export function dialMemory(gateway: Gateway): Dial {
  return ({ method, target, headers, version = '1.1', opens = false }) => {
    const exchange = requestInMemory(gateway, { method, target, headers, http_version: version });
    // Over HTTP/1 a head without framing says that there is no body (RFC 9112 section 6.3).
    if (!opens && !headers.some(([name]) => FRAMING.test(name))) exchange.end();
    return Object.assign(exchange, { close: () => exchange.reset('connection_lost') });
  };
}
