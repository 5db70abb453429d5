"""The clipboard on a running hub: what is taken in, what is refused, and until when it stays."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, it
from tests.hub.two_sites import until
from tests.world import World, car
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Conflict, NotFound, NotWhileDriving, SignInNeeded, StoreError
from wayhome.features.clipboard import images
from wayhome.features.clipboard.keeper import keeper
from wayhome.features.clipboard.model import IMAGE, IMAGES, MOST, PINNED
from wayhome.features.notices import feature as notices
from wayhome.hub.texts import Copied, texts
from wayhome.sealing import keys

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


async def test_the_clipboard_s_entries(home: World, phone: Screen) -> None:
    tablet = Screen(home, "tablet")
    await tablet.let_in(phone)
    await phone.put("one")
    await tablet.put("two", id="ALL:" + "0" * 26)
    assert await phone.opened() == await tablet.opened() and set(await phone.opened()) == {"one", "two"}
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    assert await mei.opened() == ["two"]
    with pytest.raises(NotFound):
        await mei.session.call("clipboard.remove", {"id": "anna:" + f"{1:026d}"})
    # Nobody puts for another person, for another screen, or as one who is not in the group.
    for bad in (
        mei.sealed("x", id="anna:" + "9" * 26),
        phone.sealed("x") | {"frame": "AAAA"},
        {"id": "../x", "frame": "A"},
    ):
        with pytest.raises(BadInput):
            await mei.session.call("clipboard.put", bad)
    with pytest.raises(BadInput):
        await phone.session.call("clipboard.put", tablet.sealed("x"))
    for one in (await phone.session.call("clipboard.list")).entries:
        await phone.session.call("clipboard.remove", {"id": one.id})
    assert await tablet.opened() == []


async def test_what_was_there_once_does_not_come_again(home: World, phone: Screen) -> None:
    first = phone.sealed("the old word")
    shown = await phone.session.call("clipboard.put", first)
    assert (await phone.session.call("clipboard.put", first)).id == shown.id, (
        "an answer was lost: asked again, it is there"
    )
    with pytest.raises(Conflict):
        await phone.put("another", id=shown.id)
    await phone.session.call("clipboard.remove", {"id": shown.id})
    with pytest.raises(Conflict):
        await phone.session.call("clipboard.put", first)
    await phone.put("new", counter=50)
    with pytest.raises(Conflict):
        await phone.put("older", counter=50)
    # Sealed before somebody was put out: sealed anew, or not at all.
    tablet = Screen(home, "tablet")
    await tablet.let_in(phone)
    late = phone.sealed("late", counter=60)
    await tablet.out()
    await until(lambda: it(home).status.epoch == 2)
    with pytest.raises(Conflict, match="epoch"):
        await phone.session.call("clipboard.put", late)
    await phone.put("late", counter=61)
    assert await phone.opened() == ["late", "new"]
    # Who was put out and keeps trying: with its real keys, in both epochs.
    with pytest.raises(SignInNeeded):
        await tablet.put("from outside", counter=98)
    for epoch in (1, 2):
        with pytest.raises((Conflict, BadInput)):
            # Its session is over; were it to come by another one, its frame is refused all the same.
            said = tablet.sealed("from outside", epoch=epoch, counter=99)
            await keeper(home.hub).put("anna", "tablet", said["id"], said["frame"], False, home.context())


async def test_a_frame_that_nobody_signed_counts_for_nothing(home: World, phone: Screen) -> None:
    """Another site writes what it likes into a record: the sender's count is what the sender has signed."""
    await phone.put("mine")
    keys_of_phone, phone.keys = phone.keys, keys.fresh()
    forged = phone.sealed("x", counter=2**52)["frame"]
    phone.keys = keys_of_phone
    values = {"frame": forged, "by": ANNA, "at": home.clock.now(), "pinned": True}
    await home.hub.household.write("clip", f"anna:{77:026d}", values, home.context())
    await phone.put("and more")
    # Nor after a restart, when the count is made anew of what lies there.
    async with World(features=FEATURES, disk=list(home.store.disk), vault=home.vault) as again:
        screen = Screen(again, ANNA)
        screen.keys, screen.counter, screen.count = phone.keys, phone.counter, phone.count
        screen.session = await again.session("anna", "owner", device=ANNA)
        await screen.put("after it")
        # What its sender signed counts then, too.
        with pytest.raises(Conflict, match="before"):
            await screen.put("older", counter=1)


