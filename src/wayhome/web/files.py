"""The pieces of files: ``/api/files/piece/<id>/<number>``, each on its own: what broke off goes on where it was.

A piece is acknowledged when it is on the disk. It is sealed: nothing here can be opened by a browser as a page.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any

import msgspec
from litestar import Request, Response, get, put
from litestar.background_tasks import BackgroundTask
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from wayhome.errors import BadInput, HubError, TooLarge
from wayhome.features.files.keeper import Keeper, whose
from wayhome.features.files.model import SEALED, Offer
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper
from wayhome.web.places import Places

IN, OUT, POLLS = (8, 6, 3, 4), (16, 12, 6, 8), (200, 30, 8, 2)
"""So many pieces come in at once, of one person, of one device, and so many of a device wait until they may: each takes
its room in memory; so many go out; and so many requests wait for a piece that has not come yet."""
WITHIN = 120.0
"""So long, in s, a piece may be on its way: some 40 kB/s."""
DIGEST, THERE = "x-piece-sha256", "X-Pieces-There"


class PieceCame(msgspec.Struct):
    """The piece is on the disk: so many of the file's are there now."""

    have: int


async def _body(request: Request[Any, Any, Any], length: int) -> bytearray:
    """The piece itself. Raises BadInput, TooLarge."""
    said = request.headers.get("content-length")
    if said is not None and said != str(length):
        raise BadInput("this is no piece of that file")
    body, at = bytearray(length), 0
    async for part in request.stream():
        if at + len(part) > length:
            raise TooLarge("this is no piece of that file")
        body[at : at + len(part)] = part
        at += len(part)
    if at < length:
        raise BadInput("this is no piece of that file")
    return body


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The routes of files' pieces."""
    coming, going, polls = Places(*IN), Places(*OUT), Places(*POLLS)

    def found(session: Session, operation: str, id: str) -> tuple[Keeper, Offer]:
        """A file that this session may have now. Raises NotFound, NotAllowed, NotWhileDriving, SignInNeeded."""
        session.recheck(session.hub.operations.find(operation))
        keeper, person, device = whose(session)
        return keeper, keeper.find(person, device, id)

    def one_of(places: Places, session: Session) -> AbstractAsyncContextManager[None]:
        _, person, device = whose(session)
        return places.place(person, device)

    @put(
        "/api/files/piece/{id:str}/{index:int}",
        operation_id="files.put_piece",
        tags=["files"],
        status_code=200,
        request_max_body_size=SEALED,
    )
    async def put_piece(request: Request[Any, Any, Any], id: FromPath[str], index: FromPath[int]) -> PieceCame:
        """Send the next piece of a file that was offered; ``X-Piece-SHA256`` is its hash in hex.

        It is on the disk when this answers. One that is there already is taken for what it is.
        """
        session = session_of(hub, doors, request)
        session.spend()
        keeper, offer = found(session, "files.offer", id)
        if offer.by != session.identity.device:
            raise BadInput("this file comes from another screen")
        keeper.here(offer)
        if not 0 <= index < offer.pieces:
            raise BadInput("this is no piece of that file")
        async with one_of(coming, session):
            try:
                async with asyncio.timeout(WITHIN):
                    body = await _body(request, offer.length(index))
            except TimeoutError:
                raise HubError("the piece did not come in time", advice="Send it again.") from None
            # Somebody may have driven off, or removed it, while the piece was on its way.
            keeper, offer = found(session, "files.offer", id)
            return PieceCame(await keeper.put(offer, index, body, request.headers.get(DIGEST, "")))

    @get("/api/files/piece/{id:str}/{index:int}", operation_id="files.piece", tags=["files"])
    async def piece(request: Request[Any, Any, Any], id: FromPath[str], index: FromPath[int]) -> Response[bytes]:
        """A sealed piece of a file that is whole, or of one that is still on its way here.

        A piece that has not come yet is waited for: 423 says that it is to be asked for again. The last one comes only
        when the file is whole. ``X-Pieces-There``: how many have come.
        """
        session = session_of(hub, doors, request)
        session.spend()
        keeper, offer = found(session, "files.list", id)
        if offer.state == "coming":
            async with one_of(polls, session):
                await keeper.handing.comes(offer, index)
        async with AsyncExitStack() as going_out:
            await going_out.enter_async_context(one_of(going, session))
            keeper, offer = found(session, "files.list", id)
            content = await keeper.handing.arriving(offer, index)
            # Somebody may have driven off, or removed it, while it was read.
            keeper, offer = found(session, "files.list", id)
            there = offer.pieces if offer.state == "whole" else await keeper.shelf.have(offer)
            headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment", THERE: str(there)}
            # Its place is free when it has gone out: until then it lies in memory.
            gone = BackgroundTask(going_out.pop_all().aclose)
        return Response(content, media_type="application/octet-stream", headers=headers, background=gone)

    return [put_piece, piece]
