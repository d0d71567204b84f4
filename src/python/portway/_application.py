"""Applications made of handlers, and of synchronous functions. Holds no gateway."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, Awaitable, Callable, Dict, Mapping, Optional

from ._errors import Closed, UnsupportedScope

Receive = Callable[[], Awaitable[Any]]
"""Gives the next event of the gateway."""
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
"""Takes an event when it is called. Awaiting the result is waiting for room."""
Application = Callable[[Any, Receive, Send], Awaitable[None]]
"""What a gateway calls, once for each conversation."""
SynchronousApplication = Callable[
    [Any, Callable[[], Any], Callable[[Mapping[str, Any]], None]], object
]


def application(**handlers: Optional[Application]) -> Application:
    """An application that hands each scope to the handler named as its type.

    Raises ``UnsupportedScope`` for the types that have none.
    """

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        handler = handlers.get(scope["type"])
        if handler is None:
            raise UnsupportedScope(scope["type"])
        await handler(scope, receive, send)

    return _declared(app)


def threaded(function: SynchronousApplication, threads: int = 40) -> Application:
    """An application that calls a synchronous function, each conversation in a thread.

    At most ``threads`` conversations run at once, and the others wait in the order in
    which they began. The lifespan has one more thread, because it lasts as long as they
    all. ``receive`` and ``send`` block, and raise ``Misuse`` and ``Closed``.
    """
    if threads < 1:
        raise ValueError("threads is to be 1 or more")
    pool = ThreadPoolExecutor(threads, thread_name_prefix="portway")

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await _run(pool, function, scope, receive, send)
        own = ThreadPoolExecutor(1, thread_name_prefix="portway-lifespan")
        try:
            await _run(own, function, scope, receive, send)
        finally:
            own.shutdown(wait=False)

    return _declared(app)


def _declared(app: Application) -> Application:
    """Says that this is a Portway application, for ``--kind auto`` of the worker."""
    app.__portway__ = True  # type: ignore[attr-defined]
    return app


async def _run(
    pool: ThreadPoolExecutor,
    function: SynchronousApplication,
    scope: Any,
    receive: Receive,
    send: Send,
) -> None:
    calls = _Calls(asyncio.get_running_loop())
    context = copy_context()

    def run() -> None:
        try:
            function(scope, calls.blocking(receive), calls.blocking(send))
        except StopIteration as error:
            # No future takes one.
            raise RuntimeError("the function raised StopIteration") from error

    try:
        await calls.loop.run_in_executor(pool, context.run, run)
    finally:
        calls.end()


class _Calls:
    """The calls of ``receive`` and ``send`` that a conversation's thread waits for."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._over = False
        self._waiting: Dict[Future[Any], asyncio.Future[Any]] = {}

    def blocking(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Any]:
        """Makes of ``call`` a function for a thread."""

        def blocking_call(*args: Any) -> Any:
            result: Future[Any] = Future()
            self.loop.call_soon_threadsafe(self._begin, result, call, args)
            return result.result()

        return blocking_call

    def end(self) -> None:
        """Fails what a thread still waits for, when the call has ended or was cancelled."""
        self._over = True
        waiting, self._waiting = self._waiting, {}
        for result, pending in waiting.items():
            result.set_exception(Closed("complete"))
            pending.cancel()

    def _begin(self, result: Future[Any], call: Any, args: Any) -> None:
        if self._over:
            result.set_exception(Closed("complete"))
            return
        try:
            pending = asyncio.ensure_future(call(*args))
        except BaseException as error:
            result.set_exception(error)
            return
        self._waiting[result] = pending
        pending.add_done_callback(lambda _: self._finish(result, pending))

    def _finish(self, result: Future[Any], pending: asyncio.Future[Any]) -> None:
        if self._waiting.pop(result, None) is None:
            return
        if pending.cancelled():
            result.set_exception(Closed("complete"))
        elif pending.exception() is not None:
            result.set_exception(pending.exception())
        else:
            result.set_result(pending.result())
