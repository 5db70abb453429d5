"""A film of a camera at another site, as it comes here: over one line, however many look."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from wayhome import log
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, HubError, TooMany, Unreachable
from wayhome.hub.film import Film, Reel, Shot, Viewer
from wayhome.hub.sites.film_frames import (
    Ask,
    Asked,
    Bye,
    Clock,
    Come,
    Kind,
    Look,
    Looker,
    May,
    Pieces,
    Seen,
    Who,
    error_of,
    packed,
    told,
)
from wayhome.hub.sites.line import Line
from wayhome.hub.sites.other_clock import OtherClock

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Identity

MOST = 48
"""So many may look at one film of another site."""
LINGER = 10.0
"""A line over which nobody looks stays for so long, in s. Nothing goes over it meanwhile."""
SILENT = 6.0
"""A road on which nothing at all came for so long, in s, while somebody looks leads nowhere."""
RESTS = 60.0
"""Over a relay, which is a road that may cost, a film ends when nobody has touched the screen for so long, in s."""
TELL = 0.1
ASK = 2.0
"""s between two questions of what time it is there."""
UNSEEN = 2_000


@runtime_checkable
class Drawing(Protocol):
    """A viewer that says what it has drawn."""

    @property
    def unseen(self) -> int | None:
        """The number of the first picture that it was sent and has not drawn."""


class Far:
    """``line``: makes one; ``gone``: called at the end."""

    def __init__(
        self, hub: Hub, thing: Thing, line: Callable[[], Awaitable[Line]], gone: Callable[[Far], None]
    ) -> None:
        self._hub = hub
        self.site = thing.site
        self.thing = thing.id
        self._make = line
        self._gone = gone
        self._reel = Reel()
        self._pieces = Pieces()
        self._clock = OtherClock(hub)
        self._lookers: dict[int, _Looking] = {}
        self._numbers = itertools.count(1)
        self._line: Line | None = None
        self._kind: Kind | None = None
        self._came: deque[int] = deque(maxlen=UNSEEN)
        """The numbers of the pictures that came and are not said to be seen."""
        self._newest: int | None = None
        """The number of the last one, where the camera's hub is not told that it came."""
        self._ending: asyncio.Future[HubError] = asyncio.get_running_loop().create_future()
        self._nearer = asyncio.Event()
        self._next: Line | None = None
        self._idle = asyncio.get_running_loop().time()
        """Since when nobody looks."""
        self._task = asyncio.create_task(self._run(), name=f"film of {thing.id}")

    @property
    def relayed(self) -> bool:
        return self._line is not None and self._line.relayed

    def enter(self, viewer: Viewer, who: Identity) -> Callable[[], None]:
        """Somebody looks from now on, as soon as the camera's hub has said that they may; returns what ends that.
        Raises TooMany."""
        if len(self._lookers) >= MOST:
            raise TooMany(f"{MOST} look at one film at once")
        id = next(self._numbers)
        self._lookers[id] = _Looking(viewer, Looker(id, who.actor, who.device))
        self._who()

        def leave() -> None:
            one = self._lookers.pop(id, None)
            if one is not None:
                one.look_away()
                self._who()

        return leave

    def end(self, error: HubError) -> None:
        """It ends; whoever looks is told why."""
        if not self._ending.done():
            self._ending.set_result(error)

    def nearer(self) -> None:
        """There is a nearer way than the one that it takes."""
        self._nearer.set()

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    # Its life

    async def _run(self) -> None:
        error: HubError = Unreachable("this hub is stopped")
        try:
            while True:
                line, self._next = self._next or await self._make(), None
                await self._over(line)
        except HubError as told_error:
            error = told_error
        except Exception as crash:
            log.get("sites").exception("a film of another site crashed", thing=self.thing)
            error = HubError(type(crash).__name__)
        finally:
            self._gone(self)
            if self._next is not None:
                self._next.close()
            self._reel.close()
            for one in list(self._lookers.values()):
                one.viewer.over(error)
            self._lookers.clear()

    async def _over(self, line: Line) -> None:
        """Have it come over a line, until that ends; returns where a nearer one is made. Raises HubError."""
        self._line, self._kind, self._pieces = line, None, Pieces()
        self._came.clear()
        self._newest = None
        tasks: list[asyncio.Task[None]] = []
        try:
            self._say(Look(self.thing))
            # Before anybody is said to look: nothing of the film stands before the answer.
            self._say(Ask(self._clock.asked()))
            self._who()
            works = (self._read(line), self._tell(), self._end(), self._closer())
            tasks = [asyncio.ensure_future(work) for work in works]
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            self._line = None
            line.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _end(self) -> None:
        raise await asyncio.shield(self._ending)

    async def _closer(self) -> None:
        """Make a line by a nearer way, when there is one; until then this one goes on."""
        while self._next is None:
            await self._nearer.wait()
            self._nearer.clear()
            with contextlib.suppress(HubError):
                self._next = await self._make()

    def _say(self, said: Asked) -> None:
        if self._line is not None:
            self._line.write(packed(said))

    def _who(self) -> None:
        self._say(Who([one.looker for one in self._lookers.values()]))
        if not self._lookers:
            self._idle = asyncio.get_running_loop().time()
            self._reel.close()  # it stands still from now on, and must not be taken for one of now

    async def _read(self, line: Line) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENT):
                    said = await line.receive()
            except TimeoutError:
                if not self._lookers:
                    continue
                name = self._hub.sites.all().get(self.site, self.site)
                raise Unreachable(f"nothing comes over the road from {name}", advice="") from None
            if isinstance(said, bytes):
                shot = self._pieces.take(said)
                if shot is not None:
                    self._shot(shot)
            else:
                self._hear(told(said))

    def _hear(self, said: object) -> None:
        match said:
            case Clock(at, now):
                self._clock.answered(at, now)
            case Kind():
                self._kind = said
            case May():
                self._may(said)
            case Bye():
                raise error_of(said)
            case _:
                raise BadInput("this is no word of a film's line")

    def _may(self, said: May) -> None:
        one = self._lookers.get(said.id)
        if one is None:
            return
        if said.code is None:
            one.look(self._reel)
            return
        del self._lookers[said.id]
        one.look_away()
        one.viewer.over(error_of(said))
        self._who()

    def _shot(self, shot: Shot) -> None:
        kind = self._kind
        if kind is None:
            raise BadInput("a picture of no known kind")
        self._came.append(shot.number)
        self._newest = shot.number
        if not self._lookers:
            return
        if self._reel.film is None and not shot.key:
            return
        rests = RESTS if self.relayed else 0.0
        film = Film(kind.codec, kind.width, kind.height, kind.seldom, self._clock.ahead, rests)
        self._reel.show(film, shot.key, shot.at, shot.data, number=shot.number)

    async def _tell(self) -> None:
        """Say how far whoever looks is, and ask for the time."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await asyncio.sleep(TELL)
            if self._newest is not None:
                self._say(Come(self._newest))
                self._newest = None
            self._seen()
            now = loop.time()
            if now >= due:
                due = now + ASK
                self._say(Ask(self._clock.asked()))
            if not self._lookers and now - self._idle > LINGER:
                raise Unreachable("nobody looks")

    def _seen(self) -> None:
        """The one who is furthest counts: slower ones go on at key pictures here."""
        furthest = len(self._came)
        waiting = [one.viewer.unseen for one in self._lookers.values() if isinstance(one.viewer, Drawing)]
        if waiting and len(waiting) == len(self._lookers) and None not in waiting:
            came = {number: place for place, number in enumerate(self._came)}
            furthest = max(came.get(number, 0) for number in waiting if number is not None)
        if furthest > 0:
            number = [self._came.popleft() for _ in range(furthest)][-1]
            self._say(Seen(number))


class _Looking:
    """One that looks here."""

    def __init__(self, viewer: Viewer, looker: Looker) -> None:
        self.viewer = viewer
        self.looker = looker
        self._leave: Callable[[], None] | None = None

    def look(self, reel: Reel) -> None:
        if self._leave is None:
            self._leave = reel.enter(self.viewer)

    def look_away(self) -> None:
        if self._leave is not None:
            self._leave()
            self._leave = None
