"""A Portway application on uvicorn, hypercorn and daphne, and under the gateway of this repository."""

import asyncio
import os
import socket
import struct
import sys
import unittest
from importlib.util import find_spec

from tests.frameworks.asgi_client import Denied, Listening, gateway_command

OCTETS = os.urandom(300_000)
MODULE = "tests.frameworks.asgi_served"


class Cases:
    """Run with each server."""

    module = ""
    command = ()
    has_lifespan = True
    denial = 403
    # What the server makes of a peer's Close frame with the code 1000.
    closed = 1000

    @classmethod
    def setUpClass(cls) -> None:
        if cls.module and find_spec(cls.module) is None:
            raise unittest.SkipTest(f"{cls.module} is not installed")

    async def asyncSetUp(self) -> None:
        self.site = Listening(*self.command)
        await self.site.start()

    async def asyncTearDown(self) -> None:
        await self.site.stop()
        if self.has_lifespan:
            self.assertIn(b"cleaned up", self.site.output)

    async def text(self, target: str = "/") -> str:
        return (await self.site.request("GET", target)).body.decode()

    async def until_told(self, words: str) -> None:
        for _ in range(500):
            if words in await self.text():
                return
        self.assertIn(words, await self.text())

    async def test_adapter_scope__a_request_and_its_response(self) -> None:
        self.assertEqual(await self.text("/a%2Fb?c=d"), "GET /a%2Fb?c=d a pool []")
        answer = await self.site.request("POST", "/", (), OCTETS)
        self.assertEqual((answer.status, answer.body), (200, OCTETS))
        answer = await self.site.request("HEAD", "/")
        self.assertEqual((answer.status, answer.body), (200, b""))

    async def test_http_500_when_open__of_the_server(self) -> None:
        self.assertEqual((await self.site.request("GET", "/fails")).status, 500)
        self.assertEqual((await self.site.request("GET", "/")).status, 200)

    async def test_asgi_lost__a_reader_that_leaves(self) -> None:
        await self.site.leave("/forever")
        await self.until_told("connection_lost")

    async def test_asgi_watch__a_peer_that_leaves_before_an_answer(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.site.port)
        writer.write(b"GET /waits HTTP/1.1\r\nHost: a\r\n\r\n")
        await self.text()
        # A reset: the end of what a peer sends is not yet its loss.
        linger = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        writer.transport.abort()
        await self.until_told("waited")

    async def test_asgi_websocket__echo_and_close(self) -> None:
        joined = await self.site.connect("/ws", ["chat"])
        self.assertEqual(joined.subprotocol, "chat")
        for message in ("one", "drei \u20ac", b"octets", "x" * 100_000):
            await joined.send(message)
            self.assertEqual(await joined.receive(), message)
        await joined.close()
        await self.until_told(f"websocket.closed {self.closed} peer")
        joined = await self.site.connect("/ws", ["chat"])
        await joined.send("close")
        self.assertEqual(await joined.receive(), 4001)

    async def test_asgi_websocket__a_denial(self) -> None:
        with self.assertRaises(Denied) as denied:
            await self.site.connect("/denies", ["chat"])
        self.assertEqual(denied.exception.args, (self.denial,))


class UvicornH11(Cases, unittest.IsolatedAsyncioTestCase):
    module = "uvicorn"
    command = (sys.executable, "-m", "uvicorn", "--fd", "{fd}", "--http", "h11", "--log-level", "warning", f"{MODULE}:asgi")


class UvicornWsproto(Cases, unittest.IsolatedAsyncioTestCase):
    module = "uvicorn"
    command = (sys.executable, "-m", "uvicorn", "--fd", "{fd}", "--ws", "wsproto", "--lifespan", "on", f"{MODULE}:asgi")


class Hypercorn(Cases, unittest.IsolatedAsyncioTestCase):
    module = "hypercorn"
    denial = 401
    closed = 1006
    command = (sys.executable, "-m", "hypercorn", "-b", "fd://{fd}", f"{MODULE}:asgi")


class Daphne(Cases, unittest.IsolatedAsyncioTestCase):
    module = "daphne"
    has_lifespan = False
    command = (sys.executable, "-m", "daphne", "--fd", "{fd}", f"{MODULE}:asgi")


class PortwayInAsgiInPortway(Cases, unittest.IsolatedAsyncioTestCase):
    """Both adapters, one around the other."""

    denial = 401

    command = tuple(gateway_command(f"{MODULE}:asgi", "--kind", "asgi"))


class Portway(Cases, unittest.IsolatedAsyncioTestCase):
    """Without an adapter: what the others are to be like."""

    denial = 401
    command = tuple(gateway_command(f"{MODULE}:app"))

    async def test_asgi_lost__a_reader_that_leaves(self) -> None:
        await self.site.leave("/forever")
        await self.until_told("'")
