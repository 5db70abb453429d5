"""The board: the tiles that a person has put on the home of their car's screens, one record a tile.

The same on every screen of that person. A tile's id follows from the person and what it shows, so two screens that put
the same thing on the board at once make one tile of it, and putting what is there already changes nothing.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Literal

import msgspec

from wayhome.core.event import Event
from wayhome.core.ids import is_slug
from wayhome.core.thing import INFO
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, NotAllowed, NotFound, TooMany
from wayhome.features.home import order
from wayhome.hub.household import Household
from wayhome.hub.operations import operation
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

TILE = "tile"
MAX_TILES = 60
MAX_ITEM = 200


class Subject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a tile shows: a thing (``item`` is its id), a room (its name) or a scene (its id)."""

    kind: Literal["thing", "room", "scene"]
    item: str


class Tile(msgspec.Struct, frozen=True):
    """A tile of a board. ``order``: tiles stand in the order of these texts. ``name``: what it shows was called
    so when it was put there, which is all that is left to say once the thing is gone."""

    id: str
    kind: Literal["thing", "room", "scene"]
    item: str
    name: str
    order: str


class Board(msgspec.Struct):
    """A person's tiles, the first one first; ``most`` is how many there may be. No person: nobody's board."""

    person: str | None
    tiles: list[Tile]
    most: int = MAX_TILES


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Put(msgspec.Struct, forbid_unknown_fields=True):
    """What to put on the board, and before which tile; no tile: at the end."""

    tiles: list[Subject]
    before: str | None = None


class Move(msgspec.Struct, forbid_unknown_fields=True):
    """A tile, and before which other; no other: to the end."""

    tile: str
    before: str | None = None


class TakeOff(msgspec.Struct, forbid_unknown_fields=True):
    """A tile."""

    tile: str


def tile_id(person: str, subject: Subject) -> str:
    """The id of a person's tile. It begins with the person: that lets them see it, and no other member."""
    return f"{person}:{sha256(f'{subject.kind} {subject.item}'.encode()).hexdigest()[:24]}"


def _tiles(household: Household, person: str) -> list[Tile]:
    found = []
    for record in household.records(TILE).values():
        if not record.id.startswith(f"{person}:"):
            continue
        try:
            found.append(msgspec.convert({"id": record.id, **record.values()}, Tile))
        except msgspec.ValidationError:
            continue  # half a tile, as when another site's writes have not all come yet
    return sorted(found, key=lambda tile: (tile.order, tile.id))


def _person(session: Session) -> str:
    person = session.identity.person
    if person is None or not is_slug(person):
        raise NotAllowed("a board is a person's, and nobody is signed in here", advice="Sign in as a person.")
    return person


def _name(session: Session, subject: Subject) -> str:
    """How people call what the tile shows. Raises BadInput, NotFound."""
    if not subject.item or len(subject.item) > MAX_ITEM:
        raise BadInput(f"what a tile shows has a name of 1 to {MAX_ITEM} characters")
    things = session.hub.household.house.things
    if subject.kind == "room":
        if not any(t.area == subject.item and session.may("read", f"{t.id}/{INFO}") for t in things.values()):
            raise NotFound(f"there is no room {subject.item[:80]!r} for you")
        return subject.item
    if subject.kind == "scene":
        scene = session.hub.household.records("scene").get(subject.item)
        if scene is None or not session.may("read", scene.path):
            raise NotFound(f"there is no scene {subject.item[:80]!r} for you")
        return str(scene.values().get("name") or subject.item)
    thing = things.get(subject.item)
    if thing is None or not session.may("read", f"{thing.id}/{INFO}"):
        raise NotFound(f"there is no thing {subject.item[:80]!r} for you")
    if "Vehicle" in thing.traits:
        raise BadInput(f"{thing.name} is a car; it has its own place on every screen")
    return thing.name


