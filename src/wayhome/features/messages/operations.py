"""What can be done with calls and messages of one's own phones. Who drives gets no text to read, and writes none."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.errors import BadInput, NotAllowed, NotFound, Unreachable
from wayhome.features.messages.held import UNSURE, Held
from wayhome.features.messages.keeper import Keeper, keeper
from wayhome.features.messages.quick import QUICK
from wayhome.features.messages.sealing import fitted, portion
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.onlookers import Texts, others_look, texts_of
from wayhome.hub.operations import operation
from wayhome.hub.session import Session
from wayhome.hub.telephony import Can, Dial, Handset, Message, Mute

SNIPPET, FOUND, MOST_LISTED = 120, 20, 60
LETTERS, TO = 1_600, 10
"""Of one message: ten SMS, which each cost what the contract says."""
CHOOSE = "Look at Settings, Phone's notifications: it is what you chose for the app that tells of them."
type Id = Annotated[str, Meta(max_length=128)]
type Number = Annotated[str, Meta(min_length=2, max_length=64)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """No input."""


class ShownPhone(msgspec.Struct):
    """A phone of yours. ``id``: its thing. ``can``: what it is asked for or tells, by the plugins of its app.
    ``answers``: whether it has told its messages since it was asked."""

    id: str
    name: str
    near: bool
    can: list[Can]
    answers: bool


class QuickReply(msgspec.Struct):
    """What can be answered by one tap, in English and Chinese."""

    name: str
    en: str
    zh: str


class ShownConversations(msgspec.Struct):
    """``frame``: sealed for the record ``PERSON:conversations`` of the kind ``message``, with ``items``, newest first;
    none: this hub can't seal yet. ``brief``: without texts, for who drives.
    ``hidden``: none at all, as others look at this screen. ``chosen``: how much of them you want to see, by what you
    chose for the notifications of the app that tells of them."""

    phones: list[ShownPhone]
    frame: str | None
    brief: bool
    hidden: bool
    chosen: Texts
    quick: list[QuickReply]


class OneConversation(msgspec.Struct, forbid_unknown_fields=True):
    """``phone``: its thing's id; ``before``: messages before then, s since 1970."""

    phone: Id
    conversation: int
    before: float | None = None


class ShownMessages(msgspec.Struct):
    """``frame``: sealed for the record ``PERSON:conversation``, with ``items``, newest first. ``more``: there may be
    older ones. ``answers``: whether the phone has told them; false: it did not within some seconds."""

    frame: str
    more: bool
    answers: bool


class SealedMessage(msgspec.Struct, forbid_unknown_fields=True):
    """``frame``: a text, and for a new conversation ``to``, sealed by this device for the record ``id`` of the kind
    ``message``. The same ``id`` is sent once."""

    phone: Id
    id: Id
    frame: str
    conversation: int | None = None


class QuickMessage(msgspec.Struct, forbid_unknown_fields=True):
    """``id``: PERSON:ULID, the same one is sent once. ``reply``: the name of a quick reply."""

    phone: Id
    id: Id
    conversation: int
    reply: str
    language: Literal["en", "zh"] = "en"


class SealedSearch(msgspec.Struct, forbid_unknown_fields=True):
    """``frame``: the ``text`` that is looked for, sealed by this device for the record ``id``."""

    id: Id
    frame: str


class FoundPeople(msgspec.Struct):
    """``frame``: sealed for the record ``PERSON:people``, with ``items``."""

    frame: str


class SealedNumber(msgspec.Struct, forbid_unknown_fields=True):
    """``frame``: the number as ``text``, sealed by this device for the record ``id``. ``phone``: which of yours; none:
    the first that is near."""

    id: Id
    frame: str
    phone: Id | None = None


class OneCall(msgspec.Struct, forbid_unknown_fields=True):
    """``call``: as in its path, behind ``@call/``."""

    call: Id


class HandedOver(msgspec.Struct):
    """The phone has it. What it did, it tells itself. ``phone``: what it is called."""

    phone: str


class CallSeen(msgspec.Struct):
    """It is done."""

    done: bool = True


class Text(msgspec.Struct):
    """What is sealed for a message."""

    text: str
    to: Annotated[list[Number], Meta(max_length=TO)] = []


