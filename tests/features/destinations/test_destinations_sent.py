"""Destinations in a household: sent, seen, kept within bounds, taken back, by whom they are for."""

from __future__ import annotations

import msgspec
import pytest

from tests.world import World
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, NotAllowed, NotFound
from wayhome.features.destinations import feature
from wayhome.features.destinations.model import LASTS, MOST

pytestmark = pytest.mark.anyio
SPEED = {"Vehicle.Speed": Refinement()}
VADUZ = "Schloss Vaduz https://maps.apple.com/?ll=47.1395,9.5245"


def announce(world: World, *cars: str) -> None:
    world.puppet.host.announce([Thing(id, id.title(), "puppet", "car", SPEED) for id in cars])
    world.puppet.host.online(cars, True)


async def test_it_is_on_the_cars_screens_and_goes_when_it_is_taken_back() -> None:
    async with World(features={"destinations": feature}) as it:
        announce(it, "su7")
        anna = await it.session()
        mei = await it.session("mei", "member")
        sent = await mei.call("destinations.send", {"text": VADUZ})
        assert (sent.car, sent.name, sent.latitude, sent.longitude, sent.by) == (
            "su7", "Schloss Vaduz", 47.1395, 9.5245, "Mei",
        )  # fmt: skip
        shown = anna.read([f"@destination/{sent.id}"])[f"@destination/{sent.id}"][0]
        assert isinstance(shown, dict) and shown["name"] == "Schloss Vaduz" and shown["car"] == "su7"
        assert [one.id for one in (await anna.call("destinations.list")).destinations] == [sent.id]
        removed = await anna.call("destinations.remove", {"id": sent.id})
        assert (await anna.call("destinations.list")).destinations == []
        with pytest.raises(NotFound):
            await anna.call("destinations.remove", {"id": sent.id})
        # Undone: put back as it was.
        back = {key: getattr(removed, key) for key in ("name", "latitude", "longitude", "link", "car")}
        again = await anna.call("destinations.put", back)
        assert msgspec.structs.replace(again, id=sent.id, at=sent.at, by="Mei") == sent


async def test_which_car_is_asked_where_there_are_two() -> None:
    async with World(features={"destinations": feature}) as it:
        anna = await it.session()
        with pytest.raises(NotFound, match="no car yet"):
            await anna.call("destinations.send", {"text": VADUZ})
        announce(it, "su7", "polo")
        with pytest.raises(BadInput, match="2 cars"):
            await anna.call("destinations.send", {"text": VADUZ})
        with pytest.raises(NotFound):
            await anna.call("destinations.send", {"text": VADUZ, "car": "other"})
        sent = await anna.call("destinations.send", {"text": VADUZ, "car": "polo"})
        assert [one.id for one in (await anna.call("destinations.list", {"car": "polo"})).destinations] == [sent.id]
        assert (await anna.call("destinations.list", {"car": "su7"})).destinations == []


async def test_guests_and_children_neither_see_nor_send() -> None:
    async with World(features={"destinations": feature}) as it:
        announce(it, "su7")
        sent = await (await it.session()).call("destinations.send", {"text": VADUZ})
        for role in ("guest", "child"):
            other = await it.session(f"some-{role}", role)
            for operation, data in (("send", {"text": VADUZ}), ("list", {}), ("remove", {"id": sent.id})):
                with pytest.raises(NotAllowed):
                    await other.call(f"destinations.{operation}", data)
            assert other.read(["@destination/*"]) == {}


async def test_the_newest_are_kept_and_the_same_twice_is_once() -> None:
    async with World(features={"destinations": feature}) as it:
        announce(it, "su7", "polo")
        anna = await it.session()
        other = await anna.call("destinations.send", {"text": VADUZ, "car": "polo"})
        for number in range(MOST + 5):
            await anna.call("destinations.put", {"name": f"Stop {number}", "car": "su7"})
            it.clock.at += 1
        names = [one.name for one in (await anna.call("destinations.list", {"car": "su7"})).destinations]
        assert names == [f"Stop {number}" for number in reversed(range(5, MOST + 5))]
        await anna.call("destinations.put", {"name": "Stop 9", "car": "su7"})
        names = [one.name for one in (await anna.call("destinations.list", {"car": "su7"})).destinations]
        assert names[0] == "Stop 9" and names.count("Stop 9") == 1
        it.clock.at += LASTS + 1
        await anna.call("destinations.put", {"name": "Now", "car": "su7"})
        assert [one.name for one in (await anna.call("destinations.list", {"car": "su7"})).destinations] == ["Now"]
        assert [one.id for one in (await anna.call("destinations.list", {"car": "polo"})).destinations] == [other.id]


@pytest.mark.parametrize(
    "data",
    [
        {"name": "x", "latitude": 47.1}, {"latitude": 91, "longitude": 0}, {}, {"name": "\u200b"},
        {"name": "x", "link": "javascript:alert(1)"}, {"name": "x" * 121},
        {"name": "x", "latitude": "n", "longitude": 0},
    ],
)  # fmt: skip
async def test_what_is_no_place_is_not_put(data: dict[str, object]) -> None:
    async with World(features={"destinations": feature}) as it:
        announce(it, "su7")
        with pytest.raises(BadInput):
            await (await it.session()).call("destinations.put", data)


async def test_what_another_site_wrote_otherwise_is_none() -> None:
    async with World(features={"destinations": feature}) as it:
        announce(it, "su7")
        anna = await it.session()
        await it.hub.household.write("destination", "odd", {"car": "su7", "name": 7}, it.context())
        assert (await anna.call("destinations.list")).destinations == []
        await anna.call("destinations.send", {"text": VADUZ})
