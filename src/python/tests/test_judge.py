"""Walks every machine that an application can reach, over every state, input and guard.

What a row says is read from the table here again, with guards that know the inputs of the walk
only. A row that is added to a proposal is walked without a change to this file; a new event or
guard needs an input that meets it.
"""

import copy
import functools
import unittest
from typing import Any, Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from portway import Closed, Misuse, UnsupportedScope
from portway.checker import Conversation, GatewayFault
from portway.events import EVENTS, MACHINES, REQUIREMENTS

FEATURES = frozenset(["http.file", "tunnel", "tunnel.datagram"])
BROKEN = [("Broken Name", b"x")]
HOP = [("connection", b"close")]


class Input(NamedTuple):
    name: str
    on: str
    event: Any = None
    holds: FrozenSet[str] = frozenset()
    content: int = 0


def send(name: str, event_type: str, *holds: str, content: int = 0, **fields: Any) -> Input:
    both = EVENTS[event_type]["direction"] == "both"
    on = f"send {event_type}" if both else event_type
    return Input(name, on, {"type": event_type, **fields}, frozenset(holds), content)


def give(event_type: str, **fields: Any) -> Input:
    both = EVENTS[event_type]["direction"] == "both"
    on = f"receive {event_type}" if both else event_type
    return Input(f"given {event_type}", on, {"type": event_type, **fields})


def response(status: int) -> List[Input]:
    length = [("content-length", b"0")], [("content-length", b"1")]
    start = "http.response.start"
    faults = ["file-outside", "file-missing", "file-linked", "file-short"]
    return [
        send("a 103", "http.informational", status=103),
        send("a broken 103", "http.informational", "field-syntax", status=103, headers=BROKEN),
        send("a 103 of the hop", "http.informational", "hop-by-hop", status=103, headers=HOP),
        send(
            "a 103 with a length",
            "http.informational",
            "length-forbidden",
            status=103,
            headers=length[0],
        ),
        send("a start", start, status=status),
        send("a start with length 0", start, status=status, headers=length[0]),
        send("a start with length 1", start, status=status, headers=length[1]),
        send("a broken start", start, "field-syntax", status=status, headers=BROKEN),
        send("a start of the hop", start, "hop-by-hop", status=status, headers=HOP),
        send(
            "a start with both faults",
            start,
            "field-syntax",
            "hop-by-hop",
            status=status,
            headers=HOP + BROKEN,
        ),
        send(
            "a start with two lengths",
            start,
            "length-syntax",
            status=status,
            headers=length[0] + length[1],
        ),
        send("no body", "http.response.body", data=b""),
        send("a body", "http.response.body", content=1, data=b"x"),
        send("a file", "http.file", content=1, path="one"),
        *[send(f"a file that is {fault}", "http.file", fault, path=fault) for fault in faults],
        send("an end", "http.response.end"),
        send("an end with a broken trailer", "http.response.end", "field-syntax", trailers=BROKEN),
        send(
            "an end with a wrong trailer",
            "http.response.end",
            "forbidden-trailer",
            trailers=[("age", b"1")],
        ),
        send("an abort", "http.response.abort"),
        send("a refusal", "http.refuse"),
        Input("return", "application.returns"),
        Input("an error", "application.raises"),
        Input("UnsupportedScope", "application.raises", None, frozenset(["declined"])),
        Input("a loss", "peer.lost"),
        Input("the loss of a file", "file.lost"),
        give("http.closed", cause="complete"),
    ]


