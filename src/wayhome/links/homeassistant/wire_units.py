"""Units: what Home Assistant measures in, and what the catalogue does.

Temperatures are kept in Celsius whatever the household likes to read. Cars are kept in VSS's units, so distances,
pressures, speeds and energies are converted where a car's signal is mapped.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

FAHRENHEIT, KELVIN = "°F", "K"

_TO_BASE: Mapping[str, tuple[str, float]] = {
    # unit of Home Assistant: (what it measures, how many base units one is)
    "mm": ("length", 0.001), "cm": ("length", 0.01), "m": ("length", 1.0), "km": ("length", 1_000.0),
    "in": ("length", 0.0254), "ft": ("length", 0.3048), "yd": ("length", 0.9144), "mi": ("length", 1_609.344),
    "nmi": ("length", 1_852.0),
    "Pa": ("pressure", 0.001), "hPa": ("pressure", 0.1), "mbar": ("pressure", 0.1), "kPa": ("pressure", 1.0),
    "bar": ("pressure", 100.0), "psi": ("pressure", 6.894757), "mmHg": ("pressure", 0.1333224),
    "inHg": ("pressure", 3.386389), "cbar": ("pressure", 1.0), "MPa": ("pressure", 1_000.0),
    "km/h": ("speed", 1.0), "mph": ("speed", 1.609344), "m/s": ("speed", 3.6), "ft/s": ("speed", 1.09728),
    "kn": ("speed", 1.852),
    "Wh": ("energy", 0.001), "kWh": ("energy", 1.0), "MWh": ("energy", 1_000.0), "MJ": ("energy", 1 / 3.6),
    "W": ("power", 0.001), "kW": ("power", 1.0), "MW": ("power", 1_000.0),
    "s": ("time", 1.0), "min": ("time", 60.0), "h": ("time", 3_600.0), "d": ("time", 86_400.0),
    "V": ("voltage", 1.0), "mV": ("voltage", 0.001), "A": ("current", 1.0), "mA": ("current", 0.001),
    "%": ("part", 1.0), "percent": ("part", 1.0), "degrees": ("angle", 1.0), "°": ("angle", 1.0),
}  # fmt: skip


class Units(msgspec.Struct, frozen=True):
    """The units of one Home Assistant (``get_config``'s ``unit_system``)."""

    temperature: str = "°C"

    def celsius(self, value: float | None) -> float | None:
        """A temperature of it in Celsius."""
        return None if value is None else to_celsius(value, self.temperature)

    def own(self, celsius: float) -> float:
        """A temperature in Celsius in its unit, to a hundredth."""
        return from_celsius(celsius, self.temperature)

    def step(self, step: float | None) -> float | None:
        """A step of temperature in Celsius."""
        if step is None or self.temperature != FAHRENHEIT:
            return step
        return round(step / 1.8, 4)


def is_temperature(unit: str | None) -> bool:
    return unit in ("°C", FAHRENHEIT, KELVIN)


def to_celsius(value: float, unit: str | None) -> float:
    """A temperature in °C, °F or K in Celsius, to a hundredth."""
    if unit == FAHRENHEIT:
        value = (value - 32) / 1.8
    elif unit == KELVIN:
        value -= 273.15
    return round(value, 2)


def from_celsius(celsius: float, unit: str | None) -> float:
    """A temperature in Celsius in °C, °F or K, to a hundredth."""
    if unit == FAHRENHEIT:
        celsius = celsius * 1.8 + 32
    elif unit == KELVIN:
        celsius += 273.15
    return round(celsius, 2)


def family(unit: str | None) -> str | None:
    """What a unit measures: ``length``, ``temperature``; None for units that we do not know."""
    if is_temperature(unit):
        return "temperature"
    known = _TO_BASE.get(unit) if unit is not None else None
    return known[0] if known is not None else None


def convert(value: float, source: str | None, target: str | None) -> float | None:
    """A measure in another unit; None where the two measure different things. No unit counts as the same."""
    if source is None or target is None or source == target:
        return value
    if is_temperature(source) or target == "Celsius" or is_temperature(target) or source == "Celsius":
        if not (is_temperature(source) or source == "Celsius") or not (is_temperature(target) or target == "Celsius"):
            return None
        return from_celsius(to_celsius(value, source), target)
    first, second = _TO_BASE.get(source), _TO_BASE.get(target)
    if first is None or second is None or first[0] != second[0]:
        return None
    return round(value * first[1] / second[1], 6)
