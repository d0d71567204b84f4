"""Events and scopes as the metadata of frames: the table "Values" of proposal 12.

Runs on the generated tables of types, and knows nothing of conversations or of credit.
"""

from __future__ import annotations

import base64
import json
from math import isfinite
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, NamedTuple, Optional, Tuple, Union

from ._errors import Misuse
from .events import EVENTS, RECORDS

METADATA_OCTETS = 1_048_576
"""The most octets of metadata that a frame can have."""
LARGEST_INTEGER = 2**53 - 1

Convert = Callable[[Any], Any]
Payload = Union[bytes, None]


class Encoded(NamedTuple):
    """An event as it is written: the metadata of its frame, and its payload."""

    metadata: bytes
    payload: Payload


def _json_encoder() -> Callable[[Any], str]:
    # Every value is made plain before, and nothing plain refers to itself.
    plain = json.JSONEncoder(check_circular=False, allow_nan=False, separators=(",", ":"))
    try:
        # What `encode` makes for each call, made once: that is half of its time.
        chunks = json.encoder.c_make_encoder(  # type: ignore[attr-defined]
            None, None, json.encoder.encode_basestring_ascii, None, ":", ",", False, False, False
        )
        if "".join(chunks({"a": [1, "\xe9"]}, 0)) == plain.encode({"a": [1, "\xe9"]}):
            return lambda value: "".join(chunks(value, 0))
    except (AttributeError, TypeError):
        pass
    return plain.encode


_json = _json_encoder()


def to_json(value: Any) -> bytes:
    """Metadata of a frame, in ASCII."""
    return _json(value).encode("ascii")


# Encoding


def encode_event(event: Any) -> Encoded:
    """The metadata and the payload of an event of the application.

    A value without a form becomes a mark, which the front rejects ([worker.unencodable]).
    Raises ``Misuse`` of [event.shape] where the metadata does not fit into a frame.
    """
    if type(event) is dict:
        event_type = event.get("type")
        quick = _QUICK.get(event_type) if type(event_type) is str else None
        if quick is not None:
            if len(event) == 1:
                return Encoded(quick.alone, None)
            if len(event) == 2 and type(event.get("data")) is bytes:
                data = event["data"]
                return Encoded(quick.with_data % len(data), data)
    try:
        return _encode_event(event)
    except RecursionError:
        raise Misuse("event.shape", "the event contains itself, or is too deep") from None


def _encode_event(event: Any) -> Encoded:
    if not isinstance(event, dict) or not all(map(_is_text, event)):
        return Encoded(to_json({"event": _invalid(event)}), None)
    encoders = _ENCODERS.get(event["type"], {}) if _is_text(event.get("type")) else {}
    written: Dict[str, Any] = {}
    metadata: Dict[str, Any] = {"event": written}
    name, payload = _payload(event)
    for key, value in event.items():
        if key == name:
            continue
        if key == "text" and name == "data":
            written[key] = _invalid(value)
        else:
            written[key] = encoders.get(key, encode_plain)(value)
    if payload is not None:
        metadata["payload"] = name
        metadata["size"] = len(payload)
    content = to_json(metadata)
    if len(content) > METADATA_OCTETS:
        raise Misuse(
            "event.shape",
            f"the event has {len(content)} octets of metadata; "
            f"{METADATA_OCTETS} are possible",
        )
    return Encoded(content, payload)


def _payload(event: Mapping[str, Any]) -> Tuple[Optional[str], Payload]:
    """The name and the octets of what is written behind the event ([frame.payload])."""
    data = _octets(event["data"]) if "data" in event else None
    if data is not None:
        return "data", data
    text = event.get("text")
    if "data" not in event and isinstance(text, str):
        try:
            return "text", text.encode("utf-8")
        except UnicodeEncodeError:
            pass
    return None, None


