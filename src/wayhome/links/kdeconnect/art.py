"""Pictures of what plays, over a connection of their own: those of a phone's players, and of the home's for phones."""

from __future__ import annotations

import asyncio

from wayhome.core.image import image
from wayhome.errors import Unreachable
from wayhome.hub.link import Picture
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Reach
from wayhome.links.kdeconnect.wire import Packet

MOST = 2**21
"""Bytes of a picture: a cover of 2000 x 2000 has about one MB."""
WITHIN = 5.0


async def fetched(reach: Reach, phone: Phone, packet: Packet) -> Picture:
    """The picture that a phone offers along with a packet: a JPEG or PNG, by its own bytes. Raises Unreachable."""
    if not 0 < packet.size <= MOST:
        raise Unreachable("the picture of what plays is too large, or none")
    try:
        async with asyncio.timeout(WITHIN), reach.fetch(phone, packet) as (reader, _):
            data = await reader.readexactly(packet.size)
    except (TimeoutError, OSError, asyncio.IncompleteReadError) as error:
        raise Unreachable("the picture of what plays did not come whole") from error
    kind = image(data)
    if kind is None:
        raise Unreachable("what was sent is no picture")
    return Picture(data, kind.media_type)


async def given(reach: Reach, phone: Phone, type: str, body: dict[str, object], picture: Picture) -> None:
    """Hand a picture to a phone. Raises Unreachable."""
    if len(picture.content) > MOST:
        raise Unreachable("the picture of what plays is too large")
    async with reach.offer(phone) as offer:
        if not reach.send(phone.id, type, body, payload=(len(picture.content), offer.port)):
            raise Unreachable("the phone is not near any more")
        _, writer = await offer.fetched(WITHIN)
        try:
            async with asyncio.timeout(WITHIN):
                writer.write(picture.content)
                await writer.drain()
                # Nothing more comes: what waits to go does so first.
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, OSError) as error:
            raise Unreachable("the phone did not take the picture") from error
        finally:
            writer.transport.abort()
