"""The operation table as HTTP: ``POST /api/<feature>/<verb>`` (``GET`` where it only reads), with OpenAPI 3.1."""

from __future__ import annotations

import inspect
from typing import Any, cast

import msgspec
from litestar import Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler
from litestar.handlers.http_handlers import HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, JSONBody
from litestar.types import Guard

from wayhome.errors import HubError, SignInNeeded
from wayhome.hub.link import Picture
from wayhome.hub.operations import File, Operation
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.entry import Doorkeeper, caller, check_origin
from wayhome.web.openapi import PROBLEM, SIGNED_IN, problems

PICTURE = ResponseSpec(bytes, generate_examples=False, description="The picture.", media_type="image/*")
FILE = ResponseSpec(bytes, generate_examples=False, description="The file.", media_type="*/*")
BYTES = {Picture: PICTURE, File: FILE}
"""What is answered as bytes instead of JSON."""
type AnyRequest = Request[Any, Any, Any]


def problem(error: HubError) -> Response[dict[str, object]]:
    """An error as RFC 9457 problem+json."""
    headers = {"Retry-After": "1"} if error.status in (429, 503) else {}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(error.problem(), status_code=error.status, media_type=PROBLEM, headers=headers)


def session_of(hub: Hub, doors: Doorkeeper, connection: ASGIConnection[Any, Any, Any, Any]) -> Session:
    """Open a session for one request. Raises SignInNeeded, NotAllowed (other site's page)."""
    scope = connection.scope
    who = caller(str(scope["scheme"]), scope["headers"], scope["client"])
    if scope.get("method") not in ("GET", "HEAD"):
        check_origin(who)
    identity = doors.identify(who.token) if who.token is not None else None
    if identity is None:
        raise SignInNeeded()
    session = hub.open_session(identity)
    scope["state"]["session"] = session
    return session


# An operation's types are values here, which a checker of types does not take between brackets.
_BODY: Any = JSONBody
_QUERY: Any = FromQuery


def routes(hub: Hub, doors: Doorkeeper) -> list[HTTPRouteHandler]:
    """A route for each operation."""
    return [_route(hub, doors, operation) for operation in hub.operations]


def _guard(hub: Hub, doors: Doorkeeper, operation: Operation) -> Guard:
    # Rights are checked before the body is read: who is nobody learns nothing of what a body should be. A guard that is
    # no coroutine would be run in a thread of its own, where nothing of the household may be touched.
    async def check(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        session = session_of(hub, doors, connection)
        session.check(operation)

    return check


async def _finish(hub: Hub, request: AnyRequest, operation: Operation, data: msgspec.Struct) -> object:
    session = cast("Session", request.scope["state"]["session"])
    session.recheck(operation)
    answer = await operation.run(session, data)
    if isinstance(answer, Picture | File):
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        if isinstance(answer, Picture) and answer.at is not None:
            headers["Wayhome-At"] = f"{answer.at:.3f}"
        if isinstance(answer, File):
            headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
        return Response(answer.content, media_type=answer.media_type, headers=headers)
    return answer


def _route(hub: Hub, doors: Doorkeeper, operation: Operation) -> HTTPRouteHandler:
    output = Response[bytes] if operation.output in BYTES else operation.output
    common: dict[str, Any] = {
        "operation_id": operation.name,
        "summary": operation.summary,
        "description": operation.text,
        "tags": [operation.name.partition(".")[0]],
        "guards": [_guard(hub, doors, operation)],
        "responses": problems() | ({200: BYTES[operation.output]} if operation.output in BYTES else {}),
        "security": SIGNED_IN,
    }
    path = f"/api/{operation.name.replace('.', '/')}"
    if not operation.reads:

        async def act(request: AnyRequest, data: Any) -> object:
            key = request.headers.get("idempotency-key")
            if key is not None and hasattr(data, "key"):
                data = msgspec.structs.replace(data, key=key)
            return await _finish(hub, request, operation, data)

        act.__annotations__ = {"request": AnyRequest.__value__, "data": _BODY[operation.input], "return": output}
        return post(path, status_code=200, **common)(act)

    async def read(request: AnyRequest, **values: Any) -> object:
        return await _finish(hub, request, operation, operation.input(**values))

    parameters = [_parameter("request", AnyRequest.__value__)]
    for field in msgspec.structs.fields(operation.input):
        default = inspect.Parameter.empty if field.required else field.default
        if default is msgspec.NODEFAULT:
            default = field.default_factory() if callable(field.default_factory) else None
        parameters.append(_parameter(field.name, _QUERY[field.type], default))
    read.__signature__ = inspect.Signature(parameters, return_annotation=output)  # type: ignore[attr-defined]
    read.__annotations__ = {p.name: p.annotation for p in parameters} | {"return": output}
    return get(path, **common)(read)


def _parameter(name: str, annotation: Any, default: Any = inspect.Parameter.empty) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
