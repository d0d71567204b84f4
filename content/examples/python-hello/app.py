from portway import application


async def http(scope, receive, send):
    """The smallest complete answer: a head, a body, an end."""
    await send({
        "type": "http.response.start",
        "status": 200,
        "headers": [("content-type", b"text/plain; charset=utf-8")],
    })
    await send({"type": "http.response.body", "data": b"Hello from Python\n"})
    await send({"type": "http.response.end"})


app = application(http=http)
