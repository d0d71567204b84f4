"""ASGI 3 applications under a Portway gateway: the tables of proposal 9, column "old application"."""

import asyncio
import os
import tempfile
import unittest

from portway import Closed, Misuse, UnsupportedScope
from portway.asgi import from_asgi
from tests.memory import (
    Exchange,
    Gateway,
    StartFailed,
    http_scope,
    lifespan_scope,
    request_events,
    websocket_scope,
)

START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
END = {"type": "http.response.body"}


def body(data: bytes, more: bool = True) -> dict:
    return {"type": "http.response.body", "body": data, "more_body": more}


async def scope_of(scope: dict, **options: object) -> dict:
    """What the application below is called with."""
    seen = []

    async def asgi(given, receive, send):
        seen.append(given)
        if given["type"] == "http":
            await send(START)
            await send(END)
        else:
            await send({"type": "websocket.close"})

    exchange = Exchange(from_asgi(asgi, **options), scope).call()
    assert await exchange.ended() is None
    return seen[0]


async def sends(*events: dict, scope: object = None, features: object = ("http.file",)) -> Exchange:
    """The exchange of an application that sends events, and returns."""

    async def asgi(_, receive, send):
        for event in events:
            await send(event)

    exchange = Exchange(from_asgi(asgi), scope or http_scope(), features=features).call()
    await exchange.ended()
    return exchange


