"""Attributes of an entity, read safely: each asks for one type and gets None for anything else."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import BadInput
from wayhome.links.homeassistant.wire import UNKNOWN, State
from wayhome.links.homeassistant.wire_units import Units

MAX_WORDS = 256
"""So many choices of one signal (effects, sources) at most; the rest is left out."""
MAX_WORD = 1_024


class Entity(msgspec.Struct, frozen=True):
    """One entity as the mapping sees it: its state, and the units that its Home Assistant uses."""

    id: str
    state: str
    attributes: Mapping[str, Any]
    units: Units = Units()

    @classmethod
    def of(cls, state: State, units: Units) -> Entity:
        return cls(state.entity, state.state, state.attributes, units)

    @property
    def domain(self) -> str:
        return self.id.partition(".")[0]

    @property
    def known(self) -> str | None:
        """The state, or None while Home Assistant does not know it."""
        return None if self.state in (UNKNOWN, "unavailable") else self.state

    def has(self, name: str) -> bool:
        return name in self.attributes

    def number(self, name: str) -> float | None:
        return number(self.attributes.get(name))

    def text(self, name: str) -> str | None:
        value = self.attributes.get(name)
        return value[:MAX_WORD] if isinstance(value, str) and value else None

    def flag(self, name: str) -> bool | None:
        value = self.attributes.get(name)
        return value if isinstance(value, bool) else None

    def words(self, name: str) -> tuple[str, ...] | None:
        """A list of choices; None when there is none."""
        value = self.attributes.get(name)
        if not isinstance(value, list):
            return None
        chosen = [word for word in value if isinstance(word, str) and 0 < len(word) <= MAX_WORD]
        return tuple(dict.fromkeys(chosen))[:MAX_WORDS] or None

    def can(self, feature: int) -> bool:
        """Whether its ``supported_features`` have this bit."""
        features = self.attributes.get("supported_features")
        return isinstance(features, int) and not isinstance(features, bool) and bool(features & feature)

    def celsius(self, name: str) -> float | None:
        """A temperature attribute, which Home Assistant states in its own unit."""
        return self.units.celsius(self.number(name))


class Call(msgspec.Struct, frozen=True):
    """What Home Assistant is to do. ``code``: the secret that goes along as ``code``, where the entity asks for one.
    ``entity``: at which entity, where it is not the command's own."""

    domain: str
    service: str
    data: dict[str, Value] = {}
    code: str | None = None
    entity: str | None = None


def number(value: object) -> float | None:
    """A finite number, of a number or a text that is one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and len(value) <= 64:
        try:
            value = float(value)
        except ValueError:
            return None
    if not isinstance(value, int | float):
        return None
    try:
        found = float(value)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def percent(value: float | None, whole: float = 1.0) -> float | None:
    """A part of ``whole`` in percent, to a tenth."""
    return None if value is None else round(min(max(value / whole, 0.0), 1.0) * 100, 1)


def bounds(least: float | None, most: float | None, step: float | None = None, unit: str | None = None) -> Refinement:
    """A refinement of what is sensible of these: bounds that are the wrong way round count for nothing."""
    if least is not None and most is not None and least >= most:
        least = most = None
    return Refinement(unit=unit, min=least, max=most, step=step if step and step > 0 else None)


def choices(words: tuple[str, ...] | None, can: bool = True) -> Refinement:
    return Refinement(allowed=words, fixed=not can)


def as_number(target: Value) -> float:
    """A wish that is a number. Raises BadInput for others."""
    found = None if isinstance(target, str) else number(target)
    if found is None:
        raise BadInput("this takes a number")
    return found


def as_text(target: Value) -> str:
    """A wish that is a text. Raises BadInput for others."""
    if not isinstance(target, str) or not target:
        raise BadInput("this takes a text")
    return target


def as_flag(target: Value) -> bool:
    """A wish that is true or false. Raises BadInput for others."""
    if not isinstance(target, bool):
        raise BadInput("this takes true or false")
    return target


def onoff(entity: Entity) -> bool | None:
    """``on`` and ``off`` as true and false."""
    return {"on": True, "off": False}.get(entity.state)
