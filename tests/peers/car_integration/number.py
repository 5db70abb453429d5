"""How far the car charges."""

from __future__ import annotations

from homeassistant.components.number import NumberDeviceClass, NumberEntity

from .car import CarEntity


class ChargeLimit(CarEntity, NumberEntity):
    _attr_device_class = NumberDeviceClass.BATTERY
    _attr_native_unit_of_measurement = "%"
    _attr_native_min_value, _attr_native_max_value, _attr_native_step = 50, 100, 5

    @property
    def native_value(self) -> float:
        return self.car.charge_limit

    async def async_set_native_value(self, value: float) -> None:
        self.car.obey(charge_limit=value)


async def async_setup_entry(hass, entry, add) -> None:
    add([ChargeLimit(entry.runtime_data, "limit", "Charge limit")])
