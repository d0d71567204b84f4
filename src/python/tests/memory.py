"""A gateway in memory, for tests: calls an application, feeds it events and records its own.

It knows no network and no adapter. What an application sends is held to the machines by
``portway.checker`` where that is there.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from typing import Any, Callable, Deque, Dict, Iterable, List, Optional, Sequence, Tuple, Union

from portway import INTERFACE_VERSION, Cancel, Closed, Misuse, UnsupportedScope

try:
    from portway.checker import Conversation
except ImportError:
    Conversation = None

Event = Dict[str, Any]

LIMITS = {
    "send_buffer_octets": 65536,
    "receive_buffer_octets": 65536,
    "target_octets": 8192,
    "header_octets": 32768,
    "header_fields": 128,
    "body_octets": None,
    "message_octets": 1048576,
    "head_ms": 30000,
    "idle_ms": 30000,
    "keep_alive_ms": 5000,
    "startup_ms": 60000,
    "drain_ms": 30000,
    "shutdown_ms": 5000,
}

FEATURES = {"http.file": (1,)}

PATIENCE = 10.0
"""Seconds after which a test that waits for something is given up."""

_numbers = itertools.count(1)

# What ends the response, and what it can begin with.
_RESPONSE_ENDS = {"http.response.end", "http.response.abort", "http.refuse"}
_TERMINAL = {"http.closed", "websocket.closed"}


def _scope(kind: str, features: Dict[str, Sequence[int]], state: Dict[str, Any]) -> Event:
    return {
        "type": kind,
        "id": f"memory-{next(_numbers)}",
        "gateway": {
            "interface": INTERFACE_VERSION,
            "software": "memory",
            "features": dict(features),
        },
        "local": {"cancel": Cancel(), "state": state},
    }


def _request(scope: Event, changes: Event) -> Event:
    scope.update(
        {
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "authority": b"example.org",
            "target": b"/",
            "mount": b"",
            "headers": (("host", b"example.org"),),
            "content_length": None,
            "peer": {"transport": "tcp", "address": "192.0.2.7", "port": 50123},
            "local_address": {"transport": "tcp", "address": "192.0.2.1", "port": 80},
            "forwarded": None,
            "tls": None,
            "limits": dict(LIMITS),
            "upgrade": None,
        }
    )
    scope.update(changes)
    path, mark, query = scope["target"].partition(b"?")
    scope.setdefault("path", path)
    scope.setdefault("query", query if mark else None)
    return scope


def http_scope(
    *,
    features: Dict[str, Sequence[int]] = FEATURES,
    state: Optional[Dict[str, Any]] = None,
    **changes: Any,
) -> Event:
    """The scope of a request. `path` and `query` are made from `target` unless given."""
    scope = _request(_scope("http", features, state or {}), changes)
    lengths = [value for name, value in scope["headers"] if name == "content-length"]
    if lengths and "content_length" not in changes:
        scope["content_length"] = int(lengths[0])
    return scope


def websocket_scope(
    *,
    features: Dict[str, Sequence[int]] = FEATURES,
    state: Optional[Dict[str, Any]] = None,
    subprotocols: Sequence[str] = (),
    **changes: Any,
) -> Event:
    """The scope of a handshake over HTTP/1.1."""
    scope = _scope("websocket", features, state or {})
    scope["subprotocols"] = tuple(subprotocols)
    changes.setdefault("upgrade", {"offers": ("websocket",), "via": "upgrade"})
    return _request(scope, changes)


def lifespan_scope(*, features: Dict[str, Sequence[int]] = FEATURES) -> Event:
    """The scope of a lifespan."""
    return _scope("lifespan", features, {})


def request_events(body: Union[bytes, Iterable[bytes]] = b"") -> List[Event]:
    """The events of a request that arrives whole, a piece for each item."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    events: List[Event] = [
        {"type": "http.request.body", "data": piece} for piece in pieces if piece
    ]
    return [*events, {"type": "http.request.end", "trailers": ()}]


