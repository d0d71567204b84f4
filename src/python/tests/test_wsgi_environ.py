"""The request in both directions: the tables "What describes the request" and "Paths"."""

from __future__ import annotations

import random
import unittest
from typing import Any, Dict
from wsgiref.util import setup_testing_defaults

from portway._wsgi_environ import environ_of, request_of
from tests.memory import http_scope

TCP = {"transport": "tcp", "address": "192.0.2.7", "port": 50123}
UNIX = {"transport": "unix", "address": "/run/app.sock", "port": None}


def environ(**changes: Any) -> Dict[str, Any]:
    """What a server makes of a plain request, with changes; None takes a variable away."""
    made: Dict[str, Any] = {}
    setup_testing_defaults(made)
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


class FromScope(unittest.TestCase):
    def test_adapter_scope__variables(self) -> None:
        tls = {"transport": "tls", "address": "2001:db8::1", "port": 8443}
        said = {"for": "[2001:db8::9]", "proto": "https", "host": None, "trusted_by": "x"}
        cases = [
            ({"method": "pOst"}, {"REQUEST_METHOD": "pOst"}),
            ({"target": b"/a?"}, {"QUERY_STRING": ""}),
            ({"target": b"/a"}, {"QUERY_STRING": ""}),
            ({"target": b"/a?x=%20&y"}, {"QUERY_STRING": "x=%20&y"}),
            ({"content_length": None}, {"CONTENT_LENGTH": None}),
            ({"content_length": 0}, {"CONTENT_LENGTH": "0"}),
            ({"content_length": 12}, {"CONTENT_LENGTH": "12"}),
            ({"headers": [("content-type", b"a/b")]}, {"CONTENT_TYPE": "a/b"}),
            ({"headers": [("x-one", b"1")]}, {"HTTP_X_ONE": "1"}),
            ({"local_address": tls}, {"SERVER_NAME": "2001:db8::1", "SERVER_PORT": "8443"}),
            ({"local_address": UNIX}, {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}),
            ({"local_address": None}, {"SERVER_NAME": "localhost", "SERVER_PORT": "80"}),
            ({"local_address": None, "scheme": "https"}, {"SERVER_PORT": "443"}),
            ({"http_version": "1.0"}, {"SERVER_PROTOCOL": "HTTP/1.0"}),
            ({"http_version": "2"}, {"SERVER_PROTOCOL": "HTTP/2"}),
            ({"http_version": "3"}, {"SERVER_PROTOCOL": "HTTP/3"}),
            ({"peer": TCP}, {"REMOTE_ADDR": "192.0.2.7", "REMOTE_PORT": "50123"}),
            ({"peer": UNIX}, {"REMOTE_ADDR": None, "REMOTE_PORT": None}),
            ({"peer": None}, {"REMOTE_ADDR": None, "REMOTE_PORT": None}),
            ({"scheme": "https"}, {"wsgi.url_scheme": "https", "HTTPS": None}),
            ({"forwarded": said}, {"REMOTE_ADDR": "192.0.2.7", "wsgi.url_scheme": "http"}),
        ]
        for changes, expected in cases:
            with self.subTest(changes):
                made = environ_of(http_scope(**changes))
                self.assertEqual(expected, {name: made.get(name) for name in expected})

    def test_adapter_scope__forwarded_takes_the_place_of_peer_and_scheme(self) -> None:
        cases = [
            ({"for": "198.51.100.7"}, "198.51.100.7", None, "http"),
            ({"for": "[2001:db8::9]", "proto": "HTTPS"}, "2001:db8::9", None, "https"),
            ({"for": "_hidden"}, None, None, "http"),
            ({"for": "unknown", "proto": "gopher"}, None, None, "http"),
            ({"proto": "https"}, "192.0.2.7", "50123", "https"),
        ]
        for said, address, port, scheme in cases:
            with self.subTest(said):
                record = {"for": None, "proto": None, "host": None, "trusted_by": "x", **said}
                made = environ_of(http_scope(forwarded=record), forwarded=True)
                self.assertEqual(address, made.get("REMOTE_ADDR"))
                self.assertEqual(port, made.get("REMOTE_PORT"))
                self.assertEqual(scheme, made["wsgi.url_scheme"])

    def test_adapter_host__is_the_authority(self) -> None:
        cases = [
            (b"example.org:8080", (), "example.org:8080"),
            (b"example.org", (("host", b"elsewhere.example"),), "example.org"),
            (b"", (("host", b""),), ""),
            (b"", (), None),
        ]
        for authority, headers, expected in cases:
            with self.subTest(authority=authority, headers=headers):
                made = environ_of(http_scope(authority=authority, headers=headers))
                self.assertEqual(expected, made.get("HTTP_HOST"))

    def test_adapter_fields_joined__cookies_otherwise(self) -> None:
        headers = (
            ("cookie", b"a=1"),
            ("accept", b"a/a"),
            ("cookie", b"b=2"),
            ("accept", b"b/b"),
            ("content-type", b"c/c"),
            ("content-type", b"d/d"),
        )
        made = environ_of(http_scope(headers=headers))
        self.assertEqual("a=1; b=2", made["HTTP_COOKIE"])
        self.assertEqual("a/a, b/b", made["HTTP_ACCEPT"])
        self.assertEqual("c/c, d/d", made["CONTENT_TYPE"])

    def test_wsgi_latin_one__every_octet_is_a_character(self) -> None:
        octets = bytes(range(0x80, 0x100))
        text = "".join(map(chr, range(0x80, 0x100)))
        scope = http_scope(target=b"/" + octets + b"?" + octets, headers=[("x", octets)])
        made = environ_of(scope)
        self.assertEqual("/" + text, made["PATH_INFO"])
        self.assertEqual(text, made["QUERY_STRING"])
        self.assertEqual(text, made["HTTP_X"])
        back = request_of({**made})
        self.assertIn(("x", octets), back["headers"])
        self.assertEqual(octets, back["query"])

    def test_wsgi_underscore_dropped__one_variable_has_one_source(self) -> None:
        headers = (
            ("x_forwarded_for", b"6.6.6.6"),
            ("x-forwarded-for", b"192.0.2.1"),
            ("proxy", b"http://evil.example"),
            ("content_length", b"7"),
            ("content_type", b"e/e"),
        )
        made = environ_of(http_scope(headers=headers))
        self.assertEqual("192.0.2.1", made["HTTP_X_FORWARDED_FOR"])
        for name in ("HTTP_PROXY", "CONTENT_LENGTH", "CONTENT_TYPE", "HTTP_CONTENT_TYPE"):
            self.assertNotIn(name, made)

    def test_adapter_path__script_name_and_path_info(self) -> None:
        cases = [
            (b"", b"/", "", "/"),
            (b"", b"/a%2Fb/%C3%A9", "", "/a/b/\xc3\xa9"),
            (b"", b"/a%zz%4", "", "/a%zz%4"),
            (b"", b"*", "", "*"),
            (b"/app", b"/app", "/app", ""),
            (b"/app", b"/app/", "/app", "/"),
            (b"/app", b"/app/x//y/../z", "/app", "/x//y/../z"),
            (b"/a%20p", b"/a%20p/x", "/a p", "/x"),
            # Cut off after decoding, this would be cut in another place.
            (b"/a%2Fb", b"/a%2Fb/c%2Fd", "/a/b", "/c/d"),
        ]
        for mount, path, script_name, path_info in cases:
            with self.subTest(mount=mount, path=path):
                made = environ_of(http_scope(target=path, mount=mount))
                self.assertEqual(script_name, made["SCRIPT_NAME"])
                self.assertEqual(path_info, made["PATH_INFO"])

    def test_adapter_path__a_mount_that_is_no_prefix_is_not_cut_off(self) -> None:
        for mount, path in [(b"/app", b"/apple"), (b"/app", b"/other"), (b"/a/b", b"/a%2Fb")]:
            with self.subTest(mount=mount, path=path):
                with self.assertRaisesRegex(ValueError, "http.mount.boundary"):
                    environ_of(http_scope(target=path, mount=mount))

    def test_adapter_scope__invented_names_are_not_all_kept(self) -> None:
        for number in range(2000):
            made = environ_of(http_scope(headers=[(f"x-{number}", b"1")]))
            self.assertEqual("1", made[f"HTTP_X_{number}"])
        from portway import _wsgi_environ

        self.assertLessEqual(len(_wsgi_environ._variables), 512)


