"""Who comes into the group of a running hub has an owner's screen that lets them in; and a hub that was broken into."""

from __future__ import annotations

from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, it, two_sites
from tests.hub.two_sites import Two, until
from tests.world import World
from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound
from wayhome.hub.group.history import LISTS, record_id
from wayhome.sealing import change, keys, paper, signs
from wayhome.sealing.change import Random, Wanted, as_wanted
from wayhome.sealing.device_list import Signed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def home() -> AsyncIterator[World]:
    async with World(features=FEATURES) as world:
        await world.person("anna", "owner")
        await world.person("mei", "member")
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


async def waits(screen: Screen, role: str = "owner") -> None:
    await screen.come_in(role)
    await screen.session.call("keys.say", screen.said())
    await until(lambda: screen.id in it(screen.world).status.waiting)


def ghost(world: World) -> Signed:
    """What somebody writes who has the keys of the hub that keeps the list."""
    chain, stranger = it(world).chain, keys.fresh()
    assert chain is not None and chain.newest is not None
    more = Wanted("ghost", "screen", stranger.sign, stranger.open, "anna")
    members = [*map(as_wanted, chain.newest.members), more]
    return change.changed(chain, members, "hub.home", "hub.home", it(world)._keys, Random(bytes(32), bytes(12)), 9.0)


async def test_the_first_owner_s_screen_comes_in_by_itself_and_from_then_on_nobody(home: World) -> None:
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(role="member")
    assert not it(home).status.bound, "nobody is there yet that could vouch"
    phone = Screen(home, ANNA)
    await phone.let_in()
    assert it(home).status.bound and it(home).member(ANNA).owner  # type: ignore[union-attr]
    tablet = Screen(home, "tablet", "mei")
    await waits(tablet, "member")
    one = (await phone.waiting())["tablet"]
    assert (one.person, one.owner, one.sign, one.open) == ("mei", False, tablet.keys.sign, tablet.keys.open)
    await home.hub.household.write("person", "tom", {"name": "Tom", "role": "member"}, home.context())
    await it(home).settle()
    assert it(home).member("tablet") is None, "it waits however often the hub looks"
    await phone.vouch("tablet")
    assert it(home).member("tablet") is not None and it(home).status.waiting == []
    listed = await phone.session.call("keys.list")
    assert {one.id: (one.owner, one.by) for one in listed.members} == {
        "hub.home": (False, ""), "meis-phone": (False, ""), ANNA: (True, ""), "tablet": (False, ANNA),
    }  # fmt: skip


async def test_in_the_demo_anybody_is_an_owner_and_nobody_is_asked_and_the_real_home_begins_with_its_own(
    home: World,
) -> None:
    household = home.hub.household
    await household.write("household", "household", {"demo": True}, home.context())
    for id in (ANNA, "tablet"):
        await Screen(home, id).let_in()
    assert not it(home).status.bound
    await household.write("household", "household", {"demo": None}, home.context())
    await until(lambda: it(home).status.bound)
    assert it(home).member(ANNA).owner and it(home).status.epoch == 1  # type: ignore[union-attr]
    # Nobody takes the rule away again by saying that it is one.
    await household.write("household", "household", {"demo": True}, home.context())
    await waits(Screen(home, "other"))
    assert it(home).member(ANNA).owner and it(home).status.waiting == ["other"]  # type: ignore[union-attr]


async def test_whose_signature_lets_nobody_in(home: World, phone: Screen) -> None:
    mei, tablet = Screen(home, "meis-phone", "mei"), Screen(home, "tablet")
    await mei.let_in(phone, "member")
    await waits(tablet)
    good = await phone.signed("tablet")
    for said in (
        await mei.signed("tablet", told_by=phone),
        await tablet.signed("tablet"),
        await phone.signed("tablet", by=mei.keys),
        await phone.signed("tablet", by=keys.fresh()),
        good | {"signature": "AAAA"},
    ):
        with pytest.raises(BadInput, match="owner's screen"):
            await phone.session.call("keys.vouch", said)
    with pytest.raises(NotAllowed):
        await mei.session.call("keys.vouch", good)
    with pytest.raises(NotFound):
        await phone.session.call("keys.vouch", good | {"member": "nobody"})
    child = Screen(home, "kids-tablet", "leo")
    await child.come_in("child")
    with pytest.raises(NotAllowed):
        await child.session.call("keys.waiting")
    # Another one says its keys meanwhile: what was signed was for these.
    tablet.keys = keys.fresh()
    await tablet.session.call("keys.say", tablet.said())
    with pytest.raises(BadInput, match="owner's screen"):
        await phone.session.call("keys.vouch", good)
    good = await phone.signed("tablet")
    other = Screen(home, "other")
    await waits(other)
    await phone.vouch("other")
    with pytest.raises(Conflict, match="another one by now"):
        await phone.session.call("keys.vouch", good)
    assert it(home).member("tablet") is None
    await other.session.call("keys.vouch", await phone.signed("tablet"))
    assert it(home).member("tablet") is not None


