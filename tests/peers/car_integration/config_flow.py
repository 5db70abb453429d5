"""Adds the one car, from configuration.yaml."""

from __future__ import annotations

from homeassistant.config_entries import ConfigFlow, ConfigFlowResult


class CarFlow(ConfigFlow, domain="testcar"):
    async def async_step_import(self, _: dict) -> ConfigFlowResult:
        await self.async_set_unique_id("family-car")
        self._abort_if_unique_id_configured()
        return self.async_create_entry(title="Family car", data={})
