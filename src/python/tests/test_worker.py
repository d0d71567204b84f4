"""A worker and a front of the tests: each requirement of proposal 12 on a worker."""

import asyncio
import contextlib
import contextvars
import gc
import io
import random
import re
import sys
import unittest
from typing import Any, List

from portway import Closed, Misuse, UnsupportedScope
from portway.frames import (
    CANCEL,
    CREDIT,
    DATA,
    EVENT,
    FAULT,
    HEADER,
    HELLO,
    OPEN,
    SETTLED,
    frame,
)
from portway.worker import CannotLoad, Worker

from .front import HELLO_OF_FRONT, STARTUP, Front, calls, turns, wait


class Base(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        # What tasks and futures complain of is a failure here.
        self.complaints: List[dict] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.complaints.append(context))
        self.stderr = io.StringIO()
        redirect = contextlib.redirect_stderr(self.stderr)
        redirect.__enter__()
        self.addCleanup(redirect.__exit__, None, None, None)

    async def asyncTearDown(self) -> None:
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        await turns()
        Front.made.clear()
        gc.collect()
        await turns(2)
        self.assertEqual(self.complaints, [])


class Hello(Base):
    async def test_frame_hello__chooses_and_loads_afterwards(self) -> None:
        order: List[str] = []
        worker = Worker(
            lambda octets: order.append("written"),
            lambda: order.append("loaded"),
            lambda status: order.append("ended"),
        )
        worker.feed(frame(HELLO, 0, {**HELLO_OF_FRONT, "frames": [2, 1], "interface": ["0.2", "0.1"]}))
        self.assertEqual(order, ["written", "loaded"])

    async def test_frame_hello__members(self) -> None:
        front = Front(wait, {"x": 1}, conversations=7)
        ((kind, number, content),) = front.frames
        self.assertEqual((kind, number), ("hello", 0))
        self.assertTrue(content.pop("software").startswith("portway-python/"))
        self.assertEqual(
            content,
            {
                "frames": 1,
                "interface": "0.1",
                "connection_credit": 1_048_576,
                "conversation_credit": 262_144,
                "conversations": 7,
            },
        )

    async def test_lifespan_fatal_start__an_application_that_cannot_be_loaded(self) -> None:
        for error in (CannotLoad("there is none"), ValueError("of its own")):
            ended: List[int] = []

            def load() -> Any:
                raise error

            worker = Worker(lambda octets: None, load, ended.append)
            worker.feed(frame(HELLO, 0, HELLO_OF_FRONT) + frame(OPEN, 1, {"scope": {"type": "http"}}))
            self.assertEqual(ended, [3])
            self.assertIn(str(error), self.stderr.getvalue())


class Calls(Base):
    async def test_the_scope_and_what_is_local(self) -> None:
        seen: List[dict] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            seen.append(scope)

        front = Front(app)
        front.open(1, path="/\u00e9", headers=[["a", "\u00e9"]])
        self.assertEqual(await front.take(), [("end", 1, {"outcome": "returned"})])
        local = seen[0].pop("local")
        self.assertEqual(
            seen, [{"type": "http", "id": "1", "path": b"/\xe9", "headers": (("a", b"\xe9"),)}]
        )
        self.assertFalse(local["cancel"].is_set())
        self.assertEqual(dict(local["state"]), {})

    async def test_python_context__each_call_has_its_own(self) -> None:
        name: contextvars.ContextVar = contextvars.ContextVar("name", default=None)
        seen: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            seen.append(name.get())
            name.set(scope["id"])
            await turns(1)
            seen.append(name.get())

        front = Front(app)
        front.open(1)
        front.open(2)
        await turns()
        self.assertEqual(seen, [None, None, "1", "2"])

    async def test_worker_lifespan__state_goes_to_later_conversations(self) -> None:
        states: List[Any] = []
        pool = object()

        async def app(scope: dict, receive: Any, send: Any) -> None:
            states.append(scope["local"]["state"])
            if scope["type"] == "lifespan":
                await receive()
                with self.assertRaises(Misuse):
                    await send({"type": "lifespan.ready", "accepts": 1, "state": {"pool": None}})
                await send({"type": "lifespan.ready", "state": {"pool": pool}})

        front = Front(app)
        front.open(1, "lifespan")
        self.assertEqual(await front.take(), [("receive", 1, {})])
        front.event(1, STARTUP)
        ((_, _, first),) = await front.take()
        self.assertEqual(first, {"event": {"type": "lifespan.ready", "accepts": {"$invalid": "int"}}})
        front.settle(1, 1, error="misuse", requirement="event.shape", message="accepts")
        self.assertEqual(await front.take(), [("event", 1, {"event": {"type": "lifespan.ready"}})])
        front.open(2)
        front.settle(1, 2)
        front.open(3)
        await turns()
        self.assertEqual([dict(state) for state in states], [{}, {}, {"pool": pool}])
        with self.assertRaises(TypeError):
            states[2]["pool"] = 1

    async def test_worker_unencodable__a_state_that_is_none(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "lifespan.ready", "state": [1]})

        front = Front(app)
        front.open(1, "lifespan")
        event = {"type": "lifespan.ready", "state": {"$invalid": "list"}}
        self.assertEqual((await front.take())[0], ("event", 1, {"event": event}))