def _octets(value: Any) -> Optional[bytes]:
    """A value of type bytes, copied unless nobody can change it."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, bytearray):
        return bytes(value)
    if isinstance(value, memoryview) and value.contiguous:
        return value.tobytes()
    return None


def _invalid(value: Any) -> Dict[str, str]:
    return {"$invalid": _well_formed(type(value).__name__)}


def _well_formed(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _is_text(value: Any) -> bool:
    """Whether it is a string without surrogates."""
    if not isinstance(value, str):
        return False
    if value.isascii():
        return True
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _encode_string(value: Any) -> Any:
    return value if value is None or _is_text(value) else _invalid(value)


def _encode_octets(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return None if value is None else _invalid(value)


def _encode_bytes(value: Any) -> Any:
    if value is None:
        return None
    octets = _octets(value)
    if octets is None:
        return _invalid(value)
    return {"$base64": base64.b64encode(octets).decode("ascii")}


def _encode_integer(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        if -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
            return value
    return None if value is None else _invalid(value)


def _encode_boolean(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else _invalid(value)


def _encode_fields(value: Any) -> Any:
    if not isinstance(value, (list, tuple)):
        return None if value is None else _invalid(value)
    written: List[Any] = []
    for pair in value:
        if isinstance(pair, (list, tuple)) and len(pair) == 2:
            name, octets = pair
            if type(octets) is bytes and type(name) is str and name.isascii():
                written.append((name, octets.decode("latin-1")))
            else:
                written.append(
                    (
                        _encode_element(_encode_string, name),
                        _encode_element(_encode_octets, octets),
                    )
                )
        else:
            written.append(_invalid(pair))
    return written


def _encode_element(encode: Convert, value: Any) -> Any:
    # Nothing in a list can be null.
    return _invalid(value) if value is None else encode(value)


def _encode_list(encode: Convert) -> Convert:
    def encode_list(value: Any) -> Any:
        if isinstance(value, (list, tuple)):
            return [_encode_element(encode, each) for each in value]
        return None if value is None else _invalid(value)

    return encode_list


def _encode_map(encode: Convert) -> Convert:
    def encode_map(value: Any) -> Any:
        if isinstance(value, dict) and all(map(_is_text, value)):
            return {key: _encode_element(encode, each) for key, each in value.items()}
        return None if value is None else _invalid(value)

    return encode_map


def encode_plain(value: Any) -> Any:
    """A value of type data, or of a field that no block declares."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _encode_string(value)
    if isinstance(value, int):
        return _encode_integer(value)
    if isinstance(value, float):
        return value if isfinite(value) else _invalid(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _encode_bytes(value)
    if isinstance(value, (list, tuple)):
        return [encode_plain(each) for each in value]
    if isinstance(value, dict) and all(map(_is_text, value)):
        if len(value) == 1 and ("$base64" in value or "$invalid" in value):
            return _invalid(value)
        return {key: encode_plain(each) for key, each in value.items()}
    return _invalid(value)


def _encode_record(record: str) -> Convert:
    def encode_record(value: Any) -> Any:
        if not isinstance(value, dict) or not all(map(_is_text, value)):
            return None if value is None else _invalid(value)
        fields = RECORDS[record]
        return {
            key: (_encoder(fields[key]["type"]) if key in fields else encode_plain)(each)
            for key, each in value.items()
        }

    return encode_record


def _encoder(field_type: str) -> Convert:
    known: Dict[str, Convert] = {
        "string": _encode_string,
        "enum": _encode_string,
        "octets": _encode_octets,
        "bytes": _encode_bytes,
        "integer": _encode_integer,
        "boolean": _encode_boolean,
        "fields": _encode_fields,
        "strings": _encode_list(_encode_string),
        "octets_list": _encode_list(_encode_octets),
        "bytes_list": _encode_list(_encode_bytes),
        "feature_map": _encode_map(_encode_list(_encode_integer)),
        "feature_choice": _encode_map(_encode_integer),
        "data": encode_plain,
        # What the worker has not taken out is no state.
        "state": _invalid,
        "cancel": _invalid,
    }
    return known[field_type] if field_type in known else _encode_record(field_type)


_ENCODERS: Dict[str, Dict[str, Convert]] = {
    event_type: {
        name: _encoder(field["type"]) for name, field in description["fields"].items()
    }
    for event_type, description in EVENTS.items()
}


class _Quick(NamedTuple):
    """Metadata that is written often: of an event alone, and of one with ``data`` only."""

    alone: bytes
    with_data: bytes


_QUICK: Dict[str, _Quick] = {
    event_type: _Quick(
        to_json({"event": {"type": event_type}}),
        to_json({"event": {"type": event_type}, "payload": "data"})[:-1] + b',"size":%d}',
    )
    for event_type in EVENTS
}


# Decoding

UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, RecursionError)
"""What decoding raises where metadata is not as the table says: it is malformed then."""


