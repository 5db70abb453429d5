"""The car's charge port door."""

from __future__ import annotations

from homeassistant.components.cover import CoverDeviceClass, CoverEntity, CoverEntityFeature

from .car import CarEntity


class ChargePort(CarEntity, CoverEntity):
    _attr_device_class = CoverDeviceClass.DOOR
    _attr_supported_features = CoverEntityFeature.OPEN | CoverEntityFeature.CLOSE

    @property
    def is_closed(self) -> bool:
        return not self.car.port_open

    async def async_open_cover(self, **_: object) -> None:
        self.car.obey(port_open=True)

    async def async_close_cover(self, **_: object) -> None:
        self.car.obey(port_open=False)


async def async_setup_entry(hass, entry, add) -> None:
    add([ChargePort(entry.runtime_data, "port", "Charge port door")])
