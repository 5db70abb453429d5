"""A film of a camera here, shown to another site: once, however many look there. Each of them is judged here, too."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from wayhome.errors import BadInput, HubError, Moved, NotAllowed, NotFound, SignInNeeded, TooMany, Unreachable
from wayhome.hub import film
from wayhome.hub.film import Film, Shot
from wayhome.hub.following import Following
from wayhome.hub.frames import Frame
from wayhome.hub.session import Session
from wayhome.hub.sites.film_frames import (
    Ask,
    Bye,
    Clock,
    Come,
    Kind,
    Look,
    Looker,
    May,
    Seen,
    Who,
    asked,
    packed,
    pieces,
)
from wayhome.hub.sites.line import Line, Paced, Road
from wayhome.hub.sites.wishes import identity

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

MOST = 64
"""So many may look over one line."""
FIRST_WITHIN = 10.0
"""The other hub has so long, in s, to say what it wants to see."""
SILENT = 15.0
"""It asks for the time every few s: one that says nothing for so long, in s, is not there."""
PATIENCE = 20.0
"""Where nothing of what was sent is seen for so long, in s, it ends."""
LOOK = 0.5
WORDS, EACH = 1_000, 50.0
"""The other hub says so many words at most without a pause, and so many a second: each is answered, or judged."""
AT_ONCE = 0.35
"""So much of a film, in s of its road's pace, may wait here; what is above that goes on at its next key picture."""
ON_WAY = 0.5
"""A picture that is on its way for longer, in s, tells that the road is slower than its pace."""


