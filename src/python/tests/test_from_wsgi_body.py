"""``wsgi.input`` and ``wsgi.file_wrapper`` of ``from_wsgi``."""

from __future__ import annotations

import gzip
import io
import os
import random
import tempfile
import unittest
from typing import Any, List

from portway import Closed, Misuse
from portway.wsgi import from_wsgi
from tests.memory import Exchange, http_scope, request_events
from tests.wsgi_applications import END, TEXT, hello, open_with


class WsgiInput(unittest.IsolatedAsyncioTestCase):
    async def read(self, function: Any, *events: Any) -> Any:
        """What the function makes of ``wsgi.input``, and the exchange."""
        results: List[Any] = []

        def app(environ: Any, start_response: Any) -> Any:
            results.append(function(environ["wsgi.input"]))
            return hello(environ, start_response)

        exchange = open_with(app, *events)
        error = await exchange.ended()
        if error is not None:
            raise error
        return results[0], exchange

    async def test_wsgi_input_streamed__received_when_read(self) -> None:
        exchange: Exchange
        counts: List[int] = []

        def app(environ: Any, start_response: Any) -> Any:
            source = environ["wsgi.input"]
            for size in (0, 3, 2, 0, 1, 4, 9, 9):
                source.read(size)
                counts.append(exchange.receives)
            return hello(environ, start_response)

        exchange = open_with(app, *request_events([b"abcde", b"fg", b"hij"]))
        self.assertIsNone(await exchange.ended())
        self.assertEqual([0, 1, 1, 1, 2, 3, 4, 4], counts)

    async def test_wsgi_input_streamed__lines(self) -> None:
        exchange: Exchange
        counts: List[Any] = []

        def app(environ: Any, start_response: Any) -> Any:
            source = environ["wsgi.input"]
            for _ in range(3):
                counts.append((source.readline(), exchange.receives))
            return hello(environ, start_response)

        exchange = open_with(app, *request_events([b"a\nb\nc", b"d\n", b"e"]))
        self.assertIsNone(await exchange.ended())
        self.assertEqual([(b"a\n", 1), (b"b\n", 1), (b"cd\n", 2)], counts)

    async def test_wsgi_input_read__is_what_a_file_in_memory_gives(self) -> None:
        made = random.Random(3333)
        operations = ["read", "readline", "readlines", "next"]

        def run(source: Any, steps: Any) -> List[Any]:
            results = []
            for operation, *arguments in steps:
                if operation == "next":
                    results.append(next(iter(source), b""))
                else:
                    results.append(getattr(source, operation)(*arguments))
            return results

        for number in range(300):
            body = bytes(made.choices(b"ab\n", k=made.randrange(60)))
            pieces, rest = [], body
            while rest:
                cut = made.randrange(1, 12)
                pieces.append(rest[:cut])
                rest = rest[cut:]
            steps = []
            for _ in range(made.randrange(1, 9)):
                operation = made.choice(operations)
                sizes = [] if operation == "next" else made.choice([[], [-1], [0], [None]])
                if made.random() < 0.7 and operation != "next":
                    sizes = [made.randrange(1, 30)]
                steps.append((operation, *sizes))
            with self.subTest(number=number, pieces=pieces, steps=steps):
                expected = run(io.BytesIO(body), steps)
                results, _ = await self.read(
                    lambda source: run(source, steps), *request_events(pieces)
                )
                self.assertEqual(expected, results)

    async def test_wsgi_input_broken__is_an_error_and_no_end(self) -> None:
        def reads(function: Any) -> Any:
            def read(source: Any) -> Any:
                errors = []
                for _ in range(2):
                    try:
                        function(source)
                    except OSError as error:
                        errors.append(error)
                return errors

            return read

        for name, function in [
            ("read", lambda source: source.read()),
            ("read(n)", lambda source: source.read(4)),
            ("readline", lambda source: source.readline()),
            ("readlines", lambda source: source.readlines()),
            ("iteration", lambda source: list(source)),
        ]:
            with self.subTest(name):
                events = (
                    {"type": "http.request.body", "data": b"abc"},
                    {"type": "http.closed", "cause": "peer_reset", "code": 8},
                )
                errors, exchange = await self.read(reads(function), *events)
                self.assertEqual([("peer_reset", 8)] * 2, [(one.cause, one.code) for one in errors])

    async def test_wsgi_input_broken__an_application_that_does_not_care_ends_closed(self) -> None:
        with self.assertRaises(Closed):
            await self.read(
                lambda source: source.read(), {"type": "http.closed", "cause": "timeout"}
            )

    async def test_wsgi_input_broken__what_arrived_can_be_read(self) -> None:
        result, _ = await self.read(
            lambda source: source.read(3),
            {"type": "http.request.body", "data": b"abc"},
            {"type": "http.closed", "cause": "peer_reset"},
        )
        self.assertEqual(b"abc", result)


