"""The rules of the household: what follows from a request.

Each rule reads the house and returns the changes that follow (none: nothing new), or raises a HubError that says
why not. None of them alters anything: ``wayhome.core.house.evolve`` does, one change at a time.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import get_args

import msgspec

from wayhome.core import command as commands
from wayhome.core import driving
from wayhome.core import record as records
from wayhome.core import thing as things
from wayhome.core.catalog import fits, same
from wayhome.core.clock import MAX_AHEAD_MS, tick, witness
from wayhome.core.command import Command
from wayhome.core.house import Announced, Change, Commanded, House, Recorded, Reported, Withdrawn
from wayhome.core.ids import split_path
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Quality, Reading, Value, is_value
from wayhome.errors import BadInput, Conflict, NotFound, TooMany

MAX_THINGS = 20_000
MAX_RECORDS = 200_000
MAX_OPEN = 1_000
MAX_FIELDS = 64
MAX_RECORD_BYTES = 65_536
MAX_ODD_BYTES = 8_192
"""A value that its signal can't hold is shown as bad, up to this size."""
QUALITIES = frozenset(get_args(Quality.__value__))
AHEAD = 60.0
"""A device's time may be so far ahead of the hub's, in s."""


def report(house: House, link: str, fact: Fact, at: float, context: Context | None) -> list[Change]:
    """A link's word about one of its things. Raises BadInput or Conflict when it can't be taken."""
    thing_id, _, name = fact.path.partition("/")
    thing = house.things.get(thing_id)
    if thing is None:
        raise NotFound(f"{fact.path[:80]!r}: there is no such thing")
    if thing.link != link or thing.site != house.site:
        raise Conflict(f"{fact.path!r} belongs to the link {thing.link} of the site {thing.site}")
    refinement = thing.signals.get(name)
    if refinement is None and name != things.ONLINE:
        raise BadInput(f"{thing_id} was announced without {name[:80]!r}")
    signal = house.catalog.signal(name)
    source_at = fact.source_at if fact.source_at is not None and math.isfinite(fact.source_at) else None
    if source_at is not None and source_at > at + AHEAD:
        source_at = at  # a device's clock that runs ahead must not make its readings the newest for ever
    before = house.readings.get(fact.path)
    if (
        before is not None
        and source_at is not None
        and before.source_at is not None
        and before.quality == "good"
        # One from the future tells of a clock that was set back since (the hub's or the device's): it holds nobody up.
        and source_at < before.source_at <= at + AHEAD
    ):
        return []  # an older report that came late
    why = fits(signal, fact.value, refinement) if fact.value is not None else None
    if why is not None and not (is_value(fact.value) and len(msgspec.json.encode(fact.value)) <= MAX_ODD_BYTES):
        raise BadInput(f"{fact.path}: {why}")
    if fact.quality not in QUALITIES:
        raise BadInput(f"{fact.path}: there is no such quality")
    quality = "bad" if why is not None else fact.quality
    reading = Reading(fact.path, fact.value, at, source_at, quality, context)
    news = before is None or before.value != reading.value or before.quality != quality
    changes: list[Change] = [Reported(reading, signal.keep == "state", news)]
    wish = house.wishes.get(fact.path)
    if (
        wish is not None
        and quality == "good"
        and wish.state == "sent"
        and same(signal, wish.target, fact.value, refinement)
    ):
        changes.append(Commanded(msgspec.structs.replace(wish, state="done", ended=at)))
    return changes


def again(known: Command, command: Command) -> None:
    """A key is used once more. Raises Conflict for another wish, or another actor's: the key is its owner's, and who
    else has it must neither see nor get that outcome."""
    if not known.same_wish(command) or known.context.actor != command.context.actor:
        raise Conflict("this key was already used for another wish", advice="Use a fresh key for each wish.")


