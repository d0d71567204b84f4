// The HTTP/1 codec: octets of a connection to the events of its requests, and parts of a response to octets. No I/O.

export type {
  Framing,
  Http1Error,
  Http1Event,
  Http1Head,
  Http1ReaderLimits,
  Http1ReaderState,
} from './events.ts';
export { framingOf } from './framing.ts';
export { Http1RequestReader } from './reader.ts';
export { CHUNK_END, chunk, chunkHead, lastChunk, responseHead, STATUS_TEXT } from './writer.ts';
