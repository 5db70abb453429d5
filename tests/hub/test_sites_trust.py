"""What two hubs of one household take from each other, and what not."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from tests.hub.two_sites import LOCK, Two, anna, outcome, until
from tests.world import World
from wayhome.core.value import Fact

pytestmark = pytest.mark.anyio


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


@pytest.mark.parametrize("set_right", [False, True])
async def test_a_password_changed_later_counts_though_the_cars_clock_ran_ahead(two: Two, set_right: bool) -> None:
    name, ahead = "credential/anna/password", 3 * 86_400.0 if set_right else 1_200.0
    two.car.clock.at += ahead
    await two.car.hub.vault.keep(name, b"$argon2-before")
    two.car.clock.at -= ahead if set_right else 0.0
    await two.met()
    await until(lambda: two.home.vault._secrets.get(name) == b"$argon2-before")
    two.home.clock.move(5)
    two.car.clock.move(5)
    await two.home.hub.vault.keep(name, b"$argon2-after")
    await until(lambda: two.car.vault._secrets.get(name) == b"$argon2-after")
    await two.road.cut()
    road = two.meet()
    told = "credential/anna/password"
    await until(lambda: sum(told in str(frame) for frame in road.frames if type(frame).__name__ == "Secrets") == 2)
    await two.car.hub.vault.keep("credential/anna/passkeys", b"[]")  # what was told before it is taken in by then
    await until(lambda: "credential/anna/passkeys" in two.home.vault._secrets)
    assert two.home.vault._secrets[name] == two.car.vault._secrets[name] == b"$argon2-after"


async def test_a_password_that_is_being_changed_when_the_sites_meet_is_the_new_one_at_both(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, disk, keep = "credential/anna/password", asyncio.Event(), two.home.vault.keep

    async def slow(what: str, secret: bytes) -> None:
        if what == name:
            await disk.wait()
        await keep(what, secret)

    await two.home.hub.vault.keep(name, b"$argon2-before")
    monkeypatch.setattr(two.home.vault, "keep", slow)
    changing = asyncio.create_task(two.home.hub.vault.keep(name, b"$argon2-after"))
    two.meet()
    for _ in range(100):
        await asyncio.sleep(0)
    disk.set()
    await changing
    await until(lambda: two.car.vault._secrets.get(name) == b"$argon2-after")


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
    await two.home.hub.sites.take_secrets("car", bad)
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
    assert (await outcome(two.car, "wish-001")).state == "done"
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


async def test_a_household_of_many_devices_still_lets_in_the_next() -> None:
    from wayhome.adapters.vault_sealed import LIMIT

    async with World() as world:
        vault = world.hub.vault
        for number in range(3_000):
            vault._written[f"device/{number:026}"] = world.clock.now()
        await vault.keep("device/next", b"1" * 64)
        assert all(len(secret) < LIMIT for secret in world.vault._secrets.values())
        assert await vault.secret("device/next") == b"1" * 64
        assert len(vault._written) <= 2_001


async def test_a_site_that_is_taken_out_while_it_says_hello_does_not_come_in(two: Two) -> None:
    await two.met()
    await two.road.cut()
    # It says what it knew of the car, and the answer is still on its way.
    road = two.meet()
    road.freeze()
    await asyncio.sleep(0.05)
    await two.home.hub.household.delete("site", "car", two.home.context())
    assert "su7" not in two.home.hub.household.house.things
    road.thaw()
    await until(lambda: road.why)
    assert not two.home.hub.sites.here("car") and "taken out" in "".join(road.why)
    # In again, it is told of anew.
    await two.home.hub.household.write("site", "car", {"name": "Car"}, two.home.context())
    await two.met()
    assert two.value(two.home, "su7/Vehicle.Speed") == 0.0


async def test_a_site_that_is_out_and_in_again_while_it_says_hello_is_told_of_anew(two: Two) -> None:
    await two.met()
    await two.road.cut()
    road = two.meet()
    road.freeze()
    await asyncio.sleep(0.05)
    await two.home.hub.household.delete("site", "car", two.home.context())
    await two.home.hub.household.write("site", "car", {"name": "Car"}, two.home.context())
    road.thaw()
    await until(lambda: road.why)
    await two.met()
    assert two.value(two.home, "su7/Vehicle.Speed") == 0.0
