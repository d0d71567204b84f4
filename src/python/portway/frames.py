"""Frames between a front and a worker (proposal 12): read and written, without I/O.

Knows the form of a frame and of metadata. What a frame means in its conversation, and
whether it comes in its turn, is the business of whoever reads.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Dict, FrozenSet, Iterator, List, Tuple, Union

from ._values import (
    LARGEST_INTEGER,
    METADATA_OCTETS,
    UNREADABLE,
    Encoded,
    decode_event,
    decode_scope,
    encode_event,
    to_json,
)

__all__ = [
    "CANCEL",
    "CREDIT",
    "DATA",
    "DATA_OCTETS",
    "END",
    "EVENT",
    "FAULT",
    "FROM_FRONT",
    "FROM_WORKER",
    "HEADER",
    "HELLO",
    "METADATA_OCTETS",
    "OPEN",
    "RECEIVE",
    "REVISION",
    "SETTLED",
    "UNREADABLE",
    "Encoded",
    "Frame",
    "Malformed",
    "Reader",
    "decode_event",
    "decode_scope",
    "encode_event",
    "frame",
    "integer",
    "member",
    "to_json",
]

REVISION = 1
"""The revision of the format."""
HEADER = struct.Struct(">IIBBH")
"""length, conversation, kind, flags, reserved"""
DATA_OCTETS = 65_536
"""The most octets of a ``data`` frame."""

HELLO, OPEN, EVENT, DATA, RECEIVE, SETTLED, END, CANCEL, CREDIT, FAULT = range(1, 11)
KINDS = "hello open event data receive settled end cancel credit fault".split()
FROM_FRONT = frozenset({HELLO, OPEN, EVENT, DATA, SETTLED, CANCEL, CREDIT, FAULT})
FROM_WORKER = frozenset({HELLO, EVENT, DATA, RECEIVE, END, CREDIT, FAULT})
_OF_THE_STREAM = frozenset({HELLO, FAULT})
_OF_EITHER = frozenset({CREDIT})
_EXPERIMENTS = 0x80

Frame = Tuple[int, int, Any]
"""kind, conversation, content: octets of ``data``, and otherwise a dict"""


class Malformed(Exception):
    """A frame that is not as the proposal says. ``code`` is that of the ``fault``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def frame(kind: int, conversation: int, content: Union[bytes, Dict[str, Any]] = b"") -> bytes:
    """A frame in octets. A dict becomes metadata."""
    if isinstance(content, dict):
        content = to_json(content)
    return HEADER.pack(len(content), conversation, kind, 0, 0) + content


class Reader:
    """Cuts a stream into frames, wherever it was cut before.

    It keeps the octets of one frame at most, and checks a length before it does.
    """

    def __init__(self, kinds: FrozenSet[int] = FROM_FRONT) -> None:
        self._kinds = kinds
        self._pieces: List[bytes] = []
        self._have = 0
        self._need = HEADER.size

    def feed(self, octets: bytes) -> Iterator[Frame]:
        """The frames that are complete with these octets.

        Raises ``Malformed`` at the first that is not as it should be, after those before
        it; the stream is over then. To be iterated to its end before the next call.
        """
        if self._pieces:
            self._pieces.append(octets)
            self._have += len(octets)
            if self._have < self._need:
                return
            octets = b"".join(self._pieces)
            self._pieces = []
        length = len(octets)
        position = 0
        while length - position >= 12:
            size, conversation, kind, flags, reserved = HEADER.unpack_from(octets, position)
            if flags or reserved or size > METADATA_OCTETS:
                raise _bad_header(size, kind, flags, reserved)
            if kind == DATA:
                if not 0 < size <= DATA_OCTETS:
                    raise _bad_header(size, kind, flags, reserved)
            if kind not in self._kinds and kind < _EXPERIMENTS:
                raise Malformed("kind", f"kind 0x{kind:02X} is not written by the other side")
            if (conversation == 0) is not (kind in _OF_THE_STREAM):
                if kind not in _OF_EITHER and kind < _EXPERIMENTS:
                    raise _bad_conversation(kind, conversation)
            end = position + 12 + size
            if end > length:
                self._need = end - position
                break
            content = octets[position + 12 : end]
            position = end
            if kind == DATA:
                yield kind, conversation, content
            elif kind < _EXPERIMENTS:
                yield kind, conversation, _metadata(content) if size else {}
        else:
            self._need = HEADER.size
        rest = octets[position:] if position else octets
        self._have = len(rest)
        if rest:
            self._pieces.append(rest)

    @property
    def complete(self) -> bool:
        """Whether nothing of a frame has been read that is not whole."""
        return not self._pieces


def _bad_header(size: int, kind: int, flags: int, reserved: int) -> Malformed:
    if flags or reserved:
        return Malformed("header", f"flags are {flags}, reserved is {reserved}; both are to be 0")
    limit = DATA_OCTETS if kind == DATA else METADATA_OCTETS
    return Malformed("header", f"a content of {size} octets; from 1 to {limit} are possible")


def _bad_conversation(kind: int, conversation: int) -> Malformed:
    return Malformed("conversation", f"`{KINDS[kind - 1]}` with the number {conversation}")


def _object(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name stands twice in an object")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
_scan: Any = getattr(_decoder, "scan_once")  # The part in C, without looking for white space.


def _metadata(content: bytes) -> Dict[str, Any]:
    # The answer to each event that was accepted: a third of what a worker reads.
    if content[:9] == b'{"event":' and content[-1:] == b"}":
        digits = content[9:-1]
        if digits.isdigit() and len(digits) < 16 and digits[0] != 0x30:
            return {"event": int(digits)}
    try:
        text = content.decode("utf-8")
        made = _parse(text)
        if "\\" in text and "\\ud" in text.lower():
            # JSON can name a surrogate alone; nothing that is decoded may have one.
            json.dumps(made, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise Malformed("metadata", f"the metadata cannot be read: {error}") from error
    if type(made) is not dict:
        raise Malformed("metadata", "the metadata is not a JSON object")
    return made


def _parse(text: str) -> Any:
    try:
        made, end = _scan(text, 0)
        if end == len(text):
            return made
    except StopIteration:
        pass
    # White space around it, or a fault that has a place.
    return _decoder.decode(text)


def member(content: Dict[str, Any], name: str, of: type, optional: bool = False) -> Any:
    """A member of metadata, of the type that it must have; None where it may be missing."""
    value = content.get(name)
    if type(value) is of or (optional and name not in content):
        return value
    raise Malformed("metadata", f"`{name}` is missing or of another type")


def integer(content: Dict[str, Any], name: str, minimum: int) -> int:
    """A member that is an integer, from ``minimum``."""
    value = member(content, name, int)
    if not minimum <= value <= LARGEST_INTEGER:
        raise Malformed("metadata", f"`{name}` is {value}")
    return value  # type: ignore[no-any-return]
