"""The demo's door: whoever sits at the demo may be anybody in it. There is no such door at a real household."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from wayhome.errors import NotAllowed, NotFound
from wayhome.features.people.model import Arrival, in_order
from wayhome.web import auth
from wayhome.web.entry import COOKIE

if TYPE_CHECKING:
    from wayhome.features.people import Door
    from wayhome.hub.running import Hub


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


def routes(hub: Hub, door: Door) -> list[BaseRouteHandler]:
    """The demo's two routes. They lead nowhere once the household is a real one."""

    def only_in_a_demo() -> None:
        if not hub.demo:
            raise NotFound("this household is no demo", advice="Sign in, or pair this device.")

    @get("/api/door/demo", operation_id="door.demo_people", tags=["door"])
    async def people() -> DemoPeople:
        """Who there is to be in the demo."""
        only_in_a_demo()
        found = in_order(door.sign_in.people().values())
        return DemoPeople([DemoPerson(p.id, p.name, p.role, p.color) for p in found])

    @post("/api/door/demo", operation_id="door.demo", tags=["door"], status_code=200)
    async def enter(request: Request[Any, Any, Any], data: JSONBody[Chosen]) -> Response[DemoPerson]:
        """Be somebody of the demo."""
        only_in_a_demo()
        visitor = auth.visitor_of(request)
        if not visitor.near:
            raise NotAllowed("the demo is entered from the hub's own machine", advice="Pair this device from there.")
        person = door.sign_in.people().get(data.person)
        if person is None:
            raise NotFound(f"nobody in the demo is called {data.person[:40]!r}")
        context = hub.context(f"person:{person.id}")
        # Who tries the demo sits at a desk, whatever its car does.
        arrival = Arrival("Demo", token=request.cookies.get(COOKIE))
        entered = await door.sign_in.enter(person, arrival, visitor, "demo", context, placed=True)
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
