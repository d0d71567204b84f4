"""A server for ASGI 3 in memory, for tests: calls an application, feeds it events and records its own.

Knows no Portway.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Callable, Deque, Dict, Iterable, List, Optional, Tuple, Union

Event = Dict[str, Any]

PATIENCE = 10.0
"""Seconds after which a test that waits for something is given up."""


def http_scope(**changes: Any) -> Event:
    """The scope of a request."""
    scope: Event = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.5"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"example.org")],
        "client": ("192.0.2.7", 50123),
        "server": ("192.0.2.1", 80),
        "extensions": {},
    }
    return _changed(scope, changes)


def websocket_scope(**changes: Any) -> Event:
    """The scope of a handshake, on a server that can deny with a response."""
    scope = http_scope()
    del scope["method"]
    scope.update(type="websocket", scheme="ws", subprotocols=[])
    scope["extensions"] = {"websocket.http.response": {}}
    return _changed(scope, changes)


def _changed(scope: Event, changes: Event) -> Event:
    """A change to None leaves the key out."""
    scope.update(changes)
    return {key: value for key, value in scope.items() if value is not None}


def request_events(body: Union[bytes, Iterable[bytes]] = b"") -> List[Event]:
    """The events of a request that arrives whole."""
    pieces = [body] if isinstance(body, bytes) else list(body)
    events = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if not events:
        events = [{"type": "http.request"}]
    events[-1]["more_body"] = False
    return events


class Call:
    """One call of an application: `give` events, look at `sent`, wait for `ended`."""

    def __init__(self, app: Any, scope: Event) -> None:
        self.app = app
        self.scope = scope
        self.sent: List[Event] = []
        self.receives = 0
        """How often the application has called `receive`."""
        self.pending = 0
        """How many of these wait."""
        self.error: Optional[BaseException] = None
        self.send_error: Optional[Exception] = None
        """What `send` raises from now on."""
        self._events: Deque[Event] = deque()
        self._arrived: Optional["asyncio.Future[None]"] = None
        self._changed: List["asyncio.Future[None]"] = []
        self._gate: Optional["asyncio.Future[None]"] = None
        self._task: Optional["asyncio.Task[None]"] = None

    def call(self) -> "Call":
        """Call the application, in the next turn of the loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())
        return self

    def give(self, *events: Event) -> None:
        """Have events ready for `receive`."""
        self._events.extend(events)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def hold(self) -> None:
        """From now on `send` takes an event, and returns after `release` only."""
        self._gate = asyncio.get_running_loop().create_future()

    def release(self) -> None:
        """Let `send` go on."""
        gate, self._gate = self._gate, None
        if gate is not None:
            gate.set_result(None)

    async def until(self, condition: Callable[["Call"], Any]) -> None:
        """Wait until the condition holds; it is looked at whenever something happens."""

        async def wait() -> None:
            while not condition(self):
                changed = asyncio.get_running_loop().create_future()
                self._changed.append(changed)
                await changed

        try:
            await asyncio.wait_for(wait(), PATIENCE)
        except asyncio.TimeoutError:
            raise AssertionError(f"given up; sent: {self.sent}, error: {self.error!r}") from None

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
        """Cancel the call, and wait for its end."""
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task], timeout=PATIENCE)

    @property
    def types(self) -> List[str]:
        """The types of what was sent."""
        return [event["type"] for event in self.sent]

    @property
    def body(self) -> bytes:
        """The body of the response so far."""
        return b"".join(event.get("body", b"") for event in self.sent)

    @property
    def complete(self) -> bool:
        """Whether the response is whole."""
        return any(
            event["type"].endswith("response.body") and not event.get("more_body")
            for event in self.sent
        )

    async def _run(self) -> None:
        try:
            await self.app(self.scope, self._receive, self._send)
        except BaseException as error:
            self.error = error
            if not isinstance(error, Exception):
                raise
        finally:
            asyncio.get_running_loop().call_soon(self._note)

    async def _receive(self) -> Event:
        self.receives += 1
        self.pending += 1
        self._note()
        try:
            while not self._events:
                self._arrived = asyncio.get_running_loop().create_future()
                await self._arrived
            return self._events.popleft()
        finally:
            self.pending -= 1
            self._note()

    async def _send(self, event: Event) -> None:
        if self.send_error is not None:
            raise self.send_error
        self.sent.append(event)
        self._note()
        if self._gate is not None:
            await self._gate

    def _note(self) -> None:
        changed, self._changed = self._changed, []
        for future in changed:
            if not future.done():
                future.set_result(None)


async def request(
    app: Any, *, body: Union[bytes, Iterable[bytes]] = b"", **changes: Any
) -> Tuple[Optional[int], Dict[bytes, bytes], bytes, Call]:
    """One whole request: status, fields, body and the call."""
    call = Call(app, http_scope(**changes)).call()
    call.give(*request_events(body))
    await call.ended()
    starts = [event for event in call.sent if event["type"] == "http.response.start"]
    if not starts:
        return None, {}, b"", call
    return starts[0]["status"], dict(starts[0].get("headers", [])), call.body, call
