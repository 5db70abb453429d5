"""Temperatures are kept in Celsius whatever the device measures in, parts in percent; other units stay."""

from __future__ import annotations

FAHRENHEIT = "°F"
_SPREAD = "temperature_delta"


def is_temperature(unit: str | None, kind: str | None) -> bool:
    # Colour temperatures are in K as well, and are no temperatures of rooms.
    return kind != _SPREAD and (unit in ("°C", FAHRENHEIT) or (unit == "K" and kind == "temperature"))


def shown_unit(unit: str | None, kind: str | None) -> str | None:
    if unit == "%":
        return "percent"
    return "Celsius" if is_temperature(unit, kind) else None if unit is None else unit[:40]


def ours(value: float, unit: str | None, kind: str | None) -> float:
    """A measure of the device as we keep it."""
    return to_celsius(value, unit) if is_temperature(unit, kind) else value


def own_of(value: float, unit: str | None, kind: str | None) -> float:
    """A measure of ours as the device takes it."""
    return from_celsius(value, unit) if is_temperature(unit, kind) else value


def to_celsius(value: float, unit: str | None) -> float:
    """To a hundredth."""
    if unit in (FAHRENHEIT, "F"):
        value = (value - 32) / 1.8
    elif unit == "K":
        value -= 273.15
    return round(value, 2)


def from_celsius(value: float, unit: str | None) -> float:
    """To a hundredth."""
    if unit in (FAHRENHEIT, "F"):
        value = value * 1.8 + 32
    elif unit == "K":
        value += 273.15
    return round(value, 2)
