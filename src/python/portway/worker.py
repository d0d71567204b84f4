"""The worker of proposal 12: calls an application for a front in another process.

``python -m portway.worker MODULE:NAME`` is a process of it, which a gateway starts.
``Worker`` runs over anything that carries octets: it has no sockets and no signals.
"""

from __future__ import annotations

import asyncio
import builtins
import platform
import sys
import traceback
from collections import deque
from types import MappingProxyType
from typing import Any, Callable, Deque, Dict, List, Mapping, Optional, Tuple

from . import INTERFACE_VERSION
from ._application import Application
from ._conversation import Conversation, LifespanConversation, closed_of, conversation, raised
from ._errors import Closed, Misuse, UnsupportedScope
from ._load import CannotLoad
from .frames import (
    CANCEL,
    CREDIT,
    DATA,
    EVENT,
    FAULT,
    HEADER,
    HELLO,
    OPEN,
    REVISION,
    SETTLED,
    UNREADABLE,
    Malformed,
    Reader,
    decode_scope,
    frame,
    integer,
    member,
    to_json,
)

__all__ = ["CannotLoad", "Worker", "main"]

LEAST_CREDIT = 65_536
_CUT_MESSAGE = 8_192
_CUT_DETAIL = 65_536
_RETURNED = to_json({"outcome": "returned"})
_CLOSED = to_json({"outcome": "closed"})
_UNSUPPORTED = to_json({"outcome": "unsupported_scope"})


