"""What a checker reports: one breach of one requirement, by one side, in one conversation."""

from __future__ import annotations

from typing import Any, Callable, List, Mapping, NamedTuple, Optional


class Finding(NamedTuple):
    """One breach of one requirement, by one side, in one conversation."""

    side: str
    """``gateway``, ``application``, or ``middleware`` where it binds what is between."""
    level: str
    """``error``; ``warning`` for a SHOULD, and for what could not be checked."""
    requirement: str
    """The id of the requirement, for example ``http.start-once``."""
    message: str
    """What happened, in words."""
    id: str
    """``id`` of the scope, or ``(none)``."""
    scope: str
    """``type`` of the scope, or ``(none)``."""
    event: Optional[str] = None
    """The type of the event that it is about, if there is one."""
    stack: Optional[str] = None
    """Where the application made the call."""


class Breach(AssertionError):
    """What calls the application broke a requirement."""

    finding: Finding
    requirement: str

    def __init__(self, finding: Finding) -> None:
        super().__init__(f"{finding.requirement}: {finding.message} ({finding.side})")
        self.finding = finding
        self.requirement = finding.requirement


class Surroundings:
    """What a conversation tells of the others, and has from them, and where breaches go."""

    def __init__(self, report: Optional[Callable[[Finding], object]], strict: bool) -> None:
        self._report = report
        self.strict = strict
        self._breaches: List[Finding] = []
        self.is_draining: Callable[[], bool] = lambda: False
        self.drains: Callable[[], None] = lambda: None
        self.ready: Callable[[Mapping[str, Any]], None] = lambda event: None

    def take(self, finding: Finding) -> None:
        """Reports a breach, or keeps it for ``raise_breach``."""
        if self._report is not None:
            self._report(finding)
        elif finding.side != "application" and finding.level == "error":
            self._breaches.append(finding)

    def raise_breach(self) -> None:
        """Raises what the gateway has broken, where nobody takes reports."""
        if self._breaches:
            finding = self._breaches[0]
            self._breaches.clear()
            raise Breach(finding)

    def for_scope(self, scope: Any) -> Callable[..., None]:
        """Takes the breaches of a conversation."""
        known = scope if isinstance(scope, dict) else {}

        def found(
            requirement: str,
            message: str,
            side: str = "gateway",
            event: Optional[str] = None,
            stack: Optional[str] = None,
            level: str = "error",
        ) -> None:
            self.take(
                Finding(
                    side,
                    level,
                    requirement,
                    message,
                    str(known.get("id", "(none)")),
                    str(known.get("type", "(none)")),
                    event,
                    stack,
                )
            )

        return found
