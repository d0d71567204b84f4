"""An event loop whose turns the page's own event loop gives it. Knows no application."""

from __future__ import annotations

import asyncio
import sys
from asyncio import base_events, events
from typing import Any, Callable, List


class _NoFiles:
    """Stands where a loop waits for files: there are none, and it never waits."""

    def select(self, timeout: object) -> List[Any]:
        return []


class TurnLoop(base_events.BaseEventLoop):
    """A loop that asks for each turn with ``wake(seconds)`` and takes it by ``turn()``.

    A program has one of its own, and nothing of the program runs once it is over.
    """

    def __init__(self, wake: Callable[[float], None], now: Callable[[], float]) -> None:
        self._wake = wake
        self._now = now
        self._selector = _NoFiles()
        self._woken: float | None = None
        self._over = False
        super().__init__()

    def time(self) -> float:
        return self._now()

    def is_running(self) -> bool:
        return not self._over

    def turn(self) -> None:
        """Runs what is ready, and asks for the next turn where there is more to come."""
        if self._over:
            return
        self._woken = None
        try:
            self.run(self._run_once)
        except SystemExit as exit:
            print(f"SystemExit: {exit} (a page has no process to end)", file=sys.stderr)
        finally:
            self._ask()

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """Calls a function as from within the loop."""
        around = asyncio._get_running_loop()
        asyncio._set_running_loop(self)
        try:
            return function(*args)
        finally:
            asyncio._set_running_loop(around)

    def end(self) -> None:
        """Ends it with all that is under way, unheard."""
        self._over = self._closed = True
        self.set_exception_handler(lambda loop, context: None)
        self._ready.clear()
        self._scheduled.clear()

    def call_at(self, when: float, callback: Any, *args: Any, context: Any = None) -> Any:
        handle = super().call_at(when, callback, *args, context=context)
        self._ask()
        return handle

    def _call_soon(self, callback: Any, args: Any, context: Any) -> events.Handle:
        handle = super()._call_soon(callback, args, context)
        self._ask()
        return handle

    def _ask(self) -> None:
        if self._over:
            return
        if self._ready:
            when = 0.0
        elif self._scheduled:
            when = self._scheduled[0].when()
        else:
            return
        # An earlier turn takes all that is due, and asks again.
        if self._woken is not None and self._woken <= when:
            return
        self._woken = when
        self._wake(max(0.0, when - self.time()) if when else 0.0)

    # Of what a page has not: files, signals, and threads that could call.

    def _process_events(self, event_list: object) -> None:
        pass

    def _write_to_self(self) -> None:
        pass

    def _check_running(self) -> None:
        raise RuntimeError("the loop of a page runs already: await instead")
