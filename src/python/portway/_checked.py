"""One conversation between a gateway and an application, with a checker that listens to both.

It passes on what it is given, and reports what breaks a requirement.
"""

from __future__ import annotations

import inspect
import traceback
from typing import AbstractSet, Any, Awaitable, Callable, Dict, List, NamedTuple, Optional, Tuple

from ._awaitables import Failed, observed
from ._errors import Closed, Misuse, UnsupportedScope
from ._findings import Breach, Surroundings
from ._forms import fingerprint, fingerprint_of_scope, is_private_name
from ._judge import Judged
from ._witness import Asked, Witness, in_short
from .events import EVENTS


class _Verdict(NamedTuple):
    # `accepted`, `misuse`, `closed`, or `unknown`: the gateway knows what a checker does not.
    kind: str
    judged: Optional[Judged] = None
    misuse: Optional[Misuse] = None
    # One of the checks before the machines, which count in every state (event.check-order).
    shape: bool = False


class _Sent:
    """A `send` that is under way."""

    def __init__(self, event: Any, verdict: _Verdict, lost: bool, late: bool) -> None:
        self.event = event
        self.type = _type_of(event)
        self.verdict = verdict
        self.lost_before = lost
        self.lost_meanwhile = False
        self.late = late


# How many of the last events are looked at again: what is changed is mostly sent anew.
_REMEMBERED = 4


