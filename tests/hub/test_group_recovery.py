"""After the code on paper was used, or the group begun anew, one owner's screen comes in by itself and nobody else; a
code that an owner's screen has made; and the last of these screens, which is not signed out by the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from typing import Any

import msgspec
import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, it
from tests.hub.two_sites import until
from tests.world import World
from wayhome.errors import BadInput, Conflict, FreshSignInNeeded, LastOwnersScreen, NotAllowed, NotFound
from wayhome.features.keys.operations import PURPOSE
from wayhome.features.people import feature as people
from wayhome.features.people.door import Door
from wayhome.hub.group import said
from wayhome.hub.group.history import Head
from wayhome.hub.running import Hub
from wayhome.sealing import change, keys, paper
from wayhome.sealing.chain import Chain
from wayhome.sealing.change import Random, Wanted, as_wanted

pytestmark = pytest.mark.anyio
SECRET = bytes(range(20))


@pytest.fixture
async def home() -> AsyncIterator[World]:
    async with World(features={**FEATURES, "people": people}) as world:
        ports = world.hub.household, world.vault, world.clock, world.ids
        world.hub.extra["people"] = Door(*ports, lambda work: work.close())
        await world.person("anna", "owner")
        await world.person("mei", "member")
        yield world


@pytest.fixture
async def phone(home: World) -> Screen:
    screen = Screen(home, ANNA)
    await screen.let_in()
    return screen


async def waits(screen: Screen, role: str = "owner") -> Screen:
    await screen.come_in(role)
    await screen.session.call("keys.say", screen.said())
    await until(lambda: screen.id in it(screen.world).status.waiting)
    return screen


async def refuse(by: Screen, screen: Screen) -> None:
    await by.session.call("keys.refuse", {"member": screen.id, "sign": screen.keys.sign})


def made(by: keys.Keys | None = None) -> dict[str, str]:
    """A code's public keys, as a screen that made it says them."""
    of_paper = paper.keys(SECRET)
    message = "\n".join((PURPOSE, paper.ID, of_paper.sign, of_paper.open)).encode()
    signature = keys.text((by or of_paper).signed(message))
    return {"sign": of_paper.sign, "open": of_paper.open, "signature": signature}


async def owner(home: World) -> Any:
    return await home.session("anna", "owner", signed_in_at=home.clock.now())


async def printed(phone: Screen) -> str:
    await (await owner(phone.world)).call("keys.paper", made())
    await phone.vouch(paper.ID)
    assert it(phone.world).member(paper.ID) is not None
    return paper.code(SECRET)


async def test_of_all_who_wait_the_one_that_was_named_comes_in_by_the_code(home: World, phone: Screen) -> None:
    code = await printed(phone)
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    fresh, thief = await waits(Screen(home, "fresh")), await waits(Screen(home, "another"))
    late = await waits(Screen(home, "meis-tablet", "mei"), "member")
    await phone.out()
    await until(lambda: it(home).member(ANNA) is None)
    local = await owner(home)
    with pytest.raises(Conflict, match="several"):
        await local.call("keys.recover", {"code": code})
    for nobody in ("nobody", "meis-tablet", "meis-phone", "hub.home", "paper"):
        with pytest.raises(NotFound, match="waits"):
            await local.call("keys.recover", {"code": code, "screen": nobody})
    await local.call("keys.recover", {"code": code, "screen": "fresh"})
    status = it(home).status
    assert {one.id for one in it(home).chain.newest.members} == {"hub.home", "meis-phone", "fresh"}  # type: ignore[union-attr]
    # The code let it in: there was no list in between that anybody else could have come in by.
    assert status.bound and status.letting == "vouched" and status.waiting == ["another", "meis-tablet"]
    assert [one.bound for one in it(home).chain.lists if one.version > 1] == [True] * (status.version - 1)  # type: ignore[union-attr]
    await fresh.vouch("meis-tablet")
    assert it(home).member(late.id) is not None and it(home).member(thief.id) is None


async def test_where_nobody_waits_the_next_owner_s_screen_comes_in_and_the_rest_wait_for_it(
    home: World, phone: Screen
) -> None:
    code = await printed(phone)
    await phone.out()
    await until(lambda: it(home).member(ANNA) is None)
    await (await owner(home)).call("keys.recover", {"code": code})
    assert (it(home).status.letting, it(home).status.bound) == ("one", False)
    await waits(Screen(home, "meis-phone", "mei"), "member")
    await home.hub.household.write("site", "van", {"added_at": 1.0}, home.context())
    stranger = keys.fresh()
    said = {"sign": stranger.sign, "open": stranger.open}
    await home.hub.household.write("device_keys", "hub.van", said, home.context())
    # A new code on paper waits as well: nobody is there who could let it in.
    await (await owner(home)).call("keys.print")
    with pytest.raises(Conflict, match="no owner's screen"):
        await (await owner(home)).call("keys.paper", made())
    await until(lambda: it(home).status.waiting == ["hub.van", "meis-phone", "paper"])
    fresh = Screen(home, "fresh")
    await fresh.let_in()
    assert it(home).status.letting == "vouched" and it(home).status.waiting == ["hub.van", "meis-phone", "paper"]
    await waits(Screen(home, "second"))
    await fresh.vouch("meis-phone")
    assert it(home).member("meis-phone") is not None


