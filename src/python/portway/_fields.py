"""The rules for header and trailer fields that hold in both directions (RFC 9110 section 5).

Knows no event, no state and no transport.
"""

from __future__ import annotations

import re
from typing import FrozenSet, List, Optional, Sequence, Tuple, Union

Fields = Sequence[Tuple[str, bytes]]

# Field names are given and taken in lowercase (http.headers.lowercase, http.field-syntax).
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9a-z]+")
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
# Visible octets, with inner space and tab (RFC 9110 section 5.5). Empty is allowed.
_VALUE = re.compile(rb"(?:[\x21-\x7e\x80-\xff](?:[\t \x21-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?")
_LENGTH = re.compile(rb"[0-9]{1,15}")

HOP_BY_HOP: FrozenSet[str] = frozenset(
    ["connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade"]
)
"""Fields that belong to the connection, which is the gateway's (http.hop-by-hop)."""

FORBIDDEN_TRAILERS: FrozenSet[str] = HOP_BY_HOP | frozenset("""
    age authorization cache-control content-encoding content-length content-range content-type
    cookie date expect expires host if-match if-modified-since if-none-match if-range
    if-unmodified-since location max-forwards pragma proxy-authenticate proxy-authorization range
    retry-after set-cookie trailer vary warning www-authenticate
    """.split())
"""Fields that cannot be trailers (RFC 9110 section 6.5.1; http.trailers.permitted)."""


def broken_field(fields: Fields) -> Optional[str]:
    """The first field that breaks http.field-syntax, in words, or None."""
    for name, value in fields:
        if _NAME.fullmatch(name) is None:
            if _TOKEN.fullmatch(name) is not None:
                return f"the field name {name!r} is not in lowercase"
            return f"{name!r} is not a field name"
        if _VALUE.fullmatch(value) is None:
            return f"the value of `{name}` is not a field value: {value!r}"
    return None


def first_in(fields: Fields, names: FrozenSet[str]) -> Optional[str]:
    """The first field name that is one of ``names``, or None."""
    for name, _ in fields:
        if name in names:
            return name
    return None


def has_field(fields: Fields, wanted: str) -> bool:
    """Whether there is a field of that name."""
    return any(name == wanted for name, _ in fields)


def declared_length(fields: Fields) -> Union[int, None, bool]:
    """The declared length of a message, None where none is declared, False where it is broken."""
    length: Optional[int] = None
    for name, value in fields:
        if name != "content-length":
            continue
        if length is not None or _LENGTH.fullmatch(value) is None:
            return False
        length = int(value)
    return length


def is_token(text: str) -> bool:
    """Whether a text is a token (RFC 9110 section 5.6.2), such as a method."""
    return _TOKEN.fullmatch(text) is not None


def elements_of(value: bytes) -> List[str]:
    """The elements of a list, without empty ones (RFC 9110 section 5.6.1)."""
    elements = (element.strip(b" \t") for element in value.split(b","))
    return [element.decode("latin-1") for element in elements if element]


def list_of(fields: Fields, wanted: str) -> List[str]:
    """The elements of all fields of a name, as one list."""
    return [one for name, value in fields if name == wanted for one in elements_of(value)]
