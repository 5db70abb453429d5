"""A screen in memory: keeps what the live stream sends, and can be slow."""

from __future__ import annotations

from typing import Any

import msgspec

from wayhome.hub.frames import Frame
from wayhome.hub.session import Session
from wayhome.hub.view import Client


class Screen:
    """An outlet that a test plays, and the picture that its frames add up to."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.stuck = 0
        self.closed: tuple[int, str] | None = None
        self.facts: dict[str, list[Any]] = {}
        self.wishes: dict[str, list[Any]] = {}
        self.rev = -1
        self.epoch = ""

    def write(self, frame: Frame) -> None:
        decode = msgspec.msgpack.decode if frame.binary else msgspec.json.decode
        message = decode(frame.payload)
        self.frames.append(message)
        self.apply(message)

    def apply(self, message: dict[str, Any]) -> None:
        """What a client does with a frame."""
        if message["t"] == "snap":
            if message["rev"] != self.rev or message["epoch"] != self.epoch:
                self.facts, self.wishes = {}, {}
            self.epoch = message["epoch"]
        elif message["t"] != "delta":
            return
        self.rev = message["rev"]
        for path in message.get("gone", ()):
            self.facts.pop(path, None)
            self.wishes.pop(path, None)
        self.facts.update(message.get("set", {}))
        for path, *fact in message.get("list", ()):
            self.facts[path] = fact
        for path, wish in message.get("wish", {}).items():
            if wish is None:
                self.wishes.pop(path, None)
            else:
                self.wishes[path] = wish

    def backlog(self) -> int:
        return self.stuck

    def close(self, code: int, reason: str) -> None:
        self.closed = (code, reason)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The frames of one kind."""
        return [frame for frame in self.frames if frame["t"] == kind]


def watch(
    session: Session,
    *want: str,
    rate: float | None = 10,
    screen: Screen | None = None,
    epoch: str | None = None,
    rev: int | None = None,
    format: str = "json",
    limits: bool = False,
) -> tuple[Client, Screen]:
    """Connect a screen to the live stream."""
    screen = screen or Screen()
    client = Client(session, screen)
    client.hears_limits = limits
    session.hub.live.join(client, frozenset(want), rate, format, epoch, rev)
    return client, screen
