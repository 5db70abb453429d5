"""A member's own phone: paired by them, without an owner, and nobody else's."""

from __future__ import annotations

import pytest

from tests.links.kdeconnect.house import House, household, soon, until
from tests.links.kdeconnect.screen import Screen
from tests.peers.android import Android
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places
from wayhome.core.grant import Role
from wayhome.core.value import Context
from wayhome.errors import HubError, NotAllowed, NotFound, TooMany
from wayhome.features.links import pairing

pytestmark = pytest.mark.anyio


async def somebody(house: House, person: str, role: Role) -> Screen:
    await house.hub.household.write("person", person, {"name": person, "role": role}, Context("c", "test"))
    screen = Screen(house, person, f"{person}s-tablet", role)
    await screen.comes(seals=False)
    return screen


async def test_a_member_pairs_a_phone_as_their_own(phone: KdeConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    async with household() as house:
        mei, me = await somebody(house, "mei", "member"), house.identity
        await until(house, phone.id, lambda one: one.online)

        async def call(verb: str, **more: object) -> dict[str, str]:
            data = {"id": house.link, "device": phone.id, **more}
            devices = (await mei.session.call(f"links.{verb}", data)).devices
            return {one.id: one.state for one in devices}

        with pytest.raises(NotAllowed):
            await call("pair", owner="ada")
        assert await call("pair") == {phone.id: "asked"}
        await soon(lambda: me in phone.asked())
        phone.device(me, "acceptPairing")
        one = await until(house, phone.id, lambda one: one.theirs)
        assert one.owner == "mei" and one.key == phone.of(me, "verificationKey")
        assert await call("confirm", owner="mei", key=one.key) == {phone.id: "paired"}
        is_ = await until(house, phone.id, lambda one: one.state == "paired" and one.online)
        assert is_.owner == "mei"
        run = house.hub.links.find("car").run
        assert run._phones[phone.id].shares  # type: ignore[attr-defined]
        # Owners are told.
        await soon(lambda: [event for event in house.events if event.name == "PhonePaired"])
        [event] = [event for event in house.events if event.name == "PhonePaired"]
        assert event.data == {"name": "Adas Phone", "person": "mei"}
        monkeypatch.setattr(pairing, "MINE", 1)
        with pytest.raises(TooMany):
            await call("pair")
        assert await call("part") in ({phone.id: "stranger"}, {})
        await soon(lambda: not house.hub.household.house.things)


async def test_what_is_not_theirs_they_neither_see_nor_touch(places: Places) -> None:
    async with household() as house:
        mei = await somebody(house, "mei", "member")
        hers, asks = Android("Hers"), Android("Asks")
        for one in (hers, asks):
            await one.comes()
            await until(house, one.id, lambda is_: is_.online)
            one.pairs()
            await until(house, one.id, lambda is_: is_.state == "asks")
        await house.call("confirm", hers.id, owner="ada")
        await until(house, hers.id, lambda is_: is_.state == "paired")
        # A phone that asks may be an owner's: whoever lets it in as theirs would read what it tells.
        near = {"id": house.link}
        assert (await mei.session.call("links.near", near)).devices == []
        for device in (hers.id, asks.id):
            for verb in ("pair", "confirm", "part"):
                with pytest.raises(NotFound):
                    await mei.session.call(f"links.{verb}", {**near, "device": device})
        assert (await house.one(hers.id)).owner == "ada" and (await house.one(asks.id)).state == "asks"
        for role in ("child", "guest"):
            other = await somebody(house, f"the-{role}", role)
            for verb, data in (("near", near), ("pair", {**near, "device": asks.id})):
                with pytest.raises(HubError):
                    await other.session.call(f"links.{verb}", data)
        for verb in ("call", "add", "change", "remove"):
            with pytest.raises(NotAllowed):
                await mei.session.call(f"links.{verb}", near)
