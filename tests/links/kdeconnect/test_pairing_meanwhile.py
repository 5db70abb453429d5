"""Pairing and parting while something else happens: a vault that is slow or full, a mind that is changed, the clock."""

from __future__ import annotations

import asyncio
import ssl
import time

import pytest

from tests.links.kdeconnect.house import Memory, household, soon, until
from tests.links.kdeconnect.stranger import Stranger
from tests.links.kdeconnect.test_bad_days import Full, let_in
from tests.peers.places import Places
from tests.world import MemoryVault
from wayhome.errors import StoreError
from wayhome.links.kdeconnect import identity, wire

pytestmark = pytest.mark.anyio


class Held(MemoryVault):
    """One that keeps phones only when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.goes = asyncio.Event(), asyncio.Event()

    async def keep(self, name: str, secret: bytes) -> None:
        if "phones" in name:
            self.asked.set()
            await self.goes.wait()
        await super().keep(name, secret)


async def test_who_was_parted_with_on_a_full_disk_does_not_come_back(places: Places) -> None:
    memory = Memory()
    memory.vault = vault = Full()
    async with household(memory) as house:
        one = Stranger("Phone")
        await one.comes(house)
        await let_in(house, one)
        kept = dict(vault._secrets)
        vault.full = True
        with pytest.raises(StoreError):  # whoever removes a stolen phone learns that it is not kept
            await house.call("part", one.id)
        assert (await house.one(one.id)).state == "stranger" and not house.hub.household.house.things
        vault.full = False
        await soon(lambda: dict(vault._secrets) != kept)
    async with household(memory) as house:
        assert await house.one(one.id) is None


async def test_who_says_no_while_a_yes_is_kept_is_not_paired(places: Places) -> None:
    memory = Memory()
    memory.vault = vault = Held()
    async with household(memory) as house:
        one = Stranger("Phone")
        await one.comes(house)
        one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        await until(house, one.id, lambda is_: is_.state == "asks")
        confirming = asyncio.ensure_future(house.call("confirm", one.id))
        await asyncio.wait_for(vault.asked.wait(), 30)
        one.say(wire.PAIR, {"pair": False})
        await until(house, one.id, lambda is_: is_.state == "stranger")
        vault.goes.set()
        await asyncio.gather(confirming, return_exceptions=True)
        await asyncio.sleep(0.3)
        assert {"pair": True} not in one.heard, "what would be one more wish to pair"
        assert "PhonePaired" not in [event.name for event in house.events]
        assert not house.hub.household.house.things


async def test_a_certificate_is_not_asked_for_its_time() -> None:
    """It was seen when it was paired. A car's clock may be years off."""
    hub, old = identity.fresh(time.time()), identity.fresh(time.time() - 5_000 * 86_400)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(1))
        writer.close()

    context = identity.server(hub, ssl.PEM_cert_to_DER_cert(old.certificate))
    async with await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=identity.client(old), server_hostname="")
        writer.write(b"x")
        assert await reader.readexactly(1) == b"x"
        writer.close()


async def test_who_is_let_in_in_the_moment_in_which_the_clock_is_looked_at_stays(places: Places) -> None:
    async with household() as house:
        one, run = Stranger("Phone"), house.hub.links.find("car").run
        await one.comes(house)
        one.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
        await until(house, one.id, lambda is_: is_.state == "asks")
        run._presence._moment()  # type: ignore[attr-defined]
        await run.confirm(one.id, None, False)  # type: ignore[attr-defined]
        await asyncio.sleep(0.1)
        assert (await house.one(one.id)).state == "paired" and "phone" in house.hub.household.house.things
