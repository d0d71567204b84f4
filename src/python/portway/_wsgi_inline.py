"""``from_wsgi`` where no thread can be started, as in a page: the call is made in the loop.

What a thread would wait for cannot be waited for here. So the body of the request is
received before the call, and room for what was sent is waited for behind it.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Deque, Dict, List, Optional

from ._from_wsgi import _RECEIVE, _Call, settled

_LAST = frozenset(("http.request.end", "http.closed"))


class InlineCall(_Call):
    """One call of the application, in the thread of the loop from its start to its end."""

    _received: Deque[Any]
    _unsettled: List[Any]
    _failed: Optional[BaseException]

    async def serve(self) -> None:
        """Receives, calls the application, and waits for what it has sent."""
        self._received, self._unsettled, self._failed = deque(), [], None
        # Who declares no body has none, and is not asked for it.
        declared = self._scope["content_length"] is not None or any(
            name == "transfer-encoding" for name, _ in self._scope["headers"]
        )
        while declared and not (self._received and self._received[-1]["type"] in _LAST):
            self._received.append(await self._receive())
        self.run()
        try:
            await settled(self._unsettled)
        except Exception as error:
            raise self._failed or error from None
        if self._failed is not None:
            raise self._failed

    def _hand_off(self, wrapper: Any) -> bool:
        # Whether the gateway takes the file would be known too late.
        return False

    def _tell(self, function: Any, *args: Any) -> None:
        function(*args)

    def _post(self, kind: int, value: Any, waits: bool) -> None:
        if kind == _RECEIVE:
            nothing = {"type": "http.request.end"}
            self._reply(self._received.popleft() if self._received else nothing)
            return
        self._unsettled.extend(self._send(event) for event in value)
        if waits:
            self._reply(None)

    def _post_end(self, events: List[Dict[str, Any]], failed: Any) -> None:
        self._post(-1, events, False)
        self._failed = failed
