"""The group on running hubs, and what others tell that is not so: lists, records, signatures."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, copied, it, two_sites
from tests.hub.two_sites import Two, until
from tests.world import World
from wayhome.core.ids import record_path
from wayhome.hub.group.history import LISTS
from wayhome.sealing import keys
from wayhome.sealing.device_list import Signed, sign

pytestmark = pytest.mark.anyio


@pytest.fixture
async def home() -> AsyncIterator[World]:
    async with World(features=FEATURES) as world:
        await world.person("anna", "owner")
        yield world


@pytest.fixture
async def phone(home: World) -> Screen:
    screen = Screen(home, ANNA)
    await screen.let_in()
    return screen


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    async with two_sites() as two:
        yield two


async def test_no_record_keeps_the_household_from_putting_somebody_out(home: World, phone: Screen) -> None:
    """Another site writes records that no list can have; the rest of the list goes on."""
    household, stranger = home.hub.household, keys.fresh()
    said = {"sign": stranger.sign, "open": stranger.open}
    device = {"person": "anna", "name": "x", "kind": "phone", "role": "owner"}
    for id in ("paper", "hub.home", "hub.van", "Capital", "a_b", "x" * 90):
        await household.write("device_keys", id, said, home.context())
        await household.write("device", id, device, home.context())
    await household.write("person", "Anna.B", {"name": "Anna B", "role": "owner"}, home.context())
    await household.write("device", "hers", {**device, "person": "Anna.B"}, home.context())
    await household.write("device_keys", "hers", said, home.context())
    owner = await home.session("anna", "owner", signed_in_at=home.clock.now())
    # Nor does a code on paper that nobody printed come in by itself, or keep a real one from it.
    assert it(home).status.waiting == ["paper"] and it(home).member("paper") is None
    told = await owner.call("keys.print")
    assert (await phone.waiting())["paper"].sign == told.sign
    await phone.vouch("paper")
    assert {one.id for one in it(home).chain.newest.members} == {"hub.home", ANNA, "paper"}  # type: ignore[union-attr]
    await phone.out()
    await until(lambda: it(home).status.epoch == 2)


async def test_what_a_lying_site_says_does_not_count(two: Two) -> None:
    await two.met()
    await until(lambda: it(two.car).status.state == "in")
    phone = Screen(two.home, ANNA)
    await phone.let_in()
    await until(lambda: it(two.car).member(ANNA) is not None)
    chain, status = it(two.home).chain, it(two.home).status
    assert chain is not None and chain.newest is not None
    # It puts its own list in: it may not sign.
    hacker = it(two.car)._keys
    lie = sign(
        msgspec.structs.replace(chain.newest, version=status.version + 1, before=chain.head, signer="hub.car"), hacker
    )
    await it(two.car).history.put(status.version + 1, lie)
    # It deletes one, and writes another text over one.
    ids = sorted(two.car.hub.household.records(LISTS))
    await two.car.hub.household.delete(LISTS, ids[0], two.car.context())
    await two.car.hub.household.write(LISTS, ids[1], {"body": lie.body}, two.car.context())
    await two.car.hub.household.write("clip", "x:1", {"frame": "lie"}, two.car.context())
    await until(lambda: "x:1" in two.home.hub.household.records("clip"))
    await it(two.home).settle()
    assert it(two.home).status == status and it(two.home).chain == chain
    there = {id: one for id, one in it(two.home).history.records().items() if id in ids}
    assert len(there) == len(ids), "what was deleted is written anew"
    # After a restart it is still the same history.
    async with World(features=FEATURES, disk=list(two.home.store.disk), vault=two.home.vault) as again:
        assert it(again).chain == chain and it(again).status.state == "in"


async def test_a_lying_site_takes_no_list_away_however_often_it_tries(two: Two) -> None:
    """The text stays, its signature goes: under the right name there is what nobody has signed."""
    await two.met()
    await until(lambda: it(two.car).status.state == "in")
    phone = Screen(two.home, ANNA)
    await phone.let_in()
    await until(lambda: it(two.car).member(ANNA) is not None)
    chain, status = it(two.home).chain, it(two.home).status
    assert chain is not None
    # The car's hub says so of a list that it has, again and again, and mends nothing itself.
    two.car.hub.household.watchers.remove(it(two.car))
    ids = sorted(two.car.hub.household.records(LISTS))
    for round in range(4):
        await two.car.hub.household.write(LISTS, ids[1], {"signature": f"none {round}"}, two.car.context())
        await two.car.hub.household.delete(LISTS, ids[2], two.car.context())
        await until(lambda: [one for _, one in sorted(it(two.car).history.records().items())] == [*chain.signed])
    assert it(two.home).status == status
    async with World(features=FEATURES, disk=list(two.home.store.disk), vault=two.home.vault) as again:
        assert it(again).chain == chain and it(again).status.state == "in"


async def test_a_list_that_came_with_a_wrong_signature_counts_once_it_has_the_right_one(two: Two) -> None:
    await two.met()
    await until(lambda: it(two.car).status.state == "in")
    chain = it(two.home).chain
    assert chain is not None
    await two.road.cut()
    phone = Screen(two.home, ANNA)
    await phone.let_in()
    signed = it(two.home).chain.signed[-1]  # type: ignore[union-attr]
    await it(two.car).history.put(chain.version + 1, Signed(signed.body, chain.signed[-1].signature))
    await it(two.car).settle()
    assert it(two.car).status.version == chain.version
    await it(two.car).history.put(chain.version + 1, signed)
    await it(two.car).settle()
    assert it(two.car).member(ANNA) is not None


async def test_two_lists_of_one_version_are_told_as_an_alarm(two: Two) -> None:
    """The key that signs was stolen from the home's hub (an old disk): the car is shown another list."""
    await two.met()
    await until(lambda: it(two.car).status.state == "in")
    chain = it(two.home).chain
    assert chain is not None and chain.newest is not None
    thief = it(two.home)._keys
    stolen = sign(msgspec.structs.replace(chain.newest, made=7.0), thief)
    assert it(two.car).chain.judge(stolen) == "fork"  # type: ignore[union-attr]
    await it(two.car).history.put(chain.version, stolen)
    await until(lambda: it(two.home).status.forked == 1 and it(two.car).status.forked == 1)
    assert it(two.home).chain == chain == it(two.car).chain
    told = [r.row.event.name for r in await two.home.store.log(kinds=["event"])]  # type: ignore[union-attr]
    assert "DeviceListForked" in told
    assert any(record_path(LISTS, id) for id in it(two.home).history.forks)


