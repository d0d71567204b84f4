"""A client made of `h11`, which raises an error for whatever the grammar of HTTP/1.1 does not allow."""

import socket
import ssl
from urllib.parse import urlsplit

import h11

from trial import main


class Client:
    """One connection."""

    def __init__(self, url, authority):
        parts = urlsplit(url)
        self.host = parts.netloc
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout=20)
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=authority)
            self.socket = context.wrap_socket(self.socket, server_hostname=parts.hostname)
        self.connection = h11.Connection(h11.CLIENT)

    def send(self, *events):
        for event in events:
            data = self.connection.send(event)
            if data:
                self.socket.sendall(data)

    def begin(self, method, target, headers=()):
        self.send(h11.Request(method=method, target=target, headers=[("host", self.host), *headers]))

    def next_event(self):
        while True:
            event = self.connection.next_event()
            if event is not h11.NEED_DATA:
                return event
            self.connection.receive_data(self.socket.recv(65536))

    def response(self):
        """The rest of a response: what came ahead of it, status, fields, body and trailers."""
        informational, body = [], b""
        while True:
            event = self.next_event()
            if type(event) is h11.InformationalResponse:
                informational.append(event.status_code)
            elif type(event) is h11.Response:
                head = event
            elif type(event) is h11.Data:
                body += bytes(event.data)
            elif type(event) is h11.EndOfMessage:
                return {
                    "informational": informational,
                    "status": head.status_code,
                    "headers": fields(head.headers),
                    "body": body,
                    "trailers": fields(event.headers),
                }
            else:
                raise AssertionError(f"unexpected {event!r}")

    def get(self, target, headers=(), method="GET"):
        self.begin(method, target, headers)
        self.send(h11.EndOfMessage())
        return self.response()

    def closed(self):
        """Whether the gateway has closed its side in order, with nothing more to say."""
        return self.socket.recv(1) == b""


def fields(headers):
    return {name.decode(): value.decode() for name, value in headers}


def cycles(url, authority):
    """Requests of all kinds behind one another on one connection."""
    client = Client(url, authority)
    seen = []
    for number in range(5):
        hello = client.get("/hello")
        seen.append([hello["status"], hello["body"].decode(), hello["headers"].get("content-length")])
        client.connection.start_next_cycle()

        head = client.get("/hello", method="HEAD")
        seen.append([head["status"], head["body"].decode(), head["headers"].get("content-length")])
        client.connection.start_next_cycle()

        stream = client.get("/stream?pieces=3&octets=10")
        seen.append([stream["status"], len(stream["body"]), stream["headers"].get("transfer-encoding")])
        client.connection.start_next_cycle()

        body = bytes([number]) * 1000
        client.begin("POST", "/echo", [("content-length", "1000")])
        client.send(h11.Data(data=body), h11.EndOfMessage())
        seen.append(client.response()["body"] == body)
        client.connection.start_next_cycle()

        # A response that has no body, and one that is not asked for.
        missing = client.get("/nowhere")
        seen.append(missing["status"])
        client.connection.start_next_cycle()
    return seen


def chunks(url, authority):
    """A request in chunks with trailer fields, and the response to it."""
    client = Client(url, authority)
    client.begin("POST", "/echo", [("transfer-encoding", "chunked"), ("trailer", "x-digest")])
    for piece in [b"a", b"b" * 70_000, b"c"]:
        client.send(h11.Data(data=piece))
    client.send(h11.EndOfMessage(headers=[("x-digest", "abc")]))
    response = client.response()
    return [len(response["body"]), response["trailers"]]


def as_it_comes(url, authority):
    """Each piece of an upload is back before the next is sent."""
    client = Client(url, authority)
    client.begin("POST", "/echo", [("transfer-encoding", "chunked")])
    seen = []
    for number in range(5):
        piece = f"piece {number}".encode()
        client.send(h11.Data(data=piece))
        if number == 0:
            seen.append(client.next_event().status_code)
        seen.append(bytes(client.next_event().data) == piece)
    client.send(h11.EndOfMessage())
    seen.append(type(client.next_event()).__name__)
    return seen


def expect_continue(url, authority):
    """The body is sent only when the gateway has asked for it, and the connection stays usable."""
    client = Client(url, authority)
    client.begin("POST", "/digest", [("content-length", "5"), ("expect", "100-continue")])
    first = client.next_event()
    assert client.connection.they_are_waiting_for_100_continue is False
    client.send(h11.Data(data=b"hello"), h11.EndOfMessage())
    response = client.response()
    client.connection.start_next_cycle()
    return [first.status_code, response["status"], client.get("/hello")["status"]]


def expect_declined(url, authority):
    """Who does not read does not ask: the final response comes at once, and the connection closes behind it."""
    client = Client(url, authority)
    client.begin("POST", "/discard", [("content-length", "5"), ("expect", "100-continue")])
    response = client.response()
    return [response["informational"], response["status"], response["headers"].get("connection"), client.closed()]


def early_hints(url, authority):
    response = Client(url, authority).get("/hints")
    return [response["informational"], response["status"], response["body"].decode()]


def connection_close(url, authority):
    client = Client(url, authority)
    response = client.get("/hello", [("connection", "close")])
    return [response["headers"].get("connection"), client.closed()]


def half_close(url, authority):
    """A client that has ended its side still gets its whole response. Python has no such thing over TLS."""
    if url.startswith("https"):
        return None
    client = Client(url, authority)
    client.begin("GET", "/stream?pieces=100&octets=1000")
    client.send(h11.EndOfMessage())
    client.socket.shutdown(socket.SHUT_WR)
    return [len(client.response()["body"]), client.closed()]


def aborted(url, authority):
    """A response that is broken off in its chunks is an error, not an end."""
    client = Client(url, authority)
    try:
        return client.get("/abort")["status"]
    except h11.RemoteProtocolError as error:
        return str(error)


def refusals(url, authority):
    """What two readers could read in two ways is refused, and the connection closes behind the answer."""
    seen = {}
    for what, octets in {
        "two lengths": "POST /hello HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        "length and chunks": "POST /hello HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "no host": "GET /hello HTTP/1.1\r\n\r\n",
        "two hosts": "GET /hello HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
        "a folded line": "GET /hello HTTP/1.1\r\nhost: a\r\nx: 1\r\n 2\r\n\r\n",
        "an unknown coding": "POST /hello HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n",
        "another version": "GET /hello HTTP/3.7\r\nhost: a\r\n\r\n",
        "a long target": f"GET /{'x' * 20_000} HTTP/1.1\r\nhost: a\r\n\r\n",
    }.items():
        client = Client(url, authority)
        # h11 has to believe that it asked before it reads an answer.
        client.connection.send(h11.Request(method="GET", target="/", headers=[("host", "a")]))
        client.connection.send(h11.EndOfMessage())
        client.socket.sendall(octets.encode())
        seen[what] = [client.response()["status"], client.closed()]
    return seen


if __name__ == "__main__":
    main([
        cycles, chunks, as_it_comes, expect_continue, expect_declined, early_hints, connection_close, half_close, aborted,
        refusals,
    ])
