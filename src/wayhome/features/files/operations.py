"""What can be done with files. A driver's screen does none of it while the car is not parked. Their pieces come and go
at ``/api/files/piece``."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.errors import Conflict, NotAllowed, NotFound
from wayhome.features.files import model
from wayhome.features.files.keeper import Keeper, whose
from wayhome.features.files.model import Offer, carried_id
from wayhome.features.files.telling import screens_of
from wayhome.features.files.to_phones import ToPhones, to_phones
from wayhome.hub.operations import operation
from wayhome.hub.session import Session
from wayhome.sealing.keys import text

type Id = Annotated[str, Meta(max_length=128)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class HandedFile(msgspec.Struct):
    """A file's way to a device of a link. ``state``: it is on its way, waits until the device is there, or was not
    wanted there. ``share``: how much of it has gone, from 0 to 1."""

    screen: str
    state: Literal["sends", "waits", "refused"]
    share: float = 0.0


class ShownFile(msgspec.Struct):
    """One file. ``frame``: what a screen of the group opens: its name, type and key. ``size`` in bytes, ``pieces``: how
    many there are, ``have``: how many of them are at its hub (null: that is another one). ``state``: whether all of it
    has come. ``mine``: your own; ``to``: the screens that it is for, none: all of yours, or with ``everybody``
    everybody's. ``got``: the screens that have it. ``site``: whose hub has it, ``here``: this one. ``until``: when it
    goes, ``removed``: when it was; until a minute later it can be put back. Times in s since 1970. ``via``: the device
    that it came from where that is none of the group, as a phone by KDE Connect: the hub sealed it then. ``handed``:
    devices of that kind that it still has to go to. ``number``, ``of``: of several that such a device sends at once
    which one this is; null: of one."""

    id: str
    frame: str
    by: str
    at: float
    size: int
    pieces: int
    have: int | None
    state: Literal["coming", "whole"]
    mine: bool
    to: list[str]
    everybody: bool
    got: list[str]
    site: str
    here: bool
    until: float
    removed: float | None
    via: str
    handed: list[HandedFile]
    number: int | None
    of: int | None


class Files(msgspec.Struct):
    """Newest first."""

    files: list[ShownFile]


class FileScreen(msgspec.Struct):
    """A screen that files can be sent to. ``mine``: you are signed in on it; ``this``: the one that asks.
    ``carried``: it is a device of yours that files are handed to by a link, as a phone by KDE Connect, which gets only
    what is for it by name."""

    id: str
    name: str
    kind: str
    person: str
    mine: bool
    this: bool
    carried: bool = False


class FileScreens(msgspec.Struct):
    screens: list[FileScreen]


class NewFile(msgspec.Struct, forbid_unknown_fields=True):
    """A file that is to come. ``id``: PERSON:ULID in small letters; ``frame``: its name, type and key, sealed for that
    record of the kind ``file`` by this device. ``size`` in bytes. ``to``: ids of screens; none: all of yours, or with
    ``everybody`` everybody's."""

    id: Id
    frame: str
    size: int
    to: Annotated[list[Id], Meta(max_length=model.TO)] = []
    everybody: bool = False


class OneFile(msgspec.Struct, forbid_unknown_fields=True):
    id: Id


class KeptPieces(msgspec.Struct):
    """How many pieces are on the disk, and their SHA-256, one after the other, in base64url."""

    have: int
    digests: str


class WholeFile(msgspec.Struct, forbid_unknown_fields=True):
    """All pieces are sent. ``frame``: sealed anew, with the file's hash in it; ``root``: SHA-256 in hex of the pieces'
    SHA-256, one after the other."""

    id: Id
    frame: str
    root: str


class HandFile(msgspec.Struct, forbid_unknown_fields=True):
    """``screen``: a device of yours, one of the screens that are ``carried``."""

    id: Id
    screen: Id


class FileDone(msgspec.Struct):
    """It is done, and durable."""

    done: bool = True


@operation("files.list", reads=True, parked=True)
async def list_(session: Session, data: Nothing) -> Files:
    """The files that you may have, and those that are on their way. They are sealed: screens of the group open them."""
    keeper, person, device = whose(session)
    return Files([await _shown(keeper, session, one) for one in keeper.of(person, device)])


@operation("files.screens", reads=True, parked=True)
async def screens(session: Session, data: Nothing) -> FileScreens:
    """The screens that files can be sent to: all that owners and members are signed in on."""
    _, me, device = whose(session)
    people = session.hub.household.records("person")
    found = []
    for id, values in screens_of(session.hub).items():
        person = str(values.get("person"))
        name = str(people[person].values().get("name") or person)
        shown = FileScreen(id, str(values.get("name")), str(values.get("kind")), name, person == me, id == device)
        found.append(shown)
    for one in to_phones(session.hub).addressees(me):
        name = str(people[me].values().get("name") or me)
        found.append(FileScreen(carried_id(one.thing), one.name, one.kind, name, True, False, True))
    return FileScreens(sorted(found, key=lambda one: (not one.mine, one.person, one.name, one.id)))


