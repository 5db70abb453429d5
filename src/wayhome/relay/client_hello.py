"""Whom a browser wants to reach: the server's name in the first words of TLS (RFC 8446, 4.1.2; RFC 6066, 3). It is the
only thing that a relay reads of a stream."""

from __future__ import annotations

from wayhome.errors import BadInput

HANDSHAKE = 0x16
CLIENT_HELLO = 1
SERVER_NAME = 0
HOST_NAME = 0
MAX = 16 * 1024
"""Nobody's first words are longer, in bytes; browsers need some two thousand."""
RECORDS = 8
"""... and nobody needs more records for them."""


class _Reader:
    """Reads on in bytes; never beyond their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise BadInput("the first words of TLS are cut short")
        taken, self._at = self._data[self._at : end], end
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def vector(self, size: int) -> bytes:
        """What stands behind its own length, which takes ``size`` bytes."""
        return self.take(self.number(size))

    def rest(self) -> int:
        return len(self._data) - self._at


def server_name(data: bytes) -> str | None:
    """The name in a stream's first bytes, in lower case; None: more of them are needed. Raises BadInput for what is no
    TLS, or has no name."""
    hello = _handshake(data)
    if hello is None:
        if len(data) > MAX:
            raise BadInput("the first words of TLS are too long")
        return None
    reader = _Reader(hello)
    reader.take(2 + 32)  # version, random
    reader.vector(1)  # session
    reader.vector(2)  # cipher suites
    reader.vector(1)  # compression
    extensions = _Reader(reader.vector(2))
    while extensions.rest():
        kind = extensions.number(2)
        body = _Reader(extensions.vector(2))
        if kind != SERVER_NAME:
            continue
        names = _Reader(body.vector(2))
        while names.rest():
            if names.number(1) == HOST_NAME:
                return names.vector(2).decode("ascii", "replace").lower().rstrip(".")
            names.vector(2)
    raise BadInput("TLS that does not say whom it wants to reach")


def _handshake(data: bytes) -> bytes | None:
    """The ClientHello's body, out of one or more records; None: it has not come whole."""
    message, at, records = b"", 0, 0
    while at + 5 <= len(data):
        records += 1
        if data[at] != HANDSHAKE or data[at + 1] != 3:
            raise BadInput("this is no TLS")
        size = int.from_bytes(data[at + 3 : at + 5], "big")
        if not 0 < size <= MAX or records > RECORDS:
            raise BadInput("this is no TLS")
        message += data[at + 5 : at + 5 + size]
        if len(message) >= 4:
            if message[0] != CLIENT_HELLO:
                raise BadInput("TLS begins with the client's hello")
            whole = 4 + int.from_bytes(message[1:4], "big")
            if whole > MAX:
                raise BadInput("the first words of TLS are too long")
            if len(message) >= whole:
                return message[4:whole]
        at += 5 + size
    if data and data[0] != HANDSHAKE:
        raise BadInput("this is no TLS")
    return None
