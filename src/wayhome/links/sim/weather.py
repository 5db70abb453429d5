"""The weather over the household: warm afternoons, cold mornings, sun by day."""

from __future__ import annotations

import math

LONGITUDE = 9.52
"""Degrees east: the sun's time is reckoned there, unless the household lives elsewhere."""
TWILIGHT = 4.0
"""Percent of light that is left when the sun has just set; half an hour later it is dark."""


class Weather:
    """``mean``: the day's mean in Celsius; ``fixed``: hold this temperature instead, whatever the hour;
    ``fixed_light``: hold this light (percent) instead, whatever the hour."""

    def __init__(self, mean: float, clouds: float = 0.3) -> None:
        self.mean = mean
        self.longitude = LONGITUDE
        self.clouds = clouds
        self.fixed: float | None = None
        self.fixed_light: float | None = None

    def temperature(self, now: float) -> float:
        """Celsius at ``now`` (s since 1970): warmest at three, coldest before dawn."""
        if self.fixed is not None:
            return self.fixed
        return self.mean + 4.0 * math.cos(math.tau * (self.hour(now) - 15.0) / 24)

    def sun(self, now: float) -> float:
        """How strongly the sun shines, 0 to 1, through the clouds."""
        return max(0.0, math.sin(math.pi * (self.hour(now) - 6.5) / 12)) * (1 - 0.7 * self.clouds)

    def light(self, now: float) -> float:
        """What a light sensor sees, in percent: the sun through the clouds, and a little of it in twilight."""
        if self.fixed_light is not None:
            return self.fixed_light
        to_sun = abs(self.hour(now) - 12.5) - 6.0
        return max(100.0 * self.sun(now), TWILIGHT * max(0.0, 1 - max(0.0, to_sun) / 0.5))

    def hour(self, now: float) -> float:
        """The hour of the day by the sun, 0 to 24."""
        return (now / 3600 + self.longitude / 15) % 24
