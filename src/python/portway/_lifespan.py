"""The lifespan of a Portway application on an old server (proposal 9, "Lifespan").

Run by a server for ASGI 3, or by the adapter where the server has none. Knows no requests.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Awaitable, Callable, Dict, FrozenSet, Mapping, Optional

from ._application import Application
from ._errors import Closed, Misuse, UnsupportedScope
from ._inbox import DONE, Failed, Inbox
from .checker import Conversation
from .events import FEATURES

_log = logging.getLogger("portway.lifespan")


_LARGEST = 2**53 - 1

LIMITS: Dict[str, Optional[int]] = {
    "send_buffer_octets": 65536,
    "receive_buffer_octets": 65536,
    "target_octets": _LARGEST,
    "header_octets": _LARGEST,
    "header_fields": _LARGEST,
    "body_octets": None,
    "message_octets": _LARGEST,
    "head_ms": _LARGEST,
    "idle_ms": _LARGEST,
    "keep_alive_ms": _LARGEST,
    "startup_ms": None,
    "drain_ms": 0,
    "shutdown_ms": 5000,
}
"""What an adapter states. The server limits what it limits, and does not say how."""


class Lifespan:
    """One lifespan of an application, run by a server or, where that has none, by the adapter."""

    def __init__(
        self, app: Application, scope: Dict[str, Any], limits: Mapping[str, Any]
    ) -> None:
        self._app = app
        self._scope = scope
        self._limits = limits
        self._offers = scope["gateway"]["features"]
        self._judge = Conversation(scope)
        self._inbox = Inbox(self._judge)
        self._task: Optional["asyncio.Task[None]"] = None
        self._answered: "Optional[asyncio.Future[None]]" = None
        self._stopped: "Optional[asyncio.Future[None]]" = None
        self._failure: Optional[str] = None
        self.ready = False
        """Whether conversations can begin."""
        self.state: Dict[str, Any] = {}
        self.accepts: FrozenSet[str] = frozenset()
        """The names of the features that the application accepts."""

    def start(self) -> None:
        """Calls the application, in a task that lasts as long as its lifespan."""
        loop = asyncio.get_running_loop()
        self._answered, self._stopped = loop.create_future(), loop.create_future()
        self._inbox.put(
            {"type": "lifespan.startup", "offers": self._offers, "limits": dict(self._limits)}
        )
        self._task = loop.create_task(_awaited(self._app(self._scope, self._inbox.receive, self._send)))
        self._task.add_done_callback(self._call_ended)

    async def until_ready(self) -> None:
        """Waits for the answer of the application. Raises an error if its start has failed."""
        assert self._answered is not None, "the server calls before the lifespan has begun"
        await asyncio.shield(self._answered)
        if not self.ready:
            raise RuntimeError(f"the application has not started: {self._failure}")

    async def serve(
        self,
        scope: Dict[str, Any],
        receive: Callable[[], Awaitable[Dict[str, Any]]],
        send: Callable[[Dict[str, Any]], Awaitable[None]],
    ) -> None:
        """Runs the lifespan of a server from its start to its shutdown."""
        while (await receive())["type"] != "lifespan.startup":
            pass
        self.start()
        assert self._task is not None and self._answered is not None
        try:
            await self._answered
            if not self.ready:
                await send({"type": "lifespan.startup.failed", "message": self._failure or ""})
                await self._cleaned_up()
                return
            if self._task.done() and isinstance(self._error(), UnsupportedScope):
                raise UnsupportedScope("lifespan")  # To ASGI: there is no lifespan.
            if "state" in scope:
                scope["state"].update(self.state)
            await send({"type": "lifespan.startup.complete"})
            shutdown = asyncio.ensure_future(_shutdown(receive))
            await asyncio.wait({shutdown, self._task}, return_when=asyncio.FIRST_COMPLETED)
            if not shutdown.done():
                shutdown.cancel()
                raise self._error() or Misuse(
                    "lifespan.early-end", "the lifespan call returned before the shutdown"
                )
            shutdown.result()
            self.drain()
            problem = await self.stop()
            if problem is None:
                await send({"type": "lifespan.shutdown.complete"})
            else:
                await send({"type": "lifespan.shutdown.failed", "message": problem})
        finally:
            if not self._task.done():
                self._task.cancel()

    @property
    def call(self) -> "asyncio.Task[None]":
        """The application's call."""
        assert self._task is not None
        return self._task

    def drain(self) -> None:
        """A drain comes before the shutdown, and there is no time left in it."""
        self._inbox.put({"type": "lifespan.drain", "deadline_ms": 0})

    async def stop(self) -> Optional[str]:
        """Has the application clean up. Returns what went wrong, if anything did."""
        self._inbox.end({"type": "lifespan.shutdown"})
        return await self._cleaned_up()

    async def _cleaned_up(self) -> Optional[str]:
        """Waits until the application has cleaned up. Returns what went wrong, if anything did."""
        assert self._task is not None and self._stopped is not None
        seconds = self._limits["shutdown_ms"] / 1000
        done, _ = await asyncio.wait(
            {self._stopped, self._task},
            timeout=seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not done:
            self._judge.lost(Closed("timeout"))
            return f"the application has not cleaned up within {seconds:g} seconds"
        error = self._error() if self._task.done() else None
        return None if error is None else _text(error)

    def _send(self, event: Any) -> Awaitable[None]:
        try:
            values = self._judge.sent(event)
        except (Misuse, Closed) as error:
            return Failed(error)
        assert self._answered is not None and self._stopped is not None
        kind = values["type"]
        if kind == "lifespan.ready":
            self.ready = True
            self.state = dict(values.get("state", {}))
            self.accepts = frozenset(values.get("accepts", ()))
            self._answered.set_result(None)
        elif kind == "lifespan.failed":
            self._failure = values["message"]
            self._answered.set_result(None)
        elif kind == "lifespan.stopped" and not self._stopped.done():
            self._stopped.set_result(None)
        return DONE

    def _error(self) -> Optional[BaseException]:
        assert self._task is not None
        return asyncio.CancelledError() if self._task.cancelled() else self._task.exception()

    def _call_ended(self, task: "asyncio.Task[None]") -> None:
        assert self._answered is not None
        error = self._error()
        self._judge.ended(error)
        if self._answered.done():
            return
        if isinstance(error, UnsupportedScope):
            self.ready = True
            self.accepts = frozenset(
                name for name in self._offers if FEATURES[name]["default"]
            )
        elif error is None:
            self._failure = "its lifespan call returned without an answer"
        else:
            self._failure = _text(error)
            _log.error("The application has not started.", exc_info=error)
        self._answered.set_result(None)


async def _awaited(call: Awaitable[None]) -> None:
    await call


async def _shutdown(receive: Callable[[], Awaitable[Dict[str, Any]]]) -> None:
    while (await receive())["type"] != "lifespan.shutdown":
        pass


def _text(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
