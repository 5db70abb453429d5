"""Making a region's map of an extract, step by step: what is done stays done, whatever ends the program in between.

A folder ``work`` holds what is being made: ``job.json`` (what was asked for, and the steps that are done), the extract,
the tiles and the places, and the roads of all regions together. Nothing of it is used before all of it is there.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from wayhome.adapters import durable_file
from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps import fetching, programs, roads, tiles
from wayhome.adapters.maps.programs import NO_EXTRACT, Failed
from wayhome.adapters.maps.sources import Extract
from wayhome.errors import BadInput, HubError, StoreError
from wayhome.hub.maps import Bounds, Step

JOB = "job.json"
EXTRACT = "extract.osm.pbf"
TILES = "tiles.pmtiles"
PLACES = "places.db"
ROADS = "roads"
STEPS: tuple[Step, ...] = ("fetch", "check", "places", "tiles", "roads")
TIMES = 8
"""A map takes so many times its extract on the disk while it is made."""

type Heard = Callable[[Step, float | None], None]


class Job(msgspec.Struct):
    """What is being made, as it is kept. ``found``: what the places' program told."""

    extract: Extract
    source: str
    done: list[Step] = []
    found: dict[str, Any] = {}
    error: str | None = None
    advice: str | None = None


def read(work: Path) -> Job | None:
    """The job of a folder; None: there is none, or it can't be read."""
    try:
        return msgspec.json.decode((work / JOB).read_bytes(), type=Job)
    except (OSError, msgspec.DecodeError):
        return None


def begin(work: Path, job: Job, sent: Path | None = None) -> None:
    """Make the folder for a job. ``sent``: the extract, where somebody sent it; it is moved there. Raises StoreError."""
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True, mode=0o700)
        if sent is not None:
            sent.rename(work / EXTRACT)
            durable_file.sync_folder(work)
            job.done = ["fetch"]
    except OSError as error:
        raise refused(work, error) from None
    keep(work, job)


def keep(work: Path, job: Job) -> None:
    """Write down what is done. Raises StoreError."""
    durable_file.write(work / JOB, msgspec.json.encode(job))


