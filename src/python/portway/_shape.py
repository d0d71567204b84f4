"""Checks what an application sends before any machine is asked (event.check-order, 1 to 5).

Runs on the table of events, and on the column "Python: accepted" of the table "Field types".
"""

from __future__ import annotations

from typing import AbstractSet, Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple

from ._errors import Misuse
from .events import EVENTS, EventDescription, FieldDescription

MOST = 2**53 - 1
"""The largest integer of a field, and without its sign the smallest."""

Check = Callable[[Any, FieldDescription], bool]


class _Field(NamedTuple):
    name: str
    field: FieldDescription
    check: Check
    copies: bool


class Sendable(NamedTuple):
    """An event that an application can send, with how its fields are checked."""

    type: str
    input: str
    """Its name in the tables of machines: those that both sides have stand there under two."""
    feature: Optional[str]
    exactly_one: Tuple[str, ...]
    fields: Tuple[_Field, ...]
    names: AbstractSet[str]


def check_event(event: Any, scope_type: str, features: AbstractSet[str]) -> Dict[str, Any]:
    """Checks an event for a conversation of a type in which ``features`` are in force.

    Returns it as it is understood: a copy where a key had a mark (feature.marked-keys) or
    octets can change (python.send-at-call). Raises ``Misuse``.
    """
    return check_fields(event, sendable(event, scope_type), features)


def sendable(event: Any, scope_type: str) -> Sendable:
    """The first half of ``check_event``: what this is. Raises ``Misuse``."""
    if not isinstance(event, dict):
        raise Misuse("event.shape", f"an event is a dict with a `type`, not {in_words(event)}")
    event_type = event.get("type", _ABSENT)
    if not isinstance(event_type, str):
        said = "none" if event_type is _ABSENT else in_words(event_type)
        raise Misuse("event.shape", f"an event needs a `type` that is a str; this one has {said}")
    found = _SENDABLE.get(scope_type, {}).get(event_type)
    if found is None:
        raise _not_sendable(event_type, scope_type)
    return found


def check_fields(
    event: Dict[str, Any], sent: Sendable, features: AbstractSet[str]
) -> Dict[str, Any]:
    """The second half: whether it is well formed. Raises ``Misuse``."""
    if sent.feature is not None and sent.feature not in features:
        raise Misuse(
            "feature.only-accepted",
            f"`{sent.type}` belongs to the feature `{sent.feature}`, which is not in force here",
        )
    values = _understood(event, sent)
    for name, field, check, copies in sent.fields:
        value = values.get(name, _ABSENT)
        if value is _ABSENT:
            if field.get("required"):
                raise Misuse(
                    "event.shape", f"`{sent.type}` needs the field `{name}` ({expected(field)})"
                )
            continue
        if value is None:
            fits = field.get("nullable", False)
        else:
            fits = check(value, field)
        if not fits:
            raise Misuse(
                "event.shape",
                f"`{name}` of `{sent.type}` must be {expected(field)}, not {in_words(value)}",
            )
        if copies and type(value) is not bytes and value is not None:
            if values is event:
                values = dict(event)
            values[name] = _copied(value)
    if sent.exactly_one and sum(name in values for name in sent.exactly_one) != 1:
        names = " and ".join(f"`{name}`" for name in sent.exactly_one)
        raise Misuse("event.shape", f"`{sent.type}` has exactly one of the fields {names}")
    return values


def _understood(event: Dict[str, Any], sent: Sendable) -> Dict[str, Any]:
    """The event without marks on its keys. Raises ``Misuse`` of event.must-understand."""
    plain: Optional[Dict[str, Any]] = None
    for key in event:
        if not isinstance(key, str) or not key.startswith("!"):
            continue
        if key[1:] not in sent.names:
            raise Misuse(
                "event.must-understand",
                f"`{sent.type}` has the key `{key}`, which this gateway does not understand",
            )
        if plain is None:
            plain = dict(event)
        plain[key[1:]] = plain.pop(key)
    return event if plain is None else plain


def _not_sendable(event_type: str, scope_type: str) -> Misuse:
    description = EVENTS.get(event_type)
    if description is None:
        message = f"there is no event `{event_type}`{_suggestion(event_type, scope_type)}"
    elif description["direction"] == "receive":
        message = f"`{event_type}` is only received"
    else:
        message = f"`{event_type}` does not belong to the scope type `{scope_type}`"
    return Misuse("event.unknown-type-misuse", message)


def _suggestion(event_type: str, scope_type: str) -> str:
    """The nearest name that may be sent, if it is near enough to be what was meant."""
    words = set(event_type.split("."))
    best, most = "", 1
    for name in _SENDABLE.get(scope_type, {}):
        shared = len(words.intersection(name.split(".")))
        if shared > most:
            best, most = name, shared
    return f"; did you mean `{best}`?" if best else ""


# The forms of field types.


def is_text(value: Any) -> bool:
    """A ``str`` without surrogates."""
    if not isinstance(value, str):
        return False
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_octets(value: Any) -> bool:
    """``bytes``, and nothing that could be converted to them."""
    return isinstance(value, bytes)


