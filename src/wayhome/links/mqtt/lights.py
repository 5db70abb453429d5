"""Lamps, in the three ways that they talk: a topic for each property, one JSON object, or templates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.links.mqtt.colours import hs_of_rgb, hs_of_xy, rgb_of_hs, xy_of_hs
from wayhome.links.mqtt.config import number
from wayhome.links.mqtt.entity import NONE, Asked, Draft, Entity, Facts, Out, Payload, as_number, bounds, percent
from wayhome.links.mqtt.switches import hear_onoff

COLDEST, WARMEST = 6_535.0, 2_000.0
_COLOURED = ("hs", "rgb", "rgbw", "rgbww", "xy")


def light(draft: Draft) -> Entity | None:
    schema = draft.config.text("schema", "basic")
    return {"json": _json, "template": _template}.get(schema, _basic)(draft)


def _shown(told: Facts) -> Facts:
    # A lamp that is off has no brightness, whatever it keeps for later; zero fulfils a wish for zero.
    return (
        told
        if told.get("light.on") is not False or "light.brightness" not in told
        else {**told, "light.brightness": 0.0}
    )


def _temperatures(draft: Draft) -> Refinement:
    config = draft.config
    coldest, warmest = config.number("min_mireds"), config.number("max_mireds")
    return bounds(
        _kelvin(warmest) if warmest else config.number("min_kelvin") or WARMEST,
        _kelvin(coldest) if coldest else config.number("max_kelvin") or COLDEST,
    )


def _kelvin(mireds: float | None) -> float | None:
    return round(1e6 / mireds) if mireds is not None and mireds >= 1 else None


def _temperature(draft: Draft, value: object) -> float | None:
    found = number(value)
    return found if draft.config.flag("color_temp_kelvin") else _kelvin(found)


def _own_temperature(draft: Draft, kelvin: float) -> int:
    return round(kelvin if draft.config.flag("color_temp_kelvin") else 1e6 / max(kelvin, 1.0))


def _colour_facts(pair: tuple[float, float] | None) -> Facts:
    return {} if pair is None else {"light.hue": pair[0], "light.saturation": pair[1]}


def _wanted(asked: Asked, signal: str) -> tuple[float, float]:
    """Hue and saturation for a wish of one: the other half is what is wanted or told, else full colour."""
    both = {"light.hue": 0.0, "light.saturation": 100.0, **asked.now, signal: as_number(asked.target)}
    hue, saturation = number(both["light.hue"]), number(both["light.saturation"])
    return (hue or 0.0) % 360, 100.0 if saturation is None else min(max(saturation, 0.0), 100.0)


def _tell_colour(draft: Draft, message: Callable[[float, float], list[Out]]) -> None:
    for signal in ("light.hue", "light.saturation"):
        draft.can(signal)
        draft.calls[signal] = lambda asked, signal=signal: message(*_wanted(asked, signal))  # type: ignore[misc]


# One JSON object


def _json(draft: Draft) -> Entity | None:
    config = draft.config
    modes = set(config.words("supported_color_modes"))
    dims = config.flag("brightness") or bool(modes - {"onoff", "unknown"})
    scale = max(config.number("brightness_scale") or 255.0, 1.0)
    topic = config.topic("command_topic")
    draft.can("light.on")
    if dims:
        draft.can("light.brightness")
    if "color_temp" in modes:
        draft.can("light.color_temp", _temperatures(draft))
    coloured = next((mode for mode in _COLOURED if mode in modes), None)
    if config.flag("effect") or config.words("effect_list"):
        draft.can("light.effect", Refinement(allowed=config.words("effect_list") or None))

    def read(payload: Payload) -> Facts:
        said = payload.json
        return _json_facts(draft, said, scale) if isinstance(said, dict) else {}

    if not draft.hear_whole("state_topic", read):
        return None

    def say(said: Mapping[str, Any]) -> list[Out]:
        assert topic is not None
        return [Out(topic, msgspec.json.encode(said).decode(), config.qos, config.flag("retain"))]

    if topic is not None:
        draft.calls["light.on"] = lambda asked: say({"state": "ON" if asked.target is True else "OFF"})
        draft.calls["light.brightness"] = lambda asked: say(_json_brightness(as_number(asked.target), scale))
        draft.calls["light.color_temp"] = lambda asked: say(
            {"state": "ON", "color_temp": _own_temperature(draft, as_number(asked.target))}
        )
        draft.calls["light.effect"] = lambda asked: say({"state": "ON", "effect": str(asked.target)})
    if coloured is not None:
        draft.can("light.hue")
        draft.can("light.saturation")
        if topic is not None:
            _tell_colour(
                draft, lambda hue, saturation: say({"state": "ON", "color": _own_colour(coloured, hue, saturation)})
            )
    draft.calls = {signal: call for signal, call in draft.calls.items() if signal in draft.signals}
    return draft.entity("light", _shown)


def _json_brightness(part: float, scale: float) -> dict[str, Any]:
    return {"state": "OFF"} if part <= 0 else {"state": "ON", "brightness": max(round(part / 100 * scale), 1)}


def _json_facts(draft: Draft, said: dict[str, Any], scale: float) -> Facts:
    facts: Facts = {}
    state = said.get("state")
    if "state" in said and state in ("ON", "OFF", None):
        facts["light.on"] = {"ON": True, "OFF": False}.get(str(state))
    brightness = number(said.get("brightness"))
    if brightness:
        facts["light.brightness"] = percent(brightness, scale)
    mode, colour = said.get("color_mode"), said.get("color")
    if mode == "color_temp" or (mode is None and "color_temp" in said):
        facts["light.color_temp"] = _temperature(draft, said.get("color_temp"))
    if isinstance(colour, dict) and mode != "color_temp":
        facts |= _colour_facts(_read_colour(colour))
    effect = said.get("effect")
    if isinstance(effect, str):
        facts["light.effect"] = effect[:200]
    return {signal: value for signal, value in facts.items() if signal in draft.signals}


def _read_colour(colour: dict[str, Any]) -> tuple[float, float] | None:
    for names, convert in ((("h", "s"), None), (("hue", "saturation"), None), (("x", "y"), hs_of_xy)):
        first, second = (number(colour.get(name)) for name in names)
        if first is not None and second is not None:
            return convert(first, second) if convert else (first % 360, min(max(second, 0.0), 100.0))
    red, green, blue = (number(colour.get(name)) for name in "rgb")
    if red is None or green is None or blue is None:
        return None
    return hs_of_rgb(red, green, blue)


def _own_colour(mode: str, hue: float, saturation: float) -> dict[str, Any]:
    if mode == "hs":
        return {"h": round(hue, 1), "s": round(saturation, 1)}
    if mode == "xy":
        x, y = xy_of_hs(hue, saturation)
        return {"x": x, "y": y}
    red, green, blue = rgb_of_hs(hue, saturation)
    return {"r": red, "g": green, "b": blue, **{"rgbw": {"w": 0}, "rgbww": {"c": 0, "w": 0}}.get(mode, {})}


# A topic for each property


def _basic(draft: Draft) -> Entity | None:
    config = draft.config
    scale = max(config.number("brightness_scale") or 255.0, 1.0)
    draft.can("light.on")
    if not hear_onoff(draft, "light.on", template="state_value_template"):
        return None
    on, off = config.text("payload_on", "ON"), config.text("payload_off", "OFF")
    topic, dims = config.topic("command_topic"), config.topic("brightness_command_topic")
    how = config.text("on_command_type", "last")

    def dim(part: float) -> Out:
        level = max(round(part / 100 * scale), 1)
        return draft.out(dims or "", {"value": level}, "brightness_command_template")

    def switch(asked: Asked) -> list[Out]:
        if asked.target is True and how == "brightness" and dims is not None:
            return [dim(number(asked.now.get("light.brightness")) or 100.0)]
        return [draft.out(topic or "", on if asked.target is True else off)]

    def shine(asked: Asked) -> list[Out]:
        part = as_number(asked.target)
        if part <= 0:
            return [draft.out(topic or "", off)]
        # On after the brightness, before it, or by it alone: as the lamp wants it.
        both = [dim(part)] if how == "brightness" else [dim(part), draft.out(topic or "", on)]
        return both[::-1] if how == "first" else both

    if topic is not None:
        draft.calls["light.on"] = switch

    def property_(signal: str, stem: str, read: Callable[[str], Facts], refinement: Refinement | None = None) -> bool:
        if not config.topic(f"{stem}_command_topic") and not config.topic(f"{stem}_state_topic"):
            return False
        draft.hear(f"{stem}_state_topic", f"{stem}_value_template", read)
        draft.can(signal, refinement)
        return True

    def level(text: str) -> Facts:
        found = number(text)
        return {"light.brightness": percent(found, scale)} if found else {}

    if property_("light.brightness", "brightness", level) and dims is not None and topic is not None:
        draft.calls["light.brightness"] = shine
    if property_("light.color_temp", "color_temp", lambda text: _warmth(draft, text), _temperatures(draft)):
        draft.tell("light.color_temp", "color_temp_command_topic",
                   lambda asked: {"value": _own_temperature(draft, as_number(asked.target))},
                   "color_temp_command_template")  # fmt: skip
    effects = config.words("effect_list")
    if effects and property_(
        "light.effect", "effect", lambda text: {"light.effect": text[:200]}, Refinement(allowed=effects)
    ):
        draft.tell("light.effect", "effect_command_topic", lambda asked: str(asked.target), "effect_command_template")
    _basic_colour(draft)
    return draft.entity("light", _shown)


def _warmth(draft: Draft, text: str) -> Facts:
    found = _temperature(draft, text)
    return {} if found is None else {"light.color_temp": found}


def _basic_colour(draft: Draft) -> None:
    """By the first of its ways that it has: hue and saturation, red green blue, or place in the colour space."""
    for stem, read, own in (("hs", None, None), ("rgb", hs_of_rgb, rgb_of_hs), ("xy", hs_of_xy, xy_of_hs)):
        topic = draft.config.topic(f"{stem}_command_topic")
        if topic is None:
            continue

        def facts(text: str, read: Callable[..., Any] | None = read, count: int = len(stem)) -> Facts:
            parts = [number(part.strip()) for part in text.split(",")]
            if len(parts) != count or None in parts:
                return {}
            return _colour_facts(read(*parts) if read else (parts[0], parts[1]))  # type: ignore[arg-type]

        def message(hue: float, saturation: float, stem: str = stem, topic: str = topic, own: Any = own) -> list[Out]:
            parts = own(hue, saturation) if own else (round(hue, 1), round(saturation, 1))
            names = dict(
                zip({"hs": ("hue", "sat"), "rgb": ("red", "green", "blue"), "xy": ("x", "y")}[stem], parts, strict=True)
            )
            return [draft.out(topic, {"value": ",".join(map(str, parts)), **names}, f"{stem}_command_template")]

        draft.hear(f"{stem}_state_topic", f"{stem}_value_template", facts)
        _tell_colour(draft, message)
        return


# Templates


def _template(draft: Draft) -> Entity | None:
    config = draft.config
    topic = config.topic("command_topic")
    words: dict[str, Value] = {"on": True, "off": False, NONE: None}
    draft.can("light.on")
    if not config.has("state_template"):
        return None
    if not draft.hear("state_topic", "state_template", lambda text: {"light.on": words[text]} if text in words else {}):
        return None
    if config.has("brightness_template"):
        draft.can("light.brightness")

        def level(text: str) -> Facts:
            found = number(text)
            return {"light.brightness": percent(found, 255.0)} if found else {}

        draft.hear("state_topic", "brightness_template", level)
    if config.has("color_temp_template"):
        draft.can("light.color_temp", _temperatures(draft))
        draft.hear("state_topic", "color_temp_template", lambda text: _warmth(draft, text))
    if all(config.has(f"{name}_template") for name in ("red", "green", "blue")):

        def colour(payload: Payload) -> Facts:
            parts = [number(draft.render(f"{name}_template", payload)) for name in ("red", "green", "blue")]
            return {} if None in parts else _colour_facts(hs_of_rgb(*parts))  # type: ignore[arg-type]

        draft.hear_whole("state_topic", colour)
        if topic is not None:
            _tell_colour(
                draft,
                lambda hue, saturation: turn(
                    dict(zip(("red", "green", "blue"), rgb_of_hs(hue, saturation), strict=True))
                ),
            )

    def turn(names: dict[str, Any]) -> list[Out]:
        return [draft.out(topic or "", {"state": "on", "value": "on", **names}, "command_on_template")]

    def off(asked: Asked) -> list[Out]:
        return [draft.out(topic or "", {"state": "off", "value": "off"}, "command_off_template")]

    if topic is not None:
        draft.calls["light.on"] = lambda asked: turn({}) if asked.target is True else off(asked)
        if "light.brightness" in draft.signals:
            draft.calls["light.brightness"] = lambda asked: (
                turn({"brightness": max(round(as_number(asked.target) * 2.55), 1)})
                if as_number(asked.target) > 0
                else off(asked)
            )
        if "light.color_temp" in draft.signals:
            draft.calls["light.color_temp"] = lambda asked: turn(
                {"color_temp": _own_temperature(draft, as_number(asked.target))}
            )
    return draft.entity("light", _shown)
