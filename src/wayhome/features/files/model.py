"""The values of files that are handed from screen to screen. What they are called, and the key that opens them, is in
their frame, which only screens open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Literal

import msgspec

from wayhome.core.record import Record
from wayhome.sealing.pieces import OVER, PART, PARTS, PIECE

NAME = "files"
COLLECTION = "file"
NEWS = "@file_news/"
CAME = "@came/"
"""Below it stands for each person what has come for their screens and was not fetched yet, by the file's id."""
SEALED = PIECE + PARTS * OVER
"""So many bytes a sealed piece has; a file's last one may be shorter."""
DIGEST = 32
"""Before each piece on the disk stands its SHA-256."""
STRIDE = DIGEST + SEALED
MOST = 10 * 1024**3
"""Bytes of one file."""
PER_PERSON = 100
TO = 50
"""At most so many screens are named for one file."""
LASTS = 7 * 86_400.0
"""So long a file that is whole stays, in s, ..."""
WAITS = 2 * 86_400.0
"""... and one that is not."""
UNDO = 60.0
SHARE = 30
"""Percent of the disk that files take at most."""
EACH = 2 / 3
"""Of that one person's files take at most so much, where others may send files, too."""
FLOOR, FLOOR_SHARE = 1024**3, 0.05
"""Of the disk so many bytes stay free, or this part of it where that is less: the household's own data comes first."""
CARRIED = "thing_"
GOT, ASKED, REFUSED = "got_", "asked_", "refused_"
ID = re.compile(r"[a-z0-9-]{1,64}:[0-9a-z]{26}")


class Offer(msgspec.Struct, frozen=True):
    """One file as the hub knows it. ``id``: PERSON:ULID, the person who sends it; ``by``: on which device. ``site``:
    whose hub has its pieces. ``to``: the devices that it is for; none: all of its person's, or with ``everybody`` all
    of the group's. ``at``, ``removed``: s since 1970. ``via``: the thing that it came from by a link; ``by`` is the hub
    then, which sealed it. ``asked``: devices of links that somebody handed it to afterwards; ``refused``: where it was
    not wanted."""

    id: str
    frame: str
    by: str
    at: float
    size: int
    site: str
    to: tuple[str, ...] = ()
    everybody: bool = False
    state: Literal["coming", "whole"] = "coming"
    removed: float | None = None
    got: tuple[str, ...] = ()
    via: str = ""
    asked: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()

    @property
    def person(self) -> str:
        return self.id.partition(":")[0]

    @property
    def pieces(self) -> int:
        return -(-self.size // PIECE)

    @property
    def file(self) -> str:
        return file_of(self.id)

    @property
    def until(self) -> float:
        return self.at + (LASTS if self.state == "whole" else WAITS)

    def length(self, index: int) -> int:
        """How long a sealed piece is, in bytes."""
        return _sealed(min(PIECE, self.size - index * PIECE))

    @property
    def stored(self) -> int:
        """What all of it takes on the disk, in bytes."""
        return _sealed(self.size) + self.pieces * DIGEST


def _sealed(size: int) -> int:
    """How long so many bytes are when they are sealed, which begin with a part."""
    return size + -(-size // PART) * OVER


def file_of(id: str) -> str:
    """What a file is called on the disk: nothing that anybody has typed, and of all of its id. Who sends chooses the
    ULID: by that alone anybody's file would take the place of one that they were sent."""
    return f"{sha256(id.encode()).hexdigest()[:40]}.file"


def read(record: Record) -> Offer | None:
    """A file by its record; None: one that can't be read."""
    values = record.values()
    told = {
        field: tuple(name.removeprefix(prefix) for name in values if name.startswith(prefix))
        for field, prefix in (("got", GOT), ("asked", ASKED), ("refused", REFUSED))
    }
    try:
        offer = msgspec.convert({**values, "id": record.id, **told}, Offer)
    except msgspec.ValidationError:
        return None
    # Other sites write records, too: none of them may name a place on the disk, or take all of it.
    return offer if ID.fullmatch(offer.id) is not None and 0 <= offer.size <= MOST else None


def sees(offer: Offer, person: str, device: str | None) -> bool:
    """Whether somebody may have a file: whose it is, everybody where it is for all, and the screens that are named."""
    return offer.everybody or person == offer.person or (device is not None and device in offer.to)


def audience(offer: Offer, screens: Mapping[str, str]) -> dict[str, list[str]]:
    """For whose screens a file is: the devices by person. ``screens``: the person of each device of the group."""
    found: dict[str, list[str]] = {}
    for device, person in screens.items():
        named = device in offer.to if offer.to else offer.everybody or person == offer.person
        if named and device != offer.by:
            found.setdefault(person, []).append(device)
    return found


def carried(offer: Offer) -> set[str]:
    """The devices of links that a whole file still has to go to."""
    return {one for one in {*offer.to, *offer.asked} - {*offer.got, *offer.refused} if one.startswith(CARRIED)}


def carried_id(thing: str) -> str:
    """A device of a link, by its thing's id, as one of those that a file is for: it can be part of a field's name, and
    no screen's id looks so."""
    return f"{CARRIED}{sha256(thing.encode()).hexdigest()[:24]}"


def floor_of(size: int) -> float:
    """So many bytes of a disk stay free."""
    return min(FLOOR, size * FLOOR_SHARE)
