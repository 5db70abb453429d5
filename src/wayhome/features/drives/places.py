"""Names of the places where drives begin and end: the household's own, on drives of before, too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from wayhome.core.record import Record
from wayhome.features.drives.figures import spot
from wayhome.features.drives.model import Drive, DrivePlace


def named(drive: Drive, places: Mapping[str, Record]) -> Drive:
    """The drive with the names that its places have now. One that lies in no place any more keeps the name that it had
    as long as that place is still there: the household moved house, or drew it anew."""
    origin, goal = _named(drive.origin, places), _named(drive.goal, places)
    if origin == drive.origin and goal == drive.goal:
        return drive
    return msgspec.structs.replace(drive, origin=origin, goal=goal)


def all_named(drives: Iterable[Drive], places: Mapping[str, Record]) -> list[Drive]:
    """The same for many."""
    return [named(drive, places) for drive in drives]


def _named(one: DrivePlace | None, places: Mapping[str, Record]) -> DrivePlace | None:
    if one is None:
        return None
    now = spot((one.latitude, one.longitude), places.values())
    if now is not None and now.place is None and one.place in places:
        return one
    return now
