"""Portway applications on a server for ASGI 3: the tables of proposal 9, column "old server"."""

import asyncio
import contextvars
import inspect
import os
import tempfile
import unittest

from portway import Closed, Misuse, UnsupportedScope, application
from portway.asgi import to_asgi
from tests.asgi_server import Call, http_scope, request, request_events, websocket_scope

START = {"type": "http.response.start", "status": 200, "headers": [("content-type", b"text/plain")]}
END = {"type": "http.response.end"}
ASGI_START = {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]}
PUSH = {"type": "http.response.body", "body": b"", "more_body": True}
LAST = {"type": "http.response.body", "body": b"", "more_body": False}


def data(octets: bytes) -> dict:
    return {"type": "http.response.body", "data": octets}


def body(octets: bytes, more: bool) -> dict:
    return {"type": "http.response.body", "body": octets, "more_body": more}


def on_asgi(handler, **options):
    """A handler of requests and WebSockets, without lifespan, as an ASGI application."""
    return to_asgi(application(http=handler, websocket=handler), **options)


async def scope_of(scope: dict, **options: object) -> dict:
    """What the application below is called with."""
    seen = []

    async def app(given, receive, send):
        seen.append(given)
        await send({"type": "http.response.start", "status": 403})
        await send(END)

    error = await Call(on_asgi(app, **options), scope).call().ended()
    assert error is None, error
    return seen[0]


async def sends(*events: dict, **changes: object) -> Call:
    """The call of an application that sends events, and returns."""
    make = websocket_scope if changes.pop("websocket", False) else http_scope

    async def app(scope, receive, send):
        for event in events:
            await send(event)

    call = Call(on_asgi(app), make(**changes)).call()
    await call.ended()
    return call


