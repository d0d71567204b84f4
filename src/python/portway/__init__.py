"""What an application in Python needs of Portway: its errors and helpers, without a gateway.

An application is called as ``await app(scope, receive, send)``. The types of scopes and
events are in ``portway.events``; ``python -m portway.worker`` runs an application.
"""

from __future__ import annotations

from ._application import Application, Receive, Send, application, threaded
from ._cancel import Cancel
from ._errors import Closed, Misuse, UnsupportedScope

INTERFACE_VERSION = "0.1"
"""The version of the interface that this package knows."""

__all__ = [
    "INTERFACE_VERSION",
    "Application",
    "Cancel",
    "Closed",
    "Misuse",
    "Receive",
    "Send",
    "UnsupportedScope",
    "application",
    "threaded",
]
