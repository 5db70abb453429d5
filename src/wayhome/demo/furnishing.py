"""The demo household: people, places and grants as records, the simulated car and home as a link."""

from __future__ import annotations

import msgspec

from wayhome.core.grant import Grant
from wayhome.core.value import Value
from wayhome.features.sites.calling import calling
from wayhome.hub.running import Hub
from wayhome.links.sim import household as demo
from wayhome.links.sim.config import Language, Part
from wayhome.links.sim.world import CAR

LINK = "sim"


async def furnish(hub: Hub, language: Language, part: Part = "all") -> None:
    """Make the demo household, unless it is there already. ``part``: what of it is in this hub."""
    household = hub.household
    if household.records("person") or household.records("household"):
        if hub.demo:
            await _refurnish(hub, part)
        return
    context = hub.context("hub:demo")
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
    for place in demo.places(language):
        fields: dict[str, Value] = place._asdict()
        fields.pop("id")
        await household.write("place", place.id, fields, context)
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
