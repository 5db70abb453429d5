"""The clipboard on a running hub: what is taken in, what is refused, and until when it stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, it
from tests.hub.two_sites import until
from tests.world import World, car
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Conflict, NotFound, NotWhileDriving, SignInNeeded
from wayhome.features.clipboard.keeper import MOST, PINNED, keeper
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
    ):
        with pytest.raises(NotWhileDriving):
            await driver.call(f"clipboard.{name}", data)
    assert await phone.opened() == ["secret"]
