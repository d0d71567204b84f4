# Generated from proposals/ by `portway spec generate`. Do not edit: change the proposal
# and generate again.
"""The Portway interface as plain data: events, scopes, machines and requirements.

An event is a dict with a ``type``. Octets are ``bytes``, and what may be left out is
declared in a class with ``total=False``. The tables at the end are what gateways and
checkers run on. This module needs CPython 3.9 or newer and nothing else.
"""

from __future__ import annotations

from typing import (
    Any,
    Callable,
    Dict,
    Literal,
    Mapping,
    NamedTuple,
    Optional,
    Protocol,
    Sequence,
    Tuple,
    TypedDict,
    Union,
    final,
)

Fields = Sequence[Tuple[str, bytes]]
"""Ordered pairs of lowercase field name and field value."""


class Cancel(Protocol):
    """A handle that is signalled once, with a reason."""

    @property
    def reason(self) -> Optional[Exception]:
        """The ``Closed`` that says why, or None as long as it is not signalled."""
        ...

    def is_set(self) -> bool:
        """Whether it was signalled."""
        ...

    async def wait(self) -> Exception:
        """Wait until it is signalled. Returns the reason."""
        ...

    def add_callback(self, function: Callable[[Any], object]) -> Callable[[], None]:
        """Have a function called with the reason. Returns what takes that back."""
        ...


class Scope(TypedDict):
    """What every scope says about its conversation.

    ``type`` is declared by what extends it.
    """

    id: str
    """Names the conversation, in logs and traces."""
    gateway: GatewayMarker
    """Who is calling, and what it can do."""
    local: Local
    """Handles of this process. They are never serialised."""


class GatewayMarker(TypedDict):
    """The interface version, the gateway's software, and the features that it offers.
    """

    interface: str
    """The version of this interface: `0.1`."""
    software: str
    """Name and version of the gateway, for logs."""
    features: Mapping[str, Sequence[int]]
    """Feature name to the revisions on offer, highest last."""


class Local(TypedDict):
    """What belongs to the process and cannot cross a wire."""

    cancel: Cancel
    """Is signalled, with a reason, when the application is asked to stop:
    [cancel.on-peer-loss].
    """
    state: Mapping[str, object]
    """What the application published at start-up. Read-only."""


class RequestScope(Scope):
    """A request, up to and including its header fields."""

    http_version: Literal["1.0", "1.1", "2", "3"]
    """The version that the peer speaks."""
    method: str
    """The method as received; its case is kept."""
    scheme: str
    """`http` or `https`: that of the connection, whatever the request says."""
    authority: bytes
    """Host and port that the request names; empty if it names none."""
    target: bytes
    """The request target, exactly as received."""
    path: bytes
    """The path of the target, still percent-encoded, with the mount prefix."""
    mount: bytes
    """The prefix under which the application is mounted, percent-encoded; empty if it
    is mounted at the root.
    """
    query: Optional[bytes]
    """What follows the first `?`, or null where there is none."""
    headers: Fields
    """The header fields, in order of arrival."""
    content_length: Optional[int]
    """The declared length of the body in octets, or null if it is not declared."""
    peer: Optional[Address]
    """The other end of the connection, never what a field claims."""
    local_address: Optional[Address]
    """This end of the connection."""
    forwarded: Optional[Forwarded]
    """What a trusted proxy says of the request, or null where none is trusted or none
    says anything.
    """
    tls: Optional[Tls]
    """The TLS connection, or null where this end of the connection has none."""
    limits: Limits
    """The bounds that the gateway sets to this conversation."""
    upgrade: Optional[UpgradeOffer]
    """The protocols that the request offers to switch to, or null where it offers none.
    """


class HttpScope(RequestScope):
    """A request that is answered over HTTP."""

    type: Literal["http"]
    """The type of this scope."""


class Address(TypedDict):
    """One end of a connection."""

    transport: Literal["tcp", "tls", "quic", "unix", "memory"]
    """What carries the connection."""
    address: str
    """IP address, or path of a socket."""
    port: Optional[int]
    """Port number, or null where there is none."""


_ForwardedWords = TypedDict("_ForwardedWords", {"for": "Optional[str]"})
"""``for``: Who made the request to the first of them: a node identifier (RFC 7239
section 6), without a port.
"""


class Forwarded(_ForwardedWords):
    """What proxies that the operator trusts say of the request."""

    proto: Optional[str]
    """The scheme of that request."""
    host: Optional[bytes]
    """The host that it named."""
    trusted_by: str
    """The entry of the gateway's configuration by which the peer is trusted."""


class Tls(TypedDict):
    """The TLS connection that carries the request, as this gateway negotiated it."""

    version: Optional[str]
    """The version of TLS, such as `1.3`, or null if it cannot be learned."""
    cipher: Optional[str]
    """The cipher suite by its registered name, such as `TLS_AES_128_GCM_SHA256`, or
    null if it cannot be learned.
    """
    alpn: Optional[bytes]
    """The protocol that was agreed on (RFC 7301), or null if none was."""
    sni: Optional[str]
    """The server name that the peer asked for (RFC 6066 section 3), or null if it named
    none.
    """
    client_chain: Sequence[bytes]
    """The certificates that the peer sent, in DER, its own first. Empty if it sent
    none.
    """
    verified: bool
    """Whether the gateway has verified that chain. False where there is none."""


class UpgradeOffer(TypedDict):
    """An offer of the peer to go on in another protocol."""

    offers: Sequence[str]
    """The protocols, in the order of the peer's preference and as received. Never
    empty.
    """
    via: Literal["upgrade", "extended_connect"]
    """How they are offered: in the field `upgrade`, or as `:protocol` of an extended
    CONNECT.
    """


class WebsocketScope(RequestScope):
    """One WebSocket handshake. Its fields are those of an HTTP request."""

    type: Literal["websocket"]
    """The type of this scope."""
    subprotocols: Sequence[str]
    """What the peer offers: the elements of all `sec-websocket-protocol` fields, in
    order and with their case kept. Often empty.
    """


class LifespanScope(Scope):
    """The life of the application in one process."""

    type: Literal["lifespan"]
    """The type of this scope."""


class Limits(TypedDict):
    """What the gateway enforces. Sizes are in octets, times in milliseconds."""

    send_buffer_octets: int
    """High-water mark of the output buffer of one conversation: 65,536 where the
    operator sets nothing else. At least 1.
    """
    receive_buffer_octets: int
    """High-water mark of the input buffer of one conversation: 65,536 where the
    operator sets nothing else. At least 1.
    """
    target_octets: int
    """Most octets of a request's target. At least 1."""
    header_octets: int
    """Largest size of one request's header section, counted as proposal 10 says; the
    same again for its trailer section. At least 1.
    """
    header_fields: int
    """Most header fields of one request; the same again for its trailer fields. At
    least 1.
    """
    body_octets: Optional[int]
    """Longest request body, or null where there is no limit. At least 0."""
    message_octets: int
    """Longest WebSocket message from the peer. At least 1."""
    head_ms: int
    """The longest time from the first octet of a request head to its last. At least 1.
    """
    idle_ms: int
    """The longest time without progress where the peer owes some. At least 1."""
    keep_alive_ms: int
    """How long a connection that nothing is under way on is kept open. At least 0."""
    startup_ms: Optional[int]
    """The longest time until the application has answered `lifespan.startup`, or null
    where there is no limit. At least 1.
    """
    drain_ms: int
    """From the beginning of a drain to its deadline. At least 0."""
    shutdown_ms: int
    """How long the gateway waits, after a drain, for calls that were cancelled, and
    again for the application's clean-up. At least 0.
    """


class TunnelScope(RequestScope):
    """One request to go on in another protocol."""

    type: Literal["tunnel"]
    """The type of this scope."""
    protocol: str
    """The protocol, spelled as the application declared it: an upgrade token, or
    `CONNECT`.
    """
    datagrams: Literal["none", "capsules", "frames"]
    """How datagrams would travel, or `none` where they cannot."""


class HttpRequestBody(TypedDict):
    """A piece of the request body.

    Governed by ``http.request.no-empty-body``.

    Example::

        {"type": "http.request.body", "data": b"first piece"}
    """

    type: Literal["http.request.body"]
    data: bytes
    """One or more octets, with transfer coding removed."""


class HttpRequestEnd(TypedDict):
    """The request is complete.

    Governed by ``http.request.end-once``.

    Example::

        {"type": "http.request.end", "trailers": []}
    """

    type: Literal["http.request.end"]
    trailers: Fields
    """The trailer fields, often none."""


class _HttpClosedRequired(TypedDict):
    type: Literal["http.closed"]
    cause: Literal[
        "complete",
        "peer_reset",
        "connection_lost",
        "timeout",
        "limit",
        "protocol_error",
        "shutdown",
    ]
    """Why it is over: [http.closed.cause]."""


class HttpClosed(_HttpClosedRequired, total=False):
    """The exchange is over. Nothing follows but this event again.

    Governed by ``http.closed.repeats``.

    Example::

        {"type": "http.closed", "cause": "peer_reset", "code": 8}
    """

    code: int
    """The error code of the protocol, where the peer gave one (RFC 9113 section 7, RFC
    9114 section 8.1).
    """


class HttpRequestDiscard(TypedDict):
    """The application wants no more of the request body.

    Governed by ``http.request.discard-drains``.

    Example::

        {"type": "http.request.discard"}
    """

    type: Literal["http.request.discard"]


class _HttpInformationalRequired(TypedDict):
    type: Literal["http.informational"]
    status: int
    """The status code. 100 is the gateway's own, and 101 belongs to upgrades. From 102
    to 199.
    """


class HttpInformational(_HttpInformationalRequired, total=False):
    """An informational response (1xx), such as 103 Early Hints.

    Governed by ``http.informational.before-commit``.

    Example::

        {
            "type": "http.informational",
            "status": 103,
            "headers": [("link", b"</style.css>; rel=preload; as=style")],
        }
    """

    headers: Fields
    """Header fields of this informational response. By default `[]`."""


class _HttpResponseStartRequired(TypedDict):
    type: Literal["http.response.start"]
    status: int
    """The status code of the final response (RFC 9110 section 15). From 200 to 599."""


class HttpResponseStart(_HttpResponseStartRequired, total=False):
    """Commits the response, with its status and header fields.

    Governed by ``http.start-once``.

    Example::

        {
            "type": "http.response.start",
            "status": 200,
            "headers": [("content-type", b"text/plain; charset=utf-8")],
        }
    """

    headers: Fields
    """Header fields, in the order in which they are written. By default `[]`."""


class HttpResponseBody(TypedDict):
    """A piece of the response body.

    Governed by ``http.body-before-start``.

    Example::

        {"type": "http.response.body", "data": b"Hello"}
    """

    type: Literal["http.response.body"]
    data: bytes
    """Octets of the body. Empty is allowed and writes nothing."""


class _HttpResponseEndRequired(TypedDict):
    type: Literal["http.response.end"]


class HttpResponseEnd(_HttpResponseEndRequired, total=False):
    """The response is complete.

    Governed by ``http.finish``.

    Example::

        {
            "type": "http.response.end",
            "trailers": [("server-timing", b"render;dur=12.5")],
        }
    """

    trailers: Fields
    """Trailer fields, where the peer and the protocol can take them. By default `[]`.
    """


class _HttpResponseAbortRequired(TypedDict):
    type: Literal["http.response.abort"]


class HttpResponseAbort(_HttpResponseAbortRequired, total=False):
    """The response cannot be completed. The peer is to see that it is broken.

    Governed by ``http.abort.stream-only``.

    Example::

        {"type": "http.response.abort", "code": 2}
    """

    code: int
    """The error code for protocols that carry one: [http.abort.code]. At least 0."""


class HttpRefuse(TypedDict):
    """Nothing was processed, and the peer is told so where the protocol can say it.

    Governed by ``http.refuse.before-bytes``.

    Example::

        {"type": "http.refuse"}
    """

    type: Literal["http.refuse"]


class _HttpFileRequired(TypedDict):
    type: Literal["http.file"]
    path: str
    """The absolute path of the file, as the gateway's system writes it."""


class HttpFile(_HttpFileRequired, total=False):
    """A piece of the response body that the gateway reads from a file.

    Needs the feature ``http.file``. Governed by ``http.file.as-body``.

    Example::

        {
            "type": "http.file",
            "path": "/srv/media/film.mp4",
            "offset": 1048576,
            "length": 65536,
        }
    """

    offset: int
    """Where the piece begins, in octets from the beginning of the file. At least 0. By
    default `0`.
    """
    length: int
    """How many octets it has. If absent, all that the file has from `offset` on. At
    least 0.
    """


class _WebsocketAcceptRequired(TypedDict):
    type: Literal["websocket.accept"]


class WebsocketAccept(_WebsocketAcceptRequired, total=False):
    """Accepts the handshake. From here on, messages pass.

    Governed by ``websocket.accept-answer``.

    Example::

        {
            "type": "websocket.accept",
            "subprotocol": "chat",
            "headers": [("set-cookie", b"seen=1; Secure; HttpOnly")],
        }
    """

    subprotocol: str
    """One of the subprotocols that the peer offered. Left out if the application
    chooses none.
    """
    headers: Fields
    """Further header fields of the answer, in the order in which they are written. By
    default `[]`.
    """


@final
class WebsocketMessageText(TypedDict):
    """The form of ``websocket.message`` that has ``text``."""

    type: Literal["websocket.message"]
    text: str
    """The text of a text message. It can be empty."""


@final
class WebsocketMessageData(TypedDict):
    """The form of ``websocket.message`` that has ``data``."""

    type: Literal["websocket.message"]
    data: bytes
    """The octets of a binary message. They can be none."""


WebsocketMessage = Union[WebsocketMessageText, WebsocketMessageData]
"""One whole message.

Governed by ``websocket.message-whole``.

Example::

    {"type": "websocket.message", "text": "Hello"}
"""


class _WebsocketCloseRequired(TypedDict):
    type: Literal["websocket.close"]


class WebsocketClose(_WebsocketCloseRequired, total=False):
    """Closes the WebSocket, with a code and a reason for the peer.

    Governed by ``websocket.close-frame``.

    Example::

        {"type": "websocket.close", "code": 4001, "reason": "session expired"}
    """

    code: int
    """The close code, within the table of close codes. By default `1000`."""
    reason: str
    """Why, in at most 123 octets of UTF-8. For logs, not for users (RFC 6455 section
    5.5.1). By default `""`.
    """


