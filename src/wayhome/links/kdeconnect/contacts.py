"""Contacts: a phone's address book, of which this hub keeps names and numbers in memory, for whose phone it is."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping

import msgspec

from wayhome.hub.telephony import Contact
from wayhome.links.kdeconnect import vcard
from wayhome.links.kdeconnect.handsets import OfPeople
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Reach
from wayhome.links.kdeconnect.wire import Packet, number

LIST, LISTED = "kdeconnect.contacts.request_all_uids_timestamps", "kdeconnect.contacts.response_uids_timestamps"
CARDS, CARDED = "kdeconnect.contacts.request_vcards_by_uid", "kdeconnect.contacts.response_vcards"
MOST = 5_000
"""Contacts of a phone; further ones stay there."""
AT_ONCE = 25
"""Cards that are asked for at a time: with pictures they fill a packet."""
WITHIN = 10.0
"""What was not answered after so many s was too long for a packet: it is asked for by halves, one alone no more."""
LOOKS_EVERY = 1.0
TELL_EVERY = 20
"""Of a long book so many portions, before what is known of it is told."""


class Book(msgspec.Struct):
    """What is known of a phone's contacts, by their ids. ``wanted``: portions that are still to be asked for;
    ``asked``: the one that is, at ``asked_at`` of the loop's time."""

    stamps: dict[str, float] = msgspec.field(default_factory=dict)
    cards: dict[str, Contact | None] = msgspec.field(default_factory=dict)
    wanted: deque[list[str]] = msgspec.field(default_factory=deque)
    asked: list[str] = msgspec.field(default_factory=list)
    asked_at: float = 0.0
    answers: int = 0


class Contacts(OfPeople):
    """See the module."""

    takes = frozenset({LISTED, CARDED})
    sends = frozenset({LIST, CARDS})

    def __init__(self, reach: Reach) -> None:
        super().__init__(reach)
        self._books: dict[str, Book] = {}

    async def run(self) -> None:
        """See Plugin."""
        telling = asyncio.create_task(super().run())
        try:
            while True:
                await asyncio.sleep(LOOKS_EVERY)
                now = asyncio.get_running_loop().time()
                for id, book in list(self._books.items()):
                    if book.asked and now - book.asked_at > WITHIN:
                        self._lost(id, book)
        finally:
            telling.cancel()

    def came(self, phone: Phone) -> None:
        """It may have another book by now."""
        super().came(phone)
        if self.handset(phone) is not None and LIST in phone.takes:
            self._send(phone.id, LIST, {})

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        super().gone(phone)
        book = self._books.get(phone.id)
        if book is not None:
            book.wanted.clear()
            book.asked = []

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._books.pop(id, None)
        super().forget(id)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        if self.handset(phone) is None or packet.type not in phone.sends:
            return
        if packet.type == LISTED:
            self._listed(phone, packet.body)
        else:
            self._carded(phone, packet.body)

    def _listed(self, phone: Phone, body: Mapping[str, object]) -> None:
        """Which contacts there are, and when each was changed: what is new is asked for."""
        uids = body.get("uids")
        if not isinstance(uids, list):
            return
        stamps = {uid: number(body.get(uid)) or 0.0 for uid in uids[:MOST] if isinstance(uid, str) and len(uid) <= 256}
        book = self._books.setdefault(phone.id, Book())
        changed = [uid for uid, at in stamps.items() if uid not in book.cards or book.stamps.get(uid) != at]
        book.cards = {uid: card for uid, card in book.cards.items() if uid in stamps}
        book.stamps = stamps
        book.wanted = deque(changed[at : at + AT_ONCE] for at in range(0, len(changed), AT_ONCE))
        book.asked = []
        self._next(phone, book)

    def _carded(self, phone: Phone, body: Mapping[str, object]) -> None:
        book = self._books.get(phone.id)
        if book is None or not book.asked:
            return  # nobody asked
        for uid in book.asked:
            card = body.get(uid)
            book.cards[uid] = vcard.contact(card) if isinstance(card, str) else None
        book.asked = []
        book.answers += 1
        if book.answers % TELL_EVERY == 0 and book.wanted:
            self._tell(phone, book)
        self._next(phone, book)

    def _next(self, phone: Phone, book: Book) -> None:
        if not book.wanted:
            self._tell(phone, book)
        elif CARDS in phone.takes:
            book.asked = book.wanted.popleft()
            book.asked_at = asyncio.get_running_loop().time()
            self._send(phone.id, CARDS, {"uids": book.asked})

    def _lost(self, id: str, book: Book) -> None:
        phone, half = self._phones().get(id), len(book.asked) // 2
        if half:
            book.wanted.extendleft((book.asked[half:], book.asked[:half]))
        else:
            book.cards.update(dict.fromkeys(book.asked))
        book.asked = []
        if phone is not None:
            self._next(phone, book)

    def _tell(self, phone: Phone, book: Book) -> None:
        one = self.handset(phone)
        if one is not None and self._telephony is not None:
            self._telephony.known(one, [card for card in book.cards.values() if card is not None])
