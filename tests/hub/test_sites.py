"""Two hubs of one household, each the owner of its things, as one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import msgspec
import pytest

from tests.hub.wires import Road
from tests.world import World, car, lamp
from wayhome.core.value import Fact
from wayhome.errors import Conflict, NotFound
from wayhome.hub.session import Identity

pytestmark = pytest.mark.anyio
LOCK = "su7/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"


async def until(what: Callable[[], object], seconds: float = 5.0) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.005)


class Two:
    """The home and the car."""

    def __init__(self) -> None:
        self.home = World(site="home")
        self.car = World(site="car")
        self.car.store.name = "log-car"
        self.road: Road

    async def open(self) -> None:
        await self.home.__aenter__()
        await self.car.__aenter__()
        for world in (self.home, self.car):
            world.hub.sites.who = lambda device: Identity("person:anna", "owner", "anna", device)
        await self.home.person("anna", "owner")
        for site in ("home", "car"):
            await self.home.hub.household.write("site", site, {"name": site.title()}, self.home.context())
        self.home.puppet.host.announce([lamp()])
        self.car.puppet.host.announce([car("su7")])
        self.home.puppet.host.online(["lamp"], True)
        self.car.puppet.host.online(["su7"], True)
        self.home.puppet.host.report([Fact("lamp/light.on", False)])
        self.car.puppet.host.report([Fact("su7/Vehicle.Speed", 0.0), Fact(LOCK, True)])

    def meet(self) -> Road:
        self.road = Road(self.home, self.car)
        return self.road

    async def met(self) -> None:
        self.meet()
        await until(lambda: self.value(self.home, "su7/Vehicle.Speed") is not None)
        await until(lambda: self.value(self.car, "lamp/light.on") is not None)
        await until(lambda: "anna" in self.car.hub.household.records("person"))

    @staticmethod
    def value(world: World, path: str) -> object:
        reading = world.hub.household.house.readings.get(path)
        return None if reading is None else reading.value


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    two = Two()
    await two.open()
    yield two
    if hasattr(two, "road"):
        await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()


async def anna(world: World) -> object:
    return world.hub.open_session(Identity("person:anna", "owner", "anna", "phone"))


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
    await until(lambda: "wish-001" not in two.car.hub.household.house.open)
    assert (await two.car.store.command("wish-001")).state == "done"  # type: ignore[union-attr]
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
    await until(lambda: "unlock-1" not in two.home.hub.household.house.open)
    assert two.car.puppet.taken == []
    assert (await two.home.store.command("unlock-1")).code == "expired"  # type: ignore[union-attr]


async def test_the_owner_judges_by_its_own_rules(two: Two) -> None:
    await two.met()
    two.home.hub.sites.who = lambda device: None
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    await until(lambda: "wish-001" not in two.car.hub.household.house.open)
    assert (await two.car.store.command("wish-001")).code == "sign_in_needed"  # type: ignore[union-attr]
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


async def test_who_was_let_in_at_one_site_is_known_at_the_other(two: Two) -> None:
    await two.home.hub.vault.keep("device/phone", b"1" * 64)
    await two.home.hub.vault.keep("link/puppet/token", b"a secret of this site")
    await two.met()
    await until(lambda: "device/phone" in two.car.vault._secrets)
    assert "link/puppet/token" not in two.car.vault._secrets
    await two.road.cut()
    two.car.clock.move(5)
    await two.car.hub.vault.keep("device/phone", b"2" * 64)
    await two.home.hub.vault.keep("credential/anna/password", b"$argon2id$v=19")
    two.meet()
    await until(lambda: two.home.vault._secrets.get("device/phone") == b"2" * 64)
    await until(lambda: two.car.vault._secrets.get("credential/anna/password") == b"$argon2id$v=19")
    await two.home.hub.vault.forget("device/phone")
    await until(lambda: "device/phone" not in two.car.vault._secrets)
    await two.road.cut()
    two.meet()
    await until(lambda: two.car.hub.sites.here("home"))
    await asyncio.sleep(0.1)
    assert "device/phone" not in two.home.vault._secrets


async def test_a_site_that_lies_tells_nothing_of_what_is_not_its_own(two: Two) -> None:
    await two.met()
    standing = two.home.hub.sites.standing("car")
    lies = {
        "lamp/thing.info": [two.home.hub.household.house.things["lamp"].info(), 1.0],
        "lamp/light.on": [True, 1.0],
        "hub/hub.info": [{"name": "mine"}, 1.0],
        "@person/anna": [{"role": "guest"}, 1.0],
        "su7/Vehicle.Speed": ["fast", float("nan")],
        "su7/driving.restrictions.more": [1, 1.0],
        "su7/thing.info": [{"name": "x" * 10_000}, 1.0],
        "../etc": None,
    }
    standing.take(lies, ["lamp/thing.info"], 0.0)
    assert two.value(two.home, "lamp/light.on") is False
    assert two.home.hub.household.house.things["lamp"].site == "home"
    assert two.value(two.home, "su7/Vehicle.Speed") == 0.0
    assert len(standing.refused) == 8


async def test_a_secret_that_nobody_can_read_is_not_kept(two: Two) -> None:
    await two.met()
    now = two.home.clock.now()
    bad = [
        ("device/abc", now, b"\xff\xfe"),
        ("device/../x", now, b"1" * 64),
        ("link/puppet/token", now, b"stolen"),
        ("credential/anna/passkeys", now, b"{"),
        ("credential/anna/password", float("nan"), b"$argon2"),
        ("credential/anna/password", now, b"plain"),
    ]
    await two.home.hub.sites.take_secrets(bad)
    assert not [name for name in two.home.vault._secrets if name.startswith(("device/", "credential/", "link/puppet"))]


async def test_lines_of_what_is_not_theirs_and_what_is_no_value_are_left_out(two: Two) -> None:
    from wayhome.core.clock import Stamp
    from wayhome.core.record import Field, Record
    from wayhome.core.value import Context, Reading
    from wayhome.errors import BadInput
    from wayhome.hub.ports import ForeignRow, ReadingRow, RecordRow
    from wayhome.hub.sites.conversation import Conversation
    from wayhome.hub.sites.frames import Lines, Records

    await two.met()
    await until(lambda: two.car.hub.sites.status("home").behind == 0)
    await asyncio.sleep(0.2)  # and the road is quiet
    talk = two.home.hub.sites._conversations["car"]
    assert isinstance(talk, Conversation)
    log, at = two.home.hub.household.heard["car"]
    context = Context("c", "x")
    stamp = Stamp(1, 0, "car")
    rows: list[object] = [
        ReadingRow(Reading("lamp/light.on", True, 1.0, None, "good", context)),
        ReadingRow(Reading("su7/Vehicle.Speed", 1.0, float("inf"))),
        RecordRow(Record("place", "x" * 300, {"name": Field("X", stamp)})),
        ReadingRow(Reading(LOCK, True, 1.0, None, "good", context)),
    ]
    lines = [(at + n, msgspec.msgpack.decode(msgspec.msgpack.encode(row))) for n, row in enumerate(rows, 1)]
    await talk._take(Lines(log, at, at + 4, lines))
    kept = [row.row for row in two.home.store.disk if isinstance(row, ForeignRow) and row.number > at]
    assert kept == [rows[-1]]
    bad = [Record("person", "eve", {"role": Field("owner", stamp)}), Record("place", "no path", {})]
    with pytest.raises(BadInput):
        await talk._take(Records([msgspec.msgpack.decode(msgspec.msgpack.encode(record)) for record in bad]))
    assert "eve" not in two.home.hub.household.records("person")


async def test_a_long_history_holds_up_nothing_of_now(two: Two) -> None:
    for number in range(4_000):
        two.home.puppet.host.report([Fact("lamp/light.brightness", float(number % 100))])
        if number % 500 == 0:
            await asyncio.sleep(0)
    await two.home.hub.household.write("place", "den", {"name": "Den"}, two.home.context())
    two.meet()
    await until(lambda: "den" in two.car.hub.household.records("place"))
    assert two.home.hub.sites.status("car").behind > 2_000
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await until(lambda: two.value(two.car, "lamp/light.on") is True)
    assert two.home.hub.sites.status("car").behind > 1_000
    await until(lambda: two.home.hub.sites.status("car").behind == 0, 30)


async def test_a_wish_that_was_under_way_when_its_hub_died_comes_to_what_its_owner_says(two: Two) -> None:
    await two.met()
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    await until(lambda: two.home.puppet.taken)
    kept = list(two.car.store.disk)
    await two.road.cut()
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await two.car.__aexit__()
    two.car = World(site="car", disk=kept)
    two.car.store.name = "log-car"
    await two.car.__aenter__()
    two.meet()
    await until(lambda: "wish-001" not in two.car.hub.household.house.open)
    assert (await two.car.store.command("wish-001")).state == "done"  # type: ignore[union-attr]
    assert len(two.home.puppet.taken) == 1


async def test_a_wish_asked_again_is_told_what_came_of_it_whatever_may_be_done_by_now(two: Two) -> None:
    await two.met()
    session = await anna(two.car)
    await session.act("lamp/light.on", True, key="wish-001")  # type: ignore[attr-defined]
    await until(lambda: two.home.puppet.taken)
    asking = two.car.hub.sites.asking("home")._waiting["wish-001"]
    two.home.puppet.host.report([Fact("lamp/light.on", True)])
    await until(lambda: "wish-001" not in two.car.hub.household.house.open)
    two.home.hub.sites.who = lambda device: None
    answers: list[object] = []
    from wayhome.hub.sites.frames import Wish

    wish = Wish("wish-001", "lamp/light.on", True, "", 0.0, 30.0, "person:anna", "phone")
    two.home.hub.sites.judging.judge("car", wish, answers.append)
    await until(lambda: answers)
    assert answers[0].state == "done"  # type: ignore[attr-defined]
    assert asking.sent


async def test_sites_whose_clocks_differ_by_more_than_a_day_do_not_talk_and_say_so(two: Two) -> None:
    two.car.clock.at -= 30 * 86_400
    two.meet()
    await until(lambda: two.road.why)
    assert "differ by 720 hours" in two.road.why[0]
    assert not two.home.hub.sites.here("car")


async def test_a_car_whose_hub_is_off_makes_nobody_a_driver_for_days(two: Two) -> None:
    await two.met()
    drivers = two.home.hub.drivers
    gear = "su7/Vehicle.Powertrain.Transmission.CurrentGear"
    two.car.puppet.host.report([Fact(gear, 127), Fact("su7/Vehicle.Speed", 60.0)])
    await until(lambda: drivers.state("su7") == "moving")
    await two.road.cut()
    # On the road without a network: what it said last counts, for a while.
    assert drivers.state("su7") == "moving"
    two.home.clock.move(3_700)
    assert drivers.state("su7") == "parked"
    two.meet()
    await until(lambda: two.home.hub.sites.here("car"))
    assert drivers.state("su7") == "moving"


async def test_a_restarted_home_takes_a_car_that_is_away_for_parked(two: Two) -> None:
    await two.met()
    await two.road.cut()
    again = World(site="home", disk=two.home.store.disk)
    await two.home.__aexit__()
    await again.__aenter__()
    two.home = again
    assert again.hub.drivers.state("su7") == "parked"
    assert "su7" in again.hub.household.house.things
