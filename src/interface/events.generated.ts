// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

/** Ordered pairs of lowercase field name and field value (octets as code units at most 0xFF). */
export type Fields = readonly (readonly [name: string, value: string])[];

/** What every scope says about its conversation. */
export interface Scope {
  /** The conversation's type, for example `http`. */
  readonly type: string;
  /** Unique among the conversations of one run of the gateway. */
  readonly id: string;
  /** Who is calling, and what it can do. */
  readonly gateway: GatewayMarker;
  /** Handles of this process. They are never serialised. */
  readonly local: Local;
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
export interface Local {
  /** Is signalled, with a reason, when the peer is lost. */
  readonly cancel: AbortSignal;
  /** What the application published at start-up. Read-only. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** One HTTP request, up to and including its header fields. */
export interface HttpScope extends Scope {
  /** The type of this scope. */
  readonly type: 'http';
  /** The version that the peer speaks. */
  readonly http_version: '1.0' | '1.1' | '2' | '3';
  /** The method as received; its case is kept. */
  readonly method: string;
  /** `http` or `https`: that of the connection, whatever a target in absolute form says. */
  readonly scheme: string;
  /** Host and port that the request names; empty if it names none. */
  readonly authority: string;
  /** The request target, exactly as received. */
  readonly target: string;
  /** The path of the target, still percent-encoded, with the mount prefix. An empty one is `/`. */
  readonly path: string;
  /** The prefix under which the application is mounted, percent-encoded; may be empty. */
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
}

/** One end of a connection. */
export interface Address {
  /** What carries the connection. */
  readonly transport: 'tcp' | 'tls' | 'unix' | 'memory';
  /** IP address, or path of a socket. */
  readonly address: string;
  /** Port number, or null where there is none. */
  readonly port: number | null;
}

/** A piece of the request body. (http.request.no-empty-body) */
export interface HttpRequestBody {
  readonly type: 'http.request.body';
  /** One or more octets, with transfer coding removed. */
  readonly data: Uint8Array;
}

/** The request is complete. (http.request.end-once) */
export interface HttpRequestEnd {
  readonly type: 'http.request.end';
  /** The trailer fields, often none. */
  readonly trailers: Fields;
}

/** The exchange is over. Nothing follows but this event again. (http.closed.repeats) */
export interface HttpClosed {
  readonly type: 'http.closed';
  /** Why it is over. `complete` if the application ended, aborted or refused the response, whatever the connection did after that. */
  readonly cause: 'complete' | 'peer_reset' | 'connection_lost' | 'timeout' | 'limit' | 'protocol_error' | 'shutdown';
  /** The error code of the protocol, where it has one (RFC 9113 section 7). */
  readonly code?: number;
}

/** The application wants no more of the request body. (http.request.discard-drains) */
export interface HttpRequestDiscard {
  readonly type: 'http.request.discard';
}

/** An informational response (1xx), such as 103 Early Hints. (http.informational.before-commit) */
export interface HttpInformational {
  readonly type: 'http.informational';
  /** The status code. 100 is the gateway's own, and 101 belongs to upgrades. */
  readonly status: number;
  /** Header fields of this informational response. */
  readonly headers?: Fields;
}

/** Commits the response, with its status and header fields. (http.start-once) */
export interface HttpResponseStart {
  readonly type: 'http.response.start';
  /** The status code of the final response (RFC 9110 section 15). */
  readonly status: number;
  /** Header fields, in the order in which they are written. */
  readonly headers?: Fields;
}

/** A piece of the response body. (http.body-before-start) */
export interface HttpResponseBody {
  readonly type: 'http.response.body';
  /** Octets of the body. Empty is allowed and writes nothing. */
  readonly data: Uint8Array;
}

/** The response is complete. (http.finish) */
export interface HttpResponseEnd {
  readonly type: 'http.response.end';
  /** Trailer fields, where the peer and the protocol can take them. */
  readonly trailers?: Fields;
}

/** The response cannot be completed. The peer is to see that it is broken. (http.abort.stream-only) */
export interface HttpResponseAbort {
  readonly type: 'http.response.abort';
  /** The error code for protocols that carry one (RFC 9113 section 7). */
  readonly code?: number;
}

/** Nothing was processed, and the peer is told so where the protocol can say it. (http.refuse.before-bytes) */
export interface HttpRefuse {
  readonly type: 'http.refuse';
}

/** What an application may receive in a conversation of type `http`. */
export type HttpReceiveEvent =
  | HttpRequestBody
  | HttpRequestEnd
  | HttpClosed;

/** What an application may send in a conversation of type `http`. */
export type HttpSendEvent =
  | HttpRequestDiscard
  | HttpInformational
  | HttpResponseStart
  | HttpResponseBody
  | HttpResponseEnd
  | HttpResponseAbort
  | HttpRefuse;