class Exchange:
    """One conversation: `give` events, look at `sent`, `lose` the peer, wait for `ended`."""

    def __init__(self, app: Any, scope: Event, *, features: Iterable[str] = ("http.file",)) -> None:
        self.scope = scope
        self.cancel: Cancel = scope["local"]["cancel"]
        self.sent: List[Event] = []
        """What was accepted of what the application sent, in order."""
        self.given: List[Event] = []
        """What the application has received, in order."""
        self.calls: List[str] = []
        """`receive` and the types of what was sent, in the order of the calls."""
        self.rejected: List[Misuse] = []
        self.receives = 0
        """How often the application has called `receive`."""
        self.error: Optional[BaseException] = None
        """What the call ended with, if not by returning."""
        self._judge: Any = (
            Conversation(scope, features=frozenset(features), open_file=self._file)
            if Conversation
            else None
        )
        self._events: Deque[Event] = deque()
        self._terminal: Optional[Event] = None
        self._file_fault: Optional[str] = None
        self._lost: Optional[Closed] = None
        self._pending = False
        self._arrived: Optional["asyncio.Future[None]"] = None
        self._changed: List["asyncio.Future[None]"] = []
        self._held: Optional[List["asyncio.Future[None]"]] = None
        self._response_over = False
        self._request_over = scope["type"] != "http"
        self._accepted = False
        self._app = app
        self._task: Optional["asyncio.Task[None]"] = None

    # What the test does.

    def call(self) -> "Exchange":
        """Call the application, in the next turn of the loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    def give(self, *events: Event) -> None:
        """Have events ready for `receive`, behind those that are."""
        self._events.extend(events)
        self._wake()

    def lose(self, cause: str = "connection_lost", code: Optional[int] = None) -> None:
        """Lose the peer, as a gateway says it: the signal, failing sends, a terminal event."""
        if self._lost is not None or (self._response_over and not self._accepted):
            return
        self._lost = Closed(cause, code)
        if self._judge is not None:
            self._judge.lost(self._lost)
        self.cancel._signal(self._lost)
        if self._accepted:
            clean = cause == "peer_closed"
            self._terminal = {
                "type": "websocket.closed",
                "code": (code or 1000) if clean else 1006,
                "reason": "",
                "initiator": "peer",
                "clean": clean,
            }
        else:
            self._terminal = {"type": "http.closed", "cause": cause}
            if code is not None:
                self._terminal["code"] = code
        held, self._held = self._held, None
        for waiting in held or ():
            if not waiting.done():
                _fail(waiting, self._lost)
        self._wake()

    def refuse_files(self, requirement: str) -> None:
        """From now on every `http.file` breaks a requirement, such as `security.file-roots`."""
        self._file_fault = requirement

    def _file(self, path: str, offset: int, length: Optional[int]) -> Optional[int]:
        if self._file_fault is not None:
            raise Misuse(self._file_fault, "refused")
        return length

    def close(self, code: int = 1000, reason: str = "") -> None:
        """A Close frame of the peer, or the peer's answer to one of the application."""
        initiator = "peer" if not self._response_over else "application"
        if initiator == "peer":
            self.lose("peer_closed")
        self._terminal = {
            "type": "websocket.closed",
            "code": code,
            "reason": reason,
            "initiator": initiator,
            "clean": code != 1006,
        }
        self._wake()

    def hold(self) -> None:
        """From now on every `send` waits, until `release`."""
        self._held = []

    def release(self) -> None:
        """The buffer is not full any more."""
        held, self._held = self._held, None
        for waiting in held or ():
            if not waiting.done():
                waiting.set_result(None)

    async def until(self, condition: Callable[["Exchange"], Any]) -> None:
        """Wait until the condition holds; it is looked at whenever something happens."""

        async def wait() -> None:
            while not condition(self):
                changed = asyncio.get_running_loop().create_future()
                self._changed.append(changed)
                await changed

        try:
            await asyncio.wait_for(wait(), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f"given up; calls: {self.calls}, error: {self.error!r}") from None

    async def until_sent(self, event_type: str, times: int = 1) -> Event:
        """Wait until events of a type were sent; returns the last of that many."""

        def those() -> List[Event]:
            return [event for event in self.sent if event["type"] == event_type]

        await self.until(lambda _: len(those()) >= times)
        return those()[times - 1]

    async def ended(self) -> Optional[BaseException]:
        """Wait until the call has ended. Returns its error, or None."""
        await self.until(lambda _: self._task is not None and self._task.done())
        return self.error

    async def cancelled(self) -> None:
        """Cancel the call, as a gateway does at the end of a drain, and wait for its end."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task], timeout=PATIENCE)

    # What can be read of what was sent.

    @property
    def types(self) -> List[str]:
        """The types of what was sent."""
        return [event["type"] for event in self.sent]

    @property
    def start(self) -> Event:
        """The start of the response."""
        return next(event for event in self.sent if event["type"] == "http.response.start")

    @property
    def body(self) -> bytes:
        """The body of the response so far."""
        return b"".join(e["data"] for e in self.sent if e["type"] == "http.response.body")

    @property
    def outcome(self) -> str:
        """What the peer has: `open`, `committed`, `ended`, `aborted`, `refused`, `lost`."""
        if self._lost is not None:
            return "lost"
        ends = [kind for kind in self.types if kind in _RESPONSE_ENDS]
        if ends:
            return {"http.response.end": "ended", "http.response.abort": "aborted"}.get(
                ends[0], "refused"
            )
        committed = "http.response.start" in self.types
        if self._task is not None and self._task.done():
            return "aborted" if committed else "failed"
        return "committed" if committed else "open"

    # What the application is called with.

    async def _run(self) -> None:
        try:
            await self._app(self.scope, self._receive, self._send)
        except BaseException as error:
            self.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            if self._judge is not None:
                self._judge.ended(self.error)
            asyncio.get_running_loop().call_soon(self._note)

    def _receive(self) -> Any:
        self.calls.append("receive")
        if self._pending:
            raise Misuse("receive.single", "a `receive` is pending already")
        self._pending = True
        self.receives += 1
        self._note()
        return self._next()

    async def _next(self) -> Event:
        try:
            while not self._due():
                self._arrived = asyncio.get_running_loop().create_future()
                # A caller that is cancelled here has taken nothing.
                await self._arrived
            event = self._events.popleft() if self._events else self._terminal
            assert event is not None
            if event["type"] == "http.request.end":
                self._request_over = True
            if self._judge is not None:
                self._judge.received(event)
            self.given.append(event)
            self._note()
            return event
        finally:
            self._pending = False

    def _due(self) -> bool:
        if self._events and not (self._response_over and self._accepted):
            # Messages are read behind the acceptance only.
            return self._accepted or self._events[0]["type"] != "websocket.message"
        if self._terminal is None and self._response_over and not self._accepted:
            if self._request_over:
                self._terminal = {"type": "http.closed", "cause": "complete"}
        return self._terminal is not None

    def _send(self, event: Event) -> Any:
        loop = asyncio.get_running_loop()
        settled = loop.create_future()
        self.calls.append(event["type"] if isinstance(event, dict) else "?")
        try:
            if self._judge is not None:
                self._judge.sent(event)
            elif self._lost is not None and not self._response_over:
                raise self._lost
        except (Misuse, Closed) as error:
            if isinstance(error, Misuse):
                self.rejected.append(error)
            _fail(settled, error)
            self._note()
            return settled
        event = dict(event)
        self.sent.append(event)
        kind = event["type"]
        if kind in _RESPONSE_ENDS or kind == "websocket.close":
            self._response_over = True
            self.release()
        if kind in ("http.request.discard", "http.response.abort", "http.refuse"):
            self._request_over = True
            self._events.clear()
        if kind == "websocket.accept":
            self._accepted = True
        if self._held is None:
            settled.set_result(None)
        else:
            self._held.append(settled)
        self._wake()
        return settled

    def _wake(self) -> None:
        if self._arrived is not None and not self._arrived.done() and self._due():
            self._arrived.set_result(None)
        self._note()

    def _note(self) -> None:
        changed, self._changed = self._changed, []
        for future in changed:
            if not future.done():
                future.set_result(None)


class Response:
    """What came of a whole request."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.error = exchange.error
        self.outcome = exchange.outcome
        started = "http.response.start" in exchange.types
        self.status: Optional[int] = exchange.start["status"] if started else None
        self.headers: List[Tuple[str, bytes]] = (
            [(name, value) for name, value in exchange.start.get("headers", ())] if started else []
        )
        self.body = exchange.body
        ends = [event for event in exchange.sent if event["type"] == "http.response.end"]
        self.trailers = list(ends[0].get("trailers", ())) if ends else []

    def values(self, name: str) -> List[bytes]:
        """The values of the fields of a name."""
        return [value for field, value in self.headers if field == name]


