"""The real gateway in front of a Python application: `portway serve --python`, for tests."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from typing import List, Mapping, Optional

PYTHON = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
REPOSITORY = os.path.dirname(os.path.dirname(PYTHON))
COMMAND = os.path.join(REPOSITORY, "bin", "portway.mjs")
PATIENCE = 60

# The version of Node that the project is written for.
_PATH = os.path.join(REPOSITORY, "node_modules", ".bin") + os.pathsep + os.environ.get("PATH", "")

WAYS = {"HTTP/1.1": "--http1.1", "HTTP/2": "--http2-prior-knowledge"}
"""The versions to be tried, each with the option of curl."""


def why_not() -> Optional[str]:
    """Why the gateway cannot be started here, or None."""
    if not os.path.exists(COMMAND):
        return "the gateway is not here"
    if shutil.which("node", path=_PATH) is None:
        return "Node is not installed"
    if shutil.which("curl") is None:
        return "curl is not installed"
    return None


class Served:
    """A gateway in a process of its own; `origin` is where it listens."""

    def __init__(self, target: str, *options: str, env: Mapping[str, str] = {}) -> None:
        path = os.pathsep.join([PYTHON, *filter(None, [os.environ.get("PYTHONPATH")])])
        command = ["node", COMMAND, "serve", "--python", target, "--port", "0", "--http2"]
        self._process = subprocess.Popen(
            [*command, "--python-executable", sys.executable, *options],
            cwd=PYTHON,
            env={**os.environ, **env, "PATH": _PATH, "PYTHONPATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: List[str] = []
        """What it has said."""
        self.origin = ""
        self._silent = False
        self._said = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        with self._said:
            self._said.wait_for(lambda: self.origin or self._silent, PATIENCE)
        if not self.origin:
            self.stop()
            raise AssertionError("\n".join(["the gateway did not start:", *self.lines]))

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stream:
            for line in stream:
                with self._said:
                    self.lines.append(line.rstrip("\n"))
                    found = re.search(r" on (http://\S+)/$", line.rstrip("\n"))
                    self.origin = found.group(1) if found else self.origin
                    self._said.notify_all()
        with self._said:
            self._silent = True
            self._said.notify_all()

    def stop(self) -> int:
        """Asks it to stop, and waits. Returns the status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        status = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status