class FromEnvironment(unittest.TestCase):
    def test_adapter_scope__fields(self) -> None:
        tcp = {"transport": "tcp", "address": "192.0.2.7", "port": None}
        tls = {"transport": "tls", "address": "::1", "port": 443}
        cases = [
            ({"REQUEST_METHOD": "pOst"}, {"method": "pOst"}),
            ({"QUERY_STRING": ""}, {"query": None, "target": b"/"}),
            ({"QUERY_STRING": "a=%20"}, {"query": b"a=%20", "target": b"/?a=%20"}),
            ({"CONTENT_LENGTH": ""}, {"content_length": None}),
            ({"CONTENT_LENGTH": "12"}, {"content_length": 12}),
            ({"HTTP_HOST": "example.org:81"}, {"authority": b"example.org:81"}),
            ({"HTTP_HOST": None}, {"authority": b""}),
            ({"SERVER_PROTOCOL": "HTTP/1.0"}, {"http_version": "1.0"}),
            ({"SERVER_PROTOCOL": "HTTP/2.0"}, {"http_version": "2"}),
            ({"SERVER_PROTOCOL": "HTTP/2"}, {"http_version": "2"}),
            ({"SERVER_PROTOCOL": "HTTP/3"}, {"http_version": "3"}),
            ({"SERVER_PROTOCOL": "INCLUDED"}, {"http_version": "1.1"}),
            ({"REMOTE_ADDR": "192.0.2.7"}, {"peer": tcp}),
            ({"REMOTE_ADDR": ""}, {"peer": None}),
            ({"SERVER_NAME": "www.example.org"}, {"local_address": None}),
            (
                {"SERVER_NAME": "::1", "SERVER_PORT": "443", "wsgi.url_scheme": "https"},
                {"local_address": tls, "scheme": "https"},
            ),
            ({"HTTPS": "on", "SSL_PROTOCOL": "TLSv1.3"}, {"tls": None, "scheme": "http"}),
            ({"REMOTE_USER": "ada", "HTTP_X": "1"}, {"forwarded": None, "upgrade": None}),
        ]
        for changes, expected in cases:
            with self.subTest(changes):
                made = request_of(environ(**changes))
                self.assertEqual(expected, {name: made[name] for name in expected})

    def test_adapter_scope__a_claimed_peer_is_none(self) -> None:
        made = request_of(environ(REMOTE_ADDR="192.0.2.7"), peer_known=False)
        self.assertIsNone(made["peer"])

    def test_adapter_scope__fields_of_the_header(self) -> None:
        made = request_of(
            {
                "REQUEST_METHOD": "GET",
                "wsgi.url_scheme": "http",
                "HTTP_HOST": "h",
                "HTTP_X_A_B": " padded\t",
                "CONTENT_TYPE": "a/b",
                "CONTENT_LENGTH": "3",
                "HTTP_CONTENT_LENGTH": "4",
                "org.server.key": object(),
            }
        )
        headers = (("host", b"h"), ("x-a-b", b"padded"))
        rest = (("content-type", b"a/b"), ("content-length", b"3"))
        self.assertEqual(headers + rest, made["headers"])

    def test_adapter_scope__a_length_that_is_none_is_an_error(self) -> None:
        for text in ("-1", "+1", "1, 1", "0x1", "1" * 16, "\u0661"):
            with self.subTest(text), self.assertRaises(ValueError):
                request_of(environ(CONTENT_LENGTH=text))

    def test_adapter_path__mount_and_path(self) -> None:
        cases = [
            ("", "", b"", b"/"),
            ("", "/", b"", b"/"),
            ("/", "/x", b"", b"/x"),
            ("", "*", b"", b"*"),
            ("/app", "", b"/app", b"/app"),
            ("/app", "/", b"/app", b"/app/"),
            ("/app/", "/x", b"/app", b"/app/x"),
            ("/app", "x", b"/app", b"/app/x"),
            ("/a p", "/\xc3\xa9", b"/a%20p", b"/a%20p/%C3%A9"),
            ("", '/?#[]%"<>', b"", b"/%3F%23%5B%5D%25%22%3C%3E"),
            ("", "/:@!$&'()*+,;=-._~", b"", b"/:@!$&'()*+,;=-._~"),
        ]
        for script_name, path_info, mount, path in cases:
            with self.subTest(script_name=script_name, path_info=path_info):
                made = request_of(environ(SCRIPT_NAME=script_name, PATH_INFO=path_info))
                self.assertEqual((mount, path), (made["mount"], made["path"]))

    def test_adapter_path__what_was_decoded_is_the_same_behind_two_adapters(self) -> None:
        made = random.Random(9)
        for _ in range(500):
            octets = [
                made.choice([b"/", b"%2F", b"%41", b"a", b"%C3", b"%", b"\xff"]) for _ in range(9)
            ]
            scope = http_scope(target=b"/" + b"".join(octets))
            first = environ_of(scope)
            again = environ_of({**scope, **request_of(first)})
            self.assertEqual(first["PATH_INFO"], again["PATH_INFO"])


if __name__ == "__main__":
    unittest.main()
