"""The checks of a sent event before any machine: their order, and the forms of the fields."""

import unittest
from enum import IntEnum
from typing import Any, Dict, List, Tuple

from portway import Misuse
from portway._shape import check_event
from portway.checker import Conversation
from portway.events import EVENTS

BOTH = frozenset(["http.file", "tunnel", "tunnel.datagram"])


class Status(IntEnum):
    TEAPOT = 418


class Text(str):
    """What a framework makes of a text."""


def released() -> memoryview:
    view = memoryview(b"x")
    view.release()
    return view


# Of a type of field: an event with its place, what is accepted, what is not.
Form = Tuple[str, str, str, Dict[str, Any], List[Any], List[Any]]
ROWS: List[Form] = [
    (
        "string",
        "websocket",
        "text",
        {"type": "websocket.message"},
        ["", "é", "\U0001f600", Text("x")],
        [b"x", 1, None, "\ud800", "a\udfff", ["x"]],
    ),
    (
        "bytes",
        "http",
        "data",
        {"type": "http.response.body"},
        [b"", b"x", bytearray(b"x"), memoryview(b"xy"), memoryview(bytearray(b"x"))],
        ["x", None, 1, [1], memoryview(b"abcd")[::2], released(), object()],
    ),
    (
        "integer",
        "http",
        "status",
        {"type": "http.response.start"},
        [200, 599, Status.TEAPOT],
        [True, 200.0, "200", None, 199, 600, 2**53, 10**5000, b"200"],
    ),
    (
        "integer without a range",
        "websocket",
        "code",
        {"type": "websocket.close"},
        [1000, 3000],
        [2**53, -(2**53), False],
    ),
    (
        "boolean",
        "tunnel",
        "datagrams",
        {"type": "tunnel.accept"},
        [True, False],
        [0, 1, None, "true"],
    ),
    (
        "fields",
        "http",
        "headers",
        {"type": "http.response.start", "status": 200},
        [(), [], [("a", b"b")], (["a", b"b"],), [("a", b"b"), ["a", b"c"]], [("A b", b"\n")]],
        [
            None,
            {},
            {"a": b"b"},
            [("a", "b")],
            [(b"a", b"b")],
            [("a",)],
            ["ab"],
            [b"ab"],
            [("a", b"b", b"c")],
            [("a", bytearray(b"b"))],
            [("a", memoryview(b"b"))],
            iter([]),
            {("a", b"b")},
            [None],
        ],
    ),
    (
        "strings",
        "lifespan",
        "tunnels",
        {"type": "lifespan.ready"},
        [[], (), ["a"], ("a",)],
        ["a", None, [b"a"], {"a"}, ["\ud800"], [None]],
    ),
    (
        "feature_choice",
        "lifespan",
        "accepts",
        {"type": "lifespan.ready"},
        [{}, {"tunnel": 1}, {"tunnel": Status.TEAPOT}],
        [
            None,
            [],
            [("tunnel", 1)],
            {"tunnel": "1"},
            {"tunnel": True},
            {"tunnel": 1.0},
            {1: 1},
            {"tunnel": 2**53},
        ],
    ),
    (
        "state",
        "lifespan",
        "state",
        {"type": "lifespan.ready"},
        [{}, {"pool": object()}],
        [None, [], [("a", 1)], object()],
    ),
]


def misuse_of(event: Any, scope_type: str = "http", features: Any = BOTH) -> str:
    try:
        check_event(event, scope_type, features)
    except Misuse as misuse:
        return misuse.requirement
    return "accepted"


