"""The values of the clipboard: what the hub knows of an entry, and what people choose. What an entry says is in its
frame, which only members of the group open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from wayhome.core.record import Record
from wayhome.core.value import Value

NAME = "clipboard"
COLLECTION = "clip"
CHOICE = "clip_choice"
"""What a person has chosen, by their id."""
SCREEN = "clip_screen"
"""A screen that takes no part, by the device's id."""
NEWS = "@clip_news/"
CAME = "@came_text/"
"""Below it stands for each person which entry their screens were told of and did not show yet."""
ALL = "ALL"
"""In the place of a person: an entry for everybody of the group. No person's id has capitals."""
BRIEF = 60.0
"""So long, in s, lasts what is not to be kept: a code, a password."""
LASTS = 86_400.0
"""An entry that is not pinned goes after so many s, where nobody has chosen otherwise."""
AHEAD = 30.0
"""So far, in s, another site's clock may be ahead."""
CHOICES = (3_600.0, LASTS, 7 * 86_400.0)
MOST, PINNED = 50, 20
"""So many entries of each person, and so many of them pinned; a further one takes the place of the oldest."""
IMAGES = 10
"""So many of them are images; one more takes the place of the oldest that is not pinned."""
IMAGE = 4 * 1024 * 1024
"""Bytes of an image at most."""
OVER = 12 + 16
"""A sealed image is longer by so many bytes: its nonce and its tag."""
COMING = 60.0
"""An image that is not on the disk after so many s does not come any more."""
GOT = "got_"
ID = re.compile(r"(?:ALL|[a-z0-9-]{1,64}):[0-9a-z]{26}")
_HASH = re.compile(r"[0-9a-f]{64}")


class Entry(msgspec.Struct, frozen=True):
    """One entry as the hub knows it. ``frame``: sealed, in base64url; ``at``: s since 1970; ``lasts``: so many s.
    ``image``: the SHA-256 of the sealed image that belongs to it, ``size`` its bytes, ``coming``: it is not on the disk
    yet. ``to``: the screens that were told of it, ``got``: those of them that have shown it."""

    id: str
    frame: str
    by: str
    at: float
    pinned: bool = False
    lasts: float = LASTS
    image: str = ""
    size: int = 0
    coming: bool = False
    to: tuple[str, ...] = ()
    got: tuple[str, ...] = ()

    @property
    def owner(self) -> str:
        """Whose it is: a person, or ALL."""
        return self.id.partition(":")[0]

    @property
    def until(self) -> float:
        return self.at + self.lasts

    @property
    def brief(self) -> bool:
        """Whether it is not to be kept anywhere."""
        return self.lasts <= BRIEF

    def over(self, now: float) -> bool:
        """Whether its time is over. A clock that was set back lengthens no minute."""
        if self.brief and self.at > now + AHEAD:
            return True
        return now >= self.at + COMING if self.coming else not self.pinned and now >= self.until


def read(record: Record) -> Entry | None:
    """An entry by its record; None: one that can't be read."""
    values = record.values()
    got = tuple(name.removeprefix(GOT) for name, value in values.items() if name.startswith(GOT) and value)
    known = {name: value for name, value in values.items() if value is not None}
    try:
        found = msgspec.convert({**known, "id": record.id, "got": got}, Entry)
    except msgspec.ValidationError:
        return None
    # Other sites write records, too: none of them keeps one for good, or names a place on the disk.
    if found.image and _HASH.fullmatch(found.image) is None:
        return None
    return msgspec.structs.replace(found, lasts=max(0.0, min(found.lasts, CHOICES[-1])))


def entries(records: Iterable[Record]) -> list[Entry]:
    return [one for record in records if (one := read(record)) is not None]


def chosen(record: Record | None) -> float:
    """How long a person's entries last, in s; what can't be read counts as nothing chosen."""
    lasts = record.values().get("lasts") if record is not None and not record.gone else None
    return next((one for one in CHOICES if one == lasts), LASTS)


def takes_part(screens: Mapping[str, Record], device: str | None) -> bool:
    """Whether a screen takes part in the clipboard; each does where nobody has said otherwise."""
    record = screens.get(device) if device is not None else None
    values: Mapping[str, Value] = record.values() if record is not None and not record.gone else {}
    return values.get("off") is not True
