"""Frames and values without a stream: the tables of proposal 12, row by row."""

import json
import random
import re
import unittest
from pathlib import Path

from portway import Misuse, frames
from portway.frames import HEADER, Malformed, Reader, frame

ROOT = Path(__file__).parents[3]
DRAFT = ROOT / "proposals" / "0012-frames" / "draft.md"


class Example(unittest.TestCase):
    """The example of the proposal, octet by octet."""

    def setUp(self) -> None:
        section = DRAFT.read_text("utf-8").split("\n### Example\n")[1].split("\n### ")[0]
        self.scope = json.loads(re.search(r"```json\n(.*?)```", section, re.S)[1])["scope"]
        self.frames = []
        block = re.search(r"```text\n(.*?)```", section, re.S)[1]
        for part in re.split(r"^# ", block, flags=re.M)[1:]:
            title, *lines = part.strip().split("\n")
            octets = bytes.fromhex("".join(re.match(r"(?:[0-9a-f]{2} ?)+", line)[0] for line in lines))
            self.assertIn(f"({len(octets)} octets)", title)
            self.frames.append((title.startswith("worker"), octets))
        self.assertEqual(len(self.frames), 10)

    def test_frame_values__what_the_worker_writes(self) -> None:
        start = {"type": "http.response.start", "status": 200}
        named = frames.encode_event({**start, "headers": [("x-name", "Jörg".encode("latin-1"))]})
        written = [
            frame(frames.RECEIVE, 2),
            frame(frames.CREDIT, 0, {"octets": 5}),
            frame(frames.CREDIT, 2, {"octets": 5}),
            frame(frames.EVENT, 2, named.metadata),
            frame(frames.EVENT, 2, frames.encode_event(start).metadata),
            frame(frames.END, 2, {"outcome": "returned"}),
        ]
        self.assertEqual(written, [octets for by_worker, octets in self.frames if by_worker])

    def test_frame_values__what_the_worker_reads(self) -> None:
        stream = b"".join(octets for by_worker, octets in self.frames if not by_worker)
        (event, data, *settled) = Reader().feed(stream)
        self.assertEqual(event[2], {"event": {"type": "http.request.body"}, "payload": "data", "size": 5})
        self.assertEqual(data, (frames.DATA, 2, b"Hi \xff\n"))
        self.assertEqual([content["event"] for _, _, content in settled], [1, 2])
        self.assertEqual(settled[1][2]["requirement"], "http.start-once")

    def test_frame_values__the_scope(self) -> None:
        scope = frames.decode_scope(self.scope)
        self.assertEqual(scope["target"], b"/names?q=\xe9")
        self.assertEqual(scope["query"], b"q=\xe9")
        self.assertEqual(scope["headers"], (("host", b"example.org"), ("content-length", b"5")))
        self.assertEqual(scope["peer"], {"transport": "tcp", "address": "192.0.2.7", "port": 50312})
        self.assertEqual(scope["gateway"]["features"], {})
        self.assertEqual(scope["method"], "POST")
        self.assertIsNone(scope["tls"])


