"""Notices of the household, on the phones of those who want them there."""

from __future__ import annotations

import asyncio

from wayhome import log
from wayhome.errors import HubError
from wayhome.hub.notices import Word
from wayhome.links.kdeconnect.notifications import ASKED, TOLD
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import UNSURE, Plugin, Reach
from wayhome.links.kdeconnect.wire import Packet

MARK = "wayhome:"
WAITING = 100
FRESH = 60.0
"""What stands for longer, in s, was told before, if not since this start of the hub: it makes no sound."""


class Notices(Plugin):
    """Each phone gets each notice once. What is over or was seen elsewhere is taken back; what is put away on the phone
    counts as seen."""

    takes = frozenset({ASKED})
    sends = frozenset({TOLD})

    def __init__(self, reach: Reach) -> None:
        self._host, self._phones, self._send = reach.host, reach.phones, reach.send
        self._stand: dict[str, tuple[Word, ...]] = {}
        """What stands for each person."""
        self._given: dict[str, dict[str, Word | None]] = {}
        """What each phone was told; None: it may not have heard that last, or that it is over."""
        self._said: dict[str, dict[str, float]] = {}
        """When each phone was told something of them last, by the loop's time."""
        self._there: set[str] = set()
        self._seen: asyncio.Queue[tuple[str, str]] = asyncio.Queue(WAITING)

    async def run(self) -> None:
        """See Plugin."""
        with self._host.notices(self._told):
            while True:
                person, id = await self._seen.get()
                try:
                    await self._host.notice_seen(person, id)
                except HubError as error:
                    log.get("links").warning("what was seen is not kept", link=self._host.id, why=error.detail)

    def came(self, phone: Phone) -> None:
        """See Plugin."""
        self._there.add(phone.id)
        self._unsure(phone.id)
        self._settle(phone)

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self._there.discard(phone.id)
        self._unsure(phone.id)

    def _unsure(self, id: str) -> None:
        """Its line has ended, if without a word: what it was told lately is told again."""
        given, now = self._given.setdefault(id, {}), asyncio.get_running_loop().time()
        given.update({one: None for one, at in self._said.pop(id, {}).items() if now - at < UNSURE})

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._there.discard(id)
        self._given.pop(id, None)
        self._said.pop(id, None)

    def heard(self, phone: Phone, packet: Packet) -> None:
        """It was put away there."""
        id = packet.body.get("cancel")
        if not phone.shares or phone.owner is None or not isinstance(id, str) or not id.startswith(MARK):
            return
        id, given = id.removeprefix(MARK), self._given.get(phone.id, {})
        if id in given and not self._seen.full():
            del given[id]
            self._seen.put_nowait((phone.owner, id))

    def _told(self, person: str, words: tuple[Word, ...]) -> None:
        self._stand[person] = words
        for phone in self._phones().values():
            if phone.owner == person and phone.id in self._there:
                self._settle(phone)

    def _settle(self, phone: Phone) -> None:
        if not phone.shares or phone.owner is None or TOLD not in phone.takes:
            return
        given, now = self._given.setdefault(phone.id, {}), asyncio.get_running_loop().time()
        # What was said before that has come.
        said = self._said[phone.id] = {id: at for id, at in self._said.get(phone.id, {}).items() if now - at < UNSURE}
        wanted = {word.id: word for word in self._stand.get(phone.owner, ())}
        for id in [id for id in given if id not in wanted]:
            if self._send(phone.id, TOLD, {"id": MARK + id, "isCancel": True}):
                del given[id]
                said[id] = now
        for id, word in wanted.items():
            if given.get(id) != word and self._send(phone.id, TOLD, self._body(word, again=id in given)):
                given[id], said[id] = word, now

    def _body(self, word: Word, *, again: bool) -> dict[str, object]:
        ticker = f"{word.title}: {word.text}" if word.text else word.title
        return {
            "id": MARK + word.id, "appName": self._host.name, "title": word.title, "text": word.text, "ticker": ticker,
            "isClearable": True, "time": str(int(word.at * 1000)), "onlyOnce": again,
            "silent": self._host.now() - word.at > FRESH,
        }  # fmt: skip
