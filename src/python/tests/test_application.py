"""Applications made of handlers and of synchronous functions."""

import asyncio
import contextvars
import threading
import unittest

from portway import Closed, Misuse, UnsupportedScope, application, threaded


class Application(unittest.IsolatedAsyncioTestCase):
    async def test_each_scope_goes_to_the_handler_of_its_type(self) -> None:
        calls: list = []

        async def http(*args: object) -> None:
            calls.append(args)

        app = application(http=http, websocket=None)
        scope = {"type": "http"}
        await app(scope, receive_nothing, ignore)
        self.assertEqual(calls, [(scope, receive_nothing, ignore)])

    async def test_app_unsupported_scope__types_without_a_handler(self) -> None:
        for scope_type in ("lifespan", "websocket", "of.an-extension"):
            with self.assertRaises(UnsupportedScope) as raised:
                await application(websocket=None)({"type": scope_type}, receive_nothing, ignore)
            self.assertEqual(raised.exception.scope_type, scope_type)


class Threaded(unittest.IsolatedAsyncioTestCase):
    async def test_python_threaded__receive_and_send_block(self) -> None:
        events, sent = iter([{"type": "a"}, {"type": "b"}]), []

        async def receive() -> dict:
            return next(events)

        def send(event: dict) -> "asyncio.Future[None]":
            self.assertIs(threading.current_thread(), here)
            sent.append(event)
            done = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done

        def function(scope: dict, receive: object, send: object) -> None:
            self.assertIsNot(threading.current_thread(), here)
            self.assertIsNone(send(receive()))
            send(receive())

        here = threading.current_thread()
        await threaded(function)({"type": "http"}, receive, send)
        self.assertEqual(sent, [{"type": "a"}, {"type": "b"}])

    async def test_python_threaded__the_same_errors(self) -> None:
        def send(event: dict) -> "asyncio.Future[None]":
            failed = asyncio.get_running_loop().create_future()
            failed.set_exception(event["error"])
            return failed

        async def receive() -> None:
            raise Misuse("receive.single", "pending")

        caught: list = []

        def function(scope: dict, receive: object, send: object) -> None:
            for call in (
                lambda: send({"error": Closed("peer_reset", 8)}),
                lambda: send({"error": Misuse("http.start-once", "twice")}),
                receive,
            ):
                try:
                    call()
                except (Closed, Misuse) as error:
                    caught.append(str(error))
            raise Closed("timeout")

        with self.assertRaises(Closed):
            await threaded(function)({"type": "http"}, receive, send)
        self.assertEqual(
            caught,
            [
                "the conversation is closed: peer_reset",
                "http.start-once: twice",
                "receive.single: pending",
            ],
        )

    async def test_python_threaded__a_bound_and_first_come_first_served(self) -> None:
        began: list = []
        most = 0
        running: set = set()
        lock = threading.Lock()
        gate = threading.Semaphore(0)

        def function(scope: dict, receive: object, send: object) -> None:
            nonlocal most
            with lock:
                began.append(scope["id"])
                running.add(scope["id"])
                most = max(most, len(running))
            gate.acquire()
            with lock:
                running.discard(scope["id"])

        app = threaded(function, threads=1)
        tasks = [asyncio.ensure_future(app({"type": "http", "id": n}, receive_nothing, ignore)) for n in range(5)]
        await asyncio.sleep(0)
        gate.release(5)
        await asyncio.gather(*tasks)
        self.assertEqual(began, [0, 1, 2, 3, 4])
        self.assertEqual(most, 1)

    async def test_a_conversation_that_is_cancelled_while_it_waits_never_runs(self) -> None:
        began: list = []
        gate = threading.Event()

        def function(scope: dict, receive: object, send: object) -> None:
            began.append(scope["id"])
            gate.wait()

        app = threaded(function, threads=1)
        tasks = [asyncio.ensure_future(app({"type": "http", "id": n}, receive_nothing, ignore)) for n in range(3)]
        await asyncio.sleep(0)
        tasks[1].cancel()
        await asyncio.gather(tasks[1], return_exceptions=True)
        gate.set()
        await asyncio.gather(tasks[0], tasks[2])
        self.assertEqual(began, [0, 2])

    async def test_a_conversation_that_is_cancelled_while_it_blocks_gives_its_thread_back(self) -> None:
        ended: list = []
        blocking = asyncio.Event()

        async def receive() -> None:
            blocking.set()
            await asyncio.Event().wait()

        def function(scope: dict, receive: object, send: object) -> None:
            if scope["id"] == 0:
                for call in (receive, receive, lambda: send({"type": "late"})):
                    try:
                        call()
                    except Closed as closed:
                        ended.append(closed.cause)
            else:
                ended.append("the next")

        app = threaded(function, threads=1)
        task = asyncio.ensure_future(app({"type": "http", "id": 0}, receive, ignore))
        await blocking.wait()
        task.cancel()
        with self.assertRaises(asyncio.CancelledError):
            await task
        await app({"type": "http", "id": 1}, receive, ignore)
        self.assertEqual(ended, ["complete", "complete", "complete", "the next"])

    async def test_the_lifespan_does_not_take_the_thread_of_a_conversation(self) -> None:
        over = asyncio.Event()

        async def receive() -> dict:
            await over.wait()
            return {"type": "lifespan.shutdown"}

        def function(scope: dict, receive: object, send: object) -> None:
            if scope["type"] == "lifespan":
                receive()

        app = threaded(function, threads=1)
        lifespan = asyncio.ensure_future(app({"type": "lifespan"}, receive, ignore))
        await asyncio.sleep(0)
        await app({"type": "http"}, receive, ignore)
        over.set()
        await lifespan

    async def test_the_thread_has_the_context_of_the_call(self) -> None:
        name: contextvars.ContextVar = contextvars.ContextVar("name")
        seen: list = []
        name.set("of the call")
        app = threaded(lambda scope, receive, send: seen.append(name.get()))
        await app({"type": "http"}, receive_nothing, ignore)
        self.assertEqual(seen, ["of the call"])

    async def test_stop_iteration_is_an_error_like_others(self) -> None:
        with self.assertRaisesRegex(RuntimeError, "StopIteration"):
            await threaded(lambda scope, receive, send: next(iter(())))(
                {"type": "http"}, receive_nothing, ignore
            )

    def test_no_pool_is_without_threads(self) -> None:
        with self.assertRaises(ValueError):
            threaded(print, threads=0)


async def receive_nothing() -> None:
    await asyncio.Event().wait()


async def ignore(event: object) -> None:
    pass
