"""``wsgi.input`` and ``wsgi.file_wrapper`` for a WSGI 1 application.

Both are used in the thread of the application. They know events, and nothing of the loop.
"""

from __future__ import annotations

import io
import os
import stat
from typing import Any, Callable, Iterator, List, Mapping, NamedTuple, Optional

from ._errors import Closed


class Input:
    """The body of a request, received as it is read ([wsgi.input-streamed])."""

    __slots__ = ("_at", "_closed", "_ended", "_piece", "_receive")

    def __init__(self, receive: Callable[[], Mapping[str, Any]]) -> None:
        self._receive = receive
        self._piece = b""
        self._at = 0
        self._ended = False
        self._closed: Optional[Mapping[str, Any]] = None

    def read(self, size: Optional[int] = -1) -> bytes:
        """``size`` octets, fewer at the end of the body only, or all that remain."""
        if size is None or size < 0:
            size = -1
        pieces: List[bytes] = []
        while size and self._has_more():
            piece = self._take(len(self._piece) if size < 0 else self._at + size)
            pieces.append(piece)
            if size > 0:
                size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readline(self, size: Optional[int] = -1) -> bytes:
        """All up to the next line feed, with it, and ``size`` octets at most."""
        if size is None or size < 0:
            size = -1
        pieces: List[bytes] = []
        while size and self._has_more():
            end = self._piece.find(b"\n", self._at) + 1 or len(self._piece)
            piece = self._take(end if size < 0 else min(end, self._at + size))
            pieces.append(piece)
            if piece.endswith(b"\n"):
                break
            if size > 0:
                size -= len(piece)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def readlines(self, hint: Optional[int] = -1) -> List[bytes]:
        """The lines that remain, or as many as have ``hint`` octets."""
        lines: List[bytes] = []
        total = 0
        for line in self:
            lines.append(line)
            total += len(line)
            if hint is not None and 0 < hint <= total:
                break
        return lines

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.readline, b"")

    def _take(self, end: int) -> bytes:
        piece = self._piece
        if self._at or end < len(piece):
            piece = piece[self._at : end]
        self._at += len(piece)
        return piece

    def _has_more(self) -> bool:
        """Whether there is an octet. Receives one if need be ([wsgi.input-broken])."""
        while self._at >= len(self._piece):
            if self._ended:
                return False
            event = self._closed or self._receive()
            if event["type"] == "http.request.body":
                self._piece, self._at = event["data"], 0
            elif event["type"] == "http.request.end":
                self._ended = True
            elif event["type"] == "http.closed":
                self._closed = event
                raise Closed(event["cause"], event.get("code"))
        return True


class FileWrapper:
    """``wsgi.file_wrapper``: a file, to be sent as it is from where it stands."""

    def __init__(self, filelike: Any, blksize: int = 8192) -> None:
        self.filelike = filelike
        self.blksize = blksize
        if hasattr(filelike, "close"):
            self.close = filelike.close

    def __iter__(self) -> Iterator[bytes]:
        return iter(lambda: self.filelike.read(self.blksize), b"")


class Region(NamedTuple):
    """What is left of a file that has a name of its own."""

    path: str
    offset: int
    length: int


def region_of(wrapper: FileWrapper) -> Optional[Region]:
    """Where the file is on disk, or None where reading it is the only way to its octets."""
    file = wrapper.filelike
    raw = file.raw if type(file) is io.BufferedReader else file
    # What others make of a file, such as a compressed one, has its name too.
    if type(raw) is not io.FileIO:
        return None
    try:
        path = os.path.abspath(os.fsdecode(raw.name))
        path.encode()
        opened, named = os.fstat(raw.fileno()), os.stat(path)
        offset = file.tell()
    except (OSError, TypeError, ValueError):
        return None
    # The name can have come to mean another file.
    if not stat.S_ISREG(opened.st_mode) or not os.path.samestat(opened, named):
        return None
    return Region(path, offset, max(opened.st_size - offset, 0))
