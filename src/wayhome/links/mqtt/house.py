"""Components as things of the household: which ones, their identities, ids and names."""

from __future__ import annotations

from collections.abc import Container, Iterable
from hashlib import sha256

import msgspec

from wayhome.core.ids import legible, slug
from wayhome.core.thing import Thing
from wayhome.links.mqtt.discovery import Component
from wayhome.links.mqtt.entity import Entity

MAX_NAME = 200
OWN = "mqtt-id|"


class Choice(msgspec.Struct, frozen=True):
    """Which entities become things. Those that a device hides, and those about its own settings and health, stay out
    unless asked for. ``leave_out``: identities or whole domains."""

    hidden: bool = False
    config: bool = False
    diagnostic: bool = False
    leave_out: tuple[str, ...] = ()

    def takes(self, component: Component) -> bool:
        if component.domain in self.leave_out or component.identity in self.leave_out:
            return False
        if not component.config.flag("enabled_by_default", True) and not self.hidden:
            return False
        category = component.config.text("entity_category")
        return {"config": self.config, "diagnostic": self.diagnostic}.get(category, True)


def mark(component: Component) -> str:
    """A short name of an identity, for the record of ids: 12 digits tell a household's entities apart. With its device:
    ESPHome's ``ESPsensortemperature`` is the identity of every thermometer of the house."""
    device = min((*component.device.ids, *component.device.macs), default="")
    return sha256(f"{component.identity}|{device}".encode("utf-8", "replace")).hexdigest()[:12]


def known(things: Iterable[Thing]) -> dict[str, str]:
    """The ids of things that were here before, by the marks of their identities."""
    own = ((one.removeprefix(OWN), thing.id) for thing in things for one in thing.marks if one.startswith(OWN))
    return dict(own)


def name(component: Component) -> str:
    """As Home Assistant shows it: the device's name, then the entity's own; one without a name is the device itself."""
    config, device = component.config, readable(component.device.name or "")
    own = readable(legible(config.text("name")))
    if not own and not config.has("name"):
        own = (config.text("device_class") or component.domain).replace("_", " ").capitalize()
    if device and own and not own.lower().startswith(device.lower()):
        own = f"{device} {own}"
    return (own or device or component.identity.partition("|")[2])[:MAX_NAME] or component.domain


def readable(name: str) -> str:
    """``hall_lamp``, as bridges like to call things, as people do."""
    return name if " " in name or "_" not in name else name.replace("_", " ").strip().capitalize() or name


def thing_id(component: Component, taken: Container[str]) -> str:
    """A free id: by the entity id that the device wishes for, else by its name."""
    config = component.config
    wished = config.text("default_entity_id").partition(".")[2] or config.text("object_id") or name(component)
    return slug(wished, taken, fallback=component.domain.replace("_", "-"))


def describe(component: Component, entity: Entity, id: str, link: str) -> Thing:
    device = component.device
    return Thing(
        id, name(component), link, entity.kind, entity.signals, device.area, device.maker, device.model,
        marks=marks(component),
    )  # fmt: skip


def marks(component: Component) -> tuple[str, ...]:
    """By what this link knows it again, and what other links may know it by: its unique id at a broker, and the address
    of its device."""
    config, device = component.config, component.device
    found = [OWN + mark(component)]
    unique = config.text("unique_id")
    if unique:
        # With its device: the unique ids of ESPHome are those of many, and one house may have two brokers.
        ids = [id.lower() for id in device.ids[:8]] or [""]
        found += [f"mqtt|{component.domain}|{unique[:128]}|{id}" for id in ids]
    own = legible(config.text("name")).lower()
    found += [f"mac|{mac}|{component.domain}|{own}"[:400] for mac in device.macs]
    return tuple(found[:16])