HTTP = [
    *response(200),
    send("a 204", "http.response.start", status=204),
    send(
        "a 204 with a length",
        "http.response.start",
        "length-forbidden",
        status=204,
        headers=[("content-length", b"0")],
    ),
    send("a discard", "http.request.discard"),
    give("http.request.body", data=b"x"),
    give("http.request.end", trailers=()),
]
# Beside the others a drain would make four of each state.
DRAIN = [
    send("a start", "http.response.start", status=200),
    send("an end", "http.response.end"),
    Input("a drain", "drain.begins"),
    Input("a loss", "peer.lost"),
    Input("the loss of a file", "file.lost"),
    give("gateway.drain", deadline_ms=1),
    give("http.closed", cause="complete"),
]
WEBSOCKET = [
    *response(403),
    send("a start with 200", "http.response.start", "accepting-status", status=200),
    send("accept", "websocket.accept"),
    send("accept with a protocol", "websocket.accept", subprotocol="chat"),
    send("accept with another", "websocket.accept", "not-offered", subprotocol="Chat"),
    send(
        "accept with a field",
        "websocket.accept",
        "owned-field",
        headers=[("sec-websocket-key", b"x")],
    ),
    send("a broken accept", "websocket.accept", "field-syntax", headers=BROKEN),
    send("accept of the hop", "websocket.accept", "hop-by-hop", headers=HOP),
    send("a text", "websocket.message", text="x"),
    send("octets", "websocket.message", data=b"x"),
    send("close", "websocket.close"),
    send("close with 1005", "websocket.close", "code-forbidden", code=1005),
    send("close at length", "websocket.close", "reason-long", reason="é" * 62),
    give("websocket.message", text="x"),
    give("websocket.closed", code=1006, reason="", initiator="peer", clean=False),
]
TUNNEL = [
    *response(403),
    send("a start with 200", "http.response.start", "below-300", status=200),
    send("accept", "tunnel.accept"),
    send("accept with datagrams", "tunnel.accept", "asks-datagrams", datagrams=True),
    send(
        "accept with their field",
        "tunnel.accept",
        "datagrams-unfit",
        datagrams=True,
        headers=[("capsule-protocol", b"?1")],
    ),
    send("a broken accept", "tunnel.accept", "field-syntax", headers=BROKEN),
    send("accept of the hop", "tunnel.accept", "hop-by-hop", headers=HOP),
    send(
        "accept with a length",
        "tunnel.accept",
        "length-forbidden",
        headers=[("content-length", b"0")],
    ),
    send("a capsule", "tunnel.data", data=b"\x05\x00"),
    send("the beginning of a capsule", "tunnel.data", data=b"\x05\x02\x00"),
    send("one octet", "tunnel.data", data=b"\x00"),
    send("a datagram", "tunnel.datagram", data=b"x"),
    send("a long datagram", "tunnel.datagram", "oversize", data=bytes(65_536)),
    send("the end", "tunnel.end"),
    send("abort", "tunnel.abort"),
    give("tunnel.data", data=b"x"),
    give("tunnel.datagram", data=b"x"),
    give("tunnel.end"),
    give("tunnel.closed", cause="complete"),
]
LIFESPAN = [
    send("ready", "lifespan.ready"),
    send("ready for tunnels", "lifespan.ready", accepts={"tunnel": 1}, tunnels=["a/b"]),
    send("ready for more", "lifespan.ready", "not-offered", accepts={"org.example.a": 1}),
    send("ready for another revision", "lifespan.ready", "not-offered", accepts={"tunnel": 2}),
    send(
        "ready for nonsense",
        "lifespan.ready",
        "protocol-malformed",
        accepts={"tunnel": 1},
        tunnels=["a b"],
    ),
    send(
        "ready for one twice",
        "lifespan.ready",
        "protocol-malformed",
        accepts={"tunnel": 1},
        tunnels=["a", "A"],
    ),
    send("ready without the feature", "lifespan.ready", "tunnels-unaccepted", tunnels=["a"]),
    send("failed", "lifespan.failed", message="x"),
    send("stopped", "lifespan.stopped"),
    give("lifespan.startup", offers={"tunnel": (1,)}),
    give("lifespan.drain", deadline_ms=1),
    give("lifespan.shutdown"),
    Input("return", "application.returns"),
    Input("an error", "application.raises"),
    Input("UnsupportedScope", "application.raises", None, frozenset(["declined"])),
    Input("a limit of time", "time.expires"),
]


class Kind(NamedTuple):
    scope: Dict[str, Any]
    inputs: List[Input]
    machines: Tuple[str, ...]


def kind(inputs: List[Input], machines: Tuple[str, ...], **scope: Any) -> Kind:
    return Kind(scope, inputs, machines)