class ReaderOfFrames(unittest.TestCase):
    def test_frames_are_the_same_wherever_the_stream_is_cut(self) -> None:
        choose = random.Random(12)
        for _ in range(300):
            expected, stream = [], b""
            for _ in range(choose.randrange(1, 8)):
                kind, conversation, content = random_frame(choose)
                stream += frame(kind, conversation, content)
                if kind < 0x80:
                    expected.append((kind, conversation, content))
            reader, got = Reader(), []
            for piece in cut(stream, choose):
                got += reader.feed(piece)
            self.assertEqual(got, expected)
            self.assertTrue(reader.complete)

    def test_an_octet_at_a_time(self) -> None:
        stream = frame(frames.DATA, 1, b"abc") + frame(frames.CANCEL, 1, {"cause": "timeout"})
        reader, got = Reader(), []
        for octet in stream:
            got += reader.feed(bytes([octet]))
        self.assertEqual(got, [(frames.DATA, 1, b"abc"), (frames.CANCEL, 1, {"cause": "timeout"})])

    def test_no_content_is_the_empty_object(self) -> None:
        self.assertEqual(list(Reader(frames.FROM_WORKER).feed(frame(frames.RECEIVE, 3))), [(frames.RECEIVE, 3, {})])

    def test_frame_unknown_kind__from_0x80_ignored(self) -> None:
        stream = frame(0x80, 0, b"\xff") + frame(0xFF, 9) + frame(frames.CREDIT, 0, {"octets": 1})
        self.assertEqual(list(Reader().feed(stream)), [(frames.CREDIT, 0, {"octets": 1})])

    def test_frame_malformed__codes(self) -> None:
        body = {"scope": {}}
        table = {
            "flags": ("header", HEADER.pack(0, 1, frames.SETTLED, 1, 0)),
            "reserved": ("header", HEADER.pack(0, 1, frames.SETTLED, 0, 1)),
            "metadata above its limit": ("header", HEADER.pack(1_048_577, 1, frames.EVENT, 0, 0)),
            "data above its limit": ("header", HEADER.pack(65_537, 1, frames.DATA, 0, 0)),
            "experiment above the limit": ("header", HEADER.pack(1_048_577, 1, 0x90, 0, 0)),
            "data without content": ("header", frame(frames.DATA, 1)),
            "kind 0": ("kind", frame(0, 1)),
            "kind 0x0B": ("kind", frame(0x0B, 1)),
            "kind 0x7F": ("kind", frame(0x7F, 1)),
            "receive is the worker's": ("kind", frame(frames.RECEIVE, 1)),
            "end is the worker's": ("kind", frame(frames.END, 1, {"outcome": "returned"})),
            "hello with a number": ("conversation", frame(frames.HELLO, 1, body)),
            "open of 0": ("conversation", frame(frames.OPEN, 0, body)),
            "data for 0": ("conversation", frame(frames.DATA, 0, b"x")),
            "an array": ("metadata", frame(frames.OPEN, 1, b"[]")),
            "no JSON": ("metadata", frame(frames.OPEN, 1, b"{")),
            "two objects": ("metadata", frame(frames.OPEN, 1, b"{}{}")),
            "a mark of order": ("metadata", frame(frames.OPEN, 1, b"\xef\xbb\xbf{}")),
            "UTF-16": ("metadata", frame(frames.OPEN, 1, "{}".encode("utf-16-be"))),
            "no UTF-8": ("metadata", frame(frames.OPEN, 1, b'{"a":"\xff"}')),
            "a name twice": ("metadata", frame(frames.OPEN, 1, b'{"a":1,"a":1}')),
            "a name twice below": ("metadata", frame(frames.OPEN, 1, b'{"a":[{"b":1,"\\u0062":1}]}')),
            "half a pair": ("metadata", frame(frames.OPEN, 1, b'{"a":"\\uD800"}')),
            "half a pair as a name": ("metadata", frame(frames.OPEN, 1, b'{"\\udc00":1}')),
            "NaN": ("metadata", frame(frames.OPEN, 1, b'{"a":NaN}')),
            "too deep": ("metadata", frame(frames.OPEN, 1, b'{"a":' + b"[" * 400_000)),
        }
        for name, (code, octets) in table.items():
            with self.subTest(name):
                before = frame(frames.CREDIT, 0, {"octets": 1})
                got = []
                with self.assertRaises(Malformed) as raised:
                    for each in Reader().feed(before + octets):
                        got.append(each)
                self.assertEqual(raised.exception.code, code)
                self.assertEqual(got, [(frames.CREDIT, 0, {"octets": 1})])

    def test_an_answer_is_read_as_other_metadata_is(self) -> None:
        for content, read in [
            (b'{"event":7}', 7),
            (b'{"event":0}', 0),
            (b'{"event":-1}', -1),
            (b'{"event":1.0}', 1.0),
            (b'{"event": 12 }\n', 12),
            (b'{"event":9007199254740991}', 2**53 - 1),
            (b'{"event":99999999999999999999}', 99999999999999999999),
        ]:
            with self.subTest(content):
                ((_, _, got),) = Reader().feed(frame(frames.SETTLED, 1, content))
                self.assertEqual((got, type(got["event"])), ({"event": read}, type(read)))
        for content in (b'{"event":01}', b'{"event":}', b'{"event":1}}', b'{"event":\xb2}', b'{"event":1_0}'):
            with self.subTest(content), self.assertRaises(Malformed):
                list(Reader().feed(frame(frames.SETTLED, 1, content)))

    def test_a_pair_of_surrogates_is_one_character(self) -> None:
        (read,) = Reader().feed(frame(frames.OPEN, 1, b' {"a":"\\uD83D\\ude00 \\\\ud800"}\n'))
        self.assertEqual(read[2], {"a": "\U0001f600 \\ud800"})

    def test_a_length_is_judged_before_the_content_is_there(self) -> None:
        reader = Reader()
        with self.assertRaises(Malformed):
            list(reader.feed(HEADER.pack(2**32 - 1, 1, frames.EVENT, 0, 0)))


