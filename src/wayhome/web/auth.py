"""The doors over HTTP: first run, sign-in, pairing, sign-out. What they decide stands in features/people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery, JSONBody

from wayhome.core.value import Value
from wayhome.errors import BadInput, FreshSignInNeeded, LastOwnersScreen, NotAllowed, NotWhileDriving, SignInNeeded
from wayhome.features.people import Door
from wayhome.features.people.model import Arrival, Entered, Person, Visitor
from wayhome.features.people.passkeys import rp_of
from wayhome.features.people.rules import IDLE
from wayhome.features.people.sign_in import Proof
from wayhome.hub.ports import Clock
from wayhome.hub.qr import svg
from wayhome.hub.session import FRESH, Identity
from wayhome.web.browser import browser
from wayhome.web.door_messages import (
    Accepting,
    AddedPasskey,
    Asking,
    ByPasskey,
    ByPassword,
    CameIn,
    Ceremony,
    DoorState,
    Founding,
    FoundingOptions,
    NewDevice,
    Polling,
    ShownAsk,
)
from wayhome.web.entry import COOKIE, Caller, caller, check_origin
from wayhome.web.transport import NEAR, host_of

type AnyRequest = Request[Any, Any, Any]


def routes(
    door: Door,
    clock: Clock,
    household: Callable[[], str | None],
    demo: Callable[[], bool],
    may_set_up: Callable[[Identity], bool],
    run: str,
    lasts: Callable[[str], bool],
) -> list[BaseRouteHandler]:
    """The doors' routes. ``household``: its name; ``demo``: whether it is made up; ``may_set_up``: whether the driving
    state leaves that to somebody; ``run``: another text for each start of the hub; ``lasts``: whether somebody can be
    let in to open what is private once a device is out."""

    def not_while_driving(request: AnyRequest) -> None:
        """A driver's screen stays the driver's while the car moves: signing out and in again is no way around."""
        who = _caller(request)
        for token in (who.cookie, who.bearer):
            identity = door.identify(token) if token else None
            if identity is not None and not may_set_up(identity):
                raise NotWhileDriving()

    @get("/api/door", operation_id="door.state", tags=["door"])
    async def state(request: Request[Any, Any, Any]) -> DoorState:
        """Whether there is a household here, and how one comes in."""
        visitor = visitor_of(request)
        try:
            passkeys = bool(rp_of(visitor))
        except BadInput:
            passkeys = False
        founded = door.founding.done()
        code = not founded and not visitor.near
        lost = door.founding.lost
        # Names are told on the hub's own machine only: elsewhere whoever it is knows theirs.
        names = [person.name for person in door.founding.owners()] if lost and visitor.near else []
        return DoorState(household(), founded, demo(), passkeys, code, lost, names, run)

    @post("/api/door/owner/options", operation_id="door.owner_options", tags=["door"], status_code=200)
    async def owner_options(request: Request[Any, Any, Any], data: JSONBody[FoundingOptions]) -> Ceremony:
        """Begin making the first owner with a passkey."""
        return _ceremony(await door.founding.options(visitor_of(request), data.name, data.code))

    @post("/api/door/owner", operation_id="door.owner", tags=["door"], status_code=200)
    async def owner(request: Request[Any, Any, Any], data: JSONBody[Founding]) -> Response[CameIn]:
        """Make the first owner, who comes in with it."""
        proof = Proof(data.password, data.ceremony, data.credential)
        arrival, visitor = _arrival(request, data.device), visitor_of(request)
        entered = await door.founding.owner(visitor, arrival, data.name, data.code, proof, data.household)
        return _came_in(request, entered, data.device)

    @post("/api/door/password", operation_id="door.password", tags=["door"], status_code=200)
    async def password(request: Request[Any, Any, Any], data: JSONBody[ByPassword]) -> Response[CameIn]:
        """Come in by name and password."""
        not_while_driving(request)
        arrival = _arrival(request, data.device)
        entered = await door.sign_in.password(visitor_of(request), arrival, data.name, data.password)
        return _came_in(request, entered, data.device)

    @post("/api/door/passkey/options", operation_id="door.passkey_options", tags=["door"], status_code=200)
    async def passkey_options(request: Request[Any, Any, Any]) -> Ceremony:
        """Begin coming in with a passkey."""
        return _ceremony(door.sign_in.passkey_options(visitor_of(request)))

    @post("/api/door/passkey/verify", operation_id="door.passkey", tags=["door"], status_code=200)
    async def passkey(request: Request[Any, Any, Any], data: JSONBody[ByPasskey]) -> Response[CameIn]:
        """Come in with a passkey."""
        not_while_driving(request)
        proof = Proof(None, data.ceremony, data.credential)
        entered = await door.sign_in.passkey(visitor_of(request), _arrival(request, data.device), proof)
        return _came_in(request, entered, data.device)

    @post("/api/door/passkey/add/options", operation_id="door.add_passkey_options", tags=["door"], status_code=200)
    async def add_options(request: Request[Any, Any, Any]) -> Ceremony:
        """Begin adding a passkey for who is signed in; needs a fresh sign-in."""
        return _ceremony(await door.sign_in.new_passkey_options(visitor_of(request), _fresh(request, door, clock)))

    @post("/api/door/passkey/add/verify", operation_id="door.add_passkey", tags=["door"], status_code=204)
    async def add(request: Request[Any, Any, Any], data: JSONBody[AddedPasskey]) -> None:
        """Finish adding a passkey."""
        person = _fresh(request, door, clock)
        name = data.name or browser(request.headers.get("user-agent", "")).name
        proof = Proof(None, data.ceremony, data.credential)
        await door.add_passkey(visitor_of(request), person, name, proof)

    @post("/api/door/pair/ask", operation_id="door.ask", tags=["door"], status_code=200)
    async def ask(request: Request[Any, Any, Any], data: JSONBody[Asking]) -> ShownAsk:
        """A new device asks to be let in, shows the answer, and polls."""
        not_while_driving(request)
        offer = await door.joining.ask(visitor_of(request), _arrival(request, data.device), data.keys)
        key, signs = offer.key or "", offer.signs or ""
        return ShownAsk(offer.code, offer.link, svg(offer.link), signs, key, offer.expires)

    @post("/api/door/pair/poll", operation_id="door.poll", tags=["door"], status_code=200)
    async def poll(request: Request[Any, Any, Any], data: JSONBody[Polling]) -> Response[CameIn]:
        """Whether the new device was let in."""
        not_while_driving(request)
        entered = await door.joining.poll(visitor_of(request), data.key)
        if entered is None:
            return Response(CameIn("waiting"), headers={"Cache-Control": "no-store"})
        return _came_in(request, entered, data.device)

    @post("/api/door/pair/accept", operation_id="door.accept", tags=["door"], status_code=200)
    async def accept(request: Request[Any, Any, Any], data: JSONBody[Accepting]) -> Response[CameIn]:
        """A new device uses an invitation."""
        not_while_driving(request)
        arrival = _arrival(request, data.device)
        entered = await door.joining.accept(visitor_of(request), arrival, key=data.key, code=data.code)
        return _came_in(request, entered, data.device)

    @post("/api/door/out", operation_id="door.out", tags=["door"], status_code=204)
    async def out(request: Request[Any, Any, Any], sure: FromQuery[bool] = False) -> Response[None]:
        """Sign this device out; ``sure``: also where it is the household's last owner's screen."""
        not_while_driving(request)
        visitor = visitor_of(request)
        token = _caller(request).token
        identity = door.identify(token) if token else None
        if identity is not None and identity.device is not None and not sure and not lasts(identity.device):
            raise LastOwnersScreen()
        if token:
            await door.out(token, visitor)
        gone = Cookie(COOKIE, value="", max_age=0, path="/", httponly=True, samesite="strict", secure=visitor.secure)
        return Response(None, status_code=204, cookies=[gone])

    return [
        state, owner_options, owner, password, passkey_options, passkey, add_options, add, ask, poll, accept, out,
    ]  # fmt: skip


def visitor_of(request: Request[Any, Any, Any]) -> Visitor:
    """Who knocks. Raises NotAllowed for another site's page: it must neither use our cookie nor plant one."""
    who = _caller(request)
    if request.method != "GET":
        check_origin(msgspec.structs.replace(who, bearer=None))
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise NotAllowed("this request came from another site's page", advice="Open the hub's own address.")
    scope: Any = request.scope
    return Visitor(
        who.peer or "unknown",
        f"{who.scheme}://{who.host.lower()}",
        host_of(scope),
        who.scheme == "https",
        bool(scope.get(NEAR, False)),
    )


