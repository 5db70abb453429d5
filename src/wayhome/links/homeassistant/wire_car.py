"""A car that Home Assistant knows, as one VSS thing: which entity each signal comes from, and how wishes go back.

A mapping (``Car``) is confirmed by a person; ``cars.suggest_cars`` proposes it. Units are converted by the unit that
the entity has at the moment, since Home Assistant lets people change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.homeassistant.wire_attributes import Call, Entity, as_flag, as_number, as_text, bounds, number
from wayhome.links.homeassistant.wire_opening import locked
from wayhome.links.homeassistant.wire_registry import Registry
from wayhome.links.homeassistant.wire_units import convert, from_celsius

V = "Vehicle."
BATTERY = V + "Powertrain.TractionBattery."
CHARGE_LEVEL = BATTERY + "StateOfCharge.Displayed"
RANGE = BATTERY + "Range"
CHARGING = BATTERY + "Charging.IsCharging"
CHARGE_LIMIT = BATTERY + "Charging.ChargeLimit"
START_STOP = BATTERY + "Charging.StartStopCharging"
PLUG = BATTERY + "Charging.ChargingPort.AnyPosition.IsChargingCableConnected"
FUEL_LEVEL = V + "Powertrain.FuelSystem.RelativeLevel"
FUEL_RANGE = V + "Powertrain.FuelSystem.Range"
TOTAL_RANGE = V + "Powertrain.Range"
GEAR = V + "Powertrain.Transmission.CurrentGear"
SPEED = V + "Speed"
DISTANCE = V + "TraveledDistance"
LATITUDE, LONGITUDE, HEADING = (V + f"CurrentLocation.{part}" for part in ("Latitude", "Longitude", "Heading"))
CLIMATE = V + "Cabin.HVAC.IsAirConditioningActive"
TARGET = V + "Cabin.HVAC.Station.Row1.Driver.Temperature"
INSIDE, OUTSIDE = V + "Cabin.HVAC.AmbientAirTemperature", V + "Exterior.AirTemperature"
DOORS = tuple(V + f"Cabin.Door.Row{row}.{side}Side" for row in (1, 2) for side in ("Driver", "Passenger"))
TRUNK, FRUNK = V + "Body.Trunk.Rear", V + "Body.Trunk.Front"
TYRES = tuple(V + f"Chassis.Axle.Row{row}.Wheel.{side}.Tire.Pressure" for row in (1, 2) for side in ("Left", "Right"))

UNITS: Mapping[str, tuple[str, bool]] = {
    CHARGE_LEVEL: ("percent", False), CHARGE_LIMIT: ("percent", True), FUEL_LEVEL: ("percent", True),
    RANGE: ("m", True), FUEL_RANGE: ("m", True), TOTAL_RANGE: ("m", True), DISTANCE: ("m", True),
    SPEED: ("km/h", False), HEADING: ("degrees", False), LATITUDE: ("degrees", False), LONGITUDE: ("degrees", False),
    TARGET: ("Celsius", False), INSIDE: ("Celsius", False), OUTSIDE: ("Celsius", False),
    **dict.fromkeys(TYRES, ("kPa", True)),
}  # fmt: skip
"""The unit of each measured signal, and whether the catalogue wants whole numbers."""
LOCKS = tuple(door + ".IsLocked" for door in DOORS)
OPENINGS = (*(door + ".IsOpen" for door in DOORS), *(door + ".Window.IsOpen" for door in DOORS),
            TRUNK + ".IsOpen", FRUNK + ".IsOpen")  # fmt: skip
FLAGS = frozenset({CHARGING, PLUG, CLIMATE, *LOCKS, *OPENINGS})
SIGNALS = frozenset({*UNITS, *FLAGS, GEAR, START_STOP})
"""Every signal that can be mapped."""
_GEARS = {"p": 126, "park": 126, "d": 127, "drive": 127, "n": 0, "neutral": 0, "r": -1, "reverse": -1}
_HEAT = ("heat_cool", "auto", "heat", "cool")


class Source(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a signal comes from: an entity's state, or one of its attributes.

    ``true``: the states that count as true, for words such as ``charging``. ``invert``: on means no (a binary sensor
    of class lock is on when it is open). ``stop``: the entity that does the opposite, for a pair of buttons.
    """

    entity: str
    attribute: str | None = None
    true: tuple[str, ...] = ()
    invert: bool = False
    stop: str | None = None


class Car(msgspec.Struct, frozen=True, omit_defaults=True):
    """A confirmed mapping. ``id``: the thing's id. ``signals``: VSS signals (of ``SIGNALS``) and their sources."""

    id: str
    name: str
    signals: dict[str, Source] = {}
    maker: str | None = None
    model: str | None = None

    def entities(self) -> set[str]:
        """Every entity that went into this car."""
        return {e for source in self.signals.values() for e in (source.entity, source.stop) if e is not None}


def describe(car: Car, link: str, entity: Callable[[str], Entity | None], registry: Registry) -> Thing:
    """A mapped car as a thing. What only a sensor backs can't be told."""
    signals: dict[str, Refinement] = {}
    for signal, source in car.signals.items():
        if signal in SIGNALS:
            found = entity(source.entity)
            signals[signal] = _refinement(signal, source, found)
    area = next((a for e in sorted(car.entities()) if (a := registry.area_of(e)) is not None), None)
    return Thing(car.id, car.name, link, "car", signals, area, car.maker, car.model)


