"""Where people were led goes with them."""

from __future__ import annotations

from wayhome.core.event import Event
from wayhome.hub.places import RECENT, taken_up
from wayhome.hub.running import Hub


async def forget(hub: Hub, event: Event) -> None:
    """A person is gone: so is where they went."""
    person = (event.about or "").removeprefix("@person/")
    for id in list(hub.household.records(RECENT)):
        if id.startswith(f"{person}:"):
            await taken_up(hub.household, RECENT, id, hub.context("hub:places"))
