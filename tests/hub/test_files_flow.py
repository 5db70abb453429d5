"""Files that are still on their way: what of them is handed out, whose room is kept, and what a bad moment leaves."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from tests.hub.grouped import ANNA, Screen, it
from tests.hub.test_files import ALL, Disk, finish, home, offer, phone, pieces, put, sent
from tests.hub.two_sites import Two, until
from tests.world import World
from wayhome.errors import Locked, Moved, NotFound, Refused, StoreError, TooMany
from wayhome.features.files import handing, model, room
from wayhome.features.files.keeper import keeper
from wayhome.features.files.model import STRIDE
from wayhome.sealing.pieces import OVER, PIECE

pytestmark = pytest.mark.anyio
__all__ = ["home", "phone"]


async def test_pieces_go_out_as_they_come_and_the_last_one_when_it_is_whole(
    home: World, phone: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands, size = keeper(home.hub).handing, 2 * PIECE + 9
    all = pieces(size)
    shown = await offer(phone, size)

    def now() -> model.Offer:
        return keeper(home.hub).find("anna", phone.id, shown.id)

    waiting = asyncio.create_task(hands.comes(now(), 0))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    await put(phone, shown.id, 0, all[0])
    assert await hands.arriving(await waiting, 0) == all[0]
    last = asyncio.create_task(hands.comes(now(), 2))
    for index in (1, 2):
        await put(phone, shown.id, index, all[index])
    assert await hands.arriving(await hands.comes(now(), 1), 1) == all[1]
    await asyncio.sleep(0.01)
    assert not last.done(), "all of it has come, and nobody has said that this is all of it"
    with pytest.raises(NotFound):
        await hands.arriving(now(), 2)
    monkeypatch.setattr(handing, "PATIENCE", 0.01)
    with pytest.raises(Locked):
        await hands.comes(now(), 2)
    with pytest.raises(NotFound):
        await keeper(home.hub).piece(now(), 0)
    await finish(phone, shown.id, all)
    assert await hands.arriving(await last, 2) == all[2]
    # Who waits for what is taken away hears of it at once.
    other = await offer(phone, size)
    monkeypatch.setattr(handing, "PATIENCE", 60.0)
    waiting = asyncio.create_task(hands.comes(keeper(home.hub).find("anna", phone.id, other.id), 0))
    await asyncio.sleep(0.01)
    await phone.session.call("files.remove", {"id": other.id})
    async with asyncio.timeout(20):
        gone = await waiting
    with pytest.raises(NotFound):
        await hands.arriving(gone, 0)


async def test_nobody_is_told_that_a_file_is_whole_before_that_is_on_the_disk(home: World, phone: Screen) -> None:
    size = PIECE + 5
    shown, all = await offer(phone, size), pieces(size)
    for index, piece in enumerate(all):
        await put(phone, shown.id, index, piece)
    store = home.hub.ports.store
    ready, append = asyncio.Event(), store.append

    def slow(rows: Any) -> asyncio.Future[None]:
        async def later() -> None:
            await ready.wait()
            await append(rows)

        return asyncio.ensure_future(later())

    store.append = slow  # type: ignore[method-assign]
    ends = asyncio.create_task(finish(phone, shown.id, all))
    record = home.hub.household.house.record
    await until(lambda: record("file", shown.id).values()["state"] == "whole")  # type: ignore[union-attr]
    assert (await phone.session.call("files.list")).files[0].state == "coming"
    keeper(home.hub).telling.tell()
    assert home.hub.household.published.find(f"@came/anna:{shown.id}") is None
    with pytest.raises(NotFound):
        await keeper(home.hub).handing.arriving(keeper(home.hub).find("anna", phone.id, shown.id), 1)
    ready.set()
    assert (await ends).state == "whole"


async def test_a_sender_that_goes_amid_a_piece_moves_no_other(home: World, phone: Screen, tmp_path: Path) -> None:
    """The same piece comes twice at once, as after a network that changed; the first one's request has ended."""
    size = 3 * PIECE
    shown, all = await offer(phone, size), pieces(size)
    disk, began, ready = keeper(home.hub).shelf.disk, asyncio.Event(), asyncio.Event()
    patch = disk.patch

    async def slow(*what: Any) -> None:
        began.set()
        await ready.wait()
        await patch(*what)

    disk.patch = slow  # type: ignore[method-assign,assignment]
    first = asyncio.create_task(put(phone, shown.id, 0, all[0]))
    await began.wait()
    first.cancel()
    again = asyncio.create_task(put(phone, shown.id, 0, all[0]))
    await asyncio.sleep(0.05)
    ready.set()
    assert await again == 1
    for index in (1, 2):
        await put(phone, shown.id, index, all[index])
    await finish(phone, shown.id, all)
    one = keeper(home.hub).find("anna", phone.id, shown.id)
    assert [await keeper(home.hub).piece(one, n) for n in range(3)] == all
    # Nor does what lies behind the last piece that counts.
    shown = await offer(phone, size)
    await put(phone, shown.id, 0, all[0])
    place = tmp_path / "files" / keeper(home.hub).find("anna", phone.id, shown.id).file
    with place.open("ab") as broken:
        broken.write(b"half of a piece")
    await put(phone, shown.id, 1, all[1])
    assert place.read_bytes()[STRIDE + model.DIGEST :] == all[1]


