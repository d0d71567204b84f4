"""One conversation in a worker: what the application calls, and what the front tells.

Writes frames through its worker and never judges an event: that is the front's part.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Deque, Dict, List, NamedTuple, Optional

from ._cancel import Cancel
from ._errors import Closed, Misuse
from .frames import (
    CREDIT,
    DATA,
    DATA_OCTETS,
    END,
    EVENT,
    HEADER,
    RECEIVE,
    UNREADABLE,
    Malformed,
    decode_event,
    encode_event,
    frame,
    integer,
    member,
)

if TYPE_CHECKING:
    from .worker import Worker

Future = asyncio.Future
_TERMINAL = frozenset({"http.closed", "websocket.closed", "tunnel.closed"})


class _Given(NamedTuple):
    """A whole event for the application, and the credit that is due when it has it."""

    event: Dict[str, Any]
    due: int


class _Arriving:
    """An event whose payload is not whole."""

    __slots__ = ("event", "missing", "name", "pieces")

    def __init__(self, event: Dict[str, Any], name: str, size: int) -> None:
        self.event = event
        self.name = name
        self.missing = size
        self.pieces: List[bytes] = []


class Conversation:
    """One call of the application, as the worker holds it."""

    __slots__ = (
        "_arriving",
        "_asked",
        "_credit",
        "_end",
        "_given",
        "_granted",
        "_held",
        "_outbox",
        "_over",
        "_stopped",
        "_unsettled",
        "_waiter",
        "_written",
        "cancel",
        "number",
        "queued",
        "round",
        "scope",
        "task",
        "worker",
    )

    def __init__(self, worker: Worker, number: int, scope: Dict[str, Any]) -> None:
        self.worker = worker
        self.number = number
        self.scope = scope
        self.cancel = Cancel()
        scope["local"] = {"cancel": self.cancel, "state": worker.state}
        self.task: Any = None
        # What the application is to receive.
        self._asked = False
        self._arriving: Optional[_Arriving] = None
        self._given: Optional[_Given] = None
        self._waiter: Optional[Future[None]] = None
        self._granted = worker.conversation_credit
        self._held = 0
        # What it has sent.
        self._credit = worker.initial_credit
        self._written = 0
        self._unsettled: Dict[int, Future[None]] = {}
        self._outbox: Deque[memoryview] = deque()
        self.queued = False
        self.round = -1
        self._stopped: Optional[Closed] = None
        # How its call ended.
        self._over = False
        self._end: Optional[bytes] = None

    # What the application calls.

    def send(self, event: Any) -> Future[None]:
        """Takes an event at once. The future is for whoever waits for room."""
        worker = self.worker
        future: Future[None] = worker.loop.create_future()
        if self._over:
            return _failed(future, Closed("complete"))
        if worker.is_lost:
            return self._send_without_front(event, future)
        try:
            metadata, payload = encode_event(self._sent(event))
        except Misuse as misuse:
            return _failed(future, misuse)
        self._written += 1
        self._unsettled[self._written] = future
        write = worker.write
        write(HEADER.pack(len(metadata), self.number, EVENT, 0, 0) + metadata)
        if payload and self._stopped is None:
            size = len(payload)
            if (
                size <= self._credit
                and size <= worker.credit
                and size <= DATA_OCTETS
                and not self._outbox
            ):
                self._credit -= size
                worker.credit -= size
                self.round = worker.round
                write(HEADER.pack(size, self.number, DATA, 0, 0) + payload)
            else:
                self._outbox.append(memoryview(payload))
                self._queue()
        return future

    async def receive(self) -> Dict[str, Any]:
        """Gives the next event. A call that was given up leaves it to the next."""
        worker = self.worker
        if self._over:
            await worker.loop.create_future()
        if self._waiter is not None and not self._waiter.cancelled():
            raise Misuse("receive.single", "an earlier call of `receive` is pending")
        while self._given is None:
            if worker.is_lost:
                event = self._event_without_front()
                if event is not None:
                    return event
            elif not (self._asked or self._arriving):
                self._asked = True
                worker.write(HEADER.pack(0, self.number, RECEIVE, 0, 0))
            waiter = self._waiter = worker.loop.create_future()
            try:
                await waiter
            finally:
                if self._waiter is waiter:
                    self._waiter = None
        event, due = self._given
        self._given = None
        if due:
            self._return(due)
        return event

    # What the front says.

    def on_event(self, content: Dict[str, Any]) -> None:
        """An event for the application, in answer to a ``receive``."""
        if not self._asked:
            raise Malformed("sequence", "an `event` without `receive`")
        event = member(content, "event", dict)
        event_type = member(event, "type", str)
        name, size = None, 0
        if "payload" in content:
            name = content["payload"]
            if name not in ("data", "text"):
                raise Malformed("metadata", "a payload that is neither `data` nor `text`")
            size = integer(content, "size", 0)
        try:
            event = decode_event(event)
        except UNREADABLE as error:
            raise Malformed("metadata", f"{event_type}: {error}") from error
        self._asked = False
        if name is None:
            self._give(event, 0)
        elif size == 0:
            event[name] = b"" if name == "data" else ""
            self._give(event, 0)
        else:
            self._arriving = _Arriving(event, name, size)

    def on_data(self, octets: bytes) -> None:
        """A piece of the payload of the last event."""
        arriving = self._arriving
        size = len(octets)
        if arriving is None or size > arriving.missing:
            raise Malformed("sequence", "`data` beyond the size of its event")
        if size > self._granted:
            raise Malformed("credit", "more data than the conversation has credit for")
        self._granted -= size
        arriving.missing -= size
        if arriving.missing:
            arriving.pieces.append(octets)
            self._return(size)
            return
        whole = octets
        if arriving.pieces:
            arriving.pieces.append(octets)
            whole = b"".join(arriving.pieces)
        self._arriving = None
        if arriving.name == "data":
            arriving.event["data"] = whole
        else:
            try:
                arriving.event["text"] = whole.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Malformed("metadata", f"a text that is not UTF-8: {error}") from error
        self._give(arriving.event, size)

    def on_settled(self, content: Dict[str, Any]) -> None:
        """The answer to one event of the application."""
        place = integer(content, "event", 1)
        future = self._unsettled.get(place)
        if future is None:
            raise Malformed("sequence", f"event {place} was not written, or is settled")
        error: Any = None
        if "error" in content:
            error = _error(content)
        del self._unsettled[place]
        if error is None:
            self._accepted(place)
            if not future.done():
                future.set_result(None)
            return
        if type(error) is Closed:
            self._stop(error)
        if not future.done():
            _failed(future, error)

    def on_credit(self, octets: int) -> None:
        """More may be written in the conversation."""
        self._credit = raised(self._credit, octets)
        self._queue()

    def on_cancel(self, closed: Closed) -> None:
        """The application is asked to stop."""
        self.cancel._signal(closed)

    # What the worker says.

    def next_data(self, most: int) -> bytes:
        """A ``data`` frame of what waits, with at most so many octets of content."""
        view = self._outbox[0]
        size = min(len(view), most, self._credit, DATA_OCTETS)
        if size == len(view):
            self._outbox.popleft()
        else:
            self._outbox[0] = view[size:]
        self._credit -= size
        return HEADER.pack(size, self.number, DATA, 0, 0) + view[:size]

    @property
    def has_turn(self) -> bool:
        """Whether it has data to write and credit for some of it."""
        return bool(self._outbox) and self._credit > 0

    def on_written(self) -> None:
        """The data that was waiting is written, as far as it could be."""
        if self._end is not None and not self._outbox:
            self._leave()

    def finish(self, outcome: bytes) -> None:
        """The application's call has ended: ``end`` comes behind what is to be written."""
        self._over = True
        self._end = outcome
        for future in self._unsettled.values():
            if not future.done():
                future.set_result(None)
        if not self._outbox:
            self._leave()

    def on_front_lost(self) -> None:
        """Nobody answers any more ([worker.front-lost])."""
        closed = Closed("connection_lost")
        self.cancel._signal(closed)
        for future in self._unsettled.values():
            if not future.done():
                _failed(future, Closed("connection_lost"))
        self._unsettled.clear()
        self._stop(closed)
        self._arriving = None
        self.wake()

    def wake(self) -> None:
        """Has a pending ``receive`` look again."""
        if self._waiter is not None and not self._waiter.done() and not self._over:
            self._waiter.set_result(None)

    # In both directions.

    def _give(self, event: Dict[str, Any], due: int) -> None:
        self._given = _Given(event, due)
        self.wake()

    def _return(self, octets: int) -> None:
        """Credit for so many octets is due; some of it can wait for more."""
        self._held += octets
        if self._held * 2 > self.worker.conversation_credit and not self.worker.is_lost:
            self._granted += self._held
            self.worker.write(frame(CREDIT, self.number, b'{"octets":%d}' % self._held))
            self._held = 0

    def _queue(self) -> None:
        if self._outbox and self._credit > 0 and not self.queued:
            self.queued = True
            self.worker.take_turns(self)

    def _stop(self, closed: Closed) -> None:
        """No more data is written ([worker.drop-closed])."""
        self._stopped = closed
        self._outbox.clear()
        if self._end is not None:
            self._leave()

    def _leave(self) -> None:
        end, self._end = self._end, None
        if end is not None:
            if not self.worker.is_lost:
                self.worker.write(frame(END, self.number, end))
            self.worker.on_ended(self)

    # What differs by the type of the scope.

    def _sent(self, event: Any) -> Any:
        """The event as it is written."""
        return event

    def _accepted(self, place: int) -> None:
        """An event was settled without an error."""

    def _send_without_front(self, event: Any, future: Future[None]) -> Future[None]:
        return _failed(future, Closed("connection_lost"))

    def _event_without_front(self) -> Optional[Dict[str, Any]]:
        """What ``receive`` gives when the front is lost."""
        return {"type": "http.closed", "cause": "connection_lost"}


