"""Heating, cooling, air: climate, water_heater, humidifier, fan."""

from __future__ import annotations

import math

from wayhome.core.catalog import Refinement
from wayhome.core.traits import HVAC_MODES
from wayhome.core.value import Value
from wayhome.links.mqtt.config import number
from wayhome.links.mqtt.entity import NONE, Asked, Draft, Entity, Facts, as_number, bounds
from wayhome.links.mqtt.switches import hear_onoff, tell_onoff
from wayhome.links.mqtt.units import FAHRENHEIT, from_celsius, to_celsius

ACTIONS = ("off", "preheating", "heating", "cooling", "drying", "fan", "idle", "defrosting")


def _measure(draft: Draft, signal: str, topic: str, template: str, unit: str | None = None) -> bool:
    def read(text: str) -> Facts:
        if text == NONE:
            return {signal: None}
        found = number(text)
        return {} if found is None else {signal: found if unit is None else to_celsius(found, unit)}

    return draft.hear(topic, template, read)


def _choice(draft: Draft, signal: str, stem: str, words: tuple[str, ...], reads: str) -> None:
    """A property that is one of some words, heard at ``<stem>_state_topic`` and told at ``<stem>_command_topic``."""
    if not words or not (draft.config.topic(f"{stem}_command_topic") or draft.config.topic(f"{stem}_state_topic")):
        return
    draft.can(signal, Refinement(allowed=words))
    draft.hear(
        f"{stem}_state_topic",
        f"{stem}_{reads}",
        lambda text: {signal: text} if text in words else {signal: None} if text == NONE else {},
    )
    draft.tell(signal, f"{stem}_command_topic", lambda asked: str(asked.target), f"{stem}_command_template")


def _unit(draft: Draft) -> str:
    return FAHRENHEIT if draft.config.text("temperature_unit", "C").upper() == "F" else "°C"


def _target(draft: Draft, signal: str, stem: str, least: float, most: float) -> None:
    config, unit = draft.config, _unit(draft)
    if not (config.topic(f"{stem}_command_topic") or config.topic(f"{stem}_state_topic")):
        return
    low, high = (config.number(name) for name in ("min_temp", "max_temp"))
    step = config.number("temp_step") or 1.0
    draft.can(signal, bounds(
        least if low is None else to_celsius(low, unit), most if high is None else to_celsius(high, unit),
        round(step / 1.8, 4) if unit == FAHRENHEIT else step,
    ))  # fmt: skip
    _measure(draft, signal, f"{stem}_state_topic", f"{stem}_state_template", unit)
    own = lambda asked: {"value": from_celsius(as_number(asked.target), unit)}  # noqa: E731
    draft.tell(signal, f"{stem}_command_topic", own, f"{stem}_command_template")


def climate(draft: Draft) -> Entity | None:
    config, unit = draft.config, _unit(draft)
    modes = tuple(m for m in config.words("modes") if m in HVAC_MODES) if config.has("modes") else HVAC_MODES[:4]
    _choice(draft, "climate.mode", "mode", modes, "state_template")
    if _measure(
        draft, "climate.current_temperature", "current_temperature_topic", "current_temperature_template", unit
    ):
        draft.can("climate.current_temperature")
    if _measure(draft, "climate.current_humidity", "current_humidity_topic", "current_humidity_template"):
        draft.can("climate.current_humidity")
    if draft.hear("action_topic", "action_template", lambda text: {"climate.action": text} if text in ACTIONS else {}):
        draft.can("climate.action")
    for signal, stem in (
        ("climate.target_temperature", "temperature"),
        ("climate.target_low", "temperature_low"),
        ("climate.target_high", "temperature_high"),
    ):
        _target(draft, signal, stem, 7.0, 35.0)
    _humidity(draft, "climate.target_humidity")
    _choice(draft, "climate.fan_mode", "fan_mode", config.words("fan_modes"), "state_template")
    _choice(draft, "climate.swing", "swing_mode", config.words("swing_modes"), "state_template")
    _choice(draft, "climate.preset", "preset_mode", ("none", *config.words("preset_modes")), "value_template")
    if not draft.inputs:
        return None
    return draft.entity("heater" if set(modes) - {"off"} == {"heat"} else "climate")


