"""What a person's pages are told along with the news of their clipboard."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.hub.grouped import Screen
from tests.hub.test_clipboard import home, phone
from tests.world import World, car
from wayhome.core.value import Fact
from wayhome.hub.frames import Frame
from wayhome.hub.session import Session
from wayhome.hub.view import Client, Outlet

__all__ = ["home", "phone"]
pytestmark = pytest.mark.anyio


class Page(Outlet):
    """A page's line to the hub: what it is told along with the clipboard's news."""

    def __init__(self, home: World, session: Session) -> None:
        self.along: list[dict[str, Any]] = []
        client = Client(session, self)
        client.hears_limits = True
        home.hub.live.join(client, frozenset({"@clip_news/*"}), 10, "json", None, None)

    def write(self, frame: Frame) -> None:
        said = json.loads(frame.payload)
        if said["t"] == "told":
            self.along.append(said["data"])

    def backlog(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None: ...


async def test_what_has_come_is_told_along_with_the_news(home: World, phone: Screen) -> None:
    tablet, mei = Screen(home, "tablet"), Screen(home, "meis-phone", "mei")
    await tablet.let_in(phone)
    await mei.let_in(phone, "member")
    off = Screen(home, "off")
    await off.let_in(phone)
    await off.session.call("clipboard.choose", {"part": False})
    pages = [Page(home, one.session) for one in (tablet, mei, off)]
    mine, hers, none = pages
    entry = await phone.put("one")
    [told] = mine.along
    assert told == {
        **{name: getattr(entry, name) for name in ("id", "frame", "at", "until", "everybody", "brief", "image")},
        "told": False,
    }
    assert hers.along == none.along == [], "neither to somebody else, nor where it is switched off"
    await phone.put("two", id="ALL:" + "0" * 26)
    assert len(mine.along) == 2 and hers.along[0]["everybody"] and none.along == []
    # Who drives is told nothing of it; what is long is asked for.
    home.puppet.host.announce([car("su7")])
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 50.0), Fact("su7/Vehicle.LowVoltageSystemState", "ON")])
    seat = Page(home, await home.session("anna", "owner", device="wheel", seat="driver", car="su7"))
    home.hub.household.every_moment()
    await phone.put("three")
    assert len(mine.along) == 3 and seat.along == []
    await phone.put("x" * 30_000)
    await phone.session.call("clipboard.remove", {"id": entry.id})
    assert len(mine.along) == 3
