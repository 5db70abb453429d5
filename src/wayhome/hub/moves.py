"""Things that move from one site to another: a tablet that is taken along in the car.

Which site a thing is at is a record of the household (``core.sited.OWNER``), so it may be said at either site, apart
from the other, and all come to the same. Its id, and with that its tiles, grants and history, stay.

- The site that it leaves keeps quiet about it: what its links go on seeing of the thing is held back, and remembered
  in the local collection ``lent`` until the thing comes back.
- The site that it comes to shows it with its last values, as stale, until one of its own links sees it: under its id,
  by a mark (as twins are recognised), or under the name that was said when it was moved.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from wayhome import log
from wayhome.core import sited
from wayhome.core import thing as things
from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.thing import MAX_MARKS, MOVED, Thing
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, HubError, NotFound
from wayhome.hub.quiet import Quiet

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

LENT = "lent"
SITE = "site"
MOST = 60_000
"""A thing that takes more bytes is remembered without its signals: its link tells them anew."""


class Moves:
    """The moved things, as this site has them. A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.quiet = Quiet(self._elsewhere, self._soon, hub.twins.unclear)
        self._over: set[str] = set()
        """Of these nobody shall say any more where they are."""
        self._to_do: set[str] = set()
        """Of these things something is to be written."""
        self._ready: set[str] = set()
        """These are remembered as lent, on the disk: they may go."""
        self._doing: set[str] = set()

    def open(self) -> None:
        """Take up what was remembered, before any link starts."""
        household = self._hub.household
        remembered = household.records(LENT)
        for record in remembered.values():
            thing = _thing(record)
            if thing is not None:
                self._ready.add(record.id)
                if record.id not in household.house.things or household.house.foreign(record.id):
                    self.quiet.lent[record.id] = thing
        for record in list(household.house.records.get(sited.OWNER, {}).values()):
            self._settle(record)
        for id in remembered:
            self._soon(id)

    async def move(self, thing_id: str, site: str, twin: str | None, context: Context) -> None:
        """Say that a thing is at a site from now on; durable. ``twin``: what that site's own link calls it. Raises
        NotFound, BadInput, Conflict."""
        household = self._hub.household
        thing = household.house.things.get(thing_id)
        if thing is None:
            raise NotFound(f"there is no thing {thing_id[:64]!r}")
        if site not in self._hub.sites.all() and site != household.house.site:
            raise NotFound(f"there is no site {site[:64]!r}")
        if thing.site == site:
            raise Conflict(f"{thing.name} is there already")
        if not sited.moves(thing):
            raise BadInput("a car stays with its own hub", advice="Move what is carried in it.")
        if twin is not None:
            other = household.house.things.get(twin)
            if other is None or other.site != site or twin == thing_id or not _alike(thing, other):
                raise BadInput(f"there is no {twin[:64]!r} at that site that it could be")
        values: dict[str, Value] = {"site": site, "twin": twin}
        if thing.site == household.house.site and thing.link != MOVED:
            values["thing"] = _described(msgspec.structs.replace(thing, marks=self._hub.twins.marks(thing)))
        await household.write(sited.OWNER, thing_id, values, context)
        await household.tell(Event("ThingMoved", household.clock.now(), context, thing_id, {"to": site}))

    def twin_of(self, link: str, thing: Thing) -> Thing | None:
        """The thing that moved here of which an owner said that this is the same."""
        for record in self._hub.household.records(sited.OWNER).values():
            if record.values().get("twin") == thing.id != record.id:
                front = self._hub.household.house.things.get(record.id)
                here = front is not None and front.link == MOVED and front.site == self._hub.household.house.site
                if front is not None and here and _alike(front, thing):
                    return front
        return None

    # Watching

    def recorded(self, record: Record) -> None:
        if record.collection == sited.OWNER:
            self._settle(record)
        elif record.collection == SITE and not record.gone:
            for one in self._said(record.id):
                self._settle(one)

    def published(self, shown: object, state: bool) -> None:
        return

    def commanded(self, command: object) -> None:
        return

    def happened(self, event: Event) -> None:
        return

    # Leaving and coming

    def _said(self, site: str) -> list[Record]:
        """What was moved to a site."""
        return [one for one in self._hub.household.records(sited.OWNER).values() if sited.said(one) == site]

    def _settle(self, record: Record) -> None:
        """See that the thing is where the record says."""
        household = self._hub.household
        here = household.house.site
        thing = household.house.things.get(record.id)
        site = sited.owner(household.house, record.id)
        told = _thing(record)
        if (thing is not None and not sited.moves(thing)) or (told is not None and not sited.moves(told)):
            return
        if site is None:
            self._unsaid(record.id, thing)
            gone = household.house.record(SITE, sited.said(record) or "")
            if gone is not None and gone.gone and thing is not None and household.house.foreign(thing.id) is None:
                self._drop(thing.id)  # it must not go there again when that site is taken in anew
        elif thing is None:
            # It was moved here before this site had ever heard of it.
            if site == here and told is not None:
                household.move(told, here, told.marks)
                self._come(told.id)
        elif thing.site != site:
            leaves = thing.site == here and thing.link != MOVED
            if leaves and record.id not in self._ready:
                self._soon(record.id)  # first it is remembered: a hub that stops in between must know it again
                return
            members = self._hub.twins.part(thing) if thing.site == here else []
            if leaves:
                self.quiet.hold(thing.id, members)
                self.quiet.lent[thing.id] = msgspec.structs.replace(thing, marks=self._hub.twins.marks(thing, members))
                self._soon(thing.id)
            elif thing.site != here:
                self._hub.sites.standing(thing.site).put_by(thing)
            household.move(thing, site, told.marks if told is not None else ())
            self._hub.sites.moved(thing.id, thing.site, site)
            if site == here:
                self._come(thing.id)
            elif thing.link == MOVED:
                # It was a guest here: what the links see of it counts for itself.
                for member in members:
                    self._hub.twins.forth(member)
        elif site == here and thing.link == MOVED and told is not None and thing.marks != told.marks:
            household.announce(MOVED, [msgspec.structs.replace(thing, marks=told.marks)])
            self._seen_here(thing.id)
        elif site == here and not thing.moved:
            household.announce(thing.link, [msgspec.structs.replace(thing, moved=True)])

    def _unsaid(self, id: str, thing: Thing | None) -> None:
        """Nobody says any more where it is: it is where its link is."""
        here = self._hub.household.house.site
        if thing is not None and thing.site == here and thing.link == MOVED:
            self._hub.household.withdraw(MOVED, [id])
            self._hub.twins.gone([id])
            self.free(id)
        elif id in self.quiet.lent:
            if thing is not None and thing.site != here:
                self._hub.household.move(thing, here, self.quiet.lent[id].marks)
            self._come(id)

    def _come(self, id: str) -> None:
        """A thing is here: it is back, or new."""
        members = self.quiet.come(id)
        self._soon(id)
        for member in members:
            self._hub.twins.forth(member)
        self._seen_here(id)

    def tick(self) -> None:
        """Once a second: what could not be written is tried again."""
        for id in list(self._to_do):
            self._soon(id)

    def _soon(self, id: str) -> None:
        self._to_do.add(id)
        if id not in self._doing:
            self._doing.add(id)
            self._hub.soon_run(self._do(id))

    async def _do(self, id: str) -> None:
        """Remember that a thing is lent, or that it no longer is; and tell the others what it is, if they were not."""
        self._to_do.discard(id)
        try:
            await self._written(id)
        except HubError as error:
            log.get("sites").warning("what was moved is not written yet", thing=id, error=error.detail)
            self._to_do.add(id)
        finally:
            self._doing.discard(id)

    async def _written(self, id: str) -> None:
        household, context = self._hub.household, self._hub.context("hub:sites")
        lent, kept = self.quiet.lent.get(id), household.records(LENT).get(id)
        said = household.records(sited.OWNER).get(id)
        if id in self._over:
            if said is not None:
                await household.delete(sited.OWNER, id, context)
            self._over.discard(id)
            return
        thing = household.house.things.get(id)
        site = sited.owner(household.house, id)
        leaves = thing is not None and site is not None and site != thing.site == household.house.site
        if lent is None and leaves and thing is not None and thing.link != MOVED:
            lent = msgspec.structs.replace(thing, marks=self._hub.twins.marks(thing))
        if lent is None:
            self._ready.discard(id)
            if kept is not None:
                await household.delete(LENT, id, context)
            return
        if kept is None or _thing(kept) != lent:
            await household.write(LENT, id, {"thing": _described(lent)}, context)
        self._ready.add(id)
        if said is None:
            return
        told = _thing(said)
        every = tuple(sorted({*lent.marks, *(told.marks if told is not None else ())}))
        # Several sites may lend it, in turn: each adds the marks that it knows, as long as there is room.
        if told is None or (every != told.marks and len(every) <= MAX_MARKS):
            described = msgspec.structs.replace(lent, marks=every[:MAX_MARKS])
            await household.write(sited.OWNER, id, {"thing": _described(described)}, context)
        elif leaves:
            self._settle(said)

    def _seen_here(self, id: str) -> None:
        """Let the links here tell anew what they see: it may be what has come."""
        thing = self._hub.household.house.things.get(id)
        if thing is None or thing.link != MOVED:
            return
        for instance in list(self._hub.links.instances.values()):
            try:
                instance.announce([one for one in instance.things().values() if one.id != id])
            except HubError as error:
                log.get("links").warning("thing refused", link=instance.id, error=error.detail)

    def _elsewhere(self, id: str) -> bool:
        """Whether a thing was moved to another site, and is there."""
        house = self._hub.household.house
        return house.foreign(id) is not None and sited.owner(house, id) not in (None, house.site)

    def known(self, id: str) -> None:
        """Another site told of a thing that was not known here: where it is may be known already."""
        record = self._hub.household.records(sited.OWNER).get(id)
        if record is not None:
            self._settle(record)

    def free(self, id: str) -> None:
        """A thing is gone; another site may have told before that it has it."""
        self._hub.sites.free(id)

    def marked(self, things: list[Thing]) -> list[Thing]:
        """What a link announces, with the note on what ever moved."""
        known = self._hub.household.house.records.get(sited.OWNER, {})
        return [msgspec.structs.replace(one, moved=True) if one.id in known else one for one in things]

    def lends(self, id: str) -> bool:
        """Whether it is a thing of this site that is at another: it is there as long as nobody says otherwise."""
        return id in self.quiet.lent

    def left(self, site: str) -> None:
        """A site is of the household no more: what was lent to it comes back."""
        for record in self._said(site):
            self._settle(record)

    def withdrawn(self, ids: Iterable[str]) -> None:
        """These were here, and their link has them no more: who lent them has them back."""
        for id in ids:
            if sited.owner(self._hub.household.house, id) == self._hub.household.house.site:
                self._drop(id)

    def _drop(self, id: str) -> None:
        self._over.add(id)
        self._soon(id)

    def removed(self, link: str) -> None:
        """A link is gone for good, with what it saw."""
        for id in self.quiet.removed(link):
            self._soon(id)


def _alike(one: Thing, other: Thing) -> bool:
    """Whether both could be the same."""
    return sited.moves(other) and not one.signals.keys().isdisjoint(other.signals)


def _described(thing: Thing) -> Value:
    described = msgspec.json.encode(thing)
    if len(described) > MOST:
        described = msgspec.json.encode(msgspec.structs.replace(thing, signals={}))
    plain: Value = msgspec.json.decode(described)
    return plain


def _thing(record: Record) -> Thing | None:
    """The thing that a record describes, if it does."""
    described = record.values().get("thing")
    if described is None:
        return None
    try:
        thing = msgspec.convert(described, Thing)
        things.check(thing)
        if thing.id != record.id:
            raise BadInput("it describes another thing")
    except (msgspec.ValidationError, BadInput) as error:
        log.get("sites").error("a moved thing can't be read", thing=record.id, why=str(error))
        return None
    return thing
