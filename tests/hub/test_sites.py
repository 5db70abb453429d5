"""Two hubs of one household, each the owner of its things, as one."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from tests.hub.two_sites import LOCK, Two, anna, outcome, until
from tests.world import World, car, lamp
from wayhome.core.value import Fact
from wayhome.errors import Conflict, NotFound
from wayhome.hub.sites import frames

pytestmark = pytest.mark.anyio


async def test_each_shows_what_stands_at_the_other(two: Two) -> None:
    await two.met()
    assert two.home.hub.household.house.things["su7"].site == "car"
    assert two.value(two.home, "su7/thing.online") is True
    two.car.puppet.host.report([Fact("su7/Vehicle.Speed", 88.5)])
    await until(lambda: two.value(two.home, "su7/Vehicle.Speed") == 88.5)
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await until(lambda: two.value(two.car, "lamp/light.on") is True)
    assert two.value(two.home, "su7/driving.state") == two.value(two.car, "su7/driving.state") == "moving"


async def test_what_a_site_owns_nobody_else_writes(two: Two) -> None:
    await two.met()
    assert two.home.puppet.host.report([Fact("su7/Vehicle.Speed", 1.0)]) != []
    with pytest.raises(Conflict):
        two.home.puppet.host.announce([car("su7")])
    two.home.puppet.host.withdraw(["lamp"])
    await until(lambda: "lamp" not in two.car.hub.household.house.things)


async def test_apart_each_shows_the_last_with_its_age_and_then_what_is_new(two: Two) -> None:
    await two.met()
    await two.road.cut()
    assert two.value(two.home, "su7/thing.online") is False
    assert two.value(two.home, "su7/Vehicle.Speed") == 0.0
    for world in (two.home, two.car):
        world.clock.move(1_200)
    for speed in range(200):
        two.car.puppet.host.report([Fact("su7/Vehicle.Speed", float(speed))])
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await two.home.hub.household.write("place", "den", {"name": "Den"}, two.home.context())
    road = two.meet()
    await until(lambda: two.value(two.home, "su7/Vehicle.Speed") == 199.0)
    await until(lambda: "den" in two.car.hub.household.records("place"))
    assert two.value(two.home, "su7/thing.online") is True
    told = [frame for frame in road.frames if type(frame).__name__ == "Told"]
    assert not any(frame.whole for frame in told)
    assert sum(len(frame.set) for frame in told) < 12


async def test_what_was_missed_later_is_of_when_it_was_heard_last(two: Two) -> None:
    await two.met()
    heard = two.home.clock.now()
    two.road.freeze()
    two.home.clock.move(15)
    await two.road.cut()
    online = two.home.hub.household.house.readings["su7/thing.online"]
    assert online.value is False and online.at == heard
    assert two.home.hub.sites.status("car").heard == heard


async def test_a_large_link_that_is_removed_is_gone_at_the_other_site_too(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    await two.met()
    many = [lamp(f"lamp-{number}") for number in range(1_000)]
    two.home.puppet.host.announce(many)
    two.home.puppet.host.report([Fact(f"{one.id}/light.brightness", 1.0) for one in many])
    two.home.puppet.host.report([Fact(f"{one.id}/light.on", True) for one in many])
    await until(lambda: two.value(two.car, "lamp-999/light.on"))
    monkeypatch.setattr(frames, "MAX_BODY", 80_000)  # as if there were fifty times as many
    two.home.puppet.host.withdraw([one.id for one in many])
    await until(lambda: len(two.car.hub.household.house.things) == 2)


@pytest.mark.parametrize("set_by", [1_200.0, -1_200.0])
async def test_a_value_has_its_age_also_when_a_clock_was_set_a_moment_before(two: Two, set_by: float) -> None:
    two.car.clock.at -= set_by  # wrong until now
    await two.met()
    two.car.clock.at += set_by
    two.car.puppet.host.report([Fact(LOCK, False)])
    await until(lambda: two.value(two.home, LOCK) is False)
    shown = two.home.hub.household.house.readings[LOCK]
    assert abs(shown.at - two.home.clock.now()) < 2


async def test_the_log_of_the_other_is_kept_once_and_in_order(two: Two) -> None:
    await two.met()
    for number in range(60):
        two.home.puppet.host.report([Fact("lamp/light.brightness", float(number))])
        await asyncio.sleep(0.002)
        if number % 20 == 10:
            await two.road.cut()
            two.meet()
    await until(lambda: two.value(two.car, "lamp/light.brightness") == 59.0)
    await until(lambda: len(_history(two.car)) >= 60)
    await asyncio.sleep(0.1)
    assert _history(two.car) == [float(number) for number in range(60)]


def _history(world: World) -> list[object]:
    from wayhome.hub.ports import ForeignRow, ReadingRow

    rows = [row.row for row in world.store.disk if isinstance(row, ForeignRow)]
    return [r.reading.value for r in rows if isinstance(r, ReadingRow) and r.reading.path == "lamp/light.brightness"]


async def test_a_wish_goes_to_the_owner_and_its_outcome_comes_back(two: Two) -> None:
    await two.met()
    session = await anna(two.car)
    command = await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    assert command.state == "sent"
    await until(lambda: two.home.puppet.taken)
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    assert (await outcome(two.car, "wish-001")).state == "done"
    assert two.home.puppet.taken[0].context.actor == "person:anna"


async def test_a_wish_waits_for_the_road_and_ends_at_its_time(two: Two) -> None:
    await two.met()
    await two.road.cut()
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    assert two.car.hub.sites.status("home").waiting == 1
    two.car.clock.move(10)
    two.meet()
    await until(lambda: two.home.puppet.taken)
    await two.road.cut()
    await session.act("lamp/light.brightness", 50.0, key="wish-002")  # type: ignore[attr-defined]
    two.car.clock.move(31)
    await until(lambda: "wish-002" not in two.car.hub.household.house.open)
    two.meet()
    await until(lambda: two.home.hub.sites.here("car"))
    await asyncio.sleep(0.1)
    assert [command.key for command in two.home.puppet.taken] == ["wish-001"]


async def test_an_unlock_that_was_held_up_on_its_way_is_refused(two: Two) -> None:
    await two.met()
    await until(lambda: two.home.hub.sites.asking("car")._theirs)
    two.road.freeze()
    session = await anna(two.home)
    await session.act(LOCK, False, key="unlock-1", held=True)  # type: ignore[attr-defined]
    await asyncio.sleep(0.05)
    # 20 minutes pass at the car; what was sent lies in the network meanwhile.
    two.car.clock.move(1_200)
    two.road.thaw()
    assert (await outcome(two.home, "unlock-1")).code == "expired"
    assert two.car.puppet.taken == []


async def test_the_owner_judges_by_its_own_rules(two: Two) -> None:
    await two.met()
    two.home.hub.sites.who = lambda device: None
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    assert (await outcome(two.car, "wish-001")).code == "sign_in_needed"
    assert two.home.puppet.taken == []


async def test_records_of_both_become_the_same(two: Two) -> None:
    await two.met()
    await two.road.cut()
    await two.home.hub.household.write("place", "den", {"name": "Den", "radius": 50}, two.home.context())
    two.car.clock.move(1)
    await two.car.hub.household.write("place", "den", {"name": "Hideout"}, two.car.context())
    two.meet()
    await until(lambda: two.home.hub.household.records("place")["den"].values()["name"] == "Hideout")
    await until(lambda: two.car.hub.household.records("place")["den"].values().get("radius") == 50)
    assert "puppet" in two.car.hub.household.records("link")
    one, other = (w.hub.household.house.record("place", "den") for w in (two.home, two.car))
    assert one == other


async def test_what_a_restarted_hub_knew_is_there_and_old(two: Two) -> None:
    await two.met()
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await until(lambda: two.value(two.car, "lamp/light.on") is True)
    await two.road.cut()
    await two.car.__aexit__()
    again = World(site="car", disk=two.car.store.disk)
    again.store.name = "log-car"
    await again.__aenter__()
    assert two.value(again, "lamp/light.on") is True
    assert two.value(again, "lamp/thing.online") is False
    two.car = again
    two.meet()
    await until(lambda: two.value(again, "lamp/thing.online") is True)


async def test_a_log_put_back_from_a_backup_goes_on_and_gets_its_records_back(two: Two) -> None:
    await two.met()
    await two.home.hub.household.write("place", "old", {"name": "Old"}, two.home.context())
    await until(lambda: "old" in two.car.hub.household.records("place"))
    kept, last = list(two.home.store.disk), len(two.home.store.disk)
    await two.home.hub.household.write("place", "lost", {"name": "Lost"}, two.home.context())
    await until(lambda: "lost" in two.car.hub.household.records("place"))
    await two.road.cut()
    await two.home.__aexit__()
    again = World(site="home", disk=kept)
    again.store.name, again.store.before = "log-2", [("log-1", last)]
    await again.__aenter__()
    two.home = again
    again.puppet.host.announce([lamp()])
    await again.hub.household.write("place", "new", {"name": "New"}, again.context())
    two.meet()
    await until(lambda: "new" in two.car.hub.household.records("place"))
    await until(lambda: "lost" in again.hub.household.records("place"))


async def test_a_thing_of_the_other_site_is_nobodys_here(two: Two) -> None:
    with pytest.raises(NotFound):
        two.home.hub.household.house.signal("su7/Vehicle.Speed")
    await two.met()
    hello = [frame for frame in two.road.frames if type(frame).__name__ == "Hello"]
    assert {msgspec.structs.asdict(frame)["site"] for frame in hello} == {"home", "car"}


async def test_screens_are_shown_when_a_wish_no_longer_waits_and_a_line_is_kept(two: Two) -> None:
    await two.met()

    def shown() -> dict[str, object]:
        found = two.value(two.car, "hub/site.home")
        assert isinstance(found, dict)
        return found

    await two.road.cut()
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    assert (shown()["state"], shown()["waiting"]) == ("away", 1)
    two.car.clock.move(31)
    two.car.hub.household.every_moment()
    two.car.hub.sites.tick()
    assert shown()["waiting"] == 0
    revision = two.car.hub.household.published.rev
    two.car.hub.sites.tick()
    assert two.car.hub.household.published.rev == revision, "what has not changed is told again"
    two.meet()
    await until(lambda: shown()["state"] == "here")
    await two.car.hub.household.write("place", "den", {"name": "Den"}, two.car.context())
    await until(lambda: two.car.hub.sites.tick() or shown()["behind"] == 0)


def wish(world: World, path: str) -> list[object] | None:
    """The open wish at a path, as screens get it."""
    shown = world.hub.household.published.find(path)
    return None if shown is None else shown.wish  # type: ignore[return-value]


async def test_screens_are_shown_that_a_wish_waits_until_it_is_on_its_way(two: Two) -> None:
    await two.met()
    session = await anna(two.car)
    await until(lambda: two.car.hub.sites.asking("home")._theirs)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    assert wish(two.car, "lamp/light.on")[1] == "sent"  # type: ignore[index]
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await until(lambda: wish(two.car, "lamp/light.on") is None)
    await two.road.cut()
    await session.act("lamp/light.on", True, key="wish-002")  # type: ignore[attr-defined]
    assert wish(two.car, "lamp/light.on")[:3] == [True, "waiting", "wish-002"]  # type: ignore[index]
    # Another one in its place: only that waits.
    await session.act("lamp/light.on", False, key="wish-003")  # type: ignore[attr-defined]
    assert wish(two.car, "lamp/light.on")[:3] == [False, "waiting", "wish-003"]  # type: ignore[index]
    two.meet()
    await until(lambda: wish(two.car, "lamp/light.on")[1] == "sent")  # type: ignore[index]
    await two.road.cut()
    await session.act("lamp/light.brightness", 50.0, key="wish-004")  # type: ignore[attr-defined]
    assert wish(two.car, "lamp/light.brightness")[1] == "waiting"  # type: ignore[index]
    two.car.clock.move(31)
    two.car.hub.household.every_moment()
    assert wish(two.car, "lamp/light.brightness") is None
    over = await two.car.hub.household.wishes.told("wish-004")
    assert over is not None
    assert (over.state, over.why) == ("expired", "Home did not take it in time")


async def test_a_wish_that_the_other_site_has_is_not_said_to_have_never_got_there(two: Two) -> None:
    await two.met()
    session = await anna(two.car)
    await until(lambda: two.car.hub.sites.asking("home")._theirs)
    await session.act("lamp/light.brightness", 30.0, key="wish-001")  # type: ignore[attr-defined]
    await until(lambda: any(type(frame).__name__ == "Outcome" for frame in two.road.frames))
    await asyncio.sleep(0.05)
    await two.road.cut()
    two.car.clock.move(31)
    two.car.hub.household.every_moment()
    over = await two.car.hub.household.wishes.told("wish-001")
    assert over is not None
    assert (over.state, over.why) == ("expired", "the device did not report it in time")
    assert not two.car.hub.household.wishes.reached


async def test_a_wish_that_went_into_a_closed_road_waits_once_that_is_noticed(two: Two) -> None:
    await two.met()
    session = await anna(two.car)
    await until(lambda: two.car.hub.sites.asking("home")._theirs)
    await session.act("lamp/light.brightness", 30.0, key="wish-001")  # type: ignore[attr-defined]
    await until(lambda: any(type(frame).__name__ == "Outcome" for frame in two.road.frames))
    await asyncio.sleep(0.05)
    two.road.freeze()
    await session.act("lamp/light.on", True, key="wish-002")  # type: ignore[attr-defined]
    assert wish(two.car, "lamp/light.on")[1] == "sent"  # type: ignore[index]
    await two.road.cut()
    assert wish(two.car, "lamp/light.on")[:3] == [True, "waiting", "wish-002"]  # type: ignore[index]
    # What the owner said that it has does not wait for the road.
    assert wish(two.car, "lamp/light.brightness")[1] == "sent"  # type: ignore[index]
    assert two.car.hub.sites.status("home").waiting == 1
    two.meet()
    await until(lambda: wish(two.car, "lamp/light.on")[1] == "sent")  # type: ignore[index]
    assert two.car.hub.sites.status("home").waiting == 0
    await until(lambda: len(two.home.puppet.taken) == 2)
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await until(lambda: "wish-002" not in two.car.hub.household.house.open)
    assert [command.key for command in two.home.puppet.taken] == ["wish-001", "wish-002"]
