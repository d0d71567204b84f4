"""The loop, the lifespan and the files of ``to_wsgi``."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import tempfile
import textwrap
import threading
import unittest
from typing import Any, List

from portway import Closed, application
from portway._wsgi_process import StartFailed
from portway.wsgi import to_wsgi

from tests.wsgi_server import END, START, Noting, Served, body, environ_for, sending


class Process(unittest.TestCase):
    def test_wsgi_one_loop__for_all_applications_and_threads(self) -> None:
        seen: List[Any] = []

        async def http(scope: Any, receive: Any, send: Any) -> None:
            seen.append((asyncio.get_running_loop(), threading.current_thread()))
            await send(START)
            await send(END)

        apps = [to_wsgi(application(http=http)) for _ in range(2)]
        threads = [
            threading.Thread(target=lambda app=app: Served(app).items())  # type: ignore[misc]
            for app in apps * 3
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        self.assertEqual(6, len(seen))
        self.assertEqual(1, len(set(seen)))
        self.assertNotIn(seen[0][1], threads)

    def test_python_context__each_call_has_its_own(self) -> None:
        import contextvars

        name: Any = contextvars.ContextVar("name", default="unset")
        seen: List[str] = []

        async def http(scope: Any, receive: Any, send: Any) -> None:
            seen.append(name.get())
            name.set("by the application")
            await send(START)
            await send(END)

        app = to_wsgi(application(http=http))
        name.set("by the server")
        for _ in range(2):
            Served(app).items()
        self.assertEqual(["unset", "unset"], seen)

    def test_wsgi_lifespan__ready_before_the_first_call_is_answered(self) -> None:
        notes: List[str] = []

        async def lifespan(scope: Any, receive: Any, send: Any) -> None:
            event = await receive()
            notes.append(event["type"])
            await asyncio.sleep(0.01)
            notes.append("ready")
            await send({"type": "lifespan.ready", "state": {"pool": 7}})
            while (await receive())["type"] != "lifespan.shutdown":
                pass

        async def http(scope: Any, receive: Any, send: Any) -> None:
            notes.append(scope["local"]["state"]["pool"])
            with self.assertRaises(TypeError):
                scope["local"]["state"]["pool"] = 8
            await send(START)
            await send(END)

        app = to_wsgi(application(lifespan=lifespan, http=http))
        self.assertEqual([], notes)
        threads = [threading.Thread(target=lambda: Served(app).items()) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        self.assertEqual(["lifespan.startup", "ready", 7, 7, 7], notes)

    def test_wsgi_lifespan__a_start_that_fails_fails_every_call(self) -> None:
        async def failing(scope: Any, receive: Any, send: Any) -> None:
            await receive()
            await send({"type": "lifespan.failed", "message": "no database"})

        async def crashing(scope: Any, receive: Any, send: Any) -> None:
            raise KeyError("no database")

        async def returning(scope: Any, receive: Any, send: Any) -> None:
            return

        async def http(scope: Any, receive: Any, send: Any) -> None:
            raise AssertionError("called")

        for lifespan in (failing, crashing, returning):
            with self.subTest(lifespan.__name__):
                app = to_wsgi(application(lifespan=lifespan, http=http))
                logger = logging.getLogger("portway.lifespan")
                logger.disabled = True
                self.addCleanup(setattr, logger, "disabled", False)
                for _ in range(2):
                    with self.assertRaises(StartFailed):
                        Served(app)

    def test_wsgi_lifespan__shutdown_at_the_exit(self) -> None:
        script = """
            from portway.wsgi import to_wsgi
            from wsgiref.util import setup_testing_defaults

            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    while True:
                        event = await receive()
                        print(event["type"], event.get("deadline_ms"), flush=True)
                        if event["type"] == "lifespan.startup":
                            await send({"type": "lifespan.ready"})
                        elif event["type"] == "lifespan.shutdown":
                            return await send({"type": "lifespan.stopped"})
                await send({"type": "http.response.start", "status": 200})
                try:
                    await send({"type": "http.response.body", "data": b"a"})
                except Exception as error:
                    print(error.cause, scope["local"]["cancel"].reason.cause, flush=True)

            environ = {}
            setup_testing_defaults(environ)
            next(iter(to_wsgi(app)(environ, lambda *args: None)))
            print("exits", flush=True)
        """
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", textwrap.dedent(script)],
            capture_output=True,
            text=True,
            timeout=30,
            cwd=os.path.dirname(os.path.dirname(__file__)),
        )
        lines = ["lifespan.startup None", "exits", "lifespan.drain 0", "shutdown shutdown"]
        self.assertEqual([*lines, "lifespan.shutdown None"], done.stdout.splitlines())
        self.assertEqual(0, done.returncode)

    @unittest.skipUnless(hasattr(os, "fork"), "there is no fork here")
    def test_wsgi_one_loop__of_each_process_that_was_forked(self) -> None:
        script = """
            import os
            from portway.wsgi import to_wsgi
            from wsgiref.util import setup_testing_defaults

            async def app(scope, receive, send):
                if scope["type"] == "lifespan":
                    await receive()
                    print("startup", flush=True)
                    await send({"type": "lifespan.ready"})
                    while (await receive())["type"] != "lifespan.shutdown":
                        pass
                    return
                await send({"type": "http.response.start", "status": 200})
                await send({"type": "http.response.end"})

            served = to_wsgi(app)
            def call():
                environ = {}
                setup_testing_defaults(environ)
                for _ in range(2):
                    list(served(environ, lambda status, headers: None))
            call()
            child = os.fork()
            call()
            if child:
                os.waitpid(child, 0)
        """
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            capture_output=True,
            text=True,
            timeout=30,
            cwd=os.path.dirname(os.path.dirname(__file__)),
        )
        self.assertEqual(["startup", "startup"], done.stdout.splitlines(), done.stderr)


class Files(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)
        self.root = os.path.join(self.folder, "root")
        os.mkdir(self.root)
        for name in ("root/file", "outside"):
            with open(os.path.join(self.folder, name), "wb") as file:
                file.write(b"0123456789" * 20_000)
        os.symlink(os.path.join(self.folder, "outside"), os.path.join(self.root, "link"))
        os.mkfifo(os.path.join(self.root, "pipe"))

    def serve(self, *events: Any, **changes: Any) -> List[bytes]:
        app = to_wsgi(sending(START, *events, END), roots=[self.root])
        return Served(app, environ_for(**changes)).items()

    def test_http_file_as_body__read_in_pieces(self) -> None:
        path = os.path.join(self.root, "file")
        file = {"type": "http.file", "path": path}
        whole = self.serve(file)
        self.assertEqual(b"0123456789" * 20_000, b"".join(whole))
        self.assertGreater(len(whole), 1)
        part = {**file, "offset": 5, "length": 3}
        self.assertEqual([b"a", b"567", b"b"], self.serve(body(b"a"), part, body(b"b")))
        self.assertEqual([], self.serve({**file, "length": 0}))
        self.assertEqual([], self.serve(file, REQUEST_METHOD="HEAD"))

    def test_adapter_misuse__files(self) -> None:
        for name, requirement in [
            ("../outside", "security.file-roots"),
            ("./file", "security.file-roots"),
            ("link", "security.file-links"),
            ("missing", "http.file.exists"),
            ("pipe", "http.file.exists"),
            ("", "security.file-roots"),
        ]:
            with self.subTest(name):
                path = f"{self.root}/{name}"
                with self.assertLogs("portway.wsgi") as logs:
                    with self.assertRaises(ConnectionAbortedError):
                        self.serve({"type": "http.file", "path": path})
                self.assertIn(requirement, logs.output[0])

    def test_http_file_range(self) -> None:
        path = os.path.join(self.root, "file")
        for region in ({"offset": 200_001}, {"offset": 199_999, "length": 2}):
            with self.subTest(region), self.assertLogs("portway.wsgi") as logs:
                with self.assertRaises(ConnectionAbortedError):
                    self.serve({"type": "http.file", "path": path, **region})
                self.assertIn("http.file.range", logs.output[0])

    def test_http_file_lost__is_the_loss_of_the_peer(self) -> None:
        path = os.path.join(self.root, "file")

        async def http(notes: Any, scope: Any, receive: Any, send: Any) -> None:
            await send(START)
            try:
                await send({"type": "http.file", "path": path})
            except Closed as closed:
                notes.append(closed.cause)

        app = Noting(http)
        served = Served(to_wsgi(app, roots=[self.root]))
        next(served.iterator)
        os.truncate(path, 10)
        with self.assertRaises(OSError):
            served.items()
        self.assertTrue(app.ended.wait(10))
        self.assertEqual(["connection_lost"], app.notes)


if __name__ == "__main__":
    unittest.main()
