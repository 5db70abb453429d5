"""The car itself: what it is at the moment, and who listens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity


@dataclass
class Car:
    """Its values, in the units of most makers' integrations: km, bar, Celsius, percent."""

    battery: float = 72.0
    range: float = 310.0
    odometer: float = 18_250.0
    charging: bool = False
    plugged: bool = True
    charge_limit: float = 80.0
    charge_power: float = 0.0
    locked: bool = True
    port_open: bool = False
    climate_on: bool = False
    target_temperature: float = 21.0
    inside_temperature: float = 12.5
    outside_temperature: float = 6.0
    pressure: float = 2.6
    latitude: float = 52.5163
    longitude: float = 13.3777
    awake: bool = True
    refuse: bool = False
    flashed: int = 0
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def change(self, **values: object) -> None:
        """It is so now, and it tells."""
        for name, value in values.items():
            if not hasattr(self, name) or name == "listeners":
                raise HomeAssistantError(f"the car has no {name}")
            setattr(self, name, value)
        for listener in list(self.listeners):
            listener()

    def obey(self, **values: object) -> None:
        """It was told so. It refuses while ``refuse`` is set."""
        if self.refuse:
            raise HomeAssistantError("the car said no")
        self.change(**values)


class CarEntity(Entity):
    """One of its entities. ``key`` is its unique part."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, car: Car, key: str, name: str | None) -> None:
        self.car = car
        self._attr_name = name
        self._attr_unique_id = f"family-car-{key}"
        self._attr_device_info = DeviceInfo(
            identifiers={("testcar", "family-car")},
            name="Family car",
            manufacturer="Wayhome tests",
            model="SU7",
        )

    @property
    def available(self) -> bool:
        return self.car.awake

    async def async_added_to_hass(self) -> None:
        self.car.listeners.append(self.async_write_ha_state)

    async def async_will_remove_from_hass(self) -> None:
        self.car.listeners.remove(self.async_write_ha_state)
