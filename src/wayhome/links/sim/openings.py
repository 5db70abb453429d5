"""What opens and shuts: blinds, the gate, the front door's lock."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import Refused
from wayhome.links.sim.bodywork import toward
from wayhome.links.sim.device import Around, Device, number, truth
from wayhome.links.sim.room import Room

BOLT = 1.2
"""Seconds that a bolt needs."""
LATCH = 4.0
"""Seconds for which the latch stays drawn back."""


class Cover(Device):
    """Blinds or a gate: ``travel`` seconds from shut to open. A gate is told to open, not to a position."""

    def __init__(self, key: str, name: str, area: str, *, travel: float, gate: bool, room: Room | None = None) -> None:
        signals = {
            "cover.state": Refinement(device_class="gate" if gate else "blind"),
            "cover.position": Refinement(fixed=gate, step=1.0),
            "cover.open": Refinement(),
            "cover.close": Refinement(),
            "cover.stop": Refinement(),
        }
        if not gate:
            signals["cover.tilt"] = Refinement(step=5.0)
        super().__init__(key, name, area, signals)
        self.travel = travel
        self.gate = gate
        self.room = room
        self.position = 0.0 if gate else 80.0
        """Percent open."""
        self.goal = self.position
        self.tilt = 50.0

    @property
    def _word(self) -> str:
        return "gate" if self.gate else "cover"

    def thing(self, thing_id: str, link: str) -> Thing:
        return msgspec.structs.replace(super().thing(thing_id, link), kind=self._word, model=f"Simulated {self._word}")

    @property
    def busy(self) -> bool:
        return self.position != self.goal and not self.jammed

    def check(self, signal: str, target: Value) -> None:
        match signal:
            case "cover.position" | "cover.tilt":
                number(self.name, signal, target, 0.0, 100.0)
            case "cover.open" | "cover.close" | "cover.stop":
                if self.jammed and signal != "cover.stop":
                    raise Refused(f"{self.name} is stuck", advice="See whether something is in its way.")
            case _:
                super().check(signal, target)

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "cover.position", float(percent) | int(percent):
                self.goal = float(round(percent))
            case "cover.tilt", float(percent) | int(percent):
                self.tilt = float(round(percent))
            case "cover.open", _:
                self.goal = 100.0
            case "cover.close", _:
                self.goal = 0.0
            case "cover.stop", _:
                self.position = self.goal = float(round(self.position))

    def move(self, dt: float, around: Around) -> None:
        if not self.jammed:
            self.position = toward(self.position, self.goal, 100.0 / self.travel * dt)
        if self.room is not None:
            self.room.shade = (1 - self.position / 100) * (1 - 0.4 * self.tilt / 100)

    def facts(self) -> dict[str, Value]:
        state = "open" if self.position > 0 else "closed"
        if self.busy:
            state = "opening" if self.goal > self.position else "closing"
        said: dict[str, Value] = {"cover.state": state, "cover.position": float(round(self.position))}
        return said if self.gate else {**said, "cover.tilt": self.tilt}


class Lock(Device):
    """The front door's lock: a bolt, and a latch that can be drawn back for a moment."""

    kind: ClassVar[str] = "lock"
    slow: ClassVar[frozenset[str]] = frozenset({"battery.level"})

    def __init__(self, key: str, name: str, area: str) -> None:
        signals = {
            "lock.locked": Refinement(),
            "lock.state": Refinement(),
            "lock.open": Refinement(),
            "battery.level": Refinement(),
        }
        super().__init__(key, name, area, signals)
        self.bolt = 1.0
        """1 is out (locked), 0 in."""
        self.goal = 1.0
        self.locked = True
        """Where the bolt last came to rest: on its way, or stuck, the door is as it was."""
        self.latch = 0.0
        """Seconds for which the latch is still drawn back."""
        self.opens = False
        self.battery = 86.0

    @property
    def busy(self) -> bool:
        return (self.bolt != self.goal and not self._stuck) or self.latch > 0

    @property
    def _stuck(self) -> bool:
        return self.jammed and 0 < self.bolt < 1

    def check(self, signal: str, target: Value) -> None:
        if signal == "lock.locked":
            truth(self.name, signal, target)
        elif signal != "lock.open":
            super().check(signal, target)

    def apply(self, signal: str, target: Value) -> None:
        self.battery = max(1.0, self.battery - 0.01)
        if signal == "lock.open":
            self.goal, self.opens = 0.0, True
        else:
            self.goal, self.opens = (1.0 if target else 0.0), False

    def move(self, dt: float, around: Around) -> None:
        self.latch = max(0.0, self.latch - dt)
        if self.jammed and self.bolt != self.goal:
            self.bolt = 0.6  # the bolt meets the frame
            return
        self.bolt = toward(self.bolt, self.goal, dt / BOLT)
        if self.bolt == self.goal:
            self.locked = self.bolt == 1
        if self.opens and self.bolt == 0:
            self.opens, self.latch = False, LATCH

    def facts(self) -> dict[str, Value]:
        if self._stuck:
            state = "jammed"
        elif self.bolt != self.goal:
            state = "locking" if self.goal else "unlocking"
        elif self.latch > 0:
            state = "open"
        else:
            state = "locked" if self.bolt == 1 else "unlocked"
        return {"lock.locked": self.locked, "lock.state": state, "battery.level": float(round(self.battery))}