class StartFailed(Exception):
    """The application did not start."""


class Gateway:
    """Runs the lifespan of an application, and opens conversations with it.

    `async with Gateway(app) as gateway:` starts the application, and shuts it down.
    """

    def __init__(self, app: Any, *, features: Dict[str, Sequence[int]] = FEATURES) -> None:
        self.app = app
        self.features = features
        self.state: Dict[str, Any] = {}
        self.accepts: Dict[str, int] = {}
        self.lifespan: Exchange = Exchange(app, lifespan_scope(features=features))
        self.supported = True
        """Whether the application has a lifespan."""

    async def __aenter__(self) -> "Gateway":
        lifespan = self.lifespan.call()
        lifespan.give(
            {"type": "lifespan.startup", "offers": dict(self.features), "limits": dict(LIMITS)}
        )
        await lifespan.until(lambda x: x.sent or (x._task and x._task.done()))
        if not lifespan.sent:
            if not isinstance(lifespan.error, UnsupportedScope):
                raise StartFailed(repr(lifespan.error)) from lifespan.error
            self.supported = False
            self.accepts = {name: 1 for name in self.features if name == "http.file"}
        elif lifespan.sent[0]["type"] == "lifespan.failed":
            raise StartFailed(lifespan.sent[0]["message"])
        else:
            self.state = dict(lifespan.sent[0].get("state", {}))
            self.accepts = dict(lifespan.sent[0].get("accepts", {}))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.supported:
            self.lifespan.give({"type": "lifespan.drain", "deadline_ms": 30000})
            self.lifespan._terminal = {"type": "lifespan.shutdown"}
            self.lifespan.give()
            await self.lifespan.until(
                lambda x: "lifespan.stopped" in x.types or (x._task and x._task.done())
            )

    def open(self, scope: Event) -> Exchange:
        """Call the application with a scope, which gets the state of the lifespan."""
        scope["local"]["state"] = dict(self.state)
        scope["gateway"]["features"] = dict(self.features)
        return Exchange(self.app, scope, features=self.accepts).call()

    async def request(
        self,
        method: str = "GET",
        target: bytes = b"/",
        *,
        headers: Iterable[Tuple[str, bytes]] = (),
        body: Union[bytes, Iterable[bytes]] = b"",
        **changes: Any,
    ) -> Response:
        """One whole request, and its response once the call has ended."""
        fields = (("host", b"example.org"), *headers)
        if isinstance(body, bytes) and body:
            fields = (*fields, ("content-length", b"%d" % len(body)))
        exchange = self.open(http_scope(method=method, target=target, headers=fields, **changes))
        exchange.give(*request_events(body))
        await exchange.ended()
        return Response(exchange)


def _fail(future: "asyncio.Future[None]", error: Exception) -> None:
    future.set_exception(error)
    future.exception()  # What nobody awaits stays silent.
