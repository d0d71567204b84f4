"""The client of `websockets`, which checks every frame that it reads."""

import asyncio
import os
import ssl

import websockets

from trial import main


def connect(url, authority, path="/echo", **options):
    secure = {}
    if url.startswith("https"):
        secure["ssl"] = ssl.create_default_context(cafile=authority)
    return websockets.connect(url.replace("http", "ws", 1) + path, **secure, **options)


def closing(error):
    """What a ConnectionClosed says: the close frames of both sides, and who came first."""
    def frame(one):
        return None if one is None else [one.code, one.reason]

    return {"received": frame(error.rcvd), "sent": frame(error.sent), "rcvd_then_sent": error.rcvd_then_sent}


async def text(url, authority):
    async with connect(url, authority) as ws:
        back = []
        for message in ["", "Hello", "Grüße, 世界 🌍", "\x00\x7f"]:
            await ws.send(message)
            back.append(await ws.recv())
        return back


async def binary(url, authority):
    async with connect(url, authority) as ws:
        octets = []
        for length in [0, 1, 125, 126, 65535, 65536, 1_000_000]:
            message = (bytes(range(256)) * (length // 256 + 1))[:length]
            await ws.send(message)
            octets.append(len(message) if await ws.recv() == message else None)
        return octets


async def fragments(url, authority):
    """A message of an asynchronous iterator is sent as fragments."""
    async def pieces():
        for piece in ["one ", "two ", "", "three"]:
            yield piece

    async with connect(url, authority) as ws:
        await ws.send(pieces())
        return await ws.recv()


async def order(url, authority):
    async with connect(url, authority) as ws:
        for number in range(500):
            await ws.send(str(number))
        return [await ws.recv() for _ in range(500)] == [str(number) for number in range(500)]


async def ping(url, authority):
    """Pongs come back with the payload of their ping; a later pong answers the earlier pings too."""
    async with connect(url, authority, ping_interval=None) as ws:
        for payload in [b"", b"x" * 125]:
            await asyncio.wait_for(await ws.ping(payload), 10)
        waiters = [await ws.ping() for _ in range(20)]
        await asyncio.wait_for(asyncio.gather(*waiters), 10)
        return True


async def unasked_pong(url, authority):
    async with connect(url, authority) as ws:
        await ws.pong(b"unasked")
        await ws.send("still there")
        return await ws.recv()


async def subprotocol(url, authority):
    async with connect(url, authority, subprotocols=["graphql-ws", "superchat", "chat"]) as ws:
        return ws.subprotocol


async def no_subprotocol(url, authority):
    async with connect(url, authority, subprotocols=["graphql-ws"]) as ws:
        return ws.subprotocol


async def compression_offered(url, authority):
    """Offered by default, and declined by the gateway: nothing is negotiated and everything passes."""
    async with connect(url, authority, compression="deflate") as ws:
        await ws.send("a" * 10_000)
        return {
            "offered": "permessage-deflate" in ws.request_headers["Sec-WebSocket-Extensions"],
            "answer": ws.response_headers.get("Sec-WebSocket-Extensions"),
            "agreed": [type(one).__name__ for one in ws.extensions],
            "echoed": await ws.recv() == "a" * 10_000,
        }


async def compression_not_offered(url, authority):
    async with connect(url, authority, compression=None) as ws:
        await ws.send("plain")
        return [ws.response_headers.get("Sec-WebSocket-Extensions"), await ws.recv()]


async def client_closes(url, authority):
    """Codes that a peer can send come back, and the application notes them."""
    scheme, _, _ = url.partition(":")
    label = os.environ.get("LABEL", scheme)
    seen = {}
    for code, reason in [(1000, ""), (1001, "leaving"), (3999, "x" * 123), (4000, "Ende: ü")]:
        async with connect(url, authority, path=f"/echo?key=py-{label}-{code}") as ws:
            await ws.close(code, reason)
            seen[code] = [ws.close_code, ws.close_reason]
    return seen


async def application_closes(url, authority):
    seen = {}
    for code, reason in [(1000, ""), (1003, "no"), (1011, ""), (1013, "later"), (4999, "ü" * 61)]:
        async with connect(url, authority) as ws:
            await ws.send(f"close {code} {reason}")
            try:
                await ws.recv()
            except websockets.ConnectionClosed as error:
                seen[code] = closing(error)
    return seen


async def denied(url, authority):
    try:
        async with connect(url, authority, path="/denied"):
            return "accepted"
    except websockets.InvalidStatusCode as error:
        return [error.status_code, error.headers.get("content-type")]


async def too_long(url, authority):
    """Beyond message_octets, of 1 MiB, the gateway closes with 1009."""
    async with connect(url, authority) as ws:
        try:
            await ws.send(b"x" * (1_048_576 + 1))
            await ws.recv()
        except websockets.ConnectionClosed as error:
            return closing(error)


async def not_utf8(url, authority):
    async with connect(url, authority) as ws:
        # Below the API, which encodes text itself.
        await ws.write_frame(True, 0x1, b"\xff\xfe")
        try:
            await ws.recv()
        except websockets.ConnectionClosed as error:
            return closing(error)


async def reserved_opcode(url, authority):
    async with connect(url, authority) as ws:
        ws.transport.write(bytes([0x83, 0x80, 1, 2, 3, 4]))
        try:
            await ws.recv()
        except websockets.ConnectionClosed as error:
            return closing(error)


async def many(url, authority):
    """Fifty connections at once, each with its own messages."""
    async def one(number):
        async with connect(url, authority) as ws:
            for i in range(20):
                await ws.send(f"{number}:{i}")
                if await ws.recv() != f"{number}:{i}":
                    return False
            return True

    return sum(await asyncio.gather(*(one(number) for number in range(50))))


if __name__ == "__main__":
    main([
        text, binary, fragments, order, ping, unasked_pong, subprotocol, no_subprotocol, compression_offered,
        compression_not_offered, client_closes, application_closes, denied, too_long, not_utf8, reserved_opcode, many,
    ])