def ask(house: House, command: Command) -> list[Change]:
    """A new wish. The same key with the same wish: no change. Raises BadInput, NotFound, Conflict, TooMany."""
    known = house.open.get(command.key)
    if known is not None:
        if known.same_wish(command):
            return []
        raise Conflict("this key was already used for another wish", advice="Use a fresh key for each wish.")
    thing_id, name = split_path(command.path)
    thing = house.things.get(thing_id)
    if thing is None:
        raise NotFound(f"there is no thing {thing_id!r}")
    signal = house.catalog.signal(name)
    refinement = thing.signals.get(name)
    if refinement is None:
        raise BadInput(f"{thing.name} has no {name}")
    if signal.kind != "actuator" or refinement.fixed:
        raise BadInput(f"{command.path} can only be read", advice="Only actuators take a wish.")
    why = fits(signal, command.target, refinement)
    if why is not None:
        raise BadInput(f"{command.path}: {why}")
    if not 0 < command.ttl <= commands.MAX_TTL:
        raise BadInput("the time to live is more than 0 and at most 86400 s")
    if len(house.open) >= MAX_OPEN:
        raise TooMany("too many wishes are open", advice="Wait until some are done.")
    changes: list[Change] = []
    older = house.wishes.get(command.path)
    if older is not None and not signal.press:
        # The newer wish replaces the older: two sliders' ends must not fight.
        changes.append(_end(older, "failed", command.at, "replaced", "a newer wish replaced it"))
    return [*changes, Commanded(command)]


def sent(house: House, key: str) -> list[Change]:
    """The wish is durable and goes to its link."""
    found = house.open.get(key)
    return [Commanded(msgspec.structs.replace(found, state="sent"))] if found and found.state == "asked" else []


def took(house: House, key: str, at: float) -> list[Change]:
    """The link handed it over. A press is done by that; a wish whose reading already fits, too. The others have from
    now on the time that slow devices take to report: nothing is sent any more, so no stale wish can come of it."""
    found = house.open.get(key)
    if found is None:
        return []
    thing_id, _, name = found.path.partition("/")
    signal = house.catalog.signal(name)
    reading = house.readings.get(found.path)
    fulfilled = (
        reading is not None
        and reading.quality == "good"
        and same(signal, found.target, reading.value, house.things[thing_id].signals.get(name))
    )
    if signal.press or fulfilled:
        return [Commanded(msgspec.structs.replace(found, state="done", ended=at))]
    if found.taken is None and found.ttl < commands.REPORT_WITHIN:
        return [Commanded(msgspec.structs.replace(found, taken=at))]
    return []


def fail(house: House, key: str, at: float, code: str, why: str) -> list[Change]:
    """The wish failed; ``why`` is for people."""
    found = house.open.get(key)
    return [_end(found, "failed", at, code, why)] if found is not None else []


def expire(house: House, now: float, over: Collection[str] = (), reached: Collection[str] = ()) -> list[Change]:
    """Drop the wishes whose time to live ran out by the clock on the wall, or of which ``over`` has the key. In
    ``reached`` are the keys of those that the site of the thing has said to have: not it, but the device is late. Those
    that were sent got no report: unreachable. One from the future tells of a clock that was set back since: nobody
    knows any more how old it is, so it ends too."""
    return [
        _end(found, "expired", now, "expired", _overdue(house, found, found.key in reached))
        for found in house.open.values()
        if found.deadline <= now or found.at > now + AHEAD or found.key in over
    ]


def _overdue(house: House, found: Command, reached: bool) -> str:
    elsewhere = house.foreign(found.path.partition("/")[0])
    if elsewhere is None or found.taken is not None or reached:
        return "the device did not report it in time"
    record = house.record("site", elsewhere.site)
    name = record.values().get("name") if record is not None else None
    return f"{name or elsewhere.site} did not take it in time"


def ended(found: Command, state: commands.State, at: float, code: str, why: str) -> Command:
    """A wish as it ended; ``why`` is for people, and may be a link's or another site's words."""
    why = why[:500].encode("utf-8", "replace").decode()
    return msgspec.structs.replace(found, state=state, ended=at, code=code, why=why)


def _end(found: Command, state: commands.State, at: float, code: str, why: str) -> Commanded:
    return Commanded(ended(found, state, at, code, why))


def announce(house: House, link: str, thing: Thing, at: float = 0.0) -> list[Change]:
    """A link describes a thing of its own. Open wishes for what it no longer can fail. Raises BadInput, Conflict,
    TooMany."""
    things.check(thing)
    if thing.link != link or thing.site != house.site:
        raise Conflict(f"a link announces its own things only, not those of {thing.link} at {thing.site}")
    before = house.things.get(thing.id)
    if before is not None and before.site != house.site:
        raise Conflict(f"the thing {thing.id} belongs to the site {before.site}")
    if before is not None and before.link not in (link, things.MOVED):
        raise Conflict(f"the thing {thing.id} belongs to the link {before.link}")
    if before == thing:
        return []
    if before is None and len(house.things) >= MAX_THINGS:
        raise TooMany(f"a household holds at most {MAX_THINGS} things")
    unknown = next((name for name in thing.signals if name not in house.catalog), None)
    if unknown is not None:
        raise BadInput(f"{thing.id}: the catalogue has no signal {unknown!r}")
    gone = () if before is None else {f"{thing.id}/{name}" for name in before.signals.keys() - thing.signals.keys()}
    ends: list[Change] = [
        _end(found, "failed", at, "not_found", "the thing no longer has that")
        for found in (house.open.values() if gone else ())
        if found.path in gone
    ]
    return [*ends, Announced(thing)]


