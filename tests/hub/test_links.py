"""Links that come, break and go."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from tests.world import World, lamp
from wayhome.hub.link import Link, LinkHost
from wayhome.hub.ports import ThingRow

pytestmark = pytest.mark.anyio


class Nothing(msgspec.Struct):
    """No settings."""


def explode(host: LinkHost, config: Nothing) -> None:
    raise RuntimeError("no such module inside")


async def test_a_link_that_cannot_be_opened_is_shown_and_can_be_removed() -> None:
    async with World() as world:
        household = world.hub.household
        await household.write("link", "gone", {"link": "uninstalled", "name": "Gone"}, world.context())
        await household.write("link", "odd", {"link": "odd", "name": "Odd"}, world.context())
    after = World(disk=world.store.disk)
    after.hub.links.kinds["odd"] = Link("odd", "Odd", Nothing, explode)  # type: ignore[arg-type]
    async with after:
        found = {status.id: status for status in after.hub.links.statuses()}
        assert (found["gone"].state, found["odd"].state) == ("quarantined", "quarantined")
        assert "not installed" in (found["gone"].detail or "")
        assert found["puppet"].state == "connected"
        for id in ("gone", "odd"):
            await after.hub.links.remove(id, after.context())
        assert [status.id for status in after.hub.links.statuses()] == ["puppet"]
        assert after.hub.household.published.snapshot(lambda path: path == "hub/link.gone") is not None
        assert not list(after.hub.household.published.snapshot(lambda path: path.startswith("hub/link.gone")))


async def test_two_links_of_one_name_at_once_are_two() -> None:
    async with World() as world:
        context = world.context()
        added = await asyncio.gather(
            *(world.hub.links.add("puppet", "Kia", {}, {"token": f"secret-{n}"}, context) for n in range(3))
        )
        assert len({instance.id for instance in added}) == 3
        for number, instance in enumerate(added):
            assert await instance.secret("token") == f"secret-{number}"


async def test_what_a_full_disk_refused_is_written_when_the_hub_stops() -> None:
    async with World() as world:
        world.store.full = True
        world.puppet.host.announce([lamp()])
        await asyncio.sleep(0.05)
        world.store.full = False
    assert any(isinstance(row, ThingRow) and row.id == "lamp" for row in world.store.disk)
