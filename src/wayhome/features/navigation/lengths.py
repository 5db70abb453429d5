"""Lengths as they are said aloud: round, and in the units of who drives. Pure."""

from __future__ import annotations

from typing import Literal

from wayhome.hub.speech import Tongue

type Units = Literal["metric", "yards", "feet"]
"""``metric``: metres and kilometres; ``yards``, ``feet``: those, and miles."""

MILE = 1_609.344
SMALL: dict[Units, float] = {"metric": 1.0, "yards": 0.9144, "feet": 0.3048}
_SMALL: dict[Units, tuple[str, str]] = {"metric": ("metres", "米"), "yards": ("yards", "码"), "feet": ("feet", "英尺")}
_LARGE = (("kilometre", "公里"), ("mile", "英里"))


def said(metres: float, units: Units, tongue: Tongue) -> str:
    """As ``300 metres``, ``1.5 kilometres``, ``half a mile``."""
    chinese = tongue == "zh"
    small = metres / SMALL[units]
    large = metres / (1_000.0 if units == "metric" else MILE)
    if large < (0.95 if units == "metric" else 0.2):
        return f"{_round(small)}{_SMALL[units][1]}" if chinese else f"{_round(small)} {_SMALL[units][0]}"
    unit, sign = _LARGE[0 if units == "metric" else 1]
    if units != "metric" and large < 0.9:
        quarters = max(1, round(large * 4))
        if quarters < 4:
            if chinese:
                return f"{quarters / 4:g}{sign}"
            return {1: "a quarter of a mile", 2: "half a mile", 3: "three quarters of a mile"}[quarters]
    number = round(large) if large >= 10 else round(large * 2) / 2
    if chinese:
        return f"{number:g}{sign}"
    return f"one {unit}" if number == 1 else f"{number:g} {unit}s"


def _round(value: float) -> int:
    step = 10 if value < 150 else 50 if value < 1_000 else 100
    return max(step, round(value / step) * step)
