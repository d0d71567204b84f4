"""A client made of `h2`, which raises an error for whatever HTTP/2 does not allow; WebSocket frames by `websockets`."""

import json
import socket
import ssl
from urllib.parse import urlsplit

import h2.config
import h2.connection
import h2.errors
import h2.events
import h2.settings
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from trial import main

Codes = h2.settings.SettingCodes


class Client:
    """One connection. Credit is given back only by `credit`, or for every piece with `generous`."""

    def __init__(self, url, authority, settings=None, generous=True):
        parts = urlsplit(url)
        self.host, self.scheme, self.generous = parts.netloc, parts.scheme, generous
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=authority)
            context.set_alpn_protocols(["h2"])
            self.socket = context.wrap_socket(self.socket, server_hostname=parts.hostname)
        self.h2 = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        if settings:
            self.h2.update_settings(settings)
        self.flush()
        self.seen = []

    def flush(self):
        data = self.h2.data_to_send()
        if data:
            self.socket.sendall(data)

    def begin(self, path, method="GET", headers=(), end=True):
        stream = self.h2.get_next_available_stream_id()
        pseudo = [(":method", method), (":scheme", self.scheme), (":authority", self.host), (":path", path)]
        self.h2.send_headers(stream, [*pseudo, *headers], end_stream=end)
        self.flush()
        return stream

    def read(self):
        """Reads once. False when the gateway has closed the connection."""
        data = self.socket.recv(65536)
        for event in self.h2.receive_data(data) if data else []:
            if self.generous and isinstance(event, h2.events.DataReceived) and event.flow_controlled_length:
                self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
            self.seen.append(event)
        self.flush()
        return bool(data)

    def until(self, kind, stream=None):
        """The first event of a kind, of a stream or of the connection."""
        while True:
            for event in self.seen:
                if isinstance(event, kind) and (stream is None or event.stream_id == stream):
                    return event
            if not self.read():
                raise AssertionError(f"closed without {kind.__name__}: {self.seen}")

    def of(self, kind, stream):
        return [event for event in self.seen if isinstance(event, kind) and event.stream_id == stream]

    def body(self, stream):
        return b"".join(event.data for event in self.of(h2.events.DataReceived, stream))

    def whole(self, stream):
        """Waits for the end of a response. Status, body, trailers."""
        self.until(h2.events.StreamEnded, stream)
        status = dict(self.of(h2.events.ResponseReceived, stream)[0].headers)[":status"]
        trailers = self.of(h2.events.TrailersReceived, stream)
        return [status, self.body(stream), dict(trailers[0].headers) if trailers else {}]

    def get(self, path):
        return self.whole(self.begin(path))

    def upload(self, stream, data, end=True):
        """Sends within the credit that there is, and waits for more."""
        while data:
            room = min(self.h2.local_flow_control_window(stream), self.h2.max_outbound_frame_size)
            if room == 0:
                self.read()
                continue
            self.h2.send_data(stream, data[:room])
            data = data[room:]
            self.flush()
        if end:
            self.h2.end_stream(stream)
            self.flush()


def trailers(url, authority):
    client = Client(url, authority)
    stream = client.begin("/echo", "POST", [("trailer", "x-digest")], end=False)
    client.h2.send_data(stream, b"with trailers")
    client.h2.send_headers(stream, [("x-digest", "abc")], end_stream=True)
    client.flush()
    status, body, fields = client.whole(stream)
    return [status, body.decode(), fields]


def interim(url, authority):
    client = Client(url, authority)
    stream = client.begin("/hints")
    status, body, _ = client.whole(stream)
    informational = client.of(h2.events.InformationalResponseReceived, stream)
    return [[dict(event.headers)[":status"] for event in informational], status, body.decode()]


def large_upload(url, authority):
    """4 MiB, which is many times the credit of a stream."""
    client = Client(url, authority)
    stream = client.begin("/digest", "POST", end=False)
    client.upload(stream, b"0123456789abcdef" * 262_144)
    return client.whole(stream)[0]


def tiny_window(url, authority):
    """A response of 3000 octets through a window of 7."""
    client = Client(url, authority, {Codes.INITIAL_WINDOW_SIZE: 7})
    _, body, fields = client.get("/stream?pieces=30&octets=100")
    pieces = client.of(h2.events.DataReceived, 1)
    return [len(body), max(len(piece.data) for piece in pieces) <= 7, fields]


