"""Wishes across sites. They wait where they were asked, and end there at their time to live; the owner of the thing
judges each anew, by its own clock, grants and restrictions.

No clock has to be right for that: the owner says now and then what its own steady clock shows, and a wish says until
when by that clock it is worth fulfilling. As what is known of that clock is always a little late, so is the estimate:
a wish that was held up on its way, however and wherever, comes too late and is refused.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from wayhome import log
from wayhome.core import sited
from wayhome.core.command import MAX_TTL, Command
from wayhome.core.value import is_value
from wayhome.errors import BadInput, Expired, HubError, Moved, NotAllowed, SignInNeeded, TooMany
from wayhome.hub.session import Identity, Intent
from wayhome.hub.sites.frames import Outcome, Time, Wish

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

AT_ONCE = 256
"""So many wishes of other sites are judged at once."""
IN_TURN = 4_096
"""So many wait for their turn, more than sites have open: what is sent again may have been done, and nobody refuses it
without a look."""
REMEMBERED = 4_096
"""So many wishes of other sites are remembered as theirs."""


class _Waiting(msgspec.Struct):
    """A wish that is not done yet. ``until``: by this hub's steady clock; ``sent``: the owner may have it;
    ``answered``: it said that it has; ``waits``: for the way there, as far as is known."""

    command: Command
    intent: Intent | None
    until: float
    sent: bool = False
    answered: bool = False
    waits: bool = True


class Asking:
    """The wishes for things of one other site that were asked here."""

    def __init__(self, hub: Hub, site: str) -> None:
        self._hub = hub
        self._site = site
        self._waiting: dict[str, _Waiting] = {}
        self._theirs: tuple[Time, float] | None = None
        """The last word of the owner's clock, and when it came by this one."""
        self._send: Callable[[Wish], None] | None = None

    @property
    def waiting(self) -> int:
        """How many did not reach the owner yet, as far as is known."""
        return sum(one.waits for one in self._waiting.values())

    def meet(self, send: Callable[[Wish], None] | None) -> None:
        """The owner can be reached by ``send`` from its next word of its clock on; None: no more. Then what it did not
        answer waits again: it went into a road that was closed already, and that was noticed only now."""
        self._send, self._theirs = send, None
        if send is not None:
            return
        for one in self._waiting.values():
            if not one.waits and not one.answered:
                one.waits = True
                self._hub.household.waits(one.command, True)

    def time(self, told: Time) -> None:
        """What the owner's clock shows. What waits goes out; what went out before the connection broke goes again,
        under its key."""
        first = self._theirs is None or self._theirs[0].epoch != told.epoch
        self._theirs = told, self._steady()
        for one in list(self._waiting.values()):
            waited = one.waits
            if first or waited:
                self._post(one)
            if waited and not one.waits:
                self._hub.household.waits(one.command, False)

    def carry(self, command: Command, intent: Intent | None) -> None:
        """A wish that is durable here. ``intent`` None: it is one of before a restart, and not made again."""
        one = _Waiting(command, intent, self._steady() + self._hub.household.wishes.lifetimes.left(command))
        self._waiting[command.key] = one
        self._post(one)
        if one.waits:
            self._hub.household.waits(command, True)

    def outcome(self, told: Outcome) -> None:
        """What the owner says of one of them."""
        one = self._waiting.get(told.key)
        if one is None:
            return
        one.answered = True
        household = self._hub.household
        household.wishes.reached.add(told.key)
        if told.taken:
            household.wishes.took(told.key)
        household.take(sited.end(household.house, told.key, household.clock.now(), told.state, told.code, told.why))

    def ended(self, command: Command) -> None:
        """A wish has ended, by whatever."""
        self._waiting.pop(command.key, None)

    def _post(self, one: _Waiting) -> None:
        if self._send is None or self._theirs is None:
            return
        told, came = self._theirs
        now = self._steady()
        if one.until <= now and not one.sent:
            return  # too late; the household's own clock ends it
        command, intent = one.command, one.intent
        one.sent, one.waits = True, False
        if intent is None:
            self._send(Wish(command.key, command.path, command.target, "", 0.0, command.ttl, command.context.actor))
            return
        who, until = intent.identity, told.steady + (one.until - came)
        self._send(
            Wish(
                command.key, command.path, command.target, told.epoch, until, command.ttl,
                who.actor, who.device, intent.held, intent.code,
            )
        )  # fmt: skip

    def _steady(self) -> float:
        return self._hub.household.clock.steady()


class Judging:
    """The wishes of other sites for things of this one."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._of: dict[str, str] = {}
        """The site that asked, by the wish's key."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Semaphore(AT_ONCE)

    def site_of(self, key: str) -> str | None:
        return self._of.get(key)

    def judge(self, site: str, wish: Wish, answer: Callable[[Outcome], None]) -> None:
        """Judge a wish of ``site``, and fulfil it if it may be. ``answer`` is told what came of it so far."""
        if len(self._tasks) >= IN_TURN:
            answer(Outcome(wish.key, "failed", code=TooMany.code, why="too many wishes at once"))
            return
        task = asyncio.create_task(self._judged(site, wish, answer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _judged(self, site: str, wish: Wish, answer: Callable[[Outcome], None]) -> None:
        try:
            async with self._turn:
                command = await self._act(site, wish)
        except HubError as error:
            answer(Outcome(wish.key, "failed", code=error.code, why=error.detail))
        except Exception:
            log.get("sites").exception("a wish crashed", path=wish.path[:80])
            answer(Outcome(wish.key, "failed", code="internal", why="something went wrong inside the hub"))
        else:
            answer(outcome(command))

    async def _act(self, site: str, wish: Wish) -> Command:
        household = self._hub.household
        if household.house.foreign(wish.path.partition("/")[0]) is not None:
            raise Moved("the thing is at another hub by now")
        if not is_value(wish.target) or not 0 < wish.ttl <= MAX_TTL or not math.isfinite(wish.until):
            raise BadInput("this is no wish")
        known = await household.wishes.told(wish.key)
        if known is not None and known.context.actor == wish.actor and known.path == wish.path:
            return known  # what came of it is told, whatever may be done by now
        left = wish.until - household.clock.steady()
        if wish.epoch != household.published.epoch or left <= 0:
            raise Expired("the wish reached the thing's own site too late")
        session = self._hub.open_session(identity(self._hub, wish.actor, wish.device))
        try:
            self._of[wish.key] = site
            if len(self._of) > REMEMBERED:
                del self._of[next(iter(self._of))]
            return await session.act(
                wish.path,
                wish.target,
                key=wish.key,
                ttl=max(0.001, min(left, wish.ttl)),
                held=wish.held,
                code=wish.code,
            )
        finally:
            self._hub.sessions.close(session, "judged")


def identity(hub: Hub, actor: str, device: str | None) -> Identity:
    """Who wishes, or looks, at another site, as this one knows them. Raises SignInNeeded, NotAllowed."""
    if device is not None:
        known = hub.sites.who(device)
        if known is None or known.actor != actor:
            raise SignInNeeded("this device is not signed in at the site that owns the thing")
        return known
    if actor.startswith("local:"):
        return Identity(actor, "owner", signed_in_at=hub.household.clock.now())
    raise NotAllowed("only people wish across sites")


def outcome(command: Command) -> Outcome:
    """A command's state, for the site that asked."""
    return Outcome(command.key, command.state, command.taken is not None, command.code, command.why)