@operation("messages.conversations", reads=True)
async def conversations(session: Session, data: Nothing) -> ShownConversations:
    """The conversations of your phones, asked of them. They are sealed: screens of the group open them.

    Who drives gets names and times, without texts; where others look there is nothing to see."""
    it, person = _mine(session)
    limits, chosen = session.restrictions(), texts_of(session.hub, person)
    hidden, brief = others_look(session) or chosen == "off", not limits.setup or chosen == "sender"
    items, phones = list[tuple[float, dict[str, object]]](), list[ShownPhone]()
    for phone in it.phones(person):
        answers = False
        if "read" in phone.can and not hidden:
            held = await it.listed(phone)
            answers = held.answers
            items += [(one.at, _conversation(it, person, phone, one, brief)) for one in held.conversations()]
        phones.append(ShownPhone(phone.thing, phone.name, phone.near, sorted(phone.can), answers))
    items.sort(key=lambda one: one[0], reverse=True)
    most = [item for _, item in items][: min(MOST_LISTED, limits.items)]
    frame = it.sealer.sealed_or_none(f"{person}:conversations", {"items": portion(most)})
    quick = [QuickReply(name, en, zh) for name, (en, zh) in QUICK.items()]
    return ShownConversations(phones, frame, brief, hidden, chosen, quick)


@operation("messages.read", reads=True, parked=True)
async def read(session: Session, data: OneConversation) -> ShownMessages:
    """A part of a conversation, asked of the phone. Not for who drives."""
    it, person = _mine_alone(session)
    if texts_of(session.hub, person) == "sender":
        raise NotAllowed("you chose to see who wrote, without the text", advice=CHOOSE)
    phone = _able(it, person, data.phone, "read")
    found = await it.read(phone, data.conversation, data.before)
    held = it.held(phone)
    items = [_message(it, person, one) for one in found]
    if data.before is None:
        items = [*_on_way(session, held, data.conversation), *items]
    shown = portion([fitted(one) for one in items])
    frame = it.sealer.sealed(f"{person}:conversation", {"items": shown})
    whole = held.whole(data.conversation) and len(shown) == len(items) and not held.page(
        data.conversation, found[-1].at if found else 0.0
    )  # fmt: skip
    return ShownMessages(frame, not whole, not held.waits(data.conversation))


@operation("messages.send", parked=True)
async def send(session: Session, data: SealedMessage) -> HandedOver:
    """Have a phone send a message, to a conversation or to new numbers. Its own report says what became of it."""
    it, person = _mine_alone(session)
    phone = _able(it, person, data.phone, "send")
    said = it.sealer.opened(session, data.id, data.frame, Text)
    if not said.text.strip() or len(said.text) > LETTERS:
        raise BadInput(f"a message has 1 to {LETTERS} letters")
    if data.conversation is None:
        await it.look_up(phone, None)
        to = tuple(said.to)
    else:
        to = await _to(it, phone, data.conversation)
    if not to:
        raise BadInput("a message goes to somebody")
    await it.write(phone, data.id, to, said.text, data.conversation)
    return HandedOver(phone.name)


@operation("messages.quick")
async def quick(session: Session, data: QuickMessage) -> HandedOver:
    """Answer in a conversation by one of the quick replies: also for who drives."""
    it, person = _mine_alone(session)
    phone = _able(it, person, data.phone, "send")
    found = QUICK.get(data.reply)
    if found is None or not data.id.startswith(f"{person}:"):
        raise BadInput("there is no such quick reply", advice=", ".join(QUICK))
    text = found[1] if data.language == "zh" else found[0]
    await it.write(phone, data.id, await _to(it, phone, data.conversation), text, data.conversation)
    return HandedOver(phone.name)


@operation("messages.people", parked=True)
async def people(session: Session, data: SealedSearch) -> FoundPeople:
    """Look for somebody in the address books of your phones, by name or number."""
    it, person = _mine_alone(session)
    asked = it.sealer.opened(session, data.id, data.frame, Text).text[:80]
    items: list[dict[str, object]] = [
        {"name": one.name, "numbers": [*one.numbers]} for one in it.people(person, asked, FOUND)
    ]
    return FoundPeople(it.sealer.sealed(f"{person}:people", {"items": portion(items)}))


