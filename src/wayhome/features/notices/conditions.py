"""What is so: the conditions that notices are made of, worked out of a thing's readings. Pure.

A condition that ``holds`` is None is not known: readings from before a restart, or of things that do not answer,
neither make a notice nor end one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from wayhome.core import driving
from wayhome.core.bells import rings
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.features.notices.model import Kind

type Get = Callable[[str], Value]
"""The good reading of a signal of the thing, or None."""

_DANGERS: dict[str | None, Kind] = {"smoke": "smoke", "gas": "gas", "carbon_monoxide": "gas", "moisture": "water"}
_CHARGE = "Vehicle.Powertrain.TractionBattery."
CHARGING = _CHARGE + "Charging.IsCharging"
CABLE = _CHARGE + "Charging.ChargingPort.AnyPosition.IsChargingCableConnected"
LIMIT = _CHARGE + "Charging.ChargeLimit"
SOC = (_CHARGE + "StateOfCharge.Displayed", _CHARGE + "StateOfCharge.Current")
_OPEN = re.compile(
    r"Vehicle\.(?:Cabin\.Door\..+\.IsOpen|Cabin\.Door\..+\.Window\.(?:IsOpen|Position)"
    r"|Cabin\.Sunroof\.Position|Body\.Trunk\..+\.IsOpen|Body\.Hood\.IsOpen)"
)
"""What can be left open. The flap of the charging port is not among it: nobody gets in by it."""
_LOCK = re.compile(r"Vehicle\.(?:Cabin\.Door|Body\.Trunk)\..+\.IsLocked")
_SEAT = re.compile(r"Vehicle\.Cabin\.Seat\..+\.(?:OccupancyStatus|IsOccupied)")
"""VSS 6, and the ones before it."""
_TYRE = re.compile(r"Vehicle\.Chassis\.Axle\.(.+)\.Tire\.IsPressureLow")
AJAR = 5.0
"""A window open by so many percent is open: some report a few where they are shut."""
ON = frozenset({"ON", "START"})


class Condition(msgspec.Struct, frozen=True):
    """Whether something is so. ``key``: what tells it from others of its kind; ``about``: the path it is read from."""

    kind: Kind
    key: str
    thing: str
    about: str
    holds: bool | None
    values: dict[str, Value] = {}


class Watched(msgspec.Struct, frozen=True):
    """What of a thing is looked at. ``bells``: each change of these may be a ring."""

    thing: Thing
    signals: frozenset[str]
    bells: frozenset[str] = frozenset()
    open: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    tyres: tuple[str, ...] = ()
    sees: tuple[str, ...] = ()
    """What a camera tells of that moves."""

    @property
    def charges(self) -> bool:
        return CHARGING in self.signals


def watched(thing: Thing) -> Watched | None:
    """What of a thing can make notices; None: nothing."""
    bells = frozenset(s for s in ("binary_sensor.on", "event.at", "camera.input") if rings(thing, s))
    open = tuple(sorted(s for s in thing.signals if _OPEN.fullmatch(s)))
    locks = tuple(sorted(s for s in thing.signals if _LOCK.fullmatch(s)))
    seats = tuple(sorted(s for s in thing.signals if _SEAT.fullmatch(s)))
    tyres = tuple(sorted(s for s in thing.signals if _TYRE.fullmatch(s)))
    sees = _sees(thing)
    looked: set[str] = {s for s in ("alarm.state", "lock.state") if s in thing.signals}
    if "binary_sensor.on" in thing.signals and thing.signals["binary_sensor.on"].device_class in _DANGERS:
        looked.add("binary_sensor.on")
    if open or locks:
        looked |= {driving.STATE, driving.POWER, *open, *locks, *seats}
    looked |= {*tyres, *sees}
    if CHARGING in thing.signals:
        looked |= {CHARGING, CABLE, driving.STATE}
    if not looked and not bells:
        return None
    return Watched(thing, frozenset(looked), bells, open, locks, seats, tyres, sees)


def _sees(thing: Thing) -> tuple[str, ...]:
    """A camera that tells people from leaves is listened to for people alone."""
    if "camera.person" in thing.signals:
        return ("camera.person",)
    return tuple(s for s in ("camera.motion", "camera.vehicle", "camera.animal") if s in thing.signals)


def conditions(watched: Watched, get: Get) -> Iterator[Condition]:
    """Every condition of a thing as its readings say now, without charging, which needs to know what was before."""
    thing = watched.thing
    name: dict[str, Value] = {"name": thing.name}

    def one(kind: Kind, signal: str, holds: bool | None, **more: Value) -> Condition:
        return Condition(kind, f"{thing.id}/{signal}", thing.id, f"{thing.id}/{signal}", holds, {**name, **more})

    for signal, kind, word in (("alarm.state", "alarm", "triggered"), ("lock.state", "jammed", "jammed")):
        if signal in watched.signals:
            value = get(signal)
            yield one(kind, signal, None if value is None else value == word)  # type: ignore[arg-type]
    if "binary_sensor.on" in watched.signals:
        on = get("binary_sensor.on")
        kind_of = _DANGERS[thing.signals["binary_sensor.on"].device_class]
        yield one(kind_of, "binary_sensor.on", on if isinstance(on, bool) else None)
    if watched.open or watched.locks:
        yield _left_open(watched, get, name)
    if watched.sees:
        yield _moves(watched, get, name)
    if watched.tyres:
        low = [signal for signal in watched.tyres if get(signal) is True]
        known = bool(low) or all(get(signal) is False for signal in watched.tyres)
        wheels: list[Value] = [_TYRE.sub(r"\1", signal) for signal in low]
        about = f"{thing.id}/{(low or watched.tyres)[0]}"
        values: dict[str, Value] = {**name, "wheels": wheels}
        yield Condition("tyre_low", thing.id, thing.id, about, bool(low) if known else None, values)


def _moves(watched: Watched, get: Get, name: dict[str, Value]) -> Condition:
    thing = watched.thing
    told = {signal: get(signal) for signal in watched.sees}
    seen = [signal for signal, value in told.items() if value is True]
    known = any(value is not None for value in told.values())
    what: list[Value] = [signal.removeprefix("camera.") for signal in seen if signal != "camera.motion"]
    values: dict[str, Value] = {**name, "what": what[0] if what else "motion"}
    # Who may look through the camera may know what it sees.
    about = f"{thing.id}/camera.state"
    return Condition("motion", about, thing.id, about, bool(seen) if known else None, values)


def _left_open(watched: Watched, get: Get, name: dict[str, Value]) -> Condition:
    thing = watched.thing
    open = [signal for signal in watched.open if _is_open(get(signal))]
    unlocked = [signal for signal in watched.locks if get(signal) is False]
    told = [get(signal) for signal in (*watched.open, *watched.locks)]
    # Outside the cabin first: whoever may see only the cabin must not learn of the rest.
    first = min(open or unlocked or [*watched.open, *watched.locks], key=lambda s: (s.startswith("Vehicle.Cabin."), s))
    parked = get(driving.STATE) == "parked" if driving.SPEED in thing.signals else True
    somebody = get(driving.POWER) in ON or any(get(seat) in (True, "OCCUPIED") for seat in watched.seats)
    holds: bool | None = parked and not somebody and bool(open or unlocked)
    if all(value is None for value in told):
        holds = None
    values: dict[str, Value] = {**name, "open": [*open], "unlocked": bool(unlocked)}
    return Condition("left_open", thing.id, thing.id, f"{thing.id}/{first}", holds, values)


def _is_open(value: Value) -> bool:
    return value is True or (isinstance(value, int | float) and not isinstance(value, bool) and value > AJAR)


def full(get: Get) -> tuple[float | None, float]:
    """Charge and limit, in percent."""
    found = next((value for signal in SOC if isinstance(value := get(signal), int | float)), None)
    limit = get(LIMIT)
    return (
        None if found is None or isinstance(found, bool) else float(found),
        float(limit) if isinstance(limit, int | float) and not isinstance(limit, bool) else 100.0,
    )
