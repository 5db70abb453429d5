"""Telling every face how far a map is: ``hub/maps.state``, and events at its ends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from wayhome.core.event import Event
from wayhome.core.value import Value
from wayhome.errors import NotFound
from wayhome.hub.maps import Making, Maps
from wayhome.hub.ports import Finding
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

STATE = "hub/maps.state"
"""What everybody of the household may know: ``regions`` as ``{id: revision}``, and ``making``."""
WANTED = "Install wayhome[maps] and Debian's tilemaker on the hub's machine, if maps are wanted."


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
    before, there = maps.making, _revisions(maps)

    def told() -> None:
        nonlocal before, there
        hub.household.own(STATE, shown(maps))
        now, are = maps.making, _revisions(maps)
        event = _ended(before, now, there, are)
        before, there = now, are
        if event is not None:
            name, data = event
            context = hub.context("hub:maps")
            hub.soon_run(hub.household.tell(Event(name, hub.household.clock.now(), context, None, data)))

    told()
    maps.changed.append(told)
    hub.checks.append(lambda: finding(maps))
    try:
        yield
    finally:
        maps.changed.remove(told)


def _revisions(maps: Maps) -> dict[str, str]:
    return {one.id: one.revision for one in maps.regions()}


def _ended(
    was: Making | None, now: Making | None, there: dict[str, str], are: dict[str, str]
) -> tuple[str, dict[str, Value]] | None:
    """The event of a map that is made no more, if any: one that was given up is none."""
    if was is None or was.error is not None:
        return None
    if now is not None and now.error is not None:
        return "MapFailed", {"map": was.id, "name": was.name, "reason": now.error}
    if now is None and are.get(was.id) not in (None, there.get(was.id)):
        return "MapMade", {"map": was.id, "name": was.name}
    return None


def finding(maps: Maps) -> Finding:
    """What the doctor says of it."""
    making, regions = maps.making, maps.regions()
    if making is not None and making.error is not None:
        return Finding("maps", False, f"The map {making.name} is not there: {making.error}.", making.advice)
    if not maps.ready:
        return Finding("maps", not regions, "This hub can't make maps.", WANTED)
    if not regions:
        return Finding("maps", True, "There is no map yet.", "Add one: `wayhome map add`, or in the settings.")
    return Finding("maps", True, f"Maps: {', '.join(one.name for one in regions)}.")
