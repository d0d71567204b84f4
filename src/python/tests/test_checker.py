"""``check(app)``: it names what an application breaks, and what calls it; a correct one passes."""

import asyncio
import unittest
from types import MappingProxyType
from typing import Any, Awaitable, Callable, Dict, List, Optional

from portway import Cancel, Closed, Misuse, UnsupportedScope
from portway.checker import Breach, Conversation, Finding, check

LIMITS = {
    "send_buffer_octets": 65536,
    "receive_buffer_octets": 65536,
    "target_octets": 8192,
    "header_octets": 32768,
    "header_fields": 128,
    "body_octets": None,
    "message_octets": 100,
    "head_ms": 30000,
    "idle_ms": 30000,
    "keep_alive_ms": 5000,
    "startup_ms": 60000,
    "drain_ms": 30000,
    "shutdown_ms": 5000,
}
FEATURES = {"http.file": (1,), "tunnel": (1,), "org.example.chat": (1, 2)}
HANDSHAKE = (
    ("host", b"example.org"),
    ("connection", b"upgrade"),
    ("upgrade", b"websocket"),
    ("sec-websocket-version", b"13"),
    ("sec-websocket-key", b"dGhlIHNhbXBsZSBub25jZQ=="),
)
REQUEST = {
    "http_version": "1.1",
    "method": "GET",
    "scheme": "http",
    "authority": b"example.org",
    "target": b"/a%20b?c",
    "path": b"/a%20b",
    "mount": b"",
    "query": b"c",
    "headers": (("host", b"example.org"),),
    "content_length": None,
    "peer": {"transport": "tcp", "address": "192.0.2.1", "port": 4},
    "local_address": None,
    "forwarded": None,
    "tls": None,
    "limits": LIMITS,
    "upgrade": None,
}
MORE: Dict[str, Dict[str, Any]] = {
    "http": REQUEST,
    "websocket": {
        **REQUEST,
        "headers": HANDSHAKE,
        "subprotocols": (),
        "upgrade": {"offers": ("websocket",), "via": "upgrade"},
    },
    "tunnel": {
        **REQUEST,
        "headers": (("connection", b"upgrade"), ("upgrade", b"ticks/1")),
        "upgrade": {"offers": ("ticks/1",), "via": "upgrade"},
        "protocol": "ticks/1",
        "datagrams": "none",
    },
    "lifespan": {},
    "org.example.chat.room": {},
}

START = {"type": "http.response.start", "status": 200}
BODY = {"type": "http.response.body", "data": b"abc"}
END = {"type": "http.response.end"}
STARTUP = {"type": "lifespan.startup", "offers": FEATURES, "limits": LIMITS}
READY = {"type": "lifespan.ready", "accepts": {"http.file": 1, "tunnel": 1}, "tunnels": ["ticks/1"]}


class Stage:
    """A gateway that a test tells what to give. It judges what is sent, as it has to."""

    def __init__(self, scope_type: str = "http", **changes: Any) -> None:
        self.cancel = Cancel()
        self.scope: Dict[str, Any] = {
            "type": scope_type,
            "id": f"stage-{id(self)}",
            "gateway": {"interface": "0.1", "software": "stage/1", "features": FEATURES},
            "local": {"cancel": self.cancel, "state": MappingProxyType({})},
            **MORE[scope_type],
            **changes,
        }
        self.events: List[Any] = []
        self.talk = Conversation(self.scope, frozenset(["http.file", "tunnel"]))
        # What a wrong gateway does with an event that is sent, or with all.
        self.answers: Dict[Optional[str], Callable[[Any], Any]] = {}

    def receive(self) -> Awaitable[Any]:
        future = asyncio.get_running_loop().create_future()
        if self.events:
            event = self.events.pop(0) if len(self.events) > 1 else self.events[0]
            if isinstance(event, BaseException):
                future.set_exception(event)
            else:
                if isinstance(event, dict) and event.get("type") in ("lifespan.startup",):
                    self.talk.received(event)
                future.set_result(event)
        return future

    def send(self, event: Any) -> Any:
        event_type = event.get("type") if isinstance(event, dict) else None
        answer = self.answers.get(event_type) or self.answers.get(None)
        if answer is not None:
            return answer(event)
        future = asyncio.get_running_loop().create_future()
        try:
            if not str(event_type).startswith("org.example."):
                self.talk.sent(event)
            future.set_result(None)
        except (Misuse, Closed) as error:
            future.set_exception(error)
            future.exception()  # binding.unawaited
        return future

    def lose(self, cause: str, code: Optional[int] = None) -> None:
        self.talk.lost(Closed(cause, code))
        self.cancel._signal(Closed(cause, code))


