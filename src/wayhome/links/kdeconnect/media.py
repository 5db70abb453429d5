"""What plays on a phone or computer: a thing of its own, which shows one of its players and can be told which.

Who paired it as their own has it to themselves. Of one that is nobody's it is the household's. Somebody else's phone
is not asked what it plays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.ids import legible, own, slug
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import BadInput, NotFound, Unreachable
from wayhome.hub.link import Picture
from wayhome.links.kdeconnect import art, players
from wayhome.links.kdeconnect.dirty import Dirty
from wayhome.links.kdeconnect.phones import KINDS, Phone
from wayhome.links.kdeconnect.players import Player
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.wire import Packet, yes

TOLD, ASKS = "kdeconnect.mpris", "kdeconnect.mpris.request"
EVERY = 0.1
"""What is told within so many seconds is taken together."""
KEPT = 30.0
"""A player that a person chose is shown for so long, in s, also where another one plays meanwhile."""
ART_WITHIN = 5.0
PRESSES = {"media_player.next": "Next", "media_player.previous": "Previous"}


class _Deck:
    """What is known of one phone's players. ``thing``: as it was described last."""

    def __init__(self, phone: Phone) -> None:
        self.phone = phone
        self.players: dict[str, Player] = {}
        self.shows: str | None = None
        self.chosen_at = 0.0
        self.id: str | None = None
        self.thing: Thing | None = None
        self.told: dict[str, Fact] = {}
        self.gives_art = False
        self.art: tuple[str, Picture] | None = None
        self.waits: tuple[str, asyncio.Future[Packet]] | None = None