def _caller(request: Request[Any, Any, Any]) -> Caller:
    scope = request.scope
    return caller(str(scope["scheme"]), scope["headers"], scope["client"])


def _arrival(request: AnyRequest, device: NewDevice) -> Arrival:
    said = browser(request.headers.get("user-agent", ""))
    return Arrival(device.name or said.name, device.kind or said.kind, _caller(request).token)


def _came_in(request: AnyRequest, entered: Entered, device: NewDevice) -> Response[CameIn]:
    answer = CameIn("in", entered.person, entered.device.id)
    headers = {"Cache-Control": "no-store"}
    if device.app and request.headers.get("origin") is None:
        return Response(msgspec.structs.replace(answer, token=entered.token), headers=headers)
    cookie = Cookie(
        COOKIE,
        value=entered.token,
        httponly=True,
        samesite="strict",
        secure=request.scope["scheme"] == "https",
        path="/",
        max_age=int(IDLE),
    )
    return Response(answer, cookies=[cookie], headers=headers)


def _fresh(request: AnyRequest, door: Door, clock: Clock) -> Person:
    token = _caller(request).token
    identity = door.identify(token) if token else None
    person = door.sign_in.people().get(identity.person or "") if identity is not None else None
    if identity is None or person is None:
        raise SignInNeeded()
    if abs(clock.now() - identity.signed_in_at) > FRESH:
        raise FreshSignInNeeded()
    return person


def _ceremony(begun: dict[str, Value]) -> Ceremony:
    return msgspec.convert(begun, Ceremony)