async def test_entries_go_after_a_day_but_for_those_that_are_pinned(home: World, phone: Screen) -> None:
    a, b = await phone.put("a"), await phone.put("b")
    await phone.session.call("clipboard.pin", {"id": a.id, "pinned": True})
    home.clock.move(86_500)
    await keeper(home.hub).sweep()
    assert await phone.opened() == ["a"] and b.until == pytest.approx(home.clock.now() - 100)
    # The clock was set back: nothing goes before its time, and what was put then has its day.
    home.clock.at -= 3 * 86_400
    c = await phone.put("c")
    await keeper(home.hub).sweep()
    assert set(await phone.opened()) == {"a", "c"} and c.until == pytest.approx(home.clock.now() + 86_400)
    await phone.session.call("clipboard.pin", {"id": a.id, "pinned": False})
    for n in range(MOST):
        await phone.put(str(n))
    assert len(await phone.opened()) == MOST - PINNED and (await phone.opened())[0] == str(MOST - 1)


async def test_a_driver_s_screen_gets_nothing_of_it_while_the_car_moves(home: World, phone: Screen) -> None:
    await phone.put("secret")
    home.puppet.host.announce([car("su7")])
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 50.0), Fact("su7/Vehicle.LowVoltageSystemState", "ON")])
    seat: dict[str, Any] = {"device": "wheel", "seat": "driver", "car": "su7"}
    driver = await home.session("mei", "member", **seat)
    home.hub.household.every_moment()
    for name, data in (
        ("list", {}),
        ("put", phone.sealed("x")),
        ("pin", {"id": "a", "pinned": True}),
        ("remove", {"id": "a"}),
        ("tell", {"id": "a"}),
        ("got", {"id": "a"}),
        ("choose", {"part": False}),
    ):
        with pytest.raises(NotWhileDriving):
            await driver.call(f"clipboard.{name}", data)
    assert await phone.opened() == ["secret"]


async def test_what_is_for_a_minute_is_gone_then_and_is_kept_by_nobody(home: World, phone: Screen) -> None:
    given: list[Copied] = []
    with texts(home.hub).watch(given.append):
        code = await phone.session.call("clipboard.put", {**phone.sealed('{"text": "4711"}'), "brief": True})
        await phone.put('{"text": "an address"}')
    assert [one.text for one in given] == ["an address"], "a phone that has it would keep it"
    assert code.brief and code.until == pytest.approx(home.clock.now() + 60)
    for name, data in (("pin", {"pinned": True}), ("tell", {})):
        with pytest.raises(Conflict):
            await phone.session.call(f"clipboard.{name}", {"id": code.id, **data})
    with pytest.raises(BadInput):
        await phone.session.call("clipboard.put", {**phone.sealed("x"), "brief": True, "pinned": True})
    home.clock.move(61)
    # Also where nobody has swept yet.
    assert await phone.opened() == ['{"text": "an address"}']
    await keeper(home.hub).sweep()
    assert home.hub.household.house.record("clip", code.id).gone  # type: ignore[union-attr]


async def test_a_minute_is_over_also_where_the_clock_is_set_back(home: World, phone: Screen) -> None:
    await phone.session.call("clipboard.put", {**phone.sealed("4711"), "brief": True})
    await phone.put("stays")
    home.clock.at -= 20  # a clock that is put right
    assert len(await phone.opened()) == 2
    home.clock.at -= 86_400
    assert await phone.opened() == ["stays"]
    await keeper(home.hub).sweep()
    assert len(home.hub.household.records("clip")) == 1


