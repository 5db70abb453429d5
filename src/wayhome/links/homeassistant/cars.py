"""The cars that a Home Assistant knows: finding them among its devices, and proposing how their entities map to VSS.

A proposal is shown to a person, who confirms or changes it; what was confirmed is a ``wire_car.Car`` in the link's
settings. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import msgspec

from wayhome.core.ids import slug
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.homeassistant import wire_car
from wayhome.links.homeassistant.cars_words import ENOUGH, MAKERS, NO_CARS, PLATFORMS, RULES, WEIGHTS, Rule
from wayhome.links.homeassistant.wire import State
from wayhome.links.homeassistant.wire_attributes import Entity
from wayhome.links.homeassistant.wire_car import SIGNALS, UNITS, Car, Source
from wayhome.links.homeassistant.wire_house import name as shown_name
from wayhome.links.homeassistant.wire_registry import Device, Registry
from wayhome.links.homeassistant.wire_units import Units, family

_SPLIT = re.compile(r"[^a-z0-9äöüßéèçñ]+")


class Proposal(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the guided step: a signal and the entity that it may come from. ``name``: the entity's name.
    ``now``: its value as the signal would have it. ``from_unit``, ``to_unit``: what is converted."""

    signal: str
    source: Source
    name: str
    now: Value = None
    from_unit: str | None = None
    to_unit: str | None = None
    told: bool = False
    """Wishes can go back this way."""


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A car that Home Assistant seems to know. ``car``: the mapping as proposed, ready to be confirmed. ``others``:
    its other entities, to choose from. ``score``: how sure it is (6 is enough)."""

    key: str
    car: Car
    proposals: tuple[Proposal, ...]
    others: tuple[str, ...]
    score: int


def suggest_cars(
    registry: Registry, states: Mapping[str, State], units: Units, mapped: Iterable[Car] = ()
) -> list[Suggestion]:
    """Cars among the devices (and among entities without a device that share a first word), surest first. Those
    that are mapped already are left out."""
    gone = {entity for car in mapped for entity in car.entities()}
    groups: dict[str, list[Entity]] = {}
    for id, state in states.items():
        if id in gone:
            continue
        device = registry.device_of(id)
        word = id.partition(".")[2].partition("_")[0]
        key = f"device:{device.id}" if device is not None else f"word:{word}"
        groups.setdefault(key, []).append(Entity.of(state, units))
    found = [_suggest(key, entities, registry) for key, entities in groups.items() if len(entities) >= 3]
    return sorted((one for one in found if one is not None), key=lambda one: -one.score)


def _suggest(key: str, entities: list[Entity], registry: Registry) -> Suggestion | None:
    device = registry.device_of(entities[0].id)
    platforms = {entry.platform for e in entities if (entry := registry.entries.get(e.id)) is not None}
    if platforms & NO_CARS or (device is not None and device.service):
        return None
    words = {entity.id: _words(entity, registry, key, device) for entity in sorted(entities, key=lambda e: e.id)}
    signals: dict[str, Source] = {}
    by_id = {entity.id: entity for entity in entities}
    for signal, rules in RULES.items():
        source = _match(signal, rules, by_id, words)
        if source is not None:
            signals[signal] = source
    score = sum(weight for signal, weight in WEIGHTS.items() if signal in signals)
    score += 3 * bool(platforms & PLATFORMS)
    maker = (device.maker if device else None) or ""
    score += 3 * bool(MAKERS.search(f"{maker} {device.model or '' if device else ''}".lower()))
    drives = {wire_car.DISTANCE, wire_car.RANGE, wire_car.FUEL_RANGE, wire_car.GEAR} & signals.keys()
    if score < ENOUGH or not (drives or wire_car.LATITUDE in signals):
        return None
    title = device.name if device is not None and device.name else key.partition(":")[2].capitalize()
    car = Car(slug(title, fallback="car"), title, signals, maker or None, device.model if device else None)
    return Suggestion(
        key,
        car,
        tuple(_proposal(signal, car, by_id, registry) for signal in signals),
        tuple(id for id in words if id not in car.entities()),
        score,
    )


def _words(entity: Entity, registry: Registry, key: str, device: Device | None) -> list[str]:
    """The words by which an entity can be recognised, without the car's own name. First those of its unique id, which
    may speak of more than the entity (``fuel_and_battery.remaining_range``)."""
    entry = registry.entries.get(entity.id)
    object_id = entity.id.partition(".")[2]
    if key.startswith("word:"):
        object_id = object_id.partition("_")[2]
    elif device is not None and device.name:
        object_id = object_id.removeprefix(slug(device.name).replace("-", "_") + "_")
    own = (entry.unique.partition("-")[2] or entry.unique) if entry is not None else ""
    parts = [own, object_id, entry.key if entry else None, entry.name if entry else None]
    return [" ".join(_SPLIT.split(part.lower())).strip() for part in parts if part is not None]


def _match(
    signal: str, rules: tuple[Rule, ...], entities: dict[str, Entity], words: dict[str, list[str]]
) -> Source | None:
    for rule in rules:
        for id, parts in words.items():
            entity = entities[id]
            if _fits(rule, entity, parts):
                stop = _stop(entity, words) if signal == wire_car.START_STOP else None
                return Source(id, rule.attribute, rule.true, rule.invert, stop)
    return None


def _fits(rule: Rule, entity: Entity, parts: list[str]) -> bool:
    if entity.domain not in rule.domains:
        return False
    device_class = entity.text("device_class")
    if rule.classes and device_class not in rule.classes:
        return False
    if rule.words and not any(re.search(rule.words, part) for part in parts):
        return False
    if rule.never and any(re.search(rule.never, part) for part in parts[1:]):
        return False
    if rule.kind is None:
        return True
    unit = entity.text("unit_of_measurement")
    if rule.kind == "text":
        return unit is None
    return family(unit) == rule.kind


def _stop(entity: Entity, words: dict[str, list[str]]) -> str | None:
    """The button that stops charging, for one that starts it."""
    if entity.domain not in ("button", "input_button"):
        return None
    same = (id for id in words if id.partition(".")[0] == entity.domain)
    return next((id for id in same if any(re.search(r"stop charg|charg\w* stop", part) for part in words[id])), None)


def _proposal(signal: str, car: Car, entities: dict[str, Entity], registry: Registry) -> Proposal:
    source = car.signals[signal]
    entity = entities[source.entity]
    unit = entity.text("unit_of_measurement") if signal in UNITS else None
    described = wire_car.describe(car, "x", entities.get, registry).signals[signal]
    return Proposal(
        signal,
        source,
        shown_name(entity, registry),
        wire_car.facts(car, entity).get(signal),
        unit,
        UNITS[signal][0] if signal in UNITS else None,
        not described.fixed,
    )


def confirmed(given: dict[str, Any], mapped: tuple[Car, ...], taken: Collection[str]) -> Car:
    """A mapping as a person confirmed it, with a thing's id of its own. Raises BadInput."""
    try:
        car = msgspec.convert({"id": "", **given}, Car)
    except msgspec.ValidationError as error:
        raise BadInput(f"that is no car: {error}") from None
    wrong = next((signal for signal in car.signals if signal not in SIGNALS), None)
    if wrong is not None:
        raise BadInput(f"{wrong[:80]!r} can't be mapped")
    if not car.name.strip() or len(car.name) > 80 or not car.signals:
        raise BadInput("a car needs a name of at most 80 characters and at least one signal")
    if any(car.id == one.id for one in mapped):
        return car
    return msgspec.structs.replace(car, id=slug(car.name, taken, fallback="car"))
