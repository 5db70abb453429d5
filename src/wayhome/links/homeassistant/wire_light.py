"""Lights, switches and other things that are on or off."""

from __future__ import annotations

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.links.homeassistant.wire_attributes import (
    Call,
    Entity,
    as_flag,
    as_number,
    as_text,
    bounds,
    choices,
    number,
    onoff,
    percent,
)
from wayhome.links.homeassistant.wire_domain import Domain, Facts, Signals, Wanted, always, unknown_signal

EFFECT = 4
_DARK = frozenset({"onoff", "unknown"})
"""Colour modes without brightness (``light.const.ColorMode``)."""
_COLOURED = frozenset({"hs", "rgb", "rgbw", "rgbww", "xy"})


def _modes(entity: Entity) -> set[str]:
    return set(entity.words("supported_color_modes") or ())


def _signals(entity: Entity) -> Signals:
    modes = _modes(entity)
    signals: Signals = {"light.on": Refinement()}
    if modes - _DARK:
        signals["light.brightness"] = Refinement()
    if "color_temp" in modes:
        signals["light.color_temp"] = bounds(
            entity.number("min_color_temp_kelvin"), entity.number("max_color_temp_kelvin")
        )
    if modes & _COLOURED:
        signals |= {"light.hue": Refinement(), "light.saturation": Refinement()}
    if entity.can(EFFECT):
        signals["light.effect"] = choices(entity.words("effect_list"))
    return signals


def _facts(entity: Entity) -> Facts:
    on = onoff(entity)
    hue, saturation = _colour(entity)
    return {
        "light.on": on,
        # A lamp that is off has no brightness at Home Assistant; zero says the same, and fulfils a wish for zero.
        "light.brightness": 0.0 if on is False else percent(entity.number("brightness"), 255),
        "light.color_temp": entity.number("color_temp_kelvin"),
        "light.hue": hue,
        "light.saturation": saturation,
        "light.effect": entity.text("effect"),
    }


def _colour(entity: Entity) -> tuple[float | None, float | None]:
    pair = entity.attributes.get("hs_color")
    if not isinstance(pair, list) or len(pair) != 2:
        return None, None
    hue, saturation = number(pair[0]), number(pair[1])
    return hue, None if saturation is None else min(max(saturation, 0.0), 100.0)


def _call(entity: Entity, signal: str, target: Value, wanted: Wanted) -> Call:
    on = "turn_on"
    match signal:
        case "light.on":
            return Call("light", on if as_flag(target) else "turn_off")
        case "light.brightness":
            part = as_number(target)
            if part <= 0:
                return Call("light", "turn_off")
            return Call("light", on, {"brightness": min(max(round(part * 2.55), 1), 255)})
        case "light.color_temp":
            return Call("light", on, {"color_temp_kelvin": round(as_number(target))})
        case "light.hue" | "light.saturation":
            # Home Assistant takes both in one: the other half is what is wanted, else what is, else full colour.
            hue, saturation = _colour(entity)
            asked = {"light.hue": hue, "light.saturation": saturation, **wanted, signal: as_number(target)}
            pair: list[Value] = [number(asked["light.hue"]) or 0.0, _or(number(asked["light.saturation"]), 100.0)]
            return Call("light", on, {"hs_color": pair})
        case "light.effect":
            return Call("light", on, {"effect": as_text(target)})
    raise unknown_signal(signal)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


LIGHT = Domain(always("light"), _signals, _facts, _call)


def _switch_kind(entity: Entity) -> str:
    return "outlet" if entity.attributes.get("device_class") == "outlet" else "switch"


def _toggle(domain: str, signal: str, kind: str) -> Domain:
    """A domain with ``turn_on`` and ``turn_off`` and nothing else that we use."""

    def call(entity: Entity, asked: str, target: Value, wanted: Wanted) -> Call:
        if asked != signal:
            raise unknown_signal(asked)
        return Call(domain, "turn_on" if as_flag(target) else "turn_off")

    return Domain(
        _switch_kind if kind == "switch" else always(kind),
        lambda entity: {signal: Refinement()},
        lambda entity: {signal: onoff(entity)},
        call,
    )


SWITCH = _toggle("switch", "switch.on", "switch")
INPUT_BOOLEAN = _toggle("input_boolean", "switch.on", "switch")
SIREN = _toggle("siren", "siren.on", "siren")
