"""Files on a running hub: whose they are, what counts as whole, what a full disk and a power cut leave, until when they
stay."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, it
from tests.hub.two_sites import Two, until
from tests.world import World, car
from wayhome.adapters.footage_disk import DiskFootage, DiskSpace
from wayhome.core.value import Fact
from wayhome.errors import (
    BadInput,
    Conflict,
    Moved,
    NotAllowed,
    NotFound,
    NotWhileDriving,
    StoreError,
    TooLarge,
    Unreachable,
)
from wayhome.features.files import feature as files
from wayhome.features.files import model
from wayhome.features.files.keeper import Keeper, keeper
from wayhome.features.files.model import DIGEST, SEALED, STRIDE
from wayhome.features.notices import feature as notices
from wayhome.sealing.pieces import OVER, PART, PIECE

pytestmark = pytest.mark.anyio
ALL = FEATURES | {"files": files, "notices": notices}


class Disk(DiskFootage):
    """A folder on a disk whose room a test chooses."""

    free = 100 * 2**30

    def disk(self) -> DiskSpace:
        return DiskSpace(200 * 2**30, self.free)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[World]:
    async with World(features=ALL, files=Disk(tmp_path / "files")) as world:
        await world.person("anna", "owner")
        yield world


@pytest.fixture
async def phone(home: World) -> Screen:
    screen = Screen(home, ANNA)
    await screen.let_in()
    return screen


def pieces(size: int) -> list[bytes]:
    """Sealed pieces, as the hub takes them: it can't tell."""
    lengths = [min(PIECE, size - at) for at in range(0, size, PIECE)]
    return [os.urandom(length + -(-length // PART) * OVER) for length in lengths]


async def offer(screen: Screen, size: int, **more: Any) -> Any:
    said = screen.sealed("holiday.mp4", kind="file")
    return await screen.session.call("files.offer", {**said, "size": size, **more})


async def put(screen: Screen, id: str, index: int, piece: bytes) -> int:
    it = keeper(screen.world.hub)
    return await it.put(it.find(screen.person, screen.id, id), index, piece, sha256(piece).hexdigest())


async def finish(screen: Screen, id: str, all: list[bytes]) -> Any:
    root = sha256(b"".join(sha256(piece).digest() for piece in all)).hexdigest()
    said = screen.sealed("holiday.mp4", id=id, kind="file")
    return await screen.session.call("files.finish", {**said, "root": root})


async def sent(screen: Screen, size: int = PIECE + 5, **more: Any) -> Any:
    """A whole file."""
    shown, all = await offer(screen, size, **more), pieces(size)
    for index, piece in enumerate(all):
        await put(screen, shown.id, index, piece)
    return await finish(screen, shown.id, all)


async def listed(screen: Screen) -> list[str]:
    return [one.id for one in (await screen.session.call("files.list")).files]


async def test_nothing_is_whole_before_all_of_it_is_there(home: World, phone: Screen) -> None:
    it, size = keeper(home.hub), 2 * PIECE + 77
    all = pieces(size)
    shown = await offer(phone, size)
    assert (shown.pieces, shown.have, shown.state) == (3, 0, "coming")
    assert await put(phone, shown.id, 0, all[0]) == 1
    assert await put(phone, shown.id, 0, all[0]) == 1, "an answer was lost: the same once more is taken for what it is"
    for index, piece in ((0, os.urandom(len(all[0]))), (7, all[1]), (1, all[1][:-1]), (2, all[1])):
        with pytest.raises((BadInput, Conflict)):
            await put(phone, shown.id, index, piece)
    with pytest.raises(BadInput, match="changed on its way"):
        await it.put(it.find("anna", phone.id, shown.id), 1, all[1], sha256(all[2]).hexdigest())
    for early in (all, all[:1]):
        with pytest.raises(Conflict, match="1 of its 3"):
            await finish(phone, shown.id, early)
    with pytest.raises(NotFound):
        await it.piece(it.find("anna", phone.id, shown.id), 0)
    for index in (1, 2):
        await put(phone, shown.id, index, all[index])
    with pytest.raises(BadInput, match="not what was sent"):
        await finish(phone, shown.id, [all[1], all[0], all[2]])
    whole = await finish(phone, shown.id, all)
    assert (whole.state, whole.have) == ("whole", 3)
    assert [await it.piece(it.find("anna", phone.id, shown.id), n) for n in range(3)] == all
    with pytest.raises(Conflict):
        await put(phone, shown.id, 2, all[2])
    # An empty file has no pieces, and is whole when it is said to be.
    assert (await sent(phone, 0)).pieces == 0


async def test_whose_a_file_is(home: World, phone: Screen) -> None:
    tablet, mei = Screen(home, "tablet"), Screen(home, "meisphone", "mei")
    await tablet.let_in(phone)
    await mei.let_in(phone, "member")
    mine = (await sent(phone)).id
    for_mei = (await sent(phone, to=[mei.id])).id
    for_all = (await sent(phone, everybody=True)).id
    assert set(await listed(tablet)) == {mine, for_mei, for_all} and set(await listed(mei)) == {for_mei, for_all}
    for name in ("got", "remove"):
        with pytest.raises(NotFound):
            await mei.session.call(f"files.{name}", {"id": mine})
    with pytest.raises(NotAllowed):
        await mei.session.call("files.remove", {"id": for_mei})
    for bad in (
        {"to": [tablet.id], "everybody": True},
        {"to": ["nobody"]},
        {"size": -1},
        {"id": "../x:" + "0" * 26},
        {"frame": "AAAA"},
    ):
        said = {**phone.sealed("x", kind="file"), "size": 1, **bad}
        with pytest.raises((BadInput, NotAllowed)):
            await phone.session.call("files.offer", said)
    with pytest.raises(NotAllowed):
        await mei.session.call("files.offer", {**mei.sealed("x", id="anna:" + "9" * 26, kind="file"), "size": 1})
    # Nor does one's own file take the place of theirs, whatever it is called.
    before = await listed(mei)
    fake = await mei.session.call("files.offer", {**mei.sealed("x", id="mei" + for_all[4:], kind="file"), "size": 9})
    await put(mei, fake.id, 0, pieces(9)[0])
    theirs = keeper(home.hub).find("anna", phone.id, for_all)
    assert len(await keeper(home.hub).piece(theirs, 1)) == OVER + 5 and set(await listed(mei)) == {*before, fake.id}
    with pytest.raises(TooLarge):
        await offer(phone, model.MOST + 1)
    # Another screen's frame, or another record's, is no file's.
    with pytest.raises(BadInput):
        await phone.session.call("files.offer", {**tablet.sealed("x", id="anna:" + "8" * 26, kind="file"), "size": 1})
    with pytest.raises(BadInput):
        await phone.session.call("files.offer", {**phone.sealed("x"), "size": 1})
    screens = (await mei.session.call("files.screens")).screens
    assert (screens[0].id, screens[0].mine, screens[0].this) == (mei.id, True, True) and len(screens) == 3


async def test_a_power_cut_leaves_what_was_acknowledged(home: World, phone: Screen, tmp_path: Path) -> None:
    size = 3 * PIECE + 1
    all = pieces(size)
    shown = await offer(phone, size)
    for index in (0, 1):
        await put(phone, shown.id, index, all[index])
    place = next(tmp_path.joinpath("files").iterdir())
    assert place.stat().st_size == 2 * STRIDE
    for tail in (b"x" * 100, os.urandom(DIGEST) + all[2], sha256(all[2]).digest() + all[2][:-1] + b"?"):
        with place.open("ab") as broken:
            broken.write(tail)
        again = Keeper(home.hub, type(keeper(home.hub).shelf)(Disk(tmp_path / "files")))
        one = again.find("anna", phone.id, shown.id)
        assert await again.shelf.have(one) == 2, "what was never acknowledged does not count"
        assert place.stat().st_size == 2 * STRIDE
    for index in (2, 3):
        await again.put(one, index, all[index], sha256(all[index]).hexdigest())
    home.hub.extra["files"] = again
    await finish(phone, shown.id, all)
    one = again.find("anna", phone.id, shown.id)
    assert await again.piece(one, 3) == all[3]
    # A disk that gives back something else says so.
    with place.open("r+b") as broken:
        broken.seek(DIGEST + 1000)
        broken.write(b"rotten")
    with pytest.raises(StoreError, match="damaged"):
        await again.piece(one, 0)


async def test_a_full_disk_stops_files_before_it_stops_the_household(home: World, phone: Screen) -> None:
    disk = keeper(home.hub).shelf.disk
    assert isinstance(disk, Disk)
    size = 4 * PIECE
    all = pieces(size)
    disk.free = 2**30 + 3 * PIECE
    with pytest.raises(StoreError, match="no room"):
        await offer(phone, size)
    disk.free = 100 * 2**30
    shown = await offer(phone, size)
    for index in range(3):
        await put(phone, shown.id, index, all[index])
    # Somebody else has filled the disk meanwhile.
    disk.free = 2**30 + PIECE // 2
    with pytest.raises(StoreError, match="full"):
        await put(phone, shown.id, 3, all[3])
    assert (await phone.session.call("files.kept", {"id": shown.id})).have == 3
    disk.free = 100 * 2**30
    await put(phone, shown.id, 3, all[3])
    await finish(phone, shown.id, all)
    # What is on its way has its room already, and all of them have their share.
    for _ in range(5):
        await offer(phone, model.MOST)
    with pytest.raises(StoreError, match="30 %"):
        await offer(phone, model.MOST)
    for one in await listed(phone):
        await phone.session.call("files.remove", {"id": one})
    home.clock.move(61)
    await keeper(home.hub).sweep()
    assert await disk.names() == {} and await listed(phone) == []


async def test_a_file_without_its_pieces_hides_no_others(home: World, phone: Screen) -> None:
    """As after a backup was put back, which holds none."""
    whole, lost = await sent(phone), await offer(phone, 10)
    await keeper(home.hub).shelf.forget(keeper(home.hub).find("anna", phone.id, lost.id).file)
    shown = (await phone.session.call("files.list")).files
    assert {one.id: one.have for one in shown} == {whole.id: 2, lost.id: 0}
    await phone.session.call("files.remove", {"id": lost.id})


async def test_many_at_once_find_the_room_that_one_finds(home: World, phone: Screen) -> None:
    most = 200 * 2**30 * model.SHARE // 100 // model.MOST
    said = [{**phone.sealed("x", kind="file"), "size": model.MOST - 2**27} for _ in range(most + 3)]
    calls = (phone.session.call("files.offer", one) for one in (*said, said[0]))
    came = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(one, StoreError) for one in came) == 3 and len(await listed(phone)) == most
    assert came[0] == came[-1], "the same one once more is the same"


async def test_files_go_by_themselves_and_come_back_for_a_minute(home: World, phone: Screen) -> None:
    it = keeper(home.hub)
    a, b = await sent(phone), await offer(phone, 10)
    await phone.session.call("files.remove", {"id": a.id})
    with pytest.raises(NotFound):
        await it.piece(it.find("anna", phone.id, a.id), 0)
    home.clock.move(50)
    await it.sweep()
    await phone.session.call("files.put_back", {"id": a.id})
    assert len(await it.piece(it.find("anna", phone.id, a.id), 0)) == SEALED
    await it.shelf.disk.write("01jd0000000000000000000000.file", b"nobody's")
    home.clock.move(model.WAITS)
    await it.sweep()
    assert await listed(phone) == [a.id] and len(await it.shelf.disk.names()) == 1
    with pytest.raises(NotFound):
        await put(phone, b.id, 0, pieces(10)[0])
    home.clock.move(model.LASTS - model.WAITS)
    await it.sweep()
    assert await listed(phone) == [] and await it.shelf.disk.names() == {}


async def test_who_drives_is_told_and_gets_nothing(home: World, phone: Screen) -> None:
    home.puppet.host.announce([car("su7")])
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 50.0), Fact("su7/Vehicle.LowVoltageSystemState", "ON")])
    wheel = Screen(home, "wheel", "mei")
    await wheel.let_in(phone, "member")
    shown = await sent(phone, to=[wheel.id])
    await until(lambda: home.hub.household.published.find(f"@now/file/@came/mei:{shown.id}") is not None)
    seat: dict[str, Any] = {"device": "wheel", "seat": "driver", "car": "su7"}
    driver = await home.session("mei", "member", **seat)
    home.hub.household.every_moment()
    told = (await driver.call("notices.list")).notices
    assert [(one.kind, one.values) for one in told] == [("file", {})], "that something came, and nothing to read"
    for name, data in (("list", {}), ("got", {"id": shown.id}), ("remove", {"id": shown.id})):
        with pytest.raises(NotWhileDriving):
            await driver.call(f"files.{name}", data)
    # Nobody's screen is told of what is not for it, not even an owner's.
    assert (await phone.session.call("notices.list")).notices == []
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 0.0), Fact("su7/Vehicle.LowVoltageSystemState", "OFF")])
    home.clock.move(30)
    home.hub.household.every_moment()
    told = (await wheel.session.call("notices.list")).notices
    assert [(one.values["name"], one.until) for one in told if one.kind == "file"] == [(ANNA, None)]
    await wheel.session.call("files.got", {"id": shown.id})
    await until(lambda: home.hub.household.published.find(f"@now/file/@came/mei:{shown.id}").fact is None)  # type: ignore[union-attr]
    told = (await wheel.session.call("notices.list")).notices
    assert [one.until is not None for one in told if one.kind == "file"] == [True]
    assert (await phone.session.call("files.list")).files[0].got == [wheel.id]


