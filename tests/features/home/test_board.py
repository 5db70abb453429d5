"""The board: what a person puts on it, in which order, and who sees it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.world import World, car, lamp
from wayhome.core.event import Event
from wayhome.core.grant import of_person
from wayhome.core.value import Fact
from wayhome.errors import BadInput, HubError, NotAllowed, NotFound, NotWhileDriving, TooMany
from wayhome.features.home import feature
from wayhome.features.home.board import MAX_TILES, Board, Subject, tile_id
from wayhome.features.home.order import LONGEST
from wayhome.hub.session import Identity, Session

pytestmark = pytest.mark.anyio


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World(features={"home": feature}) as world:
        world.puppet.host.announce([*(lamp(f"lamp-{n}") for n in range(80)), car()])
        yield world


async def put(session: Session, *items: str, before: str | None = None, kind: str = "thing") -> Board:
    spots = [{"kind": kind, "item": item} for item in items]
    found: Board = await session.call("home.put", {"tiles": spots, "before": before})
    return found


async def shown(session: Session) -> list[str]:
    board: Board = await session.call("home.board")
    return [tile.item for tile in board.tiles]


def of(session: Session, item: str) -> str:
    return tile_id(str(session.identity.person), Subject("thing", item))


async def test_it_is_empty_until_something_is_put_there(world: World) -> None:
    anna = await world.session()
    assert await shown(anna) == []
    await put(anna, "lamp-1", "lamp-2")
    await put(anna, "Kitchen", kind="room")
    board: Board = await anna.call("home.board")
    assert [(tile.kind, tile.item, tile.name) for tile in board.tiles] == [
        ("thing", "lamp-1", "Lamp-1"),
        ("thing", "lamp-2", "Lamp-2"),
        ("room", "Kitchen", "Kitchen"),
    ]
    assert (board.person, board.most) == ("anna", MAX_TILES)


async def test_putting_again_changes_nothing_and_taking_off_again_is_no_error(world: World) -> None:
    anna = await world.session()
    first = await put(anna, "lamp-1", "lamp-2", "lamp-1")
    rows = len(world.store.disk)
    assert await put(anna, "lamp-1") == first
    assert len(world.store.disk) == rows
    for _ in range(2):
        await anna.call("home.take_off", {"tile": of(anna, "lamp-1")})
        assert await shown(anna) == ["lamp-2"]
    await put(anna, "lamp-1", before=of(anna, "lamp-2"))
    assert await shown(anna) == ["lamp-1", "lamp-2"]


@pytest.mark.parametrize(
    ("tile", "before", "then"),
    [
        ("a", "c", "bacd"),
        ("a", None, "bcda"),
        ("d", "a", "dabc"),
        ("b", "d", "acbd"),
        ("b", "b", "abcd"),
        ("b", "c", "abcd"),
        ("d", None, "abcd"),
    ],
)
async def test_a_move_writes_the_moved_tile_alone(world: World, tile: str, before: str | None, then: str) -> None:
    names = dict(zip("abcd", ("lamp-1", "lamp-2", "lamp-3", "lamp-4"), strict=True))
    anna = await world.session()
    await put(anna, *names.values())
    rows = len(world.store.disk)
    asked = {"tile": of(anna, names[tile]), "before": of(anna, names[before]) if before else None}
    await anna.call("home.move", asked)
    assert await shown(anna) == [names[one] for one in then]
    written = {row.record.id for row in world.store.disk[rows:] if hasattr(row, "record")}
    assert written == (set() if then == "abcd" else {of(anna, names[tile])})


async def test_moving_to_the_same_place_for_ever_keeps_the_orders_short(world: World) -> None:
    anna = await world.session()
    await put(anna, *(f"lamp-{n}" for n in range(5)))
    for turn in range(600):
        board: Board = await anna.call("home.board")
        await anna.call("home.move", {"tile": board.tiles[-1 - turn % 2].id, "before": board.tiles[1].id})
        board = await anna.call("home.board")
        orders = [tile.order for tile in board.tiles]
        assert orders == sorted(set(orders))
        assert max(map(len, orders)) <= LONGEST


async def test_orders_that_make_no_sense_are_put_right_by_the_next_move(world: World) -> None:
    anna = await world.session()
    await put(anna, "lamp-1", "lamp-2", "lamp-3")
    for item, order in (("lamp-1", "V"), ("lamp-2", "V"), ("lamp-3", "🙂 0")):
        await world.hub.household.write("tile", of(anna, item), {"order": order}, world.context())
    await anna.call("home.move", {"tile": of(anna, "lamp-3"), "before": of(anna, "lamp-2")})
    found = await shown(anna)
    assert found.index("lamp-3") == found.index("lamp-2") - 1
    assert sorted(found) == ["lamp-1", "lamp-2", "lamp-3"]


async def test_two_screens_arranging_at_once_lose_nothing(world: World) -> None:
    tablet, phone = await world.session(), await world.session()
    await put(tablet, *(f"lamp-{n}" for n in range(6)))
    await asyncio.gather(
        tablet.call("home.move", {"tile": of(tablet, "lamp-5"), "before": of(tablet, "lamp-0")}),
        phone.call("home.move", {"tile": of(phone, "lamp-4"), "before": of(phone, "lamp-0")}),
        tablet.call("home.take_off", {"tile": of(tablet, "lamp-2")}),
        put(phone, "lamp-9"),
        put(tablet, "lamp-9"),
        phone.call("home.move", {"tile": of(phone, "lamp-1"), "before": of(phone, "lamp-2")}),
    )
    for screen in (tablet, phone):
        found = await shown(screen)
        assert sorted(found) == [f"lamp-{n}" for n in (0, 1, 3, 4, 5, 9)]
        assert {found[0], found[1]} == {"lamp-4", "lamp-5"}


async def test_two_screens_cant_both_take_the_last_place(world: World) -> None:
    anna = await world.session()
    await put(anna, *(f"lamp-{n}" for n in range(MAX_TILES - 1)))
    done = await asyncio.gather(put(anna, "lamp-70"), put(anna, "lamp-71"), return_exceptions=True)
    assert [type(one) for one in done if isinstance(one, BaseException)] == [TooMany]
    assert len(await shown(anna)) == MAX_TILES


async def test_what_is_on_it_stands_after_a_restart(world: World) -> None:
    anna = await world.session()
    await put(anna, "lamp-3", "lamp-1")
    again = World(disk=world.store.disk, features={"home": feature})
    async with again:
        assert await shown(await again.session()) == ["lamp-3", "lamp-1"]


async def test_a_thing_that_is_gone_leaves_its_tile_with_its_name(world: World) -> None:
    anna = await world.session()
    await put(anna, "lamp-1", "lamp-2")
    world.puppet.host.withdraw(["lamp-1"])
    board: Board = await anna.call("home.board")
    assert [tile.name for tile in board.tiles] == ["Lamp-1", "Lamp-2"]
    await anna.call("home.take_off", {"tile": of(anna, "lamp-1")})
    assert await shown(anna) == ["lamp-2"]


async def test_everybody_sees_their_own_tiles_and_no_one_elses(world: World) -> None:
    people = {
        id: await world.session(id, role) for id, role in (("mei", "member"), ("leo", "child"), ("noor", "guest"))
    }
    for session in people.values():
        await put(session, "lamp-1")
    for id, session in people.items():
        assert list(session.read(["@tile/*"])) == [f"@tile/{of(session, 'lamp-1')}"]
        for other in people.values():
            tile = of(other, "lamp-1")
            await session.call("home.move", {"tile": of(session, "lamp-1")})
            if other is not session:
                assert not session.may("read", f"@tile/{tile}")
                with pytest.raises(NotFound):
                    await session.call("home.move", {"tile": tile})
                await session.call("home.take_off", {"tile": tile})
            assert await shown(other) == ["lamp-1"], id


async def test_a_person_whose_name_begins_like_anothers_sees_nothing_of_theirs(world: World) -> None:
    mei, mei_lin = await world.session("mei", "guest"), await world.session("mei-lin", "guest")
    await put(mei, "lamp-1")
    await put(mei_lin, "lamp-2")
    assert list(mei.read(["@tile/*"])) == [f"@tile/{of(mei, 'lamp-1')}"]
    assert list(mei_lin.read(["@tile/*"])) == [f"@tile/{of(mei_lin, 'lamp-2')}"]


@pytest.mark.parametrize("person", ["", "*", "mei:1", "mei.*", "Mei", "**", "a/b", "mei:"])
def test_only_a_persons_id_opens_anything(person: str) -> None:
    assert of_person(person) == ()


async def test_nobody_has_no_board(world: World) -> None:
    local = world.hub.open_session(Identity("local:cli", "owner"))
    assert await local.call("home.board") == Board(None, [])
    with pytest.raises(NotAllowed):
        await put(local, "lamp-1")
    assert await local.call("home.take_off", {"tile": "anna:1"}) == Board(None, [])


async def test_what_one_may_not_see_cant_be_put(world: World) -> None:
    await world.person("x", "guest")
    session = await world.session("x", "guest")
    with pytest.raises(NotFound, match="no thing"):
        await put(session, "nothing-there")
    with pytest.raises(NotFound, match="no room"):
        await put(session, "Cellar", kind="room")
    with pytest.raises(BadInput, match="car"):
        await put(session, "car")
    assert await shown(session) == []


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"tiles": []},
        {"tiles": [{"kind": "thing", "item": "lamp-1"}] * (MAX_TILES + 1)},
        {"tiles": [{"kind": "shelf", "item": "lamp-1"}]},
        {"tiles": [{"kind": "thing", "item": ""}]},
        {"tiles": [{"kind": "room", "item": "x" * 201}]},
        {"tiles": [{"kind": "thing", "item": "lamp-1", "person": "mei"}]},
        {"tiles": "lamp-1"},
        {"tiles": [{"kind": "thing", "item": None}]},
    ],
)
async def test_what_makes_no_sense_is_refused_in_words(world: World, data: Any) -> None:
    anna = await world.session()
    with pytest.raises(HubError) as caught:
        await anna.call("home.put", data)
    assert caught.value.status == 400
    assert await shown(anna) == []


async def test_a_board_of_which_not_all_has_come_yet_shows_what_there_is(world: World) -> None:
    anna = await world.session()
    await put(anna, "lamp-1")
    await world.hub.household.write("tile", "anna:half", {"order": "b"}, world.context())
    await world.hub.household.write("tile", "anna:odd", {"kind": 7, "item": [], "order": "c"}, world.context())
    assert await shown(anna) == ["lamp-1"]


async def test_arranging_is_for_when_the_car_is_parked_or_for_passengers(world: World) -> None:
    world.puppet.host.report(
        [
            Fact("car/Vehicle.LowVoltageSystemState", "ON"),
            Fact("car/Vehicle.Powertrain.Transmission.CurrentGear", 127),
            Fact("car/Vehicle.Speed", 80.0),
        ]
    )
    driver = await world.session(seat="driver", car="car")
    passenger = await world.session("mei", "member", seat="passenger", car="car")
    with pytest.raises(NotWhileDriving):
        await put(driver, "lamp-1")
    await put(passenger, "lamp-1")
    assert await shown(driver) == []
    assert await shown(passenger) == ["lamp-1"]


async def test_who_is_removed_takes_their_board_along(world: World) -> None:
    mei = await world.session("mei", "member")
    anna = await world.session()
    await put(mei, "lamp-1", "lamp-2")
    await put(anna, "lamp-3")
    await world.hub.household.delete("person", "mei", world.context())
    await world.hub.household.tell(Event("PersonRemoved", world.clock.now(), world.context(), "@person/mei"))
    async with asyncio.timeout(20):
        while any(tile.startswith("mei:") for tile in world.hub.household.records("tile")):
            await asyncio.sleep(0)
    assert await shown(anna) == ["lamp-3"]


async def test_rights_are_told_as_they_stand(world: World) -> None:
    owner, guest = await world.session(), await world.session("noor", "guest")
    assert (await owner.call("home.rights")).act == ["**", "anna_*/**"]  # what is their own is named
    assert (await guest.call("home.rights")).act == ["noor_*/**"]  # not known to be at home
    await world.grant("person:noor", "act lamp-1/light.on")
    assert (await guest.call("home.rights")).act == ["lamp-1/light.on", "noor_*/**"]
