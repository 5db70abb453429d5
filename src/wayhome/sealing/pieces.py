"""A file's pieces, sealed and opened as the screens do it: see "A file" in docs/reference/sealing.md. Pure."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from wayhome.sealing import keys as sealing

PIECE = 4 * 1024 * 1024
"""So many bytes are sealed at a time; the last piece may be shorter."""
PURPOSE = b"wayhome file 1\n"
KEY, NONCE = 32, 12


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
    """A piece as it is sent. ``digest``: its SHA-256; ``inner``: that of what is in it."""

    piece: bytes
    digest: bytes
    inner: bytes


def seal(keys: Keys, id: str, index: int, size: int, content: bytes | bytearray) -> Sealed:
    """Seal a piece of the file ``id``, of ``size`` bytes in all. The same content has the same nonce, another one
    another."""
    inner = sha256(content).digest()
    nonce = hmac.digest(keys.nonce, b"%d\n" % index + inner, "sha256")[:NONCE]
    piece = nonce + keys.seal.encrypt(nonce, content, _bound(id, index, size))
    return Sealed(piece, sha256(piece).digest(), inner)


def opened(keys: Keys, id: str, index: int, size: int, piece: bytes) -> bytes:
    """What is in a piece. Raises ValueError where it was changed, or belongs elsewhere."""
    try:
        return keys.seal.decrypt(piece[:NONCE], memoryview(piece)[NONCE:], _bound(id, index, size))
    except InvalidTag:
        raise ValueError("this piece was changed, or is of another file") from None


def whole(digests: Iterable[bytes]) -> str:
    """The hash of a whole, in hex: of its pieces' hashes, one after the other."""
    return sha256(b"".join(digests)).hexdigest()


def _bound(id: str, index: int, size: int) -> bytes:
    return PURPOSE + f"{id}\n{index}\n{size}".encode()


def _derived(key: bytes, use: bytes) -> bytes:
    return HKDF(hashes.SHA256(), KEY, salt=None, info=PURPOSE + use).derive(key)