async def test_each_chooses_how_long_theirs_lasts(home: World, phone: Screen) -> None:
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    with pytest.raises(BadInput):
        await phone.session.call("clipboard.choose", {"lasts": 1e9})
    await phone.session.call("clipboard.choose", {"lasts": 3600})
    short, long = await phone.put("anna's"), await mei.put("mei's")
    assert (short.until, long.until) == pytest.approx((home.clock.now() + 3600, home.clock.now() + 86_400))
    assert (await mei.session.call("clipboard.list")).lasts == 86_400
    # Another site writes what it likes: nothing stays for good by that.
    values = {"frame": long.frame, "by": mei.id, "at": home.clock.now(), "pinned": False, "lasts": 1e12}
    await home.hub.household.write("clip", f"mei:{88:026d}", values, home.context())
    home.clock.move(8 * 86_400)
    await keeper(home.hub).sweep()
    assert not home.hub.household.records("clip")
    # What somebody chose who is gone goes with them.
    await home.hub.household.delete("person", "anna", home.context())
    await keeper(home.hub).sweep()
    assert "anna" not in home.hub.household.records("clip_choice")


async def test_a_screen_that_takes_no_part_is_shown_and_hands_in_nothing(home: World, phone: Screen) -> None:
    tablet = Screen(home, "tablet")
    await tablet.let_in(phone)
    entry = await phone.put("one")
    assert (await phone.session.call("clipboard.tell", {"id": entry.id})).screens == 1
    assert told(home, f"@came_text/anna:{entry.id}")
    assert not (await tablet.session.call("clipboard.choose", {"part": False})).part
    assert told(home, f"@came_text/anna:{entry.id}") is None, "it is told of nothing"
    assert (await tablet.session.call("clipboard.list")).entries == []
    with pytest.raises(Conflict, match="no part"):
        await tablet.put("x")
    for name, data in (("remove", {}), ("pin", {"pinned": True}), ("got", {}), ("tell", {})):
        with pytest.raises(Conflict, match="no part"):
            await tablet.session.call(f"clipboard.{name}", {"id": entry.id, **data})
    with pytest.raises(NotFound):
        await phone.session.call("clipboard.tell", {"id": entry.id})
    assert await phone.opened() == ["one"], "the others go on"
    await tablet.session.call("clipboard.choose", {"part": True})
    assert await tablet.opened() == ["one"]
    await tablet.out()
    await keeper(home.hub).sweep()
    assert not home.hub.household.records("clip_screen")


async def test_screens_are_told_until_they_have_shown_it(home: World, phone: Screen) -> None:
    tablet, mei = Screen(home, "tablet"), Screen(home, "meis-phone", "mei")
    await tablet.let_in(phone)
    await mei.let_in(phone, "member")
    entry = await phone.put("one")
    path = f"@came_text/anna:{entry.id}"

    await phone.session.call("clipboard.tell", {"id": entry.id})
    assert told(home, path) == {"name": ANNA, "to": ["tablet"]}, "not to who tells, nor to somebody else"
    assert tablet.session.may("read", path) and not mei.session.may("read", path)
    assert [one.told for one in (await tablet.session.call("clipboard.list")).entries] == [True]
    await tablet.session.call("clipboard.got", {"id": entry.id})
    assert told(home, path) is None
    # The tablet tells the phones, as of a number that is to be called.
    assert (await tablet.session.call("clipboard.tell", {"id": entry.id, "phones": True})).screens == 1
    assert told(home, path) == {"name": ANNA, "to": [ANNA]}
    # A hub that comes up again tells it still.
    async with World(features=FEATURES, disk=list(home.store.disk), vault=home.vault) as again:
        assert told(again, path)
    await phone.session.call("clipboard.remove", {"id": entry.id})
    assert told(home, path) is None


def told(world: World, path: str) -> Any:
    """What a person's screens are told at a path."""
    shown = world.hub.household.published.find(path)
    return shown.fact[0] if shown is not None and shown.fact is not None else None


