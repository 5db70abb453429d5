"""The link against the real KDE Connect: found, paired, a thing with a battery, rung, parted, and there again."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.links.kdeconnect.house import Memory, household, paired, soon, until
from tests.peers.kdeconnect import KdeConnect
from wayhome.errors import NotFound, Unreachable
from wayhome.links.kdeconnect import names, presence, wire
from wayhome.links.kdeconnect.names import Names

pytestmark = pytest.mark.anyio


async def test_a_phone_is_paired_from_the_glass_and_is_a_thing(phone: KdeConnect) -> None:
    async with household() as house:
        me = house.identity
        one = await until(house, phone.id, lambda one: one.online)
        assert (one.name, one.type, one.state) == ("Adas Phone", "desktop", "stranger")
        await house.call("pair", phone.id, owner="ada")
        await soon(lambda: me in phone.asked())
        asked = await house.one(phone.id)
        assert asked.state == "asked" and asked.key and asked.key == phone.of(me, "verificationKey")
        phone.device(me, "acceptPairing")
        # The phone's yes alone lets nobody in: the key is compared at the glass.
        waits = await until(house, phone.id, lambda one: one.theirs)
        assert waits.state == "asked" and not house.hub.household.house.things
        await house.call("confirm", phone.id)
        is_ = await until(house, phone.id, lambda one: one.state == "paired")
        assert (is_.thing, is_.owner, is_.online) == ("adas-phone", "ada", True)
        thing = house.hub.household.house.things["adas-phone"]
        assert thing.kind == "computer" and {"battery.level", "phone.ring", "phone.ping"} <= set(thing.signals)
        # It said how its battery is as soon as it had said yes, and says it only once.
        await soon(lambda: house.value("adas-phone/battery.level") == 64)
        assert house.value("adas-phone/battery.charging") is False and house.online("adas-phone")
        assert phone.of(me, "name") == "Car" and phone.devices(reachable=True, paired=True) == [me]


async def test_a_hub_of_a_long_name_calls_in_one_piece_and_is_found(phone: KdeConnect) -> None:
    async with household(shown="长" * 32) as house:
        run: Any = house.hub.links.find(house.link).run
        shown = run._presence._shown
        whole, called = wire.announcement(shown, 1.8e9), wire.called(shown, 1.8e9)
        assert len(called) <= wire.MAX_CALL < len(whole) and b"Capabilities" not in called
        await paired(house, phone)
        assert phone.of(house.identity, "name") == "长" * 32
        # What both speak of, it has learnt within TLS.
        await soon(lambda: "kdeconnect_ping" in phone.device(house.identity, "loadedPlugins"))
        phone.plugin(house.identity, "ping", "sendPing")
        await soon(lambda: "PhonePinged" in [event.name for event in house.events])


async def test_a_phone_asks_and_is_let_in_by_an_owner(phone: KdeConnect) -> None:
    async with household() as house:
        me = house.identity
        await until(house, phone.id, lambda one: one.online)
        phone.device(me, "requestPairing")
        one = await until(house, phone.id, lambda one: one.state == "asks")
        asks = house.hub.links.find("car").status.asks
        assert asks is not None and (asks.device, asks.name) == (phone.id, "Adas Phone")
        assert asks.key == one.key == phone.of(me, "verificationKey")
        assert not phone.devices(paired=True)
        await house.call("confirm", phone.id, owner="ada")
        await soon(lambda: phone.devices(paired=True) == [me])
        assert house.hub.links.find("car").status.asks is None
        assert (await house.one(phone.id)).owner == "ada"


async def test_a_phone_that_asks_is_refused(phone: KdeConnect) -> None:
    async with household() as house:
        me = house.identity
        await until(house, phone.id, lambda one: one.online)
        phone.device(me, "requestPairing")
        await until(house, phone.id, lambda one: one.state == "asks")
        await house.call("part", phone.id)
        await soon(lambda: phone.of(me, "pairState") in ("0", "NotPaired"))
        assert (await house.one(phone.id)).state == "stranger" and not phone.devices(paired=True)


async def test_a_phone_says_no(phone: KdeConnect) -> None:
    async with household() as house:
        await until(house, phone.id, lambda one: one.online)
        await house.call("pair", phone.id)
        await soon(lambda: house.identity in phone.asked())
        phone.device(house.identity, "cancelPairing")
        one = await until(house, phone.id, lambda one: one.state == "stranger")
        assert one.end == "refused" and not house.hub.household.house.things


async def test_rung_and_pinged(phone: KdeConnect) -> None:
    async with household() as house:
        thing = await paired(house, phone)
        for what in ("ring", "ping"):
            await house.session.call("home.set", {"path": f"{thing}/phone.{what}", "target": True})
        await soon(lambda: "findthisdevice" in phone.daemon.log.read_text())
        heard: list[Any] = []
        house.hub.household.watchers.append(_Events(heard))
        phone.plugin(house.identity, "ping", "sendPing")
        await soon(lambda: "PhonePinged" in heard)


async def test_parted_from_either_side(phone: KdeConnect) -> None:
    async with household() as house:
        thing = await paired(house, phone)
        await house.call("part", phone.id)
        await soon(lambda: not phone.devices(paired=True))
        assert thing not in house.hub.household.house.things
        thing = await paired(house, phone)
        phone.device(house.identity, "unpair")
        await soon(lambda: thing not in house.hub.household.house.things)
        assert (await house.one(phone.id)).state == "stranger"


async def test_there_again_after_either_was_restarted(phone: KdeConnect) -> None:
    memory = Memory()
    async with household(memory) as house:
        thing = await paired(house, phone)
        me = house.identity
        phone.battery(80, charging=True)
        await asyncio.to_thread(phone.restart)
        await soon(lambda: house.value(f"{thing}/battery.level") == 80)
        assert house.value(f"{thing}/battery.charging") is True
    await soon(lambda: not phone.devices(reachable=True))
    async with household(memory) as house:
        assert house.identity == me
        await soon(lambda: house.online(thing))
        await soon(lambda: phone.devices(reachable=True, paired=True) == [me])
        assert (await house.one(phone.id)).owner == "ada"


async def test_away_it_is_shown_so_and_not_rung(phone: KdeConnect) -> None:
    async with household() as house:
        thing = await paired(house, phone)
        phone.daemon.kill()
        await soon(lambda: not house.online(thing))
        with pytest.raises(Unreachable):
            await house.hub.links.find("car").run.execute(_command(f"{thing}/phone.ring"))
        assert house.value(f"{thing}/battery.level") == 64  # its last, which keeps its age
        with pytest.raises(NotFound):
            await house.call("pair", "0" * 32)


async def test_the_link_is_removed_and_the_phone_knows(phone: KdeConnect) -> None:
    async with household() as house:
        await paired(house, phone)
        await house.session.call("links.remove", {"id": "car"})
        await soon(lambda: not phone.devices(paired=True))


async def test_an_address_finds_a_phone_that_no_broadcast_reaches(
    phone: KdeConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def no_multicast(self: Names) -> None:
        return

    monkeypatch.setattr(presence, "ANNOUNCED_AT", (0.0,))
    monkeypatch.setattr(Names, "run", no_multicast)
    async with household() as house:
        await until(house, phone.id, lambda one: one.online)
    phone.daemon.kill()
    async with household() as house:
        await asyncio.sleep(0.2)  # our own announcement is over
        # It starts with its own announcements held up, as by a router that lets no broadcasts through.
        with phone.deaf():
            await asyncio.to_thread(phone.daemon.start, lambda: phone.id != "", 30)
            await asyncio.sleep(1)
        assert await house.one(phone.id) is None
        await house.call("call", None, address=phone.address)
        await until(house, phone.id, lambda one: one.online, 45)
        kept = house.hub.household.records("link")["car"].values()["config"]
        assert kept == {"addresses": [phone.address]}


async def test_where_broadcasts_are_kept_back_it_is_found_by_multicast_dns(
    phone: KdeConnect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence, "broadcasts", set)
    phone.daemon.kill()
    with phone.unheard():
        async with household() as house:
            await asyncio.to_thread(phone.restart)
            await until(house, phone.id, lambda one: one.online)
            await paired(house, phone)


async def test_a_network_that_comes_later_is_taken_up(phone: KdeConnect, monkeypatch: pytest.MonkeyPatch) -> None:
    """A car's hub is up before its Wi-Fi."""
    monkeypatch.setattr(presence, "broadcasts", set)
    monkeypatch.setattr(names, "CHECK", 0.2)
    later, addresses = asyncio.Event(), names.addresses
    monkeypatch.setattr(names, "addresses", lambda: addresses() if later.is_set() else set())
    phone.daemon.kill()
    with phone.unheard():
        async with household() as house:
            await asyncio.to_thread(phone.restart)
            await asyncio.sleep(1)
            assert await house.one(phone.id) is None
            later.set()
            await until(house, phone.id, lambda one: one.online)


class _Events:
    """A watcher that notes the names of events."""

    def __init__(self, heard: list[Any]) -> None:
        self._heard = heard

    def published(self, shown: Any, state: bool) -> None:
        return

    def commanded(self, command: Any) -> None:
        return

    def recorded(self, record: Any) -> None:
        return

    def happened(self, event: Any) -> None:
        self._heard.append(event.name)


def _command(path: str) -> Any:
    from wayhome.core.command import Command
    from wayhome.core.value import Context

    return Command("k", path, True, 0.0, 30.0, Context("c", "test"))
