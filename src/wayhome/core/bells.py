"""Doorbells: what of a thing says that somebody is at the door."""

from __future__ import annotations

import re

from wayhome.core.thing import Thing

BELL = re.compile(
    r"door ?bell|\bding\b|\bbell\b|klingel|sonnette|timbre|campanello|deurbel|dzwonek|门铃|門鈴", re.IGNORECASE
)
"""How bells are called where no device class says it: Home Assistant has ``doorbell`` for events only."""
_RINGS = frozenset({None, "occupancy", "sound", "button"})


def rings(thing: Thing, signal: str) -> bool:
    """Whether a signal of a thing is a doorbell's."""
    refinement = thing.signals.get(signal)
    if refinement is None:
        return False
    if refinement.device_class == "doorbell":
        return True
    called = BELL.search(thing.name) or BELL.search(thing.id.replace("-", " "))
    return refinement.device_class in _RINGS and called is not None
