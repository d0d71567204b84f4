"""The request, as ``to_wsgi`` gives it to a Portway application."""

from __future__ import annotations

import asyncio
import io
import threading
import unittest
from typing import Any, Dict, List

from portway import Cancel, application
from portway.wsgi import to_wsgi

from tests.wsgi_server import END, START, Noting, Served, body, environ_for, sending


class Request(unittest.TestCase):
    def received(self, environ: Dict[str, Any], first: Any = None) -> List[Any]:
        """What an application receives that reads to the end, and then responds."""

        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            if first is not None:
                await send(first)
            while True:
                notes.append(await receive())
                if notes[-1]["type"] != "http.request.body":
                    break
            await send(START)
            await send(END)

        app = Noting(http)
        try:
            Served(to_wsgi(app), environ).items()
        finally:
            self.assertTrue(app.ended.wait(10))
            self.notes = app.notes
        return app.notes

    def test_adapter_body__pieces_and_end(self) -> None:
        end = {"type": "http.request.end", "trailers": ()}
        large = bytes(range(256)) * 1000
        for content in (None, b"", b"a", large):
            with self.subTest(content=content and len(content)):
                *pieces, last = self.received(environ_for(content))
                self.assertEqual(content or b"", b"".join(one["data"] for one in pieces))
                self.assertTrue(all(one["data"] for one in pieces))
                self.assertEqual(end, last)

    def test_adapter_body__never_read_beyond_the_length(self) -> None:
        source = io.BytesIO(b"body and the next request")
        environ = environ_for(b"body")
        environ["wsgi.input"] = source
        self.assertEqual(b"body", self.received(environ)[0]["data"])
        self.assertEqual(4, source.tell())

    def test_adapter_body__of_unknown_length(self) -> None:
        for terminated, expected in ((True, 2), (False, 1), (None, 1)):
            with self.subTest(terminated=terminated):
                environ = environ_for(b"body", CONTENT_LENGTH=None)
                if terminated is not None:
                    environ["wsgi.input_terminated"] = terminated
                self.assertEqual(expected, len(self.received(environ)))

    def test_adapter_body__an_error_of_read(self) -> None:
        class Broken:
            def read(self, size: int) -> bytes:
                raise ValueError("the client left")

        short = environ_for(b"whole", CONTENT_LENGTH="9")
        failing = environ_for(b"whole")
        failing["wsgi.input"] = Broken()
        closed = {"type": "http.closed", "cause": "connection_lost"}
        for environ, error in ((short, ConnectionResetError), (failing, ValueError)):
            with self.subTest(error):
                with self.assertRaises(error):
                    self.received(environ)
                self.assertEqual(closed, self.notes[-1])

    def test_adapter_body__is_read_when_it_is_received(self) -> None:
        reads: List[int] = []

        class Counting:
            def read(self, size: int) -> bytes:
                reads.append(size)
                return b"a" * size

        environ = environ_for(b"a" * 10)
        environ["wsgi.input"] = Counting()
        self.assertEqual([], Served(to_wsgi(sending(START, END)), environ).items())
        self.assertEqual([], reads)
        self.received(environ)
        self.assertEqual([10], reads)

    def test_adapter_body__a_discarded_one_is_dropped(self) -> None:
        source = io.BytesIO(b"body" * 100_000)
        environ = environ_for(b"body" * 100_000)
        environ["wsgi.input"] = source
        gate = threading.Event()

        class Slow:
            """Lets the response go on once all is read."""

            def read(self, size: int) -> bytes:
                data = source.read(size)
                if source.tell() == 400_000:
                    gate.set()
                return data

        environ["wsgi.input"] = Slow()

        async def http(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.request.discard"})
            await asyncio.get_running_loop().run_in_executor(None, gate.wait, 10)
            await send(START)
            await send(END)

        Served(to_wsgi(application(http=http)), environ).items()
        self.assertEqual(400_000, source.tell())

    def test_adapter_body__what_is_only_expected_is_not_waited_for(self) -> None:
        class Never:
            def read(self, size: int) -> bytes:
                raise AssertionError("this would send a 100")

        environ = environ_for(b"body", HTTP_EXPECT="100-continue")
        environ["wsgi.input"] = Never()
        app = sending({"type": "http.request.discard"}, START, END)
        self.assertEqual([], Served(to_wsgi(app), environ).items())

    def test_adapter_body__read_while_the_response_is_sent(self) -> None:
        async def echo(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            while (event := await receive())["type"] == "http.request.body":
                await send(body(event["data"]))
            await send(END)

        served = Served(to_wsgi(application(http=echo)), environ_for(b"a" * 200_000))
        self.assertEqual(200_000, sum(map(len, served.items())))

    def test_flow_abandoned_receive(self) -> None:
        gate = threading.Event()

        class Late:
            def read(self, size: int) -> bytes:
                gate.wait(10)
                return b"late"

        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            task = asyncio.ensure_future(receive())
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            gate.set()
            notes.append(await receive())
            await send(START)
            await send(END)

        environ = environ_for(b"late")
        environ["wsgi.input"] = Late()
        app = Noting(http)
        Served(to_wsgi(app), environ).items()
        self.assertEqual([{"type": "http.request.body", "data": b"late"}], app.notes)

    def test_adapter_scope__what_the_adapter_adds(self) -> None:
        scopes: List[Any] = []

        async def http(scope: Any, receive: Any, send: Any) -> None:
            scopes.append(scope)
            await send(START)
            await send(END)

        app = to_wsgi(application(http=http))
        for _ in range(2):
            Served(app, environ_for(SERVER_SOFTWARE="old/1")).items()
        first, second = scopes
        self.assertEqual("http", first["type"])
        self.assertNotEqual(first["id"], second["id"])
        self.assertEqual(first["gateway"], second["gateway"])
        self.assertEqual("0.1", first["gateway"]["interface"])
        self.assertEqual({}, first["gateway"]["features"])
        self.assertIn("old/1", first["gateway"]["software"])
        self.assertIsInstance(first["local"]["cancel"], Cancel)
        self.assertEqual({}, dict(first["local"]["state"]))


if __name__ == "__main__":
    unittest.main()
