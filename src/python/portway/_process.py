"""A worker as a process of its own: its arguments, its stream, its signals, its exit."""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import sys
import threading
from functools import partial
from typing import Any, BinaryIO, Callable, List, Optional

from ._load import KINDS, load
from .worker import Worker

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_LAST_WRITE = 1.0
"""Seconds that the front has to read what was written last."""

_TEXT = """\
Runs an application as the worker of a Portway gateway, which starts it and says in
PORTWAY_WORKER where its stream is: `stdio` or `unix:PATH`."""

_KIND = """\
what the application is: `portway` (this is what it is taken for), `asgi` (ASGI 3), `wsgi`
(WSGI 1), or `auto`, which looks at how it can be called, and prints what it found. `auto`
is a convenience of this command and can be wrong; name the kind in production. By it a
coroutine function with three parameters is taken for ASGI 3, unless it was made by
`portway.application` or `portway.threaded`, or has an attribute `__portway__` that is
true; a function with two parameters is taken for WSGI 1."""


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs a worker to its end. Returns the status for the process."""
    parser = argparse.ArgumentParser(prog="python -m portway.worker", description=_TEXT)
    parser.add_argument("--kind", choices=KINDS, default="portway", help=_KIND)
    parser.add_argument(
        "--loop",
        choices=("asyncio", "uvloop"),
        default="asyncio",
        help="the event loop; `uvloop` is a package of its own",
    )
    parser.add_argument(
        "--memory",
        type=_octets,
        metavar="OCTETS",
        help="what the process may take; what goes beyond is a MemoryError in it",
    )
    parser.add_argument("target", metavar="MODULE:NAME", help="without :NAME it is `app`")
    options = parser.parse_args(arguments)
    # It is for this process, not for what the application starts.
    stream = os.environ.pop("PORTWAY_WORKER", "")
    if stream != "stdio" and not stream.startswith("unix:"):
        parser.error(
            "PORTWAY_WORKER is to be `stdio` or `unix:PATH`; a gateway sets it, and starts this"
        )
    # The front ends its workers itself ([drain.signals-below]). A function, because what
    # is ignored would be ignored by programs that the application starts, too.
    for number in _SIGNALS:
        signal.signal(number, lambda *_: None)
    if options.memory is not None:
        problem = _limit_memory(options.memory)
        if problem is not None:
            _say(problem)
            return 1
    loader = partial(load, options.target, options.kind)
    connect = _stdio() if stream == "stdio" else partial(_unix, stream[len("unix:") :])
    if options.loop == "uvloop":
        try:
            import uvloop  # type: ignore[import-not-found]
        except ModuleNotFoundError:
            _say("`--loop uvloop` needs the package uvloop, which is not installed")
            return 1
        if sys.version_info >= (3, 11):
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                return runner.run(_serve(connect, loader))  # type: ignore[no-any-return]
        uvloop.install()
    return asyncio.run(_serve(connect, loader))


def _octets(text: str) -> int:
    octets = int(text)
    if octets < 1:
        raise ValueError(text)
    return octets


def _limit_memory(octets: int) -> Optional[str]:
    """Has the system refuse memory beyond so many octets. Returns why it cannot, if so."""
    try:
        import resource
    except ImportError:
        return "`--memory` needs limits of processes, which this system does not have"
    # Linux counts what can be written to. Its address space has much that is only reserved.
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY and octets > most:
        return f"`--memory {octets}` is above the limit of the system, {most}"
    resource.setrlimit(kind, (octets, most))
    return None


class _Stream(asyncio.Protocol):
    """Carries octets between a transport and the worker."""

    def __init__(self) -> None:
        self.worker: Any = None
        self.transport: Any = None
        self.gone: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def write(self, octets: bytes) -> None:
        self.transport.write(octets)

    def on_lost(self, seconds: float) -> None:
        self.transport.close()
        _alone(seconds)

    def data_received(self, data: bytes) -> None:
        self.worker.feed(data)

    def eof_received(self) -> bool:
        self.worker.eof()
        # The other direction is still open, for what was written last.
        return True

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self.worker.eof()
        if not self.gone.done():
            self.gone.set_result(None)


async def _serve(connect: Callable[[_Stream], Any], loader: Callable[[], Any]) -> int:
    stream = _Stream()
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    stream.worker = Worker(stream.write, loader, ended.set_result, lost=stream.on_lost)
    try:
        await connect(stream)
    except OSError as error:
        _say(f"the stream to the front cannot be opened: {error}")
        return 1
    status = await ended
    stream.transport.close()
    await asyncio.wait([stream.gone], timeout=_LAST_WRITE)
    return status


async def _unix(path: str, stream: _Stream) -> None:
    await asyncio.get_running_loop().create_unix_connection(lambda: stream, path)


def _stdio() -> Callable[[_Stream], Any]:
    """Takes the standard streams for frames, and gives the application others."""
    reading: BinaryIO = os.fdopen(os.dup(0), "rb", buffering=0)
    writing: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    # Whatever prints, in C or in a program that it starts, prints there ([worker.stdout]).
    os.dup2(2, 1)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]

    async def connect(stream: _Stream) -> None:
        loop = asyncio.get_running_loop()
        # First what is written on: what is read can be answered then.
        await loop.connect_write_pipe(lambda: stream, writing)
        await loop.connect_read_pipe(lambda: _FromFront(stream), reading)

    return connect


class _FromFront(asyncio.Protocol):
    """The direction from the front, of a stream that is two pipes."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def data_received(self, data: bytes) -> None:
        self._stream.data_received(data)

    def connection_lost(self, exc: Optional[Exception]) -> None:
        self._stream.worker.eof()


def _alone(seconds: float) -> None:
    """The front is lost: signals mean what they mean again, and the end comes in any case."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    # Calls that block the loop, or threads that do not end, cannot keep the process.
    timer = threading.Timer(seconds, _exit, (1,))
    timer.daemon = True
    timer.start()


def _exit(status: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(status)


def _say(message: str) -> None:
    print(f"portway.worker: {message}", file=sys.stderr, flush=True)