OF_A_TUNNEL = ("http.response", "gateway.drain", "tunnel.conversation", "tunnel.incoming")
OF_HTTP = ("http.request", "http.response", "gateway.drain")
KINDS = [
    kind(HTTP, OF_HTTP, type="http", method="GET", http_version="1.1"),
    kind(HTTP, OF_HTTP, type="http", method="HEAD", http_version="1.0"),
    kind(DRAIN, OF_HTTP, type="http", method="GET", http_version="1.1"),
    kind(
        WEBSOCKET,
        ("http.response", "websocket.conversation", "websocket.incoming", "gateway.drain"),
        type="websocket",
        method="GET",
        http_version="1.1",
        subprotocols=("chat",),
    ),
    kind(TUNNEL, OF_A_TUNNEL, type="tunnel", method="GET", http_version="1.1", datagrams="none"),
    kind(
        TUNNEL, OF_A_TUNNEL, type="tunnel", method="CONNECT", http_version="2", datagrams="capsules"
    ),
    kind(LIFESPAN, ("lifespan.application",), type="lifespan"),
]
FAULTS = {
    "file-outside": "security.file-roots",
    "file-missing": "http.file.exists",
    "file-linked": "security.file-links",
    "file-short": "http.file.range",
}


def open_file(path: str, offset: int, length: Optional[int]) -> int:
    if path == "one":
        return 1
    raise Misuse(FAULTS[path], path)


@functools.lru_cache(maxsize=None)
def rows_of(machine: str, on: str, state: str) -> Optional[List[Tuple[int, Any]]]:
    """The rows for an input in a state, in order; None where the table has none for it."""
    rows = [(at, row) for at, row in enumerate(MACHINES[machine]["transitions"]) if on in row["on"]]
    return [(at, row) for at, row in rows if state in row["from"]] if rows else None


def row_of(machine: str, on: str, state: str, holds: Any) -> Optional[Tuple[int, Any]]:
    rows = rows_of(machine, on, state)
    if rows is None:
        return None
    return next((at, row) for at, row in rows if "when" not in row or holds(row["when"]))


