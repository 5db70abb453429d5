"""Telling the household what is new, each with the command that led to it."""

from __future__ import annotations

from itertools import groupby

from wayhome import log
from wayhome.core.value import Fact
from wayhome.hub.link import LinkHost
from wayhome.links.homeassistant.causes import Causes
from wayhome.links.homeassistant.mirror import News
from wayhome.links.homeassistant.wire import State


class Teller:
    """The way from the mirror's news to the household, for one connection."""

    def __init__(self, host: LinkHost, causes: Causes) -> None:
        self._host = host
        self._causes = causes
        self.refused = 0
        """Facts that the household did not take; each is a fault of our mapping."""

    def tell(self, news: News) -> None:
        """Tell all of it, in the order that makes sense of it."""
        if news.gone:
            self._host.withdraw(news.gone)
        if news.things:
            self._host.announce(news.things.values())
        if news.online:
            self._host.online(news.online, True)
        if news.offline:
            self._host.online(news.offline, False)
        if news.facts:
            self.report(news.facts)

    def _marked(self, fact: Fact) -> Fact:
        """What plays stands here as a mark: its address may hold a token of Home Assistant's."""
        if not fact.path.endswith("/media_player.media"):
            return fact
        mark = self._host.playable(fact.value) if isinstance(fact.value, str) else None
        return Fact(fact.path, mark, fact.source_at, fact.quality)

    def report(self, told: list[tuple[State, list[Fact]]]) -> None:
        """Report facts, those of one cause together."""
        caused = [(self._causes.of(state.entity, state.cause), facts) for state, facts in told]
        for cause, group in groupby(caused, key=lambda pair: pair[0]):
            refused = self._host.report([self._marked(fact) for _, facts in group for fact in facts], cause)
            if refused:
                self.refused += len(refused)
                log.get("links").warning("facts refused", link=self._host.id, count=len(refused), first=refused[0])
