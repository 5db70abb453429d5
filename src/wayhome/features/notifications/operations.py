"""What a screen asks of its person's notifications, and what they chose. What whoever drives may not read does not
leave the hub."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.errors import BadInput, Conflict, NotFound
from wayhome.features.notifications.desk import desk
from wayhome.features.notifications.listing import NotificationList, find, listed, person
from wayhome.features.notifications.rules import FACES, MOST_APPS, UNOPENED, Face, Hide, OfApp, OfFace, Rules
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


class OneNotification(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(max_length=128)]


class NotificationIcon(msgspec.Struct):
    """``frame``: an icon, sealed: its media type and its bytes."""

    frame: str


class NotificationRules(msgspec.Struct):
    """What you chose. ``faces``: on which kind of screen they are announced (``show``), in the list alone
    (``silent``), or not at all. ``hide``: when texts are hidden: while a guest is aboard the same car, or always in a
    car and on a tablet. ``frame``: what tells which apps you have, sealed for the record ``PERSON:rules`` of the kind
    ``notification``: ``apps`` (see NotificationWishes), ``quick``, your answers by one tap, none: those that come with
    it; ``heard``: the apps that tell something now. ``shut``: this hub can't open what you chose before."""

    faces: dict[Face, OfFace]
    hide: Hide
    frame: str
    shut: bool


class NotificationWishes(msgspec.Struct, forbid_unknown_fields=True):
    """What you choose; what is left out stays as it is, and of ``faces`` only those are changed that are named.
    ``frame``: sealed by this device for the record ``key`` (PERSON:ULID) of the kind ``notification``: ``apps``, by the
    name of the app: ``show``; ``silent``, in the list alone; ``sender``, its name and who wrote alone; ``off``; those
    that are not named stay. And ``quick``. ``anew``: nothing of what was chosen before holds, as where this hub can't
    open it."""

    faces: dict[Face, OfFace] | UnsetType = UNSET
    hide: Hide | UnsetType = UNSET
    key: Annotated[str, Meta(max_length=128)] = ""
    frame: str = ""
    anew: bool = False


class OfApps(msgspec.Struct):
    """What is sealed of wishes."""

    apps: dict[Name, OfApp] = {}
    quick: Annotated[list[Answer], Meta(max_length=5)] | UnsetType = UNSET


@operation("notifications.list", reads=True)
async def list_(session: Session, data: NotificationsSince) -> NotificationList:
    """What the apps on your phones say. It is sealed: screens of the group open it.

    Whoever drives gets the app and who wrote, without the text; in a car with a guest aboard it is the app alone.
    """
    it = desk(session)
    return listed(session, it, data.revision if data.run == it.run else 0)


@operation("notifications.icon", reads=True)
async def icon(session: Session, data: OneNotification) -> NotificationIcon:
    """The icon of a notification, sealed."""
    it = desk(session)
    one, how = find(session, it, data.id)
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
    said = it.sealing.opened(session, data.key, data.frame, OfApps) if data.frame else OfApps()
    before = it.choices.of(whose)
    if data.anew:
        before = Rules()
    elif before is UNOPENED:
        raise Conflict("what you chose before can't be opened here", advice="Wait until it can, or choose all anew.")
    apps: dict[str, OfApp] = {app: of for app, of in {**before.apps, **said.apps}.items() if of != "show"}
    if len(apps) > MOST_APPS:
        raise BadInput(f"at most {MOST_APPS} apps have a rule of their own")
    wanted = Rules(
        apps,
        {**before.faces, **(data.faces if data.faces is not UNSET else {})},
        before.hide if data.hide is UNSET else data.hide,
        before.quick if said.quick is UNSET else tuple(said.quick),
        tuple(sorted({*before.texters, *it.texters(whose)} & set(apps))),
    )
    if data.anew or wanted != before:
        await it.choices.keep(whose, wanted, session.context())
    return _rules(session)


def _rules(session: Session) -> NotificationRules:
    it, whose = desk(session), person(session)
    chosen = it.choices.of(whose)
    heard = sorted({one.said.app for one in it.of(whose) if one.said.app})
    frame = it.sealing.sealed(f"{whose}:rules", {"apps": chosen.apps, "quick": chosen.quick, "heard": heard})
    return NotificationRules({**FACES, **chosen.faces}, chosen.hide, frame, chosen is UNOPENED)
