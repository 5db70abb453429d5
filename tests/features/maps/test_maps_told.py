"""Maps in a household: who may do what, what screens are told, what stands in the log."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.features.maps.atlas import Atlas, region
from tests.world import World, car
from wayhome.core import driving
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound, NotWhileDriving, Unreachable
from wayhome.features.maps import feature
from wayhome.features.maps.telling import STATE, finding
from wayhome.hub.maps import Bounds, Point, Spot, Station
from wayhome.hub.session import Session

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def house(atlas: Atlas | None) -> AsyncIterator[World]:
    async with World(features={"maps": feature}, maps=atlas) as world:
        yield world


def state(session: Session) -> Any:
    return session.read([STATE])[STATE][0]


async def told(world: World) -> list[tuple[str, dict[str, Any]]]:
    lines = await world.store.log(kinds=["event"])
    return [(line.row.event.name, dict(line.row.event.data)) for line in lines if line.row.event.name.startswith("Map")]


async def test_every_screen_hears_how_far_it_is_and_nobody_where_it_comes_from() -> None:
    atlas = Atlas(region("malta"))
    async with house(atlas) as world:
        owner = await world.session()
        assert state(owner) == {"ready": True, "regions": {"malta": "1"}}
        await owner.call("maps.add", {"source": "https://ada:secret@x.example/x", "name": "Home"})
        atlas.step("tiles", 0.5)
        assert state(owner)["making"] == {"id": "home", "name": "Home", "step": "tiles", "share": 0.5}
        assert "secret" not in str(state(owner))
        atlas.done()
        assert state(owner) == {"ready": True, "regions": {"home": "1", "malta": "1"}}
        guest = await world.session("noor", "guest")
        assert state(guest) == state(owner)


async def test_what_stands_in_the_log() -> None:
    atlas = Atlas(region("malta"))
    async with house(atlas) as world:
        owner = await world.session()
        await owner.call("maps.add", {"source": "x", "name": "Home"})
        atlas.step("roads")
        atlas.step("roads", None, "the disk is full")
        await owner.call("maps.stop")
        await owner.call("maps.add", {"source": "x", "name": "Home"})
        atlas.done()
        # Made anew and given up: what was there before is no news.
        await owner.call("maps.add", {"source": "x", "name": "Malta"})
        await owner.call("maps.stop")
        await owner.call("maps.add", {"source": "x", "name": "Malta"})
        atlas.done()
        await owner.call("maps.remove", {"id": "malta"})
        async with asyncio.timeout(45):
            while len(await told(world)) < 3:
                await asyncio.sleep(0.005)
        assert await told(world) == [
            ("MapFailed", {"map": "home", "name": "Home", "reason": "the disk is full"}),
            ("MapMade", {"map": "home", "name": "Home"}),
            ("MapMade", {"map": "malta", "name": "Malta"}),
        ]


CHANGES = [
    ("maps.add", {"source": "malta"}), ("maps.stop", {}), ("maps.remove", {"id": "malta"}), ("maps.offered", {}),
]  # fmt: skip


async def test_only_owners_change_maps_and_everybody_finds_in_them() -> None:
    atlas = Atlas(region("malta"))
    atlas.spots = [Spot("place", "Valletta", 35.9, 14.5)]
    async with house(atlas) as world:
        for name, role in (("mei", "member"), ("leo", "child"), ("noor", "guest")):
            session = await world.session(name, role)
            for operation, data in CHANGES:
                with pytest.raises(NotAllowed):
                    await session.call(operation, data)
            listed = await session.call("maps.list")
            assert [one.id for one in listed.regions] == ["malta"] and listed.regions[0].source == ""
            assert (await session.call("maps.search", {"text": "val"})).spots == atlas.spots
            assert (await session.call("maps.at", {"latitude": 35.9, "longitude": 14.5})).spot == atlas.spots[0]
            assert (await session.call("maps.at", {"latitude": 1, "longitude": 1})).spot is None
        owner = await world.session()
        assert "secret" in (await owner.call("maps.list")).regions[0].source
        assert (await owner.call("maps.offered", {"latitude": 47, "longitude": 9})).regions[0].id == "liechtenstein"
        with pytest.raises(Unreachable):
            await owner.call("maps.offered")


async def test_whoever_drives_changes_no_maps_and_finds_in_them() -> None:
    atlas = Atlas(region("malta"))
    async with house(atlas) as world:
        world.puppet.host.announce([car()])
        world.puppet.host.online(["car"], True)
        world.puppet.host.report([Fact(f"car/{driving.SPEED}", 40.0)])
        driver = await world.session(seat="driver", car="car")
        for operation, data in CHANGES[:3]:
            with pytest.raises(NotWhileDriving):
                await driver.call(operation, data)
        assert (await driver.call("maps.search", {"text": "val"})).spots == []
        # No longer a list than can be read at a glance; who rides along has all of it.
        atlas.spots = [Spot("place", f"Valletta {number}", 35.9, 14.5) for number in range(9)]
        assert len((await driver.call("maps.search", {"text": "val"})).spots) == 6
        assert len((await (await world.session()).call("maps.search", {"text": "val"})).spots) == 9


async def test_what_makes_no_sense_is_refused() -> None:
    atlas = Atlas()
    atlas.found_stations = [Station("node/1", "Park", 47.1, 9.5)]
    async with house(atlas) as world:
        owner = await world.session()
        for operation, data in (
            ("maps.search", {"text": "x" * 201}), ("maps.search", {"text": "x", "limit": 0}),
            ("maps.search", {"text": "x", "limit": 51}), ("maps.search", {"text": "x", "language": "de"}),
            ("maps.search", {"text": "x", "latitude": 91, "longitude": 0}), ("maps.at", {"latitude": 1}),
            ("maps.at", {"latitude": "x", "longitude": 1}), ("maps.offered", {"latitude": 1}),
            ("maps.stations", {"west": 2, "south": 0, "east": 1, "north": 1}),
            ("maps.stations", {"west": 1, "south": 2, "east": 2, "north": 1}), ("maps.add", {"source": ""}),
            ("maps.add", {"source": "x", "name": "x" * 61}), ("maps.remove", {"id": ""}), ("maps.list", {"x": 1}),
        ):  # fmt: skip
            with pytest.raises(BadInput):
                await owner.call(operation, data)
        box = {"west": 9, "south": 47, "east": 10, "north": 48, "power": 50}
        assert len((await owner.call("maps.stations", box)).stations) == 1
        await owner.call("maps.search", {"text": "x", "latitude": 47, "longitude": 9, "language": "zh", "limit": 3})
        assert atlas.questions == [(Bounds(9, 47, 10, 48), 50, 100), ("x", Point(47, 9), "zh", 3)]
        await owner.call("maps.add", {"source": "x", "name": "A"})
        with pytest.raises(Conflict):
            await owner.call("maps.add", {"source": "y", "name": "B"})
        with pytest.raises(NotFound):
            await owner.call("maps.remove", {"id": "nowhere"})


async def test_a_hub_without_maps() -> None:
    async with house(None) as world:
        owner = await world.session()
        with pytest.raises(NotFound, match="no maps"):
            await owner.call("maps.list")


def test_what_the_doctor_says() -> None:
    atlas = Atlas()
    assert finding(atlas).ok and "no map yet" in finding(atlas).text
    atlas.ready = False
    assert finding(atlas).ok and "tilemaker" in str(finding(atlas).advice)
    atlas = Atlas(region("malta"))
    assert finding(atlas).ok and "Malta" in finding(atlas).text
    atlas.ready = False
    assert not finding(atlas).ok