@operation("files.offer", parked=True)
async def offer(session: Session, data: NewFile) -> ShownFile:
    """Begin to send a file. Its pieces follow; nobody can fetch it before all of them are there."""
    keeper, person, device = whose(session)
    if data.id.partition(":")[0] != person:
        raise NotAllowed("a file is its sender's own")
    household = session.hub.household
    to, site = tuple(dict.fromkeys(data.to)), household.house.site
    fresh = Offer(data.id, data.frame, device, household.clock.now(), data.size, site, to, data.everybody)
    return await _shown(keeper, session, await keeper.offer(fresh, session.context()))


@operation("files.kept", reads=True, parked=True)
async def kept(session: Session, data: OneFile) -> KeptPieces:
    """How far a file of yours has come: where to go on after it broke off."""
    keeper, found = _mine(session, data.id)
    keeper.here(found)
    return KeptPieces(await keeper.shelf.have(found), text(await keeper.shelf.digests(found)))


@operation("files.finish", parked=True)
async def finish(session: Session, data: WholeFile) -> ShownFile:
    """Say that all of a file was sent. It is whole when what came has the same hash; then its screens are told."""
    keeper, found = _mine(session, data.id)
    keeper.here(found)
    device = session.identity.device or ""
    whole = await keeper.finish(found, device, data.frame, data.root, session.context())
    return await _shown(keeper, session, whole)


@operation("files.got", parked=True)
async def got(session: Session, data: OneFile) -> FileDone:
    """This screen has the whole file, or wants to hear no more of it."""
    keeper, person, device = whose(session)
    found = keeper.find(person, device, data.id)
    if found.state != "whole":
        raise Conflict("this file is not whole yet")
    await keeper.got(found, device, session.context())
    return FileDone()


@operation("files.remove", parked=True)
async def remove(session: Session, data: OneFile) -> FileDone:
    """Take a file of yours away, also one that is on its way. For a minute it can be put back."""
    keeper, found = _mine(session, data.id)
    await keeper.remove(found, session.context())
    return FileDone()


@operation("files.put_back", parked=True)
async def put_back(session: Session, data: OneFile) -> FileDone:
    """Put a file back that was just removed."""
    keeper, found = _mine(session, data.id)
    await keeper.put_back(found, session.context())
    return FileDone()


@operation("files.hand", parked=True)
async def hand(session: Session, data: HandFile) -> ShownFile:
    """Hand a file that you may have to a device of yours that files go to by a link, as a phone by KDE Connect: also
    once more, where it was not wanted."""
    keeper, person, device = whose(session)
    found, hands = keeper.find(person, device, data.id), to_phones(session.hub)
    to = next((one for one in hands.addressees(person) if carried_id(one.thing) == data.screen), None)
    if to is None:
        raise NotFound("none of your devices here has this name", advice="Load the list of screens anew.")
    await hands.hand(found, to, session.context())
    return await _shown(keeper, session, keeper.find(person, device, data.id))


def _mine(session: Session, id: str) -> tuple[Keeper, Offer]:
    keeper, person, device = whose(session)
    found = keeper.find(person, device, id)
    if found.person != person:
        raise NotAllowed("this file is somebody else's", advice="Ask who sent it.")
    return keeper, found


async def _shown(keeper: Keeper, session: Session, one: Offer) -> ShownFile:
    here = one.site == session.hub.household.house.site
    have = one.pieces if one.state == "whole" else None
    if here and have is None:
        have = 0  # of what came back with a backup there are no pieces; and one may go while others are looked at
        with suppress(NotFound):
            have = await keeper.shelf.have(one)
    hands = to_phones(session.hub)
    several = hands.several(one.id)
    return ShownFile(
        one.id, one.frame, one.by, one.at, one.size, one.pieces, have, one.state,
        one.person == session.identity.person, [*one.to], one.everybody, [*one.got], one.site, here,
        one.until, one.removed, carried_id(one.via) if one.via else "", _handed(hands, one), *(several or (None, None)),
    )  # fmt: skip


def _handed(hands: ToPhones, one: Offer) -> list[HandedFile]:
    shown = []
    for screen in sorted(model.carried(one)):
        share = hands.share(one.id, screen)
        shown.append(HandedFile(screen, "waits" if share is None else "sends", share or 0.0))
    return shown + [HandedFile(screen, "refused") for screen in one.refused if screen not in one.got]
