"""Where the car is."""

from __future__ import annotations

from homeassistant.components.device_tracker import SourceType
from homeassistant.components.device_tracker.config_entry import TrackerEntity

from .car import CarEntity


class CarPlace(CarEntity, TrackerEntity):
    _attr_source_type = SourceType.GPS

    @property
    def latitude(self) -> float:
        return self.car.latitude

    @property
    def longitude(self) -> float:
        return self.car.longitude


async def async_setup_entry(hass, entry, add) -> None:
    add([CarPlace(entry.runtime_data, "location", "Location")])
