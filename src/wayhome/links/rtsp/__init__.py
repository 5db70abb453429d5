"""Cameras: any that sends H.264 by RTSP, found by ONVIF or by its address. Its film is passed on as it comes, without
a codec in the hub."""

from __future__ import annotations

import msgspec

from wayhome.core.value import Value
from wayhome.hub.link import Link, LinkHost, LinkRun
from wayhome.links.rtsp.settings import Settings


def open_run(host: LinkHost, settings: msgspec.Struct) -> LinkRun:
    """Make a run, without I/O. A household without cameras does not load it."""
    from wayhome.links.rtsp import run

    return run.open_run(host, settings)


async def look(settings: msgspec.Struct, secrets: dict[str, str]) -> dict[str, Value]:
    """See whether a camera lets us in, and what it sends. Raises LinkError."""
    from wayhome.links.rtsp import looking

    return await looking.look(settings, secrets)


async def search() -> list[dict[str, Value]]:
    """The cameras in the home's network that speak ONVIF."""
    from wayhome.links.rtsp import searching

    return await searching.search()


link = Link(
    name="rtsp",
    title="Camera",
    config=Settings,
    open=open_run,
    secrets=("password",),
    about="A security camera or doorbell that sends H.264 by RTSP.",
    look=look,
    search=search,
    hops=1,
)
