# A Portway application in Python: the interface itself, without a framework.

from portway import application

HELLO = b"Hello, World!"
FIELDS = [("content-type", b"text/plain; charset=utf-8"), ("content-length", b"%d" % len(HELLO))]


async def http(scope, receive, send):
    if scope["path"] == b"/hello":
        send({"type": "http.response.start", "status": 200, "headers": FIELDS})
        send({"type": "http.response.body", "data": HELLO})
    elif scope["path"] == b"/echo":
        send({"type": "http.response.start", "status": 200})
        while (event := await receive())["type"] == "http.request.body":
            await send({"type": "http.response.body", "data": event["data"]})
    else:
        send({"type": "http.response.start", "status": 404})
    await send({"type": "http.response.end"})


app = application(http=http)
