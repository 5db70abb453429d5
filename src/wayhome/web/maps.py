"""Where the cockpit reads a map's tiles: ``/api/maps/tiles/<id>/<revision>.pmtiles``, by ranges; and where an extract is
sent to that lies on somebody's own disk."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio
from litestar import Request, Response, get, post
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Stream

from wayhome.errors import BadInput, NotAllowed, NotFound, TooLarge
from wayhome.features.maps.telling import STATE, maps_of
from wayhome.hub.maps import Making
from wayhome.hub.running import Hub
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper
from wayhome.web.ranges import ranged, wanted

PIECE = 256 * 1024
MOST = 8 * 2**20
"""Bytes of one answer: who reads tiles asks for less."""


def _read(path: Path, start: int, size: int) -> bytes:
    handle = os.open(path, os.O_RDONLY)
    try:
        return os.pread(handle, size, start)
    finally:
        os.close(handle)


async def _pieces(path: Path, start: int, end: int) -> AsyncIterator[bytes]:
    while start < end:
        piece = await anyio.to_thread.run_sync(_read, path, start, min(PIECE, end - start))
        if not piece:
            raise NotFound("the tiles were cut short")
        start += len(piece)
        yield piece


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
        path = maps.tiles(id)
        size = path.stat().st_size
        header = request.headers.get("range")
        # Another revision has another address: what is read once stays true.
        headers = {"Accept-Ranges": "bytes", "Cache-Control": "private, max-age=31536000, immutable"}
        part = wanted(header, size)
        if part is None:
            return Response(b"", status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
        start, end = part
        if not ranged(header):
            raise BadInput("tiles are read by ranges", advice="Send a Range of at most 8 MB.")
        if end - start > MOST:
            raise TooLarge("this is more than 8 MB of tiles at once")
        headers |= {"Content-Length": str(end - start), "Content-Range": f"bytes {start}-{end - 1}/{size}"}
        return Stream(
            _pieces(path, start, end), status_code=206, media_type="application/vnd.pmtiles", headers=headers
        )

    @post(
        "/api/maps/file", operation_id="maps.file", tags=["maps"], status_code=200, request_max_body_size=None
    )
    async def file(request: Request[Any, Any, Any], name: FromQuery[str]) -> Making:
        """Send an extract, and begin to make its map: the file itself is the body. ``name``: the file's."""
        session = session_of(hub, doors, request)
        session.spend()
        operation = hub.operations.find("maps.add")
        session.check(operation)
        maps = maps_of(session)
        making = await maps.take(name[:120], request.stream())
        return making

    return [tiles, file]
