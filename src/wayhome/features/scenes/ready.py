"""Ready-made scenes: arriving, leaving, goodnight, put together from what a household has. Proposals to look over;
nothing is switched or kept by making one, and none opens or unlocks anything."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Literal

from wayhome.core.catalog import Catalog
from wayhome.core.thing import Thing
from wayhome.features.scenes import states
from wayhome.features.scenes.model import MAX_STATES, Part, States

type Kind = Literal["arriving", "leaving", "goodnight"]

BY_THE_DOOR = re.compile(r"hall|entr|porch|flur|diele|eingang|living|lounge|wohn|玄关|走廊|门厅|客厅", re.IGNORECASE)
WARM, AWAY, NIGHT = 21.0, 17.0, 18.0
"""Celsius."""
DOOR = re.compile(r"Vehicle\.(Cabin\.Door\..+|Body\.Trunk\..+)\.IsLocked")


def proposed(
    kind: Kind, things: Iterable[Thing], catalog: Catalog, may: Callable[[str], bool], planned: Callable[[str], bool]
) -> list[Part]:
    """The parts of a ready-made scene. ``may``: whether who asks may act on a path; ``planned``: whether a car keeps a
    charge schedule, which is left alone."""
    every = sorted(things, key=lambda thing: (thing.area or "~", thing.name.casefold(), thing.id))
    near = any(_lamp(thing) and _by_the_door(thing) for thing in every)
    found: list[Part] = []
    count = 0
    for thing in every:
        wanted = _car(kind, thing, planned) if "Vehicle" in thing.traits else _home(kind, thing, near)
        fit: States = {}
        for state, value in wanted.items():
            told = states.wish(thing, catalog, state, value)
            if isinstance(told, tuple) and may(f"{thing.id}/{told[0].path}"):
                fit[state] = value
        if fit and count + len(fit) <= MAX_STATES:
            count += len(fit)
            found.append(Part(thing.id, thing.name, fit))
    return found


def _lamp(thing: Thing) -> bool:
    return "light.on" in thing.signals


def _by_the_door(thing: Thing) -> bool:
    return BY_THE_DOOR.search(thing.area or "") is not None


def _home(kind: Kind, thing: Thing, near: bool) -> States:
    wanted: States = {}
    if _lamp(thing):
        if kind != "arriving":
            wanted["light.on"] = False
        elif _by_the_door(thing) or not near:
            wanted["light.on"] = True
    if "climate.target_temperature" in thing.signals:
        wanted |= _warmth(thing, {"arriving": WARM, "leaving": AWAY, "goodnight": NIGHT}[kind])
    if kind != "arriving":
        wanted |= {"lock.locked": True, "cover.state": "closed"} if _shuts(kind, thing) else {}
        if "media_player" in thing.traits:
            wanted["media_player.on" if "media_player.on" in thing.signals else "media_player.playing"] = False
    return wanted


def _shuts(kind: Kind, thing: Thing) -> bool:
    """Locks, gates and garages at any time; blinds at night, so that the house does not look empty by day."""
    entrance = thing.kind in states.ENTRANCES
    return "lock.locked" in thing.signals or ("cover.state" in thing.signals and (entrance or kind == "goodnight"))


def _warmth(thing: Thing, celsius: float) -> States:
    bounds = thing.signals["climate.target_temperature"]
    low, high = bounds.min if bounds.min is not None else 5.0, bounds.max if bounds.max is not None else 35.0
    return {"climate.target_temperature": min(max(celsius, low), high)}


def _car(kind: Kind, car: Thing, planned: Callable[[str], bool]) -> States:
    wanted: States = {}
    if kind == "leaving":
        wanted[states.COOLED] = True
        wanted["Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"] = WARM
    else:
        wanted[states.COOLED] = False
        wanted |= {name: True for name in car.signals if DOOR.fullmatch(name)}
    if kind == "goodnight" and not planned(car.id):
        wanted[states.IS_CHARGING] = True
    return wanted