class WebsocketClosed(TypedDict):
    """The WebSocket is over. Nothing follows but this event again.

    Governed by ``websocket.closed.repeats``.

    Example::

        {
            "type": "websocket.closed",
            "code": 1001,
            "reason": "",
            "initiator": "peer",
            "clean": True,
        }
    """

    type: Literal["websocket.closed"]
    code: int
    """The close code. 1005 stands for a Close frame without one, 1006 for none of the
    peer's. From 1000 to 4999.
    """
    reason: str
    """The reason that came with the code; often empty."""
    initiator: Literal["application", "gateway", "peer"]
    """Who ended the WebSocket first."""
    clean: bool
    """Whether Close frames passed in both directions."""


class LifespanStartup(TypedDict):
    """The application is to prepare itself. The first event of a lifespan.

    Governed by ``lifespan.drain-order``.

    Example::

        {
            "type": "lifespan.startup",
            "offers": {"http.file": [1], "tunnel": [1]},
            "limits": {
                "send_buffer_octets": 65536,
                "receive_buffer_octets": 65536,
                "target_octets": 8192,
                "header_octets": 32768,
                "header_fields": 128,
                "body_octets": None,
                "message_octets": 1048576,
                "head_ms": 30000,
                "idle_ms": 30000,
                "keep_alive_ms": 5000,
                "startup_ms": 60000,
                "drain_ms": 30000,
                "shutdown_ms": 5000,
            },
        }
    """

    type: Literal["lifespan.startup"]
    offers: Mapping[str, Sequence[int]]
    """The features that the application can accept: the same map as `gateway.features`.
    """
    limits: Limits
    """What the gateway enforces, where a conversation's scope does not say otherwise.
    """


class _LifespanReadyRequired(TypedDict):
    type: Literal["lifespan.ready"]


class LifespanReady(_LifespanReadyRequired, total=False):
    """The application can be called with conversations.

    Governed by ``lifespan.ready-first``.

    Example::

        {
            "type": "lifespan.ready",
            "accepts": {"http.file": 1, "tunnel": 1},
            "tunnels": ["example-protocol"],
        }
    """

    accepts: Mapping[str, int]
    """The features that the application accepts, each at one revision. Absent means
    none.
    """
    state: Mapping[str, object]
    """What every later scope of this process has as `local.state`. Absent means empty.
    """
    tunnels: Sequence[str]
    """The protocols that the application takes as tunnels. Their meaning is defined in
    proposal 8. By default `[]`.
    """


class LifespanFailed(TypedDict):
    """The application could not prepare itself, and says why.

    Governed by ``lifespan.failed``.

    Example::

        {"type": "lifespan.failed", "message": "the database does not answer"}
    """

    type: Literal["lifespan.failed"]
    message: str
    """For the operator. It is never shown to a peer."""


class LifespanDrain(TypedDict):
    """The gateway is going to stop. Conversations have until the deadline.

    Governed by ``lifespan.drain-order``.

    Example::

        {"type": "lifespan.drain", "deadline_ms": 30000}
    """

    type: Literal["lifespan.drain"]
    deadline_ms: int
    """Whole milliseconds left when the event is given; 0 if none are. At least 0."""


class GatewayDrain(TypedDict):
    """The gateway is going to stop. This conversation has until the deadline.

    Governed by ``drain.notice``.

    Example::

        {"type": "gateway.drain", "deadline_ms": 29950}
    """

    type: Literal["gateway.drain"]
    deadline_ms: int
    """Whole milliseconds left when the event is given; 0 if none are. At least 0."""


class LifespanShutdown(TypedDict):
    """No conversation is left to serve. The application is to clean up. Nothing follows
    but this event again.

    Governed by ``lifespan.shutdown-last``.

    Example::

        {"type": "lifespan.shutdown"}
    """

    type: Literal["lifespan.shutdown"]


class LifespanStopped(TypedDict):
    """The application has cleaned up.

    Governed by ``lifespan.stop-timeout``.

    Example::

        {"type": "lifespan.stopped"}
    """

    type: Literal["lifespan.stopped"]


class _TunnelAcceptRequired(TypedDict):
    type: Literal["tunnel.accept"]


class TunnelAccept(_TunnelAcceptRequired, total=False):
    """Accepts the tunnel. From here on, octets pass.

    Governed by ``tunnel.accept-wire``.

    Example::

        {"type": "tunnel.accept", "headers": [("x-greeting", b"hello")]}
    """

    headers: Fields
    """Further header fields of the answer, in the order in which they are written. By
    default `[]`.
    """
    datagrams: bool
    """Whether datagrams are to pass as `tunnel.datagram`. By default `False`."""


class TunnelData(TypedDict):
    """Octets of the tunnel.

    Governed by ``tunnel.data-order``.

    Example::

        {"type": "tunnel.data", "data": b"tick 1"}
    """

    type: Literal["tunnel.data"]
    data: bytes
    """The octets. How they are cut into events has no meaning."""


class TunnelEnd(TypedDict):
    """Nothing more comes in this direction. The other direction goes on.

    Governed by ``tunnel.end-half-close``.

    Example::

        {"type": "tunnel.end"}
    """

    type: Literal["tunnel.end"]


class _TunnelAbortRequired(TypedDict):
    type: Literal["tunnel.abort"]


class TunnelAbort(_TunnelAbortRequired, total=False):
    """Ends both directions at once, visibly to the peer.

    Governed by ``tunnel.abort-wire``.

    Example::

        {"type": "tunnel.abort", "code": 10}
    """

    code: int
    """The error code, for HTTP/2 (RFC 9113 section 7) and HTTP/3 (RFC 9114 section
    8.1). From 0 to 4294967295.
    """


class _TunnelClosedRequired(TypedDict):
    type: Literal["tunnel.closed"]
    cause: Literal[
        "complete",
        "peer_reset",
        "connection_lost",
        "timeout",
        "limit",
        "protocol_error",
        "shutdown",
    ]
    """Why it is over: [tunnel.closed.cause]."""


class TunnelClosed(_TunnelClosedRequired, total=False):
    """The tunnel is over. Nothing follows but this event again.

    Governed by ``tunnel.closed.repeats``.

    Example::

        {"type": "tunnel.closed", "cause": "peer_reset", "code": 8}
    """

    code: int
    """The error code of the protocol, where the peer gave one. At least 0."""


class TunnelDatagram(TypedDict):
    """One datagram.

    Needs the feature ``tunnel.datagram``. Governed by ``tunnel.datagram.whole``.

    Example::

        {"type": "tunnel.datagram", "data": b"ping"}
    """

    type: Literal["tunnel.datagram"]
    data: bytes
    """The payload of the HTTP Datagram, whole. It can be empty."""


HttpReceiveEvent = Union[HttpRequestBody, HttpRequestEnd, HttpClosed, GatewayDrain]
"""What an application may receive in a conversation of type ``http``."""

HttpSendEvent = Union[
    HttpRequestDiscard,
    HttpInformational,
    HttpResponseStart,
    HttpResponseBody,
    HttpResponseEnd,
    HttpResponseAbort,
    HttpRefuse,
    HttpFile,
]
"""What an application may send in a conversation of type ``http``."""


WebsocketReceiveEvent = Union[
    HttpClosed,
    WebsocketMessage,
    WebsocketClosed,
    GatewayDrain,
]
"""What an application may receive in a conversation of type ``websocket``."""

WebsocketSendEvent = Union[
    HttpInformational,
    HttpResponseStart,
    HttpResponseBody,
    HttpResponseEnd,
    HttpResponseAbort,
    HttpRefuse,
    HttpFile,
    WebsocketAccept,
    WebsocketMessage,
    WebsocketClose,
]
"""What an application may send in a conversation of type ``websocket``."""


TunnelReceiveEvent = Union[
    HttpClosed,
    GatewayDrain,
    TunnelData,
    TunnelEnd,
    TunnelClosed,
    TunnelDatagram,
]
"""What an application may receive in a conversation of type ``tunnel``."""

TunnelSendEvent = Union[
    HttpInformational,
    HttpResponseStart,
    HttpResponseBody,
    HttpResponseEnd,
    HttpResponseAbort,
    HttpRefuse,
    HttpFile,
    TunnelAccept,
    TunnelData,
    TunnelEnd,
    TunnelAbort,
    TunnelDatagram,
]
"""What an application may send in a conversation of type ``tunnel``."""


LifespanReceiveEvent = Union[LifespanStartup, LifespanDrain, LifespanShutdown]
"""What an application may receive in a conversation of type ``lifespan``."""

LifespanSendEvent = Union[LifespanReady, LifespanFailed, LifespanStopped]
"""What an application may send in a conversation of type ``lifespan``."""


class _FieldDescriptionRequired(TypedDict):
    type: str
    required: bool


class FieldDescription(_FieldDescriptionRequired, total=False):
    """How one field of an event or a record is checked."""

    nullable: bool
    default: Any
    values: Sequence[str]
    minimum: int
    maximum: int


class _EventDescriptionRequired(TypedDict):
    direction: Literal["send", "receive", "both"]
    scope: Sequence[str]
    requirement: str
    fields: Mapping[str, FieldDescription]
    example: Mapping[str, Any]


class EventDescription(_EventDescriptionRequired, total=False):
    """Who sends an event, what it carries, which requirement governs it."""

    feature: str
    exactly_one: Sequence[str]


class FeatureDescription(TypedDict):
    """The revisions of a feature, and whether it is accepted without a choice."""

    revisions: Sequence[int]
    default: bool
    requirement: str
    summary: str


Transition = TypedDict(
    "Transition",
    {
        "on": Sequence[str],
        "from": Sequence[str],
        "when": str,
        "to": str,
        "do": str,
        "requirement": str,
        "misuse": str,
        "closed": str,
        "never": str,
        "stay": bool,
    },
    total=False,
)
"""One row of a machine. Rows are tried in order; one outcome of five is set."""


class MachineTable(TypedDict):
    """A state machine: it begins in ``initial`` and rows with ``to`` move it."""

    machine: str
    scope: Sequence[str]
    initial: str
    final: Sequence[str]
    states: Sequence[str]
    transitions: Sequence[Transition]


class RequirementDescription(NamedTuple):
    """A sentence that binds a role, and how strictly."""

    level: str
    role: str
    text: str


