"""Small WSGI applications and iterables for the tests of ``from_wsgi``."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Callable, List

from portway.wsgi import from_wsgi
from tests.memory import Exchange, http_scope

TEXT = [("Content-Type", "text/plain")]
END = {"type": "http.response.end"}


def hello(environ: Any, start_response: Any) -> List[bytes]:
    start_response("200 OK", TEXT)
    return [b"hello"]


class Items:
    """An iterable of items, which are called if they can be, with a close() that is noted."""

    def __init__(self, *items: Any, on_close: Any = None) -> None:
        self.items = list(items)
        self.asked = 0
        self.closed = 0
        self.on_close = on_close

    def __iter__(self) -> Items:
        return self

    def __next__(self) -> bytes:
        self.asked += 1
        if not self.items:
            raise StopIteration
        item = self.items.pop(0)
        return item() if callable(item) else item

    def close(self) -> None:
        self.closed += 1
        if self.on_close is not None:
            self.on_close()


class Gate:
    """Where a thread stops until the test lets it go on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._reached = asyncio.Event()
        self._open = threading.Event()

    def wait(self) -> None:
        self._loop.call_soon_threadsafe(self._reached.set)
        self._open.wait(10)

    async def reached(self) -> None:
        await asyncio.wait_for(self._reached.wait(), 10)

    def open(self) -> None:
        self._open.set()


async def turns() -> None:
    """Lets pass what would happen without a reason to wait."""
    for _ in range(50):
        await asyncio.sleep(0)


def raising(error: BaseException) -> Callable[[], bytes]:
    def item() -> bytes:
        raise error

    return item


def responding(result: Any, headers: Any = TEXT, status: str = "200 OK") -> Any:
    def app(environ: Any, start_response: Any) -> Any:
        start_response(status, list(headers))
        return result

    return app


def open_with(app: Any, *events: Any, **changes: Any) -> Exchange:
    exchange = Exchange(from_wsgi(app), http_scope(**changes)).call()
    exchange.give(*events)
    return exchange
