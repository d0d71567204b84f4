// What a scenario says: the exchanges that a client has with a server, as values. Knows neither their text nor how they
// are sent.

type FieldLines = readonly (readonly [name: string, value: string])[];

interface Common {
  readonly name: string;
  readonly title: string;
  /** Line of the request line, from 1. */
  readonly line: number;
  /** A path with its query, or `*`; of a tunnel, the authority. */
  readonly target: string;
  /** In order, with case and duplicates as they were written. */
  readonly headers: FieldLines;
  /** Milliseconds without progress after which the client gives up. */
  readonly timeout: number;
  /** Sent at the same time as the one before it. */
  readonly together: boolean;
  /** The gateway begins to drain once this one is under way: its response, or its handshake, has begun. */
  readonly drain: boolean;
}

/** An HTTP request. */
export interface ScenarioRequest extends Common {
  readonly kind: 'http';
  readonly method: string;
  /** The body in the pieces in which it is sent; empty for none. */
  readonly body: readonly Uint8Array[];
  /** Whether the pieces go out under `transfer-encoding: chunked`. */
  readonly chunked: boolean;
  readonly trailers: FieldLines;
  /** Milliseconds between pieces of the body. */
  readonly pause: number;
  /** Milliseconds that the client waits before it reads each piece of the response. */
  readonly readPause: number;
  /** The client leaves after so many octets of the response body. */
  readonly abortAfter: number | undefined;
  /** The client breaks the connection after so many octets of the request body. */
  readonly disconnectAfter: number | undefined;
  /** The client ends its sending direction behind the request and reads on. */
  readonly halfClose: boolean;
  /** The client sends the request again when it is refused (closed unanswered), at most so often. */
  readonly retry: number;
  readonly version: '1.1' | '1.0';
}

/** One thing that a client does on a WebSocket or in a tunnel. */
export type Step =
  /** A string is a text message, octets are a binary one; a tunnel has octets alone. */
  | { readonly do: 'send'; readonly data: string | Uint8Array }
  /** Waits until so many messages have come, beyond those that were waited for before; in a tunnel, pieces. */
  | { readonly do: 'wait'; readonly messages: number }
  | { readonly do: 'pause'; readonly ms: number }
  /** Sends a Close frame. Of a WebSocket alone. */
  | { readonly do: 'close'; readonly code?: number; readonly reason: string }
  /** Ends the client's direction and reads on. */
  | { readonly do: 'end' }
  | { readonly do: 'reset' };

/** A WebSocket: a handshake and what the client does behind it. When the steps are over it closes, with 1000. */
export interface ScenarioWebSocket extends Common {
  readonly kind: 'websocket';
  readonly steps: readonly Step[];
  /** Milliseconds that the client waits before it reads each message. */
  readonly readPause: number;
}

/** A tunnel by CONNECT: `target` is an authority. When the steps are over the client ends its direction and reads on. */
export interface ScenarioTunnel extends Common {
  readonly kind: 'tunnel';
  readonly steps: readonly Step[];
  readonly readPause: number;
}

/** One exchange of a scenario, ready to be sent. Plain data: it survives structured cloning. */
export type ScenarioExchange = ScenarioRequest | ScenarioWebSocket | ScenarioTunnel;

/** What a scenario has as the first line of an exchange, without a version: `GET /`, `WEBSOCKET /chat`, `CONNECT a:443`. */
export function requestLineOf(exchange: ScenarioExchange): string {
  const { kind, target } = exchange;
  const method = kind === 'http' ? exchange.method : kind === 'websocket' ? 'WEBSOCKET' : 'CONNECT';
  return `${method} ${target}`;
}
