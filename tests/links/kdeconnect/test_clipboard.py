"""The clipboard between a person's screens and their phone, by the real KDE Connect: each text once, and none back."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, Memory, household, paired, soon, until
from tests.links.kdeconnect.stranger import Stranger
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places
from wayhome.core.value import Context
from wayhome.hub.group.group import group
from wayhome.hub.texts import texts
from wayhome.links.kdeconnect import clipboard, wire
from wayhome.sealing import keys

pytestmark = pytest.mark.anyio
CLIPBOARD, NOW = "kdeconnect.clipboard", "kdeconnect.clipboard.connect"
BOTH = frozenset({CLIPBOARD, NOW})


@pytest.fixture
def phone(places: Places, tmp_path: Path) -> Iterator[KdeConnect]:
    """One with a clipboard that is shared with other programs on it."""
    with KdeConnect(tmp_path / "kdeconnect", places, "pocket", "Phone", display=True) as peer:
        yield peer


async def ready(house: House) -> None:
    await soon(lambda: group(house.hub).status.state == "in")


def entries(house: House, what: str = "text") -> list[str]:
    """A person's texts as a member of the group opens them, the newest last; or ``what`` else they say."""
    found = []
    for id, record in sorted(house.hub.household.records("clip").items()):
        opened = group(house.hub).opened("clip", id, keys.data(str(record.values()["frame"])))
        assert opened is not None
        found.append(json.loads(opened)[what])
    return found


async def put(house: House, text: str, person: str = "ada") -> None:
    """As a screen of the person's puts it in."""
    await texts(house.hub).put(person, text, "elsewhere", Context("c", "test"))


async def test_what_a_phone_copies_is_its_person_s_and_the_other_way_round(phone: KdeConnect) -> None:
    async with household() as house:
        await ready(house)
        await paired(house, phone)
        phone.copies("copied on the phone 汉字")
        await soon(lambda: entries(house) == ["copied on the phone 汉字"])
        [id] = house.hub.household.records("clip")
        assert id.startswith("ada:") and entries(house, "name") == ["Phone"]
        await put(house, "put in on the glass")
        await soon(lambda: phone.pastes == "put in on the glass")
        # Neither comes back as one more.
        await asyncio.sleep(0.8)
        assert entries(house) == ["copied on the phone 汉字", "put in on the glass"]
        phone.copies("again")
        await soon(lambda: entries(house)[-1] == "again")
        assert phone.pastes == "again" and len(entries(house)) == 3


async def test_what_was_copied_while_it_was_away_is_there_when_it_comes(phone: KdeConnect) -> None:
    memory = Memory()
    async with household(memory) as house:
        await ready(house)
        thing = await paired(house, phone)
        phone.daemon.kill()
        await soon(lambda: not house.online(thing))
        await put(house, "while it was away")
        await asyncio.to_thread(phone.restart)
        await soon(lambda: phone.pastes == "while it was away")
        await asyncio.sleep(0.5)
        assert entries(house) == ["while it was away"]


async def test_what_is_shared_by_hand_is_an_entry(phone: KdeConnect) -> None:
    async with household() as house:
        await ready(house)
        await paired(house, phone)
        phone.plugin(house.identity, "share", "shareText", "a text, shared")
        await soon(lambda: entries(house) == ["a text, shared"])
        phone.plugin(house.identity, "share", "shareUrl", "https://example.org/a?b=c")
        await soon(lambda: entries(house)[1:] == ["https://example.org/a?b=c"])
        file = phone.folder / "a file"
        file.write_text("what is in it")
        phone.plugin(house.identity, "share", "shareUrl", file.as_uri())
        await asyncio.sleep(0.5)
        assert len(entries(house)) == 2


async def given_to(house: House, **owner: Any) -> tuple[Stranger, list[tuple[str, Any]]]:
    """A phone that speaks of its clipboard, paired; and what it is given."""
    given: list[tuple[str, Any]] = []
    one = Stranger("Phone", incoming=BOTH, outgoing=BOTH)
    one.other = lambda packet: given.append((packet.type, packet.body.get("content")))
    await one.comes(house)
    one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
    await until(house, one.id, lambda is_: is_.state == "asks")
    await house.call("confirm", one.id, **owner)
    await soon(lambda: {"pair": True} in one.heard)
    return one, given


async def test_only_who_said_themselves_that_it_is_theirs_shares_with_it(places: Places) -> None:
    async with household() as house:
        await ready(house)
        context = Context("c", "test")
        await house.hub.household.write("person", "mei", {"name": "Mei", "role": "member"}, context)
        nobody_s, none = await given_to(house)
        mei_s, also_none = await given_to(house, owner="mei")
        ada_s, given = await given_to(house, owner="ada")
        for one in (nobody_s, mei_s):
            one.say(CLIPBOARD, {"content": "not hers"})
        await put(house, "Mei's own", "mei")
        await put(house, "Ada's own")
        await soon(lambda: given == [(CLIPBOARD, "Ada's own")])
        ada_s.say(CLIPBOARD, {"content": "hers"})
        await soon(lambda: "hers" in entries(house))
        assert none == also_none == [] and "not hers" not in entries(house)


async def test_two_phones_of_one_person_have_it_both(places: Places) -> None:
    async with household() as house:
        await ready(house)
        one, back = await given_to(house, owner="ada")
        _, given = await given_to(house, owner="ada")
        one.say(CLIPBOARD, {"content": "from one"})
        await soon(lambda: given == [(CLIPBOARD, "from one")])
        assert back == [] and entries(house) == ["from one"]


