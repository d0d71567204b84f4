"""One conversation by its tables: what an application sends, is given and ends with.

Judges as a gateway has to, and writes nothing: what the peer gets is whose conversation this
is. Knows no loop, no clock and no transport.
"""

from __future__ import annotations

from typing import (
    AbstractSet,
    Any,
    Callable,
    Dict,
    FrozenSet,
    List,
    Mapping,
    NamedTuple,
    Optional,
    Sequence,
    Tuple,
)

from ._capsules import CapsuleTracker
from ._errors import Closed, Misuse, UnsupportedScope
from ._fields import declared_length
from ._guards import GUARDS, explain
from ._machine import GatewayFault, Machine, Program, Step
from ._shape import check_fields, sendable
from .events import EVENTS, MACHINES

Event = Mapping[str, Any]
OpenFile = Callable[[str, int, Optional[int]], int]
"""Finds the file of an ``http.file`` by path, offset and length, and returns its octets.

Raises ``Misuse`` of security.file-roots, http.file.exists, security.file-links or
http.file.range.
"""

TERMINALS: FrozenSet[str] = frozenset(
    ["http.closed", "websocket.closed", "tunnel.closed", "lifespan.shutdown"]
)
"""The events behind which only they themselves come (http.closed.repeats and its like)."""

__all__ = ["Conversation", "GatewayFault", "OpenFile"]


class Judged(NamedTuple):
    """An event that every machine accepts."""

    type: str
    event: Dict[str, Any]
    """As it is understood."""
    steps: Sequence[Tuple[Machine, Step]]


