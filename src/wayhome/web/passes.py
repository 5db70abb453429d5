"""Passes: what a screen that proved itself at this door by its key brings with its requests, as long as its live socket
is open. They are in memory only."""

from __future__ import annotations

import secrets

from wayhome.hub.session import Identity
from wayhome.web.entry import Doorkeeper

MOST = 32
"""A device has at most so many: one for each of its pages."""


class Passes:
    """A doorkeeper that also knows passes."""

    def __init__(self, keepers: Doorkeeper) -> None:
        self._keepers = keepers
        self._of: dict[str, tuple[str, str]] = {}
        """The device and its key, by pass."""

    def identify(self, token: str) -> Identity | None:
        held = self._of.get(token)
        # Asked anew each time: a device that was signed out, or in anew, meanwhile has no pass any more.
        return self._keepers.identify(token) if held is None else self._keepers.by_key(*held)

    def proves(self, device: str, nonce: str, origin: str, signature: str) -> str | None:
        return self._keepers.proves(device, nonce, origin, signature)

    def by_key(self, device: str, key: str) -> Identity | None:
        return self._keepers.by_key(device, key)

    def issue(self, device: str, key: str) -> str:
        """A fresh pass for a device that came in by its key."""
        mine = [one for one, (of, _) in self._of.items() if of == device]
        for old in mine[: max(0, len(mine) - MOST + 1)]:
            del self._of[old]
        made = f"wp_{secrets.token_urlsafe(32)}"
        self._of[made] = (device, key)
        return made

    def void(self, made: str) -> None:
        self._of.pop(made, None)
