"""Notifications on a running hub: what each screen is shown of them, by whom it is looked at, and what its person
chose."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from tests.hub.grouped import Screen
from tests.hub.notified import (
    Phones,
    at_home,
    heard,
    home,
    message,
    on_the_road,
    opened,
    phone,
    phones,
    png,
    said,
    shown,
)
from tests.world import World
from wayhome.adapters.speech_espeak import EspeakSpeech
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound, NotWhileDriving, Unreachable
from wayhome.features.notifications.desk import desk
from wayhome.hub.group.group import Group
from wayhome.hub.notifications import Heard
from wayhome.hub.onlookers import others_look
from wayhome.hub.speech import tongue_of

__all__ = ["heard", "home", "phone", "phones"]
pytestmark = pytest.mark.anyio


async def test_whoever_drives_gets_app_and_sender_and_answers_by_one_tap(
    home: World, phone: Screen, phones: Phones, heard: Heard
) -> None:
    heard.said("anna", "pixel", message(home, text="Where are you? 你在哪"))
    wheel = await on_the_road(home, by=phone)
    driver = wheel.session
    [one] = await shown(driver, phone)
    assert (one["app"], one["sender"], one["level"], one["announced"]) == ("Chat", "Mei", "sender", True)
    assert not {"text", "title", "actions"} & {name for name, value in one.items() if value}
    for name, data in (
        ("reply", {"id": one["id"], **said(wheel, "typed on the road")}),
        ("act", {"id": one["id"], **said(wheel, "Mute")}),
        ("rules", {}),
        ("choose", {"hide": "never"}),
    ):
        with pytest.raises(NotWhileDriving):
            await driver.call(f"notifications.{name}", data)
    await driver.call("notifications.reply", {"id": one["id"], **said(wheel, "On my way")})
    read = await driver.call("notifications.read_aloud", {"id": one["id"]})
    assert (read.media_type, read.content.decode()) == ("audio/wav", "zh: Chat. Mei. Where are you? 你在哪")
    # What she carries is the driver's as well; what hangs at home is not. Parked the glass reads, too.
    assert (await shown(phone.session, phone))[0]["text"] == ""
    assert (await shown(await at_home(home), phone))[0]["text"] == "Where are you? 你在哪"
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 0.0), Fact("su7/Vehicle.LowVoltageSystemState", "OFF")])
    home.hub.household.every_moment()
    assert (await shown(driver, phone))[0]["text"] == "Where are you? 你在哪"
    await driver.call("notifications.reply", {"id": one["id"], **said(wheel, "typed")})
    await driver.call("notifications.act", {"id": one["id"], **said(wheel, "Mute")})
    assert phones.done == [
        ("reply", "pixel", "1", "On my way"),
        ("reply", "pixel", "1", "typed"),
        ("act", "pixel", "1", "Mute"),
    ]


async def test_what_is_no_message_has_no_sender_to_read(home: World, phone: Screen, heard: Heard) -> None:
    heard.said("anna", "pixel", message(home, app="Bank", title="4,000 spent", sender="", replies=False))
    [one] = await shown((await on_the_road(home)).session, phone)
    assert one["app"] == "Bank" and "4,000" not in str(one)


async def test_while_a_guest_is_aboard_it_is_the_app_alone(home: World, phone: Screen, heard: Heard) -> None:
    heard.said("anna", "pixel", message(home))
    wheel = await on_the_road(home, speed=0.0, by=phone)
    glass = wheel.session
    guest = await home.session("gus", "guest", device="gus", seat="passenger", car="su7")
    before = desk(glass).revision("anna")
    desk(glass).tick()
    assert desk(glass).revision("anna") > before, "screens that have the text are told to look again"
    [one] = await shown(glass, phone)
    assert one["app"] == "Chat" and one["level"] == "app" and "Mei" not in str(one)
    for name, data in (("read_aloud", {}), ("reply", said(wheel, "OK"))):
        with pytest.raises(NotAllowed):
            await glass.call(f"notifications.{name}", {"id": one["id"], **data})
    assert (await shown(phone.session, phone))[0]["sender"] == "Mei", "her phone is hers"
    home.hub.sessions.close(guest)
    assert (await shown(glass, phone))[0]["sender"] == "Mei"


async def test_rules_of_apps_and_screens(home: World, phone: Screen, heard: Heard) -> None:
    tablet = Screen(home, "tablet")
    await tablet.let_in(phone)
    await home.hub.household.write("device", "tablet", {"kind": "tablet"}, home.context())
    heard.said("anna", "pixel", message(home))
    # The phone has told it itself.
    assert (await shown(phone.session, phone))[0]["announced"] is False
    assert (await shown(tablet.session, phone))[0]["announced"] is True

    async def choose(apps: dict[str, str] | None = None, **wishes: Any) -> dict[str, Any] | None:
        sealed = said(phone, apps=apps) if apps else {}
        await phone.session.call("notifications.choose", {**wishes, **sealed})
        found = await shown(tablet.session, phone)
        return found[0] if found else None

    assert (await choose(apps={"Chat": "silent"}) or {})["announced"] is False
    assert (await choose(apps={"Chat": "sender"}) or {})["level"] == "sender"
    assert await choose(apps={"Chat": "off"}) is None
    assert await choose(apps={"Chat": "show"}, faces={"tablet": "off"}) is None
    assert (await choose(faces={"tablet": "show"}, hide="always") or {})["level"] == "app"
    sealed = said(phone, quick=["Bin gleich da"])
    rules = await phone.session.call("notifications.choose", {"hide": "guests", **sealed})
    of = opened(phone, "anna:rules", rules.frame)
    assert (of["apps"], rules.faces["tablet"], of["quick"], of["heard"]) == ({}, "show", ["Bin gleich da"], ["Chat"])
    # Which apps somebody has is in no record that can be read, nor in what is asked and answered.
    rules = await phone.session.call("notifications.choose", said(phone, apps={"Dating": "off"}))
    assert "Dating" not in str(home.store.disk) and "Dating" not in str(rules)
    assert opened(phone, "anna:rules", rules.frame)["apps"] == {"Dating": "off"}
    wheel = await on_the_road(home, by=phone)
    told = await wheel.session.call("notifications.list")
    assert "Bin gleich" not in str(told) and opened(phone, "anna:quick", told.quick)["items"] == ["Bin gleich da"]
    await wheel.session.call("notifications.reply", {"id": told.ids[0], **said(wheel, "Bin gleich da")})


async def test_nobody_else_has_them(home: World, phone: Screen, heard: Heard) -> None:
    heard.said("anna", "pixel", message(home))
    [one] = await shown(phone.session, phone)
    mei = Screen(home, "meis-phone", "mei")
    await mei.let_in(phone, "member")
    assert await shown(mei.session, mei) == []
    for name, data in (("reply", said(mei, "x")), ("icon", {}), ("read_aloud", {})):
        with pytest.raises(NotFound):
            await mei.session.call(f"notifications.{name}", {"id": one["id"], **data})
    await mei.session.call("notifications.dismiss", {"ids": [one["id"]], "all": True})
    assert len(await shown(phone.session, phone)) == 1
    for role in ("child", "guest"):
        other = await home.session(f"the-{role}", role)
        for name in ("list", "dismiss", "rules"):
            with pytest.raises(NotAllowed):
                await other.call(f"notifications.{name}")
    # Nor does any other owner get the moment at which something came, for all that they may read every record.
    tom = await home.session("tom", "owner")
    for news in ("@notification_news", "@message_news", "@clip_news", "@file_news"):
        assert not mei.session.may("read", f"{news}/anna") and not tom.may("read", f"{news}/anna")
        assert phone.session.may("read", f"{news}/anna")


async def test_a_screen_is_told_what_changed(home: World, phone: Screen, heard: Heard) -> None:
    for n in range(3):
        heard.said("anna", "pixel", message(home, str(n), f"text {n}"))
    first = await phone.session.call("notifications.list")
    assert len(first.changed) == len(first.ids) == 3
    heard.said("anna", "pixel", message(home, "1", "another text", silent=True))
    heard.said("anna", "pixel", message(home, "2", "text 2"))  # once more, and nothing new
    heard.over("pixel", "0")
    now = await phone.session.call("notifications.list", {"run": first.run, "revision": first.revision})
    assert len(now.ids) == 2 and [one.news for one in now.changed] == [True]
    assert len((await phone.session.call("notifications.list", {"run": "another"})).changed) == 2
    with pytest.raises(BadInput):
        await phone.session.call("notifications.reply", {"id": now.ids[0], **said(phone, " ")})


async def test_a_phone_that_is_away_answers_nothing_and_is_told_later(
    home: World, phone: Screen, phones: Phones, heard: Heard
) -> None:
    phones.is_near = False
    heard.said("anna", "pixel", message(home))
    [one] = await shown(phone.session, phone)
    with pytest.raises(Unreachable):
        await phone.session.call("notifications.reply", {"id": one["id"], **said(phone, "x")})
    home.clock.move(90_000)
    desk(phone.session).tick()
    assert await shown(phone.session, phone) == []


async def test_the_voice_speaks(home: World) -> None:
    voice = EspeakSpeech()
    for text in ("Where are you?", "你在哪里？"):
        sound = await voice.say(text, tongue_of(text))
        assert sound[:4] == b"RIFF" and len(sound) > 10_000 and int.from_bytes(sound[4:8], "little") == len(sound) - 8
    assert await voice.say("--version", "en") != await voice.say("x", "en"), "a text is no option"
    with pytest.raises(BadInput):
        await voice.say("x" * 1_001, "en")
    with pytest.raises(NotFound):
        await EspeakSpeech("no-such-voice").say("x", "en")
    with pytest.raises(Unreachable):
        await EspeakSpeech("false").say("x", "en")


async def test_an_icon_that_is_quicker_than_the_screen_takes_no_news_away(
    home: World, phone: Screen, heard: Heard
) -> None:
    first = await phone.session.call("notifications.list")
    heard.said("anna", "pixel", message(home, picture="h"))
    desk(phone.session).look_again("anna")
    now = await phone.session.call("notifications.list", {"run": first.run, "revision": first.revision})
    assert [one.news for one in now.changed] == [True]
    desk(phone.session).look_again("anna")
    later = await phone.session.call("notifications.list", {"run": now.run, "revision": now.revision})
    assert [one.news for one in later.changed] == [False], "what was told already is no news"


async def test_what_is_announced_once_is_announced(home: World, phone: Screen, heard: Heard) -> None:
    tablet = await at_home(home)

    async def news(run: str = "", revision: int = 0) -> tuple[Any, list[tuple[bool, bool]]]:
        told = await tablet.call("notifications.list", {"run": run, "revision": revision})
        return told, [(one.announced, one.news) for one in told.changed]

    first, _ = await news()
    heard.said("anna", "pixel", message(home, once=True))
    heard.said("anna", "pixel", message(home, text="Where are you? Hello?", once=True))
    told, found = await news(first.run, first.revision)
    assert found == [(True, True)]
    heard.said("anna", "pixel", message(home, text="Downloading 7 %", once=True))
    assert (await news(told.run, told.revision))[1] == [(True, False)]


async def test_what_a_phone_had_when_it_came_is_not_announced(home: World, phone: Screen, heard: Heard) -> None:
    tablet = await at_home(home)
    before = message(home)
    home.clock.move(5)
    heard.came("pixel", True)
    heard.said("anna", "pixel", before)
    assert [one["announced"] for one in await shown(tablet, phone)] == [False]
    heard.said("anna", "pixel", message(home, "2", "now"))
    assert [one["announced"] for one in await shown(tablet, phone)] == [True, False]
    home.clock.move(20)
    heard.said("anna", "pixel", msgspec.structs.replace(before, id="3", text="told late"))
    assert [one["text"] for one in await shown(tablet, phone) if one["announced"]] == ["now", "told late"]


async def test_an_icon_stays_when_it_is_told_anew_without(home: World, phone: Screen, heard: Heard) -> None:
    heard.said("anna", "pixel", message(home, picture="h"))
    heard.said("anna", "pixel", message(home, text="more"))
    assert desk(phone.session).of("anna")[0].said.picture


async def test_what_a_phone_sends_as_an_icon_counts_for_no_other_phone(
    home: World, phone: Screen, heard: Heard
) -> None:
    heard.said("anna", "pixel", message(home, picture="h"))
    heard.said("anna", "other", message(home, "2", "another", picture="h"))
    heard.pictured("other", "h", png(8, 8))
    assert heard.wants("pixel", "h") and not heard.wants("other", "h")
    assert [one.get("picture", False) for one in await shown(phone.session, phone)] == [True, False]
    heard.pictured("pixel", "h", b"no picture")
    assert not heard.wants("pixel", "h"), "what can't be drawn is not fetched again and again"
    with pytest.raises(NotFound):
        [_, first] = await shown(phone.session, phone)
        await phone.session.call("notifications.icon", {"id": first["id"]})


async def test_at_a_wheel_where_another_drives_it_is_the_app_alone(home: World, phone: Screen, heard: Heard) -> None:
    heard.said("anna", "pixel", message(home))
    wheel = await on_the_road(home, speed=0.0, by=phone)
    glass = wheel.session
    home.puppet.host.report([Fact("su7/Vehicle.LowVoltageSystemState", "OFF")])
    home.hub.household.every_moment()
    desk(glass).tick()
    await home.person("bo", "member")
    await glass.call("notifications.choose", {"hide": "never"})
    assert (await shown(glass, phone))[0]["text"] == "Where are you?"
    before = desk(glass).revision("anna")
    await home.hub.household.write("driver", "su7", {"person": "bo"}, home.context())
    desk(glass).tick()
    assert desk(glass).revision("anna") > before, "screens are told to look again"
    [one] = await shown(glass, phone)
    assert one["level"] == "app" and others_look(glass)
    with pytest.raises(NotAllowed):
        await glass.call("notifications.reply", {"id": one["id"], **said(wheel, "OK")})
    assert not others_look(phone.session)


async def test_what_was_chosen_and_cant_be_opened_hides_all_and_stays(
    home: World, phone: Screen, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard.said("anna", "pixel", message(home))
    apps = said(phone, apps={"Dating": "off"})
    await phone.session.call("notifications.choose", {"faces": {"phone": "show"}, **apps})
    choices = desk(phone.session).choices
    choices._read.clear()
    monkeypatch.setattr(Group, "opened", lambda *_: None)
    [one] = await shown(phone.session, phone)
    assert (one["level"], one["announced"]) == ("app", False)
    with pytest.raises(Conflict):
        await phone.session.call("notifications.choose", {"hide": "never"})
    assert (await phone.session.call("notifications.rules")).shut
    monkeypatch.undo()
    assert choices.of("anna").apps == {"Dating": "off"}
