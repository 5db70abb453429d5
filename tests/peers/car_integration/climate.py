"""The car's climate."""

from __future__ import annotations

from homeassistant.components.climate import ClimateEntity, ClimateEntityFeature, HVACMode

from .car import CarEntity


class CarClimate(CarEntity, ClimateEntity):
    _attr_hvac_modes = [HVACMode.OFF, HVACMode.HEAT_COOL]  # noqa: RUF012
    _attr_temperature_unit = "°C"
    _attr_min_temp, _attr_max_temp, _attr_target_temperature_step = 16, 28, 0.5
    _attr_supported_features = (
        ClimateEntityFeature.TARGET_TEMPERATURE | ClimateEntityFeature.TURN_ON | ClimateEntityFeature.TURN_OFF
    )

    @property
    def hvac_mode(self) -> HVACMode:
        return HVACMode.HEAT_COOL if self.car.climate_on else HVACMode.OFF

    @property
    def current_temperature(self) -> float:
        return self.car.inside_temperature

    @property
    def target_temperature(self) -> float:
        return self.car.target_temperature

    async def async_set_hvac_mode(self, hvac_mode: HVACMode) -> None:
        self.car.obey(climate_on=hvac_mode is not HVACMode.OFF)

    async def async_turn_on(self) -> None:
        self.car.obey(climate_on=True)

    async def async_turn_off(self) -> None:
        self.car.obey(climate_on=False)

    async def async_set_temperature(self, **wanted: object) -> None:
        self.car.obey(target_temperature=wanted["temperature"])


async def async_setup_entry(hass, entry, add) -> None:
    add([CarClimate(entry.runtime_data, "climate", "Climate")])
