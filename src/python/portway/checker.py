"""Holds an application, and what calls it, to the specification.

``check(app)`` is middleware for tests: the successor of ``wsgiref.validate``.
``Conversation`` is what adapters judge an application by.
"""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from typing import Any, Callable, Dict, FrozenSet, List, Mapping, Optional, Sequence, Set

from . import INTERFACE_VERSION
from ._application import Application, Receive, Send
from ._checked import CheckedConversation
from ._findings import Breach, Finding, Surroundings
from ._judge import Conversation, OpenFile
from ._errors import UnsupportedScope
from ._machine import GatewayFault
from ._scope import REQUESTS, check_form, check_request, is_version, record_of
from ._forms import fingerprint, is_private_name
from .events import FEATURES

__all__ = ["Breach", "Conversation", "Finding", "GatewayFault", "OpenFile", "check"]


class _Run:
    """What one application in one run of a gateway has in common."""

    def __init__(self) -> None:
        self.ids: Set[str] = set()
        self.scopes: List[object] = []
        self.marker: Any = None
        self.lifespan = "none"
        self.ready = False
        # None until the application has answered, or where it has no lifespan.
        self.accepted: Optional[Mapping[str, int]] = None
        self.tunnels: Sequence[str] = ()
        self.state: Mapping[str, Any] = {}
        self.draining = False
        self.complained = False
        self.home: Any = None

    def answered(self, event: Optional[Mapping[str, Any]]) -> None:
        """The application is ready, or has no lifespan (feature.default-stated)."""
        self.ready = True
        self.accepted = None if event is None else dict(event.get("accepts", {}))
        self.tunnels = () if event is None else tuple(event.get("tunnels", ()))
        self.state = {} if event is None else dict(event.get("state", {}))

    def in_force(self, scope: Mapping[str, Any]) -> FrozenSet[str]:
        """Names of the features in force: accepted, and listed (proposal 7, "Terms")."""
        accepted = self.accepted
        return frozenset(
            name
            for name, revisions in scope["gateway"]["features"].items()
            if (
                name in FEATURES and FEATURES[name]["default"]
                if accepted is None
                else accepted.get(name) in revisions
            )
        )


def check(
    app: Application,
    *,
    report: Optional[Callable[[Finding], object]] = None,
    strict: Optional[bool] = None,
    lifespan: bool = True,
) -> Application:
    """An application with a checker before it; what is above it counts as the gateway.

    Without ``report`` every breach raises: the application's is ``Misuse``, the gateway's
    ``Breach``. With it each is reported as a ``Finding`` and nothing changes, unless
    ``strict`` makes what the application breaks fail. ``lifespan=False``: there is none.
    """
    run = _Run()
    # Set in each call: where it is set already, two calls share a context.
    called: ContextVar[Optional[str]] = ContextVar("portway_checked", default=None)

    async def checked(scope: Any, receive: Receive, send: Send) -> None:
        nonlocal run
        scope_type = scope.get("type") if isinstance(scope, dict) else None
        # A lifespan behind one that is over begins another run of the gateway.
        if scope_type == "lifespan" and run.lifespan == "over":
            run = _Run()
        own = run
        around = Surroundings(report, report is None if strict is None else strict)
        around.is_draining = lambda: own.draining
        around.drains = lambda: setattr(own, "draining", True)
        around.ready = own.answered
        talk = _begin(scope, receive, send, own, around, lifespan)
        earlier = called.get()
        if earlier is not None and talk is not None:
            talk.found(
                "python.context", f"the call runs in the context of the conversation {earlier!r}"
            )
        called.set(str(scope.get("id")) if isinstance(scope, dict) else "(none)")
        around.raise_breach()
        if talk is None:
            await app(scope, receive, send)
            return
        if scope_type == "lifespan":
            own.lifespan = "running"
        try:
            await app(scope, talk.receive, talk.send)
        except BaseException as error:
            if scope_type == "lifespan":
                own.lifespan = "over"
                if not own.ready and isinstance(error, UnsupportedScope):
                    own.answered(None)
            talk.raised(error)
            # What the application raised says more than what followed from it.
            raise
        if scope_type == "lifespan":
            own.lifespan = "over"
        misuse = talk.returned()
        if around.strict and misuse is not None:
            raise misuse
        around.raise_breach()

    # As of all that are made here: `--kind auto` need not guess what it is written to.
    checked.__portway__ = True  # type: ignore[attr-defined]
    return checked