def decode_scope(scope: Any) -> Dict[str, Any]:
    """A scope without ``local``, as the application gets it. Changes what it is given."""
    return _decode(_SCOPE_DECODERS.get(scope["type"], _UNKNOWN_SCOPE), scope)


def decode_event(event: Any) -> Dict[str, Any]:
    """An event without its payload, as the application gets it. Changes what it is given."""
    return _decode(_EVENT_DECODERS.get(event["type"], _NONE_DECLARED), event)


class _Decoders(NamedTuple):
    """How the fields of an event or a record are read: those that JSON has differently."""

    declared: FrozenSet[str]
    converted: Tuple[Tuple[str, Convert], ...]


def _decode(decoders: _Decoders, value: Any) -> Dict[str, Any]:
    for name, convert in decoders.converted:
        present = value.get(name)
        if present is not None:
            value[name] = convert(present)
    if not decoders.declared.issuperset(value):
        for name in value.keys() - decoders.declared:
            value[name] = decode_plain(value[name])
    return value  # type: ignore[no-any-return]


def decode_plain(value: Any) -> Any:
    """A value of type data, or of a field that no block declares."""
    if isinstance(value, list):
        return tuple([decode_plain(each) for each in value])
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        if "$base64" in value:
            return _decode_bytes(value)
        if "$invalid" in value:
            raise ValueError("`$invalid` is not written by a front")
    return {name: decode_plain(each) for name, each in value.items()}


def _decode_octets(value: Any) -> bytes:
    return value.encode("latin-1")  # type: ignore[no-any-return]


def _decode_bytes(value: Any) -> bytes:
    return base64.b64decode(value["$base64"], validate=True)


def _decode_fields(value: Any) -> Any:
    return tuple([(name, octets.encode("latin-1")) for name, octets in value])


def _decode_list(convert: Convert) -> Convert:
    return lambda value: tuple([convert(each) for each in value])


def _decode_feature_map(value: Any) -> Dict[str, Tuple[int, ...]]:
    return {name: tuple(revisions) for name, revisions in value.items()}


def _decoder(field_type: str) -> Optional[Convert]:
    """What converts a field from JSON; None where JSON has it as the application does."""
    known: Dict[str, Optional[Convert]] = {
        "string": None,
        "enum": None,
        "integer": None,
        "boolean": None,
        "feature_choice": None,
        "cancel": None,
        "state": None,
        "octets": _decode_octets,
        "bytes": _decode_bytes,
        "fields": _decode_fields,
        "strings": tuple,
        "octets_list": _decode_list(_decode_octets),
        "bytes_list": _decode_list(_decode_bytes),
        "feature_map": _decode_feature_map,
        "data": decode_plain,
    }
    if field_type in known:
        return known[field_type]
    decoders = _decoders(RECORDS[field_type])
    return lambda value: _decode(decoders, value)


def _decoders(fields: Mapping[str, Any]) -> _Decoders:
    converts = [(name, _decoder(field["type"])) for name, field in fields.items()]
    return _Decoders(
        frozenset(fields) | {"type"},
        tuple((name, convert) for name, convert in converts if convert is not None),
    )


_NONE_DECLARED = _decoders({})
_EVENT_DECODERS = {
    event_type: _decoders(description["fields"])
    for event_type, description in EVENTS.items()
}
_UNKNOWN_SCOPE = _decoders(RECORDS["request_scope"])
_SCOPE_DECODERS = {
    scope_type: _decoders(fields)
    for fields in RECORDS.values()
    for scope_type in fields.get("type", {}).get("values", ())
}
