"""The application of the conformance suite, for servers of others that call Python.

The cases and their applications are in another process, at the Unix socket that
``PORTWAY_RELAY`` names (src/conformance/relay.ts). Each call is carried there on a connection
of its own, in lines of JSON. ``asgi`` and ``wsgi`` are what a server is given.
"""

from __future__ import annotations

import asyncio
import json
import os
from base64 import b64decode
from typing import Any, Dict

from portway import Closed, Misuse, UnsupportedScope
from portway._scope import record_of
from portway._values import encode_plain, to_json
from portway._values import _decoder as decoder_of
from portway._values import _encoder as encoder_of
from portway.asgi import to_asgi
from portway.events import EVENTS
from portway.wsgi import to_wsgi

_LONGEST_LINE = 64 * 1024 * 1024


class _Formless:
    """Stands for a value of JavaScript that no event can have."""


def _encoded_event(event: Dict[str, Any]) -> Dict[str, Any]:
    fields = EVENTS[event["type"]]["fields"]
    return {
        name: (encoder_of(fields[name]["type"]) if name in fields else encode_plain)(value)
        for name, value in event.items()
    }


def _event(event: Any) -> Any:
    """An event of a case in the forms of Python. What has no such form stays as it is, to be rejected."""
    if not isinstance(event, dict) or not isinstance(event.get("type"), str):
        return event
    fields = EVENTS.get(event["type"], {"fields": {}})["fields"]
    made = {}
    for name, value in event.items():
        # A key can be marked as one that has to be understood.
        key = name[1:] if name.startswith("!") else name
        made[name] = _value(fields[key]["type"], value) if key in fields else value
    return made


def _value(kind: str, value: Any) -> Any:
    if kind == "octets":
        try:
            return value.encode("latin-1") if isinstance(value, str) else value
        except UnicodeEncodeError:
            return value
    if kind == "fields" and isinstance(value, list):
        return [
            (field[0], _value("octets", field[1]))
            if isinstance(field, list) and len(field) == 2
            else field
            for field in value
        ]
    if kind == "octets_list" and isinstance(value, list):
        return [_value("octets", item) for item in value]
    if isinstance(value, (dict, list)):
        decode = decoder_of(kind)
        try:
            return value if decode is None else decode(value)
        except (ValueError, TypeError, AttributeError, KeyError):
            return value
    return value


def _decoded(value: Dict[str, Any]) -> Any:
    if set(value) == {"$base64"}:
        return b64decode(value["$base64"])
    if set(value) == {"$invalid"}:
        return _Formless()
    return value


def _told(error: BaseException) -> Dict[str, Any]:
    told: Dict[str, Any] = {"name": type(error).__name__, "message": str(error)}
    for name in ("cause", "code", "requirement"):
        value = getattr(error, name, None)
        if value is not None:
            told[name] = value
    return told


def _raised(scope: Any, outcome: Dict[str, Any]) -> BaseException:
    name, message = outcome["name"], outcome["message"]
    if name == "UnsupportedScope":
        return UnsupportedScope(scope["type"])
    if name == "Closed":
        return Closed(outcome["cause"])
    if name == "Misuse":
        return Misuse(outcome["requirement"], message)
    return RuntimeError(message)


async def relay(scope: Any, receive: Any, send: Any) -> None:
    """Carries one call to the process of the cases, and ends as it ends there."""
    reader, writer = await asyncio.open_unix_connection(
        os.environ["PORTWAY_RELAY"], limit=_LONGEST_LINE
    )
    under_way = set()

    def write(line: Any) -> None:
        if not writer.is_closing():
            writer.write(to_json(line) + b"\n")

    async def answer(number: int, awaitable: Any) -> None:
        try:
            event = await awaitable
            line = {"n": number} if event is None else {"n": number, "event": _encoded_event(event)}
        except asyncio.CancelledError:
            raise
        except Exception as error:
            line = {"n": number, "error": _told(error)}
        write(line)

    def begin(number: int, awaitable: Any) -> None:
        task = asyncio.ensure_future(answer(number, awaitable))
        under_way.add(task)
        task.add_done_callback(under_way.discard)

    rest = {name: value for name, value in scope.items() if name != "local"}
    forget = scope["local"]["cancel"].add_callback(lambda reason: write({"cancel": _told(reason)}))
    write({"scope": encoder_of(record_of(scope["type"]))(rest)})
    try:
        async for line in reader:
            order = json.loads(line, object_hook=_decoded)
            if order["op"] == "receive":
                begin(order["n"], receive())
            elif order["op"] == "send":
                begin(order["n"], send(_event(order["event"])))
            elif order["op"] == "taken":
                # What was begun by the lines before has its turn first.
                await asyncio.sleep(0)
                write({"taken": order["n"]})
            elif order["outcome"] is None:
                return
            else:
                raise _raised(scope, order["outcome"])
        raise RuntimeError("the process of the cases is gone")
    finally:
        forget()
        for task in under_way:
            task.cancel()
        writer.close()


asgi = to_asgi(relay)
wsgi = to_wsgi(relay)
