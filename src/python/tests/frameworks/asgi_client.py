"""Clients for the tests of ASGI frameworks: of a gateway in memory, and of a program that listens."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple, Union

from portway.asgi import from_asgi
from tests.memory import Exchange, Gateway, http_scope, request_events, websocket_scope

PYTHON = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REPOSITORY = os.path.dirname(os.path.dirname(PYTHON))
PATIENCE = 60.0

Message = Union[str, bytes]


class Answer(NamedTuple):
    """A response as a client has it. Names of fields are in lowercase."""

    status: int
    headers: Dict[str, str]
    body: bytes


class Denied(Exception):
    """The handshake was answered with a response, of this status."""


class InMemory:
    """A site under the gateway in memory."""

    def __init__(self, app: Any) -> None:
        self.gateway = Gateway(from_asgi(app))

    async def start(self) -> None:
        await self.gateway.__aenter__()

    async def stop(self) -> None:
        await self.gateway.__aexit__()

    async def request(
        self, method: str, target: str, headers: Iterable[Tuple[str, str]] = (), body: bytes = b""
    ) -> Answer:
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
        fields = [(name, value.encode()) for name, value in headers]
        if body:
            fields.append(("content-length", str(len(body)).encode()))
        response = await self.gateway.request(method, target.encode(), headers=fields, body=pieces)
        if response.status is None:
            return Answer(500, {}, b"")
        named = {name: value.decode("latin-1") for name, value in response.headers}
        # http.head-length
        return Answer(response.status, named, b"" if method == "HEAD" else response.body)

    async def leave(self, target: str) -> None:
        """Leaves in the middle of a response, and waits for the end of the call."""
        exchange = self.gateway.open(http_scope(target=target.encode()))
        exchange.give(*request_events())
        await exchange.until_sent("http.response.body", 3)
        exchange.lose("peer_reset")
        await exchange.ended()

    async def connect(self, target: str, subprotocols: Sequence[str] = ()) -> "MemorySocket":
        exchange = self.gateway.open(
            websocket_scope(target=target.encode(), subprotocols=subprotocols)
        )
        await exchange.until(lambda x: x.sent or x._task.done())
        if exchange.types[:1] != ["websocket.accept"]:
            await exchange.ended()
            raise Denied(exchange.start["status"])
        return MemorySocket(exchange)


class MemorySocket:
    """A WebSocket that was accepted."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._read = 1
        self.subprotocol: Optional[str] = exchange.sent[0].get("subprotocol")

    async def send(self, message: Message) -> None:
        key = "text" if isinstance(message, str) else "data"
        self._exchange.give({"type": "websocket.message", key: message})

    async def receive(self) -> Any:
        """The next message, or the code with which the site has closed."""
        await self._exchange.until(lambda x: len(x.sent) > self._read)
        event = self._exchange.sent[self._read]
        self._read += 1
        if event["type"] == "websocket.close":
            self._exchange.close(event.get("code", 1000))
            return event.get("code", 1000)
        return event["text"] if "text" in event else event["data"]

    async def close(self) -> None:
        self._exchange.close(1000)
        await self._exchange.ended()


class Listening:
    """A site in a process that listens: the gateway of this repository, or a server of others."""

    def __init__(self, *command: str) -> None:
        self._command = command
        self._process: Optional[asyncio.subprocess.Process] = None
        self.port = 0
        self.errors = b""

    async def start(self) -> None:
        # Bound and listening before the process is there, or asked of it where it cannot inherit.
        bound: List[int] = []
        command = list(self._command)
        listener = None
        if any("{fd}" in part for part in command):
            listener = socket.create_server(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
            bound = [listener.fileno()]
            command = [part.format(fd=listener.fileno()) for part in command]
        self._process = await asyncio.create_subprocess_exec(
            *command,
            cwd=PYTHON,
            env={**os.environ, "PYTHONPATH": PYTHON, "PYTHONUNBUFFERED": "1"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            pass_fds=bound,
        )
        self._drained = asyncio.ensure_future(self._drain())
        if listener is not None:
            listener.close()
            return
        assert self._process.stdout is not None
        while not self.port:
            line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
            if not line:
                raise AssertionError(f"it has ended: {self.errors!r}")
            found = re.search(rb"http://127\.0\.0\.1:(\d+)", line)
            self.port = int(found[1]) if found else 0

    async def _drain(self) -> None:
        assert self._process is not None and self._process.stderr is not None
        async for line in self._process.stderr:
            self.errors += line
            found = re.search(rb"http://127\.0\.0\.1:(\d+)", line)
            if found and not self.port:
                self.port = int(found[1])

    async def stop(self) -> int:
        """Ends the process as its operator does. Returns its exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
        output, _ = await asyncio.wait_for(
            asyncio.gather(self._process.stdout.read(), self._drained), PATIENCE
        )
        self.output = output
        return await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def request(
        self, method: str, target: str, headers: Iterable[Tuple[str, str]] = (), body: bytes = b""
    ) -> Answer:
        return await asyncio.to_thread(self._request, method, target, dict(headers), body)

    def _request(self, method: str, target: str, headers: Dict[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, target, body or None, headers)
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        finally:
            connection.close()

    async def leave(self, target: str) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        await reader.readexactly(100_000)
        writer.close()
        await writer.wait_closed()

    async def connect(self, target: str, subprotocols: Sequence[str] = ()) -> "ListeningSocket":
        import websockets

        try:
            joined = await websockets.connect(
                f"ws://127.0.0.1:{self.port}{target}", subprotocols=list(subprotocols) or None
            )
        except websockets.exceptions.InvalidStatusCode as error:
            raise Denied(error.status_code) from None
        return ListeningSocket(joined)


class ListeningSocket:
    """A WebSocket over a connection."""

    def __init__(self, joined: Any) -> None:
        self._joined = joined
        self.subprotocol: Optional[str] = joined.subprotocol
        self.send = joined.send

    async def receive(self) -> Any:
        """The next message, or the code with which the site has closed."""
        import websockets

        try:
            return await asyncio.wait_for(self._joined.recv(), PATIENCE)
        except websockets.exceptions.ConnectionClosed as closed:
            return closed.code

    async def close(self) -> None:
        await self._joined.close()


def gateway_command(target: str, *options: str) -> List[str]:
    """How the gateway of this repository is started with a site, on a port of its choice."""
    node = os.path.join(REPOSITORY, "node_modules", ".bin", "node")
    if not os.path.exists(node):
        node = shutil.which("node") or "node"
    program = os.path.join(REPOSITORY, "bin", "portway.mjs")
    python = ["--python", target, "--python-executable", sys.executable]
    return [node, program, "serve", *python, "--port", "0", *options]


def form(field: str, name: str, content: bytes) -> Tuple[List[Tuple[str, str]], bytes]:
    """A form with a file: its fields, and its body."""
    mark = "----------------portway"
    head = (
        f"--{mark}\r\n"
        f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{mark}--\r\n".encode()
    return [("content-type", f"multipart/form-data; boundary={mark}")], body
