"""Features: what people can do, loaded by entry point (group ``wayhome.features``)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractAsyncContextManager
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any

import msgspec

from wayhome import log
from wayhome.core.event import Event
from wayhome.hub.link import Link
from wayhome.hub.operations import Operation

if TYPE_CHECKING:
    from wayhome.hub.running import Hub


class Feature(msgspec.Struct, frozen=True):
    """What a feature package offers.

    ``reactions``: what it does when an event of that name happened. ``life``: what it does as long as the hub runs;
    entered once the household is open and before its links start, so it may add watchers and miss nothing, and left
    when the hub stops. ``panels``: the names of its panels in the cockpit. ``plan``: the bundle that a household needs
    for it; None: free for all.
    """

    name: str
    operations: tuple[Operation, ...] = ()
    reactions: Mapping[str, Callable[[Hub, Event], Coroutine[Any, Any, None]]] = {}
    life: Callable[[Hub], AbstractAsyncContextManager[None]] | None = None
    panels: tuple[str, ...] = ()
    plan: str | None = None


def _load[T](group: str, kind: type[T]) -> dict[str, T]:
    found: dict[str, T] = {}
    for entry in sorted(entry_points(group=group), key=lambda entry: entry.name):
        try:
            loaded = entry.load()
        except Exception:
            # One broken package of somebody's must not keep the household down.
            log.get("hub").exception("cannot load", entry=entry.name, group=group)
            continue
        if isinstance(loaded, kind):
            found[entry.name] = loaded
        else:
            log.get("hub").error("not what its entry point says", entry=entry.name, group=group)
    return found


def features() -> dict[str, Feature]:
    """Every installed feature by name."""
    return _load("wayhome.features", Feature)


def links() -> dict[str, Link]:
    """Every installed kind of link by name."""
    return _load("wayhome.links", Link)
