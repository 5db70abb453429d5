"""Whether others look at a screen: between the feature in which people choose when their texts are hidden, and those
that show what is private."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Session

NAME = "onlookers"

type Texts = Literal["all", "sender", "off"]
"""How much of their phones' text messages a person wants to see: all, who wrote alone, nothing."""


@runtime_checkable
class Onlookers(Protocol):
    """What knows it."""

    def look(self, session: Session) -> bool:
        """Whether what is private is hidden on this session's screen now."""

    def texts(self, person: str) -> Texts:
        """How much of their phones' text messages a person wants to see."""


def others_look(session: Session) -> bool:
    """Whether what is private is hidden on this session's screen now. Where nobody can choose that, it is not."""
    found = session.hub.extra.get(NAME)
    return isinstance(found, Onlookers) and found.look(session)


def texts_of(hub: Hub, person: str) -> Texts:
    """How much of their phones' text messages a person wants to see. Where nobody can choose that, all."""
    found = hub.extra.get(NAME)
    return found.texts(person) if isinstance(found, Onlookers) else "all"


def somewhere(hub: Hub, person: str) -> bool:
    """Whether it is hidden on any screen that this person has open: for what is told to all of them alike."""
    return any(one.identity.person == person and others_look(one) for one in hub.sessions.all())
