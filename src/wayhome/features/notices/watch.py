"""Watching the household: what is published becomes conditions, and conditions become notices."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from wayhome import log
from wayhome.core import driving
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.thing import INFO, ONLINE
from wayhome.core.value import Value
from wayhome.features.notices import cameras, conditions, slots
from wayhome.features.notices.charging import START_STOP, Charges
from wayhome.features.notices.conditions import Condition, Watched
from wayhome.features.notices.model import Kind, Notice
from wayhome.features.notices.shelf import Shelf
from wayhome.features.notices.slots import PACE, Pace, Slot
from wayhome.hub.running import Hub

LINKS = "hub/link."
RECORDINGS = "@recording/full"
FILES, TEXTS = "@came/", "@came_text/"
PARKED = "@parked/"
"""Where a car was left; with the way on foot from there, where there is one."""
NEWS = 300.0
"""A ring that a device dates further back is no news any more, in s."""
JUST_NOW = 5.0
BOUNCE = 2.0
"""Rings that follow each other so fast, in s, are one: a button that bounces, a bell that is flooded."""
REWRITE = 30.0
"""What a standing notice tells is brought up to date at most so often, in s."""


class Watch:
    """A watcher of the household. ``then`` hears of each notice that begins."""

    def __init__(
        self, hub: Hub, shelf: Shelf, then: Callable[[Notice], None], pace: Mapping[Kind, Pace] = PACE
    ) -> None:
        self._hub = hub
        self._shelf = shelf
        self._then = then
        self._pace = pace
        self._watched: dict[str, Watched] = {}
        self._paths: dict[str, str] = {}
        """The paths that are looked at, with their things."""
        self._slots: dict[tuple[Kind, str], Slot] = {}
        self._told: dict[tuple[Kind, str], float] = {}
        self._last: dict[str, Value] = {}
        self._dirty: set[str] = set()
        self._soon = False
        self._charges = Charges()
        self._begin()

    def _begin(self) -> None:
        house = self._hub.household.house
        now, steady = self._hub.household.clock.now(), self._steady
        for notice in self._shelf.all():
            key = (notice.kind, str(notice.values.get("key")))
            if key not in self._slots:  # the newest counts
                begun = steady - max(0.0, now - notice.at)
                stands = notice.until is None
                rings = notice.kind == "doorbell"  # it has no length: it is over by the time that has passed
                self._slots[key] = Slot(stands and not rings, begun if rings else steady, stands, begun)
        for thing_id in list(house.things):
            self._look(thing_id)
        for notice in self._shelf.standing():
            if notice.thing and notice.thing not in self._watched:
                self._end(notice.kind, str(notice.values.get("key")))
            else:
                self._charges.stands(notice)
        for path, thing_id in self._paths.items():
            reading = house.readings.get(path)
            if reading is not None:
                self._last[path] = reading.value
                self._charges.before(thing_id, path, reading.value, reading.at, self._charged_at(thing_id))
        self._dirty.update(self._watched)
        # Files and texts may have come, or gone, before anybody looked.
        came = self._hub.household.published.snapshot(lambda path: path.startswith((FILES, TEXTS, PARKED)))
        self._dirty.update(shown.path for shown in came)
        self._dirty.update(notice.about for notice in self._shelf.standing() if notice.kind in ("file", "text", "walk"))

    @property
    def _steady(self) -> float:
        return self._hub.household.clock.steady()

    def _good(self, path: str) -> Value:
        """The reading at a path where it may be relied on, else None."""
        thing_id = path.partition("/")[0]
        reading = self._hub.household.house.readings.get(path)
        online = self._hub.household.house.readings.get(f"{thing_id}/{ONLINE}")
        if reading is None or reading.quality != "good" or (online is not None and online.value is False):
            return None
        return reading.value

    def _heard(self, path: str) -> Value:
        """The same, of what has just been published. Whoever tells that something happened is heard, though what else
        there is of it does not answer: a bell whose picture does not come."""
        reading = self._hub.household.house.readings.get(path)
        if path.endswith("/event.at") and reading is not None and reading.quality == "good":
            return reading.value
        return self._good(path)

    def _charged_at(self, thing_id: str) -> float:
        told = [n.at for n in self._shelf.all() if n.thing == thing_id and n.kind in ("charged", "charge_stopped")]
        return max(told, default=0.0)

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        if shown.part == "wish":
            return
        path = shown.path
        thing_id = self._paths.get(path)
        if thing_id is not None:
            self._changed(thing_id, path)
        elif path.endswith(f"/{INFO}"):
            self._look(path.partition("/")[0])
        elif path.endswith(f"/{ONLINE}") or path.startswith((LINKS, FILES, TEXTS, PARKED)) or path == RECORDINGS:
            self._mark(path.partition("/")[0] if path.endswith(f"/{ONLINE}") else path)

    def commanded(self, command: Command) -> None:
        if command.path.endswith(START_STOP) and command.target == "STOP":
            self._charges.asked(command.path.partition("/")[0], self._steady)

    def recorded(self, record: Record) -> None:
        return

    def happened(self, event: Event) -> None:
        return

    def _changed(self, thing_id: str, path: str) -> None:
        self._mark(thing_id)
        value, before = self._heard(path), self._last.get(path)
        if value is None or value == before:
            return
        self._last[path] = value
        watched = self._watched[thing_id]
        signal = path.partition("/")[2]
        if signal in watched.bells:
            if self._rang(signal, before, value, path):
                self._pulse(watched, path)
        elif signal in watched.open or signal in watched.locks or signal in watched.seats or signal == driving.POWER:
            self._touch(thing_id)
        elif signal == driving.STATE and value == "moving":
            self._moved(thing_id)

    def _rang(self, signal: str, before: Value, value: Value, path: str) -> bool:
        if signal in ("binary_sensor.on", "camera.input"):
            return value is True and before is False
        # An event tells when it last happened: what was there when we came is old.
        reading = self._hub.household.house.readings[path]
        fresh = reading.source_at is None or abs(self._hub.household.clock.now() - reading.source_at) < NEWS
        # One that says that it is of this moment is no old one, though it is the first that we hear of.
        now = reading.source_at is not None and abs(self._hub.household.clock.now() - reading.source_at) < JUST_NOW
        return isinstance(value, str) and (before is not None or now) and fresh

    def _pulse(self, watched: Watched, path: str) -> None:
        thing = watched.thing
        condition = Condition("doorbell", path, thing.id, path, True, {"name": thing.name})
        key: tuple[Kind, str] = ("doorbell", path)
        slot, change = slots.pulse(self._slots.get(key, Slot()), self._steady, self._pace["doorbell"])
        self._slots[key] = slot
        if change == "again" and self._steady - self._told.get(key, slot.since) < BOUNCE:
            return
        self._take(condition, change)

    def _moved(self, thing_id: str) -> None:
        """The car has driven: if it is left open after that, this is another time."""
        key: tuple[Kind, str] = ("left_open", thing_id)
        if key in self._slots:
            self._slots[key] = slots.anew(self._slots[key])

    def _touch(self, thing_id: str) -> None:
        key: tuple[Kind, str] = ("left_open", thing_id)
        if key in self._slots:
            self._slots[key] = slots.touched(self._slots[key], self._steady)

    def _look(self, thing_id: str) -> None:
        """A thing has come, is described anew, or is gone."""
        before = self._watched.pop(thing_id, None)
        if before is not None:
            for signal in before.signals | before.bells:
                self._paths.pop(f"{thing_id}/{signal}", None)
        thing = self._hub.household.house.things.get(thing_id)
        found = conditions.watched(thing) if thing is not None else None
        if found is None:
            for key in [key for key in self._slots if key[1].partition("/")[0] == thing_id]:
                self._end(*key)
            self._charges.forget(thing_id)
            for path in [path for path in self._last if path.partition("/")[0] == thing_id]:
                del self._last[path]
            return
        self._watched[thing_id] = found
        self._paths.update({f"{thing_id}/{signal}": thing_id for signal in found.signals | found.bells})
        self._mark(thing_id)

    def _end(self, kind: Kind, key: str) -> None:
        self._slots.pop((kind, key), None)
        self._shelf.over(kind, key)

    # Judging

    def _mark(self, what: str) -> None:
        self._dirty.add(what)
        if not self._soon:
            self._soon = True
            self._hub.soon(self.judge)

    def judge(self) -> None:
        """Work out what has changed, and what time alone has brought. To be called once a second as well."""
        self._soon = False
        now = self._steady
        waiting = {key[1].partition("/")[0] for key, slot in self._slots.items() if self._is_due(key[0], slot, now)}
        links = {
            key[1]
            for key, slot in self._slots.items()
            if key[0] in ("sign_in", "recording_stopped", "file", "text", "walk") and self._is_due(key[0], slot, now)
        }
        dirty, self._dirty = self._dirty | waiting | links, set()
        for what in dirty:
            try:
                self._judge(what)
            except Exception:
                # One odd thing must not silence the others.
                log.get("notices").exception("cannot judge", what=what)

    def _is_due(self, kind: Kind, slot: Slot, now: float) -> bool:
        due = slots.due(slot, self._pace[kind])
        return due is not None and due <= now

    def _judge(self, what: str) -> None:
        if what.startswith((LINKS, FILES, TEXTS, PARKED)) or what == RECORDINGS:
            shown = self._hub.household.published.find(what)
            value = shown.fact[0] if shown is not None and shown.fact is not None else None
            made = _recordings if what == RECORDINGS else _came if what.startswith((FILES, TEXTS)) else _link
            made = _on_foot if what.startswith(PARKED) else made
            self._step(made(what, value))
            return
        watched = self._watched.get(what)
        if watched is None:
            return
        now = self._steady

        def get(signal: str) -> Value:
            return self._good(f"{what}/{signal}")

        for condition in conditions.conditions(watched, get):
            self._step(self._wanted(condition))
        if watched.charges:
            for condition in self._charges.conditions(watched.thing, get, now):
                self._step(condition)
        for signal in watched.bells:
            slot = self._slots.get(("doorbell", f"{what}/{signal}"))
            if slot is not None and slot.raised:
                path = f"{what}/{signal}"
                self._step(Condition("doorbell", path, what, path, False))

    def _wanted(self, condition: Condition) -> Condition:
        """What nobody wants to be told is not so."""
        if condition.kind != "motion" or not condition.holds or cameras.tells(self._hub, condition.thing):
            return condition
        return msgspec.structs.replace(condition, holds=False)

    def _step(self, condition: Condition) -> None:
        key = (condition.kind, condition.key)
        before = self._slots.get(key, Slot(False, self._steady))
        slot, change = slots.step(before, condition.holds, self._steady, self._pace[condition.kind])
        if slot.wanted or slot.raised or slot.begun is not None:
            self._slots[key] = slot
        else:
            self._slots.pop(key, None)
        self._take(condition, change)

    def _take(self, condition: Condition, change: slots.Change | None) -> None:
        key = (condition.kind, condition.key)
        now = self._steady
        if change == "over":
            self._shelf.over(*key)
        elif change is not None:
            self._told[key] = now
            if change == "begins" or self._shelf.again(condition) is None:
                self._then(self._shelf.begin(condition))
        elif condition.holds and self._slots[key].raised and self._shelf.differs(condition):
            if now - self._told.get(key, -REWRITE) >= REWRITE:
                self._told[key] = now
                self._shelf.change(condition)
            else:
                self._dirty.add(condition.thing or condition.key)  # a second from now it is looked at again


def _link(path: str, value: Value) -> Condition:
    status = value if isinstance(value, dict) else {}
    name: dict[str, Value] = {"name": str(status.get("name") or "")}
    about = f"@link/{status.get('id')}"  # read by owners: they can do something about it
    return Condition("sign_in", path, "", about, status.get("state") == "sign_in_needed", name)


def _recordings(path: str, value: Value) -> Condition:
    # Who may look at what was recorded is told that nothing is.
    return Condition("recording_stopped", path, "", path, value is True if value is not None else None)


def _came(path: str, value: Value) -> Condition:
    # What nobody tells of any more was fetched or shown, or is gone.
    there = value if isinstance(value, dict) else {}
    told: dict[str, Value] = {"name": str(there.get("name") or ""), "to": there.get("to") or []}
    kind: Kind = "file" if path.startswith(FILES) else "text"
    return Condition(kind, path, "", path, bool(there), told)


def _on_foot(path: str, value: Value) -> Condition:
    # Who may know where the car was left is shown the rest of the way, until it drives on.
    parked = value if isinstance(value, dict) else {}
    walk, goal = parked.get("walk"), parked.get("goal")
    found = goal if isinstance(goal, dict) else {}
    told: dict[str, Value] = {"name": str(found.get("name") or ""), "metres": walk}
    told |= {name: found.get(name) for name in ("latitude", "longitude")}
    return Condition("walk", path, "", path, isinstance(walk, int | float), told)
