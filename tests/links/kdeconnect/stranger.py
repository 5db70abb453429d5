"""A device that says what a test wants: in protocol 8 or 7, with any certificate, at the hub's own address."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable
from typing import Any

from tests.links.kdeconnect.house import House
from wayhome.links.kdeconnect import identity, lines, wire
from wayhome.links.kdeconnect.identity import Own
from wayhome.links.kdeconnect.lines import Line
from wayhome.links.kdeconnect.wire import Identity, Packet

HUB = "10.77.1.1"


class Stranger:
    """``says`` is what has come to it: the bodies of pair packets."""

    def __init__(self, name: str = "Stranger", version: int = 8, own: Own | None = None, **more: Any) -> None:
        self.own = own or identity.fresh(time.time())
        self.shown = Identity(self.own.id, name, "phone", version, **more)
        self.line: Line | None = None
        self.heard: list[dict[str, Any]] = []
        self.other: Callable[[Packet], object] = lambda packet: None
        """What hears its other packets."""
        self.clock = 0.0
        """Its clock is so many s ahead."""
        self._task: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        return self.own.id

    async def comes(self, house: House, *, version: int | None = None) -> None:
        """Connect to the hub. Raises what ``dialled`` raises."""
        presence = house.hub.links.find(house.link).run._presence  # type: ignore[attr-defined]
        pinned = ssl.PEM_cert_to_DER_cert(presence._own.certificate)
        shown = Identity(self.id, self.shown.name, "phone", version or self.shown.version,
                         self.shown.incoming, self.shown.outgoing)  # fmt: skip
        hub = Identity(presence._shown.id, "Car", "desktop", shown.version, port=presence._shown.port)
        self.line = await lines.dialled(hub, HUB, shown, identity.server(self.own, pinned), self.now)
        self._task = asyncio.create_task(self._hear(self.line))

    async def _hear(self, line: Line) -> None:
        async for packet in line.packets():
            if packet.type == wire.PAIR:
                self.heard.append(packet.body)
            else:
                self.other(packet)
        self.line = None

    def now(self) -> float:
        return time.time() + self.clock

    def say(self, type: str, body: dict[str, Any]) -> None:
        assert self.line is not None
        self.line.send(type, body, self.now())

    def raw(self, data: bytes) -> None:
        """Bytes on the line, whatever they are."""
        assert self.line is not None
        self.line._writer.write(data)

    def falls_silent(self) -> Line:
        """It hears nothing more; its line, which stands."""
        assert self.line is not None
        assert self._task is not None
        self._task.cancel()
        return self.line

    def goes(self) -> None:
        if self.line is not None:
            self.line.close()
