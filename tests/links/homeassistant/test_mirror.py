"""Whatever happens to a Home Assistant, in any order: the household ends up with exactly what is there."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.links.homeassistant.host import Host
from wayhome.links.homeassistant import wire, wire_car
from wayhome.links.homeassistant.causes import Causes
from wayhome.links.homeassistant.mirror import GRACE, Mirror
from wayhome.links.homeassistant.telling import Teller
from wayhome.links.homeassistant.wire_car import Car, Source
from wayhome.links.homeassistant.wire_house import Choice
from wayhome.links.homeassistant.wire_registry import Entry, Registry

NAMES = ["light.a", "light.b", "switch.a", "sensor.a", "lock.a"]
STATES = ["on", "off", "12", "locked", "unavailable", "unknown"]
CAR = Car("my-car", "My car", {wire_car.LOCKS[0]: Source("lock.a"), wire_car.CHARGE_LEVEL: Source("sensor.a")})

OPS = st.one_of(
    st.tuples(st.just("state"), st.sampled_from(NAMES), st.sampled_from(STATES)),
    st.tuples(st.just("gone"), st.sampled_from(NAMES)),
    st.tuples(st.just("register"), st.sampled_from(NAMES)),
    st.tuples(st.just("unregister"), st.sampled_from(NAMES)),
    st.tuples(st.just("hide"), st.sampled_from(NAMES), st.booleans()),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("car"), st.booleans()),
    st.tuples(st.just("settle")),
    st.tuples(st.just("reconnect")),
)


class Peer:
    """What a Home Assistant has, and what our mirror of it told a household."""

    def __init__(self) -> None:
        self.host = Host()
        self.entries: dict[str, Entry] = {}
        self.states: dict[str, dict[str, Any]] = {}
        self.cars: tuple[Car, ...] = ()
        self.count = 0
        self.now = 1_000.0
        self.ids: dict[str, str] = {}
        self.connect()

    def connect(self) -> None:
        self.mirror = Mirror("home", self.ids, Choice(), self.cars)
        self.mirror.running = True
        self.teller = Teller(self.host, Causes())
        wire.apply(self.mirror.states, {"a": self.states})
        self.settle()

    def settle(self) -> None:
        self.now += 1
        self.mirror.registry = Registry({}, {}, dict(self.entries))
        self.teller.tell(self.mirror.settle(self.host.things(), self.host.taken(), self.now))
        self.ids = self.mirror.ids

    def event(self, event: dict[str, Any]) -> None:
        changes = wire.apply(self.mirror.states, event)
        self.teller.tell(self.mirror.changed(changes.added + changes.changed))

    def do(self, op: tuple[Any, ...]) -> None:
        match op:
            case ("state", name, state):
                self.states[name] = {"s": state, "a": {"unit_of_measurement": "%"} if "sensor" in name else {}}
                self.event({"a": {name: self.states[name]}})
            case ("gone", name):
                self.states.pop(name, None)
                self.event({"r": [name]})
            case ("register", name) if name not in self.entries:
                self.count += 1
                self.entries[name] = Entry(f"{self.count:032x}"[::-1], name)
            case ("unregister", name) if name in self.entries:
                del self.entries[name]
                self.do(("gone", name))
            case ("hide", name, hidden) if name in self.entries:
                entry = self.entries[name]
                self.entries[name] = Entry(entry.id, name, hidden=hidden)
            case ("rename", old, new) if old in self.entries and new not in self.entries and new not in self.states:
                if old.partition(".")[0] == new.partition(".")[0]:
                    self.entries[new] = Entry(self.entries.pop(old).id, new)
                    state = self.states.pop(old, None)
                    self.event({"r": [old]})
                    if state is not None:
                        self.states[new] = state
                        self.event({"a": {new: state}})
            case ("car", on):
                self.cars = (CAR,) if on else ()
                self.mirror.map(self.cars)  # the household hears of it with the next settling, a moment later
            case ("settle",):
                self.settle()
            case ("reconnect",):
                self.host.online(self.host.things(), False)
                self.connect()


@given(st.lists(OPS, max_size=30))
def test_the_household_ends_up_with_what_is_there(ops: list[tuple[Any, ...]]) -> None:
    peer = Peer()
    for op in ops:
        peer.do(op)
    peer.settle()
    peer.now += GRACE + 1
    peer.teller.tell(peer.mirror.vanished(peer.now))
    peer.settle()
    mapped = CAR.entities() if peer.cars else set()
    expected = {
        name for name in peer.states if name not in mapped and not (name in peer.entries and peer.entries[name].hidden)
    }
    assert set(peer.mirror.entity_of.values()) == expected
    waiting = {  # known to the registry, without a state: they stay, not answering
        id for id in peer.host.things() if id not in peer.mirror.entity_of and id != CAR.id
    }
    assert all(peer.host.answers[id] is False for id in waiting)
    assert set(peer.host.things()) == set(peer.mirror.entity_of) | waiting | ({CAR.id} if peer.cars else set())
    assert peer.teller.refused == 0
    for id, entity in peer.mirror.entity_of.items():
        state = peer.states[entity]["s"]
        assert peer.host.answers[id] is (state != "unavailable")
        if entity.startswith("light.") and state != "unavailable":
            assert peer.host.value(f"{id}/light.on") is {"on": True, "off": False}.get(state)
    if peer.cars and peer.states.get("lock.a", {}).get("s") == "locked":
        assert peer.host.value(f"{CAR.id}/{wire_car.LOCKS[0]}") is True


@given(st.lists(OPS, max_size=20))
def test_a_renamed_entity_keeps_its_thing_whatever_else_happens(ops: list[tuple[Any, ...]]) -> None:
    peer = Peer()
    peer.do(("register", "light.a"))
    peer.do(("state", "light.a", "on"))
    peer.settle()
    thing = peer.mirror.ids[peer.entries["light.a"].id[:12]]
    identity = peer.entries["light.a"].id
    for op in ops:
        if op[0] not in ("unregister", "hide"):
            peer.do(op)
    peer.settle()
    entity = next(entry.entity for entry in peer.entries.values() if entry.id == identity)
    if entity in peer.states:
        assert peer.mirror.entity_of[thing] == entity
