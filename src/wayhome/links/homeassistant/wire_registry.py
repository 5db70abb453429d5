"""Home Assistant's registries: areas, devices, entities. Pure: JSON results to values.

Facts from Home Assistant 2026.2.3: ``components/config/{area,device,entity}_registry.py``. What is not of the
expected shape is left out.
"""

from __future__ import annotations

import msgspec

from wayhome.core.ids import legible
from wayhome.core.value import Value


class Device(msgspec.Struct, frozen=True):
    """A device: what several entities belong to."""

    id: str
    name: str | None = None
    area: str | None = None
    maker: str | None = None
    model: str | None = None
    service: bool = False
    """Not a physical thing: a cloud account, an add-on."""
    macs: tuple[str, ...] = ()
    """The addresses of its network cards, by which other links know it, too."""
    broker_ids: tuple[str, ...] = ()
    """By what it is known at an MQTT broker."""


class Entry(msgspec.Struct, frozen=True):
    """An entity that Home Assistant remembers. ``id`` stays the same when the entity gets renamed."""

    id: str
    entity: str
    platform: str = ""
    unique: str = ""
    device: str | None = None
    area: str | None = None
    name: str | None = None
    key: str | None = None
    """The integration's own word for what this entity is (``translation_key``)."""
    category: str | None = None
    hidden: bool = False
    disabled: bool = False


class Registry(msgspec.Struct, frozen=True):
    """All three. ``areas``: names by id. ``entries``: by entity id."""

    areas: dict[str, str] = {}
    devices: dict[str, Device] = {}
    entries: dict[str, Entry] = {}

    def device_of(self, entity: str) -> Device | None:
        entry = self.entries.get(entity)
        return self.devices.get(entry.device) if entry is not None and entry.device is not None else None

    def area_of(self, entity: str) -> str | None:
        """The name of the area that an entity is in: its own, else its device's."""
        entry = self.entries.get(entity)
        device = self.device_of(entity)
        area = (entry.area if entry else None) or (device.area if device else None)
        return self.areas.get(area) if area is not None else None


def areas(result: object) -> dict[str, str]:
    """``config/area_registry/list``: names by area id."""
    found = {}
    for row in _rows(result):
        id, name = _text(row, "area_id"), legible(_text(row, "name") or "")
        if id is not None and name:
            found[id] = name
    return found


def devices(result: object) -> dict[str, Device]:
    """``config/device_registry/list``: devices by id."""
    found = {}
    for row in _rows(result):
        id = _text(row, "id")
        if id is not None:
            name = _text(row, "name_by_user") or _text(row, "name")
            service = row.get("entry_type") == "service"
            found[id] = Device(
                id, name, _text(row, "area_id"), _text(row, "manufacturer"), _text(row, "model"), service,
                _pairs(row, "connections", "mac"), _pairs(row, "identifiers", "mqtt"),
            )  # fmt: skip
    return found


def entries(result: object) -> dict[str, Entry]:
    """``config/entity_registry/list``: entries by entity id."""
    found = {}
    for row in _rows(result):
        id, entity = _text(row, "id"), _text(row, "entity_id")
        if id is None or entity is None or "." not in entity:
            continue
        unique = row.get("unique_id")
        found[entity] = Entry(
            id,
            entity,
            _text(row, "platform") or "",
            str(unique)[:256] if isinstance(unique, str | int) else "",
            _text(row, "device_id"),
            _text(row, "area_id"),
            _text(row, "name") or _text(row, "original_name"),
            _text(row, "translation_key"),
            _text(row, "entity_category"),
            row.get("hidden_by") is not None,
            row.get("disabled_by") is not None,
        )
    return found


def _pairs(row: dict[str, Value], name: str, kind: str) -> tuple[str, ...]:
    """What a device is known by, of one kind."""
    pairs = row.get(name)
    found = []
    for pair in pairs if isinstance(pairs, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == kind and isinstance(pair[1], str):
            found.append(pair[1].lower()[:128])
    return tuple(found[:8])


def _rows(result: object) -> list[dict[str, Value]]:
    return [row for row in result if isinstance(row, dict)] if isinstance(result, list) else []


def _text(row: dict[str, Value], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) and value.strip() else None
