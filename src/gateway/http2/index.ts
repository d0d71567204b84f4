// HTTP/2 at the server's end without I/O: what transports take of it.

export {
  type ConnectionListener,
  type ConnectionOptions,
  ServerConnection,
} from './connection.ts';
export { CODE, MOST } from './frames.ts';
export type { Http2Head } from './section.ts';
export { giveBack } from './sender.ts';
export type { ConnectionFault } from './settings.ts';
export type { OctetSink } from './sink.ts';
export { Http2Stream, type StreamState } from './stream.ts';
