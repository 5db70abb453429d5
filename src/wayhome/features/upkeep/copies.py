"""The copies of the household on the hub's machine: a list, one to take away, one to check, one less."""

from __future__ import annotations

import msgspec

from wayhome.core.event import Event
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotFound, TooMany
from wayhome.hub.operations import operation
from wayhome.hub.ports import Archive, Contents, Kept, Room
from wayhome.hub.session import Session

LASTS = 120.0
"""How long a link to a copy works, in s."""
OPEN = 20
LONGEST = 1_000


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class Finished(msgspec.Struct):
    """It is done."""

    done: bool = True


class Copies(msgspec.Struct):
    """The copies, newest first, and the room that there is."""

    copies: list[Kept]
    room: Room


class OneCopy(msgspec.Struct, forbid_unknown_fields=True):
    """A copy's name, as ``upkeep.archives`` lists it."""

    file: str


class Check(msgspec.Struct, forbid_unknown_fields=True):
    """A copy's name, and the passphrase of one that is sealed."""

    file: str
    passphrase: str | None = None


class Download(msgspec.Struct):
    """Where this device gets the copy, once, until ``expires`` (s since 1970)."""

    url: str
    expires: float


class Links:
    """The links to copies that were asked for and not used yet. Times in s of a clock that only goes forward."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, str, float]] = {}

    def make(self, key: str, file: str, to: str, now: float) -> None:
        """A link to ``file`` for the device ``to``. Raises TooMany."""
        self._open = {known: one for known, one in self._open.items() if one[2] > now}
        if len(self._open) >= OPEN:
            raise TooMany("too many downloads were asked for", advice="Wait two minutes.")
        self._open[key] = (file, to, now + LASTS)

    def take(self, key: str, to: str, now: float) -> str:
        """Use a link up; the file it is for. Raises NotFound for one that is over, was used, or is another's."""
        file, whose, until = self._open.get(key, ("", "", 0.0))
        if whose != to or until <= now:
            raise NotFound("this link is over", advice="Ask for the download again.")
        del self._open[key]
        return file


def archive(session: Session) -> Archive:
    """Where the hub keeps copies. Raises NotFound."""
    found = session.hub.ports.archive
    if found is None:
        raise NotFound("this hub keeps nothing on a disk of its own")
    return found


async def tell(session: Session, name: str, **data: Value) -> None:
    """Tell that something was done with a copy: it holds the whole household."""
    now = session.hub.ports.clock.now()
    await session.hub.household.tell(Event(name, now, session.context(), None, dict(data)))


@operation("upkeep.archives", reads=True)
async def archives(session: Session, data: Nothing) -> Copies:
    """The copies of the household on the hub's machine, and what they and the data take of its disk."""
    return Copies(await archive(session).kept(), await archive(session).room())


@operation("upkeep.download", fresh=True, parked=True)
async def download(session: Session, data: OneCopy) -> Download:
    """A link to take a copy away: it works once, for two minutes, on the device that asked."""
    archive(session).place(data.file)
    clock = session.hub.ports.clock
    key = session.hub.ids.token() + session.hub.ids.token()
    to = session.identity.device or session.identity.actor
    links(session).make(key, data.file, to, clock.steady())
    await tell(session, "CopyTaken", file=data.file)
    return Download(f"/api/copies/{key}", clock.now() + LASTS)


@operation("upkeep.forget", fresh=True, parked=True)
async def forget(session: Session, data: OneCopy) -> Finished:
    """Delete a copy from the hub's machine, beyond recovery."""
    await archive(session).forget(data.file)
    await tell(session, "CopyDeleted", file=data.file)
    return Finished()


@operation("upkeep.verify", fresh=True, parked=True)
async def verify(session: Session, data: Check) -> Contents:
    """Read a copy to its last byte: is it whole, and does the passphrase open it?"""
    if data.passphrase is not None and len(data.passphrase) > LONGEST:
        raise BadInput(f"a passphrase has at most {LONGEST} characters")
    return await archive(session).verify(data.file, data.passphrase)


def links(session: Session) -> Links:
    """The open links of this run."""
    found = session.hub.extra.setdefault("copies", Links())
    if not isinstance(found, Links):
        raise NotFound("this hub hands out no copies")
    return found
