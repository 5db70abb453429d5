"""The charge schedule's words: what a person wishes, what the car shows, where the hub stands with it."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.core.value import Value

BATTERY = "Vehicle.Powertrain.TractionBattery."
START_STOP = BATTERY + "Charging.StartStopCharging"
CHARGING = BATTERY + "Charging.IsCharging"
LIMIT = BATTERY + "Charging.ChargeLimit"
LEFT = BATTERY + "Charging.TimeToComplete"
CABLE = BATTERY + "Charging.ChargingPort.AnyPosition.IsChargingCableConnected"
LEVELS = (BATTERY + "StateOfCharge.Displayed", BATTERY + "StateOfCharge.Current")

ACTOR = "feature:charging"
COLLECTION = "charging"

type Clock = Annotated[str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
"""A time of day by the household's clock, as ``22:00``."""
type Weekday = Annotated[int, Meta(ge=0, le=6)]
"""0 is Monday."""
type Way = Literal["START", "STOP"]
type Doing = Literal["off", "unknown", "unplugged", "by_hand", "waits", "asks", "charges", "charged", "trouble"]
"""What the schedule is at. ``by_hand``: a person's start or stop stands until the cable is out. ``asks``: the car was
told and has not followed yet. ``trouble``: it did not follow although it was told several times."""
type Because = Literal["window", "ready", "outside", "limit"]
"""Why the car is told: its window is open, it has to be ready soon, its window is shut, it has got enough."""

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A car's schedule: it may charge from ``start`` to ``end`` in windows that begin on ``days``; when the two are
    the same, all day. ``ready``: by then it is to have its charge, also if that needs time outside of the window.
    ``limit``: percent at which the hub stops it, for cars that keep no limit themselves."""

    on: bool = False
    start: Clock = "22:00"
    end: Clock = "06:00"
    days: Annotated[tuple[Weekday, ...], Meta(min_length=1, max_length=7)] = EVERY_DAY
    ready: Clock | None = None
    limit: Annotated[int, Meta(ge=50, le=100)] | None = None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the car tells now; None: it does not tell, or what it told is old. ``limit``: percent at which it, or else
    the plan, ends the charge. ``keeps_limit``: the car does so itself. ``left``: s that it says are left."""

    cable: bool | None = None
    charging: bool | None = None
    level: float | None = None
    limit: float | None = None
    keeps_limit: bool = True
    left: float | None = None


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the hub stands with a car, kept so that neither a restart nor a crash makes it forget.

    ``plugged``: since when the cable is in (s since 1970). ``hand``: what a person wants until it is out, ``by`` whom
    (an actor; None: at the car itself), since ``hand_at``. ``asked``: what the hub wants; ``told``: it had to tell the
    car, which it did ``tries`` times, again not before ``again``; ``obeyed``: the car was seen to do so since; ``odd``:
    since when it does otherwise all the same. ``because``: why. ``trouble``: what the car said to it. ``pace``: percent
    in an hour, learnt from its last charge.
    """

    plugged: float | None = None
    hand: Way | None = None
    by: str | None = None
    hand_at: float = 0.0
    asked: Way | None = None
    told: bool = False
    obeyed: bool = False
    odd: float | None = None
    tries: int = 0
    again: float = 0.0
    because: Because | None = None
    trouble: str | None = None
    pace: float | None = None


class Step(msgspec.Struct, frozen=True):
    """What follows: where the hub stands now, what the car is to be told, and what to say of it. ``begins``: when its
    next window opens (s since 1970), while it waits."""

    standing: Standing
    doing: Doing
    tell: Way | None = None
    begins: float | None = None


def plan(values: dict[str, Value]) -> Plan:
    """The plan out of a record's fields; what is no plan (any more) counts as switched off."""
    try:
        return msgspec.convert({k: v for k, v in values.items() if k in Plan.__struct_fields__}, Plan)
    except msgspec.ValidationError:
        return Plan()


def standing(values: dict[str, Value]) -> Standing:
    """Where the hub stands, out of a record's fields."""
    try:
        return msgspec.convert(values.get("standing", {}), Standing)
    except msgspec.ValidationError:
        return Standing()
