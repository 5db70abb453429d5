"""What of a thing a scene may hold: states that can be wished, that last, and that open nothing.

A scene holds *states* by their fact's signal (``light.on``, ``cover.state``, ``Vehicle.….IsCharging``). Most are
wished at that same signal; a few are told by a press, which leaves a state elsewhere (``cover.close`` leads to
``cover.state``).

Never held, however it is asked for: what opens, unlocks, disarms, sounds or lets go (a scene runs by one tap, perhaps
of a child, perhaps far away); what needs a code typed; driving controls; what has no lasting state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from wayhome.core.catalog import INTEGERS, Catalog, Refinement, Signal, fits, same
from wayhome.core.driving import COMFORT, NEVER, PARKED_ONLY
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.features.scenes.model import MAX_TEXT, States

type Facts = Callable[[str], Value]
"""A thing's good fact by its signal; None: not known now."""
type Why = Literal["cannot", "guarded", "code", "value"]
"""``cannot``: the thing can't be told that. ``guarded``: it would open or let go. ``code``: a code is typed for it.
``value``: it is no value of that."""

CHARGING = "Vehicle.Powertrain.TractionBattery.Charging."
IS_CHARGING = CHARGING + "IsCharging"
COOLED = "Vehicle.Cabin.HVAC.IsAirConditioningActive"

PRESSES: Mapping[str, tuple[tuple[Value, str, Value], ...]] = {
    "cover.state": (("closed", "cover.close", True), ("open", "cover.open", True)),
    "vacuum.state": (("cleaning", "vacuum.start", True), ("docked", "vacuum.return", True)),
    "lawn_mower.state": (("mowing", "lawn_mower.start", True), ("docked", "lawn_mower.dock", True)),
    IS_CHARGING: (
        (True, CHARGING + "StartStopCharging", "START"),
        (False, CHARGING + "StartStopCharging", "STOP"),
    ),
}
"""States that are told by a press: ``(state, signal, target)``."""
ON_THE_WAY: Mapping[tuple[str, Value], Value] = {
    ("cover.state", "closing"): "closed",
    ("cover.state", "opening"): "open",
    ("vacuum.state", "returning"): "docked",
    ("lawn_mower.state", "returning"): "docked",
}
ENTRANCES = frozenset({"garage", "gate", "door", "window"})
UNTOLD = "cover"
"""The kind of a cover that does not say what it covers: it may be a garage door, and is guarded as one."""
OF_CARS = ("Vehicle.Cabin.", CHARGING, "Vehicle.Body.Trunk.")
PASSING = frozenset({"media_player.position", "media_player.media"})
"""Actuators whose value passes by itself."""
OFF: tuple[tuple[str, Value, str], ...] = (
    ("light.on", False, "light."),
    ("fan.on", False, "fan."),
    ("humidifier.on", False, "humidifier."),
    ("media_player.on", False, "media_player."),
    ("climate.mode", "off", "climate."),
    ("water_heater.mode", "off", "water_heater."),
    (COOLED, False, "Vehicle.Cabin.HVAC."),
)
"""What is off is only that: how bright it would be belongs to no scene."""
FIRST = ("light.on", "climate.mode", "climate.preset", COOLED)
"""In this order before the others: a heater takes its temperature when it is on."""


def group(state: str) -> str:
    """What is put back together or not at all: a lamp's switch, brightness and colour; each signal of a car alone."""
    return state if state.startswith("Vehicle.") else state.partition(".")[0]


def order(state: str) -> tuple[int, str]:
    """Where it stands among the states of its thing."""
    return (FIRST.index(state) if state in FIRST else len(FIRST), state)


def wish(thing: Thing, catalog: Catalog, state: str, value: Value) -> tuple[Signal, Value] | Why:
    """The signal to wish, and its target, so that the thing comes to ``state``; or why there is none for a scene."""
    told = _told(thing, catalog, state, value)
    if told is None:
        return "cannot"
    signal, target = told
    refinement = thing.signals[signal.path]
    if (isinstance(value, str) and len(value) > MAX_TEXT) or fits(signal, target, refinement) is not None:
        return "value"
    if refinement.code is not None and (refinement.code_for is None or str(target) in refinement.code_for):
        return "code"
    return "guarded" if _opens(thing, signal, state, value) else (signal, target)