class Forms(unittest.TestCase):
    def test_binding_field_types__each_accepted_form(self) -> None:
        for name, scope_type, field, event, accepted, _ in ROWS:
            for value in accepted:
                with self.subTest(name, value=repr(value)[:40]):
                    self.assertEqual(misuse_of({**event, field: value}, scope_type), "accepted")

    def test_binding_no_coercion__each_other_form(self) -> None:
        for name, scope_type, field, event, _, rejected in ROWS:
            for value in rejected:
                shown = "10**5000" if value == 10**5000 else repr(value)[:40]
                with self.subTest(name, value=shown):
                    self.assertEqual(misuse_of({**event, field: value}, scope_type), "event.shape")

    def test_binding_field_types__a_row_for_each_type_that_is_sent(self) -> None:
        sent = {
            field["type"]
            for event in EVENTS.values()
            if event["direction"] != "receive"
            for field in event["fields"].values()
        }
        self.assertEqual(sent - {name for name, *_ in ROWS}, set())

    def test_event_shape__every_example_is_accepted(self) -> None:
        for event_type, event in EVENTS.items():
            if event["direction"] != "receive":
                for scope_type in event["scope"]:
                    with self.subTest(event_type, scope=scope_type):
                        self.assertEqual(misuse_of(event["example"], scope_type), "accepted")

    def test_event_shape__what_is_no_event(self) -> None:
        events: List[Any] = [
            None,
            1,
            "http.refuse",
            [],
            (),
            {},
            {"type": None},
            {"type": b"http.refuse"},
        ]
        for event in events:
            with self.subTest(repr(event)):
                self.assertEqual(misuse_of(event), "event.shape")

    def test_event_shape__exactly_one(self) -> None:
        for more, expected in (
            ({}, "event.shape"),
            ({"text": "", "data": b""}, "event.shape"),
            ({"text": None}, "event.shape"),
            ({"data": b""}, "accepted"),
        ):
            self.assertEqual(
                misuse_of({"type": "websocket.message", **more}, "websocket"), expected
            )

    def test_event_shape__the_message_says_what_is_wrong(self) -> None:
        with self.assertRaisesRegex(
            Misuse, "^event.shape: `data` of `http.response.body` must be bytes, .*, not 'x'$"
        ):
            check_event({"type": "http.response.body", "data": "x"}, "http", BOTH)
        with self.assertRaisesRegex(Misuse, "did you mean `http.response.start`"):
            check_event({"type": "http.response.begin"}, "http", BOTH)


class Order(unittest.TestCase):
    """An event that is wrong in every way from a place of the table on."""

    def test_event_check_order__the_first_check_that_fails(self) -> None:
        wrong = {"!org.example.a": 1, "data": "x"}
        for event, features, expected in (
            ({"type": 1, **wrong}, (), "event.shape"),
            ({"type": "tunnel.datagrams", **wrong}, (), "event.unknown-type-misuse"),
            ({"type": "http.request.discard", **wrong}, (), "event.unknown-type-misuse"),
            ({"type": "tunnel.datagram", **wrong}, (), "feature.only-accepted"),
            ({"type": "tunnel.datagram", **wrong}, BOTH, "event.must-understand"),
            ({"type": "tunnel.datagram", "data": "x"}, BOTH, "event.shape"),
        ):
            with self.subTest(expected):
                self.assertEqual(misuse_of(event, "tunnel", features), expected)

    def test_event_check_order__machines_last(self) -> None:
        talk = Conversation({"type": "http", "method": "GET"})
        with self.assertRaises(Misuse) as raised:
            talk.sent({"type": "http.response.body", "data": "x"})
        self.assertEqual(raised.exception.requirement, "event.shape")

    def test_event_unknown_keys_ignored(self) -> None:
        event = {"type": "http.refuse", "org.example.a": 1, "headers": 3, 7: "x"}
        self.assertEqual(misuse_of(event), "accepted")

    def test_feature_marked_keys__counts_in_place_of_the_one_without(self) -> None:
        event = {"type": "http.response.body", "data": b"x", "!data": b"y"}
        self.assertEqual(check_event(event, "http", BOTH)["data"], b"y")
        self.assertEqual(event["data"], b"x")
        self.assertEqual(misuse_of({"type": "http.response.body", "!data": "y"}), "event.shape")


class Copies(unittest.TestCase):
    def test_python_send_at_call__buffers_are_copied(self) -> None:
        buffer = bytearray(b"abc")
        for data in (buffer, memoryview(buffer)):
            event = {"type": "http.response.body", "data": data}
            taken = check_event(event, "http", BOTH)
            buffer[:] = b"xyz"
            self.assertEqual((type(taken["data"]), taken["data"]), (bytes, b"abc"))
            self.assertIs(event["data"], data)
            buffer[:] = b"abc"

    def test_python_send_at_call__octets_are_not(self) -> None:
        event = {"type": "http.response.body", "data": b"abc"}
        self.assertIs(check_event(event, "http", BOTH), event)