async def go(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    """Do what is not done yet. ``others``: the extracts of the regions that stay, for the roads. Raises HubError in
    words that people can use; what is done stays."""
    for step in STEPS:
        if step in job.done:
            continue
        heard(step, None)
        try:
            await _STEPS[step](work, job, others, heard)
        except Failed as failed:
            raise _why(step, failed, work) from None
        except OSError as error:
            raise refused(work, error) from None
        await asyncio.to_thread(durable_file.sync_tree, work)
        job.done.append(step)
        keep(work, job)


async def _fetch(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    def told(share: float | None) -> None:
        heard("fetch", share)

    if job.extract.kind == "file":
        await fetching.copied(Path(job.extract.place), work / EXTRACT, told)
    else:
        await fetching.fetched(job.extract.place, work / EXTRACT, told)


async def _check(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    """Whether it is an extract at all, and whether the disk has room for its map; other formats become PBF."""
    path = work / EXTRACT
    size = path.stat().st_size
    free = shutil.disk_usage(work).free
    if free < TIMES * size:
        raise StoreError(
            f"this map takes about {TIMES * size / 1e9:.1f} GB while it is made, and {free / 1e9:.1f} GB are free",
            advice="Free disk space on the hub's machine, then try again.",
        )
    head = path.open("rb").read(64)
    if head[4:].startswith(b"\n\tOSMHeader"):
        return
    format = _format(head)
    if format is None:
        raise BadInput(
            "this is no extract of OpenStreetMap", advice="Take an .osm.pbf file, as download.geofabrik.de has them."
        )
    lines = _asked(heard, "check")
    await programs.run(
        [sys.executable, "-m", "wayhome.adapters.maps.convert_process", format, str(path), str(work / "converted.osm.pbf")],
        lines,
    )
    (work / "converted.osm.pbf").replace(path)


def _format(head: bytes) -> str | None:
    """osmium's name of a format by a file's first bytes: XML, plain or packed, or o5m."""
    if head.startswith(b"\x1f\x8b"):
        return "osm.gz"
    if head.startswith(b"BZh"):
        return "osm.bz2"
    if head.startswith(b"\xff\xe0\x04o5m"):
        return "o5m"
    return "osm" if b"<osm" in head or head.lstrip().startswith(b"<?xml") else None


async def _places(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    target = work / PLACES
    listen = _asked(heard, "places")

    def told(line: str) -> None:
        with suppress(ValueError):
            said = json.loads(line)
            if isinstance(said, dict) and "spots" in said:
                job.found = said
        listen(line)

    command = [sys.executable, "-m", "wayhome.adapters.maps.places_process", str(work / EXTRACT), str(target)]
    await programs.run(command, told)
    box = job.found.get("bounds")
    if not isinstance(box, list) or len(box) != 4:
        raise BadInput("nothing that has a name lies in this map")
    # It has to make sense as one: else it fails here, and not where somebody looks at it.
    Bounds(*box)


async def _tiles(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    store = work / "store"
    store.mkdir(exist_ok=True)
    target = work / TILES
    target.unlink(missing_ok=True)

    def told(line: str) -> None:
        share = tiles.share(line)
        if share is not None:
            heard("tiles", share)

    await programs.run(tiles.command(work / EXTRACT, target, store), told)
    await asyncio.to_thread(shutil.rmtree, store)
    if not tiles.sound(target):
        raise Failed(0, ["it wrote no tiles"])


async def _roads(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    await build_roads(work / ROADS, [*others, work / EXTRACT], lambda share: heard("roads", share))


async def build_roads(folder: Path, extracts: Sequence[Path], heard: Callable[[float | None], None]) -> None:
    """The roads of some extracts together, into a folder of their own. Raises Failed."""
    await asyncio.to_thread(shutil.rmtree, folder, True)
    config = await asyncio.to_thread(roads.prepare, folder)

    def told(line: str) -> None:
        share = roads.share(line)
        if share is not None:
            heard(share)

    borders, graph = roads.commands(config, extracts)
    # An extract without whole borders has none to tell: then one drives on the right, unless its roads say otherwise.
    with suppress(Failed):
        await programs.run(borders, lambda line: None)
    await programs.run(graph, told)
    if not any((folder / roads.TILES).rglob("*.gph")):
        raise Failed(0, ["it wrote no roads"])


def _asked(heard: Heard, step: Step) -> Callable[[str], None]:
    """Hear a program of ours: lines of JSON."""

    def told(line: str) -> None:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            if "of" in said:
                heard(step, said["written"] / max(1, said["of"]))
            elif "read" in said:
                heard(step, None)

    return told


def _why(step: Step, failed: Failed, work: Path) -> HubError:
    """What went wrong, for people."""
    free = shutil.disk_usage(work).free
    words = failed.words()
    if free < 64 * 2**20 or "No space left" in " ".join(failed.said):
        return StoreError("the disk is full", advice="Free disk space on the hub's machine, then try again.")
    if failed.code == -9:
        return StoreError(
            "the machine ended what made the map, most likely for want of memory", advice="Take a smaller region."
        )
    if step in ("check", "places") and failed.code == NO_EXTRACT:
        with suppress(ValueError, TypeError, KeyError):
            words = str(json.loads(words)["error"])
        return BadInput(f"this extract can't be read: {words}", advice="Fetch it again, or take another one.")
    return StoreError(f"making the {step} failed: {words}", advice="Fetch the extract again; run `wayhome doctor`.")


_STEPS = {"fetch": _fetch, "check": _check, "places": _places, "tiles": _tiles, "roads": _roads}


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(place) / name).stat().st_size
    return total