async def test_a_file_of_the_other_site_is_fetched_over_the_sites_road(tmp_path: Path) -> None:
    two = Two(ALL, disks=(Disk(tmp_path / "home"), Disk(tmp_path / "car")))
    await two.open()
    try:
        await until(lambda: it(two.home).status.state == "in")
        await it(two.car).adopt(it(two.home).anchor)
        phone = Screen(two.home, ANNA)
        await phone.let_in()
        await two.met()
        size, here, there = PIECE + 5, keeper(two.home.hub), keeper(two.car.hub)
        shown, all = await offer(phone, size), pieces(size)
        await until(lambda: len(there.all()) == 1)
        wheel = await two.car.session("anna", "owner", device="wheel")
        listed = (await wheel.call("files.list")).files
        assert [(one.here, one.site, one.have) for one in listed] == [(False, "home", None)]
        with pytest.raises(Moved):
            await wheel.call("files.kept", {"id": shown.id})
        for index, piece in enumerate(all):
            await put(phone, shown.id, index, piece)
        with pytest.raises(NotFound):
            await there.piece(there.find("anna", "wheel", shown.id), 0)
        await finish(phone, shown.id, all)
        await until(lambda: there.all()[0].state == "whole")
        one = there.find("anna", "wheel", shown.id)
        assert [await there.piece(one, n) for n in range(2)] == all
        assert await there.shelf.disk.names() == {}, "it is passed on, not kept"
        for bad in ("", "x", f"{shown.id} 0", f"{shown.id} 0 -1", f"{shown.id} 99 0", f"{shown.id} 0 0 0"):
            with pytest.raises(NotFound):
                await here.handing.part(bad)
        # A hub whose clock is wrong lets no file of another one go.
        two.car.clock.at += 2 * model.LASTS
        await there.sweep()
        assert len(there.all()) == 1
        two.car.clock.at -= 2 * model.LASTS
        # What was removed there is gone here; and without a road it says so.
        await wheel.call("files.remove", {"id": shown.id})
        await until(lambda: here.all()[0].removed is not None)
        await phone.session.call("files.put_back", {"id": shown.id})
        await until(lambda: there.all()[0].removed is None)
        await two.road.cut()
        with pytest.raises(Unreachable):
            await there.piece(one, 0)
    finally:
        await two.car.__aexit__()
        await two.home.__aexit__()