class CheckedConversation(Witness):
    """Stands between a gateway and an application, and reports what breaks a requirement."""

    def __init__(
        self,
        scope: Dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
        features: AbstractSet[str],
        judged: bool,
        around: Surroundings,
    ) -> None:
        self._gateway_receive = receive
        self._gateway_send = send
        self._scope_print = fingerprint_of_scope(scope)
        self._scope_changed = False
        self._prints: List[Tuple[Dict[str, Any], Any]] = []
        self._calls = 0
        self._accepted_any = False
        self._foreign = False
        super().__init__(scope, features, judged, around)

    # The application's side.

    def receive(self) -> Awaitable[Any]:
        """What the application is given as ``receive``."""
        self._calls += 1
        misuse = self._look()
        if self._around.strict and misuse is not None:
            return Failed(misuse)
        # Behind its last word an application is not told whether the peer was lost.
        due = self._around.is_draining() and not self._told and self._is_open
        asked = Asked([*self._before_end, self._states], due, self._signalled)
        asked.had_earlier = any(earlier.pending for earlier in self._asked)
        try:
            inner = self._gateway_receive()
        except BaseException as error:
            self._refused(asked, error)
            raise
        if not inspect.isawaitable(inner):
            self.found("binding.errors", "`receive` has returned nothing to await")
            return inner
        asked.inner = inner
        self._asked.append(asked)

        def look(event: Any, error: Optional[BaseException]) -> None:
            self._asked.remove(asked)
            second = asked.had_earlier and any(one.pending for one in self._asked)
            asked.settled = True
            self._look_at_cancel()
            if error is None:
                self._received(event, asked, second)
                self._around.raise_breach()
            else:
                self._refused(asked, error)

        return observed(inner, look)

    def send(self, event: Any) -> Awaitable[None]:
        """What the application is given as ``send``."""
        self._calls += 1
        misuse = self._look()
        if self._around.strict and misuse is not None:
            return Failed(misuse)
        verdict = self._verdict(event)
        if verdict.misuse is not None:
            self._misused(verdict.misuse, _type_of(event), _stack())
            if self._around.strict:
                return Failed(verdict.misuse)
        sent = _Sent(event, verdict, self._signalled, self._over)
        if verdict.kind == "unknown":
            self._unknown += 1
        try:
            inner = self._gateway_send(event)
        except BaseException as error:
            self.found(
                "binding.unawaited",
                f"`send` has raised at the call, where nobody awaits it: {error!r}",
                event=sent.type,
            )
            self._failed(sent, error)
            raise
        if isinstance(event, dict):
            self._prints = [*self._prints, (event, fingerprint(event))][-_REMEMBERED:]
        self._look_at_cancel()
        sent.lost_meanwhile = self._signalled and not sent.lost_before
        # What is lost within the call can have been accepted before.
        if sent.lost_meanwhile:
            self._agreed = False
        elif verdict.kind == "accepted" and verdict.judged is not None:
            self._took(verdict.judged)
        if not inspect.isawaitable(inner):
            self._agreed = False
            self.found("python.send-at-call", "`send` has returned nothing to await")
            return inner
        if inspect.iscoroutine(inner):
            self.found(
                "python.send-at-call",
                "`send` has returned a coroutine, which takes the event when it is awaited",
                event=sent.type,
            )
        settled: List[bool] = []

        def look(_: Any, error: Optional[BaseException]) -> None:
            if settled:
                return
            settled.append(True)
            self._look_at_cancel()
            if error is None:
                self._resolved(sent)
            elif isinstance(error, Exception):
                self._failed(sent, error)
            self._around.raise_breach()

        return observed(inner, look)

    def returned(self) -> Optional[Misuse]:
        """The call has returned. Returns what it is to fail with instead, where strict."""
        misuse = self._look()
        response = self._talk.response_state
        lifespan = self._talk.state_of("lifespan.application")
        breach: Optional[Tuple[str, str]] = None
        if self._calls == 0 and (lifespan is not None or not self._judged) and not self._signalled:
            breach = (
                "app.unsupported-scope",
                f"the application returned from a scope of the type `{self._talk.type}` "
                "without a word",
            )
        elif self._certain and response in ("open", "committed"):
            breach = ("http.finish", f"the application returned while its response is {response}")
        elif self._certain and lifespan in ("ready", "draining"):
            breach = (
                "lifespan.early-end",
                "the application ended its lifespan before it received `lifespan.shutdown`",
            )
        elif self._certain and lifespan in ("called", "starting") and not self._signalled:
            breach = ("lifespan.fatal-start", "the application returned before it was ready")
        if breach is not None:
            self.found(*breach, "application")
            misuse = misuse or Misuse(*breach)
        self._ended(None)
        return misuse

    def raised(self, error: BaseException) -> None:
        """The call has ended with an error."""
        self._look()
        lifespan = self._talk.state_of("lifespan.application")
        unheard = not self._accepted_any and (self._foreign or not self._judged)
        if isinstance(error, Exception) and not isinstance(
            error, (Closed, UnsupportedScope, Breach)
        ):
            if unheard:
                self.found(
                    "app.unsupported-scope",
                    f"the application ended a scope of the type `{self._talk.type}`, "
                    f"which it does not seem to handle, with {error!r}",
                    "application",
                )
                self._ended(error)
                return
        if self._certain and lifespan in ("ready", "draining"):
            self.found(
                "lifespan.early-end",
                "the application ended its lifespan before it received "
                f"`lifespan.shutdown`: {error!r}",
                "application",
            )
        self._ended(error)

    def _ended(self, error: Optional[BaseException]) -> None:
        self._over = True
        if not self._judged:
            return
        self._before_end = [self._states]
        self._talk.ended(error)
        self._moved()

    # What is sent.

    def _verdict(self, event: Any) -> _Verdict:
        if not self._judged or self._is_private(event):
            return _Verdict("unknown")
        verdict = self._judge(event)
        if verdict.kind == "unknown" or verdict.shape:
            return verdict
        # After the end, and behind what only the gateway knows, the gateway's word counts.
        hangs_on_input = self._talk.type == "lifespan" or _type_of(event) == "http.request.discard"
        if self._over or not self._certain or (self._asked and hangs_on_input):
            return _Verdict("unknown", verdict.judged)
        return verdict

    def _judge(self, event: Any) -> _Verdict:
        try:
            judged = self._talk.judge(event)
        except Closed:
            return _Verdict("unknown" if self._talk.unsure else "closed")
        except Misuse as misuse:
            if misuse.requirement == "event.must-understand":
                plain = {key: event[key] for key in event if not _is_private_mark(key)}
                if len(plain) < len(event):
                    return _Verdict("unknown", self._judge(plain).judged)
            if misuse.requirement in _BEFORE_MACHINES:
                return _Verdict("misuse", None, misuse, True)
            if self._talk.unsure:
                return _Verdict("unknown")
            return _Verdict("misuse", None, misuse)
        return _Verdict("unknown" if self._talk.unsure else "accepted", judged)

    def _is_private(self, event: Any) -> bool:
        """Whether an event belongs to a private feature that the gateway offers."""
        event_type = _type_of(event)
        return (
            event_type is not None
            and event_type not in EVENTS
            and any(
                is_private_name(feature) and event_type.startswith(f"{feature}.")
                for feature in self._scope["gateway"]["features"]
            )
        )

    def _took(self, judged: Judged) -> None:
        self._accepted_any = True
        self._talk.take(judged)
        self._moved()
        if judged.type == "lifespan.ready":
            self._around.ready(judged.event)
        elif judged.type == "websocket.accept":
            self._check_origin()

    def _resolved(self, sent: _Sent) -> None:
        kind = sent.verdict.kind
        if kind == "unknown":
            self._unknown -= 1
            self._accepted_any = True
            if sent.late or not self._judged or self._is_private(sent.event):
                return
            # Judged again, because what stood before it in doubt is settled now.
            now = self._judge(sent.event)
            if now.judged is not None:
                self._took(now.judged)
            elif now.kind != "unknown":
                self._agreed = False
        elif kind == "misuse":
            assert sent.verdict.misuse is not None
            self.found(
                sent.verdict.misuse.requirement,
                f"the gateway has accepted what is `Misuse`: {sent.verdict.misuse}",
                event=sent.type,
            )
            self._agreed = False
        elif kind == "closed" and self._certain:
            self.found(
                "closed.on-send",
                "a `send` was accepted although the peer was lost before",
                event=sent.type,
            )
        elif kind == "accepted" and sent.lost_meanwhile:
            # It was accepted before the loss that it met.
            self._accepted_any = True

    def _failed(self, sent: _Sent, error: BaseException) -> None:
        if sent.verdict.kind == "unknown":
            self._unknown -= 1
        if isinstance(error, Misuse):
            self._failed_with_misuse(sent, error)
        elif isinstance(error, Closed):
            self._failed_with_closed(sent, error)
        elif type(error).__name__ in ("Misuse", "Closed"):
            self._agreed = False
            self.found(
                "python.closed-oserror",
                f"a `send` failed with a class of its own: {type(error)!r}",
                event=sent.type,
            )
        else:
            self._agreed = False
            self.found(
                "flow.judged-at-call",
                f"a `send` failed with neither `Misuse` nor `Closed`: {error!r}",
                event=sent.type,
            )

    def _failed_with_misuse(self, sent: _Sent, error: Misuse) -> None:
        verdict = sent.verdict
        requirement = error.requirement
        if not isinstance(requirement, str) or requirement == "":
            self.found("misuse.names-requirement", "a `Misuse` names no requirement")
            self._agreed = self._agreed and verdict.kind == "misuse"
            return
        if not str(error).startswith(f"{requirement}: "):
            self.found(
                "binding.errors",
                f"the text of a `Misuse` does not begin with `{requirement}: `",
                event=sent.type,
            )
        if verdict.misuse is not None:
            if requirement != verdict.misuse.requirement:
                self.found(
                    ("event.check-order" if verdict.shape else "misuse.names-requirement"),
                    f"a `Misuse` names `{requirement}` in the place of "
                    f"`{verdict.misuse.requirement}`",
                    event=sent.type,
                )
        elif verdict.kind == "unknown":
            self._misused(error, sent.type, None)
        elif verdict.kind == "accepted":
            if self._certain and not sent.lost_meanwhile:
                self._agreed = False
                self.found(
                    "event.by-table",
                    f"`{sent.type}` was rejected as `Misuse` of `{requirement}`, "
                    "although it is allowed",
                    event=sent.type,
                )
        elif self._certain:
            self.found(
                "event.closed-first",
                f"`{sent.type}` was rejected as `Misuse` of `{requirement}` "
                "although the peer was lost before",
                event=sent.type,
            )

    def _failed_with_closed(self, sent: _Sent, error: Closed) -> None:
        verdict = sent.verdict
        if error.errno is not None:
            self.found("python.closed-oserror", f"a `Closed` has the errno {error.errno}")
        # After the call a gateway can let go of what it knew (worker.after-end).
        if sent.late and error.cause == "complete":
            return
        if verdict.misuse is not None and verdict.shape:
            self.found(
                "event.check-order",
                "a malformed event failed with `Closed` in the place of `Misuse` of "
                f"`{verdict.misuse.requirement}`",
                event=sent.type,
            )
        elif self._reason is None:
            self._agreed = False
            # Nothing is signalled when the time of a clean-up is over.
            if self._talk.type != "lifespan":
                self.found(
                    "cancel.on-peer-loss",
                    "a `send` failed with `Closed` before `local.cancel` was signalled",
                    event=sent.type,
                )
        elif (error.cause, error.code) != (self._reason.cause, self._reason.code):
            self.found(
                "cancel.reason",
                f"a `Closed` has {in_short(error.cause, error.code)} where the reason of "
                f"`local.cancel` has {in_short(self._reason.cause, self._reason.code)}",
                event=sent.type,
            )
        elif self._talk.type == "lifespan":
            # A start can be given up behind the signal of a drain (drain.during-startup).
            self._talk.lost(error)
        elif (verdict.kind == "accepted" and sent.lost_before) or (
            verdict.kind == "misuse" and not sent.lost_meanwhile
        ):
            self.found(
                "closed.on-send",
                f"`{sent.type}` failed with `Closed` although the loss of the peer "
                "takes nothing from it",
                event=sent.type,
            )

    def _misused(self, misuse: Misuse, event_type: Optional[str], stack: Optional[str]) -> None:
        if misuse.requirement == "event.unknown-type-misuse" and event_type in EVENTS:
            self._foreign = True
        message = str(misuse)[len(misuse.requirement) + 2 :]
        self.found(misuse.requirement, message, "application", event_type, stack)

    def _check_origin(self) -> None:
        """security.origin-check: a browser adds cookies for any page."""
        first: Dict[str, bytes] = {}
        for name, value in self._scope["headers"]:
            first.setdefault(name, value)
        origin = first.get("origin")
        if origin is None or not ("cookie" in first or "authorization" in first):
            return
        site = origin.lower().partition(b"://")[2] or origin.lower()
        if site != self._scope["authority"].lower():
            self.found(
                "security.origin-check",
                "a WebSocket with credentials was accepted for a page of "
                f"{origin.decode('latin-1')}: is that site expected?",
                "application",
                "websocket.accept",
                level="warning",
            )

    # Changes of what must not change.

    def _look(self) -> Optional[Misuse]:
        """Looks at what has happened since the last call. Returns a breach of the application."""
        self._look_at_cancel()
        misuse: Optional[Misuse] = None
        if not self._scope_changed and (fingerprint_of_scope(self._scope) != self._scope_print):
            self._scope_changed = True
            message = "the scope has changed since the application was called"
            self.found("scope.immutable", message, "application")
            misuse = Misuse("scope.immutable", message)
        for at, (event, before) in enumerate(self._prints):
            now = fingerprint(event)
            if now == before:
                continue
            self._prints[at] = (event, now)
            message = f"`{_type_of(event)}` has changed since it was sent"
            self.found("send.no-change", message, "application", _type_of(event))
            misuse = misuse or Misuse("send.no-change", message)
        return misuse


_BEFORE_MACHINES = frozenset(
    ["event.shape", "event.unknown-type-misuse", "feature.only-accepted", "event.must-understand"]
)


def _is_private_mark(key: Any) -> bool:
    return isinstance(key, str) and key.startswith("!") and is_private_name(key[1:])


def _type_of(event: Any) -> Optional[str]:
    event_type = event.get("type") if isinstance(event, dict) else None
    return event_type if isinstance(event_type, str) else None


def _stack() -> str:
    """Where the application made the call, innermost last."""
    return "".join(traceback.format_stack()[:-2])
