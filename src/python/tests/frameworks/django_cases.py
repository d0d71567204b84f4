"""The site of Django under gateways. Run in a process of its own: Django has one site in each.

``test_django_wsgi`` does that.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import tempfile
import unittest
from typing import Any, List, Optional, Tuple
from urllib.parse import urlencode

from tests.frameworks.client import Answer, Cookies, CurlClient, MemoryClient, form
from tests.frameworks.served import WAYS, Served, why_not

FORM = ("content-type", "application/x-www-form-urlencoded")
FILM = random.Random(1895).randbytes(300_000)


def make_site(folder: str) -> None:
    """Makes the database by its migrations, with somebody to log in."""
    os.environ["DJANGO_SITE_FOLDER"] = folder
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.frameworks.django_site.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.contrib.auth.models import User
    from django.db import connections

    User.objects.create_superuser("ada", "ada@example.org", "lovelace")
    connections.close_all()
    with open(os.path.join(folder, "film.bin"), "wb") as file:
        file.write(FILM)


class Site:
    """What the site has to do, whichever gateway is in front of it."""

    client: Any

    def get(self, target: str, *headers: Tuple[str, str]) -> Answer:
        answer: Answer = self.client.request("GET", target, headers)
        return answer

    def test_what_django_makes_of_a_request(self: Any) -> None:
        body = b"\x00\xff" * 50_000
        headers = [("cookie", "a=1; b=2"), ("accept", "a/b"), ("content-type", "x/y")]
        target = "/echo/caf%C3%A9/a%2Fb?x=1&y=%20z"
        answer = self.client.request("POST", target, headers, body)
        self.assertEqual(200, answer.status, answer.body)
        seen = json.loads(answer.body)
        self.assertEqual("POST", seen["method"])
        self.assertEqual("caf\u00e9/a/b", seen["rest"])
        self.assertEqual("/echo/caf\u00e9/a/b", seen["path"])
        self.assertEqual({"x": "1", "y": " z"}, seen["query"])
        self.assertEqual({"a": "1", "b": "2"}, seen["cookies"])
        self.assertEqual("a/b", seen["accept"])
        self.assertFalse(seen["secure"])
        self.assertEqual(hashlib.sha256(body).hexdigest(), seen["body"])

    def test_the_administration(self: Any) -> None:
        cookies = Cookies()

        def get(target: str) -> Answer:
            return cookies.keep(self.get(target, *[cookies.field]))

        def post(target: str, **values: str) -> Answer:
            body = urlencode(values).encode()
            fields = [FORM, cookies.field]
            answer: Answer = self.client.request("POST", target, fields, body)
            return cookies.keep(answer)

        def token(answer: Answer) -> str:
            found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.text)
            assert found is not None
            return found.group(1)

        self.assertEqual(302, self.get("/admin/").status)
        page = get("/admin/login/?next=/admin/")
        self.assertIn("csrftoken", cookies)
        name = {"username": "ada", "next": "/admin/"}
        self.assertEqual(403, post("/admin/login/", password="lovelace", **name).status)
        secret = {"csrfmiddlewaretoken": token(page), **name}
        self.assertEqual(200, post("/admin/login/", password="wrong", **secret).status)
        self.assertNotIn("sessionid", cookies)
        answer = post("/admin/login/", password="lovelace", **secret)
        self.assertEqual((302, "/admin/"), (answer.status, answer.value("location")))
        self.assertIn("sessionid", cookies)
        self.assertIn("Site administration", get("/admin/").text)
        page = get("/admin/notes/note/add/")
        text = f"A note {type(self).__name__}"
        answer = post("/admin/notes/note/add/", csrfmiddlewaretoken=token(page), text=text)
        self.assertEqual(302, answer.status)
        self.assertIn(text, get("/admin/notes/note/").text)
        self.assertIn(text, json.loads(self.get("/notes/").body)["notes"])
        self.assertEqual(200, get("/admin/logout/").status)
        self.assertEqual(302, get("/admin/").status)

    def test_static_files(self: Any) -> None:
        answer = self.get("/static/admin/css/base.css")
        self.assertEqual((200, "text/css"), (answer.status, answer.value("content-type")))
        self.assertEqual(str(len(answer.body)), answer.value("content-length"))
        self.assertIn(b"DJANGO Admin styles", answer.body)
        since = answer.value("last-modified")
        again = self.get("/static/admin/css/base.css", ("if-modified-since", since))
        self.assertEqual((304, b""), (again.status, again.body))
        self.assertEqual(404, self.get("/static/admin/missing.css").status)
        head = self.client.request("HEAD", "/static/admin/css/base.css")
        self.assertEqual(answer.value("content-length"), head.value("content-length"))

    def test_a_stream(self: Any) -> None:
        answer = self.get("/stream/2000/")
        lines = [f"line {number}" for number in range(2000)]
        self.assertEqual(lines, answer.text.splitlines())
        self.assertIsNone(answer.value("content-length"))

    def test_uploads(self: Any) -> None:
        files = {
            "small": ("a.txt", b"hello"),
            "large": ("film.bin", random.Random(7).randbytes(4_000_000)),
        }
        content_type, body = form(files)
        answer = self.client.request("POST", "/upload/", [content_type], body)
        expected = {
            field: {
                "name": name,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for field, (name, content) in files.items()
        }
        self.assertEqual(expected, json.loads(answer.body))

    def test_a_file(self: Any) -> None:
        answer = self.get("/file/")
        self.assertEqual(FILM, answer.body)
        self.assertEqual(str(len(FILM)), answer.value("content-length"))

    def test_nothing_has_no_length(self: Any) -> None:
        answer = self.get("/nothing/")
        self.assertEqual((204, None), (answer.status, answer.value("content-length")))

    def test_an_error_of_the_site_is_a_page_of_the_site(self: Any) -> None:
        answer = self.get("/fails/")
        self.assertEqual(500, answer.status)
        self.assertIn("Server Error (500)", answer.text)
        self.assertNotIn("secret", answer.text)

    def test_wsgi_close_once__every_request_finishes(self: Any) -> None:
        before = json.loads(self.get("/closed/").body)["finished"]
        for _ in range(5):
            self.get("/notes/")
        self.assertEqual(before + 6, json.loads(self.get("/closed/").body)["finished"])


folder: Optional[tempfile.TemporaryDirectory[str]] = None


def setUpModule() -> None:
    global folder
    folder = tempfile.TemporaryDirectory()
    make_site(folder.name)


def tearDownModule() -> None:
    assert folder is not None
    folder.cleanup()


class InMemory(Site, unittest.TestCase):
    """Under the gateway in memory."""

    @classmethod
    def setUpClass(cls) -> None:
        from portway.wsgi import from_wsgi
        from tests.frameworks.django_site.wsgi import app

        cls.client = MemoryClient(from_wsgi(app, threads=4))

    @classmethod
    def tearDownClass(cls) -> None:
        cls.client.close()

    def test_a_file_is_handed_off(self) -> None:
        response = self.client.run(self.client.gateway.request("GET", b"/file/"))
        event = response.exchange.sent[1]
        self.assertEqual(("http.file", len(FILM)), (event["type"], event["length"]))

    def test_wsgi_peer_lost__a_stream_is_closed(self) -> None:
        from tests.memory import http_scope

        async def leave() -> Any:
            exchange = self.client.gateway.open(http_scope(target=b"/stream/1000000/"))
            exchange.hold()
            await exchange.until_sent("http.response.body")
            exchange.lose()
            await exchange.ended()
            return exchange

        sent: List[Any] = self.client.run(leave()).sent
        self.assertEqual(2, len(sent))
        self.assertIn(1_000_000, json.loads(self.get("/closed/").body)["streams"])


@unittest.skipIf(why_not(), str(why_not()))
class Served1(Site, unittest.TestCase):
    """Under the real gateway, over HTTP/1.1."""

    version = "HTTP/1.1"

    @classmethod
    def setUpClass(cls) -> None:
        assert folder is not None
        # The film may be sent by the gateway, and the style sheets of Django may not.
        options = ["--kind", "wsgi", "--root", os.path.realpath(folder.name)]
        served = Served("tests.frameworks.django_site.wsgi:app", *options)
        cls.addClassCleanup(served.stop)
        cls.client = CurlClient(served.origin, WAYS[cls.version])

    def test_wsgi_peer_lost__a_client_that_leaves(self) -> None:
        lines = 2_000_000 if self.version == "HTTP/1.1" else 3_000_000
        self.client.leave(f"/stream/{lines}/")
        closed: List[int] = []
        for _ in range(1000):
            closed = json.loads(self.get("/closed/").body)["streams"]
            if lines in closed:
                break
        self.assertIn(lines, closed)


class Served2(Served1):
    """Under the real gateway, over HTTP/2."""

    version = "HTTP/2"


if __name__ == "__main__":
    unittest.main()