def _begin(
    scope: Any, receive: Receive, send: Send, run: _Run, around: Surroundings, has_lifespan: bool
) -> Optional[CheckedConversation]:
    """Checks a scope. Returns None where what passes cannot be checked at all."""
    found = around.for_scope(scope)
    if not check_form(scope, found):
        return None
    version = scope["gateway"]["interface"]
    if version != INTERFACE_VERSION:
        if is_version(version):
            found(
                "scope.gateway-marker",
                f"the gateway speaks {version}, and this checker {INTERFACE_VERSION}: "
                "the conversation is not checked",
                level="warning",
            )
        return None
    _check_identity(scope, run, found)
    judged = _check_place(scope, run, has_lifespan, found)
    return CheckedConversation(scope, receive, send, run.in_force(scope), judged, around)


def _check_place(
    scope: Mapping[str, Any], run: _Run, has_lifespan: bool, found: Callable[..., None]
) -> bool:
    """Returns whether what passes can be judged by the tables of this version."""
    scope_type = scope["type"]
    if scope_type == "lifespan":
        if run.lifespan == "running":
            found(
                "lifespan.per-process",
                "the application is called for a second lifespan while the first goes on",
            )
        return True
    if has_lifespan:
        _check_ready(scope, run, found)
    if record_of(scope_type) is None:
        features = scope["gateway"]["features"]
        if not any(
            is_private_name(feature) and scope_type.startswith(f"{feature}.")
            for feature in features
        ):
            found(
                "feature.not-unasked",
                f"no feature is offered to which the scope type `{scope_type}` belongs",
            )
        return False
    assert scope_type in REQUESTS
    if scope_type == "tunnel" and has_lifespan and "tunnel" not in run.in_force(scope):
        found("feature.not-unasked", "a tunnel was given, and the feature `tunnel` is not accepted")
    else:
        check_request(scope, run.tunnels if has_lifespan and run.ready else None, found)
    return True


def _check_identity(scope: Mapping[str, Any], run: _Run, found: Callable[..., None]) -> None:
    if any(scope is earlier for earlier in run.scopes):
        found("app.once-per-scope", "the application is called a second time with one scope")
    elif scope["id"] in run.ids:
        found("scope.id-unique", f"another conversation has the id {scope['id']!r}")
    run.scopes.append(scope)
    run.ids.add(scope["id"])
    marker = fingerprint(scope["gateway"])
    if run.marker is None:
        run.marker = marker
    elif run.marker != marker:
        found("feature.stable-during-run", "scope.gateway is not what an earlier scope has had")
    home = (threading.get_ident(), _running_loop())
    if run.home is None:
        run.home = home
    elif run.home != home:
        found(
            "python.one-loop",
            "the call is made in another thread or event loop than an earlier one",
        )


def _running_loop() -> Optional[asyncio.AbstractEventLoop]:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None  # Another library's.


def _check_ready(scope: Mapping[str, Any], run: _Run, found: Callable[..., None]) -> None:
    """lifespan.first, lifespan.state-shared"""
    if not run.ready:
        if run.complained and run.lifespan == "none":
            return
        run.complained = True
        found(
            "lifespan.first",
            "the application is called before "
            + ("its lifespan" if run.lifespan == "none" else "it is ready"),
        )
        return
    state: Dict[str, Any] = scope["local"]["state"]
    same = len(state) == len(run.state) and all(
        name in state and state[name] is value for name, value in run.state.items()
    )
    if not same:
        found("lifespan.state-shared", "scope.local.state is not what the application published")
