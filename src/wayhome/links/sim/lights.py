"""Lamps and switches."""

from __future__ import annotations

from typing import ClassVar

from wayhome.core.catalog import Refinement
from wayhome.core.value import Value
from wayhome.errors import Refused
from wayhome.links.sim.bodywork import toward
from wayhome.links.sim.device import Around, Device, number, truth

RAMP = 160.0
"""Percent a second: a lamp fades, it does not jump."""
WARM, COLD = 2_200.0, 6_500.0


class Lamp(Device):
    """A dimmable lamp; with ``color`` also white from warm to cold, and colours."""

    kind: ClassVar[str] = "light"

    def __init__(self, key: str, name: str, area: str, *, color: bool) -> None:
        signals = {"light.on": Refinement(), "light.brightness": Refinement(min=0.0, max=100.0, step=1.0)}
        if color:
            signals["light.color_temp"] = Refinement(min=WARM, max=COLD, step=50.0)
            signals["light.hue"] = Refinement()
            signals["light.saturation"] = Refinement()
        super().__init__(key, name, area, signals)
        self.color = color
        self.on = False
        self.level = 60.0
        """Percent of light, also remembered while off."""
        self.goal = 60.0
        self.white: float | None = 2_700.0
        """Kelvin, or None while it shows a colour."""
        self.hue, self.saturation = 30.0, 60.0

    @property
    def busy(self) -> bool:
        return self.level != self.goal

    def check(self, signal: str, target: Value) -> None:
        if signal == "light.on":
            truth(self.name, signal, target)
        elif signal == "light.color_temp":
            number(self.name, signal, target, WARM, COLD)
        else:
            number(self.name, signal, target, 0.0, 360.0 if signal == "light.hue" else 100.0)

    def apply(self, signal: str, target: Value) -> None:
        match signal, target:
            case "light.on", bool(on):
                self.on = on
            case "light.brightness", float(percent) | int(percent):
                self.on = percent > 0
                if percent > 0:
                    self.goal = max(1.0, float(round(percent)))
            case "light.color_temp", float(kelvin) | int(kelvin):
                self.white = float(round(kelvin))
            case "light.hue", float(hue) | int(hue):
                self.white, self.hue = None, float(round(hue))
            case "light.saturation", float(saturation) | int(saturation):
                self.white, self.saturation = None, float(round(saturation))

    def move(self, dt: float, around: Around) -> None:
        self.level = toward(self.level, self.goal, RAMP * dt)

    def facts(self) -> dict[str, Value]:
        said: dict[str, Value] = {"light.on": self.on, "light.brightness": float(round(self.level)) if self.on else 0.0}
        if self.color:
            said["light.color_temp"] = self.white
            said["light.hue"] = self.hue if self.white is None else None
            said["light.saturation"] = self.saturation if self.white is None else None
        return said


class Switch(Device):
    """A plug that is on or off."""

    kind: ClassVar[str] = "switch"

    def __init__(self, key: str, name: str, area: str) -> None:
        super().__init__(key, name, area, {"switch.on": Refinement()})
        self.on = False

    def check(self, signal: str, target: Value) -> None:
        if self.jammed:
            raise Refused(f"the relay of {self.name} is stuck", advice="Switch it by hand once.")
        truth(self.name, signal, target)

    def apply(self, signal: str, target: Value) -> None:
        self.on = target is True

    def facts(self) -> dict[str, Value]:
        return {"switch.on": self.on}
