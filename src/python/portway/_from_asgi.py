"""Runs an ASGI 3 application under a Portway gateway (proposal 9, "Calling an ASGI 3 application").

It starts no task and keeps no queue: what the application calls becomes calls of the
gateway. Serving ASGI 3 is not its matter.
"""

from __future__ import annotations

import asyncio
import logging
import operator
from typing import Any, Awaitable, Callable, Dict, Iterable, List, Mapping, Optional, Set, Tuple

from ._application import Application, Receive, Send, _declared
from ._asgi_scope import to_asgi_scope
from ._errors import Misuse, UnsupportedScope

AsgiEvent = Dict[str, Any]
AsgiApplication = Callable[
    [Dict[str, Any], Callable[[], Awaitable[AsgiEvent]], Callable[[AsgiEvent], Awaitable[None]]],
    Awaitable[None],
]
_Fields = List[Tuple[str, bytes]]

_log = logging.getLogger("portway.asgi")

# [http.hop-by-hop]
_HOP_BY_HOP = frozenset(
    ("connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade")
)

# What keeps a file of `http.response.pathsend` from being handed to the gateway.
_FILE_NOT_BELOW = ("security.file-roots", "security.file-links")
_PIECE = 65536

_OPEN, _COMMITTED, _TRAILERS, _OVER = range(4)


def from_asgi(
    application: AsgiApplication, *, lifespan: str = "auto", forwarded: bool = False
) -> Application:
    """A Portway application that calls an ASGI 3 application.

    `lifespan`: `auto` takes a lifespan call that fails unanswered for "has none", `required`
    for a failed start, `off` never makes it. `forwarded`: what a trusted proxy says takes
    the place of peer and scheme.
    """
    if lifespan not in ("auto", "required", "off"):
        raise ValueError("lifespan is to be 'auto', 'required' or 'off'")
    dropped: Set[str] = set()

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind == "http":
            exchange = _Http(scope, receive, send, dropped)
            await application(to_asgi_scope(scope, forwarded), exchange.receive, exchange.send)
            if exchange.start is not None:
                await exchange.start
        elif kind == "websocket":
            socket = _WebSocket(receive, send, dropped)
            await application(to_asgi_scope(scope, forwarded), socket.receive, socket.send)
            if socket.start is not None:
                await socket.start
        elif kind == "lifespan" and lifespan != "off":
            await _Lifespan(scope, receive, send).run(application, lifespan == "required")
        else:
            raise UnsupportedScope(kind)

    return _declared(app)


class _Request:
    """A request of either type: its one `receive` of the gateway, and its response."""

    __slots__ = ("_dropped", "_gateway_receive", "_gateway_send", "_state", "_turns", "_waiting", "start")

    def __init__(self, receive: Receive, send: Send, dropped: Set[str]) -> None:
        self._gateway_receive = receive
        self._gateway_send = send
        self._waiting = False
        """Whether a `receive` of the gateway is pending."""
        self._turns: Optional[List["asyncio.Future[None]"]] = None
        self._dropped = dropped
        self._state = _OPEN
        self.start: Optional[Awaitable[None]] = None
        """The `send` of the start, as long as nobody has waited for it. A start never fills
        the buffer, so it is not waited for before the body: its errors come with that."""

    async def _next(self) -> Mapping[str, Any]:
        """The next event of the gateway. Nobody else waits for it."""
        waiting = self._gateway_receive()
        self._waiting = True
        try:
            return await waiting
        finally:
            self._waiting = False
            if self._turns is not None:
                turns, self._turns = self._turns, None
                for turn in turns:
                    if not turn.done():
                        turn.set_result(None)

    async def _turn(self) -> None:
        """Waits until the `receive` that is pending has ended: ASGI allows several at once."""
        turn = asyncio.get_running_loop().create_future()
        if self._turns is None:
            self._turns = []
        self._turns.append(turn)
        await turn

    def _fields(self, headers: Optional[Iterable[Iterable[bytes]]]) -> _Fields:
        fields = []
        for name, value in headers or ():
            text = name.decode("latin-1").lower()
            if text in _HOP_BY_HOP:
                if text not in self._dropped:
                    self._dropped.add(text)
                    _log.warning("The application gives the field `%s`. It is dropped.", text)
            else:
                # White space around a value is no part of it (RFC 9110 section 5.5).
                fields.append((text, value.strip(b" \t") if isinstance(value, bytes) else value))
        return fields

    async def _commit(self, event: AsgiEvent) -> None:
        status = operator.index(event["status"])
        fields = self._fields(event.get("headers"))
        if status == 204:
            # Django declares the nothing of a 204 with a length of 0.
            fields = [field for field in fields if field[0] != "content-length"]
        settled = self._gateway_send(
            {"type": "http.response.start", "status": status, "headers": fields}
        )
        if self._state != _OPEN:
            await settled  # A second one: the gateway says what is wrong with it.
            return
        self._state = _COMMITTED
        self.start = settled

    async def _piece(self, data: bytes) -> None:
        settled = self._gateway_send({"type": "http.response.body", "data": data})
        await self._settle(settled)

    async def _end(self, data: bytes = b"", trailers: Optional[_Fields] = None) -> None:
        settled = []
        if data and not isinstance(data, bytes):
            # It can be rejected for what it is, and the response is not to look whole then.
            await self._piece(data)
        elif data:
            settled.append(self._gateway_send({"type": "http.response.body", "data": data}))
        end: Dict[str, Any] = {"type": "http.response.end"}
        if trailers:
            end["trailers"] = trailers
        # Sent before anything is waited for, so that all of it can be written at once.
        settled.append(self._gateway_send(end))
        self._state = _OVER
        self._ended()
        await self._settle(*settled)

    def _ended(self) -> None:
        """The response is over."""

    async def _settle(self, *settled: Awaitable[None]) -> None:
        start, self.start = self.start, None
        if start is not None:
            await start
        for one in settled:
            await one


