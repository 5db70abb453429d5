"""What people do with a notification: put it away, answer it, press its buttons, have it read aloud."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.errors import BadInput, NotAllowed, NotFound, NotWhileDriving, Unreachable
from wayhome.features.notifications.desk import Desk, desk
from wayhome.features.notifications.listing import find, person
from wayhome.features.notifications.model import Origin, Standing
from wayhome.features.notifications.operations import OneNotification
from wayhome.features.notifications.rules import may_say
from wayhome.features.notifications.sealing import Said
from wayhome.hub.notifications import Answers
from wayhome.hub.operations import File, operation
from wayhome.hub.session import Session
from wayhome.hub.speech import tongue_of

ALOUD = 600
"""Letters that are read aloud: of a longer text its beginning."""
LETTERS = 2_000
"""Of an answer."""
type Id = Annotated[str, Meta(max_length=128)]


class SomeNotifications(msgspec.Struct, forbid_unknown_fields=True):
    """``ids``: which; ``all``: every one that you are shown."""

    ids: Annotated[list[Id], Meta(max_length=500)] = []
    all: bool = False


class NotificationReply(msgspec.Struct, forbid_unknown_fields=True):
    """``frame``: the answer as ``text``, sealed by this device for the record ``key`` (PERSON:ULID) of the kind
    ``notification``. The same ``key`` is sent once."""

    id: Id
    key: Id
    frame: str


class NotificationAction(msgspec.Struct, forbid_unknown_fields=True):
    """``frame``: what the button is called as ``text``, sealed by this device for the record ``key`` (PERSON:ULID) of
    the kind ``notification``. The same ``key`` is pressed once."""

    id: Id
    key: Id
    frame: str


class NotificationDone(msgspec.Struct):
    """It is done, as far as this hub can: the phone was told."""

    done: bool = True


class NotificationHanded(msgspec.Struct):
    """The phone has it. What became of it, its app says. ``phone``: what it is called."""

    phone: str


@operation("notifications.dismiss")
async def dismiss(session: Session, data: SomeNotifications) -> NotificationDone:
    """Put notifications away: on all your screens at once, and on the phone.

    From a phone that is away they go when it comes. What is gone already is no error.
    """
    it, whose = desk(session), person(session)
    wanted = {one.id for one in it.of(whose)} if data.all else set(data.ids)
    for one in it.of(whose):
        if one.id in wanted:
            it.put_away(one)
    return NotificationDone()


@operation("notifications.reply")
async def reply(session: Session, data: NotificationReply) -> NotificationHanded:
    """Answer a message by the phone that it is on. Whoever drives answers by one of the short answers alone."""
    it, text = desk(session), _opened(session, data)
    before = it.handed.to(data.key)
    if before is not None:
        return NotificationHanded(before)  # the app may have put it away since, as it was answered
    one, how = find(session, it, data.id)
    if not one.said.replies:
        raise BadInput("this can't be answered")
    if how.level == "app":
        raise NotAllowed("it is answered where nobody else looks")
    if not text.strip() or len(text) > LETTERS:
        raise BadInput(f"an answer has 1 to {LETTERS} letters")
    if not may_say(text, it.choices.of(one.person), session.restrictions()):
        raise NotWhileDriving("only a short answer is sent while driving", advice="Choose one of yours, or park first.")
    answers, (_, phone, id), name = _where(it, one)
    await it.handed.once(data.key, name, lambda: answers.reply(phone, id, text))
    return NotificationHanded(name)


@operation("notifications.act", parked=True)
async def act(session: Session, data: NotificationAction) -> NotificationHanded:
    """Press a button of a notification on its phone."""
    it, action = desk(session), _opened(session, data)
    before = it.handed.to(data.key)
    if before is not None:
        return NotificationHanded(before)
    one, how = find(session, it, data.id)
    if how.level != "all" or action not in one.said.actions:
        raise NotFound("it has no such button")
    answers, (_, phone, id), name = _where(it, one)
    await it.handed.once(data.key, name, lambda: answers.act(phone, id, action))
    return NotificationHanded(name)


@operation("notifications.read_aloud", reads=True)
async def read_aloud(session: Session, data: OneNotification) -> File:
    """A notification as speech, a WAV file: in Chinese where it is Chinese, else in English."""
    it = desk(session)
    one, how = find(session, it, data.id)
    if how.level == "app":
        raise NotAllowed("it is not read aloud while others listen")
    speech = session.hub.ports.speech
    if speech is None:
        raise NotFound("this hub has no voice")
    chosen = it.choices.of(one.person).apps.get(one.said.app)
    text = aloud(one) if chosen != "sender" else f"{one.said.app}. {one.said.sender}"
    return File(await speech.say(text, tongue_of(text)), "audio/wav", "notification.wav")


def aloud(one: Standing) -> str:
    """What is read of one: the app, who wrote or what it is called, and the text."""
    said = one.said
    return ". ".join(part for part in (said.app, said.sender or said.title, said.text) if part)[:ALOUD]


def _opened(session: Session, data: NotificationReply | NotificationAction) -> str:
    person(session)
    return desk(session).sealing.opened(session, data.key, data.frame, Said).text


def _where(it: Desk, one: Standing) -> tuple[Answers, Origin, str]:
    """The first phone that is told of as being there, and what it is called. Raises Unreachable."""
    for origin in one.origins:
        answers = it.link(origin[0])
        name = answers.near(origin[1]) if answers is not None else None
        if answers is not None and name is not None:
            return answers, origin, name
    raise Unreachable("the phone is not near", advice="It has to be in the same network.")
