"""The adapters between Portway and ASGI 3 (proposal 9).

``from_asgi`` runs an ASGI 3 application under a Portway gateway, ``to_asgi`` a Portway
application on a server for ASGI 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from ._from_asgi import AsgiApplication, from_asgi

if TYPE_CHECKING:
    from ._application import Application

__all__ = ["AsgiApplication", "from_asgi", "to_asgi"]


def to_asgi(
    app: Application, *, roots: Sequence[str] = (), peer_known: bool = True
) -> AsgiApplication:
    """An ASGI 3 application that calls a Portway application.

    `roots`: the folders below which `http.file` can name files; without any the feature is
    not offered. `peer_known`: false where the server takes `client` from a forwarded field.
    """
    # A worker has the other direction only, and no need of the machines.
    from ._to_asgi import Served

    served = Served(app, tuple(roots), peer_known)

    # A function: uvicorn takes other callables for ASGI 2.
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await served.call(scope, receive, send)

    return application
