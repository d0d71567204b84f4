// What a client reports of an exchange, and what it is told to run one. Knows no transport and no scenario's text.

import type { Tap } from '../trace/index.ts';
import type { Time } from '../trace/time.ts';
import type { Dial, Fields } from './connection.ts';
import type { ScenarioExchange } from './exchange.ts';

/** How a request ended for the client. */
export type Outcome =
  | 'complete'
  /** The response broke off. */
  | 'aborted'
  /** The connection ended without a response. */
  | 'closed'
  /** The client left: nothing happened for too long. */
  | 'timeout'
  /** The client left, as the scenario told it to. */
  | 'left'
  /** The client left: the response was larger than it takes. */
  | 'limit'
  /** The run was stopped. */
  | 'interrupted';

/** A message of a WebSocket, or a piece of a tunnel. `t` in milliseconds since the request was sent. */
export interface ClientMessage {
  readonly dir: 'in' | 'out';
  readonly data: string | Uint8Array;
  readonly t: number;
}

/** How a WebSocket ended, as the client saw it. `clean`: Close frames went both ways. */
export interface ClientClose {
  readonly code?: number;
  readonly reason: string;
  readonly clean: boolean;
}

export interface ClientResult {
  readonly kind: ScenarioExchange['kind'];
  readonly name: string;
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly headers: Fields;
  /** Informational responses that came before, up to a limit. */
  readonly informational: readonly { readonly status: number; readonly headers: Fields }[];
  /**
   * The body, cut at 256 KiB; `size` is the whole. Of a tunnel, what came back through it. Of a WebSocket, the body of a
   * denial, and `size` is that of the messages that came.
   */
  readonly body: Uint8Array;
  readonly size: number;
  readonly trailers: Fields;
  /** In milliseconds since the request was sent; of several attempts, the last. */
  readonly times: { readonly head?: number; readonly end: number };
  /** How often the request was sent. */
  readonly attempts: number;
  /** Of a WebSocket or a tunnel, up to a limit. */
  readonly messages: readonly ClientMessage[];
  /** Messages past the limit. */
  readonly messagesDropped: number;
  readonly closed?: ClientClose;
  readonly subprotocol?: string;
}

/** What the owner of a live socket is told. `closed` and `denied` are terminal. */
export type SocketEvent =
  | {
      readonly type: 'open';
      readonly status: number;
      readonly headers: Fields;
      readonly subprotocol?: string;
    }
  | {
      readonly type: 'denied';
      readonly status: number;
      readonly headers: Fields;
      readonly body: Uint8Array;
    }
  | { readonly type: 'message'; readonly data: string | Uint8Array }
  | ({ readonly type: 'closed' } & ClientClose);

/** A WebSocket that somebody uses by hand. */
export interface LiveSocket {
  send(data: string | Uint8Array): void;
  /** @throws RangeError for a code or a reason that a Close frame cannot carry */
  close(code?: number, reason?: string): void;
  reset(): void;
  readonly done: Promise<ClientResult>;
}

export interface RunOptions {
  readonly dial: Dial;
  /** Number of the conversation in the trace. */
  readonly conn: number;
  readonly tap?: Tap;
  readonly signal?: AbortSignal;
  /** Octets of a response body after which the client leaves. Default: none. */
  readonly bodyLimit?: number;
  /** Makes the gateway drain (`@drain`). */
  readonly drain?: () => void;
  /** Where time comes from. Default: the platform. */
  readonly time?: Time;
  /** Whether silence is no lack of progress now, because the client is held. Default: never. */
  readonly held?: () => boolean;
}
