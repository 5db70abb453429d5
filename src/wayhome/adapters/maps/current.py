"""Which maps are there, as the disk has it: one file says so, and what that does not name is of no use.

A map that is made anew stands beside the old one until that file names it: whoever asks in between gets the old one,
whole.
"""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path

import msgspec

from wayhome import log
from wayhome.adapters import durable_file
from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps import room
from wayhome.adapters.maps.jobs import EXTRACT, PLACES, ROADS, TILES, Job
from wayhome.errors import BadInput, StoreError
from wayhome.hub.maps import Bounds, Region

CURRENT = "current.json"
WORK = "work"
INCOMING = "incoming-"


class Current(msgspec.Struct, frozen=True):
    """What is there. ``roads``: the folder of the roads of all regions."""

    regions: tuple[Region, ...] = ()
    roads: str | None = None


def read(folder: Path) -> Current:
    """What is there. Regions whose files are gone are not. Raises StoreError where nobody can say."""
    try:
        current = msgspec.json.decode((folder / CURRENT).read_bytes(), type=Current)
    except FileNotFoundError:
        return Current()
    except OSError as error:
        raise refused(folder / CURRENT, error) from None
    except msgspec.DecodeError as error:
        raise StoreError(
            f"the list of maps is damaged: {str(error)[:200]}",
            advice="Put it back from a copy, or remove the maps' folder and add them again; then start the hub anew.",
        ) from None
    whole = []
    for region in current.regions:
        place = of(folder, region)
        if all((place / name).exists() for name in (PLACES, TILES, EXTRACT)):
            whole.append(region)
        else:
            log.get("maps").error("files of a map are gone", map=region.id)
    roads = current.roads if current.roads and (folder / ROADS / current.roads).is_dir() else None
    return Current(tuple(whole), roads if whole else None)


def write(folder: Path, current: Current) -> None:
    """From now on this is what is there. Raises StoreError."""
    durable_file.write(folder / CURRENT, msgspec.json.encode(current))


def of(folder: Path, region: Region) -> Path:
    """Where a region's files lie."""
    return _place(folder, region.id, region.revision)


def _place(folder: Path, id: str, revision: str) -> Path:
    return folder / "regions" / f"{id}-{revision}"


def graph(folder: Path, current: Current) -> Path | None:
    """Where the roads lie."""
    return folder / ROADS / current.roads if current.roads is not None else None


def clean(folder: Path, current: Current, job: Job | None) -> None:
    """Let go of what is neither there nor being made."""
    regions, graphs = {of(folder, one).name for one in current.regions}, {current.roads}
    if job is not None:
        # What is being put into its place may be there in part.
        regions.add(_place(folder, job.extract.id, job.revision).name)
        graphs.add(job.revision)
    for parent, names in (("regions", regions), (ROADS, graphs)):
        with suppress(FileNotFoundError):
            for one in (folder / parent).iterdir():
                if one.name not in names:
                    shutil.rmtree(one, ignore_errors=True)


def put(folder: Path, current: Current, job: Job, now: float) -> Current:
    """Put what was made into its place, by one file's renaming; what is there now. It may have been begun before, by a
    program that was ended in between. Raises StoreError, BadInput."""
    work, roads = folder / WORK, folder / ROADS / job.revision
    target = _place(folder, job.extract.id, job.revision)
    moves = [(work / ROADS, roads)]
    if not job.removal:
        moves += [(work / name, target / name) for name in (EXTRACT, TILES, PLACES)]
    try:
        for source, to in moves:
            to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            if source.exists():
                source.rename(to)
            if not to.exists():
                raise BadInput("what was made of it is gone", advice="Make it again.")
        durable_file.sync_folder(roads.parent)
        if not job.removal:
            durable_file.sync_folder(target)
            durable_file.sync_folder(target.parent)
        durable_file.sync_folder(folder)
    except OSError as error:
        raise refused(folder, error) from None
    regions = tuple(one for one in current.regions if one.id != job.extract.id)
    if not job.removal:
        regions = (*regions, _region(job, now, room.size_of(target)))
    new = Current(regions, job.revision)
    write(folder, new)
    shutil.rmtree(work, ignore_errors=True)
    return new


def _region(job: Job, now: float, size: int) -> Region:
    found = job.found
    return Region(
        job.extract.id,
        job.extract.name,
        job.source,
        Bounds(*found["bounds"]),
        now,
        size,
        job.revision,
        int(found["spots"]),
        int(found["stations"]),
        state=found.get("state") or None,
        by_kind=True,
    )