async def test_what_is_sent_once_more_is_there_once_more(places: Places) -> None:
    """As by *Send clipboard* on Android, after the entry of before has gone."""
    async with household() as house:
        await ready(house)
        one, given = await given_to(house, owner="ada")
        one.say(CLIPBOARD, {"content": "of the phone"})
        await soon(lambda: entries(house) == ["of the phone"])
        [id] = house.hub.household.records("clip")
        await house.hub.household.delete("clip", id, Context("c", "test"))
        one.say(NOW, {"content": "of the phone", "timestamp": int(time.time() * 1000)})
        await put(house, "of the glass")
        await soon(lambda: given == [(CLIPBOARD, "of the glass")])
        # What comes back is none, and a line that is new tells what is known.
        one.say(CLIPBOARD, {"content": "of the glass"})
        one.say(CLIPBOARD, {"content": "of the phone"})
        await soon(lambda: entries(house) == ["of the glass", "of the phone"])
        [*_, last] = sorted(house.hub.household.records("clip"))
        await house.hub.household.delete("clip", last, Context("c", "test"))
        one.say(CLIPBOARD, {"content": "of the phone"})
        await soon(lambda: entries(house) == ["of the glass", "of the phone"])


async def test_odd_texts(places: Places) -> None:
    async with household() as house:
        await ready(house)
        one, _ = await given_to(house, owner="ada")
        now = time.time() * 1000
        for content in ("", "  \n", None, 7, ["x"], "x" * 10_001, {"a": 1}):
            one.say(CLIPBOARD, {"content": content})
        for at in (0, now - 3_600_000, now + 3_600_000, None, "x"):
            one.say(NOW, {"content": f"of another time {at}", "timestamp": at})
        await soon(lambda: lost(house) == ["too_large"])
        for n in range(40):  # who copies without a pause: the last counts, as on any clipboard
            one.say(CLIPBOARD, {"content": f"fast {n}"})
        await soon(lambda: "fast 39" in entries(house))
        one.say(NOW, {"content": "just now", "timestamp": str(now)})
        await soon(lambda: "just now" in entries(house))
        assert not [text for text in entries(house) if "another time" in text] and len(entries(house)) < 10


def lost(house: House) -> list[str]:
    """Why texts were not kept, as it was told."""
    return [str(event.data.get("why")) for event in house.events if event.name == "PhoneTextLost"]


@pytest.mark.parametrize("first", ["body", "type"])
async def test_a_text_that_is_too_long_for_a_packet_is_told_of(places: Places, first: str) -> None:
    """As kdeconnectd writes a packet, its type last, and as the app for Android does."""
    async with household() as house:
        await ready(house)
        one, _ = await given_to(house, owner="ada")
        body, type = b'"body":{"content":"%s"}' % (b'\\"type\\":' * 300_000), b'"type":"kdeconnect.clipboard"'
        one.raw(b"{%s}\n" % b",".join((body, type) if first == "body" else (type, body)))
        await soon(lambda: lost(house) == ["too_large"])
        one.raw(b"x" * (2 * wire.MAX_PACKET) + b"\n")
        one.say(CLIPBOARD, {"content": "and on"})
        await soon(lambda: entries(house) == ["and on"])


async def test_clocks_that_are_apart_lose_no_text(places: Places) -> None:
    """Twenty minutes, as of a car after a winter: how old a text is, the phone's own clock says."""
    async with household() as house:
        await ready(house)
        one, _ = await given_to(house, owner="ada")
        one.clock = -1_200.0
        one.goes()
        await soon(lambda: not house.online("phone"))
        await put(house, "while it was away")
        stamps: list[Any] = []
        one.other = lambda packet: stamps.append(packet.body.get("timestamp"))
        await one.comes(house)
        await soon(lambda: stamps)
        assert 0 <= one.now() - stamps[0] / 1000 < 60
        one.say(NOW, {"content": "just copied", "timestamp": int((one.now() - 20) * 1000)})
        one.say(NOW, {"content": "an old one", "timestamp": int((one.now() - 1_200) * 1000)})
        await soon(lambda: "just copied" in entries(house))
        await asyncio.sleep(0.5)
        assert "an old one" not in entries(house)


async def test_a_child_s_phone_shares_nothing(places: Places) -> None:
    async with household() as house:
        await ready(house)
        one, given = await given_to(house, owner="ada")
        await house.hub.household.write("person", "ada", {"role": "child"}, Context("c", "test"))
        one.say(CLIPBOARD, {"content": "a child's"})
        await asyncio.sleep(0.6)
        assert entries(house) == [] and given == []


async def test_a_text_that_nobody_can_keep_silences_none_that_come_after_it(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with household() as house:
        await ready(house)
        one, _ = await given_to(house, owner="ada")
        keeps = texts(house.hub).put

        async def odd(person: str, text: str, origin: str, context: Context, name: str) -> None:
            if text == "odd":
                raise ValueError(text)
            await keeps(person, text, origin, context, name)

        monkeypatch.setattr(texts(house.hub), "put", odd)
        one.say(CLIPBOARD, {"content": "odd"})
        await asyncio.sleep(0.5)
        one.say(CLIPBOARD, {"content": "and on"})
        await soon(lambda: entries(house) == ["and on"])


async def test_a_text_that_is_old_is_held_for_no_phone(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    async with household() as house:
        await ready(house)
        _, given = await given_to(house, owner="ada")
        held = house.hub.links.find(house.link).run
        plugin = next(it for it in held._plugins if isinstance(it, clipboard.Clipboards))  # type: ignore[attr-defined]
        monkeypatch.setattr(clipboard, "FRESH", 3.0)
        await put(house, "old by then")
        await soon(lambda: given == [(CLIPBOARD, "old by then")])
        await put(house, "and one more")
        await soon(lambda: len(given) == 2)
        assert [copied.text for copied in plugin._newest.values()] == ["and one more"]
        await soon(lambda: not plugin._newest)
