"""The demo household: people, places and grants as records, the simulated car and home as a link."""

from __future__ import annotations

import msgspec

from wayhome.core.grant import Grant
from wayhome.core.value import Value
from wayhome.hub.running import Hub
from wayhome.links.sim import household as demo
from wayhome.links.sim.config import Language

LINK = "sim"


async def furnish(hub: Hub, language: Language) -> None:
    """Make the demo household, unless it is there already."""
    household = hub.household
    if household.records("person") or household.records("household"):
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
    await hub.links.add(LINK, "Demo", {"language": language}, {}, context)
