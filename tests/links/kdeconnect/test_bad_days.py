"""Bad days: other certificates, old protocols, odd packets, clocks, cables; and devices that talk unasked."""

from __future__ import annotations

import asyncio
import contextlib
import json
import ssl
import time
import unittest.mock
import uuid
from typing import Any

import pytest

from tests.links.kdeconnect.house import House, Memory, household, paired, soon, until
from tests.links.kdeconnect.stranger import HUB, Stranger
from tests.peers.kdeconnect import KdeConnect
from tests.peers.places import Places
from tests.world import MemoryVault
from wayhome.errors import Conflict, StoreError
from wayhome.links.kdeconnect import identity, pairing, presence, wire
from wayhome.links.kdeconnect.lines import Strange

pytestmark = pytest.mark.anyio
BATTERY = "kdeconnect.battery"


async def let_in(house: House, one: Stranger, clock: float = 0.0, **body: Any) -> None:
    """It asks, and an owner lets it in."""
    said = {"pair": True, "timestamp": int(time.time() + clock)}
    one.say(wire.PAIR, {**said, **body} if one.shown.version >= 8 else {"pair": True})
    await until(house, one.id, lambda is_: is_.state == "asks")
    await house.call("confirm", one.id)
    await soon(lambda: {"pair": True} in one.heard)


async def test_another_certificate_is_not_the_phone(places: Places) -> None:
    async with household() as house:
        one = Stranger("Phone", outgoing=frozenset({BATTERY}))
        await one.comes(house)
        await let_in(house, one)
        one.goes()
        await soon(lambda: not house.online("phone"))
        mallory = identity.fresh(time.time())
        with contextlib.suppress(Strange, OSError):
            other = Stranger("Phone", own=identity.Own(one.id, mallory.certificate, mallory.key))
            await other.comes(house)
        # Its certificate is of another id: that is no device. One of the same id:
        forged = _same_id(one.id)
        other = Stranger("Phone", own=forged, outgoing=frozenset({BATTERY}))
        with contextlib.suppress(Strange, OSError):
            await other.comes(house)
        is_ = await until(house, one.id, lambda is_: is_.other_key)
        assert not is_.online and not house.online("phone")
        await soon(lambda: other.line is None)
        await one.comes(house)  # and the phone itself is welcome as before
        is_ = await until(house, one.id, lambda is_: is_.online)
        assert not is_.other_key


async def test_a_stranger_of_the_same_id_does_not_take_a_place(places: Places) -> None:
    async with household() as house:
        one = Stranger("Phone")
        await one.comes(house)
        await until(house, one.id, lambda is_: is_.online)
        other = Stranger("Phone", own=_same_id(one.id))
        with contextlib.suppress(Strange, OSError):
            await other.comes(house)
        await let_in(house, one)
        assert (await house.one(one.id)).state == "paired" and one.line is not None


async def test_an_older_protocol_than_before_is_refused(places: Places) -> None:
    async with household() as house:
        one = Stranger("Phone")
        await one.comes(house)
        await let_in(house, one)
        one.goes()
        await until(house, one.id, lambda is_: not is_.online)
        await one.comes(house, version=7)
        await soon(lambda: one.line is None)
        assert not (await house.one(one.id)).online


async def test_protocol_7_pairs_with_a_key_without_time(places: Places) -> None:
    async with household() as house:
        one = Stranger("Old phone", version=7, outgoing=frozenset({BATTERY}))
        await one.comes(house)
        await until(house, one.id, lambda is_: is_.online)
        one.say(wire.PAIR, {"pair": True})
        is_ = await until(house, one.id, lambda is_: is_.state == "asks")
        presence = house.hub.links.find("car").run._presence  # type: ignore[attr-defined]
        keys = (presence._own.certificate, one.own.certificate)
        mine, theirs = (ssl.PEM_cert_to_DER_cert(text) for text in keys)
        assert is_.key == identity.shown_key(theirs, mine, None)
        await house.call("confirm", one.id)
        await soon(lambda: one.heard == [{"pair": True}])
        one.say(BATTERY, {"currentCharge": 41, "isCharging": True})
        await soon(lambda: house.value("old-phone/battery.level") == 41)


