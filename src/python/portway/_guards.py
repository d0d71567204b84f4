"""The guards of the machines that applications meet, and what was wrong, in words.

Each is asked with an event, or None for a trigger, and with whose conversation it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Sequence, Tuple

from ._fields import (
    FORBIDDEN_TRAILERS,
    HOP_BY_HOP,
    broken_field,
    declared_length,
    first_in,
    has_field,
    is_token,
)
from ._machine import Guard

if TYPE_CHECKING:
    from ._judge import Conversation

Event = Mapping[str, Any]

DATAGRAM_OCTETS = 65_535
"""tunnel.datagram.permitted"""
REASON_OCTETS = 123
"""In UTF-8, so that a Close frame holds code and reason (RFC 6455 section 5.5)."""


def _fields_of(event: Event) -> Sequence[Tuple[str, bytes]]:
    name = "trailers" if event["type"] == "http.response.end" else "headers"
    fields: Sequence[Tuple[str, bytes]] = event.get(name, ())
    return fields


def _length_forbidden(event: Event, _: Conversation) -> bool:
    """A length where there can be no content, other than the 0 of a 205."""
    status = event.get("status")
    fields = _fields_of(event)
    if status is None:
        return has_field(fields, "content-length")
    if status >= 200 and status not in (204, 205):
        return False
    return any(
        name == "content-length" and not (status == 205 and value.strip(b"0") == b"")
        for name, value in fields
    )


def _is_file_fault(requirement: str) -> Guard:
    return lambda event, whose: whose.file_fault(event) == requirement


def _excess(event: Event, whose: Conversation) -> bool:
    length: Optional[int] = whose.length
    if length is None:
        return False
    if whose.content + (whose.octets_of(event) or 0) > length:
        return True
    whose.unsure = whose.unsure or not whose.counted
    return False


def _shortfall(_: Any, whose: Conversation) -> bool:
    length: Optional[int] = whose.length
    if length is None or whose.content >= length:
        return False
    if whose.is_head or whose.status == 304:
        return False
    whose.unsure = whose.unsure or not whose.counted
    return whose.counted


def may_be_closed_with(code: int) -> bool:
    """The column "application sends" of the table "Close codes" (proposal 4)."""
    return code != 1010 and may_be_received(code)


def may_be_received(code: int) -> bool:
    """The column "peer" of the table "Close codes" (proposal 4), but for 1005 and 1006."""
    return 1000 <= code <= 1003 or 1007 <= code <= 1014 or 3000 <= code <= 4999


def _has_surrogate(event: Event, _: Conversation) -> bool:
    """The check of the shape has rejected it already (binding.field-types)."""
    texts = (event.get("text", ""), event.get("reason", ""))
    return any("\ud800" <= unit <= "\udfff" for text in texts for unit in text)


def _unoffered(event: Event, offers: Mapping[str, Sequence[int]]) -> Optional[str]:
    """The first feature, or revision of one, that was not on offer."""
    for feature, revision in event.get("accepts", {}).items():
        if revision not in offers.get(feature, ()):
            return f"`{feature}` revision {revision}"
    return None


def _malformed(event: Event) -> Optional[str]:
    """The first element of `tunnels` that breaks tunnel.declared-syntax."""
    seen = set()
    for protocol in event.get("tunnels", ()):
        parts = protocol.split("/")
        folded = protocol.lower()
        sound = len(parts) <= 2 and all(map(is_token, parts))
        if not sound or folded == "websocket" or folded in seen:
            return str(protocol)
        seen.add(folded)
    return None


def _answered(_: Any, whose: Conversation) -> bool:
    return whose.response_over


def _declined(_: Any, whose: Conversation) -> bool:
    return whose.declined


_OF_DATAGRAMS = frozenset(["capsule-protocol", "content-type"])

GUARDS: Dict[str, Dict[str, Guard]] = {
    "http.request": {},
    "http.response": {
        "field-syntax": lambda event, _: broken_field(_fields_of(event)) is not None,
        "hop-by-hop": lambda event, _: first_in(_fields_of(event), HOP_BY_HOP) is not None,
        "length-syntax": lambda event, _: declared_length(_fields_of(event)) is False,
        "length-forbidden": _length_forbidden,
        "forbidden-trailer": lambda event, _: (
            first_in(_fields_of(event), FORBIDDEN_TRAILERS) is not None
        ),
        "informed": lambda _, whose: whose.informed,
        "file-outside": _is_file_fault("security.file-roots"),
        "file-missing": _is_file_fault("http.file.exists"),
        "file-linked": _is_file_fault("security.file-links"),
        "file-short": _is_file_fault("http.file.range"),
        "contentless": lambda event, whose: (
            whose.status in (204, 205, 304) and bool(whose.octets_of(event))
        ),
        "head-request": lambda _, whose: whose.is_head,
        "excess": _excess,
        "shortfall": _shortfall,
        "declined": _declined,
    },
    "websocket.conversation": {
        "declined": _declined,
        "owned-field": lambda event, _: any(
            name == "content-length" or name.startswith("sec-websocket-")
            for name, _ in _fields_of(event)
        ),
        "not-offered": lambda event, whose: (
            "subprotocol" in event and event["subprotocol"] not in whose.subprotocols
        ),
        "accepting-status": lambda event, _: event["status"] < 300,
        "not-unicode": _has_surrogate,
        "code-forbidden": lambda event, _: not may_be_closed_with(event.get("code", 1000)),
        "reason-long": lambda event, _: len(event.get("reason", "").encode()) > REASON_OCTETS,
        "answered": _answered,
    },
    "websocket.incoming": {},
    "gateway.drain": {},
    "lifespan.application": {
        "not-offered": lambda event, whose: _unoffered(event, whose.offers) is not None,
        "protocol-malformed": lambda event, _: _malformed(event) is not None,
        "tunnels-unaccepted": lambda event, _: (
            len(event.get("tunnels", ())) > 0 and "tunnel" not in event.get("accepts", {})
        ),
        "declined": _declined,
    },
    "tunnel.conversation": {
        "declined": _declined,
        "datagrams-unfit": lambda event, whose: (
            event.get("datagrams", False)
            and (
                whose.datagrams == "none" or first_in(_fields_of(event), _OF_DATAGRAMS) is not None
            )
        ),
        "accepting-status": lambda event, whose: whose.is_connect and event["status"] < 300,
        "no-datagrams": lambda _, whose: not whose.carries_datagrams,
        "oversize": lambda event, _: len(event["data"]) > DATAGRAM_OCTETS,
        "within-capsule": lambda _, whose: whose.within_capsule,
        "settled": lambda _, whose: whose.peer_has_ended or whose.loss is not None,
        "answered": _answered,
    },
    "tunnel.incoming": {},
}


def explain(requirement: str, event: Event, whose: Conversation) -> str:
    """What was wrong with an event, for a requirement that a machine named."""
    fields = _fields_of(event)
    if requirement == "http.field-syntax":
        return broken_field(fields) or "a field is not well formed"
    if requirement == "http.hop-by-hop":
        name = first_in(fields, HOP_BY_HOP)
        return f"the field `{name}` belongs to the connection, which is the gateway's"
    if requirement == "http.trailers.permitted":
        return f"the field `{first_in(fields, FORBIDDEN_TRAILERS)}` cannot be a trailer"
    if requirement == "http.length.excess":
        octets = whose.content + (whose.octets_of(event) or 0)
        return f"{octets} octets would be more than the declared {whose.length}"
    if requirement == "http.length.shortfall":
        return f"{whose.content} of the declared {whose.length} octets were sent"
    if requirement == "lifespan.accepts-offered":
        return f"{_unoffered(event, whose.offers)} was not offered"
    if requirement == "tunnel.declared-syntax":
        protocol = _malformed(event)
        return f"{protocol!r} cannot be declared as a tunnel, or is declared twice"
    if whose.file_misuse is not None:
        return str(whose.file_misuse)[len(requirement) + 2 :]
    said = EXPLANATIONS.get(requirement, "the event is not allowed here")
    return f"{said} (`{event['type']}` in the state {whose.state})"


EXPLANATIONS: Mapping[str, str] = {
    "http.start-once": "the response has already been started",
    "http.body-before-start": "the response has not been started",
    "http.nothing-after-end": "the response is over",
    "http.informational.before-commit": "the response is already committed",
    "http.refuse.before-bytes": "an informational response was already sent",
    "http.request.discard-open": "the request is already over",
    "http.bodyless": "a response with this status has no body",
    "http.length.syntax": "a response has at most one content-length, a decimal number",
    "http.length.forbidden": "a response with this status has no content-length",
    "websocket.accept-once": "the handshake was already answered",
    "websocket.subprotocol-offered": "the peer has not offered this subprotocol",
    "websocket.accept-headers": "fields of the handshake are the gateway's",
    "websocket.denial": "a status below 300 does not deny a handshake",
    "websocket.no-response-after-accept": "the handshake was accepted",
    "websocket.message-before-accept": "the handshake was not accepted",
    "websocket.text-unicode": "the text has half of a surrogate pair",
    "websocket.close-codes": "this close code is not one that an application sends",
    "websocket.close-limits": "the reason has more than 123 octets in UTF-8",
    "websocket.nothing-after-close": "the WebSocket was closed",
    "tunnel.accept-once": "the request was already answered",
    "tunnel.accept-datagrams": (
        "datagrams cannot pass in this tunnel, or a field of theirs was given"
    ),
    "tunnel.refuse": "a status below 300 would accept a CONNECT",
    "tunnel.no-response-after-accept": "the tunnel was accepted",
    "tunnel.data-before-accept": "the tunnel was not accepted",
    "tunnel.nothing-after-end": "the application has ended or aborted its direction",
    "tunnel.datagram.permitted": (
        "the tunnel was accepted without datagrams, or the datagram has more than 65,535 octets"
    ),
    "tunnel.datagram.unfinished": "the octets sent end within a capsule",
    "lifespan.tunnels-accepted": (
        "`tunnels` is not empty, and `accepts` does not name the feature `tunnel`"
    ),
    "lifespan.send-order": "the event does not fit here",
}
