// Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal and generate again.

import type { RequirementDescription } from './description.ts';

/** Every requirement by id, with its text, for messages and pages. */
export const REQUIREMENTS: Readonly<Record<string, RequirementDescription>> = {
  "app.once-per-scope": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST call the application exactly once for each conversation."
  },
  "app.returns": {
    level: "MUST",
    role: "application",
    proposal: "0002",
    text: "The application MUST return only when its part in the conversation is over."
  },
  "app.unsupported-scope": {
    level: "MUST",
    role: "application",
    proposal: "0002",
    text: "The application MUST raise `UnsupportedScope` for a scope whose `type` it does not handle."
  },
  "scope.gateway-marker": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST set `gateway.interface` to the version of the interface that it speaks."
  },
  "scope.plain-data": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST give every field of the scope, except those in `local`, as plain data: null, booleans, numbers, strings, octets, lists and maps."
  },
  "scope.immutable": {
    level: "MUST NOT",
    role: "application",
    proposal: "0002",
    text: "The application MUST NOT change the scope."
  },
  "scope.middleware-copies": {
    level: "MUST",
    role: "middleware",
    proposal: "0002",
    text: "Middleware MUST pass a changed copy when the application below it is to see a different scope."
  },
  "event.plain-data": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST give events as plain data that it does not change after they were received."
  },
  "event.shape": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST reject an event that lacks a required field, or has one of another type or out of its declared range, with `Misuse`."
  },
  "event.unknown-type-misuse": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST reject an event whose `type` it does not know, or that does not belong to the scope, with `Misuse`."
  },
  "event.unknown-type-ignored": {
    level: "MUST",
    role: "application",
    proposal: "0002",
    text: "The application MUST ignore a received event whose `type` it does not know."
  },
  "event.unknown-keys-ignored": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST ignore a key that the event's block does not declare, unless it begins with `!`."
  },
  "event.must-understand": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST reject an event that has an undeclared key beginning with `!` with `Misuse`."
  },
  "event.middleware-forwards": {
    level: "MUST",
    role: "middleware",
    proposal: "0002",
    text: "Middleware MUST forward events that it does not know, unchanged and in order."
  },
  "receive.single": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST reject a call of `receive` with `Misuse` while an earlier one is pending."
  },
  "send.ordered": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST apply concurrent calls of `send` in the order in which they were made."
  },
  "send.no-change": {
    level: "MUST NOT",
    role: "application",
    proposal: "0002",
    text: "The application MUST NOT change an event, or the octets in it, after passing it to `send`."
  },
  "misuse.no-effect": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST leave the wire and the state of the conversation as they were when it raises `Misuse`."
  },
  "misuse.names-requirement": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST give every `Misuse` the identifier of the requirement that was broken."
  },
  "closed.on-send": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST fail a `send` with `Closed` when the peer was lost before the event could reach it, unless the event sends nothing."
  },
  "closed.not-an-error": {
    level: "MUST NOT",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST NOT report an application that ends with `Closed` as a fault."
  },
  "cancel.on-peer-loss": {
    level: "MUST",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST signal `local.cancel` when the peer is lost, without waiting for a call of `receive`."
  },
  "cancel.no-kill": {
    level: "MUST NOT",
    role: "gateway",
    proposal: "0002",
    text: "The gateway MUST NOT stop a running application because the peer was lost."
  },
  "http.headers.lowercase": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give field names in lowercase."
  },
  "http.headers.order": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST keep the order of header fields, and fields that occur more than once, as received."
  },
  "http.headers.no-pseudo": {
    level: "MUST NOT",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST NOT include HTTP/2 or HTTP/3 pseudo-header fields in `headers`."
  },
  "http.target.raw": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give `target` as the octets that were received."
  },
  "http.path.encoded": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give `path` percent-encoded as received, without removing dot segments or repeated slashes."
  },
  "http.mount.boundary": {
    level: "MUST",
    role: "middleware",
    proposal: "0003",
    text: "Middleware MUST set a `mount` that is not empty to a prefix of `path` that ends at a segment boundary, so that nothing or `/` follows it there."
  },
  "http.query.null": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give `query` as null when the target has no `?`, and as an empty value when nothing follows it."
  },
  "http.request.dechunked": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST remove transfer codings from the request body before it gives it to the application."
  },
  "http.request.no-empty-body": {
    level: "MUST NOT",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST NOT give an `http.request.body` whose `data` is empty."
  },
  "http.request.end-once": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give exactly one `http.request.end` after the last `http.request.body` of a request that arrived whole and was not discarded."
  },
  "http.request.trailers": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give the trailer fields of the request in `http.request.end` and never merge them into `headers`."
  },
  "http.continue.on-receive": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer an expectation of `100-continue` with a 100 response at the first `receive` while the response is open and the request is neither discarded nor arrived in part or whole, and not before."
  },
  "http.request.discard-drains": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give no further `http.request.body` or `http.request.end` after `http.request.discard`, and read the rest of the request from the peer within its limits or close the connection."
  },
  "http.request.discard-open": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject `http.request.discard` with `Misuse` once the application has received `http.request.end` or `http.closed`."
  },
  "http.closed.repeats": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer every `receive` after `http.closed` with `http.closed` again, with the same fields."
  },
  "http.closed.after-data": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST give the events that arrived before the peer was lost ahead of `http.closed`."
  },
  "http.half-close": {
    level: "MUST NOT",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST NOT take the end of the peer's sending side after a complete request as the loss of the peer."
  },
  "http.start-once": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject a second `http.response.start` with `Misuse`, with no effect on the wire."
  },
  "http.commit.on-start": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST write the head of the response once `http.response.start` was sent, at the latest in the following turn of its event loop, without waiting for a piece of the body."
  },
  "http.body-before-start": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject `http.response.body`, `http.response.end` and `http.response.abort` with `Misuse` before `http.response.start`."
  },
  "http.nothing-after-end": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject every event of the response with `Misuse` once the application has ended, aborted or refused it."
  },
  "http.informational.before-commit": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject `http.informational` with `Misuse` once the response is committed."
  },
  "http.informational.http-1-0": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST leave an informational response off the wire when the peer speaks HTTP/1.0."
  },
  "http.finish": {
    level: "MUST",
    role: "application",
    proposal: "0003",
    text: "The application MUST bring the response to its end, or abort or refuse it, before it returns."
  },
  "http.500-when-open": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST send a response with status 500 when the application ends while the response is open."
  },
  "http.abort-when-unended": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST abort the response when the application ends after committing it and before ending it."
  },
  "http.abort.stream-only": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST confine the effect of an abort to the stream where the protocol has streams."
  },
  "http.refuse.before-bytes": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject `http.refuse` with `Misuse` after the application has sent an informational response to a peer that takes it."
  },
  "http.duplex": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST let the application send the response while the request is still arriving."
  },
  "http.length.excess": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject an `http.response.body` that would exceed the declared `content-length` with `Misuse`."
  },
  "http.length.shortfall": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject `http.response.end` with `Misuse` while fewer octets than the declared `content-length` were sent, except in a response to `HEAD` or with status 304."
  },
  "http.bodyless": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject a non-empty `http.response.body` with `Misuse` in a response with status 204, 205 or 304."
  },
  "http.head-length": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST leave the body of a response to `HEAD` off the wire, and take any amount of it as complete."
  },
  "http.field-syntax": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject a field with `Misuse` when its name is not a lowercase token, or its value has a control character other than tab, a code unit above 0xFF, or white space at either end."
  },
  "http.hop-by-hop": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject the fields `connection`, `keep-alive`, `proxy-connection`, `te`, `transfer-encoding` and `upgrade` from the application with `Misuse`."
  },
  "http.length.syntax": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject a response head with `Misuse` when it has more than one `content-length`, or one that is not a decimal number of at most 15 digits."
  },
  "http.length.forbidden": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject `content-length` with `Misuse` in an informational response, in a response with status 204, and, unless it is 0, in one with status 205 (RFC 9110 sections 8.6 and 15.3.6)."
  },
  "http.trailers.permitted": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST reject a trailer field with `Misuse` when it is one of those of [http.hop-by-hop], or `age`, `authorization`, `cache-control`, `content-encoding`, `content-length`, `content-range`, `content-type`, `cookie`, `date`, `expect`, `expires`, `host`, `if-match`, `if-modified-since`, `if-none-match`, `if-range`, `if-unmodified-since`, `location`, `max-forwards`, `pragma`, `proxy-authenticate`, `proxy-authorization`, `range`, `retry-after`, `set-cookie`, `trailer`, `vary`, `warning` or `www-authenticate`."
  },
  "http.trailers.dropped": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST leave trailer fields, and a `trailer` field that announces them, off the wire where the framing of the response has no place for them."
  },
  "security.framing-conflict": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer a request that has both `transfer-encoding` and `content-length`, conflicting lengths, a length that is not a decimal number of at most 15 digits, a transfer coding that it does not know, or any transfer coding in HTTP/1.0, with status 400 or 501, and close the connection."
  },
  "security.host-single": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer an HTTP/1.1 request that has no `host` field, more than one, or one that is not a host with an optional port, with status 400."
  },
  "security.target-syntax": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer a request with status 400 when its method is not a token, or its target is none of the forms that RFC 9112 section 3.2 gives to its method."
  },
  "security.version-known": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer a request in a version of HTTP that it does not speak with status 505, and close the connection."
  },
  "http.connect.unserved": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer a `CONNECT` request with status 501 unless it gives the request to the application as a tunnel."
  },
  "security.request-field-syntax": {
    level: "MUST",
    role: "gateway",
    proposal: "0003",
    text: "The gateway MUST answer a request whose header fields break the syntax of RFC 9110 section 5 with status 400."
  }
};
