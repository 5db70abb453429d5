"""Films between sites: those of other sites' cameras that are looked at here, and those of cameras here that are looked
at elsewhere. The hub that calls the other makes the line, whichever of them wants to see."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from wayhome import log
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, HubError, NotFound, TooMany, Unreachable
from wayhome.hub.film import Viewer
from wayhome.hub.sites.far import Far
from wayhome.hub.sites.film_frames import Here, Look, asked, packed
from wayhome.hub.sites.line import Line, Road
from wayhome.hub.sites.showing import FIRST_WITHIN, Showing

if TYPE_CHECKING:
    from wayhome.hub.running import Hub
    from wayhome.hub.session import Identity

MOST = 16
"""So many films go over the road to one site at once, each way."""
RELAYED = 900_000.0
STRAIGHT = 6_000_000.0
"""All films to one site together have so many bytes/s, through a relay and straight."""
MADE_WITHIN = 12.0


class Films:
    """All of them, at one hub. ``dial``: makes a line to a site that this hub calls; None: it is the other that calls.
    Who calls sets it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.dial: Callable[[str], Awaitable[Line | None]] = _no_line
        self._far: dict[str, Far] = {}
        self._showing: dict[str, set[Showing]] = {}
        self._roads: dict[tuple[str, bool], Road] = {}
        self._wanted: dict[str, tuple[str, asyncio.Future[Line]]] = {}
        """Lines that other hubs were asked to make, by what they are called, and of which site."""
        self._tasks: set[asyncio.Task[None]] = set()

    # Looking there

    def watch(self, thing: Thing, viewer: Viewer, who: Identity) -> Callable[[], None]:
        """Show a viewer the film of a camera of another site; returns what ends it. Raises Unreachable, TooMany."""
        sites = self._hub.sites
        if not sites.here(thing.site):
            raise sites.away(thing.site)
        far = self._far.get(thing.id)
        if far is None:
            if sum(one.site == thing.site for one in self._far.values()) >= MOST:
                raise TooMany(f"{MOST} films of one site are shown at once")
            far = self._far[thing.id] = Far(self._hub, thing, lambda: self._line(thing.site), self._ended)
        return far.enter(viewer, who)

    def _ended(self, far: Far) -> None:
        if self._far.get(far.thing) is far:
            del self._far[far.thing]

    async def _line(self, site: str) -> Line:
        """A new line to a site. Raises Unreachable, NotFound, what the other hub says."""
        line = await self.dial(site)
        if line is not None:
            return line
        id = self._hub.ids.token()
        come: asyncio.Future[Line] = asyncio.get_running_loop().create_future()
        self._wanted[id] = site, come
        taken = False
        try:
            async with asyncio.timeout(MADE_WITHIN):
                await self._hub.sites.fetching.film(site, id)
                line = await come
                taken = True
                return line
        except TimeoutError:
            raise Unreachable("no road for the film came to be", advice="Look again in a moment.") from None
        finally:
            del self._wanted[id]
            if not come.cancel() and not taken:
                come.result().close()  # it came when nobody waited any more: nobody else would ever end it

    # Showing there

    async def make(self, site: str, id: str) -> None:
        """A site that this hub calls wants a line from here; what it looks at it says there. Raises HubError."""
        if not 8 <= len(id) <= 100:
            raise BadInput("this is no line")
        self._room_for_one(site)
        line = await self.dial(site)
        if line is None:
            raise NotFound("this hub does not call that site")
        line.write(packed(Here(id)))
        task = asyncio.create_task(self._show(site, line, None))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def come(self, site: str, line: Line) -> None:
        """A site has called with a line; returns when that is done with."""
        try:
            async with asyncio.timeout(FIRST_WITHIN):
                said = asked(await line.receive())
        except (HubError, TimeoutError):
            line.close()
            return
        if isinstance(said, Look):
            await self._show(site, line, said)
            return
        of, wanted = self._wanted.get(said.id, ("", None)) if isinstance(said, Here) else ("", None)
        if of != site or wanted is None or wanted.done():
            line.close()
            return
        wanted.set_result(line)

    async def _show(self, site: str, line: Line, look: Look | None) -> None:
        road = self._roads.setdefault((site, line.relayed), Road(RELAYED if line.relayed else STRAIGHT))
        showing = Showing(self._hub, site, line, road)
        try:
            self._room_for_one(site)
        except HubError as error:
            showing.end(error)
        self._showing.setdefault(site, set()).add(showing)
        try:
            await showing.run(look)
        except Exception:
            log.get("sites").exception("showing a film to another site crashed", site=site)
        finally:
            self._showing[site].discard(showing)

    def _room_for_one(self, site: str) -> None:
        if len(self._showing.get(site, ())) >= MOST:
            raise TooMany(f"{MOST} films go to one site at once")

    # The sites

    def met(self, site: str, direct: bool) -> None:
        """A new conversation with a site has begun."""
        for far in self._far.values():
            if far.site == site and direct and far.relayed:
                far.nearer()

    def parted(self, site: str) -> None:
        """The conversation with a site has ended: what it shows is not known to be of now."""
        for far in list(self._far.values()):
            if far.site == site:
                far.end(self._hub.sites.away(site))

    def left(self, site: str) -> None:
        """It is a site of the household no more."""
        for far in list(self._far.values()):
            if far.site == site:
                far.end(NotFound("its site is not of the household any more"))
        for showing in list(self._showing.get(site, ())):
            showing.end(NotFound("this hub is not of the household any more"))

    async def close(self) -> None:
        for far in list(self._far.values()):
            await far.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _no_line(site: str) -> Line | None:
    raise Unreachable("this hub calls nobody")
