"""Discovery: what devices say of themselves at ``<prefix>/…/config``. Pure: messages to components.

Both formats: one message for a device with all its components (``<prefix>/device/<object>/config``, ``cmps``), and the
older one for each entity (``<prefix>/<domain>/[<node>/]<object>/config``). An empty message takes away.
Nothing here trusts what it reads: what makes no sense raises BadInput with the reason, and costs only itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from wayhome.core.ids import legible
from wayhome.errors import BadInput
from wayhome.links.mqtt.config import Config, topic_fits
from wayhome.links.mqtt.wire_words import LONG, LONG_OF_DEVICE

MAX_BYTES = 256 * 1024
MAX_COMPONENTS = 500
MAX_KEYS = 300
MAX_DEPTH = 8
DEVICE = "device"
_TOPIC = re.compile(r"([a-z_]+)/(?:([A-Za-z0-9_-]+)/)?([A-Za-z0-9_-]+)/config")
_SHARED = (
    "availability", "availability_mode", "availability_template", "availability_topic", "command_topic",
    "payload_available", "payload_not_available", "state_topic",
)  # fmt: skip
"""What a device says once for all its components."""


class Device(msgspec.Struct, frozen=True):
    """What a component belongs to. ``ids`` and ``macs`` tell the same device apart from others, also in other links."""

    ids: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    name: str | None = None
    maker: str | None = None
    model: str | None = None
    area: str | None = None


class Component(msgspec.Struct, frozen=True):
    """One entity as its device describes it. ``key``: by which a later message replaces it. ``identity``: what stays
    the same when its name or place in discovery changes."""

    key: str
    identity: str
    domain: str
    config: Config
    device: Device = Device()


class Place(msgspec.Struct, frozen=True):
    """Where a discovery message came: its domain (or ``device``), node and object."""

    domain: str
    node: str | None
    object: str


def place(topic: str, prefix: str) -> Place | None:
    """The place of a topic; None when it is none of discovery."""
    match = _TOPIC.fullmatch(topic.removeprefix(prefix + "/")) if topic.startswith(prefix + "/") else None
    return None if match is None else Place(match[1], match[2], match[3])


def components(at: Place, payload: bytes) -> list[Component]:
    """What a discovery message describes; nothing for an empty one. Raises BadInput."""
    if not payload:
        return []
    said = read(payload)
    if at.domain != DEVICE:
        config = _long(said, LONG)
        node = f"{at.node} " if at.node else ""
        return [_component(f"{at.domain}|{node}{at.object}", at.domain, config, device_of(config.get("device")))]
    whole = _long(said, LONG)
    parts = whole.get("components")
    if not isinstance(parts, dict):
        raise BadInput("a device's message has no components")
    if len(parts) > MAX_COMPONENTS:
        raise BadInput(f"a device has more than {MAX_COMPONENTS} components")
    device = device_of(whole.get("device"))
    if not (device.ids or device.macs):
        raise BadInput("a device's message says nothing that identifies the device")
    shared = {name: whole[name] for name in _SHARED if name in whole}
    found = []
    for id, part in parts.items():
        if not isinstance(part, dict):
            raise BadInput(f"the component {id[:40]!r} is not described")
        config = _long(part, LONG)
        domain = config.pop("platform", None)
        if not isinstance(domain, str):
            raise BadInput(f"the component {id[:40]!r} does not say what it is")
        if not config:
            continue  # taken away
        node = f"{at.node} " if at.node else ""
        found.append(_component(f"{domain}|{at.object} {node}{id}", domain, shared | config, device))
    return found


def _component(key: str, domain: str, config: dict[str, Any], device: Device) -> Component:
    unique = config.get("unique_id")
    identity = f"{domain}|{unique}" if isinstance(unique, str | int) and str(unique).strip() else key
    return Component(key[:300], identity[:300], domain, Config(_based(config)), device)


def read(payload: bytes) -> dict[str, Any]:
    """A description's object. Raises BadInput."""
    if len(payload) > MAX_BYTES:
        raise BadInput(f"a discovery message has more than {MAX_BYTES // 1024} kB")
    try:
        said = msgspec.json.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeError) as error:
        raise BadInput(f"a discovery message is no JSON ({str(error)[:80]})") from None
    if not isinstance(said, dict):
        raise BadInput("a discovery message is no object")
    return said


def _long(said: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
    if len(said) > MAX_KEYS:
        raise BadInput(f"a description has more than {MAX_KEYS} parts")
    return {words.get(name, name): value for name, value in said.items()}


def _based(config: dict[str, Any]) -> dict[str, Any]:
    """Topics with their base put in (``~/state``), and the list of availability in long words."""
    base = config.pop("~", None)
    ways = config.get("availability")
    if isinstance(ways, dict):
        ways = [ways]
    if isinstance(ways, list):
        config["availability"] = [_long(way, LONG) for way in ways if isinstance(way, dict)]
    if not isinstance(base, str) or not topic_fits(base):
        return config
    for way in config["availability"] if isinstance(config.get("availability"), list) else ():
        way["topic"] = _with(base, way.get("topic"))
    return {name: _with(base, value) if name.endswith("topic") else value for name, value in config.items()}


def _with(base: str, topic: object) -> object:
    if not isinstance(topic, str) or not topic:
        return topic
    if topic[0] == "~":
        topic = base + topic[1:]
    return topic[:-1] + base if topic.endswith("~") else topic


def device_of(said: object) -> Device:
    """What a description says of its device; empty where it says nothing."""
    if not isinstance(said, dict):
        return Device()
    long = _long(said, LONG_OF_DEVICE)
    ids = long.get("identifiers")
    ids = [ids] if isinstance(ids, str | int) else ids
    connections = long.get("connections")
    macs = []
    for pair in connections if isinstance(connections, list) else ():
        if isinstance(pair, list) and len(pair) == 2 and pair[0] == "mac" and isinstance(pair[1], str):
            macs.append(mac(pair[1]))
    return Device(
        tuple(str(id)[:128] for id in ids[:16] if isinstance(id, str | int)) if isinstance(ids, list) else (),
        tuple(macs[:16]),
        _name(long.get("name")),
        _name(long.get("manufacturer")),
        _name(long.get("model")),
        _name(long.get("suggested_area")),
    )


def mac(text: str) -> str:
    """An address as the field's registries keep it (``3c:61:05:12:aa:01``), however a device writes it: ESPHome without
    colons."""
    digits = re.sub("[:.-]", "", text).lower()
    return ":".join(digits[n : n + 2] for n in range(0, 12, 2)) if len(digits) == 12 else text.lower()[:64]


def _name(value: object) -> str | None:
    return legible(value)[:120] or None if isinstance(value, str) else None
