"""Turning cameras by hand: which link can."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from wayhome.errors import NotFound

if TYPE_CHECKING:
    from wayhome.hub.running import Hub


@runtime_checkable
class Turns(Protocol):
    """A run of a link whose cameras turn."""

    def turn(self, thing_id: str, pan: float, tilt: float, zoom: float) -> None:
        """Turn with these speeds (-1 to 1: right, up and closer count up) for the next moment; it has to be said again
        while somebody holds, and without that it stops by itself. Zeros stop at once. Raises NotFound, LinkError."""


def turn(hub: Hub, thing_id: str, pan: float, tilt: float, zoom: float) -> None:
    """Turn a camera for a moment. Raises NotFound, LinkError."""
    link, seen_as = hub.twins.sight(thing_id)
    instance = hub.links.instances.get(link)
    if instance is None or not isinstance(instance.run, Turns):
        raise NotFound(f"{thing_id[:64]!r} can't be turned from here")
    instance.run.turn(seen_as, pan, tilt, zoom)