class Receiving(Base):
    async def test_frame_receive__one_for_each_event(self) -> None:
        got: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            for _ in range(3):
                got.append(await receive())

        front = Front(app)
        front.open(1)
        self.assertEqual(await front.take(), [("receive", 1, {})])
        front.event(1, {"type": "http.request.body"}, ("data", b"abc"))
        self.assertEqual(await front.take(), [("receive", 1, {})])
        front.event(1, {"type": "http.request.end", "trailers": [["a", "\u00ff"]]})
        await front.take()
        front.event(1, {"type": "of.an.extension"}, ("text", "gr\u00fcn".encode()))
        await front.take()
        self.assertEqual(
            got,
            [
                {"type": "http.request.body", "data": b"abc"},
                {"type": "http.request.end", "trailers": (("a", b"\xff"),)},
                {"type": "of.an.extension", "text": "gr\u00fcn"},
            ],
        )

    async def test_flow_abandoned_receive__the_demand_stays(self) -> None:
        got: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            for _ in range(3):
                with self.assertRaises(asyncio.TimeoutError):
                    await asyncio.wait_for(receive(), 0.001)
            given_up.set()
            got.append(await receive())

        given_up = asyncio.Event()
        front = Front(app)
        front.open(1)
        await given_up.wait()
        front.event(1, {"type": "http.request.end", "trailers": []})
        await turns()
        self.assertEqual(got, [{"type": "http.request.end", "trailers": ()}])
        self.assertEqual([kind for kind, _, _ in await front.take()], ["receive", "end"])

    async def test_flow_abandoned_receive__given_up_in_the_turn_in_which_the_event_came(self) -> None:
        got: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            task = asyncio.ensure_future(receive())
            await turns(3)
            front.event(1, {"type": "http.request.end", "trailers": []})
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            got.append(await receive())

        front = Front(app)
        front.open(1)
        self.assertEqual([kind for kind, _, _ in await front.take()], ["receive", "end"])
        self.assertEqual(got[0]["type"], "http.request.end")

    async def test_receive_single__a_second_call_is_misuse(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            first = asyncio.ensure_future(receive())
            await turns(2)
            with self.assertRaises(Misuse) as raised:
                await receive()
            self.assertEqual(raised.exception.requirement, "receive.single")
            front.event(1, {"type": "http.request.end", "trailers": []})
            self.assertEqual((await first)["type"], "http.request.end")

        front = Front(app)
        front.open(1)
        self.assertEqual([kind for kind, _, _ in await front.take()], ["receive", "end"])

    async def test_an_event_is_given_when_its_payload_is_whole(self) -> None:
        got: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            got.append(await receive())
            await wait(scope, receive, send)

        text = "gr\u00fcn".encode()
        front = Front(app)
        front.open(1, "websocket")
        await turns()
        front.event(1, {"type": "websocket.message"}, ("text", text), send=False)
        for octet in text:
            self.assertEqual(got, [])
            front.say(DATA, 1, bytes([octet]))
            await turns()
        self.assertEqual(got, [{"type": "websocket.message", "text": "gr\u00fcn"}])

    async def test_an_empty_payload(self) -> None:
        got: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            got.extend([await receive(), await receive()])

        front = Front(app)
        front.open(1, "websocket")
        for name in ("text", "data"):
            await turns()
            front.event(1, {"type": "websocket.message"}, (name, b""))
        await turns()
        self.assertEqual([got[0]["text"], got[1]["data"]], ["", b""])


class Credit(Base):
    async def test_frame_credit_return__at_most_half_is_held_back(self) -> None:
        got: List[int] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            while True:
                got.append(len((await receive())["data"]))

        front = Front(app, connection_credit=65_536, conversation_credit=65_536)
        front.open(1)
        given = {0: 0, 1: 0}
        returned = {0: 0, 1: 0}
        for _ in range(40):
            for kind, number, content in await front.take():
                if kind == "credit":
                    returned[number] += content["octets"]
            for number in given:
                self.assertLessEqual(given[number] - returned[number], 32_768)
            front.event(1, {"type": "http.request.body"}, ("data", b"x" * 5000))
            given[0] += 5000
            given[1] += 5000
        await turns()
        self.assertEqual(got, [5000] * 40)

    async def test_frame_credit_return__of_a_conversation_when_the_application_has_it(self) -> None:
        go_on = asyncio.Event()

        async def app(scope: dict, receive: Any, send: Any) -> None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(receive(), 0.001)
            await go_on.wait()
            await receive()
            await wait(scope, receive, send)

        front = Front(app, connection_credit=65_536, conversation_credit=65_536)
        front.open(1)
        await asyncio.sleep(0.01)
        self.assertEqual(await front.take(), [("receive", 1, {})])
        front.event(1, {"type": "http.request.body"}, ("data", b"x" * 65_536))
        self.assertEqual(await front.take(), [("credit", 0, {"octets": 65_536})])
        go_on.set()
        self.assertEqual(await front.take(), [("credit", 1, {"octets": 65_536})])

    async def test_frame_credit_return__at_once_where_the_payload_is_not_whole(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            self.assertEqual(len((await receive())["data"]), 200_000)

        front = Front(app, connection_credit=65_536, conversation_credit=65_536)
        front.open(1)
        await turns()
        front.event(1, {"type": "http.request.body"}, ("data", b"x" * 200_000), send=False)
        sent = 0
        while sent < 200_000:
            size = min(50_000, 200_000 - sent)
            front.say(DATA, 1, b"x" * size)
            sent += size
            credits = [(n, c["octets"]) for kind, n, c in await front.take() if kind == "credit"]
            if sent < 200_000:
                self.assertEqual(sorted(credits), [(0, size), (1, size)])
        self.assertIsNone(front.status)

    async def test_what_fits_the_credit_goes_out_with_its_event(self) -> None:
        front = Front(calls(lambda scope, receive, send: send_body(send, b"Hello")))
        front.open(1)
        self.assertEqual(
            await front.take(),
            [
                ("event", 1, {"event": {"type": "http.response.body"}, "payload": "data", "size": 5}),
                ("data", 1, b"Hello"),
            ],
        )
        self.assertEqual(front.writes, 2)

    async def test_frame_event_at_call__whatever_is_still_to_be_written(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.response.body", "data": b"x" * 100_000})
            send({"type": "http.response.body", "data": b"y" * 10})
            send({"type": "http.response.end"})
            await wait(scope, receive, send)

        front = Front(app, {"conversation_credit": 65_536})
        front.frames.clear()
        front.open(1)
        taken = await front.take()
        self.assertEqual(
            [(kind, content["size"] if "size" in content else 0) for kind, _, content in taken if kind == "event"],
            [("event", 100_000), ("event", 10), ("event", 0)],
        )
        self.assertEqual([len(content) for kind, _, content in taken if kind == "data"], [65_536])
        front.credit(1, 34_464)
        self.assertEqual(await front.take(), [("data", 1, b"x" * 34_464)])
        front.credit(1, 4)
        self.assertEqual(await front.take(), [("data", 1, b"y" * 4)])
        front.credit(1, 100)
        self.assertEqual(await front.take(), [("data", 1, b"y" * 6)])

    async def test_frame_turns__one_frame_of_each(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            await send({"type": "http.response.body", "data": scope["id"].encode() * 200_000})

        front = Front(app, {"connection_credit": 65_536, "conversation_credit": 1_000_000})
        for number in (1, 2, 3):
            front.open(number)
        await front.take()
        front.credit(0, 1_000_000)
        order = [(number, len(content)) for kind, number, content in await front.take()]
        whole, rest = 65_536, 200_000 - 3 * 65_536
        self.assertEqual(
            order,
            # The first had its first turn before.
            [(2, whole), (3, whole), (1, whole)] * 2
            + [(2, whole), (3, whole), (1, rest), (2, rest), (3, rest)],
        )

    async def test_frame_turns__a_conversation_without_credit_holds_nobody_up(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.response.body", "data": b"x" * 70_000})
            await wait(scope, receive, send)

        front = Front(app, {"conversation_credit": 65_536})
        front.open(1)
        await front.take()
        front.open(2)
        self.assertEqual([len(c) for k, n, c in await front.take() if k == "data" and n == 2], [65_536])

    async def test_random_credit_loses_nothing(self) -> None:
        choose = random.Random(3)
        sizes = {n: [choose.randrange(0, 150_000) for _ in range(4)] for n in (1, 2, 3, 4)}

        async def app(scope: dict, receive: Any, send: Any) -> None:
            number = int(scope["id"])
            for at, size in enumerate(sizes[number]):
                send({"type": "http.response.body", "data": bytes([number * 16 + at]) * size})
            await turns(choose.randrange(5))

        front = Front(app, {"connection_credit": 65_536, "conversation_credit": 65_536})
        balances = {0: 65_536, 1: 65_536, 2: 65_536, 3: 65_536, 4: 65_536}
        got = {n: b"" for n in sizes}
        ended: List[int] = []
        for number in sizes:
            front.open(number)
        while len(ended) < 4:
            for kind, number, content in await front.take():
                if kind == "data":
                    self.assertNotIn(number, ended)
                    got[number] += content
                    for which in (0, number):
                        balances[which] -= len(content)
                        self.assertGreaterEqual(balances[which], 0)
                elif kind == "end":
                    ended.append(number)
            which = choose.choice(list(balances))
            octets = choose.randrange(1, 60_000)
            balances[which] += octets
            front.credit(which, octets)
        expected = {
            n: b"".join(bytes([n * 16 + at]) * size for at, size in enumerate(of)) for n, of in sizes.items()
        }
        self.assertEqual(got, expected)


class Sending(Base):
    async def test_frame_settle__in_any_order(self) -> None:
        done: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            futures = [send({"type": "http.refuse"}) for _ in range(4)]
            for place, future in enumerate(futures, 1):
                future.add_done_callback(lambda f, p=place: done.append((p, str(f.exception() or ""))))
            await wait(scope, receive, send)

        front = Front(app)
        front.open(1)
        await turns()
        front.settle(1, 3, error="misuse", requirement="http.start-once", message="twice")
        front.settle(1, 1)
        front.settle(1, 4, error="closed", cause="peer_reset", code=8)
        front.settle(1, 2, error="closed", cause="timeout")
        await turns()
        self.assertEqual(
            done,
            [
                (3, "http.start-once: twice"),
                (1, ""),
                (4, "the conversation is closed: peer_reset"),
                (2, "the conversation is closed: timeout"),
            ],
        )

    async def test_binding_unawaited__failed_sends_are_silent(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            for _ in range(3):
                send({"type": "http.refuse"})
            send({"type": "http.refuse", "x": "y" * 2_000_000})
            await receive()

        front = Front(app)
        front.open(1)
        await turns()
        front.settle(1, 1, error="misuse", requirement="a.b", message="c")
        front.settle(1, 2, error="closed", cause="timeout")
        front.event(1, {"type": "http.closed", "cause": "timeout"})
        taken = await front.take()
        self.assertEqual(taken[-1], ("end", 1, {"outcome": "returned"}))
        self.assertEqual(self.stderr.getvalue(), "")

    async def test_worker_unencodable__too_large_is_misuse_without_a_frame(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            with self.assertRaises(Misuse):
                await send({"type": "websocket.accept", "x": "y" * 2_000_000})
            await send({"type": "http.refuse"})

        front = Front(app)
        front.open(1, "websocket")
        self.assertEqual(await front.take(), [("event", 1, {"event": {"type": "http.refuse"}})])
        front.settle(1, 1)
        self.assertEqual(await front.take(), [("end", 1, {"outcome": "returned"})])

    async def test_flow_abandoned_send__a_cancelled_wait_keeps_the_event(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(send({"type": "http.refuse"}), 0.001)
            await receive()

        front = Front(app)
        front.open(1)
        while ("receive", 1, {}) not in front.frames:
            await asyncio.sleep(0.001)
        front.settle(1, 1, error="closed", cause="timeout")
        front.event(1, {"type": "http.closed", "cause": "timeout"})
        self.assertEqual([kind for kind, _, _ in await front.take()], ["event", "receive", "end"])

    async def test_worker_drop_closed__no_more_data(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            with contextlib.suppress(Closed):
                await send({"type": "http.response.body", "data": b"x" * 100_000})
            send({"type": "http.response.body", "data": b"y"})
            await receive()

        front = Front(app, {"conversation_credit": 65_536})
        front.open(1)
        await front.take()
        front.settle(1, 1, error="closed", cause="peer_reset")
        front.credit(1, 100_000)
        self.assertEqual(
            await front.take(),
            [
                ("event", 1, {"event": {"type": "http.response.body"}, "payload": "data", "size": 1}),
                ("receive", 1, {}),
            ],
        )

    async def test_what_one_turn_writes_goes_out_in_one_call(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.response.start", "status": 200})
            send({"type": "http.response.body", "data": b"Hello"})
            send({"type": "http.response.end"})

        front = Front(app)
        before = front.writes
        front.open(1)
        self.assertEqual(len(await front.take()), 5)
        self.assertEqual(front.writes - before, 1)


class Ending(Base):
    async def test_worker_end__outcomes(self) -> None:
        table = {
            "returned": (None, {"outcome": "returned"}),
            "closed": (Closed("timeout"), {"outcome": "closed"}),
            "unsupported": (UnsupportedScope("http"), {"outcome": "unsupported_scope"}),
            "misuse": (
                Misuse("http.start-once", "twice"),
                {"outcome": "raised", "message": "http.start-once: twice", "requirement": "http.start-once"},
            ),
            "another error": (ValueError("bad"), {"outcome": "raised", "message": "ValueError: bad"}),
            "cancelled": (
                asyncio.CancelledError(),
                {"outcome": "raised", "message": "asyncio.exceptions.CancelledError"},
            ),
            "an error of a system": (
                ConnectionResetError(104, "reset"),
                {"outcome": "raised", "message": "ConnectionResetError: [Errno 104] reset"},
            ),
            "a surrogate": (ValueError("\udcff"), {"outcome": "raised", "message": "ValueError: \\udcff"}),
        }
        if sys.version_info >= (3, 11):
            closed = [Closed("timeout"), Closed("peer_reset")]
            group = ExceptionGroup("a", [closed[0], BaseExceptionGroup("b", [closed[1]])])  # noqa: F821
            table["a group"] = (group, {"outcome": "closed"})
            mixed = ExceptionGroup("a", [closed[0], ValueError("bad")])  # noqa: F821
            table["a mixed group"] = (
                mixed,
                {"outcome": "raised", "message": "ExceptionGroup: a (2 sub-exceptions)"},
            )
        for name, (error, expected) in table.items():
            with self.subTest(name):

                async def app(scope: dict, receive: Any, send: Any) -> None:
                    if error is not None:
                        raise error

                front = Front(app)
                front.open(1)
                ((_, _, content),) = await front.take()
                detail = content.pop("detail", "")
                self.assertEqual(content, expected)
                if expected["outcome"] == "raised":
                    self.assertIn("raise error", detail)
                    self.assertNotIn("portway/worker.py", detail)
        self.assertEqual(self.stderr.getvalue(), "")

    async def test_worker_end__long_messages_are_cut(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            raise ValueError("\U0001f600" * 3_000_000)

        front = Front(app)
        front.open(1)
        ((kind, _, content),) = await front.take()
        self.assertTrue(content["message"].startswith("ValueError: "))

    async def test_worker_end__an_application_that_is_no_coroutine(self) -> None:
        front = Front(lambda scope, receive, send: None)
        front.open(1)
        ((_, _, content),) = await front.take()
        self.assertEqual(content["outcome"], "raised")

    async def test_worker_end__behind_the_payloads(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.response.body", "data": b"x" * 70_000})

        front = Front(app, {"conversation_credit": 65_536})
        front.open(1)
        self.assertNotIn("end", [kind for kind, _, _ in await front.take()])
        front.settle(1, 1)
        front.credit(1, 100_000)
        self.assertEqual([kind for kind, _, _ in await front.take()], ["data", "end"])

    async def test_worker_end__closed_ends_what_waits_for_credit(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.response.body", "data": b"x" * 70_000})

        front = Front(app, {"conversation_credit": 65_536})
        front.open(1)
        await front.take()
        front.settle(1, 1, error="closed", cause="peer_reset")
        self.assertEqual(await front.take(), [("end", 1, {"outcome": "returned"})])

    async def test_flow_end_settles__sends_that_wait_resolve(self) -> None:
        waiting: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            waiting.append(send({"type": "http.response.end"}))

        front = Front(app)
        front.open(1)
        await turns()
        self.assertIsNone(waiting[0].result())

    async def test_worker_after_end__send_fails_and_receive_stays(self) -> None:
        kept: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            kept.extend([receive, send, asyncio.ensure_future(receive())])
            await turns(2)

        front = Front(app)
        front.open(1)
        self.assertEqual([kind for kind, _, _ in await front.take()], ["receive", "end"])
        receive, send, pending = kept
        with self.assertRaises(Closed) as raised:
            await send({"type": "http.refuse"})
        self.assertEqual(raised.exception.cause, "complete")
        send({"type": "http.refuse"})
        front.event(1, {"type": "http.closed", "cause": "complete"})
        calls_after = [asyncio.ensure_future(receive()) for _ in range(2)] + [pending]
        await turns()
        self.assertFalse(any(call.done() for call in calls_after))
        self.assertEqual(await front.take(), [])
        for call in calls_after:
            call.cancel()

    async def test_frame_after_end__frames_are_ignored_and_credit_comes_back(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.refuse"})

        front = Front(app, connection_credit=65_536)
        front.open(1)
        await front.take()
        front.event(1, {"type": "http.request.body"}, ("data", b"x" * 50_000))
        front.settle(1, 1)
        front.cancel(1, cause="timeout")
        front.credit(1, 7)
        self.assertEqual(await front.take(), [("credit", 0, {"octets": 50_000})])

    async def test_nothing_of_a_conversation_is_kept(self) -> None:
        import weakref

        class Scope(dict):
            pass

        held: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            held.append(weakref.ref(scope["local"]["cancel"]))
            send({"type": "http.refuse"})

        front = Front(app)
        gc.disable()
        self.addCleanup(gc.enable)
        front.open(1)
        await front.take()
        self.assertIsNone(held[0]())
        self.assertEqual(front.worker._open, {})


class Cancelling(Base):
    async def test_worker_cancel__signals_and_does_not_stop(self) -> None:
        reasons: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            reasons.append(await scope["local"]["cancel"].wait())
            reasons.append((await receive())["type"])

        front = Front(app)
        front.open(1)
        await turns()
        front.cancel(1, cause="peer_reset", code=8)
        front.cancel(1, cause="shutdown")
        self.assertEqual([kind for kind, _, _ in await front.take()], ["receive"])
        front.event(1, {"type": "http.closed", "cause": "peer_reset", "code": 8})
        await turns()
        self.assertEqual((reasons[0].cause, reasons[0].code), ("peer_reset", 8))
        self.assertEqual(reasons[1], "http.closed")

    async def test_cancel_on_peer_loss__before_the_application_sees_it(self) -> None:
        seen: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            try:
                await send({"type": "http.refuse"})
            except Closed as closed:
                seen.append((scope["local"]["cancel"].reason.cause, closed.cause))

        front = Front(app)
        front.open(1)
        await turns()
        front.worker.feed(
            frame(CANCEL, 1, {"cause": "timeout"})
            + frame(SETTLED, 1, {"event": 1, "error": "closed", "cause": "timeout"})
        )
        await turns()
        self.assertEqual(seen, [("timeout", "timeout")])


class MalformedFrames(Base):
    async def test_frame_malformed__fault_and_the_front_is_lost(self) -> None:
        def opened(*octets: bytes) -> bytes:
            return b"".join([frame(OPEN, 1, {"scope": {"type": "http", "id": "1"}}), *octets])

        def settled(**members: Any) -> bytes:
            return opened(frame(SETTLED, 1, members))

        body = {"event": {"type": "http.request.body"}, "payload": "data", "size": 3}
        table = [
            ("sequence", frame(HELLO, 0, HELLO_OF_FRONT)),
            ("conversation", opened(frame(OPEN, 1, {"scope": {"type": "http", "id": "1"}}))),
            ("conversation", frame(SETTLED, 4, {"event": 1})),
            ("conversation", frame(OPEN, 9, {"scope": {"type": "http", "id": "1"}}) + frame(DATA, 8, b"x")),
            ("metadata", frame(OPEN, 1, {})),
            ("metadata", frame(OPEN, 1, {"scope": []})),
            ("metadata", frame(OPEN, 1, {"scope": {"id": "1"}})),
            ("metadata", frame(OPEN, 1, {"scope": {"type": "http", "path": "\u0100"}})),
            ("metadata", frame(OPEN, 1, {"scope": {"type": "http", "headers": 5}})),
            ("metadata", frame(CREDIT, 0, {})),
            ("metadata", frame(CREDIT, 0, {"octets": 0})),
            ("metadata", frame(CREDIT, 0, {"octets": 1.0})),
            ("metadata", frame(CREDIT, 0, {"octets": True})),
            ("metadata", opened(frame(CREDIT, 1, {"octets": "1"}))),
            ("metadata", opened(frame(CANCEL, 1, {"code": 1}))),
            ("metadata", opened(frame(CANCEL, 1, {"cause": "timeout", "code": None}))),
            ("metadata", settled()),
            ("metadata", settled(event=0)),
            ("credit", frame(CREDIT, 0, {"octets": 2**31 - 1})),
            ("credit", opened(frame(CREDIT, 1, {"octets": 2**31 - 1}))),
            ("sequence", opened(frame(EVENT, 1, body))),
            ("sequence", opened(frame(DATA, 1, b"x"))),
            ("sequence", settled(event=2)),
        ]
        for code, octets in table:
            with self.subTest(octets):
                await self.malformed(wait, octets, code)

    async def test_frame_malformed__in_a_conversation_that_receives_and_sends(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.refuse"})
            await receive()
            await wait(scope, receive, send)

        def event(size: int = 3, payload: Any = "data", **members: Any) -> bytes:
            content = {"event": {"type": "websocket.message"}, "payload": payload, "size": size}
            return frame(EVENT, 1, {**content, **members})

        table = [
            ("sequence", event() + event()),
            ("sequence", event() + frame(DATA, 1, b"abcd")),
            ("sequence", event() + frame(DATA, 1, b"abc") + frame(DATA, 1, b"d")),
            ("sequence", frame(SETTLED, 1, {"event": 1}) * 2),
            ("metadata", event(payload="text") + frame(DATA, 1, b"\xff\xfe\xfd")),
            ("metadata", event(payload="reason")),
            ("metadata", event(size=-1)),
            ("metadata", event(size=1.5)),
            ("metadata", event(event=[])),
            ("metadata", event(event={})),
            ("metadata", frame(EVENT, 1, {"event": {"type": "http.request.end", "trailers": [["a"]]}})),
            ("metadata", frame(SETTLED, 1, {"event": 1, "error": "other"})),
            ("metadata", frame(SETTLED, 1, {"event": 1, "error": "misuse", "message": "x"})),
            ("metadata", frame(SETTLED, 1, {"event": 1, "error": "closed"})),
            ("credit", event(size=200_000) + frame(DATA, 1, b"x" * 30_000) + frame(DATA, 1, b"x" * 65_536)),
        ]
        for code, octets in table:
            with self.subTest(octets[:80]):
                await self.malformed(app, octets, code, begun=True)

    async def test_frame_malformed__of_the_stream(self) -> None:
        front = Front(wait, conversations=2, connection_credit=65_536)
        for number in (1, 2):
            front.open(number)
        front.open(3)
        self.assertEqual((await front.take())[-1][2]["code"], "sequence")

    async def test_frame_malformed__hello(self) -> None:
        table = [
            ("version", {"frames": [2]}),
            ("version", {"frames": []}),
            ("version", {"interface": ["0.2"]}),
            ("version", {"frames": [2], "interface": 5, "connection_credit": None}),
            ("metadata", {"frames": 1}),
            ("metadata", {"interface": "0.1"}),
            ("metadata", {"software": None}),
            ("metadata", {"connection_credit": 65_535}),
            ("metadata", {"conversation_credit": 65_535}),
            ("credit", {"connection_credit": 2**31}),
        ]
        for code, members in table:
            with self.subTest(members):
                front = Front(wait, {**members})
                self.assertEqual([(k, c["code"]) for k, _, c in await front.take()], [("fault", code)])
                self.assertEqual(front.status, 1)

    async def test_frame_malformed__anything_before_hello(self) -> None:
        front = Front(wait, False)
        front.open(1)
        self.assertEqual((await front.take())[0][2]["code"], "sequence")

    async def test_metadata_that_is_too_deep_for_python(self) -> None:
        deep = b'[' * 900 + b']' * 900
        body = b'{"scope":{"type":"http","id":"1","x":' + deep + b"}}"
        front = Front(wait)
        front.worker.feed(frame(OPEN, 1, body))
        for kind, _, content in await front.take():
            self.assertEqual((kind, content["code"]), ("fault", "metadata"))

    async def test_frame_malformed__whatever_comes_there_is_a_fault_or_nothing(self) -> None:
        choose = random.Random(9)

        async def app(scope: dict, receive: Any, send: Any) -> None:
            send({"type": "http.response.body", "data": b"x" * 100})
            await receive()

        body = {"event": {"type": "http.request.body"}, "payload": "data", "size": 4}
        startup = {"scope": {"type": "http", "id": "1", "headers": [["a", "b"]], "path": "/"}}
        stream = [
            frame(OPEN, 1, startup),
            frame(EVENT, 1, body),
            frame(DATA, 1, b"abcd"),
            frame(SETTLED, 1, {"event": 1, "error": "closed", "cause": "timeout", "code": 5}),
            frame(CANCEL, 1, {"cause": "timeout", "code": 5}),
            frame(CREDIT, 1, {"octets": 5}),
            frame(CREDIT, 0, {"octets": 5}),
        ]
        values = [b"null", b"5", b"-1", b'"x"', b"[]", b"{}", b"[[1]]", b"true", b"1.5", b'{"$base64":1}']
        faults = 0
        for _ in range(600):
            front = Front(app)
            for octets in stream:
                if choose.random() < 0.3:
                    at = choose.randrange(len(octets))
                    if choose.random() < 0.5:
                        octets = octets[:at] + bytes([choose.randrange(256)]) + octets[at + 1 :]
                    else:
                        content = re.sub(
                            rb'"[^"{}:,]*"|\d+',
                            lambda match: choose.choice(values) if choose.random() < 0.2 else match[0],
                            octets[12:],
                        )
                        octets = HEADER.pack(len(content), *HEADER.unpack(octets[:12])[1:]) + content
                front.worker.feed(octets)
                await turns(2)
            codes = [content["code"] for kind, _, content in front.frames if kind == "fault"]
            self.assertLessEqual(len(codes), 1)
            self.assertEqual(bool(codes), front.worker.is_lost or front.status == 1)
            faults += len(codes)
            front.worker._finish(1)
        self.assertGreater(faults, 200)

    async def test_a_fault_of_the_front_is_its_loss(self) -> None:
        front = Front(wait)
        front.open(1)
        fault = frame(FAULT, 0, {"code": "kind", "message": "that was none"})
        front.worker.feed(fault + b"\xff" * 12)
        front.worker.feed(b"\xff" * 12)
        self.assertEqual(await front.take(), [])
        self.assertTrue(front.worker.is_lost)
        self.assertIn("(kind): that was none", self.stderr.getvalue())

    async def malformed(self, app: Any, octets: bytes, code: str, begun: bool = False) -> None:
        front = Front(app, conversation_credit=65_536)
        if begun:
            front.open(1, "websocket")
            await front.take()
        front.worker.feed(octets)
        taken = await front.take()
        self.assertEqual([(kind, content.get("code")) for kind, _, content in taken], [("fault", code)])
        # The stream is over: nothing is read any more, and the process ends.
        front.worker.feed(frame(CREDIT, 0, {"octets": 1}))
        self.assertEqual(await front.take(), [])
        self.assertTrue(front.worker.is_lost or front.status == 1)
        front.worker._finish(1)


class FrontLost(Base):
    async def test_worker_front_lost__what_the_calls_see(self) -> None:
        accept = {"type": "websocket.accept"}
        close = {"type": "websocket.close"}
        lost = {"cause": "connection_lost"}
        of_websocket = {"type": "websocket.closed", "code": 1006, "reason": "", "clean": False}
        table = [
            ("http", [], {"type": "http.closed", **lost}),
            ("of.an.extension", [], {"type": "http.closed", **lost}),
            ("websocket", [], {"type": "http.closed", **lost}),
            ("websocket", [accept], {**of_websocket, "initiator": "peer"}),
            ("websocket", [accept, close], {**of_websocket, "initiator": "application"}),
            ("tunnel", [], {"type": "http.closed", **lost}),
            ("tunnel", [{"type": "tunnel.accept"}], {"type": "tunnel.closed", **lost}),
        ]
        for scope_type, sends, terminal in table:
            with self.subTest((scope_type, sends)):
                seen: List[Any] = []

                async def app(scope: dict, receive: Any, send: Any) -> None:
                    for event in sends:
                        await send(event)
                    sending = send({"type": "x"})
                    receiving = asyncio.ensure_future(receive())
                    seen.append((await scope["local"]["cancel"].wait()).cause)
                    for waiting in (sending, send({"type": "y"})):
                        with self.assertRaises(Closed) as raised:
                            await waiting
                        seen.append(raised.exception.cause)
                    seen.extend([await receiving, await receive()])

                front = Front(app)
                front.open(1, scope_type)
                for place, _ in enumerate(sends, 1):
                    await turns()
                    front.settle(1, place)
                await front.take()
                front.worker.eof()
                self.assertEqual(await front.take(), [])
                self.assertEqual(seen, ["connection_lost"] * 3 + [terminal] * 2)
                self.assertEqual(front.status, 1)

    async def test_worker_front_lost__what_was_given_before(self) -> None:
        seen: List[Any] = []
        closed = {"type": "http.closed", "cause": "peer_reset", "code": 8}

        async def app(scope: dict, receive: Any, send: Any) -> None:
            for _ in range(2):
                seen.append(await receive())
            await scope["local"]["cancel"].wait()
            seen.extend([await receive(), await receive()])

        front = Front(app)
        front.open(1)
        for event in (closed, closed):
            await turns()
            front.event(1, dict(event))
        await turns()
        front.worker.eof()
        await turns()
        self.assertEqual(seen, [closed] * 4)

    async def test_worker_front_lost__an_acceptance_that_was_refused(self) -> None:
        seen: List[Any] = []

        async def app(scope: dict, receive: Any, send: Any) -> None:
            with contextlib.suppress(Misuse):
                await send({"type": "websocket.accept", "subprotocol": 1})
            seen.append((await receive())["type"])

        front = Front(app)
        front.open(1, "websocket")
        await turns()
        front.settle(1, 1, error="misuse", requirement="event.shape", message="x")
        await turns()
        front.worker.eof()
        await turns()
        self.assertEqual(seen, ["http.closed"])

    async def test_worker_front_lost__the_lifespan_drains_and_shuts_down_last(self) -> None:
        seen: List[Any] = []
        over = asyncio.Event()

        async def lifespan(scope: dict, receive: Any, send: Any) -> None:
            for _ in range(4):
                event = await receive()
                seen.append(event["type"])
                if event["type"] == "lifespan.startup":
                    await send({"type": "lifespan.ready"})
            await send({"type": "lifespan.stopped"})
            self.assertFalse(scope["local"]["cancel"].is_set())

        async def http(scope: dict, receive: Any, send: Any) -> None:
            await over.wait()
            seen.append("ended")

        front = Front(calls(lifespan, http))
        front.open(1, "lifespan")
        await turns()
        front.event(1, STARTUP)
        await turns()
        front.settle(1, 1)
        front.open(2)
        await turns()
        front.worker.eof()
        front.worker.eof()
        await turns()
        self.assertEqual(front.alone, 2.0)
        self.assertEqual(seen, ["lifespan.startup", "lifespan.drain"])
        over.set()
        await turns()
        self.assertEqual(seen[2:], ["ended", "lifespan.shutdown", "lifespan.shutdown"])
        self.assertEqual(front.status, 1)

    async def test_worker_front_lost__after_shutdown_ms_and_twice_that(self) -> None:
        seen: List[Any] = []

        async def lifespan(scope: dict, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "lifespan.ready"})
            while True:
                seen.append((await receive())["type"])
                if seen[-1] == "lifespan.shutdown":
                    seen.append(front.status)
                    await wait(scope, receive, send)

        front = Front(calls(lifespan, wait))
        front.open(1, "lifespan")
        await turns()
        front.event(1, {**STARTUP, "limits": {"shutdown_ms": 20}})
        await turns()
        front.settle(1, 1)
        front.open(2)
        await turns()
        began = asyncio.get_running_loop().time()
        front.worker.eof()
        while front.status is None:
            await asyncio.sleep(0.005)
        took = asyncio.get_running_loop().time() - began
        self.assertEqual(seen, ["lifespan.drain", "lifespan.shutdown", None])
        self.assertEqual(front.status, 1)
        self.assertGreaterEqual(took, 0.039)

    async def test_worker_front_lost__without_limits_there_are_ten_seconds(self) -> None:
        front = Front(wait)
        front.open(1)
        front.worker.eof()
        self.assertEqual(front.alone, 10.0)
        front.worker._finish(1)

    async def test_drain_during_startup__a_start_is_asked_to_stop(self) -> None:
        causes: List[str] = []

        async def lifespan(scope: dict, receive: Any, send: Any) -> None:
            causes.append((await scope["local"]["cancel"].wait()).cause)

        front = Front(lifespan)
        front.open(1, "lifespan")
        await turns()
        front.worker.eof()
        await turns()
        self.assertEqual((causes, front.status), (["shutdown"], 1))

    async def test_errors_have_nobody_else_who_reports_them(self) -> None:
        async def app(scope: dict, receive: Any, send: Any) -> None:
            await scope["local"]["cancel"].wait()
            raise ValueError("while nobody listens")

        front = Front(app)
        front.open(1)
        await turns()
        front.worker.eof()
        await turns()
        self.assertIn("ValueError: while nobody listens", self.stderr.getvalue())


class ExitStatus(Base):
    async def test_worker_exit__when_no_conversation_is_open(self) -> None:
        async def returns(scope: dict, receive: Any, send: Any) -> None:
            pass

        async def fails(scope: dict, receive: Any, send: Any) -> None:
            raise ValueError

        async def unsupported(scope: dict, receive: Any, send: Any) -> None:
            raise UnsupportedScope("lifespan")

        async def refuses(scope: dict, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "lifespan.failed", "message": "no"})

        async def ends_early(scope: dict, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "lifespan.ready"})

        async def lives(scope: dict, receive: Any, send: Any) -> None:
            await ends_early(scope, receive, send)
            while (await receive())["type"] != "lifespan.shutdown":
                pass

        async def fails_to_clean_up(scope: dict, receive: Any, send: Any) -> None:
            await lives(scope, receive, send)
            raise ValueError

        async def asked_to_stop(scope: dict, receive: Any, send: Any) -> None:
            await scope["local"]["cancel"].wait()

        table = [
            (unsupported, 0),
            (lives, 0),
            (asked_to_stop, 0),
            (returns, 3),
            (fails, 3),
            (refuses, 3),
            (ends_early, 1),
            (fails_to_clean_up, 1),
        ]
        for app, status in table:
            with self.subTest(app.__name__):
                front = Front(app)
                front.open(1, "lifespan")
                ended = False
                if app is asked_to_stop:
                    await turns()
                    front.cancel(1, cause="shutdown")
                events = iter([STARTUP, {"type": "lifespan.drain", "deadline_ms": 0}, {"type": "lifespan.shutdown"}])
                places = 0
                while not ended:
                    for kind, _, _ in await front.take():
                        if kind == "receive":
                            front.event(1, dict(next(events)))
                        elif kind == "event":
                            places += 1
                            front.settle(1, places)
                        ended = ended or kind == "end"
                self.assertIsNone(front.status)
                front.worker.eof()
                self.assertEqual(front.status, status)

    async def test_worker_exit__a_stream_that_ends_within_a_frame(self) -> None:
        front = Front(wait)
        front.worker.feed(frame(OPEN, 1, {"scope": {"type": "http"}})[:20])
        front.worker.eof()
        self.assertEqual(front.status, 1)

    async def test_worker_exit__a_stream_that_ends_before_hello(self) -> None:
        front = Front(wait, False)
        front.worker.eof()
        self.assertEqual(front.status, 1)


async def send_body(send: Any, data: bytes) -> None:
    await send({"type": "http.response.body", "data": data})
