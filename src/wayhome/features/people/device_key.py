"""A device's own key: by it a screen is known at any door of the household, also at one that is not its page's own.

Browsers hand a cookie to the host that set it, and to no other. So a screen makes a key that never leaves it, its
public half stands in the device's record, which all sites have, and at another door the screen signs what that asks.
"""

from __future__ import annotations

import msgspec

from wayhome.errors import BadInput, FreshSignInNeeded, NotAllowed
from wayhome.features.people import model, signing, who
from wayhome.features.people.operations import Done
from wayhome.hub.operations import operation
from wayhome.hub.session import FRESH, Session


class DeviceKey(msgspec.Struct, forbid_unknown_fields=True):
    """``key``: the public point, uncompressed, in base64url."""

    key: str


@operation("people.device_key")
async def device_key(session: Session, data: DeviceKey) -> Done:
    """Say by which key this device is known at the household's other doors. It takes the place of the one before."""
    try:
        signing.public(data.key)
    except ValueError:
        raise BadInput("this is no point of P-256", advice="Uncompressed, 65 bytes, in base64url.") from None
    identity = session.identity
    device = who.door(session).devices.all().get(identity.device or "")
    if device is None:
        raise NotAllowed("only a device that is signed in has a key")
    if identity.key is not None:
        raise NotAllowed("a key is said at the page's own door", advice="Open the hub's own address.")
    if device.key != data.key:
        # One that is there may be in use: only who has just signed in puts another in its place.
        if device.key is not None and abs(session.hub.household.clock.now() - identity.signed_in_at) > FRESH:
            raise FreshSignInNeeded()
        await session.hub.household.write(model.DEVICE, device.id, {"key": data.key}, session.context())
    return Done()