class ExchangeConversation(Conversation):
    """Of the type ``http``, or of one that this package does not know."""

    __slots__ = ("_terminal",)

    def __init__(self, worker: Worker, number: int, scope: Dict[str, Any]) -> None:
        super().__init__(worker, number, scope)
        self._terminal: Optional[Dict[str, Any]] = None

    def _give(self, event: Dict[str, Any], due: int) -> None:
        if event["type"] in _TERMINAL:
            self._terminal = event
        super()._give(event, due)

    def _event_without_front(self) -> Optional[Dict[str, Any]]:
        return self._terminal or super()._event_without_front()


class SwitchingConversation(ExchangeConversation):
    """Of the type ``websocket`` or ``tunnel``: an acceptance changes how it is lost."""

    __slots__ = ("_is_accepted", "_is_closing", "_switches")

    def __init__(self, worker: Worker, number: int, scope: Dict[str, Any]) -> None:
        super().__init__(worker, number, scope)
        self._switches: Dict[int, str] = {}
        self._is_accepted = False
        self._is_closing = False

    def _sent(self, event: Any) -> Any:
        event_type = event.get("type") if isinstance(event, dict) else None
        # One that did not fit into a frame had the same place.
        self._switches.pop(self._written + 1, None)
        if event_type in ("websocket.accept", "websocket.close", "tunnel.accept"):
            self._switches[self._written + 1] = event_type
        return event

    def _accepted(self, place: int) -> None:
        event_type = self._switches.pop(place, None)
        if event_type == "websocket.close":
            self._is_closing = True
        elif event_type is not None:
            self._is_accepted = True

    def _event_without_front(self) -> Optional[Dict[str, Any]]:
        if self._terminal is not None or not self._is_accepted:
            return super()._event_without_front()
        if self.scope["type"] == "tunnel":
            return {"type": "tunnel.closed", "cause": "connection_lost"}
        return {
            "type": "websocket.closed",
            "code": 1006,
            "reason": "",
            "initiator": "application" if self._is_closing else "peer",
            "clean": False,
        }


