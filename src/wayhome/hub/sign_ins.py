"""Signing in at another side's own page: what is under way between leaving for it and coming back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from wayhome.core.value import Context
from wayhome.errors import BadInput, NotAllowed, NotFound, TooMany
from wayhome.hub.link import Begun

if TYPE_CHECKING:
    from wayhome.hub.instance import Instance
    from wayhome.hub.supervisor import Supervisor

MINUTES_10 = 600.0
MOST = 50
CALLBACK = "/api/links/callback"


class _UnderWay(msgspec.Struct, frozen=True):
    kind: str
    begun: Begun
    name: str | None
    id: str | None
    actor: str
    until: float


class SignIns:
    """Sign-ins under way, by their state. One use each, ten minutes."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._under_way: dict[str, _UnderWay] = {}

    async def begin(self, kind: str, url: str, back: str, name: str | None, id: str | None, actor: str) -> str:
        """Where the browser has to go. ``actor``: who began, only they may finish. Raises BadInput, NotFound,
        Unreachable, TooMany."""
        link = self._supervisor.kinds.get(kind)
        if link is None or link.sign_in is None:
            raise NotFound(f"{kind[:64]!r} offers no sign-in at its own page")
        if id is not None:
            self._supervisor.find(id)
        if not back.startswith(("http://", "https://")) or len(back) > 300:
            raise BadInput("back is this hub's address as the browser sees it")
        now = self._supervisor.now()
        self._under_way = {s: u for s, u in self._under_way.items() if u.until > now}
        if len(self._under_way) >= MOST:
            raise TooMany("too many sign-ins are under way")
        begun = await link.sign_in.begin(url, back.rstrip("/") + CALLBACK)
        self._under_way[begun.state] = _UnderWay(kind, begun, name, id, actor, now + MINUTES_10)
        return begun.go

    async def finish(self, answer: dict[str, str], actor: str, context: Context) -> Instance:
        """The browser is back with ``answer``. Adds the link, or signs the present one in anew. Raises NotAllowed
        for an unknown, used or foreign state; what the link raises."""
        found = self._under_way.pop(answer.get("state", ""), None)
        if found is None or found.until <= self._supervisor.now() or found.actor != actor:
            raise NotAllowed("this sign-in is not known here, or took longer than ten minutes", advice="Begin again.")
        link = self._supervisor.kinds[found.kind]
        assert link.sign_in is not None
        joined = await link.sign_in.finish(found.begun.kept, answer)
        if found.id is not None:
            return await self._supervisor.change(found.id, found.name, joined.config, joined.secrets, context)
        return await self._supervisor.add(found.kind, found.name or joined.name, joined.config, joined.secrets, context)
