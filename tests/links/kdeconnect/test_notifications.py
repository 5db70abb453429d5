"""What apps of a phone say, by the real KDE Connect, and by a phone that says it as Android does."""

from __future__ import annotations

import asyncio
import json
import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, Memory, household, paired, soon, until
from tests.links.kdeconnect.screen import Screen
from tests.peers.android import TOLD, Android
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places
from wayhome.core.value import Context
from wayhome.features.notices.conditions import Condition
from wayhome.features.notifications.desk import desk
from wayhome.features.notifications.model import PER_PHONE
from wayhome.hub.group.group import group
from wayhome.sealing import keys

pytestmark = pytest.mark.anyio


@pytest.fixture
def phone(places: Places, tmp_path: Path) -> Iterator[KdeConnect]:
    """One on which programs show notifications."""
    with KdeConnect(tmp_path / "kdeconnect", places, "pocket", "Phone", display=True) as peer:
        yield peer


async def tells(house: House, phone: KdeConnect) -> str:
    """Pair it, and let it pass on what its programs show, which it does not by itself; its thing."""
    thing = await paired(house, phone)
    phone.device(house.identity, "setPluginEnabled", "kdeconnect_sendnotifications", "true")
    await soon(lambda: "sendnotifications" in phone.device(house.identity, "loadedPlugins"))
    return thing


async def ready(house: House) -> None:
    await soon(lambda: group(house.hub).status.state == "in")


async def ada(house: House) -> Screen:
    """Her tablet, which belongs to the group."""
    await ready(house)
    screen = Screen(house, "ada", "adas-tablet", "owner")
    await screen.comes()
    return screen


async def say(by: Screen, verb: str, id: str, text: str) -> str:
    """Answer one, or press a button; what the phone is called that has it."""
    sealed = by.sealed("notification", text=text)
    data = {"id": id, "key": sealed["id"], "frame": sealed["frame"]}
    return (await by.session.call(f"notifications.{verb}", data)).phone  # type: ignore[no-any-return]


async def listed(house: House) -> list[dict[str, Any]]:
    """What a screen of the group is shown, opened, the newest first."""
    told = await house.session.call("notifications.list")
    found = []
    for one in told.changed:
        opened = group(house.hub).opened("notification", one.id, keys.data(one.frame))
        assert opened is not None
        found.append({"id": one.id, "announced": one.announced, "news": one.news, **json.loads(opened)})
    assert [one["id"] for one in found] == told.ids
    return found


async def has(house: House, *texts: str) -> list[dict[str, Any]]:
    """Wait until just these texts stand, the newest first."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        found = await listed(house)
        if [one.get("text", "") for one in found] == [*texts]:
            return found
        assert loop.time() - began < 45, f"there stand {found}"
        await asyncio.sleep(0.02)


async def test_what_a_program_tells_is_on_its_persons_screens(phone: KdeConnect) -> None:
    async with household() as house:
        await ready(house)
        await tells(house, phone)
        phone.notifies("Mail", "Mei", "Tomorrow at eight? 明天八点")
        [one] = await has(house, "Tomorrow at eight? 明天八点")
        assert (one["app"], one["title"], one["announced"]) == ("Mail", "Mei", True)
        assert one["id"].startswith("ada:")
        # Put away here it is gone from all screens, and does not come back.
        await house.session.call("notifications.dismiss", {"ids": [one["id"]]})
        await has(house)
        phone.notifies("Mail", "Anna", "Another one")
        await has(house, "Another one")


async def test_an_icon_comes_along(phone: KdeConnect, tmp_path: Path) -> None:
    picture = tmp_path / "icon.png"
    picture.write_bytes(png(48, 48))
    async with household() as house:
        await ready(house)
        await tells(house, phone)
        phone.notifies("Mail", "Mei", "with a face", "-h", f"string:image-path:{picture}")
        [one] = await has(house, "with a face")
        await soon(lambda: desk(house.session).pictures._kept)
        icon = await house.session.call("notifications.icon", {"id": one["id"]})
        opened = group(house.hub).opened("notification", one["id"], keys.data(icon.frame))
        assert opened is not None and json.loads(opened)["text"] == "image/png"


async def android(house: House, **owner: Any) -> Android:
    """One that is paired, by default as Ada's own, by her."""
    one = Android()
    await one.comes()
    await until(house, one.id, lambda is_: is_.online)
    one.pairs()
    await until(house, one.id, lambda is_: is_.state == "asks")
    await house.call("confirm", one.id, **(owner or {"owner": "ada"}))
    await soon(lambda: one.asked == 1 or owner)
    return one


