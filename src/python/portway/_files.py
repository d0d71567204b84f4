"""The files of ``http.file`` below declared roots, and their octets (proposals 3 and 10).

Knows no conversation. What it opens is the caller's to close.
"""

from __future__ import annotations

import os
import stat
from typing import BinaryIO, NamedTuple, Optional, Sequence

from ._errors import Misuse


class OpenedFile(NamedTuple):
    """What an ``http.file`` names: a file that is open at its offset, and the octets to send."""

    file: BinaryIO
    octets: int
    path: str
    whole: bool
    """Whether that is all of the file."""


def open_below(
    roots: Sequence[str], path: str, offset: int, length: Optional[int]
) -> OpenedFile:
    """Opens a file, or raises the ``Misuse`` of the first rule that `path` or the file breaks."""
    if not any(_is_below(root, path) for root in roots):
        raise Misuse("security.file-roots", "the path is not below a declared root")
    try:
        # A named pipe would wait for its writer.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | os.O_CLOEXEC)
    except OSError as error:
        raise Misuse("http.file.exists", f"the file cannot be opened: {error.strerror}") from None
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            raise Misuse("http.file.exists", "the path does not name a regular file")
        location = _location(number, path)
        if not any(location.startswith(os.path.realpath(root) + os.sep) for root in roots):
            raise Misuse("security.file-links", "a link leads out of the declared roots")
        octets = status.st_size - offset if length is None else length
        if octets < 0 or offset + octets > status.st_size:
            raise Misuse("http.file.range", f"the file has {status.st_size} octets")
        os.lseek(number, offset, os.SEEK_SET)
        return OpenedFile(
            os.fdopen(number, "rb", buffering=0), octets, path, octets == status.st_size
        )
    except BaseException:
        os.close(number)
        raise


def _is_below(root: str, path: str) -> bool:
    start = root.rstrip(os.sep) + os.sep
    segments = path[len(start) :].split(os.sep)
    return (
        path.startswith(start)
        and "\0" not in path
        and not any(segment in ("", ".", "..") for segment in segments)
    )


def _location(number: int, path: str) -> str:
    """Where the file that is open lies, with every link followed."""
    try:
        return os.readlink(f"/proc/self/fd/{number}")
    except OSError:
        return os.path.realpath(path)
