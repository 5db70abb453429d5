"""Notifications of the apps on people's phones: between links whose phones tell them, and the feature that shows them
on the person's other screens."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import msgspec

from wayhome.errors import NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

NAME = "notifications"
ICON = 32_000
"""Bytes of an icon; larger ones are not taken."""


class Said(msgspec.Struct, frozen=True):
    """What an app of a phone says. ``id``: the phone's own for it; the same id again replaces what it said before.
    ``sender``: who wrote, or in which talk, where it is a message; "": it is none. ``at``: s since 1970. ``clears``:
    it can be put away. ``replies``: it can be answered. ``actions``: what its buttons are called. ``silent``: it is not
    to be announced. ``once``: where it changes, that is not announced. ``picture``: the hash by which the phone calls
    its icon; "": it has none."""

    id: str
    app: str
    title: str
    text: str
    at: float
    sender: str = ""
    clears: bool = True
    replies: bool = False
    actions: tuple[str, ...] = ()
    silent: bool = False
    once: bool = False
    picture: str = ""


class Answers(Protocol):
    """What a link does with its phones' notifications (``phone``, ``id``: see Said). Each raises Unreachable where the
    phone is not there."""

    def near(self, phone: str) -> str | None:
        """What it is called, where it can be reached now; None: it can't."""

    async def dismiss(self, phone: str, id: str) -> None:
        """Put it away on the phone."""

    async def reply(self, phone: str, id: str, text: str) -> None:
        """Answer it."""

    async def act(self, phone: str, id: str, action: str) -> None:
        """Press one of its buttons."""


class Heard(Protocol):
    """What a link tells of its phones. ``phone``: by its id there. Nothing of it raises or blocks."""

    def said(self, person: str, phone: str, said: Said) -> None:
        """A phone of a person tells this, for the first time or anew."""

    def over(self, phone: str, id: str) -> None:
        """It is gone on the phone."""

    def came(self, phone: str, tells_all: bool) -> None:
        """The phone is there again. ``tells_all``: it was asked to tell all that stands there now; what it does not
        tell is gone."""

    def wants(self, phone: str, picture: str) -> bool:
        """Whether this phone's icon is not known yet."""

    def pictured(self, phone: str, picture: str, content: bytes) -> None:
        """An icon of this phone."""

    def parted(self, phone: str) -> None:
        """The phone is paired no longer."""


@runtime_checkable
class Notifications(Protocol):
    """What shows notifications."""

    def join(self, link: str, answers: Answers) -> AbstractContextManager[Heard]:
        """A link whose phones tell theirs, as long as this lasts."""


def notifications(hub: Hub) -> Notifications:
    """What shows notifications in a running hub. Raises NotFound where nothing does."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Notifications):
        raise NotFound("this hub shows no notifications")
    return found