def _humidity(draft: Draft, signal: str) -> None:
    config = draft.config
    if not (config.topic("target_humidity_command_topic") or config.topic("target_humidity_state_topic")):
        return
    draft.can(signal, bounds(config.number("min_humidity"), config.number("max_humidity")))
    _measure(draft, signal, "target_humidity_state_topic", "target_humidity_state_template")
    whole = lambda asked: {"value": round(as_number(asked.target))}  # noqa: E731
    draft.tell(signal, "target_humidity_command_topic", whole, "target_humidity_command_template")


def water_heater(draft: Draft) -> Entity | None:
    _choice(draft, "water_heater.mode", "mode", draft.config.words("modes"), "state_template")
    unit = _unit(draft)
    if _measure(
        draft, "water_heater.current_temperature", "current_temperature_topic", "current_temperature_template", unit
    ):
        draft.can("water_heater.current_temperature")
    _target(draft, "water_heater.target_temperature", "temperature", 43.3, 60.0)
    return draft.entity("water_heater") if draft.inputs else None


def humidifier(draft: Draft) -> Entity | None:
    config = draft.config
    if not hear_onoff(draft, "humidifier.on", template="state_value_template"):
        return None
    draft.can("humidifier.on")
    tell_onoff(draft, "humidifier.on")
    _humidity(draft, "humidifier.target_humidity")
    if _measure(draft, "humidifier.current_humidity", "current_humidity_topic", "current_humidity_template"):
        draft.can("humidifier.current_humidity")
    _choice(draft, "humidifier.mode", "mode", config.words("modes"), "state_template")
    return draft.entity("dehumidifier" if config.text("device_class") == "dehumidifier" else "humidifier")


def fan(draft: Draft) -> Entity | None:
    config = draft.config
    if not hear_onoff(draft, "fan.on", template="state_value_template"):
        return None
    draft.can("fan.on")
    tell_onoff(draft, "fan.on")
    _speed(draft)
    _choice(draft, "fan.preset", "preset_mode", config.words("preset_modes"), "value_template")
    moves: dict[str, Value] = {
        config.text("payload_oscillation_on", "oscillate_on"): True,
        config.text("payload_oscillation_off", "oscillate_off"): False,
    }
    if draft.hear(
        "oscillation_state_topic",
        "oscillation_value_template",
        lambda text: {"fan.oscillating": moves[text]} if text in moves else {},
    ):
        draft.can("fan.oscillating")
        word = {value: text for text, value in moves.items()}
        draft.tell(
            "fan.oscillating",
            "oscillation_command_topic",
            lambda asked: word[asked.target is True],
            "oscillation_command_template",
        )
    ways = ("forward", "reverse")
    if draft.hear(
        "direction_state_topic",
        "direction_value_template",
        lambda text: {"fan.direction": text} if text in ways else {},
    ):
        draft.can("fan.direction")
        draft.tell(
            "fan.direction", "direction_command_topic", lambda asked: str(asked.target), "direction_command_template"
        )

    def shown(told: Facts) -> Facts:
        return {**told, "fan.percentage": 0.0} if told.get("fan.on") is False and "fan.percentage" in told else told

    return draft.entity("fan", shown)


def _speed(draft: Draft) -> None:
    config = draft.config
    least, most = config.number("speed_range_min") or 1.0, config.number("speed_range_max") or 100.0
    if most <= least - 1 or not (config.topic("percentage_state_topic") or config.topic("percentage_command_topic")):
        return
    steps = most - least + 1
    draft.can("fan.percentage", Refinement(step=round(100 / steps, 2)))

    def read(text: str) -> Facts:
        if text == config.text("payload_reset_percentage", NONE):
            return {"fan.percentage": None}
        found = number(text)
        if found is None or found > most:
            return {}
        return {"fan.percentage": max(round((found - least + 1) / steps * 100, 1), 0.0)}

    def own(asked: Asked) -> dict[str, object]:
        part = as_number(asked.target)
        return {"value": 0 if part <= 0 else math.ceil(part / 100 * steps - 1e-9 + least - 1)}

    draft.hear("percentage_state_topic", "percentage_value_template", read)
    draft.tell("fan.percentage", "percentage_command_topic", own, "percentage_command_template")
