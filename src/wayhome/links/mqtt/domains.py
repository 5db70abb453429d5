"""All domains of discovery that a household wants in its car and on its screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from wayhome.links.mqtt import cameras, climates, lights, openings, robots, switches
from wayhome.links.mqtt.config import topic_fits
from wayhome.links.mqtt.discovery import Component
from wayhome.links.mqtt.entity import Draft, Entity, Out
from wayhome.links.mqtt.tasmota import ALSO, ASKS
from wayhome.links.mqtt.template import Templates

DOMAINS: Mapping[str, Callable[[Draft], Entity | None]] = {
    "alarm_control_panel": openings.alarm,
    "binary_sensor": switches.binary_sensor,
    "button": switches.button,
    "camera": cameras.camera,
    "climate": climates.climate,
    "cover": openings.cover,
    "device_tracker": switches.device_tracker,
    "event": switches.event,
    "fan": climates.fan,
    "humidifier": climates.humidifier,
    "image": cameras.image,
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
    made = None if make is None else make(Draft(component.config, templates))
    return None if made is None else _more(component, made)


def _more(component: Component, made: Entity) -> Entity:
    """With what our own words say (tasmota.py): where it says the same, too, and what it is asked."""
    also, asks = component.config.raw(ALSO), component.config.raw(ASKS)
    topics = [topic for topic in (also if isinstance(also, list) else [also]) if isinstance(topic, str)]
    if not topics and not isinstance(asks, tuple):
        return made
    said = component.config.topic("state_topic")
    more = [
        msgspec.structs.replace(one, topic=topic)
        for topic in topics if topic_fits(topic)
        for one in made.inputs if one.topic == said
    ]  # fmt: skip
    out = Out(*asks) if isinstance(asks, tuple) else None  # JSON has no tuples: nobody else asks
    return msgspec.structs.replace(made, inputs=(*made.inputs, *more), asks=out)
