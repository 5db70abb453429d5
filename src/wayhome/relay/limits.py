"""What a relay lets a household have."""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True):
    """``hubs``, ``streams``: of all together. ``each``: streams of one hub; ``opens``: streams that it may be asked to
    take, a minute; ``share``: what one address may have of both, as a part of it; ``rate``: bytes/s both ways together,
    on average; ``burst``: bytes at once. ``greetings``: connections of one address that have not said yet what they
    want, or wait; ``calls``: hubs at one address."""

    hubs: int = 5_000
    streams: int = 20_000
    each: int = 64
    opens: int = 240
    share: float = 0.4
    rate: float = 2_000_000
    burst: float = 16_000_000
    greetings: int = 100
    calls: int = 100


class Bucket:
    """Fills by ``rate`` a second up to ``most``; what is taken beyond what is in it has to wait."""

    __slots__ = ("_at", "_left", "_most", "_rate")

    def __init__(self, rate: float, most: float, now: float) -> None:
        self._rate = rate
        self._most = most
        self._left = most
        self._at = now

    def take(self, amount: float, now: float) -> float:
        """Take it; how long to wait after it, in s."""
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._rate) - amount
        self._at = now
        return 0.0 if self._left >= 0 else -self._left / self._rate

    def full(self, now: float) -> bool:
        """Whether nothing was taken for long: then it may as well be forgotten."""
        return self._left + (now - self._at) * self._rate >= self._most

    def try_take(self, now: float) -> bool:
        """Take one, if there is one."""
        if min(self._most, self._left + max(0.0, now - self._at) * self._rate) < 1:
            return False
        self.take(1, now)
        return True
