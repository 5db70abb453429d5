"""All other sites of the household: who they are, which of them are there, and what passes between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.ids import split_path
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.errors import HubError, Unreachable
from wayhome.hub.session import Identity, Intent
from wayhome.hub.sites.conversation import By, Conversation
from wayhome.hub.sites.fetching import Fetching
from wayhome.hub.sites.films import Films
from wayhome.hub.sites.frames import Frame, Secrets
from wayhome.hub.sites.secrets import Entry
from wayhome.hub.sites.standing import Standing
from wayhome.hub.sites.wishes import Asking, Judging, outcome

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

COLLECTION = "site"
INTENTS = 1_000
SECRETS = 192 * 1024
"""Bytes of secrets in one frame."""


async def _nothing() -> None:
    return


async def _no_way(site: str, ways: list[str]) -> None:
    return


class SiteStatus(msgspec.Struct, frozen=True):
    """How another site is doing, as screens get it at ``hub/site.<id>``. ``since``: of its state; ``heard``: its last
    word (s since 1970); ``waiting``: wishes that did not reach it yet; ``behind``: lines of this site's log that are
    not on its disk yet, as far as is known. ``code``, ``detail``: why the last connection came to nothing.
    ``refused``: what it told and can't be, as a thing whose name is taken here. ``by``: straight, or through a relay;
    None while it is away. ``certified``: until when (s since 1970) this hub's authority vouches for it; None: it
    does not. ``meets``: the site where the two meet, as two cars do at home: they never talk with each other, and
    it is not missed."""

    id: str
    name: str
    state: Literal["here", "away"]
    since: float
    heard: float | None
    waiting: int
    behind: int
    code: str | None = None
    detail: str | None = None
    refused: list[str] = []
    by: By | None = None
    certified: float | None = None
    meets: str | None = None


class Sites:
    """The other sites. A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.who: Callable[[str], Identity | None] = lambda device: None
        """Who is signed in on a device, by its id; the household's door sets it."""
        self.door: Callable[[str], str | None] = lambda token: None
        """Which site comes with a token; who lets sites in sets it."""
        self.came: Callable[[], Coroutine[Any, Any, None]] = _nothing
        """Called when secrets of another site came: who keeps them in memory reads them anew."""
        self.ways: Callable[[], list[str]] = list
        """How this hub is reached by others of the household."""
        self.take_ways: Callable[[str, list[str]], Coroutine[Any, Any, None]] = _no_way
        """Called with what another site says of how it is reached."""
        self.hurry: Callable[[], None] = lambda: None
        """Calls the sites that are away at once: a road may be open again. Who calls them sets it."""
        self.certified: Callable[[str], float | None] = lambda site: None
        """Until when the authority of this hub vouches for a site; who vouches sets it."""
        self.home: Callable[[], str | None] = lambda: None
        """The site that this hub has joined; None: the household's hubs meet here. Who calls it sets it."""
        self.judging = Judging(hub)
        self.fetching = Fetching(hub)
        self.films = Films(hub)
        self.knows: dict[str, tuple[str, int]] = {}
        """What is known of what stands at each site: its run and the revision."""
        self.left: dict[str, int] = {}
        """How often each site was taken out of the household in this run."""
        self._conversations: dict[str, Conversation] = {}
        self._standing: dict[str, Standing] = {}
        self._asking: dict[str, Asking] = {}
        self._intents: dict[str, Intent] = {}
        self._telling: set[str] = set()
        self._keeping: dict[str, asyncio.Lock] = {}
        self._heard: dict[str, float] = {}
        self._since: dict[str, float] = {}
        self._trouble: dict[str, HubError] = {}
        self._shown: dict[str, SiteStatus] = {}

    # Who they are

    def all(self) -> dict[str, str]:
        """The other sites by id, with their names."""
        records = self.hub.household.records(COLLECTION)
        own = self.hub.household.house.site
        return {id: str(record.values().get("name") or id) for id, record in records.items() if id != own}

    def here(self, site: str) -> bool:
        """Whether the other site is there."""
        return site in self._conversations

    def present(self) -> list[str]:
        """The sites that are there."""
        return list(self._conversations)

    def by(self, site: str) -> By | None:
        """The way that the conversation with a site takes; None: it is not there."""
        return self._conversations[site].by if site in self._conversations else None

    def post(self, site: str, frame: Frame) -> None:
        """Tell a site something. Raises Unreachable when it is not there."""
        if site not in self._conversations:
            raise self.away(site)
        self._conversations[site].post(frame)

    def offset(self, site: str) -> float:
        """This hub's clock minus the site's, in s. Raises Unreachable when it is not there."""
        if site not in self._conversations:
            raise self.away(site)
        return self._conversations[site].offset

    def away(self, site: str) -> Unreachable:
        """What is said to who asks for something that lies there, while it is not there."""
        name = self.all().get(site, site)
        return Unreachable(f"this lies at {name}, and {name} is away", advice="Look again when the two have met.")

    def status(self, site: str) -> SiteStatus:
        """How it is doing."""
        home = self.home()
        talking = self._conversations.get(site)
        feed = talking.feed if talking is not None else None
        trouble = self._trouble.get(site) if talking is None else None
        return SiteStatus(
            site,
            self.all().get(site, site),
            "away" if talking is None else "here",
            self._since.setdefault(site, self.hub.household.clock.now()),
            self._heard.get(site),
            self.asking(site).waiting,
            0 if feed is None else max(0, feed.last - feed.kept),
            trouble.code if trouble is not None else None,
            trouble.detail if trouble is not None else None,
            self.standing(site).refused[:3],
            None if talking is None else talking.by,
            self.certified(site),
            None if talking is not None or home == site else home,
        )

    def open(self) -> None:
        """Show all of them: nobody is there yet."""
        now = self.hub.household.clock.now()
        for site in self.all():
            self._since.setdefault(site, now)
            self.show(site)

    def show(self, site: str) -> None:
        """Publish how a site is doing."""
        path = f"hub/site.{site.replace('-', '_')}"
        if site not in self.all():
            self._shown.pop(site, None)
            self.hub.household.vanish([path])
            return
        self._shown[site] = status = self.status(site)
        self.hub.household.own(path, msgspec.to_builtins(status))

    def tick(self) -> None:
        """Show what has changed meanwhile, once a second: wishes end and lines are kept one by one. A site's last word
        alone is no news: while it is there it says one every few seconds."""
        for site, shown in list(self._shown.items()):
            if msgspec.structs.replace(self.status(site), heard=shown.heard) != shown:
                self.show(site)

    # Conversations

    def standing(self, site: str) -> Standing:
        if site not in self._standing:
            self._standing[site] = Standing(self.hub.household, site, self.hub.moves)
        return self._standing[site]

    def asking(self, site: str) -> Asking:
        if site not in self._asking:
            self._asking[site] = Asking(self.hub, site)
        return self._asking[site]

    def met(self, conversation: Conversation) -> None:
        """A site is there. An older connection of it is done with: it may be one that hangs."""
        site = conversation.site
        older = self._conversations.get(site)
        if older is not None:
            older.end()
            self.fetching.parted(site)
        self._conversations[site] = conversation
        self._since[site] = self.hub.household.clock.now()
        self._trouble.pop(site, None)
        self._telling.discard(site)
        self.standing(site).heard(True)
        self.asking(site).meet(conversation.post)
        self.films.met(site, conversation.by == "direct")
        self.show(site)

    def parted(self, conversation: Conversation) -> None:
        """A connection has ended."""
        site = conversation.site
        if self._conversations.get(site) is not conversation:
            return
        del self._conversations[site]
        self._since[site] = self.hub.household.clock.now()
        self.standing(site).heard(False, self._heard.get(site))
        self.asking(site).meet(None)
        self.fetching.parted(site)
        self.films.parted(site)
        self.show(site)

    def trouble(self, site: str, error: HubError) -> None:
        """A connection ended, or came to nothing."""
        self._trouble[site] = error
        if site not in self._conversations:
            self.show(site)

    def part(self, site: str) -> None:
        """End the conversation with a site, if there is one."""
        conversation = self._conversations.get(site)
        if conversation is not None:
            conversation.end()

    def moved(self, thing_id: str, before: str, site: str) -> None:
        """A thing is at another site from now on."""
        own = self.hub.household.house.site
        if before != own and before in self._standing:
            self._standing[before].let_go(thing_id)
        if site != own:
            self.standing(site).take_up(thing_id)

    def free(self, thing_id: str) -> None:
        """A thing is gone: another site may have told before that it has it."""
        for standing in list(self._standing.values()):
            if self.hub.household.house.things.get(thing_id) is None:
                standing.take_up(thing_id)

    def leave(self, site: str) -> None:
        """It is a site of the household no more: what it owned goes, and nothing passes between."""
        self.left[site] = self.left.get(site, 0) + 1
        self.part(site)
        self.films.left(site)
        self.hub.moves.left(site)
        standing = self.standing(site)
        standing.begin()
        standing.all_told()
        # How far its log is kept stays: it may come back.
        for kept in (self._standing, self._asking, self.knows, self._since, self._heard, self._trouble):
            kept.pop(site, None)

    def heard_now(self, site: str) -> None:
        self._heard[site] = self.hub.household.clock.now()

    def keeping(self, site: str) -> asyncio.Lock:
        """Held while lines of the site's log are written: an older connection may be at it still."""
        return self._keeping.setdefault(site, asyncio.Lock())

    def telling_all(self, site: str) -> bool:
        """Whether the site is in the midst of telling all that stands, in parts."""
        return site in self._telling

    def told_all(self, site: str, more: bool) -> None:
        (self._telling.add if more else self._telling.discard)(site)

    # Secrets

    async def secrets(self) -> list[list[Entry]]:
        """What another site has to know, in parts."""
        found = await self.hub.vault.shared()
        parts: list[list[Entry]] = [[]]
        size = 0
        for entry in found:
            size += len(entry[0]) + len(entry[2] or b"")
            if size > SECRETS and parts[-1]:
                parts.append([])
                size = 0
            parts[-1].append(entry)
        return parts if found else []

    def tell_secrets(self, entries: list[Entry]) -> None:
        """These were written here."""
        for conversation in self._conversations.values():
            conversation.post(Secrets(entries))

    async def take_secrets(self, site: str, entries: list[Entry]) -> None:
        """These were written at another site. They go on to the further ones, as if they had been written here."""
        newer = await self.hub.vault.take(entries)
        if not newer:
            return
        for other, conversation in self._conversations.items():
            if other != site:
                conversation.post(Secrets(newer))
        await self.came()

    # Wishes

    def intend(self, key: str, intent: Intent) -> None:
        """Remember what belongs to a wish until it is durable."""
        self._intents[key] = intent
        if len(self._intents) > INTENTS:
            del self._intents[next(iter(self._intents))]

    def forget(self, key: str) -> None:
        self._intents.pop(key, None)

    def carry(self, command: Command) -> None:
        """Take a durable wish for a thing of another site on its way."""
        thing = self.hub.household.house.foreign(split_path(command.path)[0])
        # None: the hub restarted meanwhile. Then its owner is only asked what came of it.
        intent = self._intents.pop(command.key, None)
        if thing is None:
            self.hub.household.wishes.fail(command.key, "not_found", "the thing is gone")
            return
        self.asking(thing.site).carry(command, intent)
        self.show(thing.site)

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        for conversation in self._conversations.values():
            conversation.published(shown, state)

    def commanded(self, command: Command) -> None:
        if not command.open:
            for asking in self._asking.values():
                asking.ended(command)
        site = self.judging.site_of(command.key)
        if site in self._conversations and command.state != "asked":
            self._conversations[site].post(outcome(command))
        for conversation in self._conversations.values():
            conversation.commanded(command)

    def recorded(self, record: Record) -> None:
        if record.collection == COLLECTION:
            if record.gone and record.id != self.hub.household.house.site:
                self.leave(record.id)
            self.show(record.id)
        for conversation in self._conversations.values():
            conversation.recorded(record)

    def happened(self, event: Event) -> None:
        for conversation in self._conversations.values():
            conversation.happened()
