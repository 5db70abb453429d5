"""Messages of a person's own phone: asked of it when somebody looks, sent by it, and never on a disk."""

from __future__ import annotations

import asyncio
import base64
import time
from typing import Any

import msgspec
import pytest

from tests.links.kdeconnect.house import House, Memory, household, soon
from tests.links.kdeconnect.pocket import JPEG, Pocket, in_pocket, sms
from tests.links.kdeconnect.screen import Screen
from tests.links.kdeconnect.test_calls import ready
from tests.peers.places import Places
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, NotAllowed, NotFound, NotWhileDriving, Unreachable
from wayhome.features.messages import held
from wayhome.features.messages.keeper import keeper
from wayhome.links.kdeconnect import messages

pytestmark = pytest.mark.anyio
NOW = int(time.time() * 1000)
MEI, TOM = "+49 170 1234567", "0171 7654321"


def two() -> list[dict[str, Any]]:
    """Two conversations, the second of several people."""
    group = [{"address": TOM}, {"address": MEI}]
    return [
        sms(1, 7, "Are you at home?", NOW - 90_000, read=0),
        sms(2, 7, "Almost", NOW - 60_000, type=2),
        sms(3, 8, "Who comes\nalong?", NOW - 30_000, addresses=group, read="false"),
    ]


async def test_conversations_are_asked_of_the_phone_and_read(places: Places) -> None:
    memory = Memory()
    async with household(memory) as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages = two()
        thing = await in_pocket(house, phone)
        assert phone.of(messages.ALL) == [], "nobody has looked yet"
        several, one = await ada.conversations()
        assert one == {
            "phone": thing, "conversation": 7, "name": MEI, "at": (NOW - 60_000) / 1000, "mine": True, "read": True,
            "several": False, "text": "Almost", "numbers": [MEI], "attached": [],
        }  # fmt: skip
        assert several["several"] and not several["read"] and several["text"] == "Who comes along?"
        items, told = await ada.read(thing, 7)
        assert [(it["text"], it["state"]) for it in items] == [("Almost", "sent"), ("Are you at home?", "came")]
        assert told["answers"] and not told["more"]
        [item], _ = await ada.read(thing, 8)
        assert item["from"] == TOM and item["text"] == "Who comes\nalong?"
        # What comes from now on is told by itself, and screens hear that there is something.
        before = house.value("@message_news/ada")
        phone.tell(sms(4, 7, "I wait", int(time.time() * 1000), attachments=[
            {"part_id": 1, "mime_type": "image/jpeg", "encoded_thumbnail": JPEG, "unique_identifier": "PART_1.jpg"},
        ]))  # fmt: skip
        await soon(lambda: house.value("@message_news/ada") != before)
        items, _ = await ada.read(thing, 7)
        assert items[0]["text"] == "I wait" and items[0]["attached"] == [{"type": "image/jpeg", "picture": JPEG}]
        assert (await ada.conversations())[0]["attached"] == ["image/jpeg"]
    kept = repr(memory.store.__dict__) + repr(memory.vault.__dict__) + repr(memory.blobs.__dict__)
    assert "Pocket" in kept, "the phone itself is kept"
    assert "at home" not in kept and "1234567" not in kept


