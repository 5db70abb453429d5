"""A hub to which a phone tells its notifications, and screens of the group, for tests."""

from __future__ import annotations

import json
import struct
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen, it
from tests.world import World, car
from wayhome.core.value import Fact
from wayhome.features.notifications import feature
from wayhome.hub.notifications import Heard, Said, notifications
from wayhome.hub.session import Session
from wayhome.hub.speech import Tongue
from wayhome.sealing import frame, keys


class Phones:
    """A link's side: it notes what it is to do."""

    def __init__(self) -> None:
        self.done: list[tuple[str, ...]] = []
        self.is_near = True

    def near(self, phone: str) -> str | None:
        return "Pixel" if self.is_near else None

    async def dismiss(self, phone: str, id: str) -> None:
        self.done.append(("dismiss", phone, id))

    async def reply(self, phone: str, id: str, text: str) -> None:
        self.done.append(("reply", phone, id, text))

    async def act(self, phone: str, id: str, action: str) -> None:
        self.done.append(("act", phone, id, action))


class Voice:
    """Speaks by giving the text back."""

    ready = True

    async def say(self, text: str, tongue: Tongue) -> bytes:
        return f"{tongue}: {text}".encode()


@pytest.fixture
async def home() -> AsyncIterator[World]:
    async with World(features={**FEATURES, "notifications": feature}) as world:
        world.hub.ports.speech = Voice()
        await world.person("anna", "owner")
        yield world


@pytest.fixture
async def phone(home: World) -> Screen:
    screen = Screen(home, ANNA)
    await screen.let_in()
    return screen


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
async def heard(home: World, phone: Screen, phones: Phones) -> AsyncIterator[Heard]:
    with notifications(home.hub).join("kde", phones) as telling:
        yield telling


def png(width: int, height: int) -> bytes:
    """As much of a picture as tells what it is."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height) + bytes(9) + b"IEND"


def message(home: World, id: str = "1", text: str = "Where are you?", **more: Any) -> Said:
    said = {"app": "Chat", "title": "Mei", "sender": "Mei", "replies": True, "actions": ("Mute",), **more}
    return Said(id, text=text, at=home.clock.now(), **said)


async def shown(session: Session, by: Screen) -> list[dict[str, Any]]:
    """What a session is shown, as a screen of the group opens it."""
    told = await session.call("notifications.list")
    found = []
    for one in told.changed:
        found.append({"id": one.id, "announced": one.announced, **opened(by, one.id, one.frame)})
    return found


def said(by: Screen, text: str = "", **more: Any) -> dict[str, str]:
    """What a screen seals to be said or done."""
    sealed = by.sealed(json.dumps({"text": text, **more}), kind="notification")
    return {"key": sealed["id"], "frame": sealed["frame"]}


def opened(by: Screen, record: str, sealed: str) -> dict[str, Any]:
    """What the hub has sealed for a screen of the group."""
    raw = keys.data(sealed)
    header = frame.sent(raw, "notification", record, it(by.world).chain)  # type: ignore[arg-type]
    assert isinstance(header, frame.Header)
    content = frame.content(raw, by.key(header.epoch))
    assert isinstance(content, bytes)
    return json.loads(content)  # type: ignore[no-any-return]


async def on_the_road(home: World, speed: float = 50.0, by: Screen | None = None) -> Screen:
    """The driver's screen in a car that moves; ``by``: who has let it in."""
    wheel = Screen(home, "wheel")
    if by is None:
        await wheel.come_in()
    else:
        await wheel.let_in(by)
    home.puppet.host.announce([car("su7")])
    home.puppet.host.report([Fact("su7/Vehicle.Speed", speed), Fact("su7/Vehicle.LowVoltageSystemState", "ON")])
    await home.hub.household.write(
        "device", "wheel", {"kind": "browser", "seat": "driver", "car": "su7"}, home.context()
    )
    home.hub.household.every_moment()
    wheel.session = await home.session("anna", "owner", device="wheel", seat="driver", car="su7")
    return wheel


async def at_home(home: World) -> Session:
    """A tablet of hers on the kitchen's wall."""
    tablet = Screen(home, "kitchen")
    await tablet.come_in()
    await home.hub.household.write("device", "kitchen", {"kind": "tablet", "placed": True}, home.context())
    return tablet.session