def is_bytes(value: Any) -> bool:
    """``bytes``, ``bytearray`` or a contiguous ``memoryview``."""
    if isinstance(value, (bytes, bytearray)):
        return True
    if not isinstance(value, memoryview):
        return False
    try:
        return value.contiguous
    except ValueError:
        return False  # It was released.


def is_integer(value: Any) -> bool:
    """A whole number of the range of all fields; a ``bool`` is none."""
    return isinstance(value, int) and not isinstance(value, bool) and -MOST <= value <= MOST


def _in_range(value: Any, field: FieldDescription) -> bool:
    return (
        is_integer(value)
        and value >= field.get("minimum", -MOST)
        and value <= field.get("maximum", MOST)
    )


def is_list_of(value: Any, fits: Callable[[Any], bool]) -> bool:
    """A ``list`` or ``tuple`` of what fits."""
    return isinstance(value, (list, tuple)) and all(map(fits, value))


def is_map_of(value: Any, fits: Callable[[Any], bool]) -> bool:
    """A ``dict`` from names to what fits."""
    return (
        isinstance(value, dict)
        and all(isinstance(key, str) for key in value)
        and all(map(fits, value.values()))
    )


def is_field(pair: Any) -> bool:
    """A pair of ``str`` and ``bytes``: which characters they have is no matter of shape."""
    return (
        isinstance(pair, (list, tuple))
        and len(pair) == 2
        and isinstance(pair[0], str)
        and isinstance(pair[1], bytes)
    )


def _is_revisions(value: Any) -> bool:
    return is_list_of(value, is_integer)


# By the type of the field; every other type is a string.
_CHECKS: Mapping[str, Check] = {
    "bytes": lambda value, field: is_bytes(value),
    "integer": _in_range,
    "boolean": lambda value, field: isinstance(value, bool),
    "enum": lambda value, field: isinstance(value, str) and value in field["values"],
    "fields": lambda value, field: is_list_of(value, is_field),
    "octets": lambda value, field: is_octets(value),
    "strings": lambda value, field: is_list_of(value, is_text),
    "octets_list": lambda value, field: is_list_of(value, is_octets),
    "bytes_list": lambda value, field: is_list_of(value, is_bytes),
    "feature_choice": lambda value, field: is_map_of(value, is_integer),
    "feature_map": lambda value, field: is_map_of(value, _is_revisions),
    "state": lambda value, field: isinstance(value, dict),
    "data": lambda value, field: True,
}

_EXPECTED: Mapping[str, str] = {
    "bytes": "bytes, a bytearray or a contiguous memoryview",
    "boolean": "True or False",
    "fields": "a list of pairs of str and bytes",
    "octets": "bytes",
    "strings": "a list of str without surrogates",
    "octets_list": "a list of bytes",
    "bytes_list": "a list of bytes, bytearrays or contiguous memoryviews",
    "feature_choice": "a dict of features to one revision each",
    "feature_map": "a dict of features to lists of revisions",
    "state": "a dict",
}


def expected(field: FieldDescription) -> str:
    """What a field has to be, in words."""
    or_none = " or None" if field.get("nullable") else ""
    if field["type"] == "enum":
        return f"one of {', '.join(field['values'])}{or_none}"
    if field["type"] != "integer":
        return _EXPECTED.get(field["type"], "a str without surrogates") + or_none
    if "minimum" not in field:
        return f"an int{or_none}"
    if "maximum" not in field:
        return f"an int of at least {field['minimum']}{or_none}"
    return f"an int from {field['minimum']} to {field['maximum']}{or_none}"


def in_words(value: Any) -> str:
    """A short name of what a value is, for messages."""
    if isinstance(value, str):
        return repr(f"{value[:40]}…" if len(value) > 40 else value)
    if isinstance(value, int) and abs(value) > MOST:
        return "an int out of all ranges"
    if value is None or isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple, dict)):
        return f"a {type(value).__name__} of another form"
    if isinstance(value, memoryview):
        return "a memoryview that is not contiguous, or was released"
    name = type(value).__name__
    return f"{'an' if name[:1] in 'aeioAEIO' else 'a'} {name}"


_ABSENT = object()


def _copied(value: Any) -> Any:
    """Octets as ``bytes`` that nobody else can change; a list of them as a list of such."""
    if isinstance(value, (list, tuple)):
        return [bytes(item) for item in value]
    return bytes(value)


def _sendable_of(event_type: str, description: EventDescription) -> Sendable:
    fields: List[_Field] = []
    for name, field in description["fields"].items():
        check = _CHECKS.get(field["type"], lambda value, field: is_text(value))
        copies = field["type"] in ("bytes", "bytes_list")
        fields.append(_Field(name, field, check, copies))
    return Sendable(
        event_type,
        f"send {event_type}" if description["direction"] == "both" else event_type,
        description.get("feature"),
        tuple(description.get("exactly_one", ())),
        tuple(fields),
        frozenset(description["fields"]),
    )


# What an application can send, by type of scope and of event.
_SENDABLE: Dict[str, Dict[str, Sendable]] = {}
for _type, _description in EVENTS.items():
    if _description["direction"] != "receive":
        for _scope_type in _description["scope"]:
            _SENDABLE.setdefault(_scope_type, {})[_type] = _sendable_of(_type, _description)
