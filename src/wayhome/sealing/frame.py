"""A sealed record: its content under the group's key, signed by who wrote it.

    1 byte    version, 1
    4 bytes   epoch            8 bytes  the sender's counter       (big-endian)
    texts     kind, record, sender: each a byte of length and so many bytes of UTF-8
    12 bytes  nonce
    ...       content, AES-256-GCM, with its tag of 16 bytes
    64 bytes  the sender's signature over all before it

The key is HKDF-SHA256(group key, info = "wayhome record 1\\n" + kind). What stands before the nonce is authenticated
with the content.
"""

from __future__ import annotations

from typing import Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wayhome.sealing.chain import Chain
from wayhome.sealing.keys import Keys, is_signed

VERSION = 1
PURPOSE = b"wayhome record 1\n"
NONCE, TAG, SIGNATURE = 12, 16, 64
MOST = 48_000
"""Bytes of a frame."""
COUNTS = 2**53 - 1
"""The highest counter: screens count no further."""
TEXT = 128
"""Bytes of a kind's, a record's and a sender's name."""

type Why = Literal["unsound", "other", "unknown_sender", "forged", "no_key", "damaged"]
"""Why a frame can't be opened. ``other``: it is not of the record that it lies in. ``unknown_sender``: who it names was
not of the group in that epoch. ``no_key``: this member does not have that epoch's key."""


class Header(msgspec.Struct, frozen=True):
    """What a frame says of itself in the clear. ``counter`` rises with each frame of a sender."""

    kind: str
    record: str
    sender: str
    epoch: int
    counter: int


class Frame(msgspec.Struct, frozen=True):
    """A frame, taken apart. ``bound``: the bytes of its header; ``said``: all that is signed."""

    header: Header
    bound: bytes
    nonce: bytes
    sealed: bytes
    said: bytes
    signature: bytes


def seal(header: Header, content: bytes, key: bytes, keys: Keys, nonce: bytes) -> bytes:
    """Content as a frame. ``key``: the group's, of the header's epoch. Raises ValueError for what is too long."""
    bound = _bound(header)
    said = bound + nonce + AESGCM(_derived(key, header.kind)).encrypt(nonce, content, bound)
    if len(said) + SIGNATURE > MOST:
        raise ValueError("this is too long to be sealed")
    return said + keys.signed(PURPOSE + said)


def read(data: bytes) -> Frame | None:
    """Take a frame apart; None: it is none."""
    if len(data) > MOST or data[:1] != bytes([VERSION]):
        return None
    epoch, counter = int.from_bytes(data[1:5], "big"), int.from_bytes(data[5:13], "big")
    at, texts = 13, []
    try:
        for _ in range(3):
            end = at + 1 + data[at]
            if not 0 < data[at] <= TEXT or end > len(data):
                return None
            texts.append(data[at + 1 : end].decode())
            at = end
    except (IndexError, UnicodeDecodeError):
        return None
    if len(data) < at + NONCE + TAG + SIGNATURE or epoch == 0 or not 0 < counter <= COUNTS:
        return None
    said = data[:-SIGNATURE]
    kind, record, sender = texts
    header = Header(kind, record, sender, epoch, counter)
    return Frame(header, data[:at], data[at : at + NONCE], said[at + NONCE :], said, data[-SIGNATURE:])


def sent(data: bytes, kind: str, record: str, chain: Chain) -> Header | Why:
    """Whether a frame is what its sender wrote for that record, without opening it."""
    frame = read(data)
    if frame is None:
        return "unsound"
    header = frame.header
    if (header.kind, header.record) != (kind, record):
        return "other"
    senders = chain.of_epoch(header.sender, header.epoch)
    if not senders:
        return "unknown_sender"
    if not any(is_signed(one.sign, frame.signature, PURPOSE + frame.said) for one in senders):
        return "forged"
    return header


def content(data: bytes, key: bytes | None) -> bytes | Why:
    """What is in a frame of which ``sent`` told who sent it. ``key``: the group's, of its epoch."""
    frame = read(data)
    if frame is None:
        return "unsound"
    if key is None:
        return "no_key"
    try:
        return AESGCM(_derived(key, frame.header.kind)).decrypt(frame.nonce, frame.sealed, frame.bound)
    except InvalidTag:
        return "damaged"


def _derived(key: bytes, kind: str) -> bytes:
    return HKDF(hashes.SHA256(), 32, salt=None, info=PURPOSE + kind.encode()).derive(key)


def _bound(header: Header) -> bytes:
    parts = [bytes([VERSION]), header.epoch.to_bytes(4, "big"), header.counter.to_bytes(8, "big")]
    for text in (header.kind, header.record, header.sender):
        raw = text.encode()
        if not 0 < len(raw) <= TEXT:
            raise ValueError(f"a name in a frame has 1 to {TEXT} bytes")
        parts.append(bytes([len(raw)]) + raw)
    return b"".join(parts)
