"""A Portway application for servers of ASGI 3, with what such a server can show of it."""

import asyncio

from portway import Closed, application
from portway.asgi import to_asgi

log = []


async def lifespan(scope, receive, send):
    await receive()
    await send({"type": "lifespan.ready", "state": {"pool": "a pool"}})
    while (await receive())["type"] != "lifespan.shutdown":
        pass
    print("cleaned up", flush=True)


async def http(scope, receive, send):
    path = scope["path"]
    if path == b"/fails":
        raise ValueError("broken by purpose")
    if path == b"/forever":
        await send({"type": "http.response.start", "status": 200})
        try:
            while True:
                await send({"type": "http.response.body", "data": bytes(5000)})
                await asyncio.sleep(0)
        except Closed as closed:
            log.append(closed.cause)
            raise
    if path == b"/waits":
        reason = await scope["local"]["cancel"].wait()
        log.append(f"waited {reason.cause}")
        return
    text = f"{scope['method']} {scope['target'].decode()} {scope['local']['state']['pool']} {log}"
    body = text.encode()
    if scope["method"] == "POST":
        body = b""
        while (event := await receive())["type"] == "http.request.body":
            body += event["data"]
    length = ("content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "data": body})
    await send({"type": "http.response.end"})


async def websocket(scope, receive, send):
    if scope["path"] == b"/denies":
        await send({"type": "http.response.start", "status": 401})
        await send({"type": "http.response.end"})
        return
    await send({"type": "websocket.accept", "subprotocol": scope["subprotocols"][0]})
    while (event := await receive())["type"] == "websocket.message":
        if event.get("text") == "close":
            await send({"type": "websocket.close", "code": 4001})
        else:
            await send(event)
    log.append(f"{event['type']} {event['code']} {event['initiator']}")


app = application(lifespan=lifespan, http=http, websocket=websocket)
asgi = to_asgi(app)
