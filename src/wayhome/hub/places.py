"""Places: those that the household has named, and where each person was led last. Several features name them, and go
to them; here is what holds for all."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping

from wayhome.core.ids import legible
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, NotFound
from wayhome.hub.household import Household
from wayhome.hub.maps import Point

PLACE, HOME = "place", "home"
RADIUS = 80.0
"""m around the point that is named."""
LONGEST = 60
AROUND = 150.0
"""m from a place's middle within which a car is there, whatever its radius: it stands beside the house."""
RECENT = "recent"
"""Where a person was led: ``recent/<person>:<ulid>``, read by nobody else."""
MOST_RECENT = 20
SAME = 40.0
"""m within which two places of one name are one."""
LONGEST_RECENT = 120


def clean(name: str) -> str:
    """A name as it is kept: one line, nothing unprintable. Raises BadInput."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST or not plain.isprintable() or not legible(plain):
        raise BadInput(f"a place's name has 1 to {LONGEST} visible characters")
    return plain


def called(name: str, places: Mapping[str, Record], but: Collection[str] = ()) -> str | None:
    """The place that is called so already, if any: two of one name could not be told apart."""
    wanted = name.casefold()
    for id, record in places.items():
        if id not in but and str(record.values().get("name") or id).casefold() == wanted:
            return id
    return None


def of_grants(household: Household) -> set[str]:
    """The places on which somebody's rights depend."""
    return {str(one.values().get("place")) for one in household.records("grant").values()}


def point_of(record: Record) -> Point | None:
    """Where a place is; None: nobody said."""
    values = record.values()
    latitude, longitude = values.get("latitude"), values.get("longitude")
    numbers = (int, float)
    if not isinstance(latitude, numbers) or not isinstance(longitude, numbers):
        return None
    if isinstance(latitude, bool) or isinstance(longitude, bool) or abs(latitude) > 90 or abs(longitude) > 180:
        return None
    return Point(float(latitude), float(longitude))


def holds(record: Record, point: Point) -> bool:
    """Whether a point lies in a place of the household."""
    middle, radius = point_of(record), record.values().get("radius")
    within = max(AROUND, float(radius) if isinstance(radius, int | float) else 0.0)
    return middle is not None and _apart(point, middle) <= within


def at(household: Household, point: Point) -> tuple[str, str] | None:
    """The household's place that a point lies in, its id and name: the one whose middle is nearest."""
    found: list[tuple[float, str, str]] = []
    for id, record in household.records(PLACE).items():
        middle = point_of(record)
        if middle is not None and holds(record, point):
            found.append((_apart(point, middle), id, str(record.values().get("name") or id)))
    return min(found)[1:] if found else None


async def remember(household: Household, person: str, id: str, name: str, point: Point, context: Context) -> None:
    """Keep where a person was led, the newest so many; the same again is the newest. ``id``: a fresh ULID. Raises
    StoreError."""
    mine = {key: record for key, record in household.records(RECENT).items() if key.startswith(f"{person}:")}
    same = {
        key
        for key, record in mine.items()
        if record.values().get("name") == name
        and (there := point_of(record)) is not None
        and _apart(there, point) <= SAME
    }
    others = sorted(mine.keys() - same, key=lambda key: _when(mine[key]), reverse=True)
    for key in (*same, *others[MOST_RECENT - 1 :]):
        await taken_up(household, RECENT, key, context)
    values: dict[str, Value] = {
        "name": name[:LONGEST_RECENT],
        "latitude": round(point.latitude, 6),
        "longitude": round(point.longitude, 6),
        "at": household.clock.now(),
    }
    await household.write(RECENT, f"{person}:{id.lower()}", values, context)


async def taken_up(household: Household, collection: str, id: str, context: Context) -> None:
    """A record is let go, as what it asked for is done; somebody may have been faster. Raises StoreError."""
    try:
        await household.delete(collection, id, context)
    except NotFound:
        return


def _when(record: Record) -> float:
    at = record.values().get("at")
    return float(at) if isinstance(at, int | float) else 0.0


def _apart(one: Point, other: Point) -> float:
    north = math.radians(other.latitude - one.latitude)
    east = math.remainder(math.radians(other.longitude - one.longitude), math.tau)
    return 6_371_000 * math.hypot(north, east * math.cos(math.radians(one.latitude)))
