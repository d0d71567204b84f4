"""TLS as ASGI writes it: versions and cipher suites by number, certificates in PEM, names as text.

Knows neither scopes nor connections, and needs no ``ssl``.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import Dict, Iterator, List, Optional, Tuple

VERSIONS: Dict[str, int] = {"1.0": 0x0301, "1.1": 0x0302, "1.2": 0x0303, "1.3": 0x0304}
"""The number of each version of TLS."""

VERSION_NAMES: Dict[int, str] = {number: name for name, number in VERSIONS.items()}
"""The version of each number."""

_NUMBERED = """
0001 RSA_WITH_NULL_MD5
0002 RSA_WITH_NULL_SHA
002c PSK_WITH_NULL_SHA
002d DHE_PSK_WITH_NULL_SHA
002e RSA_PSK_WITH_NULL_SHA
002f RSA_WITH_AES_128_CBC_SHA
0032 DHE_DSS_WITH_AES_128_CBC_SHA
0033 DHE_RSA_WITH_AES_128_CBC_SHA
0034 DH_anon_WITH_AES_128_CBC_SHA
0035 RSA_WITH_AES_256_CBC_SHA
0038 DHE_DSS_WITH_AES_256_CBC_SHA
0039 DHE_RSA_WITH_AES_256_CBC_SHA
003a DH_anon_WITH_AES_256_CBC_SHA
003b RSA_WITH_NULL_SHA256
003c RSA_WITH_AES_128_CBC_SHA256
003d RSA_WITH_AES_256_CBC_SHA256
0040 DHE_DSS_WITH_AES_128_CBC_SHA256
0041 RSA_WITH_CAMELLIA_128_CBC_SHA
0044 DHE_DSS_WITH_CAMELLIA_128_CBC_SHA
0045 DHE_RSA_WITH_CAMELLIA_128_CBC_SHA
0046 DH_anon_WITH_CAMELLIA_128_CBC_SHA
0067 DHE_RSA_WITH_AES_128_CBC_SHA256
006a DHE_DSS_WITH_AES_256_CBC_SHA256
006b DHE_RSA_WITH_AES_256_CBC_SHA256
006c DH_anon_WITH_AES_128_CBC_SHA256
006d DH_anon_WITH_AES_256_CBC_SHA256
0084 RSA_WITH_CAMELLIA_256_CBC_SHA
0087 DHE_DSS_WITH_CAMELLIA_256_CBC_SHA
0088 DHE_RSA_WITH_CAMELLIA_256_CBC_SHA
0089 DH_anon_WITH_CAMELLIA_256_CBC_SHA
008c PSK_WITH_AES_128_CBC_SHA
008d PSK_WITH_AES_256_CBC_SHA
0090 DHE_PSK_WITH_AES_128_CBC_SHA
0091 DHE_PSK_WITH_AES_256_CBC_SHA
0094 RSA_PSK_WITH_AES_128_CBC_SHA
0095 RSA_PSK_WITH_AES_256_CBC_SHA
009c RSA_WITH_AES_128_GCM_SHA256
009d RSA_WITH_AES_256_GCM_SHA384
009e DHE_RSA_WITH_AES_128_GCM_SHA256
009f DHE_RSA_WITH_AES_256_GCM_SHA384
00a2 DHE_DSS_WITH_AES_128_GCM_SHA256
00a3 DHE_DSS_WITH_AES_256_GCM_SHA384
00a6 DH_anon_WITH_AES_128_GCM_SHA256
00a7 DH_anon_WITH_AES_256_GCM_SHA384
00a8 PSK_WITH_AES_128_GCM_SHA256
00a9 PSK_WITH_AES_256_GCM_SHA384
00aa DHE_PSK_WITH_AES_128_GCM_SHA256
00ab DHE_PSK_WITH_AES_256_GCM_SHA384
00ac RSA_PSK_WITH_AES_128_GCM_SHA256
00ad RSA_PSK_WITH_AES_256_GCM_SHA384
00ae PSK_WITH_AES_128_CBC_SHA256
00af PSK_WITH_AES_256_CBC_SHA384
00b0 PSK_WITH_NULL_SHA256
00b1 PSK_WITH_NULL_SHA384
00b2 DHE_PSK_WITH_AES_128_CBC_SHA256
00b3 DHE_PSK_WITH_AES_256_CBC_SHA384
00b4 DHE_PSK_WITH_NULL_SHA256
00b5 DHE_PSK_WITH_NULL_SHA384
00b6 RSA_PSK_WITH_AES_128_CBC_SHA256
00b7 RSA_PSK_WITH_AES_256_CBC_SHA384
00b8 RSA_PSK_WITH_NULL_SHA256
00b9 RSA_PSK_WITH_NULL_SHA384
00ba RSA_WITH_CAMELLIA_128_CBC_SHA256
00bd DHE_DSS_WITH_CAMELLIA_128_CBC_SHA256
00be DHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
00bf DH_anon_WITH_CAMELLIA_128_CBC_SHA256
00c0 RSA_WITH_CAMELLIA_256_CBC_SHA256
00c3 DHE_DSS_WITH_CAMELLIA_256_CBC_SHA256
00c4 DHE_RSA_WITH_CAMELLIA_256_CBC_SHA256
00c5 DH_anon_WITH_CAMELLIA_256_CBC_SHA256
1301 AES_128_GCM_SHA256
1302 AES_256_GCM_SHA384
1303 CHACHA20_POLY1305_SHA256
1304 AES_128_CCM_SHA256
1305 AES_128_CCM_8_SHA256
c006 ECDHE_ECDSA_WITH_NULL_SHA
c009 ECDHE_ECDSA_WITH_AES_128_CBC_SHA
c00a ECDHE_ECDSA_WITH_AES_256_CBC_SHA
c010 ECDHE_RSA_WITH_NULL_SHA
c013 ECDHE_RSA_WITH_AES_128_CBC_SHA
c014 ECDHE_RSA_WITH_AES_256_CBC_SHA
c015 ECDH_anon_WITH_NULL_SHA
c018 ECDH_anon_WITH_AES_128_CBC_SHA
c019 ECDH_anon_WITH_AES_256_CBC_SHA
c01d SRP_SHA_WITH_AES_128_CBC_SHA
c01e SRP_SHA_RSA_WITH_AES_128_CBC_SHA
c01f SRP_SHA_DSS_WITH_AES_128_CBC_SHA
c020 SRP_SHA_WITH_AES_256_CBC_SHA
c021 SRP_SHA_RSA_WITH_AES_256_CBC_SHA
c022 SRP_SHA_DSS_WITH_AES_256_CBC_SHA
c023 ECDHE_ECDSA_WITH_AES_128_CBC_SHA256
c024 ECDHE_ECDSA_WITH_AES_256_CBC_SHA384
c027 ECDHE_RSA_WITH_AES_128_CBC_SHA256
c028 ECDHE_RSA_WITH_AES_256_CBC_SHA384
c02b ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
c02c ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
c02f ECDHE_RSA_WITH_AES_128_GCM_SHA256
c030 ECDHE_RSA_WITH_AES_256_GCM_SHA384
c035 ECDHE_PSK_WITH_AES_128_CBC_SHA
c036 ECDHE_PSK_WITH_AES_256_CBC_SHA
c037 ECDHE_PSK_WITH_AES_128_CBC_SHA256
c038 ECDHE_PSK_WITH_AES_256_CBC_SHA384
c039 ECDHE_PSK_WITH_NULL_SHA
c03a ECDHE_PSK_WITH_NULL_SHA256
c03b ECDHE_PSK_WITH_NULL_SHA384
c050 RSA_WITH_ARIA_128_GCM_SHA256
c051 RSA_WITH_ARIA_256_GCM_SHA384
c052 DHE_RSA_WITH_ARIA_128_GCM_SHA256
c053 DHE_RSA_WITH_ARIA_256_GCM_SHA384
c056 DHE_DSS_WITH_ARIA_128_GCM_SHA256
c057 DHE_DSS_WITH_ARIA_256_GCM_SHA384
c05c ECDHE_ECDSA_WITH_ARIA_128_GCM_SHA256
c05d ECDHE_ECDSA_WITH_ARIA_256_GCM_SHA384
c060 ECDHE_RSA_WITH_ARIA_128_GCM_SHA256
c061 ECDHE_RSA_WITH_ARIA_256_GCM_SHA384
c06a PSK_WITH_ARIA_128_GCM_SHA256
c06b PSK_WITH_ARIA_256_GCM_SHA384
c06c DHE_PSK_WITH_ARIA_128_GCM_SHA256
c06d DHE_PSK_WITH_ARIA_256_GCM_SHA384
c06e RSA_PSK_WITH_ARIA_128_GCM_SHA256
c06f RSA_PSK_WITH_ARIA_256_GCM_SHA384
c072 ECDHE_ECDSA_WITH_CAMELLIA_128_CBC_SHA256
c073 ECDHE_ECDSA_WITH_CAMELLIA_256_CBC_SHA384
c076 ECDHE_RSA_WITH_CAMELLIA_128_CBC_SHA256
c077 ECDHE_RSA_WITH_CAMELLIA_256_CBC_SHA384
c094 PSK_WITH_CAMELLIA_128_CBC_SHA256
c095 PSK_WITH_CAMELLIA_256_CBC_SHA384
c096 DHE_PSK_WITH_CAMELLIA_128_CBC_SHA256
c097 DHE_PSK_WITH_CAMELLIA_256_CBC_SHA384
c098 RSA_PSK_WITH_CAMELLIA_128_CBC_SHA256
c099 RSA_PSK_WITH_CAMELLIA_256_CBC_SHA384
c09a ECDHE_PSK_WITH_CAMELLIA_128_CBC_SHA256
c09b ECDHE_PSK_WITH_CAMELLIA_256_CBC_SHA384
c09c RSA_WITH_AES_128_CCM
c09d RSA_WITH_AES_256_CCM
c09e DHE_RSA_WITH_AES_128_CCM
c09f DHE_RSA_WITH_AES_256_CCM
c0a0 RSA_WITH_AES_128_CCM_8
c0a1 RSA_WITH_AES_256_CCM_8
c0a2 DHE_RSA_WITH_AES_128_CCM_8
c0a3 DHE_RSA_WITH_AES_256_CCM_8
c0a4 PSK_WITH_AES_128_CCM
c0a5 PSK_WITH_AES_256_CCM
c0a6 DHE_PSK_WITH_AES_128_CCM
c0a7 DHE_PSK_WITH_AES_256_CCM
c0a8 PSK_WITH_AES_128_CCM_8
c0a9 PSK_WITH_AES_256_CCM_8
c0aa PSK_DHE_WITH_AES_128_CCM_8
c0ab PSK_DHE_WITH_AES_256_CCM_8
c0ac ECDHE_ECDSA_WITH_AES_128_CCM
c0ad ECDHE_ECDSA_WITH_AES_256_CCM
c0ae ECDHE_ECDSA_WITH_AES_128_CCM_8
c0af ECDHE_ECDSA_WITH_AES_256_CCM_8
cca8 ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
cca9 ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256
ccaa DHE_RSA_WITH_CHACHA20_POLY1305_SHA256
ccab PSK_WITH_CHACHA20_POLY1305_SHA256
ccac ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256
ccad DHE_PSK_WITH_CHACHA20_POLY1305_SHA256
ccae RSA_PSK_WITH_CHACHA20_POLY1305_SHA256
"""

CIPHERS: Dict[str, int] = {
    f"TLS_{name}": int(number, 16)
    for number, name in (line.split() for line in _NUMBERED.split("\n") if line)
}
"""The number of each cipher suite that OpenSSL 3 can agree on, by its registered name."""

CIPHER_NAMES: Dict[int, str] = {number: name for name, number in CIPHERS.items()}
"""The registered name of each of these numbers."""

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


def pem(certificate: bytes) -> str:
    """A certificate in PEM, from DER."""
    text = b64encode(certificate).decode("ascii")
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([_BEGIN, *lines, _END, ""])


def der(certificate: str) -> bytes:
    """The first certificate of a text in PEM, as DER. Raises ``ValueError`` if it has none."""
    _, begin, rest = certificate.partition(_BEGIN)
    encoded, end, _ = rest.partition(_END)
    if not begin or not end:
        raise ValueError("this text has no certificate")
    return b64decode("".join(encoded.split()), validate=True)


# RFC 4514 section 3: the attribute types that have a name, with the octets of their identifiers.
_ATTRIBUTES = {
    b"\x55\x04\x03": "CN",
    b"\x55\x04\x07": "L",
    b"\x55\x04\x08": "ST",
    b"\x55\x04\x0a": "O",
    b"\x55\x04\x0b": "OU",
    b"\x55\x04\x06": "C",
    b"\x55\x04\x09": "STREET",
    b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19": "DC",
    b"\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01": "UID",
}

_ENCODINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}


def subject(certificate: bytes) -> Optional[str]:
    """The subject of a certificate in DER as RFC 4514 writes names, or None if it has none there."""
    try:
        _, outer, _ = _element(certificate, 0)
        _, body, _ = _element(outer, 0)
        fields = [(tag, content) for tag, content, _ in _elements(body)]
        # [0] version, where there is one; serialNumber, signature, issuer, validity, subject.
        name = fields[5 if fields[0][0] == 0xA0 else 4][1]
        parts: List[str] = []
        for _, attributes, _ in _elements(name):
            parts.append("+".join(_attribute(pair) for _, pair, _ in _elements(attributes)))
        return ",".join(reversed(parts))
    except (IndexError, ValueError):
        return None


def _element(data: bytes, at: int) -> Tuple[int, bytes, int]:
    """Tag, content and end of the element of DER at an offset."""
    tag, length, begin = data[at], data[at + 1], at + 2
    if length & 0x80:
        size = length & 0x7F
        length = int.from_bytes(data[begin : begin + size], "big")
        begin += size
    if begin + length > len(data):
        raise ValueError("an element is longer than what holds it")
    return tag, data[begin : begin + length], begin + length


def _elements(data: bytes) -> Iterator[Tuple[int, bytes, bytes]]:
    at = 0
    while at < len(data):
        tag, content, end = _element(data, at)
        yield tag, content, data[at:end]
        at = end


def _attribute(pair: bytes) -> str:
    (_, identifier, _), (tag, value, whole) = list(_elements(pair))[:2]
    name = _ATTRIBUTES.get(identifier)
    encoding = _ENCODINGS.get(tag)
    if name is None or encoding is None:
        return f"{name or _dotted(identifier)}=#{whole.hex()}"
    return f"{name}={_escaped(value.decode(encoding))}"


def _dotted(identifier: bytes) -> str:
    numbers: List[int] = []
    number = 0
    for octet in identifier:
        number = number << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(number)
            number = 0
    first = min(numbers[0] // 40, 2)
    return ".".join(str(one) for one in (first, numbers[0] - 40 * first, *numbers[1:]))


def _escaped(text: str) -> str:
    out = "".join("\\" + char if char in '"+,;<>\\' else char for char in text)
    out = out.replace("\0", "\\00")
    if out.endswith(" "):
        out = out[:-1] + "\\ "
    if out.startswith((" ", "#")):
        out = "\\" + out
    return out
