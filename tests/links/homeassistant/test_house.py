"""A real Home Assistant's demo house, as ours: every domain is there, every actuator obeys."""

from __future__ import annotations

import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_everything_of_the_demo_house_is_here(homeassistant: HomeAssistant) -> None:
    host = Host(token=homeassistant.token)
    async with running(host, Settings(homeassistant.url)):
        things = host.things()
        for thing in sorted(things.values(), key=lambda t: t.kind):
            print(thing.id, "|", thing.name, "|", thing.kind, "|", thing.area, "|", sorted(thing.signals))
        print(len(things), host.facts, host.noted)
        assert not host.refused
