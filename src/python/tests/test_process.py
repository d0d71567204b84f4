"""``python -m portway.worker`` as a process: its streams, its words, its exit."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Iterator, List, Optional

from portway import frames
from portway.frames import FROM_WORKER, Reader, frame

from .front import HELLO_OF_FRONT

PACKAGE = Path(__file__).parents[1]
LIMIT = 20.0
"""Seconds after which a process that hangs fails its test."""

APP = """
    import os, sys

    async def app(scope, receive, send):
        print("called for", scope["type"])
        if scope["type"] == "lifespan":
            while True:
                event = await receive()
                print("got", event["type"])
                if event["type"] == "lifespan.startup":
                    await send({"type": "lifespan.ready", "state": {"n": 1}})
                elif event["type"] == "lifespan.shutdown":
                    return
        os.system("echo printed by a program")
        body = b""
        while (event := await receive())["type"] == "http.request.body":
            body += event["data"]
        send({"type": "http.response.start", "status": 200})
        send({"type": "http.response.body", "data": body * 3 + sys.stdin.read().encode()})
        await send({"type": "http.response.end"})
"""


class Process:
    """A worker that was started, and its stream."""

    def __init__(self, test: unittest.TestCase, *arguments: str, stream: Optional[str] = "unix", **files: str) -> None:
        self.folder = tempfile.TemporaryDirectory()
        test.addCleanup(self.folder.cleanup)
        for name, text in files.items():
            Path(self.folder.name, f"{name}.py").write_text(textwrap.dedent(text))
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE), "PYTHONWARNINGS": "error"}
        environment.pop("PORTWAY_WORKER", None)
        self.listener: Any = None
        if stream == "unix":
            path = os.path.join(self.folder.name, "socket")
            self.listener = socket.socket(socket.AF_UNIX)
            self.listener.bind(path)
            self.listener.listen(1)
            self.listener.settimeout(LIMIT)
            test.addCleanup(self.listener.close)
            environment["PORTWAY_WORKER"] = f"unix:{path}"
        elif stream is not None:
            environment["PORTWAY_WORKER"] = stream
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portway.worker", *arguments],
            cwd=self.folder.name,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        test.addCleanup(self._clean_up)
        self.reader = Reader(FROM_WORKER)
        self.connection: Any = None
        self._frames: Iterator[Any] = iter(())
        self.over = False

    def _clean_up(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            stream.close()
        if self.connection is not None:
            self.connection.close()

    def connect(self) -> "Process":
        """The front's ``hello``; the worker's is read."""
        if self.listener is not None:
            self.connection, _ = self.listener.accept()
            self.connection.settimeout(LIMIT)
        self.say(frames.HELLO, 0, HELLO_OF_FRONT)
        kind, _, content = self.hear()
        assert kind == frames.HELLO and content["frames"] == 1
        return self

    def say(self, kind: int, number: int, content: Any = b"") -> None:
        octets = frame(kind, number, content)
        if self.connection is not None:
            self.connection.sendall(octets)
        else:
            self.process.stdin.write(octets)
            self.process.stdin.flush()

    def hear(self) -> Any:
        """The next frame of the worker; None at the end of its direction."""
        while True:
            for each in self._frames:
                return each
            if self.connection is not None:
                octets = self.connection.recv(65_536)
            else:
                octets = os.read(self.process.stdout.fileno(), 65_536)
            if not octets:
                return None
            self._frames = self.reader.feed(octets)

    def end(self) -> None:
        """The front's direction ends."""
        if self.connection is not None:
            self.connection.shutdown(socket.SHUT_WR)
        else:
            self.process.stdin.close()

    def wait(self) -> Any:
        """The status and what it wrote to standard error."""
        status = self.process.wait(LIMIT)
        return status, self.process.stderr.read().decode()

    def live(self) -> None:
        """A lifespan, up to its answer."""
        self.say(frames.OPEN, 1, {"scope": {"type": "lifespan", "id": "1"}})
        assert self.hear()[:2] == (frames.RECEIVE, 1)
        startup = {"type": "lifespan.startup", "offers": {}, "limits": {"shutdown_ms": 200}}
        self.say(frames.EVENT, 1, {"event": startup})
        assert self.hear() == (frames.EVENT, 1, {"event": {"type": "lifespan.ready"}})
        self.say(frames.SETTLED, 1, {"event": 1})
        assert self.hear()[:2] == (frames.RECEIVE, 1)

    def stop(self) -> None:
        """The rest of the lifespan."""
        self.say(frames.EVENT, 1, {"event": {"type": "lifespan.drain", "deadline_ms": 0}})
        assert self.hear()[:2] == (frames.RECEIVE, 1)
        self.say(frames.EVENT, 1, {"event": {"type": "lifespan.shutdown"}})
        assert self.hear() == (frames.END, 1, {"outcome": "returned"})
        self.end()


