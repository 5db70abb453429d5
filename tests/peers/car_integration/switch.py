"""Whether the car charges, as something that can be switched."""

from __future__ import annotations

from homeassistant.components.switch import SwitchEntity

from .car import CarEntity


class CarCharge(CarEntity, SwitchEntity):
    @property
    def is_on(self) -> bool:
        return self.car.charging

    async def async_turn_on(self, **_: object) -> None:
        self.car.obey(charging=True, charge_power=11.0)

    async def async_turn_off(self, **_: object) -> None:
        self.car.obey(charging=False, charge_power=0.0)


async def async_setup_entry(hass, entry, add) -> None:
    add([CarCharge(entry.runtime_data, "charge", "Charge")])
