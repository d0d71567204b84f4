"""What `receive` and `send` of a gateway in Python return, on the loop of ``asyncio``.

Knows no protocol and no adapter.
"""

from __future__ import annotations

import asyncio
import weakref
from collections import deque
from typing import Any, Callable, Deque, Dict, Generator, Optional, Union

from ._errors import Misuse
from .checker import Conversation

Event = Dict[str, Any]


class Failed:
    """A call that has failed. Awaited, it raises its error; not awaited, it is silent."""

    __slots__ = ("_error",)

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __await__(self) -> Generator[Any, None, None]:
        raise self._error
        yield


class _Done:
    """A call that has nothing to wait for."""

    __slots__ = ()

    def __await__(self) -> Generator[Any, None, None]:
        return None
        yield


DONE = _Done()


class Inbox:
    """The events that an application can receive, and the one `receive` that may be pending."""

    def __init__(self, judge: Conversation) -> None:
        self._judge = judge
        self._events: Deque[Event] = deque()
        self._terminal: Optional[Event] = None
        self._pending: Optional["weakref.ref[_Receive]"] = None
        self._arrived: Optional["asyncio.Future[None]"] = None
        self.taken: Optional[Callable[[], None]] = None
        """Called when no event is left that the application has not received."""
        self.due: Optional[Callable[[], Optional[Event]]] = None
        """Asked for the terminal event where there is none yet."""

    def __bool__(self) -> bool:
        """Whether there are events that the application has not received, the last one apart."""
        return bool(self._events)

    def put(self, event: Event) -> None:
        """One more event."""
        self._events.append(event)
        self.wake()

    def end(self, event: Event) -> None:
        """The terminal event, which is given behind the others, again and again."""
        if self._terminal is None:
            self._terminal = event
        self.wake()

    def clear(self) -> None:
        """Drops what the application has not received."""
        self._events.clear()

    def wake(self) -> None:
        """Looks whether the pending `receive` can go on."""
        if self._arrived is not None and not self._arrived.done() and self._ready():
            self._arrived.set_result(None)

    def receive(self) -> Union["_Receive", Failed]:
        """The `receive` of the application."""
        pending = None if self._pending is None else self._pending()
        if pending is not None and not pending.over:
            return Failed(Misuse("receive.single", "an earlier `receive` is pending"))
        call = _Receive(self)
        # Whoever drops the call without having awaited it has given it up.
        self._pending = weakref.ref(call)
        return call

    def _ready(self) -> bool:
        if not self._events and self._terminal is None and self.due is not None:
            self._terminal = self.due()
        return bool(self._events) or self._terminal is not None

    def _take(self) -> Event:
        if self._events:
            event = self._events.popleft()
        else:
            assert self._terminal is not None
            event = dict(self._terminal)
        self._judge.received(event)
        if not self._events and self.taken is not None:
            self.taken()
        return event


class _Receive:
    """One call of `receive`. The event is taken when its caller goes on, so none gets lost."""

    __slots__ = ("__weakref__", "_inbox", "over")

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox
        self.over = False

    def __await__(self) -> Generator[Any, None, Event]:
        inbox = self._inbox
        try:
            while not inbox._ready():
                inbox._arrived = asyncio.get_running_loop().create_future()
                yield from inbox._arrived
            return inbox._take()
        finally:
            self.over = True
