"""How this hub is reached: between who serves it and the features that arrange it."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

import msgspec

RELAYED = "relay"
"""The address of whoever came through a relay: who they are, only their TLS and their token say."""

VOUCHED = "site"
"""What a certificate says (its subject's unit) that the household's authority gave to another site: nobody takes who
has it for the hub of that authority."""


class Joined(msgspec.Struct, frozen=True):
    """The household that this hub has joined: ``authority``: its certificate authority, as PEM; ``here``: whether the
    hub that has it can be asked now; ``by``: another one each time that it is joined anew."""

    authority: str
    here: bool
    by: str


class Issued(msgspec.Struct, frozen=True):
    """A certificate for another site: the chain (PEM), the names that it is for, and until when (s since 1970)."""

    chain: bytes
    names: list[str]
    until: float


async def _nobody(request: str) -> bytes:
    raise NotImplementedError("this hub has joined nobody")


class Reach:
    """``take``: serve a connection that came another way than the hub's own port, over TLS only; None: nobody serves
    this hub over TLS. ``addresses``: where it listens in the house, as HOST:PORT. ``names``: further host names that it
    is called by; ``renamed`` is called when they change. ``vouches``: whether its certificate is for a name.
    ``origins``: under which browsers open its page, the usual one first. ``shown``: those of them that other screens of
    the household are told, since they trust them. ``doors``: where a screen finds the household at all its sites, the
    nearest first; ``own``: those of them that are this hub's.

    One authority vouches for all sites: ``issue`` makes a certificate for another one (its id, and its signing request
    as PEM; raises HubError), None where this hub has no authority of its own. ``joined`` and ``request`` are of a hub
    that has joined a household: whose authority counts, and the way to ask for a certificate."""

    def __init__(self) -> None:
        self.take: Callable[[socket.socket], Awaitable[None]] | None = None
        self.vouches: Callable[[str], bool] = lambda name: False
        self.origins: Callable[[], list[str]] = list
        self.shown: Callable[[], list[str]] = list
        self.doors: list[str] = []
        self.own: Callable[[], list[str]] = list
        self.addresses: Callable[[], list[str]] = list
        self.names: list[str] = []
        self.renamed: Callable[[], None] = lambda: None
        self.issue: Callable[[str, str], Issued] | None = None
        self.joined: Callable[[], Joined | None] = lambda: None
        self.request: Callable[[str], Awaitable[bytes]] = _nobody