class Conversation:
    """What a gateway holds the application to in one conversation, and itself."""

    def __init__(
        self,
        scope: Mapping[str, Any],
        features: AbstractSet[str] = frozenset(),
        *,
        open_file: Optional[OpenFile] = None,
    ) -> None:
        """``features`` are the names of those in force: accepted, and listed in the scope.

        ``open_file`` is asked about the files of ``http.file``. Without it each counts as
        there, with a length that nobody knows.
        """
        self.type: str = scope["type"]
        self.features = features
        self.is_head = scope.get("method") == "HEAD"
        self.is_connect = scope.get("method") == "CONNECT"
        self.subprotocols: Sequence[str] = scope.get("subprotocols", ())
        self.datagrams: str = scope.get("datagrams", "none")
        self._http_1_0 = scope.get("http_version") == "1.0"
        self._open_file = open_file
        self._machines: Tuple[Machine, ...] = tuple(
            Machine(program, self) for program in _PROGRAMS.get(self.type, ())
        )
        self._by_name = {machine.name: machine for machine in self._machines}
        self._response = self._by_name.get("http.response")
        self._talk = self._by_name.get(_TALKS.get(self.type, ""))
        self.loss: Optional[Closed] = None
        """Why the peer was lost, once that has taken something from the application."""
        self._gone = False
        # What the guards ask.
        self.declined = False
        self.informed = False
        self.status = 0
        self.length: Optional[int] = None
        self.content = 0
        """Octets of the response's content that were sent."""
        self.counted = True
        """False behind a file of which nobody knows the length."""
        self.unsure = False
        """Whether the last judgement hangs on a file that was not asked for."""
        self.offers: Mapping[str, Sequence[int]] = {}
        """What ``lifespan.startup`` has offered."""
        self.peer_has_ended = False
        self._capsules: Optional[CapsuleTracker] = None
        self._file: Optional[Tuple[Event, Optional[int], Optional[Misuse]]] = None

    # What a gateway tells.

    def sent(self, event: Any) -> Dict[str, Any]:
        """The application has sent an event. Raises ``Misuse`` or ``Closed``.

        Then nothing has changed. Returns the event as it is understood: without marks on
        its keys, with octets as ``bytes``.
        """
        judged = self.judge(event)
        self.take(judged)
        return judged.event

    def judge(self, event: Any) -> Judged:
        """The first half of ``sent``: raises ``Misuse`` or ``Closed``, and moves nothing."""
        kind = sendable(event, self.type)
        values = check_fields(event, kind, self.features)
        steps: List[Tuple[Machine, Step]] = []
        misuse = ""
        closed = False
        self.unsure = False
        self._file = None
        for machine in self._machines:
            step = machine.ask(kind.input, values)
            if step is None:
                continue
            steps.append((machine, step))
            if step.kind == "closed":
                closed = True
            elif step.kind == "misuse":
                misuse = misuse or step.requirement
        if closed:
            raise self._closed()  # event.closed-first
        if misuse:
            raise Misuse(misuse, explain(misuse, values, self))
        return Judged(kind.type, values, steps)

    def take(self, judged: Judged) -> None:
        """The second half of ``sent``: the machines move, all or none (event.every-machine)."""
        acted = False
        for machine, step in judged.steps:
            machine.take(step)
            acted = acted or step.action is not None
        if acted:
            self._note(judged.type, judged.event)

    def received(self, event: Event) -> None:
        """An event is given to the application. Raises ``GatewayFault`` if it never comes here.

        An event of no proposal is none of the machines' business.
        """
        event_type = event["type"]
        description = EVENTS.get(event_type)
        if description is None:
            return
        if event_type == "gateway.drain" and self.state_of("gateway.drain") == "untold":
            self.drain()
        both = description["direction"] == "both"
        self._trigger(f"receive {event_type}" if both else event_type)
        if event_type == "lifespan.startup":
            self.offers = event["offers"]
        elif event_type == "tunnel.end":
            self.peer_has_ended = True
        elif event_type in TERMINALS and self.type != "lifespan":
            self._gone = True
            self._trigger("terminal.due")

    def lost(self, closed: Closed) -> bool:
        """The peer is lost or, in a lifespan, a limit of time has passed.

        Returns whether that takes anything from the application: ``local.cancel`` is to be
        signalled with ``closed``. A second loss is none.
        """
        if self.loss is not None or self._gone:
            return False
        taken = not self.spoken
        self._gone = True
        self._trigger("time.expires" if self.type == "lifespan" else "peer.lost")
        if taken:
            self.loss = closed
        return taken

    def ended(self, error: Optional[BaseException]) -> Tuple[str, ...]:
        """The application's call has returned (None), or raised an error.

        Returns the actions that this leads to, such as ``fail``, in order.
        """
        self.declined = isinstance(error, UnsupportedScope)
        return self._trigger("application.returns" if error is None else "application.raises")

    def drain(self) -> None:
        """A drain has begun, of which this conversation is told. Needed by who counts on it."""
        if not self._gone and self.state_of("gateway.drain") == "untold":
            self._trigger("drain.begins")

    def peer_ended(self) -> None:
        """The peer has ended its direction of a tunnel; ``tunnel.end`` may be given later."""
        self.peer_has_ended = True

    def file_lost(self) -> Tuple[str, ...]:
        """A file that was being sent has ended early (http.file.lost). Returns the actions."""
        taken = not self.spoken
        actions = self._trigger("file.lost")
        if actions and not self._gone:
            self._gone = True
            self._by_name["gateway.drain"].step("peer.lost")
        if taken and self.loss is None:
            self.loss = Closed("connection_lost")
        return actions

    # What it says.

    @property
    def state(self) -> str:
        """The state that a trace shows."""
        talk = self._talk
        if talk is None or talk.state in ("denied", "refused"):
            return self.response_state
        return talk.state

    @property
    def response_state(self) -> str:
        """The state of the machine ``http.response``; an empty text in a lifespan."""
        return "" if self._response is None else self._response.state

    @property
    def response_over(self) -> bool:
        """Whether the response is over, by whatever way."""
        return self._response is not None and self._response.final

    @property
    def spoken(self) -> bool:
        """Whether the application has said its last, so that a loss takes nothing from it."""
        talk = self._talk
        if talk is None:
            return self.response_state not in ("open", "committed")
        if talk.state in ("denied", "refused"):
            return self.response_over
        if talk.state == "ended":
            return self.peer_has_ended
        return talk.state in ("closed", "aborted", "over", "lost")

    def state_of(self, machine: str) -> Optional[str]:
        """The state of a machine, or None where it does not govern this conversation."""
        known = self._by_name.get(machine)
        return None if known is None else known.state

    @property
    def states(self) -> Tuple[str, ...]:
        """The states of all machines, in the order in which these are asked."""
        return tuple(machine.state for machine in self._machines)

    @property
    def within_capsule(self) -> bool:
        """Whether the octets that the application has sent end within a capsule."""
        return self._capsules is not None and self._capsules.within

    @property
    def carries_datagrams(self) -> bool:
        """Whether a tunnel was accepted with datagrams."""
        return self._capsules is not None

    # Within.

    def _closed(self) -> Closed:
        loss = self.loss or Closed("connection_lost")
        return Closed(loss.cause, loss.code)

    def _trigger(self, on: str) -> Tuple[str, ...]:
        """Puts a trigger to all machines before one moves: guards look at the states before it."""
        steps = [(machine, machine.ask(on)) for machine in self._machines]
        actions: List[str] = []
        for machine, step in steps:
            if step is None:
                continue
            machine.take(step)
            if step.action is not None:
                actions.append(step.action)
        return tuple(actions)

    def _note(self, event_type: str, event: Event) -> None:
        """Keeps what the guards ask of an event that was accepted and acted upon."""
        if event_type == "http.response.body":
            self.content += len(event["data"])
        elif event_type == "http.response.start":
            self.status = event["status"]
            length = declared_length(event.get("headers", ()))
            self.length = length if length is not False else None
        elif event_type == "http.informational":
            # http.informational.http-1-0: nothing of it is sent there.
            self.informed = self.informed or not self._http_1_0
        elif event_type == "http.file":
            length = self.octets_of(event)
            self._file = None
            if length is None:
                self.counted = False
            else:
                self.content += length
        elif event_type == "tunnel.accept":
            self._capsules = CapsuleTracker() if event.get("datagrams") else None
        elif event_type == "tunnel.data" and self._capsules is not None:
            self._capsules.push(event["data"])

    def octets_of(self, event: Event) -> Optional[int]:
        """Octets of content that an event carries, or None where nobody knows."""
        if event["type"] == "http.file":
            return self._opened(event)[0]
        return len(event["data"])

    def file_fault(self, event: Event) -> Optional[str]:
        """The requirement that the file of an event breaks, or None."""
        misuse = self._opened(event)[1]
        return None if misuse is None else misuse.requirement

    @property
    def file_misuse(self) -> Optional[Misuse]:
        """What is wrong with the file that was asked for last."""
        return None if self._file is None else self._file[2]

    def _opened(self, event: Event) -> Tuple[Optional[int], Optional[Misuse]]:
        """Asks for a file once for all guards."""
        if self._file is None or self._file[0] is not event:
            length: Optional[int] = None
            misuse: Optional[Misuse] = None
            if self._open_file is None:
                self.unsure = True
            else:
                try:
                    length = self._open_file(
                        event["path"], event.get("offset", 0), event.get("length")
                    )
                except Misuse as error:
                    misuse = error
            self._file = (event, length, misuse)
        return self._file[1:]


# The machine that speaks for a conversation, where that is not `http.response`.
_TALKS = {
    "websocket": "websocket.conversation",
    "tunnel": "tunnel.conversation",
    "lifespan": "lifespan.application",
}

# By type of scope, in the order of the proposals. That of the output buffer is the transport's.
_PROGRAMS: Dict[str, List[Program]] = {}
for _name, _table in MACHINES.items():
    if _name == "flow.output":
        continue
    _program = Program(_table, GUARDS[_name])
    for _scope_type in _table["scope"]:
        _PROGRAMS.setdefault(_scope_type, []).append(_program)
