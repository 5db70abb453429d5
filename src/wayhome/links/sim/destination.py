"""Where somebody wishes the car to go: two signals, wished one after the other, that are one destination together."""

from __future__ import annotations

from collections.abc import Sequence

from wayhome.core.value import Value
from wayhome.hub.maps import Point
from wayhome.links.sim.device import Ask
from wayhome.links.sim.vss import WHERE_TO

ALONE = 3.0
"""s after which a wish for one half counts with the half that stands."""


class Destination:
    """``halves``: what the car says of it, by signal."""

    def __init__(self) -> None:
        self.halves: dict[str, float] = {}
        self._set: dict[str, float] = {}
        """Those of where the car is on its way to."""
        self._fresh: dict[str, float] = {}
        """When each half was wished last, s since 1970; empty once the car is on its way."""

    @property
    def stands(self) -> bool:
        """Whether the car has been told where to go, and is on its way."""
        return bool(self.halves) and not self._fresh

    def forget(self) -> None:
        """There is none any more."""
        self.halves.clear()
        self._set.clear()
        self._fresh.clear()

    def take_back(self) -> None:
        """What was wished last can't be: what was before stands."""
        self.halves = dict(self._set)
        self._fresh.clear()

    def put(self, signal: str, value: float, now: float) -> None:
        """Take one half."""
        self.halves[signal] = value
        self._fresh[signal] = now

    def due(self, now: float) -> Point | None:
        """Where to go now; told once."""
        if not self._fresh or len(self.halves) < len(WHERE_TO):
            return None
        if len(self._fresh) < len(WHERE_TO) and now - max(self._fresh.values()) <= ALONE:
            return None
        self._fresh.clear()
        self._set = dict(self.halves)
        return Point(*(self.halves[half] for half in WHERE_TO))

    def whole(self, signal: str, target: Value, waiting: Sequence[Ask]) -> Point | None:
        """The destination that this wish makes whole: its other half came just before. None: it is only half of one."""
        other = WHERE_TO[1 - WHERE_TO.index(signal)]
        on_its_way = [ask.target for ask in waiting if ask.signal == other]
        half = on_its_way[-1] if on_its_way else self.halves.get(other) if other in self._fresh else None
        if not isinstance(half, int | float) or not isinstance(target, int | float):
            return None
        both = {signal: float(target), other: float(half)}
        return Point(both[WHERE_TO[0]], both[WHERE_TO[1]])
