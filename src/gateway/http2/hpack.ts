// HPACK (RFC 7541): fields to octets and back, with the tables of one connection. No frames, no I/O.

export { HpackDecoder } from './hpack-decoder.ts';
export { HpackEncoder } from './hpack-encoder.ts';
export { HpackError } from './hpack-error.ts';
