"""Clients for the tests of frameworks: of the gateway in memory, and of a real one by curl."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import threading
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from tests.memory import Gateway

Fields = Iterable[Tuple[str, str]]
PATIENCE = 60


class Answer(NamedTuple):
    """A response as a client has it. Names of fields are in lowercase."""

    status: int
    headers: List[Tuple[str, str]]
    body: bytes

    def values(self, name: str) -> List[str]:
        return [value for field, value in self.headers if field == name]

    def value(self, name: str) -> Optional[str]:
        return next(iter(self.values(name)), None)

    @property
    def text(self) -> str:
        return self.body.decode()


class Cookies:
    """What a browser keeps between requests, but for paths and times."""

    def __init__(self) -> None:
        self._jar: Dict[str, str] = {}

    def __getitem__(self, name: str) -> str:
        return self._jar[name]

    def __contains__(self, name: str) -> bool:
        return name in self._jar

    def keep(self, answer: Answer) -> Answer:
        for value in answer.values("set-cookie"):
            name, _, rest = value.partition("=")
            self._jar[name] = rest.partition(";")[0]
        return answer

    @property
    def field(self) -> Tuple[str, str]:
        return "cookie", "; ".join(f"{name}={value}" for name, value in self._jar.items())


class MemoryClient:
    """Requests to an application under the gateway in memory, in a loop of its own."""

    def __init__(self, app: Any, **options: Any) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.gateway = Gateway(app, **options)
        self.run(self.gateway.__aenter__())

    def run(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def request(self, method: str, target: str, headers: Fields = (), body: bytes = b"") -> Answer:
        fields = [(name, value.encode("latin-1")) for name, value in headers]
        pieces = [body[at : at + 65_536] for at in range(0, len(body), 65_536)]
        if body:
            fields.append(("content-length", b"%d" % len(body)))
        response = self.run(
            self.gateway.request(method, target.encode(), headers=fields, body=pieces)
        )
        if response.error is not None:
            raise response.error
        content = []
        for event in response.exchange.sent:
            if event["type"] == "http.response.body":
                content.append(event["data"])
            elif event["type"] == "http.file":
                with open(event["path"], "rb") as file:
                    file.seek(event["offset"])
                    content.append(file.read(event["length"]))
        named = [(name, value.decode("latin-1")) for name, value in response.headers]
        body = b"" if method == "HEAD" else b"".join(content)
        return Answer(response.status or 0, named, body)

    def close(self) -> None:
        self.run(self.gateway.__aexit__())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()


class CurlClient:
    """Requests to a server, by curl."""

    def __init__(self, origin: str, *options: str) -> None:
        self._origin = origin
        self._options = options

    def request(
        self, method: str, target: str, headers: Fields = (), body: bytes = b"", known: bool = True
    ) -> Answer:
        """Without ``known``, the body has no declared length."""
        with tempfile.TemporaryDirectory() as folder:
            head, content = os.path.join(folder, "head"), os.path.join(folder, "content")
            command = [
                "curl",
                "-q",
                "-sS",
                *self._options,
                "--path-as-is",
                "-D",
                head,
                "-o",
                content,
            ]
            command += ["-I"] if method == "HEAD" else ["-X", method]
            for name, value in (("expect", ""), *headers):
                command += ["-H", f"{name}: {value}" if value else f"{name}:"]
            if body:
                command += ["--data-binary", "@-"] if known else ["-T", "-"]
            command.append(self._origin + target)
            done = subprocess.run(command, input=body, capture_output=True, timeout=PATIENCE)
            if done.returncode != 0:
                raise ConnectionError(done.stderr.decode())
            with open(head, encoding="latin-1") as file:
                first, *lines = file.read().replace("\r", "").strip().split("\n\n")[-1].split("\n")
            fields = [line.partition(":") for line in lines]
            received = b""
            if method != "HEAD" and os.path.exists(content):
                with open(content, "rb") as file:
                    received = file.read()
        named = [(name.lower(), value.strip()) for name, _, value in fields]
        return Answer(int(first.split()[1]), named, received)

    def leave(self, target: str) -> None:
        """Begins to read a response, and leaves."""
        command = ["curl", "-q", "-sSN", *self._options, self._origin + target]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        with process:
            assert process.stdout is not None
            process.stdout.read(1000)
            process.kill()

    def close(self) -> None:
        pass


def form(files: Dict[str, Tuple[str, bytes]]) -> Tuple[Tuple[str, str], bytes]:
    """A form with files: its content-type, and its body."""
    mark = "----------------portway"
    parts = []
    for field, (name, content) in files.items():
        head = (
            f"--{mark}\r\n"
            f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{mark}--\r\n".encode()
    return ("content-type", f"multipart/form-data; boundary={mark}"), body
