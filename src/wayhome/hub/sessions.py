"""All open sessions of a household: who has which rights now, and telling them when that changes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from wayhome import log
from wayhome.core import decide
from wayhome.core import grant as grants
from wayhome.core.command import Command
from wayhome.core.driving import STATE
from wayhome.core.event import Event
from wayhome.core.grant import OF_ROLE, Allowed, Grant, Role, Situation, of_person
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.thing import ONLINE
from wayhome.errors import NotAllowed, TooMany
from wayhome.hub.session import Identity, Rate, Session

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

MAX_SESSIONS = 20_000
ANEW = 10.0
"""So long, in s, what came in by the token of before goes on after somebody has signed in anew: the page that did it
has to get its new cookie first."""
PLACE_GOOD_FOR = 15 * 60.0
"""A person's place counts for this long after it was reported, in s."""


class Sessions:
    """Opens, re-judges and closes sessions. A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.granting: dict[str, Callable[[str], list[Grant]]] = {}
        """What actors of a kind may do who are no people, by what stands before the colon of their name; told the
        rest. A feature that lets such actors in says so."""
        self._open: dict[str, Session] = {}
        self._allowed: dict[frozenset[str], Allowed] = {}
        self._of_role: dict[Role, list[Grant]] = {
            role: [grants.parse(text, id=f"{role}-{n}", to=f"role:{role}") for n, text in enumerate(texts)]
            for role, texts in OF_ROLE.items()
        }
        self._of_person: dict[str, list[Grant]] = {}
        self._rates: dict[str, Rate] = {}
        self._records: list[Grant] | None = None
        self._dirty = False
        self._anew: dict[str, float] = {}
        """Devices on which somebody has signed in anew, and when (by the steady clock) nothing of before counts."""
        self._spending: dict[str, asyncio.Task[Record]] = {}

    def __len__(self) -> int:
        return len(self._open)

    def open(self, identity: Identity) -> Session:
        """A session for somebody whom a door has identified. Raises TooMany."""
        if len(self._open) >= MAX_SESSIONS:
            raise TooMany("too many sessions are open on this hub")
        allowed, conditional = self._judge(identity, {})
        session = Session(self._hub, self._hub.ids.ulid(), identity, allowed, self._rate(identity))
        session.conditional = conditional
        self._open[session.id] = session
        return session

    def _rate(self, identity: Identity) -> Rate:
        who = identity.device or identity.actor
        if len(self._rates) > MAX_SESSIONS:
            self._rates = {
                session.identity.device or session.identity.actor: session.rate for session in self._open.values()
            }
        return self._rates.setdefault(who, Rate())

    def may_set_up(self, identity: Identity) -> bool:
        """Whether the driving state leaves signing in and setting up to this identity now."""
        session = self.open(identity)
        try:
            return session.restrictions().setup
        finally:
            self.close(session, "asked")

    def close(self, session: Session, why: str = "signed out", *, again: bool = False) -> None:
        """End a session; its sockets close. ``again``: who has the device's new token may come back at once."""
        if self._open.pop(session.id, None) is not None:
            session.closed, session.again = why, again
            if session.on_change is not None:
                session.on_change()

    def close_device(self, device: str, why: str = "this device was signed out") -> None:
        """End every session of a device, at once."""
        for session in [s for s in self._open.values() if s.identity.device == device]:
            self.close(session, why)

    def all(self) -> list[Session]:
        """Everybody who is there now."""
        return list(self._open.values())

    def of(self, session_id: str) -> Session | None:
        return self._open.get(session_id)

    def tick(self) -> None:
        """Work out anew what sessions may do whose grants have conditions: time, place or driving may have changed.
        To be called about once a second; the others cost nothing."""
        now = self._hub.household.clock.steady()
        for device in [device for device, since in self._anew.items() if now >= since]:
            del self._anew[device]
            for session in self._before(self._hub.household.house.record("device", device)):
                self.close(session, "somebody signed in anew on this device", again=True)
        self._rejudge([session for session in self._open.values() if session.conditional])

    def rejudge(self) -> None:
        """Work out anew what every session may do."""
        self._dirty = False
        self._rejudge(list(self._open.values()))

    def _rejudge(self, sessions: list[Session]) -> None:
        situations: dict[str | None, Situation] = {}
        for session in sessions:
            identity = self.current(session.identity)
            if identity is None:
                self.close(session, "this device was signed out")
                continue
            allowed, session.conditional = self._judge(identity, situations)
            if allowed.key != session.allowed.key or identity != session.identity:
                session.allowed, session.identity = allowed, identity
                if session.on_change is not None:
                    session.on_change()
            else:
                session.allowed = allowed

    def current(self, identity: Identity) -> Identity | None:
        """The identity as the records say now, or None when its device or person is gone."""
        most: str = "owner"
        if identity.device is not None:
            device = self._hub.household.house.record("device", identity.device)
            if device is None or device.gone:
                return None
            values = device.values()
            if device.deleted is not None and "person" not in values:
                return None  # it was signed out at another site, and only seen here since
            if identity.key is not None and values.get("key") != identity.key:
                return None
            until = values.get("until")
            if isinstance(until, int | float) and self._hub.household.clock.now() >= until:
                return None
            seat = values.get("seat") or "elsewhere"
            car = values.get("car")
            most = str(values.get("role") or most)
            identity = msgspec.structs.replace(identity, seat=seat, car=car)
        if identity.person is not None:
            person = self._hub.household.house.record("person", identity.person)
            if person is None or person.gone or (person.deleted is not None and "role" not in person.values()):
                return None
            # A device has at most the role that it was paired for, and never more than its person.
            role = max(str(person.values().get("role")), most, key=_rank)
            identity = msgspec.structs.replace(identity, role=role)
        return identity

    def _judge(self, identity: Identity, situations: dict[str | None, Situation]) -> tuple[Allowed, bool]:
        """What an identity may do now, and whether that may change by itself. ``situations``: those worked out already
        in this round, by person."""
        situation = situations.get(identity.person)
        if situation is None:
            situation = situations[identity.person] = self._situation(identity.person)
        to = {f"role:{identity.role}", f"person:{identity.person}", f"device:{identity.device}", identity.actor}
        found = list(self._of_role.get(identity.role, ())) if identity.role is not None else []
        if identity.person is not None and identity.role is not None:
            found += self._own(identity.person)
        found += [g for g in self._all_grants() if g.to in to]
        if identity.actor.startswith("link:"):
            found += self._hub.links.granted(identity.actor.removeprefix("link:"))
        kind, _, name = identity.actor.partition(":")
        if kind in self.granting:
            found += self.granting[kind](name)
        holding = [g for g in found if grants.holds(g, situation)]
        key = frozenset(f"{g.to} {g.id}" for g in holding)
        known = self._allowed.get(key)
        if known is None:
            if len(self._allowed) > 5_000:
                self._allowed.clear()
            known = self._allowed[key] = Allowed(holding)
        return known, self._limited(identity) or any(grant.conditional for grant in found)

    def _own(self, person: str) -> list[Grant]:
        known = self._of_person.get(person)
        if known is None:
            if len(self._of_person) > 5_000:
                self._of_person.clear()
            texts = enumerate(of_person(person))
            known = [grants.parse(text, id=f"own-{n}", to=f"person:{person}") for n, text in texts]
            self._of_person[person] = known
        return known

    def _limited(self, identity: Identity) -> bool:
        device = self._hub.household.house.record("device", identity.device) if identity.device is not None else None
        return device is not None and device.values().get("until") is not None

    def _all_grants(self) -> list[Grant]:
        if self._records is None:
            self._records = []
            for record in self._hub.household.records("grant").values():
                try:
                    self._records.append(msgspec.convert({"id": record.id, **record.values()}, Grant))
                except msgspec.ValidationError as error:
                    # A grant that can't be read gives nothing; it must not take the others down with it.
                    log.get("sessions").error("unreadable grant", grant=record.id, detail=str(error))
        return self._records

    def _situation(self, person: str | None) -> Situation:
        house = self._hub.household.house
        now = self._hub.household.clock.now()
        states = frozenset(
            str(r.value) for t in self._hub.cars() if (r := house.readings.get(f"{t}/{STATE}")) is not None
        )
        place = None
        record = house.record("person", person) if person is not None else None
        tracker = record.values().get("tracker") if record is not None else None
        if isinstance(tracker, str):
            reading = house.readings.get(f"{tracker}/device_tracker.place")
            # A tracker that answers need not repeat itself; of one that does not, the last word counts for a while.
            # One from the future tells of a clock that was set back: it must not open doors for hours.
            if reading is not None and reading.quality == "good":
                online = house.readings.get(f"{tracker}/{ONLINE}")
                answers = online is not None and online.value is True and reading.at < now + PLACE_GOOD_FOR
                if answers or abs(now - reading.at) < PLACE_GOOD_FOR:
                    place = str(reading.value)
        return Situation(now, place, states, self._hub.zone)

    # Counted grants

    async def spend(self, counted: Grant, command: Command) -> Command:
        """Use up one use of a grant and ask for the wish; for each key once, however often it is sent. What is spent
        is on the disk before the wish is: a crash in between costs the guest a use, never the house an entry. Raises
        NotAllowed, and what asking raises."""
        household = self._hub.household
        spending = self._spending.get(command.key)
        if spending is None:
            decide.ask(household.house, command)  # a wish that can't be costs nothing
            record = household.records("grant").get(counted.id)
            uses = record.values().get("uses") if record is not None else None
            if not isinstance(uses, int) or uses < 1:
                raise NotAllowed("this permission is used up")
            write = household.write("grant", counted.id, {"uses": uses - 1}, command.context)
            # Begun at once: who comes next must find one use less.
            spending = asyncio.Task(write, loop=asyncio.get_running_loop(), eager_start=True)
            self._spending[command.key] = spending
        try:
            await asyncio.shield(spending)
            return await household.wishes.ask(command)
        finally:
            self._spending.pop(command.key, None)

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        if shown.path.endswith(("/" + STATE, "/device_tracker.place")):
            self._soon()

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection == "grant":
            self._records = None
            self._allowed.clear()
            self.rejudge()
        elif record.collection in ("person", "device"):
            if record.collection == "device" and any(self._before(record)):
                self._anew.setdefault(record.id, self._hub.household.clock.steady() + ANEW)
            self.rejudge()

    def _before(self, device: Record | None) -> list[Session]:
        """What came in by a device's token before somebody signed in on it anew. By its own key: see ``current``."""
        since = device.values().get("signed_in_at") if device is not None else None
        if device is None or not isinstance(since, int | float):
            return []
        mine = [session for session in self._open.values() if session.identity.device == device.id]
        return [session for session in mine if 0 < session.identity.signed_in_at < since]

    def happened(self, event: Event) -> None:
        return

    def _judge_soon(self) -> None:
        self._dirty = False
        self.tick()

    def _soon(self) -> None:
        if not self._dirty:
            self._dirty = True
            self._hub.soon(self._judge_soon)


def _rank(role: str) -> int:
    return grants.ROLES.index(role) if role in grants.ROLES else len(grants.ROLES)
