"""Notifications as they go to screens: sealed by the hub, as a member of the group, each way it is shown once."""

from __future__ import annotations

import base64
import os

import msgspec

from wayhome.features.notifications.model import KIND, Standing
from wayhome.features.notifications.rules import Level
from wayhome.hub.group.group import group
from wayhome.hub.running import Hub
from wayhome.sealing.keys import text


class Words(msgspec.Struct, omit_defaults=True):
    """What is in a frame. ``text``, ``title``: where they may be read; ``sender``: who wrote. ``level``: how much of it
    that is. ``picture``: it has an icon."""

    app: str
    text: str
    title: str = ""
    sender: str = ""
    level: Level = "all"
    clears: bool = True
    replies: bool = False
    actions: tuple[str, ...] = ()
    picture: bool = False


class Icon(msgspec.Struct):
    """What is in an icon's frame: its media type as ``text``, and its bytes in base64."""

    text: str
    data: str


class Sealing:
    """Frames that were made already."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._made: dict[tuple[str, Level], tuple[int, int, str]] = {}
        self._counter = 0

    def frame(self, one: Standing, level: Level, *, pictured: bool) -> str:
        """One as a screen gets it. Raises Conflict where this hub does not belong to the group."""
        chain = group(self._hub).chain
        epoch = chain.newest.epoch if chain is not None and chain.newest is not None else 0
        made = self._made.get((one.id, level))
        if made is None or made[:2] != (one.revision, epoch):
            frame = self.sealed(one.id, msgspec.json.encode(words(one, level, pictured=pictured)))
            made = self._made[one.id, level] = one.revision, epoch, frame
        return made[2]

    def icon(self, one: Standing, media_type: str, content: bytes) -> str:
        """Its icon, for a screen."""
        return self.sealed(one.id, msgspec.json.encode(Icon(media_type, base64.b64encode(content).decode())))

    def sealed(self, id: str, content: bytes, kind: str = KIND) -> str:
        """Raises Conflict where this hub does not belong to the group, BadInput for what is too long."""
        # Never the same twice, also after a restart: then time has gone on.
        self._counter = max(self._counter + 1, int(self._hub.household.clock.now() * 1000))
        return text(group(self._hub).sealed(kind, id, content, self._counter, os.urandom(12)))

    def forget(self, id: str) -> None:
        """It has changed, or is gone."""
        for name in [name for name in self._made if name[0] == id]:
            del self._made[name]


def words(one: Standing, level: Level, *, pictured: bool) -> Words:
    """As much of it as a screen may know now."""
    said = one.said
    if level == "app":
        return Words(said.app, "", level=level, clears=said.clears)
    if level == "sender":
        return Words(said.app, "", sender=said.sender, level=level, clears=said.clears, replies=said.replies,
                     picture=pictured)  # fmt: skip
    return Words(said.app, said.text, said.title, said.sender, level, said.clears, said.replies, said.actions, pictured)
