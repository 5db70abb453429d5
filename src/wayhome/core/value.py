"""Values and readings: the facts about things."""

from __future__ import annotations

import math
from typing import Literal

import msgspec

type Value = bool | int | float | str | list[Value] | dict[str, Value] | None
"""What a signal or a record's field can hold: what JSON carries, without NaN and infinities."""

type Quality = Literal["good", "stale", "unreachable", "bad"]
"""``good``: as reported. ``stale``: from before the hub's restart, not yet read anew. ``unreachable``: the last
known, the thing does not answer. ``bad``: reported, but outside what the catalogue allows."""


class Context(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who and what caused something. ``parent`` is the id of the context that led to this one."""

    id: str
    actor: str
    parent: str | None = None
    via: str | None = None


class Fact(msgspec.Struct, frozen=True, gc=False):
    """What a link says about one signal. ``source_at``: the device's own time (s since 1970), where it tells."""

    path: str
    value: Value
    source_at: float | None = None
    quality: Quality = "good"


class Reading(msgspec.Struct, frozen=True, gc=False):
    """A fact that the hub took: ``at`` is the hub's time (s since 1970), ``source_at`` the device's own."""

    path: str
    value: Value
    at: float
    source_at: float | None = None
    quality: Quality = "good"
    context: Context | None = None

    def shown(self) -> list[Value]:
        """As the live socket shows it: ``[value, at]``, then source_at and quality where they differ."""
        if self.quality != "good":
            return [self.value, self.at, self.source_at, self.quality]
        if self.source_at is not None and abs(self.source_at - self.at) > 1:
            return [self.value, self.at, self.source_at]
        return [self.value, self.at]


MAX_DEPTH = 8


def is_value(value: object, depth: int = MAX_DEPTH) -> bool:
    """Whether ``value`` is a Value of at most ``depth`` levels: no NaN, no infinities, whole numbers of 64 bits, and
    only texts that can be written down (no half of a surrogate pair)."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return is_text(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    if isinstance(value, float):
        return math.isfinite(value)
    if depth <= 0:
        return False
    if isinstance(value, list):
        return all(is_value(item, depth - 1) for item in value)
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_text(key) and is_value(item, depth - 1) for key, item in value.items())
    return False


def is_text(text: str) -> bool:
    """Whether ``text`` can be written as UTF-8: halves of surrogate pairs can't."""
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