class Model:
    """What the rows make of the inputs of the walk, and nothing else."""

    def __init__(self, kind: Kind) -> None:
        self.scope = kind.scope
        self.states = {name: MACHINES[name]["initial"] for name in kind.machines}
        self.facts: Dict[str, Any] = {"length": None, "sent": 0, "status": 0, "capsule": 0}

    def copy(self) -> "Model":
        other = copy.copy(self)
        other.states, other.facts = dict(self.states), dict(self.facts)
        return other

    @property
    def key(self) -> str:
        return repr((self.states, sorted(self.facts.items(), key=lambda fact: fact[0])))

    def can(self, taken: Input) -> bool:
        """A gateway tells a loss once, and that of a file only where one is sent."""
        if taken.on in ("peer.lost", "time.expires"):
            return not self.facts.get("gone")
        if taken.on.startswith("application."):
            return not self.facts.get("returned")
        if taken.on == "file.lost":
            lost = self.facts.get("file lost")
            return self.states["http.response"] not in ("open", "switched") and not lost
        if taken.on == "drain.begins":
            return self.states["gateway.drain"] in ("untold", "over")
        return True

    def holds(self, taken: Input) -> Any:
        facts, states = self.facts, self.states
        connect = self.scope.get("method") == "CONNECT"
        capsules = self.scope.get("datagrams") == "capsules"
        length, total = facts["length"], facts["sent"] + taken.content
        short = length is not None and facts["sent"] < length and self.scope.get("method") != "HEAD"
        dynamic = {
            "informed": facts.get("informed", False),
            "contentless": taken.content > 0 and facts["status"] == 204,
            "excess": length is not None and total > length,
            "head-request": self.scope.get("method") == "HEAD",
            "shortfall": short,
            "answered": states.get("http.response") in MACHINES["http.response"]["final"],
            "accepting-status": connect and "below-300" in taken.holds,
            "datagrams-unfit": "asks-datagrams" in taken.holds and not capsules,
            "no-datagrams": not facts.get("datagrams", False),
            "within-capsule": facts.get("datagrams", False) and facts["capsule"] > 0,
            "settled": facts.get("peer ended", False) or facts.get("lost", False),
        }
        return lambda guard: guard in taken.holds or dynamic.get(guard, False)

    def ask(self, on: str, taken: Input) -> List[Tuple[str, int, Any]]:
        holds = self.holds(taken)
        rows = [(name, row_of(name, on, state, holds)) for name, state in self.states.items()]
        return [(name, *row) for name, row in rows if row is not None]

    @property
    def spoken(self) -> bool:
        states = self.states
        over = states.get("http.response") in ("ended", "aborted", "refused", "lost")
        for name in ("websocket.conversation", "tunnel.conversation"):
            state = states.get(name)
            if state in ("closed", "aborted", "lost"):
                return True
            if state == "ended":
                return bool(self.facts.get("peer ended"))
            if state in ("connecting", "offered", "open"):
                return False
        return states.get("lifespan.application") in ("over", "lost") or over

    def take(self, taken: Input, met: set) -> Any:
        """The outcome: a text, with the actions where that is what is told."""
        on = taken.on
        if on == "gateway.drain" and self.states["gateway.drain"] == "untold":
            if not self.facts.get("gone"):
                met.update(self._move("drain.begins", taken))
        rows = self.ask(on, taken)
        met.update((name, at, on, self.states[name]) for name, at, _ in rows)
        for name, _, row in rows:
            if "never" in row:
                return f"never {row['never']}"
        if any("closed" in row for _, _, row in rows):
            return "closed"
        for _, _, row in rows:
            if "misuse" in row:
                return f"misuse {row['misuse']}"
        spoken = self.spoken
        self._move(on, taken)
        actions = tuple(row["do"] for _, _, row in rows if "do" in row)
        self._note(taken, rows, actions, spoken, met)
        if on in ("peer.lost", "time.expires"):
            return not spoken
        if on == "file.lost" or on.startswith("application."):
            return actions
        return "accepted"

    def _move(self, on: str, taken: Input) -> List[Tuple[str, int, str, str]]:
        rows = self.ask(on, taken)
        met = [(name, at, on, self.states[name]) for name, at, _ in rows]
        for name, _, row in rows:
            self.states[name] = row.get("to", self.states[name])
        return met

    def _note(self, taken: Input, rows: Any, actions: Any, spoken: bool, met: set) -> None:
        facts, on, event = self.facts, taken.on, taken.event
        if on == "http.informational" and self.scope["http_version"] != "1.0":
            facts["informed"] = facts.get("informed") or "informational" in actions
        if on == "http.response.start" and "head" in actions:
            facts["status"] = event["status"]
            for _, value in event.get("headers", ()):
                facts["length"] = int(value)
        if "body" in actions or "file" in actions:
            facts["sent"] = min(2, facts["sent"] + taken.content)
        if on == "tunnel.accept":
            facts["datagrams"] = event.get("datagrams", False)
        if on == "send tunnel.data" and facts.get("datagrams"):
            # A capsule of three octets goes on with the next, whatever that is.
            left = facts["capsule"]
            for octet in range(len(event["data"])):
                if left:
                    left -= 1
                else:
                    left = self._begin(event["data"], octet)
            facts["capsule"] = left
        if on == "receive tunnel.end":
            facts["peer ended"] = True
        if on == "file.lost" and actions:
            facts["file lost"] = True
            self._gone(met, "peer.lost", not spoken)
        if on in ("peer.lost", "time.expires"):
            facts["gone"] = True
            facts["lost"] = facts.get("lost") or not spoken
        if on in ("http.closed", "websocket.closed", "tunnel.closed"):
            self._gone(met, "terminal.due", False)
        if on.startswith("application."):
            facts["returned"] = True

    def _gone(self, met: set, on: str, lost: bool) -> None:
        """Nothing is left to tell of a drain."""
        notice = "gateway.drain"
        if on != "peer.lost" or not self.facts.get("gone"):
            at, row = row_of(notice, on, self.states[notice], lambda guard: False) or (0, {})
            met.add((notice, at, on, self.states[notice]))
            self.states[notice] = row.get("to", self.states[notice])
        self.facts["gone"] = True
        self.facts["lost"] = self.facts.get("lost") or lost

    @staticmethod
    def _begin(data: bytes, at: int) -> int:
        """Octets that are left behind the first of a capsule of the walk."""
        if data == b"\x05\x02\x00":
            return 3 if at == 0 else 0
        return 1


