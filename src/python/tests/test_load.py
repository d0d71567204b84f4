"""What ``--kind auto`` takes an application for."""

import functools
import unittest
from typing import Any

import portway
from portway._load import CannotLoad, kind_of


async def coroutine(scope: Any, receive: Any, send: Any) -> None: ...


def function(scope: Any, receive: Any, send: Any) -> None: ...


def wsgi(environ: Any, start_response: Any) -> None: ...


async def two(a: Any, b: Any) -> None: ...


async def with_default(scope: Any, receive: Any, send: Any, option: Any = None) -> None: ...


async def anything(*args: Any) -> None: ...


class Asgi:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None: ...

    async def method(self, scope: Any, receive: Any, send: Any) -> None: ...


class Wsgi:
    def __call__(self, environ: Any, start_response: Any) -> None: ...


class Declared(Asgi):
    __portway__ = True


class KindOf(unittest.TestCase):
    def test_what_shows(self) -> None:
        for found, kind in [
            (coroutine, "asgi"),
            (with_default, "asgi"),
            (Asgi(), "asgi"),
            (Asgi().method, "asgi"),
            (functools.partial(with_default, option=1), "asgi"),
            (wsgi, "wsgi"),
            (Wsgi(), "wsgi"),
            (functools.partial(function, None), "wsgi"),
            (portway.application(), "portway"),
            (portway.threaded(function), "portway"),
            (Declared(), "portway"),
        ]:
            with self.subTest(found):
                self.assertEqual(kind_of(found, "module:app"), kind)

    def test_what_does_not(self) -> None:
        for found in (function, two, anything, Asgi, Wsgi, print):
            with self.subTest(found):
                with self.assertRaisesRegex(CannotLoad, "--kind portway"):
                    kind_of(found, "module:app")
