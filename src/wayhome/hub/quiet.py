"""What the links here go on saying of things that are at another site by now: it is held back, until they come back."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.hub.twins import Key, Member


class Quiet:
    """The lent things, as the links here know them. ``elsewhere`` tells of a thing's id whether it was moved to another
    site and is there; ``lend`` is called with what a link announces of such a one that was not known to be lent."""

    def __init__(
        self,
        elsewhere: Callable[[str], bool],
        lend: Callable[[str], None],
        unclear: Callable[[str, Iterable[Thing]], set[str]],
    ) -> None:
        self._elsewhere = elsewhere
        self._lend = lend
        self._unclear = unclear
        self.lent: dict[str, Thing] = {}
        """By the thing's id."""
        self._members: dict[Key, Member] = {}
        """Who sees them, by link and the thing's id there."""
        self._of: dict[Key, str] = {}
        """Which lent thing each of them sees."""

    def hold(self, id: str, members: Iterable[Member]) -> None:
        """These saw a thing that goes."""
        for member in members:
            self._members[(member.link, member.thing.id)] = member
            self._of[(member.link, member.thing.id)] = id

    def come(self, id: str) -> list[Member]:
        """A thing is lent no more; those who see it are returned, its own link first: it speaks for it as before."""
        lent = self.lent.pop(id, None)
        if lent is None:
            return []
        seen = [key for key in self._members if self._of[key] == id]
        return [self._members.pop(key) for key in sorted(seen, key=lambda key: key != (lent.link, id))]

    def announce(self, link: str, hops: int, things: Iterable[Thing]) -> list[Thing]:
        """Hold back what is lent; the rest, to be announced, is returned."""
        mine, things = [], list(things)
        unclear: set[str] | None = None
        for thing in things:
            key = (link, thing.id)
            if thing.id not in self.lent and self._elsewhere(thing.id):
                self.lent[thing.id] = thing
                self._lend(thing.id)
            if self.lent and unclear is None:
                held = (member.thing for (of, _), member in self._members.items() if of == link)
                unclear = self._unclear(link, [*held, *things])
            lent = next((id for id in self.lent if self._is(key, thing, id, unclear or set())), None)
            if lent is not None:
                member = self._members.setdefault(key, Member(link, hops, thing))
                member.thing = thing
                self._of[key] = lent
            else:
                self._members.pop(key, None)
                mine.append(thing)
        return mine

    def _is(self, key: Key, thing: Thing, id: str, unclear: set[str]) -> bool:
        """Whether this is the lent thing of that id, by rules as strict as those for twins."""
        lent, (link, _) = self.lent[id], key
        if key == (lent.link, id):
            return True
        if link == lent.link or set(thing.marks).isdisjoint({*lent.marks} - unclear):
            return False
        # Two of one link are two things.
        return not any(of == link and held != thing.id and self._of[of, held] == id for of, held in self._members)

    def withdraw(self, link: str, ids: Iterable[str]) -> list[str]:
        """Forget what is held back; the rest, to be withdrawn, is returned."""
        return [id for id in ids if self._members.pop((link, id), None) is None]

    def online(self, link: str, ids: Iterable[str], online: bool) -> list[str]:
        """Note who of those held back answers; the rest is returned."""
        mine = []
        for id in ids:
            member = self._members.get((link, id))
            if member is None:
                mine.append(id)
            else:
                member.online = online
        return mine

    def report(self, link: str, facts: Iterable[Fact]) -> list[Fact]:
        """Note what is said of those held back; the rest is returned."""
        if not self._members:
            return list(facts)
        mine = []
        for fact in facts:
            path = getattr(fact, "path", None)
            id, _, signal = path.partition("/") if isinstance(path, str) else ("", "", "")
            member = self._members.get((link, id))
            if member is None:
                mine.append(fact)
            else:
                member.facts[signal] = fact
        return mine

    def things(self, link: str) -> dict[str, Thing]:
        """What of a link is lent."""
        lent = {id: thing for id, thing in self.lent.items() if thing.link == link}
        return lent | {id: member.thing for (of, id), member in self._members.items() if of == link}

    def taken(self) -> set[str]:
        return {id for _, id in self._members}

    def removed(self, link: str) -> list[str]:
        """A link is gone for good, with what it saw. What it had lent is returned."""
        for key in [key for key in self._members if key[0] == link]:
            del self._members[key]
        gone = [id for id, thing in self.lent.items() if thing.link == link]
        for id in gone:
            del self.lent[id]
        return gone
