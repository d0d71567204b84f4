"""Both adapters, one behind the other: what the tables of proposal 9 keep is kept.

The requests are made from a seed, so that a failure can be looked at again.
"""

from __future__ import annotations

import io
import random
import unittest
from typing import Any, Dict, List, Tuple

from portway._wsgi_environ import environ_of
from portway.checker import Finding, check
from portway.wsgi import from_wsgi, to_wsgi
from tests.memory import Exchange, http_scope, request_events

NAMES = ["accept", "x-one", "x-two", "authorization", "cookie", "content-type", "via"]
KEPT = {
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "REMOTE_PORT",
    "SERVER_NAME",
    "SERVER_PORT",
    "wsgi.url_scheme",
    "wsgi.input_terminated",
}


class Maker:
    """Requests and responses of chance."""

    def __init__(self, seed: int) -> None:
        self._made = random.Random(seed)

    def octets(self, most: int = 2000) -> bytes:
        size = self._made.choice([0, 1, 7, self._made.randrange(most)])
        return self._made.randbytes(size)

    def value(self) -> bytes:
        return bytes(self._made.choices(b'abc=;, \t\xe9\xff"', k=9)).strip()

    def path(self) -> bytes:
        segments = [b"", b"a", b"b%20c", b"%C3%A9", b"..", b"d;e=f", b"%25", b"(g)~"]
        count = self._made.randrange(4)
        return b"/" + b"/".join(self._made.choices(segments, k=count))

    def scope(self, content: bytes) -> Dict[str, Any]:
        mount = self._made.choice([b"", b"/app", b"/a%20p/p"])
        query = self._made.choice([None, b"a=b", b"%00&\xe9", b"?"])
        target = mount + self.path()
        headers = [(name, self.value()) for name in self._made.choices(NAMES, k=4)]
        length = self._made.choice([len(content), len(content), None])
        if length is not None:
            headers.append(("content-length", b"%d" % length))
        port = self._made.choice([None, 50123])
        return http_scope(
            method=self._made.choice(["GET", "POST", "PUT", "HEAD", "OPTIONS", "pAtCh"]),
            target=target if query is None else target + b"?" + query,
            mount=mount,
            scheme=self._made.choice(["http", "https"]),
            http_version=self._made.choice(["1.0", "1.1", "2", "3"]),
            authority=self._made.choice([b"example.org", b"example.org:81", b""]),
            headers=tuple(headers),
            content_length=length,
            peer={"transport": "tcp", "address": "2001:db8::7", "port": port},
        )

    def pieces(self, content: bytes) -> List[bytes]:
        cuts = sorted(self._made.choices(range(len(content) + 1), k=3))
        ends = [*cuts, len(content)]
        return [content[start:end] for start, end in zip([0, *cuts], ends)]

    def response(self) -> Tuple[int, List[Tuple[str, bytes]], List[bytes]]:
        status = self._made.choice([200, 201, 302, 404, 503])
        headers = [("set-cookie", self.value()) for _ in range(2)]
        headers.append(("x-made", self.value()))
        content = self.octets()
        if self._made.random() < 0.5:
            headers.append(("content-length", b"%d" % len(content)))
        return status, headers, self.pieces(content)

    def choice(self, *of: Any) -> Any:
        return self._made.choice(of)


def kept(environ: Dict[str, Any]) -> Dict[str, Any]:
    return {
        name: value for name, value in environ.items() if name in KEPT or name.startswith("HTTP_")
    }


