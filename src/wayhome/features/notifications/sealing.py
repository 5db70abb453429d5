"""Notifications as they go to screens: sealed by the hub, as a member of the group, each way it is shown once."""

from __future__ import annotations

import base64

import msgspec

from wayhome.features.notifications.model import KIND, Standing
from wayhome.features.notifications.rules import Level
from wayhome.hub.group.group import group
from wayhome.hub.group.sealer import Sealer
from wayhome.hub.running import Hub


class Words(msgspec.Struct, omit_defaults=True):
    """What is in a frame. ``text``, ``title``: where they may be read; ``sender``: who wrote. ``level``: how much of it
    that is. ``picture``: it has an icon. ``sms``: a text message that the phone's messages show as well."""

    app: str
    text: str
    title: str = ""
    sender: str = ""
    level: Level = "all"
    clears: bool = True
    replies: bool = False
    actions: tuple[str, ...] = ()
    picture: bool = False
    sms: bool = False


class Icon(msgspec.Struct):
    """What is in an icon's frame: its media type as ``text``, and its bytes in base64."""

    text: str
    data: str


class Said(msgspec.Struct):
    """What a screen seals: an answer, or what a button is called."""

    text: str


class Sealing(Sealer):
    """Frames that were made already are kept while they hold."""

    def __init__(self, hub: Hub) -> None:
        super().__init__(hub, KIND)
        self._made: dict[tuple[str, Level], tuple[int, int, str]] = {}
        self._quick: dict[str, tuple[tuple[str, ...], int, str]] = {}

    def frame(self, one: Standing, level: Level, *, pictured: bool) -> str:
        """One as a screen gets it. Raises Conflict where this hub does not belong to the group."""
        epoch, made = self._epoch(), self._made.get((one.id, level))
        if made is None or made[:2] != (one.revision, epoch):
            frame = self.sealed(one.id, words(one, level, pictured=pictured))
            made = self._made[one.id, level] = one.revision, epoch, frame
        return made[2]

    def icon(self, one: Standing, media_type: str, content: bytes) -> str:
        """Its icon, for a screen."""
        return self.sealed(one.id, Icon(media_type, base64.b64encode(content).decode()))

    def quick(self, person: str, answers: tuple[str, ...]) -> str | None:
        """A person's own answers by one tap, as a frame of ``PERSON:quick`` with ``items``; None: there are none."""
        if not answers:
            return None
        epoch, made = self._epoch(), self._quick.get(person)
        if made is None or made[:2] != (answers, epoch):
            made = self._quick[person] = answers, epoch, self.sealed(f"{person}:quick", {"items": answers})
        return made[2]

    def forget(self, id: str) -> None:
        """It has changed, or is gone."""
        for name in [name for name in self._made if name[0] == id]:
            del self._made[name]

    def _epoch(self) -> int:
        chain = group(self._hub).chain
        return chain.newest.epoch if chain is not None and chain.newest is not None else 0


def words(one: Standing, level: Level, *, pictured: bool) -> Words:
    """As much of it as a screen may know now."""
    said, sms = one.said, one.sms
    if level == "app":
        return Words(said.app, "", level=level, clears=said.clears, sms=sms)
    if level == "sender":
        return Words(said.app, "", sender=said.sender, level=level, clears=said.clears, replies=said.replies,
                     picture=pictured, sms=sms)  # fmt: skip
    return Words(said.app, said.text, said.title, said.sender, level, said.clears, said.replies, said.actions, pictured,
                 sms)  # fmt: skip
