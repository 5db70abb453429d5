"""The household's maps on the hub's disk. Implements ``wayhome.hub.maps.Maps``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from wayhome import log
from wayhome.adapters.maps import current, incoming, jobs, making, router, sources, tiles
from wayhome.adapters.maps.asking import Asking
from wayhome.adapters.maps.current import INCOMING, WORK, Current
from wayhome.adapters.maps.fetching import need_file
from wayhome.adapters.maps.jobs import EXTRACT, PLACES, STEPS, TILES, Job
from wayhome.adapters.maps.offers import INDEX, Offers
from wayhome.adapters.maps.room import undivided
from wayhome.adapters.maps.router import Router
from wayhome.adapters.maps.sources import Extract
from wayhome.core.ids import slug
from wayhome.errors import BadInput, Conflict, HubError, NotFound, StoreError
from wayhome.hub.maps import Making, Offered, Point, Region, Source
from wayhome.hub.ports import Clock, Ids

MOST = 40
"""Regions of a household."""


class MapShelf(Asking):
    """What it has stands in ``folder``. ``index``: where regions are looked up by name."""

    def __init__(self, folder: Path, clock: Clock, ids: Ids, index: str = INDEX) -> None:
        super().__init__()
        self._folder = folder
        self._clock = clock
        self._ids = ids
        self._offers = Offers(clock, index)
        self._current = Current()
        self._making: Making | None = None
        self._task: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        """Held by whoever changes what is there, or what is being made."""
        self._sending = False
        self._untold: StoreError | None = None
        """Why nobody can say which maps there are; until somebody can nothing is made, as it would take their place."""
        self._changed: list[Callable[[], None]] = []

    # What is there

    async def open(self) -> None:
        """Read what is there, let go of what is not used, and go on with what was being made."""
        if not self._folder.exists():
            return
        job = await asyncio.to_thread(self._open)
        self._take_up()
        if job is None or self._untold is not None:
            return
        if job.error is None and not self.ready:
            job.error, job.advice = "this hub can't make maps any more", "Run `wayhome doctor`."
        if job.error is not None:
            self._making = job.making()
        else:
            self._begin(job)

    def _open(self) -> Job | None:
        try:
            job = jobs.read(self._folder / WORK)
            self._current = current.read(self._folder)
        except StoreError as error:
            # No reason to stay shut, nor to throw anything away: it may be read again tomorrow.
            self._untold = error
            log.get("maps").error("which maps there are can't be read", reason=error.detail)
            return None
        with suppress(OSError):  # what can't be cleaned up stays: that is no reason to stay shut
            for one in self._folder.glob(f"{INCOMING}*"):
                one.unlink(missing_ok=True)
            if job is None:
                jobs.end(self._folder / WORK)
        with suppress(OSError):
            current.clean(self._folder, self._current, job)
        return job

    def _take_up(self) -> Router | None:
        """Answer from what is there now; the router of before, where its roads are others."""
        places = {one.revision: current.of(self._folder, one) / PLACES for one in self._current.regions}
        return self._point_at(places, current.graph(self._folder, self._current))

    async def close(self) -> None:
        """Let go of everything; a map that is being made goes on when the hub opens again."""
        async with self._turn:
            await self._halt()
            old = self._point_at({}, None)
            if old is not None:
                await old.end()

    async def _halt(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

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
        return current.of(self._folder, self._find(region)) / TILES

    def _find(self, id: str) -> Region:
        found = next((one for one in self._current.regions if one.id == id), None)
        if found is None:
            raise NotFound("this map is not here", advice="`wayhome map list` shows those that are.")
        return found

    # Making

    async def offered(self, near: Point | None = None) -> list[Offered]:
        return await self._offers.offered(near)

    async def take(self, name: str, content: AsyncIterator[bytes]) -> Making:
        self._need_idle()
        extract = sources.sent(name)
        if self._sending:
            raise Conflict("another file is being sent", advice="Wait until that one is there.")
        path = self._folder / f"{INCOMING}{self._ids.ulid()}.osm.pbf"
        self._sending = True
        try:
            await incoming.taken(path, content)
            return await self._start(extract, name.strip(), path)
        finally:
            self._sending = False
            path.unlink(missing_ok=True)

    async def add(self, source: Source) -> Making:
        self._need_idle()
        if self._sending:
            raise Conflict("a file is being sent", advice="Wait until its map is there.")
        async with self._turn:
            self._need_idle()
            job = await asyncio.to_thread(jobs.read, self._folder / WORK)
            if job is not None and job.source == source.text.strip() and not job.removal:
                job.error = job.advice = None
                return self._begin(job)
        extract = sources.named(source.text, source.name)
        if not extract.place:
            extract = await self._offers.looked_up(extract, source)
        elif extract.kind == "file":
            await asyncio.to_thread(need_file, Path(extract.place))
        return await self._start(extract, source.text.strip())

    async def _start(self, extract: Extract, source: str, sent: Path | None = None) -> Making:
        """Begin; what was made of the same source before is made anew."""
        async with self._turn:
            self._need_idle()  # somebody may have been faster
            same = next((one for one in self._current.regions if one.source == source), None)
            if same is None and len(self._current.regions) >= MOST:
                raise BadInput(f"a household has {MOST} maps at most", advice="Remove one, or take a larger region.")
            id = same.id if same is not None else slug(extract.name, {one.id for one in self._current.regions}, "map")
            job = Job(msgspec.structs.replace(extract, id=id), source, self._revision())
            await undivided(partial(jobs.begin, self._folder / WORK, job, sent))
            return self._begin(job)

    def _revision(self) -> str:
        return self._ids.ulid()[-10:].lower()

    def _need_idle(self) -> None:
        if self._task is not None and self._making is not None:
            raise Conflict(f"{self._making.name} is being made", advice="Wait until it is there, or stop it.")
        if self._untold is not None:
            raise self._untold
        if not router.installed():
            raise NotFound("this hub can't make maps yet", advice="Install wayhome[maps] on the hub's machine.")
        if not tiles.installed():
            raise NotFound("this hub can't make maps yet", advice=f"Install {tiles.PROGRAM} on the hub's machine.")

    def _begin(self, job: Job) -> Making:
        self._making = job.making()
        self._task = asyncio.create_task(self._make(job))
        self._tell()
        return self._making

    async def _make(self, job: Job) -> None:
        others = [current.of(self._folder, one) / EXTRACT for one in self._current.regions if one.id != job.extract.id]
        before = next((one.bounds for one in self._current.regions if one.id == job.extract.id), None)
        try:
            await making.go(self._folder / WORK, job, others, before, lambda share: self._heard(job, share))
            async with self._turn:
                new = await undivided(partial(current.put, self._folder, self._current, job, self._clock.now()))
                await self._now(new)
        except HubError as error:
            await self._stand(job, error)
        except Exception as error:
            log.get("maps").error("making a map failed", why=log.fault(error))
            await self._stand(job, HubError("making the map failed", advice="Look into the hub's log."))

    async def _stand(self, job: Job, error: HubError) -> None:
        """It could not be made, and says why until somebody tries again or gives it up."""
        job.error, job.advice = self._public(error.detail, job), error.hint
        async with self._turn:
            with suppress(HubError, OSError):
                if isinstance(error, BadInput):
                    await undivided(partial(making.begin_anew, self._folder / WORK, job))
                await undivided(partial(jobs.keep, self._folder / WORK, job))
            self._making, self._task = job.making(), None
            self._tell()

    def _public(self, said: str, job: Job) -> str:
        """What went wrong without where it did: everybody of the household is told it."""
        said = said.replace(str(self._folder), "the maps' folder")
        return said.replace(job.extract.place, "that was named") if job.extract.place else said

    async def _now(self, new: Current) -> None:
        """This is what is there from now on; what is not any more goes once nobody reads it."""
        self._current, self._making, self._task = new, None, None
        old = self._take_up()
        self._tell()
        if old is not None:
            await old.retire()
        await asyncio.to_thread(current.clean, self._folder, new, None)

    def _heard(self, job: Job, share: float | None) -> None:
        new, was = job.making(None if share is None else round(min(1.0, max(0.0, share)), 2)), self._making
        # Programs that count anew in each of their own steps do not make it go back.
        if was is None or self._task is None or (was.step == new.step and (was.share or 0.0) >= (new.share or 0.0)):
            return
        self._making = new
        self._tell()

    # Giving up and removing

    async def stop(self) -> None:
        async with self._turn:
            await self._halt()
            self._making = None
            await undivided(partial(jobs.end, self._folder / WORK))
            self._tell()

    async def remove(self, region: str) -> None:
        async with self._turn:
            gone = self._find(region)
            rest = tuple(one for one in self._current.regions if one.id != gone.id)
            if self._making is not None and (rest or self._task is not None):
                raise Conflict(f"{self._making.name} is still to be made", advice="Wait until it is there, or stop it.")
            new = Current(rest, self._current.roads if rest else None)
            work = self._folder / WORK
            # The roads are of one piece. Until those of the rest alone are there, these lead through what is gone.
            job = self._removal(gone) if rest and self.ready else None
            if job is not None:
                # Before anything goes: whatever ends the hub, they are made anew.
                with suppress(StoreError):  # no room for it yet: there is once the map is gone
                    await undivided(partial(jobs.begin, work, job))
            try:
                await undivided(partial(current.write, self._folder, new))
            except StoreError:
                if job is not None:
                    await undivided(partial(jobs.end, work))
                raise
            await self._now(new)
            if job is not None:
                await undivided(partial(jobs.begin, work, job))
                self._begin(job)

    def _removal(self, gone: Region) -> Job:
        job = Job(Extract("file", "", gone.id, gone.name), gone.source, self._revision(), removal=True)
        job.done = [step for step in STEPS if step != "roads"]
        return job

    def _tell(self) -> None:
        for told in self._changed:
            told()
