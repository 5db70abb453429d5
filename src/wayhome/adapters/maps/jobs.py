"""What is being made, as it is kept beside it: what was asked for, and which steps are done."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import msgspec

from wayhome.adapters import durable_file
from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps.sources import Extract
from wayhome.hub.maps import Making, Step

JOB = "job.json"
EXTRACT = "extract.osm.pbf"
TILES = "tiles.pmtiles"
PLACES = "places.db"
ROADS = "roads"
STEPS: tuple[Step, ...] = ("fetch", "check", "places", "tiles", "roads")


class Job(msgspec.Struct):
    """``revision``: what this map, and the roads made with it, are called on the disk. ``found``: what the places'
    program told. ``removal``: a region is gone, and only the roads of the others are made anew."""

    extract: Extract
    source: str
    revision: str
    done: list[Step] = []
    found: dict[str, Any] = {}
    error: str | None = None
    advice: str | None = None
    removal: bool = False

    def step(self) -> Step:
        """What is to be done next."""
        return next((one for one in STEPS if one not in self.done), "roads")

    def making(self, share: float | None = None) -> Making:
        """How far it is, for people."""
        return Making(self.extract.id, self.extract.name, self.source, self.step(), share, self.error, self.advice)


def read(work: Path) -> Job | None:
    """The job of a folder; None: there is none, or it makes no sense. Raises StoreError where it can't be read."""
    try:
        return msgspec.json.decode((work / JOB).read_bytes(), type=Job)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None
    except OSError as error:
        raise refused(work / JOB, error) from None


def begin(work: Path, job: Job, sent: Path | None = None) -> None:
    """Make the folder for a job. ``sent``: the extract, where somebody sent it; it goes there. Raises StoreError."""
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True, exist_ok=True, mode=0o700)
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


def end(work: Path) -> None:
    """Give a job up; nothing of it stays."""
    (work / JOB).unlink(missing_ok=True)
    shutil.rmtree(work, ignore_errors=True)
