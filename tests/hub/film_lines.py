"""Lines of films between two hubs in one process: a test can hold them up, break them, and see what goes over them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.hub.two_sites import Two
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.errors import HubError, Unreachable
from wayhome.hub.film import Film, Reel, Shot
from wayhome.hub.frames import Frame
from wayhome.hub.sites.line import Line

KIND = Film("avc1.42c01f", 640, 480)


class End:
    """One end of a line."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.queue: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self.relayed = lines.relayed
        self.other: End
        self.closed = False

    @property
    def backlog(self) -> Callable[[], int]:
        return lambda: 0 if self._lines.open.is_set() else self.other.queue.qsize()

    def write(self, frame: Frame) -> None:
        if self.closed:
            return
        if frame.binary:
            self._lines.bytes += len(frame.payload)
        self.other.queue.put_nowait(frame.payload if frame.binary else frame.payload.decode())

    async def receive(self) -> str | bytes:
        await self._lines.open.wait()
        said = await self.queue.get()
        await self._lines.open.wait()
        if said is None:
            raise Unreachable("the line is cut")
        return said

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            self.other.queue.put_nowait(None)


class Lines:
    """Makes the lines of a car that calls the home."""

    def __init__(self, two: Two, *, relayed: bool = False) -> None:
        self._two = two
        self.relayed = relayed
        self.made: list[tuple[End, End]] = []
        self.bytes = 0
        self.open = asyncio.Event()
        self.open.set()
        self._tasks: list[asyncio.Task[None]] = []
        two.car.hub.sites.films.dial = self._dial
        two.home.hub.sites.films.dial = self._is_called

    async def _dial(self, site: str) -> Line | None:
        ends = End(self), End(self)
        ends[0].other, ends[1].other = ends[1], ends[0]
        self.made.append(ends)
        self._tasks.append(asyncio.create_task(self._two.home.hub.sites.films.come("car", ends[1])))
        return ends[0]

    async def _is_called(self, site: str) -> Line | None:
        return None

    def cut(self) -> None:
        for end in self.made[-1]:
            end.queue.put_nowait(None)


class Glass:
    """A viewer, as the socket of a screen is one. While it does not ``draw``, it says of nothing that it is drawn."""

    def __init__(self) -> None:
        self.kinds: list[Film] = []
        self.shots: list[Shot] = []
        self.ended: HubError | None = None
        self.draws = True
        self._drawn = 0

    def film(self, film: Film) -> None:
        self.kinds.append(film)

    def shot(self, shot: Shot) -> None:
        self.shots.append(shot)
        if self.draws:
            self._drawn = len(self.shots)

    def over(self, error: HubError) -> None:
        self.ended = error

    @property
    def unseen(self) -> int | None:
        return self.shots[self._drawn].number if self._drawn < len(self.shots) else None

    @property
    def numbers(self) -> list[int]:
        return [shot.number for shot in self.shots]


def camera(two: Two, id: str = "yard", *, at_home: bool = True) -> Reel:
    """A camera at one of the two, whose film the test makes."""
    world = two.home if at_home else two.car
    world.puppet.host.announce([Thing(id, id.title(), "puppet", "camera", {"camera.state": Refinement()})])
    world.puppet.host.online([id], True)
    reel = Reel()
    world.puppet.watch = lambda thing, viewer: reel.enter(viewer)  # type: ignore[attr-defined]
    return reel


def show(two: Two, reel: Reel, count: int, *, size: int = 100, every: int = 5, at_home: bool = True) -> None:
    """The camera takes so many pictures, every so many a key picture."""
    world = two.home if at_home else two.car
    for number in range(count):
        reel.show(KIND, number % every == 0, world.clock.now(), bytes([number % 256]) * size)
