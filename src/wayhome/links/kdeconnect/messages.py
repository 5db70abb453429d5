"""Messages (SMS, MMS): the phone tells them when it is asked, and new ones from then on; it sends what it is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wayhome.hub.telephony import Attachment, Can, Conversations, Message, Wish, Write
from wayhome.hub.telephony import Messages as Asked
from wayhome.links.kdeconnect.handsets import MOST_NUMBER, OfPeople, line, picture
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.wire import Packet, number, yes

TOLD = "kdeconnect.sms.messages"
SEND = "kdeconnect.sms.request"
ALL, ONE = "kdeconnect.sms.request_conversations", "kdeconnect.sms.request_conversation"
VERSION = 2
MOST, PEOPLE, LETTERS, ATTACHED = 1_000, 20, 10_000, 5
"""Of a packet so many messages are read, of one so many numbers, letters and attachments."""
STATES = {1: "came", 2: "sent", 4: "sending", 5: "failed", 6: "sending"}
"""Android's types of messages; 3 is a draft, which is nobody's news."""


class Messages(OfPeople):
    """See the module."""

    takes = frozenset({TOLD})
    sends = frozenset({SEND, ALL, ONE})
    tells: ClassVar[Mapping[str, Can]] = {TOLD: "read"}
    asks: ClassVar[Mapping[str, Can]] = {SEND: "send"}

    def came(self, phone: Phone) -> None:
        """See Plugin."""
        super().came(phone)
        self._moved(phone)

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        super().gone(phone)
        self._moved(phone)

    def _moved(self, phone: Phone) -> None:
        one = self.handset(phone)
        if one is not None and "read" in one.can and self._telephony is not None:
            self._telephony.moved(one)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        one = self.handset(phone)
        if one is not None and self._telephony is not None and packet.type in phone.sends:
            self._telephony.told(one, messages(packet.body))

    def ask(self, id: str, wish: Wish) -> bool:
        """See Phones."""
        if isinstance(wish, Conversations):
            return self.hand(id, "read", ALL, {})
        if isinstance(wish, Asked):
            since = -1 if wish.before is None else round(wish.before * 1000)
            body = {"threadID": wish.conversation, "rangeStartTimestamp": since, "numberToRequest": wish.count}
            return self.hand(id, "read", ONE, body)
        if isinstance(wish, Write):
            to = [{"address": address} for address in wish.to]
            said: dict[str, object] = {"version": VERSION, "addresses": to, "messageBody": wish.text}
            if wish.sim is not None:
                said["subID"] = wish.sim
            return self.hand(id, "send", SEND, said)
        return False


def messages(body: Mapping[str, Any]) -> list[Message]:
    """The messages of a packet, those that make sense. Apps of before wrote another form, and no version."""
    told, version = body.get("messages"), number(body.get("version"))
    if not isinstance(told, list) or version != VERSION:
        return []
    return [read for one in told[:MOST] if isinstance(one, dict) and (read := message(one)) is not None]


def message(said: Mapping[str, Any]) -> Message | None:
    """One message; None: it makes no sense, or is a draft."""
    id, thread, at = (number(said.get(name)) for name in ("_id", "thread_id", "date"))
    state = STATES.get(int(number(said.get("type")) or 0))
    people, text, sim = tuple(_people(said.get("addresses"))), said.get("body"), number(said.get("sub_id"))
    if id is None or thread is None or at is None or at <= 0 or state is None or not people:
        return None
    return Message(
        int(id), int(thread), people, text[:LETTERS] if isinstance(text, str) else "", at / 1000,
        state,  # type: ignore[arg-type]
        read=state != "came" or number(said.get("read")) == 1 or yes(said.get("read")),
        sim=int(sim) if sim is not None and sim >= 0 else None,
        attachments=tuple(_attached(said.get("attachments"))),
    )  # fmt: skip


def _people(said: object) -> Iterator[str]:
    for one in said[:PEOPLE] if isinstance(said, list) else ():
        address = line(one.get("address") if isinstance(one, dict) else None, MOST_NUMBER)
        if address:
            yield address


def _attached(said: object) -> Iterator[Attachment]:
    for one in said[:ATTACHED] if isinstance(said, list) else ():
        if isinstance(one, dict):
            yield Attachment(line(one.get("mime_type"), MOST_NUMBER), picture(one.get("encoded_thumbnail")))
