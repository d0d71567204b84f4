// Connects the client to a gateway in the same process.

import type { Gateway } from '../gateway/index.ts';
import { requestInMemory } from '../gateway/transport/memory.ts';
import type { Dial } from './run.ts';

/** Dials a gateway through its memory transport. */
export function dialMemory(gateway: Gateway): Dial {
  return (request) => requestInMemory(gateway, request);
}
