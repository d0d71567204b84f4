"""The form of an event that a gateway gives, and what can be said of it alone. Knows no state."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Mapping, Optional

from ._guards import DATAGRAM_OCTETS, may_be_received
from ._fields import Fields, broken_field
from ._scope import Scope, check_section
from ._forms import Found, check_table, is_private_name, unplain
from .events import EVENTS, FEATURES

# The codes of proposal 4, "How a WebSocket ends", that are the gateway's own.
_OWN_CODES = (1001, 1002, 1006, 1007, 1009)


def check_received(given: Any, scope: Scope, found: Found) -> Optional[Dict[str, Any]]:
    """Checks an event that was given in a conversation.

    Returns it where it is one of this type of conversation in a sound form, or private.
    """
    place = "the event is no dict"
    if isinstance(given, dict):
        place = unplain(given, "the event") or ""
    if place:
        found("event.plain-data", f"{place}, so it is no plain data")
        return None
    event_type = given.get("type")
    if not isinstance(event_type, str):
        found("event.plain-data", "the event has no `type`")
        return None
    description = EVENTS.get(event_type)
    if description is None:
        if is_private_name(event_type):
            return dict(given)
        found(
            "feature.private-names",
            f"`{event_type}` is no event of the specification, and no private name",
        )
        return None
    if description["direction"] == "send" or scope["type"] not in description["scope"]:
        lifespan = scope["type"] == "lifespan"
        found(
            "lifespan.drain-order" if lifespan else "event.by-table",
            f"`{event_type}` is not given in a conversation of the type `{scope['type']}`",
        )
        return None
    feature = description.get("feature")
    if feature in FEATURES and feature not in scope["gateway"]["features"]:
        found(
            "feature.not-unasked",
            f"`{event_type}` belongs to the feature `{feature}`, which is not offered",
        )
        return None
    breaches: List[str] = []

    def broken(requirement: str, message: str) -> None:
        breaches.append(requirement)
        found(requirement, message)

    fields = {key: value for key, value in given.items() if key != "type"}
    check_table(description["fields"], fields, event_type, broken)
    one_of = description.get("exactly_one", ())
    if one_of and sum(name in given for name in one_of) != 1:
        broken(
            description["requirement"],
            f"`{event_type}` has not exactly one of {' and '.join(one_of)}",
        )
    if not breaches:
        _check_content(given, scope, broken)
    return None if breaches else dict(given)


def _check_content(event: Mapping[str, Any], scope: Scope, found: Found) -> None:
    event_type = event["type"]
    octets = len(event["data"]) if "data" in event else None
    if event_type == "http.request.body" and octets == 0:
        found("http.request.no-empty-body", "a piece of the body is empty")
    elif event_type == "tunnel.data" and octets == 0:
        found("tunnel.data-order", "a piece of the tunnel is empty")
    elif event_type == "tunnel.datagram" and (octets or 0) > DATAGRAM_OCTETS:
        found("tunnel.datagram.dropped", f"a datagram has {octets} octets")
    elif event_type == "http.request.end":
        _check_trailers(event["trailers"], scope, found)
    elif event_type == "websocket.message":
        length = len(event["text"].encode()) if octets is None else octets
        most = scope["limits"]["message_octets"]
        if length > most:
            found(
                "websocket.message-limit", f"a message has {length} octets, and {most} are allowed"
            )
    elif event_type == "websocket.closed":
        _check_closed(event, found)


def _check_trailers(trailers: Fields, scope: Scope, found: Found) -> None:
    upper = next((name for name, _ in trailers if re.search("[A-Z]", name)), None)
    broken = broken_field(trailers)
    if upper is not None:
        found("http.headers.lowercase", f"the name `{upper}` is not in lowercase")
    elif broken is not None:
        found("security.message-syntax", broken)
    else:
        check_section(trailers, scope["limits"], "security.limits-body", found)


def _check_closed(event: Mapping[str, Any], found: Found) -> None:
    """The column `code` of the table "How a WebSocket ends" (proposal 4)."""
    code, reason, clean = event["code"], event["reason"], event["clean"]
    if event["initiator"] == "gateway":
        wrong = code not in _OWN_CODES or reason != "" or clean
    elif code == 1006:
        wrong = reason != "" or clean
    elif code == 1005:
        wrong = reason != ""
    else:
        wrong = not may_be_received(code)
    if wrong:
        found(
            "websocket.closed.codes",
            f"code {code}, reason {reason!r} and clean {clean} do not go with "
            f"the initiator `{event['initiator']}`",
        )
