"""Runs the cases of Django in a process of their own, because a process has one site only."""

from __future__ import annotations

import os
import subprocess
import sys
import unittest
from importlib.util import find_spec

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@unittest.skipUnless(find_spec("django"), "Django is not installed (Debian: python3-django)")
class DjangoWsgi(unittest.TestCase):
    def test_adapter_response__a_site_of_django(self) -> None:
        # Warnings of its own, about what later Pythons drop, are Django's matter.
        command = [sys.executable, "-m", "unittest", "tests.frameworks.django_cases"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=ROOT)
        self.assertEqual(0, done.returncode, done.stderr)
        self.assertRegex(done.stderr, r"Ran [1-9][0-9]* tests")


if __name__ == "__main__":
    unittest.main()
