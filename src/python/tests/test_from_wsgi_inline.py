"""``from_wsgi`` where no thread can be started: what is the same, and what waits elsewhere."""

from __future__ import annotations

import io
import threading
import unittest
from typing import Any, List
from unittest import mock

from portway import Misuse, _from_wsgi
from portway.wsgi import from_wsgi
from tests.memory import Exchange, http_scope, request_events

TEXT = [("Content-Type", "text/plain")]


class Inline(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        patch = mock.patch.object(_from_wsgi, "HAS_THREADS", False)
        patch.start()
        self.addCleanup(patch.stop)

    def open(self, application: Any, body: Any = None, **scope: Any) -> Exchange:
        length = sum(map(len, body)) if body else None
        exchange = Exchange(from_wsgi(application), http_scope(content_length=length, **scope))
        if body is not None:
            exchange.give(*request_events(body))
        return exchange.call()

    async def test_the_call_is_in_the_thread_of_the_loop_and_says_so(self) -> None:
        seen: List[Any] = []

        def app(environ: Any, start_response: Any) -> Any:
            seen.extend([threading.get_ident(), environ["wsgi.multithread"]])
            start_response("200 OK", TEXT)
            return [b"a", b"", b"b"]

        exchange = self.open(app)
        self.assertIsNone(await exchange.ended())
        self.assertEqual([threading.get_ident(), False], seen)
        self.assertEqual([b"a", b"b", None], [each.get("data") for each in exchange.sent[1:]])

    async def test_a_body_is_there_when_it_is_read_and_one_that_is_not_is_not_asked_for(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            read = environ["wsgi.input"].read(3), environ["wsgi.input"].read()
            start_response("200 OK", TEXT)
            return [repr(read).encode()]

        exchange = self.open(app, [b"ab", b"cd", b"e"])
        self.assertIsNone(await exchange.ended())
        self.assertEqual(b"(b'abc', b'de')", exchange.sent[1]["data"])
        exchange = self.open(app)
        self.assertIsNone(await exchange.ended())
        self.assertEqual(b"(b'', b'')", exchange.sent[1]["data"])
        self.assertEqual(0, exchange.receives)

    async def test_an_error_of_the_application_ends_the_call_and_close_is_called(self) -> None:
        closed: List[bool] = []

        class Items:
            def __iter__(self) -> Any:
                yield b"a"
                raise ValueError("mine")

            def close(self) -> None:
                closed.append(True)

        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)
            return Items()

        exchange = self.open(app)
        error = await exchange.ended()
        self.assertIsInstance(error, ValueError)
        self.assertEqual([True], closed)

    async def test_a_rejected_event_ends_the_call(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [("Content-Length", "1"), ("Content-Type", "\u0007")])
            return [b"a"]

        error = await self.open(app).ended()
        self.assertIsInstance(error, Misuse)

    async def test_a_file_is_read_in_pieces(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)
            return environ["wsgi.file_wrapper"](io.BytesIO(b"x" * 10_000), 8192)

        exchange = self.open(app)
        self.assertIsNone(await exchange.ended())
        self.assertEqual([8192, 1808], [len(each["data"]) for each in exchange.sent[1:-1]])
