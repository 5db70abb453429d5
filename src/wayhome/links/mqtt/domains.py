"""All domains of discovery that a household wants in its car and on its screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from wayhome.links.mqtt import climates, lights, openings, robots, switches
from wayhome.links.mqtt.discovery import Component
from wayhome.links.mqtt.entity import Draft, Entity
from wayhome.links.mqtt.template import Templates

DOMAINS: Mapping[str, Callable[[Draft], Entity | None]] = {
    "alarm_control_panel": openings.alarm,
    "binary_sensor": switches.binary_sensor,
    "button": switches.button,
    "climate": climates.climate,
    "cover": openings.cover,
    "device_tracker": switches.device_tracker,
    "event": switches.event,
    "fan": climates.fan,
    "humidifier": climates.humidifier,
    "lawn_mower": robots.lawn_mower,
    "light": lights.light,
    "lock": openings.lock,
    "number": switches.number_,
    "scene": switches.scene,
    "select": switches.select,
    "sensor": switches.sensor,
    "siren": switches.siren,
    "switch": switches.switch,
    "text": switches.text_,
    "vacuum": robots.vacuum,
    "valve": openings.valve,
    "water_heater": climates.water_heater,
}


def entity(component: Component, templates: Templates) -> Entity | None:
    """What a component can do and say; None where it is nothing of ours, or can only be told and never says how it
    stands."""
    make = DOMAINS.get(component.domain)
    return None if make is None else make(Draft(component.config, templates))
