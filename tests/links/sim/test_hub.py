"""The demo in a running hub: real time, the real catalogue, wishes through a session."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import anyio
import msgspec
import pytest

from tests.world import MemoryBlobs, MemoryStore, MemoryVault, SeededIds
from wayhome.adapters.clock_system import SystemClock
from wayhome.core.catalog import Catalog
from wayhome.core.value import Context, Value
from wayhome.hub.maps import Point
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session
from wayhome.links.sim import link

pytestmark = pytest.mark.anyio


@pytest.fixture
async def hub(catalog: Catalog) -> AsyncIterator[Hub]:
    """A hub whose only link is the demo, connected."""
    ports = Ports(MemoryStore(None), MemoryBlobs(), MemoryVault(), SystemClock(), SeededIds())
    async with Hub(catalog, ports, {}, {"sim": link}) as hub:
        await hub.links.add("sim", "Demo", {"language": "en"}, {}, Context("c0", "test"))
        await _until(lambda: hub.links.find("demo").status.state == "connected")
        yield hub


async def _until(fits: Callable[[], bool]) -> None:
    with anyio.fail_after(45):
        while not fits():
            await anyio.sleep(0.01)


@pytest.fixture
async def owner(hub: Hub) -> Session:
    await hub.household.write("person", "anna", {"name": "Anna", "role": "owner"}, Context("c1", "test"))
    return hub.open_session(Identity("person:anna", "owner", "anna"))


def _fact(session: Session, path: str) -> Value:
    return session.read([path])[path][0]


async def test_the_car_drives_before_a_visitors_eyes(hub: Hub, owner: Session) -> None:
    await _until(lambda: _fact(owner, "car/driving.state") == "moving")
    assert hub.cars() == ["car"]
    assert _fact(owner, "car/thing.online") is True
    first = _fact(owner, "car/Vehicle.Speed")
    await _until(lambda: _fact(owner, "car/Vehicle.Speed") != first)
    readings = hub.household.house.readings.values()
    assert {reading.path for reading in readings if reading.quality != "good"} == set()


async def test_a_wish_comes_back_as_the_lamps_own_report(hub: Hub, owner: Session) -> None:
    wished = await owner.act("living-lamp/light.on", True)
    assert wished.state == "sent"
    await _until(lambda: _fact(owner, "living-lamp/light.on") is True)
    reading = hub.household.house.readings["living-lamp/light.on"]
    assert reading.context is not None and reading.context.parent == wished.context.id
    assert wished.key not in hub.household.house.open


async def test_a_dropped_link_is_offline_and_comes_back(hub: Hub, owner: Session) -> None:
    run = hub.links.find("demo").run
    await run.steer({"link": "drop"})  # type: ignore[attr-defined]
    await _until(lambda: _fact(owner, "car/thing.online") is False)
    assert hub.links.find("demo").status.state == "waiting"
    hub.links.wake("demo")
    await _until(lambda: _fact(owner, "car/thing.online") is True)
    await _until(lambda: hub.links.find("demo").status.state == "connected")


async def test_a_simulation_is_told_where_the_household_lives_and_no_other_link(hub: Hub, owner: Session) -> None:
    await hub.household.write(
        "place", "home", {"name": "Home", "latitude": 60.17, "longitude": 24.95}, Context("c2", "test")
    )
    await hub.household.write("place", "odd", {"name": "Odd", "latitude": "north"}, Context("c3", "test"))
    instance = hub.links.find("demo")
    assert instance.places() == {"home": Point(60.17, 24.95)} and instance.maps() is None
    instance.link = msgspec.structs.replace(instance.link, simulated=False)
    assert instance.places() == {}
