"""Sensors, the alarm panel, the doorbell's camera, and scenes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import Refused
from wayhome.links.sim.device import Around, Device, choice


class Thermometer(Device):
    """Measures the air outside."""

    kind: ClassVar[str] = "sensor"
    slow: ClassVar[frozenset[str]] = frozenset({"sensor.value"})

    def __init__(self, key: str, name: str, area: str) -> None:
        super().__init__(key, name, area, {"sensor.value": Refinement(unit="Celsius", device_class="temperature")})
        self.temperature: float | None = None

    def move(self, dt: float, around: Around) -> None:
        self.temperature = around.outside

    def facts(self) -> dict[str, Value]:
        return {"sensor.value": None if self.temperature is None else round(self.temperature, 1)}


class Contact(Device):
    """Says whether a window is open."""

    kind: ClassVar[str] = "window"

    def __init__(self, key: str, name: str, area: str, set_open: Callable[[bool], None]) -> None:
        """``set_open`` is called when the window is opened or shut."""
        super().__init__(key, name, area, {"binary_sensor.on": Refinement(device_class="window")})
        self._set_open = set_open
        self.open = False

    def turn(self, open: bool) -> None:
        """Open or shut the window, as a person does."""
        self.open = open
        self._set_open(open)

    def facts(self) -> dict[str, Value]:
        return {"binary_sensor.on": self.open}


class Alarm(Device):
    """The alarm panel: leaves time to go when armed, and to disarm when somebody comes."""

    kind: ClassVar[str] = "alarm"
    MODES: ClassVar[tuple[str, ...]] = ("disarmed", "armed_home", "armed_away", "armed_night", "armed_vacation")
    TO_LEAVE: ClassVar[float] = 15.0
    TO_DISARM: ClassVar[float] = 20.0

    def __init__(self, key: str, name: str, area: str, contacts: Sequence[Contact]) -> None:
        signals = {"alarm.state": Refinement(), "alarm.mode": Refinement(allowed=self.MODES)}
        super().__init__(key, name, area, signals)
        self.contacts = contacts
        self.mode = "disarmed"
        self.state = "disarmed"
        self.left = 0.0
        """Seconds that arming, or the time to disarm, still takes."""

    @property
    def busy(self) -> bool:
        return self.state == "arming"

    def check(self, signal: str, target: Value) -> None:
        if signal != "alarm.mode":
            super().check(signal, target)
        mode = choice(self.name, signal, target, self.MODES)
        open = next((contact.name for contact in self.contacts if contact.open), None)
        if mode != "disarmed" and open is not None:
            raise Refused(f"{open} is open", advice="Shut it, then arm again.")

    def apply(self, signal: str, target: Value) -> None:
        self.mode = str(target)
        if self.mode in ("armed_away", "armed_vacation"):
            self.state, self.left = "arming", self.TO_LEAVE
        else:
            self.state, self.left = self.mode, 0.0

    def move(self, dt: float, around: Around) -> None:
        self.left = max(0.0, self.left - dt)
        if self.state == "arming" and not self.left:
            self.state = self.mode
        if self.state.startswith("armed") and any(contact.open for contact in self.contacts):
            self.state, self.left = "pending", self.TO_DISARM
        elif self.state == "pending" and not self.left:
            self.state = "triggered"

    def facts(self) -> dict[str, Value]:
        return {"alarm.state": self.state, "alarm.mode": self.mode}


class Doorbell(Device):
    """A doorbell with a camera; it records for a while after somebody rang."""

    kind: ClassVar[str] = "camera"
    RECORDS: ClassVar[float] = 20.0

    def __init__(self, key: str, name: str, area: str) -> None:
        signals = {"camera.state": Refinement(), "binary_sensor.on": Refinement(device_class="occupancy")}
        super().__init__(key, name, area, signals)
        self.recording = 0.0
        """Seconds for which somebody still stands there."""

    def ring(self) -> None:
        self.recording = self.RECORDS

    def move(self, dt: float, around: Around) -> None:
        self.recording = max(0.0, self.recording - dt)

    def facts(self) -> dict[str, Value]:
        return {"camera.state": "recording" if self.recording else "idle", "binary_sensor.on": self.recording > 0}


class Scene(Device):
    """Asks several things at once; each obeys in its own time."""

    kind: ClassVar[str] = "scene"

    def __init__(self, key: str, name: str, wishes: Sequence[tuple[str, str, Value]]) -> None:
        """``wishes``: key of the device, signal, target."""
        super().__init__(key, name, None, {"scene.activate": Refinement()})
        self.wishes = wishes
        self.due: list[tuple[str, str, Value, str | None]] = []
        """Wishes for the home to hand on: the fourth is the cause."""

    def check(self, signal: str, target: Value) -> None:
        if target is False:
            raise Refused("a scene can only be activated")

    def apply(self, signal: str, target: Value) -> None:
        self.touched.discard(signal)  # a press has no value to tell
        self.due += [(*wish, self.cause) for wish in self.wishes]
