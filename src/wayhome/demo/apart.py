"""The demo in two: this hub is the home's, the car has one of its own, and between them is a road with a tunnel."""

from __future__ import annotations

import asyncio
import shutil
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from wayhome import log
from wayhome.adapters import durable_file
from wayhome.demo.car_hub import CarHub
from wayhome.demo.road import Road
from wayhome.errors import BadInput, HubError
from wayhome.features.demo.tunnel import Tunnel
from wayhome.features.sites.calling import calling
from wayhome.hub.running import Hub
from wayhome.hub.sites.sites import COLLECTION
from wayhome.links.sim.config import Language

SITE = "car"
MARK = "road"
"""A file in the car's data folder: it is this demo's, and the port at which its hub finds the road."""
ACTOR = "hub:demo"
FIRST_WAIT, LONGEST_WAIT = 0.5, 10.0
LOOK = 1.0
PORTS = 50
_NAMES = {"en": ("Home", "Car"), "zh": ("家", "车")}


class Apart:
    """``async with Apart(…) as apart:`` has the road ready, ``begin`` starts the car's hub. ``folder``: its data;
    ``url``: the page of the home's hub, which listens on this machine at ``host`` and ``port``; ``source``: what the
    car's map is made of. Raises BadInput where
    the folder holds something else."""

    def __init__(
        self, hub: Hub, folder: Path, language: Language, url: str, host: str, port: int, source: str | None = None
    ) -> None:
        self._hub = hub
        self._source = source
        self._folder = folder
        self._names = _NAMES[language]
        self._language = language
        self._road = Road(host, port)
        self._car = CarHub(folder, SITE, _free_after(port), self._heard)
        self._pages = {hub.household.house.site: url, SITE: self._car.url}
        self._tunnel = Tunnel(hub, self._turn)
        self._task: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """The page of the car's hub."""
        return self._car.url

    async def __aenter__(self) -> Self:
        mark = self._folder / MARK
        if self._folder.exists() and any(self._folder.iterdir()) and not mark.exists():
            raise BadInput(f"{self._folder} holds something else", advice="Give the demo another folder with --data.")
        await self._road.open(_number(mark))
        self._tunnel.show(False, self._pages)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self._car.stop()
        await self._road.close()

    def begin(self, ready: Callable[[], None]) -> None:
        """Start the car's hub, and again whenever it ends. ``ready`` is called once, when the two are one household or
        when that came to nothing so far."""
        self._task = asyncio.create_task(self._keep(ready), name="the demo's car")

    # The tunnel

    async def _turn(self, closed: bool) -> None:
        if closed:
            self._road.freeze()
        else:
            self._road.thaw()
        self._tunnel.show(closed, self._pages)
        self._tell()

    def _tell(self) -> None:
        self._car.tell({"closed": self._road.closed, "pages": self._pages})

    def _heard(self, said: dict[str, Any]) -> None:
        """Somebody has used the switch on the car's page."""
        if isinstance(said.get("closed"), bool):
            self._hub.soon_run(self._turn(said["closed"]))

    # The car's hub

    async def _keep(self, ready: Callable[[], None]) -> None:
        wait = FIRST_WAIT
        while self._hub.demo:
            try:
                await self._start()
                ready()
                ready, wait = _nothing, FIRST_WAIT
                while self._hub.demo and not self._car.ended.is_set():
                    with suppress(TimeoutError):
                        async with asyncio.timeout(LOOK):
                            await self._car.ended.wait()
                if self._hub.demo:
                    log.get("demo").warning("the car's hub ended and is started again")
            except (HubError, OSError) as error:
                log.get("demo").warning("the car's hub is not there yet", detail=str(error))
            ready()
            ready = _nothing
            await self._car.stop()
            if self._hub.demo:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
        await self._end()

    async def _start(self) -> None:
        mark = self._folder / MARK
        known = SITE in self._hub.household.records(COLLECTION)
        if not known:
            self._wipe()  # what the car's hub knows is of an earlier demo
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        joined = known and _number(mark) == self._road.port
        if not mark.exists():
            joined = False
            durable_file.write(mark, b"0")
        await self._car.start()
        self._tell()
        await self._map()
        if not (await self._car.call("links.list"))["links"]:
            config = {"part": SITE, "language": self._language}
            await self._car.call("links.add", {"link": "sim", "name": "Demo", "config": config})
        if not joined:
            await self._join(known)
            durable_file.write(mark, str(self._road.port).encode())

    async def _map(self) -> None:
        """The car has the same map: it drives by it where there is no network."""
        listed = await self._car.call("maps.list")
        there = any(one["source"] == self._source for one in listed["regions"])
        if self._source is None or there or (listed["making"] or {"error": "none"}).get("error") is None:
            return
        try:
            await self._car.call("maps.add", {"source": self._source})
        except HubError as error:
            log.get("demo").warning("the car has no streets", reason=error.detail)

    async def _join(self, known: bool) -> None:
        """As people do it: an invitation at home, its link at the car."""
        household, context = self._hub.household, self._hub.context(ACTOR)
        sites = calling(self._hub)
        own = household.house.site
        if own not in household.records(COLLECTION):
            await household.write(COLLECTION, own, {"name": self._names[0]}, context)
        secret, _ = sites.door.invite(ACTOR, SITE if known else None)
        link = f"http://127.0.0.1:{self._road.port}/#site={secret}"
        await self._car.call("sites.join", {"link": link, "name": self._names[1]})

    async def _end(self) -> None:
        """The household has become a real one: the simulated car goes with its hub, and all of its data."""
        self._tunnel.vanish()
        await self._road.close()
        context = self._hub.context(ACTOR)
        if SITE in self._hub.household.records(COLLECTION):
            await calling(self._hub).door.remove(SITE, context)
        for instance in [one for one in self._hub.links.instances.values() if one.link.simulated]:
            await self._hub.links.remove(instance.id, context)
        self._wipe()

    def _wipe(self) -> None:
        if (self._folder / MARK).exists():
            shutil.rmtree(self._folder)


def _nothing() -> None:
    return


def _number(mark: Path) -> int:
    """The port that a mark holds; 0: none."""
    try:
        return int(mark.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return 0


def _free_after(port: int) -> int:
    """The first free port on loopback above this one. Raises BadInput."""
    for found in range(port + 1, min(port + PORTS, 65_535) + 1):
        with socket.socket() as one:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                one.bind(("127.0.0.1", found))
                return found
    raise BadInput(f"no port above {port} is free for the car's hub", advice="Choose another with --listen.")
