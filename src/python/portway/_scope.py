"""What a scope says, checked by itself: its form, and whether its fields agree.

Knows nothing of the conversation, nor of other scopes.
"""

from __future__ import annotations

import re
from typing import Any, List, Mapping, Optional, Sequence, Tuple

from ._fields import Fields, broken_field, is_token, list_of
from ._forms import Found, check_record, check_table, is_private_name, unplain
from .events import FEATURES, RECORDS

Scope = Mapping[str, Any]

REQUESTS = ("http", "websocket", "tunnel")
_VERSION = re.compile(r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)")
_KEY = re.compile(r"[A-Za-z0-9+/]{21}[AQgw]==")
_METHOD_OCTETS = 64


def is_version(text: Any) -> bool:
    """Whether a text is an interface version: two numbers without leading zeros."""
    return isinstance(text, str) and _VERSION.fullmatch(text) is not None


def record_of(scope_type: Any) -> Optional[str]:
    """The name of the record of a scope's type, or None for one of no proposal."""
    name = f"{scope_type}_scope"
    return name if scope_type in (*REQUESTS, "lifespan") and name in RECORDS else None


def check_form(scope: Any, found: Found) -> bool:
    """Checks the form of a scope. Returns whether its fields can be looked at further."""
    if not isinstance(scope, dict):
        found("scope.plain-data", "the scope is no dict")
        return False
    breaches: List[str] = []

    def broken(requirement: str, message: str) -> None:
        breaches.append(requirement)
        found(requirement, message)

    for name, value in scope.items():
        if not isinstance(name, str):
            broken("scope.plain-data", "the scope has a key that is no str")
            continue
        place = None if name == "local" else unplain(value, f"scope.{name}")
        if place is not None:
            broken("scope.plain-data", f"{place}, which is no plain data")
    if breaches:
        return False
    record = record_of(scope.get("type"))
    if record is not None:
        check_record(record, scope, "scope", broken)
    else:
        common = {name: scope[name] for name in RECORDS["scope"] if name in scope}
        check_table(RECORDS["scope"], common, "scope", broken)
        scope_type = scope.get("type")
        if isinstance(scope_type, str) and not is_private_name(scope_type):
            broken(
                "feature.private-names",
                f"{scope_type!r} is no type of a scope, and no private name",
            )
    if breaches:
        return False
    _check_marker(scope["gateway"], found)
    return True


def _check_marker(gateway: Mapping[str, Any], found: Found) -> None:
    if not is_version(gateway["interface"]):
        found("scope.gateway-marker", f"{gateway['interface']!r} is no interface version")
    for feature, revisions in gateway["features"].items():
        known = FEATURES.get(feature)
        if known is None and not is_private_name(feature):
            found(
                "feature.private-names",
                f"the feature `{feature}` is none of the specification's, " "and no private name",
            )
        ascending = all(revision > before for before, revision in zip((0, *revisions), revisions))
        if not revisions or not ascending:
            found(
                "feature.listed",
                f"the revisions of `{feature}` are not in ascending order: {revisions}",
            )
        elif known is not None and known["default"] and 1 not in revisions:
            found("feature.default-kept", f"`{feature}` is listed without its first revision")


def check_request(scope: Scope, tunnels: Optional[Sequence[str]], found: Found) -> None:
    """Checks what a request's scope says of it. ``tunnels`` were declared, None: unknown."""
    _check_headers(scope["headers"], scope["http_version"], found)
    _check_target(scope, found)
    _check_mount(scope, found)
    _check_length(scope, found)
    _check_upgrade(scope, found)
    _check_limits(scope, found)
    if scope["scheme"] not in ("http", "https"):
        found("interface.complete", f"scope.scheme is {scope['scheme']!r}, not http or https")
    tls = scope["tls"]
    if tls is not None and tls["verified"] and not tls["client_chain"]:
        found("security.tls-facts", "scope.tls.verified is true without a chain of certificates")
    if scope["type"] == "websocket":
        _check_handshake(scope, found)
    elif scope["type"] == "tunnel":
        _check_tunnel(scope, tunnels, found)
    elif scope["method"] == "CONNECT":
        found("tunnel.undeclared-connect", "a CONNECT has a scope of the type `http`")


