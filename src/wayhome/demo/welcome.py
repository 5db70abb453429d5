"""The demo's house gets ready when its car comes home: a scene that an owner could have made, chosen for that."""

from __future__ import annotations

import asyncio

from wayhome import log
from wayhome.errors import HubError
from wayhome.features.navigation.arriving import CHOICE
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity
from wayhome.links.sim import household as demo
from wayhome.links.sim.config import Language
from wayhome.links.sim.town import HOME

NAMES = {"en": "The car comes home", "zh": "车快到家"}
TRIES = 30


async def prepare(hub: Hub, language: Language) -> None:
    """Make and choose the scene, once; whoever takes it away or chooses another has it so."""
    if hub.household.ever(CHOICE):
        return
    owner = demo.people(language)[0].id
    if owner not in hub.household.records("person"):
        return
    # As this person: the scene runs at the car's hub, and across sites only people wish.
    session = hub.open_session(Identity(f"person:{owner}", "owner", owner))
    try:
        for _ in range(TRIES):
            proposed = await session.call("scenes.propose", {"kind": "arriving"})
            parts = [one for one in proposed.parts if one.thing in hub.household.house.things]
            if parts:
                break
            await asyncio.sleep(1.0)  # the simulated home is not announced yet
        else:
            return
        wanted = [{"thing": one.thing, "states": one.states} for one in parts]
        made = await session.call("scenes.make", {"name": NAMES[language], "icon": "home", "parts": wanted})
        await session.call("navigation.choose", {"place": HOME, "scene": made.scene.id})
    except HubError as error:
        log.get("demo").warning("the demo's house does not get ready", reason=error.detail)
    finally:
        hub.sessions.close(session, "done")
