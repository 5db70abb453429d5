"""Notifications between a running hub and the screens of the group: what they are told along with the news, what is
sent once, and what is chosen anew."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from tests.hub.grouped import Screen
from tests.hub.notified import Phones, at_home, heard, home, message, on_the_road, opened, phone, phones, said, shown
from tests.hub.two_sites import until
from tests.world import World
from wayhome.errors import BadInput, NotAllowed, Unreachable
from wayhome.features.notifications.desk import desk
from wayhome.hub.frames import Frame
from wayhome.hub.group.group import Group
from wayhome.hub.notifications import Heard
from wayhome.hub.session import Session
from wayhome.hub.view import Client, Outlet

__all__ = ["heard", "home", "phone", "phones"]
pytestmark = pytest.mark.anyio


async def test_what_cant_be_opened_is_chosen_anew(home: World, phone: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    await phone.session.call("notifications.choose", {"hide": "never", **said(phone, apps={"Dating": "off"})})
    choices = desk(phone.session).choices
    choices._read.clear()
    monkeypatch.setattr(Group, "opened", lambda *_: None)
    await phone.session.call("notifications.choose", {"anew": True, "faces": {"car": "off"}})
    monkeypatch.undo()
    now = choices.of("anna")
    assert (now.apps, now.hide, now.faces) == ({}, "guests", {"car": "off"})
    assert not (await phone.session.call("notifications.rules")).shut


async def test_an_answer_is_sent_once_and_what_was_not_is_sent_again(
    home: World, phone: Screen, phones: Phones, heard: Heard
) -> None:
    heard.said("anna", "pixel", message(home))
    [one] = await shown(phone.session, phone)
    asked = {"id": one["id"], **said(phone, "At eight")}
    phones.is_near = False
    with pytest.raises(Unreachable):
        await phone.session.call("notifications.reply", asked)
    phones.is_near = True
    assert (await phone.session.call("notifications.reply", asked)).phone == "Pixel"
    # The app takes it away, as it was answered; no answer had come to the page, which asks once more.
    heard.over("pixel", "1")
    assert (await phone.session.call("notifications.reply", asked)).phone == "Pixel"
    assert phones.done == [("reply", "pixel", "1", "At eight")]
    # What was not sealed by this screen, in its own place, is nothing that anybody says.
    heard.said("anna", "pixel", message(home))
    id = (await shown(phone.session, phone))[0]["id"]
    other = Screen(home, "meis-phone", "mei")
    await other.let_in(phone, "member")
    for wrong in (
        said(other, "x"),
        {**said(phone, "x"), "key": f"anna:{9:026d}"},
        {**said(phone, "x"), "frame": "AAAA"},
        phone.sealed('{"text": "x"}', kind="clip"),
    ):
        wrong = {"key": wrong.get("key", wrong.get("id", "")), "frame": wrong["frame"]}
        with pytest.raises((BadInput, NotAllowed)):
            await phone.session.call("notifications.reply", {"id": id, **wrong})
    assert len(phones.done) == 1


class Page(Outlet):
    """A page's line to the hub: it notes what it is told."""

    def __init__(self, home: World, session: Session, **hello: Any) -> None:
        self.told: list[dict[str, Any]] = []
        self.client = Client(session, self)
        self.client.hears_limits = hello.get("limits", True)
        home.hub.live.join(self.client, frozenset({"@notification_news/*"}), 10, "json", None, None)

    def write(self, frame: Frame) -> None:
        self.told.append(json.loads(frame.payload))

    def backlog(self) -> int:
        return 0

    def close(self, code: int, reason: str) -> None: ...

    def along(self) -> list[dict[str, Any]]:
        """What it was told along with news."""
        return [one["data"] for one in self.told if one["t"] == "told"]


async def test_what_is_new_comes_along_with_the_news(home: World, phone: Screen, heard: Heard) -> None:
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    tablet = Page(home, await at_home(home))
    glass = Page(home, (await on_the_road(home)).session)
    others, program = Page(home, mei.session), Page(home, phone.session, limits=False)
    heard.said("anna", "pixel", message(home, text="Where are you?"))
    await asyncio.sleep(0)
    [told] = tablet.along()
    [one] = told["changed"]
    assert opened(phone, one["id"], one["frame"])["text"] == "Where are you?" and one["news"] and one["announced"]
    assert (told["since"], told["revision"], told["ids"]) == (0, 1, [one["id"]])
    # Each screen is told what it may show: whoever drives gets no text.
    [told] = glass.along()
    assert "Where" not in str(opened(phone, one["id"], told["changed"][0]["frame"]))
    assert others.along() == program.along() == []
    # Many at once are one word, which goes on from the one before; what is too much is asked for.
    home.clock.move(1)
    for n in range(3):
        heard.said("anna", "pixel", message(home, "1", f"text {n}"))
    home.clock.move(1)
    await until(lambda: len(tablet.along()) == 3)
    assert [(one["since"], one["revision"]) for one in tablet.along()] == [(0, 1), (1, 2), (2, 4)]
    home.clock.move(1)
    for n in range(9):
        heard.said("anna", "pixel", message(home, f"long {n}", f"{n} " * 1_900))
    home.clock.move(1)
    news = "@notification_news/anna"
    await until(lambda: home.hub.household.house.readings[news].value == [told["run"], 13])
    assert [one["revision"] for one in tablet.along()][3:] == [5]
