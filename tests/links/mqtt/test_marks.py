"""Which things of two links are one: by marks that leave no doubt, whoever comes first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.links.mqtt.house import address, broker, until
from tests.links.mqtt.hub import Nothing, household
from tests.peers.homeassistant import HomeAssistant
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.errors import NotFound
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.links.homeassistant import link as home

pytestmark = pytest.mark.anyio


class Sees:
    """The run of a link that sees what a test lets it see."""

    def __init__(self, host: LinkHost, settings: object) -> None:
        self.host = host

    async def run(self) -> None:
        self.host.ready()
        await asyncio.Event().wait()

    def lamp(self, id: str, *marks: str) -> Thing:
        return Thing(id, "Lamp", self.host.id, "light", {"light.on": Refinement()}, marks=marks)

    async def execute(self, command: Command) -> None:
        raise NotFound("no")

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no")


async def two(hub: Hub, session: Session) -> Sequence[Sees]:
    hub.links.kinds["sees"] = Link("sees", "Sees", Nothing, Sees)
    runs = []
    for name in ("near", "far"):
        status = await session.call("links.add", {"link": "sees", "name": name})
        run = hub.links.find(status.id).run
        assert isinstance(run, Sees)
        runs.append(run)
    return runs


async def test_a_mark_of_several_says_of_none_which_it_is() -> None:
    async with household() as (hub, session, _):
        near, far = await two(hub, session)
        far.host.announce([far.lamp("hall", "mac|1|light|")])
        # Two lamps of one device with one name: either could be that one.
        near.host.announce([near.lamp("left", "mac|1|light|"), near.lamp("right", "mac|1|light|")])
        assert not hub.twins.found()
        assert {"hall", "left", "right"} <= hub.household.house.things.keys()
        # With a mark of its own each is known, also where they share another.
        far.host.announce([far.lamp("porch", "mac|1|light|", "mqtt|light|b|x")])
        near.host.announce([near.lamp("left", "mac|1|light|", "mqtt|light|a|x"), near.lamp("right", "mqtt|light|b|x")])
        assert {front: len(links) for front, links in hub.twins.found().items()} == {"porch": 2}
        assert "right" not in hub.household.house.things


async def test_the_same_name_alone_is_no_mark() -> None:
    async with household() as (hub, session, _):
        near, far = await two(hub, session)
        far.host.announce([far.lamp("lamp", "mqtt|light|a|x")])
        near.host.announce([near.lamp("lamp-2", "mqtt|light|a|y")])
        assert not hub.twins.found() and {"lamp", "lamp-2"} <= hub.household.house.things.keys()


@pytest.mark.real
async def test_our_own_car_does_not_come_back_by_home_assistant(tmp_path: Path, homeassistant: HomeAssistant) -> None:
    peer = homeassistant
    with broker(tmp_path) as at:
        await asyncio.to_thread(peer.join_broker, at.port)
        try:
            async with household() as (hub, session, _):
                config = {"url": address(at), "shows": ["su7"], "grants": ["act su7/Vehicle.Cabin.Door.**"]}
                await session.call("links.add", {"link": "mqtt", "name": "B", "config": config})

                def there() -> bool:
                    return any(state["entity_id"] == "lock.su7_lock" for state in peer.get("/api/states"))

                for _ in range(450):
                    if await asyncio.to_thread(there):
                        break
                    await asyncio.sleep(0.1)
                hub.links.kinds["homeassistant"] = home
                added = {"link": "homeassistant", "name": "H", "config": {"url": peer.url}}
                status = await session.call("links.add", {**added, "secrets": {"token": peer.token}})
                await until(lambda: hub.links.find(status.id).status.state == "connected")
                things = hub.links.find(status.id).things()
                assert things and not [id for id in things if "su7" in id]
        finally:
            await asyncio.to_thread(peer.leave_broker)