def window_opens(url, authority):
    """No credit at all: the head comes, and the body when a setting gives credit."""
    client = Client(url, authority, {Codes.INITIAL_WINDOW_SIZE: 0})
    stream = client.begin("/hello")
    client.until(h2.events.ResponseReceived, stream)
    # An answer to a ping shows that nothing else was under way.
    client.h2.ping(b"12345678")
    client.flush()
    client.until(h2.events.PingAckReceived)
    before = len(client.body(stream))
    client.h2.update_settings({Codes.INITIAL_WINDOW_SIZE: 100})
    client.flush()
    return [before, client.whole(stream)[1].decode()]


def no_sibling_stall(url, authority):
    """A stream whose reader gives no credit does not keep another one waiting."""
    client = Client(url, authority, {Codes.INITIAL_WINDOW_SIZE: 1000}, generous=False)
    stalled = client.begin("/stream?pieces=50&octets=1000")
    hello = client.get("/hello")
    return [hello[1].decode(), len(client.body(stalled)) <= 1000]


def reset(url, authority):
    """A stream that the client resets, and the connection goes on."""
    client = Client(url, authority)
    stream = client.begin(f"/slow?key=reset-{client.scheme}")
    client.until(h2.events.DataReceived, stream)
    client.h2.reset_stream(stream, h2.errors.ErrorCodes.CANCEL)
    client.flush()
    return client.get("/hello")[1].decode()


def aborted(url, authority):
    client = Client(url, authority)
    stream = client.begin("/abort")
    code = client.until(h2.events.StreamReset, stream).error_code
    return [int(code), client.body(stream).decode(), client.get("/hello")[0]]


def refused(url, authority):
    client = Client(url, authority)
    return int(client.until(h2.events.StreamReset, client.begin("/refuse")).error_code)


def cookies(url, authority):
    """The crumbs of a cookie are one field for the application."""
    client = Client(url, authority)
    stream = client.begin("/scope", headers=[("cookie", "a=1"), ("x-between", "y"), ("cookie", "b=2")])
    return [field for field in json.loads(client.whole(stream)[1])["headers"] if field[0] in ("cookie", "x-between")]


def discarded(url, authority):
    """An answer ahead of the upload; the upload can be given up, and the connection goes on."""
    client = Client(url, authority)
    stream = client.begin("/discard", "POST", end=False)
    answer = client.whole(stream)
    client.h2.reset_stream(stream, h2.errors.ErrorCodes.NO_ERROR)
    client.flush()
    return [answer[0], answer[1].decode(), client.get("/hello")[0]]


def pings(url, authority):
    client = Client(url, authority)
    for number in range(50):
        client.h2.ping(number.to_bytes(8, "big"))
    client.flush()
    while len([event for event in client.seen if isinstance(event, h2.events.PingAckReceived)]) < 50:
        client.read()
    return True


def settings(url, authority):
    client = Client(url, authority)
    first = client.until(h2.events.RemoteSettingsChanged).changed_settings
    return {name.name: change.new_value for name, change in first.items() if isinstance(name, Codes)}


def websocket(url, authority):
    """RFC 8441: a WebSocket on a stream, beside a request on another one."""
    client = Client(url, authority)
    client.until(h2.events.RemoteSettingsChanged)
    stream = extended_connect(client)
    answer = dict(client.until(h2.events.ResponseReceived, stream).headers)
    reader = StreamReader()
    seen, taken = [], 0

    def send(opcode, data):
        client.upload(stream, Frame(opcode, data).serialize(mask=True), end=False)

    def frame():
        nonlocal taken
        generator = Frame.parse(reader.read_exact, mask=False)
        while True:
            try:
                next(generator)
            except StopIteration as done:
                return done.value
            data = client.body(stream)
            if taken == len(data):
                client.read()
                data = client.body(stream)
            reader.feed_data(data[taken:])
            taken = len(data)

    for opcode, data in [(Opcode.TEXT, b"Hello"), (Opcode.BINARY, b"x" * 100_000), (Opcode.PING, b"are you there")]:
        send(opcode, data)
        back = frame()
        seen.append([back.opcode.name, len(back.data)])
    beside = client.get("/hello")[0]
    send(Opcode.CLOSE, (4001).to_bytes(2, "big") + b"done")
    back = frame()
    seen.append([back.opcode.name, int.from_bytes(back.data[:2], "big")])
    client.until(h2.events.StreamEnded, stream)
    return [answer, seen, beside]


def extended_connect(client):
    stream = client.h2.get_next_available_stream_id()
    client.h2.send_headers(stream, [
        (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", client.scheme), (":authority", client.host),
        (":path", "/echo"), ("sec-websocket-version", "13"), ("sec-websocket-protocol", "other, chat"),
    ])
    client.flush()
    return stream


if __name__ == "__main__":
    main([
        trailers, interim, large_upload, tiny_window, window_opens, no_sibling_stall, reset, aborted, refused, cookies,
        discarded, pings, settings, websocket,
    ])