EVENTS: Dict[str, EventDescription] = {
    "http.request.body": {
        "direction": "receive",
        "scope": ["http"],
        "requirement": "http.request.no-empty-body",
        "fields": {"data": {"type": "bytes", "required": True}},
        "example": {"type": "http.request.body", "data": b"first piece"},
    },
    "http.request.end": {
        "direction": "receive",
        "scope": ["http"],
        "requirement": "http.request.end-once",
        "fields": {"trailers": {"type": "fields", "required": True}},
        "example": {"type": "http.request.end", "trailers": []},
    },
    "http.closed": {
        "direction": "receive",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.closed.repeats",
        "fields": {
            "cause": {
                "type": "enum",
                "required": True,
                "values": [
                    "complete",
                    "peer_reset",
                    "connection_lost",
                    "timeout",
                    "limit",
                    "protocol_error",
                    "shutdown",
                ],
            },
            "code": {"type": "integer", "required": False},
        },
        "example": {"type": "http.closed", "cause": "peer_reset", "code": 8},
    },
    "http.request.discard": {
        "direction": "send",
        "scope": ["http"],
        "requirement": "http.request.discard-drains",
        "fields": {},
        "example": {"type": "http.request.discard"},
    },
    "http.informational": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.informational.before-commit",
        "fields": {
            "status": {
                "type": "integer",
                "required": True,
                "minimum": 102,
                "maximum": 199,
            },
            "headers": {"type": "fields", "required": False, "default": []},
        },
        "example": {
            "type": "http.informational",
            "status": 103,
            "headers": [("link", b"</style.css>; rel=preload; as=style")],
        },
    },
    "http.response.start": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.start-once",
        "fields": {
            "status": {
                "type": "integer",
                "required": True,
                "minimum": 200,
                "maximum": 599,
            },
            "headers": {"type": "fields", "required": False, "default": []},
        },
        "example": {
            "type": "http.response.start",
            "status": 200,
            "headers": [("content-type", b"text/plain; charset=utf-8")],
        },
    },
    "http.response.body": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.body-before-start",
        "fields": {"data": {"type": "bytes", "required": True}},
        "example": {"type": "http.response.body", "data": b"Hello"},
    },
    "http.response.end": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.finish",
        "fields": {"trailers": {"type": "fields", "required": False, "default": []}},
        "example": {
            "type": "http.response.end",
            "trailers": [("server-timing", b"render;dur=12.5")],
        },
    },
    "http.response.abort": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.abort.stream-only",
        "fields": {"code": {"type": "integer", "required": False, "minimum": 0}},
        "example": {"type": "http.response.abort", "code": 2},
    },
    "http.refuse": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "http.refuse.before-bytes",
        "fields": {},
        "example": {"type": "http.refuse"},
    },
    "http.file": {
        "direction": "send",
        "scope": ["http", "websocket", "tunnel"],
        "feature": "http.file",
        "requirement": "http.file.as-body",
        "fields": {
            "path": {"type": "string", "required": True},
            "offset": {
                "type": "integer",
                "required": False,
                "default": 0,
                "minimum": 0,
            },
            "length": {"type": "integer", "required": False, "minimum": 0},
        },
        "example": {
            "type": "http.file",
            "path": "/srv/media/film.mp4",
            "offset": 1048576,
            "length": 65536,
        },
    },
    "websocket.accept": {
        "direction": "send",
        "scope": ["websocket"],
        "requirement": "websocket.accept-answer",
        "fields": {
            "subprotocol": {"type": "string", "required": False},
            "headers": {"type": "fields", "required": False, "default": []},
        },
        "example": {
            "type": "websocket.accept",
            "subprotocol": "chat",
            "headers": [("set-cookie", b"seen=1; Secure; HttpOnly")],
        },
    },
    "websocket.message": {
        "direction": "both",
        "scope": ["websocket"],
        "requirement": "websocket.message-whole",
        "exactly_one": ["text", "data"],
        "fields": {
            "text": {"type": "string", "required": False},
            "data": {"type": "bytes", "required": False},
        },
        "example": {"type": "websocket.message", "text": "Hello"},
    },
    "websocket.close": {
        "direction": "send",
        "scope": ["websocket"],
        "requirement": "websocket.close-frame",
        "fields": {
            "code": {"type": "integer", "required": False, "default": 1000},
            "reason": {"type": "string", "required": False, "default": ""},
        },
        "example": {
            "type": "websocket.close",
            "code": 4001,
            "reason": "session expired",
        },
    },
    "websocket.closed": {
        "direction": "receive",
        "scope": ["websocket"],
        "requirement": "websocket.closed.repeats",
        "fields": {
            "code": {
                "type": "integer",
                "required": True,
                "minimum": 1000,
                "maximum": 4999,
            },
            "reason": {"type": "string", "required": True},
            "initiator": {
                "type": "enum",
                "required": True,
                "values": ["application", "gateway", "peer"],
            },
            "clean": {"type": "boolean", "required": True},
        },
        "example": {
            "type": "websocket.closed",
            "code": 1001,
            "reason": "",
            "initiator": "peer",
            "clean": True,
        },
    },
    "lifespan.startup": {
        "direction": "receive",
        "scope": ["lifespan"],
        "requirement": "lifespan.drain-order",
        "fields": {
            "offers": {"type": "feature_map", "required": True},
            "limits": {"type": "limits", "required": True},
        },
        "example": {
            "type": "lifespan.startup",
            "offers": {"http.file": [1], "tunnel": [1]},
            "limits": {
                "send_buffer_octets": 65536,
                "receive_buffer_octets": 65536,
                "target_octets": 8192,
                "header_octets": 32768,
                "header_fields": 128,
                "body_octets": None,
                "message_octets": 1048576,
                "head_ms": 30000,
                "idle_ms": 30000,
                "keep_alive_ms": 5000,
                "startup_ms": 60000,
                "drain_ms": 30000,
                "shutdown_ms": 5000,
            },
        },
    },
    "lifespan.ready": {
        "direction": "send",
        "scope": ["lifespan"],
        "requirement": "lifespan.ready-first",
        "fields": {
            "accepts": {"type": "feature_choice", "required": False},
            "state": {"type": "state", "required": False},
            "tunnels": {"type": "strings", "required": False, "default": []},
        },
        "example": {
            "type": "lifespan.ready",
            "accepts": {"http.file": 1, "tunnel": 1},
            "tunnels": ["example-protocol"],
        },
    },
    "lifespan.failed": {
        "direction": "send",
        "scope": ["lifespan"],
        "requirement": "lifespan.failed",
        "fields": {"message": {"type": "string", "required": True}},
        "example": {
            "type": "lifespan.failed",
            "message": "the database does not answer",
        },
    },
    "lifespan.drain": {
        "direction": "receive",
        "scope": ["lifespan"],
        "requirement": "lifespan.drain-order",
        "fields": {"deadline_ms": {"type": "integer", "required": True, "minimum": 0}},
        "example": {"type": "lifespan.drain", "deadline_ms": 30000},
    },
    "gateway.drain": {
        "direction": "receive",
        "scope": ["http", "websocket", "tunnel"],
        "requirement": "drain.notice",
        "fields": {"deadline_ms": {"type": "integer", "required": True, "minimum": 0}},
        "example": {"type": "gateway.drain", "deadline_ms": 29950},
    },
    "lifespan.shutdown": {
        "direction": "receive",
        "scope": ["lifespan"],
        "requirement": "lifespan.shutdown-last",
        "fields": {},
        "example": {"type": "lifespan.shutdown"},
    },
    "lifespan.stopped": {
        "direction": "send",
        "scope": ["lifespan"],
        "requirement": "lifespan.stop-timeout",
        "fields": {},
        "example": {"type": "lifespan.stopped"},
    },
    "tunnel.accept": {
        "direction": "send",
        "scope": ["tunnel"],
        "requirement": "tunnel.accept-wire",
        "fields": {
            "headers": {"type": "fields", "required": False, "default": []},
            "datagrams": {"type": "boolean", "required": False, "default": False},
        },
        "example": {"type": "tunnel.accept", "headers": [("x-greeting", b"hello")]},
    },
    "tunnel.data": {
        "direction": "both",
        "scope": ["tunnel"],
        "requirement": "tunnel.data-order",
        "fields": {"data": {"type": "bytes", "required": True}},
        "example": {"type": "tunnel.data", "data": b"tick 1"},
    },
    "tunnel.end": {
        "direction": "both",
        "scope": ["tunnel"],
        "requirement": "tunnel.end-half-close",
        "fields": {},
        "example": {"type": "tunnel.end"},
    },
    "tunnel.abort": {
        "direction": "send",
        "scope": ["tunnel"],
        "requirement": "tunnel.abort-wire",
        "fields": {
            "code": {
                "type": "integer",
                "required": False,
                "minimum": 0,
                "maximum": 4294967295,
            },
        },
        "example": {"type": "tunnel.abort", "code": 10},
    },
    "tunnel.closed": {
        "direction": "receive",
        "scope": ["tunnel"],
        "requirement": "tunnel.closed.repeats",
        "fields": {
            "cause": {
                "type": "enum",
                "required": True,
                "values": [
                    "complete",
                    "peer_reset",
                    "connection_lost",
                    "timeout",
                    "limit",
                    "protocol_error",
                    "shutdown",
                ],
            },
            "code": {"type": "integer", "required": False, "minimum": 0},
        },
        "example": {"type": "tunnel.closed", "cause": "peer_reset", "code": 8},
    },
    "tunnel.datagram": {
        "direction": "both",
        "scope": ["tunnel"],
        "feature": "tunnel.datagram",
        "requirement": "tunnel.datagram.whole",
        "fields": {"data": {"type": "bytes", "required": True}},
        "example": {"type": "tunnel.datagram", "data": b"ping"},
    },
}
"""Every event: who sends it, what it carries, which requirement governs it."""


RECORDS: Dict[str, Mapping[str, FieldDescription]] = {
    "scope": {
        "type": {"type": "string", "required": True},
        "id": {"type": "string", "required": True},
        "gateway": {"type": "gateway_marker", "required": True},
        "local": {"type": "local", "required": True},
    },
    "gateway_marker": {
        "interface": {"type": "string", "required": True},
        "software": {"type": "string", "required": True},
        "features": {"type": "feature_map", "required": True},
    },
    "local": {
        "cancel": {"type": "cancel", "required": True},
        "state": {"type": "state", "required": True},
    },
    "request_scope": {
        "type": {"type": "string", "required": True},
        "id": {"type": "string", "required": True},
        "gateway": {"type": "gateway_marker", "required": True},
        "local": {"type": "local", "required": True},
        "http_version": {
            "type": "enum",
            "required": True,
            "values": ["1.0", "1.1", "2", "3"],
        },
        "method": {"type": "string", "required": True},
        "scheme": {"type": "string", "required": True},
        "authority": {"type": "octets", "required": True},
        "target": {"type": "octets", "required": True},
        "path": {"type": "octets", "required": True},
        "mount": {"type": "octets", "required": True},
        "query": {"type": "octets", "required": True, "nullable": True},
        "headers": {"type": "fields", "required": True},
        "content_length": {"type": "integer", "required": True, "nullable": True},
        "peer": {"type": "address", "required": True, "nullable": True},
        "local_address": {"type": "address", "required": True, "nullable": True},
        "forwarded": {"type": "forwarded", "required": True, "nullable": True},
        "tls": {"type": "tls", "required": True, "nullable": True},
        "limits": {"type": "limits", "required": True},
        "upgrade": {"type": "upgrade_offer", "required": True, "nullable": True},
    },
    "http_scope": {
        "type": {"type": "enum", "required": True, "values": ["http"]},
        "id": {"type": "string", "required": True},
        "gateway": {"type": "gateway_marker", "required": True},
        "local": {"type": "local", "required": True},
        "http_version": {
            "type": "enum",
            "required": True,
            "values": ["1.0", "1.1", "2", "3"],
        },
        "method": {"type": "string", "required": True},
        "scheme": {"type": "string", "required": True},
        "authority": {"type": "octets", "required": True},
        "target": {"type": "octets", "required": True},
        "path": {"type": "octets", "required": True},
        "mount": {"type": "octets", "required": True},
        "query": {"type": "octets", "required": True, "nullable": True},
        "headers": {"type": "fields", "required": True},
        "content_length": {"type": "integer", "required": True, "nullable": True},
        "peer": {"type": "address", "required": True, "nullable": True},
        "local_address": {"type": "address", "required": True, "nullable": True},
        "forwarded": {"type": "forwarded", "required": True, "nullable": True},
        "tls": {"type": "tls", "required": True, "nullable": True},
        "limits": {"type": "limits", "required": True},
        "upgrade": {"type": "upgrade_offer", "required": True, "nullable": True},
    },
    "address": {
        "transport": {
            "type": "enum",
            "required": True,
            "values": ["tcp", "tls", "quic", "unix", "memory"],
        },
        "address": {"type": "string", "required": True},
        "port": {"type": "integer", "required": True, "nullable": True},
    },
    "forwarded": {
        "for": {"type": "string", "required": True, "nullable": True},
        "proto": {"type": "string", "required": True, "nullable": True},
        "host": {"type": "octets", "required": True, "nullable": True},
        "trusted_by": {"type": "string", "required": True},
    },
    "tls": {
        "version": {"type": "string", "required": True, "nullable": True},
        "cipher": {"type": "string", "required": True, "nullable": True},
        "alpn": {"type": "octets", "required": True, "nullable": True},
        "sni": {"type": "string", "required": True, "nullable": True},
        "client_chain": {"type": "bytes_list", "required": True},
        "verified": {"type": "boolean", "required": True},
    },
    "upgrade_offer": {
        "offers": {"type": "strings", "required": True},
        "via": {
            "type": "enum",
            "required": True,
            "values": ["upgrade", "extended_connect"],
        },
    },
    "websocket_scope": {
        "type": {"type": "enum", "required": True, "values": ["websocket"]},
        "id": {"type": "string", "required": True},
        "gateway": {"type": "gateway_marker", "required": True},
        "local": {"type": "local", "required": True},
        "http_version": {
            "type": "enum",
            "required": True,
            "values": ["1.0", "1.1", "2", "3"],
        },
        "method": {"type": "string", "required": True},
        "scheme": {"type": "string", "required": True},
        "authority": {"type": "octets", "required": True},
        "target": {"type": "octets", "required": True},
        "path": {"type": "octets", "required": True},
        "mount": {"type": "octets", "required": True},
        "query": {"type": "octets", "required": True, "nullable": True},
        "headers": {"type": "fields", "required": True},
        "content_length": {"type": "integer", "required": True, "nullable": True},
        "peer": {"type": "address", "required": True, "nullable": True},
        "local_address": {"type": "address", "required": True, "nullable": True},
        "forwarded": {"type": "forwarded", "required": True, "nullable": True},
        "tls": {"type": "tls", "required": True, "nullable": True},
        "limits": {"type": "limits", "required": True},
        "upgrade": {"type": "upgrade_offer", "required": True, "nullable": True},
        "subprotocols": {"type": "strings", "required": True},
    },
    "lifespan_scope": {
        "type": {"type": "enum", "required": True, "values": ["lifespan"]},
        "id": {"type": "string", "required": True},
        "gateway": {"type": "gateway_marker", "required": True},
        "local": {"type": "local", "required": True},
    },
    "limits": {
        "send_buffer_octets": {"type": "integer", "required": True, "minimum": 1},
        "receive_buffer_octets": {"type": "integer", "required": True, "minimum": 1},
        "target_octets": {"type": "integer", "required": True, "minimum": 1},
        "header_octets": {"type": "integer", "required": True, "minimum": 1},
        "header_fields": {"type": "integer", "required": True, "minimum": 1},
        "body_octets": {
            "type": "integer",
            "required": True,
            "nullable": True,
            "minimum": 0,
        },
        "message_octets": {"type": "integer", "required": True, "minimum": 1},
        "head_ms": {"type": "integer", "required": True, "minimum": 1},
        "idle_ms": {"type": "integer", "required": True, "minimum": 1},
        "keep_alive_ms": {"type": "integer", "required": True, "minimum": 0},
        "startup_ms": {
            "type": "integer",
            "required": True,
            "nullable": True,
            "minimum": 1,
        },
        "drain_ms": {"type": "integer", "required": True, "minimum": 0},
        "shutdown_ms": {"type": "integer", "required": True, "minimum": 0},
    },
    "tunnel_scope": {
        "type": {"type": "enum", "required": True, "values": ["tunnel"]},
        "id": {"type": "string", "required": True},
        "gateway": {"type": "gateway_marker", "required": True},
        "local": {"type": "local", "required": True},
        "http_version": {
            "type": "enum",
            "required": True,
            "values": ["1.0", "1.1", "2", "3"],
        },
        "method": {"type": "string", "required": True},
        "scheme": {"type": "string", "required": True},
        "authority": {"type": "octets", "required": True},
        "target": {"type": "octets", "required": True},
        "path": {"type": "octets", "required": True},
        "mount": {"type": "octets", "required": True},
        "query": {"type": "octets", "required": True, "nullable": True},
        "headers": {"type": "fields", "required": True},
        "content_length": {"type": "integer", "required": True, "nullable": True},
        "peer": {"type": "address", "required": True, "nullable": True},
        "local_address": {"type": "address", "required": True, "nullable": True},
        "forwarded": {"type": "forwarded", "required": True, "nullable": True},
        "tls": {"type": "tls", "required": True, "nullable": True},
        "limits": {"type": "limits", "required": True},
        "upgrade": {"type": "upgrade_offer", "required": True, "nullable": True},
        "protocol": {"type": "string", "required": True},
        "datagrams": {
            "type": "enum",
            "required": True,
            "values": ["none", "capsules", "frames"],
        },
    },
}
"""Every record by name, scopes among them: its fields, inherited ones first."""


FEATURES: Dict[str, FeatureDescription] = {
    "http.file": {
        "revisions": [1],
        "default": True,
        "requirement": "http.file.as-body",
        "summary": "The application names a file, and the gateway sends its octets.",
    },
    "tunnel": {
        "revisions": [1],
        "default": False,
        "requirement": "tunnel.declared-only",
        "summary": "Requests for protocols that the application declared are given to it as tunnels.",
    },
    "tunnel.datagram": {
        "revisions": [1],
        "default": False,
        "requirement": "tunnel.datagram.whole",
        "summary": "Datagrams pass beside the octets of a tunnel.",
    },
}
"""Every feature that the proposals define."""


