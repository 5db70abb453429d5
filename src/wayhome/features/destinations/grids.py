"""Grids. Chinese ones: maps of mainland China show points some hundred metres beside where they are (GCJ-02, "Mars"
coordinates), Baidu's once more beside those (BD-09). A car drives by WGS 84.

Neither is published; the formulas are those that have been known since 2013 and that all map programs use. The way
back is found by trying, until a point leads to the one that is given, to a centimetre. And geohashes, by which Waze
names points.
"""

from __future__ import annotations

import math

_AXIS = 6_378_245.0
_ECCENTRICITY = 0.00669342162296594323
"""Of Krasovsky's ellipsoid: its half axis in m and its first eccentricity squared."""
_TURN = math.pi * 3_000.0 / 180.0
_CLOSE = 1e-7
_GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"

type Point = tuple[float, float]
"""Latitude and longitude in degrees."""


def within(point: Point) -> bool:
    """Whether maps move a point there: a rectangle around China, as the formula has it."""
    latitude, longitude = point
    return 0.8293 <= latitude <= 55.8271 and 72.004 <= longitude <= 137.8347


def mars(point: Point) -> Point:
    """Where GCJ-02 shows a point of WGS 84."""
    if not within(point):
        return point
    latitude, longitude = point
    y, x = latitude - 35.0, longitude - 105.0
    root = math.sqrt(abs(x))
    waves = 20.0 * (math.sin(6.0 * x * math.pi) + math.sin(2.0 * x * math.pi))
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (waves + _sines(y, (20.0, 1.0), (40.0, 3.0), (160.0, 12.0), (320.0, 30.0))) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (waves + _sines(x, (20.0, 1.0), (40.0, 3.0), (150.0, 12.0), (300.0, 30.0))) * 2.0 / 3.0
    sine = math.sin(math.radians(latitude))
    curve = 1.0 - _ECCENTRICITY * sine * sine
    along = math.radians(_AXIS * (1.0 - _ECCENTRICITY) / curve**1.5)
    across = math.radians(_AXIS / math.sqrt(curve) * math.cos(math.radians(latitude)))
    return latitude + north / along, longitude + east / across


def _sines(at: float, *waves: tuple[float, float]) -> float:
    return sum(high * math.sin(at * math.pi / length) for high, length in waves)


def of_mars(point: Point) -> Point:
    """The point of WGS 84 that GCJ-02 shows there."""
    latitude, longitude = point
    for _ in range(30):
        shown = mars((latitude, longitude))
        off = shown[0] - point[0], shown[1] - point[1]
        latitude, longitude = latitude - off[0], longitude - off[1]
        if max(abs(off[0]), abs(off[1])) < _CLOSE:
            break
    return latitude, longitude


def of_baidu(point: Point) -> Point:
    """The point of WGS 84 that BD-09 shows there."""
    y, x = point[0] - 0.006, point[1] - 0.0065
    far = math.hypot(x, y) - 0.00002 * math.sin(y * _TURN)
    turned = math.atan2(y, x) - 0.000003 * math.cos(x * _TURN)
    return of_mars((far * math.sin(turned), far * math.cos(turned)))


def of_geohash(text: str) -> Point | None:
    """The middle of the field that a geohash names. Each sign halves it five times, by turns from west to east and
    from south to north. None: it is none."""
    signs = [_GEOHASH.find(sign) for sign in text.lower()]
    if not signs or -1 in signs:
        return None
    east, north = [-180.0, 180.0], [-90.0, 90.0]
    bits = [sign >> bit & 1 for sign in signs for bit in (4, 3, 2, 1, 0)]
    for at, upper in enumerate(bits):
        field = north if at % 2 else east
        field[1 - upper] = (field[0] + field[1]) / 2
    return (north[0] + north[1]) / 2, (east[0] + east[1]) / 2
