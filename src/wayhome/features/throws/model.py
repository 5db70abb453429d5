"""A throw: what a screen waits for, for some minutes, once."""

from __future__ import annotations

import hashlib
from typing import Literal

import msgspec

from wayhome.hub.session import Identity

NAME = "throws"
AT = "@throw/"
"""Below it stands for each screen, by PERSON:DEVICE, what became of its throw: ``{"id", "state", "size"}``."""
LASTS = 300.0
"""So long, in s, a code counts, and what was thrown waits for its screen."""
MOST = 8 * 1024 * 1024
"""Bytes of what is thrown, sealed."""
LEAST = 12 + 16
"""The nonce and the tag: less is nothing sealed."""
OPEN = 20
"""So many codes of a household count at once."""
HELD = 4
"""So many things that were thrown wait at once; they are in memory only."""
AT_ONCE = 2
"""So many are on their way in at once."""
TOKEN = 43
"""Letters of a code's secret: 32 bytes in base64url."""

type State = Literal["open", "coming", "thrown"]


def digest(token: str) -> bytes:
    """What the hub keeps of a secret."""
    return hashlib.sha256(b"wayhome throw token 1\n" + token.encode("utf-8", "replace")).digest()


class Throw:
    """One throw. ``catcher``: whose screen waits; ``hashed``: of the code's secret; ``until``: by the steady clock."""

    def __init__(self, id: str, catcher: Identity, hashed: bytes, until: float) -> None:
        self.id = id
        self.catcher = catcher
        self.hashed = hashed
        self.until = until
        self.state: State = "open"
        self.content = b""

    @property
    def path(self) -> str:
        """Where its screen is told what became of it."""
        return f"{AT}{self.catcher.person}:{self.catcher.device}"


class Opened(msgspec.Struct):
    """A code to show. ``token``: the secret that the guest's phone brings, told once. ``address``: under which other
    devices find this hub; empty where only its own machine does. ``lasts``: so long it counts, in s; ``most``: bytes of
    what may be thrown, sealed."""

    id: str
    token: str
    address: str
    lasts: float
    most: int
