"""Keeping the connection to the sites that this hub has joined: it calls until somebody answers."""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from wayhome import log
from wayhome.core.value import Value
from wayhome.errors import AuthNeeded, Conflict, HubError, NotFound, StoreError
from wayhome.features.sites import client
from wayhome.features.sites.client import Call, Link, SocketWire, Way
from wayhome.features.sites.door import Before, SiteDoor
from wayhome.features.sites.film_line import SocketLine
from wayhome.features.sites.relayed import Relayed
from wayhome.features.sites.trust import fingerprint
from wayhome.features.sites.vouching import Vouching
from wayhome.features.sites.ways import sound
from wayhome.hub.group.group import NAME as GROUP
from wayhome.hub.group.group import Group
from wayhome.hub.running import Hub
from wayhome.hub.sites.conversation import By, Conversation
from wayhome.hub.sites.line import Line
from wayhome.hub.sites.sites import COLLECTION

NAME = "sites"
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
"""s between two calls: doubled each time, with jitter."""
SELDOM = 60.0
"""... and where the household does not know this hub."""
LEFT = "site/left"
"""The household that this hub was of before, by its authority's fingerprint."""
OWNED = ("person", "household")
"""A hub with records of these is somebody's."""
DOORS = "hub/hub.doors"
LOOKS = 1.0
NEARER = 20.0
"""While a relay carries a conversation a straight way is looked for so often, in s."""
SETTLED = 10.0
"""A conversation that lasted so long, in s, begins the waits anew."""


