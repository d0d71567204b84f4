"""``to_wsgi``: a Portway application on a server for WSGI 1."""

from __future__ import annotations

import asyncio
import logging
import threading
import unittest
from typing import Any, List
from wsgiref.validate import validator

from portway import Closed, Misuse, application
from portway.wsgi import to_wsgi

from tests.wsgi_server import END, START, TEXT, Noting, Served, body, environ_for, in_loop, sending


class Response(unittest.TestCase):
    def test_adapter_response__whole(self) -> None:
        start = {**START, "status": 404, "headers": [("set-cookie", b"a"), ("set-cookie", b"\xe9")]}
        served = Served(to_wsgi(sending(start, body(b"a"), body(b""), body(b"b"), END)))
        self.assertEqual("404 Not Found", served.status)
        self.assertEqual([("set-cookie", "a"), ("set-cookie", "\xe9")], served.headers)
        self.assertEqual([b"a", b"b"], served.items())

    def test_adapter_response__the_reason_phrase(self) -> None:
        for status, line in [(200, "200 OK"), (418, "418 I'm a Teapot"), (599, "599 Status")]:
            with self.subTest(status):
                served = Served(to_wsgi(sending({**START, "status": status}, END)))
                self.assertEqual(line, served.status)
                self.assertEqual([], served.items())

    def test_adapter_response__pieces_of_other_forms(self) -> None:
        pieces = bytearray(b"a"), memoryview(b"b")
        served = Served(to_wsgi(sending(START, *map(body, pieces), END)))
        items = served.items()
        self.assertEqual([b"a", b"b"], items)
        self.assertEqual({bytes}, set(map(type, items)))

    def test_adapter_response__the_head_waits_for_octets(self) -> None:
        gate = threading.Event()
        committed = threading.Event()

        async def http(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            committed.set()
            await asyncio.get_running_loop().run_in_executor(None, gate.wait, 10)
            await send(body(b"a"))
            await send(END)

        results: List[Served] = []
        app = to_wsgi(application(http=http))
        thread = threading.Thread(target=lambda: results.append(Served(app)))
        thread.start()
        self.assertTrue(committed.wait(10))
        self.assertEqual([], results)
        gate.set()
        thread.join(10)
        self.assertEqual([b"a"], results[0].items())

    def test_adapter_response__trailers_and_informational_are_dropped(self) -> None:
        hint = {"type": "http.informational", "status": 103, "headers": [("link", b"</a>")]}
        start = {**START, "headers": [("trailer", b"x"), ("x-a", b"1")]}
        end = {**END, "trailers": [("x", b"1")]}
        served = Served(to_wsgi(sending(hint, start, body(b"a"), end)))
        self.assertEqual([("x-a", "1")], served.headers)
        self.assertEqual([b"a"], served.items())

    def test_adapter_response__refuse(self) -> None:
        served = Served(to_wsgi(sending({"type": "http.refuse"})))
        self.assertEqual("503 Service Unavailable", served.status)
        self.assertIn(("Retry-After", "0"), served.headers)
        self.assertEqual([], served.items())

    def test_adapter_response__abort_is_an_error_for_the_server(self) -> None:
        abort = {"type": "http.response.abort", "code": 2}
        with self.assertRaises(ConnectionAbortedError):
            Served(to_wsgi(sending(START, abort)))
        served = Served(to_wsgi(sending(START, body(b"a"), abort)))
        self.assertEqual(b"a", next(served.iterator))
        with self.assertRaises(ConnectionAbortedError):
            next(served.iterator)

    def test_http_abort_when_unended(self) -> None:
        async def fails(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            await send(body(b"a"))
            raise KeyError("secret")

        for app in (sending(START, body(b"a")), application(http=fails)):
            with self.assertLogs("portway.wsgi", logging.ERROR):
                served = Served(to_wsgi(app))
                self.assertEqual(b"a", next(served.iterator))
                with self.assertRaises(ConnectionAbortedError) as raised:
                    next(served.iterator)
            self.assertNotIn("secret", str(raised.exception))

    def test_http_500_when_open(self) -> None:
        async def fails(scope: Any, receive: Any, send: Any) -> None:
            raise KeyError("secret")

        for app in (sending(), application(http=fails)):
            for method in ("GET", "HEAD"):
                with self.subTest(method), self.assertLogs("portway.wsgi", logging.ERROR):
                    served = Served(to_wsgi(app), environ_for(REQUEST_METHOD=method))
                    self.assertEqual("500 Internal Server Error", served.status)
                    content = b"".join(served.items())
                self.assertEqual(b"Internal Server Error\n" if method == "GET" else b"", content)
                self.assertNotIn(b"secret", content)

    def test_http_unsupported_scope(self) -> None:
        served = Served(to_wsgi(application()))
        self.assertEqual("501 Not Implemented", served.status)

    def test_closed_not_an_error(self) -> None:
        async def http(scope: Any, receive: Any, send: Any) -> None:
            raise Closed("peer_reset")

        with self.assertLogs("portway.wsgi") as logs:
            logging.getLogger("portway.wsgi").error("nothing else")
            Served(to_wsgi(application(http=http))).items()
        self.assertEqual(1, len(logs.records))

    def test_http_head_length(self) -> None:
        start = {**START, "headers": [("content-length", b"5")]}
        app = to_wsgi(sending(start, body(b"hello"), END))
        served = Served(app, environ_for(REQUEST_METHOD="HEAD"))
        self.assertEqual([("content-length", "5")], served.headers)
        self.assertEqual([], served.items())

    def test_adapter_no_spool__response(self) -> None:
        gate = threading.Event()

        async def http(scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            await send(body(b"a"))
            await asyncio.get_running_loop().run_in_executor(None, gate.wait, 10)
            await send(body(b"b"))
            await send(END)

        served = Served(to_wsgi(application(http=http)))
        self.assertEqual(b"a", next(served.iterator))
        gate.set()
        self.assertEqual([b"b"], served.items())

    def test_wsgi_pull__a_send_resolves_when_the_next_item_is_asked_for(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            for number in range(3):
                await send(body(b"%d" % number))
                notes.append(number)
            await send(END)

        app = Noting(http)
        served = Served(to_wsgi(app))
        for number in range(3):
            self.assertEqual(b"%d" % number, next(served.iterator))
            self.assertEqual(list(range(number)), in_loop(lambda: list(app.notes)))
        self.assertEqual([], served.items())
        self.assertEqual([0, 1, 2], app.notes)

    def test_flow_end_settles__sends_that_nobody_waited_for(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            sent = [send(event) for event in (START, body(b"a"), body(b"b"), END)]
            await asyncio.gather(*sent)
            notes.append("settled")

        app = Noting(http)
        served = Served(to_wsgi(app))
        self.assertTrue(app.ended.wait(10))
        self.assertEqual(["settled"], app.notes)
        self.assertEqual([b"a", b"b"], served.items())

    def test_wsgi_close_cancels__is_the_loss_of_the_peer(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            try:
                while True:
                    await send(body(b"a"))
            except Closed as closed:
                notes.append(closed.cause)
                notes.append(scope["local"]["cancel"].reason.cause)
                notes.append((await receive())["type"])
                notes.append(await receive())

        app = Noting(http)
        served = Served(to_wsgi(app))
        next(served.iterator)
        served.close()
        served.close()
        self.assertTrue(app.ended.wait(10))
        closed = {"type": "http.closed", "cause": "connection_lost"}
        self.assertEqual(["connection_lost"] * 2, app.notes[:2])
        self.assertIn(app.notes[2], ("http.request.end", "http.closed"))
        self.assertEqual(closed, app.notes[3])

    def test_wsgi_close_cancels__wakes_who_listens(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            await receive()
            sent = [send(START), send(body(b"a"))]
            notes.append(await receive())
            for one in sent:
                await asyncio.gather(one, return_exceptions=True)

        app = Noting(http)
        served = Served(to_wsgi(app))
        served.close()
        self.assertTrue(app.ended.wait(10))
        self.assertEqual([{"type": "http.closed", "cause": "connection_lost"}], app.notes)

    def test_wsgi_close_cancels__not_behind_the_end(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            for event in (START, body(b"a"), END):
                await send(event)
            notes.append((await receive())["type"])
            notes.append(await receive())
            notes.append(scope["local"]["cancel"].is_set())

        app = Noting(http)
        Served(to_wsgi(app)).items()
        self.assertTrue(app.ended.wait(10))
        complete = {"type": "http.closed", "cause": "complete"}
        self.assertEqual(["http.request.end", complete, False], app.notes)

    def test_wsgi_close_cancels__a_server_that_cannot_start(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            try:
                await send(body(b"a"))
                await send(END)
            except Closed as closed:
                notes.append(closed.cause)

        def start_response(*args: Any) -> None:
            raise AssertionError("not like this")

        app = Noting(http)
        with self.assertRaises(AssertionError):
            to_wsgi(app)(environ_for(), start_response)
        self.assertTrue(app.ended.wait(10))
        self.assertEqual(["connection_lost"], app.notes)

    def test_adapter_misuse__the_requirement_of_a_gateway(self) -> None:
        cases = [
            ([body(b"a")], "http.body-before-start"),
            ([START, START], "http.start-once"),
            ([{**START, "headers": [("X", b"1")]}], "http.field-syntax"),
            ([{**START, "headers": [("x", b"1\n")]}], "http.field-syntax"),
            ([{**START, "headers": [("te", b"x")]}], "http.hop-by-hop"),
            ([{**START, "headers": [("content-length", b"x")]}], "http.length.syntax"),
            ([{**START, "headers": [("x", "text")]}], "event.shape"),
            ([{"type": "http.unknown"}], "event.unknown-type-misuse"),
            ([{"type": "http.file", "path": "/etc/passwd"}], "feature.only-accepted"),
            ([{**START, "!org.example.key": 1}], "event.must-understand"),
            ([{**START, "status": 204}, body(b"a")], "http.bodyless"),
            ([START, END, END], "http.nothing-after-end"),
            (
                [START, {"type": "http.informational", "status": 103}],
                "http.informational.before-commit",
            ),
            ([{**START, "headers": [("content-length", b"2")]}, END], "http.length.shortfall"),
            ([{**START, "headers": [("content-length", b"0")]}, body(b"a")], "http.length.excess"),
        ]
        for events, requirement in cases:
            with self.subTest(requirement):

                async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
                    for event in events[:-1]:
                        await send(event)
                    await send(events[-1])

                app = Noting(http)
                with self.assertLogs("portway.wsgi", logging.ERROR) as logs:
                    try:
                        Served(to_wsgi(app)).items()
                    except ConnectionAbortedError:
                        pass
                    self.assertTrue(app.ended.wait(10))
                    in_loop(lambda: None)
                self.assertIn(requirement, logs.output[0])

    def test_receive_single(self) -> None:
        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            await receive()
            pending = asyncio.ensure_future(receive())
            await asyncio.sleep(0)
            try:
                await receive()
            except Misuse as misuse:
                notes.append(misuse.requirement)
            for event in (START, END):
                await send(event)
            notes.append(await pending)

        app = Noting(http)
        Served(to_wsgi(app)).items()
        self.assertTrue(app.ended.wait(10))
        self.assertEqual(
            ["receive.single", {"type": "http.closed", "cause": "complete"}], app.notes
        )

    def test_binding_unawaited__a_failed_send_is_silent(self) -> None:
        async def http(scope: Any, receive: Any, send: Any) -> None:
            send(END)
            await send(START)
            await send(END)

        served = Served(to_wsgi(application(http=http)))
        self.assertEqual([], served.items())

    def test_validator__is_silent(self) -> None:
        async def echo(scope: Any, receive: Any, send: Any) -> None:
            await send(TEXT)
            while (event := await receive())["type"] == "http.request.body":
                await send(body(event["data"]))
            await send(END)

        for app in (application(http=echo), sending(TEXT, END), sending(TEXT, body(b"a"), END)):
            for content in (None, b"", b"body"):
                with self.subTest(content=content):
                    served = Served(validator(to_wsgi(app)), environ_for(content))
                    served.items()
                    self.assertEqual("200 OK", served.status)


if __name__ == "__main__":
    unittest.main()
