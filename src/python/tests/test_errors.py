"""What the errors are to an application: classes, attributes, texts."""

import copy
import pickle
import re
import unittest
from pathlib import Path

import portway
from portway import Closed, Misuse, UnsupportedScope


class Errors(unittest.TestCase):
    def test_binding_errors__misuse_names_the_requirement(self) -> None:
        error = Misuse("http.start-once", "already committed")
        self.assertEqual(error.requirement, "http.start-once")
        self.assertEqual(str(error), "http.start-once: already committed")

    def test_binding_errors__closed_has_cause_and_code(self) -> None:
        self.assertEqual((Closed("timeout").cause, Closed("timeout").code), ("timeout", None))
        self.assertEqual((Closed("peer_reset", 8).cause, Closed("peer_reset", 8).code), ("peer_reset", 8))
        self.assertEqual(str(Closed("timeout")), "the conversation is closed: timeout")

    def test_binding_errors__unsupported_scope_has_the_type(self) -> None:
        self.assertEqual(UnsupportedScope("tunnel").scope_type, "tunnel")
        self.assertIn("`tunnel`", str(UnsupportedScope("tunnel")))

    def test_python_closed_oserror__classes(self) -> None:
        self.assertEqual(Closed.__bases__, (OSError,))
        self.assertEqual(Misuse.__bases__, (Exception,))
        self.assertEqual(UnsupportedScope.__bases__, (Exception,))

    def test_python_closed_oserror__errno_is_none(self) -> None:
        for error in (Closed("timeout"), Closed("peer_reset", 8), Closed("peer_reset", code=32)):
            self.assertIsNone(error.errno)

    def test_copies_and_pickles_are_equal(self) -> None:
        for error in (Misuse("a.b", "c"), Closed("peer_reset", 8), UnsupportedScope("http")):
            for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
                self.assertIs(type(other), type(error))
                self.assertEqual(str(other), str(error))
                self.assertEqual(vars(other), vars(error))

    def test_the_version_is_that_of_the_typescript_package(self) -> None:
        source = Path(__file__).parents[2] / "interface" / "index.ts"
        written = re.search(r"INTERFACE_VERSION = '([^']+)'", source.read_text("utf-8"))
        assert written
        self.assertEqual(portway.INTERFACE_VERSION, written[1])