class _Http(_Request):
    """A conversation of type `http`."""

    __slots__ = ("_closed", "_reading", "_scope", "_told", "_trailers")

    def __init__(
        self, scope: Mapping[str, Any], receive: Receive, send: Send, dropped: Set[str]
    ) -> None:
        super().__init__(receive, send, dropped)
        self._scope = scope
        self._closed = False
        self._reading = True
        """Whether the gateway can have more of the request."""
        self._told = False
        """Whether the application knows that the request is complete."""
        self._trailers: Optional[_Fields] = None

    async def receive(self) -> AsgiEvent:
        while not self._closed:
            if not self._told and self._reading and _has_no_body(self._scope):
                # Saves a question whose answer is in the head.
                self._told = True
                return {"type": "http.request", "body": b"", "more_body": False}
            if self._waiting:
                await self._turn()
                continue
            event = await self._next()
            kind = event["type"]
            if kind == "http.request.end":
                self._reading = False
                if not self._told and not self._closed:
                    self._told = True
                    return {"type": "http.request", "body": b"", "more_body": False}
            elif kind == "http.closed":
                self._reading = False
                self._closed = True
            elif kind == "http.request.body" and not self._closed:
                return {"type": "http.request", "body": event["data"], "more_body": True}
        return {"type": "http.disconnect"}

    async def send(self, event: AsgiEvent) -> None:
        kind = event["type"]
        if kind == "http.response.body":
            data = event.get("body") or b""
            if self._state == _OPEN:
                await self._piece(data)  # Rejected by the gateway.
            elif self._state != _COMMITTED:
                return
            elif event.get("more_body"):
                await self._piece(data)
            elif self._trailers is None:
                await self._end(data)
            else:
                self._state = _TRAILERS
                if data:
                    await self._piece(data)
        elif kind == "http.response.start":
            if self._state == _OPEN and event.get("trailers"):
                self._trailers = []
            await self._commit(event)
        elif kind == "http.response.trailers":
            if self._state == _COMMITTED and self._trailers is not None:
                raise RuntimeError("http.response.trailers before the last http.response.body")
            if self._state == _TRAILERS and self._trailers is not None:
                self._trailers += self._fields(event.get("headers"))
                if not event.get("more_trailers"):
                    await self._end(trailers=self._trailers)
        elif kind == "http.response.early_hint":
            if self._state == _OPEN:
                links = [("link", link) for link in event.get("links") or ()]
                await self._gateway_send(
                    {"type": "http.informational", "status": 103, "headers": links}
                )
        elif kind == "http.response.pathsend":
            if self._state == _COMMITTED:
                await self._file(event["path"])

    async def _file(self, path: str) -> None:
        try:
            await self._settle(self._gateway_send({"type": "http.file", "path": path}))
        except Misuse as misuse:
            if misuse.requirement not in _FILE_NOT_BELOW:
                raise
            loop = asyncio.get_running_loop()
            with open(path, "rb") as file:
                while True:
                    data = await loop.run_in_executor(None, file.read, _PIECE)
                    if not data:
                        break
                    await self._piece(data)
        await self._end()

    def _ended(self) -> None:
        self._closed = True
        if self._waiting and self._reading:
            # Lets the gateway answer the `receive` that is pending: nothing can follow.
            self._gateway_send({"type": "http.request.discard"})


def _has_no_body(scope: Mapping[str, Any]) -> bool:
    """Whether the head of a request says that it has no content."""
    length = scope["content_length"]
    if length is not None:
        return bool(length == 0)
    if scope["http_version"] not in ("1.1", "1.0"):
        return False
    return all(name != "transfer-encoding" for name, _ in scope["headers"])


