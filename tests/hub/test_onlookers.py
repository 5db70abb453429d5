"""Where others look: what is hidden holds for messages and callers, too; and a missed call stands once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.hub.grouped import ANNA, FEATURES, Screen
from tests.hub.notified import Phones as Answering
from tests.hub.notified import message, on_the_road, said
from tests.world import World
from wayhome.core.value import Fact
from wayhome.errors import NotAllowed
from wayhome.features.messages import feature as messages
from wayhome.features.messages.keeper import keeper
from wayhome.features.notifications import feature as told
from wayhome.features.notifications.desk import desk
from wayhome.hub.notifications import Heard, notifications
from wayhome.hub.session import Session
from wayhome.hub.telephony import Handset, Message, Ring, Wish, telephony

pytestmark = pytest.mark.anyio
PIXEL = Handset("kde/pixel", "kde/pixel", "Pixel", "anna", frozenset({"calls", "read", "send"}), False)
DIALLER = "0|com.google.android.dialer|1|MissedCall|10123"


class Pixel:
    """Tells one conversation when it is asked."""

    def __init__(self, world: World) -> None:
        self.world = world

    def handsets(self) -> list[Handset]:
        return [PIXEL]

    def ask(self, id: str, wish: Wish) -> bool:
        at = self.world.clock.now()
        telephony(self.world.hub).told(PIXEL, [Message(1, 7, ("+49 170 1234567",), "Are you home?", at, "came")])
        return True

    async def arrived(self, id: str) -> bool:
        return True


@pytest.fixture
async def home() -> AsyncIterator[World]:
    async with World(features={**FEATURES, "notifications": told, "messages": messages}) as world:
        await world.person("anna", "owner")
        with telephony(world.hub).serve(Pixel(world)):
            yield world


@pytest.fixture
async def phone(home: World) -> Screen:
    screen = Screen(home, ANNA)
    await screen.let_in()
    return screen


@pytest.fixture
def heard(home: World, phone: Screen) -> Iterator[Heard]:
    with notifications(home.hub).join("kde", Answering()) as telling:
        yield telling


async def parked(home: World) -> Session:
    glass = (await on_the_road(home, speed=0.0)).session
    home.puppet.host.report([Fact("su7/Vehicle.LowVoltageSystemState", "OFF")])
    home.hub.household.every_moment()
    return glass


def called(home: World, person: str = "anna") -> bool:
    """Whether screens are told who calls."""
    keeper(home.hub)._look()
    [path] = [path for path in home.hub.household.house.readings if path.startswith(f"@call/{person}")]
    value = home.hub.household.house.readings[path].value
    assert isinstance(value, dict)
    return value["frame"] is not None


async def test_messages_and_callers_are_hidden_where_others_look(home: World, phone: Screen) -> None:
    glass = await parked(home)
    telephony(home.hub).rang(PIXEL, Ring("ringing", "+49 170 1234567", "Mei"))
    assert called(home) and not (await glass.call("messages.conversations")).hidden
    guest = await home.session("gus", "guest", device="gus", seat="passenger", car="su7")
    assert not called(home)
    assert (await glass.call("messages.conversations")).hidden
    about = {"phone": PIXEL.thing, "conversation": 7}
    for name, data in (
        ("read", about),
        ("quick", {**about, "id": f"anna:{1:026d}", "reply": "ok"}),
        ("people", phone.sealed("{}", kind="message")),
        ("send", {**about, **phone.sealed("{}", kind="message")}),
    ):
        with pytest.raises(NotAllowed):
            await glass.call(f"messages.{name}", data)
    assert not (await phone.session.call("messages.conversations")).hidden, "her phone is hers"
    await phone.session.call("messages.read", about)
    home.hub.sessions.close(guest)
    assert called(home)
    await phone.session.call("notifications.choose", {"hide": "always"})
    assert not called(home) and (await glass.call("messages.conversations")).hidden
    await phone.session.call("notifications.choose", {"hide": "never"})
    assert called(home)


@pytest.mark.parametrize("first", ["call", "notification"])
async def test_a_missed_call_stands_once(home: World, phone: Screen, heard: Heard, first: str) -> None:
    it = desk(phone.session)
    word = message(home, DIALLER, "Mei", app="Phone", title="Missed call", sender="", replies=False)
    if first == "notification":
        heard.said("anna", "pixel", word)
        assert len(it.of("anna")) == 1
    telephony(home.hub).rang(PIXEL, Ring("missed", "+49 170 1234567", "Mei"))
    it.tick()
    heard.said("anna", "pixel", word)
    assert it.of("anna") == []
    # What she writes in another app, and whom else was missed, stands.
    heard.said("anna", "pixel", message(home, "0|org.chat|1", "Mei: I called you"))
    heard.said("anna", "pixel", message(home, f"{DIALLER}2", "Tom", app="Phone", title="Missed call", sender=""))
    heard.said("anna", "other", word)
    assert len(it.of("anna")) == 3
    # Told once more by the phone after it was seen here, it does not come back.
    [path] = [path for path in home.hub.household.house.readings if path.startswith("@call/")]
    await phone.session.call("messages.seen", {"call": path.removeprefix("@call/")})
    heard.said("anna", "pixel", word)
    assert len(it.of("anna")) == 3


SMS = "0|com.google.android.apps.messaging|3|null|10123"


async def test_what_was_chosen_for_the_app_of_text_messages_holds_for_these(
    home: World, phone: Screen, heard: Heard
) -> None:
    heard.said("anna", "pixel", message(home, SMS, app="Messages"))
    heard.said("anna", "pixel", message(home, "0|org.chat|1", app="Chat"))
    about = {"phone": PIXEL.thing, "conversation": 7}

    async def choose(app: str, of: str) -> str:
        await phone.session.call("notifications.choose", said(phone, apps={app: of}))
        return str((await phone.session.call("messages.conversations")).chosen)

    assert await choose("Chat", "off") == "all"
    assert await choose("Messages", "sender") == "sender"
    listed = await phone.session.call("messages.conversations")
    assert listed.brief and not listed.hidden
    with pytest.raises(NotAllowed):
        await phone.session.call("messages.read", about)
    assert await choose("Messages", "off") == "off"
    assert (await phone.session.call("messages.conversations")).hidden
    for name, data in (("read", about), ("quick", {**about, "id": f"anna:{1:026d}", "reply": "ok"})):
        with pytest.raises(NotAllowed):
            await phone.session.call(f"messages.{name}", data)
    # It holds as well after the app has nothing to tell any more, and screens are told to ask anew.
    it = desk(phone.session)
    it.drop(lambda origin: True)
    it._texters.clear()
    assert (await phone.session.call("messages.conversations")).hidden
    keeper(home.hub)._tell()
    keeper(home.hub)._look()
    await choose("Messages", "show")
    keeper(home.hub)._look()
    assert "anna" in keeper(home.hub)._news
    assert not (await phone.session.call("messages.conversations")).hidden
    await phone.session.call("messages.read", about)
