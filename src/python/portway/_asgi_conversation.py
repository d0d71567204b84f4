"""One request or WebSocket of a server for ASGI 3, as a conversation of a Portway application.

The server's own task writes; the application has a task, and a third one reads ahead, so
that the loss of the peer is seen without a `receive` ([asgi.watch]). Knows no scope but
what the machines ask.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import (
    AbstractSet,
    Any,
    Awaitable,
    Callable,
    Deque,
    Dict,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from ._application import Application
from ._errors import Closed, Misuse, UnsupportedScope
from ._files import OpenedFile, open_below
from ._inbox import DONE, Failed, Inbox
from .checker import Conversation

_log = logging.getLogger("portway.asgi")

Event = Dict[str, Any]
AsgiFields = List[Tuple[bytes, bytes]]

_EVENT_OCTETS = 32
"""What keeping an event counts, beside its octets (proposal 6)."""
_LOW_WATER = 16384
_PIECE = 65536
_ENDS = frozenset(("http.response.end", "http.refuse", "websocket.close"))

# Calls of applications that go on after their conversation was broken off.
_left: Set["asyncio.Task[None]"] = set()


class _Queued(NamedTuple):
    """An event that was accepted and not yet given to the server."""

    event: Event
    size: int
    file: Optional[OpenedFile] = None


class ResponseAborted(Exception):
    """The application has aborted its response. Tells the server to break it off."""


class _Conversation:
    """What requests and WebSockets have in common."""

    # How ASGI names the events of the response.
    response = "http.response"
    # Whether nothing but the end can still come of the peer, so that nothing piles up.
    _request_over = False

    def __init__(
        self,
        made: Event,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[Event]],
        send: Callable[[Event], Awaitable[None]],
        accepts: AbstractSet[str],
        roots: Sequence[str],
    ) -> None:
        self._made = made
        self._extensions = scope.get("extensions") or {}
        self._asgi_receive = receive
        self._asgi_send = send
        self._roots = roots
        self._opened: Optional[OpenedFile] = None
        self._judge = Conversation(made, frozenset(accepts), open_file=self._open)
        self._inbox = Inbox(self._judge)
        self._inbox.taken = self._look_on
        self._inbox.due = self._complete
        self._loop = asyncio.get_running_loop()
        self._call: "asyncio.Task[None]"
        self._actions: Tuple[str, ...] = ()
        self._reader: Optional["asyncio.Task[None]"] = None
        self._room: Optional["asyncio.Future[None]"] = None
        self._out: Deque[_Queued] = deque()
        self._work: Optional["asyncio.Future[None]"] = None
        self._load = 0
        self._full = False
        self._waiting: List["asyncio.Future[None]"] = []
        self._aborted = False
        self._over = False
        """Whether the application's call has ended."""
        self._left = False
        """Whether it goes on although the server's has ended."""
        self._server_error: Optional[BaseException] = None
        self._trailers = False
        self._high_water: int = made["limits"]["send_buffer_octets"]
        self._piece_octets: int = made["limits"]["receive_buffer_octets"]

    # The server's call.

    async def serve(self, app: Application) -> None:
        """Calls the application, and writes until both it and what it sent are done."""
        self._call = self._loop.create_task(self._run(app))
        self._call.add_done_callback(_left.discard)
        if self._watches_at_once():
            self._watch()
        try:
            while True:
                await self._write()
                if self._aborted or self._over:
                    break
                self._work = self._loop.create_future()
                await self._work
            if self._aborted:
                self._left = not self._over
                raise ResponseAborted("the response cannot be completed")
            await asyncio.wait({self._call})
            await self._finish()
        except asyncio.CancelledError:
            # The server gives the call up, as a gateway does at the end of a drain.
            self._lose("connection_lost")
            self._call.cancel()
            await asyncio.wait({self._call})
            raise
        finally:
            if self._reader is not None:
                self._reader.cancel()
            self._drop()
            if not self._call.done():
                _left.add(self._call)

    async def _finish(self) -> None:
        """What is left to do once the call has ended: the table "Ends of a call", and ours."""
        error = asyncio.CancelledError() if self._call.cancelled() else self._call.exception()
        actions = self._actions
        harmless = error is not None and _is_closed(error)
        if "decline" in actions:
            await self._answer(501)
            return
        if "fail" in actions and harmless:
            await self._answer(500)
            return
        if "close-normal" in actions:
            await self._put({"type": "websocket.close", "code": 1000, "reason": ""})
        elif "close-error" in actions:
            await self._put({"type": "websocket.close", "code": 1011, "reason": ""})
        if self._server_error is not None:
            raise self._server_error
        broken = "fail" in actions or "abort" in actions
        if error is None:
            if broken:
                # The server answers 500 or breaks the response off, and reports it.
                raise Misuse("http.finish", "the application has returned without a whole response")
        elif broken or not (harmless or isinstance(error, UnsupportedScope)):
            raise error

    async def _run(self, app: Application) -> None:
        error: Optional[BaseException] = None
        try:
            await app(self._made, self._receive, self._send)
        except BaseException as raised:
            error = raised
            if not self._left or not isinstance(raised, Exception):
                raise
            if not _is_closed(raised):
                _log.error("A call has failed whose response was broken off.", exc_info=raised)
        finally:
            self._over = True
            self._actions = self._judge.ended(error)
            self._settle()
            self._wake()

    # What the application sends.

    def _send(self, event: Any) -> Awaitable[None]:
        if self._over:
            return Failed(Closed("complete"))
        try:
            values = self._judge.sent(event)
        except (Misuse, Closed) as error:
            self._close_opened()
            return Failed(error)
        kind = values["type"]
        if kind == "http.request.discard":
            self._discard()
            return DONE
        if kind == "http.response.abort":
            self._aborted = True
            self._drop()
            self._settle()
            self._wake()
            self._inbox.wake()
            return DONE
        file, self._opened = self._opened, None
        size = _EVENT_OCTETS + _octets(values) + (file.octets if file else 0)
        self._out.append(_Queued(values, size, file))
        self._load += size
        self._wake()
        self._noted(kind)
        if kind in _ENDS:
            self._settle()
            self._inbox.wake()
            return DONE
        if self._load >= self._high_water:
            self._full = True
        if not self._full:
            return DONE
        settled = self._loop.create_future()
        self._waiting.append(settled)
        return settled

    def _noted(self, kind: str) -> None:
        """An event was accepted."""

    def _settle(self) -> None:
        """Resolves every `send` that waits."""
        self._full = False
        waiting, self._waiting = self._waiting, []
        for settled in waiting:
            if not settled.done():
                settled.set_result(None)

    def _open(self, path: str, offset: int, length: Optional[int]) -> int:
        self._close_opened()
        self._opened = open_below(self._roots, path, offset, length)
        return self._opened.octets

    def _close_opened(self) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.file.close()

    # What the server is given.

    def _wake(self) -> None:
        if self._work is not None and not self._work.done():
            self._work.set_result(None)

    def _drop(self) -> None:
        """Drops what is not written."""
        for queued in self._out:
            if queued.file is not None:
                queued.file.file.close()
        self._out.clear()
        self._load = 0

    async def _write(self) -> None:
        while self._out:
            queued = self._out.popleft()
            size = queued.size
            try:
                if queued.file is not None:
                    await self._write_file(queued.file)
                elif (
                    queued.event["type"] == "http.response.body"
                    and self._out
                    and self._out[0].event["type"] == "http.response.end"
                ):
                    end = self._out.popleft()
                    size += end.size
                    await self._end(queued.event["data"], end.event)
                else:
                    await self._put(queued.event)
            except OSError:
                self._lose("connection_lost")
            except Exception as error:
                # The server does not take what it is given: nothing more reaches the peer.
                self._server_error = error
                self._lose("connection_lost")
            self._load = max(0, self._load - size)
            if self._full and self._load <= _LOW_WATER:
                self._settle()

    async def _put(self, event: Event) -> None:
        kind = event["type"]
        if kind == "http.response.start":
            await self._start(event)
        elif kind == "http.response.body":
            await self._body(event["data"], True)
        elif kind == "http.response.end":
            await self._end(b"", event)
        elif kind == "http.refuse":
            await self._answer(503, [(b"retry-after", b"0")])

    async def _start(self, event: Event) -> None:
        raise NotImplementedError

    async def _body(self, data: bytes, more: bool) -> None:
        if self._judge.is_head:
            data = b""
            if more:
                return
        await self._asgi_send(
            {"type": f"{self.response}.body", "body": data, "more_body": more}
        )

    async def _end(self, data: bytes, event: Event) -> None:
        await self._body(data, False)

    async def _answer(self, status: int, headers: AsgiFields = []) -> None:
        """A whole response of the adapter's own."""
        length = (b"content-length", b"0")
        try:
            await self._asgi_send(
                {"type": f"{self.response}.start", "status": status, "headers": [*headers, length]}
            )
            await self._asgi_send({"type": f"{self.response}.body", "body": b"", "more_body": False})
        except OSError:
            self._lose("connection_lost")

    async def _write_file(self, opened: OpenedFile) -> None:
        file, left = opened.file, opened.octets
        with file:
            if self._judge.is_head:
                return
            while left > 0:
                data = await self._loop.run_in_executor(None, file.read, min(left, _PIECE))
                if not data:
                    self._judge.file_lost()
                    self._take_loss(Closed("connection_lost"))
                    self._aborted = True
                    return
                left -= len(data)
                await self._body(data, True)

    # What the server gives.

    def _watches_at_once(self) -> bool:
        return True

    def _receive(self) -> Any:
        self._watch()
        return self._inbox.receive()

    def _watch(self) -> None:
        """Begins to read ahead."""
        if self._reader is None:
            self._reader = self._loop.create_task(self._read())

    async def _read(self) -> None:
        while True:
            try:
                event = await self._asgi_receive()
            except OSError:
                self._lose("connection_lost")
                return
            except Exception as error:
                self._server_error = error
                self._lose("connection_lost")
                return
            if self._arrived(event):
                return
            while self._inbox and not self._request_over:
                self._room = self._loop.create_future()
                await self._room

    def _look_on(self) -> None:
        """The application has received everything: there is room for more."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _arrived(self, event: Event) -> bool:
        """Takes an event of the server. Returns whether it was the last."""
        raise NotImplementedError

    def _discard(self) -> None:
        """The application wants no more of the request."""

    def _complete(self) -> Optional[Event]:
        """The terminal event, if it is due without a loss."""
        raise NotImplementedError

    def _lose(self, cause: str) -> None:
        """The peer is gone. Nothing comes of that where the application has said its last."""
        closed = Closed(cause)
        if self._judge.lost(closed):
            self._take_loss(closed)
        else:
            self._terminate("complete")

    def _take_loss(self, closed: Closed) -> None:
        self._made["local"]["cancel"]._signal(closed)
        self._drop()
        waiting, self._waiting = self._waiting, []
        for settled in waiting:
            if not settled.done():
                settled.set_exception(Closed(closed.cause))
                settled.exception()  # binding.unawaited
        self._terminate(closed.cause)

    def _terminate(self, cause: str) -> None:
        self._inbox.end({"type": "http.closed", "cause": cause})


class Exchange(_Conversation):
    """A conversation of type `http`."""

    _path_sent = False

    def _watches_at_once(self) -> bool:
        # asgi.receive-on-demand
        return not any(
            name == "expect" and value.lower() == b"100-continue"
            for name, value in self._made["headers"]
        )

    def _noted(self, kind: str) -> None:
        if kind in ("http.response.start", "http.refuse"):
            self._watch()

    async def _start(self, event: Event) -> None:
        headers = event.get("headers", ())
        if not self._has_place_for_trailers(event["status"]):
            # It announces fields that would not come ([http.trailers.dropped]).
            headers = [field for field in headers if field[0] != "trailer"]
        start: Event = {
            "type": "http.response.start",
            "status": event["status"],
            "headers": _asgi_fields(headers),
        }
        self._trailers = any(name == "trailer" for name, _ in headers)
        if self._trailers:
            start["trailers"] = True
        await self._asgi_send(start)
        # asgi.head-pushed. What was sent in the same turn is behind it in the queue.
        if not (self._out or self._aborted or self._judge.loss):
            await self._asgi_send({"type": "http.response.body", "body": b"", "more_body": True})

    def _has_place_for_trailers(self, status: int) -> bool:
        if "http.response.trailers" not in self._extensions:
            return False
        version = self._made["http_version"]
        if version == "1.0" or version == "1.1" and self._judge.length is not None:
            return False
        return not (self._judge.is_head or status in (204, 304))

    async def _put(self, event: Event) -> None:
        if event["type"] != "http.informational":
            await super()._put(event)
        elif event["status"] == 103 and "http.response.early_hint" in self._extensions:
            links = [value for name, value in event.get("headers", ()) if name == "link"]
            if links:
                await self._asgi_send({"type": "http.response.early_hint", "links": links})

    async def _end(self, data: bytes, event: Event) -> None:
        if self._path_sent:
            return
        await self._body(data, False)
        if self._trailers:
            await self._asgi_send(
                {
                    "type": "http.response.trailers",
                    "headers": _asgi_fields(event.get("trailers", ())),
                    "more_trailers": False,
                }
            )

    async def _write_file(self, opened: OpenedFile) -> None:
        if "http.response.pathsend" not in self._extensions or not self._is_all(opened):
            await super()._write_file(opened)
            return
        self._path_sent = True
        with opened.file:
            await self._asgi_send({"type": "http.response.pathsend", "path": opened.path})

    def _is_all(self, opened: OpenedFile) -> bool:
        """Whether a file is known to be the whole body."""
        if not opened.whole or self._trailers or self._judge.is_head:
            return False
        if self._judge.content != opened.octets:
            return False
        ends = bool(self._out) and self._out[0].event["type"] == "http.response.end"
        return ends or self._judge.length == opened.octets

    def _arrived(self, event: Event) -> bool:
        kind = event["type"]
        if kind == "http.disconnect":
            self._lose("connection_lost")
            return True
        if kind == "http.request" and not self._request_over:
            discarded = self._judge.state_of("http.request") == "discarded"
            if not discarded:
                data = event.get("body") or b""
                for at in range(0, len(data), self._piece_octets):
                    piece = bytes(data[at : at + self._piece_octets])
                    self._inbox.put({"type": "http.request.body", "data": piece})
            if not event.get("more_body"):
                self._request_over = True
                if not discarded:
                    self._inbox.put({"type": "http.request.end", "trailers": ()})
        return False

    def _discard(self) -> None:
        self._inbox.clear()
        self._look_on()
        self._watch()
        self._inbox.wake()

    def _complete(self) -> Optional[Event]:
        if not self._judge.response_over or self._judge.loss is not None:
            return None
        # http.closed.complete: no more of the request can come.
        if self._judge.response_state == "ended" and self._judge.state_of("http.request") == "reading":
            return None
        return {"type": "http.closed", "cause": "complete"}


class Socket(_Conversation):
    """A conversation of type `websocket`."""

    response = "websocket.http.response"

    async def _put(self, event: Event) -> None:
        kind = event["type"]
        if kind == "websocket.message":
            key = "text" if "text" in event else "data"
            await self._asgi_send(
                {"type": "websocket.send", "bytes" if key == "data" else key: event[key]}
            )
        elif kind == "websocket.accept":
            await self._asgi_send(
                {
                    "type": "websocket.accept",
                    "subprotocol": event.get("subprotocol"),
                    "headers": _asgi_fields(event.get("headers", ())),
                }
            )
        elif kind == "websocket.close":
            await self._asgi_send(
                {
                    "type": "websocket.close",
                    "code": event.get("code", 1000),
                    "reason": event.get("reason", ""),
                }
            )
        elif kind != "http.informational":
            await super()._put(event)

    def _noted(self, kind: str) -> None:
        if kind == "websocket.close":
            self._inbox.clear()  # websocket.close-discards
            self._look_on()

    @property
    def _denies(self) -> bool:
        return "websocket.http.response" in self._extensions

    async def _start(self, event: Event) -> None:
        if self._denies:
            await self._asgi_send(
                {
                    "type": "websocket.http.response.start",
                    "status": event["status"],
                    "headers": _asgi_fields(event.get("headers", ())),
                }
            )
        else:
            await self._asgi_send({"type": "websocket.close", "code": 1000, "reason": ""})

    async def _body(self, data: bytes, more: bool) -> None:
        if self._denies:
            await super()._body(data, more)

    async def _answer(self, status: int, headers: AsgiFields = []) -> None:
        if self._denies:
            await super()._answer(status, headers)
        else:
            await self._asgi_send({"type": "websocket.close", "code": 1000, "reason": ""})

    def _arrived(self, event: Event) -> bool:
        kind = event["type"]
        if kind == "websocket.receive":
            if self._judge.state_of("websocket.incoming") == "messages":
                message: Event = {"type": "websocket.message"}
                if event.get("text") is not None:
                    message["text"] = event["text"]
                else:
                    message["data"] = bytes(event.get("bytes") or b"")
                self._inbox.put(message)
        elif kind == "websocket.disconnect":
            if self._judge.response_state != "switched":
                self._lose("connection_lost")
                return True
            code = event.get("code") or 1005
            code = code if 1000 <= code <= 4999 else 1006
            initiator = "application" if self._judge.state == "closed" else "peer"
            self._closed = {
                "type": "websocket.closed",
                "code": code,
                "reason": event.get("reason") or "",
                "initiator": initiator,
                "clean": code != 1006,
            }
            self._lose("connection_lost" if code == 1006 else "peer_closed")
            return True
        return False

    _closed: Optional[Event] = None

    def _terminate(self, cause: str) -> None:
        if self._judge.response_state != "switched":
            super()._terminate(cause)
        else:
            initiator = "application" if self._judge.state == "closed" else "peer"
            self._inbox.end(
                self._closed
                or {
                    "type": "websocket.closed",
                    "code": 1006,
                    "reason": "",
                    "initiator": initiator,
                    "clean": False,
                }
            )

    def _complete(self) -> Optional[Event]:
        over = self._judge.response_over and self._judge.response_state not in ("switched", "lost")
        return {"type": "http.closed", "cause": "complete"} if over else None


def _asgi_fields(fields: Any) -> AsgiFields:
    return [(name.encode("latin-1"), value) for name, value in fields]


def _octets(event: Event) -> int:
    if "data" in event:
        return len(event["data"])
    if "text" in event:
        return len(event["text"].encode())
    fields = event.get("headers") or event.get("trailers") or ()
    return sum(len(name) + len(value) for name, value in fields)


def _is_closed(error: BaseException) -> bool:
    """Whether an error is `Closed`, or a group whose leaves all are."""
    leaves = getattr(error, "exceptions", None)
    if isinstance(leaves, tuple) and leaves:
        return all(_is_closed(leaf) for leaf in leaves)
    return isinstance(error, Closed)
