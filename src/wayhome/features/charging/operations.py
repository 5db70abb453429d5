"""What can be done with a charge schedule."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.core.value import Value
from wayhome.errors import BadInput, NotAllowed, NotFound
from wayhome.features.charging import model
from wayhome.features.charging.keeper import keeper_of
from wayhome.features.charging.model import START_STOP, Clock, Doing, Weekday
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

type CarId = Annotated[str, Meta(min_length=1, max_length=64)]


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A car's thing id."""

    car: CarId


class Schedule(msgspec.Struct):
    """A car's schedule and what it is at.

    ``offered``: it can be kept for this car. ``on`` to ``limit``: the plan (see ``charging.change``). ``doing``: off,
    unknown (the car does not tell), unplugged, by_hand, waits (until ``begins``, s since 1970), asks, charges, charged,
    trouble (``trouble``: what the car said). ``hand``: START or STOP that a person wants until the cable is out, ``by``
    whom; nobody: at the car itself.
    """

    car: str
    offered: bool
    on: bool
    start: str
    end: str
    days: list[int]
    ready: str | None
    limit: int | None
    doing: Doing
    begins: float | None = None
    hand: str | None = None
    by: str | None = None
    trouble: str | None = None


@operation("charging.plan", reads=True)
async def plan(session: Session, data: Which) -> Schedule:
    """When a car may charge, and what its schedule is at."""
    if not session.may("read", f"{data.car}/{model.CHARGING}"):
        raise NotFound(f"there is no car {data.car!r} that charges for you")
    return _schedule(session, data.car)


class Change(msgspec.Struct, forbid_unknown_fields=True):
    """What to change of a car's schedule; what is left out stays.

    ``start``, ``end``: times of day by the household's clock, as 22:00; the same: all day. ``days``: on which the
    windows begin, 0 is Monday. ``ready``: time of day by which it is to have its charge; null: none. ``limit``:
    percent at which the hub stops it, for cars that keep no limit themselves; null: none.
    """

    car: CarId
    on: bool | UnsetType = UNSET
    start: Clock | UnsetType = UNSET
    end: Clock | UnsetType = UNSET
    days: Annotated[list[Weekday], Meta(min_length=1, max_length=7)] | UnsetType = UNSET
    ready: Clock | UnsetType | None = UNSET
    limit: Annotated[int, Meta(ge=50, le=100)] | UnsetType | None = UNSET


@operation("charging.change", parked=True)
async def change(session: Session, data: Change) -> Schedule:
    """Change when a car may charge. What follows from it is done at once.

    Switching the schedule on ends what a person wanted of the car until the cable is out.
    """
    _check(session, data.car)
    thing = session.hub.household.house.things[data.car]
    if data.limit is not UNSET and data.limit is not None and model.LIMIT in thing.signals:
        raise BadInput(f"{thing.name} keeps its own charge limit", advice="Set the car's charge limit.")
    fields: dict[str, Value] = {}
    for name in ("on", "start", "end", "ready", "limit"):
        value = getattr(data, name)
        if value is not UNSET:
            fields[name] = value
    if data.days is not UNSET:
        fields["days"] = [*sorted(set(data.days))]
    if not fields:
        raise BadInput("nothing to change was sent", advice="Send one of on, start, end, days, ready, limit.")
    keeper = keeper_of(session.hub)
    before, _, _ = keeper.standing(data.car)
    anew = data.on is True and not before.on
    await keeper.change(data.car, fields, session.context(), anew=anew)
    return _schedule(session, data.car)


class Now(msgspec.Struct, forbid_unknown_fields=True):
    """``do``: ``start`` or ``stop`` charging now, which stands until the cable is out; ``plan``: go by the schedule
    again. ``key`` (8 to 64 characters) makes a start or stop idempotent for 24 h."""

    car: CarId
    do: Literal["start", "stop", "plan"]
    key: str | None = None


@operation("charging.now")
async def now(session: Session, data: Now) -> Schedule:
    """Start or stop charging now whatever the schedule says, or go by the schedule again."""
    _check(session, data.car)
    if data.do == "plan":
        await keeper_of(session.hub).change(data.car, {}, session.context(), anew=True)
    else:
        await session.act(f"{data.car}/{START_STOP}", data.do.upper(), key=data.key)
    return _schedule(session, data.car)


def _check(session: Session, car: str) -> None:
    """Whether this session may tell this car to charge, and the car can be told."""
    if not session.may("act", f"{car}/{START_STOP}"):
        if session.may("read", f"{car}/{model.CHARGING}"):
            raise NotAllowed(f"you may see how {car} charges, but not change it")
        raise NotFound(f"there is no car {car!r} that charges for you")
    if car not in session.hub.household.house.things:
        raise NotFound(f"there is no car {car!r}")
    if not keeper_of(session.hub).offers(car):
        raise BadInput(f"{car} can't be told to start and stop charging", advice="Use the car's own timer.")


def _schedule(session: Session, car: str) -> Schedule:
    keeper = keeper_of(session.hub)
    plan, standing, values = keeper.standing(car)
    begins, doing = values.get("begins"), values.get("doing", "off")
    return Schedule(
        car=car,
        offered=keeper.offers(car),
        on=plan.on,
        start=plan.start,
        end=plan.end,
        days=[*plan.days],
        ready=plan.ready,
        limit=plan.limit,
        doing=msgspec.convert(doing, Doing),
        begins=begins if isinstance(begins, float) else None,
        hand=standing.hand,
        by=standing.by,
        trouble=standing.trouble,
    )
