"""KDE Connect: phones with its app are paired with this hub, which stands among them as a device of its own."""

from __future__ import annotations

import msgspec

from wayhome.hub.link import Link, LinkHost, LinkRun
from wayhome.links.kdeconnect.settings import Settings


def open_run(host: LinkHost, settings: msgspec.Struct) -> LinkRun:
    """Make a run, without I/O. A household without phones does not load it."""
    from wayhome.links.kdeconnect import run

    return run.open_run(host, settings)


link = Link(
    name="kdeconnect",
    title="KDE Connect",
    config=Settings,
    open=open_run,
    about="Phones and tablets with the KDE Connect app.",
    hops=1,
)
