"""The adapters for WSGI 1 (proposal 9): ``from_wsgi`` and ``to_wsgi``."""

from __future__ import annotations

from typing import Any, Callable, Dict, Sequence

from ._application import Application
from ._from_wsgi import from_wsgi

__all__ = ["from_wsgi", "to_wsgi"]


def to_wsgi(
    app: Application, *, roots: Sequence[str] = (), peer_known: bool = True
) -> Callable[[Dict[str, Any], Callable[..., Any]], Any]:
    """A WSGI 1 application that calls a Portway application, in one loop for the process.

    roots: folders below which ``http.file`` can name files; without any it is not offered.
    peer_known: false where the server takes ``REMOTE_ADDR`` from a forwarded field.
    """
    # What judges an application has no part in running one of WSGI.
    from ._to_wsgi import Served

    return Served(app, roots, peer_known)
