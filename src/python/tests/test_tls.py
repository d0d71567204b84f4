"""TLS as ASGI writes it: numbers, PEM and names."""

import base64
import unittest

from portway import _tls

# Made with `openssl req -x509`. What `openssl x509 -nameopt RFC2253` says of its subject, with
# the members of a set in the order of the certificate, and the address by its identifier:
SUBJECT = (
    "CN=\\ edge\\ ,1.2.840.113549.1.9.1=#160d61406578616d706c652e6f7267,"
    'CN=\\#client \\;+UID=c7,DC=example,O=Müller\\, \\"Söhne\\"\\ ,C=DE'
)
CERTIFICATE = """
MIICijCCAi+gAwIBAgIUK3Sx61f9UfM1thARj/a0PbOAJmMwCgYIKoZIzj0EAwIwgZgxCzAJBgNVBAYTAkRFMRsw
GQYDVQQKDBJNw7xsbGVyLCAiU8O2aG5lIiAxFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMSQwEAYDVQQDDAkjY2xp
ZW50IDswEAYKCZImiZPyLGQBAQwCYzcxHDAaBgkqhkiG9w0BCQEWDWFAZXhhbXBsZS5vcmcxDzANBgNVBAMMBiBl
ZGdlIDAgFw0yNjExMjMxOTA0MzJaGA8yMTI2MTAzMDE5MDQzMlowgZgxCzAJBgNVBAYTAkRFMRswGQYDVQQKDBJN
w7xsbGVyLCAiU8O2aG5lIiAxFzAVBgoJkiaJk/IsZAEZFgdleGFtcGxlMSQwEAYDVQQDDAkjY2xpZW50IDswEAYK
CZImiZPyLGQBAQwCYzcxHDAaBgkqhkiG9w0BCQEWDWFAZXhhbXBsZS5vcmcxDzANBgNVBAMMBiBlZGdlIDBZMBMG
ByqGSM49AgEGCCqGSM49AwEHA0IABMWBYkMei9eGSJ8Srhedvns5mZa/ZqOuvFDGYkEiabGJ74Mjkz6dDI1uxIvB
pBpJv5PfH/OudjI12b5vynHWDsyjUzBRMB0GA1UdDgQWBBRunAGbVq1+ZvFCpEDypkG3MabUvjAfBgNVHSMEGDAW
gBRunAGbVq1+ZvFCpEDypkG3MabUvjAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0kAMEYCIQDkp900lrzI
5JPE78WDF7laW6Ho/Csm3PnUDrt2+OZGKwIhAIIrW/xxC/5JdnkK1d+my0t73APLG9wRJCxGNy32MyEo
"""


class Tls(unittest.TestCase):
    def setUp(self) -> None:
        self.der = base64.b64decode(CERTIFICATE)

    def test_asgi_extensions__the_name_of_a_certificate(self) -> None:
        self.assertEqual(_tls.subject(self.der), SUBJECT)

    def test_asgi_extensions__what_is_no_certificate_has_no_name(self) -> None:
        for at in range(0, 200):
            self.assertIsNone(_tls.subject(self.der[:at]))
        self.assertIsNone(_tls.subject(b"0\x80"))

    def test_asgi_extensions__pem_and_back(self) -> None:
        text = _tls.pem(self.der)
        self.assertEqual(_tls.der(text), self.der)
        self.assertEqual(_tls.der("Subject: me\n" + text.replace("\n", "\r\n") + text), self.der)
        self.assertLessEqual(max(map(len, text.splitlines())), 64)
        for wrong in ("", "-----BEGIN CERTIFICATE-----", text.replace("M", "!")):
            with self.assertRaises(ValueError):
                _tls.der(wrong)

    def test_asgi_extensions__numbers_and_names(self) -> None:
        for number, name in (
            (0x1301, "TLS_AES_128_GCM_SHA256"),
            (0xC02F, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
            (0xCCA9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
        ):
            self.assertEqual((_tls.CIPHERS[name], _tls.CIPHER_NAMES[number]), (number, name))
        self.assertEqual(_tls.VERSIONS["1.2"], 0x0303)
        self.assertEqual(len(_tls.CIPHERS), len(_tls.CIPHER_NAMES))
