"""What can be done in a demo of two hubs."""

from __future__ import annotations

import msgspec

from wayhome.errors import NotFound
from wayhome.features.demo.tunnel import NAME, Tunnel
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class TunnelWanted(msgspec.Struct, forbid_unknown_fields=True):
    """``closed``: the car is in the tunnel, and nothing passes between the two hubs."""

    closed: bool


class TunnelNow(msgspec.Struct):
    """Whether the car is in the tunnel."""

    closed: bool


@operation("demo.tunnel")
async def tunnel(session: Session, data: TunnelWanted) -> TunnelNow:
    """Have the demo's car drive into a tunnel, or out of it. Only in a demo of two hubs.

    In the tunnel nothing passes between the car's hub and the home's, and neither is told: what is on its way lies
    still. `hub/demo.tunnel` on the live socket shows how it is.
    """
    found = session.hub.extra.get(NAME)
    if not session.hub.demo or not isinstance(found, Tunnel):
        raise NotFound("there is no tunnel here", advice="Start the demo with two hubs: wayhome up --demo.")
    await found.turn(data.closed)
    return TunnelNow(found.closed)
