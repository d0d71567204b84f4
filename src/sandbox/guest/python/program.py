"""A program of a reader in Pyodide: puts it in place, loads it, and ends what came before."""

from __future__ import annotations

import importlib
import json
import linecache
import os
import shutil
import sys
import traceback
from itertools import islice
from types import FrameType, TracebackType
from typing import Any, Dict, Mapping, Optional, Tuple

from portway._load import load
from portway.worker import CannotLoad, Worker

from .turns import TurnLoop

ROOT = "/app"
"""Where the files of a program stand, for itself too."""


class Programs:
    """The one program that is loaded, and the ones before it, of which nothing is left."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._loop: Optional[TurnLoop] = None
        self._worker: Optional[Worker] = None
        self._environment = dict(os.environ)
        self._path = [ROOT, *(entry for entry in sys.path if entry not in ("", ROOT))]
        self._held = _hold()

    def changed(self) -> bool:
        """Whether a program has changed what the next one would share with it."""
        now = _hold()
        return any(not _same(now.get(owner, {}), names) for owner, names in self._held.items())

    def load(self, files: str, entry: str) -> str:
        """Loads a program in the place of the last one. JSON: null, or what is wrong with it."""
        self.end()
        self._place(json.loads(files))
        loop = self._loop = TurnLoop(self._page.wake, self._page.now)
        try:
            application = loop.run(load, entry[: -len(".py")].replace("/", "."))
        except CannotLoad as error:
            cause = error.__cause__
            if isinstance(cause, SyntaxError) or cause and _below(cause.__traceback__):
                return json.dumps(_described(cause))
            return json.dumps({"name": "", "message": str(error), "stack": ""})
        except BaseException as error:
            return json.dumps(_described(error))
        located = self._located(application)
        self._worker = loop.run(Worker, self._page.write, lambda: located, lambda status: None)
        return "null"

    def feed(self, octets: Any) -> None:
        """Octets of the front, as a view of JavaScript."""
        if self._loop and self._worker:
            self._loop.run(self._worker.feed, octets.to_bytes())

    def eof(self) -> None:
        """The front says nothing more."""
        if self._loop and self._worker:
            self._loop.run(self._worker.eof)

    def end(self) -> None:
        """Ends the program that is loaded, with all that is under way in it."""
        self._worker = None
        if self._loop:
            self._loop.end()

    def turn(self) -> None:
        if self._loop:
            self._loop.turn()

    def _located(self, application: Any) -> Any:
        """The application, with the page told where each event is sent."""

        def call(scope: Any, receive: Any, send: Any) -> Any:
            def sends(event: Any) -> Any:
                self._page.sends(scope["id"], *_place_of(sys._getframe(1)))
                return send(event)

            # No coroutine of its own: it would stand in every traceback.
            return application(scope, receive, sends)

        return call

    def _place(self, files: Mapping[str, str]) -> None:
        """Puts the files of a program where its own are, and takes the last one's away."""
        os.chdir("/")
        shutil.rmtree(ROOT, ignore_errors=True)
        for path, text in {"": None, **files}.items():
            whole = os.path.join(ROOT, path)
            os.makedirs(whole if text is None else os.path.dirname(whole), exist_ok=True)
            if text is not None:
                with open(whole, "w", encoding="utf-8", newline="") as file:
                    file.write(text)
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(ROOT + "/"):
                del sys.modules[name]
        os.environ.clear()
        os.environ.update(self._environment)
        os.chdir(ROOT)
        sys.path[:] = self._path
        sys.argv[:] = [""]
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        importlib.invalidate_caches()
        linecache.clearcache()


def _described(error: BaseException) -> Dict[str, str]:
    """What the page is told of an error, with the stack below the program's own file."""
    stack = None if isinstance(error, SyntaxError) else _below(error.__traceback__)
    text = "".join(traceback.format_exception(type(error), error, stack))
    (line,) = traceback.format_exception_only(type(error), error)[-1:]
    name, _, message = line.strip().partition(": ")
    return {"name": name.rpartition(".")[2], "message": message, "stack": text}


def _below(stack: Optional[TracebackType]) -> Optional[TracebackType]:
    """The stack from the first frame on that is the program's own."""
    while stack and not _is_own(stack.tb_frame):
        stack = stack.tb_next
    return stack


def _is_own(frame: FrameType) -> bool:
    return frame.f_code.co_filename.startswith(ROOT + "/")


def _place_of(frame: Optional[FrameType]) -> Tuple[str, int, int]:
    """File, line and column of the innermost call in the program's own code."""
    while frame and not _is_own(frame):
        frame = frame.f_back
    if frame is None:
        return "", 0, 0
    path = frame.f_code.co_filename
    # One for each instruction, of two octets.
    places = islice(frame.f_code.co_positions(), frame.f_lasti // 2, None)
    line, _, octets, _ = next(places, (frame.f_lineno, None, None, None))
    text = linecache.getline(path, line or 0).encode()[: octets or 0].decode(errors="replace")
    # Columns are counted as JavaScript counts characters.
    return path[len(ROOT) + 1 :], line or 0, len(text.encode("utf-16-le")) // 2 + 1


Names = Dict[str, Any]


def _hold() -> Dict[object, Names]:
    """The public names of the modules that everything stands on, and of their classes."""
    held: Dict[object, Names] = {}
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] not in ("asyncio", "builtins", "json", "portway"):
            continue
        held[name] = _public(vars(module))
        for value in held[name].values():
            if isinstance(value, type) and value.__module__ == name and name != "builtins":
                held[value] = _public(vars(value))
    return held


def _public(names: Mapping[str, Any]) -> Names:
    return {name: value for name, value in names.items() if not name.startswith("_")}


def _same(now: Names, before: Names) -> bool:
    return all(now.get(name, now) is value for name, value in before.items())


def begin(page: Any) -> Programs:
    """The programs of a guest. ``page`` is the other side of what program.py asks for."""
    return Programs(page)
