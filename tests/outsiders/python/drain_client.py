"""Holds connections of four kinds open, says so, and tells what becomes of each when the gateway drains."""

import asyncio
import json
import sys

import h2.events
import h11
import websockets
from hyperframe.frame import Frame, GoAwayFrame

import h2_client
import h11_client
from websockets_client import connect


async def main(url, authority):
    idle = h11_client.Client(url, authority)
    idle.get("/hello")
    under_way = h11_client.Client(url, authority)
    under_way.begin("GET", "/events")
    under_way.send(h11.EndOfMessage())
    under_way.next_event()
    streams = h2_client.Client(url, authority)
    stream = streams.begin("/events")
    streams.until(h2.events.DataReceived, stream)
    websocket = await connect(url, authority)
    await websocket.send("there")
    await websocket.recv()
    print("ready", flush=True)

    try:
        await websocket.recv()
    except websockets.ConnectionClosed as error:
        closed = [error.rcvd.code, error.sent.code]

    body = b""
    while type(event := under_way.next_event()) is h11.Data:
        body += bytes(event.data)

    # h2 takes nothing behind a GOAWAY, not even the rest of a stream: from here on, frames as they are.
    data = b""
    while octets := streams.socket.recv(65536):
        data += octets
    frames = []
    while data:
        frame, length = Frame.parse_frame_header(memoryview(data[:9]))
        frame.parse_body(memoryview(data[9:9 + length]))
        frames.append(frame)
        data = data[9 + length:]
    # There can be several, the later ones with no higher number (RFC 9113 section 6.8).
    goaways = {(frame.error_code, frame.last_stream_id) for frame in frames if isinstance(frame, GoAwayFrame)}
    ended = [frame.stream_id for frame in frames if "END_STREAM" in frame.flags]
    print(json.dumps({
        "idle": idle.closed(),
        "under way": [body.decode().count("data: event"), type(event).__name__, under_way.closed()],
        "streams": [sorted(goaways), ended],
        "websocket": closed,
    }))


asyncio.run(main(*sys.argv[1:]))
