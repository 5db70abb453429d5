"""The demo household: people, places and grants as records, the simulated car and home as a link."""

from __future__ import annotations

import msgspec

from wayhome.core.grant import Grant
from wayhome.core.value import Value
from wayhome.demo import settling
from wayhome.features.sites.calling import calling
from wayhome.hub.running import Hub
from wayhome.links.sim import household as demo
from wayhome.links.sim.config import Language, Part
from wayhome.links.sim.world import CAR

LINK = "sim"


async def furnish(hub: Hub, language: Language, part: Part = "all", source: str | None = None) -> None:
    """Make the demo household, unless it is there already. ``part``: what of it is in this hub. ``source``: what its
    map is made of; None: it gets none."""
    household = hub.household
    fresh = not household.records("person") and not household.records("household")
    if not fresh and not hub.demo:
        return
    await settling.begin(hub.ports.maps, source)
    if fresh:
        await _furnish(hub, language, part)
    else:
        await _refurnish(hub, part)
    hub.soon_run(settling.settle(hub, language))


async def _furnish(hub: Hub, language: Language, part: Part) -> None:
    household, context = hub.household, hub.context("hub:demo")
    name: Value = "演示之家" if language == "zh" else "Demo household"
    await household.write("household", "household", {"name": name, "language": language, "demo": True}, context)
    for person in demo.people(language):
        values: dict[str, Value] = {
            "name": person.name,
            "role": person.role,
            "color": person.color,
            "added_at": household.clock.now(),
        }
        await household.write("person", person.id, values, context)
    if not settling.coming(hub.ports.maps):  # else they come with the map
        await settling.place(hub, language)
    for number, given in enumerate(demo.GRANTS, 1):
        grant = Grant(f"demo-{number}", f"person:{given.person}", given.verb, given.glob, place=given.place)
        kept: dict[str, Value] = msgspec.to_builtins(grant)
        kept.pop("id")
        await household.write("grant", grant.id, kept, context)
    await hub.links.add(LINK, "Demo", {"language": language, "part": part}, {}, context)


async def _refurnish(hub: Hub, part: Part) -> None:
    """The demo was in one hub and is to be in two, or the other way round."""
    context = hub.context("hub:demo")
    for instance in [one for one in hub.links.instances.values() if one.link.name == LINK]:
        record = hub.household.house.record("link", instance.id)
        config = record.values().get("config") if record is not None else None
        if isinstance(config, dict) and config.get("part", "all") == part:
            continue
        if part == "all" and CAR in hub.household.records("site"):
            await calling(hub).door.remove(CAR, context)
        await hub.links.change(instance.id, None, {"part": part}, {}, context)
        if part == "home":
            hub.household.withdraw(instance.id, [CAR])
