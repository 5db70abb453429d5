"""Making a region's map of an extract, step by step: what is done stays done, whatever ends the program in between.

A folder holds what is being made: the job, the extract, the tiles and the places, and the roads of all regions
together. Nothing of it is used before all of it is there.
"""

from __future__ import annotations

import json
import shutil
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

from wayhome.adapters import durable_file
from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps import fetching, jobs, programs, roads, room, tiles
from wayhome.adapters.maps.jobs import EXTRACT, PLACES, ROADS, STEPS, TILES, Job
from wayhome.adapters.maps.programs import NO_EXTRACT, Failed
from wayhome.adapters.maps.room import undivided
from wayhome.errors import BadInput, HubError, NotFound, StoreError
from wayhome.hub.maps import Bounds, Step

type Heard = Callable[[float | None], None]

_FULL = -signal.SIGXFSZ
_FORMATS = {b"\x1f\x8b": "osm.gz", b"BZh": "osm.bz2", b"\xff\xe0\x04o5m": "o5m"}
"""How osmium calls a format, by a file's first bytes."""
_MARK = b"\xef\xbb\xbf"
"""What some programs put before a text in UTF-8."""


async def go(work: Path, job: Job, others: Sequence[Path], before: Bounds | None, heard: Heard) -> None:
    """Do what is not done yet. ``others``: the extracts of the regions that stay, for the roads; ``before``: where the
    map lies whose place this one takes. Raises HubError in words that people can use; what is done stays."""
    for step in STEPS:
        if step in job.done:
            continue
        heard(None)
        try:
            await room.within(work, _STEPS[step](work, job, others, heard))
        except Failed as failed:
            raise _why(step, failed, work) from None
        except OSError as error:
            raise refused(work, error) from None
        if step == "places" and before is not None and not _meet(before, Bounds(*job.found["bounds"])):
            # As with openstreetmap.org's own extracts, which are all called map.osm.
            raise BadInput(
                "this is another place than the map that was made of this file before",
                advice="Give the file another name, or remove that map first.",
            )
        await undivided(partial(durable_file.sync_tree, work))
        job.done.append(step)
        await undivided(partial(jobs.keep, work, job))


def _meet(one: Bounds, other: Bounds) -> bool:
    across = one.west <= other.east and other.west <= one.east
    return across and one.south <= other.north and other.south <= one.north


def begin_anew(work: Path, job: Job) -> None:
    """What was fetched is no good: it is fetched anew when somebody asks for it again."""
    job.done.clear()
    for name in (EXTRACT, PLACES, TILES):
        (work / name).unlink(missing_ok=True)


async def _fetch(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    if not job.extract.place:
        raise NotFound("the file that was sent is not here any more", advice="Send it again.")
    if job.extract.kind == "file":
        await fetching.copied(Path(job.extract.place), work / EXTRACT, heard)
    else:
        await fetching.fetched(job.extract.place, work / EXTRACT, heard)


async def _check(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    """Whether it is an extract at all, and whether the disk has room for its map; other formats become PBF."""
    path = work / EXTRACT
    beside = room.ROADS * sum(one.stat().st_size for one in others)
    room.need(work, (room.TIMES - 1) * path.stat().st_size + beside)
    with path.open("rb") as file:
        head = file.read(256)
    if head[4:].startswith(b"\n\tOSMHeader"):
        return
    format = _format(head)
    if format is None:
        raise BadInput(
            "this is no extract of OpenStreetMap", advice="Take an .osm.pbf file, as download.geofabrik.de has them."
        )
    # osmium goes by the name's ending.
    given, made = work / f"given.{format}", work / "converted.osm.pbf"
    given.unlink(missing_ok=True)
    given.symlink_to(path.name)
    await programs.run(programs.own("convert_process", str(given), str(made)), lambda line: None)
    given.unlink()
    made.replace(path)


def _format(head: bytes) -> str | None:
    """The format of a file by its first bytes: XML, plain or packed, or o5m."""
    found = next((format for mark, format in _FORMATS.items() if head.startswith(mark)), None)
    if found is not None:
        return found
    text = head.removeprefix(_MARK).lstrip()
    return "osm" if text.startswith((b"<osm", b"<?xml")) else None


async def _places(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    def told(line: str) -> None:
        with suppress(ValueError, KeyError, TypeError):
            said = json.loads(line)
            if "spots" in said:
                job.found = said
            elif "of" in said:
                heard(said["written"] / max(1, said["of"]))

    await programs.run(programs.own("places_process", str(work / EXTRACT), str(work / PLACES)), told)
    box = job.found.get("bounds")
    if not isinstance(box, list) or len(box) != 4:
        raise BadInput("nothing that has a name lies in this map")


async def _tiles(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    store = work / "store"
    store.mkdir(exist_ok=True)
    target = work / TILES
    target.unlink(missing_ok=True)

    def told(line: str) -> None:
        share = tiles.share(line)
        if share is not None:
            heard(share)

    await programs.run(tiles.command(work / EXTRACT, target, store), told)
    await undivided(partial(shutil.rmtree, store, True))
    if not tiles.sound(target):
        raise Failed(0, ["it wrote no tiles"])


async def _roads(work: Path, job: Job, others: Sequence[Path], heard: Heard) -> None:
    """The roads of all regions together, into a folder of their own."""
    extracts = [*others] if job.removal else [*others, work / EXTRACT]
    folder = work / ROADS
    await undivided(partial(shutil.rmtree, folder, True))
    config = roads.prepare(folder, building=True)

    def told(line: str) -> None:
        share = roads.share(line)
        if share is not None:
            heard(share)

    borders, graph = roads.commands(config, extracts)
    # An extract without whole borders has none to tell: then one drives on the right, unless its roads say otherwise.
    try:
        await programs.run(borders, lambda line: None)
    except Failed as failed:
        if failed.code < 0:
            raise
    await programs.run(graph, told)
    if not any((folder / roads.TILES).rglob("*.gph")):
        raise Failed(0, ["it wrote no roads"])


def _why(step: Step, failed: Failed, work: Path) -> HubError:
    """What went wrong, for people."""
    words = failed.words()
    said = " ".join(failed.said)
    full = "No space left" in said or "disk is full" in said or "File too large" in said
    if full or failed.code == _FULL or shutil.disk_usage(work).free < room.LEAST:
        return StoreError("the disk is full", advice="Free disk space on the hub's machine, then try again.")
    if failed.code == -signal.SIGKILL or "bad_alloc" in said:
        return StoreError(
            "the machine ended what made the map, most likely for want of memory", advice="Take a smaller region."
        )
    if failed.code < 0:
        return StoreError(
            f"making the {step} failed: {words}",
            advice="Fetch the extract again, or take another one; run `wayhome doctor`.",
        )
    with suppress(ValueError, TypeError, KeyError):
        words = str(json.loads(words)["error"])
    if step in ("check", "places") and failed.code == NO_EXTRACT:
        return BadInput(f"this extract can't be read: {words}", advice="Fetch it again, or take another one.")
    return StoreError(f"making the {step} failed: {words}", advice="Fetch the extract again; run `wayhome doctor`.")


_STEPS: dict[Step, Callable[[Path, Job, Sequence[Path], Heard], Awaitable[None]]] = {
    "fetch": _fetch,
    "check": _check,
    "places": _places,
    "tiles": _tiles,
    "roads": _roads,
}
