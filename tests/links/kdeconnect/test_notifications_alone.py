"""What the plugins make of packets, without a line: icons that come or don't, and notices that are old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from types import SimpleNamespace
from typing import Any

import pytest

from wayhome.hub.notices import Told, Word
from wayhome.hub.notifications import ICON
from wayhome.links.kdeconnect import notices
from wayhome.links.kdeconnect.notices import Notices
from wayhome.links.kdeconnect.notifications import ASKED, TOLD, Notifications
from wayhome.links.kdeconnect.payloads import Streams
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Reach, Send
from wayhome.links.kdeconnect.wire import Packet

pytestmark = pytest.mark.anyio
NOW = 1_800_000_000.0


class Side:
    """The link and the hub around a plugin; it notes what comes. One phone's payloads never come."""

    id = "kde"
    name = "Home"

    def __init__(self) -> None:
        self.phones = {
            name: Phone(name, name, kind, 8, "", "", f"kde/{name}", "ada", True, (ASKED, TOLD), (TOLD,))
            for name, kind in (("stalls", "phone"), ("pixel", "phone"), ("laptop", "laptop"))
        }
        self.sent: list[tuple[str, Mapping[str, object]]] = []
        self.came: list[tuple[str, bool]] = []
        self.icons: list[tuple[str, str]] = []
        self.fetched: list[int] = []
        self.tell: Told = lambda person, words: None

    def reach(self) -> Reach:
        def send(id: str, type: str, body: Mapping[str, object], payload: object) -> bool:
            self.sent.append((id, body))
            return True

        host: Any = self
        offer: Any = None
        return Reach(
            host, lambda: self.phones, Send(send), self.fetch, offer, lambda id: None, offer, offer, lambda id: 0.0
        )

    @asynccontextmanager
    async def fetch(self, phone: Phone, packet: Packet) -> AsyncIterator[Streams]:
        self.fetched.append(packet.size)
        if phone.id == "stalls":
            await asyncio.Event().wait()
        reader = asyncio.StreamReader()
        reader.feed_data(bytes(packet.size))
        writer: Any = None
        yield Streams(reader, writer)

    def now(self) -> float:
        return NOW

    @contextmanager
    def notifications(self, answers: object) -> Iterator[Any]:
        yield SimpleNamespace(
            said=lambda person, phone, said: None,
            came=lambda phone, tells_all: self.came.append((phone, tells_all)),
            wants=lambda phone, picture: True,
            pictured=lambda phone, picture, content: self.icons.append((phone, picture)),
        )

    @contextmanager
    def notices(self, told: Told) -> Iterator[None]:
        self.tell = told
        yield


@asynccontextmanager
async def running(plugin: Notifications | Notices) -> AsyncIterator[None]:
    task = asyncio.ensure_future(plugin.run())
    await asyncio.sleep(0)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def icon(n: int, size: int = 10) -> Packet:
    return Packet(TOLD, {"id": f"{n}", "appName": "Chat", "title": "Mei", "payloadHash": f"h{n}"}, size, 1739)


async def test_a_phone_whose_icon_does_not_come_keeps_no_other_waiting() -> None:
    side = Side()
    plugin = Notifications(side.reach())
    async with running(plugin):
        for n in range(3):
            plugin.heard(side.phones["stalls"], icon(n))
        plugin.heard(side.phones["pixel"], icon(7))
        plugin.heard(side.phones["pixel"], icon(8, ICON + 1))
        plugin.heard(side.phones["pixel"], icon(9))
        for _ in range(20):
            await asyncio.sleep(0)
        assert side.icons == [("pixel", "h7"), ("pixel", "h9")]
        assert side.fetched == [10, 10, 10], "of the one that stalls one, and none that is too large"


async def test_a_computer_is_not_waited_for_to_tell_all_again() -> None:
    side = Side()
    plugin = Notifications(side.reach())
    async with running(plugin):
        for phone in side.phones.values():
            plugin.came(phone)
    assert side.came == [("stalls", True), ("pixel", True), ("laptop", False)]


async def test_a_notice_that_stands_for_long_makes_no_sound() -> None:
    side = Side()
    plugin = Notices(side.reach())
    async with running(plugin):
        plugin.came(side.phones["pixel"])
        side.tell("ada", (Word("old", "The gate is open", "", NOW - 900), Word("new", "Rain", "", NOW - 1)))
    assert [(body["title"], body["silent"]) for _, body in side.sent] == [("The gate is open", True), ("Rain", False)]


async def test_a_notice_that_a_dead_line_may_have_taken_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    side = Side()
    plugin, pixel = Notices(side.reach()), side.phones["pixel"]

    def told() -> list[tuple[str, bool]]:
        found = [(str(body["id"]).removeprefix("wayhome:"), "isCancel" in body) for _, body in side.sent]
        side.sent.clear()
        return found

    async with running(plugin):
        plugin.came(pixel)
        side.tell("ada", (Word("water", "Water in the cellar", "", NOW - 1), Word("gate", "Gate", "", NOW - 1)))
        assert told() == [("water", False), ("gate", False)]
        side.tell("ada", (Word("water", "Water in the cellar", "", NOW - 1),))
        assert told() == [("gate", True)]
        plugin.gone(pixel)
        plugin.came(pixel)
        assert told() == [("gate", True), ("water", False)]
        plugin.came(pixel)  # by another line
        assert told() == [("gate", True), ("water", False)]
        monkeypatch.setattr(notices, "UNSURE", 0.0)
        plugin.gone(pixel)
        plugin.came(pixel)
        assert told() == []
