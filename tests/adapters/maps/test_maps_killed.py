"""A hub that is killed while a map is made, at every step: it goes on where it was, and nothing is half."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.adapters.maps.test_maps_made import WAY, programs_of
from tests.peers.maps import ROOT, MadeMaps, ended, extract, shelf
from wayhome.adapters.maps import current, jobs
from wayhome.adapters.maps.jobs import Job
from wayhome.adapters.maps.sources import Extract

pytestmark = [pytest.mark.anyio, pytest.mark.real]

PROGRAM = """
import asyncio, os, signal, sys
from pathlib import Path
from tests.peers.maps import made, shelf
folder, extract, step, later = sys.argv[1:]
async def main():
    maps = shelf(Path(folder))
    await maps.open()
    def look():
        if maps.making is not None and maps.making.step == step:
            maps.changed.remove(look)
            asyncio.get_running_loop().call_later(float(later), os.kill, os.getpid(), signal.SIGKILL)
    maps.changed.append(look)
    await made(maps, extract)
asyncio.run(main())
"""
"""It kills itself: whoever looked on from outside might see the step too late, as it goes on."""


def killed_at(folder: Path, step: str, later: float = 0.0) -> None:
    """Make a map in a program of its own that is killed at a step, so many s later."""
    command = [sys.executable, "-c", PROGRAM, str(folder), str(extract("helsinki")), step, str(later)]
    done = subprocess.run(command, cwd=ROOT, timeout=120)
    assert done.returncode == -signal.SIGKILL, f"it never came to {step}"


async def gone(folder: Path) -> None:
    """The programs that made it are gone with the hub."""
    async with asyncio.timeout(45):
        while programs_of(folder.parent):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize(
    "step", [one if one == "roads" else pytest.param(one, marks=pytest.mark.long) for one in jobs.STEPS]
)
async def test_killed_at_a_step_it_goes_on(tmp_path: Path, step: str) -> None:
    folder = tmp_path / "maps"
    killed_at(folder, step, 0.1 if step in ("tiles", "roads") else 0.0)
    await gone(folder)
    job = jobs.read(folder / current.WORK)
    assert job is not None and job.done == list(jobs.STEPS[: jobs.STEPS.index(step)])
    kept = {path: path.stat().st_mtime_ns for path in (folder / current.WORK).glob("*.db")}
    maps = shelf(folder)
    await maps.open()
    assert maps.making is not None and maps.making.step == step
    await ended(maps)
    assert [one.id for one in maps.regions()] == ["helsinki"] and len(await maps.ways(WAY)) == 1
    assert await maps.search("mannerheimintie", None, "en", 3)
    if step in ("tiles", "roads"):
        ((_, before),) = kept.items()
        assert next(folder.glob("regions/*/places.db")).stat().st_mtime_ns == before, "what was done is not done again"
    assert not (folder / current.WORK).exists()
    await maps.close()


async def test_killed_while_it_is_put_into_its_place(tmp_path: Path, made_maps: MadeMaps) -> None:
    """After each of the renames, and after the list names it but before the rest is cleaned up."""
    whole = made_maps.put(tmp_path / "whole", "helsinki")
    (region,) = current.read(whole).regions
    names = (jobs.EXTRACT, jobs.TILES, jobs.PLACES)
    for moved in range(5):
        folder = tmp_path / f"moved-{moved}" / "maps"
        work, target = folder / current.WORK, folder / "regions" / f"helsinki-{'r' * 10}"
        work.mkdir(parents=True)
        source = current.of(whole, region)
        for name in names:
            shutil.copy(source / name, work / name)
        roads = current.graph(whole, current.read(whole))
        assert roads is not None
        shutil.copytree(roads, work / jobs.ROADS)
        job = Job(
            Extract("file", str(extract("helsinki")), "helsinki", "Helsinki"), region.source, "r" * 10,
            list(jobs.STEPS), {"bounds": list(region.bounds), "spots": region.spots, "stations": region.stations},
        )  # fmt: skip
        jobs.keep(work, job)
        if moved >= 1:
            (folder / "roads").mkdir()
            (work / jobs.ROADS).rename(folder / "roads" / ("r" * 10))
        for name in names[: moved - 1] if moved > 1 else ():
            target.mkdir(parents=True, exist_ok=True)
            (work / name).rename(target / name)
        if moved == 4:
            current.write(folder, current.Current((msgspec.structs.replace(region, revision="r" * 10),), "r" * 10))
        maps = shelf(folder)
        await maps.open()
        await ended(maps)
        assert maps.making is None and [one.revision for one in maps.regions()] == ["r" * 10], moved
        assert len(await maps.ways(WAY)) == 1 and await maps.search("manner", None, "en", 3)
        assert not work.exists() and maps.tiles("helsinki").exists()
        await maps.close()


async def test_what_was_given_up_or_is_of_nobody_goes_when_the_hub_opens(tmp_path: Path, made_maps: MadeMaps) -> None:
    folder = made_maps.put(tmp_path / "maps", "helsinki")
    (folder / "regions" / "old-123").mkdir()
    (folder / "roads" / "123").mkdir()
    (folder / f"{current.INCOMING}1.osm.pbf").write_bytes(b"half")
    maps = shelf(folder)
    await maps.open()
    assert len([*(folder / "regions").iterdir()]) == len([*(folder / "roads").iterdir()]) == 1
    assert not [*folder.glob(f"{current.INCOMING}*")]
    assert len(await maps.ways(WAY)) == 1
    await maps.close()


async def test_a_folder_that_was_moved_or_damaged(tmp_path: Path, made_maps: MadeMaps) -> None:
    """The household's data at another path goes on; damaged files are told, and the house stays open."""
    folder = made_maps.put(tmp_path / "before", "helsinki").rename(tmp_path / "after")
    maps = shelf(folder)
    await maps.open()
    assert len(await maps.ways(WAY)) == 1
    await maps.close()
    places = next(folder.glob("regions/*/places.db"))
    content = places.read_bytes()
    for damage in (b"no database at all", b"", content[:5_000], content[:40_000]):
        places.unlink()
        places.write_bytes(damage)
        maps = shelf(folder)
        await maps.open()
        try:
            await maps.search("mannerheimintie", None, "en", 3)
        except Exception as error:
            assert type(error).__name__ == "StoreError", error
        assert len(await maps.ways(WAY)) == 1
        await maps.close()
    places.unlink()
    maps = shelf(folder)
    await maps.open()
    assert maps.regions() == []
    await maps.close()
    (folder / current.CURRENT).write_bytes(os.urandom(100))
    maps = shelf(folder)
    await maps.open()
    assert maps.regions() == []
    await maps.close()


@pytest.mark.long
async def test_killed_at_any_moment(tmp_path: Path, soak: bool) -> None:
    for number in range(60 if soak else 3):
        folder = tmp_path / f"at-{number}" / "maps"
        killed_at(folder, jobs.STEPS[number % 5], 0.03 * (number // 5))
        await gone(folder)
        maps = shelf(folder)
        await maps.open()
        await ended(maps)
        assert [one.id for one in maps.regions()] == ["helsinki"] and len(await maps.ways(WAY)) == 1
        await maps.close()
        shutil.rmtree(folder)
