"""A link's visit in the household: what it may see and ask of things that are not its own. One for a person, by a
device of theirs, has that person's rights, and not the link's.

A link that shows the household to others (a car to Home Assistant) comes in like anybody: by a session, as itself,
with what its owner granted in its settings (``shows``, ``grants``) or by grants to ``link:<id>``, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from wayhome.core import grant
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.grant import Grant
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotAllowed
from wayhome.hub.session import Identity, Session

if TYPE_CHECKING:
    from wayhome.hub.running import Hub


class Visit:
    """The household as one link sees it, while it runs. A watcher of the household."""

    def __init__(self, hub: Hub, session: Session, told: Callable[[str], None]) -> None:
        self._hub = hub
        self._session = session
        self._told = told

    def thing(self, id: str) -> Thing | None:
        """A thing that it may see."""
        found = self._hub.household.house.things.get(id)
        return found if found is not None and self._session.sees(f"{id}/thing.info") else None

    def things(self) -> Iterator[Thing]:
        """All that it may see."""
        return (one for one in list(self._hub.household.house.things.values()) if self.thing(one.id) is not None)

    def fact(self, path: str) -> tuple[Value, float] | None:
        """What ``value`` gives, and when that was so (s since 1970)."""
        shown = self._hub.household.published.find(path) if self._session.sees(path) else None
        if shown is None or not shown.fact or (len(shown.fact) > 3 and shown.fact[3] != "good"):
            return None
        source = shown.fact[2] if len(shown.fact) > 2 else None
        at = source if isinstance(source, int | float) else shown.fact[1]
        return shown.fact[0], float(at) if isinstance(at, int | float) else 0.0

    def value(self, path: str) -> Value:
        """The value of a signal that it may see; None: not known, or its thing does not answer."""
        shown = self._hub.household.published.find(path) if self._session.sees(path) else None
        if shown is None or not shown.fact:
            return None
        return None if len(shown.fact) > 3 and shown.fact[3] != "good" else shown.fact[0]

    def person(self, tracker: str) -> str | None:
        """The name of the person that this thing follows."""
        for record in self._hub.household.records("person").values():
            if record.values().get("tracker") == tracker:
                return str(record.values().get("name") or "") or None
        return None

    def may(self, path: str) -> bool:
        """Whether it may act on a path."""
        return self._session.may("act", path)

    async def act(self, path: str, target: Value) -> Command:
        """Wish something, as any session does. Raises what ``Session.act`` raises."""
        return await self._session.act(path, target)

    async def call(self, name: str, data: dict[str, Value]) -> Any:
        """Call an operation, as any session does. Raises what ``Session.call`` raises."""
        return await self._session.call(name, data)

    @property
    def open(self) -> bool:
        """Whether it is not over: the person may be gone."""
        return self._session.closed is None

    # Watcher

    def published(self, shown: Shown, state: bool) -> None:
        self._told(shown.path)

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        self._told(record.path)

    def happened(self, event: Event) -> None:
        return


@contextmanager
def visiting(hub: Hub, link: str, told: Callable[[str], None]) -> Iterator[Visit]:
    """A visit of a link; ``told`` gets the path of everything that is published, and must neither raise nor block."""
    with _visit(hub, Identity(f"link:{link}", None), told) as visit:
        yield visit


@contextmanager
def acting(hub: Hub, person: str, carried: bool, told: Callable[[str], None]) -> Iterator[Visit]:
    """A visit for a person, by a device of a link that they said is theirs. ``carried``: it is a phone, so it is the
    driver's while they drive. ``told`` as for ``visiting``. Raises NotAllowed where there is no such person."""
    record = hub.household.records("person").get(person)
    role = record.values().get("role") if record is not None else None
    if role not in grant.ROLES:
        raise NotAllowed("this person is not of the household any more")
    with _visit(hub, Identity(f"person:{person}", role, person, carried=carried), told) as visit:  # type: ignore[arg-type]
        yield visit


@contextmanager
def _visit(hub: Hub, identity: Identity, told: Callable[[str], None]) -> Iterator[Visit]:
    session = hub.open_session(identity)
    visit = Visit(hub, session, told)
    hub.household.watchers.append(visit)
    try:
        yield visit
    finally:
        hub.household.watchers.remove(visit)
        hub.sessions.close(session)


def granted(link: str, config: object) -> list[Grant]:
    """What a link's settings let it see and do. What makes no sense lets nothing."""
    found = []
    shows = getattr(config, "shows", ())
    texts = [f"read {thing}/**" for thing in shows] + list(getattr(config, "grants", ()))
    for text in texts:
        try:
            # The text is its id: rights are compared by it, and settings change.
            found.append(grant.parse(text, id=text, to=f"link:{link}"))
        except BadInput:
            continue
    return found
