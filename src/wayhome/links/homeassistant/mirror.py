"""What the household must be told when Home Assistant changes: a Home Assistant, mirrored. Pure: no I/O, no clock.

It is fed with registries and state events, and answers with News. Reconciling everything (``settle``) is for the
start and for changed registries; a changed state goes the short way (``changed``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from wayhome.core.ids import slug
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.links.homeassistant import wire_car as cars
from wayhome.links.homeassistant import wire_house
from wayhome.links.homeassistant.wire import State
from wayhome.links.homeassistant.wire_attributes import Entity
from wayhome.links.homeassistant.wire_car import Car
from wayhome.links.homeassistant.wire_house import Choice
from wayhome.links.homeassistant.wire_media import position_at
from wayhome.links.homeassistant.wire_registry import Registry
from wayhome.links.homeassistant.wire_units import Units

GRACE = 60.0
"""An entity without a registry entry that vanished is gone for good after this time, in s: a reload takes it away and
brings it back."""


CODES = {"alarm_control_panel": "alarm_code", "lock": "lock_code"}
"""The secret that goes along with wishes for things of a domain."""


class News(msgspec.Struct):
    """What to tell the household. ``facts``: by the entity that they came of."""

    things: dict[str, Thing] = {}
    gone: list[str] = []
    online: list[str] = []
    offline: list[str] = []
    facts: list[tuple[State, list[Fact]]] = []


class Mirror:
    """One Home Assistant as the household has it. ``ids``: things' ids by entity identity, from before."""

    def __init__(self, link: str, ids: dict[str, str], choice: Choice, mapped: Iterable[Car]) -> None:
        self.registry = Registry()
        self.units = Units()
        self.states: dict[str, State] = {}
        self.running = False
        """Home Assistant has finished its start: what is missing now is missing."""
        self.ids = ids
        self.things: dict[str, Thing] = {}
        self.entity_of: dict[str, str] = {}
        self.cars: dict[str, Car] = {}
        self.codes: set[str] = set()
        """The codes that are kept here: nobody needs to type them."""
        self._link = link
        self._choice = choice
        self._thing_of: dict[str, str] = {}
        self._cars_of: dict[str, list[str]] = {}
        self._online: dict[str, bool] = {}
        self._last: dict[str, dict[str, Value]] = {}
        self._missing: dict[str, float] = {}
        self._newest: dict[str, float] = {}
        self.map(mapped)

    def map(self, cars: Iterable[Car]) -> None:
        """These are the confirmed cars now; ``settle`` brings the household in step."""
        self.cars = {car.id: car for car in cars}
        self._cars_of = {}
        for car in self.cars.values():
            self._last.pop(car.id, None)
            self.things.pop(car.id, None)  # nothing is told of it before it was described anew
            for entity in car.entities():
                self._cars_of.setdefault(entity, []).append(car.id)

    def entity(self, id: str) -> Entity | None:
        state = self.states.get(id)
        return None if state is None else Entity.of(state, self.units)

    def plain(self) -> set[str]:
        """The things whose id is just their entity's."""
        return {id for id, entity in self.entity_of.items() if id == slug(entity.partition(".")[2])}

    def strange(self, entities: Collection[str]) -> bool:
        """Whether among these is one that may become a thing and is none yet."""
        return any(
            entity not in self._thing_of
            and entity not in self._cars_of
            and self._choice.takes(entity, self.registry.entries.get(entity))
            for entity in entities
        )

    def settle(self, before: dict[str, Thing], taken: Collection[str], now: float) -> News:
        """Bring everything in step. ``before``: this link's things as the household has them."""
        news = News()
        wanted = [
            entity
            for entity in self.states
            if entity not in self._cars_of and self._choice.takes(entity, self.registry.entries.get(entity))
        ]
        others = set(taken) - before.keys() | self.cars.keys()
        found = wire_house.thing_ids(wanted, self.registry, self.ids, others)
        self.ids |= {wire_house.identity(entity, self.registry): id for entity, id in found.items()}
        self._thing_of = found
        self.entity_of = {id: entity for entity, id in found.items()}
        for entity in wanted:
            self._describe(entity, before, news)
        for car in self.cars.values():
            self._describe_car(car, news)
        self._look_for(before, now, news)
        for thing_id, thing in news.things.copy().items():
            if before.get(thing_id) == thing:
                del news.things[thing_id]
        for entity in (*wanted, *(e for e in self._cars_of if e in self.states)):
            self._tell(self.states[entity], news)
        return news

    def changed(self, entities: Iterable[str]) -> News:
        """The news of changed states. Entities that are no things are passed over."""
        news = News()
        for entity in entities:
            state = self.states.get(entity)
            if state is None:
                continue
            thing_id = self._thing_of.get(entity)
            if thing_id is not None:
                self._describe(entity, self.things, news)
            self._tell(state, news)
        return news

    def vanished(self, now: float) -> News:
        """Things whose grace is over: gone for good."""
        news = News()
        if self.running:
            news.gone = [id for id, since in self._missing.items() if now - since >= GRACE]
        for id in news.gone:
            self._forget(id)
        return news

    def _describe(self, entity: str, before: dict[str, Thing], news: News) -> None:
        state = self.states[entity]
        thing_id = self._thing_of[entity]
        known = self.things.get(thing_id)
        if known is None and not state.available:
            known = before.get(thing_id)
        described = wire_house.describe(Entity.of(state, self.units), thing_id, self._link, self.registry, known)
        if described is not None and CODES.get(entity.partition(".")[0]) in self.codes:
            described = wire_house.without_code(described)
        if described is not None and described != self.things.get(thing_id):
            self.things[thing_id] = news.things[thing_id] = described

    def _describe_car(self, car: Car, news: News) -> None:
        described = cars.describe(car, self._link, self.entity, self.registry)
        if described != self.things.get(car.id):
            self.things[car.id] = news.things[car.id] = described

    def _tell(self, state: State, news: News) -> None:
        facts: list[Fact] = []
        thing_id = self._thing_of.get(state.entity)
        if thing_id is not None:
            self._set_online(thing_id, state.available, news)
            if state.available:
                entity = Entity.of(state, self.units)
                self._differing(thing_id, wire_house.facts(entity, self.things[thing_id].signals), state, facts)
                _date(facts, entity)
        for car_id in self._cars_of.get(state.entity, ()):
            if car_id not in self.things:
                continue
            car = self.cars[car_id]
            answers = [self.states[e].available for e in car.entities() if e in self.states]
            self._set_online(car_id, any(answers), news)
            if state.available:
                self._differing(car_id, cars.facts(car, Entity.of(state, self.units)), state, facts)
        if facts:
            news.facts.append((state, facts))

    def _differing(self, thing_id: str, said: dict[str, Value], state: State, facts: list[Fact]) -> None:
        last = self._last.setdefault(thing_id, {})
        for signal, value in said.items():
            if signal not in last or last[signal] != value or type(last[signal]) is not type(value):
                last[signal] = value
                facts.append(Fact(f"{thing_id}/{signal}", value, self._source_at(state)))

    def _source_at(self, state: State) -> float | None:
        """Home Assistant's time of a state; None where its clock went back, which would make it look like old news."""
        if state.updated is None or state.updated < self._newest.get(state.entity, 0.0):
            return None
        self._newest[state.entity] = state.updated
        return state.updated

    def _set_online(self, thing_id: str, online: bool, news: News) -> None:
        if self._online.get(thing_id) is not online:
            self._online[thing_id] = online
            (news.online if online else news.offline).append(thing_id)
            self._last.pop(thing_id, None)  # all is told anew after an absence

    def _look_for(self, before: dict[str, Thing], now: float, news: News) -> None:
        """What has become of the things that have no state now."""
        identities = {entry.id[:12] for entry in self.registry.entries.values()}
        identity_of = {id: identity for identity, id in self.ids.items()}
        kept = {
            identity: entity
            for entity in self.registry.entries
            if self._choice.takes(entity, self.registry.entries[entity])
            for identity in (wire_house.identity(entity, self.registry),)
        }
        for thing_id in before.keys() | self.things.keys():
            if thing_id in self.entity_of or thing_id in self.cars:
                self._missing.pop(thing_id, None)
                continue
            identity = identity_of.get(thing_id, "")
            in_registry = identity in identities
            removed = identity != "" and "." not in identity and not in_registry
            unwanted = (in_registry and identity not in kept) or not self._chosen(identity)
            unmapped = thing_id in before and before[thing_id].kind == "car"  # its mapping was taken back
            if removed or unwanted or unmapped or self._mapped(identity):
                news.gone.append(thing_id)
                self._forget(thing_id)
                continue
            self._set_online(thing_id, False, news)
            if in_registry:
                self._missing.pop(thing_id, None)  # Home Assistant knows it still
            else:
                self._missing.setdefault(thing_id, now)

    def _mapped(self, identity: str) -> bool:
        """Whether the entity went into a car."""
        return any(wire_house.identity(entity, self.registry) == identity for entity in self._cars_of)

    def _chosen(self, identity: str) -> bool:
        return "." not in identity or self._choice.takes(identity, None)

    def _forget(self, thing_id: str) -> None:
        self.things.pop(thing_id, None)
        self._missing.pop(thing_id, None)
        self._online.pop(thing_id, None)
        for identity in [identity for identity, id in self.ids.items() if id == thing_id]:
            del self.ids[identity]
        self._last.pop(thing_id, None)


def _date(facts: list[Fact], entity: Entity) -> None:
    """A player's position counts from when the player said it, not from when its volume was last turned."""
    at = position_at(entity)
    for n, fact in enumerate(facts):
        if at is not None and fact.path.endswith("/media_player.position"):
            facts[n] = Fact(fact.path, fact.value, at)
