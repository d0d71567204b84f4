"""Runs the cases of ASGI frameworks and servers, each in a process of its own.

A process has one configuration of Django, and the warnings of frameworks are their own matter.
"""

from __future__ import annotations

import subprocess
import sys
import unittest
from importlib.util import find_spec

from tests.frameworks.asgi_client import PYTHON


class AsgiFrameworks(unittest.TestCase):
    def run_cases(self, cases: str, *modules: str) -> None:
        missing = [module for module in modules if find_spec(module) is None]
        if missing:
            self.skipTest(f"not installed: {', '.join(missing)}")
        command = [sys.executable, "-m", "unittest", f"tests.frameworks.{cases}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=PYTHON)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"Ran [1-9][0-9]* tests")

    def test_asgi_frameworks__starlette(self) -> None:
        self.run_cases("asgi_starlette_cases", "starlette", "multipart", "websockets")

    def test_asgi_frameworks__fastapi(self) -> None:
        self.run_cases("asgi_fastapi_cases", "fastapi", "multipart", "websockets")

    def test_asgi_frameworks__django_and_channels(self) -> None:
        self.run_cases("asgi_channels_cases", "django", "channels", "websockets")

    def test_asgi_frameworks__servers(self) -> None:
        self.run_cases("asgi_server_cases", "websockets")
