// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

/** Ordered pairs of lowercase field name and field value (octets as code units at most 0xFF). */
export type Fields = readonly (readonly [name: string, value: string])[];

/** What an application publishes at start-up, where it does not say more exactly what that is. */
export type AnyState = Readonly<Record<string, unknown>>;

/** What every scope says about its conversation. */
export interface Scope<State = AnyState> {
  /** The conversation's type, for example `http`. */
  readonly type: string;
  /** Names the conversation, in logs and traces. */
  readonly id: string;
  /** Who is calling, and what it can do. */
  readonly gateway: GatewayMarker;
  /** Handles of this process. They are never serialised. */
  readonly local: Local<State>;
}

/** The interface version, the gateway's software, and the features that it offers. */
export interface GatewayMarker {
  /** The version of this interface: `0.1`. */
  readonly interface: string;
  /** Name and version of the gateway, for logs. */
  readonly software: string;
  /** Feature name to the revisions on offer, highest last. */
  readonly features: Readonly<Record<string, readonly number[]>>;
}

/** What belongs to the process and cannot cross a wire. */
export interface Local<State = AnyState> {
  /** Is signalled, with a reason, when the application is asked to stop: [cancel.on-peer-loss]. */
  readonly cancel: AbortSignal;
  /** What the application published at start-up. Read-only. */
  readonly state: Readonly<State>;
}

/** A request, up to and including its header fields. */
export interface RequestScope<State = AnyState> extends Scope<State> {
  /** The version that the peer speaks. */
  readonly http_version: '1.0' | '1.1' | '2' | '3';
  /** The method as received; its case is kept. */
  readonly method: string;
  /** `http` or `https`: that of the connection, whatever the request says. */
  readonly scheme: string;
  /** Host and port that the request names; empty if it names none. */
  readonly authority: string;
  /** The request target, exactly as received. */
  readonly target: string;
  /** The path of the target, still percent-encoded, with the mount prefix. */
  readonly path: string;
  /**
   * The prefix under which the application is mounted, percent-encoded; empty if it is mounted at
   * the root.
   */
  readonly mount: string;
  /** What follows the first `?`, or null where there is none. */
  readonly query: string | null;
  /** The header fields, in order of arrival. */
  readonly headers: Fields;
  /** The declared length of the body in octets, or null if it is not declared. */
  readonly content_length: number | null;
  /** The other end of the connection, never what a field claims. */
  readonly peer: Address | null;
  /** This end of the connection. */
  readonly local_address: Address | null;
  /**
   * What a trusted proxy says of the request, or null where none is trusted or none says anything.
   */
  readonly forwarded: Forwarded | null;
  /** The TLS connection, or null where this end of the connection has none. */
  readonly tls: Tls | null;
  /** The bounds that the gateway sets to this conversation. */
  readonly limits: Limits;
  /** The protocols that the request offers to switch to, or null where it offers none. */
  readonly upgrade: UpgradeOffer | null;
}

/** A request that is answered over HTTP. */
export interface HttpScope<State = AnyState> extends RequestScope<State> {
  /** The type of this scope. */
  readonly type: 'http';
}

/** One end of a connection. */
export interface Address {
  /** What carries the connection. */
  readonly transport: 'tcp' | 'tls' | 'quic' | 'unix' | 'memory';
  /** IP address, or path of a socket. */
  readonly address: string;
  /** Port number, or null where there is none. */
  readonly port: number | null;
}

/** What proxies that the operator trusts say of the request. */
export interface Forwarded {
  /**
   * Who made the request to the first of them: a node identifier (RFC 7239 section 6), without a
   * port.
   */
  readonly for: string | null;
  /** The scheme of that request. */
  readonly proto: string | null;
  /** The host that it named. */
  readonly host: string | null;
  /** The entry of the gateway's configuration by which the peer is trusted. */
  readonly trusted_by: string;
}

