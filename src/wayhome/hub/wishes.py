"""Asking for wishes: decided at once, acknowledged and sent on only when they are on the disk; each key asked once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from wayhome.core import decide
from wayhome.core.command import Command
from wayhome.core.house import Change, Commanded, House, evolve
from wayhome.errors import Expired
from wayhome.hub.keeping import Keeping
from wayhome.hub.lifetimes import Lifetimes
from wayhome.hub.ports import Clock, CommandRow, Store

RECENT = 4_096
"""So many wishes are remembered as they stand: for the same key asked again while its end is not yet on the disk, and
as the causes of reports that come late (what a scene switches reports after the scene itself is done)."""
KEPT = 24 * 3600.0
"""So long a key is known, in s."""


class Wishes:
    """The asking side of a household's wishes. ``take`` makes changes count and shows them; with ``keep`` it hands
    their rows to the store as well."""

    def __init__(self, house: House, store: Store, keeping: Keeping, clock: Clock, take: Callable[..., None]) -> None:
        self._house = house
        self._store = store
        self._keeping = keeping
        self._clock = clock
        self._take = take
        self.lifetimes = Lifetimes(clock)
        self.carry: Callable[[Command], None] = lambda command: None
        """Takes a durable wish to its link; the supervisor sets it."""
        self.keys: dict[str, float] = {}
        """Every key of the last 24 h, and when it was asked, by the steady clock: a car's clock that was days behind
        and is set in the midst of a wish must not make the wish a new one."""
        self.reached: set[str] = set()
        """The keys of open wishes that the site of their thing has said to have."""
        self._recent: dict[str, Command] = {}
        self._asking: dict[str, asyncio.Future[None]] = {}
        """The commits of wishes that are not yet on the disk, by key."""

    def every_moment(self) -> None:
        """What time alone brings: wishes end, and their keys are forgotten."""
        now = self._clock.now()
        if self._house.open:
            over = self.lifetimes.over(self._house.open.values())
            self._take(decide.expire(self._house, now, over, self.reached))
        while self.keys and next(iter(self.keys.values())) < self._clock.steady() - KEPT:
            del self.keys[next(iter(self.keys))]

    def remember(self, keys: Iterable[str]) -> None:
        """These are known from before the hub was started: how long ago they were asked, no clock says for sure."""
        self.keys = dict.fromkeys(keys, self._clock.steady())

    async def ask(self, command: Command) -> Command:
        """Accept a wish; returns it as ``sent`` once that is durable, or as it stands under the same key. The
        caller has checked the rights. Raises BadInput, NotFound, Conflict, TooMany, Expired, StoreError."""
        known = self.known(command.key)
        if known is None and command.key in self.keys:
            of_before = await self._store.command(command.key)
            known = self.known(command.key) or of_before
            if known is None:
                # It is let go on the disk by the clock on the wall: what is known of it is that it is no new one.
                raise Expired("the wish came too late to be fulfilled")
        if known is not None:
            decide.again(known, command)
            if command.key in self._asking:
                # Who asks again hears no sooner than who asked first.
                await asyncio.shield(self._asking[command.key])
            return self.known(command.key) or known
        command = self.lifetimes.begun(command)
        changes = decide.ask(self._house, command)
        # What this wish replaces has ended, whatever comes of this one: its row does not fail with it.
        self._take([change for change in changes if isinstance(change, Commanded) and not change.command.open])
        evolve(self._house, Commanded(command))
        self.keys[command.key] = self._clock.steady()
        self._recent[command.key] = command
        if len(self._recent) > RECENT:
            del self._recent[next(iter(self._recent))]
        going = decide.sent(self._house, command.key)
        rows = [CommandRow(change.command) for change in going if isinstance(change, Commanded)]
        stored = self._keeping.durable(rows, lambda error: self._asked(command, going, error))
        if not stored.done():
            self._asking[command.key] = stored
        await asyncio.shield(stored)
        return self.known(command.key) or command

    def _asked(self, command: Command, going: list[Change], error: BaseException | None) -> None:
        self._asking.pop(command.key, None)
        if error is not None:
            self._take(decide.fail(self._house, command.key, self._clock.now(), "store_failed", str(error)))
            self.keys.pop(command.key, None)
            self._recent.pop(command.key, None)
            return
        if self._house.open.get(command.key) is command:
            self._take(going, keep=False)
        if (now_open := self._house.open.get(command.key)) is not None:  # neither replaced nor expired meanwhile
            self.carry(now_open)

    async def told(self, key: str) -> Command | None:
        """The wish of this key as it stands; None: there was none in the last 24 h."""
        known = self.known(key)
        if known is None and key in self.keys:
            known = self.known(key) or await self._store.command(key)
        return known

    def known(self, key: str) -> Command | None:
        """The wish of this key, where it is remembered here without a look at the disk."""
        # First by what is remembered: the times of ``keys`` mean little where the hub's clock jumped.
        return self._recent.get(key) or self._house.open.get(key)

    def came_to(self, command: Command) -> None:
        """A wish came to a new state."""
        if not command.open:
            self.reached.discard(command.key)
        if command.key in self._recent:
            self._recent[command.key] = command

    def took(self, key: str) -> None:
        """The link handed the wish over."""
        self._take(decide.took(self._house, key, self._clock.now()))

    def fail(self, key: str, code: str, why: str) -> None:
        """The link could not do it."""
        self._take(decide.fail(self._house, key, self._clock.now(), code, why))
