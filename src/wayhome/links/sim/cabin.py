"""The car's cabin: how warm it is inside, and what keeping it so costs."""

from __future__ import annotations

import math


class Cabin:
    """Cabin air with the seats' and panels' warmth, heat pump and fan.

    ``on``: climate runs. ``driver`` and ``passenger``: wished temperatures in Celsius; one zone of air follows
    their mean. ``fan``: percent. ``temperature``: of the air inside, in Celsius.
    """

    HEAT = 115_000.0  # J/K
    LEAK = 58.0  # W/K through the shell
    FRESH = 45.0  # W/K carried out with the air that the fan renews, at full fan
    DRAUGHT = 340.0  # W/K with every window fully open
    GLASS = 750.0  # W of sun through the windows at its strongest
    HEATING, COOLING = 6_500.0, 4_800.0  # W of heat moved at most
    SEAT, WHEEL = 85.0, 60.0  # W of a seat's and the steering wheel's heater at their most
    GAIN = 650.0  # W for each K that it is off

    def __init__(self, temperature: float) -> None:
        self.temperature = temperature
        self.on = False
        self.driver = 21.0
        self.passenger = 21.0
        self.fan = 40.0
        self.recirculation = False
        self.front_defrost = False
        self.rear_defrost = False
        self.seats = {"DriverSide": 0.0, "PassengerSide": 0.0}
        """How much the front seats heat, in percent."""
        self.wheel = 0.0
        """How much the steering wheel heats, in percent."""
        self.power = 0.0
        """What climate takes from the pack, in W."""

    def cool_down(self) -> None:
        """The heaters of seats and steering wheel go off."""
        self.seats = dict.fromkeys(self.seats, 0.0)
        self.wheel = 0.0

    def step(self, dt: float, outside: float, sun: float, airing: float) -> None:
        """``dt`` s at ``outside`` Celsius, ``sun`` 0 to 1, ``airing`` 0 (windows shut) to 1 (all open)."""
        fresh = self.FRESH * self.fan / 100 * (0.3 if self.recirculation else 1.0) if self.on else 0.0
        leak = self.LEAK + fresh + self.DRAUGHT * airing
        glass = self.GLASS * sun
        moved = self.power = 0.0
        if self.on:
            wish = (self.driver + self.passenger) / 2
            needed = leak * (wish - outside) - glass + self.GAIN * (wish - self.temperature)
            share = 0.55 + 0.45 * self.fan / 100  # little air carries little heat
            moved = max(-self.COOLING * share, min(self.HEATING * share, needed))
            self.power = electric(moved, outside) + 40.0 + 1.9 * self.fan
        self.power += self.SEAT * sum(self.seats.values()) / 100 + self.WHEEL * self.wheel / 100
        self.power += 900.0 * self.front_defrost * self.on + 350.0 * self.rear_defrost
        balance = outside + (glass + moved) / leak
        self.temperature += (balance - self.temperature) * -math.expm1(-leak * dt / self.HEAT)


def electric(moved: float, outside: float) -> float:
    """W of electricity for ``moved`` W of heat (negative: cooling): a heat pump that weakens in the cold."""
    if moved >= 0:
        return moved / max(1.25, min(3.4, 2.1 + 0.045 * outside))
    return -moved / max(1.6, min(3.6, 3.4 - 0.04 * (outside - 20)))