class LifespanConversation(Conversation):
    """The life of the application in this process: what it published, and how it ends."""

    __slots__ = ("_answers", "_is_draining", "answer", "is_shutting_down")

    def __init__(self, worker: Worker, number: int, scope: Dict[str, Any]) -> None:
        super().__init__(worker, number, scope)
        self._answers: Dict[int, Any] = {}
        self._is_draining = False
        self.answer: Optional[str] = None
        """The event by which it answered its start, once that was accepted."""
        self.is_shutting_down = False

    def _give(self, event: Dict[str, Any], due: int) -> None:
        if event["type"] == "lifespan.startup":
            self.worker.note_limits(event)
        elif event["type"] == "lifespan.drain":
            self._is_draining = True
        elif event["type"] == "lifespan.shutdown":
            self.is_shutting_down = True
        super()._give(event, due)

    def _sent(self, event: Any) -> Any:
        event_type = event.get("type") if isinstance(event, dict) else None
        self._answers.pop(self._written + 1, None)
        if event_type == "lifespan.failed":
            self._answers[self._written + 1] = (event_type, None)
        elif event_type == "lifespan.ready":
            state = event.get("state", {})
            # The front rejects what is no state, which it would not see otherwise.
            if isinstance(state, dict):
                self._answers[self._written + 1] = (event_type, dict(state))
                return {key: value for key, value in event.items() if key != "state"}
        return event

    def _accepted(self, place: int) -> None:
        answer, state = self._answers.pop(place, (None, None))
        if answer is not None:
            self.answer = answer
        if state is not None:
            self.worker.state = MappingProxyType(state)

    def on_front_lost(self) -> None:
        if self.answer is None:
            self.cancel._signal(Closed("shutdown"))
        for future in self._unsettled.values():
            if not future.done():
                future.set_result(None)
        self._unsettled.clear()
        self._stop(Closed("connection_lost"))
        self.wake()

    def _send_without_front(self, event: Any, future: Future[None]) -> Future[None]:
        # There is no peer that it could have lost.
        future.set_result(None)
        return future

    def _event_without_front(self) -> Optional[Dict[str, Any]]:
        if not self._is_draining:
            self._is_draining = True
            return {"type": "lifespan.drain", "deadline_ms": 0}
        if not self.is_shutting_down and not self.worker.may_shut_down:
            return None
        self.is_shutting_down = True
        return {"type": "lifespan.shutdown"}


