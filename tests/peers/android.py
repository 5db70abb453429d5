"""A phone that tells its notifications as the KDE Connect app for Android does: its packets, ids and answers are as in
that app's sources. It speaks over a real line, and knows nothing of the hub but its address."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from typing import Any

from wayhome.links.kdeconnect import identity, wire
from wayhome.links.kdeconnect.wire import Identity, Packet

HUB = "10.77.1.1"
TOLD, ASKED = "kdeconnect.notification", "kdeconnect.notification.request"
REPLY, ACTION = "kdeconnect.notification.reply", "kdeconnect.notification.action"


class Android:
    """``shows``: what stands on it, by id. ``answered``, ``pressed``: what it was told to say and do. ``paired``: what
    has come to it of pairing."""

    def __init__(self, name: str = "Pixel") -> None:
        self.own = identity.fresh(time.time())
        self.shown = Identity(
            self.own.id, name, "phone", wire.VERSION, frozenset({ASKED, REPLY, ACTION}), frozenset({TOLD})
        )
        self.shows: dict[str, dict[str, Any]] = {}
        self.answered: list[tuple[str, str]] = []
        self.pressed: list[tuple[str, str]] = []
        self.paired: list[dict[str, Any]] = []
        self.asked = 0
        self.hub = ""
        """The hub's device id."""
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def id(self) -> str:
        return self.own.id

    @property
    def there(self) -> bool:
        return self._writer is not None and not self._writer.is_closing()

    async def comes(self, address: str = HUB, port: int = wire.PORT, made: socket.socket | None = None) -> None:
        """Connect to the hub: whoever does that says who it is in the open, and is the server of TLS. ``made``: by a
        socket of another place."""
        loop = asyncio.get_running_loop()
        made = made or socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        made.setblocking(False)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await loop.sock_connect(made, (address, port))
        await loop.sock_sendall(made, wire.announcement(self.shown, time.time()))
        context = identity._with(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), self.own)
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, made, ssl=context)
        self._writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        self._writer.write(wire.announcement(self.shown, time.time()))
        self._task = asyncio.create_task(self._hear(reader, self._writer))

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = wire.Lines()
        try:
            while data := await reader.read(65_536):
                for line in lines.take(data):
                    packet = wire.decode(line)
                    if packet is not None:
                        self._take(packet)
        except (OSError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    def _take(self, packet: Packet) -> None:
        body = packet.body
        if packet.type == wire.IDENTITY:
            self.hub = str(body.get("deviceId"))
        elif packet.type == wire.PAIR:
            self.paired.append(body)
        elif packet.type == ASKED and body.get("request"):
            self.asked += 1
            for one in list(self.shows.values()):
                self.say(TOLD, {**one, "silent": True})
        elif packet.type == ASKED and "cancel" in body:
            self.takes_away(body["cancel"])
        elif packet.type == REPLY:
            self.answered.append((body["requestReplyId"], body["message"]))
        elif packet.type == ACTION:
            self.pressed.append((body["key"], body["action"]))

    def say(self, type: str, body: dict[str, Any]) -> None:
        """A packet, whatever it is."""
        assert self._writer is not None
        self._writer.write(wire.encode(type, body, time.time()))

    def pairs(self) -> None:
        """It asks to be paired, or says yes."""
        self.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})

    def tells(self, id: str, title: str, text: str, **more: Any) -> None:
        """An app on it says something."""
        said = {"id": id, "appName": "Chat", "title": title, "text": text, "ticker": f"{title}: {text}",
                "isClearable": True, "time": str(int(time.time() * 1000)), **more}  # fmt: skip
        self.shows[id] = said
        if self.there:
            self.say(TOLD, said)

    def takes_away(self, id: str) -> None:
        """It is put away on it."""
        if self.shows.pop(id, None) is not None and self.there:
            self.say(TOLD, {"id": id, "isCancel": True})

    def goes(self) -> None:
        """Its line is cut."""
        if self._writer is not None:
            self._writer.transport.abort()
