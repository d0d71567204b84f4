"""The gateway in memory does what it says, so that tests that use it can fail."""

import asyncio
import unittest

from portway import Closed, Misuse, UnsupportedScope
from tests.memory import Exchange, Gateway, StartFailed, http_scope, request_events


async def echo(scope, receive, send):
    if scope["type"] != "http":
        raise UnsupportedScope(scope["type"])
    await send({"type": "http.response.start", "status": 200})
    while True:
        event = await receive()
        if event["type"] != "http.request.body":
            break
        await send({"type": "http.response.body", "data": event["data"]})
    await send({"type": "http.response.end"})


class Memory(unittest.IsolatedAsyncioTestCase):
    async def test_a_whole_request(self) -> None:
        async with Gateway(echo) as gateway:
            self.assertFalse(gateway.supported)
            response = await gateway.request("POST", b"/a?b", body=[b"one", b"two"])
        self.assertEqual((response.status, response.body, response.outcome), (200, b"onetwo", "ended"))
        self.assertEqual(response.exchange.scope["query"], b"b")
        self.assertEqual(response.exchange.types.count("http.response.body"), 2)

    async def test_a_second_receive_is_misuse_and_a_given_up_one_loses_nothing(self) -> None:
        seen = []

        async def app(scope, receive, send):
            first = asyncio.ensure_future(receive())
            await asyncio.sleep(0)
            with self.assertRaises(Misuse):
                await receive()
            first.cancel()
            await asyncio.wait([first])
            seen.append((await receive())["type"])

        exchange = Exchange(app, http_scope()).call()
        await exchange.until(lambda x: x.receives >= 2)
        exchange.give(*request_events())
        await exchange.ended()
        self.assertEqual(seen, ["http.request.end"])

    async def test_sends_wait_and_fail_with_the_loss_of_the_peer(self) -> None:
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "data": b"x"})

        exchange = Exchange(app, http_scope()).call()
        exchange.hold()
        await exchange.until_sent("http.response.start")
        self.assertEqual(exchange.types, ["http.response.start"])
        exchange.release()
        exchange.hold()
        await exchange.until_sent("http.response.body")
        exchange.lose("peer_reset", 8)
        error = await exchange.ended()
        self.assertIsInstance(error, Closed)
        self.assertEqual((error.cause, error.code, exchange.outcome), ("peer_reset", 8, "lost"))
        self.assertIs(exchange.cancel.reason, error)

    async def test_the_end_is_given_again_and_again(self) -> None:
        async def app(scope, receive, send):
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.end"})
            for _ in range(3):
                await receive()

        exchange = Exchange(app, http_scope()).call()
        exchange.give(*request_events())
        await exchange.ended()
        self.assertEqual(
            exchange.given[1:], [{"type": "http.closed", "cause": "complete"}] * 2
        )

    async def test_a_start_that_fails(self) -> None:
        async def app(scope, receive, send):
            await receive()
            await send({"type": "lifespan.failed", "message": "no database"})

        with self.assertRaisesRegex(StartFailed, "no database"):
            async with Gateway(app):
                self.fail("it has started")
