"""Where a recording is played and fetched: ``/api/recordings/film/<id>``, by ranges: no player needs all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from wayhome.core.ids import slug
from wayhome.errors import NotFound
from wayhome.features.recordings import finding
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper
from wayhome.web.ranges import ranged, wanted

PIECE = 256 * 1024


async def _pieces(session: Session, id: str, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        # A car may drive off, and a right may end, while a long film is on its way.
        keeper, recording = finding.film(session, id)
        piece = await keeper.shelf.footage.read(recording.film, start, min(PIECE, end - start))
        if not piece:
            raise NotFound("the recording was cut short")
        start += len(piece)
        yield piece


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The route of recordings' films."""

    @get("/api/recordings/film/{id:str}", operation_id="recordings.film", tags=["recordings"])
    async def film(request: Request[Any, Any, Any], id: FromPath[str], save: FromQuery[bool] = False) -> Response[Any]:
        """A recording as MP4, or a part of it, for whoever may see it. ``save``: as a download."""
        session = session_of(hub, doors, request)
        session.spend()
        keeper, recording = finding.film(session, id)
        size = await keeper.shelf.footage.size(recording.film)
        part = wanted(request.headers.get("range"), size)
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "no-store"}
        if part is None:
            return Response(b"", status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        start, end = part
        headers["Content-Length"] = str(end - start)
        if save:
            moment = datetime.fromtimestamp(recording.start, hub.zone)
            headers["Content-Disposition"] = (
                f'attachment; filename="{slug(recording.name, ())}-{moment:%Y-%m-%d-%H%M%S}.mp4"'
            )
        some = ranged(request.headers.get("range"))
        if some:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        return Stream(
            _pieces(session, id, start, end),
            status_code=206 if some else 200,
            media_type="video/mp4",
            headers=headers,
        )

    return [film]
