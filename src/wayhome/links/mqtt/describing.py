"""Our cars and people as others at the broker see them: Home Assistant's discovery. Pure: a thing to a description,
its state as one JSON object, a message at a command topic to wishes.

Facts from Home Assistant 2026.2.3: one retained message a device at ``<prefix>/device/<object>/config``; a component
that is only named is taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.links.mqtt.car_parts import PARTS, Part

type Reads = Callable[[str], Value]
type May = Callable[[str], bool]
BASE = "wayhome"


def object_of(thing_id: str) -> str:
    return f"wayhome_{thing_id}"


def config_topic(prefix: str, thing_id: str) -> str:
    return f"{prefix}/device/{object_of(thing_id)}/config"


def state_topic(thing_id: str) -> str:
    return f"{BASE}/{thing_id}/state"


def status_topic(thing_id: str) -> str:
    return f"{BASE}/{thing_id}/status"


def topics(prefix: str, thing_id: str) -> tuple[str, ...]:
    """All where the broker keeps something of a thing."""
    return config_topic(prefix, thing_id), state_topic(thing_id), status_topic(thing_id)


def link_topic(link: str) -> str:
    """Where the broker says that we are gone."""
    return f"{BASE}/link/{link}/status"


def command_topic(thing_id: str, word: str) -> str:
    return f"{BASE}/{thing_id}/set/{word}"


def parts(thing: Thing, may: May) -> list[Part]:
    """What of a thing is shown. What may not be told is shown as something that is only read."""
    found = []
    for part in PARTS:
        if not part.fits(thing):
            continue
        told = part.tells and all(may(f"{thing.id}/{signal}") for signal in part.told(thing))
        if told or not part.tells or part.reads_only:
            found.append(part if told or not part.tells else part.read_only())
    return found


def description(thing: Thing, link: str, name: str, shown: list[Part], version: str) -> dict[str, Any]:
    """The discovery message of a thing."""
    components: dict[str, Any] = {}
    for part in PARTS:
        for both in (part, part.read_only()) if part.reads_only else (part,):
            components[both.key] = {"p": both.platform}  # taken out, if it was there
    for part in shown:
        config = part.config(thing)
        for field, word in part.commands.items():
            config[field] = command_topic(thing.id, word)
        components[part.key] = {
            "p": part.platform,
            "uniq_id": f"{object_of(thing.id)}_{part.key}",
            "def_ent_id": f"{part.platform}.{thing.id.replace('-', '_')}_{part.key}",
            "name": part.name,
            **config,
        }
    return {
        "dev": {
            "ids": [object_of(thing.id)],
            "name": name,
            **({"mf": thing.maker} if thing.maker else {}),
            **({"mdl": thing.model} if thing.model else {}),
        },
        "o": {"name": "Wayhome", "sw": version},
        "avty": [{"t": link_topic(link)}, {"t": status_topic(thing.id)}],
        "avty_mode": "all",
        "stat_t": state_topic(thing.id),
        "cmps": components,
    }


def state(thing: Thing, shown: list[Part], reads: Reads) -> dict[str, Value]:
    """What a thing is now, by its parts. What is not known is null."""

    def value(signal: str) -> Value:
        return reads(f"{thing.id}/{signal}")

    found: dict[str, Value] = {}
    for part in shown:
        found |= part.state(thing, value)
    return found


def wishes(thing: Thing, shown: list[Part], word: str, payload: str) -> Mapping[str, Value]:
    """What a message at a command topic asks for: targets by signal. Nothing for what makes no sense."""
    for part in shown:
        if word in part.commands.values():
            return part.asked(thing, word, payload)
    return {}


def encoded(value: object) -> str:
    return msgspec.json.encode(value).decode()
