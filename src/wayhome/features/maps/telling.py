"""Telling every face how far a map is: ``hub/maps.state``, and events at its ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from wayhome.core.event import Event
from wayhome.core.value import Value
from wayhome.errors import NotFound
from wayhome.hub.maps import Making, Maps
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

STATE = "hub/maps.state"
"""What everybody of the household may know: ``regions`` as ``{id: revision}``, and ``making``."""


def maps_of(session: Session) -> Maps:
    """The household's maps. Raises NotFound."""
    maps = session.hub.ports.maps
    if maps is None:
        raise NotFound("this hub has no maps")
    return maps


def shown(maps: Maps) -> dict[str, Value]:
    """The state as a signal's value. What a map is made of is its owners' own business."""
    value: dict[str, Value] = {"ready": maps.ready, "regions": {one.id: one.revision for one in maps.regions()}}
    if maps.making is not None:
        making: dict[str, Value] = msgspec.to_builtins(maps.making)
        del making["source"]
        value["making"] = making
    return value


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Tell it as long as the hub runs."""
    maps = hub.ports.maps
    if maps is None:
        yield
        return
    before = maps.making

    def told() -> None:
        nonlocal before
        hub.household.own(STATE, shown(maps))
        now, was = maps.making, before
        before = now
        if was is not None and was.error is None:
            event = _ended(was, now, {one.id for one in maps.regions()})
            if event is not None:
                name, data = event
                context = hub.context("hub:maps")
                hub.soon_run(hub.household.tell(Event(name, hub.household.clock.now(), context, None, data)))

    told()
    maps.changed.append(told)
    try:
        yield
    finally:
        maps.changed.remove(told)


def _ended(was: Making, now: Making | None, regions: set[str]) -> tuple[str, dict[str, Value]] | None:
    """The event of a map that is made no more, if any: one that was given up is none."""
    if now is None:
        return ("MapMade", {"map": was.id, "name": was.name}) if was.id in regions else None
    if now.error is not None:
        return "MapFailed", {"map": was.id, "name": was.name, "reason": now.error}
    return None