/** The TLS connection that carries the request, as this gateway negotiated it. */
export interface Tls {
  /** The version of TLS, such as `1.3`, or null if it cannot be learned. */
  readonly version: string | null;
  /**
   * The cipher suite by its registered name, such as `TLS_AES_128_GCM_SHA256`, or null if it cannot
   * be learned.
   */
  readonly cipher: string | null;
  /** The protocol that was agreed on (RFC 7301), or null if none was. */
  readonly alpn: string | null;
  /** The server name that the peer asked for (RFC 6066 section 3), or null if it named none. */
  readonly sni: string | null;
  /** The certificates that the peer sent, in DER, its own first. Empty if it sent none. */
  readonly client_chain: readonly Uint8Array[];
  /** Whether the gateway has verified that chain. False where there is none. */
  readonly verified: boolean;
}

/** An offer of the peer to go on in another protocol. */
export interface UpgradeOffer {
  /** The protocols, in the order of the peer's preference and as received. Never empty. */
  readonly offers: readonly string[];
  /** How they are offered: in the field `upgrade`, or as `:protocol` of an extended CONNECT. */
  readonly via: 'upgrade' | 'extended_connect';
}

/** One WebSocket handshake. Its fields are those of an HTTP request. */
export interface WebsocketScope<State = AnyState> extends RequestScope<State> {
  /** The type of this scope. */
  readonly type: 'websocket';
  /**
   * What the peer offers: the elements of all `sec-websocket-protocol` fields, in order and with
   * their case kept. Often empty.
   */
  readonly subprotocols: readonly string[];
}

/** The life of the application in one process. */
export interface LifespanScope<State = AnyState> extends Scope<State> {
  /** The type of this scope. */
  readonly type: 'lifespan';
}

/** What the gateway enforces. Sizes are in octets, times in milliseconds. */
export interface Limits {
  /**
   * High-water mark of the output buffer of one conversation: 65,536 where the operator sets
   * nothing else. At least 1.
   */
  readonly send_buffer_octets: number;
  /**
   * High-water mark of the input buffer of one conversation: 65,536 where the operator sets nothing
   * else. At least 1.
   */
  readonly receive_buffer_octets: number;
  /** Most octets of a request's target. At least 1. */
  readonly target_octets: number;
  /**
   * Largest size of one request's header section, counted as proposal 10 says; the same again for
   * its trailer section. At least 1.
   */
  readonly header_octets: number;
  /** Most header fields of one request; the same again for its trailer fields. At least 1. */
  readonly header_fields: number;
  /** Longest request body, or null where there is no limit. At least 0. */
  readonly body_octets: number | null;
  /** Longest WebSocket message from the peer. At least 1. */
  readonly message_octets: number;
  /** The longest time from the first octet of a request head to its last. At least 1. */
  readonly head_ms: number;
  /** The longest time without progress where the peer owes some. At least 1. */
  readonly idle_ms: number;
  /** How long a connection that nothing is under way on is kept open. At least 0. */
  readonly keep_alive_ms: number;
  /**
   * The longest time until the application has answered `lifespan.startup`, or null where there is
   * no limit. At least 1.
   */
  readonly startup_ms: number | null;
  /** From the beginning of a drain to its deadline. At least 0. */
  readonly drain_ms: number;
  /**
   * How long the gateway waits, after a drain, for calls that were cancelled, and again for the
   * application's clean-up. At least 0.
   */
  readonly shutdown_ms: number;
}

/** One request to go on in another protocol. */
export interface TunnelScope<State = AnyState> extends RequestScope<State> {
  /** The type of this scope. */
  readonly type: 'tunnel';
  /** The protocol, spelled as the application declared it: an upgrade token, or `CONNECT`. */
  readonly protocol: string;
  /** How datagrams would travel, or `none` where they cannot. */
  readonly datagrams: 'none' | 'capsules' | 'frames';
}

/**
 * A piece of the request body.
 *
 * Governed by `http.request.no-empty-body`.
 *
 * @example
 * { type: 'http.request.body', data: utf8('first piece') }
 */
