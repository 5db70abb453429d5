"""Maps: making one of a small country, ways, a matrix, and search as somebody types. Beside ways and matrix Valhalla
asked directly by its own Python package; beside search a plain ``LIKE`` over the same rows; beside making the same
programs run by hand.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from tests.peers.maps import EXTRACTS, made, shelf

from bench.rig.measure import answer, at, cpu, load, middle, note, quick
from wayhome.adapters.maps import answers, roads, tiles
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.hub.maps import Point, Wanted

FAR = 0.035
"""Degrees: what is no farther apart is a way in town."""


def country() -> tuple[str, Path]:
    """The extract to measure with: a whole country where it is there."""
    for name in ("liechtenstein", "helsinki"):
        if EXTRACTS[name].exists():
            return name, EXTRACTS[name]
    raise SystemExit("no extract is here: run script/setup")


def rows_of(folder: Path) -> list[tuple[str, float, float]]:
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
    found = base.execute("SELECT name, latitude, longitude FROM spot WHERE kind = 'address' ORDER BY id").fetchall()
    base.close()
    return found


async def making(folder: Path, source: Path) -> tuple[MapShelf, list[dict[str, Any]]]:
    """Make the map; then the same by hand."""
    maps = shelf(folder)
    await maps.open()
    began, steps = time.perf_counter(), dict[str, float]()
    children = os.times()

    def told() -> None:
        if maps.making is not None:
            steps.setdefault(maps.making.step, time.perf_counter())

    maps.changed.append(told)
    await made(maps, source)
    ended, after = time.perf_counter(), os.times()
    maps.changed.remove(told)
    starts = [*steps.values(), ended]
    ours: dict[str, Any] = {"by": "wayhome", "s": ended - began}
    ours["CPU s"] = after.children_user + after.children_system - children.children_user - children.children_system
    ours |= {f"{step} s": starts[n + 1] - starts[n] for n, step in enumerate(steps)}
    note(str(ours))
    hand = folder.parent / "by hand"
    hand.mkdir()
    began, children = time.perf_counter(), os.times()
    store = hand / "store"
    store.mkdir()
    theirs: dict[str, Any] = {"by": "the programs by hand"}
    subprocess.run(tiles.command(source, hand / "t.pmtiles", store), capture_output=True, check=True)
    theirs["tiles s"] = time.perf_counter() - began
    config = roads.prepare(hand / "roads")
    for command in roads.commands(config, [source]):
        subprocess.run(command, capture_output=True, check=False)
    after = os.times()
    theirs["s"] = time.perf_counter() - began
    theirs["roads s"] = theirs["s"] - theirs["tiles s"]
    theirs["CPU s"] = after.children_user + after.children_system - children.children_user - children.children_system
    note(str(theirs))
    return maps, [ours, theirs]


async def took(call: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await call()
    return (time.perf_counter() - began) * 1000


def router_pid(folder: Path) -> int:
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = one.read_bytes().decode().split("\0")
        except OSError:
            continue
        if any(str(folder) in word for word in words) and "wayhome.adapters.maps.router_process" in words:
            return int(one.parent.name)
    raise RuntimeError("the router does not run")


def spent(pid: int) -> float:
    """CPU of ours: of this process and of the one with Valhalla, in ms."""
    return (time.process_time() + cpu(pid)) * 1000


async def asked(
    folder: Path, maps: MapShelf, name: str, calls: list[Callable[[], Awaitable[object]]], plain: list[Any]
) -> list[dict[str, Any]]:
    """The same questions to ours and to Valhalla itself."""
    for call in calls[:5]:
        await call()
    pid = router_pid(folder)
    before = spent(pid)
    ours = [await took(call) for call in calls]
    mine = (spent(pid) - before) / len(calls)
    config = next(folder.glob("roads/*/valhalla.json"))
    command = [sys.executable, __file__, "--peer", str(config)]
    done = subprocess.run(command, input=json.dumps(plain), capture_output=True, text=True, check=True)
    theirs = json.loads(done.stdout)
    rows = [
        {"asked": name, "of": "wayhome", "questions": len(ours), "CPU ms": mine, "p50 ms": middle(ours),
         "p95 ms": at(ours, 0.95)},
        {"asked": name, "of": "pyvalhalla", "questions": len(theirs["ms"]), "CPU ms": theirs["cpu"],
         "p50 ms": middle(theirs["ms"]), "p95 ms": at(theirs["ms"], 0.95)},
    ]  # fmt: skip
    note(str(rows))
    return rows


def peer(config: str) -> None:
    """Valhalla asked directly: the questions come as JSON, the times go out."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import valhalla  # type: ignore[import-untyped,unused-ignore]

    actor = valhalla.Actor(config)
    questions = json.load(sys.stdin)
    for action, request in questions[:5]:
        getattr(actor, action)(request)
    ms, before = [], time.process_time()
    for action, request in questions:
        began = time.perf_counter()
        getattr(actor, action)(request)
        ms.append((time.perf_counter() - began) * 1000)
    spent = (time.process_time() - before) * 1000 / len(questions)
    print(json.dumps({"ms": ms, "cpu": spent}), file=out, flush=True)