def _check_headers(headers: Fields, version: str, found: Found) -> None:
    names = [name for name, _ in headers]
    pseudo = next((name for name in names if name.startswith(":")), None)
    upper = next((name for name in names if re.search("[A-Z]", name)), None)
    if pseudo is not None:
        found("http.headers.no-pseudo", f"`{pseudo}` is among the headers")
    elif upper is not None:
        found("http.headers.lowercase", f"the name `{upper}` is not in lowercase")
    else:
        broken = broken_field(headers)
        if broken is not None:
            found("security.request-field-syntax", broken)
    cookies = names.count("cookie")
    if cookies > 1 and version in ("2", "3"):
        found(
            "http.headers.cookie-joined", f"there are {cookies} `cookie` fields over HTTP/{version}"
        )


def _parts_of(scope: Scope) -> Optional[Tuple[bytes, Optional[bytes]]]:
    """Path and query of a target, None for one without (RFC 9112 section 3.2)."""
    target = scope["target"]
    if target == b"*":
        return b"*", None
    if scope["method"] == "CONNECT" and scope["upgrade"] is None:
        return b"", None
    if target.startswith(b"/"):
        rest = target
    else:
        absolute = re.fullmatch(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*(.*)", target, re.DOTALL)
        if absolute is None:
            return None
        rest = absolute[1]
    whole = rest if rest.startswith(b"/") else b"/" + rest
    path, mark, query = whole.partition(b"?")
    return path, query if mark else None


def _check_target(scope: Scope, found: Found) -> None:
    """Middleware can rewrite a path: only one that is the target's cleaned tells anything."""
    path, target = scope["path"], scope["target"]
    asked = _parts_of(scope)
    if asked is None:
        return
    if path != asked[0]:
        if path in _cleaned(asked[0]):
            found("http.path.encoded", f"scope.path is {path!r} where the target is {target!r}")
    elif (scope["query"] is None) != (asked[1] is None):
        found(
            "http.query.null", f"scope.query is {scope['query']!r} where the target is {target!r}"
        )


def _cleaned(path: bytes) -> List[bytes]:
    """What gateways that are not careful make of a path."""
    decoded = re.sub(rb"%([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), path)
    return [
        made
        for one in (path, decoded)
        for made in (one, _collapse(one), _undotted(one), _undotted(_collapse(one)))
    ]


def _collapse(path: bytes) -> bytes:
    return re.sub(rb"/{2,}", b"/", path)


def _undotted(path: bytes) -> bytes:
    """RFC 3986 section 5.2.4"""
    kept: List[bytes] = []
    segments = path.split(b"/")
    for segment in segments:
        if segment == b"..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != b".":
            kept.append(segment)
    if segments[-1] in (b".", b".."):
        kept.append(b"")
    return b"/".join(kept)


def _check_mount(scope: Scope, found: Found) -> None:
    path, mount = scope["path"], scope["mount"]
    if not mount:
        return
    if path.startswith(mount) and path[len(mount) : len(mount) + 1] in (b"", b"/"):
        return
    # Stripped paths are what other interfaces give.
    asked = _parts_of(scope)
    if (asked is not None and asked[0] == mount + path) or path == b"/":
        found(
            "http.mount.full-path",
            f"scope.path is {path!r} without the mount {mount!r}",
            "middleware",
        )
    else:
        found(
            "http.mount.boundary",
            f"the mount {mount!r} is no prefix of {path!r} at a segment boundary",
            "middleware",
        )


def _check_length(scope: Scope, found: Found) -> None:
    headers = scope["headers"]
    lengths = {value for name, value in headers if name == "content-length"}
    coded = any(name == "transfer-encoding" for name, _ in headers)
    sound = all(re.fullmatch(rb"[0-9]{1,15}", value) for value in lengths)
    if len(lengths) > 1 or (coded and lengths) or not sound:
        found(
            "security.framing-conflict",
            "the header fields do not say in one way where the request ends",
        )
        return
    declared = int(next(iter(lengths))) if lengths else None
    if scope["content_length"] != declared:
        found(
            "interface.complete",
            f"scope.content_length is {scope['content_length']} " f"where the field is {declared}",
        )


def _check_upgrade(scope: Scope, found: Found) -> None:
    upgrade, headers = scope["upgrade"], scope["headers"]
    version = scope["http_version"]
    if upgrade is not None and not upgrade["offers"]:
        found("http.upgrade.offers", "scope.upgrade.offers is empty")
    elif upgrade is not None and upgrade["via"] == "extended_connect":
        connect = scope["method"] == "CONNECT" and not version.startswith("1.")
        if len(upgrade["offers"]) != 1 or not connect:
            found(
                "http.upgrade.offers",
                "only a CONNECT over HTTP/2 and HTTP/3 has a :protocol, and one",
            )
    else:
        named = any(option.lower() == "upgrade" for option in list_of(headers, "connection"))
        offered = list_of(headers, "upgrade") if version == "1.1" and named else []
        given = list(upgrade["offers"]) if upgrade is not None else []
        if offered != given:
            found(
                "http.upgrade.offers",
                f"scope.upgrade offers {given} where the request offers {offered}",
            )


def _check_limits(scope: Scope, found: Found) -> None:
    limits, target, method = scope["limits"], scope["target"], scope["method"]
    if len(target) > limits["target_octets"]:
        found(
            "security.limits-target",
            f"the target has {len(target)} octets, " f"and {limits['target_octets']} are allowed",
        )
    if len(method) > _METHOD_OCTETS:
        found("security.limits-method", f"the method has {len(method)} octets")
    check_section(scope["headers"], limits, "security.limits-head", found)
    most, declared = limits["body_octets"], scope["content_length"] or 0
    if most is not None and declared > most:
        found(
            "security.limits-body-declared",
            f"the request declares {declared} octets, and {most} are allowed",
        )


def check_section(
    fields: Fields, limits: Mapping[str, Any], requirement: str, found: Found
) -> None:
    """Number and size of header or trailer fields."""
    size = sum(len(name) + len(value) for name, value in fields)
    if len(fields) > limits["header_fields"]:
        found(
            requirement,
            f"there are {len(fields)} fields, and {limits['header_fields']} are allowed",
        )
    elif size > limits["header_octets"]:
        found(
            requirement, f"the fields have {size} octets, and {limits['header_octets']} are allowed"
        )


def _check_handshake(scope: Scope, found: Found) -> None:
    """The tables "Which requests are handshakes" and "Rules of a handshake" (proposal 4)."""
    version, method, headers = scope["http_version"], scope["method"], scope["headers"]
    upgrade = scope["upgrade"]
    offers = [offer.lower() for offer in upgrade["offers"]] if upgrade is not None else []
    http1 = version == "1.1"
    if http1:
        asked = method == "GET" and "websocket" in offers
    else:
        asked = version != "1.0" and method == "CONNECT" and offers[:1] == ["websocket"]
    if not asked:
        found(
            "websocket.scope-type",
            f"a {method} over HTTP/{version} that is no handshake "
            "has a scope of the type `websocket`",
        )
        return
    subprotocols = list_of(headers, "sec-websocket-protocol")
    key = ",".join(_values_of(headers, "sec-websocket-key"))
    if _values_of(headers, "sec-websocket-version") != ["13"]:
        wrong = "is not of version 13"
    elif _has_content(headers):
        wrong = "has content"
    elif http1 and _KEY.fullmatch(key) is None:
        wrong = "has no key, or none of 16 octets"
    elif not all(map(is_token, subprotocols)) or len(set(subprotocols)) < len(subprotocols):
        wrong = "offers subprotocols that are no tokens, or one twice"
    else:
        return
    found("websocket.handshake", f"a handshake that {wrong} was given to the application")


def _values_of(headers: Fields, wanted: str) -> List[str]:
    return [value.decode("latin-1") for name, value in headers if name == wanted]


def _has_content(headers: Fields) -> bool:
    return any(
        name == "transfer-encoding" or (name == "content-length" and value.strip(b"0") != b"")
        for name, value in headers
    )


def _check_tunnel(scope: Scope, tunnels: Optional[Sequence[str]], found: Found) -> None:
    protocol, method, upgrade = scope["protocol"], scope["method"], scope["upgrade"]
    is_connect = method == "CONNECT" and upgrade is None
    offers = [offer.lower() for offer in upgrade["offers"]] if upgrade is not None else []
    if tunnels is not None and protocol not in tunnels:
        found("tunnel.declared-only", f"the application has not declared `{protocol}`")
    elif is_connect != (protocol == "CONNECT") or (
        not is_connect and protocol.lower() not in offers
    ):
        found("tunnel.declared-only", f"the request does not ask for `{protocol}`")
    if _has_content(scope["headers"]):
        found(
            "tunnel.connect-syntax" if method == "CONNECT" else "tunnel.declared-only",
            "a request with content is no tunnel",
        )
    datagrams, version = scope["datagrams"], scope["http_version"]
    if datagrams != "none" and (is_connect or (datagrams == "frames" and version != "3")):
        found(
            "interface.complete",
            f"scope.datagrams is `{datagrams}` for a {method} over HTTP/{version}",
        )