# fmt: off
MACHINES: Dict[str, MachineTable] = {
    "http.request": {
        "machine": "http.request",
        "scope": ["http"],
        "initial": "reading",
        "final": ["closed"],
        "states": ["reading", "ended", "discarded", "closed"],
        "transitions": [
            {"on": ["http.request.body"], "from": ["reading"], "to": "reading", "requirement": "http.request.no-empty-body"},
            {"on": ["http.request.body"], "from": ["ended", "closed"], "never": "http.request.end-once"},
            {"on": ["http.request.end"], "from": ["reading"], "to": "ended", "requirement": "http.request.end-once"},
            {"on": ["http.request.end"], "from": ["ended", "closed"], "never": "http.request.end-once"},
            {"on": ["http.request.body", "http.request.end"], "from": ["discarded"], "never": "http.request.discard-stops"},
            {"on": ["http.request.discard"], "from": ["reading"], "to": "discarded", "do": "discard", "requirement": "http.request.discard-drains"},
            {"on": ["http.request.discard"], "from": ["discarded"], "to": "discarded", "requirement": "http.request.discard-drains"},
            {"on": ["http.request.discard"], "from": ["ended", "closed"], "misuse": "http.request.discard-open"},
            {"on": ["http.closed"], "from": ["reading", "ended", "discarded", "closed"], "to": "closed", "requirement": "http.closed.repeats"},
        ],
    },
    "http.response": {
        "machine": "http.response",
        "scope": ["http", "websocket", "tunnel"],
        "initial": "open",
        "final": ["ended", "aborted", "refused", "switched", "lost"],
        "states": [
            "open",
            "committed",
            "ended",
            "aborted",
            "refused",
            "switched",
            "lost",
        ],
        "transitions": [
            {"on": ["http.informational"], "from": ["open"], "when": "field-syntax", "misuse": "http.field-syntax"},
            {"on": ["http.informational"], "from": ["open"], "when": "hop-by-hop", "misuse": "http.hop-by-hop"},
            {"on": ["http.informational"], "from": ["open"], "when": "length-forbidden", "misuse": "http.length.forbidden"},
            {"on": ["http.informational"], "from": ["open"], "to": "open", "do": "informational", "requirement": "http.informational.before-commit"},
            {"on": ["http.informational"], "from": ["committed"], "misuse": "http.informational.before-commit"},
            {"on": ["http.informational"], "from": ["ended", "aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["http.response.start"], "from": ["open"], "when": "field-syntax", "misuse": "http.field-syntax"},
            {"on": ["http.response.start"], "from": ["open"], "when": "hop-by-hop", "misuse": "http.hop-by-hop"},
            {"on": ["http.response.start"], "from": ["open"], "when": "length-syntax", "misuse": "http.length.syntax"},
            {"on": ["http.response.start"], "from": ["open"], "when": "length-forbidden", "misuse": "http.length.forbidden"},
            {"on": ["http.response.start"], "from": ["open"], "to": "committed", "do": "head", "requirement": "http.commit.on-start"},
            {"on": ["http.response.start"], "from": ["committed", "ended"], "misuse": "http.start-once"},
            {"on": ["http.response.start"], "from": ["aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["http.response.body"], "from": ["open"], "misuse": "http.body-before-start"},
            {"on": ["http.response.body"], "from": ["committed"], "when": "contentless", "misuse": "http.bodyless"},
            {"on": ["http.response.body"], "from": ["committed"], "when": "head-request", "to": "committed", "requirement": "http.head-length"},
            {"on": ["http.response.body"], "from": ["committed"], "when": "excess", "misuse": "http.length.excess"},
            {"on": ["http.response.body"], "from": ["committed"], "to": "committed", "do": "body", "requirement": "http.duplex"},
            {"on": ["http.response.body"], "from": ["ended", "aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["http.file"], "from": ["open"], "misuse": "http.body-before-start"},
            {"on": ["http.file"], "from": ["committed"], "when": "file-outside", "misuse": "security.file-roots"},
            {"on": ["http.file"], "from": ["committed"], "when": "file-missing", "misuse": "http.file.exists"},
            {"on": ["http.file"], "from": ["committed"], "when": "file-linked", "misuse": "security.file-links"},
            {"on": ["http.file"], "from": ["committed"], "when": "file-short", "misuse": "http.file.range"},
            {"on": ["http.file"], "from": ["committed"], "when": "contentless", "misuse": "http.bodyless"},
            {"on": ["http.file"], "from": ["committed"], "when": "head-request", "to": "committed", "requirement": "http.head-length"},
            {"on": ["http.file"], "from": ["committed"], "when": "excess", "misuse": "http.length.excess"},
            {"on": ["http.file"], "from": ["committed"], "to": "committed", "do": "file", "requirement": "http.file.as-body"},
            {"on": ["http.file"], "from": ["ended", "aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["http.response.end"], "from": ["open"], "misuse": "http.body-before-start"},
            {"on": ["http.response.end"], "from": ["committed"], "when": "field-syntax", "misuse": "http.field-syntax"},
            {"on": ["http.response.end"], "from": ["committed"], "when": "forbidden-trailer", "misuse": "http.trailers.permitted"},
            {"on": ["http.response.end"], "from": ["committed"], "when": "shortfall", "misuse": "http.length.shortfall"},
            {"on": ["http.response.end"], "from": ["committed"], "to": "ended", "do": "end", "requirement": "http.finish"},
            {"on": ["http.response.end"], "from": ["ended", "aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["http.response.abort"], "from": ["open"], "misuse": "http.body-before-start"},
            {"on": ["http.response.abort"], "from": ["committed"], "to": "aborted", "do": "abort", "requirement": "http.abort.stream-only"},
            {"on": ["http.response.abort"], "from": ["ended", "aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["http.refuse"], "from": ["open"], "when": "informed", "misuse": "http.refuse.before-bytes"},
            {"on": ["http.refuse"], "from": ["open"], "to": "refused", "do": "refuse", "requirement": "http.refuse.before-bytes"},
            {"on": ["http.refuse"], "from": ["committed", "ended", "aborted", "refused"], "misuse": "http.nothing-after-end"},
            {"on": ["websocket.accept", "tunnel.accept"], "from": ["open"], "when": "field-syntax", "misuse": "http.field-syntax"},
            {"on": ["websocket.accept", "tunnel.accept"], "from": ["open"], "when": "hop-by-hop", "misuse": "http.hop-by-hop"},
            {"on": ["tunnel.accept"], "from": ["open"], "when": "length-forbidden", "misuse": "http.length.forbidden"},
            {"on": ["websocket.accept"], "from": ["open"], "to": "switched", "requirement": "websocket.accept-once"},
            {"on": ["tunnel.accept"], "from": ["open"], "to": "switched", "requirement": "tunnel.accept-once"},
            {"on": ["websocket.accept", "tunnel.accept"], "from": ["committed", "ended", "aborted", "refused", "switched"], "stay": True},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["switched"], "stay": True},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse", "websocket.accept", "tunnel.accept"], "from": ["lost"], "closed": "closed.on-send"},
            {"on": ["application.raises"], "from": ["open"], "when": "declined", "to": "ended", "do": "decline", "requirement": "http.unsupported-scope"},
            {"on": ["application.returns", "application.raises"], "from": ["open"], "to": "ended", "do": "fail", "requirement": "http.500-when-open"},
            {"on": ["application.returns", "application.raises"], "from": ["committed"], "to": "aborted", "do": "abort", "requirement": "http.abort-when-unended"},
            {"on": ["application.returns", "application.raises"], "from": ["ended", "aborted", "refused", "switched", "lost"], "stay": True},
            {"on": ["peer.lost"], "from": ["open", "committed"], "to": "lost", "requirement": "cancel.on-peer-loss"},
            {"on": ["peer.lost"], "from": ["ended", "aborted", "refused", "switched", "lost"], "stay": True},
            {"on": ["file.lost"], "from": ["committed"], "to": "lost", "do": "abort", "requirement": "http.file.lost"},
            {"on": ["file.lost"], "from": ["ended"], "to": "ended", "do": "abort", "requirement": "http.file.lost"},
            {"on": ["file.lost"], "from": ["aborted", "refused", "lost"], "stay": True},
            {"on": ["file.lost"], "from": ["open", "switched"], "never": "http.body-before-start"},
        ],
    },
    "websocket.conversation": {
        "machine": "websocket.conversation",
        "scope": ["websocket"],
        "initial": "connecting",
        "final": ["closed", "denied", "lost"],
        "states": ["connecting", "open", "closed", "denied", "lost"],
        "transitions": [
            {"on": ["websocket.accept"], "from": ["connecting"], "when": "owned-field", "misuse": "websocket.accept-headers"},
            {"on": ["websocket.accept"], "from": ["connecting"], "when": "not-offered", "misuse": "websocket.subprotocol-offered"},
            {"on": ["websocket.accept"], "from": ["connecting"], "to": "open", "do": "accept", "requirement": "websocket.accept-answer"},
            {"on": ["websocket.accept"], "from": ["open", "closed", "denied"], "misuse": "websocket.accept-once"},
            {"on": ["send websocket.message", "websocket.close"], "from": ["connecting", "denied"], "misuse": "websocket.message-before-accept"},
            {"on": ["send websocket.message", "websocket.close"], "from": ["open"], "when": "not-unicode", "misuse": "websocket.text-unicode"},
            {"on": ["send websocket.message"], "from": ["open"], "to": "open", "do": "message", "requirement": "websocket.message-whole"},
            {"on": ["websocket.close"], "from": ["open"], "when": "code-forbidden", "misuse": "websocket.close-codes"},
            {"on": ["websocket.close"], "from": ["open"], "when": "reason-long", "misuse": "websocket.close-limits"},
            {"on": ["websocket.close"], "from": ["open"], "to": "closed", "do": "close", "requirement": "websocket.close-frame"},
            {"on": ["send websocket.message", "websocket.close"], "from": ["closed"], "misuse": "websocket.nothing-after-close"},
            {"on": ["websocket.accept", "send websocket.message", "websocket.close"], "from": ["lost"], "closed": "closed.on-send"},
            {"on": ["http.response.start"], "from": ["connecting"], "when": "accepting-status", "misuse": "websocket.denial"},
            {"on": ["http.response.start", "http.refuse"], "from": ["connecting"], "to": "denied", "requirement": "websocket.denial"},
            {"on": ["http.informational", "http.response.body", "http.file", "http.response.end", "http.response.abort"], "from": ["connecting"], "stay": True},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["denied"], "stay": True},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["open", "closed"], "misuse": "websocket.no-response-after-accept"},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["lost"], "closed": "closed.on-send"},
            {"on": ["application.raises"], "from": ["connecting"], "when": "declined", "to": "denied", "requirement": "http.unsupported-scope"},
            {"on": ["application.returns", "application.raises"], "from": ["connecting"], "to": "denied", "requirement": "http.500-when-open"},
            {"on": ["application.returns"], "from": ["open"], "to": "closed", "do": "close-normal", "requirement": "websocket.close-frame"},
            {"on": ["application.raises"], "from": ["open"], "to": "closed", "do": "close-error", "requirement": "websocket.close-frame"},
            {"on": ["application.returns", "application.raises"], "from": ["closed", "denied", "lost"], "stay": True},
            {"on": ["peer.lost"], "from": ["denied"], "when": "answered", "stay": True},
            {"on": ["peer.lost"], "from": ["connecting", "open", "denied"], "to": "lost", "requirement": "cancel.on-peer-loss"},
            {"on": ["peer.lost"], "from": ["closed", "lost"], "stay": True},
        ],
    },
    "websocket.incoming": {
        "machine": "websocket.incoming",
        "scope": ["websocket"],
        "initial": "handshake",
        "final": ["closed", "unaccepted"],
        "states": ["handshake", "messages", "discarding", "closed", "unaccepted"],
        "transitions": [
            {"on": ["websocket.accept"], "from": ["handshake"], "to": "messages", "requirement": "websocket.accept-answer"},
            {"on": ["websocket.accept"], "from": ["messages", "discarding", "closed", "unaccepted"], "stay": True},
            {"on": ["websocket.close", "application.returns", "application.raises"], "from": ["messages"], "to": "discarding", "do": "discard", "requirement": "websocket.close-discards"},
            {"on": ["websocket.close", "application.returns", "application.raises"], "from": ["handshake", "discarding", "closed", "unaccepted"], "stay": True},
            {"on": ["receive websocket.message"], "from": ["messages"], "to": "messages", "requirement": "websocket.message-whole"},
            {"on": ["receive websocket.message"], "from": ["handshake", "unaccepted"], "never": "websocket.no-early-101"},
            {"on": ["receive websocket.message"], "from": ["discarding"], "never": "websocket.close-discards"},
            {"on": ["receive websocket.message"], "from": ["closed"], "never": "websocket.closed.repeats"},
            {"on": ["websocket.closed"], "from": ["messages", "discarding", "closed"], "to": "closed", "requirement": "websocket.closed.repeats"},
            {"on": ["websocket.closed"], "from": ["handshake", "unaccepted"], "never": "websocket.no-early-101"},
            {"on": ["http.closed"], "from": ["handshake", "unaccepted"], "to": "unaccepted", "requirement": "http.closed.repeats"},
            {"on": ["http.closed"], "from": ["messages", "discarding", "closed"], "never": "websocket.closed.repeats"},
        ],
    },
    "gateway.drain": {
        "machine": "gateway.drain",
        "scope": ["http", "websocket", "tunnel"],
        "initial": "untold",
        "final": ["over"],
        "states": ["untold", "owed", "told", "over"],
        "transitions": [
            {"on": ["drain.begins"], "from": ["untold"], "to": "owed", "do": "wake", "requirement": "drain.notice"},
            {"on": ["drain.begins"], "from": ["owed", "told"], "never": "drain.begins"},
            {"on": ["drain.begins"], "from": ["over"], "stay": True},
            {"on": ["gateway.drain"], "from": ["owed"], "to": "told", "requirement": "drain.notice"},
            {"on": ["gateway.drain"], "from": ["untold", "told", "over"], "never": "drain.notice"},
            {"on": ["peer.lost", "terminal.due"], "from": ["untold", "owed", "told"], "to": "over", "requirement": "drain.notice"},
            {"on": ["peer.lost", "terminal.due"], "from": ["over"], "stay": True},
        ],
    },
    "lifespan.application": {
        "machine": "lifespan.application",
        "scope": ["lifespan"],
        "initial": "called",
        "final": ["over", "lost"],
        "states": [
            "called",
            "starting",
            "ready",
            "draining",
            "stopping",
            "over",
            "lost",
        ],
        "transitions": [
            {"on": ["lifespan.startup"], "from": ["called"], "to": "starting", "requirement": "lifespan.drain-order"},
            {"on": ["lifespan.startup"], "from": ["starting", "ready", "draining", "stopping", "over", "lost"], "never": "lifespan.drain-order"},
            {"on": ["lifespan.ready"], "from": ["starting"], "when": "not-offered", "misuse": "lifespan.accepts-offered"},
            {"on": ["lifespan.ready"], "from": ["starting"], "when": "protocol-malformed", "misuse": "tunnel.declared-syntax"},
            {"on": ["lifespan.ready"], "from": ["starting"], "when": "tunnels-unaccepted", "misuse": "lifespan.tunnels-accepted"},
            {"on": ["lifespan.ready"], "from": ["starting"], "to": "ready", "do": "serve", "requirement": "lifespan.ready-first"},
            {"on": ["lifespan.failed"], "from": ["starting"], "to": "over", "do": "fail", "requirement": "lifespan.failed"},
            {"on": ["lifespan.ready", "lifespan.failed"], "from": ["called", "ready", "draining", "stopping", "over"], "misuse": "lifespan.send-order"},
            {"on": ["lifespan.drain"], "from": ["ready"], "to": "draining", "requirement": "lifespan.drain-order"},
            {"on": ["lifespan.drain"], "from": ["called", "starting", "draining", "stopping", "over", "lost"], "never": "lifespan.drain-order"},
            {"on": ["lifespan.shutdown"], "from": ["draining"], "to": "stopping", "requirement": "lifespan.shutdown-last"},
            {"on": ["lifespan.shutdown"], "from": ["called", "starting", "ready"], "never": "lifespan.drain-order"},
            {"on": ["lifespan.shutdown"], "from": ["stopping", "over", "lost"], "stay": True},
            {"on": ["lifespan.stopped"], "from": ["stopping"], "to": "over", "do": "finish", "requirement": "lifespan.stop-timeout"},
            {"on": ["lifespan.stopped"], "from": ["called", "starting", "ready", "draining", "over"], "misuse": "lifespan.send-order"},
            {"on": ["lifespan.ready", "lifespan.failed", "lifespan.stopped"], "from": ["lost"], "closed": "lifespan.startup-timeout"},
            {"on": ["application.raises"], "from": ["called", "starting"], "when": "declined", "to": "over", "do": "serve", "requirement": "lifespan.unsupported"},
            {"on": ["application.returns", "application.raises"], "from": ["called", "starting"], "to": "over", "do": "fail", "requirement": "lifespan.fatal-start"},
            {"on": ["application.returns", "application.raises"], "from": ["ready", "draining"], "to": "over", "do": "drain", "requirement": "lifespan.early-end"},
            {"on": ["application.returns", "application.raises"], "from": ["stopping"], "to": "over", "do": "finish", "requirement": "lifespan.stop-timeout"},
            {"on": ["application.returns", "application.raises"], "from": ["over", "lost"], "stay": True},
            {"on": ["time.expires"], "from": ["called", "starting"], "to": "lost", "do": "give-up", "requirement": "lifespan.startup-timeout"},
            {"on": ["time.expires"], "from": ["ready", "draining", "stopping"], "to": "lost", "do": "kill", "requirement": "lifespan.stop-timeout"},
            {"on": ["time.expires"], "from": ["over", "lost"], "stay": True},
        ],
    },
    "flow.output": {
        "machine": "flow.output",
        "scope": ["http", "websocket", "tunnel"],
        "initial": "flowing",
        "final": ["over", "lost"],
        "states": ["flowing", "full", "over", "lost"],
        "transitions": [
            {"on": ["event.accepted"], "from": ["flowing"], "when": "at-high-water", "to": "full", "requirement": "flow.send-waits"},
            {"on": ["event.accepted"], "from": ["flowing"], "to": "flowing", "do": "resolve", "requirement": "flow.send-waits"},
            {"on": ["event.accepted"], "from": ["full"], "to": "full", "requirement": "flow.large-event"},
            {"on": ["event.accepted"], "from": ["over"], "never": "flow.end-settles"},
            {"on": ["event.accepted"], "from": ["lost"], "never": "closed.on-send"},
            {"on": ["octets.taken"], "from": ["full"], "when": "above-low-water", "stay": True},
            {"on": ["octets.taken"], "from": ["full"], "to": "flowing", "do": "resolve", "requirement": "flow.send-waits"},
            {"on": ["octets.taken"], "from": ["flowing", "over", "lost"], "stay": True},
            {"on": ["output.ends"], "from": ["flowing", "full"], "to": "over", "do": "resolve", "requirement": "flow.end-settles"},
            {"on": ["output.ends"], "from": ["over", "lost"], "stay": True},
            {"on": ["peer.lost"], "from": ["flowing", "full"], "to": "lost", "do": "fail", "requirement": "flow.send-settles-on-close"},
            {"on": ["peer.lost"], "from": ["over", "lost"], "stay": True},
        ],
    },
    "tunnel.conversation": {
        "machine": "tunnel.conversation",
        "scope": ["tunnel"],
        "initial": "offered",
        "final": ["ended", "aborted", "refused", "lost"],
        "states": ["offered", "open", "ended", "aborted", "refused", "lost"],
        "transitions": [
            {"on": ["tunnel.accept"], "from": ["offered"], "when": "datagrams-unfit", "misuse": "tunnel.accept-datagrams"},
            {"on": ["tunnel.accept"], "from": ["offered"], "to": "open", "do": "accept", "requirement": "tunnel.accept-wire"},
            {"on": ["tunnel.accept"], "from": ["open", "ended", "aborted", "refused"], "misuse": "tunnel.accept-once"},
            {"on": ["send tunnel.data", "send tunnel.end", "send tunnel.datagram", "tunnel.abort"], "from": ["offered", "refused"], "misuse": "tunnel.data-before-accept"},
            {"on": ["send tunnel.data"], "from": ["open"], "to": "open", "do": "data", "requirement": "tunnel.data-order"},
            {"on": ["send tunnel.end"], "from": ["open"], "when": "within-capsule", "misuse": "tunnel.datagram.unfinished"},
            {"on": ["send tunnel.end"], "from": ["open"], "to": "ended", "do": "end", "requirement": "tunnel.end-half-close"},
            {"on": ["send tunnel.datagram"], "from": ["open"], "when": "no-datagrams", "misuse": "tunnel.datagram.permitted"},
            {"on": ["send tunnel.datagram"], "from": ["open"], "when": "oversize", "misuse": "tunnel.datagram.permitted"},
            {"on": ["send tunnel.datagram"], "from": ["open"], "to": "open", "do": "datagram", "requirement": "tunnel.datagram.whole"},
            {"on": ["send tunnel.data", "send tunnel.end", "send tunnel.datagram"], "from": ["ended", "aborted"], "misuse": "tunnel.nothing-after-end"},
            {"on": ["tunnel.abort"], "from": ["open"], "to": "aborted", "do": "abort", "requirement": "tunnel.abort-wire"},
            {"on": ["tunnel.abort"], "from": ["ended"], "when": "settled", "to": "aborted", "requirement": "tunnel.abort-wire"},
            {"on": ["tunnel.abort"], "from": ["ended"], "to": "aborted", "do": "abort", "requirement": "tunnel.abort-wire"},
            {"on": ["tunnel.abort"], "from": ["aborted"], "misuse": "tunnel.nothing-after-end"},
            {"on": ["tunnel.accept", "send tunnel.data", "send tunnel.end", "send tunnel.datagram", "tunnel.abort"], "from": ["lost"], "closed": "closed.on-send"},
            {"on": ["http.response.start"], "from": ["offered"], "when": "accepting-status", "misuse": "tunnel.refuse"},
            {"on": ["http.response.start", "http.refuse"], "from": ["offered"], "to": "refused", "requirement": "tunnel.refuse"},
            {"on": ["http.informational", "http.response.body", "http.file", "http.response.end", "http.response.abort"], "from": ["offered"], "stay": True},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["refused"], "stay": True},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["open", "ended", "aborted"], "misuse": "tunnel.no-response-after-accept"},
            {"on": ["http.informational", "http.response.start", "http.response.body", "http.file", "http.response.end", "http.response.abort", "http.refuse"], "from": ["lost"], "closed": "closed.on-send"},
            {"on": ["application.raises"], "from": ["offered"], "when": "declined", "to": "refused", "requirement": "http.unsupported-scope"},
            {"on": ["application.returns", "application.raises"], "from": ["offered"], "to": "refused", "requirement": "http.500-when-open"},
            {"on": ["application.returns"], "from": ["open"], "when": "within-capsule", "to": "aborted", "do": "abort", "requirement": "tunnel.abort-when-unended"},
            {"on": ["application.returns"], "from": ["open"], "to": "ended", "do": "end", "requirement": "tunnel.returns-closes"},
            {"on": ["application.returns"], "from": ["ended", "aborted", "refused", "lost"], "stay": True},
            {"on": ["application.raises"], "from": ["open"], "to": "aborted", "do": "abort", "requirement": "tunnel.abort-when-unended"},
            {"on": ["application.raises"], "from": ["ended"], "when": "settled", "stay": True},
            {"on": ["application.raises"], "from": ["ended"], "to": "aborted", "do": "abort", "requirement": "tunnel.abort-when-unended"},
            {"on": ["application.raises"], "from": ["aborted", "refused", "lost"], "stay": True},
            {"on": ["peer.lost"], "from": ["refused"], "when": "answered", "stay": True},
            {"on": ["peer.lost"], "from": ["offered", "open", "refused"], "to": "lost", "requirement": "cancel.on-peer-loss"},
            {"on": ["peer.lost"], "from": ["ended", "aborted", "lost"], "stay": True},
        ],
    },
    "tunnel.incoming": {
        "machine": "tunnel.incoming",
        "scope": ["tunnel"],
        "initial": "waiting",
        "final": ["closed", "unaccepted"],
        "states": ["waiting", "open", "ended", "dropped", "closed", "unaccepted"],
        "transitions": [
            {"on": ["tunnel.accept"], "from": ["waiting"], "to": "open", "requirement": "tunnel.accept-wire"},
            {"on": ["tunnel.accept"], "from": ["open", "ended", "dropped", "closed", "unaccepted"], "stay": True},
            {"on": ["tunnel.abort"], "from": ["open", "ended"], "to": "dropped", "do": "discard", "requirement": "tunnel.closed.when"},
            {"on": ["application.returns", "application.raises"], "from": ["open", "ended"], "to": "dropped", "do": "discard", "requirement": "tunnel.returns-closes"},
            {"on": ["tunnel.abort", "application.returns", "application.raises"], "from": ["waiting", "dropped", "closed", "unaccepted"], "stay": True},
            {"on": ["receive tunnel.data"], "from": ["open"], "to": "open", "requirement": "tunnel.data-order"},
            {"on": ["receive tunnel.datagram"], "from": ["open"], "to": "open", "requirement": "tunnel.datagram.whole"},
            {"on": ["receive tunnel.end"], "from": ["open"], "to": "ended", "requirement": "tunnel.end-given-once"},
            {"on": ["receive tunnel.data", "receive tunnel.end"], "from": ["ended"], "never": "tunnel.end-given-once"},
            {"on": ["receive tunnel.datagram"], "from": ["ended"], "never": "tunnel.datagram.dropped"},
            {"on": ["receive tunnel.data", "receive tunnel.end", "receive tunnel.datagram"], "from": ["waiting", "unaccepted"], "never": "tunnel.no-early-answer"},
            {"on": ["receive tunnel.data", "receive tunnel.end", "receive tunnel.datagram"], "from": ["dropped"], "never": "tunnel.closed.when"},
            {"on": ["receive tunnel.data", "receive tunnel.end", "receive tunnel.datagram"], "from": ["closed"], "never": "tunnel.closed.repeats"},
            {"on": ["tunnel.closed"], "from": ["open", "ended", "dropped", "closed"], "to": "closed", "requirement": "tunnel.closed.repeats"},
            {"on": ["tunnel.closed"], "from": ["waiting", "unaccepted"], "never": "tunnel.no-early-answer"},
            {"on": ["http.closed"], "from": ["waiting", "unaccepted"], "to": "unaccepted", "requirement": "http.closed.repeats"},
            {"on": ["http.closed"], "from": ["open", "ended", "dropped", "closed"], "never": "tunnel.closed.repeats"},
        ],
    },
}
"""Every state machine, row by row."""
# fmt: on


REQUIREMENTS: Dict[str, RequirementDescription] = {
    "app.once-per-scope": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST call the application exactly once for each conversation.",
    ),
    "app.returns": RequirementDescription(
        "MUST",
        "application",
        "The application MUST return only when its part in the conversation is over.",
    ),
    "app.unsupported-scope": RequirementDescription(
        "MUST",
        "application",
        "The application MUST raise `UnsupportedScope` for a scope whose `type` it does not handle.",
    ),
    "app.fault-reported": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST report to its operator, as a fault, an application that ends with an error other than `Closed` and `UnsupportedScope`.",
    ),
    "scope.gateway-marker": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST set `gateway.interface` to the version of the interface that it speaks.",
    ),
    "scope.id-unique": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give every scope an `id` that no other conversation has in the same run of the gateway, in whichever of its processes.",
    ),
    "scope.plain-data": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give every field of the scope, except those in `local`, as plain data: null, booleans, numbers, strings, octets, lists and maps.",
    ),
    "scope.immutable": RequirementDescription(
        "MUST NOT",
        "application",
        "The application MUST NOT change the scope.",
    ),
    "scope.unknown-fields-ignored": RequirementDescription(
        "MUST",
        "application",
        "The application MUST ignore a field of the scope, or of a record in it, that it does not know.",
    ),
    "scope.middleware-copies": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST pass a changed copy when the application below it is to see a different scope.",
    ),
    "event.plain-data": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give events as plain data that it does not change after they were received.",
    ),
    "event.shape": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject with `Misuse` an event that is no map with a `type`, lacks a required field, has a field of another type or out of its declared range, or does not have exactly one of the fields that its block lists under `exactly_one`.",
    ),
    "event.default-applied": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST treat a sent event in which a field with a default is absent as if the field had its default.",
    ),
    "event.unknown-type-misuse": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject with `Misuse` an event whose `type` it does not know, or that is not one to be sent in a conversation of this type.",
    ),
    "event.unknown-type-ignored": RequirementDescription(
        "MUST",
        "application",
        "The application MUST ignore a received event whose `type` it does not know.",
    ),
    "event.unknown-keys-ignored": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST ignore a key that the event's block does not declare, unless it begins with `!`.",
    ),
    "event.must-understand": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject with `Misuse` an event that has a key beginning with `!` that it does not understand.",
    ),
    "event.check-order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST make the checks of a sent event in the order of the following table and raise the error of the first that fails.",
    ),
    "event.middleware-forwards": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST forward events that it does not know, unchanged and in order.",
    ),
    "receive.single": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a call of `receive` with `Misuse` while an earlier one is pending.",
    ),
    "send.ordered": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST apply concurrent calls of `send` in the order in which they were made.",
    ),
    "send.no-change": RequirementDescription(
        "MUST NOT",
        "application",
        "The application MUST NOT change an event, or the octets in it, after passing it to `send`.",
    ),
    "event.by-table": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST treat every event and every trigger of a conversation as the rows of its machines say.",
    ),
    "event.every-machine": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT move any machine, or carry out any action, for an event that one of the machines rejects.",
    ),
    "event.closed-first": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST raise `Closed` for an event that one machine rejects with `Closed`, even if another rejects it with `Misuse`.",
    ),
    "misuse.no-effect": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST leave the wire and the state of the conversation as they were when it raises `Misuse`.",
    ),
    "misuse.names-requirement": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give every `Misuse` the identifier of the requirement that was broken.",
    ),
    "closed.on-send": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST fail a `send` with `Closed` when the peer was lost before the event could take effect, unless the event is one that sends nothing to the peer, or the application had ended what it sends before that.",
    ),
    "closed.not-an-error": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT report an application that ends with `Closed` as a fault, except in a lifespan ([lifespan.early-end]).",
    ),
    "http.headers.lowercase": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give field names in lowercase.",
    ),
    "http.headers.order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST keep the order of header fields, and fields that occur more than once, as received, except as [http.headers.cookie-joined] says.",
    ),
    "http.headers.cookie-joined": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST join the `cookie` fields of an HTTP/2 or HTTP/3 request into one, in the place of the first, with `; ` between their values.",
    ),
    "http.headers.no-pseudo": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT include HTTP/2 or HTTP/3 pseudo-header fields in `headers`.",
    ),
    "http.target.raw": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `target` as the octets that were received.",
    ),
    "http.path.encoded": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `path` percent-encoded as received, without removing dot segments or repeated slashes.",
    ),
    "http.mount.full-path": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST leave `path` whole when it sets `mount`.",
    ),
    "http.mount.boundary": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST set a `mount` that is not empty to a prefix of `path` that ends at a segment boundary, so that nothing or `/` follows it there.",
    ),
    "http.query.null": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `query` as null when the target has no `?`, and as an empty value when nothing follows it.",
    ),
    "http.upgrade.offers": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give in `upgrade.offers` every protocol that the request offers to switch to, in order and as received, whether or not the gateway serves it.",
    ),
    "http.request.dechunked": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST remove transfer codings from the request body before it gives it to the application.",
    ),
    "http.request.no-empty-body": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT give an `http.request.body` whose `data` is empty.",
    ),
    "http.request.end-once": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give exactly one `http.request.end` after the last `http.request.body` of a request that arrived whole and was not discarded.",
    ),
    "http.request.trailers": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give the trailer fields of the request in `http.request.end` and never merge them into `headers`.",
    ),
    "http.continue.on-receive": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer an expectation of `100-continue` with a 100 response at the first `receive` while the response is open and the request is neither discarded nor arrived in part or whole, and not before.",
    ),
    "http.request.discard-stops": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give no `http.request.body` or `http.request.end` after `http.request.discard`.",
    ),
    "http.request.discard-drains": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST read the rest of a discarded request from the peer within its limits, or close the connection.",
    ),
    "http.request.discard-open": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.request.discard` with `Misuse` once the application has received `http.request.end` or `http.closed`.",
    ),
    "http.closed.after-data": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give the events that arrived before the peer was lost ahead of `http.closed`.",
    ),
    "http.closed.complete": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `http.closed` with the cause `complete` when the response is over without the loss of the peer and no more of the request can come.",
    ),
    "http.closed.cause": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `http.closed` the cause that the following table names for what ended the exchange first.",
    ),
    "http.closed.repeats": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer every `receive` after `http.closed` with `http.closed` again, with the same fields.",
    ),
    "http.half-close": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT take the end of the peer's sending side after a complete request as the loss of the peer.",
    ),
    "http.start-once": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a second `http.response.start` with `Misuse`, with no effect on the wire.",
    ),
    "http.commit.on-start": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write the head of the response once `http.response.start` was sent, at the latest in the following turn of its event loop, without waiting for a piece of the body.",
    ),
    "http.body-before-start": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.response.body`, `http.file`, `http.response.end` and `http.response.abort` with `Misuse` before `http.response.start`.",
    ),
    "http.nothing-after-end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject every event of the response with `Misuse` once the response is ended, aborted or refused, by the application or in its place.",
    ),
    "http.informational.before-commit": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.informational` with `Misuse` once the response is committed.",
    ),
    "http.informational.http-1-0": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST leave an informational response off the wire when the peer speaks HTTP/1.0.",
    ),
    "http.finish": RequirementDescription(
        "MUST NOT",
        "application",
        "The application MUST NOT return while its response is open, or committed and not at its end, unless the peer was lost.",
    ),
    "http.500-when-open": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST send a response with status 500 when the application ends while the response is open, unless it ends with `UnsupportedScope`.",
    ),
    "http.unsupported-scope": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST send a response with status 501 when the application ends with `UnsupportedScope` while the response is open.",
    ),
    "http.abort-when-unended": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST abort the response when the application ends after committing it and before ending it.",
    ),
    "http.abort.stream-only": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST confine the effect of an abort to the stream where the protocol has streams.",
    ),
    "http.abort.code": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reset the stream with the `code` of the abort where the protocol can carry it, and with the code for an internal error of that protocol otherwise.",
    ),
    "http.refuse.before-bytes": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.refuse` with `Misuse` after the application has sent an informational response to a peer that takes it.",
    ),
    "http.duplex": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST let the application send the response while the request is still arriving.",
    ),
    "http.length.excess": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject an `http.response.body` that would exceed the declared `content-length` with `Misuse`.",
    ),
    "http.length.shortfall": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.response.end` with `Misuse` while fewer octets than the declared `content-length` were sent, except in a response to `HEAD` or with status 304.",
    ),
    "http.bodyless": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a non-empty `http.response.body` with `Misuse` in a response with status 204, 205 or 304.",
    ),
    "http.head-length": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST leave the body of a response to `HEAD` off the wire, and take any amount of it as complete.",
    ),
    "http.file.as-body": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take `http.file` as an `http.response.body` whose `data` are the octets that it names.",
    ),
    "http.file.order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write the octets of a file in their place among the pieces of the body, in the order in which they were sent.",
    ),
    "http.file.exists": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.file` with `Misuse` when `path` does not name a regular file that it can open for reading.",
    ),
    "http.file.range": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.file` with `Misuse` when the file ends before `offset`, or before `offset` and `length` together.",
    ),
    "http.file.lost": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST abort the response when a file that it has begun to send ends early or cannot be read on.",
    ),
    "http.response.headers-order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write the header fields of a response in the order in which the application gave them, and those that occur more than once as often.",
    ),
    "http.date": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST add a `date` field with the current time to the head of a response that the application starts without one.",
    ),
    "http.field-syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a field with `Misuse` when its name is not a lowercase token, or its value has a control character other than tab, a code unit above 0xFF, or white space at either end.",
    ),
    "http.hop-by-hop": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject the fields `connection`, `keep-alive`, `proxy-connection`, `te`, `transfer-encoding` and `upgrade` from the application with `Misuse`.",
    ),
    "http.length.syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a response head with `Misuse` when it has more than one `content-length`, or one that is not a decimal number of at most 15 digits.",
    ),
    "http.length.forbidden": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `content-length` with `Misuse` in an informational response, in a `tunnel.accept`, in a response with status 204, and, unless it is 0, in one with status 205 (RFC 9110 sections 8.6 and 15.3.6).",
    ),
    "http.trailers.permitted": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a trailer field with `Misuse` when it is one of those of [http.hop-by-hop], or `age`, `authorization`, `cache-control`, `content-encoding`, `content-length`, `content-range`, `content-type`, `cookie`, `date`, `expect`, `expires`, `host`, `if-match`, `if-modified-since`, `if-none-match`, `if-range`, `if-unmodified-since`, `location`, `max-forwards`, `pragma`, `proxy-authenticate`, `proxy-authorization`, `range`, `retry-after`, `set-cookie`, `trailer`, `vary`, `warning` or `www-authenticate`.",
    ),
    "http.trailers.dropped": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST leave trailer fields, and a `trailer` field that announces them, off the wire where the framing of the response has no place for them.",
    ),
    "websocket.scope-type": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway that serves WebSocket MUST give a request that the following table calls a handshake to the application with a scope of type `websocket`, unless a requirement has it answer the request itself.",
    ),
    "websocket.connect-setting": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST send `SETTINGS_ENABLE_CONNECT_PROTOCOL` with the value 1 in its first settings on an HTTP/2 or HTTP/3 connection on which it serves WebSocket, or tunnels with a `:protocol` (RFC 8441 section 3, RFC 9220 section 3).",
    ),
    "websocket.handshake": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a handshake that breaks a rule of the following table as the first row that it breaks says, without calling the application.",
    ),
    "websocket.no-early-101": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT send status 101, or a status from 200 to 299 in answer to a `CONNECT`, or act on octets behind the handshake, before the application has sent `websocket.accept`.",
    ),
    "websocket.early-octets": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST keep octets that arrive behind a handshake before the response to it is complete for the WebSocket, and never read them as a request.",
    ),
    "websocket.accept-answer": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write the answer that the following table shows once `websocket.accept` was sent, at the latest in the following turn of its event loop.",
    ),
    "websocket.accept-once": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `websocket.accept` with `Misuse` once the application has accepted or denied the handshake.",
    ),
    "websocket.subprotocol-offered": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `websocket.accept` with `Misuse` when its `subprotocol` is not, octet for octet, one of the scope's `subprotocols`.",
    ),
    "websocket.accept-headers": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `websocket.accept` with `Misuse` when one of its `headers` is `content-length` or has a name that begins with `sec-websocket-`.",
    ),
    "websocket.extensions": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST negotiate extensions itself, within what the peer's offer permits, and give messages to the application with their effect undone.",
    ),
    "websocket.denial": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer the handshake with the response that the application starts in place of `websocket.accept`, and reject one whose status is below 300 with `Misuse`.",
    ),
    "websocket.no-response-after-accept": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject every event of an HTTP response with `Misuse` once the application has sent `websocket.accept`.",
    ),
    "websocket.message-whole": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST make exactly one `websocket.message` of each message of the peer, and exactly one message of each `websocket.message` of the application, text as text, octets as octets, and in order.",
    ),
    "websocket.message-before-accept": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `websocket.message` and `websocket.close` with `Misuse` while the application has not sent `websocket.accept`.",
    ),
    "websocket.text-unicode": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `websocket.message` or `websocket.close` with `Misuse` when its `text` or `reason` has a code point that UTF-8 cannot encode.",
    ),
    "websocket.message-limit": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST fail the WebSocket with code 1009 as soon as a message of the peer is known to be longer than `limits.message_octets`.",
    ),
    "websocket.frame-rules": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST fail the WebSocket, with the code that the following table gives, when what it reads of the peer breaks a rule of the table.",
    ),
    "websocket.ping-pong": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer the latest Ping frame that it has read from an open WebSocket with a Pong frame of the same payload, ahead of messages of which nothing is written yet.",
    ),
    "websocket.keep-alive": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST send a Ping frame when it has waited `limits.idle_ms` for octets of the peer of an open WebSocket, and take the peer as lost with the cause `timeout` when it has waited as long again.",
    ),
    "websocket.close-codes": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `websocket.close` with `Misuse` when its `code` is not one that the following table lets the application send.",
    ),
    "websocket.close-limits": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `websocket.close` with `Misuse` when its `reason` is longer than 123 octets in UTF-8.",
    ),
    "websocket.nothing-after-close": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `websocket.message` and `websocket.close` with `Misuse` once the application has sent `websocket.close`.",
    ),
    "websocket.close-frame": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write the Close frame that the following table gives for what ended the WebSocket first, and no other.",
    ),
    "websocket.closed.codes": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST set `code`, `reason` and `initiator` of `websocket.closed` as the table “How a WebSocket ends” says, and `clean` to true exactly when it has read the peer's Close frame and written its own.",
    ),
    "websocket.closed.when": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `websocket.closed` as soon as its fields can no longer change, behind the whole messages that arrived before the end and are not discarded.",
    ),
    "websocket.closed.repeats": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer every `receive` after `websocket.closed` with `websocket.closed` again, with the same fields.",
    ),
    "websocket.close-discards": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST discard the messages that the application has not received once the application has sent `websocket.close` or its call has ended, and read on until the peer's Close frame.",
    ),
    "websocket.transport-close": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST close the connection in order, as the following table shows, once it has written its Close frame and has either read the peer's or ended the WebSocket itself (initiator `gateway`).",
    ),
    "websocket.close-timeout": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST drop the connection, as the following table shows, when it is still there `limits.idle_ms` after the gateway wrote its Close frame.",
    ),
    "lifespan.per-process": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST hold exactly one lifespan conversation for each application in each process that calls it.",
    ),
    "lifespan.first": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT call an application with another scope in a process before that application is ready there.",
    ),
    "lifespan.ready-first": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT accept a connection in a process before that process is ready, or, where it calls no application, before a process is ready to which it can give conversations.",
    ),
    "lifespan.unsupported": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take an application that raises `UnsupportedScope` before it has answered as ready, with an empty `local.state`.",
    ),
    "lifespan.accepts-offered": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `lifespan.ready` with `Misuse` when `accepts` names a feature, or a revision of one, that `offers` did not list.",
    ),
    "lifespan.tunnels-accepted": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `lifespan.ready` with `Misuse` when `tunnels` is not empty and `accepts` does not name the feature `tunnel`.",
    ),
    "lifespan.state-shared": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give a copy of the map `state`, made when `lifespan.ready` was sent, as `local.state` in every later conversation of that application in that process.",
    ),
    "lifespan.fatal-start": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take the start of a process as failed when, before a drain has begun there, an application cannot be loaded, sends `lifespan.failed`, ends its call unanswered other than by raising `UnsupportedScope`, or is given up by [lifespan.startup-timeout].",
    ),
    "lifespan.failed": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST report to its operator the `message` of `lifespan.failed`, or whatever else made a start fail.",
    ),
    "lifespan.startup-timeout": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give up the start of an application that has not answered after `limits.startup_ms`, or at the deadline of a drain.",
    ),
    "lifespan.replace": RequirementDescription(
        "MAY",
        "gateway",
        "The gateway MAY start a process in place of one that ended without being asked to.",
    ),
    "drain.begins": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST begin a drain in the processes that the following table names for what has happened.",
    ),
    "drain.notice": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `gateway.drain` once, at the next `receive` and ahead of every other event, in each conversation that a drain finds or that begins during it, unless the peer is lost by then or only the terminal event is left to give.",
    ),
    "drain.no-new": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST stop accepting connections in a process when a drain begins there, and close a listening stream socket from which none of its processes accepts any more.",
    ),
    "drain.connections": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST wind up the connections of a draining process as the following table says.",
    ),
    "drain.served": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST serve those requests that begin after the drain did which a row of the following table describes, and call no application for others.",
    ),
    "drain.deadline": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT end a conversation because of a drain before its deadline.",
    ),
    "drain.after-deadline": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST end every conversation that is open at the deadline as the following table shows.",
    ),
    "drain.last-wait": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST wait, for at most `limits.shutdown_ms` after the deadline, for the calls that have not ended.",
    ),
    "lifespan.shutdown-last": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST begin the shutdown of a draining process when every application has answered or was given up, no conversation is open and none can begin, or when the wait of [drain.last-wait] is over, and not before.",
    ),
    "lifespan.stop-timeout": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST end a process whose shutdown has begun as soon as each of its applications has cleaned up, and at the latest after `limits.shutdown_ms`, whatever still runs.",
    ),
    "lifespan.early-end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take the end of an application's call after `lifespan.ready` and before it has received `lifespan.shutdown` as a fault that begins a drain, whatever was returned or raised.",
    ),
    "drain.exit-status": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST end its process with the status of the first row of the following table that applies.",
    ),
    "lifespan.drain-order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a `receive` of a lifespan with the event that the following table names for the state of the machine below, and wait while it names none.",
    ),
    "lifespan.send-order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject with `Misuse` an answer before `lifespan.startup` was received, a second answer, `lifespan.stopped` before `lifespan.shutdown` was received, and every event once the lifespan is over.",
    ),
    "drain.during-startup": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST signal `local.cancel` with the cause `shutdown` in every lifespan conversation whose application has not answered when a drain begins.",
    ),
    "drain.second-signal": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST move the deadline of every drain to the present when its first process receives a second SIGTERM or SIGINT.",
    ),
    "drain.signals-below": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT act on SIGTERM or SIGINT in a process that it started, while the first process is there.",
    ),
    "lifespan.middleware-every": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST call each application below it with every lifespan scope that it is called with.",
    ),
    "lifespan.middleware-all-ready": RequirementDescription(
        "MUST NOT",
        "middleware",
        "Middleware MUST NOT send `lifespan.ready` before each application below it is ready.",
    ),
    "flow.limits-stated": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST apply to each conversation the limits that the scope states.",
    ),
    "flow.judged-at-call": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST decide at the call of `send` whether it accepts the event, rejects it with `Misuse` or fails it with `Closed`.",
    ),
    "flow.large-event": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST accept an event whatever its size and however full the output buffer is.",
    ),
    "flow.send-waits": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST resolve the `send` of an event that it has put into the output buffer as soon as that buffer is not full, and not before, unless [flow.end-settles] says otherwise.",
    ),
    "flow.end-settles": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST resolve every `send` that waits, and that of the event itself, at once when it accepts an event after which the application can send no more data, or the application's call ends.",
    ),
    "flow.send-settles-on-close": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST fail every `send` that waits with `Closed` when the peer is lost.",
    ),
    "flow.abandoned-send": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST treat the event of a `send` whose caller was cancelled while it waited as accepted.",
    ),
    "flow.no-hold": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT hold octets back for others to join them, in either direction, beyond the following turn of its event loop.",
    ),
    "flow.input-bounded": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT hold more of what it has read from a peer than the following table allows.",
    ),
    "flow.input-resumes": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST read from the peer again as soon as the input buffer is not full.",
    ),
    "flow.receive-while-sending": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST let a `receive` resolve while a `send` waits, and a `send` while a `receive` waits.",
    ),
    "flow.abandoned-receive": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give the event of a `receive` whose caller was cancelled before the event had reached it to the next `receive`.",
    ),
    "flow.no-sibling-stall": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT let a full buffer of one conversation keep another conversation on the same connection from sending or receiving, except where HTTP/1 orders them or the peer's own connection-wide credit is used up.",
    ),
    "flow.middleware-bounded": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST keep what it holds of a conversation, in each direction, within the bounds of a gateway's buffers.",
    ),
    "cancel.on-peer-loss": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST signal `local.cancel` when the peer is lost, without waiting for a call of `receive`, and before the application can see that loss in a terminal event or a `Closed`.",
    ),
    "cancel.no-kill": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT stop a running application because the peer was lost.",
    ),
    "cancel.reason": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give the reason of `local.cancel`, and the `Closed` of every `send` that fails in the conversation, the same two fields: the `cause` that the following table names, and the `code` of the protocol's error where the peer gave one.",
    ),
    "cancel.once": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT signal `local.cancel` a second time, nor change its reason.",
    ),
    "cancel.after-end": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT signal `local.cancel` for the loss of the peer once the application has ended, aborted or refused its response, has closed the WebSocket, has aborted the tunnel, or both halves of the tunnel have ended.",
    ),
    "cancel.on-deadline": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST signal `local.cancel` with the cause `shutdown` at the deadline of a drain in every conversation, the lifespan apart, whose call has not ended.",
    ),
    "timeout.progress": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST start a limit of time anew at every progress towards what the row of the table above names, except within a head.",
    ),
    "timeout.acts": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST do what the last column of that table says once the limit has passed in full, and at the latest one second later.",
    ),
    "timeout.stalled-reader": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take octets as owed to be taken by the peer while the output buffer is not empty, whether or not the application has ended its part.",
    ),
    "timeout.nothing-owed": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT end a conversation for the passing of time while that table says that nothing is owed.",
    ),
    "timeout.cause": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take a conversation that it gives up at a limit of time as one whose peer is lost, with the cause `timeout`.",
    ),
    "feature.listed": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST list in `gateway.features` every feature that it serves, with all revisions of it that it speaks, in ascending order.",
    ),
    "feature.stable-during-run": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give the same `gateway` in every scope of one run, and its `features` as `offers` of `lifespan.startup`.",
    ),
    "feature.default-kept": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST list the first revision of a feature that is accepted by default whenever it lists a later one.",
    ),
    "feature.default-stated": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take as accepted by an application what the following table names, and nothing else.",
    ),
    "feature.only-accepted": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject with `Misuse` an event that belongs to a feature of which no revision is in force.",
    ),
    "feature.revision-exact": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST treat whatever else belongs only to revisions that are not in force as something that it does not know.",
    ),
    "feature.not-unasked": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT call the application with a scope type, nor give it an event or a field, that belongs only to revisions that are not in force.",
    ),
    "feature.marked-keys": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST treat a key that begins with `!` as the key without the mark, and in its place, when it understands that key in that event.",
    ),
    "feature.middleware-removes": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that changes what a revision of a feature means, or does not carry its events, MUST remove that revision from `offers` of `lifespan.startup` and from `gateway.features` of every scope that it passes on.",
    ),
    "feature.middleware-forwards": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware MUST pass on the features, fields and keys that it does not know, except what [feature.middleware-removes] makes it remove.",
    ),
    "feature.private-names": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give a feature, a scope type or an event that is not of this specification, and a field that it adds to one that is, a name that is a reverse domain name followed by at least one more label, as in `org.example.priority`.",
    ),
    "interface.unknown-keys-received": RequirementDescription(
        "MUST",
        "application",
        "The application MUST ignore a key that it does not know in a received event, or in a map that is a field of one.",
    ),
    "interface.values-closed": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT give a field of the type `enum` a value that neither its interface version nor a revision in force declares.",
    ),
    "interface.complete": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST serve, for each scope type that it calls the application with, everything that its interface version and each revision in its map define.",
    ),
    "interface.later-accepted": RequirementDescription(
        "MUST NOT",
        "application",
        "The application MUST NOT decline a scope for a `gateway.interface` that is compatible with the version that it was written for and has a higher minor number.",
    ),
    "tunnel.declared-only": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give a request that it does not answer itself to the application with a scope of type `tunnel` exactly when the feature `tunnel` is accepted and a row of the following table applies.",
    ),
    "tunnel.declared-syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `lifespan.ready` with `Misuse` when an element of its `tunnels` is not a token with an optional `/` and a second token behind it (RFC 9110 section 7.8), equals another without regard to ASCII case, or is `websocket` in any case.",
    ),
    "tunnel.undeclared-upgrade": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST treat a request whose `Upgrade` names no protocol that it switches to as a request without `Upgrade`, except that `upgrade` in the scope tells what was offered.",
    ),
    "tunnel.undeclared-connect": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a `CONNECT` request that is neither a WebSocket handshake nor a tunnel with status 501, unless a fault of the request demands another answer.",
    ),
    "tunnel.connect-syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a `CONNECT` with status 400 when it has `transfer-encoding` or a `content-length` other than `0`, or has no `:protocol` and its target is not a host and a port from 1 to 65535 (RFC 9110 section 9.3.6).",
    ),
    "tunnel.no-early-answer": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT send status 101, or a status from 200 to 299 in answer to a `CONNECT`, or act on octets behind the head of the request, before the application has sent `tunnel.accept`.",
    ),
    "tunnel.early-data": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT read as a request what follows a request for a tunnel on an HTTP/1 connection when that was a `CONNECT`, was accepted, or was not answered in full before those octets arrived.",
    ),
    "tunnel.accept-wire": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write the answer that the following table shows once `tunnel.accept` was sent, at the latest in the following turn of its event loop.",
    ),
    "tunnel.accept-once": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `tunnel.accept` with `Misuse` once the application has accepted the tunnel or answered the request.",
    ),
    "tunnel.accept-datagrams": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `tunnel.accept` whose `datagrams` is true with `Misuse` when `datagrams` of the scope is `none`, or one of its `headers` is `capsule-protocol` or `content-type` (RFC 9297 section 3.2).",
    ),
    "tunnel.refuse": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer the request with the response that the application starts in place of `tunnel.accept`, and reject one whose status is below 300 with `Misuse` when the request is a `CONNECT`.",
    ),
    "tunnel.no-response-after-accept": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject every event of an HTTP response with `Misuse` once the application has sent `tunnel.accept`.",
    ),
    "tunnel.data-before-accept": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `tunnel.data`, `tunnel.end`, `tunnel.abort` and `tunnel.datagram` with `Misuse` while the application has not sent `tunnel.accept`.",
    ),
    "tunnel.data-order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST carry the octets of each direction unchanged and in order, and give no `tunnel.data` without octets.",
    ),
    "tunnel.end-half-close": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST end its sending direction at a `tunnel.end`, behind the octets sent before it and without ending the other direction, as the following table shows.",
    ),
    "tunnel.abort-wire": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST break the tunnel off at a `tunnel.abort`, without writing octets that wait, as the following table shows.",
    ),
    "tunnel.end-given-once": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give exactly one `tunnel.end`, after the last `tunnel.data`, of a peer that ended its sending direction in order.",
    ),
    "tunnel.nothing-after-end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `tunnel.data`, `tunnel.end` and `tunnel.datagram` with `Misuse` once the application has sent `tunnel.end`, and those and `tunnel.abort` once it has sent `tunnel.abort`.",
    ),
    "tunnel.closed.cause": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `tunnel.closed` the cause of the loss ([cancel.reason]) if the peer was lost before both directions had ended and before the application aborted the tunnel, and `complete` otherwise.",
    ),
    "tunnel.closed.when": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `tunnel.closed` as soon as the tunnel is over, behind what arrived before, unless the application aborted the tunnel and what arrived is dropped.",
    ),
    "tunnel.closed.repeats": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer every `receive` after `tunnel.closed` with `tunnel.closed` again, with the same fields.",
    ),
    "tunnel.returns-closes": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST end its sending direction as by `tunnel.end`, unless [tunnel.abort-when-unended] applies, when the application returns from an accepted tunnel that it has not ended or aborted.",
    ),
    "tunnel.returns-timeout": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST abort a tunnel whose application has returned when the peer has not ended its direction `limits.idle_ms` after the gateway ended its own.",
    ),
    "tunnel.abort-when-unended": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST break an accepted tunnel that is not over off, as `tunnel.abort` would, in the cases of the following table.",
    ),
    "tunnel.datagram.whole": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST make exactly one `tunnel.datagram` of each HTTP Datagram that it gives, and one HTTP Datagram of each `tunnel.datagram` that it sends: in a QUIC `DATAGRAM` frame where `datagrams` of the scope is `frames`, otherwise in a capsule of type 0.",
    ),
    "tunnel.datagram.permitted": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject a `tunnel.datagram` with `Misuse` when the tunnel was accepted without `datagrams`, or when its `data` has more than 65,535 octets.",
    ),
    "tunnel.datagram.dropped": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST drop a datagram in the cases of the following table, and in no others.",
    ),
    "tunnel.datagram.capsules": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST, in a tunnel that was accepted with `datagrams`, take the capsules of type 0 and no others out of the peer's octets, and write its own only between whole capsules of the application's octets.",
    ),
    "tunnel.datagram.unfinished": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `tunnel.end` with `Misuse` in a tunnel that was accepted with `datagrams` while the octets that the application sent end within a capsule.",
    ),
    "adapter.misuse": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves WSGI 1 or ASGI 3 MUST hold the application to the same checks and state machines as a gateway does, and raise the same `Misuse`.",
    ),
    "adapter.no-spool": RequirementDescription(
        "MUST NOT",
        "middleware",
        "Middleware that adapts MUST NOT collect a request body or a response body before it passes it on.",
    ),
    "adapter.scope": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST describe the request as the table “What describes the request” says.",
    ),
    "adapter.host": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 or an ASGI 3 application MUST give an `authority` that is not empty as the only `host` field, ahead of all others.",
    ),
    "adapter.fields-joined": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST join the values of several `cookie` fields with `; `, and those of other fields of one name with `, `, where the other side has room for one.",
    ),
    "wsgi.latin-one": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application or serves WSGI 1 MUST turn octets into text, and text into octets, one octet for each character from U+0000 to U+00FF.",
    ),
    "wsgi.underscore-dropped": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST leave out the field `proxy` and every field whose name has an underscore.",
    ),
    "adapter.path": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST make paths as the table “Paths” says.",
    ),
    "adapter.body": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST map the body of the request as the table “The body of the request” says.",
    ),
    "wsgi.input-streamed": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST call `receive` only when `wsgi.input` is read and holds less than what is asked for.",
    ),
    "wsgi.input-read": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST return from `read(n)` with fewer than `n` octets only at the end of the body, and never with more.",
    ),
    "wsgi.input-broken": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST raise an `OSError` from `wsgi.input` when the request did not arrive whole, and never return an end.",
    ),
    "asgi.disconnect": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls an ASGI 3 application MUST answer every `receive` with `http.disconnect`, or `websocket.disconnect`, once the application has ended its response or the terminal event of the conversation was received.",
    ),
    "asgi.receive-on-demand": RequirementDescription(
        "MUST NOT",
        "middleware",
        "Middleware that serves ASGI 3 MUST NOT call the server's `receive` for a request with `expect: 100-continue` before the application has called its own, started its response or discarded the request.",
    ),
    "adapter.response": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST map the response as the table “The response” says.",
    ),
    "wsgi.pool-bounded": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST call it, its iterable and `close()` in a pool of threads that has a configured bound and that nothing else uses.",
    ),
    "wsgi.start-response": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST treat `start_response` as the table “Calls of `start_response`” says.",
    ),
    "wsgi.head-delayed": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST send `http.response.start` at the first item or `write` that is not empty, or at the end of the iterable, and not before.",
    ),
    "wsgi.length-cut": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST send no more than the declared `content-length`, end the iteration there, and report the excess as a fault of the application.",
    ),
    "wsgi.peer-lost": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST ask for no further item once a `send` has failed with `Closed`.",
    ),
    "wsgi.close-once": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls a WSGI 1 application MUST call `close()` of the iterable, where it has one, exactly once: behind `http.response.end` after its end, and otherwise after the error or the loss of the peer that ended it.",
    ),
    "wsgi.one-loop": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves WSGI 1 MUST run the applications of a process in one event loop in a thread of its own.",
    ),
    "wsgi.pull": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves WSGI 1 MUST resolve a `send` of `http.response.body` when the server has asked for the next item.",
    ),
    "wsgi.lifespan": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves WSGI 1 MUST run the lifespan of the application up to ready before the first call of a process is answered.",
    ),
    "wsgi.close-cancels": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves WSGI 1 MUST treat a `close()` of its iterable before the end of the response as the loss of the peer, with the cause `connection_lost`.",
    ),
    "asgi.tolerated": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls an ASGI 3 application MUST deal with what the table “What ASGI 3 tolerates” lists in the way that it says.",
    ),
    "asgi.head-pushed": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves ASGI 3 MUST send an empty `http.response.body` with `more_body` true behind `http.response.start` when the application sends nothing more in the same turn of the event loop.",
    ),
    "asgi.lost": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves ASGI 3 MUST take the peer as lost when, before the application has finished its part, the server's `receive` brings `http.disconnect` or `websocket.disconnect`, or its `send` raises an `OSError`.",
    ),
    "asgi.watch": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that serves ASGI 3 MUST keep a `receive` of the server pending while it holds no piece of the body and no message that the application has not received, unless [asgi.receive-on-demand] forbids it.",
    ),
    "asgi.websocket": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST map a WebSocket as the table “WebSocket” says.",
    ),
    "asgi.lifespan": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST map the lifespan of an ASGI 3 application or server as the table “Lifespan” says.",
    ),
    "asgi.lifespan-absent": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls an ASGI 3 application MUST end with `UnsupportedScope`, and report what happened, when the application's lifespan call ends or raises any error before it has sent an event.",
    ),
    "asgi.lifespan-required": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that calls an ASGI 3 application MUST offer an option under which such an end is fatal, as [lifespan.fatal-start] says.",
    ),
    "asgi.extensions": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that adapts MUST offer and use those extensions of ASGI 3 that the table “Extensions” maps, as it says, and no others.",
    ),
    "security.refusal-order": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST send a refusal on an HTTP/1 connection only behind the whole responses to the requests before it.",
    ),
    "security.given-up-answer": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST end an exchange that it gives up with the status that the following table gives while the response is open, and by breaking the response off once it is committed.",
    ),
    "security.nothing-after-last": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST close an HTTP/1 connection, without reading another request from it, once what a row of the following table names is over.",
    ),
    "security.framing-conflict": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer an HTTP/1 request that has both `transfer-encoding` and `content-length`, conflicting lengths, a length that is not a decimal number of at most 15 digits, a transfer coding that it does not know, or any transfer coding in HTTP/1.0, with status 400, or 501 if an unknown coding is all that is wrong, and close the connection.",
    ),
    "security.message-syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse with status 400, or give up, an HTTP/1 request that breaks a rule of the following table.",
    ),
    "security.stream-malformed": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reset the stream of a request that is malformed (RFC 9113 section 8.1.1, RFC 9114 section 4.1.2), or whose `:authority` and `host` differ in more than the case of letters, with `PROTOCOL_ERROR` or `H3_MESSAGE_ERROR`.",
    ),
    "security.version-known": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a request in a version of HTTP that it does not speak with status 505, and close the connection.",
    ),
    "security.target-syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a request with status 400 when its method is not a token, or its target is none of the forms that RFC 9112 section 3.2 gives to its method.",
    ),
    "security.host-single": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer with status 400 a request that has more than one `host` field or one that is not a host with an optional port, and an HTTP/1.1 request that has none.",
    ),
    "security.request-field-syntax": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST answer a request whose header fields break the syntax of RFC 9110 section 5 with status 400.",
    ),
    "security.underscore-distinct": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give a field whose name has an underscore under that name, apart from the field whose name has a hyphen in its place.",
    ),
    "security.limits-target": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse a request whose target is longer than `limits.target_octets` with status 414.",
    ),
    "security.limits-method": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse a request whose method is longer than 64 octets with status 400 or 501.",
    ),
    "security.limits-head": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse a request with status 431 as soon as its header section exceeds `limits.header_octets` in size or `limits.header_fields` in number.",
    ),
    "security.limits-body-declared": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse a request whose declared length exceeds `limits.body_octets` with status 413.",
    ),
    "security.limits-body": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give up a request as soon as it has read more of it than the following table allows.",
    ),
    "security.head-time": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse an HTTP/1 request with status 408 when its head is not complete within `limits.head_ms` after its first octet.",
    ),
    "security.head-time-silent": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT write a response to a connection that it closes because no octet of a request has arrived in time.",
    ),
    "security.forwarded": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give `forwarded` as null unless the other end of the connection has a trusted address and has sent, with its syntax unbroken, the kind of field that the declaration names.",
    ),
    "security.forwarded-not-peer": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT let a header field other than `host` change `peer`, `local_address`, `scheme`, `authority` or `tls`.",
    ),
    "security.forwarded-nearest": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST fill `forwarded` from that kind of field alone, with its last element whose `for` is not itself a trusted address, or with its first element if all of them are trusted.",
    ),
    "security.tls-facts": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give in `tls` only what it negotiated and verified itself in the handshake of the connection, and null where it ended no TLS.",
    ),
    "security.tls-early-data": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT call the application for a request before the handshake of its connection is complete.",
    ),
    "security.tls-misdirected": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST refuse a request with status 421 when the operator demands other client certificates, or none, for its authority than for the server name of its connection's handshake.",
    ),
    "security.file-roots": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.file` with `Misuse` when its `path` is not a declared root followed by a separator and one or more segments, of which none is empty, is `.` or `..`, or has NUL in it.",
    ),
    "security.file-links": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject `http.file` with `Misuse` when the location of the file that it has opened, with every symbolic link followed, is not below the location of a declared root.",
    ),
    "security.no-detail-in-500": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST send each of the responses of [http.500-when-open] and [http.unsupported-scope] with the same header fields, apart from `connection` and `date`, and the same body whatever the application ended with.",
    ),
    "security.log-control": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST write control characters that came from a peer in escaped form where it writes them to a log or a terminal.",
    ),
    "security.trace-secrets": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST put a fixed mark in the place of the values of `authorization`, `cookie`, `proxy-authorization` and `set-cookie` in traces and logs, unless the operator has asked for the values.",
    ),
    "security.concurrency-bounded": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT have more calls of the application under way for one connection than a configured number, 100 unless configured otherwise.",
    ),
    "security.concurrency-refused": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reset a stream that would exceed this number with `REFUSED_STREAM` or `H3_REQUEST_REJECTED`, without calling the application.",
    ),
    "security.floods": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST close an HTTP/2 or HTTP/3 connection with `ENHANCE_YOUR_CALM` or `H3_EXCESSIVE_LOAD` when the peer goes beyond a bound of the following table.",
    ),
    "security.origin-check": RequirementDescription(
        "SHOULD",
        "application",
        "The application SHOULD deny a WebSocket whose `origin` field is not one that it expects before it trusts cookies or other credentials that a browser adds by itself.",
    ),
    "security.content-coding-kept": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT decode a content coding of the request body.",
    ),
    "security.decompression-limit": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that decodes a content coding MUST count the decoded octets against `limits.body_octets` while it decodes, and stop when they exceed it.",
    ),
    "binding.field-types": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give each field in the form that the table “Field types” has for its type, and accept each form that the table has.",
    ),
    "binding.no-coercion": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST reject with `Misuse` of [event.shape] a value in a form that the table “Field types” does not have for its field, even where it could be converted.",
    ),
    "binding.errors": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give the errors of the interface the attributes in the table “Errors”.",
    ),
    "binding.unawaited": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT let a failed `send` that nobody awaited end the process or appear in a log.",
    ),
    "typescript.frozen": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST freeze the scope and every object and array in it, the values of `local.state` and `local.cancel` excepted, before it calls the application.",
    ),
    "typescript.errors-by-name": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST recognise `Misuse`, `Closed` and `UnsupportedScope` that the application ends with by the property `name`.",
    ),
    "typescript.promises": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST return a native promise from `receive` and from `send`, and reject it where it would throw.",
    ),
    "typescript.bytes-kept": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway MUST NOT write to, detach or reuse the memory of a `Uint8Array` that it gave to the application or took from it.",
    ),
    "python.closed-oserror": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST raise `portway.Misuse`, `portway.Closed` and `portway.UnsupportedScope` or subclasses of them, where `Closed` is a subclass of `OSError` and the others are of `Exception` alone.",
    ),
    "python.call-end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take the end of the application's call for what the table “Ends of a call” says.",
    ),
    "python.one-loop": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST call the application for every conversation in the event loop, and in its thread, in which it calls it for the lifespan.",
    ),
    "python.context": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST call the application for each conversation in a context of its own, so that a context variable that one call sets is not seen by another.",
    ),
    "python.send-at-call": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST take the event, and a copy of a `bytearray` or `memoryview` in it, when `send` is called, whether and whenever what it returns is awaited.",
    ),
    "python.cancel": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway MUST give as `local.cancel` an object with the members of the table “Members of `portway.Cancel`”.",
    ),
    "python.threaded": RequirementDescription(
        "MUST",
        "middleware",
        "Middleware that runs a synchronous function as an application MUST run it in a pool of threads with a stated bound.",
    ),
    "worker.as-one": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST together meet every requirement on a gateway, [worker.after-end] apart.",
    ),
    "worker.stream": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST start a worker with the environment variable `PORTWAY_WORKER` set to a value of the table “Streams”.",
    ),
    "worker.socket-private": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST create a Unix socket for a worker where only its own user can reach it, and remove it once the worker has connected.",
    ),
    "worker.stdout": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST write to standard error what the application writes to standard output, where the stream is `stdio`.",
    ),
    "frame.unknown-kind": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST ignore a frame whose kind is 0x80 or above and unknown to them.",
    ),
    "frame.values": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST write the fields of scopes and events as the table “Values” says for their types, and leave out those that are absent.",
    ),
    "worker.unencodable": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST write a value that has no form in the table “Values” for its field as `{\"$invalid\": \"…\"}`, with the name of its type in the language.",
    ),
    "frame.payload": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST write the field `data` with octets, or else `text` with text, as the *payload* of an event: its name in `payload`, its number of octets in `size`, and its octets in `data` frames behind those of earlier payloads of the conversation.",
    ),
    "frame.hello": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST write `hello` without waiting for anything from the worker, and, a `fault` apart, no other frame before it has received the worker's.",
    ),
    "worker.lifespan-first": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST open a conversation of type `lifespan` as number 1, and no other before the application is ready or has answered with `UnsupportedScope`.",
    ),
    "frame.receive": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST write one `receive` when the application calls `receive`, unless an earlier one is unanswered.",
    ),
    "frame.pull": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST write an `event` only in answer to a `receive`, and exactly one for each.",
    ),
    "frame.event-at-call": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST write `event` when the application calls `send`, whatever is still to be written of earlier payloads.",
    ),
    "frame.atomic": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST judge an event of the worker by its metadata and its `size`, without waiting for its payload.",
    ),
    "frame.settle": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST answer every `event` of the worker with one `settled`, at the moment at which it would settle that `send` in one process.",
    ),
    "worker.drop-closed": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST write no more data in a conversation after a `settled` with `closed`.",
    ),
    "frame.turns": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST let conversations take turns: after a `data` frame of one, those of the others that have data and credit come before its next.",
    ),
    "worker.end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST write `end`, with the outcome of the table “Outcomes”, when the application's call has ended and the payloads of its events are written.",
    ),
    "worker.after-end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST fail a call of `send` after the application's call has ended with `Closed` of the cause `complete`, and leave a call of `receive` pending.",
    ),
    "frame.after-end": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST ignore a frame for a conversation that it has ended, apart from returning the credit of the stream.",
    ),
    "worker.cancel": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST signal `local.cancel` as soon as it has read a `cancel`, with a `Closed` of its cause and code as the reason.",
    ),
    "frame.credit-return": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST return credit for data when the table “Credit” says that it is due, holding back no more than half of what they announced for that balance.",
    ),
    "frame.keep-reading": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST go on reading frames while their own writing is held up.",
    ),
    "worker.exit": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST exit as the table “Ends of the stream” says when the stream from the front ends.",
    ),
    "worker.front-lost": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's worker MUST treat the loss of its front as the loss of every peer, with the cause `connection_lost`, and as a drain whose deadline has come.",
    ),
    "worker.crash": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST treat every open conversation as if the application's call had ended with an error when the worker's process or its direction of the stream ends.",
    ),
    "worker.restart-wait": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST wait before it starts a worker in place of one that ended, unasked, less than 60 seconds after it was ready: 1 second at first, and after each such end in a row twice as long, up to 60 seconds.",
    ),
    "worker.none-ready": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front MUST answer a request with status 503 when no worker that is ready has room for it within a configured time, 5 seconds unless configured otherwise.",
    ),
    "frame.well-formed": RequirementDescription(
        "MUST NOT",
        "gateway",
        "The gateway's front and worker MUST NOT write a malformed frame.",
    ),
    "frame.malformed": RequirementDescription(
        "MUST",
        "gateway",
        "The gateway's front and worker MUST answer a malformed frame with a `fault` of its code and close the stream, without acting on the frame.",
    ),
}
"""Every requirement by id: its level, whom it binds, its text."""
