"""Rooms: warmth, moisture and dust of the air in them, as devices change and measure them."""

from __future__ import annotations

import math


class Room:
    """One room. ``temperature`` Celsius, ``humidity`` percent, ``dust`` µg/m³ (PM2.5).

    ``heat``: J/K of air, furniture and the inner layer of the walls; ``loss``: W/K to the outside; ``base``: W that
    people, machines and the rooms around give.
    """

    OPEN_WINDOW = 130.0  # W/K more through an open window

    def __init__(self, temperature: float, *, heat: float, loss: float, base: float, glass: float) -> None:
        self.temperature = temperature
        self.heat = heat
        self.loss = loss
        self.base = base
        self.glass = glass
        """W of sun at its strongest with the blinds up."""
        self.humidity = 44.0
        self.dust = 9.0
        self.open = False
        self.shade = 0.0
        """How much of the sun the blinds keep out, 0 to 1."""
        self.heating = 0.0
        """W that devices give (negative: take) now; each step starts from what they last said."""
        self.moisture = 0.0
        """Percent an hour that devices add."""
        self.cleaning = 0.0
        """Room volumes an hour that a purifier filters."""

    def balance(self, outside: float, sun: float) -> float:
        """The temperature in Celsius that the room would come to if all stayed as it is."""
        return outside + (self.base + self.glass * sun * (1 - self.shade) + self.heating) / self._leak

    @property
    def settle(self) -> float:
        """Seconds after which 63 % of the way to the balance is done."""
        return self.heat / self._leak

    @property
    def _leak(self) -> float:
        return self.loss + self.OPEN_WINDOW * self.open

    def step(self, dt: float, outside: float, sun: float) -> None:
        """Let ``dt`` s pass: the exact solution for constant surroundings, so any ``dt`` is as good."""
        self.temperature += (self.balance(outside, sun) - self.temperature) * -math.expm1(-dt / self.settle)
        hours = dt / 3600
        fresh = 0.35 + 5.0 * self.open  # air changes an hour
        dry = 38.0 + self.moisture / fresh
        self.humidity += (max(20.0, min(90.0, dry)) - self.humidity) * -math.expm1(-fresh * hours)
        gone = fresh + self.cleaning
        dust = 14.0 * fresh / gone + 1.0
        self.dust += (dust - self.dust) * -math.expm1(-gone * hours)