class _WebSocket(_Request):
    """A conversation of type `websocket`."""

    __slots__ = ("_accepted", "_connected", "_disconnect")

    def __init__(self, receive: Receive, send: Send, dropped: Set[str]) -> None:
        super().__init__(receive, send, dropped)
        self._connected = False
        self._accepted = False
        self._disconnect: Optional[AsgiEvent] = None

    async def receive(self) -> AsgiEvent:
        if not self._connected:
            self._connected = True
            return {"type": "websocket.connect"}
        while self._disconnect is None:
            if self._waiting:
                await self._turn()
                continue
            event = await self._next()
            kind = event["type"]
            if kind == "websocket.message":
                # Without the other key: Channels asks which one is there.
                if "text" in event:
                    return {"type": "websocket.receive", "text": event["text"]}
                return {"type": "websocket.receive", "bytes": event["data"]}
            if kind == "websocket.closed":
                self._disconnect = {
                    "type": "websocket.disconnect",
                    "code": event["code"],
                    "reason": event["reason"],
                }
            elif kind == "http.closed":
                self._ended()
        return dict(self._disconnect)

    async def send(self, event: AsgiEvent) -> None:
        kind = event["type"]
        if kind == "websocket.send":
            message: Dict[str, Any] = {"type": "websocket.message"}
            if event.get("text") is not None:
                message["text"] = event["text"]
            if event.get("bytes") is not None:
                message["data"] = event["bytes"]
            await self._gateway_send(message)
        elif kind == "websocket.accept":
            accept: Dict[str, Any] = {
                "type": "websocket.accept",
                "headers": self._fields(event.get("headers")),
            }
            if event.get("subprotocol") is not None:
                accept["subprotocol"] = event["subprotocol"]
            await self._gateway_send(accept)
            self._accepted = True
        elif kind == "websocket.close":
            await self._close(event)
        elif kind == "websocket.http.response.start":
            await self._commit(event)
        elif kind == "websocket.http.response.body":
            if self._state == _OVER:
                return
            data = event.get("body") or b""
            if event.get("more_body") or self._state == _OPEN:
                await self._piece(data)
            else:
                await self._end(data)

    async def _close(self, event: AsgiEvent) -> None:
        if not self._accepted and self._state == _OPEN:
            await self._commit({"status": 403})
            await self._end()
            return
        close: Dict[str, Any] = {"type": "websocket.close"}
        for key in ("code", "reason"):
            if event.get(key) is not None:
                close[key] = event[key]
        await self._gateway_send(close)

    def _ended(self) -> None:
        self._disconnect = {"type": "websocket.disconnect", "code": 1006, "reason": ""}


class _Lifespan:
    """The lifespan of an ASGI 3 application."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self._gateway_receive = receive
        self._gateway_send = send
        self._state: Dict[str, Any] = {}
        features = scope["gateway"]["features"]
        self._accepts = {"http.file": 1} if 1 in features.get("http.file", ()) else {}
        self._answered = False
        self._ready = False
        self._shutdown = False
        self._failed: Optional[str] = None

    async def run(self, application: AsgiApplication, required: bool) -> None:
        """Call the application, and stay until the shutdown if it was ready."""
        scope = {
            "type": "lifespan",
            "asgi": {"version": "3.0", "spec_version": "2.0"},
            "state": self._state,
        }
        error: Optional[Exception] = None
        try:
            await application(scope, self._receive, self._send)
        except Exception as raised:
            if self._answered or required and not isinstance(raised, UnsupportedScope):
                raise
            error = raised
        if not self._answered:
            if required:
                return  # Unanswered, which a gateway takes for a failed start.
            _log.warning(
                "The lifespan call of the application ended unanswered (%s). It is taken to have no "
                "lifespan; lifespan='required' takes that for a failed start.",
                "it returned" if error is None else repr(error),
                exc_info=error if _log.isEnabledFor(logging.DEBUG) else None,
            )
            raise UnsupportedScope("lifespan") from error
        if self._ready:
            while not self._shutdown:
                await self._receive()
        if self._failed is not None:
            raise RuntimeError(f"the application could not shut down: {self._failed}")

    async def _receive(self) -> AsgiEvent:
        while True:
            kind = (await self._gateway_receive())["type"]
            if kind == "lifespan.shutdown":
                self._shutdown = True
            elif kind != "lifespan.startup":
                continue
            return {"type": kind}

    async def _send(self, event: AsgiEvent) -> None:
        kind = event["type"]
        # An event, known or not, is a sign of life.
        self._answered = True
        if kind == "lifespan.startup.complete":
            ready: Dict[str, Any] = {"type": "lifespan.ready", "state": dict(self._state)}
            if self._accepts:
                ready["accepts"] = self._accepts
            await self._gateway_send(ready)
            self._ready = True
        elif kind == "lifespan.startup.failed":
            message = event.get("message") or ""
            await self._gateway_send({"type": "lifespan.failed", "message": message})
        elif kind == "lifespan.shutdown.complete":
            await self._gateway_send({"type": "lifespan.stopped"})
        elif kind == "lifespan.shutdown.failed":
            self._failed = event.get("message") or "it gave no reason"
