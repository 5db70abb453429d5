"""All of Home Assistant's domains that a household wants in its car and on its screens."""

from __future__ import annotations

from collections.abc import Mapping

from wayhome.links.homeassistant import wire_climate, wire_light, wire_media, wire_opening, wire_sensor
from wayhome.links.homeassistant.wire_domain import Domain

DOMAINS: Mapping[str, Domain] = {
    "alarm_control_panel": wire_opening.ALARM,
    "binary_sensor": wire_sensor.BINARY_SENSOR,
    "button": wire_sensor.BUTTON,
    "camera": wire_media.CAMERA,
    "climate": wire_climate.CLIMATE,
    "cover": wire_opening.COVER,
    "device_tracker": wire_sensor.DEVICE_TRACKER,
    "fan": wire_climate.FAN,
    "humidifier": wire_climate.HUMIDIFIER,
    "input_boolean": wire_light.INPUT_BOOLEAN,
    "input_button": wire_sensor.INPUT_BUTTON,
    "input_number": wire_sensor.INPUT_NUMBER,
    "input_select": wire_sensor.INPUT_SELECT,
    "input_text": wire_sensor.INPUT_TEXT,
    "lawn_mower": wire_media.LAWN_MOWER,
    "light": wire_light.LIGHT,
    "lock": wire_opening.LOCK,
    "media_player": wire_media.MEDIA_PLAYER,
    "number": wire_sensor.NUMBER,
    "person": wire_sensor.PERSON,
    "scene": wire_sensor.SCENE,
    "script": wire_sensor.SCRIPT,
    "select": wire_sensor.SELECT,
    "sensor": wire_sensor.SENSOR,
    "siren": wire_light.SIREN,
    "switch": wire_light.SWITCH,
    "text": wire_sensor.TEXT,
    "vacuum": wire_media.VACUUM,
    "valve": wire_opening.VALVE,
    "water_heater": wire_climate.WATER_HEATER,
    "weather": wire_sensor.WEATHER,
}
