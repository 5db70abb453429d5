"""The hub's own machine: programs of the account that runs the hub sign in by a file only that account can read."""

from __future__ import annotations

import hmac

from wayhome.hub.ports import Clock
from wayhome.hub.session import Identity


class LocalKey:
    """A token that is valid while this hub runs, for the command line on the same machine."""

    def __init__(self, token: str, clock: Clock) -> None:
        self.token = token
        self._clock = clock

    def identify(self, token: str) -> Identity | None:
        """The local operator's identity, with an owner's rights and always freshly signed in."""
        if not hmac.compare_digest(token.encode(), self.token.encode()):
            return None
        return Identity("local:cli", "owner", signed_in_at=self._clock.now())
