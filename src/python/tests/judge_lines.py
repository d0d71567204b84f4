"""Judges sequences of events for ``src/checker/python.test.ts``: a line of JSON in, a line out.

What JSON has no form for has a key: ``{"$octets": text}`` for octets that are text in TypeScript,
``{"$bytes": [...]}`` for octets of a body, ``{"$number": text}`` for numbers.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Callable, Dict, List, Optional

from portway import Closed, Misuse, UnsupportedScope
from portway.checker import Conversation, GatewayFault

FAULTS = {
    "/srv/file-outside": "security.file-roots",
    "/srv/file-missing": "http.file.exists",
    "/srv/file-linked": "security.file-links",
    "/srv/file-short": "http.file.range",
}


def open_file(path: str, offset: int, length: Optional[int]) -> int:
    """One file of one octet is there, and what is wrong with the others is in their names."""
    if path == "/srv/one":
        return 1
    raise Misuse(FAULTS[path], path)


def value_of(neutral: Any) -> Any:
    if isinstance(neutral, list):
        return [value_of(item) for item in neutral]
    if not isinstance(neutral, dict):
        return neutral
    if "$octets" in neutral:
        return neutral["$octets"].encode("latin-1")
    if "$bytes" in neutral:
        return bytes(neutral["$bytes"])
    if "$number" in neutral:
        return float(neutral["$number"])
    return {key: value_of(item) for key, item in neutral.items()}


def judge(sequence: Dict[str, Any]) -> List[Any]:
    """What each step of a sequence comes to, with the states behind it."""
    talk = Conversation(
        value_of(sequence["scope"]),
        frozenset(sequence["features"]),
        open_file=open_file,
    )
    results = []
    for name, *arguments in sequence["steps"]:
        try:
            result = STEPS[name](talk, *arguments)
        except Misuse as misuse:
            assert str(misuse).startswith(f"{misuse.requirement}: ")
            result = {"misuse": misuse.requirement}
        except Closed as closed:
            result = {"closed": closed.cause}
        except GatewayFault as fault:
            result = {"fault": str(fault)}
        names = (
            "http.request",
            "http.response",
            "websocket.conversation",
            "tunnel.conversation",
            "lifespan.application",
        )
        states = {name: talk.state_of(name) for name in names}
        shown = {name: state for name, state in states.items() if state is not None}
        results.append({"result": result, "states": shown})
    return results


def without_result(step: Callable[..., object]) -> Callable[..., None]:
    def call(*arguments: Any) -> None:
        step(*arguments)

    return call


def sent(talk: Conversation, event: Any) -> Any:
    talk.sent(value_of(event))
    return "accepted"


ERRORS = {
    "returns": None,
    "declines": UnsupportedScope("x"),
    "raises": OSError("x"),
}

STEPS: Dict[str, Callable[..., Any]] = {
    "sent": sent,
    "received": lambda talk, event: talk.received(value_of(event)),
    "ended": without_result(lambda talk, how: talk.ended(ERRORS[how])),
    "lost": lambda talk, cause: {"taken": talk.lost(Closed(cause))},
    "expires": without_result(lambda talk, cause: talk.lost(Closed(cause))),
    "drain": Conversation.drain,
    "peer_ended": Conversation.peer_ended,
    "file_lost": without_result(Conversation.file_lost),
}

if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(judge(json.loads(line))), flush=True)