class Showing:
    """One line, to be ``run`` once."""

    def __init__(self, hub: Hub, site: str, line: Line, road: Road) -> None:
        self._hub = hub
        self.site = site
        self._line = line
        self._thing = ""
        self._lookers: dict[int, _Looker] = {}
        self._ending: asyncio.Future[HubError] = asyncio.get_running_loop().create_future()
        self._paced = Paced(line, road)
        self._screen = _Screen(self._paced, self.end, road.rate * AT_ONCE)
        self._leave: Callable[[], None] | None = None
        self._heard = asyncio.get_running_loop().time()
        self._words = float(WORDS)
        """So many it may still say."""

    def end(self, error: HubError) -> None:
        """End it; the other hub is told why."""
        if not self._ending.done():
            self._ending.set_result(error)

    async def run(self, look: Look | None = None) -> None:
        """Show it until either side ends. ``look``: what the other hub has said already."""
        reader: asyncio.Task[None] | None = None
        try:
            if look is None:
                look = await self._look()
            self._thing = look.thing
            self._check_thing()
            reader = asyncio.create_task(self._read())
            self._hub.drivers.told.add(self._judge)
            await self._follow(reader)
        except HubError as error:
            self._line.write(packed(Bye(error.code, error.detail, error.hint)))
        finally:
            self._hub.drivers.told.discard(self._judge)
            self._look_away()
            for looker in self._lookers.values():
                looker.close(self._hub)
            if reader is not None:
                reader.cancel()
                await asyncio.gather(reader, return_exceptions=True)
            self._paced.close()
            self._line.close()

    async def _look(self) -> Look:
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                while True:
                    said = asked(await self._line.receive())
                    if isinstance(said, Look):
                        return said
                    self._take(said)
        except TimeoutError:
            raise Unreachable("the other hub does not say what it wants to see") from None

    def _check_thing(self) -> None:
        thing = self._hub.household.house.things.get(self._thing)
        if thing is None or "camera" not in thing.traits:
            raise NotFound(f"there is no film of {self._thing[:64]!r} for you")
        if self._hub.household.house.foreign(self._thing) is not None:
            raise Moved("the camera is at another hub by now")

    async def _follow(self, reader: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.wait((reader, self._ending), timeout=LOOK, return_when=asyncio.FIRST_COMPLETED)
            if self._ending.done():
                raise self._ending.result()
            if reader.done():
                return reader.result()
            if loop.time() - self._heard > SILENT:
                raise Unreachable("the other hub fell silent")
            if self._screen.behind > PATIENCE:
                raise TooMany("the road can't follow")
            self._check_thing()
            self._judge()

    async def _read(self) -> None:
        while True:
            self._take(asked(await self._line.receive()))

    def _take(self, said: object) -> None:
        now = asyncio.get_running_loop().time()
        self._words = min(WORDS, self._words + (now - self._heard) * EACH)
        self._heard = now
        self._spend(1)
        match said:
            case Ask(at):
                self._line.write(packed(Clock(at, self._hub.household.clock.now())))
            case Who(who):
                self._who(who)
            case Seen(number):
                self._screen.seen(number)
            case Come(number):
                self._screen.come(number)
            case _:
                raise BadInput("this was said already")

    def _spend(self, words: int) -> None:
        self._words -= words
        if self._words < 0:
            raise TooMany("the other hub says too much at once")

    # Who looks

    def _who(self, who: list[Looker]) -> None:
        if len(who) > MOST:
            raise TooMany(f"{MOST} look at one film at once")
        there = {one.id for one in who}
        for id in [id for id in self._lookers if id not in there]:
            self._lookers.pop(id).close(self._hub)
        for one in who:
            if one.id not in self._lookers:
                self._spend(1)
                self._lookers[one.id] = _Looker(self._open(one), self._judge)
        self._judge()

    def _open(self, one: Looker) -> Session | HubError:
        try:
            return self._hub.open_session(identity(self._hub, one.actor, one.device))
        except SignInNeeded as error:
            # Not here, that is: where they look they are signed in, and need not be sent to the door.
            return NotAllowed(error.detail, advice="Look again in a moment: the two hubs tell each other who is.")
        except HubError as error:
            return error

    def _judge(self) -> None:
        """Who may see it now; whoever may not any more is told so. It is sent while anybody may."""
        allowed = False
        for id, one in self._lookers.items():
            error = one.judged(self._hub, self._thing)
            allowed = allowed or error is None
            if one.told(error):
                said = May(id) if error is None else May(id, error.code, error.detail, error.hint)
                self._line.write(packed(said))
        if not allowed:
            self._look_away()
        elif self._leave is None:
            try:
                self._leave = film.watch(self._hub, self._thing, self._screen)
            except HubError as error:
                self.end(error)

    def _look_away(self) -> None:
        if self._leave is not None:
            self._leave()
            self._leave = None


class _Looker:
    """One that looks at the other site, and what was said of them last."""

    def __init__(self, session: Session | HubError, again: Callable[[], None]) -> None:
        self._session = session
        self._said: str | None = "nothing yet"
        if isinstance(session, Session):
            session.on_change = again

    def judged(self, hub: Hub, thing_id: str) -> HubError | None:
        if isinstance(self._session, HubError):
            return self._session
        try:
            film.check(hub, self._session, thing_id)
        except SignInNeeded as error:
            return NotAllowed(error.detail)
        except HubError as error:
            return error
        return None

    def told(self, error: HubError | None) -> bool:
        """Whether this is news."""
        said = None if error is None else error.code
        news, self._said = said != self._said, said
        return news

    def close(self, hub: Hub) -> None:
        if isinstance(self._session, Session):
            self._session.on_change = None
            hub.sessions.close(self._session, "disconnected")


class _Screen(Following):
    """The other hub, as a viewer."""

    def __init__(self, outlet: Paced, end: Callable[[HubError], None], high: float) -> None:
        super().__init__(outlet, end, high)
        self._paced = outlet
        self._on_way: deque[int] = deque()
        """The numbers of what went out and is not said to have come."""
        self._went: dict[int, float] = {}

    @property
    def slow(self) -> bool:
        """What it got last is still on its way: more would wait in the road's queues, and wishes behind it."""
        went = self._went.get(self._on_way[0]) if self._on_way else None
        return went is not None and asyncio.get_running_loop().time() - went > ON_WAY

    def come(self, number: int) -> None:
        """The picture of this number is there."""
        if number in self._went:
            while (first := self._on_way.popleft()) != number:
                self._went.pop(first, None)
            del self._went[number]

    def _gone(self, number: int) -> None:
        self._on_way.append(number)
        self._went[number] = asyncio.get_running_loop().time()

    def word(self, film: Film) -> Frame:
        return packed(Kind(film.codec, film.width, film.height, film.seldom))

    def send(self, shot: Shot) -> None:
        whole = list(pieces(shot))
        for piece in whole[:-1]:
            self._paced.write(piece)
        self._paced.write(whole[-1], lambda: self._gone(shot.number & 0xFFFFFFFF))
