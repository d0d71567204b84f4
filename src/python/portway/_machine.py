"""Runs a machine table of a proposal. What a machine is stands here, and not what states mean."""

from __future__ import annotations

from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional, Tuple

from .events import MachineTable

Guard = Callable[[Any, Any], bool]
"""Asked with the event, or None for a trigger, and with whose machine it is."""


class GatewayFault(Exception):
    """A correct gateway never comes here: a row says ``never``, or there is none."""

    requirement: str
    """The id of the requirement that the row names, or an empty text where there is no row."""

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(f"gateway fault: {message}")
        self.requirement = requirement


class Step(NamedTuple):
    """What a row of a machine amounts to. Made once for each row."""

    kind: str
    """``to``, ``misuse``, ``closed`` or ``stay``."""
    requirement: str = ""
    state: str = ""
    action: Optional[str] = None


class _Row(NamedTuple):
    guard: Optional[Guard]
    # None where the table says `never`.
    step: Optional[Step]
    never: str


class Program:
    """A table with its guards, ready to run: rows by input, then by state."""

    __slots__ = ("final", "initial", "name", "rows")

    def __init__(self, table: MachineTable, guards: Mapping[str, Guard]) -> None:
        self.name = table["machine"]
        self.initial = table["initial"]
        self.final = frozenset(table["final"])
        rows: Dict[str, Dict[str, Tuple[_Row, ...]]] = {}
        for transition in table["transitions"]:
            when = transition.get("when")
            row = _Row(
                None if when is None else guards[when],
                _step_of(transition),
                transition.get("never", ""),
            )
            for on in transition["on"]:
                by_state = rows.setdefault(on, {})
                for state in transition["from"]:
                    by_state[state] = (*by_state.get(state, ()), row)
        self.rows = rows


def _step_of(transition: Mapping[str, Any]) -> Optional[Step]:
    if "to" in transition:
        return Step("to", transition.get("requirement", ""), transition["to"], transition.get("do"))
    for kind in ("misuse", "closed"):
        if kind in transition:
            return Step(kind, transition[kind])
    return Step("stay") if transition.get("stay") else None


class Machine:
    """One running machine: a program, a state, and whose it is, for the guards."""

    __slots__ = ("_context", "_program", "state")

    def __init__(self, program: Program, context: Any = None) -> None:
        self._program = program
        self._context = context
        self.state = program.initial

    @property
    def name(self) -> str:
        return self._program.name

    @property
    def final(self) -> bool:
        return self.state in self._program.final

    def ask(self, on: str, event: Any = None) -> Optional[Step]:
        """The first row that matches, or None where the table has no rows for the input.

        Does not move. Raises ``GatewayFault`` where the table says ``never``.
        """
        by_state = self._program.rows.get(on)
        if by_state is None:
            return None
        for guard, step, never in by_state.get(self.state, ()):
            if guard is not None and not guard(event, self._context):
                continue
            if step is not None:
                return step
            raise GatewayFault(
                never, f"{never} says that {on} never comes in the state {self.state}"
            )
        raise GatewayFault("", f"{self.name} has no row for {on} in the state {self.state}")

    def take(self, step: Step) -> None:
        """Moves as a row says: ``misuse``, ``closed`` and ``stay`` do not."""
        if step.kind == "to":
            self.state = step.state

    def step(self, on: str, event: Any = None) -> Optional[Step]:
        """Asks, and moves."""
        step = self.ask(on, event)
        if step is not None:
            self.take(step)
        return step
