"""How this hub is reached: between who serves it and the features that arrange it."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

RELAYED = "relay"
"""The address of whoever came through a relay: who they are, only their TLS and their token say."""


class Reach:
    """``take``: serve a connection that came another way than the hub's own port, over TLS only; None: nobody serves
    this hub over TLS. ``addresses``: where it listens in the house, as HOST:PORT. ``names``: further host names that it
    is called by; ``renamed`` is called when they change. ``vouches``: whether its certificate is for a name.
    ``origins``: under which browsers open its page, the usual one first. ``doors``: where a screen finds the household
    at all its sites, the nearest first."""

    def __init__(self) -> None:
        self.take: Callable[[socket.socket], Awaitable[None]] | None = None
        self.vouches: Callable[[str], bool] = lambda name: False
        self.origins: Callable[[], list[str]] = list
        self.doors: list[str] = []
        self.addresses: Callable[[], list[str]] = list
        self.names: list[str] = []
        self.renamed: Callable[[], None] = lambda: None
