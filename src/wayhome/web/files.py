"""The pieces of files: ``/api/files/piece/<id>/<number>``, each on its own: what broke off goes on where it was.

A piece is acknowledged when it is on the disk. It is sealed: nothing here can be opened by a browser as a page.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
from litestar import Request, Response, get, put
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from wayhome.errors import BadInput, HubError, TooLarge, TooMany
from wayhome.features.files.keeper import Keeper, whose
from wayhome.features.files.model import OVER, PIECE, Offer
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.web.api import session_of
from wayhome.web.entry import Doorkeeper

AT_ONCE = 8
"""So many pieces are on their way in at once; each takes its room in memory."""
WITHIN = 120.0
"""So long, in s, a piece may be on its way: some 40 kB/s."""
DIGEST = "x-piece-sha256"


class PieceCame(msgspec.Struct):
    """The piece is on the disk: so many of the file's are there now."""

    have: int


async def _body(request: Request[Any, Any, Any], length: int) -> bytearray:
    """The piece itself. Raises BadInput, TooLarge."""
    said = request.headers.get("content-length")
    if said is not None and said != str(length):
        raise BadInput("this is no piece of that file")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > length:
            raise TooLarge("this is no piece of that file")
    return body


def routes(hub: Hub, doors: Doorkeeper) -> list[BaseRouteHandler]:
    """The routes of files' pieces."""
    coming: set[object] = set()

    def found(session: Session, operation: str, id: str) -> tuple[Keeper, Offer]:
        """A file that this session may have now. Raises NotFound, NotAllowed, NotWhileDriving, SignInNeeded."""
        session.recheck(session.hub.operations.find(operation))
        keeper, person, device = whose(session)
        return keeper, keeper.find(person, device, id)

    @put(
        "/api/files/piece/{id:str}/{index:int}",
        operation_id="files.put_piece",
        tags=["files"],
        status_code=200,
        request_max_body_size=OVER + PIECE,
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
        if len(coming) >= AT_ONCE:
            raise TooMany("too many pieces are on their way at once")
        mark = object()
        coming.add(mark)
        try:
            async with asyncio.timeout(WITHIN):
                body = await _body(request, offer.length(index))
            # Somebody may have driven off, or removed it, while the piece was on its way.
            keeper, offer = found(session, "files.offer", id)
            return PieceCame(await keeper.put(offer, index, body, request.headers.get(DIGEST, "")))
        except TimeoutError:
            raise HubError("the piece did not come in time", advice="Send it again.") from None
        finally:
            coming.discard(mark)

    @get("/api/files/piece/{id:str}/{index:int}", operation_id="files.piece", tags=["files"])
    async def piece(request: Request[Any, Any, Any], id: FromPath[str], index: FromPath[int]) -> Response[bytes]:
        """A sealed piece of a file that is whole."""
        session = session_of(hub, doors, request)
        session.spend()
        keeper, offer = found(session, "files.list", id)
        content = await keeper.piece(offer, index)
        found(session, "files.list", id)
        headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment"}
        return Response(content, media_type="application/octet-stream", headers=headers)

    return [put_piece, piece]
