"""The three errors of the interface. Each says whose fault it is (proposal 2, "Errors")."""

from __future__ import annotations

from typing import Optional, Tuple


class Misuse(Exception):
    """The application broke a requirement. Nothing happened on the wire."""

    requirement: str
    """The id of the requirement, for example ``http.start-once``."""

    def __init__(self, requirement: str, message: str) -> None:
        super().__init__(f"{requirement}: {message}")
        self.requirement = requirement
        self._message = message

    def __reduce__(self) -> Tuple[type, Tuple[str, str]]:
        return type(self), (self.requirement, self._message)


class Closed(OSError):
    """The peer was lost before the event could take effect. A lost race, not a fault."""

    cause: str
    """Why it was lost, as [cancel.reason] names it, for example ``peer_reset``."""
    code: Optional[int]
    """The error code of the protocol, or None where the peer gave none."""

    # With this method in the class OSError reads no `errno` out of two arguments.
    def __init__(self, cause: str, code: Optional[int] = None) -> None:
        super().__init__(f"the conversation is closed: {cause}")
        self.cause = cause
        self.code = code

    def __reduce__(self) -> Tuple[type, Tuple[str, Optional[int]]]:
        return type(self), (self.cause, self.code)


class UnsupportedScope(Exception):
    """Raised by an application for a scope whose type it does not handle."""

    scope_type: str
    """The ``type`` of the scope."""

    def __init__(self, scope_type: str) -> None:
        super().__init__(
            f"this application does not handle the scope type `{scope_type}`"
        )
        self.scope_type = scope_type

    def __reduce__(self) -> Tuple[type, Tuple[str]]:
        return type(self), (self.scope_type,)
