"""Runs a Portway application on a server for ASGI 3 (proposal 9, "Serving ASGI 3").

To its application this is the gateway, so ``portway.checker`` judges what it does. Calling
ASGI 3 applications is not its matter.
"""

from __future__ import annotations

import itertools
import os
from types import MappingProxyType
from typing import Any, Awaitable, Callable, Dict, Iterator, Mapping, Optional, Sequence

from . import INTERFACE_VERSION
from ._application import Application
from ._asgi_conversation import Exchange, Socket
from ._asgi_scope import to_request_fields
from ._cancel import Cancel
from ._errors import UnsupportedScope
from ._lifespan import LIMITS, Lifespan

AsgiReceive = Callable[[], Awaitable[Dict[str, Any]]]
AsgiSend = Callable[[Dict[str, Any]], Awaitable[None]]


class Served:
    """One application on one server: its lifespan, and what all its scopes have."""

    def __init__(self, app: Application, roots: Sequence[str], peer_known: bool) -> None:
        self._app = app
        self._roots = roots
        self._peer_known = peer_known
        self._gateway = {
            "interface": INTERFACE_VERSION,
            "software": f"portway-asgi/{INTERFACE_VERSION}",
            "features": {"http.file": (1,)} if roots else {},
        }
        self._run = os.urandom(4).hex()
        self._numbers: Iterator[int] = itertools.count(1)
        self._lifespan: Optional[Lifespan] = None

    async def call(self, scope: Dict[str, Any], receive: AsgiReceive, send: AsgiSend) -> None:
        """What the server calls."""
        kind = scope["type"]
        if kind == "lifespan":
            lifespan = self._lifespan = self._new_lifespan()
            await lifespan.serve(scope, receive, send)
            return
        if kind not in ("http", "websocket"):
            raise UnsupportedScope(kind)
        if self._lifespan is None:
            # A server without lifespan: the application is started all the same, once.
            self._lifespan = self._new_lifespan()
            self._lifespan.start()
        lifespan = self._lifespan
        if not lifespan.ready:
            await lifespan.until_ready()
        made = self._scope(kind, scope.get("state", lifespan.state))
        made.update(to_request_fields(scope, self._peer_known))
        made["limits"] = dict(LIMITS)
        if kind == "http":
            await Exchange(made, scope, receive, send, lifespan.accepts, self._roots).serve(
                self._app
            )
        else:
            made["subprotocols"] = tuple(scope.get("subprotocols") or ())
            await Socket(made, scope, receive, send, lifespan.accepts, self._roots).serve(
                self._app
            )

    def _new_lifespan(self) -> Lifespan:
        return Lifespan(self._app, self._scope("lifespan", {}), LIMITS)

    def _scope(self, kind: str, state: Mapping[str, Any]) -> Dict[str, Any]:
        return {
            "type": kind,
            # A process that was forked has the numbers of its parent, and another pid.
            "id": f"{self._run}-{os.getpid()}-{next(self._numbers)}",
            "gateway": self._gateway,
            "local": {"cancel": Cancel(), "state": MappingProxyType(dict(state))},
        }
