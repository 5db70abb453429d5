"""Where the cockpit reads a map's tiles: ``/api/maps/tiles/<id>/<revision>.pmtiles``, by ranges; and where an extract
is sent to that lies on somebody's own disk."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
from litestar import Request, Response, get, post
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from wayhome.errors import BadInput, NotAllowed, NotFound, TooLarge
from wayhome.features.maps.telling import STATE, maps_of
from wayhome.hub.maps import Making
from wayhome.hub.running import Hub
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper
from wayhome.web.ranges import ranged, wanted

MOST = 8 * 2**20
"""Bytes of one answer: who reads tiles asks for less."""


def _read(path: Path, header: str | None) -> tuple[int, tuple[int, int] | None, bytes]:
    """How large a file is, which part of it is asked for, and that. Raises NotFound, TooLarge."""
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            part = wanted(header, size)
            if part is None:
                return size, None, b""
            start, end = part
            if end - start > MOST:
                raise TooLarge("this is more than 8 MB of tiles at once")
            content = os.pread(file.fileno(), end - start, start)
            if len(content) != end - start:
                raise NotFound("the tiles were cut short")
            return size, part, content
    except OSError:
        raise NotFound("this map is not here any more") from None


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The routes of maps."""

    @get("/api/maps/tiles/{id:str}/{name:str}", operation_id="maps.tiles", tags=["maps"])
    async def tiles(request: Request[Any, Any, Any], id: FromPath[str], name: FromPath[str]) -> Response[Any]:
        """A part of a map's vector tiles (PMTiles, version 3), by a range. ``name``: its revision, as
        ``01abc.pmtiles``."""
        session = session_of(hub, doors, request)
        session.spend(0.05)
        if not session.sees(STATE):
            raise NotAllowed("maps are not for you")
        maps = maps_of(session)
        region = next((one for one in maps.regions() if one.id == id), None)
        if region is None or name != f"{region.revision}.pmtiles":
            raise NotFound("this map is not here any more")
        header = request.headers.get("range")
        if not ranged(header):
            raise BadInput("tiles are read by ranges", advice="Send a Range of at most 8 MB.")
        size, part, content = await anyio.to_thread.run_sync(_read, maps.tiles(id), header)
        # Another revision has another address: what is read once stays true.
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=31536000, immutable"}
        if part is None:
            return Response(b"", status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        headers["Content-Range"] = f"bytes {part[0]}-{part[1] - 1}/{size}"
        return Response(content, status_code=206, media_type="application/vnd.pmtiles", headers=headers)

    @post("/api/maps/file", operation_id="maps.file", tags=["maps"], status_code=200, request_max_body_size=None)
    async def file(request: Request[Any, Any, Any], name: FromQuery[str]) -> Making:
        """Send an extract, and begin to make its map: the file itself is the body. ``name``: the file's."""
        session = session_of(hub, doors, request)
        operation = hub.operations.find("maps.add")
        session.check(operation)

        async def content() -> AsyncIterator[bytes]:
            try:
                async for piece in request.stream():
                    yield piece
            except HTTPException:
                raise BadInput("the file was cut off", advice="Send it again.") from None
            # Rights may go, and a car drive off, while a large file is on its way.
            session.recheck(operation)

        return await maps_of(session).take(name, content())

    return [tiles, file]
