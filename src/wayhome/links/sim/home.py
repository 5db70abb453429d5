"""The demo's home: four rooms and what stands in them."""

from __future__ import annotations

from wayhome.core.value import Value
from wayhome.links.sim.climate import Climate, Humidifier, Purifier
from wayhome.links.sim.config import Language
from wayhome.links.sim.device import Around, Device
from wayhome.links.sim.guards import Alarm, Contact, Doorbell, Scene, Thermometer
from wayhome.links.sim.lights import Lamp, Switch
from wayhome.links.sim.machines import Television, Vacuum
from wayhome.links.sim.names import name
from wayhome.links.sim.openings import Cover, Lock
from wayhome.links.sim.room import Room

GOOD_NIGHT: tuple[tuple[str, str, Value], ...] = (
    ("living-lamp", "light.on", False),
    ("kitchen-lights", "light.on", False),
    ("hall-switch", "switch.on", False),
    ("living-tv", "media_player.on", False),
    ("living-blinds", "cover.close", True),
    ("front-door", "lock.locked", True),
    ("bedroom-heater", "climate.preset", "eco"),
    ("air-purifier", "fan.preset", "sleep"),
)
COMING_HOME: tuple[tuple[str, str, Value], ...] = (
    ("hall-switch", "switch.on", True),
    ("living-lamp", "light.brightness", 70.0),
    ("living-lamp", "light.color_temp", 2_700.0),
    ("living-climate", "climate.target_temperature", 21.5),
    ("bedroom-heater", "climate.preset", "none"),
    ("living-blinds", "cover.open", True),
)


class Home:
    """Rooms by key, devices by key. The devices change the rooms, the rooms the devices' readings."""

    def __init__(self, language: Language, outside: float) -> None:
        def called(key: str) -> str:
            return name(key, language)

        living = Room(20.2, heat=2.6e6, loss=62.0, base=260.0, glass=900.0)
        bedroom = Room(18.1, heat=1.3e6, loss=38.0, base=110.0, glass=250.0)
        self.rooms = {"living": living, "bedroom": bedroom}
        self.living, self.bedroom = living, bedroom
        here, sleep = called("living"), called("bedroom")
        self.lamp = Lamp("living-lamp", called("living-lamp"), here, color=True)
        self.kitchen = Lamp("kitchen-lights", called("kitchen-lights"), called("kitchen"), color=False)
        self.hall = Switch("hall-switch", called("hall-switch"), called("hall"))
        self.climate = Climate("living-climate", called("living-climate"), here, living, heating=3_200, cooling=2_500)
        self.heater = Climate("bedroom-heater", called("bedroom-heater"), sleep, bedroom, heating=1_500, cooling=0)
        self.purifier = Purifier("air-purifier", called("air-purifier"), here, living)
        self.humidifier = Humidifier("humidifier", called("humidifier"), sleep, bedroom)
        self.blinds = Cover("living-blinds", called("living-blinds"), here, travel=22.0, gate=False, room=living)
        self.door = Lock("front-door", called("front-door"), called("hall"))
        self.gate = Cover("gate", called("gate"), called("outside"), travel=16.0, gate=True)
        self.doorbell = Doorbell("doorbell", called("doorbell"), called("outside"))
        self.television = Television("living-tv", called("living-tv"), here, language)
        self.vacuum = Vacuum("vacuum", called("vacuum"), here)
        self.thermometer = Thermometer("outdoor-temperature", called("outdoor-temperature"), called("outside"))
        self.window = Contact(
            "bedroom-window", called("bedroom-window"), sleep, lambda open: setattr(bedroom, "open", open)
        )
        self.alarm = Alarm("alarm", called("alarm"), called("hall"), (self.window,))
        self.good_night = Scene("good-night", called("good-night"), GOOD_NIGHT)
        self.coming_home = Scene("coming-home", called("coming-home"), COMING_HOME)
        self.thermometer.temperature = outside
        self.heater.target = 19.0
        self.kitchen.on = True
        self.devices: dict[str, Device] = {
            device.key: device
            for device in (
                self.lamp, self.kitchen, self.hall, self.climate, self.heater, self.purifier, self.humidifier,
                self.blinds, self.door, self.gate, self.doorbell, self.television, self.vacuum,
                self.thermometer, self.window, self.alarm, self.good_night, self.coming_home,
            )
        }  # fmt: skip

    def step(self, dt: float, around: Around) -> None:
        """Let ``dt`` s pass in every room and device."""
        for device in self.devices.values():
            device.step(dt, around)
        for room in self.rooms.values():
            room.step(dt, around.outside, around.sun)

    @property
    def busy(self) -> bool:
        """Whether some device is in the middle of something, or has a wish on its way."""
        return any(device.waiting or device.busy for device in self.devices.values())
