"""Heating, cooling, air: climate, water_heater, humidifier, fan.

Home Assistant states their temperatures in its own unit system and takes them in it; ours are Celsius.
"""

from __future__ import annotations

from wayhome.core.catalog import Refinement
from wayhome.core.traits import HVAC_MODES
from wayhome.core.value import Value
from wayhome.links.homeassistant.wire_attributes import (
    Call,
    Entity,
    as_flag,
    as_number,
    as_text,
    bounds,
    choices,
    onoff,
)
from wayhome.links.homeassistant.wire_domain import Domain, Facts, Signals, Wanted, always, unknown_signal

# climate.ClimateEntityFeature
TEMPERATURE, RANGE, HUMIDITY, FAN_MODE, PRESET, SWING = 1, 2, 4, 8, 16, 32


def _temperatures(entity: Entity) -> Refinement:
    return bounds(
        entity.celsius("min_temp"),
        entity.celsius("max_temp"),
        entity.units.step(entity.number("target_temp_step")),
    )


def _kind(entity: Entity) -> str:
    modes = set(entity.words("hvac_modes") or ()) - {"off"}
    return "heater" if modes == {"heat"} else "climate"


def _signals(entity: Entity) -> Signals:
    modes = tuple(mode for mode in entity.words("hvac_modes") or () if mode in HVAC_MODES)
    signals: Signals = {"climate.mode": choices(modes or None, can=len(modes) > 1)}
    if entity.has("current_temperature"):
        signals["climate.current_temperature"] = Refinement()
    if entity.has("hvac_action"):
        signals["climate.action"] = Refinement()
    if entity.has("current_humidity"):
        signals["climate.current_humidity"] = Refinement()
    if entity.can(TEMPERATURE):
        signals["climate.target_temperature"] = _temperatures(entity)
    if entity.can(RANGE):
        signals |= {"climate.target_low": _temperatures(entity), "climate.target_high": _temperatures(entity)}
    if entity.can(HUMIDITY):
        signals["climate.target_humidity"] = bounds(entity.number("min_humidity"), entity.number("max_humidity"))
    for feature, signal, words in (
        (FAN_MODE, "climate.fan_mode", "fan_modes"),
        (PRESET, "climate.preset", "preset_modes"),
        (SWING, "climate.swing", "swing_modes"),
    ):
        if entity.can(feature):
            signals[signal] = choices(entity.words(words))
    return signals


def _facts(entity: Entity) -> Facts:
    return {
        "climate.mode": entity.known,
        "climate.action": entity.text("hvac_action"),
        "climate.current_temperature": entity.celsius("current_temperature"),
        "climate.current_humidity": entity.number("current_humidity"),
        "climate.target_temperature": entity.celsius("temperature"),
        "climate.target_low": entity.celsius("target_temp_low"),
        "climate.target_high": entity.celsius("target_temp_high"),
        "climate.target_humidity": entity.number("humidity"),
        "climate.fan_mode": entity.text("fan_mode"),
        "climate.preset": entity.text("preset_mode"),
        "climate.swing": entity.text("swing_mode"),
    }


def _call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    match signal:
        case "climate.mode":
            return Call("climate", "set_hvac_mode", {"hvac_mode": as_text(target)})
        case "climate.target_temperature":
            return Call("climate", "set_temperature", {"temperature": entity.units.own(as_number(target))})
        case "climate.target_low" | "climate.target_high":
            # Home Assistant takes both ends in one call.
            both = {
                "climate.target_low": entity.celsius("target_temp_low"),
                "climate.target_high": entity.celsius("target_temp_high"),
                **wanted,
                signal: as_number(target),
            }
            low, high = both["climate.target_low"], both["climate.target_high"]
            low, high = (as_number(target if end is None else end) for end in (low, high))
            low, high = min(low, high), max(low, high)
            data: dict[str, Value] = {
                "target_temp_low": entity.units.own(low),
                "target_temp_high": entity.units.own(high),
            }
            return Call("climate", "set_temperature", data)
        case "climate.target_humidity":
            return Call("climate", "set_humidity", {"humidity": round(as_number(target))})
        case "climate.fan_mode":
            return Call("climate", "set_fan_mode", {"fan_mode": as_text(target)})
        case "climate.preset":
            return Call("climate", "set_preset_mode", {"preset_mode": as_text(target)})
        case "climate.swing":
            return Call("climate", "set_swing_mode", {"swing_mode": as_text(target)})
    raise unknown_signal(signal)


