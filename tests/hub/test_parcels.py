"""Files for devices of links, by a link that a test steers: to whom they go, when again, and whose they are."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hub.grouped import ANNA, Screen
from tests.hub.test_files import ALL, Disk, offer
from tests.world import World
from wayhome.core.value import Context
from wayhome.errors import BadInput, NotAllowed, NotFound, Refused, TooMany, Unreachable
from wayhome.features.files import model, to_phones
from wayhome.features.files.keeper import keeper
from wayhome.features.files.model import Offer, carried_id
from wayhome.hub.parcels import Addressee, Handed, Sent, parcels
from wayhome.sealing.pieces import PIECE

pytestmark = pytest.mark.anyio
PHONE = carried_id("annas-phone")
CONTEXT = Context("c", "test")


class Carrier:
    """A link with one phone. ``given``: what it got; ``fails``: what it says to the next ones. ``counted``: what it was
    told of those that go as one: which one, of how many, bytes of all; ``risen``: of which there became more meanwhile.
    ``waits``: it takes nothing until that is set."""

    def __init__(self, person: str = "anna", *, online: bool = True) -> None:
        self.phone = Addressee("annas-phone", "Anna's Phone", "phone", person, online)
        self.given: list[tuple[str, bytes]] = []
        self.fails: list[Exception] = []
        self.tried = 0
        self.counted: list[tuple[int, int, int]] = []
        self.risen: list[tuple[int, int]] = []
        self.waits = asyncio.Event()
        self.waits.set()

    def addressees(self) -> list[Addressee]:
        return [self.phone]

    async def give(self, thing: str, file: Handed) -> None:
        assert thing == self.phone.thing
        self.tried += 1
        self.counted.append((file.number, file.of, file.total))
        await self.waits.wait()
        if self.fails:
            raise self.fails.pop(0)
        got = b"".join([piece async for piece in file.pieces()])
        file.gone(len(got))
        self.given.append((file.name, got))

    def more(self, thing: str, of: int, total: int) -> None:
        assert thing == self.phone.thing
        self.risen.append((of, total))


@pytest.fixture
async def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(to_phones, "AGAIN", (0.01, 0.01))
    async with World(features=ALL, files=Disk(tmp_path / "files")) as world:
        await world.person("anna", "owner")
        yield world


@pytest.fixture
async def screen(home: World) -> Screen:
    screen = Screen(home, ANNA)
    await screen.let_in()
    return screen


async def soon(true: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.005)


async def came(home: World, content: bytes, person: str = "anna", name: str = "a film.mp4") -> Offer:
    """A whole file, as a person's phone has sent it."""
    before = {one.id for one in keeper(home.hub).all()}
    sent = Sent(person, "other-phone", name, "video/mp4", len(content))
    async with parcels(home.hub).take(sent, lambda: None, CONTEXT) as coming:
        for at in range(0, len(content), PIECE):
            await coming.put(content[at : at + PIECE])
        await coming.whole()
    [fresh] = [one for one in keeper(home.hub).all() if one.id not in before]
    return fresh


async def shown(screen: Screen, id: str) -> Any:
    files = (await screen.session.call("files.list", {})).files
    return next(one for one in files if one.id == id)


async def test_a_phone_is_one_of_the_screens_and_gets_what_is_handed_to_it(home: World, screen: Screen) -> None:
    carrier, content = Carrier(), os.urandom(PIECE + 5)
    with parcels(home.hub).carry(carrier):
        [phone] = [one for one in (await screen.session.call("files.screens", {})).screens if one.carried]
        assert (phone.id, phone.name, phone.mine) == (PHONE, "Anna's Phone", True)
        file = await came(home, content)
        assert not carrier.tried, "nothing is put onto a phone that was not named"
        said = await shown(screen, file.id)
        assert (said.state, said.via, said.mine, said.handed) == ("whole", carried_id("other-phone"), True, [])
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: carrier.given == [("a film.mp4", content)])
        await soon(lambda: PHONE in keeper(home.hub).find("anna", None, file.id).got)
        assert (await shown(screen, file.id)).handed == []
        with pytest.raises(NotFound):
            await screen.session.call("files.hand", {"id": file.id, "screen": carried_id("toms-phone")})
    with pytest.raises(NotFound):
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})


