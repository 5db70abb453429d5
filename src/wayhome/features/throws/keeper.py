"""Which screens wait for a throw, and what was thrown to them. All of it is in memory: after a restart the codes of
before are void.

Who comes with a code's secret is the throw itself, with one grant: to provide that throw. They see nothing of the
household, not even who waits.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from wayhome import log
from wayhome.core import grant as grants
from wayhome.core.grant import Grant
from wayhome.core.record import Record
from wayhome.errors import Conflict, Locked, NotFound, NotWhileDriving, TooLarge, TooMany
from wayhome.features.throws import model
from wayhome.features.throws.model import AT, HELD, LASTS, NAME, OPEN, Opened, Throw
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity, Session
from wayhome.hub.watcher import OfRecords

ACTOR = "throw"
SWEEP = 5.0


def over() -> NotFound:
    """Nobody waits for it (any more)."""
    return NotFound("this code is over", advice="Ask for a new one on the screen.")


class Keeper(OfRecords):
    """A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._throws: dict[str, Throw] = {}

    # The screen's side

    def open(self, identity: Identity) -> Opened:
        """Wait for a throw; a screen waits for one at a time. Raises TooMany."""
        self._sweep()
        for one in self._of(identity.device or ""):
            self._drop(one)
        if len(self._throws) >= OPEN:
            raise TooMany("too many screens wait for a throw", advice="Close one of them.")
        token = secrets.token_urlsafe(32)
        now = self._steady
        made = Throw(self._hub.ids.ulid().lower(), identity, model.digest(token), now + LASTS)
        self._throws[made.id] = made
        self._show(made)
        served = self._hub.served() if self._hub.served is not None else None
        # What only the hub's own machine finds is nothing for somebody's phone.
        address = served.url if served is not None and served.house else ""
        return Opened(made.id, token, address, LASTS, model.MOST)

    def close(self, device: str, id: str) -> None:
        """It has what was thrown, or waits no longer."""
        for one in self._of(device):
            if one.id == id:
                self._drop(one)

    def thrown(self, device: str, id: str) -> bytes:
        """What was thrown to a screen. Raises NotFound."""
        self._sweep()
        found = next((one for one in self._of(device) if one.id == id and one.state == "thrown"), None)
        if found is None:
            raise over()
        return found.content

    # The guest's side

    def identify(self, token: str) -> Identity | None:
        """Who comes with this secret; None: nobody (any more)."""
        self._sweep()
        hashed = model.digest(token[: 2 * model.TOKEN])
        found = None
        for one in self._throws.values():  # all of them: how long it takes tells nothing
            if secrets.compare_digest(one.hashed, hashed):
                found = one
        return Identity(f"{ACTOR}:{found.id}", None) if found is not None else None

    def granted(self, id: str) -> list[Grant]:
        """All that somebody with a code may do: throw that one thing, as long as it waits."""
        one = self._throws.get(id)
        if one is None:
            return []
        return [grants.parse(f"provide {AT}{id}", id=f"throw-{id}", to=f"{ACTOR}:{id}")]

    def waits(self, session: Session) -> float:
        """How long a throw is still waited for, in s. Raises NotFound, NotWhileDriving, Conflict, Locked."""
        return max(0.0, self._find(session).until - self._steady)

    @contextmanager
    def taking(self, session: Session) -> Iterator[Throw]:
        """Something is on its way; only one may be. What breaks off may be thrown once more. Raises NotFound, Conflict,
        Locked, TooMany, NotWhileDriving."""
        one = self._find(session)
        if sum(other.state == "coming" for other in self._throws.values()) >= model.AT_ONCE:
            raise TooMany("too many throws are on their way at once")
        if sum(other.state == "thrown" for other in self._throws.values()) >= HELD:
            raise TooMany("too much waits for its screens")
        one.state = "coming"
        try:
            yield one
        finally:
            if one.state == "coming":
                one.state = "open"

    def take(self, session: Session, one: Throw, content: bytes) -> None:
        """It has come. Raises NotFound, TooLarge, NotWhileDriving."""
        if self._throws.get(one.id) is not one or not session.may("provide", f"{AT}{one.id}"):
            raise over()
        self._not_driving(one)
        if not model.LEAST <= len(content) <= model.MOST:
            raise TooLarge(f"a throw has at most {model.MOST} bytes", advice="Send something smaller.")
        one.state, one.content = "thrown", content
        one.until = self._steady + LASTS
        self._show(one)

    # Watching

    def recorded(self, record: Record) -> None:
        if record.collection in ("device", "person"):
            for one in list(self._throws.values()):
                if not self._still(one):
                    self._drop(one)

    async def run(self) -> None:
        """Let go what is over, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                self._sweep()
            except Exception:
                log.get(NAME).exception("what is done over and over failed")

    # Inside

    @property
    def _steady(self) -> float:
        return self._hub.household.clock.steady()

    def _of(self, device: str) -> list[Throw]:
        return [one for one in self._throws.values() if one.catcher.device == device]

    def _find(self, session: Session) -> Throw:
        self._sweep()
        one = self._throws.get(session.identity.actor.removeprefix(f"{ACTOR}:"))
        if one is None or not session.may("provide", f"{AT}{one.id}"):
            raise over()
        if one.state == "coming":
            # It may have broken off without a word: then the hub hears of that later than who throws.
            raise Locked("something is on its way with this code", advice="Try again in a moment.")
        if one.state != "open":
            raise Conflict("something was thrown with this code already", advice="Ask for a new one on the screen.")
        self._not_driving(one)
        return one

    def _not_driving(self, one: Throw) -> None:
        """Nothing comes to a screen whose driver drives."""
        if not self._hub.sessions.may_set_up(self._now(one)):
            raise NotWhileDriving("this screen takes nothing at the moment", advice="Try again later.")

    def _now(self, one: Throw) -> Identity:
        """The screen as its record says now: it may sit at the wheel since."""
        return self._hub.sessions.current(one.catcher) or one.catcher

    def _still(self, one: Throw) -> bool:
        now = self._hub.sessions.current(one.catcher)
        return now is not None and now.role in GROWN

    def _sweep(self) -> None:
        now = self._steady
        for one in [one for one in self._throws.values() if now >= one.until]:
            self._drop(one)

    def _show(self, one: Throw) -> None:
        self._hub.household.own(one.path, {"id": one.id, "state": one.state, "size": len(one.content)})

    def _drop(self, one: Throw) -> None:
        if self._throws.pop(one.id, None) is not None:
            one.content = b""
            self._hub.household.vanish([one.path])


def keeper(hub: Hub) -> Keeper:
    """The feature's state in a running hub. Raises NotFound."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Keeper):
        raise NotFound("this hub takes no throws")
    return found


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Take throws as long as the hub runs."""
    it = hub.extra[NAME] = Keeper(hub)
    hub.household.watchers.append(it)
    hub.sessions.granting[ACTOR] = it.granted
    hub.soon_run(it.run())
    yield
    hub.sessions.granting.pop(ACTOR, None)
