// What the client needs of a transport: a way to send one request and to read what comes back.

export type Fields = readonly (readonly [name: string, value: string])[];

/**
 * What a client sees of a response. `end`, `aborted` and `closed` are terminal. Behind the `head` that accepts a WebSocket
 * or a tunnel, pieces of the body are the octets that follow, and `end` ends the direction of the server.
 */
export type ClientResponse =
  | { readonly type: 'informational'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'head'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly trailers: Fields }
  | { readonly type: 'aborted' }
  | { readonly type: 'closed' }
  /** The client itself has left, by what was done to it from outside. Terminal, and of no transport. */
  | { readonly type: 'left' };

/** One request under way. Reading slowly makes the other side feel it. */
export interface ClientConnection extends AsyncIterable<ClientResponse> {
  /** Sends a piece of the body, or octets of an opened WebSocket or tunnel. Resolves when they were taken. */
  write(data: Uint8Array): Promise<void>;
  /** Ends the request, or the direction of the client in what was opened. */
  end(trailers?: Fields): void;
  /** Ends the sending direction of the connection, where that says more than the end of the request (`@half-close`). */
  halfClose?(): void;
  /** Resolves when the server has what was written, as far as can be known: a reset takes back what it has not read. */
  taken?(): Promise<void>;
  /** Leaves: what was not read is lost. Behind the end of the response, it lets the connection go. */
  reset(): void;
  /** Closes the connection in order, where that is another thing than to leave. */
  close?(): void;
}

/** What goes on the wire before the body. */
export interface ClientRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Fields;
  /** Default `1.1`. Over HTTP/2 without effect. */
  readonly version?: '1.1' | '1.0';
  /** Octets may go both ways behind this head: it asks for a WebSocket or a tunnel, and has no body. */
  readonly opens?: boolean;
  /** `:protocol` of an extended CONNECT, over HTTP/2 (RFC 8441 section 4). */
  readonly protocol?: string;
}

/** Opens a connection and sends a request's head. */
export interface Dial {
  (request: ClientRequest): ClientConnection;
  /** Version of HTTP that it speaks. Default `1.1`. */
  readonly version?: '2';
}