async def test_a_file_may_name_one_s_own_phone_only(home: World, screen: Screen) -> None:
    with parcels(home.hub).carry(Carrier("tom")), pytest.raises(BadInput):
        await offer(screen, 5, to=[PHONE])
    with parcels(home.hub).carry(Carrier()):
        assert (await offer(screen, 5, to=[PHONE])).to == [PHONE]


async def test_what_did_not_go_through_is_tried_again_and_no_other_waits_for_it(home: World, screen: Screen) -> None:
    carrier = Carrier()
    carrier.fails = [Unreachable("not now"), Unreachable("not now")]
    with parcels(home.hub).carry(carrier):
        one, other = await came(home, b"one", name="one"), await came(home, b"other", name="other")
        for file in (one, other):
            await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: sorted(carrier.given) == [("one", b"one"), ("other", b"other")])
        assert carrier.tried == 4


async def test_when_it_was_tried_often_enough_it_waits_until_the_phone_comes(home: World, screen: Screen) -> None:
    carrier = Carrier()
    carrier.fails = [Unreachable("not now")] * 3
    with parcels(home.hub).carry(carrier) as come:
        file = await came(home, b"one")
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: carrier.tried == 3)
        await asyncio.sleep(0.1)
        assert carrier.tried == 3
        assert [(one.screen, one.state) for one in (await shown(screen, file.id)).handed] == [(PHONE, "waits")]
        come("annas-phone")
        await soon(lambda: carrier.given)


async def test_what_waits_for_the_phone_holds_no_other_up_and_goes_by_a_tap(home: World, screen: Screen) -> None:
    carrier = Carrier()
    carrier.fails = [Unreachable("not now")] * 3
    with parcels(home.hub).carry(carrier):
        one = await came(home, b"one", name="one")
        await screen.session.call("files.hand", {"id": one.id, "screen": PHONE})
        await soon(lambda: carrier.tried == 3)
        other = await came(home, b"other", name="other")
        await screen.session.call("files.hand", {"id": other.id, "screen": PHONE})
        await soon(lambda: carrier.given == [("other", b"other")])
        await asyncio.sleep(0.05)
        assert carrier.tried == 4, "the first still waits"
        await screen.session.call("files.hand", {"id": one.id, "screen": PHONE})
        await soon(lambda: carrier.given == [("other", b"other"), ("one", b"one")])


async def test_another_file_does_not_wait_for_one_whose_pause_is_long(
    home: World, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(to_phones, "AGAIN", (600.0,))
    carrier = Carrier()
    carrier.fails = [Unreachable("not now")]
    other = await came(home, b"other", name="other")
    with parcels(home.hub).carry(carrier):
        one = await came(home, b"one", name="one")
        await screen.session.call("files.hand", {"id": one.id, "screen": PHONE})
        await soon(lambda: carrier.tried == 1)
        await screen.session.call("files.hand", {"id": other.id, "screen": PHONE})
        await soon(lambda: carrier.given == [("other", b"other")])


async def test_a_crash_of_the_link_is_a_file_that_did_not_go_through(home: World, screen: Screen) -> None:
    carrier = Carrier()
    carrier.fails = [RuntimeError("nobody foresaw it")] * 3
    with parcels(home.hub).carry(carrier) as come:
        file = await came(home, b"one")
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: carrier.tried == 3)
        await asyncio.sleep(0.05)
        assert carrier.tried == 3, "not again and again without a pause"
        come("annas-phone")
        await soon(lambda: carrier.given)


@pytest.mark.parametrize("key", ["", "AAAA", "?", "A" * 42 + "B"])
async def test_a_file_whose_key_is_none_is_not_tried_for_ever(home: World, screen: Screen, key: str) -> None:
    carrier = Carrier()
    with parcels(home.hub).carry(carrier):
        async with parcels(home.hub).take(Sent("anna", "p", "f", "", 5), lambda: None, CONTEXT) as coming:
            await coming.put(b"12345")
            coming._said.key = key  # type: ignore[attr-defined]
            await coming.whole()
        [file] = keeper(home.hub).all()
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: keeper(home.hub).find("anna", None, file.id).refused == (PHONE,))
        assert not carrier.tried


