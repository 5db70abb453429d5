"""Hybrid logical clocks: time stamps that order writes made on different sites, whatever their clocks say.

After Kulkarni et al., "Logical Physical Clocks" (2014): a stamp is wall time in ms, a counter, and the node's
name to break ties. It never runs behind what was seen, and never far ahead of the wall clock.
"""

from __future__ import annotations

import msgspec

MAX_AHEAD_MS = 60_000
"""A stamp further ahead than this is re-stamped on arrival: a wrong clock must not win for ever."""


SITES_AHEAD_MS = 86_400_000
"""Sites whose clocks differ by more do not talk."""
SITES_STAMP_AHEAD_MS = 100 * 365 * 86_400_000
"""Between sites, which must come to the same, a stamp counts as it is, also one of a clock that was years ahead and has
been set since: all write later ones from then on. What is even further ahead no clock has shown."""
MAX_COUNT = 2**32
"""More writes within a ms there are none: whoever says so must not leave the others without a later stamp."""


class Stamp(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """When something was written: wall time (ms since 1970), counter within it, name of the writer's node."""

    wall: int
    count: int
    node: str


def tick(last: Stamp, wall: int) -> Stamp:
    """The stamp of a new write on ``last.node`` at ``wall`` ms: always greater than ``last``."""
    if wall > last.wall:
        return Stamp(wall, 0, last.node)
    return _after(last.wall, last.count, last.node)


def _after(wall: int, count: int, node: str) -> Stamp:
    return Stamp(wall, count + 1, node) if count < MAX_COUNT else Stamp(wall + 1, 0, node)


def witness(last: Stamp, seen: Stamp, wall: int, ahead: int = MAX_AHEAD_MS) -> tuple[Stamp, Stamp]:
    """Take in a stamp made elsewhere.

    Returns this node's new stamp and the seen one as it counts here: one more than ``ahead`` ms ahead of ``wall`` is
    brought back to this node's own new stamp.
    """
    if seen.wall > wall + ahead:
        own = tick(last, wall)
        return own, Stamp(own.wall, own.count, seen.node)
    top = max(last.wall, seen.wall, wall)
    counts = [stamp.count for stamp in (last, seen) if stamp.wall == top]
    return (_after(top, max(counts), last.node) if counts else Stamp(top, 0, last.node)), seen