def _refinement(signal: str, source: Source, entity: Entity | None) -> Refinement:
    domain = source.entity.partition(".")[0]
    told = _told(signal, domain)
    if signal == TARGET and entity is not None and domain == "climate":
        found = bounds(entity.celsius("min_temp"), entity.celsius("max_temp"))
        return msgspec.structs.replace(found, fixed=not told)
    if signal == CHARGE_LIMIT and entity is not None and domain in ("number", "input_number"):
        found = bounds(entity.number("min"), entity.number("max"), entity.number("step"))
        return msgspec.structs.replace(found, fixed=not told)
    return Refinement(fixed=not told)


def _told(signal: str, domain: str) -> bool:
    """Whether an entity of this domain can fulfil wishes for the signal."""
    if signal in LOCKS:
        return domain in ("lock", "switch", "input_boolean")
    if signal in (CLIMATE, TARGET):
        return domain == "climate" or domain in (
            ("switch", "input_boolean") if signal == CLIMATE else ("number", "input_number")
        )
    if signal in OPENINGS:
        return domain == "cover"
    if signal == CHARGE_LIMIT:
        return domain in ("number", "input_number")
    return signal == START_STOP


def facts(car: Car, entity: Entity) -> dict[str, Value]:
    """What one entity says of a car's signals."""
    found: dict[str, Value] = {}
    for signal, source in car.signals.items():
        if source.entity == entity.id and signal in SIGNALS and signal != START_STOP:
            found[signal] = _fact(signal, source, entity)
    return found


def _fact(signal: str, source: Source, entity: Entity) -> Value:
    if signal in FLAGS:
        flag = _flag(signal, source, entity)
        return (not flag) if flag is not None and source.invert else flag
    if signal == GEAR:
        state = (entity.known or "").lower()
        return _GEARS.get(state, 126 if entity.id.startswith("sensor.") and state == "" else None)
    value, unit = _measured(signal, source, entity)
    wanted, whole = UNITS[signal]
    converted = None if value is None else convert(value, unit, wanted)
    return round(converted) if converted is not None and whole else converted


def _measured(signal: str, source: Source, entity: Entity) -> tuple[float | None, str | None]:
    attribute = source.attribute
    if attribute is None and entity.domain == "climate":
        attribute = "temperature" if signal == TARGET else "current_temperature"
    if attribute is None and signal in (LATITUDE, LONGITUDE):
        attribute = signal.rpartition(".")[2].lower()
    if attribute is None:
        return number(entity.known), _unit(entity.text("unit_of_measurement"))
    own = entity.units.temperature if entity.domain == "climate" else None
    return entity.number(attribute), own


def _unit(unit: str | None) -> str | None:
    return "percent" if unit == "%" else unit


def _flag(signal: str, source: Source, entity: Entity) -> bool | None:
    state = entity.known
    if source.attribute is not None:
        return entity.flag(source.attribute)
    if state is None:
        return None
    if source.true:
        return state in source.true
    if entity.domain == "lock":
        return locked(state)
    if entity.domain == "cover":
        return state != "closed"
    if entity.domain == "climate":
        return state != "off"
    return {"on": True, "true": True, "off": False, "false": False}.get(state.lower())


def call(car: Car, signal: str, target: Value, entity: Callable[[str], Entity | None]) -> Call:
    """What fulfils a wish for a car's signal. Raises BadInput when this car's entities can't."""
    source = car.signals.get(signal)
    if source is None or not _told(signal, source.entity.partition(".")[0]):
        raise BadInput(f"{car.name} can't be told {signal}")
    domain = source.entity.partition(".")[0]
    at = source.entity
    if signal == START_STOP:
        return _start_stop(source, domain, as_text(target))
    if signal == CHARGE_LIMIT or domain in ("number", "input_number"):
        return Call(domain, "set_value", {"value": _own(signal, as_number(target), entity(at))}, entity=at)
    if signal == TARGET:
        found = entity(at)
        own = from_celsius(as_number(target), found.units.temperature if found else None)
        return Call("climate", "set_temperature", {"temperature": own}, entity=at)
    wish = as_flag(target) is not source.invert
    if domain == "lock":
        found = entity(at)
        code = "lock_code" if found is not None and found.text("code_format") else None
        return Call("lock", "lock" if wish else "unlock", code=code, entity=at)
    if domain == "cover":
        return Call("cover", "open_cover" if wish else "close_cover", entity=at)
    if domain == "climate":
        return _climate(at, wish, entity(at))
    return Call(domain, "turn_on" if wish else "turn_off", entity=at)


def _own(signal: str, value: float, entity: Entity | None) -> float:
    unit = entity.text("unit_of_measurement") if entity is not None else None
    back = convert(value, UNITS[signal][0], _unit(unit))
    return value if back is None else back


def _start_stop(source: Source, domain: str, wish: str) -> Call:
    if wish not in ("START", "STOP"):
        raise BadInput("charging takes START or STOP")
    if domain in ("button", "input_button"):
        at = source.entity if wish == "START" else source.stop
        if at is None:
            raise BadInput("this car has no button for that")
        return Call(at.partition(".")[0], "press", entity=at)
    return Call(domain, "turn_on" if (wish == "START") is not source.invert else "turn_off", entity=source.entity)


def _climate(at: str, wish: bool, entity: Entity | None) -> Call:
    # climate.ClimateEntityFeature: 128 turn off, 256 turn on; older integrations know only modes.
    if entity is None or entity.can(256 if wish else 128):
        return Call("climate", "turn_on" if wish else "turn_off", entity=at)
    modes = entity.words("hvac_modes") or ()
    mode = next((m for m in _HEAT if m in modes), "heat") if wish else "off"
    return Call("climate", "set_hvac_mode", {"hvac_mode": mode}, entity=at)