def failing(error: BaseException) -> Callable[[Any], Any]:
    async def fail() -> None:
        raise error

    def answer(event: Any) -> Any:
        future = asyncio.ensure_future(fail())
        future.add_done_callback(lambda done: done.exception())
        return future

    return answer


async def play(app: Any, stage: Stage, **options: Any) -> List[Finding]:
    """Calls an application below a checker. What the call ends with goes to nobody."""
    findings: List[Finding] = []
    checked = check(app, report=findings.append, lifespan=False, **options)
    try:
        await checked(stage.scope, stage.receive, stage.send)
    except Exception:
        pass
    return findings


async def answer(scope: Any, receive: Any, send: Any) -> None:
    await send(START)
    await send(BODY)
    await send(END)


async def wait(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await answer(scope, receive, send)


def ignoring(*events: Any, then: Any = answer, first: Any = ()) -> Any:
    """Sends, and goes on whatever comes of it."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        for event in first:
            await send(event)
        for event in events:
            try:
                await send(event)
            except (Misuse, Closed):
                pass
        await then(scope, receive, send)

    return app


async def nothing(scope: Any, receive: Any, send: Any) -> None:
    pass


async def ending(scope: Any, receive: Any, send: Any) -> None:
    await send(END)


class Applications(unittest.IsolatedAsyncioTestCase):
    async def found(self, app: Any, scope_type: str = "http", **changes: Any) -> List[str]:
        findings = await play(app, Stage(scope_type, **changes))
        self.assertEqual({finding.side for finding in findings} - {"application"}, set(), findings)
        return [finding.requirement for finding in findings]

    async def test_what_an_application_breaks(self) -> None:
        async def half(scope: Any, receive: Any, send: Any) -> None:
            await send(START)

        async def changes_the_scope(scope: Any, receive: Any, send: Any) -> None:
            scope["path"] = b"/"
            await answer(scope, receive, send)

        async def changes_an_event(scope: Any, receive: Any, send: Any) -> None:
            event = dict(START)
            await send(event)
            event["status"] = 404
            await send(END)

        async def fails(scope: Any, receive: Any, send: Any) -> None:
            raise KeyError("headers")

        async def receives_twice(scope: Any, receive: Any, send: Any) -> None:
            first = receive()
            try:
                await receive()
            except Misuse:
                pass
            await answer(scope, receive, send)
            del first

        async def accepts(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "websocket.accept"})

        foreign = HANDSHAKE + (("origin", b"https://evil.example"), ("cookie", b"a=b"))
        for requirement, app, scope_type, changes in (
            ("http.finish", nothing, "http", {}),
            ("http.finish", half, "http", {}),
            ("http.finish", nothing, "websocket", {}),
            ("http.finish", nothing, "tunnel", {}),
            ("event.shape", ignoring({"type": "http.response.start", "status": "200"}), "http", {}),
            ("event.unknown-type-misuse", ignoring({"type": "http.response.begin"}), "http", {}),
            (
                "feature.only-accepted",
                ignoring(
                    {"type": "tunnel.datagram", "data": b""},
                    then=nothing,
                    first=[{"type": "tunnel.accept"}],
                ),
                "tunnel",
                {},
            ),
            ("http.start-once", ignoring(START, first=[START], then=ending), "http", {}),
            ("http.body-before-start", ignoring(BODY), "http", {}),
            ("http.field-syntax", ignoring({**START, "headers": [("x-a", b"b\nc")]}), "http", {}),
            (
                "tunnel.data-before-accept",
                ignoring({"type": "tunnel.end"}, then=accepts_a_tunnel),
                "tunnel",
                {},
            ),
            ("scope.immutable", changes_the_scope, "http", {}),
            ("send.no-change", changes_an_event, "http", {}),
            ("app.unsupported-scope", fails, "org.example.chat.room", {}),
            ("app.unsupported-scope", nothing, "org.example.chat.room", {}),
            ("security.origin-check", accepts, "websocket", {"headers": foreign}),
        ):
            with self.subTest(requirement, type=scope_type):
                self.assertEqual(await self.found(app, scope_type, **changes), [requirement])
        stage = Stage()
        second = Misuse("receive.single", "one is pending")

        def receive_once() -> Any:
            stage.receive = lambda: failing(second)(None)  # type: ignore[method-assign]
            return asyncio.get_running_loop().create_future()

        stage.receive = receive_once  # type: ignore[method-assign]
        findings: List[Finding] = []
        checked = check(receives_twice, report=findings.append, lifespan=False)
        await checked(stage.scope, lambda: stage.receive(), stage.send)
        self.assertEqual([finding.requirement for finding in findings], ["receive.single"])
        self.assertEqual(findings[0].side, "application")

    async def test_what_an_application_does_not_break(self) -> None:
        async def refuses(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.refuse"})

        async def declines(scope: Any, receive: Any, send: Any) -> None:
            raise UnsupportedScope(scope["type"])

        async def fails(scope: Any, receive: Any, send: Any) -> None:
            raise KeyError("a fault, and no breach")

        async def goes_on_with_a_buffer(scope: Any, receive: Any, send: Any) -> None:
            buffer = bytearray(b"abc")
            await send(START)
            await send({"type": "http.response.body", "data": buffer})
            buffer[:] = b"xyz"
            await send(END)

        async def waits_for_nobody(scope: Any, receive: Any, send: Any) -> None:
            send(START)
            send(BODY)
            send(END)

        async def gives_up_a_wait(scope: Any, receive: Any, send: Any) -> None:
            for _ in range(2):
                task = asyncio.ensure_future(receive())
                await asyncio.sleep(0)
                task.cancel()
            await answer(scope, receive, send)

        async def private(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "org.example.chat.say", "text": "x"})
            await answer(scope, receive, send)

        for app in (
            answer,
            refuses,
            declines,
            fails,
            goes_on_with_a_buffer,
            waits_for_nobody,
            gives_up_a_wait,
            private,
        ):
            with self.subTest(app.__name__):
                self.assertEqual(await self.found(app), [])

    async def test_lifespan(self) -> None:
        async def early(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await send(READY)

        async def unheard(scope: Any, receive: Any, send: Any) -> None:
            await receive()

        async def hasty(scope: Any, receive: Any, send: Any) -> None:
            try:
                await send(READY)
            except Misuse:
                pass
            await receive()
            await send({"type": "lifespan.failed", "message": "x"})

        async def greedy(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            try:
                await send({"type": "lifespan.ready", "accepts": {"tunnel": 2}})
            except Misuse:
                pass
            await send({"type": "lifespan.failed", "message": "x"})

        for requirement, app in (
            ("lifespan.early-end", early),
            ("lifespan.fatal-start", unheard),
            ("lifespan.send-order", hasty),
            ("lifespan.accepts-offered", greedy),
            ("app.unsupported-scope", nothing),
        ):
            with self.subTest(requirement):
                stage = Stage("lifespan")
                stage.events = [STARTUP]
                findings = await play(app, stage)
                found = [(finding.side, finding.requirement) for finding in findings]
                self.assertEqual(found, [("application", requirement)])

    async def test_binding_errors__a_finding_says_where(self) -> None:
        findings = await play(ignoring(BODY), Stage())
        self.assertEqual(findings[0].event, "http.response.body")
        self.assertEqual((findings[0].level, findings[0].scope), ("error", "http"))
        self.assertIn("state open", findings[0].message)
        self.assertIn("test_checker.py", findings[0].stack or "")


async def accepts_a_tunnel(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "tunnel.accept"})


class Gateways(unittest.IsolatedAsyncioTestCase):
    async def found(self, stage: Stage, app: Any = answer) -> List[str]:
        findings = await play(app, stage)
        sides = {finding.side for finding in findings}
        self.assertEqual(sides - {"gateway", "middleware"}, set(), findings)
        return [finding.requirement for finding in findings]

    async def test_scopes(self) -> None:
        local = {"cancel": Cancel(), "state": MappingProxyType({})}
        upgrade = {"offers": ("h2c",), "via": "upgrade"}
        for requirement, scope_type, changes in (
            ("interface.complete", "http", {"scheme": "ftp"}),
            ("interface.values-closed", "http", {"http_version": "1.2"}),
            ("binding.field-types", "http", {"path": "/a"}),
            ("binding.field-types", "http", {"headers": [("host", b"x")]}),
            ("binding.field-types", "http", {"headers": ((b"host", b"x"),)}),
            ("binding.field-types", "http", {"headers": (["host", b"x"],)}),
            ("binding.field-types", "http", {"query": "c"}),
            ("binding.field-types", "http", {"target": None}),
            ("binding.field-types", "http", {"local": {**local, "state": {}}}),
            ("python.cancel", "http", {"local": {**local, "cancel": asyncio.Event()}}),
            ("scope.plain-data", "http", {"org.example.a": object()}),
            ("feature.private-names", "http", {"extra": 1}),
            (
                "scope.gateway-marker",
                "http",
                {"gateway": {"interface": "1", "software": "", "features": {}}},
            ),
            (
                "feature.listed",
                "http",
                {
                    "gateway": {
                        "interface": "0.1",
                        "software": "",
                        "features": {"http.file": (2, 1)},
                    }
                },
            ),
            ("http.headers.lowercase", "http", {"headers": (("Host", b"x"),)}),
            ("http.headers.no-pseudo", "http", {"headers": ((":path", b"x"),)}),
            ("security.request-field-syntax", "http", {"headers": (("a", b"b\n"),)}),
            ("http.path.encoded", "http", {"path": b"/a b"}),
            ("http.query.null", "http", {"query": None}),
            ("http.mount.boundary", "http", {"mount": b"/a%2"}),
            ("http.mount.full-path", "http", {"mount": b"/x", "target": b"/x/a%20b"}),
            ("interface.complete", "http", {"content_length": 3}),
            ("http.upgrade.offers", "http", {"upgrade": upgrade}),
            ("security.limits-target", "http", {"limits": {**LIMITS, "target_octets": 1}}),
            (
                "tunnel.undeclared-connect",
                "http",
                {"method": "CONNECT", "path": b"", "query": None},
            ),
            ("websocket.handshake", "websocket", {"headers": HANDSHAKE[:-1]}),
            ("websocket.scope-type", "websocket", {"method": "POST"}),
            ("tunnel.declared-only", "tunnel", {"protocol": "other/1"}),
        ):
            with self.subTest(requirement, changes=repr(changes)[:60]):
                stage = Stage(scope_type, **changes)
                if scope_type == "websocket":
                    denial = {**START, "status": 403}
                    found = await self.found(stage, ignoring(first=[denial, END], then=nothing))
                else:
                    found = await self.found(stage)
                self.assertEqual(found, [requirement])

    async def test_events(self) -> None:
        async def drains(scope: Any, receive: Any, send: Any) -> None:
            while (await receive())["type"] == "http.request.body":
                pass
            await receive()
            await answer(scope, receive, send)

        request_end = {"type": "http.request.end", "trailers": ()}
        body = {"type": "http.request.body", "data": b"x"}
        for requirement, events in (
            ("event.plain-data", [{"type": "http.request.body", "data": object()}]),
            ("event.plain-data", [{"type": "http.request.body", "data": bytearray(b"x")}]),
            ("binding.field-types", [{"type": "http.request.end", "trailers": []}]),
            ("http.request.no-empty-body", [{**body, "data": b""}]),
            ("event.by-table", [{"type": "websocket.message", "text": "x"}]),
            ("feature.private-names", [{"type": "http.pushed"}]),
            ("http.request.end-once", [request_end, request_end]),
            ("http.request.end-once", [request_end, body]),
            ("flow.input-bounded", [{**body, "data": bytes(65537)}]),
            ("cancel.on-peer-loss", [{"type": "http.closed", "cause": "peer_reset"}]),
            ("http.closed.cause", [{"type": "http.closed", "cause": "complete"}]),
            ("interface.values-closed", [{"type": "http.closed", "cause": "bored"}]),
        ):
            with self.subTest(requirement, events=repr(events)[:60]):
                stage = Stage()
                stage.events = events
                reader = drains if len(events) > 1 else wait
                self.assertEqual((await self.found(stage, reader))[:1], [requirement])

    async def test_sends(self) -> None:
        def resolving(event: Any) -> Any:
            future = asyncio.get_running_loop().create_future()
            future.set_result(None)
            return future

        async def coroutine(event: Any) -> None:
            pass

        def raising(event: Any) -> Any:
            raise Misuse("http.start-once", "x")

        class Other(OSError):
            cause, code = "peer_reset", None

        Other.__name__ = "Closed"
        unnamed = Misuse("", "x")
        for requirement, event_type, made in (
            ("event.by-table", "http.response.start", failing(Misuse("http.start-once", "x"))),
            ("misuse.names-requirement", "http.response.start", failing(unnamed)),
            ("flow.judged-at-call", "http.response.start", failing(KeyError("x"))),
            ("python.closed-oserror", "http.response.start", failing(Other())),
            ("cancel.on-peer-loss", "http.response.start", failing(Closed("peer_reset"))),
            ("python.send-at-call", "http.response.end", coroutine),
            ("python.send-at-call", "http.response.end", lambda event: None),
            ("binding.unawaited", "http.response.start", raising),
        ):
            with self.subTest(requirement, made=repr(made)[:40]):
                stage = Stage()
                stage.answers[event_type] = made
                self.assertEqual((await self.found(stage))[:1], [requirement])
        for requirement, wrong, event in (
            ("http.body-before-start", resolving, BODY),
            (
                "event.check-order",
                failing(Misuse("http.body-before-start", "x")),
                {**BODY, "data": "x"},
            ),
            ("misuse.names-requirement", failing(Misuse("http.finish", "x")), BODY),
        ):
            with self.subTest(requirement):
                stage = Stage()
                stage.answers["http.response.body"] = wrong
                findings = await play(ignoring(event, then=nothing), stage)
                gateway = [one.requirement for one in findings if one.side == "gateway"]
                self.assertEqual(gateway, [requirement])

    async def test_losses(self) -> None:
        def losing(stage: Stage, *, cause: str = "peer_reset", when: Any = ()) -> Any:
            async def app(scope: Any, receive: Any, send: Any) -> None:
                for event in when:
                    await send(event)
                stage.lose(cause, 8)
                await send(END)

            return app

        stage = Stage()
        self.assertEqual(await self.found(stage, losing(stage, when=[START])), [])
        stage = Stage()
        self.assertEqual(await self.found(stage, losing(stage, cause="bored")), ["cancel.reason"])
        stage = Stage()
        stage.answers["http.response.end"] = failing(Closed("timeout"))
        self.assertEqual(await self.found(stage, losing(stage, when=[START])), ["cancel.reason"])
        stage = Stage()
        stage.answers["http.response.end"] = failing(Misuse("http.body-before-start", "x"))
        self.assertEqual(await self.found(stage, losing(stage)), ["event.closed-first"])

        async def late(scope: Any, receive: Any, send: Any) -> None:
            await answer(scope, receive, send)
            stage.cancel._signal(Closed("peer_reset"))
            await receive()

        stage = Stage()
        stage.events = [{"type": "http.closed", "cause": "complete"}]
        self.assertEqual(await self.found(stage, late), ["cancel.after-end"])


class Runs(unittest.IsolatedAsyncioTestCase):
    """What conversations of one run have in common."""

    async def run_all(self, *stages: Stage, app: Any = answer, **options: Any) -> List[str]:
        findings: List[Finding] = []
        checked = check(app, report=findings.append, **options)
        for stage in stages:
            await asyncio.ensure_future(checked(stage.scope, stage.receive, stage.send))
        return [finding.requirement for finding in findings]

    async def test_lifespan_first(self) -> None:
        self.assertEqual(await self.run_all(Stage(), Stage()), ["lifespan.first"])
        self.assertEqual(await self.run_all(Stage(), lifespan=False), [])

    async def test_scope_id_unique(self) -> None:
        stages = Stage(id="one"), Stage(id="one")
        self.assertEqual(await self.run_all(*stages, lifespan=False), ["scope.id-unique"])

    async def test_app_once_per_scope(self) -> None:
        stage, other = Stage(), Stage()
        other.scope = stage.scope
        self.assertEqual(await self.run_all(stage, other, lifespan=False), ["app.once-per-scope"])

    async def test_feature_stable_during_run(self) -> None:
        other = Stage(gateway={"interface": "0.1", "software": "x", "features": {}})
        found = await self.run_all(Stage(), other, lifespan=False)
        self.assertEqual(found, ["feature.stable-during-run"])

    async def test_python_context__two_calls_in_one(self) -> None:
        findings: List[Finding] = []
        checked = check(answer, report=findings.append, lifespan=False)
        for stage in (Stage(), Stage()):
            await checked(stage.scope, stage.receive, stage.send)
        self.assertEqual([finding.requirement for finding in findings], ["python.context"])

    async def test_lifespan_state_shared(self) -> None:
        published = {"pool": object()}

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "lifespan":
                return await answer(scope, receive, send)
            await receive()
            await send({**READY, "state": published})
            await ready.wait()
            await receive()
            await receive()
            await send({"type": "lifespan.stopped"})

        for state, expected in ((published, []), ({"pool": object()}, ["lifespan.state-shared"])):
            ready = asyncio.Event()
            findings: List[Finding] = []
            checked = check(app, report=findings.append)
            life = Stage("lifespan")
            life.events = [
                STARTUP,
                {"type": "lifespan.drain", "deadline_ms": 1},
                {"type": "lifespan.shutdown"},
            ]
            given = life.receive

            def receive() -> Any:
                event = life.events[0]
                if event["type"] != "lifespan.startup":
                    life.talk.received(event)
                return given()

            task = asyncio.ensure_future(checked(life.scope, receive, life.send))
            while life.talk.state != "ready":
                await asyncio.sleep(0)
            local = {"cancel": Cancel(), "state": MappingProxyType(state)}
            stage = Stage(local=local)
            await asyncio.ensure_future(checked(stage.scope, stage.receive, stage.send))
            ready.set()
            await task
            self.assertEqual([finding.requirement for finding in findings], expected)


class Raising(unittest.IsolatedAsyncioTestCase):
    """Without anybody who takes reports, what is broken raises where it is."""

    async def test_the_application_gets_misuse(self) -> None:
        stage = Stage()
        stage.answers[None] = lambda event: self.fail("it is not handed on")

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await send(BODY)

        with self.assertRaises(Misuse) as raised:
            await check(app, lifespan=False)(stage.scope, stage.receive, stage.send)
        self.assertEqual(raised.exception.requirement, "http.body-before-start")

    async def test_a_call_that_ends_too_early_fails(self) -> None:
        stage = Stage()
        with self.assertRaises(Misuse) as raised:
            await check(nothing, lifespan=False)(stage.scope, stage.receive, stage.send)
        self.assertEqual(raised.exception.requirement, "http.finish")

    async def test_the_gateway_is_told_of_by_a_breach(self) -> None:
        stage = Stage(path="/a")
        with self.assertRaises(Breach) as raised:
            await check(answer, lifespan=False)(stage.scope, stage.receive, stage.send)
        self.assertEqual(raised.exception.requirement, "binding.field-types")
        self.assertEqual(raised.exception.finding.side, "gateway")
        stage = Stage()
        stage.events = [{"type": "http.request.body", "data": b""}]
        with self.assertRaises(Breach) as raised:
            await check(wait, lifespan=False)(stage.scope, stage.receive, stage.send)
        self.assertEqual(raised.exception.requirement, "http.request.no-empty-body")

    def test_a_checked_application_says_what_it_is_written_to(self) -> None:
        self.assertTrue(getattr(check(answer), "__portway__"))

    async def test_a_correct_pair_is_silent(self) -> None:
        stage = Stage()
        stage.events = [{"type": "http.request.end", "trailers": ()}]
        await check(wait, lifespan=False)(stage.scope, stage.receive, stage.send)
        self.assertEqual(stage.talk.state, "ended")
