"""The car's energy: what the road asks for, what the drive train takes and gives back, what the pack holds.

Pure functions of SI values (m, s, kg, W, N), temperatures in Celsius, grade as rise over run.
"""

from __future__ import annotations

import math
from itertools import pairwise

import msgspec

GRAVITY = 9.81
KWH = 3.6e6
"""Joules in a kWh."""


class Figures(msgspec.Struct, frozen=True):
    """What kind of car it is: a large electric saloon with two people aboard, as default.

    ``mass`` kg, ``rolling`` the coefficient at 20 °C, ``drag_area`` m², ``inertia`` the share of turning parts,
    ``drive`` and ``regen`` the efficiencies from pack to wheel and back, ``traction`` and ``recovery`` the limits in W,
    ``standby`` what the electronics take while on, ``asleep`` while parked and locked (W), ``capacity`` usable kWh.
    """

    mass: float = 2_150.0
    rolling: float = 0.0094
    drag_area: float = 0.56
    inertia: float = 1.04
    drive: float = 0.9
    regen: float = 0.78
    traction: float = 220_000.0
    recovery: float = 70_000.0
    standby: float = 380.0
    asleep: float = 6.0
    capacity: float = 75.0


def air_density(temperature: float) -> float:
    """kg/m³ at sea-level pressure."""
    return 1.225 * 288.15 / (temperature + 273.15)


def road_load(car: Figures, speed: float, grade: float, temperature: float) -> float:
    """The force in N that keeps ``speed`` (m/s): rolling, air, slope. Cold tyres roll harder, cold air is denser."""
    slope = math.atan(grade)
    cold = 1 + 0.006 * max(-30.0, min(50.0, 20.0 - temperature))
    rolling = car.rolling * cold * car.mass * GRAVITY * math.cos(slope) if speed > 0 else 0.0
    air = 0.5 * air_density(temperature) * car.drag_area * speed * speed
    return rolling + air + car.mass * GRAVITY * math.sin(slope) * (speed > 0)


def fastest_gain(car: Figures, speed: float, load: float) -> float:
    """The greatest acceleration in m/s² that motor and tyres allow at ``speed`` against ``load`` (N)."""
    force = min(car.traction / max(speed, 1.0), 0.75 * car.mass * GRAVITY)
    return (force - load) / (car.mass * car.inertia)


def recovery_limit(car: Figures, speed: float, soc: float, pack_temperature: float) -> float:
    """How much braking power (W at the wheel) the motor takes back now: little at walking pace, with a full or a
    cold pack."""
    slow = max(0.0, min(1.0, (speed - 1.5) / 3.0))
    full = max(0.0, min(1.0, (98.0 - soc) / 6.0))
    cold = max(0.1, min(1.0, (pack_temperature + 10.0) / 25.0))
    return car.recovery * slow * full * cold


def traction_power(car: Figures, wheel: float, recovery: float) -> float:
    """Power in W out of the pack (negative: into it) for ``wheel`` W at the wheels; braking beyond ``recovery`` W
    becomes heat in the discs."""
    if wheel >= 0:
        return wheel / car.drive
    return max(wheel, -recovery) * car.regen


class Pack:
    """The traction battery. ``energy`` kWh left, measured at its terminals; ``temperature`` Celsius."""

    HEAT = 330_000.0  # J/K: about 400 kg of cells and case
    LEAK = 14.0  # W/K to the outside
    RESISTANCE = 0.07  # ohm, warms the cells; what it costs stands in the drive's efficiency

    def __init__(self, capacity: float, soc: float, temperature: float) -> None:
        self.capacity = capacity
        self.energy = capacity * soc / 100
        self.temperature = temperature
        self.power = 0.0
        """W into the pack (VSS's sign: charging is positive)."""
        self.charged = 0.0
        self.consumed = 0.0
        """kWh taken in and given out since delivery; energy won by braking counts as taken in."""

    @property
    def soc(self) -> float:
        """State of charge in percent, 0 to 100."""
        return 100.0 * self.energy / self.capacity

    @soc.setter
    def soc(self, percent: float) -> None:
        self.energy = self.capacity * max(0.0, min(100.0, percent)) / 100

    @property
    def voltage(self) -> float:
        """V at rest: a 108-cell pack."""
        share = self.energy / self.capacity
        return 346.0 + 72.0 * share + 24.0 * (1 - math.exp(-12.0 * share))

    @property
    def current(self) -> float:
        """A into the pack."""
        return self.power / self.voltage

    def step(self, dt: float, power: float, outside: float) -> None:
        """Let ``power`` W flow in (negative: out) for ``dt`` s. Never below empty or above full."""
        room = (self.capacity - self.energy) * KWH / dt
        left = self.energy * KWH / dt
        self.power = max(-left, min(room, power))
        moved = self.power * dt / KWH
        self.energy = max(0.0, min(self.capacity, self.energy + moved))
        self.charged += max(0.0, moved)
        self.consumed += max(0.0, -moved)
        balance = outside + self.RESISTANCE * self.current**2 / self.LEAK
        # Above 35 °C the coolant loop holds it; its pump is part of the standby power.
        balance = min(balance, max(outside, 35.0))
        self.temperature += (balance - self.temperature) * -math.expm1(-self.LEAK * dt / self.HEAT)


_CURVE = ((0, 105.0), (8, 150.0), (38, 150.0), (55, 112.0), (70, 82.0), (80, 58.0), (90, 30.0), (97, 11.0), (100, 3.0))
_AC_SHARE = 0.91  # of the socket's power that reaches the pack


def charge_power(cable: str | None, soc: float, temperature: float) -> float:
    """W into the pack from an ``ac`` wall box (11 kW) or a ``dc`` charger (150 kW): constant current first, then
    falling as the cells near their end voltage; cold cells take less."""
    if cable is None or soc >= 100:
        return 0.0
    below, above = next((a, b) for a, b in pairwise(_CURVE) if soc <= b[0])
    cells = below[1] + (above[1] - below[1]) * (soc - below[0]) / (above[0] - below[0])
    cold = max(0.08, min(1.0, (temperature + 8.0) / 30.0))
    offered = 11.0 * _AC_SHARE if cable == "ac" else 150.0
    return 1000.0 * min(offered, cells * cold)
