"""What a site of FastAPI does, under the gateway in memory and under the real one."""

import json
import os
import unittest

from tests.frameworks import asgi_fastapi_site as site
from tests.frameworks.asgi_client import InMemory, Listening, form, gateway_command

JSON = ("content-type", "application/json")


class Cases:
    """Run with the ways to a site that the classes below have."""

    async def asyncSetUp(self) -> None:
        site.log.clear()
        self.site = self.make()
        await self.site.start()

    async def asyncTearDown(self) -> None:
        await self.site.stop()

    async def test_adapter_body__a_model_in_json(self) -> None:
        body = json.dumps({"name": "Käse", "price": 2.5}).encode()
        token = ("x-token", "secret")
        for target, fields, status in (
            ("/items/7", [JSON, token], 201),
            ("/items/seven", [JSON, token], 422),
            ("/items/7", [JSON], 422),
            ("/items/7", [JSON, ("x-token", "wrong")], 403),
        ):
            answer = await self.site.request("POST", target, fields, body)
            self.assertEqual(answer.status, status)
            if status == 201:
                item = {"name": "Käse", "price": 2.5}
                self.assertEqual(
                    json.loads(answer.body), {"number": 7, "item": item, "session": "session"}
                )
        told = json.loads((await self.site.request("GET", "/log")).body)
        self.assertEqual(told.count("opened"), told.count("closed"))
        self.assertEqual(told[0], "started")

    async def test_adapter_response__in_a_thread_with_work_behind_it(self) -> None:
        answer = await self.site.request("GET", "/plain")
        self.assertEqual((answer.status, answer.body), (200, b'{"thread":true}'))
        for _ in range(100):
            told = json.loads((await self.site.request("GET", "/log")).body)
            if "worked" in told:
                break
        self.assertIn("worked", told)

    async def test_adapter_body__an_upload(self) -> None:
        fields, body = form("file", "a.bin", os.urandom(1_500_000))
        answer = await self.site.request("POST", "/upload", fields, body)
        self.assertEqual(json.loads(answer.body), {"name": "a.bin", "size": 1_500_000})

    async def test_adapter_response__events(self) -> None:
        answer = await self.site.request("GET", "/events")
        self.assertTrue(answer.headers["content-type"].startswith("text/event-stream"))
        self.assertEqual(answer.body, b"data: 0\n\ndata: 1\n\ndata: 2\n\n")

    async def test_asgi_websocket__octets(self) -> None:
        socket = await self.site.connect("/ws")
        for octets in (b"abc", b"", os.urandom(100_000)):
            await socket.send(octets)
            self.assertEqual(await socket.receive(), octets[::-1])
        await socket.close()


class Memory(Cases, unittest.IsolatedAsyncioTestCase):
    def make(self):
        return InMemory(site.app)


class Gateway(Cases, unittest.IsolatedAsyncioTestCase):
    def make(self):
        return Listening(*gateway_command(f"{site.__name__}:app", "--kind", "asgi"))

    async def asyncTearDown(self) -> None:
        self.assertEqual(await self.site.stop(), 0)
        self.assertIn(b"stopped", self.site.output)