async def test_a_message_is_on_its_way_until_the_phone_reports_it(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages, phone.sends = two(), False
        thing = await in_pocket(house, phone)
        await ada.conversations()
        sealed = ada.sealed(text="Here I am")
        for _ in range(2):  # a page that sends it once more, since it heard no answer
            assert await ada.ask("send", phone=thing, conversation=7, **sealed) == {"phone": "Pocket"}
        await soon(lambda: phone.of(messages.SEND))
        said = {"version": 2, "addresses": [{"address": MEI}], "messageBody": "Here I am", "subID": 1}
        assert phone.of(messages.SEND) == [said]
        items, _ = await ada.read(thing, 7)
        assert items[0]["state"] == "on_way" and items[0]["text"] == "Here I am"
        phone.send(said)
        await soon(lambda: not keeper(house.hub).held(keeper(house.hub).phone("ada", thing)).on_way)
        items, _ = await ada.read(thing, 7)
        assert [(it["state"], it["text"]) for it in items[:2]] == [("sent", "Here I am"), ("sent", "Almost")]
        # To somebody new.
        phone.sends = True
        await ada.ask("send", phone=thing, **ada.sealed(text="Hello", to=["0172 333444555"]))
        await soon(lambda: len(phone.messages) == 5)
        assert "subID" not in phone.of(messages.SEND)[-1]
        await soon(lambda: not keeper(house.hub).held(keeper(house.hub).phone("ada", thing)).on_way)
        assert (await ada.conversations())[0]["text"] == "Hello"


async def test_what_the_phone_never_reports_is_asked_for_and_then_unsure(
    places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wayhome.features.messages.keeper.ASKED_AT", (0.0, 0.1))
    monkeypatch.setattr("wayhome.features.messages.operations.UNSURE", 0.0)
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages, phone.sends = two(), False
        thing = await in_pocket(house, phone)
        await ada.conversations()
        await ada.ask("send", phone=thing, conversation=7, **ada.sealed(text="Lost"))
        await soon(lambda: len(phone.of(messages.ONE)) >= 2)
        items, _ = await ada.read(thing, 7)
        assert items[0]["state"] == "unsure" and items[0]["text"] == "Lost"
        phone.tell(sms(9, 7, "Lost", int(time.time() * 1000), type=5))
        await soon(lambda: not keeper(house.hub).held(keeper(house.hub).phone("ada", thing)).on_way)
        items, _ = await ada.read(thing, 7)
        assert [it["state"] for it in items[:2]] == ["failed", "sent"], "the phone says that it failed"


async def _drives(house: House, screen: Screen) -> None:
    car = Thing("car", "Car", "car", "car", {})
    house.hub.household.house.things["car"] = car
    house.hub.drivers.state = lambda car: "moving"  # type: ignore[method-assign]
    values: dict[str, Value] = {"seat": "driver", "car": "car", "placed": True}
    await house.hub.household.write("device", screen.device, values, Context("c", "test"))
    screen.session.identity = msgspec.structs.replace(screen.identity, seat="driver", car="car")


async def test_who_drives_gets_no_text_and_answers_by_one_tap(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages = [
            *two(),
            *(sms(100 + n, 100 + n, "x", NOW - 100_000 - n, number=f"0170{n:07}") for n in range(9)),
        ]
        thing = await in_pocket(house, phone)
        await _drives(house, ada)
        found = await ada.ask("conversations")
        items = ada.opened("ada:conversations", found["frame"])["items"]
        assert found["brief"] and len(items) == 6, "as many as whoever drives may be shown"
        assert not any("text" in one or "numbers" in one for one in items) and items[1]["name"] == MEI
        for verb, data in (
            ("read", {"phone": thing, "conversation": 7}),
            ("send", {"phone": thing, "conversation": 7, **ada.sealed(text="typed")}),
            ("people", ada.sealed(text="mei")),
            ("call", ada.sealed(text=MEI)),
        ):
            with pytest.raises(NotWhileDriving):
                await ada.ask(verb, **data)
        reply = {"phone": thing, "conversation": 7, "reply": "driving", "language": "zh"}
        for _ in range(2):
            await ada.ask("quick", id="ada:01kb0000000000000000000000", **reply)
        await soon(lambda: phone.of(messages.SEND))
        [said] = phone.of(messages.SEND)
        assert said["messageBody"] == "我在开车，稍后回复你。" and said["addresses"] == [{"address": MEI}]
        with pytest.raises(BadInput):
            await ada.ask("quick", **{**reply, "id": "ada:1", "reply": "anything else"})


async def test_nobody_else_has_them(places: Places) -> None:
    async with household() as house:
        for id, role in (("mei", "owner"), ("kim", "child"), ("gus", "guest")):
            await house.hub.household.write("person", id, {"name": id, "role": role}, Context("c", "test"))
        ada = await ready(house)
        mei, kim = Screen(house, "mei", "m", "owner"), Screen(house, "kim", "k", "child")
        gus = Screen(house, "gus", "g", "guest")
        phone = Pocket()
        phone.messages = two()
        thing = await in_pocket(house, phone)
        await ada.conversations()
        assert await mei.conversations() == [] and (await mei.ask("conversations"))["phones"] == []
        quick = {"phone": thing, "conversation": 7, "id": "mei:1", "reply": "yes"}
        for verb, data in (("read", {"phone": thing, "conversation": 7}), ("quick", quick)):
            with pytest.raises(NotFound):
                await mei.ask(verb, **data)
        for nobody in (kim, gus):
            for verb in ("conversations", "read", "send", "quick", "people", "call", "mute", "seen"):
                with pytest.raises(NotAllowed):
                    await nobody.ask(verb, phone=thing, conversation=7)
        # Nor does what another one sealed count as hers.
        sealer, hers = keeper(house.hub).sealer, ada.sealed(text="as Ada")
        for whose, id in ((mei, hers["id"]), (mei, hers["id"].replace("ada:", "mei:")), (house, hers["id"])):
            with pytest.raises((NotAllowed, BadInput)):
                sealer.opened(whose.session, id, hers["frame"], dict)
        assert sealer.opened(ada.session, hers["id"], hers["frame"], dict) == {"text": "as Ada"}
        assert phone.of(messages.SEND) == []
        await house.hub.household.write("person", "ada", {"role": "child"}, Context("c", "test"))
        await soon(lambda: house.hub.household.published.find("@message_news/ada") is None
                   or house.hub.household.published.find("@message_news/ada").fact is None)  # type: ignore[union-attr]  # fmt: skip


async def test_a_phone_that_never_answers(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wayhome.features.messages.keeper.ANSWERS", 0.3)
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.silent = True
        thing = await in_pocket(house, phone)
        found = await ada.ask("conversations")
        assert not found["phones"][0]["answers"] and found["phones"][0]["near"]
        items, told = await ada.read(thing, 7)
        assert items == [] and told["more"] and not told["answers"]
        with pytest.raises(NotFound):  # who should it go to?
            await ada.ask("send", phone=thing, conversation=7, **ada.sealed(text="x"))
        phone.goes()
        await soon(lambda: not house.online(thing))
        assert not (await ada.ask("conversations"))["phones"][0]["near"]
        with pytest.raises(Unreachable):
            await ada.ask("send", phone=thing, **ada.sealed(text="x", to=[MEI]))


async def test_who_looks_while_the_phone_is_away_sees_all_when_it_is_back(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages = two()
        thing = await in_pocket(house, phone)

        async def moves(near: bool) -> None:
            """It goes, or comes; the pages that are open hear of it."""
            before = house.value("@message_news/ada")
            if near:
                await phone.comes(house)
            else:
                phone.goes()
            await soon(lambda: house.online(thing) is near)
            await soon(lambda: house.value("@message_news/ada") != before)
            assert (await ada.ask("conversations"))["phones"][0]["near"] is near

        await moves(near=False)
        assert await ada.conversations() == [], "asked in vain"
        await moves(near=True)
        assert [one["text"] for one in await ada.conversations()] == ["Who comes along?", "Almost"]
        assert len((await ada.read(thing, 7))[0]) == 2
        # What it was sent meanwhile is there, in the list and in what was read before.
        await moves(near=False)
        assert len(await ada.conversations()) == 2
        phone.messages.append(sms(4, 7, "On my way", NOW))
        await moves(near=True)
        assert [one["text"] for one in await ada.conversations()] == ["On my way", "Who comes along?"]
        assert [it["text"] for it in (await ada.read(thing, 7))[0]] == ["On my way", "Almost", "Are you at home?"]


async def test_five_thousand_messages_are_read_page_by_page(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        # Out of order, and more than one of the same moment.
        phone.messages = [sms((n * 7_919) % 5_003, 7, f"message {n}", NOW - (n // 2) * 1000) for n in range(5_000)]
        thing = await in_pocket(house, phone)
        await ada.conversations()
        found, before = list[str](), None
        while len(found) < 120:
            items, told = await ada.read(thing, 7, before)
            assert told["more"] and items
            found += [one["text"] for one in items]
            before = items[-1]["at"]
        # A page may end between two of one moment: of these one is passed over, never one of another moment.
        moments = [int(text.split()[1]) // 2 for text in found]
        assert moments == sorted(moments) and set(range(59)) <= set(moments) and len(set(found)) == len(found)
        # All of them unasked, twice, by a phone that does not stop: what is held has a bound.
        for at in range(0, 5_000, 500):
            phone.tell(*phone.messages[at : at + 500])
            phone.tell(*phone.messages[at : at + 500])
        one = keeper(house.hub).phone("ada", thing)
        await soon(lambda: len(keeper(house.hub).held(one)._messages[7]) > 1_500, 60)
        await asyncio.sleep(0.3)
        assert len(keeper(house.hub).held(one)._messages[7]) <= held.OF_ONE
        items, _ = await ada.read(thing, 7)
        assert {int(one["text"].split()[1]) // 2 for one in items} == set(range(13))


async def test_odd_messages(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages = [sms(1, 7, "sound", NOW)]
        thing = await in_pocket(house, phone)
        await ada.conversations()
        odd: list[Any] = [
            None, 7, "x", [], {}, sms(2, 7, "a draft", NOW, type=3), sms(3, 7, "of no kind", NOW, type="x"),
            sms(4, 7, "to nobody", NOW, addresses=[]), sms(5, 7, "to odd ones", NOW, addresses=[7, {}, {"address": 7}]),
            {**sms(6, 7, "of no time", NOW), "date": "yesterday"}, {**sms(7, 7, "of no talk", NOW), "thread_id": None},
            sms(8, 7, "x", 2**60), sms(9, 7, "x", -1), sms(10, 7, "x", NOW, attachments={"a": 1}, type=3),
        ]  # fmt: skip
        phone.say(messages.TOLD, {"messages": odd, "version": 2})
        for body in ({"messages": "x", "version": 2}, {}, {"messages": [sms(11, 7, "old form", NOW)]}):
            phone.say(messages.TOLD, body)
        phone.tell({**sms(12, 7, "x" * 20_000, NOW + 1000), "_id": "12", "date": str(NOW + 1000), "read": "true"})
        await soon(lambda: house.hub and len(_held(house, thing).newest[7].text) == 10_000)
        phone.tell(*(sms(20 + n, 7, "长" * 9_000, NOW + 2000 + n) for n in range(5)))
        items: list[Any] = []
        told: Any = None
        async with asyncio.timeout(45):
            while len(items) == 0 or items[0]["text"][:1] != "长":
                items, told = await ada.read(thing, 7)
        assert told["more"] and 1 <= len(items) < 5, "as many as go into one frame; the rest is asked for"
        for to, text in ([], "x"), ([MEI], ""), ([MEI], "x" * 1_601), ([MEI] * 11, "x"), (["1"], "x"), ([7], "x"):
            with pytest.raises(BadInput):
                await ada.ask("send", phone=thing, **ada.sealed(text=text, to=to))
        with pytest.raises(BadInput):
            await ada.ask("send", phone=thing, conversation=7, id="ada:01kb0000000000000000000000", frame="AQ")
        # What nobody looks at is let go.
        monkeypatch.setattr("wayhome.features.messages.keeper.LASTS", 0.0)
        await soon(lambda: not keeper(house.hub)._held)


async def test_a_message_full_of_pictures_is_read_without_the_last_ones(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        picture = base64.b64encode(b"\xff\xd8\xff" + bytes(17_997)).decode()
        assert len(picture) == 24_000
        album = [
            {"part_id": n, "mime_type": "image/jpeg", "encoded_thumbnail": picture, "unique_identifier": f"{n}.jpg"}
            for n in range(5)
        ]
        phone.messages = [
            sms(1, 7, "before", NOW - 90_000),
            sms(2, 7, "From the sea", NOW - 60_000, attachments=album),
            sms(3, 8, "\x01" * 10_000, NOW - 60_000, attachments=album),
        ]
        thing = await in_pocket(house, phone)
        await ada.conversations()
        [item, older], told = await ada.read(thing, 7)
        assert [one["text"] for one in (item, older)] == ["From the sea", "before"] and not told["more"]
        assert [one["picture"] for one in item["attached"]] == [picture, "", "", "", ""]
        # A text that is too long without any: as much of it as goes in.
        [item], _ = await ada.read(thing, 8)
        assert not any(one["picture"] for one in item["attached"]) and 4_000 < len(item["text"]) < 10_000


async def test_an_older_message_of_the_same_words_reports_nothing(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages, phone.sends = [sms(9, 7, "OK", NOW - 120_000, type=2), *two()], False
        thing = await in_pocket(house, phone)
        # Nobody has looked: what was said there before is asked for first.
        await ada.ask("send", phone=thing, **ada.sealed(text="OK", to=[MEI]))
        await ada.conversations()
        await ada.ask("send", phone=thing, conversation=7, **ada.sealed(text="OK"))
        items, _ = await ada.read(thing, 7)
        assert [(one["text"], one["state"]) for one in items] == [
            ("OK", "on_way"), ("Almost", "sent"), ("Are you at home?", "came"), ("OK", "sent"),
        ]  # fmt: skip
        assert len(_held(house, thing).on_way) == 2
        for said in phone.of(messages.SEND):
            phone.send(said)
        await soon(lambda: not _held(house, thing).on_way)


async def test_an_answer_after_a_long_while_finds_its_conversation(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        phone.messages = two()
        thing = await in_pocket(house, phone)
        await ada.conversations()
        _held(house, thing).let_go()
        await ada.ask("quick", phone=thing, id="ada:01kb0000000000000000000000", conversation=7, reply="yes")
        _held(house, thing).let_go()
        await ada.ask("send", phone=thing, conversation=8, **ada.sealed(text="So do I"))
        await soon(lambda: len(phone.of(messages.SEND)) == 2)
        assert [one["addresses"] for one in phone.of(messages.SEND)] == [
            [{"address": MEI}], [{"address": TOM}, {"address": MEI}],
        ]  # fmt: skip


def _held(house: House, thing: str) -> held.Held:
    return keeper(house.hub).held(keeper(house.hub).phone("ada", thing))