def withdraw(house: House, link: str, thing_id: str, at: float) -> list[Change]:
    """A thing is gone for good; its open wishes fail."""
    thing = house.things.get(thing_id)
    if thing is None:
        return []
    if thing.link != link or thing.site != house.site:
        raise Conflict(f"the thing {thing_id} belongs to the link {thing.link} of the site {thing.site}")
    ends: list[Change] = [
        _end(found, "failed", at, "not_found", "the thing is gone")
        for found in house.open.values()
        if found.path.startswith(thing_id + "/")
    ]
    return [*ends, Withdrawn(thing)]


def write(house: House, collection: str, item: str, values: dict[str, Value], now: float) -> list[Change]:
    """Write fields of a record (None takes a field away). Raises BadInput, TooMany."""
    if not values:
        raise BadInput("nothing to write was sent")
    _check_fields(values)
    clock = tick(house.clock, int(now * 1000))
    old = house.record(collection, item)
    new = records.write(old, collection, item, values, clock)
    _ = new.path  # raises BadInput for a name that is none
    if len(new.fields) > MAX_FIELDS or len(msgspec.json.encode(new)) > MAX_RECORD_BYTES:
        raise BadInput(f"a record has at most {MAX_FIELDS} fields and {MAX_RECORD_BYTES} bytes")
    if old is None and sum(map(len, house.records.values())) >= MAX_RECORDS:
        raise TooMany(f"a household holds at most {MAX_RECORDS} records")
    return [Recorded(new, clock)]


def delete(house: House, collection: str, item: str, now: float) -> list[Change]:
    """Delete a record. Raises NotFound."""
    old = house.record(collection, item)
    if old is None or old.gone:
        raise NotFound(f"there is no {collection} {item[:80]!r}")
    clock = tick(house.clock, int(now * 1000))
    return [Recorded(records.delete(old, clock), clock)]


def receive(house: House, record: Record, now: float, ahead: int = MAX_AHEAD_MS) -> list[Change]:
    """Take in a record written elsewhere. Nothing new in it: no change. ``ahead``: what is stamped so many ms ahead of
    ``now`` counts as written now."""
    clock, seen = witness(house.clock, record.stamp, int(now * 1000), ahead)
    if seen != record.stamp:
        record = Record(
            record.collection,
            record.id,
            {n: msgspec.structs.replace(f, stamp=min(f.stamp, seen)) for n, f in record.fields.items()},
            None if record.deleted is None else min(record.deleted, seen),
        )
    old = house.record(record.collection, record.id)
    new = record if old is None else records.merge(old, record)
    return [] if new == old else [Recorded(new, clock)]


def _check_fields(values: dict[str, Value]) -> None:
    for name, value in values.items():
        if not name.isidentifier() or len(name) > 64:
            raise BadInput(f"{name[:80]!r} can't be a field's name")
        if not is_value(value):
            raise BadInput(f"the field {name} holds no plain value")


def drive_state(house: House, car: str, now: float) -> driving.State | None:
    """What a car is doing now, or None when it did not change (or is no car)."""
    thing = house.things.get(car)
    if thing is None or driving.SPEED not in thing.signals:
        return None
    found = house.readings.get
    speed, gear, power = (
        found(f"{car}/{driving.SPEED}"),
        found(f"{car}/{driving.GEAR}"),
        found(f"{car}/{driving.POWER}"),
    )
    before = found(f"{car}/{driving.STATE}")
    motion = driving.Motion(
        speed=speed.value if speed and speed.quality == "good" and isinstance(speed.value, int | float) else None,
        # One from the future tells of a clock that was set back: how old it is, nobody knows.
        speed_age=abs(now - speed.at) if speed else 0.0,
        gear=gear.value if gear and gear.quality == "good" and isinstance(gear.value, int) else None,
        on=power is not None and power.value in ("ON", "START"),
    )
    known: driving.State = before.value if before and before.value in ("parked", "idling", "moving") else "parked"  # type: ignore[assignment]
    state = driving.judge(known, motion)
    return None if before is not None and state == before.value else state