async def test_a_message_is_answered_and_put_away_everywhere(places: Places) -> None:
    async with household() as house:
        screen = await ada(house)
        one = await android(house)
        one.tells("0|chat|1", "Mei", "When are you here?", requestReplyId="r-1", actions=["Mark as read", "Mute"])
        [shown] = await has(house, "When are you here?")
        assert (shown["sender"], shown["replies"], shown["actions"]) == ("Mei", True, ["Mark as read", "Mute"])
        assert await say(screen, "reply", shown["id"], "At eight 八点") == "Pixel"
        assert await say(screen, "act", shown["id"], "Mute") == "Pixel"
        await soon(lambda: one.answered == [("r-1", "At eight 八点")] and one.pressed == [("0|chat|1", "Mute")])
        # The app says more in the same place: it is one, and is answered by its newest id.
        one.tells("0|chat|1", "Mei", "Good!", requestReplyId="r-2")
        [again] = await has(house, "Good!")
        assert again["id"] == shown["id"] and again["news"] and again["announced"]
        await say(screen, "reply", shown["id"], "OK")
        await soon(lambda: one.answered[-1] == ("r-2", "OK"))
        # Put away on a screen, on the phone, and all at once.
        await house.session.call("notifications.dismiss", {"ids": [shown["id"]]})
        await soon(lambda: not one.shows)
        assert await listed(house) == []
        one.tells("2", "Anna", "Hello")
        await has(house, "Hello")
        one.takes_away("2")
        await has(house)


