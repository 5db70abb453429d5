"""One configured link, running: what it sees of the household, and how it is doing in words that people understand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal

import msgspec

from wayhome.core.event import Event
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import NotFound
from wayhome.hub.link import Link, LinkRun
from wayhome.hub.maps import Maps, Point, Way
from wayhome.hub.notices import Told, notices
from wayhome.hub.notifications import Answers, Heard, notifications
from wayhome.hub.parcels import Carrier, Coming, Sent, parcels
from wayhome.hub.playing import addresses
from wayhome.hub.telephony import Telephony, telephony
from wayhome.hub.texts import Copied, texts
from wayhome.hub.visit import Visit, acting, visiting

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

type State = Literal["starting", "connected", "waiting", "sign_in_needed", "quarantined"]

COLLECTION = "link"

WORDS: dict[State, str] = {
    "starting": "Connecting",
    "connected": "Connected",
    "waiting": "Not connected, trying again",
    "sign_in_needed": "Needs you to sign in again",
    "quarantined": "Stopped after repeated errors",
}


class Asks(msgspec.Struct, frozen=True):
    """A device that asks a link to be let in: its id there, its name, and the key that it shows."""

    device: str
    name: str
    key: str


class Status(msgspec.Struct, frozen=True):
    """How a link is doing, as screens get it at ``hub/link.<id>``. ``since``, ``retry_at``: s since 1970. ``code``:
    what went wrong, as an error's code (``unreachable``, ``asleep``, ``auth_needed``, ``refused``...), so that each
    screen says it in its own language; ``detail`` and ``advice`` are the hub's words for it. ``address``: of the other
    side, where it has one. ``asks``: a device that asks it to be let in."""

    id: str
    link: str
    title: str
    name: str
    state: State
    words: str
    since: float
    things: int
    detail: str | None = None
    advice: str | None = None
    retry_at: float | None = None
    code: str | None = None
    address: str | None = None
    asks: Asks | None = None

    @property
    def path(self) -> str:
        """Where screens find it."""
        return f"hub/link.{self.id.replace('-', '_')}"


class Instance:
    """One configured link, running: its host (what the link sees of the household) and its task."""

    def __init__(self, hub: Hub, id: str, link: Link, name: str, config: msgspec.Struct) -> None:
        self.id = id
        self.link = link
        self.name = name
        self._hub = hub
        self.run: LinkRun = link.open(self, config)
        self.config = config
        self.task: asyncio.Task[None] | None = None
        self.wake = asyncio.Event()
        self.failures = 0
        self.crashes = 0
        self.up_since: float | None = None
        """When it last came to be connected, on the steady clock; None: it is not."""
        self.stopping = False
        self._asks: Asks | None = None
        self.status: Status
        self.show("starting")

    # What people see

    def show(
        self,
        state: State,
        detail: str | None = None,
        advice: str | None = None,
        retry_at: float | None = None,
        code: str | None = None,
    ) -> None:
        """Publish how this link is doing."""
        before = getattr(self, "status", None)
        now = self._hub.household.clock.now()
        since = before.since if before is not None and before.state == state else now
        count = len(self.things())
        self.status = Status(
            self.id, self.link.name, self.link.title, self.name, state, WORDS[state], since, count,
            written(detail), written(advice), retry_at, code, address(self.config),
            self._asks,
        )  # fmt: skip
        self._hub.household.own(self.status.path, msgspec.to_builtins(self.status))

    # LinkHost

    def announce(self, things: Iterable[Thing]) -> None:
        here = self._hub.moves.marked(self._hub.moves.quiet.announce(self.id, self.link.hops, things))
        self._hub.household.announce(self.id, self._hub.twins.announce(self.id, self.link.hops, here))
        if self.status.state == "connected":
            self.show("connected", self.status.detail)

    def withdraw(self, thing_ids: Iterable[str]) -> None:
        mine = self._hub.twins.withdraw(self.id, self._hub.moves.quiet.withdraw(self.id, thing_ids))
        self._hub.household.withdraw(self.id, mine)
        self._hub.twins.gone(mine)
        self._hub.moves.withdrawn(mine)
        if self.status.state == "connected":
            self.show("connected", self.status.detail)

    def things(self) -> dict[str, Thing]:
        own = {t.id: t for t in self._hub.household.house.owned() if t.link == self.id}
        return own | self._hub.twins.things(self.id) | self._hub.moves.quiet.things(self.id)

    def taken(self) -> set[str]:
        return set(self._hub.household.house.things) | self._hub.twins.taken() | self._hub.moves.quiet.taken()

    def online(self, thing_ids: Iterable[str], online: bool) -> None:
        here = self._hub.moves.quiet.online(self.id, thing_ids, online)
        self._hub.household.online(self.id, self._hub.twins.online(self.id, here, online), online)

    def report(self, facts: Iterable[Fact], cause: str | None = None) -> list[str]:
        mine, refused = self._hub.twins.report(self.id, self._hub.moves.quiet.report(self.id, facts), cause)
        return [*refused, *self._hub.household.report(self.id, mine, cause)]

    def ready(self) -> None:
        # Not the count of crashes: one that connects well and then trips over its own feet is no better for it.
        self.failures = 0
        self.up_since = self._hub.household.clock.steady()
        self.show("connected")
        if not self.link.simulated and self._hub.demo:
            self._hub.soon_run(self._hub.leave_demo())

    def note(self, text: str) -> None:
        self.show(self.status.state, text[:200])

    def asked(self, device: str | None, name: str = "", key: str = "") -> None:
        self._asks = None if device is None else Asks(device, written(name) or device, key)
        was = self.status
        self.show(was.state, was.detail, was.advice, was.retry_at, was.code)

    def happened(self, name: str, about: str | None = None, data: dict[str, Value] | None = None) -> None:
        context = Context(self._hub.ids.ulid(), f"link:{self.id}")
        self._hub.soon_run(
            self._hub.household.tell(Event(name, self._hub.household.clock.now(), context, about, data or {}))
        )

    async def secret(self, name: str) -> str | None:
        kept = await self._hub.vault.secret(f"link/{self.id}/{name}")
        return None if kept is None else kept.decode()

    async def keep_secret(self, name: str, value: str | None) -> None:
        if value is None:
            await self._hub.vault.forget(f"link/{self.id}/{name}")
        else:
            await self._hub.vault.keep(f"link/{self.id}/{name}", value.encode())

    def code(self, key: str) -> str | None:
        return self._hub.links.codes.get(key)

    async def remember(self, config: dict[str, Value]) -> None:
        record = self._hub.household.house.record(COLLECTION, self.id)
        kept = record.values().get("config") if record is not None else None
        merged = {**(kept if isinstance(kept, dict) else {}), **config}
        context = Context(self._hub.ids.ulid(), f"link:{self.id}")
        await self._hub.household.write(COLLECTION, self.id, {"config": merged}, context)

    def visit(self, told: Callable[[str], None]) -> AbstractContextManager[Visit]:
        return visiting(self._hub, self.id, told)

    def acting(self, person: str, carried: bool, told: Callable[[str], None]) -> AbstractContextManager[Visit]:
        return acting(self._hub, person, carried, told)

    def playable(self, url: str) -> str | None:
        return addresses(self._hub.extra).mark(url)

    def played(self, mark: str) -> str | None:
        return addresses(self._hub.extra).find(mark)

    async def copied(self, person: str, text: str, device: str, name: str) -> None:
        context = Context(self._hub.ids.ulid(), f"link:{self.id}")
        await texts(self._hub).put(person, text, f"{self.id}/{device}", context, name)

    def texts(self, told: Callable[[Copied], None]) -> AbstractContextManager[None]:
        try:
            return texts(self._hub).watch(told)
        except NotFound:
            return nullcontext()

    def telephony(self) -> Telephony | None:
        try:
            return telephony(self._hub)
        except NotFound:
            return None

    def notifications(self, answers: Answers) -> AbstractContextManager[Heard | None]:
        try:
            return notifications(self._hub).join(self.id, answers)
        except NotFound:
            return nullcontext()

    def notices(self, told: Told) -> AbstractContextManager[None]:
        try:
            return notices(self._hub).watch(told)
        except NotFound:
            return nullcontext()

    async def notice_seen(self, person: str, id: str) -> None:
        await notices(self._hub).seen(person, id)

    def parcel(self, sent: Sent, stop: Callable[[], None]) -> AbstractAsyncContextManager[Coming]:
        return parcels(self._hub).take(sent, stop, Context(self._hub.ids.ulid(), f"link:{self.id}"))

    def carries(self, carrier: Carrier) -> AbstractContextManager[Callable[[str], None]]:
        try:
            return parcels(self._hub).carry(carrier)
        except NotFound:
            return nullcontext(lambda thing: None)

    def maps(self) -> Maps | None:
        return self._hub.ports.maps

    def places(self) -> dict[str, Point]:
        if not self.link.simulated:
            return {}
        found = {}
        for id, record in self._hub.household.records("place").items():
            latitude, longitude = (record.values().get(name) for name in ("latitude", "longitude"))
            if isinstance(latitude, int | float) and isinstance(longitude, int | float):
                found[id] = Point(float(latitude), float(longitude))
        return found

    def led(self, thing: str) -> Way | None:
        return self._hub.leads(thing) if self.link.simulated else None

    def now(self) -> float:
        return self._hub.household.clock.now()


def address(config: msgspec.Struct) -> str | None:
    """Where a link's other side is, as its settings say."""
    url = getattr(config, "url", None)
    return written(url) if isinstance(url, str) and url else None


def written(text: str | None) -> str | None:
    """A foreign text as it can be shown: of a length, and without halves of surrogate pairs."""
    return None if text is None else str(text)[:500].encode("utf-8", "replace").decode()
