"""The household's maps on the hub's disk. Implements ``wayhome.hub.maps.Maps``.

``current.json`` says what is there; everything else in the folder is of no use without it and goes when the hub opens.
A map that is made anew stands beside the old one until that file names it: whoever asks in between gets the old one,
whole.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from wayhome import log
from wayhome.adapters import durable_file
from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps import incoming, making, roads, router, sources, tiles
from wayhome.adapters.maps.making import Job
from wayhome.adapters.maps.asking import Asking
from wayhome.adapters.maps.router import Router
from wayhome.adapters.maps.programs import Failed
from wayhome.adapters.maps.sources import Extract
from wayhome.core.ids import slug
from wayhome.errors import BadInput, Conflict, HubError, NotFound, StoreError
from wayhome.hub.maps import Bounds, Making, Offered, Point, Region, Source, Step
from wayhome.hub.ports import Clock, Ids

CURRENT = "current.json"
WORK = "work"
INCOMING = "incoming-"
MOST = 40
"""Regions of a household."""


class Current(msgspec.Struct, frozen=True):
    """What is there. ``roads``: the folder of the roads of all regions."""

    regions: tuple[Region, ...] = ()
    roads: str | None = None


class MapShelf(Asking):
    """What it has stands in ``folder``."""

    def __init__(self, folder: Path, clock: Clock, ids: Ids) -> None:
        super().__init__()
        self._folder = folder
        self._clock = clock
        self._ids = ids
        self._current = Current()
        self._making: Making | None = None
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._changed: list[Callable[[], None]] = []

    # What is there

    async def open(self) -> None:
        """Read what is there, let go of what is not used, and go on with what was being made. Raises StoreError."""
        if not self._folder.exists():
            return
        await asyncio.to_thread(self._open)
        job = making.read(self._folder / WORK)
        if job is None:
            return
        if job.error is not None:
            step = next((one for one in making.STEPS if one not in job.done), "fetch")
            self._making = Making(job.extract.id, job.extract.name, job.source, step, None, job.error, job.advice)
        else:
            self._begin(job)

    def _open(self) -> None:
        path = self._folder / CURRENT
        try:
            self._current = msgspec.json.decode(path.read_bytes(), type=Current)
        except FileNotFoundError:
            self._current = Current()
        except (OSError, msgspec.DecodeError) as error:
            # Maps can be made again: a household must not stay shut for them.
            log.get("maps").error("the list of maps can't be read", reason=str(error))
            self._current = Current()
            return
        whole = []
        for region in self._current.regions:
            folder = self._of(region)
            if (folder / making.PLACES).exists() and (folder / making.TILES).exists():
                whole.append(region)
        self._current = Current(tuple(whole), self._current.roads)
        self._clean()
        self._take_up()

    def _take_up(self) -> Router | None:
        """Answer from what is there now; the router of before."""
        places = {self._of(region).name: self._of(region) / making.PLACES for region in self._current.regions}
        graph = self._folder / "roads" / self._current.roads if self._current.roads is not None else None
        return self._point_at(places, graph)

    def _clean(self) -> None:
        for one in self._folder.glob(f"{INCOMING}*"):
            one.unlink(missing_ok=True)
        used = {self._of(region).name for region in self._current.regions}
        for parent, names in (("regions", used), ("roads", {self._current.roads})):
            with suppress(FileNotFoundError):
                for one in (self._folder / parent).iterdir():
                    if one.name not in names:
                        shutil.rmtree(one, ignore_errors=True)

    def _of(self, region: Region) -> Path:
        return self._folder / "regions" / f"{region.id}-{region.revision}"

    async def close(self) -> None:
        """Let go of everything; a map that is being made goes on when the hub opens again."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        router = self._point_at({}, None)
        if router is not None:
            await router.close()

    @property
    def ready(self) -> bool:
        return router.installed() and tiles.installed()

    @property
    def changed(self) -> list[Callable[[], None]]:
        return self._changed

    @property
    def making(self) -> Making | None:
        return self._making

    def regions(self) -> list[Region]:
        return sorted(self._current.regions, key=lambda one: one.name)

    def tiles(self, region: str) -> Path:
        return self._of(self._find(region)) / making.TILES

    def _find(self, id: str) -> Region:
        found = next((one for one in self._current.regions if one.id == id), None)
        if found is None:
            raise NotFound("this map is not here", advice="`wayhome map list` shows those that are.")
        return found

    # Making and removing

    async def offered(self, near: Point | None = None) -> list[Offered]:
        return await sources.offered(near)

    async def take(self, name: str, content: AsyncIterator[bytes]) -> Making:
        self._need_idle()
        path = self._folder / f"{INCOMING}{self._ids.ulid()}.osm.pbf"
        try:
            await incoming.taken(path, content)
            called = sources.title(name)
            return await self._start(Extract("file", "", slug(called, (), "map"), called), name, path)
        finally:
            path.unlink(missing_ok=True)

    async def add(self, source: Source) -> Making:
        self._need_idle()
        async with self._turn:
            job = making.read(self._folder / WORK)
            if job is not None and job.source == source.text:
                self._need_idle()
                job.error = job.advice = None
                return self._begin(job)
        extract = sources.named(source.text, source.name)
        if not extract.place:
            extract = await sources.looked_up(extract, source.text)
        return await self._start(extract, source.text)

    async def _start(self, extract: Extract, source: str, sent: Path | None = None) -> Making:
        """Begin; what was made of the same source before is made anew."""
        async with self._turn:
            self._need_idle()  # somebody may have been faster
            same = next((one for one in self._current.regions if one.source == source), None)
            if same is None and len(self._current.regions) >= MOST:
                raise BadInput(f"a household has {MOST} maps at most", advice="Remove one, or take a larger region.")
            id = same.id if same is not None else slug(extract.name, {one.id for one in self._current.regions}, "map")
            job = Job(msgspec.structs.replace(extract, id=id), source)
            await asyncio.to_thread(making.begin, self._folder / WORK, job, sent)
            return self._begin(job)

    def _need_idle(self) -> None:
        if self._task is not None and self._making is not None:
            raise Conflict(f"{self._making.name} is being made", advice="Wait until it is there, or stop it.")
        if not router.installed():
            raise NotFound("this hub can't make maps yet", advice="Install wayhome[maps] on the hub's machine.")
        if not tiles.installed():
            raise NotFound("this hub can't make maps yet", advice=f"Install {tiles.PROGRAM} on the hub's machine.")

    def _begin(self, job: Job) -> Making:
        step = next((one for one in making.STEPS if one not in job.done), "roads")
        self._making = Making(job.extract.id, job.extract.name, job.source, step)
        self._task = asyncio.create_task(self._make(job))
        self._tell()
        return self._making

    async def _make(self, job: Job) -> None:
        work = self._folder / WORK
        others = [self._of(one) / making.EXTRACT for one in self._current.regions if one.id != job.extract.id]
        try:
            await making.go(work, job, others, lambda step, share: self._heard(job, step, share))
            await asyncio.to_thread(self._swap, job)
        except HubError as error:
            job.error, job.advice = error.detail, error.hint
            with suppress(HubError):
                await asyncio.to_thread(making.keep, work, job)
            step = next((one for one in making.STEPS if one not in job.done), "roads")
            self._making = Making(job.extract.id, job.extract.name, job.source, step, None, job.error, job.advice)
        except Exception as error:
            log.get("maps").error("making a map failed", **log.fault(error))
            self._making = Making(
                job.extract.id, job.extract.name, job.source, "roads", None, "making the map failed",
                "Look into the hub's log; run `wayhome doctor`.",
            )  # fmt: skip
        else:
            self._making = None
        self._task = None
        await self._took_up()

    async def _took_up(self) -> None:
        """The new files are there: whoever asks from now on gets them."""
        old = self._take_up()
        self._tell()
        if old is not None:
            await old.close()
        await asyncio.to_thread(self._clean)

    def _heard(self, job: Job, step: Step, share: float | None) -> None:
        rounded = None if share is None else round(min(1.0, max(0.0, share)), 2)
        new = Making(job.extract.id, job.extract.name, job.source, step, rounded)
        if new != self._making:
            self._making = new
            self._tell()

    def _swap(self, job: Job) -> None:
        """Put what was made into its place: by one file's renaming."""
        work, found = self._folder / WORK, job.found
        revision = self._ids.ulid()[-10:].lower()
        region = Region(
            job.extract.id,
            job.extract.name,
            job.source,
            Bounds(*found["bounds"]),
            self._clock.now(),
            making.size_of(work),
            revision,
            int(found["spots"]),
            int(found["stations"]),
            state=found.get("state") or None,
        )
        try:
            target, graph = self._of(region), self._folder / "roads" / revision
            target.mkdir(parents=True, mode=0o700)
            graph.parent.mkdir(exist_ok=True, mode=0o700)
            for name in (making.EXTRACT, making.TILES, making.PLACES):
                (work / name).rename(target / name)
            (work / making.ROADS).rename(graph)
            roads.prepare(graph)
            durable_file.sync_tree(graph)
            durable_file.sync_folder(target)
            durable_file.sync_folder(target.parent)
            durable_file.sync_folder(graph.parent)
        except OSError as error:
            raise refused(self._folder, error) from None
        rest = tuple(one for one in self._current.regions if one.id != region.id)
        self._write(Current((*rest, region), revision))
        shutil.rmtree(work, ignore_errors=True)

    def _write(self, current: Current) -> None:
        durable_file.write(self._folder / CURRENT, msgspec.json.encode(current))
        self._current = current

    async def stop(self) -> None:
        async with self._turn:
            task, self._task = self._task, None
            if task is not None:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            self._making = None
            await asyncio.to_thread(shutil.rmtree, self._folder / WORK, True)
            self._tell()

    async def remove(self, region: str) -> None:
        async with self._turn:
            gone = self._find(region)
            if self._task is not None:
                raise Conflict("a map is being made", advice="Wait until it is there, or stop it.")
            rest = tuple(one for one in self._current.regions if one.id != gone.id)
            # The other regions' roads are of one piece with it: they are made anew first, so that nothing is missing.
            revision = await self._roads_of(rest) if rest else None
            await asyncio.to_thread(self._write, Current(rest, revision))
            await self._took_up()

    async def _roads_of(self, regions: Sequence[Region]) -> str:
        """Make the roads of these alone; their folder's name. Raises StoreError."""
        revision = self._ids.ulid()[-10:].lower()
        graph = self._folder / "roads" / revision
        try:
            await making.build_roads(graph, [self._of(one) / making.EXTRACT for one in regions], lambda share: None)
        except Failed as failed:
            await asyncio.to_thread(shutil.rmtree, graph, True)
            raise StoreError(f"the roads of the other maps can't be made: {failed.words()}") from None
        return revision

    def _tell(self) -> None:
        for told in self._changed:
            told()
