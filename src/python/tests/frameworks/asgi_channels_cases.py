"""What a site of Django with Channels does, under the gateway in memory and under the real one."""

import json
import os
import unittest

from tests.frameworks import asgi_channels_site as site
from tests.frameworks.asgi_client import Denied, InMemory, Listening, form, gateway_command

OCTETS = os.urandom(300_000)


class Cases:
    """Run with the ways to a site that the classes below have."""

    async def asyncSetUp(self) -> None:
        self.site = self.make()
        await self.site.start()

    async def asyncTearDown(self) -> None:
        await self.site.stop()

    async def test_adapter_scope__sessions(self) -> None:
        answer = await self.site.request("GET", "/?a=b%20c")
        self.assertEqual(
            json.loads(answer.body), {"path": "/", "query": {"a": "b c"}, "visits": 1}
        )
        cookie = answer.headers["set-cookie"].partition(";")[0]
        answer = await self.site.request("GET", "/", [("cookie", cookie)])
        self.assertEqual(json.loads(answer.body)["visits"], 2)

    async def test_adapter_body__an_upload(self) -> None:
        fields, body = form("file", "a.bin", OCTETS)
        answer = await self.site.request("POST", "/upload", fields, body)
        self.assertEqual(
            json.loads(answer.body), {"name": "a.bin", "size": len(OCTETS), "sum": sum(OCTETS)}
        )

    async def test_adapter_response__views_of_all_kinds(self) -> None:
        with open(site.__file__, "rb") as file:
            source = file.read()
        for method, target, status, body in (
            ("GET", "/async", 200, b"from a coroutine"),
            ("GET", "/stream", 200, b"0\n1\n2\n3\n4\n"),
            ("GET", "/source", 200, source),
            ("GET", "/nothing", 204, b""),
            ("GET", "/guarded", 200, b"reached"),
            ("POST", "/guarded", 403, None),
            ("GET", "/fails", 500, None),
            ("GET", "/nowhere", 404, None),
            ("HEAD", "/async", 200, b""),
        ):
            with self.subTest(target=target):
                answer = await self.site.request(method, target)
                self.assertEqual(answer.status, status)
                if body is not None:
                    self.assertEqual(answer.body, body)

    async def test_asgi_websocket__a_consumer_in_a_thread(self) -> None:
        socket = await self.site.connect("/echo")
        for message in ("one", "drei \u20ac", b"octets", "x" * 100_000):
            await socket.send(message)
            self.assertEqual(await socket.receive(), message)
        await socket.close()

    async def test_asgi_websocket__a_room(self) -> None:
        first, second = [await self.site.connect("/room/kitchen") for _ in range(2)]
        await first.send(json.dumps({"said": "hello"}))
        for socket in (first, second):
            self.assertEqual(json.loads(await socket.receive()), {"said": "hello"})
        await first.close()
        await second.send(json.dumps({"said": "alone"}))
        self.assertEqual(json.loads(await second.receive()), {"said": "alone"})
        await second.close()
        with self.assertRaises(Denied) as denied:
            await self.site.connect("/room/closed")
        self.assertEqual(denied.exception.args, (403,))


class Memory(Cases, unittest.IsolatedAsyncioTestCase):
    def make(self):
        return InMemory(site.app)


class Gateway(Cases, unittest.IsolatedAsyncioTestCase):
    def make(self):
        return Listening(*gateway_command(f"{site.__name__}:app", "--kind", "asgi"))

    async def asyncTearDown(self) -> None:
        self.assertEqual(await self.site.stop(), 0)
