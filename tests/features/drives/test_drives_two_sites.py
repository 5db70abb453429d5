"""Drives of the car's own hub, seen and deleted at home."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.features.drives.road import CATALOG, DRIVE, FINE, PARK, Road
from tests.hub.two_sites import Two, until
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.errors import NotFound, Unreachable
from wayhome.features.drives import feature
from wayhome.features.drives.model import OF_OTHERS
from wayhome.features.home import feature as home

pytestmark = pytest.mark.anyio


class Apart(Two):
    """A home, and a car that is driven by the second on its own hub."""

    def __init__(self) -> None:
        super().__init__({"drives": feature, "home": home}, CATALOG)
        self.driver = Road(self.car, "car")

    async def open(self) -> None:
        await super().open()
        self.car.puppet.host.announce([Thing("car", "Aurora", "puppet", "car", {one: Refinement() for one in FINE})])
        self.car.puppet.host.online(["car"], True)

    async def drive(self, seconds: int) -> None:
        """The car drives, and the home's clock goes with it."""
        await self.driver.drive(seconds)
        self.home.clock.move(self.car.clock.now() - self.home.clock.now())

    async def park(self) -> None:
        await self.driver.stand(3, PARK)
        await self.driver.stand(60, PARK, "OFF")
        self.home.clock.move(self.car.clock.now() - self.home.clock.now())

    def kept(self) -> object:
        """What the home shows of how often the car's list has changed."""
        now = self.value(self.home, "car/drive.now")
        return now["kept"] if isinstance(now, dict) else None


@pytest.fixture
async def two() -> AsyncIterator[Apart]:
    two = Apart()
    await two.open()
    yield two
    await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()


async def test_a_drives_course_is_seen_and_exported_at_home(two: Apart) -> None:
    await two.drive(120)
    await two.park()
    (drive,) = two.driver.drives
    await two.met()
    anna = await two.home.session()
    await until(lambda: "drive" in two.home.hub.household.house.records)
    await two.road.cut()
    # The figures are a record and are there; the course lies in the car.
    assert [one.id for one in (await anna.call("drives.list")).drives] == [drive.id]
    with pytest.raises(Unreachable, match="Car is away"):
        await anna.call("drives.show", {"id": drive.id})
    two.meet()
    await until(lambda: two.home.hub.sites.here("car"))
    there = await (await two.car.session()).call("drives.show", {"id": drive.id})
    shown = await anna.call("drives.show", {"id": drive.id})
    assert shown.course == there.course and max(v for v in shown.course.speed if v is not None) == 72
    for format in ("csv", "gpx"):
        file = await anna.call("drives.export", {"id": drive.id, "format": format})
        assert len(file.content.splitlines()) > 115
    # What was looked at once stays here.
    await two.road.cut()
    assert (await anna.call("drives.show", {"id": drive.id})).course == there.course


async def test_the_home_says_when_its_list_has_changed(two: Apart) -> None:
    await two.met()
    await two.road.cut()
    await two.drive(60)
    await two.park()
    assert two.value(two.home, OF_OTHERS) is None
    two.meet()
    await until(lambda: two.value(two.home, OF_OTHERS))
    assert len((await (await two.home.session()).call("drives.list")).drives) == 1
    assert two.value(two.car, OF_OTHERS) is None


async def test_a_drive_that_is_deleted_at_home_goes_in_the_car_too(two: Apart) -> None:
    await two.drive(60)
    await two.park()
    (drive,) = two.driver.drives
    assert drive.track is not None
    await two.met()
    await until(lambda: "drive" in two.home.hub.household.house.records)
    await until(lambda: two.kept() is not None)
    anna, before = await two.home.session(), two.kept()
    await anna.call("drives.show", {"id": drive.id})
    await anna.call("drives.delete", {"id": drive.id})
    await until(lambda: two.driver.drives == [])
    await until(lambda: two.kept() != before)
    for world in (two.home, two.car):
        with pytest.raises(NotFound):
            await world.hub.ports.blobs.get(drive.track)


async def test_one_under_way_that_is_deleted_at_home_does_not_come_back(two: Apart) -> None:
    await two.met()
    await two.drive(60)
    anna = await two.home.session()
    await until(lambda: two.home.hub.household.records("drive"))
    (going,) = (await anna.call("drives.list")).drives
    assert going.end is None
    await anna.call("drives.delete", {"id": going.id})
    shown = two.value(two.home, "car/drive.now")
    assert isinstance(shown, dict) and shown["drive"] is not None  # the car's word stands until it says otherwise
    await until(lambda: two.driver.drives == [])
    await two.drive(5)
    await two.park()
    assert [one.id for one in two.driver.drives] != [going.id]
    assert going.id not in two.car.hub.household.records("drive")


async def test_who_wants_no_drives_kept_says_so_at_home(two: Apart) -> None:
    await two.met()
    await two.driver.stand(3, DRIVE)
    await two.drive(60)
    await until(lambda: two.home.hub.household.records("drive"))
    await (await two.home.session()).call("drives.keep", {"on": False, "car": "car"})
    await until(lambda: two.driver.drives == [])
    await two.drive(60)
    await two.park()
    assert two.driver.drives == []


async def test_a_car_whose_site_is_taken_out_leaves_no_drive_under_way(two: Apart) -> None:
    await two.met()
    await two.drive(90)
    await until(lambda: two.home.hub.household.records("drive"))

    def going() -> dict[str, Any] | None:
        now = two.value(two.home, "car/drive.now")
        return now["drive"] if isinstance(now, dict) else None

    await until(lambda: (shown := going()) and shown["distance"] > 1_000)
    keeper = Road(two.home, "car").keeper
    await keeper.turn()
    await two.home.hub.household.delete("site", "car", two.home.context())
    # A hub that is taken in later is told of the car's drive no more.
    shown = two.home.hub.household.published.find("car/drive.now")
    assert shown is None or shown.gone_at is not None
    assert two.value(two.home, "car/drive.now") is None
    await keeper.turn()
    (drive,) = (await (await two.home.session()).call("drives.list")).drives
    assert drive.end is not None and drive.lost
    assert drive.distance > 1_000 and drive.end - drive.start > 50
