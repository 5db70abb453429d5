"""One lamp seen twice: by a broker and by a real Home Assistant at the same broker. One thing, served by the nearer
link, by the other when that is away; an owner can set them apart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.links.mqtt.devices import zigbee_lamp, zigbee_present
from tests.links.mqtt.house import address, broker, devices, lamp, publish, until
from tests.links.mqtt.hub import household, value
from tests.peers.homeassistant import HomeAssistant
from wayhome.hub.running import Hub
from wayhome.links.homeassistant import link as home

pytestmark = [pytest.mark.anyio, pytest.mark.real]


def lamps(hub: Hub) -> list[str]:
    return [id for id, thing in hub.household.house.things.items() if "light.color_temp" in thing.signals
            and "hall" in id]  # fmt: skip


@pytest.mark.parametrize("first", ["homeassistant", "mqtt"])
async def test_one_lamp_seen_twice(tmp_path: Path, homeassistant: HomeAssistant, first: str) -> None:
    peer = homeassistant
    with broker(tmp_path) as at:
        await asyncio.to_thread(peer.join_broker, at.port)
        try:
            async with household() as (hub, session, _), devices(at) as client, lamp(at) as hall:
                hub.links.kinds["homeassistant"] = home
                await publish(client, zigbee_lamp() | zigbee_present())
                added = {}
                for kind in (first, "mqtt" if first == "homeassistant" else "homeassistant"):
                    config = {"url": address(at) if kind == "mqtt" else peer.url}
                    secrets = {} if kind == "mqtt" else {"token": peer.token}
                    status = await session.call(
                        "links.add", {"link": kind, "name": kind, "config": config, "secrets": secrets}
                    )
                    added[kind] = status.id
                    await until(lambda id=status.id: hub.links.find(id).status.state == "connected")  # type: ignore[misc]
                    await until(lambda: lamps(hub))
                await until(lambda: hub.twins.found())
                [front] = lamps(hub)
                assert hub.household.house.things[front].link == added[first]
                assert set(hub.twins.found()[front]) == set(added.values())
                on = f"{front}/light.on"
                await until(lambda: value(hub, f"{front}/thing.online") is True)

                # The nearer link serves, whoever came first.
                shown = hub.household.house.readings[f"hub/twin.{front.replace('-', '_')}"].value
                assert isinstance(shown, dict) and shown["serves"] == added["mqtt"]

                async def switch(to: bool) -> None:
                    command = await session.act(on, to)
                    await until(lambda: command.key not in hub.household.house.open)
                    assert hub.household.wishes._recent[command.key].state == "done"
                    assert value(hub, on) is to

                await switch(True)
                assert hall.heard == [{"state": "ON"}]  # once, and not by both

                # Home Assistant takes its time with what a broker says first.
                await until(lambda: all(member.online for member in hub.twins._groups[front]))
                # The broker's link goes: Home Assistant serves, the thing stays there.
                await session.call("links.change", {"id": added["mqtt"], "config": {"url": "mqtt://127.0.0.1:9"}})
                await until(lambda: hub.links.find(added["mqtt"]).status.state == "waiting")
                assert value(hub, f"{front}/thing.online") is True
                await switch(False)
                hall.state |= {"state": "ON", "brightness": 127}
                await hall.say()
                await until(lambda: value(hub, on) is True)
                await session.call("links.change", {"id": added["mqtt"], "config": {"url": address(at)}})
                await until(lambda: hub.links.find(added["mqtt"]).status.state == "connected")
                await switch(False)

                # Set apart by the owner: two; and one again.
                await session.call("links.apart", {"thing": front})
                await until(lambda: len(lamps(hub)) == 2)
                assert not hub.twins.found()
                both = lamps(hub)
                await session.call("links.apart", {"thing": front, "apart": False})
                await until(lambda: lamps(hub) == [front])

                # The link that it came by is removed: what stood behind it comes forth.
                await session.call("links.remove", {"id": added[first]})
                await until(lambda: len(lamps(hub)) == 1)
                [left] = lamps(hub)
                assert left in both and left != front
                await until(lambda: value(hub, f"{left}/light.on") is False)
                command = await session.act(f"{left}/light.on", True)
                await until(lambda: hub.household.wishes._recent[command.key].state == "done")
        finally:
            await asyncio.to_thread(peer.leave_broker)