CLIMATE = Domain(_kind, _signals, _facts, _call)


def _water_signals(entity: Entity) -> Signals:
    # water_heater.WaterHeaterEntityFeature: 1 target temperature, 2 operation mode
    signals: Signals = {
        "water_heater.mode": choices(entity.words("operation_list"), entity.can(2)),
        "water_heater.target_temperature": _temperatures(entity) if entity.can(1) else Refinement(fixed=True),
    }
    if entity.has("current_temperature"):
        signals["water_heater.current_temperature"] = Refinement()
    return signals


def _water_facts(entity: Entity) -> Facts:
    return {
        "water_heater.mode": entity.known,
        "water_heater.target_temperature": entity.celsius("temperature"),
        "water_heater.current_temperature": entity.celsius("current_temperature"),
    }


def _water_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    match signal:
        case "water_heater.mode":
            return Call("water_heater", "set_operation_mode", {"operation_mode": as_text(target)})
        case "water_heater.target_temperature":
            return Call("water_heater", "set_temperature", {"temperature": entity.units.own(as_number(target))})
    raise unknown_signal(signal)


WATER_HEATER = Domain(always("water_heater"), _water_signals, _water_facts, _water_call)


def _humidifier_kind(entity: Entity) -> str:
    return "dehumidifier" if entity.attributes.get("device_class") == "dehumidifier" else "humidifier"


def _humidifier_signals(entity: Entity) -> Signals:
    signals: Signals = {
        "humidifier.on": Refinement(),
        "humidifier.target_humidity": bounds(entity.number("min_humidity"), entity.number("max_humidity")),
    }
    if entity.has("current_humidity"):
        signals["humidifier.current_humidity"] = Refinement()
    if entity.can(1):  # humidifier.HumidifierEntityFeature.MODES
        signals["humidifier.mode"] = choices(entity.words("available_modes"))
    return signals


def _humidifier_facts(entity: Entity) -> Facts:
    return {
        "humidifier.on": onoff(entity),
        "humidifier.target_humidity": entity.number("humidity"),
        "humidifier.current_humidity": entity.number("current_humidity"),
        "humidifier.mode": entity.text("mode"),
    }


def _humidifier_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    match signal:
        case "humidifier.on":
            return Call("humidifier", "turn_on" if as_flag(target) else "turn_off")
        case "humidifier.target_humidity":
            return Call("humidifier", "set_humidity", {"humidity": round(as_number(target))})
        case "humidifier.mode":
            return Call("humidifier", "set_mode", {"mode": as_text(target)})
    raise unknown_signal(signal)


HUMIDIFIER = Domain(_humidifier_kind, _humidifier_signals, _humidifier_facts, _humidifier_call)


def _fan_signals(entity: Entity) -> Signals:
    # fan.FanEntityFeature: 1 speed, 2 oscillate, 4 direction, 8 preset, 16 turn off, 32 turn on
    signals: Signals = {"fan.on": Refinement()}
    if entity.can(1):
        step = entity.number("percentage_step")
        signals["fan.percentage"] = Refinement(step=round(step, 2) if step and step > 0 else None)
    if entity.can(2):
        signals["fan.oscillating"] = Refinement()
    if entity.can(4):
        signals["fan.direction"] = Refinement()
    if entity.can(8):
        signals["fan.preset"] = choices(entity.words("preset_modes"))
    return signals


def _fan_facts(entity: Entity) -> Facts:
    on = onoff(entity)
    return {
        "fan.on": on,
        "fan.percentage": 0.0 if on is False else entity.number("percentage"),
        "fan.oscillating": entity.flag("oscillating"),
        "fan.direction": entity.text("direction"),
        "fan.preset": entity.text("preset_mode"),
    }


def _fan_call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    match signal:
        case "fan.on":
            return Call("fan", "turn_on" if as_flag(target) else "turn_off")
        case "fan.percentage":
            return Call("fan", "set_percentage", {"percentage": round(as_number(target))})
        case "fan.oscillating":
            return Call("fan", "oscillate", {"oscillating": as_flag(target)})
        case "fan.direction":
            return Call("fan", "set_direction", {"direction": as_text(target)})
        case "fan.preset":
            return Call("fan", "set_preset_mode", {"preset_mode": as_text(target)})
    raise unknown_signal(signal)


FAN = Domain(always("fan"), _fan_signals, _fan_facts, _fan_call)
