"""The course of a drive: a row for each second in which something was told, packed as one file, and thinned to what a
chart can show. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from wayhome.errors import StoreError
from wayhome.features.drives import figures
from wayhome.features.drives.figures import GAP, Samples

MOST_ROWS = 86_400
MOST_BYTES = 32 * 1024 * 1024
FAR = 5_400.0
"""A charge, a height or a place holds so many s: a car on a straight road tells none of them anew."""

type Column = list[float | None]


class Track(msgspec.Struct, frozen=True):
    """Columns of equal length: s since 1970; km/h; W (negative: out of the battery, VSS's sign); percent; degrees; m.
    None: not told."""

    at: list[float] = []
    speed: Column = []
    power: Column = []
    charge: Column = []
    latitude: Column = []
    longitude: Column = []
    altitude: Column = []

    def columns(self) -> tuple[Column, ...]:
        """All but the times."""
        return self.speed, self.power, self.charge, self.latitude, self.longitude, self.altitude


class Packed(msgspec.Struct, frozen=True):
    """A track's file. ``drive`` makes each file one of its own: two equal tracks must not share theirs, for deleting
    a drive deletes its file."""

    version: int
    drive: str
    track: Track


NAMES = (figures.SPEED, figures.POWER, figures.CHARGE, figures.LATITUDE, figures.LONGITUDE, figures.ALTITUDE)
_DIGITS = (1, 0, 2, 6, 6, 1)


def track(log: Mapping[str, Samples]) -> Track:
    """The course from the drive log, a row a second at most."""
    used = {name: log.get(name, ()) for name in NAMES}
    if not used[figures.CHARGE]:
        used[figures.CHARGE] = log.get(figures.SHOWN_CHARGE, ())
    seconds = sorted({int(at) for samples in used.values() for at, _ in samples})
    if len(seconds) > MOST_ROWS:
        seconds = seconds[:: -(-len(seconds) // MOST_ROWS)]
    columns = [
        _column(used[name], seconds, GAP if name in (figures.SPEED, figures.POWER) else FAR, digits)
        for name, digits in zip(NAMES, _DIGITS, strict=True)
    ]
    return Track([float(second) for second in seconds], *columns)


def _column(samples: Samples, seconds: Sequence[int], holds: float, digits: int) -> Column:
    column: Column = []
    place = -1
    for second in seconds:
        while place + 1 < len(samples) and samples[place + 1][0] < second + 1:
            place += 1
        known = place >= 0 and second - samples[place][0] <= holds
        column.append(round(samples[place][1], digits) + 0.0 if known else None)  # no minus zero
    return column


def pack(drive: str, course: Track) -> bytes:
    """The track as a file: JSON, deflated."""
    return zlib.compress(msgspec.json.encode(Packed(1, drive, course)), 6)


def unpack(content: bytes) -> Track:
    """The track of a file. Raises StoreError for one that is none."""
    try:
        inflate = zlib.decompressobj()
        text = inflate.decompress(content, MOST_BYTES)
        if not inflate.eof:
            raise ValueError
        course = msgspec.json.decode(text, type=Packed).track
        if any(len(column) != len(course.at) for column in course.columns()):
            raise ValueError
    except (zlib.error, ValueError, msgspec.DecodeError):
        raise StoreError(
            "the course of this drive is damaged", advice="Restore a backup, or delete the drive."
        ) from None
    return course


def thin(course: Track, most: int) -> Track:
    """At most so many rows, evenly spread, with the peaks and dips of speed, power and height among them."""
    count = len(course.at)
    if count <= most:
        return course
    parts = max(1, (most - 2) // 7)
    keep = {0, count - 1}
    for part in range(parts):
        start, end = part * count // parts, (part + 1) * count // parts
        keep.add(start)
        for column in (course.speed, course.power, course.altitude):
            told = [(value, row) for row in range(start, end) if (value := column[row]) is not None]
            if told:
                keep |= {min(told)[1], max(told)[1]}
    rows = sorted(keep)
    return Track([course.at[row] for row in rows], *([column[row] for row in rows] for column in course.columns()))


def gaps(course: Track) -> list[tuple[float, float]]:
    """From when to when the car told nothing."""
    return [(one, other) for one, other in pairwise(course.at) if other - one > GAP]
