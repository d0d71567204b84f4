"""What values are: plain data, in the form of a field's type, or changed since a look.

The column "Python: given" of the table "Field types" (proposal 11). Knows no conversation.
"""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, MutableMapping, Optional, Tuple

from ._shape import in_words, is_integer, is_text
from .events import RECORDS, FieldDescription

Found = Callable[..., None]
"""Takes a breach: requirement, words, and whose it is if not the gateway's."""

# Deeper than any data of an interface; what is deeper goes in a circle.
_DEPTH = 64
_OWN_LABELS = frozenset(["gateway", "http", "lifespan", "tunnel", "websocket"])


def is_private_name(name: str) -> bool:
    """Whether a name is a reverse domain name with at least one more label behind it."""
    labels = name.split(".")
    return (
        len(labels) >= 3
        and not name.startswith("!")
        and all(labels)
        and labels[0] not in _OWN_LABELS
    )


def unplain(value: Any, place: str, depth: int = 0) -> Optional[str]:
    """The first place that is no plain data, in words; None where all is."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return None
    if depth > _DEPTH:
        return f"{place} has no end"
    if isinstance(value, (list, tuple)):
        inner = [(f"{place}[{at}]", item) for at, item in enumerate(value)]
    elif isinstance(value, dict):
        odd = next((key for key in value if not isinstance(key, str)), None)
        if odd is not None:
            return f"{place} has a key that is {in_words(odd)}"
        inner = [(f"{place}.{key}", item) for key, item in value.items()]
    else:
        return f"{place} is {in_words(value)}"
    for where, item in inner:
        found = unplain(item, where, depth + 1)
        if found is not None:
            return found
    return None


def check_record(name: str, value: Mapping[str, Any], place: str, found: Found) -> None:
    """Checks a scope or a record in one: its fields are there, in the form of their types."""
    check_table(RECORDS[name], value, place, found)


def check_table(
    fields: Mapping[str, FieldDescription], value: Mapping[str, Any], place: str, found: Found
) -> None:
    """Checks fields by their table. Other keys are private names, or wrong."""
    for name, field in fields.items():
        if name in value:
            _check_value(field, value[name], f"{place}.{name}", found)
        elif field.get("required"):
            found("interface.complete", f"{place}.{name} is missing")
    for key in value:
        if key not in fields and not is_private_name(key):
            found("feature.private-names", f"{place} has the key `{key}`, which is no private name")


def _check_value(field: FieldDescription, value: Any, place: str, found: Found) -> None:
    kind = field["type"]
    if value is None:
        if not field.get("nullable"):
            found("binding.field-types", f"{place} is None")
    elif kind in RECORDS:
        if isinstance(value, dict):
            check_record(kind, value, place, found)
        else:
            found("binding.field-types", f"{place} is no dict")
    elif kind == "enum":
        if not isinstance(value, str):
            found("binding.field-types", f"{place} is no str")
        elif value not in field["values"]:
            found("interface.values-closed", f"{place} is {value!r}, none of its values")
    elif kind == "cancel":
        _check_cancel(value, place, found)
    elif kind in _FORMS:
        words, fits = _FORMS[kind]
        if not fits(value, field):
            found("binding.field-types", f"{place} is not {words}: {in_words(value)}")


def _check_cancel(cancel: Any, place: str, found: Found) -> None:
    """The table "Members of portway.Cancel"."""
    for member in ("is_set", "wait", "add_callback"):
        if not callable(getattr(cancel, member, None)):
            found("python.cancel", f"{place} has no method `{member}`")
            return
    if not hasattr(cancel, "reason"):
        found("python.cancel", f"{place} has no `reason`")


def _is_tuple_of(value: Any, fits: Callable[[Any], bool]) -> bool:
    return isinstance(value, tuple) and all(map(fits, value))


def _is_given_field(pair: Any) -> bool:
    return (
        isinstance(pair, tuple)
        and len(pair) == 2
        and is_text(pair[0])
        and isinstance(pair[1], bytes)
    )


def _is_integer_of(value: Any, field: FieldDescription) -> bool:
    if not is_integer(value):
        return False
    if "minimum" in field and value < field["minimum"]:
        return False
    return "maximum" not in field or bool(value <= field["maximum"])


def _is_feature_map(value: Any, _: FieldDescription) -> bool:
    return (
        isinstance(value, dict)
        and all(map(is_text, value))
        and all(_is_tuple_of(revisions, is_integer) for revisions in value.values())
    )


def _is_octets(value: Any, _: Any = None) -> bool:
    return isinstance(value, bytes)


_FORMS: Dict[str, Tuple[str, Callable[[Any, FieldDescription], bool]]] = {
    "string": ("a str without surrogates", lambda value, _: is_text(value)),
    "octets": ("bytes", _is_octets),
    "bytes": ("bytes", _is_octets),
    "integer": ("an int in its range", _is_integer_of),
    "boolean": ("a bool", lambda value, _: isinstance(value, bool)),
    "fields": (
        "a tuple of tuples of str and bytes",
        lambda value, _: _is_tuple_of(value, _is_given_field),
    ),
    "strings": ("a tuple of str", lambda value, _: _is_tuple_of(value, is_text)),
    "octets_list": ("a tuple of bytes", lambda value, _: _is_tuple_of(value, _is_octets)),
    "bytes_list": ("a tuple of bytes", lambda value, _: _is_tuple_of(value, _is_octets)),
    "feature_map": ("a dict of tuples of revisions", _is_feature_map),
    "state": (
        "a read-only mapping",
        lambda value, _: (isinstance(value, Mapping) and not isinstance(value, MutableMapping)),
    ),
}


def fingerprint(value: Any, depth: int = 0) -> Any:
    """What tells a value from a changed one. Buffers can be used again, so they are passed over."""
    if isinstance(value, (list, tuple)) and depth <= _DEPTH:
        return (type(value).__name__, [fingerprint(item, depth + 1) for item in value])
    if isinstance(value, Mapping) and depth <= _DEPTH:
        return {key: fingerprint(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (bytes, str, int, float, type(None))):
        return type(value).__name__, value
    return type(value).__name__


def fingerprint_of_scope(scope: Mapping[str, Any]) -> Any:
    """That of a scope: of the state the names, since its values live on; of handles nothing."""
    rest = {key: value for key, value in scope.items() if key != "local"}
    local = scope.get("local")
    if isinstance(local, Mapping):
        state = local.get("state")
        rest["local"] = (list(local), list(state) if isinstance(state, Mapping) else None)
    return fingerprint(rest)
