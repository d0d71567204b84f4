"""What a checker knows of one conversation: the machines, the signal, what was given.

It reports what a gateway breaks by what it gives. What is sent is for others.
"""

from __future__ import annotations

from typing import AbstractSet, Any, Dict, List, Mapping, Optional

from ._errors import Closed, Misuse
from ._fields import declared_length
from ._findings import Surroundings
from ._forms import Found, fingerprint
from ._judge import TERMINALS, Conversation
from ._received import check_received
from .events import EVENTS, MACHINES

_LOSSES = ("peer_reset", "connection_lost", "timeout", "limit", "protocol_error", "shutdown")
_CAUSES = {"websocket": (*_LOSSES, "peer_closed"), "lifespan": ("timeout", "shutdown")}
# By which requirement nothing follows but the event again.
_REPEATS = {
    "http.closed": "http.closed.repeats",
    "websocket.closed": "websocket.closed.repeats",
    "tunnel.closed": "tunnel.closed.repeats",
    "lifespan.shutdown": "lifespan.drain-order",
}


class Asked:
    """A `receive` that is under way."""

    def __init__(self, states: List[Dict[str, str]], drain_due: bool, lost: bool) -> None:
        # In which the machines were since it was made.
        self.states = states
        self.drain_due = drain_due
        self.lost_before = lost
        self.settled = False
        self.inner: Any = None
        self.had_earlier = False

    @property
    def pending(self) -> bool:
        """Whether it is for certain: what was decided may not have reached its caller."""
        if self.settled:
            return False
        done = getattr(self.inner, "done", None)
        return not done() if callable(done) else True


