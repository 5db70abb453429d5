"""Names of the places where drives begin and end: the household's own, on drives of before, too."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

from wayhome.core.record import Record
from wayhome.errors import BadInput
from wayhome.features.drives.figures import spot
from wayhome.features.drives.model import Drive, DrivePlace

HOME = "home"
RADIUS = 80.0
"""Metres around the point that is named."""
LONGEST = 60


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


def clean(name: str) -> str:
    """A name as it is kept: one line, nothing unprintable. Raises BadInput."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable():
        raise BadInput(f"a place's name has 1 to {LONGEST} visible characters")
    return plain


def called(name: str, places: Mapping[str, Record], but: Collection[str] = ()) -> str | None:
    """The place that is called so already, if any: two of one name could not be told apart."""
    wanted = name.casefold()
    for id, record in places.items():
        if id not in but and str(record.values().get("name") or id).casefold() == wanted:
            return id
    return None
