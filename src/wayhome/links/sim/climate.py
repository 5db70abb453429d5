"""What changes a room's air: heaters, an air conditioner, a purifier, a humidifier."""

from __future__ import annotations

from typing import ClassVar

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.links.sim.device import Around, Device, choice, number, truth
from wayhome.links.sim.room import Room

COOLEST, WARMEST = 7.0, 30.0
HYSTERESIS = 0.25
"""K around the wish within which a thermostat leaves things as they are."""


class Climate(Device):
    """A thermostat with a heater of ``heating`` W, and a cooler of ``cooling`` W where that is more than 0."""

    kind: ClassVar[str] = "heater"
    slow: ClassVar[frozenset[str]] = frozenset({"climate.current_temperature", "climate.current_humidity"})
    PRESETS: ClassVar[dict[str, float]] = {"none": 0.0, "eco": -3.0, "boost": 2.0}

    def __init__(self, key: str, name: str, area: str, room: Room, *, heating: float, cooling: float) -> None:
        self.modes = ("off", "heat", "cool", "heat_cool") if cooling else ("off", "heat")
        signals = {
            "climate.current_temperature": Refinement(),
            "climate.current_humidity": Refinement(),
            "climate.target_temperature": Refinement(min=COOLEST, max=WARMEST, step=0.5),
            "climate.mode": Refinement(allowed=self.modes),
            "climate.action": Refinement(),
            "climate.preset": Refinement(allowed=tuple(self.PRESETS)),
        }
        super().__init__(key, name, area, signals)
        self.room = room
        self.heating, self.cooling = heating, cooling
        self.mode = "heat_cool" if cooling else "heat"
        self.target = 21.0
        self.preset = "none"
        self.action = "idle"

    def check(self, signal: str, target: Value) -> None:
        match signal:
            case "climate.target_temperature":
                number(self.name, signal, target, COOLEST, WARMEST)
            case "climate.mode":
                choice(self.name, signal, target, self.modes)
            case "climate.preset":
                choice(self.name, signal, target, tuple(self.PRESETS))
            case _:
                super().check(signal, target)

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "climate.target_temperature", float(wish) | int(wish):
                self.target = round(wish * 2) / 2
            case "climate.mode", str(mode):
                self.mode = mode
            case "climate.preset", str(preset):
                self.preset = preset

    def move(self, dt: float, around: Around) -> None:
        warm = self.room.temperature - (self.target + self.PRESETS[self.preset])
        if self.mode == "off":
            self.action = "off"
        elif "heat" in self.mode and (warm < -HYSTERESIS or (self.action == "heating" and warm < HYSTERESIS)):
            self.action = "heating"
        elif "cool" in self.mode and (warm > 2 * HYSTERESIS or (self.action == "cooling" and warm > -HYSTERESIS)):
            self.action = "cooling"
        else:
            self.action = "idle"
        power = {"heating": self.heating, "cooling": -self.cooling}.get(self.action, 0.0)
        # Near the wish it works with less, so that the room does not overshoot.
        self.room.heating = power * max(0.25, min(1.0, abs(warm) / 1.5))

    def facts(self) -> dict[str, Value]:
        return {
            "climate.current_temperature": round(self.room.temperature, 1),
            "climate.current_humidity": float(round(self.room.humidity)),
            "climate.target_temperature": self.target,
            "climate.mode": self.mode,
            "climate.action": self.action,
            "climate.preset": self.preset,
        }


class Purifier(Device):
    """An air purifier: a fan with levels and presets, and a dust sensor."""

    kind: ClassVar[str] = "fan"
    slow: ClassVar[frozenset[str]] = frozenset({"sensor.value"})
    PRESETS: ClassVar[tuple[str, ...]] = ("auto", "sleep", "favorite")

    def __init__(self, key: str, name: str, area: str, room: Room) -> None:
        signals = {
            "fan.on": Refinement(),
            "fan.percentage": Refinement(step=1.0),
            "fan.preset": Refinement(allowed=self.PRESETS),
            "sensor.value": Refinement(unit="µg/m³", device_class="pm25"),
        }
        super().__init__(key, name, area, signals)
        self.room = room
        self.on = True
        self.percentage = 20.0
        self.preset: str | None = "auto"

    def check(self, signal: str, target: Value) -> None:
        match signal:
            case "fan.on":
                truth(self.name, signal, target)
            case "fan.percentage":
                number(self.name, signal, target, 0.0, 100.0)
            case "fan.preset":
                choice(self.name, signal, target, self.PRESETS)
            case _:
                super().check(signal, target)

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "fan.on", bool(on):
                self.on = on
            case "fan.percentage", float(percent) | int(percent):
                # A level by hand ends the preset.
                self.on, self.percentage, self.preset = percent > 0, float(round(percent)), None
            case "fan.preset", str(preset):
                self.on, self.preset = True, preset

    def move(self, dt: float, around: Around) -> None:
        if self.preset == "sleep":
            self.percentage = 10.0
        elif self.preset == "favorite":
            self.percentage = 60.0
        elif self.preset == "auto":
            self.percentage = 100.0 if self.room.dust > 35 else 50.0 if self.room.dust > 12 else 20.0
        self.room.cleaning = 0.06 * self.percentage if self.on else 0.0

    def facts(self) -> dict[str, Value]:
        return {
            "fan.on": self.on,
            "fan.percentage": self.percentage if self.on else 0.0,
            "fan.preset": self.preset,
            "sensor.value": round(self.room.dust, 1),
        }


class Humidifier(Device):
    """A humidifier that keeps the room's air at a wished moisture."""

    kind: ClassVar[str] = "humidifier"
    slow: ClassVar[frozenset[str]] = frozenset({"humidifier.current_humidity"})
    MODES: ClassVar[tuple[str, ...]] = ("normal", "quiet")

    def __init__(self, key: str, name: str, area: str, room: Room) -> None:
        signals = {
            "humidifier.on": Refinement(),
            "humidifier.target_humidity": Refinement(min=30.0, max=70.0, step=1.0),
            "humidifier.current_humidity": Refinement(),
            "humidifier.mode": Refinement(allowed=self.MODES),
        }
        super().__init__(key, name, area, signals)
        self.room = room
        self.on = False
        self.target = 45.0
        self.mode = "normal"

    def check(self, signal: str, target: Value) -> None:
        match signal:
            case "humidifier.on":
                truth(self.name, signal, target)
            case "humidifier.target_humidity":
                number(self.name, signal, target, 30.0, 70.0)
            case "humidifier.mode":
                choice(self.name, signal, target, self.MODES)
            case _:
                super().check(signal, target)

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "humidifier.on", bool(on):
                self.on = on
            case "humidifier.target_humidity", float(wish) | int(wish):
                self.target = float(round(wish))
            case "humidifier.mode", str(mode):
                self.mode = mode

    def move(self, dt: float, around: Around) -> None:
        most = 14.0 if self.mode == "normal" else 7.0
        self.room.moisture = max(0.0, min(most, (self.target - self.room.humidity) * 5)) if self.on else 0.0

    def facts(self) -> dict[str, Value]:
        return {
            "humidifier.on": self.on,
            "humidifier.target_humidity": self.target,
            "humidifier.current_humidity": round(self.room.humidity, 1),
            "humidifier.mode": self.mode,
        }
