"""What another site says of its things: it is the one writer of their readings, this one only shows them.

The rules are as strict as those for links: a site tells of its own things, and of nothing that it made up. What is
refused costs no more than itself.
"""

from __future__ import annotations

import math

import msgspec

from wayhome.core import decide, driving
from wayhome.core import thing as things
from wayhome.core.house import Announced, Change, Commanded, House, Reported, Withdrawn
from wayhome.core.ids import is_thing
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Quality, Reading, Value, is_value
from wayhome.errors import BadInput, Conflict, TooMany

OWNER = "owner"
"""The collection that says at which site a moved thing is: by its id, ``site``, ``thing`` (what it is, with the marks
by which links know it), and ``twin``, what that site's own link calls it where no mark tells. Its stamps settle who
moved it last."""


def owner(house: House, thing_id: str) -> str | None:
    """The site that a thing was moved to; None: it is where its link is. A site that is not of the household (any more)
    has nothing: of two that are apart one may remove it while the other moves something there."""
    site = said(house.record(OWNER, thing_id))
    known = house.record("site", site) if site is not None else None
    return site if site == house.site or (known is not None and not known.gone) else None


def said(record: Record | None) -> str | None:
    """The site that a record of OWNER names, of the household or not."""
    site = record.values().get("site") if record is not None else None
    return site if isinstance(site, str) else None


def moves(thing: Thing) -> bool:
    """Whether it can go to another site: a car can't, whatever is written."""
    return thing.kind != "car" and not any(name.startswith("Vehicle.") for name in thing.signals)


def move(house: House, thing: Thing, site: str, marks: tuple[str, ...], at: float) -> list[Change]:
    """A thing is another site's from now on. Open wishes for it end: who was asked may have done it, and it is judged
    by nobody a second time. Where it comes to this site its readings are stale until a link here reports."""
    ends: list[Change] = [
        Commanded(decide.ended(found, "failed", at, "moved", "it moved to another hub meanwhile; see what it does"))
        for found in house.open.values()
        if found.path.startswith(f"{thing.id}/")
    ]
    if site != house.site:
        return [*ends, Announced(msgspec.structs.replace(thing, site=site, moved=True))]
    known = {name: refined for name, refined in thing.signals.items() if name in house.catalog}
    mine = msgspec.structs.replace(thing, site=site, link=things.MOVED, marks=marks, moved=True, signals=known)
    kept = (house.readings.get(f"{thing.id}/{name}") for name in thing.signals)
    stale: list[Change] = [
        Reported(msgspec.structs.replace(reading, quality="stale"), True, True)
        for reading in kept
        if reading is not None
    ]
    return [*ends, Announced(mine), *stale]


def thing_of(thing_id: str, info: Value, house: House, site: str) -> Thing:
    """The thing that ``info`` (``Thing.info``) describes. Signals that this hub's catalogue does not know are left
    out: the other site may have a newer one. Raises BadInput, Conflict."""
    if not isinstance(info, dict):
        raise BadInput(f"{thing_id[:80]!r} is described by something else than a thing")
    described = {name: value for name, value in info.items() if name != "traits"}
    try:
        thing = msgspec.convert({**described, "id": thing_id}, Thing)
    except msgspec.ValidationError as error:
        raise BadInput(f"{thing_id[:80]}: {error}") from None
    things.check(thing)
    if thing.site != site:
        raise Conflict(f"{site} told of {thing_id}, which is a thing of {thing.site}")
    known = {name: refined for name, refined in thing.signals.items() if name in house.catalog}
    return msgspec.structs.replace(thing, signals=known)


def announce(house: House, site: str, thing: Thing) -> list[Change]:
    """Another site describes a thing of its own. Raises Conflict where the name is taken, TooMany."""
    before = house.things.get(thing.id)
    if before is not None and before.site != site:
        raise Conflict(f"{before.site} and {site} both have a thing called {thing.id}")
    if before == thing:
        return []
    if before is None and len(house.things) >= decide.MAX_THINGS:
        raise TooMany(f"a household holds at most {decide.MAX_THINGS} things")
    return [Announced(thing)]


def withdraw(house: House, site: str, thing_id: str, at: float) -> list[Change]:
    """A thing of another site is gone; what was wished of it fails."""
    thing = house.things.get(thing_id)
    if thing is None or thing.site != site:
        return []
    ends: list[Change] = [
        Commanded(decide.ended(found, "failed", at, "not_found", "the thing is gone"))
        for found in house.open.values()
        if found.path.startswith(f"{thing_id}/")
    ]
    return [*ends, Withdrawn(thing)]


def reading_of(house: House, site: str, path: str, shown: object) -> Reading:
    """The reading that another site shows at ``path`` as ``[value, at, source_at, quality]``. Raises BadInput,
    Conflict."""
    thing_id, _, name = path.partition("/")
    thing = house.things.get(thing_id) if is_thing(thing_id) else None
    if thing is None or thing.site != site:
        raise Conflict(f"{path[:80]!r} is of no thing of {site}")
    if name not in thing.signals and name not in driving.OWN and name != things.ONLINE:
        raise BadInput(f"{thing_id} has no {name[:80]!r}")
    value, at, source_at, quality = _parts(path, shown)
    return Reading(path, value, at, source_at, quality)


def _parts(path: str, shown: object) -> tuple[Value, float, float | None, Quality]:
    if not isinstance(shown, list) or not 2 <= len(shown) <= 4:
        raise BadInput(f"{path[:80]}: a reading is [value, at, source_at, quality]")
    value, at = shown[0], shown[1]
    source_at = shown[2] if len(shown) > 2 else None
    quality: Quality = shown[3] if len(shown) > 3 else "good"
    if not is_value(value) or not _is_time(at) or not (source_at is None or _is_time(source_at)):
        raise BadInput(f"{path[:80]} holds no plain value")
    if quality not in decide.QUALITIES or len(msgspec.json.encode(value)) > things.MAX_BYTES:
        raise BadInput(f"{path[:80]} is no reading")
    return value, float(at), None if source_at is None else float(source_at), quality


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def end(house: House, key: str, at: float, state: str, code: str | None, why: str | None) -> list[Change]:
    """The owner of the thing says how a wish that was asked here has ended."""
    found = house.open.get(key)
    if found is None or state not in ("done", "failed", "expired"):
        return []
    if state == "done":
        return [Commanded(msgspec.structs.replace(found, state="done", ended=at))]
    return [Commanded(decide.ended(found, state, at, code or state, why or ""))]  # type: ignore[arg-type]
