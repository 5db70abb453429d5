"""Passes: what a screen that proved itself at this door by its key brings with its requests, as long as its live socket
is open. They are in memory only."""

from __future__ import annotations

import secrets

from wayhome.hub.session import Identity
from wayhome.web.entry import Doorkeeper

MOST = 10_000


class Passes:
    """A doorkeeper that also knows passes."""

    def __init__(self, keepers: Doorkeeper) -> None:
        self._keepers = keepers
        self._of: dict[str, str] = {}

    def identify(self, token: str) -> Identity | None:
        device = self._of.get(token)
        # Asked anew each time: a device that was signed out meanwhile has no pass any more.
        return self._keepers.identify(token) if device is None else self._keepers.who(device)

    def who(self, device: str) -> Identity | None:
        return self._keepers.who(device)

    def proves(self, device: str, nonce: str, origin: str, signature: str) -> bool:
        return self._keepers.proves(device, nonce, origin, signature)

    def issue(self, device: str) -> str:
        """A fresh pass for a device."""
        while len(self._of) >= MOST:
            del self._of[next(iter(self._of))]
        made = f"wp_{secrets.token_urlsafe(32)}"
        self._of[made] = device
        return made

    def void(self, made: str) -> None:
        self._of.pop(made, None)