class Worker:
    """Calls one application for one front, over a stream of octets.

    ``write`` takes octets for the front and does not wait. ``load`` gives the application
    once the front is known. ``ended`` is called once, with the status of the process.
    ``lost`` is called when the front is lost while calls run, with the seconds that they
    have. It is made, and all methods are called, in the thread of the loop.
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        load: Callable[[], Application],
        ended: Callable[[int], object],
        *,
        lost: Callable[[float], object] = lambda seconds: None,
        connection_credit: int = 1_048_576,
        conversation_credit: int = 262_144,
        conversations: int = 10_000,
    ) -> None:
        if min(connection_credit, conversation_credit) < LEAST_CREDIT or conversations < 2:
            raise ValueError("each credit is at least 65,536, and conversations 2")
        self.conversation_credit = conversation_credit
        self.state: Mapping[str, object] = MappingProxyType({})
        self.shutdown_ms: Optional[int] = None
        self.is_lost = False
        self.may_shut_down = False
        self.credit = 0
        self.initial_credit = 0
        self.loop = asyncio.get_running_loop()
        self._write, self._load, self._ended, self._on_lost = write, load, ended, lost
        self._connection_credit = connection_credit
        self._conversations = conversations
        self._granted = connection_credit
        self._held = 0
        self._reader = Reader()
        self._greeted = False
        self._application: Optional[Application] = None
        self._open: Dict[int, Conversation] = {}
        self._last = 0
        self._never: List[Tuple[int, int]] = []
        self.round = 0
        self._turns: Deque[Conversation] = deque()
        self._next_turns: Deque[Conversation] = deque()
        self._out: List[bytes] = []
        self._flushing = False
        self._status = 0
        self._over = False
        self._timers: List[asyncio.TimerHandle] = []

    # What the stream says.

    def feed(self, octets: bytes) -> None:
        """Octets of the front, cut anywhere."""
        if self._over or self.is_lost:
            return
        try:
            for kind, number, content in self._reader.feed(octets):
                self._take(kind, number, content)
                if self._over or self.is_lost:
                    return
        except Malformed as error:
            _report(f"the front wrote a malformed frame ({error.code}): {error}")
            fault = {"code": error.code, "message": _well_formed(str(error))}
            self.write(frame(FAULT, 0, fault))
            self._lose()

    def eof(self) -> None:
        """The stream from the front has ended."""
        if self._over or self.is_lost:
            return
        if self._open or not self._greeted or not self._reader.complete:
            self._lose()
        else:
            self._finish(self._status)

    # For conversations.

    def write(self, octets: bytes) -> None:
        """Octets of a frame. What one turn of the loop writes goes out in one call."""
        self._out.append(octets)
        if not self._flushing:
            self._flushing = True
            self.loop.call_soon(self._flush)

    def take_turns(self, conversation: Conversation) -> None:
        """A conversation has data and credit. In a round each has one turn ([frame.turns])."""
        wrote = conversation.round == self.round
        (self._next_turns if wrote else self._turns).append(conversation)
        self._transmit()

    def note_limits(self, given: Dict[str, Any]) -> None:
        """How long a loss of the front may last is among the limits of a start or a scope."""
        limits = given.get("limits")
        wait = limits.get("shutdown_ms") if isinstance(limits, dict) else None
        if isinstance(wait, int):
            self.shutdown_ms = wait

    def on_ended(self, conversation: Conversation) -> None:
        """A conversation is over, for both sides."""
        self._open.pop(conversation.number, None)
        if self.is_lost:
            self._go_on_without_front()

    # Frames.

    def _take(self, kind: int, number: int, content: Any) -> None:
        if not self._greeted:
            if kind == FAULT:
                self._on_fault(content)
            elif kind == HELLO:
                self._on_hello(content)
            else:
                raise Malformed("sequence", "a frame before `hello`")
            return
        if kind == OPEN:
            self._on_open(number, content)
            return
        if number == 0:
            if kind == CREDIT:
                self.credit = raised(self.credit, integer(content, "octets", 1))
                self._transmit()
            elif kind == FAULT:
                self._on_fault(content)
            else:
                raise Malformed("sequence", "a second `hello`")
            return
        if kind == DATA:
            self._on_data(len(content))
        conversation = self._open.get(number)
        if conversation is None:
            # Under way when `end` was written ([frame.after-end]).
            if number > self._last or any(a <= number < b for a, b in self._never):
                raise Malformed("conversation", f"conversation {number} was never opened")
        elif kind == SETTLED:
            conversation.on_settled(content)
        elif kind == EVENT:
            conversation.on_event(content)
        elif kind == DATA:
            conversation.on_data(content)
        elif kind == CREDIT:
            conversation.on_credit(integer(content, "octets", 1))
        elif kind == CANCEL:
            conversation.on_cancel(closed_of(content))

    def _on_hello(self, content: Dict[str, Any]) -> None:
        if REVISION not in member(content, "frames", list):
            raise Malformed("version", f"this worker speaks revision {REVISION} of the frames")
        if INTERFACE_VERSION not in member(content, "interface", list):
            raise Malformed("version", f"this worker speaks interface {INTERFACE_VERSION}")
        member(content, "software", str)
        self.credit = raised(0, integer(content, "connection_credit", LEAST_CREDIT))
        self.initial_credit = raised(0, integer(content, "conversation_credit", LEAST_CREDIT))
        self._greeted = True
        python = f"{platform.python_implementation()} {platform.python_version()}"
        hello = {
            "frames": REVISION,
            "interface": INTERFACE_VERSION,
            "software": f"portway-python/{INTERFACE_VERSION} ({python})",
            "connection_credit": self._connection_credit,
            "conversation_credit": self.conversation_credit,
            "conversations": self._conversations,
        }
        # Loading can take its time, and the front is to know before who is there.
        self._write(frame(HELLO, 0, hello))
        try:
            self._application = self._load()
        except CannotLoad as error:
            _report(str(error))
            self._finish(3)
        except Exception:
            _report(f"the application cannot be loaded:\n{traceback.format_exc()}")
            self._finish(3)

    def _on_fault(self, content: Dict[str, Any]) -> None:
        code, message = member(content, "code", str), member(content, "message", str)
        _report(f"the front gave up ({code}): {message}")
        self._lose()

    def _on_open(self, number: int, content: Dict[str, Any]) -> None:
        if number <= self._last:
            raise Malformed("conversation", f"`open` of {number} after {self._last}")
        if len(self._open) >= self._conversations:
            raise Malformed("sequence", f"more than {self._conversations} conversations")
        scope = member(content, "scope", dict)
        scope_type = member(scope, "type", str)
        try:
            scope = decode_scope(scope)
        except UNREADABLE as error:
            raise Malformed("metadata", f"the scope of type {scope_type}: {error}") from error
        if number > self._last + 1:
            self._never.append((self._last + 1, number))
        self._last = number
        if self.shutdown_ms is None:
            self.note_limits(scope)
        opened = self._open[number] = conversation(self, number, scope)
        # A task has a context of its own ([python.context]).
        opened.task = self.loop.create_task(self._call(opened))

    def _on_data(self, octets: int) -> None:
        self._granted -= octets
        if self._granted < 0:
            raise Malformed("credit", "more data than the stream has credit for")
        self._held += octets
        if self._held * 2 > self._connection_credit:
            self._granted += self._held
            self.write(frame(CREDIT, 0, b'{"octets":%d}' % self._held))
            self._held = 0

    def _transmit(self) -> None:
        while self.credit > 0:
            if not self._turns:
                if not self._next_turns:
                    return
                self._turns, self._next_turns = self._next_turns, self._turns
                self.round += 1
            conversation = self._turns.popleft()
            if conversation.has_turn:
                octets = conversation.next_data(self.credit)
                self.credit -= len(octets) - HEADER.size
                self.write(octets)
                conversation.round = self.round
                if conversation.has_turn:
                    self._next_turns.append(conversation)
                    continue
            conversation.queued = False
            conversation.on_written()

    def _flush(self) -> None:
        self._flushing = False
        out, self._out = self._out, []
        if out:
            self._write(out[0] if len(out) == 1 else b"".join(out))

    # The application.

    async def _call(self, conversation: Conversation) -> None:
        try:
            await self._application(  # type: ignore[misc]
                conversation.scope, conversation.receive, conversation.send
            )
        except GeneratorExit:
            raise
        except BaseException as error:
            outcome = _outcome(error)
            self._on_call_ended(conversation, outcome)
            if outcome not in (_CLOSED, _UNSUPPORTED) and self.is_lost:
                # Nobody else can tell.
                _report(_stack(error))
            if isinstance(error, (KeyboardInterrupt, SystemExit)):
                # The loop ends with it, and nothing is written then ([python.call-end]).
                self._flush()
                raise
        else:
            self._on_call_ended(conversation, _RETURNED)

    def _on_call_ended(self, conversation: Conversation, outcome: bytes) -> None:
        if isinstance(conversation, LifespanConversation):
            self._on_lifespan_ended(conversation, outcome)
        conversation.finish(outcome)

    def _on_lifespan_ended(self, lifespan: LifespanConversation, outcome: bytes) -> None:
        """What the end of the lifespan makes of the exit ([drain.exit-status])."""
        if lifespan.answer == "lifespan.failed":
            self._status = 3
        elif lifespan.answer is None:
            if outcome != _UNSUPPORTED and not lifespan.cancel.is_set():
                self._status = 3
        elif not lifespan.is_shutting_down or outcome not in (_RETURNED, _CLOSED):
            self._status = 1

    # The end.

    def _lose(self) -> None:
        """The front is lost: as every peer is, and as a drain whose deadline has come."""
        if not self._open:
            self._finish(1)
            return
        self._flush()
        self.is_lost = True
        wait = 5.0 if self.shutdown_ms is None else self.shutdown_ms / 1000
        self._timers = [
            self.loop.call_later(wait, self._let_shut_down),
            self.loop.call_later(2 * wait, self._finish, 1),
        ]
        self._on_lost(2 * wait)
        for conversation in list(self._open.values()):
            conversation.on_front_lost()
        self._go_on_without_front()

    def _go_on_without_front(self) -> None:
        if not self._open:
            self._finish(1)
        elif all(isinstance(each, LifespanConversation) for each in self._open.values()):
            self._let_shut_down()

    def _let_shut_down(self) -> None:
        self.may_shut_down = True
        for conversation in list(self._open.values()):
            conversation.wake()

    def _finish(self, status: int) -> None:
        if self._over:
            return
        self._over = True
        for timer in self._timers:
            timer.cancel()
        if not self.is_lost:
            self._flush()
        self._ended(status)


# How a call ended


def _outcome(error: BaseException) -> bytes:
    """The content of ``end`` for a call that ended with an error ([python.call-end])."""
    if _is_closed(error):
        return _CLOSED
    if isinstance(error, UnsupportedScope):
        return _UNSUPPORTED
    message = str(error) if isinstance(error, Misuse) else _line(error)
    content = {
        "outcome": "raised",
        "message": _well_formed(message[:_CUT_MESSAGE]),
        "detail": _well_formed(_stack(error)[-_CUT_DETAIL:]),
    }
    if isinstance(error, Misuse):
        content["requirement"] = _well_formed(error.requirement[:_CUT_MESSAGE])
    return to_json(content)


def _is_closed(error: BaseException) -> bool:
    if isinstance(error, Closed):
        return True
    return isinstance(error, _groups()) and all(map(_is_closed, error.exceptions))  # type: ignore[attr-defined]


def _groups() -> Tuple[type, ...]:
    """The classes of exception groups: Python's own, and before 3.11 that of the package."""
    known = getattr(builtins, "BaseExceptionGroup", None)
    package = sys.modules.get("exceptiongroup")
    known = known or getattr(package, "BaseExceptionGroup", None)
    return () if known is None else (known,)


def _line(error: BaseException) -> str:
    return "".join(traceback.format_exception_only(type(error), error)).strip()


def _stack(error: BaseException) -> str:
    """The traceback, from the application's own call on."""
    below = error.__traceback__ and error.__traceback__.tb_next
    return "".join(traceback.format_exception(type(error), error, below)).rstrip()


def _well_formed(text: str) -> str:
    """JSON has no unpaired surrogates, and names of files can."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _report(message: str) -> None:
    print(f"portway.worker: {message}", file=sys.stderr, flush=True)


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs a worker in this process, on the stream that ``PORTWAY_WORKER`` names."""
    from ._process import main as run

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