async def test_room_that_is_promised_and_not_used_is_given_to_others(home: World, phone: Screen) -> None:
    mei = Screen(home, "meisphone", "mei")
    await mei.let_in(phone, "member")
    mine = [await offer(phone, model.MOST) for _ in range(3)]
    with pytest.raises(StoreError, match="your share"):
        await offer(phone, model.MOST)
    theirs = [await offer(mei, model.MOST) for _ in range(2)]
    with pytest.raises(StoreError, match="30 %"):
        await offer(mei, model.MOST)
    piece = pieces(PIECE)[0]
    home.clock.move(room.LAPSES - 1)
    await put(phone, mine[0].id, 0, piece)
    home.clock.move(1)
    # All others have lapsed by now.
    theirs += [await offer(mei, model.MOST) for _ in range(3)]
    assert await put(phone, mine[1].id, 0, piece) == 1, "what goes on has its room, where there is some"
    with pytest.raises(StoreError, match="30 %"):
        await put(phone, mine[2].id, 0, piece)
    await mei.session.call("files.remove", {"id": theirs[-1].id})
    home.clock.move(61)
    await keeper(home.hub).sweep()
    assert await put(phone, mine[2].id, 0, piece) == 1


async def test_what_is_removed_makes_room_at_once_and_comes_back_where_there_is_room(
    home: World, phone: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "PER_PERSON", 2)
    one, _ = [await sent(phone, 5) for _ in range(2)]
    with pytest.raises(TooMany, match="at most 2 files"):
        await sent(phone, 5)
    await phone.session.call("files.put_back", {"id": one.id})  # it was never away
    await phone.session.call("files.remove", {"id": one.id})
    third = await sent(phone, 5)
    with pytest.raises(TooMany, match="at most 2 files"):
        await phone.session.call("files.put_back", {"id": one.id})
    await phone.session.call("files.remove", {"id": third.id})
    await phone.session.call("files.put_back", {"id": one.id})


async def test_what_is_put_back_while_others_go_stays(home: World, phone: Screen) -> None:
    it = keeper(home.hub)
    gone, kept = [await sent(phone, 5) for _ in range(2)]
    for one in (gone, kept):
        await phone.session.call("files.remove", {"id": one.id})
    home.clock.move(61)
    delete = home.hub.household.delete

    async def slow(collection: str, item: str, context: Any) -> None:
        home.hub.household.delete = delete  # type: ignore[method-assign]
        await delete(collection, item, context)
        other = ({gone.id, kept.id} - {item}).pop()
        await home.hub.household.write("file", other, {"removed": None}, home.context())

    home.hub.household.delete = slow  # type: ignore[method-assign]
    await it.sweep()
    left = [one.id for one in it.all()]
    assert len(left) == 1
    assert len(await it.piece(it.find("anna", phone.id, left[0]), 0)) == OVER + 5
    late = ({gone.id, kept.id} - {*left}).pop()
    with pytest.raises(NotFound):
        await phone.session.call("files.put_back", {"id": late})
    assert [one.id for one in it.all()] == left, "what is gone comes not back as half a record"


async def test_what_is_on_its_way_elsewhere_is_refused_and_a_bad_hub_is_not_asked_on_and_on(
    tmp_path: Path,
) -> None:
    two = Two(ALL, disks=(Disk(tmp_path / "home"), Disk(tmp_path / "car")))
    await two.open()
    try:
        await until(lambda: it(two.home).status.state == "in")
        await it(two.car).adopt(it(two.home).anchor)
        screen = Screen(two.home, ANNA)
        await screen.let_in()
        await two.met()
        size, there = PIECE + 5, keeper(two.car.hub)
        shown, all = await offer(screen, size), pieces(size)
        await put(screen, shown.id, 0, all[0])
        await until(lambda: len(there.all()) == 1)
        with pytest.raises(Moved, match="still on its way to the hub home"):
            await there.handing.comes(there.find("anna", "wheel", shown.id), 0)
        await put(screen, shown.id, 1, all[1])
        await finish(screen, shown.id, all)
        await until(lambda: there.all()[0].state == "whole")
        one = await there.handing.comes(there.find("anna", "wheel", shown.id), 0)
        assert await there.handing.arriving(one, 0) == all[0]
        asked = 0

        async def tiny(about: str) -> bytes:
            nonlocal asked
            asked += 1
            return os.urandom(1)

        two.home.hub.sites.fetching.part = tiny
        with pytest.raises(Refused):
            await there.piece(one, 0)
        assert asked == 1
    finally:
        await two.car.__aexit__()
        await two.home.__aexit__()
