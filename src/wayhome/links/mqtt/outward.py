"""The other direction: our cars and people at the broker, and what others there ask of them.

Only what the owner has chosen is shown, and only what was granted is done. Everything goes through a session of the
link's own, so that a wish that came from Home Assistant is judged, kept and told like anybody's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from wayhome import __version__, log
from wayhome.core.thing import ONLINE, Thing
from wayhome.core.value import Value
from wayhome.errors import HubError
from wayhome.hub.link import LinkHost
from wayhome.hub.visit import Visit
from wayhome.links.mqtt import describing
from wayhome.links.mqtt.car_parts import Part
from wayhome.links.mqtt.client import Connection
from wayhome.links.mqtt.entity import Out
from wayhome.links.mqtt.settings import Settings

PACE = 1.0
"""A thing's state goes out at once, then at most this often, in s: nobody there needs a speed ten times a second."""
MAX_UNDER_WAY = 20
LIVES = "online"


class Outward:
    """What one connection shows."""

    def __init__(self, host: LinkHost, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        self._shows = dict.fromkeys(settings.shows)
        self._parts: dict[str, tuple[Thing, list[Part]]] = {}
        self._told: dict[str, str] = {}
        """What each topic holds, as we said it last on this connection."""
        self._news: dict[str, None] = {}
        self._work = asyncio.Event()
        self._visit: Visit | None = None
        self._asking: set[asyncio.Task[None]] = set()

    @property
    def will(self) -> Out | None:
        """What the broker says when we are gone without a word."""
        return Out(describing.link_topic(self._host.id), "offline", 1, True) if self._shows else None

    async def serve(self, connection: Connection) -> None:
        """Show all of it, then what changes."""
        if not self._shows and not self._settings.published:
            await asyncio.Event().wait()
        with self._host.visit(self._changed) as visit:
            self._visit = visit
            try:
                await self._keep_up(connection, visit)
            finally:
                self._visit = None
                for task in self._asking:
                    task.cancel()

    async def _keep_up(self, connection: Connection, visit: Visit) -> None:
        gone = [id for id in self._settings.published if id not in self._shows]
        await self.clear(connection, gone, last=not self._shows)
        if not self._shows:
            await self._host.remember({"published": []})
            await asyncio.Event().wait()
        # First what is listened to: who sees us may ask at once.
        await connection.listen([describing.command_topic(id, "+") for id in self._shows], 1)
        self._news = dict(self._shows)
        for id in self._shows:
            await self._show(connection, visit, id)
        await connection.say(Out(describing.link_topic(self._host.id), LIVES, 1, True))
        if tuple(self._shows) != self._settings.published:
            values: list[Value] = list(self._shows)
            await self._host.remember({"published": values})
        while True:
            await self._work.wait()
            self._work.clear()
            news, self._news = self._news, {}
            for id in news:
                await self._show(connection, visit, id)
            await asyncio.sleep(PACE)

    def _changed(self, path: str) -> None:
        id = path.partition("/")[0]
        if id in self._shows:
            self._news[id] = None
            self._work.set()

    async def _show(self, connection: Connection, visit: Visit, id: str) -> None:
        """A thing as it is now: described, its state, whether it answers. What stands there is not said again."""
        thing = visit.thing(id)
        if thing is None or thing.link == self._host.id:
            # Gone for good: known things of links that are away stay in the household.
            self._parts.pop(id, None)
            for topic in describing.topics(self._settings.prefix, id):
                await self._say(connection, topic, "")
            return
        parts = describing.parts(thing, visit.may)
        self._parts[id] = (thing, parts)
        name = visit.person(id) or thing.name
        told = describing.description(thing, self._host.id, name, parts, __version__)
        state = describing.encoded(describing.state(thing, parts, visit.value))
        online = LIVES if visit.value(f"{id}/{ONLINE}") is True else "offline"
        await self._say(connection, describing.config_topic(self._settings.prefix, id), describing.encoded(told))
        await self._say(connection, describing.state_topic(id), state)
        await self._say(connection, describing.status_topic(id), online)

    async def _say(self, connection: Connection, topic: str, payload: str) -> None:
        if self._told.get(topic) != payload:
            await connection.say(Out(topic, payload, 1, True))
            self._told[topic] = payload

    async def clear(self, connection: Connection, ids: Sequence[str], last: bool) -> None:
        """Take things out of the broker, all that it kept of them. ``last``: after this nothing is shown any more."""
        for id in ids:
            for topic in describing.topics(self._settings.prefix, id):
                await connection.say(Out(topic, "", 1, True))
        if last:
            await connection.say(Out(describing.link_topic(self._host.id), "", 1, True))

    # What is asked

    def hears(self, topic: str) -> bool:
        """Whether a topic is one where our things are asked."""
        parts = topic.split("/")
        return len(parts) == 4 and parts[0] == describing.BASE and parts[2] == "set"

    def asked(self, topic: str, payload: bytes) -> None:
        """Somebody at the broker wishes something of a thing of ours."""
        _, id, _, word = topic.split("/")
        shown = self._parts.get(id)
        if self._visit is None or shown is None or len(self._asking) >= MAX_UNDER_WAY or len(payload) > 64:
            return
        wishes = describing.wishes(*shown, word, payload.decode("utf-8", "replace"))
        for signal, target in wishes.items():
            task = asyncio.create_task(self._ask(self._visit, f"{id}/{signal}", target))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, visit: Visit, path: str, target: Value) -> None:
        try:
            await visit.act(path, target)
        except HubError as error:
            # Who asked sees that nothing changes; why stands in the audit and here.
            log.get("links").warning(
                "a wish from the broker was refused", link=self._host.id, path=path, why=error.detail
            )