class Scope(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_scope__every_key_of_http(self) -> None:
        scope = http_scope(
            method="poST",
            target=b"/a%20b?q=1",
            authority=b"example.org",
            headers=(("host", b"example.org"), ("x-a", b"1"), ("x-a", b"2")),
            state={"pool": self},
        )
        given = await scope_of(scope)
        self.assertEqual(
            given,
            {
                "type": "http",
                "asgi": {"version": "3.0", "spec_version": "2.5"},
                "http_version": "1.1",
                "method": "POST",
                "scheme": "http",
                "path": "/a b",
                "raw_path": b"/a%20b",
                "root_path": "",
                "query_string": b"q=1",
                "headers": [(b"host", b"example.org"), (b"x-a", b"1"), (b"x-a", b"2")],
                "client": ("192.0.2.7", 50123),
                "server": ("192.0.2.1", 80),
                "state": {"pool": self},
                "extensions": {
                    "http.response.trailers": {},
                    "http.response.early_hint": {},
                    "http.response.pathsend": {},
                },
            },
        )
        self.assertIsNot(given["state"], scope["local"]["state"])

    async def test_adapter_scope__what_differs_for_a_websocket(self) -> None:
        for scheme, name in (("http", "ws"), ("https", "wss")):
            given = await scope_of(websocket_scope(scheme=scheme, subprotocols=("a", "b")))
            self.assertEqual((given["type"], given["scheme"]), ("websocket", name))
            self.assertEqual(given["subprotocols"], ["a", "b"])
            self.assertEqual(given["extensions"], {"websocket.http.response": {}})
            self.assertNotIn("method", given)

    async def test_adapter_scope__single_keys(self) -> None:
        unix = {"transport": "unix", "address": "/run/app", "port": None}
        claimed = {"for": "203.0.113.5", "proto": "https", "host": None, "trusted_by": "all"}
        unsaid = {"for": None, "proto": None, "host": None, "trusted_by": "all"}
        for change, key, value in (
            ({"http_version": "1.0"}, "http_version", "1.0"),
            ({"http_version": "2"}, "http_version", "2"),
            ({"http_version": "3"}, "http_version", "3"),
            ({"target": b"/a"}, "query_string", b""),
            ({"target": b"/a?"}, "query_string", b""),
            ({"scheme": "https"}, "scheme", "https"),
            ({"peer": None}, "client", None),
            ({"peer": unix}, "client", None),
            ({"local_address": None}, "server", None),
            ({"local_address": unix}, "server", ("/run/app", None)),
            ({"forwarded": claimed}, "client", ("192.0.2.7", 50123)),
            ({"forwarded": claimed}, "scheme", "http"),
            ({"features": {}}, "extensions", {"http.response.trailers": {}, "http.response.early_hint": {}}),
        ):
            with self.subTest(change=change):
                self.assertEqual((await scope_of(http_scope(**change)))[key], value)
        for change, client, scheme in (
            ({"forwarded": claimed}, ("203.0.113.5", 0), "https"),
            ({"forwarded": unsaid}, ("192.0.2.7", 50123), "http"),
            ({"forwarded": None}, ("192.0.2.7", 50123), "http"),
        ):
            given = await scope_of(http_scope(**change), forwarded=True)
            self.assertEqual((given["client"], given["scheme"]), (client, scheme))
        given = await scope_of(websocket_scope(forwarded=claimed), forwarded=True)
        self.assertEqual(given["scheme"], "wss")

    async def test_adapter_host__the_authority_is_the_only_host_and_the_first(self) -> None:
        a, host = ("a", b"1"), ("host", b"other.example")
        for authority, headers, expected in (
            (b"example.org", (a, host), [(b"host", b"example.org"), (b"a", b"1")]),
            (b"example.org", (a,), [(b"host", b"example.org"), (b"a", b"1")]),
            (b"example.org", (host, a, host), [(b"host", b"example.org"), (b"a", b"1")]),
            (b"", (a, ("host", b"")), [(b"a", b"1"), (b"host", b"")]),
            (b"", (a,), [(b"a", b"1")]),
        ):
            for make in (http_scope, websocket_scope):
                with self.subTest(authority=authority, headers=headers):
                    given = await scope_of(make(authority=authority, headers=headers))
                    self.assertEqual(given["headers"], expected)

    async def test_adapter_fields_joined__asgi_has_room_for_several(self) -> None:
        headers = (("cookie", b"a=1"), ("cookie", b"b=2"), ("accept", b"x"), ("accept", b"y"))
        given = await scope_of(http_scope(authority=b"", headers=headers))
        self.assertEqual(given["headers"], [(name.encode(), value) for name, value in headers])

    async def test_adapter_path__rows_of_from_asgi(self) -> None:
        for path, mount, decoded, root in (
            (b"/", b"", "/", ""),
            (b"/a/b", b"/a", "/a/b", "/a"),
            (b"/a%2Fb/c", b"/a%2Fb", "/a/b/c", "/a/b"),
            (b"/%C3%A4/x", b"/%C3%A4", "/\xe4/x", "/\xe4"),
            (b"/\xc3\xa4", b"", "/\xe4", ""),
            (b"/%FF", b"", "/\ufffd", ""),
            (b"/a+b%zz", b"", "/a+b%zz", ""),
            (b"*", b"", "*", ""),
            (b"//a/../b", b"", "//a/../b", ""),
        ):
            with self.subTest(path=path):
                given = await scope_of(http_scope(target=path, mount=mount))
                self.assertEqual(given["raw_path"], path)
                self.assertEqual((given["path"], given["root_path"]), (decoded, root))

    async def test_app_unsupported_scope__a_type_that_asgi_does_not_have(self) -> None:
        app = from_asgi(lambda *_: self.fail("it was called"))
        with self.assertRaises(UnsupportedScope) as raised:
            await app({"type": "tunnel"}, None, None)
        self.assertEqual(raised.exception.scope_type, "tunnel")


class Body(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_body__pieces_and_their_end(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            for _ in range(3):
                seen.append(await receive())
            await send(START)
            await send(END)

        exchange = Exchange(from_asgi(asgi), http_scope(http_version="2")).call()
        exchange.give(
            {"type": "http.request.body", "data": b"one"},
            {"type": "gateway.drain", "deadline_ms": 5},
            {"type": "org.example.news"},
            {"type": "http.request.body", "data": b"two"},
            {"type": "http.request.end", "trailers": (("a", b"b"),)},
        )
        self.assertIsNone(await exchange.ended())
        self.assertEqual(
            seen,
            [
                {"type": "http.request", "body": b"one", "more_body": True},
                {"type": "http.request", "body": b"two", "more_body": True},
                {"type": "http.request", "body": b"", "more_body": False},
            ],
        )

    async def test_adapter_body__a_head_that_excludes_content_saves_the_question(self) -> None:
        for change, asks in (
            ({}, False),
            ({"http_version": "1.0"}, False),
            ({"headers": (("content-length", b"0"),), "http_version": "2"}, False),
            ({"http_version": "2"}, True),
            ({"headers": (("transfer-encoding", b"chunked"),)}, True),
            ({"headers": (("content-length", b"3"),)}, True),
        ):
            async def asgi(scope, receive, send):
                event = await receive()
                while event["more_body"]:
                    event = await receive()
                await send(START)

            with self.subTest(change=change):
                exchange = Exchange(from_asgi(asgi), http_scope(**change)).call()
                exchange.give(*request_events())
                await exchange.ended()
                self.assertEqual("receive" in exchange.calls, asks)

    async def test_adapter_body__what_comes_behind_a_body_that_was_known_to_be_empty(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            seen.append(await receive())
            seen.append(await receive())

        exchange = Exchange(from_asgi(asgi), http_scope()).call()
        exchange.give(*request_events())
        await exchange.until(lambda x: x.receives == 2)
        exchange.lose()
        await exchange.ended()
        self.assertEqual([event["type"] for event in seen], ["http.request", "http.disconnect"])

    async def test_adapter_no_spool__a_piece_is_passed_on_before_the_next_is_there(self) -> None:
        async def asgi(scope, receive, send):
            await send(START)
            while (event := await receive())["more_body"]:
                await send(body(event["body"]))
            await send(END)

        exchange = Exchange(from_asgi(asgi), http_scope(http_version="2")).call()
        for count, piece in enumerate((b"one", b"two"), 1):
            exchange.give({"type": "http.request.body", "data": piece})
            self.assertEqual((await exchange.until_sent("http.response.body", count))["data"], piece)
        exchange.give(*request_events())
        self.assertIsNone(await exchange.ended())
        self.assertEqual(exchange.outcome, "ended")

    async def test_adapter_no_spool__nothing_is_received_that_is_not_asked_for(self) -> None:
        exchange = await sends(START, END, scope=http_scope(headers=(("content-length", b"9"),)))
        self.assertEqual(exchange.receives, 0)

    async def test_asgi_disconnect__behind_the_response_and_behind_the_loss(self) -> None:
        seen = []

        async def ends(scope, receive, send):
            await send(START)
            await send(END)
            seen.extend([await receive(), await receive()])

        exchange = Exchange(from_asgi(ends), http_scope(http_version="2")).call()
        self.assertIsNone(await exchange.ended())
        self.assertEqual(seen, [{"type": "http.disconnect"}] * 2)

        async def loses(scope, receive, send):
            seen.extend([await receive(), await receive()])

        for given, asked in ((True, 2), (False, 1)):
            seen.clear()
            exchange = Exchange(from_asgi(loses), http_scope(http_version="2")).call()
            if given:
                exchange.give({"type": "http.request.body", "data": b"x"})
            await exchange.until(lambda x: x.receives == asked)
            exchange.lose("peer_reset", 8)
            await exchange.ended()
            self.assertEqual(seen[-1], {"type": "http.disconnect"})

    async def test_asgi_disconnect__a_receive_that_is_pending_is_answered(self) -> None:
        for events in ([], [{"type": "http.request.body", "data": b"x"}], request_events(b"x")):
            seen = []

            async def asgi(scope, receive, send):
                async def listen():
                    while True:
                        seen.append(await receive())
                        if seen[-1]["type"] == "http.disconnect":
                            return

                listener = asyncio.ensure_future(listen())
                await send(START)
                await exchange.until(lambda x: x.receives == len(events) + 1)
                await send(END)
                await listener

            with self.subTest(events=events):
                exchange = Exchange(from_asgi(asgi), http_scope(http_version="2")).call()
                exchange.give(*events)
                self.assertIsNone(await exchange.ended())
                self.assertEqual(len(seen), len(events) + 1)
                self.assertEqual((exchange.outcome, exchange.rejected), ("ended", []))

    async def test_asgi_disconnect__a_receive_that_was_given_up_loses_nothing(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            first = asyncio.ensure_future(receive())
            await exchange.until(lambda x: x.receives == 1)
            first.cancel()
            await asyncio.wait([first])
            exchange.give(*request_events(b"x"))
            seen.append(await receive())
            await send(START)
            await send(END)

        exchange = Exchange(from_asgi(asgi), http_scope(http_version="2")).call()
        self.assertIsNone(await exchange.ended())
        self.assertEqual(seen[0]["body"], b"x")

    async def test_asgi_tolerated__several_calls_of_receive_at_once(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            calls = [asyncio.ensure_future(receive()) for _ in range(5)]
            await exchange.until(lambda x: x.receives == 1)
            calls[0].cancel()
            calls[2].cancel()
            await exchange.until(lambda x: x.receives == 2)
            exchange.give({"type": "http.request.body", "data": b"x"})
            await exchange.until(lambda x: x.receives == 3)
            await send(START)
            await send(END)
            seen.extend(await asyncio.gather(*calls, return_exceptions=True))

        exchange = Exchange(from_asgi(asgi), http_scope(http_version="2")).call()
        self.assertIsNone(await exchange.ended())
        kinds = [event["type"] if isinstance(event, dict) else None for event in seen]
        self.assertEqual(
            kinds, [None, "http.request", None, "http.disconnect", "http.disconnect"]
        )
        self.assertEqual(exchange.rejected, [])


class Response(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_response__what_is_sent_and_what_becomes_of_it(self) -> None:
        start = {"type": "http.response.start", "status": 200, "headers": [("content-type", b"text/plain")]}
        piece = {"type": "http.response.body", "data": b"x"}
        end = {"type": "http.response.end"}
        refused = Misuse
        for events, becomes, error in (
            ((START, END), [start, end], None),
            ((START, body(b"x", False)), [start, piece, end], None),
            ((START, body(b"x"), body(b"")), [start, piece, {**piece, "data": b""}], None),
            ((START, body(b"x"), body(b"x", False)), [start, piece, piece, end], None),
            (({"type": "http.response.start", "status": 204}, END), [{**start, "status": 204, "headers": []}, end], None),
            ((START,), [start], None),
            ((), [], None),
            ((END,), [], refused),
            ((START, START), [start], refused),
            ((START, END, START), [start, end], refused),
        ):
            with self.subTest(events=events):
                exchange = await sends(*events)
                self.assertEqual(exchange.sent, becomes)
                self.assertEqual(None if exchange.error is None else type(exchange.error), error)

    async def test_adapter_response__an_error_of_the_application_is_the_end_of_the_call(self) -> None:
        failure = ValueError("broken")

        async def asgi(scope, receive, send):
            await send(START)
            raise failure

        exchange = Exchange(from_asgi(asgi), http_scope()).call()
        self.assertIs(await exchange.ended(), failure)
        self.assertEqual(exchange.outcome, "aborted")

    async def test_adapter_response__the_call_goes_on_behind_the_response(self) -> None:
        going, went = asyncio.Event(), []

        async def asgi(scope, receive, send):
            await send(START)
            await send(END)
            await going.wait()
            went.append(True)

        exchange = Exchange(from_asgi(asgi), http_scope()).call()
        await exchange.until_sent("http.response.end")
        self.assertEqual(went, [])
        going.set()
        self.assertIsNone(await exchange.ended())
        self.assertEqual(went, [True])

    async def test_adapter_response__the_start_is_passed_on_at_once(self) -> None:
        going = asyncio.Event()

        async def asgi(scope, receive, send):
            await send(START)
            await going.wait()
            await send(END)

        exchange = Exchange(from_asgi(asgi), http_scope()).call()
        await exchange.until_sent("http.response.start")
        going.set()
        self.assertIsNone(await exchange.ended())

    async def test_flow_middleware_bounded__a_send_waits_as_long_as_that_above(self) -> None:
        done = []

        async def asgi(scope, receive, send):
            await send(START)
            await send(body(b"x"))
            done.append("piece")
            await send(END)

        exchange = Exchange(from_asgi(asgi), http_scope())
        exchange.hold()
        exchange.call()
        await exchange.until_sent("http.response.body")
        await asyncio.sleep(0)
        self.assertEqual(done, [])
        exchange.release()
        self.assertIsNone(await exchange.ended())
        self.assertEqual(done, ["piece"])

    async def test_adapter_misuse__the_gateways_errors_reach_the_application(self) -> None:
        for headers, sent, requirement in (
            ([(b"content-length", b"1")], body(b"12", False), "http.length.excess"),
            ([(b"content-length", b"3")], body(b"12", False), "http.length.shortfall"),
            ([(b"a b", b"")], body(b"", False), "http.field-syntax"),
            ([(b"a", b"x\r\ny: z")], body(b"", False), "http.field-syntax"),
            ([], body("text", False), "event.shape"),
        ):
            with self.subTest(requirement=requirement):
                exchange = await sends({**START, "headers": headers}, sent)
                self.assertIsInstance(exchange.error, Misuse)
                self.assertEqual(exchange.error.requirement, requirement)
                self.assertNotEqual(exchange.outcome, "ended")

    async def test_adapter_misuse__of_a_start_with_nothing_behind_it(self) -> None:
        exchange = await sends({**START, "headers": [(b"a b", b"")]})
        self.assertEqual(exchange.error.requirement, "http.field-syntax")

    async def test_asgi_tolerated__names_with_capitals(self) -> None:
        exchange = await sends({**START, "headers": [(b"X-Powered-By", b"A")]}, END)
        self.assertEqual(exchange.start["headers"], [("x-powered-by", b"A")])

    async def test_asgi_tolerated__a_length_with_204_and_white_space_around_values(self) -> None:
        headers = [(b"content-length", b"0"), (b"a", b" \tb c\t ")]
        exchange = await sends({**START, "status": 204, "headers": headers}, END)
        self.assertIsNone(exchange.error)
        self.assertEqual(exchange.start["headers"], [("a", b"b c")])

    async def test_asgi_tolerated__fields_of_the_connection_are_dropped_and_reported_once(self) -> None:
        names = (b"Connection", b"keep-alive", b"Proxy-Connection", b"TE", b"transfer-encoding", b"upgrade")

        async def asgi(scope, receive, send):
            await send({**START, "headers": [(b"a", b"1"), *((name, b"x") for name in names)]})
            await send(END)

        app = from_asgi(asgi)
        with self.assertLogs("portway.asgi", "WARNING") as logs:
            for _ in range(2):
                exchange = Exchange(app, http_scope()).call()
                self.assertIsNone(await exchange.ended())
                self.assertEqual(exchange.start["headers"], [("a", b"1")])
        self.assertEqual(len(logs.output), len(names))

    async def test_asgi_tolerated__what_comes_too_late_is_ignored(self) -> None:
        trailers = {"type": "http.response.trailers", "headers": [(b"a", b"b")]}
        hint = {"type": "http.response.early_hint", "links": [b"</a>"]}
        debug = {"type": "http.response.debug", "info": {}}
        exchange = await sends(
            START, hint, debug, body(b"x", False), body(b"y"), body(b"z", False), trailers, hint
        )
        self.assertIsNone(exchange.error)
        self.assertEqual(exchange.body, b"x")
        self.assertEqual(exchange.types, ["http.response.start", "http.response.body", "http.response.end"])

    async def test_asgi_tolerated__null_in_place_of_nothing(self) -> None:
        exchange = await sends(
            {"type": "http.response.start", "status": 200, "headers": None, "trailers": None},
            {"type": "http.response.body", "body": None, "more_body": None},
        )
        self.assertEqual((exchange.error, exchange.outcome), (None, "ended"))
        exchange = await sends(
            {"type": "websocket.accept", "subprotocol": None, "headers": None},
            {"type": "websocket.send", "text": "a", "bytes": None},
            {"type": "websocket.send", "text": None, "bytes": b"b"},
            {"type": "websocket.close", "code": None, "reason": None},
            scope=websocket_scope(),
        )
        self.assertIsNone(exchange.error)
        self.assertEqual(
            exchange.sent,
            [
                {"type": "websocket.accept", "headers": []},
                {"type": "websocket.message", "text": "a"},
                {"type": "websocket.message", "data": b"b"},
                {"type": "websocket.close"},
            ],
        )

    async def test_asgi_tolerated__the_loss_of_the_peer_is_an_oserror(self) -> None:
        raised = []

        async def asgi(scope, receive, send):
            await send(START)
            await scope_.until(lambda x: x.cancel.is_set())
            try:
                await send(body(b"x"))
            except OSError as error:
                raised.append(error)
                raise

        scope_ = exchange = Exchange(from_asgi(asgi), http_scope()).call()
        await exchange.until_sent("http.response.start")
        exchange.lose("timeout")
        self.assertIsInstance(await exchange.ended(), Closed)
        self.assertEqual(raised[0].cause, "timeout")


class Extensions(unittest.IsolatedAsyncioTestCase):
    async def test_asgi_extensions__trailers_in_several_events(self) -> None:
        def trailers(*headers, more=False):
            return {"type": "http.response.trailers", "headers": headers, "more_trailers": more}

        start = {**START, "trailers": True}
        for events, ended, expected in (
            ((start, body(b"x", False), trailers((b"A", b"1"))), True, [("a", b"1")]),
            ((start, END, trailers((b"a", b"1"), more=True), trailers((b"b", b"2"))), True, [("a", b"1"), ("b", b"2")]),
            ((start, END, trailers()), True, []),
            ((start, END), False, []),
            ((start, END, trailers((b"a", b"1"), more=True)), False, []),
        ):
            with self.subTest(events=events):
                exchange = await sends(*events)
                self.assertEqual(exchange.outcome == "ended", ended)
                if ended:
                    self.assertEqual(exchange.sent[-1].get("trailers", []), expected)

    async def test_asgi_extensions__trailers_that_nobody_has_announced(self) -> None:
        exchange = await sends(START, END, {"type": "http.response.trailers", "headers": [(b"a", b"1")]})
        self.assertEqual(exchange.sent[-1], {"type": "http.response.end"})
        exchange = await sends({**START, "trailers": True}, {"type": "http.response.trailers"})
        self.assertIsInstance(exchange.error, RuntimeError)

    async def test_asgi_extensions__early_hints(self) -> None:
        exchange = await sends(
            {"type": "http.response.early_hint", "links": [b"</a>; rel=preload", b"</b>"]}, START, END
        )
        self.assertEqual(
            exchange.sent[0],
            {
                "type": "http.informational",
                "status": 103,
                "headers": [("link", b"</a>; rel=preload"), ("link", b"</b>")],
            },
        )

    async def test_asgi_extensions__a_file_below_the_roots_is_the_gateways(self) -> None:
        exchange = await sends(START, {"type": "http.response.pathsend", "path": "/srv/a"})
        self.assertEqual(exchange.sent[1:], [{"type": "http.file", "path": "/srv/a"}, {"type": "http.response.end"}])

    async def test_asgi_extensions__a_file_elsewhere_is_read_in_pieces(self) -> None:
        octets = os.urandom(150_000)
        with tempfile.NamedTemporaryFile() as file:
            file.write(octets)
            file.flush()

            async def asgi(scope, receive, send):
                await send(START)
                await send({"type": "http.response.pathsend", "path": file.name})

            for requirement in ("security.file-roots", "security.file-links"):
                exchange = Exchange(from_asgi(asgi), http_scope())
                exchange.refuse_files(requirement)
                self.assertIsNone(await exchange.call().ended())
                self.assertEqual((exchange.body, exchange.outcome), (octets, "ended"))
                self.assertGreater(exchange.types.count("http.response.body"), 1)
            exchange = Exchange(from_asgi(asgi), http_scope())
            exchange.refuse_files("http.file.exists")
            self.assertEqual((await exchange.call().ended()).requirement, "http.file.exists")

    async def test_asgi_extensions__unknown_events_are_dropped(self) -> None:
        exchange = await sends(
            {"type": "http.response.push", "path": "/", "headers": []},
            {"type": "http.response.zerocopysend", "file": 3},
            START,
            {"type": "org.example.news"},
            END,
        )
        self.assertEqual(exchange.types, ["http.response.start", "http.response.end"])
        self.assertIsNone(exchange.error)

    async def test_asgi_extensions__tls(self) -> None:
        tls = {
            "version": "1.3",
            "cipher": "TLS_AES_128_GCM_SHA256",
            "alpn": b"h2",
            "sni": "example.org",
            "client_chain": (),
            "verified": False,
        }
        plain = {
            "server_cert": None,
            "client_cert_chain": [],
            "client_cert_name": None,
            "client_cert_error": None,
            "tls_version": 0x0304,
            "cipher_suite": 0x1301,
        }
        chain = (b"\x30\x00",)
        pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
        for change, expected in (
            ({}, {}),
            ({"version": "1.2"}, {"tls_version": 0x0303}),
            ({"version": None, "cipher": None}, {"tls_version": None, "cipher_suite": None}),
            ({"version": "9", "cipher": "TLS_NEW"}, {"tls_version": None, "cipher_suite": None}),
            ({"client_chain": chain}, {"client_cert_chain": [pem], "client_cert_error": "unverified"}),
            ({"client_chain": chain, "verified": True}, {"client_cert_chain": [pem]}),
        ):
            for make in (http_scope, websocket_scope):
                with self.subTest(change=change):
                    given = await scope_of(make(scheme="https", tls={**tls, **change}))
                    self.assertEqual(given["extensions"]["tls"], {**plain, **expected})


class WebSocket(unittest.IsolatedAsyncioTestCase):
    async def test_asgi_websocket__from_the_handshake_to_the_end(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            seen.append(await receive())
            await send({"type": "websocket.accept", "subprotocol": "chat", "headers": [(b"X-A", b"1")]})
            while seen[-1]["type"] != "websocket.disconnect":
                seen.append(await receive())
            seen.append(await receive())

        exchange = Exchange(from_asgi(asgi), websocket_scope(subprotocols=("chat",))).call()
        exchange.give({"type": "websocket.message", "text": ""}, {"type": "websocket.message", "data": b"x"})
        await exchange.until(lambda x: x.receives == 3)
        exchange.close(4001, "bye")
        self.assertIsNone(await exchange.ended())
        self.assertEqual(
            exchange.sent,
            [{"type": "websocket.accept", "headers": [("x-a", b"1")], "subprotocol": "chat"}],
        )
        disconnect = {"type": "websocket.disconnect", "code": 4001, "reason": "bye"}
        self.assertEqual(
            seen,
            [
                {"type": "websocket.connect"},
                {"type": "websocket.receive", "text": ""},
                {"type": "websocket.receive", "bytes": b"x"},
                disconnect,
                disconnect,
            ],
        )

    async def test_asgi_websocket__a_loss_before_the_acceptance(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            await receive()
            seen.extend([await receive(), await receive()])

        exchange = Exchange(from_asgi(asgi), websocket_scope()).call()
        await exchange.until(lambda x: x.receives == 1)
        exchange.lose("peer_reset")
        await exchange.ended()
        self.assertEqual([event["type"] for event in seen], ["websocket.disconnect"] * 2)
        self.assertEqual(seen[0]["code"], 1006)

    async def test_asgi_websocket__denials(self) -> None:
        start = {"type": "websocket.http.response.start", "status": 401, "headers": [(b"A", b"b")]}
        late = {"type": "websocket.http.response.body", "body": b"late"}
        for events, status, data in (
            (({"type": "websocket.close", "code": 4000, "reason": "no"},), 403, b""),
            ((start, {"type": "websocket.http.response.body", "body": b"who?"}), 401, b"who?"),
            ((start, {"type": "websocket.http.response.body", "body": b"w", "more_body": True}, late, late), 401, b"wlate"),
        ):
            with self.subTest(events=events):
                exchange = await sends(*events, scope=websocket_scope())
                self.assertEqual((exchange.error, exchange.outcome), (None, "ended"))
                self.assertEqual((exchange.start["status"], exchange.body), (status, data))

    async def test_asgi_disconnect__behind_a_denial(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            await receive()
            pending = asyncio.ensure_future(receive())
            await exchange.until(lambda x: x.receives == 1)
            await send({"type": "websocket.close"})
            seen.extend([await pending, await receive()])

        exchange = Exchange(from_asgi(asgi), websocket_scope()).call()
        self.assertIsNone(await exchange.ended())
        self.assertEqual([(event["type"], event["code"]) for event in seen], [("websocket.disconnect", 1006)] * 2)

    async def test_asgi_websocket__what_a_close_cannot_say(self) -> None:
        accept = {"type": "websocket.accept"}
        for close, requirement in (
            ({"code": 1005}, "websocket.close-codes"),
            ({"code": 1000, "reason": "x" * 124}, "websocket.close-limits"),
        ):
            exchange = await sends(accept, {"type": "websocket.close", **close}, scope=websocket_scope())
            self.assertEqual(exchange.error.requirement, requirement)
        exchange = await sends(accept, {"type": "websocket.close", "code": 4000, "reason": "x"}, scope=websocket_scope())
        self.assertEqual(exchange.sent[-1], {"type": "websocket.close", "code": 4000, "reason": "x"})

    async def test_asgi_websocket__drains_and_unknown_events_are_dropped(self) -> None:
        seen = []

        async def asgi(scope, receive, send):
            await receive()
            await send({"type": "websocket.accept"})
            seen.append(await receive())

        exchange = Exchange(from_asgi(asgi), websocket_scope()).call()
        exchange.give({"type": "gateway.drain", "deadline_ms": 1}, {"type": "org.example.news"})
        exchange.give({"type": "websocket.message", "text": "a"})
        await exchange.ended()
        self.assertEqual(seen[0]["text"], "a")


class Lifespan(unittest.IsolatedAsyncioTestCase):
    async def run_lifespan(self, asgi, **options):
        """Start, a request, and the stop."""
        async with Gateway(from_asgi(asgi, **options)) as gateway:
            await gateway.request()
        await gateway.lifespan.ended()
        return gateway

    async def test_asgi_lifespan__from_start_to_stop(self) -> None:
        seen, states = [], []

        async def asgi(scope, receive, send):
            if scope["type"] == "http":
                states.append(scope["state"])
                scope["state"]["own"] = True
                await send(START)
                return await send(END)
            self.assertEqual(scope["asgi"], {"version": "3.0", "spec_version": "2.0"})
            seen.append(await receive())
            scope["state"]["pool"] = self
            await send({"type": "lifespan.startup.complete"})
            scope["state"]["late"] = True
            seen.append(await receive())
            await send({"type": "lifespan.shutdown.complete"})

        gateway = await self.run_lifespan(asgi)
        self.assertEqual(seen, [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}])
        self.assertEqual(
            gateway.lifespan.sent,
            [
                {"type": "lifespan.ready", "state": {"pool": self}, "accepts": {"http.file": 1}},
                {"type": "lifespan.stopped"},
            ],
        )
        self.assertEqual(states, [{"pool": self, "own": True}])
        self.assertEqual(gateway.state, {"pool": self})
        self.assertIsNone(gateway.lifespan.error)

    async def test_asgi_lifespan__accepts_only_what_is_offered(self) -> None:
        async def asgi(scope, receive, send):
            if scope["type"] == "lifespan":
                await receive()
                await send({"type": "lifespan.startup.complete"})

        for features, accepts in (({}, {}), ({"http.file": (1, 2)}, {"http.file": 1}), ({"http.file": (2,)}, {})):
            async with Gateway(from_asgi(asgi), features=features) as gateway:
                self.assertEqual(gateway.accepts, accepts)

    async def test_asgi_lifespan__a_start_that_failed(self) -> None:
        async def asgi(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.failed", "message": "no database"})

        with self.assertRaisesRegex(StartFailed, "no database"):
            await self.run_lifespan(asgi)

    async def test_asgi_lifespan__a_shutdown_that_failed_is_an_error_of_the_call(self) -> None:
        async def asgi(scope, receive, send):
            if scope["type"] == "lifespan":
                await receive()
                await send({"type": "lifespan.startup.complete"})
                await receive()
                await send({"type": "lifespan.shutdown.failed", "message": "still busy"})

        gateway = await self.run_lifespan(asgi)
        self.assertRegex(str(gateway.lifespan.error), "still busy")

    async def test_asgi_lifespan_absent__an_end_without_an_event(self) -> None:
        async def raises(scope, receive, send):
            assert scope["type"] == "http"
            await send(START)
            await send(END)

        async def receives_and_raises(scope, receive, send):
            await receive()
            raise ValueError("not for me")

        async def returns(scope, receive, send):
            return None

        for asgi in (raises, receives_and_raises, returns):
            for options in ({}, {"lifespan": "auto"}):
                with self.subTest(asgi=asgi), self.assertLogs("portway.asgi", "WARNING"):
                    gateway = Gateway(from_asgi(asgi, **options))
                    async with gateway:
                        self.assertFalse(gateway.supported)
            with self.subTest(asgi=asgi), self.assertNoLogsOf("portway.asgi"):
                async with Gateway(from_asgi(asgi, lifespan="off")) as gateway:
                    self.assertFalse(gateway.supported)

    async def test_asgi_lifespan_required__such_an_end_is_fatal(self) -> None:
        async def raises(scope, receive, send):
            raise ValueError("not for me")

        async def returns(scope, receive, send):
            return None

        async def declines(scope, receive, send):
            raise UnsupportedScope(scope["type"])

        for asgi in (raises, returns, declines):
            with self.subTest(asgi=asgi), self.assertRaises(StartFailed):
                await self.run_lifespan(asgi, lifespan="required")

    async def test_asgi_lifespan__an_error_behind_the_start_ends_the_call(self) -> None:
        failure = ValueError("lost the database")

        async def asgi(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.complete"})
            raise failure

        exchange = Exchange(from_asgi(asgi), lifespan_scope()).call()
        exchange.give({"type": "lifespan.startup", "offers": {"http.file": (1,)}, "limits": {}})
        self.assertIs(await exchange.ended(), failure)

    async def test_asgi_tolerated__a_lifespan_call_that_returns_when_it_is_ready(self) -> None:
        async def asgi(scope, receive, send):
            await receive()
            await send({"type": "lifespan.startup.complete"})

        async with Gateway(from_asgi(asgi)) as gateway:
            await gateway.lifespan.until(lambda x: x.receives == 2)
            self.assertFalse(gateway.lifespan._task.done())
        self.assertIsNone(await gateway.lifespan.ended())
        self.assertEqual(
            [event["type"] for event in gateway.lifespan.given],
            ["lifespan.startup", "lifespan.drain", "lifespan.shutdown"],
        )

    def assertNoLogsOf(self, name: str):  # `assertNoLogs` is of Python 3.10.
        test = self

        class NoLogs:
            def __enter__(self):
                self.logs = test.assertLogs(name, "DEBUG")
                self.logs.__enter__()

            def __exit__(self, *error):
                try:
                    self.logs.__exit__(*error)
                except AssertionError:
                    return
                test.fail("something was logged")

        return NoLogs()

    def test_an_option_that_there_is_not(self) -> None:
        with self.assertRaises(ValueError):
            from_asgi(lambda *_: None, lifespan="maybe")