class WsgiBehindBoth(unittest.TestCase):
    def test_adapter_response__to_wsgi_of_from_wsgi(self) -> None:
        seen: List[Any] = []
        answer: List[Any] = []
        closed: List[None] = []

        def app(environ: Dict[str, Any], start_response: Any) -> Any:
            (status, headers, pieces), way = answer[0]
            seen.append((kept(environ), environ["wsgi.input"].read()))
            fields = [(name, value.decode("latin-1")) for name, value in headers]
            write = start_response(f"{status} Made", fields)
            if way == "write":
                for piece in pieces:
                    write(piece)
                return []
            if way == "list":
                return pieces
            if way == "one":
                return [b"".join(pieces)]
            return Closing(pieces, closed)

        class Closing:
            def __init__(self, pieces: List[bytes], closed: List[None]) -> None:
                self._pieces = pieces

            def __iter__(self) -> Any:
                return iter(self._pieces)

            def close(self) -> None:
                closed.append(None)

        findings: List[Finding] = []
        around = to_wsgi(check(from_wsgi(app), report=findings.append))
        for seed in range(250):
            made = Maker(seed)
            content = made.octets()
            environ = environ_of(made.scope(content))
            environ["wsgi.input_terminated"] = True
            answer[:] = [(made.response(), made.choice("write", "list", "one", "close"))]
            given: Any = {}
            results = []
            for one in (app, around):
                closed.clear()
                started: List[Any] = []
                given = {**environ, "wsgi.input": io.BytesIO(content)}
                written: List[bytes] = []

                def start_response(*args: Any) -> Any:
                    started.append(args)
                    return written.append

                result = one(given, start_response)
                items = [*written, *result]
                getattr(result, "close", lambda: None)()
                status, headers = started[0]
                results.append((status[:3], headers, b"".join(items)))
            with self.subTest(seed=seed):
                direct, through = results
                if environ["REQUEST_METHOD"] == "HEAD":
                    direct = (*direct[:2], b"")
                self.assertEqual(direct, through)
                self.assertEqual(seen[-2], seen[-1])
                self.assertEqual([], findings)


class PortwayBehindBoth(unittest.IsolatedAsyncioTestCase):
    async def test_adapter_body__from_wsgi_of_to_wsgi(self) -> None:
        seen: List[Any] = []
        answer: List[Any] = []

        async def app(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "lifespan":
                await receive()
                await send({"type": "lifespan.ready"})
                while (await receive())["type"] != "lifespan.shutdown":
                    pass
                return
            (status, headers, pieces), early = answer[0]
            content = []
            if early:
                await send({"type": "http.response.start", "status": status, "headers": headers})
            while (event := await receive())["type"] == "http.request.body":
                content.append(event["data"])
            seen.append((scope, b"".join(content), event["type"]))
            if not early:
                await send({"type": "http.response.start", "status": status, "headers": headers})
            for piece in pieces:
                await send({"type": "http.response.body", "data": piece})
            await send({"type": "http.response.end"})

        findings: List[Finding] = []
        around = from_wsgi(to_wsgi(check(app, report=findings.append)))
        for seed in range(250):
            made = Maker(seed)
            content = made.octets()
            scope = made.scope(content)
            answer[:] = [(made.response(), made.choice(True, False))]
            results = []
            for one in (app, around):
                exchange = Exchange(one, scope).call()
                exchange.give(*request_events(made.pieces(content)))
                self.assertIsNone(await exchange.ended(), seed)
                pieces = [e["data"] for e in exchange.sent if e["type"].endswith(".body")]
                results.append((exchange.start, [one for one in pieces if one]))
            with self.subTest(seed=seed):
                (start, pieces), (start_again, pieces_again) = results
                self.assertEqual(start, start_again)
                self.assertEqual([] if scope["method"] == "HEAD" else pieces, pieces_again)
                (first, *sent), (second, *sent_again) = seen[-2:]
                self.assertEqual([content, "http.request.end"], sent)
                self.assertEqual(sent, sent_again)
                for name in ("http_version", "method", "scheme", "authority", "path"):
                    self.assertEqual(first[name], second[name])
                for name in ("mount", "query", "content_length", "target"):
                    self.assertEqual(first[name], second[name])
                self.assertEqual(first["peer"]["address"], second["peer"]["address"])
                self.assertEqual(first["peer"]["port"], second["peer"]["port"])
                self.assertEqual(joined(first), joined(second))
                self.assertEqual([], findings)


def joined(scope: Dict[str, Any]) -> Dict[str, bytes]:
    """The header fields as they are where there is room for one of a name."""
    fields: Dict[str, bytes] = {}
    for name, value in scope["headers"]:
        joint = b"; " if name == "cookie" else b", "
        fields[name] = fields[name] + joint + value if name in fields else value
    if scope["authority"]:
        fields["host"] = scope["authority"]
    return {name: value.strip(b" \t") for name, value in fields.items() if value}


if __name__ == "__main__":
    unittest.main()
