"""What a screen is shown of the notifications of its person's phones, and what they chose. What whoever drives may not
read does not leave the hub."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound
from wayhome.features.notifications.desk import Desk, desk
from wayhome.features.notifications.guests import look, on, with_guests
from wayhome.features.notifications.model import CHOICE, Standing
from wayhome.features.notifications.rules import (
    FACES,
    MOST_APPS,
    UNOPENED,
    Face,
    Hide,
    OfApp,
    OfFace,
    Rules,
    Shown,
    shown,
)
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

type Name = Annotated[str, Meta(min_length=1, max_length=60)]
type Answer = Annotated[str, Meta(min_length=1, max_length=120)]


class NotificationsNothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class NotificationsSince(msgspec.Struct, forbid_unknown_fields=True):
    """What a screen knows already: the hub's ``run`` and ``revision`` as they were told; nothing: all is new to it."""

    run: Annotated[str, Meta(max_length=40)] = ""
    revision: int = 0


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
    asked from. ``cut``: there are more than the driving state leaves to you now. ``guests``: somebody is aboard who
    is a guest. ``speaks``: this hub can read aloud. ``quick``: your answers by one tap; none: those that come with
    it."""

    run: str
    revision: int
    ids: list[str]
    changed: list[ShownNotification]
    cut: bool
    guests: bool
    speaks: bool
    quick: list[str]


class OneNotification(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(max_length=128)]


class NotificationIcon(msgspec.Struct):
    """``frame``: an icon, sealed: its media type and its bytes."""

    frame: str


class NotificationRules(msgspec.Struct):
    """What you chose. ``apps``: by the name of the app: ``show``; ``silent``, in the list alone; ``sender``, its name
    and who wrote alone; ``off``. Apps that are not there are shown. ``faces``: on which kind of screen they are
    announced (``show``), in the list alone (``silent``), or not at all. ``hide``: when texts are hidden: while a guest
    is aboard the same car, or always in a car and on a tablet. ``quick``: answers by one tap; none: those that come
    with it. ``heard``: the apps that tell something now."""

    apps: dict[str, OfApp]
    faces: dict[Face, OfFace]
    hide: Hide
    quick: list[str]
    heard: list[str]


class NotificationWishes(msgspec.Struct, forbid_unknown_fields=True):
    """What you choose; what is left out stays as it is. Of ``apps`` and ``faces`` only those are changed that are
    named."""

    apps: dict[Name, OfApp] | UnsetType = UNSET
    faces: dict[Face, OfFace] | UnsetType = UNSET
    hide: Hide | UnsetType = UNSET
    quick: Annotated[list[Answer], Meta(max_length=5)] | UnsetType = UNSET


@operation("notifications.list", reads=True)
async def list_(session: Session, data: NotificationsSince) -> NotificationList:
    """What the apps on your phones say. It is sealed: screens of the group open it.

    Whoever drives gets the app and who wrote, without the text; in a car with a guest aboard it is the app alone.
    """
    it, whose = desk(session), person(session)
    since = data.revision if data.run == it.run else 0
    guests = with_guests(session)
    limits = session.restrictions()
    found = [(one, how) for one in it.of(whose) if (how := visible(session, it, one)) is not None]
    most = found[: limits.items]
    return NotificationList(
        it.run,
        it.revision,
        [one.id for one, _ in most],
        [_shown(it, one, how, since) for one, how in most if one.revision > since],
        len(found) > len(most),
        guests,
        session.hub.ports.speech is not None and session.hub.ports.speech.ready,
        list(it.choices.of(whose).quick),
    )


@operation("notifications.icon", reads=True)
async def icon(session: Session, data: OneNotification) -> NotificationIcon:
    """The icon of a notification, sealed."""
    it = desk(session)
    one, how = find(session, data.id)
    found = it.pictures.get(one.said.picture)
    if found is None or how.level == "app":
        raise NotFound("it has no icon")
    return NotificationIcon(it.sealing.icon(one, *found))


@operation("notifications.rules", reads=True, parked=True)
async def rules(session: Session, data: NotificationsNothing) -> NotificationRules:
    """What of your phones' notifications is shown, and where."""
    return _rules(session)


@operation("notifications.choose", parked=True)
async def choose(session: Session, data: NotificationWishes) -> NotificationRules:
    """Choose what of your phones' notifications is shown, and where."""
    it, whose = desk(session), person(session)
    before = it.choices.of(whose)
    if before is UNOPENED:
        raise Conflict("what you chose before can't be opened here yet", advice="Try again when this hub has its keys.")
    apps, faces = dict(before.apps), dict(before.faces)
    if data.apps is not UNSET:
        apps |= data.apps
        apps = {app: of for app, of in apps.items() if of != "show"}
        if len(apps) > MOST_APPS:
            raise BadInput(f"at most {MOST_APPS} apps have a rule of their own")
    if data.faces is not UNSET:
        faces |= data.faces
    hide = before.hide if data.hide is UNSET else data.hide
    quick = before.quick if data.quick is UNSET else tuple(data.quick)
    wanted = Rules(apps, faces, hide, quick)
    if wanted != before:
        sealed = it.sealing.sealed(whose, msgspec.json.encode(wanted), CHOICE)
        await it.choices.keep(whose, sealed, session.context())
    return _rules(session)


def _rules(session: Session) -> NotificationRules:
    it, whose = desk(session), person(session)
    chosen = it.choices.of(whose)
    heard = sorted({one.said.app for one in it.of(whose) if one.said.app})
    return NotificationRules(dict(chosen.apps), {**FACES, **chosen.faces}, chosen.hide, list(chosen.quick), heard)


def _shown(it: Desk, one: Standing, how: Shown, since: int) -> ShownNotification:
    frame = it.sealing.frame(one, how.level, pictured=it.pictures.has(one.said.picture))
    return ShownNotification(one.id, frame, one.said.at, how.announced, one.told > since)


def person(session: Session) -> str:
    """Whose notifications this session is shown. Raises NotAllowed."""
    if session.identity.person is None or session.identity.role not in GROWN:
        raise NotAllowed("notifications are for people of the group")
    return session.identity.person


def find(session: Session, id: str) -> tuple[Standing, Shown]:
    """One that this screen is shown now, and how. Raises NotFound."""
    it = desk(session)
    one = it.find(person(session), id)
    how = visible(session, it, one)
    if how is None:
        raise NotFound("this notification is not there any more")
    return one, how


def visible(session: Session, it: Desk, one: Standing) -> Shown | None:
    """How one is shown on this screen now."""
    rules = it.choices.of(one.person)
    return shown(one.said, rules, on(session), session.restrictions(), hidden=look(session, rules))
