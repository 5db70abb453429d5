"""The door for other hubs over HTTP, and the way of a fresh hub into a household from its own first page."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from wayhome.errors import NotAllowed
from wayhome.features.people import Door
from wayhome.features.sites.calling import calling
from wayhome.features.sites.door import Before, Entered
from wayhome.features.sites.operations import SiteJoined
from wayhome.hub.running import Hub
from wayhome.web import auth


class Entering(msgspec.Struct, forbid_unknown_fields=True):
    """``secret``: of the invitation's link; ``site``, ``name``: what the other hub is to be called; ``of``: what it has
    joined before."""

    secret: str
    site: str
    name: str
    of: Before | None = None


class JoiningHere(msgspec.Struct, forbid_unknown_fields=True):
    """``link``: of the invitation."""

    link: str


def routes(hub: Hub, people: Door) -> list[BaseRouteHandler]:
    """The door's routes. ``people``: who comes in here as a person."""

    @post("/api/door/site", operation_id="door.site", tags=["door"], status_code=200)
    async def enter(request: Request[Any, Any, Any], data: JSONBody[Entering]) -> Response[Entered]:
        """Come in as another hub of the household, with an invitation."""
        visitor = auth.visitor_of(request)
        entered = await calling(hub).door.accept(data.secret, data.site, data.name, visitor.address, data.of)
        return Response(entered, headers={"Cache-Control": "no-store"})

    @post("/api/door/join", operation_id="door.join", tags=["door"], status_code=200)
    async def join(request: Request[Any, Any, Any], data: JSONBody[JoiningHere]) -> SiteJoined:
        """Have this fresh hub, which nobody owns, join the household of an invitation's link; on its own machine."""
        visitor = auth.visitor_of(request)
        if not visitor.near:
            raise NotAllowed("a hub joins from its own machine", advice="Run wayhome site join there.")
        people.founding.check(visitor, None)
        return SiteJoined(await calling(hub).join(data.link, hub.household.house.site.title()))

    return [enter, join]
