"""What is so or not so with the car."""

from __future__ import annotations

from homeassistant.components.binary_sensor import BinarySensorDeviceClass, BinarySensorEntity

from .car import Car, CarEntity

SENSORS = (
    ("charging", "Charging", BinarySensorDeviceClass.BATTERY_CHARGING),
    ("plugged", "Charge cable", BinarySensorDeviceClass.PLUG),
)


class CarBinarySensor(CarEntity, BinarySensorEntity):
    def __init__(self, car: Car, key: str, name: str, kind: BinarySensorDeviceClass) -> None:
        super().__init__(car, f"is-{key}", name)
        self._key = key
        self._attr_device_class = kind

    @property
    def is_on(self) -> bool:
        return getattr(self.car, self._key)


async def async_setup_entry(hass, entry, add) -> None:
    add(CarBinarySensor(entry.runtime_data, *sensor) for sensor in SENSORS)
