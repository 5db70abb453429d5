"""What is measured, chosen and pressed: sensor, binary_sensor, weather, trackers, number, select, button, scene,
script."""

from __future__ import annotations

from wayhome.core.catalog import Refinement
from wayhome.core.ids import slug
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.homeassistant.wire_attributes import (
    Call,
    Entity,
    as_number,
    as_text,
    bounds,
    choices,
    number,
    onoff,
)
from wayhome.links.homeassistant.wire_domain import Domain, Facts, Signals, Wanted, always, unknown_signal
from wayhome.links.homeassistant.wire_units import from_celsius, is_temperature, to_celsius

_WORDED = frozenset({"date", "enum", "timestamp"})
"""sensor.const.NON_NUMERIC_DEVICE_CLASSES"""
_SPREADS = frozenset({"temperature_delta"})


def _numeric(entity: Entity) -> bool:
    """Whether a sensor measures a number, as ``sensor.SensorEntity`` decides it."""
    kind = entity.text("device_class")
    if kind in _WORDED:
        return False
    return entity.text("unit_of_measurement") is not None or entity.text("state_class") is not None or kind is not None


def unit(entity: Entity) -> str | None:
    """The unit that we show: temperatures in Celsius and parts in percent, else as Home Assistant has it."""
    found = entity.text("unit_of_measurement")
    if found == "%":
        return "percent"
    return "Celsius" if _is_temperature(entity) else found


def _is_temperature(entity: Entity) -> bool:
    found = entity.text("unit_of_measurement")
    # Colour temperatures are in K as well, and are no temperatures of rooms.
    return is_temperature(found) and (found != "K" or entity.attributes.get("device_class") == "temperature")


def _ours(entity: Entity, value: float | None) -> float | None:
    if value is None or not _is_temperature(entity) or entity.attributes.get("device_class") in _SPREADS:
        return value
    return to_celsius(value, entity.text("unit_of_measurement"))


def _sensor_signals(entity: Entity) -> Signals:
    kind = entity.text("device_class")
    if not _numeric(entity):
        return {"sensor.text": Refinement(device_class=kind, allowed=entity.words("options"))}
    signals: Signals = {"sensor.value": Refinement(unit=unit(entity), device_class=kind)}
    if kind == "battery":
        signals["battery.level"] = Refinement()
    return signals


def _sensor_facts(entity: Entity) -> Facts:
    if not _numeric(entity):
        return {"sensor.text": None if entity.known is None else entity.state[:4_096]}
    value = _ours(entity, number(entity.known))
    return {"sensor.value": value, "battery.level": value}


def _no_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    raise unknown_signal(signal)


SENSOR = Domain(always("sensor"), _sensor_signals, _sensor_facts, _no_call)
BINARY_SENSOR = Domain(
    always("binary_sensor"),
    lambda entity: {"binary_sensor.on": Refinement(device_class=entity.text("device_class"))},
    lambda entity: {"binary_sensor.on": onoff(entity)},
    _no_call,
)


def _weather_facts(entity: Entity) -> Facts:
    own, temperature = entity.text("temperature_unit"), entity.number("temperature")
    celsius = None if temperature is None else to_celsius(temperature, own or entity.units.temperature)
    return {"weather.condition": entity.known, "weather.temperature": celsius}


WEATHER = Domain(
    always("weather"),
    lambda entity: {"weather.condition": Refinement(), "weather.temperature": Refinement()},
    _weather_facts,
    _no_call,
)


def _tracker_signals(entity: Entity) -> Signals:
    signals: Signals = {"device_tracker.place": Refinement()}
    if entity.has("latitude") or entity.text("source_type") == "gps":
        signals |= {
            "device_tracker.latitude": Refinement(min=-90.0, max=90.0),
            "device_tracker.longitude": Refinement(min=-180.0, max=180.0),
            "device_tracker.accuracy": Refinement(),
        }
    if entity.has("battery_level"):
        signals["battery.level"] = Refinement()
    return signals


