"""A Portway application for the tests with servers for WSGI. It prints what becomes of it."""

from __future__ import annotations

import asyncio
from typing import Any

from portway import Closed, application
from portway.wsgi import to_wsgi

TEXT = [("content-type", b"text/plain")]


async def lifespan(scope: Any, receive: Any, send: Any) -> None:
    while True:
        event = await receive()
        print("told", event["type"], flush=True)
        if event["type"] == "lifespan.startup":
            await send({"type": "lifespan.ready", "state": {"word": "state"}})
        elif event["type"] == "lifespan.shutdown":
            return await send({"type": "lifespan.stopped"})


async def http(scope: Any, receive: Any, send: Any) -> None:
    await _VIEWS[scope["path"]](scope, receive, send)


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": TEXT})
    while (event := await receive())["type"] == "http.request.body":
        await send({"type": "http.response.body", "data": event["data"]})
    if event["type"] == "http.request.end":
        await send({"type": "http.response.end"})


async def _state(scope: Any, receive: Any, send: Any) -> None:
    word = scope["local"]["state"]["word"].encode()
    headers = [*TEXT, ("content-length", b"%d" % len(word))]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "data": word})
    await send({"type": "http.response.end"})


async def _endless(scope: Any, receive: Any, send: Any) -> None:
    try:
        await send({"type": "http.response.start", "status": 200, "headers": TEXT})
        while True:
            await send({"type": "http.response.body", "data": b"on and on" * 1000})
    except Closed as closed:
        print("lost", closed.cause, flush=True)


async def _refuse(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.request.discard"})
    await send({"type": "http.response.start", "status": 413, "headers": TEXT})
    await send({"type": "http.response.body", "data": b"too large"})
    await send({"type": "http.response.end"})


async def _fails(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(0)
    raise KeyError("secret")


_VIEWS = {
    b"/echo": _echo,
    b"/state": _state,
    b"/endless": _endless,
    b"/refuse": _refuse,
    b"/fails": _fails,
}

app = to_wsgi(application(lifespan=lifespan, http=http))

if __name__ == "__main__":
    import sys

    if sys.argv[1] == "waitress":
        from waitress import serve

        serve(app, listen=f"127.0.0.1:{sys.argv[2]}", threads=4)
    else:
        from wsgiref.simple_server import make_server
        from wsgiref.validate import validator

        make_server("127.0.0.1", int(sys.argv[2]), validator(app)).serve_forever()
