"""Where a recording is played and fetched: ``/api/recordings/film/<id>``, by ranges: no player needs all of it."""

from __future__ import annotations

import re
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

PIECE = 256 * 1024
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")


def wanted(header: str | None, size: int) -> tuple[int, int] | None:
    """Which bytes of a file of ``size`` are asked for, the end not counted; None: none that it has. What is no range of
    one piece asks for all (RFC 9110, 14.2)."""
    found = _range(header)
    if found is None:
        return 0, size
    first, last, suffix = found
    if suffix is not None:
        return (max(0, size - int(suffix)), size) if int(suffix) and size else None
    start, end = int(first or 0), min(int(last) + 1, size) if last else size
    return (start, end) if start < size else None


def _range(header: str | None) -> tuple[str | None, str | None, str | None] | None:
    """First byte, last byte, or how many at the end; None: no range that makes sense."""
    found = _RANGE.fullmatch(header.strip()) if header is not None else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    return None if last and int(last) < int(first) else (first, last or None, suffix)


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
        ranged = _range(request.headers.get("range")) is not None
        if ranged:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        return Stream(
            _pieces(session, id, start, end),
            status_code=206 if ranged else 200,
            media_type="video/mp4",
            headers=headers,
        )

    return [film]
