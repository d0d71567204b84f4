// What a gateway enforces where its operator says nothing (proposal 6). Transports read from here what is theirs to keep.

import type { Limits } from '../interface/index.ts';

export const DEFAULT_LIMITS: Limits = Object.freeze({
  send_buffer_octets: 65_536,
  receive_buffer_octets: 65_536,
  target_octets: 16_384,
  header_octets: 65_536,
  header_fields: 1000,
  body_octets: null,
  message_octets: 1_048_576,
  head_ms: 30_000,
  idle_ms: 60_000,
  keep_alive_ms: 5000,
  startup_ms: null,
  drain_ms: 30_000,
  shutdown_ms: 5000,
});
