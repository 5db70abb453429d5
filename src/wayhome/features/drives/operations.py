"""What can be done with drives."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Literal

import msgspec

from wayhome.errors import BadInput, NotFound
from wayhome.features.drives import places, render, track
from wayhome.features.drives.finding import find, keeper_of, seen
from wayhome.features.drives.index import DrivesTotal
from wayhome.features.drives.looking import drives as drives_at_all
from wayhome.features.drives.model import PLACE, Drive
from wayhome.features.drives.track import Track
from wayhome.hub.operations import File, operation
from wayhome.hub.session import Session

MOST = 200
MOST_POINTS = 5_000


class DrivesAsked(msgspec.Struct, forbid_unknown_fields=True):
    """``car``: of this one only. ``after``: the ``next`` of the answer before. ``limit``: 1 to 200."""

    car: str | None = None
    after: str | None = None
    limit: int = 50


class DrivesKept(msgspec.Struct):
    """Whether drives are kept: of the household, and of each car."""

    all: bool
    cars: dict[str, bool]


class DrivesListed(msgspec.Struct):
    """Drives, newest first. ``next``: asks for those before these; nothing: that was all. ``total`` and ``months`` are
    of all that ended, on whatever page they are."""

    drives: list[Drive]
    next: str | None
    total: DrivesTotal
    months: list[DrivesTotal]
    kept: DrivesKept


def _kept(session: Session) -> DrivesKept:
    keeper = keeper_of(session)
    things = session.hub.household.house.things.values()
    return DrivesKept(keeper.kept(), {one.id: keeper.kept(one.id) for one in things if drives_at_all(one)})


@operation("drives.list", reads=True)
async def list_(session: Session, data: DrivesAsked) -> DrivesListed:
    """The household's drives, newest first, with what they come to by month.

    A drive without an ``end`` goes on.
    """
    if not 0 < data.limit <= MOST:
        raise BadInput(f"the limit is 1 to {MOST}")
    found = seen(session, data.car)
    page = found
    if data.after is not None:
        start, _, id = data.after.partition("~")
        try:
            mark = (float(start), id)
        except ValueError:
            raise BadInput("`after` is the `next` of an answer") from None
        page = [one for one in found if (one.start, one.id) < mark]
    total, months = keeper_of(session).index.totals(found)
    last = page[data.limit - 1] if len(page) > data.limit else None
    after = f"{last.start!r}~{last.id}" if last is not None else None
    shown = places.all_named(page[: data.limit], session.hub.household.records(PLACE))
    return DrivesListed(shown, after, total, months, _kept(session))


class DriveNamed(msgspec.Struct, forbid_unknown_fields=True):
    """A drive's id."""

    id: str


class DriveWanted(msgspec.Struct, forbid_unknown_fields=True):
    """A drive's id, and how many rows of its course are wanted at most: 20 to 5000."""

    id: str
    points: int = 600


class DriveShown(msgspec.Struct):
    """A drive and its course. ``gaps``: from when to when the car told nothing."""

    drive: Drive
    course: Track
    gaps: list[tuple[float, float]]


async def _course(session: Session, drive: Drive) -> Track:
    if drive.track is None:
        return Track()
    return await asyncio.to_thread(track.unpack, await session.hub.blobs.get(drive.track))


@operation("drives.show", reads=True)
async def show(session: Session, data: DriveWanted) -> DriveShown:
    """A drive with its course, thinned so that peaks and dips stay.

    The course of a drive that goes on comes at its end.
    """
    if not 20 <= data.points <= MOST_POINTS:
        raise BadInput(f"the points are 20 to {MOST_POINTS}")
    drive = find(session, data.id)
    course = await _course(session, drive)
    return DriveShown(drive, await asyncio.to_thread(track.thin, course, data.points), track.gaps(course))


class DrivesExport(msgspec.Struct, forbid_unknown_fields=True):
    """``id``: of this drive the course; nothing: all drives as a log book, ``car``: of this one, as ``csv`` only."""

    id: str | None = None
    car: str | None = None
    format: Literal["csv", "gpx"] = "csv"


@operation("drives.export", reads=True, parked=True)
async def export(session: Session, data: DrivesExport) -> File:
    """A drive's course as CSV or GPX 1.1, or the log book of all drives as CSV."""
    zone = session.hub.zone
    if data.id is None:
        if data.format != "csv":
            raise BadInput("all drives come as csv", advice="Name a drive for its GPX track.")
        drives = [one for one in seen(session, data.car) if one.end is not None]
        known = dict(session.hub.household.records(PLACE))
        content = await asyncio.to_thread(lambda: render.drives_csv(places.all_named(drives, known), zone))
        return File(content, "text/csv", "drives.csv")
    drive = find(session, data.id)
    course = await _course(session, drive)
    stem = f"drive-{datetime.fromtimestamp(drive.start, zone):%Y-%m-%d-%H%M}"
    if data.format == "csv":
        return File(await asyncio.to_thread(render.course_csv, course), "text/csv", f"{stem}.csv")
    return File(await asyncio.to_thread(render.gpx, drive, course), "application/gpx+xml", f"{stem}.gpx")


@operation("drives.delete", parked=True)
async def delete(session: Session, data: DriveNamed) -> None:
    """Delete a drive and its course, for good. One that goes on is not kept further."""
    await keeper_of(session).delete(find(session, data.id), session.context())


class DrivesKeep(msgspec.Struct, forbid_unknown_fields=True):
    """``on``: keep drives from now on, or no more. ``car``: of this one; nothing: of the household."""

    on: bool
    car: str | None = None


@operation("drives.keep", parked=True)
async def keep(session: Session, data: DrivesKeep) -> DrivesKept:
    """Say whether drives are kept, of the household or of one car.

    One under way is dropped when it is switched off. Those of before stay until somebody deletes them.
    """
    if data.car is not None:
        thing = session.hub.household.house.things.get(data.car)
        if thing is None or not drives_at_all(thing):
            raise NotFound(f"there is no car {data.car[:64]!r}")
    await keeper_of(session).keep(data.car, data.on, session.context())
    return _kept(session)
