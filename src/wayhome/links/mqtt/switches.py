"""What is on or off, pressed, chosen and measured: switch, siren, button, scene, number, select, text, sensor,
binary_sensor, event, device_tracker."""

from __future__ import annotations

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.ids import slug
from wayhome.core.value import Value
from wayhome.links.mqtt.config import number
from wayhome.links.mqtt.entity import MAX_TEXT, NONE, Asked, Draft, Entity, Facts, Payload, as_number, bounds
from wayhome.links.mqtt.units import ours, own_of, shown_unit


def onoff(draft: Draft, signal: str, states: tuple[str, str] = ("state_on", "state_off")) -> dict[str, Value]:
    """What a state topic's words for on and off mean; anything else says nothing."""
    config = draft.config
    on = config.text(states[0]) or config.text("payload_on", "ON")
    off = config.text(states[1]) or config.text("payload_off", "OFF")
    return {on: True, off: False, NONE: None}


def hear_onoff(draft: Draft, signal: str, topic: str = "state_topic", template: str = "value_template") -> bool:
    words = onoff(draft, signal)
    return draft.hear(topic, template, lambda text: {signal: words[text]} if text in words else {})


def tell_onoff(draft: Draft, signal: str, template: str = "command_template") -> bool:
    config = draft.config
    on, off = config.text("payload_on", "ON"), config.text("payload_off", "OFF")
    return draft.tell(signal, "command_topic", lambda asked: on if asked.target is True else off, template)


def switch(draft: Draft) -> Entity | None:
    if not hear_onoff(draft, "switch.on"):
        return None
    draft.can("switch.on")
    tell_onoff(draft, "switch.on")
    return draft.entity("outlet" if draft.config.text("device_class") == "outlet" else "switch")


def siren(draft: Draft) -> Entity | None:
    words = onoff(draft, "siren.on")

    def read(text: str) -> Facts:
        said = Payload(text).json  # ``{"state": "ON"}`` or the word alone
        word = said.get("state") if isinstance(said, dict) else text
        return {"siren.on": words[word]} if isinstance(word, str) and word in words else {}

    if not draft.hear("state_topic", "state_value_template", read):
        return None
    draft.can("siren.on")
    on, off = draft.config.text("payload_on", "ON"), draft.config.text("payload_off", "OFF")
    if draft.config.has("command_template"):
        tell_onoff(draft, "siren.on")
    else:
        draft.tell("siren.on", "command_topic", lambda asked: f'{{"state":"{on if asked.target is True else off}"}}')
    return draft.entity("siren")


def button(draft: Draft) -> Entity | None:
    press = draft.config.text("payload_press", "PRESS")
    if draft.tell("button.press", "command_topic", lambda asked: press, "command_template"):
        draft.can("button.press")
    return draft.entity("button")


def scene(draft: Draft) -> Entity | None:
    if draft.tell("scene.activate", "command_topic", lambda asked: draft.config.text("payload_on", "ON")):
        draft.can("scene.activate")
    return draft.entity("scene")


def number_(draft: Draft) -> Entity | None:
    config = draft.config
    unit, kind = config.maybe("unit_of_measurement"), config.maybe("device_class")
    least, most, step = (config.number(name) for name in ("min", "max", "step"))
    least, most = 1.0 if least is None else least, 100.0 if most is None else most
    found = bounds(ours(least, unit, kind), ours(most, unit, kind), step or 1.0, shown_unit(unit, kind))
    draft.can("number.value", Refinement(found.unit, found.min, found.max, found.step, None, kind))
    reset = config.text("payload_reset", NONE)

    def read(text: str) -> Facts:
        if text == reset:
            return {"number.value": None}
        value = number(text)
        return {} if value is None else {"number.value": ours(value, unit, kind)}

    if not draft.hear("state_topic", "value_template", read):
        return None
    whole = (config.number("step") or 1.0).is_integer()

    def payload(asked: Asked) -> dict[str, float]:
        value = own_of(as_number(asked.target), unit, kind)
        return {"value": int(value) if whole and value.is_integer() else value}

    draft.tell("number.value", "command_topic", payload, "command_template")
    return draft.entity("number")


def select(draft: Draft) -> Entity | None:
    options = draft.config.words("options")
    draft.can("select.option", Refinement(allowed=options))

    def read(text: str) -> Facts:
        if text.lower() == "none":
            return {"select.option": None}
        return {"select.option": text} if text in options else {}

    if not options or not draft.hear("state_topic", "value_template", read):
        return None
    draft.tell("select.option", "command_topic", lambda asked: str(asked.target), "command_template")
    return draft.entity("select")


