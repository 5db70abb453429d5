"""Speed profiles: drives with stops, in the manner of the WLTC's four phases for strong cars (class 3).

The profiles are made here by chance (a seeded one), not taken from the regulation: each phase is a row of short
trips from standstill to standstill with the phase's usual top speeds, accelerations and waiting times.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from random import Random
from typing import NamedTuple


class Stretch(NamedTuple):
    """A piece of road: its kind (``low``, ``medium``, ``high``, ``extra``) and length in m."""

    road: str
    length: float


class Phase(NamedTuple):
    """How one drives on a kind of road: a trip's length (m) and top speed (km/h), from to; how hard one speeds up
    and brakes (m/s²); how long one waits at its end (s)."""

    trip: tuple[float, float]
    top: tuple[float, float]
    push: tuple[float, float]
    brake: tuple[float, float]
    wait: tuple[float, float]


PHASES = {
    "low": Phase((280, 850), (30, 56), (0.7, 1.3), (0.7, 1.4), (6, 38)),
    "medium": Phase((900, 2_100), (48, 76), (0.7, 1.4), (0.7, 1.4), (5, 30)),
    "high": Phase((2_000, 4_200), (68, 97), (0.6, 1.3), (0.7, 1.3), (4, 24)),
    "extra": Phase((7_000, 12_000), (112, 131), (0.5, 1.0), (0.6, 1.1), (2, 8)),
}
WLTC_LIKE = (Stretch("low", 3_095), Stretch("medium", 4_756), Stretch("high", 7_162), Stretch("extra", 8_254))
"""Stretches as long as the WLTC's phases: a drive along them takes about half an hour."""


class Drive:
    """A speed for each second, and where that leads. Starts and ends standing."""

    def __init__(self, speeds: Sequence[float]) -> None:
        """``speeds``: m/s at 0, 1, 2... s; between them it runs straight."""
        self.speeds = tuple(speeds)
        self.duration = float(len(self.speeds) - 1)
        """Seconds."""
        travelled = [0.0]
        for a, b in pairwise(self.speeds):
            travelled.append(travelled[-1] + (a + b) / 2)
        self._travelled = travelled
        self.length = travelled[-1]
        """Metres."""

    def speed(self, time: float) -> float:
        """m/s at ``time`` s after the start; 0 before and after the drive."""
        if not 0 <= time < self.duration:
            return 0.0
        n = int(time)
        return self.speeds[n] + (self.speeds[n + 1] - self.speeds[n]) * (time - n)

    def distance(self, time: float) -> float:
        """Metres from the start at ``time`` s."""
        time = max(0.0, min(self.duration, time))
        n = min(int(time), len(self.speeds) - 2)
        part = time - n
        return self._travelled[n] + self.speeds[n] * part + (self.speeds[n + 1] - self.speeds[n]) * part**2 / 2

    def when(self, distance: float) -> float:
        """The first whole second at which ``distance`` metres are behind one."""
        return float(min(bisect_right(self._travelled, distance), len(self._travelled) - 1))


def plan(stretches: Sequence[Stretch], random: Random) -> Drive:
    """A drive along the stretches, exactly as long as they are."""
    speeds = [0.0] * 4
    for road, length in stretches:
        phase = PHASES[road]
        count = max(1, round(length / random.uniform(*phase.trip)))
        weights = [random.uniform(0.7, 1.3) for _ in range(count)]
        for weight in weights:
            speeds += _trip(length * weight / sum(weights), phase, random)
            speeds += [0.0] * round(random.uniform(*phase.wait))
    return Drive(speeds)


def _trip(length: float, phase: Phase, random: Random) -> list[float]:
    """Speeds (m/s, one a second) from just after standstill to standstill, over exactly ``length`` metres."""
    push, brake = random.uniform(*phase.push), random.uniform(*phase.brake)
    top = random.uniform(*phase.top) / 3.6
    # Too short to reach the top and hold it a while: go slower.
    top = min(top, math.sqrt(0.85 * length / (0.5 * math.pi / 2 * (1 / push + 1 / brake))))
    rise, fall = (max(2, round(math.pi / 2 * top / rate)) for rate in (push, brake))
    waves = [(random.uniform(0.01, 0.04), random.uniform(18, 70), random.uniform(0, math.tau)) for _ in range(3)]
    cruise = top * (1 - sum(depth for depth, _, _ in waves))
    hold = max(1, round((length - top * (rise + fall) / 2) / cruise))
    speeds = [top * (1 - math.cos(math.pi * n / rise)) / 2 for n in range(1, rise)]
    for n in range(hold + 1):
        edge = min(1.0, n / 8, (hold - n) / 8)
        speeds.append(top * (1 - edge * sum(a * (1 + math.sin(math.tau * n / span + b)) for a, span, b in waves)))
    speeds += [top * (1 + math.cos(math.pi * n / fall)) / 2 for n in range(1, fall + 1)]
    speeds[-1] = 0.0
    stretch = length / sum(speeds)  # they begin and end at 0, so the sum is the distance
    return [speed * stretch for speed in speeds]
