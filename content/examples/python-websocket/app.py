from portway import application


async def websocket(scope, receive, send):
    """Answers each message with what is known of it."""
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.message":
        if "text" in event:
            await send({"type": "websocket.message", "text": event["text"][::-1]})
        else:
            await send({"type": "websocket.message", "data": event["data"][::-1]})
    print(f"closed with {event['code']} by the {event['initiator']}")


app = application(websocket=websocket)
