"""Working out a drive that has ended: its figures, places and course, from what the store has of it."""

from __future__ import annotations

import asyncio

import msgspec

from wayhome.features.drives import figures, looking, rules, track
from wayhome.features.drives.figures import Samples
from wayhome.features.drives.model import Counts, Drive, DrivePlace
from wayhome.features.drives.rules import Unseen
from wayhome.hub.running import Hub

AFTER = 120.0
"""A service tells a car's place some s after its odometer: so many after its end still belong to a coarse drive."""


def spot(hub: Hub, place: tuple[float, float] | None) -> DrivePlace | None:
    """A place by the household's name for it."""
    return figures.spot(place, hub.household.records("place").values())


def unseen(hub: Hub, car: str, name: str, what: Unseen) -> Drive:
    """What a car went while nobody heard it: when it did, nobody knows, so it stands where it was heard of again."""
    base, counts, at = what.base, what.counts, what.at
    spent = figures.energy(one(at, counts.consumed), one(at, counts.charged), base, (None, None), None)
    return Drive(
        hub.ids.ulid(),
        car,
        name,
        at,
        at,
        coarse=True,
        lost=True,
        base=base,
        distance=rules.gone(base.odometer, counts.odometer),
        energy=spent if spent is not None and spent > 0 else None,
        charge_from=base.charge,
        charge_to=counts.charge,
        origin=spot(hub, what.origin),
        goal=spot(hub, what.goal),
    )


def one(at: float, value: float | None) -> Samples:
    """One sample, where there is one."""
    return [] if value is None else [(at, value)]


async def worked_out(hub: Hub, drive: Drive, odometer: float | None = None) -> Drive | None:
    """The drive as it is kept, its course put away; None: it is too short to be one. ``odometer``: what it stood at
    when the drive was over. Raises StoreError."""
    assert drive.end is not None
    household = hub.household
    until = drive.end + (AFTER if drive.coarse else 0.0)
    told = await looking.told(household, drive.car, drive.start, until)
    capacity = looking.capacity(household.house, drive.car)
    came_to = figures.figures(told, drive.end, drive.base, capacity, odometer)
    if came_to.distance is not None and came_to.distance < rules.LEAST:
        return None
    course = await asyncio.to_thread(track.track, _from_the_start(told, drive.start, drive.base, drive.origin))
    ends = [samples[-1][1] for name in (figures.LATITUDE, figures.LONGITUDE) if (samples := told.get(name))]
    return msgspec.structs.replace(
        drive,
        track=await hub.blobs.put(track.pack(drive.id, course)) if course.at else None,
        goal=spot(hub, (ends[0], ends[1])) if len(ends) == 2 else drive.origin,
        **msgspec.structs.asdict(came_to),
    )


def _from_the_start(
    told: dict[str, Samples], start: float, base: Counts, origin: DrivePlace | None
) -> dict[str, Samples]:
    """The same with what held at the start: what had not changed since before it was not told anew."""
    charge = figures.CHARGE if told.get(figures.CHARGE) else figures.SHOWN_CHARGE
    held = {
        charge: base.charge,
        figures.LATITUDE: origin.latitude if origin is not None else None,
        figures.LONGITUDE: origin.longitude if origin is not None else None,
    }
    first = {name: [*one(start, value), *told.get(name, ())] for name, value in held.items()}
    return {**told, **{name: samples for name, samples in first.items() if samples}}