async def test_two_of_one_name_are_two_things(places: Places) -> None:
    async with household() as house:
        for thing in ("phone", "phone-2"):
            one = Stranger("Phone")
            await one.comes(house)
            await let_in(house, one)
            assert (await house.one(one.id)).thing == thing


async def test_odd_packets(places: Places) -> None:
    """Ids and truths as texts, numbers as texts, what is no packet, and what it never said that it speaks of."""
    async with household() as house:
        one = Stranger("Phone", outgoing=frozenset({BATTERY}))
        await one.comes(house)
        await let_in(house, one, pair="true", timestamp=str(int(time.time())))
        signals = {"0": {"networkType": "5G", "signalStrength": 3}}
        said = {"type": "kdeconnect.connectivity_report", "body": {"signalStrengths": signals}}
        report = json.dumps(said).encode() + b"\n"
        for line in (
            b"not json\n", b"[]\n", b'{"type":7}\n', b'{"type":"kdeconnect.battery","body":[]}\n', b"\xff\xfe\n",
            b'{"id":"x","type":"kdeconnect.battery","body":{"currentCharge":-1}}\n',
            b'{"id":1,"type":"kdeconnect.battery","body":{"currentCharge":1e999,"isCharging":{}}}\n',
            report,
            b'{"type":"kdeconnect.battery","body":' + b"[" * 100_000 + b"\n", b"x" * (2 * wire.MAX_PACKET) + b"\n",
            b'{"id":"1764","type":"kdeconnect.battery","body":{"currentCharge":"57","isCharging":"true"}}\n',
        ):  # fmt: skip
            one.raw(line)
        await soon(lambda: house.value("phone/battery.level") == 57)
        assert house.value("phone/battery.charging") is True and house.value("phone/phone.signal") is None


async def test_clocks_apart(places: Places) -> None:
    async with household() as house:
        one = Stranger("Phone")
        await one.comes(house)
        await let_in(house, one, clock=-1_200)  # twenty minutes: as a car's clock after a winter
        other = Stranger("Other")
        await other.comes(house)
        other.say(wire.PAIR, {"pair": True, "timestamp": int(time.time()) + 2_400})
        is_ = await until(house, other.id, lambda is_: is_.end is not None)
        assert is_.end == "clock" and is_.state == "stranger" and other.heard == [{"pair": False}]
        other.say(wire.PAIR, {"pair": True})  # a key without its time could be any day's
        await soon(lambda: len(other.heard) == 2)
        assert (await house.one(other.id)).state == "stranger"


async def test_a_stranger_that_talks_is_told_that_it_is_one(places: Places) -> None:
    async with household() as house:
        one = Stranger("Phone", outgoing=frozenset({BATTERY}))
        await one.comes(house)
        for charge in range(50):
            one.say(BATTERY, {"currentCharge": charge})
        await soon(lambda: one.heard == [{"pair": False}])
        await asyncio.sleep(0.3)
        assert one.heard == [{"pair": False}] and not house.hub.household.house.things
        with pytest.raises(Conflict):
            await house.call("confirm", one.id)


async def test_what_is_no_device_takes_nothing(places: Places) -> None:
    """Whoever connects and says nothing that makes sense, or a lot, is let go; there is room for a phone meanwhile."""
    async with household() as house:
        port = house.hub.links.find("car").run._presence._shown.port  # type: ignore[attr-defined]
        for said in (b"\n", b"x" * 20_000, b'{"type":"kdeconnect.identity","body":{}}\n', b"\x16\x03\x01"):
            reader, writer = await asyncio.open_connection(HUB, port)
            writer.write(said)
            if said != b"\x16\x03\x01":  # that one waits for more, as we do
                with contextlib.suppress(ConnectionError):
                    async with asyncio.timeout(45):
                        assert await reader.read(100) == b""
                writer.close()
        strangers = [Stranger(f"Phone {n}") for n in range(6)]
        for one in strangers:
            await one.comes(house)
        await soon(lambda: sum(one.line is not None for one in strangers) == 4)
        assert len(await house.near()) == 4  # of one address


