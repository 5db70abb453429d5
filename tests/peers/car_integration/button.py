"""What the car does once when told."""

from __future__ import annotations

from homeassistant.components.button import ButtonEntity

from .car import CarEntity


class FlashLights(CarEntity, ButtonEntity):
    async def async_press(self) -> None:
        self.car.obey(flashed=self.car.flashed + 1)


async def async_setup_entry(hass, entry, add) -> None:
    add([FlashLights(entry.runtime_data, "flash", "Flash lights")])