def tell(talk: Conversation, taken: Input) -> Any:
    """Does to a conversation what an input says. Returns its outcome as the model has it."""
    try:
        if taken.on == "peer.lost" or taken.on == "time.expires":
            return talk.lost(Closed("peer_reset", 8))
        if taken.on == "drain.begins":
            talk.drain()
        elif taken.on == "file.lost":
            return talk.file_lost()
        elif taken.on == "application.returns":
            return talk.ended(None)
        elif taken.on == "application.raises":
            declined = "declined" in taken.holds
            return talk.ended(UnsupportedScope("x") if declined else ValueError("x"))
        elif taken.name.startswith("given "):
            talk.received(taken.event)
        else:
            talk.sent(taken.event)
    except Misuse as misuse:
        return f"misuse {misuse.requirement}"
    except Closed as closed:
        return "closed" if closed.cause in ("peer_reset", "connection_lost") else closed.cause
    except GatewayFault as fault:
        return f"never {fault.requirement}"
    return "accepted"


def walk(kind: Kind, met: set) -> List[str]:
    """Goes to all that the tables can tell apart, by shortest paths, and tries every input."""
    failures: List[str] = []
    begin = Model(kind)
    paths: Dict[str, Tuple[Model, Tuple[Input, ...]]] = {begin.key: (begin, ())}
    for before, path in _growing(paths):
        talk = None
        for taken in kind.inputs:
            if not before.can(taken):
                continue
            # What is rejected has no effect, so that what is tried next is told to the same.
            if talk is None:
                talk = Conversation(kind.scope, FEATURES, open_file=open_file)
                for step in path:
                    tell(talk, step)
            model = before.copy()
            expected = model.take(taken, met)
            found = tell(talk, taken)
            states = {name: talk.state_of(name) for name in kind.machines}
            if (found, states) != (expected, model.states):
                way = ", ".join(step.name for step in (*path, taken))
                failures.append(f"{way}: {found} {states} for {expected} {model.states}")
            if model.key not in paths and len(path) < 5:
                paths[model.key] = (model, (*path, taken))
            if not str(found).startswith(("misuse ", "closed", "never ")):
                talk = None
    return failures


def _growing(paths: Dict[str, Any]) -> Any:
    seen = 0
    while seen < len(paths):
        # What was added since the last round: a dict cannot be walked while it grows.
        new = list(paths.values())[seen:]
        seen = len(paths)
        yield from new


# The rows that no walk comes to, and why.
SHAPE = "the check of the shape rejects half of a surrogate pair (binding.field-types)"
ONCE = "a second loss has nothing to say, and is kept from the machines"
KEPT = "who tells of it is kept from telling it twice, or where there is none"
UNREACHED = {
    ("websocket.conversation", "send websocket.message", "open", "not-unicode"): SHAPE,
    ("websocket.conversation", "websocket.close", "open", "not-unicode"): SHAPE,
    ("websocket.conversation", "peer.lost", "lost", None): ONCE,
    ("tunnel.conversation", "peer.lost", "lost", None): ONCE,
    ("http.response", "peer.lost", "lost", None): ONCE,
    ("gateway.drain", "peer.lost", "over", None): ONCE,
    ("lifespan.application", "time.expires", "lost", None): ONCE,
    ("gateway.drain", "drain.begins", "owed", None): KEPT,
    ("gateway.drain", "drain.begins", "told", None): KEPT,
    ("gateway.drain", "gateway.drain", "untold", None): KEPT,
    ("http.response", "file.lost", "open", None): KEPT,
    ("http.response", "file.lost", "switched", None): KEPT,
}


class Tables(unittest.TestCase):
    def test_event_by_table__every_row_is_walked(self) -> None:
        met: set = set()
        failures: List[str] = []
        for one in KINDS:
            failures += walk(one, met)
        self.assertEqual(failures[:5], [])
        missed = set()
        for name, table in MACHINES.items():
            if name == "flow.output":
                continue
            for at, row in enumerate(table["transitions"]):
                for on in row["on"]:
                    for state in row["from"]:
                        if (name, at, on, state) not in met:
                            missed.add((name, on, state, row.get("when")))
        self.assertEqual(missed, set(UNREACHED))

    def test_misuse_names_requirement__of_the_specification(self) -> None:
        for table in MACHINES.values():
            for row in table["transitions"]:
                for key in ("misuse", "closed", "never", "requirement"):
                    if key in row:
                        self.assertIn(row[key], REQUIREMENTS)
