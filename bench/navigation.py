"""Leading a car on the real roads of a small country: what a position costs, how long another way takes after a missed
turn, and the same questions asked of pyvalhalla directly, in a process of its own, in the same run."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.features.navigation.town import CATALOG, FEATURES, Driver, announce, stop
from tests.peers.maps import HELSINKI, LIECHTENSTEIN, make, opened
from tests.world import World

from bench.rig.measure import answer, load, middle, note, quick
from wayhome.features.navigation import looking
from wayhome.features.navigation.course import METRES, Course
from wayhome.features.navigation.energy import Consumption
from wayhome.features.navigation.leading import Leading
from wayhome.features.navigation.looking import Battery
from wayhome.features.navigation.model import Journey, Stop
from wayhome.features.navigation.tracking import Fix
from wayhome.hub.maps import Point, Wanted, Way

ENDS = {
    LIECHTENSTEIN: (Point(47.0680, 9.5050), Point(47.2420, 9.5250)),
    HELSINKI: (Point(60.1745, 24.9330), Point(60.1650, 24.9500)),
}
DIRECT = """
import json, sys, time
import valhalla
actor = valhalla.Actor(sys.argv[1])
for line in sys.stdin:
    began = time.perf_counter()
    actor.route(json.loads(line))
    print((time.perf_counter() - began) * 1000, flush=True)
"""


def positions(way: Way, rounds: int) -> tuple[float, int, float]:
    """What a position costs from its taking in to the guidance as it is shown: us of CPU in the mean, how many, and
    how far off along the way it was at worst."""
    course, goal = Course(way), way.shape[-1]
    spent, count, worst = 0.0, 0, 0.0
    for number in range(rounds):
        chance = random.Random(number)
        leading = Leading("car", Journey("bench", (Stop(goal.latitude, goal.longitude, "Goal"),), 0.0))
        leading.look(Fix(0.0, way.shape[0], None, 0.0), 0.0, 0.0, "moving")
        leading.take(course, "0" * 64, "start")
        along, now = 0.0, 0.0
        while along < course.length - 30:
            now, along = now + 1.0, along + 50 / 3.6
            there = course.point(along)
            told = Point(there.latitude + chance.gauss(0, 4) / METRES, there.longitude + chance.gauss(0, 6) / METRES)
            fix = Fix(now, told, course.heading(along) % 360, 50.0)
            began = time.process_time()
            leading.look(fix, now, 50.0, "moving")
            leading.guidance(now, Battery(60.0, 75.0), Consumption()).told()
            spent += time.process_time() - began
            count += 1
            worst = max(worst, abs(leading.track.now - along))
    return spent / count * 1e6, count, worst


async def rerouted(folder: Path, ends: tuple[Point, Point], rounds: int) -> tuple[list[float], list[float]]:
    """ms from the position by which a car is off its way until a new one is shown: in the hub; and ms that Valhalla
    takes for the same questions, asked directly."""
    shelf = await opened(folder)
    found: list[float] = []
    questions: list[str] = []
    roads = next((folder / "roads").iterdir()) / "valhalla.json"
    direct = subprocess.Popen(
        [sys.executable, "-c", DIRECT, str(roads)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert direct.stdin is not None and direct.stdout is not None
    alone: list[float] = []
    try:
        async with World(features=FEATURES, catalog=CATALOG, maps=shelf) as world:
            announce(world)
            driver = Driver(world, "car")
            driver.where = ends[0]
            driver.tell(**{looking.LEVELS[0]: 80.0, looking.CAPACITIES[0]: 75})
            driver.report(0.0, 0.0)
            await driver.second()
            session = await world.session()
            goal = stop(ends[1])
            await session.call("navigation.start", {"stops": [goal]})
            leading = driver.keeper.of("car")
            assert leading is not None
            chance = random.Random(5)
            while len(found) < rounds:
                assert leading.course is not None
                along = chance.uniform(100, leading.course.length * 0.8)
                driver.where = leading.course.point(along)
                heading = leading.course.heading(along)
                for _ in range(3):
                    driver.report(40.0, heading)
                    await driver.second()
                driver.where = Point(driver.where.latitude + 0.0008, driver.where.longitude + 0.0008)
                before = driver.now()["way"]
                for number in range(8):
                    driver.where = Point(driver.where.latitude + 0.0001 * number, driver.where.longitude)
                    driver.report(40.0, 0.0)
                    world.clock.move(1.0)
                    began = time.perf_counter()
                    driver.keeper._look("car")
                    if leading.planning or driver.now()["state"] == "off_route":
                        while driver.now()["way"] == before and driver.now()["state"] != "no_way":
                            await asyncio.sleep(0)
                        break
                    await driver.second(0.01)
                if driver.now()["way"] == before:
                    continue
                found.append((time.perf_counter() - began) * 1000)
                start = leading.track.last
                assert start is not None
                spots = [
                    {"lat": start.point.latitude, "lon": start.point.longitude, "heading": 0, "heading_tolerance": 60},
                    {"lat": goal["latitude"], "lon": goal["longitude"]},
                ]
                questions.append(json.dumps({"locations": spots, "costing": "auto", "directions_type": "maneuvers"}))
        for question in questions:
            direct.stdin.write(question + "\n")
            direct.stdin.flush()
            alone.append(float(direct.stdout.readline()))
    finally:
        direct.stdin.close()
        direct.wait(10)
        await shelf.close()
    return found, alone


async def main() -> None:
    path = LIECHTENSTEIN if LIECHTENSTEIN.exists() else HELSINKI
    if not path.exists():
        raise SystemExit("neither extract is here: script/setup puts Helsinki's to .peers/maps")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "maps"
        await make(folder, path)
        note(f"{path.name} is a map")
        shelf = await opened(folder)
        way = (await shelf.ways(Wanted(ENDS[path])))[0]
        await shelf.close()
        cost, count, worst = positions(way, 2 if quick() else 20)
        note(f"a position {cost:.1f} us")
        hub, direct = await rerouted(folder, ENDS[path], 5 if quick() else 60)
    answer(
        **{
            "title": "Navigation: a position, and another way",
            "about": (
                f"The extract {path.name.partition('.')[0]}. A way of {way.length / 1000:.1f} km "
                f"({len(way.shape)} points) is driven at 50 km/h, a position each second, some metres off; its cost is "
                "that of the rules, from the position to the guidance as it is shown. Another way: a car leaves its "
                "way at some place of it; from the position by which that is sure until the new way is "
                "shown (the household's store is in memory here). It asks "
                "Valhalla twice (the way, and its roads), in a process of its own. Beside it "
                "Valhalla's part of the same questions alone, asked directly."
            ),
            "goal": "another way < 300 ms",
            "a position": [
                {"positions": count, "CPU us": round(cost, 1), "off along the way at worst m": round(worst, 1)}
            ],
            "another way": [
                {"asked": "through the hub", "ways": len(hub), **_spread(hub)},
                {"asked": "valhalla directly", "ways": len(direct), **_spread(direct)},
            ],
            "load of the machine": load(),
        }
    )


def _spread(found: list[float]) -> dict[str, float]:
    ordered = sorted(found)
    return {
        "median ms": round(middle(found), 1),
        "p95 ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "longest ms": round(ordered[-1], 1),
    }


if __name__ == "__main__":
    asyncio.run(main())