def _tracker_facts(entity: Entity) -> Facts:
    place = entity.known
    if place is not None and place not in ("home", "not_home"):
        place = slug(place, fallback="place")  # the name of a zone
    return {
        "device_tracker.place": place,
        "device_tracker.latitude": entity.number("latitude"),
        "device_tracker.longitude": entity.number("longitude"),
        "device_tracker.accuracy": entity.number("gps_accuracy"),
        "battery.level": entity.number("battery_level"),
    }


DEVICE_TRACKER = Domain(always("device_tracker"), _tracker_signals, _tracker_facts, _no_call)
PERSON = Domain(always("person"), _tracker_signals, _tracker_facts, _no_call)


def _number_signals(entity: Entity) -> Signals:
    least, most = (_ours(entity, entity.number(name)) for name in ("min", "max"))
    step = entity.number("step")
    if step is not None and entity.text("unit_of_measurement") == "°F":
        step = round(step / 1.8, 4)
    found = bounds(least, most, step, unit(entity))
    return {"number.value": Refinement(found.unit, found.min, found.max, found.step, None, entity.text("device_class"))}


def _number_facts(entity: Entity) -> Facts:
    return {"number.value": _ours(entity, number(entity.known))}


def _number(domain: str) -> Domain:
    def call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
        if signal != "number.value":
            raise unknown_signal(signal)
        value = as_number(target)
        if _is_temperature(entity) and entity.attributes.get("device_class") not in _SPREADS:
            value = from_celsius(value, entity.text("unit_of_measurement"))
        return Call(domain, "set_value", {"value": value})

    return Domain(always("number"), _number_signals, _number_facts, call)


NUMBER, INPUT_NUMBER = _number("number"), _number("input_number")


def _select(domain: str) -> Domain:
    def call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
        if signal != "select.option":
            raise unknown_signal(signal)
        return Call(domain, "select_option", {"option": as_text(target)})

    return Domain(
        always("select"),
        lambda entity: {"select.option": choices(entity.words("options"))},
        lambda entity: {"select.option": entity.known},
        call,
    )


def _text(domain: str) -> Domain:
    def call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
        if signal != "text.value":
            raise unknown_signal(signal)
        if not isinstance(target, str):
            raise BadInput("this takes a text")
        return Call(domain, "set_value", {"value": target})

    def signals(entity: Entity) -> Signals:
        if entity.text("mode") == "password":  # what is a secret there is neither shown nor set here
            return {"text.value": Refinement(fixed=True)}
        return {"text.value": bounds(entity.number("min"), entity.number("max"))}

    def facts(entity: Entity) -> Facts:
        return {
            "text.value": None if entity.text("mode") == "password" or entity.known is None else entity.state[:4_096]
        }

    return Domain(always("text"), signals, facts, call)


TEXT, INPUT_TEXT = _text("text"), _text("input_text")
SELECT, INPUT_SELECT = _select("select"), _select("input_select")


def _press(domain: str, service: str, signal: str, kind: str) -> Domain:
    """A domain with one press and no lasting state."""

    def call(entity: Entity, asked: str, target: Value, wanted: Wanted) -> Call:
        if asked != signal:
            raise unknown_signal(asked)
        return Call(domain, service)

    return Domain(always(kind), lambda entity: {signal: Refinement()}, lambda entity: {}, call)


BUTTON = _press("button", "press", "button.press", "button")
INPUT_BUTTON = _press("input_button", "press", "button.press", "button")
SCENE = _press("scene", "turn_on", "scene.activate", "scene")


def _script_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    if signal != "script.run":
        raise unknown_signal(signal)
    return Call("script", "turn_on")  # unlike ``script.<name>`` it does not wait for the script's end


SCRIPT = Domain(
    always("script"),
    lambda entity: {"script.run": Refinement(), "script.running": Refinement()},
    lambda entity: {"script.running": onoff(entity)},
    _script_call,
)
