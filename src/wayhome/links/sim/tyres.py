"""Tyres: they warm up on the road, and warm air presses harder."""

from __future__ import annotations

import math

WHEELS = ("Row1.Wheel.Left", "Row1.Wheel.Right", "Row2.Wheel.Left", "Row2.Wheel.Right")
LOW = 200.0
"""kPa above the outside's pressure under which a tyre counts as low."""
_SETTLE = 620.0  # s
_WARMING = 0.8  # K for each m/s: some 22 K at 100 km/h


class Tyres:
    """The four tyres: filled to ``filling`` kPa (at 20 °C, above the outside's pressure), one temperature."""

    def __init__(self, outside: float) -> None:
        self.filling = dict(zip(WHEELS, (252.0, 253.0, 256.0, 255.0), strict=True))
        self.temperature = outside

    def step(self, dt: float, speed: float, outside: float) -> None:
        """``dt`` s at ``speed`` m/s and ``outside`` Celsius."""
        balance = outside + _WARMING * speed
        self.temperature += (balance - self.temperature) * -math.expm1(-dt / _SETTLE)

    def pressure(self, wheel: str) -> float:
        """kPa above the outside's pressure, as the valve's sensor says it."""
        return max(0.0, (self.filling[wheel] + 101.3) * (self.temperature + 273.15) / 293.15 - 101.3)
