"""The hub as one ASGI application: the API, the doors, the live socket, the cockpit's files."""

from __future__ import annotations

from collections.abc import MutableMapping, Sequence
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.types import ASGIApp
from litestar.types import Receive as LitestarReceive
from litestar.types import Scope as LitestarScope
from litestar.types import Send as LitestarSend

from wayhome import log
from wayhome.errors import BadInput, HubError, NotFound, TooLarge
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web import api, clipboard, cross_origin, files, openapi, throws
from wayhome.web.entry import Doorkeeper
from wayhome.web.film_socket import FILM, FilmSocket
from wayhome.web.live_socket import LiveSocket
from wayhome.web.outlets import Receive, Scope, Send
from wayhome.web.passes import Passes
from wayhome.web.site_film_socket import SITE_FILM, SiteFilmSocket
from wayhome.web.site_socket import SITE, SiteSocket
from wayhome.web.static import cockpit

MAX_BODY = 1024 * 1024
LIVE = "/api/live"

CSP = b"content-security-policy"
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    CSP: b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    b"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
}


def _also_to(doors: Sequence[str], policy: bytes) -> bytes:
    """The page may speak to the household's other doors, too."""
    places = " ".join(f"{door} {door.replace('https', 'wss', 1)}" for door in doors)
    return policy.replace(b"connect-src 'self'", f"connect-src 'self' {places}".encode("latin-1", "ignore"))


def _hub_error(_: Request[Any, Any, Any], error: HubError) -> Response[dict[str, object]]:
    return api.problem(error)


def _http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[dict[str, object]]:
    if error.status_code == 413:
        return api.problem(TooLarge(f"a request's body has at most {MAX_BODY} bytes"))
    if error.status_code == 404:
        return api.problem(NotFound(f"there is nothing at {request.url.path[:80]!r}"))
    if error.status_code == 405:
        headers = error.headers or {}
        right = sorted({*headers.get("allow", "").split(", ")} - {"", "OPTIONS", "HEAD"})
        advice = f"Send it with {' or '.join(right)}." if right else None
        response = api.problem(BadInput(f"this address does not take {request.method}", advice=advice))
        response.content["status"] = response.status_code = 405
        response.headers.update(headers)
        return response
    places = error.extra if isinstance(error.extra, list) else []
    texts = [f"{p.get('key', '')}: {p.get('message', '')}" for p in places if isinstance(p, dict)]
    return api.problem(BadInput("; ".join(texts) or str(error.detail)[:300]))


def _too_deep(_: Request[Any, Any, Any], error: RecursionError) -> Response[dict[str, object]]:
    return api.problem(BadInput("this is nested too deep"))


def _crash(request: Request[Any, Any, Any], error: Exception) -> Response[dict[str, object]]:
    log.get("web").error("request crashed", path=request.url.path, exc_info=error)
    return api.problem(HubError("something went wrong inside the hub"))


def _around(hub: Hub) -> Any:
    def wrap(app: ASGIApp) -> ASGIApp:
        async def call(scope: LitestarScope, receive: LitestarReceive, send: LitestarSend) -> None:
            try:
                await app(scope, receive, send)
            finally:
                session = scope["state"].pop("session", None)
                if isinstance(session, Session):
                    hub.sessions.close(session, "answered")

        return call

    return wrap


def build(hub: Hub, doors: Doorkeeper, more: Sequence[BaseRouteHandler] = ()) -> Any:
    """The ASGI application of a running hub. ``more``: the doors' own routes."""
    passes = Passes(doors)
    more = [*files.routes(hub, passes), *clipboard.routes(hub, passes), *throws.routes(hub, passes), *more]
    for door in more:
        if isinstance(door, HTTPRouteHandler):
            door.responses = openapi.problems()
    films: set[FilmSocket] = set()
    litestar = Litestar(
        [*api.routes(hub, passes), *more, *cockpit()],
        exception_handlers={
            HubError: _hub_error,
            HTTPException: _http_error,
            RecursionError: _too_deep,
            Exception: _crash,
        },
        openapi_config=openapi.described(),
        middleware=[_around(hub)],
        request_max_body_size=MAX_BODY,
        logging_config=None,
    )

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            if scope["path"] == LIVE:
                await LiveSocket(hub, passes, scope, receive, send).run()
                return
            if scope["path"] == FILM:
                await FilmSocket(hub, passes, films, scope, receive, send).run()
                return
            if scope["path"] == SITE:
                await SiteSocket(hub, scope, receive, send).run()
                return
            if scope["path"] == SITE_FILM:
                await SiteFilmSocket(hub, scope, receive, send).run()
                return
            await receive()
            await send({"type": "websocket.close", "code": 4404})
            return

        beside = cross_origin.headers(scope, hub.reach)
        asked = cross_origin.asked_before(scope["method"], scope["headers"]) if beside else None
        if asked is not None:
            await send({"type": "http.response.start", "status": 204, "headers": [*beside, *asked]})
            await send({"type": "http.response.body", "body": b""})
            return

        async def with_headers(message: MutableMapping[str, Any]) -> None:
            # Around all of it: what the framework answers by itself never passes a middleware.
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                ours = HEADERS if not hub.reach.doors else {**HEADERS, CSP: _also_to(hub.reach.doors, HEADERS[CSP])}
                extra = [(name, value) for name, value in ours.items() if name not in present]
                message["headers"] = [*message["headers"], *extra, *beside]
            await send(message)

        await litestar(scope, receive, with_headers)  # type: ignore[arg-type]

    return app
