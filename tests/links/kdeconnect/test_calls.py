"""Calls of a person's own phone: who rings stands on their screens, is gone when it is over, and was missed once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, household, soon
from tests.links.kdeconnect.pocket import JPEG, Pocket, in_pocket
from tests.links.kdeconnect.screen import Screen
from tests.peers.places import Places
from wayhome.core.grant import Role
from wayhome.core.value import Context
from wayhome.errors import NotFound, Unreachable
from wayhome.features.messages import calls as standing
from wayhome.features.messages.keeper import keeper
from wayhome.hub.group.group import group
from wayhome.links.kdeconnect import calls

pytestmark = pytest.mark.anyio


async def ready(house: House, person: str = "ada", role: Role = "owner") -> Screen:
    await soon(lambda: group(house.hub).status.state == "in")
    screen = Screen(house, person, f"{person}s-tablet", role)
    await screen.comes()
    return screen


async def test_a_call_stands_while_it_rings_and_can_be_made_quiet(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        thing = await in_pocket(house, phone)
        phone.rings(None)  # Android tells the state first, and the number with the second word
        await soon(ada.calls)
        phone.rings("+49 170 1234567", "Mei", phoneThumbnail=f"{JPEG}\n")
        await soon(lambda: ada.calls()[0]["name"] == "Mei")
        [one] = ada.calls()
        assert one["state"] == "ringing" and one["text"] == "Mei" and one["number"] == "+49 170 1234567"
        assert one["picture"] == JPEG and one["phones"] == [thing] and one["mute"] and not one["muted"]
        assert await ada.ask("mute", call=one["id"]) == {"phone": "Pocket"}
        await soon(lambda: phone.of(calls.MUTE) == [{"action": "mute"}])
        assert ada.calls()[0]["muted"], "that it was asked is shown; whether it is quiet, it does not say"
        phone.answered("+49 170 1234567")
        await soon(lambda: not ada.calls())
        phone.stops("+49 170 1234567", missed=False)
        await asyncio.sleep(0.2)
        assert ada.calls() == []
        with pytest.raises(NotFound):
            await ada.ask("mute", call=one["id"])


async def test_a_missed_call_stands_once_until_it_is_seen(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone, other = Pocket(), Pocket("Other pocket")
        await in_pocket(house, phone)
        phone.rings("0170 1234567")
        await soon(ada.calls)
        phone.stops("0170 1234567", missed=True)
        await soon(lambda: [one["state"] for one in ada.calls()] == ["missed"])
        # The same call by her other phone, which knows the number in its other form.
        await in_pocket(house, other)
        other.rings("+491701234567")
        other.stops("+491701234567", missed=True)
        await soon(lambda: len(ada.calls()[0]["phones"]) == 2)
        [one] = ada.calls()
        assert one["count"] == 1
        await ada.ask("seen", call=one["id"])
        assert ada.calls() == []
        with pytest.raises(NotFound):
            await ada.ask("seen", call=one["id"])


async def test_who_rings_on_two_phones_is_one_call_and_both_are_quiet(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phones = [Pocket(), Pocket("Other pocket")]
        for phone in phones:
            await in_pocket(house, phone)
        phones[0].rings("0170 1234567")
        phones[1].rings("+491701234567", "Mei")
        await soon(lambda: [len(one["phones"]) for one in ada.calls()] == [2])
        [one] = ada.calls()
        assert one["name"] == "Mei"
        await ada.ask("mute", call=one["id"])
        await soon(lambda: all(phone.of(calls.MUTE) for phone in phones))
        phones[0].stops("0170 1234567", missed=False)
        await asyncio.sleep(0.2)
        assert len(ada.calls()) == 1, "it rings on the other one"
        phones[1].goes()
        await soon(lambda: not ada.calls())


async def test_only_its_person_sees_who_calls(places: Places) -> None:
    async with household() as house:
        await house.hub.household.write("person", "mei", {"name": "Mei", "role": "owner"}, Context("c", "test"))
        ada, mei = await ready(house), Screen(house, "mei", "meis-phone", "owner")
        await mei.comes(seals=False)
        phone, nobodys = Pocket(), Pocket("Nobody's")
        await in_pocket(house, phone)
        await in_pocket(house, nobodys, owner="mei")  # which Ada said, not Mei
        nobodys.rings("0170 7654321")
        phone.rings("0170 1234567")
        await soon(ada.calls)
        [one] = ada.calls()
        assert one["number"] == "0170 1234567"
        assert mei.session.read(["@call/*", "@message_news/*"]) == {}, "not even an owner, who may read all records"
        assert house.session.read(["@call/*"]) != {}, "on each screen of hers"
        for verb in ("mute", "seen"):
            with pytest.raises(NotFound):
                await mei.ask(verb, call=one["id"])


async def test_odd_words_of_calls(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        await in_pocket(house, phone)
        odd: list[dict[str, Any]] = [
            {}, {"event": "sms", "phoneNumber": "1", "messageBody": "x"}, {"event": 7}, {"event": ["ringing"]},
            {"event": "talking"}, {"event": "ringing", "isCancel": "true"},
        ]  # fmt: skip
        for body in odd:
            phone.say(calls.TELEPHONY, body)
        name = "\u202eM\nei" + "x" * 500
        phone.say(calls.TELEPHONY, {"event": "ringing", "contactName": name, "phoneThumbnail": "PHN2Zz4="})
        phone.say(calls.TELEPHONY, {"event": "ringing", "phoneNumber": ["x"]})
        await soon(ada.calls)
        [one] = ada.calls()
        assert one["number"] == "" and one["name"].startswith("M ei") and len(one["name"]) <= 80
        assert one["picture"] == "", "a picture that is none"
        phone.rings("0170 1", "Mei")
        phone.rings("0170 2222222", "Tom")  # another one: it rang on without saying that the first was over
        await soon(lambda: [one["name"] for one in ada.calls()] == ["Tom"])
        for at in range(30):
            phone.stops(f"0170 55555{at:02}", missed=True)
        await soon(lambda: [one["number"] for one in ada.calls()][-1:] == ["0170 5555529"])
        assert len([one for one in ada.calls() if one["state"] == "missed"]) == standing.MISSED
        phone.rings("0170 1234567")
        await soon(lambda: any(one["state"] == "ringing" for one in ada.calls()))
        monkeypatch.setattr(standing, "RINGS", 0.0)  # a phone that never says that it is over
        await soon(lambda: all(one["state"] == "missed" for one in ada.calls()))
        await house.call("part", phone.id)
        await soon(lambda: not ada.calls())


async def test_a_number_goes_to_the_phone_s_dialler(places: Places) -> None:
    async with household() as house:
        ada = await ready(house)
        phone = Pocket()
        thing = await in_pocket(house, phone)
        assert await ada.ask("call", **ada.sealed(text="+49 (170) 123-4567")) == {"phone": "Pocket"}
        await soon(lambda: phone.of("kdeconnect.share.request") == [{"url": "tel:+491701234567"}])
        for number in ("*#06#", "tel:1;x", "112\n1", "", "javascript:1", "+", "1" * 40):
            with pytest.raises(Exception, match=r"no telephone number"):
                await ada.ask("call", phone=thing, **ada.sealed(text=number))
        phone.goes()
        await soon(lambda: not house.online(thing))
        with pytest.raises(Unreachable):
            await ada.ask("call", **ada.sealed(text="+491701234567"))
        assert len(phone.of("kdeconnect.share.request")) == 1
        assert keeper(house.hub).phones("mei") == []
