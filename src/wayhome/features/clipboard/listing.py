"""What a screen is shown of the clipboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wayhome.errors import HubError
from wayhome.features.clipboard.model import ALL, NEWS, Entry
from wayhome.hub.running import Hub

if TYPE_CHECKING:
    from wayhome.features.clipboard.keeper import Keeper

ALONG = 24_000
"""So long a frame may be, in letters, that is told along with the news; who wants a longer one asks for it."""


class ShownEntry(msgspec.Struct):
    """One entry. ``frame``: what a screen of the group opens, in base64url; ``until``: when it goes, s since 1970;
    None: it is pinned. ``everybody``: it is for all of the group, not only for the person who put it. ``brief``: it is
    there for a minute only. ``image``: so many bytes has the sealed image that belongs to it, see
    ``/api/clipboard/image``; 0: there is none. ``told``: this screen was told of it and has not shown it yet."""

    id: str
    frame: str
    at: float
    until: float | None
    everybody: bool
    brief: bool
    image: int
    told: bool


def shown(entry: Entry, device: str | None) -> ShownEntry:
    """An entry as a screen is shown it."""
    return ShownEntry(
        entry.id,
        entry.frame,
        entry.at,
        None if entry.pinned else entry.until,
        entry.owner == ALL,
        entry.brief,
        entry.size if entry.image else 0,
        device in entry.to and device not in entry.got,
    )


def news(hub: Hub, it: Keeper, person: str, entry: Entry | None) -> None:
    """Tell a person's screens that their clipboard is another one, and along with that the entry that has come or
    changed: they show it before they have asked for all. None: one is gone."""
    path = NEWS + person
    if entry is not None and not entry.coming and len(entry.frame) <= ALONG:
        listing = hub.operations.find("clipboard.list")
        for session in hub.live.looking(path):
            device = session.identity.device
            if session.identity.person != person or not it.takes_part(device):
                continue
            try:
                session.recheck(listing)
            except HubError:
                continue  # it asks, and is told why not
            hub.live.tell(session, path, msgspec.to_builtins(shown(entry, device)))
    hub.household.own(path, hub.household.clock.now())
