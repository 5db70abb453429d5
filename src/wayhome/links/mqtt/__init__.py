"""MQTT: devices that describe themselves at a broker join the household, and take its wishes."""

from __future__ import annotations

import msgspec

from wayhome.core.value import Value
from wayhome.hub.link import Link, LinkHost, LinkRun
from wayhome.links.mqtt.settings import Settings


def open_run(host: LinkHost, settings: msgspec.Struct) -> LinkRun:
    """Make a run, without I/O. A household without a broker does not load its client and the templates' parser."""
    from wayhome.links.mqtt import run

    return run.open_run(host, settings)


async def look(settings: msgspec.Struct, secrets: dict[str, str]) -> dict[str, Value]:
    """See whether a broker lets us in, and what describes itself there. Raises LinkError."""
    from wayhome.links.mqtt import looking

    return await looking.look(settings, secrets)


link = Link(
    name="mqtt",
    title="MQTT",
    config=Settings,
    open=open_run,
    secrets=("password",),
    about="Devices at an MQTT broker that describe themselves: Zigbee2MQTT, Tasmota, ESPHome and others.",
    look=look,
    hops=1,
)