async def test_a_hub_does_not_change_sides_over_a_restart(home: World, phone: Screen) -> None:
    """It has only the records then, of both; the one that it took before is the one that it takes."""
    chain = it(home).chain
    assert chain is not None and chain.newest is not None
    others = (sign(msgspec.structs.replace(chain.newest, made=float(n)), it(home)._keys) for n in range(1_000))
    # Records are read in the order of their names: the other one comes first.
    other = next(one for one in others if one.hash < chain.head)
    await it(home).history.put(chain.version, other)
    await it(home).settle()
    assert it(home).chain == chain and it(home).status.forked == 1
    async with World(features=FEATURES, disk=list(home.store.disk), vault=await copied(home.vault)) as again:
        assert it(again).chain == chain and it(again).status == it(home).status
    # Where only the other one is left it is not taken for the one that was known, and nothing is signed after it.
    home.hub.household.watchers.remove(it(home))
    await home.hub.household.delete(LISTS, f"{chain.version:08}-{chain.head[:32]}", home.context())
    disk = list(home.store.disk)
    async with World(features=FEATURES, disk=disk, vault=await copied(home.vault)) as again:
        assert it(again).status.state == "behind" and not it(again).keeps
        session = await again.session("anna", "owner", device=ANNA)
        told = await session.call("keys.give", {"lists": [msgspec.to_builtins(one) for one in chain.signed]})
        assert (told.taken, told.refused) == (1, None)
        assert it(again).chain == chain and it(again).status.state == "in"


async def test_a_hub_that_was_told_another_mark_takes_nothing(two: Two) -> None:
    await it(two.car).adopt("0" * 32)
    await two.met()
    await until(lambda: two.car.hub.household.records(LISTS))
    await it(two.car).settle()
    assert it(two.car).status.state == "waiting" and it(two.car).status.version == 0