class Files(unittest.IsolatedAsyncioTestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(os.path.realpath(folder.name), "file")
        with open(self.path, "wb") as file:
            file.write(b"0123456789" * 3000)

    async def send(self, file: Any, headers: Any = TEXT, **changes: Any) -> Exchange:
        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", list(headers))
            return environ["wsgi.file_wrapper"](file)

        exchange = open_with(app, **changes)
        self.assertIsNone(await exchange.ended())
        self.assertTrue(file.closed)
        self.assertEqual("ended", exchange.outcome)
        return exchange

    async def test_adapter_response__a_file_is_handed_off(self) -> None:
        for buffering in (-1, 0):
            for offset in (0, 7):
                with self.subTest(buffering=buffering, offset=offset):
                    file = open(self.path, "rb", buffering=buffering)
                    file.read(offset)
                    exchange = await self.send(file)
                    event = {"type": "http.file", "path": self.path}
                    event.update(offset=offset, length=30000 - offset)
                    self.assertEqual([event, END], exchange.sent[1:])

    async def test_wsgi_length_cut__a_file(self) -> None:
        with self.assertLogs("portway.wsgi"):
            exchange = await self.send(open(self.path, "rb"), [("Content-Length", "10")])
        self.assertEqual(10, exchange.sent[1]["length"])

    async def test_adapter_response__other_files_are_read(self) -> None:
        packed = self.path + ".gz"
        with gzip.open(packed, "wb") as file:
            file.write(b"0123456789" * 3000)
        renamed = open(self.path, "rb")
        os.rename(self.path, self.path + ".old")
        replaced = open(self.path + ".old", "rb")
        os.rename(self.path + ".old", self.path)
        with open(self.path + ".old", "wb") as other:
            other.write(b"another")
        unnamed = tempfile.TemporaryFile()
        unnamed.write(b"0123456789" * 3000)
        unnamed.seek(0)
        for name, file, wanted in [
            ("in memory", io.BytesIO(b"0123456789" * 3000), 30000),
            ("compressed", gzip.open(packed), 30000),
            ("replaced", replaced, 30000),
            ("without a name", unnamed, 30000),
            ("by descriptor", open(os.open(self.path, os.O_RDONLY), "rb"), 30000),
        ]:
            with self.subTest(name):
                exchange = await self.send(file)
                self.assertNotIn("http.file", exchange.types)
                self.assertEqual(wanted, len(exchange.body))
        exchange = await self.send(renamed)
        self.assertIn("http.file", exchange.types)

    async def test_adapter_response__a_file_that_the_gateway_does_not_take_is_read(self) -> None:
        for requirement in ("security.file-roots", "security.file-links", "http.file.exists"):
            with self.subTest(requirement):
                file = open(self.path, "rb")
                exchange = Exchange(
                    from_wsgi(
                        lambda environ, start_response: (
                            start_response("200 OK", [("Content-Length", "30000")]),
                            environ["wsgi.file_wrapper"](file),
                        )[1]
                    ),
                    http_scope(),
                )

                def refuse(path: str, offset: int, length: Any) -> int:
                    raise Misuse(requirement, "not this one")

                exchange._judge._open_file = refuse
                self.assertIsNone(await exchange.call().ended())
                self.assertEqual([requirement], [one.requirement for one in exchange.rejected])
                self.assertEqual(30000, len(exchange.body))
                self.assertEqual("ended", exchange.outcome)
                self.assertTrue(file.closed)

    async def test_feature_only_accepted__without_the_feature_the_file_is_read(self) -> None:
        exchange = await self.send(open(self.path, "rb"), features={})
        self.assertEqual(30000, len(exchange.body))
        self.assertEqual([], exchange.rejected)


if __name__ == "__main__":
    unittest.main()
