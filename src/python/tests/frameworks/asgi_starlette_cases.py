"""What a site of Starlette does, under the gateway in memory and under the real one."""

import json
import os
import unittest

from tests.frameworks import asgi_starlette_site as site
from tests.frameworks.asgi_client import Denied, InMemory, Listening, form, gateway_command

MODULE = "tests.frameworks.asgi_starlette_site"
OCTETS = os.urandom(300_000)


class Cases:
    """Run with the ways to a site that the classes below have."""

    through = None

    def make(self):
        raise NotImplementedError

    async def asyncSetUp(self) -> None:
        site.log.clear()
        self.site = self.make()
        await self.site.start()

    async def asyncTearDown(self) -> None:
        await self.site.stop()

    async def log(self) -> list:
        return json.loads((await self.site.request("GET", "/log")).body)

    async def test_adapter_scope__what_a_request_says(self) -> None:
        answer = await self.site.request("GET", "/?a=b&c=%20d", [("cookie", "x=1; y=2")])
        told = json.loads(answer.body)
        self.assertEqual(answer.status, 200)
        self.assertEqual((told["method"], told["path"]), ("GET", "/"))
        self.assertEqual(told["query"], {"a": "b", "c": " d"})
        self.assertEqual(told["cookies"], {"x": "1", "y": "2"})
        self.assertEqual(told["pool"], "a pool")
        self.assertTrue(told["client"])
        self.assertEqual(answer.headers.get("x-through"), self.through)

    async def test_adapter_response__streams(self) -> None:
        answer = await self.site.request("GET", "/stream?count=300")
        self.assertEqual(answer.body.decode(), "".join(f"{n}\n" for n in range(300)))
        answer = await self.site.request("HEAD", "/")
        self.assertEqual((answer.status, answer.body), (200, b""))

    async def test_adapter_body__uploads(self) -> None:
        fields, body = form("file", "a.bin", OCTETS)
        answer = await self.site.request("POST", "/upload", fields, body)
        self.assertEqual(
            json.loads(answer.body), {"name": "a.bin", "size": len(OCTETS), "sum": sum(OCTETS)}
        )
        answer = await self.site.request("POST", "/echo", (), OCTETS)
        self.assertEqual(answer.body, OCTETS)
        answer = await self.site.request("POST", "/disconnected", (), b"still here")
        self.assertEqual(json.loads(answer.body), [False, "still here"])

    async def test_adapter_response__files_and_cookies(self) -> None:
        with open(site.__file__, "rb") as file:
            source = file.read()
        for target in ("/source", "/static/asgi_starlette_site.py"):
            answer = await self.site.request("GET", target)
            self.assertEqual((answer.status, answer.body), (200, source))
            etag = answer.headers["etag"]
        answer = await self.site.request(
            "GET", "/static/asgi_starlette_site.py", [("if-none-match", etag)]
        )
        self.assertEqual((answer.status, answer.body), (304, b""))
        self.assertEqual((await self.site.request("GET", "/static/../x")).status, 404)
        answer = await self.site.request("GET", "/sets")
        self.assertIn("b=2", answer.headers["set-cookie"])

    async def test_adapter_response__errors(self) -> None:
        self.assertEqual((await self.site.request("GET", "/fails")).status, 500)
        self.assertEqual((await self.site.request("GET", "/nowhere")).status, 404)
        self.assertEqual((await self.site.request("GET", "/upload")).status, 405)
        self.assertEqual((await self.site.request("GET", "/")).status, 200)

    async def test_adapter_response__work_behind_the_response(self) -> None:
        self.assertEqual((await self.site.request("GET", "/background")).body, b"soon")
        for _ in range(100):
            if "worked" in await self.log():
                break
        self.assertIn("worked", await self.log())

    async def test_asgi_disconnect__a_reader_that_leaves_ends_an_endless_response(self) -> None:
        await self.site.leave("/forever")
        for _ in range(500):
            if "left" in await self.log():
                break
        self.assertIn("left", await self.log())

    async def test_asgi_websocket__echo_and_close(self) -> None:
        socket = await self.site.connect("/ws/kitchen", ["chat", "other"])
        self.assertEqual(socket.subprotocol, "chat")
        for text in ("one", "", "drei \u20ac", "x" * 100_000):
            await socket.send(text)
            self.assertEqual(await socket.receive(), f"kitchen: {text}")
        await socket.send("close")
        self.assertEqual(await socket.receive(), 4001)
        socket = await self.site.connect("/ws/hall")
        await socket.send("one")
        await socket.receive()
        await socket.close()
        for _ in range(100):
            if "websocket left" in await self.log():
                break
        self.assertIn("websocket left", await self.log())

    async def test_asgi_websocket__denials(self) -> None:
        for target in ("/denies", "/ws-nowhere"):
            with self.assertRaises(Denied) as denied:
                await self.site.connect(target)
            self.assertEqual(denied.exception.args, (403,))


class Memory(Cases, unittest.IsolatedAsyncioTestCase):
    def make(self):
        return InMemory(site.app)

    async def test_asgi_lifespan__from_start_to_stop(self) -> None:
        self.assertEqual(await self.log(), ["started"])
        await self.site.stop()
        self.assertEqual(site.log, ["started", "stopped"])
        await self.site.gateway.lifespan.ended()
        self.site = self.make()
        await self.site.start()


class MemoryBehindMiddleware(Cases, unittest.IsolatedAsyncioTestCase):
    through = "middleware"

    def make(self):
        return InMemory(site.wrapped)


class Gateway(Cases, unittest.IsolatedAsyncioTestCase):
    def make(self):
        return Listening(*gateway_command(f"{MODULE}:app", "--kind", "asgi"))

    async def asyncTearDown(self) -> None:
        self.assertEqual(await self.site.stop(), 0)


class GatewayBehindMiddleware(Gateway):
    through = "middleware"

    def make(self):
        return Listening(*gateway_command(f"{MODULE}:wrapped", "--kind", "auto"))