def _orders(tiles: list[Tile], at: int, count: int) -> tuple[dict[str, str], list[str]]:
    """Orders for ``count`` tiles that come to stand before ``tiles[at]``; first those of tiles that have to be written
    anew for it, by id: none, unless there is no room left or an order is not sound."""
    low = tiles[at - 1].order if at else ""
    high = tiles[at].order if at < len(tiles) else None
    if all(order.sound(text) for text in (low, high) if text) and (high is None or low < high):
        fresh: list[str] = []
        for _ in range(count):
            fresh.append(order.between(fresh[-1] if fresh else low, high))
        if all(len(text) <= order.LONGEST for text in fresh):
            return {}, fresh
    every = order.spread(len(tiles) + count)
    rest = every[:at] + every[at + count :]
    return {tile.id: text for tile, text in zip(tiles, rest, strict=True)}, every[at : at + count]


def _before(tiles: list[Tile], tile: str | None) -> int:
    """Where ``tile`` stands; at the end when it is none, or was taken off meanwhile by another screen."""
    return next((at for at, one in enumerate(tiles) if one.id == tile), len(tiles))


async def _write(session: Session, written: dict[str, dict[str, Value]]) -> None:
    """Write all of it: decided at once, so that two screens can't both take the last place; then wait for the disk."""
    household, context, loop = session.hub.household, session.context(), asyncio.get_running_loop()
    tasks = [
        asyncio.Task(household.write(TILE, id, values, context), loop=loop, eager_start=True)
        for id, values in written.items()
    ]
    for done in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(done, BaseException):
            raise done


def _board(session: Session) -> Board:
    person = session.identity.person
    return Board(person, _tiles(session.hub.household, person) if person is not None else [])


@operation("home.board", reads=True)
async def board(session: Session, data: Nothing) -> Board:
    """Your board: the tiles that you have put on the home of your car's screens."""
    return _board(session)


@operation("home.put", parked=True)
async def put(session: Session, data: Put) -> Board:
    """Put things, rooms and scenes on your board. What is there already stays where it is."""
    person = _person(session)
    if not 0 < len(data.tiles) <= MAX_TILES:
        raise BadInput(f"1 to {MAX_TILES} tiles are put on a board at once")
    tiles = _tiles(session.hub.household, person)
    known = {tile.id for tile in tiles}
    fresh = {tile_id(person, subject): (subject, _name(session, subject)) for subject in data.tiles}
    fresh = {id: what for id, what in fresh.items() if id not in known}
    if len(tiles) + len(fresh) > MAX_TILES:
        raise TooMany(f"a board has at most {MAX_TILES} tiles", advice="Take some off first.")
    again, orders = _orders(tiles, _before(tiles, data.before), len(fresh))
    written: dict[str, dict[str, Value]] = {id: {"order": text} for id, text in again.items()}
    for (id, (subject, name)), text in zip(fresh.items(), orders, strict=True):
        written[id] = {"person": person, "kind": subject.kind, "item": subject.item, "name": name, "order": text}
    await _write(session, written)
    return _board(session)


@operation("home.move", parked=True)
async def move(session: Session, data: Move) -> Board:
    """Move a tile of your board before another, or to the end."""
    tiles = _tiles(session.hub.household, _person(session))
    at = next((at for at, tile in enumerate(tiles) if tile.id == data.tile), None)
    if at is None:
        raise NotFound(f"there is no tile {data.tile[:80]!r} on your board")
    if data.before != data.tile and _before(tiles, data.before) not in (at, at + 1):
        tile = tiles.pop(at)
        again, (text,) = _orders(tiles, _before(tiles, data.before), 1)
        await _write(session, {id: {"order": one} for id, one in {**again, tile.id: text}.items()})
    return _board(session)


@operation("home.take_off", parked=True)
async def take_off(session: Session, data: TakeOff) -> Board:
    """Take a tile off your board. One that is not there is no error."""
    household = session.hub.household
    if any(tile == data.tile for tile in household.records(TILE)) and data.tile.startswith(f"{_person(session)}:"):
        await household.delete(TILE, data.tile, session.context())
    return _board(session)


async def forget(hub: Hub, removed: Event) -> None:
    """Somebody was removed from the household: their board goes with them, so that who is called the same later
    begins with an empty one."""
    person = (removed.about or "").removeprefix("@person/")
    context = Context(hub.ids.ulid(), "hub", removed.context.id)
    for tile in [tile for tile in hub.household.records(TILE) if person and tile.startswith(f"{person}:")]:
        await hub.household.delete(TILE, tile, context)