def _told(thing: Thing, catalog: Catalog, state: str, value: Value) -> tuple[Signal, Value] | None:
    if not isinstance(value, bool | int | float | str):
        return None
    for wanted, name, pressed in PRESSES.get(state, ()):
        if wanted == value:
            # A cover that takes a position is told that.
            apart = state == "cover.state" and _tells(thing, "cover.position")
            signal = catalog.find(name)
            return (signal, pressed) if signal is not None and not apart and _tells(thing, name) else None
    signal = catalog.find(state)
    if signal is None or signal.kind != "actuator" or signal.press or state in PASSING or not _tells(thing, state):
        return None
    if state.startswith("Vehicle.") and state not in COMFORT:
        lights = (one for one in PARKED_ONLY if not one.startswith(OF_CARS))
        if not state.startswith(OF_CARS) or state.startswith((*NEVER, *lights)):
            return None
    # A number is one to who writes a scene; devices that count want whole ones.
    whole = signal.datatype in INTEGERS and isinstance(value, float) and value.is_integer()
    return signal, int(value) if whole else value


def _tells(thing: Thing, signal: str) -> bool:
    refinement = thing.signals.get(signal)
    return refinement is not None and not refinement.fixed


def _opens(thing: Thing, signal: Signal, state: str, value: Value) -> bool:
    """Whether it would open, unlock, disarm, sound or let go."""
    name = signal.path
    if name.startswith("cover."):
        kind = thing.signals.get("cover.state", Refinement()).device_class or thing.kind
        if name == "cover.open" or kind in (*ENTRANCES, UNTOLD) or thing.kind in ENTRANCES:
            return value not in (0, "closed")
        return False
    if name == "alarm.mode":
        return not str(value).startswith("armed_")
    if name.endswith(".IsLocked") or name == "lock.locked":
        return value is not True
    if name.endswith((".Window.Position", ".Sunroof.Position")) or name == "valve.position":
        return value != 0
    if name.endswith("ChildLockEngaged"):
        return value is not True
    if name == "siren.on":
        return value is not False
    return signal.risky


def fulfilled(thing: Thing, catalog: Catalog, state: str, value: Value, fact: Value) -> bool:
    """Whether a fact is the state that a scene holds, or on its way there."""
    fact = ON_THE_WAY.get((state, fact), fact) if isinstance(fact, str) else fact
    signal = catalog.find(state)
    return signal is not None and fact is not None and same(signal, value, fact, thing.signals.get(state))


def captured(thing: Thing, catalog: Catalog, facts: Facts) -> tuple[States, dict[str, Why]]:
    """A thing's present states as a scene may hold them, in the order in which they are wished; and what was left out
    because it is open, or asks for a code."""
    found, left = _tellable(thing, catalog, facts)
    found = _plain(_off(found, OFF))
    if found.get(IS_CHARGING) is False:
        del found[IS_CHARGING]  # that it does not charge is seldom wished, and would end its schedule
    return found, left


def standing(thing: Thing, catalog: Catalog, facts: Facts) -> States:
    """A thing's present states as they can be put back: of a car, whose signals stand each alone, all of them."""
    found, _ = _tellable(thing, catalog, facts)
    return _plain(_off(found, [one for one in OFF if not one[0].startswith("Vehicle.")]))


def _tellable(thing: Thing, catalog: Catalog, facts: Facts) -> tuple[States, dict[str, Why]]:
    found: States = {}
    left: dict[str, Why] = {}
    for state in sorted(thing.signals, key=order):
        value = facts(state)
        value = ON_THE_WAY.get((state, value), value) if isinstance(value, str) else value
        if not isinstance(value, bool | int | float | str):
            continue
        told = wish(thing, catalog, state, value)
        if isinstance(told, tuple):
            found[state] = value
        elif told in ("guarded", "code"):
            left[state] = told
    return found, left


def _off(found: States, switches: Iterable[tuple[str, Value, str]]) -> States:
    for switch, off, prefix in switches:
        if found.get(switch) == off and isinstance(found.get(switch), type(off)):
            found = {state: value for state, value in found.items() if state == switch or not state.startswith(prefix)}
    return found


def _plain(found: States) -> States:
    """Without what another state decides: a white lamp has no hue, a preset has its own temperature."""
    dropped: set[str] = set()
    if "light.color_temp" in found:
        dropped |= {"light.hue", "light.saturation"}
    if str(found.get("light.effect", "none")).casefold() in ("none", "off", ""):
        dropped.add("light.effect")
    if str(found.get("climate.preset", "none")).casefold() == "none":
        dropped.add("climate.preset")
    else:
        dropped |= {"climate.target_temperature", "climate.target_low", "climate.target_high"}
    if found.get("climate.mode") in ("heat_cool", "auto") and "climate.target_low" in found:
        dropped.add("climate.target_temperature")
    if found.get("media_player.on") is True:
        # One that plays is on; one that is only on is not told to pause.
        dropped.add("media_player.on" if found.get("media_player.playing") is True else "media_player.playing")
    return {state: value for state, value in found.items() if state not in dropped}
