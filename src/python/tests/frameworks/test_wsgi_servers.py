"""A Portway application on gunicorn, waitress and wsgiref."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import unittest
from importlib.util import find_spec
from typing import Any, ClassVar, List

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
MODULE = "tests.frameworks.wsgi_servers_app"
PATIENCE = 30


class Server:
    """A server in a process of its own, and what it has printed."""

    def __init__(self, command: List[str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self.lines: List[str] = []
        self._printed = threading.Condition()
        self._errors: List[str] = []
        self._threads = [
            threading.Thread(target=self._read, args=(self.process.stdout, self.lines)),
            threading.Thread(target=self._read, args=(self.process.stderr, self._errors)),
        ]
        for thread in self._threads:
            thread.start()

    def _read(self, stream: Any, lines: List[str]) -> None:
        with stream:
            for line in stream:
                with self._printed:
                    lines.append(line.rstrip("\n"))
                    self._printed.notify_all()

    def printed(self, line: str) -> bool:
        """Waits for a line of its standard output."""
        with self._printed:
            return self._printed.wait_for(lambda: line in self.lines, PATIENCE)

    def may_end(self, seconds: float) -> None:
        """Waits for its end, for so long."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)
        for thread in self._threads:
            thread.join(PATIENCE)


class Case(unittest.TestCase):
    """What holds on each server."""

    command: ClassVar[List[str]]
    server: ClassVar[Server]
    port: ClassVar[int]

    @classmethod
    def setUpClass(cls) -> None:
        # Taken by nobody a moment ago; the server says itself if that has changed.
        with socket.create_server(("127.0.0.1", 0)) as free:
            cls.port = free.getsockname()[1]
        cls.server = Server([part.replace("PORT", str(cls.port)) for part in cls.command])
        cls.addClassCleanup(cls.server.stop)
        while cls.server.process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", cls.port)).close()
            except ConnectionRefusedError:
                cls.server.may_end(0.05)
        raise AssertionError("\n".join(cls.server._errors))

    def request(self, method: str, path: str, body: Any = None, **options: Any) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        self.addCleanup(connection.close)
        connection.request(method, path, body=body, **options)
        response = connection.getresponse()
        return response, response.read()


class Common:
    """The cases that every server passes."""

    def test_adapter_body__echo(self: Any) -> None:
        for body in (b"", b"hello", bytes(range(256)) * 4000):
            with self.subTest(size=len(body)):
                response, received = self.request("POST", "/echo", body)
                self.assertEqual((200, body), (response.status, received))

    def test_wsgi_lifespan__state(self: Any) -> None:
        response, received = self.request("GET", "/state")
        self.assertEqual((201, b"state"), (response.status, received))
        self.assertEqual("5", response.headers["content-length"])
        self.assertEqual(1, self.server.lines.count("told lifespan.startup"))

    def test_http_head_length(self: Any) -> None:
        response, received = self.request("HEAD", "/state")
        self.assertEqual((201, b""), (response.status, received))
        self.assertEqual("5", response.headers["content-length"])

    def test_http_500_when_open(self: Any) -> None:
        response, received = self.request("GET", "/fails")
        self.assertEqual((500, b"Internal Server Error\n"), (response.status, received))

    def test_adapter_body__a_discarded_one(self: Any) -> None:
        response, received = self.request("POST", "/refuse", b"a" * 1_000_000)
        self.assertEqual((413, b"too large"), (response.status, received))

    def test_wsgi_close_cancels__a_client_that_leaves(self: Any) -> None:
        with socket.create_connection(("127.0.0.1", self.port)) as connection:
            connection.sendall(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
            self.assertIn(b"200 OK", connection.recv(1000))
        self.assertTrue(self.server.printed("lost connection_lost"))


class Wsgiref(Common, Case):
    """The server of the standard library, with its validator around the application."""

    command = [sys.executable, "-m", MODULE, "wsgiref", "PORT"]


@unittest.skipUnless(find_spec("waitress"), "waitress is not installed (Debian: python3-waitress)")
class Waitress(Common, Case):
    command = [sys.executable, "-m", MODULE, "waitress", "PORT"]

    def test_adapter_body__of_unknown_length(self) -> None:
        pieces = [b"a" * 70_000, b"b", b"c" * 5]
        response, received = self.request("POST", "/echo", iter(pieces), encode_chunked=True)
        self.assertEqual((200, b"".join(pieces)), (response.status, received))


@unittest.skipUnless(find_spec("gunicorn"), "gunicorn is not installed (Debian: gunicorn)")
class Gunicorn(Common, Case):
    command = [
        *[sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:PORT", "--workers", "1"],
        *["--threads", "4", f"{MODULE}:app"],
    ]

    def test_adapter_body__of_unknown_length(self) -> None:
        pieces = [b"a" * 70_000, b"b", b"c" * 5]
        response, received = self.request("POST", "/echo", iter(pieces), encode_chunked=True)
        self.assertEqual((200, b"".join(pieces)), (response.status, received))


@unittest.skipUnless(find_spec("gunicorn"), "gunicorn is not installed (Debian: gunicorn)")
class GunicornSync(Case):
    """Loaded before it forks, with one thread for all of a process."""

    command = [
        *[sys.executable, "-m", "gunicorn", "--bind", "127.0.0.1:PORT", "--workers", "2"],
        *["--preload", f"{MODULE}:app"],
    ]

    def test_wsgi_lifespan__shutdown_when_the_server_stops(self) -> None:
        response, received = self.request("POST", "/echo", b"hello")
        self.assertEqual((200, b"hello"), (response.status, received))
        self.server.stop()
        told = ["told lifespan.startup", "told lifespan.drain", "told lifespan.shutdown"]
        self.assertEqual(told, self.server.lines)


if __name__ == "__main__":
    unittest.main()
