"""A front for tests, without I/O: what it writes is given to a worker, what that writes is kept."""

import asyncio
from typing import Any, Callable, List, Optional, Tuple

from portway.frames import (
    CANCEL,
    CREDIT,
    DATA,
    EVENT,
    FROM_WORKER,
    HELLO,
    KINDS,
    OPEN,
    SETTLED,
    Reader,
    frame,
)
from portway.worker import Worker

HELLO_OF_FRONT = {
    "frames": [1],
    "interface": ["0.1"],
    "software": "front of the tests",
    "connection_credit": 1_048_576,
    "conversation_credit": 262_144,
}
STARTUP = {"type": "lifespan.startup", "offers": {"http.file": [1]}, "limits": {"shutdown_ms": 1000}}

Written = Tuple[str, int, Any]


class Front:
    """Speaks frames to a worker, and judges nothing: each test says what a front answers."""

    made: List["Front"] = []
    """All of a test, kept so that no call is collected while it waits."""

    def __init__(self, app: Any, hello: Any = None, **options: Any) -> None:
        self.made.append(self)
        self.worker = Worker(self._written, lambda: app, self._ended, lost=self._lost, **options)
        self.reader = Reader(FROM_WORKER)
        self.frames: List[Written] = []
        self.writes = 0
        self.status: Optional[int] = None
        self.alone: Optional[float] = None
        if hello is not False:
            self.say(HELLO, 0, {**HELLO_OF_FRONT, **(hello or {})})
            if not hello:
                assert self.frames.pop(0)[0] == "hello"

    def _written(self, octets: bytes) -> None:
        self.writes += 1
        for kind, number, content in self.reader.feed(octets):
            self.frames.append((KINDS[kind - 1], number, content))

    def _ended(self, status: int) -> None:
        assert self.status is None
        self.status = status

    def _lost(self, seconds: float) -> None:
        assert self.alone is None
        self.alone = seconds

    def say(self, kind: int, number: int, content: Any = b"") -> None:
        self.worker.feed(frame(kind, number, content))

    def open(self, number: int, scope_type: str = "http", **fields: Any) -> None:
        self.say(OPEN, number, {"scope": {"type": scope_type, "id": str(number), **fields}})

    def event(self, number: int, event: dict, payload: Optional[Tuple[str, bytes]] = None, send: bool = True) -> None:
        content: dict = {"event": event}
        if payload is not None:
            content.update(payload=payload[0], size=len(payload[1]))
        self.say(EVENT, number, content)
        if payload is not None and payload[1] and send:
            self.say(DATA, number, payload[1])

    def settle(self, number: int, place: int, **error: Any) -> None:
        self.say(SETTLED, number, {"event": place, **error})

    def cancel(self, number: int, **closed: Any) -> None:
        self.say(CANCEL, number, closed)

    def credit(self, number: int, octets: int) -> None:
        self.say(CREDIT, number, {"octets": octets})

    async def take(self) -> List[Written]:
        """What the worker has written, once nothing more happens in it."""
        await turns()
        taken, self.frames = self.frames, []
        return taken


async def turns(count: int = 20) -> None:
    """Lets the loop turn, until whatever does not wait for the front has happened."""
    for _ in range(count):
        await asyncio.sleep(0)


def calls(*parts: Callable[..., Any]) -> Any:
    """An application whose conversation N runs the Nth of these."""

    async def app(scope: dict, receive: Any, send: Any) -> None:
        await parts[int(scope["id"]) - 1](scope, receive, send)

    return app


async def wait(scope: dict, receive: Any, send: Any) -> None:
    """A call that lasts."""
    await asyncio.get_running_loop().create_future()
