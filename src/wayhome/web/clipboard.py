"""The images of the clipboard: ``/api/clipboard/image/<id>``. They are sealed: no browser opens them as a page."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from litestar import Request, Response, get, put
from litestar.background_tasks import BackgroundTask
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from wayhome.errors import BadInput, HubError, TooLarge
from wayhome.features.clipboard.keeper import keeper
from wayhome.features.clipboard.listing import ShownEntry, shown
from wayhome.features.clipboard.model import IMAGE, OVER
from wayhome.features.clipboard.operations import sealer, whose
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.sealing.frame import MOST
from wayhome.sealing.keys import text
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper
from wayhome.web.places import Places

IN, OUT = (4, 3, 2, 4), (8, 6, 3, 8)
"""So many images come in at once, of one person, of one device, and so many of a device wait until they may; so many go
out. Each takes its room in memory."""
WITHIN = 60.0
"""So long, in s, an image may be on its way."""
LENGTH = 4
"""Before the frame stands its length, in so many bytes, big-endian."""
BODY = LENGTH + MOST + IMAGE + OVER


async def body_of(request: Request[Any, Any, Any], most: int) -> bytes:
    """What was sent. Raises TooLarge."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise TooLarge(f"this has at most {most} bytes")
    return bytes(body)


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The routes of the clipboard's images."""
    coming, going = Places(*IN), Places(*OUT)

    def may(session: Session, operation: str) -> None:
        session.recheck(session.hub.operations.find(operation))

    @put(
        "/api/clipboard/image/{id:str}",
        operation_id="clipboard.put_image",
        tags=["clipboard"],
        status_code=200,
        request_max_body_size=BODY,
    )
    async def put_image(
        request: Request[Any, Any, Any], id: FromPath[str], brief: FromQuery[bool] = False
    ) -> ShownEntry:
        """Put an image into the clipboard: four bytes that say how long the frame is, the frame, and the image, sealed
        by the key in it. Both are on the disk when this answers."""
        session = session_of(hub, doors, request)
        session.spend(50)
        may(session, "clipboard.put")
        async with coming.place(*sealer(session)):
            try:
                async with asyncio.timeout(WITHIN):
                    body = await body_of(request, BODY)
            except TimeoutError:
                raise HubError("the image did not come in time", advice="Send it again.") from None
            # Somebody may have driven off, or been signed out, while it was on its way.
            may(session, "clipboard.put")
            person, device = sealer(session)
            length = int.from_bytes(body[:LENGTH], "big")
            frame, image = body[LENGTH : LENGTH + length], body[LENGTH + length :]
            if not 0 < length <= MOST or len(frame) != length:
                raise BadInput("this is no sealed entry")
            it, context = keeper(session.hub), session.context()
            entry = await it.put(person, device, id, text(frame), False, context, brief=brief, image=image)
            return shown(entry, device)

    @get("/api/clipboard/image/{id:str}", operation_id="clipboard.image", tags=["clipboard"])
    async def image(request: Request[Any, Any, Any], id: FromPath[str]) -> Response[bytes]:
        """The sealed image of an entry."""
        session = session_of(hub, doors, request)
        session.spend(20)
        may(session, "clipboard.list")
        it, person = keeper(session.hub), whose(session)
        if not it.takes_part(session.identity.device):
            raise BadInput("this screen takes no part in the clipboard")
        async with AsyncExitStack() as going_out:
            await going_out.enter_async_context(going.place(person, session.identity.device or ""))
            content = await it.images.of(it.find(person, id))
            may(session, "clipboard.list")
            headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
            # Its place is free when it has gone out: until then it lies in memory.
            gone = BackgroundTask(going_out.pop_all().aclose)
        return Response(content, media_type="application/octet-stream", headers=headers, background=gone)

    return [put_image, image]