def keys(names: list[str]) -> list[str]:
    """What stands there after each key."""
    return [name[:end] for name in names for end in range(1, len(name) + 1)]


async def typed(folder: Path, maps: MapShelf, names: list[str], near: Point) -> list[dict[str, Any]]:
    """Search at each key of what somebody types, and the same by LIKE."""
    rows = []
    of_kinds = keys(["pharmacy", "car park", "restaurant", "charging station", "加油站", "supermarket"])
    for words, texts, place in (
        ("search by what it is, close to a place", of_kinds, near),
        ("search, from anywhere", keys(names), None),
        ("search, close to a place", keys(names), near),
    ):
        before = time.process_time()
        ours = [await took(lambda text=text, place=place: maps.search(text, place, "en", 10)) for text in texts]  # type: ignore[misc]
        spent = (time.process_time() - before) * 1000 / len(texts)
        short = [ms for text, ms in zip(texts, ours, strict=True) if len(text) <= 2]
        rows.append(
            {"asked": words, "of": "wayhome", "keys": len(texts), "CPU ms": spent, "p50 ms": middle(ours),
             "p95 ms": at(ours, 0.95), "p95 of the first two letters ms": at(short, 0.95)}
        )  # fmt: skip
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
    plain = "SELECT id, kind, name, town, latitude, longitude FROM spot WHERE name LIKE ? OR town LIKE ? LIMIT 10"
    ms, before = [], time.process_time()
    for text in texts:
        began = time.perf_counter()
        base.execute(plain, (f"%{text}%", f"%{text}%")).fetchall()
        ms.append((time.perf_counter() - began) * 1000)
    spent = (time.process_time() - before) * 1000 / len(texts)
    base.close()
    short = [one for text, one in zip(texts, ms, strict=True) if len(text) <= 2]
    rows.append(
        {"asked": "the first ten, by LIKE", "of": "SQLite", "keys": len(texts), "CPU ms": spent, "p50 ms": middle(ms),
         "p95 ms": at(ms, 0.95), "p95 of the first two letters ms": at(short, 0.95)}
    )  # fmt: skip
    note(str(rows))
    return rows


def location(point: Point) -> dict[str, float]:
    return {"lat": point.latitude, "lon": point.longitude}


async def measure(folder: Path) -> dict[str, Any]:
    name, source = country()
    # Its name tells the router's program from others'.
    folder = folder / "maps"
    maps, made_rows = await making(folder, source)
    chance = random.Random(11)
    rows = rows_of(folder)
    points = [Point(latitude, longitude) for _, latitude, longitude in rows]
    count = 30 if quick() else 200
    pairs: list[tuple[Point, Point]] = []
    while len(pairs) < count:
        one, other = chance.sample(points, 2)
        if abs(one[0] - other[0]) + abs(one[1] - other[1]) < FAR:
            pairs.append((one, other))
    ways = [lambda pair=pair: maps.ways(Wanted(pair)) for pair in pairs]  # type: ignore[misc]
    plain = [("route", answers.request(Wanted(pair))) for pair in pairs]
    found = await asked(folder, maps, "a way in town", ways, plain)
    sets = [chance.sample(points, 10) for _ in range(count // 5)]
    matrices = [lambda some=some: maps.matrix(some) for some in sets]  # type: ignore[misc]
    found += await asked(
        folder, maps, "a matrix of 10 x 10", matrices, [("matrix", answers.between(some)) for some in sets]
    )
    names = [chance.choice(rows)[0] for _ in range(count // 4)]
    searched = await typed(folder, maps, names, points[0])
    await maps.close()
    size = f"{name}, {source.stat().st_size / 1e6:.1f} MB"
    return {"making": made_rows, "asking": found, "searching": searched, "extract": size, "addresses": len(rows)}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        measured = asyncio.run(measure(Path(folder)))
    answer(
        title="Maps",
        about=(
            "A map of a whole small country: made, and asked. Making: from the file to the map that answers, the"
            " extract copied, places and addresses read, tiles and roads made; beside it tilemaker and Valhalla's two"
            " programs run by hand on the same file, which find no places. A way in town: between two addresses some"
            " 4 km apart at most, with manoeuvres, and the limit and speed of each piece of road (which is asked in a"
            " second question); pyvalhalla is asked for the way alone, in its own process. CPU of ours is the hub's"
            " part and the program's with Valhalla. Search: all of what is typed for an address, or for what"
            " something is (a pharmacy), key by key, ten answers each, put in order; LIKE gives the first ten rows that"
            " have it in their name or town, in no order. The hub's HTTP is not in it."
        ),
        goal=[
            "tiles of a small country <= 30 s", "a way in town <= 10 ms CPU", "10 x 10 matrix <= 100 ms",
            "search <= 1 ms a key",
        ],
        **measured,
        **{"load of the machine": load()},
    )  # fmt: skip


if __name__ == "__main__":
    if "--peer" in sys.argv:
        peer(sys.argv[2])
    else:
        main()
