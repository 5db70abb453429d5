"""The whole way with a real hub and a real Home Assistant: signed in through the hub's door, lamp and car operated by
a person's session, why it happened, a restart of Home Assistant, the link removed."""

from __future__ import annotations

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator, Callable

import pytest

from tests.links.homeassistant.test_login import HUB, browse
from tests.peers.homeassistant import HomeAssistant
from tests.world import MemoryBlobs, MemoryStore, MemoryVault
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import RandomIds
from wayhome.core.value import Context, Value
from wayhome.features.home import feature as home
from wayhome.features.links import feature as links
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session
from wayhome.links.homeassistant import link

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@contextlib.asynccontextmanager
async def household() -> AsyncIterator[tuple[Hub, Session]]:
    """A hub in memory with its owner signed in."""
    clock = SystemClock()
    ids = RandomIds(clock)
    ports = Ports(MemoryStore(), MemoryBlobs(), MemoryVault(), clock, ids)
    async with Hub(load_catalog(), ports, {"home": home, "links": links}, {"homeassistant": link}) as hub:
        context = Context(ids.ulid(), "test")
        await hub.household.write("person", "ada", {"name": "Ada", "role": "owner"}, context)
        yield hub, hub.open_session(Identity("person:ada", "owner", "ada", signed_in_at=clock.now()))


async def until(true: Callable[[], object], within: float = 45.0, what: str = "it did not come to be") -> None:
    end = time.monotonic() + within
    while not true():
        assert time.monotonic() < end, what
        await asyncio.sleep(0.002)


def value(hub: Hub, path: str) -> Value:
    found = hub.household.house.readings.get(path)
    return None if found is None else found.value


async def signed_in(hub: Hub, session: Session, peer: HomeAssistant) -> str:
    go = await session.call("links.sign_in", {"link": "homeassistant", "url": f"127.0.0.1:{peer.port}", "back": HUB})
    code = await browse(go.url)
    state = go.url.partition("state=")[2].partition("&")[0]
    status = await session.call("links.finish", {"answer": {"code": code, "state": state}})
    await until(lambda: hub.links.find(status.id).status.state == "connected")
    return str(status.id)


async def test_from_signing_in_to_leaving(homeassistant: HomeAssistant) -> None:
    async with household() as (hub, session):
        id = await signed_in(hub, session, homeassistant)
        assert hub.links.find(id).status.name == "Demo house"
        assert hub.links.find(id).status.things > 80

        # A lamp, told and heard, and why.
        on = value(hub, "bed-light/light.on")
        command = await session.act("bed-light/light.on", not on)
        await until(lambda: value(hub, "bed-light/light.on") is (not on))
        await until(lambda: command.key not in hub.household.house.open)
        reading = hub.household.house.readings["bed-light/light.on"]
        assert reading.context is not None and reading.context.parent == command.context.id

        # A car, confirmed while all goes on.
        answer = (await session.call("links.cars", {"id": id})).answer
        car = answer["suggestions"][0]["car"]
        mapped = (await session.call("links.map_car", {"id": id, "car": car})).answer
        at = f"{mapped['id']}/Vehicle."
        await until(lambda: value(hub, at + "Powertrain.TractionBattery.StateOfCharge.Displayed") is not None)
        locked = at + "Cabin.Door.Row1.DriverSide.IsLocked"
        await session.act(locked, False)
        await until(lambda: value(hub, locked) is False)
        assert homeassistant.state("lock.family_car_doors")["state"] == "unlocked"
        await session.act(locked, True)
        await until(lambda: value(hub, locked) is True)

        picture = await hub.links.picture("demo-camera")
        assert picture.content.startswith(b"\xff\xd8")

        times = []
        for n in range(40):
            began = time.perf_counter()
            wish = await session.act("kitchen-lights/light.on", n % 2 == 0)
            await until(lambda wish=wish: wish.key not in hub.household.house.open)
            times.append((time.perf_counter() - began) * 1e3)
        print(f"\nact to report through the hub: median {statistics.median(times):.2f} ms, worst {max(times):.1f} ms")

        # Home Assistant restarts; the hub finds it again by itself, nothing is lost.
        things = {t.id for t in hub.household.house.things.values() if t.link == id}
        await asyncio.to_thread(homeassistant.stop)
        await until(lambda: hub.links.find(id).status.state == "waiting")
        assert hub.links.find(id).status.retry_at is not None
        await asyncio.to_thread(homeassistant.start)
        await session.call("links.retry", {"id": id})
        await until(lambda: hub.links.find(id).status.state == "connected", 60)
        await until(
            lambda: all(value(hub, f"{thing}/thing.online") is True for thing in things), 60, "not all answer again"
        )
        assert {t.id for t in hub.household.house.things.values() if t.link == id} == things
        await session.act("bed-light/light.on", bool(on))
        await until(lambda: value(hub, "bed-light/light.on") is on)

        # Signed out over there: the hub asks for a new sign-in, and the same link takes it.
        homeassistant.revoke((await hub.vault.secret(f"link/{id}/refresh_token") or b"").decode())
        await until(lambda: hub.links.find(id).status.state == "sign_in_needed")
        go = await session.call(
            "links.sign_in", {"link": "homeassistant", "url": homeassistant.url, "back": HUB, "id": id}
        )
        state = go.url.partition("state=")[2].partition("&")[0]
        await session.call("links.finish", {"answer": {"code": await browse(go.url), "state": state}})
        await until(lambda: hub.links.find(id).status.state == "connected")
        assert value(hub, locked) is True, "the car is still mapped"

        # Removed: the login is given back, nothing of it stays.
        await session.call("links.remove", {"id": id})
        assert not [t for t in hub.household.house.things.values() if t.link == id]
        assert not any(t["client_id"] == f"{HUB}/" for t in homeassistant.ask(type="auth/refresh_tokens"))
        assert await hub.vault.names() == []
