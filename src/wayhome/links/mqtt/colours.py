"""Colours: hue and saturation as we keep them, red green blue and CIE 1931 xy as lamps say them.

The xy conversion is Philips Hue's published one for wide gamut, which Zigbee lamps and Home Assistant use.
"""

from __future__ import annotations

import colorsys


def hs_of_rgb(red: float, green: float, blue: float) -> tuple[float, float]:
    """0 to 255 each, to degrees and percent."""
    parts = [min(max(part, 0.0), 255.0) / 255 for part in (red, green, blue)]
    hue, saturation, _ = colorsys.rgb_to_hsv(*parts)
    return round(hue * 360, 2), round(saturation * 100, 2)


def rgb_of_hs(hue: float, saturation: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb((hue % 360) / 360, saturation / 100, 1.0)
    return round(red * 255), round(green * 255), round(blue * 255)


def hs_of_xy(x: float, y: float) -> tuple[float, float] | None:
    """None for places outside the colour space."""
    if not (0 <= x <= 1 and 0 < y <= 1):
        return None
    at, far = x / y, (1 - x - y) / y
    linear = (
        at * 1.656492 - 0.354851 - far * 0.255038,
        -at * 0.707196 + 1.655397 + far * 0.036152,
        at * 0.051713 - 0.121364 + far * 1.011530,
    )
    parts = [0.0 if part <= 0 else _bent(part) for part in linear]
    most = max(parts)
    if most <= 0:
        return None
    return hs_of_rgb(*(part / most * 255 for part in parts))


def _bent(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _straight(part: float) -> float:
    return float(((part + 0.055) / 1.055) ** 2.4) if part > 0.04045 else part / 12.92


def xy_of_hs(hue: float, saturation: float) -> tuple[float, float]:
    red, green, blue = (_straight(part / 255) for part in rgb_of_hs(hue, saturation))
    x = red * 0.664511 + green * 0.154324 + blue * 0.162028
    y = red * 0.283881 + green * 0.668433 + blue * 0.047685
    z = red * 0.000088 + green * 0.072310 + blue * 0.986039
    whole = x + y + z
    return (round(x / whole, 3), round(y / whole, 3)) if whole else (0.0, 0.0)
