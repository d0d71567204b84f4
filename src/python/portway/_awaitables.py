"""Awaitables that a checker gives: others with somebody who looks on, and errors.

Knows no library of tasks.
"""

from __future__ import annotations

import inspect
from typing import Any, Awaitable, Callable, Generator, Optional


class Observed:
    """An awaitable as it is, with somebody who looks at what it comes to."""

    __slots__ = ("_inner", "_look")

    def __init__(self, inner: Any, look: Callable[[Any, Optional[BaseException]], None]) -> None:
        self._inner = inner
        self._look = look

    def __await__(self) -> Generator[Any, Any, Any]:
        try:
            result = yield from self._inner.__await__()
        except BaseException as error:
            self._look(None, error)
            raise
        self._look(result, None)
        return result


def observed(inner: Any, look: Callable[[Any, Optional[BaseException]], None]) -> Awaitable[Any]:
    if not inspect.iscoroutine(inner):
        return Observed(inner, look)

    # Whoever makes a task of a coroutine can go on doing so.
    async def coroutine() -> Any:
        return await Observed(inner, look)

    return coroutine()


class Failed:
    """As every call of a gateway: what nobody awaits is no error (binding.unawaited)."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def __await__(self) -> Generator[Any, Any, Any]:
        raise self._error
        yield  # A generator function: the error comes when it is awaited.
