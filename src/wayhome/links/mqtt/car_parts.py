"""The parts of a car or a person that others at the broker see: each a component of Home Assistant, from VSS signals.

Distances are told in km, as people read them; everything else in the catalogue's units.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.hub.led import NOW, led
from wayhome.links.mqtt.config import number

type Reads = Callable[[str], Value]

V = "Vehicle."
BATTERY = V + "Powertrain.TractionBattery."
CHARGING = BATTERY + "Charging."
START_STOP = CHARGING + "StartStopCharging"
PORT = CHARGING + "ChargingPort."
PLACE = V + "CurrentLocation."
HVAC = V + "Cabin.HVAC."
AIR, TARGET = HVAC + "IsAirConditioningActive", HVAC + "Station.Row1.Driver.Temperature"
DOORS = {
    f"{V}Cabin.Door.Row{row}.{side}Side": f"{'Front' if row == 1 else 'Rear'} {side.lower()} side"
    for row in (1, 2)
    for side in ("Driver", "Passenger")
}
WHEELS = {
    f"{V}Chassis.Axle.Row{row}.Wheel.{side}.Tire.Pressure": f"{'Front' if row == 1 else 'Rear'} {side.lower()}"
    for row in (1, 2)
    for side in ("Left", "Right")
}
LOCKS = tuple(door + ".IsLocked" for door in DOORS)


def _nothing(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
    return {}


class Part(msgspec.Struct, frozen=True):
    """One component. ``needs``: any of these signals. ``commands``: its command topics, by the field that names each.
    ``tells``: whether it makes no sense without them; ``reads_only``: what is shown where they may not be told."""

    key: str
    platform: str
    name: str | None
    needs: tuple[str, ...]
    state: Callable[[Thing, Reads], dict[str, Value]]
    fields: Mapping[str, Any] = {}
    commands: Mapping[str, str] = {}
    asked: Callable[[Thing, str, str], Mapping[str, Value]] = _nothing
    targets: tuple[str, ...] = ()
    reads_only: Mapping[str, Any] | None = None
    own: Callable[[Thing], dict[str, Any]] = lambda thing: {}

    @property
    def tells(self) -> bool:
        return bool(self.commands)

    def fits(self, thing: Thing) -> bool:
        """Whether a thing has what it needs, and can be told what it tells."""
        if not any(signal in thing.signals for signal in self.needs):
            return False
        return not self.tells or bool(self.told(thing)) or self.reads_only is not None

    def told(self, thing: Thing) -> list[str]:
        """The signals that it tells, as far as the thing has them and takes them."""
        return [s for s in self.targets if s in thing.signals and not thing.signals[s].fixed]

    def config(self, thing: Thing) -> dict[str, Any]:
        return {**self.fields, **self.own(thing)}

    def read_only(self) -> Part:
        fields = self.reads_only or {}
        return Part(
            f"{self.key}_shown", "binary_sensor", self.name, self.needs, self.state,
            {"pl_on": "True", "pl_off": "False", **fields},
        )  # fmt: skip


def _sensor(key: str, name: str, signals: tuple[str, ...], scale: float = 1.0, **fields: Any) -> Part:
    def state(thing: Thing, value: Reads) -> dict[str, Value]:
        found = next((number(value(signal)) for signal in signals if signal in thing.signals), None)
        return {key: None if found is None else round(found * scale, 1)}

    fields = {"val_tpl": f"{{{{ value_json.{key} }}}}", "stat_cla": "measurement", **fields}
    return Part(key, "sensor", name, signals, state, fields)


def _flag(key: str, name: str, signal: str, kind: str | None) -> Part:
    fields: dict[str, Any] = {"val_tpl": f"{{{{ value_json.{key} }}}}", "pl_on": "True", "pl_off": "False"}
    if kind is not None:
        fields["dev_cla"] = kind
    return Part(key, "binary_sensor", name, (signal,), lambda thing, value: {key: value(signal)}, fields)


def _opening(key: str, name: str, signal: str, kind: str | None = None) -> Part:
    """Something that opens: a cover where it may be told, else whether it is open."""

    def asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
        return {signal: payload == "OPEN"} if payload in ("OPEN", "CLOSE") else {}

    words = f"{{{{ {{True: 'open', False: 'closed'}}.get(value_json.{key}) }}}}"
    return Part(
        key,
        "cover",
        name,
        (signal,),
        lambda thing, value: {key: value(signal)},
        {"val_tpl": words, "pl_stop": None, **({"dev_cla": kind} if kind else {})},
        {"cmd_t": key},
        asked,
        (signal,),
        {"val_tpl": f"{{{{ value_json.{key} }}}}", "dev_cla": "opening"},
    )


def _switch(key: str, name: str, signal: str) -> Part:
    def asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
        return {signal: payload == "True"} if payload in ("True", "False") else {}

    words = {"val_tpl": f"{{{{ value_json.{key} }}}}"}
    return Part(
        key,
        "switch",
        name,
        (signal,),
        lambda thing, value: {key: value(signal)},
        {**words, "pl_on": "True", "pl_off": "False"},
        {"cmd_t": key},
        asked,
        (signal,),
        words,
    )


def _charge_asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
    return {START_STOP: payload} if payload in ("START", "STOP") else {}


CHARGE = Part(
    "charge",
    "switch",
    "Charge",
    (CHARGING + "IsCharging",),
    lambda thing, value: {"charging": value(CHARGING + "IsCharging")},
    {
        "val_tpl": "{{ value_json.charging }}",
        "pl_on": "START",
        "pl_off": "STOP",
        "stat_on": "True",
        "stat_off": "False",
    },
    {"cmd_t": "charge"},
    _charge_asked,
    (START_STOP,),
)


def _limit_asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
    value = number(payload)
    return {} if value is None else {CHARGING + "ChargeLimit": round(value)}


def _limit_bounds(thing: Thing) -> dict[str, Any]:
    own = thing.signals.get(CHARGING + "ChargeLimit")
    least, most = (own.min, own.max) if own is not None else (None, None)
    step = own.step if own is not None and own.step else 1
    return {"min": 0 if least is None else least, "max": 100 if most is None else most, "step": step}


LIMIT = Part(
    "charge_limit",
    "number",
    "Charge limit",
    (CHARGING + "ChargeLimit",),
    lambda thing, value: {"charge_limit": value(CHARGING + "ChargeLimit")},
    {"val_tpl": "{{ value_json.charge_limit }}", "unit_of_meas": "%"},
    {"cmd_t": "charge_limit"},
    _limit_asked,
    (CHARGING + "ChargeLimit",),
    own=_limit_bounds,
)


def _locked(thing: Thing, value: Reads) -> dict[str, Value]:
    doors = [value(signal) for signal in LOCKS if signal in thing.signals]
    # One door that nobody knows of leaves all of it open; one that is unlocked settles it.
    known = False if False in doors else None if None in doors else True
    return {"lock": None if known is None else "LOCKED" if known else "UNLOCKED"}


def _lock_asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
    if payload not in ("LOCK", "UNLOCK"):
        return {}
    return {s: payload == "LOCK" for s in LOCKS if s in thing.signals and not thing.signals[s].fixed}


LOCK = Part(
    "lock",
    "lock",
    "Doors",
    LOCKS,
    _locked,
    {"val_tpl": "{{ value_json.lock }}"},
    {"cmd_t": "lock"},
    _lock_asked,
    LOCKS,
    {"val_tpl": "{{ {'LOCKED': 'False', 'UNLOCKED': 'True'}.get(value_json.lock) }}", "dev_cla": "lock"},
)


def _climate(thing: Thing, value: Reads) -> dict[str, Value]:
    on = value(AIR)
    return {
        "air": None if on is None else "auto" if on else "off",
        "air_target": value(TARGET),
        "air_inside": value(HVAC + "AmbientAirTemperature"),
    }


def _climate_asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
    if word == "air":
        return {AIR: payload == "auto"} if payload in ("auto", "off") else {}
    value = number(payload)
    return {} if value is None else {TARGET: value}


def _climate_bounds(thing: Thing) -> dict[str, Any]:
    own = thing.signals.get(TARGET)
    found: dict[str, Any] = {"temp_step": own.step if own is not None and own.step else 0.5}
    if own is not None and own.min is not None and own.max is not None:
        found |= {"min_temp": own.min, "max_temp": own.max}
    return found


CLIMATE = Part(
    "climate",
    "climate",
    "Climate",
    (AIR,),
    _climate,
    {
        "modes": ["off", "auto"],
        "mode_stat_t": "",
        "mode_stat_tpl": "{{ value_json.air }}",
        "temp_stat_tpl": "{{ value_json.air_target }}",
        "curr_temp_tpl": "{{ value_json.air_inside }}",
        "temp_unit": "C",
    },
    {"mode_cmd_t": "air", "temp_cmd_t": "air_target"},
    _climate_asked,
    (AIR, TARGET),
    {"val_tpl": "{{ value_json.air == 'auto' if value_json.air else none }}", "dev_cla": "running"},
    own=lambda thing: {
        **_climate_bounds(thing),
        **dict.fromkeys(("mode_stat_t", "temp_stat_t", "curr_temp_t"), f"wayhome/{thing.id}/state"),
    },
)


def _horn_asked(thing: Thing, word: str, payload: str) -> Mapping[str, Value]:
    return {V + "Body.Horn.IsActive": True} if payload == "PRESS" else {}


HORN = Part(
    "horn",
    "button",
    "Horn",
    (V + "Body.Horn.IsActive",),
    lambda thing, value: {},
    {},
    {"cmd_t": "horn"},
    _horn_asked,
    (V + "Body.Horn.IsActive",),
)


def _position(latitude: str, longitude: str, accuracy: str) -> Callable[[Thing, Reads], dict[str, Value]]:
    def state(thing: Thing, value: Reads) -> dict[str, Value]:
        place: dict[str, Value] = {}
        for name, signal in (("latitude", latitude), ("longitude", longitude), ("gps_accuracy", accuracy)):
            found = value(signal) if signal in thing.signals else None
            if found is not None:
                place[name] = found
        return {"place": place if "latitude" in place and "longitude" in place else {}}

    return state


def _tracker(key: str, latitude: str, longitude: str, accuracy: str) -> Part:
    return Part(
        key,
        "device_tracker",
        "Place",
        (latitude,),
        _position(latitude, longitude, accuracy),
        {"src_type": "gps", "json_attr_tpl": "{{ value_json.place | tojson }}", "val_tpl": "None"},
        own=lambda thing: {"json_attr_t": f"wayhome/{thing.id}/state"},
    )


def _whereabouts(thing: Thing, value: Reads) -> dict[str, Value]:
    return {"whereabouts": value("device_tracker.place")}


def _led(thing: Thing, value: Reads) -> dict[str, Value]:
    return led(value(NOW))


WORDS = ["parked", "idling", "moving"]
LED = (PLACE + "Latitude",)
PARTS: tuple[Part, ...] = (
    _sensor("battery", "Battery", (BATTERY + "StateOfCharge.Displayed", BATTERY + "StateOfCharge.Current"),
            dev_cla="battery", unit_of_meas="%"),
    _sensor("range", "Range", (BATTERY + "Range", V + "Powertrain.Range"), 0.001,
            dev_cla="distance", unit_of_meas="km"),
    _sensor("odometer", "Odometer", (V + "TraveledDistance",), 0.001,
            dev_cla="distance", unit_of_meas="km", stat_cla="total_increasing"),
    _sensor("outside", "Outside", (V + "Exterior.AirTemperature",), dev_cla="temperature", unit_of_meas="°C"),
    _flag("charging", "Charging", CHARGING + "IsCharging", "battery_charging"),
    _flag("plug", "Plug", PORT + "AnyPosition.IsChargingCableConnected", "plug"),
    CHARGE,
    LIMIT,
    *(_sensor("tyre_" + name.lower().replace(" ", "_"), f"Tyre {name.lower()}", (signal,),
              dev_cla="pressure", unit_of_meas="kPa") for signal, name in WHEELS.items()),
    *(_flag("door_" + name.lower().replace(" ", "_"), f"Door {name.lower()}", door + ".IsOpen", "door")
      for door, name in DOORS.items()),
    *(_flag("window_" + name.lower().replace(" ", "_"), f"Window {name.lower()}", door + ".Window.IsOpen", "window")
      for door, name in DOORS.items()),
    LOCK,
    CLIMATE,
    _opening("charge_port", "Charge port", PORT + "AnyPosition.IsFlapOpen", "door"),
    _opening("trunk", "Trunk", V + "Body.Trunk.Rear.IsOpen"),
    _opening("front_trunk", "Front trunk", V + "Body.Trunk.Front.IsOpen"),
    HORN,
    _switch("lights", "Hazard lights", V + "Body.Lights.Hazard.IsSignaling"),
    Part("driving", "sensor", "Driving", (V + "Speed",),
         lambda thing, value: {"driving": value("driving.state")},
         {"val_tpl": "{{ value_json.driving }}", "dev_cla": "enum", "ops": WORDS}),
    Part("destination", "sensor", "Destination", LED, _led, {"val_tpl": "{{ value_json.destination }}"}),
    Part("arrival", "sensor", "Arrival", LED, _led,
         {"val_tpl": "{{ value_json.arrival }}", "dev_cla": "timestamp"}),
    Part("to_go", "sensor", "To go", LED, _led,
         {"val_tpl": "{{ value_json.to_go }}", "dev_cla": "distance", "unit_of_meas": "km", "stat_cla": "measurement"}),
    _tracker("place", PLACE + "Latitude", PLACE + "Longitude", PLACE + "HorizontalAccuracy"),
    Part("person", "device_tracker", None, ("device_tracker.place",),
         lambda thing, value: _whereabouts(thing, value)
         | _position("device_tracker.latitude", "device_tracker.longitude", "device_tracker.accuracy")(thing, value),
         {"src_type": "gps", "val_tpl": "{{ value_json.whereabouts }}",
          "json_attr_tpl": "{{ value_json.place | tojson }}"},
         own=lambda thing: {"json_attr_t": f"wayhome/{thing.id}/state"}),
)  # fmt: skip
