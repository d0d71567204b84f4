"""Threads for a WSGI 1 application alone: so many and no more ([wsgi.pool-bounded]).

It is fed and counted in the thread of the event loop. It does not know what it runs.
"""

from __future__ import annotations

from itertools import count
from queue import SimpleQueue
from threading import Thread
from typing import Callable, Optional

_numbers = count(1)


class Pool:
    """Runs functions in the order in which they were given, in at most ``threads`` threads.

    The threads do not keep the process alive: when it ends is the gateway's decision.
    """

    def __init__(self, threads: int, backlog: Optional[int] = None) -> None:
        self._threads = 0
        if threads < 1:
            raise ValueError("threads is to be 1 or more")
        if backlog is not None and backlog < 0:
            raise ValueError("backlog is to be 0 or more")
        self._most_threads = threads
        self._most_given = None if backlog is None else threads + backlog
        self._given = 0
        self._functions: SimpleQueue[Optional[Callable[[], None]]] = SimpleQueue()

    def run(self, function: Callable[[], None]) -> bool:
        """Have ``function`` run. Returns False, and does not, where too many wait already.

        The function must not raise, and whoever gave it calls ``finished`` behind it.
        """
        if self._given == self._most_given:
            return False
        self._given += 1
        self._functions.put(function)
        if self._threads < min(self._given, self._most_threads):
            self._threads += 1
            name = f"portway-wsgi-{next(_numbers)}"
            Thread(target=_work, args=(self._functions,), name=name, daemon=True).start()
        return True

    def finished(self) -> None:
        """A function has returned, or is about to."""
        self._given -= 1

    def stop(self) -> None:
        """Let the threads go that have nothing to do, and the others when they are done."""
        for _ in range(self._threads):
            self._functions.put(None)
        self._threads = 0
        self._functions = SimpleQueue()

    def __del__(self) -> None:
        # An adapter that was thrown away leaves no threads behind.
        self.stop()


def _work(functions: SimpleQueue[Optional[Callable[[], None]]]) -> None:
    while True:
        function = functions.get()
        if function is None:
            return
        function()
        # What it holds is not to live until the next one comes.
        del function