export interface HttpRequestBody {
  readonly type: 'http.request.body';
  /** One or more octets, with transfer coding removed. */
  readonly data: Uint8Array;
}

/**
 * The request is complete.
 *
 * Governed by `http.request.end-once`.
 *
 * @example
 * { type: 'http.request.end', trailers: [] }
 */
export interface HttpRequestEnd {
  readonly type: 'http.request.end';
  /** The trailer fields, often none. */
  readonly trailers: Fields;
}

/**
 * The exchange is over. Nothing follows but this event again.
 *
 * Governed by `http.closed.repeats`.
 *
 * @example
 * { type: 'http.closed', cause: 'peer_reset', code: 8 }
 */
export interface HttpClosed {
  readonly type: 'http.closed';
  /** Why it is over: [http.closed.cause]. */
  readonly cause: 'complete' | 'peer_reset' | 'connection_lost' | 'timeout' | 'limit' | 'protocol_error' | 'shutdown';
  /**
   * The error code of the protocol, where the peer gave one (RFC 9113 section 7, RFC 9114 section
   * 8.1).
   */
  readonly code?: number;
}

/**
 * The application wants no more of the request body.
 *
 * Governed by `http.request.discard-drains`.
 *
 * @example
 * { type: 'http.request.discard' }
 */
export interface HttpRequestDiscard {
  readonly type: 'http.request.discard';
}

/**
 * An informational response (1xx), such as 103 Early Hints.
 *
 * Governed by `http.informational.before-commit`.
 *
 * @example
 * {
 *   type: 'http.informational',
 *   status: 103,
 *   headers: [['link', '</style.css>; rel=preload; as=style']],
 * }
 */
export interface HttpInformational {
  readonly type: 'http.informational';
  /** The status code. 100 is the gateway's own, and 101 belongs to upgrades. From 102 to 199. */
  readonly status: number;
  /** Header fields of this informational response. By default `[]`. */
  readonly headers?: Fields;
}

/**
 * Commits the response, with its status and header fields.
 *
 * Governed by `http.start-once`.
 *
 * @example
 * {
 *   type: 'http.response.start',
 *   status: 200,
 *   headers: [['content-type', 'text/plain; charset=utf-8']],
 * }
 */
export interface HttpResponseStart {
  readonly type: 'http.response.start';
  /** The status code of the final response (RFC 9110 section 15). From 200 to 599. */
  readonly status: number;
  /** Header fields, in the order in which they are written. By default `[]`. */
  readonly headers?: Fields;
}

/**
 * A piece of the response body.
 *
 * Governed by `http.body-before-start`.
 *
 * @example
 * { type: 'http.response.body', data: utf8('Hello') }
 */
export interface HttpResponseBody {
  readonly type: 'http.response.body';
  /** Octets of the body. Empty is allowed and writes nothing. */
  readonly data: Uint8Array;
}

/**
 * The response is complete.
 *
 * Governed by `http.finish`.
 *
 * @example
 * {
 *   type: 'http.response.end',
 *   trailers: [['server-timing', 'render;dur=12.5']],
 * }
 */
export interface HttpResponseEnd {
  readonly type: 'http.response.end';
  /** Trailer fields, where the peer and the protocol can take them. By default `[]`. */
  readonly trailers?: Fields;
}

/**
 * The response cannot be completed. The peer is to see that it is broken.
 *
 * Governed by `http.abort.stream-only`.
 *
 * @example
 * { type: 'http.response.abort', code: 2 }
 */
export interface HttpResponseAbort {
  readonly type: 'http.response.abort';
  /** The error code for protocols that carry one: [http.abort.code]. At least 0. */
  readonly code?: number;
}

/**
 * Nothing was processed, and the peer is told so where the protocol can say it.
 *
 * Governed by `http.refuse.before-bytes`.
 *
 * @example
 * { type: 'http.refuse' }
 */
