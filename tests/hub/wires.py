"""A network between two hubs in one process: a test can cut it, freeze it, and hear what goes over it."""

from __future__ import annotations

import asyncio

from tests.world import World
from wayhome.errors import HubError, Unreachable
from wayhome.hub.sites.conversation import Conversation
from wayhome.hub.sites.frames import Frame, unpacked


class End:
    """One end of a wire."""

    def __init__(self, road: Road) -> None:
        self._road = road
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.other: End

    async def send(self, data: bytes) -> None:
        if self._road.broken:
            raise Unreachable("the road is cut")
        if self._road.pace:
            await asyncio.sleep(self._road.pace)
        self._road.bytes += len(data)
        self._road.frames.append(unpacked(data))
        self.other.queue.put_nowait(data)

    async def receive(self) -> bytes:
        await self._road.open.wait()
        data = await self.queue.get()
        await self._road.open.wait()
        if data is None or self._road.lost:
            raise Unreachable("the road is cut")
        return data


class Road:
    """A connection between ``one`` and ``other``, for as long as it is not cut."""

    def __init__(self, one: World, other: World) -> None:
        self.broken = self.lost = False
        self.pace = 0.0
        """s that a frame takes to be sent: the network is full."""
        self.bytes = 0
        self.frames: list[Frame] = []
        self.open = asyncio.Event()
        self.open.set()
        self._ends = End(self), End(self)
        self._ends[0].other, self._ends[1].other = self._ends[1], self._ends[0]
        self.why: list[str] = []
        self._tasks = [
            asyncio.create_task(self._talk(world, theirs, end))
            for (world, theirs), end in zip(((one, other), (other, one)), self._ends, strict=True)
        ]

    async def _talk(self, world: World, theirs: World, end: End) -> None:
        site = theirs.hub.household.house.site
        try:
            await Conversation(world.hub.sites, site, end).run()
        except HubError as error:
            self.why.append(error.detail)
            await self.cut(wait=False)

    def freeze(self) -> None:
        """Nothing arrives any more, and nobody is told."""
        self.open.clear()

    def thaw(self) -> None:
        self.open.set()

    async def cut(self, wait: bool = True) -> None:
        """What was on its way while the road was frozen is lost."""
        self.broken, self.lost = True, self.lost or not self.open.is_set()
        self.open.set()
        for end in self._ends:
            end.queue.put_nowait(None)
        if wait:
            await asyncio.gather(*self._tasks, return_exceptions=True)
