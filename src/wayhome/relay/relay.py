"""A relay: who is connected, and what each household may have."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable

from wayhome.relay import lines
from wayhome.relay.crew import Worker
from wayhome.relay.limits import Bucket, Limits
from wayhome.relay.lines import Reach, Take, Wanted, Why
from wayhome.relay.stream import EARLY, End, join

ADDRESSES = 1_000
"""So many addresses that begin streams are told apart for each hub."""
TAKEN_WITHIN = 10.0
"""A hub has so many s to take a stream."""


class Guest:
    """Somebody who wants to reach a hub, until the hub takes the stream. ``refuse``: tells them why not."""

    __slots__ = ("end", "first", "hub", "refuse", "timer", "welcome")

    def __init__(
        self, end: End, hub: Reached, first: bytes, welcome: Callable[[], None], refuse: Callable[[Why], None]
    ) -> None:
        self.end = end
        self.hub = hub
        self.first = first
        self.welcome = welcome
        self.refuse = refuse
        self.timer: asyncio.TimerHandle | None = None


class Reached:
    """A hub that is connected: how it is told of guests, and what it has of its share."""

    __slots__ = ("end", "id", "share", "tell")

    def __init__(self, id: str, share: Share, tell: Callable[[bytes], None], end: Callable[[Why], None]) -> None:
        self.id = id
        self.share = share
        self.tell = tell
        self.end = end


class Share:
    """What a household has used up; it outlives a connection, so that calling anew is no way around it."""

    __slots__ = ("_of", "bytes", "opens", "streams")

    def __init__(self, limits: Limits, now: float) -> None:
        self.streams: Counter[str] = Counter()
        """By the address of who wants to reach it."""
        self._of: dict[str, Bucket] = {}
        self.bytes = Bucket(limits.rate, limits.burst, now)
        self.opens = Bucket(limits.opens / 60, limits.opens, now)

    def used(self, now: float) -> bool:
        """Whether there is something to remember."""
        return self.streams.total() > 0 or not self.bytes.full(now) or not self.opens.full(now)

    def may_open(self, address: str, limits: Limits, now: float) -> bool:
        """Whether one more stream may be begun from an address, which counts then. One that begins many leaves some of
        them to others."""
        if len(self._of) > ADDRESSES:
            self._of = {of: bucket for of, bucket in self._of.items() if not bucket.full(now)}
            if len(self._of) > ADDRESSES:
                return False
        most = max(1.0, limits.opens * limits.share)
        bucket = self._of.setdefault(address, Bucket(most / 60, most, now))
        return bucket.try_take(now) and self.opens.try_take(now)

    def left(self, address: str) -> None:
        """A stream from there is gone."""
        self.streams[address] -= 1
        if self.streams[address] <= 0:
            del self.streams[address]


class Relay:
    """``admits``: whether a hub with this id may be reached here. ``worker``: this is a part of it, in one of several
    processes."""

    def __init__(self, limits: Limits, admits: Callable[[str], bool], worker: Worker | None = None) -> None:
        self.limits = limits
        self.worker = worker
        self.streams = 0
        self._admits = admits
        self._loop = asyncio.get_running_loop()
        self._hubs: dict[str, Reached] = {}
        self._shares: dict[str, Share] = {}
        self._guests: dict[bytes, Guest] = {}
        self._greeting: Counter[str] = Counter()
        self._calling: Counter[str] = Counter()

    @property
    def hubs(self) -> int:
        """How many hubs can be reached."""
        return len(self._hubs)

    def place_of(self, wanted: Wanted) -> int | None:
        """In which process it is what somebody wants; None: there is one only."""
        if self.worker is None:
            return None
        if isinstance(wanted, Take):
            return self.worker.issued(wanted.token)
        return self.worker.holds(wanted.id if isinstance(wanted, Reach) else lines.id_of(wanted.key))

    # Addresses

    def greets(self, address: str) -> bool:
        """Somebody connects from ``address``; False: too many from there have not come to anything yet."""
        if self._greeting[address] >= self.limits.greetings:
            return False
        self._greeting[address] += 1
        return True

    def greeted(self, address: str) -> None:
        """That one has come to something, or is gone."""
        self._greeting[address] -= 1
        if self._greeting[address] <= 0:
            del self._greeting[address]

    def calls(self, address: str) -> bool:
        """A hub calls from ``address``; False: too many are there already."""
        if self._calling[address] >= self.limits.calls:
            return False
        self._calling[address] += 1
        return True

    def called_off(self, address: str) -> None:
        """That one is gone."""
        self._calling[address] -= 1
        if self._calling[address] <= 0:
            del self._calling[address]

    # Hubs

    def admits(self, id: str) -> Why | None:
        """Why a hub is not let in; None: it is."""
        if not self._admits(id):
            return "refused"
        hubs = len(self._hubs) + (self.worker.elsewhere if self.worker is not None else 0)
        return "busy" if hubs >= self.limits.hubs and id not in self._hubs else None

    def enter(self, id: str, tell: Callable[[bytes], None], end: Callable[[Why], None]) -> Reached:
        """A hub has proven that it is ``id``. An older connection of it is done with: it may be one that hangs."""
        now = self._loop.time()
        older = self._hubs.get(id)
        if len(self._shares) > 2 * self.limits.hubs:
            self._shares = {of: one for of, one in self._shares.items() if of in self._hubs or one.used(now)}
        share = self._shares.setdefault(id, Share(self.limits, now))
        hub = self._hubs[id] = Reached(id, share, tell, end)
        self._count()
        if older is not None:
            older.end("replaced")
        return hub

    def leave(self, hub: Reached) -> None:
        """A hub's own connection has ended. Streams that it took go on."""
        if self._hubs.get(hub.id) is hub:
            del self._hubs[hub.id]
            self._count()
        for token in [token for token, guest in self._guests.items() if guest.hub is hub]:
            self._late(token, "unknown")

    def _count(self) -> None:
        if self.worker is not None:
            self.worker.tell(len(self._hubs))

    # Streams

    def wish(
        self,
        id: str,
        address: str,
        transport: asyncio.Transport,
        first: bytes,
        welcome: Callable[[], None],
        refuse: Callable[[Why], None],
        gone: Callable[[], None],
    ) -> End | None:
        """Somebody at ``address`` wants to reach a hub: its end of the stream, which waits to be taken; None: it was
        refused."""
        hub = self._hubs.get(id)
        if hub is None:
            refuse("unknown")
            return None
        share = hub.share
        now, limits = self._loop.time(), self.limits
        full = self.streams >= limits.streams or share.streams.total() >= limits.each
        full = full or share.streams[address] >= max(1, round(limits.each * limits.share))
        if full or not share.may_open(address, limits, now):
            refuse("busy")
            return None
        token = self.worker.token() if self.worker is not None else secrets.token_bytes(lines.TOKEN)

        def lost(_: End) -> None:
            self.streams -= 1
            share.left(address)
            self._forget(token)
            gone()

        end = End(transport, share.bytes, lost)
        end.hold(EARLY)
        self.streams += 1
        share.streams[address] += 1
        guest = self._guests[token] = Guest(end, hub, first, welcome, refuse)
        guest.timer = self._loop.call_later(TAKEN_WITHIN, self._late, token, "late")
        hub.tell(lines.opened(token))
        return end

    def take(self, token: bytes, transport: asyncio.Transport) -> End | None:
        """A hub takes a stream; None: nobody waits for that. The token was told to that hub only, and is used once."""
        guest = self._forget(token)
        if guest is None or guest.end.transport.is_closing():
            return None
        end = End(transport, guest.end.bucket, lambda _: None)
        guest.welcome()
        join(guest.end, end, guest.first)
        guest.first = b""
        return end

    def _forget(self, token: bytes) -> Guest | None:
        guest = self._guests.pop(token, None)
        if guest is not None and guest.timer is not None:
            guest.timer.cancel()
        return guest

    def _late(self, token: bytes, why: Why) -> None:
        guest = self._forget(token)
        if guest is not None:
            guest.refuse(why)