class Scope(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_scope__every_field_of_http(self) -> None:
        pool = object()
        given = await scope_of(
            http_scope(
                method="POST",
                path="/a b",
                raw_path=b"/a%20b",
                query_string=b"q=1",
                headers=[(b"Host", b"example.org"), (b"content-length", b"3"), (b"x", b"1"), (b"x", b"2")],
                state={"pool": pool},
            )
        )
        cancel, state = given["local"]["cancel"], given["local"]["state"]
        self.assertFalse(cancel.is_set())
        self.assertEqual(dict(state), {"pool": pool})
        with self.assertRaises(TypeError):
            state["own"] = True
        gateway = given.pop("gateway")
        self.assertEqual((gateway["interface"], gateway["features"]), ("0.1", {}))
        self.assertRegex(gateway["software"], "portway-asgi/")
        limits = given.pop("limits")
        self.assertEqual((limits["send_buffer_octets"], limits["body_octets"]), (65536, None))
        for name in ("id", "local"):
            given.pop(name)
        self.assertEqual(
            given,
            {
                "type": "http",
                "http_version": "1.1",
                "method": "POST",
                "scheme": "http",
                "authority": b"example.org",
                "target": b"/a%20b?q=1",
                "path": b"/a%20b",
                "mount": b"",
                "query": b"q=1",
                "headers": (("host", b"example.org"), ("content-length", b"3"), ("x", b"1"), ("x", b"2")),
                "content_length": 3,
                "peer": {"transport": "tcp", "address": "192.0.2.7", "port": 50123},
                "local_address": {"transport": "tcp", "address": "192.0.2.1", "port": 80},
                "forwarded": None,
                "tls": None,
                "upgrade": None,
            },
        )

    async def test_adapter_scope__what_differs_for_a_websocket(self) -> None:
        for version, scheme, expected in (
            ("1.1", "ws", ("1.1", "GET", "http")),
            ("2", "wss", ("2", "CONNECT", "https")),
            ("3", "wss", ("3", "CONNECT", "https")),
            (None, "ws", ("1.1", "GET", "http")),
            ("1.1", None, ("1.1", "GET", "http")),
        ):
            with self.subTest(version=version, scheme=scheme):
                given = await scope_of(
                    websocket_scope(http_version=version, scheme=scheme, subprotocols=["a", "b"])
                )
                self.assertEqual((given["http_version"], given["method"], given["scheme"]), expected)
                self.assertEqual(given["subprotocols"], ("a", "b"))
                self.assertEqual(given["type"], "websocket")

    async def test_adapter_scope__single_fields(self) -> None:
        for change, field, value in (
            ({"http_version": "2"}, "http_version", "2"),
            ({"http_version": "1.0"}, "http_version", "1.0"),
            ({"query_string": b""}, "query", None),
            ({"query_string": None}, "query", None),
            ({"query_string": b""}, "target", b"/"),
            ({"client": None}, "peer", None),
            ({"client": ["::1", 9]}, "peer", {"transport": "tcp", "address": "::1", "port": 9}),
            ({"client": ("::1", 9), "scheme": "https"}, "peer", {"transport": "tls", "address": "::1", "port": 9}),
            (
                {"client": ("::1", 9), "scheme": "https", "http_version": "3"},
                "peer",
                {"transport": "quic", "address": "::1", "port": 9},
            ),
            ({"server": None}, "local_address", None),
            ({"server": ("/run/app", None)}, "local_address", {"transport": "unix", "address": "/run/app", "port": None}),
            ({"headers": []}, "authority", b""),
            ({"headers": [(b"content-length", b"x")]}, "content_length", None),
            ({"headers": iter([[b"a", b"b"]])}, "headers", (("a", b"b"),)),
            ({"scheme": None}, "scheme", "http"),
        ):
            with self.subTest(change=change):
                self.assertEqual((await scope_of(http_scope(**change)))[field], value)
        given = await scope_of(http_scope(), peer_known=False)
        self.assertIsNone(given["peer"])

    async def test_scope_id_unique__of_any_two_calls(self) -> None:
        ids = {(await scope_of(http_scope()))["id"] for _ in range(5)}
        self.assertEqual(len(ids), 5)

    async def test_adapter_path__rows_of_to_asgi(self) -> None:
        for raw, path, root, expected, mount in (
            (b"/a%2Fb", "/a/b", "", b"/a%2Fb", b""),
            (None, "/a/b \xe4%", "", b"/a/b%20%C3%A4%25", b""),
            (None, "/:@!$&'()*+,;=~-._", "", b"/:@!$&'()*+,;=~-._", b""),
            (b"/app/x", "/app/x", "/app", b"/app/x", b"/app"),
            (b"/app", "/app", "/app", b"/app", b"/app"),
            (b"/app/", "/app/", "/app/", b"/app/", b"/app"),
            (b"/%61pp/x", "/app/x", "/app", b"/%61pp/x", b"/%61pp"),
            (b"/a%2Fb/x", "/a/b/x", "/a/b", b"/a%2Fb/x", b"/a%2Fb"),
            (b"/apple", "/apple", "/app", b"/app/apple", b"/app"),
            (b"/x", "/x", "/app", b"/app/x", b"/app"),
            (b"/x", "/x", "/\xe4 b", b"/%C3%A4%20b/x", b"/%C3%A4%20b"),
            (None, "/app/x", "/app", b"/app/x", b"/app"),
            (b"/", "/", "/", b"/", b""),
            (b"/a?b", "/a", "", b"/a", b""),
            ("/a%2Fb", "/a/b", "", b"/a%2Fb", b""),
            (b"*", "*", "", b"*", b""),
        ):
            with self.subTest(raw=raw, path=path, root=root):
                given = await scope_of(http_scope(raw_path=raw, path=path, root_path=root))
                self.assertEqual((given["path"], given["mount"]), (expected, mount))

    async def test_asgi_extensions__tls(self) -> None:
        pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
        plain = {"version": None, "cipher": None, "alpn": None, "sni": None, "client_chain": (), "verified": False}
        for change, expected in (
            ({}, {}),
            ({"tls_version": 0x0304, "cipher_suite": 0x1301}, {"version": "1.3", "cipher": "TLS_AES_128_GCM_SHA256"}),
            ({"tls_version": 1, "cipher_suite": 0xFFFF}, {}),
            ({"client_cert_chain": [pem], "client_cert_error": "unverified"}, {"client_chain": (b"0\0",)}),
            ({"client_cert_chain": [pem], "client_cert_error": None}, {"client_chain": (b"0\0",), "verified": True}),
            ({"client_cert_chain": [], "server_cert": pem, "client_cert_name": "CN=a"}, {}),
        ):
            with self.subTest(change=change):
                given = await scope_of(http_scope(scheme="https", extensions={"tls": change}))
                self.assertEqual(given["tls"], {**plain, **expected})

    def test_adapter_scope__servers_recognise_a_function(self) -> None:
        self.assertTrue(inspect.isfunction(on_asgi(None)))
        self.assertTrue(inspect.iscoroutinefunction(on_asgi(None)))

    async def test_app_unsupported_scope__a_type_that_portway_does_not_have(self) -> None:
        with self.assertRaises(UnsupportedScope):
            await on_asgi(None)({"type": "carrier.pigeon"}, None, None)

    async def test_python_context__of_each_conversation(self) -> None:
        variable = contextvars.ContextVar("variable", default=0)
        seen = []

        async def app(scope, receive, send):
            seen.append(variable.get())
            variable.set(1)
            await send(START)
            await send(END)

        asgi = on_asgi(app)
        for _ in range(2):
            await request(asgi)
        self.assertEqual(seen, [0, 0])


class Body(unittest.IsolatedAsyncioTestCase):
    async def received(self, *events: dict, times: int, **changes: object) -> list:
        seen = []

        async def app(scope, receive, send):
            for _ in range(times):
                seen.append(await receive())
            await send(START)
            await send(END)
            seen.append(await receive())

        call = Call(on_asgi(app), http_scope(**changes)).call()
        call.give(*events)
        await call.ended()
        return seen

    async def test_adapter_body__pieces_and_their_end(self) -> None:
        one, two = ({"type": "http.request.body", "data": d} for d in (b"one", b"two"))
        end = {"type": "http.request.end", "trailers": ()}
        complete = {"type": "http.closed", "cause": "complete"}
        for events, expected in (
            ([{"type": "http.request"}], [end]),
            (request_events(b"one"), [one, end]),
            (request_events([b"one", b"", b"two"]), [one, two, end]),
            ([*request_events([b"one", b""])], [one, end]),
            ([{"type": "org.example.news"}, *request_events(b"one")], [one, end]),
        ):
            with self.subTest(events=events):
                seen = await self.received(*events, times=len(expected))
                self.assertEqual(seen, [*expected, complete])

    async def test_flow_input_bounded__a_large_piece_is_cut(self) -> None:
        octets = os.urandom(150_000)
        seen = await self.received(*request_events(octets), times=4)
        self.assertEqual(b"".join(event["data"] for event in seen[:3]), octets)
        self.assertEqual(max(len(event["data"]) for event in seen[:3]), 65536)

    async def test_adapter_no_spool__nothing_is_read_ahead_of_a_piece_that_waits(self) -> None:
        going = asyncio.Event()

        async def app(scope, receive, send):
            await going.wait()
            while (await receive())["type"] != "http.request.end":
                pass
            await send(START)
            await send(END)

        call = Call(on_asgi(app), http_scope()).call()
        call.give(*request_events([b"one", b"two", b"three"]))
        await call.until(lambda x: x.receives == 1)
        await asyncio.sleep(0)
        self.assertEqual(call.receives, 1)
        going.set()
        self.assertIsNone(await call.ended())

    async def test_http_request_discard__what_still_comes_is_read_and_dropped(self) -> None:
        seen = []

        async def app(scope, receive, send):
            await call.until(lambda x: x.receives == 1)
            await send({"type": "http.request.discard"})
            await call.until(lambda x: x.receives == 4)
            await send(START)
            await send(END)
            seen.append(await receive())

        call = Call(on_asgi(app), http_scope()).call()
        call.give(*request_events([b"one", b"two", b"three"]))
        self.assertIsNone(await call.ended())
        self.assertEqual(seen, [{"type": "http.closed", "cause": "complete"}])

    async def test_asgi_receive_on_demand__of_a_request_that_expects_100(self) -> None:
        headers = [(b"Expect", b"100-Continue"), (b"content-length", b"1")]
        for first in (START, {"type": "http.request.discard"}, None):
            moments = []

            async def app(scope, receive, send):
                for _ in range(5):
                    await asyncio.sleep(0)
                moments.append(call.receives)
                if first is None:
                    await receive()
                else:
                    await send(first)
                await call.until(lambda x: x.receives >= 1)
                moments.append(call.receives >= 1)
                if first is not START:
                    await send(START)
                await send(END)

            with self.subTest(first=first):
                call = Call(on_asgi(app), http_scope(headers=headers)).call()
                call.give(*request_events(b"x"))
                self.assertIsNone(await call.ended())
                self.assertEqual(moments, [0, True])

    async def test_asgi_watch__behind_the_end_of_a_request_that_nobody_has_received(self) -> None:
        async def app(scope, receive, send):
            await scope["local"]["cancel"].wait()
            seen.extend([(await receive())["type"], (await receive())["type"]])

        for body_, expected in (
            (b"", ["http.request.end", "http.closed"]),
            (b"x", ["http.request.body", "http.request.end"]),
        ):
            seen = []
            call = Call(on_asgi(app), http_scope()).call()
            call.give(*request_events(body_), {"type": "http.disconnect"})
            self.assertIsNone(await call.ended())
            self.assertEqual(seen, expected)

    async def test_asgi_watch__a_loss_is_seen_without_a_receive(self) -> None:
        for events in ([], request_events()):
            seen = []

            async def app(scope, receive, send):
                if events:
                    seen.append((await receive())["type"])
                cancel = scope["local"]["cancel"]
                reason = await cancel.wait()
                seen.append((await receive(), reason.cause))
                await send(START)

            with self.subTest(events=events):
                call = Call(on_asgi(app), http_scope()).call()
                call.give(*events, {"type": "http.disconnect"})
                self.assertIsNone(await call.ended())  # `Closed` is no fault.
                lost = {"type": "http.closed", "cause": "connection_lost"}
                self.assertEqual(seen[-1], (lost, "connection_lost"))
                self.assertEqual(call.sent, [])

    async def test_receive_single__a_second_is_misuse_and_a_given_up_one_loses_nothing(self) -> None:
        seen = []

        async def app(scope, receive, send):
            first = asyncio.ensure_future(receive())
            await asyncio.sleep(0)
            with self.assertRaises(Misuse) as raised:
                await receive()
            seen.append(raised.exception.requirement)
            first.cancel()
            await asyncio.wait([first])
            unstarted = asyncio.ensure_future(receive())
            unstarted.cancel()
            await asyncio.wait([unstarted])
            del first, unstarted
            call.give(*request_events(b"x"))
            seen.append((await receive())["data"])
            await send(START)
            await send(END)

        call = Call(on_asgi(app), http_scope()).call()
        self.assertIsNone(await call.ended())
        self.assertEqual(seen, ["receive.single", b"x"])


class Response(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_response__what_is_sent_and_what_becomes_of_it(self) -> None:
        hints = {"type": "http.informational", "status": 103, "headers": [("link", b"</a>")]}
        refusal = {"type": "http.response.start", "status": 503}
        for events, becomes in (
            ((START, END), [ASGI_START, LAST]),
            ((START, data(b"x"), END), [ASGI_START, body(b"x", False)]),
            ((START, data(b"x"), data(b"y"), END), [ASGI_START, body(b"x", True), body(b"y", False)]),
            ((hints, START, END), [ASGI_START, LAST]),
            (({"type": "http.response.start", "status": 204}, END), [{**ASGI_START, "status": 204, "headers": []}, LAST]),
            ((START, {**END, "trailers": [("a", b"b")]}), [ASGI_START, LAST]),
            (
                ({"type": "http.refuse"},),
                [{**refusal, "headers": [(b"retry-after", b"0"), (b"content-length", b"0")]}, LAST],
            ),
        ):
            with self.subTest(events=events):
                call = await sends(*events)
                self.assertIsNone(call.error)
                self.assertEqual(call.sent, becomes)

    async def test_adapter_response__no_body_for_head(self) -> None:
        call = await sends(START, data(b"x"), data(b"y"), END, method="HEAD")
        self.assertEqual((call.body, call.complete, call.error), (b"", True, None))

    async def test_adapter_misuse__the_checks_and_machines_of_a_gateway(self) -> None:
        short = {**START, "headers": [("content-length", b"1")]}
        for events, requirement in (
            ((START, START), "http.start-once"),
            ((data(b"x"),), "http.body-before-start"),
            ((short, data(b"xy")), "http.length.excess"),
            ((short, END), "http.length.shortfall"),
            (({**START, "headers": [("X", b"")]},), "http.field-syntax"),
            (({**START, "headers": [("te", b"x")]},), "http.hop-by-hop"),
            (({**START, "status": "200"},), "event.shape"),
            (({"type": "http.response.begin"},), "event.unknown-type-misuse"),
            ((START, {"type": "http.file", "path": "/a"}), "feature.only-accepted"),
            ((START, END, END), "http.nothing-after-end"),
            ((START, {**data(b"x"), "!org.example.key": 1}), "event.must-understand"),
        ):
            with self.subTest(requirement=requirement):
                call = await sends(*events)
                self.assertIsInstance(call.error, Misuse)
                self.assertEqual(call.error.requirement, requirement)

    async def test_http_500_when_open__the_servers_by_an_error_of_the_call(self) -> None:
        failure = ValueError("broken")

        async def raises(scope, receive, send):
            raise failure

        async def returns(scope, receive, send):
            pass

        async def unended(scope, receive, send):
            await send(START)
            await send(data(b"x"))

        for app, error in ((raises, ValueError), (returns, Misuse), (unended, Misuse)):
            call = Call(on_asgi(app), http_scope()).call()
            self.assertIsInstance(await call.ended(), error)
            self.assertFalse(call.complete)

    async def test_http_unsupported_scope__is_answered_with_501_and_no_fault(self) -> None:
        call = Call(to_asgi(application()), http_scope()).call()
        self.assertIsNone(await call.ended())
        self.assertEqual((call.sent[0]["status"], call.complete), (501, True))
        call = Call(to_asgi(application()), websocket_scope()).call()
        self.assertIsNone(await call.ended())
        self.assertEqual((call.types[0], call.sent[0]["status"]), ("websocket.http.response.start", 501))

    async def test_closed_not_an_error__where_nobody_is_lost_it_is_answered_with_500(self) -> None:
        async def app(scope, receive, send):
            raise Closed("connection_lost")

        call = Call(on_asgi(app), http_scope()).call()
        self.assertIsNone(await call.ended())
        self.assertEqual((call.sent[0]["status"], call.complete), (500, True))

    async def test_adapter_response__an_abort_ends_the_call_with_an_error_at_once(self) -> None:
        going, ended = asyncio.Event(), []

        async def app(scope, receive, send):
            await send(START)
            await send(data(b"x"))
            await call.until_sent("http.response.body")
            await send({"type": "http.response.abort"})
            await going.wait()
            ended.append((await receive())["cause"])
            done.set()

        done = asyncio.Event()
        call = Call(on_asgi(app), http_scope()).call()
        self.assertIsNotNone(await call.ended())
        self.assertFalse(call.complete)
        self.assertEqual(ended, [])
        going.set()
        await asyncio.wait_for(done.wait(), 5)
        self.assertEqual(ended, ["complete"])

    async def test_asgi_head_pushed__when_nothing_more_is_sent_in_the_same_turn(self) -> None:
        going = asyncio.Event()

        async def app(scope, receive, send):
            await send(START)
            await going.wait()
            await send(data(b"x"))
            await send(END)

        call = Call(on_asgi(app), http_scope()).call()
        await call.until_sent("http.response.body")
        self.assertEqual(call.sent, [ASGI_START, PUSH])
        going.set()
        self.assertIsNone(await call.ended())
        self.assertEqual(call.sent[2:], [body(b"x", False)])

    async def test_flow_send_waits__as_long_as_the_server_does_not_take_it(self) -> None:
        sent = []

        async def app(scope, receive, send):
            await send(START)
            for _ in range(3):
                await send(data(bytes(40_000)))
                sent.append(len(sent))
            await send(END)

        call = Call(on_asgi(app), http_scope())
        call.hold()
        call.call()
        await call.until_sent("http.response.start")
        for _ in range(5):
            await asyncio.sleep(0)
        self.assertEqual(sent, [0])  # The second has filled the buffer.
        call.release()
        self.assertIsNone(await call.ended())
        self.assertEqual(len(call.body), 120_000)

    async def test_python_send_at_call__events_of_sends_that_nobody_awaits(self) -> None:
        async def app(scope, receive, send):
            buffer = bytearray(b"one")
            send(START)
            send(data(buffer))
            buffer[:] = b"two"
            send(data(memoryview(buffer)))
            buffer[:] = b"six"
            send(data("text"))
            send(END)

        call = Call(on_asgi(app), http_scope()).call()
        self.assertIsNone(await call.ended())
        self.assertEqual((call.body, call.complete), (b"onetwo", True))

    async def test_asgi_lost__when_the_servers_send_raises_an_oserror(self) -> None:
        seen = []

        async def app(scope, receive, send):
            await send(START)
            await call.until_sent("http.response.body")
            call.send_error = BrokenPipeError()
            waiting = send(data(bytes(100_000)))
            try:
                await waiting
            except OSError as error:
                seen.append((error.cause, scope["local"]["cancel"].is_set()))
            seen.append(await receive())
            await send(END)

        call = Call(on_asgi(app), http_scope()).call()
        self.assertIsNone(await call.ended())
        self.assertEqual(
            seen, [("connection_lost", True), {"type": "http.closed", "cause": "connection_lost"}]
        )

    async def test_cancel_after_end__a_disconnect_behind_the_response_is_none(self) -> None:
        seen = []

        async def app(scope, receive, send):
            await receive()
            await send(START)
            await send(END)
            await call.until(lambda x: x.complete)
            call.give({"type": "http.disconnect"})
            await call.until(lambda x: x.pending == 0)
            seen.extend([await receive(), scope["local"]["cancel"].is_set()])

        call = Call(on_asgi(app), http_scope()).call()
        call.give(*request_events())
        self.assertIsNone(await call.ended())
        self.assertEqual(seen, [{"type": "http.closed", "cause": "complete"}, False])

    async def test_a_server_that_takes_nothing_more_is_not_the_applications_fault(self) -> None:
        async def app(scope, receive, send):
            await send(START)
            await call.until_sent("http.response.body")
            call.send_error = RuntimeError("wrong state")
            await send(data(bytes(100_000)))

        call = Call(on_asgi(app), http_scope()).call()
        self.assertIsInstance(await call.ended(), RuntimeError)

    async def test_a_call_that_the_server_cancels(self) -> None:
        seen = []

        async def app(scope, receive, send):
            try:
                await receive()
            except asyncio.CancelledError:
                seen.append(scope["local"]["cancel"].reason.cause)
                raise

        call = Call(on_asgi(app), http_scope()).call()
        await call.until(lambda x: x.receives == 1)
        await call.cancelled()
        self.assertEqual(seen, ["connection_lost"])
        self.assertEqual(call.pending, 0)


class Extensions(unittest.IsolatedAsyncioTestCase):
    async def test_asgi_extensions__trailers(self) -> None:
        announced = {**START, "headers": [("trailer", b"a")]}
        end = {**END, "trailers": [("a", b"1")]}
        trailers = {"type": "http.response.trailers", "headers": [(b"a", b"1")], "more_trailers": False}
        offered = {"extensions": {"http.response.trailers": {}}}
        for events, changes, expected in (
            ((announced, end), offered, [trailers]),
            ((announced, END), offered, [{**trailers, "headers": []}]),
            ((START, end), offered, []),
            ((announced, end), {}, []),
        ):
            with self.subTest(events=events):
                call = await sends(*events, **changes)
                sent = [event for event in call.sent if event["type"] == "http.response.trailers"]
                self.assertEqual(sent, expected)
                self.assertEqual("trailers" in call.sent[0], bool(expected))
                names = [name for name, _ in call.sent[0]["headers"]]
                self.assertEqual(b"trailer" in names, bool(expected))

    async def test_http_trailers_dropped__their_notice_goes_with_them(self) -> None:
        end = {**END, "trailers": [("a", b"1")]}
        offered = {"extensions": {"http.response.trailers": {}}}

        def announced(status=200, *headers):
            return {**START, "status": status, "headers": [*headers, ("trailer", b"a")]}

        empty = announced(200, ("content-length", b"0"))
        for start, changes, kept in (
            (announced(), {"http_version": "1.1"}, True),
            (empty, {"http_version": "1.1"}, False),
            (empty, {"http_version": "2"}, True),
            (announced(), {"http_version": "1.0"}, False),
            (announced(204), {}, False),
            (announced(304), {}, False),
            (announced(), {"method": "HEAD"}, False),
        ):
            with self.subTest(start=start, changes=changes):
                call = await sends(start, end, **offered, **changes)
                names = [name for name, _ in call.sent[0]["headers"]]
                self.assertEqual(b"trailer" in names, kept)
                self.assertEqual(call.types[-1] == "http.response.trailers", kept)

    async def test_asgi_extensions__early_hints(self) -> None:
        def informational(status, *headers):
            return {"type": "http.informational", "status": status, "headers": headers}

        offered = {"extensions": {"http.response.early_hint": {}}}
        for event, changes, expected in (
            (informational(103, ("link", b"</a>"), ("x", b"y"), ("link", b"</b>")), offered, [[b"</a>", b"</b>"]]),
            (informational(103, ("x", b"y")), offered, []),
            (informational(102), offered, []),
            (informational(103, ("link", b"</a>")), {}, []),
        ):
            call = await sends(event, START, END, **changes)
            hints = [event["links"] for event in call.sent if event["type"] == "http.response.early_hint"]
            self.assertEqual((hints, call.complete), (expected, True))

    async def test_asgi_extensions__files(self) -> None:
        octets = os.urandom(150_000)
        offered = {"http.response.pathsend": {}}
        with tempfile.TemporaryDirectory() as folder:
            root = os.path.realpath(folder)
            path = os.path.join(root, "a.bin")
            with open(path, "wb") as file:
                file.write(octets)
            whole = {"type": "http.file", "path": path}
            part = {**whole, "offset": 10, "length": 70_000}
            length = {**START, "headers": [("content-length", b"150000")]}
            for extensions, events, handed, expected in (
                ({}, (START, whole, END), False, octets),
                (offered, (length, whole, END), True, b""),
                (offered, (START, data(b"<"), whole, data(b">"), END), False, b"<" + octets + b">"),
                (offered, (START, part, END), False, octets[10:70_010]),
            ):
                async def app(scope, receive, send):
                    self.assertEqual(scope["gateway"]["features"], {"http.file": (1,)})
                    for event in events:
                        await send(event)

                with self.subTest(events=events):
                    call = Call(on_asgi(app, roots=[root]), http_scope(extensions=extensions)).call()
                    self.assertIsNone(await call.ended())
                    self.assertEqual(call.body, expected)
                    handed_over = [e["path"] for e in call.sent if e["type"] == "http.response.pathsend"]
                    self.assertEqual(handed_over, [path] if handed else [])
                    self.assertEqual(call.complete, not handed)

    async def test_security_file_roots__and_the_other_checks_of_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as outside:
            root = os.path.realpath(folder)
            with open(os.path.join(root, "a"), "wb") as file:
                file.write(b"0123456789")
            os.symlink(outside.name, os.path.join(root, "out"))
            os.mkdir(os.path.join(root, "folder"))
            for path, more, requirement in (
                (outside.name, {}, "security.file-roots"),
                (root, {}, "security.file-roots"),
                (root + "x/a", {}, "security.file-roots"),
                (root + "/../a", {}, "security.file-roots"),
                (root + "//a", {}, "security.file-roots"),
                ("a", {}, "security.file-roots"),
                (root + "/b", {}, "http.file.exists"),
                (root + "/folder", {}, "http.file.exists"),
                (root + "/out", {}, "security.file-links"),
                (root + "/a", {"offset": 11}, "http.file.range"),
                (root + "/a", {"offset": 5, "length": 6}, "http.file.range"),
            ):
                seen = []

                async def app(scope, receive, send):
                    await send(START)
                    try:
                        await send({"type": "http.file", "path": path, **more})
                    except Misuse as misuse:
                        seen.append(misuse.requirement)
                    await send(END)

                with self.subTest(path=path, more=more):
                    call = Call(on_asgi(app, roots=[root + "/"]), http_scope()).call()
                    self.assertIsNone(await call.ended())
                    self.assertEqual(seen, [requirement])

    async def test_http_file_lost__a_file_that_ends_early(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = os.path.realpath(folder)
            path = os.path.join(root, "a")
            with open(path, "wb") as file:
                file.write(bytes(200_000))
            seen = []

            async def app(scope, receive, send):
                await send(START)
                waiting = send({"type": "http.file", "path": path})
                os.truncate(path, 100)
                try:
                    await waiting
                except Closed as closed:
                    seen.append((closed.cause, scope["local"]["cancel"].is_set()))
                ended.set()

            ended = asyncio.Event()
            call = Call(on_asgi(app, roots=[root]), http_scope()).call()
            self.assertIsNotNone(await call.ended())
            await asyncio.wait_for(ended.wait(), 5)
            self.assertFalse(call.complete)
            self.assertEqual(seen, [("connection_lost", True)])


class WebSocket(unittest.IsolatedAsyncioTestCase):
    async def test_asgi_websocket__from_the_handshake_to_the_end(self) -> None:
        seen = []

        async def app(scope, receive, send):
            await send({"type": "websocket.accept", "subprotocol": "chat", "headers": [("a", b"b")]})
            while (event := await receive())["type"] == "websocket.message":
                await send(event)
            seen.extend([event, await receive(), scope["local"]["cancel"].reason])
            with self.assertRaises(Closed) as raised:
                await send({"type": "websocket.message", "text": "late"})
            seen.append(raised.exception.cause)

        call = Call(on_asgi(app), websocket_scope(subprotocols=["chat"])).call()
        call.give(
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": "", "bytes": None},
            {"type": "websocket.receive", "bytes": b"x"},
        )
        await call.until_sent("websocket.send", 2)
        call.give({"type": "websocket.disconnect", "code": 4001, "reason": "bye"})
        self.assertIsNone(await call.ended())
        self.assertEqual(
            call.sent,
            [
                {"type": "websocket.accept", "subprotocol": "chat", "headers": [(b"a", b"b")]},
                {"type": "websocket.send", "text": ""},
                {"type": "websocket.send", "bytes": b"x"},
            ],
        )
        closed = {"type": "websocket.closed", "code": 4001, "reason": "bye", "initiator": "peer", "clean": True}
        self.assertEqual(seen[:2], [closed, closed])
        self.assertEqual((seen[2].cause, seen[3]), ("peer_closed", "peer_closed"))

    async def test_asgi_lost__the_ends_of_a_websocket(self) -> None:
        accept, close = {"type": "websocket.accept"}, {"type": "websocket.close", "code": 4000}
        before = {"type": "http.closed", "cause": "connection_lost"}

        def closed(code, initiator, reason=""):
            return {
                "type": "websocket.closed",
                "code": code,
                "reason": reason,
                "initiator": initiator,
                "clean": code != 1006,
            }

        for events, disconnect, expected, cause in (
            ((), {"code": 1006}, before, "connection_lost"),
            ((accept,), {"code": 1006}, closed(1006, "peer"), "connection_lost"),
            ((accept,), {"code": 1001, "reason": None}, closed(1001, "peer"), "peer_closed"),
            ((accept,), {}, closed(1005, "peer"), "peer_closed"),
            ((accept, close), {"code": 4000, "reason": "ok"}, closed(4000, "application", "ok"), None),
            ((accept, close), {"code": 1006}, closed(1006, "application"), None),
        ):
            seen = []

            async def app(scope, receive, send):
                for event in events:
                    await send(event)
                seen.append(await receive())
                reason = scope["local"]["cancel"].reason
                seen.append(None if reason is None else reason.cause)

            with self.subTest(events=events, disconnect=disconnect):
                call = Call(on_asgi(app), websocket_scope()).call()
                call.give({"type": "websocket.connect"})
                await call.until(lambda x: x.receives == 2)
                call.give({"type": "websocket.disconnect", **disconnect})
                await call.ended()
                self.assertEqual(seen, [expected, cause])

    async def test_asgi_websocket__denials(self) -> None:
        start = {"type": "http.response.start", "status": 401, "headers": [("a", b"b")]}
        prefix = "websocket.http.response"
        asgi_start = {"type": f"{prefix}.start", "status": 401, "headers": [(b"a", b"b")]}
        whole = {"type": f"{prefix}.body", "body": b"who?", "more_body": False}
        close = {"type": "websocket.close", "code": 1000, "reason": ""}
        for events, extensions, becomes in (
            ((start, data(b"who?"), END), {prefix: {}}, [asgi_start, whole]),
            ((start, data(b"who?"), END), {}, [close]),
            (({"type": "http.refuse"},), {}, [close]),
        ):
            with self.subTest(events=events, extensions=extensions):
                call = await sends(*events, websocket=True, extensions=extensions)
                self.assertIsNone(call.error)
                self.assertEqual(call.sent, becomes)

    async def test_websocket_close_frame__for_a_call_that_has_ended(self) -> None:
        accept = {"type": "websocket.accept"}

        async def returns(scope, receive, send):
            await send(accept)

        async def raises(scope, receive, send):
            await send(accept)
            raise ValueError("broken")

        async def unanswered(scope, receive, send):
            pass

        for app, code, error in ((returns, 1000, None), (raises, 1011, ValueError), (unanswered, None, Misuse)):
            call = Call(on_asgi(app), websocket_scope()).call()
            await call.ended()
            codes = [event["code"] for event in call.sent if event["type"] == "websocket.close"]
            self.assertEqual(codes, [] if code is None else [code])
            self.assertEqual(None if call.error is None else type(call.error), error)

    async def test_adapter_misuse__of_a_websocket(self) -> None:
        accept = {"type": "websocket.accept"}
        for events, requirement in (
            ((accept, accept), "websocket.accept-once"),
            (({**accept, "subprotocol": "chat"},), "websocket.subprotocol-offered"),
            (({"type": "websocket.message", "text": "a"},), "websocket.message-before-accept"),
            ((accept, {"type": "websocket.close", "code": 1005}), "websocket.close-codes"),
            ((accept, {"type": "websocket.message"}), "event.shape"),
            (({"type": "http.response.start", "status": 200},), "websocket.denial"),
        ):
            call = await sends(*events, websocket=True)
            self.assertEqual(call.error.requirement, requirement)

    async def test_websocket_close_discards__messages_that_were_not_received(self) -> None:
        seen = []

        async def app(scope, receive, send):
            await send({"type": "websocket.accept"})
            await call.until(lambda x: x.receives == 2)
            await send({"type": "websocket.close"})
            seen.append((await receive())["type"])

        call = Call(on_asgi(app), websocket_scope()).call()
        call.give(
            {"type": "websocket.connect"},
            {"type": "websocket.receive", "text": "a"},
            {"type": "websocket.receive", "text": "b"},
            {"type": "websocket.disconnect", "code": 1000},
        )
        self.assertIsNone(await call.ended())
        self.assertEqual(seen, ["websocket.closed"])


class Lifespan(unittest.IsolatedAsyncioTestCase):
    def serve(self, handler, http=None, **state) -> Call:
        self.asgi = to_asgi(application(lifespan=handler, http=http))
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, **state}
        call = Call(self.asgi, scope).call()
        call.give({"type": "lifespan.startup"})
        return call

    async def test_asgi_lifespan__from_start_to_stop(self) -> None:
        seen, states = [], []

        async def lifespan(scope, receive, send):
            seen.append(await receive())
            await send({"type": "lifespan.ready", "state": {"pool": self}})
            seen.extend([await receive(), await receive(), await receive()])
            await send({"type": "lifespan.stopped"})

        async def http(scope, receive, send):
            states.append(dict(scope["local"]["state"]))
            await send(START)
            await send(END)

        call = self.serve(lifespan, http, state={})
        await call.until_sent("lifespan.startup.complete")
        self.assertEqual(call.scope["state"], {"pool": self})
        await request(self.asgi, state={"pool": self, "of the server": 1})
        await request(self.asgi)
        call.give({"type": "lifespan.shutdown"})
        self.assertIsNone(await call.ended())
        self.assertEqual(call.types, ["lifespan.startup.complete", "lifespan.shutdown.complete"])
        self.assertEqual(states, [{"pool": self, "of the server": 1}, {"pool": self}])
        self.assertEqual(
            [event["type"] for event in seen],
            ["lifespan.startup", "lifespan.drain", "lifespan.shutdown", "lifespan.shutdown"],
        )
        self.assertEqual((seen[0]["offers"], seen[1]["deadline_ms"]), ({}, 0))

    async def test_asgi_lifespan__starts_that_fail(self) -> None:
        async def says(scope, receive, send):
            await receive()
            await send({"type": "lifespan.failed", "message": "no database"})

        async def raises(scope, receive, send):
            await receive()
            raise ValueError("no database")

        async def returns(scope, receive, send):
            pass

        for handler, message in ((says, "^no database$"), (raises, "^ValueError: no database$"), (returns, "returned")):
            with self.subTest(handler=handler):
                call = self.serve(handler)
                if handler is raises:
                    with self.assertLogs("portway.lifespan", "ERROR"):
                        await call.ended()
                self.assertIsNone(await call.ended())
                self.assertEqual(call.types, ["lifespan.startup.failed"])
                self.assertRegex(call.sent[0]["message"], message)
                _, _, _, of_request = await request(self.asgi)
                self.assertIsInstance(of_request.error, RuntimeError)

    async def test_asgi_lifespan__an_application_without_one(self) -> None:
        async def http(scope, receive, send):
            await send(START)
            await send(END)

        call = self.serve(None, http)
        self.assertIsInstance(await call.ended(), UnsupportedScope)
        self.assertEqual(call.sent, [])
        status, _, _, _ = await request(self.asgi)
        self.assertEqual(status, 200)

    async def test_asgi_lifespan__ends_of_the_call(self) -> None:
        async def returns(scope, receive, send):
            while (await receive())["type"] != "lifespan.shutdown":
                pass

        async def raises(scope, receive, send):
            await returns(scope, receive, send)
            raise ValueError("still busy")

        for end, expected in (
            (returns, {"type": "lifespan.shutdown.complete"}),
            (raises, {"type": "lifespan.shutdown.failed", "message": "ValueError: still busy"}),
        ):
            async def lifespan(scope, receive, send):
                await receive()
                await send({"type": "lifespan.ready"})
                await end(scope, receive, send)

            call = self.serve(lifespan)
            await call.until_sent("lifespan.startup.complete")
            call.give({"type": "lifespan.shutdown"})
            self.assertIsNone(await call.ended())
            self.assertEqual(call.sent[-1], expected)

    async def test_lifespan_early_end__is_an_error_of_the_call(self) -> None:
        async def lifespan(scope, receive, send):
            await receive()
            await send({"type": "lifespan.ready"})

        call = self.serve(lifespan)
        error = await call.ended()
        self.assertEqual(error.requirement, "lifespan.early-end")

    async def test_adapter_misuse__of_a_lifespan(self) -> None:
        seen = []

        async def lifespan(scope, receive, send):
            for event in (
                {"type": "lifespan.ready"},
                {"type": "lifespan.ready", "accepts": {"http.file": 1}},
            ):
                if seen:
                    await receive()
                with self.assertRaises(Misuse) as raised:
                    await send(event)
                seen.append(raised.exception.requirement)
            await send({"type": "lifespan.ready"})
            with self.assertRaises(Misuse) as raised:
                await send({"type": "lifespan.stopped"})
            seen.append(raised.exception.requirement)
            while (await receive())["type"] != "lifespan.shutdown":
                pass

        call = self.serve(lifespan)
        call.give({"type": "lifespan.shutdown"})
        self.assertIsNone(await call.ended())
        self.assertEqual(seen, ["lifespan.send-order", "lifespan.accepts-offered", "lifespan.send-order"])

    async def test_lifespan_first__on_a_server_without_lifespan(self) -> None:
        order = []
        going = asyncio.Event()

        async def lifespan(scope, receive, send):
            order.append((await receive())["type"])
            await going.wait()
            await send({"type": "lifespan.ready", "state": {"pool": self}})
            await receive()

        async def http(scope, receive, send):
            order.append(dict(scope["local"]["state"]))
            await send(START)
            await send(END)

        asgi = to_asgi(application(lifespan=lifespan, http=http))
        calls = [Call(asgi, http_scope()).call() for _ in range(2)]
        for _ in range(5):
            await asyncio.sleep(0)
        self.assertEqual(order, ["lifespan.startup"])
        going.set()
        for call in calls:
            self.assertIsNone(await call.ended())
        self.assertEqual(order, ["lifespan.startup", {"pool": self}, {"pool": self}])
