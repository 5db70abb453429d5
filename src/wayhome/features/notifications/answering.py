"""What people do with a notification: put it away, answer it, press its buttons, have it read aloud."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.errors import BadInput, NotAllowed, NotFound, NotWhileDriving, Unreachable
from wayhome.features.notifications.desk import desk
from wayhome.features.notifications.model import Origin, Standing
from wayhome.features.notifications.operations import OneNotification, find, person
from wayhome.features.notifications.rules import may_say
from wayhome.hub.notifications import Answers
from wayhome.hub.operations import File, operation
from wayhome.hub.session import Session
from wayhome.hub.speech import tongue_of

ALOUD = 600
"""Letters that are read aloud: of a longer text its beginning."""


class SomeNotifications(msgspec.Struct, forbid_unknown_fields=True):
    """``ids``: which; ``all``: every one that you are shown."""

    ids: Annotated[list[Annotated[str, Meta(max_length=128)]], Meta(max_length=500)] = []
    all: bool = False


class NotificationReply(msgspec.Struct, forbid_unknown_fields=True):
    id: Annotated[str, Meta(max_length=128)]
    text: Annotated[str, Meta(min_length=1, max_length=2000)]


class NotificationAction(msgspec.Struct, forbid_unknown_fields=True):
    """``action``: what the button is called."""

    id: Annotated[str, Meta(max_length=128)]
    action: Annotated[str, Meta(min_length=1, max_length=60)]


class NotificationDone(msgspec.Struct):
    """It is done, as far as this hub can: the phone was told."""

    done: bool = True


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
async def reply(session: Session, data: NotificationReply) -> NotificationDone:
    """Answer a message by the phone that it is on. Whoever drives answers by one of the short answers alone."""
    one, how = find(session, data.id)
    if not one.said.replies:
        raise BadInput("this can't be answered")
    if how.level == "app":
        raise NotAllowed("it is answered where nobody else looks")
    if not data.text.strip():
        raise BadInput("there is nothing to send")
    if not may_say(data.text, desk(session).choices.of(one.person), session.restrictions()):
        raise NotWhileDriving("only a short answer is sent while driving", advice="Choose one of yours, or park first.")
    answers, (_, phone, id) = _where(session, one)
    await answers.reply(phone, id, data.text)
    return NotificationDone()


@operation("notifications.act", parked=True)
async def act(session: Session, data: NotificationAction) -> NotificationDone:
    """Press a button of a notification on its phone."""
    one, how = find(session, data.id)
    if how.level != "all" or data.action not in one.said.actions:
        raise NotFound("it has no such button")
    answers, (_, phone, id) = _where(session, one)
    await answers.act(phone, id, data.action)
    return NotificationDone()


@operation("notifications.read_aloud", reads=True)
async def read_aloud(session: Session, data: OneNotification) -> File:
    """A notification as speech, a WAV file: in Chinese where it is Chinese, else in English."""
    one, how = find(session, data.id)
    if how.level == "app":
        raise NotAllowed("it is not read aloud while others listen")
    speech = session.hub.ports.speech
    if speech is None:
        raise NotFound("this hub has no voice")
    chosen = desk(session).choices.of(one.person).apps.get(one.said.app)
    text = aloud(one) if chosen != "sender" else f"{one.said.app}. {one.said.sender}"
    return File(await speech.say(text, tongue_of(text)), "audio/wav", "notification.wav")


def aloud(one: Standing) -> str:
    """What is read of one: the app, who wrote or what it is called, and the text."""
    said = one.said
    return ". ".join(part for part in (said.app, said.sender or said.title, said.text) if part)[:ALOUD]


def _where(session: Session, one: Standing) -> tuple[Answers, Origin]:
    """The first phone that is told of as being there. Raises Unreachable."""
    for origin in one.origins:
        answers = desk(session).link(origin[0])
        if answers is not None and answers.there(origin[1]):
            return answers, origin
    raise Unreachable("the phone is not near", advice="It has to be in the same network.")