@operation("messages.call", parked=True)
async def call(session: Session, data: SealedNumber) -> HandedOver:
    """Show a number in the dialler of a phone of yours. Somebody has to tap there: nothing calls by itself."""
    it, person = _mine(session)
    number = it.sealer.opened(session, data.id, data.frame, Text).text
    if data.phone is not None:
        phone = _able(it, person, data.phone, "dial")
    else:
        phones = [one for one in it.phones(person) if "dial" in one.can]
        if not phones:
            raise NotFound("none of your phones takes a number", advice="Pair one as your own, see KDE Connect.")
        phone = next((one for one in phones if one.near), phones[0])
    await it.give(phone, Dial(number))
    return HandedOver(phone.name)


@operation("messages.mute")
async def mute(session: Session, data: OneCall) -> HandedOver:
    """Have the phones that ring be quiet. The call goes on: it can't be answered or refused from here."""
    it, person = _mine(session)
    ringing, said, trouble = it.calls.ringing(person, data.call), "", None
    for phone in list(ringing.phones.values()):
        if "mute" in phone.can:
            try:
                await it.give(phone, Mute())
                said = phone.name
            except Unreachable as error:
                trouble = error
    if not said:
        raise trouble or BadInput("this phone can't be muted")
    it.calls.mute(ringing)
    return HandedOver(said)


@operation("messages.seen")
async def seen(session: Session, data: OneCall) -> CallSeen:
    """Say that you have seen that you missed a call; it stands nowhere any more."""
    it, person = _mine(session)
    it.calls.seen(person, data.call)
    return CallSeen()


def _mine_alone(session: Session) -> tuple[Keeper, str]:
    """The same, where nobody else looks and they are to be seen. Raises NotAllowed."""
    if others_look(session):
        raise NotAllowed("messages are hidden while others look", advice="They are on your phone.")
    found = _mine(session)
    if texts_of(session.hub, found[1]) == "off":
        raise NotAllowed("you chose not to see text messages", advice=CHOOSE)
    return found


def _mine(session: Session) -> tuple[Keeper, str]:
    person = session.identity.person
    if person is None or session.identity.role not in GROWN:
        raise NotAllowed("calls and messages are for people of the group")
    return keeper(session.hub), person


def _able(it: Keeper, person: str, thing: str, can: Can) -> Handset:
    phone = it.phone(person, thing)
    if can not in phone.can:
        raise BadInput(f"{phone.name} does not do that", advice="Turn the plugin on in its KDE Connect app.")
    return phone


async def _to(it: Keeper, phone: Handset, conversation: int) -> tuple[str, ...]:
    to = (await it.look_up(phone, conversation)).to(conversation)
    if not to:
        raise NotFound("this conversation is not known any more", advice="Look at the conversations anew.")
    return to


def _who(it: Keeper, person: str, numbers: tuple[str, ...]) -> str:
    names = [it.named(person, number) or number for number in numbers]
    return ", ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")


def _conversation(it: Keeper, person: str, phone: Handset, one: Message, brief: bool) -> dict[str, object]:
    shown: dict[str, object] = {
        "phone": phone.thing, "conversation": one.conversation, "name": _who(it, person, one.people), "at": one.at,
        "mine": one.state != "came", "read": one.read, "several": len(one.people) > 1,
    }  # fmt: skip
    if not brief:
        attached = [attachment.type for attachment in one.attachments]
        shown |= {"text": " ".join(one.text.split())[:SNIPPET], "numbers": [*one.people], "attached": attached}
    return shown


def _message(it: Keeper, person: str, one: Message) -> dict[str, object]:
    return {
        "id": one.id, "at": one.at, "text": one.text, "state": one.state,
        "from": _who(it, person, one.people[:1]) if one.state == "came" and len(one.people) > 1 else "",
        "attached": [{"type": attachment.type, "picture": attachment.picture} for attachment in one.attachments],
    }  # fmt: skip


def _on_way(session: Session, held: Held, conversation: int) -> list[dict[str, object]]:
    now = session.hub.household.clock.now()
    return [
        {
            "id": one.id, "at": one.at, "text": one.text, "from": "", "attached": [],
            "state": "on_way" if now - one.at < UNSURE else "unsure",
        }
        for one in reversed(held.on_way) if one.conversation == conversation
    ]  # fmt: skip
