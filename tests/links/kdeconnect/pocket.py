"""A phone with calls, messages and contacts, as the app for Android tells them. No telephone was at hand: it says what
the app's sources say, in their order, and a test says what happens to it."""

from __future__ import annotations

import time
from typing import Any

from tests.links.kdeconnect.house import House, soon, until
from tests.links.kdeconnect.stranger import Stranger
from wayhome.links.kdeconnect import calls, contacts, messages, wire
from wayhome.links.kdeconnect.wire import Packet

ALL_TAKEN = frozenset(
    {calls.MUTE, wire.SHARE, messages.SEND, messages.ALL, messages.ONE, contacts.LIST, contacts.CARDS}
)
ALL_TOLD = frozenset({calls.TELEPHONY, messages.TOLD, contacts.LISTED, contacts.CARDED})
JPEG = (
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
"""A picture of one point."""


def sms(id: int, thread: int, text: str, at: int, *, number: str = "+49 170 1234567", **more: Any) -> dict[str, Any]:
    """A message as the app writes it. ``at``: ms since 1970."""
    return {
        "addresses": [{"address": number}], "body": text, "date": at, "type": 1, "read": 1, "thread_id": thread,
        "_id": id, "sub_id": 1, "event": 1, **more,
    }  # fmt: skip


class Pocket(Stranger):
    """``messages``: what is on it; ``cards``: its contacts, a vCard by each id. ``asked``: all that it was asked, type
    and body. ``silent``: it answers nothing."""

    def __init__(self, name: str = "Pocket", **more: Any) -> None:
        super().__init__(name, incoming=ALL_TAKEN, outgoing=ALL_TOLD, **more)
        self.messages: list[dict[str, Any]] = []
        self.cards: dict[str, str] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.silent = False
        self.sends = True
        self.other = self._take

    def of(self, type: str) -> list[dict[str, Any]]:
        """What it was asked of one type."""
        return [body for kind, body in self.asked if kind == type]

    def tell(self, *some: dict[str, Any]) -> None:
        self.say(messages.TOLD, {"messages": [*some], "version": 2})

    # A call, as Android's broadcasts have the app tell it

    def rings(self, number: str | None, name: str | None = None, **more: Any) -> None:
        self._call("ringing", number, name, **more)

    def answered(self, number: str) -> None:
        self._call("talking", number, None)

    def stops(self, number: str, *, missed: bool, name: str | None = None) -> None:
        """The last word again, cancelled; and that it was missed."""
        self._call("ringing" if missed else "talking", number, name, isCancel="true")
        if missed:
            self._call("missedCall", number, name)

    def _call(self, event: str, number: str | None, name: str | None, **more: Any) -> None:
        said = {"event": event, "phoneNumber": number, "contactName": name, **more}
        self.say(calls.TELEPHONY, {key: value for key, value in said.items() if value is not None})

    # Answers

    def _take(self, packet: Packet) -> None:
        self.asked.append((packet.type, packet.body))
        if self.silent:
            return
        if packet.type == messages.ALL:
            newest = {one["thread_id"]: one for one in sorted(self.messages, key=lambda one: one["date"])}
            for one in newest.values():
                self.tell(one)
        elif packet.type == messages.ONE:
            since, count = packet.body["rangeStartTimestamp"], packet.body["numberToRequest"]
            mine = [one for one in self.messages if one["thread_id"] == packet.body["threadID"]]
            found = [one for one in mine if since < 0 or one["date"] <= since]
            self.tell(*sorted(found, key=lambda one: one["date"], reverse=True)[:count])
        elif packet.type == messages.SEND and self.sends:
            self.send(packet.body)
        elif packet.type == contacts.LIST:
            self.say(
                contacts.LISTED, {"uids": [*self.cards], **{id: str(len(card)) for id, card in self.cards.items()}}
            )
        elif packet.type == contacts.CARDS:
            found_cards = {id: self.cards[id] for id in packet.body["uids"] if id in self.cards}
            self.say(contacts.CARDED, {"uids": [*found_cards], **found_cards})

    def send(self, body: dict[str, Any]) -> None:
        """It sends what it was given, and tells that it did, as its own list of messages changes."""
        [first, *_] = body["addresses"]
        known = {one["addresses"][0]["address"]: one["thread_id"] for one in self.messages}
        thread = known.get(first["address"], 900 + len(known))
        at, id = int(time.time() * 1000), 10_000 + len(self.messages)
        one = sms(id, thread, body["messageBody"], at, number=first["address"], type=2)
        self.messages.append({**one, "addresses": body["addresses"]})
        self.tell(self.messages[-1])


async def in_pocket(house: House, phone: Pocket, owner: str | None = "ada") -> str:
    """The phone is there, and paired as that person's own; the thing that it becomes."""
    await phone.comes(house)
    phone.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
    await until(house, phone.id, lambda one: one.state == "asks")
    await house.call("confirm", phone.id, owner=owner)
    await soon(lambda: {"pair": True} in phone.heard)
    one = await until(house, phone.id, lambda one: one.state == "paired" and one.online)
    return one.thing  # type: ignore[no-any-return]