export interface HttpRefuse {
  readonly type: 'http.refuse';
}

/**
 * A piece of the response body that the gateway reads from a file.
 *
 * Needs the feature `http.file`. Governed by `http.file.as-body`.
 *
 * @example
 * {
 *   type: 'http.file',
 *   path: '/srv/media/film.mp4',
 *   offset: 1048576,
 *   length: 65536,
 * }
 */
export interface HttpFile {
  readonly type: 'http.file';
  /** The absolute path of the file, as the gateway's system writes it. */
  readonly path: string;
  /**
   * Where the piece begins, in octets from the beginning of the file. At least 0. By default `0`.
   */
  readonly offset?: number;
  /** How many octets it has. If absent, all that the file has from `offset` on. At least 0. */
  readonly length?: number;
}

/**
 * Accepts the handshake. From here on, messages pass.
 *
 * Governed by `websocket.accept-answer`.
 *
 * @example
 * {
 *   type: 'websocket.accept',
 *   subprotocol: 'chat',
 *   headers: [['set-cookie', 'seen=1; Secure; HttpOnly']],
 * }
 */
export interface WebsocketAccept {
  readonly type: 'websocket.accept';
  /** One of the subprotocols that the peer offered. Left out if the application chooses none. */
  readonly subprotocol?: string;
  /**
   * Further header fields of the answer, in the order in which they are written. By default `[]`.
   */
  readonly headers?: Fields;
}

/**
 * One whole message.
 *
 * Exactly one of `text` and `data` is there. Governed by `websocket.message-whole`.
 *
 * @example
 * { type: 'websocket.message', text: 'Hello' }
 */
export type WebsocketMessage =
  | {
      readonly type: 'websocket.message';
      /** The text of a text message. It can be empty. */
      readonly text: string;
      readonly data?: undefined;
    }
  | {
      readonly type: 'websocket.message';
      /** The octets of a binary message. They can be none. */
      readonly data: Uint8Array;
      readonly text?: undefined;
    };

/**
 * Closes the WebSocket, with a code and a reason for the peer.
 *
 * Governed by `websocket.close-frame`.
 *
 * @example
 * { type: 'websocket.close', code: 4001, reason: 'session expired' }
 */
export interface WebsocketClose {
  readonly type: 'websocket.close';
  /** The close code, within the table of close codes. By default `1000`. */
  readonly code?: number;
  /**
   * Why, in at most 123 octets of UTF-8. For logs, not for users (RFC 6455 section 5.5.1). By
   * default `''`.
   */
  readonly reason?: string;
}

/**
 * The WebSocket is over. Nothing follows but this event again.
 *
 * Governed by `websocket.closed.repeats`.
 *
 * @example
 * {
 *   type: 'websocket.closed',
 *   code: 1001,
 *   reason: '',
 *   initiator: 'peer',
 *   clean: true,
 * }
 */
export interface WebsocketClosed {
  readonly type: 'websocket.closed';
  /**
   * The close code. 1005 stands for a Close frame without one, 1006 for none of the peer's. From
   * 1000 to 4999.
   */
  readonly code: number;
  /** The reason that came with the code; often empty. */
  readonly reason: string;
  /** Who ended the WebSocket first. */
  readonly initiator: 'application' | 'gateway' | 'peer';
  /** Whether Close frames passed in both directions. */
  readonly clean: boolean;
}

/**
 * The application is to prepare itself. The first event of a lifespan.
 *
 * Governed by `lifespan.drain-order`.
 *
 * @example
 * {
 *   type: 'lifespan.startup',
 *   offers: { 'http.file': [1], tunnel: [1] },
 *   limits: {
 *     send_buffer_octets: 65536,
 *     receive_buffer_octets: 65536,
 *     target_octets: 8192,
 *     header_octets: 32768,
 *     header_fields: 128,
 *     body_octets: null,
 *     message_octets: 1048576,
 *     head_ms: 30000,
 *     idle_ms: 30000,
 *     keep_alive_ms: 5000,
 *     startup_ms: 60000,
 *     drain_ms: 30000,
 *     shutdown_ms: 5000,
 *   },
 * }
 */
