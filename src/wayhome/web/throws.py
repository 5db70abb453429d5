"""The door for throws: a guest's phone comes with a code's secret and may throw one thing; the screen that showed the
code fetches it. The secret counts here alone: no other door knows it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import msgspec
from litestar import Request, Response, get, put
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from wayhome.errors import HubError, TooLarge, TooMany
from wayhome.features.people.throttle import Throttle, address_key
from wayhome.features.throws.keeper import Keeper, keeper, over
from wayhome.features.throws.model import MOST
from wayhome.features.throws.operations import catcher
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.api import session_of
from wayhome.web.auth import visitor_of
from wayhome.web.clipboard import body_of
from wayhome.web.entry import Doorkeeper, caller

WITHIN = 120.0
"""So long, in s, a throw may be on its way."""
FREE, PAUSE, LONGEST = 10, 1.0, 60.0
"""So many wrong secrets from one address are answered at once, then it waits, in s, ever longer."""


class ThrowWaits(msgspec.Struct):
    """A screen waits for so many s more. ``most``: bytes of what may be thrown, sealed."""

    left: float
    most: int


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The routes of throws."""
    wrong = Throttle(FREE, PAUSE, LONGEST)

    @contextmanager
    def guest(request: Request[Any, Any, Any]) -> Iterator[tuple[Keeper, Session]]:
        """The household as somebody with a code sees it: nothing but that they may throw one thing. Raises NotFound,
        TooMany."""
        scope = request.scope
        who = caller(str(scope["scheme"]), scope["headers"], scope["client"])
        visitor = visitor_of(request)
        address, now = address_key(visitor.address), hub.household.clock.steady()
        it = keeper(hub)
        identity = it.identify(who.bearer) if who.bearer is not None else None
        # Only who brings a wrong one waits: neighbours, and all who come through a relay, share an address.
        if identity is None:
            if wrong.wait(address, now) > 0:
                raise TooMany("too many codes from this address were wrong", advice="Wait a minute.")
            wrong.begin(address, now)
            raise over()
        session = hub.open_session(identity)
        try:
            yield it, session
        finally:
            hub.sessions.close(session, "answered")

    @get("/api/throws/waits", operation_id="throws.waits", tags=["throws"])
    async def waits(request: Request[Any, Any, Any]) -> ThrowWaits:
        """Whether a screen still waits for what this code (a bearer token) is for. 423: something is on its way."""
        with guest(request) as (it, session):
            return ThrowWaits(it.waits(session), MOST)

    @put(
        "/api/throws/thrown",
        operation_id="throws.throw",
        tags=["throws"],
        status_code=204,
        request_max_body_size=MOST,
    )
    async def throw(request: Request[Any, Any, Any]) -> None:
        """Throw one thing, sealed for the screen that showed the code (a bearer token). Once: then the code is void.

        423: something is on its way by this code; what breaks off leaves it free within two minutes.
        """
        with guest(request) as (it, session), it.taking(session) as one:
            said = request.headers.get("content-length", "")
            if said.isdecimal() and int(said) > MOST:
                raise TooLarge(f"a throw has at most {MOST} bytes", advice="Send something smaller.")
            try:
                async with asyncio.timeout(WITHIN):
                    body = await body_of(request, MOST)
            except TimeoutError:
                raise HubError("it did not come in time", advice="Throw it again.") from None
            it.take(session, one, body)

    @get("/api/throws/thrown/{id:str}", operation_id="throws.thrown", tags=["throws"])
    async def thrown(request: Request[Any, Any, Any], id: FromPath[str]) -> Response[bytes]:
        """What was thrown to this screen, sealed: it has the key. It stays until ``throws.close``, or five minutes."""
        session = session_of(hub, doors, request)
        session.spend(50)
        session.recheck(session.hub.operations.find("throws.open"))
        content = keeper(hub).thrown(catcher(session), id)
        headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    return [waits, throw, thrown]
