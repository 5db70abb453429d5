"""Driving: what a car is doing, and what a screen may ask of its driver then.

States and limits after Android's CarUxRestrictions and the NHTSA visual-manual guidelines (2013): 12 s of total
glance time, no scrolling text, no manual text entry while moving.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from wayhome.core.value import Value

type State = Literal["parked", "idling", "moving"]
type Seat = Literal["driver", "passenger", "elsewhere"]

SPEED = "Vehicle.Speed"
GEAR = "Vehicle.Powertrain.Transmission.CurrentGear"
POWER = "Vehicle.LowVoltageSystemState"
SIGNALS = frozenset({SPEED, GEAR, POWER})
STATE = "driving.state"
RESTRICTIONS = "driving.restrictions"
OWN = (STATE, RESTRICTIONS, "drive.now", "navigation.now")
"""What the owner's hub itself says of a thing, beside what the thing is and whether it answers."""

PARK = 126  # VSS: 126 is park, 127 drive, 0 neutral, negative reverse
START_KMH = 2.0
STOP_KMH = 0.5
SPEED_GOOD_FOR = 10.0


NEVER = (
    "Vehicle.ADAS.",
    "Vehicle.Chassis.",
    "Vehicle.MotionManagement.",
    "Vehicle.Powertrain.Transmission.",
    "Vehicle.Body.Mirrors.",
)
"""Driving controls: shown, never operated from a screen."""
COMFORT = ("Vehicle.Chassis.SteeringWheel.HeatingCooling",)
"""Of those branches what moves no car: warm hands."""
PARKED_ONLY = (
    "Vehicle.Body.Horn.",
    "Vehicle.Body.Lights.",
    "Vehicle.Body.Windshield.",
    "Vehicle.Body.Hood.",
    "Vehicle.Body.Trunk.",
    "Vehicle.Powertrain.TractionBattery.Charging.",
)
"""From a screen only while the car is parked: finding the car by its horn and lights, opening what must be shut."""


def barred(signal: str, state: State) -> str | None:
    """Why a screen may not operate this signal of a car that is in ``state``; None: it may."""
    if signal.startswith(NEVER) and signal not in COMFORT:
        return "driving controls are shown, but never operated from a screen"
    if signal.startswith(PARKED_ONLY) and state != "parked":
        return "this is only for when the car is parked"
    return None


class Motion(msgspec.Struct, frozen=True):
    """What is known of a car: speed in km/h and its age in s, gear, whether its electrics are on."""

    speed: float | None
    speed_age: float
    gear: int | None
    on: bool


def judge(before: State, motion: Motion) -> State:
    """The driving state. With hysteresis (2 km/h to start moving, under 0.5 to stop), and failing to the strict
    side: a car that is on, not in park, and whose speed is unknown or old counts as moving."""
    if motion.gear == PARK:
        # In park the wheels are locked; only a speed that says otherwise outweighs it.
        return (
            "moving"
            if motion.speed is not None and abs(motion.speed) >= START_KMH and motion.speed_age < 2
            else "parked"
        )
    if not motion.on and (motion.speed is None or abs(motion.speed) < START_KMH):
        return "parked"
    if motion.speed is None or motion.speed_age > SPEED_GOOD_FOR:
        return "moving"
    speed = abs(motion.speed)
    if speed >= START_KMH or (before == "moving" and speed >= STOP_KMH):
        return "moving"
    return "idling" if motion.on else "parked"


def driver(said: str | None, screens: Iterable[str]) -> str | None:
    """Who drives a car: whoever was named; else the one person whose screens sit at its driver's seat. None: nobody
    knows, as with screens of several people there."""
    if said is not None:
        return said
    people = set(screens)
    return people.pop() if len(people) == 1 else None


class Restrictions(msgspec.Struct, frozen=True):
    """What a screen may ask: steps deep, items in a list, characters of a text, and whether typing, video, setting
    up and paying are open. ``hold``: locks and money ask for press-and-hold."""

    depth: int
    items: int
    text: int
    keyboard: bool
    video: bool
    setup: bool
    pay: bool
    hold: bool


FREE = Restrictions(depth=9, items=500, text=10_000, keyboard=True, video=True, setup=True, pay=True, hold=False)

TABLES: Mapping[str, Mapping[State, Restrictions]] = {
    "world": {
        "parked": FREE,
        "idling": Restrictions(4, 12, 240, False, False, False, True, True),
        "moving": Restrictions(3, 6, 120, False, False, False, False, True),
    },
    "us": {  # NHTSA also bars manual text entry and more than brief lists whenever not in park
        "parked": FREE,
        "idling": Restrictions(3, 6, 120, False, False, False, True, True),
        "moving": Restrictions(3, 6, 120, False, False, False, False, True),
    },
}


def restrictions(state: State, seat: Seat, market: str = "world") -> Restrictions:
    """What holds for a session: the driver's by the market's table, everyone else is free."""
    return TABLES.get(market, TABLES["world"])[state] if seat == "driver" else FREE


def shown(state: State, market: str = "world", seat: Seat = "driver") -> dict[str, Value]:
    """The restrictions in ``state`` as screens get them; the driver's stand at ``<car>/driving.restrictions``."""
    limits: dict[str, Value] = msgspec.to_builtins(restrictions(state, seat, market))
    return limits
