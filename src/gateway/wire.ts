// What a transport and the gateway tell each other of one request and what becomes of it.

import type { Fields } from '../interface/index.ts';
import type { Output } from './conversation/output.ts';

/** What a transport offers for one request. None of these throws, and none calls back before it returns. */
export interface Wire {
  write(output: Output): void;
  /** Octets that were handed over by `write` and that the system has not taken. */
  readonly waiting: number;
  /** Octets that were handed over so far. */
  readonly written: number;
  /** Stop and go on reading from the peer. */
  pause(): void;
  resume(): void;
  /** The application's call has ended (security.concurrency-bounded). */
  callEnded(): void;
}

/** What a transport tells the gateway of one request. Harmless after the conversation is over. */
export interface Exchange {
  /** The id of the conversation's scope, for logs. */
  readonly id: string;
  /** What the request is taken for: behind one for a WebSocket or a tunnel come octets, and no body. */
  readonly type: 'http' | 'websocket' | 'tunnel';
  /** Octets of the request body, or of an accepted WebSocket or tunnel. They become the gateway's. */
  octets(data: Uint8Array): void;
  /** The request is complete, or the peer has ended its direction in order. */
  end(trailers?: Fields): void;
  /** The system has taken octets that waited: some, or all, which must not go unsaid. Never from within `write`. */
  taken(): void;
  /** The connection or stream is gone. */
  lost(cause: LossCause, code?: number): void;
  /** The peer has broken a rule or a limit: the exchange is given up (security.given-up-answer). */
  giveUp(cause: 'limit' | 'protocol_error' | 'timeout', status?: 400 | 408 | 413 | 431): void;
  /** A file that was being sent ended early or cannot be read on (http.file.lost). */
  fileLost(error: unknown): void;
  /** Whether nothing more will be written, and the peer has nothing more to say that counts. */
  readonly over: boolean;
  /** Whether the application's call is under way. */
  readonly running: boolean;
}

export type LossCause =
  | 'peer_reset'
  | 'connection_lost'
  | 'timeout'
  | 'limit'
  | 'protocol_error'
  | 'shutdown';