async def test_after_a_gap_it_is_as_on_the_phone(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wayhome.features.notifications.desk.TELLS_WITHIN", 0.3)
    memory = Memory()
    async with household(memory) as house:
        await ready(house)
        one = await android(house)
        for n in range(3):
            one.tells(f"n{n}", "Mei", f"text {n}")
        await has(house, "text 2", "text 1", "text 0")
        one.goes()
        await soon(lambda: desk(house.session).link("car").near(one.id) is None)
        # While it is away: one is put away here, one there, and one comes.
        [first] = [had for had in await listed(house) if had["text"] == "text 0"]
        await house.session.call("notifications.dismiss", {"ids": [first["id"]]})
        one.takes_away("n1")
        one.tells("n3", "Mei", "text 3")
        await one.comes()
        await has(house, "text 3", "text 2")
        await soon(lambda: set(one.shows) == {"n2", "n3"})
        one.goes()
    # The hub keeps nothing: it is told anew.
    assert "text 2" not in str(memory.store.disk) and "Chat" not in str(memory.store.disk)
    async with household(memory) as house:
        await ready(house)
        await one.comes()
        found = await has(house, "text 3", "text 2")
        assert not any(had["announced"] for had in found)


async def test_who_shares_nothing_tells_nothing(places: Places) -> None:
    async with household() as house:
        await ready(house)
        await house.hub.household.write("person", "mei", {"name": "Mei", "role": "member"}, Context("c", "test"))
        strange, hers = await android(house, owner=None), await android(house, owner="mei")
        for one in (strange, hers):
            one.tells("1", "Secret", "of somebody else")
        mine = await android(house)
        await house.hub.household.write("person", "ada", {"role": "child"}, Context("c", "test"))
        mine.tells("1", "Secret", "of a child")
        await asyncio.sleep(0.4)
        assert desk(house.session).of("mei") == desk(house.session).of("ada") == []
        assert strange.asked == hers.asked == 0


async def test_the_same_of_two_phones_is_one(places: Places) -> None:
    async with household() as house:
        screen = await ada(house)
        one, other = await android(house), await android(house)
        for phone in (one, other):
            phone.tells("7", "Mei", "to both", requestReplyId="r")
        [shown] = await has(house, "to both")
        await soon(lambda: len(desk(house.session).find("ada", shown["id"]).origins) == 2)
        one.goes()  # the other one answers for it
        await soon(lambda: desk(house.session).link("car").near(one.id) is None)
        await say(screen, "reply", shown["id"], "yes")
        await soon(lambda: other.answered == [("r", "yes")])
        await house.session.call("notifications.dismiss", {"all": True})
        await soon(lambda: not other.shows)
        await one.comes()
        await soon(lambda: not one.shows)


async def test_storms_and_nonsense(places: Places) -> None:
    async with household() as house:
        await ready(house)
        one = await android(house)
        for id in (None, "", "x" * 401, True, ["1"], {"a": 1}):
            one.say(TOLD, {"id": id, "appName": "Chat", "title": "no id", "text": "x"})
        for body in (
            {},
            {"title": "\u200b"},
            {"title": 7, "text": None},
            {"ticker": ["x"]},
            {"conversation": [None, 3]},
        ):
            one.say(TOLD, {"id": "1", "appName": "Chat", **body})
        one.say(TOLD, {"id": "0|org.kde.kdeconnect_tp|1", "title": "an echo", "text": "of ours"})
        one.say(TOLD, {"id": 12, "isClearable": "true", "isCancel": "false", "title": "t" * 9_000, "text": "x" * 9_000,
                       "actions": ["a" * 900, 5, "", *"bcdefgh"], "time": "later", "appName": "y" * 900,
                       "conversation": "no list", "payloadHash": {"x": 1}})  # fmt: skip
        [shown] = await has(house, "no list")
        assert len(shown["title"]) == 200 and len(shown["app"]) == 60 and shown["actions"][0] == "a" * 60
        assert len(shown["actions"]) <= 5
        one.say(TOLD, {"id": "12", "isCancel": "true"})
        await has(house)
        one.tells("g", "", "", groupName="Family", conversation=[{"sender": "Mei", "message": "1"}, {"message": "2"}])
        [shown] = await has(house, "Mei: 1\n2")
        assert shown["sender"] == "Family"
        for n in range(PER_PHONE + 20):
            one.tells(f"s{n}", "Storm", f"{n}")
        await soon(lambda: any(had.said.text == f"{PER_PHONE + 19}" for had in desk(house.session).of("ada")))
        assert len(desk(house.session).of("ada")) == PER_PHONE


async def test_the_households_notices_are_on_the_phone_and_put_away_on_either(phone: KdeConnect) -> None:
    async with household() as house:
        await ready(house)
        await tells(house, phone)
        shelf, me = house.hub.extra["notices"].shelf, house.identity  # type: ignore[attr-defined]
        condition = Condition("alarm", "attic", "", "hub/hub.info", True, {"name": "Attic"})
        shelf.begin(condition)
        await asyncio.sleep(1.2)
        assert shows(phone, me) == []  # nobody wants that before they said so
        await house.session.call("notices.choose", {"phones": "zh"})
        await soon(lambda: len(shows(phone, me)) == 1)
        shown = f"/modules/kdeconnect/devices/{me}/notifications/{shows(phone, me)[0]}"
        of = "org.kde.kdeconnect.device.notifications.notification"
        assert phone._property(shown, of, "title") == "安防警报" and phone._property(shown, of, "text") == "Attic"
        # What is put away there was seen; what is seen here is gone there.
        phone._call(shown, f"{of}.dismiss")
        await soon(lambda: "ada" in shelf.all()[0].seen)
        second = shelf.begin(Condition("alarm", "cellar", "", "hub/hub.info", True, {"name": "Cellar"}))
        await soon(lambda: len(shows(phone, me)) == 1)
        await house.session.call("notices.seen", {"ids": [second.id]})
        await soon(lambda: shows(phone, me) == [])
        assert await listed(house) == [], "what came from here does not come back"


def shows(phone: KdeConnect, me: str) -> list[str]:
    """What of ours it shows, by its own ids."""
    return re.findall(r"'([^']+)'", phone.plugin(me, "notifications", "activeNotifications"))


def png(width: int, height: int) -> bytes:
    """A picture that every program reads."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\0" + b"\x4c\xc9\xff" * width for _ in range(height)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", rows) + part(b"IEND", b"")
