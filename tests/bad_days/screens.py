"""Screens on bad networks: a real live socket each, over a line that delays, doubles, re-orders and breaks."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, MutableMapping
from typing import Any, cast

import msgspec

from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.entry import Doorkeeper
from wayhome.web.live_socket import TRANSPORT, LiveSocket

type Message = dict[str, Any]


class Mirror:
    """What a screen knows, by the rules that the live socket's page gives to clients."""

    def __init__(self) -> None:
        self.facts: dict[str, list[Any]] = {}
        self.wishes: dict[str, list[Any]] = {}
        self.epoch: str | None = None
        self.rev: int | None = None
        self._partial: tuple[dict[str, list[Any]], dict[str, list[Any]]] | None = None

    def take(self, message: Message) -> None:
        match message["t"]:
            case "snap":
                facts, wishes = (self._partial if "part" in message else None) or ({}, {})
                facts |= message["set"]
                wishes |= {path: wish for path, wish in message.get("wish", {}).items() if wish is not None}
                self._partial = (facts, wishes)
                if not message.get("more"):
                    self.facts, self.wishes, self._partial = facts, wishes, None
                    self.epoch, self.rev = message["epoch"], message["rev"]
            case "delta":
                for path in message.get("gone", ()):
                    self.facts.pop(path, None)
                    self.wishes.pop(path, None)
                self.facts |= message.get("set", {})
                for path, *fact in message.get("list", ()):
                    self.facts[path] = fact
                for path, wish in message.get("wish", {}).items():
                    if wish is None:
                        self.wishes.pop(path, None)
                    else:
                        self.wishes[path] = wish
                self.epoch, self.rev = message.get("epoch", self.epoch), message["rev"]

    def cut(self) -> None:
        """The line broke: half a snapshot is none."""
        self._partial = None


class Line:
    """One connection of a screen: the hub's end is a real live socket on a transport of ours."""

    def __init__(self, screen: Screen, hub: Hub, doors: Doorkeeper, token: str) -> None:
        self.screen = screen
        self.session: Session | None = None
        self.cut = False
        self.rev = 0
        self._chance = screen.chance
        self._loop = asyncio.get_running_loop()
        self._waiting = 0
        self._last_up = self._last_down = 0.0
        self._inbox: asyncio.Queue[MutableMapping[str, Any]] = asyncio.Queue()
        self._inbox.put_nowait({"type": "websocket.connect"})
        scope: dict[str, Any] = {
            "type": "websocket",
            "scheme": "ws",
            "path": "/api/live",
            "headers": [(b"authorization", f"Bearer {token}".encode()), (b"host", b"hub")],
            "client": ("127.0.0.1", 1),
            "extensions": {TRANSPORT: self},
        }
        socket = LiveSocket(hub, doors, scope, self._inbox.get, self._send)
        self.task = asyncio.create_task(socket.run())

    # The hub's end, as a transport

    def write(self, wire: bytes) -> None:
        if self.cut:
            return
        size = wire[1] & 127
        head = 2 if size < 126 else 4 if size == 126 else 10
        decode = msgspec.msgpack.decode if wire[0] == 0x82 else msgspec.json.decode
        message = cast("Message", decode(wire[head:]))
        self.screen.check(self, message)
        self._waiting += len(wire)
        at = max(self._last_down, self._loop.time() + self._delay()) + len(wire) / self.screen.speed
        self._last_down = at + 1e-6  # timers of one moment come in no order
        self._loop.call_at(self._last_down, self._arrive, message, len(wire))

    def get_write_buffer_size(self) -> int:
        return self._waiting

    def is_closing(self) -> bool:
        return self.cut

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "websocket.send":
            text = cast("Message", msgspec.json.decode(message["text"]))
            self._loop.call_later(self._delay(), self._arrive, text, 0)
        elif message["type"] == "websocket.close":
            self._loop.call_at(max(self._last_down, self._loop.time()) + self._delay(), self.screen.lost, self)

    def _arrive(self, message: Message, size: int) -> None:
        self._waiting -= size
        if not self.cut:
            self.screen.hear(message)

    # The screen's end

    def say(self, message: Message, ordered: bool = True) -> None:
        """Send a message. ``ordered``: after all before it; else as a phone and a watch that talk at once."""
        at = self._loop.time() + self._delay()
        if ordered:
            at = self._last_up = max(at, self._last_up + 1e-6)
        text = msgspec.json.encode(message).decode()
        self._loop.call_at(at, self._reach, {"type": "websocket.receive", "text": text})

    def _reach(self, message: MutableMapping[str, Any]) -> None:
        if not self.cut:
            self._inbox.put_nowait(message)

    def break_(self) -> None:
        """The line is cut; the hub notices a little later."""
        self.cut = True
        self._loop.call_later(
            self._chance.uniform(0.0, 1.0), self._inbox.put_nowait, {"type": "websocket.disconnect", "code": 1006}
        )

    def _delay(self) -> float:
        return self._chance.expovariate(1 / self.screen.latency)


