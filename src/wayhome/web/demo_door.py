"""The demo's door: whoever sits at the demo may be anybody in it. There is no such door at a real household."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from wayhome.config import is_loopback
from wayhome.errors import NotAllowed, NotFound
from wayhome.features.people.model import Arrival, Visitor
from wayhome.web.entry import COOKIE, caller, check_origin

if TYPE_CHECKING:
    from wayhome.assembly import Assembled


class DemoPerson(msgspec.Struct):
    """Somebody to be in the demo."""

    id: str
    name: str
    role: str
    color: str | None


class DemoPeople(msgspec.Struct):
    """Everybody of the demo, the owner first."""

    people: list[DemoPerson]


class Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """Who to be."""

    person: str


def routes(it: Assembled) -> list[BaseRouteHandler]:
    """The demo's two routes; none unless the hub is a demo."""
    if not it.hub.demo:
        return []

    @get("/api/door/demo", operation_id="door.demo_people", tags=["door"])
    async def people() -> DemoPeople:
        """Who there is to be in the demo."""
        found = it.door.sign_in.people().values()
        return DemoPeople([DemoPerson(p.id, p.name, p.role, p.color) for p in found])

    @post("/api/door/demo", operation_id="door.demo", tags=["door"], status_code=200)
    async def enter(request: Request[Any, Any, Any], data: Chosen) -> Response[DemoPerson]:
        """Be somebody of the demo."""
        who = caller(str(request.scope["scheme"]), request.scope["headers"], request.scope["client"])
        check_origin(who)
        near = who.peer is not None and is_loopback(who.peer)
        if not near:
            raise NotAllowed("the demo is entered from the hub's own machine", advice="Pair this device from there.")
        person = it.door.sign_in.people().get(data.person)
        if person is None:
            raise NotFound(f"nobody in the demo is called {data.person[:40]!r}")
        visitor = Visitor(who.peer or "", f"{who.scheme}://{who.host}", who.host, who.scheme == "https", near)
        context = it.hub.context(f"person:{person.id}")
        entered = await it.door.sign_in.enter(person, Arrival("Demo", token=who.token), visitor, "demo", context)
        cookie = Cookie(
            COOKIE,
            value=entered.token,
            httponly=True,
            samesite="strict",
            secure=visitor.secure,
            path="/",
            max_age=30 * 86_400,
        )
        answer = DemoPerson(person.id, person.name, person.role, person.color)
        return Response(answer, cookies=[cookie], headers={"Cache-Control": "no-store"})

    return [people, enter]