async def test_late_at_the_glass(places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "ASKS", 2.0)
    async with household() as house:
        one = Stranger("Phone")
        await one.comes(house)
        one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        await until(house, one.id, lambda is_: is_.state == "asks")
        is_ = await until(house, one.id, lambda is_: is_.end == "late")
        assert is_.state == "stranger" and house.hub.links.find("car").status.asks is None
        with pytest.raises(Conflict):
            await house.call("confirm", one.id)


async def test_who_wants_to_pair_has_not_said_yes(places: Places) -> None:
    """A device that asks in the moment in which somebody at the glass wants to: its key was not seen yet."""
    async with household() as house:
        one = Stranger("Phone")
        await one.comes(house)
        one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        await until(house, one.id, lambda is_: is_.state == "asks")
        await house.call("pair", one.id, owner="ada")
        is_ = await house.one(one.id)
        assert is_.state == "asks" and is_.key and not house.hub.household.house.things
        await house.call("confirm", one.id)
        assert (await house.one(one.id)).owner == "ada"


async def test_what_strangers_send_is_short(places: Places) -> None:
    async with household() as house:
        one = Stranger("Phone", outgoing=frozenset({BATTERY}))
        await one.comes(house)
        await until(house, one.id, lambda is_: is_.online)
        [line] = house.hub.links.find("car").run._presence.devices[one.id].lines  # type: ignore[attr-defined]
        one.raw(b"x" * (2 * wire.MAX_STRANGE))
        await soon(lambda: line._lines.skipped == 1 and not line._lines._rest)
        one.raw(b"\n")
        await let_in(house, one)
        one.raw(b" " * (2 * wire.MAX_STRANGE) + wire.encode(BATTERY, {"currentCharge": 7}, 1.0))
        await soon(lambda: house.value("phone/battery.level") == 7)


async def test_one_address_does_not_keep_all_others_out(places: Places) -> None:
    async with household() as house:
        port = house.hub.links.find("car").run._presence._shown.port  # type: ignore[attr-defined]
        silent = [await asyncio.open_connection(HUB, port) for _ in range(presence.MOST_OF_ONE + 2)]
        ends = [asyncio.ensure_future(reader.read()) for reader, _ in silent]
        await soon(lambda: sum(end.done() for end in ends) == 2)
        for end in ends:
            end.cancel()
        for _, writer in silent:
            writer.close()


async def test_yes_is_said_to_the_key_that_was_seen(places: Places) -> None:
    """One of the same id that takes its place between the look and the tap has another key."""
    async with household() as house:
        one = Stranger("Phone")
        other = Stranger("Phone", own=_same_id(one.id))
        await one.comes(house)
        one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        seen = (await until(house, one.id, lambda is_: is_.state == "asks")).key
        one.goes()
        while await house.one(one.id) is not None:
            await asyncio.sleep(0.02)
        await other.comes(house)
        other.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        is_ = await until(house, one.id, lambda is_: is_.state == "asks")
        with pytest.raises(Conflict):
            await house.call("confirm", one.id, owner="ada", key=seen)
        assert is_.key != seen and not house.hub.household.house.things
        await house.call("confirm", one.id, key=is_.key)
        assert (await house.one(one.id)).state == "paired"


async def test_whose_it_was_to_be_is_forgotten_with_the_pairing(places: Places) -> None:
    """Who wanted a phone as their own has not said so of the next one that is called by its id."""
    async with household() as house:
        one = Stranger("Phone")
        await one.comes(house)
        await until(house, one.id, lambda is_: is_.online)
        await house.call("pair", one.id, owner="ada")
        one.say(wire.PAIR, {"pair": False})
        await until(house, one.id, lambda is_: is_.end == "refused")
        with pytest.raises(Conflict):
            await house.call("confirm", one.id, owner="ada")
        await let_in(house, one)
        assert (await house.one(one.id)).owner is None