class Calling:
    """What this feature keeps while the hub runs: the door for others, and its own calls."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.door = SiteDoor(hub)
        self.relayed = Relayed(hub)
        self._ways: dict[str, Way] = {}
        self.vouching = Vouching(hub, lambda: self._ways)
        self._doors: dict[str, list[str]] = {}
        """Where browsers find the other sites, as they said last."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._hurry = asyncio.Event()

    async def open(self) -> None:
        """Call every site that this hub has joined."""
        await self.door.open()
        await self.relayed.open()
        await self.vouching.open()
        self.hub.sites.hurry = self._hurry.set
        self.hub.sites.films.dial, self.hub.sites.home = self._film, lambda: self.home
        self.hub.sites.door = self.door.identify
        self.hub.sites.ways, self.hub.sites.take_ways = self.relayed.ways, self._take_ways
        self.hub.reach.own = self.relayed.doors
        for name in await self.hub.vault.names():
            root, _, rest = name.partition("/")
            site, _, what = rest.partition("/")
            if root == "site" and what == "way":
                await self._begin(site)
            elif root == "site" and what == "doors" and (kept := await self.hub.vault.secret(name)) is not None:
                self._doors[site] = msgspec.json.decode(kept, type=list[str])
        self.hub.soon_run(self._show_doors())

    async def _show_doors(self) -> None:
        """Screens learn where else they find the household, for when they don't find it where they are."""
        while True:
            told = ((site, self._doors.get(site, [])) for site in self.hub.sites.all())
            there = [door for site, doors in told for door in self.vouching.trusted(site, doors)]
            doors = list(dict.fromkeys([*self.relayed.doors(), *there]))
            if doors != self.hub.reach.doors:
                self.hub.reach.doors = doors
                self.hub.household.own(DOORS, list[Value](doors))
            await asyncio.sleep(LOOKS)

    @property
    def home(self) -> str | None:
        """The site that this hub has joined, where the household's hubs meet; None: they meet here."""
        return next(iter(self._ways), None)

    async def join(self, text: str, name: str) -> str:
        """Join the household of an invitation's link; the site that is called from now on. Raises Conflict where this
        hub has a household of its own, and what ``client`` raises."""
        household = self.hub.household
        before = next(iter(self._tasks), None)
        link = client.link_of(text)
        taken = any(household.records(collection) for collection in OWNED) and not await self._was_of(link)
        if before is not None:  # while the other one is not there it may have forgotten this hub, and take it anew
            taken = self.hub.sites.here(before)
        if taken:
            # Two households do not become one: each would overwrite what the other one settled.
            raise Conflict(
                "this hub has a household already", advice="Join with a fresh one: wayhome up --site car --data DIR."
            )
        group = self.hub.extra.get(GROUP) if link.lists is not None else None
        if isinstance(group, Group):
            group.must_be_ready()  # once the invitation is used up it is too late to say so
        of = Before(before, household.heard.get(before, (None, 0))[0]) if before is not None else None
        entered, way = await client.enter(link, household.house.site, name, of)
        if entered.site == household.house.site:
            raise Conflict("both sites have the same name", advice="Start this hub with another --site.")
        if before is not None and entered.site != before:
            raise Conflict("this hub belongs to another household", advice="Erase it first: wayhome erase.")
        if link.lists is not None and isinstance(group, Group):
            await group.adopt(link.lists)
        await self.hub.vault.keep(_way(entered.site), msgspec.json.encode(way))
        context = self.hub.context("hub:sites")
        await household.write(COLLECTION, entered.site, {"name": entered.name}, context)
        await self._halt(entered.site)
        await self._begin(entered.site)
        return entered.site

    async def _was_of(self, link: Link) -> bool:
        """Whether this hub was of that household before, and left it."""
        kept = await self.hub.vault.secret(LEFT)
        return kept is not None and hmac.compare_digest(kept.decode(), link.authority or link.url)

    async def leave(self, site: str) -> None:
        """Call it no more. Its household may be joined again."""
        await self._halt(site)
        way = self._ways.pop(site, None)
        if way is not None:
            await self.hub.vault.keep(LEFT, (fingerprint(way.chain) if way.chain else way.url).encode())
        self._doors.pop(site, None)
        for name in (_way(site), _doors(site)):
            await self.hub.vault.forget(name)
        await self.vouching.forget(site)

    async def _halt(self, site: str) -> None:
        task = self._tasks.pop(site, None)
        if task is not None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def close(self) -> None:
        await self.relayed.close()
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _begin(self, site: str) -> None:
        kept = await self.hub.vault.secret(_way(site))
        assert kept is not None
        self._ways[site] = msgspec.json.decode(kept, type=Way)
        self._tasks[site] = asyncio.create_task(self._keep_calling(site), name=f"site {site}")

    async def _take_ways(self, site: str, ways: list[str]) -> None:
        """A site says how it is reached: remembered for when the way of the moment is gone."""
        addresses, relays, doors = sound(ways)
        if doors != self._doors.get(site) and site in self.hub.sites.all():
            # Kept: screens come to this hub when that one is gone, also after both have restarted.
            self._doors[site] = doors
            await self.hub.vault.keep(_doors(site), msgspec.json.encode(doors))
        known = self._ways.get(site)
        if known is None:
            return  # it is the one that calls
        way = msgspec.structs.replace(known, addresses=addresses, relays=relays)
        if way != known:
            self._ways[site] = way
            await self.hub.vault.keep(_way(site), msgspec.json.encode(way))

    async def _keep_calling(self, site: str) -> None:
        wait = FIRST_WAIT
        while True:
            began = self.hub.household.clock.steady()
            try:
                await self._talk(site)
            except AuthNeeded as error:
                # Nobody will let it in until it joins anew; or somebody in between said so.
                self.hub.sites.trouble(site, error)
                wait = SELDOM
            except (HubError, StoreError) as error:
                self.hub.sites.trouble(site, error)
            except Exception as error:
                log.get("sites").exception("a conversation crashed", site=site)
                self.hub.sites.trouble(site, HubError(type(error).__name__))
            if wait != SELDOM and self.hub.household.clock.steady() - began > SETTLED:
                wait = FIRST_WAIT
            self._hurry.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait * (0.7 + 0.6 * self.hub.ids.jitter())):
                    await self._hurry.wait()
                    wait = FIRST_WAIT
            wait = FIRST_WAIT if wait == SELDOM else min(LONGEST_WAIT, 2 * wait)

    async def _talk(self, site: str) -> None:
        """Talk with a site until that ends; while a relay carries it, a nearer way takes over where there is one."""
        made = await client.call(self._ways[site])
        talking = newer = asyncio.create_task(self._converse(site, made))
        try:
            while made.relayed:
                nearer = await self._nearer(site, talking)
                if nearer is None:
                    break
                # The newer connection takes the place of the older one, which then ends: nobody is away in between.
                newer = asyncio.create_task(self._converse(site, nearer))
                await asyncio.wait([talking, newer], return_when=asyncio.FIRST_COMPLETED)
                if newer.done():
                    log.get("sites").info("a straight way came to nothing", site=site, why=repr(newer.exception()))
                    continue
                await asyncio.gather(talking, return_exceptions=True)
                talking, made = newer, nearer
            await talking
        finally:
            for task in (talking, newer):
                task.cancel()
            await asyncio.gather(talking, newer, return_exceptions=True)

    async def _film(self, site: str) -> Line | None:
        """A line for a film to a site, the way that the conversation with it takes; None: it is the other that calls.
        Raises Unreachable, NotFound."""
        way = self._ways.get(site)
        if way is None:
            return None
        by = self.hub.sites.by(site)
        try:
            made = await client.call(way, direct=by == "direct", relayed=by == "relay", path=client.FILM)
        except AuthNeeded:
            # The two are talking: what it does not know is not this hub.
            name = self.hub.sites.all().get(site, site)
            raise NotFound(f"{name} knows nothing of films between sites", advice="Update it.") from None
        return SocketLine(made.socket, made.relayed)

    async def _converse(self, site: str, made: Call) -> None:
        try:
            by: By = "relay" if made.relayed else "direct"
            await Conversation(self.hub.sites, site, SocketWire(made.socket), by).run()
        finally:
            # A peer that hangs does not answer a close: it is not waited for.
            made.socket.transport.abort()

    async def _nearer(self, site: str, talking: asyncio.Task[None]) -> Call | None:
        """A straight way, as soon as there is one; None: the conversation ended before."""
        while True:
            pause = NEARER * (0.7 + 0.6 * self.hub.ids.jitter())
            if (await asyncio.wait([talking], timeout=pause))[0]:
                return None
            with suppress(HubError):
                return await client.call(self._ways[site], direct=True)


def _way(site: str) -> str:
    return f"site/{site}/way"


def _doors(site: str) -> str:
    return f"site/{site}/doors"


def calling(hub: Hub) -> Calling:
    """The feature's state in a running hub."""
    found = hub.extra[NAME]
    assert isinstance(found, Calling)
    return found


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Call as long as the hub runs."""
    it = hub.extra[NAME] = Calling(hub)
    await it.open()
    try:
        yield
    finally:
        await it.close()
