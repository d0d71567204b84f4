from portway.asgi import from_asgi


async def counter(scope, receive, send):
    """An application of ASGI 3, with its lifespan."""
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["visits"] = []
        await send({"type": "lifespan.startup.complete"})
        await receive()
        print(f"{len(scope['state']['visits'])} visits")
        await send({"type": "lifespan.shutdown.complete"})
        return

    assert scope["type"] == "http"
    scope["state"]["visits"].append(scope["path"])
    body = b""
    more = True
    while more:
        event = await receive()
        body += event.get("body", b"")
        more = event.get("more_body", False)
    await send({
        "type": "http.response.start",
        "status": 200,
        "headers": [(b"Content-Type", b"text/plain; charset=utf-8")],
    })
    text = f"{scope['method']} {scope['path']}, visit {len(scope['state']['visits'])}\n"
    await send({"type": "http.response.body", "body": text.encode() + body})


app = from_asgi(counter)
