"""Slowing down who guesses. A state machine without a clock: time comes in (s, only forward)."""

from __future__ import annotations

import ipaddress


class Throttle:
    """After ``free`` tries in a row each further one waits: ``base`` s, doubled every time, at most ``top`` s.

    A try counts from its beginning, so many at once are no way around. It is taken back when it passes. A key that
    is quiet for four times ``top`` is forgotten; of more than ``keep`` keys the oldest go.
    """

    def __init__(self, free: int, base: float, top: float, keep: int = 10_000) -> None:
        self._free, self._base, self._top, self._keep = free, base, top, keep
        self._tries: dict[str, tuple[int, float]] = {}

    def wait(self, key: str, now: float) -> float:
        """How long the key has to wait before its next try, in s; 0: it may go."""
        count, last = self._tries.get(key, (0, now))
        if now - last > 4 * self._top:
            del self._tries[key]
            return 0.0
        if count < self._free:
            return 0.0
        pause = min(self._top, self._base * 2.0 ** min(count - self._free, 40))
        return max(0.0, last + pause - now)

    def begin(self, key: str, now: float) -> None:
        """A try begins; it counts as failed until ``passed``."""
        count = self._tries.pop(key, (0, now))[0]
        self._tries[key] = (count + 1, now)
        while len(self._tries) > self._keep:
            del self._tries[next(iter(self._tries))]

    def passed(self, key: str) -> None:
        """It was right: the key starts anew."""
        self._tries.pop(key, None)


class Failures:
    """Which failures are told as events: the first of a key, then at most one a minute with their number. At most
    thirty a minute in all: the log must not be somebody's to fill."""

    EVERY = 60.0
    IN_ALL = 30

    def __init__(self, keep: int = 1_000) -> None:
        self._keep = keep
        self._counts: dict[str, tuple[int, float]] = {}
        self._minute = (0.0, 0)

    def note(self, key: str, now: float) -> int | None:
        """One more failure. How many to tell of now; None: not now."""
        count, told = self._counts.pop(key, (0, -self.EVERY))
        begun, said = self._minute
        if now - begun >= self.EVERY:
            begun, said = now, 0
        tell = now - told >= self.EVERY and said < self.IN_ALL
        self._minute = (begun, said + tell)
        self._counts[key] = (0, now) if tell else (count + 1, told)
        while len(self._counts) > self._keep:
            del self._counts[next(iter(self._counts))]
        return count + 1 if tell else None


def address_key(address: str) -> str:
    """What an address counts as: an IPv6 customer has a whole /64, so that is one."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
