"""A look at a broker before its link is kept: whether it lets us in, and how much describes itself there."""

from __future__ import annotations

import asyncio
import secrets as random

import msgspec

from wayhome.core.value import Value
from wayhome.errors import Refused
from wayhome.links.mqtt import house
from wayhome.links.mqtt.client import connected
from wayhome.links.mqtt.mirror import Mirror
from wayhome.links.mqtt.settings import Settings
from wayhome.links.mqtt.tasmota import TOPICS

LONGEST = 5.0
QUIET = 0.5


async def look(settings: msgspec.Struct, secrets: dict[str, str]) -> dict[str, Value]:
    """How many ``devices`` and ``things`` there are, and how many descriptions are ``wrong``. Raises LinkError."""
    assert isinstance(settings, Settings)
    choice = house.Choice(settings.hidden, settings.config, settings.diagnostic, settings.leave_out)
    mirror = Mirror("look", settings.prefix, choice, {})
    heard = 0

    def told(topic: str, payload: bytes, kept: bool) -> None:
        nonlocal heard
        heard += 1
        mirror.described(topic, payload, set(), 0.0)

    name = f"wayhome-look-{random.token_hex(6)}"
    async with connected(settings, secrets.get("password"), told, name) as connection:
        refused = await connection.listen([f"{settings.prefix}/+/+/config", f"{settings.prefix}/+/+/+/config", *TOPICS])
        if any(topic.startswith(settings.prefix) for topic in refused):
            raise Refused(
                f"the broker does not let us listen at {settings.prefix}/#",
                advice="Give the user the right to read there.",
            )
        left, before = LONGEST, -1
        while left > 0 and heard != before:
            before = heard
            await asyncio.sleep(QUIET)
            left -= QUIET
    return {"devices": mirror.devices, "things": len(mirror.kept), "wrong": len(mirror.wrong)}