export interface LifespanStartup {
  readonly type: 'lifespan.startup';
  /** The features that the application can accept: the same map as `gateway.features`. */
  readonly offers: Readonly<Record<string, readonly number[]>>;
  /** What the gateway enforces, where a conversation's scope does not say otherwise. */
  readonly limits: Limits;
}

/**
 * The application can be called with conversations.
 *
 * Governed by `lifespan.ready-first`.
 *
 * @example
 * {
 *   type: 'lifespan.ready',
 *   accepts: { 'http.file': 1, tunnel: 1 },
 *   tunnels: ['example-protocol'],
 * }
 */
export interface LifespanReady<State = AnyState> {
  readonly type: 'lifespan.ready';
  /** The features that the application accepts, each at one revision. Absent means none. */
  readonly accepts?: Readonly<Record<string, number>>;
  /** What every later scope of this process has as `local.state`. Absent means empty. */
  readonly state?: Readonly<State>;
  /**
   * The protocols that the application takes as tunnels. Their meaning is defined in proposal 8. By
   * default `[]`.
   */
  readonly tunnels?: readonly string[];
}

/**
 * The application could not prepare itself, and says why.
 *
 * Governed by `lifespan.failed`.
 *
 * @example
 * { type: 'lifespan.failed', message: 'the database does not answer' }
 */
export interface LifespanFailed {
  readonly type: 'lifespan.failed';
  /** For the operator. It is never shown to a peer. */
  readonly message: string;
}

/**
 * The gateway is going to stop. Conversations have until the deadline.
 *
 * Governed by `lifespan.drain-order`.
 *
 * @example
 * { type: 'lifespan.drain', deadline_ms: 30000 }
 */
export interface LifespanDrain {
  readonly type: 'lifespan.drain';
  /** Whole milliseconds left when the event is given; 0 if none are. At least 0. */
  readonly deadline_ms: number;
}

/**
 * The gateway is going to stop. This conversation has until the deadline.
 *
 * Governed by `drain.notice`.
 *
 * @example
 * { type: 'gateway.drain', deadline_ms: 29950 }
 */
export interface GatewayDrain {
  readonly type: 'gateway.drain';
  /** Whole milliseconds left when the event is given; 0 if none are. At least 0. */
  readonly deadline_ms: number;
}

/**
 * No conversation is left to serve. The application is to clean up. Nothing follows but this event
 * again.
 *
 * Governed by `lifespan.shutdown-last`.
 *
 * @example
 * { type: 'lifespan.shutdown' }
 */
export interface LifespanShutdown {
  readonly type: 'lifespan.shutdown';
}

/**
 * The application has cleaned up.
 *
 * Governed by `lifespan.stop-timeout`.
 *
 * @example
 * { type: 'lifespan.stopped' }
 */
export interface LifespanStopped {
  readonly type: 'lifespan.stopped';
}

/**
 * Accepts the tunnel. From here on, octets pass.
 *
 * Governed by `tunnel.accept-wire`.
 *
 * @example
 * { type: 'tunnel.accept', headers: [['x-greeting', 'hello']] }
 */
export interface TunnelAccept {
  readonly type: 'tunnel.accept';
  /**
   * Further header fields of the answer, in the order in which they are written. By default `[]`.
   */
  readonly headers?: Fields;
  /** Whether datagrams are to pass as `tunnel.datagram`. By default `false`. */
  readonly datagrams?: boolean;
}

/**
 * Octets of the tunnel.
 *
 * Governed by `tunnel.data-order`.
 *
 * @example
 * { type: 'tunnel.data', data: utf8('tick 1') }
 */
export interface TunnelData {
  readonly type: 'tunnel.data';
  /** The octets. How they are cut into events has no meaning. */
  readonly data: Uint8Array;
}