class Media(Plugin):
    """See the module."""

    takes = frozenset({TOLD})
    sends = frozenset({ASKS})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._decks: dict[str, _Deck] = {}
        self._dirty = Dirty[str](EVERY)

    async def run(self) -> None:
        """See Plugin."""
        async for dirty in self._dirty.rounds():
            for id in dirty:
                deck = self._decks.get(id)
                if deck is not None:
                    self._show(deck)

    # Heard

    def came(self, phone: Phone) -> None:
        """It is asked what it plays."""
        if TOLD not in phone.sends or ASKS not in phone.takes or (phone.owner is not None and not phone.shares):
            return
        deck = self._decks.setdefault(phone.id, _Deck(phone))
        deck.phone = phone
        self._reach.send(phone.id, ASKS, {"requestPlayerList": True})
        for known in deck.players:  # as they are now, where it comes by another line
            self._reach.send(phone.id, ASKS, {"player": known, "requestNowPlaying": True, "requestVolume": True})

    def gone(self, phone: Phone) -> None:
        """Nobody knows what it plays now, and that it did is nobody's to keep."""
        self.forget(phone.id)

    def forget(self, id: str) -> None:
        """See Plugin."""
        deck = self._decks.pop(id, None)
        if deck is not None and deck.thing is not None:
            self._reach.host.withdraw([deck.thing.id])

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        deck, body = self._decks.get(phone.id), packet.body
        if deck is None or packet.type != TOLD:
            return
        if yes(body.get("transferringAlbumArt")):
            waits = deck.waits
            if waits is not None and body.get("albumArtUrl") == waits[0] and not waits[1].done():
                waits[1].set_result(packet)
            return
        if "playerList" in body:
            names = players.named(body["playerList"])
            deck.gives_art = yes(body.get("supportAlbumArtPayload"))
            for new in (one for one in names if one not in deck.players):
                self._reach.send(phone.id, ASKS, {"player": new, "requestNowPlaying": True, "requestVolume": True})
            deck.players = {one: deck.players.get(one) or Player(one) for one in names}
        name = body.get("player")
        if isinstance(name, str) and name in deck.players:
            deck.players[name] = players.now_known(deck.players[name], body, self._reach.host.now())
        self._look_at(phone.id)

    def _look_at(self, id: str) -> None:
        self._dirty.add(id)

    # Shown

    def _show(self, deck: _Deck) -> None:
        host, now = self._reach.host, self._reach.host.now()
        kept = now - deck.chosen_at < KEPT
        deck.shows = players.chosen(deck.players, deck.shows, kept)
        if deck.shows is None:
            if deck.thing is not None:
                host.withdraw([deck.thing.id])
                deck.thing, deck.told = None, {}
            return
        phone = deck.phone
        if deck.id is None:
            # Two that were called alike: each is its own.
            taken = host.taken()
            word = f"{phone.thing}-player"
            deck.id = own(phone.owner, word, taken) if phone.owner is not None else slug(word, taken)
        signals = players.signals(deck.players, deck.shows)
        name = legible(phone.name) or phone.id[:8]
        thing = Thing(deck.id, name, host.id, KINDS.get(phone.type, "phone"), signals)
        if thing != deck.thing:
            new, deck.thing = deck.thing is None, thing
            host.announce([thing])
            if new:
                host.online([thing.id], True)
        one = deck.players[deck.shows]
        news = []
        for signal, (value, at) in players.facts(one, now, host.playable(one.url)).items():
            fact = Fact(f"{thing.id}/{signal}", value, at)
            if not _known(deck.told.get(signal), fact, playing=one.playing):
                deck.told[signal] = fact
                news.append(fact)
        host.report(news)

    def thing_of(self, thing: str) -> Phone | None:
        """See Plugin."""
        deck = self._deck(thing)
        return None if deck is None else deck.phone

    def _deck(self, thing: str) -> _Deck | None:
        return next((one for one in self._decks.values() if one.thing is not None and one.thing.id == thing), None)

    # Asked

    async def execute(self, phone: Phone, signal: str, command: Command) -> bool:
        """See Plugin."""
        deck = self._deck(command.path.partition("/")[0])
        if deck is None or deck.shows is None:
            return False
        target = command.target
        if signal == "media_player.source":
            source = next((one for one in deck.players if (players.line(one) or "?") == target), None)
            if source is None:
                raise BadInput(f"{phone.name} has no such player any more")
            deck.shows, deck.chosen_at = source, self._reach.host.now()
            self._look_at(phone.id)
            return True
        body: Mapping[str, object]
        if signal == "media_player.playing":
            body = {"action": "Play" if target is True else "Pause"}
        elif signal in PRESSES:
            body = {"action": PRESSES[signal]}
        elif signal == "media_player.position" and isinstance(target, int | float):
            body = {"SetPosition": int(target * 1000)}
        elif signal == "media_player.volume" and isinstance(target, int | float):
            body = {"setVolume": int(target)}
        else:
            return False
        if not self._reach.send(phone.id, ASKS, {"player": deck.shows, **body}):
            raise Unreachable(f"{phone.name} is not near", advice="It has to be in the same network.")
        # Not every player says by itself that it did as it was told.
        self._reach.send(phone.id, ASKS, {"player": deck.shows, "requestNowPlaying": True, "requestVolume": True})
        return True

    async def picture(self, thing: str) -> Picture | None:
        """See Plugin. The phone is asked for it once for each piece."""
        deck = self._deck(thing)
        if deck is None:
            return None
        one = deck.players.get(deck.shows or "")
        if one is None or not one.art or not deck.gives_art:
            raise NotFound(f"{deck.phone.name} has no picture of what plays")
        if deck.art is not None and deck.art[0] == one.art:
            return deck.art[1]
        if deck.waits is None or deck.waits[0] != one.art:
            deck.waits = one.art, asyncio.get_running_loop().create_future()
            self._reach.send(deck.phone.id, ASKS, {"player": one.name, "albumArtUrl": one.art})
        waits = deck.waits
        try:
            async with asyncio.timeout(ART_WITHIN):
                packet = await asyncio.shield(waits[1])
                if deck.art is None or deck.art[0] != one.art:
                    deck.art = one.art, await art.fetched(self._reach, deck.phone, packet)
        except TimeoutError:
            raise Unreachable(f"{deck.phone.name} sent no picture of what plays") from None
        except Unreachable as error:
            log.get("links").info("no picture of what plays", link=self._reach.host.id, why=error.detail)
            raise
        finally:
            if deck.waits is waits:
                deck.waits = None
        return deck.art[1]


def _known(told: Fact | None, fact: Fact, *, playing: bool) -> bool:
    """Whether everybody knows it already: where something plays, its place goes on by itself."""
    if told is None:
        return False
    if fact.source_at is None or told.source_at is None or fact.value is None or told.value is None:
        return told == fact
    assert isinstance(fact.value, int | float)
    assert isinstance(told.value, int | float)
    gone = fact.source_at - told.source_at if playing else 0.0
    return abs(fact.value - told.value - gone) < players.DRIFT