class Streams(unittest.TestCase):
    def test_worker_stream__unix(self) -> None:
        self.whole_life(Process(self, "application", stream="unix", application=APP))

    def test_worker_stream__stdio(self) -> None:
        self.whole_life(Process(self, "application:app", stream="stdio", application=APP))

    @unittest.skipUnless(find_spec("uvloop"), "the package uvloop is not installed")
    def test_worker_stream__uvloop(self) -> None:
        text = APP.replace("import os, sys", "import os, sys, asyncio").replace(
            'print("called for"', 'print(asyncio.get_running_loop()); print("called for"'
        )
        for stream in ("unix", "stdio"):
            arguments = ("--loop", "uvloop", "application")
            printed = self.whole_life(Process(self, *arguments, stream=stream, application=text))
            self.assertIn("uvloop", printed)

    def whole_life(self, worker: Process) -> str:
        """A lifespan and a request. Returns what the application printed."""
        if worker.listener is not None:
            worker.process.stdin.close()
        worker.connect()
        worker.live()
        worker.say(frames.OPEN, 2, {"scope": {"type": "http", "id": "2"}})
        heard: List[Any] = [worker.hear()]
        body = {"event": {"type": "http.request.body"}, "payload": "data", "size": 50_000}
        worker.say(frames.EVENT, 2, body)
        worker.say(frames.DATA, 2, b"a" * 50_000)
        heard.append(worker.hear())
        worker.say(frames.EVENT, 2, {"event": {"type": "http.request.end", "trailers": []}})
        data = b""
        while True:
            kind, number, content = worker.hear()
            if kind == frames.DATA:
                data += content
            elif kind == frames.EVENT:
                heard.append((kind, number, content["event"]))
            if len(heard) == 5 and len(data) == 150_000:
                break
        for place in (1, 2, 3):
            worker.say(frames.SETTLED, 2, {"event": place})
        heard.append(worker.hear())
        self.assertEqual(
            heard,
            [
                (frames.RECEIVE, 2, {}),
                (frames.RECEIVE, 2, {}),
                (frames.EVENT, 2, {"type": "http.response.start", "status": 200}),
                (frames.EVENT, 2, {"type": "http.response.body"}),
                (frames.EVENT, 2, {"type": "http.response.end"}),
                (frames.END, 2, {"outcome": "returned"}),
            ],
        )
        self.assertEqual(data, b"a" * 150_000)
        worker.stop()
        self.assertIsNone(worker.hear())
        status, errors = worker.wait()
        self.assertEqual(status, 0, errors)
        printed = errors if worker.listener is None else worker.process.stdout.read().decode()
        for line in ("called for lifespan", "got lifespan.startup", "printed by a program"):
            self.assertIn(line, printed)
        return printed

    def test_drain_signals_below__signals_are_not_acted_on(self) -> None:
        worker = Process(self, "application", application=APP).connect()
        worker.live()
        for number in (signal.SIGTERM, signal.SIGINT):
            worker.process.send_signal(number)
        worker.stop()
        status, errors = worker.wait()
        self.assertEqual(status, 0, errors)

    def test_a_program_that_the_application_starts_heeds_signals(self) -> None:
        text = """
            import signal, subprocess, sys
            code = "import signal; print(*(signal.getsignal(n) == signal.SIG_IGN for n in (2, 15)))"
            print(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout)
            async def app(scope, receive, send): pass
        """
        worker = Process(self, "application", application=text).connect()
        worker.end()
        self.assertEqual(worker.wait()[0], 0)
        self.assertEqual(worker.process.stdout.read().decode().split(), ["False", "False"])

    def test_worker_front_lost__exits_with_1(self) -> None:
        worker = Process(self, "application", application=APP).connect()
        worker.live()
        worker.connection.close()
        status, errors = worker.wait()
        self.assertEqual(status, 1, errors)
        printed = worker.process.stdout.read().decode()
        self.assertIn("got lifespan.drain\ngot lifespan.shutdown\n", printed)

    def test_worker_front_lost__not_even_a_thread_keeps_the_process(self) -> None:
        text = """
            import portway, threading
            app = portway.threaded(lambda scope, receive, send: threading.Event().wait())
        """
        worker = Process(self, "application", application=text).connect()
        scope = {"type": "http", "id": "1", "limits": {"shutdown_ms": 100}}
        worker.say(frames.OPEN, 1, {"scope": scope})
        worker.end()
        began = time.monotonic()
        status, errors = worker.wait()
        self.assertEqual(status, 1, errors)
        self.assertLess(time.monotonic() - began, 5)

    def test_frame_malformed__fault_and_exit(self) -> None:
        worker = Process(self, "application", application=APP).connect()
        worker.say(frames.RECEIVE, 1)
        kind, _, content = worker.hear()
        self.assertEqual((kind, content["code"]), (frames.FAULT, "kind"))
        self.assertIsNone(worker.hear())
        status, errors = worker.wait()
        self.assertEqual(status, 1)
        self.assertIn("malformed frame (kind)", errors)

    def test_python_call_end__system_exit_ends_the_process(self) -> None:
        text = """
            import sys
            async def app(scope, receive, send):
                sys.exit(7)
        """
        worker = Process(self, "application", application=text).connect()
        worker.say(frames.OPEN, 1, {"scope": {"type": "http", "id": "1"}})
        kind, _, content = worker.hear()
        self.assertEqual((kind, content["outcome"]), (frames.END, "raised"))
        self.assertEqual(worker.wait()[0], 7)


