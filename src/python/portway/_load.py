"""Finds an application by ``MODULE:NAME``, and adapts one of ASGI 3 or WSGI 1.

What goes wrong is said in words, and with the stack of the application's own code.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import sys
import traceback
from types import TracebackType
from typing import Any, List, Optional

from ._application import Application

KINDS = ("portway", "asgi", "wsgi", "auto")


class CannotLoad(Exception):
    """There is no application under the name that was asked for. The text says why."""


def load(target: str, kind: str = "portway") -> Application:
    """The application that ``MODULE:NAME`` names, adapted where it is of another kind."""
    module_name, _, name = target.partition(":")
    here = os.getcwd()
    if sys.path[:1] not in ([here], [""]):
        sys.path.insert(0, here)
    found = _look_up(_import(module_name), module_name, name or "app")
    if kind == "auto":
        kind = kind_of(found, target)
        print(
            f"portway.worker: {target} is taken for {_WORDS[kind]}; `--kind` can say otherwise",
            file=sys.stderr,
            flush=True,
        )
    if kind == "asgi":
        from .asgi import from_asgi

        return from_asgi(found)  # type: ignore[no-any-return]
    if kind == "wsgi":
        from .wsgi import from_wsgi

        return from_wsgi(found)  # type: ignore[no-any-return]
    return found  # type: ignore[no-any-return]


_WORDS = {
    "portway": "a Portway application",
    "asgi": "an ASGI 3 application",
    "wsgi": "a WSGI 1 application",
}


def kind_of(found: Any, target: str) -> str:
    """What ``--kind auto`` takes an application for. A convenience: it can be wrong.

    A gateway does not guess (proposal 9); whoever starts the worker can name the kind.
    """
    if getattr(found, "__portway__", False):
        return "portway"
    parameters = _parameters(found)
    if parameters == 3 and _is_coroutine_function(found):
        return "asgi"
    if parameters == 2 and not _is_coroutine_function(found):
        return "wsgi"
    raise CannotLoad(
        f"`{target}` does not show what it is: `--kind portway`, `--kind asgi` or "
        "`--kind wsgi` says so"
    )


def _is_coroutine_function(found: Any) -> bool:
    while isinstance(found, functools.partial):
        found = found.func
    if inspect.isclass(found):
        return False
    called = found if inspect.isroutine(found) else type(found).__call__
    return inspect.iscoroutinefunction(called)


def _parameters(found: Any) -> Optional[int]:
    """How many arguments it has to be called with; None where that cannot be told."""
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return sum(each.kind in positional and each.default is each.empty for each in parameters)


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and f"{name}.".startswith(f"{error.name}."):
            raise CannotLoad(
                f"there is no module `{error.name}`, in {os.getcwd()} or elsewhere on the path"
            ) from error
        raise CannotLoad(_import_failed(name, error)) from error
    except (Exception, SystemExit) as error:
        raise CannotLoad(_import_failed(name, error)) from error


def _import_failed(name: str, error: BaseException) -> str:
    stack = traceback.format_exception(type(error), error, _own(error.__traceback__))
    return f"the module `{name}` cannot be imported:\n{''.join(stack).rstrip()}"


def _own(stack: Optional[TracebackType]) -> Optional[TracebackType]:
    """The stack without what imports."""
    ours = (__file__, importlib.__file__)
    while stack is not None:
        file = stack.tb_frame.f_code.co_filename
        if file not in ours and not file.startswith("<frozen importlib"):
            break
        stack = stack.tb_next
    return stack


def _look_up(module: Any, module_name: str, name: str) -> Any:
    found = module
    for part in name.split("."):
        if not hasattr(found, part):
            raise CannotLoad(f"`{module_name}` has no `{name}`; {_callables(module)}")
        found = getattr(found, part)
    if not callable(found):
        raise CannotLoad(
            f"`{module_name}:{name}` is no application: it is of the type "
            f"`{type(found).__name__}`, which cannot be called; {_callables(module)}"
        )
    return found


def _callables(module: Any) -> str:
    """What of a module can be called: what it defines before what it imports."""
    names: List[str] = [
        name
        for name, value in vars(module).items()
        if callable(value) and not name.startswith("_") and not inspect.isclass(value)
    ]
    own = [n for n in names if getattr(getattr(module, n), "__module__", None) == module.__name__]
    shown = (own or names)[:20]
    if not shown:
        return "nothing in it can be called"
    return "it has " + ", ".join(f"`{name}`" for name in shown)
