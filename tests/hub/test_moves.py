"""A thing that moves from one site to the other and back: one owner at any time, one id, nothing done twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.hub.two_sites import Two, anna, until
from tests.world import World, car, lamp
from wayhome.core.catalog import Refinement
from wayhome.core.thing import MOVED, Thing
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Conflict, NotFound
from wayhome.hub.link import LinkHost

pytestmark = pytest.mark.anyio
ON, DIM = "tablet/light.on", "tablet/light.brightness"


def tablet(host: LinkHost, id: str = "tablet", *marks: str) -> None:
    """The link sees the tablet (its screen, as a light)."""
    signals = {"light.on": Refinement(), "light.brightness": Refinement()}
    host.announce([Thing(id, "Tablet", host.id, "light", signals, area="Hall", marks=marks)])
    host.online([id], True)


async def both(two: Two) -> None:
    """It is seen at home as ``tablet``, and in the car as ``tablet-2``, with one mark."""
    await two.met()
    tablet(two.home.puppet.host, "tablet", "mac|1")
    two.home.puppet.host.report([Fact(ON, True), Fact(DIM, 40.0)])
    await until(lambda: two.value(two.car, DIM) == 40.0)
    tablet(two.car.puppet.host, "tablet-2", "mac|1")
    two.car.puppet.host.report([Fact("tablet-2/light.on", True), Fact("tablet-2/light.brightness", 60.0)])
    await until(lambda: two.value(two.home, "tablet-2/light.on") is True)


def site(world: World, id: str = "tablet") -> str | None:
    thing = world.hub.household.house.things.get(id)
    return None if thing is None else thing.site


def quality(world: World, path: str) -> str:
    return world.hub.household.house.readings[path].quality


async def move(world: World, to: str, twin: str | None = None, id: str = "tablet") -> None:
    await world.hub.moves.move(id, to, twin, world.context())


@pytest.mark.parametrize("where", ["home", "car"])
async def test_it_moves_and_what_its_new_site_sees_of_it_counts(two: Two, where: str) -> None:
    await both(two)
    await move(getattr(two, where), "car")
    await until(lambda: site(two.home) == site(two.car) == "car")
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 60.0)
    await until(lambda: "tablet-2" not in two.home.hub.household.house.things)
    assert "tablet-2" not in two.car.hub.household.house.things
    assert two.value(two.home, "tablet/thing.online") is two.value(two.car, "tablet/thing.online") is True
    assert two.home.hub.household.house.things["tablet"].name == "Tablet"
    # The home's link goes on seeing it: nobody hears of that, and nothing is refused.
    assert two.home.puppet.host.report([Fact(DIM, 10.0)]) == []
    two.car.puppet.host.report([Fact("tablet-2/light.brightness", 70.0)])
    await until(lambda: two.value(two.home, DIM) == 70.0)
    # A wish from the home goes over the road to the car's link, under the name that it knows.
    session: Any = await anna(two.home)
    await session.act(ON, False, key="wish-001")
    await until(lambda: two.car.puppet.taken)
    assert two.car.puppet.taken[0].path == "tablet-2/light.on" and two.home.puppet.taken == []
    assert two.home.hub.sites.status("car").refused == two.car.hub.sites.status("home").refused == []


async def test_it_comes_back_with_what_was_seen_meanwhile(two: Two) -> None:
    await both(two)
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    two.home.puppet.host.report([Fact(DIM, 10.0)])
    await move(two.car, "home")
    await until(lambda: site(two.home) == site(two.car) == "home")
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 10.0)
    assert two.home.hub.household.house.things["tablet"].link == "puppet"
    # What the car's link sees is a thing of its own again.
    await until(
        lambda: site(two.home, "tablet-2") == "car" and two.value(two.home, "tablet-2/light.brightness") == 60.0
    )
    session: Any = await anna(two.car)
    await session.act(ON, False, key="wish-001")
    await until(lambda: two.home.puppet.taken)
    assert two.home.puppet.taken[0].path == ON
    await until(
        lambda: "lent" not in two.home.hub.household.house.records or not two.home.hub.household.records("lent")
    )


async def test_both_move_it_while_they_are_apart_and_the_later_counts(two: Two) -> None:
    await both(two)
    await two.road.cut()
    await move(two.home, "car")
    two.car.clock.move(5)
    two.home.clock.move(5)
    await move(two.car, "car")
    two.car.clock.move(5)
    two.home.clock.move(10)
    await move(two.car, "home")
    # Nobody has it for now, and each goes by what it knows.
    await until(lambda: site(two.home) == "car" and site(two.car) == "home")
    two.meet()
    await until(lambda: site(two.home) == site(two.car) == "home")
    await until(lambda: two.value(two.car, "tablet/thing.online") is True)
    two.home.puppet.host.report([Fact(DIM, 33.0)])
    await until(lambda: two.value(two.car, DIM) == 33.0)


async def test_moved_in_the_car_alone_it_is_the_cars_when_they_meet(two: Two) -> None:
    await both(two)
    await two.road.cut()
    await move(two.car, "car", "tablet-2")
    assert site(two.car) == "car" and two.value(two.car, DIM) == 60.0
    two.home.puppet.host.report([Fact(DIM, 41.0)])  # home does not know yet
    two.car.puppet.host.report([Fact("tablet-2/light.brightness", 61.0)])
    two.meet()
    await until(lambda: site(two.home) == "car" and two.value(two.home, DIM) == 61.0)
    assert two.value(two.car, DIM) == 61.0
    await asyncio.sleep(0.1)
    assert two.value(two.home, DIM) == two.value(two.car, DIM) == 61.0
    assert two.home.hub.sites.status("car").refused == []


async def test_what_was_wished_of_it_ends_and_is_judged_by_nobody_again(two: Two) -> None:
    await both(two)
    session: Any = await anna(two.car)
    await session.act(ON, False, key="wish-001")
    await until(lambda: two.home.puppet.taken)  # the device has it and says nothing
    await move(two.home, "car")
    await until(lambda: not two.car.hub.household.house.open and not two.home.hub.household.house.open)
    for world in (two.home, two.car):
        ended = await world.hub.household.wishes.told("wish-001")
        assert ended is not None and (ended.state, ended.code) == ("failed", "moved")
    # The screen that asks again under its key hears what came of it; nothing is sent a second time.
    await until(lambda: site(two.car) == "car")
    again = await session.act(ON, False, key="wish-001")
    assert again.code == "moved" and two.car.puppet.taken == []


async def test_a_wish_that_was_on_its_way_to_the_old_site_is_refused_there(two: Two) -> None:
    await both(two)
    await move(two.home, "car")
    # The car has not heard of it yet and asks the home.
    from wayhome.hub.sites.frames import Outcome, Wish

    told: list[Outcome] = []
    epoch = two.home.hub.household.published.epoch
    wish = Wish("wish-001", ON, False, epoch, two.home.clock.steady() + 9, 9.0, "person:anna", "phone", True)
    two.home.hub.sites.judging.judge("car", wish, told.append)
    await until(lambda: told)
    assert told[0].code == "moved" and two.home.puppet.taken == []


async def test_without_a_mark_an_owner_says_which_it_is(two: Two) -> None:
    await two.met()
    tablet(two.home.puppet.host)
    two.home.puppet.host.report([Fact(DIM, 40.0)])
    tablet(two.car.puppet.host, "slate")
    two.car.puppet.host.report([Fact("slate/light.brightness", 60.0)])
    await until(lambda: site(two.home, "slate") == "car" and site(two.car) == "home")
    await move(two.home, "car", "slate")
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 60.0)
    await until(lambda: site(two.home, "slate") is None)


async def test_where_nothing_sees_it_yet_it_stands_as_it_was(two: Two) -> None:
    await two.met()
    tablet(two.home.puppet.host, "tablet", "mac|1")
    two.home.puppet.host.report([Fact(DIM, 40.0)])
    await until(lambda: two.value(two.car, DIM) == 40.0)
    await move(two.home, "car")
    await until(lambda: site(two.home) == site(two.car) == "car")
    await until(lambda: quality(two.home, DIM) == quality(two.car, DIM) == "stale")
    assert two.value(two.home, DIM) == 40.0 and two.value(two.car, "tablet/thing.online") is False
    session: Any = await anna(two.home)
    await session.act(ON, False, key="wish-001")
    await until(lambda: not two.home.hub.household.house.open)
    ended = await two.home.hub.household.wishes.told("wish-001")
    assert ended is not None and ended.code == "unreachable"
    # Then the car's link finds it, by its mark.
    tablet(two.car.puppet.host, "slate", "mac|1")
    two.car.puppet.host.report([Fact("slate/light.brightness", 60.0)])
    await until(lambda: two.value(two.home, DIM) == 60.0 and two.value(two.home, "tablet/thing.online") is True)
    # Or under the very id.
    await move(two.home, "home")
    await until(lambda: two.value(two.car, DIM) == 40.0)


async def test_it_is_where_it_was_after_both_hubs_began_anew(two: Two) -> None:
    await both(two)
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == two.value(two.car, DIM) == 60.0)
    await until(lambda: "tablet" in two.home.hub.household.records("lent"))
    await two.road.cut()
    again = Two()
    for old, new in ((two.home, again.home), (two.car, again.car)):
        await old.hub.household.keeping.settle()
        new.store.disk[:] = old.store.disk
    async with World(site="home", disk=list(two.home.store.disk)) as home:
        assert site(home) == "car" and "tablet" in home.puppet.host.things()
        tablet(home.puppet.host, "tablet", "mac|1")
        assert home.puppet.host.report([Fact(DIM, 12.0)]) == []
        assert site(home) == "car" and two.value(home, DIM) == 60.0
        # It is called back: what the link said meanwhile counts.
        await move(home, "home")
        await until(lambda: site(home) == "home" and two.value(home, DIM) == 12.0)
    async with World(site="car", disk=list(two.car.store.disk)) as car_:
        assert site(car_) == "car" and car_.hub.household.house.things["tablet"].link == MOVED
        tablet(car_.puppet.host, "tablet-2", "mac|1")
        car_.puppet.host.report([Fact("tablet-2/light.brightness", 61.0)])
        assert two.value(car_, DIM) == 61.0 and site(car_, "tablet-2") is None


async def test_when_its_site_leaves_the_household_it_is_back(two: Two) -> None:
    await both(two)
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    await two.home.hub.household.delete("site", "car", two.home.context())
    await until(lambda: site(two.home) == "home" and two.value(two.home, DIM) == 40.0)
    assert two.home.puppet.host.report([Fact(DIM, 10.0)]) == [] and two.value(two.home, DIM) == 10.0


async def test_the_link_that_lent_it_is_removed(two: Two) -> None:
    await both(two)
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    await two.home.hub.links.remove("puppet", two.home.context())
    assert site(two.home) == "car" and two.value(two.home, DIM) == 60.0
    await until(lambda: not two.home.hub.household.records("lent"))


async def test_what_can_not_be_moved(two: Two) -> None:
    await both(two)
    for id, to, twin, error in (
        ("nothing", "car", None, NotFound),
        ("tablet", "moon", None, NotFound),
        ("tablet", "home", None, Conflict),
        ("su7", "home", None, BadInput),
        ("tablet", "car", "lamp", BadInput),
        ("tablet", "car", "tablet", BadInput),
    ):
        with pytest.raises(error):
            await move(two.home, to, twin, id)
    assert site(two.home) == "home" and not two.home.hub.household.records("owner")


async def test_lines_of_before_the_move_are_kept_though_they_come_after_it(two: Two) -> None:
    await both(two)
    await two.road.cut()
    for number in range(20):
        two.home.puppet.host.report([Fact(DIM, float(number))])
    await move(two.home, "car")
    two.meet()
    await until(lambda: site(two.car) == "car")
    from wayhome.hub.ports import ForeignRow, ReadingRow

    def kept() -> list[object]:
        rows = [row.row for row in two.car.store.disk if isinstance(row, ForeignRow)]
        return [r.reading.value for r in rows if isinstance(r, ReadingRow) and r.reading.path == DIM]

    await until(lambda: [float(number) for number in range(20)] == kept()[-20:])


async def test_two_links_at_home_that_see_it_both_keep_quiet(two: Two) -> None:
    await both(two)
    home = two.home.hub
    other = await home.links.add("puppet", "Other", {}, {}, two.home.context())
    await until(lambda: other.status.state == "connected")
    tablet(other, "tablet-3", "mac|1")
    assert "tablet-3" not in home.household.house.things
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    tablet(other, "tablet-3", "mac|1")
    other.report([Fact("tablet-3/light.brightness", 5.0)])
    assert "tablet-3" not in home.household.house.things and two.value(two.home, DIM) == 60.0
    await move(two.home, "home")
    await until(lambda: home.twins.found().get("tablet") == ["puppet", other.id])
    assert "tablet-3" not in home.household.house.things


async def test_others_are_not_moved_along(two: Two) -> None:
    await both(two)
    await move(two.home, "car")
    await until(lambda: two.value(two.home, DIM) == 60.0)
    two.home.puppet.host.announce([lamp("den")])
    with pytest.raises(Conflict):
        two.home.puppet.host.announce([car("su7")])
    assert site(two.home, "den") == "home" and site(two.home, "lamp") == "home"
