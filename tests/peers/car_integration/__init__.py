"""A car in Home Assistant, as the makers' integrations show theirs: one device with the entities that they share.

Home Assistant loads this as a custom integration. Its car obeys at once and reports by itself; tests change what it
reports with ``set`` (service ``testcar.report``), and make it refuse (``refuse: true``).
"""

from __future__ import annotations

from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import config_validation as cv

from .car import Car

DOMAIN = "testcar"
CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CLIMATE,
    Platform.COVER,
    Platform.DEVICE_TRACKER,
    Platform.LOCK,
    Platform.NUMBER,
    Platform.SENSOR,
    Platform.SWITCH,
]


async def async_setup(hass: HomeAssistant, config: dict) -> bool:
    if DOMAIN in config and not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data={}))
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    car = entry.runtime_data = Car()

    async def report(call: ServiceCall) -> None:
        car.change(**call.data)

    hass.services.async_register(DOMAIN, "report", report)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    hass.services.async_remove(DOMAIN, "report")
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)
