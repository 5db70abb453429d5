"""What can be done with the clipboard. A driver's screen does none of it while the car is not parked."""

from __future__ import annotations

import msgspec

from wayhome.errors import Conflict, NotAllowed
from wayhome.features.clipboard.keeper import keeper
from wayhome.features.clipboard.listing import ShownEntry, shown
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Entries(msgspec.Struct):
    """Newest first; none where this screen takes no part (``part``). ``lasts``: how long what you put in from now on
    lasts, in s."""

    entries: list[ShownEntry]
    part: bool
    lasts: float


class NewEntry(msgspec.Struct, forbid_unknown_fields=True):
    """A sealed text. ``id``: PERSON:ULID in small letters, or ALL:ULID for everybody of the group; the frame is sealed
    for that record of the kind ``clip``, by this device. ``brief``: it is gone after a minute, and is not handed to
    phones that would keep it."""

    id: str
    frame: str
    pinned: bool = False
    brief: bool = False


class PinnedEntry(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    pinned: bool


class OneEntry(msgspec.Struct, forbid_unknown_fields=True):
    id: str


class TellOf(msgspec.Struct, forbid_unknown_fields=True):
    """An entry of yours. ``phones``: only your phones are told."""

    id: str
    phones: bool = False


class ToldOf(msgspec.Struct):
    """So many screens are told."""

    screens: int


class ClipboardChoice(msgspec.Struct, forbid_unknown_fields=True):
    """``lasts``: how long what you put in from now on lasts, in s: 3600, 86400 or 604800. ``part``: whether this screen
    takes part. What is null stays as it is."""

    lasts: float | None = None
    part: bool | None = None


class ClipboardDone(msgspec.Struct):
    """It is done, and durable."""

    done: bool = True


@operation("clipboard.list", reads=True, parked=True)
async def list_(session: Session, data: Nothing) -> Entries:
    """Your clipboard's entries, and those for everybody. They are sealed: screens of the group open them."""
    it, person, device = keeper(session.hub), whose(session), session.identity.device
    part = it.takes_part(device)
    return Entries([shown(one, device) for one in it.of(person)] if part else [], part, it.lasts(person))


@operation("clipboard.put", parked=True)
async def put(session: Session, data: NewEntry) -> ShownEntry:
    """Put a sealed text into the clipboard. It goes when its time is over, unless it is pinned."""
    person, device = sealer(session)
    it, context = keeper(session.hub), session.context()
    entry = await it.put(person, device, data.id, data.frame, data.pinned, context, brief=data.brief)
    return shown(entry, device)


@operation("clipboard.pin", parked=True)
async def pin(session: Session, data: PinnedEntry) -> ClipboardDone:
    """Keep an entry until it is removed, or let it go when its time is over."""
    await keeper(session.hub).pin(_part(session), data.id, data.pinned, session.context())
    return ClipboardDone()


@operation("clipboard.remove", parked=True)
async def remove(session: Session, data: OneEntry) -> ClipboardDone:
    """Remove an entry."""
    await keeper(session.hub).remove(_part(session), data.id, session.context())
    return ClipboardDone()


@operation("clipboard.tell", parked=True)
async def tell(session: Session, data: TellOf) -> ToldOf:
    """Tell your other screens that an entry is there, by push where they are closed. What it says is not told."""
    session.spend(100)
    it, person = keeper(session.hub), _part(session)
    entry = it.find(person, data.id)
    return ToldOf(await it.telling.tell(person, session.identity.device, entry, data.phones, session.context()))


@operation("clipboard.got", parked=True)
async def got(session: Session, data: OneEntry) -> ClipboardDone:
    """This screen was told of an entry and has shown it."""
    it = keeper(session.hub)
    entry = it.find(_part(session), data.id)
    await it.telling.got(session.identity.device or "", entry, session.context())
    return ClipboardDone()


@operation("clipboard.choose", parked=True)
async def choose(session: Session, data: ClipboardChoice) -> ClipboardChoice:
    """Choose how long your entries last, and whether this screen takes part in the clipboard."""
    it, person, device = keeper(session.hub), whose(session), session.identity.device
    if data.lasts is not None:
        await it.choose(person, data.lasts, session.context())
    if data.part is not None:
        if device is None:
            raise NotAllowed("only a screen takes part or does not")
        await it.take_part(device, data.part, session.context())
    return ClipboardChoice(it.lasts(person), it.takes_part(device))


def whose(session: Session) -> str:
    """Whose clipboard it is. Raises NotAllowed."""
    if session.identity.person is None or session.identity.role not in GROWN:
        raise NotAllowed("the clipboard is for people of the group")
    return session.identity.person


def _part(session: Session) -> str:
    """The same, of a screen that takes part. Raises NotAllowed, Conflict."""
    person = whose(session)
    if not keeper(session.hub).takes_part(session.identity.device):
        raise Conflict("this screen takes no part in the clipboard", advice="Let it take part first.")
    return person


def sealer(session: Session) -> tuple[str, str]:
    """Who puts something in on which screen. Raises NotAllowed, Conflict."""
    if session.identity.device is None:
        raise NotAllowed("only a screen of the group seals")
    return _part(session), session.identity.device
