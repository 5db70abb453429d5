"""A file's pieces, sealed and opened as the screens do it: see "A file" in docs/reference/sealing.md. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wayhome.sealing import keys as sealing

PIECE = 4 * 1024 * 1024
"""So many bytes are sent at a time; the last piece may be shorter."""
PART = 512 * 1024
"""So many bytes are sealed at a time, and the last part may be shorter: browsers take memory that is larger afresh from
the system each time, which costs more than to seal it."""
PARTS = PIECE // PART
PURPOSE = b"wayhome file 2\n"
KEY, NONCE, TAG = 32, 12, 16
OVER = NONCE + TAG
"""A sealed part is longer by so many bytes."""


class Said(msgspec.Struct, omit_defaults=True):
    """What is in a file's frame. ``text``: its name; ``type``: its media type or ""; ``key``: in base64url; ``hash``:
    of the whole, in hex, which comes with its last piece."""

    text: str
    type: str
    size: int
    key: str
    hash: str = ""


class Keys:
    """Both keys of a file, of the one in its frame. Raises ValueError for what is no key."""

    def __init__(self, key: str) -> None:
        raw = sealing.data(key)
        if len(raw) != KEY:
            raise ValueError("a file's key has 32 bytes")
        self.seal = AESGCM(_derived(raw, b"seal"))
        self.nonce = _derived(raw, b"nonce")


class Sealed(msgspec.Struct, frozen=True):
    """A piece as it is sent. ``digest``: its SHA-256; ``inner``: those of what is in its parts, one after the other."""

    piece: bytes
    digest: bytes
    inner: bytes


def seal(keys: Keys, id: str, index: int, size: int, content: bytes | bytearray) -> Sealed:
    """Seal a piece of the file ``id``, of ``size`` bytes in all. The same content has the same nonces, another one
    others."""
    sealed: list[bytes] = []
    inner = b""
    for number, part in enumerate(_cut(content, PART), index * PARTS):
        digest = sha256(part).digest()
        nonce = hmac.digest(keys.nonce, b"%d\n" % number + digest, "sha256")[:NONCE]
        sealed += nonce, keys.seal.encrypt(nonce, part, _bound(id, number, size))
        inner += digest
    piece = b"".join(sealed)
    return Sealed(piece, sha256(piece).digest(), inner)


def opened(keys: Keys, id: str, index: int, size: int, piece: bytes) -> tuple[bytes, bytes]:
    """What is in a piece, and the SHA-256 of its parts, one after the other. Raises ValueError where it was changed, or
    belongs elsewhere."""
    content: list[bytes] = []
    inner = b""
    try:
        for number, part in enumerate(_cut(piece, PART + OVER), index * PARTS):
            content.append(keys.seal.decrypt(part[:NONCE], part[NONCE:], _bound(id, number, size)))
            inner += sha256(content[-1]).digest()
    except (InvalidTag, ValueError):
        raise ValueError("this piece was changed, or is of another file") from None
    return b"".join(content), inner


def whole(digests: Iterable[bytes]) -> str:
    """The hash of a whole, in hex: of hashes, one after the other."""
    return sha256(b"".join(digests)).hexdigest()


def _cut(data: bytes | bytearray, size: int) -> Iterator[memoryview]:
    """Parts of so many bytes; also of nothing there is one."""
    view = memoryview(data)
    return (view[at : at + size] for at in range(0, len(view) or 1, size))


def _bound(id: str, number: int, size: int) -> bytes:
    return PURPOSE + f"{id}\n{number}\n{size}".encode()


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY, salt=None, info=PURPOSE + use).derive(key)