class Loading(unittest.TestCase):
    def loaded(self, *arguments: str, **files: str) -> Any:
        worker = Process(self, *arguments, **files).connect()
        worker.end()
        return worker.wait()

    def test_names_with_dots_and_modules_in_packages(self) -> None:
        text = """
            class Holder:
                async def app(self, scope, receive, send): pass
            holder = Holder()
        """
        self.assertEqual(self.loaded("application:holder.app", application=text), (0, ""))

    def test_lifespan_fatal_start__said_in_words(self) -> None:
        plain = "async def app(scope, receive, send): pass\n"
        table = [
            ("nowhere", {}, ["there is no module `nowhere`"]),
            ("nowhere.at.all", {}, ["there is no module `nowhere`"]),
            (
                "application:other",
                {"application": plain + "def second(): pass\nfrom os.path import join\nnumber = 5\n"},
                ["`application` has no `other`; it has `app`, `second`"],
            ),
            ("application:other.app", {"application": "x = 1\n"}, ["nothing in it can be called"]),
            (
                "application:number",
                {"application": plain + "number = 5\n"},
                ["`application:number` is no application", "`int`", "it has `app`"],
            ),
            (
                "application",
                {"application": "import second\n", "second": "1 / 0\n"},
                ["cannot be imported", "second.py", "ZeroDivisionError"],
            ),
            ("application", {"application": "import missing_here\n"}, ["No module named 'missing_here'"]),
            ("application", {"application": "def app(:\n"}, ["SyntaxError", "def app(:"]),
            ("application", {"application": "import sys\nsys.exit('not today')\n"}, ["SystemExit: not today"]),
        ]
        for target, files, words in table:
            with self.subTest((target, files)):
                status, errors = self.loaded(target, **files)
                self.assertEqual(status, 3, errors)
                for word in words:
                    self.assertIn(word, errors)
                self.assertNotIn("_load.py", errors)
                self.assertNotIn("importlib", errors)

    def test_used_wrongly(self) -> None:
        for stream, arguments, words in [
            (None, ["application"], "PORTWAY_WORKER is to be"),
            ("tcp:1", ["application"], "PORTWAY_WORKER is to be"),
            ("unix:/nowhere/at/all", ["application"], "cannot be opened"),
            ("stdio", [], "MODULE:NAME"),
            ("stdio", ["--kind", "cgi", "application"], "--kind"),
        ]:
            with self.subTest((stream, arguments)):
                status, errors = Process(self, *arguments, stream=stream).wait()
                self.assertIn(status, (1, 2))
                self.assertIn(words, errors)
                self.assertNotIn("Traceback", errors)


if __name__ == "__main__":
    unittest.main()
