"""What a thing of another site was over time: fetched from its owner when somebody looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.hub.two_sites import Two, until
from wayhome.core.value import Fact
from wayhome.errors import NotFound, Refused, TooMany, Unreachable
from wayhome.features.home import feature as home
from wayhome.hub.ports import SampleRow
from wayhome.hub.session import Session
from wayhome.hub.sites import fetching, spans
from wayhome.hub.sites.fetching import AT_ONCE, SPANS
from wayhome.hub.sites.frames import Fetch, Fetched
from wayhome.hub.sites.spans import Span

pytestmark = pytest.mark.anyio
SPEED = "su7/Vehicle.Speed"


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    two = Two({"home": home})
    await two.open()
    yield two
    if hasattr(two, "road"):
        await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()


async def driven(two: Two, seconds: int) -> float:
    """The car drives, alone; the time when it began, by its clock."""
    began = two.car.clock.now() + 1
    for second in range(seconds):
        two.car.clock.move(1)
        two.home.clock.move(1)
        two.car.puppet.host.report([Fact(SPEED, float(second + 1))])
    await two.car.hub.household.keeping.settle()
    return began


async def looked(session: Session, start: float, end: float, **more: object) -> list[tuple[float, float]]:
    found = await session.call("home.history", {"path": SPEED, "start": start, "end": end, **more})
    return [tuple(point) for point in found.points]


async def test_the_cars_drive_log_is_seen_at_home(two: Two) -> None:
    began = await driven(two, 60)
    await two.met()
    anna = await two.home.session()
    points = await looked(anna, began, began + 60)
    assert points == [(began + second, float(second + 1)) for second in range(60)]
    assert points == await looked(await two.car.session(), began, began + 60)
    found = await anna.call("home.history", {"path": SPEED, "start": began, "end": began + 60, "limit": 10})
    assert len(found.points) == 10 and found.cut


async def test_times_are_told_by_the_clock_of_who_looks(two: Two) -> None:
    two.home.clock.move(500)
    began = await driven(two, 10)
    ahead = two.home.clock.now() - two.car.clock.now()
    await two.met()
    points = await looked(await two.home.session(), began + ahead, began + ahead + 10)
    assert [(round(at - ahead - began), value) for at, value in points] == [(s, float(s + 1)) for s in range(10)]


async def test_while_the_owner_is_away_that_is_said_and_nobody_waits(two: Two) -> None:
    began = await driven(two, 5)
    await two.met()
    anna = await two.home.session()
    two.road.freeze()
    asked = asyncio.create_task(looked(anna, began, began + 5))
    await until(lambda: any(isinstance(frame, Fetch) for frame in two.road.frames))
    await two.road.cut()
    async with asyncio.timeout(fetching.WITHIN / 2):
        with pytest.raises(Unreachable, match="Car is away"):
            await asked
        with pytest.raises(Unreachable, match="Car is away"):
            await looked(anna, began, began + 5)
    two.meet()
    await until(lambda: two.home.hub.sites.here("car"))
    assert len(await looked(anna, began, began + 5)) == 5


async def test_who_may_not_see_it_at_home_asks_nobody_elsewhere(two: Two) -> None:
    began = await driven(two, 5)
    await two.met()
    await two.home.person("noor", "guest")
    with pytest.raises(NotFound):
        await looked(await two.home.session("noor", "guest"), began, began + 5)
    assert not any(isinstance(frame, Fetch) for frame in two.road.frames)


async def test_a_long_one_comes_behind_what_is_small(two: Two) -> None:
    began = await driven(two, 1)
    reading = next(row.reading for row in two.car.store.samples_taken if row.reading.path == SPEED)
    two.car.store.samples_taken = [
        SampleRow(msgspec.structs.replace(reading, at=began + number / 10, value=number * 1.1))
        for number in range(100_000)
    ]
    await two.met()
    anna = await two.home.session(device="phone")
    two.road.pace = 0.005
    asked = asyncio.create_task(looked(anna, began, began + 86_400, limit=100_000))
    await until(lambda: any(isinstance(frame, Fetched) for frame in two.road.frames))
    command = await anna.act("su7/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", 23.0, key="between-1")
    points = await asked
    assert len(points) == 100_000 and points[-1][1] == pytest.approx(99_999 * 1.1)
    await until(lambda: two.car.puppet.taken)
    assert command.key == "between-1"
    parts = [number for number, frame in enumerate(two.road.frames) if isinstance(frame, Fetched)]
    said = [number for number, frame in enumerate(two.road.frames) if type(frame).__name__ == "Outcome"]
    assert len(parts) > 40 and said and said[0] < parts[-1]


async def test_only_so_many_are_read_for_others_at_once(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    began = await driven(two, 5)
    await two.met()
    go = asyncio.Event()
    samples = two.car.store.samples

    async def slow(path: str, start: float, end: float, limit: int = 1) -> list[tuple[float, float]]:
        await go.wait()
        return await samples(path, start, end, limit)

    monkeypatch.setattr(two.car.store, "samples", slow)
    anna = await two.home.session()
    asked = [asyncio.create_task(looked(anna, began, began + 5)) for _ in range(AT_ONCE + 1)]
    await until(lambda: sum(task.done() for task in asked) == len(asked) - SPANS)
    go.set()
    found = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, TooMany) for one in found) == len(asked) - SPANS
    assert [len(one) for one in found if isinstance(one, list)] == [5] * SPANS


async def test_a_site_answers_of_its_own_things_only_and_for_nobody_else(two: Two) -> None:
    await two.met()
    span = Span(0.0, 10.0, 10)
    for path in ("lamp/light.on", "su7/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked", "nobody/Vehicle.Speed"):
        with pytest.raises(NotFound):
            await spans.packed(two.car.hub.household, path, span)
    with pytest.raises(NotFound):
        await spans.packed(two.home.hub.household, SPEED, span)
    two.road.freeze()
    fetching = two.home.hub.sites.fetching
    asked = asyncio.create_task(looked(await two.home.session(), 0.0, 10.0))
    await until(lambda: fetching._waiting)
    (id,) = fetching._waiting
    fetching.answered("cabin", Fetched(id, msgspec.msgpack.encode([(1.0, 250.0)])))
    two.road.thaw()
    assert await asked == []


@pytest.mark.parametrize(
    "points",
    [
        [(20.0, 1.0)],
        [(1.0, 1.0)] * 11,
        [(1.0, float("nan"))],
        [(1.0, "fast")],
        "nothing of that",
    ],
)
async def test_an_answer_that_is_none_is_refused(points: object) -> None:
    with pytest.raises(Refused):
        spans.unpacked(msgspec.msgpack.encode(points), Span(0.0, 10.0, 10), 0.0)


async def test_a_file_that_may_lie_at_a_site_that_is_away_is_not_called_gone(two: Two) -> None:
    await two.met()
    hash = await two.car.hub.blobs.put(b"a course")
    await two.road.cut()
    with pytest.raises(Unreachable, match="Car is away"):
        await two.home.hub.blobs.get(hash)
    two.meet()
    await until(lambda: two.home.hub.sites.here("car"))
    assert await two.home.hub.blobs.get(hash) == b"a course"
    with pytest.raises(NotFound):
        await two.home.hub.blobs.get("0" * 64)
    await two.road.cut()
    assert await two.home.hub.blobs.get(hash) == b"a course"