async def test_what_was_signed_for_one_version_lies_in_the_record_and_counts_for_no_other(
    home: World, phone: Screen
) -> None:
    """It is put out, and its record comes back with what let it in then: another site writes it."""
    tablet = Screen(home, "tablet")
    await tablet.let_in(phone)
    said = home.hub.household.records("device_keys")["tablet"].values()
    assert said["by"] == ANNA and said["vouch"]
    device = home.hub.household.records("device")["tablet"].values()
    await tablet.out()
    await until(lambda: it(home).member("tablet") is None)
    await home.hub.household.write("device", "tablet", device, home.context())
    await home.hub.household.write("device_keys", "tablet", said, home.context())
    await until(lambda: it(home).status.waiting == ["tablet"])
    assert it(home).member("tablet") is None


async def test_who_is_an_owner_from_now_on_waits_for_another_and_who_is_none_any_more_does_not(
    home: World, phone: Screen
) -> None:
    mei = Screen(home, "meis-phone", "mei")
    await mei.come_in("owner")
    await mei.session.call("keys.say", mei.said())
    await until(lambda: it(home).status.waiting == ["meis-phone"])
    await phone.vouch("meis-phone")
    assert not it(home).member("meis-phone").owner, "its person is a member"  # type: ignore[union-attr]
    await home.hub.household.write("person", "mei", {"role": "owner"}, home.context())
    await until(lambda: it(home).status.waiting == ["meis-phone"])
    assert it(home).member("meis-phone") is not None and it(home).status.epoch == 1
    await phone.vouch("meis-phone")
    assert it(home).member("meis-phone").owner and it(home).status.epoch == 1  # type: ignore[union-attr]
    await home.hub.household.write("person", "mei", {"role": "member"}, home.context())
    await until(lambda: not it(home).member("meis-phone").owner)  # type: ignore[union-attr]


async def test_who_was_not_wanted_is_asked_about_no_more_and_can_be_let_in_all_the_same(
    home: World, phone: Screen
) -> None:
    tablet = Screen(home, "tablet")
    await waits(tablet)
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    refused = {"member": "tablet", "sign": tablet.keys.sign}
    with pytest.raises(NotAllowed):
        await mei.session.call("keys.refuse", refused)
    await phone.session.call("keys.refuse", refused)
    assert (await phone.waiting())["tablet"].refused
    await tablet.session.call("keys.say", tablet.said())
    assert (await phone.waiting())["tablet"].refused
    await phone.vouch("tablet")
    assert it(home).member("tablet") is not None


async def test_with_the_last_owner_s_screen_lost_the_code_on_paper_lets_the_next_one_in(
    home: World, phone: Screen
) -> None:
    owner = await home.session("anna", "owner", signed_in_at=home.clock.now())
    code = (await owner.call("keys.print")).code
    await phone.vouch(paper.ID)
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    await phone.put("The safe: 19-03-44")
    fresh, thief = Screen(home, "fresh"), Screen(home, "thief")
    await waits(fresh)
    await waits(thief)
    await phone.session.call("keys.refuse", {"member": "thief", "sign": thief.keys.sign})
    with pytest.raises(Conflict, match="owner's screen"):
        await owner.call("keys.recover", {"code": code})
    await phone.out()
    await until(lambda: it(home).member(ANNA) is None)
    assert it(home).member("fresh") is None and it(home).status.bound
    await owner.call("keys.recover", {"code": code})
    await until(lambda: it(home).member("fresh") is not None)
    assert it(home).status.bound and it(home).member(paper.ID) is None and it(home).member("meis-phone") is not None
    assert await fresh.opened() == ["The safe: 19-03-44"]
    # Whom an owner did not want does not come in by that, and can be let in all the same.
    assert it(home).member("thief") is None and it(home).status.waiting == ["thief"]
    await fresh.vouch("thief")
    assert it(home).member("thief") is not None
    with pytest.raises(Conflict):
        await owner.call("keys.recover", {"code": code})


