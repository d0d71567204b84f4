"""The threads of ``from_wsgi`` ([wsgi.pool-bounded])."""

from __future__ import annotations

import asyncio
import gc
import threading
import unittest
from contextvars import ContextVar
from typing import Any, List

from portway.wsgi import from_wsgi
from tests.memory import Exchange, http_scope
from tests.wsgi_applications import Gate, Items, TEXT, hello, open_with, responding


class Threads(unittest.IsolatedAsyncioTestCase):
    async def test_wsgi_pool_bounded__threads(self) -> None:
        running, most = [], [0]
        gate, lock = threading.Event(), threading.Lock()
        full = asyncio.Event()
        loop = asyncio.get_running_loop()

        def app(environ: Any, start_response: Any) -> Any:
            with lock:
                running.append(threading.current_thread())
                most[0] = max(most[0], len(running))
                if len(running) == 2:
                    loop.call_soon_threadsafe(full.set)
            gate.wait(10)
            with lock:
                running.remove(threading.current_thread())
            return hello(environ, start_response)

        adapted = from_wsgi(app, threads=2)
        exchanges = [Exchange(adapted, http_scope()).call() for _ in range(6)]
        await asyncio.wait_for(full.wait(), 10)
        gate.set()
        for exchange in exchanges:
            self.assertIsNone(await exchange.ended())
        self.assertEqual(2, most[0])

    async def test_wsgi_pool_bounded__a_backlog_that_is_full_is_answered_with_503(self) -> None:
        gate = threading.Event()
        order: List[str] = []

        def app(environ: Any, start_response: Any) -> Any:
            gate.wait(10)
            order.append(environ["PATH_INFO"])
            return hello(environ, start_response)

        adapted = from_wsgi(app, threads=1, backlog=1)
        exchanges = []
        for target in (b"/1", b"/2", b"/3", b"/4"):
            exchanges.append(Exchange(adapted, http_scope(target=target)).call())
            await asyncio.sleep(0)
        for exchange in exchanges[2:]:
            self.assertIsNone(await exchange.ended())
            self.assertEqual(503, exchange.start["status"])
            self.assertEqual("ended", exchange.outcome)
        gate.set()
        for exchange in exchanges[:2]:
            self.assertIsNone(await exchange.ended())
            self.assertEqual(200, exchange.start["status"])
        self.assertEqual(["/1", "/2"], order)
        late = Exchange(adapted, http_scope()).call()
        await late.ended()
        self.assertEqual(200, late.start["status"])

    async def test_wsgi_pool_bounded__nothing_else_uses_it(self) -> None:
        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)
            return [threading.current_thread().name.encode()]

        exchange = open_with(app)
        await exchange.ended()
        other = await asyncio.get_running_loop().run_in_executor(
            None, lambda: threading.current_thread().name
        )
        self.assertTrue(exchange.body.startswith(b"portway-wsgi-"))
        self.assertFalse(other.startswith("portway-wsgi-"))

    async def test_wsgi_pool_bounded__a_cancelled_call_gives_its_thread_back(self) -> None:
        gate = Gate()
        items = Items(b"a", lambda: gate.wait() or b"b")
        results: List[Any] = [items, [b"next"]]
        adapted = from_wsgi(
            lambda *args: responding(results.pop(0))(*args),
            threads=1,
        )
        exchange = Exchange(adapted, http_scope()).call()
        await gate.reached()
        await exchange.cancelled()
        self.assertIsInstance(exchange.error, asyncio.CancelledError)
        gate.open()
        after = Exchange(adapted, http_scope()).call()
        await after.ended()
        self.assertEqual(b"next", after.body)
        self.assertEqual((2, 1), (items.asked, items.closed))

    async def test_wsgi_pool_bounded__an_adapter_that_is_thrown_away_leaves_no_thread(self) -> None:
        threads: List[threading.Thread] = []

        def app(environ: Any, start_response: Any) -> Any:
            threads.append(threading.current_thread())
            return hello(environ, start_response)

        await open_with(app).ended()
        gc.collect()
        threads[0].join(10)
        self.assertFalse(threads[0].is_alive())

    async def test_python_context__a_variable_that_one_call_sets(self) -> None:
        name: ContextVar[str] = ContextVar("name", default="unset")

        def app(environ: Any, start_response: Any) -> Any:
            start_response("200 OK", TEXT)
            before = name.get().encode()
            name.set("set")
            return [before]

        adapted = from_wsgi(app, threads=1)
        for _ in range(2):
            exchange = Exchange(adapted, http_scope()).call()
            await exchange.ended()
            self.assertEqual(b"unset", exchange.body)


if __name__ == "__main__":
    unittest.main()