class Screen:
    """One person's screen. It asks anew with the same key whatever was not answered when its line broke."""

    def __init__(
        self, name: str, person: str, want: list[str], rate: float | None, format: str, chance: random.Random,
        check: Callable[[Line, Message], None],
    ) -> None:  # fmt: skip
        self.name = name
        self.person = person
        self.want = want
        self.rate = rate
        self.format = format
        self.chance = chance
        self.check = check
        self.mirror = Mirror()
        self.line: Line | None = None
        self.latency = chance.choice((0.001, 0.02, 0.1))
        self.speed = chance.choice((2_500.0, 50_000.0, 1e9, 1e9))
        """Bytes a second."""
        self.asked: dict[int, Message] = {}
        self.answered: dict[int, Message] = {}
        self.heard: dict[str, list[str]] = {}
        """The states that each of its wishes was told to have come to."""
        self._next = 0

    def connect(self, hub: Hub, doors: Doorkeeper, token: str) -> Line:
        self.line = line = Line(self, hub, doors, token)
        hello: Message = {"t": "hello", "want": self.want, "format": self.format}
        if self.rate is not None:
            hello["rate"] = self.rate
        if self.mirror.rev is not None and self.chance.random() < 0.9:
            hello |= {"epoch": self.mirror.epoch, "rev": self.mirror.rev}
        line.say(hello)
        for message in list(self.asked.values()):
            if "key" in message:
                line.say(message, ordered=False)
            else:
                del self.asked[message["id"]]  # told twice would be two events
        return line

    def turn(self, want: list[str]) -> None:
        """Turn to another page, with other wishes to see: a new hello on the same line."""
        self.want = want
        if self.line is not None and not self.line.cut:
            hello: Message = {"t": "hello", "want": want, "format": self.format}
            if self.rate is not None:
                hello["rate"] = self.rate
            if self.mirror.rev is not None and self.chance.random() < 0.5:
                hello |= {"epoch": self.mirror.epoch, "rev": self.mirror.rev}
            self.line.say(hello)

    def do(self, op: str, data: object, key: str | None = None, ttl: float | None = None) -> None:
        """Ask for an operation; one with a key may go out twice."""
        self._next += 1
        message: Message = {"t": "do", "id": self._next, "op": op, "data": data}
        message |= {name: value for name, value in (("key", key), ("ttl", ttl)) if value is not None}
        self.asked[self._next] = message
        if self.line is not None and not self.line.cut:
            for _ in range(self.chance.choice((1, 1, 2)) if key is not None else 1):
                self.line.say(message, ordered=False)

    def hear(self, message: Message) -> None:
        if message["t"] in ("ok", "error") and "id" in message:
            self.asked.pop(message["id"], None)
            self.answered[message["id"]] = message
        elif message["t"] == "command":
            self.heard.setdefault(message["key"], []).append(message["state"])
        else:
            self.mirror.take(message)

    def lost(self, line: Line) -> None:
        """The line is gone, from this end or the other."""
        if self.line is line:
            self.cut()

    def cut(self) -> None:
        if self.line is not None:
            self.line.break_()
            self.line = None
            self.mirror.cut()
