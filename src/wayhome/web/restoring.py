"""The other way to begin: a fresh hub takes the household out of a backup or an export, on its own page.

Only while nobody owns this hub, and only for who could found a household here: with the setup code, or on the hub's own
machine. The file comes as a stream and is written as it comes; it is checked to its end before anything is changed.
"""

from __future__ import annotations

from typing import Any, Literal

import anyio
import msgspec
from litestar import Request, post
from litestar.handlers import BaseRouteHandler
from litestar.params import JSONBody

from wayhome import log
from wayhome.errors import BadInput, Conflict, HubError, NotFound
from wayhome.features.people import Door
from wayhome.hub.ports import Archive
from wayhome.hub.running import Hub
from wayhome.web.auth import visitor_of

SETUP_CODE = "x-setup-code"


class Came(msgspec.Struct):
    """The file is here. ``sealed``: it takes its passphrase to open it."""

    kind: Literal["sealed", "backup", "export"]
    size: int


class PuttingBack(msgspec.Struct, forbid_unknown_fields=True):
    """``passphrase`` of a sealed backup; ``code``: the setup code, where it is asked for."""

    passphrase: str | None = None
    code: str | None = None


class PutBack(msgspec.Struct):
    """All of it is sound. The hub opens anew with it; ``notes`` are sentences on what is to be done then."""

    notes: list[str]


def routes(hub: Hub, door: Door) -> list[BaseRouteHandler]:
    """The routes of putting a household back."""
    at_it = anyio.Lock()

    def may(request: Request[Any, Any, Any], code: str | None) -> Archive:
        door.founding.check(visitor_of(request), code)
        if door.founding.owners():
            raise Conflict("there is a household here already", advice="Come in as one of its owners.")
        if hub.ports.archive is None:
            raise NotFound("this hub keeps nothing on a disk of its own")
        return hub.ports.archive

    @post(
        "/api/door/restore/file",
        operation_id="door.restore_file",
        tags=["door"],
        status_code=200,
        request_max_body_size=None,
    )
    async def file(request: Request[Any, Any, Any]) -> Came:
        """Send a backup or an export: the file itself is the body.

        The setup code, where it is asked for, goes into the header ``X-Setup-Code``.
        """
        archive = may(request, request.headers.get(SETUP_CODE))
        coming = await archive.incoming()
        size = 0
        try:
            async for piece in request.stream():
                size += len(piece)
                await coming.write(piece)
            if size == 0:
                raise BadInput("no file was sent", advice="Choose the file that a backup wrote.")
            kind = await coming.finish()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await coming.discard()
            raise
        return Came(kind, size)

    @post("/api/door/restore", operation_id="door.restore", tags=["door"], status_code=200)
    async def restore(request: Request[Any, Any, Any], data: JSONBody[PuttingBack]) -> PutBack:
        """Check the file that was sent, and open the hub anew with its household.

        What is not sound to its last byte changes nothing. The page that asked waits until ``run`` of the door's state
        is another one.
        """
        archive = may(request, data.code)
        if data.passphrase is not None and len(data.passphrase) > 1_000:
            raise BadInput("a passphrase has at most 1000 characters")
        if at_it.locked():
            raise Conflict("a file is being checked", advice="Wait until that is done.")
        async with at_it:
            notes = await archive.put_back(data.passphrase)
            try:
                may(request, data.code)  # somebody may have founded a household meanwhile
            except HubError:
                await archive.forget_ready()
                raise
            log.get("door").info("a household is put back", address=visitor_of(request).address)
            hub.leaving.set()
        return PutBack(notes)

    return [file, restore]
