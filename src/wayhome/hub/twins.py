"""The same thing seen by two links: one thing for the household, served by the nearer link, by the other when that one
is away.

Links say by marks what a thing is (``Thing.marks``). Who announced it first is its front: its id, name and place stay,
and boards, grants and plans with them. A thing of another link with a mark of it stands behind it: it is not announced,
its readings count as the front's, and wishes go to it, as long as it is the nearest that answers. When the front goes
for good, what stood behind it comes forth as itself. An owner can set them apart.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.ids import split_path
from wayhome.core.thing import MAX_MARKS, MOVED, ONLINE, Thing
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import HubError, NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub

COLLECTION = "apart"
NOWHERE = 99
"""So far, in hops, is a thing that moved here by itself: no link brings it."""
type Key = tuple[str, str]
"""A link's id, and a thing's id as that link knows it."""


class Member:
    """One link's sight of a thing that several see."""

    def __init__(self, link: str, hops: int, thing: Thing) -> None:
        self.link = link
        self.hops = hops
        self.thing = thing
        self.online = False
        self.facts: dict[str, Fact] = {}
        """The newest that it said, by signal."""


class Twins:
    """The things of a household that more than one link sees."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._behind: dict[Key, str] = {}
        """The front of each thing that stands behind one."""
        self._groups: dict[str, list[Member]] = {}
        """Those who see a thing, by the front's id; the front itself is the first."""

    # What links announce

    def announce(self, link: str, hops: int, things: Iterable[Thing]) -> list[Thing]:
        """Take those that stand behind another link's thing; the rest, to be announced, is returned."""
        things = list(things)
        known = self._by_mark() if any(thing.marks for thing in things) else {}
        several = cache(lambda: self._several(link, things))
        mine = []
        for thing in things:
            front = None if self._back(link, hops, thing) else self._front_of(link, thing, known, several)
            if front is None:
                if (link, thing.id) in self._behind:
                    self._let_go(link, thing.id)
                member = self._member(link, thing.id)
                if member is not None:
                    member.thing = thing
                mine.append(thing)
            else:
                self._hold(link, hops, thing, front)
        return mine

    def _back(self, link: str, hops: int, thing: Thing) -> bool:
        """Whether this is a thing that moved here, under its own id: from now on this link is its own."""
        own = self._hub.household.house.things.get(thing.id)
        if own is None or own.link != MOVED or own.site != self._hub.household.house.site:
            return False
        group = self._groups.get(thing.id)
        if group is not None and group[0].link == MOVED:
            group[0] = Member(link, hops, thing)
        return True

    def _by_mark(self) -> dict[str, list[Thing]]:
        found: dict[str, list[Thing]] = {}
        for thing in (*self._hub.household.house.owned(), *self._hub.moves.quiet.lent.values()):
            for mark in thing.marks:
                found.setdefault(mark, []).append(thing)
        return found

    def unclear(self, link: str, things: Iterable[Thing]) -> set[str]:
        """The marks that do not say which thing one of this link is: several of its own have them, or of others."""
        others = {mark: [one for one in those if one.link != link] for mark, those in self._by_mark().items()}
        return self._several(link, things) | {mark for mark, those in others.items() if len(those) > 1}

    def _several(self, link: str, things: Iterable[Thing]) -> set[str]:
        """The marks that several things of one link have. They say of none of them which it is."""
        seen: set[str] = set()
        several: set[str] = set()
        own = {t.id: t for t in self._hub.household.house.owned() if t.link == link}
        for thing in (own | self.things(link) | {t.id: t for t in things}).values():
            several |= seen.intersection(thing.marks)
            seen.update(thing.marks)
        return several

    def _front_of(
        self, link: str, thing: Thing, known: dict[str, list[Thing]], several: Callable[[], Container[str]]
    ) -> Thing | None:
        """The thing of another link that this is the same as."""
        said = self._hub.moves.twin_of(link, thing)
        if said is not None:
            return said
        for mark in thing.marks:
            others = [other for other in known.get(mark, ()) if other.link != link]
            if len(others) != 1 or mark in several():
                continue  # a mark of several says of none which it is
            [other] = others
            own = self._hub.household.house.things.get(other.id)
            if own is None or own.site != self._hub.household.house.site:
                continue
            if not set(thing.signals) & set(other.signals):
                continue
            if any(m.link == link and m.thing.id != thing.id for m in self._groups.get(other.id, ())):
                continue  # two of one link are two things
            return None if self._apart(other, thing) else other
        return None

    def _apart(self, one: Thing, other: Thing) -> bool:
        """Whether an owner has said that these are two, whichever of them was the front then."""
        for id, record in self._hub.household.records(COLLECTION).items():
            marks = record.values().get("marks")
            if id in (one.id, other.id) and isinstance(marks, list):
                said = {str(mark) for mark in marks}
                if said.intersection(one.marks) and said.intersection(other.marks):
                    return True
        return False

    def _hold(self, link: str, hops: int, thing: Thing, front: Thing) -> None:
        group = self._groups.get(front.id)
        if group is None:
            group = self._groups[front.id] = [self._seen(front, front.link, self._hops(front.link))]
        member = next((m for m in group if m.link == link), None)
        if member is None:
            member = self._seen(thing, link, hops)
            group.append(member)
        member.thing = thing
        self._behind[(link, thing.id)] = front.id
        own = self._hub.household.house.things.get(thing.id)
        if own is not None and own.link == link:
            self._hub.household.withdraw(link, [thing.id])  # it was a thing of its own until now
        if front.link == MOVED and len(group) == 2:
            # It came from another site: what it can do here is what the only link that sees it here says.
            self._hub.household.announce(MOVED, [msgspec.structs.replace(front, signals=thing.signals)])
        self._serve(front.id, group)

    def _seen(self, thing: Thing, link: str, hops: int) -> Member:
        """One link's sight of a thing, with what it has said so far where it stood for itself."""
        member = Member(link, hops, thing)
        own = self._hub.household.house.things.get(thing.id)
        if own is None or own.link != link:
            return member
        readings = self._hub.household.house.readings
        online = readings.get(f"{thing.id}/{ONLINE}")
        member.online = online is not None and online.value is True
        for signal in thing.signals:
            reading = readings.get(f"{thing.id}/{signal}")
            if reading is not None and reading.quality == "good":
                member.facts[signal] = Fact(reading.path, reading.value, reading.source_at)
        return member

    def _hops(self, link: str) -> int:
        if link == MOVED:
            return NOWHERE
        instance = self._hub.links.instances.get(link)
        return instance.link.hops if instance is not None else 2

    def withdraw(self, link: str, ids: Iterable[str]) -> list[str]:
        """Take away those that stand behind another; the rest, to be withdrawn, is returned."""
        mine = []
        for id in ids:
            if (link, id) in self._behind:
                self._let_go(link, id)
            else:
                mine.append(id)
        return mine

    def gone(self, ids: Iterable[str]) -> None:
        """These fronts are gone for good: what stood behind them comes forth."""
        for id in ids:
            group = self._groups.pop(id, None)
            if group is None:
                continue
            self._hub.household.vanish([_path(id)])
            for member in group[1:]:
                self._behind.pop((member.link, member.thing.id), None)
                self.forth(member)

    def part(self, front: Thing) -> list[Member]:
        """A thing goes to another site: those who see it here are returned, itself first, and stand for nothing."""
        group = self._groups.pop(front.id, None)
        if group is None:
            return [] if front.link == MOVED else [self._seen(front, front.link, self._hops(front.link))]
        self._hub.household.vanish([_path(front.id)])
        for member in group[1:]:
            self._behind.pop((member.link, member.thing.id), None)
        return [member for member in group if member.link != MOVED]

    def marks(self, front: Thing, members: Iterable[Member] | None = None) -> tuple[str, ...]:
        """Every mark by which a thing is known here."""
        seen = self._groups.get(front.id, ()) if members is None else members
        every = {*front.marks, *(mark for member in seen for mark in member.thing.marks)}
        return tuple(sorted(every)[:MAX_MARKS])

    def forth(self, member: Member) -> None:
        """One link's sight of a thing counts as a thing again, where the link is still there."""
        instance = self._hub.links.instances.get(member.link)
        if instance is None or instance.stopping:
            return
        try:
            instance.announce([member.thing])
        except HubError as error:
            log.get("links").warning("thing refused", link=member.link, thing=member.thing.id, error=error.detail)
            return
        instance.online([member.thing.id], member.online)
        instance.report(list(member.facts.values()))

    def _let_go(self, link: str, id: str) -> None:
        front = self._behind.pop((link, id))
        group = [member for member in self._groups.get(front, ()) if member.link != link]
        if len(group) > 1:
            self._groups[front] = group
        else:
            self._groups.pop(front, None)
            self._hub.household.vanish([_path(front)])
        self._serve(front, group)

    def things(self, link: str) -> dict[str, Thing]:
        """What of a link stands behind others."""
        return {
            member.thing.id: member.thing
            for group in self._groups.values()
            for member in group[1:]
            if member.link == link
        }

    def taken(self) -> set[str]:
        return {id for _, id in self._behind}

    # What they say

    def _member(self, link: str, id: str) -> Member | None:
        front = self._behind.get((link, id), id)
        return next((m for m in self._groups.get(front, ()) if m.link == link and m.thing.id == id), None)

    def _server(self, group: list[Member], signal: str) -> Member | None:
        """Who speaks for a signal: the nearest that answers and has it."""
        able = [member for member in group if member.online and signal in member.thing.signals]
        return min(able, key=lambda member: member.hops, default=None)

    def online(self, link: str, ids: Iterable[str], online: bool) -> list[str]:
        """Note who answers; those that are seen by this link alone are returned."""
        mine = []
        for id in ids:
            member = self._member(link, id)
            if member is None:
                mine.append(id)
                continue
            front = self._behind.get((link, id), id)
            member.online = online
            group = self._groups[front]
            self._serve(front, group)
        return mine

    def _serve(self, front: str, group: list[Member]) -> None:
        """Somebody came or went: the front answers while anybody does, and says what its nearest says."""
        thing = self._hub.household.house.things.get(front)
        if thing is None or not group:
            return
        for member in group:
            said = [fact for signal, fact in member.facts.items() if self._server(group, signal) is member]
            if said:
                self._hub.household.report(thing.link, [_as(front, fact) for fact in said])
        self._hub.household.online(thing.link, [front], any(member.online for member in group))
        if len(group) > 1:
            self._show(front)

    def report(self, link: str, facts: Iterable[Fact], cause: str | None) -> tuple[list[Fact], list[str]]:
        """Take what is said of things that several see. Returns the other facts, and what was refused."""
        if not self._groups:
            return list(facts), []
        mine, refused = [], []
        for fact in facts:
            id, _, signal = fact.path.partition("/")
            member = self._member(link, id)
            if member is None:
                mine.append(fact)
                continue
            member.facts[signal] = fact
            front = self._behind.get((link, id), id)
            thing = self._hub.household.house.things.get(front)
            if thing is not None and signal in thing.signals and self._server(self._groups[front], signal) is member:
                refused += self._hub.household.report(thing.link, [_as(front, fact)], cause)
        return mine, refused

    # Wishes

    def route(self, command: Command) -> tuple[str | None, Command]:
        """The link that a wish goes to, and the wish as that link knows the thing."""
        id, signal = split_path(command.path)
        group = self._groups.get(id)
        if group is None:
            thing = self._hub.household.house.things.get(id)
            return (None if thing is None else thing.link), command
        able = [m for m in group if signal in m.thing.signals and not m.thing.signals[signal].fixed]
        best = min(able or group, key=lambda member: (not member.online, member.hops))
        return best.link, msgspec.structs.replace(command, path=f"{best.thing.id}/{signal}")

    def sight(self, id: str) -> tuple[str, str]:
        """The link that sees a thing from nearest, and what that calls it."""
        thing = self._hub.household.house.things.get(id)
        group = self._groups.get(id)
        if group is None:
            return "" if thing is None else thing.link, id
        best = min(group, key=lambda member: (not member.online, member.hops))
        return best.link, best.thing.id

    # Who looks at it

    def _show(self, front: str) -> None:
        group = [member for member in self._groups.get(front, ()) if member.link != MOVED]
        if len(group) < 2:
            return
        nearest = min(group, key=lambda member: (not member.online, member.hops))
        shown: dict[str, Value] = {"thing": front, "links": [member.link for member in group], "serves": nearest.link}
        path = _path(front)
        before = self._hub.household.house.readings.get(path)
        if before is None or before.value != shown:
            self._hub.household.own(path, shown)

    def found(self) -> dict[str, list[str]]:
        """The links that see each thing which several see, the front's own first."""
        seen = {f: [m.link for m in group if m.link != MOVED] for f, group in self._groups.items()}
        return {front: links for front, links in seen.items() if len(links) > 1}

    async def set_apart(self, front: str, apart: bool, context: Context) -> None:
        """Show what was taken for one as two (or let it be one again); durable. Raises NotFound."""
        household = self._hub.household
        if apart:
            group = self._groups.get(front)
            if group is None:
                raise NotFound(f"no other link sees {front[:64]!r}")
            marks: list[Value] = [*sorted({mark for member in group for mark in member.thing.marks})]
            await household.write(COLLECTION, front, {"marks": marks}, context)
            for member in self._groups.pop(front)[1:]:
                self._behind.pop((member.link, member.thing.id), None)
                self.forth(member)
            household.vanish([_path(front)])
            return
        await household.delete(COLLECTION, front, context)
        for instance in list(self._hub.links.instances.values()):
            instance.announce([t for t in instance.things().values() if t.marks and t.id != front])


def _as(front: str, fact: Fact) -> Fact:
    return Fact(f"{front}/{fact.path.partition('/')[2]}", fact.value, fact.source_at, fact.quality)


def _path(front: str) -> str:
    return f"hub/twin.{front.replace('-', '_')}"
