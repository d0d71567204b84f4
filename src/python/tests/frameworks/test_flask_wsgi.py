"""An application of Flask under the gateway in memory, and under the real one."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import random
import unittest
import warnings
from importlib.util import find_spec
from typing import Any

from portway.wsgi import from_wsgi, to_wsgi
from tests.frameworks.client import Cookies, CurlClient, MemoryClient, form
from tests.frameworks.served import WAYS, Served, why_not


class Site:
    """What the application has to do, whichever gateway is in front of it."""

    client: Any

    def test_json(self: Any) -> None:
        body = json.dumps({"x": [1, "\u00e9"]}).encode()
        fields = [("content-type", "application/json"), ("cookie", "a=1; b=2")]
        answer = self.client.request("POST", "/json/caf%C3%A9?x=1&x=2", fields, body)
        seen = json.loads(answer.body)
        self.assertEqual("caf\u00e9", seen["name"])
        self.assertEqual({"x": [1, "\u00e9"]}, seen["given"])
        self.assertEqual({"a": "1", "b": "2"}, seen["cookies"])
        self.assertEqual("", seen["root"])
        self.assertTrue(seen["url"].endswith("/json/caf\u00e9?x=1&x=2"), seen["url"])
        self.assertIsNotNone(seen["address"])

    def test_a_stream(self: Any) -> None:
        answer = self.client.request("GET", "/stream?lines=1000")
        self.assertEqual([f"line {n}" for n in range(1000)], answer.text.splitlines())

    def test_an_upload(self: Any) -> None:
        content = random.Random(1).randbytes(2_000_000)
        content_type, body = form({"file": ("film.bin", content)})
        answer = self.client.request("POST", "/upload", [content_type], body)
        digest = hashlib.sha256(content).hexdigest()
        self.assertEqual({"name": "film.bin", "sha256": digest}, json.loads(answer.body))

    def test_a_body_that_is_read_in_pieces(self: Any) -> None:
        content = random.Random(2).randbytes(300_000)
        answer = self.client.request("POST", "/pieces", (), content)
        digest = hashlib.sha256(content).hexdigest()
        self.assertEqual({"size": 300_000, "sha256": digest}, json.loads(answer.body))

    def test_cookies(self: Any) -> None:
        answer = self.client.request("GET", "/cookies")
        self.assertEqual(["one=1; Path=/", "two=2; HttpOnly; Path=/"], answer.values("set-cookie"))

    def test_a_session(self: Any) -> None:
        cookies = Cookies()
        for count in (1, 2, 3):
            fields = [cookies.field] if count > 1 else []
            answer = cookies.keep(self.client.request("GET", "/count", fields))
            self.assertEqual({"count": count}, json.loads(answer.body))

    def test_files(self: Any) -> None:
        answer = self.client.request("GET", "/film")
        self.assertEqual((200, bytes(range(256)) * 1000), (answer.status, answer.body))
        with open(__file__.replace("test_flask_wsgi", "flask_site"), "rb") as file:
            source = file.read()
        answer = self.client.request("GET", "/own-source")
        self.assertEqual(source, answer.body)
        self.assertEqual(str(len(source)), answer.value("content-length"))
        part = self.client.request("GET", "/own-source", [("range", "bytes=10-19")])
        self.assertEqual((206, source[10:20]), (part.status, part.body))
        head = self.client.request("HEAD", "/own-source")
        self.assertEqual(str(len(source)), head.value("content-length"))
        etag = answer.value("etag")
        again = self.client.request("GET", "/own-source", [("if-none-match", etag)])
        self.assertEqual((304, b""), (again.status, again.body))

    def test_other_answers(self: Any) -> None:
        for target, status in [
            ("/away", 302),
            ("/nothing", 204),
            ("/teapot", 418),
            ("/missing", 404),
            ("/fails", 500),
        ]:
            with self.subTest(target):
                answer = self.client.request("GET", target)
                self.assertEqual(status, answer.status)
                self.assertNotIn("secret", answer.text)


@unittest.skipUnless(find_spec("flask"), "Flask is not installed (Debian: python3-flask)")
class InMemory(Site, unittest.TestCase):
    """Under the gateway in memory."""

    @staticmethod
    def adapted(app: Any) -> Any:
        return from_wsgi(app, threads=4)

    @classmethod
    def setUpClass(cls) -> None:
        # What later versions drop is a matter of Flask and Werkzeug.
        caught = warnings.catch_warnings()
        caught.__enter__()
        cls.addClassCleanup(caught.__exit__, None, None, None)
        warnings.simplefilter("ignore")
        from tests.frameworks.flask_site import app

        app.logger.disabled = True
        app.logger.setLevel(logging.CRITICAL)
        cls.client = MemoryClient(cls.adapted(app))
        cls.addClassCleanup(cls.client.close)

    def test_a_file_is_handed_off(self) -> None:
        response = self.client.run(self.client.gateway.request("GET", b"/own-source"))
        self.assertEqual("http.file", response.exchange.sent[1]["type"])


class BehindBoth(InMemory):
    """Under the gateway in memory, with a server for WSGI between the two."""

    @staticmethod
    def adapted(app: Any) -> Any:
        return from_wsgi(to_wsgi(from_wsgi(app)))

    test_a_file_is_handed_off = None  # type: ignore[assignment]


@unittest.skipUnless(find_spec("flask"), "Flask is not installed (Debian: python3-flask)")
@unittest.skipIf(why_not(), str(why_not()))
class Served1(Site, unittest.TestCase):
    """Under the real gateway, over HTTP/1.1."""

    version = "HTTP/1.1"

    @classmethod
    def setUpClass(cls) -> None:
        folder = os.path.dirname(os.path.abspath(__file__))
        target = "tests.frameworks.flask_site:app"
        served = Served(target, "--kind", "wsgi", "--root", folder)
        cls.addClassCleanup(served.stop)
        cls.client = CurlClient(served.origin, WAYS[cls.version])

    def test_a_body_of_unknown_length(self) -> None:
        content = random.Random(3).randbytes(300_000)
        answer = self.client.request("POST", "/pieces", (), content, known=False)
        digest = hashlib.sha256(content).hexdigest()
        self.assertEqual({"size": 300_000, "sha256": digest}, json.loads(answer.body))


class Served2(Served1):
    """Under the real gateway, over HTTP/2."""

    version = "HTTP/2"


if __name__ == "__main__":
    unittest.main()