async def test_of_two_that_come_at_once_neither_does_until_one_is_signed_out(home: World, phone: Screen) -> None:
    """The hub was away when both said their keys: it can't know whose they are."""
    code = await printed(phone)
    await phone.out()
    await until(lambda: it(home).member(ANNA) is None)
    await (await owner(home)).call("keys.recover", {"code": code})
    async with it(home).turn:
        fresh, thief = Screen(home, "fresh"), Screen(home, "another")
        for one in (fresh, thief):
            await one.come_in()
            await one.session.call("keys.say", one.said())
    await until(lambda: it(home).status.waiting == ["another", "fresh"])
    assert it(home).status.letting == "one" and it(home).member("fresh") is None
    await thief.out()
    await until(lambda: it(home).member("fresh") is not None)
    assert it(home).status.letting == "vouched"


async def test_a_stolen_sign_in_puts_nobody_out_of_the_way(home: World, phone: Screen) -> None:
    """It waits beside the honest screen: alone it would come in by itself."""
    code = await printed(phone)
    fresh, thief = await waits(Screen(home, "fresh")), await waits(Screen(home, "another"))
    for one in (thief, fresh):
        with pytest.raises(NotAllowed, match="owner's screen"):
            await refuse(thief, one)
    with pytest.raises(NotAllowed, match="owner's screen"):
        await (await owner(home)).call("keys.refuse", {"member": "fresh", "sign": fresh.keys.sign})
    await phone.out()
    await until(lambda: it(home).member(ANNA) is None)
    home.clock.move(400)
    with pytest.raises(NotAllowed, match="owner's screen"):
        await refuse(thief, fresh)
    with pytest.raises(FreshSignInNeeded):
        await thief.session.call("people.revoke", {"device": "fresh"})
    with pytest.raises(Conflict, match="several"):
        await (await owner(home)).call("keys.recover", {"code": code})
    # Whoever has just signed in puts it out.
    await (await owner(home)).call("people.revoke", {"device": "another"})
    await until(lambda: it(home).status.waiting == ["fresh"])
    await (await owner(home)).call("keys.recover", {"code": code})
    assert it(home).member("fresh") is not None


async def test_whom_the_code_s_holder_names_comes_in_also_where_it_was_not_wanted_once(
    home: World, phone: Screen
) -> None:
    code = await printed(phone)
    fresh = await waits(Screen(home, "fresh"))
    await refuse(phone, fresh)
    await phone.out()
    await until(lambda: it(home).member(ANNA) is None)
    await (await owner(home)).call("keys.recover", {"code": code, "screen": "fresh"})
    assert it(home).member("fresh") is not None and it(home).status.letting == "vouched"


async def test_a_hub_that_lost_its_vault_has_not_forgotten_whom_an_owner_did_not_want(
    home: World, phone: Screen
) -> None:
    code = await printed(phone)
    thief = await waits(Screen(home, "thief"))
    await refuse(phone, thief)
    async with World(features=FEATURES, disk=list(home.store.disk)) as again:
        await (await owner(again)).call("keys.recover", {"code": code})
        assert it(again).status.letting == "one"
        # The one that was refused is back with the same key, and with another one: it does not come in by itself.
        again.clock.move(400)
        back = Screen(again, "thief")
        back.keys, back.session = thief.keys, await again.session("anna", "owner", device="thief")
        with pytest.raises(FreshSignInNeeded):
            await back.session.call("keys.say", back.said())
        for mine in (thief.keys, keys.fresh()):
            back.keys = mine
            back.session = await again.session("anna", "owner", device="thief", signed_in_at=again.clock.now())
            await back.session.call("keys.say", back.said())
            await until(lambda: it(again).status.waiting == ["thief"])
        fresh = Screen(again, "fresh")
        await fresh.let_in()
        assert it(again).status.waiting == ["thief"]
        # With another key it is asked about again, and can be let in all the same.
        assert not (await fresh.waiting())["thief"].refused
        await fresh.vouch("thief")
        assert it(again).member("thief") is not None


