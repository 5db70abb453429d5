"""What can be done with the clipboard. A driver's screen does none of it while the car is not parked."""

from __future__ import annotations

import msgspec

from wayhome.errors import NotAllowed
from wayhome.features.clipboard.keeper import Entry, keeper
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class ShownEntry(msgspec.Struct):
    """One entry. ``frame``: what a screen of the group opens, in base64url; ``until``: when it goes, s since 1970;
    None: it is pinned. ``everybody``: it is for all of the group, not only for the person who put it."""

    id: str
    frame: str
    at: float
    until: float | None
    everybody: bool


class Entries(msgspec.Struct):
    """Newest first."""

    entries: list[ShownEntry]


class NewEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A sealed text. ``id``: PERSON:ULID in small letters, or ALL:ULID for everybody of the group; the frame is sealed
    for that record of the kind ``clip``, by this device."""

    id: str
    frame: str
    pinned: bool = False


class PinnedEntry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    pinned: bool


class OneEntry(msgspec.Struct, forbid_unknown_fields=True):
    id: str


class ClipboardDone(msgspec.Struct):
    """It is done, and durable."""

    done: bool = True


@operation("clipboard.list", reads=True, parked=True)
async def list_(session: Session, data: Nothing) -> Entries:
    """Your clipboard's entries, and those for everybody. They are sealed: screens of the group open them."""
    return Entries([_shown(one) for one in keeper(session.hub).of(_person(session))])


@operation("clipboard.put", parked=True)
async def put(session: Session, data: NewEntry) -> ShownEntry:
    """Put a sealed text into the clipboard. It goes after a day, unless it is pinned."""
    if session.identity.device is None:
        raise NotAllowed("only a screen of the group seals")
    person, device = _person(session), session.identity.device
    return _shown(await keeper(session.hub).put(person, device, data.id, data.frame, data.pinned, session.context()))


@operation("clipboard.pin", parked=True)
async def pin(session: Session, data: PinnedEntry) -> ClipboardDone:
    """Keep an entry until it is removed, or let it go after a day."""
    await keeper(session.hub).pin(_person(session), data.id, data.pinned, session.context())
    return ClipboardDone()


@operation("clipboard.remove", parked=True)
async def remove(session: Session, data: OneEntry) -> ClipboardDone:
    """Remove an entry."""
    await keeper(session.hub).remove(_person(session), data.id, session.context())
    return ClipboardDone()


def _person(session: Session) -> str:
    if session.identity.person is None or session.identity.role not in GROWN:
        raise NotAllowed("the clipboard is for people of the group")
    return session.identity.person


def _shown(entry: Entry) -> ShownEntry:
    until = None if entry.pinned else entry.until
    return ShownEntry(entry.id, entry.frame, entry.at, until, entry.id.startswith("ALL:"))