async def test_where_it_was_not_wanted_it_goes_only_when_somebody_says_so(home: World, screen: Screen) -> None:
    carrier = Carrier()
    carrier.fails = [Refused("hung up")]
    with parcels(home.hub).carry(carrier) as come:
        file = await came(home, b"one")
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: keeper(home.hub).find("anna", None, file.id).refused == (PHONE,))
        come("annas-phone")
        await asyncio.sleep(0.05)
        assert carrier.tried == 1
        assert [(one.screen, one.state) for one in (await shown(screen, file.id)).handed] == [(PHONE, "refused")]
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await soon(lambda: carrier.given)
        assert (await shown(screen, file.id)).handed == []


async def test_one_that_is_away_gets_it_when_it_comes_and_not_what_was_taken_back(home: World, screen: Screen) -> None:
    carrier = Carrier(online=False)
    with parcels(home.hub).carry(carrier) as come:
        kept, gone = await came(home, b"kept", name="kept"), await came(home, b"gone", name="gone")
        for file in (gone, kept):
            await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
        await screen.session.call("files.remove", {"id": gone.id})
        carrier.phone = Carrier().phone
        come("annas-phone")
        await soon(lambda: carrier.given == [("kept", b"kept")])
        await asyncio.sleep(0.05)
        assert carrier.tried == 1


async def test_who_gets_the_phone_next_gets_nothing_of_before(home: World, screen: Screen) -> None:
    await home.person("tom", "member")
    carrier = Carrier(online=False)
    with parcels(home.hub).carry(carrier):
        file = await came(home, b"anna's")
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})
    after = Carrier("tom")
    with parcels(home.hub).carry(after):
        await asyncio.sleep(0.1)
        assert not after.tried


async def test_a_child_s_phone_sends_nothing_and_one_person_not_for_ever(
    home: World, screen: Screen, monkeypatch: pytest.MonkeyPatch
) -> None:
    await home.person("kim", "child")
    with pytest.raises(NotAllowed):
        await came(home, b"x", "kim")
    monkeypatch.setattr(model, "PER_PERSON", 1)
    await came(home, b"x")
    with pytest.raises(TooMany):
        await came(home, b"y")
    assert len(keeper(home.hub).all()) == 1


async def test_pieces_of_another_length_are_none(home: World, screen: Screen) -> None:
    for parts in ([b"xx"], [b"x" * 6], [b""], [b"x" * 5, b"x"], []):
        with pytest.raises(BadInput):
            async with parcels(home.hub).take(Sent("anna", "p", "f", "", 5), lambda: None, CONTEXT) as coming:
                for part in parts:
                    await coming.put(part)
                await coming.whole()
        await soon(lambda: not keeper(home.hub).all())


async def test_files_that_go_one_after_the_other_are_counted_as_one(home: World, screen: Screen) -> None:
    carrier = Carrier(online=False)
    files = [await came(home, b"x" * size, name=f"{size}") for size in (1, 10, 100, 1_000, 5)]

    async def hand(file: Offer) -> None:
        await screen.session.call("files.hand", {"id": file.id, "screen": PHONE})

    with parcels(home.hub).carry(carrier) as come:
        for file in files[:3]:
            await hand(file)
        carrier.phone = Carrier().phone
        carrier.waits.clear()
        come("annas-phone")
        await soon(lambda: carrier.tried == 1)
        await hand(files[3])  # while the first goes
        await soon(lambda: carrier.risen)
        carrier.waits.set()
        await soon(lambda: len(carrier.given) == 4)
        assert carrier.counted == [(1, 3, 111), (2, 4, 1_111), (3, 4, 1_111), (4, 4, 1_111)]
        assert carrier.risen == [(4, 1_111)], "it is told of more, and never of less"
        # Later it is another time; and what comes after one that was not wanted is, too.
        await soon(lambda: len(keeper(home.hub).find("anna", None, files[3].id).got) == 1)
        carrier.fails = [Refused("hung up")]
        carrier.waits.clear()
        await hand(files[4])
        await hand(files[0])
        await soon(lambda: carrier.tried == 5)
        carrier.waits.set()
        await soon(lambda: len(carrier.given) == 5)
        assert carrier.counted[4][0] == 1 and carrier.counted[5] == (1, 1, 5)