async def test_a_hub_that_lost_its_vault_lets_in_the_one_that_was_named_of_those_who_came_since(
    home: World, phone: Screen
) -> None:
    code = await printed(phone)
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    async with World(features=FEATURES, disk=list(home.store.disk)) as again:
        fresh, thief = Screen(again, "fresh"), Screen(again, "another")
        for one in (fresh, thief):
            await waits(one)
        await (await owner(again)).call("keys.recover", {"code": code, "screen": "fresh"})
        assert {one.id for one in it(again).chain.newest.members} == {"hub.home", "fresh"}  # type: ignore[union-attr]
        assert it(again).status.letting == "vouched" and fresh.key(it(again).status.epoch) is not None
        await thief.session.call("keys.say", thief.said())
        await until(lambda: it(again).status.waiting == ["another"])


async def test_a_hub_that_died_while_it_began_anew_goes_on_with_one(home: World, phone: Screen) -> None:
    world = it(home)
    async with world.turn:
        # All that it does up to the first list.
        await world.renew_keys()
        await world.history.begin(Chain(keys.mark(world.public[0])))
    async with World(features=FEATURES, disk=list(home.store.disk), vault=home.vault) as again:
        await until(lambda: it(again).status.letting == "vouched")
        first, *_ = it(again).chain.lists  # type: ignore[union-attr]
        assert first.bound and [one.id for one in first.members] == ["hub.home"]


async def test_a_history_that_counted_before_and_does_not_now_is_left_by_beginning_anew(
    home: World, phone: Screen
) -> None:
    """An early hub let in at once who waited, and has seen that list."""
    chain = it(home).chain
    assert chain is not None and chain.newest is not None
    more = [
        Wanted(one.id, "screen", one.keys.sign, one.keys.open, "mei") for one in (Screen(home, "a"), Screen(home, "b"))
    ]
    wanted = [*map(as_wanted, chain.newest.members), *more]
    chance = Random(bytes(32), bytes(12))
    early = change.changed(chain, wanted, "hub.home", "hub.home", it(home).mine, chance, 9.0)
    assert chain.judge(early) == "unvouched"
    await it(home).history.put(chain.version + 1, early)
    head = Head(chain.version + 1, early.hash, home.hub.household.log_name)
    await home.vault.keep("sealing/head", msgspec.json.encode(head))
    async with World(features=FEATURES, disk=list(home.store.disk), vault=home.vault) as again:
        assert (it(again).status.state, it(again).status.unvouched) == ("behind", 1)
        await (await owner(again)).call("keys.begin_anew")
        assert (it(again).status.state, it(again).status.unvouched) == ("in", 0)
        fresh = Screen(again, "fresh")
        await fresh.let_in()
        assert it(again).status.letting == "vouched"


