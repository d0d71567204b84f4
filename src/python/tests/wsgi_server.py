"""What stands for a server for WSGI 1, in the tests of ``to_wsgi``."""

from __future__ import annotations

import asyncio
import io
import threading
from typing import Any, Callable, Dict, List, Optional, Tuple
from wsgiref.util import setup_testing_defaults

from portway import UnsupportedScope, application
from portway._wsgi_process import process_loop

START = {"type": "http.response.start", "status": 200}
TEXT = {**START, "headers": [("content-type", b"text/plain")]}
END = {"type": "http.response.end"}


def body(data: Any) -> Dict[str, Any]:
    return {"type": "http.response.body", "data": data}


def sending(*events: Any) -> Any:
    """An application that sends these events, one after the other."""

    async def http(scope: Any, receive: Any, send: Any) -> None:
        for event in events:
            await send(event)

    return application(http=http)


def environ_for(content: Optional[bytes] = None, **changes: Any) -> Dict[str, Any]:
    environ: Dict[str, Any] = {}
    setup_testing_defaults(environ)
    environ["QUERY_STRING"] = ""
    environ["wsgi.errors"] = io.StringIO()
    if content is not None:
        environ["wsgi.input"] = io.BytesIO(content)
        environ["CONTENT_LENGTH"] = str(len(content))
        environ["REQUEST_METHOD"] = "POST"
    environ.update(changes)
    return {name: value for name, value in environ.items() if value is not None}


class Served:
    """What a WSGI server has of one call; ``result`` is the iterable."""

    def __init__(self, app: Any, environ: Optional[Dict[str, Any]] = None) -> None:
        self.starts: List[Tuple[Any, ...]] = []
        self.result = app(environ or environ_for(), self._start_response)
        self.iterator = iter(self.result)

    def _start_response(self, *args: Any) -> Callable[[bytes], None]:
        self.starts.append(args)
        return lambda data: None

    def items(self) -> List[bytes]:
        """The rest of the items, as a server takes them: with ``close`` behind."""
        try:
            return list(self.iterator)
        finally:
            self.close()

    def close(self) -> None:
        getattr(self.result, "close", lambda: None)()

    @property
    def status(self) -> str:
        return str(self.starts[0][0])

    @property
    def headers(self) -> List[Tuple[str, str]]:
        return list(self.starts[0][1])


def in_loop(function: Callable[[], Any]) -> Any:
    """Calls a function in the loop of the process, when what was to happen there has."""

    async def call() -> Any:
        for _ in range(50):
            await asyncio.sleep(0)
        return function()

    return asyncio.run_coroutine_threadsafe(call(), process_loop().loop).result(10)


class Noting:
    """An application that notes what it is given and what its sends come to."""

    def __init__(self, http: Any) -> None:
        self.notes: List[Any] = []
        self.ended = threading.Event()
        self._http = http

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            raise UnsupportedScope(scope["type"])
        try:
            await self._http(self.notes, scope, receive, send)
        finally:
            self.ended.set()