class Witness:
    """Follows one conversation from the application's side."""

    def __init__(
        self, scope: Dict[str, Any], features: AbstractSet[str], judged: bool, around: Surroundings
    ) -> None:
        self._scope = scope
        self._talk = Conversation(scope, features)
        # False for a type of scope that no table is about.
        self._judged = judged
        self._around = around
        self.found: Found = around.for_scope(scope)
        # False once the two sides disagree: only forms are checked from then on.
        self._agreed = True
        self._cancel = scope["local"]["cancel"]
        self._reason: Optional[Closed] = None
        self._signalled = False
        self._asked: List[Asked] = []
        # Sends whose outcome only the gateway knows.
        self._unknown = 0
        self._over = False
        self._before_end: List[Dict[str, str]] = []
        self._told = False
        self._terminal: Optional[Dict[str, Any]] = None
        self._octets = 0
        self._look_at_cancel()

    @property
    def _certain(self) -> bool:
        """Whether what the machines say is what has happened."""
        return self._agreed and self._judged and self._unknown == 0

    @property
    def _is_open(self) -> bool:
        """Whether there is something that the application has yet to send."""
        return self._talk.type != "lifespan" and not self._talk.spoken

    @property
    def _states(self) -> Dict[str, str]:
        names = MACHINES if self._judged else ()
        states = {name: self._talk.state_of(name) for name in names}
        return {name: state for name, state in states.items() if state is not None}

    def _moved(self) -> None:
        """A `receive` that is pending is measured by every state since it was made."""
        for asked in self._asked:
            asked.states.append(self._states)

    # What is given.

    def _received(self, given: Any, asked: Asked, second: bool) -> None:
        if second:
            self.found("receive.single", "an earlier `receive` is still pending", "application")
            self.found(
                "receive.single", "a second `receive` was taken while an earlier one was pending"
            )
        event = check_received(given, self._scope, self.found)
        if event is None:
            return
        event_type = event["type"]
        if event_type == "gateway.drain":
            self._told = True
        elif event_type == "lifespan.drain":
            self._around.drains()
        elif event_type == "lifespan.startup":
            if fingerprint(event["offers"]) != fingerprint(self._scope["gateway"]["features"]):
                self.found(
                    "feature.stable-during-run", "`offers` is not what scope.gateway.features says"
                )
        if self._terminal is not None and self._breaks_end(event):
            return
        if event_type in TERMINALS and self._terminal is None:
            self._terminal = dict(event)
        if event_type not in EVENTS or not self._judged or not self._agreed:
            return
        lifespan = self._talk.state_of("lifespan.application")
        if event_type == "lifespan.shutdown" and lifespan != "draining":
            if self._reason is not None:
                self._talk.lost(self._reason)
        never = self._never_of(event_type, self._states)
        if never is not None:
            # It may have been given before the application sent what it is measured by.
            if any(self._never_of(event_type, states) is None for states in asked.states):
                return
            certain = self._unknown == 0
            self._agreed = False
            if certain:
                self.found(
                    never,
                    f"`{event_type}` never comes in the state "
                    f"{', '.join(self._states.values())}",
                    event=event_type,
                )
            return
        self._talk.received(event)
        if (
            asked.drain_due
            and event_type not in ("gateway.drain", *TERMINALS)
            and not asked.lost_before
            and not self._signalled
            and not self._told
        ):
            self.found(
                "drain.notice",
                f"a drain has begun, and `{event_type}` was given ahead of `gateway.drain`",
                event=event_type,
            )
        self._measure(event)
        if event_type in TERMINALS and self._unknown == 0:
            self._check_terminal(event)

    @staticmethod
    def _never_of(event_type: str, states: Mapping[str, str]) -> Optional[str]:
        """The requirement by which an event never comes in some states."""
        both = EVENTS[event_type]["direction"] == "both"
        on = f"receive {event_type}" if both else event_type
        for machine, state in states.items():
            # Only the event itself tells that a drain has begun.
            if state == "untold":
                continue
            for row in MACHINES[machine]["transitions"]:
                if on in row["on"] and state in row["from"]:
                    if "never" in row:
                        return row["never"]
                    break
        return None

    def _breaks_end(self, event: Mapping[str, Any]) -> bool:
        assert self._terminal is not None
        end = self._terminal["type"]
        if event == self._terminal:
            return False
        if event["type"] == end:
            self.found(_REPEATS[end], f"`{end}` was given again with other fields")
            return True
        if event["type"] in EVENTS:
            return False  # A row says that it never comes.
        self.found(_REPEATS[end], f"`{event['type']}` was given after `{end}`")
        return True

    def _measure(self, event: Mapping[str, Any]) -> None:
        """Lengths and limits of what arrives."""
        event_type = event["type"]
        if event_type in ("http.request.body", "tunnel.data"):
            most = self._scope["limits"]["receive_buffer_octets"]
            if len(event["data"]) > most:
                self.found(
                    "flow.input-bounded",
                    f"a piece has {len(event['data'])} octets, " f"and {most} are held at most",
                )
        if event_type == "http.request.body":
            self._octets += len(event["data"])
            most = self._scope["limits"]["body_octets"]
            if most is not None and self._octets > most:
                self.found(
                    "security.limits-body",
                    f"{self._octets} octets of a body were given, and {most} are allowed",
                )
        elif event_type == "http.request.end":
            declared = declared_length(self._scope["headers"])
            if declared is not None and declared is not False:
                if declared != self._octets:
                    self.found(
                        "http.request.end-once",
                        f"the request has ended after {self._octets} of {declared} octets",
                    )

    def _check_terminal(self, event: Mapping[str, Any]) -> None:
        event_type, cause = event["type"], event.get("cause")
        if event_type == "http.closed":
            if cause != "complete":
                self._check_loss(event, "http.closed.cause")
            elif self._talk.response_state in ("open", "committed"):
                self.found(
                    "http.closed.cause",
                    "the exchange is complete while its response is "
                    f"{self._talk.response_state}",
                )
        elif event_type == "tunnel.closed":
            if cause != "complete":
                self._check_loss(event, "tunnel.closed.cause")
            elif self._talk.state == "open":
                self.found(
                    "tunnel.closed.cause",
                    "the tunnel is complete while the application has not ended its direction",
                )
        elif event_type == "websocket.closed":
            closed = self._talk.state == "closed"
            initiator = event["initiator"]
            if (initiator == "application") != closed:
                self.found(
                    "websocket.closed.codes",
                    f"the initiator is `{initiator}` where the application has "
                    f"{'' if closed else 'not '}closed first",
                )
            elif initiator != "application" and not self._signalled:
                self.found(
                    "cancel.on-peer-loss", "the peer is lost, and `local.cancel` was not signalled"
                )
            elif initiator == "peer" and event["clean"]:
                if self._reason is not None and self._reason.cause != "peer_closed":
                    self.found(
                        "cancel.reason",
                        f"the peer has closed, and the cause is `{self._reason.cause}`",
                    )

    def _check_loss(self, event: Mapping[str, Any], requirement: str) -> None:
        """A cause of loss in a terminal event is that of the signal (cancel.reason)."""
        said = (event["cause"], event.get("code"))
        if self._talk.spoken and not self._signalled:
            self.found(
                requirement, f"the cause is `{said[0]}` although the application had said its last"
            )
        elif not self._signalled:
            self.found(
                "cancel.on-peer-loss", "the peer is lost, and `local.cancel` was not signalled"
            )
        elif self._reason is not None:
            reason = (self._reason.cause, self._reason.code)
            if said != reason:
                self.found(
                    "cancel.reason",
                    f"the terminal event has {in_short(*said)} where the reason of "
                    f"`local.cancel` has {in_short(*reason)}",
                )

    def _refused(self, asked: Asked, error: BaseException) -> None:
        if not isinstance(error, Exception):
            return  # The wait was given up.
        requirement = error.requirement if isinstance(error, Misuse) else None
        if requirement == "receive.single" and asked.had_earlier:
            self.found("receive.single", "an earlier `receive` is still pending", "application")
        elif requirement == "receive.single":
            self.found(
                "receive.single", "a `receive` was rejected as a second although none was pending"
            )
        else:
            self.found("event.by-table", f"a `receive` failed: {error!r}")

    # The signal.

    def _look_at_cancel(self) -> None:
        """Whether the signal was given: asked at every call, since a callback comes later."""
        is_set, reason = self._cancel.is_set(), self._cancel.reason
        if self._signalled:
            if not is_set or reason is not self._reason:
                self.found("cancel.once", "the reason of `local.cancel` has changed")
                self._reason = reason
            return
        if not is_set:
            if reason is not None:
                self.found("python.cancel", "`local.cancel` has a reason before it is signalled")
            return
        self._signalled = True
        self._reason = reason if isinstance(reason, Closed) else None
        cause = getattr(reason, "cause", None)
        talk = self._talk
        if self._reason is None or cause not in _CAUSES.get(talk.type, _LOSSES):
            self.found(
                "cancel.reason",
                "the reason of `local.cancel` is no `Closed` with a cause of a "
                f"{talk.type} conversation: {reason!r}",
            )
            self._reason = reason
        if not self._judged:
            return
        closed = Closed(str(cause), getattr(reason, "code", None))
        if talk.type == "lifespan":
            if cause == "timeout":
                talk.lost(closed)
            return
        if self._certain and not self._over and cause != "shutdown" and talk.spoken:
            self.found(
                "cancel.after-end",
                f"`local.cancel` was signalled for a loss ({cause}) that takes nothing "
                "from the application",
            )
        # At the deadline of a drain the signal is given where nothing is lost, too. Whether
        # the other half of a tunnel has ended, the gateway knows first.
        half = cause == "shutdown" and talk.state == "ended"
        if talk.spoken or half:
            return
        talk.lost(closed)
        self._moved()


def in_short(cause: Any, code: Any) -> str:
    return f"`{cause}`" if code is None else f"`{cause}` and the code {code}"
