"""Follows the capsules among the octets of a tunnel (RFC 9297 section 3.2) without keeping them."""

from __future__ import annotations


class CapsuleTracker:
    """Tells whether the octets so far end within a capsule."""

    __slots__ = ("_left", "_part", "_value", "_varint_left", "within")

    def __init__(self) -> None:
        self.within = False
        self._part = "type"
        self._left = 0
        # Octets that an integer (RFC 9000 section 16) still has, -1 before its first.
        self._varint_left = -1
        self._value = 0

    def push(self, data: bytes) -> None:
        """Takes octets that follow the earlier ones."""
        at = 0
        while at < len(data):
            if self._part == "value":
                size = min(self._left, len(data) - at)
                self._left -= size
                at += size
                if self._left == 0:
                    self._part, self.within = "type", False
                continue
            self.within = True
            if self._integer(data[at]):
                if self._part == "type":
                    self._part = "length"
                elif self._value == 0:
                    self._part, self.within = "type", False
                else:
                    self._part, self._left = "value", self._value
            at += 1

    def _integer(self, octet: int) -> bool:
        """Takes an octet of an integer. Returns whether it is complete."""
        if self._varint_left < 0:
            self._varint_left = (1 << (octet >> 6)) - 1
            self._value = octet & 0x3F
        else:
            self._value = self._value << 8 | octet
            self._varint_left -= 1
        if self._varint_left > 0:
            return False
        self._varint_left = -1
        return True
