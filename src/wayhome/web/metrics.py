"""``GET /metrics``, where monitors look: the operation ``upkeep.metrics`` under their usual address."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler

from wayhome.features.upkeep.copies import Nothing
from wayhome.hub.operations import File
from wayhome.hub.running import Hub
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The monitors' route."""

    @get("/metrics", operation_id="metrics", tags=["upkeep"], media_type="text/plain")
    async def metrics(request: Request[Any, Any, Any]) -> Response[bytes]:
        """Figures for a monitor, in Prometheus' text format, for who may ``upkeep.metrics``."""
        operation = hub.operations.find("upkeep.metrics")
        session = session_of(hub, doors, request)
        session.check(operation)
        answer = await operation.run(session, Nothing())
        assert isinstance(answer, File)
        return Response(answer.content, media_type=answer.media_type, headers={"Cache-Control": "no-store"})

    return [metrics]
