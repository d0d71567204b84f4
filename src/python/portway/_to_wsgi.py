"""``to_wsgi``: runs a Portway application on a server for WSGI 1 (proposal 9).

The application runs in the event loop of the process, and ``_Exchange`` is what calls it
there. The server's thread reads the body of the request and takes the response, in
``_Response``: it carries out the orders of the other one.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from queue import Empty, SimpleQueue
from threading import Lock
from typing import (
    Any,
    Awaitable,
    Callable,
    Dict,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Tuple,
)

from ._application import Application
from ._errors import Closed, Misuse, UnsupportedScope
from ._files import OpenedFile, open_below
from ._inbox import DONE, Failed, Inbox
from ._lifespan import LIMITS
from ._wsgi_environ import request_of
from ._wsgi_process import Host, log, process_loop
from .checker import Conversation

_PIECE = 65_536
_END = {"type": "http.request.end", "trailers": ()}
_PHRASES = {status.value: status.phrase for status in HTTPStatus}
_TEXT = ("Content-Type", "text/plain; charset=utf-8")


class Served:
    """What a WSGI server calls: an application, in whichever process that is."""

    def __init__(self, app: Application, roots: Sequence[str], peer_known: bool) -> None:
        self._app = app
        self._roots = tuple(roots)
        self._peer_known = peer_known
        self._lock = Lock()
        self._host: Optional[Host] = None

    def __call__(self, environ: Dict[str, Any], start_response: Callable[..., Any]) -> Any:
        host = self._host_in_this_process(environ)
        host.ready()
        request = request_of(environ, self._peer_known)
        response = _Response(environ, request)
        exchange = _Exchange(host, request, response, self._roots)
        return response.begin(exchange, start_response)

    def _host_in_this_process(self, environ: Mapping[str, Any]) -> Host:
        process = process_loop()
        with self._lock:
            if self._host is None or self._host.process is not process:
                server = environ.get("SERVER_SOFTWARE")
                software = f"portway-wsgi ({server})" if server else "portway-wsgi"
                features = {"http.file": (1,)} if self._roots else {}
                self._host = Host(self._app, process, software, features)
            return self._host


class _Exchange:
    """One conversation, in the thread of the loop."""

    def __init__(
        self,
        host: Host,
        request: Mapping[str, Any],
        response: _Response,
        roots: Sequence[str],
    ) -> None:
        self._host = host
        self._loop = host.process.loop
        self._response = response
        self._roots = roots
        self._scope = host.scope("http", host.lifespan.state)
        self._scope.update(request)
        self._scope["limits"] = LIMITS
        self._cancel = self._scope["local"]["cancel"]
        accepted = host.lifespan.accepts
        self._judge = Conversation(self._scope, accepted, open_file=self._open)
        self._inbox = Inbox(self._judge)
        self._inbox.due = self._complete
        if not response.has_body:
            self._inbox.put(_END)
        self._reading = False
        self._over = False
        self._opened: Optional[OpenedFile] = None
        self._waiting: List[asyncio.Future[None]] = []

    def begin(self) -> None:
        """Calls the application."""
        self._host.process.calls.add(self)
        self.task = self._loop.create_task(self._run())

    async def _run(self) -> None:
        error: Optional[BaseException] = None
        try:
            await self._host.app(self._scope, self._receive, self._send)
        except BaseException as raised:
            error = raised
        self._over = True
        self._host.process.calls.discard(self)
        actions = self._judge.ended(error)
        self._report(error, actions)
        if "fail" in actions:
            self._answer(500, "Internal Server Error")
        elif "decline" in actions:
            self._answer(501, "Not Implemented")
        elif "abort" in actions:
            self._break_off("the application ended before its response")
        self._release()

    def _report(self, error: Optional[BaseException], actions: Sequence[str]) -> None:
        """[app.fault-reported]"""
        who = self._scope["id"]
        if error is None:
            if actions:
                log.error("%s: http.finish: it returned before its response ended", who)
        elif not isinstance(error, UnsupportedScope) and not _is_closed(error):
            log.error("%s: the application failed: %s", who, error, exc_info=error)

    def _answer(self, status: int, text: str) -> None:
        """A response of the adapter's own, the same whatever happened."""
        body = f"{text}\n".encode("ascii")
        length = ("Content-Length", str(len(body)))
        self._response.head = (f"{status} {text}", [_TEXT, length])
        if not self._judge.is_head:
            self._response.orders.put(("body", body, None))
        self._response.orders.put(("end", None, None))

    def _break_off(self, why: str, error: Optional[BaseException] = None) -> None:
        self._response.orders.put(("fail", error or ConnectionAbortedError(why), None))

    # What the application calls.

    def _send(self, event: Any) -> Awaitable[None]:
        try:
            if self._over:
                raise Closed("complete")
            values = self._judge.sent(event)
        except (Misuse, Closed) as error:
            if self._opened is not None:
                self._take_opened().file.close()
            return Failed(error)
        settled = self._act(values)
        if self._judge.response_over:
            self._release()
            self._inbox.wake()
        return settled

    def _act(self, event: Mapping[str, Any]) -> Awaitable[None]:
        """Has the server's thread do its part, and says what the send waits for."""
        kind = event["type"]
        orders = self._response.orders
        if kind == "http.response.start":
            self._response.head = _head(event["status"], event.get("headers", ()))
        elif kind == "http.response.body":
            if event["data"] and not self._judge.is_head:
                return self._ordered("body", event["data"])
        elif kind == "http.file":
            opened = self._take_opened()
            if opened.octets and not self._judge.is_head:
                return self._ordered("file", opened)
            opened.file.close()
        elif kind == "http.response.end":
            orders.put(("end", None, None))
        elif kind == "http.response.abort":
            self._break_off("the application aborted its response")
        elif kind == "http.refuse":
            fields = [("Retry-After", "0"), _TEXT, ("Content-Length", "0")]
            self._response.head = (f"503 {_PHRASES[503]}", fields)
            orders.put(("end", None, None))
        elif kind == "http.request.discard":
            self._inbox.clear()
            orders.put(("drop", None, None))
        return DONE

    def _ordered(self, kind: str, value: Any) -> asyncio.Future[None]:
        settled = self._loop.create_future()
        self._waiting.append(settled)
        self._response.orders.put((kind, value, settled))
        return settled

    def _open(self, path: str, offset: int, length: Optional[int]) -> int:
        self._opened = open_below(self._roots, path, offset, length)
        return self._opened.octets

    def _take_opened(self) -> OpenedFile:
        opened, self._opened = self._opened, None
        assert opened is not None
        return opened

    def _receive(self) -> Awaitable[Any]:
        call = self._inbox.receive()
        reads = self._judge.state_of("http.request") == "reading"
        if reads and not (self._inbox or self._reading or self._judge.spoken):
            self._reading = True
            self._response.orders.put(("read", None, None))
        return call

    def _complete(self) -> Optional[Dict[str, Any]]:
        # Behind the response nobody reads for the application.
        over = self._judge.response_over
        return {"type": "http.closed", "cause": "complete"} if over else None

    # What the thread of the server tells.

    def arrived(self, data: bytes, last: bool) -> None:
        """A piece of the body, none at its end."""
        self._reading = False
        if self._judge.response_over or self._judge.state_of("http.request") != "reading":
            return
        if data:
            self._inbox.put({"type": "http.request.body", "data": data})
        if last:
            self._inbox.put(_END)

    def pulled(self, settled: asyncio.Future[None]) -> None:
        """The server has asked for what comes behind an item ([wsgi.pull])."""
        if settled in self._waiting:
            self._waiting.remove(settled)
        if not settled.done():
            settled.set_result(None)

    def lose(self, closed: Closed, error: Optional[BaseException] = None) -> None:
        """The peer is lost ([wsgi.close-cancels]), or the process is about to end."""
        taken = self._judge.lost(closed)
        if taken or closed.cause == "shutdown":
            self._cancel._signal(closed)
        if not taken:
            return
        waiting, self._waiting = self._waiting, []
        for settled in waiting:
            if not settled.done():
                settled.set_exception(Closed(closed.cause))
                settled.exception()  # What nobody awaits stays silent.
        self._break_off("the peer is lost", error)
        self._inbox.end({"type": "http.closed", "cause": closed.cause})

    def _release(self) -> None:
        """Nothing more can be sent, so there is nothing to wait for ([flow.end-settles])."""
        waiting, self._waiting = self._waiting, []
        for settled in waiting:
            if not settled.done():
                settled.set_result(None)


