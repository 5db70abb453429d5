"""A car comes home: the camera at the gate is offered on its glass, and goes away by itself."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from wayhome.core import driving
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.grant import NOW
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.thing import ONLINE, Thing
from wayhome.core.value import Value

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

GATE = "notice_gate"
"""The collection of one record of the same name: which camera an adult chose (``camera``, a thing's id; "": none)."""
PLACE, HOME = "place", "home"
LATITUDE, LONGITUDE = "Vehicle.CurrentLocation.Latitude", "Vehicle.CurrentLocation.Longitude"
NEAR, FAR = 300.0, 700.0
"""Whoever was farther from home than the second and is nearer than the first, in m, arrives."""
FRESH = 15.0
"""How old a position may be, in s."""
LASTS = 300.0
"""An offer stands for at most so long, in s: in front of the gate somebody waits."""
GATES = frozenset({"gate", "garage", "garage_door"})


class _Car(msgspec.Struct):
    """One car: whether it was away, and what it is offered, until when (of the steady clock)."""

    away: bool = False
    path: str | None = None
    until: float = 0.0


class Arriving:
    """A watcher of the household. What is offered stands at ``@now/gate/CAMERA/camera.state`` to whoever may see that
    camera: ``{"camera", "car", "at"}``."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._cars: dict[str, _Car] = {}

    def published(self, shown: Shown, state: bool) -> None:
        if shown.part == "wish" or not shown.path.endswith((f"/{LATITUDE}", f"/{LONGITUDE}", f"/{driving.STATE}")):
            return
        self._judge(shown.path.partition("/")[0])

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection == GATE:
            for car in self._cars.values():
                self._take_back(car)

    def happened(self, event: Event) -> None:
        return

    def judge(self) -> None:
        """What time alone ends. To be called once a second."""
        now = self._hub.household.clock.steady()
        for car in self._cars.values():
            if car.path is not None and now >= car.until:
                self._take_back(car)

    def _judge(self, car_id: str) -> None:
        car = self._cars.setdefault(car_id, _Car())
        away = self._away(car_id)
        if self._value(car_id, driving.STATE) == "parked":
            self._take_back(car)
        elif away is None:
            return
        elif away > FAR:
            car.away = True
            self._take_back(car)
        elif away <= NEAR and car.away:
            car.away = False
            self._offer(car_id, car)

    def _offer(self, car_id: str, car: _Car) -> None:
        camera = gate(self._hub)
        if camera is None:
            return
        household = self._hub.household
        car.path = f"{NOW}gate/{camera}/camera.state"
        car.until = household.clock.steady() + LASTS
        household.own(car.path, {"camera": camera, "car": car_id, "at": household.clock.now()})

    def _take_back(self, car: _Car) -> None:
        path, car.path = car.path, None
        if path is not None and not any(other.path == path for other in self._cars.values()):
            self._hub.household.vanish([path])

    def _away(self, car_id: str) -> float | None:
        """How far the car is from home, in m; None: not known, or not of now."""
        record = self._hub.household.house.record(PLACE, HOME)
        home = record.values() if record is not None and not record.gone else {}
        numbers = [home.get("latitude"), home.get("longitude")]
        numbers += [self._value(car_id, signal, FRESH) for signal in (LATITUDE, LONGITUDE)]
        known = [float(one) for one in numbers if isinstance(one, int | float) and not isinstance(one, bool)]
        return apart(known[0], known[1], known[2], known[3]) if len(known) == 4 else None

    def _value(self, car_id: str, signal: str, fresh: float | None = None) -> Value:
        house = self._hub.household.house
        reading, online = house.readings.get(f"{car_id}/{signal}"), house.readings.get(f"{car_id}/{ONLINE}")
        if reading is None or reading.quality != "good" or (online is not None and online.value is False):
            return None
        at = reading.at if reading.source_at is None else min(reading.at, reading.source_at)
        old = fresh is not None and abs(self._hub.household.clock.now() - at) > fresh
        return None if old else reading.value


def gate(hub: Hub) -> str | None:
    """The camera that is offered: the one that an adult chose, else the one in the room of a gate or garage door."""
    record = hub.household.house.record(GATE, GATE)
    chosen = record.values().get("camera") if record is not None and not record.gone else None
    if isinstance(chosen, str):
        return chosen if is_camera(hub.household.house.things.get(chosen)) else None
    return likely(hub)


def likely(hub: Hub) -> str | None:
    """The camera in the room of a gate or garage door."""
    things = hub.household.house.things.values()
    rooms = {thing.area for thing in things if thing.area and _is_gate(thing)}
    return min((thing.id for thing in things if thing.area in rooms and is_camera(thing)), default=None)


def is_camera(thing: Thing | None) -> bool:
    return thing is not None and "camera.state" in thing.signals


def _is_gate(thing: Thing) -> bool:
    cover = thing.signals.get("cover.state")
    return cover is not None and cover.device_class in GATES


def apart(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """The way between two points as the crow flies, in m; near enough for some kilometres."""
    north = math.radians(other_latitude - latitude)
    east = math.remainder(math.radians(other_longitude - longitude), math.tau) * math.cos(math.radians(latitude))
    return 6_371_000 * math.hypot(north, east)