async def put_image(screen: Screen, content: bytes, **more: Any) -> Any:
    said = screen.sealed("image")
    it, context = keeper(screen.world.hub), screen.world.context()
    return await it.put("anna", screen.id, said["id"], said["frame"], False, context, image=content, **more)


async def test_an_image_lies_there_as_long_as_its_entry(home: World, phone: Screen) -> None:
    async def hashes() -> set[str]:
        return {one async for one in home.hub.blobs.hashes()}

    entry = await put_image(phone, b"x" * 500)
    assert (await phone.session.call("clipboard.list")).entries[0].image == 500
    assert await keeper(home.hub).images.of(entry) == b"x" * 500 and len(await hashes()) == 1
    for bad in (b"", b"x" * 28, b"x" * (IMAGE + 29)):
        with pytest.raises(BadInput):
            await put_image(phone, bad)
    for n in range(IMAGES + 2):
        await put_image(phone, b"%d" % n * 40)
    assert len(await phone.opened()) == IMAGES
    await until(lambda: entry.id not in home.hub.household.records("clip"))
    for one in (await phone.session.call("clipboard.list")).entries:
        await phone.session.call("clipboard.remove", {"id": one.id})
    for _ in range(200):
        if not await hashes():
            break
        await asyncio.sleep(0.01)
    assert not await hashes()


async def test_another_site_reads_and_deletes_nothing_by_an_image_s_name(home: World, phone: Screen) -> None:
    """It names a file of another feature as an entry's image."""
    track = await home.hub.blobs.put(b"the track of a drive")
    frame = phone.sealed("x")["frame"]
    values: dict[str, Any] = {"frame": frame, "by": ANNA, "at": home.clock.now(), "image": track, "size": 9}
    await home.hub.household.write("clip", f"anna:{55:026d}", values, home.context())
    entry = keeper(home.hub).find("anna", f"anna:{55:026d}")
    with pytest.raises(NotFound):
        await keeper(home.hub).images.of(entry)
    await phone.session.call("clipboard.remove", {"id": entry.id})
    await asyncio.sleep(0.1)
    assert await home.hub.blobs.get(track) == b"the track of a drive"


async def test_an_image_that_did_not_reach_the_disk_is_in_no_list(
    home: World, phone: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(self: object, sealed: bytes) -> None:
        raise StoreError("the disk is full")

    async def dies(self: object, sealed: bytes) -> None:
        raise SystemExit

    monkeypatch.setattr(images.Images, "keep", full)
    with pytest.raises(StoreError):
        await put_image(phone, b"x" * 500)
    assert not home.hub.household.records("clip")
    monkeypatch.setattr(images.Images, "keep", dies)
    with pytest.raises(SystemExit):
        await put_image(phone, b"y" * 500)
    assert await phone.opened() == [] and len(home.hub.household.records("clip")) == 1
    home.clock.move(61)
    await keeper(home.hub).sweep()
    assert not home.hub.household.records("clip")


async def test_a_text_makes_a_notice_that_says_nothing_of_it_and_ends_where_it_was_shown() -> None:
    async with World(features={**FEATURES, "notices": notices}) as home:
        await home.person("anna", "owner")
        phone, tablet = Screen(home, ANNA), Screen(home, "tablet")
        await phone.let_in()
        await tablet.let_in(phone)
        entry = await phone.put("canary")
        await phone.session.call("clipboard.tell", {"id": entry.id})
        path = f"@now/text/@came_text/anna:{entry.id}"
        await until(lambda: told(home, path))
        said = (await tablet.session.call("notices.list")).notices
        assert [(one.kind, one.values["name"]) for one in said] == [("text", ANNA)]
        assert "canary" not in str(said) and entry.frame not in str(told(home, path))
        assert (await phone.session.call("notices.list")).notices == [], "who sends it knows"
        await tablet.session.call("clipboard.got", {"id": entry.id})
        await until(lambda: told(home, path) is None)
        assert [one.until is not None for one in (await tablet.session.call("notices.list")).notices] == [True]
