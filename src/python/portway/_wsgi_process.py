"""The event loop of a process that is served by WSGI 1, and the lifespans that run in it.

The threads of the server wait for this loop ([wsgi.one-loop]). It knows no request.
"""

from __future__ import annotations

import asyncio
import atexit
import itertools
import logging
import os
from concurrent.futures import Future
from contextvars import Context
from threading import Lock, Thread
from types import MappingProxyType
from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, Set

from . import INTERFACE_VERSION
from ._application import Application
from ._cancel import Cancel
from ._errors import Closed, UnsupportedScope
from ._lifespan import LIMITS, Lifespan

log = logging.getLogger("portway.wsgi")

_SHUTDOWN_SECONDS = (LIMITS["shutdown_ms"] or 0) / 1000
_numbers = itertools.count(1)


class StartFailed(RuntimeError):
    """The application could not prepare itself ([wsgi.lifespan])."""


class OpenCall(Protocol):
    """A call of an application that has not ended."""

    task: asyncio.Task[None]

    def lose(self, closed: Closed) -> None:
        """The peer is lost."""


class ProcessLoop:
    """One event loop, in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.hosts: List[Host] = []
        self.calls: Set[OpenCall] = set()
        Thread(target=self._run, name="portway-loop", daemon=True).start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    def post(self, function: Callable[..., object], *args: Any) -> None:
        """Has the loop call a function, in a context that no caller has changed."""
        self.loop.call_soon_threadsafe(function, *args, context=Context())

    def stop(self) -> None:
        """At the exit of the interpreter: ends what is open, and then the lifespans."""
        ended = asyncio.run_coroutine_threadsafe(self._stop(), self.loop)
        try:
            ended.result(3 * _SHUTDOWN_SECONDS)
        except Exception:
            log.exception("the applications did not stop")

    async def _stop(self) -> None:
        for host in self.hosts:
            host.drain()
        calls = list(self.calls)
        for call in calls:
            call.lose(Closed("shutdown"))
        if calls:
            await asyncio.wait([call.task for call in calls], timeout=_SHUTDOWN_SECONDS)
        await asyncio.gather(*[host.stop() for host in self.hosts])


_current: Optional[ProcessLoop] = None
_lock = Lock()


def process_loop() -> ProcessLoop:
    """That of this process, begun at the first call."""
    global _current
    with _lock:
        if _current is None:
            _current = ProcessLoop()
        return _current


def _stop_at_exit() -> None:
    if _current is not None:
        _current.stop()


def _forget() -> None:
    """In a process that was forked: threads do not come along."""
    global _current, _lock
    _current, _lock = None, Lock()


atexit.register(_stop_at_exit)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


class Host:
    """One application in one process, from its lifespan on."""

    def __init__(
        self,
        app: Application,
        process: ProcessLoop,
        software: str,
        features: Mapping[str, Any],
    ) -> None:
        self.app = app
        self.process = process
        self._gateway = {
            "interface": INTERFACE_VERSION,
            "software": software,
            "features": features,
        }
        self._ready: Future[None] = Future()
        self._stopping = False
        self.lifespan = Lifespan(app, self.scope("lifespan"), LIMITS)
        process.post(self._begin)

    def ready(self) -> None:
        """Waits until the application is ready. Raises ``StartFailed``, at every call."""
        failure = self._ready.exception()
        if failure is not None:
            raise StartFailed(str(failure)) from failure

    def scope(self, kind: str, state: Mapping[str, Any] = MappingProxyType({})) -> Dict[str, Any]:
        """What every scope has."""
        return {
            "type": kind,
            # A process that was forked has the numbers of its parent, and another pid.
            "id": f"{os.getpid()}-{next(_numbers)}",
            "gateway": self._gateway,
            "local": {"cancel": Cancel(), "state": MappingProxyType(state)},
        }

    def drain(self) -> None:
        """The process is about to end."""
        self._stopping = True
        self.lifespan.drain()

    async def stop(self) -> None:
        """No conversation is left."""
        if not self.lifespan.call.done():
            problem = await self.lifespan.stop()
            if problem is not None:
                log.error("the application has not cleaned up: %s", problem)

    def _begin(self) -> None:
        self.process.hosts.append(self)
        self.lifespan.start()
        self._task = self.process.loop.create_task(self._live())

    async def _live(self) -> None:
        try:
            await self.lifespan.until_ready()
        except Exception as failure:
            self._ready.set_exception(failure)
            return
        self._ready.set_result(None)
        done, _ = await asyncio.wait({self.lifespan.call})
        error = done.pop().exception()
        if not self._stopping and not isinstance(error, UnsupportedScope):
            # A server for WSGI cannot be told to stop. What the lifespan held is gone.
            log.error("lifespan.early-end: the lifespan has ended", exc_info=error)
