"""Turning cameras by hand."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.errors import NotAllowed, NotFound
from wayhome.hub import turning
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

type Speed = Annotated[float, Meta(ge=-1, le=1)]


class Turn(msgspec.Struct, forbid_unknown_fields=True):
    """Which camera (its thing's id), and how fast: ``pan`` to the right, ``tilt`` up, ``zoom`` closer, each -1 to 1."""

    thing: Annotated[str, Meta(max_length=64)]
    pan: Speed = 0.0
    tilt: Speed = 0.0
    zoom: Speed = 0.0


class Turned(msgspec.Struct):
    """It was told."""

    done: bool = True


@operation("home.turn", parked=True)
async def turn(session: Session, data: Turn) -> Turned:
    """Turn a camera while you hold: say so again at least every half second. Without that it stops after one second,
    and with all zeros at once."""
    path = f"{data.thing}/camera.turn"
    thing = session.hub.household.house.things.get(data.thing)
    if thing is None or "camera.turn" not in thing.signals or not session.may("read", f"{data.thing}/camera.state"):
        raise NotFound(f"{data.thing[:64]!r} is no camera that turns, for you")
    if not session.may("act", path):
        raise NotAllowed("you may look through this camera, but not turn it")
    turning.turn(session.hub, data.thing, data.pan, data.tilt, data.zoom)
    return Turned()