class Values(unittest.TestCase):
    def encoded(self, event: object) -> object:
        content = frames.encode_event(event).metadata
        content.decode("ascii")
        return json.loads(content)["event"]

    def test_frame_values__events_of_an_application(self) -> None:
        table = [
            ({"type": "http.refuse"}, {"type": "http.refuse"}),
            (
                {"type": "http.response.end", "trailers": (("a", b"\xf6"), ["b", b""])},
                {"type": "http.response.end", "trailers": [["a", "ö"], ["b", ""]]},
            ),
            (
                {"type": "lifespan.ready", "accepts": {"tunnel": 1}, "tunnels": ("a", "b")},
                {"type": "lifespan.ready", "accepts": {"tunnel": 1}, "tunnels": ["a", "b"]},
            ),
            (
                {"type": "tunnel.accept", "headers": [], "datagrams": True},
                {"type": "tunnel.accept", "headers": [], "datagrams": True},
            ),
            (
                {"type": "http.response.abort", "code": 2**53 - 1},
                {"type": "http.response.abort", "code": 2**53 - 1},
            ),
            (
                {"type": "of.an.extension", "data2": b"\x00\xff", "more": [1.5, None, ({"a": bytearray(b"b")},)]},
                {
                    "type": "of.an.extension",
                    "data2": {"$base64": "AP8="},
                    "more": [1.5, None, [{"a": {"$base64": "Yg=="}}]],
                },
            ),
        ]
        for event, expected in table:
            with self.subTest(event):
                self.assertEqual(self.encoded(event), expected)

    def test_worker_unencodable__values_without_a_form(self) -> None:
        class Mine:
            pass

        start = {"type": "http.response.start", "status": 200}
        headers = {
            "text in place of octets": ([("a", "b")], [["a", {"$invalid": "str"}]]),
            "octets in place of text": ([(b"a", b"b")], [[{"$invalid": "bytes"}, "b"]]),
            "a buffer": ([("a", bytearray(b"b"))], [["a", {"$invalid": "bytearray"}]]),
            "null": ([("a", None)], [["a", {"$invalid": "NoneType"}]]),
            "three": ([("a", b"b", b"c")], [{"$invalid": "tuple"}]),
            "no pair": (["ab"], [{"$invalid": "str"}]),
            "a map": ({"a": b"b"}, {"$invalid": "dict"}),
            "an iterator": (iter([]), {"$invalid": "list_iterator"}),
            "a surrogate": ([("\ud800", b"b")], [[{"$invalid": "str"}, "b"]]),
        }
        for name, (given, expected) in headers.items():
            with self.subTest(name):
                self.assertEqual(self.encoded({**start, "headers": given}), {**start, "headers": expected})
        others = [
            ({"type": "http.response.start", "status": True}, "status", "bool"),
            ({"type": "http.response.start", "status": 200.0}, "status", "float"),
            ({"type": "http.response.start", "status": "200"}, "status", "str"),
            ({"type": "http.response.abort", "code": 2**53}, "code", "int"),
            ({"type": "http.response.abort", "code": -(2**53)}, "code", "int"),
            ({"type": "tunnel.accept", "datagrams": 1}, "datagrams", "int"),
            ({"type": "http.response.body", "data": "text"}, "data", "str"),
            ({"type": "http.response.body", "data": [1]}, "data", "list"),
            ({"type": "http.response.body", "data": memoryview(b"abcd")[::2]}, "data", "memoryview"),
            ({"type": "websocket.message", "text": b"octets"}, "text", "bytes"),
            ({"type": "websocket.message", "text": "\ud800"}, "text", "str"),
            ({"type": "lifespan.ready", "tunnels": "a"}, "tunnels", "str"),
            ({"type": "lifespan.ready", "tunnels": {"a"}}, "tunnels", "set"),
            ({"type": "lifespan.ready", "accepts": {1: 1}}, "accepts", "dict"),
            ({"type": "lifespan.ready", "accepts": {"a": True}}, "accepts", {"a": {"$invalid": "bool"}}),
            ({"type": "lifespan.failed", "message": Mine()}, "message", "Mine"),
            ({"type": "http.file", "path": Path("/a")}, "path", type(Path("/a")).__name__),
            ({"type": "http.refuse", "x": float("nan")}, "x", "float"),
            ({"type": "http.refuse", "x": {"$base64": "AA=="}}, "x", "dict"),
            ({"type": "http.refuse", "x": {"$invalid": 1}}, "x", "dict"),
            ({"type": "http.refuse", "x": {1: 1}}, "x", "dict"),
            ({"type": "http.refuse", "x": 2**64}, "x", "int"),
        ]
        for event, name, expected in others:
            with self.subTest(event):
                mark = {"$invalid": expected} if isinstance(expected, str) else expected
                self.assertEqual(self.encoded(event), {**event, name: mark})

    def test_worker_unencodable__what_is_no_event(self) -> None:
        for value, name in (([], "list"), (None, "NoneType"), ({1: 2}, "dict"), (b"", "bytes")):
            self.assertEqual(self.encoded(value), {"$invalid": name})
        self.assertEqual(self.encoded({"type": 5}), {"type": 5})
        self.assertEqual(self.encoded({"type": ["a"]}), {"type": ["a"]})
        self.assertEqual(self.encoded({}), {})

    def test_frame_payload__its_name_and_size(self) -> None:
        buffer = bytearray(b"abc")
        table = [
            ({"type": "http.response.body", "data": b"abc"}, "data", b"abc"),
            ({"type": "http.response.body", "data": b""}, "data", b""),
            ({"type": "http.response.body", "data": buffer}, "data", b"abc"),
            ({"type": "http.response.body", "data": memoryview(buffer)[1:]}, "data", b"bc"),
            ({"type": "websocket.message", "text": "grün"}, "text", "grün".encode()),
            ({"type": "websocket.message", "text": ""}, "text", b""),
            ({"type": "of.an.extension", "data": b"abc", "n": 1}, "data", b"abc"),
        ]
        for event, name, octets in table:
            with self.subTest(event):
                metadata, payload = frames.encode_event(event)
                self.assertEqual(payload, octets)
                self.assertIs(type(payload), bytes)
                written = json.loads(metadata)
                self.assertEqual((written["payload"], written["size"]), (name, len(octets)))
                self.assertNotIn(name, written["event"])

    def test_python_send_at_call__a_buffer_can_be_used_again(self) -> None:
        buffer = bytearray(b"abc")
        payload = frames.encode_event({"type": "http.response.body", "data": buffer}).payload
        buffer[:] = b"xyz"
        self.assertEqual(payload, b"abc")

    def test_frame_payload__with_both_fields_the_text_is_marked(self) -> None:
        metadata, payload = frames.encode_event({"type": "websocket.message", "text": "a", "data": b"b"})
        self.assertEqual(payload, b"b")
        self.assertEqual(json.loads(metadata)["event"]["text"], {"$invalid": "str"})

    def test_worker_unencodable__too_much_metadata_is_misuse(self) -> None:
        endless: list = []
        endless.append(endless)
        for event in (
            {"type": "http.response.start", "status": 200, "headers": [("a", b"x" * 1_048_576)]},
            {"type": "http.refuse", "endless": endless},
        ):
            with self.assertRaises(Misuse) as raised:
                frames.encode_event(event)
            self.assertEqual(raised.exception.requirement, "event.shape")

    def test_binding_field_types__given(self) -> None:
        startup = {
            "type": "lifespan.startup",
            "offers": {"http.file": [1], "tunnel": [1, 2]},
            "limits": {"drain_ms": 1},
            "of.an.extension": [{"$base64": "AP8="}, [1]],
        }
        self.assertEqual(
            frames.decode_event(startup),
            {
                "type": "lifespan.startup",
                "offers": {"http.file": (1,), "tunnel": (1, 2)},
                "limits": {"drain_ms": 1},
                "of.an.extension": (b"\x00\xff", (1,)),
            },
        )
        scope = {
            "type": "websocket",
            "tls": {"alpn": "h2", "client_chain": [{"$base64": "MA=="}], "version": "1.3"},
            "forwarded": {"for": None, "host": "\xe9", "proto": None, "trusted_by": "x"},
            "upgrade": {"offers": ["websocket"], "via": "upgrade"},
            "subprotocols": ["chat"],
            "query": None,
        }
        self.assertEqual(
            frames.decode_scope(scope),
            {
                "type": "websocket",
                "tls": {"alpn": b"h2", "client_chain": (b"0",), "version": "1.3"},
                "forwarded": {"for": None, "host": b"\xe9", "proto": None, "trusted_by": "x"},
                "upgrade": {"offers": ("websocket",), "via": "upgrade"},
                "subprotocols": ("chat",),
                "query": None,
            },
        )

    def test_what_cannot_be_converted_raises(self) -> None:
        for scope in (
            {"type": "http", "path": "\u0100"},
            {"type": "http", "path": 1},
            {"type": "http", "headers": [["a"]]},
            {"type": "http", "tls": []},
            {"type": "http", "x": {"$base64": "*"}},
            {"type": "http", "x": {"$invalid": "y"}},
        ):
            with self.subTest(scope):
                with self.assertRaises((ValueError, TypeError, AttributeError)):
                    frames.decode_scope(scope)

    def test_frame_values__random_events_survive(self) -> None:
        choose = random.Random(7)
        for _ in range(300):
            value = random_value(choose, 3)
            event = {"type": "of.an.extension", "value": value}
            written = json.loads(frames.encode_event(event).metadata)["event"]
            self.assertEqual(frames.decode_event(written), event)


