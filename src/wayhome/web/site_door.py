"""The door for other hubs over HTTP."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from wayhome.features.sites.calling import calling
from wayhome.features.sites.door import Entered
from wayhome.hub.running import Hub
from wayhome.web import auth


class Entering(msgspec.Struct, forbid_unknown_fields=True):
    """``secret``: of the invitation's link; ``site``, ``name``: what the other hub is to be called."""

    secret: str
    site: str
    name: str


def routes(hub: Hub) -> list[BaseRouteHandler]:
    """The door's route."""

    @post("/api/door/site", operation_id="door.site", tags=["door"], status_code=200)
    async def enter(request: Request[Any, Any, Any], data: JSONBody[Entering]) -> Response[Entered]:
        """Come in as another hub of the household, with an invitation."""
        visitor = auth.visitor_of(request)
        entered = await calling(hub).door.accept(data.secret, data.site, data.name, visitor.address)
        return Response(entered, headers={"Cache-Control": "no-store"})

    return [enter]