class _Response:
    """What the server is given, in its thread: an iterable that also reads the request."""

    def __init__(self, environ: Mapping[str, Any], request: Mapping[str, Any]) -> None:
        source = environ["wsgi.input"]
        # It gives what is there, where servers have it; `read` waits for all that it is asked.
        self._read: Callable[[int], bytes] = getattr(source, "read1", source.read)
        self._left: Optional[int] = request["content_length"]
        if self._left is None and not environ.get("wsgi.input_terminated"):
            self._left = 0
        self.has_body = self._left != 0
        self._expected = "HTTP_EXPECT" in environ
        self._dropping = False
        self.orders: SimpleQueue[Tuple[str, Any, Any]] = SimpleQueue()
        """What the loop wants done, in order: read, drop, body, file, end, fail."""
        self.head: Optional[Tuple[str, List[Tuple[str, str]]]] = None
        """The status and the fields, set by the loop before the order that needs them."""
        self._settled: Any = None
        self._file: Optional[OpenedFile] = None
        self._file_left = 0
        self._over = False

    def begin(self, exchange: _Exchange, start_response: Callable[..., Any]) -> Any:
        """Has the application called, and waits for the first octets of its response."""
        self._exchange = exchange
        self._process = exchange._host.process
        self._process.post(exchange.begin)
        try:
            self._first = self._item()
            assert self.head is not None
            start_response(*self.head)
        except BaseException:
            self.close()
            raise
        if self._first is None:
            # With a list that is empty a server knows the length.
            return []
        return self

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        item, self._first = self._first, None
        if item is None:
            try:
                item = self._item()
            except BaseException:
                self.close()
                raise
            if item is None:
                raise StopIteration
        return item

    def close(self) -> None:
        """The end of the iteration, or the only sign that nobody takes the rest."""
        self._close_file()
        if not self._over:
            self._over = True
            self._tell(self._exchange.lose, Closed("connection_lost"))

    def _item(self) -> Optional[bytes]:
        """Carries out orders up to the next octets of the body; None at its end."""
        if self._over:
            return None
        while True:
            if self._file is not None:
                if self._file_left:
                    return self._file_piece(self._file)
                self._close_file()
            if self._settled is not None:
                self._tell(self._exchange.pulled, self._settled)
                self._settled = None
            kind, value, self._settled = self._order()
            if kind == "read":
                self._read_for_application()
            elif kind == "drop":
                # What the peer has not begun to send it may never send.
                self._dropping = not self._expected
            elif kind == "body":
                item: bytes = value
                return item
            elif kind == "file":
                self._file, self._file_left = value, value.octets
            else:
                self._over = True
                if kind == "fail":
                    raise value
                return None

    def _file_piece(self, opened: OpenedFile) -> bytes:
        piece = opened.file.read(min(self._file_left, _PIECE))
        if not piece:
            raise OSError("http.file.lost: the file ended while it was sent")
        self._file_left -= len(piece)
        return piece

    def _close_file(self) -> None:
        if self._file is not None:
            self._file.file.close()
            self._file = None

    def _order(self) -> Tuple[str, Any, Any]:
        while self._dropping:
            try:
                return self.orders.get_nowait()
            except Empty:
                try:
                    self._dropping = bool(self._piece())
                except Exception:
                    self._dropping = False
        return self.orders.get()

    def _read_for_application(self) -> None:
        self._expected = False
        try:
            data = self._piece()
        except Exception as error:
            self._tell(self._exchange.lose, Closed("connection_lost"), error)
            return
        last = self._left == 0 or not data
        self._tell(self._exchange.arrived, data, last)

    def _piece(self) -> bytes:
        """What can be read at once; nothing at the end. Raises if that came too early."""
        size = _PIECE if self._left is None else min(self._left, _PIECE)
        if size == 0:
            return b""
        data = self._read(size)
        if self._left is not None:
            if not data:
                raise ConnectionResetError("the request did not arrive whole")
            self._left -= len(data)
        return data

    def _tell(self, function: Callable[..., object], *args: Any) -> None:
        try:
            self._process.post(function, *args)
        except RuntimeError:
            # The loop is closed: the process is about to end.
            pass


def _head(status: int, fields: Sequence[Tuple[str, bytes]]) -> Tuple[str, List[Tuple[str, str]]]:
    """What ``start_response`` is called with."""
    headers = [
        (name, value.decode("latin-1"))
        for name, value in fields
        # It announces trailer fields, which have no place here ([http.trailers.dropped]).
        if name != "trailer"
    ]
    return f"{status} {_PHRASES.get(status, 'Status')}", headers


def _is_closed(error: BaseException) -> bool:
    """Whether it is a ``Closed``, or a group of nothing else ([python.call-end])."""
    leaves = getattr(error, "exceptions", None)
    if isinstance(leaves, tuple):
        return all(map(_is_closed, leaves))
    return isinstance(error, Closed)
