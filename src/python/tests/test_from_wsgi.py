"""``from_wsgi``: a WSGI 1 application under a gateway ([adapter.response] and [wsgi.*])."""

from __future__ import annotations

import io
import logging
import sys
import threading
import unittest
from typing import Any, List
from wsgiref.validate import validator

from portway import Closed, Misuse, UnsupportedScope
from portway.wsgi import from_wsgi
from tests.memory import Exchange, Gateway, http_scope, request_events, websocket_scope

from tests.wsgi_applications import (
    END,
    TEXT,
    Gate,
    Items,
    hello,
    open_with,
    raising,
    responding,
    turns,
)


class FromWsgi(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_response__a_list_of_one_goes_back_in_one_call(self) -> None:
        exchange = open_with(hello)
        self.assertIsNone(await exchange.ended())
        start = {"type": "http.response.start", "status": 200}
        start["headers"] = [("content-type", b"text/plain")]
        body = {"type": "http.response.body", "data": b"hello"}
        self.assertEqual([start, body, END], exchange.sent)
        self.assertEqual(0, exchange.receives)

    async def test_adapter_response__each_item_is_a_piece(self) -> None:
        for items in ([b"a", b"b"], (b"a", b"", b"b"), iter([b"a", b"b"]), {b"a": 1, b"b": 2}):
            with self.subTest(items=items):
                exchange = open_with(responding(items))
                await exchange.ended()
                pieces = [event.get("data") for event in exchange.sent[1:]]
                self.assertEqual([b"a", b"b", None], pieces)

    async def test_adapter_response__nothing_at_all(self) -> None:
        for items in ([], [b""], (), iter([b"", b""])):
            with self.subTest(items=items):
                exchange = open_with(responding(items))
                await exchange.ended()
                self.assertEqual(["http.response.start", "http.response.end"], exchange.types)

    async def test_adapter_response__write_comes_before_the_items(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            write = start_response("200 OK", TEXT)
            write(b"a")
            write(b"")
            write(bytearray(b"b"))
            return [b"c"]

        exchange = open_with(app)
        await exchange.ended()
        self.assertEqual(b"abc", exchange.body)
        self.assertEqual("ended", exchange.outcome)

    async def test_adapter_response__write_returns_when_the_send_has_resolved(self) -> None:
        returned = threading.Event()

        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)(b"a")
            returned.set()
            return []

        exchange = open_with(app)
        exchange.hold()
        await exchange.until_sent("http.response.body")
        await turns()
        self.assertFalse(returned.is_set())
        exchange.release()
        await exchange.ended()
        self.assertTrue(returned.is_set())

    async def test_adapter_response__an_error_ends_the_call(self) -> None:
        def fails(environ: Any, start_response: Any) -> Any:
            raise KeyError("x")

        cases = [
            (fails, KeyError, "failed"),
            (responding(None), TypeError, "failed"),
            (responding("text"), TypeError, "failed"),
            (responding(["text"]), TypeError, "failed"),
            (responding(Items(b"a", raising(KeyError()))), KeyError, "aborted"),
            (responding(Items(b"", raising(KeyError()))), KeyError, "failed"),
            (responding(Items(raising(SystemExit(3)))), RuntimeError, "failed"),
            (responding([b"a"], [("X", "a\nb")]), Misuse, "failed"),
            (responding([b"a"], [("Content-Length", "2")]), Misuse, "aborted"),
            (responding([b"a"], [("X", "\u20ac")]), UnicodeEncodeError, "failed"),
        ]
        for app, error, outcome in cases:
            with self.subTest(error=error, outcome=outcome):
                exchange = open_with(app)
                self.assertIsInstance(await exchange.ended(), error)
                self.assertEqual(outcome, exchange.outcome)

    async def test_adapter_response__middleware_of_other_forms(self) -> None:
        adapted = from_wsgi(responding(Items(b"a", b"b")))

        async def later(scope: Any, receive: Any, send: Any) -> None:
            async def sends(event: Any) -> None:
                await send(event)

            await adapted(scope, receive, sends)

        exchange = Exchange(later, http_scope()).call()
        self.assertIsNone(await exchange.ended())
        self.assertEqual(b"ab", exchange.body)

        items = Items(b"a", b"b")
        failing = from_wsgi(responding(items))

        async def fails(scope: Any, receive: Any, send: Any) -> None:
            def sends(event: Any) -> Any:
                raise KeyError("in middleware")

            await failing(scope, receive, sends)

        exchange = Exchange(fails, http_scope()).call()
        self.assertIsInstance(await exchange.ended(), KeyError)
        self.assertEqual((1, 1), (items.asked, items.closed))

    async def test_adapter_response__fields_keep_their_order_and_number(self) -> None:
        given = [("Set-Cookie", "a=1"), ("X-B", " padded\t"), ("Set-Cookie", "b=\xe9")]
        exchange = open_with(responding([b""], given))
        await exchange.ended()
        expected = [("set-cookie", b"a=1"), ("x-b", b"padded"), ("set-cookie", b"b=\xe9")]
        self.assertEqual(expected, exchange.start["headers"])

    async def test_adapter_response__no_length_with_a_204(self) -> None:
        exchange = open_with(responding([], [("Content-Length", "0")], "204 No Content"))
        self.assertIsNone(await exchange.ended())
        self.assertEqual([], exchange.start["headers"])

    async def test_adapter_response__head_and_not_modified_declare_without_a_body(self) -> None:
        for method, status in (("HEAD", "200 OK"), ("GET", "304 Not Modified")):
            with self.subTest(method):
                app = responding([], [("Content-Length", "5")], status)
                exchange = open_with(app, method=method)
                self.assertIsNone(await exchange.ended())
                self.assertEqual("ended", exchange.outcome)

    async def test_adapter_no_spool__request(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            first = environ["wsgi.input"].read(3)
            start_response("200 OK", TEXT)
            yield first
            yield environ["wsgi.input"].read()

        exchange = open_with(app, {"type": "http.request.body", "data": b"abc"})
        await exchange.until_sent("http.response.body")
        self.assertEqual(b"abc", exchange.body)
        exchange.give(*request_events(b"def"))
        await exchange.ended()
        self.assertEqual(b"abcdef", exchange.body)

    async def test_adapter_no_spool__response(self) -> None:
        items = Items(b"a", b"b")
        exchange = open_with(responding(items))
        exchange.hold()
        await exchange.until_sent("http.response.body")
        await turns()
        self.assertEqual(1, items.asked)
        exchange.release()
        await exchange.ended()
        self.assertEqual(b"ab", exchange.body)

    async def test_adapter_body__notices_of_a_drain_are_dropped(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)
            return [environ["wsgi.input"].read()]

        exchange = Exchange(from_wsgi(app), http_scope())
        drain = {"type": "gateway.drain", "deadline_ms": 1}
        exchange.give({"type": "http.request.body", "data": b"a"}, drain)
        exchange.give({"type": "org.example.news"}, *request_events(b"b"))
        exchange.call()
        await exchange.ended()
        self.assertEqual(b"ab", exchange.body)

    async def test_adapter_scope__keys_of_wsgi(self) -> None:
        seen: List[Any] = []

        def app(environ: Any, start_response: Any) -> Any:
            seen.append(environ)
            return hello(environ, start_response)

        errors = io.StringIO()
        for options, expected in [
            ({}, {"wsgi.multithread": True, "wsgi.multiprocess": True}),
            ({"threads": 1}, {"wsgi.multithread": False}),
            ({"multiprocess": False}, {"wsgi.multiprocess": False}),
            ({"errors": errors}, {"wsgi.errors": errors}),
            ({}, {"wsgi.errors": sys.stderr, "wsgi.run_once": False}),
            ({}, {"wsgi.version": (1, 0), "wsgi.input_terminated": True}),
        ]:
            with self.subTest(options=options):
                exchange = Exchange(from_wsgi(app, **options), http_scope()).call()
                await exchange.ended()
                self.assertIs(dict, type(seen[-1]))
                self.assertEqual(expected, {name: seen[-1][name] for name in expected})

    async def test_app_unsupported_scope__websocket(self) -> None:
        exchange = Exchange(from_wsgi(hello), websocket_scope()).call()
        self.assertIsInstance(await exchange.ended(), UnsupportedScope)

    async def test_wsgi_start_response__table_of_calls(self) -> None:
        caught: List[BaseException] = []

        def catching(function: Any, *args: Any) -> None:
            try:
                function(*args)
            except Exception as error:
                caught.append(error)

        def error_info() -> Any:
            try:
                raise KeyError("original")
            except KeyError:
                return sys.exc_info()

        def twice(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [("X-One", "1")])
            catching(start_response, "404 Not Found", [("X-Two", "2")])
            return [b"a"]

        def hop_by_hop(environ: Any, start_response: Any) -> Any:
            catching(start_response, "404 Not Found", [("Connection", "close")])
            start_response("200 OK", [("X-One", "1")])
            return [b"a"]

        def replaced(environ: Any, start_response: Any) -> Any:
            start_response("500 Oh", [("X-Two", "2"), ("Content-Length", "9")])
            start_response("200 OK", [("X-One", "1")], error_info())
            return [b"a"]

        def replaced_while_iterated(environ: Any, start_response: Any) -> Any:
            start_response("500 Oh", [("X-Two", "2")])
            yield b""
            start_response("200 OK", [("X-One", "1")], error_info())
            yield b"a"

        def too_late(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [("X-One", "1")])
            yield b"a"
            catching(start_response, "500 Oh", [], error_info())

        def in_the_iterable(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [("X-One", "1")])
            yield b"a"

        for app, error in [
            (twice, Misuse),
            (hop_by_hop, Misuse),
            (replaced, None),
            (replaced_while_iterated, None),
            (too_late, KeyError),
            (in_the_iterable, None),
        ]:
            with self.subTest(app.__name__):
                caught.clear()
                exchange = open_with(app)
                self.assertIsNone(await exchange.ended())
                self.assertEqual([("x-one", b"1")], exchange.start["headers"])
                self.assertEqual(b"a", exchange.body)
                self.assertEqual([error] if error else [], [type(one) for one in caught])

    async def test_wsgi_start_response__every_field_of_hop_by_hop(self) -> None:
        names = "Connection Keep-Alive Proxy-Connection TE Transfer-Encoding Upgrade"
        for name in names.split():
            with self.subTest(name):
                exchange = open_with(responding([b"a"], [(name, "x")]))
                error = await exchange.ended()
                self.assertIsInstance(error, Misuse)
                self.assertEqual("http.hop-by-hop", error.requirement)  # type: ignore[union-attr]

    async def test_wsgi_start_response__none_before_an_item_or_the_end(self) -> None:
        for items in ([b"a"], [b""], [], iter([b"", b"a"]), iter([])):
            with self.subTest(items=items):
                exchange = open_with(lambda environ, start_response: items)
                self.assertIsInstance(await exchange.ended(), Misuse)
                self.assertEqual([], exchange.sent)

    async def test_wsgi_head_delayed__until_octets_or_the_end(self) -> None:
        gate = Gate()
        exchange = open_with(responding(Items(b"", b"", lambda: gate.wait() or b"a")))
        await gate.reached()
        self.assertEqual([], exchange.calls)
        gate.open()
        await exchange.ended()
        self.assertEqual(b"a", exchange.body)

    async def test_wsgi_length_cut__and_reported(self) -> None:
        cases = [
            lambda: [b"hello"],
            lambda: [b"he", b"llo"],
            lambda: iter([b"hel", b"", b"lo"]),
            lambda: Items(b"hello", b"more"),
        ]
        for make in cases:
            for length, cut in ((0, b""), (3, b"hel")):
                result = make()
                with self.subTest(result=result, length=length):
                    app = responding(result, [("Content-Length", str(length))])
                    with self.assertLogs("portway.wsgi", logging.ERROR) as logs:
                        exchange = open_with(app)
                        self.assertIsNone(await exchange.ended())
                    self.assertEqual(1, len(logs.records))
                    self.assertIn(exchange.scope["id"], logs.output[0])
                    self.assertEqual(cut, exchange.body)
                    self.assertEqual("ended", exchange.outcome)

    async def test_wsgi_length_cut__the_iteration_ends_there(self) -> None:
        items = Items(b"hello", b"more", b"most")
        with self.assertLogs("portway.wsgi"):
            await open_with(responding(items, [("Content-Length", "5")])).ended()
        self.assertEqual((2, 1), (items.asked, items.closed))

    async def test_wsgi_length_cut__what_stands_behind_the_last_item_is_run(self) -> None:
        done: List[str] = []

        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", [("Content-Length", "1")])
            yield b"a"
            done.append("behind")

        with self.assertNoLogs("portway.wsgi") if sys.version_info >= (3, 10) else self.subTest():
            self.assertIsNone(await open_with(app).ended())
        self.assertEqual(["behind"], done)

    async def test_wsgi_length_cut__write_sends_no_more(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            write = start_response("200 OK", [("Content-Length", "3")])
            write(b"hello")
            write(b"more")
            return [b"most"]

        with self.assertLogs("portway.wsgi"):
            exchange = open_with(app)
            self.assertIsNone(await exchange.ended())
        self.assertEqual(b"hel", exchange.body)

    async def test_wsgi_peer_lost__no_further_item(self) -> None:
        for headers in (TEXT, [("Content-Length", "2")]):
            with self.subTest(headers=headers):
                gate = threading.Event()

                def second() -> bytes:
                    gate.wait(10)
                    return b"b"

                items = Items(b"a", second, b"c")
                exchange = open_with(responding(items, headers))
                await exchange.until_sent("http.response.body")
                exchange.lose("peer_reset", 8)
                gate.set()
                error = await exchange.ended()
                self.assertIsInstance(error, Closed)
                self.assertEqual(("peer_reset", 8), (error.cause, error.code))  # type: ignore[union-attr]
                self.assertEqual((2, 1), (items.asked, items.closed))

    async def test_wsgi_peer_lost__while_a_send_waits(self) -> None:
        items = Items(b"a", b"b")
        exchange = open_with(responding(items))
        exchange.hold()
        await exchange.until_sent("http.response.body")
        exchange.lose()
        self.assertIsInstance(await exchange.ended(), Closed)
        self.assertEqual((1, 1), (items.asked, items.closed))

    async def test_wsgi_peer_lost__nothing_is_begun_for_who_has_left(self) -> None:
        called: List[Any] = []
        exchange = Exchange(from_wsgi(lambda *args: called.append(args)), http_scope())
        exchange.lose()
        exchange.call()
        self.assertIsInstance(await exchange.ended(), Closed)
        self.assertEqual([], called)

    async def test_wsgi_close_once__behind_the_end(self) -> None:
        exchange: Exchange
        types: List[List[str]] = []
        items = Items(b"a", on_close=lambda: types.append(exchange.types))
        for headers in (TEXT, [("Content-Length", "1")]):
            with self.subTest(headers=headers):
                types.clear()
                items = Items(b"a", on_close=lambda: types.append(exchange.types))
                exchange = open_with(responding(items, headers))
                self.assertIsNone(await exchange.ended())
                self.assertEqual([exchange.types], types)
                self.assertEqual(1, items.closed)

    async def test_wsgi_close_once__whatever_ended_it(self) -> None:
        cases = [
            (Items(raising(KeyError())), TEXT, KeyError),
            (Items(b"a", raising(KeyError())), TEXT, KeyError),
            (Items("text"), TEXT, TypeError),
            (Items(b"a"), [("Content-Length", "2")], Misuse),
            (Items(b"a"), [("X", "a\nb")], Misuse),
            (Items(), TEXT, type(None)),
        ]
        for items, headers, error in cases:
            with self.subTest(error=error):
                exchange = open_with(responding(items, headers))
                self.assertIsInstance(await exchange.ended(), error)
                self.assertEqual(1, items.closed)

    async def test_wsgi_close_once__its_error_is_reported_and_nothing_else(self) -> None:
        items = Items(b"a", on_close=raising(KeyError("in close")))
        with self.assertLogs("portway.wsgi", logging.ERROR) as logs:
            exchange = open_with(responding(items))
            self.assertIsNone(await exchange.ended())
        self.assertIn("in close", logs.output[0])
        self.assertEqual("ended", exchange.outcome)

    async def test_wsgi_close_once__in_the_thread_of_the_application(self) -> None:
        threads: List[Any] = []

        def note() -> None:
            threads.append(threading.current_thread())

        def app(environ: Any, start_response: Any) -> Any:
            note()
            start_response("200 OK", TEXT)
            return Items(lambda: note() or b"a", on_close=note)

        await open_with(app).ended()
        self.assertEqual(3, len(threads))
        self.assertEqual(1, len(set(threads)))
        self.assertIsNot(threading.current_thread(), threads[0])

    async def test_wsgi_close_once__the_call_returns_behind_it(self) -> None:
        gate = Gate()
        exchange = open_with(responding(Items(b"a", on_close=gate.wait)))
        await gate.reached()
        await turns()
        self.assertIn("http.response.end", exchange.types)
        self.assertFalse(exchange._task.done())  # type: ignore[union-attr]
        gate.open()
        self.assertIsNone(await exchange.ended())

    async def test_lifespan__accepts_files_where_they_are_offered(self) -> None:
        for features, accepts in [
            ({"http.file": (1,)}, {"http.file": 1}),
            ({"http.file": (1, 2)}, {"http.file": 1}),
            ({}, {}),
            ({"tunnel": (1,)}, {}),
        ]:
            with self.subTest(features=features):
                async with Gateway(from_wsgi(hello), features=features) as gateway:
                    self.assertEqual(accepts, gateway.accepts)
                    self.assertEqual(b"hello", (await gateway.request()).body)
                self.assertEqual(["lifespan.ready", "lifespan.stopped"], gateway.lifespan.types)
                self.assertIsNone(gateway.lifespan.error)

    async def test_lifespan__the_threads_end_with_it(self) -> None:
        threads: List[threading.Thread] = []

        def app(environ: Any, start_response: Any) -> Any:
            threads.append(threading.current_thread())
            return hello(environ, start_response)

        async with Gateway(from_wsgi(app)) as gateway:
            await gateway.request()
        threads[0].join(10)
        self.assertFalse(threads[0].is_alive())

    async def test_validator__is_silent(self) -> None:
        def streamed(environ: Any, start_response: Any) -> Any:
            body = environ["wsgi.input"].read(4)
            lines = environ["wsgi.input"].readline()
            start_response("200 OK", TEXT)
            yield body
            yield lines

        def written(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)(b"a")
            environ["wsgi.errors"].write("")
            return []

        def wrapped(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)
            return environ["wsgi.file_wrapper"](io.BytesIO(b"file"))

        for app in (hello, streamed, written, wrapped):
            for method, body in (("GET", b""), ("POST", b"body\nline\n"), ("HEAD", b"")):
                with self.subTest(app=app.__name__, method=method):
                    async with Gateway(from_wsgi(validator(app))) as gateway:
                        response = await gateway.request(method, b"/a%20b?c", body=body)
                    self.assertIsNone(response.error)
                    self.assertEqual("ended", response.outcome)


if __name__ == "__main__":
    unittest.main()
