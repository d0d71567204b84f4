from portway import application

START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [("content-type", b"text/plain; charset=utf-8")],
}


async def http(scope, receive, send):
    """Sends each piece of the body back, in capitals, as soon as it is there."""
    await send(START)
    count = 0
    while (event := await receive())["type"] == "http.request.body":
        count += len(event["data"])
        await send({"type": "http.response.body", "data": event["data"].upper()})
    print(f"{count} octets came, and the last event was {event['type']}")
    await send({"type": "http.response.end"})


app = application(http=http)