def conversation(worker: Worker, number: int, scope: Dict[str, Any]) -> Conversation:
    """A conversation of the class for its type."""
    scope_type = scope["type"]
    if scope_type == "lifespan":
        return LifespanConversation(worker, number, scope)
    if scope_type in ("websocket", "tunnel"):
        return SwitchingConversation(worker, number, scope)
    return ExchangeConversation(worker, number, scope)


def raised(balance: int, octets: int) -> int:
    """A balance after a ``credit``."""
    if balance + octets > 2**31 - 1:
        raise Malformed("credit", f"a balance of {balance} is raised by {octets}")
    return balance + octets


def _failed(future: Future[None], error: Exception) -> Future[None]:
    """A future that failed, and that nobody has to wait for ([binding.unawaited])."""
    future.set_exception(error)
    future.exception()
    return future


def _error(content: Dict[str, Any]) -> Exception:
    kind = content["error"]
    if kind == "misuse":
        return Misuse(member(content, "requirement", str), member(content, "message", str))
    if kind == "closed":
        return closed_of(content)
    raise Malformed("metadata", "`error` is neither `misuse` nor `closed`")


def closed_of(content: Dict[str, Any]) -> Closed:
    """The ``Closed`` of a ``cancel``, or of a ``settled``."""
    return Closed(member(content, "cause", str), member(content, "code", int, optional=True))
