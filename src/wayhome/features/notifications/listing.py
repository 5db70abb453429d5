"""What a screen is shown of the notifications of its person's phones. What whoever drives may not read does not leave
the hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wayhome.errors import NotAllowed, NotFound
from wayhome.features.notifications.guests import look, on, with_guests
from wayhome.features.notifications.rules import Shown, shown
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.session import Session

if TYPE_CHECKING:
    from wayhome.features.notifications.desk import Desk
    from wayhome.features.notifications.model import Standing


class ShownNotification(msgspec.Struct):
    """One notification. ``frame``: what a screen of the group opens, in base64url. ``at``: s since 1970.
    ``announced``: it is to be told on this screen when it comes. ``news``: it says something that was not said
    before, since the revision that was asked from."""

    id: str
    frame: str
    at: float
    announced: bool
    news: bool


class NotificationList(msgspec.Struct):
    """``ids``: all that stand, the newest first; ``changed``: those that are other than in the revision that was
    asked from, ``since``. ``cut``: there are more than the driving state leaves to you now. ``guests``: somebody is
    aboard who is a guest. ``speaks``: this hub can read aloud. ``quick``: your answers by one tap, sealed for the
    record ``PERSON:quick``, with ``items``; none: those that come with it."""

    run: str
    since: int
    revision: int
    ids: list[str]
    changed: list[ShownNotification]
    cut: bool
    guests: bool
    speaks: bool
    quick: str | None


def listed(session: Session, it: Desk, since: int) -> NotificationList:
    """What this screen is shown now. Raises NotAllowed, Conflict where this hub can't seal yet."""
    whose, speech = person(session), session.hub.ports.speech
    guests = with_guests(session)
    limits = session.restrictions()
    found = [(one, how) for one in it.of(whose) if (how := visible(session, it, one)) is not None]
    most = found[: limits.items]
    return NotificationList(
        it.run,
        since,
        it.revision(whose),
        [one.id for one, _ in most],
        [_shown(it, one, how, since) for one, how in most if one.revision > since],
        len(found) > len(most),
        guests,
        speech is not None and speech.ready,
        it.sealing.quick(whose, it.choices.of(whose).quick),
    )


def _shown(it: Desk, one: Standing, how: Shown, since: int) -> ShownNotification:
    frame = it.sealing.frame(one, how.level, pictured=it.pictures.has(one.said.picture))
    return ShownNotification(one.id, frame, one.said.at, how.announced, one.told > since)


def person(session: Session) -> str:
    """Whose notifications this session is shown. Raises NotAllowed."""
    if session.identity.person is None or session.identity.role not in GROWN:
        raise NotAllowed("notifications are for people of the group")
    return session.identity.person


def find(session: Session, it: Desk, id: str) -> tuple[Standing, Shown]:
    """One that this screen is shown now, and how. Raises NotFound."""
    one = it.find(person(session), id)
    how = visible(session, it, one)
    if how is None:
        raise NotFound("this notification is not there any more")
    return one, how


def visible(session: Session, it: Desk, one: Standing) -> Shown | None:
    """How one is shown on this screen now."""
    rules = it.choices.of(one.person)
    return shown(one.said, rules, on(session), session.restrictions(), hidden=look(session, rules))