async def test_what_a_screen_says_while_it_is_begun_anew_brings_it_into_no_first_list(
    home: World, phone: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says its keys again and again, also in the moment in which all that was said is forgotten."""
    forget = said.forget

    async def forgotten(hub: Hub, ids: Iterable[str], refusals: bool = False) -> None:
        await forget(hub, ids, refusals)
        await phone.session.call("keys.say", phone.said())

    monkeypatch.setattr(said, "forget", forgotten)
    await (await owner(home)).call("keys.begin_anew")
    monkeypatch.undo()
    first, *_ = it(home).chain.lists  # type: ignore[union-attr]
    assert [one.id for one in first.members] == ["hub.home"] and first.bound


async def test_who_waits_takes_nobody_s_place(home: World, phone: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are more than belong into one list: older sign-ins wait, and who is in stays in."""
    tablet = Screen(home, "z-tablet")
    await tablet.let_in(phone)
    monkeypatch.setattr("wayhome.sealing.device_list.MEMBERS", 4)
    for name in ("a", "b", "c"):
        one = Screen(home, name)
        await one.come_in()
        await one.session.call("keys.say", one.said())
    await until(lambda: it(home).status.waiting == ["a"])
    assert it(home).member("z-tablet") is not None and it(home).status.epoch == 1


async def test_begun_anew_one_owner_s_screen_comes_in_and_none_that_was_not_wanted(home: World, phone: Screen) -> None:
    thief = await waits(Screen(home, "thief"))
    await refuse(phone, thief)
    await (await owner(home)).call("keys.begin_anew")
    assert (it(home).status.version, it(home).status.letting, it(home).status.waiting) == (1, "one", [])
    mei = Screen(home, "meis-phone", "mei")
    await waits(mei, "member")
    thief.keys = keys.fresh()
    await thief.session.call("keys.say", thief.said())
    await until(lambda: it(home).status.waiting == ["meis-phone", "thief"])
    await phone.session.call("keys.say", phone.said())
    await until(lambda: it(home).member(ANNA) is not None)
    assert it(home).status.letting == "vouched" and it(home).status.waiting == ["meis-phone", "thief"]


async def test_a_code_that_a_screen_has_made_is_taken_by_its_public_keys_alone(home: World, phone: Screen) -> None:
    session = await owner(home)
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    for wrong, what in ((made(by=keys.fresh()), "signed"), (made() | {"open": "AAAA"}, "signed|points"),
                        (made() | {"sign": phone.keys.sign}, "signed"), (phone.said(), "signed")):  # fmt: skip
        with pytest.raises(BadInput, match=what):
            await session.call("keys.paper", wrong)
    with pytest.raises(FreshSignInNeeded):
        await (await home.session("anna", "owner")).call("keys.paper", made())
    with pytest.raises(NotAllowed):
        await mei.session.call("keys.paper", made())
    await session.call("keys.paper", made())
    assert it(home).status.waiting == [paper.ID] and it(home).member(paper.ID) is None
    await phone.vouch(paper.ID)
    code = paper.code(SECRET)
    kept = [*map(str, home.store.disk), *[str(await home.vault.secret(name)) for name in await home.vault.names()]]
    assert not any(code in one or code.replace("-", "") in one or repr(SECRET) in one for one in kept)
    told = [r.row.event.name for r in await home.store.log(kinds=["event"])]  # type: ignore[union-attr]
    assert told.count("PaperPrinted") == 1
    async with World(features=FEATURES, disk=list(home.store.disk)) as again:
        await (await owner(again)).call("keys.recover", {"code": code})
        assert it(again).status.state == "in"


async def test_who_found_the_code_and_uses_it_elsewhere_is_told(home: World, phone: Screen) -> None:
    """They have a hub of their own with the household's data: this one hears of the list that the code signed."""
    await printed(phone)
    chain, thief = it(home).chain, keys.fresh()
    assert chain is not None and chain.newest is not None
    others = [as_wanted(one) for one in chain.newest.members if one.kind == "screen"]
    mine = Wanted("hub.home", "hub", thief.sign, thief.open, None, True)
    chance = Random(bytes(32), bytes(12))
    lie = change.changed(chain, [mine, *others], "hub.home", paper.ID, paper.keys(SECRET), chance, 9.0)
    assert await it(home).give([lie]) == (1, None)
    assert it(home).status.state == "out"
    told = [r.row.event for r in await home.store.log(kinds=["event"])]  # type: ignore[union-attr]
    assert [one.data["version"] for one in told if one.name == "PaperUsed"] == [chain.version + 1]
    async with World(features=FEATURES, disk=list(home.store.disk), vault=home.vault) as again:
        told = [r.row.event for r in await again.store.log(kinds=["event"])]  # type: ignore[union-attr]
        assert [one.name for one in told].count("PaperUsed") == 1


async def test_the_last_owner_s_screen_goes_only_when_somebody_is_sure(home: World, phone: Screen) -> None:
    """Signed out, its person taken out or an owner no more: without a code on paper nobody could be let in then."""
    session = await owner(home)
    mei, tablet = Screen(home, "meis-phone", "mei"), Screen(home, "tablet")
    await mei.let_in(phone, "member")
    await home.hub.household.write("person", "tom", {"name": "Tom", "role": "owner"}, home.context())
    ways = (
        ("people.revoke", {"device": ANNA}),
        ("people.change", {"person": "anna", "role": "member"}),
        ("people.remove", {"person": "anna"}),
    )
    as_tom = await home.session("tom", "owner", signed_in_at=home.clock.now())
    for name, data in ways:
        with pytest.raises(LastOwnersScreen):
            await as_tom.call(name, data)
    assert it(home).member(ANNA) is not None and "anna" in home.hub.household.records("person")
    # Who may not do it is told nothing of it.
    for name, data in ways:
        with pytest.raises((NotAllowed, NotFound)):
            await mei.session.call(name, data)
    # What takes nobody's way away needs no second word.
    await as_tom.call("people.change", {"person": "anna", "role": "owner"})
    await as_tom.call("people.change", {"person": "anna", "color": "#5bd99a"})
    await as_tom.call("people.revoke", {"device": "meis-phone"})
    # Neither does it with another owner's screen, or with a code on paper.
    await tablet.let_in(phone)
    await as_tom.call("people.revoke", {"device": ANNA})
    await until(lambda: it(home).member(ANNA) is None)
    with pytest.raises(LastOwnersScreen):
        await as_tom.call("people.revoke", {"device": "tablet"})
    await session.call("keys.paper", made())
    with pytest.raises(LastOwnersScreen):
        await as_tom.call("people.revoke", {"device": "tablet"})
    await tablet.vouch(paper.ID)
    await as_tom.call("people.revoke", {"device": "tablet"})
    await until(lambda: it(home).member("tablet") is None)


async def test_who_is_sure_signs_it_out(home: World, phone: Screen) -> None:
    session = await owner(home)
    await session.call("people.revoke", {"device": ANNA, "sure": True})
    await until(lambda: it(home).member(ANNA) is None)
    assert it(home).status.bound and it(home).status.letting == "vouched"
