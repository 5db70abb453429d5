"""Where browsers come back to from other sides' sign-in pages."""

from __future__ import annotations

from typing import Any

from litestar import Request, get
from litestar.handlers import BaseRouteHandler
from litestar.response import Redirect

from wayhome.hub.sign_ins import CALLBACK


@get(CALLBACK, include_in_schema=False)
async def callback(request: Request[Any, Any, Any]) -> Redirect:
    """On to the cockpit, which finishes the sign-in by ``links.finish``.

    Our cookie is SameSite=Strict, so a browser that arrives from another site is nobody here: only a request of our
    own page can finish. The answer travels in the fragment, which no server logs.
    """
    return Redirect(f"/#/links/callback?{request.url.query[:4000]}")


def routes() -> list[BaseRouteHandler]:
    """The callback of links' sign-ins."""
    return [callback]
