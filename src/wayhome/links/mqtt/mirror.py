"""What a broker's devices are and say, as it concerns the household. Pure: messages in, news out."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import BadInput
from wayhome.links.mqtt import house
from wayhome.links.mqtt.availability import Availability
from wayhome.links.mqtt.discovery import Component, components, place
from wayhome.links.mqtt.domains import entity as entity_of
from wayhome.links.mqtt.entity import Entity, Facts, Input, Out, Payload
from wayhome.links.mqtt.tasmota import Tasmotas
from wayhome.links.mqtt.template import TemplateFault, Templates

MAX_ENTITIES = 5_000
MAX_AT_TOPIC = 8
"""So many cameras show the pictures of one topic: each picture is looked through for each of them."""
OWN = "wayhome_"
"""So begin the objects that we publish ourselves."""


class News(msgspec.Struct):
    """What has changed for the household, and which topics are to be listened to, or no longer."""

    things: dict[str, Thing] = {}
    gone: list[str] = []
    online: list[str] = []
    offline: list[str] = []
    facts: list[Fact] = []
    listen: list[str] = []
    forget: list[str] = []
    asks: list[Out] = []
    """To be sent once it is listened to."""


class Kept:
    """One entity that became a thing, and what it said so far."""

    def __init__(self, component: Component, entity: Entity, thing: Thing, availability: Availability) -> None:
        self.component = component
        self.entity = entity
        self.thing = thing
        self.availability = availability
        self.told: Facts = {}
        self.shown: Facts = {}
        self.online: bool | None = None
        self.expire_after = component.config.number("expire_after") or 0.0
        self.heard_at = 0.0
        self.falls_at: float | None = None

    def answers(self, now: float) -> bool:
        """Whether it is there: as it says itself, and not silent for longer than it says that it would be."""
        fresh = self.expire_after <= 0 or now - self.heard_at < self.expire_after
        return self.availability.online and fresh


class Mirror:
    """The entities of one broker by their place in discovery."""

    def __init__(self, link: str, prefix: str, choice: house.Choice, ids: Mapping[str, str]) -> None:
        self._link = link
        self._prefix = prefix
        self._choice = choice
        self._templates = Templates()
        self._tasmotas = Tasmotas()
        self.ids = dict(ids)
        """Things' ids by the mark of their identity."""
        self.kept: dict[str, Kept] = {}
        """Entities by their thing's id."""
        self.wrong: dict[str, str] = {}
        """Discovery messages that make no sense, by topic, each with the reason."""
        self._left: dict[str, int] = {}
        """How many of what each discovery topic described are nothing of ours."""
        self._at: dict[str, list[str]] = {}
        """The ids of the things that each discovery topic described."""
        self._owner: dict[str, str] = {}
        """The discovery topic that described each thing last."""
        self._hearing: dict[str, list[tuple[Kept, Input | None]]] = {}
        self._showing: dict[str, list[Kept]] = {}
        """By the topics of pictures."""

    @property
    def topics(self) -> int:
        return len(self._hearing)

    @property
    def devices(self) -> int:
        """How many devices the things belong to."""
        found = {
            kept.component.device.ids or kept.component.device.macs or kept.thing.id for kept in self.kept.values()
        }
        return len(found)

    @property
    def left_out(self) -> int:
        return sum(self._left.values())

    def hears(self, topic: str) -> bool:
        """Whether somebody listens to a topic."""
        return topic in self._hearing or topic in self._showing

    def pictured(self, topic: str) -> list[Kept]:
        """The cameras whose pictures come at a topic."""
        return self._showing.get(topic, [])

    def discovers(self, topic: str) -> bool:
        """Whether a topic is one of discovery."""
        return topic.startswith("tasmota/discovery/") or place(topic, self._prefix) is not None

    def described(self, topic: str, payload: bytes, taken: set[str], now: float) -> News:
        """A device describes itself, or (nothing) is gone."""
        news = fresh()
        at = place(topic, self._prefix)
        try:
            if at is not None:
                if at.object.startswith(OWN):
                    return news
                found = components(at, payload)
            else:
                said = self._tasmotas.components(topic, payload)
                if said is None:
                    return news
                topic, found = said
        except BadInput as error:
            # What it said before still stands: a device that stutters must not vanish.
            self._wrong(topic, error.detail)
            return news
        self.wrong.pop(topic, None)
        self._left.pop(topic, None)
        before = self._at.pop(topic, [])
        stands = []
        for component in found:
            try:
                id = self._take(component, topic, taken, now, news)
            except (BadInput, TemplateFault) as error:
                self._wrong(topic, error.detail)
                continue
            if id is not None:
                stands.append(id)
                self._owner[id] = topic
        for id in before:
            if id not in stands and self._owner.get(id) == topic:
                del self._owner[id]
                self._drop(id, news)
                news.gone.append(id)
        if stands:
            self._at[topic] = stands
        return news

    def _wrong(self, topic: str, why: str) -> None:
        if len(self.wrong) < 100:
            self.wrong[topic[:200]] = why

    def _take(self, component: Component, topic: str, taken: set[str], now: float, news: News) -> str | None:
        if not self._choice.takes(component):
            return None
        entity = entity_of(component, self._templates)
        if entity is None:
            self._left[topic] = self._left.get(topic, 0) + 1
            return None
        mark = house.mark(component)
        id = self.ids.get(mark)
        old = self.kept.get(id) if id is not None else None
        # A device that goes over to today's form describes itself there, by the same key, before it clears the older.
        if old is not None and old.component.key != component.key and self._owner.get(old.thing.id) != topic:
            raise BadInput(f"{component.identity[:80]!r} is described twice")
        if old is None and len(self.kept) >= MAX_ENTITIES:
            raise BadInput(f"a broker's link takes at most {MAX_ENTITIES} things")
        shown = self._showing.get(entity.pictures.topic, ()) if entity.pictures is not None else ()
        if len(shown) >= MAX_AT_TOPIC and old not in shown:
            raise BadInput(f"more than {MAX_AT_TOPIC} cameras at one topic")
        if id is None or (id in taken and old is None and id not in self.ids.values()):
            id = house.thing_id(component, {*taken, *self.ids.values(), "hub"})
        self.ids[mark] = id
        thing = house.describe(component, entity, id, self._link)
        kept = Kept(component, entity, thing, Availability(component.config, self._templates))
        if old is not None:
            if old.component == component:
                return id  # nothing new in it: its devices repeat themselves
            kept.told, kept.heard_at = old.told, old.heard_at
            self._drop(id, news)
        kept.heard_at = kept.heard_at or now
        self.kept[id] = kept
        self._hear(kept, news)
        news.things[id] = thing
        self._answers(kept, now, news)
        return id

    def _hear(self, kept: Kept, news: News) -> None:
        wanted: list[tuple[str, Input | None]] = [(one.topic, one) for one in kept.entity.inputs]
        wanted += [(topic, None) for topic in kept.availability.topics]
        for topic, one in wanted:
            # Anew also where it is listened to already: the broker then says again what stands there.
            news.listen.append(topic)
            self._hearing.setdefault(topic, []).append((kept, one))
        if kept.entity.pictures is not None:
            news.listen.append(kept.entity.pictures.topic)
            self._showing.setdefault(kept.entity.pictures.topic, []).append(kept)

    def _drop(self, id: str, news: News) -> None:
        kept = self.kept.pop(id)
        for topic in {*kept.availability.topics, *(one.topic for one in kept.entity.inputs)}:
            left = [pair for pair in self._hearing.get(topic, ()) if pair[0] is not kept]
            if left:
                self._hearing[topic] = left
            else:
                self._hearing.pop(topic, None)
                news.forget.append(topic)
        if kept.entity.pictures is not None:
            at = kept.entity.pictures.topic
            rest = [one for one in self._showing.pop(at, ()) if one is not kept]
            if rest:
                self._showing[at] = rest
            news.forget.append(at)

    # What they say

    def said(self, topic: str, text: str, now: float) -> News:
        """A message at a topic that is listened to."""
        news = fresh()
        payload = Payload(text)
        for kept, one in self._hearing.get(topic, ()):
            if one is None:
                kept.availability.hear(topic, payload)
            else:
                kept.heard_at = now
                try:
                    facts = one.read(payload)
                except TemplateFault:
                    continue  # a message that its template can't take says nothing
                self._tell(kept, facts, now, news)
            self._answers(kept, now, news)
        return news

    def _tell(self, kept: Kept, facts: Facts, now: float, news: News) -> None:
        if not facts:
            return
        kept.told = {**kept.told, **facts}
        shown = kept.entity.shown(kept.told)
        for signal, value in shown.items():
            # What it said again is told again: a wish may wait for just that.
            if signal in kept.entity.signals and (signal in facts or kept.shown.get(signal, ...) != value):
                news.facts.append(Fact(f"{kept.thing.id}/{signal}", value))
        kept.shown = shown
        delay = kept.entity.off_delay
        if delay is not None and delay[0] in facts:
            kept.falls_at = now + delay[1] if facts[delay[0]] is True else None

    def _answers(self, kept: Kept, now: float, news: News) -> None:
        online = kept.answers(now)
        if online is not kept.online:
            kept.online = online
            (news.online if online else news.offline).append(kept.thing.id)
            if online and kept.entity.asks is not None:
                news.asks.append(kept.entity.asks)

    def moment(self, now: float) -> News:
        """What time alone brings: silence that has become too long, a motion that is over."""
        news = fresh()
        for kept in self.kept.values():
            if kept.expire_after > 0:
                self._answers(kept, now, news)
            if kept.falls_at is not None and now >= kept.falls_at and kept.entity.off_delay is not None:
                self._tell(kept, {kept.entity.off_delay[0]: False}, now, news)
        return news


def fresh() -> News:
    return News({}, [], [], [], [], [], [], [])
