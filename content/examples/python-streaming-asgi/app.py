from portway.asgi import from_asgi

START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"text/plain; charset=utf-8")],
}


async def shout(scope, receive, send):
    """Sends each piece of the body back, in capitals, as soon as it is there."""
    if scope["type"] != "http":
        raise NotImplementedError(scope["type"])
    await send(START)
    count = 0
    more = True
    while more:
        event = await receive()
        if event["type"] == "http.disconnect":
            break
        piece = event["body"]
        more = event["more_body"]
        count += len(piece)
        await send({"type": "http.response.body", "body": piece.upper(), "more_body": more})
    print(f"{count} octets came, and the last event was {event['type']}")


app = from_asgi(shout)
