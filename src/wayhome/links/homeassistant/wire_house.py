"""Entities of Home Assistant as things of the household: which ones, their ids, names, areas and abilities."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.ids import legible, slug
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.links.homeassistant.wire_attributes import Entity
from wayhome.links.homeassistant.wire_domains import DOMAINS
from wayhome.links.homeassistant.wire_registry import Entry, Registry

MAX_NAME = 200
OURS = "wayhome_"
"""So begin the unique ids of what our MQTT link shows at a broker."""
SHOWN = re.compile(r"sensor\.wayhome_\w+_(destination|arrival|to_go)")
"""What this link shows there itself, see outward.py; also another hub's."""


class Choice(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which entities become things. Those that Home Assistant hides, and those about a device's own settings and
    health, stay out unless asked for. ``leave_out``: entity ids, or whole domains."""

    hidden: bool = False
    config: bool = False
    diagnostic: bool = False
    leave_out: tuple[str, ...] = ()

    def takes(self, entity: str, entry: Entry | None) -> bool:
        """Whether this entity becomes a thing."""
        domain = entity.partition(".")[0]
        if domain not in DOMAINS or entity in self.leave_out or domain in self.leave_out:
            return False
        if entry is None:
            return SHOWN.fullmatch(entity) is None
        if entry.platform == "mqtt" and entry.unique.startswith(OURS):
            return False  # our own car, that our MQTT link shows there
        if entry.disabled or (entry.hidden and not self.hidden):
            return False
        return {"config": self.config, "diagnostic": self.diagnostic}.get(entry.category or "", True)


def identity(entity: str, registry: Registry) -> str:
    """What stays the same of an entity when it is renamed: its registry id; without one, its entity id.

    The first 12 of the 32 digits of a registry id tell a household's entities apart, and keep the record small.
    """
    entry = registry.entries.get(entity)
    return entity if entry is None else entry.id[:12]


def thing_ids(
    entities: Iterable[str], registry: Registry, known: Mapping[str, str], taken: Collection[str]
) -> dict[str, str]:
    """A thing's id for each entity. ``known``: ids by identity from before; ``taken``: ids that others have."""
    found: dict[str, str] = {}
    used = {*taken, "hub", *known.values()}
    kept: set[str] = set()
    fresh = []
    for entity in entities:
        id = known.get(identity(entity, registry))
        if id is None or id in kept or id in taken:
            fresh.append(entity)
        else:
            found[entity] = id
            kept.add(id)
    for entity in sorted(fresh):
        domain, _, stem = entity.partition(".")
        found[entity] = slug(stem, used, fallback=domain.replace("_", "-"))
        used.add(found[entity])
    return found


def name(entity: Entity, registry: Registry) -> str:
    """The name that Home Assistant shows: it puts device and entity together itself, as ``friendly_name``."""
    shown = entity.text("friendly_name")
    if shown is None:
        entry, device = registry.entries.get(entity.id), registry.device_of(entity.id)
        shown = " ".join(part for part in (device and device.name, entry and entry.name) if part)
    return legible(shown or "")[:MAX_NAME] or entity.id.partition(".")[2].replace("_", " ") or entity.id


def describe(entity: Entity, thing_id: str, link: str, registry: Registry, before: Thing | None = None) -> Thing | None:
    """An entity as a thing; None where its domain is none of ours.

    What it could do before (``before``) stays: an entity that is off or unavailable shows fewer attributes, and must
    not lose its controls by that.
    """
    domain = DOMAINS.get(entity.domain)
    if domain is None:
        return None
    signals = domain.signals(entity)
    if before is not None:
        for signal, refinement in before.signals.items():
            signals.setdefault(signal, refinement)
        if entity.state == "unavailable":
            signals = {signal: _richer(before.signals.get(signal), new) for signal, new in signals.items()}
    device = registry.device_of(entity.id)
    return Thing(
        thing_id,
        name(entity, registry),
        link,
        domain.kind(entity),
        signals,
        registry.area_of(entity.id),
        device.maker if device else None,
        device.model if device else None,
        marks=marks(entity, registry),
    )


def marks(entity: Entity, registry: Registry) -> tuple[str, ...]:
    """What other links may know it by: its unique id at an MQTT broker, or the address of its device with its name."""
    entry, device = registry.entries.get(entity.id), registry.device_of(entity.id)
    if entry is None:
        return ()
    if entry.platform == "mqtt" and entry.unique:
        ids = device.broker_ids if device is not None else ()
        return tuple(f"mqtt|{entity.domain}|{entry.unique[:128]}|{id}" for id in ids or ("",))
    own = (entry.name or "").lower()
    return tuple(f"mac|{mac}|{entity.domain}|{own}"[:400] for mac in device.macs) if device is not None else ()


def without_code(thing: Thing) -> Thing:
    """The same thing as one that asks for no code: it is kept here."""
    signals = {
        signal: msgspec.structs.replace(refinement, code=None, code_for=None) if refinement.code else refinement
        for signal, refinement in thing.signals.items()
    }
    return msgspec.structs.replace(thing, signals=signals)


def _richer(before: Refinement | None, now: Refinement) -> Refinement:
    return before if before is not None else now


def facts(entity: Entity, signals: Collection[str]) -> dict[str, Value]:
    """What an entity's state says of these signals."""
    domain = DOMAINS.get(entity.domain)
    if domain is None:
        return {}
    return {signal: value for signal, value in domain.facts(entity).items() if signal in signals}
