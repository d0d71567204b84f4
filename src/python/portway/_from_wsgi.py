"""``from_wsgi``: runs a WSGI 1 application under a Portway gateway (proposal 9).

A request takes one hop to the thread that runs the application and one back. What goes
between the two is in ``_Call``: the thread posts, and the coroutine of the conversation
sends, receives and waits for it.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections import deque
from contextvars import copy_context
from threading import Lock
from typing import Any, Awaitable, Callable, Deque, Dict, List, Optional, Tuple

from ._application import Application, Receive, Send, _declared
from ._errors import Closed, Misuse, UnsupportedScope
from ._wsgi_environ import environ_of
from ._wsgi_input import FileWrapper, Input, region_of
from ._wsgi_pool import Pool

WsgiApplication = Callable[[Dict[str, Any], Callable[..., Any]], Any]
"""What PEP 3333 calls an application."""

_log = logging.getLogger("portway.wsgi")

_NOT_TO_BE_SENT = frozenset(
    (
        "event.unknown-type-misuse",
        "feature.only-accepted",
        "http.file.exists",
        "http.file.range",
        "security.file-links",
        "security.file-roots",
    )
)
_HOP_BY_HOP = frozenset(
    "connection keep-alive proxy-connection te transfer-encoding upgrade".split()
)
_BUSY = (
    {
        "type": "http.response.start",
        "status": 503,
        "headers": [
            ("content-type", b"text/plain; charset=utf-8"),
            ("content-length", b"20"),
        ],
    },
    {"type": "http.response.body", "data": b"Service Unavailable\n"},
    {"type": "http.response.end"},
)


HAS_THREADS = sys.platform not in ("emscripten", "wasi")
"""Whether threads can be started: in a page they cannot."""


def from_wsgi(
    application: WsgiApplication,
    *,
    threads: int = 40,
    backlog: Optional[int] = None,
    multiprocess: bool = True,
    forwarded: bool = False,
    errors: Any = None,
) -> Application:
    """A Portway application that calls a WSGI 1 application, in ``threads`` of its own.

    backlog: how many requests may wait for a thread; others are answered with 503.
    multiprocess: what ``wsgi.multiprocess`` says.
    forwarded: whether what a trusted proxy says takes the place of peer and scheme.
    errors: the text stream of ``wsgi.errors``; standard error unless one is given.
    """
    pool = Pool(threads, backlog)
    given = {
        "wsgi.version": (1, 0),
        "wsgi.multithread": threads > 1 and HAS_THREADS,
        "wsgi.multiprocess": multiprocess,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
        "wsgi.file_wrapper": FileWrapper,
    }

    def environment(scope: Any) -> Dict[str, Any]:
        environ = environ_of(scope, forwarded)
        environ.update(given)
        environ["wsgi.errors"] = sys.stderr if errors is None else errors
        return environ

    async def app(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not HAS_THREADS:
            from ._wsgi_inline import InlineCall

            await InlineCall(application, environment, pool, scope, receive, send).serve()
        elif scope["type"] == "http":
            call = _Call(application, environment, pool, scope, receive, send)
            if not pool.run(call.run):
                sent = [send(event) for event in _BUSY]
                return await settled(sent)
            await call.serve()
        elif scope["type"] == "lifespan":
            await _live(pool, receive, send)
        else:
            raise UnsupportedScope(scope["type"])

    return _declared(app)


async def _live(pool: Pool, receive: Receive, send: Send) -> None:
    """The lifespan of the adapter: for its threads, and to accept ``http.file``."""
    while True:
        event = await receive()
        if event["type"] == "lifespan.startup":
            offered = 1 in event["offers"].get("http.file", ())
            accepts = {"http.file": 1} if offered else {}
            await send({"type": "lifespan.ready", "accepts": accepts})
        elif event["type"] == "lifespan.shutdown":
            pool.stop()
            return await send({"type": "lifespan.stopped"})


async def settled(sent: List[Awaitable[None]]) -> None:
    """Waits for what was sent. Raises the first error: what follows has it from there."""
    for number, one in enumerate(sent):
        try:
            await one
        except BaseException:
            # A coroutine of middleware that nobody waits for would give a warning.
            for rest in sent[number + 1 :]:
                getattr(rest, "close", _nothing)()
            raise


async def _fails(error: Exception) -> None:
    raise error


def _nothing() -> None:
    pass


_SEND, _RECEIVE, _DONE = range(3)


class _Call:
    """One call of the application, in two threads: ``run`` in its own, ``serve`` in the loop's."""

    def __init__(
        self,
        application: WsgiApplication,
        environment: Callable[[Any], Dict[str, Any]],
        pool: Pool,
        scope: Any,
        receive: Receive,
        send: Send,
    ) -> None:
        self._application = application
        self._environment = environment
        self._pool = pool
        self._scope = scope
        self._receive = receive
        self._send = send
        self._context = copy_context()
        self._loop = asyncio.get_running_loop()
        # Of the thread of the loop.
        self._posted: Deque[Tuple[int, Any, bool]] = deque()
        self._wake: Optional[asyncio.Future[None]] = None
        self._left = False
        # Of the thread of the application, which waits for an answer at the lock.
        self._answered = Lock()
        self._answered.acquire()
        self._answer: Any = None
        self._start: Optional[Dict[str, Any]] = None
        self._started = False
        self._declared: Optional[int] = None
        self._sent = 0
        self._exceeds = False
        self._last: List[Dict[str, Any]] = []

    # In the thread of the loop.

    async def serve(self) -> None:
        """Sends and receives for the thread, until it has ended."""
        failed: Optional[BaseException] = None
        try:
            while True:
                if not self._posted:
                    self._wake = self._loop.create_future()
                    await self._wake
                kind, value, waits = self._posted[0]
                if kind == _DONE:
                    error: Optional[BaseException] = value or failed
                    if error is not None:
                        raise error
                    return
                event = None
                try:
                    if kind == _RECEIVE:
                        event = await self._receive()
                    else:
                        await settled(value)
                except Exception as caught:
                    failed = failed or caught
                self._posted.popleft()
                if waits:
                    # The application has the error now, and does with it what it likes.
                    self._reply(failed or event)
                    failed = None
        finally:
            # Cancelled: the thread is left alone, and hears that nobody is there.
            self._left = True
            for _, _, waits in self._posted:
                if waits:
                    self._reply(Closed("shutdown"))

    def _post(self, kind: int, value: Any, waits: bool) -> None:
        if self._left:
            if waits:
                self._reply(Closed("shutdown"))
            return
        if kind == _SEND:
            # Taken now, in the order of the thread, whatever is still waited for.
            try:
                value = [self._send(event) for event in value]
            except Exception as error:
                # Middleware that fails at the call fails for the thread, which waits.
                value = [_fails(error)]
        self._posted.append((kind, value, waits))
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)

    def _post_end(self, events: List[Dict[str, Any]], failed: Any) -> None:
        self._pool.finished()
        if events:
            self._post(_SEND, events, False)
        self._post(_DONE, failed, False)

    def _reply(self, answer: Any) -> None:
        self._answer = answer
        self._answered.release()

    # In the thread of the application.

    def run(self) -> None:
        """Calls the application, its iterable and ``close``, and raises nothing."""
        self._context.run(self._run)

    def _run(self) -> None:
        failed: Optional[BaseException] = None
        try:
            # For who left while waiting for a thread nothing is begun.
            self._check_peer()
            self._respond()
        except Exception as error:
            failed = error
        except BaseException as error:
            # In the thread of the loop it would be an order to the gateway.
            failed = RuntimeError(f"the application raised {type(error).__name__}")
            failed.__cause__ = error
        if self._exceeds:
            self._report("it has more of a body than its `content-length` says")
        try:
            self._tell(self._post_end, self._last, failed)
        except Closed:
            pass

    def _respond(self) -> None:
        environ = self._environment(self._scope)
        environ["wsgi.input"] = Input(self._next_event)
        result = self._application(environ, self.start_response)
        if type(result) in (list, tuple) and len(result) == 1:
            self._last = [*self._piece(result[0]), *self._end()]
            return
        close = getattr(result, "close", None)
        try:
            if type(result) is not FileWrapper or not self._hand_off(result):
                self._iterate(result)
            if close is None:
                self._last = self._end()
            else:
                self._ask(_SEND, self._end())
        finally:
            if close is not None:
                try:
                    close()
                except Exception:
                    self._report("the `close()` of its iterable failed", failure=True)

    def _iterate(self, result: Any) -> None:
        for item in result:
            events = self._piece(item)
            if events and self._sent == self._declared:
                # No more can follow, so there is no room to wait for.
                self._tell(self._post, _SEND, events, False)
                self._check_peer()
            elif events:
                self._ask(_SEND, events)
            if self._exceeds:
                break

    def start_response(
        self, status: str, headers: List[Tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], None]:
        """Keeps the head, and lets it be replaced until it is sent ([wsgi.start-response])."""
        if exc_info is not None:
            try:
                if self._started:
                    raise exc_info[1].with_traceback(exc_info[2])
            finally:
                exc_info = None
        elif self._start is not None:
            raise Misuse("http.start-once", "`start_response` was called twice")
        code = int(status[:3])
        fields: List[Tuple[str, bytes]] = []
        declared: Optional[int] = None
        for name, value in headers:
            name = name.lower()
            if name in _HOP_BY_HOP:
                raise Misuse("http.hop-by-hop", f"`{name}` belongs to the gateway")
            # White space around a value is no part of it (RFC 9110 section 5.5).
            octets = value.strip(" \t").encode("latin-1")
            if name == "content-length":
                # Frameworks count the nothing of a 204 (RFC 9110 section 8.6).
                if code == 204:
                    continue
                # What is no number the gateway rejects.
                declared = int(octets) if octets.isdigit() else None
            fields.append((name, octets))
        self._start = {"type": "http.response.start", "status": code, "headers": fields}
        self._declared = declared
        return self.write

    def write(self, data: bytes) -> None:
        """Sends a piece, and returns when there is room for the next."""
        events = self._piece(data)
        if events:
            self._ask(_SEND, events)

    def _head(self) -> List[Dict[str, Any]]:
        """The start, unless it is sent already ([wsgi.head-delayed])."""
        if self._start is None:
            raise Misuse("http.body-before-start", "`start_response` was not called")
        if self._started:
            return []
        self._started = True
        return [self._start]

    def _piece(self, data: bytes) -> List[Dict[str, Any]]:
        """The events that a piece becomes: none if it is empty."""
        if type(data) is not bytes:
            if not isinstance(data, (bytes, bytearray, memoryview)):
                name = type(data).__name__
                raise TypeError(f"a piece of the body is of the type `{name}`")
            data = bytes(data)
        if not data and self._start is not None:
            return []
        events = self._head()
        size = self._allowed(len(data))
        if size:
            data = data if size == len(data) else data[:size]
            events.append({"type": "http.response.body", "data": data})
        return events

    def _allowed(self, size: int) -> int:
        """How much of ``size`` octets the declared length leaves ([wsgi.length-cut])."""
        if self._declared is not None and self._sent + size > self._declared:
            self._exceeds = True
            size = self._declared - self._sent
        self._sent += size
        return size

    def _end(self) -> List[Dict[str, Any]]:
        return [*self._head(), {"type": "http.response.end"}]

    def _hand_off(self, wrapper: FileWrapper) -> bool:
        """Have the gateway send the file. Returns False where it has to be read instead."""
        if 1 not in self._scope["gateway"]["features"].get("http.file", ()):
            return False
        region = region_of(wrapper)
        if region is None or region.length == 0:
            return False
        sent = self._sent
        length = self._allowed(region.length)
        file = {"type": "http.file", "path": region.path, "offset": region.offset}
        try:
            self._ask(_SEND, [*self._head(), {**file, "length": length}])
        except Misuse as misuse:
            if misuse.requirement not in _NOT_TO_BE_SENT:
                raise
            # Which roots were declared only the gateway knows.
            self._sent, self._exceeds = sent, False
            return False
        return True

    def _next_event(self) -> Any:
        return self._ask(_RECEIVE, None)

    def _ask(self, kind: int, value: Any) -> Any:
        """Have the loop do something, and wait for what becomes of it."""
        self._tell(self._post, kind, value, True)
        self._answered.acquire()
        answer, self._answer = self._answer, None
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def _tell(self, function: Callable[..., None], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *args)
        except RuntimeError:
            # The loop is closed: the process is about to end.
            raise Closed("shutdown") from None

    def _check_peer(self) -> None:
        reason = self._scope["local"]["cancel"].reason
        if reason is not None:
            raise Closed(reason.cause, reason.code)

    def _report(self, fault: str, failure: bool = False) -> None:
        _log.error("the application of %s: %s", self._scope["id"], fault, exc_info=failure)