async def test_car_and_home_at_one_address(phone: KdeConnect) -> None:
    """Two hubs of a household in one network, here even on one machine: a phone tells them apart, and has both."""
    async with household() as car, household(shown="Home") as home:
        await paired(car, phone)
        await soon(lambda: home.identity in phone.devices(reachable=True))
        await paired(home, phone)
        both = {car.identity, home.identity}
        await soon(lambda: set(phone.devices(reachable=True, paired=True)) == both)
        assert phone.of(home.identity, "name") == "Home"


@pytest.mark.parametrize("stage", ["asked", "their yes", "asks"])
async def test_the_cable_is_pulled(stage: str, phone: KdeConnect, places: Places, monkeypatch: Any) -> None:
    """At each stage of pairing: it comes to an end, or to be paired, on both sides alike; and can be done again."""
    if stage == "asked":
        monkeypatch.setattr(pairing, "ASKED", 5.0)  # else there is time for what is said meanwhile
    async with household() as house:
        me = house.identity
        await until(house, phone.id, lambda one: one.online)
        if stage == "asks":
            phone.device(me, "requestPairing")
            await until(house, phone.id, lambda one: one.state == "asks")
        else:
            await house.call("pair", phone.id)
            await soon(lambda: me in phone.asked())
        if stage == "their yes":
            phone.device(me, "acceptPairing")
            await until(house, phone.id, lambda one: one.theirs)
        with phone.deaf():
            if stage == "asked":
                assert (await until(house, phone.id, lambda one: one.state == "stranger")).end == "late"
            else:
                await house.call("confirm", phone.id)
                assert (await house.one(phone.id)).state == "paired"
            await asyncio.sleep(0.3)
        if stage == "asked":
            await soon(lambda: me not in phone.asked())
            monkeypatch.setattr(pairing, "ASKED", 30.0)
            await paired(house, phone)
        await soon(lambda: phone.devices(reachable=True, paired=True) == [me])


@pytest.mark.long
async def test_a_phone_that_vanished_is_noticed_and_is_back_at_once(phone: KdeConnect) -> None:
    async with household() as house:
        thing = await paired(house, phone)
        with phone.deaf():
            assert await soon(lambda: not house.online(thing), 40) < 35
            await asyncio.sleep(30)  # the phone has noticed, too
        await soon(lambda: house.online(thing))


async def test_a_vault_that_takes_nothing_pairs_nobody(places: Places) -> None:
    memory = Memory()
    memory.vault = vault = Full()
    async with household(memory) as house:
        one = Stranger("Phone")
        await one.comes(house)
        await until(house, one.id, lambda is_: is_.online)
        one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        await until(house, one.id, lambda is_: is_.state == "asks")
        vault.full = True
        with pytest.raises(StoreError):
            await house.call("confirm", one.id)
        await soon(lambda: one.heard == [{"pair": False}])
        assert (await house.one(one.id)).state == "stranger" and not house.hub.household.house.things


async def test_two_that_are_let_in_at_once_are_both_kept(places: Places) -> None:
    memory = Memory()
    memory.vault = Slow()
    async with household(memory) as house:
        both = [Stranger("One"), Stranger("Other")]
        for one in both:
            await one.comes(house)
            one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
            await until(house, one.id, lambda is_: is_.state == "asks")
        await asyncio.gather(*(house.call("confirm", one.id) for one in both))
    async with household(memory) as house:
        assert {one.id for one in await house.near()} == {one.id for one in both}


class Slow(MemoryVault):
    async def keep(self, name: str, secret: bytes) -> None:
        await asyncio.sleep(0.1)
        await super().keep(name, secret)


class Full(MemoryVault):
    full = False

    async def keep(self, name: str, secret: bytes) -> None:
        if self.full:
            raise StoreError("the disk is full")
        await super().keep(name, secret)


def _same_id(id: str) -> identity.Own:
    """A certificate of somebody who calls himself that device."""
    with unittest.mock.patch.object(uuid, "uuid4", return_value=unittest.mock.Mock(hex=id)):
        return identity.fresh(time.time())
