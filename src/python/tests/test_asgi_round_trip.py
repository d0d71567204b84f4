"""Both adapters of ASGI 3, one around the other, keep what the tables of proposal 9 keep.

The requests are random, from a seeded generator.
"""

import random
import unittest
from urllib.parse import unquote_to_bytes

from portway import application
from portway.asgi import from_asgi, to_asgi
from tests import asgi_server, memory

ROUNDS = 60


class Requests:
    """Random pieces of requests and responses."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def octets(self, most: int = 40) -> bytes:
        return bytes(self.random.randrange(256) for _ in range(self.random.randrange(most)))

    def pieces(self) -> list:
        return [self.octets(200) or b"x" for _ in range(self.random.randrange(5))]

    def path(self) -> bytes:
        parts = ("a", "b%20c", "%2F", "%C3%A4", "%FF", "", "..", "x;y=1", "~", "+")
        count = self.random.randrange(5)
        return "/".join(["", *(self.random.choice(parts) for _ in range(count))]).encode() or b"/"

    def fields(self, names=("x-a", "x-b", "accept", "cookie", "set-cookie")) -> tuple:
        values = (b"", b"1", b"two words", b"\xe4\xff", b"a=b; c=d")
        return tuple(
            (self.random.choice(names), self.random.choice(values))
            for _ in range(self.random.randrange(6))
        )

    def mount(self, path: bytes) -> bytes:
        """A prefix of a path that ends at a segment boundary."""
        ends = [at for at in range(1, len(path)) if path[at : at + 1] == b"/"] + [0]
        mount = path[: self.random.choice(ends)]
        # Not one that ends with a slash, coded or not: those are no part of a `root_path`.
        return mount if not decoded(mount).endswith("/") else b""

    def portway(self, body: list) -> dict:
        """The scope of a request, as a gateway gives it."""
        target = self.path()
        mount = self.mount(target)
        if self.random.random() < 0.5:
            target += b"?" + self.random.choice((b"a=b", b"%20", b"x?y"))
        host = self.random.choice((b"example.org", b"example.org:8080"))
        version = self.random.choice(("1.0", "1.1", "2", "3"))
        scheme = "https" if version == "3" else self.random.choice(("http", "https"))
        transport = "quic" if version == "3" else "tls" if scheme == "https" else "tcp"
        length = (("content-length", b"%d" % sum(map(len, body))),)
        return memory.http_scope(
            method=self.random.choice(("GET", "POST", "DELETE", "M-SEARCH")),
            target=target,
            mount=mount,
            http_version=version,
            scheme=scheme,
            authority=host,
            headers=(("host", host), *self.fields(), *length),
            peer={"transport": transport, "address": "2001:db8::7", "port": 4711},
            local_address={"transport": transport, "address": "192.0.2.1", "port": 443},
        )

    def asgi(self, body: list) -> dict:
        """The scope of a request, as a server for ASGI 3 gives it."""
        path = self.path()
        fields = [(name.encode(), value) for name, value in self.fields()]
        return asgi_server.http_scope(
            method=self.random.choice(("GET", "POST", "DELETE")),
            raw_path=path,
            path=decoded(path),
            root_path=decoded(self.mount(path)),
            query_string=self.random.choice((b"", b"a=b", b"%20")),
            http_version=self.random.choice(("1.0", "1.1", "2", "3")),
            headers=[(b"host", b"example.org"), *fields, (b"content-length", b"%d" % sum(map(len, body)))],
            state={"pool": 1},
        )


def decoded(path: bytes) -> str:
    """A path as ASGI has it."""
    return unquote_to_bytes(path).decode("utf-8", "replace")


KEPT = (
    "http_version",
    "method",
    "scheme",
    "authority",
    "target",
    "path",
    "mount",
    "query",
    "headers",
    "content_length",
    "peer",
    "local_address",
    "tls",
)


class RoundTrip(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_scope__from_asgi_of_to_asgi_keeps_a_request_and_its_response(self) -> None:
        for seed in range(ROUNDS):
            requests = Requests(seed)
            body, answer = requests.pieces(), requests.pieces()
            scope = requests.portway(body)
            status = requests.random.choice((200, 404, 500))
            fields = requests.fields()
            trailers = (("x-t", b"1"),) if requests.random.random() < 0.3 else ()
            if scope["http_version"] == "1.0" or scope["method"] == "HEAD":
                trailers = ()  # http.trailers.dropped
            announced = (("trailer", b"x-t"),) if trailers else ()
            seen = []

            async def app(given, receive, send):
                received = b""
                while (event := await receive())["type"] == "http.request.body":
                    received += event["data"]
                seen.append((given, received, event["type"]))
                await send({"type": "http.informational", "status": 103, "headers": [("link", b"</a>")]})
                await send({"type": "http.response.start", "status": status, "headers": [*fields, *announced]})
                for piece in answer:
                    await send({"type": "http.response.body", "data": piece})
                await send({"type": "http.response.end", "trailers": trailers})

            with self.subTest(seed=seed):
                adapted = from_asgi(to_asgi(application(http=app)), lifespan="off")
                exchange = memory.Exchange(adapted, scope).call()
                exchange.give(*memory.request_events(body))
                self.assertIsNone(await exchange.ended())
                given, received, last = seen[0]
                self.assertEqual({key: given[key] for key in KEPT}, {key: scope[key] for key in KEPT})
                self.assertEqual((received, last), (b"".join(body), "http.request.end"))
                response = memory.Response(exchange)
                self.assertEqual(exchange.types[0], "http.informational")
                self.assertEqual((response.status, response.outcome), (status, "ended"))
                self.assertEqual(tuple(response.headers), (*fields, *announced))
                self.assertEqual(response.body, b"".join(answer))
                self.assertEqual(tuple(response.trailers), trailers)

    async def test_adapter_scope__to_asgi_of_from_asgi_keeps_a_request_and_its_response(self) -> None:
        for seed in range(ROUNDS):
            requests = Requests(seed)
            body, answer = requests.pieces(), requests.pieces()
            scope = requests.asgi(body)
            fields = [(name.encode(), value) for name, value in requests.fields()]
            seen = []

            async def app(given, receive, send):
                received, more = b"", True
                while more:
                    event = await receive()
                    received, more = received + event["body"], event["more_body"]
                seen.append((given, received))
                await send({"type": "http.response.start", "status": 200, "headers": fields})
                for piece in answer:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                await send({"type": "http.response.body"})

            with self.subTest(seed=seed):
                adapted = to_asgi(from_asgi(app, lifespan="off"))
                call = asgi_server.Call(adapted, scope).call()
                call.give(*asgi_server.request_events(body))
                self.assertIsNone(await call.ended())
                given, received = seen[0]
                changed = ("extensions", "type", "asgi")
                self.assertEqual(
                    {key: value for key, value in given.items() if key not in changed},
                    {key: value for key, value in scope.items() if key not in changed},
                )
                self.assertEqual(received, b"".join(body))
                self.assertEqual((call.sent[0]["status"], call.sent[0]["headers"]), (200, fields))
                self.assertEqual((call.body, call.complete), (b"".join(answer), True))

    async def test_asgi_websocket__round_trips_keep_messages(self) -> None:
        for seed in range(ROUNDS // 3):
            requests = Requests(seed)
            messages = [
                {"type": "websocket.message", "text": "ä" * requests.random.randrange(5)}
                if requests.random.random() < 0.5
                else {"type": "websocket.message", "data": requests.octets()}
                for _ in range(requests.random.randrange(6))
            ]
            code = requests.random.choice((1000, 1001, 3000, 4999, 1006))
            closed = []

            async def app(scope, receive, send):
                await send({"type": "websocket.accept", "subprotocol": "b"})
                while (event := await receive())["type"] == "websocket.message":
                    await send(event)
                closed.append((event["code"], event["reason"], event["clean"]))

            with self.subTest(seed=seed):
                adapted = from_asgi(to_asgi(application(websocket=app)), lifespan="off")
                scope = memory.websocket_scope(subprotocols=("a", "b"))
                exchange = memory.Exchange(adapted, scope).call()
                exchange.give(*messages)
                await exchange.until(lambda x: len(x.sent) == 1 + len(messages))
                exchange.close(code, "bye")
                self.assertIsNone(await exchange.ended())
                self.assertEqual(exchange.sent[1:], messages)
                self.assertEqual(closed, [(code, "bye", code != 1006)])

    async def test_asgi_lifespan__through_four_adapters(self) -> None:
        order = []

        async def lifespan(scope, receive, send):
            order.append((await receive())["type"])
            await send({"type": "lifespan.ready", "state": {"pool": self}})
            while (event := await receive())["type"] != "lifespan.shutdown":
                order.append(event["type"])
            order.append("lifespan.shutdown")

        async def http(scope, receive, send):
            order.append(dict(scope["local"]["state"]))
            await send({"type": "http.response.start", "status": 204})
            await send({"type": "http.response.end"})

        app = application(lifespan=lifespan, http=http)
        async with memory.Gateway(from_asgi(to_asgi(from_asgi(to_asgi(app))))) as gateway:
            self.assertEqual((await gateway.request()).status, 204)
        self.assertIsNone(await gateway.lifespan.ended())
        self.assertEqual(
            order, ["lifespan.startup", {"pool": self}, "lifespan.drain", "lifespan.shutdown"]
        )

    async def test_cancel_on_peer_loss__through_both_adapters(self) -> None:
        seen = []

        async def app(scope, receive, send):
            await receive()
            await send({"type": "http.response.start", "status": 200})
            seen.append((await scope["local"]["cancel"].wait()).cause)
            seen.append((await receive())["type"])

        exchange = memory.Exchange(
            from_asgi(to_asgi(application(http=app)), lifespan="off"),
            memory.http_scope(http_version="2"),
        ).call()
        exchange.give(*memory.request_events())
        await exchange.until(lambda x: x.receives == 2)
        exchange.lose("peer_reset")
        self.assertIsNone(await exchange.ended())
        self.assertEqual(seen, ["connection_lost", "http.closed"])
