"""Calls, messages and contacts of people's own phones: between links that speak with phones, and the feature that
shows them to the person whose phone it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

import msgspec

from wayhome.errors import NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

NAME = "telephony"

type Can = Literal["calls", "mute", "dial", "read", "send"]


class Handset(msgspec.Struct, frozen=True):
    """A person's own phone. ``id``: of it among all, ``link/device``; ``thing``: its thing's id; ``can``: what it is
    asked for or tells; ``near``: it is connected."""

    id: str
    thing: str
    name: str
    person: str
    can: frozenset[Can]
    near: bool


class Ring(msgspec.Struct, frozen=True):
    """What a phone says of a call. ``over``: it rings no longer, whoever ended that. ``number``, ``name``: as the phone
    knows them; empty: hidden, unknown. ``picture``: of who calls, a small JPEG or PNG in base64, or empty."""

    event: Literal["ringing", "over", "missed"]
    number: str
    name: str = ""
    picture: str = ""


class Attachment(msgspec.Struct, frozen=True):
    """What hangs on a message. ``picture``: a thumbnail, PNG or JPEG in base64, or empty."""

    type: str
    picture: str = ""


class Message(msgspec.Struct, frozen=True):
    """One message as the phone tells it. ``id``: on that phone, ``conversation``: of its conversation there.
    ``people``: the numbers of the others; of one that came in a group the sender is the first. ``at``: s since 1970, by
    the phone's clock. ``state``: ``came``; of one's own ``sent``, ``sending``, ``failed``. ``sim``: of which of its SIM
    cards."""

    id: int
    conversation: int
    people: tuple[str, ...]
    text: str
    at: float
    state: Literal["came", "sent", "sending", "failed"]
    read: bool = True
    sim: int | None = None
    attachments: tuple[Attachment, ...] = ()


class Contact(msgspec.Struct, frozen=True):
    """Somebody in a phone's address book."""

    name: str
    numbers: tuple[str, ...]


# What a phone is asked for


class Mute(msgspec.Struct, frozen=True):
    """Ring no longer."""


class Dial(msgspec.Struct, frozen=True):
    """Show a number in the phone's own dialler: a person taps there."""

    number: str


class Conversations(msgspec.Struct, frozen=True):
    """Tell the newest message of each conversation."""


class Messages(msgspec.Struct, frozen=True):
    """Tell messages of a conversation: the newest, or those of ``before`` (s since 1970) and older."""

    conversation: int
    before: float | None
    count: int


class Write(msgspec.Struct, frozen=True):
    """Send a message to these numbers."""

    to: tuple[str, ...]
    text: str
    sim: int | None


type Wish = Mute | Dial | Conversations | Messages | Write


class Phones(Protocol):
    """What of a link speaks with phones."""

    def handsets(self) -> Iterable[Handset]:
        """The phones that people share, with what this part of the link knows of them."""

    def ask(self, id: str, wish: Wish) -> bool:
        """Hand a wish to a phone; False: this part has no such wish. That it was handed over says nothing of what
        becomes of it: the phone's own word does. Raises Unreachable, BadInput."""

    async def arrived(self, id: str) -> bool:
        """Whether all that was handed to a phone has come there. False: it did not, and comes no more."""


@runtime_checkable
class Telephony(Protocol):
    """What shows calls and messages. What is told to it is judged by it; it neither raises nor blocks."""

    def serve(self, phones: Phones) -> AbstractContextManager[None]:
        """Meanwhile these phones can be asked."""

    def moved(self, phone: Handset) -> None:
        """A phone that tells messages has come, or gone; see ``near``."""

    def rang(self, phone: Handset, ring: Ring) -> None:
        """A phone says something of a call."""

    def told(self, phone: Handset, messages: Sequence[Message]) -> None:
        """A phone tells messages, asked or by itself."""

    def known(self, phone: Handset, contacts: Sequence[Contact]) -> None:
        """A phone's address book as it is now."""

    def missed(self, phone: str, words: str) -> bool:
        """Whether a call that this phone (as in Handset) missed stands on screens, of whom these words tell."""

    def forget(self, id: str) -> None:
        """A phone is nobody's any more."""


def telephony(hub: Hub) -> Telephony:
    """What shows calls and messages in a running hub. Raises NotFound where nothing does."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Telephony):
        raise NotFound("this hub shows no calls and messages")
    return found
