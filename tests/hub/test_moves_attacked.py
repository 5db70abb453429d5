"""Moving, as nobody should do it: other sites that lie, marks that many have, sites that are no more, a third site."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from tests.hub.test_moves import DIM, both, move, site, tablet
from tests.hub.two_sites import LOCK, Two, until
from tests.hub.wires import Road
from tests.world import World, car, lamp
from wayhome.core import decide
from wayhome.core.catalog import Refinement
from wayhome.core.house import Recorded, evolve
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.errors import BadInput
from wayhome.hub import film
from wayhome.hub.link import Picture
from wayhome.hub.ports import RecordRow
from wayhome.hub.session import Identity

pytestmark = pytest.mark.anyio


def things(world: World) -> dict[str, Thing]:
    return world.hub.household.house.things


async def says(world: World, id: str, **values: Value) -> None:
    """A site writes where a thing is, whatever its own rules would say to that."""
    await world.hub.household.write("owner", id, values, world.context())


async def test_a_car_does_not_leave_its_hub_whatever_is_written(two: Two) -> None:
    await both(two)
    await says(two.home, "su7", site="home")
    await until(lambda: "su7" in two.car.hub.household.records("owner"))
    await asyncio.sleep(0.05)
    assert site(two.car, "su7") == site(two.home, "su7") == "car"
    two.car.puppet.host.report([Fact(LOCK, False)])
    await until(lambda: two.value(two.home, LOCK) is False)


async def test_no_car_comes_from_a_record(two: Two) -> None:
    await both(two)
    for kind in ("car", "light"):
        signals = {"Vehicle.Speed": {}}
        made: Value = {"id": "ghost", "name": "Ghost", "link": "x", "kind": kind, "signals": signals, "site": "home"}
        await says(two.home, "ghost", site="car", thing=made)
        await until(lambda: "ghost" in two.car.hub.household.records("owner"))
        await asyncio.sleep(0.05)
        assert "ghost" not in things(two.car)


async def test_of_a_described_thing_only_what_is_known_here_is_taken(two: Two) -> None:
    await both(two)
    signals: Value = {"light.on": {}, "light.of_tomorrow": {}}
    made: Value = {"id": "torch", "name": "Torch", "link": "x", "kind": "light", "signals": signals, "site": "home"}
    await says(two.home, "torch", site="car", thing=made)
    await until(lambda: "torch" in things(two.car))
    assert set(things(two.car)["torch"].signals) == {"light.on"}


async def test_a_site_that_is_none_has_nothing(two: Two) -> None:
    await both(two)
    await says(two.car, "tablet", site="moon")
    await until(lambda: "tablet" in two.home.hub.household.records("owner"))
    await asyncio.sleep(0.05)
    assert site(two.home) == site(two.car) == "home"
    two.home.puppet.host.report([Fact(DIM, 11.0)])
    await until(lambda: two.value(two.car, DIM) == 11.0)


async def test_it_goes_to_a_site_that_is_known_later(two: Two) -> None:
    await both(two)
    await two.road.cut()
    await says(two.home, "tablet", site="van")
    assert site(two.home) == "home"
    await two.home.hub.household.write("site", "van", {"name": "Van"}, two.home.context())
    await until(lambda: site(two.home) == "van")


async def test_moved_at_one_site_to_one_that_the_other_has_removed(two: Two) -> None:
    await both(two)
    await two.home.hub.household.write("site", "van", {"name": "Van"}, two.home.context())
    await until(lambda: "van" in two.car.hub.household.records("site"))
    await two.road.cut()
    await two.home.hub.household.delete("site", "van", two.home.context())
    await move(two.car, "van")
    assert site(two.car) == "van"
    two.meet()
    await until(lambda: "van" not in two.car.hub.household.records("site"))
    await until(lambda: site(two.home) == site(two.car) == "home")
    two.home.puppet.host.report([Fact(DIM, 11.0)])
    await until(lambda: two.value(two.car, DIM) == 11.0)


async def test_a_mark_of_several_does_not_silence_them(two: Two) -> None:
    await two.met()
    host = two.home.puppet.host
    signals = {"light.on": Refinement(), "light.brightness": Refinement()}
    many = [Thing(f"t-{n}", f"T {n}", host.id, "light", signals, marks=("mac|1",)) for n in range(3)]
    host.announce(many)
    host.online([one.id for one in many], True)
    await until(lambda: site(two.car, "t-2") == "home")
    await move(two.home, "car", id="t-0")
    await until(lambda: site(two.home, "t-0") == site(two.car, "t-0") == "car")
    host.announce(many)
    host.report([Fact("t-1/light.brightness", 5.0), Fact("t-2/light.brightness", 6.0)])
    await until(lambda: two.value(two.car, "t-1/light.brightness") == 5.0)
    await until(lambda: two.value(two.car, "t-2/light.brightness") == 6.0)
    # Nor those of another link, which such a mark tells nothing about.
    other = await two.home.hub.links.add("puppet", "Other", {}, {}, two.home.context())
    await until(lambda: other.status.state == "connected")
    seen = [Thing(f"o-{n}", f"O {n}", other.id, "light", signals, marks=("mac|1",)) for n in range(2)]
    other.announce(seen)
    other.report([Fact("o-0/light.brightness", 5.0), Fact("o-1/light.brightness", 6.0)])
    assert two.value(two.home, "o-0/light.brightness") == 5.0 and two.value(two.home, "o-1/light.brightness") == 6.0


async def test_a_twin_is_something_of_the_kind(two: Two) -> None:
    await both(two)
    for twin in ("su7", "siren"):
        siren = Thing("siren", "Siren", two.car.puppet.host.id, "alarm", {"lock.locked": Refinement()})
        two.car.puppet.host.announce([siren])
        await until(lambda: site(two.home, "siren") == "car")
        with pytest.raises(BadInput):
            await move(two.home, "car", twin)
    # A record that says so all the same takes nothing.
    await says(two.home, "tablet", site="car", twin="su7")
    await until(lambda: site(two.car) == "car")
    two.car.puppet.host.announce([car("su7")])
    assert things(two.car)["su7"].link == two.car.puppet.host.id and site(two.car, "su7") == "car"


async def test_everybody_who_sees_it_sees_that_it_moved(two: Two) -> None:
    await both(two)
    await two.home.person("kim", "guest")
    await until(lambda: "kim" in two.car.hub.household.records("person"))

    def told(world: World, thing: str = "tablet") -> object:
        guest = world.hub.open_session(Identity("person:kim", "guest", "kim", "phone-2"))
        info: Any = guest.read([f"{thing}/thing.info"])[f"{thing}/thing.info"][0]
        assert guest.read(["@owner/*"]) == {}
        return info.get("moved", False)

    assert told(two.home) is told(two.car) is False
    await move(two.home, "car")
    await until(lambda: told(two.home) is told(two.car) is True)
    await move(two.home, "home")
    await until(lambda: site(two.home) == site(two.car) == "home")
    # Also when its link describes it anew, and of what is not there yet.
    tablet(two.home.puppet.host, "tablet", "mac|1")
    assert told(two.home) is told(two.car) is True and told(two.home, "lamp") is False
    await says(two.home, "lamp", site="home")
    await until(lambda: told(two.home, "lamp") is told(two.car, "lamp") is True)


async def test_a_camera_that_moved_is_looked_at_through_the_link_that_sees_it(two: Two) -> None:
    await both(two)
    asked: list[str] = []

    async def picture(thing_id: str) -> Picture:
        asked.append(thing_id)
        return Picture(b"x", "image/png")

    two.car.hub.links.instances[two.car.puppet.host.id].run.picture = picture  # type: ignore[method-assign]
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    assert (await two.car.hub.links.picture("tablet")).content == b"x" and asked == ["tablet-2"]


async def test_so_is_its_film(two: Two) -> None:
    await both(two)
    seen: list[str] = []

    def watch(thing_id: str, viewer: film.Viewer) -> Callable[[], None]:
        seen.append(thing_id)
        return lambda: None

    two.car.hub.links.instances[two.car.puppet.host.id].run.watch = watch  # type: ignore[attr-defined]
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    viewer: Any = None
    film.watch(two.car.hub, "tablet", viewer)
    assert seen == ["tablet-2"]


async def test_what_is_told_while_a_later_word_is_on_its_way_counts(two: Two) -> None:
    await both(two)
    await two.road.cut()
    # The car is about to write that it has it (its disk is slow), and home has said later that it is at home.
    house = two.car.hub.household.house
    for change in decide.write(house, "owner", "tablet", {"site": "car"}, two.car.clock.now()):
        assert isinstance(change, Recorded)
        evolve(house, change)
    two.car.hub.sites.knows.clear()
    two.home.puppet.host.report([Fact(DIM, 41.0)])
    standing = two.car.hub.sites.standing("home")
    standing.begin()
    told = {
        shown.path: shown.fact
        for shown in two.home.hub.household.published.snapshot(lambda path: path.startswith("tablet/"))
        if shown.fact is not None
    }
    standing.take(told, [], 0.0)
    standing.all_told()
    assert "tablet" in things(two.car) and two.value(two.car, DIM) == 41.0


def written(world: World) -> int:
    return sum(isinstance(row, RecordRow) for row in world.store.disk)


class Three:
    """Two cars and a home. The cars do not meet each other."""

    def __init__(self, two: Two) -> None:
        self.two = two
        self.van = World(site="van")
        self.van.store.name = "log-van"

    async def open(self) -> None:
        await self.van.__aenter__()
        self.van.hub.sites.who = self.two.home.hub.sites.who
        await self.two.home.hub.household.write("site", "van", {"name": "Van"}, self.two.home.context())
        self.road = Road(self.two.home, self.van)
        await until(lambda: "tablet" in things(self.van))


async def test_a_third_site_follows(two: Two) -> None:
    await both(two)
    three = Three(two)
    await three.open()
    try:
        await move(two.car, "car")
        await until(lambda: site(three.van) == "car")
        assert two.value(three.van, "tablet/thing.online") is False
        await move(two.car, "home")
        await until(lambda: two.value(three.van, "tablet/thing.online") is True)
        two.home.puppet.host.report([Fact(DIM, 11.0)])
        await until(lambda: two.value(three.van, DIM) == 11.0)
    finally:
        await three.road.cut()
        await three.van.__aexit__()


async def test_three_that_each_know_it_by_another_mark_keep_all_of_them(two: Two) -> None:
    await two.met()
    tablet(two.home.puppet.host, "tablet", "mac|1")
    await until(lambda: site(two.car) == "home")
    three = Three(two)
    await three.open()
    try:
        await move(two.home, "car")
        await until(lambda: site(two.car) == site(three.van) == "car")
        tablet(two.car.puppet.host, "tablet", "zig|9")
        await move(two.home, "van")
        await until(lambda: site(two.car) == site(three.van) == "van")
        await until(lambda: things(three.van)["tablet"].marks == ("mac|1", "zig|9"))
        # Each says it once.
        await asyncio.sleep(1.2)
        before = written(two.home), written(two.car), written(three.van)
        await asyncio.sleep(1.2)
        assert (written(two.home), written(two.car), written(three.van)) == before
    finally:
        await three.road.cut()
        await three.van.__aexit__()


async def test_what_one_of_three_writes_the_others_know(two: Two) -> None:
    await both(two)
    three = Three(two)
    await three.open()
    try:
        await two.car.hub.household.write("place", "x", {"name": "X"}, two.car.context())
        await until(lambda: "x" in three.van.hub.household.records("place"))
        # Also what was written while the third was away; and it comes to rest.
        await three.road.cut()
        await two.car.hub.household.delete("place", "x", two.car.context())
        await until(lambda: "x" not in two.home.hub.household.records("place"))
        three.road = Road(two.home, three.van)
        await until(lambda: "x" not in three.van.hub.household.records("place"))
        await asyncio.sleep(0.2)
        before = written(two.home), written(two.car), written(three.van)
        await asyncio.sleep(0.5)
        assert (written(two.home), written(two.car), written(three.van)) == before
    finally:
        await three.road.cut()
        await three.van.__aexit__()


@pytest.mark.parametrize("where", ["home", "car"])
async def test_a_backup_of_before_the_move_learns_of_it(two: Two, where: str) -> None:
    await both(two)
    old: World = getattr(two, where)
    await old.hub.household.keeping.settle()
    kept = list(old.store.disk)
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 60.0)
    await two.road.cut()
    await old.__aexit__()
    again = World(site=where, disk=kept)
    again.store.name, again.store.before = "log-3", [(old.store.name, len(kept))]
    again.hub.sites.who = old.hub.sites.who
    await again.__aenter__()
    setattr(two, where, again)
    again.puppet.host.announce([lamp() if where == "home" else car("su7")])
    tablet(again.puppet.host, "tablet" if where == "home" else "tablet-2", "mac|1")
    again.puppet.host.report([Fact("tablet/light.brightness" if where == "home" else "tablet-2/light.brightness", 9.0)])
    two.meet()
    await until(lambda: site(two.home) == site(two.car) == "car")
    await until(lambda: "tablet-2" not in things(two.home) and "tablet-2" not in things(two.car))
    two.car.puppet.host.report([Fact("tablet-2/light.brightness", 70.0)])
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 70.0)
    await move(two.car, "home")
    await until(lambda: site(two.home) == site(two.car) == "home")
    two.home.puppet.host.report([Fact(DIM, 71.0)])
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 71.0)


async def test_what_a_site_took_comes_back_when_it_is_removed_and_stays(two: Two) -> None:
    await two.met()
    await says(two.car, "lamp", site="car")
    await until(lambda: site(two.home, "lamp") == site(two.car, "lamp") == "car")
    await two.home.hub.household.delete("site", "car", two.home.context())
    await until(lambda: site(two.home, "lamp") == "home" and "lamp" not in two.home.hub.household.records("owner"))
    await two.home.hub.household.write("site", "car", {"name": "Car"}, two.home.context())
    await asyncio.sleep(0.05)
    assert site(two.home, "lamp") == "home"


async def test_a_third_site_sees_it_come_back_when_its_site_is_removed(two: Two) -> None:
    await both(two)
    three = Three(two)
    await three.open()
    try:
        await move(two.home, "car")
        await until(lambda: site(three.van) == "car")
        await two.home.hub.household.delete("site", "car", two.home.context())
        await until(lambda: site(three.van) == "home" and two.value(three.van, "tablet/thing.online") is True)
        two.home.puppet.host.report([Fact(DIM, 12.0)])
        await until(lambda: two.value(three.van, DIM) == 12.0)
    finally:
        await three.road.cut()
        await three.van.__aexit__()
