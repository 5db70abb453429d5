"""How this hub is reached: between who serves it and the features that arrange it."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable

RELAYED = "relay"
"""The address of whoever came through a relay: who they are, only their TLS and their token say."""


class Reach:
    """``take``: serve a connection that came another way than the hub's own port, over TLS only; None: nobody serves
    this hub over TLS. ``addresses``: where it listens in the house, as HOST:PORT. ``names``: further host names that it
    is called by; ``renamed`` is called when they change."""

    def __init__(self) -> None:
        self.take: Callable[[socket.socket], Awaitable[None]] | None = None
        self.addresses: Callable[[], list[str]] = list
        self.names: list[str] = []
        self.renamed: Callable[[], None] = lambda: None
