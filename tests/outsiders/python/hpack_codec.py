"""`hpack`, as decoder of our blocks and as encoder of its own: steps as JSON on standard input, what came of them on
standard output. Octets are latin1 in JSON. A step has a `size`, which both tables are set to, or `fields` and a `block`.
"""

import json
import sys

from hpack import Decoder, Encoder

decoder = Decoder()
encoder = Encoder()


def seen(field):
    name, value = field
    return [name.decode("latin1"), value.decode("latin1"), not field.indexable]


def walk(step):
    if "size" in step:
        decoder.max_allowed_table_size = step["size"]
        encoder.header_table_size = step["size"]
        return None
    fields = [
        (name.encode("latin1"), value.encode("latin1"), name == "x-secret")
        for name, value in step["fields"]
    ]
    return {
        "fields": [seen(field) for field in decoder.decode(bytes.fromhex(step["block"]), raw=True)],
        "block": encoder.encode(fields, huffman=step["huffman"]).hex(),
    }


json.dump([walk(step) for step in json.load(sys.stdin)], sys.stdout)