/**
 * Nothing more comes in this direction. The other direction goes on.
 *
 * Governed by `tunnel.end-half-close`.
 *
 * @example
 * { type: 'tunnel.end' }
 */
export interface TunnelEnd {
  readonly type: 'tunnel.end';
}

/**
 * Ends both directions at once, visibly to the peer.
 *
 * Governed by `tunnel.abort-wire`.
 *
 * @example
 * { type: 'tunnel.abort', code: 10 }
 */
export interface TunnelAbort {
  readonly type: 'tunnel.abort';
  /**
   * The error code, for HTTP/2 (RFC 9113 section 7) and HTTP/3 (RFC 9114 section 8.1). From 0 to
   * 4294967295.
   */
  readonly code?: number;
}

/**
 * The tunnel is over. Nothing follows but this event again.
 *
 * Governed by `tunnel.closed.repeats`.
 *
 * @example
 * { type: 'tunnel.closed', cause: 'peer_reset', code: 8 }
 */
export interface TunnelClosed {
  readonly type: 'tunnel.closed';
  /** Why it is over: [tunnel.closed.cause]. */
  readonly cause: 'complete' | 'peer_reset' | 'connection_lost' | 'timeout' | 'limit' | 'protocol_error' | 'shutdown';
  /** The error code of the protocol, where the peer gave one. At least 0. */
  readonly code?: number;
}

/**
 * One datagram.
 *
 * Needs the feature `tunnel.datagram`. Governed by `tunnel.datagram.whole`.
 *
 * @example
 * { type: 'tunnel.datagram', data: utf8('ping') }
 */
export interface TunnelDatagram {
  readonly type: 'tunnel.datagram';
  /** The payload of the HTTP Datagram, whole. It can be empty. */
  readonly data: Uint8Array;
}

/** What an application may receive in a conversation of type `http`. */
export type HttpReceiveEvent =
  | HttpRequestBody
  | HttpRequestEnd
  | HttpClosed
  | GatewayDrain;

/** What an application may send in a conversation of type `http`. */
export type HttpSendEvent =
  | HttpRequestDiscard
  | HttpInformational
  | HttpResponseStart
  | HttpResponseBody
  | HttpResponseEnd
  | HttpResponseAbort
  | HttpRefuse
  | HttpFile;

/** What an application may receive in a conversation of type `websocket`. */
export type WebsocketReceiveEvent =
  | HttpClosed
  | WebsocketMessage
  | WebsocketClosed
  | GatewayDrain;

/** What an application may send in a conversation of type `websocket`. */
export type WebsocketSendEvent =
  | HttpInformational
  | HttpResponseStart
  | HttpResponseBody
  | HttpResponseEnd
  | HttpResponseAbort
  | HttpRefuse
  | HttpFile
  | WebsocketAccept
  | WebsocketMessage
  | WebsocketClose;

/** What an application may receive in a conversation of type `tunnel`. */
export type TunnelReceiveEvent =
  | HttpClosed
  | GatewayDrain
  | TunnelData
  | TunnelEnd
  | TunnelClosed
  | TunnelDatagram;

/** What an application may send in a conversation of type `tunnel`. */
export type TunnelSendEvent =
  | HttpInformational
  | HttpResponseStart
  | HttpResponseBody
  | HttpResponseEnd
  | HttpResponseAbort
  | HttpRefuse
  | HttpFile
  | TunnelAccept
  | TunnelData
  | TunnelEnd
  | TunnelAbort
  | TunnelDatagram;

/** What an application may receive in a conversation of type `lifespan`. */
export type LifespanReceiveEvent =
  | LifespanStartup
  | LifespanDrain
  | LifespanShutdown;

/** What an application may send in a conversation of type `lifespan`. */
export type LifespanSendEvent<State = AnyState> =
  | LifespanReady<State>
  | LifespanFailed
  | LifespanStopped;
