"""One running MQTT link: keeps the household in step with a broker's devices, and takes wishes to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from itertools import batched

import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.ids import split_path
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError, NotFound, Refused, Unreachable
from wayhome.hub.film import Viewer
from wayhome.hub.link import LinkHost, Picture
from wayhome.links.mqtt import house
from wayhome.links.mqtt.cameras import decoded
from wayhome.links.mqtt.client import Connection, connected
from wayhome.links.mqtt.entity import Asked, Out
from wayhome.links.mqtt.films import CameraFilms
from wayhome.links.mqtt.mirror import Mirror, News, fresh
from wayhome.links.mqtt.outward import Outward
from wayhome.links.mqtt.settings import Settings
from wayhome.links.mqtt.tasmota import TOPICS

CHUNK = 250
"""So many things are announced at once; between, the hub does other work."""
QUIET = 1.0
"""A broker that has said nothing for so long, in s, has said all that it keeps."""
MOMENT = 0.25
MAX_WORDS = 2**20
"""Bytes of a message that is no picture."""
WANTED = 2.0
"""How long a wish counts as wanted for the others of its thing (hue with saturation), in s."""


class MqttRun:
    """A LinkRun. Each ``run`` is one connection."""

    def __init__(self, host: LinkHost, settings: Settings) -> None:
        self._host = host
        self._settings = settings
        self._ids = dict(settings.ids)
        self._connection: Connection | None = None
        self._mirror = self._new_mirror()
        self._outward = Outward(host, settings)
        self._in_step = False
        self._deaf = False
        self._taken: set[str] = set()
        self._waiting: list[News] = []
        self._topics: dict[str, None] = {}
        self._asks: dict[Out, None] = {}
        self._forgotten: set[str] = set()
        self._work = asyncio.Event()
        self._heard = 0
        self._marks: set[str] = set()
        self._wanted: dict[str, dict[str, tuple[Value, float]]] = {}
        self._kept_ids: dict[str, str] = dict(settings.ids)
        self._films = CameraFilms(host.now, lambda facts: self._tell(msgspec.structs.replace(fresh(), facts=facts)))

    def _new_mirror(self) -> Mirror:
        settings = self._settings
        choice = house.Choice(settings.hidden, settings.config, settings.diagnostic, settings.leave_out)
        return Mirror(self._host.id, settings.prefix, choice, self._ids)

    # Life

    async def run(self) -> None:
        """See LinkRun."""
        self._ids |= house.known(self._host.things().values())
        self._mirror = self._new_mirror()
        self._in_step, self._waiting, self._topics, self._forgotten = False, [], {}, set()
        self._asks = {}
        self._marks = set()
        self._taken = self._host.taken()
        password = await self._host.secret("password")
        name = f"wayhome-{self._host.id}-{self._host.now():.0f}"[:60]
        self._outward = Outward(self._host, self._settings)
        async with connected(self._settings, password, self._told, name, self._outward.will) as connection:
            self._connection = connection
            try:
                await self._together(connection)
            finally:
                self._connection = None
                self._films.close(Unreachable("the broker is not connected"))

    async def _together(self, connection: Connection) -> None:
        """Listen and work at once; the first trouble of either ends both."""
        works = (connection.closed(), self._serve(connection), self._outward.serve(connection))
        tasks = [asyncio.create_task(work) for work in works]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=tasks.index):
                await task
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, connection: Connection) -> None:
        prefix = self._settings.prefix
        mark = f"wayhome/{self._host.id}/mark"
        refused = await connection.listen([mark, f"{prefix}/+/+/config", f"{prefix}/+/+/+/config", *TOPICS])
        if any(topic.startswith(prefix) for topic in refused):
            raise Refused(
                f"the broker does not let us listen at {prefix}/#", advice="Give our user the right to read there."
            )
        await self._all_said(connection, mark, "1")
        await self._announce()
        await self._listen(connection)
        self._deaf = not await self._all_said(connection, mark, "2") and not self._mirror.kept
        self._in_step = True
        self._flush()
        self._absent()
        self._host.ready()
        await self._ask(connection)
        await self._remember()
        self._note()
        if self._settings.birth:
            await connection.say(Out(f"{prefix}/status", "online"))
        while True:
            try:
                async with asyncio.timeout(MOMENT):
                    await self._work.wait()
            except TimeoutError:
                self._tell(self._mirror.moment(self._host.now()))
                continue
            self._work.clear()
            await self._listen(connection)
            await self._ask(connection)
            await self._remember()
            self._note()

    async def _all_said(self, connection: Connection, mark: str, word: str) -> bool:
        """Wait until the broker has said what it keeps: our own mark comes after it. One that does not carry our mark
        has said all when it falls silent. Returns whether the mark came."""
        await connection.say(Out(mark, word))
        while word not in self._marks:
            before = self._heard
            await asyncio.sleep(0.05)
            for _ in range(round(QUIET / 0.05)):
                if word in self._marks or self._heard != before:
                    break
                await asyncio.sleep(0.05)
            else:
                return False
            self._progress()
        return True

    def _progress(self) -> None:
        self._host.note(f"reading what the broker keeps: {len(self._mirror.kept)} things so far")

    def _note(self) -> None:
        """What people should know of it; nothing where all is well."""
        mirror, words = self._mirror, []
        if self._deaf:
            words.append(
                f"we hear nothing of our own: may our user read {self._settings.prefix}/# and wayhome/# there?"
            )
        if mirror.wrong:
            topic, why = next(iter(mirror.wrong.items()))
            words.append(f"{len(mirror.wrong)} descriptions make no sense: {topic}: {why}")
        if mirror.left_out:
            words.append(f"{mirror.left_out} left out, as they never say how they stand, or are nothing of ours")
        self._host.note("; ".join(words)[:200])

    # What is heard

    def _told(self, topic: str, payload: bytes, kept: bool) -> None:
        self._heard += 1
        mirror = self._mirror
        if topic == f"wayhome/{self._host.id}/mark":
            self._marks.add(payload.decode("utf-8", "replace"))
            return
        if self._outward.hears(topic):
            if not kept:  # a wish of before is nobody's wish any more
                self._outward.asked(topic, payload)
            return
        pictures: dict[bool, bytes] = {}
        for camera in mirror.pictured(topic):
            packed = camera.entity.pictures is not None and camera.entity.pictures.base64
            if packed not in pictures:
                pictures[packed] = decoded(payload, packed)
            self._films.came(camera.thing.id, pictures[packed], kept)
        if len(payload) > MAX_WORDS:
            return  # only pictures are as long
        if mirror.discovers(topic):
            news = mirror.described(topic, payload, self._taken, self._host.now())
        else:
            try:
                text = payload.decode()
            except UnicodeDecodeError:
                return  # a picture, or nothing of ours
            news = mirror.said(topic, text, self._host.now())
        self._tell(news)

    def _tell(self, news: News) -> None:
        """Tell the household; until all is in step, keep it."""
        for topic in news.listen:
            self._topics[topic] = None
        self._forgotten.update(news.forget)
        self._asks |= dict.fromkeys(news.asks)
        if news.listen or news.forget or news.asks:
            self._work.set()
        if not self._in_step:
            self._waiting.append(news)
            return
        self._hand_on(news)

    def _hand_on(self, news: News) -> None:
        host = self._host
        if news.gone:
            host.withdraw(news.gone)
            self._films.keep(self._mirror.kept.__contains__)
        if news.things:
            self._announce_some(news.things.values())
        if news.online:
            host.online(news.online, True)
        if news.offline:
            host.online(news.offline, False)
        if news.facts:
            refused = host.report(news.facts)
            if refused:
                log.get("links").warning("facts refused", link=host.id, count=len(refused), first=refused[0])

    def _announce_some(self, things: Iterable[Thing]) -> None:
        things = list(things)
        self._taken.update(thing.id for thing in things)
        try:
            self._host.announce(things)
        except HubError:
            for thing in things:  # one that can't be must not cost the others
                try:
                    self._host.announce([thing])
                except HubError as error:
                    log.get("links").warning("thing refused", link=self._host.id, thing=thing.id, error=error.detail)

    async def _announce(self) -> None:
        waiting, self._waiting = self._waiting, []
        gone = [id for news in waiting for id in news.gone if id not in self._mirror.kept and id in self._host.things()]
        self._host.withdraw(gone)
        for some in batched([kept.thing for kept in self._mirror.kept.values()], CHUNK):
            self._announce_some(some)
            await asyncio.sleep(0)
        self._waiting = waiting + self._waiting

    def _flush(self) -> None:
        """What was said while all came in: the newest of each counts."""
        news = fresh()
        for kept in self._mirror.kept.values():
            (news.online if kept.online else news.offline).append(kept.thing.id)
        latest = {fact.path: fact for one in self._waiting for fact in one.facts}
        known = self._host.things()
        late = [kept.thing for kept in self._mirror.kept.values() if kept.thing.id not in known]
        self._waiting = []
        self._announce_some(late)
        news.facts = list(latest.values())
        self._hand_on(news)

    def _absent(self) -> None:
        """Things of before that nobody describes now: they are not there, and not gone for good either, as a broker
        that forgot what it kept would take the whole house along. Who wants them gone removes them at the device."""
        absent = [id for id in self._host.things() if id not in self._mirror.kept]
        self._host.online(absent, False)

    async def _listen(self, connection: Connection) -> None:
        topics, self._topics = list(self._topics), {}
        forgotten, self._forgotten = [t for t in self._forgotten if not self._mirror.hears(t)], set()
        await connection.forget(forgotten)
        await connection.listen(topics)

    async def _ask(self, connection: Connection) -> None:
        """Devices that came say how they stand; several things of one are asked once."""
        asks, self._asks = self._asks, {}
        for out in asks:
            await connection.say(out)

    async def _remember(self) -> None:
        """Keep the things' ids, so that a renamed device keeps its own."""
        self._ids = self._mirror.ids
        kept = self._settings.kept(self._mirror.ids)
        if kept == self._kept_ids:
            return
        values: dict[str, Value] = dict(kept)
        try:
            await self._host.remember({"ids": values})
            self._kept_ids = kept
        except HubError as error:  # the disk is full: the house goes on, a rename may be lost
            log.get("links").warning("ids not kept", link=self._host.id, error=error.detail)

    # Wishes

    async def execute(self, command: Command) -> None:
        """See LinkRun."""
        connection = self._connection
        thing_id, signal = split_path(command.path)
        kept = self._mirror.kept.get(thing_id)
        if connection is None:
            raise Unreachable("the broker is not connected")
        if kept is None:
            raise NotFound(f"no device at the broker is {thing_id} any more")
        if not kept.online:
            # The broker would take it, and the device would do it whenever it comes back.
            raise Unreachable("the device says that it is not there")
        call = kept.entity.calls.get(signal)
        if call is None:
            raise BadInput(f"{kept.thing.name} takes no {signal}")
        now = {**kept.shown, **self._recent(thing_id)}
        self._wanted.setdefault(thing_id, {})[signal] = (command.target, self._host.now())
        for out in call(Asked(command.target, now, self._host.code(command.key))):
            await connection.say(out, max(1.0, command.expires - self._host.now()), expires=True)

    def _recent(self, thing_id: str) -> Mapping[str, Value]:
        now = self._host.now()
        recent = {s: kept for s, kept in self._wanted.pop(thing_id, {}).items() if 0 <= now - kept[1] <= WANTED}
        if recent:
            self._wanted[thing_id] = recent
        return {signal: value for signal, (value, _) in recent.items()}

    async def leave(self) -> None:
        """The link is removed: take out what we showed at the broker. Raises LinkError."""
        if self._settings.published:
            name = f"wayhome-{self._host.id}-leaves"[:60]
            password = await self._host.secret("password")
            async with connected(self._settings, password, lambda *_: None, name) as connection:
                await Outward(self._host, self._settings).clear(connection, self._settings.published, last=True)

    async def picture(self, thing_id: str) -> Picture:
        """See LinkRun."""
        self._pictured(thing_id)
        return self._films.picture(thing_id)

    def watch(self, thing_id: str, viewer: Viewer) -> Callable[[], None]:
        """See Films."""
        self._pictured(thing_id)
        return self._films.watch(thing_id, viewer)

    def _pictured(self, thing_id: str) -> None:
        kept = self._mirror.kept.get(thing_id)
        if kept is None or kept.entity.pictures is None:
            raise NotFound(f"{thing_id} has no picture")
        if self._connection is None:
            raise Unreachable("the broker is not connected")
        if not kept.online:
            raise Unreachable("the camera says that it is not there")


def open_run(host: LinkHost, settings: msgspec.Struct) -> MqttRun:
    """Make a run, without I/O."""
    assert isinstance(settings, Settings)
    return MqttRun(host, settings)
