"""Copies of the household leave the hub here: as a stream, by a link that works once, where it was asked for."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath
from litestar.response import File

from wayhome.errors import NotFound, SignInNeeded
from wayhome.features.upkeep.copies import Links
from wayhome.hub.running import Hub
from wayhome.web.entry import Doorkeeper, caller


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The route of a copy's link."""

    @get("/api/copies/{key:str}", operation_id="copies.file", tags=["upkeep"])
    async def file(request: Request[Any, Any, Any], key: FromPath[str]) -> Response[bytes]:
        """A copy of the household, by the link that ``upkeep.download`` gave: for whoever asked, once."""
        scope = request.scope
        who = caller(str(scope["scheme"]), scope["headers"], scope["client"])
        identity = doors.identify(who.token) if who.token is not None else None
        if identity is None:
            raise SignInNeeded()
        links, archive = hub.extra.get("copies"), hub.ports.archive
        if not isinstance(links, Links) or archive is None:
            raise NotFound("this hub keeps nothing on a disk of its own")
        name = links.take(key, identity.device or identity.actor, hub.ports.clock.steady())
        return File(
            archive.place(name),
            filename=name,
            media_type="application/x-tar",
            content_disposition_type="attachment",
            headers={"Cache-Control": "no-store"},
        )

    return [file]