def random_frame(choose: random.Random) -> tuple:
    kind = choose.choice([frames.DATA, frames.EVENT, frames.CREDIT, frames.SETTLED, 0x81])
    number = choose.randrange(1, 2**32)
    if kind == frames.DATA:
        return kind, number, choose.randbytes(choose.choice([1, 11, 12, 13, 65_536]))
    if kind == 0x81:
        return kind, number, choose.randbytes(choose.randrange(30))
    return kind, number, {"x" * choose.randrange(40): random_value(choose, 0) or "\u20ac"}


def random_value(choose: random.Random, depth: int) -> object:
    kind = choose.randrange(10 if depth else 7)
    if kind == 0:
        return None
    if kind == 1:
        return choose.random() < 0.5
    if kind == 2:
        return choose.randrange(-(2**53) + 1, 2**53)
    if kind == 3:
        return choose.uniform(-1e9, 1e9)
    if kind < 6:
        return "".join(chr(choose.choice([0, 34, 92, 65, 0xE9, 0x20AC, 0x1F600])) for _ in range(choose.randrange(5)))
    if kind == 6:
        return choose.randbytes(choose.randrange(9)) if depth else 0.5
    members = [random_value(choose, depth - 1) for _ in range(choose.randrange(4))]
    if kind < 9:
        return tuple(members)
    return {f"key{index}\u00e9": each for index, each in enumerate(members)}


def cut(stream: bytes, choose: random.Random) -> list:
    places = sorted(choose.randrange(len(stream) + 1) for _ in range(choose.randrange(12)))
    return [stream[a:b] for a, b in zip([0, *places], [*places, len(stream)])]
