"""Fresh ids and secrets from the machine's random source."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from wayhome.hub.ports import Clock

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O, U, so that nobody misreads one."""
TOKEN_BYTES = 32
_RANDOM_BITS = 80


class RandomIds:
    """Implements ``wayhome.hub.ports.Ids``. Two ULIDs of the same millisecond are in order too: the random part of
    the first counts up. A clock that goes back does not put new ids before old ones."""

    def __init__(self, clock: Clock, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._last = 0

    def ulid(self) -> str:
        """48 bits of time in ms and 80 random ones, as 26 letters."""
        wall = max(0, int(self._clock.now() * 1000)) & ((1 << 48) - 1)
        fresh = (wall << _RANDOM_BITS) | int.from_bytes(self._random_bytes(_RANDOM_BITS // 8))
        if wall <= self._last >> _RANDOM_BITS:
            fresh = self._last + 1
        self._last = fresh
        return "".join(ALPHABET[(fresh >> shift) & 31] for shift in range(125, -1, -5))

    def token(self) -> str:
        """256 random bits, URL-safe."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def jitter(self) -> float:
        """From 0 to 1, for spreading retries."""
        return secrets.randbits(53) / (1 << 53)