def text_(draft: Draft) -> Entity | None:
    secret = draft.config.text("mode") == "password"  # what is a secret there is neither shown nor set here
    draft.can("text.value", bounds(draft.config.number("min"), draft.config.number("max")))
    if not draft.hear("state_topic", "value_template", lambda said: {} if secret else {"text.value": said[:MAX_TEXT]}):
        return None
    if not secret:
        draft.tell("text.value", "command_topic", lambda asked: str(asked.target), "command_template")
    return draft.entity("text")


_WORDED = frozenset({"date", "enum", "timestamp"})


def sensor(draft: Draft) -> Entity | None:
    config = draft.config
    kind, unit = config.maybe("device_class"), config.maybe("unit_of_measurement")
    numeric = kind not in _WORDED and bool(unit or kind or config.maybe("state_class"))
    if not numeric:
        options = config.words("options")
        draft.can("sensor.text", Refinement(device_class=kind, allowed=options or None))

        def words(text: str) -> Facts:
            return {"sensor.text": None if text == NONE else text[:MAX_TEXT]} if not options or text in options else {}

        draft.hear("state_topic", "value_template", words)
        return draft.entity("sensor") if draft.inputs else None
    draft.can("sensor.value", Refinement(unit=shown_unit(unit, kind), device_class=kind))
    if kind == "battery":
        draft.can("battery.level")

    def read(text: str) -> Facts:
        value = number(text)
        if value is None and text != NONE:
            return {}
        value = None if value is None else ours(value, unit, kind)
        return {"sensor.value": value, "battery.level": value} if kind == "battery" else {"sensor.value": value}

    return draft.entity("sensor") if draft.hear("state_topic", "value_template", read) else None


def binary_sensor(draft: Draft) -> Entity | None:
    signal = "binary_sensor.on"
    draft.can(signal, Refinement(device_class=draft.config.maybe("device_class")))
    on, off = draft.config.text("payload_on", "ON"), draft.config.text("payload_off", "OFF")
    words: dict[str, Value] = {on: True, off: False, NONE: None}
    if not draft.hear("state_topic", "value_template", lambda text: {signal: words[text]} if text in words else {}):
        return None
    made = draft.entity("binary_sensor")
    delay = draft.config.number("off_delay")
    if made is None or delay is None or not 0 < delay < 86_400:
        return made
    return msgspec.structs.replace(made, off_delay=(signal, delay))


def event(draft: Draft) -> Entity | None:
    kinds = draft.config.words("event_types")
    draft.can("event.type", Refinement(allowed=kinds or None))

    def read(text: str) -> Facts:
        said = Payload(text).json
        kind = said.get("event_type") if isinstance(said, dict) else None
        return {"event.type": kind} if isinstance(kind, str) and kind in kinds else {}

    return draft.entity("event") if draft.hear("state_topic", "value_template", read) else None


def device_tracker(draft: Draft) -> Entity | None:
    config = draft.config
    draft.can("device_tracker.place")
    words: dict[str, Value] = {
        config.text("payload_home", "home"): "home",
        config.text("payload_not_home", "not_home"): "not_home",
        config.text("payload_reset", NONE): None,
    }
    draft.hear(
        "state_topic",
        "value_template",
        lambda text: {"device_tracker.place": words[text] if text in words else slug(text, fallback="place")},
    )

    def place(text: str) -> Facts:
        said = Payload(text).json
        if not isinstance(said, dict):
            return {}
        found = {name: number(said.get(key)) for name, key in _PLACE.items()}
        return {name: value for name, value in found.items() if value is not None}

    if draft.hear("json_attributes_topic", "json_attributes_template", place):
        draft.can("device_tracker.latitude", Refinement(min=-90.0, max=90.0))
        draft.can("device_tracker.longitude", Refinement(min=-180.0, max=180.0))
        draft.can("device_tracker.accuracy")
        draft.can("battery.level")
    return draft.entity("device_tracker") if draft.inputs else None


_PLACE = {
    "device_tracker.latitude": "latitude",
    "device_tracker.longitude": "longitude",
    "device_tracker.accuracy": "gps_accuracy",
    "battery.level": "battery_level",
}
