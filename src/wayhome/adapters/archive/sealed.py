"""A stream under a passphrase: scrypt makes the key, AES-256-GCM seals it in pieces.

    magic 17 bytes | log2 of scrypt's N, its r, its p: 1 byte each | salt 16 bytes | pieces

Each piece is 65,536 bytes and a 16-byte tag, the last one shorter (or empty). The nonce is the piece's number and
whether it is the last, so pieces can't be swapped, repeated or cut off unnoticed. The head is bound into each.
"""

from __future__ import annotations

import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from wayhome.adapters.archive.tarball import ADVICE, Sink
from wayhome.errors import BadInput

MAGIC = b"wayhome sealed 1\n"
PIECE = 65_536
COST = 17
"""log2 of scrypt's N: 128 MB and some 0.4 s for each guess at the passphrase."""
SHORTEST = 12
"""Letters that a passphrase must have."""
_TAG = 16
_HEAD = len(MAGIC) + 3 + 16


class Sealer:
    """Writes a sealed stream to ``out``; ``close`` ends it (and leaves ``out`` open)."""

    def __init__(self, out: Sink, passphrase: str, cost: int = COST) -> None:
        """Raises BadInput for a passphrase that is too short to withstand guessing."""
        if len(passphrase) < SHORTEST:
            raise BadInput(f"the passphrase needs at least {SHORTEST} letters", advice="Take four or more words.")
        salt = os.urandom(16)
        self._head = MAGIC + bytes((cost, 8, 1)) + salt
        self._cipher = _cipher(passphrase, salt, cost, 8, 1)
        self._out = out
        self._held = bytearray()
        self._count = 0
        out.write(self._head)

    def write(self, content: bytes, /) -> int:
        """Take content in."""
        self._held += content
        while len(self._held) > PIECE:
            self._piece(bytes(self._held[:PIECE]), last=False)
            del self._held[:PIECE]
        return len(content)

    def close(self) -> None:
        """Write the last piece."""
        self._piece(bytes(self._held), last=True)

    def _piece(self, clear: bytes, last: bool) -> None:
        self._out.write(self._cipher.encrypt(_nonce(self._count, last), clear, self._head))
        self._count += 1


class Opener:
    """Reads a sealed stream. Nothing comes out of it that was not sealed with the passphrase."""

    def __init__(self, source: BinaryIO, passphrase: str) -> None:
        """Raises BadInput when the head is none."""
        head = source.read(_HEAD)
        cost, r, p = head[len(MAGIC) : len(MAGIC) + 3] if len(head) == _HEAD else (0, 0, 0)
        if not head.startswith(MAGIC) or not 10 <= cost <= 20 or r != 8 or p != 1:
            raise BadInput("the file is not a sealed archive of Wayhome, or it is damaged", advice=ADVICE)
        self._head = head
        self._cipher = _cipher(passphrase, head[-16:], cost, r, p)
        self._source = source
        self._next = source.read(PIECE + _TAG)
        self._clear = b""
        self._count = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none: the end. Raises BadInput for a wrong passphrase, or what was altered."""
        if not self._clear and not self._ended:
            sealed, self._next = self._next, self._source.read(PIECE + _TAG)
            self._ended = not self._next
            try:
                self._clear = self._cipher.decrypt(_nonce(self._count, self._ended), sealed, self._head)
            except (InvalidTag, ValueError):
                if self._count == 0:
                    raise BadInput(
                        "the passphrase is wrong, or the file was altered", advice="Try the passphrase again."
                    ) from None
                raise BadInput("the archive is damaged, cut off or was altered", advice=ADVICE) from None
            self._count += 1
        out, self._clear = self._clear[:size], self._clear[size:]
        return out


def _cipher(passphrase: str, salt: bytes, cost: int, r: int, p: int) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << cost, r=r, p=p).derive(passphrase.encode()))


def _nonce(count: int, last: bool) -> bytes:
    return count.to_bytes(11) + bytes((last,))
