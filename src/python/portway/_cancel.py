"""``portway.Cancel``: a handle that is signalled once, with a reason ([python.cancel]).

It runs on the loop of ``asyncio`` and knows nothing of frames or of machines.
"""

from __future__ import annotations

import asyncio
import sys
import traceback
from contextvars import Context, copy_context
from typing import Callable, Dict, Optional

from ._errors import Closed

CancelCallback = Callable[[Closed], object]


class Cancel:
    """Is signalled, with a reason, when the application is asked to stop."""

    __slots__ = ("_added", "_reason", "__weakref__")

    def __init__(self) -> None:
        self._reason: Optional[Closed] = None
        self._added: Optional[Dict[_Callback, None]] = None

    @property
    def reason(self) -> Optional[Closed]:
        """The ``Closed`` that says why, or None as long as it is not signalled."""
        return self._reason

    def is_set(self) -> bool:
        """Whether it was signalled. Callable from any thread."""
        return self._reason is not None

    async def wait(self) -> Closed:
        """Wait until it is signalled. Returns the reason."""
        if self._reason is None:
            signalled = asyncio.get_running_loop().create_future()
            remove = self.add_callback(
                lambda reason: signalled.done() or signalled.set_result(None)
            )
            try:
                await signalled
            finally:
                remove()
        assert self._reason is not None
        return self._reason

    def add_callback(self, function: CancelCallback) -> Callable[[], None]:
        """Have a function called with the reason, once, in a later turn of the loop.

        Returns a function that takes it back.
        """
        callback = _Callback(function)
        if self._reason is not None:
            callback.schedule(self._reason)
            return callback.remove
        if self._added is None:
            self._added = {}
        self._added[callback] = None

        def remove() -> None:
            callback.remove()
            if self._added is not None:
                self._added.pop(callback, None)

        return remove

    def _signal(self, closed: Closed) -> None:
        """For the owner, in the thread of the loop. Only the first signal counts."""
        if self._reason is not None:
            return
        self._reason = closed
        added, self._added = self._added, None
        for callback in added or ():
            callback.schedule(closed)


class _Callback:
    """One function that was added, with the context in which it was."""

    __slots__ = ("context", "function")

    def __init__(self, function: CancelCallback) -> None:
        self.function: Optional[CancelCallback] = function
        self.context: Context = copy_context()

    def schedule(self, reason: Closed) -> None:
        # The loop calls in the order in which it was asked to.
        asyncio.get_running_loop().call_soon(self.call, reason, context=self.context)

    def call(self, reason: Closed) -> None:
        function, self.function = self.function, None
        if function is None:
            return
        try:
            function(reason)
        except Exception:
            print("portway: a callback of local.cancel failed:", file=sys.stderr)
            traceback.print_exc()

    def remove(self) -> None:
        self.function = None