async def test_a_household_of_yesterday_is_bound_by_the_hub_of_today(home: World, phone: Screen) -> None:
    """Its lists do not say who is an owner: they are read, and the next version says it by itself."""
    chain = it(home).chain
    assert chain is not None
    old = [as_wanted(one) for one in chain.newest.members]  # type: ignore[union-attr]
    before = chain.shorter(1)
    of_old = [msgspec.structs.replace(one, owner=False) for one in old]
    signed = change.changed(before, of_old, "hub.home", "hub.home", it(home)._keys, Random(bytes(32), bytes(12)), 2.0)
    assert 'owner":' not in signed.body and "bound" not in signed.body
    home.hub.household.watchers.remove(it(home))
    await home.hub.household.delete(LISTS, record_id(2, chain.signed[1]), home.context())
    await it(home).history.put(2, signed)
    await home.vault.forget("sealing/head")
    async with World(features=FEATURES, disk=list(home.store.disk), vault=home.vault) as again:
        await until(lambda: it(again).status.bound)
        assert [one.bound for one in it(again).chain.lists] == [False, False, True]  # type: ignore[union-attr]
        assert it(again).member(ANNA).owner and it(again).status.epoch == 1  # type: ignore[union-attr]


async def test_a_ghost_by_the_keeper_s_own_keys_is_refused_by_every_hub_and_told(two: Two) -> None:
    """Somebody has the vault of the hub that keeps the list: its real keys sign a list with a device more."""
    await two.met()
    await until(lambda: it(two.car).status.state == "in")
    phone = Screen(two.home, ANNA)
    await phone.let_in()
    await until(lambda: it(two.car).member(ANNA) is not None)
    chain = it(two.home).chain
    assert chain is not None
    lie = ghost(two.home)
    assert it(two.car).chain.judge(lie) == "unvouched"  # type: ignore[union-attr]
    # By the records, as a site gets it, and handed in, as a screen would.
    assert await it(two.car).give([lie]) == (0, "unvouched")
    await until(lambda: it(two.home).status.unvouched == 1 and it(two.car).status.unvouched == 1)
    assert it(two.home).chain == chain == it(two.car).chain and it(two.car).member("ghost") is None
    for world in (two.home, two.car):
        told = [r.row.event for r in await world.store.log(kinds=["event"])]  # type: ignore[union-attr]
        assert {one.data["version"] for one in told if one.name == "DeviceListUnvouched"} == {chain.version + 1}
    # The household goes on: the next version is the right one.
    tablet = Screen(two.home, "tablet")
    await tablet.let_in(phone)
    await until(lambda: it(two.car).member("tablet") is not None)
    assert it(two.car).member("ghost") is None


async def test_a_hub_that_joins_later_waits_too(two: Two) -> None:
    phone = Screen(two.home, ANNA)
    await phone.let_in()
    await two.met()
    await until(lambda: it(two.home).status.waiting == ["hub.car"])
    assert it(two.car).status.state == "waiting"
    # The code on paper is for a hub that lost its keys: at one that was never in, it would put everybody else out.
    at_home = await two.home.session("anna", "owner", signed_in_at=two.home.clock.now())
    code = (await at_home.call("keys.print")).code
    await phone.vouch(paper.ID)
    await until(lambda: it(two.car).member(paper.ID) is not None)
    in_car = await two.car.session("anna", "owner", signed_in_at=two.car.clock.now())
    before = it(two.car).status
    with pytest.raises(Conflict, match="not been in the group"):
        await in_car.call("keys.recover", {"code": code})
    assert it(two.car).status == before
    # The other hub knows as well who waits: an owner's screen at its door lets it in, and the keeper does the rest.
    await until(lambda: it(two.car).status.waiting == ["hub.car"])
    session = await two.car.session("anna", "owner", device=ANNA)
    one = (await session.call("keys.waiting")).waiting[0]
    assert (await session.call("keys.list")).signs == signs.of_keys(one.sign, one.open)
    assert (await phone.session.call("keys.list")).signs == ""
    there = Screen(two.car, ANNA)
    there.keys, there.session = phone.keys, session
    await there.vouch("hub.car")
    await until(lambda: it(two.car).status.state == "in")
    assert it(two.home).status.waiting == []
