"""What is said to a relay and by it, before a stream begins: short lines of ASCII."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Literal

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from wayhome.errors import BadInput

WORD = b"WAYHOME/1"
MAX_LINE = 200
NONCE = 32
TOKEN = 16
PURPOSE = b"wayhome relay 1\0"
"""Before what is signed: the signature is good for nothing else."""

_ID = re.compile(r"[a-z2-7]{32}")

type Why = Literal["unknown", "busy", "late", "refused", "replaced"]


class HubCalls(msgspec.Struct, frozen=True):
    """A hub calls, to be reached here. ``key``: its public key (Ed25519, 32 bytes)."""

    key: bytes


class Reach(msgspec.Struct, frozen=True):
    """Somebody wants to reach the hub ``id``."""

    id: str


class Take(msgspec.Struct, frozen=True):
    """A hub takes the stream of ``token``."""

    token: bytes


type Wanted = HubCalls | Reach | Take


def id_of(key: bytes) -> str:
    """What the hub with this public key is called: 160 bits of its hash, as a label of a host name."""
    return base64.b32encode(hashlib.sha256(key).digest()[:20]).decode().lower()


def is_id(text: str) -> bool:
    return _ID.fullmatch(text) is not None


def hub_calls(key: bytes) -> bytes:
    """As a hub begins."""
    return WORD + b" HUB " + _text(key) + b"\n"


def reach(id: str) -> bytes:
    """As one begins who wants to reach a hub."""
    return WORD + b" TO " + id.encode() + b"\n"


def take(token: bytes) -> bytes:
    """As a hub begins that takes a stream."""
    return WORD + b" TAKE " + _text(token) + b"\n"


def wanted(line: bytes) -> Wanted:
    """Read a first line. Raises BadInput."""
    words = line.rstrip(b"\r\n").split(b" ")
    if len(words) == 3 and words[0] == WORD:
        if words[1] == b"HUB":
            return HubCalls(_bytes(words[2], 32))
        if words[1] == b"TO" and is_id(id := words[2].decode("ascii", "replace")):
            return Reach(id)
        if words[1] == b"TAKE":
            return Take(_bytes(words[2], TOKEN))
    raise BadInput("this is nothing that a relay is told")


# What is said on a hub's own connection


def nonce(random: bytes) -> bytes:
    """The relay asks for a signature."""
    return b"NONCE " + _text(random) + b"\n"


def nonce_of(line: bytes) -> bytes:
    """Raises BadInput."""
    return _after(line, b"NONCE", NONCE)


def signed(key: Ed25519PrivateKey, random: bytes) -> bytes:
    """The hub signs."""
    return b"SIGNED " + _text(key.sign(PURPOSE + random)) + b"\n"


def is_signed(line: bytes, key: bytes, random: bytes) -> bool:
    """Whether the hub has the key. Raises BadInput for what is no such line."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(_after(line, b"SIGNED", 64), PURPOSE + random)
    except (InvalidSignature, ValueError):
        return False
    return True


def opened(token: bytes) -> bytes:
    """The relay says that somebody wants to reach the hub."""
    return b"OPEN " + _text(token) + b"\n"


def token_of(line: bytes) -> bytes:
    """Raises BadInput."""
    return _after(line, b"OPEN", TOKEN)


YES, PING, PONG = b"YES\n", b"PING\n", b"PONG\n"


def no(why: Why) -> bytes:
    """The relay will not."""
    return b"NO " + why.encode() + b"\n"


def why_not(line: bytes) -> str | None:
    """What the relay gives as its reason; None: it does not refuse."""
    word, _, rest = line.rstrip(b"\r\n").partition(b" ")
    return rest[:40].decode("ascii", "replace") if word == b"NO" else None


def _after(line: bytes, word: bytes, size: int) -> bytes:
    words = line.rstrip(b"\r\n").split(b" ")
    if len(words) != 2 or words[0] != word:
        raise BadInput(f"a relay's word {word.decode()} was due")
    return _bytes(words[1], size)


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _bytes(text: bytes, size: int) -> bytes:
    try:
        data = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        data = b""
    if len(data) != size:
        raise BadInput(f"{size} bytes were due")
    return data
